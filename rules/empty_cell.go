package rules

import (
	"slices"
	"strings"

	"cel.dev/cel-go/common/ast"
	"cel.dev/cel-go/common/operators"
	"cel.dev/cel-go/common/types"

	"handrail/internal/request"
)

// emptyCell is what an expression says of something that it asks about with given: when it is true only because that is empty.
type emptyCell struct {
	of   source // a givenSource
	when request.Condition
}

// emptyCells finds, for everything that a checked expression asks about with given, what else must be so for it to be true
// while that is empty and false once it is filled in. What filling in cannot change is left out.
func (c *compiler) emptyCells(tree *ast.AST, r *reads) []emptyCell {
	var found []emptyCell
	for _, s := range r.sources {
		if s.kind != givenSource || s.origin == senderPart {
			continue
		}
		if !asksForEmpty(tree.Expr(), s, true) {
			continue
		}
		when := (&emptiness{compiler: c, of: s}).condition(tree.Expr(), true)
		if when.Kind != request.TrueCondition {
			when = allOf(when, (&emptiness{compiler: c, of: s, filled: true}).condition(tree.Expr(), false))
		}
		if when.Kind != request.FalseCondition {
			found = append(found, emptyCell{s, when})
		}
	}
	return found
}

// asksForEmpty reports whether an expression, or its opposite where want is false, can be true because something is empty: given
// stands in it under an odd number of negations, or chooses between two sides.
func asksForEmpty(x ast.Expr, s source, want bool) bool {
	if x.Kind() != ast.CallKind {
		return false
	}
	call := x.AsCall()
	args := call.Args()
	switch call.FunctionName() {
	case operators.LogicalNot:
		return asksForEmpty(args[0], s, !want)
	case operators.LogicalAnd, operators.LogicalOr:
		return slices.ContainsFunc(args, func(a ast.Expr) bool { return asksForEmpty(a, s, want) })
	case operators.Conditional:
		return asksForEmpty(args[0], s, true) || asksForEmpty(args[0], s, false) || asksForEmpty(args[1], s, want) || asksForEmpty(args[2], s, want)
	case givenFunction, saysFunction:
		name, _ := onlyText(args)
		asked, ok := askable(name)
		return ok && asked == s && !want
	}
	return false
}

// emptiness reads a tree under the assumption that one thing is empty, or filled in as the policy wants it.
type emptiness struct {
	compiler *compiler
	of       source
	filled   bool
}

func constant(b bool) request.Condition {
	if b {
		return request.Condition{Kind: request.TrueCondition}
	}
	return request.Condition{Kind: request.FalseCondition}
}

// condition is what makes an expression true, or false where want is false.
func (e *emptiness) condition(x ast.Expr, want bool) request.Condition {
	if x.Kind() == ast.LiteralKind {
		if b, ok := x.AsLiteral().(types.Bool); ok {
			return constant(bool(b) == want)
		}
	}
	if x.Kind() != ast.CallKind {
		return request.Condition{}
	}
	call := x.AsCall()
	args := call.Args()
	switch call.FunctionName() {
	case operators.LogicalNot:
		return e.condition(args[0], !want)
	case operators.LogicalAnd, operators.LogicalOr:
		var parts []request.Condition
		for _, a := range args {
			parts = append(parts, e.condition(a, want))
		}
		if (call.FunctionName() == operators.LogicalAnd) == want {
			return allOf(parts...)
		}
		return anyOf(parts...)
	case operators.Conditional:
		return anyOf(allOf(e.condition(args[0], true), e.condition(args[1], want)), allOf(e.condition(args[0], false), e.condition(args[2], want)))
	case givenFunction, saysFunction:
		return e.given(args, want)
	}
	if e.own(x) { // of an empty cell it is never true; once filled in, it says what the policy wants
		return constant(e.filled || !want)
	}
	return e.comparison(call.FunctionName(), args, want)
}

