package statement

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/csv"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/unicode"

	"handrail/internal/request"
	"handrail/internal/workbook"
)

// Options says what a statement does not say itself.
type Options struct {
	Name     string // of the file, for messages
	Currency string // of amounts without one; ISO 4217
	// PurchasesNegative says that the bank writes purchases with a minus, and money back without.
	PurchasesNegative bool
	// Headers are further headers of the bank's, by the name of a field: "merchant". CheckHeaders finds their mistakes.
	Headers map[string][]string
	Profile *Profile // of who sent the file; nil for none
}

// Statement is a card statement as it was read.
type Statement struct {
	Name   string
	Digest string // SHA-256 of the bytes that came, hexadecimal
	// Charges are the rows that were read, in the file's order.
	Charges []Charge
	// Problems are rows and cells that were not: none of them is in Charges unless its severity is a note. A cell is named
	// like a workbook's, "C12", also in a CSV.
	Problems []request.Problem
	// Header is the row the header stands in, counted from 1; Fields is what each column is.
	Header int
	fields []field
	// Reading is how a table was read; empty for what is none.
	Reading Reading
	// Cut is the statement as UTF-8 CSV with every card number cut to its last four digits: what may be kept.
	Cut []byte
}

// Error refuses a whole statement.
type Error struct {
	Code    string // "empty", "no-header", "damaged", "ambiguous", "sign", "encoding", "too-large"
	Name    string
	Row     int // 0 when no row is to blame
	Message request.Text
}

// Error is the English message with the file and row.
func (e *Error) Error() string {
	if e.Row > 0 {
		return fmt.Sprintf("statement %s, row %d: %s", e.Name, e.Row, e.Message.EN)
	}
	return fmt.Sprintf("statement %s: %s", e.Name, e.Message.EN)
}

func refuse(o Options, code string, row int, en, fr string) error {
	return &Error{Code: code, Name: o.Name, Row: row, Message: request.Text{EN: en, FR: fr}}
}

// rowsBetweenLooks is how many rows are read between two looks at the context.
const rowsBetweenLooks = 256

const (
	largestStatement = 256 << 20
	widestStatement  = 500 // columns
	headerWithin     = 50  // rows
	fewestHeaders    = 3
	mostCells        = 6_000_000 // what stands in them is held in memory
)

var errTooManyCells = errors.New("too many cells")

// readText reads a statement in any separator (comma, semicolon, tab, bar), in UTF-8, UTF-16 with a mark, or
// Windows-1252, with either decimal style. Either every row is read or named in Problems, or the error is a
// *Error that says why the file as a whole was refused.
func readText(ctx context.Context, data []byte, o Options) (*Statement, error) {
	if len(data) > largestStatement {
		return nil, refuse(o, "too-large", 0, "It is larger than 256 MB. Split it by month.", "Il dépasse 256 Mo. Divisez-le par mois.")
	}
	text, err := decoded(data, o)
	if err != nil {
		return nil, err
	}
	if strings.TrimSpace(text) == "" {
		return nil, refuse(o, "empty", 0, "It is empty.", "Il est vide.")
	}
	rows, err := bestRows(ctx, text, o)
	if err != nil {
		return nil, err
	}
	sum := sha256.Sum256(data)
	return readRows(ctx, rows, textForm{separated: true, unfinished: !strings.HasSuffix(text, "\n") && !strings.HasSuffix(text, "\r")}, hex.EncodeToString(sum[:]), o)
}

// textForm is what a text says by its form, and a workbook does not.
type textForm struct {
	separated  bool // by a character: a cell too many may be half of another
	unfinished bool // the last line has no end
}

// decoded is decode, for a file that is refused where it cannot be read.
func decoded(data []byte, o Options) (string, error) {
	text, err := decode(data)
	if e := encodings[o.profile().Encoding]; e != nil {
		var out []byte
		out, err = e.NewDecoder().Bytes(data)
		text = strings.TrimPrefix(string(out), "\ufeff")
	}
	if err != nil {
		return "", refuse(o, "encoding", 0, "It is not text in an encoding that can be told: save it as CSV UTF-8.",
			"Ce n’est pas du texte dans un codage reconnaissable\u00a0: enregistrez-le en CSV UTF-8.")
	}
	return text, nil
}

// decode brings the bytes of a text file into UTF-8.
func decode(data []byte) (string, error) {
	switch {
	case bytes.HasPrefix(data, []byte{0xff, 0xfe}), bytes.HasPrefix(data, []byte{0xfe, 0xff}):
		out, err := unicode.UTF16(unicode.LittleEndian, unicode.UseBOM).NewDecoder().Bytes(data)
		return string(out), err
	case bytes.IndexByte(data, 0) >= 0:
		return "", errors.New("zero bytes")
	}
	data = bytes.TrimPrefix(data, []byte("\ufeff"))
	if utf8.Valid(data) {
		return string(data), nil
	}
	out, err := charmap.Windows1252.NewDecoder().Bytes(data)
	return string(out), err
}

