package record

import (
	"context"
	"slices"

	"handrail/ingest/forms"
	"handrail/internal/request"
	"handrail/internal/workbook"
)

// SheetLayout is what annotating a further sheet of a request needs; the first one stands in the Layout itself.
type SheetLayout struct {
	Sheet     int    `json:"sheet"` // among all sheets of the workbook
	Name      string `json:"name"`
	HeaderRow int    `json:"header_row"`
	LabelRow  int    `json:"label_row,omitempty"`
	Column    int    `json:"column"`
	Replace   bool   `json:"replace,omitempty"`
	LastCol   int    `json:"last_column,omitempty"`
	// First is the number, after the submission's own, of the first new line on it: lines are numbered sheet by sheet.
	First int `json:"first"`
}

// MoreSheets are the layouts of a form's further sheets; nil for a form on one sheet. first gives the number of the first
// new line on the sheets by their place among the form's sheets, 0 for the first; nil where lines have no numbers.
func MoreSheets(form *forms.Form, first func(part int) int) []SheetLayout {
	var more []SheetLayout
	for i, p := range form.Others {
		s := SheetLayout{Sheet: p.SheetIndex, Name: p.Sheet, HeaderRow: p.HeaderRow, LastCol: p.LastCol}
		s.LabelRow, s.Column, s.Replace = placeColumns(p.LastCol, p.Columns, p.Labels)
		if first != nil {
			s.First = first(i + 1)
		}
		more = append(more, s)
	}
	return more
}

// SheetPlaces gives each sheet of a form its place among them, 0 for the first.
func SheetPlaces(form *forms.Form) map[string]int {
	places := map[string]int{form.Sheet: 0}
	for i, p := range form.Others {
		places[p.Sheet] = i + 1
	}
	return places
}

// partOf is the place, among the sheets of a request, of the sheet that a new line stands on.
func (l *Layout) partOf(ordinal int) int {
	part := 0
	for i := range l.More {
		if l.More[i].First <= ordinal {
			part = i + 1
		}
	}
	return part
}

// sheetName is the name of a sheet by its place.
func (f *Case) sheetName(part int) string {
	if part == 0 {
		return f.Submission.Sheet
	}
	return f.layout.More[part-1].Name
}

// WorkbookProblems are the problems of the workbook as a whole; where the request stands on several sheets, or the
// problem is on a sheet beside it, their cells are named with the sheet.
func (f *Case) WorkbookProblems() []request.Problem {
	problems := slices.Clone(f.Problems)
	for i := range problems {
		if p := &problems[i]; p.Sheet != "" && (len(f.layout.More) > 0 || p.Sheet != f.Submission.Sheet) {
			p.Cell = workbook.OnSheet(p.Sheet, p.Cell)
		}
	}
	return problems
}

// answer gathers, for each sheet of a workbook, what is written on it.
type answer struct {
	book   *workbook.Book
	sheets []workbook.SheetInfo
	lang   request.Lang
	parts  []*sheetAnswer // the sheets of the request, the first one first, then those with comments alone
	rest   []inFull       // what cells and comments had no room for
}

// sheetAnswer is what is written on one sheet.
type sheetAnswer struct {
	workbook.SheetAnnotation
	layout workbook.Layout
	words  *rowWords
}

// sheetApart is why the answer of a sheet stands apart from its lines.
type sheetApart struct {
	sheet string // "" where the request stands on one
	why   workbook.Apart
}

func newAnswer(ctx context.Context, book *workbook.Book, jm *Judgement, lang request.Lang) (*answer, error) {
	a := &answer{book: book, sheets: book.Sheets(), lang: lang}
	own := SheetLayout{Sheet: jm.Sheet, HeaderRow: jm.HeaderRow, LabelRow: jm.LabelRow, Column: jm.Column, Replace: jm.Replace, LastCol: jm.LastCol}
	for _, m := range append([]SheetLayout{own}, jm.More...) {
		layout, err := book.Layout(ctx, m.Sheet)
		if err != nil {
			return nil, err
		}
		part := &sheetAnswer{layout: layout, SheetAnnotation: workbook.SheetAnnotation{
			Sheet: m.Sheet, HeaderRow: m.HeaderRow, LabelRow: m.LabelRow, Column: m.Column, Replace: m.Replace, LastCol: m.LastCol}}
		part.words = a.newWords(&jm.Policy, m.Sheet, len(jm.More) > 0)
		a.parts = append(a.parts, part)
	}
	return a, nil
}

