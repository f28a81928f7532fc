package standing

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"sync"
	"time"

	"handrail/internal/batch"
	"handrail/internal/compose"
	"handrail/internal/department"
	"handrail/internal/ledger"
	"handrail/internal/outbox"
	"handrail/notify"
)

// Options is what a Desk is made of. All of it is required; New checks.
type Options struct {
	Engine   *batch.Job
	Ledger   *ledger.Ledger
	Dept     *department.Department
	Schedule batch.ScheduleConfig
}

// Desk writes the operator's daily mail. It is safe for concurrent use.
type Desk struct {
	engine *batch.Job
	ledger *ledger.Ledger
	dept   *department.Department
	reader Reader

	mu     sync.Mutex
	looked time.Time // when this process last looked, or found that another had
}

// New checks the options.
func New(o Options) (*Desk, error) {
	if o.Engine == nil || o.Ledger == nil || o.Dept == nil {
		return nil, errors.New("the operator's daily mail needs a job, a ledger and a department")
	}
	return &Desk{engine: o.Engine, ledger: o.Ledger, dept: o.Dept,
		reader: Reader{Zone: o.Dept.Zone, Schedule: o.Schedule, Recipients: o.Dept.Finance.Recipients}}, nil
}

// Mails are the mails that this room composes.
func (desk *Desk) Mails() compose.Mails { return compose.Mails{outbox.OperatorDaily: desk.compose} }

// dailyDetail is which part of the quarantine is new.
type dailyDetail struct {
	Last time.Time `json:"last"` // of the look before
}

const (
	mostItems = 10  // of a kind in the daily mail
	mostNews  = 200 // entries in one; the rest come in the next
)

// Daily looks once on each working day, at the time of the configuration or at the first moment after it, whether anything
// stands or waits to be told, and owes the operator a mail if so.
func (desk *Desk) Daily(ctx context.Context) error {
	now := desk.engine.Now()
	at, today := desk.dept.OperatorAt(now)
	desk.mu.Lock()
	defer desk.mu.Unlock()
	if !today || now.Before(at) || !desk.looked.Before(at) {
		return nil
	}
	err := desk.ledger.Update(ctx, func(tx *ledger.Tx) error {
		last, err := tx.Standing.Noted(ctx, ledger.NoteDaily)
		if err != nil || !last.Before(at) {
			return err
		}
		if err := tx.Standing.NoteTime(ctx, ledger.NoteDaily, now); err != nil {
			return err
		}
		if last.IsZero() {
			last = now.Add(-24 * time.Hour)
		}
		groups, err := desk.reader.Read(ctx, tx, now, last, 1)
		if err != nil {
			return err
		}
		news, err := tx.Standing.News(ctx, 1)
		if err != nil || len(groups)+len(news) == 0 {
			return err
		}
		if _, err := tx.Outbox.Add(ctx, outbox.Due([]ledger.OutboxEntry{
			outbox.New(outbox.OperatorDaily, desk.dept.Day(now).String(), ledger.OutboxEntry{}, dailyDetail{Last: last})}, now)...); err != nil {
			return err
		}
		return desk.engine.Wake(ctx, tx, batch.Answer)
	})
	if err != nil {
		return fmt.Errorf("look for the operator's daily mail: %w", err)
	}
	desk.looked = now
	return nil
}

// compose writes the daily mail: what stands when it is written, and what was left for it since the one before.
func (desk *Desk) compose(ctx context.Context, now time.Time, m *compose.Draft) error {
	var d dailyDetail
	if err := json.Unmarshal(m.Entry.Detail, &d); err != nil {
		return err
	}
	var groups []Group
	var news []ledger.OutboxEntry
	if err := desk.ledger.View(ctx, func(tx *ledger.Tx) (err error) {
		if groups, err = desk.reader.Read(ctx, tx, now, d.Last, mostItems); err != nil {
			return err
		}
		news, err = tx.Standing.News(ctx, mostNews)
		return err
	}); err != nil {
		return err
	}
	daily := notify.OperatorDaily{Envelope: desk.dept.Envelope(desk.dept.Config.Operator, "", "", "daily "+m.Entry.Cause, now, outbox.Thread{})}
	for i := range groups {
		daily.Standing = append(daily.Standing, standingOf(&groups[i]))
	}
	for i := range news {
		var a outbox.Alert
		if err := json.Unmarshal(news[i].Detail, &a); err != nil {
			return fmt.Errorf("entry %d: %w", news[i].ID, err)
		}
		m.Told = append(m.Told, news[i].ID)
		if a.Stands != "" {
			continue
		}
		daily.News = append(daily.News, notify.News{Title: a.Title, What: a.What, Hint: a.Hint, At: news[i].DueAt, Details: a.Details})
	}
	if len(daily.Standing)+len(daily.News) == 0 {
		return nil // it is settled by now
	}
	mail, err := desk.dept.Composer(nil).OperatorDaily(daily)
	if err != nil {
		return err
	}
	m.Mails = append(m.Mails, ledger.Outgoing{Kind: outbox.OperatorDaily, Cause: m.Entry.Cause, Recipient: mail.To, Edition: 1, MessageID: mail.MessageID,
		Raw: mail.Raw, NextAt: now})
	return nil
}

func standingOf(g *Group) notify.Standing {
	s := notify.Standing{Title: g.Title, Hint: g.Hint, All: g.All}
	for i := range g.Items {
		s.Items = append(s.Items, notify.StandingItem(g.Items[i]))
	}
	return s
}
