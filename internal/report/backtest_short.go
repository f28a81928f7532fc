package report

import (
	"fmt"

	"handrail/internal/request"
)

// Short says the figures of a backtest in a few sentences, for a mail or a first look.
func (b *Backtest) Short() []request.Text {
	if b.All.After.Lines == 0 {
		return []request.Text{{EN: "There was no line to try this text on.", FR: "Il n’y avait aucune ligne sur laquelle essayer ce texte."}}
	}
	before, after := &b.All.Before, &b.All.After
	days := b.Days()
	all := []request.Text{{
		EN: fmt.Sprintf("Tried on %s: %s approved (%s), %s to an officer (%s), %s returned (%s).", days.EN, grouped(after.Approved, ","), after.ApprovedAmount.In(request.English),
			grouped(after.Escalated, ","), after.EscalatedAmount.In(request.English), grouped(after.Returned, ","), after.ReturnedAmount.In(request.English)),
		FR: fmt.Sprintf("Essai sur %s\u00a0: %s approuvées (%s), %s soumises à l’approvisionnement (%s), %s renvoyées (%s).", days.FR, grouped(after.Approved, "\u00a0"), after.ApprovedAmount.In(request.French),
			grouped(after.Escalated, "\u00a0"), after.EscalatedAmount.In(request.French), grouped(after.Returned, "\u00a0"), after.ReturnedAmount.In(request.French)),
	}}
	if b.History != nil {
		return all
	}
	all = append(all, request.Text{
		EN: fmt.Sprintf("As decided: %s approved (%s), %s to an officer (%s), %s returned (%s).", grouped(before.Approved, ","), before.ApprovedAmount.In(request.English),
			grouped(before.Escalated, ","), before.EscalatedAmount.In(request.English), grouped(before.Returned, ","), before.ReturnedAmount.In(request.English)),
		FR: fmt.Sprintf("Selon la décision\u00a0: %s approuvées (%s), %s soumises à l’approvisionnement (%s), %s renvoyées (%s).", grouped(before.Approved, "\u00a0"), before.ApprovedAmount.In(request.French),
			grouped(before.Escalated, "\u00a0"), before.EscalatedAmount.In(request.French), grouped(before.Returned, "\u00a0"), before.ReturnedAmount.In(request.French)),
	})
	if n := len(b.Flips); n == 0 {
		all = append(all, request.Text{EN: "Every line would have been decided as it was.", FR: "Chaque ligne aurait été décidée comme elle l’a été."})
	} else {
		all = append(all, request.Text{EN: fmt.Sprintf("%s would have been decided otherwise.", countOf(n, "line", "lines", ",")),
			FR: fmt.Sprintf("%s auraient été décidées autrement.", countOf(n, "ligne", "lignes", "\u00a0"))})
		if n == 1 {
			all[len(all)-1].FR = "1 ligne aurait été décidée autrement."
		}
	}
	return all
}

// countOf is a number with its word.
func countOf(n int, one, many, by string) string {
	if n == 1 {
		return "1 " + one
	}
	return grouped(n, by) + " " + many
}

// SheetRow is one row of a backtest as a sheet of somebody else's workbook. Cells are text, an int, a request.Money or nil.
type SheetRow struct {
	Head  bool // a heading, or the heads of columns
	Cells []any
}

