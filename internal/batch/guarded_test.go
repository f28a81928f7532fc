package batch_test

import (
	"encoding/json"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"handrail/ingest"
	"handrail/ingest/forms"
	"handrail/internal/department"
	"handrail/internal/guarded"
	"handrail/internal/job"
	"handrail/internal/ledger"
	"handrail/internal/officers"
	"handrail/internal/owners"
	"handrail/internal/registers"
	"handrail/internal/request"
	"handrail/internal/statement"
	"handrail/rules"
)

func withOwners(o *job.Options) {
	o.Owners = owners.Config{Procurement: []string{testHead, testDeputy}, Finance: []string{testFinance}}
}

// writes sends a mail without a workbook, and does what is to be done.
func (d *agency) writes(from, subject, body string) {
	d.t.Helper()
	d.send(from, subject, body)
	d.pass(time.Minute)
	d.once()
}

func (d *agency) stop() (s *ledger.Stop) {
	d.t.Helper()
	if err := d.ledger.View(d.t.Context(), func(tx *ledger.Tx) (err error) {
		s, err = tx.Stops.Now(d.t.Context())
		return err
	}); err != nil {
		d.t.Fatal(err)
	}
	return s
}

// bought is how a line came out that somebody asked for, at this machine.
func (d *agency) bought(title string) ledger.Line {
	d.t.Helper()
	d.send(testStaff, title, "Form attached.", d.form(testStaff, request.English, line(title, title+" Inc.", "1000", "130", "1130")))
	d.once()
	for _, l := range d.lines() {
		if l.Supplier == title+" Inc." {
			return l
		}
	}
	d.t.Fatalf("%s was not judged", title)
	return ledger.Line{}
}

// said are the subjects and texts that somebody was mailed, the newest last.
func (d *agency) said(who string) string {
	var all []string
	for _, m := range d.inbox(who) {
		all = append(all, m.Subject+"\n"+m.Text)
	}
	return flat(strings.Join(all, "\n"))
}

// STOP of one owner holds every line from the next judging on, on every machine, with one finding in words; START needs two.
func TestStopHoldsEveryLineUntilTwoStart(t *testing.T) {
	t.Parallel()
	d := open(t, withOwners)
	other := &agency{t: t, office: d.office, policy: d.policy, ledger: d.ledger, clock: d.now()} // another machine on the same ledger
	other.start(func(o *job.Options) { o.Ledger = d.ledger; withOwners(o) })
	d.once()
	other.once()
	if l := d.bought("Chairs"); l.Outcome != request.Approved {
		t.Fatalf("before STOP: %s by %v", l.Outcome, l.Guardrails)
	}

	d.writes(testOfficer, "STOP", "")
	if d.stop() != nil || !strings.Contains(d.said(testOfficer), "you are not one of them") {
		t.Errorf("an officer who is no owner stopped: %s", d.said(testOfficer))
	}
	d.writes(testHead, "Une question", "Merci de ne pas arrêter.")
	d.writes(testHead, "STOP if the price is wrong", "")
	if d.stop() != nil || !strings.Contains(d.said(testHead), "Rien n’a encore été arrêté") {
		t.Errorf("a condition stopped, or was not asked back: %s", d.said(testHead))
	}

	d.writes(testHead, "ARRÊTER : prix douteux", "")
	s := d.stop()
	if s == nil || s.By != testHead || s.Reason != "prix douteux" {
		t.Fatalf("STOP was not taken: %+v; %s", s, d.said(testHead))
	}
	for _, who := range []string{testHead, testDeputy, testFinance, testOps, testOfficer} {
		if !strings.Contains(d.said(who), "prix douteux") {
			t.Errorf("%s did not hear of STOP: %s", who, d.said(who))
		}
	}
	for _, machine := range []*agency{other, d} {
		title := "Desks"
		if machine == d {
			title = "Lamps"
		}
		l := machine.bought(title)
		if l.Outcome != request.Escalated || !slices.Contains(l.Guardrails, rules.StoppedGuardrail) {
			t.Errorf("after STOP: %s %s by %v", title, l.Outcome, l.Guardrails)
		}
	}
	d.writes(testFinance, "STOP", "")
	if !strings.Contains(d.said(testFinance), "Stopped already, since November 23, 2026") {
		t.Errorf("a second STOP: %s", d.said(testFinance))
	}

	d.writes(testHead, "REPRENDRE", "")
	if d.stop() == nil {
		t.Fatal("one owner started")
	}
	d.writes(testHead, "REPRENDRE", "")
	if d.stop() == nil {
		t.Fatal("the same owner started twice")
	}
	d.writes(testDeputy, "START", "") // of the same role
	if d.stop() == nil {
		t.Fatal("two owners of procurement started")
	}
	d.writes(testFinance, "START", "The prices were checked.")
	if d.stop() != nil {
		t.Fatalf("two owners did not start: %s", d.said(testFinance))
	}
	if !strings.Contains(d.said(testOps), "the guardrails approve again") {
		t.Errorf("the operator did not hear of START: %s", d.said(testOps))
	}
	if l := d.bought("Mats"); l.Outcome != request.Approved {
		t.Errorf("after START: %s by %v", l.Outcome, l.Guardrails)
	}
	for _, l := range d.lines() {
		if l.Supplier == "Lamps Inc." && l.Outcome != request.Escalated {
			t.Errorf("a line that waited is %s", l.Outcome)
		}
	}
	d.sound()
}

