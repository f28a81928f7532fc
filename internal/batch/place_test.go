package batch_test

import (
	"errors"
	"os"
	"testing"
	"time"

	"handrail/internal/ledger"
	"handrail/internal/request"
)

// A ledger that is emptied, taken away or replaced while the job works decides and sends nothing from then on: no number is
// given that no ledger knows, and the request stays in the inbox.
func TestAJobWhoseLedgerIsGoneAnswersNobody(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		strike func(t *testing.T, path string)
		want   ledger.Trouble
	}{
		"emptied in place": {func(t *testing.T, path string) {
			if err := os.Truncate(path, 0); err != nil {
				t.Fatal(err)
			}
		}, ledger.Emptied},
		"deleted": {func(t *testing.T, path string) {
			if err := os.Remove(path); err != nil {
				t.Fatal(err)
			}
		}, ledger.Moved},
		"replaced by another": {func(t *testing.T, path string) {
			l, err := ledger.Create(t.Context(), ledger.Config{URL: path + ".other"})
			if err == nil {
				err = l.Close()
			}
			if err == nil {
				err = os.Rename(path+".other", path)
			}
			if err != nil {
				t.Fatal(err)
			}
		}, ledger.Replaced},
		"its lock deleted, and another run begun": {func(t *testing.T, path string) {
			if err := os.Remove(path + ".lock"); err != nil {
				t.Fatal(err)
			}
			l, err := ledger.Open(t.Context(), ledger.Config{URL: path}, ledger.Run)
			if err != nil {
				t.Fatal(err)
			}
			t.Cleanup(func() { _ = l.Close() })
		}, ledger.LockGone},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			d := open(t, nil)
			path := d.ledger.Config().URL
			d.send(testStaff, "First", "Form attached.", d.goodForm("A"))
			d.once()
			answered := d.office.Count(testStaff, "INBOX")
			if answered == 0 {
				t.Fatal("the first request was not answered")
			}
			c.strike(t, path)
			d.send(testOther, "Second", "Form attached.", d.form(testOther, request.English, line("Kit B", "Maison B inc.", "100", "13", "113")))
			d.pass(time.Minute)
			for range 2 { // trying again changes nothing
				report, err := d.job.Once(t.Context())
				all := errors.Join(append(report.Troubles, err)...)
				var trouble *ledger.Error
				if !errors.As(all, &trouble) || trouble.Trouble != c.want {
					t.Fatalf("the pass says %v, want %s", all, c.want)
				}
			}
			for _, person := range []string{testOther, testOps, testOfficer, testFinance} {
				if n := d.office.Count(person, "INBOX"); n != 0 {
					t.Errorf("%s has %d mails", person, n)
				}
			}
			if n := d.office.Count(testStaff, "INBOX"); n != answered {
				t.Errorf("the first requester has %d mails, and had %d", n, answered)
			}
			if n := d.office.Count(testInbox, "INBOX"); n != 1 {
				t.Errorf("%d messages wait in the inbox, not the one that nobody could keep", n)
			}
		})
	}
}
