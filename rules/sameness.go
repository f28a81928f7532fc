package rules

import (
	"fmt"
	"strings"

	"cel.dev/cel-go/cel"
	"cel.dev/cel-go/common/ast"
	"cel.dev/cel-go/common/operators"
	"cel.dev/cel-go/common/types"
	"cel.dev/cel-go/common/types/ref"

	"handrail/internal/request"
)

// sameness is when two texts of one kind are the same, as totals have it: a condition that compares them otherwise would be
// walked around with a dash or a capital.
type sameness struct {
	kind  string
	names []string // of the variables whose texts are of this kind
	form  func(p *Policy, s string) string
	plain string // what to write where a text is searched, around the variable
}

var samenesses = [...]sameness{
	{"supplier", []string{"line.supplier"}, func(_ *Policy, s string) string { return request.SupplierName(s) }, "supplier_name"},
	{"centre", []string{"line.cost_centre", "line.gl_account"}, func(_ *Policy, s string) string { return request.CentreForm(s) }, "plain"},
	{"number", []string{"line.supplier_id"}, func(_ *Policy, s string) string { return request.BusinessNumber(s) }, "plain"},
	{"mailbox", []string{"request.sender", "request.email", "line.authorized_by", "line.cardholder"}, (*Policy).canonicalAddress, "mail_domain"},
	{"text", []string{"request.unit", "request.name", "line.item", "line.title", "line.title_other", "line.description", "line.standing_offer", "line.licence"},
		func(_ *Policy, s string) string { return request.CompareForm(s) }, "plain"},
	{"own", nil, func(_ *Policy, s string) string { return ownForm(s) }, "plain"},
}

// ownForm is the form by which what stands in a column of the form's own is compared: a number as a number, whatever its style.
func ownForm(s string) string {
	if n, err := request.ParseNumber(s); err == nil {
		return n.String()
	}
	if a, err := request.ParseAmount(s, request.UnitDecimals); err == nil {
		return a.Number.String()
	}
	return request.CompareForm(s)
}

// The first words of the functions that stand for ==, != and in between texts of one kind.
const (
	sameFunction  = "@same_"
	otherFunction = "@other_"
	amongFunction = "@among_"
)

var identityFunctions = map[string]string{operators.Equals: sameFunction, operators.NotEquals: otherFunction, operators.In: amongFunction}

// identityComparisons declares these functions.
func identityComparisons(p *Policy) []cel.EnvOption {
	var opts []cel.EnvOption
	for i := range samenesses {
		k := &samenesses[i]
		same := func(a, b ref.Val) bool {
			x, y := string(a.(types.String)), string(b.(types.String))
			return x == y || k.form(p, x) != "" && k.form(p, x) == k.form(p, y)
		}
		opts = append(opts,
			binary(sameFunction+k.kind, cel.StringType, cel.StringType, cel.BoolType, func(a, b ref.Val) ref.Val { return types.Bool(same(a, b)) }),
			binary(otherFunction+k.kind, cel.StringType, cel.StringType, cel.BoolType, func(a, b ref.Val) ref.Val { return types.Bool(!same(a, b)) }),
			binary(amongFunction+k.kind, cel.StringType, cel.ListType(cel.StringType), cel.BoolType, func(a, list ref.Val) ref.Val {
				for _, b := range textsOf(list) {
					if same(a, types.String(b)) {
						return types.True
					}
				}
				return types.False
			}))
	}
	return opts
}

// textsOf are the texts of a list.
func textsOf(list ref.Val) []string {
	l, ok := list.(interface {
		Size() ref.Val
		Get(ref.Val) ref.Val
	})
	if !ok {
		return nil
	}
	n, _ := l.Size().(types.Int)
	var texts []string
	for i := range n {
		if s, ok := l.Get(i).(types.String); ok {
			texts = append(texts, string(s))
		}
	}
	return texts
}

// sameAs gives the kind of text that an expression reads, nil where it reads none that is compared by more than its letters.
func sameAs(e ast.Expr) *sameness {
	if e.Kind() == ast.ListKind {
		for _, x := range e.AsList().Elements() {
			if k := sameAs(x); k != nil {
				return k
			}
		}
		return nil
	}
	if _, ok := ownColumnOf(e); ok {
		return &samenesses[len(samenesses)-1]
	}
	name, ok := dotted(e)
	if !ok {
		return nil
	}
	for i := range samenesses {
		for _, n := range samenesses[i].names {
			if n == name {
				return &samenesses[i]
			}
		}
	}
	return nil
}

