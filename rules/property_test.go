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
	sums := p.WorkbookTotals(o, lines)
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

// An amount that is divided over the lines of a workbook gets no more approved than it would in one line.
func TestAnAmountSplitOverAFileGetsNoMoreThanTheWhole(t *testing.T) {
	p := shippedPolicy(t, "esdc-micro-acquisition")
	part := func(row int, cents int64, name string) request.Line {
		l := clean(t)
		l.Row = row
		total := decimal.New(cents, -2).String()
		for field, text := range map[string]string{"net": total, "tax": "0", "total": total, "authorized_amount": "99999", "supplier": name, "justification": "Not registered for tax."} {
			set(t, &l, field, text)
		}
		return l
	}
	approved := func(lines []request.Line) decimal.Decimal {
		sum := decimal.Zero
		outcomes := judgeFile(p, lines)
		for _, l := range lines {
			if outcomes[l.Row] == request.Approved {
				sum = sum.Add(l.Values[request.Total].Number)
			}
		}
		return sum
	}
	rapid.Check(t, func(rt *rapid.T) {
		var whole int64
		var lines []request.Line
		for i := range rapid.IntRange(2, 8).Draw(rt, "lines") {
			cents := rapid.Int64Range(1, 500_000).Draw(rt, "cents")
			whole += cents
			lines = append(lines, part(12+i, cents, rapid.SampledFrom([]string{"Northern Software Inc.", "northern-software", "NORTHERN\u200b SOFTWARE LTD", "N0rthern Software"}).Draw(rt, "name")))
		}
		at, once := approved(lines), approved([]request.Line{part(12, whole, "Northern Software")})
		if at.GreaterThan(once) {
			rt.Fatalf("%s approved in parts of %d cents, %s in one line", at, whole, once)
		}
	})
}

// WorkbookTotals must agree with looking at every pair of lines.
func TestWorkbookTotalsAgreeWithPairs(t *testing.T) {
	p := shippedPolicy(t, "esdc-micro-acquisition")
	same := func(a, b request.Line) bool {
		name := func(l request.Line) string { return request.SupplierName(l.Values[request.Supplier].Text) }
		id := func(l request.Line) string { return request.BusinessNumber(l.Values[request.SupplierID].Text) }
		if request.CentreKey(a.Values[request.CostCentre].Text) != request.CentreKey(b.Values[request.CostCentre].Text) {
			return false
		}
		return name(a) != "" && name(a) == name(b) || id(a) != "" && id(a) == id(b)
	}
	rapid.Check(t, func(rt *rapid.T) {
		lines := drawLines(rt, t)
		sums := p.WorkbookTotals(origin(), lines)
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
