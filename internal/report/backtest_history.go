package report

import (
	"fmt"
	"strings"

	"github.com/xuri/excelize/v2"

	"handrail/internal/request"
)

var (
	historyTitle = request.Text{EN: "What this text would have made of past purchases", FR: "Ce que ce texte aurait fait d’achats passés"}
	headWhy      = request.Text{EN: "Why", FR: "Pourquoi"}
	headDay      = request.Text{EN: "Date", FR: "Date"}
	headBranch   = request.Text{EN: "Branch", FR: "Direction générale"}
	byMonth      = request.Text{EN: "By month", FR: "Par mois"}
)

// Colours of outcomes in charts by month: what an officer would see stands out.
const (
	approvedColour  = "8FB4BF"
	escalatedColour = "B4530A"
	returnedColour  = "3D4F55"
)

// historyRemarks are what a reader must know to read the figures of a history rightly.
func (b *Backtest) historyRemarks() []request.Text {
	remarks := []request.Text{{
		EN: "Each row was judged as a request of its own, on its own day, in the order of the days, with the totals as they would have been then. Nothing is known of what the file does not say: guardrails that ask for it were not looked at, and nothing was returned because a cell is empty.",
		FR: "Chaque ligne a été jugée comme une demande distincte, à sa date, dans l’ordre des dates, avec les cumuls tels qu’ils auraient été alors. Ce que le fichier n’indique pas est inconnu\u00a0: les balises qui le demandent n’ont pas été examinées et rien n’a été renvoyé parce qu’une cellule est vide.",
	}}
	if h := b.History; h.Refunds > 0 {
		remarks = append(remarks, request.Text{
			EN: fmt.Sprintf("%s below zero (%s in all): as in the ledger they lower no total, and go to an officer.", countOf(h.Refunds, "row is", "rows are", ","), h.RefundsAmount.In(request.English)),
			FR: fmt.Sprintf("%s (%s en tout)\u00a0: comme au registre, elles ne réduisent aucun cumul et sont soumises à l’approvisionnement.", countOf(h.Refunds, "ligne est négative", "lignes sont négatives", "\u00a0"), h.RefundsAmount.In(request.French)),
		})
	}
	return append(remarks, b.History.Notes...)
}

// Rowed says how many of the file's rows were read.
func (h *BacktestHistory) Rowed() request.Text {
	out := h.Rows - h.Read
	t := request.Text{EN: fmt.Sprintf("%s: %s of %s rows were judged; the header stands in %s", h.File, grouped(h.Read, ","), grouped(h.Rows, ","), h.Table.EN),
		FR: fmt.Sprintf("%s\u00a0: %s lignes sur %s ont été jugées; l’en-tête se trouve à la %s", h.File, grouped(h.Read, "\u00a0"), grouped(h.Rows, "\u00a0"), h.Table.FR)}
	if out > 0 {
		t.EN, t.FR = t.EN+fmt.Sprintf("; %s left out", countOf(out, "row was", "rows were", ",")), t.FR+fmt.Sprintf("; %s", countOf(out, "ligne a été écartée", "lignes ont été écartées", "\u00a0"))
	}
	t.EN, t.FR = t.EN+".", t.FR+"."
	return t
}

// Looked says how many of the text's guardrails were looked at; of is how many it has.
func (h *BacktestHistory) Looked(lines int) request.Text {
	never, sometimes := 0, 0
	for i := range h.NotLookedAt {
		switch u := &h.NotLookedAt[i]; {
		case u.Case:
		case u.Lines >= lines:
			never++
		default:
			sometimes++
		}
	}
	t := request.Text{EN: fmt.Sprintf("Of the %d guardrails of this text %d were looked at; %d ask for what the file does not say.", h.Guardrails, h.Guardrails-never, never),
		FR: fmt.Sprintf("Des %d balises de ce texte, %d ont été examinées; %d demandent ce que le fichier n’indique pas.", h.Guardrails, h.Guardrails-never, never)}
	if sometimes > 0 {
		t.EN += fmt.Sprintf(" Of those looked at, %d were not on every line.", sometimes)
		t.FR += fmt.Sprintf(" Parmi celles qui ont été examinées, %d ne l’ont pas été sur chaque ligne.", sometimes)
	}
	return t
}

