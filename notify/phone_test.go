package notify

import (
	"strings"
	"testing"

	"handrail/internal/browsertest"
	"handrail/internal/request"
)

// phone is how wide a phone's screen is, and firstScreen how much of a mail it shows below its own bars, in pixels.
const phone, firstScreen = 400, 600

// threeFindings is a line as long as real ones are, which three guardrails stopped.
func threeFindings() Line {
	l := splitLine()
	l.Title = "Accessibility review and repair of the benefits estimator, second phase"
	l.Supplier = "Laboratoire d’accessibilité numérique du Nord-Est inc."
	servant := request.Finding{Guardrail: "federal-employee", Action: request.Escalate, Cells: []string{"T13"},
		Title:   request.Text{EN: "Current or former public servant", FR: "Fonctionnaire actuel ou ancien"},
		Message: request.Text{EN: "The supplier is a public servant (former, with a pension).", FR: "Le fournisseur est fonctionnaire (ancien, avec pension)."}}
	tax := limitFinding()
	l.Findings = append(l.Findings, tax, servant)
	return l
}

func officerMails(t *testing.T, c *Composer) map[string]struct {
	mail Mail
	says []string
} {
	t.Helper()
	all := map[string]struct {
		mail Mail
		says []string
	}{}
	add := func(name string, m Mail, err error, says ...string) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		all[name] = struct {
			mail Mail
			says []string
		}{m, says}
	}
	for _, l := range bothLangs {
		one := func(lines ...Line) Escalation {
			e := sampleEscalation("phone", l)
			e.Lines = numbered(lines...)
			e.Why = request.Text{EN: "There was no answer from Dana Okafor in time.", FR: "Il n’y a pas eu de réponse de Dana Okafor à temps."}
			e.Instead = "Dana Okafor"
			return e
		}
		three := threeFindings()
		says := func(line *Line) []string {
			return []string{line.Title[:40], line.Supplier[:14], line.Total.In(l), line.Findings[0].Title.In(l)}
		}
		sentence := func(line *Line) []string {
			return append(says(line)[:3], line.Findings[0].ForOfficer().In(l)[:80], line.Findings[1].Title.In(l))
		}
		name := func(s string) string { return s + "." + string(l) }
		m, err := c.Escalation(one(three))
		add(name("three findings"), m, err, sentence(&three)...)
		two := three
		two.Findings = two.Findings[:2]
		m, err = c.Reminder(one(two))
		add(name("two findings"), m, err, sentence(&two)...)
		m, err = c.Escalation(one(three, two, three, two, three))
		add(name("five lines"), m, err, []string{three.Title[:30], three.Supplier[:14], three.Total.In(l), three.Findings[0].Title.In(l)[:24]}...)
		daily := one(three, two, three, two, three)
		for i := range daily.Lines {
			daily.Lines[i].Requester = sampleRequester()
		}
		daily.Requester, daily.Why, daily.Instead = request.Origin{}, request.Text{}, ""
		m, err = c.Digest(daily)
		add(name("five lines of a day"), m, err, "amelie.tremblay", three.Title[:30], three.Supplier[:14], three.Total.In(l))
		six := one(three, two, three, two, three, two)
		m, err = c.Escalation(six)
		add(name("six lines"), m, err, sentence(&three)...)
		long := one(three)
		long.Requester.Sender, long.Requester.Name = "marie-christine.beauchamp-lavoie@servicesenligne.department.example", "Jean-François Archambault-Villeneuve"
		m, err = c.Escalation(long)
		add(name("a long address"), m, err, sentence(&three)...)
		m, err = c.Section32(sampleSection32Request(l))
		line := approvedLine()
		add(name("section 32"), m, err, line.Title[:40], line.Supplier, line.Total.In(l))
		m, err = c.Digest(sampleDigest(l))
		first := splitLine()
		add(name("digest"), m, err, first.Title[:30], first.Supplier, first.Total.In(l), first.Findings[0].Title.In(l))
	}
	return all
}

// On a phone's first screen an officer sees what is bought, from whom, for how much and why it came, and below it the
// first button.
func TestTheFirstButtonIsOnAPhonesFirstScreen(t *testing.T) {
	browsertest.Browser(t)
	mails := officerMails(t, testComposer(t))
	var looked []browsertest.Mail
	for name, m := range mails {
		looked = append(looked, browsertest.Mail{Name: name, HTML: string(m.mail.html)})
	}
	for _, b := range browsertest.FirstButtons(t, phone, looked) {
		if b.Bottom == 0 || b.Bottom > firstScreen {
			t.Errorf("%s: the first button ends at %.0f px", b.Mail, b.Bottom)
		}
		for _, want := range mails[b.Mail].says {
			if !strings.Contains(squeeze(b.Above), want) {
				t.Errorf("%s: above the first button there is no %q in %q", b.Mail, want, squeeze(b.Above))
			}
		}
	}
}

// Without a browser: the same order in the plain text.
func TestWhatIsBoughtStandsAboveTheFirstButton(t *testing.T) {
	for name, m := range officerMails(t, testComposer(t)) {
		above, _, found := strings.Cut(string(m.mail.text), "\n  > ")
		if nested, _, deeper := strings.Cut(string(m.mail.text), "  > "); deeper && len(nested) < len(above) {
			above = nested
		}
		if !found {
			t.Errorf("%s has no button", name)
		}
		if lines := strings.Count(above, "\n"); lines > 24 {
			t.Errorf("%s: %d lines stand above the first button", name, lines)
		}
		for _, want := range m.says {
			if !strings.Contains(squeeze(above), want) {
				t.Errorf("%s: above the first button there is no %q in\n%s", name, want, above)
			}
		}
	}
}
