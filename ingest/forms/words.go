package forms

import (
	"fmt"
	"slices"
	"strings"
	"sync"

	"handrail/internal/request"
)

// above names what stands above the table and belongs to the request, not to a line.
type above uint8

const (
	notAbove above = iota
	aboveRequester
	aboveEmail
	aboveBranch
	aboveLanguage
)

// aboveLabels are the labels (docs/design.md#the-request-form) for what identifies the requester, by their names in aliases.
var aboveLabels = []struct {
	at    above
	name  string
	label request.Text
}{
	{aboveRequester, "requester", request.Text{EN: "Requester", FR: "Demandeur"}},
	{aboveEmail, "email", request.Text{EN: "Email", FR: "Courriel"}},
	{aboveBranch, "branch", request.Text{EN: "Branch", FR: "Direction générale"}},
	{aboveLanguage, "language", request.Text{EN: "Language", FR: "Langue"}},
}

// How a header came to mean a field.
const (
	byLabel = "label"
	byAlias = "alias"
	byExtra = "extra"
	byOurs  = "ours"
	// byIgnored is also the reason in LeftAlone.
	byIgnored = "ignored"
)

// meaning is what a header or a label stands for.
type meaning struct {
	field request.Field // NoField when above is set
	above above
	lang  request.Lang // the language of the label, unknown when it is the same or there in both
	by    string
}

func (m meaning) same(o meaning) bool { return m.field == o.field && m.above == o.above }

// name is what policies, aliases and JSON call it.
func (m meaning) name() string {
	if m.field != request.NoField {
		return m.field.String()
	}
	for _, a := range aboveLabels {
		if a.at == m.above {
			return a.name
		}
	}
	return ""
}

func (m meaning) label() request.Text {
	if m.field != request.NoField {
		return m.field.Info().Label
	}
	for _, a := range aboveLabels {
		if a.at == m.above {
			return a.label
		}
	}
	return request.Text{}
}

// shippedWords are the labels of the form in both languages, folded.
var shippedWords = sync.OnceValue(func() map[string]meaning {
	words := map[string]meaning{}
	add := func(m meaning, label request.Text) {
		m.by = byLabel
		en, fr := request.Fold(label.EN), request.Fold(label.FR)
		words[en+fr], words[fr+en] = m, m
		if en == fr {
			words[en] = m
			return
		}
		m.lang = request.English
		words[en] = m
		m.lang = request.French
		words[fr] = m
	}
	for _, info := range request.Fields() {
		add(meaning{field: info.Field}, info.Label)
		for _, label := range info.Earlier {
			add(meaning{field: info.Field}, label)
		}
	}
	for _, a := range aboveLabels {
		add(meaning{above: a.at}, a.label)
	}
	return words
})

// formWords knows headers and labels: the shipped ones and a department's aliases.
type formWords struct {
	shipped, aliases map[string]meaning
	ignored          map[string]bool                     // folded
	answers          map[request.Field]map[string]string // codes by word, as answerForm writes it
}

// longestHeader is far beyond any header; what is longer is prose and need not be looked at.
const longestHeader = 200

func newFormWords(fields map[request.Field][]string, aboveTable map[string][]string) (*formWords, error) {
	w := &formWords{shipped: shippedWords(), aliases: map[string]meaning{}}
	add := func(m meaning, alias string) error {
		folded := request.Fold(alias)
		if folded == "" || len(alias) > longestHeader {
			return fmt.Errorf("alias %q of %s has no letter or digit, or is too long", alias, m.name())
		}
		if other, ok := w.aliases[folded]; ok && !other.same(m) {
			return fmt.Errorf("alias %q is given to both %s and %s", alias, other.name(), m.name())
		}
		w.aliases[folded] = m
		return nil
	}
	for _, info := range request.Fields() {
		for _, alias := range fields[info.Field] {
			if err := add(meaning{field: info.Field, by: byAlias}, alias); err != nil {
				return nil, err
			}
		}
	}
	for f := range fields {
		if f == request.NoField || f >= request.NumFields {
			return nil, fmt.Errorf("aliases for field number %d, which does not exist", f)
		}
	}
	for _, a := range aboveLabels {
		for _, alias := range aboveTable[a.name] {
			if err := add(meaning{above: a.at, by: byAlias}, alias); err != nil {
				return nil, err
			}
		}
	}
	for name := range aboveTable {
		if !slices.ContainsFunc(aboveLabels, func(a struct {
			at    above
			name  string
			label request.Text
		}) bool {
			return a.name == name
		}) {
			return nil, fmt.Errorf("aliases for %q, which is no label above the table", name)
		}
	}
	return w, nil
}

