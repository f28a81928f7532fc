package batch_test

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/xuri/excelize/v2"

	"handrail/ingest"
	"handrail/internal/job"
	"handrail/internal/ledger"
	"handrail/internal/policybook"
	"handrail/internal/request"
	"handrail/rules"
)

// openHarbour is a department with a small policy whose rules have owners.
func openHarbour(t *testing.T) *desk {
	t.Helper()
	d := openOwned(t, func(d *desk, _ *job.Options) {
		d.edit("policy.toml", harbourText)
		d.edit("policy.test.toml", harbourTests)
	})
	d.once()
	return d
}

// harbourBook is the workbook of the policy with another limit and version, and whatever else is done to it.
func (d *desk) harbourBook(limit, version string, and func(f *excelize.File)) []byte {
	d.t.Helper()
	text := strings.NewReplacer(`version  = "1"`, `version  = "`+version+`"`, `"10000.00"`, `"`+limit+`"`).Replace(harbourText)
	p, err := rules.LoadWith(d.t.Context(), "policy.toml", rules.Options{Read: func(string) ([]byte, error) { return []byte(text), nil }})
	if err != nil {
		d.t.Fatal(err)
	}
	tests := strings.NewReplacer(`"10000.00"`, `"`+limit+`"`, `"10000.01"`, `"90000.01"`).Replace(harbourTests)
	var b bytes.Buffer
	if err := policybook.Write(&b, p, []byte(text), []byte(tests), policybook.Options{Name: "policy.toml"}); err != nil {
		d.t.Fatal(err)
	}
	if and == nil {
		return b.Bytes()
	}
	f, err := excelize.OpenReader(&b)
	if err != nil {
		d.t.Fatal(err)
	}
	and(f)
	var out bytes.Buffer
	if err := f.Write(&out); err != nil {
		d.t.Fatal(err)
	}
	return out.Bytes()
}

// attached is the file of a mail whose name ends so.
func (d *desk) attached(m *ingest.Mail, ending string) []byte {
	d.t.Helper()
	var names []string
	for _, a := range m.Attachments {
		if names = append(names, a.Name); strings.HasSuffix(a.Name, ending) {
			if dir := os.Getenv("HANDRAIL_KEEP_BOOKS"); dir != "" {
				_ = os.WriteFile(filepath.Join(dir, strings.ReplaceAll(d.t.Name(), "/", "-")+"-"+a.Name), a.Data, 0o600)
				_ = os.WriteFile(filepath.Join(dir, strings.ReplaceAll(d.t.Name(), "/", "-")+"-"+a.Name+".html"), []byte(m.HTML), 0o600)
			}
			return a.Data
		}
	}
	d.t.Fatalf("%q brings %v, and no %s", m.Subject, names, ending)
	return nil
}

// cells are all cells of the sheets named, a line each, so that a test can look for what stands in them.
func (d *desk) cells(book []byte, sheets ...string) string {
	d.t.Helper()
	f, err := excelize.OpenReader(bytes.NewReader(book))
	if err != nil {
		d.t.Fatal(err)
	}
	var b strings.Builder
	for _, s := range sheets {
		rows, err := f.GetRows(s)
		if err != nil {
			d.t.Fatal(err)
		}
		for _, r := range rows {
			b.WriteString(strings.Join(r, " | ") + "\n")
		}
		comments, err := f.GetComments(s)
		if err != nil {
			d.t.Fatal(err)
		}
		for _, c := range comments {
			b.WriteString(c.Cell + " # " + c.Text + "\n")
		}
	}
	return b.String()
}

func (d *desk) cellsSay(book []byte, sheet string, want ...string) {
	d.t.Helper()
	said := d.cells(book, sheet)
	for _, w := range want {
		if !strings.Contains(said, w) {
			d.t.Errorf("the sheet %s does not say %q:\n%s", sheet, w, said)
		}
	}
}

