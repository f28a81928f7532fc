package bench

import (
	"cmp"
	"encoding/json"
	"maps"
	"slices"

	"github.com/shopspring/decimal"

	"handrail/internal/request"
	"handrail/rules"
)

// Verdict is what became of a story.
type Verdict string

// The verdicts.
const (
	// Caught: every line that must not be approved was stopped.
	Caught Verdict = "caught"
	// HeldDown: not every such line was stopped, but the machine alone approved no more than one request may cost, and a person
	// was asked. It counts as caught.
	HeldDown Verdict = "held down"
	// Missed: a dividing story that was neither.
	Missed Verdict = "missed"
	// Passed: an honest story in which nobody was stopped.
	Passed Verdict = "passed"
	// Stopped: an honest story with a line that went to an officer, or back to the requester without need.
	Stopped Verdict = "stopped"
)

// Goal is what figures are held against, in hundredths of the stories: at least so many caught, at most so many stopped.
type Goal struct {
	Caught  int `json:"caught"`
	Stopped int `json:"stopped"`
}

// Result is what a policy makes of a file of stories.
type Result struct {
	Policy  PolicyName `json:"policy"`
	Stories string     `json:"stories"`
	Goal    Goal       `json:"goal"`
	Reached bool       `json:"reached"`
	// Judged: there were stories enough of each kind for the goal to say something.
	Judged bool `json:"judged"`
	// Of the dividing stories: how many, caught in either way, and with every line stopped.
	Dividing Caughts `json:"dividing"`
	Honest   Stops   `json:"honest"`
	// ByTag are the tags of stories that came out otherwise than they should, by name.
	ByTag  []Tag    `json:"by_tag"`
	Played []Played `json:"played"`
}

// PolicyName says which policy was measured.
type PolicyName struct {
	Name    string `json:"name"`
	Version string `json:"version"`
	Hash    string `json:"hash"`
}

func nameOf(p *rules.Policy) PolicyName { return PolicyName{p.Name(), p.Version(), p.Hash()} }

// Amount is an amount that JSON says as "9775.00".
type Amount struct{ request.Money }

// MarshalJSON writes the amount as text, exact to the cent.
func (a Amount) MarshalJSON() ([]byte, error) { return json.Marshal(a.Plain()) }

// Caughts counts dividing stories.
type Caughts struct {
	Played    int `json:"played"`
	Caught    int `json:"caught"`
	EveryLine int `json:"every_line"`
	// Approved is what the machine alone approved, of what all of them cost.
	Approved  Amount `json:"approved"`
	NeedTotal Amount `json:"need_total"`
}

// Stops counts honest stories.
type Stops struct {
	Played  int `json:"played"`
	Stopped int `json:"stopped"`
	Officer int `json:"officer"` // of those stopped, with a line that went to an officer
}

// Tag is one thing that stories try.
type Tag struct {
	Name    string          `json:"name"`
	Kind    rules.StoryKind `json:"kind"`
	Stories int             `json:"stories"`
	Wrong   int             `json:"wrong"` // missed, or falsely stopped
}

// Played is what became of one story.
type Played struct {
	Story    *rules.Story `json:"-"`
	ID       string       `json:"id"`
	Kind     string       `json:"kind"`
	Title    string       `json:"title"`
	Tags     []string     `json:"tags"`
	Verdict  Verdict      `json:"verdict"`
	Approved Amount       `json:"approved"` // by the machine alone
	Mails    []PlayedMail `json:"mails"`
}

// PlayedMail is one mail of a story.
type PlayedMail struct {
	Date      request.Date `json:"date"`
	From      string       `json:"from"`
	Lines     []PlayedLine `json:"lines,omitempty"`
	Withdraws []string     `json:"withdraws,omitempty"`
	Withdrawn []string     `json:"withdrawn,omitempty"` // of those: what was taken back
	Again     int          `json:"again,omitempty"`
}

// PlayedLine is one line of a mail.
type PlayedLine struct {
	ID         string          `json:"id"`
	Reference  string          `json:"reference"`
	Title      string          `json:"title"`
	Supplier   string          `json:"supplier"`
	CostCentre string          `json:"cost_centre"`
	Total      string          `json:"total"` // as it was typed
	Outcome    request.Outcome `json:"outcome"`
	Kept       bool            `json:"kept,omitempty"` // it came back unchanged, and keeps its decision
	// Wanted is what should have come of it, where that is another outcome.
	Wanted   []request.Outcome `json:"wanted,omitempty"`
	Findings []Found           `json:"findings,omitempty"` // that count

	amount  decimal.Decimal // zero where it has none in the policy's currency
	instead string          // the id of the line that it comes back for
	allowed []request.Outcome
}

// Found is one reason why a line was not approved.
type Found struct {
	Guardrail string         `json:"guardrail"`
	Title     request.Text   `json:"title"`
	Action    request.Action `json:"action"`
	Message   request.Text   `json:"message"`
}

// Sum is the line's total, zero where it has none in the policy's currency.
func (l *PlayedLine) Sum() decimal.Decimal { return l.amount }

// RightlyStopped reports whether the line was not approved, as it should be.
func (l *PlayedLine) RightlyStopped() bool {
	return l.Wanted == nil && l.Outcome != "" && l.Outcome != request.Approved
}

