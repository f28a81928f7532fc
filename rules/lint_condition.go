package rules

import (
	"slices"
	"strconv"
	"strings"

	"cel.dev/cel-go/common/ast"
	"cel.dev/cel-go/common/operators"
	"cel.dev/cel-go/common/types"
	"cel.dev/cel-go/parser"
	"github.com/shopspring/decimal"

	"handrail/internal/request"
)

// Whether a condition can be true, and whether it can be false. The comparisons of one field are tried with the values around those that they
// name; whatever else is asked may be either. So a condition that is said to be never true is never true, and one that is not said to be may
// still be.

// truth is a condition that was taken apart.
type truth struct {
	compiler *compiler
	info     *ast.SourceInfo
	vars     []*unknown
	index    map[string]int
}

// unknown is what a condition looks at, with the values that make a difference. A question that may be answered either way has two.
type unknown struct {
	values []decimal.Decimal
	texts  []string // of a text: the words it is compared with; the last value is any other
	kind   unknownKind
	lowest *decimal.Decimal // none is below
	most   *decimal.Decimal // none is above
}

type unknownKind uint8

const (
	question unknownKind = iota
	amounts
	wholes
	words
	ordering // of two things: -1, 0 or 1
)

// node answers for one choice of values.
type node func(at []int) bool

// mostTries bounds how many choices are tried.
const mostTries = 20_000

func (t *truth) unknown(key string, kind unknownKind) (int, *unknown) {
	if i, ok := t.index[key]; ok {
		return i, t.vars[i]
	}
	u := &unknown{kind: kind}
	if kind == ordering {
		u.values = []decimal.Decimal{decimal.NewFromInt(-1), decimal.Zero, decimal.NewFromInt(1)}
	}
	t.index[key] = len(t.vars)
	t.vars = append(t.vars, u)
	return len(t.vars) - 1, u
}

// written is an expression as its author may have written it.
func (t *truth) written(e ast.Expr) string {
	s, err := parser.Unparse(e, t.info)
	if err != nil {
		return strconv.FormatInt(e.ID(), 10)
	}
	return s
}

func (t *truth) free(e ast.Expr) node {
	i, _ := t.unknown("? "+t.written(e), question)
	return func(at []int) bool { return at[i] == 1 }
}

// read takes a condition apart.
func (t *truth) read(e ast.Expr) node {
	switch e.Kind() {
	case ast.LiteralKind:
		if b, ok := e.AsLiteral().(types.Bool); ok {
			return func([]int) bool { return bool(b) }
		}
	case ast.CallKind:
		call := e.AsCall()
		args := call.Args()
		switch call.FunctionName() {
		case operators.LogicalAnd, operators.LogicalOr:
			parts := make([]node, len(args))
			for i, a := range args {
				parts[i] = t.read(a)
			}
			all := call.FunctionName() == operators.LogicalAnd
			return func(at []int) bool {
				for _, p := range parts {
					if p(at) != all {
						return !all
					}
				}
				return all
			}
		case operators.LogicalNot:
			x := t.read(args[0])
			return func(at []int) bool { return !x(at) }
		case operators.Conditional:
			c, a, b := t.read(args[0]), t.read(args[1]), t.read(args[2])
			return func(at []int) bool {
				if c(at) {
					return a(at)
				}
				return b(at)
			}
		case operators.Equals, operators.NotEquals, operators.Less, operators.LessEquals, operators.Greater, operators.GreaterEquals:
			return t.comparison(e, call.FunctionName(), args[0], args[1])
		case operators.In:
			return t.among(e, args[0], args[1])
		}
	}
	return t.free(e)
}

