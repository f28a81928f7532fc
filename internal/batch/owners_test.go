package batch_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"handrail/ingest"
	"handrail/internal/department"
	"handrail/internal/job"
	"handrail/internal/ledger"
	"handrail/internal/owners"
	"handrail/internal/request"
)

// The owners in these tests: the head reads French, the deputy's language is not known, finance reads English.
var ownersOfTests = owners.Config{Procurement: []string{testHead, testDeputy}, Finance: []string{testFinance}}

// openOwned is a department whose rules have owners.
func openOwned(t *testing.T, change func(d *desk, o *job.Options)) *desk {
	t.Helper()
	return openDesk(t, func(d *desk, o *job.Options) {
		o.Owners = ownersOfTests
		d.edit("policy.test.toml", passing("10000.00"))
		if change != nil {
			change(d, o)
		}
	})
}

func owned(_ *desk, o *job.Options) { o.Owners = ownersOfTests }

// another is the policy with another limit and version, and tests that pass.
func (d *desk) another(limit, version string) (text, tests string) {
	d.t.Helper()
	text = strings.NewReplacer(`version  = "2021-06"`, `version  = "`+version+`"`, `request = "10000.00" `, `request = "`+limit+`" `).Replace(d.policy(""))
	return text, passing(limit)
}

// passing are tests that the policy passes whatever its limit is: the first case of the shipped ones, with a small line.
func passing(limit string) string {
	tests, err := os.ReadFile("../../rules/policies/esdc-micro-acquisition.test.toml")
	if err != nil {
		panic(err)
	}
	head, _, _ := strings.Cut(string(tests), "# --- The amount")
	return strings.Replace(head, `outcome = "approved"`, `line    = { net = "1000.00", tax = "130.00", total = "1130.00" }`+"\n"+`outcome = "approved" # below `+limit, 1)
}

// mailPolicy mails files to the inbox as somebody.
func (d *desk) mailPolicy(from, subject, body string, files ...string) {
	d.t.Helper()
	pieces := []string{plainText + body}
	for i := 0; i+1 < len(files); i += 2 {
		pieces = append(pieces, attachedFile(files[i], []byte(files[i+1])))
	}
	d.put(d.letter(from, subject, "", parts("mixed", pieces...)))
	d.pass(time.Minute)
	d.once()
}

// proposes mails a policy with its tests.
func (d *desk) proposes(from, limit, version string) {
	d.t.Helper()
	text, tests := d.another(limit, version)
	d.mailPolicy(from, "New policy", "Please.", "policy.toml", text, "policy.test.toml", tests)
}

// asked is the newest mail that asks an owner about a change.
func (d *desk) asked(who string) *ingest.Mail {
	d.t.Helper()
	mails := d.inbox(who)
	for i := len(mails) - 1; i >= 0; i-- {
		if len(ingest.CodesIn(mails[i])) == 1 {
			return mails[i]
		}
	}
	d.t.Fatalf("%s was asked nothing", who)
	return nil
}

func (d *desk) version() string { return d.job.Department.Inboxes["requests"].Policy().Version() }

func (d *desk) wantVersion(want string) {
	d.t.Helper()
	if got := d.version(); got != want {
		d.t.Errorf("version %s is in force, want %s", got, want)
	}
}

// answers is an owner's reply, and the pass that reads it.
func (d *desk) answers(from string, to *ingest.Mail, body string, headers ...string) {
	d.t.Helper()
	d.pass(time.Minute)
	d.reply(from, to, body, headers...)
}

