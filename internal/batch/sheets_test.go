package batch_test

import (
	"bytes"
	"strings"
	"testing"
	"time"

	"github.com/xuri/excelize/v2"

	"handrail/internal/job"
	"handrail/internal/request"
)

// changed is a workbook after somebody worked in it.
func changed(t testing.TB, book []byte, change func(f *excelize.File) error) []byte {
	t.Helper()
	f, err := excelize.OpenReader(bytes.NewReader(book))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if err := change(f); err != nil {
		t.Fatal(err)
	}
	var b bytes.Buffer
	if err := f.Write(&b); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// threeSheets is a form, its copy for other purchases, and an annex without boxes.
func threeSheets(t testing.TB) []byte {
	head := []any{"Title", "Supplier", "Business number", "Total", "Cost centre", "Description"}
	return changed(t, table(t, "Branch of sheets"), func(f *excelize.File) error {
		for _, sheet := range []struct {
			name string
			rows [][]any
		}{
			{"Form", [][]any{{"Branch", "Branch of sheets", nil, "Currency", "CAD"}, nil, head, {"Chairs", "Cedar", "", 500, "4410"}, {"Desks", "Boreal", "", "many", "4410"}}},
			{"Form (2)", [][]any{{"Branch", "Branch of sheets", nil, "Currency", "CAD"}, nil, head, {"Cranes", "Grand", "", 4000, "4411"}, {"Lamps", "Licht", "", 200, "4412"}}},
			{"Annex", [][]any{head, {"Rugs", "Rugo", "", 300, "4413"}}},
		} {
			if _, err := f.NewSheet(sheet.name); err != nil {
				return err
			}
			// With a comment of its own a sheet keeps its relationships when excelize, here in the place of Excel, saves it again.
			if err := f.AddComment(sheet.name, excelize.Comment{Cell: "B1", Author: "Anna", Text: "Mine."}); err != nil {
				return err
			}
			for i := range sheet.rows {
				if err := f.SetSheetRow(sheet.name, "A"+string(rune('1'+i)), &sheet.rows[i]); err != nil {
					return err
				}
			}
		}
		return f.DeleteSheet("Sheet1")
	})
}

// marked holds that a row of a sheet has the result and then, as the first number behind it, its own.
func (d *agency) marked(data []byte, sheet, row string, result, number string) {
	d.t.Helper()
	_, rest, found := strings.Cut(d.sheet(data, sheet), row)
	why, after, numbered := strings.Cut(rest, "HR-2026-")
	if !found || !numbered || !strings.Contains(why, result) || !strings.HasPrefix("HR-2026-"+after, number) {
		d.t.Errorf("%s of %q is followed by %q, want %q and %s", row, sheet, rest, result, number)
	}
}

// stand holds the outcome of every line.
func (d *agency) stand(want map[string]request.Outcome) {
	d.t.Helper()
	all := d.all()
	for reference, outcome := range want {
		if got := all[reference].Outcome; got != outcome {
			d.t.Errorf("%s is %q, want %q", reference, got, outcome)
		}
	}
	if len(all) != len(want) {
		d.t.Errorf("%d lines, want %d", len(all), len(want))
	}
}

// A request on three sheets is one submission: every sheet gets its answers, an officer decides a line on the second, and the
// workbook comes back with one row mended, one emptied, a sheet deleted, and later one renamed and one copied.
func TestARequestOnSeveralSheets(t *testing.T) {
	t.Parallel()
	d := open(t, func(o *job.Options) { o.Inboxes[0].Policy = splitting(t) })
	d.send(testStaff, "Purchases", "Form attached.", threeSheets(t))
	d.once()
	d.stand(map[string]request.Outcome{"HR-2026-000001-01": request.Approved, "HR-2026-000001-02": request.Returned,
		"HR-2026-000001-03": request.Escalated, "HR-2026-000001-04": request.Approved, "HR-2026-000001-05": request.Approved})
	first := d.last(testStaff)
	d.says(first, "Row: 5 of “Form”", "Row: 4 of “Form (2)”", "Row: 2 of “Annex”", "take from the sheet “Form” what they leave empty: Currency. (Cell 'Annex'!A1)")
	book := first.Attachments[0].Data
	d.marked(book, "Form", "Chairs|", "Approved", "HR-2026-000001-01")
	d.marked(book, "Form", "Desks|", "Returned", "HR-2026-000001-02")
	d.marked(book, "Form (2)", "Cranes|", "Escalated", "HR-2026-000001-03")
	d.marked(book, "Form (2)", "Lamps|", "Approved", "HR-2026-000001-04")
	d.marked(book, "Annex", "Rugs|", "Approved", "HR-2026-000001-05")

	d.reply(testOfficer, d.last(testOfficer), "APPROVE 1: was not foreseen")
	decided := d.last(testStaff)
	d.says(decided, "Row: 4 of “Form (2)”")

	d.pass(time.Hour)
	back := changed(t, book, func(f *excelize.File) error {
		for _, cell := range []string{"A5", "B5", "D5", "E5"} {
			if err := f.SetCellValue("Form (2)", cell, nil); err != nil {
				return err
			}
		}
		if err := f.SetCellValue("Form", "D5", 250); err != nil {
			return err
		}
		return f.DeleteSheet("Annex")
	})
	d.send(testStaff, "Corrected", "Form attached.", back)
	d.once()
	want := map[string]request.Outcome{"HR-2026-000001-01": request.Approved, "HR-2026-000001-02": request.Superseded,
		"HR-2026-000001-03": request.Approved, "HR-2026-000001-04": request.Approved, "HR-2026-000001-05": request.Approved, "HR-2026-000002-01": request.Approved}
	d.stand(want)
	second := d.last(testStaff)
	d.says(second, "Row 5 has the number HR-2026-000001-04 but nothing else", "(Cell 'Form (2)'!A5)", "Row: 4 of “Form (2)”")
	book = second.Attachments[0].Data
	d.marked(book, "Form", "Desks|", "Approved", "HR-2026-000002-01")
	d.marked(book, "Form (2)", "Cranes|", "Approved", "HR-2026-000001-03")

	d.pass(time.Hour)
	again := changed(t, book, func(f *excelize.File) error {
		if err := f.SetSheetName("Form (2)", "Cranes and such"); err != nil {
			return err
		}
		from, err := f.GetSheetIndex("Form")
		if err != nil {
			return err
		}
		to, err := f.NewSheet("Form (3)")
		if err != nil {
			return err
		}
		if err := f.CopySheet(from, to); err != nil {
			return err
		}
		if err := f.SetSheetRow("Form (3)", "A4", &[]any{"Stools", "Pine", "", 150, "4414"}); err != nil {
			return err
		}
		return f.RemoveRow("Form (3)", 5)
	})
	d.send(testStaff, "One more", "Form attached.", again)
	d.once()
	want["HR-2026-000003-01"] = request.Approved // the stools; everything else came back unchanged
	d.stand(want)
	third := d.last(testStaff)
	d.says(third, "is that of the line on the sheet “Form”, of which this sheet is a copy", "Row: 4 of “Form (3)”", "Row: 4 of “Cranes and such”")
	d.marked(third.Attachments[0].Data, "Form (3)", "Stools|", "Approved", "HR-2026-000003-01")
	d.marked(third.Attachments[0].Data, "Form", "Chairs|", "Approved", "HR-2026-000001-01")
	d.marked(third.Attachments[0].Data, "Cranes and such", "Cranes|", "Approved", "HR-2026-000001-03")
	d.sound()
}
