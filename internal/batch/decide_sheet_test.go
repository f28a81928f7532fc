package batch_test

import (
	"bytes"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/xuri/excelize/v2"

	"handrail/ingest"
	"handrail/internal/request"
	"handrail/internal/workbook"
)

// fill is what an officer does to the decision workbook: open, type into cells, save.
func fill(t testing.TB, book []byte, cells map[string]any) []byte {
	t.Helper()
	f, err := excelize.OpenReader(bytes.NewReader(book))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	sheet := f.GetSheetName(0)
	for cell, value := range cells {
		if formula, is := value.(string); is && strings.HasPrefix(formula, "=") {
			err = f.SetCellFormula(sheet, cell, formula)
		} else {
			err = f.SetCellValue(sheet, cell, value)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	var b bytes.Buffer
	if err := f.Write(&b); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// returnBook answers a mail with a workbook attached.
func (d *agency) returnBook(from string, to *ingest.Mail, body string, books ...[]byte) {
	d.t.Helper()
	d.mails++
	var b strings.Builder
	writeReplyHead(&b, d, from, to)
	d.finish(&b, body, books)
	d.submit(from, []byte(b.String()))
	d.once()
}

func decisionBookOf(t testing.TB, asked *ingest.Mail) []byte {
	t.Helper()
	if len(asked.Attachments) != 1 || asked.Attachments[0].Format != workbook.Xlsx {
		t.Fatalf("the officer's mail brings %d files", len(asked.Attachments))
	}
	return asked.Attachments[0].Data
}

func TestAnOfficerDecidesInTheWorkbook(t *testing.T) {
	t.Parallel()
	d, asked := escalated(t, nil)
	book := fill(t, decisionBookOf(t, asked), map[string]any{"E5": "Approve", "F5": "Within the programme’s plan", "E6": "Decline", "F6": "one need, bought in two parts"})
	d.returnBook(testOfficer, asked, "Please see attached.\n\nThanks,\nOdile Officer", book)
	d.wantOutcomes(map[string]request.Outcome{"000001-01": request.Approved, "000001-02": request.Declined, "000001-03": request.Escalated})
	staff := d.inbox(testStaff)
	if len(staff) != 2 || !strings.Contains(staff[1].Text, "one need, bought in two parts") {
		t.Fatalf("the requester heard %d times", len(staff))
	}
	// The rest by the same workbook, sent back once more: what is decided is not decided twice.
	book = fill(t, decisionBookOf(t, asked), map[string]any{"E7": "Approved", "F7": "a new need"})
	d.returnBook(testOfficer, asked, "", book)
	d.wantOutcomes(map[string]request.Outcome{"000001-01": request.Approved, "000001-02": request.Declined, "000001-03": request.Approved})
	d.sound()
}

// The decision is chosen from a list in the officer's language, on every line and nowhere else; a reason is typed.
func TestADecisionWorkbookHasDropDowns(t *testing.T) {
	_, asked := escalated(t, nil)
	f, err := excelize.OpenReader(bytes.NewReader(decisionBookOf(t, asked)))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	list, err := f.GetDataValidations(f.GetSheetName(0))
	if err != nil {
		t.Fatal(err)
	}
	var lists []string
	for _, v := range list {
		if v.Type == "list" {
			lists = append(lists, v.Sqref+" "+v.Formula1)
		}
	}
	if want := []string{`E5 "Approve,Decline"`, `E6 "Approve,Decline"`, `E7 "Approve,Decline"`}; !slices.Equal(lists, want) {
		t.Errorf("drop-downs %q, want %q", lists, want)
	}
}

func TestADecisionWorkbookInAMailOfItsOwnDecidesByTheCodeInItsCell(t *testing.T) {
	t.Parallel()
	d, asked := escalated(t, nil)
	book := fill(t, decisionBookOf(t, asked), map[string]any{"E5": "Approve"})
	d.send(testOfficer, "My decision", "See attached.", book)
	d.once()
	d.wantOutcomes(map[string]request.Outcome{"000001-01": request.Approved, "000001-02": request.Escalated})
	if n := len(d.lines()); n != 3 {
		t.Errorf("%d lines: the decision workbook was read as a request", n)
	}
}

func TestAWordTypedAndChosenTwiceIsOneDecision(t *testing.T) {
	t.Parallel()
	d, asked := escalated(t, nil)
	d.returnBook(testOfficer, asked, "APPROVE 1", fill(t, decisionBookOf(t, asked), map[string]any{"E5": "Approve", "F5": "planned"}))
	d.wantOutcomes(map[string]request.Outcome{"000001-01": request.Approved})
	if l := d.lines()["HR-2026-000001-01"]; l.Reason != "planned" {
		t.Errorf("the reason is %q", l.Reason)
	}
}

// Whatever in a workbook could be read two ways asks back, and nothing of it decides.
func TestAWorkbookThatCouldBeReadTwoWaysDecidesNothing(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		cells map[string]any
		body  string
		says  string
	}{
		"yes is no decision":             {map[string]any{"E5": "yes"}, "", "is not a decision"},
		"a formula":                      {map[string]any{"E5": `="App"&"rove"`}, "", "formula"},
		"a condition as a reason":        {map[string]any{"E5": "Approve", "F5": "only if the price holds"}, "", "condition"},
		"a reason without a decision":    {map[string]any{"E5": "Approve", "F7": "hm"}, "", "no decision"},
		"no reason to decline":           {map[string]any{"E5": "Decline"}, "", "reason is needed"},
		"no reason to approve a split":   {map[string]any{"E6": "Approve"}, "", "say why"},
		"an edited amount":               {map[string]any{"D5": 107.35, "E5": "Approve"}, "", "the amount"},
		"an amount edited elsewhere":     {map[string]any{"D6": 1, "E5": "Approve"}, "", "the amount"},
		"an edited supplier":             {map[string]any{"C5": "Somebody Else", "E5": "Approve"}, "", "the supplier"},
		"an edited title":                {map[string]any{"B5": "Chairs", "E5": "Approve"}, "", "what is bought"},
		"another line's reference":       {map[string]any{"I5": "HR-2026-000001-02", "E5": "Approve"}, "", "the line"},
		"a line twice":                   {map[string]any{"E5": "Approve", "A6": 1, "E6": "Decline", "F6": "no"}, "", "twice"},
		"the code is gone":               {map[string]any{"B3": "", "E5": "Approve"}, "", "code"},
		"text beside it":                 {map[string]any{"E5": "Approve"}, "Attached, but wait for the new quote.", "holds no command"},
		"typed otherwise":                {map[string]any{"E5": "Approve"}, "DECLINE 1: no budget", "same line"},
		"look-alike letters":             {map[string]any{"E5": "Аpprove"}, "", "is not a decision"},
		"a right-to-left override":       {map[string]any{"E5": "\u202eevorppA"}, "", "is not a decision"},
		"nothing filled in":              {nil, "", "decision column of your workbook is empty"},
		"a row of its own below":         {map[string]any{"A9": 7, "E9": "Approve"}, "", "the line"},
		"the instruction of two answers": {map[string]any{"E5": "Approve / Decline"}, "", "is not a decision"},
	} {
		t.Run(name, func(t *testing.T) {
			d, asked := escalated(t, nil)
			d.returnBook(testOfficer, asked, c.body, fill(t, decisionBookOf(t, asked), c.cells))
			d.wantOutcomes(map[string]request.Outcome{"000001-01": request.Escalated, "000001-02": request.Escalated, "000001-03": request.Escalated})
			mails := d.inbox(testOfficer)
			if len(mails) != 2 || !strings.Contains(flat(mails[1].Text), c.says) {
				t.Errorf("%d mails; the last does not say %q:\n%s", len(mails), c.says, mails[len(mails)-1].Text)
			}
			if len(d.inbox(testStaff)) != 1 {
				t.Error("the requester was told something")
			}
		})
	}
}

func TestAHiddenRowDecidesNothing(t *testing.T) {
	t.Parallel()
	d, asked := escalated(t, nil)
	f, err := excelize.OpenReader(bytes.NewReader(fill(t, decisionBookOf(t, asked), map[string]any{"E5": "Approve"})))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if err := f.SetRowVisible(f.GetSheetName(0), 5, false); err != nil {
		t.Fatal(err)
	}
	var b bytes.Buffer
	if err := f.Write(&b); err != nil {
		t.Fatal(err)
	}
	d.returnBook(testOfficer, asked, "", b.Bytes())
	d.wantOutcomes(map[string]request.Outcome{"000001-01": request.Escalated})
}

func TestSomebodyElsesDecisionWorkbookDecidesNothing(t *testing.T) {
	t.Parallel()
	d, asked := escalated(t, nil)
	d.send(testHead, "My decision", "", fill(t, decisionBookOf(t, asked), map[string]any{"E5": "Approve"}))
	d.send(testStaff, "Decision", "", fill(t, decisionBookOf(t, asked), map[string]any{"E5": "Approve"}))
	d.once()
	d.wantOutcomes(map[string]request.Outcome{"000001-01": request.Escalated})
}

func TestTheWorkbookOfAChangedLineDecidesNothing(t *testing.T) {
	t.Parallel()
	d, asked := escalated(t, nil)
	annotated := d.inbox(testStaff)[0].Attachments[0].Data
	d.pass(time.Hour)
	d.send(testStaff, "Corrected", "See attached.", changeCell(t, changeCell(t, annotated, "E13", 9500, 19500), "G13", 10735, 20735))
	d.once()
	d.returnBook(testOfficer, asked, "", fill(t, decisionBookOf(t, asked), map[string]any{"E5": "Approve"}))
	for reference, o := range d.outcomes() {
		if o == request.Approved {
			t.Errorf("%s was approved by the workbook of an older version", reference)
		}
	}
	// The mail about the new version says what changed.
	mails := d.inbox(testOfficer)
	found := false
	for _, m := range mails {
		found = found || strings.Contains(flat(m.Text), "Total: $20,735.00 (was $10,735.00)")
	}
	if !found {
		for _, m := range mails {
			t.Errorf("no mail says what changed: %s\n%s", m.Subject, m.Text)
		}
	}
	d.sound()
}

// flat is text on one line: mails are wrapped.
func flat(s string) string {
	return strings.Join(strings.Fields(strings.ReplaceAll(s, "\u00a0", " ")), " ")
}

func TestADecisionWorkbookIsInTheOfficersLanguage(t *testing.T) {
	t.Parallel()
	d := open(t, nil)
	d.send(testStaff, "Purchase", "Form attached.", d.form(testStaff, request.English, line("Platform", "Mille Pages", "30000", "3900", "33900")))
	d.once()
	asked := d.inbox(testHead)[0] // above the first officer's limit; the head reads French
	d.returnBook(testHead, asked, "Bonjour,\n\nVoici ma décision.\n\nMerci", fill(t, decisionBookOf(t, asked), map[string]any{"E5": "Refuser", "F5": "Hors budget"}))
	d.wantOutcomes(map[string]request.Outcome{"000001-01": request.Declined})
}
