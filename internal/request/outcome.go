package request

// Outcome is where a line stands.
type Outcome string

// The outcomes of a line. The machine says the first three; people and later versions say the others.
const (
	Approved   Outcome = "approved"
	Escalated  Outcome = "escalated"
	Returned   Outcome = "returned"
	Declined   Outcome = "declined"
	Withdrawn  Outcome = "withdrawn"
	Revoked    Outcome = "revoked"
	Superseded Outcome = "superseded"
)

// Word is how the outcome is said to a person, for a line (feminine in French: la ligne).
func (o Outcome) Word() Text {
	switch o {
	case Approved:
		return Text{"Approved", "Approuvée"}
	case Escalated:
		return Text{"Escalated", "Soumise à l’approvisionnement"}
	case Returned:
		return Text{"Returned", "Renvoyée"}
	case Declined:
		return Text{"Declined", "Refusée"}
	case Withdrawn:
		return Text{"Withdrawn", "Retirée"}
	case Revoked:
		return Text{"Revoked", "Révoquée"}
	case Superseded:
		return Text{"Replaced", "Remplacée"}
	}
	return Text{string(o), string(o)}
}

// Would is what a line would become, said in the same way, of a trial that records nothing.
func (o Outcome) Would() Text {
	switch o {
	case Approved:
		return Text{"Would be approved", "Serait approuvée"}
	case Escalated:
		return Text{"Would go to an officer", "Serait soumise à l’approvisionnement"}
	case Returned:
		return Text{"Would come back to you", "Vous serait renvoyée"}
	}
	return o.Word()
}

// Action is what a guardrail asks for when it is tripped.
type Action string

// The actions, from the mildest to the worst.
const (
	Note     Action = "note"
	Escalate Action = "escalate"
	Return   Action = "return"
)

// Rank orders actions: a line's worst one decides. Unknown actions rank as Return, so that they never approve.
func (a Action) Rank() int {
	switch a {
	case Note:
		return 1
	case Escalate:
		return 2
	default:
		return 3
	}
}

// Finding is what one guardrail says about one line.
type Finding struct {
	Guardrail string   `json:"guardrail"`
	Action    Action   `json:"action"`
	Cells     []string `json:"cells"`
	Title     Text     `json:"title"`
	Message   Text     `json:"message"`
	// Officer is the message in the words that an officer needs, who corrects nothing; empty where it is the same.
	Officer Text   `json:"officer,omitzero"`
	Source  string `json:"source"`
	// SourceFR is the source in French; "" where the policy names one source for both languages.
	SourceFR string `json:"source_fr,omitempty"`
	// ExemptedBy is set when an exemption saved the line: the finding is then printed but does not count.
	ExemptedBy string `json:"exempted_by,omitempty"`
	// ExemptedByFR is the same in French, "" where it is the same.
	ExemptedByFR string `json:"exempted_by_fr,omitempty"`
	// Missing is what is empty and must be filled in, where the finding says nothing else.
	Missing []Missing `json:"missing,omitempty"`
}

// Missing is an empty field, by its label, and the cell to write it in; "" where the form has none.
type Missing struct {
	Field Text   `json:"field"`
	Cell  string `json:"cell,omitempty"`
}

// ForOfficer is what an officer reads of the finding.
func (f *Finding) ForOfficer() Text {
	switch {
	case !f.Officer.IsZero():
		return f.Officer
	case !f.Message.IsZero():
		return f.Message
	}
	return f.Title
}

// SourceIn is where the finding's rule comes from, in a language.
func (f *Finding) SourceIn(l Lang) string {
	if l == French && f.SourceFR != "" {
		return f.SourceFR
	}
	return f.Source
}

// Verdict is what a policy says about a line.
type Verdict struct {
	Outcome  Outcome   `json:"outcome"`
	Findings []Finding `json:"findings"`
	// NotEvaluated names guardrails that could not be evaluated, and why.
	NotEvaluated []NotEvaluated `json:"not_evaluated,omitempty"`
}

// NotEvaluated is a guardrail that was left out of a judging, with the reason.
type NotEvaluated struct {
	Guardrail string `json:"guardrail"`
	Why       string `json:"why"`
}

// Severity is how much a problem weighs.
type Severity string

// A note is shown; a return sends the line back.
const (
	NoteSeverity   Severity = "note"
	ReturnSeverity Severity = "return"
)

// Problem is something wrong, or worth knowing, at a place in a workbook.
type Problem struct {
	Sheet    string   `json:"sheet"`
	Cell     string   `json:"cell"`
	Code     string   `json:"code"`
	Severity Severity `json:"severity"`
	Message  Text     `json:"message"`
}

// Exempted is who exempted the line, for a reader; "" where nobody did.
func (f *Finding) Exempted(l Lang) string {
	if l == French && f.ExemptedByFR != "" {
		return f.ExemptedByFR
	}
	return f.ExemptedBy
}