// The whole way: mailed by one owner, approved by another, in force, judged by, and told of; the chain names both.
func TestAnOwnersPolicyComesIntoForceByMail(t *testing.T) {
	t.Parallel()
	d := openOwned(t, nil)
	d.once()
	d.says(d.last(testHead), "En vigueur : ESDC micro-acquisition 2021-06", "deux personnes responsables")
	d.wantOutcome(d.buy("Chairs"), request.Approved, nil)

	d.proposes(testHead, "5000.00", "2026-12")
	d.wantVersion("2021-06")
	d.says(d.last(testHead), "En attente d’une autre personne responsable : ESDC micro-acquisition 2026-12", testFinance+" peut l’approuver", "RETIRER")
	ask := d.asked(testFinance)
	d.says(ask, "Approve or decline: ESDC micro-acquisition 2026-12", testHead+" proposes version 2026-12 of ESDC micro-acquisition in place of 2021-06",
		"What changes", "5,000.00", "its one case passes", "The last twelve months, judged again", "APPROVE", "DECLINE")
	var names []string
	for _, a := range ask.Attachments {
		names = append(names, a.Name)
	}
	if got := strings.Join(names, " "); got != "esdc-micro-acquisition-2026-12.xlsx esdc-micro-acquisition-2026-12.toml esdc-micro-acquisition-2026-12.test.toml last-twelve-months.xlsx" {
		t.Errorf("attached: %s", got)
	}
	d.says(d.last(testDeputy), "Approve or decline", "Le français suit", "Maintenant : lisez ce qui change")

	d.answers(testFinance, ask, "Hello,\n\nAPPROVE. Thanks!\n\nFiona")
	d.wantVersion("2026-12")
	d.says(d.last(testHead), "En vigueur depuis le 23 novembre 2026 : ESDC micro-acquisition 2026-12", "Proposée par "+testHead+", approuvée par "+testFinance)
	d.says(d.last(testFinance), "In force since November 23, 2026: ESDC micro-acquisition 2026-12", "Proposed by "+testHead)
	d.wantOutcome(d.buy("Desks"), request.Escalated, d.job.Department.Inboxes["requests"].Policy())
	d.sound()
	d.wantChange("2026-12", ledger.ChangeInForce)

	// The officer's next mail says what changed, and the one after does not; finance's next week says it too.
	const news = "ESDC micro-acquisition 2026-12 is in force since 2026-11-23, in place of 2021-06."
	d.says(d.last(testOfficer), "The rules changed", news, "5,000.00")
	d.buy("Rugs")
	if m := d.last(testOfficer); strings.Contains(flat(m.Text), news) {
		t.Error("the officer is told twice")
	}
	d.pass(7 * 24 * time.Hour)
	d.once()
	d.says(d.last(testFinance), "The rules changed", news)

	// The file on the server is behind now: it is not proposed, also after a restart.
	d.restart(owned)
	d.once()
	d.wantVersion("2026-12")
	d.wantOutcome(d.buy("Lamps"), request.Escalated, d.job.Department.Inboxes["requests"].Policy())
	if n := len(d.allChanges()); n != 1 {
		t.Errorf("%d changes, want one", n)
	}
}

func (d *desk) allChanges() (all []ledger.Change) {
	d.t.Helper()
	if err := d.ledger.View(d.t.Context(), func(tx *ledger.Tx) (err error) {
		all, err = tx.Changes.All(d.t.Context(), "")
		return err
	}); err != nil {
		d.t.Fatal(err)
	}
	return all
}

// wantChange holds the state of the newest change of a version.
func (d *desk) wantChange(version string, want ledger.ChangeState) {
	d.t.Helper()
	got := ledger.ChangeState("none")
	for _, c := range d.allChanges() {
		var text ledger.Text
		_ = d.ledger.View(d.t.Context(), func(tx *ledger.Tx) (err error) {
			text, _, err = tx.Documents.Text(d.t.Context(), c.Hash)
			return err
		})
		if text.Version == version {
			got = c.State
		}
	}
	if got != want {
		d.t.Errorf("the change to %s is %s, want %s", version, got, want)
	}
}

// A date in the future: approved now, in force on that day's first pass, by the department's clock.
func TestAnApprovedPolicyWaitsForItsDay(t *testing.T) {
	t.Parallel()
	d := openOwned(t, nil)
	d.once()
	text, tests := d.another("5000.00", "2026-12")
	text = strings.Replace(text, "date      = 2021-06-01", "date      = 2026-11-26", 1)
	if !strings.Contains(text, "2026-11-26") {
		t.Fatal("the policy has no such date")
	}
	d.mailPolicy(testFinance, "New policy", "", "p.toml", text, "tests.test.toml", tests)
	d.says(d.asked(testHead), "Une fois approuvée, elle entrera en vigueur le 26 novembre 2026")
	d.answers(testHead, d.asked(testHead), "APPROUVER")
	d.wantVersion("2021-06")
	d.wantChange("2026-12", ledger.ChangeApproved)
	d.says(d.last(testFinance), "Approved, in force on November 26, 2026")
	d.pass(60 * time.Hour) // Wednesday, before midnight in Toronto
	d.once()
	d.wantVersion("2021-06")
	d.pass(3 * time.Hour)
	d.once()
	d.wantVersion("2026-12")
	d.sound()
}

