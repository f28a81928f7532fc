package ledger

import (
	"context"
	"fmt"
	"time"

	"handrail/internal/request"
)

// Status is what waits and what failed.
type Status struct {
	Messages    map[MessageState]int
	Lines       map[request.Outcome]int
	Outgoing    map[OutgoingState]int
	Escalations map[EscalationState]int
	Charges     map[RowState]int
	ToCompose   int
	Pending     Pending
	// Oldest is the escalated line that waits longest; its Reference is "" when none waits.
	Oldest Line
	// WaitingSince is when the oldest message was collected that is not judged yet; zero when none waits.
	WaitingSince time.Time
	// UnsentSince is when the oldest mail was written that no server has taken or refused yet; zero when none waits.
	UnsentSince time.Time
	// OwedSince is since when the oldest entry is due that no mail says yet; zero when none is.
	OwedSince time.Time
	// SentAt is when a mail server last took a mail of ours; zero for never.
	SentAt time.Time
	// RefusedTexts are texts on disk that are not taken, BackedUpAt when the ledger's own command last backed it up.
	RefusedTexts []RefusedText
	BackedUpAt   time.Time
	Quarantined  []Message  // newest first, at most as many as asked for, without bytes
	Unsent       []Outgoing // deferred and unknown, newest first, at most as many as asked for
	// Refused are the mails that were refused for good and that nobody has settled or sent elsewhere, newest first, at most as many
	// as asked for.
	Refused []Outgoing
	// Failed are rows that failed and are tried again, Aside those that are not tried before somebody releases them: oldest
	// first, at most as many as asked for. Attempts counts all of them.
	Failed   []Attempt
	Aside    []Attempt
	Attempts AttemptCounts
	Outages  []Outage // what does not work around the job
	Head     Head
	Holds    []Hold
}

// Status counts everything and lists at most limit of what somebody may have to look at.
func (tx *Tx) Status(ctx context.Context, now time.Time, limit int) (s Status, err error) {
	if s.Messages, err = countBy[MessageState](ctx, tx, "message", "state"); err != nil {
		return Status{}, err
	}
	if s.Lines, err = countBy[request.Outcome](ctx, tx, "line", "outcome"); err != nil {
		return Status{}, err
	}
	if s.Outgoing, err = countBy[OutgoingState](ctx, tx, "outgoing", "state"); err != nil {
		return Status{}, err
	}
	// A receipt has a code as well, for UNDO, but asks nothing: only what has lines under it waits for anybody.
	if s.Escalations, err = countBy[EscalationState](ctx, tx, "escalation e WHERE EXISTS (SELECT 1 FROM token t WHERE t.escalation = e.id)", "e.state"); err != nil {
		return Status{}, err
	}
	if s.Charges, err = countBy[RowState](ctx, tx, "statement_row", "state"); err != nil {
		return Status{}, err
	}
	if _, err = tx.one(ctx, []any{&s.ToCompose}, "SELECT COUNT(*) FROM owed WHERE state = 'owed' AND answers <> $1", ForDaily); err != nil {
		return Status{}, fmt.Errorf("count what is owed: %w", err)
	}
	if s.Pending, err = tx.Work.Pending(ctx, now); err != nil {
		return Status{}, err
	}
	if err = tx.statusAttempts(ctx, &s, limit); err != nil {
		return Status{}, err
	}
	return s, tx.statusLists(ctx, &s, now, limit)
}

// statusTimes says since when what waits longest does, and when what must happen now and then last did.
func (tx *Tx) statusTimes(ctx context.Context, s *Status, now time.Time) (err error) {
	_, err = tx.one(ctx, []any{instant{&s.WaitingSince}, instant{&s.UnsentSince}, instant{&s.OwedSince}, instant{&s.SentAt}}, `SELECT
		(SELECT MIN(collected_at) FROM message WHERE state = 'received'),
		(SELECT MIN(made_at) FROM outgoing WHERE state IN ('ready', 'sending', 'deferred', 'unknown')),
		(SELECT MIN(due_at) FROM owed WHERE state = 'owed' AND due_at <= $1 AND answers <> $2),
		(SELECT MAX(settled_at) FROM outgoing WHERE state = 'accepted')`, micros(now), ForDaily)
	if err != nil {
		return fmt.Errorf("look for what waits longest: %w", err)
	}
	if s.RefusedTexts, err = tx.Standing.RefusedTexts(ctx); err != nil {
		return err
	}
	s.BackedUpAt, err = tx.Standing.Noted(ctx, NoteBackup)
	return err
}

func (tx *Tx) statusAttempts(ctx context.Context, s *Status, limit int) (err error) {
	if s.Attempts, err = tx.Attempts.Count(ctx); err != nil {
		return err
	}
	if s.Failed, err = tx.Attempts.Failed(ctx, false, limit); err != nil {
		return err
	}
	if s.Aside, err = tx.Attempts.Failed(ctx, true, limit); err != nil {
		return err
	}
	s.Outages, err = tx.Attempts.Outages(ctx)
	return err
}

func (tx *Tx) statusLists(ctx context.Context, s *Status, now time.Time, limit int) (err error) {
	var oldest []Line
	if err := tx.each(ctx, lineVisitor(&oldest), "SELECT "+lineColumns+" FROM line l WHERE l.outcome = 'escalated' ORDER BY l.received_at, l.id LIMIT 1"); err != nil {
		return fmt.Errorf("look for the oldest waiting line: %w", err)
	}
	if len(oldest) > 0 {
		s.Oldest = oldest[0]
	}
	if s.Quarantined, err = tx.Messages.list(ctx, "SELECT "+messageColumns+" FROM message m WHERE m.state = 'quarantined' ORDER BY m.id DESC LIMIT $1", limit); err != nil {
		return fmt.Errorf("list the quarantine: %w", err)
	}
	if err := tx.each(ctx, outgoingVisitor(&s.Unsent), "SELECT "+outgoingColumns+` FROM outgoing o
		WHERE o.state IN ('deferred', 'unknown') ORDER BY o.id DESC LIMIT $1`, limit); err != nil {
		return fmt.Errorf("list mails that were not accepted: %w", err)
	}
	if err := tx.each(ctx, outgoingVisitor(&s.Refused), "SELECT "+outgoingColumns+` FROM outgoing o
		WHERE o.state = 'refused' AND o.recipient NOT LIKE 'disposed:%' ORDER BY o.id DESC LIMIT $1`, limit); err != nil {
		return fmt.Errorf("list refused mails: %w", err)
	}
	if err = tx.statusTimes(ctx, s, now); err != nil {
		return err
	}
	if s.Holds, err = tx.Records.Holds(ctx); err != nil {
		return err
	}
	s.Head, err = tx.Chain.Head(ctx)
	return err
}

func countBy[S ~string](ctx context.Context, tx *Tx, from, column string) (map[S]int, error) {
	out := map[S]int{}
	err := tx.each(ctx, func(scan func(...any) error) error {
		var s S
		var n int
		err := scan(&s, &n)
		out[s] = n
		return err
	}, "SELECT "+column+", COUNT(*) FROM "+from+" GROUP BY "+column)
	if err != nil {
		return nil, fmt.Errorf("count by %s: %w", column, err)
	}
	return out, nil
}

// Total adds up counts by state or by step.
func Total[K comparable](counts map[K]int) (n int) {
	for _, c := range counts {
		n += c
	}
	return n
}
