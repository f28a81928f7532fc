package report

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"github.com/shopspring/decimal"

	"handrail/internal/request"
	"handrail/internal/statement"
)

// Hand is what people said of a charge.
type Hand struct {
	By       string // who settled it; "" nobody
	At       time.Time
	Reason   string
	Mark     Mark // "" none
	MarkedBy string
	MarkedAt time.Time
	MarkedOf string // the reason of the mark
}

// MarkedCharge is a charge that has a mark.
type MarkedCharge struct {
	statement.Charge
	Hand       Hand
	Cardholder string // of the statement, or of the line it is matched with; "" unknown
	References []string
}

var markWords = map[Mark]request.Text{
	ReceiptMissing: {EN: "receipt missing", FR: "reçu manquant"},
	InDispute:      {EN: "in dispute", FR: "en litige"},
	Personal:       {EN: "personal", FR: "personnel"},
}

// Word is how a mark is said to finance.
func (m Mark) Word() request.Text { return markWords[m] }

// HandInstant is how the instant of a correction is written, in the report's zone: what a workbook knows of a charge is told by it.
const HandInstant = "2006-01-02 15:04"

// handsOf says who settled charges by hand, when, and why.
func (p cardSheets) handsOf(charges []int) string {
	var said []string
	for _, c := range charges {
		h := p.s.Hands[p.s.Cards.Charges[c].Fingerprint]
		if h.By == "" {
			continue
		}
		if s := p.s.handSaid(h.By, h.At, h.Reason); !slices.Contains(said, s) {
			said = append(said, s)
		}
	}
	return strings.Join(said, "; ")
}

// handSaid is "finance@agency.example, 2026-12-07 10:15: shipping was added".
func (p *sheetWriter) handSaid(by string, at time.Time, reason string) string {
	s := by
	if !at.IsZero() {
		s += ", " + p.local(at).Format(HandInstant)
	}
	if reason != "" {
		s += p.say(request.Text{EN: ": ", FR: "\u00a0: "}) + reason
	}
	return s
}

// marksOf says which marks charges have, and since when.
func (p cardSheets) marksOf(charges []int) string {
	var said []string
	for _, c := range charges {
		h := p.s.Hands[p.s.Cards.Charges[c].Fingerprint]
		if h.Mark == "" {
			continue
		}
		s := p.s.say(h.Mark.Word()) + p.s.say(request.Text{EN: " since ", FR: " depuis le "}) + request.DateOf(p.s.local(h.MarkedAt)).String()
		if !slices.Contains(said, s) {
			said = append(said, s)
		}
	}
	return strings.Join(said, "; ")
}

// markSheets writes the sheets about charges with a mark.
type markSheets struct{ s *sheetWriter }

// days is how long a charge has had its mark at the period's end.
func (p markSheets) days(m *MarkedCharge) int {
	return max(0, request.DateOf(p.s.local(m.Hand.MarkedAt)).DaysUntil(request.DateOf(p.s.end().Add(-1))))
}

// inOrder are the marked charges by cardholder, the oldest mark first.
func (p markSheets) inOrder() []*MarkedCharge {
	list := make([]*MarkedCharge, len(p.s.Marked))
	for i := range p.s.Marked {
		list[i] = &p.s.Marked[i]
	}
	slices.SortStableFunc(list, func(a, b *MarkedCharge) int {
		return cmp.Or(cmp.Compare(p.holder(a), p.holder(b)), a.Hand.MarkedAt.Compare(b.Hand.MarkedAt), cmp.Compare(a.Fingerprint, b.Fingerprint))
	})
	return list
}

// holder is whose card it is, or its last digits.
func (p markSheets) holder(m *MarkedCharge) string {
	switch {
	case m.Cardholder != "":
		return m.Cardholder
	case m.Card != "":
		return p.s.say(request.Text{EN: "card ", FR: "carte "}) + m.Card
	}
	return p.s.say(request.Text{EN: "unknown", FR: "inconnu"})
}

