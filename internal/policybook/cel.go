package policybook

import (
	"slices"
	"strconv"
	"strings"
	"sync"

	"cel.dev/cel-go/cel"
	"cel.dev/cel-go/common/ast"
	"cel.dev/cel-go/common/operators"
	"cel.dev/cel-go/common/types"
	"github.com/shopspring/decimal"
)

// A node is an expression of a policy as a tree in which && and || have all their sides, and a name such as line.total is one leaf.
type node struct {
	op   string // an operator, "name", "text", "number", "list", "[]" or the name of a function
	leaf string
	kids []*node
}

var plainCEL = sync.OnceValues(func() (*cel.Env, error) { return cel.NewEnv(cel.ClearMacros()) })

// parseCEL reads an expression; nil where it is none, or uses what no kind and no words here know.
func parseCEL(s string) *node {
	if len(s) > 10_000 {
		return nil
	}
	env, err := plainCEL()
	if err != nil {
		return nil
	}
	tree, issues := env.Parse(s)
	if issues.Err() != nil {
		return nil
	}
	return toNode(tree.NativeRep().Expr())
}

var infix = map[string]string{operators.LogicalAnd: "&&", operators.LogicalOr: "||", operators.LogicalNot: "!", operators.Equals: "==", operators.NotEquals: "!=",
	operators.Less: "<", operators.LessEquals: "<=", operators.Greater: ">", operators.GreaterEquals: ">=", operators.Add: "+", operators.Subtract: "-",
	operators.Multiply: "*", operators.Divide: "/", operators.In: "in", operators.Conditional: "?:", operators.Index: "[]", operators.Negate: "neg"}

func toNode(e ast.Expr) *node {
	all := func(op string, es ...ast.Expr) *node {
		n := &node{op: op}
		for _, k := range es {
			kid := toNode(k)
			if kid == nil {
				return nil
			}
			if kid.op == op && (op == "&&" || op == "||") {
				n.kids = append(n.kids, kid.kids...)
			} else {
				n.kids = append(n.kids, kid)
			}
		}
		return n
	}
	switch e.Kind() {
	case ast.IdentKind:
		return &node{op: "name", leaf: e.AsIdent()}
	case ast.SelectKind:
		s := e.AsSelect()
		of := toNode(s.Operand())
		if of == nil || of.op != "name" || s.IsTestOnly() {
			return nil
		}
		return &node{op: "name", leaf: of.leaf + "." + s.FieldName()}
	case ast.LiteralKind:
		switch v := e.AsLiteral().(type) {
		case types.String:
			return &node{op: "text", leaf: string(v)}
		case types.Int:
			return &node{op: "number", leaf: strconv.FormatInt(int64(v), 10)}
		case types.Bool:
			return &node{op: "name", leaf: strconv.FormatBool(bool(v))}
		}
	case ast.ListKind:
		return all("list", e.AsList().Elements()...)
	case ast.CallKind:
		c := e.AsCall()
		op := c.FunctionName()
		if in, ok := infix[op]; ok {
			op = in
		}
		if c.IsMemberFunction() {
			return all("."+op, append([]ast.Expr{c.Target()}, c.Args()...)...)
		}
		return all(op, c.Args()...)
	}
	return nil
}

// canonical is the same for expressions that mean the same by the order of && and || alone, and by how a number is written.
func (n *node) canonical() string {
	if n == nil {
		return ""
	}
	switch n.op {
	case "name", "number":
		return n.leaf
	case "text":
		return strconv.Quote(n.leaf)
	case "money":
		if len(n.kids) == 1 && n.kids[0].op == "text" {
			if d, err := decimal.NewFromString(n.kids[0].leaf); err == nil {
				return "money(" + d.String() + ")"
			}
		}
	case ">=": // of whole numbers
		if n.kids[1].op == "number" && (strings.HasPrefix(n.kids[0].leaf, "counts.") || strings.HasPrefix(n.kids[0].leaf, "distinct.")) {
			least, _ := strconv.Atoi(n.kids[1].leaf)
			return "(" + n.kids[0].canonical() + " > " + strconv.Itoa(least-1) + ")"
		}
	}
	kids := make([]string, len(n.kids))
	for i, k := range n.kids {
		kids[i] = k.canonical()
	}
	switch n.op {
	case "&&", "||":
		slices.Sort(kids)
		return "(" + strings.Join(kids, " "+n.op+" ") + ")"
	case "==", "!=", ">", "<", "<=", ">=", "+", "-", "*", "/", "in":
		return "(" + strings.Join(kids, " "+n.op+" ") + ")"
	}
	return n.op + "(" + strings.Join(kids, ", ") + ")"
}

func alike(a, b *node) bool { return a != nil && b != nil && a.canonical() == b.canonical() }

var bindings = map[string]int{"?:": 1, "||": 2, "&&": 3, "in": 4, "==": 4, "!=": 4, "<": 4, "<=": 4, ">": 4, ">=": 4, "+": 5, "-": 5, "*": 6, "/": 6, "!": 7, "neg": 7}

