package rules

import (
	"fmt"
	"slices"

	"handrail/internal/request"
)

// Judge says what the policy makes of one line. It is pure: the same facts give the same verdict for ever.
func (p *Policy) Judge(f request.Facts) request.Verdict {
	e := p.begin(&f)
	defer e.end()
	v := request.Verdict{Findings: []request.Finding{}}
	inForce := false
	for _, g := range p.guardrails {
		if p.onlyRead || !g.inForce(e.on) {
			continue
		}
		inForce = true
		r := e.judge(g)
		if r.finding != nil {
			v.Findings = append(v.Findings, *r.finding)
		}
		if r.why != "" {
			v.NotEvaluated = append(v.NotEvaluated, request.NotEvaluated{Guardrail: g.id, Why: r.why})
		}
	}
	v.Findings = e.builtIn(v.Findings)
	if !inForce {
		v.Findings = append(v.Findings, notInForce(e.on))
	}
	v.Outcome = outcome(&f.Line, v.Findings)
	return v
}

// outcome is what the worst finding that counts makes of a line. A problem in a cell returns it as well.
func outcome(l *request.Line, findings []request.Finding) request.Outcome {
	worst := request.Note.Rank()
	if l.MustReturn() {
		worst = request.Return.Rank()
	}
	for i := range findings {
		if findings[i].ExemptedBy == "" {
			worst = max(worst, findings[i].Action.Rank())
		}
	}
	switch worst {
	case request.Note.Rank():
		return request.Approved
	case request.Escalate.Rank():
		return request.Escalated
	}
	return request.Returned
}

// result is how one guardrail came out on one line.
type result struct {
	state   State
	finding *request.Finding
	why     string // for the operator, when it could not be evaluated
}

// judge evaluates one guardrail on the line.
func (e *evaluation) judge(g *guardrail) result {
	r := &g.when.reads
	ready := e.ready(r)
	lacking := []*reads(nil)
	if ready == isEmpty {
		lacking = append(lacking, r)
	}
	// A limit may itself depend on something that is empty, and everything to fix is said at once.
	for _, i := range r.limits {
		switch st := e.limit(i); {
		case ready == isFaulty:
		case st.faulty:
			ready = isFaulty
		case st.lacks != nil:
			lacking = append(lacking, st.lacks)
			if ready == isReady {
				ready = isEmpty
			}
		case st.err != nil && ready == isReady:
			return e.broken(g, st.err)
		}
	}
	switch ready {
	case isReady:
	case isEmpty:
		return e.exempt(g, result{Incomplete, e.incomplete(g, lacking), ""})
	case isUnbudgeted:
		return e.unbudgeted(g)
	default:
		return result{NotEvaluated, nil, ready.why()}
	}
	tripped, err := e.holds(g.when)
	if err != nil {
		return e.broken(g, err)
	}
	if !tripped {
		return result{state: Passed}
	}
	action, message, officer := g.action, &g.message, g.officer
	for i := range g.variants {
		v := &g.variants[i]
		holds, err := e.variantHolds(v)
		if err != nil {
			return e.broken(g, err)
		}
		if holds {
			action = v.action
			if v.message != nil {
				message, officer = v.message, nil
			}
			if v.officer != nil {
				officer = v.officer
			}
			break
		}
	}
	f := e.finding(g, action)
	f.Message = message.fill(e)
	if action == request.Return {
		for _, field := range g.asks {
			if !e.given.has(field) {
				lacks(f, e.policy.words.Info(field).Label, e.facts.Line.Values[field].Cell)
			}
		}
	}
	shown := message
	if officer != nil {
		f.Officer, shown = officer.fill(e), officer
	}
	if added := e.addedUp(g, shown); added.EN != "" {
		if officer == nil {
			f.Officer = f.Message
		}
		f.Officer.EN, f.Officer.FR = f.Officer.EN+added.EN, f.Officer.FR+added.FR
	}
	return e.exempt(g, result{Tripped, f, ""})
}

