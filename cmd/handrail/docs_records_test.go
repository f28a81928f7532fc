package main

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"handrail/internal/demo"
	"handrail/internal/ledger"
	"handrail/internal/request"
)

// keptTable is a row of the list of tables in docs/records.md.
type keptTable struct{ personal, goes string }

func keptTables(t *testing.T) map[string]keptTable {
	t.Helper()
	page, err := os.ReadFile("../../docs/records.md")
	if err != nil {
		t.Fatal(err)
	}
	list := map[string]keptTable{}
	for _, row := range pageRow.FindAllString(string(page), -1) {
		cells := strings.Split(strings.Trim(row, "| "), " | ")
		name, isTable := strings.CutPrefix(cells[0], "`")
		if !isTable {
			continue
		}
		if len(cells) != 4 || cells[2] != "yes" && cells[2] != "no" || !regexp.MustCompile(`^(age|disposition|nothing|the job)\b`).MatchString(cells[3]) {
			t.Errorf("a table is not said to be personal or not, and to go by something: %s", row)
			continue
		}
		list[strings.TrimSuffix(name, "`")] = keptTable{cells[2], cells[3]}
	}
	return list
}

// docs/records.md names every table that the migrations make, and none that is not there.
func TestRecordsNameEveryTable(t *testing.T) {
	files, err := filepath.Glob("../../internal/ledger/migrations/*.sql")
	if err != nil || len(files) == 0 {
		t.Fatalf("%d migrations, %v", len(files), err)
	}
	ofOne, err := filepath.Glob("../../internal/ledger/migrations/*/*.sql")
	if err != nil {
		t.Fatal(err)
	}
	files = append(files, ofOne...)
	slices.SortFunc(files, func(a, b string) int { return strings.Compare(filepath.Base(a), filepath.Base(b)) })
	made := map[string]bool{}
	change := regexp.MustCompile(`(?m)^(CREATE|DROP) TABLE (\w+)|^ALTER TABLE (\w+) RENAME TO (\w+)`)
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range change.FindAllStringSubmatch(string(text), -1) {
			switch {
			case m[1] == "CREATE":
				made[m[2]] = true
			case m[1] == "DROP":
				delete(made, m[2])
			default:
				delete(made, m[3])
				made[m[4]] = true
			}
		}
	}
	said := keptTables(t)
	for table := range made {
		if _, ok := said[table]; !ok {
			t.Errorf("docs/records.md does not say what is in %s", table)
		}
		if !slices.Contains(ledger.Tables(), table) {
			t.Errorf("handrail ledger export leaves %s out", table)
		}
	}
	for table := range said {
		if !made[table] {
			t.Errorf("docs/records.md speaks of %s, which no migration makes", table)
		}
	}
}

// What docs/records.md says of each table is so: no person stands where it says none does, and disposition takes everybody
// out of the tables that it says it does.
func TestRecordsSayWhereAPersonStands(t *testing.T) {
	dir := t.TempDir()
	config := filepath.Join(dir, "handrail.toml")
	at := func(now time.Time, args ...string) {
		t.Helper()
		var complaints bytes.Buffer
		if code := run(t.Context(), args, &terminal{in: strings.NewReader(""), out: &bytes.Buffer{}, err: &complaints, now: func() time.Time { return now }}); code != 0 {
			t.Fatalf("%v: %d %s", args, code, complaints.String())
		}
	}
	at(demoDay, "init", "--config", config)
	leaveDemo(t, filepath.Join(dir, "data", "handrail.db"))
	addWhatTheDemoLacks(t, filepath.Join(dir, "data", "handrail.db"))

	years := demoDay.AddDate(7, 0, 0)
	at(years, "ledger", "export", "--config", config, "--bytes", "--format", "jsonl", "--out", filepath.Join(dir, "before"))
	at(years, "ledger", "dispose", "--config", config, "--before", "2028-01-01", "--yes")
	at(years, "ledger", "verify", "--config", config)
	at(years, "ledger", "export", "--config", config, "--bytes", "--format", "jsonl", "--out", filepath.Join(dir, "after"))

	for table, said := range keptTables(t) {
		before, after := peopleIn(t, filepath.Join(dir, "before", table+".jsonl")), peopleIn(t, filepath.Join(dir, "after", table+".jsonl"))
		if said.personal == "no" && len(before) > 0 {
			t.Errorf("%s holds %v, and docs/records.md says that nobody is in it", table, before)
		}
		inPart := strings.HasPrefix(said.goes, "disposition, in part")
		if strings.HasPrefix(said.goes, "disposition") && inPart != (len(after) > 0) {
			t.Errorf("%s holds %v after disposition, and docs/records.md says: %s", table, after, said.goes)
		}
		if strings.HasPrefix(said.goes, "disposition") && len(before) == 0 && table != "evidence" && table != "need_term" { // stems of words hold no whole address
			t.Errorf("%s held nobody before disposition: this test shows nothing of it", table)
		}
	}
}

