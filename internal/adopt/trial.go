package adopt

import (
	"bytes"
	"context"
	"fmt"
	"slices"
	"strings"

	"handrail/ingest/forms"
	"handrail/internal/request"
	"handrail/internal/workbook"
)

// Trial is what came out of a filled copy that was read with the proposal.
type Trial struct {
	Entered []Entered // what was typed into a blank form; nil where the copy was filled by somebody
	Form    *forms.Form
	Error   error  // why it could not be read
	Lost    []Lost // what was typed and did not come back
}

// Entered is what the trial typed.
type Entered struct{ Cell, Field, Text string }

// Lost is a value that was typed and did not come back.
type Lost struct {
	Entered
	Came string // what came instead; "" for nothing
}

// Filled reports whether somebody filled the form: a line says what is bought or from whom, or, of boxes, three hold more
// than a prompt.
func (p *Proposal) Filled() bool {
	if p.table == nil {
		filled := 0
		for _, s := range p.Boxes {
			col, row, _ := workbook.ParseRef(s.Value)
			if c, ok := p.grid.at(col, row); ok && s.Field != "" && s.Value != s.Cell && !c.formula && !isPrompt(c.text) && !isCheckBox(c.text) {
				filled++
			}
		}
		return filled >= 3
	}
	for row := p.table.rows[len(p.table.rows)-1] + 1; row <= p.end; row++ {
		for _, s := range p.Columns {
			c, ok := p.grid.at(s.col, row)
			switch s.Field {
			case "title", "description", "supplier", "quantity", "unit_price", "total":
				if ok && c.row == row && c.col == s.col && c.endCol <= s.col+3 && !c.formula && !isPrompt(c.text) && (c.isText || c.number && c.text != "0") && (s.Field != "title" || c.isText) {
					return true
				}
			}
		}
	}
	return false
}

// Read reads a copy that somebody filled.
func (p *Proposal) Read(ctx context.Context, data []byte, currency string) (*Trial, error) {
	t := &Trial{}
	book, err := workbook.Open(ctx, data, workbook.DefaultBounds())
	if err != nil {
		return nil, err
	}
	t.Form, t.Error = forms.Read(ctx, book, p.Options(currency))
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	return t, nil
}

// Try fills one line into a copy of the form and reads it back. today is the day it is filled on.
func (p *Proposal) Try(ctx context.Context, data []byte, currency string, today request.Date) (*Trial, error) {
	entered, typed, computed := p.plausible(today)
	var filled bytes.Buffer
	if err := workbook.FillSheet(&filled, data, p.Sheet, typed, computed); err != nil {
		return nil, fmt.Errorf("fill a copy: %w", err)
	}
	t, err := p.Read(ctx, filled.Bytes(), currency)
	if err != nil {
		return nil, err
	}
	t.Entered = entered
	t.compare()
	return t, nil
}

// samples are a line that nobody takes for a real one: two at 100.00, 13 % of tax.
var samples = map[string]struct {
	text   string
	number bool
}{
	"requester": {"Trial of the form", false}, "email": {"trial@department.example", false}, "branch": {"Trial", false},
	"item": {"1", true}, "title": {"Two desk lamps (a trial)", false}, "description": {"Two desk lamps, to try the form", false},
	"supplier": {"Example Lamps Ltd.", false}, "supplier_id": {"123456782", false},
	"quantity": {"2", true}, "unit_price": {"100", true}, "net": {"200", true}, "tax": {"26", true}, "total": {"226", true},
	"cost_centre": {"4410", false}, "gl_account": {"51234", false}, "rationale": {"The nearest shop that has them", false},
	"justification": {"The old lamps are broken", false}, "authorized_by": {"manager@department.example", false},
	"authorized_amount": {"300", true}, "cardholder": {"card@department.example", false}, "standing_offer": {"SO-1", false},
	"repository": {"https://example.org/trial", false}, "licence": {"MIT", false}, "title_other": {"Deux lampes (essai)", false},
}