// What an owner attaches to STOP to show why neither hides the word nor is judged; a form that only mentions it is a request.
func TestStopCountsWithAWorkbook(t *testing.T) {
	t.Parallel()
	d := open(t, withOwners)
	d.once()
	mail := func(subject, supplier string) {
		d.send(testHead, subject, "", d.form(testHead, request.English, line("Chairs", supplier, "1000", "130", "1130")))
		d.pass(time.Minute)
		d.once()
	}
	mail("Stop signs for the parking lot", "Signs Inc.")
	if d.stop() != nil || len(d.lines()) != 1 {
		t.Errorf("a request for stop signs: %+v, %d lines", d.stop(), len(d.lines()))
	}
	mail("STOP : voyez ce formulaire", "Chairs Inc.")
	if d.stop() == nil || len(d.lines()) != 1 || !strings.Contains(d.said(testHead), "n’a pas été lu") || strings.Contains(d.said(testFinance), "was not read") {
		t.Errorf("%+v, %d lines; %s", d.stop(), len(d.lines()), d.said(testHead))
	}
	d.sound()
}

// Without owners nobody stops anything, and is told so.
func TestWithoutOwnersNobodyStops(t *testing.T) {
	t.Parallel()
	d := open(t, nil)
	d.writes(testHead, "STOP", "")
	if d.stop() != nil || !strings.Contains(d.said(testHead), "les règles n’ont pas de responsables") {
		t.Errorf("%+v; %s", d.stop(), d.said(testHead))
	}
}

