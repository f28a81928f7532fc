package ledger

import (
	"context"
	"fmt"
	"strings"
	"time"

	"handrail/internal/request"
)

// Standing is what waits for a person: read for the operator, and changed by nobody.
type Standing struct{ tx *Tx }

// ForDaily is the name (OutboxEntry.Answers) of entries that wait for the operator's next daily mail. No step takes them: the
// mail that says them does.
const ForDaily = "daily"

// OfficerLine is a line that lies with somebody who can decide or confirm it.
type OfficerLine struct {
	Reference  string
	Requester  string
	Guardrails []string // why it was escalated
	Officer    string
	InsteadOf  string // the officer that Officer stands in for; "" nobody
	Kind       EscalationKind
	Asked      bool // a question about it lies with the requester
	Daily      bool // it waits for the officer's next daily mail
	Since      time.Time
	Reminders  int
	NextAt     time.Time // of the next reminder; zero when none is due
	ExpiresAt  time.Time // when another code is mailed
}

// withOfficers are the lines that somebody can decide or confirm, or gets with the next daily mail.
const withOfficers = `FROM (SELECT t.line, t.digest, e.officer, e.instead_of, e.kind, e.state, e.asked_at AS since, e.reminders, e.next_at, e.expires_at
			FROM line x JOIN token t ON t.line = x.id AND t.consumed_at IS NULL JOIN escalation e ON e.id = t.escalation AND e.state IN ('open', 'asked') WHERE x.outcome = 'escalated'
		UNION ALL SELECT d.line, x.digest, d.officer, d.instead_of, 'decision', 'daily', d.added_at, 0, CAST(NULL AS BIGINT), CAST(NULL AS BIGINT)
			FROM digest_line d JOIN line x ON x.id = d.line) h
	JOIN line l ON l.id = h.line AND l.digest = h.digest JOIN submission s ON s.id = l.submission WHERE l.outcome = 'escalated'`

// WithOfficers lists the lines that lie with officers and section 32 managers, longest waiting first, at most limit, and counts
// all of them. A line that lies with two people is there twice.
func (st Standing) WithOfficers(ctx context.Context, limit int) (list []OfficerLine, all int, err error) {
	if _, err := st.tx.one(ctx, []any{&all}, "SELECT COUNT(*) "+withOfficers); err != nil {
		return nil, 0, fmt.Errorf("count the lines with officers: %w", err)
	}
	err = st.tx.each(ctx, func(scan func(...any) error) error {
		var o OfficerLine
		var state, guardrails string
		if err := scan(&o.Reference, &o.Requester, &guardrails, &o.Officer, &o.InsteadOf, &o.Kind, &state, instant{&o.Since}, &o.Reminders, instant{&o.NextAt}, instant{&o.ExpiresAt}); err != nil {
			return err
		}
		o.Asked, o.Daily, o.Guardrails = state == string(EscalationAsked), state == "daily", strings.Fields(guardrails)
		list = append(list, o)
		return nil
	}, `SELECT l.reference, s.requester, l.guardrails, h.officer, h.instead_of, h.kind, h.state, h.since, h.reminders, h.next_at, h.expires_at `+withOfficers+
		" ORDER BY h.since, l.id LIMIT $1", limit)
	if err != nil {
		return nil, 0, fmt.Errorf("list the lines with officers: %w", err)
	}
	return list, all, nil
}

// OfficerCount is how many lines lie with somebody.
type OfficerCount struct {
	Officer string
	Lines   int
}

// ByOfficer counts the lines that lie with each officer and section 32 manager, most first.
func (st Standing) ByOfficer(ctx context.Context) (list []OfficerCount, err error) {
	err = st.tx.each(ctx, func(scan func(...any) error) error {
		var c OfficerCount
		err := scan(&c.Officer, &c.Lines)
		list = append(list, c)
		return err
	}, "SELECT h.officer, COUNT(*) AS n "+withOfficers+" GROUP BY h.officer ORDER BY n DESC, h.officer")
	if err != nil {
		return nil, fmt.Errorf("count the lines with each officer: %w", err)
	}
	return list, nil
}

