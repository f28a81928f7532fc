package report

import (
	"cmp"
	"slices"
	"time"

	"github.com/shopspring/decimal"

	"handrail/internal/reconcile"
	"handrail/internal/request"
)

// exceptionTable lists what a guardrail stopped and somebody, or an exemption, let pass.
func (p *sheetWriter) exceptionTable() table {
	return table{
		name: p.say(request.Text{EN: "Exceptions", FR: "Exceptions"}), id: "Exceptions", currency: -1,
		title: request.Text{EN: "Guardrail exceptions and overrides", FR: "Exceptions aux balises et décisions contraires"},
		note: request.Text{EN: "Approved although a guardrail was tripped: by an officer, or by an exemption on file. A line is listed once for each guardrail.",
			FR: "Lignes approuvées malgré une balise\u00a0: par l’approvisionnement ou en vertu d’une exemption au dossier. Une ligne figure une fois par balise."},
		empty: request.Text{EN: "None in this period.", FR: "Aucune pendant la période."},
		columns: []column{
			{colReference, 21, text, false}, {request.Supplier.Info().Label, 28, wrapped, false}, {request.CostCentre.Info().Label, 14, text, false},
			{request.Total.Info().Label, 16, amount, false}, {request.Text{EN: "Guardrail", FR: "Balise"}, 22, text, false},
			{request.Text{EN: "What it said", FR: "Ce qu’elle disait"}, 50, wrapped, false}, {request.Text{EN: "Let pass by", FR: "Acceptée par"}, 30, wrapped, false},
			{request.Text{EN: "Reason given", FR: "Motif"}, 40, wrapped, false}, {request.Text{EN: "Decided", FR: "Décidée"}, 17, instant, false},
			{request.Text{EN: "Source", FR: "Source"}, 40, wrapped, false},
		},
		rows: func(yield func([]any) bool) {
			for _, l := range p.decided {
				if l.Outcome != request.Approved {
					continue
				}
				for _, f := range l.Findings {
					if f.Action == request.Note || f.ExemptedBy == "" && l.DecidedBy == "" {
						continue
					}
					by := l.DecidedBy
					if f.ExemptedBy != "" {
						by = p.say(request.Text{EN: "exemption: ", FR: "exemption\u00a0: "}) + f.Exempted(p.Lang)
					}
					said := p.say(f.Message)
					if said == "" {
						said = p.say(f.Title)
					}
					if !yield([]any{l.Reference, l.Supplier, l.CostCentre, l.Total, f.Guardrail, said, by, l.Reason, p.local(l.Decided), f.SourceIn(p.lang)}) {
						return
					}
				}
			}
		},
	}
}

// compareKeys orders groups: the policy's currency first, then by currency and name.
func (p *sheetWriter) compareKeys(a, b groupKey) int {
	return cmp.Or(reconcile.CompareCurrencies(a.currency, b.currency, p.Currency), cmp.Compare(a.of, b.of))
}

// fiscalYearEnd is the last day of the fiscal year whose end the report is about: one that ends in the period, or ended
// within the 60 days before its end. ok is false in the rest of the year.
func (p *sheetWriter) fiscalYearEnd() (request.Date, bool) {
	end := FiscalYearOf(p.Period.To, p.FiscalYearStart).From.AddDays(-1)
	if days := end.DaysUntil(p.Period.To); days <= 60 {
		return end, true
	}
	if last := FiscalYearOf(p.Period.To, p.FiscalYearStart).To; last == p.Period.To {
		return last, true
	}
	return request.Date{}, false
}

