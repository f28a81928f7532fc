package forms

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"handrail/internal/request"
	"handrail/internal/workbook"
)

// Options says how forms are read. The zero value reads the shipped form in Canadian dollars.
type Options struct {
	// Aliases are a department's own headers and labels for the fields of a line. An alias wins over a label of
	// Handrail that reads the same.
	Aliases map[request.Field][]string
	// AboveAliases are a department's own labels for what identifies the requester, by "requester", "email", "branch"
	// and "language".
	AboveAliases map[string][]string
	// Currency is the policy's, ISO 4217; it stands where the form names none. "" means CAD.
	Currency string
	// Answers are the words of a department's own form for the codes of choices: by code, or by field and code
	// ("standalone.no"), which counts before.
	Answers map[string][]string
	// Defaults are the values of lines that leave a field empty, as somebody would type them.
	Defaults map[request.Field]string
	// Ignored are headers and labels that mean nothing.
	Ignored []string
	// PolicyReads are the headers that the policy reads by line.extra.
	PolicyReads []string
	// Attestation is the policy's: what one box above the table says of the lines that leave its fields empty.
	Attestation request.Attestation
	// Words are the policy's: its labels and answers are read like those of the form, and problems name fields by them.
	Words request.Words
	// MaxLines bounds the lines of one form; 0 means DefaultMaxLines.
	MaxLines int
}

// DefaultMaxLines is how many lines a form may have when nothing else is configured: more than a person types, and few
// enough that many such forms are in hand at once.
const DefaultMaxLines = 2_000

// headerSearch is how far down the header row of the table may stand (docs/design.md#the-request-form).
const headerSearch = 50

// leastHeaders make a header row, leastLabels a form of one line.
const (
	leastHeaders = 4
	leastLabels  = 6
)

// Form is what stands in a request workbook: who asks, and the lines. Amounts are exact; nothing is judged.
type Form struct {
	Sheet      string
	SheetIndex int    // among all sheets of the workbook, from 0
	State      string // of the sheet: "visible", "hidden" or "veryHidden"
	HeaderRow  int    // 0: a form of one line, without a table
	LastRow    int    // the last row of the table that holds anything
	LastCol    int    // the last column that holds anything of the table, our own columns left out
	Columns    []Column
	Labels     []Label // above the table, or of the form of one line
	Origin     request.Origin
	Lines      request.Lines // packed: a form can have many
	// Problems are those of the form as a whole. Each line carries its own. One of ReturnSeverity here asks the requester
	// to fix something that is not in a line, such as a second table that nobody judged.
	Problems []request.Problem
	// Footers are the rows of sums under the table, which are no lines.
	Footers []int
	// Others are the further sheets of the request; what stands above about one sheet is about the first.
	Others []Part
	unread []unreadColumn // with values, and nobody understood them
	// LeftAlone are the parts of the sheet that were read as nothing, in the order of their rows.
	LeftAlone []LeftAlone
}

// LeftAlone is a part of a sheet that is neither line, label nor sum: a signature, notes, a list of choices.
type LeftAlone struct {
	Sheet string
	Cells string // "B25:D27"
	Text  string // its first words
	Why   string // "below-table", "section", "prepared", "continued", "ignored", "not-a-label", "example"; of a whole sheet "example", "list" or "other-sheet"
}

// Column says which column of the table became which field, and why.
type Column struct {
	Col    int // from 1
	Header string
	Field  request.Field // NoField for By "extra" and "ours"
	By     string        // "label", "alias", "extra" (unknown, kept in Line.Extra), "ignored" (by the configuration; kept too) or "ours" (written by an earlier answer)
	Hidden bool
}

// Label is a label outside the table, and where its value stands.
type Label struct {
	Cell   string // of the label
	Header string
	Name   string // the field's name, or "requester", "email", "branch", "language"
	By     string // "label" or "alias"
	Value  string // the cell of its value
	Given  bool   // whether that cell says anything
}

// AllProblems lists the problems of the form and of its lines, each once, in the order of the rows they name: a label
// above the table that every line shares is one problem, not one for each line.
func (f *Form) AllProblems() []request.Problem {
	type key struct{ cell, code string }
	seen := map[key]bool{}
	var all []request.Problem
	add := func(p request.Problem) {
		k := key{p.Sheet + "!" + p.Cell, p.Code}
		if !seen[k] {
			seen[k] = true
			all = append(all, p)
		}
	}
	for _, p := range f.Problems {
		add(p)
	}
	for _, l := range f.Lines.All() {
		for _, p := range l.Problems {
			add(p)
		}
	}
	// Sheets of the request in their order; those of others stay in the order of the workbook.
	place := func(sheet string) int {
		if sheet == f.Sheet {
			return 0
		}
		if i := slices.IndexFunc(f.Others, func(p Part) bool { return p.Sheet == sheet }); i >= 0 {
			return 1 + i
		}
		return 1 + len(f.Others)
	}
	slices.SortStableFunc(all, func(a, b request.Problem) int {
		if a.Sheet != b.Sheet {
			return place(a.Sheet) - place(b.Sheet)
		}
		ac, ar, _ := workbook.ParseRef(a.Cell)
		bc, br, _ := workbook.ParseRef(b.Cell)
		if ar != br {
			return ar - br
		}
		return ac - bc
	})
	return all
}

