package report

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"time"

	"github.com/shopspring/decimal"
	"github.com/xuri/excelize/v2"

	"handrail/internal/reconcile"
	"handrail/internal/request"
)

var (
	summaryTitle = request.Text{EN: "Reconciliation", FR: "Rapprochement"}
	summaryName  = request.Text{EN: "Summary", FR: "Sommaire"}

	flowSection     = request.Text{EN: "Control totals: lines waiting for a decision", FR: "Totaux de contrôle\u00a0: lignes en attente d’une décision"}
	chargeSection   = request.Text{EN: "Control totals: charges on cards", FR: "Totaux de contrôle\u00a0: achats par carte"}
	outcomeSection  = request.Text{EN: "Decisions of the period", FR: "Décisions de la période"}
	checkSection    = request.Text{EN: "The sheets agree with each other", FR: "Concordance entre les feuilles"}
	timeSection     = request.Text{EN: "Turnaround, from the mail's arrival to the decision", FR: "Délai, de l’arrivée du courriel à la décision"}
	policySection   = request.Text{EN: "Policies in force", FR: "Politiques en vigueur"}
	chainSection    = request.Text{EN: "Decision chain", FR: "Chaîne des décisions"}
	changesSection  = request.Text{EN: "What changed since the edition before", FR: "Ce qui a changé depuis l’édition précédente"}
	ties            = request.Text{EN: "✔ ties", FR: "✔ concorde"}
	tiesNot         = request.Text{EN: "✘ does not tie", FR: "✘ ne concorde pas"}
	approvalMeaning = request.Text{EN: "What an approval is", FR: "Ce qu’est une approbation"}
)

var summaryWidths = []float64{46, 13, 15, 22, 27, 20}

// summary writes the first sheet.
func (p *sheetWriter) summary() {
	s := p.open(p.say(summaryName), layout{widths: summaryWidths, portrait: true})
	s.head(p.say(summaryTitle)+" "+p.Period.Name, p.under()+"\u00a0· "+
		p.say(request.Text{EN: "made ", FR: "produit le "})+p.Made.Format("2006-01-02 15:04 MST"))
	s.skip(1)
	if len(p.Changes) > 0 {
		s.section(changesSection)
		for _, c := range p.Changes {
			s.paragraph("• "+c, wrapped)
		}
		s.skip(1)
	}
	p.controls = append(p.controls, s.flow(flowSection, p.Flow, flowWords{
		headLines,
		request.Text{EN: "Waiting at the start", FR: "En attente au début"},
		request.Text{EN: "plus: received", FR: "plus\u00a0: reçues"},
		request.Text{EN: "minus: decided or withdrawn", FR: "moins\u00a0: décidées ou retirées"},
		request.Text{EN: "gives: waiting at the end", FR: "donne\u00a0: en attente à la fin"},
		request.Text{EN: "Lines decided or withdrawn", FR: "Lignes décidées ou retirées"},
		request.Text{EN: "Lines waiting at the end", FR: "Lignes en attente à la fin"},
	})...)
	if p.Cards != nil {
		flows := p.chargeFlow()
		controls := s.flow(chargeSection, flows, flowWords{
			headCharges,
			request.Text{EN: "Without approval at the start", FR: "Sans approbation au début"},
			request.Text{EN: "plus: new on statements", FR: "plus\u00a0: nouveaux aux relevés"},
			request.Text{EN: "minus: matched or set aside", FR: "moins\u00a0: rapprochés ou mis de côté"},
			request.Text{EN: "gives: without approval at the end", FR: "donne\u00a0: sans approbation à la fin"},
			request.Text{EN: "Charges matched or set aside", FR: "Achats rapprochés ou mis de côté"},
			request.Text{EN: "Charges without approval at the end", FR: "Achats sans approbation à la fin"},
		})
		p.controls, p.flowCells = append(p.controls, controls...), map[string][2]string{}
		for i, f := range flows {
			p.flowCells[f.Currency] = [2]string{controls[2*i].at.text, controls[2*i+1].at.text}
		}
	}
	p.statements(s)
	p.cardPictures(s)
	p.outcomes(s)
	p.turnarounds(s)
	p.crossChecks(s)
	p.moneyChecks(s)
	p.policies(s)
	s.section(chainSection)
	s.pair(request.Text{EN: "Decisions in the chain", FR: "Décisions dans la chaîne"}, p.Chain.Length, count)
	s.pair(request.Text{EN: "SHA-256 of the last one", FR: "SHA-256 de la dernière"}, p.Chain.Head, text)
	s.close()
}

