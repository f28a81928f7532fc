package ledger

import (
	"context"
	"encoding/json"
	"fmt"
	"time"
)

// Messages is the intake: the mails that were collected, what each was judged to be, and where it was filed.
type Messages struct{ tx *Tx }

// Message is an intake row.
type Message struct {
	ID          int64
	Box         Box
	UID         uint32
	SHA256      Digest
	Size        int64
	ReceivedAt  time.Time
	CollectedAt time.Time
	Vouched     json.RawMessage
	State       MessageState
	Kind        string
	Reason      string
	Sender      string
	MessageID   string
	Subject     string
	Attempt     int
	SameAs      int64
	Destination string
	JudgedAt    time.Time
	FiledAt     time.Time
	// Released: this mail was held before, was seen to leave, and lies in the inbox again: the operator put it back.
	Released bool
	Raw      []byte // only where the method says so; nil once disposed of
}

const messageColumns = `m.id, m.inbox, m.folder, m.uidvalidity, m.uid, m.sha256, m.size, m.received_at, m.collected_at, m.vouched,
	m.state, m.kind, m.reason, m.sender, m.message_id, m.subject, m.attempt, m.same_as, m.destination, m.judged_at, m.filed_at,
	m.attempt > 1 AND EXISTS (SELECT 1 FROM message e WHERE e.id = m.same_as AND e.held = 1 AND e.gone = 1)`

func (m *Message) into() []any {
	return []any{&m.ID, &m.Box.Inbox, &m.Box.Folder, &m.Box.UIDValidity, &m.UID, &m.SHA256, &m.Size, instant{&m.ReceivedAt},
		instant{&m.CollectedAt}, rawJSON{&m.Vouched}, &m.State, &m.Kind, &m.Reason, &m.Sender, &m.MessageID, &m.Subject,
		&m.Attempt, number{&m.SameAs}, &m.Destination, instant{&m.JudgedAt}, instant{&m.FiledAt}, &m.Released}
}

func (ms Messages) list(ctx context.Context, text string, args ...any) ([]Message, error) {
	var out []Message
	err := ms.tx.each(ctx, func(scan func(...any) error) error {
		var m Message
		if err := scan(m.into()...); err != nil {
			return err
		}
		out = append(out, m)
		return nil
	}, text, args...)
	return out, err
}

// Waiting reads those of ids that still wait to be judged, without their bytes, oldest first.
func (ms Messages) Waiting(ctx context.Context, ids []int64) ([]Message, error) {
	var out []Message
	err := eachIn(ctx, ms.tx, "SELECT "+messageColumns+` FROM message m WHERE m.state = 'received' AND m.id IN (%IN%) ORDER BY m.id`, nil, ids,
		func(scan func(...any) error) error {
			var m Message
			if err := scan(m.into()...); err != nil {
				return err
			}
			out = append(out, m)
			return nil
		})
	if err != nil {
		return nil, fmt.Errorf("look for mails to judge: %w", err)
	}
	return out, nil
}

// ToJudge reads those of ids that still wait to be judged, with their bytes, oldest first.
func (ms Messages) ToJudge(ctx context.Context, ids []int64) ([]Message, error) {
	var out []Message
	err := eachIn(ctx, ms.tx, "SELECT "+messageColumns+`, b.bytes FROM message m LEFT JOIN kept_bytes b ON b.sha256 = m.sha256
		WHERE m.state = 'received' AND m.id IN (%IN%) ORDER BY m.id`, nil, ids,
		func(scan func(...any) error) error {
			var m Message
			if err := scan(append(m.into(), &m.Raw)...); err != nil {
				return err
			}
			out = append(out, m)
			return nil
		})
	if err != nil {
		return nil, fmt.Errorf("read mails to judge: %w", err)
	}
	return out, nil
}

// Get reads one intake row with its bytes; found is false when there is none.
func (ms Messages) Get(ctx context.Context, id int64) (m Message, found bool, err error) {
	found, err = ms.tx.one(ctx, append(m.into(), &m.Raw), "SELECT "+messageColumns+`, b.bytes FROM message m
		LEFT JOIN kept_bytes b ON b.sha256 = m.sha256 WHERE m.id = $1`, id)
	if err != nil {
		return Message{}, false, fmt.Errorf("read mail %d: %w", id, err)
	}
	return m, found, nil
}

// Row is Get without the bytes.
func (ms Messages) Row(ctx context.Context, id int64) (m Message, found bool, err error) {
	found, err = ms.tx.one(ctx, m.into(), "SELECT "+messageColumns+" FROM message m WHERE m.id = $1", id)
	if err != nil {
		return Message{}, false, fmt.Errorf("read mail %d: %w", id, err)
	}
	return m, found, nil
}

