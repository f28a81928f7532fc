package batch_test

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"handrail/ingest"
	"handrail/internal/job"
	"handrail/internal/ledger"
	"handrail/internal/mailtest/dovecot"
	"handrail/internal/request"
)

// The rules of a small department, before its year begins.
const harbourText = `# Small purchases of the invented Harbour Board.

name     = "Harbour purchases"
version  = "1"
currency = "CAD"

[authority]
name      = "Finance Branch, Harbour Board"
title     = "Director, Procurement"
reference = "Directive 3"
date      = 2026-04-01

[approval]
means     = { en = "The request is inside the guardrails.", fr = "La demande respecte les balises." }
next_step = { en = "Give {reference} to your cardholder.", fr = "Remettez {reference} au titulaire de la carte." }

[limits]
request = "10000.00"    # tax included

[[total]]
name = "supplier_month"
by   = ["supplier", "cost_centre"]
days = 30

# What nobody buys.
[[list]]
name   = "prohibited"
values = ["gift cards", "cartes-cadeaux"]

[[guardrail]]
id      = "value-limit"
action  = "escalate"
when    = 'line.total > limits.request'
fields  = ["total"]
title   = { en = "Above the limit", fr = "Au-delà de la limite" }
message = { en = "{line.total} is above {limits.request}.", fr = "{line.total} dépasse {limits.request}." }
source  = "Directive 3, section 3"

[[guardrail]]
id      = "prohibited-item"
action  = "escalate"
when    = 'listed("prohibited", line.title)'
title   = { en = "Not to be bought", fr = "Achat exclu" }
message = { en = "{line.title} is not to be bought.", fr = "{line.title} ne peut être acheté." }
source  = "Directive 3, section 5"

[[guardrail]]
id      = "split-supplier"
action  = "escalate"
when    = 'counts.supplier_month > 1 && totals.supplier_month > limits.request'
fields  = ["supplier", "total"]
title   = { en = "Above the limit with this supplier", fr = "Limite dépassée chez ce fournisseur" }
message = { en = "With {line.supplier} it is {totals.supplier_month} in 30 days.", fr = "Chez {line.supplier}, on atteint {totals.supplier_month} en 30 jours." }
source  = "Directive 3, section 4"

[[exemption]]
guardrail  = "split-supplier"
when       = 'line.commodity == "construction"'
granted_by = "Director, Procurement"
reference  = "Memo 7"
until      = 2027-04-01
`

const harbourTests = `[request]
unit = "Harbour Office"

[line]
title       = "Paper"
supplier    = "Northern Software Inc."
commodity   = "services"
cost_centre = "4711"
total       = "5000.00"

[[case]]
name    = "exactly the limit"
date    = 2026-11-18
line    = { total = "10000.00" }
outcome = "approved"

[[case]]
name     = "a cent above"
date     = 2026-11-18
line     = { total = "10000.01" }
outcome  = "escalated"
findings = ["value-limit"]

[[case]]
name     = "a second mail within the month"
date     = 2026-11-18
history  = [{ date = 2026-11-02, total = "5000.01" }]
outcome  = "escalated"
findings = ["split-supplier"]
`

// typed is what somebody types into one row of a sheet: Row says under a column what the row has there, nil is the first empty one.
type typed struct {
	Sheet string            `json:"sheet"`
	Row   map[string]string `json:"row"`
	Set   map[string]string `json:"set"`
}

// tenChange is a change of the rules: in cells, in the text, and a request that it decides.
type tenChange struct {
	name  string
	cells []typed
	text  func(text, tests string) (string, string)
	lines []map[request.Field]string
	want  request.Outcome
	by    string // the guardrail of it
	says  string // what the officer reads
}

func inText(old, new string) func(text, tests string) (string, string) {
	return func(text, tests string) (string, string) { return strings.Replace(text, old, new, 1), tests }
}

func atEnd(more string) func(text, tests string) (string, string) {
	return func(text, tests string) (string, string) { return text + more, tests }
}

