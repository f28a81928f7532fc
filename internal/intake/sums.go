package intake

import (
	"context"
	"slices"

	"handrail/internal/department"
	"handrail/internal/judgement"
	"handrail/internal/ledger"
	"handrail/internal/request"
	"handrail/internal/totals"
	"handrail/rules"
)

// question is one sum that a line's total is made of.
type question struct {
	line  int
	total *request.TotalSpec
	key   totals.Key
}

// namesAlike reports whether the finding names the lines of what was found.
func (q *question) namesAlike(found ledger.Sum) bool {
	return found.Lines > 0 && q.key.Sign >= 0 && (q.key.Supplier > 0 || q.key.Need > 0)
}

// sumQuery asks what the ledger has under one key of a total, for a line of a request.
func sumQuery(policy *rules.Policy, spec *request.TotalSpec, o *request.Origin, k totals.Key) ledger.SumQuery {
	first, last := spec.Window(o.Received, policy.FiscalStart())
	return ledger.SumQuery{Key: k.Key, Currency: policy.Currency(), From: first, To: last, TakenSince: spec.TakenSince(o.Received)}
}

// SumsElsewhere asks the ledger, in one go, what counts outside this workbook for lines from … to. What the workbook
// replaces must not count any more, and what is in it not yet.
func SumsElsewhere(ctx context.Context, tx *ledger.Tx, policy *rules.Policy, keyed *totals.LineKeys, from, to int) ([]request.Outside, error) {
	out := make([]request.Outside, to-from)
	if err := nearElsewhere(ctx, tx, policy, keyed, from, out); err != nil {
		return nil, err
	}
	var queries []ledger.SumQuery
	var asked []question
	specs := policy.TotalSpecs()
	for i := from; i < to; i++ {
		for n := range specs {
			spec := &specs[n]
			if spec.Scope == request.Workbook {
				continue
			}
			keys := keyed.Asked(spec, i)
			if spec.LooksAround() && len(keys) > 0 {
				line := keyed.Lines.At(i)
				keys = keyed.Reader.Asked(spec, &line, keyed.Origin, &out[i-from].Near)
			}
			for _, k := range keys {
				asked = append(asked, question{i - from, spec, k})
				queries = append(queries, sumQuery(policy, spec, keyed.Origin, k))
			}
		}
	}
	sums, err := tx.Totals.Sums(ctx, queries)
	if err != nil {
		return nil, err
	}
	var names totalNames
	var alike []ledger.SumQuery
	for n := range asked {
		if asked[n].namesAlike(sums[n]) {
			alike = append(alike, queries[n])
		}
	}
	if err := names.look(ctx, tx, alike); err != nil {
		return nil, err
	}
	values, err := valuesElsewhere(ctx, tx, asked, queries, sums)
	if err != nil {
		return nil, err
	}
	for n := 0; n < len(asked); {
		var sum totals.Adding
		q := asked[n]
		for ; n < len(asked) && asked[n].line == q.line && asked[n].total == q.total; n++ {
			asked[n].addTo(&sum, queries[n], sums[n], values[n], names.known)
		}
		o := &out[q.line]
		if o.Sums == nil {
			o.Sums = map[string]request.Sum{}
		}
		o.Sums[q.total.Name] = sum.Sum(q.total, &o.Near)
	}
	return out, nil
}

// valuesElsewhere are the different values of the sums whose totals count them, beside asked.
func valuesElsewhere(ctx context.Context, tx *ledger.Tx, asked []question, queries []ledger.SumQuery, sums []ledger.Sum) ([][]string, error) {
	var which []int
	var counted []ledger.SumQuery
	for n := range asked {
		if asked[n].total.Distinct != "" && asked[n].key.Sign > 0 && sums[n].Lines > 0 {
			which, counted = append(which, n), append(counted, queries[n])
		}
	}
	found, err := tx.Totals.Values(ctx, counted)
	if err != nil {
		return nil, err
	}
	values := make([][]string, len(asked))
	for i, n := range which {
		values[n] = found[i]
	}
	return values, nil
}

// addTo adds what the ledger has under the question's key to a sum: its amount, the values that its lines have, and the lines of what
// is only alike, which the finding names.
func (q *question) addTo(sum *totals.Adding, query ledger.SumQuery, found ledger.Sum, values []string, named map[ledger.SumQuery]namedLines) {
	if found.Lines == 0 {
		return
	}
	sum.Add(q.key, request.FromMinor(found.Minor, query.Currency).Amount, found.Lines)
	sum.Values(values)
	if q.namesAlike(found) {
		sum.Name(q.key, named[query].all)
	}
}

