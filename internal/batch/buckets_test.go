package batch_test

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/shopspring/decimal"
	"pgregory.net/rapid"

	"handrail/internal/job"
	"handrail/internal/judgement"
	"handrail/internal/ledger"
	"handrail/internal/request"
	"handrail/internal/totals"
	"handrail/rules"
)

// bucketPolicies ask for different totals, so that a change of policy adds some, drops some and brings some back.
func bucketPolicies(t *testing.T) []*rules.Policy {
	t.Helper()
	head := splitPolicy[:strings.Index(splitPolicy, "[limits]")]
	var policies []*rules.Policy
	for i, by := range [][]string{
		{`"supplier", "cost_centre"`},
		{`"supplier", "cost_centre"`, `"unit", "requester"`, `"description"`},
		{`"supplier"`, `"amends"`},
	} {
		text := head
		for n, words := range by {
			text += fmt.Sprintf("[[total]]\nname = \"t%d\"\nby = [%s]\ndays = 40\n", n, words)
		}
		text += "[[guardrail]]\nid = \"g\"\naction = \"escalate\"\nwhen = 'line.total > money(\"500\")'\ntitle = { en = \"t\", fr = \"t\" }\nmessage = { en = \"m\", fr = \"m\" }\nsource = \"s\"\n"
		file := filepath.Join(t.TempDir(), fmt.Sprintf("policy%d.toml", i))
		if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		p, err := rules.Load(context.Background(), file)
		if err != nil {
			t.Fatal(err)
		}
		policies = append(policies, p)
	}
	return policies
}

// bucketed is one random history: what was done, and which lines have come of it.
type bucketed struct {
	*agency
	rt       *rapid.T
	policies []*rules.Policy
	example  int
	numbers  map[int]int // submissions of each year, of all histories
	// references are the numbers of this history's first lines.
	references []string
	asked      int             // mails that ask for something new
	seen       map[string]bool // every key that a line ever had
}

// Whatever people do with lines, in whatever order, and whatever the policy becomes: every bucket of every key is the sum
// of the lines that count, recomputed from the lines and their facts alone.
func TestBucketsEqualTheLinesWhateverHappens(t *testing.T) {
	t.Parallel()
	onBoth(t, func(o *job.Options) { o.Inboxes[0].Policy = splitting(t) }, func(t *testing.T, d *agency, _ *job.Job) {
		policies := bucketPolicies(t)
		example, numbers := 0, map[int]int{}
		rapid.Check(t, func(rt *rapid.T) {
			example++
			d.pass(41 * 24 * time.Hour)
			h := &bucketed{agency: d, rt: rt, policies: policies, example: example, numbers: numbers, seen: map[string]bool{}}
			h.policy(0)
			h.submit()
			for range rapid.IntRange(3, 8).Draw(rt, "steps") {
				h.step()
				d.pass(time.Duration(rapid.IntRange(0, 60).Draw(rt, "hours")) * time.Hour)
				h.check(false)
			}
			h.check(true)
			h.replay()
		})
		d.sound()
	})
}

func (h *bucketed) step() {
	switch rapid.SampledFrom([]string{"submit", "submit", "come back", "come back", "people", "people", "people", "policy", "dispose"}).Draw(h.rt, "step") {
	case "submit":
		h.submit()
	case "come back":
		h.comeBack()
	case "people":
		h.people()
	case "policy":
		h.policy(rapid.IntRange(0, len(h.policies)-1).Draw(h.rt, "policy"))
	case "dispose":
		h.change(func(ctx context.Context, tx *ledger.Tx) error {
			_, err := tx.Records.Dispose(ctx, h.now(), h.now().AddDate(0, 0, -rapid.IntRange(0, 10).Draw(h.rt, "days")), false)
			return err
		})
	}
}

func (h *bucketed) change(do func(context.Context, *ledger.Tx) error) {
	if err := h.ledger.Decide(h.t.Context(), func(tx *ledger.Tx) error { return do(h.t.Context(), tx) }); err != nil {
		h.rt.Fatal(err)
	}
}