// plausible is what the trial types: one line in the first free row and a value in every box, and the formulas that it
// changes.
func (p *Proposal) plausible(today request.Date) (entered []Entered, typed []workbook.Typed, computed []string) {
	row := 0
	if p.table != nil {
		row = p.table.firstLine(p.grid)
	}
	enter := func(s Seen, at string) {
		text, number := p.sample(s, today)
		if text == "" || at == "" {
			return
		}
		entered = append(entered, Entered{at, s.Field, text})
		typed = append(typed, workbook.Typed{Cell: at, Text: text, Number: number})
	}
	for _, s := range p.Columns {
		at := workbook.Ref(s.col, row)
		if c, ok := p.grid.at(s.col, row); ok && c.formula {
			computed = append(computed, at)
		} else if s.Field != "" {
			enter(s, at)
		}
	}
	taxes := 0
	for _, s := range p.Boxes {
		col, line, _ := workbook.ParseRef(s.Value)
		if c, ok := p.grid.at(col, line); ok && c.formula {
			computed = append(computed, s.Value)
			continue
		}
		if s.Field == "tax" {
			taxes++
		}
		if s.Field != "" && s.Value != s.Cell && taxes < 2 && !strings.HasPrefix(p.textAt(col, line), "☐") {
			enter(s, s.Value)
		}
	}
	for _, s := range p.Footers {
		for _, c := range p.grid.rows[s.row] {
			if c.formula {
				computed = append(computed, c.ref())
			}
		}
	}
	return entered, typed, computed
}

func (p *Proposal) textAt(col, row int) string {
	c, _ := p.grid.at(col, row)
	return c.text
}

// sample is a value of a field as this form takes it: an answer that it offers, where it offers some.
func (p *Proposal) sample(s Seen, today request.Date) (text string, number bool) {
	f, isField := request.FieldByName(s.Field)
	if isField && f.Info().Kind == request.DateKind {
		return today.String(), false
	}
	if isField && f.Info().Kind == request.ChoiceKind {
		for _, words := range slices.Concat(s.answers, hintedAnswers(f, s.Words)) {
			if _, _, err := request.ParseChoice(f, words); err == nil || codeOf(f, words) != "" {
				return words, false
			}
		}
		return f.Info().Choices[0].Label.EN, false
	}
	if s.Field == "currency" {
		return "CAD", false
	}
	if s.Field == "language" {
		return "English", false
	}
	for _, words := range s.answers {
		if !isPrompt(words) {
			return words, false
		}
	}
	return samples[s.Field].text, samples[s.Field].number
}

// compare looks for what was typed among what came out.
func (t *Trial) compare() {
	if t.Form == nil {
		for _, e := range t.Entered {
			t.Lost = append(t.Lost, Lost{Entered: e})
		}
		return
	}
	var line *request.Line
	if t.Form.Lines.Len() > 0 {
		first := t.Form.Lines.At(0)
		line = &first
	}
	for _, e := range t.Entered {
		came := t.came(e.Field, line)
		if !sameValue(e, came) {
			t.Lost = append(t.Lost, Lost{e, came})
		}
	}
}

// came is what a field of the first line, or of who asks, says.
func (t *Trial) came(name string, line *request.Line) string {
	switch name {
	case "requester":
		return t.Form.Origin.Name
	case "email":
		return t.Form.Origin.Email
	case "branch":
		return t.Form.Origin.Unit
	case "language":
		return string(t.Form.Origin.Language)
	}
	f, ok := request.FieldByName(name)
	if !ok || line == nil {
		return ""
	}
	return Said(&line.Values[f], f)
}

func sameValue(e Entered, came string) bool {
	f, ok := request.FieldByName(e.Field)
	switch {
	case came == "":
		return false
	case ok && (f.Info().Kind == request.ChoiceKind), e.Field == "language":
		return true // its words are the form's, and what came is the answer that they mean
	case ok && (f.Info().Kind == request.MoneyKind || f.Info().Kind == request.NumberKind):
		return trimZeros(came) == trimZeros(e.Text)
	}
	return strings.EqualFold(came, e.Text)
}

func trimZeros(s string) string {
	if strings.Contains(s, ".") {
		s = strings.TrimRight(strings.TrimRight(s, "0"), ".")
	}
	return s
}

// Said is a value in plain text: what was read, "" for nothing.
func Said(v *request.Value, f request.Field) string {
	switch {
	case !v.Given || v.Faulty:
		return ""
	case f.Info().Kind == request.MoneyKind || f.Info().Kind == request.NumberKind:
		return v.Number.String()
	case f.Info().Kind == request.DateKind:
		return v.Date.String()
	}
	return v.Text
}
