package quartertest

import (
	"fmt"
	"slices"
	"strings"

	"handrail/internal/reconcile"
)

// Row counts one kind, or all of them. A pair is a charge with one of its lines.
type Row struct {
	Kind    string
	Trap    bool
	Charges int
	Due     int // pairs that truth has; ties and what may be either have none
	Found   int // of those, how many were matched
	False   int // pairs that were matched and truth does not name
	Allowed int // pairs that were matched and may be either
	// Variances are charges that are a variance; VariancesSaid, those matched by the rule that says it.
	Variances, VariancesSaid int
	// OtherCards are charges paid by somebody else's card and matched; OtherCardsSaid, those whose match says it.
	OtherCards, OtherCardsSaid int
	// Ties are charges that a person must decide; TiesLeft, those joined with no line; TiesSaid, those listed as ties.
	Ties, TiesLeft, TiesSaid int
}

// Missed is how many pairs were not found.
func (r Row) Missed() int { return r.Due - r.Found }

// Recall is found pairs of those due, 0 to 1; 1 when none are due.
func (r Row) Recall() float64 {
	if r.Due == 0 {
		return 1
	}
	return float64(r.Found) / float64(r.Due)
}

// Report is how a reconciliation did on a quarter.
type Report struct {
	Kinds []Row // in README.md's order, kinds that do not occur left out
	All   Row
	// Falses and Misses say each false and each missed pair, for whoever looks into them.
	Falses, Misses []string
}

// Recall is found pairs of those due, of all kinds.
func (r Report) Recall() float64 { return r.All.Recall() }

// joins are what a reconciliation did with one charge.
type joins struct {
	references []string
	rules      []reconcile.Rule
	otherCard  bool
	tied       bool
}

// Score holds a reconciliation against the truth of the quarter it was made of, whatever the order of its lines and charges. It
// panics where the reconciliation has a charge that the quarter does not have.
func Score(q Quarter, r *reconcile.Reconciliation) Report {
	said := joinsOf(q, r)
	places := map[string]int{}
	var report Report
	for i, name := range Kinds() {
		places[name] = i
		report.Kinds = append(report.Kinds, Row{Kind: name})
	}
	taken := map[string]bool{} // groups of which one charge is joined
	for i := range q.Truth {
		t := &q.Truth[i]
		row := &report.Kinds[places[t.Kind]]
		row.Trap = t.Trap
		report.judge(row, t, said[t.Fingerprint], taken, shown(q, i))
	}
	report.All.Kind = "all"
	for i := range report.Kinds {
		report.All.add(&report.Kinds[i])
	}
	report.Kinds = slices.DeleteFunc(report.Kinds, func(r Row) bool { return r.Charges == 0 })
	return report
}

// judge counts one charge.
func (r *Report) judge(row *Row, t *Truth, j joins, taken map[string]bool, what string) {
	row.Charges++
	row.Due += len(t.References)
	for _, want := range t.References {
		if slices.Contains(j.references, want) {
			row.Found++
		} else {
			r.Misses = append(r.Misses, fmt.Sprintf("%s: %s belongs to %s", t.Kind, what, want))
		}
	}
	again := t.OnlyOne != "" && len(j.references) > 0 && taken[t.OnlyOne]
	for _, got := range j.references {
		switch {
		case again, !slices.Contains(t.References, got) && !slices.Contains(t.Either, got):
			row.False++
			r.Falses = append(r.Falses, fmt.Sprintf("%s: %s was joined with %s by %v; right is %s", t.Kind, what, got, j.rules, t.words()))
		case !slices.Contains(t.References, got):
			row.Allowed++
		}
	}
	if t.OnlyOne != "" && len(j.references) > 0 {
		taken[t.OnlyOne] = true
	}
	row.count(t, j)
}

// count counts what is to be said of a charge beside its lines.
func (r *Row) count(t *Truth, j joins) {
	if t.Variance {
		r.Variances++
		if slices.Contains(j.rules, reconcile.BeyondTolerance) {
			r.VariancesSaid++
		}
	}
	if t.OtherCard && len(j.references) > 0 {
		r.OtherCards++
		if j.otherCard {
			r.OtherCardsSaid++
		}
	}
	if t.Tie {
		r.Ties++
		if len(j.references) == 0 {
			r.TiesLeft++
		}
		if j.tied {
			r.TiesSaid++
		}
	}
}

