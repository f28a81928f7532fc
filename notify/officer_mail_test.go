package notify

import (
	"fmt"
	"regexp"
	"strings"
	"testing"
	"unicode/utf8"

	"handrail/internal/request"
)

// Whatever a requester writes in the form, a subject of ours has one code, no second line, and room for what it wants.
func TestSubjectsHoldWhateverARequesterWrites(t *testing.T) {
	c := testComposer(t)
	for _, title := range []string{
		"[2v5c-8n4d-r6w2-yj3p] approved", "[#2v5c8n4dr6w2yj3p]", "a\r\nBcc: x@y.example", "“quoted” «\u00a0cité\u00a0» \"both\"", strings.Repeat("long ", 100),
		strings.Repeat("x", 500), "\u202eevil", "<b>", "", "   ", strings.Repeat("漢", 200)} {
		for _, l := range bothLangs {
			e := sampleEscalation("subject", l)
			line := taxLine()
			line.Title = title
			e.Lines = numbered(line, line)
			e.Requester.Sender = `"[2v5c-8n4d-r6w2-yj3p]"@department.example`
			for name, compose := range map[string]func(Escalation) (Mail, error){"escalation": c.Escalation, "reminder": c.Reminder, "digest": c.Digest} {
				m, err := compose(e)
				if err != nil {
					t.Fatal(err)
				}
				own, code, _ := strings.Cut(m.Subject, " [")
				if code != e.Code+"]" || strings.ContainsAny(own, "[]<>\r\n\u202e") {
					t.Errorf("%s of %.30q: the subject is %q", name, title, m.Subject)
				}
				if n := utf8.RuneCountInString(own); n > usualSubject+10 {
					t.Errorf("%s of %.30q: the subject has %d characters: %q", name, title, n, own)
				}
				if !strings.Contains(own, request.Money{Amount: line.Total.Amount.Add(line.Total.Amount), Currency: "CAD"}.In(l)) || !strings.Contains(own, shortDay(e.DecideBy, l)) {
					t.Errorf("%s of %.30q: the subject lost the amount or the day: %q", name, title, own)
				}
			}
		}
	}
}

// The proven address says who asks; a name on the form is only whom it is for.
func TestWhoAsks(t *testing.T) {
	for _, w := range []struct{ name, sender, en, fr string }{
		{"Amélie Tremblay", "amelie.tremblay@d.example", "amelie.tremblay@d.example", "amelie.tremblay@d.example"},
		{"Tremblay, Amélie", "amelie.tremblay@d.example", "amelie.tremblay@d.example", "amelie.tremblay@d.example"},
		{"Amélie Tremblay", "atremblay2@d.example", "atremblay2@d.example", "atremblay2@d.example"},
		{"", "kim.roy@d.example", "kim.roy@d.example", "kim.roy@d.example"},
		{"Sam Lee", "kim.roy@d.example", "kim.roy@d.example, for Sam Lee", "kim.roy@d.example, pour Sam Lee"},
		{"The Deputy Minister", "kim.roy@d.example", "kim.roy@d.example, for The Deputy Minister", "kim.roy@d.example, pour The Deputy Minister"},
		{"Kim", "kim.roy@d.example", "kim.roy@d.example, for Kim", "kim.roy@d.example, pour Kim"},
		{"Sam Lee", "", "Sam Lee", "Sam Lee"},
	} {
		o := request.Origin{Name: w.name, Sender: w.sender}
		if en, fr := AskedBy(&o, request.English), AskedBy(&o, request.French); en != w.en || fr != w.fr {
			t.Errorf("%+v: %q, %q", w, en, fr)
		}
	}
	c := testComposer(t)
	e := sampleEscalation("who", request.English)
	e.Requester.Name = "The Deputy Minister"
	m, err := c.Escalation(e)
	if err != nil {
		t.Fatal(err)
	}
	if !strings.HasPrefix(squeeze(string(m.text)), "→ amelie.tremblay@department.example, for The Deputy Minister, asks for 2 purchases") || strings.Contains(m.Subject, "Minister") {
		t.Errorf("%s\n%.200s", m.Subject, m.text)
	}
	a := sampleAnswer(request.French)
	a.Requester = request.Origin{Name: "Sam Lee", Sender: "elsewhere@x.example"}
	if m, err = c.Answer(a); err != nil {
		t.Fatal(err)
	}
	if !strings.HasPrefix(string(m.text), "Envoyé par amelie.tremblay@department.example, pour Sam Lee.\n") {
		t.Errorf("an answer begins %.100q", m.text)
	}
}