// row is a line to ask for: returned where it has no total, foreign, negative, or with an earlier line's number.
func (h *bucketed) row(amends, reference string) []any {
	row := []any{"Part", fmt.Sprintf(rapid.SampledFrom([]string{"Aspen %d Inc.", "ASPEN %d", "Birch %d", ""}).Draw(h.rt, "supplier"), h.example),
		rapid.SampledFrom([]string{"", "", fmt.Sprintf("%09d", 600_000_000+h.example), fmt.Sprintf("%09d RT 0001", 600_000_000+h.example)}).Draw(h.rt, "number"),
		float64(rapid.IntRange(-200, 100_000).Draw(h.rt, "cents")) / 100, rapid.SampledFrom([]string{"44-10", "4410", "5520", ""}).Draw(h.rt, "centre"),
		amends, rapid.SampledFrom([]string{"Repair the accessible forms", "repair of the forms, accessible", "Chairs", ""}).Draw(h.rt, "need"),
		rapid.SampledFrom([]string{"", "CAD", "USD"}).Draw(h.rt, "currency"), reference}
	if rapid.IntRange(0, 9).Draw(h.rt, "total") == 0 {
		row[3] = nil
	}
	return row
}

func (h *bucketed) send(from string, rows ...[]any) {
	id := h.arrive(from, h.now(), table(h.t, rapid.SampledFrom([]string{"Benefits", "Stores"}).Draw(h.rt, "unit"), rows...))
	if err := h.job.JudgeThese(h.t.Context(), id); err != nil {
		h.rt.Fatal(err)
	}
	year := h.job.Day(h.now()).Year
	h.numbers[year]++
	h.references = append(h.references, request.Reference{Year: year, Number: h.numbers[year], Line: 1}.String())
}

func (h *bucketed) submit() {
	rows := [][]any{h.row("", "")}
	if lines := h.all(); len(lines) > 0 && rapid.Bool().Draw(h.rt, "amends") {
		rows = append(rows, h.row(h.one(lines).Reference, ""))
	}
	h.asked++
	h.send(testStaff, rows...)
}

// comeBack sends rows again that have the numbers of lines: changed, withdrawn, of an older version.
func (h *bucketed) comeBack() {
	var rows [][]any
	all := h.all()
	for range rapid.IntRange(1, 2).Draw(h.rt, "rows") {
		l := h.one(all)
		row := h.row("", l.Reference)
		if l.Facts != nil && rapid.Bool().Draw(h.rt, "the same but for the amount") {
			v := factsOf(h.t, &l).Line.Values
			for i, f := range []request.Field{request.Title, request.Supplier, request.SupplierID, request.Total, request.CostCentre, request.Amends, request.Description, request.Currency} {
				row[i] = v[f].Text
			}
			row[3] = v[request.Total].Number.Mul(rapid.SampledFrom([]decimal.Decimal{decimal.New(5, -1), decimal.New(1, 0), decimal.New(2, 0)}).Draw(h.rt, "times")).Round(2).InexactFloat64()
		}
		rows = append(rows, row)
	}
	h.send(testStaff, rows...)
}

// one is one of lines.
func (h *bucketed) one(lines []ledger.Line) ledger.Line {
	return lines[rapid.IntRange(0, len(lines)-1).Draw(h.rt, "line")]
}

// people moves a line as an officer or its requester may, once or a few times.
func (h *bucketed) people() {
	l := h.one(h.all())
	for range rapid.IntRange(1, 3).Draw(h.rt, "moves") {
		to := map[request.Outcome][]request.Outcome{
			request.Escalated: {request.Approved, request.Declined, request.Withdrawn},
			request.Approved:  {request.Withdrawn, request.Revoked},
		}[l.Outcome]
		if l.Judged == request.Escalated && (l.Outcome == request.Approved || l.Outcome == request.Declined) {
			to = append(slices.Clone(to), request.Escalated)
		}
		if len(to) == 0 {
			return
		}
		m := ledger.Move{Line: l.ID, From: l.Outcome, By: testOfficer, To: rapid.SampledFrom(to).Draw(h.rt, "to")}
		m.Undo = m.To == request.Escalated
		h.change(func(ctx context.Context, tx *ledger.Tx) error {
			won, err := moveLine(ctx, tx, h.now(), m)
			if err == nil && !won {
				h.rt.Fatalf("%s stayed %s", l.Reference, l.Outcome)
			}
			return err
		})
		l.Outcome = m.To
	}
}

// policy starts the job again with another text.
func (h *bucketed) policy(n int) {
	o := h.options
	o.Inboxes = slices.Clone(o.Inboxes)
	o.Inboxes[0].Policy = h.policies[n]
	j, err := job.New(o)
	if err == nil {
		err = j.Begin(h.t.Context(), false)
	}
	if err != nil {
		h.rt.Fatal(err)
	}
	_ = h.job.Close()
	h.job, h.options = j, o
}