func (e *emptiness) given(args []ast.Expr, want bool) request.Condition {
	name, _ := onlyText(args)
	s, ok := askable(name)
	switch {
	case !ok || s.kind != givenSource:
		return request.Condition{}
	case s == e.of:
		return constant(e.filled == want)
	case s.field == request.NoField:
		return request.Condition{}
	case want:
		return request.Condition{Kind: request.IsGiven, Field: s.field}
	}
	return request.Condition{Kind: request.IsEmpty, Field: s.field}
}

// own reports whether an expression reads the thing itself.
func (e *emptiness) own(x ast.Expr) bool {
	reads := false
	ast.PostOrderVisit(x, ast.NewExprVisitor(func(n ast.Expr) {
		switch n.Kind() {
		case ast.IdentKind:
			v, ok := e.compiler.known[n.AsIdent()]
			reads = reads || ok && (v.from.kind == fieldSource && e.of.field != request.NoField && v.from.field == e.of.field ||
				v.from.kind == originSource && e.of.origin != noOrigin && v.from.origin == e.of.origin)
		case ast.CallKind:
			if header, ok := onlyText(n.AsCall().Args()); ok && strings.HasPrefix(n.AsCall().FunctionName(), extraFunction) {
				reads = reads || e.of.header != "" && request.CompareForm(header) == request.CompareForm(e.of.header)
			}
		}
	}))
	return reads
}

var otherSide = map[string]string{"<": ">", "<=": ">=", ">": "<", ">=": "<="}

var opposite = map[string]string{"<": ">=", "<=": ">", ">": "<=", ">=": "<"}

var comparisonSigns = map[string]string{operators.Less: "<", operators.LessEquals: "<=", operators.Greater: ">", operators.GreaterEquals: ">="}

// comparison reads line.choice == "code", line.choice in [codes], and line.amount > limits.name; anything else is unknown.
func (e *emptiness) comparison(function string, args []ast.Expr, want bool) request.Condition {
	if len(args) != 2 {
		return request.Condition{}
	}
	sign, ordered := comparisonSigns[function]
	field, other := e.field(args[0]), args[1]
	if field == request.NoField {
		field, other, sign = e.field(args[1]), args[0], otherSide[sign]
	}
	if field == request.NoField {
		return request.Condition{}
	}
	switch {
	case ordered:
		if !want {
			sign = opposite[sign]
		}
		return e.amount(request.Condition{Kind: request.ComparesWith, Field: field, Operator: sign}, other)
	case function == operators.Equals, function == operators.NotEquals, function == operators.In:
		return oneOf(field, other, want == (function != operators.NotEquals))
	}
	return request.Condition{}
}

func (e *emptiness) field(x ast.Expr) request.Field {
	if x.Kind() == ast.IdentKind {
		if v, ok := e.compiler.known[x.AsIdent()]; ok && v.from.kind == fieldSource {
			return v.from.field
		}
	}
	return request.NoField
}

// amount is a comparison with a limit or with money("…").
func (e *emptiness) amount(c request.Condition, x ast.Expr) request.Condition {
	switch {
	case x.Kind() == ast.IdentKind:
		if v, ok := e.compiler.known[x.AsIdent()]; ok && v.from.kind == limitSource {
			c.Limit = e.compiler.policy.limits[v.from.index].name
			return c
		}
	case x.Kind() == ast.CallKind && x.AsCall().FunctionName() == "money":
		if text, ok := onlyText(x.AsCall().Args()); ok {
			if d, err := decimalText(text); err == nil {
				c.Amount = d
				return c
			}
		}
	}
	return request.Condition{}
}

