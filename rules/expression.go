package rules

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"cel.dev/cel-go/cel"
	"cel.dev/cel-go/common"
	"cel.dev/cel-go/common/ast"
	"cel.dev/cel-go/common/cost"
	"cel.dev/cel-go/common/operators"
	"cel.dev/cel-go/common/types"
	"cel.dev/cel-go/interpreter"

	"handrail/internal/request"
)

// expression is a `when` that was checked and planned.
type expression struct {
	text    string
	program interpreter.InterpretableV2
	reads   reads
	empty   []emptyCell // for the blank form
	remarks []fault     // for policy check
}

// maxCost bounds an expression, in CEL's units of work, estimated once when the policy is loaded: about a millisecond.
const maxCost = 1_000_000

// maxText is what a cell of a workbook can hold, and so the longest text that an expression meets.
const maxText = 32_767

// fault is a mistake in an expression, at a character of its text.
type fault struct {
	at   int
	what request.Text
}

// compiler turns texts into expressions in the language of one policy.
type compiler struct {
	policy *Policy
	env    *cel.Env
	known  map[string]variable
	text   int            // characters that were read so far
	loops  int            // … and how often they go through lists
	slots  map[source]int // shared by all expressions: where the evaluation keeps a variable
}

func newCompiler(p *Policy) (*compiler, error) {
	env, err := p.environment()
	if err != nil {
		return nil, err
	}
	c := &compiler{policy: p, env: env, known: map[string]variable{}, slots: map[source]int{}}
	for _, v := range p.variables() {
		c.known[v.name] = v
	}
	return c, nil
}

// compile checks an expression whole. With faults there is no expression.
func (c *compiler) compile(text string) (*expression, []fault) {
	x := &expression{text: text}
	if faults := c.bounds(text); faults != nil {
		return nil, faults
	}
	tree, issues := c.env.Parse(text)
	if err := issues.Err(); err != nil {
		return nil, c.issueFaults(issues, text)
	}
	w := &walker{compiler: c, info: tree.NativeRep().SourceInfo(), text: text, reads: &x.reads}
	w.prepare(tree.NativeRep().Expr())
	if len(w.faults) > 0 {
		return nil, w.faults
	}
	checked, issues := c.env.Check(tree)
	if issues.Err() != nil {
		return nil, c.issueFaults(issues, text)
	}
	w.inspect(checked.NativeRep())
	if checked.OutputType() != cel.BoolType {
		w.fault(checked.NativeRep().Expr(), "the expression must say true or false, not a %s", "la condition doit être vraie ou fausse, et ceci est %s : comparez, par exemple line.total > limits.request", typeName(checked.OutputType()))
	}
	if len(w.faults) > 0 {
		return nil, w.faults
	}
	x.reads.settle(c.policy.totals)
	x.remarks = w.remarks
	x.empty = c.emptyCells(checked.NativeRep(), &x.reads)
	program, faults := c.plan(text, checked.NativeRep())
	if faults != nil {
		return nil, faults
	}
	x.program = program
	return x, nil
}

