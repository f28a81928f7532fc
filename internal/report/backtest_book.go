package report

import (
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/xuri/excelize/v2"

	"handrail/internal/request"
)

var (
	backtestTitle   = request.Text{EN: "What another policy would have decided", FR: "Ce qu’une autre politique aurait décidé"}
	backtestSummary = request.Text{EN: "Outcomes, as decided and under this text", FR: "Issues, selon la décision et selon ce texte"}
	asDecided       = request.Text{EN: "As decided", FR: "Selon la décision"}
	underThisText   = request.Text{EN: "Under this text", FR: "Selon ce texte"}
	headEscalated   = request.Text{EN: "Escalated", FR: "Soumises"}
)

// OfficerHours is what the sheets and the terminal call officer hours.
func (b *Backtest) OfficerHours() request.Text {
	minutes := b.MinutesPerLine.String()
	return request.Text{EN: "Officer hours (estimate: " + minutes + " minutes a line)",
		FR: "Heures de l’approvisionnement (estimation\u00a0: " + strings.Replace(minutes, ".", ",", 1) + " minutes par ligne)"}
}

// WriteBacktest writes the workbook of a backtest: the figures with charts by month, by month, by branch, by guardrail, every line that
// would have been decided otherwise with what both policies say about it, and the lines one by one where they were asked for. Of a history it
// says how the file was read.
func WriteBacktest(w io.Writer, b *Backtest, l request.Lang, made time.Time) error {
	p := &backtestWriter{Backtest: b, book: newBook(l, "Handrail "+b.Policy.Name+" "+b.Policy.Version)}
	defer func() { _ = p.file.Close() }()
	p.month = place(p.monthTable(), b.Currency)
	var tables []placed
	if b.History == nil {
		tables = append(tables, place(p.flipTable(), b.Currency))
	}
	tables = append(tables, p.month, place(p.unitTable(), b.Currency), place(p.guardrailTable(), b.Currency))
	if b.History != nil {
		tables = append(tables, place(p.unseenTable(), b.Currency))
	}
	if len(b.Lines) > 0 {
		tables = append(tables, place(p.lineTable(), b.Currency))
	}
	if b.History != nil {
		tables = append(tables, place(p.columnTable(), b.Currency), place(p.leftOutTable(), b.Currency))
	}
	p.summary()
	for _, t := range tables {
		p.write(t, p.under())
	}
	language := map[request.Lang]string{request.English: "en-CA", request.French: "fr-CA"}[l]
	stamp := made.UTC().Format(time.RFC3339)
	p.check(p.file.SetDocProps(&excelize.DocProperties{Title: p.say(p.title()), Creator: "Handrail", LastModifiedBy: "Handrail",
		Language: language, Created: stamp, Modified: stamp}))
	if p.err == nil {
		p.file.SetZipWriter(p.zipTo(w))
		p.check(p.file.Write(w))
	}
	if p.err != nil {
		return fmt.Errorf("write the backtest's workbook: %w", p.err)
	}
	return nil
}

type backtestWriter struct {
	*Backtest
	*book
	month placed // the table by month
}

func (p *backtestWriter) title() request.Text {
	if p.History != nil {
		return historyTitle
	}
	return backtestTitle
}

func (p *backtestWriter) under() string {
	return p.Policy.Name + " " + p.Policy.Version + "\u00a0· " + p.say(p.Days())
}

