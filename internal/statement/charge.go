package statement

import (
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
