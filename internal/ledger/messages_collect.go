package ledger

import (
	"context"
	"encoding/json"
	"fmt"
	"time"
)

// MessageState is where a mail stands.
type MessageState string

// The states of a message (docs/design.md#states).
const (
	Received    MessageState = "received"
	Judged      MessageState = "judged"
	Filed       MessageState = "filed"
	Quarantined MessageState = "quarantined"
	Released    MessageState = "released"
)

// Box is a folder as the mail server numbers it.
type Box struct {
	Inbox       string // the account, as the configuration names it
	Folder      string
	UIDValidity uint32
}

// Known is what the ledger holds about a UID that lies in a folder.
type Known struct {
	ID          int64
	State       MessageState
	Destination string // the folder it was meant for, once judged
	Filed       bool
}

// KnownUIDs says which of uids were collected already. UIDs it does not mention are new.
func (ms Messages) KnownUIDs(ctx context.Context, box Box, uids []uint32) (map[uint32]Known, error) {
	numbers := make([]int64, len(uids))
	for i, uid := range uids {
		numbers[i] = int64(uid)
	}
	known := make(map[uint32]Known, len(uids))
	err := eachIn(ctx, ms.tx, `SELECT uid, id, state, destination, filed_at IS NOT NULL FROM message
		WHERE inbox = $1 AND folder = $2 AND uidvalidity = $3 AND uid IN (%IN%)`,
		[]any{box.Inbox, box.Folder, int64(box.UIDValidity)}, numbers,
		func(scan func(...any) error) error {
			var uid uint32
			var k Known
			if err := scan(&uid, &k.ID, &k.State, &k.Destination, &k.Filed); err != nil {
				return err
			}
			known[uid] = k
			return nil
		})
	if err != nil {
		return nil, fmt.Errorf("look for known mails: %w", err)
	}
	return known, nil
}

// Incoming is a mail as it came.
type Incoming struct {
	Box      Box
	UID      uint32
	Received time.Time // INTERNALDATE
	Raw      []byte
	Vouched  json.RawMessage // what the mail server vouched for
	Codes    []string        // that it answers, as far as its header says; each once
}

// Added is the intake row of an Incoming.
type Added struct {
	ID      int64 // of the row, also when it was there already
	New     bool  // false when this UID was collected before: nothing was written
	SHA256  Digest
	Attempt int   // 2 and up when somebody put a quarantined mail back
	SameAs  int64 // an earlier intake row with the same bytes that was judged, or waits to be; 0 when there is none
}

// Add keeps mails and their intake rows, in the order given. A mail whose bytes lie in quarantine in the same
// inbox was put back by a person: the old row becomes released, and the new one is the next attempt.
func (ms Messages) Add(ctx context.Context, now time.Time, mails []Incoming) ([]Added, error) {
	out := make([]Added, len(mails))
	if len(mails) == 0 {
		return out, nil
	}
	byPlace := map[messagePlace]int{}
	blobs := make([][]byte, len(mails))
	for i, m := range mails {
		out[i] = Added{SHA256: DigestOf(m.Raw), Attempt: 1}
		blobs[i] = m.Raw
		byPlace[messagePlace{m.Box, m.UID}] = i
	}
	if err := ms.alreadyCollected(ctx, mails, out); err != nil {
		return nil, err
	}
	if err := ms.sameBytes(ctx, mails, out); err != nil {
		return nil, err
	}
	if err := ms.tx.Documents.keepBytes(ctx, now, blobs); err != nil {
		return nil, err
	}
	const width = 12
	flat := make([]any, 0, width*len(mails))
	for i, m := range mails {
		if out[i].ID != 0 || byPlace[messagePlace{m.Box, m.UID}] != i {
			continue
		}
		flat = append(flat, m.Box.Inbox, m.Box.Folder, int64(m.Box.UIDValidity), int64(m.UID), out[i].SHA256.bytes(), len(m.Raw),
			micros(m.Received), micros(now), jsonText(m.Vouched), string(Received), out[i].Attempt, optional(out[i].SameAs))
	}
	_, err := ms.tx.insert(ctx, insertion{`INSERT INTO message (inbox, folder, uidvalidity, uid, sha256, size, received_at, collected_at,
		vouched, state, attempt, same_as)`, width,
		"ON CONFLICT (inbox, folder, uidvalidity, uid) DO NOTHING RETURNING id, inbox, folder, uidvalidity, uid"}, flat,
		func(scan func(...any) error) error {
			var id int64
			var p messagePlace
			if err := scan(&id, &p.box.Inbox, &p.box.Folder, &p.box.UIDValidity, &p.uid); err != nil {
				return err
			}
			i := byPlace[p]
			out[i].ID, out[i].New = id, true
			return nil
		})
	if err != nil {
		return nil, fmt.Errorf("add intake rows: %w", err)
	}
	if err := ms.keepCodes(ctx, mails, out); err != nil {
		return nil, err
	}
	return out, ms.release(ctx, out)
}