func (r *Row) add(o *Row) {
	r.Charges, r.Due, r.Found = r.Charges+o.Charges, r.Due+o.Due, r.Found+o.Found
	r.False, r.Allowed = r.False+o.False, r.Allowed+o.Allowed
	r.Variances, r.VariancesSaid = r.Variances+o.Variances, r.VariancesSaid+o.VariancesSaid
	r.OtherCards, r.OtherCardsSaid = r.OtherCards+o.OtherCards, r.OtherCardsSaid+o.OtherCardsSaid
	r.Ties, r.TiesLeft, r.TiesSaid = r.Ties+o.Ties, r.TiesLeft+o.TiesLeft, r.TiesSaid+o.TiesSaid
}

// words is what is right, said.
func (t *Truth) words() string {
	switch {
	case t.Tie:
		return "a tie"
	case t.OnlyOne != "":
		return "at most one of its charges with " + t.OnlyOne
	case len(t.References) > 0:
		return strings.Join(t.References, ", ")
	case len(t.Either) > 0:
		return "none, or " + strings.Join(t.Either, ", ")
	}
	return "none"
}

func shown(q Quarter, i int) string {
	c := &q.Charges[i]
	return fmt.Sprintf("%q %s %s of %s (%q)", c.Merchant, c.Amount.Plain(), c.Amount.Currency, c.Transacted, c.Reference)
}

// joinsOf is what a reconciliation did with each charge, by fingerprint. A refund that is joined with no line of its own, but
// with charges, goes where those went.
func joinsOf(q Quarter, r *reconcile.Reconciliation) map[string]joins {
	known := map[string]bool{}
	for i := range q.Charges {
		known[q.Charges[i].Fingerprint] = true
	}
	for i := range r.Charges {
		if !known[r.Charges[i].Fingerprint] {
			panic("quartertest: the reconciliation has a charge that the quarter does not have: " + r.Charges[i].Merchant)
		}
	}
	direct := map[int][]int{}
	for _, m := range r.Matches {
		for _, c := range m.Charges {
			direct[c] = append(direct[c], m.Lines...)
		}
	}
	out := map[string]joins{}
	for _, m := range r.Matches {
		lines := m.Lines
		if len(lines) == 0 {
			for _, c := range m.Charges {
				lines = append(lines, direct[c]...)
			}
		}
		for _, c := range m.Charges {
			j := out[r.Charges[c].Fingerprint]
			for _, l := range lines {
				if reference := r.Lines[l].Reference; !slices.Contains(j.references, reference) {
					j.references = append(j.references, reference)
				}
			}
			j.rules, j.otherCard = append(j.rules, m.Rule), j.otherCard || m.OtherCard
			out[r.Charges[c].Fingerprint] = j
		}
	}
	for _, l := range r.Left {
		j := out[r.Charges[l.Charge].Fingerprint]
		j.tied = j.tied || l.Reason == reconcile.Tied
		out[r.Charges[l.Charge].Fingerprint] = j
	}
	return out
}

// String is the table.
func (r Report) String() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%-36s %7s %5s %5s %6s %5s %7s %8s %7s %7s %7s\n",
		"kind (t: trap)", "charges", "due", "found", "missed", "false", "either", "variance", "ties", "card", "recall")
	for _, row := range append(slices.Clone(r.Kinds), r.All) {
		kind := row.Kind
		if row.Trap {
			kind += " t"
		}
		recall := "–"
		if row.Due > 0 {
			recall = fmt.Sprintf("%.3f", row.Recall())
		}
		fmt.Fprintf(&b, "%-36s %7d %5d %5d %6d %5d %7d %8s %7s %7s %7s\n", kind, row.Charges, row.Due, row.Found, row.Missed(), row.False,
			row.Allowed, of(row.VariancesSaid, row.Variances), of(row.TiesSaid, row.Ties), of(row.OtherCardsSaid, row.OtherCards), recall)
	}
	return b.String()
}

func of(said, all int) string {
	if all == 0 {
		return "–"
	}
	return fmt.Sprintf("%d/%d", said, all)
}
