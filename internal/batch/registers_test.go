package batch_test

import (
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"handrail/internal/job"
	"handrail/internal/ledger"
	"handrail/internal/registers"
	"handrail/internal/replay"
	"handrail/internal/request"
)

const (
	centreHead = "Cost centre;Branch;Branch (French);Manager;Until\n"
	centreRows = "4410;Corporate Services;Services ministériels;manager@" + testDomain + ";\n4420;Rivers;Rivières;manager@" + testDomain + ";2026-03-31\n"
	peopleHead = "email,name,branch,may ask for\n"
	peopleRows = testStaff + ",Amara Staff,Services ministériels,\nmanager@" + testDomain + ",Manon Manager,Corporate Services,\n"
)

// registerFiles are the registers beside the policy.
func (d *desk) registerFiles(o *job.Options) {
	o.Registers = registers.Config{CostCentres: filepath.Join(d.dir, "centres.csv"), People: filepath.Join(d.dir, "people.csv"), Suppliers: filepath.Join(d.dir, "suppliers.csv")}
	o.Inboxes[0].Config.Contact = testHead
}

// asks mails one line as somebody, and is how it was judged with its facts.
func (d *desk) asks(who, supplier string, with ...string) (ledger.Line, request.Facts) {
	d.t.Helper()
	d.send(who, supplier, "Form attached.", d.form(who, request.English, line("Work for "+supplier, supplier, "1000", "130", "1130", with...)))
	d.work()
	for _, l := range d.lines() {
		if l.Supplier == supplier {
			var f request.Facts
			if err := f.Read(l.Facts); err != nil {
				d.t.Fatal(err)
			}
			return l, f
		}
	}
	d.t.Fatalf("%s was not judged", supplier)
	return ledger.Line{}, request.Facts{}
}

// inForce are the registers that the ledger keeps, as "kind entries".
func (d *desk) inForce() (list []ledger.Register) {
	d.t.Helper()
	if err := d.ledger.View(d.t.Context(), func(tx *ledger.Tx) (err error) {
		list, err = tx.Registers.List(d.t.Context())
		return err
	}); err != nil {
		d.t.Fatal(err)
	}
	return list
}

func trips(v *request.Verdict) []string {
	var ids []string
	for _, f := range v.Findings {
		ids = append(ids, f.Guardrail)
	}
	return ids
}

// What the registers do not have goes to an officer, and whoever can mend it hears once; the branch is theirs, whatever the form says;
// and all of it replays from the facts alone.
func TestLinesAreJudgedByTheRegisters(t *testing.T) {
	t.Parallel()
	d := openDesk(t, func(d *desk, o *job.Options) {
		d.edit("centres.csv", centreHead+centreRows)
		d.edit("people.csv", peopleHead+peopleRows)
		d.edit("suppliers.csv", "name,aliases,owner\nNorthern Software Inc.,Logiciels du Nord,Nora North\n")
		d.edit("policy.toml", d.policy("")+"\n[[limits_for]]\nwhen = 'request.unit == \"Corporate Services\"'\nrequest = \"1100.00\"\n")
		d.registerFiles(o)
	})
	d.begins()
	policy := d.job.Department.Inboxes["requests"].Policy()
	for _, c := range []struct {
		who, supplier string
		with          []string
		want          string // guardrails that trip, of those that are built in for registers
		officer       bool
	}{
		{testStaff, "First Inc.", nil, "register-branch", true}, // above the limit of the branch that the register says
		{testStaff, "Second Inc.", []string{"cost_centre", "441O"}, "register-branch register-cost-centre", true},
		{testStaff, "Third Inc.", []string{"cost_centre", "441O"}, "register-branch register-cost-centre", true},
		{testStaff, "Fourth Inc.", []string{"cost_centre", "4420"}, "register-branch register-cost-centre-dates", true},
		{testStaff, "Fifth Inc.", []string{"authorized_by", "card@" + testDomain}, "register-branch register-manager", true},
		{testStaff, "Nothern Software", nil, "register-branch register-supplier", true},
		{testOther, "Sixth Inc.", nil, "register-person register-branch", true},
		{testOther, "Seventh Inc.", nil, "register-person register-branch", true},
	} {
		l, f := d.asks(c.who, c.supplier, c.with...)
		v := policy.Judge(f)
		if got := (l.Outcome == request.Escalated); got != c.officer || v.Outcome != l.Outcome {
			t.Errorf("%s is %s, and %s again", c.supplier, l.Outcome, v.Outcome)
		}
		ids := slices.DeleteFunc(trips(&v), func(id string) bool { return !strings.HasPrefix(id, "register-") })
		if got := strings.Join(ids, " "); got != c.want {
			t.Errorf("%s trips %q, want %q", c.supplier, got, c.want)
		}
		if c.who == testStaff && (f.Request.Unit != "Corporate Services" || f.Request.FormUnit != "Benefits" || l.Unit != "Corporate Services") {
			t.Errorf("%s: the branch is %q (%q on the form), of the line %q", c.supplier, f.Request.Unit, f.Request.FormUnit, l.Unit)
		}
		if f.Registers == nil || len(f.Registers.InForce) != 3 {
			t.Errorf("%s: the facts have %+v", c.supplier, f.Registers)
		}
	}
	mail := d.last(testOfficer)
	if !strings.Contains(unwrapped(mail.Text), "is not in the department's register of people") {
		t.Errorf("the officer does not read why:\n%s", mail.Text)
	}
	if n := d.office.Count(testHead, "INBOX"); n != 1 {
		t.Fatalf("the contact has %d mails, want one", n)
	}
	d.says(d.last(testHead), testOther, "is not in the department's register of people", "ne figure pas au registre du personnel")
	all := strings.Join(d.told(), "\n")
	for want, n := range map[string]int{
		"A cost centre is not in the register: “441O”": 1, "The register has: 4410.": 1, "A cost centre is used after it ended (2026-03-31): “4420”": 1,
		"A section 32 manager is not in the register: card@" + testDomain: 1, "A branch is not in the register: “Benefits”": 1, "Un centre de coûts ne figure pas au registre": 1,
	} {
		if got := strings.Count(all, want); got != n {
			t.Errorf("the operator reads %q %d times, want %d:\n%s", want, got, n, all)
		}
	}
	// The contact has the sender added: it counts without a restart.
	d.edit("people.csv", peopleHead+peopleRows+testOther+",James Other,Services ministériels,\n")
	d.look()
	if l, f := d.asks(testOther, "Eighth Inc."); slices.Contains(l.Guardrails, "register-person") || f.Request.Unit != "Corporate Services" {
		t.Errorf("the added sender does not count: %v, of %q", l.Guardrails, f.Request.Unit)
	}
	d.sound()
}

