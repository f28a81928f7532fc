package finance

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"handrail/internal/compose"
	"handrail/internal/ledger"
	"handrail/internal/outbox"
	"handrail/internal/report"
	"handrail/internal/request"
	"handrail/notify"
)

// handsTold is what a mail says of the answers in returned workbooks.
type handsTold struct {
	Done    []handNote `json:"done,omitempty"`
	Asked   []handNote `json:"asked,omitempty"`
	NotUsed []handNote `json:"not_used,omitempty"`
}

// handNote is one answer, or what is wrong with the keys of one sheet.
type handNote struct {
	Place   report.RowPlace  `json:"place"`
	Rows    []int            `json:"rows,omitempty"` // of a sheet's keys
	Keys    report.KeyDamage `json:"keys,omitempty"`
	About   request.Text     `json:"about"`
	Wrote   string           `json:"wrote,omitempty"`
	What    request.Text     `json:"what"`
	Instead request.Text     `json:"instead"`
	Line    bool             `json:"line,omitempty"` // it is about a line that is closed or opened again, and about no charge
}

// asked is why nothing was done, and what to write instead.
type asked struct{ What, Instead request.Text }

// Damages that only the ledger knows of.
const (
	keysUnknown report.KeyDamage = "unknown"
	keysMoved   report.KeyDamage = "moved"
)

// open reports whether there is anything to write about: where all was done nobody is written to.
func (t *handsTold) open() bool { return len(t.Asked) > 0 || len(t.NotUsed) > 0 }

// inOrder puts what is said in the order of the workbooks' rows.
func (t *handsTold) inOrder() {
	for _, list := range [][]handNote{t.Done, t.Asked, t.NotUsed} {
		slices.SortStableFunc(list, func(a, b handNote) int {
			return cmp.Or(cmp.Compare(a.Place.File, b.Place.File), cmp.Compare(a.Place.Sheet, b.Place.Sheet), cmp.Compare(a.Place.Row, b.Place.Row))
		})
	}
}

// ask notes that nothing of an answer was done.
func (h *hands) ask(s saying, why *asked) { h.told.Asked = append(h.told.Asked, h.note(s, why)) }

func (h *hands) note(s saying, a *asked) handNote {
	n := handNote{Place: s.Place, Wrote: cmp.Or(s.Said, s.Why), What: a.What, Instead: a.Instead}
	c := s.charges[0]
	more := request.Text{}
	if len(s.charges) > 1 {
		more = request.Text{EN: fmt.Sprintf(" and %d more", len(s.charges)-1), FR: fmt.Sprintf(" et %d de plus", len(s.charges)-1)}
	}
	charged := request.FromMinor(c.Amount, c.Currency)
	n.About = request.Text{EN: c.Merchant + ", " + c.Transacted.String() + ", " + charged.In(request.English) + more.EN,
		FR: c.Merchant + ", " + c.Transacted.String() + ", " + charged.In(request.French) + more.FR}
	return n
}

// keys notes an answer whose key is not that of its row, once for each sheet and damage.
func (t *handsTold) keys(p report.RowPlace, why report.KeyDamage) {
	for i := range t.NotUsed {
		if n := &t.NotUsed[i]; n.Keys == why && n.Place.File == p.File && n.Place.Sheet == p.Sheet {
			n.Rows = append(n.Rows, p.Row)
			return
		}
	}
	t.NotUsed = append(t.NotUsed, handNote{Place: p, Rows: []int{p.Row}, Keys: why, What: keyWords(why), Instead: keyAdvice})
}

// damaged notes the answers whose keys cannot be read.
func (t *handsTold) damaged(list []report.DamagedKeys) {
	for _, d := range list {
		for _, row := range d.Rows {
			d.Place.Row = row
			t.keys(d.Place, d.Why)
		}
	}
}

// problems notes what could not be read of lines in a workbook.
func (t *handsTold) problems(list []report.RowProblem) {
	for _, p := range list {
		t.Asked = append(t.Asked, handNote{Place: p.Place, What: p.Message, Line: true})
	}
}

type correctionsDetail struct {
	To     string        `json:"to"`
	ToName string        `json:"to_name,omitempty"`
	Thread outbox.Thread `json:"thread"`
	handsTold
}

// composeCorrections tells who sent a workbook back what was done of it, and asks about the rest.
func (desk *Desk) composeCorrections(_ context.Context, now time.Time, m *compose.Draft) error {
	var d correctionsDetail
	if err := json.Unmarshal(m.Entry.Detail, &d); err != nil {
		return err
	}
	n := notify.Corrections{Envelope: desk.dept.Envelope(d.To, d.ToName, desk.dept.Finance.Language, "corrections "+m.Entry.Cause, now, d.Thread),
		Done: said(d.Done), Asked: said(d.Asked), NotUsed: said(d.NotUsed),
		Charges: slices.ContainsFunc(slices.Concat(d.Asked, d.NotUsed), func(n handNote) bool { return !n.Line })}
	mail, err := desk.dept.Composer(nil).Corrections(n)
	if err != nil {
		return err
	}
	m.Mails = append(m.Mails, ledger.Outgoing{Kind: outbox.Corrections, Cause: m.Entry.Cause, Recipient: mail.To, Edition: 1, MessageID: mail.MessageID, Raw: mail.Raw, NextAt: now})
	return nil
}

func said(notes []handNote) (list []notify.Correction) {
	for i := range notes {
		n := &notes[i]
		where := placeOf(n.Place)
		if len(n.Rows) > 0 {
			p := n.Place
			p.Row = 0
			where = placeOf(p)
			rows := rowList(n.Rows)
			where.EN, where.FR = where.EN+rows.EN, where.FR+rows.FR
		}
		list = append(list, notify.Correction{Where: where, About: n.About, Wrote: n.Wrote, What: n.What, Instead: n.Instead})
	}
	return list
}

// placeOf is "handrail-2026-W48.xlsx, sheet “Matched”, row 12".
func placeOf(p report.RowPlace) (t request.Text) {
	t.EN, t.FR = p.File, p.File
	if p.Sheet != "" {
		t.EN, t.FR = t.EN+", sheet "+request.QuoteEN(p.Sheet), t.FR+", feuille "+request.QuoteFR(p.Sheet)
	}
	if p.Row > 0 {
		t.EN, t.FR = t.EN+", row "+strconv.Itoa(p.Row), t.FR+", rangée "+strconv.Itoa(p.Row)
	}
	return t
}

// rowList is ", rows 12, 15 and 3 more".
func rowList(rows []int) request.Text {
	const most = 10
	slices.Sort(rows)
	list := make([]string, 0, most)
	for _, r := range rows[:min(most, len(rows))] {
		list = append(list, strconv.Itoa(r))
	}
	all := strings.Join(list, ", ")
	switch more := len(rows) - most; {
	case len(rows) == 1:
		return request.Text{EN: ", row " + all, FR: ", rangée " + all}
	case more > 0:
		return request.Text{EN: fmt.Sprintf(", rows %s and %d more", all, more), FR: fmt.Sprintf(", rangées %s et %d de plus", all, more)}
	}
	return request.Text{EN: ", rows " + all, FR: ", rangées " + all}
}
