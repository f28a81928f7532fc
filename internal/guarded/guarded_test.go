package guarded_test

import (
	"context"
	"slices"
	"strings"
	"testing"

	"handrail/internal/guarded"
	"handrail/internal/officers"
	"handrail/internal/registers"
)

// What of a roster widens, row by row, and what counts at once beside it.
func TestOfficersWidenRowByRow(t *testing.T) {
	boss := officers.Officer{Email: "boss@department.example"}
	michel := officers.Officer{Email: "michel@department.example", Name: "Michel", Limit: "5000.00", Units: []string{"HR", "IT"}, Assistants: []string{"a@department.example"}}
	with := func(o officers.Officer, change func(*officers.Officer)) officers.Officer { change(&o); return o }
	for _, c := range []struct {
		name   string
		after  []officers.Officer
		widens int
		rows   int
		counts func(l []officers.Officer) bool
	}{
		{"nothing", []officers.Officer{boss, michel}, 0, 0, func(l []officers.Officer) bool { return len(l) == 2 }},
		{"added", []officers.Officer{boss, michel, {Email: "new@department.example"}}, 1, 1, func(l []officers.Officer) bool { return len(l) == 2 }},
		{"raised", []officers.Officer{boss, with(michel, func(o *officers.Officer) { o.Limit = "50000.00" })}, 1, 1, func(l []officers.Officer) bool { return l[1].Limit == "5000.00" }},
		{"dropped", []officers.Officer{boss, with(michel, func(o *officers.Officer) { o.Limit = "" })}, 1, 1, func(l []officers.Officer) bool { return l[1].Limit == "5000.00" }},
		{"lowered", []officers.Officer{boss, with(michel, func(o *officers.Officer) { o.Limit = "500" })}, 0, 1, func(l []officers.Officer) bool { return l[1].Limit == "500" }},
		{"limited", []officers.Officer{michel, boss, with(michel, func(o *officers.Officer) { o.Email = "x@department.example" })}, 1, 1, func(l []officers.Officer) bool { return len(l) == 2 }},
		{"all units", []officers.Officer{boss, with(michel, func(o *officers.Officer) { o.Units = nil })}, 1, 1, func(l []officers.Officer) bool { return len(l[1].Units) == 2 }},
		{"fewer units", []officers.Officer{boss, with(michel, func(o *officers.Officer) { o.Units = []string{"IT"} })}, 0, 1, func(l []officers.Officer) bool { return len(l[1].Units) == 1 }},
		{"assistant", []officers.Officer{boss, with(michel, func(o *officers.Officer) { o.Assistants = []string{"b@department.example"} })}, 1, 1, func(l []officers.Officer) bool { return len(l[1].Assistants) == 0 }},
		{"backup", []officers.Officer{boss, with(michel, func(o *officers.Officer) { o.Backup = boss.Email })}, 1, 1, func(l []officers.Officer) bool { return l[1].Backup == "" }},
		{"away", []officers.Officer{boss, with(michel, func(o *officers.Officer) { o.Absences = []string{"2026-12-21..2027-01-04"} })}, 0, 0, func(l []officers.Officer) bool { return len(l[1].Absences) == 1 }},
		{"gone, and another", []officers.Officer{boss, {Email: "new@department.example", Limit: "1"}}, 1, 2, func(l []officers.Officer) bool { return len(l) == 1 }},
		{"nobody would be left", []officers.Officer{{Email: "new@department.example"}}, 1, 3, func(l []officers.Officer) bool { return len(l) == 2 }},
	} {
		rows, counts := guarded.Officers([]officers.Officer{boss, michel}, c.after)
		if len(rows) != c.rows || len(guarded.Widening(rows)) != c.widens || !c.counts(counts) {
			t.Errorf("%s: %d rows, %d widen: %+v; counts %+v", c.name, len(rows), len(guarded.Widening(rows)), rows, counts)
		}
		for i := range rows {
			if w := rows[i].Words(); w.EN == "" || w.FR == "" || strings.Contains(w.FR, "limit ") {
				t.Errorf("%s: %+v", c.name, w)
			}
		}
	}
}

