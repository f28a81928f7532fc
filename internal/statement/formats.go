package statement

import (
	"context"
	"regexp"
	"strconv"
	"strings"

	"handrail/internal/request"
)

// A format is one that banks send beside tables. All of them are here: what recognises a file, and what reads it.
type format struct {
	name string
	is   func(head string) bool // of the first letters of the text
	read func(ctx context.Context, text string, o Options) (*Statement, error)
}

// headOf is how much of a text says what format it has.
const headOf = 4096

// formats are the formats that are read, and those that are known and refused in words.
func formats() []format {
	return []format{
		{"OFX", func(h string) bool { return strings.HasPrefix(h, "OFXHEADER") || ofxTag.MatchString(h) }, readOFX},
		{"CAMT", func(h string) bool { return camtSpace.MatchString(h) }, readCAMT},
		{"QIF", func(h string) bool {
			return strings.HasPrefix(h, "!Type:") || strings.HasPrefix(h, "!Account") || strings.HasPrefix(h, "!Option:")
		}, refused("QIF")},
		{"MT940", func(h string) bool { return mt940Tag.MatchString(h) }, refused("MT940")},
		{"BAI2", func(h string) bool { return bai2Head.MatchString(h) }, refused("BAI2")},
	}
}

var (
	ofxTag    = regexp.MustCompile(`(?i)<OFX>`)
	camtSpace = regexp.MustCompile(`(?i)urn:iso:std:iso:20022:tech:xsd:camt\.05[234]\.|<BkToCstmr(?:Stmt|AcctRpt|DbtCdtNtfctn)>`)
	mt940Tag  = regexp.MustCompile(`(?m)^(?:\{1:[^}]*\}.*)?:20:[^\n]*\n(?:[^:\n][^\n]*\n)*:2[1358][A-Z]?:`)
	bai2Head  = regexp.MustCompile(`^01,[^,\n]*,[^,\n]*,\d{6},\d{4},`)
)

// formatOf is the format of a text; false for a table.
func formatOf(text string) (format, bool) {
	head := strings.TrimLeft(text[:min(len(text), headOf)], "\ufeff \t\r\n")
	for _, f := range formats() {
		if f.is(head) {
			return f, true
		}
	}
	return format{}, false
}

// refused says in words that a format is known and not read, and what to ask the bank for.
func refused(name string) func(context.Context, string, Options) (*Statement, error) {
	return func(_ context.Context, _ string, o Options) (*Statement, error) {
		return nil, refuse(o, "format", 0, "It is a "+name+" file, which is not read: it says too little of a card's purchases. Export the statement as CSV, XLSX, OFX or CAMT.053.",
			"C’est un fichier "+name+", qui n’est pas lu\u00a0: il en dit trop peu sur les achats d’une carte. Exportez le relevé en CSV, en XLSX, en OFX ou en CAMT.053.")
	}
}

// entries collects the transactions of a file that is no table, whose places are counted from 1.
type entries struct {
	options Options
	out     *Statement
	known   map[string]int // by the bank's own id, with the account: the place of the first
}

func newEntries(o Options) *entries {
	return &entries{options: o, out: &Statement{Name: o.Name}, known: map[string]int{}}
}

// problem is about one transaction.
func (e *entries) problem(place int, severity request.Severity, code, en, fr string) {
	e.out.Problems = append(e.out.Problems, request.Problem{Sheet: e.options.Name, Cell: "#" + strconv.Itoa(place), Code: code, Severity: severity, Message: request.Text{EN: en, FR: fr}})
}

// add takes a charge unless the bank's own id says that it is there already.
func (e *entries) add(c Charge, account string) {
	if c.BankID != "" {
		key := account + "\x1f" + c.BankID
		first, there := e.known[key]
		if there {
			e.repeated(c, first)
			return
		}
		e.known[key] = len(e.out.Charges)
	}
	e.out.Charges = append(e.out.Charges, c)
}

// repeated is a transaction with the id of another one: the same once more, or a contradiction.
func (e *entries) repeated(c Charge, first int) {
	was := &e.out.Charges[first]
	if was.Amount.Currency == c.Amount.Currency && was.Amount.Amount.Equal(c.Amount.Amount) && was.Posted == c.Posted && was.Merchant == c.Merchant {
		e.problem(c.Row, request.NoteSeverity, "repeated", "This transaction has the bank's id of an earlier one of the file and says the same: it was counted once.",
			"Cette opération porte l’identifiant bancaire d’une autre du fichier et dit la même chose\u00a0: elle a été comptée une fois.")
		return
	}
	e.problem(c.Row, request.ReturnSeverity, "two-of-one-id", "This transaction has the bank's id of an earlier one of the file, and another amount, day or merchant. The first was counted; ask the bank which is right.",
		"Cette opération porte l’identifiant bancaire d’une autre du fichier, avec un montant, un jour ou un marchand différent. La première a été comptée; demandez à la banque laquelle est juste.")
}

// finished is the statement once all transactions are in.
func (e *entries) finished(cut string) *Statement {
	identify(e.out.Charges)
	e.out.Cut = []byte(cut)
	return e.out
}
