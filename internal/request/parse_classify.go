package request

import (
	"regexp"
	"strings"

	"golang.org/x/text/unicode/norm"
)

// The words that tell what a text that is no number was meant to be. They run over lower-case text without accents.
var (
	ratePattern = regexp.MustCompile(`(?:/|\bper\b|\bpar\b|\ban\b|\beach\b|\bthe\b|\bl'|\bla\b|\bune?\b)\s*(?:h|hr|hrs|hour|heure|day|d|jour|j|week|wk|semaine|month|mo|mois|year|yr|an|annee)\b\.?|\b(?:hourly|horaire|daily|weekly|monthly|mensuel|per diem|quotidien|journalier)`)
	// A number, a word or sign that spans, another number; or a word that bounds from one side.
	rangePattern    = regexp.MustCompile(`\d[^\d]{0,4}\s*(?:-|–|—|…|\.\.+|\bto\b|\ba\b|\band\b|\bet\b|\bor\b|\bou\b|\bjusqu)[^\d]{0,8}\d|\b(?:between|entre|up to|jusqu|at most|at least|maximum|minimum|max|min|au plus|au moins|less than|more than|moins de|plus de|under|over|from|a partir|starting|not to exceed|nte)\b|[<>≤≥]|\d\s*\+$`)
	estimatePattern = regexp.MustCompile(`[~≈±?]|\+/-|\b(?:approx|approximately|approximate|about|around|roughly|circa|ca|est|estim[a-z]*|environ|env|autour|approximat[a-z]*|a peu pres|tbd|tbc|tba|to be determined|to be confirmed|a determiner|a confirmer|a venir|quote pending|budget[a-z]*)\b`)
	percentPattern  = regexp.MustCompile(`\d\s*%\s*$`)
)

// classify names what a text in a number's place was meant to be, so that the message can say what to write instead.
func classify(s string) *Misread {
	low := s
	if len(low) > 4*maxTyped {
		low = low[:4*maxTyped]
	}
	low = strings.ReplaceAll(plainLower(low), "’", "'")
	switch {
	case ratePattern.MatchString(low):
		return misread(CodeHourlyRate,
			QuoteEN(s)+" is a price per stretch of time. Write the one fixed price that will be paid for the whole work.",
			QuoteFR(s)+" est un prix par unité de temps. Inscrivez le prix fixe qui sera payé pour l’ensemble du travail.")
	case estimatePattern.MatchString(low):
		return misread(CodeEstimate,
			QuoteEN(s)+" is an estimate. Write the one fixed amount that the supplier quoted.",
			QuoteFR(s)+" est une estimation. Inscrivez le montant fixe que le fournisseur a proposé.")
	case rangePattern.MatchString(low):
		return misread(CodeRange,
			QuoteEN(s)+" is a range or a limit, not one amount. Write the one fixed amount that will be paid.",
			QuoteFR(s)+" est une fourchette ou une limite, et non un montant. Inscrivez le montant fixe qui sera payé.")
	case percentPattern.MatchString(low):
		return misread(CodePercentage,
			QuoteEN(s)+" is a percentage. Write the amount that it comes to, such as 1125.00.",
			QuoteFR(s)+" est un pourcentage. Inscrivez le montant qui en résulte, comme 1125,00.")
	}
	return misread(CodeNotANumber,
		QuoteEN(s)+" is not a number that can be read for certain. Write digits only, such as 1234.56.",
		QuoteFR(s)+" n’est pas un nombre que l’on peut lire avec certitude. Inscrivez seulement des chiffres, comme 1234,56.")
}

// plainLower is s in lower case without accents; punctuation stays.
func plainLower(s string) string {
	var b strings.Builder
	for _, r := range norm.NFD.String(strings.ToLower(s)) {
		if r < 0x300 || r > 0x36f {
			b.WriteRune(r)
		}
	}
	return b.String()
}
