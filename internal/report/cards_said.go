package report

import (
	"slices"

	"handrail/internal/reconcile"
	"handrail/internal/request"
)

// how says by which rule a match was found, and what is to be known of it: somebody else's card, a line that was closed, two fiscal years.
func (p cardSheets) how(m *reconcile.Match) string {
	said := p.s.say(m.Rule.Word())
	if m.OtherCard {
		said += "; " + p.s.say(request.Text{EN: "somebody else’s card", FR: "carte d’une autre personne"})
	}
	if p.afterClosing(m) {
		said += "; " + p.s.say(request.Text{EN: "after the line was closed", FR: "après la fermeture de la ligne"})
	}
	for _, c := range m.Charges {
		if over := p.overTheYearsEnd(c); over != "" {
			return said + over
		}
	}
	return said
}

// afterClosing reports whether something was charged for a line after finance had closed it: its money was free already.
func (p cardSheets) afterClosing(m *reconcile.Match) bool {
	return m.Rule != reconcile.ByRefund && slices.ContainsFunc(m.Lines, func(l int) bool {
		closed := p.s.Cards.Lines[l].Closed
		return !closed.IsZero() && slices.ContainsFunc(m.Charges, func(c int) bool { return p.s.Cards.Charges[c].Posted.After(closed) })
	})
}

// overTheYearsEnd says of a charge that was bought in one fiscal year and posted in the next in which of them it counts; "" of others.
func (p cardSheets) overTheYearsEnd(charge int) string {
	c := &p.s.Cards.Charges[charge]
	if c.Transacted.IsZero() {
		return ""
	}
	bought, posted := FiscalYearOf(c.Transacted, p.s.FiscalYearStart), FiscalYearOf(c.Posted, p.s.FiscalYearStart)
	if bought.Name == posted.Name {
		return ""
	}
	return "; " + p.s.say(request.Text{EN: "bought in " + bought.Name + ", counted in " + posted.Name, FR: "acheté en " + bought.Name + ", compté en " + posted.Name})
}
