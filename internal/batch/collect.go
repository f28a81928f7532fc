package batch

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"handrail/ingest"
	"handrail/internal/ledger"
)

// Vouched is what the mail server said about a message beside its bytes.
type Vouched struct {
	Flags    []string `json:"flags,omitempty"`
	Size     int64    `json:"size"`
	Oversize bool     `json:"oversize,omitempty"` // only the headers were fetched
}

// collector is the collect step: it looks into inboxes.
type collector struct{ job *Job }

// collect takes whatever is in an inbox and not in the ledger yet: it notes which messages it asks for, commits every batch
// as it comes, and wakes judging for it. Nothing is marked, moved or deleted on the server. What was being fetched when a
// process died is fetched after all others, one by one.
func (j collector) collect(ctx context.Context, name string) error {
	box := j.job.inboxes[name]
	if box == nil {
		return fmt.Errorf("no inbox is called %q", name)
	}
	l := &poll{left: map[string]time.Time{}}
	suspects, err := j.fetchTogether(ctx, box, l)
	for _, id := range suspects {
		if err == nil {
			if err = j.fetchOnly(ctx, box, l, id); l.failed {
				err = nil // it has failed for itself
			}
		}
	}
	var server *ingest.ServerError
	if errors.As(err, &server) && server.Class == ingest.ProtocolError && ctx.Err() == nil {
		err = j.job.outages.failed(ctx, imapOutage(name), nil, err) // the inbox cannot be opened or read
	}
	if err == nil {
		err = j.noteLeft(ctx, box, l)
	}
	if err == nil {
		j.job.lastPolls.note(name, j.job.Now())
		j.job.o.Log.Debug("an inbox was looked into", "inbox", name, "messages", l.came)
	}
	return err
}

// fetchNew fetches those messages of an inbox that are not in the ledger and that pick chooses.
func (j collector) fetchNew(ctx context.Context, box *inbox, l *poll, pick func(fresh []string) ([]string, error)) error {
	l.refused, l.failed = nil, false
	return box.with(ctx, func(session Inbox) (err error) {
		var asked *Claim      // the batch that is being fetched
		var room *Reservation // and the memory that it takes
		defer func() {
			room.Release()
			if asked != nil {
				l.end(box, asked, err)
				err = errors.Join(err, j.settleFetch(ctx, asked, cmp.Or(err, errCutOff)))
			}
		}()
		found, err := session.Collect(ctx, ingest.Wish{
			Known: func(ids []string) ([]string, error) {
				fresh, err := j.notCollected(ctx, box, l, ids)
				if err != nil {
					return nil, err
				}
				return pick(fresh)
			},
			Dated: func(list []ingest.Fetched) ([]string, error) { return j.inTime(box, l, list), nil },
			Ask: func(ids []string) (free []string, err error) {
				room.Release()
				if room, err = j.job.MailMemory().Reserve(ctx, fetchBytes(box, len(ids))); err != nil {
					return nil, err
				}
				asked, free, err = j.takeFetches(ctx, box, ids)
				return free, err
			},
			Deliver: func(batch []ingest.Fetched) error {
				err := j.takeIn(ctx, asked, box, batch)
				if err == nil {
					l.came += len(batch)
				}
				noted := j.settleFetch(ctx, asked, err)
				room.Release()
				asked = nil
				return errors.Join(err, noted)
			},
		})
		if len(found.Missing) > 0 {
			j.job.o.Log.Warn("the server gave nothing for messages that it listed; they are asked for again", "inbox", box.Config.Name, "messages", len(found.Missing))
		}
		return err
	})
}

// fetchBytes is what a batch of messages takes: the server is asked for so many that they are no more than a batch may be, or
// for one of any size that is allowed.
func fetchBytes(box *inbox, messages int) int64 {
	limits := box.Config.Limits.WithDefaults()
	if messages == 1 {
		return max(limits.MessageBytes, limits.BatchBytes)
	}
	return limits.BatchBytes * perFetchedByte
}

// giveBack lets go of the messages that have no fate yet, which counts for none of them, and says which they are.
func (h *Claim) giveBack(box *inbox) (ids []string) {
	for _, key := range h.left() {
		h.failKey(key, errGivenBack)
		ids = append(ids, strings.TrimPrefix(key, fetchKey(box, "")))
	}
	return ids
}

// errGivenBack says that nothing was found out about a row.
var errGivenBack = errors.New("it was not tried")

// errCutOff is why a fetch ended that did not end by itself.
var errCutOff = errors.New("the look into the inbox ended before the message was fetched")

// notCollected are those of ids that the ledger does not have, and that are not left in the inbox. Attempts at messages that are no longer there are forgotten.
func (j collector) notCollected(ctx context.Context, box *inbox, l *poll, ids []string) (fresh []string, err error) {
	var gone []string
	err = j.job.o.Ledger.View(ctx, func(tx *ledger.Tx) error {
		have, err := knownIn(ctx, tx, box, ids)
		if err != nil {
			return err
		}
		left, err := tx.Inboxes.Left(ctx, box.Config.Name)
		if err != nil {
			return err
		}
		j.leftBefore(box, l, left, ids)
		there := make(map[string]bool, len(ids))
		for i, id := range ids {
			if _, is := l.left[id]; !is && !have[i] {
				fresh = append(fresh, id)
				there[fetchKey(box, id)] = true
			}
		}
		keys, err := tx.Attempts.IdleKeys(ctx, ledger.Step(Collect), fetchKey(box, ""))
		gone = slices.DeleteFunc(keys, func(key string) bool { return there[key] })
		return err
	})
	if err == nil && len(gone) > 0 {
		err = j.job.o.Ledger.Update(ctx, func(tx *ledger.Tx) error { return tx.Attempts.ForgetKeys(ctx, ledger.Step(Collect), gone) })
	}
	return fresh, err
}