// A register that cannot be taken leaves the last one in force, over a restart too, and the operator hears what is wrong with it.
func TestARegisterWithAMistakeLeavesTheLastOneInForce(t *testing.T) {
	t.Parallel()
	d := openDesk(t, func(d *desk, o *job.Options) {
		d.edit("centres.csv", centreHead+centreRows)
		d.edit("people.csv", peopleHead+peopleRows)
		d.edit("suppliers.csv", "name\nNorthern Software Inc.\n")
		d.registerFiles(o)
	})
	d.begins()
	first := d.inForce()
	if len(first) != 3 || first[0].Kind != "cost_centres" || first[0].Entries != 2 || first[0].File != "centres.csv" {
		t.Fatalf("in force are %+v", first)
	}
	holds := func(when string) {
		t.Helper()
		if now := d.inForce(); !slices.EqualFunc(now, first, func(a, b ledger.Register) bool { return a.Hash == b.Hash }) {
			t.Errorf("%s: another register is in force: %+v", when, now)
		}
		l, f := d.asks(testStaff, when+" Inc.", "cost_centre", "9999")
		if l.Outcome != request.Escalated || !slices.ContainsFunc(f.Registers.Checks, func(c request.RegisterCheck) bool { return c.Kind == request.CentreUnknown }) {
			t.Errorf("%s: the line is %s with %+v", when, l.Outcome, f.Registers)
		}
	}
	for when, text := range map[string]string{"doubled": centreHead + centreRows + "04410;X;;;\n9999;X;;;\n", "emptied": "", "header alone": centreHead, "cut off": centreHead + "9999;\"X;;;\n", "zero bytes": "Cost centre\x00\n9999\n"} {
		d.edit("centres.csv", text)
		d.look()
		d.look()
		holds(when)
	}
	d.restart(func(d *desk, o *job.Options) { d.registerFiles(o) })
	d.begins()
	holds("restarted")
	all := strings.Join(d.told(), "\n")
	for want, n := range map[string]int{"A new register was refused: centres.csv": 5, "Un nouveau registre a été refusé": 5, `row 4: the cost centre "04410" stands in row 2 already`: 1, "names no cost centre": 1} {
		if got := strings.Count(all, want); got != n {
			t.Errorf("the operator reads %q %d times, want %d:\n%s", want, got, n, all)
		}
	}
	d.edit("centres.csv", centreHead+centreRows+"9999;Rivers;;manager@"+testDomain+";\n")
	d.look()
	if l, f := d.asks(testStaff, "Mended Inc.", "cost_centre", "9999"); l.Outcome != request.Approved || len(f.Registers.Checks) != 1 {
		t.Errorf("the mended register does not count: %s, %+v", l.Outcome, f.Registers)
	}
	if err := d.ledger.View(t.Context(), func(tx *ledger.Tx) error {
		refused, err := tx.Standing.RefusedTexts(t.Context())
		if len(refused) != 0 {
			t.Errorf("still refused: %+v", refused)
		}
		return err
	}); err != nil {
		t.Fatal(err)
	}
	d.restart(func(_ *desk, o *job.Options) { o.Registers = registers.Config{} })
	d.begins()
	if now := d.inForce(); len(now) != 0 {
		t.Errorf("registers that are not configured are in force: %+v", now)
	}
	if l, f := d.asks(testStaff, "Without Inc.", "cost_centre", "anything"); l.Outcome != request.Approved || f.Registers != nil || f.Request.Unit != "Benefits" {
		t.Errorf("without registers the line is %s: %+v, %q", l.Outcome, f.Registers, f.Request.Unit)
	}
	d.sound()
}

