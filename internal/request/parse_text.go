package request

import (
	"net/mail"
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"
)

var (
	isoDay      = regexp.MustCompile(`^\d{4}-\d{2}-\d{2}$`)
	numericDay  = regexp.MustCompile(`^\d{1,2}[/.\- ]\d{1,2}[/.\- ](?:\d{4}|\d{2})$`)
	mailAddress = regexp.MustCompile(`^[a-z0-9.!#$%&'*+/=?^_{|}~-]{1,64}@(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z0-9-]{2,63}$`)
)

// The days a request can name. Beyond them a date is a slip of the hand or an empty cell with a date format.
var firstDay, lastDay = Date{2000, 1, 1}, Date{2099, 12, 31}

// ParseDay reads a typed day, 2026-12-01 and nothing else: 01/12/2026 is two different days to two readers. The error
// is a *Misread.
func ParseDay(s string) (Date, error) {
	if HasControl(s) {
		return Date{}, controlMisread()
	}
	t := Clean(s)
	if isoDay.MatchString(t) {
		d, err := ParseDate(t)
		if err == nil {
			return d, CheckDay(d)
		}
		return Date{}, misread(CodeNotADate,
			QuoteEN(s)+" is not a day of the calendar. Write year-month-day, such as 2026-12-01.",
			QuoteFR(s)+" n’est pas un jour du calendrier. Inscrivez année-mois-jour, comme 2026-12-01.")
	}
	if numericDay.MatchString(t) {
		return Date{}, misread(CodeAmbiguousDate,
			QuoteEN(s)+" does not say for certain which number is the day and which the month. Write year-month-day, such as 2026-12-01.",
			QuoteFR(s)+" ne dit pas avec certitude quel nombre est le jour et lequel est le mois. Inscrivez année-mois-jour, comme 2026-12-01.")
	}
	return Date{}, misread(CodeNotADate,
		QuoteEN(s)+" is not a date that can be read for certain. Write year-month-day, such as 2026-12-01.",
		QuoteFR(s)+" n’est pas une date que l’on peut lire avec certitude. Inscrivez année-mois-jour, comme 2026-12-01.")
}

// CheckDay errs with a *Misread when d lies outside 2000 to 2099.
func CheckDay(d Date) error {
	if !d.Before(firstDay) && !d.After(lastDay) {
		return nil
	}
	return misread(CodeUnlikelyDate,
		"The date "+d.String()+" cannot be meant. Write the day as year-month-day, such as 2026-12-01.",
		"La date "+d.String()+" ne peut pas être la bonne. Inscrivez le jour sous la forme année-mois-jour, comme 2026-12-01.")
}

// ParseEmail reads one e-mail address: bare, after mailto:, or behind a name as in Anna Roy <anna.roy@example.ca>. It
// gives the address in lower case. Addresses with letters beyond ASCII are refused, since two of them can look the
// same. The error is a *Misread.
func ParseEmail(s string) (string, error) {
	if HasControl(s) {
		return "", controlMisread()
	}
	t := Clean(s)
	if len(t) >= 7 && strings.EqualFold(t[:7], "mailto:") {
		t, _, _ = strings.Cut(t[7:], "?")
	}
	t = strings.TrimSuffix(t, ";")
	if len(t) > longestAddress {
		return "", notAnAddress(s)
	}
	// A name with an address in it is the oldest trick to show one and mean another.
	if a, err := mail.ParseAddress(t); err == nil && !strings.Contains(a.Name, "@") {
		if low := strings.ToLower(a.Address); len(low) <= 254 && mailAddress.MatchString(low) && !strings.Contains(low, "..") {
			return low, nil
		}
		if strings.ContainsFunc(a.Address, func(r rune) bool { return r > unicode.MaxASCII }) {
			return "", misread(CodeNotAnAddress,
				QuoteEN(s)+" has other letters than a to z, and two such addresses can look the same. Write an address without them. Your own can be left out: we write to whoever mails the form.",
				QuoteFR(s)+" contient d’autres lettres que a à z, et deux adresses de ce genre peuvent se ressembler. Inscrivez une adresse qui n’en contient pas. La vôtre peut être omise\u00a0: nous écrivons à la personne qui envoie le formulaire.")
		}
	}
	if strings.Count(t, "@") > 1 {
		return "", misread(CodeSeveralAddresses,
			QuoteEN(s)+" is more than one e-mail address. Write exactly one.",
			QuoteFR(s)+" contient plus d’une adresse de courriel. Inscrivez-en une seule.")
	}
	return "", notAnAddress(s)
}

// longestAddress is that of an address with a name and a remark; what is longer is prose, and is not taken apart.
const longestAddress = 1000

func notAnAddress(s string) *Misread {
	return misread(CodeNotAnAddress,
		QuoteEN(s)+" is not an e-mail address. Write it in full, such as anna.roy@example.ca.",
		QuoteFR(s)+" n’est pas une adresse de courriel. Inscrivez-la au complet, comme anna.roy@example.ca.")
}

// ParseCurrency reads an ISO 4217 code in any case. The error is a *Misread.
func ParseCurrency(s string) (string, error) {
	if HasControl(s) {
		return "", controlMisread()
	}
	code := strings.ToUpper(Clean(s))
	if len(code) == 3 && utf8.RuneCountInString(code) == 3 {
		if _, ok := MinorDigits(code); ok {
			return code, nil
		}
	}
	return "", misread(CodeUnknownCurrency,
		QuoteEN(s)+" is not a currency code. Write its three letters, such as CAD or USD.",
		QuoteFR(s)+" n’est pas un code de devise. Inscrivez ses trois lettres, comme CAD ou USD.")
}

// ParseLineReference reads the reference of a line as mails print it, HR-2026-000123-04. The error is a *Misread.
func ParseLineReference(s string) (Reference, error) {
	if HasControl(s) {
		return Reference{}, controlMisread()
	}
	if r, ok := ParseReference(Clean(s)); ok && r.Line > 0 {
		return r, nil
	}
	return Reference{}, misread(CodeNotAReference,
		QuoteEN(s)+" is not the number of a line. Write it as in our mails, such as HR-2026-000123-04.",
		QuoteFR(s)+" n’est pas le numéro d’une ligne. Inscrivez-le comme dans nos courriels, par exemple HR-2026-000123-04.")
}
