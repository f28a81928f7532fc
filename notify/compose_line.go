package notify

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"

	"handrail/internal/request"
	"handrail/templates"
)

// Line is what a mail says about one line of a request. Everything in it may come from a stranger's workbook; it is
// cleaned before it is written.
type Line struct {
	Reference string // "HR-2026-000123-04"
	// Number is what an officer's commands call the line ("APPROVE 2"); 0 when the mail asks for no decision on it.
	Number int
	Row    int // of the requester's workbook; 0 when unknown
	// Sheet is the row's, where the request stands on several sheets; "" where it stands on one.
	Sheet string

	Title, Supplier, CostCentre string
	// Requester is who asked for it, where a mail has lines of several people.
	Requester request.Origin
	// Description, NeededBy, Justification and Rationale are shown to officers.
	Description, Justification, Rationale string
	NeededBy                              request.Date
	Total                                 *request.Money // nil when it could not be read

	Outcome  request.Outcome
	Findings []request.Finding
	Problems []request.Problem
	// Remarks are said as they are: "This row has the number of another request: it counts as a new line."
	Remarks []request.Text

	Section32 Section32Evidence
	// History is what a total adds up, so that an officer sees what the finding saw.
	History []HistoryLine
	// Alike are earlier lines that are most alike and that an officer decided, Near the names that were added up with the supplier's.
	Alike []HistoryLine
	Near  []string
	// Changes says what is new since the last version, one sentence each.
	Changes []request.Text
	// Kept is true for a line that came back as it was: it was decided before, and is not decided again.
	Kept bool
	// AwaitsManager is true while an escalated line waits for its section 32 manager to confirm, and for no officer yet.
	AwaitsManager bool
	// NeedsReason is true when an approval must say why (splitting, public servant).
	NeedsReason bool

	// DecidedBy, DecidedAt and Reason say who decided an escalated line, by title or name, when, and why.
	DecidedBy string
	InsteadOf string // whose place the decider took; may be empty
	WrittenBy string // the assistant who wrote for the decider; may be empty
	DecidedAt time.Time
	Reason    string
	// WouldPass says what would make a declined line acceptable.
	WouldPass request.Text
}

// Evidence is how well the section 32 authorization is known.
type Evidence string

// What is known of a section 32 authorization. The zero Evidence says that the form names none.
const (
	Declared  Evidence = "declared"  // the form says so
	Attached  Evidence = "attached"  // the manager's mail came along
	Confirmed Evidence = "confirmed" // the manager answered CONFIRM
)

// Section32Evidence is who authorized the money, as far as is known.
type Section32Evidence struct {
	// Label is what the policy calls who authorized; zero: section 32.
	Label    request.Text
	Manager  string // address
	On       request.Date
	Amount   *request.Money
	Evidence Evidence
	// Blanket: Amount is for each month, until Until.
	Blanket bool
	Until   request.Date
}

// HistoryLine is an earlier or neighbouring line that a total counts.
type HistoryLine struct {
	Reference string
	On        request.Date
	Supplier  string
	Title     string
	Total     *request.Money
	Outcome   request.Outcome
	By        string // who decided it, and Reason why; "" where a mail does not say
	Reason    string
	// TakenOn is the day its approval was taken back, and Until the last day on which it counts all the same; zero: it was not.
	TakenOn, Until request.Date
}

// LineOf takes from a judged line what mails say about it; currency is the policy's. Number, History, section 32
// evidence beyond what is declared, and who decided are the caller's to add.
func LineOf(reference string, l *request.Line, v request.Verdict, currency string) Line {
	values := &l.Values
	out := Line{
		Reference: reference, Row: l.Row,
		Title: values[request.Title].Text, Supplier: values[request.Supplier].Text,
		CostCentre: values[request.CostCentre].Text, Description: values[request.Description].Text,
		Justification: values[request.Justification].Text, Rationale: values[request.Rationale].Text,
		NeededBy: values[request.NeededBy].Date,
		Outcome:  v.Outcome, Findings: v.Findings, Problems: request.Said(l.Problems, v.Findings),
	}
	if out.Title == "" {
		out.Title = cmp.Or(values[request.TitleOther].Text, values[request.Description].Text)
	}
	money := func(f request.Field) *request.Money {
		if x := values[f]; x.Given && !x.Faulty {
			return &request.Money{Amount: x.Number, Currency: l.Currency(currency)}
		}
		return nil
	}
	out.Total = money(request.Total)
	if by := values[request.AuthorizedBy]; by.Given {
		out.Section32 = Section32Evidence{Manager: by.Text, On: values[request.AuthorizedOn].Date,
			Amount: money(request.AuthorizedAmount), Evidence: Declared,
			Blanket: values[request.AuthorizedKind].Text == request.BlanketAuthorization, Until: values[request.AuthorizedUntil].Date}
	}
	return out
}