// variantHolds evaluates a variant. What cannot be asked is an error: the line then goes to an officer.
func (e *evaluation) variantHolds(v *variant) (bool, error) {
	if ready := e.ready(&v.when.reads); ready != isReady {
		return false, fmt.Errorf("a variant could not be evaluated: %s", ready.why())
	}
	return e.holds(v.when)
}

// exempt marks a finding that an exemption in force saves the line from. An exemption that fails does not exempt.
func (e *evaluation) exempt(g *guardrail, r result) result {
	for i := range g.exemptions {
		x := &g.exemptions[i]
		if !x.covers(e.on) {
			continue
		}
		if x.when != nil {
			if e.ready(&x.when.reads) != isReady {
				continue
			}
			if holds, err := e.holds(x.when); err != nil || !holds {
				continue
			}
		}
		r.finding.ExemptedBy = x.String()
		if fr := x.in(request.French); fr != r.finding.ExemptedBy {
			r.finding.ExemptedByFR = fr
		}
		r.state = Exempted
		break
	}
	return r
}

func (e *evaluation) finding(g *guardrail, action request.Action) *request.Finding {
	f := &request.Finding{Guardrail: g.id, Action: action, Title: g.title, Source: g.source.EN, SourceFR: g.sourceFR(), Cells: []string{}}
	for _, field := range g.fields {
		if cell := e.facts.Line.Values[field].Cell; cell != "" && !slices.Contains(f.Cells, cell) {
			f.Cells = append(f.Cells, cell)
		}
	}
	return f
}

// FailedWhy begins the reason of a guardrail that failed at run time, in Verdict.NotEvaluated: its text must be fixed.
const FailedWhy = "error: "

// broken is a guardrail that failed at run time: an officer decides, and the operator is told why.
func (e *evaluation) broken(g *guardrail, err error) result {
	f := e.finding(g, request.Escalate)
	f.Message = request.Text{
		EN: "This check could not be made, so an officer looks at the line.",
		FR: "Cette vérification n’a pas pu être faite; la ligne est donc soumise à l’approvisionnement.",
	}
	f.Officer = request.Text{
		EN: "This check could not be made; the operator knows. Please look at the line yourself.",
		FR: "Cette vérification n’a pas pu être faite; l’exploitant le sait. Veuillez examiner la ligne vous-même.",
	}
	return result{Failed, f, FailedWhy + err.Error()}
}

// incomplete is the finding for what is empty and must be filled in first. Its message depends on nothing but what is
// empty, so that several guardrails that lack the same say the same.
func (e *evaluation) incomplete(g *guardrail, lacking []*reads) *request.Finding {
	f := e.finding(g, request.Return)
	f.Cells = f.Cells[:0]
	for _, r := range lacking {
		for _, field := range (r.needed&^e.given | e.unidentified(r)).fields() {
			e.misses(f, field)
		}
		if e.lacksSupplier(r) {
			e.misses(f, request.Supplier)
		}
		if e.lacksNeed(r) {
			e.misses(f, request.Description)
		}
		for part := unitPart; part < senderPart; part <<= 1 {
			if r.neededOrigin&part != 0 && part.of(&e.facts.Request) == "" {
				lacks(f, e.policy.labelOf(part), "")
			}
		}
		if r.requester && e.facts.Request.Sender == "" && e.facts.Request.Email == "" {
			lacks(f, e.policy.labelOf(emailPart), "")
		}
		for _, h := range r.extra {
			if e.facts.Line.ExtraText(h) == "" {
				lacks(f, request.Text{EN: h, FR: h}, "")
			}
		}
	}
	f.Message = request.FillIn(f.Missing)
	return f
}

// misses notes that a field is empty.
func (e *evaluation) misses(f *request.Finding, field request.Field) {
	cell := e.facts.Line.Values[field].Cell
	lacks(f, e.policy.words.Info(field).Label, cell)
	if cell != "" && !slices.Contains(f.Cells, cell) {
		f.Cells = append(f.Cells, cell)
	}
}

func lacks(f *request.Finding, label request.Text, cell string) {
	if m := (request.Missing{Field: label, Cell: cell}); !slices.Contains(f.Missing, m) {
		f.Missing = append(f.Missing, m)
	}
}
