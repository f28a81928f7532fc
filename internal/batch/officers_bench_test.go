package batch_test

import (
	"fmt"
	"strings"
	"syscall"
	"testing"
	"time"

	"handrail/ingest"
	"handrail/internal/ledger"
	"handrail/internal/request"
)

// asking lays n requests of one line into the inbox, each of another supplier, with numbers from first on.
func (d *agency) asking(b *testing.B, first, n int, net, tax, total string) {
	b.Helper()
	d.lay(b, first, n, line("Toner", "Supplier MSGNO Inc.", net, tax, total))
}

// lay puts n requests of the same lines into the inbox, with numbers from first on in place of MSGNO.
func (d *agency) lay(b *testing.B, first, n int, lines ...map[request.Field]string) {
	b.Helper()
	form := d.form(testStaff, request.English, lines...)
	for i := first; i < first+n; i++ {
		var body strings.Builder
		d.finish(&body, "Form attached.", [][]byte{renumbered(b, form, i)})
		raw := proof(testDomain) + fmt.Sprintf("From: <%s>\r\nTo: <%s>\r\nSubject: Request %d\r\nMessage-ID: <bench.%d@%s>\r\nMIME-Version: 1.0\r\n%s",
			testStaff, testInbox, i, i, testDomain, body.String())
		if _, err := d.office.Deliver(testInbox, "INBOX", []byte(raw), d.now()); err != nil {
			b.Fatal(err)
		}
	}
}

// twentyLines are those of a request that the end-to-end budgets are measured with.
func twentyLines() (lines []map[request.Field]string) {
	for i := range 20 {
		lines = append(lines, line(fmt.Sprintf("Purchase %d", i), fmt.Sprintf("Supplier MSGNO-%d Inc.", i), "100", "13", "113"))
	}
	return lines
}

// BenchmarkDecisionArrives is how long a requester waits once the officer has answered: from the reply's arrival at the
// mail server to the requester's mail there, with announcements and without a hold. Two seconds is the must.
func BenchmarkDecisionArrives(b *testing.B) {
	d := openAt(b, nil, unscheduled)
	d.running()
	var waited time.Duration
	n := 0
	for b.Loop() {
		d.asking(b, n, 1, "9500", "1235", "10735")
		n++
		d.until("the officer's mail", func() bool { return d.office.Count(testOfficer, "INBOX") == 2*n-1 })
		asked := d.inbox(testOfficer)[2*n-2]
		told := d.office.Count(testStaff, "INBOX")
		d.until("the first answer", func() bool { told = d.office.Count(testStaff, "INBOX"); return told == 2*n-1 })
		begun := time.Now()
		d.answer(testOfficer, asked, "APPROVE 1")
		d.until("the requester's mail", func() bool { return d.office.Count(testStaff, "INBOX") == told+1 })
		waited += time.Since(begun)
		d.until("the receipt", func() bool { return d.office.Count(testOfficer, "INBOX") == 2*n })
	}
	each := waited.Seconds() / float64(n)
	b.ReportMetric(each, "s/decision")
	b.ReportMetric(each/2, "x-must")
}

// answer mails an officer's reply and leaves it to the running job.
func (d *agency) answer(from string, to *ingest.Mail, body string) {
	d.t.Helper()
	d.mails++
	var b strings.Builder
	writeReplyHead(&b, d, from, to)
	d.finish(&b, body, nil)
	d.submit(from, []byte(b.String()))
}

// BenchmarkOpenEscalations is what a request costs while 10,000 escalations wait for officers, against what it costs while
// none does (1 is no slower): in time, which a busy machine distorts, and in the process's CPU.
func BenchmarkOpenEscalations(b *testing.B) {
	open, some := 10_000, 200
	if testing.Short() {
		open, some = 200, 50
	}
	for b.Loop() {
		d := openAt(b, nil, nil)
		pass := func(first int) (took, cpu time.Duration) {
			d.asking(b, first, some, "100", "13", "113")
			begun, used := time.Now(), processCPU(b)
			d.once()
			return time.Since(begun), processCPU(b) - used
		}
		pass(0) // what is made once is made
		none, noneCPU := pass(some)
		d.asking(b, 2*some, open, "9500", "1235", "10735")
		d.once()
		d.pass(24 * time.Hour)                                 // or one sender's 10,000 answers of the day would be counted for each request
		d.once()                                               // the officer's daily mails
		if n := d.withOfficers(b); n < open || n > open+some { // what the policy adds up sends some of the small ones to the officer too
			b.Fatalf("%d of %d lines wait for the officer", n, open)
		}
		many, manyCPU := pass(2*some + open)
		b.ReportMetric(float64(many)/float64(none), "x-none")
		b.ReportMetric(float64(manyCPU)/float64(noneCPU), "x-none-cpu")
		b.ReportMetric(many.Seconds()*1000/float64(some), "ms/request")
	}
}

// withOfficers counts the lines that an officer has had a mail about.
func (d *agency) withOfficers(b testing.TB) (n int) {
	b.Helper()
	if err := d.ledger.View(b.Context(), func(tx *ledger.Tx) error {
		waiting, err := tx.Escalations.Waiting(b.Context(), 0)
		for _, w := range waiting {
			if len(w.Holders) > 0 && w.Holders[0].Escalation != 0 {
				n++
			}
		}
		return err
	}); err != nil {
		b.Fatal(err)
	}
	return n
}

// processCPU is what this process has computed so far.
func processCPU(b testing.TB) time.Duration {
	b.Helper()
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		b.Fatal(err)
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}
