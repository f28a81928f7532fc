package rules

import (
	"errors"
	"slices"

	"github.com/pelletier/go-toml/v2/unstable"
	"github.com/shopspring/decimal"

	"handrail/internal/request"
)

// readLine reads the fields of the form by their names, as somebody would type them, over what the line holds. A text
// that cannot be read is a problem of the line, as in a workbook: "5000 to 6000" is a range. With an origin the table is
// of the history, and may also say who asked.
func (r *trialReader) readLine(t *table, where string, l *request.Line, o *request.Origin) {
	for _, k := range t.keys {
		v := t.entries[k]
		if f, ok := request.FieldByName(k); ok {
			r.typed(v, where, k, f, l)
			continue
		}
		switch {
		case k == "extra":
			r.extra(t, where, l)
		case k == "outcome", o == nil && k == "findings", o != nil && (k == "date" || k == "reference" || k == "taken_back"):
		case o != nil && r.originPart(t, where, k, o):
		default:
			known := []string{"extra", "outcome"}
			for _, info := range request.Fields() {
				known = append(known, info.Name)
			}
			r.fault(v.keyAt, where, "there is no field of the form %q%s", "le formulaire n’a pas de champ %q%s", k, meant(k, known))
		}
	}
}

// extra reads the columns of the form's own, by their headers.
func (r *trialReader) extra(t *table, where string, l *request.Line) {
	v := r.get(t, where, "extra", unstable.InlineTable, false)
	if v == nil {
		return
	}
	own := map[string]string{}
	for h, text := range l.Extra {
		own[h] = text
	}
	for _, h := range v.table.keys {
		own[h], _ = r.text(v.table, where, h, false)
	}
	l.Extra = own
}

// typed puts what somebody types into a field. An empty text empties it.
func (r *trialReader) typed(v *value, where, key string, f request.Field, l *request.Line) {
	switch v.kind {
	case unstable.String, unstable.Integer, unstable.LocalDate:
	default:
		r.fault(v.at, where, "%s must be text in quotes, as somebody would type it, not %s", "%s doit être du texte entre guillemets, tel qu’on le taperait, et non %s", key, kindName(v.kind))
		return
	}
	cell := trialCell(f, l.Row)
	l.Problems = slices.DeleteFunc(slices.Clone(l.Problems), func(p request.Problem) bool { return p.Cell == cell })
	text := request.Clean(v.text)
	if text == "" {
		l.Values[f] = request.Value{Cell: cell}
		return
	}
	x := request.Value{Text: text, Cell: cell, Given: true}
	var err error
	switch f.Info().Kind {
	case request.MoneyKind:
		digits, _ := request.MinorDigits(r.policy.currency)
		if f == request.UnitPrice {
			digits = request.UnitDecimals
		}
		var a request.Amount
		a, err = request.ParseAmount(v.text, digits)
		x.Number = a.Number.Add(decimal.New(0, -digits))
		if a.Currency != "" && a.Currency != l.Currency(r.policy.currency) {
			r.fault(v.at, where, "%s is in %s: write the currency in its own field", "%s est en %s : écrivez la devise dans son propre champ", key, a.Currency)
		}
	case request.NumberKind:
		x.Number, _, err = request.ReadNumber(v.text, request.UnknownLang)
	case request.DateKind:
		x.Date, err = request.ParseDay(v.text)
	case request.ChoiceKind:
		x.Text, _, _, err = request.ReadChoice(f, v.text, request.UnknownLang)
	case request.EmailKind:
		x.Text, err = request.ParseEmail(v.text)
	case request.CurrencyKind:
		x.Text, err = request.ParseCurrency(v.text)
	case request.ReferenceKind:
		var ref request.Reference
		if ref, err = request.ParseLineReference(v.text); err == nil {
			x.Text = ref.String()
		}
	}
	if wrong := (*request.Misread)(nil); errors.As(err, &wrong) {
		x = request.Value{Text: text, Cell: cell, Faulty: true}
		l.Problems = append(l.Problems, request.Problem{Sheet: l.Sheet, Cell: cell, Code: wrong.Code, Severity: request.ReturnSeverity, Message: wrong.Message})
	} else if err != nil {
		r.fault(v.at, where, "%s: %s", "%s : %s", key, err)
	}
	l.Values[f] = x
}

// trialCell is the cell of a field in a form with all its columns.
func trialCell(f request.Field, row int) string {
	column := string(rune('A' + (int(f)-1)%26))
	if int(f) > 26 {
		column = "A" + column
	}
	return column + decimal.NewFromInt(int64(row)).String()
}
