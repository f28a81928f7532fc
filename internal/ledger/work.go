package ledger

import (
	"context"
	"fmt"
	"time"
)

// Work is what is due to the steps of the job, and which run has claimed which row of it.
type Work struct{ tx *Tx }

// Step is a verb of the job whose rows carry their own state.
type Step string

// The steps whose rows stand in a table of their own.
const (
	JudgeStep  Step = "judge"  // intake rows
	FileStep   Step = "file"   // intake rows
	AnswerStep Step = "answer" // entries of the outbox
	SendStep   Step = "send"   // outgoing mails
	KeepStep   Step = "keep"   // outgoing mails of which Sent lacks a copy
	RemindStep Step = "remind" // escalations
)

// apart is how far the clocks of machines that share a ledger may lie apart before a row that one has just made due is not
// due to another: it would wait for a sweep.
const apart = 5 * time.Second

// Steps lists them in the order in which work goes through them.
func Steps() []Step { return []Step{JudgeStep, FileStep, AnswerStep, SendStep, KeepStep, RemindStep} }

// dueRows says which rows of a table a step may take.
type dueRows struct {
	table  string
	due    string // in any instant
	at     string // the column that says from when on; "" at once
	order  string
	weight string // bytes that a row costs to hold
	// unless holds rows back for another reason than their own.
	unless string
}

// earlierOfItsCode is true for a message that answers a code about which an earlier message is not judged yet: two mails about
// one code are decided in the order of their arrival.
const earlierOfItsCode = `EXISTS (SELECT 1 FROM message_code c JOIN message_code e ON e.code = c.code AND e.message < c.message
	JOIN message m ON m.id = e.message AND m.state = 'received' WHERE c.message = t.id%AMONG%)`

var dueOf = map[Step]dueRows{
	JudgeStep:  {table: "message", due: "t.state = 'received'", order: "t.id", weight: "t.size", unless: earlierOfItsCode},
	FileStep:   {table: "message", due: "t.filed_at IS NULL AND t.state IN ('judged', 'quarantined')", order: "t.id", weight: "0"},
	AnswerStep: {table: "owed", due: "t.state = 'owed' AND t.answers <> '" + ForDaily + "'", at: "t.due_at", order: "t.due_at, t.id", weight: "0"},
	SendStep:   {table: "outgoing", due: "t.state IN ('held', 'ready', 'deferred', 'unknown')", at: "t.next_at", order: "t.next_at, t.id", weight: "t.size"},
	KeepStep:   {table: "outgoing", due: "t.sent_copy = 'due'", order: "t.id", weight: "t.size"},
	RemindStep: {table: "escalation", due: "t.state IN ('open', 'asked')", at: "t.next_at", order: "t.next_at, t.id", weight: "0"},
}

func dueTo(step Step) (dueRows, error) {
	q, ok := dueOf[step]
	if !ok {
		return q, fmt.Errorf("no step is called %q", step)
	}
	return q, nil
}

// where is the condition for rows that are due at the instant $1.
func (q dueRows) where() string {
	if q.at == "" {
		return q.due + " AND CAST($1 AS BIGINT) IS NOT NULL"
	}
	return q.due + " AND " + q.at + " <= $1"
}

// Due lists at most limit rows that are due at now, whether somebody has claimed them or not.
func (wk Work) Due(ctx context.Context, step Step, now time.Time, limit int) ([]int64, error) {
	q, err := dueTo(step)
	if err != nil {
		return nil, err
	}
	var ids []int64
	err = wk.tx.each(ctx, func(scan func(...any) error) error {
		var id int64
		if err := scan(&id); err != nil {
			return err
		}
		ids = append(ids, id)
		return nil
	}, "SELECT t.id FROM "+q.table+" t WHERE "+q.where()+" ORDER BY "+q.order+" LIMIT $2", micros(now), limit)
	if err != nil {
		return nil, fmt.Errorf("look for what is due to %s: %w", step, err)
	}
	return ids, nil
}

// Pending is what one pass leaves to do.
type Pending struct {
	Due    map[Step]int // at this instant, what is set aside left out
	Later  int          // rows whose time lies in the future
	NextAt time.Time    // of the first of those; zero when there is none
}

// None reports whether nothing is due.
func (p Pending) None() bool {
	for _, n := range p.Due {
		if n > 0 {
			return false
		}
	}
	return true
}

