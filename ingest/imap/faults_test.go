package imap

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/emersion/go-imap/v2"

	"handrail/ingest"
	"handrail/internal/mailserver"
	"handrail/internal/mailtest"
)

// errand is what the job does with an inbox, as often as it takes: collect what is there, file it, keep a copy of an
// answer. Like the job it remembers what it has by number and by bytes.
type errand struct {
	server *testServer
	seen   map[string]bool // by identity
	toFile map[string]bool // seen, and not filed yet
	bytes  map[string]int  // what came, by its bytes, and how often
	errs   []error
}

func (e *errand) once(ctx context.Context) error {
	config := e.server.config()
	config.Timeout = mailserver.Duration(time.Second)
	s, err := Dial(ctx, config, Options{})
	if err != nil {
		return err
	}
	defer s.Close()
	found, err := collectWith(ctx, s, func(waiting []string) (fresh []string, err error) {
		for _, id := range waiting {
			if !e.seen[id] {
				fresh = append(fresh, id)
			}
		}
		return fresh, nil
	}, func(batch []ingest.Fetched) error {
		for _, f := range batch {
			e.seen[f.ID], e.toFile[f.ID] = true, true
			e.bytes[string(f.Raw)]++
		}
		return nil
	})
	if err != nil {
		return err
	}
	moves := map[string][]ingest.Move{}
	for id := range e.toFile {
		numbering, _, _ := strings.Cut(id, " ")
		moves[numbering] = append(moves[numbering], ingest.Move{ID: id, Folder: "Processed"})
	}
	for _, list := range moves {
		filed, err := s.Move(ctx, list)
		if errors.Is(err, ingest.ErrRenumbered) { // what lies there is collected again, under other numbers
			for _, m := range list {
				delete(e.toFile, m.ID)
			}
		}
		for _, id := range filed.Gone {
			delete(e.toFile, id)
		}
		if err != nil {
			return err
		}
	}
	if len(found.Missing) > 0 {
		return fmt.Errorf("%d messages did not come", len(found.Missing))
	}
	return s.SaveCopy(ctx, "Sent", "answer@department.example", []byte(plainMail("answer")), time.Now())
}

// until runs the errand again until it ends well.
func (e *errand) until(ctx context.Context) {
	for range 5 {
		err := e.once(ctx)
		if err == nil {
			return
		}
		e.errs = append(e.errs, err)
	}
}

const errandMails = 5

// errandAt sets up an office for an errand.
func errandAt(t *testing.T, caps []imap.Cap, faults []mailtest.Fault) *errand {
	t.Helper()
	e := &errand{seen: map[string]bool{}, toFile: map[string]bool{}, bytes: map[string]int{}}
	e.server = startOfficeAt(t, func(o *mailtest.Options) {
		o.Without, o.Faults, o.Trace, o.Pace = without(caps), faults, true, 10*time.Microsecond
	})
	for i := range errandMails {
		if _, err := e.server.office.Deliver(e.server.username, mailtest.Inbox, []byte(plainMail(fmt.Sprintf("m%d", i))), time.Now()); err != nil {
			t.Fatal(err)
		}
	}
	return e
}

// Every way in which a server can misbehave, at every step of the conversation, with MOVE and without: nothing is lost
// or doubled, nothing half is taken for whole, and what went wrong is said.
func TestEveryFaultAtEveryStepOfTheInbox(t *testing.T) {
	for name, caps := range map[string][]imap.Cap{"MOVE": {imap.CapMove, imap.CapUIDPlus}, "COPY": {imap.CapUIDPlus}, "IMAP4rev1": nil} {
		learned := errandAt(t, caps, nil)
		if learned.until(t.Context()); len(learned.errs) > 0 {
			t.Fatal(learned.errs)
		}
		steps := map[int]mailtest.Step{}
		for _, step := range learned.server.office.Steps() {
			steps[step.N] = step
		}
		faults := mailtest.Variations(learned.server.office.Steps())
		if len(faults) < 200 {
			t.Fatalf("only %d faults to try", len(faults))
		}
		var wait sync.WaitGroup
		room := make(chan struct{}, 24) // most of them wait for a server that is silent
		for i, fault := range faults {
			if testing.Short() && i%10 != 0 {
				continue
			}
			step := steps[fault.Step]
			room <- struct{}{}
			wait.Go(func() {
				defer func() { <-room }()
				t.Run(fmt.Sprintf("%s/%s: %s", name, step, fault.Kind), func(t *testing.T) {
					e := errandAt(t, caps, []mailtest.Fault{fault})
					ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
					defer cancel()
					e.until(ctx)
					e.check(t, fault, step)
				})
			})
		}
		wait.Wait()
	}
}

func (e *errand) check(t *testing.T, fault mailtest.Fault, step mailtest.Step) {
	t.Helper()
	if len(e.errs) >= 5 {
		t.Fatalf("it never ends well: %v", e.errs)
	}
	for _, err := range e.errs {
		var trouble *mailserver.Error
		if !errors.As(err, &trouble) && !errors.Is(err, ingest.ErrRenumbered) && fault.Kind != mailtest.ExpungeInMiddle {
			t.Errorf("%v has no class", err)
		}
	}
	taken := 0 // by another client, for good
	if fault.Kind == mailtest.ExpungeInMiddle {
		taken = 1
	}
	if n := len(e.bytes); n > errandMails || n < errandMails-taken {
		t.Errorf("%d different messages came, want %d", n, errandMails)
	}
	at := map[string]int{}
	for _, folder := range []string{mailtest.Inbox, "Processed"} {
		list, err := e.server.office.Messages(e.server.username, folder)
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range list {
			if folder == "Processed" || !slices.Contains(m.Flags, `\deleted`) && !slices.Contains(m.Flags, `\Deleted`) {
				at[string(m.Raw)]++
			}
		}
	}
	missing := errandMails - len(at)
	for i := range errandMails {
		raw := plainMail(fmt.Sprintf("m%d", i))
		if e.bytes[raw] == 0 && at[raw] > 0 {
			t.Errorf("m%d was not collected", i)
		}
		if at[raw] > 1 && !copiedUnheard(step) {
			t.Errorf("m%d lies there %d times", i, at[raw])
		}
	}
	if missing > taken {
		t.Errorf("%d messages are lost", missing)
	}
	left, err := e.server.office.Messages(e.server.username, mailtest.Inbox)
	if err != nil {
		t.Fatal(err)
	}
	for _, m := range left {
		// Copied and marked, and then the folder was renumbered: every look passes over it.
		if fault.Kind != mailtest.ForgetUIDValidity || !slices.Contains(m.Flags, `\deleted`) && !slices.Contains(m.Flags, `\Deleted`) {
			t.Errorf("a message is left in the inbox, flags %v: %v", m.Flags, e.errs)
		}
	}
	if n := e.server.office.Count(e.server.username, "Sent"); n != 1 {
		t.Errorf("%d copies in Sent", n)
	}
}

// copiedUnheard holds between a COPY and the mark that it was done, on a server without MOVE: what happened cannot be
// known later, so it is copied again. A second copy in the folder of processed mails is the price of never losing one.
func copiedUnheard(s mailtest.Step) bool {
	return s.Verb == "UID COPY" && s.Moment == mailtest.Answered || s.Verb == "UID STORE" && s.Moment == mailtest.Asked
}
