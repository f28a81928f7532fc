package ledger

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"handrail/internal/request"
)

// Reports is the reports to finance, and the lines and flows of a period that go into them.
type Reports struct{ tx *Tx }

// WeekLine is a line with what finance needs to know of its submission.
type WeekLine struct {
	Line
	Requester string
	Policy    string // hash
	MailAt    time.Time
}

const weekLineQuery = "SELECT " + lineColumns + `, s.requester, s.policy, p.body FROM line l JOIN submission s ON s.id = l.submission
	LEFT JOIN chain c ON c.subject = l.reference AND c.kind = 'line.judged' LEFT JOIN chain_private p ON p.seq = c.seq `

func (rp Reports) lines(ctx context.Context, visit func(*WeekLine) error, where string, args ...any) error {
	return rp.tx.each(ctx, func(scan func(...any) error) error {
		var w WeekLine
		var body []byte
		if err := scanLine(scan, &w.Line, &w.Requester, &w.Policy, &body); err != nil {
			return err
		}
		w.MailAt = w.ReceivedAt
		if err := w.open(body); err != nil {
			return err
		}
		return visit(&w)
	}, weekLineQuery+where, args...)
}

// DecisionsBetween visits the lines whose outcome as it stands became final at from or later and before to, in the
// order of decision. Lines of which a later version exists are among them, as superseded. The line is the visitor's
// to keep.
func (rp Reports) DecisionsBetween(ctx context.Context, from, to time.Time, visit func(*WeekLine) error) error {
	err := rp.lines(ctx, visit, "WHERE l.decided_at >= $1 AND l.decided_at < $2 ORDER BY l.decided_at, l.id", micros(from), micros(to))
	if err != nil {
		return fmt.Errorf("read the decisions of a period: %w", err)
	}
	return nil
}

// WaitingAt visits the lines that waited for an officer at an instant, oldest first: judged before it, and not decided
// until it.
func (rp Reports) WaitingAt(ctx context.Context, at time.Time, visit func(*WeekLine) error) error {
	err := rp.lines(ctx, visit, `WHERE l.judged = 'escalated' AND l.judged_at < $1 AND (l.decided_at IS NULL OR l.decided_at >= $1)
		ORDER BY l.received_at, l.id`, micros(at))
	if err != nil {
		return fmt.Errorf("read what waits for an officer: %w", err)
	}
	return nil
}

// DecidedBefore visits the approved and declined lines that were decided before an instant and whose day is from or later,
// in the order of decision, which an index has: sorting them with their facts would take more memory than they do.
func (rp Reports) DecidedBefore(ctx context.Context, at time.Time, from request.Date, visit func(*WeekLine) error) error {
	err := rp.lines(ctx, visit, `WHERE l.outcome IN ('approved', 'declined') AND l.day >= $1 AND l.decided_at < $2 ORDER BY l.decided_at, l.id`,
		from.String(), micros(at))
	if err != nil {
		return fmt.Errorf("read what was decided before a period: %w", err)
	}
	return nil
}

// CountDecided is how many lines that are decided by an instant DecidedBefore and DecisionsBetween will visit together, at
// most: room for them can be made at once.
func (rp Reports) CountDecided(ctx context.Context, by time.Time, from request.Date) (n int, err error) {
	_, err = rp.tx.one(ctx, []any{&n}, "SELECT COUNT(*) FROM line WHERE decided_at < $1 AND day >= $2", micros(by), from.String())
	if err != nil {
		return 0, fmt.Errorf("count decided lines: %w", err)
	}
	return n, nil
}

