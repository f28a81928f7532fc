package reconcile

import (
	"time"

	"handrail/internal/request"
)

// Line is one line of a request as finance sees it.
type Line struct {
	Reference  string // HR-2026-000123-04
	Title      string
	TitleOther string // the title in the other language
	Requester  string // e-mail address
	Unit       string
	Supplier   string
	SupplierID string
	CostCentre string
	GLAccount  string
	Commodity  string // "goods", "services", "construction", or ""
	Cardholder string
	Amends     string // the reference of the line this one adds to
	Net, Tax   request.Money
	Total      request.Money // without a currency when the amount could not be read
	Received   time.Time
	Decided    time.Time    // zero while it waits
	Closed     request.Date // the day finance said that nothing more will be charged; zero while it is open
	Outcome    request.Outcome
	DecidedBy  string       // "" when the guardrails decided alone, else the officer
	Officer    string       // who it waits for, or who was asked
	Due        request.Date // the day a decision is wanted by
	Policy     string       // the hash of the policy that judged
	Findings   []request.Finding
	Reason     string // what the officer wrote
	Language   request.Lang
}

// commits is true for a line whose money is set aside until it is charged; what lowers another line lowers that.
func (l *Line) commits() bool {
	return l.Outcome == request.Approved && l.Total.Currency != "" && !l.Total.Amount.IsZero() && l.Closed.IsZero()
}
