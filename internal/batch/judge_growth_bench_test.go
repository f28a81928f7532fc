package batch_test

import (
	"context"
	"flag"
	"fmt"
	"math/rand/v2"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/shopspring/decimal"

	"handrail/ingest/forms"
	"handrail/internal/department"
	"handrail/internal/intake"
	"handrail/internal/judgement"
	"handrail/internal/ledger"
	"handrail/internal/ledgertest"
	"handrail/internal/record"
	"handrail/internal/request"
	"handrail/internal/totals"
	"handrail/rules"
)

// history is how many lines the larger ledger of BenchmarkJudgeGrowth has.
var history = flag.Int("history", 200_000, "lines of history of BenchmarkJudgeGrowth")

// BenchmarkJudgeGrowth is what judging and recording a line costs in a ledger with a history, as a multiple of an empty one's, by
// the shipped policy with its near names and its needs that are alike. The must is 1.3 of the processor's time at a million lines:
// -bench JudgeGrowth -benchtime 1x -history 1000000. In both ledgers no line goes to an officer.
func BenchmarkJudgeGrowth(b *testing.B) {
	if b.N > 1 {
		b.Skip("run it alone: -bench JudgeGrowth -benchtime 1x")
	}
	lines, books, rounds := *history, 15, 4
	if testing.Short() {
		lines, books, rounds = 2_000, 3, 1
	}
	m := newMarket(b, lines)
	full, empty := m.openLedger(b), m.openLedger(b)
	const some = 50
	for n := 0; n*linesPerBook < lines; n += some {
		at := monday.Add(-1000*24*time.Hour + 1000*24*time.Hour/time.Duration(lines)*time.Duration(n*linesPerBook))
		m.decide(b, full, at, n, min(some, lines/linesPerBook-n+1), false)
	}
	now := monday
	type cost struct{ wall, cpu time.Duration }
	var spent [2]cost
	for round := range rounds + 1 {
		for i, l := range []*ledger.Ledger{empty, full} {
			m.stopped = nil
			runtime.GC()
			start, used := time.Now(), processCPU(b)
			for n := range books {
				m.decide(b, l, now, lines+round*books+n, 1, true)
			}
			wall, cpu := time.Since(start), processCPU(b)-used
			if len(m.stopped) > 0 {
				b.Fatalf("%d lines were stopped, one by %v: the ledgers did different work", len(m.stopped), m.stopped[0].Verdict.Findings)
			}
			if round > 0 { // the first one fills caches
				spent[i].wall += wall
				spent[i].cpu += cpu
			}
		}
	}
	judged := float64(rounds * books * linesPerBook)
	grown := float64(spent[1].cpu) / float64(spent[0].cpu)
	b.ReportMetric(0, "ns/op")
	b.ReportMetric(grown, "x-empty-cpu")
	b.ReportMetric(grown/1.3, "x-must")
	b.ReportMetric(float64(spent[1].wall)/float64(spent[0].wall), "x-empty")
	b.ReportMetric(float64(spent[0].cpu.Microseconds())/judged, "us/line-empty")
	b.ReportMetric(float64(spent[1].cpu.Microseconds())/judged, "us/line-full")
}

const linesPerBook = 20

// market is who buys what from whom, sized for a number of lines in some three years: a hundred lines a year and team, some fifteen
// lines a supplier, few of them large and most seen once or twice. Names and texts are made of the words that such names and texts
// are made of, and come again in other spellings and in other words.
type market struct {
	policy    *rules.Policy
	keying    department.Keying
	line      request.Line
	origin    request.Origin
	teams     int
	suppliers int
	stopped   []judgement.Assessed
}

func newMarket(b *testing.B, lines int) *market {
	b.Helper()
	d := &agency{t: b, policy: policyWith(b)}
	reading, err := judgement.ReadRequest(b.Context(), d.form(testStaff, request.English,
		line("Purchase", "Supplier", "5.30", "0.69", "5.99", "justification", "Another event than the last one; it was announced this month.")), forms.Options{})
	if err != nil {
		b.Fatal(err)
	}
	return &market{policy: d.policy, keying: department.KeyingOf(map[string]*rules.Policy{"": d.policy}, false), line: reading.Form.Lines.At(0), origin: reading.Form.Origin,
		teams: 40 + lines/300, suppliers: 100 + lines/15}
}

