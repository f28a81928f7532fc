package workbook

import (
	"bytes"
	"context"
	"errors"
	"io"
	"path"
	"strings"

	"github.com/klauspost/compress/zip"
)

// An archive is the zip of a workbook whose directory has been checked: names are unique whatever their case, sizes
// are within bounds, and what inflates to more than it declares is an error.
type archive struct {
	data  []byte
	files []*zip.File
	parts map[string]*zip.File // by lower-case name with forward slashes
	b     Bounds
}

// Names of the zip's methods.
const (
	stored   = zip.Store
	deflated = zip.Deflate
)

func openArchive(data []byte, b Bounds) (*archive, error) {
	r, err := readDirectory(data, b.Entries)
	if err != nil {
		return nil, err
	}
	a := &archive{data: data, b: b, parts: make(map[string]*zip.File, len(r.File))}
	if len(r.File) > b.Entries {
		return nil, overBound("Entries", "", "", int64(len(r.File)), int64(b.Entries))
	}
	var total int64
	var packed uint64
	for _, f := range r.File {
		if strings.HasSuffix(f.Name, "/") && f.UncompressedSize64 == 0 {
			continue
		}
		if err := a.admit(f); err != nil {
			return nil, err
		}
		total += int64(f.UncompressedSize64)
		// Each part has bytes of its own. Where many share the same ones, a copy of the file would be larger without end.
		if packed += min(f.CompressedSize64, uint64(len(data))+1); packed > uint64(len(data)) {
			return nil, unsafePart(f.Name, "its parts together take more bytes than the file has")
		}
		key := partKey(f.Name)
		if _, twice := a.parts[key]; twice {
			return nil, unsafePart(f.Name, "two parts have this name, or names that differ only in case")
		}
		a.parts[key] = f
		a.files = append(a.files, f)
	}
	if total > b.TotalBytes {
		return nil, overBound("TotalBytes", "", "", total, b.TotalBytes)
	}
	return a, nil
}

