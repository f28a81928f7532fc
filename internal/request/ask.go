package request

import "github.com/shopspring/decimal"

// FormAsk is one thing that a policy asks a requester for, so that the blank form can mark it before it is mailed: a field of
// the line, a column of the policy's own, or something about the request.
type FormAsk struct {
	Field  Field  // NoField for the other two
	Header string // of a column of the policy's own, line.extra["Header"]
	Origin string // "requester", "email" or "branch"
	// Always: a line without it comes back, or goes to an officer, whatever else it says.
	Always bool
	// Cases are when it is asked for otherwise; without any, a guardrail reads it and does without it.
	Cases []AskCase
}

// AskCase is one case in which an empty field is asked for.
type AskCase struct {
	Title Text // of the guardrail that asks
	// Soft: the line is approved all the same, with a note.
	Soft bool
	// When is what the rest of the form must say for it. Its unknown parts are what the form cannot see, such as earlier requests.
	When Condition
}

// ConditionKind says what a Condition asks.
type ConditionKind uint8

// The kinds of conditions.
const (
	UnknownCondition ConditionKind = iota // what a form cannot see
	TrueCondition
	FalseCondition
	AllOf        // of Parts
	AnyOf        // of Parts
	OneOf        // Field is one of Codes
	IsGiven      // Field is filled in
	IsEmpty      // Field is empty
	ComparesWith // Field Operator Amount
)

// Condition is what a form must say, in negation normal form.
type Condition struct {
	Kind     ConditionKind
	Parts    []Condition
	Field    Field
	Codes    []string // in the order of the field's choices
	Operator string   // <, <=, > or >=
	Limit    string   // the name of the limit that Amount is, "" for a constant
	Amount   decimal.Decimal
}

// Attestation is one statement above a form's table, with yes or no, that fills fields of the lines that leave them empty.
type Attestation struct {
	Text   Text
	Values []AttestedValue // in the form's order
}

// AttestedValue is what an attestation says of one field: the code of one of its choices.
type AttestedValue struct {
	Field Field
	Code  string
}

// IsZero reports whether there is no attestation.
func (a *Attestation) IsZero() bool { return len(a.Values) == 0 }

// AttestationLabel is the label of the box.
var AttestationLabel = Text{EN: "Attestation", FR: "Attestation"}

// Of is the code that the attestation says of a field, "" none.
func (a *Attestation) Of(f Field) string {
	for _, v := range a.Values {
		if v.Field == f {
			return v.Code
		}
	}
	return ""
}