// tenChanges are the ordinary changes of a year, as of a day.
func tenChanges(today request.Date) []tenChange {
	on, later := today.String(), today.AddDays(90).String()
	return []tenChange{
		{"a limit from a date", []typed{
			{"Limits", map[string]string{"Limit": "request"}, map[string]string{"Until": on}},
			{"Limits", nil, map[string]string{"Limit": "request", "Amount": "15000", "From": on}},
			{"Examples", nil, map[string]string{"Example": "the new limit", "Date": on, "Total": "12000.00", "Outcome": "approved"}},
		}, func(text, tests string) (string, string) {
			return strings.Replace(text, `request = "10000.00" `, "request = [\n  { amount = \"10000.00\", until = "+on+" },\n  { amount = \"15000.00\", from = "+on+" },\n] ", 1),
				tests + "\n[[case]]\nname    = \"the new limit\"\ndate    = " + on + "\nline    = { total = \"12000.00\" }\noutcome = \"approved\"\n"
		}, []map[request.Field]string{line("Desks", "One Inc.", "10619.47", "1380.53", "12000")}, request.Approved, "", ""},
		{"a limit for training", []typed{{"Limits", nil, map[string]string{"Limit": "request", "Amount": "20,000.00", "For whom": "title reads: training, formation"}}},
			inText("\n[[total]]", "\n[[limits_for]]\nwhen    = 'plain(line.title) in [\"training\", \"formation\"]'\nrequest = \"20000.00\"\n\n[[total]]"),
			[]map[request.Field]string{line("Training", "Two Inc.", "15929.20", "2070.80", "18000")}, request.Approved, "", ""},
		{"a prohibited item", []typed{
			{"Lists", nil, map[string]string{"List": "prohibited", "Entry": "electric bikes"}},
			{"Lists", nil, map[string]string{"List": "prohibited", "Entry": "vélos électriques"}},
		}, inText(`"cartes-cadeaux"]`, `"cartes-cadeaux", "electric bikes", "vélos électriques"]`),
			[]map[request.Field]string{line("Electric bikes", "Three Inc.", "100", "13", "113")}, request.Escalated, "prohibited-item", ""},
		{"an exemption for a programme", []typed{{"Exemptions", nil, map[string]string{"Guardrail": "prohibited-item", "For whom": "cost_centre: 4410", "Until": later, "Granted by (English)": "Director, Procurement", "Reference": "Memo 14"}}},
			atEnd("\n[[exemption]]\nguardrail  = \"prohibited-item\"\nwhen       = 'line.cost_centre == \"4410\"'\ngranted_by = \"Director, Procurement\"\nreference  = \"Memo 14\"\nuntil      = " + later + "\n"),
			[]map[request.Field]string{line("Electric bikes", "Four Inc.", "100", "13", "113")}, request.Approved, "", ""},
		{"a guardrail off for a pilot", []typed{{"Exemptions", nil, map[string]string{"Guardrail": "split-supplier", "From": on, "Until": later, "Granted by (English)": "Director, Procurement", "Reference": "Memo 15"}}},
			atEnd("\n[[exemption]]\nguardrail  = \"split-supplier\"\ngranted_by = \"Director, Procurement\"\nreference  = \"Memo 15\"\nfrom       = " + on + "\nuntil      = " + later + "\n"),
			[]map[request.Field]string{line("Chairs", "Five Inc.", "7964.60", "1035.40", "9000"), line("Tables", "Five Inc.", "7964.60", "1035.40", "9000")}, request.Approved, "", ""},
		{"a message in other words", []typed{{"Guardrails", map[string]string{"Guardrail": "value-limit"}, map[string]string{"Message (English)": "{line.total} is more than {limits.request}. Procurement answers you.", "Message (French)": "{line.total} dépasse {limits.request}. L’approvisionnement vous répond."}}},
			inText(`message = { en = "{line.total} is above {limits.request}.", fr = "{line.total} dépasse {limits.request}." }`, `message = { en = "{line.total} is more than {limits.request}. Procurement answers you.", fr = "{line.total} dépasse {limits.request}. L’approvisionnement vous répond." }`),
			[]map[request.Field]string{line("Cranes", "Six Inc.", "14159.29", "1840.71", "16000")}, request.Escalated, "value-limit", "Procurement answers you."},
		{"another source", []typed{{"Guardrails", map[string]string{"Guardrail": "value-limit"}, map[string]string{"Source (English)": "Directive 4, section 1"}}},
			inText(`source  = "Directive 3, section 3"`, `source  = "Directive 4, section 1"`),
			[]map[request.Field]string{line("Ropes", "Seven Inc.", "14159.29", "1840.71", "16000")}, request.Escalated, "value-limit", "Directive 4, section 1"},
		{"a total over 90 days", []typed{
			{"Totals", nil, map[string]string{"Total": "supplier_quarter", "By": "supplier, cost_centre", "Days": "90"}},
			{"Guardrails", nil, map[string]string{"On": "yes", "Guardrail": "split-supplier-90", "Title (English)": "Above the limit in 90 days", "Title (French)": "Limite dépassée en 90 jours", "Action": "escalate",
				"Kind": "sum above a limit", "Value": "request", "Total": "supplier_quarter", "Number": "2", "Message (English)": "{totals.supplier_quarter} in 90 days.", "Message (French)": "{totals.supplier_quarter} en 90 jours.",
				"Source (English)": "Memo 18", "Cells to mark": "supplier, total"}},
			{"Examples", map[string]string{"Example": "a second mail within the month"}, map[string]string{"Guardrails found": "split-supplier, split-supplier-90"}},
		}, func(text, tests string) (string, string) {
			text = strings.Replace(text, "days = 30\n", "days = 30\n\n[[total]]\nname = \"supplier_quarter\"\nby   = [\"supplier\", \"cost_centre\"]\ndays = 90\n", 1)
			text = strings.Replace(text, "source  = \"Directive 3, section 4\"\n", "source  = \"Directive 3, section 4\"\n\n[[guardrail]]\nid      = \"split-supplier-90\"\naction  = \"escalate\"\nwhen    = 'counts.supplier_quarter > 1 && totals.supplier_quarter > limits.request'\nfields  = [\"supplier\", \"total\"]\ntitle   = { en = \"Above the limit in 90 days\", fr = \"Limite dépassée en 90 jours\" }\nmessage = { en = \"{totals.supplier_quarter} in 90 days.\", fr = \"{totals.supplier_quarter} en 90 jours.\" }\nsource  = \"Memo 18\"\n", 1)
			return text, strings.Replace(tests, `["split-supplier"]`, `["split-supplier", "split-supplier-90"]`, 1)
		}, []map[request.Field]string{line("Lamps", "Eight Inc.", "7964.60", "1035.40", "9000"), line("Bulbs", "Eight Inc.", "7964.60", "1035.40", "9000")}, request.Escalated, "split-supplier-90", "in 90 days"},
		{"a limit for a branch", []typed{{"Limits", nil, map[string]string{"Limit": "request", "Amount": "5000", "For whom": "Benefits"}}},
			inText("request = \"20000.00\"\n", "request = \"20000.00\"\n\n[[limits_for]]\nwhen    = 'request.unit == \"Benefits\"'\nrequest = \"5000.00\"\n"),
			[]map[request.Field]string{line("Boats", "Nine Inc.", "5000", "650", "5650")}, request.Escalated, "value-limit", ""},
		{"a date moved", []typed{{"Exemptions", map[string]string{"Reference": "Memo 7"}, map[string]string{"Until": "2027-10-01"}}},
			inText("until      = 2027-04-01", "until      = 2027-10-01"),
			[]map[request.Field]string{line("Buoys", "Ten Inc.", "100", "13", "113")}, request.Approved, "", ""},
	}
}