// pair writes a label and a value.
func (s *page) pair(t request.Text, v any, k kind) {
	s.put(0, s.cell(t, cellStyle{kind: label, bare: true}), s.cell(v, cellStyle{kind: k, bare: true, left: k == count || k == amount}))
}

// overFigures are headings that stand over figures, at the right.
var overFigures = []request.Text{headLines, headCharges, headAmount, headOpen, headShare, headMedian, headMean, headNinetieth, headLongest,
	asDecided, underThisText}

// columnHeads writes the headings of a block.
func (s *page) columnHeads(heads ...request.Text) {
	cells := make([]excelize.Cell, s.width)
	for i := range cells {
		cells[i] = s.cell(nil, cellStyle{kind: header})
	}
	for i, h := range heads {
		k := header
		if slices.Contains(overFigures, h) {
			k = headerRight
		}
		cells[i] = s.cell(h, cellStyle{kind: k})
	}
	s.put(0, cells...)
}

var (
	headCurrency  = request.Text{EN: "Currency", FR: "Devise"}
	headLines     = request.Text{EN: "Lines", FR: "Lignes"}
	headCharges   = request.Text{EN: "Charges", FR: "Achats"}
	headAmount    = request.Text{EN: "Amount", FR: "Montant"}
	headOpen      = request.Text{EN: "Open in the ledger", FR: "En suspens au registre"}
	headShare     = request.Text{EN: "Share of lines", FR: "Part des lignes"}
	headMedian    = request.Text{EN: "Median", FR: "Médiane"}
	headMean      = request.Text{EN: "Mean", FR: "Moyenne"}
	headNinetieth = request.Text{EN: "90th percentile", FR: "90e centile"}
	headLongest   = request.Text{EN: "Longest", FR: "Le plus long"}
	headCheck     = request.Text{EN: "Check", FR: "Contrôle"}
)

// signedClosed and signedClosing are what the sign-off calls the third and the last row.
type flowWords struct {
	counted, opening, received, closed, closing, signedClosed, signedClosing request.Text
}

// flow writes opening + received - closed = closing, one block per currency. The closing row is a formula; beside it
// stands the ledger's own count of what is open, and whether the two agree.
func (s *page) flow(section request.Text, flows []reconcile.Flow, words flowWords) []control {
	var controls []control
	s.section(section)
	s.columnHeads(request.Text{}, headCurrency, words.counted, headAmount, headOpen, headCheck)
	if len(flows) == 0 {
		s.put(0, s.cell(nothing, cellStyle{kind: text}))
	}
	for _, f := range flows {
		first := s.row
		for _, r := range []struct {
			label request.Text
			sum   reconcile.Sum
		}{{words.opening, f.Opening}, {words.received, f.Received}, {words.closed, f.Closed}} {
			s.put(0, s.cell(r.label, cellStyle{}), s.cell(f.Currency, cellStyle{}), s.cell(r.sum.Lines, cellStyle{kind: count}),
				s.cell(request.Money{Amount: r.sum.Amount, Currency: f.Currency}, cellStyle{}))
		}
		places, _ := request.MinorDigits(f.Currency)
		lines := f.Opening.Lines + f.Received.Lines - f.Closed.Lines
		sum := request.Money{Amount: f.Opening.Amount.Add(f.Received.Amount).Sub(f.Closed.Amount), Currency: f.Currency}
		verdict, shade := ties, label
		if !f.Ties() {
			verdict, shade = tiesNot, warning
		}
		row := s.row
		s.put(0, s.cell(words.closing, cellStyle{strong: true}), s.cell(f.Currency, cellStyle{strong: true}),
			s.cell(formula{fmt.Sprintf("C%d+C%d-C%d", first, first+1, first+2), lines}, cellStyle{kind: count, strong: true}),
			s.cell(formula{fmt.Sprintf("ROUND(D%d+D%d-D%d,%d)", first, first+1, first+2, places), sum}, cellStyle{strong: true}),
			s.cell(request.Money{Amount: f.Closing.Amount, Currency: f.Currency}, cellStyle{strong: true}),
			s.cell(formula{fmt.Sprintf(`IF(AND(C%[1]d=%[2]d,D%[1]d=E%[1]d),"%[3]s","%[4]s")`, row, f.Closing.Lines, s.say(ties), s.say(tiesNot)), s.say(verdict)},
				cellStyle{kind: shade, strong: true}))
		controls = append(controls,
			control{in(words.signedClosed, f.Currency), formula{summaryCell(s.name, 4, first+2), request.Money{Amount: f.Closed.Amount, Currency: f.Currency}}},
			control{in(words.signedClosing, f.Currency), formula{summaryCell(s.name, 4, row), sum}})
	}
	s.skip(1)
	return controls
}

