package policybook

import (
	"slices"
	"strconv"
	"strings"

	"github.com/shopspring/decimal"

	"handrail/internal/request"
)

// params are what the columns beside a guardrail's kind say.
type params struct{ what, how, value, total, number string }

// fault is something wrong with one of them.
type fault struct {
	col   string // "what", "how", …
	words request.Text
}

// A kind is a guardrail that an officer states by its parameters. match finds it among conditions that all must hold and says which of
// them it is; make is the other way round.
type kind struct {
	id    string
	name  request.Text
	help  request.Text // which columns it takes
	needs []string     // the columns that cannot be empty
	match func(s *sayer, all []*node) (p params, used []int, ok bool)
	make  func(v *vocabulary, p params) (*node, *fault)
}

// expertKind is a condition in CEL.
var expertKind = both("expert", "expert")

func word(ws []request.Text, s string) int {
	s = request.Fold(s)
	return slices.IndexFunc(ws, func(t request.Text) bool { return s == request.Fold(t.EN) || s == request.Fold(t.FR) })
}

var howWords = map[string]request.Text{">": both("more than", "plus de"), ">=": both("at least", "au moins"), "<": both("less than", "moins de"), "<=": both("at most", "au plus")}
var dateWords = map[string]request.Text{">": both("after", "après"), ">=": both("on or after", "le jour même ou après"), "<": both("before", "avant"), "<=": both("on or before", "le jour même ou avant")}
var outsideWord = both("outside", "hors de")
var anySpelling = both("in any spelling", "sans égard à l’orthographe")
var onListWord, nearListWord = both("on", "sur"), both("on or near", "sur ou près de")

// hows are all words of the column "How", for its drop-down.
func hows(l request.Lang) []string {
	var all []string
	for _, m := range []map[string]request.Text{howWords, dateWords} {
		for _, op := range []string{">", ">=", "<", "<="} {
			all = append(all, m[op].In(l))
		}
	}
	return append(all, outsideWord.In(l), anySpelling.In(l), onListWord.In(l), nearListWord.In(l))
}

func operator(words map[string]request.Text, how, usual string) (string, bool) {
	if strings.TrimSpace(how) == "" {
		return usual, true
	}
	for op, t := range words {
		if word([]request.Text{t}, how) == 0 || strings.TrimSpace(how) == op {
			return op, true
		}
	}
	return "", false
}

func (s *sayer) trial(say func() string) (string, bool) {
	was := s.failed
	s.failed = false
	text := say()
	ok := !s.failed
	s.failed = was
	return text, ok
}

// only finds the single condition that f takes.
func only(all []*node, f func(n *node) bool) []int {
	for i, n := range all {
		if f(n) {
			return []int{i}
		}
	}
	return nil
}

func group(n *node, prefix string) string {
	if n.op != "name" {
		return ""
	}
	s, ok := strings.CutPrefix(n.leaf, prefix+".")
	if !ok {
		return ""
	}
	return s
}

func isDate(n *node) bool {
	switch n.op {
	case "date", "fiscal_year":
		return true
	case "+", "-":
		return isDate(n.kids[0])
	}
	f := fieldName(n)
	if f == "today" || f == "received" {
		return true
	}
	of, ok := request.FieldByName(f)
	return ok && of.Info().Kind == request.DateKind
}

func comparison(n *node) bool {
	return (n.op == ">" || n.op == ">=" || n.op == "<" || n.op == "<=") && len(n.kids) == 2
}

// commaList is a list of fields or totals in a cell.
func commaList(s string) []string {
	var all []string
	for _, part := range strings.FieldsFunc(s, func(r rune) bool { return r == ',' || r == ';' || r == '\n' }) {
		if part = strings.TrimSpace(part); part != "" {
			all = append(all, part)
		}
	}
	return all
}

// fields reads a list of fields in a cell.
func fields(col, s string) ([]string, *fault) {
	var all []string
	for _, f := range commaList(s) {
		n := fieldCalled(f)
		if n == "" {
			return nil, unknownField(col, f)
		}
		all = append(all, n)
	}
	return all, nil
}

// lacking are the conditions that fields do not have what a function asks of each.
func lacking(function, what string) (sides []*node, f *fault) {
	fs, f := fields("what", what)
	for _, name := range fs {
		sides = append(sides, not(call(function, literal(name))))
	}
	return sides, f
}

func unknownField(col, f string) *fault {
	near := nearest(f, fieldWords())
	w := bothf("there is no field “%s”; the sheet Help has their names, and a column of your own stands in brackets, [%s]", "il n’existe pas de champ «\u00a0%s\u00a0»; la feuille Aide donne leurs noms, et une colonne à vous s’écrit entre crochets, [%s]", f, f)
	if near != "" {
		w = bothf("there is no field “%s”; did you mean “%s”? A column of your own stands in brackets, [%s]", "il n’existe pas de champ «\u00a0%s\u00a0»; vouliez-vous dire «\u00a0%s\u00a0»? Une colonne à vous s’écrit entre crochets, [%s]", f, near, f)
	}
	return &fault{col, w}
}

func (s *sayer) fieldList(fs []string) string {
	said := make([]string, len(fs))
	for i, f := range fs {
		said[i] = s.field(f)
	}
	return strings.Join(said, ", ")
}

// operandOf reads a side of a comparison from a column.
func (v *vocabulary) operandOf(col, s string) (*node, *fault) {
	n, wrong := v.operand(s)
	if wrong != nil {
		return nil, &fault{col, *wrong}
	}
	return n, nil
}

func unknownHow(how string, words ...request.Text) *fault {
	var en, fr []string
	for _, w := range words {
		en, fr = append(en, "“"+w.EN+"”"), append(fr, "«\u00a0"+w.FR+"\u00a0»")
	}
	return &fault{"how", bothf("“%s” is not known here; write "+strings.Join(en, ", ")+", or leave the cell empty", "«\u00a0%s\u00a0» n’est pas connu ici; écrivez "+strings.Join(fr, ", ")+", ou laissez la cellule vide", how)}
}

func (v *vocabulary) totalsOf(s string) ([]string, *fault) {
	all := commaList(s)
	for _, t := range all {
		if !slices.Contains(v.totals, t) {
			return nil, v.unknown("total", t, v.totals)
		}
	}
	return all, nil
}

