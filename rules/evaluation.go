package rules

import (
	"fmt"

	"cel.dev/cel-go/common/types"
	"cel.dev/cel-go/common/types/ref"
	"cel.dev/cel-go/interpreter"

	"handrail/internal/request"
	"handrail/internal/totals"
)

// evaluation is one line being judged: its facts, and the variables that were read so far. It is reused, because making
// one costs more than judging.
type evaluation struct {
	policy *Policy
	facts  *request.Facts // points at own
	own    request.Facts  // a copy, so that the caller's facts need not move to the heap
	on     request.Date   // the line's date
	frame  *interpreter.ExecutionFrame

	given, faulty fieldSet
	foreign       bool // the line is in another currency
	values        []ref.Val
	amounts       []amount // storage behind values, by slot
	days          []day
	limits        []limitState
}

// limitState is what a limit is on this line.
type limitState struct {
	known  bool
	amount *amount
	lacks  *reads // the override that could not be asked because something is empty
	faulty bool   // … because something could not be read
	err    error  // the limit cannot be told
	store  amount
}

// begin readies an evaluation for facts.
func (p *Policy) begin(given *request.Facts) *evaluation {
	e, ok := p.states.Get().(*evaluation)
	if !ok {
		e = &evaluation{policy: p, values: make([]ref.Val, len(p.slots)), amounts: make([]amount, len(p.slots)),
			days: make([]day, len(p.slots)), limits: make([]limitState, len(p.limits))}
	}
	e.own = *given
	f := &e.own
	e.facts = f
	e.on = f.Request.Received
	if e.on.IsZero() {
		e.on = f.Today
	}
	for i := range f.Line.Values {
		v := &f.Line.Values[i]
		if v.Faulty {
			e.faulty |= 1 << i
		} else if v.Given {
			e.given |= 1 << i
		}
	}
	e.foreign = f.Line.Currency(p.currency) != p.currency
	// The only error is for bindings of functions, which an evaluation has none of.
	e.frame, _ = interpreter.NewExecutionFrame(e)
	return e
}

// end gives the evaluation back.
func (e *evaluation) end() {
	e.frame.Close()
	e.frame, e.facts = nil, nil
	e.own = request.Facts{}
	e.given, e.faulty = 0, 0
	clear(e.values)
	clear(e.limits)
	e.policy.states.Put(e)
}

// value is a variable's value; an error value where there is none, so that reading an empty field that an expression asked
// about can never pass for an answer.
func (e *evaluation) value(slot int) ref.Val {
	if v := e.values[slot]; v != nil {
		return v
	}
	v := e.read(slot)
	e.values[slot] = v
	return v
}

func (e *evaluation) read(slot int) ref.Val {
	s := e.policy.slots[slot]
	switch s.kind {
	case fieldSource:
		return e.readField(slot, s.field)
	case givenSource:
		return types.Bool(e.isGiven(s))
	case problemSource:
		return types.String(e.problem(s.field))
	case saysSource:
		return types.Bool(e.says(s))
	case priceSource:
		return priceParts[s.index].of(e)
	case extraSource:
		if t := e.facts.Line.ExtraText(s.header); t != "" {
			if s.index != 0 {
				return ownNumberOf(s.header, t, s.index == asMoney)
			}
			return types.String(t)
		}
		return types.NewErr("the column %q is empty", s.header)
	case rowSource:
		return types.Int(e.facts.Line.Row)
	case originSource:
		if t := s.origin.of(&e.facts.Request); t != "" {
			return types.String(t)
		}
		return types.NewErr("the %s is not known", s.origin.label().EN)
	case languageSource:
		return types.String(e.facts.Request.Language)
	case receivedSource:
		e.days[slot].Date = e.on
		return &e.days[slot]
	case todaySource:
		if e.facts.Today.IsZero() {
			return types.NewErr("the day judged is not known")
		}
		e.days[slot].Date = e.facts.Today
		return &e.days[slot]
	case totalSource, countSource, distinctSource:
		return e.readTotal(slot, s)
	case budgetSource:
		return e.readBudget(slot, s)
	case budgetGivenSource:
		return types.Bool(e.facts.Budget != nil)
	case limitSource:
		st := e.limit(s.index)
		if st.amount == nil {
			return types.NewErr("the limit %q is not known", e.policy.limits[s.index].name)
		}
		return st.amount
	}
	return types.NewErr("a variable without a source was read")
}

