package ledger

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"
)

// Closing is what finance said of an approved line: nothing more will be charged for it, and what is left of it is committed no
// longer. The line stays approved, and goes on counting in the totals that guardrails look at.
type Closing struct {
	ID         int64
	Line       int64
	Reference  string // the line's; read only
	At         time.Time
	By         string    // an address
	Reason     string    // "" none
	Message    int64     // that said it; 0 none
	Link       int64     // of the chain; read only
	ReopenedAt time.Time // zero while it stands; read only, like what follows
	ReopenedBy string

	ReopenReason string
	ReopenLink   int64
}

// The kinds of links about closed lines, and what they are about: the line's own links say how it was decided.
const (
	lineClosedKind   = "line.closed"
	lineReopenedKind = "line.reopened"
	closingSubject   = "closing of "
)

// closingPrivate lies beside the chain.
type closingPrivate struct {
	By      string `json:"by"`
	Reason  string `json:"reason,omitempty"`
	Message int64  `json:"message,omitempty"`
}

// Close closes an approved line. It is false, and nothing is recorded, where the line is closed already or is not approved.
// It is noted in the chain and needs Decide.
func (ls Lines) Close(ctx context.Context, now time.Time, c Closing) (won bool, err error) {
	if c.By == "" {
		return false, errors.New("a closing needs the person who says it")
	}
	reference, standing, err := ls.closing(ctx, c.Line)
	if err != nil || reference == "" || standing != 0 {
		return false, err
	}
	seq, err := ls.closingLink(ctx, now, lineClosedKind, reference, closingPrivate{c.By, c.Reason, c.Message})
	if err != nil {
		return false, err
	}
	if _, err := ls.tx.exec(ctx, "INSERT INTO closed_line (line, closed_at, closed_by, reason, message, chain_seq) VALUES ($1, $2, $3, $4, $5, $6)",
		c.Line, micros(now), c.By, c.Reason, optional(c.Message), seq); err != nil {
		return false, fmt.Errorf("close line %s: %w", reference, err)
	}
	return true, nil
}

// Reopen opens a closed line again: c says who, why and by which message. It is false where the line is not closed. It is noted
// in the chain and needs Decide.
func (ls Lines) Reopen(ctx context.Context, now time.Time, c Closing) (won bool, err error) {
	if c.By == "" {
		return false, errors.New("opening a line again needs the person who says it")
	}
	reference, standing, err := ls.closing(ctx, c.Line)
	if err != nil || standing == 0 {
		return false, err
	}
	seq, err := ls.closingLink(ctx, now, lineReopenedKind, reference, closingPrivate{c.By, c.Reason, c.Message})
	if err != nil {
		return false, err
	}
	return ls.tx.won(ctx, "UPDATE closed_line SET reopened_at = $1, reopened_by = $2, reopen_reason = $3, reopened_seq = $4 WHERE id = $5",
		micros(now), c.By, c.Reason, seq, standing)
}

// closing is the reference of an approved line, "" where it is not approved, and the closing that stands, 0 where none does.
func (ls Lines) closing(ctx context.Context, line int64) (reference string, standing int64, err error) {
	if !ls.tx.deciding {
		return "", 0, errNotDeciding
	}
	_, err = ls.tx.one(ctx, []any{&reference, number{&standing}}, `SELECT l.reference, x.id FROM line l
		LEFT JOIN closed_line x ON x.line = l.id AND x.reopened_at IS NULL WHERE l.id = $1 AND l.outcome = 'approved'`, line)
	if err != nil {
		return "", 0, fmt.Errorf("read whether a line is closed: %w", err)
	}
	return reference, standing, nil
}

func (ls Lines) closingLink(ctx context.Context, now time.Time, kind, reference string, said closingPrivate) (int64, error) {
	private, err := json.Marshal(said)
	if err != nil {
		return 0, err
	}
	seqs, err := ls.tx.Chain.Append(ctx, now, Entry{Kind: kind, Subject: closingSubject + reference, Public: []byte("{}"), Private: private})
	if err != nil {
		return 0, err
	}
	return seqs[0], nil
}

// ClosedAt are the lines that stand closed at an instant, by their ids.
func (ls Lines) ClosedAt(ctx context.Context, at time.Time) (map[int64]Closing, error) {
	closed := map[int64]Closing{}
	err := ls.tx.each(ctx, eachClosing(func(c Closing) { closed[c.Line] = c }), closingQuery+"x.closed_at < $1 AND (x.reopened_at IS NULL OR x.reopened_at >= $1) ORDER BY x.id", micros(at))
	if err != nil {
		return nil, fmt.Errorf("read which lines are closed: %w", err)
	}
	return closed, nil
}

// Closings are all closings of lines, those that were taken back among them, the oldest first.
func (ls Lines) Closings(ctx context.Context, lines []int64) (all []Closing, err error) {
	err = eachIn(ctx, ls.tx, closingQuery+"x.line IN (%IN%) ORDER BY x.id", nil, lines, eachClosing(func(c Closing) { all = append(all, c) }))
	if err != nil {
		return nil, fmt.Errorf("read which lines were closed: %w", err)
	}
	return all, nil
}

const closingQuery = `SELECT x.id, x.line, l.reference, x.closed_at, x.closed_by, x.reason, x.message, x.chain_seq, x.reopened_at, x.reopened_by, x.reopen_reason, x.reopened_seq
	FROM closed_line x JOIN line l ON l.id = x.line WHERE `

// eachClosing reads a row of closingQuery.
func eachClosing(visit func(Closing)) func(func(...any) error) error {
	return func(scan func(...any) error) error {
		var c Closing
		err := scan(&c.ID, &c.Line, &c.Reference, instant{&c.At}, &c.By, &c.Reason, number{&c.Message}, &c.Link, instant{&c.ReopenedAt}, &c.ReopenedBy, &c.ReopenReason, number{&c.ReopenLink})
		if err == nil {
			visit(c)
		}
		return err
	}
}

// openLine is true for a line l that finance did not close.
const openLine = "NOT EXISTS (SELECT 1 FROM closed_line x WHERE x.line = l.id AND x.reopened_at IS NULL)"
