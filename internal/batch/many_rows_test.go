package batch_test

import (
	"context"
	"fmt"
	"io"
	"maps"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	"handrail/ingest"
	"handrail/internal/casefile"
	"handrail/internal/job"
	"handrail/internal/ledger"
	"handrail/internal/replay"
	"handrail/internal/request"
)

// manyRows plays requests of n rows through everything that can be done with a request, and notes what each verb computed.
type manyRows struct {
	*agency
	n     int
	cost  map[string]time.Duration
	verbs []string // in the order of the story
}

func playManyRows(t testing.TB, n int) *manyRows {
	m := &manyRows{n: n, cost: map[string]time.Duration{}}
	m.playRequester(t)
	m.playOfficers(t)
	m.playManager(t)
	return m
}

// step does a verb and counts what it takes.
func (m *manyRows) step(verb string, do func()) {
	m.t.Helper()
	runtime.GC()
	used := processCPU(m.t)
	do()
	m.verbs = append(m.verbs, verb)
	m.cost[verb] = processCPU(m.t) - used
}

// mailed sends a workbook and counts the pass that follows.
func (m *manyRows) mailed(verb string, book []byte) {
	m.t.Helper()
	m.pass(time.Hour)
	m.send(testStaff, "Purchases", "Form attached.", book)
	m.step(verb, func() { m.once() })
}

// replied answers a mail and counts the pass that follows.
func (m *manyRows) replied(verb, from string, to *ingest.Mail, body string) {
	m.t.Helper()
	m.mailReply(from, to, body)
	m.step(verb, func() { m.once() })
}

// rows are n rows, each of a supplier of its own.
func (m *manyRows) rows(total int, change func(i int, row []any)) [][]any {
	rows := make([][]any, m.n)
	for i := range rows {
		rows[i] = part(fmt.Sprintf("Maison %d", i+1), total, "")
		if change != nil {
			change(i, rows[i])
		}
	}
	return rows
}

// numbered puts into a column of row i the number of line i of a request.
func numbered(submission, column int) func(int, []any) {
	return func(i int, row []any) {
		row[column] = request.Reference{Year: 2026, Number: submission, Line: i + 1}.String()
	}
}

// want holds the outcomes of all lines against what they should be, and mails against how many somebody should have.
func (m *manyRows) want(outcomes map[request.Outcome]int, mails map[string]int) {
	m.t.Helper()
	got := map[request.Outcome]int{}
	for _, l := range m.all() {
		got[l.Outcome]++
	}
	if !maps.Equal(got, outcomes) {
		m.t.Errorf("%d rows, after %q: lines %v, want %v", m.n, m.verbs[len(m.verbs)-1], got, outcomes)
	}
	for who, n := range mails {
		if has := m.office.Count(who, "INBOX"); has != n {
			m.t.Errorf("%d rows, after %q: %s has %d mails, want %d", m.n, m.verbs[len(m.verbs)-1], who, has, n)
		}
	}
}

// playRequester is what a requester, finance and an auditor do with n rows of n suppliers.
func (m *manyRows) playRequester(t testing.TB) {
	m.agency = open(t, func(o *job.Options) {
		o.Inboxes[0].Policy, o.Inboxes[0].Form.MaxLines = splitting(t), 20_000
		withStatements(o)
	})
	n, in, approved, replaced := m.n, "Benefits", request.Approved, request.Superseded
	m.mailed("submit", table(t, in, m.rows(100, nil)...))
	m.want(map[request.Outcome]int{approved: n}, map[string]int{testStaff: 1})
	m.mailed("come back unchanged", m.last(testStaff).Attachments[0].Data)
	m.want(map[request.Outcome]int{approved: n}, map[string]int{testStaff: 2})
	m.mailed("come back changed", table(t, in, m.rows(200, numbered(1, 8))...))
	m.want(map[request.Outcome]int{approved: n, replaced: n}, map[string]int{testStaff: 3})
	m.mailed("come back lower", table(t, in, m.rows(150, numbered(1, 8))...)) // the numbers of the first version mean the latest
	m.want(map[request.Outcome]int{approved: n, replaced: 2 * n}, map[string]int{testStaff: 4})
	m.mailed("amend", table(t, in, m.rows(10, numbered(4, 5))...))
	m.want(map[request.Outcome]int{approved: 2 * n, replaced: 2 * n}, map[string]int{testStaff: 5})
	answer := m.last(testStaff) // to the additions: the numbers of the lines themselves are charged, and stay
	m.playFinance()
	m.playAuditor()
	m.replied("withdraw", testStaff, answer, "WITHDRAW ALL: the project ended")
	m.want(map[request.Outcome]int{approved: n, replaced: 2 * n, request.Withdrawn: n}, map[string]int{testStaff: 6, testOps: 0})
	m.step("verify", m.sound)
}

