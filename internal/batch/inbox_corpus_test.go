package batch_test

import (
	"context"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"handrail/ingest"
	"handrail/internal/ledger"
	"handrail/internal/request"
)

// knownKinds are what a message can be. A copy is one whose bytes came before.
var knownKinds = map[string]bool{"request": true, "answer": true, "statement": true, "bounce": true, "auto-reply": true, "list": true, "calendar": true,
	"own": true, "machine": true, "other": true, "copy": true}

// Real and hostile mail of three other projects goes through the whole job, as mail that the border server vouches for
// and as it is. Each message ends as one known kind in one folder; none decides, is judged as a request, or gets an
// answer when it is not vouched for; nothing hangs.
func TestTheCorpusGoesThroughTheWholeJob(t *testing.T) {
	var files []string
	err := filepath.WalkDir("../../../shared/corpus/mail", func(path string, e fs.DirEntry, err error) error {
		if err == nil && !e.IsDir() {
			files = append(files, path)
		}
		return err
	})
	if err != nil {
		t.Skip("the corpus of real messages (../shared/corpus/mail) is not here: ", err)
	}
	d, asked := escalated(t, nil)
	before := d.office.NumSubmitted() - d.sentTo(testOps)
	for _, file := range files {
		raw, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		begun := time.Now()
		m, _ := ingest.Parse(context.Background(), raw, ingest.DefaultLimits())
		if took := time.Since(begun); took > 2*time.Second {
			t.Errorf("%s took %s", file, took)
		}
		d.put(string(raw))
		// The same, with a border server that vouches for whatever From says.
		if domain := m.From.Domain(); domain != "" {
			d.put(proof(domain) + string(raw))
		}
	}
	put := d.office.Count(testInbox, "INBOX")
	d.once()
	if n := d.office.Count(testInbox, "INBOX"); n != 0 {
		t.Errorf("%d of %d messages are left in the inbox", n, put)
	}
	if got := d.office.Count(testInbox, "Processed") + d.office.Count(testInbox, "Quarantine"); got != put+1 {
		t.Errorf("%d messages are in their folders, want %d", got, put+1)
	}
	for reference, outcome := range d.outcomes() {
		if outcome != request.Escalated || len(d.outcomes()) != 3 {
			t.Errorf("%s is %s: something of the corpus was a request or a decision", reference, outcome)
		}
	}
	kinds := map[string]int{}
	for i := range put + 1 {
		d.checkIntake(t, int64(i+1), kinds)
	}
	t.Logf("%d messages: %v", put, kinds)
	// None of it is from the department and none brings a form, so nobody is answered, and the officer's mail stays undecided.
	all, err := d.office.Submitted()
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range all[before:] {
		if !strings.HasSuffix(s.To[0], "@"+testDomain) {
			t.Errorf("%s was written to", s.To[0])
		}
	}
	d.reply(testOfficer, asked, "APPROVE 1")
	d.sound()
}

func (d *agency) checkIntake(t *testing.T, id int64, kinds map[string]int) {
	t.Helper()
	err := d.ledger.View(t.Context(), func(tx *ledger.Tx) error {
		m, found, err := tx.Messages.Row(t.Context(), id)
		if err != nil || !found {
			t.Fatalf("message %d has no row: %v", id, err)
		}
		kinds[m.Kind]++
		if !knownKinds[m.Kind] || m.State != ledger.Filed && m.State != ledger.Quarantined || m.Destination == "" {
			t.Errorf("message %d (%s): %s, %s in %q", id, m.Subject, m.Kind, m.State, m.Destination)
		}
		if m.State == ledger.Quarantined && ingest.Reason(m.Reason).Text().IsZero() {
			t.Errorf("message %d is in quarantine for %q, which has no words", id, m.Reason)
		}
		if m.Kind == string(ingest.AnswerMail) {
			t.Errorf("message %d (%s) passes for an officer's answer", id, m.Subject)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}