// ownColumnOf is the header of line.extra["Header"].
func ownColumnOf(e ast.Expr) (header string, ok bool) {
	if e.Kind() != ast.CallKind {
		return "", false
	}
	call := e.AsCall()
	switch call.FunctionName() {
	case operators.Index:
		if name, is := dotted(call.Args()[0]); !is || name != "line.extra" {
			return "", false
		}
		header, ok = literalText(call.Args()[1])
	case extraFunction:
		header, ok = onlyText(call.Args())
	}
	return header, ok && request.CompareForm(header) != ""
}

// compare makes a comparison one by sameness, and one between a column of the form's own and a number one between numbers.
func (w *walker) compare(e ast.Expr, fac ast.ExprFactory, inner map[int64]bool) {
	call := e.AsCall()
	args := call.Args()
	if len(args) != 2 {
		return
	}
	if function, ok := identityFunctions[call.FunctionName()]; ok {
		kind := sameAs(args[0])
		if kind == nil {
			kind = sameAs(args[1])
		}
		if kind == nil {
			return
		}
		if kind.kind == "own" && function != amongFunction {
			for i, a := range args {
				if n, whole := intLiteral(a); whole {
					a.SetKindCase(fac.NewLiteral(a.ID(), types.String(fmt.Sprint(n))))
				} else if t := w.numberType(a); t != nil {
					w.ownNumber(args[1-i], t, fac, inner)
					return
				}
			}
		}
		e.SetKindCase(fac.NewCall(e.ID(), function+kind.kind, args...))
		return
	}
	for i, a := range args {
		if t := w.numberType(args[1-i]); t != nil {
			w.ownNumber(a, t, fac, inner)
		}
	}
}

// numberType is the type of an expression that is an amount or a number by its looks, nil for any other.
func (w *walker) numberType(e ast.Expr) *cel.Type {
	if _, ok := intLiteral(e); ok {
		return numType
	}
	if e.Kind() == ast.CallKind {
		switch call := e.AsCall(); call.FunctionName() {
		case "money", "abs":
			return moneyType
		case operators.Multiply, operators.Add, operators.Subtract:
			return w.numberType(call.Args()[0])
		}
		return nil
	}
	if name, ok := dotted(e); ok {
		if v, known := w.compiler.known[name]; known && (v.typ == moneyType || v.typ == numType) {
			return v.typ
		}
	}
	return nil
}

func intLiteral(e ast.Expr) (types.Int, bool) {
	if e.Kind() != ast.LiteralKind {
		return 0, false
	}
	n, ok := e.AsLiteral().(types.Int)
	return n, ok
}

// ownNumber reads a column of the form's own as a number or an amount.
func (w *walker) ownNumber(e ast.Expr, as *cel.Type, fac ast.ExprFactory, inner map[int64]bool) {
	header, ok := ownColumnOf(e)
	if !ok || e.AsCall().FunctionName() != operators.Index {
		return
	}
	args := e.AsCall().Args()
	inner[args[0].ID()] = true
	w.reads.add(source{kind: extraSource, header: header})
	function := extraNumberFunction
	if as == moneyType {
		function = extraMoneyFunction
	}
	e.SetKindCase(fac.NewCall(e.ID(), function, args[1]))
}

// ownNumberOf reads the text of a column of the form's own as people type numbers.
func ownNumberOf(header, text string, money bool) ref.Val {
	n, err := request.ParseNumber(text)
	if err != nil {
		a, amountErr := request.ParseAmount(text, request.UnitDecimals)
		if amountErr != nil {
			return types.NewErr("the column %q holds no number: %q", header, oneLine(text))
		}
		n = a.Number
	}
	return &amount{n, money}
}

// searches are what compares letter by letter: a text of a kind that is compared by more than its letters is searched in its form.
var searches = map[string]bool{"startsWith": true, "endsWith": true, "contains": true, "matches": true, operators.Less: true, operators.LessEquals: true,
	operators.Greater: true, operators.GreaterEquals: true}

// letters remarks on a search that sees letters where totals see the same supplier or cost centre.
func (w *walker) letters(e ast.Expr) {
	call := e.AsCall()
	if !searches[call.FunctionName()] {
		return
	}
	operands := call.Args()
	if call.IsMemberFunction() {
		operands = []ast.Expr{call.Target()}
	}
	for _, x := range operands {
		kind := sameAs(x)
		if kind == nil || kind.kind == "text" || kind.kind == "own" {
			continue
		}
		name, _ := dotted(x)
		function := strings.Trim(call.FunctionName(), "_")
		w.remarks = append(w.remarks, fault{w.offset(x), inBoth("%s looks at the letters of %s, so that a dash, a capital or an accent makes another: write %s(%s), and what it is compared with in small letters without signs",
			"%s regarde les lettres de %s, si bien qu’un tiret, une majuscule ou un accent en fait un autre : écrivez %s(%s), et ce à quoi on le compare en minuscules sans signes",
			function, name, kind.plain, name)})
		return
	}
}
