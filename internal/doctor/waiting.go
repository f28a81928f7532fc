package doctor

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"handrail/ingest"
	"handrail/internal/batch"
	"handrail/internal/ledger"
)

// manyWait is from how many messages on it is worth a warning that all of them are judged and answered at the next look.
const manyWait = 50

// waiting is the mail that lies in an inbox, by what the job will do with it.
type waiting struct {
	total, older, ahead, known, judged int
	oldest                             time.Time
	since                              time.Time
}

// waiting says how much mail lies in the inbox, how old it is, and what will happen to it.
func (d *examination) waiting(ctx context.Context, b *boxExam) {
	zone, err := time.LoadLocation(d.in.Schedule.TimeZone)
	if err != nil {
		return // it was said
	}
	done := d.o.Working("looking at the dates of the messages")
	w, err := d.lookAtDates(ctx, b, zone)
	done()
	var server *ingest.ServerError
	switch {
	case errors.As(err, &server):
		d.trouble("waiting mail", err, adviseInbox(err, b.config))
		return
	case err != nil:
		d.trouble("waiting mail", err, nil)
		return
	case w.total == 0:
		return
	}
	now, since := d.o.Now(), w.since.In(zone).Format(time.DateOnly)
	text := fmt.Sprintf("%s; the oldest was received on %s, %s", number(w.total, "message lies in the folder", "messages lie in the folder"),
		w.oldest.In(zone).Format("2 Jan 2006"), ago(now.Sub(w.oldest)))
	var parts []string
	for _, p := range []struct {
		n         int
		one, many string
	}{
		{w.older, "message from before " + since + " stays where it is, unanswered", "messages from before " + since + " stay where they are, unanswered"},
		{w.ahead, "message is dated ahead of this machine's clock, and waits for its time", "messages are dated ahead of this machine's clock, and wait for their time"},
		{w.known, "message is in the ledger already", "messages are in the ledger already"},
		{w.judged, "message is judged and answered at the next look", "messages are judged and answered at the next look"},
	} {
		if p.n > 0 {
			parts = append(parts, number(p.n, p.one, p.many))
		}
	}
	text += ". " + strings.Join(parts, "; ")
	switch {
	case w.ahead > 0:
		d.add(Warning, "waiting mail", text, "compare this machine's clock with the mail server's, and have the wrong one corrected")
	case w.since.After(now):
		d.add(Warning, "waiting mail", text, "since under this [[inbox]] is a day that is still to come: nobody is answered until then")
	case w.judged >= manyWait:
		d.add(Warning, "waiting mail", text, "if people should get no answers to mail of that age, name the first day that counts under this [[inbox]]: since = \""+
			now.In(zone).Format(time.DateOnly)+"\"")
	default:
		d.add(Note, "waiting mail", text)
	}
}

// lookAtDates asks for the dates of all messages, and the ledger for those that it knows. Without a ledger, it is as if one were
// made now.
func (d *examination) lookAtDates(ctx context.Context, b *boxExam, zone *time.Location) (w waiting, err error) {
	now := d.o.Now()
	var list []ingest.Fetched
	if _, err := b.session.Collect(ctx, ingest.Wish{
		Known: func(ids []string) ([]string, error) { return ids, nil },
		Dated: func(chunk []ingest.Fetched) ([]string, error) {
			list = append(list, chunk...)
			return nil, nil
		}}); err != nil {
		return w, err
	}
	noted, known, err := d.knownOf(ctx, b, list)
	if err != nil {
		return w, err
	}
	if w.since, err = batch.SinceOf(b.config, noted, zone); err != nil {
		return w, err
	}
	w.total = len(list)
	for _, m := range list {
		if w.oldest.IsZero() || m.Received.Before(w.oldest) {
			w.oldest = m.Received
		}
		switch {
		case known[m.ID]:
			w.known++
		case m.Received.Before(w.since):
			w.older++
		case m.Received.After(now.Add(batch.AheadOfClock)):
			w.ahead++
		default:
			w.judged++
		}
	}
	return w, nil
}

// knownOf asks the ledger since when the inbox's mail is judged, and which of its messages it has.
func (d *examination) knownOf(ctx context.Context, b *boxExam, list []ingest.Fetched) (since time.Time, known map[string]bool, err error) {
	l, err := ledger.Open(ctx, d.in.Ledger, ledger.Read)
	if err != nil {
		return d.o.Now(), nil, nil // what is wrong with it was said
	}
	defer func() { _ = l.Close() }()
	known = map[string]bool{}
	err = l.View(ctx, func(tx *ledger.Tx) (err error) {
		if since, err = tx.Inboxes.WouldBeSince(ctx, d.o.Now(), b.config.Name); err != nil {
			return err
		}
		ids := map[uint32]string{}
		uids := make([]uint32, len(list))
		box := ledger.Box{Inbox: b.config.Name, Folder: b.config.Folder}
		for i, m := range list {
			if _, err := fmt.Sscanf(m.ID, "%d %d", &box.UIDValidity, &uids[i]); err != nil {
				return fmt.Errorf("the identity %q of a message: %w", m.ID, err)
			}
			ids[uids[i]] = m.ID
		}
		have, err := tx.Messages.KnownUIDs(ctx, box, uids)
		for uid := range have {
			known[ids[uid]] = true
		}
		return err
	})
	return since, known, err
}

// ago says how long ago something was, in the largest unit that says enough.
func ago(age time.Duration) string {
	switch days := int(age.Hours() / 24); {
	case days < 1:
		return "within a day"
	case days < 60:
		return number(days, "day", "days") + " ago"
	case days < 730:
		return number(days/30, "month", "months") + " ago"
	default:
		return number(days/365, "year", "years") + " ago"
	}
}
