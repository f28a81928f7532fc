package request

import (
	"regexp"
	"strings"
	"sync"
	"time"

	"golang.org/x/text/currency"
)

// FoundCurrency is what a text says of currencies beside its other words.
type FoundCurrency struct {
	Code    string // ISO 4217; "" when the text names none, or only a sign that many countries use
	Dollar  bool   // a "$" or the word dollars without a country
	Unclear bool   // two currencies, or a sign of several such as ¥
	Loose   bool   // named in a way that is not its code, sign or full name: CDN, American
	Rest    string // the text without them
}

// Named reports whether the text names anything like a currency.
func (f FoundCurrency) Named() bool { return f.Code != "" || f.Dollar || f.Unclear }

type currencyWord struct {
	pattern *regexp.Regexp
	code    string // "$" for a dollar of no country, "?" for a sign of several currencies
	loose   bool
}

// currencyWords are tried in this order; what one takes the next does not see.
var currencyWords = sync.OnceValue(func() []currencyWord {
	word := func(code, pattern string) currencyWord {
		return currencyWord{pattern: regexp.MustCompile(pattern), code: code}
	}
	loose := func(code, pattern string) currencyWord {
		w := word(code, pattern)
		w.loose = true
		return w
	}
	return []currencyWord{
		word("USD", `(?:^|[^A-Za-zÀ-ÿ])(?:US ?\$|U\.S\. ?\$|USD ?\$?)|\$ ?USD?\b|\$ ?U\.S\.|\$ ?(?:É|E)\.?-? ?U\.?(?:$|[^A-Za-zÀ-ÿ])`),
		word("USD", `(?i)\bU\.?S\.? ?dollars?\b|\bUS funds\b|\bAmerican dollars?\b|\bdollars? (?:des )?(?:US\b|américains?|americains?|É\.?-?U\.?|États-Unis)|\bfonds américains`),
		word("CAD", `\b(?:CAD ?\$?|CAN ?\$|CDN ?\$|Cdn ?\$|CA ?\$|C\$)|\$ ?(?:CAD|CA)\b`),
		word("CAD", `(?i)\bCanadian dollars?\b|\bdollars? canadiens?\b|\bCanadian funds\b|\bfonds canadiens`),
		loose("CAD", `\$ ?(?:CAN|CDN|Can|Cdn)\b\.?|\b(?:CDN|Cdn|CAN)\b|(?i:\bdollars? can\b\.?)`),
		word("AUD", `\bAU?\$`), word("NZD", `\bNZ\$`), word("HKD", `\bHK\$`), word("SGD", `\bS\$`), word("MXN", `\bMX\$`), word("TWD", `\bNT\$`), word("BRL", `\bR\$`),
		word("EUR", `€|\bEUR\b|(?i:\beuros?\b)`),
		word("GBP", `£|\bGBP\b|(?i:\bpounds? sterling\b|\blivres? sterling\b)`),
		word("JPY", `\bJPY ?¥?|(?i:\byens?\b)`), word("CNY", `\b(?:CNY|RMB) ?¥?|(?i:\byuans?\b)`),
		word("CHF", `\bCHF\b|(?i:\bSwiss francs?\b|\bfrancs? suisses?\b)`),
		word("INR", `₹|\bINR\b`),
		word("?", `[¥￥]|₩|₽|₪|₺`),
		word("$", `\$|(?i:\bdollars?\b)`),
	}
})

// codeWord is a code among other words. Only what is written in capitals is one: "all" and "try" are words.
var codeWord = regexp.MustCompile(`\b(?:USD|CAD|EUR|GBP|CHF|JPY|CNY|AUD|NZD|HKD|SGD|MXN|BRL|SEK|NOK|DKK|PLN|CZK|HUF|INR|KRW|ZAR|ILS|AED|SAR|THB|TWD)\b`)

// mayNameCurrency is a quick look that leaves out most texts.
func mayNameCurrency(s string) bool {
	capitals := 0
	for i := 0; i < len(s); i++ {
		switch c := s[i]; {
		case c == '$' || c == 0xc2 && i+1 < len(s) && (s[i+1] == 0xa3 || s[i+1] == 0xa5) || c == 0xe2 && i+1 < len(s) && s[i+1] == 0x82 || c == 0xef:
			return true
		case 'A' <= c && c <= 'Z':
			if capitals++; capitals == 3 {
				return true
			}
		case c == 'd' && (strings.HasPrefix(s[i:], "dollar") || strings.HasPrefix(s[i:], "dn")), c == 'D' && strings.HasPrefix(s[i:], "Dollar"),
			c == 'u' && strings.HasPrefix(s[i:], "uro"), c == 'l' && strings.HasPrefix(s[i:], "ling"), c == 'f' && strings.HasPrefix(s[i:], "fund"),
			c == 'f' && strings.HasPrefix(s[i:], "franc"), c == 'y' && (strings.HasPrefix(s[i:], "yuan") || strings.HasPrefix(s[i:], "yen")):
			return true
		default:
			capitals = 0
		}
	}
	return false
}

// FindCurrency finds the currencies that a header, a number format or the words around an amount name.
func FindCurrency(s string) FoundCurrency {
	if !mayNameCurrency(s) {
		return FoundCurrency{Rest: s}
	}
	s = plainSpaces(s)
	var f FoundCurrency
	take := func(code string, loose bool) {
		switch {
		case code == "$":
			f.Dollar = true
		case code == "?" || f.Code != "" && f.Code != code:
			f.Unclear = true
		default:
			f.Code = code
		}
		f.Loose = f.Loose || loose
	}
	for _, w := range currencyWords() {
		if found := w.pattern.FindStringIndex(s); found != nil {
			take(w.code, w.loose)
			s = w.pattern.ReplaceAllString(s, " ")
		}
	}
	for _, code := range codeWord.FindAllString(s, -1) {
		take(code, false)
	}
	f.Rest = codeWord.ReplaceAllString(s, " ")
	if f.Code != "" && f.Dollar {
		f.Dollar = false
		f.Unclear = f.Unclear || !IsDollar(f.Code)
	}
	if f.Unclear {
		f.Code = ""
	}
	return f
}

// IsDollar reports whether a currency is written with "$".
func IsDollar(code string) bool {
	switch code {
	case "CAD", "USD", "AUD", "NZD", "HKD", "SGD", "TWD", "MXN", "BSD", "BBD", "BZD", "BMD", "JMD", "TTD", "XCD", "FJD", "GYD", "KYD", "LRD", "NAD", "SBD", "SRD",
		"ARS", "CLP", "COP", "UYU", "DOP", "CUP":
		return true
	}
	return false
}

// currentCurrencies are the codes that are legal tender somewhere: withdrawn ones, such as CSD, are slips of the hand today.
var currentCurrencies = sync.OnceValue(func() map[string]bool {
	known := map[string]bool{}
	for it := currency.Query(currency.Date(time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC))); it.Next(); {
		known[it.Unit().String()] = true
	}
	return known
})
