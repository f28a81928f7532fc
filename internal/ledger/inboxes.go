package ledger

import (
	"context"
	"errors"
	"fmt"
	"time"
)

// Inboxes is since when each inbox's mail is judged, and the mail that is left in it because of its date.
type Inboxes struct{ tx *Tx }

// madeNote is the row of meta that says when the ledger was made.
const madeNote = "made"

// NoteMade notes when a new ledger was made, once.
func (ib Inboxes) NoteMade(ctx context.Context, now time.Time) error {
	_, err := ib.tx.exec(ctx, "INSERT INTO meta (name, value) VALUES ($1, $2) ON CONFLICT (name) DO NOTHING", madeNote, now.UTC().Format(time.RFC3339))
	if err != nil {
		return fmt.Errorf("note when the ledger was made: %w", err)
	}
	return nil
}

// Since is from when on an inbox's mail is judged where the configuration does not say: of the inboxes that a new ledger
// begins with, since it was made; of one that comes later, since it was first looked into; of one that was there when an
// earlier version made the ledger, since its oldest mail. It is the same for ever, unless a clock that was fast noted it.
func (ib Inboxes) Since(ctx context.Context, now time.Time, name string) (since time.Time, err error) {
	find := func() (bool, error) {
		return ib.tx.one(ctx, []any{instant{&since}}, "SELECT since_at FROM inbox WHERE name = $1", name)
	}
	switch found, err := find(); {
	case err != nil || found && !since.After(now):
		return since, err
	case found: // noted with a wrong clock
		if _, err := ib.tx.exec(ctx, "UPDATE inbox SET since_at = $1 WHERE name = $2", micros(now), name); err != nil {
			return since, fmt.Errorf("note since when the mail of %s is judged: %w", name, err)
		}
		return now, nil
	}
	first, err := ib.firstSince(ctx, now)
	if err != nil {
		return since, err
	}
	if _, err := ib.tx.exec(ctx, "INSERT INTO inbox (name, since_at) VALUES ($1, $2) ON CONFLICT (name) DO NOTHING", name, micros(first)); err != nil {
		return since, fmt.Errorf("note since when the mail of %s is judged: %w", name, err)
	}
	_, err = find()
	return since, err
}

// WouldBeSince is what Since would answer, of an inbox that a job has not begun with either. It writes nothing.
func (ib Inboxes) WouldBeSince(ctx context.Context, now time.Time, name string) (since time.Time, err error) {
	found, err := ib.tx.one(ctx, []any{instant{&since}}, "SELECT since_at FROM inbox WHERE name = $1", name)
	switch {
	case err != nil || found && !since.After(now):
		return since, err
	case found:
		return now, nil
	}
	return ib.firstSince(ctx, now)
}

// firstSince is since when the mail of an inbox is judged that is new at now. Before any mail came, all inboxes begin with the
// ledger.
func (ib Inboxes) firstSince(ctx context.Context, now time.Time) (time.Time, error) {
	var some int
	worked, err := ib.tx.one(ctx, []any{&some}, "SELECT 1 FROM message LIMIT 1")
	if err != nil || worked {
		return now, err
	}
	made, err := ib.tx.Meta(ctx, madeNote)
	if err != nil || made == "" {
		return now, err
	}
	at, err := time.Parse(time.RFC3339, made)
	if err != nil {
		return now, fmt.Errorf("when the ledger was made: %w", err)
	}
	if at.After(now) {
		return now, nil // made with a wrong clock
	}
	return at, nil
}

// LeftMessage is mail that is left in its inbox because of its date.
type LeftMessage struct {
	Box      Box
	UID      uint32
	Received time.Time
}

// Left lists the mail of an inbox that is left there; of all inboxes when inbox is "".
func (ib Inboxes) Left(ctx context.Context, inbox string) ([]LeftMessage, error) {
	var out []LeftMessage
	err := ib.tx.each(ctx, func(scan func(...any) error) error {
		var m LeftMessage
		err := scan(&m.Box.Inbox, &m.Box.Folder, &m.Box.UIDValidity, &m.UID, instant{&m.Received})
		out = append(out, m)
		return err
	}, "SELECT inbox, folder, uidvalidity, uid, received_at FROM left_message WHERE $1 = '' OR inbox = $1 ORDER BY inbox, folder, uidvalidity, uid", inbox)
	if err != nil {
		return nil, fmt.Errorf("list the mail that is left in an inbox: %w", err)
	}
	return out, nil
}

