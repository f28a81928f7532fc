package batch_test

import (
	"bytes"
	"cmp"
	"fmt"
	"slices"
	"strings"
	"testing"

	"handrail/ingest"
	"handrail/internal/officers"
	"handrail/internal/request"
)

// More lines than one daily mail can show come in several, each with a code of its own for the lines that stand in it.
func TestADailyMailThatWouldBeTooLongComesInParts(t *testing.T) {
	t.Parallel()
	d := open(t, three(t, func(o *officers.Officer) { o.Digest = true }))
	const n = 95
	for first := 0; first < n; first += 19 {
		var lines []map[request.Field]string
		for i := range 19 {
			lines = append(lines, line(fmt.Sprintf("Thing %02d", first+i), fmt.Sprintf("Maison %c%c", 'A'+first/19, 'A'+i), "9500", "1235", "10735"))
		}
		d.send(testStaff, "Purchases", "Form attached.", d.form(testStaff, request.English, lines...))
	}
	d.once()
	d.passTo("2026-11-24 08:31")
	mails := d.inbox(testOfficer)
	if len(mails) != 3 {
		t.Fatalf("%d daily mails for %d lines", len(mails), n)
	}
	slices.SortStableFunc(mails[1:], func(a, b *ingest.Mail) int { // they leave side by side
		return cmp.Compare(strings.Count(a.Text, "Thing "), strings.Count(b.Text, "Thing "))
	})
	slices.Reverse(mails[1:])
	where := map[string]int{}
	for i, m := range mails {
		if len(m.HTML) > 100<<10 {
			t.Errorf("mail %d has %d bytes of HTML", i+1, len(m.HTML))
		}
		for k := range n {
			if thing := fmt.Sprintf("Thing %02d", k); strings.Contains(m.Text, thing) {
				where[thing]++
			}
		}
	}
	if len(where) != n {
		t.Errorf("%d of %d lines are in a mail", len(where), n)
	}
	for thing, times := range where {
		if times != 1 {
			t.Errorf("%s is in %d mails", thing, times)
		}
	}
	d.says(mails[0], "55 more lines wait for you")
	d.says(mails[1], "15 more lines wait for you")
	if strings.Contains(flat(mails[2].Text), "more lines wait") {
		t.Error("the last mail says that there are others")
	}
	d.reply(testOfficer, mails[1], "APPROVE ALL: planned")
	count := map[request.Outcome]int{}
	for _, l := range d.lines() {
		count[l.Outcome]++
	}
	if count[request.Approved] != 40 || count[request.Escalated] != n-40 {
		t.Errorf("one of three mails decided %v", count)
	}
	d.reply(testOfficer, mails[0], "APPROVE ALL: planned")
	d.reply(testOfficer, mails[2], "DECLINE 3: no budget")
	count = map[request.Outcome]int{}
	for _, l := range d.lines() {
		count[l.Outcome]++
	}
	if count[request.Approved] != 80 || count[request.Declined] != 1 || count[request.Escalated] != 14 {
		t.Errorf("three of three mails decided %v", count)
	}
	d.sound()
}

// The files beside the form go along to the officer when they can be opened without harm; the others are named.
func TestRequestersFilesGoAlongToTheOfficer(t *testing.T) {
	t.Parallel()
	d := open(t, three(t))
	types := []byte(`<Types><Override PartName="/word/document.xml" ContentType="application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"/></Types>`)
	word := map[string][]byte{"[Content_Types].xml": types, "word/document.xml": []byte("<d/>")}
	plain := zipOf(t, word)
	word["word/vbaProject.bin"] = []byte("macros")
	pdf := append([]byte("%PDF-1.7\n"), bytes.Repeat([]byte("quote "), 2000)...)
	big := append([]byte("%PDF-1.7\n"), bytes.Repeat([]byte("0123456789abcdef"), 5<<16)...)
	photo := append([]byte("\x89PNG\r\n\x1a\n"), bytes.Repeat([]byte{7}, 30<<10)...)
	form := d.form(testStaff, request.English, line("Platform", "Mille Pages", "9500", "1235", "10735"))
	mail := d.letter(testStaff, "Purchase", "", parts("mixed", plainText+"Form attached.",
		attachedFile("form.xlsx", form), attachedFile("Quote.pdf", pdf), attachedFile("offer.docx", plain), attachedFile("macros.docx", zipOf(t, word)),
		attachedFile("photo.png", photo), attachedFile("invoice.exe", pdf), attachedFile("run.exe", []byte("MZ\x90\x00\x03")), attachedFile("scan.pdf", big),
		"Content-Type: image/png; name=\"logo.png\"\r\nContent-Disposition: inline; filename=\"logo.png\"\r\nContent-Transfer-Encoding: base64\r\n\r\n"+base64Lines(photo[:900])))
	d.put(mail)
	d.once()
	asked := d.last(testOfficer)
	got := map[string][]byte{}
	for _, a := range asked.Attachments {
		got[a.Name] = a.Data
	}
	for name, want := range map[string][]byte{"Quote.pdf": pdf, "offer.docx": plain, "photo.png": photo, "invoice.exe.pdf": pdf} {
		if !bytes.Equal(got[name], want) {
			t.Errorf("%s: %d bytes go along, want %d", name, len(got[name]), len(want))
		}
	}
	if len(got) != 5 { // with the decision workbook
		t.Errorf("%d files go along: %v", len(got), names(asked))
	}
	d.says(asked, "macros.docx (it has macros", "run.exe (only PDF, pictures", "scan.pdf (with it, the files are larger than 5 MB", "Attached: Quote.pdf, offer.docx, photo.png, invoice.exe.pdf")
	if text := flat(asked.Text); strings.Contains(text, "logo.png") || strings.Contains(text, "form.xlsx") {
		t.Errorf("a logo or the form itself is among the files:\n%s", asked.Text)
	}
	// The reminder stands by itself.
	d.passTo("2026-11-26 09:00")
	if again := d.last(testOfficer); again.MessageID == asked.MessageID || len(again.Attachments) != len(asked.Attachments) {
		t.Errorf("the reminder has %v", names(again))
	}
	d.reply(testOfficer, asked, "APPROVE 1")
	d.wantOutcomes(map[string]request.Outcome{"000001-01": request.Approved})
}

func names(m *ingest.Mail) (list []string) {
	for _, a := range m.Attachments {
		list = append(list, a.Name)
	}
	return list
}
