package request

import (
	"net/mail"
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"
)

var (
	mailAddress = regexp.MustCompile(`^[a-z0-9.!#$%&'*+/=?^_{|}~-]{1,64}@(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z0-9-]{2,63}$`)
)

// The days a request can name. Beyond them a date is a slip of the hand or an empty cell with a date format; the last day of the
// century is what other systems write for never.
var firstDay, lastDay = Date{2000, 1, 1}, Date{2099, 12, 30}

// CheckDay errs with a *Misread when d lies outside 2000 to 2099.
func CheckDay(d Date) error {
	if !d.Before(firstDay) && !d.After(lastDay) {
		return nil
	}
	return unlikelyDay(d)
}

func unlikelyDay(d Date) *Misread {
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
	t := Clean(PlainCode(s))
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

// ParseCurrency reads an ISO 4217 code in any case, or the name or sign of a currency that means one only. The error is a *Misread.
func ParseCurrency(s string) (string, error) {
	code, _, err := ReadCurrency(s)
	return code, err
}

// currencyNames are words that mean a currency in a cell that asks for one, and elsewhere a country or people.
var currencyNames = map[string]string{"canadian": "CAD", "canadien": "CAD", "canada": "CAD", "us": "USD", "usa": "USD", "american": "USD", "americain": "USD", "can": "CAD", "cdn": "CAD"}

// ReadCurrency is ParseCurrency with a note where the currency was not named by its code, sign or full name: CDN, American.
func ReadCurrency(s string) (code string, note Text, err error) {
	if HasControl(s) {
		return "", note, controlMisread()
	}
	t := strings.TrimSuffix(Clean(PlainCode(s)), ".")
	code = strings.ToUpper(t)
	if len(code) == 3 && utf8.RuneCountInString(code) == 3 && currentCurrencies()[code] {
		return code, note, nil
	}
	loose := false
	if len(t) <= maxTyped {
		found := FindCurrency(t)
		code, loose = found.Code, found.Loose || strings.ContainsRune(t, rune(0x20ac)) && t != "€"
		if strings.TrimSpace(found.Rest) != "" {
			code = ""
		}
	}
	if code == "" || !currentCurrencies()[code] {
		if code, loose = currencyNames[Fold(t)], true; code == "" {
			return "", note, misread(CodeUnknownCurrency,
				QuoteEN(s)+" is not a currency code. Write its three letters, such as CAD or USD.",
				QuoteFR(s)+" n’est pas un code de devise. Inscrivez ses trois lettres, comme CAD ou USD.")
		}
	}
	if loose {
		note = Text{EN: QuoteEN(s) + " was read as " + code + ".", FR: QuoteFR(s) + " a été lu comme " + code + "."}
	}
	return code, note, nil
}

// ParseLineReference reads the reference of a line as mails print it, HR-2026-000123-04. The error is a *Misread.
func ParseLineReference(s string) (Reference, error) {
	if HasControl(s) {
		return Reference{}, controlMisread()
	}
	if r, ok := ParseReference(Clean(PlainCode(s))); ok && r.Line > 0 {
		return r, nil
	}
	return Reference{}, misread(CodeNotAReference,
		QuoteEN(s)+" is not the number of a line. Write it as in our mails, such as HR-2026-000123-04.",
		QuoteFR(s)+" n’est pas le numéro d’une ligne. Inscrivez-le comme dans nos courriels, par exemple HR-2026-000123-04.")
}
