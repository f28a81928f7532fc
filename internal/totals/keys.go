// Package totals owns under which keys lines are added up, and by which keys a line's total asks for them: the two differ, for
// a line may ask for what is only probably the same. It is pure: the workbook, the ledger and the past that is judged again
// add up by the same keys.
//
// It refuses to know policies, where sums are kept, and what a sum leads to.
package totals

import (
	"crypto/sha256"
	"encoding/hex"
	"slices"
	"strconv"
	"strings"

	"handrail/internal/request"
)

// Key is one of the keys that a line's total asks for, and with which sign its lines count: total = Σ Sign × lines(Key). No
// line is counted twice.
type Key struct {
	Key  string
	Sign int // +1 or -1
	// Supplier and Need say whose lines these are: 0 the line's own, n the n-th of Near.
	Supplier, Need int
}

// Parts of a key. No text that is compared has any of these characters.
const (
	wordEnd    = "\x1f" // behind each word of By with its value
	valueMark  = "\x1d" // before the value that a total counts the different ones of
	amountMark = "\x1e" // before the amount that a line adds, where that is not its total
)

// mostAsked bounds the keys that one total of one line asks for.
const mostAsked = 2000

// Added are the keys that a line counts under for this total, none when a value that lines must have in common is empty or
// could not be read. They depend neither on the total's name nor on its window, nor on what is alike, so that totals
// share their buckets (request.TotalSpec.SameBuckets). Whether the line counts at all is not asked: see
// request.TotalSpec.Addend.
func Added(s *request.TotalSpec, l *request.Line, o *request.Origin) []string {
	return new(Reader).Added(s, l, o)
}

// Added is Added with a memory.
func (r *Reader) Added(s *request.TotalSpec, l *request.Line, o *request.Origin) []string {
	keys := []string{prefix(s)}
	for _, word := range sorted(s.By) {
		values := r.addedValues(word, l, o)
		if len(values) == 0 {
			return nil
		}
		product := make([]string, 0, len(keys)*len(values))
		for _, k := range keys {
			for _, v := range values {
				product = append(product, k+word+"="+v+wordEnd)
			}
		}
		keys = product
	}
	if len(s.By) == 0 {
		keys[0] += "all" + wordEnd
	}
	return keys
}

// Asked are the keys by which the line's total is asked for, none where Added has none.
func Asked(s *request.TotalSpec, l *request.Line, o *request.Origin, near *request.Near) []Key {
	return new(Reader).Asked(s, l, o, near)
}

// Asked is Asked with a memory.
func (r *Reader) Asked(s *request.TotalSpec, l *request.Line, o *request.Origin, near *request.Near) []Key {
	keys := []Key{{Key: prefix(s), Sign: 1}}
	for _, word := range sorted(s.By) {
		values := r.askedValues(s, word, l, o, near)
		if len(values) == 0 {
			return nil
		}
		if word == request.ByNeed && slices.Contains(s.By, request.BySupplier) {
			suppliers := max(1, len(r.askedValues(s, request.BySupplier, l, o, near)))
			values = values[:min(len(values), max(1, mostAsked/suppliers))]
		}
		product := make([]Key, 0, len(keys)*len(values))
		for _, k := range keys {
			for _, v := range values {
				product = append(product, Key{k.Key + word + "=" + v.Key + wordEnd, k.Sign * v.Sign, k.Supplier + v.Supplier, k.Need + v.Need})
			}
		}
		keys = product
	}
	if len(s.By) == 0 {
		keys[0].Key += "all" + wordEnd
	}
	return keys
}

// prefix tells the buckets of totals apart that count other lines, or another amount.
func prefix(s *request.TotalSpec) string {
	var b strings.Builder
	if s.Of != request.NoField {
		b.WriteString("of=" + s.Of.Info().Name + wordEnd)
	}
	if s.WhereMark != "" {
		b.WriteString("where=" + s.WhereMark + wordEnd)
	}
	return b.String()
}

func sorted(by []string) []string {
	if slices.IsSorted(by) {
		return by
	}
	by = slices.Clone(by)
	slices.Sort(by)
	return by
}

// Unidentified are the fields of the line that the total goes by and that say something which identifies nobody and
// nothing, such as a supplier of marks alone.
func Unidentified(s *request.TotalSpec, l *request.Line, o *request.Origin) []request.Field {
	var fields []request.Field
	for _, by := range s.By {
		if by == request.ByAmends || by == request.ByAuthorization || len(new(Reader).addedValues(by, l, o)) > 0 {
			continue
		}
		given := slices.DeleteFunc(request.ByFields(by), func(f request.Field) bool { v := &l.Values[f]; return !v.Given || v.Faulty })
		if by == request.ByNeed && len(given) > 0 {
			given = []request.Field{request.Description} // a title such as "part two" is filled in: what is missing is said there
		}
		fields = append(fields, given...)
	}
	return fields
}

func textOf(l *request.Line, f request.Field) string {
	if v := &l.Values[f]; v.Given && !v.Faulty {
		return v.Text
	}
	return ""
}

// addedValues are what one By word makes of the line.
func (r *Reader) addedValues(by string, l *request.Line, o *request.Origin) []string {
	if by == request.BySupplier {
		return supplierOf(l).added()
	}
	if v := r.value(by, l, o); v != "" {
		return []string{v}
	}
	return nil
}

