package rules

import (
	"fmt"
	"slices"
	"strings"

	"cel.dev/cel-go/cel"
	"cel.dev/cel-go/common/ast"
	"cel.dev/cel-go/common/operators"
	"cel.dev/cel-go/common/types"

	"handrail/internal/request"
)

// walker looks through the tree of one expression: before the type check for names and doubles, after it for what the
// types allow and we do not.
type walker struct {
	compiler *compiler
	info     *ast.SourceInfo
	text     string
	reads    *reads
	faults   []fault
}

func (w *walker) fault(e ast.Expr, what string) {
	w.faults = append(w.faults, fault{w.offset(e), what})
}

// offset is the first character of an expression. CEL places an operator at its sign and a selection at its point; the
// reader looks for the beginning.
func (w *walker) offset(e ast.Expr) int {
	at := offsetOf(w.text, w.info.GetStartLocation(e.ID()))
	if e.Kind() == ast.SelectKind {
		return min(at, w.offset(e.AsSelect().Operand()))
	}
	return at
}

// prepare checks names that CEL would explain badly, refuses doubles, and makes each line.extra["Header"] a variable.
func (w *walker) prepare(root ast.Expr) {
	local := loopVariables(root)
	fac := ast.NewExprFactory()
	inner := map[int64]bool{} // operands of a longer selection
	ast.PreOrderVisit(root, ast.NewExprVisitor(func(e ast.Expr) {
		switch e.Kind() {
		case ast.LiteralKind:
			if e.AsLiteral().Type() == types.DoubleType {
				w.fault(e, exactNumber)
			}
		case ast.SelectKind:
			inner[e.AsSelect().Operand().ID()] = true
			if !inner[e.ID()] {
				w.selection(e, local)
			}
		case ast.CallKind:
			w.call(e, fac, inner)
		}
	}))
}

// loopVariables are the names that macros such as exists bind.
func loopVariables(root ast.Expr) []string {
	var names []string
	ast.PostOrderVisit(root, ast.NewExprVisitor(func(e ast.Expr) {
		if e.Kind() == ast.ComprehensionKind {
			names = append(names, e.AsComprehension().IterVar(), e.AsComprehension().AccuVar())
		}
	}))
	return names
}

// families are the first words of our dotted names.
var families = []string{"line", "request", "totals", "counts", "limits", "department", budgetName}

// selection checks a dotted name whole: line.totl is a typing mistake in a field's name, not an unknown "line".
func (w *walker) selection(e ast.Expr, local []string) {
	name, ok := dotted(e)
	family, _, _ := strings.Cut(name, ".")
	if !ok || !slices.Contains(families, family) || slices.Contains(local, family) {
		return
	}
	if v, ok := w.compiler.known[name]; ok {
		w.reads.add(v.from)
		return
	}
	if name == "line.extra" {
		w.fault(e, `a column of the form's own is named in quotes: line.extra["Header"]`)
		return
	}
	w.fault(e, w.compiler.unknownName(name))
}

// unknownName explains a dotted name that is not known.
func (c *compiler) unknownName(name string) string {
	family, rest, _ := strings.Cut(name, ".")
	what := map[string]string{"line": "field of the form", "request": "part of the request", "totals": "total", "counts": "total", "limits": "limit", budgetName: "part of a budget"}[family]
	if what == "" {
		return c.undeclared(name)
	}
	if header, ok := strings.CutPrefix(rest, "extra."); ok && family == "line" {
		return fmt.Sprintf("a column of the form's own is named in quotes: line.extra[%q]", header)
	}
	var candidates []string
	for n := range c.known {
		if strings.HasPrefix(n, family+".") {
			candidates = append(candidates, strings.TrimPrefix(n, family+"."))
		}
	}
	slices.Sort(candidates)
	return fmt.Sprintf("there is no %s %q%s", what, rest, meant(rest, candidates))
}

// dotted is the name that a chain of selections spells.
func dotted(e ast.Expr) (string, bool) {
	switch e.Kind() {
	case ast.IdentKind:
		return e.AsIdent(), true
	case ast.SelectKind:
		if e.AsSelect().IsTestOnly() {
			return "", false
		}
		name, ok := dotted(e.AsSelect().Operand())
		return name + "." + e.AsSelect().FieldName(), ok
	}
	return "", false
}

// call checks the functions whose argument is a name.
func (w *walker) call(e ast.Expr, fac ast.ExprFactory, inner map[int64]bool) {
	call := e.AsCall()
	args := call.Args()
	switch call.FunctionName() {
	case operators.Index:
		name, ok := dotted(args[0])
		if !ok || name != "line.extra" {
			return
		}
		inner[args[0].ID()] = true
		header, ok := literalText(args[1])
		if !ok || request.CompareForm(header) == "" {
			w.fault(e, `a column of the form's own is named in quotes: line.extra["Header"]`)
			return
		}
		w.reads.add(source{kind: extraSource, header: header})
		e.SetKindCase(fac.NewCall(e.ID(), extraFunction, args[1]))
	case givenFunction:
		name, ok := onlyText(args)
		if !ok {
			w.fault(e, `given takes the name of a field in quotes: given("tax")`)
			return
		}
		s, ok := askable(name)
		if !ok {
			w.fault(args[0], fmt.Sprintf("there is no field %q to ask for%s", name, meant(name, askableNames())))
			return
		}
		w.reads.add(s)
	case problemFunction:
		name, ok := onlyText(args)
		if !ok {
			w.fault(e, `problem takes the name of a field in quotes: problem("total")`)
			return
		}
		if _, ok := request.FieldByName(name); !ok {
			w.fault(args[0], fmt.Sprintf("there is no field %q%s", name, meant(name, askableNames())))
			return
		}
		w.reads.add(problemOf(name))
	case "listed", "nearly_listed":
		w.listCall(e, call.FunctionName(), args)
	case "money", "date":
		w.constant(call.FunctionName(), args)
	case "holiday", "working_days":
		w.region(e, call.FunctionName(), args)
	}
}

