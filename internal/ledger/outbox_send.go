package ledger

import (
	"context"
	"fmt"
	"slices"
	"time"
)

// OutgoingState is where an outgoing mail stands.
type OutgoingState string

// The states of an outgoing mail (docs/design.md#states).
const (
	Held       OutgoingState = "held"
	Ready      OutgoingState = "ready"
	Sending    OutgoingState = "sending"
	Accepted   OutgoingState = "accepted"
	Refused    OutgoingState = "refused"
	Deferred   OutgoingState = "deferred"
	Unknown    OutgoingState = "unknown"
	Settled    OutgoingState = "settled"    // refused, and a person did what was to do
	Redirected OutgoingState = "redirected" // refused, and sent to another address
)

// OutgoingStates lists them in the order in which a mail goes through them.
func OutgoingStates() []OutgoingState {
	return []OutgoingState{Held, Ready, Sending, Accepted, Refused, Deferred, Unknown, Settled, Redirected}
}

// sentBytes is the digest of the bytes that are sent of a mail o.
const sentBytes = "COALESCE(o.light, o.raw)"

const outgoingColumns = `o.id, o.kind, o.cause, o.recipient, o.edition, o.message_id, o.inbox, o.submission, o.escalation, o.state,
	o.attempts, o.cuts, o.made_at, o.next_at, o.sending_at, o.settled_at, o.words, o.raw, o.size,
	o.refusal, CASE WHEN o.light IS NULL THEN 0 ELSE 1 END, o.ended_at, o.ended_by, o.ended_why, o.sent_instead`

func (m *Outgoing) into() []any {
	return []any{&m.ID, &m.Kind, &m.Cause, &m.Recipient, &m.Edition, &m.MessageID, &m.Inbox, number{&m.Submission}, number{&m.Escalation},
		&m.State, &m.Attempts, &m.Cuts, instant{&m.MadeAt}, instant{&m.NextAt}, instant{&m.SendingAt}, instant{&m.SettledAt}, &m.Words,
		&m.SHA256, &m.Size, &m.Refusal, flag{&m.FilesLeftOut}, instant{&m.EndedAt}, &m.EndedBy, &m.EndedWhy, number{&m.Instead}}
}