// call takes a policy's own labels and answers. What the department's configuration says counts before.
func (w *formWords) call(words request.Words) {
	for f, own := range words.Fields {
		w.called(meaning{field: f, by: byLabel}, own.Label)
		for code, label := range own.Choices {
			w.addAnswers(f, code, []string{label.EN, label.FR})
		}
	}
	for _, a := range aboveLabels {
		w.called(meaning{above: a.at, by: byLabel}, words.Above[a.name].Label)
	}
}

// called adds a label in either language; one that both share has no language.
func (w *formWords) called(m meaning, label request.Text) {
	en, fr := request.Fold(label.EN), request.Fold(label.FR)
	for _, x := range []struct {
		folded string
		lang   request.Lang
	}{{en, request.English}, {fr, request.French}} {
		if m.lang = x.lang; en == fr {
			m.lang = request.UnknownLang
		}
		if _, taken := w.aliases[x.folded]; !taken && x.folded != "" {
			w.aliases[x.folded] = m
		}
	}
}

// lookup finds what a header means: by alias, by label in either language, or by two of them for the same thing
// together, as in "Vendor name / Fournisseur"; each also with what forms add to a label ("1. Vendor (required)").
func (w *formWords) lookup(s string) (meaning, bool) {
	if s == "" || len(s) > longestHeader || w.isIgnored(s) {
		return meaning{}, false
	}
	if m, ok := w.plain(s); ok {
		return m, true
	}
	return w.dressed(s)
}

func (w *formWords) plain(s string) (meaning, bool) {
	if m, ok := w.word(s); ok {
		return m, true
	}
	if found := request.FindCurrency(s); found.Named() {
		if m, ok := w.moneyWord(found.Rest); ok {
			return m, true
		}
	}
	if !strings.ContainsAny(s, "/|\n") {
		return meaning{}, false
	}
	var found meaning
	for part := range strings.FieldsFuncSeq(s, func(r rune) bool { return r == '/' || r == '|' || r == '\n' }) {
		if strings.TrimSpace(part) == "" {
			continue
		}
		m, ok := w.word(part)
		switch {
		case !ok || (found.by != "" && !m.same(found)):
			return meaning{}, false
		case found.by == "":
			found = m
		default:
			found.lang = request.UnknownLang
			if m.by == byAlias {
				found.by = byAlias
			}
		}
	}
	return found, found.by != ""
}

// moneyWord finds what a header means without the currency that it names: "Subtotal (USD)", "Montant en euros". Only money is in a currency.
func (w *formWords) moneyWord(rest string) (meaning, bool) {
	rest = strings.TrimRight(rest, " ()[],:-–/")
	for _, in := range []string{" in", " en", "(in", "(en"} {
		rest = strings.TrimSuffix(rest, in)
	}
	m, ok := w.lookup(strings.TrimRight(rest, " ("))
	return m, ok && m.field != request.NoField && m.field.Info().Kind == request.MoneyKind
}

func (w *formWords) word(s string) (meaning, bool) {
	var buf [2 * longestHeader]byte
	folded := request.AppendFold(buf[:0], s)
	if m, ok := w.aliases[string(folded)]; ok {
		return m, true
	}
	m, ok := w.shipped[string(folded)]
	return m, ok
}

// The columns that an annotated workbook has from us, folded, in the order in which they stand.
var ourColumns = [3][]string{
	{"result", "resultat", "resultresultat", "resultatresult"},
	{"why", "pourquoi", "whypourquoi", "pourquoiwhy"},
	{"reference", "referencereference"},
}

func isOurColumn(n int, header string) bool {
	// A table that has such a column already gets ours as "Result / Résultat (Handrail)".
	return len(header) < longestHeader && slices.Contains(ourColumns[n], strings.TrimSuffix(request.Fold(header), "handrail"))
}