func (m *market) openLedger(b *testing.B) *ledger.Ledger {
	b.Helper()
	l, err := ledgertest.Open(b, ledger.Config{URL: filepath.Join(b.TempDir(), "ledger.db")})
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { _ = l.Close() })
	return l
}

// decide records workbooks from number on in one transaction, as the job does; judged only where that is asked, else approved.
func (m *market) decide(b *testing.B, l *ledger.Ledger, now time.Time, number, books int, judged bool) {
	b.Helper()
	if err := l.Decide(b.Context(), func(tx *ledger.Tx) error {
		for n := range books {
			if err := m.record(b.Context(), tx, now, number+n, judged); err != nil {
				return err
			}
		}
		return nil
	}); err != nil {
		b.Fatal(err)
	}
}

func (m *market) record(ctx context.Context, tx *ledger.Tx, now time.Time, number int, judged bool) error {
	r := rand.New(rand.NewPCG(uint64(number), 23)) //nolint:gosec // it invents purchases
	origin := m.origin
	team := r.IntN(m.teams)
	origin.Unit, origin.Sender, origin.Received = fmt.Sprintf("Branch %d", team/40), fmt.Sprintf("staff%d.%d@%s", team, r.IntN(4), testDomain), request.DateOf(now)
	origin.Email = origin.Sender
	mail := []byte(fmt.Sprint(number))
	added, err := tx.Messages.Add(ctx, now, []ledger.Incoming{{Box: ledger.Box{Inbox: "requests", Folder: "INBOX", UIDValidity: 1}, UID: uint32(number + 1), Received: now, Raw: mail}}) //nolint:gosec // small
	if err != nil {
		return err
	}
	s := ledger.Submission{Message: added[0].ID, Attachment: added[0].SHA256, Sender: origin.Sender, MailID: string(mail), Requester: origin.Sender, Year: now.Year(), Number: number + 1,
		Unit: origin.Unit, Received: origin.Received, ReceivedAt: now, Policy: m.policy.Hash()}
	if s.ID, err = tx.Submissions.Add(ctx, now, s); err != nil {
		return err
	}
	var said request.Lines
	for i := range linesPerBook {
		line := m.purchase(r, team, &origin)
		reference := s.Reference()
		reference.Line = i + 1
		line.Reference = reference.String()
		said.Add(&line)
	}
	said.Seal()
	keyed := &totals.LineKeys{Origin: &origin, Lines: &said, Reader: tx.Totals.Reader()}
	var elsewhere []request.Outside
	var book *judgement.Workbook
	if judged {
		if keyed.Judged, err = tx.Suppliers.Judged(ctx, &said); err != nil {
			return err
		}
		if elsewhere, err = intake.SumsElsewhere(ctx, tx, m.policy, keyed, 0, said.Len()); err != nil {
			return err
		}
		book = judgement.NewWorkbook(m.policy, keyed, nil, origin.Received, []string{testDomain})
	}
	lines := make([]ledger.NewLine, said.Len())
	names, needs := make([]string, said.Len()), make([]ledger.NewNeed, said.Len())
	for i, line := range said.All() {
		a := judgement.Assessed{Facts: request.Facts{Line: *line, Request: origin, Today: origin.Received}, Verdict: request.Verdict{Outcome: request.Approved, Findings: []request.Finding{}}}
		if judged {
			a = book.Line(i, &elsewhere[i])
			if a.Verdict.Outcome != request.Approved {
				m.stopped = append(m.stopped, a)
			}
		}
		if lines[i], err = record.NewLine(&s, m.policy, m.keying.At(keyed, i, &a.Facts.Line), origin, i+1, &a, 0, 0); err != nil {
			return err
		}
		names[i], needs[i] = line.Values[request.Supplier].Text, ledger.NewNeed{Text: totals.NeedTextOf(line), Day: origin.Received}
	}
	if err := tx.Lines.Add(ctx, now, lines, nil); err != nil {
		return err
	}
	if err := tx.Totals.AddNames(ctx, names); err != nil {
		return err
	}
	return tx.Totals.AddNeeds(ctx, needs)
}

