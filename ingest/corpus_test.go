package ingest

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

const corpus = "../../shared/corpus"

// corpusFiles lists what the corpus holds below a folder; the test is skipped where there is no corpus.
func corpusFiles(t testing.TB, folder string) []string {
	t.Helper()
	var files []string
	err := filepath.WalkDir(filepath.Join(corpus, folder), func(path string, d os.DirEntry, err error) error {
		if err == nil && !d.IsDir() {
			files = append(files, path)
		}
		return err
	})
	if err != nil {
		t.Skip("the corpus of real messages is not here: ", err)
	}
	if len(files) == 0 {
		t.Fatal("the corpus is there but empty")
	}
	return files
}

// machines are the corpus messages that a machine sent about or because of another message, read by eye. None may be
// answered or acted upon.
var machines = map[string]Kind{
	"bounce.txt": BounceMail, "delivery-status.txt": BounceMail, "delivery-status2.txt": BounceMail,
	"delivery-status.anonymized.eml": BounceMail, "delivery-status-multiple-blank-lines.txt": BounceMail,
	"delivery-status-no-blank-line.txt": BounceMail, "delayed_dsn.raw": BounceMail, "dsn_with_multipart_alternative.raw": BounceMail,
	"multi_recipient_dsn.raw": BounceMail, "simple_dsn.raw": BounceMail, "simple_dsn_with_html.raw": BounceMail,
	"disposition-notification.txt": AutoReplyMail, "disposition-notification.anonymized.eml": AutoReplyMail,
	"feedback-report.txt": AutoReplyMail, "msg_25.txt": BounceMail, "multipart-wo-boundary.raw": BounceMail, "msg_05.txt": BounceMail, "msg_16.txt": BounceMail, "msg_43.txt": BounceMail,
	"msg_36.txt": MachineMail, "msg_42.txt": MachineMail, "ctype-bug.raw": MachineMail,
	"mime-bad-content-type.raw": MachineMail, "mime-blank-media-name.raw": MachineMail, "mime-duplicate-param.raw": MachineMail, "mime-unquoted-tspecials-param.raw": MachineMail,
}

func TestEveryCorpusMessageIsExactlyOneKind(t *testing.T) {
	kinds := map[Kind]int{}
	faults := map[Reason]int{}
	c := DefaultInbox()
	c.AuthservID = []string{"mx.department.example"}
	for _, file := range corpusFiles(t, "mail") {
		raw, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		begun := time.Now()
		m, err := Parse(context.Background(), raw, DefaultLimits())
		var fault *Fault
		if err != nil && !errors.As(err, &fault) {
			t.Fatalf("%s: %v is not a fault with a reason", file, err)
		}
		v := verdictOf(m, Surroundings{Addresses: []string{"achats@department.example"}})
		if took := time.Since(begun); took > 2*time.Second {
			t.Errorf("%s took %s", file, took)
		}
		if fault != nil {
			faults[fault.Reason]++
			if fault.Reason.Text().IsZero() {
				t.Errorf("%s: the reason %s has no words", file, fault.Reason)
			}
			if m.Text != "" || len(m.Attachments) > 0 {
				t.Errorf("%s: a message that was not read to the end (%v) still has parts", file, fault)
			}
		}
		kinds[v.Kind]++
		if v.Kind == "" || v.Kind == AnswerMail {
			t.Errorf("%s is taken for %q", file, v.Kind)
		}
		if s := Authenticate(context.Background(), m, raw, c, nil); s.Trusted() {
			t.Errorf("%s: believed a stranger: %s", file, s.Detail)
		}
		name := file[strings.LastIndex(file, "__")+1:]
		name = strings.TrimPrefix(filepath.Base(name), "_")
		if want, known := machines[name]; known && (v.Kind != want || v.Answer || v.Process) {
			t.Errorf("%s: %+v, want %s, neither answered nor processed", file, v, want)
		}
		t.Logf("%-70s %-10s answer=%-5v %v", filepath.Base(file), v.Kind, v.Answer, err)
	}
	t.Logf("kinds %v, faults %v", kinds, faults)
}