// Words say which rows were left out, and why.
func (l *BacktestLeftOut) Words() request.Text {
	rows := strings.Join(l.Rows, ", ")
	if l.Count > len(l.Rows) {
		rows += " …"
	}
	return request.Text{EN: fmt.Sprintf("%s left out: %s (%s).", countOf(l.Count, "row was", "rows were", ","), l.Why.EN, rows),
		FR: fmt.Sprintf("%s\u00a0: %s (%s).", countOf(l.Count, "ligne a été écartée", "lignes ont été écartées", "\u00a0"), l.Why.FR, rows)}
}

// Words say what a guardrail was not looked at for; lines is how many there are in all.
func (u *BacktestUnseen) Words(lines int) request.Text {
	var en, fr []string
	for _, m := range u.Missing {
		en, fr = append(en, m.EN), append(fr, m.FR)
	}
	missing := request.Text{EN: "the file has no " + strings.Join(en, ", no "), FR: "le fichier n’indique pas\u00a0: " + strings.Join(fr, ", ")}
	switch {
	case u.Case && u.Lines >= lines:
		return request.Text{EN: "looked at without some of its cases: " + missing.EN, FR: "examinée sans certains de ses cas\u00a0: " + missing.FR}
	case u.Case:
		return request.Text{EN: fmt.Sprintf("looked at without some of its cases on %s: %s", countOf(u.Lines, "line", "lines", ","), missing.EN),
			FR: fmt.Sprintf("examinée sans certains de ses cas sur %s\u00a0: %s", countOf(u.Lines, "ligne", "lignes", "\u00a0"), missing.FR)}
	case u.Lines >= lines:
		return request.Text{EN: "not looked at: " + missing.EN, FR: "non examinée\u00a0: " + missing.FR}
	}
	return request.Text{EN: fmt.Sprintf("not looked at on %s, where %s", countOf(u.Lines, "line", "lines", ","), missing.EN),
		FR: fmt.Sprintf("non examinée sur %s, où %s", countOf(u.Lines, "ligne", "lignes", "\u00a0"), missing.FR)}
}

// historySummary is the first sheet of a history.
func (p *backtestWriter) historySummary() {
	s := p.open(p.say(summaryName), layout{widths: []float64{44, 14, 20, 14, 20}, portrait: true})
	s.head(p.say(historyTitle), p.under())
	s.skip(1)
	s.paragraph(p.say(p.History.Rowed()), note)
	s.paragraph(p.say(p.History.Looked(p.All.After.Lines)), note)
	for i := range p.Failures {
		s.paragraph(p.say(p.Failures[i].Words()), warning)
	}
	s.section(request.Text{EN: "What would have become of them", FR: "Ce qu’elles seraient devenues"})
	s.columnHeads(request.Text{EN: "Outcome", FR: "Issue"}, headLines, headAmount, headShare)
	a := &p.All.After
	share := func(n int) any {
		if a.Lines == 0 {
			return nil
		}
		return float64(n) / float64(a.Lines)
	}
	first := s.row
	for _, r := range []struct {
		outcome request.Outcome
		n       int
		amount  BacktestAmount
	}{{request.Approved, a.Approved, a.ApprovedAmount}, {request.Escalated, a.Escalated, a.EscalatedAmount}, {request.Returned, a.Returned, a.ReturnedAmount}} {
		cells := []excelize.Cell{s.cell(r.outcome.Word(), cellStyle{}), s.cell(r.n, cellStyle{kind: count}), s.cell(r.amount.Money, cellStyle{}), s.cell(share(r.n), cellStyle{kind: percent})}
		s.put(0, cells...)
	}
	last := s.row - 1
	s.put(0, s.cell(request.Text{EN: "All lines", FR: "Toutes les lignes"}, cellStyle{strong: true}),
		s.cell(formula{fmt.Sprintf("SUM(B%d:B%d)", first, last), a.Lines}, cellStyle{kind: count, strong: true}), s.cell(a.Amount.Money, cellStyle{strong: true}),
		s.cell(nil, cellStyle{strong: true}))
	s.put(0, s.cell(p.OfficerHours(), cellStyle{kind: wrapped}), s.cell(a.OfficerHours, cellStyle{kind: hours}), s.cell(nil, cellStyle{}), s.cell(nil, cellStyle{}))
	s.skip(1)
	p.monthPictures(s)
	p.largest(s)
	s.section(request.Text{EN: "To read the figures", FR: "Pour lire les chiffres"})
	for _, r := range p.Remarks() {
		s.paragraph(p.say(r), note)
	}
	s.pair(request.Text{EN: "Hash of the policy", FR: "Empreinte de la politique"}, p.Policy.Hash, text)
	s.close()
}

