package batch

import (
	"context"
	"fmt"
	"slices"
	"time"

	"handrail/ingest"
	"handrail/internal/ledger"
	"handrail/internal/request"
)

// LeftMail is mail that is left in an inbox, unanswered, because of when the server says that it received it.
type LeftMail struct {
	Inbox, Folder string
	Since         request.Date // the first day whose mail is judged
	Older         int          // received before that day
	Ahead         int          // dated ahead of the clock
	First         time.Time    // the earliest of Ahead
	// OfOlder, OfAhead: it is of these that the operator is told now.
	OfOlder, OfAhead bool
}

// AheadOfClock is how far a mail may be dated ahead of the clock: the clocks of servers and of people differ, and zones are
// set wrongly. What is within it counts as received now.
const AheadOfClock = 24 * time.Hour

// begin finds out since when the mail of each inbox is judged.
func (j collector) begin(ctx context.Context, now time.Time) error {
	return j.job.o.Ledger.Update(ctx, func(tx *ledger.Tx) error {
		for _, name := range j.job.order {
			box := j.job.inboxes[name]
			noted, err := tx.Inboxes.Since(ctx, now, name)
			if err != nil {
				return err
			}
			if box.since, err = SinceOf(box.Config, noted, j.job.zone); err != nil {
				return fmt.Errorf("inbox %s: since: %w", name, err)
			}
		}
		return nil
	})
}

// SinceOf is the instant from which on the mail of an inbox is judged: the beginning of the configured day, else of the day
// that the ledger noted.
func SinceOf(c ingest.InboxConfig, noted time.Time, zone *time.Location) (time.Time, error) {
	day, configured, err := c.SinceDay()
	if !configured {
		day = request.DateOf(noted.In(zone))
	}
	return day.Time(zone), err
}

// isLeft reports whether mail is left in the inbox that the server received at some instant.
func (j collector) isLeft(box *inbox, received time.Time) bool {
	return received.Before(box.since) || received.After(j.job.Now().Add(AheadOfClock))
}

// leftBefore takes over what was left in the inbox when it was looked into before, and still is.
func (j collector) leftBefore(box *inbox, l *poll, left []ledger.LeftMessage, ids []string) {
	noted := make(map[string]time.Time, len(left))
	for _, m := range left {
		if m.Box.Folder == box.Config.Folder && j.isLeft(box, m.Received) {
			noted[identityOf(ledger.Message{Box: m.Box, UID: m.UID})] = m.Received
		}
	}
	for _, id := range ids {
		if received, is := noted[id]; is {
			l.left[id] = received
		}
	}
}

// inTime picks the messages that are fetched, and notes those that are left in the inbox.
func (j collector) inTime(box *inbox, l *poll, list []ingest.Fetched) (pick []string) {
	for _, m := range list {
		if !m.Received.IsZero() && j.isLeft(box, m.Received) {
			l.left[m.ID] = m.Received
			continue
		}
		pick = append(pick, m.ID)
	}
	return pick
}

// receivedAt is when a message was received: no later than now, whatever the server's clock says.
func (j collector) receivedAt(m ingest.Fetched) time.Time {
	if now := j.job.Now(); m.Received.IsZero() || m.Received.After(now) {
		return now
	}
	return m.Received
}

// noteLeft notes at the end of a look what is left in the inbox, and lets the operator be told of what came to it: once a day at
// most.
func (j collector) noteLeft(ctx context.Context, box *inbox, l *poll) error {
	left, err := leftOf(box, l)
	if err != nil {
		return err
	}
	now := j.job.Now()
	is := LeftMail{Inbox: box.Config.Name, Folder: box.Config.Folder, Since: j.job.Day(box.since)}
	for _, m := range left {
		switch {
		case m.Received.Before(box.since):
			is.Older++
		default:
			if is.Ahead++; is.First.IsZero() || m.Received.Before(is.First) {
				is.First = m.Received
			}
		}
	}
	changes := false
	if err := j.job.o.Ledger.View(ctx, func(tx *ledger.Tx) (err error) {
		changes, err = is.note(ctx, tx, left, j.job.Day(now), false)
		return err
	}); err != nil || !changes {
		return err
	}
	return j.job.o.Ledger.Update(ctx, func(tx *ledger.Tx) error {
		if _, err := is.note(ctx, tx, left, j.job.Day(now), true); err != nil {
			return err
		}
		if is.OfOlder || is.OfAhead {
			if err := j.job.rooms.LeftMail(ctx, tx, now, is); err != nil {
				return err
			}
		}
		Crash("note-left.before-commit")
		return nil
	})
}

// note compares what is left with what was noted, and what the operator was told; with write it notes the difference, and says in
// OfOlder and OfAhead what they are to be told.
func (m *LeftMail) note(ctx context.Context, tx *ledger.Tx, left []ledger.LeftMessage, today request.Date, write bool) (changes bool, err error) {
	m.OfOlder, m.OfAhead = false, false
	noted, err := tx.Inboxes.Left(ctx, m.Inbox)
	if err != nil {
		return false, err
	}
	told, err := tx.Inboxes.Told(ctx, m.Inbox)
	if err != nil {
		return false, err
	}
	gone, come := without(noted, left), without(left, noted)
	telling := m.telling(told, today)
	if changes = len(gone)+len(come) > 0 || telling != told; !changes || !write {
		return changes, nil
	}
	if err := tx.Inboxes.Release(ctx, gone); err != nil {
		return false, err
	}
	if err := tx.Inboxes.Leave(ctx, come); err != nil {
		return false, err
	}
	won, err := tx.Inboxes.Tell(ctx, m.Inbox, told, telling)
	m.OfOlder, m.OfAhead = won && telling.Older > told.Older, won && telling.Ahead > told.Ahead
	return true, err
}

// telling is what the operator has been told once they are told of what came since told: of each kind once a day.
func (m *LeftMail) telling(told ledger.LeftTold, today request.Date) ledger.LeftTold {
	tell := func(count int, is *int, on *string) {
		switch {
		case *is < count && *on != today.String():
			*is, *on = count, today.String()
		case *is > count:
			*is = count
		}
	}
	tell(m.Older, &told.Older, &told.OlderOn)
	tell(m.Ahead, &told.Ahead, &told.AheadOn)
	return told
}

// leftOf is what a look left in the inbox, as the ledger keeps it.
func leftOf(box *inbox, l *poll) ([]ledger.LeftMessage, error) {
	left := make([]ledger.LeftMessage, 0, len(l.left))
	for id, received := range l.left {
		place, uid, err := placeOf(box, id)
		if err != nil {
			return nil, err
		}
		left = append(left, ledger.LeftMessage{Box: place, UID: uid, Received: received.Truncate(time.Microsecond)})
	}
	return left, nil
}

// without are those messages of list that other does not have.
func without(list, other []ledger.LeftMessage) []ledger.LeftMessage {
	type place struct {
		box ledger.Box
		uid uint32
	}
	have := make(map[place]bool, len(other))
	for _, m := range other {
		have[place{m.Box, m.UID}] = true
	}
	return slices.DeleteFunc(slices.Clone(list), func(m ledger.LeftMessage) bool { return have[place{m.Box, m.UID}] })
}
