package batch_test

import (
	"bytes"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"runtime/debug"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"handrail/ingest"
	"handrail/internal/incoming"
	"handrail/internal/job"
	"handrail/internal/ledger"
	"handrail/internal/request"
)

// What reading whatever lies in an inbox may cost.
const (
	mostMB        = 400
	mostOfOne     = 10 * time.Second // of a processor, for one message alone
	besideRequest = "HANDRAIL_TEST_BESIDE_A_REQUEST"
)

// Every file of the corpus and of the bench lies in one inbox among genuine requests, which are answered in the same pass. It runs in a
// process of its own, whose memory is its alone.
func TestNoFileKeepsARequestWaiting(t *testing.T) {
	if testing.Short() {
		t.Skip("-short: it is some hundred messages")
	}
	if len(hostileFiles(t)) == 0 {
		t.Skip("neither ../shared/corpus nor ../shared/bench is here")
	}
	cmd := exec.CommandContext(t.Context(), os.Args[0], "-test.run=^TestEveryFileBesideARequest$", "-test.v", "-test.timeout=5m")
	cmd.Env = append(os.Environ(), besideRequest+"=1")
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	t.Logf("%s", out)
}

// hostileFiles are the files of the corpus and of the bench.
func hostileFiles(tb testing.TB) (files []string) {
	tb.Helper()
	for _, dir := range []string{"../../../shared/corpus/mail", "../../../shared/corpus/xlsx", "../../../shared/bench"} {
		_ = filepath.WalkDir(dir, func(path string, e fs.DirEntry, err error) error {
			if err == nil && !e.IsDir() {
				files = append(files, path)
			}
			return nil // a folder that is not here has no files
		})
	}
	return files
}

// TestEveryFileBesideARequest is the process that TestNoFileKeepsARequestWaiting starts.
func TestEveryFileBesideARequest(t *testing.T) {
	if os.Getenv(besideRequest) == "" {
		t.Skip("only TestNoFileKeepsARequestWaiting runs this, in a process of its own")
	}
	d := open(t, func(o *job.Options) {
		o.Inboxes[0].Config.StatementSenders = []string{testFinance}
		o.Department.Domains = append(o.Department.Domains, crowd)
	})
	mails := hostileMails(t)
	genuine := map[string]bool{} // Message-IDs that must be answered
	ask := func(i int) {
		n := strconv.Itoa(i)
		genuine[d.send(testStaff, "Request "+n, "Form attached.", d.form(testStaff, request.English, line("Chairs "+n, "Maison "+n, "100", "13", "113")))] = true
	}
	for i, m := range mails {
		if i%50 == 0 {
			ask(i)
		}
		d.put(m.raw)
	}
	ask(len(mails))
	lies := resetPeak(t)
	used := processCPU(t)
	if _, err := d.job.Once(t.Context()); err != nil {
		t.Fatal(err)
	}
	used = processCPU(t) - used
	if n := d.office.Count(testInbox, "INBOX"); n != 0 {
		t.Errorf("%d messages are left in the inbox", n)
	}
	kinds := map[string]int{}
	for _, m := range mails {
		d.wantPlace(m, kinds)
	}
	d.wantAnswered(genuine)
	peak := memoryOfProcess(t, "VmHWM") - lies
	if peak > mostMB {
		t.Errorf("the pass took %d MB, the most is %d", peak, mostMB)
	}
	t.Logf("%d messages in %d MB beside %d MB of mail and %s of a processor: %v", len(mails)+len(genuine), peak, lies, used.Round(time.Millisecond), kinds)
	d.sound()
}

// hostileMail is a message and the file that it is made of.
type hostileMail struct{ file, raw string }