// An approved text that cannot be used when its day comes leaves the one before in force; the operator hears, and a corrected text of
// the owners takes its place.
func TestAnApprovedPolicyThatCannotBeUsedIsTold(t *testing.T) {
	t.Parallel()
	var budgets string
	d := openOwned(t, func(d *desk, o *job.Options) {
		d.edit("budgets.csv", "Cost centre,Fiscal year,Budget\n44-10,2026-27,\"10,000.00\"\n")
		budgets = filepath.Join(d.dir, "budgets.csv")
		o.Finance.Budgets = budgets
	})
	d.once()
	text, tests := d.another("5000.00", "2026-12")
	text = strings.Replace(text, "date      = 2021-06-01", "date      = 2026-11-26", 1) + budgetRule
	tests = strings.Replace(tests, "outcome = ", "budget  = { amount = \"5000.00\", spent = \"100.00\" }\noutcome = ", 1)
	d.mailPolicy(testFinance, "New policy", "", "p.toml", text, "p.test.toml", tests)
	d.answers(testHead, d.asked(testHead), "APPROUVER")
	d.wantChange("2026-12", ledger.ChangeApproved)
	d.restart(func(_ *desk, o *job.Options) { o.Owners, o.Finance.Budgets = ownersOfTests, "" })
	d.pass(72 * time.Hour)
	d.begins()
	pass := func() { // with its trouble
		t.Helper()
		r, err := d.job.Once(t.Context())
		if err != nil || len(r.Troubles) > 0 && !strings.Contains(r.Troubles[0].Error(), "finance.budgets names no file") {
			t.Fatal(err, r.Troubles)
		}
	}
	pass()
	pass()
	d.wantVersion("2021-06")
	told := strings.Join(d.told(), "\n")
	if n := strings.Count(told, "Technical details:"); n != 1 || !strings.Contains(told, "finance.budgets names no file") {
		t.Errorf("the operator is told %d times:\n%s", n, told)
	}
	text, tests = d.another("11000.00", "2027-01")
	d.put(d.letter(testFinance, "New policy", "", parts("mixed", plainText, attachedFile("p.toml", []byte(text)), attachedFile("p.test.toml", []byte(tests)))))
	pass()
	d.mailReply(testHead, d.asked(testHead), "APPROUVER")
	pass()
	d.wantVersion("2027-01")
	d.wantChange("2026-12", ledger.ChangeReplaced)
}

const budgetRule = `
[[guardrail]]
id      = "over-budget"
action  = "escalate"
when    = 'line.total > budget.free'
fields  = ["cost_centre"]
title   = { en = "Over the budget", fr = "Budget dépassé" }
message = { en = "{budget.free} is free.", fr = "Il reste {budget.free}." }
source  = "Note 8"
`

