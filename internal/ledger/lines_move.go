package ledger

import (
	"context"
	"errors"
	"fmt"
	"time"

	"handrail/internal/request"
)

// Move is a change of a line's outcome.
type Move struct {
	Line int64
	From request.Outcome
	To   request.Outcome
	By   string // who: an address, "" the machine
	// InsteadOf is the officer whose place By took; "" nobody's.
	InsteadOf string
	// WrittenBy is the assistant who wrote for By; "" By did.
	WrittenBy string
	Reason    string
	Cause     Digest // of the mail that caused it
	Undo      bool   // takes an officer's approval or refusal back: the line is escalated again
	// Day is the day of the move where the department is: from it on an approval that is taken back counts for some days. Zero: the
	// day in UTC.
	Day request.Date
	// Expect, when not zero, is the digest that the mover saw; another digest means the line changed, and loses.
	Expect Digest

	successor     string
	otherSupplier bool // than the successor's
}

// LineMoved is a line's move that is committed.
type LineMoved struct {
	Move
	Reference string
}

// OnMove has a function told of each move of a line once it is committed. It is called before anything is decided, or never.
func (l *Ledger) OnMove(told func(LineMoved)) { l.onMove = told }

var errMove = errors.New("no line goes from there to there")

// allowed is the table in docs/design.md#states. Every outcome may be superseded, a requester may withdraw what waits or was approved,
// and a section 32 manager's NO returns what waits.
func (m Move) allowed() bool {
	type step struct{ from, to request.Outcome }
	switch (step{m.From, m.To}) {
	case step{request.Escalated, request.Approved}, step{request.Escalated, request.Declined},
		step{request.Escalated, request.Withdrawn}, step{request.Approved, request.Withdrawn},
		step{request.Escalated, request.Returned}, step{request.Approved, request.Revoked}:
		return !m.Undo
	case step{request.Approved, request.Escalated}, step{request.Declined, request.Escalated}:
		return m.Undo
	}
	return m.To == request.Superseded && m.From != request.Superseded && !m.Undo
}

// Move changes the outcomes of lines, their part in the totals and the chain, of each line that still stands where its
// move says. won lies beside moves; of two moves of one line the second does not win. It needs Decide.
func (ls Lines) Move(ctx context.Context, now time.Time, moves []Move) (won []bool, err error) {
	if !ls.tx.deciding {
		return nil, errNotDeciding
	}
	ids := make([]int64, len(moves))
	for i := range moves {
		if ids[i] = moves[i].Line; !moves[i].allowed() {
			return nil, fmt.Errorf("line %d from %s to %s: %w", ids[i], moves[i].From, moves[i].To, errMove)
		}
	}
	byID, err := ls.mapByID(ctx, ids)
	if err != nil {
		return nil, err
	}
	won = make([]bool, len(moves))
	for start := 0; start < len(moves); start += linesAtOnce {
		end := min(start+linesAtOnce, len(moves))
		if err := ls.moveSome(ctx, now, moves[start:end], byID, won[start:end]); err != nil {
			return nil, err
		}
	}
	return won, nil
}

// linesAtOnce bounds what is held of lines on their way into the chain.
const linesAtOnce = 256

// moveSome moves those of the lines that stand where their moves say, and takes them out of byID.
func (ls Lines) moveSome(ctx context.Context, now time.Time, moves []Move, byID map[int64]*Line, won []bool) error {
	var entries []Entry
	var moved []int // places in moves
	var lines []*Line
	for i := range moves {
		m := &moves[i]
		before := byID[m.Line]
		if before == nil || before.Outcome != m.From || !m.Expect.IsZero() && m.Expect != before.Digest {
			continue
		}
		if m.Undo && before.Judged != request.Escalated {
			return fmt.Errorf("line %s was decided by no officer: %w", before.Reference, errMove)
		}
		if m.countsOn(before) && m.Day.IsZero() {
			m.Day = request.DateOf(now)
		}
		entry, err := m.entry(before)
		if err != nil {
			return err
		}
		delete(byID, m.Line)
		entries, moved, lines, won[i] = append(entries, entry), append(moved, i), append(lines, before), true
	}
	if len(moved) == 0 {
		return nil
	}
	seqs, err := ls.tx.Chain.Append(ctx, now, entries...)
	if err != nil {
		return err
	}
	var in, out []*Line
	var back []takenBack
	for n, i := range moved {
		before := lines[n]
		if err := ls.moveRow(ctx, now, &moves[i], before, seqs[n]); err != nil {
			return err
		}
		if told := ls.tx.l.onMove; told != nil {
			done := LineMoved{moves[i], before.Reference}
			ls.tx.Then(func() { told(done) })
		}
		after := *before
		after.Outcome = moves[i].To
		switch {
		case before.tallied() && !after.tallied():
			out = append(out, before)
			if moves[i].countsOn(before) {
				back = append(back, takenBack{before, moves[i].Day})
			}
		case !before.tallied() && after.tallied():
			in = append(in, &after)
		}
	}
	if err := ls.tx.Totals.remove(ctx, out); err != nil {
		return err
	}
	if err := ls.tx.Totals.takeBack(ctx, back); err != nil {
		return err
	}
	return ls.tx.Totals.add(ctx, in)
}

// countsOn reports whether a line goes on counting in totals after the move: its number was given out as an approval and has left our
// hands. What replaces it at the same supplier counts in its place.
func (m *Move) countsOn(before *Line) bool {
	if before.Outcome != request.Approved || !before.tallied() {
		return false
	}
	return m.To == request.Withdrawn || m.To == request.Revoked || m.To == request.Superseded && m.otherSupplier
}

// entry is the link that notes the move of a line as it stands before it.
func (m *Move) entry(before *Line) (Entry, error) {
	public := linePublic{Outcome: m.To, From: m.From, Currency: before.Currency, Digest: before.Digest, Supersedes: m.successor}
	if before.HasAmount {
		public.Amount = &before.Amount
	}
	if !m.Cause.IsZero() {
		public.Mail = m.Cause.String()
	}
	if m.countsOn(before) {
		public.TakenOn = m.Day.String()
	}
	return lineEntry(movedKind, before.Reference, public, linePrivate{lineSaid: lineSaid{By: m.By, InsteadOf: m.InsteadOf, WrittenBy: m.WrittenBy, Reason: m.Reason}})
}

func (ls Lines) moveRow(ctx context.Context, now time.Time, m *Move, before *Line, seq int64) error {
	decided := now
	if m.To == request.Escalated {
		decided = time.Time{}
	}
	won, err := ls.tx.won(ctx, `UPDATE line SET outcome = $1, decided_at = $2, decided_by = $3, instead_of = $4, written_by = $5, reason = $6, chain_seq = $7
		WHERE id = $8 AND outcome = $9`, string(m.To), micros(decided), m.By, m.InsteadOf, m.WrittenBy, m.Reason, seq, m.Line, string(m.From))
	if err != nil {
		return fmt.Errorf("move line %s: %w", before.Reference, err)
	}
	if !won {
		return fmt.Errorf("line %s changed while deciding", before.Reference)
	}
	return nil
}
