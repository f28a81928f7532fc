package batch

import (
	"testing"

	"handrail/internal/ledger"
	"handrail/internal/request"
)

// What a clever requester may try to stay under the limits, each through the real job. The guardrails are those of the
// shipped policy unless a test says otherwise.

// judged sends a workbook, lets it be judged, and tells its lines by their order in it.
func (d *department) judged(from string, form []byte) []ledger.Line {
	d.t.Helper()
	id := d.arrive(from, d.now(), form)
	if err := d.job.judge(d.t.Context(), []int64{id}); err != nil {
		d.t.Fatal(err)
	}
	var lines []ledger.Line
	if err := d.ledger.View(d.t.Context(), func(tx *ledger.Tx) (err error) {
		s, found, err := tx.SubmissionByReference(d.t.Context(), request.Reference{Year: d.job.day(d.now()).Year, Number: d.mails})
		if err != nil || !found {
			return err
		}
		lines, err = tx.LinesOf(d.t.Context(), []int64{s.ID})
		return err
	}); err != nil {
		d.t.Fatal(err)
	}
	return lines
}

// A file that bears the numbers of two versions of one line replaces neither, and stops nothing.
func TestTwoVersionsOfALineInOneFile(t *testing.T) {
	d := open(t, func(o *Options) { o.Inboxes[0].Policy = splitting(t) })
	first := d.judged(testStaff, table(t, "Benefits", []any{"Part", "Northwind", "", 2000, "4410"}))[0]
	second := d.judged(testStaff, table(t, "Benefits", []any{"Part", "Northwind", "", 2100, "4410", "", "", "", first.Reference}))[0]
	both := d.judged(testStaff, table(t, "Benefits", []any{"Part", "Northwind", "", 10, "4410", "", "", "", first.Reference},
		[]any{"Part", "Northwind", "", 20, "4410", "", "", "", second.Reference}))
	if len(both) != 2 || both[0].Supersedes != 0 || both[1].Supersedes != 0 {
		t.Errorf("lines %+v", both)
	}
	d.wantOutcomes(map[string]request.Outcome{"000001-01": request.Superseded, "000002-01": request.Approved, "000003-01": request.Approved, "000003-02": request.Approved})
	d.sound()
}