func problemOf(name string) source {
	f, _ := request.FieldByName(name)
	return source{kind: problemSource, field: f}
}

func (w *walker) listCall(e ast.Expr, function string, args []ast.Expr) {
	if len(args) == 0 {
		return // the type check says what is missing
	}
	name, ok := literalText(args[0])
	if !ok {
		w.fault(e, function+` takes the name of a list in quotes first: listed("ineligible", line.supplier)`)
		return
	}
	l, ok := w.compiler.policy.lists[name]
	if !ok {
		var names []string
		for n := range w.compiler.policy.lists {
			names = append(names, n)
		}
		slices.Sort(names)
		w.fault(args[0], fmt.Sprintf("there is no list %q%s", name, meant(name, names)))
		return
	}
	if function == "nearly_listed" && len(l.runes) > maxNearRows {
		w.fault(args[0], fmt.Sprintf("the list %q has %d entries, more than the %d that can be searched for near matches", name, len(l.runes), maxNearRows))
	}
}

// constant refuses a wrong amount or date in the text of the policy, where it stands.
func (w *walker) constant(function string, args []ast.Expr) {
	text, ok := onlyText(args)
	if !ok {
		return
	}
	var err error
	if function == "money" {
		_, err = decimalText(text)
	} else {
		_, err = request.ParseDate(text)
	}
	if err != nil {
		w.fault(args[0], err.Error())
	}
}

// region checks that a region with holidays is named, in the call or for the whole policy.
func (w *walker) region(e ast.Expr, function string, args []ast.Expr) {
	want := map[string]int{"holiday": 2, "working_days": 3}[function]
	p := w.compiler.policy
	if len(args) < want {
		if p.region == "" {
			w.fault(e, fmt.Sprintf("%s needs a region: name one for the whole policy (region = \"CA\") or as the last argument", function))
		}
		return
	}
	if name, ok := literalText(args[want-1]); ok {
		if _, ok := p.calendar.regions[name]; !ok {
			w.fault(args[want-1], fmt.Sprintf("no holidays are known for the region %q%s", name, meant(name, p.calendar.names())))
		}
	}
}

func literalText(e ast.Expr) (string, bool) {
	if e.Kind() != ast.LiteralKind {
		return "", false
	}
	s, ok := e.AsLiteral().(types.String)
	return string(s), ok
}

func onlyText(args []ast.Expr) (string, bool) {
	if len(args) != 1 {
		return "", false
	}
	return literalText(args[0])
}

// inspect refuses what the type check lets pass and judging must not: doubles and untyped values, money in != and in,
// numbers that are not exact, and patterns that do not compile.
func (w *walker) inspect(tree *ast.AST) {
	ast.PostOrderVisit(tree.Expr(), ast.NewExprVisitor(func(e ast.Expr) {
		t := tree.GetType(e.ID())
		if holds(t, types.DoubleType) || holds(t, types.DynType) && e.Kind() != ast.ListKind && e.Kind() != ast.MapKind {
			w.fault(e, fmt.Sprintf("values of the type %s are not exact enough for a policy", t))
		}
		if e.Kind() != ast.CallKind {
			if e.Kind() == ast.IdentKind {
				if v, ok := w.compiler.known[e.AsIdent()]; ok {
					w.reads.add(v.from)
				}
			}
			return
		}
		call := e.AsCall()
		args := call.Args()
		switch call.FunctionName() {
		case operators.Equals, operators.NotEquals, operators.In:
			w.choices(args)
		}
		switch call.FunctionName() {
		case operators.NotEquals, operators.In:
			for _, a := range args {
				if holds(tree.GetType(a.ID()), moneyType) || holds(tree.GetType(a.ID()), numType) {
					w.fault(e, "amounts cannot be compared with != or in: write !(a == b), or < and >")
					return
				}
			}
		case operators.Multiply:
			if text, ok := literalText(args[1]); ok {
				if _, err := decimalText(text); err != nil {
					w.fault(args[1], err.Error())
				}
			}
		}
	}))
}

// choices refuses to compare a field of fixed choice with a word that is none of its answers.
func (w *walker) choices(args []ast.Expr) {
	for i, named := range args {
		if named.Kind() != ast.IdentKind {
			continue
		}
		v, ok := w.compiler.known[named.AsIdent()]
		codes := codesOf(v.from)
		if !ok || len(codes) == 0 {
			continue
		}
		words := []ast.Expr{args[1-i]}
		if words[0].Kind() == ast.ListKind {
			words = words[0].AsList().Elements()
		}
		for _, e := range words {
			if word, ok := literalText(e); ok && word != "" && !slices.Contains(codes, word) {
				w.fault(e, neverHeld(v.name, word, codes))
			}
		}
	}
}

// holds reports whether t is want or is made of it.
func holds(t, want *cel.Type) bool {
	if t == nil {
		return false
	}
	if t.IsExactType(want) {
		return true
	}
	for _, p := range t.Parameters() {
		if holds(p, want) {
			return true
		}
	}
	return false
}
