package rules

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/shopspring/decimal"
	"pgregory.net/rapid"

	"handrail/internal/request"
)

// judgeFile judges a workbook whole: totals of the file, then each line.
func judgeFile(p *Policy, lines []request.Line) map[int]request.Outcome {
	o := origin()
	sums := WorkbookTotals(p.TotalSpecs(), p.Currency(), o, lines)
	out := map[int]request.Outcome{}
	for i, l := range lines {
		out[l.Row] = p.Judge(request.Facts{Line: l, Request: o, Totals: sums[i], Today: o.Received, OwnDomains: []string{"dept.gc.ca"}}).Outcome
	}
	return out
}

func drawLines(t *rapid.T, tb testing.TB) []request.Line {
	names := []string{"Northern Software Inc.", "NORTHERN SOFTWARE", "Nοrthern Software", "Fabrikam", ""}
	ids := []string{"", "", "123456789", "12345 6789 RT0001", "987654321"}
	var lines []request.Line
	for i := range rapid.IntRange(1, 8).Draw(t, "lines") {
		l := clean(tb)
		l.Row = 12 + i
		cents := rapid.Int64Range(-100_000, 1_100_000).Draw(t, "cents")
		total := decimal.New(cents, -2).String()
		set(tb, &l, "net", total)
		set(tb, &l, "tax", "0")
		set(tb, &l, "total", total)
		set(tb, &l, "authorized_amount", "99999")
		set(tb, &l, "supplier", rapid.SampledFrom(names).Draw(t, "supplier"))
		set(tb, &l, "supplier_id", rapid.SampledFrom(ids).Draw(t, "id"))
		lines = append(lines, l)
	}
	return lines
}

func TestTheOrderOfLinesChangesNothing(t *testing.T) {
	p := shippedPolicy(t, "esdc-micro-acquisition")
	rapid.Check(t, func(rt *rapid.T) {
		lines := drawLines(rt, t)
		before := judgeFile(p, lines)
		shuffled := rapid.Permutation(lines).Draw(rt, "order")
		for row, outcome := range judgeFile(p, shuffled) {
			if before[row] != outcome {
				rt.Fatalf("row %d: %s, in another order %s", row, before[row], outcome)
			}
		}
	})
}

func TestAStricterLimitNeverApprovesMore(t *testing.T) {
	text, err := ShippedText("esdc-micro-acquisition")
	if err != nil {
		t.Fatal(err)
	}
	lenient := shippedPolicy(t, "esdc-micro-acquisition")
	strict := policyOf(t, strings.Replace(string(text), `request = "10000.00"`, `request = "6000.00"`, 1))
	rapid.Check(t, func(rt *rapid.T) {
		lines := drawLines(rt, t)
		before := judgeFile(lenient, lines)
		for row, outcome := range judgeFile(strict, lines) {
			if outcome == request.Approved && before[row] != request.Approved {
				rt.Fatalf("row %d: approved under the stricter limit, %s under the other", row, before[row])
			}
		}
	})
}

func TestAnAmountSplitOverAFileIsNeverApprovedAboveTheLimit(t *testing.T) {
	p := shippedPolicy(t, "esdc-micro-acquisition")
	limit := decimal.NewFromInt(10_000)
	rapid.Check(t, func(rt *rapid.T) {
		lines := drawLines(rt, t)
		for i := range lines {
			set(t, &lines[i], "supplier", rapid.SampledFrom([]string{"Northern Software Inc.", "northern-software", "NORTHERN\u200b SOFTWARE LTD"}).Draw(rt, "name"))
			set(t, &lines[i], "supplier_id", "")
		}
		outcomes := judgeFile(p, lines)
		approved := decimal.Zero
		for _, l := range lines {
			if outcomes[l.Row] == request.Approved {
				approved = approved.Add(l.Values[request.Total].Number)
			}
		}
		if approved.GreaterThan(limit) {
			rt.Fatalf("approved %s of one supplier in one file", approved)
		}
	})
}

// WorkbookTotals must agree with looking at every pair of lines.
func TestWorkbookTotalsAgreeWithPairs(t *testing.T) {
	p := shippedPolicy(t, "esdc-micro-acquisition")
	same := func(a, b request.Line) bool {
		name := func(l request.Line) string { return request.SupplierName(l.Values[request.Supplier].Text) }
		id := func(l request.Line) string { return request.BusinessNumber(l.Values[request.SupplierID].Text) }
		return name(a) != "" && name(a) == name(b) || id(a) != "" && id(a) == id(b)
	}
	rapid.Check(t, func(rt *rapid.T) {
		lines := drawLines(rt, t)
		sums := WorkbookTotals(p.TotalSpecs(), "CAD", origin(), lines)
		for i, a := range lines {
			want, count := decimal.Zero, 0
			var rows []string
			for _, b := range lines {
				if n := b.Values[request.Total].Number; same(a, b) && n.Sign() > 0 {
					want, count = want.Add(n), count+1
					rows = append(rows, fmt.Sprintf("row %d", b.Row))
				}
			}
			got := sums[i]["same_file"]
			if !got.Amount.Equal(want) || got.Count != count || !slices.Equal(got.Lines, rows) && count > 0 {
				rt.Fatalf("row %d: %s over %v, want %s over %v", a.Row, got.Amount, got.Lines, want, rows)
			}
		}
	})
}
