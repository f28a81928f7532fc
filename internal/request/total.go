package request

import (
	"fmt"
	"hash/fnv"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

// SumKey is one bucket that a line's amount is added to, and with which sign that bucket counts when the line's total
// is asked for: total = Σ Sign × sum(Key). A line is *added* to every one of its keys with its plain amount, whatever
// the signs.
//
// Suppliers are the same when their business number is or when their name is, so a line with both has three keys: by
// number, by name, and by both at once, which counts negatively, or lines that share both would count twice.
type SumKey struct {
	Key  string
	Sign int // +1 or -1
}

// KeyForm changes whenever keys are made otherwise than before: lines of the past then get theirs again.
const KeyForm = "key form 2"

// The words that TotalSpec.By takes besides "extra.HEADER".
const (
	BySupplier    = "supplier"
	ByCostCentre  = "cost_centre"
	ByUnit        = "unit"
	ByRequester   = "requester"
	ByCommodity   = "commodity"
	ByAmends      = "amends"      // an original line and all its amendments, and theirs
	ByDescription = "description" // descriptions alike, see needKeys
)

// ByExtra begins a By word that names a column of the form's own.
const ByExtra = "extra."

// TotalBy lists the words that TotalSpec.By takes besides "extra.HEADER".
func TotalBy() []string {
	return []string{BySupplier, ByCostCentre, ByUnit, ByRequester, ByCommodity, ByAmends, ByDescription}
}

// ByFields are the fields of the form that a By word reads. A word that reads several is content with one of them.
func ByFields(by string) []Field {
	switch by {
	case BySupplier:
		return []Field{Supplier, SupplierID}
	case ByCostCentre:
		return []Field{CostCentre}
	case ByCommodity:
		return []Field{Commodity}
	case ByAmends:
		return []Field{Amends}
	case ByDescription:
		return []Field{Description}
	}
	return nil // unit and requester are above the table, extra columns are not the form's
}

// Keys are the buckets that the line belongs to for this total, nil when a value that lines must have in common is
// empty or could not be read. Keys depend on By alone, neither on the name nor on the window, so totals that have By in
// common share their buckets.
func (s TotalSpec) Keys(l *Line, o *Origin) []SumKey {
	if len(s.By) == 1 && s.By[0] == BySupplier { // the commonest, without sorting
		return prefixed("supplier", supplierKeys(l))
	}
	by := s.By
	if !slices.IsSorted(by) {
		by = slices.Clone(by)
		slices.Sort(by)
	}
	keys := []SumKey{{"", 1}}
	for _, word := range by {
		part := partKeys(word, l, o)
		if len(part) == 0 {
			return nil
		}
		product := make([]SumKey, 0, len(keys)*len(part))
		for _, k := range keys {
			for _, p := range part {
				product = append(product, SumKey{k.Key + word + "=" + p.Key + "\x1f", k.Sign * p.Sign})
			}
		}
		keys = product
	}
	return keys
}

// LineKeys makes the keys of the lines of one request, and makes them once: several totals of a policy have By in common,
// and each is asked for in the workbook, in the ledger and when a line is recorded. It is for one goroutine.
type LineKeys struct {
	Origin *Origin
	Lines  *Lines
	made   []madeKeys
}

type madeKeys struct {
	by   []string
	keys [][]SumKey // by line
}

// Of are the keys of line i for a total, as TotalSpec.Keys makes them. Nobody may change them.
func (k *LineKeys) Of(s TotalSpec, i int) []SumKey {
	for _, m := range k.made {
		if slices.Equal(m.by, s.By) {
			return m.keys[i]
		}
	}
	m := madeKeys{by: s.By, keys: make([][]SumKey, k.Lines.Len())}
	for i, line := range k.Lines.All() {
		m.keys[i] = s.Keys(line, k.Origin)
	}
	k.made = append(k.made, m)
	return m.keys[i]
}

func prefixed(word string, keys []SumKey) []SumKey {
	for i := range keys {
		keys[i].Key = word + "=" + keys[i].Key + "\x1f"
	}
	return keys
}

// partKeys are the keys of one By word. A key never contains 0x1f, which parts the words.
func partKeys(by string, l *Line, o *Origin) []SumKey {
	single := func(v string) []SumKey {
		if v == "" {
			return nil
		}
		return []SumKey{{v, 1}}
	}
	text := func(f Field) string {
		if v := &l.Values[f]; v.Given && !v.Faulty {
			return v.Text
		}
		return ""
	}
	switch by {
	case BySupplier:
		return supplierKeys(l)
	case ByCostCentre:
		return single(centreForm(text(CostCentre)))
	case ByCommodity:
		return single(CompareForm(text(Commodity)))
	case ByDescription:
		return needKeys(text(Description))
	case ByAmends:
		for _, first := range []string{l.Family, text(Amends), l.Reference} {
			if first != "" {
				return single(strings.ToUpper(first))
			}
		}
		return single("row " + strconv.Itoa(l.Row)) // on disk, with no number yet
	case ByUnit:
		return single(CompareForm(o.Unit))
	case ByRequester:
		if o.Sender != "" {
			return single(CompareForm(Mailbox(o.Sender)))
		}
		return single(CompareForm(Mailbox(o.Email)))
	}
	if header, ok := strings.CutPrefix(by, ByExtra); ok {
		return single(CompareForm(l.ExtraText(header)))
	}
	return nil
}

// centreForm is a cost centre without the zeros before it: a spreadsheet keeps those of a text and drops those of a number.
func centreForm(s string) string {
	form := CompareForm(s)
	if strings.Trim(form, "0123456789") != "" {
		return form
	}
	if short := strings.TrimLeft(form, "0"); short != "" {
		return short
	}
	return form
}

// supplierKeys are the keys of the supplier on a line. A name or a number that identifies nobody is no key.
func supplierKeys(l *Line) []SumKey {
	var name, id string
	if v := &l.Values[Supplier]; v.Given && !v.Faulty {
		name = SupplierName(v.Text)
	}
	if v := &l.Values[SupplierID]; v.Given && !v.Faulty {
		id = BusinessNumber(v.Text)
	}
	switch {
	case name == "" && id == "":
		return nil
	case id == "":
		return []SumKey{{"n:" + name, 1}}
	case name == "":
		return []SumKey{{"b:" + id, 1}}
	}
	return []SumKey{{"b:" + id, 1}, {"n:" + name, 1}, {"b:" + id + "&n:" + name, -1}}
}

// ExtraText is the text of a column of the form's own, found by its header whatever its case, accents, punctuation and
// spacing; "" when there is none. When two headers compare the same, the alphabetically first one that says something
// counts.
func (l *Line) ExtraText(header string) string {
	if v, ok := l.Extra[header]; ok && v != "" {
		return v
	}
	want := CompareForm(header)
	found, text := "", ""
	for h, v := range l.Extra {
		if v != "" && CompareForm(h) == want && (found == "" || h < found) {
			found, text = h, v
		}
	}
	return text
}

// CompareForm is a text by which codes, headers and names of units are compared: case, accents, punctuation, spacing
// and invisible characters do not count, letters of other scripts that look like Latin ones are those, and digits are
// digits in whatever script. A text with nothing but punctuation stays as it is.
func CompareForm(s string) string {
	plain := true
	for i := 0; i < len(s); i++ {
		c := s[i]
		if !(c >= 'a' && c <= 'z' || c >= '0' && c <= '9') {
			plain = false
			break
		}
	}
	if plain {
		return s
	}
	var b strings.Builder
	for _, r := range norm.NFKD.String(strings.Map(latinTwin, s)) {
		switch r = latinTwin(r); {
		case unicode.IsDigit(r):
			b.WriteByte('0' + byte(digitValue(r)))
		case unicode.IsLetter(r):
			b.WriteRune(unicode.ToLower(r))
		}
	}
	if b.Len() == 0 {
		return strings.Map(func(r rune) rune {
			if r < ' ' {
				return -1
			}
			return r
		}, strings.TrimSpace(s))
	}
	return b.String()
}

// needBands and needRows shape the signature by which descriptions are found alike: texts that share 8 words in 10
// share at least one band nearly always (95 in 100), texts that share 3 in 10 rarely do (9 in 100).
const (
	needBands = 3
	needRows  = 3
)

// needKeys are the buckets of a description: three bands of a MinHash signature of its words, so that descriptions that
// are alike, in any order of words, meet in a bucket and day buckets still give their sums. A line belongs to the union
// of its bands, hence the signs (inclusion and exclusion).
func needKeys(text string) []SumKey {
	words := NeedWords(text)
	if len(words) == 0 {
		return nil
	}
	var mins [needBands * needRows]uint64
	for i := range mins {
		mins[i] = ^uint64(0)
	}
	for _, w := range words {
		h := fnv.New64a()
		_, _ = h.Write([]byte(w))
		base := h.Sum64()
		for i := range mins {
			mins[i] = min(mins[i], mix(base+uint64(i)*0x9e3779b97f4a7c15))
		}
	}
	var bands [needBands]string
	for i := range bands {
		var sum uint64
		for _, m := range mins[i*needRows : (i+1)*needRows] {
			sum = mix(sum ^ m)
		}
		bands[i] = strconv.Itoa(i) + ":" + strconv.FormatUint(sum, 36)
	}
	var keys []SumKey
	for set := 1; set < 1<<needBands; set++ {
		key, sign := "", -1
		for i, band := range bands {
			if set&(1<<i) != 0 {
				key += band + "&"
				sign = -sign
			}
		}
		keys = append(keys, SumKey{key, sign})
	}
	return keys
}

// mix is the finalizer of SplitMix64, a fixed permutation of 64-bit numbers.
func mix(x uint64) uint64 {
	x ^= x >> 30
	x *= 0xbf58476d1ce4e5b9
	x ^= x >> 27
	x *= 0x94d049bb133111eb
	return x ^ x>>31
}

// NeedWords are the words of a description that say what is wanted: folded, without accents, English and French
// function words and plural endings, each once, sorted.
func NeedWords(s string) []string {
	var words []string
	s = strings.Map(func(r rune) rune {
		if invisible(r) {
			return -1
		}
		return latinTwin(r)
	}, s)
	for _, w := range strings.FieldsFunc(strings.ToLower(norm.NFKD.String(s)), func(r rune) bool {
		return !unicode.IsLetter(r) && !unicode.IsDigit(r) && !unicode.Is(unicode.Mn, r)
	}) {
		w = strings.Map(func(r rune) rune {
			if unicode.Is(unicode.Mn, r) {
				return -1
			}
			return r
		}, w)
		if functionWords[w] || w == "" {
			continue
		}
		if len(w) > 3 {
			w = strings.TrimSuffix(w, "s")
		}
		words = append(words, w)
	}
	slices.Sort(words)
	return slices.Compact(words)
}

var functionWords = map[string]bool{
	"a": true, "an": true, "the": true, "of": true, "and": true, "or": true, "for": true, "to": true, "in": true, "on": true, "with": true,
	"at": true, "by": true, "from": true, "our": true, "its": true, "is": true, "are": true, "be": true, "this": true, "that": true,
	"le": true, "la": true, "les": true, "un": true, "une": true, "des": true, "du": true, "de": true, "d": true, "l": true, "et": true,
	"ou": true, "pour": true, "dans": true, "sur": true, "avec": true, "par": true, "en": true, "au": true, "aux": true, "notre": true,
	"ce": true, "cette": true, "est": true, "sont": true,
}

// Window is the days whose lines count beside a line of day d, both included: those that lie with d in n days, or in d's
// fiscal quarter or year. fiscalStart is the month in which the fiscal year begins. For a line that is judged in its turn
// they end at d, for nothing later is known yet. A line that is judged late, because its mail was held back or another
// worker was faster, also counts what was judged before it: else two halves would pass in one order and not in the other.
func (s TotalSpec) Window(d Date, fiscalStart time.Month) (from, to Date) {
	start := FiscalYearStart(d, fiscalStart)
	month := func(n int) Date {
		return DateOf(time.Date(start.Year, start.Month+time.Month(n), 1, 0, 0, 0, 0, time.UTC))
	}
	switch s.Period {
	case "year":
		return start, month(12).AddDays(-1)
	case "quarter":
		first := ((d.Year-start.Year)*12 + int(d.Month) - int(start.Month)) / 3 * 3
		return month(first), month(first + 3).AddDays(-1)
	}
	return d.AddDays(1 - s.Days), d.AddDays(s.Days - 1)
}

// FiscalYearStart is the first day of the fiscal year that d lies in.
func FiscalYearStart(d Date, fiscalStart time.Month) Date {
	year := d.Year
	if d.Month < fiscalStart {
		year--
	}
	return Date{year, fiscalStart, 1}
}

// Countable is the amount that a line adds to totals: its total, when that can be read, is positive and is in the
// policy's currency. Negative amounts count zero, so that a credit note is never a way under a limit.
func (l *Line) Countable(currency string) (Money, bool) {
	v := &l.Values[Total]
	if !v.Given || v.Faulty || v.Number.Sign() <= 0 || l.Values[Currency].Faulty || l.Currency(currency) != currency {
		return Money{}, false
	}
	return Money{v.Number, currency}, true
}

// String describes the total for people who read a policy: "supplier and cost_centre over 365 days".
func (s TotalSpec) String() string {
	over := fmt.Sprintf("over %d days", s.Days)
	switch {
	case s.Scope == Workbook:
		over = "in one workbook"
	case s.Period != "":
		over = "in the fiscal " + s.Period
	}
	if s.Scope == Elsewhere {
		over += ", this workbook left out"
	}
	return strings.Join(s.By, " and ") + " " + over
}