func (e *evaluation) readField(slot int, f request.Field) ref.Val {
	v := &e.facts.Line.Values[f]
	switch {
	case v.Faulty:
		return types.NewErr("%s could not be read", f)
	case !v.Given:
		return types.NewErr("%s is empty", f)
	}
	switch f.Info().Kind {
	case request.MoneyKind:
		if e.foreign {
			return types.NewErr("%s is not in %s", f, e.policy.currency)
		}
		e.amounts[slot] = amount{v.Number, true}
		return &e.amounts[slot]
	case request.NumberKind:
		e.amounts[slot] = amount{v.Number, false}
		return &e.amounts[slot]
	case request.DateKind:
		if v.Date.IsZero() {
			return types.NewErr("%s has no day", f)
		}
		e.days[slot].Date = v.Date
		return &e.days[slot]
	case request.ChoiceKind:
		if c, ok := choices[v.Text]; ok {
			return c
		}
	}
	return types.String(v.Text)
}

// choices are the codes of the form's choices as values, made once.
var choices = func() map[string]ref.Val {
	m := map[string]ref.Val{}
	for _, info := range request.Fields() {
		for _, c := range info.Choices {
			m[c.Code] = types.String(c.Code)
		}
	}
	return m
}()

func (e *evaluation) isGiven(s source) bool {
	switch {
	case s.header != "":
		return e.facts.Line.ExtraText(s.header) != ""
	case s.origin != noOrigin:
		return s.origin.of(&e.facts.Request) != ""
	}
	return e.given.has(s.field)
}

// problem is the code of the problem in a field's cell, "" when there is none.
func (e *evaluation) problem(f request.Field) string {
	if !e.faulty.has(f) {
		return ""
	}
	cell := e.facts.Line.Values[f].Cell
	for i := range e.facts.Line.Problems {
		if p := &e.facts.Line.Problems[i]; p.Cell == cell && p.Severity == request.ReturnSeverity {
			return p.Code
		}
	}
	return "unreadable"
}

func (e *evaluation) readTotal(slot int, s source) ref.Val {
	spec := &e.policy.totals[s.index]
	sum, ok := e.facts.Totals[spec.Name]
	if !ok {
		return types.NewErr("the total %q was not added up", spec.Name)
	}
	switch s.kind {
	case countSource:
		return types.Int(sum.Count)
	case distinctSource:
		return types.Int(sum.Distinct)
	}
	if e.foreign {
		return types.NewErr("the line is not in %s", e.policy.currency)
	}
	e.amounts[slot] = amount{sum.Amount, true}
	return &e.amounts[slot]
}

// limit finds what a limit is for this line: the first override that holds, in the order of the text, else the limit's
// own amount on the line's date.
func (e *evaluation) limit(i int) *limitState {
	st := &e.limits[i]
	if st.known {
		return st
	}
	st.known = true
	for j := range e.policy.overrides {
		o := &e.policy.overrides[j]
		other, ok := o.amounts[i]
		if !ok || !o.covers(e.on) {
			continue
		}
		holds := true
		if o.when != nil {
			switch ready := e.ready(&o.when.reads); ready {
			case isReady:
			case isFaulty:
				st.faulty = true
				return st
			case isEmpty:
				st.lacks = &o.when.reads
				return st
			default:
				st.err = fmt.Errorf("%s: %s", o.place, ready.why())
				return st
			}
			var err error
			if holds, err = e.holds(o.when); err != nil {
				st.err = fmt.Errorf("%s: %w", o.place, err)
				return st
			}
		}
		if holds {
			st.store = amount{other, true}
			st.amount = &st.store
			return st
		}
	}
	for _, a := range e.policy.limits[i].amounts {
		if a.covers(e.on) {
			st.store = amount{a.amount, true}
			st.amount = &st.store
			return st
		}
	}
	st.err = fmt.Errorf("the limit %q has no amount on %s", e.policy.limits[i].name, e.on)
	return st
}