func (v *vocabulary) unknown(col, s string, known []string) *fault {
	sheets := map[string]request.Text{"total": both("Totals", "Totaux"), "value": both("Lists", "Listes"), "limit": both("Limits", "Limites")}
	things := map[string]request.Text{"total": both("total", "total"), "value": both("list", "liste"), "limit": both("limit", "limite")}
	sheet, thing := sheets[col], things[col]
	article := "pas de " + thing.FR
	w := request.Text{EN: "there is no " + thing.EN + " “" + s + "” on the sheet " + sheet.EN, FR: "il n’y a " + article + " «\u00a0" + s + "\u00a0» sur la feuille " + sheet.FR}
	if near := nearest(s, known); near != "" {
		w.EN += "; did you mean “" + near + "”?"
		w.FR += "; vouliez-vous dire «\u00a0" + near + "\u00a0»?"
	} else {
		w.EN += "; add a row there, or correct the name"
		w.FR += "; ajoutez-y une ligne ou corrigez le nom"
	}
	if col == "limit" {
		col = "value"
	}
	return &fault{col, w}
}

func whole(col, s string, least int) (int, *fault) {
	n, err := strconv.Atoi(strings.TrimSpace(s))
	if err != nil || n < least || n > 1_000_000 {
		return 0, &fault{col, bothf("“%s” is no whole number of at least %d; write digits only, such as 2", "«\u00a0%s\u00a0» n’est pas un nombre entier d’au moins %d; écrivez des chiffres seulement, par exemple 2", s, least)}
	}
	return n, nil
}

// number of lines, or of different values: "2", "2 different".
var differentWord = both("different", "différents")

func (s *sayer) count(n *node) (total, said string, ok bool) {
	if n.op != ">" && n.op != ">=" || n.kids[1].op != "number" {
		return "", "", false
	}
	least, _ := strconv.Atoi(n.kids[1].leaf)
	if n.op == ">" {
		least++
	}
	if t := group(n.kids[0], "counts"); t != "" {
		return t, strconv.Itoa(least), true
	}
	if t := group(n.kids[0], "distinct"); t != "" {
		return t, strconv.Itoa(least) + " " + differentWord.In(s.lang), true
	}
	return "", "", false
}

func countNode(total, s string) (*node, *fault) {
	of := "counts."
	digits, rest, _ := strings.Cut(strings.TrimSpace(s), " ")
	if rest != "" {
		if w := request.Fold(rest); w == request.Fold(differentWord.EN) || w == request.Fold(differentWord.FR) || w == "differentes" || w == "different" {
			of = "distinct."
		} else if w != "lines" && w != "lignes" {
			return nil, &fault{"number", bothf("“%s” is not understood; write a number of lines, 2, or of different values, 2 different", "«\u00a0%s\u00a0» n’est pas compris; écrivez un nombre de lignes, 2, ou de valeurs différentes, 2 différents", s)}
		}
	}
	n, f := whole("number", digits, 1)
	if f != nil {
		return nil, f
	}
	return call(">", name(of+total), number(n-1)), nil
}

var zeroWord = both("or zero", "ou zéro")
var weekendWord, holidayWord, monthEnd = both("weekend", "fin de semaine"), both("holiday", "jour férié"), both("to month end", "à la fin du mois")

