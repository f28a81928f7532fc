package ledger

import (
	"context"
	"fmt"
	"slices"
	"time"
)

// Holder is somebody who can answer about a line by a code that was not taken from them.
type Holder struct {
	Escalation int64 // 0: the line waits for their daily mail
	Officer    string
	Kind       EscalationKind
	State      EscalationState
	Since      time.Time // when they were first asked, or will be by their daily mail
}

// WaitingLine is an escalated line with whoever can answer about it; Holders is empty when nobody is asked.
type WaitingLine struct {
	Line       int64
	Reference  string
	Submission int64
	JudgedAt   time.Time
	Holders    []Holder // open ones, in the order in which they were asked
}

// Waiting lists all escalated lines, or those of one submission (0: all), oldest first. What waits in the outbox to be mailed is
// not among the holders.
func (es Escalations) Waiting(ctx context.Context, submission int64) ([]WaitingLine, error) {
	out := []WaitingLine{}
	err := es.tx.each(ctx, func(scan func(...any) error) error {
		var w WaitingLine
		var h Holder
		var officer, kind, state *string
		if err := scan(&w.Line, &w.Reference, &w.Submission, instant{&w.JudgedAt}, number{&h.Escalation}, &officer, &kind, &state, instant{&h.Since}); err != nil {
			return err
		}
		if n := len(out); n == 0 || out[n-1].Line != w.Line {
			out = append(out, w)
		}
		if officer != nil {
			h.Officer, h.Kind, h.State = *officer, EscalationKind(*kind), EscalationState(*state)
			last := &out[len(out)-1]
			last.Holders = append(last.Holders, h)
		}
		return nil
	}, `SELECT l.id, l.reference, l.submission, l.judged_at, h.id, h.officer, h.kind, h.state, h.since FROM line l
		LEFT JOIN (SELECT t.line, t.digest, e.id, e.officer, e.kind, e.state, e.asked_at AS since FROM token t JOIN escalation e ON e.id = t.escalation
				WHERE e.state IN ('open', 'asked') AND t.consumed_at IS NULL
			UNION ALL SELECT d.line, x.digest, NULL, d.officer, 'decision', 'open', d.added_at FROM digest_line d JOIN line x ON x.id = d.line) h
			ON h.line = l.id AND h.digest = l.digest
		WHERE l.outcome = 'escalated' AND (CAST($1 AS BIGINT) = 0 OR l.submission = $1) ORDER BY l.id, h.since, h.id`, submission)
	if err != nil {
		return nil, fmt.Errorf("list what waits for a decision: %w", err)
	}
	return out, nil
}

// AnyUnassigned reports whether an escalated line lies with nobody: a cheap look before Waiting.
func (es Escalations) AnyUnassigned(ctx context.Context) (bool, error) {
	var n int
	some, err := es.tx.one(ctx, []any{&n}, `SELECT 1 FROM line l WHERE l.outcome = 'escalated'
		AND NOT EXISTS (SELECT 1 FROM token t JOIN escalation e ON e.id = t.escalation
			WHERE t.line = l.id AND t.digest = l.digest AND t.consumed_at IS NULL AND e.state IN ('open', 'asked'))
		AND NOT EXISTS (SELECT 1 FROM digest_line d WHERE d.line = l.id) LIMIT 1`)
	if err != nil {
		return false, fmt.Errorf("look for lines that lie with nobody: %w", err)
	}
	return some, nil
}

// EverAsked are the officers who were ever asked about each of some lines, whatever became of that.
func (es Escalations) EverAsked(ctx context.Context, lines []int64) (map[int64][]string, error) {
	out := map[int64][]string{}
	err := eachIn(ctx, es.tx, `SELECT DISTINCT t.line, e.officer FROM token t JOIN escalation e ON e.id = t.escalation WHERE e.kind = $1 AND t.line IN (%IN%)`,
		[]any{string(DecisionCode)}, lines, func(scan func(...any) error) error {
			var line int64
			var officer string
			err := scan(&line, &officer)
			out[line] = append(out[line], officer)
			return err
		})
	if err != nil {
		return nil, fmt.Errorf("read who was asked: %w", err)
	}
	return out, nil
}

// TakeFrom ends all codes by which an officer can decide some lines, except those that are about other lines too that wait. It needs
// Decide.
func (es Escalations) TakeFrom(ctx context.Context, now time.Time, officer string, lines []int64) error {
	if !es.tx.deciding {
		return errNotDeciding
	}
	list, err := es.list(ctx, `LOWER(e.officer) = LOWER($1) AND e.kind = $2 AND e.state IN ('open', 'asked', 'expired')
		AND EXISTS (SELECT 1 FROM token t JOIN line l ON l.id = t.line WHERE t.escalation = e.id AND t.consumed_at IS NULL AND l.outcome = 'escalated')`,
		officer, string(DecisionCode))
	if err != nil {
		return err
	}
	for i := range list {
		some, others := false, false
		for j := range list[i].Tokens {
			t := &list[i].Tokens[j]
			taken := slices.Contains(lines, t.Line)
			some, others = some || taken, others || !taken && t.Open() && t.Current == t.Digest
		}
		if !some || others {
			continue
		}
		if _, err := es.tx.exec(ctx, "UPDATE escalation SET state = $1, closed_at = $2 WHERE id = $3", string(EscalationRerouted), micros(now), list[i].ID); err != nil {
			return fmt.Errorf("take escalation %d from its officer: %w", list[i].ID, err)
		}
	}
	return nil
}