// playFinance matches a charge with each line by its number, in the week after.
func (m *manyRows) playFinance() {
	m.t.Helper()
	charges := make([]string, m.n)
	for i := range charges {
		charges[i] = row("2026-11-24", fmt.Sprintf("SUPPLIER %d", i+1), "150.00", request.Reference{Year: 2026, Number: 4, Line: i + 1}.String())
	}
	m.send(testFinance, "Card activity", "Attached.", cardStatement(charges...))
	m.step("statement", func() { m.once() })
	m.clock = monday.Add(7 * 24 * time.Hour)
	m.step("weekly workbook", func() { m.once() })
	matched := 0
	for _, c := range m.charges() {
		if c.State == ledger.MatchedRow {
			matched++
		}
	}
	if matched != m.n || len(m.reports()) != 1 {
		m.t.Errorf("%d of %d charges are matched, %d reports", matched, m.n, len(m.reports()))
	}
}

// playAuditor explains a line and makes the file of a request.
func (m *manyRows) playAuditor() {
	m.t.Helper()
	ctx := context.Background()
	ref := request.Reference{Year: 2026, Number: 4, Line: m.n / 2}
	m.step("explain", func() {
		if err := m.ledger.View(ctx, func(tx *ledger.Tx) error {
			a, found, err := tx.Records.Account(ctx, ref)
			if err != nil || !found {
				return fmt.Errorf("%s: found %v, %w", ref, found, err)
			}
			e, err := replay.Explain(&a)
			if err != nil {
				return err
			}
			if err := e.LookUp(ctx, tx, &a); err != nil {
				return err
			}
			if len(e.Differences) > 0 || len(a.Charges) != 1 {
				m.t.Errorf("%s: differences %v, %d charges", ref, e.Differences, len(a.Charges))
			}
			return nil
		}); err != nil {
			m.t.Fatal(err)
		}
	})
	m.step("case file", func() {
		var recorded *casefile.Record
		if err := m.ledger.View(ctx, func(tx *ledger.Tx) (err error) {
			recorded, _, err = casefile.Gather(ctx, tx, ref)
			return err
		}); err != nil {
			m.t.Fatal(err)
		}
		var x replay.Explainer
		err := casefile.Write(ctx, io.Discard, recorded, casefile.Options{Explain: func(a *ledger.Account) (casefile.Explanation, error) {
			e, err := x.Explain(a)
			if err != nil {
				return casefile.Explanation{}, err
			}
			return casefile.Explanation{Replayed: e.Again.Outcome, Same: len(e.Differences) == 0}, nil
		}})
		if err != nil || len(recorded.Lines) != m.n {
			m.t.Fatalf("%d lines, %v", len(recorded.Lines), err)
		}
	})
}

// playOfficers is what officers do with n rows that would split one purchase.
func (m *manyRows) playOfficers(t testing.TB) {
	m.agency = open(t, func(o *job.Options) {
		o.Inboxes[0].Form.MaxLines = 20_000
		o.Inboxes[0].Policy = splitting(t)
		o.Decisions.Hold = held(30 * time.Minute)
	})
	n, waits := m.n, request.Escalated
	m.mailed("submit to an officer", table(t, "Benefits", m.rows(4000, func(_ int, row []any) { row[1] = "Northwind" })...))
	m.want(map[request.Outcome]int{waits: n}, map[string]int{testStaff: 1, testOfficer: 1})
	m.replied("question", testOfficer, m.last(testOfficer), "QUESTION: Why so many parts?")
	m.want(map[request.Outcome]int{waits: n}, map[string]int{testStaff: 2, testOfficer: 2})
	m.replied("answer a question", testStaff, m.last(testStaff), "Because the shelves are many.")
	m.want(map[request.Outcome]int{waits: n}, map[string]int{testStaff: 2, testOfficer: 3})
	m.replied("assign", testOfficer, m.last(testOfficer), "ASSIGN "+testHead)
	m.want(map[request.Outcome]int{waits: n}, map[string]int{testOfficer: 4, testHead: 1})
	asked := m.last(testHead)
	m.replied("decide by reply", testHead, asked, fmt.Sprintf("APPROVE 1-%d: planned\nDECLINE %d-%d: no budget", n/2, n/2+1, n))
	decided := map[request.Outcome]int{request.Approved: n / 2, request.Declined: n - n/2}
	m.want(decided, map[string]int{testStaff: 2, testHead: 2})
	m.replied("undo", testHead, m.last(testHead), "UNDO")
	m.want(map[request.Outcome]int{waits: n}, map[string]int{testStaff: 2, testHead: 3})
	cells := map[string]any{}
	for i := range n {
		cells[fmt.Sprintf("E%d", 5+i)], cells[fmt.Sprintf("F%d", 5+i)] = "Approve", "planned"
		if i >= n/2 {
			cells[fmt.Sprintf("E%d", 5+i)], cells[fmt.Sprintf("F%d", 5+i)] = "Decline", "no budget"
		}
	}
	m.mailBook(testHead, asked, fill(t, decisionBookOf(t, asked), cells))
	m.step("decide in the workbook", func() { m.once() })
	m.want(decided, map[string]int{testStaff: 2, testHead: 4})
	receipt := m.last(testHead)
	m.pass(time.Hour)
	m.step("tell the decision", func() { m.once() })
	m.want(decided, map[string]int{testStaff: 3, testHead: 4})
	m.replied("revoke", testHead, receipt, "REVOKE: the budget was cut")
	decided[request.Revoked], decided[request.Approved] = n/2, 0
	delete(decided, request.Approved)
	m.want(decided, map[string]int{testOps: 0})
	m.mailed("come back to an officer", table(t, "Benefits", m.rows(4100, func(i int, row []any) {
		numbered(1, 8)(i, row)
		row[1] = "Northwind"
	})...))
	m.want(map[request.Outcome]int{waits: n, request.Superseded: n}, nil)
	m.replied("approve all", testOfficer, m.last(testOfficer), "APPROVE ALL: planned")
	m.want(map[request.Outcome]int{request.Approved: n, request.Superseded: n}, nil)
	m.sound()
}

