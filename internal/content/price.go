package content

import (
	"slices"
	"strings"
	"sync"

	"github.com/shopspring/decimal"
)

// OpenPrice gives the words of a text that leave a price open, as they stand there, "" where none do: up to $5,000, estimated
// cost, billed extra, 900 $ par mois. A price per month with the number of months is not open: see Whole. times is how often
// the price is paid by the line's own quantity, 1 where nothing says so.
func OpenPrice(text string, times decimal.Decimal) string {
	tokens := read(text)
	often := often{text: countsTimes(tokens), quantity: times.GreaterThan(decimal.NewFromInt(1))}
	from, to, ok := find(openPhrases(), tokens, often)
	if !ok && !often.quantity {
		from, to, ok = openRate(tokens)
	}
	if !ok {
		return ""
	}
	return excerpt(text, tokens, from, to)
}

// excerpt is the text of some tokens.
func excerpt(text string, tokens []token, from, to int) string {
	return strings.TrimSpace(text[tokens[from].start:tokens[to-1].end])
}

// TaxExtra gives the words that say that tax comes on top of the price, "" where none do.
func TaxExtra(text string) string {
	tokens := read(text)
	if from, to, ok := find(taxExtraPhrases(), tokens, often{}); ok {
		return excerpt(text, tokens, from, to)
	}
	return ""
}

// Untaxed reports whether a text says that no sales tax is charged.
func Untaxed(text string) bool {
	_, _, ok := find(untaxedPhrases(), read(text), often{})
	return ok
}

// moneyAt reads a sum with its sign: $3,500, 3 500 $, CAD 3,500, 3,500 dollars, 14k$. end is i where there is none.
func moneyAt(tokens []token, i int) (sum decimal.Decimal, written, end int) {
	at := i
	signed := false
	for at < len(tokens) && at < i+3 && tokens[at].is("$", "cad", "us", "usd", "eur", "c", "ca", "can", "~") {
		signed = signed || !tokens[at].is("~")
		at++
	}
	if at >= len(tokens) || !tokens[at].numeric {
		return decimal.Decimal{}, 0, i
	}
	sum = tokens[at].number
	written = at
	at++
	if at < len(tokens) && tokens[at].is("k") {
		sum = sum.Shift(3)
		at++
	}
	for at < len(tokens) && tokens[at].is("$", "dollar", "dollars", "cad", "usd", "euros", "eur") {
		signed = true
		at++
	}
	if !signed {
		return decimal.Decimal{}, 0, i
	}
	return sum, written, at
}

// stretch is a length of time by which prices are paid, in days of a month of 30 and a year of 360; work is counted in
// stretches of its own.
type stretch struct {
	name string
	days int64
}

var stretches = map[string]stretch{
	"hour": {"hour", 0}, "hours": {"hour", 0}, "hr": {"hour", 0}, "hrs": {"hour", 0}, "h": {"hour", 0}, "heure": {"hour", 0}, "heures": {"hour", 0},
	"day": {"day", 1}, "days": {"day", 1}, "jour": {"day", 1}, "jours": {"day", 1}, "diem": {"day", 1},
	"week": {"week", 7}, "weeks": {"week", 7}, "semaine": {"week", 7}, "semaines": {"week", 7},
	"month": {"month", 30}, "months": {"month", 30}, "mo": {"month", 30}, "mois": {"month", 30}, "mos": {"month", 30},
	"quarter": {"quarter", 90}, "quarters": {"quarter", 90}, "trimestre": {"quarter", 90}, "trimestres": {"quarter", 90},
	"year": {"year", 360}, "years": {"year", 360}, "yr": {"year", 360}, "yrs": {"year", 360}, "annum": {"year", 360}, "an": {"year", 360}, "ans": {"year", 360},
	"annee": {"year", 360}, "annees": {"year", 360},
	"sprint": {"sprint", 0}, "sprints": {"sprint", 0}, "session": {"session", 0}, "sessions": {"session", 0}, "seance": {"session", 0}, "seances": {"session", 0},
	"visit": {"visit", 0}, "visits": {"visit", 0}, "visite": {"visit", 0}, "visites": {"visit", 0},
}

// rate is a price for each stretch of something, as it stands in a text.
type rate struct {
	sum      decimal.Decimal
	per      stretch
	from, to int
}

// rateAt reads a rate: $3,500 a month, 3,500 per month, 92 $ l’heure, 1 450 $ par mois, $85/h. own are sums of the line: a
// number that is one of them is a price without a sign too.
func rateAt(tokens []token, i int, own []decimal.Decimal) (rate, bool) {
	sum, _, at := moneyAt(tokens, i)
	bare := at == i
	if bare {
		if !tokens[i].numeric || i > 0 && tokens[i-1].is("$", "/") {
			return rate{}, false
		}
		sum, at = tokens[i].number, i+1
	}
	if at < len(tokens) && tokens[at].is("taxes", "tax", "plus") {
		at++
	}
	joined := false
	for n := 0; n < 2 && at < len(tokens) && tokens[at].is("per", "a", "an", "each", "every", "par", "l", "le", "la", "de", "chaque", "aux", "/", "the"); n++ {
		joined = true
		at++
	}
	if !joined || at >= len(tokens) {
		return rate{}, false
	}
	per, ok := stretches[tokens[at].word]
	if !ok || tokens[at].numeric {
		return rate{}, false
	}
	// A bare number beside a stretch of time may count anything: 2 hours a day.
	if bare && !slices.ContainsFunc(own, sum.Equal) && (sum.LessThan(decimal.NewFromInt(50)) || speaksAbout(tokens, i, at+1, aboutWords)) {
		return rate{}, false
	}
	return rate{sum, per, i, at + 1}, true
}