// purchase is a small line: so small that no sum of a ledger reaches a limit.
func (m *market) purchase(r *rand.Rand, team int, origin *request.Origin) request.Line {
	line := m.line
	often := func(n int) int { return int(float64(n) * r.Float64() * r.Float64() * r.Float64()) } // few come often
	say := func(f request.Field, text string) {
		line.Values[f].Text, line.Values[f].Given = text, true
	}
	say(request.Supplier, spelled(r, supplierName(often(m.suppliers))))
	line.Values[request.SupplierID] = request.Value{}
	say(request.CostCentre, fmt.Sprintf("%d0%d", 210+team/9*100, 100+team%9*10))
	thing, deed, place := marketThings[often(len(marketThings))], marketDeeds[often(len(marketDeeds))], marketPlaces[r.IntN(len(marketPlaces))]
	title := thing + ", " + place
	text := deed + " " + strings.ToLower(thing) + " for the " + place
	if r.IntN(2) == 0 { // half of them name something of their own
		title += " " + madeWord(often(4000))
		text += ", " + madeWord(often(4000)) + " and " + madeWord(often(4000)) + fmt.Sprintf(" %d", r.IntN(60))
	}
	say(request.Title, title)
	say(request.TitleOther, title+" (fr)")
	say(request.Description, text+".")
	cents := decimal.New(int64(100+r.IntN(800)), -2)
	for _, f := range []request.Field{request.Net, request.Total} {
		line.Values[f].Number, line.Values[f].Text = cents, cents.StringFixed(2)
	}
	line.Values[request.Tax].Number, line.Values[request.Tax].Text = decimal.Zero, "0.00"
	return line
}

var (
	marketThings = strings.Fields("Paper Toner Envelopes Courier Lunch Translation Chairs Windows Reagents Posters Licence Boots Tools Leaflet Course Heating Door Probe Books Boat Room Interviews " +
		"Photographs Trees Speaker Survey Cabling Monitors Keyboards Headsets Signs Carpets Batteries Bandages Filters Gloves Valves Pumps Tents Radios")
	marketDeeds  = strings.Fields("Buy Deliver Repair Replace Print Clean Install Test Translate Rent Inspect Calibrate Paint Move")
	marketPlaces = []string{"north laboratory", "visitor centre", "east dock", "hydrology team", "permits counter", "archives", "field station", "youth program", "fish hatchery", "map room",
		"communications office", "trail crew", "regional office", "weather desk", "inspection service", "greenhouse"}
	marketTrades = strings.Fields("Supply Courier Catering Translations Training Mechanical Hardware Safety Scientific Printing Software Systems Books Rentals Research Photography Furniture Gardens Cleaning " +
		"Consulting Electric Digital Logistics Design")
	marketForms = []string{"", " Ltd.", " Inc.", " Ltée", " Corp.", " & Sons", " Group", " LLP"}
	syllables   = strings.Fields("bel mont har lan quis tra rive sau ner dor val ash pem bro kin ver lac ton mire fal gos wick den or ux tre pol cas min ham stow leigh ford roux bec")
)

// madeWord is a word of two to four syllables, always the same for a number.
func madeWord(n int) string {
	r := rand.New(rand.NewPCG(uint64(n), 7)) //nolint:gosec // it invents words
	var w strings.Builder
	for range 2 + r.IntN(3) {
		w.WriteString(syllables[r.IntN(len(syllables))])
	}
	return w.String()
}

// supplierName is the name of a supplier, always the same for a number; families of firms share a word.
func supplierName(n int) string {
	r := rand.New(rand.NewPCG(uint64(n), 11)) //nolint:gosec // it invents names
	name := madeWord(100_000 + r.IntN(n+50))
	if r.IntN(3) > 0 {
		name += " " + madeWord(200_000+r.IntN(3000))
	}
	name = strings.ToUpper(name[:1]) + name[1:]
	return name + " " + marketTrades[r.IntN(len(marketTrades))] + marketForms[r.IntN(len(marketForms))]
}

// spelled is a name as people type it: one in twelve in another way.
func spelled(r *rand.Rand, name string) string {
	switch r.IntN(48) {
	case 0:
		return strings.ToUpper(name)
	case 1:
		return name + " (Ottawa)"
	case 2:
		return name + " Canada"
	case 3:
		at := 1 + r.IntN(4)
		return name[:at] + name[at+1:]
	}
	return name
}
