// Package changes owns what waits for owners: a change of what is in force is proposed, by mail or by a file on the server, the owners are asked and
// reminded, what they answer is taken, and what enough of them approved comes into force on its day.
//
// It refuses to know what is changed: each kind of change describes and enforces itself.
package changes

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"sync/atomic"
	"time"

	"handrail/ingest"
	"handrail/internal/batch"
	"handrail/internal/department"
	"handrail/internal/ledger"
	"handrail/internal/outbox"
	"handrail/internal/owners"
	"handrail/internal/policybook"
	"handrail/internal/request"
	"handrail/internal/workbook"
	"handrail/notify"
	"handrail/rules"
)

// Proposal is a change as owners read it.
type Proposal struct {
	Title request.Text // what is changed: "ESDC micro-acquisition", "The limits of officers"
	// Before and After are the versions, "" where the kind has none.
	Before, After string
	Words         []request.Text // the difference, a line each
	Facts         []notify.Figure
	Files         []*notify.Attachment
}

// Kind is one kind of change. Both methods are called for changes of that kind only.
type Kind interface {
	// Describe says a change to owners: it is called for every mail about one.
	Describe(ctx context.Context, tx *ledger.Tx, c ledger.Change) (Proposal, error)
	// Enforce puts an approved change in force, and calls Changes.Enforce in the transaction that does.
	Enforce(ctx context.Context, now time.Time, c ledger.Change) error
}

// Tried is a Kind whose changes are tried on the past before owners are asked.
type Tried interface {
	Try(ctx context.Context, tx *ledger.Tx, c ledger.Change) (Trial, error)
}

// Trial is how a change would have been on the past.
type Trial struct {
	Facts []notify.Figure
	Files map[request.Lang][]*notify.Attachment
	// Of a policy: the proposed text as a workbook, the backtest as rows of one, and the versions that were in force.
	Books    map[request.Lang]*notify.Attachment
	Rows     map[request.Lang][]workbook.ReportRow
	Versions []policybook.Version
}

// Options is what a Room is made of. All of it is required unless it says otherwise.
type Options struct {
	Engine *batch.Job
	Ledger *ledger.Ledger
	Log    *slog.Logger
	Dept   *department.Department
	// Code makes a code that nobody can guess; nil: from the system's randomness.
	Code func() string
}

// Room is where owners are asked, and answer. It is safe for concurrent use once Serve was called.
type Room struct {
	engine  *batch.Job
	ledger  *ledger.Ledger
	log     *slog.Logger
	dept    *department.Department
	owners  *owners.Owners // those in force
	newCode func() string
	kinds   map[string]Kind

	due    atomic.Bool // something may be approved that is not in force
	untold atomic.Bool // something may be in force of which owners were not told

	mu     sync.Mutex
	trials map[int64]Trial // by change: every owner's mail brings the same
}

// New checks the options.
func New(o Options) (*Room, error) {
	if o.Engine == nil || o.Ledger == nil || o.Log == nil || o.Dept == nil {
		return nil, errors.New("the owners' room needs a job, a ledger, a log and a department")
	}
	if o.Code == nil {
		o.Code = func() string {
			code, err := ingest.NewCode(rand.Reader)
			if err != nil {
				panic(err) // the system has no randomness: nothing can be asked safely
			}
			return string(code)
		}
	}
	r := &Room{engine: o.Engine, ledger: o.Ledger, log: o.Log, dept: o.Dept, owners: &o.Dept.Owners, newCode: o.Code, kinds: map[string]Kind{}, trials: map[int64]Trial{}}
	r.untold.Store(true)
	r.Serve(department.PolicyText, policies{r})
	r.serveGuarded()
	return r, nil
}

// Serve names who describes and enforces the changes of a kind.
func (r *Room) Serve(kind string, k Kind) { r.kinds[kind] = k }

// remindDays is after how many working days owners are reminded.
const remindDays = 2

// remindAt is when owners are reminded of what they were asked at t.
func (r *Room) remindAt(t time.Time) time.Time {
	calendar := r.dept.Calendar(r.dept.Main())
	return calendar.After(t, remindDays*(calendar.To-calendar.From))
}

// Propose keeps a change that waits for owners, and asks them. The code and the reminder are the room's to give. It needs Decide.
func (r *Room) Propose(ctx context.Context, tx *ledger.Tx, now time.Time, c ledger.Change) (ledger.Change, error) {
	before, had, err := tx.Changes.Open(ctx, c.Kind, c.Scope)
	if err != nil {
		return c, err
	}
	c.Code, c.NextAt = r.newCode(), r.remindAt(now)
	c, err = tx.Changes.Propose(ctx, now, c)
	if err != nil || had && before.ID == c.ID {
		return c, err
	}
	owed := r.ask(&c, false)
	if c.ProposedBy == "" {
		owed = append(owed, outbox.New(outbox.OperatorAlert, fmt.Sprintf("proposed by a file %d", c.ID), ledger.OutboxEntry{}, r.fileProposed(&c)))
	}
	return c, r.owe(ctx, tx, now, owed)
}

// ask leaves the mail to every owner, and the copy to who proposed.
func (r *Room) ask(c *ledger.Change, again bool) (owed []ledger.OutboxEntry) {
	for _, owner := range r.owners.All() {
		d := proposalDetail{Change: c.ID, Owner: owner, Again: again}
		cause := fmt.Sprintf("change %d %s", c.ID, owner)
		if again {
			cause = fmt.Sprintf("%s %d", cause, c.Reminders+1)
		}
		owed = append(owed, outbox.New(outbox.Proposal, cause, ledger.OutboxEntry{}, d))
	}
	return owed
}

