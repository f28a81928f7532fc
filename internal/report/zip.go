package report

import (
	"archive/zip"
	"bufio"
	"bytes"
	"fmt"
	"hash"
	"hash/crc32"
	"io"
	"io/fs"
	"regexp"
	"slices"

	"github.com/klauspost/compress/flate"
)

// orderlyZip writes a workbook's parts in one order with known sizes, so that one report always gives the same bytes: an
// edition made again after a crash is the same edition. excelize itself writes streamed sheets in the order of a map.
type orderlyZip struct {
	out   io.Writer
	rows  map[string]rowsOf // that go into sheets, by part
	parts []*zipPart
}

// zipPart is one part, compressed as it is written: a sheet of a hundred thousand rows never stands in memory whole.
type zipPart struct {
	name     string
	data     bytes.Buffer
	deflater *flate.Writer
	sum      hash.Hash32
	size     uint64
	rows     rowsOf
	around   bytes.Buffer // the sheet without those rows
}

const deflateLevel = 6

func (z *orderlyZip) Create(name string) (io.Writer, error) {
	if err := z.finish(); err != nil {
		return nil, err
	}
	p := &zipPart{name: name, sum: crc32.NewIEEE(), rows: z.rows[name]}
	var err error
	if p.deflater, err = flate.NewWriter(&p.data, deflateLevel); err != nil {
		return nil, fmt.Errorf("part %s: %w", name, err)
	}
	z.parts = append(z.parts, p)
	if p.rows != nil {
		return &p.around, nil
	}
	if name == contentTypes {
		return &sortedTypes{part: p}, nil
	}
	return p, nil
}

// finish closes the part that was written last; a sheet gets its rows.
func (z *orderlyZip) finish() error {
	if len(z.parts) == 0 || z.parts[len(z.parts)-1].deflater == nil {
		return nil
	}
	p := z.parts[len(z.parts)-1]
	if p.rows != nil {
		if err := p.fill(); err != nil {
			return fmt.Errorf("part %s: %w", p.name, err)
		}
	}
	_ = p.deflater.Close() // into memory
	p.deflater = nil
	return nil
}

// endOfRows is where a sheet's further rows go.
const endOfRows = "</sheetData>"

// fill writes a sheet with its rows in their place.
func (p *zipPart) fill() error {
	before, after, found := bytes.Cut(p.around.Bytes(), []byte(endOfRows))
	if !found {
		return fmt.Errorf("a sheet without %s", endOfRows)
	}
	w := bufio.NewWriterSize(p, 64<<10)
	_, _ = w.Write(before)
	if err := p.rows(w); err != nil {
		return err
	}
	_, _ = w.WriteString(endOfRows)
	_, _ = w.Write(after)
	p.around = bytes.Buffer{}
	return w.Flush()
}

func (p *zipPart) Write(b []byte) (int, error) {
	p.size += uint64(len(b))
	_, _ = p.sum.Write(b) // a hash never fails
	return p.deflater.Write(b)
}

// AddFS is part of excelize's interface; nothing of ours uses it.
func (z *orderlyZip) AddFS(fs.FS) error { return fs.ErrInvalid }

// Close writes the archive: the list of content types first, as some readers want it, the rest by name.
func (z *orderlyZip) Close() error {
	if err := z.finish(); err != nil {
		return err
	}
	slices.SortFunc(z.parts, func(a, b *zipPart) int {
		if a.name == contentTypes || b.name == contentTypes {
			return btoi(b.name == contentTypes) - btoi(a.name == contentTypes)
		}
		return bytes.Compare([]byte(a.name), []byte(b.name))
	})
	w := zip.NewWriter(z.out)
	for _, p := range z.parts {
		part, err := w.CreateRaw(&zip.FileHeader{
			Name: p.name, Method: zip.Deflate, CRC32: p.sum.Sum32(), CompressedSize64: uint64(p.data.Len()), UncompressedSize64: p.size,
		})
		if err != nil {
			return fmt.Errorf("part %s: %w", p.name, err)
		}
		if _, err := p.data.WriteTo(part); err != nil {
			return fmt.Errorf("part %s: %w", p.name, err)
		}
	}
	return w.Close()
}

const contentTypes = "[Content_Types].xml"

var defaultTypes = regexp.MustCompile(`(?:<Default [^>]*></Default>)+`)

var defaultType = regexp.MustCompile(`<Default [^>]*></Default>`)

// sortedTypes puts the default content types in order; excelize writes them in the order of a map. It gets the whole
// part in one write.
type sortedTypes struct{ part *zipPart }

func (s *sortedTypes) Write(b []byte) (int, error) {
	sorted := defaultTypes.ReplaceAllFunc(b, func(run []byte) []byte {
		list := defaultType.FindAll(run, -1)
		slices.SortFunc(list, bytes.Compare)
		return bytes.Join(list, nil)
	})
	if _, err := s.part.Write(sorted); err != nil {
		return 0, err
	}
	return len(b), nil
}
