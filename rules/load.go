package rules

import (
	"context"
	"crypto/sha256"
	"embed"
	"encoding/csv"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
)

//go:embed policies/*.toml data/holidays.csv data/osi-approved.txt
var shipped embed.FS

// maxPolicy bounds a policy's text, and that of its tests, and maxList each of its lists, in bytes. Both are looked at before
// anything is read: the largest shipped policy has some tens of thousands.
const (
	maxPolicy = 1 << 20
	maxList   = 16 << 20
)

// Options are what Load may be given.
type Options struct {
	// Rows reads a list that stands in a workbook: the text of every cell of a sheet ("" for the first one), row by row.
	// Without it such a list is a mistake.
	Rows func(ctx context.Context, workbook []byte, sheet string) ([][]string, error)
	// Read reads a file: the policy first, then its lists in the order of the text. Without it files are read from the
	// disk.
	Read func(name string) ([]byte, error)
}

// Load reads the policy file at path with the lists it names, which stand beside it. The error is Mistakes with everything
// that is wrong in the text, says why a file could not be read, or is the context's.
func Load(ctx context.Context, path string) (*Policy, error) { return LoadWith(ctx, path, Options{}) }

// LoadWith is Load with options.
func LoadWith(ctx context.Context, file string, o Options) (*Policy, error) {
	read := o.Read
	if read == nil {
		read = ReadFile
	}
	text, err := read(file)
	if err == nil && len(text) > maxPolicy {
		err = tooLarge(file, int64(len(text)), maxPolicy)
	}
	if err != nil {
		return nil, fmt.Errorf("read policy: %w", err)
	}
	dir := filepath.Dir(file)
	return build(ctx, filepath.Base(file), file, text, func(name, sheet string) ([][]string, error) {
		if filepath.IsAbs(name) || !filepath.IsLocal(name) {
			return nil, errors.New("a list must stand beside the policy or in a folder under it")
		}
		name = filepath.Join(dir, name)
		ext := strings.ToLower(filepath.Ext(name))
		inWorkbook := ext == ".xlsx" || ext == ".xlsm"
		if inWorkbook && o.Rows == nil {
			return nil, errors.New("lists in workbooks cannot be read here; save it as CSV")
		}
		data, err := read(name)
		if errors.Is(err, fs.ErrNotExist) {
			return nil, errors.New("there is no such file beside the policy")
		}
		if err != nil {
			return nil, err
		}
		if len(data) > maxList {
			return nil, tooLarge(filepath.Base(name), int64(len(data)), maxList)
		}
		if inWorkbook {
			return o.Rows(ctx, data, sheet)
		}
		return readCSV(ctx, data)
	})
}

// ReadFile reads a policy's text or one of its lists from the disk, within bounds.
func ReadFile(name string) ([]byte, error) {
	info, err := os.Stat(name)
	if err != nil {
		return nil, plainPathError(err)
	}
	most := int64(maxList)
	if strings.EqualFold(filepath.Ext(name), ".toml") {
		most = maxPolicy
	}
	if info.Size() > most {
		return nil, tooLarge(name, info.Size(), most)
	}
	b, err := os.ReadFile(name)
	if err != nil {
		return nil, plainPathError(err)
	}
	return b, nil
}

// tooLarge says that a file is not read.
func tooLarge(name string, size, most int64) error {
	return fmt.Errorf("%s has %d bytes, and at most %d are read: is it the right file?", name, size, most)
}

// plainPathError says which file and why, without the name of a system call.
func plainPathError(err error) error {
	if p := (*fs.PathError)(nil); errors.As(err, &p) {
		return fmt.Errorf("%s: %w", p.Path, p.Err)
	}
	return err
}

// rowsBetweenLooks is how many rows of a list are read between two looks at the context.
const rowsBetweenLooks = 256

// readCSV reads a list: commas or semicolons (which French spreadsheets write), with or without a byte order mark.
func readCSV(ctx context.Context, text []byte) ([][]string, error) {
	s := strings.TrimPrefix(string(text), "\ufeff")
	r := csv.NewReader(strings.NewReader(s))
	r.FieldsPerRecord = -1
	r.LazyQuotes = true
	if first, _, _ := strings.Cut(s, "\n"); strings.Count(first, ";") > strings.Count(first, ",") {
		r.Comma = ';'
	}
	var rows [][]string
	for {
		row, err := r.Read()
		if errors.Is(err, io.EOF) {
			return rows, nil
		}
		if err != nil {
			return nil, err
		}
		rows = append(rows, row)
		if len(rows) > maxListRows {
			return nil, fmt.Errorf("has more than the %d rows a list may have", maxListRows)
		}
		if len(rows)%rowsBetweenLooks == 0 {
			if err := ctx.Err(); err != nil {
				return nil, err
			}
		}
	}
}

// Shipped are the names that LoadShipped takes.
func Shipped() []string {
	entries, _ := shipped.ReadDir("policies")
	var names []string
	for _, e := range entries {
		if name, ok := strings.CutSuffix(e.Name(), ".toml"); ok && !strings.HasSuffix(name, ".test") {
			names = append(names, name)
		}
	}
	return names
}

