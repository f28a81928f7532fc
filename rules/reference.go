package rules

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"slices"
	"strings"

	"cel.dev/cel-go/cel"

	"handrail/internal/request"
)

// WriteReference writes the language of policies in one language, as Markdown, from the program's own tables: every key, all that
// a condition can read, every helper, and every mistake with what Handrail says of it.
func WriteReference(w io.Writer, l request.Lang) error {
	p, err := loadReference(referencePolicy())
	if err != nil {
		return fmt.Errorf("the reference's own policy: %w", err)
	}
	r := &referencePage{policy: p, l: l}
	r.say("# The language of policies", "# Le langage des politiques")
	r.say("Every key of a policy and of its tests, all that a condition can read, every helper, and every mistake with what to write. `handrail policy reference` makes this page from the program itself, so it says what this version does; its examples are run by the program’s tests. Begin with [Writing a policy](policies.md), and with [ten ordinary changes](changing-the-rules.md).",
		"Chaque clé d’une politique et de ses tests, tout ce qu’une condition peut lire, chaque fonction, et chaque erreur avec ce qu’il faut écrire. `handrail policy reference --lang fr` tire cette page du programme même\u00a0: elle dit donc ce que fait la présente version, et ses exemples sont exécutés par les tests du programme. Commencez par la [rédaction d’une politique](policies.md) et par [dix changements courants](changing-the-rules.fr.md).")
	r.say("## Keys of a policy", "## Les clés d’une politique")
	r.say("Together, the examples of this part make one policy.", "Ensemble, les exemples de cette partie forment une politique.")
	r.keys(policyKeys)
	r.say("## Conditions", "## Les conditions")
	r.say("What stands in `when` and `where`. Each example is true for the line under [Keys of a test file](#keys-of-a-test-file), received on 18 November 2026.",
		"Ce qui figure dans `when` et `where`. Chaque exemple est vrai pour la ligne présentée sous [Les clés d’un fichier de tests](#les-clés-dun-fichier-de-tests), reçue le 18 novembre 2026.")
	r.conditions()
	if err := r.helpers(); err != nil {
		return err
	}
	r.totals()
	r.builtIns()
	r.cells()
	r.say("## Keys of a test file", "## Les clés d’un fichier de tests")
	r.say("It stands beside its policy: `department.toml` has `department.test.toml`.", "Il se trouve à côté de sa politique\u00a0: `department.toml` a `department.test.toml`.")
	r.keys(trialKeys)
	if err := r.mistakes(); err != nil {
		return err
	}
	r.bounds()
	_, err = w.Write(append(bytes.TrimRight(r.b.Bytes(), "\n"), '\n'))
	return err
}

// referencePage is the reference in the making.
type referencePage struct {
	policy *Policy
	l      request.Lang
	b      bytes.Buffer
}

func (r *referencePage) in(t request.Text) string { return t.In(r.l) }

func (r *referencePage) say(en, fr string) {
	fmt.Fprintf(&r.b, "%s\n\n", request.Text{EN: en, FR: fr}.In(r.l))
}

// table writes a table; the first row is its header.
func (r *referencePage) table(header []request.Text, rows [][]string) {
	if len(rows) == 0 {
		return
	}
	var titles []string
	for _, h := range header {
		titles = append(titles, r.in(h))
	}
	fmt.Fprintf(&r.b, "| %s |\n|%s\n", strings.Join(titles, " | "), strings.Repeat("---|", len(titles)))
	for _, row := range rows {
		fmt.Fprintf(&r.b, "| %s |\n", strings.Join(row, " | "))
	}
	r.b.WriteByte('\n')
}

// code is a text of one or several lines in a cell of a table, as it is typed.
func code(text string) string {
	if text == "" {
		return ""
	}
	var lines []string
	for line := range strings.SplitSeq(strings.TrimRight(text, "\n"), "\n") {
		if line != "" {
			lines = append(lines, "`"+strings.ReplaceAll(line, "|", `\|`)+"`")
		}
	}
	return strings.Join(lines, "<br>")
}

var (
	headKey     = request.Text{EN: "key", FR: "clé"}
	headHolds   = request.Text{EN: "holds", FR: "contient"}
	headUsual   = request.Text{EN: "left out", FR: "si omise"}
	headWhat    = request.Text{EN: "what it is", FR: "ce que c’est"}
	headExample = request.Text{EN: "example", FR: "exemple"}
	headWrite   = request.Text{EN: "you write", FR: "vous écrivez"}
)