// Sheet is the backtest as the rows of one sheet: the figures, by month, by guardrail, by unit, the lines that would be decided
// otherwise, and the largest that would go to an officer.
func (b *Backtest) Sheet(l request.Lang) []SheetRow {
	say := func(t request.Text) string { return t.In(l) }
	var rows []SheetRow
	put := func(cells ...any) { rows = append(rows, SheetRow{Cells: cells}) }
	head := func(cells ...any) { rows = append(rows, SheetRow{Head: true, Cells: cells}) }
	head(say(backtestTitle))
	put(b.Policy.Name + " " + b.Policy.Version + "\u00a0· " + say(b.Days()))
	for _, t := range b.Short() {
		put(say(t))
	}
	for i := range b.Failures {
		put(say(b.Failures[i].Words()))
	}
	ledger := b.History == nil
	groups := func(title, empty request.Text, list []BacktestGroup) {
		put()
		heads := []any{say(title), say(headLines), say(headAmount), say(request.Approved.Word()), say(headEscalated), say(headAmount), say(request.Returned.Word())}
		if ledger {
			heads = append(heads, say(request.Text{EN: "Escalated, as decided", FR: "Soumises, selon la décision"}), say(request.Text{EN: "Decided otherwise", FR: "Décisions différentes"}))
		}
		head(heads...)
		for i := range list {
			g := &list[i]
			name := g.Name
			if name == "" {
				name = say(empty)
			}
			a := &g.After
			cells := []any{name, a.Lines, a.Amount.Money, a.Approved, a.Escalated, a.EscalatedAmount.Money, a.Returned}
			if ledger {
				cells = append(cells, g.Before.Escalated, g.Flips)
			}
			put(cells...)
		}
	}
	none := request.Text{EN: "(none given)", FR: "(non indiquée)"}
	groups(request.Text{EN: "By month", FR: "Par mois"}, none, b.Months)
	groups(request.Text{EN: "By guardrail", FR: "Par balise"}, none, b.Guardrails)
	groups(request.Text{EN: "By branch", FR: "Par direction générale"}, none, b.Units)
	if len(b.Flips) > 0 {
		put()
		head(say(request.Text{EN: "Decided otherwise", FR: "Décisions différentes"}), say(request.Text{EN: "Received", FR: "Reçue"}), say(request.Total.Info().Label), say(request.Supplier.Info().Label),
			say(asDecided), say(underThisText), say(request.Text{EN: "Why, under this text", FR: "Pourquoi, selon ce texte"}))
		for i := range b.Flips {
			f := &b.Flips[i]
			put(f.Reference, f.Received.String(), moneyOf(f.Total), f.Supplier, say(f.Before.Word()), say(f.After.Word()), say(Why(f.After, f.AfterFindings)))
		}
	}
	if len(b.Largest) > 0 {
		put()
		head(say(largestTitle), say(request.Text{EN: "Received", FR: "Reçue"}), say(request.Total.Info().Label), say(request.Supplier.Info().Label), say(request.Text{EN: "Branch", FR: "Direction générale"}), "", say(request.Text{EN: "Why", FR: "Pourquoi"}))
		for i := range b.Largest {
			x := &b.Largest[i]
			put(x.Reference, x.Received.String(), moneyOf(x.Total), x.Supplier, x.Unit, "", say(x.Why()))
		}
	}
	return rows
}

var largestTitle = request.Text{EN: "The largest that would go to an officer", FR: "Les plus importantes qui seraient soumises à l’approvisionnement"}

func moneyOf(a *BacktestAmount) any {
	if a == nil {
		return nil
	}
	return a.Money
}

// Why is what the text says of the line, a finding a row.
func (l *BacktestLine) Why() request.Text {
	findings := make([]request.Finding, len(l.Reasons))
	for i, r := range l.Reasons {
		findings[i] = request.Finding{Guardrail: r.Guardrail, Message: r.Message, ExemptedBy: r.Exempted}
	}
	return Why(l.After, findings)
}

// Early says that lines are older than the text.
func Early(n int, first request.Date) request.Text {
	return request.Text{
		EN: fmt.Sprintf("%s of days before %s, when the first guardrail of this text came into force: they were judged as if that day had come.", countOf(n, "line is", "lines are", ","), first),
		FR: fmt.Sprintf("%s d’avant le %s, jour d’entrée en vigueur de la première balise de ce texte\u00a0: elles ont été jugées comme si ce jour était venu.", countOf(n, "ligne date", "lignes datent", "\u00a0"), first)}
}

// Foreign says that lines are in another currency than the text's amounts.
func Foreign(n int, code, policy string) request.Text {
	return request.Text{
		EN: fmt.Sprintf("%s in %s, and the amounts of this text are in %s: they go to an officer and are in no sum here.", countOf(n, "line is", "lines are", ","), code, policy),
		FR: fmt.Sprintf("%s en %s, alors que les montants de ce texte sont en %s\u00a0: elles sont soumises à l’approvisionnement et n’entrent dans aucune somme.", countOf(n, "ligne est", "lignes sont", "\u00a0"), code, policy)}
}
