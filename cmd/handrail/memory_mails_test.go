//go:build linux

package main

import (
	"archive/zip"
	"bytes"
	"crypto/rand"
	"encoding/base64"
	"fmt"
	"io"
	"strings"
	"testing"
	"time"

	"handrail/internal/demo"
	"handrail/internal/mailtest"
	"handrail/internal/request"
)

// The mails that cost the most among those that the limits allow.

// worstForm is a form of n lines as a program writes one: every column that the shipped policy asks for, inline texts.
// fault makes line i one that the requester must fix in every cell.
func worstForm(t testing.TB, who string, n int, net string, fault bool) []byte {
	t.Helper()
	fields := []struct {
		field request.Field
		value func(i int) string // "" leaves the cell empty
	}{
		{request.Title, func(i int) string { return fmt.Sprintf("Accessibility audit %d", i) }},
		{request.TitleOther, func(i int) string { return fmt.Sprintf("Vérification de l’accessibilité %d", i) }},
		{request.Description, func(int) string { return "Two sentences that say what the supplier delivers, and when." }},
		{request.Commodity, func(int) string { return "services" }},
		{request.Supplier, func(i int) string { return fmt.Sprintf("Supplier %s %d", who, i) }},
		{request.Net, nil}, {request.Tax, nil}, {request.Total, nil},
		{request.CostCentre, func(i int) string { return fmt.Sprintf("%d", 4000+i%900) }},
		{request.Security, func(int) string { return "unclassified" }},
		{request.Remote, func(int) string { return "yes" }},
		{request.Repository, func(int) string { return "https://github.com/department/work" }},
		{request.Licence, func(int) string { return "MIT" }},
		{request.Standalone, func(int) string { return "yes" }},
		{request.InternalCapacity, func(int) string { return "none" }},
		{request.TermsAccepted, func(int) string { return "2026-11-20" }},
		{request.Rationale, func(int) string { return "Best of three quotes; the others were later." }},
		{request.AuthorizedBy, func(int) string { return "manager@" + demo.Domain }},
		{request.AuthorizedOn, func(int) string { return "2026-11-16" }},
		{request.AuthorizedAmount, nil},
		{request.Payment, func(int) string { return "acquisition card" }},
		{request.Cardholder, func(int) string { return "card@" + demo.Domain }},
		{request.PublicServant, func(int) string { return "no" }},
	}
	var sheet bytes.Buffer
	text := func(s string) {
		fmt.Fprintf(&sheet, `<c t="inlineStr"><is><t>%s</t></is></c>`, s)
	}
	sheet.WriteString(`<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData><row>`)
	for _, label := range []string{"Requester", "Staff Member", "Email", who, "Branch", "Benefits", "Language", "English"} {
		text(label)
	}
	sheet.WriteString(`</row><row>`)
	for _, f := range fields {
		text(f.field.Info().Label.EN)
	}
	sheet.WriteString(`</row>`)
	tax, total := "13", "113"
	if net != "100" {
		tax, total = "1560", "13560"
	}
	amounts := map[request.Field]string{request.Net: net, request.Tax: tax, request.Total: total, request.AuthorizedAmount: "50000"}
	for i := range n {
		sheet.WriteString(`<row>`)
		for _, f := range fields {
			switch {
			case fault && f.field.Info().Kind != request.TextKind:
				text("x?x")
			case f.value == nil:
				fmt.Fprintf(&sheet, `<c><v>%s</v></c>`, amounts[f.field])
			default:
				text(f.value(i))
			}
		}
		sheet.WriteString(`</row>`)
	}
	sheet.WriteString(`</sheetData></worksheet>`)
	return zipped(t, &sheet, nil)
}

