package rules

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/shopspring/decimal"

	"handrail/internal/request"
)

// What the tests of a policy leave out: a guardrail that no case trips, and a limit that is tried on one side only.

// threshold is a condition that compares one amount of the line with a limit and asks nothing else.
var threshold = regexp.MustCompile(`^line\.(\w+)\s*(>=?)\s*(?:limits\.(\w+)|money\("([\d.]+)"\))$`)

// A tried line is a case with one line, and whether it trips a guardrail.
type tried struct {
	c       *trial
	trips   bool
	amount  decimal.Decimal
	limit   decimal.Decimal
	another decimal.Decimal // the nearest amount on the other side
}

// sides remarks on a guardrail with a limit whose cases stand on one side of it only.
func (t *Trials) sides(report *TrialReport, tripped []map[string]bool) {
	for _, g := range t.policy.guardrails {
		m := threshold.FindStringSubmatch(sameCondition(g.when.text))
		if m == nil {
			continue
		}
		f, ok := request.FieldByName(m[1])
		if !ok {
			continue
		}
		var all []tried
		for i := range t.cases {
			c := &t.cases[i]
			if len(c.lines) != 1 || !c.lines[0].Values[f].Given || !g.covers(c.origin.Received) {
				continue
			}
			x := tried{c: c, trips: tripped[i][g.id], amount: c.lines[0].Values[f].Number, limit: t.policy.Limit(m[3], c.origin.Received)}
			if m[4] != "" {
				x.limit, _ = decimalText(m[4])
			}
			unit := t.policy.minorUnit()
			if x.another = x.limit; m[2] == ">" != x.trips {
				x.another = x.limit.Add(unit)
				if m[2] == ">=" {
					x.another = x.limit.Sub(unit)
				}
			}
			all = append(all, x)
		}
		t.otherSide(report, g, f, all)
	}
}

func (t *Trials) otherSide(report *TrialReport, g *guardrail, f request.Field, all []tried) {
	trips := slices.IndexFunc(all, func(x tried) bool { return x.trips })
	if trips < 0 {
		return // no case trips it: that is said
	}
	near := func(x tried) bool {
		return x.limit.Sign() > 0 && x.amount.Sub(x.limit).Abs().LessThanOrEqual(x.limit.Mul(decimal.New(1, -2)))
	}
	for _, x := range all {
		if x.trips && slices.ContainsFunc(all, func(y tried) bool {
			return !y.trips && near(y) && (alikeBut(x.c, y.c) || strings.HasPrefix(y.c.name, g.id+":"))
		}) {
			return
		}
	}
	x := all[trips]
	report.Remarks = append(report.Remarks, t.doc.mistake(x.c.at, caseWhere(x.c), inBoth(
		"%[1]s has a case that trips it and none that just does not: add one with %[2]s = %[3]q and outcome = \"approved\"",
		"%[1]s a un cas qui la déclenche, mais aucun qui passe de justesse : ajoutez-en un avec %[2]s = %[3]q et outcome = \"approved\"", g.id, f.Info().Name, x.another.StringFixed(2))))
}

func caseWhere(c *trial) string { return fmt.Sprintf("case %q", c.name) }

// alikeBut reports whether two cases differ in amounts only.
func alikeBut(a, b *trial) bool {
	x, y := &a.lines[0], &b.lines[0]
	for _, info := range request.Fields() {
		if info.Kind == request.MoneyKind || info.Kind == request.NumberKind {
			continue
		}
		if x.Values[info.Field].Text != y.Values[info.Field].Text {
			return false
		}
	}
	return len(a.history) == len(b.history) && len(x.Extra) == len(y.Extra)
}

// untripped remarks on guardrails that no case trips.
func (t *Trials) untripped(report *TrialReport) {
	for _, id := range report.Untripped {
		report.Remarks = append(report.Remarks, t.doc.mistake(0, "", inBoth("no case trips %s: add one whose findings are [%q]", "aucun cas ne déclenche %s : ajoutez-en un dont les findings sont [%q]", id, id)))
	}
}
