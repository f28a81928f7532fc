package registers

import (
	"strings"
	"unicode/utf8"

	edlib "github.com/hbollon/go-edlib"

	"handrail/internal/request"
)

// longestCode is how much of a value is compared with a register, in bytes of its compared form: what is longer is prose.
const longestCode = 64

// candidates is how many values of a register are compared letter by letter with one that it does not have.
const candidates = 64

// alike finds the value of a register that is written most like another one, by what both have in common of three letters each.
type alike struct {
	form   func(value string) string // by which values are compared
	values []string
	forms  []string
	grams  map[string][]int32
}

func newAlike(form func(string) string) *alike { return &alike{form: form} }

func (a *alike) add(value string) { a.values = append(a.values, value) }

// looks writes what looks alike in one way: a letter O is a zero, an l or an I a one.
var looks = strings.NewReplacer("o", "0", "l", "1", "i", "1")

// mailForm is what stands before the @ of an address: all addresses of a department end alike.
func mailForm(address string) string {
	name, _, _ := strings.Cut(address, "@")
	return nearForm(name)
}

// firmForm is a supplier's name as suppliers are compared.
func firmForm(name string) string { return clipped(looks.Replace(request.SupplierName(clipped(name)))) }

func nearForm(s string) string { return clipped(looks.Replace(request.CompareForm(s))) }

// clipped is the beginning of a long text.
func clipped(form string) string {
	if len(form) <= longestCode {
		return form
	}
	form = form[:longestCode]
	for !utf8.ValidString(form) {
		form = form[:len(form)-1]
	}
	return form
}

// gramsOf are the runs of three letters of a form, its ends marked.
func gramsOf(form string) []string {
	r := []rune("\x02" + form + "\x03")
	list := make([]string, 0, len(r))
	for i := 0; i+3 <= len(r); i++ {
		list = append(list, string(r[i:i+3]))
	}
	return list
}

// index makes what was added ready to be searched: once, before anybody does.
func (a *alike) index() {
	a.forms, a.grams = make([]string, len(a.values)), map[string][]int32{}
	for i, v := range a.values {
		a.forms[i] = a.form(v)
		for _, g := range gramsOf(a.forms[i]) {
			if at := a.grams[g]; len(at) == 0 || at[len(at)-1] != int32(i) {
				a.grams[g] = append(at, int32(i))
			}
		}
	}
}

// nearest is the value that is most like another one, "" where none is alike. Of two that are as much alike it is the earlier.
func (a *alike) nearest(value string) string {
	form := a.form(value)
	if utf8.RuneCountInString(form) < 2 {
		return ""
	}
	best, least := "", len(form)+1
	for _, i := range a.sharing(form) {
		other := a.forms[i]
		d := distance(form, other)
		if whole := min(len(form), len(other)); d > 0 && whole >= 4 && (strings.Contains(form, other) || strings.Contains(other, form)) {
			d = min(d, 2) // something was put before or behind it
		}
		if d < least && d <= max(1, min(len(form), len(other))/3) {
			best, least = a.values[i], d
		}
	}
	return best
}

// sharing are the values that have most runs of letters in common with a form, at most candidates of them, in their order.
func (a *alike) sharing(form string) []int32 {
	common := make([]uint8, len(a.forms))
	for _, g := range gramsOf(form) {
		for _, i := range a.grams[g] {
			common[i]++
		}
	}
	var with [longestCode + 3]int // how many values have so many in common
	for _, n := range common {
		with[n]++
	}
	least, more := longestCode+2, 0
	for least > 1 && more+with[least] < candidates {
		more += with[least]
		least--
	}
	room := candidates - more // among those that have the least in common
	var list []int32
	for i, n := range common {
		switch {
		case int(n) > least:
			list = append(list, int32(i))
		case int(n) == least && room > 0:
			room--
			list = append(list, int32(i))
		}
	}
	return list
}

func distance(a, b string) int { return edlib.OSADamerauLevenshteinDistance(a, b) }