// cel writes the expression as an author does.
func (n *node) cel() string {
	in := func(k *node, least int) string {
		if b := bindings[k.op]; b > 0 && b < least {
			return "(" + k.cel() + ")"
		}
		return k.cel()
	}
	args := func(kids []*node) string {
		s := make([]string, len(kids))
		for i, k := range kids {
			s[i] = k.cel()
		}
		return strings.Join(s, ", ")
	}
	b := bindings[n.op]
	switch n.op {
	case "name", "number":
		return n.leaf
	case "text":
		return celText(n.leaf)
	case "list":
		return "[" + args(n.kids) + "]"
	case "[]":
		return n.kids[0].cel() + "[" + n.kids[1].cel() + "]"
	case "?:":
		return in(n.kids[0], 2) + " ? " + in(n.kids[1], 2) + "\u00a0: " + in(n.kids[2], 1)
	case "!":
		return "!" + in(n.kids[0], b)
	case "neg":
		return "-" + in(n.kids[0], b)
	case "&&", "||", "+", "*", "-", "/", "==", "!=", "<", "<=", ">", ">=", "in":
		s := make([]string, len(n.kids))
		for i, k := range n.kids {
			least := b
			if i > 0 && n.op != "&&" && n.op != "||" || b == 4 {
				least = b + 1
			}
			s[i] = in(k, least)
		}
		return strings.Join(s, " "+n.op+" ")
	}
	if method, ok := strings.CutPrefix(n.op, "."); ok {
		return in(n.kids[0], 8) + "." + method + "(" + args(n.kids[1:]) + ")"
	}
	return n.op + "(" + args(n.kids) + ")"
}

func celText(s string) string {
	r := strings.NewReplacer(`\`, `\\`, `"`, `\"`, "\n", `\n`, "\t", `\t`, "\r", `\r`)
	return `"` + r.Replace(s) + `"`
}

// and joins conditions, which may be none.
func and(nodes ...*node) *node {
	flat := &node{op: "&&"}
	for _, n := range nodes {
		switch {
		case n == nil:
		case n.op == "&&":
			flat.kids = append(flat.kids, n.kids...)
		default:
			flat.kids = append(flat.kids, n)
		}
	}
	switch len(flat.kids) {
	case 0:
		return nil
	case 1:
		return flat.kids[0]
	}
	return flat
}

func or(nodes ...*node) *node {
	if len(nodes) == 1 {
		return nodes[0]
	}
	flat := &node{op: "||"}
	for _, n := range nodes {
		if n.op == "||" {
			flat.kids = append(flat.kids, n.kids...)
		} else {
			flat.kids = append(flat.kids, n)
		}
	}
	return flat
}

// sides are the sides of && (or of ||), one where there is none.
func (n *node) sides(op string) []*node {
	if n.op == op {
		return n.kids
	}
	return []*node{n}
}

func call(function string, kids ...*node) *node { return &node{op: function, kids: kids} }
func name(s string) *node                       { return &node{op: "name", leaf: s} }
func literal(s string) *node                    { return &node{op: "text", leaf: s} }
func number(n int) *node                        { return &node{op: "number", leaf: strconv.Itoa(n)} }
func not(n *node) *node {
	if n.op == "!" {
		return n.kids[0]
	}
	return call("!", n)
}

// fieldNode reads a field by the name that given("…") takes: "total", "request.unit", "extra.Header".
func fieldNode(field string) *node {
	if header, ok := strings.CutPrefix(field, "extra."); ok {
		return &node{op: "[]", kids: []*node{name("line.extra"), literal(header)}}
	}
	if strings.HasPrefix(field, "request.") || strings.HasPrefix(field, "budget.") || strings.HasPrefix(field, "price.") || field == "received" || field == "today" {
		return name(field)
	}
	return name("line." + field)
}

// fieldName is the other way round, "" for what is no field.
func fieldName(n *node) string {
	switch {
	case n.op == "[]" && n.kids[0].leaf == "line.extra" && n.kids[1].op == "text":
		return "extra." + n.kids[1].leaf
	case n.op != "name":
		return ""
	case strings.HasPrefix(n.leaf, "line."):
		return strings.TrimPrefix(n.leaf, "line.")
	case strings.HasPrefix(n.leaf, "request."), strings.HasPrefix(n.leaf, "price."), n.leaf == "received", n.leaf == "today":
		return n.leaf
	}
	return ""
}

// A pattern is an expression with a hole X for a field, by its name or by its value, and a hole T for the name of a total or a list.
func pattern(s string) *node { return parseCEL(s) }

// fits reports whether an expression is the pattern with something in its holes, and with what.
func (p *node) fits(n *node, holes map[string]string) bool {
	fill := func(hole, with string) bool {
		if was, ok := holes[hole]; ok {
			return was == with
		}
		holes[hole] = with
		return with != ""
	}
	switch {
	case p.op == "name" && isHole(p.leaf):
		return fill(p.leaf, fieldName(n))
	case p.op == "text" && isHole(p.leaf):
		return n.op == "text" && fill(p.leaf, n.leaf)
	case p.op != n.op || len(p.kids) != len(n.kids):
		return false
	case p.op == "name":
		if group, hole, ok := strings.Cut(p.leaf, "."); ok && isHole(hole) {
			with, ok := strings.CutPrefix(n.leaf, group+".")
			return ok && fill(hole, with)
		}
		return p.leaf == n.leaf
	case p.leaf != n.leaf:
		return false
	}
	for i, k := range p.kids {
		if !k.fits(n.kids[i], holes) {
			return false
		}
	}
	return true
}

func isHole(s string) bool { return len(s) == 1 && s[0] >= 'A' && s[0] <= 'Z' }

// filled is the pattern with its holes filled.
func (p *node) filled(holes map[string]string) *node {
	if p.op == "name" {
		if with, ok := holes[p.leaf]; ok {
			return fieldNode(with)
		}
		if group, hole, ok := strings.Cut(p.leaf, "."); ok && isHole(hole) {
			return name(group + "." + holes[hole])
		}
		return p
	}
	if p.op == "text" {
		if with, ok := holes[p.leaf]; ok {
			return literal(with)
		}
		return p
	}
	if len(p.kids) == 0 {
		return p
	}
	n := &node{op: p.op, leaf: p.leaf}
	for _, k := range p.kids {
		n.kids = append(n.kids, k.filled(holes))
	}
	return n
}
