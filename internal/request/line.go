package request

import (
	"cmp"
	"encoding/json"
	"fmt"
	"maps"
	"slices"

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
	Family string `json:"family,omitempty"`
	Hidden bool   `json:"hidden,omitempty"`
	// Unread are the cells under headers, and beside labels, that nobody understood although they resemble a field.
	Unread   []UnreadCell `json:"unread,omitempty"`
	Problems []Problem    `json:"problems,omitempty"`
}

// UnreadCell is a value that may belong to a field and was not read as it, since nobody knows its header.
type UnreadCell struct {
	Header string `json:"header"` // as in Line.Extra
	Field  string `json:"field"`  // the field's name, or "requester", "email", "branch", "language"
	Cell   string `json:"cell"`
	Text   string `json:"text"` // what it says, perhaps shortened
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
	Unit     string `json:"unit"`     // Branch label; where the department's registers know the branch, theirs
	Language Lang   `json:"language"` // of the form
	// Sender is the authenticated address of the mail, lower case; "" when there is no mail (handrail check).
	Sender   string `json:"sender,omitempty"`
	Received Date   `json:"received"` // the day the mail was received, in the inbox's zone
	// FormUnit is what the form says is the branch, where Unit is another one by the registers; "" where both are one.
	FormUnit string `json:"form_unit,omitempty"`
}

// Facts is all that a guardrail may look at. It is stored with the verdict, so that any decision can be replayed.
type Facts struct {
	Line    Line           `json:"line"`
	Request Origin         `json:"request"`
	Totals  map[string]Sum `json:"totals,omitempty"`
	// Budget is that of the line's cost centre; nil when none is known.
	Budget *Budget `json:"budget,omitempty"`
	// Registers is what the department's registers said; nil where there are none.
	Registers *Registers `json:"registers,omitempty"`
	// Stopped: an owner of the rules said STOP, and nothing is approved by the guardrails; nil while nobody did.
	Stopped *Stopped `json:"stopped,omitempty"`
	Today   Date     `json:"today"` // the day judged, in the inbox's zone
	// OwnDomains are the department's mail domains, lower case.
	OwnDomains []string `json:"own_domains,omitempty"`
}

// Stopped says that an owner of the rules stopped the guardrails: until two start them again, every line goes to an officer.
type Stopped struct {
	By     string `json:"by"`    // the owner's address, lower case
	Since  Date   `json:"since"` // the day in the inbox's zone
	At     string `json:"at"`    // the time of that day, as 14:05
	Reason string `json:"reason,omitempty"`
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
	By    []string // what lines must have in common: TotalBy, or "extra.HEADER"; none: all lines that come in count together
	Days  int      // window of n days ending at the line's date: d-n+1 … d; 0 with Period set
	Scope Scope
	// Period is "quarter" or "year" (fiscal) instead of Days, else "".
	Period string
	// Near adds up what is probably the same supplier as well.
	Near bool
	// Where is the condition that a line must meet to count, "" where all do, and Counts whether it does. WhereMark changes
	// whenever Counts may answer otherwise.
	Where     string
	WhereMark string
	Counts    func(*Line, *Origin) bool
	// Of is the amount that is added up instead of the line's total; NoField: the total.
	Of Field
	// Distinct is of what different values are counted: TotalDistinct; "" of nothing.
	Distinct string
	// TakenBackDays is for how many days an approval that was taken back counts on, the day of that included; 0: not at all.
	TakenBackDays int
}

// TakenSince is the first day of taking back whose approvals count on beside a line of day d; the zero Date: none do.
func (s TotalSpec) TakenSince(d Date) Date {
	if s.TakenBackDays == 0 || s.Scope == Workbook {
		return Date{}
	}
	return d.AddDays(1 - s.TakenBackDays)
}

// TakenUntil is the last day on which an approval counts that was taken back on day d.
func (s TotalSpec) TakenUntil(d Date) Date { return d.AddDays(s.TakenBackDays - 1) }

