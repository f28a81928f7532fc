package policybook

import (
	"slices"
	"strings"

	"handrail/internal/request"
)

// leaf is a key of the text that is no row of another sheet.
type leaf struct {
	path          []string
	value, en, fr string
	kind          byte // of the value: 's', 'd', 'n', 'b', 'a', 'r' (as it is written), 0 for a text in each language
}

// usualLeaves are those that every policy can say, in their order.
var usualLeaves = []struct {
	key  string
	kind byte
	text request.Text
}{
	{"name", 's', both("Name", "Nom")},
	{"version", 's', both("Version (another one with every change)", "Version (une autre à chaque modification)")},
	{"currency", 's', both("Currency (ISO 4217, such as CAD)", "Devise (ISO 4217, par exemple CAD)")},
	{"fiscal_year_starts", 'n', both("Fiscal year starts in month (1 to 12)", "L’exercice commence au mois (1 à 12)")},
	{"holidays", 's', both("Region whose holidays count, such as CA", "Région dont les jours fériés comptent, par exemple CA")},
	{"section_32", 's', both("Section 32: declared, told or confirmed", "Article 32\u00a0: declared, told ou confirmed")},
	{"authority.name", 's', both("Put in force by: name", "Mise en vigueur par\u00a0: nom")},
	{"authority.title", 's', both("Put in force by: title", "Mise en vigueur par\u00a0: titre")},
	{"authority.reference", 's', both("Put in force by: reference", "Mise en vigueur par\u00a0: référence")},
	{"authority.date", 'd', both("Put in force by: date", "Mise en vigueur par\u00a0: date")},
	{"approval.means", 0, both("What an approval means", "Ce que vaut une approbation")},
	{"approval.next_step", 0, both("The next step ({reference} is the line’s number)", "L’étape suivante ({reference} est le numéro de la ligne)")},
	{"approval.taken_back_days", 'n', both("Days for which an approval that was taken back counts", "Jours pendant lesquels une approbation reprise compte")},
}

// rowsOfOthers are the headings that have sheets of their own.
var rowsOfOthers = []string{"limits", "limits_for", "total", "list", "guardrail", "exemption"}

func keyPath(path []string) string {
	q := make([]string, len(path))
	for i, p := range path {
		q[i] = quoteKey(p)
	}
	return strings.Join(q, ".")
}

func leavesOf(doc *text) []leaf {
	var all []leaf
	for _, s := range doc.sections {
		if len(s.path) > 0 && slices.Contains(rowsOfOthers, s.path[0]) {
			continue
		}
		for _, e := range s.keys {
			all = append(all, leaves(doc, slices.Concat(s.path, e.path), e.value)...)
		}
	}
	return all
}

func leaves(doc *text, path []string, v *val) []leaf {
	switch v.kind {
	case 't':
		if texts := len(v.keys) > 0 && len(v.keys) <= 2; texts {
			for i, k := range v.keys {
				texts = texts && (k == "en" || k == "fr") && v.items[i].kind == 's'
			}
			if texts {
				return []leaf{{path: path, en: cleanText(v.get("en").text()), fr: cleanText(v.get("fr").text())}}
			}
		}
		var all []leaf
		for i, k := range v.keys {
			all = append(all, leaves(doc, append(slices.Clone(path), k), v.items[i])...)
		}
		return all
	case 'a':
		var items []string
		for _, i := range v.items {
			if i.kind != 's' && i.kind != 'd' || strings.ContainsAny(i.str, ",;\n") {
				return []leaf{{path: path, kind: 'r', value: string(doc.raw[v.start:v.end])}}
			}
			items = append(items, i.str)
		}
		return []leaf{{path: path, kind: 'a', value: strings.Join(items, ", ")}}
	}
	return []leaf{{path: path, kind: v.kind, value: cleanText(v.str)}}
}

// aboutRecords are the rows of the sheet About.
func aboutRecords(doc *text, l request.Lang) []*record {
	var all []*record
	found := map[string]bool{}
	add := func(lf leaf, what string) {
		k := keyPath(lf.path)
		found[k] = true
		all = append(all, &record{cells: map[string]string{"what": what, "value": lf.value, "en": lf.en, "fr": lf.fr, "key": k}})
	}
	was := leavesOf(doc)
	for _, u := range usualLeaves {
		path := strings.Split(u.key, ".")
		i := slices.IndexFunc(was, func(lf leaf) bool { return keyPath(lf.path) == u.key })
		lf := leaf{path: path, kind: u.kind}
		if i >= 0 {
			lf = was[i]
		}
		add(lf, u.text.In(l))
	}
	for _, lf := range was {
		if !found[keyPath(lf.path)] {
			add(lf, leafWords(lf.path).In(l))
		}
	}
	return all
}

