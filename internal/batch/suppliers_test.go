package batch_test

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"handrail/ingest"
	"handrail/internal/job"
	"handrail/internal/ledger"
	"handrail/internal/replay"
	"handrail/internal/request"
)

// Finance says of two names of the ledger that they are two suppliers: it is remembered and confirmed, UNDO takes it back, and a requester
// cannot say it.
func TestFinanceSaysOfTwoSuppliers(t *testing.T) {
	t.Parallel()
	d := open(t, nil)
	d.once()
	err := d.ledger.Decide(t.Context(), func(tx *ledger.Tx) error {
		return tx.Totals.AddNames(t.Context(), []string{"Northern Software Inc.", "Northen Software"})
	})
	if err != nil {
		t.Fatal(err)
	}
	holds := func() (n int) {
		t.Helper()
		if err := d.ledger.View(t.Context(), func(tx *ledger.Tx) error {
			found, err := tx.Suppliers.Pairs(context.Background(), request.SupplierName("Northen Software"))
			n = len(found)
			return err
		}); err != nil {
			t.Fatal(err)
		}
		return n
	}
	const said = "TWO SUPPLIERS: Northern Software Inc. / Northen Software"
	d.send(testStaff, said, "Thanks")
	d.once()
	if holds() != 0 {
		t.Fatal("a requester's word is remembered")
	}
	d.pass(time.Hour)
	d.send(testFinance, "Suppliers", "TWO SUPPLIERS: Northern Software Inc. / Northarn Software")
	d.once()
	if holds() != 0 {
		t.Fatal("a name that no request named is remembered")
	}
	d.send(testFinance, said, "Thanks")
	d.once()
	if holds() != 1 {
		t.Fatal("finance's word is not remembered")
	}
	mails := d.inbox(testFinance)
	told := mails[len(mails)-1]
	d.says(told, "Northen Software", "count as two suppliers", "SAME SUPPLIER: ", "UNDO")
	d.pass(time.Hour)
	d.reply(testFinance, told, "UNDO")
	if holds() != 0 {
		t.Error("UNDO takes nothing back")
	}
	mails = d.inbox(testFinance)
	d.says(mails[len(mails)-1], "Nothing is remembered any more")
	d.sound()
}

// What an officer says of two names that were added up is remembered, alone or beside a decision: the next line of the pair is approved,
// whoever reads of another sees that the name was left out, and UNDO brings it back.
func TestAnOfficerSaysOfANearNameThatItIsAnotherSupplier(t *testing.T) {
	t.Parallel()
	for answer, want := range map[string]request.Outcome{"TWO SUPPLIERS 1": request.Escalated, "APPROVE 1: two different suppliers": request.Approved} {
		t.Run(answer, func(t *testing.T) {
			t.Parallel()
			d := open(t, func(o *job.Options) { o.Inboxes[0].Policy = splitting(t, nearlySplit...) })
			d.once()
			ask := d.oneADay()
			ask("Repair of the parking gate", "Northern Software Inc.", "", 2000, request.Approved, "")
			near := ask("Toner for printers", "Northen Software", "", 2000, request.Escalated, "Northern Software Inc. (HR-2026-000001-01)")
			d.reply(testOfficer, d.last(testOfficer), answer)
			told := d.mailSaying(testOfficer, "count as two suppliers")
			d.says(told, "Northern Software Inc.", "Northen Software", "UNDO")
			if got := d.lines()[near.Reference].Outcome; got != want {
				t.Errorf("the line is %s, want %s", got, want)
			}
			ask("Twelve office chairs", "Northen Software", "", 900, request.Approved, "")
			ask("Rental of a forklift", "Northen Software", "", 1500, request.Escalated, "without Northern Software Inc., which people said is another supplier")
			d.says(d.last(testOfficer), "without Northern Software Inc., which people said is another supplier")
			if b := d.backtest(replay.BacktestOptions{Policy: d.options.Inboxes[0].Policy}); !strings.Contains(fmt.Sprint(flips(b)), strings.TrimPrefix(near.Reference, "HR-2026-")) {
				t.Errorf("judged again without the near name: %v", flips(b))
			}
			if want == request.Approved {
				d.sound()
				return
			}
			d.reply(testOfficer, told, "UNDO")
			d.mailSaying(testOfficer, "Nothing is remembered any more")
			ask("Accessibility review of the client guide", "Northen Software", "", 100, request.Escalated, "Northern Software Inc. (HR-2026-000001-01)")
			d.sound()
		})
	}
}