// record is one row of a statement with the line it begins on.
type record struct {
	line  int
	cells []cellValue
}

// cellValue is one cell: its text, and what the file itself says it means (a workbook's date or number).
type cellValue struct {
	text string
	date request.Date // of a workbook's date cell
	// serial is the day that a workbook's plain number means in a column of dates.
	serial request.Date
	// exact is true for a workbook's number: its text is a plain number with a point, not to be guessed at.
	exact bool
	// shown is what a workbook's format shows beside or in the place of the number; nil for most cells.
	shown *shownAmount
}

// bestRows splits the text by the separator under which its header is understood best.
func bestRows(ctx context.Context, text string, o Options) ([]record, error) {
	if !strings.Contains(text, "\n") { // "CSV (Macintosh)" ends its lines like this
		text = strings.ReplaceAll(text, "\r", "\n")
	}
	own := o.own()
	sample := text
	if len(sample) > 64<<10 {
		sample = sample[:64<<10]
	}
	best, most := ',', 0
	for _, sep := range []rune{',', ';', '\t', '|'} {
		rows, _ := splitRows(ctx, sample, sep)
		n := 0
		for _, r := range rows[:min(len(rows), headerWithin)] {
			n = max(n, knownIn(r.cells, own))
		}
		if n > most {
			best, most = sep, n
		}
	}
	if most < fewestHeaders {
		best = evenSeparator(ctx, sample, best)
	}
	rows, err := splitRows(ctx, text, best)
	var broken *csv.ParseError
	if errors.As(err, &broken) {
		return nil, refuse(o, "damaged", broken.StartLine,
			"A quoted cell is not closed or is written wrongly near column "+strconv.Itoa(broken.Column)+". The file may be cut off: export it again.",
			"Une cellule entre guillemets n’est pas fermée ou est mal écrite près de la colonne "+strconv.Itoa(broken.Column)+". Le fichier est peut-être tronqué\u00a0: exportez-le de nouveau.")
	}
	if errors.Is(err, errTooManyCells) {
		return nil, tooManyCells(o)
	}
	if err != nil {
		return nil, fmt.Errorf("statement %s: %w", o.Name, err)
	}
	return rows, nil
}

func tooManyCells(o Options) error {
	return refuse(o, "too-large", 0, "It has more than six million cells. Split it by month.", "Il compte plus de six millions de cellules. Divisez-le par mois.")
}

func splitRows(ctx context.Context, text string, sep rune) ([]record, error) {
	// "sep=;" on the first line tells Excel the separator; it is no row.
	skipped := 0
	if rest, ok := strings.CutPrefix(text, "sep="); ok {
		if _, after, found := strings.Cut(rest, "\n"); found {
			text, skipped = after, 1
		}
	}
	r := csv.NewReader(strings.NewReader(plainTexts(text, sep)))
	r.Comma, r.FieldsPerRecord, r.ReuseRecord = sep, -1, true
	var rows []record
	total := 0
	for {
		cells, err := r.Read()
		if errors.Is(err, io.EOF) {
			return rows, nil
		}
		if err != nil {
			return rows, err
		}
		if len(rows)%rowsBetweenLooks == 0 {
			if err := ctx.Err(); err != nil {
				return nil, err
			}
		}
		if total += len(cells); total > mostCells {
			return nil, errTooManyCells
		}
		line, _ := r.FieldPos(0)
		row := record{line: line + skipped, cells: make([]cellValue, len(cells))}
		for i, c := range cells {
			row.cells[i].text = request.Clean(c)
		}
		rows = append(rows, row)
	}
}

// plainTexts takes the formula from cells that a spreadsheet is to show as text: ="2026-10-01".
func plainTexts(text string, sep rune) string {
	if !strings.Contains(text, "=\"") {
		return text
	}
	pairs := []string{string(sep) + "=\"", string(sep) + "\"", "\n=\"", "\n\""}
	text = strings.NewReplacer(pairs...).Replace(text)
	if strings.HasPrefix(text, "=\"") {
		text = text[1:]
	}
	return text
}

// knownIn counts the distinct fields that a row's cells name.
func knownIn(cells []cellValue, own map[string]field) int {
	var seen [numFields]bool
	n := 0
	for _, c := range cells[:min(len(cells), widestStatement)] {
		if f := knownHeader(c.text, own); f != noField && !seen[f] {
			seen[f] = true
			n++
		}
	}
	return n
}