// hostileMails are all files as messages: mails as they are, and as the border server vouches for them; everything else attached to a mail of
// a proven sender, and a statement to one of finance.
func hostileMails(t *testing.T) (mails []hostileMail) {
	t.Helper()
	for i, file := range hostileFiles(t) {
		if !whole() && i%4 != 0 {
			continue // a sample
		}
		data, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		name := filepath.Base(file)
		if strings.Contains(file, "/corpus/mail/") || strings.HasSuffix(name, ".eml") {
			begun := processCPU(t)
			m, _ := ingest.Parse(t.Context(), data, ingest.DefaultLimits())
			if took := processCPU(t) - begun; took > mostOfOne {
				t.Errorf("%s took %s of a processor", file, took)
			}
			mails = append(mails, hostileMail{file, string(data)})
			if domain := m.From.Domain(); domain != "" {
				mails = append(mails, hostileMail{file, proof(domain) + string(data)})
			}
			continue
		}
		from, domain := fmt.Sprintf("sender%d@%s", i, crowd), crowd
		if strings.Contains(file, "/statements/") {
			from, domain = testFinance, testDomain
		}
		top := proof(domain) + fmt.Sprintf("From: <%s>\r\nTo: <%s>\r\nSubject: %s\r\nMessage-ID: <hostile.%d@%s>\r\nMIME-Version: 1.0\r\n", from, testInbox, encodedWord(name), i, domain)
		mails = append(mails, hostileMail{file, top + parts("mixed", plainText+"File attached.", attachedFile(name, data))})
	}
	folded := "From: a@b.example\r\nX: a\r\n" + strings.Repeat(" a\r\n", 350_000) + "\r\ntext"
	return append(mails, hostileMail{"code/folded-header", "From: <" + testOther + ">\r\nTo: <" + testInbox + ">\r\nMessage-ID: <folded@x>\r\nMIME-Version: 1.0\r\n" +
		parts("mixed", "Content-Type: message/rfc822\r\n\r\n"+folded)})
}

// wantPlace asserts that a message ended as one known kind in one folder, and in quarantine for a reason that has words.
func (d *agency) wantPlace(m hostileMail, kinds map[string]int) {
	d.t.Helper()
	rows := d.takenIn([]byte(m.raw))
	if len(rows) == 0 {
		d.t.Errorf("%s was never taken in", m.file)
	}
	for _, r := range rows {
		kinds[r.Kind]++
		if !knownKinds[r.Kind] || r.State != ledger.Filed && r.State != ledger.Quarantined || r.Destination == "" {
			d.t.Errorf("%s: %q, %s in %q", m.file, r.Kind, r.State, r.Destination)
		}
		switch {
		case r.State == ledger.Quarantined && ingest.Reason(r.Reason).Text().IsZero():
			d.t.Errorf("%s is in quarantine for %q, which has no words", m.file, r.Reason)
		case slices.Contains([]string{incoming.ReasonDied, incoming.ReasonSlow, incoming.ReasonDefect}, r.Reason):
			d.t.Errorf("%s is in quarantine for a fault of ours: %s", m.file, r.Reason)
		}
	}
}

// wantAnswered asserts that each of these messages was answered, with its workbook.
func (d *agency) wantAnswered(genuine map[string]bool) {
	d.t.Helper()
	answered := map[string]bool{}
	for _, m := range d.inbox(testStaff) {
		for _, id := range m.InReplyTo {
			answered[id] = answered[id] || len(m.Attachments) > 0
		}
	}
	for id := range genuine {
		if !answered[id] {
			d.t.Errorf("the request %s was not answered in the same pass", id)
		}
	}
}

// resetPeak forgets how much memory the process had at most, and says how much it has: the mails, which lie at the post office of the
// same process. Where it cannot be forgotten, nothing is left out.
func resetPeak(t *testing.T) (has int) {
	t.Helper()
	debug.FreeOSMemory()
	if os.WriteFile("/proc/self/clear_refs", []byte("5"), 0) != nil {
		return 0
	}
	return memoryOfProcess(t, "VmRSS")
}

// memoryOfProcess is what Linux says of this process's memory under a name, in MB; 0 elsewhere.
func memoryOfProcess(t *testing.T, name string) int {
	t.Helper()
	status, err := os.ReadFile("/proc/self/status")
	if err != nil {
		t.Log("only Linux says how much memory a process has: ", err)
		return 0
	}
	_, rest, _ := bytes.Cut(status, []byte(name+":"))
	kb, err := strconv.Atoi(string(bytes.Fields(rest)[0]))
	if err != nil {
		t.Fatal(err)
	}
	return kb / 1024
}