// Pending counts what is due at now and what lies later.
func (wk Work) Pending(ctx context.Context, now time.Time) (Pending, error) {
	p := Pending{Due: map[Step]int{}}
	for _, step := range Steps() {
		q := dueOf[step]
		var n int
		if _, err := wk.tx.one(ctx, []any{&n}, "SELECT COUNT(*) FROM "+q.table+" t WHERE "+q.where()+` AND NOT EXISTS (
			SELECT 1 FROM attempt a WHERE a.step = $2 AND a.key = CAST(t.id AS TEXT) AND a.aside_at IS NOT NULL)`, micros(now), string(step)); err != nil {
			return Pending{}, fmt.Errorf("count what is due to %s: %w", step, err)
		}
		p.Due[step] = n
	}
	_, err := wk.tx.one(ctx, []any{&p.Later, instant{&p.NextAt}}, `SELECT COUNT(*), MIN(at) FROM (
		SELECT due_at AS at FROM owed WHERE state = 'owed' AND due_at > $1
		UNION ALL SELECT next_at FROM outgoing WHERE state IN ('held', 'ready', 'deferred', 'unknown') AND next_at > $1
		UNION ALL SELECT next_at FROM escalation WHERE state IN ('open', 'asked') AND next_at > $1) later`, micros(now))
	if err != nil {
		return Pending{}, fmt.Errorf("count what lies later: %w", err)
	}
	return p, nil
}

// NextDue is the first instant after now at which a row becomes due or is tried again; zero when there is none.
func (wk Work) NextDue(ctx context.Context, now time.Time) (at time.Time, err error) {
	_, err = wk.tx.one(ctx, []any{instant{&at}}, `SELECT MIN(at) FROM (
		SELECT MIN(due_at) AS at FROM owed WHERE state = 'owed' AND due_at > $1
		UNION ALL SELECT MIN(next_at) FROM outgoing WHERE state IN ('held', 'ready', 'deferred', 'unknown') AND next_at > $1
		UNION ALL SELECT MIN(next_at) FROM escalation WHERE state IN ('open', 'asked') AND next_at > $1
		UNION ALL SELECT MIN(retry_at) FROM attempt WHERE retry_at > $1 AND aside_at IS NULL
		UNION ALL SELECT MIN(retry_at) FROM surroundings WHERE retry_at > $1) soon`, micros(now))
	if err != nil {
		return time.Time{}, fmt.Errorf("look for what is due next: %w", err)
	}
	return at, nil
}

// AnyFree reports whether a row of a step is due that nobody has claimed. It costs no write.
func (wk Work) AnyFree(ctx context.Context, step Step, now time.Time) (bool, error) {
	return wk.some(ctx, step, now, " AND NOT EXISTS (SELECT 1 FROM attempt a WHERE a.step = $2 AND a.key = CAST(t.id AS TEXT) AND NOT (a.alone = 0 AND "+free+"))")
}

// AnyAlone reports whether a row of a step is due that must be tried alone.
func (wk Work) AnyAlone(ctx context.Context, step Step, now time.Time) (bool, error) {
	return wk.some(ctx, step, now, " AND EXISTS (SELECT 1 FROM attempt a WHERE a.step = $2 AND a.key = CAST(t.id AS TEXT) AND a.alone = 1 AND "+free+")")
}

func (wk Work) some(ctx context.Context, step Step, now time.Time, more string) (bool, error) {
	q, err := dueTo(step)
	if err != nil {
		return false, err
	}
	var id int64
	found, err := wk.tx.one(ctx, []any{&id}, "SELECT t.id FROM "+q.table+" t WHERE "+q.where()+more+" LIMIT 1", micros(now.Add(apart)), string(step), micros(now))
	if err != nil {
		return false, fmt.Errorf("look for what is due to %s: %w", step, err)
	}
	return found, nil
}

// AnyDead reports whether another run has claimed rows whose time has passed, or a mail is being sent that nobody has claimed.
func (wk Work) AnyDead(ctx context.Context, holder string, now time.Time) (bool, error) {
	var n int
	_, err := wk.tx.one(ctx, []any{&n}, `SELECT (SELECT COUNT(*) FROM attempt WHERE holder <> '' AND holder <> $1 AND held_until < $2)
		+ (SELECT COUNT(*) FROM outgoing o WHERE o.state = 'sending' AND NOT EXISTS (SELECT 1 FROM attempt a WHERE a.step = 'send' AND a.key = CAST(o.id AS TEXT) AND a.holder <> ''))`,
		holder, micros(now))
	if err != nil {
		return false, fmt.Errorf("look for runs that are gone: %w", err)
	}
	return n > 0, nil
}