// Sum is what the ledger and the workbook add up to for one TotalSpec and one line, the line included.
type Sum struct {
	Amount decimal.Decimal `json:"amount"`          // in the policy's currency
	Count  int             `json:"count"`           // lines that were added up
	Lines  []string        `json:"lines,omitempty"` // their references, or "row 12" of this workbook
	// Distinct is how many different values the lines have, where the total counts them.
	Distinct int `json:"distinct,omitempty"`
	// Alike are the suppliers and needs that were added up although they are not written as this line's are, the most alike
	// first, and Scored the version of the comparison.
	Alike  []Alike `json:"alike,omitempty"`
	Scored int     `json:"scored,omitempty"`

	values []string // the different ones, only while a sum is put together
	// TakenBack are those of Lines whose approval was taken back, and that count on.
	TakenBack []TakenBack `json:"taken_back,omitempty"`
}

// Values are the different values that Distinct counts, sorted, as long as the sum is being put together: facts do not keep
// them.
func (s *Sum) Values() []string { return s.values }

// SetValues takes the different values that the lines have, sorted.
func (s *Sum) SetValues(values []string) { s.values, s.Distinct = values, len(values) }

// Why a supplier was added up with a line's, where its name is not what was found alike.
const (
	OneOwner    = "owner"    // the register of suppliers gives both one owner
	OneSupplier = "register" // the register of suppliers has both as one supplier
	SaidOne     = "said"     // people said that they are one supplier
	SaidTwo     = "two"      // people said that they are two: it adds nothing, and is only named
)

// Alike is a supplier or a need that was found to be probably that of a line, with what it added to a total.
type Alike struct {
	By     string   `json:"by"`               // BySupplier or ByNeed
	Form   string   `json:"form,omitempty"`   // by which it is compared
	Number string   `json:"number,omitempty"` // the business number, where the supplier is known by it
	Whole  bool     `json:"whole,omitempty"`  // the name's lines count with whatever business number they have
	Why    string   `json:"why,omitempty"`    // OneOwner, OneSupplier, SaidOne or SaidTwo; "" the name or text is alike
	Text   string   `json:"text"`
	Score  int      `json:"score"` // 0 … 100
	Count  int      `json:"count,omitempty"`
	Lines  []string `json:"lines,omitempty"` // some of their references, or "row 12" of this workbook
}

// NearSuppliers are the names of suppliers that totals added up although the line's is written otherwise, the most alike first, each
// once.
func (f *Facts) NearSuppliers() []string {
	var all []Alike
	for _, name := range slices.Sorted(maps.Keys(f.Totals)) {
		for _, a := range f.Totals[name].Alike {
			if a.By == BySupplier && a.Form != "" && a.Why != SaidTwo && !slices.ContainsFunc(all, func(b Alike) bool { return a.Form == b.Form }) {
				all = append(all, a)
			}
		}
	}
	slices.SortStableFunc(all, func(a, b Alike) int { return b.Score - a.Score })
	var names []string
	for _, a := range all {
		names = append(names, a.Text)
	}
	return names
}

// Near is what a line's supplier and need are probably the same as, the most alike first, without themselves.
type Near struct {
	Suppliers, Needs []Alike
}

// Outside is what counts for a line outside its workbook.
type Outside struct {
	Near Near
	Sums map[string]Sum // by the total's name
	// New is said of a supplier that no line named before, where one alike to it is known; nil where there is nothing to say.
	New *RegisterCheck
}

// TakenBack is a line whose approval was withdrawn, revoked or replaced after its number was given out.
type TakenBack struct {
	Reference string `json:"reference"`
	On        Date   `json:"on"`    // the day of that
	Until     Date   `json:"until"` // the last day on which it counts
}

// PolicyMark identifies the policy that judged, for mails and workbooks.
type PolicyMark struct {
	Name       string
	NameFR     string    `json:",omitempty"` // "": the same as Name
	Languages  Languages `json:",omitempty"` // of its texts; none: English and French
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
	NameFR, TitleFR        string `json:",omitempty"` // "": the same
	Date                   Date
}

// In is the authority's name and title for a reader.
func (a *Authority) In(l Lang) (name, title string) {
	name, title = a.Name, a.Title
	if l == French {
		name, title = cmp.Or(a.NameFR, name), cmp.Or(a.TitleFR, title)
	}
	return name, title
}

// NameIn is the policy's name for a reader.
func (m *PolicyMark) NameIn(l Lang) string {
	if l == French {
		return cmp.Or(m.NameFR, m.Name)
	}
	return m.Name
}

// GuardrailMark is one guardrail as workbooks list it.
type GuardrailMark struct {
	ID     string
	Action Action
	Title  Text
	Source Text
	// OnlyFound: it is listed only where it found something, for most departments never can.
	OnlyFound bool
}
