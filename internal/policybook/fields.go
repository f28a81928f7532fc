package policybook

import (
	"slices"
	"strings"

	"handrail/internal/request"
)

// record is a row of a sheet, or what a section of the text says as one.
type record struct {
	cells map[string]string // canonical: ISO days, plain amounts, codes
	row   int               // 0: of the text
	sec   *section          // of the text
	subs  []*section        // in the tests: the sections under it
	rows  []*record         // the rows that it is made of, where they are several
}

func (r *record) get(col string) string { return r.cells[col] }

// empty reports whether no cell says anything.
func (r *record) empty() bool {
	for _, c := range r.cells {
		if c != "" {
			return false
		}
	}
	return true
}

// conv turns values into cells and cells into values.
type conv struct {
	lang request.Lang
	v    *vocabulary
}

// A field is a key of the text and the columns that say it.
type field struct {
	key  string
	cols []string
	get  func(c *conv, v *val, into map[string]string)
	set  func(c *conv, r *record) (string, *fault) // "" leaves the key out
}

func textField(key, col string) field {
	return field{key, []string{col}, func(_ *conv, v *val, into map[string]string) { into[col] = cleanText(v.text()) },
		func(_ *conv, r *record) (string, *fault) {
			if r.get(col) == "" {
				return "", nil
			}
			return quote(r.get(col)), nil
		}}
}

// rawField is a day or a number, which stands without quotes.
func rawField(key, col string) field {
	return field{key, []string{col}, func(_ *conv, v *val, into map[string]string) { into[col] = v.text() },
		func(_ *conv, r *record) (string, *fault) { return r.get(col), nil }}
}

// flagField is true or false; usual is what an empty cell says and what the text leaves out, "" where it leaves out what is empty.
func flagField(key, col, usual string) field {
	return field{key, []string{col},
		func(_ *conv, v *val, into map[string]string) {
			switch v.text() {
			case "true":
				into[col] = "yes"
			case "false":
				into[col] = "no"
			default:
				into[col] = usual
			}
		},
		func(_ *conv, r *record) (string, *fault) {
			said := r.get(col)
			switch {
			case said == usual || said == "":
				return "", nil
			case said == "yes":
				return "true", nil
			}
			return "false", nil
		}}
}

func listField(key, col string, check func(string) *fault) field {
	return field{key, []string{col},
		func(_ *conv, v *val, into map[string]string) {
			if v == nil {
				return
			}
			var items []string
			for _, i := range v.items {
				items = append(items, i.str)
			}
			into[col] = strings.Join(items, ", ")
			if len(items) == 0 {
				into[col] = nothingWord.EN
			}
		},
		func(_ *conv, r *record) (string, *fault) {
			if r.get(col) == "" {
				return "", nil
			}
			if isNothing(r.get(col)) {
				return "[]", nil
			}
			items := commaList(r.get(col))
			for i, s := range items {
				if check == nil {
					continue
				}
				if f := check(s); f != nil {
					if n := fieldCalled(s); n != "" {
						items[i] = n
						continue
					}
					return "", f
				}
			}
			return quoteList(items), nil
		}}
}

// nothingWord is an empty text or an empty list that is meant.
var nothingWord = both("(empty)", "(vide)")

func isNothing(s string) bool {
	f := request.Fold(s)
	return f != "" && (f == request.Fold(nothingWord.EN) || f == request.Fold(nothingWord.FR)) && strings.HasPrefix(strings.TrimSpace(s), "(")
}

// languagesField is a text in each language, or one for all.
func languagesField(key, col string, oneIsEnough bool) field {
	en, fr := col+"_en", col+"_fr"
	return field{key, []string{en, fr},
		func(c *conv, v *val, into map[string]string) {
			if v == nil {
				return
			}
			if v.kind == 't' {
				into[en], into[fr] = cleanText(v.get("en").text()), cleanText(v.get("fr").text())
				return
			}
			if c.v.only == request.French {
				into[fr] = cleanText(v.text())
				return
			}
			into[en] = cleanText(v.text())
		},
		func(c *conv, r *record) (string, *fault) {
			if c.v.only == request.French && r.get(en) == "" && r.get(fr) != "" {
				return quote(r.get(fr)), nil
			}
			return languagesValue(r.get(en), r.get(fr), oneIsEnough || c.v.only == request.English), nil
		}}
}

func languagesValue(en, fr string, oneIsEnough bool) string {
	switch {
	case en == "" && fr == "":
		return ""
	case fr == "" && oneIsEnough:
		return quote(en)
	case en == "" && oneIsEnough:
		return quote(fr)
	case fr == "":
		return "{ en = " + quote(en) + " }"
	case en == "":
		return "{ fr = " + quote(fr) + " }"
	}
	return "{ en = " + quote(en) + ", fr = " + quote(fr) + " }"
}

// codeField is one of a few words, shown in the workbook's language and kept by its code.
func codeField(key, col string) field { return textField(key, col) }