// StartSending moves those of ids that are due, by a clock that may be a little behind, and that holder has claimed, to sending and returns them with
// their bytes, in the order they fell due. Commit before DATA. Mails it does not return are not the caller's to send. A mail that is held and due goes
// straight on: waiting was all that held it.
func (ob Outbox) StartSending(ctx context.Context, now time.Time, holder string, ids []int64) ([]Outgoing, error) {
	mine := []int64{}
	err := eachIn(ctx, ob.tx, `UPDATE outgoing SET state = 'sending', sending_at = $1, attempts = attempts + 1
		WHERE state IN ('held', 'ready', 'deferred', 'unknown') AND next_at <= $2
		AND EXISTS (SELECT 1 FROM attempt a WHERE a.step = 'send' AND a.key = CAST(outgoing.id AS TEXT) AND a.holder = $3)
		AND id IN (%IN%) RETURNING id`,
		[]any{micros(now), micros(now.Add(apart)), holder}, ids, func(scan func(...any) error) error {
			var id int64
			err := scan(&id)
			mine = append(mine, id)
			return err
		})
	if err != nil {
		return nil, fmt.Errorf("start sending: %w", err)
	}
	var out []Outgoing
	err = eachIn(ctx, ob.tx, "SELECT "+outgoingColumns+`, b.bytes FROM outgoing o LEFT JOIN kept_bytes b ON b.sha256 = `+sentBytes+`
		WHERE o.id IN (%IN%) ORDER BY o.next_at, o.id`, nil, mine, func(scan func(...any) error) error {
		var m Outgoing
		if err := scan(append(m.into(), &m.Raw)...); err != nil {
			return err
		}
		out = append(out, m)
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("read mails to send: %w", err)
	}
	return out, nil
}

// Fate is how one attempt to send ended.
type Fate struct {
	ID      int64
	Attempt int           // the Attempts that StartSending returned: a later attempt is not this one's to settle
	State   OutgoingState // Accepted, Refused, Deferred or Unknown; Ready when it was never begun
	Words   string        // of the server
	NextAt  time.Time     // of Deferred, Unknown and Ready
	Refusal Refusal       // of Refused
	// Keep: once accepted, a copy belongs into the folder of sent mails.
	Keep bool
}

// Settle notes how attempts ended and returns how many it changed. An attempt that was taken from its sender in the
// meantime, because it was thought dead, changes nothing.
func (ob Outbox) Settle(ctx context.Context, now time.Time, fates ...Fate) (int64, error) {
	var total int64
	for _, f := range fates {
		var next, settled any
		begun, cuts := 0, 0
		switch f.State {
		case Accepted, Refused:
			settled = micros(now)
		case Deferred:
			next = micros(f.NextAt)
		case Unknown:
			next, cuts = micros(f.NextAt), 1
		case Ready:
			next, begun = micros(f.NextAt), 1
		default:
			return total, fmt.Errorf("mail %d: sending does not end in %q", f.ID, f.State)
		}
		keep := "none"
		if f.Keep && f.State == Accepted {
			keep = "due"
		}
		n, err := ob.tx.exec(ctx, `UPDATE outgoing SET state = $1, words = $2, next_at = $3, settled_at = $4, cuts = cuts + $5,
			attempts = attempts - $6, sending_at = NULL, sent_copy = $7, refusal = $8 WHERE id = $9 AND state = 'sending' AND attempts = $10`,
			string(f.State), f.Words, next, settled, cuts, begun, keep, string(f.Refusal), f.ID, f.Attempt)
		if err != nil {
			return total, fmt.Errorf("note the fate of mail %d: %w", f.ID, err)
		}
		total += n
	}
	return total, nil
}

// ToKeep reads those of ids of which Sent still lacks a copy, with their bytes (nil once disposed of).
func (ob Outbox) ToKeep(ctx context.Context, ids []int64) ([]Outgoing, error) {
	var out []Outgoing
	err := eachIn(ctx, ob.tx, "SELECT "+outgoingColumns+`, b.bytes FROM outgoing o LEFT JOIN kept_bytes b ON b.sha256 = `+sentBytes+`
		WHERE o.sent_copy = 'due' AND o.id IN (%IN%) ORDER BY o.id`, nil, ids, func(scan func(...any) error) error {
		var m Outgoing
		if err := scan(append(m.into(), &m.Raw)...); err != nil {
			return err
		}
		out = append(out, m)
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("read mails to keep a copy of: %w", err)
	}
	return out, nil
}

// MarkKept notes of which mails Sent has a copy now; none = true that it will not get one.
func (ob Outbox) MarkKept(ctx context.Context, ids []int64, none bool) error {
	state := "kept"
	if none {
		state = "none"
	}
	if _, err := execIn(ctx, ob.tx, "UPDATE outgoing SET sent_copy = $1 WHERE sent_copy = 'due' AND id IN (%IN%)", []any{state}, ids); err != nil {
		return fmt.Errorf("note copies of sent mails: %w", err)
	}
	return nil
}

// AcceptedSince lists when mails were accepted by the mail server since an instant, oldest first: what a limit per day
// must count across runs. At most limit of them, the newest.
func (ob Outbox) AcceptedSince(ctx context.Context, since time.Time, limit int) ([]time.Time, error) {
	var out []time.Time
	err := ob.tx.each(ctx, func(scan func(...any) error) error {
		var at time.Time
		err := scan(instant{&at})
		out = append(out, at)
		return err
	}, "SELECT settled_at FROM outgoing WHERE state = 'accepted' AND settled_at >= $1 ORDER BY settled_at DESC LIMIT $2", micros(since), limit)
	if err != nil {
		return nil, fmt.Errorf("list what was sent of late: %w", err)
	}
	slices.Reverse(out)
	return out, nil
}

// ByMessageID finds what we sent by the Message-IDs that an answer or a bounce names; unknown ones are not in
// the result. Bytes are left out.
func (ob Outbox) ByMessageID(ctx context.Context, messageIDs []string) ([]Outgoing, error) {
	var out []Outgoing
	err := eachIn(ctx, ob.tx, "SELECT "+outgoingColumns+" FROM outgoing o WHERE o.message_id IN (%IN%) ORDER BY o.id", nil, messageIDs, outgoingVisitor(&out))
	if err != nil {
		return nil, fmt.Errorf("look for our mails: %w", err)
	}
	return out, nil
}

// ByFingerprint finds the mail of ours whose Message-ID holds a fingerprint (notify.FingerprintIn), for a bounce that names another
// id because a relay rewrote ours.
func (ob Outbox) ByFingerprint(ctx context.Context, fingerprint string) (out []Outgoing, err error) {
	if err = ob.tx.each(ctx, outgoingVisitor(&out), "SELECT "+outgoingColumns+" FROM outgoing o WHERE o.message_id LIKE $1 ORDER BY o.id LIMIT 2", "%."+fingerprint+"@%"); err != nil {
		return nil, fmt.Errorf("look for the mail that came back: %w", err)
	}
	return out, nil
}

func outgoingVisitor(out *[]Outgoing) func(func(...any) error) error {
	return func(scan func(...any) error) error {
		var m Outgoing
		if err := scan(m.into()...); err != nil {
			return err
		}
		*out = append(*out, m)
		return nil
	}
}

const outgoingOf = "o.submission = $1 OR o.escalation IN (SELECT e.id FROM escalation e WHERE e.submission = $1)"

// MailsOf lists the mails of a submission, oldest first, without bytes.
func (ob Outbox) MailsOf(ctx context.Context, submission int64) ([]Outgoing, error) {
	var out []Outgoing
	err := ob.tx.each(ctx, outgoingVisitor(&out), "SELECT "+outgoingColumns+" FROM outgoing o WHERE "+outgoingOf+" ORDER BY o.id", submission)
	if err != nil {
		return nil, fmt.Errorf("list the mails of a submission: %w", err)
	}
	return out, nil
}

// MarkBounced notes a mail that came back after it was accepted: it becomes refused, with the words of the bounce.
func (ob Outbox) MarkBounced(ctx context.Context, now time.Time, messageID, words string, why Refusal) (won bool, err error) {
	won, err = ob.tx.won(ctx, `UPDATE outgoing SET state = 'refused', words = $1, settled_at = $2, next_at = NULL, refusal = $3
		WHERE message_id = $4 AND state IN ('accepted', 'unknown', 'deferred')`, words, micros(now), string(why), messageID)
	if err != nil {
		return false, fmt.Errorf("note a bounce: %w", err)
	}
	return won, nil
}
