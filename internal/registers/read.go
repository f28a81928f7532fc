package registers

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"net/mail"
	"slices"
	"strings"

	"handrail/ingest"
	"handrail/internal/request"
	"handrail/internal/statement"
	"handrail/internal/workbook"
)

// Register is one register as it was read. It does not change.
type Register struct {
	Kind Kind
	// Hash is of Body, "sha256:…": the same entries have the same one, in whatever file they stand.
	Hash    string
	Body    []byte // the entries as Restore reads them
	Entries int
	// Ignored are the headers of columns that mean nothing here.
	Ignored []string

	centres   *CostCentres
	people    *People
	suppliers *Suppliers
}

// mostMistakes is how many mistakes of one file are named; a wrong file of a hundred thousand rows has as many.
const mostMistakes = 200

// headerWithin is in how many rows the header must be found.
const headerWithin = 50

// bounds are those of a register: the rows of a large department.
func bounds() workbook.Bounds { return workbook.DefaultBounds() }

// Read reads a register from a CSV, or from the first visible sheet of a workbook. Either every row is right, or the error names
// what is wrong, each mistake with file and row on a line of its own. A register without an entry is a mistake.
func Read(ctx context.Context, k Kind, data []byte, name string) (*Register, error) {
	r, err := newReader(k, name)
	if err != nil {
		return nil, err
	}
	rows, err := statement.ReadTable(ctx, data, name, bounds(), func(folded string) bool { return r.columns.find(folded) >= 0 })
	if err != nil {
		return nil, tableTrouble(name, err)
	}
	if err := r.read(ctx, rows); err != nil {
		return nil, err
	}
	return r.entries.register(k, r.ignored)
}

// Restore makes a register again from the Body of one.
func Restore(k Kind, body []byte) (*Register, error) {
	r, err := newReader(k, string(k))
	if err != nil {
		return nil, err
	}
	if err := r.entries.restore(body); err != nil {
		return nil, fmt.Errorf("register %s as it is kept: %w", k, err)
	}
	return r.entries.register(k, nil)
}

// tableTrouble says for whoever keeps the register why its file cannot be read.
func tableTrouble(name string, err error) error {
	var table *statement.Error
	if errors.As(err, &table) {
		if table.Row > 0 {
			return fmt.Errorf("%s: row %d: %s", name, table.Row, table.Message.EN)
		}
		return fmt.Errorf("%s: %s", name, table.Message.EN)
	}
	if e, ok := workbook.ErrorOf(err); ok {
		return fmt.Errorf("%s: %s", name, e.Message.EN)
	}
	return fmt.Errorf("%s: %w", name, err)
}

// entries are what a register is made of.
type entries interface {
	// add takes a row that is not empty.
	add(row int, cell func(column int) string, m *mistakes)
	restore(body []byte) error
	register(k Kind, ignored []string) (*Register, error)
}

// column is what stands under one of some headers, which are folded.
type column struct {
	label string // as it is named to people
	names string
	day   bool
}

// columns are those of a register; the first is needed.
type columns []column

func (c columns) find(folded string) int {
	if folded == "" {
		return -1
	}
	return slices.IndexFunc(c, func(x column) bool {
		for n := range strings.FieldsSeq(x.names) {
			if n == folded {
				return true
			}
		}
		return false
	})
}

// of is the column that a header names; -1 where it is none.
func (c columns) of(header string) int {
	for _, v := range statement.HeaderVariants(header) {
		if at := c.find(request.Fold(v)); at >= 0 {
			return at
		}
	}
	return -1
}

// resembles is the column whose header was perhaps meant: a misspelt "may ask for" must not read as none.
func (c columns) resembles(header string) (label string, ok bool) {
	folded := request.Fold(header)
	if len(folded) < 4 || len(folded) > longestCode {
		return "", false
	}
	for _, x := range c {
		for n := range strings.FieldsSeq(x.names) {
			if len(n) >= 4 && distance(folded, n) <= len(n)/5+1 && distance(folded, n) <= 2 {
				return x.label, true
			}
		}
	}
	return "", false
}

func (c columns) labels() string {
	list := make([]string, len(c))
	for i, x := range c {
		list[i] = x.label
	}
	return strings.Join(list, ", ")
}

// mistakes are what is wrong in a file, by its rows.
type mistakes struct {
	name string
	list []error
	more int
}

func (m *mistakes) add(row int, format string, args ...any) {
	if len(m.list) == mostMistakes {
		m.more++
		return
	}
	m.list = append(m.list, fmt.Errorf("%s: row %d: %w", m.name, row, fmt.Errorf(format, args...)))
}

func (m *mistakes) err() error {
	if m.more > 0 {
		return errors.Join(errors.Join(m.list...), fmt.Errorf("%s: %d more mistakes", m.name, m.more))
	}
	return errors.Join(m.list...)
}

type reader struct {
	mistakes
	kind    Kind
	columns columns
	entries entries
	at      []int // the column of ours under each column of the file; -1 none
	ignored []string
}

func newReader(k Kind, name string) (*reader, error) {
	r := &reader{mistakes: mistakes{name: name}, kind: k}
	switch k {
	case CostCentresKind:
		r.columns, r.entries = centreColumns, &centreEntries{}
	case PeopleKind:
		r.columns, r.entries = personColumns, &personEntries{}
	case SuppliersKind:
		r.columns, r.entries = supplierColumns, &supplierEntries{}
	default:
		return nil, fmt.Errorf("there is no register %q", k)
	}
	return r, nil
}