// keepCodes notes which codes new messages answer.
func (ms Messages) keepCodes(ctx context.Context, mails []Incoming, added []Added) error {
	var flat []any
	for i, a := range added {
		if !a.New {
			continue
		}
		for _, code := range mails[i].Codes {
			flat = append(flat, code, a.ID)
		}
	}
	if _, err := ms.tx.insert(ctx, insertion{"INSERT INTO message_code (code, message)", 2, "ON CONFLICT DO NOTHING"}, flat, nil); err != nil {
		return fmt.Errorf("note which codes mails answer: %w", err)
	}
	return nil
}

type messagePlace struct {
	box Box
	uid uint32
}

func (ms Messages) alreadyCollected(ctx context.Context, mails []Incoming, out []Added) error {
	uids := map[Box][]uint32{}
	for _, m := range mails {
		uids[m.Box] = append(uids[m.Box], m.UID)
	}
	for box, list := range uids {
		known, err := ms.KnownUIDs(ctx, box, list)
		if err != nil {
			return err
		}
		for i, m := range mails {
			if k, ok := known[m.UID]; ok && m.Box == box {
				out[i].ID = k.ID
			}
		}
	}
	return nil
}

// sameBytes finds the newest earlier row of each digest, in the same inbox.
func (ms Messages) sameBytes(ctx context.Context, mails []Incoming, out []Added) error {
	digests := make([][]byte, 0, len(out))
	for _, a := range out {
		if a.ID == 0 {
			digests = append(digests, a.SHA256.bytes())
		}
	}
	type place struct {
		inbox  string
		sha256 Digest
	}
	type earlier struct {
		id      int64
		state   MessageState
		attempt int
	}
	newest := map[place]earlier{}
	err := eachIn(ctx, ms.tx, "SELECT id, inbox, sha256, state, attempt FROM message WHERE sha256 IN (%IN%)", nil, digests,
		func(scan func(...any) error) error {
			var p place
			var e earlier
			if err := scan(&e.id, &p.inbox, &p.sha256, &e.state, &e.attempt); err != nil {
				return err
			}
			if e.id > newest[p].id {
				newest[p] = e
			}
			return nil
		})
	if err != nil {
		return fmt.Errorf("look for mails that came before: %w", err)
	}
	for i := range out {
		e, ok := newest[place{mails[i].Box.Inbox, out[i].SHA256}]
		if !ok || out[i].ID != 0 {
			continue
		}
		out[i].SameAs = e.id
		if e.state == Quarantined {
			out[i].Attempt = e.attempt + 1
		}
	}
	return nil
}

// release marks quarantined rows whose mail came back; those are no longer what the new row is the same as.
func (ms Messages) release(ctx context.Context, out []Added) error {
	for i := range out {
		if !out[i].New || out[i].Attempt == 1 {
			continue
		}
		if _, err := ms.tx.exec(ctx, "UPDATE message SET state = $1 WHERE id = $2 AND state = $3",
			string(Released), out[i].SameAs, string(Quarantined)); err != nil {
			return fmt.Errorf("release mail %d: %w", out[i].SameAs, err)
		}
	}
	return nil
}