// MessageVerdict is what judging found a mail to be.
type MessageVerdict struct {
	ID          int64
	Quarantine  bool   // else it was judged
	Held        bool   // quarantined until the operator moves it back
	Kind        string // "request", "answer", "statement", "bounce", …
	Reason      string // why it was quarantined, or what else is worth saying; a code
	Sender      string // authenticated address, lower case
	MessageID   string
	Subject     string // cleaned
	Destination string // the folder to file it in
}

// HasID reports whether a mail that came to us has a Message-ID (without angle brackets), as far as it was judged.
func (ms Messages) HasID(ctx context.Context, messageID string) (bool, error) {
	var id int64
	found, err := ms.tx.one(ctx, []any{&id}, "SELECT id FROM message WHERE message_id = $1 AND message_id <> '' LIMIT 1", messageID)
	if err != nil {
		return false, fmt.Errorf("look for a mail by its id: %w", err)
	}
	return found, nil
}

// Judge moves a mail from received to judged or quarantined. It comes first in a judging transaction: when it
// did not win, somebody else judged the mail, and nothing else may be written for it.
func (ms Messages) Judge(ctx context.Context, now time.Time, v MessageVerdict) (won bool, err error) {
	state := Judged
	if v.Quarantine {
		state = Quarantined
	}
	won, err = ms.tx.won(ctx, `UPDATE message SET state = $1, kind = $2, reason = $3, sender = $4, message_id = $5, subject = $6,
		destination = $7, judged_at = $8, held = $9 WHERE id = $10 AND state = 'received'`,
		string(state), v.Kind, v.Reason, v.Sender, v.MessageID, v.Subject, v.Destination, micros(now), oneIf(v.Held), v.ID)
	if err != nil {
		return false, fmt.Errorf("judge mail %d: %w", v.ID, err)
	}
	return won, nil
}

// ToFile reads those of ids that were judged and still lie where they came, without bytes.
func (ms Messages) ToFile(ctx context.Context, ids []int64) ([]Message, error) {
	var out []Message
	err := eachIn(ctx, ms.tx, "SELECT "+messageColumns+` FROM message m
		WHERE m.filed_at IS NULL AND m.state IN ('judged', 'quarantined') AND m.id IN (%IN%) ORDER BY m.id`, nil, ids,
		func(scan func(...any) error) error {
			var m Message
			if err := scan(m.into()...); err != nil {
				return err
			}
			out = append(out, m)
			return nil
		})
	if err != nil {
		return nil, fmt.Errorf("read mails to file: %w", err)
	}
	return out, nil
}

// MarkFiled notes that nothing is left to do for the mails where they lie: judged ones become filed, quarantined
// ones stay quarantined. gone says that they were seen to have left; it is false for mails of a folder that was
// renumbered, which lie there still, under other numbers. It returns how many it changed.
func (ms Messages) MarkFiled(ctx context.Context, now time.Time, ids []int64, gone bool) (int64, error) {
	n, err := execIn(ctx, ms.tx, `UPDATE message SET filed_at = $1, gone = $2, state = CASE state WHEN 'judged' THEN 'filed' ELSE state END
		WHERE filed_at IS NULL AND state IN ('judged', 'quarantined') AND id IN (%IN%)`, []any{micros(now), oneIf(gone)}, ids)
	if err != nil {
		return 0, fmt.Errorf("note filed mails: %w", err)
	}
	return n, nil
}

// SetDestination names another folder for a mail that was judged in this transaction: where it belongs is known once its lines
// are judged.
func (ms Messages) SetDestination(ctx context.Context, id int64, folder string) error {
	if _, err := ms.tx.exec(ctx, "UPDATE message SET destination = $1 WHERE id = $2 AND filed_at IS NULL", folder, id); err != nil {
		return fmt.Errorf("name the folder of mail %d: %w", id, err)
	}
	return nil
}

// Codes lists the codes that messages answer, as far as their headers say.
func (ms Messages) Codes(ctx context.Context, messages []int64) (map[int64][]string, error) {
	codes := map[int64][]string{}
	err := eachIn(ctx, ms.tx, "SELECT message, code FROM message_code WHERE message IN (%IN%)", nil, messages, func(scan func(...any) error) error {
		var id int64
		var code string
		err := scan(&id, &code)
		codes[id] = append(codes[id], code)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("read which codes mails answer: %w", err)
	}
	return codes, nil
}

// FirstJudged is when the first mail of the ledger was judged: the first report starts in that week. found is false where
// none was.
func (ms Messages) FirstJudged(ctx context.Context) (at time.Time, found bool, err error) {
	if _, err := ms.tx.one(ctx, []any{instant{&at}}, "SELECT MIN(judged_at) FROM message"); err != nil {
		return time.Time{}, false, fmt.Errorf("look for the first mail: %w", err)
	}
	return at, !at.IsZero(), nil
}