// monthPictures are the lines by month and outcome, and the money that would go to an officer.
func (p *backtestWriter) monthPictures(s *page) {
	n := p.month.count
	if p.err != nil || n == 0 {
		return
	}
	// Columns of the table by month, counted from 0.
	approved, escalated, money, returned, moneyBefore := 3, 5, 6, 7, 0
	if p.History == nil {
		approved, escalated, returned, money, moneyBefore = 9, 10, 11, 15, 14
	}
	at := p.month.column(0, n)
	lines := picture{kind: excelize.ColStacked, heading: request.Text{EN: "Lines by month, under this text", FR: "Lignes par mois, selon ce texte"}, categories: at, width: 800}
	for _, c := range []struct {
		col    int
		colour string
	}{{approved, approvedColour}, {escalated, escalatedColour}, {returned, returnedColour}} {
		lines.series = append(lines.series, chartSeries{p.month.headOf(c.col), p.month.column(c.col, n), c.colour})
	}
	sums := picture{kind: excelize.Col, heading: request.Text{EN: "Money that would go to an officer, by month, " + p.Currency, FR: "Sommes soumises à l’approvisionnement, par mois, " + p.Currency},
		categories: at, money: true, width: 800}
	if moneyBefore > 0 {
		sums.series = append(sums.series, chartSeries{p.month.headOf(moneyBefore), p.month.column(moneyBefore, n), "8FA9B2"})
	}
	sums.series = append(sums.series, chartSeries{p.month.headOf(money), p.month.column(money, n), escalatedColour})
	sums.bare = n > 12 // figures over so many columns cannot be read
	const height = 300
	for _, c := range []picture{lines, sums} {
		p.chart(s.name, cellName(1, s.row), c, height)
		s.skip(height/rowPixels + 2)
	}
}

// largest are the largest lines that would go to an officer.
func (p *backtestWriter) largest(s *page) {
	if len(p.Largest) == 0 {
		return
	}
	s.section(largestTitle)
	s.columnHeads(request.Supplier.Info().Label, headDay, headAmount, headBranch, p.headPlace())
	for i := range p.Largest {
		l := &p.Largest[i]
		s.put(0, s.cell(l.Supplier, cellStyle{kind: wrapped}), s.cell(l.Received, cellStyle{kind: day}), s.cell(l.Total.Money, cellStyle{}), s.cell(l.Unit, cellStyle{kind: wrapped}),
			s.cell(l.Reference, cellStyle{kind: wrapped}))
		s.paragraph(p.say(l.Why()), note)
	}
	s.skip(1)
}

// headPlace is over what names a line.
func (p *backtestWriter) headPlace() request.Text {
	if p.History != nil {
		return request.Text{EN: "Row", FR: "Ligne"}
	}
	return request.Text{EN: "Reference", FR: "Référence"}
}

func (p *backtestWriter) monthTable() table {
	columns := p.groupColumns(column{request.Text{EN: "Month", FR: "Mois"}, 14, text, false})
	if p.History == nil {
		columns = append(columns, column{request.Text{EN: "To an officer as decided", FR: "Sommes soumises, décision"}, 18, amount, false},
			column{request.Text{EN: "To an officer, this text", FR: "Sommes soumises, ce texte"}, 18, amount, false})
	}
	return table{
		name: p.say(byMonth), id: "ByMonth", currency: -1, title: byMonth, empty: nothing, columns: columns,
		rows: func(yield func([]any) bool) {
			for i := range p.Months {
				g := &p.Months[i]
				cells := p.groupCells(g, g.Name)
				if p.History == nil {
					cells = append(cells, g.Before.EscalatedAmount.Money, g.After.EscalatedAmount.Money)
				}
				if !yield(cells) {
					return
				}
			}
		},
	}
}

