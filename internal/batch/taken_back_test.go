package batch_test

import (
	"bytes"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/xuri/excelize/v2"

	"handrail/internal/ledger"
	"handrail/internal/request"
)

// buy asks for something and gives its newest line.
func (d *agency) buy(title, supplier, total string, with ...string) ledger.Line {
	d.t.Helper()
	d.send(testStaff, title, "Form attached.", d.form(testStaff, request.English, line(title, supplier, total, "0", total, with...)))
	d.once()
	d.pass(24 * time.Hour)
	var newest ledger.Line
	for _, l := range d.lines() {
		if l.ID > newest.ID {
			newest = l
		}
	}
	return newest
}

// withdraw answers the newest mail to the requester.
func (d *agency) withdraw(words string) {
	d.t.Helper()
	mails := d.inbox(testStaff)
	d.reply(testStaff, mails[len(mails)-1], words)
}

// Whoever asks, gets the number, withdraws and asks again is seen, and the officer reads why.
func TestAWithdrawnApprovalCountsOn(t *testing.T) {
	t.Parallel()
	d := open(t, nil)
	first := d.buy("Forms", "Maple Code Inc.", "6000")
	if first.Outcome != request.Approved {
		t.Fatalf("the first is %s", first.Outcome)
	}
	d.withdraw("WITHDRAW")
	d.says(d.last(testStaff), "Withdrawn, as you asked", "do not buy with this number", "until January 22, 2027")
	d.says(d.last(testCard), "withdrew a line that names you as cardholder", first.Reference)
	second := d.buy("More forms", "Maple Code Inc.", "6000")
	if second.Outcome != request.Escalated || !strings.Contains(strings.Join(second.Guardrails, " "), "split-supplier") {
		t.Fatalf("asked again it is %s by %v", second.Outcome, second.Guardrails)
	}
	d.says(d.last(testOfficer), first.Reference, "withdrawn on November 24, 2026, counts until January 22, 2027")
	d.sound()
	d.pass(70 * 24 * time.Hour)
	d.reply(testStaff, d.last(testStaff), "WITHDRAW ALL")
	if third := d.buy("Forms in spring", "Maple Code Inc.", "6000"); third.Outcome != request.Approved {
		t.Errorf("after sixty days it is %s by %v", third.Outcome, third.Guardrails)
	}
	d.sound()
}

// rewritten is a workbook in which cells that say something say something else; numbers stay numbers.
func rewritten(t *testing.T, data []byte, oldnew ...string) []byte {
	t.Helper()
	f, err := excelize.OpenReader(bytes.NewReader(data))
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = f.Close() }()
	sheet := f.GetSheetName(0)
	rows, err := f.GetRows(sheet, excelize.Options{RawCellValue: true})
	if err != nil {
		t.Fatal(err)
	}
	for r := range rows {
		for c, said := range rows[r] {
			for i := 0; i < len(oldnew); i += 2 {
				if said != oldnew[i] {
					continue
				}
				cell, err := excelize.CoordinatesToCellName(c+1, r+1)
				if err != nil {
					t.Fatal(err)
				}
				var value any = oldnew[i+1]
				if n, err := strconv.ParseFloat(oldnew[i+1], 64); err == nil {
					value = n
				}
				if err := f.SetCellValue(sheet, cell, value); err != nil {
					t.Fatal(err)
				}
			}
		}
	}
	b, err := f.WriteToBuffer()
	if err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// What is replaced at the same supplier counts once; what was given out for another supplier counts on, and its cardholder hears.
func TestWhatIsReplacedCountsOnAtAnotherSupplier(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		supplier, total string
		more            string          // of a further purchase at the first supplier
		then            request.Outcome // of that
		told            int
	}{
		"a corrected amount":     {"Maple Code Inc.", "6100", "3900", request.Approved, 0},
		"another way to write":   {"MAPLE CODE INC", "6100", "3900", request.Approved, 0},
		"replaced elsewhere":     {"Oak Analytics", "6000", "4200", request.Escalated, 1},
		"replaced and corrected": {"Oak Analytics", "500", "4200", request.Escalated, 1},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			d := open(t, nil)
			first := d.buy("Forms", "Maple Code Inc.", "5900")
			d.send(testStaff, "Corrected", "See attached.", rewritten(t, d.last(testStaff).Attachments[0].Data, "Maple Code Inc.", c.supplier, "5900", c.total))
			d.once()
			d.pass(24 * time.Hour)
			if now := d.lines()[first.Reference]; now.Outcome != request.Superseded {
				t.Fatalf("the first line is %s", now.Outcome)
			}
			if n := d.count(testCard, "replaced a line that names you as cardholder"); n != c.told {
				t.Errorf("the cardholder heard %d times, want %d", n, c.told)
			}
			if last := d.buy("More forms", "Maple Code Inc.", c.more, "justification", "A new rule."); last.Outcome != c.then {
				t.Errorf("a further purchase is %s by %v, want %s", last.Outcome, last.Guardrails, c.then)
			}
			d.sound()
		})
	}
}

// Whoever withdraws and asks again, correctly and within the limit, is approved without a word.
func TestOneWithdrawalAndOneCorrectRequestPass(t *testing.T) {
	t.Parallel()
	d := open(t, nil)
	d.buy("Forms", "Maple Code Inc.", "4000")
	d.withdraw("WITHDRAW")
	if l := d.buy("Forms, as quoted", "Maple Code Inc.", "4300"); l.Outcome != request.Approved {
		t.Errorf("it is %s by %v", l.Outcome, l.Guardrails)
	}
	d.sound()
}

// Once a charge bears its number, an approval cannot be withdrawn, and the requester hears who can help.
func TestAChargedLineCannotBeWithdrawn(t *testing.T) {
	t.Parallel()
	d := open(t, withStatements)
	d.send(testStaff, "Two", "Form attached.", d.form(testStaff, request.English, line("Forms", "Maple Code Inc.", "4000", "0", "4000"), line("Chairs", "Oak Analytics", "500", "0", "500")))
	d.once()
	answer := d.last(testStaff)
	d.pass(48 * time.Hour)
	d.send(testFinance, "Card activity", "Attached.", cardStatement(row("2026-11-24", "MAPLE CODE INC", "4000.00", "HR-2026-000001-01")))
	d.pass(6 * 24 * time.Hour)
	d.once()
	d.reply(testStaff, answer, "WITHDRAW 1")
	d.wantOutcomes(map[string]request.Outcome{"000001-01": request.Approved, "000001-02": request.Approved})
	d.says(d.last(testStaff), "Not withdrawn: HR-2026-000001-01", "Only finance can correct that ("+testFinance+")")
	d.reply(testStaff, answer, "WITHDRAW ALL")
	d.wantOutcomes(map[string]request.Outcome{"000001-01": request.Approved, "000001-02": request.Withdrawn})
	d.says(d.last(testStaff), "Withdrawn, as you asked", "Not withdrawn: HR-2026-000001-01")
	d.sound()
}
