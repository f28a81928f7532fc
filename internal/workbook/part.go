package workbook

import (
	"bytes"
	"context"
	"encoding/binary"
	"hash/crc32"
	"io"
	"sync"

	"github.com/klauspost/compress/flate"
	"github.com/klauspost/compress/zip"
)

// partReader unpacks one part straight from the workbook's bytes, which spares the copies of a reader over a reader,
// and holds it to the sizes and the checksum of the zip's directory.
type partReader struct {
	ctx      context.Context
	src      io.Reader
	flate    io.ReadCloser // to be kept for the next part; nil when the part is stored
	name     string
	left     int64  // bytes that the directory promises and that have not come
	declared uint64 // by the directory
	sum      uint32
	want     uint32
	bare     bool // the directory gives no checksum, as some programs have it
	err      error
}

// flateReaders are kept: their window costs more than unpacking a small part.
var flateReaders = sync.Pool{New: func() any { return flate.NewReader(bytes.NewReader(nil)) }}

// openPart begins to unpack a part.
func (a *archive) openPart(ctx context.Context, f *zip.File, name string) (*partReader, error) {
	bytesOf, behind, err := a.packed(f)
	if err == nil {
		err = checkDescriptor(f, behind)
	}
	if err != nil {
		return nil, damaged(name, "", "open the part: %w", err)
	}
	packed := bytes.NewReader(bytesOf)
	p := &partReader{ctx: ctx, src: packed, name: name, left: int64(f.UncompressedSize64), declared: f.UncompressedSize64, want: f.CRC32, bare: f.CRC32 == 0 && f.Flags&hasDescriptor == 0}
	if f.Method == deflated {
		p.flate = flateReaders.Get().(io.ReadCloser)
		if err := p.flate.(flate.Resetter).Reset(packed, nil); err != nil {
			return nil, damaged(name, "", "open the part: %w", err)
		}
		p.src = p.flate
	}
	return p, nil
}

// packed is a part as it is in the file, and what stands behind it.
func (a *archive) packed(f *zip.File) (part, behind []byte, err error) {
	at, err := f.DataOffset()
	if err != nil {
		return nil, nil, err
	}
	size := int64(f.CompressedSize64)
	if at < 0 || size < 0 || at > int64(len(a.data)) || size > int64(len(a.data))-at {
		return nil, nil, io.ErrUnexpectedEOF
	}
	return a.data[at : at+size], a.data[at+size:], nil
}

// hasDescriptor is the flag of a zip entry whose sizes and checksum are repeated behind its bytes.
const hasDescriptor = 8

// checkDescriptor holds the checksum behind a part against the directory's.
func checkDescriptor(f *zip.File, behind []byte) error {
	if f.Flags&hasDescriptor == 0 {
		return nil
	}
	behind = bytes.TrimPrefix(behind, []byte("PK\x07\x08"))
	if len(behind) < 12 {
		return io.ErrUnexpectedEOF
	}
	if binary.LittleEndian.Uint32(behind) != f.CRC32 {
		return zip.ErrChecksum
	}
	return nil
}

func (p *partReader) Read(b []byte) (int, error) {
	if p.err != nil {
		return 0, p.err
	}
	if err := p.ctx.Err(); err != nil {
		p.err = err
		return 0, err
	}
	n, err := p.src.Read(b)
	p.left -= int64(n)
	if p.left < 0 {
		p.err = unsafePart(p.name, "the part unpacks to more than the %d bytes that the zip declares", p.declared)
		return 0, p.err
	}
	p.sum = crc32.Update(p.sum, crc32.IEEETable, b[:n])
	if err == io.EOF {
		switch {
		case p.left > 0:
			err = io.ErrUnexpectedEOF
		case !p.bare && p.sum != p.want:
			err = zip.ErrChecksum
		}
	}
	p.err = err
	return n, err
}

// Close must be called once.
func (p *partReader) Close() error {
	if p.flate != nil {
		flateReaders.Put(p.flate)
		p.flate, p.src, p.err = nil, nil, io.ErrClosedPipe
	}
	return nil
}