func (r *Room) owe(ctx context.Context, tx *ledger.Tx, now time.Time, owed []ledger.OutboxEntry) error {
	if len(owed) == 0 {
		return nil
	}
	if _, err := tx.Outbox.Add(ctx, outbox.Due(owed, now)...); err != nil {
		return err
	}
	return r.engine.Wake(ctx, tx, batch.Answer)
}

// Began tells owners which text is the first that is in force for an inbox: the file counted, for there was nothing to compare it with.
func (r *Room) Began(ctx context.Context, tx *ledger.Tx, now time.Time, inbox string, p *rules.Policy) error {
	var owed []ledger.OutboxEntry
	for _, owner := range r.owners.All() {
		owed = append(owed, outbox.New(outbox.OwnersNote, fmt.Sprintf("began %s %s", inbox, owner), ledger.OutboxEntry{}, began(owner, inbox, p)))
	}
	return r.owe(ctx, tx, now, owed)
}

// Look does what is due: what was approved comes into force on its day, owners hear of it, and are reminded of what waits.
func (r *Room) Look(ctx context.Context) error {
	r.due.Store(true)
	return errors.Join(r.EnforceDue(ctx), r.remind(ctx))
}

// EnforceDue puts in force what is approved and whose day has come, where something may be.
func (r *Room) EnforceDue(ctx context.Context) error {
	if !r.due.Swap(false) && !r.untold.Load() {
		return nil
	}
	now := r.engine.Now()
	var approved []ledger.Change
	if err := r.ledger.View(ctx, func(tx *ledger.Tx) (err error) {
		approved, err = tx.Changes.Approved(ctx)
		return err
	}); err != nil {
		r.due.Store(true)
		return err
	}
	for _, c := range approved {
		kind := r.kinds[c.Kind]
		if kind == nil || c.From.After(r.dept.Day(now)) {
			continue
		}
		err := kind.Enforce(ctx, now, c)
		switch {
		case ctx.Err() != nil:
			return ctx.Err()
		case errors.Is(err, ledger.ErrChangeOver): // another machine did, or it was declined meanwhile
		case err != nil:
			if err := r.cannotEnforce(ctx, now, &c, err); err != nil {
				return err
			}
			continue
		}
		r.untold.Store(true)
	}
	return r.tellInForce(ctx, now)
}

// cannotEnforce tells the operator that an approved change does not come into force, once a day.
func (r *Room) cannotEnforce(ctx context.Context, now time.Time, c *ledger.Change, cause error) error {
	r.log.Error("an approved change could not be put in force; it is tried again", "kind", c.Kind, "scope", c.Scope, "error", cause)
	r.engine.NoteTrouble(fmt.Errorf("an approved change of %s %s could not be put in force: %w", c.Kind, c.Scope, cause))
	return r.ledger.Update(ctx, func(tx *ledger.Tx) error {
		return r.owe(ctx, tx, now, []ledger.OutboxEntry{outbox.New(outbox.OperatorAlert, fmt.Sprintf("change %d not in force %s", c.ID, r.dept.Day(now)), ledger.OutboxEntry{}, notInForce(c, cause))})
	})
}

// toldFor is how long after a change came into force owners may still be told of it.
const toldFor = 14 * 24 * time.Hour

// tellInForce tells owners of what came into force, each of each change once.
func (r *Room) tellInForce(ctx context.Context, now time.Time) error {
	if !r.untold.Swap(false) || !r.owners.Any() {
		return nil
	}
	err := r.ledger.Update(ctx, func(tx *ledger.Tx) error {
		all, err := tx.Changes.All(ctx, "")
		if err != nil {
			return err
		}
		var owed []ledger.OutboxEntry
		for i := range all {
			c := &all[i]
			if c.State != ledger.ChangeInForce || now.Sub(c.EndedAt) > toldFor {
				continue
			}
			for _, owner := range r.owners.All() {
				owed = append(owed, outbox.New(outbox.OwnersNote, fmt.Sprintf("change %d in force %s", c.ID, owner), ledger.OutboxEntry{}, noteDetail{To: owner, InForce: c.ID}))
			}
		}
		return r.owe(ctx, tx, now, owed)
	})
	if err != nil {
		r.untold.Store(true)
	}
	return err
}

// remind asks owners again who have not answered.
func (r *Room) remind(ctx context.Context) error {
	now := r.engine.Now()
	var due []ledger.Change
	if err := r.ledger.View(ctx, func(tx *ledger.Tx) (err error) {
		due, err = tx.Changes.Due(ctx, now)
		return err
	}); err != nil || len(due) == 0 {
		return err
	}
	return r.ledger.Update(ctx, func(tx *ledger.Tx) error {
		for i := range due {
			c := &due[i]
			won, err := tx.Changes.Reminded(ctx, c, r.remindAt(now))
			if err != nil {
				return err
			}
			if !won {
				continue
			}
			answers, err := tx.Changes.Answers(ctx, c.ID)
			if err != nil {
				return err
			}
			var owed []ledger.OutboxEntry
			for _, o := range r.ask(c, true) {
				if owner := ownerOf(o); !answeredBy(answers, owner) && !same(owner, c.ProposedBy) {
					owed = append(owed, o)
				}
			}
			if err := r.owe(ctx, tx, now, owed); err != nil {
				return err
			}
		}
		return nil
	})
}