// typist types into workbooks in LibreOffice.
type typist struct {
	t   *testing.T
	in  io.WriteCloser
	out *bufio.Reader
	dir string
	cmd *exec.Cmd
}

// hireTypist starts LibreOffice with a script; the test is skipped where there is none.
func hireTypist(t *testing.T) *typist {
	t.Helper()
	python := ""
	for _, p := range []string{"/usr/bin/python3", "python3"} {
		if exec.Command(p, "-c", "import uno").Run() == nil {
			python = p
			break
		}
	}
	if _, err := exec.LookPath("soffice"); err != nil || python == "" {
		t.Skip("LibreOffice with python3-uno is not here")
	}
	dir := t.TempDir()
	cmd := exec.Command(python, "testdata/typing.py", filepath.Join(dir, "office"), "3")
	cmd.Stderr = os.Stderr
	in, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = in.Close()
		_ = cmd.Wait()
	})
	return &typist{t, in, bufio.NewReader(out), dir, cmd}
}

// types gives a workbook with what was typed into its cells, as LibreOffice saves it.
func (y *typist) types(book []byte, cells []typed) []byte {
	y.t.Helper()
	in, out := filepath.Join(y.dir, "in.xlsx"), filepath.Join(y.dir, "out.xlsx")
	if err := os.WriteFile(in, book, 0o600); err != nil {
		y.t.Fatal(err)
	}
	job, err := json.Marshal(map[string]any{"in": in, "out": out, "edits": cells})
	if err != nil {
		y.t.Fatal(err)
	}
	if _, err := y.in.Write(append(job, '\n')); err != nil {
		y.t.Fatal(err)
	}
	if said, err := y.out.ReadString('\n'); err != nil || said != "done\n" {
		y.t.Fatalf("LibreOffice says %q: %v", said, err)
	}
	saved, err := os.ReadFile(out)
	if err != nil {
		y.t.Fatal(err)
	}
	return saved
}