// addWhatTheDemoLacks puts people into tables in which the demo leaves nobody: what an officer said of two suppliers, an owner’s
// STOP, and words of a need that name who asked.
func addWhatTheDemoLacks(t *testing.T, path string) {
	t.Helper()
	l, err := ledger.Open(t.Context(), ledger.Config{URL: path}, ledger.Run)
	if err != nil {
		t.Fatal(err)
	}
	asker := demo.Mails()[0].From
	err = l.Decide(t.Context(), func(tx *ledger.Tx) error {
		if _, err := tx.Suppliers.Judge(t.Context(), demoDay.AddDate(0, 0, 30), ledger.SupplierPair{One: "mapleton", Other: "mapleton data", OneShown: "Mapleton",
			OtherShown: "Mapleton Data", JudgedBy: demo.Officer}); err != nil {
			return err
		}
		if _, err := tx.Stops.Stop(t.Context(), demoDay.AddDate(0, 0, 31), ledger.Stop{By: demo.Officer, Reason: "A mistake in the limits."}); err != nil {
			return err
		}
		if _, err := tx.Stops.Start(t.Context(), demoDay.AddDate(0, 0, 32), demo.Officer, "luc.bouchard@"+demo.Domain); err != nil {
			return err
		}
		closed := false
		for line := int64(1); line < 100 && !closed; line++ { // the first that is approved
			if closed, err = tx.Lines.Close(t.Context(), demoDay.AddDate(0, 0, 32), ledger.Closing{Line: line, By: demo.OfficerF, Reason: "For " + asker}); err != nil {
				return err
			}
		}
		for _, statement := range []string{
			"INSERT INTO need_text (id, form, title, title_other, description, last_day) VALUES (900, 'f900', 'Chairs', '', 'Chairs for " + asker + "', '2026-11-20')",
			"INSERT INTO decided_word (word, line) SELECT '" + asker + "', MIN(id) FROM line",
		} {
			if _, err := tx.SQL().ExecContext(t.Context(), statement); err != nil {
				return err
			}
		}
		return nil
	})
	if err := errors.Join(err, l.Close()); err != nil {
		t.Fatal(err)
	}
}

// peopleIn are the demo's people whose address stands in a file.
func peopleIn(t *testing.T, path string) []string {
	t.Helper()
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	var found []string
	people := []string{demo.Officer, demo.OfficerF, "helen.park@" + demo.Domain, "luc.bouchard@" + demo.Domain}
	for _, m := range demo.Mails() {
		people = append(people, m.From)
	}
	for _, who := range people {
		if bytes.Contains(data, []byte(who)) && !slices.Contains(found, who) {
			found = append(found, who)
		}
	}
	return found
}

// What was disposed of is not in the bytes of the ledger's files either: no request's people, words or workbook. Officers
// stay, in the list of those who were in force, and suppliers, in the accounts, as docs/records.md says.
func TestNothingDisposedOfIsInTheBytesOfTheLedger(t *testing.T) {
	dir := t.TempDir()
	config := filepath.Join(dir, "handrail.toml")
	at := func(now time.Time, args ...string) {
		t.Helper()
		var complaints bytes.Buffer
		if code := run(t.Context(), args, &terminal{in: strings.NewReader(""), out: &bytes.Buffer{}, err: &complaints, now: func() time.Time { return now }}); code != 0 {
			t.Fatalf("%v: %d %s", args, code, complaints.String())
		}
	}
	bytesOf := func() []byte {
		t.Helper()
		files, err := filepath.Glob(filepath.Join(dir, "data", "handrail.db*"))
		if err != nil || len(files) == 0 {
			t.Fatalf("%d files, %v", len(files), err)
		}
		var all []byte
		for _, file := range files {
			data, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			all = append(all, data...)
		}
		return all
	}
	at(demoDay, "init", "--config", config)
	leaveDemo(t, filepath.Join(dir, "data", "handrail.db"))
	said := []string{"helen.park", "luc.bouchard", "card.holder", "un seul besoin", "Formulaire de demande"}
	for _, m := range demo.Mails() {
		said = append(said, m.From, m.Name, m.Subject)
		for _, line := range m.Lines {
			said = append(said, line[request.Title])
			if why := line[request.Rationale]; why != "" {
				said = append(said, why)
			}
		}
	}
	before := bytesOf()
	seen := 0
	for _, text := range said {
		if bytes.Contains(before, []byte(text)) {
			seen++
		}
	}
	if seen < len(said)/2 {
		t.Fatalf("only %d of %d texts are in the files before: this test shows nothing", seen, len(said))
	}
	at(demoDay.AddDate(7, 0, 0), "ledger", "dispose", "--config", config, "--before", "2028-01-01", "--yes")
	after := bytesOf()
	for _, text := range said {
		if i := bytes.Index(after, []byte(text)); i >= 0 {
			t.Errorf("%q is still there: %q", text, after[max(0, i-80):min(len(after), i+80)])
		}
	}
}