func newPlayedLine(s *rules.Story, l *rules.StoryLine) PlayedLine {
	v := func(f request.Field) string { return l.Values[f] }
	pl := PlayedLine{ID: l.ID, Title: v(request.Title), Supplier: v(request.Supplier), CostCentre: v(request.CostCentre), Total: v(request.Total), instead: l.Reference}
	stop := slices.Contains(s.Stop, l.ID)
	switch {
	case s.Kind == rules.Dividing && !stop:
		pl.allowed = []request.Outcome{request.Approved, request.Escalated, request.Returned}
	case s.Kind == rules.Dividing && s.OrReturned:
		pl.allowed = []request.Outcome{request.Escalated, request.Returned}
	case s.Kind == rules.Dividing:
		pl.allowed = []request.Outcome{request.Escalated}
	default:
		pl.allowed = []request.Outcome{request.Approved}
		if stop {
			pl.allowed = append(pl.allowed, request.Escalated)
		}
		if slices.Contains(s.Returned, l.ID) {
			pl.allowed = append(pl.allowed, request.Returned)
		}
	}
	return pl
}

// keep is for a line that came back unchanged: it keeps its decision, and nothing is decided twice.
func (p *Played) keep(pl *PlayedLine) {
	for _, m := range p.Mails {
		for i := range m.Lines {
			if l := &m.Lines[i]; l.ID == pl.instead {
				pl.Reference, pl.Outcome, pl.Kept, pl.amount, pl.Findings = l.Reference, l.Outcome, true, l.amount, l.Findings
			}
		}
	}
}

// judge says what became of the story.
func (p *Played) judge(policy *rules.Policy) {
	approved, asked, right := decimal.Zero, false, true
	of := map[string]decimal.Decimal{} // what was approved of a line, by its id
	for i := range p.Mails {
		for n := range p.Mails[i].Lines {
			l := &p.Mails[i].Lines[n]
			if !slices.Contains(l.allowed, l.Outcome) {
				l.Wanted, right = l.allowed, false
			}
			asked = asked || l.Outcome == request.Escalated || p.Story.OrReturned && l.Outcome == request.Returned
			if l.Outcome != request.Approved {
				continue
			}
			// A line that comes back states the full amount: what is more is added.
			more := decimal.Max(l.amount, decimal.Zero).Sub(of[l.instead])
			of[l.ID] = decimal.Max(l.amount, of[l.instead])
			approved = approved.Add(decimal.Max(more, decimal.Zero))
		}
	}
	p.Approved = Amount{request.Money{Amount: approved, Currency: policy.Currency()}}
	last := p.Story.Mails[len(p.Story.Mails)-1].Date
	switch limit := policy.Limit("request", last); {
	case p.Story.Kind == rules.Honest && right:
		p.Verdict = Passed
	case p.Story.Kind == rules.Honest:
		p.Verdict = Stopped
	case right:
		p.Verdict = Caught
	case asked && approved.LessThanOrEqual(limit):
		p.Verdict = HeldDown
	default:
		p.Verdict = Missed
	}
}

// Wrong reports whether the story came out otherwise than it should.
func (p *Played) Wrong() bool { return p.Verdict == Missed || p.Verdict == Stopped }

// newResult counts.
func newResult(o Options, played []Played) *Result {
	currency := o.Policy.Currency()
	r := &Result{Policy: nameOf(o.Policy), Stories: o.Stories.File, Goal: o.Goal, Played: played}
	approved, need := decimal.Zero, decimal.Zero
	tags := map[Tag]*Tag{}
	for i := range played {
		p := &played[i]
		p.ID, p.Kind, p.Title, p.Tags = p.Story.ID, string(p.Story.Kind), p.Story.Title, p.Story.Tags
		p.Approved.Currency = currency
		dividing := p.Story.Kind == rules.Dividing
		switch {
		case dividing:
			r.Dividing.count(p)
			approved, need = approved.Add(p.Approved.Amount), need.Add(p.Story.NeedTotal)
		default:
			r.Honest.count(p)
		}
		for _, name := range p.Tags {
			key := Tag{Name: name, Kind: p.Story.Kind}
			if tags[key] == nil {
				own := key
				tags[key] = &own
			}
			tags[key].Stories++
			if p.Wrong() {
				tags[key].Wrong++
			}
		}
	}
	r.Dividing.Approved = Amount{request.Money{Amount: approved, Currency: currency}}
	r.Dividing.NeedTotal = Amount{request.Money{Amount: need, Currency: currency}}
	for t := range maps.Values(tags) {
		if t.Wrong > 0 {
			r.ByTag = append(r.ByTag, *t)
		}
	}
	slices.SortFunc(r.ByTag, func(a, b Tag) int {
		return cmp.Or(cmp.Compare(a.Kind, b.Kind), cmp.Compare(b.Wrong, a.Wrong), cmp.Compare(a.Name, b.Name))
	})
	r.Judged = r.Dividing.Played > 0 && r.Honest.Played > 0
	r.Reached = r.Dividing.Caught*100 >= o.Goal.Caught*r.Dividing.Played && r.Honest.Stopped*100 <= o.Goal.Stopped*r.Honest.Played
	return r
}

func (c *Caughts) count(p *Played) {
	c.Played++
	switch p.Verdict {
	case Caught:
		c.Caught++
		c.EveryLine++
	case HeldDown:
		c.Caught++
	}
}

func (s *Stops) count(p *Played) {
	s.Played++
	if p.Verdict != Stopped {
		return
	}
	s.Stopped++
	for _, m := range p.Mails {
		if slices.ContainsFunc(m.Lines, func(l PlayedLine) bool { return l.Wanted != nil && l.Outcome == request.Escalated }) {
			s.Officer++
			return
		}
	}
}
