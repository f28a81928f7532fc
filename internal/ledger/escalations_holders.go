package ledger

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"
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
	// First the lines that wait, which are few and have an index; then what is theirs. One query over all would go through all tokens
	// there ever were.
	query, args := "SELECT l.id, l.reference, l.submission, l.judged_at FROM line l WHERE l.outcome = 'escalated' ORDER BY l.received_at, l.id", []any{}
	if submission != 0 {
		query, args = "SELECT l.id, l.reference, l.submission, l.judged_at FROM line l WHERE l.submission = $1 AND l.outcome = 'escalated' ORDER BY l.id", append(args, submission)
	}
	var out []WaitingLine
	place := map[int64]int{}
	var ids []int64
	err := es.tx.each(ctx, func(scan func(...any) error) error {
		var w WaitingLine
		err := scan(&w.Line, &w.Reference, &w.Submission, instant{&w.JudgedAt})
		place[w.Line], ids, out = len(out), append(ids, w.Line), append(out, w)
		return err
	}, query, args...)
	if err != nil {
		return nil, fmt.Errorf("list what waits for a decision: %w", err)
	}
	for _, query := range []string{
		`SELECT t.line, e.id, e.officer, e.kind, e.state, e.asked_at FROM token t JOIN line l ON l.id = t.line JOIN escalation e ON e.id = t.escalation
			WHERE t.line IN (%IN%) AND t.consumed_at IS NULL AND t.digest = l.digest AND e.state IN ('open', 'asked')`,
		"SELECT d.line, CAST(NULL AS BIGINT), d.officer, 'decision', 'open', d.added_at FROM digest_line d WHERE d.line IN (%IN%)",
	} {
		if err := eachIn(ctx, es.tx, query, nil, ids, func(scan func(...any) error) error {
			var line int64
			var h Holder
			if err := scan(&line, number{&h.Escalation}, &h.Officer, &h.Kind, &h.State, instant{&h.Since}); err != nil {
				return err
			}
			w := &out[place[line]]
			w.Holders = append(w.Holders, h)
			return nil
		}); err != nil {
			return nil, fmt.Errorf("list who has what waits: %w", err)
		}
	}
	for i := range out {
		slices.SortFunc(out[i].Holders, func(a, b Holder) int {
			return cmp.Or(a.Since.Compare(b.Since), cmp.Compare(a.Escalation, b.Escalation))
		})
	}
	return out, nil
}

// withNobody is true for an escalated line l about which nobody is asked, or will be by a daily mail.
const withNobody = `l.outcome = 'escalated'
	AND NOT EXISTS (SELECT 1 FROM token t JOIN escalation e ON e.id = t.escalation
		WHERE t.line = l.id AND t.digest = l.digest AND t.consumed_at IS NULL AND e.state IN ('open', 'asked'))
	AND NOT EXISTS (SELECT 1 FROM digest_line d WHERE d.line = l.id)`

// AnyUnassigned reports whether an escalated line lies with nobody: a cheap look before Waiting.
func (es Escalations) AnyUnassigned(ctx context.Context) (bool, error) {
	var n int
	some, err := es.tx.one(ctx, []any{&n}, "SELECT 1 FROM line l WHERE "+withNobody+" LIMIT 1")
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
	var ids []int64
	if err := eachIn(ctx, es.tx, "SELECT DISTINCT escalation FROM token WHERE line IN (%IN%)", nil, lines, func(scan func(...any) error) error {
		var id int64
		err := scan(&id)
		ids = append(ids, id)
		return err
	}); err != nil {
		return fmt.Errorf("look for an officer's codes: %w", err)
	}
	list, err := es.ByID(ctx, ids)
	if err != nil {
		return err
	}
	list = slices.DeleteFunc(list, func(e Escalation) bool {
		return e.Kind != DecisionCode || !e.State.Decides() || !strings.EqualFold(e.Officer, officer)
	})
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