// all is every line of this history, in every outcome.
func (h *bucketed) all() (all []ledger.Line) {
	if err := h.ledger.View(h.t.Context(), func(tx *ledger.Tx) error {
		found, err := tx.Lines.ByReference(h.t.Context(), h.references)
		if err != nil {
			return err
		}
		var submissions []int64
		for _, l := range found {
			submissions = append(submissions, l.Submission)
		}
		all, err = tx.Lines.OfSubmissions(h.t.Context(), submissions)
		return err
	}); err != nil {
		h.rt.Fatal(err)
	}
	return all
}

// check adds every key up again: over all its days after every step, and day by day at the end.
func (h *bucketed) check(daily bool) {
	all := h.all()
	if len(all) < h.asked { // a row that comes back unchanged keeps its decision, and is no line
		h.rt.Fatalf("%d lines of %d mails that ask for something new", len(all), h.asked)
	}
	spans := [][2]request.Date{{all[0].Day, all[0].Day.AddDays(40)}} // the next history begins later
	for _, l := range all {
		h.keyed(&l)
		for _, k := range l.Keys {
			h.seen[k] = true
		}
		if day := [2]request.Date{l.Day, l.Day}; daily && !slices.Contains(spans, day) {
			spans = append(spans, day)
		}
	}
	var queries []ledger.SumQuery
	for _, key := range slices.Sorted(maps.Keys(h.seen)) {
		for _, days := range spans {
			queries = append(queries, ledger.SumQuery{Key: key, Currency: "CAD", From: days[0], To: days[1]}, ledger.SumQuery{Key: key, Currency: "USD", From: days[0], To: days[1]})
		}
	}
	var got []ledger.Sum
	if err := h.ledger.View(h.t.Context(), func(tx *ledger.Tx) (err error) {
		got, err = tx.Totals.Sums(h.t.Context(), queries)
		return err
	}); err != nil {
		h.rt.Fatal(err)
	}
	for i, q := range queries {
		if want := counted(all, q); got[i] != want {
			h.rt.Fatalf("%q in %s from %s to %s: the ledger has %v, the lines say %v", q.Key, q.Currency, q.From, q.To, got[i], want)
		}
	}
}

// counted is what lines add up to.
func counted(all []ledger.Line, q ledger.SumQuery) (s ledger.Sum) {
	for _, l := range all {
		if (l.Outcome == request.Approved || l.Outcome == request.Escalated) && l.HasAmount && l.Amount > 0 && l.Currency == q.Currency &&
			!l.Day.Before(q.From) && !l.Day.After(q.To) && slices.Contains(l.Keys, q.Key) {
			s.Minor += l.Amount
			s.Lines++
		}
	}
	return s
}

// keyed holds a line's keys against its facts: it counts in every total of the policy in force, while the facts are there.
func (h *bucketed) keyed(l *ledger.Line) {
	if l.Facts == nil {
		return
	}
	f := factsOf(h.t, l)
	for _, spec := range h.options.Inboxes[0].Policy.TotalSpecs() {
		for _, k := range totals.Added(&spec, &f.Line, &f.Request) {
			if !slices.Contains(l.Keys, k) {
				h.rt.Fatalf("%s does not count under %q: %q", l.Reference, k, l.Keys)
			}
		}
	}
}

// replay judges every line once more, by the text that is on record and the facts that are.
func (h *bucketed) replay() {
	for _, l := range h.all() {
		if l.Facts == nil {
			continue
		}
		reference, _ := request.ParseReference(l.Reference)
		var a ledger.Account
		if err := h.ledger.View(h.t.Context(), func(tx *ledger.Tx) (err error) {
			a, _, err = tx.Records.Account(h.t.Context(), reference)
			return err
		}); err != nil {
			h.rt.Fatal(err)
		}
		policy, err := rules.Unbundle(a.Policy.Body)
		if err != nil {
			h.rt.Fatal(err)
		}
		var recorded []request.Finding
		if err := json.Unmarshal(l.Findings, &recorded); err != nil {
			h.rt.Fatal(err)
		}
		again := judgement.JudgeAgain(policy, factsOf(h.t, &l), recorded)
		if findings, err := json.Marshal(again.Findings); again.Outcome != l.Judged || err != nil || string(findings) != string(l.Findings) {
			h.rt.Fatalf("%s was judged %s with %s; judged again it is %s with %s", l.Reference, l.Judged, l.Findings, again.Outcome, findings)
		}
	}
}