// Ten ways to widen a yes by whoever can write the files and the configuration: none widens, owners are asked in words.
func TestNobodyWidensWithoutTwoOwners(t *testing.T) {
	t.Parallel()
	roster := func(t *testing.T, list ...officers.Officer) *officers.Roster {
		r, err := officers.NewRoster(list)
		if err != nil {
			t.Fatal(err)
		}
		return r
	}
	odile := officers.Officer{Email: testOfficer, Name: "Odile Officer", Language: request.English, Limit: "25000.00"}
	hana := officers.Officer{Email: testHead, Name: "Hana Head", Language: request.French}
	for _, c := range []struct {
		name   string
		change func(t *testing.T, d *desk, o *job.Options)
		holds  func(d *desk) bool // nothing widened
		said   string             // to finance
	}{
		{"another officer", func(t *testing.T, _ *desk, o *job.Options) {
			o.Inboxes[0].Roster = roster(t, odile, hana, officers.Officer{Email: testOther, Name: "Otto"})
		}, func(d *desk) bool { return len(d.job.Department.Main().Roster().Officers()) == 2 }, "Officer Otto <" + testOther + ">, added"},
		{"a higher limit", func(t *testing.T, _ *desk, o *job.Options) {
			raised := odile
			raised.Limit = "90000.00"
			o.Inboxes[0].Roster = roster(t, raised, hana)
		}, func(d *desk) bool { return d.job.Department.Main().Roster().Officers()[0].Limit == "25000.00" }, "limit: before 25000.00; now 90000.00"},
		{"a person in the register", func(_ *testing.T, d *desk, _ *job.Options) {
			d.edit("people.csv", "email\n"+testStaff+"\n"+testOther+"\n")
		},
			func(d *desk) bool { return d.inForce()[0].Entries == 1 }, testOther + ", added"},
		{"no register any more", func(_ *testing.T, _ *desk, o *job.Options) { o.Registers = registers.Config{} },
			func(d *desk) bool { return len(d.inForce()) == 1 && d.job.Department.Registers() != nil }, "nothing is compared with it any more"},
		{"what counts as a yes", func(_ *testing.T, _ *desk, o *job.Options) {
			o.Inboxes[0].Form = forms.Config{Answers: map[string][]string{"yes": {"maybe"}}}
		}, func(d *desk) bool { return len(d.job.Department.Main().Form.Answers) == 0 }, "Words of the department’s form that are an answer (form.answers.yes)"},
		{"what an empty cell says", func(_ *testing.T, _ *desk, o *job.Options) {
			o.Inboxes[0].Form = forms.Config{Defaults: map[string]string{"commodity": "goods"}}
		}, func(d *desk) bool { return len(d.job.Department.Main().Form.Defaults) == 0 }, "What an empty cell says (form.defaults.commodity)"},
		{"no time to undo", func(_ *testing.T, _ *desk, o *job.Options) { o.Decisions.Hold = held(0) },
			func(d *desk) bool { return d.job.Department.Decisions.HoldTime() == 10*time.Minute }, "Seconds in which a decision can be undone (decisions.hold): before 600; now 0"},
		{"another server is believed", func(_ *testing.T, _ *desk, o *job.Options) {
			o.Inboxes[0].Config.AuthservID = append(o.Inboxes[0].Config.AuthservID, "mx.elsewhere.example")
		}, func(d *desk) bool { return len(d.job.Department.Main().Config.AuthservID) == 1 }, "mx.elsewhere.example"},
		{"no owners any more", func(_ *testing.T, _ *desk, o *job.Options) { o.Owners = owners.Config{} },
			func(d *desk) bool { return d.job.Department.Owners.Is(testFinance) }, "owner in finance: before yes; now no"},
		{"another owner", func(_ *testing.T, _ *desk, o *job.Options) { o.Owners.Finance = []string{testFinance, testOther} },
			func(d *desk) bool { return !d.job.Department.Owners.Is(testOther) }, testOther + ", owner in finance: before no; now yes"},
		{"a charge that differs more", func(_ *testing.T, _ *desk, o *job.Options) { o.Finance.Reconcile.TolerancePercent = "20" },
			func(d *desk) bool { return d.job.Department.Finance.Reconcile.TolerancePercent != "20" }, "before 1; now 20"},
		{"who may send statements", func(_ *testing.T, _ *desk, o *job.Options) {
			o.Inboxes[0].Config.StatementSenders = []string{testOther}
		},
			func(d *desk) bool { return len(d.job.Department.Main().Config.StatementSenders) == 0 }, "Who may send card statements"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			first := func(d *desk, o *job.Options) {
				withOwners(o)
				o.Decisions.Hold = held(10 * time.Minute)
				o.Registers = registers.Config{People: d.dir + "/people.csv"}
			}
			d := openDesk(t, func(d *desk, o *job.Options) {
				d.edit("people.csv", "email\n"+testStaff+"\n")
				d.edit("policy.test.toml", passingTests(t))
				first(d, o)
			})
			d.t = t
			d.once()
			d.restart(func(d *desk, o *job.Options) { first(d, o); c.change(t, d, o) })
			d.once()
			if !c.holds(d) {
				t.Error("it widened")
			}
			for _, who := range []string{testFinance, testDeputy} {
				if !strings.Contains(d.said(who), c.said) {
					t.Errorf("%s was not asked: %s", who, d.said(who))
				}
			}
			// One owner is not enough, a file counts for nobody.
			d.answersNewest(testFinance, "APPROVE")
			if d.restart(func(d *desk, o *job.Options) { first(d, o); c.change(t, d, o) }); true {
				d.once()
			}
			if !c.holds(d) {
				t.Error("one owner widened it")
			}
			d.answersNewest(testHead, "APPROUVER")
			d.restart(func(d *desk, o *job.Options) { first(d, o); c.change(t, d, o) })
			d.once()
			if c.holds(d) {
				t.Errorf("two owners did not put it in force: %s", d.said(testHead))
			}
			d.sound()
		})
	}
}

