package reconcile

import (
	"github.com/shopspring/decimal"

	"handrail/internal/request"
)

// Charge is one row of a card statement.
type Charge struct {
	Statement   string // the file it came in
	Row         int    // its row there, counted from 1
	Posted      request.Date
	Transacted  request.Date  // the purchase's own date; Posted when the statement has only one
	Merchant    string        // as the statement writes it
	SupplierID  string        // the merchant's business number, where the statement has one
	Category    string        // merchant category code, four digits
	Amount      request.Money // negative for a refund
	Original    request.Money // before conversion; zero when the statement does not say
	Card        string        // the last four digits, never more
	Cardholder  string
	CostCentre  string
	Reference   string            // what the cardholder entered; holds an HR- number at best
	Extra       map[string]string // columns Handrail does not know, header to text: fund, internal order
	Occurrence  int               // 1 for the first of rows that are the same in one file, 2 for the next…
	Fingerprint string            // identity over files: see Statement
}

// Reason is why a charge or an approval was left without its counterpart.
type Reason string

// The reasons.
const (
	NoApproval     Reason = "no-approval"     // nothing approved looks like it
	WrongAmount    Reason = "wrong-amount"    // reference or supplier fit, the amount does not
	WrongCurrency  Reason = "wrong-currency"  // the same figure in another currency
	WrongReference Reason = "wrong-reference" // the reference names no line, or another supplier's
	Late           Reason = "late"            // charged after the window
	Duplicate      Reason = "duplicate"       // the same charge is already matched
	BeforeApproval Reason = "before-approval" // transacted before the line was approved
	AfterDeclining Reason = "after-declining" // the line was declined
	NoSupplier     Reason = "supplier-unknown"
	ZeroAmount     Reason = "zero"
	SetAside       Reason = "ignored" // somebody set it aside
	NoLine         Reason = "no-line" // somebody said that it belongs to no line: it is never matched by a rule
	Tied           Reason = "tie"     // two or more fit equally well: a person decides
)

// Rule is how a match was found.
type Rule string

// The rules, in the order they are tried.
const (
	ByHand       Rule = "hand"
	ByReference  Rule = "reference"   // reference and amount
	BySupplierID Rule = "supplier-id" // business number and amount, within tolerance and dates
	BySupplier   Rule = "supplier"    // supplier's name and amount, within tolerance and dates
	ManyToOne    Rule = "lines-to-charge"
	OneToMany    Rule = "line-to-charges"
	ByAmendment  Rule = "amendment" // original and amendments together
	ByRefund     Rule = "refund"    // a refund of a charge
)

// Match joins lines and charges by their places in Reconciliation's Lines and Charges.
type Match struct {
	Rule    Rule
	Score   int // 0 to 100
	Lines   []int
	Charges []int
	// Difference is charged less approved, in the charges' currency.
	Difference decimal.Decimal
}

// Left is a charge without approval, and why.
type Left struct {
	Charge int
	Reason Reason
	// Near are places of lines that come closest, best first, at most four.
	Near []int
}

// Reconciliation is the result of joining lines with charges.
type Reconciliation struct {
	Lines   []Line   // approved lines, and declined ones so that a charge after declining is seen
	Charges []Charge // open charges of earlier periods and the period's new ones
	Matches []Match
	Left    []Left // charges without approval
	Open    []int  // places of approved lines without a charge
	// Flow counts charges: open before, new, matched, open after; one per currency.
	Flow []Flow
}
