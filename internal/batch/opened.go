package batch

import (
	"bytes"
	"slices"
	"sync"

	"handrail/internal/ledger"
	"handrail/internal/workbook"
)

// openedBooks keeps small workbooks that were opened to be judged until they are written back: opening and reading one
// again costs as much as splicing it. What is not here, or no more, is opened again.
type openedBooks struct {
	mu     sync.Mutex
	books  map[ledger.Digest]*workbook.Book
	oldest []ledger.Digest
	bytes  int64
}

// The bounds are of workbook.Book's Size, of which about half is held in memory: some three hundred requests of twenty lines.
const (
	openedBytes    = 32 << 20
	openedBookMost = 1 << 20
)

// ownBytes are a workbook's bytes as openedBooks may keep them: an attachment can be a slice of its whole message.
func ownBytes(data []byte) []byte {
	if len(data) > openedBookMost {
		return data // will not be kept
	}
	return bytes.Clone(data)
}

func newOpenedBooks() *openedBooks { return &openedBooks{books: map[ledger.Digest]*workbook.Book{}} }

// put keeps a workbook that nobody uses any more; the oldest ones make room.
func (o *openedBooks) put(digest ledger.Digest, book *workbook.Book) {
	size := book.Size()
	if size > openedBookMost {
		return
	}
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.books[digest] != nil {
		return
	}
	o.books[digest] = book
	o.oldest = append(o.oldest, digest)
	for o.bytes += size; o.bytes > openedBytes; {
		o.dropLocked(0)
	}
}

// take hands a workbook out, for one user alone; nil when it is not kept.
func (o *openedBooks) take(digest ledger.Digest) *workbook.Book {
	o.mu.Lock()
	defer o.mu.Unlock()
	i := slices.Index(o.oldest, digest)
	if i < 0 {
		return nil
	}
	return o.dropLocked(i)
}

func (o *openedBooks) dropLocked(i int) *workbook.Book {
	digest := o.oldest[i]
	book := o.books[digest]
	o.oldest = slices.Delete(o.oldest, i, i+1)
	delete(o.books, digest)
	o.bytes -= book.Size()
	return book
}
