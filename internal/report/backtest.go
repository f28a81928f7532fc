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
	Months         []BacktestGroup   `json:"months"` // named 2026-04, in their order
	Flips          []BacktestFlip    `json:"flips"`
	Failures       []BacktestFailure `json:"failures"`
	// Largest are the largest lines that would go to an officer, the largest first.
	Largest []BacktestLine `json:"largest"`
	// Lines are all lines that were judged again, where that was asked for, and CutAt how many of them are there where not all are.
	Lines []BacktestLine `json:"lines,omitempty"`
	CutAt int            `json:"lines_cut_at,omitempty"`
	// History is the file whose purchases were judged; nil for a ledger. A history knows nothing of what was decided: its sides Before
	// are empty.
	History *BacktestHistory `json:"history,omitempty"`
}

// BacktestLine is one line with what the text makes of it.
type BacktestLine struct {
	Reference string          `json:"reference"` // of a history: its row, "12" or "May!12"
	Received  request.Date    `json:"received"`
	Unit      string          `json:"unit"`
	Title     string          `json:"title"`
	Supplier  string          `json:"supplier"`
	Total     *BacktestAmount `json:"total"`
	Currency  string          `json:"currency"`
	Before    request.Outcome `json:"before,omitempty"`
	After     request.Outcome `json:"after"`
	// Reasons are the findings that the text has, those that weigh first.
	Reasons []BacktestReason `json:"reasons"`
}

// BacktestReason is why a line is not simply approved.
type BacktestReason struct {
	Guardrail string       `json:"guardrail"`
	Message   request.Text `json:"message"`
	Exempted  string       `json:"exempted,omitempty"` // by whom
}

// BacktestHistory is a file of purchases as it was read.
type BacktestHistory struct {
	File    string            `json:"file"`
	Table   request.Text      `json:"table"`   // where it stands: the sheet, the row of its header
	Columns []BacktestColumn  `json:"columns"` // as they stand
	LeftOut []BacktestLeftOut `json:"left_out"`
	// Rows are the rows under the header, and Read those of them that were judged.
	Rows int `json:"rows"`
	Read int `json:"read"`
	// Guardrails is how many the text has, without the built-in ones.
	Guardrails int `json:"guardrails"`
	// NotLookedAt are the guardrails that read what the file does not have, or not on every row.
	NotLookedAt []BacktestUnseen `json:"not_looked_at"`
	Notes       []request.Text   `json:"notes"`
	// Refunds are the rows below zero and what they come to.
	Refunds       int            `json:"refunds"`
	RefundsAmount BacktestAmount `json:"refunds_amount"`
}

// BacktestColumn is a column of a history and what it was taken for; As is zero where it was not used.
type BacktestColumn struct {
	Header string       `json:"header"`
	Cell   string       `json:"cell"`
	As     request.Text `json:"as,omitzero"`
	Field  string       `json:"field,omitempty"`
	Why    request.Text `json:"why,omitzero"` // why it was not used, or how it was recognised
}

// BacktestLeftOut are rows of a history that were not judged, by the reason.
type BacktestLeftOut struct {
	Why   request.Text `json:"why"`
	Count int          `json:"count"`
	Rows  []string     `json:"rows"` // the first of them
}

// BacktestUnseen is a guardrail that was not looked at, on some lines or on all, or not with all its cases.
type BacktestUnseen struct {
	Guardrail string         `json:"guardrail"`
	Title     request.Text   `json:"title"`
	Lines     int            `json:"lines"`
	Missing   []request.Text `json:"missing"`
	Case      bool           `json:"case,omitempty"` // it was looked at, but without a case of it
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
	s.Amount = s.Amount.Plus(amount)
	switch o {
	case request.Approved:
		s.Approved++
		s.ApprovedAmount = s.ApprovedAmount.Plus(amount)
	case request.Escalated:
		s.Escalated++
		s.EscalatedAmount = s.EscalatedAmount.Plus(amount)
	default:
		s.Returned++
		s.ReturnedAmount = s.ReturnedAmount.Plus(amount)
	}
}

// BacktestAmount is an amount that JSON says as "9775.00".
type BacktestAmount struct{ request.Money }

// Plus adds money to an amount; no money adds nothing.
func (a BacktestAmount) Plus(m request.Money) BacktestAmount {
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
					t.Amount = t.Amount.Plus(f.Total.Money)
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
