// Package guarded knows what of a changed list or setting could turn a no into a yes: what only narrows counts at once, what widens waits for
// the owners of the rules. It is pure, and says every difference as a row in words.
//
// It refuses to know who the owners are, how they are asked, and where anything is kept.
package guarded

import (
	"fmt"
	"slices"
	"strings"

	"github.com/shopspring/decimal"

	"handrail/internal/request"
)

// Row is one difference.
type Row struct {
	What          request.Text // whose, or of what
	Before, After request.Text // empty: nothing
	// Widens: it could turn a no into a yes, and waits for owners.
	Widens bool
}

// Words says the difference as one sentence.
func (r *Row) Words() request.Text {
	or := func(s, none string) string {
		if s == "" {
			return none
		}
		return s
	}
	return request.Text{
		EN: fmt.Sprintf("%s: before %s; now %s.", r.What.EN, or(r.Before.EN, "nothing"), or(r.After.EN, "nothing")),
		FR: fmt.Sprintf("%s\u00a0: avant, %s; maintenant, %s.", r.What.FR, or(r.Before.FR, "rien"), or(r.After.FR, "rien")),
	}
}

// Widening are the rows that wait for owners.
func Widening(rows []Row) []Row {
	return slices.DeleteFunc(slices.Clone(rows), func(r Row) bool { return !r.Widens })
}

// Narrowing are the rows that count at once.
func Narrowing(rows []Row) []Row {
	return slices.DeleteFunc(slices.Clone(rows), func(r Row) bool { return r.Widens })
}

// same is a text that is the same in both languages.
func same(s string) request.Text { return request.Text{EN: s, FR: s} }

// part is a property of something: "Dana Whitfield, limit".
func part(of, en, fr string) request.Text {
	return request.Text{EN: of + ", " + en, FR: of + ", " + fr}
}

// How a value of a setting or of an entry widens.
type rule int

const (
	neutral    rule = iota // it widens nothing
	anyChange              // whatever else it is
	higher                 // a higher number
	lower                  // a lower number
	more                   // another entry in the list
	moreOrNone             // another entry in the list, or no list, which means all
	switchedOn             // "true"
)

// widens compares a value as lists; a value that is no list has one entry.
func (r rule) widens(before, after []string) bool {
	if equal(before, after) {
		return false
	}
	added := slices.ContainsFunc(after, func(s string) bool { return !contains(before, s) })
	switch r {
	case neutral:
		return false
	case higher, lower:
		b, errB := decimal.NewFromString(strings.Join(before, ""))
		a, errA := decimal.NewFromString(strings.Join(after, ""))
		return errB != nil || errA != nil || r == higher && a.GreaterThan(b) || r == lower && a.LessThan(b)
	case more:
		return added
	case moreOrNone:
		return len(before) > 0 && (len(after) == 0 || added)
	case switchedOn:
		return strings.Join(after, "") == "true"
	}
	return true
}

// meet is what of a value counts at once where the new one widens: of a list what both have, where that is not all.
func (r rule) meet(before, after []string) []string {
	if r != more {
		return before
	}
	return slices.DeleteFunc(slices.Clone(before), func(s string) bool { return !contains(after, s) })
}

func contains(list []string, s string) bool {
	return slices.ContainsFunc(list, func(x string) bool { return strings.EqualFold(strings.TrimSpace(x), strings.TrimSpace(s)) })
}

// equal reports whether two lists have the same entries, in whatever order.
func equal(a, b []string) bool {
	sort := func(l []string) []string {
		l = slices.Clone(l)
		slices.Sort(l)
		return l
	}
	return slices.Equal(sort(a), sort(b))
}

// saidList says a list; none is what an empty one means.
func saidList(list []string, none request.Text) request.Text {
	if len(list) == 0 {
		return none
	}
	return same(strings.Join(list, "; "))
}

var (
	nothing = request.Text{EN: "nothing", FR: "rien"}
	all     = request.Text{EN: "all", FR: "tout"}
)
