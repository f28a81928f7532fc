package batch_test

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"handrail/internal/finance"
	"handrail/internal/judgement"
	"handrail/internal/ledger"
	"handrail/internal/report"
	"handrail/internal/request"
	"handrail/internal/statement"
)

// approve adds lines on the week's first day, each with a supplier of its own, and plans their charges.
func (m *moneyYear) approve(p report.Period) {
	m.now = p.From.Time(m.zone).Add(10 * time.Hour)
	m.update(func(ctx context.Context, tx *ledger.Tx) error {
		lines, err := addRequest(ctx, tx, m.policy, m.now, 20*m.requests, 8, func(a *judgement.Assessed) {
			v := &a.Facts.Line.Values
			total := request.FromMinor(int64(20_000+m.r.IntN(900_000)), "CAD").Amount
			v[request.Total].Number, v[request.Net].Number, v[request.Tax] = total, total, request.Value{}
			v[request.CostCentre].Text = moneyCentres[m.r.IntN(3)]
			v[request.Supplier].Text, v[request.SupplierID] = m.word()+" "+m.word()+" Ltd.", request.Value{}
			if m.r.IntN(4) == 0 {
				v[request.Currency] = request.Value{Text: "USD", Cell: "O12", Given: true}
			}
		})
		m.requests++
		if err == nil { // a department with budgets counts lines by their cost centres
			_, err = tx.Totals.Rekey(ctx, lines[0].ID-1, len(lines), func(l *ledger.Line) []string { return append(l.Keys, request.CentreKey(l.CostCentre)) })
		}
		for i := range lines {
			l := &moneyLine{NewLine: lines[i], on: p.From}
			m.lines = append(m.lines, l)
			m.plan(l)
		}
		return err
	})
}

// word is a name that no other one is like.
func (m *moneyYear) word() string {
	b := make([]byte, 9)
	for i := range b {
		b[i] = "abcdefghijklmnopqrstuvwxyz"[m.r.IntN(26)]
	}
	return strings.ToUpper(string(b[:1])) + string(b[1:])
}

// plan says how a line is charged, over the weeks that follow.
func (m *moneyYear) plan(l *moneyLine) {
	slack := min(2500, l.Amount/100)
	var parts []int64
	switch m.r.IntN(9) {
	case 0: // never
	case 1, 2:
		parts = []int64{l.Amount}
	case 3: // within tolerance
		parts = []int64{l.Amount + m.r.Int64N(2*slack) - slack}
	case 4: // beyond it
		parts = []int64{l.Amount + slack + 1 + m.r.Int64N(20_000)}
	case 5, 6: // in parts, that come to it or not
		rest := l.Amount
		for n := 2 + m.r.IntN(5); n > 1; n-- {
			part := rest/int64(n) - m.r.Int64N(rest/int64(4*n)) - 1
			parts, rest = append(parts, part), rest-part
		}
		if m.r.IntN(2) == 0 {
			parts = append(parts, rest-m.r.Int64N(3)) // a cent or two of rounding
		}
	case 7: // in parts, the last one beyond, and one after it
		parts = []int64{l.Amount / 3, l.Amount - l.Amount/3 + slack + 700, l.Amount/5 + 11}
	case 8: // given back, all or some of it
		parts = []int64{l.Amount, -l.Amount / (1 + m.r.Int64N(3))}
	}
	day := l.on.AddDays(1 + m.r.IntN(5))
	lag, converted := m.r.IntN(2), l.Currency == "USD" && m.r.IntN(2) == 0
	for _, part := range parts {
		c := moneyCharge{line: l, minor: part, inLine: part, late: m.r.IntN(6) == 0}
		amount, original := request.FromMinor(part, l.Currency), request.Money{}
		if converted {
			original, c.minor = amount, part*137/100
			amount = request.FromMinor(c.minor, "CAD")
		}
		c.Charge = statement.Charge{Transacted: day, Posted: day.AddDays(lag), Merchant: strings.ToUpper(strings.TrimSuffix(l.Supplier, " Ltd.")), Amount: amount, Original: original,
			Card: []string{"4242", "1111"}[m.r.IntN(2)], CostCentre: moneyCentres[m.r.IntN(3)], Reference: l.Reference}
		if part < 0 {
			c.Kind, c.Card = statement.Refund, m.due[len(m.due)-1].Card
		}
		m.due = append(m.due, c)
		day = day.AddDays(2 + m.r.IntN(13))
	}
}

// strangers are rows that belong to no line: purchases that nobody knows, and payments to the card, which touch no budget.
func (m *moneyYear) strangers(p report.Period) {
	for i := range 5 {
		day := p.From.AddDays(m.r.IntN(p.From.DaysUntil(p.To) + 1))
		c := moneyCharge{minor: 1_000 + m.r.Int64N(9_000), late: m.r.IntN(6) == 0}
		c.Charge = statement.Charge{Transacted: day, Posted: day, Merchant: strings.ToUpper(m.word()), Card: "4242", CostCentre: []string{"", "1234", "77-A"}[m.r.IntN(3)]}
		if i == 0 {
			c.minor, c.Kind, c.Merchant = -500_000, statement.Payment, "PAYMENT THANK YOU"
		}
		c.Amount = request.FromMinor(c.minor, []string{"CAD", "CAD", "USD"}[m.r.IntN(3)])
		m.due = append(m.due, c)
	}
}

// statements mails in what was posted by the week's end, and answers what comes late.
func (m *moneyYear) statements(p report.Period) (late []moneyCharge) {
	var now, later []moneyCharge
	for _, c := range m.due {
		switch {
		case c.Posted.After(p.To):
			later = append(later, c)
		case c.late && !slices.ContainsFunc(now, func(x moneyCharge) bool { return c.line != nil && x.line == c.line }):
			late = append(late, c)
		case slices.ContainsFunc(late, func(x moneyCharge) bool { return c.line != nil && x.line == c.line }):
			late = append(late, c) // a card's charges come in their order
		default:
			now = append(now, c)
		}
	}
	m.due = later
	m.mailIn(now)
	return late
}

func (m *moneyYear) mailIn(list []moneyCharge) {
	m.file++
	charges := make([]statement.Charge, len(list))
	for i := range list {
		c := &list[i].Charge
		c.Statement, c.Row, c.Fingerprint, c.Occurrence = fmt.Sprintf("%d.csv", m.file), i+2, fmt.Sprintf("%08x%024x", m.file, m.r.Uint64()), 1
		charges[i] = *c
	}
	rows, err := finance.LedgerCharges(charges)
	if err != nil {
		m.t.Fatal(err)
	}
	m.update(func(ctx context.Context, tx *ledger.Tx) error {
		_, _, err := tx.Charges.AddStatement(ctx, m.now, ledger.Statement{SHA256: ledger.DigestOf(fmt.Appendf(nil, "%d", m.file)), FileName: charges[0].Statement}, rows)
		return err
	})
	m.counted = append(m.counted, list...)
}

// closeSome closes lines of which something is still to come.
func (m *moneyYear) closeSome(to time.Time) {
	for _, l := range m.lines {
		if l.closed || m.r.IntN(25) > 0 {
			continue
		}
		l.closed = true
		m.update(func(ctx context.Context, tx *ledger.Tx) error {
			won, err := tx.Lines.Close(ctx, to.Add(-time.Minute), ledger.Closing{Line: l.ID, By: testFinance, Reason: "no more", Message: 1})
			if err == nil && !won {
				err = fmt.Errorf("line %s was not closed", l.Reference)
			}
			return err
		})
	}
}