// leafWords say what a key is that not every policy has.
func leafWords(path []string) request.Text {
	part := func(i int) string {
		if i < len(path) {
			return path[i]
		}
		return ""
	}
	switch path[0] {
	case "attestation":
		if part(1) == "values" {
			return bothf("Attestation: what a yes answers for %s", "Attestation\u00a0: ce qu’un oui répond pour %s", part(2))
		}
		return both("Attestation: the statement above the table", "Attestation\u00a0: l’énoncé au-dessus du tableau")
	case "words":
		switch part(2) {
		case "label":
			return bothf("What %s is called", "Comment s’appelle %s", part(1))
		case "help":
			return bothf("Help for %s", "Aide pour %s", part(1))
		case "choices":
			return bothf("What the answer “%[2]s” of %[1]s is called", "Comment s’appelle la réponse «\u00a0%[2]s\u00a0» de %[1]s", part(1), part(3))
		}
	case "aliases":
		return bothf("%s is another address of", "%s est une autre adresse de", part(1))
	case "languages":
		return both("Languages of the texts", "Langues des textes")
	}
	return both(keyPath(path), keyPath(path))
}

// about splices the sheet About.
func (m *merger) about(rows []*record, complete bool) {
	was := map[string]leaf{}
	for _, lf := range leavesOf(m.doc) {
		was[keyPath(lf.path)] = lf
	}
	type group struct {
		path   []string // of the heading and the key
		leaves []leaf
		change bool
		row    *record
	}
	var order []string
	groups := map[string]*group{}
	seen := map[string]bool{}
	into := func(lf leaf, row *record, changed bool) {
		n := 2
		switch {
		case len(lf.path) == 1:
			n = 1
		case lf.path[0] == "words":
			n = 3
		}
		n = min(n, len(lf.path))
		k := keyPath(lf.path[:n])
		g := groups[k]
		if g == nil {
			g = &group{path: lf.path[:n], row: row}
			groups[k] = g
			order = append(order, k)
		}
		g.change = g.change || changed
		if lf.value != "" || lf.en != "" || lf.fr != "" {
			g.leaves = append(g.leaves, lf)
		}
	}
	for _, r := range rows {
		k := r.get("key")
		s := scanner{raw: []byte(k)}
		path := s.key()
		if len(path) == 0 || slices.Contains(path, "") || slices.Contains(rowsOfOthers, path[0]) {
			m.fail("about", r, &fault{"key", bothf("“%s” is no key of this sheet; undo the change of this cell", "«\u00a0%s\u00a0» n’est pas une clé de cette feuille; annulez la modification de cette cellule", k)})
			continue
		}
		k = keyPath(path)
		if seen[k] {
			m.fail("about", r, &fault{"key", bothf("%[1]s stands in two rows; delete one of them", "%[1]s figure sur deux lignes; supprimez-en une", k)})
			continue
		}
		seen[k] = true
		lf := leaf{path: path, value: r.get("value"), en: r.get("en"), fr: r.get("fr"), kind: 's'}
		old, had := was[k]
		if had {
			lf.kind = old.kind
		} else if i := slices.IndexFunc(usualLeaves, func(u struct {
			key  string
			kind byte
			text request.Text
		}) bool {
			return u.key == k
		}); i >= 0 {
			lf.kind = usualLeaves[i].kind
		} else if k == "languages" {
			lf.kind = 'a'
		} else if lf.en != "" || lf.fr != "" {
			lf.kind = 0
		}
		switch {
		case lf.value != "" && (lf.en != "" || lf.fr != ""):
			m.fail("about", r, &fault{"value", both("a value and a text in a language contradict each other; empty this cell, or the two at its right", "une valeur et un texte dans une langue se contredisent; videz cette cellule ou les deux à sa droite")})
			continue
		case lf.value != "" && lf.kind == 0:
			lf.kind = 's'
		case lf.value == "" && (lf.en != "" || lf.fr != "") && lf.kind != 0:
			lf.kind = 0
		}
		if lf.kind == 'd' {
			d, err := request.ParseDay(lf.value)
			if lf.value != "" && err != nil {
				m.fail("about", r, &fault{"value", notADay(lf.value)})
				continue
			}
			if lf.value != "" {
				lf.value = d.String()
			}
		}
		if lf.kind == 'n' && lf.value != "" {
			if _, f := whole("value", lf.value, 0); f != nil {
				m.fail("about", r, f)
				continue
			}
		}
		changed := !had && (lf.value != "" || lf.en != "" || lf.fr != "") || had && (lf.value != old.value || lf.en != old.en || lf.fr != old.fr)
		into(lf, r, changed)
	}
	for _, lf := range leavesOf(m.doc) {
		if !seen[keyPath(lf.path)] && complete {
			lf.value, lf.en, lf.fr = "", "", ""
			into(lf, nil, true)
		}
	}
	added := map[string][]pair{}
	var headings []string
	for _, k := range order {
		g := groups[k]
		if !g.change {
			continue
		}
		heading, key := g.path[:len(g.path)-1], g.path[len(g.path)-1]
		value := leafValue(g.leaves, len(g.path))
		sec, inline := m.sectionFor(heading, key)
		switch {
		case inline != nil: // authority = { … } at the top, or a dotted key: written again whole by its own leaf
			m.inline(inline, g.path, g.leaves)
		case sec != nil:
			if c, ok := m.doc.setKey(sec, key, value, aboutOrder(heading)); ok {
				m.change(c)
			}
		case value != "":
			h := keyPath(heading)
			if added[h] == nil {
				headings = append(headings, h)
			}
			added[h] = append(added[h], pair{key, value})
		}
	}
	for _, h := range headings {
		first := ""
		s := scanner{raw: []byte(h)}
		if p := s.key(); len(p) > 0 {
			first = p[0]
		}
		if h == "" {
			top := strings.TrimPrefix(block("", added[h]), "\n")
			if len(m.doc.raw) > 0 {
				top += "\n"
			}
			m.change(change{0, 0, top})
			continue
		}
		at := m.behind(first, nil)
		m.change(change{at, at, m.lead(at) + block("["+h+"]", added[h])})
	}
}

