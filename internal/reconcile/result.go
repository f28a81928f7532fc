package reconcile

import (
	"github.com/shopspring/decimal"

	"handrail/internal/statement"
)

// Rule is how a match was found.
type Rule string

// The rules, in the order they are tried.
const (
	ByHand          Rule = "hand"
	ByReference     Rule = "reference"          // reference and amount
	ByPart          Rule = "reference-part"     // reference, and a part of what was approved: the rest stays committed
	ByTip           Rule = "reference-tip"      // reference, and no more above it than a tip may be
	ByExchange      Rule = "reference-exchange" // reference, and no further off than the bank's conversion may be
	BeyondTolerance Rule = "reference-beyond"   // reference, and more charged than the tolerance allows: a variance
	BySupplierID    Rule = "supplier-id"        // business number and amount, within tolerance and dates
	BySupplier      Rule = "supplier"           // supplier's name and amount, within tolerance and dates
	ManyToOne       Rule = "lines-to-charge"
	OneToMany       Rule = "line-to-charges"
	ByAmendment     Rule = "amendment" // original and amendments together
	ByRefund        Rule = "refund"    // a refund of a charge
)

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
	SetAside       Reason = "ignored"      // somebody set it aside
	NoLine         Reason = "no-line"      // somebody said that it belongs to no line: it is never matched by a rule
	OfTheBank      Reason = "bank"         // a payment to the card, a fee, interest or cash: no purchase, and no budget's money
	NotPosted      Reason = "pending"      // it may still change or go away
	LineCharged    Reason = "line-charged" // the line that it names is charged already
	Tied           Reason = "tie"          // two or more fit equally well: a person decides
)

// Match joins lines and charges by their places in Reconciliation's Lines and Charges.
type Match struct {
	Rule    Rule
	Score   int // 0 to 100
	Lines   []int
	Charges []int
	// Difference is charged less what it uses of the approval, in the charges' currency.
	Difference decimal.Decimal
	// Shares are said where the match does not use its lines up, or somebody wrote down what falls to which; see
	// Reconciliation.SharesOf.
	Shares []Share
	// OtherCard is true when the card is of somebody who is surely not the line's cardholder. It is said, and refuses nothing.
	OtherCard bool
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
	Lines   []Line             // approved lines, and declined ones so that a charge after declining is seen
	Charges []statement.Charge // open charges of earlier periods and the period's new ones
	Matches []Match
	Left    []Left // charges without approval
	Open    []int  // places of approved lines of which something is still to be charged
	// Rest is what is still to be charged of lines of Open that are partly charged; the others' is their total.
	Rest map[int]decimal.Decimal
	// Flow counts charges: open before, new, matched, open after; one per currency.
	Flow []Flow
}
