package batch_test

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"handrail/internal/department"
	"handrail/internal/job"
	"handrail/internal/ledger"
	"handrail/internal/officers"
	"handrail/internal/request"
	"handrail/rules"
)

// desk is where a department keeps its policy, and the lists and officers beside it.
type desk struct {
	*agency
	dir string
}

const strictly, broken = `request = "5000.00" `, `request = 10000 `

// edit writes a file as it was left a while ago.
func (d *desk) edit(name, text string) {
	d.t.Helper()
	d.editAt(name, text, d.now().Add(-time.Minute))
}

func (d *desk) editAt(name, text string, written time.Time) {
	d.t.Helper()
	file := filepath.Join(d.dir, name)
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		d.t.Fatal(err)
	}
	if err := os.Chtimes(file, written, written); err != nil {
		d.t.Fatal(err)
	}
}

// policy is the shipped policy with another limit.
func (d *desk) policy(limit string) string {
	d.t.Helper()
	text, err := rules.ShippedText("esdc-micro-acquisition")
	if err != nil {
		d.t.Fatal(err)
	}
	if limit == "" {
		return string(text)
	}
	other := strings.Replace(string(text), `version  = "2021-06"`, `version  = "2021-06 `+strings.Map(func(r rune) rune {
		if r < '0' || r > '9' {
			return -1
		}
		return r
	}, limit)+`"`, 1)
	return strings.Replace(other, `request = "10000.00" `, limit, 1)
}

func openDesk(t *testing.T, change func(d *desk, o *job.Options)) *desk {
	t.Helper()
	d := &desk{&agency{t: t, clock: monday}, t.TempDir()}
	d.edit("policy.toml", d.policy(""))
	d.agency = openAt(t, traced, func(o *job.Options) { d.fileOptions(o, change) })
	return d
}

func (d *desk) fileOptions(o *job.Options, change func(d *desk, o *job.Options)) {
	o.Inboxes[0].Policy, o.Inboxes[0].PolicyFile = nil, filepath.Join(d.dir, "policy.toml")
	if change != nil {
		change(d, o)
	}
}

// restart is another process with the same ledger and the same files.
func (d *desk) restart(change func(d *desk, o *job.Options)) {
	d.t.Helper()
	if err := d.job.Close(); err != nil {
		d.t.Fatal(err)
	}
	d.start(func(o *job.Options) { d.fileOptions(o, change) })
}

func (d *desk) look() {
	d.t.Helper()
	if err := d.job.Department.LookAtTexts(d.t.Context()); err != nil {
		d.t.Fatal(err)
	}
}

// buy mails one line of 5,650.00 and answers how it was judged, in the same run of the job.
func (d *desk) buy(title string) ledger.Line {
	d.t.Helper()
	d.send(testStaff, title, "Form attached.", d.form(testStaff, request.English, line(title, title+" Inc.", "5000", "650", "5650")))
	d.work()
	for _, l := range d.lines() {
		if l.Supplier == title+" Inc." {
			return l
		}
	}
	d.t.Fatalf("%s was not judged", title)
	return ledger.Line{}
}

// work does one pass by hand, without what a start of the job does.
func (d *desk) work() {
	d.t.Helper()
	ctx := d.t.Context()
	if err := d.job.Collect(ctx, "requests"); err != nil {
		d.t.Fatal(err)
	}
	for _, s := range d.job.Stages() {
		for d.job.Turn(ctx, s) > 0 {
		}
	}
	for _, err := range d.job.TakeTroubles() {
		var refused *department.RefusedError
		if !errors.As(err, &refused) {
			d.t.Fatal(err)
		}
		d.job.NoteTrouble(refused) // what a look at a text refused is the test's own business
	}
}

// begins does what a start of the job does.
func (d *desk) begins() {
	d.t.Helper()
	if err := d.job.Begin(d.t.Context(), true); err != nil {
		d.t.Fatal(err)
	}
}