// Who starts a job with a register that was never right hears what is wrong with it.
func TestAFirstRegisterMustBeRight(t *testing.T) {
	t.Parallel()
	d := openDesk(t, func(d *desk, o *job.Options) {
		d.edit("people.csv", "email\nnobody\n")
		o.Registers.People = filepath.Join(d.dir, "people.csv")
	})
	if err := d.job.Begin(t.Context(), true); err == nil || !strings.Contains(err.Error(), `people.csv: row 2: the address "nobody" is not an e-mail address`) {
		t.Errorf("the job begins: %v", err)
	}
	d.editAt("people.csv", "email\n"+testStaff+"\n", d.now().Add(-time.Hour))
	d.begins()
	if got := d.inForce(); len(got) != 1 || got[0].Entries != 1 {
		t.Errorf("in force are %+v", got)
	}
}

// Firms that the register of suppliers gives one owner, or one firm's other names and numbers, add up where a total looks around, between
// requests and inside one workbook; the finding says why, and the record replays without the register.
func TestOneOwnerByTheRegisterAddsUp(t *testing.T) {
	t.Parallel()
	d := openDesk(t, func(d *desk, o *job.Options) {
		d.edit("suppliers.csv", "name,aliases,business number,owner\nOkonedo Interactive Inc.,,798921086,Ebele Okonedo\nBlue Lantern Holdings Ltd.,,799694856,Ebele Okonedo\n"+
			"Quill and Slate,Ardoise,,\nMarigold Studio,,,Vera\nHarbour Works,,,Vera\n")
		d.edit("policy.toml", d.policy(""))
		o.Registers = registers.Config{Suppliers: filepath.Join(d.dir, "suppliers.csv")}
	})
	d.begins()
	row := func(n int, supplier, id string) map[request.Field]string {
		titles := []string{"Speed up the nightly import", "Icons and colours", "Translate a leaflet", "Repair of the gate", "Index of the archive", "Photographs of bridges", "A model of the harbour"}
		l := line(titles[n], supplier, "5300", "689", "5989", "supplier_id", id)
		l[request.Description] = titles[n]
		return l
	}
	for i, c := range []struct {
		rows []map[request.Field]string
		says string // in the findings of the last line; "" it is approved
	}{
		{[]map[request.Field]string{row(0, "Okonedo Interactive Inc.", "798921086")}, ""},
		{[]map[request.Field]string{row(1, "Blue Lantern Holdings Ltd.", "799694856")}, "Okonedo Interactive Inc. – one owner by the supplier register ("},
		{[]map[request.Field]string{row(2, "Quill and Slate", "")}, ""},
		{[]map[request.Field]string{row(3, "Ardoise", "100000009")}, "Quill and Slate – one supplier by the supplier register ("},
		{[]map[request.Field]string{row(4, "Marigold Studio", "123456782"), row(5, "Harbour Works", "")}, "Marigold Studio – one owner by the supplier register (row "},
		{[]map[request.Field]string{row(6, "Cartographie Zénith", "")}, ""},
	} {
		d.send(testStaff, "Purchases", "Form attached.", d.form(testStaff, request.English, c.rows...))
		d.work()
		reference := request.Reference{Year: 2026, Number: i + 1, Line: len(c.rows)}
		if err := d.ledger.View(t.Context(), func(tx *ledger.Tx) error {
			a, _, err := tx.Records.Account(t.Context(), reference)
			if err != nil {
				return err
			}
			if stopped := a.Line.Judged == request.Escalated; stopped != (c.says != "") || !strings.Contains(string(a.Line.Findings), c.says) {
				t.Errorf("request %d is %s and does not say %q: %s", i+1, a.Line.Judged, c.says, a.Line.Findings)
			}
			e, err := replay.Explain(&a)
			if err == nil {
				err = e.LookUp(t.Context(), tx, &a)
			}
			if err != nil {
				return err
			}
			f := factsOf(t, &a.Line)
			for _, c := range e.Totals {
				if was := f.Totals[c.Spec.Name]; !was.Amount.Equal(c.Sum.Amount) || was.Count != c.Sum.Count {
					t.Errorf("request %d: %s came to %s over %d lines, and is explained as %s over %d", i+1, c.Spec.Name, was.Amount, was.Count, c.Sum.Amount, c.Sum.Count)
				}
			}
			if len(e.Differences) > 0 {
				t.Errorf("request %d: %v", i+1, e.Differences)
			}
			return nil
		}); err != nil {
			t.Fatal(err)
		}
	}
}