// Ten ordinary changes of a year, on a real mail server: an owner mails POLICY, edits cells of the workbook that comes back in LibreOffice, mails it,
// another owner approves, it is in force, and a request is judged by it. The same ten as text give the same texts.
func TestTenOrdinaryChangesByMail(t *testing.T) {
	t.Parallel()
	for _, way := range []string{"in cells", "as text"} {
		t.Run(way, func(t *testing.T) {
			t.Parallel()
			server := dovecotServer(t)
			var hand *typist
			if way == "in cells" {
				hand = hireTypist(t)
			}
			d := openOwned(t, func(d *desk, o *job.Options) {
				d.setClock(time.Now()) // the server's clock is the machine's
				d.edit("policy.toml", harbourText)
				d.edit("policy.test.toml", harbourTests)
				c := &o.Inboxes[0].Config
				c.Port, c.Password = server.IMAPPort, ingest.Secret{Value: dovecot.Password}
			})
			relayed := 0
			pass := func() { // what was submitted is delivered, and the job makes a pass
				t.Helper()
				waiting, err := d.office.Messages(testInbox, "INBOX")
				if err != nil {
					t.Fatal(err)
				}
				for _, m := range waiting[relayed:] {
					if err := server.Deliver(testStaff, testInbox, m.Raw); err != nil {
						t.Fatal(err)
					}
				}
				relayed = len(waiting)
				d.setClock(time.Now())
				d.once()
			}
			pass()
			text, tests := harbourText, harbourTests
			for i, c := range tenChanges(d.job.Department.Day(d.now())) {
				version := fmt.Sprint(i + 2)
				text, tests = c.text(strings.Replace(text, fmt.Sprintf("version  = %q", fmt.Sprint(i+1)), fmt.Sprintf("version  = %q", version), 1), tests)
				var brought []string
				if hand != nil {
					d.put(d.letter(testFinance, "POLICY", "", plainText+"Fiona\r\n"))
					pass()
					sent := d.last(testFinance)
					d.says(sent, "The policy in force as a workbook: Harbour purchases "+fmt.Sprint(i+1))
					cells := append([]typed{{"About", map[string]string{"Key": "version"}, map[string]string{"Value": version}}}, c.cells...)
					brought = []string{attachedFile("harbour.xlsx", hand.types(sent.Attachments[0].Data, cells))}
				} else {
					brought = []string{attachedFile("policy.toml", []byte(text)), attachedFile("policy.test.toml", []byte(tests))}
				}
				d.put(d.letter(testFinance, c.name, "", parts("mixed", append([]string{plainText + "Please.\r\n"}, brought...)...)))
				pass()
				if m := d.last(testFinance); !strings.Contains(m.Subject, "Waiting for another owner") {
					t.Fatalf("%s: %s\n%s", c.name, m.Subject, m.Text)
				}
				d.mailReply(testHead, d.asked(testHead), "APPROUVER")
				pass()
				d.wantVersion(version)
				if got := d.job.Department.Inboxes["requests"].Policy().Text(); got != text {
					t.Fatalf("%s: the text in force is\n%s\nwant\n%s", c.name, got, text)
				}
				d.send(testStaff, c.name, "Form attached.", d.form(testStaff, request.English, c.lines...))
				pass()
				var judged *ledger.Line
				for _, l := range d.lines() {
					if l.Supplier == c.lines[0][request.Supplier] && (judged == nil || l.ID > judged.ID) {
						judged = &l
					}
				}
				if judged == nil {
					t.Fatalf("%s: nothing was judged", c.name)
				}
				d.wantOutcome(*judged, c.want, d.job.Department.Inboxes["requests"].Policy())
				if c.by != "" && !strings.Contains(strings.Join(judged.Guardrails, " "), c.by) {
					t.Errorf("%s: found by %v, want %s", c.name, judged.Guardrails, c.by)
				}
				if c.says != "" {
					d.says(d.last(testOfficer), c.says)
				}
			}
			d.sound()
		})
	}
}
