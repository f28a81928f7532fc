// Package outages owns what the operator hears of the servers around the job: that one does not work and that it works again,
// by mail or, where mail is what failed, by a webhook; and ahead of time that a certificate or a secret expires.
//
// It refuses to know when something counts as an outage, how often it is tried, and how a server is spoken to.
package outages

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"strconv"
	"sync"
	"time"

	"handrail/internal/batch"
	"handrail/internal/department"
	"handrail/internal/ledger"
	"handrail/internal/outbox"
	"handrail/internal/request"
)

// Poster gives one JSON document to the operator's receiver. Its error never holds a secret.
type Poster interface {
	Post(ctx context.Context, document []byte) error
}

// Options is what a Desk is made of. All of it is required unless it says otherwise.
type Options struct {
	Engine *batch.Job
	Ledger *ledger.Ledger
	Log    *slog.Logger
	Dept   *department.Department
	// Webhook takes what mail cannot say; nil: nobody does.
	Webhook Poster
	// Expiries is what was seen of certificates; nil: nothing is.
	Expiries *Expiries
}

// Desk tells the operator. It is safe for concurrent use.
type Desk struct {
	engine   *batch.Job
	ledger   *ledger.Ledger
	log      *slog.Logger
	dept     *department.Department
	webhook  Poster
	expiries *Expiries

	mu   sync.Mutex
	said map[string]bool // causes of what was said ahead, so that the ledger is not asked each time
}

// New checks the options and makes the desk.
func New(o Options) (*Desk, error) {
	if o.Engine == nil || o.Ledger == nil || o.Log == nil || o.Dept == nil {
		return nil, errors.New("telling the operator needs a job, a ledger, a log and a department")
	}
	if o.Expiries == nil {
		o.Expiries = NewExpiries()
	}
	return &Desk{engine: o.Engine, ledger: o.Ledger, log: o.Log, dept: o.Dept, webhook: o.Webhook, expiries: o.Expiries, said: map[string]bool{}}, nil
}

// TellOperator leaves what the operator hears of outages: one mail for all that began, one for all that ended, and one post for
// each where mail is what failed.
func (d *Desk) TellOperator(ctx context.Context, tx *ledger.Tx, now time.Time, news batch.OperatorNews) error {
	var owed []ledger.OutboxEntry
	if list := news.Began.Mail; len(list) > 0 {
		owed = append(owed, outbox.New(outbox.OperatorAlert, batch.NewsCause(list), ledger.OutboxEntry{}, beganAlert(list, d.dept.Zone)))
	}
	if list := news.Ended.Mail; len(list) > 0 {
		owed = append(owed, outbox.New(outbox.OperatorAlert, batch.NewsCause(list), ledger.OutboxEntry{}, endedAlert(list, d.dept.Zone)))
	}
	if len(owed) > 0 {
		if _, err := tx.Outbox.Add(ctx, outbox.Due(owed, now)...); err != nil {
			return err
		}
		if err := d.engine.Wake(ctx, tx, batch.Answer); err != nil {
			return err
		}
	}
	if d.webhook == nil {
		return nil
	}
	for _, list := range [][]batch.OutageNews{news.Began.Post, news.Ended.Post} {
		for i := range list {
			if err := d.leavePost(ctx, tx, now, d.outageDocument(&list[i])); err != nil {
				return err
			}
		}
	}
	return nil
}

// AlertAside tells by the webhook that a mail to the operator could not be written.
func (d *Desk) AlertAside(ctx context.Context, tx *ledger.Tx, now time.Time, rows []ledger.Attempt) error {
	if d.webhook == nil {
		return nil
	}
	for _, a := range rows {
		id, err := strconv.ParseInt(a.Key, 10, 64)
		if a.Step != ledger.AnswerStep || err != nil {
			continue
		}
		if kind, err := tx.Outbox.Kind(ctx, id); err != nil || kind != outbox.OperatorAlert {
			if err != nil {
				return err
			}
			continue
		}
		if err := d.leavePost(ctx, tx, now, d.unwrittenDocument(a.Row(), a.AsideAt)); err != nil {
			return err
		}
	}
	return nil
}

