package officers

import "handrail/internal/request"

// DecisionDays is in how many working days a decision is wanted.
const DecisionDays = 3

// EscalatedLine is an escalated line on its way to whoever decides it.
type EscalatedLine struct {
	Line       int64
	Submission int64
	Reference  string
	Said       func() *request.Line // made whole when it is asked for
	Origin     *request.Origin
}

// Routing is why lines go to somebody, and what the mail to them says of it.
type Routing struct {
	Cause   string // with the officer, what makes it one mail for ever
	Message int64  // the mail that caused it
	Why     request.Text
	Instead string // the officer who was asked before; "" nobody
	Leaving string // the officer who is asked no more; "" nobody
	// Besides are the officers who were asked about each line already and go on being asked: somebody else is wanted, who is there.
	// nil: whoever it is.
	Besides map[int64][]string
}