// A workbook by mail: whoever proposed gets it back annotated, the others get the text and a workbook of it, and an owner may ask for what is in force.
func TestAPolicysWorkbookByMail(t *testing.T) {
	t.Parallel()
	d := openHarbour(t)
	d.wantOutcome(d.buy("Chairs"), request.Approved, nil)
	d.mailPolicy(testFinance, "New limit", "Please.", "Harbour 2027.xlsx", string(d.harbourBook("5000.00", "2", nil)))
	own := d.last(testFinance)
	d.says(own, "Waiting for another owner: Harbour purchases 2", "to $5,000.00")
	mine := d.attached(own, "Harbour 2027.xlsx")
	d.cellsSay(mine, "Handrail", "The policy is in order.", "The other owners were asked", "as expected", "What changes", "What this text would have decided", "In force before")
	d.cellsSay(mine, "Examples", "as expected")
	ask := d.asked(testHead)
	d.says(ask, "propose la version 2")
	theirs := d.attached(ask, "harbour-purchases-2.xlsx")
	d.cellsSay(theirs, "Limites", "5000")
	d.attached(ask, "harbour-purchases-2.toml")
	d.attached(ask, "douze-derniers-mois.xlsx")

	// The workbook that was asked about may come back with the approval.
	code := string(ingest.CodesIn(ask)[0])
	d.mailPolicy(testHead, "Re: ["+code+"]", "APPROUVER", "politique.xlsx", string(mine))
	d.wantVersion("2")
	d.wantOutcome(d.buy("Desks"), request.Escalated, d.job.Department.Inboxes["requests"].Policy())

	d.put(d.letter(testHead, "Politique", "", plainText+"Bonjour\r\n"))
	d.pass(time.Minute)
	d.once()
	sent := d.last(testHead)
	d.says(sent, "La politique en vigueur, en classeur : Harbour purchases 2")
	d.cellsSay(d.attached(sent, ".xlsx"), "Modifications", "2 | ", testFinance, testHead, "baisse")
	d.put(d.letter(testStaff, "POLICY", "", plainText+"Hello\r\n"))
	d.pass(time.Minute)
	d.once()
	if m := d.last(testStaff); strings.Contains(m.Subject, "in force") {
		t.Errorf("who is no owner is sent %q", m.Subject)
	}
	d.sound()
}

// What keeps a workbook from being proposed or approved.
func TestAPolicysWorkbookThatDoesNotCount(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]func(t *testing.T, d *desk){
		"mistakes": func(t *testing.T, d *desk) {
			before := len(d.inbox(testHead))
			d.mailPolicy(testFinance, "New limit", "", "p.xlsx", string(d.harbourBook("5000.00", "2", func(f *excelize.File) {
				_ = f.SetCellValue("Limits", "B5", "five thousand")
				_ = f.SetCellValue("Guardrails", "F5", "explode")
			})))
			m := d.last(testFinance)
			d.says(m, "Not proposed: p.xlsx needs a correction", "Limits!B5", "every mistake marked at its cell", "mail it again")
			marked := d.attached(m, "p.xlsx")
			d.cellsSay(marked, "Limits", "B5 # ", "to correct")
			d.cellsSay(marked, "Handrail", "must be corrected", "Nobody was asked")
			if len(d.inbox(testHead)) != before {
				t.Error("another owner hears of it")
			}
		},
		"a hundred mistakes": func(_ *testing.T, d *desk) {
			d.mailPolicy(testFinance, "New limit", "", "p.xlsx", string(d.harbourBook("5000.00", "2", func(f *excelize.File) {
				for i := range 100 {
					cell, _ := excelize.CoordinatesToCellName(1, 10+i)
					_ = f.SetCellValue("Limits", cell, "request")
					cell, _ = excelize.CoordinatesToCellName(2, 10+i)
					_ = f.SetCellValue("Limits", cell, "much")
				}
			})))
			d.says(d.last(testFinance), "more, all of them marked in the workbook")
		},
		"an example that fails": func(_ *testing.T, d *desk) {
			d.mailPolicy(testFinance, "New limit", "", "p.xlsx", string(d.harbourBook("4000.00", "2", nil)))
			d.says(d.last(testFinance), "Not proposed: p.xlsx", "Examples!")
			d.cellsSay(d.attached(d.last(testFinance), "p.xlsx"), "Examples", "otherwise")
		},
		"the same version": func(_ *testing.T, d *desk) {
			d.mailPolicy(testFinance, "New limit", "", "p.xlsx", string(d.harbourBook("5000.00", "1", nil)))
			d.says(d.last(testFinance), "Not proposed", "in force before with another text")
		},
		"what is in force": func(_ *testing.T, d *desk) {
			d.mailPolicy(testFinance, "Same", "", "p.xlsx", string(d.harbourBook("10000.00", "1", nil)))
			d.says(d.last(testFinance), "Already in force")
		},
		"two workbooks": func(_ *testing.T, d *desk) {
			b := string(d.harbourBook("5000.00", "2", nil))
			d.mailPolicy(testFinance, "Two", "", "p.xlsx", b, "q.xlsx", b)
			d.says(d.last(testFinance), "several policies")
		},
		"who is no owner": func(_ *testing.T, d *desk) {
			d.mailPolicy(testStaff, "My policy", "", "p.xlsx", string(d.harbourBook("5000.00", "2", nil)))
			d.says(d.last(testStaff), "only owners of the rules mail a policy")
			d.says(d.last(testHead), "Une personne non responsable a envoyé une politique : "+testStaff)
		},
		"a forged owner": func(t *testing.T, d *desk) {
			before := len(d.inbox(testFinance))
			d.put(d.unproven(testFinance, "New limit", d.harbourBook("5000.00", "2", nil)))
			d.pass(time.Minute)
			if _, err := d.job.Once(t.Context()); err != nil {
				t.Fatal(err)
			}
			for _, m := range d.inbox(testFinance)[before:] {
				if strings.Contains(m.Subject, "owner") {
					t.Errorf("answered %q", m.Subject)
				}
			}
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			d := openHarbour(t)
			c(t, d)
			d.wantVersion("1")
			if n := len(d.allChanges()); n != 0 {
				t.Errorf("%d changes were proposed", n)
			}
			d.sound()
		})
	}
	t.Run("edited between mail and approval", func(t *testing.T) {
		t.Parallel()
		d := openHarbour(t)
		d.mailPolicy(testFinance, "New limit", "", "p.xlsx", string(d.harbourBook("9000.00", "2", nil)))
		ask := d.asked(testHead)
		f, err := excelize.OpenReader(bytes.NewReader(d.attached(ask, "harbour-purchases-2.xlsx")))
		if err != nil {
			t.Fatal(err)
		}
		_ = f.SetCellValue("Limites", "B5", 90000)
		var edited bytes.Buffer
		if err := f.Write(&edited); err != nil {
			t.Fatal(err)
		}
		d.mailPolicy(testHead, "Re: ["+string(ingest.CodesIn(ask)[0])+"]", "APPROUVER", "harbour-purchases-2.xlsx", edited.String())
		d.says(d.last(testHead), "n’est pas le texte qui vous était soumis")
		d.wantVersion("1")
		d.wantChange("2", ledger.ChangeWaiting)
		d.sound()
	})
	t.Run("without owners", func(t *testing.T) {
		t.Parallel()
		d := openDesk(t, nil)
		d.once()
		d.mailPolicy(testStaff, "My policy", "", "p.xlsx", string(d.harbourBook("5000.00", "2", nil)))
		d.says(d.last(testStaff), "a policy by mail needs owners of the rules")
		if n := len(d.lines()); n != 0 {
			t.Errorf("%d lines were read from a policy", n)
		}
		d.sound()
	})
	t.Run("a request is no policy", func(t *testing.T) {
		t.Parallel()
		d := openHarbour(t)
		f, err := excelize.OpenReader(bytes.NewReader(d.goodForm("Rugs")))
		if err != nil {
			t.Fatal(err)
		}
		for _, s := range []string{"About", "Limits", "Examples"} {
			_, _ = f.NewSheet(s)
		}
		var b bytes.Buffer
		if err := f.Write(&b); err != nil {
			t.Fatal(err)
		}
		d.put(d.letter(testFinance, "Purchase", "", parts("mixed", plainText+"Form attached.", attachedFile("form.xlsx", b.Bytes()))))
		d.pass(time.Minute)
		d.once()
		if n := len(d.lines()); n != 1 {
			t.Errorf("%d lines were judged", n)
		}
		d.sound()
	})
}