// mostStatements is how many files the summary lists; it says how many more there are.
const mostStatements = 40

// statements lists the files that brought the period's charges, so that one sees which days of which card are there.
func (p *sheetWriter) statements(s *page) {
	if p.Cards == nil {
		return
	}
	type file struct {
		sum         reconcile.Sum
		first, last request.Date
	}
	by := map[groupKey]*file{}
	for i := range p.Cards.Charges {
		c := &p.Cards.Charges[i]
		if c.Posted.Before(p.Period.From) {
			continue
		}
		k := groupKey{c.Statement, c.Amount.Currency}
		f := by[k]
		if f == nil {
			f = &file{first: c.Posted, last: c.Posted}
			by[k] = f
		}
		f.sum = f.sum.Add(c.Amount.Amount)
		if c.Posted.Before(f.first) {
			f.first = c.Posted
		}
		if c.Posted.After(f.last) {
			f.last = c.Posted
		}
	}
	if len(by) == 0 {
		return
	}
	keys := slices.SortedFunc(maps.Keys(by), func(a, b groupKey) int { return cmp.Or(cmp.Compare(a.of, b.of), p.compareKeys(a, b)) })
	s.section(request.Text{EN: "Statements with charges of the period", FR: "Relevés des achats de la période"})
	s.columnHeads(request.Text{EN: "File", FR: "Fichier"}, headCurrency, headCharges, headAmount, request.Text{EN: "Posted from", FR: "Inscrits du"}, request.Text{EN: "to", FR: "au"})
	for _, k := range keys[:min(len(keys), mostStatements)] {
		f := by[k]
		s.put(0, s.cell(p.given(k.of), cellStyle{kind: wrapped}), s.cell(k.currency, cellStyle{}), s.cell(f.sum.Lines, cellStyle{kind: count}),
			s.cell(request.Money{Amount: f.sum.Amount, Currency: k.currency}, cellStyle{}), s.cell(f.first, cellStyle{kind: day}), s.cell(f.last, cellStyle{kind: day}))
	}
	if more := len(keys) - mostStatements; more > 0 {
		s.paragraph(p.say(request.Text{EN: fmt.Sprintf("… and %d more", more), FR: fmt.Sprintf("… et %d de plus", more)}), note)
	}
	s.skip(1)
}

// in is a label with its currency.
func in(t request.Text, currency string) request.Text {
	return request.Text{EN: t.EN + ", " + currency, FR: t.FR + ", " + currency}
}

// chargeFlow are the reconciliation's own control totals, or those that its charges say.
func (p *sheetWriter) chargeFlow() []reconcile.Flow {
	if len(p.Cards.Flow) > 0 {
		return p.Cards.Flow
	}
	return reconcile.ChargeFlow(p.Cards, p.Period.From, p.Currency)
}

// printed outcomes, in the order of a line's life.
var outcomeOrder = []request.Outcome{
	request.Approved, request.Returned, request.Declined, request.Withdrawn, request.Revoked, request.Superseded, request.Escalated,
}

