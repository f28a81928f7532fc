package finance

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"handrail/internal/compose"
	"handrail/internal/ledger"
	"handrail/internal/outbox"
	"handrail/internal/report"
	"handrail/internal/request"
	"handrail/notify"
)

// weeklyDetail is what the mail says about a report; its workbook stands in the ledger.
type weeklyDetail struct {
	Report     int64                   `json:"report"`
	Days       [2]request.Date         `json:"days"` // the first and the last
	Decided    map[request.Outcome]int `json:"decided"`
	Approved   []request.Money         `json:"approved,omitempty"` // by currency
	Turnaround time.Duration           `json:"turnaround,omitempty"`
	Waiting    int                     `json:"waiting,omitempty"`
	OldestDays int                     `json:"oldest_days,omitempty"`
	Statements int                     `json:"statements,omitempty"`
	Matched    int                     `json:"matched,omitempty"`
	Left       int                     `json:"left,omitempty"`
	Marked     int                     `json:"marked,omitempty"`
	OldestMark int                     `json:"oldest_mark,omitempty"` // days
	Learned    [][2]string             `json:"learned,omitempty"`     // in the period: merchant, supplier
}

func weeklyDetailOf(id int64, r *report.Contents) weeklyDetail {
	d := weeklyDetail{Report: id, Days: [2]request.Date{r.Period.From, r.Period.To}, Decided: map[request.Outcome]int{}, Waiting: len(r.Waiting)}
	if r.Cards != nil {
		for i := range r.Cards.Matches {
			d.Matched += len(r.Cards.Matches[i].Charges)
		}
		d.Statements, d.Left = len(r.Cards.Charges), len(r.Cards.Left)
	}
	for i := range r.Marked {
		d.Marked++
		d.OldestMark = max(d.OldestMark, request.DateOf(r.Marked[i].Hand.MarkedAt.In(r.Made.Location())).DaysUntil(r.Period.To))
	}
	approved := map[string]request.Money{}
	var turnarounds []time.Duration
	for i := range r.Lines {
		l := &r.Lines[i]
		d.Decided[l.Outcome]++
		turnarounds = append(turnarounds, l.Decided.Sub(l.Received))
		if l.Outcome == request.Approved && l.Total.Currency != "" {
			sum := approved[l.Total.Currency]
			approved[l.Total.Currency] = request.Money{Amount: sum.Amount.Add(l.Total.Amount), Currency: l.Total.Currency}
		}
	}
	for _, currency := range slices.Sorted(maps.Keys(approved)) {
		d.Approved = append(d.Approved, approved[currency])
	}
	for i := range r.Aliases {
		if a := &r.Aliases[i]; a.New && a.EndedAt.IsZero() && r.Cards != nil {
			d.Learned = append(d.Learned, [2]string{a.Merchant, a.Supplier})
		}
	}
	for i := range r.Waiting {
		d.OldestDays = max(d.OldestDays, request.DateOf(r.Waiting[i].Received).DaysUntil(r.Period.To))
	}
	if len(turnarounds) > 0 {
		slices.Sort(turnarounds)
		d.Turnaround = turnarounds[len(turnarounds)/2]
	}
	return d
}

// composeWeekly is the mail that brings a report.
func (desk *Desk) composeWeekly(ctx context.Context, now time.Time, m *compose.Draft) error {
	var d weeklyDetail
	if err := json.Unmarshal(m.Entry.Detail, &d); err != nil {
		return err
	}
	var r ledger.Report
	var news []request.Text
	if err := desk.ledger.View(ctx, func(tx *ledger.Tx) (err error) {
		found := false
		if r, found, err = tx.Reports.InFull(ctx, d.Report); err == nil && !found {
			err = fmt.Errorf("report %d is not in the ledger", d.Report)
		}
		if err == nil {
			news, m.News, err = desk.dept.News(ctx, tx, now, strings.ToLower(r.Recipient), nil)
		}
		return err
	}); err != nil {
		return err
	}
	changes, err := ChangesOf(r)
	if err != nil {
		return err
	}
	mail, err := desk.dept.Composer(nil).Weekly(notify.Weekly{
		Envelope: desk.dept.Envelope(r.Recipient, "", desk.dept.Finance.Language, m.Entry.Cause, now, outbox.Thread{}),
		Period:   r.Week, From: d.Days[0], To: d.Days[1], Edition: r.Edition, Decided: d.Decided, Approved: d.Approved, Turnaround: d.Turnaround,
		Waiting: d.Waiting, OldestDays: d.OldestDays, Statements: d.Statements, Matched: d.Matched, Left: d.Left, Figures: slices.Concat(d.marked(), learned(d.Learned), changed(changes)), News: news,
		Workbook: &notify.Attachment{Name: "handrail-" + r.Week + ".xlsx", Data: r.Workbook},
	})
	if err != nil {
		return err
	}
	m.Mails = append(m.Mails, ledger.Outgoing{Kind: outbox.Weekly, Cause: r.Week, Recipient: mail.To, Edition: r.Edition, MessageID: mail.MessageID, Raw: mail.Raw, NextAt: now})
	return nil
}

// marked is how many charges have a mark, and how old the oldest is; nothing where none has.
func (d *weeklyDetail) marked() []notify.Figure {
	if d.Marked == 0 {
		return nil
	}
	value := request.Text{EN: fmt.Sprintf("%d, the oldest for %d days", d.Marked, d.OldestMark), FR: fmt.Sprintf("%d, le plus ancien depuis %d jours", d.Marked, d.OldestMark)}
	if d.OldestMark == 1 {
		value = request.Text{EN: fmt.Sprintf("%d, the oldest for 1 day", d.Marked), FR: fmt.Sprintf("%d, le plus ancien depuis 1 jour", d.Marked)}
	}
	return []notify.Figure{{Label: request.Text{EN: "Charges with a receipt missing, in dispute or personal", FR: "Achats avec reçu manquant, en litige ou personnels"}, Value: value}}
}

// learned are the aliases of merchants that the period brought, as lines of its mail: the first ones, for the workbook lists all.
func learned(list [][2]string) (lines []notify.Figure) {
	const most = 6
	label := request.Text{EN: "Learned", FR: "Appris"}
	for i, a := range list {
		if i == most {
			more := len(list) - most
			return append(lines, notify.Figure{Label: label, Value: request.Text{
				EN: fmt.Sprintf("%d more, on the sheet “Aliases”", more), FR: fmt.Sprintf("%d autres, dans la feuille «\u00a0Autres noms de marchands\u00a0»", more)}})
		}
		lines = append(lines, notify.Figure{Label: label, Value: learnedText(a[0], a[1])})
	}
	return lines
}

// changed is what an edition changes, as lines of its mail: the first ones, for the workbook lists all.
func changed(changes []string) (lines []notify.Figure) {
	const most = 6
	label := request.Text{EN: "Changed since the edition before", FR: "Modifié depuis l’édition précédente"}
	for i, c := range changes {
		if i == most {
			more := len(changes) - most
			return append(lines, notify.Figure{Label: label, Value: request.Text{
				EN: fmt.Sprintf("%d more, on the sheet “Summary”", more), FR: fmt.Sprintf("%d autres, dans la feuille «\u00a0Sommaire\u00a0»", more)}})
		}
		lines = append(lines, notify.Figure{Label: label, Value: request.Text{EN: c, FR: c}})
	}
	return lines
}