func (p markSheets) markedTable() table {
	return table{
		name: p.s.say(request.Text{EN: "Marked charges", FR: "Achats signalés"}), id: "Marked", currency: 5, empty: nothing,
		title: request.Text{EN: "Charges with a mark: receipt missing, in dispute, personal", FR: "Achats signalés\u00a0: reçu manquant, en litige, personnel"},
		note: request.Text{EN: "To take a mark off, write “receipt found”, “resolved” or “repaid” in the framed column, why beside it, and mail this workbook back. A match stays what it is.",
			FR: "Pour lever une marque, inscrivez «\u00a0reçu trouvé\u00a0», «\u00a0réglé\u00a0» ou «\u00a0remboursé\u00a0» dans la colonne encadrée, le motif à côté, et renvoyez ce classeur. Un rapprochement reste tel quel."},
		columns: []column{
			{request.Cardholder.Info().Label, 28, text, false}, {colMark, 18, text, false}, {request.Text{EN: "Days", FR: "Jours"}, 8, count, false},
			{colMerchant, 32, wrapped, false}, {colBought, 13, day, false}, {headCurrency, 10, text, false}, {colCharged, 16, amount, true},
			{colCard, 9, text, false}, {colReference, 26, wrapped, false}, {request.Text{EN: "Marked on", FR: "Signalé le"}, 13, day, false},
			{request.Text{EN: "Marked by, reason", FR: "Signalé par, motif"}, 40, wrapped, false}, {colAnswer, 24, entry, false}, {colWhy, 28, entry, false}, {colBy, 34, wrapped, false}, {colFingerprint, 36, text, false},
		},
		rows: func(yield func([]any) bool) {
			for _, m := range p.inOrder() {
				by := ""
				if m.Hand.By != "" {
					by = p.s.handSaid(m.Hand.By, m.Hand.At, m.Hand.Reason)
				}
				if !yield([]any{
					p.holder(m), p.s.say(m.Hand.Mark.Word()), p.days(m), m.Merchant, m.Transacted, m.Amount.Currency, m.Amount, m.Card, strings.Join(m.References, ", "),
					request.DateOf(p.s.local(m.Hand.MarkedAt)), p.s.handSaid(m.Hand.MarkedBy, time.Time{}, m.Hand.MarkedOf), "", "", by, m.Fingerprint,
				}) {
					return
				}
			}
		},
	}
}

// byCardholder adds the marked charges up for each cardholder, by the age of their marks.
func (p markSheets) byCardholder() table {
	columns := []column{{request.Cardholder.Info().Label, 30, text, false}, {colMark, 20, text, false}, {headCurrency, 10, text, false},
		{request.Text{EN: "Charges", FR: "Achats"}, 10, count, false}, {colCharged, 16, amount, true}, {request.Text{EN: "Oldest, days", FR: "Plus ancien, jours"}, 14, count, false}}
	for _, a := range ages {
		columns = append(columns, column{request.Text{EN: a.head + " days", FR: a.head + " jours"}, 15, amount, true})
	}
	return table{
		name: p.s.say(request.Text{EN: "Marked by cardholder", FR: "Signalés par titulaire"}), id: "MarkedByCardholder", currency: 2, columns: columns, empty: nothing,
		title: request.Text{EN: "Charges with a mark, by cardholder and by the age of the mark", FR: "Achats signalés, par titulaire et par ancienneté de la marque"},
		rows: func(yield func([]any) bool) {
			for _, s := range p.sums() {
				row := []any{s.holder, p.s.say(s.mark.Word()), s.currency, s.count, request.Money{Amount: s.sum, Currency: s.currency}, s.oldest}
				for _, d := range s.byAge {
					var v any
					if !d.IsZero() {
						v = request.Money{Amount: d, Currency: s.currency}
					}
					row = append(row, v)
				}
				if !yield(row) {
					return
				}
			}
		},
	}
}

type markSum struct {
	holder, currency string
	mark             Mark
	count, oldest    int
	sum              decimal.Decimal
	byAge            []decimal.Decimal
}

func (p markSheets) sums() []*markSum {
	var list []*markSum
	for _, m := range p.inOrder() {
		at := slices.IndexFunc(list, func(s *markSum) bool {
			return s.holder == p.holder(m) && s.mark == m.Hand.Mark && s.currency == m.Amount.Currency
		})
		if at < 0 {
			at = len(list)
			list = append(list, &markSum{holder: p.holder(m), currency: m.Amount.Currency, mark: m.Hand.Mark, byAge: make([]decimal.Decimal, len(ages))})
		}
		s, days := list[at], p.days(m)
		s.count, s.sum, s.oldest = s.count+1, s.sum.Add(m.Amount.Amount), max(s.oldest, days)
		for i, a := range ages {
			if days <= a.upTo {
				s.byAge[i] = s.byAge[i].Add(m.Amount.Amount)
				break
			}
		}
	}
	return list
}
