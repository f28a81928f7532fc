package report

import (
	"encoding/json"

	"github.com/shopspring/decimal"

	"handrail/internal/request"
)

// Backtest is what another policy would have made of lines that were judged already, beside what was decided then.
type Backtest struct {
	Policy   BacktestPolicy `json:"policy"`
	Currency string         `json:"currency"`
	// From and To are the days on which the first and the last of the lines judged again were received.
	From request.Date `json:"from,omitzero"`
	To   request.Date `json:"to,omitzero"`
	// Kept counts the lines that were not judged again: of an earlier day, of another inbox, or without facts. They
	// count in totals as they were decided.
	Kept int `json:"kept"`
	// Disposed are those of them whose facts were disposed of.
	Disposed int `json:"disposed"`
	// MinutesPerLine is the estimate behind officer hours: what an officer spends on an escalated line.
	MinutesPerLine decimal.Decimal   `json:"officer_minutes_per_line"`
	All            BacktestGroup     `json:"all"`
	Guardrails     []BacktestGroup   `json:"guardrails"`
	Units          []BacktestGroup   `json:"units"`
	Flips          []BacktestFlip    `json:"flips"`
	Failures       []BacktestFailure `json:"failures"`
}

// BacktestPolicy names the policy that was tried.
type BacktestPolicy struct {
	Name    string `json:"name"`
	Version string `json:"version"`
	Hash    string `json:"hash"`
}

// BacktestGroup is what both policies make of a group of lines: all of them, those of a unit, or those that trip a
// guardrail.
type BacktestGroup struct {
	Name   string       `json:"name,omitempty"` // the unit, the guardrail's id; "" for all lines and for lines without a unit
	Title  request.Text `json:"title,omitzero"` // of a guardrail
	Before BacktestSide `json:"before"`
	After  BacktestSide `json:"after"`
	// Flips are the lines of the group that would have been decided otherwise.
	Flips int `json:"flips"`
}

// BacktestSide is what one policy makes of a group. Amounts are of the lines in the policy's currency.
type BacktestSide struct {
	Lines           int             `json:"lines"`
	Amount          BacktestAmount  `json:"amount"`
	Approved        int             `json:"approved"`
	ApprovedAmount  BacktestAmount  `json:"approved_amount"`
	Escalated       int             `json:"escalated"`
	EscalatedAmount BacktestAmount  `json:"escalated_amount"`
	Returned        int             `json:"returned"`
	ReturnedAmount  BacktestAmount  `json:"returned_amount"`
	OfficerHours    decimal.Decimal `json:"officer_hours"`
}

// Add counts a line that came to an outcome. amount is zero where none could be read.
func (s *BacktestSide) Add(o request.Outcome, amount request.Money) {
	s.Lines++
	s.Amount = s.Amount.plus(amount)
	switch o {
	case request.Approved:
		s.Approved++
		s.ApprovedAmount = s.ApprovedAmount.plus(amount)
	case request.Escalated:
		s.Escalated++
		s.EscalatedAmount = s.EscalatedAmount.plus(amount)
	default:
		s.Returned++
		s.ReturnedAmount = s.ReturnedAmount.plus(amount)
	}
}

// BacktestAmount is an amount that JSON says as "9775.00".
type BacktestAmount struct{ request.Money }

func (a BacktestAmount) plus(m request.Money) BacktestAmount {
	if m.Currency == "" {
		return a
	}
	return BacktestAmount{request.Money{Amount: a.Amount.Add(m.Amount), Currency: m.Currency}}
}

// MarshalJSON writes the amount as text, exact to the cent.
func (a BacktestAmount) MarshalJSON() ([]byte, error) { return json.Marshal(a.Plain()) }

// BacktestFlip is a line that would have been decided otherwise, with what both policies say about it.
type BacktestFlip struct {
	Reference string          `json:"reference"`
	Received  request.Date    `json:"received"`
	Unit      string          `json:"unit"`
	Title     string          `json:"title"`
	Supplier  string          `json:"supplier"`
	Total     *BacktestAmount `json:"total"` // nil where it could not be read
	Currency  string          `json:"currency"`
	Before    request.Outcome `json:"before"`
	After     request.Outcome `json:"after"`
	// Final is where the line stands today: an officer may have decided it, or a later version replaced it.
	Final          request.Outcome        `json:"final"`
	BeforeFindings []request.Finding      `json:"before_findings"`
	AfterFindings  []request.Finding      `json:"after_findings"`
	NotEvaluated   []request.NotEvaluated `json:"not_evaluated,omitempty"`
}

// BacktestFailure is a guardrail that failed at run time: it escalates its lines, and its text must be fixed.
type BacktestFailure struct {
	Guardrail string `json:"guardrail"`
	Lines     int    `json:"lines"`
	First     string `json:"first"` // reference of the first line it failed on
	Why       string `json:"why"`   // … and with what error
}

// Turns counts flips by what was decided and what would have been, in the order approved, escalated, returned.
func (b *Backtest) Turns() []BacktestTurn {
	order := []request.Outcome{request.Approved, request.Escalated, request.Returned}
	var turns []BacktestTurn
	for _, before := range order {
		for _, after := range order {
			t := BacktestTurn{Before: before, After: after, Final: map[request.Outcome]int{}}
			for i := range b.Flips {
				f := &b.Flips[i]
				if f.Before != before || f.After != after {
					continue
				}
				t.Lines++
				t.Final[f.Final]++
				if f.Total != nil && f.Currency == b.Currency {
					t.Amount = t.Amount.plus(f.Total.Money)
				}
			}
			if t.Lines > 0 {
				turns = append(turns, t)
			}
		}
	}
	return turns
}

// BacktestTurn counts lines that go from one outcome to another.
type BacktestTurn struct {
	Before, After request.Outcome
	Lines         int
	Amount        BacktestAmount
	Final         map[request.Outcome]int // where these lines stand today
}