// kinds in the order in which a condition is tried against them.
var kinds = []kind{
	{id: "within", name: both("just below a limit", "juste sous une limite"), needs: []string{"what", "value", "number"},
		help: both("What: an amount. Value: the limit. Number: within how many percent below it, such as 10%.", "Objet\u00a0: un montant. Valeur\u00a0: la limite. Nombre\u00a0: à combien de pour cent au-dessous, par exemple 10%."),
		match: func(s *sayer, all []*node) (p params, used []int, ok bool) {
			for i, low := range all {
				if low.op != ">=" || low.kids[1].op != "*" || low.kids[1].kids[1].op != "text" {
					continue
				}
				for j, high := range all {
					if high.op == "<=" && alike(high.kids[0], low.kids[0]) && alike(high.kids[1], low.kids[1].kids[0]) {
						share, err := decimal.NewFromString(low.kids[1].kids[1].leaf)
						if err != nil {
							return p, nil, false
						}
						p.what, p.value = s.operand(low.kids[0]), s.operand(high.kids[1])
						p.number = decimal.New(100, 0).Sub(share.Shift(2)).String() + "%"
						return p, []int{i, j}, true
					}
				}
			}
			return p, nil, false
		},
		make: func(v *vocabulary, p params) (*node, *fault) {
			what, f := v.operandOf("what", p.what)
			if f != nil {
				return nil, f
			}
			value, f := v.operandOf("value", p.value)
			if f != nil {
				return nil, f
			}
			d, err := decimal.NewFromString(strings.Replace(strings.TrimSpace(strings.TrimSuffix(strings.TrimSpace(p.number), "%")), ",", ".", 1))
			if err == nil && !strings.Contains(p.number, "%") && d.IsPositive() && d.LessThan(decimal.New(1, 0)) {
				d = d.Shift(2) // a cell that is shown as 10% holds 0.1
			}
			if err != nil || !d.IsPositive() || !d.LessThan(decimal.New(100, 0)) {
				return nil, &fault{"number", bothf("“%s” is no share between 0 and 100 percent; write for example 10%%", "«\u00a0%s\u00a0» n’est pas une part entre 0 et 100 pour cent; écrivez par exemple 10 %%", p.number)}
			}
			share := decimal.New(100, 0).Sub(d).Shift(-2).String()
			return and(call(">=", what, call("*", value, literal(share))), call("<=", what, value)), nil
		}},
	{id: "duplicate", name: both("same amount again", "même montant de nouveau"), needs: []string{"what", "total"},
		help: both("What: the amount. Total: the total of earlier lines in which the same amount is looked for.", "Objet\u00a0: le montant. Total\u00a0: le total des lignes antérieures où le même montant est cherché."),
		match: func(s *sayer, all []*node) (p params, used []int, ok bool) {
			for i, n := range all {
				if n.op != "==" || n.kids[1].op != "*" {
					continue
				}
				t := group(n.kids[0], "totals")
				if t == "" || group(n.kids[1].kids[1], "counts") != t {
					continue
				}
				for j, c := range all {
					if of, said, ok := s.count(c); ok && of == t && said == "1" {
						return params{what: s.operand(n.kids[1].kids[0]), total: t}, []int{i, j}, true
					}
				}
			}
			return p, nil, false
		},
		make: func(v *vocabulary, p params) (*node, *fault) {
			ts, f := v.totalsOf(p.total)
			if f != nil {
				return nil, f
			}
			what, f := v.operandOf("what", p.what)
			if f != nil {
				return nil, f
			}
			return and(call(">", name("counts."+ts[0]), number(0)), call("==", name("totals."+ts[0]), call("*", what, name("counts."+ts[0])))), nil
		}},
	{id: "share", name: both("share of a sum", "part d’une somme"), needs: []string{"total", "value", "number"},
		help: both("Total: the part, then the whole, as two totals. Value: the share, 50%. Number: from how many lines on.", "Total\u00a0: la partie, puis le tout, soit deux totaux. Valeur\u00a0: la part, 50%. Nombre\u00a0: à partir de combien de lignes."),
		match: func(s *sayer, all []*node) (p params, used []int, ok bool) {
			for i, n := range all {
				if n.op != ">" || n.kids[0].op != "*" || n.kids[0].kids[1].op != "number" {
					continue
				}
				part, of := group(n.kids[0].kids[0], "totals"), group(n.kids[1], "totals")
				times, _ := strconv.Atoi(n.kids[0].kids[1].leaf)
				if part == "" || of == "" || times < 1 || 100%times != 0 {
					continue
				}
				for j, c := range all {
					if t, said, ok := s.count(c); ok && t == of {
						return params{total: part + ", " + of, value: strconv.Itoa(100/times) + "%", number: said}, []int{i, j}, true
					}
				}
			}
			return p, nil, false
		},
		make: func(v *vocabulary, p params) (*node, *fault) {
			ts, f := v.totalsOf(p.total)
			if f != nil {
				return nil, f
			}
			if len(ts) != 2 {
				return nil, &fault{"total", both("name two totals, the part and the whole, such as unit_supplier, unit_spend", "nommez deux totaux, la partie et le tout, par exemple unit_supplier, unit_spend")}
			}
			n, err := decimal.NewFromString(strings.TrimSpace(strings.TrimSuffix(strings.TrimSpace(p.value), "%")))
			if err == nil && !strings.Contains(p.value, "%") && n.LessThanOrEqual(decimal.New(1, 0)) {
				n = n.Shift(2)
			}
			if err != nil || !n.IsPositive() || !decimal.New(100, 0).Mod(n).IsZero() {
				return nil, &fault{"value", bothf("“%s” is no share; write 50%%, 25%%, 20%% or 10%%", "«\u00a0%s\u00a0» n’est pas une part; écrivez 50 %%, 25 %%, 20 %% ou 10 %%", p.value)}
			}
			count, f := countNode(ts[1], p.number)
			if f != nil {
				return nil, f
			}
			return and(count, call(">", call("*", name("totals."+ts[0]), &node{op: "number", leaf: decimal.New(100, 0).Div(n).String()}), name("totals."+ts[1]))), nil
		}},
	{id: "sum", name: both("sum above a limit", "somme au-delà d’une limite"), needs: []string{"total", "value"},
		help: both("Total: a total of the sheet Totals (several: any of them; with +: together). Value: the limit. Number: from how many lines on, 2, or 2 different.", "Total\u00a0: un total de la feuille Totaux (plusieurs\u00a0: l’un d’eux; avec +\u00a0: ensemble). Valeur\u00a0: la limite. Nombre\u00a0: à partir de combien de lignes, 2, ou 2 différents."),
		match: func(s *sayer, all []*node) (p params, used []int, ok bool) {
			for i, n := range all {
				var names []string
				var limit *node
				op := ""
				for _, side := range n.sides("||") {
					if !comparison(side) || op != "" && side.op != op || limit != nil && !alike(limit, side.kids[1]) || isDate(side.kids[0]) {
						op = ""
						break
					}
					op, limit = side.op, side.kids[1]
					t := group(side.kids[0], "totals")
					if t == "" && side.kids[0].op == "+" && group(side.kids[0].kids[0], "totals") != "" && group(side.kids[0].kids[1], "totals") != "" {
						t = group(side.kids[0].kids[0], "totals") + " + " + group(side.kids[0].kids[1], "totals")
					}
					if t == "" {
						op = ""
						break
					}
					names = append(names, t)
				}
				if op == "" || len(names) == 0 {
					continue
				}
				p = params{total: strings.Join(names, ", "), value: s.operand(limit)}
				if op != ">" {
					p.how = howWords[op].In(s.lang)
				}
				used = []int{i}
				if len(names) == 1 {
					for j, c := range all {
						if of, said, ok := s.count(c); ok && of == names[0] {
							p.number = said
							used = append(used, j)
							break
						}
					}
				}
				if p.number == "" && op != ">" && op != ">=" {
					continue
				}
				return p, used, true
			}
			return p, nil, false
		},
		make: func(v *vocabulary, p params) (*node, *fault) {
			op, ok := operator(howWords, p.how, ">")
			if !ok {
				return nil, unknownHow(p.how, howWords[">"], howWords[">="])
			}
			value, f := v.operandOf("value", p.value)
			if f != nil {
				return nil, f
			}
			var sides []*node
			var first string
			for _, t := range commaList(p.total) {
				var sum *node
				for part := range strings.SplitSeq(t, "+") {
					ts, f := v.totalsOf(part)
					if f != nil {
						return nil, f
					}
					if len(ts) != 1 {
						return nil, &fault{"total", both("beside the + stands no total", "aucun total ne figure à côté du +")}
					}
					if sum == nil {
						sum, first = name("totals."+ts[0]), ts[0]
					} else {
						sum = call("+", sum, name("totals."+ts[0]))
					}
				}
				sides = append(sides, call(op, sum, value))
			}
			if len(sides) == 0 {
				return nil, &fault{"total", both("name a total of the sheet Totals", "nommez un total de la feuille Totaux")}
			}
			if strings.TrimSpace(p.number) == "" {
				return or(sides...), nil
			}
			if len(sides) > 1 {
				return nil, &fault{"number", both("with several totals no number of lines can be asked for; leave the cell empty, or write a row for each total", "avec plusieurs totaux, aucun nombre de lignes ne peut être demandé; laissez la cellule vide ou faites une ligne par total")}
			}
			count, f := countNode(first, p.number)
			if f != nil {
				return nil, f
			}
			return and(count, or(sides...)), nil
		}},
	{id: "several", name: both("too many times", "trop souvent"), needs: []string{"total", "number"},
		help: both("Total: the total whose lines are counted. Number: from how many lines on, 3, or 3 different.", "Total\u00a0: le total dont on compte les lignes. Nombre\u00a0: à partir de combien de lignes, 3, ou 3 différents."),
		match: func(s *sayer, all []*node) (p params, used []int, ok bool) {
			for i, n := range all {
				if t, said, ok := s.count(n); ok {
					return params{total: t, number: said}, []int{i}, true
				}
			}
			return p, nil, false
		},
		make: func(v *vocabulary, p params) (*node, *fault) {
			ts, f := v.totalsOf(p.total)
			if f != nil {
				return nil, f
			}
			return countNodeIn(ts, p.number)
		}},
	{id: "words", name: both("words in a text", "mots dans un texte"), needs: []string{"what", "value"},
		help: both("What: the fields that are searched. Value: the words, with commas between them; “hotels?” is hotel and hotels.", "Objet : les champs où l’on cherche. Valeur : les mots, séparés par des virgules; «\u00a0hotels?\u00a0» vaut pour hotel et hotels."),
		match: func(s *sayer, all []*node) (p params, used []int, ok bool) {
			used = only(all, func(n *node) bool {
				var fs []string
				expression := ""
				for _, side := range n.sides("||") {
					both := side.sides("&&")
					if len(both) != 2 || both[0].op != "given" || both[1].op != ".matches" || both[1].kids[1].op != "text" {
						return false
					}
					f := fieldName(both[1].kids[0])
					if f == "" || f != both[0].kids[0].leaf || expression != "" && expression != both[1].kids[1].leaf {
						return false
					}
					fs, expression = append(fs, f), both[1].kids[1].leaf
				}
				words, ok := wordsOf(expression)
				p = params{what: s.fieldList(fs), value: quoteValues(words)}
				return ok
			})
			if used != nil {
				return p, used, true
			}
			// In one field, all of it may stand among the other conditions.
			for i, n := range all {
				if n.op != ".matches" || n.kids[1].op != "text" || fieldName(n.kids[0]) == "" {
					continue
				}
				words, ok := wordsOf(n.kids[1].leaf)
				for j, g := range all {
					if ok && g.op == "given" && g.kids[0].leaf == fieldName(n.kids[0]) {
						return params{what: s.field(g.kids[0].leaf), value: quoteValues(words)}, []int{j, i}, true
					}
				}
			}
			return p, nil, false
		},
		make: func(v *vocabulary, p params) (*node, *fault) {
			fs, f := fields("what", p.what)
			if f != nil {
				return nil, f
			}
			words := wordList(p.value)
			if len(words) == 0 {
				return nil, &fault{"value", both("write the words, with commas between them", "écrivez les mots, séparés par des virgules")}
			}
			var sides []*node
			for _, f := range fs {
				sides = append(sides, and(call("given", literal(f)), call(".matches", fieldNode(f), literal(wordsExpression(words)))))
			}
			return or(sides...), nil
		}},
	{id: "person", name: both("same person twice", "même personne deux fois"), needs: []string{"what", "value"},
		help: both("What and Value: fields with e-mail addresses, such as authorized_by and request.sender.", "Objet et Valeur\u00a0: des champs d’adresses de courriel, par exemple authorized_by et request.sender."),
		match: func(s *sayer, all []*node) (p params, used []int, ok bool) {
			for i, n := range all {
				what := ""
				var values []string
				for _, side := range n.sides("||") {
					parts := side.sides("&&")
					same := parts[len(parts)-1]
					if same.op != "same_address" || len(parts) > 2 || len(parts) == 2 && parts[0].op != "given" {
						what = ""
						break
					}
					what = fieldName(same.kids[1])
					values = append(values, fieldName(same.kids[0]))
				}
				if what != "" {
					used = []int{i}
					for j, g := range all {
						if g.op == "given" && (g.kids[0].leaf == what || len(values) == 1 && g.kids[0].leaf == values[0]) {
							used = append(used, j)
						}
					}
					return params{what: s.field(what), value: s.fieldList(values)}, used, true
				}
			}
			return p, nil, false
		},
		make: func(v *vocabulary, p params) (*node, *fault) {
			what, f := fields("what", p.what)
			if f != nil {
				return nil, f
			}
			if len(what) != 1 {
				return nil, &fault{"what", both("name one field, such as authorized_by", "nommez un seul champ, par exemple authorized_by")}
			}
			values, f := fields("value", p.value)
			if f != nil {
				return nil, f
			}
			given := func(f string) *node { return call("given", literal(f)) }
			same := func(f string) *node { return call("same_address", fieldNode(f), fieldNode(what[0])) }
			if len(values) == 1 {
				return and(given(values[0]), given(what[0]), same(values[0])), nil
			}
			var sides []*node
			for _, f := range values {
				sides = append(sides, and(given(f), same(f)))
			}
			return and(given(what[0]), or(sides...)), nil
		}},
	{id: "list", name: both("on a list", "sur une liste"), needs: []string{"what", "value"},
		help: both("What: a field. How: on, or on or near. Value: a list of the sheet Lists.", "Objet\u00a0: un champ. Comment\u00a0: sur, ou sur ou près de. Valeur\u00a0: une liste de la feuille Listes."),
		match: func(s *sayer, all []*node) (p params, used []int, ok bool) {
			for i, n := range all {
				if n.op != "listed" && n.op != "nearly_listed" || n.kids[0].op != "text" || fieldName(n.kids[1]) == "" {
					continue
				}
				for j, g := range all {
					if g.op == "given" && g.kids[0].leaf == fieldName(n.kids[1]) {
						p = params{what: s.field(g.kids[0].leaf), value: n.kids[0].leaf, how: onListWord.In(s.lang)}
						if n.op == "nearly_listed" {
							p.how = nearListWord.In(s.lang)
						}
						return p, []int{j, i}, true
					}
				}
			}
			return p, nil, false
		},
		make: func(v *vocabulary, p params) (*node, *fault) {
			fs, f := fields("what", p.what)
			if f != nil {
				return nil, f
			}
			function := ""
			switch word([]request.Text{onListWord, nearListWord}, p.how) {
			case 0:
				function = "listed"
			case 1:
				function = "nearly_listed"
			default:
				if strings.TrimSpace(p.how) != "" {
					return nil, unknownHow(p.how, onListWord, nearListWord)
				}
				function = "listed"
			}
			of := strings.TrimSpace(p.value)
			if !slices.Contains(v.lists, of) {
				return nil, v.unknown("value", of, v.lists)
			}
			var sides []*node
			for _, f := range fs {
				sides = append(sides, and(call("given", literal(f)), call(function, literal(of), fieldNode(f))))
			}
			return or(sides...), nil
		}},
	{id: "calendar", name: both("day of the calendar", "jour du calendrier"), needs: []string{"what", "value"},
		help: both("What: received, or another day. Value: weekend, holiday, days such as 2026-12-24, or 03-17 to month end.", "Objet\u00a0: received, ou un autre jour. Valeur\u00a0: fin de semaine, jour férié, des jours tels que 2026-12-24, ou 03-17 à la fin du mois."),
		match: func(s *sayer, all []*node) (p params, used []int, ok bool) {
			used = only(all, func(n *node) bool {
				var days []string
				what := ""
				for _, side := range n.sides("||") {
					var of *node
					day := ""
					switch {
					case side.op == "weekend":
						of, day = side.kids[0], weekendWord.In(s.lang)
					case side.op == "holiday" && len(side.kids) == 1:
						of, day = side.kids[0], holidayWord.In(s.lang)
					case side.op == "==" && side.kids[1].op == "date":
						of, day = side.kids[0], side.kids[1].kids[0].leaf
					case side.op == "&&" && len(side.kids) == 2 && side.kids[0].op == "==" && side.kids[0].kids[0].op == "month" && side.kids[1].op == ">=" && side.kids[1].kids[0].op == "day_of_month":
						of = side.kids[0].kids[0].kids[0]
						m, _ := strconv.Atoi(side.kids[0].kids[1].leaf)
						d, _ := strconv.Atoi(side.kids[1].kids[1].leaf)
						day = two(m) + "-" + two(d) + " " + monthEnd.In(s.lang)
					default:
						return false
					}
					f := fieldName(of)
					if f == "" || what != "" && what != f {
						return false
					}
					what = f
					days = append(days, day)
				}
				p = params{what: what, value: strings.Join(days, ", ")}
				return true
			})
			return p, used, used != nil
		},
		make: func(v *vocabulary, p params) (*node, *fault) {
			fs, f := fields("what", p.what)
			if f != nil {
				return nil, f
			}
			day := fieldNode(fs[0])
			var sides []*node
			for _, d := range commaList(p.value) {
				start, rest, _ := strings.Cut(d, " ")
				switch {
				case word([]request.Text{weekendWord}, d) == 0:
					sides = append(sides, call("weekend", day))
				case word([]request.Text{holidayWord}, d) == 0:
					sides = append(sides, call("holiday", day))
				case word([]request.Text{monthEnd}, rest) == 0 && len(start) == 5 && start[2] == '-':
					m, err := strconv.Atoi(start[:2])
					n, err2 := strconv.Atoi(start[3:])
					if err != nil || err2 != nil || m < 1 || m > 12 || n < 1 || n > 31 {
						return nil, &fault{"value", bothf("“%s” is no day of a month; write for example 03-17 to month end", "«\u00a0%s\u00a0» n’est pas un jour d’un mois; écrivez par exemple 03-17 à la fin du mois", d)}
					}
					sides = append(sides, and(call("==", call("month", day), number(m)), call(">=", call("day_of_month", day), number(n))))
				default:
					on, err := request.ParseDay(d)
					if err != nil {
						return nil, &fault{"value", bothf("“%s” is no day; write weekend, holiday, or a date such as 2026-12-24", "«\u00a0%s\u00a0» n’est pas un jour; écrivez fin de semaine, jour férié ou une date telle que 2026-12-24", d)}
					}
					sides = append(sides, call("==", day, call("date", literal(on.String()))))
				}
			}
			return or(sides...), nil
		}},
	{id: "unclear", name: both("no fixed amount", "aucun montant fixe"), needs: []string{"what"},
		help: both("What: amounts that must be one number, no range and no estimate. Value: “or zero” where 0 is none either.", "Objet\u00a0: les montants qui doivent être un seul nombre, ni fourchette ni estimation. Valeur\u00a0: «\u00a0ou zéro\u00a0» si 0 n’en est pas un non plus."),
		match: func(s *sayer, all []*node) (p params, used []int, ok bool) {
			used = only(all, func(n *node) bool {
				var fs []string
				pr := pattern(`problem("X") in ["range", "estimate", "hourly-rate"]`)
				zero := ""
				for _, side := range n.sides("||") {
					holes := map[string]string{}
					if pr.fits(side, holes) {
						fs = append(fs, holes["X"])
						continue
					}
					holes = map[string]string{}
					if zp := pattern(`given("X") && X == money("0")`); zero == "" && zp.fits(side, holes) {
						zero = holes["X"]
						continue
					}
					return false
				}
				if len(fs) == 0 || zero != "" && fs[0] != zero {
					return false
				}
				p = params{what: s.fieldList(fs)}
				if zero != "" {
					p.value = zeroWord.In(s.lang)
				}
				return true
			})
			return p, used, used != nil
		},
		make: func(v *vocabulary, p params) (*node, *fault) {
			fs, f := fields("what", p.what)
			if f != nil {
				return nil, f
			}
			pr := pattern(`problem("X") in ["range", "estimate", "hourly-rate"]`)
			var sides []*node
			for _, f := range fs {
				sides = append(sides, pr.filled(map[string]string{"X": f}))
			}
			if word([]request.Text{zeroWord}, p.value) == 0 {
				sides = append(sides, pattern(`given("X") && X == money("0")`).filled(map[string]string{"X": fs[0]}))
			} else if strings.TrimSpace(p.value) != "" {
				return nil, &fault{"value", bothf("“%s” is not known here; write “%s” or nothing", "«\u00a0%[1]s\u00a0» n’est pas connu ici; écrivez «\u00a0ou zéro\u00a0» ou rien", p.value, zeroWord.EN)}
			}
			return or(sides...), nil
		}},
	{id: "filled", name: both("must be filled in", "doit être rempli"), needs: []string{"what"},
		help: both("What: the fields, with commas between them.", "Objet\u00a0: les champs, séparés par des virgules."),
		match: func(s *sayer, all []*node) (p params, used []int, ok bool) {
			used = only(all, func(n *node) bool {
				var fs []string
				for _, side := range n.sides("||") {
					if side.op != "!" || side.kids[0].op != "given" {
						return false
					}
					fs = append(fs, side.kids[0].kids[0].leaf)
				}
				p = params{what: s.fieldList(fs)}
				return true
			})
			return p, used, used != nil
		},
		make: func(v *vocabulary, p params) (*node, *fault) {
			sides, f := lacking("given", p.what)
			if f != nil {
				return nil, f
			}
			return or(sides...), nil
		}},
	{id: "says", name: both("must say something", "doit dire quelque chose"), needs: []string{"what"},
		help: both("What: a field of text; several: at least one of them must.", "Objet\u00a0: un champ de texte; plusieurs\u00a0: au moins l’un d’eux."),
		match: func(s *sayer, all []*node) (p params, used []int, ok bool) {
			var fs []string
			for i, n := range all {
				if n.op == "!" && n.kids[0].op == "says" {
					fs, used = append(fs, n.kids[0].kids[0].leaf), append(used, i)
				}
			}
			return params{what: s.fieldList(fs)}, used, used != nil
		},
		make: func(v *vocabulary, p params) (*node, *fault) {
			sides, f := lacking("says", p.what)
			if f != nil {
				return nil, f
			}
			return and(sides...), nil
		}},
	{id: "date", name: both("date before or after another", "date avant ou après une autre"), needs: []string{"what", "how", "value"},
		help: both("What: a day. How: before, after, outside. Value: another day, today - 365, or two with “to” between them.", "Objet\u00a0: un jour. Comment\u00a0: avant, après, hors de. Valeur\u00a0: un autre jour, today - 365, ou deux jours séparés par «\u00a0to\u00a0»."),
		match: func(s *sayer, all []*node) (p params, used []int, ok bool) {
			for i, n := range all {
				if n.op == "||" && len(n.kids) == 2 && comparison(n.kids[0]) && comparison(n.kids[1]) && alike(n.kids[0].kids[0], n.kids[1].kids[0]) && isDate(n.kids[0].kids[0]) {
					low, high := n.kids[0], n.kids[1]
					if low.op == ">" {
						low, high = high, low
					}
					if low.op == "<" && high.op == ">" {
						return params{what: s.operand(low.kids[0]), how: outsideWord.In(s.lang), value: s.operand(low.kids[1]) + " to " + s.operand(high.kids[1])}, []int{i}, true
					}
				}
				if comparison(n) && isDate(n.kids[0]) {
					return params{what: s.operand(n.kids[0]), how: dateWords[n.op].In(s.lang), value: s.operand(n.kids[1])}, []int{i}, true
				}
			}
			return p, nil, false
		},
		make: func(v *vocabulary, p params) (*node, *fault) {
			what, f := v.operandOf("what", p.what)
			if f != nil {
				return nil, f
			}
			if word([]request.Text{outsideWord}, p.how) == 0 {
				low, high, ok := strings.Cut(p.value, " to ")
				if !ok {
					low, high, ok = strings.Cut(p.value, " à ")
				}
				if !ok {
					return nil, &fault{"value", both("write two days with “to” between them, such as today - 365 to today", "écrivez deux jours séparés par «\u00a0to\u00a0», par exemple today - 365 to today")}
				}
				a, f := v.operandOf("value", low)
				if f != nil {
					return nil, f
				}
				b, f := v.operandOf("value", high)
				if f != nil {
					return nil, f
				}
				return or(call("<", what, a), call(">", what, b)), nil
			}
			op, ok := operator(dateWords, p.how, "")
			if !ok || op == "" {
				return nil, unknownHow(p.how, dateWords["<"], dateWords[">"], dateWords["<="], dateWords[">="], outsideWord)
			}
			value, f := v.operandOf("value", p.value)
			if f != nil {
				return nil, f
			}
			return call(op, what, value), nil
		}},
	{id: "round", name: both("round amount", "montant rond"), needs: []string{"what", "number"},
		help: both("What: an amount. Number: of which it is a multiple, such as 100.", "Objet\u00a0: un montant. Nombre\u00a0: dont il est un multiple, par exemple 100."),
		match: func(s *sayer, all []*node) (p params, used []int, ok bool) {
			used = only(all, func(n *node) bool {
				if n.op != "multiple_of" || n.kids[1].op != "text" {
					return false
				}
				p = params{what: s.operand(n.kids[0]), number: n.kids[1].leaf}
				return true
			})
			return p, used, used != nil
		},
		make: func(v *vocabulary, p params) (*node, *fault) {
			what, f := v.operandOf("what", p.what)
			if f != nil {
				return nil, f
			}
			if _, f = whole("number", p.number, 1); f != nil {
				return nil, f
			}
			return call("multiple_of", what, literal(strings.TrimSpace(p.number))), nil
		}},
	{id: "above", name: both("amount above a limit", "montant au-delà d’une limite"), needs: []string{"what", "value"},
		help: both("What: an amount, such as total. How: more than (when empty), at least, less than, at most. Value: a limit, another amount, or 90% of a limit. Total: a total that is held against it as well.", "Objet\u00a0: un montant, par exemple total. Comment\u00a0: plus de (si vide), au moins, moins de, au plus. Valeur\u00a0: une limite, un autre montant ou 90% d’une limite. Total\u00a0: un total comparé lui aussi."),
		match: func(s *sayer, all []*node) (p params, used []int, ok bool) {
			for i, n := range all {
				sides := n.sides("||")
				if !comparison(sides[0]) || isDate(sides[0].kids[0]) || group(sides[0].kids[0], "totals") != "" {
					continue
				}
				c := sides[0]
				p = params{}
				switch {
				case len(sides) == 2 && sides[1].op == c.op && group(sides[1].kids[0], "totals") != "" && alike(c.kids[1], sides[1].kids[1]):
					p.total = group(sides[1].kids[0], "totals")
				case len(sides) > 1:
					continue
				}
				var good bool
				p.what, good = s.trial(func() string { return s.operand(c.kids[0]) })
				if !good {
					continue
				}
				if p.value, good = s.trial(func() string { return s.operand(c.kids[1]) }); !good {
					continue
				}
				if c.op != ">" {
					p.how = howWords[c.op].In(s.lang)
				}
				return p, []int{i}, true
			}
			return p, nil, false
		},
		make: func(v *vocabulary, p params) (*node, *fault) {
			op, ok := operator(howWords, p.how, ">")
			if !ok {
				return nil, unknownHow(p.how, howWords[">"], howWords[">="], howWords["<"], howWords["<="])
			}
			what, f := v.operandOf("what", p.what)
			if f != nil {
				return nil, f
			}
			value, f := v.operandOf("value", p.value)
			if f != nil {
				return nil, f
			}
			if strings.TrimSpace(p.total) == "" {
				return call(op, what, value), nil
			}
			ts, f := v.totalsOf(p.total)
			if f != nil {
				return nil, f
			}
			return or(call(op, what, value), call(op, name("totals."+ts[0]), value)), nil
		}},
	{id: "differs", name: both("amounts that differ", "montants qui diffèrent"), needs: []string{"what", "value"},
		help: both("What: an amount or a sum, such as net + tax. Value: the amount it should be, such as total.", "Objet\u00a0: un montant ou une somme, par exemple net + tax. Valeur\u00a0: le montant attendu, par exemple total."),
		match: func(s *sayer, all []*node) (p params, used []int, ok bool) {
			used = only(all, func(n *node) bool {
				if n.op != "apart" {
					return false
				}
				p = params{what: s.operand(n.kids[0]), value: s.operand(n.kids[1])}
				return true
			})
			return p, used, used != nil
		},
		make: func(v *vocabulary, p params) (*node, *fault) {
			what, f := v.operandOf("what", p.what)
			if f != nil {
				return nil, f
			}
			value, f := v.operandOf("value", p.value)
			return call("apart", what, value), f
		}},
	{id: "is", name: both("field is …", "le champ est …"), needs: []string{"what", "value"},
		help: both("What: a field. Value: names several suppliers, is no open licence, is no public address, is not of the department, is said.", "Objet\u00a0: un champ. Valeur\u00a0: nomme plusieurs fournisseurs, n’est pas une licence libre, n’est pas une adresse publique, n’est pas du ministère, est dit."),
		match: func(s *sayer, all []*node) (p params, used []int, ok bool) {
			used = only(all, func(n *node) bool {
				for _, pr := range predicates() {
					holes := map[string]string{}
					if !strings.Contains(pr.cel, "given(") && !strings.Contains(pr.cel, "says(") && pr.node.fits(n, holes) {
						p = params{what: s.field(holes["X"]), value: s.word(pr.en, pr.fr)}
						return true
					}
				}
				return false
			})
			return p, used, used != nil
		},
		make: func(v *vocabulary, p params) (*node, *fault) {
			fs, f := fields("what", p.what)
			if f != nil {
				return nil, f
			}
			for _, pr := range predicates() {
				if word([]request.Text{both(pr.en, pr.fr)}, p.value) == 0 {
					return pr.node.filled(map[string]string{"X": fs[0]}), nil
				}
			}
			return nil, &fault{"value", bothf("“%s” is not known here; write for example “is no open licence”", "«\u00a0%s\u00a0» n’est pas connu ici; écrivez par exemple «\u00a0n’est pas une licence libre\u00a0»", p.value)}
		}},
	oneOfKind("one-of", both("must be one of", "doit être l’un de"), true),
	oneOfKind("not-one-of", both("must not be one of", "ne doit pas être l’un de"), false),
	{id: "any", name: both("any of these conditions", "l’une de ces conditions"), needs: []string{"value"},
		help: both("Value: conditions in words, a line each; one of them is enough.", "Valeur\u00a0: des conditions en mots, une par ligne; l’une d’elles suffit."),
		match: func(s *sayer, all []*node) (p params, used []int, ok bool) {
			used = only(all, func(n *node) bool {
				if n.op != "||" {
					return false
				}
				lines := make([]string, len(n.kids))
				good := false
				_, good = s.trial(func() string {
					for i, k := range n.kids {
						lines[i] = s.condition(k, 2)
					}
					return ""
				})
				for _, line := range lines {
					good = good && len(line) <= longestPhrase
				}
				p = params{value: strings.Join(lines, "\n")}
				return good
			})
			return p, used, used != nil
		},
		make: func(v *vocabulary, p params) (*node, *fault) {
			var sides []*node
			for line := range strings.SplitSeq(p.value, "\n") {
				n, wrong := v.phrase(line)
				if wrong != nil {
					return nil, &fault{"value", *wrong}
				}
				if n != nil {
					sides = append(sides, n)
				}
			}
			if len(sides) == 0 {
				return nil, &fault{"value", both("write conditions, a line each", "écrivez des conditions, une par ligne")}
			}
			return or(sides...), nil
		}},
	{id: "all", name: both("all of these conditions", "toutes ces conditions"),
		help:  both("Only where: conditions in words, a line each, all of which must hold.", "Seulement si\u00a0: des conditions en mots, une par ligne, qui doivent toutes être remplies."),
		match: func(*sayer, []*node) (params, []int, bool) { return params{}, nil, true },
		make:  func(*vocabulary, params) (*node, *fault) { return nil, nil }},
}

