package ingest

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"slices"
	"strings"
	"unicode/utf16"
)

// TNEF is how Outlook wraps attachments for other Outlooks (winmail.dat): a signature, then attributes one after the
// other, each with a level, a tag, a length, its data and a checksum. [MS-OXTNEF].

const tnefSignature = 0x223E9F78

// The attributes that hold attachments.
const (
	attachRendData = 0x00069002 // a new attachment begins
	attachTitle    = 0x00018010
	attachData     = 0x0006800F
	attachProps    = 0x00069005 // MAPI properties of the attachment
)

// The MAPI properties that name an attachment, and hold one that is a message itself.
const (
	propDisplayName  = 0x3001
	propDataObject   = 0x3701
	propFilename     = 0x3704
	propLongFilename = 0x3707
)

type tnefFile struct {
	name    string
	data    []byte
	message []byte // an attached message: TNEF again
}

var errTNEFCut = errors.New("it ends in the middle")

func isTNEF(b []byte) bool {
	return len(b) >= 6 && binary.LittleEndian.Uint32(b) == tnefSignature
}

// winmail takes the attachments out of a winmail.dat.
func (w *walk) winmail(data []byte, at place) error {
	at = at.opened("winmail.dat")
	if at.depth > w.limits.Depth {
		return &Fault{ReasonDepth, fmt.Sprintf("more than %d levels", w.limits.Depth)}
	}
	files, err := readTNEF(&w.patience, data, w.limits.Parts-w.parts)
	if err != nil {
		return &Fault{ReasonTNEF, err.Error()}
	}
	for _, f := range files {
		if w.parts++; w.parts > w.limits.Parts {
			return &Fault{ReasonParts, fmt.Sprintf("more than %d parts", w.limits.Parts)}
		}
		if f.message != nil {
			if err := w.winmail(f.message, at); err != nil {
				return err
			}
			continue
		}
		if w.decoded += int64(len(f.data)); w.decoded > w.limits.DecodedBytes {
			return &Fault{ReasonUnpacked, "the parts together are too large"}
		}
		a, err := w.attachment(f.name, "application/octet-stream", f.data, at)
		if err == nil {
			err = w.file(a, at)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// readTNEF reads at most most+1 attachments. Data shares memory with b.
func readTNEF(p *patience, b []byte, most int) ([]tnefFile, error) {
	if !isTNEF(b) {
		return nil, errors.New("it does not begin as one")
	}
	var files []tnefFile
	for rest := b[6:]; len(rest) > 0; {
		if err := p.spend(attributeWork); err != nil {
			return nil, err
		}
		level := rest[0]
		if level != 1 && level != 2 {
			if len(files) > 0 || len(rest) < len(b)-6 {
				return files, nil // what follows the last attribute is padding
			}
			return nil, fmt.Errorf("unknown level %d", level)
		}
		if len(rest) < 9 {
			return nil, errTNEFCut
		}
		tag, length := binary.LittleEndian.Uint32(rest[1:]), int64(binary.LittleEndian.Uint32(rest[5:]))
		if int64(len(rest)) < 9+length+2 {
			return nil, errTNEFCut
		}
		data := rest[9 : 9+length]
		rest = rest[9+length+2:]
		if level != 2 {
			continue
		}
		if tag == attachRendData || len(files) == 0 {
			if len(files) > most {
				return files, nil
			}
			files = append(files, tnefFile{})
		}
		if err := files[len(files)-1].take(p, tag, data); err != nil {
			return nil, err
		}
	}
	return slices.DeleteFunc(files, func(f tnefFile) bool { return len(f.data) == 0 && f.message == nil }), nil
}

func (f *tnefFile) take(p *patience, tag uint32, data []byte) error {
	switch tag {
	case attachTitle:
		if f.name == "" {
			f.name = latin1(data)
		}
	case attachData:
		f.data = data
	case attachProps:
		return readProps(p, data, func(id uint16, kind uint16, value []byte) {
			switch id {
			case propLongFilename:
				f.name = mapiText(kind, value)
			case propFilename, propDisplayName:
				if f.name == "" {
					f.name = mapiText(kind, value)
				}
			case propDataObject:
				if kind == mapiObject { // an interface's GUID comes first
					value = value[min(16, len(value)):]
				}
				if isTNEF(value) {
					f.message = value
				} else if len(f.data) == 0 {
					f.data = value
				}
			}
		})
	}
	return nil
}

// MAPI types by how long their values are.
const (
	mapiString  = 0x001E
	mapiUnicode = 0x001F
	mapiBinary  = 0x0102
	mapiObject  = 0x000D
	mapiMany    = 0x1000 // flag: several values
)

func mapiSize(kind uint16) (size int, variable bool) {
	switch kind {
	case mapiString, mapiUnicode, mapiBinary, mapiObject:
		return 0, true
	case 0x0005, 0x0006, 0x0007, 0x0014, 0x0040:
		return 8, false
	case 0x0048:
		return 16, false
	case 0x0001:
		return 0, false
	}
	return 4, false // 2-byte values are padded to 4
}

// readProps visits MAPI properties in their order. Every count is checked against what is there before it is used.
func readProps(p *patience, b []byte, visit func(id, kind uint16, value []byte)) error {
	r := &mapiReader{b: b}
	count := r.uint32()
	for i := uint32(0); i < count && r.err == nil; i++ {
		head := r.take(4)
		if r.err != nil {
			break
		}
		if err := p.spend(attributeWork); err != nil {
			return err
		}
		kind, id := binary.LittleEndian.Uint16(head), binary.LittleEndian.Uint16(head[2:])
		if id >= 0x8000 {
			r.take(16)
			if r.uint32() == 0 {
				r.take(4)
			} else {
				r.padded()
			}
		}
		size, variable := mapiSize(kind &^ mapiMany)
		values := uint32(1)
		if variable || kind&mapiMany != 0 {
			values = r.uint32()
		}
		for v := uint32(0); v < values && r.err == nil; v++ {
			if err := p.spend(attributeWork); err != nil {
				return err
			}
			var value []byte
			if variable {
				value = r.padded()
			} else {
				value = r.take(size)
			}
			if v == 0 && r.err == nil {
				visit(id, kind&^mapiMany, value)
			}
			if size == 0 && !variable {
				break // a type without a value: nothing bounds such a count
			}
		}
	}
	return r.err
}

type mapiReader struct {
	b   []byte
	err error
}

func (r *mapiReader) take(n int) []byte {
	if r.err != nil || n < 0 || n > len(r.b) {
		r.err = errTNEFCut
		return nil
	}
	out := r.b[:n]
	r.b = r.b[n:]
	return out
}

func (r *mapiReader) uint32() uint32 {
	b := r.take(4)
	if b == nil {
		return 0
	}
	return binary.LittleEndian.Uint32(b)
}

// padded reads a length and as many bytes, and skips to the next multiple of four.
func (r *mapiReader) padded() []byte {
	n := r.uint32()
	if int64(n) > int64(len(r.b)) {
		r.err = errTNEFCut
		return nil
	}
	out := r.take(int(n))
	r.take(min((4-int(n)%4)%4, len(r.b)))
	return out
}

// attributeWork is what looking at one attribute costs, in bytes of other work.
const attributeWork = 64

// maxNameBytes bounds what is read of a name: 120 characters of it are shown.
const maxNameBytes = 2 << 10

func mapiText(kind uint16, b []byte) string {
	b = b[:min(len(b), maxNameBytes)]
	if kind != mapiUnicode {
		return latin1(b)
	}
	units := make([]uint16, len(b)/2)
	for i := range units {
		units[i] = binary.LittleEndian.Uint16(b[2*i:])
	}
	return strings.TrimRight(string(utf16.Decode(units)), "\x00")
}

// latin1 reads eight-bit names; TNEF seldom says their code page, and a name is only shown.
func latin1(b []byte) string {
	b = bytes.TrimRight(b[:min(len(b), maxNameBytes)], "\x00")
	s, err := toUTF8(bytes.NewReader(b), b, "")
	if err != nil {
		return ""
	}
	return s
}