// plan makes the program. Before, it takes && and || out of the tree: in CEL `error && false` is false and `error || true`
// is true, so an error could hide behind the other side. Ours look at the left side first, and an error there is the
// result.
func (c *compiler) plan(text string, typed *ast.AST) (interpreter.InterpretableV2, []fault) {
	tree, issues := c.env.Parse(text)
	if issues.Err() != nil {
		return nil, c.issueFaults(issues, text)
	}
	// Identifiers of nodes are the same in both parses, so the types found by the first check serve here.
	w := &walker{compiler: c, info: tree.NativeRep().SourceInfo(), text: text, reads: &reads{}}
	w.prepare(tree.NativeRep().Expr())
	strict(tree.NativeRep().Expr(), typed)
	checked, issues := c.env.Check(tree)
	if issues.Err() != nil {
		return nil, c.issueFaults(issues, text)
	}
	estimate, err := c.env.EstimateCost(checked, sizes{})
	if err != nil {
		return nil, []fault{{0, errorWords(err)}}
	}
	if estimate.Max > maxCost {
		return nil, []fault{{0, inBoth("the expression can cost too much work (%d units of at most %d)", "la condition peut demander trop de travail (%d unités, au plus %d)", estimate.Max, maxCost)}}
	}
	// The planned tree is kept without the Program around it, whose bookkeeping for every evaluation costs as much as a
	// guardrail; holds does what is needed of it.
	var root interpreter.InterpretableV2
	rootID := checked.NativeRep().Expr().ID()
	_, err = c.env.Program(checked, cel.EvalOptions(cel.OptOptimize), cel.CustomDecoratorV2(func(i interpreter.InterpretableV2) (interpreter.InterpretableV2, error) {
		planned, err := c.decorate(i)
		if err == nil && planned.ID() == rootID {
			root = planned
		}
		return planned, err
	}))
	if err == nil && root == nil {
		err = fmt.Errorf("the expression could not be planned")
	}
	if err != nil {
		return nil, []fault{{0, errorWords(err)}}
	}
	return root, nil
}

// strict rewrites && and || as calls of ours, and exact numbers in multiplications as numbers.
func strict(root ast.Expr, typed *ast.AST) {
	fac := ast.NewExprFactory()
	next := ast.MaxID(typed)
	id := func() int64 { next++; return next }
	ast.PostOrderVisit(root, ast.NewExprVisitor(func(e ast.Expr) {
		if e.Kind() != ast.CallKind {
			return
		}
		call := e.AsCall()
		args := call.Args()
		switch call.FunctionName() {
		case operators.LogicalAnd, operators.LogicalOr:
			function := map[string]string{operators.LogicalAnd: andFunction, operators.LogicalOr: orFunction}[call.FunctionName()]
			folded := args[len(args)-1]
			for i := len(args) - 2; i >= 0; i-- {
				folded = fac.NewCall(id(), function, args[i], folded)
			}
			e.SetKindCase(folded)
		case operators.Multiply:
			if args[1].Kind() == ast.LiteralKind && typed.GetType(args[1].ID()) == types.StringType {
				number := fac.NewCall(id(), numberFunction, fac.NewLiteral(id(), args[1].AsLiteral()))
				args[1].SetKindCase(number)
			}
		}
	}))
}

// decorate replaces reads of variables by reads of a slot, and constants in the policy's own types by their value.
func (c *compiler) decorate(i interpreter.InterpretableV2) (interpreter.InterpretableV2, error) {
	switch n := i.(type) {
	case interpreter.InterpretableAttribute:
		named, ok := n.Attr().(interpreter.NamespacedAttribute)
		if !ok || len(named.Qualifiers()) > 0 {
			return i, nil
		}
		for _, name := range named.CandidateVariableNames() {
			if v, ok := c.known[name]; ok && v.from.kind != domainsSource {
				return &slotRead{n.ID(), c.slot(v.from)}, nil
			}
		}
	case interpreter.InterpretableCall:
		args := n.Args()
		switch n.Function() {
		case andFunction:
			return &strictNode{n.ID(), args[0], args[1], types.False}, nil
		case orFunction:
			return &strictNode{n.ID(), args[0], args[1], types.True}, nil
		}
		if len(args) != 1 {
			return i, nil
		}
		constant, ok := args[0].(interpreter.InterpretableConst)
		if !ok {
			return i, nil
		}
		text, ok := constant.Value().(types.String)
		if !ok {
			return i, nil
		}
		switch n.Function() {
		case givenFunction:
			s, _ := askable(string(text))
			return &slotRead{n.ID(), c.slot(s)}, nil
		case saysFunction:
			s, _ := askable(string(text))
			return &slotRead{n.ID(), c.slot(saysOf(s))}, nil
		case problemFunction:
			return &slotRead{n.ID(), c.slot(problemOf(string(text)))}, nil
		case extraFunction:
			return &slotRead{n.ID(), c.slot(source{kind: extraSource, header: string(text)})}, nil
		case extraNumberFunction:
			return &slotRead{n.ID(), c.slot(source{kind: extraSource, header: string(text), index: asNumber})}, nil
		case extraMoneyFunction:
			return &slotRead{n.ID(), c.slot(source{kind: extraSource, header: string(text), index: asMoney})}, nil
		case numberFunction, "money", "date":
			v := n.Exec(nil)
			if err, ok := v.(*types.Err); ok {
				return nil, fmt.Errorf("%s", err.Error())
			}
			return interpreter.NewConstValue(n.ID(), v), nil
		}
	}
	return i, nil
}

