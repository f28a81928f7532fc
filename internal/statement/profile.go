package statement

import (
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/unicode"

	"handrail/internal/request"
)

// Profile is what a department says once of the files that a sender mails: [[finance.reconcile.statement]]. What it does not say is
// found out from the file.
type Profile struct {
	Senders []string `toml:"senders" json:"senders,omitempty"`
	// Columns is which column holds a field: its header, or, where no header is so called, its place: "C" or "3".
	Columns map[string]string `toml:"columns,omitempty" json:"columns,omitempty"`
	// NoHeader says that the first row is a charge already: Columns are places.
	NoHeader bool `toml:"no_header,omitempty" json:"no_header,omitempty"`
	// Purchases is "negative" or "positive": the sign that the bank gives them; "" is found out.
	Purchases string   `toml:"purchases,omitempty" json:"purchases,omitempty"`
	Encoding  string   `toml:"encoding,omitempty" json:"encoding,omitempty"` // see encodings; "" is found out
	Dates     string   `toml:"dates,omitempty" json:"dates,omitempty"`       // see orders; "" is found out
	Decimal   string   `toml:"decimal,omitempty" json:"decimal,omitempty"`   // "point", "comma", or "cents" for whole numbers of cents; "" is found out
	Currency  string   `toml:"currency,omitempty" json:"currency,omitempty"` // of amounts without one, ISO 4217
	Pending   []string `toml:"pending,omitempty" json:"pending,omitempty"`   // further words of the status
	Posted    []string `toml:"posted,omitempty" json:"posted,omitempty"`
	Declined  []string `toml:"declined,omitempty" json:"declined,omitempty"`
	Card      string   `toml:"card,omitempty" json:"card,omitempty"` // last four digits, where the file lacks them
}

// encodings are the encodings that a profile may name.
var encodings = map[string]encoding.Encoding{
	"utf-8": unicode.UTF8, "utf-16le": unicode.UTF16(unicode.LittleEndian, unicode.UseBOM), "utf-16be": unicode.UTF16(unicode.BigEndian, unicode.UseBOM),
	"windows-1252": charmap.Windows1252, "iso-8859-1": charmap.ISO8859_1, "iso-8859-15": charmap.ISO8859_15, "macintosh": charmap.Macintosh,
	"ibm850": charmap.CodePage850, "ibm437": charmap.CodePage437,
}

// orders are the ways in which a profile may say that the three numbers of a date stand.
var orders = map[string]dateOrder{"excel": excelDays, "day-month-year": dayFirst, "month-day-year": monthFirst, "year-month-day": yearFirst}

var marks = map[string]decimalStyle{"point": pointMark, "comma": commaMark}

// CheckProfiles names every mistake in the profiles of a configuration, a line each.
func CheckProfiles(profiles []Profile) error {
	var mistakes []error
	seen := map[string]int{}
	for i := range profiles {
		at := fmt.Sprintf("statement[%d]", i)
		for _, m := range profiles[i].mistakes() {
			mistakes = append(mistakes, fmt.Errorf("%s.%w", at, m))
		}
		for _, s := range profiles[i].Senders {
			key := strings.ToLower(strings.TrimSpace(s))
			if other, ok := seen[key]; ok {
				mistakes = append(mistakes, fmt.Errorf("%s.senders: %q has statement[%d] already; one profile a sender", at, s, other))
			}
			seen[key] = i
		}
	}
	return errors.Join(mistakes...)
}

func (p *Profile) mistakes() []error {
	var all []error
	bad := func(format string, args ...any) { all = append(all, fmt.Errorf(format, args...)) }
	if len(p.Senders) == 0 {
		bad("senders: a profile names the addresses whose files it is for")
	}
	for _, s := range p.Senders {
		if !strings.Contains(s, "@") {
			bad("senders: %q is not an address", s)
		}
	}
	oneOf(bad, "purchases", p.Purchases, []string{"negative", "positive"})
	oneOf(bad, "encoding", p.Encoding, slices.Sorted(maps.Keys(encodings)))
	oneOf(bad, "dates", p.Dates, slices.Sorted(maps.Keys(orders)))
	oneOf(bad, "decimal", p.Decimal, []string{"point", "comma", "cents"})
	if _, ok := request.MinorDigits(p.Currency); p.Currency != "" && !ok {
		bad("currency: %q is not an ISO 4217 code such as CAD", p.Currency)
	}
	if p.Card != "" && (len(p.Card) != 4 || !allDigits(p.Card)) {
		bad("card: write the last four digits alone")
	}
	return append(append(all, p.columnMistakes()...), p.wordMistakes()...)
}

func oneOf(bad func(string, ...any), key, value string, allowed []string) {
	if value != "" && !slices.Contains(allowed, value) {
		bad("%s: %q is none of %s", key, value, strings.Join(allowed, ", "))
	}
}