// Names that people said are one supplier add up however little they are alike, and with whatever valid numbers.
func TestOneSupplierAsPeopleSayHasBothNumbers(t *testing.T) {
	t.Parallel()
	d := open(t, func(o *job.Options) { o.Inboxes[0].Policy = splitting(t, nearlySplit...) })
	d.once()
	ask := d.oneADay()
	ask("Repair of the parking gate", "Alder Works", "123456782", 2000, request.Approved, "")
	ask("Toner for printers", "Quartz Paper", "100000009", 2000, request.Approved, "")
	d.send(testFinance, "SAME SUPPLIER: Alder Works / Quartz Paper", "Thanks")
	d.once()
	ask("Twelve office chairs", "Quartz Paper", "100000009", 500, request.Escalated, "Alder Works – one supplier, as was said of the two (HR-2026-000001-01)")
	d.sound()
}

// A name that no line had before and that is near one of several requests is noted, once, and stops nobody.
func TestANewNameNearAKnownOneIsNoted(t *testing.T) {
	t.Parallel()
	d := open(t, func(o *job.Options) { o.Inboxes[0].Policy = splitting(t, nearlySplit...) })
	d.once()
	ask := d.oneADay()
	const note = "Did you mean “Prairie Data” (2 requests)?"
	ask("Repair of the parking gate", "Prairie Data", "", 100, request.Approved, "")
	if l := ask("Toner for printers", "Prairies Data", "", 100, request.Approved, ""); strings.Contains(string(l.Findings), "Did you mean") {
		t.Errorf("a name of one request is proposed: %s", l.Findings)
	}
	ask("Twelve office chairs", "Prairie Data", "", 100, request.Approved, "")
	l := ask("Rental of a forklift", "Prairie Datas", "", 100, request.Approved, note)
	d.says(d.last(testStaff), note)
	if l := ask("Accessibility review of the client guide", "Prairie Datas", "", 100, request.Approved, ""); strings.Contains(string(l.Findings), "Did you mean") {
		t.Errorf("a known name is noted: %s", l.Findings)
	}
	if again := d.options.Inboxes[0].Policy.Judge(factsOf(t, &l)); len(again.Findings) != 1 || again.Outcome != request.Approved {
		t.Errorf("judged again: %+v", again)
	}
	d.sound()
}

// oneADay mails one line a day, each for a cost centre of its own, and holds how it is judged and what its findings say.
func (d *agency) oneADay() func(title, supplier, id string, total int, want request.Outcome, says string) ledger.Line {
	n := 0
	return func(title, supplier, id string, total int, want request.Outcome, says string) ledger.Line {
		d.t.Helper()
		n++
		d.pass(24 * time.Hour)
		d.send(testStaff, "Purchases", "Form attached.", table(d.t, "Benefits", []any{title, supplier, id, total, fmt.Sprintf("CC-%d", n)}))
		d.once()
		l, ok := d.lines()[request.Reference{Year: 2026, Number: n, Line: 1}.String()]
		if !ok || l.Outcome != want || !strings.Contains(string(l.Findings), says) {
			d.t.Errorf("%s at %s is %s, not %s, or does not say %q: %s", title, supplier, l.Outcome, want, says, l.Findings)
		}
		return l
	}
}

// mailSaying is the newest mail of somebody that says something.
func (d *agency) mailSaying(who, what string) *ingest.Mail {
	d.t.Helper()
	for _, m := range slices.Backward(d.inbox(who)) {
		if strings.Contains(flat(m.Text), what) {
			return m
		}
	}
	d.t.Fatalf("no mail to %s says %q", who, what)
	return nil
}
