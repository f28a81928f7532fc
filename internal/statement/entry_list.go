package statement

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"reflect"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/shopspring/decimal"
	"golang.org/x/text/encoding/charmap"

	"handrail/internal/request"
)

// entryList gathers the transactions of a file that is no table: OFX, ISO 20022. A transaction's row is its number in the file.
type entryList struct {
	options Options
	out     *Statement
	at      map[string]int // by account and the bank's id, the place in Charges
	gone    map[int]bool   // places in Charges that a posted transaction took
}

func newEntryList(data []byte, o Options) *entryList {
	sum := sha256.Sum256(data)
	return &entryList{options: o, out: &Statement{Name: o.Name, Digest: hex.EncodeToString(sum[:])}, at: map[string]int{}, gone: map[int]bool{}}
}

// refuseRow says why a transaction was not counted.
func (l *entryList) refuseRow(row int, code string, message request.Text) {
	l.say(row, code, request.ReturnSeverity, message)
}

func (l *entryList) say(row int, code string, severity request.Severity, message request.Text) {
	l.out.Problems = append(l.out.Problems, request.Problem{Sheet: l.options.Name, Cell: "A" + strconv.Itoa(max(1, row)), Code: code, Severity: severity, Message: message})
}

// add takes a charge of an account, known by its whole number. A bank's id that comes twice is one charge where all else is the
// same, or where it was pending and is posted; else the second is refused, for nobody can say which of them is right.
func (l *entryList) add(c Charge, account string) {
	if c.Amount.Amount.IsZero() {
		l.say(c.Row, "zero", request.NoteSeverity, request.Text{EN: "This transaction has an amount of zero: there is nothing to match.", FR: "Le montant de cette opération est nul\u00a0: il n’y a rien à rapprocher."})
	}
	if c.BankID == "" {
		l.out.Charges = append(l.out.Charges, c)
		return
	}
	key := account + "\x1f" + c.BankID
	i, twice := l.at[key]
	if !twice {
		l.at[key] = len(l.out.Charges)
		l.out.Charges = append(l.out.Charges, c)
		return
	}
	before := &l.out.Charges[i]
	first, same := strconv.Itoa(before.Row), c
	same.Row = before.Row
	switch {
	case reflect.DeepEqual(same, *before):
		l.say(c.Row, "repeated", request.NoteSeverity, request.Text{EN: "This is transaction " + first + " once more, with the same id of the bank: it was counted once.",
			FR: "C’est de nouveau l’opération " + first + ", avec le même identifiant de la banque\u00a0: elle a été comptée une fois."})
	case before.Status == Pending && c.Status == Posted:
		l.at[key], l.gone[i] = len(l.out.Charges), true
		l.out.Charges = append(l.out.Charges, c)
	case c.Status == Pending && before.Status == Posted:
	default:
		l.refuseRow(c.Row, "same-id", request.Text{EN: "This transaction has the bank’s id of transaction " + first + " and says something else. Only the first was counted. Ask the bank which is right, or export it again.",
			FR: "Cette opération porte l’identifiant de la banque de l’opération " + first + " mais dit autre chose. Seule la première a été comptée. Demandez à la banque laquelle est juste, ou exportez de nouveau."})
	}
}

// finish is the statement, with its text cut.
func (l *entryList) finish(text string) (*Statement, error) {
	if len(l.out.Charges) == 0 && len(l.out.Problems) == 0 {
		return nil, refuse(l.options, "empty", 0, "It holds no transaction.", "Il ne contient aucune opération.")
	}
	kept := l.out.Charges[:0]
	for i := range l.out.Charges {
		if !l.gone[i] {
			kept = append(kept, l.out.Charges[i])
		}
	}
	l.out.Charges = kept
	identify(l.out.Charges)
	l.out.Cut = []byte(cutAccounts(CutCards(text)))
	return l.out, nil
}

// accountText is where such files write the number of an account or a card, whatever its digits are.
var accountText = regexp.MustCompile(`(?i)(<(?:[A-Z0-9]+:)?(?:ACCTID|PAN)>\s*)([^<\r\n]+)`)

// cutAccounts cuts the number of an account or card to its last four digits where a tag says that it is one.
func cutAccounts(text string) string {
	return accountText.ReplaceAllStringFunc(text, func(s string) string {
		m := accountText.FindStringSubmatch(s)
		if digitsIn(m[2]) <= 4 {
			return s
		}
		return m[1] + "••••" + lastFour(m[2])
	})
}