// constant is a number, an amount or a day that an expression is, whatever the line says.
func (t *truth) constant(e ast.Expr) (d decimal.Decimal, kind unknownKind, ok bool) {
	switch e.Kind() {
	case ast.LiteralKind:
		if n, ok := e.AsLiteral().(types.Int); ok {
			return decimal.NewFromInt(int64(n)), wholes, true
		}
	case ast.SelectKind:
		name, _ := dotted(e)
		v, known := t.compiler.known[name]
		if !known || v.from.kind != limitSource {
			return d, 0, false
		}
		l := &t.compiler.policy.limits[v.from.index]
		changed := slices.ContainsFunc(t.compiler.policy.overrides, func(o override) bool { _, is := o.amounts[v.from.index]; return is })
		if len(l.amounts) == 1 && !changed {
			return l.amounts[0].amount, amounts, true
		}
	case ast.CallKind:
		call := e.AsCall()
		args := call.Args()
		switch call.FunctionName() {
		case "money":
			if text, is := onlyText(args); is {
				n, err := decimalText(text)
				return n, amounts, err == nil
			}
		case "date":
			if text, is := onlyText(args); is {
				day, err := request.ParseDate(text)
				return decimal.NewFromInt(int64(request.Date{Year: 2000, Month: 1, Day: 1}.DaysUntil(day))), wholes, err == nil
			}
		case operators.Multiply:
			a, kind, ok := t.constant(args[0])
			text, is := literalText(args[1])
			if b, err := decimalText(text); ok && is && err == nil {
				return a.Mul(b), kind, true
			}
			if b, _, isNumber := t.constant(args[1]); ok && isNumber {
				return a.Mul(b), kind, true
			}
		case operators.Negate:
			a, kind, ok := t.constant(args[0])
			return a.Neg(), kind, ok
		}
	}
	return d, 0, false
}

// bounds are what some helpers answer at least and at most.
var bounds = map[string][2]int64{"month": {1, 12}, "day_of_month": {1, 31}, "fiscal_quarter": {1, 4}, "similarity": {0, 100}, "size": {0, 1 << 40}, "working_days": {-1 << 40, 1 << 40}}

// isWhole reports whether a helper answers with a whole number.
func isWhole(e ast.Expr) bool {
	if e.Kind() != ast.CallKind {
		return false
	}
	_, ok := bounds[e.AsCall().FunctionName()]
	return ok
}

func (t *truth) comparison(e ast.Expr, op string, a, b ast.Expr) node {
	if text, ok := literalText(b); ok {
		return t.textComparison(e, op, a, text)
	}
	if text, ok := literalText(a); ok {
		return t.textComparison(e, op, b, text)
	}
	da, _, fixedA := t.constant(a)
	db, kind, fixedB := t.constant(b)
	switch {
	case fixedA && fixedB:
		holds := meetsSign(op, da.Cmp(db))
		return func([]int) bool { return holds }
	case fixedA:
		return t.comparison(e, turned(op), b, a)
	case fixedB:
		if (op == operators.Equals || op == operators.NotEquals) && b.Kind() == ast.LiteralKind && kind != wholes {
			return t.free(e)
		}
		name := t.written(a)
		if v, ok := t.compiler.known[name]; ok && v.typ != dateType && v.typ != types.IntType || !ok && !isWhole(a) {
			kind = amounts
		}
		i, u := t.unknown(name, kind)
		if u.kind == question {
			return t.free(e)
		}
		if kind == amounts {
			u.kind = amounts
		}
		t.bound(u, name, a)
		u.values = append(u.values, db)
		return func(at []int) bool { return meetsSign(op, u.values[at[i]].Cmp(db)) }
	}
	left, right := t.written(a), t.written(b)
	if right < left {
		left, right, op = right, left, turned(op)
	}
	if left == right {
		holds := meetsSign(op, 0)
		return func([]int) bool { return holds }
	}
	i, u := t.unknown(left+" ? "+right, ordering)
	if u.kind != ordering {
		return t.free(e)
	}
	return func(at []int) bool { return meetsSign(op, at[i]-1) }
}

