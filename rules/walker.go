package rules

import (
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
	remarks  []fault // what is no mistake, and perhaps not meant
}

// fault notes a mistake at an expression, in both languages.
func (w *walker) fault(e ast.Expr, en, fr string, args ...any) { w.wrong(e, inBoth(en, fr, args...)) }

func (w *walker) wrong(e ast.Expr, words request.Text) {
	w.faults = append(w.faults, fault{w.offset(e), words})
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
				w.wrong(e, exactNumber)
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
var families = []string{"line", "request", "totals", "counts", "distinct", "limits", "department", budgetName, priceName}

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
		w.fault(e, `a column of the form's own is named in quotes: line.extra["Header"]`, `une colonne propre au formulaire se nomme entre guillemets : line.extra["En-tête"]`)
		return
	}
	w.wrong(e, w.compiler.unknownName(name))
}

// unknownName explains a dotted name that is not known.
func (c *compiler) unknownName(name string) request.Text {
	family, rest, _ := strings.Cut(name, ".")
	what := familyWords[family]
	if what.IsZero() {
		return c.undeclared(name)
	}
	if header, ok := strings.CutPrefix(rest, "extra."); ok && family == "line" {
		return inBoth("a column of the form's own is named in quotes: line.extra[%q]", "une colonne propre au formulaire se nomme entre guillemets : line.extra[%q]", header)
	}
	var candidates []string
	for n := range c.known {
		if strings.HasPrefix(n, family+".") {
			candidates = append(candidates, strings.TrimPrefix(n, family+"."))
		}
	}
	slices.Sort(candidates)
	return inBoth("there is no %s %q%s", "il n’y a pas de %s %q%s", what, rest, meant(rest, candidates))
}