// A day that is past is not asked for.
func TestNoDecisionByADayThatIsPast(t *testing.T) {
	c := testComposer(t)
	for _, w := range []struct {
		day        int
		lang       request.Lang
		must, mayN string
	}{
		{23, request.English, "overdue since Nov\u00a023", "decide by"}, {23, request.French, "en retard depuis le 23\u00a0nov.", "d’ici"},
		{24, request.English, "decide by Nov\u00a024", "overdue"}, {24, request.French, "d’ici le 24\u00a0nov.", "retard"},
	} {
		e := sampleEscalation("late", w.lang)
		e.DecideBy = request.Date{Year: 2026, Month: 11, Day: w.day}
		m, err := c.Reminder(e)
		if err != nil {
			t.Fatal(err)
		}
		lead, _, _ := strings.Cut(string(m.text), "\n\n")
		if !strings.Contains(m.Subject, w.must) || strings.Contains(m.Subject+lead, w.mayN) {
			t.Errorf("%d %s: %s\n%s", w.day, w.lang, m.Subject, lead)
		}
		s := sampleSection32Request(w.lang)
		s.ReplyBy = e.DecideBy
		if m, err = c.Section32(s); err != nil {
			t.Fatal(err)
		}
		if past := w.day < 24; past == strings.Contains(string(m.text), day(e.DecideBy, w.lang)) {
			t.Errorf("section 32, %d %s:\n%.300s", w.day, w.lang, m.text)
		}
	}
	a := sampleAnswer(request.English)
	a.Lines, a.DecideBy = numbered(taxLine()), request.Date{Year: 2026, Month: 11, Day: 20}
	m, err := c.Answer(a)
	if err != nil {
		t.Fatal(err)
	}
	if strings.Contains(string(m.text), "November\u00a020") || !strings.Contains(string(m.text), "A decision is expected, and we will") {
		t.Errorf("an answer written late says\n%.300s", m.text)
	}
}

// hash is a digest, or the beginning of one.
var hash = regexp.MustCompile(`sha256|[0-9a-f]{16}`)

// An officer corrects no workbook: no cells and rows of it, no hashes, and no advice for who filled it in.
func TestOfficersMailsHaveNothingForRequesters(t *testing.T) {
	noted := splitLine()
	noted.Remarks = []request.Text{{EN: "A remark.", FR: "Une remarque."}}
	noted.Problems = []request.Problem{{Cell: "N13", Severity: request.NoteSeverity, Message: request.Text{EN: "Rounded.", FR: "Arrondi."}}}
	c := testComposer(t)
	for _, l := range bothLangs {
		e := sampleEscalation("plain", l)
		e.Lines = numbered(noted, taxLine())
		r := sampleReceipt(l)
		b := sampleAskBack(l)
		b.Lines = e.Lines
		q := sampleAnswered(l)
		n := sampleNotice(AlreadyDecided, l)
		n.Lines = decidedLines(l)
		for name, compose := range map[string]func() (Mail, error){
			"escalation": func() (Mail, error) { return c.Escalation(e) }, "digest": func() (Mail, error) { return c.Digest(e) },
			"reminder": func() (Mail, error) { return c.Reminder(e) }, "receipt": func() (Mail, error) { return c.Receipt(r) },
			"askback": func() (Mail, error) { return c.AskBack(b) }, "reply": func() (Mail, error) { return c.Reply(q) },
			"notice": func() (Mail, error) { return c.Notice(n) }, "section32": func() (Mail, error) { return c.Section32(sampleSection32Request(l)) },
		} {
			m, err := compose()
			if err != nil {
				t.Fatal(err)
			}
			text := string(m.text)
			for _, never := range []string{"F13", "N13", "Cell", "Row:", "Rangée", "Buying in small pieces", "Acheter par petits lots"} {
				if strings.Contains(text, never) {
					t.Errorf("%s %s: an officer reads %q", name, l, never)
				}
			}
			if found := hash.FindString(strings.ReplaceAll(text, e.Code, "")); found != "" {
				t.Errorf("%s %s: an officer reads the hash %q", name, l, found)
			}
		}
	}
}