// changes are the links of the chain about policies or officers, newest last, as "before → hash".
func (d *desk) changes(kind string) []string {
	d.t.Helper()
	var all []string
	err := d.ledger.View(d.t.Context(), func(tx *ledger.Tx) error {
		noted, err := tx.Documents.InForce(d.t.Context(), kind)
		if err != nil {
			return err
		}
		for hash := noted["requests"]; hash != ""; {
			links, err := linksAbout(d.t.Context(), tx, hash)
			if err != nil {
				return err
			}
			k := links[len(links)-1]
			if k.Kind != kind+".changed" {
				return fmt.Errorf("the chain says %s of %s", k.Kind, hash)
			}
			if _, kept, err := tx.Documents.Text(d.t.Context(), hash); err != nil || !kept {
				return fmt.Errorf("the text %s is not kept: %w", hash, err)
			}
			_, before, _ := strings.Cut(string(k.Public), `"before":"`)
			before = strings.TrimSuffix(before, `"}`)
			all = append([]string{hash}, all...)
			if slices.Contains(all[1:], before) {
				break
			}
			hash = before
		}
		return nil
	})
	if err != nil {
		d.t.Fatal(err)
	}
	return all
}

func (d *desk) wantOutcome(l ledger.Line, want request.Outcome, policy *rules.Policy) {
	d.t.Helper()
	if l.Judged != want {
		d.t.Errorf("%s was judged %s by %v, want %s", l.Supplier, l.Judged, l.Guardrails, want)
	}
	var by string
	if err := d.ledger.View(d.t.Context(), func(tx *ledger.Tx) error {
		s, err := tx.Submissions.ByID(d.t.Context(), []int64{l.Submission})
		by = s[0].Policy
		return err
	}); err != nil {
		d.t.Fatal(err)
	}
	if policy != nil && by != policy.Hash() {
		d.t.Errorf("%s was judged by %s, want %s", l.Supplier, by, policy.Hash())
	}
}

// The whole job on its schedule: requests are judged by the text that stands on disk, without a restart.
func TestAChangedPolicyIsTakenWhileTheJobRuns(t *testing.T) {
	t.Parallel()
	var log lockedBuffer
	d := openDesk(t, func(_ *desk, o *job.Options) {
		unscheduled(o)
		o.Look, o.Log = 10*time.Millisecond, slog.New(slog.NewTextHandler(&log, nil))
	})
	d.running()
	d.until("somebody waits for announcements", func() bool { return d.idles() > 0 })
	mail := func(title string, answers int) ledger.Line {
		d.send(testStaff, title, "Form attached.", d.form(testStaff, request.English, line(title, title+" Inc.", "5000", "650", "5650")))
		d.until("the answer about "+title, func() bool { return d.office.Count(testStaff, "INBOX") == answers })
		for _, l := range d.lines() {
			if l.Supplier == title+" Inc." {
				return l
			}
		}
		t.Fatalf("%s is not in the ledger", title)
		return ledger.Line{}
	}
	d.wantOutcome(mail("Chairs", 1), request.Approved, d.job.Department.Inboxes["requests"].Policy())
	before := d.job.Department.Inboxes["requests"].Policy()
	d.edit("policy.toml", d.policy(strictly))
	d.until("another policy", func() bool { return d.job.Department.Inboxes["requests"].Policy() != before })
	d.wantOutcome(mail("Desks", 2), request.Escalated, d.job.Department.Inboxes["requests"].Policy())
	if texts := d.changes(department.PolicyText); len(texts) != 2 || texts[0] != before.Hash() {
		t.Errorf("the chain knows the policies %v, want two, the first %s", texts, before.Hash())
	}
	if said := log.String(); !strings.Contains(said, "another text of the policy is in force") || !strings.Contains(said, "changes=2") {
		t.Errorf("the log says nothing of it:\n%s", said)
	}
	d.sound()
}