// Who may not decide, and what decides nothing.
func TestWhoDoesNotDecideAboutThePolicy(t *testing.T) {
	t.Parallel()
	const asked = "2026-12"
	for name, attack := range map[string]func(t *testing.T, d *desk){
		"the proposer approves": func(_ *testing.T, d *desk) {
			d.answers(testHead, d.asked(testHead), "APPROUVER")
			d.says(d.last(testHead), "une autre personne responsable doit approuver", "elle attend "+testFinance)
		},
		"another owner of the same role": func(_ *testing.T, d *desk) {
			d.answers(testDeputy, d.asked(testDeputy), "APPROVE")
			d.says(d.last(testDeputy), "Your approval is recorded", "it waits for "+testFinance)
		},
		"who is no owner": func(_ *testing.T, d *desk) {
			d.answers(testOther, d.asked(testFinance), "APPROVE")
			d.says(d.last(testOther), "Nothing was decided", "you are not one of them")
			d.says(d.last(testFinance), "Somebody who is no owner answered about the rules: "+testOther)
		},
		"a forged owner": func(_ *testing.T, d *desk) {
			code := string(ingest.CodesIn(d.asked(testFinance))[0])
			d.put(d.unproven(testFinance, "Re: ["+code+"]", nil))
			d.pass(time.Minute)
			if _, err := d.job.Once(d.t.Context()); err != nil {
				d.t.Fatal(err)
			}
		},
		"somebody for an owner": func(_ *testing.T, d *desk) {
			d.answers(testFinance, d.asked(testFinance), "APPROVE", "Sender: <"+testStaff+">")
			d.says(d.last(testFinance), "Somebody else sent this mail in your name")
		},
		"a condition": func(_ *testing.T, d *desk) {
			d.answers(testFinance, d.asked(testFinance), "APPROVE, but only from May on")
			d.says(d.last(testFinance), "Nothing decided yet", "but only from May on")
		},
		"a yes": func(_ *testing.T, d *desk) {
			d.answers(testFinance, d.asked(testFinance), "OK, go ahead")
			d.says(d.last(testFinance), "Nothing decided yet")
		},
		"a line": func(_ *testing.T, d *desk) {
			d.answers(testFinance, d.asked(testFinance), "APPROVE 1")
			d.says(d.last(testFinance), "as a whole")
		},
		"another text beside the approval": func(_ *testing.T, d *desk) {
			text, tests := d.another("90000.00", asked)
			code := string(ingest.CodesIn(d.asked(testFinance))[0])
			d.mailPolicy(testFinance, "Re: ["+code+"]", "APPROVE", "policy.toml", text, "policy.test.toml", tests)
			d.says(d.last(testFinance), "is not the text you were asked about")
		},
		"an owner of the configuration, whom nobody approved": func(_ *testing.T, d *desk) {
			ask := d.asked(testFinance)
			d.restart(func(_ *desk, o *job.Options) {
				o.Owners = owners.Config{Procurement: []string{testHead}, Finance: []string{testManager}}
			})
			d.answers(testManager, ask, "APPROVE")
			d.says(d.last(testManager), "you are not one of them")
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			d := openOwned(t, nil)
			d.t = t
			d.agency.t = t
			d.once()
			d.proposes(testHead, "15000.00", asked)
			attack(t, d)
			d.wantVersion("2021-06")
			d.wantChange(asked, ledger.ChangeWaiting)
			d.sound()
		})
	}
}

// What happens to a proposal that is not approved first.
func TestProposalsEnd(t *testing.T) {
	t.Parallel()
	t.Run("an answer to an older version", func(t *testing.T) {
		t.Parallel()
		d := openOwned(t, nil)
		d.once()
		d.proposes(testHead, "15000.00", "2026-12")
		older := d.asked(testFinance)
		d.proposes(testHead, "12000.00", "2027-01")
		d.answers(testFinance, older, "APPROVE")
		d.says(d.last(testFinance), "this was replaced: ESDC micro-acquisition 2026-12", "it was replaced by ESDC micro-acquisition 2027-01")
		d.wantVersion("2021-06")
		d.wantChange("2026-12", ledger.ChangeReplaced)
		d.answers(testFinance, d.asked(testFinance), "I approve")
		d.wantVersion("2027-01")
		d.sound()
	})
	t.Run("two owners opposite", func(t *testing.T) {
		t.Parallel()
		d := openOwned(t, nil)
		d.once()
		d.proposes(testHead, "15000.00", "2026-12")
		d.answers(testDeputy, d.asked(testDeputy), "DECLINE: too much")
		d.says(d.last(testFinance), "Declined: ESDC micro-acquisition 2026-12", testDeputy+" declined this change", "too much")
		d.answers(testFinance, d.asked(testFinance), "APPROVE")
		d.says(d.last(testFinance), "this was declined", testDeputy+" declined it before")
		d.wantVersion("2021-06")
		d.sound()
	})
	t.Run("declined when it is in force", func(t *testing.T) {
		t.Parallel()
		d := openOwned(t, nil)
		d.once()
		d.proposes(testHead, "15000.00", "2026-12")
		d.answers(testFinance, d.asked(testFinance), "APPROVE")
		d.answers(testDeputy, d.asked(testDeputy), "DECLINE: too much")
		d.says(d.last(testDeputy), "In force since", "mail the earlier text with a new version", "STOP")
		d.wantVersion("2026-12")
		d.sound()
	})
	t.Run("withdrawn", func(t *testing.T) {
		t.Parallel()
		d := openOwned(t, nil)
		d.once()
		d.proposes(testHead, "15000.00", "2026-12")
		d.answers(testFinance, d.asked(testFinance), "WITHDRAW")
		d.says(d.last(testFinance), "Only whoever proposed")
		d.answers(testHead, d.asked(testHead), "RETIRER")
		d.wantChange("2026-12", ledger.ChangeWithdrawn)
		d.says(d.last(testFinance), "Withdrawn: ESDC micro-acquisition 2026-12")
		d.sound()
	})
	t.Run("reminded", func(t *testing.T) {
		t.Parallel()
		d := openOwned(t, nil)
		d.once()
		d.proposes(testHead, "15000.00", "2026-12")
		before := len(d.inbox(testHead))
		d.pass(49 * time.Hour)
		d.once()
		d.says(d.asked(testFinance), "Still waiting: Approve or decline")
		if n := len(d.inbox(testHead)); n != before {
			t.Error("the proposer was reminded of their own")
		}
		d.answers(testFinance, d.asked(testFinance), "APPROVED")
		d.wantVersion("2026-12")
		d.sound()
	})
}