// maxRates is how many rates of a text are looked at: each is compared with all of it.
const maxRates = 20

// rates are the rates of a text.
func rates(tokens []token, own []decimal.Decimal) (found []rate) {
	for i := 0; i < len(tokens) && len(found) < maxRates; i++ {
		if r, ok := rateAt(tokens, i, own); ok {
			found = append(found, r)
			i = r.to - 1
		}
	}
	return found
}

// times is how many of a rate's stretches a text counts beside it: 12 months, one year, six sprints.
func (r *rate) times(tokens []token) (n decimal.Decimal, ok bool) {
	for i := range tokens {
		if i+1 >= r.from && i < r.to || i+1 >= len(tokens) {
			continue
		}
		count, counts := tokens[i].count()
		if !counts || count.Sign() <= 0 {
			continue
		}
		at := i + 1
		if tokens[at].is("-", "more", "further", "full", "autres") && at+1 < len(tokens) {
			at++
		}
		s, timed := stretches[tokens[at].word]
		if !timed || tokens[at].numeric {
			continue
		}
		switch {
		case s.name == r.per.name:
		case s.days > 0 && r.per.days > 0 && s.days > r.per.days:
			count = count.Mul(decimal.NewFromInt(s.days)).Div(decimal.NewFromInt(r.per.days)).Floor()
		default:
			continue
		}
		if count.GreaterThan(n) {
			n, ok = count, true
		}
	}
	if !ok {
		return r.named(tokens)
	}
	return n, ok
}

// maxNamed is how many times a rate is paid at most for a sum beside it to be read as the whole: five years of months.
const maxNamed = 60

// named is how many times a rate goes into a sum that the text names beside it: twelve for 250 $ par mois (3 000 $).
func (r *rate) named(tokens []token) (n decimal.Decimal, ok bool) {
	for i := range tokens {
		if _, other := rateAt(tokens, i, nil); other || i >= r.from && i < r.to || i > 0 && tokens[i-1].is("$") {
			continue
		}
		sum, _, end := moneyAt(tokens, i)
		if end == i || r.sum.Sign() <= 0 || !sum.Mod(r.sum).IsZero() {
			continue
		}
		if times := sum.Div(r.sum); times.GreaterThan(decimal.NewFromInt(1)) && times.LessThanOrEqual(decimal.NewFromInt(maxNamed)) && times.GreaterThan(n) {
			n, ok = times, true
		}
	}
	return n, ok
}

// countsTimes reports whether a text counts stretches of time or of work, more than one: 12 months, one year.
func countsTimes(tokens []token) bool {
	for i := 0; i+1 < len(tokens); i++ {
		n, ok := tokens[i].count()
		at := i + 1
		if tokens[at].is("-") && at+1 < len(tokens) {
			at++
		}
		s, timed := stretches[tokens[at].word]
		if ok && timed && s.name != "hour" && s.name != "day" && (n.GreaterThan(decimal.NewFromInt(1)) || s.name == "year") {
			return true
		}
	}
	return false
}

// openRate is a rate whose number of times stands nowhere.
func openRate(tokens []token) (from, to int, ok bool) {
	for _, r := range rates(tokens, nil) {
		if _, counted := r.times(tokens); !counted && r.per.name != "year" {
			return r.from, r.to, true
		}
	}
	return 0, 0, false
}

// Whole is what the rates of a text come to over the times that it counts: 42000 for "3,500 a month for 12 months". ok is
// false where it states no such price. words are those of the rate. own are the sums of the line that the text stands on: a
// number without a sign of money that is one of them is a price, whatever is beside it ("data feed, 3,500 a month").
func Whole(text string, own ...decimal.Decimal) (whole decimal.Decimal, words string, ok bool) {
	tokens := read(text)
	for _, r := range rates(tokens, own) {
		n, counted := r.times(tokens)
		if sum := r.sum.Mul(n); counted && sum.GreaterThan(whole) {
			whole, words, ok = sum, excerpt(text, tokens, r.from, r.to), true
		}
	}
	return whole, words, ok
}

var (
	openPhrases     = sync.OnceValue(func() map[string][]phrase { return readPhrases(openPriceTable) })
	taxExtraPhrases = sync.OnceValue(func() map[string][]phrase { return readPhrases(taxExtraTable) })
	untaxedPhrases  = sync.OnceValue(func() map[string][]phrase { return readPhrases(untaxedTable) })
)

// ForeignSum gives the code of the foreign currency in which a text states one of some sums, "" where it states none: a quote of
// USD 8,600 for a line of 8600 dollars of our own.
func ForeignSum(text, own string, sums []decimal.Decimal) string {
	tokens := read(text)
	for i := range tokens {
		if !tokens[i].numeric {
			continue
		}
		for _, at := range [...]int{i - 2, i - 1, i + 1, i + 2} {
			if at < 0 || at >= len(tokens) || (at == i-2 || at == i+2) && !tokens[(at+i)/2].is("$") {
				continue
			}
			code := currencyAt(text, &tokens[at])
			if code != "" && code != own && slices.ContainsFunc(sums, tokens[i].number.Equal) {
				return code
			}
		}
	}
	return ""
}

// currencyAt is the code of the foreign currency that a token names.
func currencyAt(text string, t *token) string {
	switch {
	case t.is("usd", "us"):
		return "USD"
	case t.is("eur", "euro", "euros"), text[t.start:t.end] == "€":
		return "EUR"
	case t.is("gbp", "pounds", "sterling"), text[t.start:t.end] == "£":
		return "GBP"
	}
	return ""
}