// An invalid text changes nothing but that the operator hears of it, once, also across a restart.
func TestAnInvalidPolicyIsRefusedAndTheOldOneStays(t *testing.T) {
	t.Parallel()
	d := openDesk(t, nil)
	d.begins()
	d.wantOutcome(d.buy("Chairs"), request.Approved, nil)
	before := d.job.Department.Inboxes["requests"].Policy()

	d.edit("policy.toml", strings.Replace(d.policy(broken), `action  = "escalate"`, `action  = "escalat"`, 1))
	for range 3 {
		d.look()
		d.work()
	}
	d.wantTrouble("policy.toml:33:11: limit \"request\": request must be an amount in quotes")
	d.wantOutcome(d.buy("Desks"), request.Approved, before)
	mails := d.told()
	if len(mails) != 1 {
		t.Fatalf("the operator got %d mails, want one", len(mails))
	}
	for _, want := range []string{
		"A new text of the policy was refused: policy.toml", "Un nouveau texte de la politique a été refusé\u00a0: policy.toml",
		"The inbox requests goes on with ESDC micro-acquisition 2021-06, which stays in force", "La boîte requests continue d’appliquer ESDC micro-acquisition 2021-06",
		`policy.toml:33:11: limit "request": request must be an amount in quotes, so that it is exact: write request = "10000.00"`,
		`guardrail "value-limit": action must be one of note, escalate, return, not "escalat"; did you mean "escalate"?`,
		"without a restart", "sans redémarrage",
	} {
		if !strings.Contains(mails[0], want) {
			t.Errorf("the mail does not say %q:\n%s", want, mails[0])
		}
	}
	if strings.Contains(mails[0], d.dir) {
		t.Error("the mail shows where the files lie")
	}

	// A restart in the night goes on with the text in force, and tells nobody twice.
	d.restart(nil)
	d.begins()
	d.wantTrouble("policy.toml is refused, ESDC micro-acquisition 2021-06 stays in force")
	d.wantOutcome(d.buy("Lamps"), request.Approved, before)
	if n := len(d.told()); n != 1 {
		t.Errorf("after the restart the operator has %d mails, want one", n)
	}

	// Another bad text is told again; a fixed one judges, and bad text that comes back is not told again.
	d.edit("policy.toml", d.policy(broken)+"\n")
	d.look()
	d.work()
	if n := len(d.told()); n != 2 {
		t.Errorf("after another bad text the operator has %d mails, want two", n)
	}
	d.edit("policy.toml", d.policy(strictly))
	d.look()
	d.wantOutcome(d.buy("Shelves"), request.Escalated, d.job.Department.Inboxes["requests"].Policy())
	d.edit("policy.toml", d.policy(broken)+"\n")
	d.look()
	d.work()
	if n := len(d.told()); n != 2 {
		t.Errorf("after the same bad text the operator has %d mails, want two", n)
	}
	d.edit("policy.toml", d.policy(""))
	d.look()
	d.wantOutcome(d.buy("Rugs"), request.Approved, before)
	if texts := d.changes(department.PolicyText); texts[len(texts)-1] != before.Hash() {
		t.Errorf("the chain knows the policies %v", texts)
	}
	d.sound()
}

// wantTrouble checks what the pass reports.
func (d *desk) wantTrouble(want string) {
	d.t.Helper()
	if troubles := d.job.TakeTroubles(); len(troubles) != 1 || !strings.Contains(troubles[0].Error(), want) {
		d.t.Errorf("troubles %v, want %q", troubles, want)
	}
}

func TestAPolicyThatNobodyCanStartWith(t *testing.T) {
	t.Parallel()
	t.Run("invalid, and none was in force", func(t *testing.T) {
		d := openDesk(t, nil)
		d.edit("policy.toml", d.policy(broken))
		var refused *department.RefusedError
		if err := d.job.Begin(t.Context(), true); !errors.As(err, &refused) || !strings.Contains(err.Error(), "policy.toml:33:11") {
			t.Errorf("it begins with %v", err)
		}
	})
	t.Run("not there", func(t *testing.T) {
		d := openDesk(t, nil)
		d.begins()
		if err := os.Remove(filepath.Join(d.dir, "policy.toml")); err != nil {
			t.Fatal(err)
		}
		d.restart(nil)
		if err := d.job.Begin(t.Context(), true); !errors.Is(err, fs.ErrNotExist) {
			t.Errorf("it begins with %v", err)
		}
	})
	t.Run("gone while it runs", func(t *testing.T) {
		d := openDesk(t, nil)
		d.begins()
		before := d.job.Department.Inboxes["requests"].Policy()
		if err := os.Remove(filepath.Join(d.dir, "policy.toml")); err != nil {
			t.Fatal(err)
		}
		d.look()
		d.pass(time.Minute) // a rename has a moment in which nothing is there
		d.look()
		d.wantOutcome(d.buy("Chairs"), request.Approved, before)
		if mails := d.told(); len(mails) != 1 || !strings.Contains(mails[0], "no such file") {
			t.Errorf("the operator got %d mails", len(mails))
		}
	})
}