// Mistakes go back to the owner with their places, and nobody else hears of them.
func TestAnOwnersMistakesAreAnswered(t *testing.T) {
	t.Parallel()
	d := openOwned(t, nil)
	d.once()
	text, tests := d.another("15000.00", "2026-12")
	for _, x := range []struct {
		name  string
		files []string
		want  []string
	}{
		{"a mistake in the text", []string{"policy.toml", strings.Replace(text, `request = "15000.00" `, `request = 15000 `, 1), "policy.test.toml", tests}, []string{"policy.toml:33:11", "must be an amount in quotes"}},
		{"no tests", []string{"policy.toml", text}, []string{"has no tests", "policy.test.toml"}},
		{"tests that fail", []string{"policy.toml", text, "policy.test.toml", strings.Replace(tests, `outcome = "approved"`, `outcome = "escalated"`, 1)}, []string{"policy.test.toml:", "expected outcome escalated, got approved"}},
		{"the version of before", []string{"policy.toml", strings.Replace(text, "2026-12", "2021-06", 1), "policy.test.toml", tests}, []string{"in force before with another text", `2021-07`}},
		{"two texts", []string{"policy.toml", text, "other.toml", text}, []string{"several policies"}},
		{"what is in force", []string{"policy.toml", d.policy(""), "policy.test.toml", passing("10000.00")}, []string{"Already in force"}},
	} {
		before := len(d.inbox(testHead))
		d.mailPolicy(testFinance, x.name, "", x.files...)
		d.says(d.last(testFinance), x.want...)
		if len(d.inbox(testHead)) != before {
			t.Errorf("%s: the other owner hears of it", x.name)
		}
	}
	if n := len(d.allChanges()); n != 0 {
		t.Errorf("%d changes were proposed", n)
	}
	d.mailPolicy(testStaff, "My policy", "", "policy.toml", text, "policy.test.toml", tests)
	d.says(d.last(testStaff), "only owners of the rules mail a policy", "seules les personnes responsables")
	d.says(d.last(testHead), "Une personne non responsable a envoyé une politique : "+testStaff)
	d.wantVersion("2021-06")
	d.sound()
}

