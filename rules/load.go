package rules

import (
	"bytes"
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
	"unicode/utf8"
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
			return nil, wordsError(inBoth("a list must stand beside the policy or in a folder under it: write the file name alone", "une liste doit se trouver à côté de la politique ou dans un dossier au-dessous : écrivez le nom du fichier seul"))
		}
		name = filepath.Join(dir, name)
		ext := strings.ToLower(filepath.Ext(name))
		inWorkbook := ext == ".xlsx" || ext == ".xlsm"
		if inWorkbook && o.Rows == nil {
			return nil, wordsError(inBoth("lists in workbooks cannot be read here; save it as CSV", "les listes en classeur ne se lisent pas ici; enregistrez-la en CSV"))
		}
		data, err := read(name)
		if errors.Is(err, fs.ErrNotExist) {
			return nil, wordsError(inBoth("there is no such file beside the policy: put it there, or correct its name", "ce fichier n’est pas à côté de la politique : placez-le là ou corrigez son nom"))
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
	if bytes.HasPrefix(text, []byte{0xff, 0xfe}) || bytes.HasPrefix(text, []byte{0xfe, 0xff}) {
		return nil, wordsError(inBoth("it is saved as UTF-16: save it as “CSV UTF-8”", "il est enregistré en UTF-16 : enregistrez-le en « CSV UTF-8 »"))
	}
	if !utf8.Valid(text) {
		line := 1
		for l := range bytes.Lines(text) {
			if !utf8.Valid(l) {
				break
			}
			line++
		}
		return nil, wordsError(inBoth("line %d is not UTF-8, so that its accents are lost: save the file as “CSV UTF-8”", "la ligne %d n’est pas en UTF-8, et ses accents sont perdus : enregistrez le fichier en « CSV UTF-8 »", line))
	}
	s := strings.TrimPrefix(string(text), "\ufeff")
	if s != "" && strings.TrimSpace(s) == "" || s == "" {
		return nil, wordsError(inBoth("it is empty: write one entry a line", "il est vide : écrivez une entrée par ligne"))
	}
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
			return nil, wordsError(inBoth("has more than the %d rows a list may have", "compte plus que les %d lignes permises à une liste", maxListRows))
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

// ShippedTests are the tests of a shipped policy, as text.
func ShippedTests(name string) ([]byte, error) {
	b, err := shipped.ReadFile(path.Join("policies", name+TestSuffix))
	if err != nil {
		return nil, fmt.Errorf("read tests of shipped policy %q: %w", name, err)
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
	helpers, holidays, licences, err := todaysData()
	if err != nil {
		return nil, err
	}
	return assemble(ctx, bundle{Helpers: helpers, File: name, Text: string(text), Holidays: holidays, Licences: licences}, shown, true, rows)
}

// todaysData is what comes with this program and judging depends on.
func todaysData() (helpers, holidays, licences string, err error) {
	days, err := shipped.ReadFile("data/holidays.csv")
	if err != nil {
		return "", "", "", err
	}
	osi, err := shipped.ReadFile("data/osi-approved.txt")
	return helpersVersion, string(days), string(osi), err
}

// assemble makes a policy of a bundle; rows finds the lists, which it keeps in the bundle. fresh is a text that nothing was
// judged by yet: a placeholder in it is a mistake, and in one that judged it stays what it was.
func assemble(ctx context.Context, b bundle, shown string, fresh bool, rows func(name, sheet string) ([][]string, error)) (*Policy, error) {
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
	s := &schema{reader: newReader(doc), p: p, rows: func(name, sheet string) ([][]string, error) {
		found, err := rows(name, sheet)
		if err == nil {
			b.Lists = append(b.Lists, bundleList{name, sheet, found})
		}
		return found, err
	}}
	s.fresh = fresh
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

// Renew rebuilds a policy from what Bundle gave, to go on judging by its text and lists with this program's helpers, holidays and licences. Where
// these are others than the bundle's, its hash is another.
func Renew(data []byte) (*Policy, error) {
	b, err := readBundle(data)
	if err != nil {
		return nil, err
	}
	if b.Helpers, b.Holidays, b.Licences, err = todaysData(); err != nil {
		return nil, err
	}
	return b.policy()
}

func keptList(lists []bundleList, name, sheet string) ([][]string, error) {
	for _, l := range lists {
		if l.File == name && l.Sheet == sheet {
			return l.Rows, nil
		}
	}
	return nil, errors.New("is missing in the bundle")
}

// Written is what people wrote of the policy, its text and its lists, without what came with the program: two policies with the same say the same.
func (p *Policy) Written() string {
	var b bundle
	if json.Unmarshal(p.bundle, &b) != nil {
		return ""
	}
	lists, err := json.Marshal(b.Lists)
	if err != nil {
		return ""
	}
	sum := sha256.Sum256([]byte(b.Text + "\x00" + string(lists)))
	return hex.EncodeToString(sum[:])
}

// Lists are the rows of the lists that the policy took from a file, by sheet; the folder of the file does not count.
func (p *Policy) Lists(file string) map[string][][]string {
	var b bundle
	if json.Unmarshal(p.bundle, &b) != nil {
		return nil
	}
	found := map[string][][]string{}
	for _, l := range b.Lists {
		if strings.EqualFold(filepath.Base(l.File), file) {
			found[l.Sheet] = l.Rows
		}
	}
	return found
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
	return assemble(context.Background(), b, b.File, false, func(name, sheet string) ([][]string, error) { return keptList(lists, name, sheet) })
}

// Text is the policy's own text, as its authors wrote it.
func (p *Policy) Text() string {
	var b bundle
	if json.Unmarshal(p.bundle, &b) != nil {
		return ""
	}
	return b.Text
}