// bound notes what a count or a helper never is.
func (t *truth) bound(u *unknown, name string, e ast.Expr) {
	set := func(low, high int64) {
		l, h := decimal.NewFromInt(low), decimal.NewFromInt(high)
		u.lowest, u.most = &l, &h
	}
	if v, ok := t.compiler.known[name]; ok && (v.from.kind == countSource || v.from.kind == distinctSource || v.from.kind == totalSource) {
		set(0, 1<<50)
	}
	if e.Kind() == ast.CallKind {
		if b, ok := bounds[e.AsCall().FunctionName()]; ok {
			set(b[0], b[1])
		}
	}
}

func meetsSign(op string, sign int) bool {
	switch op {
	case operators.Equals:
		return sign == 0
	case operators.NotEquals:
		return sign != 0
	case operators.Less:
		return sign < 0
	case operators.LessEquals:
		return sign <= 0
	case operators.Greater:
		return sign > 0
	}
	return sign >= 0
}

func turned(op string) string {
	switch op {
	case operators.Less:
		return operators.Greater
	case operators.LessEquals:
		return operators.GreaterEquals
	case operators.Greater:
		return operators.Less
	case operators.GreaterEquals:
		return operators.LessEquals
	}
	return op
}

// form is a word as conditions compare it.
func (t *truth) form(name, word string) string {
	if v, ok := t.compiler.known[name]; ok && v.from.kind == fieldSource && v.from.field == request.Supplier {
		return request.SupplierName(word)
	}
	return request.CompareForm(word)
}

func (t *truth) textComparison(e ast.Expr, op string, subject ast.Expr, text string) node {
	if op != operators.Equals && op != operators.NotEquals {
		return t.free(e)
	}
	name := t.written(subject)
	i, u := t.unknown(name, words)
	if u.kind != words {
		return t.free(e)
	}
	w := t.word(u, name, text)
	equal := op == operators.Equals
	return func(at []int) bool { return (at[i] == w) == equal }
}

func (t *truth) word(u *unknown, name, text string) int {
	form := t.form(name, text)
	if at := slices.Index(u.texts, form); at >= 0 {
		return at
	}
	u.texts = append(u.texts, form)
	return len(u.texts) - 1
}

func (t *truth) among(e, subject, list ast.Expr) node {
	if list.Kind() != ast.ListKind {
		return t.free(e)
	}
	name := t.written(subject)
	i, u := t.unknown(name, words)
	var in []int
	for _, item := range list.AsList().Elements() {
		text, ok := literalText(item)
		if !ok || u.kind != words {
			return t.free(e)
		}
		in = append(in, t.word(u, name, text))
	}
	return func(at []int) bool { return slices.Contains(in, at[i]) }
}

// settle completes the values: those between and around the ones that are named.
func (u *unknown) settle() int {
	switch u.kind {
	case question:
		return 2
	case ordering:
		return 3
	case words:
		return len(u.texts) + 1
	}
	step := decimal.New(1, -4)
	if u.kind == wholes {
		step = decimal.NewFromInt(1)
	}
	all := slices.Clone(u.values)
	for _, v := range u.values {
		all = append(all, v.Sub(step), v.Add(step))
	}
	all = slices.DeleteFunc(all, func(v decimal.Decimal) bool {
		return u.lowest != nil && (v.LessThan(*u.lowest) || v.GreaterThan(*u.most))
	})
	slices.SortFunc(all, decimal.Decimal.Compare)
	u.values = slices.CompactFunc(all, decimal.Decimal.Equal)
	if len(u.values) == 0 && u.lowest != nil {
		u.values = []decimal.Decimal{*u.lowest, *u.most}
	}
	return len(u.values)
}

