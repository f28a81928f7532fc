package request

import (
	"regexp"
	"strings"

	"github.com/shopspring/decimal"
)

// TypedIn says where somebody typed an amount or a number.
type TypedIn struct {
	Field    Field
	Lang     Lang  // of the form
	Decimals int32 // of the line's currency
}

var (
	// Words that name the tax a column holds anyway.
	taxName = regexp.MustCompile(`^(?i:hst|gst|pst|qst|tax|taxes|tvh|tps|tvq|tvp)\s*[:=]?\s*`)
	// Words that a column says anyway: the price of each, a total with its tax, the most that was authorized.
	eachRemark  = regexp.MustCompile(`(?i)\s*(?:/\s*)?\b(?:ea|each|per unit|ch|chacun|chacune|l'unité|l'unite)\.?$`)
	taxIncluded = regexp.MustCompile(`(?i)[\s,]*\(?\b(?:(?:incl|including|includes)\.?\s+(?:all\s+)?(?:hst|gst|pst|qst|tax|taxes)|tax(?:es)?\s+(?:incl|included)\.?|ttc|taxes?\s+(?:incluses?|comprises?|incl)\.?|tx\s+incl\.?)\)?$`)
	theMost     = regexp.MustCompile(`(?i)^(?:max(?:imum)?\b\.?|up to|not to exceed|nte|at most|jusqu'à|jusqu'a|au plus)\s*:?\s*`)
	// A remark in brackets that says nothing of the amount.
	sourceRemark = regexp.MustCompile(`(?i)\s*\((?:see |as per |per |voir |selon )?(?:the |our |le |la |notre )?(?:attached )?(?:quote|quotation|invoice|offer|devis|soumission|facture|offre)(?: (?:attached|jointe?|ci-jointe?))?(?: (?:no|nº|#)?\.? ?[0-9A-Za-z-]{1,12})?\)$`)
	bareDecimals = regexp.MustCompile(`[.,]\d{3,}$`)
)

// ReadAmount reads typed money as ParseAmount does, where it is typed: a "$" in front makes 1,234 a thousand and more, and what its column says
// anyway (each, taxes included, at most) may stand beside it. The decimals are those of the currency that is written beside the number, if
// any. note says what was taken for granted. The error is a *Misread.
func ReadAmount(s string, in TypedIn) (a Amount, note Text, err error) {
	t := strings.TrimPrefix(Clean(PlainCode(s)), "'")
	if HasControl(s) || len(t) > maxTyped {
		a, err = ParseAmount(s, in.Decimals)
		return a, note, err
	}
	noted := false
	cut := func(pattern *regexp.Regexp, allowed bool) {
		if at := pattern.FindStringIndex(t); allowed && at != nil && at[1]-at[0] < len(t) {
			t, noted = Clean(t[:at[0]]+t[at[1]:]), true
		}
	}
	cut(sourceRemark, true)
	cut(taxName, in.Field == Tax)
	cut(eachRemark, in.Field == UnitPrice)
	cut(taxIncluded, in.Field == Total || in.Field == AuthorizedAmount)
	cut(theMost, in.Field == AuthorizedAmount)
	if whole, ok := groupedDollars(t); ok {
		t = whole
	}
	decimals := in.Decimals
	number, core, err := typedNumber(t)
	if err != nil {
		return Amount{}, note, classify(s)
	}
	found, ok := number.marks()
	if !ok {
		return Amount{}, note, classify(s)
	}
	if found.Code != "" {
		if d, ok := MinorDigits(found.Code); ok && decimals < UnitDecimals {
			decimals = d
		}
	}
	if bareDecimals.MatchString(core) && decimals < 3 && !strings.ContainsAny(core[:strings.LastIndexAny(core, ".,")], "., ") {
		if whole, fraction, why := splitNumber(core); why == clear && fraction != "" && strings.Trim(fraction[min(len(fraction), int(decimals)):], "0") == "" {
			return Amount{}, note, ambiguous(s, whole, fraction)
		}
	}
	n, err := number.decimal(s, core)
	if err != nil {
		return Amount{}, note, err
	}
	if n.IsNegative() {
		return Amount{}, note, misread(CodeNegativeAmount,
			QuoteEN(s)+" is below zero. Write the amount that will be paid; to lower an earlier line, send that line again with its new full amount.",
			QuoteFR(s)+" est inférieur à zéro. Inscrivez le montant qui sera payé; pour réduire une ligne antérieure, renvoyez cette ligne avec son nouveau montant complet.")
	}
	if !n.Equal(n.Truncate(decimals)) {
		_, err := ParseAmount(core, decimals)
		if err == nil {
			err = classify(s)
		}
		return Amount{}, note, err
	}
	whole, fraction, _ := splitNumber(core)
	noted = noted || found.Loose || len(whole) > 1 && whole[0] == '0' && fraction != "" ||
		in.Lang == English && strings.Contains(core, ",") && !strings.ContainsAny(core, ". ") && fraction != "" ||
		strings.Contains(core, ".") && strings.IndexByte(core, ',') > strings.IndexByte(core, '.') && found.Code != "EUR" ||
		PlainCode(s) != s && strings.ContainsFunc(s, isWideDigit)
	if noted {
		note = amountReadText(s, n, found.Code, decimals)
	}
	return Amount{n, found.Code}, note, nil
}

