package rules

import (
	"math/bits"
	"regexp"
	"slices"
	"strings"

	"handrail/internal/request"
)

// fieldSet is a set of fields of the form, one bit each.
type fieldSet uint64

func setOf(fields ...request.Field) fieldSet {
	var s fieldSet
	for _, f := range fields {
		s |= 1 << f
	}
	return s
}

func (s fieldSet) has(f request.Field) bool { return s&(1<<f) != 0 }

func (s fieldSet) fields() []request.Field {
	var fs []request.Field
	for ; s != 0; s &= s - 1 {
		fs = append(fs, request.Field(bits.TrailingZeros64(uint64(s))))
	}
	return fs
}

var moneyFields = func() fieldSet {
	var s fieldSet
	for _, info := range request.Fields() {
		if info.Kind == request.MoneyKind {
			s |= setOf(info.Field)
		}
	}
	return s
}()

// reads is what an expression looks at, listed once when the policy is loaded, so that judging can see before
// evaluating whether everything is there.
type reads struct {
	fields       fieldSet   // read by value, presence or a total
	needed       fieldSet   // of these, the ones that must not be empty
	supplier     bool       // a total by supplier: a name or a business number must be there
	origin       originPart // read by value
	neededOrigin originPart
	need         bool     // a total by need: a title or a description must be there
	requester    bool     // a total by requester: a sender or an e-mail address must be there
	extra        []string // headers that must not be empty
	problems     fieldSet // asked with problem(): a problem there is an answer, not an obstacle
	budget       bool     // compares with the cost centre's budget
	budgetNeeded bool     // … and does not ask whether there is one
	whole        bool     // reads what a recurring price comes to
	totals       []int
	limits       []int
	sources      []source // in the order of the text, for explanations
}

// add notes that an expression reads a variable.
func (r *reads) add(s source) {
	if !slices.Contains(r.sources, s) {
		r.sources = append(r.sources, s)
	}
	switch s.kind {
	case fieldSource:
		r.fields |= setOf(s.field)
		r.needed |= setOf(s.field)
	case extraSource:
		if !slices.Contains(r.extra, s.header) {
			r.extra = append(r.extra, s.header)
		}
	case originSource:
		r.origin |= s.origin
		r.neededOrigin |= s.origin
	case budgetSource:
		r.budget, r.budgetNeeded = true, true
		r.fields |= setOf(request.CostCentre)
		r.needed |= setOf(request.CostCentre)
	case priceSource:
		r.whole = r.whole || s.index == priceWhole
	case totalSource, countSource, distinctSource:
		if !slices.Contains(r.totals, s.index) {
			r.totals = append(r.totals, s.index)
		}
	case limitSource:
		if !slices.Contains(r.limits, s.index) {
			r.limits = append(r.limits, s.index)
		}
	}
}

// settle adds what totals need, and takes off what the expression asks about itself.
func (r *reads) settle(specs []request.TotalSpec) {
	for _, i := range r.totals {
		r.total(&specs[i])
	}
	for _, s := range r.sources {
		switch s.kind {
		case givenSource:
			switch {
			case s.header != "":
				r.extra = slices.DeleteFunc(r.extra, func(h string) bool {
					return request.CompareForm(h) == request.CompareForm(s.header)
				})
			case s.origin != noOrigin:
				r.neededOrigin &^= s.origin
				if s.origin == senderPart {
					r.requester = false
				}
			default:
				r.fields |= setOf(s.field)
				r.needed &^= setOf(s.field)
				if s.field == request.Supplier || s.field == request.SupplierID {
					r.supplier = false
				}
				if s.field == request.Title || s.field == request.Description {
					r.need = false
				}
			}
		case budgetGivenSource:
			r.budgetNeeded = false
			r.fields |= setOf(request.CostCentre)
			r.needed &^= setOf(request.CostCentre)
		case problemSource:
			r.problems |= setOf(s.field)
			r.fields |= setOf(s.field)
			r.needed &^= setOf(s.field)
		}
	}
	slices.Sort(r.extra)
	r.extra = slices.Compact(r.extra)
}

// total adds what a total reads of its line: what it goes by, and what it adds up.
func (r *reads) total(spec *request.TotalSpec) {
	for _, by := range spec.By {
		switch by {
		case request.BySupplier:
			r.supplier = true
			r.fields |= setOf(request.Supplier, request.SupplierID)
		case request.ByNeed:
			r.need = true
			r.fields |= setOf(request.ByFields(by)...)
		case request.ByUnit:
			r.origin |= unitPart
			r.neededOrigin |= unitPart
		case request.ByRequester:
			r.requester = true
		case request.ByAmends: // a line that amends nothing is a family of its own
			r.fields |= setOf(request.Amends)
		default:
			if header, ok := cutExtra(by); ok {
				r.extra = append(r.extra, header)
				continue
			}
			for _, f := range request.ByFields(by) {
				r.fields |= setOf(f)
				r.needed |= setOf(f)
			}
		}
	}
	if of := spec.Of; of != request.NoField {
		r.fields |= setOf(of)
		r.needed |= setOf(of)
	}
	r.fields |= setOf(request.Total)
	if spec.Scope != request.Elsewhere { // a line whose own total is empty would be missing in the sum
		r.needed |= setOf(request.Total)
	}
}

func cutExtra(by string) (string, bool) {
	if len(by) > len(request.ByExtra) && by[:len(request.ByExtra)] == request.ByExtra {
		return by[len(request.ByExtra):], true
	}
	return "", false
}

// money reports whether amounts of the line take part.
func (r *reads) money() fieldSet { return r.fields & moneyFields }

// presence is a condition that a field is empty, or says nothing.
var presence = regexp.MustCompile(`^!(?:given|says)\("([a-z_]+)"\)$`)

// onlyAsks are the fields of a condition that holds when one of them is empty and asks nothing else:
// !given("terms_accepted"), or several of these joined by ||.
func (x *expression) onlyAsks() (fields []request.Field) {
	for part := range strings.SplitSeq(x.text, "||") { // what is filled in and says nothing is not missing: see judge
		m := presence.FindStringSubmatch(strings.TrimSpace(part))
		if m == nil {
			return nil
		}
		f, ok := request.FieldByName(m[1])
		if !ok {
			return nil
		}
		fields = append(fields, f)
	}
	return fields
}