// zipped is a workbook around a sheet, with a picture of random bytes that a program would put there.
func zipped(t testing.TB, sheet io.Reader, picture []byte) []byte {
	t.Helper()
	var out bytes.Buffer
	z := zip.NewWriter(&out)
	put := func(name string, from io.Reader, method uint16) {
		w, err := z.CreateHeader(&zip.FileHeader{Name: name, Method: method})
		if err == nil {
			_, err = io.Copy(w, from)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	const types, office = "http://schemas.openxmlformats.org/package/2006", "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
	put("[Content_Types].xml", strings.NewReader(`<Types xmlns="`+types+`/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Default Extension="xml" ContentType="application/xml"/><Default Extension="png" ContentType="image/png"/>`+
		`<Override PartName="/xl/workbook.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"/><Override PartName="/xl/worksheets/sheet1.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml"/></Types>`), zip.Deflate)
	put("_rels/.rels", strings.NewReader(`<Relationships xmlns="`+types+`/relationships"><Relationship Id="rId1" Type="`+office+`/officeDocument" Target="xl/workbook.xml"/></Relationships>`), zip.Deflate)
	put("xl/workbook.xml", strings.NewReader(`<workbook xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main" xmlns:r="`+office+`"><sheets><sheet name="Requests" sheetId="1" r:id="rId1"/></sheets></workbook>`), zip.Deflate)
	put("xl/_rels/workbook.xml.rels", strings.NewReader(`<Relationships xmlns="`+types+`/relationships"><Relationship Id="rId1" Type="`+office+`/worksheet" Target="worksheets/sheet1.xml"/></Relationships>`), zip.Deflate)
	put("xl/worksheets/sheet1.xml", sheet, zip.Deflate)
	if picture != nil {
		put("xl/media/image1.png", bytes.NewReader(picture), zip.Store)
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

// bomb is a workbook whose sheet is nothing but spaces, as tightly packed as the bound of the ratio allows.
func bomb(t testing.TB) []byte {
	t.Helper()
	spaces := bytes.Repeat([]byte{' '}, 1<<20)
	var readers []io.Reader
	readers = append(readers, strings.NewReader(`<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>`))
	noise := make([]byte, 2<<10)
	for range 200 { // a little that does not pack, so that the ratio stays below the bound
		if _, err := rand.Read(noise); err != nil {
			t.Fatal(err)
		}
		readers = append(readers, bytes.NewReader(spaces), strings.NewReader("<!--"+base64.StdEncoding.EncodeToString(noise)+"-->"))
	}
	readers = append(readers, strings.NewReader(`</sheetData></worksheet>`))
	return zipped(t, io.MultiReader(readers...), nil)
}

func noise(t testing.TB, n int) []byte {
	t.Helper()
	b := make([]byte, n)
	if _, err := rand.Read(b); err != nil {
		t.Fatal(err)
	}
	return b
}

// attached is one file of a mail.
type attached struct {
	name string
	data []byte
}

// arrivedMail is a mail as the department's server files it, with its word about the sender.
func arrivedMail(from, subject string, files ...attached) []byte {
	var b bytes.Buffer
	fmt.Fprintf(&b, "Authentication-Results: mx.%s; dmarc=pass header.from=%s\r\nFrom: <%s>\r\nTo: <%s>\r\nSubject: %s\r\nDate: %s\r\nMessage-ID: <%d.%s@%s>\r\nMIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=limit\r\n\r\n--limit\r\nContent-Type: text/plain\r\n\r\nForm attached.\r\n",
		demo.Domain, demo.Domain, from, demo.Inbox, subject, time.Now().Format(time.RFC1123Z), time.Now().UnixNano(), strings.ReplaceAll(subject, " ", "-"), demo.Domain)
	for _, f := range files {
		fmt.Fprintf(&b, "--limit\r\nContent-Type: application/octet-stream\r\nContent-Transfer-Encoding: base64\r\nContent-Disposition: attachment; filename=%q\r\n\r\n", f.name)
		line := make([]byte, 78)
		for data := f.data; len(data) > 0; data = data[min(57, len(data)):] {
			chunk := data[:min(57, len(data))]
			n := base64.StdEncoding.EncodedLen(len(chunk))
			base64.StdEncoding.Encode(line, chunk)
			b.Write(append(line[:n], '\r', '\n'))
		}
	}
	b.WriteString("--limit--\r\n")
	return b.Bytes()
}

// crowd is staff with accounts at the office, who share the mails between them.
type crowd struct {
	*clinic
	people []string
	sent   map[string]int
}

func openCrowd(t testing.TB, people int) *crowd {
	c := &crowd{sent: map[string]int{}}
	for i := range people {
		c.people = append(c.people, fmt.Sprintf("staff%03d@%s", i, demo.Domain))
	}
	c.clinic = openClinic(t, func(o *mailtest.Options) {
		o.Spool = t.TempDir()
		for _, p := range c.people {
			o.Users = append(o.Users, mailtest.User{Address: p, Password: demo.Password})
		}
	})
	c.edit("[ledger]\n", "[form]\nmax_lines = 20000\n[ledger]\n")
	c.write("handrail.toml", c.text, 0o600)
	return c
}

// arrives files the nth mail in the inbox, and expects one answer for each workbook with a request in it.
func (c *crowd) arrives(n, answers int, files ...attached) {
	c.t.Helper()
	who := c.people[n%len(c.people)]
	if _, err := c.office.Deliver(demo.Inbox, "INBOX", arrivedMail(who, fmt.Sprintf("Request %d", n), files...), time.Now()); err != nil {
		c.t.Fatal(err)
	}
	c.sent[who] += answers
}

// unanswered lists who got fewer mails than requests were sent.
func (c *crowd) unanswered() (late []string) {
	for who, n := range c.sent {
		if got := c.office.Count(who, "INBOX"); got < n {
			late = append(late, fmt.Sprintf("%s has %d answers to %d requests", who, got, n))
		}
	}
	return late
}

func (c *crowd) smallForm(n int) []byte {
	c.t.Helper()
	return worstForm(c.t, c.people[n%len(c.people)]+fmt.Sprint(n), 3, "100", false)
}

// worstMails are the inboxes that cost the most, each by itself and all at once.
var worstMails = map[string]func(c *crowd){
	"four forms of 20,000 lines": func(c *crowd) {
		c.arrives(0, 1, attached{"form.xlsx", worstForm(c.t, "A", 20_000, "100", false)})
		c.arrives(1, 1, attached{"form.xlsx", worstForm(c.t, "B", 20_000, "12000", false)}) // every line escalated
		c.arrives(2, 1, attached{"form.xlsx", worstForm(c.t, "C", 20_000, "100", true)})    // every line returned
		c.arrives(3, 1, attached{"form.xlsx", worstForm(c.t, "D", 20_000, "100", false)})
		c.arrives(4, 1, attached{"form.xlsx", c.smallForm(4)})
	},
	"twelve mails of 25 MB": func(c *crowd) {
		for n := range 12 {
			if n%2 == 0 {
				c.arrives(n, 1, attached{"form.xlsx", c.smallForm(n)}, attached{"quote.pdf", append([]byte("%PDF-1.7\n"), noise(c.t, 18<<20)...)})
			} else {
				c.arrives(n, 1, attached{"form.xlsx", withPicture(c.t, c.smallForm(n), noise(c.t, 18<<20))})
			}
		}
		c.arrives(12, 1, attached{"form.xlsx", c.smallForm(12)})
	},
	"bombs": func(c *crowd) {
		for n := range 6 {
			c.arrives(n, 0, attached{"form.xlsx", bomb(c.t)})
		}
		c.arrives(6, 1, attached{"form.xlsx", c.smallForm(6)})
	},
	"twenty workbooks in a mail": func(c *crowd) {
		for n := range 4 {
			var files []attached
			for i := range 20 {
				files = append(files, attached{fmt.Sprintf("form%d.xlsx", i), worstForm(c.t, fmt.Sprintf("%d-%d", n, i), 1000, "100", false)})
			}
			c.arrives(n, 20, files...)
		}
		c.arrives(4, 1, attached{"form.xlsx", c.smallForm(4)})
	},
	"a thousand small requests": func(c *crowd) {
		for n := range 1000 {
			c.arrives(n, 1, attached{"form.xlsx", c.smallForm(n)})
		}
	},
}

// withPicture is a workbook with one part more, stored as it is.
func withPicture(t testing.TB, form, picture []byte) []byte {
	t.Helper()
	r, err := zip.NewReader(bytes.NewReader(form), int64(len(form)))
	if err != nil {
		t.Fatal(err)
	}
	f, err := r.Open("xl/worksheets/sheet1.xml")
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	return zipped(t, f, picture)
}