// partKey is how a part is looked up: names are case-insensitive, and some programs write backslashes.
func partKey(name string) string {
	return strings.ToLower(strings.TrimPrefix(strings.ReplaceAll(name, `\`, "/"), "/"))
}

// admit checks one entry of the directory against the bounds.
func (a *archive) admit(f *zip.File) error {
	if f.Flags&1 != 0 {
		return passwordProtected(f.Name)
	}
	if f.Method != stored && f.Method != deflated {
		return damaged(f.Name, "", "the part is packed by method %d", f.Method)
	}
	size, packed := f.UncompressedSize64, f.CompressedSize64
	if size > uint64(a.b.PartBytes) {
		return overBound("PartBytes", f.Name, "", int64(min(size, 1<<62)), a.b.PartBytes)
	}
	if size > 1<<20 && size/max(packed, 1) > uint64(a.b.Ratio) {
		return overBound("Ratio", f.Name, "", int64(size/max(packed, 1)), a.b.Ratio)
	}
	return nil
}

// readDirectory reads the zip's directory, and stops at the first entry past the bound. Entries are counted while the
// zip reader finds them: a count of our own could be led to another directory than the one that is read.
func readDirectory(data []byte, most int) (*zip.Reader, error) {
	n := 0
	errTooMany := errors.New("too many entries")
	r, err := zip.NewReaderWithOptions(bytes.NewReader(data), int64(len(data)), zip.ReaderOptions{NameDecoder: func(*zip.FileHeader) error {
		if n++; n > most {
			return errTooMany
		}
		return nil
	}})
	switch {
	case errors.Is(err, errTooMany):
		return nil, overBound("Entries", "", "", int64(n), int64(most))
	case err != nil:
		return nil, damaged("", "", "read the zip directory: %w", err)
	}
	return r, nil
}

// has reports whether there is a part of that name.
func (a *archive) has(name string) bool { return a.parts[partKey(name)] != nil }

// open streams a part. The reader fails when the part's checksum or size are not what the directory says.
func (a *archive) open(ctx context.Context, name string) (io.ReadCloser, error) {
	f := a.parts[partKey(name)]
	if f == nil {
		return nil, damaged(name, "", "the part is missing")
	}
	p, err := a.openPart(ctx, f, name)
	if err != nil {
		return nil, err
	}
	return p, nil
}

// small refuses a part that would have to be held in memory and is too large for it.
func (a *archive) small(name string) error {
	if f := a.parts[partKey(name)]; f != nil && f.UncompressedSize64 > uint64(a.b.SmallBytes) {
		return overBound("SmallBytes", name, "", int64(f.UncompressedSize64), a.b.SmallBytes)
	}
	return nil
}

// read inflates a whole small part.
func (a *archive) read(ctx context.Context, name string) ([]byte, error) {
	if err := a.small(name); err != nil {
		return nil, err
	}
	rc, err := a.open(ctx, name)
	if err != nil {
		return nil, err
	}
	defer rc.Close()
	f := a.parts[partKey(name)]
	b := bytes.NewBuffer(make([]byte, 0, f.UncompressedSize64+bytes.MinRead))
	if _, err := b.ReadFrom(rc); err != nil {
		return nil, unpackError(name, err)
	}
	return b.Bytes(), nil
}

// A relationship leads from one part to another, or out of the file: then its target does not matter here.
type relationship struct {
	id, kind, target string
	external         bool
}

// No honest workbook has more relationships of one part (Excel allows 65,530 links on a sheet), or longer names of parts.
const (
	mostRels     = 100_000
	longestNames = 1000
)

// Kinds of relationships, the last step of their URI, which transitional and strict files share.
const (
	relDocument       = "officeDocument"
	relWorksheet      = "worksheet"
	relStyles         = "styles"
	relStrings        = "sharedStrings"
	relComments       = "comments"
	relVML            = "vmlDrawing"
	relTable          = "table"
	relCalcChain      = "calcChain"
	relSignature      = "digital-signature/origin"
	relVBA            = "vbaProject"
	relChartsheet     = "chartsheet"
	relDialogsheet    = "dialogsheet"
	relMacrosheet     = "xlMacrosheet"
	relIntlMacrosheet = "xlIntlMacrosheet"
)

// relsPart is the name of the part that holds the relationships of another; "" means the package.
func relsPart(part string) string {
	dir, file := path.Split(part)
	return dir + "_rels/" + file + ".rels"
}

// relationships reads those of a part; a part without any has none.
func (a *archive) relationships(ctx context.Context, part string) ([]relationship, error) {
	name := relsPart(part)
	if !a.has(name) {
		return nil, nil
	}
	s, c, err := a.scanSmall(ctx, name)
	if err != nil {
		return nil, err
	}
	defer c.Close()
	var rels []relationship
	for {
		if err := s.next(); err != nil {
			return nil, err
		}
		if s.kind == eofToken {
			return rels, nil
		}
		if s.kind != startToken || s.space != packageSpace || string(s.name) != "Relationship" {
			continue
		}
		r := relationship{id: s.attrText("Id"), kind: relKind(s.attrText("Type")), external: string(s.attr("TargetMode")) == "External"}
		if !r.external {
			r.target = resolvePart(part, s.attrText("Target"))
		}
		if len(rels) >= mostRels {
			return nil, s.bad("over %d relationships", mostRels)
		}
		if len(r.id) > longestNames || len(r.kind) > longestNames || len(r.target) > longestNames {
			return nil, s.bad("relationship %.20q leads to a name of over %d bytes", r.id, longestNames)
		}
		rels = append(rels, r)
	}
}

func relKind(uri string) string {
	for _, root := range []string{relNS + "/", relStrictNS + "/"} {
		if k, ok := strings.CutPrefix(uri, root); ok {
			return k
		}
	}
	if strings.HasSuffix(uri, "/"+relSignature) {
		return relSignature
	}
	return uri[strings.LastIndexByte(uri, '/')+1:]
}

// resolvePart is the part a relationship of part points to, without a leading slash.
func resolvePart(part, target string) string {
	target, _, _ = strings.Cut(strings.ReplaceAll(target, `\`, "/"), "#")
	if rest, ok := strings.CutPrefix(target, "/"); ok {
		return path.Clean(rest)
	}
	return strings.TrimPrefix(path.Join("/", path.Dir(part), target), "/")
}

func relOfKind(rels []relationship, kind string) (relationship, bool) {
	for _, r := range rels {
		if r.kind == kind && !r.external {
			return r, true
		}
	}
	return relationship{}, false
}

var errNoDocument = errors.New("the zip holds no workbook")