// whenField is a guardrail's condition.
func whenField() field {
	return field{"when", []string{"kind", "what", "how", "value", "total", "number", "only", "cel"},
		func(c *conv, v *val, into map[string]string) {
			if v == nil {
				return
			}
			st := recognise(v.text(), c.v, c.lang)
			into["kind"] = expertKind.In(c.lang)
			if st.kind != nil {
				into["kind"] = st.kind.name.In(c.lang)
			}
			into["what"], into["how"], into["value"], into["total"], into["number"], into["only"], into["cel"] = st.what, st.how, st.value, st.total, st.number, st.only, st.cel
		},
		func(c *conv, r *record) (string, *fault) {
			p := params{r.get("what"), r.get("how"), r.get("value"), r.get("total"), r.get("number")}
			st := stated{params: p, only: r.get("only"), cel: r.get("cel")}
			said := r.get("kind")
			k, known := kindCalled(said)
			switch {
			case said == "" && st.cel == "":
				return "", &fault{"kind", both("the kind is missing; choose one of the list, such as “amount above a limit”, or “expert” with a condition in CEL", "le genre manque; choisissez-en un dans la liste, par exemple «\u00a0montant au-delà d’une limite\u00a0», ou «\u00a0expert\u00a0» avec une condition en CEL")}
			case said != "" && !known:
				var names []string
				for _, k := range kinds {
					names = append(names, k.name.EN, k.name.FR)
				}
				w := bothf("there is no kind “%s”; choose one of the list", "il n’existe pas de genre «\u00a0%s\u00a0»; choisissez-en un dans la liste", said)
				if k, _ := kindCalled(nearest(said, names)); k != nil {
					w = bothf("there is no kind “%s”; did you mean “%s”?", "il n’existe pas de genre «\u00a0%[1]s\u00a0»; vouliez-vous dire «\u00a0%[3]s\u00a0»?", said, k.name.EN, k.name.FR)
				}
				return "", &fault{"kind", w}
			case k == nil && st.cel == "":
				return "", &fault{"cel", both("the kind is “expert”, and no condition is written here; write it in CEL, or choose another kind", "le genre est «\u00a0expert\u00a0» et aucune condition n’est écrite ici; écrivez-la en CEL ou choisissez un autre genre")}
			case k != nil && st.cel != "":
				return "", &fault{"cel", bothf("the kind “%s” and a condition in CEL contradict each other; empty this cell, or write “expert” as the kind", "le genre «\u00a0%s\u00a0» et une condition en CEL se contredisent; videz cette cellule ou écrivez «\u00a0expert\u00a0» comme genre", said)}
			}
			st.kind = k
			when, f := c.v.condition(st)
			if f != nil {
				return "", f
			}
			return quoteWhen(when), nil
		}}
}

// conditionField is a condition in words, or in CEL. branch: a text that is no condition is a branch's name.
func conditionField(key, col string, branch bool) field {
	return field{key, []string{col, "cel"},
		func(c *conv, v *val, into map[string]string) {
			if v == nil {
				return
			}
			n := parseCEL(v.text())
			if n != nil {
				if branch && n.op == "==" && n.kids[0].leaf == "request.unit" && n.kids[1].op == "text" && c.isBranch(n.kids[1].leaf) {
					into[col] = n.kids[1].leaf
					return
				}
				if said, ok := sayAll(n.sides("&&"), c.lang); ok && (!branch || !c.isBranch(said)) {
					into[col] = said
					return
				}
			}
			into["cel"] = v.text()
		},
		func(c *conv, r *record) (string, *fault) {
			said, cel := r.get(col), r.get("cel")
			switch {
			case said != "" && cel != "":
				return "", &fault{"cel", both("a condition in words and one in CEL contradict each other; empty one of the two cells", "une condition en mots et une condition en CEL se contredisent; videz l’une des deux cellules")}
			case cel != "":
				return quoteWhen(cel), nil
			case said == "":
				return "", nil
			case branch && c.isBranch(said):
				return quoteWhen("request.unit == " + celText(said)), nil
			}
			n, wrong := c.v.phrase(said)
			if wrong != nil {
				return "", &fault{col, *wrong}
			}
			if n == nil {
				return "", nil
			}
			if f := c.v.known(n); f != nil {
				return "", &fault{col, f.words}
			}
			return quoteWhen(n.cel()), nil
		}}
}

// isBranch reports whether words are no condition, and so the name of a branch.
func (c *conv) isBranch(s string) bool {
	if strings.ContainsAny(s, ":<>=[]\n;{}\"") || s == "" || s != strings.TrimSpace(s) {
		return false
	}
	_, wrong := (&vocabulary{}).phrase(s)
	return wrong != nil
}

func checkField(col string) func(string) *fault {
	return func(s string) *fault {
		if _, ok := request.FieldByName(s); ok {
			return nil
		}
		return unknownField(col, s)
	}
}

// tableSheet is a sheet whose rows are the sections of one array of tables.
type tableSheet struct {
	id     string
	key    string // the heading, "guardrail.variant"
	fields []field
	// ordered: the first row that fits counts, so the order of the rows is part of what they say.
	ordered bool
	name    string // the column that names a row, "" where none does
}