func isWideDigit(r rune) bool { return r >= '\uff10' && r <= '\uff19' }

func amountReadText(s string, n decimal.Decimal, code string, decimals int32) Text {
	plain := n.String()
	if -n.Exponent() <= decimals {
		plain = n.StringFixed(decimals)
	}
	if code != "" {
		code = " " + code
	}
	return Text{EN: QuoteEN(s) + " was read as " + plain + code + ".", FR: QuoteFR(s) + " a été lu comme " + strings.Replace(plain, ".", ",", 1) + code + "."}
}

var dollarsInFront = regexp.MustCompile(`^([A-Z]{0,3} ?\$) ?(\d{1,3}(?:,\d{3})+)$`)

// groupedDollars takes the commas out of $1,234: where the sign stands in front a comma groups, for no price has three decimals.
func groupedDollars(t string) (string, bool) {
	m := dollarsInFront.FindStringSubmatch(t)
	if m == nil {
		return t, false
	}
	return m[1] + strings.ReplaceAll(m[2], ",", ""), true
}

// marks reconciles what stands before and behind a number; ok is false when it is more than one currency.
func (t typed) marks() (f FoundCurrency, ok bool) {
	if t.before == "" && t.after == "" {
		return f, true
	}
	if code, ok := t.currency(); ok {
		country := func(mark string) bool { return strings.Contains(mark, "CDN") || strings.Contains(mark, "CAN") }
		return FoundCurrency{Code: code, Dollar: code == "", Loose: country(t.before) || country(t.after)}, true
	}
	if t.before == "$" && strings.HasPrefix(t.after, "$") {
		return f, false
	}
	f = FindCurrency(strings.Join(strings.Fields(t.lead+" "+t.tail), " "))
	return f, f.Named() && !f.Unclear && strings.Trim(f.Rest, " ()") == ""
}

var (
	unitWords = regexp.MustCompile(`(?i)^(.*\d)\s*(?:ea|each|units?|unités?|unites?|pcs?|pieces?|pièces?|items?|boxes|box|boîtes?|boites?|lots?|forfaits?|lump sum|h|hrs?|hours?|heures?|days?|jours?|weeks?|semaines?|months?|mois|years?|ans?|kg|g|m|km|l|ch|licen[cs]es?|seats?|copies|copy|exemplaires?|sets?|pairs?|paires?|users?|utilisateurs?)\.?$`)
	timesMark = regexp.MustCompile(`^(?:[x×X] ?(\d+)|(\d+) ?[x×X])$`)
)

// oneWords are numbers that people write out.
var oneWords = map[string]int64{"one": 1, "un": 1, "une": 1, "two": 2, "deux": 2, "three": 3, "trois": 3, "four": 4, "quatre": 4, "five": 5, "cinq": 5, "six": 6,
	"seven": 7, "sept": 7, "eight": 8, "huit": 8, "nine": 9, "neuf": 9, "ten": 10, "dix": 10, "twelve": 12, "douze": 12}

// ReadNumber reads a typed quantity as ParseNumber does, with a unit beside it: 12 months, 3 boîtes. A quantity is not below zero. note says what
// was taken for granted. The error is a *Misread.
func ReadNumber(s string, l Lang) (n decimal.Decimal, note Text, err error) {
	t := strings.TrimPrefix(Clean(PlainCode(s)), "'")
	if HasControl(s) || len(t) > maxTyped {
		n, err = ParseNumber(s)
		return n, note, err
	}
	noted := false
	if one, ok := oneWords[strings.ToLower(t)]; ok {
		n = decimal.NewFromInt(one)
		return n, amountReadText(s, n, "", 0), nil
	}
	if t == "½" {
		n = decimal.New(5, -1)
		return n, amountReadText(s, n, "", 1), nil
	}
	if m := timesMark.FindStringSubmatch(t); m != nil {
		t, noted = m[1]+m[2], true
	} else if m := unitWords.FindStringSubmatch(t); m != nil {
		t, noted = m[1], true
	}
	if n, err = ParseNumber(t); err != nil {
		if noted {
			err = classify(s)
		}
		return n, note, err
	}
	if n.IsNegative() {
		return n, note, misread(CodeNegativeAmount, QuoteEN(s)+" is below zero. Write how many will be bought.", QuoteFR(s)+" est inférieur à zéro. Inscrivez la quantité à acheter.")
	}
	french := strings.Contains(t, ",") && !strings.Contains(t, ".") && !n.IsInteger()
	if noted || french {
		note = amountReadText(s, n, "", max(0, -n.Exponent()))
	}
	return n, note, nil
}

// CurrencyOf is the currency that stands beside a typed amount: $1,234.56 US.
func CurrencyOf(s string) FoundCurrency {
	if t, _, err := typedNumber(PlainCode(s)); err == nil {
		if f, ok := t.marks(); ok {
			return f
		}
	}
	return FindCurrency(s)
}
