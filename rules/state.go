package rules

// State is how a guardrail came out on a line.
type State string

// The states of a guardrail on a line.
const (
	Passed       State = "passed"        // evaluated, and the line is inside
	Tripped      State = "tripped"       // evaluated, and the line is outside
	Exempted     State = "exempted"      // tripped or incomplete, and an exemption saves the line
	Incomplete   State = "incomplete"    // something that it needs is empty: the line is returned
	NotEvaluated State = "not evaluated" // a problem elsewhere decides, or there is no mail
	Failed       State = "failed"        // an error at run time: the line is escalated
	NotInForce   State = "not in force"  // on the line's date
)