func aboutOrder(heading []string) []string {
	var order []string
	prefix := strings.Join(heading, ".")
	for _, u := range usualLeaves {
		if h, k, ok := strings.Cut(u.key, "."); !ok && prefix == "" {
			order = append(order, u.key)
		} else if ok && h == prefix {
			order = append(order, k)
		}
	}
	return append(order, "text", "values", "label", "help", "choices")
}

// sectionFor is the section that has a key, or would have it; inline is the entry that says the heading in braces.
func (m *merger) sectionFor(heading []string, key string) (*section, *entry) {
	for _, s := range m.doc.sections {
		if !s.array && slices.Equal(s.path, heading) && (len(s.keys) > 0 || len(s.path) > 0) {
			return s, nil
		}
	}
	for _, s := range m.doc.sections {
		for _, e := range s.keys {
			full := slices.Concat(s.path, e.path)
			if len(full) <= len(heading) && len(full) > 0 && slices.Equal(full, heading[:len(full)]) || len(e.path) > 1 && slices.Equal(full, append(slices.Clone(heading), key)) {
				return nil, e
			}
		}
	}
	return nil, nil
}

// inline changes a leaf of a table in braces.
func (m *merger) inline(e *entry, path []string, ls []leaf) {
	v := e.value
	at := slices.Index(path, e.path[len(e.path)-1]) + 1
	for at > 0 && at < len(path) && v != nil && v.kind == 't' {
		next := v.get(path[at])
		if next == nil {
			m.change(change{v.end - 1, v.end - 1, ", " + quoteKey(path[at]) + " = " + leafValue(ls, at+1) + " "})
			return
		}
		v = next
		at++
	}
	if v != nil {
		m.change(change{v.start, v.end, leafValue(ls, len(path))})
	}
}

// leafValue writes the value of a key from its leaves, of which the first depth names are the heading and the key.
func leafValue(ls []leaf, depth int) string {
	if len(ls) == 0 {
		return ""
	}
	if len(ls) == 1 && len(ls[0].path) <= depth {
		lf := ls[0]
		switch lf.kind {
		case 0:
			return languagesValue(lf.en, lf.fr, false)
		case 's':
			return quote(lf.value)
		case 'a':
			items := commaList(lf.value)
			for i, s := range items {
				items[i] = quote(s)
				if datePattern.MatchString(s) {
					items[i] = s
				}
			}
			return "[" + strings.Join(items, ", ") + "]"
		}
		return lf.value
	}
	var keys []string
	under := map[string][]leaf{}
	for _, lf := range ls {
		if len(lf.path) <= depth {
			continue
		}
		k := lf.path[depth]
		if under[k] == nil {
			keys = append(keys, k)
		}
		under[k] = append(under[k], lf)
	}
	parts := make([]string, len(keys))
	for i, k := range keys {
		parts[i] = quoteKey(k) + " = " + leafValue(under[k], depth+1)
	}
	return "{ " + strings.Join(parts, ", ") + " }"
}

func notADay(s string) request.Text {
	return bothf("“%s” is no day; write it as 2027-01-01, or 1 January 2027", "«\u00a0%s\u00a0» n’est pas un jour; écrivez-le 2027-01-01 ou 1er janvier 2027", s)
}