// LoadShipped reads one of the policies that come with Handrail, by its name: "esdc-micro-acquisition".
func LoadShipped(name string) (*Policy, error) {
	if !slices.Contains(Shipped(), name) {
		return nil, fmt.Errorf("no policy %q is shipped; there are %s", name, strings.Join(Shipped(), ", "))
	}
	text, err := ShippedText(name)
	if err != nil {
		return nil, err
	}
	return build(context.Background(), name+".toml", name+".toml", text, func(string, string) ([][]string, error) {
		return nil, errors.New("a shipped policy names no files")
	})
}

// ShippedText is the text of a shipped policy, for somebody who wants to begin from it.
func ShippedText(name string) ([]byte, error) {
	b, err := shipped.ReadFile(path.Join("policies", name+".toml"))
	if err != nil {
		return nil, fmt.Errorf("read shipped policy %q: %w", name, err)
	}
	return b, nil
}

// bundle is everything a verdict depends on.
type bundle struct {
	Helpers  string       `json:"helpers"`
	File     string       `json:"file"`
	Text     string       `json:"text"`
	Lists    []bundleList `json:"lists,omitempty"`
	Holidays string       `json:"holidays"`
	Licences string       `json:"licences"`
}

type bundleList struct {
	File  string     `json:"file"`
	Sheet string     `json:"sheet,omitempty"`
	Rows  [][]string `json:"rows"`
}

// build makes a policy of today's data.
func build(ctx context.Context, name, shown string, text []byte, rows func(name, sheet string) ([][]string, error)) (*Policy, error) {
	holidays, err := shipped.ReadFile("data/holidays.csv")
	if err != nil {
		return nil, err
	}
	osi, err := shipped.ReadFile("data/osi-approved.txt")
	if err != nil {
		return nil, err
	}
	return assemble(ctx, bundle{Helpers: helpersVersion, File: name, Text: string(text), Holidays: string(holidays), Licences: string(osi)}, shown, rows)
}

// assemble makes a policy of a bundle; rows finds the lists, which it keeps in the bundle.
func assemble(ctx context.Context, b bundle, shown string, rows func(name, sheet string) ([][]string, error)) (*Policy, error) {
	p := &Policy{file: b.File, lists: map[string]*list{}, aliases: map[string]string{}, licences: readLicences(b.Licences)}
	var err error
	if p.calendar, err = readCalendar(b.Holidays); err != nil {
		return nil, err
	}
	doc, err := parseDocument(ctx, shown, []byte(b.Text))
	if err != nil {
		return nil, err
	}
	b.Lists = nil
	s := &schema{reader: &reader{doc: doc}, p: p, rows: func(name, sheet string) ([][]string, error) {
		found, err := rows(name, sheet)
		if err == nil {
			b.Lists = append(b.Lists, bundleList{name, sheet, found})
		}
		return found, err
	}}
	s.read(ctx)
	if err := ctx.Err(); err != nil {
		return nil, err // what was found until then is not all
	}
	if len(s.mistakes) > 0 {
		return nil, s.mistakes.sorted()
	}
	p.findNeeds()
	if p.bundle, err = json.Marshal(b); err != nil {
		return nil, fmt.Errorf("bundle policy: %w", err)
	}
	sum := sha256.Sum256(p.bundle)
	p.hash = "sha256:" + hex.EncodeToString(sum[:])
	return p, nil
}

// ErrOtherHelpers says that a bundle was made by a version of the helpers that this program does not have, so that a
// replay would not be exact.
var ErrOtherHelpers = errors.New("the policy was judged by another version of the helpers")

// Unbundle rebuilds a policy from what Bundle gave, with the lists, the holidays and the licences of that day. Its hash is
// the same. It errs with ErrOtherHelpers when this program's helpers are not those of the bundle.
func Unbundle(data []byte) (*Policy, error) {
	b, err := readBundle(data)
	if err != nil {
		return nil, err
	}
	if b.Helpers != helpersVersion {
		return nil, fmt.Errorf("%w: %s, and this program has %s", ErrOtherHelpers, b.Helpers, helpersVersion)
	}
	return b.policy()
}

// ReadBundle rebuilds a policy for what it says, whatever version of the helpers judged by it: its mark, its guardrails'
// titles, its currency, which findings need a reason. It is not for judging: where the helpers differ, Judge escalates
// every line.
func ReadBundle(data []byte) (*Policy, error) {
	b, err := readBundle(data)
	if err != nil {
		return nil, err
	}
	p, err := b.policy()
	if err != nil {
		return nil, err
	}
	p.onlyRead = b.Helpers != helpersVersion
	return p, nil
}

func readBundle(data []byte) (b bundle, err error) {
	if err := json.Unmarshal(data, &b); err != nil {
		return b, fmt.Errorf("read policy bundle: %w", err)
	}
	return b, nil
}

// policy rebuilds the policy with the bundle's own lists.
func (b bundle) policy() (*Policy, error) {
	lists := b.Lists
	return assemble(context.Background(), b, b.File, func(name, sheet string) ([][]string, error) {
		for _, l := range lists {
			if l.File == name && l.Sheet == sheet {
				return l.Rows, nil
			}
		}
		return nil, fmt.Errorf("is missing in the bundle")
	})
}

// Text is the policy's own text, as its authors wrote it.
func (p *Policy) Text() string {
	var b bundle
	if json.Unmarshal(p.bundle, &b) != nil {
		return ""
	}
	return b.Text
}
