package record

import (
	"bytes"
	"context"
	"encoding/binary"
	"slices"
	"testing"

	"handrail/internal/ledger"
	"handrail/internal/workbook"
)

func blankForm(t *testing.T) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := workbook.NewForm(&b, workbook.FormOptions{}); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func TestOpenWorkbooksAreKeptForOneUserAndWithinBounds(t *testing.T) {
	t.Parallel()
	form := blankForm(t)
	book, err := workbook.Open(context.Background(), form, workbook.DefaultBounds())
	if err != nil {
		t.Fatal(err)
	}
	digest := func(i int) ledger.Digest { return ledger.Digest{byte(i >> 8), byte(i), 1} }
	o := &openBooks{}
	o.put(digest(0), book)
	o.put(digest(0), book)
	if o.take(digest(0)) != book || o.take(digest(0)) != nil {
		t.Error("a workbook that is kept must be handed out once")
	}
	if o.bytes != 0 || len(o.kept) != 0 {
		t.Errorf("%d bytes and %d places are left of nothing", o.bytes, len(o.kept))
	}
	fit := int(openedBytes / book.Size())
	for i := range fit + 3 {
		o.put(digest(i), book)
	}
	if o.bytes > openedBytes || len(o.kept) != fit {
		t.Errorf("%d workbooks of %d bytes are kept, want %d", len(o.kept), o.bytes, fit)
	}
	if o.take(digest(2)) != nil || o.take(digest(3)) == nil {
		t.Error("not the oldest ones made room")
	}
	padded, err := workbook.Open(context.Background(), withGap(form, openedBookMost), workbook.DefaultBounds())
	if err != nil {
		t.Fatal(err)
	}
	if o.put(ledger.Digest{2}, padded); o.take(ledger.Digest{2}) != nil {
		t.Error("a large file whose parts are small is kept")
	}
}

// withGap is a zip with so many bytes that no part has, between its parts and its directory.
func withGap(data []byte, size int) []byte {
	end := len(data) - 22
	directory := binary.LittleEndian.Uint32(data[end+16:])
	out := slices.Concat(data[:directory], make([]byte, size), data[directory:])
	binary.LittleEndian.PutUint32(out[end+size+16:], directory+uint32(size)) //nolint:gosec // small
	return out
}