// Days says which lines were judged again.
func (b *Backtest) Days() request.Text {
	n := b.All.After.Lines
	if b.History != nil {
		switch n {
		case 0:
			return request.Text{EN: "no line was judged", FR: "aucune ligne n’a été jugée"}
		case 1:
			return request.Text{EN: "1 line, of " + b.From.String(), FR: "1 ligne, du " + b.From.String()}
		}
		return request.Text{EN: fmt.Sprintf("%s lines, from %s to %s", grouped(n, ","), b.From, b.To), FR: fmt.Sprintf("%s lignes, du %s au %s", grouped(n, "\u00a0"), b.From, b.To)}
	}
	switch n {
	case 0:
		return request.Text{EN: "no line was judged again", FR: "aucune ligne n’a été rejugée"}
	case 1:
		return request.Text{EN: "1 line, received on " + b.From.String(), FR: "1 ligne, reçue le " + b.From.String()}
	}
	return request.Text{EN: fmt.Sprintf("%s lines, received from %s to %s", grouped(n, ","), b.From, b.To),
		FR: fmt.Sprintf("%s lignes, reçues du %s au %s", grouped(n, "\u00a0"), b.From, b.To)}
}

// grouped writes a count with its thousands apart.
func grouped(n int, by string) string {
	s := fmt.Sprint(n)
	for i := len(s) - 3; i > 0; i -= 3 {
		s = s[:i] + by + s[i:]
	}
	return s
}

// Remarks are what a reader must know to read the figures rightly.
func (b *Backtest) Remarks() []request.Text {
	if b.History != nil {
		return b.historyRemarks()
	}
	remarks := []request.Text{{
		EN: "Totals are as they would have been: what this text returns does not count for the lines after it. What officers and requesters did is taken as it was; a line that is newly escalated counts as waiting.",
		FR: "Les cumuls sont ceux qui auraient été obtenus\u00a0: une ligne que ce texte renvoie ne compte pas pour les suivantes. Les gestes des agents et des demandeurs sont pris tels quels; une ligne nouvellement soumise compte comme en attente.",
	}}
	if b.Kept > 0 {
		remarks = append(remarks, request.Text{
			EN: fmt.Sprintf("Not judged again, but counted as decided: %d lines, of these %d whose facts were disposed of.", b.Kept, b.Disposed),
			FR: fmt.Sprintf("Non rejugées, mais comptées selon la décision\u00a0: %d lignes, dont %d parce que leurs faits ont été éliminés.", b.Kept, b.Disposed),
		})
	}
	return remarks
}

func (p *backtestWriter) summary() {
	if p.History != nil {
		p.historySummary()
		return
	}
	s := p.open(p.say(summaryName), layout{widths: []float64{44, 14, 20, 14, 20}, portrait: true})
	s.head(p.say(backtestTitle), p.under())
	s.skip(1)
	for _, f := range p.Failures {
		s.paragraph(p.say(f.Words()), warning)
	}
	s.section(backtestSummary)
	s.columnHeads(request.Text{EN: "Outcome", FR: "Issue"}, asDecided, headAmount, underThisText, headAmount)
	before, after := &p.All.Before, &p.All.After
	first := s.row
	for _, r := range []struct {
		outcome             request.Outcome
		before, after       int
		amount, afterAmount BacktestAmount
	}{
		{request.Approved, before.Approved, after.Approved, before.ApprovedAmount, after.ApprovedAmount},
		{request.Escalated, before.Escalated, after.Escalated, before.EscalatedAmount, after.EscalatedAmount},
		{request.Returned, before.Returned, after.Returned, before.ReturnedAmount, after.ReturnedAmount},
	} {
		s.put(0, s.cell(r.outcome.Word(), cellStyle{}), s.cell(r.before, cellStyle{kind: count}), s.cell(r.amount.Money, cellStyle{}),
			s.cell(r.after, cellStyle{kind: count}), s.cell(r.afterAmount.Money, cellStyle{}))
	}
	last := s.row - 1
	s.put(0, s.cell(request.Text{EN: "All lines", FR: "Toutes les lignes"}, cellStyle{strong: true}),
		s.cell(formula{fmt.Sprintf("SUM(B%d:B%d)", first, last), before.Lines}, cellStyle{kind: count, strong: true}), s.cell(before.Amount.Money, cellStyle{strong: true}),
		s.cell(formula{fmt.Sprintf("SUM(D%d:D%d)", first, last), after.Lines}, cellStyle{kind: count, strong: true}), s.cell(after.Amount.Money, cellStyle{strong: true}))
	s.put(0, s.cell(p.OfficerHours(), cellStyle{kind: wrapped}), s.cell(before.OfficerHours, cellStyle{kind: hours}), s.cell(nil, cellStyle{}),
		s.cell(after.OfficerHours, cellStyle{kind: hours}), s.cell(nil, cellStyle{}))
	s.skip(1)
	p.picture(s, first, last)
	p.monthPictures(s)
	s.section(request.Text{EN: "Decided otherwise", FR: "Décisions différentes"})
	s.columnHeads(request.Text{EN: "From → to", FR: "De → à"}, headLines, headAmount)
	turns := p.Turns()
	for _, t := range turns {
		s.put(0, s.cell(p.say(t.Before.Word())+" → "+p.say(t.After.Word()), cellStyle{kind: wrapped}), s.cell(t.Lines, cellStyle{kind: count}), s.cell(t.Amount.Money, cellStyle{}))
		if t.Before == request.Escalated {
			s.put(0, s.cell(p.say(t.Since()), cellStyle{kind: note, bare: true}))
		}
	}
	if len(turns) == 0 {
		s.put(0, s.cell(nothing, cellStyle{}))
	}
	s.skip(1)
	p.largest(s)
	for _, r := range p.Remarks() {
		s.paragraph(p.say(r), note)
	}
	s.pair(request.Text{EN: "Hash of the policy", FR: "Empreinte de la politique"}, p.Policy.Hash, text)
	s.close()
}