func oneOf(field request.Field, x ast.Expr, among bool) request.Condition {
	words := []ast.Expr{x}
	if x.Kind() == ast.ListKind {
		words = x.AsList().Elements()
	}
	var named []string
	for _, w := range words {
		code, ok := literalText(w)
		if !ok {
			return request.Condition{}
		}
		named = append(named, code)
	}
	c := request.Condition{Kind: request.OneOf, Field: field}
	for _, choice := range field.Info().Choices {
		if slices.Contains(named, choice.Code) == among {
			c.Codes = append(c.Codes, choice.Code)
		}
	}
	if field.Info().Kind != request.ChoiceKind {
		return request.Condition{}
	}
	return c
}

// allOf is true when all parts are. Two answers of one field are one.
func allOf(parts ...request.Condition) request.Condition {
	var all []request.Condition
	for _, p := range parts {
		switch p.Kind {
		case request.TrueCondition:
			continue
		case request.FalseCondition:
			return p
		case request.AllOf:
			all = append(all, p.Parts...)
		default:
			all = append(all, p)
		}
	}
	merged := all[:0:0]
	for _, p := range all {
		at := slices.IndexFunc(merged, func(m request.Condition) bool { return contradictory(m, p) })
		if at >= 0 {
			return constant(false)
		}
		at = slices.IndexFunc(merged, func(m request.Condition) bool {
			return m.Kind == request.OneOf && p.Kind == m.Kind && p.Field == m.Field
		})
		if at < 0 {
			merged = append(merged, p)
			continue
		}
		if merged[at].Codes = both(merged[at].Codes, p.Codes); len(merged[at].Codes) == 0 {
			return constant(false)
		}
	}
	merged = slices.DeleteFunc(merged, func(p request.Condition) bool { // one of several that is so anyway
		return p.Kind == request.AnyOf && slices.ContainsFunc(p.Parts, func(x request.Condition) bool {
			return slices.ContainsFunc(merged, func(m request.Condition) bool { return simple(m) && alike(m, x) })
		})
	})
	return joinedParts(request.AllOf, merged)
}

func simple(c request.Condition) bool {
	return c.Kind == request.OneOf || c.Kind == request.IsGiven || c.Kind == request.IsEmpty || c.Kind == request.ComparesWith
}

// alike reports whether two simple conditions are the same.
func alike(a, b request.Condition) bool {
	return a.Kind == b.Kind && a.Field == b.Field && a.Operator == b.Operator && a.Limit == b.Limit && a.Amount.Equal(b.Amount) && slices.Equal(a.Codes, b.Codes)
}

// contradictory reports whether one field would have to be empty and filled.
func contradictory(a, b request.Condition) bool {
	return a.Field == b.Field && (a.Kind == request.IsGiven && b.Kind == request.IsEmpty || a.Kind == request.IsEmpty && b.Kind == request.IsGiven)
}

func both(a, b []string) []string {
	var in []string
	for _, x := range a {
		if slices.Contains(b, x) {
			in = append(in, x)
		}
	}
	return in
}

func anyOf(parts ...request.Condition) request.Condition {
	var any []request.Condition
	for _, p := range parts {
		switch p.Kind {
		case request.FalseCondition:
			continue
		case request.TrueCondition:
			return p
		case request.AnyOf:
			any = append(any, p.Parts...)
		default:
			any = append(any, p)
		}
	}
	merged := any[:0:0]
	for _, p := range any {
		at := slices.IndexFunc(merged, func(m request.Condition) bool {
			return m.Kind == request.OneOf && p.Kind == m.Kind && p.Field == m.Field
		})
		if at < 0 {
			merged = append(merged, p)
			continue
		}
		for _, c := range p.Codes {
			if !slices.Contains(merged[at].Codes, c) {
				merged[at].Codes = append(slices.Clone(merged[at].Codes), c)
			}
		}
	}
	return joinedParts(request.AnyOf, merged)
}

func joinedParts(kind request.ConditionKind, parts []request.Condition) request.Condition {
	switch len(parts) {
	case 0:
		return constant(kind == request.AllOf)
	case 1:
		return parts[0]
	}
	return request.Condition{Kind: kind, Parts: parts}
}