func (r *referencePage) keys(tables []keyTable) {
	for _, t := range tables {
		if t.heading == "" {
			r.say("### At the top", "### En tête")
		} else {
			fmt.Fprintf(&r.b, "### `%s`\n\n", t.heading)
		}
		fmt.Fprintf(&r.b, "%s\n\n", r.in(t.words))
		var rows [][]string
		for _, k := range t.keys {
			usual := r.in(k.usual)
			if k.usual.IsZero() {
				usual = r.in(request.Text{EN: "**needed**", FR: "**exigée**"})
			}
			rows = append(rows, []string{code(k.name), r.in(k.kind), usual, r.in(k.words)})
		}
		r.table([]request.Text{headKey, headHolds, headUsual, headWhat}, rows)
		if t.example != "" {
			fmt.Fprintf(&r.b, "```toml\n%s```\n\n", t.example)
		}
	}
}

// typeText is what the reader calls a type of conditions.
func typeText(t *cel.Type) request.Text {
	switch name := t.TypeName(); name {
	case "string":
		return request.Text{EN: "text", FR: "texte"}
	case "int":
		return request.Text{EN: "whole number", FR: "nombre entier"}
	case "bool":
		return request.Text{EN: "yes or no", FR: "oui ou non"}
	case "money":
		return request.Text{EN: "amount", FR: "montant"}
	case "number":
		return request.Text{EN: "number", FR: "nombre"}
	case "date":
		return request.Text{EN: "day", FR: "jour"}
	case "list":
		return request.Text{EN: "list", FR: "liste"}
	default:
		return same(name)
	}
}

func (r *referencePage) conditions() {
	r.say("### Signs", "### Les signes")
	var rows [][]string
	for _, o := range operatorDocs {
		var signs []string
		for sign := range strings.FieldsSeq(o.sign) {
			if o.sign == "? :" || o.sign == "[ ]" {
				sign = o.sign
			}
			if !slices.Contains(signs, code(sign)) {
				signs = append(signs, code(sign))
			}
		}
		rows = append(rows, []string{strings.Join(signs, " "), r.in(o.words), code(o.example)})
	}
	r.table([]request.Text{headWrite, headWhat, headExample}, rows)
	r.say("### Fields of the form", "### Les champs du formulaire")
	r.say("By the form’s label, with what the form says of it. A field that a condition reads must be filled in, unless it asks `given` first.",
		"Avec l’étiquette du formulaire et ce que celui-ci en dit. Un champ que lit une condition doit être rempli, sauf si elle demande d’abord `given`.")
	rows = nil
	for _, info := range request.Fields() {
		about := "**" + r.in(info.Label) + "**. " + r.in(info.Help)
		var answers []string
		for _, c := range info.Choices {
			answers = append(answers, code(`"`+c.Code+`"`))
		}
		if len(answers) > 0 {
			about += " " + strings.Join(answers, ", ")
		}
		rows = append(rows, []string{code("line." + info.Name), r.in(typeText(fieldType(info.Kind))), about, code(kindExample(info))})
	}
	r.table([]request.Text{headWrite, headHolds, headWhat, headExample}, rows)
	r.say("### What else can be read", "### Ce qui se lit d’autre")
	rows = nil
	for _, x := range readableWords {
		rows = append(rows, []string{code(x.name), r.in(typeText(r.typeOf(x.name))), r.in(x.words), code(x.example)})
	}
	r.table([]request.Text{headWrite, headHolds, headWhat, headExample}, rows)
	r.say("A message says any of these between braces: `{line.total}`, `{totals.supplier_month}`. `{added.NAME}` names what a total with `near` or by `need` added up.",
		"Un message dit chacun d’eux entre accolades\u00a0: `{line.total}`, `{totals.supplier_month}`. `{added.NOM}` nomme ce qu’a additionné un cumul avec `near` ou par `need`.")
}

// typeOf is the type of what the reference calls NAME where it is the policy's own.
func (r *referencePage) typeOf(name string) *cel.Type {
	for _, v := range r.policy.variables() {
		if v.name == name || strings.HasSuffix(name, ".NAME") && readableName(v.name) == name {
			return v.typ
		}
	}
	return cel.StringType
}