// outcomes counts decisions by outcome and currency, as formulas over the Decisions sheet, with a chart.
func (p *sheetWriter) outcomes(s *page) {
	d := &p.sheets[p.decisions]
	s.section(outcomeSection)
	s.columnHeads(request.Text{EN: "Outcome", FR: "Issue"}, headCurrency, headLines, headAmount, headShare)
	by := map[string]map[request.Outcome]reconcile.Sum{}
	all := map[string]int{}
	for i := range p.Lines {
		l := &p.Lines[i]
		code := l.Total.Currency
		if by[code] == nil {
			by[code] = map[request.Outcome]reconcile.Sum{}
		}
		by[code][l.Outcome] = by[code][l.Outcome].Add(l.Total.Amount)
		all[code]++
	}
	first, inMain := s.row, 0
	for _, code := range reconcile.Currencies(by, p.Currency) {
		inMain += len(by[code]) * btoi(code == p.Currency)
		places, _ := request.MinorDigits(code)
		for _, o := range outcomeOrder {
			t := by[code][o]
			if t.Lines == 0 {
				continue
			}
			word := p.say(o.Word())
			shown := code
			if shown == "" {
				shown = "–" // the amount could not be read
			}
			where := fmt.Sprintf(`%s,"%s",%s,"%s"`, d.at(decisionCurrency), code, d.at(decisionOutcome), word)
			s.put(0, s.cell(word, cellStyle{}), s.cell(shown, cellStyle{}),
				s.cell(formula{"COUNTIFS(" + where + ")", t.Lines}, cellStyle{kind: count}),
				s.cell(formula{fmt.Sprintf("ROUND(SUMIFS(%s,%s),%d)", d.at(decisionTotal), where, places), request.Money{Amount: t.Amount, Currency: cmp.Or(code, p.Currency)}}, cellStyle{kind: amount}),
				s.cell(float64(t.Lines)/float64(len(p.Lines)), cellStyle{kind: percent}))
		}
	}
	if s.row == first {
		s.put(0, s.cell(nothing, cellStyle{}))
		s.skip(1)
		return
	}
	s.skip(1)
	if inMain > 0 {
		p.decisionPictures(s, first, first+inMain-1)
	}
}

// turnarounds says how long decisions took, the guardrails' and the officers' apart.
func (p *sheetWriter) turnarounds(s *page) {
	s.section(timeSection)
	s.columnHeads(request.Text{}, headLines, headMedian, headMean, headNinetieth, headLongest)
	var machine, people []time.Duration
	for i := range p.Lines {
		l := &p.Lines[i]
		if l.DecidedBy == "" {
			machine = append(machine, turnaround(l))
		} else {
			people = append(people, turnaround(l))
		}
	}
	for _, r := range []struct {
		label request.Text
		list  []time.Duration
	}{
		{request.Text{EN: "Decided by the guardrails", FR: "Décidées par les balises"}, machine},
		{request.Text{EN: "Decided by an officer", FR: "Décidées par l’approvisionnement"}, people},
	} {
		slices.Sort(r.list)
		cells := []excelize.Cell{s.cell(r.label, cellStyle{}), s.cell(len(r.list), cellStyle{kind: count})}
		for _, v := range []func([]time.Duration) time.Duration{median, mean, ninetieth, longest} {
			if len(r.list) == 0 {
				cells = append(cells, s.cell("–", cellStyle{}))
				continue
			}
			cells = append(cells, s.cell(v(r.list), cellStyle{kind: duration}))
		}
		s.put(0, cells...)
	}
	s.paragraph(p.say(request.Text{EN: "Hours and minutes; nights and weekends count.", FR: "En heures et minutes; les nuits et les fins de semaine comptent."}), note)
	s.skip(1)
}

// The lists are sorted and not empty.
func median(d []time.Duration) time.Duration {
	if n := len(d); n%2 == 0 {
		return (d[n/2-1] + d[n/2]) / 2
	}
	return d[len(d)/2]
}

func mean(d []time.Duration) time.Duration {
	var sum time.Duration
	for _, v := range d {
		sum += v
	}
	return sum / time.Duration(len(d))
}

func ninetieth(d []time.Duration) time.Duration { return d[(len(d)*9+9)/10-1] }

func longest(d []time.Duration) time.Duration { return d[len(d)-1] }

