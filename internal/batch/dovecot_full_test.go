package batch_test

import (
	"errors"
	"os"
	"testing"
	"time"

	"github.com/emersion/go-imap/v2"
	"github.com/emersion/go-imap/v2/imapclient"

	"handrail/ingest"
	"handrail/internal/job"
	"handrail/internal/mailtest/dovecot"
	"handrail/internal/request"
)

// A mailbox that is full, and a folder that may not be written, on a real server: the operator hears once with the server's
// words, nothing is lost or answered twice, and all goes on by itself when it is put right.
func TestAFullMailboxAndAFolderThatMayNotBeWrittenOnDovecot(t *testing.T) {
	t.Parallel()
	for _, x := range []struct {
		name, config string
		before, mend func(t *testing.T, s *dovecot.Server)
		began, ended string
		words, hint  string
	}{
		{"full", "mail_plugins = quota\nprotocol imap {\n mail_plugins = quota imap_quota\n}\nplugin {\n quota = count:User quota\n quota_vsizes = yes\n quota_rule = *:messages=1\n}\n",
			func(*testing.T, *dovecot.Server) {}, emptyProcessed, "Does not work: the folder Sent", "Works again: the folder Sent", "OVERQUOTA", "The mailbox is full"},
		{"read-only", "mail_plugins = acl\nplugin {\n acl = vfile:{dir}/acls:cache_secs=0\n}\n",
			func(t *testing.T, s *dovecot.Server) { writeACL(t, s, "Processed owner lr\n") },
			func(t *testing.T, s *dovecot.Server) { writeACL(t, s, "Processed owner lrwstipekxa\n") },
			"Does not work: the folder Processed", "Works again: the folder Processed", "Permission denied", "The account may not write there"},
	} {
		t.Run(x.name, func(t *testing.T) {
			t.Parallel()
			server, err := dovecot.Start(x.config)
			if errors.Is(err, dovecot.ErrMissing) && os.Getenv("HANDRAIL_TEST_DOVECOT") == "" {
				t.Skip(err)
			} else if err != nil {
				t.Fatal(err)
			}
			t.Cleanup(func() { _ = server.Close() })
			x.before(t, server)
			inDovecot := func(o *job.Options) {
				c := &o.Inboxes[0].Config
				c.Port, c.Password, c.Folders.Sent = server.IMAPPort, ingest.Secret{Value: dovecot.Password}, "Sent"
			}
			d := open(t, nil)
			d.pass(time.Since(d.now())) // the server's clock is the machine's
			d.restart(inDovecot)
			d.send(testStaff, "Purchase", "Form.", d.form(testStaff, request.English, line("Kit A", "Maison A inc.", "100", "13", "113")))
			waiting, err := d.office.Messages(testInbox, "INBOX")
			if err != nil || len(waiting) != 1 {
				t.Fatal(len(waiting), err)
			}
			if err := server.Deliver(testStaff, testInbox, waiting[0].Raw); err != nil {
				t.Fatal(err)
			}
			d.tries()
			for range 2 {
				d.pass(5 * time.Minute)
				d.start(inDovecot)
				d.tries()
			}
			d.operatorHas("it lasts", 1, x.began, x.words, x.hint)
			x.mend(t, server)
			d.pass(time.Hour)
			d.start(inDovecot)
			d.tries()
			d.operatorHas("it works", 2, x.ended)
			if n := len(d.inbox(testStaff)); n != 1 {
				t.Errorf("%d answers", n)
			}
			d.sound()
		})
	}
}

func writeACL(t *testing.T, s *dovecot.Server, text string) {
	t.Helper()
	if err := s.WriteFile("acls", text); err != nil {
		t.Fatal(err)
	}
}

// emptyProcessed makes room, as a person in a mail program.
func emptyProcessed(t *testing.T, s *dovecot.Server) {
	t.Helper()
	c, err := imapclient.DialInsecure(s.IMAPAddr(), nil)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = c.Close() }()
	if err := c.Login(testInbox, dovecot.Password).Wait(); err != nil {
		t.Fatal(err)
	}
	box, err := c.Select("Processed", nil).Wait()
	if err != nil || box.NumMessages == 0 {
		t.Fatal(box, err)
	}
	var all imap.SeqSet
	all.AddRange(1, 0)
	if err := c.Store(all, &imap.StoreFlags{Op: imap.StoreFlagsAdd, Silent: true, Flags: []imap.Flag{imap.FlagDeleted}}, nil).Close(); err != nil {
		t.Fatal(err)
	}
	if err := c.Expunge().Close(); err != nil {
		t.Fatal(err)
	}
}