func countNodeIn(totals []string, s string) (*node, *fault) {
	if len(totals) != 1 {
		return nil, &fault{"total", both("name one total of the sheet Totals", "nommez un seul total de la feuille Totaux")}
	}
	return countNode(totals[0], s)
}

func two(n int) string {
	if n < 10 {
		return "0" + strconv.Itoa(n)
	}
	return strconv.Itoa(n)
}

// wordList reads words with commas, semicolons or lines between them; one in quotes is as it stands there.
func wordList(s string) []string {
	var all []string
	var b strings.Builder
	closing := ""
	end := func() {
		if w := strings.TrimSpace(b.String()); w != "" {
			all = append(all, w)
		}
		b.Reset()
	}
	for _, r := range s {
		switch {
		case closing != "" && string(r) == closing:
			closing = ""
		case closing == "" && quotes[r] != "" && strings.TrimSpace(b.String()) == "":
			closing = quotes[r]
		case closing == "" && (r == ',' || r == ';' || r == '\n'):
			end()
		default:
			b.WriteRune(r)
		}
	}
	end()
	return all
}

// oneOfKind is a field with fixed answers, or a text.
func oneOfKind(id string, title request.Text, must bool) kind {
	return kind{id: id, name: title, needs: []string{"what", "value"},
		help: both("What: a field. Value: the answers, with commas between them. How: “in any spelling” for a text that people type.", "Objet\u00a0: un champ. Valeur\u00a0: les réponses, séparées par des virgules. Comment\u00a0: «\u00a0sans égard à l’orthographe\u00a0» pour un texte saisi."),
		match: func(s *sayer, all []*node) (p params, used []int, ok bool) {
			for i := len(all) - 1; i >= 0; i-- {
				n, negated := all[i], false
				switch n.op {
				case "!":
					n, negated = n.kids[0], true
				case "!=":
					n, negated = &node{op: "==", kids: n.kids}, true
				}
				f, values, ok := oneOf(n)
				if !ok || negated != must {
					continue
				}
				p.what = s.field(strings.TrimPrefix(f, "plain "))
				if strings.HasPrefix(f, "plain ") {
					p.how = anySpelling.In(s.lang)
				}
				p.value = quoteValues(values)
				return p, []int{i}, true
			}
			return p, nil, false
		},
		make: func(v *vocabulary, p params) (*node, *fault) {
			fs, f := fields("what", p.what)
			if f != nil {
				return nil, f
			}
			if len(fs) != 1 {
				return nil, &fault{"what", both("name one field", "nommez un seul champ")}
			}
			of := fieldNode(fs[0])
			values := wordList(p.value)
			if field, ok := request.FieldByName(fs[0]); ok && field.Info().Kind == request.ChoiceKind {
				for i, s := range values {
					code, _, err := request.ParseChoice(field, s)
					if err != nil {
						var en []string
						for _, c := range field.Info().Choices {
							en = append(en, c.Code)
						}
						return nil, &fault{"value", bothf("“%s” is no answer of %s; there are %s", "«\u00a0%s\u00a0» n’est pas une réponse de %s; il y a %s", s, fs[0], strings.Join(en, ", "))}
					}
					values[i] = code
				}
			}
			if strings.TrimSpace(p.how) != "" {
				if word([]request.Text{anySpelling}, p.how) != 0 {
					return nil, unknownHow(p.how, anySpelling)
				}
				n := call("in", call("plain", of), list(values))
				if must {
					return not(n), nil
				}
				return n, nil
			}
			switch {
			case len(values) == 1 && must:
				return call("!=", of, literal(values[0])), nil
			case len(values) == 1:
				return call("==", of, literal(values[0])), nil
			case must:
				return not(call("in", of, list(values))), nil
			}
			return call("in", of, list(values)), nil
		}}
}