// familyWords are what the names of a family are, behind "there is no".
var familyWords = map[string]request.Text{
	"line":     {EN: "field of the form", FR: "champ du formulaire"},
	"request":  {EN: "part of the request", FR: "partie de la demande"},
	"totals":   {EN: "total", FR: "total"},
	"counts":   {EN: "total", FR: "total"},
	"distinct": {EN: "total with distinct = \"…\"", FR: "total avec distinct = \"…\""},
	"limits":   {EN: "limit", FR: "limite"},
	budgetName: {EN: "part of a budget", FR: "partie d’un budget"},
	priceName:  {EN: "word on the price", FR: "mot sur le prix"},
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
	case operators.Equals, operators.NotEquals, operators.In, operators.Less, operators.LessEquals, operators.Greater, operators.GreaterEquals:
		w.letters(e)
		w.compare(e, fac, inner)
	case "startsWith", "endsWith", "contains", "matches":
		w.letters(e)
	case operators.Index:
		name, ok := dotted(args[0])
		if !ok || name != "line.extra" {
			return
		}
		inner[args[0].ID()] = true
		header, ok := literalText(args[1])
		if !ok || request.CompareForm(header) == "" {
			w.fault(e, `a column of the form's own is named in quotes: line.extra["Header"]`, `une colonne propre au formulaire se nomme entre guillemets : line.extra["En-tête"]`)
			return
		}
		w.reads.add(source{kind: extraSource, header: header})
		e.SetKindCase(fac.NewCall(e.ID(), extraFunction, args[1]))
	case givenFunction:
		name, ok := onlyText(args)
		if !ok {
			w.fault(e, `given takes the name of a field in quotes: given("tax")`, `given demande le nom d’un champ entre guillemets : given("tax")`)
			return
		}
		s, ok := askable(name)
		if !ok {
			w.fault(args[0], "there is no field %q to ask for%s", "il n’y a pas de champ %q à interroger%s", name, meant(name, askableNames()))
			return
		}
		w.reads.add(s)
	case saysFunction:
		w.saysCall(e, args)
	case problemFunction:
		name, ok := onlyText(args)
		if !ok {
			w.fault(e, `problem takes the name of a field in quotes: problem("total")`, `problem demande le nom d’un champ entre guillemets : problem("total")`)
			return
		}
		if _, ok := request.FieldByName(name); !ok {
			w.fault(args[0], "there is no field %q%s", "il n’y a pas de champ %q%s", name, meant(name, askableNames()))
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

// saysCall checks the name of the cell whose content is asked for. Whoever asks for it asks whether it is filled in as well.
func (w *walker) saysCall(e ast.Expr, args []ast.Expr) {
	name, ok := onlyText(args)
	if !ok {
		w.fault(e, `says takes the name of a field in quotes: says("rationale")`, `says demande le nom d’un champ entre guillemets : says("rationale")`)
		return
	}
	s, ok := askable(name)
	switch {
	case !ok:
		w.fault(args[0], "there is no field %q to ask for%s", "il n’y a pas de champ %q à interroger%s", name, meant(name, askableNames()))
	case !sayable(s):
		w.fault(args[0], "%q is no text: whether it is filled in is asked with given(%q)", "%q n’est pas un texte : on demande par given(%q) s’il est rempli", name, name)
	default:
		w.reads.add(s)
		w.reads.add(saysOf(s))
	}
}

func saysOf(given source) source {
	given.kind = saysSource
	return given
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
		w.fault(e, `%s takes the name of a list in quotes first: listed("ineligible", line.supplier)`, `%s demande d’abord le nom d’une liste entre guillemets : listed("ineligible", line.supplier)`, function)
		return
	}
	l, ok := w.compiler.policy.lists[name]
	if !ok {
		var names []string
		for n := range w.compiler.policy.lists {
			names = append(names, n)
		}
		slices.Sort(names)
		w.fault(args[0], "there is no list %q%s", "il n’y a pas de liste %q%s", name, meant(name, names))
		return
	}
	if function == "nearly_listed" && len(l.forms) > maxNearRows {
		w.fault(args[0], "the list %q has %d entries, more than the %d that can be searched for near matches", "la liste %q compte %d entrées, plus que les %d où l’on peut chercher des ressemblances", name, len(l.forms), maxNearRows)
	}
}

// constant refuses a wrong amount or date in the text of the policy, where it stands.
func (w *walker) constant(function string, args []ast.Expr) {
	text, ok := onlyText(args)
	if !ok {
		return
	}
	if function == "money" {
		if _, err := decimalText(text); err != nil {
			w.wrong(args[0], errorWords(err))
		}
	} else if _, err := request.ParseDate(text); err != nil {
		w.wrong(args[0], noDay(text, err))
	}
}

// region checks that a region with holidays is named, in the call or for the whole policy.
func (w *walker) region(e ast.Expr, function string, args []ast.Expr) {
	want := map[string]int{"holiday": 2, "working_days": 3}[function]
	p := w.compiler.policy
	if len(args) < want {
		if p.region == "" {
			w.fault(e, "%s needs a region: name one for the whole policy (region = \"CA\") or as the last argument", "rien n’indique de quels jours fériés il s’agit pour %s : écrivez holidays = \"CA\" en haut du fichier, ou nommez la région en dernier, comme holiday(received, \"CA\")", function)
		}
		return
	}
	if name, ok := literalText(args[want-1]); ok {
		if _, ok := p.calendar.regions[name]; !ok {
			w.fault(args[want-1], "no holidays are known for the region %q%s", "aucun jour férié n’est connu pour la région %q%s", name, meant(name, p.calendar.names()))
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
			w.fault(e, "values of the type %s are not exact enough for a policy", "les valeurs du type %s ne sont pas assez exactes pour une politique", t)
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
					w.fault(e, "amounts cannot be compared with != or in: write !(a == b), or < and >", "les montants ne se comparent pas par != ni in : écrivez apart(line.total, line.net), qui est vrai lorsqu’ils diffèrent d’un cent ou plus, ou !(a == b)")
					return
				}
			}
		case operators.Multiply:
			if text, ok := literalText(args[1]); ok {
				if _, err := decimalText(text); err != nil {
					w.wrong(args[1], errorWords(err))
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
				w.wrong(e, neverHeld(v.name, word, codes))
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