var guardrailTable = tableSheet{id: "guardrails", key: "guardrail", name: "id", fields: []field{
	textField("id", "id"), flagField("on", "on", "yes"), codeField("action", "action"), whenField(), listField("fields", "fields", checkField("fields")),
	languagesField("title", "title", false), languagesField("message", "message", false), languagesField("officer", "officer", false),
	languagesField("source", "source", true), flagField("reason", "reason", ""), rawField("from", "from"), rawField("until", "until")}}

var variantTable = tableSheet{id: "variants", key: "guardrail.variant", ordered: true, fields: []field{
	conditionField("when", "only", false), codeField("action", "action"), languagesField("message", "message", false), languagesField("officer", "officer", false)}}

var totalTable = tableSheet{id: "totals", key: "total", name: "name", fields: []field{
	textField("name", "name"), listField("by", "by", nil), textField("scope", "scope"), rawField("days", "days"), textField("period", "period"), textField("of", "of"),
	flagField("near", "near", "no"), conditionField("where", "where", false), textField("distinct", "distinct"), flagField("taken_back", "taken_back", "")}}

var exemptionTable = tableSheet{id: "exemptions", key: "exemption", fields: []field{
	textField("guardrail", "guardrail"), conditionField("when", "whom", true), languagesField("granted_by", "granted", true), textField("reference", "reference"),
	rawField("from", "from"), rawField("until", "until")}}

// listTable is of lists as one record each; their entries are lines of the cell "entries".
var listTable = tableSheet{id: "lists", key: "list", name: "list", fields: []field{
	textField("name", "list"), textField("as", "as"), rawField("near", "near"), textField("file", "file"), textField("sheet", "sheet"), textField("column", "column"),
	{"values", []string{"entries"},
		func(_ *conv, v *val, into map[string]string) {
			if v == nil {
				return
			}
			var items []string
			for _, i := range v.items {
				items = append(items, strings.ReplaceAll(i.str, "\n", " "))
			}
			into["entries"] = strings.Join(items, "\n")
			if len(items) == 0 {
				into["entries"] = nothingWord.EN
			}
		},
		func(_ *conv, r *record) (string, *fault) {
			e := r.get("entries")
			if e == "" {
				return "", nil
			}
			if e == nothingWord.EN {
				return "[]", nil
			}
			return quoteList(strings.Split(e, "\n")), nil
		}}}}

func (t *tableSheet) order() []string {
	keys := make([]string, len(t.fields))
	for i, f := range t.fields {
		keys[i] = f.key
	}
	return keys
}

// records are what the sections of a text say as rows.
func (t *tableSheet) records(c *conv, doc *text, secs []*section) []*record {
	all := make([]*record, len(secs))
	for i, s := range secs {
		all[i] = t.record(c, doc, s)
	}
	return all
}

func (t *tableSheet) record(c *conv, doc *text, s *section) *record {
	r := &record{cells: map[string]string{}, sec: s}
	for _, f := range t.fields {
		f.get(c, s.get(f.key), r.cells)
	}
	r.cells["other"] = t.otherOf(doc, s)
	return r
}

// otherOf are the keys that no column says, as they stand in the text.
func (t *tableSheet) otherOf(doc *text, s *section) string {
	var lines []string
	known := t.order()
	for _, e := range s.keys {
		if len(e.path) == 1 && slices.Contains(known, e.path[0]) {
			continue
		}
		path := make([]string, len(e.path))
		for i, p := range e.path {
			path[i] = quoteKey(p)
		}
		lines = append(lines, strings.Join(path, ".")+" = "+cleanText(string(doc.raw[e.value.start:e.value.end])))
	}
	return strings.Join(lines, "\n")
}

// cleanText is a text as a cell keeps it.
func cleanText(s string) string {
	s = strings.ReplaceAll(s, "\r\n", "\n")
	s = strings.ReplaceAll(s, "\r", "\n")
	s = strings.TrimRight(s, " \t\n")
	return strings.TrimLeft(s, "\n")
}

// subsOf are the sections [[guardrail.variant]] of a guardrail.
func subsOf(s *section, name string) []*section {
	var found []*section
	for _, sub := range s.subs {
		if sub.array && len(sub.path) == 2 && sub.path[1] == name {
			found = append(found, sub)
		}
	}
	return found
}

// lastByte is where a section ends with all that belongs to it.
func (s *section) lastByte() int {
	end := s.end
	for _, sub := range s.subs {
		end = max(end, sub.end)
	}
	return end
}

// pairs are the keys of a new section.
func (t *tableSheet) pairs(c *conv, r *record) ([]pair, []*fault) {
	var pairs []pair
	var faults []*fault
	for _, f := range t.fields {
		value, wrong := f.set(c, r)
		if wrong != nil {
			faults = append(faults, wrong)
			continue
		}
		if value != "" {
			pairs = append(pairs, pair{f.key, value})
		}
	}
	return pairs, faults
}