// slot is where evaluations keep the value of a source.
func (c *compiler) slot(s source) int {
	if i, ok := c.slots[s]; ok {
		return i
	}
	i := len(c.slots)
	c.slots[s] = i
	return i
}

// issueFaults turns CEL's issues into faults, in words that an officer can use.
func (c *compiler) issueFaults(issues *cel.Issues, text string) []fault {
	var faults []fault
	unread := false
	for _, e := range issues.Errors() {
		at := offsetOf(text, e.Location)
		faults = append(faults, fault{at, c.issueWords(e.Message, text, at)})
		unread = unread || strings.HasPrefix(e.Message, "Syntax error: ")
	}
	if unread { // what follows where an expression stops being one is noise
		slices.SortStableFunc(faults, func(a, b fault) int { return cmp.Compare(a.at, b.at) })
		faults = faults[:1]
	}
	return faults
}

// offsetOf is the character that a location of CEL points at (lines from 1, columns from 0).
func offsetOf(text string, at common.Location) int {
	offset, line := 0, 1
	for _, r := range text {
		if line >= at.Line() {
			break
		}
		if r == '\n' {
			line++
		}
		offset++
	}
	return offset + max(at.Column(), 0)
}

// sizes tells CEL's cost model how large the things of a policy can be.
type sizes struct{}

// EstimateSize bounds texts by what a cell holds, and lists of domains by what a configuration names.
func (sizes) EstimateSize(n cost.AstNode) *cost.SizeEstimate {
	switch {
	case n.Type() == types.StringType:
		return &cost.SizeEstimate{Min: 0, Max: maxText}
	case n.Type().Kind() == types.ListKind:
		return &cost.SizeEstimate{Min: 0, Max: 100}
	}
	return &cost.SizeEstimate{Min: 1, Max: 1}
}

// EstimateCallCost knows the helpers that look at every character or every entry.
func (sizes) EstimateCallCost(function, _ string, _ *cost.AstNode, _ []cost.AstNode) *cost.CallEstimate {
	units := map[string]uint64{
		"similarity": 100_000, "nearly_listed": 200_000, "listed": 4_000, "same_supplier": 8_000, "supplier_name": 4_000, "plain": 4_000,
		"working_days": maxWorkingDays, "osi_approved": 1_000, "https": 4_000, "several_suppliers": 4_000, "tax_number": 4_000, saysFunction: 40_000, "public_host": 4_000, "host": 4_000, "under": 200,
	}
	if u, ok := units[function]; ok {
		return &cost.CallEstimate{CostEstimate: cost.Estimate{Min: 1, Max: u}}
	}
	if strings.HasPrefix(function, sameFunction) || strings.HasPrefix(function, otherFunction) || strings.HasPrefix(function, amongFunction) {
		return &cost.CallEstimate{CostEstimate: cost.Estimate{Min: 1, Max: 8_000}}
	}
	if strings.HasPrefix(function, "@") || function == givenFunction || function == problemFunction {
		return &cost.CallEstimate{CostEstimate: cost.Estimate{Min: 1, Max: 1}}
	}
	return nil
}
