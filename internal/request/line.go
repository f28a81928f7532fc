package request

import (
	"encoding/json"
	"fmt"

	"github.com/shopspring/decimal"
)

// Value is what the form says for one field of one line.
type Value struct {
	// Text is the canonical text: trimmed, a choice's code, an ISO date, a lower-case e-mail address, a plain number.
	Text   string
	Number decimal.Decimal // of NumberKind and MoneyKind
	Date   Date            // of DateKind
	Cell   string          // where it stands, "N12"; of a label above the table, the cell of its value
	// Given is true when the cell (or the label above) says something that was read.
	Given bool
	// Faulty is true when it says something that could not be read: a problem of the line says what.
	Faulty bool
}

// Values holds one Value for each Field, indexed by it.
type Values [NumFields]Value

type valueJSON struct {
	Text   string `json:"text,omitempty"`
	Number string `json:"number,omitempty"`
	Cell   string `json:"cell,omitempty"`
	Faulty bool   `json:"faulty,omitempty"`
}

// MarshalJSON writes the fields that are given, faulty or have a cell, by name, in the names' order.
func (v Values) MarshalJSON() ([]byte, error) { return v.appendJSON(make([]byte, 0, 1024)), nil }

// UnmarshalJSON reads what MarshalJSON wrote, exactly.
func (v *Values) UnmarshalJSON(b []byte) error {
	*v = Values{}
	if v.readOwn(b) {
		return nil
	}
	var in map[string]valueJSON
	if err := json.Unmarshal(b, &in); err != nil {
		return err
	}
	*v = Values{}
	for name, j := range in {
		if err := v.set(name, j); err != nil {
			return err
		}
	}
	return nil
}

// set takes what JSON says about one field.
func (v *Values) set(name string, j valueJSON) error {
	f, kind, ok := fieldNamed(name)
	if !ok {
		return fmt.Errorf("facts name a field %q that this version does not know", name)
	}
	x := Value{Text: j.Text, Cell: j.Cell, Faulty: j.Faulty, Given: j.Text != "" && !j.Faulty}
	if j.Number != "" {
		n, err := decimal.NewFromString(j.Number)
		if err != nil {
			return fmt.Errorf("field %s: %w", name, err)
		}
		x.Number, x.Given = n, true
	}
	if kind == DateKind && x.Given {
		d, err := ParseDate(j.Text)
		if err != nil {
			return fmt.Errorf("field %s: %w", name, err)
		}
		x.Date = d
	}
	v[f] = x
	return nil
}

// Line is one row of a request: something to buy.
type Line struct {
	Sheet  string `json:"sheet"`
	Row    int    `json:"row"`
	Values Values `json:"values"`
	// Extra holds the columns Handrail does not know, header to text.
	Extra map[string]string `json:"extra,omitempty"`
	// Reference is what the row has in our own reference column, "" when it has none.
	Reference string `json:"reference,omitempty"`
	// Family is the reference of the line that this one goes back to, over the lines that it amends or replaces; "" when it
	// is the first of its own.
	Family   string    `json:"family,omitempty"`
	Hidden   bool      `json:"hidden,omitempty"`
	Problems []Problem `json:"problems,omitempty"`
}

// Currency is the line's currency; the policy's stands in where the form left it empty.
func (l *Line) Currency(policy string) string {
	if c := l.Values[Currency]; c.Given {
		return c.Text
	}
	return policy
}

// MustReturn reports whether a problem in one of the cells sends the line back.
func (l *Line) MustReturn() bool {
	for _, p := range l.Problems {
		if p.Severity == ReturnSeverity {
			return true
		}
	}
	return false
}

// Origin is who asked, from where and when: what stands above the table, and what the mail says.
type Origin struct {
	Name     string `json:"name"`     // Requester label
	Email    string `json:"email"`    // Email label, lower case; "" when the form has none
	Unit     string `json:"unit"`     // Branch label
	Language Lang   `json:"language"` // of the form
	// Sender is the authenticated address of the mail, lower case; "" when there is no mail (handrail check).
	Sender   string `json:"sender,omitempty"`
	Received Date   `json:"received"` // the day the mail was received, in the inbox's zone
}

// Facts is all that a guardrail may look at. It is stored with the verdict, so that any decision can be replayed.
type Facts struct {
	Line    Line           `json:"line"`
	Request Origin         `json:"request"`
	Totals  map[string]Sum `json:"totals,omitempty"`
	// Budget is that of the line's cost centre; nil when none is known.
	Budget *Budget `json:"budget,omitempty"`
	Today  Date    `json:"today"` // the day judged, in the inbox's zone
	// OwnDomains are the department's mail domains, lower case.
	OwnDomains []string `json:"own_domains,omitempty"`
}

// Scope says where a total looks.
type Scope string

// The scopes of a total.
const (
	Everywhere Scope = "all"       // this workbook and the ledger
	Workbook   Scope = "workbook"  // this workbook alone
	Elsewhere  Scope = "elsewhere" // the ledger without this workbook
)

// TotalSpec is a total that a policy asks the ledger for.
type TotalSpec struct {
	Name  string   // "supplier_year"
	By    []string // "supplier", "cost_centre", "unit", "requester", "commodity", or "extra.HEADER"; what lines must have in common
	Days  int      // window of n days ending at the line's date: d-n+1 … d; 0 with Period set
	Scope Scope
	// Period is "quarter" or "year" (fiscal) instead of Days, else "".
	Period string
}

// Sum is what the ledger and the workbook add up to for one TotalSpec and one line, the line included.
type Sum struct {
	Amount decimal.Decimal `json:"amount"`          // in the policy's currency
	Count  int             `json:"count"`           // lines that were added up
	Lines  []string        `json:"lines,omitempty"` // their references, or "row 12" of this workbook
}

// PolicyMark identifies the policy that judged, for mails and workbooks.
type PolicyMark struct {
	Name       string
	Version    string
	Hash       string // "sha256:…"
	Currency   string
	Authority  Authority
	Means      Text // what an approval is, and is not
	NextStep   Text // what to do with an approved line; "{reference}" stands for its number
	Guardrails []GuardrailMark
}

// Authority is who put a policy in force.
type Authority struct {
	Name, Title, Reference string
	Date                   Date
}

// GuardrailMark is one guardrail as workbooks list it.
type GuardrailMark struct {
	ID     string
	Action Action
	Title  Text
	Source Text
}