// A file on the server is a proposal that needs both; it ends when the former file is back.
func TestAFileOnTheServerIsAProposal(t *testing.T) {
	t.Parallel()
	d := openOwned(t, nil)
	d.once()
	text, tests := d.another("90000.00", "2026-12")
	d.edit("policy.test.toml", tests)
	d.edit("policy.toml", text)
	for range 3 {
		d.look()
		d.once()
	}
	d.wantVersion("2021-06")
	d.says(d.asked(testFinance), "A file on the server proposes version 2026-12")
	d.answers(testFinance, d.asked(testFinance), "APPROVE")
	d.wantVersion("2021-06")
	d.says(d.last(testFinance), "Your approval is recorded")
	d.edit("policy.toml", d.policy(""))
	d.look()
	d.wantChange("2026-12", ledger.ChangeWithdrawn)
	d.edit("policy.toml", text)
	d.look()
	d.once()
	d.answers(testHead, d.asked(testHead), "APPROUVER")
	d.wantVersion("2021-06")
	d.answers(testFinance, d.asked(testFinance), "APPROVE")
	d.wantVersion("2026-12")
	if n := len(d.allChanges()); n != 2 {
		t.Errorf("%d changes, want two", n)
	}
	d.sound()

	// What an owner mailed is not put aside by whoever writes the file; a broken one is refused.
	d.proposes(testFinance, "11000.00", "2027-01")
	other, tests := d.another("99000.00", "2027-02")
	d.edit("policy.toml", other)
	d.edit("policy.test.toml", tests)
	d.look()
	d.wantChange("2027-01", ledger.ChangeWaiting)
	d.answers(testHead, d.asked(testHead), "APPROUVÉ")
	d.wantVersion("2027-01")
	d.sound()
}

// A text whose tests fail, or whose version was in force before, is refused without owners too.
func TestAPolicyIsGated(t *testing.T) {
	t.Parallel()
	d := openDesk(t, nil)
	d.begins()
	text, tests := d.another("5000.00", "2026-12")
	d.edit("policy.test.toml", strings.Replace(tests, `outcome = "approved"`, `outcome = "escalated"`, 1))
	d.edit("policy.toml", text)
	d.look()
	d.wantTrouble("expected outcome escalated, got approved")
	d.wantVersion("2021-06")
	d.edit("policy.test.toml", tests)
	d.look()
	d.wantVersion("2026-12")
	d.edit("policy.toml", strings.Replace(text, "5000.00", "90000.00", 1))
	d.look()
	d.wantTrouble("this version of ESDC micro-acquisition was in force before with another text")
	d.wantVersion("2026-12")
	d.edit("policy.toml", d.policy("")) // the very text of before
	d.look()
	d.wantVersion("2021-06")
	d.sound()
}

// Approved, and the process dies before it is in force: the next one puts it in force, once.
func TestAnApprovedPolicySurvivesADeath(t *testing.T) {
	t.Parallel()
	d := openOwned(t, nil)
	d.once()
	d.proposes(testHead, "5000.00", "2026-12")
	c := d.allChanges()[0]
	if err := d.ledger.Decide(t.Context(), func(tx *ledger.Tx) error { // what the answer leaves before the policy is put in force
		if err := tx.Changes.Answer(t.Context(), d.now(), ledger.ChangeAnswer{Change: c.ID, Owner: testFinance, Role: owners.Finance, Approves: true}); err != nil {
			return err
		}
		return tx.Changes.Approve(t.Context(), d.now(), c.ID)
	}); err != nil {
		t.Fatal(err)
	}
	d.restart(owned)
	for range 2 {
		d.once()
		d.wantVersion("2026-12")
	}
	told := 0
	for _, m := range d.inbox(testFinance) {
		if strings.Contains(m.Subject, "In force since") {
			told++
		}
	}
	if told != 1 {
		t.Errorf("finance was told %d times", told)
	}
	d.sound()
}

// The chain says who proposed and who approved.
func TestTheChainNamesWhoProposedAndApproved(t *testing.T) {
	t.Parallel()
	d := openOwned(t, nil)
	d.once()
	d.proposes(testHead, "5000.00", "2026-12")
	d.answers(testFinance, d.asked(testFinance), "APPROVE")
	hash := d.job.Department.Inboxes["requests"].Policy().Hash()
	if err := d.ledger.View(t.Context(), func(tx *ledger.Tx) error {
		by, ok, err := tx.Changes.BehindText(t.Context(), department.PolicyText, "requests", hash)
		if !ok || by.ProposedBy != testHead || len(by.Approved) != 1 || by.Approved[0] != testFinance {
			t.Errorf("%+v", by)
		}
		links, err2 := tx.Chain.About(t.Context(), []string{hash})
		var kinds []string
		for _, k := range links[hash] {
			kinds = append(kinds, k.Kind)
		}
		if got := strings.Join(kinds, " "); got != "change.proposed change.answered change.approved policy.changed change.ended" {
			t.Errorf("the chain says %s", got)
		}
		if err == nil {
			err = err2
		}
		return err
	}); err != nil {
		t.Fatal(err)
	}
}