func register(t *testing.T, k registers.Kind, text string) *registers.Register {
	t.Helper()
	r, err := registers.Read(context.Background(), k, []byte(text), "x.csv")
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// What of a register widens.
func TestRegistersWidenRowByRow(t *testing.T) {
	for _, c := range []struct {
		name          string
		kind          registers.Kind
		before, after string
		widens        int
		counts        string // is in the body that counts at once
		waits         string // is not
	}{
		{"a person", registers.PeopleKind, "email,may ask for\na@d.example,100\n", "email,may ask for\na@d.example,100\nb@d.example,\n", 1, "a@d.example", "b@d.example"},
		{"a person is gone", registers.PeopleKind, "email\na@d.example\nb@d.example\n", "email\na@d.example\n", 0, "a@d.example", "b@d.example"},
		{"another branch", registers.PeopleKind, "email,branch\na@d.example,HR\n", "email,branch\na@d.example,IT\n", 1, "HR", "IT"},
		{"all cost centres", registers.PeopleKind, "email,may ask for\na@d.example,100\n", "email,may ask for\na@d.example,\n", 1, "100", "all"},
		{"longer", registers.PeopleKind, "email,until\na@d.example,2026-12-31\n", "email,until\na@d.example,2027-12-31\n", 1, "2026-12-31", "2027"},
		{"shorter", registers.PeopleKind, "email,until\na@d.example,2026-12-31\n", "email,until\na@d.example,2026-11-30\n", 0, "2026-11-30", "2026-12-31"},
		{"a cost centre", registers.CostCentresKind, "cost centre\n100\n", "cost centre\n100\n200\n", 1, "100", "200"},
		{"another manager", registers.CostCentresKind, "cost centre,manager\n100,a@d.example\n", "cost centre,manager\n100,b@d.example\n", 1, "a@d.example", "b@d.example"},
		{"a supplier", registers.SuppliersKind, "name,owner\nAcme,\n", "name,owner\nAcme,\nBravo,\n", 0, "Bravo", "Charlie"},
		{"a supplier with an owner", registers.SuppliersKind, "name,owner\nAcme,\n", "name,owner\nAcme,\nBravo,Acme\n", 1, "Acme", "Bravo"},
		{"no owner any more", registers.SuppliersKind, "name,owner\nAcme,Bravo\n", "name,owner\nAcme,\n", 1, "Bravo", "Charlie"},
		{"a supplier is gone", registers.SuppliersKind, "name,owner\nAcme,\nBravo,\n", "name,owner\nAcme,\n", 1, "Bravo", "Charlie"},
	} {
		rows, counts, err := guarded.Register(register(t, c.kind, c.before), register(t, c.kind, c.after))
		if err != nil {
			t.Fatal(err)
		}
		body := string(counts.Body)
		if len(guarded.Widening(rows)) != c.widens || !strings.Contains(body, c.counts) || strings.Contains(body, c.waits) {
			t.Errorf("%s: %+v; counts %s", c.name, rows, body)
		}
	}
}

// What of the settings widens.
func TestSettingsWidenKeyByKey(t *testing.T) {
	before := guarded.Settings{"decisions.hold": {"600"}, "form.answers.yes": {"Y"}, "inbox.requests.authserv_id": {"mx"}, "inbox.requests.allowed_domains": {"d.example"}, "finance.reconcile.window_days": {"120"}}
	for _, c := range []struct {
		name   string
		change func(guarded.Settings)
		widens bool
		key    string
		counts []string
	}{
		{"hold shortened", func(s guarded.Settings) { s["decisions.hold"] = []string{"0"} }, true, "decisions.hold", []string{"600"}},
		{"hold longer", func(s guarded.Settings) { s["decisions.hold"] = []string{"900"} }, false, "decisions.hold", []string{"900"}},
		{"an answer", func(s guarded.Settings) { s["form.answers.yes"] = []string{"Y", "N"} }, true, "form.answers.yes", []string{"Y"}},
		{"an answer for a field", func(s guarded.Settings) { s["form.answers.standalone.no"] = []string{"x"} }, true, "form.answers.standalone.no", nil},
		{"a default", func(s guarded.Settings) { s["form.defaults.commodity"] = []string{"goods"} }, true, "form.defaults.commodity", nil},
		{"another server is believed", func(s guarded.Settings) { s["inbox.requests.authserv_id"] = []string{"mx", "evil"} }, true, "inbox.requests.authserv_id", []string{"mx"}},
		{"nobody is believed", func(s guarded.Settings) { delete(s, "inbox.requests.authserv_id") }, false, "inbox.requests.authserv_id", nil},
		{"everybody's mail", func(s guarded.Settings) { delete(s, "inbox.requests.allowed_domains") }, true, "inbox.requests.allowed_domains", []string{"d.example"}},
		{"later charges", func(s guarded.Settings) { s["finance.reconcile.window_days"] = []string{"366"} }, true, "finance.reconcile.window_days", []string{"120"}},
		{"what nobody knows", func(s guarded.Settings) { s["other.key"] = []string{"x"} }, true, "other.key", nil},
	} {
		after := guarded.Settings{}
		for k, v := range before {
			after[k] = v
		}
		c.change(after)
		rows, counts := before.Compare(after)
		if len(rows) != 1 || rows[0].Widens != c.widens || !slices.Equal(counts[c.key], c.counts) {
			t.Errorf("%s: %+v; counts %v", c.name, rows, counts)
		}
	}
}

// Whatever waits for owners is said in words of both languages.
func TestEveryKeyThatWidensHasWords(t *testing.T) {
	for _, k := range guarded.Keys() {
		if k.Why == "" {
			t.Errorf("%s has no reason", k.Path)
		}
		if !k.Widens() {
			continue
		}
		path := strings.ReplaceAll(k.Path, "*", "x")
		rows, _ := guarded.Settings{}.Compare(guarded.Settings{path: {"x"}})
		if len(rows) != 1 || rows[0].What.EN == path || rows[0].What.EN == rows[0].What.FR {
			t.Errorf("%s: owners read %+v", k.Path, rows)
		}
	}
}
