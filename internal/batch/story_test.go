package batch_test

import (
	"bytes"
	"html"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/xuri/excelize/v2"

	"handrail/ingest"
	"handrail/internal/ledger"
	"handrail/internal/request"
)

var mailtoLink = regexp.MustCompile(`href="mailto:([^"?]+)\?([^"]+)"`)

// press sends the mail that a button of a mail opens: the one whose text begins with a command.
func (d *agency) press(who string, mail *ingest.Mail, command string) {
	d.t.Helper()
	for _, m := range mailtoLink.FindAllStringSubmatch(mail.HTML, -1) {
		fields, err := url.ParseQuery(strings.ReplaceAll(html.UnescapeString(m[2]), "+", "%2B"))
		if err != nil {
			d.t.Fatal(err)
		}
		if m[1] != testInbox || !strings.HasPrefix(fields.Get("body"), command) {
			continue
		}
		if strings.Contains(m[2], "+") {
			d.t.Errorf("a space in a button is escaped as +: %s", m[2])
		}
		d.send(who, fields.Get("subject"), fields.Get("body"))
		d.once()
		return
	}
	d.t.Fatalf("no button says %q", command)
}

// typeUnder is what somebody types into the cell of a row under a header.
func typeUnder(t testing.TB, book []byte, header string, row int, text string) []byte {
	t.Helper()
	f, err := excelize.OpenReader(bytes.NewReader(book))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	sheet := f.GetSheetName(0)
	found, err := f.SearchSheet(sheet, "^"+header, true)
	if err != nil || len(found) == 0 {
		t.Fatalf("no header %q: %v", header, err)
	}
	column, _, err := excelize.CellNameToCoordinates(found[len(found)-1])
	if err != nil {
		t.Fatal(err)
	}
	cell, _ := excelize.CoordinatesToCellName(column, row)
	if err := f.SetCellValue(sheet, cell, text); err != nil {
		t.Fatal(err)
	}
	var b bytes.Buffer
	if err := f.Write(&b); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// rowWith is the text of the first row in a workbook that holds a reference.
func rowWith(t testing.TB, book []byte, reference string) string {
	t.Helper()
	f, err := excelize.OpenReader(bytes.NewReader(book))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	for _, sheet := range f.GetSheetList() {
		rows, err := f.GetRows(sheet)
		if err != nil {
			t.Fatal(err)
		}
		for _, row := range rows {
			for _, cell := range row {
				if cell == reference {
					return strings.Join(row, " | ")
				}
			}
		}
	}
	return ""
}

// The story: staff mail one workbook with a line that is approved, two that an officer must decide and one that is
// returned. The officer approves one by a button and declines one by a typed reply, the requester corrects the returned
// one in the workbook that came back, finance sees all four in the week, and the chain verifies.
func TestFromTheFormToTheWeekByWayOfAnOfficer(t *testing.T) {
	t.Parallel()
	d := open(t, nil)
	d.send(testStaff, "Four purchases", "Form attached.", d.form(testStaff, request.English,
		line("Screen reader fixes", "Northwind Inc.", "4000", "520", "4520"),
		line("Calculator redesign", "Mille Pages", "9500", "1235", "10735"),
		line("Course material", "Zenith Ltd.", "9600", "1248", "10848"),
		line("Usability tests", "Essai inc.", "1800", "234", "2034", "rationale", "")))
	d.once()
	d.wantOutcomes(map[string]request.Outcome{"000001-01": request.Approved, "000001-02": request.Escalated, "000001-03": request.Escalated, "000001-04": request.Returned})
	answer := d.last(testStaff)
	asked := d.last(testOfficer)

	d.pass(time.Hour)
	d.press(testOfficer, asked, "APPROVE 1")
	d.pass(time.Hour)
	d.reply(testOfficer, asked, "DECLINE 2: the library has this material already\n\nOdile Officer")
	d.wantOutcomes(map[string]request.Outcome{"000001-02": request.Approved, "000001-03": request.Declined})
	d.says(d.last(testStaff), "the library has this material already", "HR-2026-000001-03", "change the line in the attached workbook")

	d.pass(time.Hour)
	// The newest workbook is the one that people have before them.
	d.send(testStaff, "Corrected", "Here it is.", typeUnder(t, d.last(testStaff).Attachments[0].Data, "Why this supplier", 16, "Two others were asked; both were later."))
	d.once()
	d.wantOutcomes(map[string]request.Outcome{"000001-01": request.Approved, "000001-02": request.Approved, "000001-03": request.Declined,
		"000001-04": request.Superseded, "000002-01": request.Approved})
	d.says(d.last(testStaff), "HR-2026-000002-01", "It replaces HR-2026-000001-04")
	if len(answer.Attachments) != 1 {
		t.Errorf("the first answer brings %d files", len(answer.Attachments))
	}

	d.pass(7 * 24 * time.Hour)
	d.once()
	week := d.last(testFinance).Attachments[0].Data
	for reference, words := range map[string][]string{
		"HR-2026-000001-01": {"Screen reader fixes", "4520", "pproved"},
		"HR-2026-000001-02": {"Calculator redesign", "10735", "pproved"},
		"HR-2026-000001-03": {"Course material", "10848", "eclined"},
		"HR-2026-000002-01": {"Usability tests", "2034", "pproved"},
	} {
		row := rowWith(t, week, reference)
		for _, w := range words {
			if !strings.Contains(strings.ReplaceAll(row, ",", ""), w) {
				t.Errorf("finance's week says of %s %q, without %q", reference, row, w)
			}
		}
	}
	d.sound()
	d.causes(map[string]int{"HR-2026-000001-02": 1, "HR-2026-000001-03": 1})
}

// causes counts the links of the chain that name a mail as the cause of a line's decision.
func (d *agency) causes(want map[string]int) {
	d.t.Helper()
	err := d.ledger.View(d.t.Context(), func(tx *ledger.Tx) error {
		for reference, n := range want {
			ref, _ := request.ParseReference(reference)
			a, found, err := tx.Records.Account(d.t.Context(), ref)
			if err != nil || !found {
				d.t.Errorf("%s: %v", reference, err)
				continue
			}
			got := 0
			for _, e := range a.Links {
				if strings.Contains(string(e.Public), `"mail"`) && e.Kind == "line.moved" {
					got++
				}
			}
			if got != n {
				d.t.Errorf("%d links of %s name the mail that caused them, want %d", got, reference, n)
			}
		}
		return nil
	})
	if err != nil {
		d.t.Fatal(err)
	}
}