// Lists that a workbook names by file come from the mail, or else from the text in force.
func TestAWorkbooksListsComeFromTheTextInForce(t *testing.T) {
	t.Parallel()
	text := strings.Replace(harbourText, `values = ["gift cards", "cartes-cadeaux"]`, `file   = "prohibited.csv"`, 1)
	d := openOwned(t, func(d *desk, _ *job.Options) {
		d.edit("policy.toml", text)
		d.edit("policy.test.toml", harbourTests)
		d.edit("prohibited.csv", "gift cards\n\"bikes, electric\"\n")
	})
	d.once()
	in := d.job.Department.Inboxes["requests"].Policy()
	var b bytes.Buffer
	after := strings.Replace(text, `version  = "1"`, `version  = "2"`, 1)
	if err := policybook.Write(&b, in, []byte(after), []byte(harbourTests), policybook.Options{Name: "policy.toml"}); err != nil {
		t.Fatal(err)
	}
	d.mailPolicy(testFinance, "Next", "", "p.xlsx", b.String())
	d.says(d.last(testFinance), "Waiting for another owner: Harbour purchases 2", "was 1, is 2")
	if text := flat(d.last(testFinance).Text); strings.Contains(text, "prohibited") {
		t.Errorf("the list changes: %s", text)
	}
	d.mailPolicy(testFinance, "Next", "", "p.xlsx", b.String(), "prohibited.csv", "gift cards\nboats\n")
	d.says(d.last(testFinance), "prohibited", "boats")
	d.sound()
}