// picture is the chart: each outcome as decided and under this text.
func (p *backtestWriter) picture(s *page, first, last int) {
	if p.err != nil {
		return
	}
	plain := excelize.Font{Size: 10, Color: black, Family: "Calibri"}
	series := func(col int, colour string) excelize.ChartSeries {
		return excelize.ChartSeries{Name: oneCell(s.name, col, first-1).String(), Categories: chartRange{sheet: s.name, col: 1, first: first, last: last}.String(),
			Values: chartRange{sheet: s.name, col: col, first: first, last: last}.String(),
			Fill:   excelize.Fill{Type: "pattern", Pattern: 1, Color: []string{colour}}}
	}
	const height, rowHeight = 260, 20
	p.check(p.file.AddChart(s.name, cellName(1, s.row), &excelize.Chart{
		Type:      excelize.Bar,
		Series:    []excelize.ChartSeries{series(2, "8FA9B2"), series(4, dark)},
		Title:     excelize.ChartTitle{Paragraph: []excelize.RichTextRun{{Text: p.say(backtestSummary), Font: &excelize.Font{Size: 12, Bold: true, Color: black, Family: "Calibri"}}}},
		Legend:    excelize.ChartLegend{Position: "bottom"},
		PlotArea:  excelize.ChartPlotArea{ShowVal: true},
		XAxis:     excelize.ChartAxis{ReverseOrder: true, Font: plain},
		YAxis:     excelize.ChartAxis{None: true},
		Dimension: excelize.ChartDimension{Width: 800, Height: height},
		Format:    excelize.GraphicOptions{AltText: p.say(backtestSummary), Positioning: "oneCell"},
	}))
	s.skip(height/rowHeight + 2)
}