func (d *Desk) leavePost(ctx context.Context, tx *ledger.Tx, now time.Time, doc Document) error {
	body, err := json.Marshal(doc)
	if err != nil {
		return fmt.Errorf("write the post %s: %w", doc.ID, err)
	}
	return tx.Posts.Add(ctx, now, doc.ID, string(body))
}

// PostNow gives one outage to the webhook at once: the ledger's own, which no ledger can keep. Without a webhook the log alone
// says it.
func (d *Desk) PostNow(ctx context.Context, n batch.OutageNews) error {
	if d.webhook == nil {
		return nil
	}
	body, err := json.Marshal(d.outageDocument(&n))
	if err != nil {
		return fmt.Errorf("write a post: %w", err)
	}
	return d.webhook.Post(ctx, body)
}

// Notify says ahead what expires, and gives the webhook what waits for it. Only the ledger's trouble is an error.
func (d *Desk) Notify(ctx context.Context) error {
	if err := d.foresee(ctx); err != nil {
		return err
	}
	return d.post(ctx)
}

// atOnce is how many documents are posted before the sweep goes on: each may take its whole time.
const atOnce = 3

// patience is how long a document waits after each try that failed; after the last it is given up.
func patience(tries int) (wait time.Duration, again bool) {
	waits := []time.Duration{time.Minute, 5 * time.Minute, 15 * time.Minute, time.Hour, 3 * time.Hour, 6 * time.Hour, 12 * time.Hour}
	if tries >= len(waits) {
		return 0, false
	}
	return waits[tries], true
}

// post gives the webhook what is due.
func (d *Desk) post(ctx context.Context) error {
	now := d.engine.Now()
	var due []ledger.Post
	if err := d.ledger.View(ctx, func(tx *ledger.Tx) (err error) {
		due, err = tx.Posts.Due(ctx, now, atOnce)
		return err
	}); err != nil {
		return err
	}
	for i := range due {
		if err := d.postOne(ctx, now, &due[i]); err != nil {
			return err
		}
	}
	return nil
}

// postOne tries one document: it is taken in hand before, so that nobody else posts it meanwhile.
func (d *Desk) postOne(ctx context.Context, now time.Time, p *ledger.Post) error {
	wait, again := patience(p.Tries)
	mine := false
	if err := d.ledger.Update(ctx, func(tx *ledger.Tx) (err error) {
		mine, err = tx.Posts.Take(ctx, p.ID, p.Tries, now.Add(max(wait, time.Minute)))
		return err
	}); err != nil || !mine {
		return err
	}
	failed := errors.New("no webhook is configured any more")
	if d.webhook == nil {
		again = false
	} else {
		failed = d.webhook.Post(ctx, []byte(p.Body))
	}
	if failed != nil && ctx.Err() != nil {
		return nil // the job is asked to stop: it is tried again in a moment
	}
	return d.ledger.Update(context.WithoutCancel(ctx), func(tx *ledger.Tx) error {
		if failed == nil {
			tx.Then(func() { d.log.Info("the webhook took a post", "post", p.ID) })
			return tx.Posts.Taken(ctx, now, p.ID)
		}
		next := time.Time{}
		if again {
			next = now.Add(wait)
		}
		tx.Then(func() {
			d.log.Warn("the webhook did not take a post", "post", p.ID, "tries", p.Tries+1, "again", again, "error", failed)
		})
		if err := tx.Posts.Failed(ctx, p.ID, next, failed.Error()); err != nil || again || d.webhook == nil {
			return err
		}
		return d.givenUp(ctx, tx, now, failed)
	})
}

// givenUp tells the operator once a day that the webhook takes nothing.
func (d *Desk) givenUp(ctx context.Context, tx *ledger.Tx, now time.Time, why error) error {
	entry := outbox.New(outbox.OperatorAlert, "webhook "+request.DateOf(now.In(d.dept.Zone)).String(), ledger.OutboxEntry{}, webhookAlert(why))
	if _, err := tx.Outbox.Add(ctx, outbox.Due([]ledger.OutboxEntry{entry}, now)...); err != nil {
		return err
	}
	return d.engine.Wake(ctx, tx, batch.Answer)
}