// passingTests are tests of the policy.
func passingTests(t *testing.T) string {
	t.Helper()
	tests, err := os.ReadFile("../../rules/policies/esdc-micro-acquisition.test.toml")
	if err != nil {
		t.Fatal(err)
	}
	return string(tests)
}

// answersNewest answers the newest mail with a code that somebody got.
func (d *agency) answersNewest(who, body string) {
	d.t.Helper()
	mails := d.inbox(who)
	for i := len(mails) - 1; i >= 0; i-- {
		if codes := ingest.CodesIn(mails[i]); len(codes) == 1 {
			d.writes(who, "Re: ["+codes[0].String()+"]", body)
			return
		}
	}
	d.t.Fatalf("%s was asked nothing", who)
}

// What only narrows counts at once although something beside it in the same file waits, without a restart; a trusted file counts whole.
func TestWhatNarrowsCountsAtOnce(t *testing.T) {
	t.Parallel()
	for _, trusted := range []bool{false, true} {
		d := openDesk(t, func(d *desk, o *job.Options) {
			d.edit("people.csv", "email,until\n"+testStaff+",2027-12-31\n"+testManager+",\n")
			d.edit("policy.test.toml", passingTests(t))
			withOwners(o)
			if trusted {
				o.Owners.Trusted = []string{"registers.people"}
			}
			o.Registers = registers.Config{People: d.dir + "/people.csv"}
		})
		d.once()
		d.pass(time.Minute)
		d.edit("people.csv", "email,until\n"+testStaff+",2026-12-31\n"+testOther+",\n")
		d.look()
		d.once()
		list := d.inForce()
		if want := map[bool]int{false: 1, true: 2}[trusted]; len(list) != 1 || list[0].Entries != want {
			t.Errorf("trusted %v: %+v", trusted, list)
		}
		if !strings.Contains(d.said(testFinance), "2027-12-31; now 2026-12-31") {
			t.Errorf("trusted %v: %s", trusted, d.said(testFinance))
		}
		if trusted {
			continue
		}
		d.answersNewest(testFinance, "APPROVE")
		d.answersNewest(testHead, "APPROUVER")
		if list := d.inForce(); list[0].Entries != 2 {
			t.Errorf("two owners approved: %+v; %s", list, d.said(testHead))
		}
		d.sound()
	}
}

// What the configuration says of what is guarded is all compared: a key that widens and that the department does not know would count unseen.
func TestWhatWidensIsAmongTheSettings(t *testing.T) {
	t.Parallel()
	d := open(t, func(o *job.Options) {
		withOwners(o)
		c := &o.Inboxes[0].Config
		c.VerifyDKIM, c.AllowedDomains, c.AllowedSenders, c.StatementSenders, c.OnUnauthenticated, c.OwnDomains = true, []string{testDomain}, []string{testOther}, []string{testFinance}, ingest.Hold, []string{testDomain}
		c.Provider = ingest.ProviderGmail
		o.Inboxes[0].Form = forms.Config{Aliases: map[string][]string{"supplier": {"Payee"}}, Answers: map[string][]string{"yes": {"Y"}}, Defaults: map[string]string{"commodity": "goods"}, Ignore: []string{"Office use"}}
		o.Finance.Reconcile.TaxRates, o.Finance.Reconcile.PurchasesNegative = []string{"13"}, true
		o.Finance.Reconcile.StatementHeaders = map[string][]string{"merchant": {"Trading name"}}
		o.Finance.Reconcile.Profiles = []statement.Profile{{Senders: []string{testFinance}, Purchases: "negative"}}
	})
	d.once()
	var settings guarded.Settings
	if err := d.ledger.View(t.Context(), func(tx *ledger.Tx) error {
		noted, err := tx.Documents.InForce(t.Context(), department.SettingsText)
		if err != nil {
			return err
		}
		text, _, err := tx.Documents.Text(t.Context(), noted[""])
		if err != nil {
			return err
		}
		return json.Unmarshal(text.Body, &settings)
	}); err != nil {
		t.Fatal(err)
	}
	for _, k := range guarded.Keys() {
		if !k.Widens() {
			continue
		}
		path := strings.TrimSuffix(strings.Replace(k.Path, "inbox.", "inbox.requests.", 1), "*")
		found := false
		for s := range settings {
			found = found || s == path || strings.HasSuffix(path, ".") && strings.HasPrefix(s, path)
		}
		if !found {
			t.Errorf("%s widens and is not compared: %v", k.Path, settings)
		}
	}
}