func (p *backtestWriter) flipTable() table {
	return table{
		name: p.say(request.Text{EN: "Decided otherwise", FR: "Décisions différentes"}), id: "Flips",
		title:    request.Text{EN: "Lines that would have been decided otherwise", FR: "Lignes qui auraient été décidées autrement"},
		empty:    request.Text{EN: "Every line would have been decided as it was.", FR: "Chaque ligne aurait été décidée comme elle l’a été."},
		currency: 5,
		columns: []column{
			{request.Text{EN: "Reference", FR: "Référence"}, 21, text, false},
			{request.Text{EN: "Received", FR: "Reçue"}, 12, day, false},
			{request.Text{EN: "Branch", FR: "Direction générale"}, 20, wrapped, false},
			{request.Title.Info().Label, 28, wrapped, false},
			{request.Supplier.Info().Label, 24, wrapped, false},
			{request.Currency.Info().Label, 10, text, false},
			{request.Total.Info().Label, 16, amount, true},
			{asDecided, 20, wrapped, false},
			{request.Text{EN: "Why", FR: "Pourquoi"}, 46, wrapped, false},
			{underThisText, 20, wrapped, false},
			{request.Text{EN: "Why, under this text", FR: "Pourquoi, selon ce texte"}, 46, wrapped, false},
			{request.Text{EN: "Today", FR: "Aujourd’hui"}, 20, wrapped, false},
		},
		rows: func(yield func([]any) bool) {
			for i := range p.Flips {
				f := &p.Flips[i]
				var total any
				if f.Total != nil {
					total = f.Total.Money
				}
				if !yield([]any{f.Reference, f.Received, f.Unit, f.Title, f.Supplier, f.Currency, total, p.say(f.Before.Word()), p.say(Why(f.Before, f.BeforeFindings)),
					p.say(f.After.Word()), p.say(Why(f.After, f.AfterFindings)), p.say(f.Final.Word())}) {
					return
				}
			}
		},
	}
}

// Why is what findings say about an outcome, a line each; the findings that do not weigh come with what saves the line.
func Why(o request.Outcome, findings []request.Finding) request.Text {
	var en, fr []string
	for _, f := range findings {
		e, r := f.Guardrail+": "+f.Message.EN, f.Guardrail+"\u00a0: "+f.Message.FR
		if f.ExemptedBy != "" {
			e, r = e+" [exempted: "+f.ExemptedBy+"]", r+" [exemption\u00a0: "+f.Exempted(request.French)+"]"
		}
		en, fr = append(en, e), append(fr, r)
	}
	if len(en) == 0 && o == request.Approved {
		return request.Text{EN: "Inside every guardrail.", FR: "Toutes les balises sont respectées."}
	}
	if len(en) == 0 {
		return request.Text{EN: "A cell could not be read.", FR: "Une cellule n’a pas pu être lue."}
	}
	return request.Text{EN: strings.Join(en, "\n"), FR: strings.Join(fr, "\n")}
}

// Since says what became of lines of a turn that an officer was asked about.
func (t *BacktestTurn) Since() request.Text {
	var en, fr []string
	for _, o := range []request.Outcome{request.Approved, request.Declined, request.Escalated, request.Withdrawn, request.Revoked, request.Superseded} {
		if n := t.Final[o]; n > 0 {
			w := o.Word()
			en, fr = append(en, fmt.Sprintf("%s %d", strings.ToLower(w.EN), n)), append(fr, fmt.Sprintf("%s %d", strings.ToLower(w.FR), n))
		}
	}
	return request.Text{EN: "Where they stand today: " + strings.Join(en, ", "), FR: "Leur état aujourd’hui\u00a0: " + strings.Join(fr, ", ")}
}

// Words say which guardrail failed and what to do.
func (f *BacktestFailure) Words() request.Text {
	return request.Text{
		EN: fmt.Sprintf("Guardrail “%s” failed on %d lines (the first: %s), which therefore go to an officer: %s. Mend its condition, and run the backtest again.", f.Guardrail, f.Lines, f.First, f.Why),
		FR: fmt.Sprintf("La balise «\u00a0%s\u00a0» a échoué sur %d lignes (la première\u00a0: %s), qui sont donc soumises à l’approvisionnement\u00a0: %s. Corrigez sa condition, puis relancez l’essai.", f.Guardrail, f.Lines, f.First, f.Why),
	}
}