func (p *Profile) columnMistakes() []error {
	var all []error
	taken := map[string]string{}
	for _, name := range slices.Sorted(maps.Keys(p.Columns)) {
		column := p.Columns[name]
		key := request.Fold(column)
		if n := place(column); n > 0 && p.NoHeader {
			key = strconv.Itoa(n)
		}
		switch other, again := taken[key]; {
		case fieldNames[name] == noField:
			all = append(all, fmt.Errorf("columns.%s: a statement has no such field", name))
		case key == "":
			all = append(all, fmt.Errorf("columns.%s: %q is no header and no place such as C or 3", name, column))
		case p.NoHeader && place(column) == 0:
			all = append(all, fmt.Errorf("columns.%s: %q is no place such as C or 3, and without a header a column is found by nothing else", name, column))
		case again:
			all = append(all, fmt.Errorf("columns.%s: %q is also %s", name, column, other))
		}
		taken[key] = name
	}
	if !p.NoHeader {
		return all
	}
	if p.Columns["transaction_date"] == "" && p.Columns["posting_date"] == "" {
		all = append(all, errors.New("columns: without a header, transaction_date or posting_date must have its place"))
	}
	if p.Columns["amount"] == "" && p.Columns["debit"] == "" {
		all = append(all, errors.New("columns: without a header, amount or debit must have its place"))
	}
	return all
}

func (p *Profile) wordMistakes() []error {
	var all []error
	said := map[string]string{}
	for _, list := range []struct {
		name  string
		words []string
	}{{"pending", p.Pending}, {"posted", p.Posted}, {"declined", p.Declined}} {
		for _, w := range list.words {
			key := request.Fold(w)
			if other, ok := said[key]; key == "" || ok && other != list.name {
				all = append(all, fmt.Errorf("%s: %q is no word, or is also in %s", list.name, w, other))
			}
			said[key] = list.name
		}
	}
	return all
}

// place is the column that a letter or a number names, counted from 1; 0 for anything else.
func place(s string) int {
	s = strings.ToUpper(strings.TrimSpace(s))
	if n, err := strconv.Atoi(s); err == nil {
		if n < 1 || n > widestStatement {
			return 0
		}
		return n
	}
	n := 0
	for _, r := range s {
		if r < 'A' || r > 'Z' || n > widestStatement {
			return 0
		}
		n = n*26 + int(r-'A') + 1
	}
	if n > widestStatement {
		return 0
	}
	return n
}

// ProfileOf is the profile of a sender; nil where none names it.
func ProfileOf(profiles []Profile, sender string) *Profile {
	for i := range profiles {
		if slices.ContainsFunc(profiles[i].Senders, func(s string) bool { return strings.EqualFold(strings.TrimSpace(s), strings.TrimSpace(sender)) }) {
			return &profiles[i]
		}
	}
	return nil
}

// profile is the one of the options; an empty one where there is none.
func (o Options) profile() *Profile {
	if o.Profile == nil {
		return &Profile{}
	}
	return o.Profile
}

// negativePurchases reports whether the configuration says that purchases have a minus; known is whether it says anything.
func (o Options) negativePurchases() (negative, known bool) {
	if p := o.profile().Purchases; p != "" {
		return p == "negative", true
	}
	return o.PurchasesNegative, o.PurchasesNegative
}

// placed finds the columns that a profile names. A header of that name is meant before the place of that name.
func (p *Profile) placed(header []cellValue, o Options, row int) (map[int]field, error) {
	at := map[int]field{}
	for _, name := range slices.Sorted(maps.Keys(p.Columns)) {
		column := p.Columns[name]
		i := slices.IndexFunc(header, func(c cellValue) bool { return c.text != "" && request.Fold(c.text) == request.Fold(column) })
		if n := place(column); i < 0 && n > 0 && n <= len(header) {
			i = n - 1
		}
		if other, taken := at[i]; i < 0 || taken && other != fieldNames[name] {
			return nil, refuse(o, "profile", row,
				fmt.Sprintf("The profile of this sender says that %s stands in column %s, and the file has no such column of its own. The bank may have changed its layout: handrail statement FILE shows how it is read, and the profile to set.", name, request.QuoteEN(column)),
				fmt.Sprintf("Le profil de cet expéditeur dit que %s se trouve dans la colonne %s, et le fichier n’a pas de telle colonne distincte. La banque a peut-être changé sa présentation\u00a0: handrail statement FICHIER montre comment il est lu et le profil à inscrire.", name, request.QuoteFR(column)))
		}
		at[i] = fieldNames[name]
	}
	return at, nil
}

// Setting is a profile as a guarded setting: the name it has there, its first sender, and what it says, in one line.
func (p *Profile) Setting() (name, said string) {
	if len(p.Senders) > 0 {
		name = strings.ToLower(strings.TrimSpace(p.Senders[0]))
	}
	text, err := json.Marshal(p)
	if err != nil {
		panic(err) // texts alone
	}
	return name, string(text)
}

// ProfileFrom reads what Setting said.
func ProfileFrom(said string) (p Profile, err error) {
	if err := json.Unmarshal([]byte(said), &p); err != nil {
		return p, fmt.Errorf("profile of statements: %w", err)
	}
	return p, nil
}