// AnythingBetween reports whether anything stands in a report of the time from an instant to another, which are in the days from
// first to last: a line that was judged or decided, a statement that came, a charge of these days.
func (rp Reports) AnythingBetween(ctx context.Context, from, to time.Time, first, last request.Date) (some bool, err error) {
	var one int
	some, err = rp.tx.one(ctx, []any{&one}, `SELECT 1 WHERE EXISTS (SELECT 1 FROM line WHERE judged_at >= $1 AND judged_at < $2)
		OR EXISTS (SELECT 1 FROM line WHERE decided_at >= $1 AND decided_at < $2)
		OR EXISTS (SELECT 1 FROM statement WHERE recorded_at >= $1 AND recorded_at < $2)
		OR EXISTS (SELECT 1 FROM statement_row WHERE transacted >= $3 AND transacted <= $4)
		OR EXISTS (SELECT 1 FROM statement_row WHERE posted >= $3 AND posted <= $4)`, micros(from), micros(to), first.String(), last.String())
	if err != nil {
		return false, fmt.Errorf("look whether anything happened in a period: %w", err)
	}
	return some, nil
}

// LinesWith visits the lines of one outcome whose day is from … to, oldest first: a year's approvals for
// publication or for matching.
func (rp Reports) LinesWith(ctx context.Context, o request.Outcome, from, to request.Date, visit func(*WeekLine) error) error {
	err := rp.lines(ctx, visit, "WHERE l.outcome = $1 AND l.day >= $2 AND l.day <= $3 ORDER BY l.day, l.id", string(o), from.String(), to.String())
	if err != nil {
		return fmt.Errorf("read the %s lines: %w", o, err)
	}
	return nil
}

// Flow is what finance's summary ties: opening + received − closed = closing, in one currency. What the machine decides by
// itself is received and closed at once.
type Flow struct {
	Currency                           string // "" for lines without a readable amount
	Opening, Received, Closed, Closing FlowSum
}

// FlowSum is a number of lines and their sum in minor units; lines without a readable amount count with none.
type FlowSum struct {
	Lines int64
	Minor int64
}

// Flows counts what waited for an officer at from, what was judged until to, what was decided of both, and what waits at to.
// The four are counted each by itself, so that tying is a test and not an assumption.
func (rp Reports) Flows(ctx context.Context, from, to time.Time) ([]Flow, error) {
	var out []Flow
	sum := func(cond string) string {
		return "COUNT(CASE WHEN " + cond + " THEN 1 END), CAST(COALESCE(SUM(CASE WHEN " + cond + " THEN COALESCE(amount, 0) END), 0) AS BIGINT)"
	}
	const waited = "judged = 'escalated' AND "
	err := rp.tx.each(ctx, func(scan func(...any) error) error {
		var f Flow
		err := scan(&f.Currency, &f.Opening.Lines, &f.Opening.Minor, &f.Received.Lines, &f.Received.Minor,
			&f.Closed.Lines, &f.Closed.Minor, &f.Closing.Lines, &f.Closing.Minor)
		if f.Opening.Lines+f.Received.Lines+f.Closed.Lines+f.Closing.Lines > 0 {
			out = append(out, f)
		}
		return err
	}, "SELECT CASE WHEN amount IS NULL THEN '' ELSE currency END, "+sum(waited+"judged_at < $1 AND (decided_at IS NULL OR decided_at >= $1)")+", "+
		sum("judged_at >= $1")+", "+sum("judged <> 'escalated' AND judged_at >= $1 OR "+waited+"decided_at >= $1 AND decided_at < $2")+", "+
		sum(waited+"(decided_at IS NULL OR decided_at >= $2)")+
		" FROM line WHERE judged_at < $2 AND (judged_at >= $1 OR "+waited+"(decided_at IS NULL OR decided_at >= $1)) GROUP BY 1 ORDER BY 1", micros(from), micros(to))
	if err != nil {
		return nil, fmt.Errorf("add up the flow of a period: %w", err)
	}
	return out, nil
}

// PolicyUse is a policy that judged lines.
type PolicyUse struct {
	Hash  string
	Lines int64
}