// StrandedLine is an escalated line that nobody can decide.
type StrandedLine struct {
	Reference string
	Requester string
	Since     time.Time // when the last one who could decide it could no more
}

// Stranded lists the escalated lines that lie with nobody and are on their way to nobody, longest first, at most limit, and
// counts all of them.
func (st Standing) Stranded(ctx context.Context, limit int) (list []StrandedLine, all int, err error) {
	const from = `FROM line l JOIN submission s ON s.id = l.submission WHERE ` + withNobody + `
		AND NOT EXISTS (SELECT 1 FROM owed o WHERE o.state = 'owed' AND o.kind IN ('escalation', 'section32', 'decision') AND (o.submission = l.submission OR o.message = s.message))`
	if _, err := st.tx.one(ctx, []any{&all}, "SELECT COUNT(*) "+from); err != nil {
		return nil, 0, fmt.Errorf("count the lines that nobody decides: %w", err)
	}
	err = st.tx.each(ctx, func(scan func(...any) error) error {
		var s StrandedLine
		err := scan(&s.Reference, &s.Requester, instant{&s.Since})
		list = append(list, s)
		return err
	}, `SELECT l.reference, s.requester, COALESCE((SELECT MAX(e.closed_at) FROM token t JOIN escalation e ON e.id = t.escalation WHERE t.line = l.id), l.judged_at) AS since `+
		from+" ORDER BY since, l.id LIMIT $1", limit)
	if err != nil {
		return nil, 0, fmt.Errorf("list the lines that nobody decides: %w", err)
	}
	return list, all, nil
}

// OpenQuestion is an officer's question that lies with a requester.
type OpenQuestion struct {
	Submission request.Reference
	Requester  string
	Officer    string
	Since      time.Time
	Overdue    bool // the officer and the contact were told that nobody answered
}

// Questions lists the open questions, oldest first, at most limit, and counts all of them. overdue: only those that nobody
// answered in time.
func (st Standing) Questions(ctx context.Context, overdue bool, limit int) (list []OpenQuestion, all int, err error) {
	from := `FROM outgoing o JOIN escalation e ON e.id = o.escalation AND e.state = 'asked' JOIN submission s ON s.id = o.submission
		JOIN owed u ON u.kind = 'question-unanswered' AND u.cause = o.cause AND u.state <> 'void' WHERE o.kind = 'question'`
	if overdue {
		from += " AND u.state = 'answered'"
	}
	if _, err := st.tx.one(ctx, []any{&all}, "SELECT COUNT(*) "+from); err != nil {
		return nil, 0, fmt.Errorf("count the open questions: %w", err)
	}
	err = st.tx.each(ctx, func(scan func(...any) error) error {
		var q OpenQuestion
		var state string
		err := scan(&q.Submission.Year, &q.Submission.Number, &q.Requester, &q.Officer, instant{&q.Since}, &state)
		q.Overdue = state == "answered"
		list = append(list, q)
		return err
	}, "SELECT s.year, s.number, o.recipient, e.officer, o.made_at, u.state "+from+" ORDER BY o.made_at, o.id LIMIT $1", limit)
	if err != nil {
		return nil, 0, fmt.Errorf("list the open questions: %w", err)
	}
	return list, all, nil
}

// RefusedMails lists the mails that a server refused for good, newest first, at most limit, and counts all of them.
func (st Standing) RefusedMails(ctx context.Context, limit int) (list []Outgoing, all int, err error) {
	const from = " FROM outgoing o WHERE o.state = 'refused'"
	if _, err := st.tx.one(ctx, []any{&all}, "SELECT COUNT(*)"+from); err != nil {
		return nil, 0, fmt.Errorf("count the refused mails: %w", err)
	}
	if err := st.tx.each(ctx, outgoingVisitor(&list), "SELECT "+outgoingColumns+from+" ORDER BY o.id DESC LIMIT $1", limit); err != nil {
		return nil, 0, fmt.Errorf("list the refused mails: %w", err)
	}
	return list, all, nil
}