// MustReturn reports whether the form as a whole has something that the requester must fix.
func (f *Form) MustReturn() bool {
	return slices.ContainsFunc(f.Problems, func(p request.Problem) bool { return p.Severity == request.ReturnSeverity })
}

// Blank reports whether nobody filled the form in: it has no line, and nothing else to be told of.
func (f *Form) Blank() bool {
	return f.Lines.Len() == 0 && !slices.ContainsFunc(f.Problems, func(p request.Problem) bool { return !templatesOwn[p.Code] })
}

// templatesOwn are the problems that a blank form has: what the template brought along.
var templatesOwn = map[string]bool{"no-lines": true, "formula-only-rows": true, "prepared-rows": true, "footer": true,
	"example-sheet": true, "other-sheet": true}

// sheetSource is what Read needs of a workbook, so that generated grids can be read as well.
type sheetSource interface {
	Sheets() []workbook.SheetInfo
	Rows(ctx context.Context, sheet int, visit func(*workbook.Row) error) error
	Layout(ctx context.Context, sheet int) (workbook.Layout, error)
	FormatOf(style int) *workbook.CellFormat
	Calculation() workbook.Calculation
}

var _ sheetSource = (*workbook.Book)(nil)

// Read finds the request in a workbook and reads it to the letter of docs/design.md#the-request-form. Whatever is wrong inside the form
// is a problem of the form or of a line; the error is a *workbook.Error: the workbook is damaged or too large, or no
// sheet holds a request (workbook.NoRequestTable). Wrong options are an error too, and a context that ends is
// its own: what was read until then is no form.
func Read(ctx context.Context, b *workbook.Book, o Options) (*Form, error) {
	return read(ctx, b, o)
}

func read(ctx context.Context, src sheetSource, o Options) (*Form, error) {
	if o.Currency == "" {
		o.Currency = "CAD"
	}
	if _, ok := request.MinorDigits(o.Currency); !ok {
		return nil, fmt.Errorf("read form: %q is not a currency of ISO 4217", o.Currency)
	}
	if o.MaxLines <= 0 {
		o.MaxLines = DefaultMaxLines
	}
	words, err := newFormWords(o.Aliases, o.AboveAliases)
	if err == nil {
		words.call(o.Words)
		err = words.learn(o)
	}
	if err != nil {
		return nil, fmt.Errorf("read form: %w", err)
	}
	b := &bookReader{src: src, options: o, words: words, sheets: src.Sheets()}
	return b.read(ctx)
}

// ourSheetName is the sheet that an annotated workbook has from us.
const ourSheetName = "Handrail"

func isOurSheet(name string) bool {
	name = strings.TrimSpace(name)
	if rest, ok := strings.CutPrefix(name, ourSheetName); ok {
		return rest == "" || strings.HasPrefix(rest, " (")
	}
	return strings.EqualFold(name, ourSheetName)
}

func noRequestTable() error {
	return &workbook.Error{Code: workbook.NoRequestTable, Err: errors.New("no sheet has a row with four known headers, or six known labels with values"),
		Message: request.Text{
			EN: "No sheet of this workbook holds a request that can be found: no row among the first 50 has at least four of the form’s column headers, such as Title, Supplier, Subtotal, Tax and Total. Copy your lines into a new blank form, or put the headers back, and send it again.",
			FR: "Aucune feuille de ce classeur ne contient de demande reconnaissable\u00a0: aucune des 50 premières lignes ne porte au moins quatre des en-têtes du formulaire, comme Titre, Fournisseur, Sous-total, Taxes et Total. Copiez vos lignes dans un nouveau formulaire vierge, ou remettez les en-têtes, puis renvoyez-le.",
		}}
}

func headerTooLow(sheet string, row int) error {
	return &workbook.Error{Code: workbook.NoRequestTable, Err: fmt.Errorf("the headers stand in row %d, below row %d", row, headerSearch),
		Message: request.Text{
			EN: fmt.Sprintf("The column headers of “%s” stand in row %d, and only the first %d rows are searched for them. Delete rows above the headers, save the workbook, and send it again.", sheet, row, headerSearch),
			FR: fmt.Sprintf("Les en-têtes de « %s » se trouvent à la rangée %d, et on ne les cherche que dans les %d premières lignes. Supprimez des lignes au-dessus des en-têtes, enregistrez le classeur, puis renvoyez-le.", sheet, row, headerSearch),
		}}
}

// tooManyLines says how to split a form. Copies of the whole file keep what stands above the table, which every line needs.
func tooManyLines(most int) error {
	return &workbook.Error{Code: workbook.TooLarge, Bound: "Lines", Found: int64(most) + 1, Limit: int64(most),
		Message: request.Text{
			EN: fmt.Sprintf("This form has more than %s lines, the most that one workbook may have. Save copies of it under different names, delete rows from each copy so that every line stands in exactly one of them and what stands above the lines stays, and send all the copies. One mail can carry several.", request.CountIn(request.English, int64(most))),
			FR: fmt.Sprintf("Ce formulaire compte plus de %s lignes, le maximum pour un classeur. Enregistrez-en des copies sous des noms différents, supprimez des lignes dans chacune de sorte que chaque ligne ne figure que dans une seule copie et que tout ce qui précède les lignes y reste, puis envoyez toutes les copies. Un même courriel peut en contenir plusieurs.", request.CountIn(request.French, int64(most))),
		}}
}