// PoliciesBetween lists the policies that judged lines at from or later and before to.
func (rp Reports) PoliciesBetween(ctx context.Context, from, to time.Time) ([]PolicyUse, error) {
	var out []PolicyUse
	err := rp.tx.each(ctx, func(scan func(...any) error) error {
		var p PolicyUse
		err := scan(&p.Hash, &p.Lines)
		out = append(out, p)
		return err
	}, `SELECT s.policy, COUNT(*) FROM line l JOIN submission s ON s.id = l.submission WHERE l.judged_at >= $1 AND l.judged_at < $2
		GROUP BY s.policy ORDER BY MIN(l.judged_at)`, micros(from), micros(to))
	if err != nil {
		return nil, fmt.Errorf("list the policies of a period: %w", err)
	}
	return out, nil
}

// Report is a weekly workbook as it was sent to one recipient.
type Report struct {
	ID        int64
	Week      string // "2026-W47", split weeks with a suffix
	Recipient string
	Edition   int // 1 and up
	From, To  time.Time
	MadeAt    time.Time
	Workbook  []byte // not read by lists
	SHA256    Digest
	Head      Head // of the chain when it was made
	Figures   json.RawMessage
}

const reportColumns = "r.id, r.week, r.recipient, r.edition, r.from_at, r.to_at, r.made_at, r.workbook, r.head_seq, r.head, r.figures"

func (r *Report) into() []any {
	return []any{&r.ID, &r.Week, &r.Recipient, &r.Edition, instant{&r.From}, instant{&r.To}, instant{&r.MadeAt}, &r.SHA256,
		&r.Head.Seq, &r.Head.Hash, rawJSON{&r.Figures}}
}

// Add keeps a report with its workbook, once for its week, recipient and edition; id is 0 when it is there
// already. The entry for its mail belongs into the same transaction.
func (rp Reports) Add(ctx context.Context, now time.Time, r Report) (id int64, err error) {
	if r.To.Before(r.From) {
		return 0, errors.New("a report's period ends before it begins")
	}
	if err := rp.tx.Documents.keepBytes(ctx, now, [][]byte{r.Workbook}); err != nil {
		return 0, err
	}
	_, err = rp.tx.one(ctx, []any{&id}, `INSERT INTO report (week, recipient, edition, from_at, to_at, made_at, workbook, head, head_seq, figures)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) ON CONFLICT (week, recipient, edition) DO NOTHING RETURNING id`,
		r.Week, r.Recipient, r.Edition, micros(r.From), micros(r.To), micros(now), DigestOf(r.Workbook).bytes(), r.Head.Hash.bytes(), r.Head.Seq, jsonText(r.Figures))
	if err != nil {
		return 0, fmt.Errorf("keep the report of %s: %w", r.Week, err)
	}
	return id, nil
}

// InFull is one report with its workbook.
func (rp Reports) InFull(ctx context.Context, id int64) (r Report, found bool, err error) {
	if found, err = rp.tx.one(ctx, r.into(), "SELECT "+reportColumns+" FROM report r WHERE r.id = $1", id); err != nil || !found {
		return r, found, err
	}
	if r.Workbook, err = rp.tx.Documents.Bytes(ctx, r.SHA256); err != nil {
		return r, true, fmt.Errorf("read the workbook of report %s: %w", r.Week, err)
	}
	return r, true, nil
}

// Editions lists the editions of a week for a recipient, oldest first, without workbooks; all weeks when week is "",
// all recipients when recipient is "".
func (rp Reports) Editions(ctx context.Context, week, recipient string) ([]Report, error) {
	var out []Report
	err := rp.tx.each(ctx, func(scan func(...any) error) error {
		var r Report
		err := scan(r.into()...)
		out = append(out, r)
		return err
	}, "SELECT "+reportColumns+" FROM report r WHERE ($1 = '' OR r.week = $1) AND ($2 = '' OR r.recipient = $2) ORDER BY r.to_at, r.recipient, r.edition", week, recipient)
	if err != nil {
		return nil, fmt.Errorf("list reports: %w", err)
	}
	return out, nil
}