// Half a policy may be a valid one that lacks its last guardrails: what is being written is not taken.
func TestAPolicyThatIsBeingWrittenIsNotTaken(t *testing.T) {
	t.Parallel()
	d := openDesk(t, nil)
	d.begins()
	before := d.job.Department.Inboxes["requests"].Policy()
	whole := d.policy(strictly)
	half := whole[:strings.LastIndex(whole, "[[guardrail]]")]
	d.editAt("policy.toml", half, d.now())
	d.look()
	d.pass(2 * time.Second)
	d.editAt("policy.toml", half+"# the rest comes", d.now())
	d.look()
	if d.job.Department.Inboxes["requests"].Policy() != before {
		t.Fatal("half a policy is in force")
	}
	d.editAt("policy.toml", whole, d.now())
	d.look()
	d.pass(department.TextRest)
	d.look()
	if got := d.job.Department.Inboxes["requests"].Policy(); got == before || len(got.Mark().Guardrails) != len(before.Mark().Guardrails) {
		t.Error("the whole policy is not in force")
	}
	// A clock that is ahead on the file server keeps nothing waiting for ever.
	d.editAt("policy.toml", d.policy(""), d.now().Add(time.Hour))
	d.look()
	d.pass(department.TextRest)
	d.look()
	if d.job.Department.Inboxes["requests"].Policy().Hash() != before.Hash() {
		t.Error("a file from the future is not in force after a while")
	}
	if n := len(d.changes(department.PolicyText)); n != 2 && n != 3 {
		t.Errorf("%d changes are linked", n)
	}
}

// A policy is its lists as well.
func TestAChangedListIsAChangedPolicy(t *testing.T) {
	t.Parallel()
	d := openDesk(t, func(d *desk, _ *job.Options) {
		d.edit("barred.csv", "supplier\nNobody Ltd.\n")
		d.edit("policy.toml", d.policy("")+`
[[list]]
name = "barred"
file = "barred.csv"
as   = "supplier"

[[guardrail]]
id      = "barred"
action  = "escalate"
when    = 'listed("barred", line.supplier)'
title   = { en = "Barred", fr = "Exclu" }
message = { en = "This supplier is on the list.", fr = "Ce fournisseur figure sur la liste." }
source  = "Note 7"
`)
	})
	d.begins()
	d.wantOutcome(d.buy("Chairs"), request.Approved, nil)
	d.edit("barred.csv", "supplier\nNobody Ltd.\nDESKS\n")
	d.look()
	d.wantOutcome(d.buy("Desks"), request.Escalated, d.job.Department.Inboxes["requests"].Policy())
	in := d.job.Department.Inboxes["requests"].Policy()
	if err := os.Remove(filepath.Join(d.dir, "barred.csv")); err != nil {
		t.Fatal(err)
	}
	d.look()
	d.pass(department.TextRest)
	d.look()
	if d.job.Department.Inboxes["requests"].Policy() != in {
		t.Error("a policy without its list is in force")
	}
	if troubles := d.job.TakeTroubles(); len(troubles) != 1 || !strings.Contains(troubles[0].Error(), "barred.csv") {
		t.Errorf("troubles %v", troubles)
	}
}

// Lines of the past count in a total that is new, also without a restart.
func TestANewTotalOfAChangedPolicyCountsThePast(t *testing.T) {
	t.Parallel()
	d := openDesk(t, nil)
	byUnit := strings.NewReplacer("by   = [\"supplier\", \"cost_centre\"]\ndays = 90\nnear = true", "by   = [\"unit\", \"cost_centre\"]\ndays = 90",
		"{added.supplier}", "{request.unit}", `"2021-06"`, `"2021-06 by unit"`).Replace(d.policy(""))
	d.begins()
	d.wantOutcome(d.buy("Chairs"), request.Approved, nil)
	d.edit("policy.toml", byUnit)
	d.look()
	if !strings.Contains(d.job.Department.Inboxes["requests"].Policy().Text(), `["unit", "cost_centre"]`) {
		t.Fatalf("the changed policy is not in force: %v", d.job.TakeTroubles())
	}
	if l := d.buy("Desks"); !slices.Contains(l.Guardrails, "split-supplier") {
		t.Errorf("the unit's total does not count the past: %v", l.Guardrails)
	}
	d.sound()
}