// readRows finds the header and reads what is under it.
func readRows(ctx context.Context, rows []record, form textForm, digest string, o Options) (*Statement, error) {
	own := o.own()
	at := slices.IndexFunc(rows[:min(len(rows), headerWithin)], func(r record) bool { return knownIn(r.cells, own) >= fewestHeaders })
	header, under := record{}, rows
	switch {
	case at >= 0:
		header, under = rows[at], rows[at+1:]
	case o.profile().NoHeader:
		header = record{cells: make([]cellValue, widest(rows))}
	default:
		return nil, withoutHeader(ctx, rows, form, o)
	}
	s := &sheetReader{options: o, form: form, header: header, rows: under, out: &Statement{Name: o.Name, Digest: digest, Header: header.line}}
	if err := s.columns(own); err != nil {
		return nil, err
	}
	s.skipPreamble()
	s.directionColumn()
	s.statusColumn()
	if err := s.complete(); err != nil {
		return nil, err
	}
	s.styles()
	s.debitSign()
	if err := s.contradictory(); err != nil {
		return nil, err
	}
	if err := s.purchaseSign(); err != nil {
		return nil, err
	}
	for i := range s.rows {
		if i%rowsBetweenLooks == 0 {
			if err := ctx.Err(); err != nil {
				return nil, err
			}
		}
		s.read(&s.rows[i])
	}
	s.compareTotal()
	s.out.Reading = s.reading()
	identify(s.out.Charges)
	s.out.Cut = cutForm(rows, s.header.line, s.at[cardNumber])
	return s.out, nil
}

// sheetReader reads the rows of one statement.
type sheetReader struct {
	options Options
	form    textForm
	header  record
	rows    []record
	at      [numFields]int // the column of each field, counted from 1; 0 when there is none
	extra   []int          // columns of no field, from 0, ascending
	filled  []bool         // by column: whether anything stands in it
	dates   dateOrder
	point   [numFields]decimalStyle
	// bothOrders: some dates can only have the day in front, others only the month.
	bothOrders bool
	contrary   int       // a column whose header says debit or credit and whose cells never do, counted from 1; 0 none
	typed      int       // a column of types that say no direction, counted from 1; 0 none
	merchants  []int     // further columns that may say the merchant, from 0
	cents      bool      // amounts are in cents
	approved   rowStatus // what “approved” means in this file
	// plusDebits: the bank writes debits without a minus, in a statement with a column for debit or credit.
	plusDebits     bool
	minusDebitRows int                              // how many debits have one
	footers        []*record                        // rows of totals
	named          [numFields]request.FoundCurrency // by the headers of amounts
	why            []string                         // how each column was found out: byProfile, byHeader, byContent
	// negative: purchases have a minus; minusDebits: so have all amounts of the column of debits.
	negative, minusDebits bool
	out                   *Statement
}

// complete refuses a statement without amounts or without dates.
func (s *sheetReader) complete() error {
	missing := func(what request.Text) error {
		return refuse(s.options, "no-header", s.header.line, "Its header has no column for "+what.EN+".", "Son en-tête n’a pas de colonne pour "+what.FR+".")
	}
	switch {
	case s.at[chargeAmount] == 0 && s.at[debitAmount] == 0:
		return missing(request.Text{EN: "the amount", FR: "le montant"})
	case s.at[postingDate] == 0 && s.at[transactionDate] == 0:
		return missing(request.Text{EN: "a date", FR: "la date"})
	case s.at[merchantName] == 0:
		return missing(request.Text{EN: "the merchant", FR: "le marchand"})
	}
	return nil
}

// used reports whether a column, counted from 0, holds anything under the header. All columns are looked at once.
func (s *sheetReader) used(column int) bool {
	if s.filled == nil {
		s.filled = make([]bool, len(s.header.cells))
		for _, r := range s.rows {
			for i, c := range r.cells[:min(len(r.cells), len(s.filled))] {
				s.filled[i] = s.filled[i] || c.text != ""
			}
		}
	}
	return s.filled[column]
}

// styles looks at whole columns to learn which way round days and months stand, and what the decimal mark is: one row
// alone can often be read two ways, the column hardly ever.
func (s *sheetReader) styles() {
	s.dates = s.dateOrder()
	for _, f := range []field{chargeAmount, debitAmount, creditAmount, originalAmount} {
		s.point[f] = s.decimalStyle(f)
	}
}

func (s *sheetReader) cell(r *record, f field) cellValue {
	if i := s.at[f]; i > 0 && i <= len(r.cells) {
		return r.cells[i-1]
	}
	return cellValue{}
}

// problem names the cell of a field in a row, or the row's first where the statement has no such column.
func (s *sheetReader) problem(r *record, f field, severity request.Severity, code, en, fr string) {
	s.note(r, max(1, s.at[f]), severity, code, en, fr)
}

// refuseCell refuses a row for what stands in one of its columns, counted from 1.
func (s *sheetReader) refuseCell(r *record, column int, code, en, fr string) {
	s.note(r, column, request.ReturnSeverity, code, en, fr)
}

func (s *sheetReader) note(r *record, column int, severity request.Severity, code, en, fr string) {
	s.out.Problems = append(s.out.Problems, request.Problem{Sheet: s.options.Name, Cell: workbook.Column(column) + strconv.Itoa(r.line), Code: code,
		Severity: severity, Message: request.Text{EN: en, FR: fr}})
}