// crossChecks adds up what was approved in three sheets and says whether they agree.
func (p *sheetWriter) crossChecks(s *page) {
	d, c, f := &p.sheets[p.decisions], &p.sheets[p.centres], &p.sheets[p.suppliers]
	approved := map[string]decimal.Decimal{}
	for i := range p.Lines {
		if l := &p.Lines[i]; l.Outcome == request.Approved {
			approved[l.Total.Currency] = approved[l.Total.Currency].Add(l.Total.Amount)
		}
	}
	s.section(checkSection)
	s.columnHeads(request.Text{EN: "Approved", FR: "Approuvé"}, headCurrency, request.Text{}, headAmount, request.Text{}, headCheck)
	if len(approved) == 0 {
		s.put(0, s.cell(nothing, cellStyle{}))
	}
	for _, code := range reconcile.Currencies(approved, p.Currency) {
		places, _ := request.MinorDigits(code)
		sum := request.Money{Amount: approved[code], Currency: code}
		first := s.row
		p.controls = append(p.controls, control{in(request.Text{EN: "Approved in the period", FR: "Approuvé pendant la période"}, code), formula{summaryCell(s.name, 4, first), sum}})
		for _, r := range []struct {
			label   request.Text
			formula string
		}{
			{d.title, fmt.Sprintf(`ROUND(SUMIFS(%s,%s,"%s",%s,"%s"),%d)`, d.at(decisionTotal), d.at(decisionCurrency), code, d.at(decisionOutcome), p.say(request.Approved.Word()), places)},
			{c.title, fmt.Sprintf(`ROUND(SUMIFS(%s,%s,"%s"),%d)`, c.at(groupApproved), c.at(1), code, places)},
			{f.title, fmt.Sprintf(`ROUND(SUMIFS(%s,%s,"%s"),%d)`, f.at(groupApproved), f.at(1), code, places)},
		} {
			cells := []excelize.Cell{s.cell(r.label, cellStyle{}), s.cell(code, cellStyle{}), s.cell(nil, cellStyle{}), s.cell(formula{r.formula, sum}, cellStyle{})}
			if s.row == first+2 {
				cells = append(cells, s.cell(nil, cellStyle{}),
					s.cell(formula{fmt.Sprintf(`IF(AND(D%d=D%d,D%d=D%d),"%s","%s")`, first, first+1, first, first+2, s.say(ties), s.say(tiesNot)), s.say(ties)}, cellStyle{kind: label}))
			}
			s.put(0, cells...)
		}
	}
	s.skip(1)
}

func (p *sheetWriter) policies(s *page) {
	s.section(policySection)
	s.columnHeads(request.Text{EN: "Policy", FR: "Politique"}, request.Text{EN: "Version", FR: "Version"}, headLines,
		request.Text{EN: "Put in force by", FR: "Mise en vigueur par"}, request.Text{EN: "Reference", FR: "Référence"})
	var means []request.Text
	for _, pol := range p.Policies {
		m := pol.Mark
		s.put(0, s.cell(m.NameIn(p.Lang), cellStyle{kind: wrapped}), s.cell(m.Version, cellStyle{}), s.cell(pol.Lines, cellStyle{kind: count}),
			s.cell(joined(m.Authority.In(p.Lang)), cellStyle{kind: wrapped}), s.cell(joined(m.Authority.Reference, m.Authority.Date.String()), cellStyle{kind: wrapped}))
		s.put(0, s.cell(request.Text{EN: "Hash", FR: "Empreinte"}, cellStyle{}), s.cell(m.Hash, cellStyle{bare: true}))
		if !m.Means.IsZero() && !slices.Contains(means, m.Means) {
			means = append(means, m.Means)
		}
	}
	if len(p.Policies) == 0 {
		s.put(0, s.cell(nothing, cellStyle{}))
	}
	s.skip(1)
	if len(means) > 0 {
		s.section(approvalMeaning)
		for _, m := range means {
			s.paragraph(p.say(m), wrapped)
		}
		s.skip(1)
	}
}

func joined(a, b string) string {
	switch {
	case a == "":
		return b
	case b == "":
		return a
	}
	return a + ", " + b
}