// stated is a guardrail's condition in columns.
type stated struct {
	kind *kind // nil: expert
	params
	only, cel string
}

// recognise says a condition by a kind; it is an expert's where no kind says exactly it.
func recognise(when string, v *vocabulary, l request.Lang) stated {
	n := parseCEL(when)
	if n == nil {
		return stated{cel: when}
	}
	all := n.sides("&&")
	for i := range kinds {
		k := &kinds[i]
		s := &sayer{lang: l}
		p, used, ok := k.match(s, all)
		if !ok || s.failed {
			continue
		}
		var rest []*node
		for j, side := range all {
			if !slices.Contains(used, j) {
				rest = append(rest, side)
			}
		}
		only, ok := sayAll(rest, l)
		if !ok {
			continue
		}
		st := stated{kind: k, params: p, only: only}
		if back, f := v.condition(st); f == nil && alike(parseCEL(back), n) {
			return st
		}
	}
	return stated{cel: when}
}

// condition is the expression that an author would write for what the columns say.
func (v *vocabulary) condition(st stated) (string, *fault) {
	if st.kind == nil {
		return st.cel, nil
	}
	cols := map[string]string{"what": st.what, "how": st.how, "value": st.value, "total": st.total, "number": st.number}
	for _, col := range st.kind.needs {
		if strings.TrimSpace(cols[col]) == "" {
			return "", &fault{col, bothf("the kind “%s” needs this cell: %s", "le genre «\u00a0%[3]s\u00a0» a besoin de cette cellule\u00a0: %[4]s", st.kind.name.EN, st.kind.help.EN, st.kind.name.FR, st.kind.help.FR)}
		}
	}
	core, f := st.kind.make(v, st.params)
	if f != nil {
		return "", f
	}
	where, wrong := v.phrase(st.only)
	if wrong != nil {
		return "", &fault{"only", *wrong}
	}
	n := and(where, core)
	if n == nil {
		return "", &fault{"only", both("no condition is written; write one, such as “total > limit request”", "aucune condition n’est écrite; écrivez-en une, par exemple «\u00a0total > limite request\u00a0»")}
	}
	return n.cel(), v.known(n)
}

// known looks for names of limits, totals and lists that the policy does not have.
func (v *vocabulary) known(n *node) *fault {
	if n.op == "name" {
		if l := group(n, "limits"); l != "" && !slices.Contains(v.limits, l) {
			return v.unknown("limit", l, v.limits)
		}
		for _, g := range []string{"totals", "counts", "distinct"} {
			if t := group(n, g); t != "" && !slices.Contains(v.totals, t) {
				f := v.unknown("total", t, v.totals)
				return f
			}
		}
	}
	if (n.op == "listed" || n.op == "nearly_listed") && n.kids[0].op == "text" && !slices.Contains(v.lists, n.kids[0].leaf) {
		return v.unknown("value", n.kids[0].leaf, v.lists)
	}
	for _, k := range n.kids {
		if f := v.known(k); f != nil {
			return f
		}
	}
	return nil
}

// kindCalled is the kind of a name in either language, expert among them as nil.
func kindCalled(s string) (k *kind, known bool) {
	if word([]request.Text{expertKind}, s) == 0 {
		return nil, true
	}
	for i := range kinds {
		if word([]request.Text{kinds[i].name}, s) == 0 || kinds[i].id == strings.TrimSpace(s) {
			return &kinds[i], true
		}
	}
	return nil, false
}