// LeftCount is how much mail lies in an inbox because of its date.
type LeftCount struct {
	Inbox string    `json:"inbox"`
	Older int       `json:"older"` // than the first day whose mail is judged
	Ahead int       `json:"ahead"` // of the clock
	From  time.Time `json:"from"`  // when the oldest was received
	To    time.Time `json:"to"`    // when the newest was
}

// LeftCounts counts the mail that is left in each inbox.
func (ib Inboxes) LeftCounts(ctx context.Context, now time.Time) ([]LeftCount, error) {
	out := []LeftCount{}
	err := ib.tx.each(ctx, func(scan func(...any) error) error {
		var c LeftCount
		err := scan(&c.Inbox, &c.Older, &c.Ahead, instant{&c.From}, instant{&c.To})
		out = append(out, c)
		return err
	}, `SELECT inbox, COUNT(CASE WHEN received_at <= $1 THEN 1 END), COUNT(CASE WHEN received_at > $1 THEN 1 END), MIN(received_at), MAX(received_at)
		FROM left_message GROUP BY inbox ORDER BY inbox`, micros(now))
	if err != nil {
		return nil, fmt.Errorf("count the mail that is left in the inboxes: %w", err)
	}
	return out, nil
}

// Leave notes mail that is left in its inbox.
func (ib Inboxes) Leave(ctx context.Context, mail []LeftMessage) error {
	flat := make([]any, 0, 5*len(mail))
	for _, m := range mail {
		flat = append(flat, m.Box.Inbox, m.Box.Folder, int64(m.Box.UIDValidity), int64(m.UID), m.Received.UnixMicro())
	}
	if _, err := ib.tx.insert(ctx, insertion{"INSERT INTO left_message (inbox, folder, uidvalidity, uid, received_at)", 5, "ON CONFLICT DO NOTHING"}, flat, nil); err != nil {
		return fmt.Errorf("note the mail that is left in an inbox: %w", err)
	}
	return nil
}

// Release forgets mail that was left: it is judged by now, or is no longer there.
func (ib Inboxes) Release(ctx context.Context, mail []LeftMessage) error {
	uids := map[Box][]int64{}
	for _, m := range mail {
		uids[m.Box] = append(uids[m.Box], int64(m.UID))
	}
	var all []error
	for box, list := range uids {
		_, err := execIn(ctx, ib.tx, "DELETE FROM left_message WHERE inbox = $1 AND folder = $2 AND uidvalidity = $3 AND uid IN (%IN%)",
			[]any{box.Inbox, box.Folder, int64(box.UIDValidity)}, list)
		all = append(all, err)
	}
	if err := errors.Join(all...); err != nil {
		return fmt.Errorf("release mail that was left in an inbox: %w", err)
	}
	return nil
}

// LeftTold is how much mail of an inbox the operator was told of that is left there, and on which day: an ISO date, or "".
type LeftTold struct {
	Older, Ahead     int
	OlderOn, AheadOn string
}

// Told is what the operator was told last of an inbox.
func (ib Inboxes) Told(ctx context.Context, name string) (t LeftTold, err error) {
	if _, err = ib.tx.one(ctx, []any{&t.Older, &t.OlderOn, &t.Ahead, &t.AheadOn}, "SELECT older, older_on, ahead, ahead_on FROM inbox WHERE name = $1", name); err != nil {
		return t, fmt.Errorf("read what was told of %s: %w", name, err)
	}
	return t, nil
}

// Tell notes what the operator is told, unless somebody else noted something since before was read.
func (ib Inboxes) Tell(ctx context.Context, name string, before, now LeftTold) (won bool, err error) {
	won, err = ib.tx.won(ctx, `UPDATE inbox SET older = $1, older_on = $2, ahead = $3, ahead_on = $4
		WHERE name = $5 AND older = $6 AND older_on = $7 AND ahead = $8 AND ahead_on = $9`,
		now.Older, now.OlderOn, now.Ahead, now.AheadOn, name, before.Older, before.OlderOn, before.Ahead, before.AheadOn)
	if err != nil {
		return false, fmt.Errorf("note what was told of %s: %w", name, err)
	}
	return won, nil
}