// nearElsewhere finds what the lines' suppliers and needs are probably the same as, where a total of the policy asks.
func nearElsewhere(ctx context.Context, tx *ledger.Tx, policy *rules.Policy, keyed *totals.LineKeys, from int, out []request.Outside) (err error) {
	names, needs := false, false
	since := keyed.Origin.Received
	specs := policy.TotalSpecs()
	for n := range specs {
		spec := &specs[n]
		if spec.Scope == request.Workbook || !spec.LooksAround() {
			continue
		}
		names, needs = names || spec.Near, needs || spec.AsksNeed()
		if first, _ := spec.Window(keyed.Origin.Received, policy.FiscalStart()); spec.AsksNeed() && first.Before(since) {
			since = first
		}
	}
	if !names && !needs {
		return nil
	}
	if keyed.Reader == nil {
		keyed.Reader = tx.Totals.Reader()
	}
	known := map[string][]request.Alike{} // rows of one workbook often say the same
	find := func(form string, look func() ([]request.Alike, error)) (list []request.Alike, err error) {
		list, ok := known[form]
		if !ok && form != "" {
			list, err = look()
			known[form] = list
		}
		return list, err
	}
	var vocabulary *ledger.Vocabulary
	if needs {
		if vocabulary, err = tx.Totals.Vocabulary(ctx); err != nil {
			return err
		}
	}
	for i := range out {
		line := keyed.Lines.At(from + i)
		near := &out[i].Near
		if v := &line.Values[request.Supplier]; names && v.Given && !v.Faulty {
			near.Suppliers, err = find("supplier "+request.SupplierName(v.Text), func() ([]request.Alike, error) { return tx.Totals.NearNames(ctx, v.Text) })
			if err != nil {
				return err
			}
			near.Suppliers = keyed.Settle(from+i, &line, near.Suppliers)
		}
		if needs {
			text := totals.NeedTextOf(&line)
			near.Needs, err = find("need "+keyed.Reader.Need(text).Form(), func() ([]request.Alike, error) { return tx.Totals.NearNeeds(ctx, vocabulary, text, since) })
			if err != nil {
				return err
			}
		}
	}
	return newSuppliers(ctx, tx, keyed, from, out)
}

// keepNear lets the lines that count be found by those that are alike.
func keepNear(ctx context.Context, tx *ledger.Tx, keying *department.Keying, said *request.Lines, lines []ledger.NewLine) error {
	if !keying.Near() {
		return nil
	}
	var names []string
	var needs []ledger.NewNeed
	for i, line := range said.All() {
		if o := lines[i].Outcome; o != request.Approved && o != request.Escalated {
			continue
		}
		names = append(names, lines[i].Supplier)
		needs = append(needs, ledger.NewNeed{Text: totals.NeedTextOf(line), Day: lines[i].Day})
	}
	if err := tx.Totals.AddNames(ctx, names); err != nil {
		return err
	}
	return tx.Totals.AddNeeds(ctx, needs)
}

// totalLines is how many lines of a total are named to the officer; the sum counts all.
const totalLines = 20

// totalNames names the lines that totals add up. Lines of one workbook often share their keys: each is looked up once.
type totalNames struct {
	policy *rules.Policy
	origin *request.Origin
	known  map[ledger.SumQuery]namedLines
}

// namedLines are the references of lines that count, and those of them that were taken back.
type namedLines struct {
	all   []string
	taken []ledger.TakenLine
}

// add names the lines that the totals of an escalated line add up, so that the officer sees what the finding saw. What the
// workbook replaces must not count any more, and what is in it not yet.
func (n *totalNames) add(ctx context.Context, tx *ledger.Tx, a *judgement.Assessed) error {
	asked, queries := n.asked(a)
	if err := n.look(ctx, tx, queries); err != nil {
		return err
	}
	for at := 0; at < len(asked); {
		spec := asked[at].total
		sum := a.Facts.Totals[spec.Name]
		named := map[string]bool{}
		sum.Lines = slices.Clip(sum.Lines) // shared by all lines with that key
		near := totals.NearIn(&sum)
		sum.Alike = slices.Clone(sum.Alike)
		for ; at < len(asked) && asked[at].total == spec; at++ {
			lines := n.known[queries[at]]
			for i := range lines.taken {
				if t := &lines.taken[i]; !named[t.Reference] {
					sum.TakenBack = append(sum.TakenBack, request.TakenBack{Reference: t.Reference, On: t.On, Until: spec.TakenUntil(t.On)})
				}
			}
			totals.NameAlike(&sum, &near, asked[at].key, lines.all)
			for _, r := range lines.all {
				if !named[r] {
					named[r] = true
					sum.Lines = append(sum.Lines, r)
				}
			}
		}
		a.Facts.Totals[spec.Name] = sum
	}
	return nil
}

// asked are the keys of all totals of a line that add something up, those of one total beside each other, and their questions.
func (n *totalNames) asked(a *judgement.Assessed) (asked []question, queries []ledger.SumQuery) {
	specs := n.policy.TotalSpecs()
	for i := range specs {
		spec := &specs[i]
		sum, there := a.Facts.Totals[spec.Name]
		if !there || spec.Scope == request.Workbook {
			continue
		}
		near := totals.NearIn(&sum)
		for _, k := range totals.Asked(spec, &a.Facts.Line, n.origin, &near) {
			if k.Sign >= 0 {
				asked = append(asked, question{total: spec, key: k})
				queries = append(queries, sumQuery(n.policy, spec, n.origin, k))
			}
		}
	}
	return asked, queries
}

// look reads the lines of all sums that are not known yet at once.
func (n *totalNames) look(ctx context.Context, tx *ledger.Tx, queries []ledger.SumQuery) error {
	if n.known == nil {
		n.known = map[ledger.SumQuery]namedLines{}
	}
	var fresh []ledger.SumQuery
	for _, q := range queries {
		if _, ok := n.known[q]; !ok && !slices.Contains(fresh, q) {
			fresh = append(fresh, q)
		}
	}
	found, err := tx.Totals.LinesOf(ctx, fresh, totalLines)
	if err != nil {
		return err
	}
	for i, q := range fresh {
		lines := namedLines{taken: found[i].Taken}
		for j := range found[i].Taken { // first: they are few, and nobody expects them
			lines.all = append(lines.all, found[i].Taken[j].Reference)
		}
		for j := range found[i].Lines {
			lines.all = append(lines.all, found[i].Lines[j].Reference)
		}
		n.known[q] = lines
	}
	return nil
}