// sideColumns are what both policies make of groups.
func sideColumns(first ...column) []column {
	two := func(t request.Text, of request.Text, width float64, k kind) column {
		return column{request.Text{EN: t.EN + " " + of.EN, FR: t.FR + " " + of.FR}, width, k, false}
	}
	for _, of := range []request.Text{{EN: "as decided", FR: "décision"}, {EN: "new text", FR: "ce texte"}} {
		first = append(first, two(headLines, of, 13, count), two(headAmount, of, 18, amount), two(request.Text{EN: "Approved", FR: "Approuvées"}, of, 13, count),
			two(headEscalated, of, 13, count), two(request.Text{EN: "Returned", FR: "Renvoyées"}, of, 13, count), two(request.Text{EN: "Officer hours", FR: "Heures"}, of, 13, hours))
	}
	return append(first, column{request.Text{EN: "Decided otherwise", FR: "Décisions différentes"}, 13, count, false})
}

func (p *backtestWriter) groupColumns(first ...column) []column {
	if p.History == nil {
		return sideColumns(first...)
	}
	two := func(o request.Outcome) column {
		w := o.Word()
		return column{request.Text{EN: w.EN + ", amount", FR: w.FR + ", montant"}, 20, amount, false}
	}
	return append(first, column{headLines, 12, count, false}, column{headAmount, 20, amount, false},
		column{request.Text{EN: "Approved", FR: "Approuvées"}, 13, count, false}, two(request.Approved),
		column{request.Text{EN: "To an officer", FR: "Soumises"}, 13, count, false}, two(request.Escalated),
		column{request.Text{EN: "Returned", FR: "Renvoyées"}, 13, count, false}, two(request.Returned),
		column{request.Text{EN: "Officer hours", FR: "Heures"}, 13, hours, false})
}

func (p *backtestWriter) groupCells(g *BacktestGroup, first ...any) []any {
	if p.History == nil {
		return sideCells(g, first...)
	}
	a := &g.After
	return append(first, a.Lines, a.Amount.Money, a.Approved, a.ApprovedAmount.Money, a.Escalated, a.EscalatedAmount.Money, a.Returned, a.ReturnedAmount.Money, a.OfficerHours)
}

func sideCells(g *BacktestGroup, first ...any) []any {
	for _, s := range []*BacktestSide{&g.Before, &g.After} {
		first = append(first, s.Lines, s.Amount.Money, s.Approved, s.Escalated, s.Returned, s.OfficerHours)
	}
	return append(first, g.Flips)
}

func (p *backtestWriter) guardrailTable() table {
	return table{
		name: p.say(request.Text{EN: "By guardrail", FR: "Par balise"}), id: "ByGuardrail", currency: -1,
		title:   request.Text{EN: "By guardrail: the lines that trip it", FR: "Par balise\u00a0: les lignes qui la déclenchent"},
		empty:   nothing,
		columns: p.groupColumns(column{request.Text{EN: "Guardrail", FR: "Balise"}, 24, text, false}, column{request.Text{EN: "Title", FR: "Titre"}, 34, wrapped, false}),
		rows: func(yield func([]any) bool) {
			for i := range p.Guardrails {
				g := &p.Guardrails[i]
				title := g.Title
				if title.IsZero() {
					title = request.Text{EN: "(not in this text)", FR: "(absente de ce texte)"}
				}
				if !yield(p.groupCells(g, g.Name, p.say(title))) {
					return
				}
			}
		},
	}
}

func (p *backtestWriter) unitTable() table {
	return table{
		name: p.say(request.Text{EN: "By branch", FR: "Par direction"}), id: "ByUnit", currency: -1,
		title:   request.Text{EN: "By branch", FR: "Par direction générale"},
		empty:   nothing,
		columns: p.groupColumns(column{request.Text{EN: "Branch", FR: "Direction générale"}, 34, wrapped, false}),
		rows: func(yield func([]any) bool) {
			for i := range p.Units {
				g := &p.Units[i]
				name := g.Name
				if name == "" {
					name = p.say(request.Text{EN: "(none given)", FR: "(non indiquée)"})
				}
				if !yield(p.groupCells(g, name)) {
					return
				}
			}
		},
	}
}