// maxLines is how many lines a mail shows in full: more would be cut by mail programs, and the workbook has them all.
const maxLines = 30

// Bounds of what a mail repeats of other people's words, in characters.
const (
	maxTitle     = 160
	maxSentence  = 600
	maxFindings  = 12
	maxHistory   = 12
	maxQuoteLine = 40
)

func tone(o request.Outcome) templates.Tone {
	switch o {
	case request.Approved:
		return templates.Good
	case request.Escalated:
		return templates.Waiting
	case request.Returned:
		return templates.Mend
	case request.Declined, request.Revoked:
		return templates.Bad
	default:
		return templates.Plain
	}
}

// amount writes a sum, or says that it could not be read.
func (v *voice) amount(m *request.Money) string {
	if m == nil {
		return v.word("no-amount")
	}
	return m.In(v.lang)
}

// card writes one line. policy supplies the next step of approved ones.
func (v *voice) card(l *Line, policy *request.PolicyMark) templates.Line {
	t := templates.Line{Tone: tone(l.Outcome), Result: l.Outcome.Word().In(v.lang), Amount: v.amount(l.Total), Title: v.title(l)}
	if l.AwaitsManager {
		t.Result = v.word("to-confirm")
	}
	if v.trial && !l.Kept {
		t.Result = l.Outcome.Would().In(v.lang)
	}
	if l.Kept && l.Outcome == request.Approved {
		t.Tone, t.Result = templates.Plain, v.word("approved-before")
	}
	if l.Number > 0 {
		t.Number = v.word("line") + nbsp + fmt.Sprint(l.Number)
	}
	v.fact(&t.Facts, "supplier", clip(cleanLine(l.Supplier), maxTitle))
	v.fact(&t.Facts, "reference", cleanLine(l.Reference))
	if l.Row > 0 && !v.officer {
		v.fact(&t.Facts, "row", v.row(l))
	}
	switch {
	case l.DecidedBy != "":
		v.fact(&t.Facts, "decided-by", v.decider(l))
	case l.Kept && l.Outcome == request.Approved:
		v.fact(&t.Facts, "approved-on", v.when(l.DecidedAt))
	}
	if l.Reason != "" {
		v.fact(&t.Facts, "reason", clip(cleanLine(l.Reason), maxSentence))
	}
	v.reasons(&t, l)
	switch l.Outcome {
	case request.Approved:
		if policy != nil && !policy.NextStep.IsZero() && !l.Kept {
			step := strings.ReplaceAll(policy.NextStep.In(v.lang), "{reference}", l.Reference)
			t.NextLabel, t.Next = v.label("next"), cleanLine(step)
		}
	case request.Declined:
		if !l.WouldPass.IsZero() {
			t.NextLabel, t.Next = v.label("would-pass"), clip(cleanLine(l.WouldPass.In(v.lang)), maxSentence)
		}
	}
	return t
}

// row is the line's row, with the sheet where there are several: 4 of “Form (2)”, 4 de « Form (2) ».
func (v *voice) row(l *Line) string {
	row, sheet := fmt.Sprint(l.Row), clip(cleanLine(l.Sheet), maxTitle)
	if sheet == "" {
		return row
	}
	if v.lang == request.French {
		return row + " de " + request.QuoteFR(sheet)
	}
	return row + " of " + request.QuoteEN(sheet)
}

// title is what is bought.
func (v *voice) title(l *Line) string {
	if s := clip(cleanLine(l.Title), maxTitle); s != "" {
		return s
	}
	return v.word("untitled")
}