func (a *answer) newWords(policy *request.PolicyMark, sheet int, named bool) *rowWords {
	return &rowWords{lang: a.lang, policy: policy, sheet: a.sheets[sheet].Name, named: named, answer: a, at: map[string]int{}, cut: map[string]bool{}}
}

// row writes what became of a row.
func (a *answer) row(r *JudgedRow, trial bool) {
	part := a.parts[r.Part]
	word := r.Outcome.Word()
	if trial && !r.Kept {
		word = r.Outcome.Would()
	}
	part.Marks = append(part.Marks, workbook.Mark{Row: r.Row, Kind: workbook.MarkOf(r.Outcome), Result: word.In(a.lang),
		Why: part.words.row(r, part.layout.FixedHeight(r.Row)), Reference: r.Reference})
}

// comment puts a comment on a cell, which may be named with its sheet; sheet is the one that a bare cell is on.
func (a *answer) comment(sheet, cell, text string) {
	if other, bare := workbook.CellOf(cell); other != "" {
		sheet, cell = other, bare
	}
	if _, _, ok := workbook.ParseRef(cell); !ok {
		return
	}
	for _, part := range a.parts {
		if part.words.sheet == sheet {
			part.words.comment(cell, text)
			return
		}
	}
}

// onSheet makes room for comments on a sheet that is none of the request's.
func (a *answer) onSheet(sheet string) {
	i := slices.IndexFunc(a.sheets, func(s workbook.SheetInfo) bool { return s.Name == sheet && s.Kind == "worksheet" })
	if i >= 0 && !slices.ContainsFunc(a.parts, func(p *sheetAnswer) bool { return p.Sheet == i }) {
		a.parts = append(a.parts, &sheetAnswer{SheetAnnotation: workbook.SheetAnnotation{Sheet: i}, words: a.newWords(a.parts[0].words.policy, i, true)})
	}
}

// annotation is all of it but the report, and why a sheet's answer stands apart from its lines.
func (a *answer) annotation(ctx context.Context) (workbook.Annotation, []sheetApart, error) {
	first := a.parts[0]
	out := workbook.Annotation{Sheet: first.Sheet, HeaderRow: first.HeaderRow, LabelRow: first.LabelRow, Column: first.Column, Replace: first.Replace,
		LastCol: first.LastCol, Marks: first.Marks, Comments: first.words.comments, Headers: workbook.AnswerHeaders(first.words.policy.Languages, a.lang), Lang: a.lang}
	for _, part := range a.parts[1:] {
		part.Comments = part.words.comments
		out.More = append(out.More, part.SheetAnnotation)
	}
	var apart []sheetApart
	for _, part := range a.parts {
		if len(part.Marks) == 0 {
			continue
		}
		one := out
		one.Sheet, one.HeaderRow, one.LabelRow, one.Column, one.Replace, one.LastCol = part.Sheet, part.HeaderRow, part.LabelRow, part.Column, part.Replace, part.LastCol
		one.Marks, one.More = part.Marks, nil
		why, err := a.book.Apart(ctx, &one)
		if err != nil {
			return out, nil, err
		}
		for _, w := range why {
			at := sheetApart{why: w}
			if first.words.named {
				at.sheet = part.words.sheet
			}
			apart = append(apart, at)
		}
	}
	return out, apart, nil
}

// inFull are the rows of the sheet Handrail with all that cells and comments had no room for.
func (a *answer) inFull() (rows []workbook.ReportRow) {
	for _, x := range a.rest {
		rows = append(rows, workbook.ReportRow{{Text: x.where, Look: workbook.LabelLook}, {Text: x.text, Look: workbook.TextLook, Span: 4}})
	}
	return rows
}
