package batch_test

import (
	"context"
	"errors"
	"net"
	"strings"
	"sync/atomic"
	"testing"

	"handrail/ingest"
	"handrail/ingest/imap"
	"handrail/internal/job"
	"handrail/internal/ledger"
	"handrail/internal/request"
)

func TestAWrongPasswordIsTriedOncePerRun(t *testing.T) {
	t.Parallel()
	var dials atomic.Int32
	d := open(t, func(o *job.Options) {
		o.Inboxes[0].Config.Password = ingest.Secret{Value: "wrong"}
		o.Inboxes[0].Mailbox = imapMailbox{options: imap.Options{Dial: func(ctx context.Context, network, address string) (net.Conn, error) {
			dials.Add(1)
			return (&net.Dialer{}).DialContext(ctx, network, address)
		}}}
	})
	report, err := d.job.Once(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	var trouble *ingest.ServerError
	if len(report.Troubles) != 1 || !errors.As(report.Troubles[0], &trouble) || trouble.Class != ingest.CredentialsError {
		t.Errorf("troubles: %v", report.Troubles)
	}
	if n := dials.Load(); n != 1 {
		t.Errorf("the login was tried %d times", n)
	}
	if strings.Contains(report.Troubles[0].Error(), "wrong") {
		t.Error("the trouble shows the password")
	}
}

// A server that is away when answers are sent costs nothing but time: they wait in the ledger, and the next run sends
// each of them once.
func TestAMailServerThatIsAwayLosesNothing(t *testing.T) {
	t.Parallel()
	d := open(t, nil)
	d.send(testStaff, "One purchase", "Form attached.", d.form(testStaff, request.English, line("Kit A", "Maison A inc.", "100", "13", "113")))
	if err := d.job.Collect(t.Context(), "requests"); err != nil {
		t.Fatal(err)
	}
	d.sender.Close()
	report, err := d.job.Once(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if n := len(d.inbox(testStaff)); n != 0 {
		t.Fatalf("%d mails were sent by a closed sender", n)
	}
	if report.Pending.Due[ledger.SendStep]+report.Pending.Later == 0 {
		t.Error("nothing waits to be sent")
	}
	if err := d.job.Close(); err != nil {
		t.Fatal(err)
	}
	d.start(nil)
	d.pass(2 * 60 * 60 * 1e9)
	d.once()
	if n := len(d.inbox(testStaff)); n != 1 {
		t.Errorf("the answer was sent %d times", n)
	}
}

func TestAJobThatLacksSomethingIsRefusedWhenItIsMade(t *testing.T) {
	t.Parallel()
	_, err := job.New(job.Options{})
	if err == nil {
		t.Fatal("an empty job was made")
	}
	for _, want := range []string{"a ledger", "an inbox", "somebody to write mails", "somebody to send mails", "the blank form", "a clock", "a log"} {
		if !strings.Contains(err.Error(), want) {
			t.Errorf("%q is not missed: %v", want, err)
		}
	}
}