// askedValues are what one By word asks for.
func (r *Reader) askedValues(s *request.TotalSpec, by string, l *request.Line, o *request.Origin, near *request.Near) []Key {
	if by == request.BySupplier {
		var around []request.Alike
		if s.Near && near != nil {
			around = near.Suppliers
		}
		return supplierOf(l).asked(around)
	}
	v := r.value(by, l, o)
	if v == "" {
		return nil
	}
	keys := []Key{{Key: v, Sign: 1}}
	if by == request.ByNeed && near != nil {
		for i := range near.Needs {
			keys = append(keys, Key{Key: near.Needs[i].Form, Sign: 1, Need: i + 1})
		}
	}
	return keys
}

// value is what lines must have in common by a word of one value, "" where the line does not say it.
func (r *Reader) value(by string, l *request.Line, o *request.Origin) string {
	switch by {
	case request.ByCostCentre:
		return request.CentreForm(textOf(l, request.CostCentre))
	case request.ByCommodity:
		return request.CompareForm(textOf(l, request.Commodity))
	case request.ByTitle:
		return request.CompareForm(textOf(l, request.Title))
	case request.ByCardholder:
		return mark(request.CompareForm(request.Mailbox(textOf(l, request.Cardholder))))
	case request.ByManager:
		return mark(request.CompareForm(request.Mailbox(textOf(l, request.AuthorizedBy))))
	case request.ByNeed:
		return r.Need(NeedTextOf(l)).Form()
	case request.ByAmends:
		for _, first := range []string{l.Family, textOf(l, request.Amends), l.Reference} {
			if first != "" {
				return strings.ToUpper(first)
			}
		}
		return "row " + strconv.Itoa(l.Row) + " " + l.Sheet // on disk, with no number yet
	case request.ByAuthorization:
		return authorization(l, o)
	case request.ByUnit:
		return request.CompareForm(o.Unit)
	case request.ByRequester:
		if o.Sender != "" {
			return request.CompareForm(request.Mailbox(o.Sender))
		}
		return request.CompareForm(request.Mailbox(o.Email))
	}
	if header, ok := strings.CutPrefix(by, request.ByExtra); ok {
		return request.CompareForm(l.ExtraText(header))
	}
	return ""
}

// mark stands for a person in a key: keys outlive what is disposed of, and name nobody.
func mark(person string) string {
	if person == "" {
		return ""
	}
	sum := sha256.Sum256([]byte(person))
	return hex.EncodeToString(sum[:12])
}

// authorization is what identifies the section 32 authorization that a line cites; "" where it cites none whole. Of a blanket one, which is
// an amount a month, each month is one of its own.
func authorization(l *request.Line, o *request.Origin) string {
	by, on, amount := &l.Values[request.AuthorizedBy], &l.Values[request.AuthorizedOn], &l.Values[request.AuthorizedAmount]
	for _, v := range []*request.Value{by, on, amount} {
		if !v.Given || v.Faulty {
			return ""
		}
	}
	key := mark(request.Mailbox(by.Text)) + " " + on.Date.String() + " " + amount.Number.String()
	if textOf(l, request.AuthorizedKind) == request.BlanketAuthorization {
		key += " " + o.Received.String()[:len("2006-01")]
	}
	return key
}

// Distinct is the value that the total counts the different ones of, "" where it counts none or the line does not say it.
func Distinct(s *request.TotalSpec, l *request.Line, o *request.Origin, fiscalStart int) string {
	switch s.Distinct {
	case "":
		return ""
	case request.BySupplier:
		who := supplierOf(l)
		if who.number != "" {
			return "b:" + who.number
		}
		if who.name != "" {
			return "n:" + who.name
		}
		return ""
	case request.DistinctDay:
		return o.Received.String()
	case request.DistinctFiscalYear:
		year := o.Received.Year
		if int(o.Received.Month) < fiscalStart {
			year--
		}
		return strconv.Itoa(year)
	}
	return new(Reader).value(s.Distinct, l, o)
}

// NameKeys are the first key under which the lines of a supplier's name count, with or without a number, and the first one behind them,
// where that is the first word of what a total goes by.
func NameKeys(form string) (from, to string) {
	from = request.BySupplier + "=a:" + form + wordEnd
	return from, from[:len(from)-len(wordEnd)] + " "
}

// WithValue is the key under which a value of a key's lines is counted.
func WithValue(key, value string) string { return key + valueMark + value }

// ValuesOf are the first key that WithValue makes of a key, and the first one behind them.
func ValuesOf(key string) (from, to string) { return key + valueMark, key + amountMark }

// SplitValue is the key that WithValue was given and the value, "" where it made none.
func SplitValue(key string) (of, value string) {
	of, value, _ = strings.Cut(key, valueMark)
	return of, value
}

// WithAmount notes beside a key what a line adds under it, in minor units, where that is not its total.
func WithAmount(key string, minor int64) string {
	return key + amountMark + strconv.FormatInt(minor, 10)
}

// SplitAmount is the key that WithAmount was given and the amount; has is false for a key without.
func SplitAmount(entry string) (key string, minor int64, has bool) {
	key, digits, has := strings.Cut(entry, amountMark)
	if !has {
		return key, 0, false
	}
	minor, err := strconv.ParseInt(digits, 10, 64)
	return key, minor, err == nil
}