// holds evaluates an expression. Any error counts, for the program was planned so that none can hide; a panic in a helper
// is an error like any other.
func (e *evaluation) holds(x *expression) (holds bool, err error) {
	defer func() {
		if r := recover(); r != nil {
			holds, err = false, fmt.Errorf("panic: %v", r)
		}
	}()
	v := x.program.Exec(e.frame)
	b, ok := v.(types.Bool)
	if ok {
		return bool(b), nil
	}
	if celErr, ok := v.(*types.Err); ok {
		return false, celErr
	}
	return false, fmt.Errorf("the result is %v instead of true or false", v)
}

// readiness says whether an expression may be evaluated on this line.
type readiness uint8

const (
	isReady      readiness = iota
	isFaulty               // a field it reads has a problem of its own
	isEmpty                // a field it needs is empty
	isForeign              // an amount it reads is in another currency
	isUnsigned             // it asks for the sender, and there is no mail
	isUnbudgeted           // it compares with a budget, and none is known
	isUnrecorded           // … because there is no mail, and so no ledger to ask
)

// why is the reason for the operator.
func (r readiness) why() string {
	switch r {
	case isFaulty:
		return "a field it reads could not be read"
	case isEmpty:
		return "a field it needs is empty"
	case isForeign:
		return "the amount is in another currency"
	case isUnsigned:
		return "there is no mail, so the sender is not known"
	case isUnbudgeted:
		return "no budget is known for the cost centre"
	case isUnrecorded:
		return "there is no mail, so the budget is not known"
	}
	return ""
}

// ready looks at everything an expression reads before it is evaluated, its limits excepted.
func (e *evaluation) ready(r *reads) readiness {
	if r.fields&^r.problems&e.faulty != 0 || (len(r.totals) > 0 || r.money()&e.given != 0) && e.faulty.has(request.Currency) {
		return isFaulty
	}
	if r.neededOrigin&senderPart != 0 && e.facts.Request.Sender == "" {
		return isUnsigned
	}
	if len(r.totals) > 0 && e.unidentified(r) != 0 {
		return isEmpty
	}
	if r.needed&^e.given != 0 || e.lacksSupplier(r) || e.lacksNeed(r) || e.lacksOutside(r) {
		return isEmpty
	}
	if e.foreign && (len(r.totals) > 0 || r.budget || r.whole || r.money()&e.given != 0) {
		return isForeign
	}
	if r.budgetNeeded && e.facts.Budget == nil {
		if e.facts.Request.Sender == "" {
			return isUnrecorded
		}
		return isUnbudgeted
	}
	return isReady
}

// unidentified are the fields that totals go by and whose text identifies nothing: such a line is in no total, and its
// guardrails could not be evaluated.
func (e *evaluation) unidentified(r *reads) fieldSet {
	var fields fieldSet
	for _, i := range r.totals {
		spec := &e.policy.totals[i]
		if _, added := e.facts.Totals[spec.Name]; added {
			continue
		}
		fields |= setOf(totals.Unidentified(spec, &e.facts.Line, &e.facts.Request)...)
	}
	return fields
}

func (e *evaluation) lacksSupplier(r *reads) bool {
	return r.supplier && !e.given.has(request.Supplier) && !e.given.has(request.SupplierID)
}

func (e *evaluation) lacksNeed(r *reads) bool {
	return r.need && !e.given.has(request.Title) && !e.given.has(request.Description)
}

// lacksOutside reports whether something needed beside the form's own fields is empty.
func (e *evaluation) lacksOutside(r *reads) bool {
	if r.neededOrigin != 0 {
		for part := unitPart; part < senderPart; part <<= 1 {
			if r.neededOrigin&part != 0 && part.of(&e.facts.Request) == "" {
				return true
			}
		}
	}
	if r.requester && e.facts.Request.Sender == "" && e.facts.Request.Email == "" {
		return true
	}
	for _, h := range r.extra {
		if e.facts.Line.ExtraText(h) == "" {
			return true
		}
	}
	return false
}
