package request

import (
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

// KeyForm changes whenever keys are made otherwise than before: lines of the past then get theirs again.
const KeyForm = "key form 3"

// The words that TotalSpec.By takes besides "extra.HEADER".
const (
	BySupplier   = "supplier"
	ByCostCentre = "cost_centre"
	ByUnit       = "unit"
	ByRequester  = "requester"
	ByCommodity  = "commodity"
	ByAmends     = "amends" // an original line and all its amendments, and theirs
	ByNeed       = "need"   // titles and descriptions alike
	ByCardholder = "cardholder"
	ByTitle      = "title"
	ByManager    = "manager" // who authorized the money
	// ByAuthorization is the section 32 authorization: its manager, date and amount, of a blanket one the month as well.
	ByAuthorization = "authorization"
)

// ByDescription is what ByNeed was called before; policies of then say it still.
const ByDescription = "description"

// ByExtra begins a By word that names a column of the form's own.
const ByExtra = "extra."

// TotalBy lists the words that TotalSpec.By takes besides "extra.HEADER".
func TotalBy() []string {
	return []string{BySupplier, ByCostCentre, ByUnit, ByRequester, ByCommodity, ByAmends, ByNeed, ByCardholder, ByTitle, ByManager, ByAuthorization}
}

// The words that TotalSpec.Distinct takes, which are no By words.
const (
	DistinctDay        = "day"
	DistinctFiscalYear = "fiscal_year"
)

// TotalDistinct lists the words that TotalSpec.Distinct takes.
func TotalDistinct() []string {
	return []string{BySupplier, ByRequester, ByCardholder, ByUnit, ByCostCentre, DistinctFiscalYear, DistinctDay}
}

// TotalOf lists the amounts that a total may add up instead of the line's total.
func TotalOf() []Field { return []Field{Net, Tax, AuthorizedAmount} }

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
	case ByNeed:
		return []Field{Title, TitleOther, Description}
	case ByCardholder:
		return []Field{Cardholder}
	case ByTitle:
		return []Field{Title}
	case ByManager:
		return []Field{AuthorizedBy}
	case ByAuthorization:
		return []Field{AuthorizedBy, AuthorizedOn, AuthorizedAmount}
	}
	return nil // unit and requester are above the table, extra columns are not the form's
}

// AsksNeed reports whether the total goes by what is wanted, and so by texts that are alike.
func (s *TotalSpec) AsksNeed() bool {
	return slices.Contains(s.By, ByNeed)
}

// LooksAround reports whether a line's total adds up what is only probably the same: such totals take [Near].
func (s *TotalSpec) LooksAround() bool { return s.Near || s.AsksNeed() }

// SameBuckets reports whether two totals count lines under the same keys.
func (s *TotalSpec) SameBuckets(o *TotalSpec) bool {
	return slices.Equal(s.By, o.By) && s.WhereMark == o.WhereMark && s.Of == o.Of && s.Distinct == o.Distinct
}

// CentreForm is a cost centre without the zeros before it: a spreadsheet keeps those of a text and drops those of a number.
func CentreForm(s string) string {
	form := CompareForm(s)
	if strings.Trim(form, "0123456789") != "" {
		return form
	}
	if short := strings.TrimLeft(form, "0"); short != "" {
		return short
	}
	return form
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

// Addend is the amount that a line adds to this total: its total, or the amount that Of names, when that can be read, is
// positive and is in the policy's currency. Negative amounts count zero, so that a credit note is never a way under a limit.
// A line that Where leaves out adds nothing; neither does one whose total is not countable.
func (s *TotalSpec) Addend(l *Line, o *Origin, currency string) (Money, bool) {
	amount, ok := l.Countable(currency)
	if !ok || s.Counts != nil && !s.Counts(l, o) {
		return Money{}, false
	}
	if s.Of == NoField {
		return amount, true
	}
	v := &l.Values[s.Of]
	if !v.Given || v.Faulty || v.Number.Sign() <= 0 {
		return Money{}, false
	}
	return Money{v.Number, currency}, true
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
	what := "everything"
	if len(s.By) > 0 {
		what = strings.Join(s.By, " and ")
	}
	if s.Near {
		what += ", near names too"
	}
	if s.Where != "" {
		over += ", where " + s.Where
	}
	return what + " " + over
}