// what is the register in a sentence.
func (k Kind) what() string {
	return map[Kind]string{CostCentresKind: "cost centre", PeopleKind: "person", SuppliersKind: "supplier"}[k]
}

func (r *reader) read(ctx context.Context, rows []statement.TableRow) error {
	n := 0
	const rowsBetweenLooks = 256
	for i := range rows {
		row := &rows[i]
		if i%rowsBetweenLooks == 0 && ctx.Err() != nil {
			return ctx.Err()
		}
		if isEmpty(row) {
			continue
		}
		if r.at == nil {
			if i < headerWithin {
				r.header(row)
			}
			continue
		}
		n++
		r.row(row)
	}
	switch {
	case r.at == nil && len(r.list) == 0:
		return fmt.Errorf("%s: no header was found in its first rows: it needs the column %s; the columns are %s", r.name, r.columns[0].label, r.columns.labels())
	case n == 0 && len(r.list) == 0:
		return fmt.Errorf("%s: it names no %s: an empty register would send every line to an officer", r.name, r.kind.what())
	}
	return r.err()
}

func isEmpty(row *statement.TableRow) bool {
	return !slices.ContainsFunc(row.Cells, func(c statement.TableCell) bool { return c.Text != "" || c.Broken })
}

// header takes a row as the header where the needed column is in it.
func (r *reader) header(row *statement.TableRow) {
	at, found := make([]int, len(row.Cells)), false
	for i, c := range row.Cells {
		at[i] = r.columns.of(c.Text)
		found = found || at[i] == 0
	}
	if !found {
		return
	}
	r.at = at
	seen := map[int]string{}
	for i, c := range row.Cells {
		switch meant, alike := r.columns.resembles(c.Text); {
		case at[i] >= 0 && seen[at[i]] != "":
			r.add(row.Line, "%q says the same as %q: it is there twice", c.Text, seen[at[i]])
		case at[i] >= 0:
			seen[at[i]] = c.Text
		case alike:
			r.add(row.Line, "%q is no column of this register: is %q meant?", c.Text, meant)
		case c.Text != "":
			r.ignored = append(r.ignored, c.Text)
		}
	}
}

func (r *reader) row(row *statement.TableRow) {
	said := make([]string, len(r.columns))
	for i, c := range row.Cells {
		if i >= len(r.at) || r.at[i] < 0 {
			if i >= len(r.at) && c.Text != "" {
				r.add(row.Line, "%q stands in a column without a header", c.Text)
				return
			}
			continue
		}
		at := r.at[i]
		switch {
		case c.Broken:
			r.add(row.Line, "the %s is a formula without a result, or an error", r.columns[at].label)
			return
		case r.columns[at].day && !c.Day.IsZero():
			said[at] = c.Day.String()
		default:
			said[at] = c.Text
		}
		if len(said[at]) > longestCell {
			r.add(row.Line, "the %s has more than %d characters", r.columns[at].label, longestCell)
			return
		}
	}
	if strings.TrimSpace(strings.Join(said, "")) == "" {
		return // only columns that mean nothing here
	}
	r.entries.add(row.Line, func(column int) string { return said[column] }, &r.mistakes)
}

// longestCell bounds what one cell of a register says, in bytes.
const longestCell = 8000

// dates reads the first and the last day of an entry; "" is none.
func dates(row int, first, last string, m *mistakes) (from, until request.Date, ok bool) {
	read := func(s string) (d request.Date) {
		if s == "" {
			return d
		}
		d, err := request.ParseDay(s)
		if err != nil {
			m.add(row, "%q is not a day such as 2026-04-01", s)
			ok = false
		}
		return d
	}
	ok = true
	from, until = read(first), read(last)
	if ok && !from.IsZero() && !until.IsZero() && until.Before(from) {
		m.add(row, "it ends on %s, before it begins on %s", until, from)
		ok = false
	}
	return from, until, ok
}

// listOf cuts a cell at semicolons, bars and line breaks: names of branches and firms have commas in them.
func listOf(s string) []string {
	var list []string
	for part := range strings.FieldsFuncSeq(s, func(r rune) bool { return r == ';' || r == '|' || r == '\n' }) {
		if part = strings.TrimSpace(part); part != "" {
			list = append(list, part)
		}
	}
	return list
}

// addressesOf cuts a cell at whatever is in no address; a word that is no address is a mistake.
func addressesOf(row int, what, s string, m *mistakes) (list []string, ok bool) {
	if named, err := mail.ParseAddressList(strings.ReplaceAll(s, ";", ",")); err == nil { // "Gwen Morrow <gwen@department.example>" as well
		for _, a := range named {
			list = append(list, strings.ToLower(a.Address))
		}
		return list, true
	}
	for part := range strings.FieldsFuncSeq(s, func(r rune) bool { return strings.ContainsRune(";,|\n \t", r) }) {
		part = strings.ToLower(strings.TrimPrefix(part, "mailto:"))
		if !ingest.IsAddress(part) {
			m.add(row, "the %s %q is not an e-mail address", what, s)
			return nil, false
		}
		list = append(list, part)
	}
	return list, true
}

// made is a register of entries, which marshal.
func made(k Kind, n int, list any, ignored []string) (*Register, error) {
	body, err := json.Marshal(list)
	if err != nil {
		return nil, err
	}
	sum := sha256.Sum256(body)
	return &Register{Kind: k, Hash: "sha256:" + hex.EncodeToString(sum[:]), Body: body, Entries: n, Ignored: ignored}, nil
}
