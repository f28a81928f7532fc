package ledger

import (
	"context"
	"fmt"
	"time"
)

// Refusal is why a mail was refused for good.
type Refusal string

// The reasons. What fits none of them is OtherRefusal: the server's words say all that is known.
const (
	OtherRefusal Refusal = ""
	TooLarge     Refusal = "too-large" // for the server, or for the recipient's
	BadAddress   Refusal = "address"   // the recipient's cannot be written to this server
	NoMailbox    Refusal = "mailbox"   // nobody is there, or the mailbox takes no mail
)

// Lighten lets a mail that was refused for its size go out with other bytes, without its files, under the same Message-ID. The
// first bytes stay, for the record. It wins once.
func (ob Outbox) Lighten(ctx context.Context, now time.Time, id int64, raw []byte) (won bool, err error) {
	if err := ob.tx.Documents.keepBytes(ctx, now, [][]byte{raw}); err != nil {
		return false, err
	}
	digest := DigestOf(raw)
	won, err = ob.tx.won(ctx, `UPDATE outgoing SET light = $1, state = 'ready', next_at = $2, settled_at = NULL, refusal = '', sent_copy = 'none'
		WHERE id = $3 AND state = 'refused' AND light IS NULL`, digest.bytes(), micros(now), id)
	if err != nil {
		return false, fmt.Errorf("leave the files of mail %d out: %w", id, err)
	}
	return won, nil
}

// RefusedEnd is how a refused mail was ended.
type RefusedEnd struct {
	State   OutgoingState // Settled or Redirected
	By      string        // the account that did it
	Why     string
	Instead int64 // the mail that went to another address; 0 none
}

// EndRefused ends a refused mail. It wins once.
func (ob Outbox) EndRefused(ctx context.Context, now time.Time, id int64, e RefusedEnd) (won bool, err error) {
	if e.State != Settled && e.State != Redirected {
		return false, fmt.Errorf("mail %d: a refused mail does not end in %q", id, e.State)
	}
	won, err = ob.tx.won(ctx, `UPDATE outgoing SET state = $1, ended_at = $2, ended_by = $3, ended_why = $4, sent_instead = $5 WHERE id = $6 AND state = 'refused'`,
		string(e.State), micros(now), e.By, e.Why, optional(e.Instead), id)
	if err != nil {
		return false, fmt.Errorf("end refused mail %d: %w", id, err)
	}
	return won, nil
}

// Mail reads one mail with the bytes that are sent, nil once they are disposed of; found is false when there is none.
func (ob Outbox) Mail(ctx context.Context, id int64) (m Outgoing, found bool, err error) {
	if found, err = ob.tx.one(ctx, append(m.into(), &m.Raw), "SELECT "+outgoingColumns+", b.bytes FROM outgoing o LEFT JOIN kept_bytes b ON b.sha256 = "+sentBytes+
		" WHERE o.id = $1", id); err != nil {
		return Outgoing{}, false, fmt.Errorf("read mail %d: %w", id, err)
	}
	return m, found, nil
}

// RefusedRecipients lists the addresses to which a mail was refused that nobody has settled or sent elsewhere.
func (ob Outbox) RefusedRecipients(ctx context.Context) (addresses []string, err error) {
	if err = ob.tx.each(ctx, func(scan func(...any) error) error {
		var a string
		err := scan(&a)
		addresses = append(addresses, a)
		return err
	}, "SELECT DISTINCT recipient FROM outgoing WHERE state = 'refused' ORDER BY recipient"); err != nil {
		return nil, fmt.Errorf("list who cannot be reached: %w", err)
	}
	return addresses, nil
}

// Undelivered notes of what waits for an officer or a section 32 manager that their mail was refused, and makes it due: of
// the escalation that the mail is about, if it is theirs, and with all of whatever else waits for that address. It returns how many.
func (es Escalations) Undelivered(ctx context.Context, now time.Time, mail *Outgoing, all bool) (int64, error) {
	n, err := es.tx.exec(ctx, `UPDATE escalation SET undelivered = $1, next_at = $2 WHERE state IN ('open', 'asked') AND kind <> 'receipt'
		AND LOWER(officer) = LOWER($3) AND (id = $4 OR $5 = 1)`, mail.ID, micros(now), mail.Recipient, mail.Escalation, oneIf(all))
	if err != nil {
		return 0, fmt.Errorf("note that an officer cannot be reached: %w", err)
	}
	return n, nil
}

// Reached takes back what Undelivered noted: the mail goes to the officer's own address once more. Reminders begin at next.
func (es Escalations) Reached(ctx context.Context, mail *Outgoing, next time.Time) error {
	if _, err := es.tx.exec(ctx, `UPDATE escalation SET undelivered = NULL, next_at = $1 WHERE state IN ('open', 'asked') AND LOWER(officer) = LOWER($2)
		AND undelivered = $3`, micros(next), mail.Recipient, mail.ID); err != nil {
		return fmt.Errorf("note that an officer can be reached: %w", err)
	}
	return nil
}
