package record

import (
	"bytes"
	"slices"
	"sync"

	"handrail/internal/ledger"
	"handrail/internal/workbook"
)

// openBooks keeps small workbooks that were opened to be judged until they are written back: opening and reading one
// again costs as much as splicing it. What is not here, or no more, is opened again.
type openBooks struct {
	mu    sync.Mutex
	kept  []openedBook // the oldest first
	bytes int64
}

type openedBook struct {
	digest ledger.Digest
	book   *workbook.Book
}

// The bounds are of workbook.Book's Size, of which about half is held in memory: some hundred and fifty requests of twenty lines.
const (
	openedBytes    = 16 << 20
	openedBookMost = 1 << 20
)

// OwnBytes are a workbook's bytes as openedBooks may keep them: an attachment can be a slice of its whole message.
func OwnBytes(data []byte) []byte {
	if len(data) > openedBookMost {
		return data // will not be kept
	}
	return bytes.Clone(data)
}

// put keeps a workbook that nobody uses any more; the oldest ones make room.
func (o *openBooks) put(digest ledger.Digest, book *workbook.Book) {
	size := book.Size()
	if size > openedBookMost {
		return
	}
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.findLocked(digest) >= 0 {
		return
	}
	o.kept = append(o.kept, openedBook{digest, book})
	for o.bytes += size; o.bytes > openedBytes; {
		o.dropLocked(0)
	}
}

// take hands a workbook out, for one user alone; nil when it is not kept.
func (o *openBooks) take(digest ledger.Digest) *workbook.Book {
	o.mu.Lock()
	defer o.mu.Unlock()
	i := o.findLocked(digest)
	if i < 0 {
		return nil
	}
	return o.dropLocked(i)
}

func (o *openBooks) findLocked(digest ledger.Digest) int {
	return slices.IndexFunc(o.kept, func(k openedBook) bool { return k.digest == digest })
}

func (o *openBooks) dropLocked(i int) *workbook.Book {
	book := o.kept[i].book
	o.kept = slices.Delete(o.kept, i, i+1)
	o.bytes -= book.Size()
	return book
}