// yearEndTable asks of each line approved by the fiscal year's end and not charged whether the goods are there: what is
// received by then is payable at year-end.
func (p *sheetWriter) yearEndTable(end request.Date) table {
	return table{
		name: p.say(request.Text{EN: "Year-end", FR: "Fin d’exercice"}), id: "YearEnd", currency: 4,
		title: request.Text{EN: "Approved by " + end.String() + ", not charged in full: received?", FR: "Approuvé au " + end.String() + ", pas entièrement porté au compte\u00a0: reçu?"},
		note: request.Text{EN: "Write yes or no, and the date, for each line: what was received by then is payable at year-end.",
			FR: "Inscrivez oui ou non, et la date, pour chaque ligne\u00a0: ce qui était reçu à cette date est un créditeur à la fin de l’exercice."},
		empty: request.Text{EN: "None.", FR: "Aucune."},
		columns: []column{
			{colReference, 21, text, false}, {request.Title.Info().Label, 34, wrapped, false}, {request.Supplier.Info().Label, 28, wrapped, false},
			{request.CostCentre.Info().Label, 14, text, false}, {headCurrency, 10, text, false}, {colRest, 16, amount, true},
			{request.Text{EN: "Approved on", FR: "Approuvée le"}, 13, day, false}, {request.Text{EN: "Requester", FR: "Demandé par"}, 30, text, false},
			{request.Text{EN: "Received? (fill in)", FR: "Reçu? (à remplir)"}, 18, entry, false}, {request.Text{EN: "Received on (fill in)", FR: "Reçu le (à remplir)"}, 18, entry, false},
		},
		rows: func(yield func([]any) bool) {
			for _, at := range p.Cards.Open {
				l := &p.Cards.Lines[at]
				if on := request.DateOf(p.local(l.Decided)); !on.After(end) &&
					!yield([]any{l.Reference, l.Title, l.Supplier, l.CostCentre, l.Total.Currency, p.Cards.RestOf(at), on, l.Requester, "", ""}) {
					return
				}
			}
		},
	}
}

// measures writes what the job saves: what is counted, apart from what is estimated. Nobody signs it.
func (p *sheetWriter) measures() {
	s := p.open(p.say(request.Text{EN: "Measures", FR: "Mesures"}), layout{widths: []float64{62, 18, 70}})
	s.head(p.say(request.Text{EN: "Measures", FR: "Mesures"}), p.under())
	s.paragraph(p.say(request.Text{EN: "For information. This sheet is not part of what is signed.", FR: "À titre d’information. Cette feuille ne fait pas partie de ce qui est signé."}), note)
	s.skip(1)
	var machine, officer, approved int
	var all []time.Duration
	for i := range p.Lines {
		l := &p.Lines[i]
		all = append(all, turnaround(l))
		if l.DecidedBy == "" {
			machine++
			approved += btoi(l.Outcome == request.Approved)
		} else {
			officer++
		}
	}
	slices.Sort(all)
	s.section(request.Text{EN: "Counted", FR: "Compté"})
	s.measure(request.Text{EN: "Lines decided", FR: "Lignes décidées"}, len(p.Lines), count, request.Text{})
	first := s.row
	s.measure(request.Text{EN: "… by the guardrails alone", FR: "… par les balises seules"}, machine, count, request.Text{})
	s.measure(request.Text{EN: "… by an officer", FR: "… par l’approvisionnement"}, officer, count, request.Text{})
	inside := 0.0
	if len(p.Lines) > 0 {
		inside = float64(machine) / float64(len(p.Lines))
	}
	s.measure(request.Text{EN: "Share decided inside the guardrails", FR: "Part décidée à l’intérieur des balises"},
		formula{"IF(" + cellName(2, first-1) + "=0,0," + cellName(2, first) + "/" + cellName(2, first-1) + ")", inside}, percent, request.Text{})
	if len(all) > 0 {
		s.measure(request.Text{EN: "Median turnaround", FR: "Délai médian"}, median(all), duration, request.Text{EN: "Hours and minutes, received to decided.", FR: "Heures et minutes, de la réception à la décision."})
	}
	s.skip(1)
	s.section(request.Text{EN: "Estimated", FR: "Estimé"})
	e := p.Estimates
	perLine := s.row
	s.measure(request.Text{EN: "Officer hours saved by one approval inside the guardrails", FR: "Heures épargnées par approbation à l’intérieur des balises"}, e.OfficerHoursSaved, hours,
		request.Text{EN: "Assumption; ESDC's pilot wanted over 5 hours.", FR: "Hypothèse; le projet pilote d’EDSC visait plus de 5 heures."})
	s.measure(request.Text{EN: "Officer hours saved in the period", FR: "Heures épargnées pendant la période"},
		formula{cellName(2, perLine) + "*" + decimal.NewFromInt(int64(approved)).String(), e.OfficerHoursSaved.Mul(decimal.NewFromInt(int64(approved)))}, hours,
		request.Text{EN: "The line above, times lines approved by the guardrails alone.", FR: "La ligne précédente, fois les lignes approuvées par les balises seules."})
	minutes := s.row
	s.measure(request.Text{EN: "Officer minutes for one escalated line", FR: "Minutes de travail par ligne soumise"}, e.OfficerMinutes, hours,
		request.Text{EN: "Assumption; nobody's time is measured.", FR: "Hypothèse; le temps de personne n’est mesuré."})
	s.measure(request.Text{EN: "Touch time of officers in the period, hours", FR: "Temps de travail de l’approvisionnement, heures"},
		formula{cellName(2, minutes) + "*" + decimal.NewFromInt(int64(officer)).String() + "/60", number(e.OfficerMinutes) * float64(officer) / 60}, hours, request.Text{})
	s.measure(request.Text{EN: "Weeks one purchase takes on the ordinary route", FR: "Semaines par achat par la voie ordinaire"}, e.RouteWeeks, hours,
		request.Text{EN: "The average low-dollar contract of the Government of Canada, start to finish, as found before the pilot.", FR: "Contrat moyen de faible valeur au gouvernement du Canada, du début à la fin, selon le constat fait avant le projet pilote."})
	s.close()
}