// mailBook is returnBook before the job looks.
func (d *agency) mailBook(from string, to *ingest.Mail, books ...[]byte) {
	d.t.Helper()
	d.mails++
	var b strings.Builder
	writeReplyHead(&b, d, from, to)
	d.finish(&b, "", books)
	d.submit(from, []byte(b.String()))
}

// playManager is a section 32 manager who confirms n rows, every tenth of which an officer must see then.
func (m *manyRows) playManager(t testing.TB) {
	m.agency = open(t, func(o *job.Options) {
		o.Inboxes[0].Form.MaxLines = 20_000
		o.Inboxes[0].Policy = splitting(t, `currency = "CAD"`, "currency = \"CAD\"\nsection_32 = \"confirmed\"")
	})
	above := 0
	rows := m.rows(100, func(i int, row []any) {
		if i%10 == 9 {
			above++
			row[3] = 4000
		}
	})
	for i := range rows {
		rows[i] = append(rows[i], testOther)
	}
	m.mailed("submit to a manager", table(t, "Benefits", rows...))
	m.want(map[request.Outcome]int{request.Escalated: m.n}, map[string]int{testStaff: 1, testOther: 1, testOfficer: 0})
	m.replied("confirm", testOther, m.last(testOther), fmt.Sprintf("CONFIRM 1-%d", m.n))
	m.want(map[request.Outcome]int{request.Escalated: above, request.Approved: m.n - above}, map[string]int{testOps: 0})
	m.sound()
}

// Three thousand rows go through every verb of a request as three do; without HANDRAIL_TEST_WHOLE two hundred go.
func TestThreeThousandRowsThroughEveryVerb(t *testing.T) {
	if testing.Short() {
		t.Skip("it takes most of a minute")
	}
	rows := 200
	if whole() {
		rows = 3000
	}
	m := playManyRows(t, rows)
	for _, verb := range m.verbs {
		t.Logf("%-26s %6d ms", verb, m.cost[verb].Milliseconds())
	}
}

// BenchmarkManyRows is what each verb of a request computes for 2,000 rows, as a multiple of what it does for 200. The must
// is 12, the aim 10.
func BenchmarkManyRows(b *testing.B) {
	few, many := 200, 2000
	if testing.Short() {
		few, many = 20, 200
	}
	playManyRows(b, 20) // what is made once is made
	small := [3]*manyRows{playManyRows(b, few), playManyRows(b, few), playManyRows(b, few)}
	large := playManyRows(b, many)
	for _, verb := range large.verbs {
		b.Run(verb, func(b *testing.B) {
			for b.Loop() { //nolint:revive // it was played above, once
			}
			base := []time.Duration{small[0].cost[verb], small[1].cost[verb], small[2].cost[verb]}
			slices.Sort(base) // a few rows take so little that the middle of three says more than one
			b.ReportMetric(float64(large.cost[verb])/float64(base[1]), fmt.Sprintf("x-%d-over-%d", many, few))
			b.ReportMetric(float64(large.cost[verb].Microseconds())/float64(many), "µs/row")
		})
	}
}