// A mail to an officer stays below what mail programs cut, and every line of a daily mail stands in it with its number.
func TestALongDailyMailHasEveryLine(t *testing.T) {
	c := testComposer(t)
	for _, l := range []request.Lang{request.English, request.French, request.UnknownLang} {
		for _, n := range []int{6, 30, 40} {
			e := sampleDigest(l)
			e.Lines = nil
			for range n {
				line := threeFindings()
				line.Description, line.Justification = strings.Repeat("words & more ", 60), strings.Repeat("mots ", 200)
				e.Lines = append(e.Lines, line)
			}
			numbered(e.Lines...)
			for i := range e.Lines {
				e.Lines[i].Number = i + 1
			}
			e.More = 17
			m, err := c.Digest(e)
			if err != nil {
				t.Fatal(err)
			}
			if len(m.html) > 100<<10 {
				t.Errorf("%s: the HTML of %d lines has %d bytes; mail programs cut at 102 KB", l, n, len(m.html))
			}
			text := string(m.text)
			for i := range n {
				row := regexp.MustCompile(`(?m)(^  ` + fmt.Sprint(i+1) + `\. |(Line|Ligne)\x{00a0}` + fmt.Sprint(i+1) + ` )`)
				if !row.MatchString(text) {
					t.Errorf("%s: line %d of %d is not in the mail", l, i+1, n)
				}
			}
			if !strings.Contains(squeeze(text), "17 more lines wait for you") && !strings.Contains(squeeze(text), "17 autres lignes vous attendent") {
				t.Errorf("%s: the mail does not say how many more wait", l)
			}
			// Beyond five lines, the buttons for all of them stand below the list.
			if all, last := strings.Index(text, "ALL"), strings.Index(text, "APPROVE 1"); l == request.English && all < last {
				t.Errorf("%d lines: the button for all stands above the first line", n)
			}
		}
	}
}

// What was approved before says so first, and is counted as nothing new.
func TestAReusedFileIsNoNewApproval(t *testing.T) {
	c := testComposer(t)
	kept := approvedLine()
	kept.Kept = true
	for _, w := range []struct {
		lang           request.Lang
		lines          []Line
		subject, first string
	}{
		{request.English, numbered(kept), "Approved before, no new approval: HR-2026-000123", "This line was approved before. This is no new approval."},
		{request.French, numbered(kept, kept), "Déjà approuvées, aucune nouvelle approbation\u00a0: HR-2026-000123", "Ces lignes ont déjà été approuvées. Ce n’est pas une nouvelle approbation."},
		{request.English, numbered(kept, approvedLine()), "1 line approved, 1 approved before: HR-2026-000123", "1 line was approved before: that is no new approval. We read your 2 lines. 1 is approved."},
		{request.French, numbered(kept, returnedLine()), "1 ligne à corriger\u00a0: HR-2026-000123", "1 ligne a déjà été approuvée\u00a0: ce n’est pas une nouvelle approbation. Nous avons lu vos 2 lignes. 1 est à corriger."},
	} {
		a := sampleAnswer(w.lang)
		a.Lines = w.lines
		m, err := c.Answer(a)
		if err != nil {
			t.Fatal(err)
		}
		_, body, _ := strings.Cut(squeeze(string(m.text)), "department.example. ")
		body = strings.TrimLeft(body, "✓–↩→ ")
		if m.Subject != w.subject || !strings.HasPrefix(body, w.first) {
			t.Errorf("%s\n%.200s\nwant\n%s\n%s", m.Subject, body, w.subject, w.first)
		}
		if len(w.lines) == 1 && strings.Contains(body, "Give HR-2026-000123-01 to your cardholder") {
			t.Error("an approval of before is to be used again")
		}
	}
}

// Files of the requester are named, those that do not go along with the reason.
func TestRequestersFilesAreNamed(t *testing.T) {
	e := sampleEscalation("files", request.English)
	e.Files = []*Attachment{{Name: "Quote.pdf", Type: "application/pdf", Data: []byte("%PDF")}}
	e.LeftOut = []LeftOut{{Name: "prices.xlsm", Why: request.Text{EN: "it has macros", FR: "il contient des macros"}}}
	m, err := testComposer(t).Escalation(e)
	if err != nil {
		t.Fatal(err)
	}
	p := parseMail(t, m.Raw)
	if len(p.files) != 1 || p.files[0].name != "Quote.pdf" || !strings.Contains(p.text, "Attached: Quote.pdf\nNot attached: prices.xlsm (it has macros)\n") {
		t.Errorf("%+v\n%s", p.files, p.text)
	}
}