// Machines that share a ledger judge by the same text, whoever of them saw it first.
func TestMachinesThatShareALedgerJudgeByTheSameText(t *testing.T) {
	t.Parallel()
	d := openDesk(t, nil)
	d.begins()
	first := d.job
	d.start(func(o *job.Options) { d.fileOptions(o, nil) })
	d.begins()
	d.edit("policy.toml", d.policy(strictly))
	if err := first.Department.LookAtTexts(t.Context()); err != nil {
		t.Fatal(err)
	}
	d.wantOutcome(d.buy("Chairs"), request.Escalated, first.Department.Inboxes["requests"].Policy())
	if n := len(d.changes(department.PolicyText)); n != 2 {
		t.Errorf("%d changes are linked, want two", n)
	}
	_ = first.Close()
}

// What was read under one text is not decided under another.
func TestAPolicyThatChangesWhileMailIsRead(t *testing.T) {
	t.Parallel()
	var armed atomic.Bool
	d := openDesk(t, func(d *desk, o *job.Options) {
		plain := o.Now
		o.Now = func() time.Time {
			if armed.CompareAndSwap(true, false) { // between reading and deciding
				d.edit("policy.toml", d.policy(strictly))
				d.look()
			}
			return plain()
		}
	})
	d.begins()
	d.send(testStaff, "Chairs", "Form attached.", d.form(testStaff, request.English, line("Chairs", "Chairs Inc.", "5000", "650", "5650")))
	if err := d.job.Collect(t.Context(), "requests"); err != nil {
		t.Fatal(err)
	}
	armed.Store(true)
	d.work()
	if armed.Load() {
		t.Fatal("the policy did not change")
	}
	d.wantOutcome(d.lines()["HR-2026-000001-01"], request.Escalated, d.job.Department.Inboxes["requests"].Policy())
	d.sound()
}

// Officers come and go without a restart as well.
func TestAChangedListOfOfficersIsTaken(t *testing.T) {
	t.Parallel()
	const head = "email,name,title,language,limit\n"
	d := openDesk(t, func(d *desk, o *job.Options) {
		d.edit("officers.csv", head+testOfficer+",Odile Officer,Officer,en,\n")
		o.OfficersFile = filepath.Join(d.dir, "officers.csv")
		o.Rosters = func(ctx context.Context, file []byte) (map[string]*officers.Roster, error) {
			list, err := officers.ReadOfficers(ctx, file, "officers.csv")
			if err != nil {
				return nil, err
			}
			roster, err := officers.NewRoster(list)
			return map[string]*officers.Roster{"requests": roster}, err
		}
		d.edit("policy.toml", d.policy(strictly))
	})
	d.begins()
	d.buy("Chairs")
	if d.office.Count(testOfficer, "INBOX") != 1 {
		t.Fatal("the officer was not asked")
	}
	d.edit("officers.csv", head+testHead+",Hana Head,Head,fr,\n")
	d.look()
	d.buy("Desks")
	if d.office.Count(testOfficer, "INBOX") != 1 || d.office.Count(testHead, "INBOX") != 1 {
		t.Error("the new officer was not asked")
	}
	if n := len(d.changes(department.OfficersText)); n != 2 {
		t.Errorf("%d changes of the officers are linked, want two", n)
	}
	d.edit("officers.csv", "email,name,limits\n"+testHead+",Hana Head,9\n")
	for range 2 {
		d.look()
		d.work()
	}
	mails := d.told()
	if len(mails) != 1 {
		t.Fatalf("the operator got %d mails, want one", len(mails))
	}
	for _, want := range []string{"A new list of officers was refused: officers.csv", "Une nouvelle liste d’agents a été refusée", `"limits" is no column of a file of officers`} {
		if !strings.Contains(mails[0], want) {
			t.Errorf("the mail does not say %q:\n%s", want, mails[0])
		}
	}
	d.buy("Lamps")
	if d.office.Count(testHead, "INBOX") != 2 {
		t.Error("the former list does not stay in force")
	}
	d.sound()
}

// unwrapped is a mail's text without its line breaks.
func unwrapped(s string) string {
	return strings.Join(strings.FieldsFunc(s, func(r rune) bool { return strings.ContainsRune(" |\r\n", r) }), " ")
}