func (v *voice) decider(l *Line) string {
	who := clip(cleanLine(l.DecidedBy), maxTitle)
	if l.InsteadOf != "" {
		who += " (" + strings.ToLower(v.word("instead")) + " " + clip(cleanLine(l.InsteadOf), maxTitle) + ")"
	}
	if l.WrittenBy != "" {
		who += " (" + strings.ToLower(v.word("written-by")) + " " + clip(cleanLine(l.WrittenBy), maxTitle) + ")"
	}
	if l.DecidedAt.IsZero() {
		return who
	}
	return who + ", " + v.when(l.DecidedAt)
}

// fact adds a labelled value; empty values are left out.
func (v *voice) fact(facts *[]templates.Fact, label, value string) {
	if value != "" {
		*facts = append(*facts, templates.Fact{Label: v.label(label), Value: value})
	}
}

// reasons writes problems first (they stop the line), then what is missing, then findings from the worst action to the
// mildest, then remarks.
func (v *voice) reasons(t *templates.Line, l *Line) {
	t.Reasons = make([]templates.Reason, 0, len(l.Problems)+len(l.Findings)+len(l.Remarks))
	for i := range l.Problems {
		p := &l.Problems[i]
		label := "note"
		if p.Severity == request.ReturnSeverity {
			label = "to-correct"
		}
		t.Reasons = append(t.Reasons, templates.Reason{Label: v.label(label), Text: v.sentence(p.Message), Cells: v.cells(p.Cell)})
	}
	found := request.Gather(l.Problems, l.Findings, nil)
	if len(found.Missing) > 0 {
		var cells []string
		for _, m := range found.Missing {
			if !slices.Contains(cells, m.Cell) {
				cells = append(cells, m.Cell)
			}
		}
		t.Reasons = append(t.Reasons, templates.Reason{Label: v.label("to-correct"), Text: v.sentence(request.FillIn(found.Missing)), Cells: v.cells(cells...)})
	}
	for i := range found.Findings {
		addReason(t, v.finding(&found.Findings[i]))
	}
	for _, r := range l.Remarks {
		t.Reasons = append(t.Reasons, templates.Reason{Label: v.label("note"), Text: v.sentence(r)})
	}
	if more := len(t.Reasons) - maxFindings; more > 0 {
		t.Reasons = append(t.Reasons[:maxFindings], templates.Reason{Label: v.label("note"), Text: v.count("more-reasons", more)})
	}
}

// addReason adds a reason, once: several guardrails may say the same, and one sentence says it.
func addReason(t *templates.Line, r templates.Reason) {
	for i := range t.Reasons {
		if t.Reasons[i].Label == r.Label && t.Reasons[i].Text == r.Text {
			return
		}
	}
	t.Reasons = append(t.Reasons, r)
}

func (v *voice) finding(f *request.Finding) templates.Reason {
	label := "note"
	switch {
	case f.ExemptedBy != "":
		label = "exempted"
	case f.Action == request.Escalate:
		label = "why"
	case f.Action != request.Note:
		label = "to-correct"
	}
	r := templates.Reason{Label: v.label(label), Text: v.sentence(f.Message), Cells: v.cells(f.Cells...)}
	switch {
	case v.officer:
		r.Text = v.sentence(f.ForOfficer())
	case f.Message.IsZero():
		r.Text = v.sentence(f.Title)
	}
	if source := f.SourceIn(v.lang); source != "" {
		r.Source = v.labelled("source", clip(cleanLine(source), maxSentence))
	}
	if f.ExemptedBy != "" {
		r.Source = strings.TrimSpace(r.Source + " " + v.labelled("exemption", clip(cleanLine(f.Exempted(v.lang)), maxSentence)))
	}
	return r
}

func (v *voice) sentence(t request.Text) string { return clip(cleanLine(t.In(v.lang)), maxSentence) }

// cells says where a requester looks: "Cell N12", "Cells N12, P12".
func (v *voice) cells(refs ...string) string {
	if v.officer {
		return "" // it has another workbook
	}
	shown := make([]string, 0, len(refs))
	for _, r := range refs {
		if r = cleanLine(r); r != "" && len(shown) < maxFindings {
			shown = append(shown, r)
		}
	}
	switch len(shown) {
	case 0:
		return ""
	case 1:
		return v.word("cell") + " " + shown[0]
	default:
		return v.word("cells") + " " + strings.Join(shown, ", ")
	}
}