// readableName is how the reference names a variable that a policy made itself.
func readableName(name string) string {
	family, _, _ := strings.Cut(name, ".")
	switch family {
	case "limits", "totals", "counts", "distinct":
		return family + ".NAME"
	}
	return name
}

// kindExample is a condition on a field.
func kindExample(info request.FieldInfo) string {
	text := strings.ReplaceAll(kindExamples[info.Kind], "FIELD", info.Name)
	if len(info.Choices) > 0 {
		text = strings.ReplaceAll(text, "CHOICE", info.Choices[0].Code)
	}
	return text
}

func (r *referencePage) helpers() error {
	env, err := r.policy.environment()
	if err != nil {
		return err
	}
	r.say("### Helpers", "### Les fonctions")
	functions := env.Functions()
	var rows [][]string
	for _, h := range helperWords {
		f, ok := functions[h.name]
		if !ok {
			return fmt.Errorf("the reference has words for %s, which is no helper", h.name)
		}
		var forms []string
		for _, o := range f.OverloadDecls() {
			var args []string
			odd := false
			for _, a := range o.ArgTypes() {
				args, odd = append(args, r.in(typeText(a))), odd || a.TypeName() == "bytes" || a.TypeName() == "map"
			}
			form := h.name + "(" + strings.Join(args, ", ") + ")"
			if o.IsMemberFunction() {
				form = args[0] + "." + h.name + "(" + strings.Join(args[1:], ", ") + ")"
			}
			if form = code(form + " → " + r.in(typeText(o.ResultType()))); !odd && !slices.Contains(forms, form) && !(o.IsMemberFunction() && h.name == "size") {
				forms = append(forms, form)
			}
		}
		slices.Sort(forms)
		rows = append(rows, []string{strings.Join(forms, "<br>"), r.in(h.words), code(h.example)})
	}
	r.table([]request.Text{{EN: "helper", FR: "fonction"}, headWhat, headExample}, rows)
	return nil
}

func (r *referencePage) totals() {
	r.say("## Kinds of total", "## Sortes de cumuls")
	r.say("What `by` takes, and which of them `distinct` takes.", "Ce que `by` admet, et lesquels `distinct` admet aussi.")
	var rows [][]string
	yes, no := r.in(request.Text{EN: "yes", FR: "oui"}), r.in(request.Text{EN: "no", FR: "non"})
	told := func(ok bool) string {
		if ok {
			return yes
		}
		return no
	}
	by, distinct := request.TotalBy(), request.TotalDistinct()
	for _, word := range append(slices.Clone(by), request.ByExtra+"Header", request.DistinctDay, request.DistinctFiscalYear) {
		rows = append(rows, []string{code(word), r.in(totalWords[word]), told(slices.Contains(by, word) || strings.HasPrefix(word, request.ByExtra)), told(slices.Contains(distinct, word))})
	}
	r.table([]request.Text{{EN: "word", FR: "mot"}, headWhat, same("`by`"), same("`distinct`")}, rows)
}

func (r *referencePage) builtIns() {
	r.say("## Findings that are built in", "## Constats intégrés")
	r.say("Every policy has them, because without them its own guardrails could be walked around. An officer looks at the line, unless the finding is a note. Those of registers need a register.",
		"Toute politique les a, car sans eux ses propres balises pourraient être contournées. Une agente ou un agent examine la ligne, sauf si le constat n’est qu’à signaler. Ceux des registres exigent un registre.")
	var rows [][]string
	for _, b := range builtIns {
		rows = append(rows, []string{code(b.id), r.in(b.title), r.in(builtInWords[b.id])})
	}
	r.table([]request.Text{same("id"), {EN: "title", FR: "titre"}, {EN: "when", FR: "quand"}}, rows)
}

// cells lists what problem() answers, and what a person reads, of texts that people type.
func (r *referencePage) cells() {
	r.say("## What is wrong with a cell", "## Ce qui ne va pas dans une cellule")
	r.say("What `problem` answers. Such a line goes back by itself, with these words.", "Ce que répond `problem`. Une telle ligne est renvoyée d’elle-même, avec ces mots.")
	var rows [][]string
	for i := range wrongCells {
		if p, ok := r.policy.wrongCell(i); ok {
			rows = append(rows, []string{code(p.Code), code(wrongCells[i].field.String() + " = " + fmt.Sprintf("%q", wrongCells[i].typed)), r.in(p.Message)})
		}
	}
	r.table([]request.Text{same("code"), {EN: "somebody types", FR: "quelqu’un saisit"}, {EN: "Handrail says", FR: "Handrail dit"}}, rows)
}

