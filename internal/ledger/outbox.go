package ledger

import (
	"context"
	"encoding/json"
	"fmt"
	"time"
)

// Outbox is what people are still to be told: entries that wait to be composed, and the composed mails with what
// became of them.
type Outbox struct{ tx *Tx }

// OutboxEntry is something that somebody must be told. A step that decides leaves it, composing turns it into mails.
type OutboxEntry struct {
	ID         int64
	Kind       string // "answer", "escalation", "decision", "receipt", "question", …
	Cause      string // with Kind, what makes it one: it is there once for ever
	Submission int64  // 0 none
	Message    int64  // the mail that caused it, 0 none
	Detail     json.RawMessage
	DueAt      time.Time // later than now while a decision is held
	Answers    string    // whom it answers and about what, or another name under which entries are counted; "" elsewhere
}

// Add leaves entries to be composed and returns the ids of those that are new. One that is there already, composed or not,
// is not added again.
func (ob Outbox) Add(ctx context.Context, entries ...OutboxEntry) (fresh []int64, err error) {
	const width = 8
	flat := make([]any, 0, width*len(entries))
	for _, o := range entries {
		flat = append(flat, o.Kind, o.Cause, optional(o.Submission), optional(o.Message), jsonText(o.Detail), "owed", o.DueAt.UnixMicro(), o.Answers)
	}
	_, err = ob.tx.insert(ctx, insertion{"INSERT INTO owed (kind, cause, submission, message, detail, state, due_at, answers)", width,
		"ON CONFLICT (kind, cause) DO NOTHING RETURNING id"}, flat, func(scan func(...any) error) error {
		var id int64
		err := scan(&id)
		fresh = append(fresh, id)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("leave answers to be made: %w", err)
	}
	return fresh, nil
}

const entryColumns = "id, kind, cause, submission, message, detail, due_at"

func (o *OutboxEntry) into() []any {
	return []any{&o.ID, &o.Kind, &o.Cause, number{&o.Submission}, number{&o.Message}, rawJSON{&o.Detail}, instant{&o.DueAt}}
}

func entryVisitor(out *[]OutboxEntry) func(func(...any) error) error {
	return func(scan func(...any) error) error {
		var o OutboxEntry
		if err := scan(o.into()...); err != nil {
			return err
		}
		*out = append(*out, o)
		return nil
	}
}

// Due reads those of ids that still wait to be composed and are due at now by a clock that may be a little behind, in the order they
// fell due.
func (ob Outbox) Due(ctx context.Context, now time.Time, ids []int64) ([]OutboxEntry, error) {
	var out []OutboxEntry
	err := eachIn(ctx, ob.tx, "SELECT "+entryColumns+` FROM owed
		WHERE state = 'owed' AND due_at <= $1 AND id IN (%IN%) ORDER BY due_at, id`, []any{micros(now.Add(apart))}, ids, entryVisitor(&out))
	if err != nil {
		return nil, fmt.Errorf("read what is owed: %w", err)
	}
	return out, nil
}

// Composed notes that an entry was composed. It comes first in the transaction that adds its mails: when it did not win,
// the mails are somebody else's. A submission's own answer marks the submission as answered.
func (ob Outbox) Composed(ctx context.Context, now time.Time, id int64) (won bool, err error) {
	won, err = ob.tx.won(ctx, "UPDATE owed SET state = 'answered', answered_at = $1 WHERE id = $2 AND state = 'owed'", micros(now), id)
	if err == nil && won {
		_, err = ob.tx.exec(ctx, `UPDATE submission SET answered_at = $1 WHERE answered_at IS NULL
			AND id = (SELECT submission FROM owed WHERE id = $2 AND kind = 'answer')`, micros(now), id)
	}
	if err != nil {
		return false, fmt.Errorf("take owed answer %d: %w", id, err)
	}
	return won, nil
}

// ComposedInto notes that entries were said in a mail that was written for another one. It comes in the transaction that adds
// the mail.
func (ob Outbox) ComposedInto(ctx context.Context, now time.Time, ids []int64) error {
	if _, err := execIn(ctx, ob.tx, "UPDATE owed SET state = 'answered', answered_at = $1 WHERE state = 'owed' AND id IN (%IN%)", []any{micros(now)}, ids); err != nil {
		return fmt.Errorf("take owed answers: %w", err)
	}
	return nil
}

// Find finds an entry, whatever became of it.
func (ob Outbox) Find(ctx context.Context, kind, cause string) (o OutboxEntry, found bool, err error) {
	found, err = ob.tx.one(ctx, o.into(), "SELECT "+entryColumns+" FROM owed WHERE kind = $1 AND cause = $2", kind, cause)
	if err != nil {
		return OutboxEntry{}, false, fmt.Errorf("look for what was owed: %w", err)
	}
	return o, found, nil
}

// Void calls off an entry that was not composed yet: a held decision that was undone.
func (ob Outbox) Void(ctx context.Context, now time.Time, kind, cause string) (won bool, err error) {
	won, err = ob.tx.won(ctx, "UPDATE owed SET state = 'void', answered_at = $1 WHERE kind = $2 AND cause = $3 AND state = 'owed'",
		micros(now), kind, cause)
	if err != nil {
		return false, fmt.Errorf("call off %s %s: %w", kind, cause, err)
	}
	return won, nil
}

// Outgoing is a finished mail to one recipient.
type Outgoing struct {
	ID         int64
	Kind       string // "answer", "escalation", "receipt", "weekly", …
	Cause      string // "submission:123"; with Kind, Recipient and Edition, what makes it one mail
	Recipient  string
	Edition    int // 1 and up
	MessageID  string
	Raw        []byte // with the Message-ID in it; sent as it is, every time
	Inbox      string // whose mail it is: names the account to send by
	Submission int64
	Escalation int64
	Hold       bool      // waits until NextAt before it counts as ready
	NextAt     time.Time // when to send; now, or later for a held one

	State     OutgoingState // below: read only
	Attempts  int
	Cuts      int // attempts whose outcome is unknown: each may have been delivered
	MadeAt    time.Time
	SendingAt time.Time
	SettledAt time.Time
	Words     string // the server's last
	SHA256    Digest
	Size      int64

	Refusal      Refusal   // of a mail that is or was refused
	FilesLeftOut bool      // it was too large with its files, and is sent without them
	EndedAt      time.Time // when somebody settled or redirected it
	EndedBy      string
	EndedWhy     string
	Instead      int64 // the mail that went to another address
}

// AddMails keeps finished mails with their bytes. The result says, in order, the id of each, or 0 for one that was
// there already under the same kind, cause, recipient and edition, or the same Message-ID.
func (ob Outbox) AddMails(ctx context.Context, now time.Time, mails []Outgoing) ([]int64, error) {
	blobs := make([][]byte, len(mails))
	const width = 13
	flat := make([]any, 0, width*len(mails))
	where := map[string]int{}
	for i, m := range mails {
		blobs[i] = m.Raw
		state := Ready
		if m.Hold {
			state = Held
		}
		next := m.NextAt
		if next.IsZero() {
			next = now
		}
		digest := DigestOf(m.Raw)
		where[m.MessageID] = i
		flat = append(flat, m.Kind, m.Cause, m.Recipient, m.Edition, m.MessageID, digest.bytes(), len(m.Raw), m.Inbox,
			optional(m.Submission), optional(m.Escalation), string(state), micros(now), micros(next))
	}
	if err := ob.tx.Documents.keepBytes(ctx, now, blobs); err != nil {
		return nil, err
	}
	ids := make([]int64, len(mails))
	_, err := ob.tx.insert(ctx, insertion{`INSERT INTO outgoing (kind, cause, recipient, edition, message_id, raw, size, inbox, submission,
		escalation, state, made_at, next_at)`, width, "ON CONFLICT DO NOTHING RETURNING id, message_id"}, flat,
		func(scan func(...any) error) error {
			var id int64
			var messageID string
			if err := scan(&id, &messageID); err != nil {
				return err
			}
			ids[where[messageID]] = id
			return nil
		})
	if err != nil {
		return nil, fmt.Errorf("keep outgoing mails: %w", err)
	}
	return ids, nil
}

// CountRepliedTo counts the messages that got a limited answer under a name (OutboxEntry.Answers) since an instant. Several
// answers to one message count once.
func (ob Outbox) CountRepliedTo(ctx context.Context, answers string, since time.Time) (int, error) {
	var n int
	if _, err := ob.tx.one(ctx, []any{&n}, "SELECT COUNT(DISTINCT message) FROM owed WHERE answers = $1 AND answers <> '' AND due_at > $2",
		answers, micros(since)); err != nil {
		return 0, fmt.Errorf("count the answers to a sender: %w", err)
	}
	return n, nil
}

// CountKind counts the entries of a kind under a name (OutboxEntry.Answers) since an instant.
func (ob Outbox) CountKind(ctx context.Context, kind, answers string, since time.Time) (n int, err error) {
	if _, err = ob.tx.one(ctx, []any{&n}, "SELECT COUNT(*) FROM owed WHERE answers = $1 AND answers <> '' AND kind = $2 AND due_at >= $3", answers, kind, micros(since)); err != nil {
		return 0, fmt.Errorf("count the entries for a sender: %w", err)
	}
	return n, nil
}

// Postpone lets an entry that was not composed yet wait until a later instant.
func (ob Outbox) Postpone(ctx context.Context, kind, cause string, until time.Time) (won bool, err error) {
	won, err = ob.tx.won(ctx, "UPDATE owed SET due_at = $1 WHERE kind = $2 AND cause = $3 AND state = 'owed' AND due_at <= $1", micros(until), kind, cause)
	if err != nil {
		return false, fmt.Errorf("hold %s %s: %w", kind, cause, err)
	}
	return won, nil
}

// CountLate counts the mails that a server has put off for longer than patience; those that are set aside are left out.
func (ob Outbox) CountLate(ctx context.Context, now time.Time, patience time.Duration) (n int, err error) {
	_, err = ob.tx.one(ctx, []any{&n}, `SELECT COUNT(*) FROM outgoing o WHERE o.state IN ('deferred', 'unknown') AND o.made_at < $1
		AND NOT EXISTS (SELECT 1 FROM attempt a WHERE a.step = 'send' AND a.key = CAST(o.id AS TEXT) AND a.aside_at IS NOT NULL)`, micros(now.Add(-patience)))
	if err != nil {
		return 0, fmt.Errorf("count late mails: %w", err)
	}
	return n, nil
}

// Kind is the kind of an entry, "" when there is none.
func (ob Outbox) Kind(ctx context.Context, id int64) (kind string, err error) {
	if _, err = ob.tx.one(ctx, []any{&kind}, "SELECT kind FROM owed WHERE id = $1", id); err != nil {
		return "", fmt.Errorf("read owed answer %d: %w", id, err)
	}
	return kind, nil
}

// Owed lists the entries of some kinds that are still to be composed, whenever they fall due, oldest first.
func (ob Outbox) Owed(ctx context.Context, kinds ...string) ([]OutboxEntry, error) {
	var out []OutboxEntry
	err := eachIn(ctx, ob.tx, "SELECT "+entryColumns+" FROM owed WHERE state = 'owed' AND kind IN (%IN%) ORDER BY id", nil, kinds, entryVisitor(&out))
	if err != nil {
		return nil, fmt.Errorf("list what is owed: %w", err)
	}
	return out, nil
}
