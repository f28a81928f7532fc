package workbook

import (
	"context"
	"fmt"
	"hash/crc32"
	"io"
	"sync"

	"github.com/klauspost/compress/flate"
	"github.com/klauspost/compress/zip"
)

// flateWriters are kept: a new one costs more than deflating a small workbook.
var flateWriters = sync.Pool{New: func() any {
	w, err := flate.NewWriter(io.Discard, deflateLevel)
	if err != nil {
		panic(err) // the level is a constant
	}
	return w
}}

const deflateLevel = 6

type pooledDeflate struct{ *flate.Writer }

func (w pooledDeflate) Close() error {
	err := w.Writer.Close()
	flateWriters.Put(w.Writer)
	return err
}

// write streams the new zip: parts in their old order, then the new ones.
func (p *packageSplice) write(ctx context.Context, w io.Writer) error {
	z := zip.NewWriter(w)
	z.RegisterCompressor(zip.Deflate, func(out io.Writer) (io.WriteCloser, error) {
		f := flateWriters.Get().(*flate.Writer)
		f.Reset(out)
		return pooledDeflate{f}, nil
	})
	styles := partKey(p.styles)
	var old *zip.File
	for _, f := range p.k.a.files {
		if err := ctx.Err(); err != nil {
			return err
		}
		key := partKey(f.Name)
		var err error
		sheet := p.splices[key]
		switch n, changed := p.changed[key]; {
		case p.dropped[key]:
		case key == styles:
			old = f // its new cells are known when the sheets are written
		case sheet != nil:
			var out io.Writer
			if out, err = z.CreateHeader(header(f)); err == nil {
				err = sheet.splice(ctx, out)
			}
		case changed:
			err = writePart(z, header(f), n)
		default:
			err = p.k.a.copyRaw(z, f)
		}
		if err != nil {
			return fmt.Errorf("annotate %s: %w", f.Name, err)
		}
	}
	if err := p.writeStyles(z, old); err != nil {
		return fmt.Errorf("annotate %s: %w", p.styles, err)
	}
	for _, n := range p.added {
		if err := ctx.Err(); err != nil {
			return err
		}
		if err := writePart(z, dated(n.name, firstZipDay, 0), n); err != nil {
			return fmt.Errorf("annotate %s: %w", n.name, err)
		}
	}
	return z.Close()
}

// writeStyles writes the cell formats, old being their part as it came; nil when the workbook has none.
func (p *packageSplice) writeStyles(z *zip.Writer, old *zip.File) error {
	styles, changed := p.wardrobe.result()
	switch {
	case old == nil:
		return writePart(z, dated(p.styles, firstZipDay, 0), styles)
	case changed:
		return writePart(z, header(old), styles)
	default:
		return p.k.a.copyRaw(z, old)
	}
}

// firstZipDay is 1980-01-01, which spreadsheet programs write for every part.
const firstZipDay = 1<<5 | 1

func header(f *zip.File) *zip.FileHeader {
	//lint:ignore SA1019 Modified would add an extra field that the part came without, and shift the time by a zone.
	return dated(f.Name, f.ModifiedDate, f.ModifiedTime)
}

// dated heads a deflated part with the date and time that the zip format itself has.
func dated(name string, date, clock uint16) *zip.FileHeader {
	//lint:ignore SA1019 see header.
	return &zip.FileHeader{Name: name, Method: zip.Deflate, ModifiedDate: date, ModifiedTime: clock}
}

// smallPart is so few bytes that deflating them costs more time than it saves space.
const smallPart = 1 << 10

func writePart(z *zip.Writer, h *zip.FileHeader, n newPart) error {
	if n.write == nil && len(n.data) < smallPart {
		return storePart(z, h, n.data)
	}
	out, err := z.CreateHeader(h)
	if err != nil {
		return err
	}
	if n.write != nil {
		return n.write(out)
	}
	_, err = out.Write(n.data)
	return err
}

// storePart writes a part unpacked, its sizes before it.
func storePart(z *zip.Writer, h *zip.FileHeader, data []byte) error {
	h.Method = zip.Store
	h.CRC32 = crc32.ChecksumIEEE(data)
	h.CompressedSize64, h.UncompressedSize64 = uint64(len(data)), uint64(len(data))
	out, err := z.CreateRaw(h)
	if err != nil {
		return err
	}
	_, err = out.Write(data)
	return err
}

// copyRaw copies a part as it is packed. Its sizes go before it, not behind: a stored part with its sizes behind is
// not read by every program.
func (a *archive) copyRaw(z *zip.Writer, f *zip.File) error {
	packed, _, err := a.packed(f)
	if err != nil {
		return err
	}
	h := f.FileHeader
	h.Flags &^= hasDescriptor
	out, err := z.CreateRaw(&h)
	if err != nil {
		return err
	}
	_, err = out.Write(packed)
	return err
}