// wrongCell is what is wrong with what somebody types, by the program itself.
func (p *Policy) wrongCell(i int) (request.Problem, bool) {
	text := fmt.Sprintf("[[case]]\nname = \"x\"\ndate = 2026-11-18\noutcome = \"returned\"\nline = { %s = %q }\n", wrongCells[i].field, wrongCells[i].typed)
	t, err := readTrials(context.Background(), p, "x"+TestSuffix, []byte(text))
	if err != nil || len(t.cases[0].lines[0].Problems) == 0 {
		return request.Problem{}, false
	}
	return t.cases[0].lines[0].Problems[0], true
}

func (r *referencePage) mistakes() error {
	r.say("## Mistakes", "## Les erreurs")
	r.say("What is wrong in a text, what Handrail says of it (with file, line and column before it), and what to write. All mistakes of a text come at once.",
		"Ce qui ne va pas dans un texte, ce que Handrail en dit (précédé du fichier, de la ligne et de la colonne), et ce qu’il faut écrire. Toutes les erreurs d’un texte viennent d’un coup.")
	for i := range mistakeGroups {
		g := &mistakeGroups[i]
		fmt.Fprintf(&r.b, "### %s\n\n", r.in(g.title))
		var rows [][]string
		for j := range g.mistakes {
			m := &g.mistakes[j]
			wrong, err := m.says(g)
			if err != nil {
				return err
			}
			var said []string
			for _, x := range wrong {
				if words := code(mistakeWords(x, r.l)); !slices.Contains(said, words) {
					said = append(said, words)
				}
			}
			rows = append(rows, []string{code(shownPart(m.wrong)), strings.Join(said, "<br>"), code(shownPart(m.right))})
		}
		r.table([]request.Text{{EN: "you wrote", FR: "vous avez écrit"}, {EN: "Handrail says", FR: "Handrail dit"}, {EN: "write", FR: "écrivez"}}, rows)
	}
	return nil
}

func (r *referencePage) bounds() {
	r.say("## How large a policy may be", "## La taille d’une politique")
	number := func(n int, of request.Text) string {
		if r.l == request.French {
			return strings.ReplaceAll(grouped(n), ",", "\u00a0") + "\u00a0" + of.FR
		}
		return grouped(n) + " " + of.EN
	}
	megabytes, entries, names, characters := request.Text{EN: "MB", FR: "Mo"}, request.Text{EN: "entries", FR: "entrées"}, request.Text{EN: "names", FR: "noms"}, request.Text{EN: "bytes", FR: "octets"}
	r.table([]request.Text{{EN: "what", FR: "quoi"}, {EN: "at most", FR: "au plus"}}, [][]string{
		{r.in(request.Text{EN: "the text, and the text of its tests", FR: "le texte, et celui de ses tests"}), number(maxPolicy>>20, megabytes)},
		{r.in(request.Text{EN: "each file that a list names", FR: "chaque fichier que nomme une liste"}), number(maxList>>20, megabytes)},
		{r.in(request.Text{EN: "rows of such a file", FR: "rangées d’un tel fichier"}), number(maxListRows, entries)},
		{r.in(request.Text{EN: "entries of a list that is searched with `nearly_listed`", FR: "entrées d’une liste où cherche `nearly_listed`"}), number(maxNearRows, entries)},
		{r.in(request.Text{EN: "of each kind: guardrails, totals, lists, exemptions, limits", FR: "de chaque sorte\u00a0: balises, cumuls, listes, exemptions, limites"}), number(mostOf, entries)},
		{r.in(request.Text{EN: "names under one heading", FR: "noms sous un même titre"}), number(mostNames, names)},
		{r.in(request.Text{EN: "one condition", FR: "une condition"}), number(longestWhen, characters)},
	})
}

// grouped is a number with commas between its thousands.
func grouped(n int) string {
	s := fmt.Sprint(n)
	for i := len(s) - 3; i > 0; i -= 3 {
		s = s[:i] + "," + s[i:]
	}
	return s
}