// plainSum is an amount as such files must write it: no thousands, a point or a comma before the decimals.
var plainSum = regexp.MustCompile(`^[+-]?[0-9]{1,15}(?:[.,][0-9]{0,12})?$`)

func (l *entryList) amount(row int, text string) (decimal.Decimal, bool) {
	text = strings.TrimSpace(text)
	if plainSum.MatchString(text) {
		if n, err := decimal.NewFromString(strings.TrimRight(strings.Replace(text, ",", ".", 1), ".")); err == nil {
			return n, true
		}
	}
	if text == "" {
		l.refuseRow(row, "missing-amount", request.Text{EN: "This transaction has no amount. If it is the last one, the file may be cut off.", FR: "Cette opération n’a pas de montant. Si c’est la dernière, le fichier est peut-être tronqué."})
	} else {
		l.refuseRow(row, "not-a-number", request.Text{EN: request.QuoteEN(clipped(text)) + " is not an amount as this format has it: digits, and one point or comma before the cents.",
			FR: request.QuoteFR(clipped(text)) + " n’est pas un montant selon ce format\u00a0: des chiffres, et un seul point ou une seule virgule avant les cents."})
	}
	return decimal.Zero, false
}

// money holds an amount against its currency.
func (l *entryList) money(row int, n decimal.Decimal, currency string) (request.Money, bool) {
	if currency == "" {
		l.refuseRow(row, "missing-currency", request.Text{EN: "Neither this file nor the configuration says which currency the amount is in.", FR: "Ni ce fichier ni la configuration n’indiquent la devise du montant."})
		return request.Money{}, false
	}
	places, known := request.MinorDigits(currency)
	switch {
	case !known || len(currency) != 3:
		l.refuseRow(row, "not-a-currency", request.Text{EN: request.QuoteEN(clipped(currency)) + " is not a currency.", FR: request.QuoteFR(clipped(currency)) + " n’est pas une devise."})
		return request.Money{}, false
	case !n.Equal(n.Round(places)):
		l.refuseRow(row, "fraction-of-cent", request.Text{EN: request.QuoteEN(n.String()) + " has fractions of a cent.", FR: request.QuoteFR(n.String()) + " comporte des fractions de cent."})
		return request.Money{}, false
	}
	return request.Money{Amount: n.Round(places), Currency: currency}, true
}

// decodedAs brings a file into UTF-8 that says its encoding itself: one that is not read is refused.
func decodedAs(data []byte, says *regexp.Regexp, o Options) (string, error) {
	if len(data) > largestStatement {
		return "", refuse(o, "too-large", 0, "It is larger than 256 MB. Split it by month.", "Il dépasse 256 Mo. Divisez-le par mois.")
	}
	text, err := decoded(data, o)
	if err != nil {
		return "", err
	}
	name := ""
	if m := says.FindStringSubmatch(string(data[:min(len(data), 1024)])); m != nil {
		name = strings.NewReplacer("-", "", "_", "").Replace(strings.ToUpper(m[1]))
	}
	if strings.Contains(text[:min(len(text), 64)], "\ufffd") || text == string(data) || len(data) >= 2 && (data[0] >= 0xfe) || strings.HasPrefix(string(data), "\ufeff") {
		return text, nil // UTF-8 and UTF-16 show what they are
	}
	switch name {
	case "", "NONE", "UTF8", "USASCII", "1252", "WINDOWS1252", "CP1252", "ISO88591", "88591", "LATIN1":
		return text, nil
	case "ISO885915", "LATIN9":
		out, err := charmap.ISO8859_15.NewDecoder().Bytes(data)
		if err == nil {
			return string(out), nil
		}
	}
	return "", refuse(o, "encoding", 0, "It says that its encoding is "+name+", which is not read here. Export it in UTF-8.", "Il annonce le codage "+name+", qui n’est pas lu ici. Exportez-le en UTF-8.")
}

// plainLine is a text of the file in one line, its card numbers cut.
func plainLine(s string) string {
	return strings.Join(strings.Fields(CutCards(request.Clean(s))), " ")
}

var referenceIn = regexp.MustCompile(`(?i)\bHR-[0-9A-Z]`)

func holdsReference(s string) bool { return referenceIn.MatchString(s) }

func firstGiven(list ...string) string { return cmp.Or(list...) }

// clipped is what of a text may stand in a message.
func clipped(s string) string {
	r := []rune(CutCards(s[:min(len(s), 200)]))
	return string(slices.Clip(r[:min(len(r), 40)]))
}