// lineTable are the lines one by one, to be filtered.
func (p *backtestWriter) lineTable() table {
	t := table{
		name: p.say(request.Text{EN: "Lines", FR: "Lignes"}), id: "Lines", title: request.Text{EN: "Line by line", FR: "Ligne par ligne"}, empty: nothing, currency: 5,
		columns: []column{
			{p.headPlace(), 21, text, false},
			{headDay, 12, day, false},
			{headBranch, 24, wrapped, false},
			{request.Text{EN: "What", FR: "Quoi"}, 34, wrapped, false},
			{request.Supplier.Info().Label, 28, wrapped, false},
			{request.Currency.Info().Label, 10, text, false},
			{request.Total.Info().Label, 18, amount, true},
			{underThisText, 18, wrapped, false},
			{request.Text{EN: "Guardrails", FR: "Balises"}, 26, wrapped, false},
			{headWhy, 60, wrapped, false},
		},
	}
	if p.History == nil {
		t.columns = append(t.columns, column{asDecided, 18, wrapped, false})
	}
	if p.CutAt > 0 {
		t.note = request.Text{EN: fmt.Sprintf("The first %s lines only.", grouped(p.CutAt, ",")), FR: fmt.Sprintf("Les %s premières lignes seulement.", grouped(p.CutAt, "\u00a0"))}
	}
	t.rows = func(yield func([]any) bool) {
		for i := range p.Lines {
			l := &p.Lines[i]
			ids := make([]string, len(l.Reasons))
			for n, r := range l.Reasons {
				ids[n] = r.Guardrail
			}
			cells := []any{l.Reference, l.Received, l.Unit, l.Title, l.Supplier, l.Currency, moneyOf(l.Total), p.say(l.After.Word()), strings.Join(ids, ", "), p.say(l.Why())}
			if p.History == nil {
				cells = append(cells, p.say(l.Before.Word()))
			}
			if !yield(cells) {
				return
			}
		}
	}
	return t
}

func (p *backtestWriter) unseenTable() table {
	return table{
		name: p.say(request.Text{EN: "Not looked at", FR: "Non examinées"}), id: "NotLookedAt", currency: -1,
		title: request.Text{EN: "Guardrails that ask for what the file does not say", FR: "Balises qui demandent ce que le fichier n’indique pas"},
		empty: request.Text{EN: "Every guardrail was looked at on every line.", FR: "Toutes les balises ont été examinées sur toutes les lignes."},
		columns: []column{
			{request.Text{EN: "Guardrail", FR: "Balise"}, 26, text, false},
			{request.Text{EN: "Title", FR: "Titre"}, 40, wrapped, false},
			{headLines, 12, count, false},
			{request.Text{EN: "What the file does not say", FR: "Ce que le fichier n’indique pas"}, 70, wrapped, false},
		},
		rows: func(yield func([]any) bool) {
			for i := range p.History.NotLookedAt {
				u := &p.History.NotLookedAt[i]
				if !yield([]any{u.Guardrail, p.say(u.Title), u.Lines, p.say(u.Words(p.All.After.Lines))}) {
					return
				}
			}
		},
	}
}

func (p *backtestWriter) columnTable() table {
	return table{
		name: p.say(request.Text{EN: "Columns", FR: "Colonnes"}), id: "Columns", currency: -1,
		title: request.Text{EN: "What the file’s columns were taken for", FR: "Ce pour quoi les colonnes du fichier ont été prises"}, empty: nothing,
		columns: []column{
			{request.Text{EN: "Column", FR: "Colonne"}, 10, text, false}, {request.Text{EN: "Header", FR: "En-tête"}, 36, wrapped, false},
			{request.Text{EN: "Taken for", FR: "Prise pour"}, 30, wrapped, false}, {request.Text{EN: "Note", FR: "Note"}, 60, wrapped, false},
		},
		rows: func(yield func([]any) bool) {
			for i := range p.History.Columns {
				c := &p.History.Columns[i]
				as := c.As
				if as.IsZero() {
					as = request.Text{EN: "(not used)", FR: "(non utilisée)"}
				}
				if !yield([]any{c.Cell, c.Header, p.say(as), p.say(c.Why)}) {
					return
				}
			}
		},
	}
}

func (p *backtestWriter) leftOutTable() table {
	return table{
		name: p.say(request.Text{EN: "Rows left out", FR: "Lignes écartées"}), id: "LeftOut", currency: -1,
		title:   request.Text{EN: "Rows of the file that were not judged", FR: "Lignes du fichier qui n’ont pas été jugées"},
		empty:   request.Text{EN: "Every row was judged.", FR: "Toutes les lignes ont été jugées."},
		columns: []column{{request.Text{EN: "Rows", FR: "Lignes"}, 10, count, false}, {headWhy, 80, wrapped, false}, {request.Text{EN: "The first", FR: "Les premières"}, 40, wrapped, false}},
		rows: func(yield func([]any) bool) {
			for i := range p.History.LeftOut {
				l := &p.History.LeftOut[i]
				if !yield([]any{l.Count, p.say(l.Why), strings.Join(l.Rows, ", ")}) {
					return
				}
			}
		},
	}
}