func (s *page) measure(t request.Text, v any, k kind, remark request.Text) {
	s.put(0, s.cell(t, cellStyle{kind: wrapped}), s.cell(v, cellStyle{kind: k}), s.cell(s.say(remark), cellStyle{kind: note}))
}

// signOff writes the page that two people sign.
func (p *sheetWriter) signOff() {
	s := p.open(p.say(request.Text{EN: "Sign-off", FR: "Signatures"}), layout{widths: []float64{60, 44, 26}, portrait: true})
	s.head(p.say(request.Text{EN: "Sign-off", FR: "Signatures"}), p.under())
	s.skip(1)
	s.paragraph(p.say(request.Text{
		EN: "Signing says that the totals of this workbook were compared with the ledger and the statements, and that every difference has a reason. Not a section 34 certification.",
		FR: "La signature indique que les totaux de ce classeur ont été comparés au registre et aux relevés, et que chaque écart a une raison. Il ne s’agit pas d’une attestation en vertu de l’article 34.",
	}), wrapped)
	s.skip(1)
	s.section(request.Text{EN: "What is signed", FR: "Ce qui est signé"})
	s.pair(request.Text{EN: "Period", FR: "Période"}, p.Period.Name+", "+p.Period.From.String()+" – "+p.Period.To.String(), text)
	s.pair(request.Text{EN: "Edition", FR: "Édition"}, p.Edition, count)
	for _, c := range p.controls {
		s.pair(c.label, c.at, amount)
	}
	s.pair(request.Text{EN: "Last decision in the chain", FR: "Dernière décision de la chaîne"}, p.Chain.Head, text)
	s.skip(1)
	for _, role := range []request.Text{{EN: "Reconciled by", FR: "Rapproché par"}, {EN: "Reviewed by", FR: "Révisé par"}} {
		s.section(role)
		s.columnHeads(request.Text{EN: "Name and title", FR: "Nom et titre"}, request.Text{EN: "Signature", FR: "Signature"}, request.Text{EN: "Date", FR: "Date"})
		s.put(46, s.cell(nil, cellStyle{kind: entry}), s.cell(nil, cellStyle{kind: entry}), s.cell(nil, cellStyle{kind: entry}))
		s.skip(1)
	}
	s.close()
}
