package statement

import (
	"handrail/internal/request"
)

// Kind is what a row of a statement is.
type Kind string

// The kinds of rows. Only purchases and refunds, and what reverses them, touch a budget.
const (
	Purchase Kind = ""         // most rows
	Refund   Kind = "refund"   // money back from a merchant
	Payment  Kind = "payment"  // the card's own account being paid
	Fee      Kind = "fee"      // the bank's: annual, foreign exchange, late payment
	Interest Kind = "interest" // the bank's
	Cash     Kind = "cash"     // an advance
	Reversal Kind = "reversal" // a row that takes back another one
)

// Status is how far the bank is with a row.
type Status string

// The statuses. Rows that were declined are no charges at all.
const (
	Posted  Status = ""
	Pending Status = "pending" // not yet posted: it may still change or go away
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
	Reference   string // what the cardholder entered; holds an HR- number at best
	Kind        Kind
	Status      Status
	BankID      string            // the bank's own id of the row; "" where the statement has none
	Account     string            // the last four digits of the account that is billed for the card; "" where the statement has none
	Extra       map[string]string // columns Handrail does not know, header to text: fund, internal order
	Occurrence  int               // 1 for the first of rows that are the same in one file, 2 for the next…
	Fingerprint string            // identity over files: see Statement
	AsOf        request.Date      // the last day of the file that says this of it; zero where that was not noted
}
