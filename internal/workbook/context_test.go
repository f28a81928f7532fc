package workbook

import (
	"bytes"
	"context"
	"errors"
	"io"
	"strings"
	"testing"
)

// A context that ends while rows are read ends them with its own error, before the sheet's end; and nothing is remembered of
// the half that was read.
func TestReadingEndsWithTheContext(t *testing.T) {
	data := pack(t, bookParts(rowsXML(strings.Repeat(`<row><c><v>1</v></c></row>`, 100_000)))...)
	k := mustOpen(t, data)
	ctx, cancel := context.WithCancel(context.Background())
	rows := 0
	err := k.Rows(ctx, 0, func(*Row) error {
		if rows++; rows == 10 {
			cancel()
		}
		return nil
	})
	if !errors.Is(err, context.Canceled) || rows > 20_000 {
		t.Errorf("%v after %d rows", err, rows)
	}
	if _, isWorkbooks := ErrorOf(err); isWorkbooks {
		t.Error("the workbook is blamed")
	}
	if k.layouts[0] != nil {
		t.Error("a layout of half a sheet is kept")
	}
	if l, err := k.Layout(context.Background(), 0); err != nil || l.LastRow != 100_000 {
		t.Errorf("%d, %v", l.LastRow, err)
	}
	if _, err := Open(ctx, data, DefaultBounds()); !errors.Is(err, context.Canceled) {
		t.Errorf("opened: %v", err)
	}
}

// Annotating ends with the context wherever it has got to: in the styles, which are in memory, in the comments, and while
// writing.
func TestAnnotatingEndsWithTheContext(t *testing.T) {
	comments := `<comments xmlns="` + mainNS + `"><authors><author>a</author></authors><commentList>` + strings.Repeat(`<comment ref="A1" authorId="0"><text/></comment>`, 5_000) + `</commentList></comments>`
	k := mustOpen(t, pack(t, with(bookParts(rowsXML(strings.Repeat(`<row><c><v>1</v></c></row>`, 20_000))), part{"xl/comments1.xml", comments},
		relsOf(`<Relationship Id="rId1" Type="`+relNS+`/comments" Target="../comments1.xml"/>`))...))
	a, err := sampleAnnotation(k, 0, 40)
	if err != nil {
		t.Fatal(err)
	}
	var whole bytes.Buffer
	if err := k.Annotate(context.Background(), &whole, a); err != nil {
		t.Fatal(err)
	}
	for after := 0; ; after++ {
		ctx := &endsAfter{Context: context.Background(), looks: after}
		err := k.Annotate(ctx, io.Discard, a)
		if ctx.looks >= 0 {
			if err != nil || after < 5 {
				t.Errorf("after %d looks: %v", after, err)
			}
			return
		}
		if !errors.Is(err, context.Canceled) {
			t.Errorf("ended at look %d: %v", after, err)
		}
	}
}

// endsAfter is a context that ends when it was looked at a number of times.
type endsAfter struct {
	context.Context
	looks int
}

func (c *endsAfter) Err() error {
	if c.looks--; c.looks < 0 {
		return context.Canceled
	}
	return nil
}