// both tries a condition: whether it can be true, and whether it can be false. known is false where there are too many choices to try.
func (c *compiler) outcomes(e ast.Expr, info *ast.SourceInfo) (canBe, canFail, known bool) {
	t := &truth{compiler: c, info: info, index: map[string]int{}}
	holds := t.read(e)
	sizes := make([]int, len(t.vars))
	tries := 1
	for i, u := range t.vars {
		sizes[i] = u.settle()
		if tries *= sizes[i]; tries > mostTries || tries == 0 {
			return true, true, false
		}
	}
	at := make([]int, len(t.vars))
	for {
		if holds(at) {
			canBe = true
		} else {
			canFail = true
		}
		if canBe && canFail {
			return true, true, true
		}
		i := 0
		for ; i < len(at); i++ {
			if at[i]++; at[i] < sizes[i] {
				break
			}
			at[i] = 0
		}
		if i == len(at) {
			return canBe, canFail, true
		}
	}
}

// lint remarks on a condition that is never true, or always; at is a character of its text.
func (c *compiler) lint(text string) []fault {
	tree, issues := c.env.Parse(text)
	if issues.Err() != nil {
		return nil
	}
	e, info := tree.NativeRep().Expr(), tree.NativeRep().SourceInfo()
	canBe, canFail, known := c.outcomes(e, info)
	if !known || canBe && canFail {
		return nil
	}
	t := &truth{compiler: c, info: info, index: map[string]int{}}
	var reason request.Text
	operator, question := operators.LogicalAnd, func(a, b ast.Expr) bool {
		canBe, _, known := c.outcomes(ast.NewExprFactory().NewCall(0, operators.LogicalAnd, a, b), info)
		return known && !canBe
	}
	if canBe {
		operator, question = operators.LogicalOr, func(a, b ast.Expr) bool {
			_, canFail, known := c.outcomes(ast.NewExprFactory().NewCall(0, operators.LogicalOr, a, b), info)
			return known && !canFail
		}
	}
	parts := partsJoined(e, operator)
	if a, b, ok := twoOf(parts, question); ok {
		if canBe {
			reason = inBoth(": one of %s and %s always holds; for “neither” write && (and) instead of ||, or delete one of them", " : %s ou %s est toujours vrai; pour « ni l’un ni l’autre », écrivez && (et) au lieu de ||, ou supprimez l’une des deux", t.written(a), t.written(b))
		} else {
			reason = inBoth(": %s and %s never hold together; write || (or) instead of &&, or delete one of them", " : %s et %s ne sont jamais vrais ensemble; écrivez || (ou) au lieu de &&, ou supprimez l’une des deux", t.written(a), t.written(b))
		}
	} else if canBe {
		reason = inBoth("; compare a field with a limit or a value, or delete it", "; comparez un champ à une limite ou à une valeur, ou supprimez-la")
	} else {
		reason = inBoth("; correct what it compares, or delete it", "; corrigez ce qu’elle compare, ou supprimez-la")
	}
	if canBe {
		return []fault{{0, inBoth("this condition is always true%s", "cette condition est toujours vraie%s", reason)}}
	}
	return []fault{{0, inBoth("this condition is never true%s", "cette condition n’est jamais vraie%s", reason)}}
}

// partsJoined are the parts of a && b && c.
func partsJoined(e ast.Expr, operator string) []ast.Expr {
	if e.Kind() != ast.CallKind || e.AsCall().FunctionName() != operator {
		return []ast.Expr{e}
	}
	var parts []ast.Expr
	for _, a := range e.AsCall().Args() {
		parts = append(parts, partsJoined(a, operator)...)
	}
	return parts
}

func twoOf(parts []ast.Expr, meets func(a, b ast.Expr) bool) (a, b ast.Expr, ok bool) {
	if len(parts) > 12 {
		return nil, nil, false
	}
	for i := range parts {
		for j := i + 1; j < len(parts); j++ {
			if meets(parts[i], parts[j]) {
				return parts[i], parts[j], true
			}
		}
	}
	return nil, nil, false
}

// sameCondition is a condition without what does not count: spaces outside texts, and outer parentheses.
func sameCondition(text string) string { return strings.Join(strings.Fields(text), " ") }