// Quarantined lists the messages that came into quarantine after an instant and lie there, newest first, at most limit, and
// counts all of them. Those whose senders were told why, and what to do, are theirs to see to.
func (st Standing) Quarantined(ctx context.Context, after time.Time, limit int) (list []Message, all int, err error) {
	const where = ` m.state = 'quarantined' AND m.judged_at > $1
		AND NOT EXISTS (SELECT 1 FROM owed o WHERE o.message = m.id AND o.kind = 'unreadable')`
	if _, err := st.tx.one(ctx, []any{&all}, "SELECT COUNT(*) FROM message m WHERE"+where, micros(after)); err != nil {
		return nil, 0, fmt.Errorf("count the quarantine: %w", err)
	}
	if list, err = st.tx.Messages.list(ctx, "SELECT "+messageColumns+" FROM message m WHERE"+where+" ORDER BY m.id DESC LIMIT $2", micros(after), limit); err != nil {
		return nil, 0, fmt.Errorf("list the quarantine: %w", err)
	}
	return list, all, nil
}

// News lists the entries that wait for the operator's next daily mail, in the order they came, at most limit.
func (st Standing) News(ctx context.Context, limit int) (list []OutboxEntry, err error) {
	err = st.tx.each(ctx, entryVisitor(&list), "SELECT "+entryColumns+" FROM owed WHERE state = 'owed' AND answers = $1 ORDER BY due_at, id LIMIT $2", ForDaily, limit)
	if err != nil {
		return nil, fmt.Errorf("list what waits for the daily mail: %w", err)
	}
	return list, nil
}

// noteRefused begins the name of the notes about texts that are refused, which say since when.
const noteRefused = "refused "

// RefusedText is a text on disk that is not taken, while the one before stays in force.
type RefusedText struct {
	Kind  string // "policy" or "officers"
	Inbox string // "" all
	Since time.Time
}

// NoteRefusedText notes that a text is refused, or that it is no more: since is zero then. One that is refused already keeps its
// instant.
func (st Standing) NoteRefusedText(ctx context.Context, kind, inbox string, since time.Time) error {
	name := noteRefused + kind + " " + inbox
	before, err := st.tx.Meta(ctx, name)
	if err != nil || (before == "") == since.IsZero() {
		return err
	}
	value := ""
	if !since.IsZero() {
		value = since.UTC().Format(time.RFC3339)
	}
	return st.tx.SetMeta(ctx, name, value)
}

// RefusedTexts lists the texts that are refused, by name.
func (st Standing) RefusedTexts(ctx context.Context) (list []RefusedText, err error) {
	err = st.tx.each(ctx, func(scan func(...any) error) error {
		var name, value string
		if err := scan(&name, &value); err != nil {
			return err
		}
		var r RefusedText
		r.Kind, r.Inbox, _ = strings.Cut(strings.TrimPrefix(name, noteRefused), " ")
		since, err := time.Parse(time.RFC3339, value)
		r.Since = since
		list = append(list, r)
		return err
	}, "SELECT name, value FROM meta WHERE name LIKE $1 AND value <> '' ORDER BY name", noteRefused+"%")
	if err != nil {
		return nil, fmt.Errorf("list the texts that are refused: %w", err)
	}
	return list, nil
}

// Notes of the job about itself that hold an instant.
const (
	NoteDaily  = "daily"  // when the operator's daily mail was last looked for
	NoteBackup = "backup" // when the ledger was last backed up by its own command
)

// NoteTime writes an instant into a note.
func (st Standing) NoteTime(ctx context.Context, name string, at time.Time) error {
	return st.tx.SetMeta(ctx, name, at.UTC().Format(time.RFC3339Nano))
}

// Noted reads the instant of a note; zero when there is none.
func (st Standing) Noted(ctx context.Context, name string) (at time.Time, err error) {
	value, err := st.tx.Meta(ctx, name)
	if err != nil || value == "" {
		return at, err
	}
	if at, err = time.Parse(time.RFC3339Nano, value); err != nil {
		return at, fmt.Errorf("read note %s: %w", name, err)
	}
	return at, nil
}