// fetchKey names a message that is not in the ledger yet.
func fetchKey(box *inbox, id string) string {
	return box.Config.Name + "/" + box.Config.Folder + " " + id
}

// mayFetch divides messages into those that may be fetched together, and those that must be fetched alone.
func (j collector) mayFetch(ctx context.Context, box *inbox, ids []string) (together, alone []string, err error) {
	if len(ids) == 0 {
		return nil, nil, nil
	}
	byKey := make(map[string]string, len(ids))
	keys := make([]string, len(ids))
	for i, id := range ids {
		keys[i] = fetchKey(box, id)
		byKey[keys[i]] = id
	}
	err = j.job.o.Ledger.View(ctx, func(tx *ledger.Tx) error {
		some, suspects, err := tx.Work.FreeKeys(ctx, ledger.Step(Collect), j.job.Now(), keys)
		for _, key := range some {
			together = append(together, byKey[key])
		}
		for _, key := range suspects {
			alone = append(alone, byKey[key])
		}
		return err
	})
	return together, alone, err
}

// takeFetches takes messages in hand before a byte of them is asked for.
func (j collector) takeFetches(ctx context.Context, box *inbox, ids []string) (*Claim, []string, error) {
	byKey := make(map[string]string, len(ids))
	keys := make([]string, len(ids))
	for i, id := range ids {
		keys[i] = fetchKey(box, id)
		byKey[keys[i]] = id
	}
	var rows []ledger.Claim
	now := j.job.Now()
	err := j.job.o.Ledger.Update(ctx, func(tx *ledger.Tx) (err error) {
		rows, err = tx.Work.ClaimKeys(ctx, ledger.ClaimRequest{Step: ledger.Step(Collect), Holder: j.job.holder, Now: now, Until: now.Add(j.job.o.Lease)}, keys)
		Crash("take-fetches.before-commit")
		return err
	})
	if err != nil {
		return nil, nil, err
	}
	Crash("take-fetches.after-commit")
	h := newClaim(Collect, j.job.holder, rows)
	h.inbox = box.Config.Name
	j.job.claims.add(h)
	free := make([]string, len(rows))
	for i, r := range rows {
		free[i] = byKey[r.Key]
	}
	return h, free, nil
}

// settleFetch notes what became of the messages that were asked for. What the server did not give without an error is the
// message's own failure.
func (j collector) settleFetch(ctx context.Context, h *Claim, err error) error {
	var server *ingest.ServerError
	if errors.As(err, &server) && server.Class != ingest.ProtocolError {
		err = &OutageError{Name: imapOutage(h.inbox), Class: server.Class, Since: j.job.Now(), Until: j.job.Now(), Words: wordsOf(err), Err: err}
	}
	for _, key := range h.left() {
		if err != nil {
			h.failKey(key, err)
		} else {
			h.failKey(key, errNothingGiven)
		}
	}
	if err := worker(j).noteFates(context.WithoutCancel(ctx), h); err != nil {
		j.job.claims.unnoted(h)
		return err
	}
	j.job.claims.remove(h)
	return nil
}

var errNothingGiven = errors.New("the server lists the message and gives nothing for it")

// takeIn commits one batch of messages.
func (j collector) takeIn(ctx context.Context, h *Claim, box *inbox, batch []ingest.Fetched) error {
	incoming := make([]ledger.Incoming, len(batch))
	keys := make([]string, len(batch))
	for i, m := range batch {
		says, err := json.Marshal(Vouched{Flags: m.Flags, Size: m.Size, Oversize: m.Oversize})
		if err != nil {
			return err
		}
		incoming[i] = ledger.Incoming{Received: j.receivedAt(m), Raw: m.Raw, Vouched: says, Codes: codesOf(m.Raw, box.Config.Limits)}
		if incoming[i].Box, incoming[i].UID, err = placeOf(box, m.ID); err != nil {
			return err
		}
		keys[i] = fetchKey(box, m.ID)
	}
	err := j.job.o.Ledger.Update(ctx, func(tx *ledger.Tx) error {
		if won, err := tx.Work.FinishedAll(ctx, ledger.Step(Collect), j.job.holder, keys); err != nil || len(won) < len(keys) {
			return errors.Join(err, lostWhen(len(won) < len(keys)))
		}
		tx.Then(func() { h.done(keys...) })
		added, err := tx.Messages.Add(ctx, j.job.Now(), incoming)
		if err != nil {
			return err
		}
		fresh := 0
		for _, a := range added {
			if a.New {
				fresh++
			}
		}
		tx.Then(func() { j.job.Count(Collect, fresh) })
		if err := j.job.Wake(ctx, tx, Judge); err != nil {
			return err
		}
		Crash("collect.before-commit")
		return nil
	})
	Crash("collect.after-commit")
	return err
}

// errOtherHand says that another run has taken rows over: it thought this one dead.
var errOtherHand = errors.New("another run has taken it over")

func lostWhen(lost bool) error {
	if lost {
		return errOtherHand
	}
	return nil
}

// codesOf are the codes that a message answers, as far as its header says, as text.
func codesOf(raw []byte, limits ingest.Limits) []string {
	var all []string
	for _, c := range ingest.HeaderCodes(raw, limits) {
		all = append(all, string(c))
	}
	return all
}
