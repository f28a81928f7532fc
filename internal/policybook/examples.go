package policybook

import (
	"slices"
	"strings"

	"handrail/internal/request"
)

// Examples: the cases of the tests as rows. A case is a row "line" with the rows "also" and "before" below it; its columns are those of the
// sheet, and then the fields of the form, the columns of its own in brackets, and what else a test can say.

// exampleKeys are the columns that are no field of the form.
var exampleKeys = []string{"today", "request.unit", "request.sender", "request.email", "request.name", "request.language", "budget.amount", "budget.committed", "budget.spent", "budget.waiting", "became", "taken_back", "reference", "domains"}

var exampleHeads = map[string]request.Text{
	"today": both("Today", "Aujourd’hui"), "request.unit": both("Branch", "Direction"), "request.sender": both("Sender", "Expéditeur"),
	"request.email": both("Requester’s e-mail", "Courriel du demandeur"), "request.name": both("Requester", "Demandeur"), "request.language": both("Language", "Langue"),
	"budget.amount": both("Budget", "Budget"), "budget.committed": both("Budget committed", "Budget engagé"), "budget.spent": both("Budget spent", "Budget dépensé"), "budget.waiting": both("Budget waiting", "Budget en attente"),
	"became": both("Became (before)", "Devenue (avant)"), "taken_back": both("Taken back (before)", "Reprise (avant)"), "reference": both("Number (before)", "Numéro (avant)"), "domains": both("Own domains", "Domaines du ministère"),
}

// originKeys are the keys of who asked, as a line of the history has them.
var originKeys = []string{"unit", "sender", "email", "name", "language"}

// lineCells puts a table of fields into cells.
func lineCells(v map[string]*val, order []string, into map[string]string) {
	for _, k := range order {
		x := v[k]
		switch {
		case k == "extra" && x.kind == 't':
			for i, h := range x.keys {
				into["extra."+h] = typedCell(x.items[i])
			}
		case k == "outcome" || k == "findings" || k == "date":
		case slices.Contains(originKeys, k):
			into["request."+k] = typedCell(x)
		default:
			into[k] = typedCell(x)
		}
	}
}

// typedCell is what somebody types; an empty text is said in words.
func typedCell(v *val) string {
	if v.str == "" {
		return nothingWord.EN
	}
	return strings.ReplaceAll(v.str, "\r\n", "\n")
}

func tableOf(v *val) (map[string]*val, []string) {
	m := map[string]*val{}
	for i, k := range v.keys {
		m[k] = v.items[i]
	}
	return m, v.keys
}

func tableOfSection(s *section) (map[string]*val, []string) {
	m := map[string]*val{}
	var order []string
	for _, e := range s.keys {
		if len(e.path) == 1 {
			m[e.path[0]] = e.value
			order = append(order, e.path[0])
		}
	}
	return m, order
}

func findingsCell(v *val) (string, bool) {
	if v == nil {
		return "", false
	}
	var ids []string
	for _, i := range v.items {
		ids = append(ids, i.str)
	}
	return strings.Join(ids, ", "), true
}

// exampleRecords are the rows of the tests: the usual line first, then each case as a record with its rows.
func exampleRecords(doc *text) (usual *record, cases []*record) {
	usual = &record{cells: map[string]string{"role": "usual"}}
	for _, s := range doc.sections {
		switch {
		case len(s.path) == 0:
			if v := s.get("domains"); v != nil {
				usual.cells["domains"], _ = findingsCell(v)
			}
		case len(s.path) == 1 && s.path[0] == "request":
			m, order := tableOfSection(s)
			for _, k := range order {
				usual.cells["request."+k] = typedCell(m[k])
			}
		case len(s.path) == 1 && s.path[0] == "line":
			m, order := tableOfSection(s)
			lineCells(m, order, usual.cells)
		case len(s.path) == 2 && s.path[0] == "line" && s.path[1] == "extra":
			m, order := tableOfSection(s)
			for _, k := range order {
				usual.cells["extra."+k] = typedCell(m[k])
			}
		}
	}
	for _, s := range doc.all("case") {
		cases = append(cases, caseRecord(s))
	}
	return usual, cases
}

func caseRecord(s *section) *record {
	g := &record{cells: map[string]string{}, sec: s, subs: s.subs}
	head := &record{cells: map[string]string{"role": "line", "name": s.get("name").text(), "date": s.get("date").text(), "today": s.get("today").text(), "outcome": s.get("outcome").text()}}
	if ids, ok := findingsCell(s.get("findings")); ok {
		head.cells["findings"] = ids
	}
	if v := s.get("request"); v != nil && v.kind == 't' {
		for i, k := range v.keys {
			head.cells["request."+k] = typedCell(v.items[i])
		}
	}
	if v := s.get("budget"); v != nil && v.kind == 't' {
		for i, k := range v.keys {
			head.cells["budget."+k] = typedCell(v.items[i])
		}
	}
	type table struct {
		m     map[string]*val
		order []string
	}
	var lines, before []table
	add := func(list *[]table, v *val) {
		if v == nil {
			return
		}
		items := []*val{v}
		if v.kind == 'a' {
			items = v.items
		}
		for _, i := range items {
			m, order := tableOf(i)
			*list = append(*list, table{m, order})
		}
	}
	add(&lines, s.get("line"))
	add(&before, s.get("history"))
	for _, sub := range s.subs {
		m, order := tableOfSection(sub)
		switch {
		case len(sub.path) == 2 && sub.path[1] == "line":
			lines = append(lines, table{m, order})
		case len(sub.path) == 2 && sub.path[1] == "history":
			before = append(before, table{m, order})
		case len(sub.path) == 2 && sub.path[1] == "request":
			for _, k := range order {
				head.cells["request."+k] = typedCell(m[k])
			}
		case len(sub.path) == 2 && sub.path[1] == "budget":
			for _, k := range order {
				head.cells["budget."+k] = typedCell(m[k])
			}
		case len(sub.path) == 3 && sub.path[2] == "extra" && sub.path[1] == "line" && len(lines) > 0:
			for _, k := range order {
				x := &val{kind: 't'}
				x.keys, x.items = append(x.keys, k), append(x.items, m[k])
				last := &lines[len(lines)-1]
				if have := last.m["extra"]; have != nil {
					have.keys, have.items = append(have.keys, k), append(have.items, m[k])
				} else {
					last.m["extra"] = x
					last.order = append(last.order, "extra")
				}
			}
		}
	}
	g.rows = append(g.rows, head)
	for i, l := range lines {
		r := head
		if i > 0 {
			r = &record{cells: map[string]string{"role": "also"}}
			g.rows = append(g.rows, r)
		}
		lineCells(l.m, l.order, r.cells)
		if v := l.m["outcome"]; v != nil {
			r.cells["outcome"] = v.text()
		}
		if ids, ok := findingsCell(l.m["findings"]); ok {
			r.cells["findings"] = ids
			if ids == "" && i > 0 {
				r.cells["findings"] = nothingWord.EN
			}
		}
		if i > 0 && r.get("outcome") == "" { // what a line leaves out, its case says for all
			r.cells["outcome"] = s.get("outcome").text()
			if r.get("findings") == "" {
				r.cells["findings"], _ = findingsCell(s.get("findings"))
			}
		}
	}
	for _, h := range before {
		r := &record{cells: map[string]string{"role": "before", "date": h.m["date"].text()}}
		m := map[string]*val{}
		var order []string
		for _, k := range h.order {
			switch k {
			case "outcome":
				r.cells["became"] = h.m[k].text()
			case "taken_back", "reference":
				r.cells[k] = h.m[k].text()
			default:
				m[k] = h.m[k]
				order = append(order, k)
			}
		}
		lineCells(m, order, r.cells)
		g.rows = append(g.rows, r)
	}
	settle(g)
	return g
}

// settle makes of a case's rows the values of its keys, so that two cases can be compared key by key.
func settle(g *record) {
	head := g.rows[0]
	several := slices.ContainsFunc(g.rows, func(r *record) bool { return r.get("role") == "also" })
	g.cells["name"], g.cells["date"], g.cells["today"] = head.get("name"), head.get("date"), head.get("today")
	g.cells["request"] = groupValue(head, "request.")
	g.cells["budget"] = groupValue(head, "budget.")
	g.cells["line"], g.cells["history"], g.cells["outcome"], g.cells["findings"] = "", "", "", ""
	if !several {
		g.cells["outcome"] = head.get("outcome")
		g.cells["findings"] = findingsValue(head.get("findings"), false)
		if v := lineValue(head, false); v != "{ }" {
			g.cells["line"] = v
		}
	} else {
		var lines []string
		for _, r := range g.rows {
			if r.get("role") != "before" {
				lines = append(lines, withOutcome(lineValue(r, false), r))
			}
		}
		g.cells["line"] = "[\n  " + strings.Join(lines, ",\n  ") + ",\n]"
	}
	var before []string
	for _, r := range g.rows {
		if r.get("role") == "before" {
			before = append(before, lineValue(r, true))
		}
	}
	if len(before) > 0 {
		g.cells["history"] = "[" + strings.Join(before, ", ") + "]"
	}
}

func findingsValue(s string, always bool) string {
	if s == "" || isNothing(s) {
		if always || isNothing(s) {
			return "[]"
		}
		return ""
	}
	return quoteList(commaList(s))
}

func withOutcome(line string, r *record) string {
	inside := strings.TrimSuffix(strings.TrimPrefix(line, "{ "), " }")
	var parts []string
	if inside != "" && inside != "{ }" && line != "{ }" {
		parts = append(parts, inside)
	}
	if o := r.get("outcome"); o != "" {
		parts = append(parts, "outcome = "+quote(o))
	}
	if f := findingsValue(r.get("findings"), r.get("outcome") != ""); f != "" {
		parts = append(parts, "findings = "+f)
	}
	return "{ " + strings.Join(parts, ", ") + " }"
}

func typedValue(s string) string {
	if isNothing(s) {
		return `""`
	}
	return quote(s)
}

func groupValue(r *record, prefix string) string {
	var parts []string
	for _, k := range exampleKeys {
		if name, ok := strings.CutPrefix(k, prefix); ok && r.get(k) != "" {
			parts = append(parts, name+" = "+typedValue(r.get(k)))
		}
	}
	if len(parts) == 0 {
		return ""
	}
	return "{ " + strings.Join(parts, ", ") + " }"
}

// lineValue is a line of a case, or of its history.
func lineValue(r *record, before bool) string {
	var parts []string
	if before {
		if d := r.get("date"); d != "" {
			parts = append(parts, "date = "+d)
		}
		if s := r.get("reference"); s != "" {
			parts = append(parts, "reference = "+quote(s))
		}
		for _, k := range originKeys {
			if s := r.get("request." + k); s != "" {
				parts = append(parts, k+" = "+typedValue(s))
			}
		}
	}
	for _, info := range request.Fields() {
		if s := r.get(info.Name); s != "" && !(before && info.Name == "reference") {
			parts = append(parts, info.Name+" = "+typedValue(s))
		}
	}
	var extras []string
	for k := range r.cells {
		if strings.HasPrefix(k, "extra.") && r.get(k) != "" {
			extras = append(extras, k)
		}
	}
	slices.Sort(extras)
	if len(extras) > 0 {
		for i, k := range extras {
			extras[i] = quoteKey(strings.TrimPrefix(k, "extra.")) + " = " + typedValue(r.get(k))
		}
		parts = append(parts, "extra = { "+strings.Join(extras, ", ")+" }")
	}
	if before {
		if s := r.get("became"); s != "" {
			parts = append(parts, "outcome = "+quote(s))
		}
		if s := r.get("taken_back"); s != "" {
			parts = append(parts, "taken_back = "+s)
		}
	}
	if len(parts) == 0 {
		return "{ }"
	}
	return "{ " + strings.Join(parts, ", ") + " }"
}

// verbatim is a key whose cell holds its value as it is written.
func verbatim(key string) field {
	return field{key, []string{key}, func(*conv, *val, map[string]string) {}, func(_ *conv, r *record) (string, *fault) { return r.get(key), nil }}
}

var caseTable = tableSheet{id: "examples", key: "case", name: "name", fields: []field{
	textField("name", "name"), rawField("date", "date"), rawField("today", "today"), verbatim("request"), verbatim("budget"), verbatim("line"), verbatim("history"), textField("outcome", "outcome"), verbatim("findings")}}

// tests splices the examples into the text of the tests.
func (m *merger) tests(usual *record, cases []*record) {
	was, wasCases := exampleRecords(m.doc)
	m.usual(was, usual)
	// Lines, history and the like that stand under headings of their own become keys where they change.
	for _, g := range wasCases {
		g.cells["other"] = ""
	}
	mine := pairUp(&caseTable, wasCases, cases)
	for i, now := range cases {
		if mine[i] < 0 {
			continue
		}
		w := wasCases[mine[i]]
		for _, sub := range w.subs {
			key := sub.path[1]
			if w.get(key) != now.get(key) {
				m.change(change{sub.start, sub.end, ""})
			}
		}
	}
	m.table(&caseTable, wasCases, cases, nil)
}

// usual splices [request], [line] and the domains.
func (m *merger) usual(was, now *record) {
	if was.get("domains") != now.get("domains") {
		top := m.doc.sections[0]
		value := ""
		if d := now.get("domains"); d != "" {
			value = quoteList(commaList(d))
		}
		if top.entry("domains") == nil && value != "" {
			m.change(change{0, 0, "domains = " + value + "\n\n"})
		} else if c, ok := m.doc.setKey(top, "domains", value, nil); ok {
			m.change(c)
		}
	}
	part := func(heading string, cols map[string]string) {
		var sec *section
		for _, s := range m.doc.sections {
			if !s.array && slices.Equal(s.path, []string{heading}) {
				sec = s
			}
		}
		var keys []string
		for _, k := range append(fieldOrder(), "unit", "sender", "email", "name", "language", "extra") {
			if _, ok := cols[k]; ok {
				keys = append(keys, k)
			}
		}
		if sec == nil {
			var pairs []pair
			for _, k := range keys {
				if cols[k] != "" {
					pairs = append(pairs, pair{k, cols[k]})
				}
			}
			if len(pairs) > 0 {
				at := 0
				for _, s := range m.doc.sections {
					if len(s.path) == 0 || s.path[0] == "request" || s.path[0] == "line" {
						at = max(at, s.end)
					}
				}
				m.change(change{at, at, m.lead(at) + block("["+heading+"]", pairs)})
			}
			return
		}
		for _, k := range keys {
			if c, ok := m.doc.setKey(sec, k, cols[k], keys); ok {
				m.change(c)
			}
		}
	}
	origin, line := map[string]string{}, map[string]string{}
	extra := false
	for _, r := range []*record{was, now} {
		for k := range r.cells {
			switch {
			case was.get(k) == now.get(k) || k == "role" || k == "domains":
			case strings.HasPrefix(k, "request."):
				origin[strings.TrimPrefix(k, "request.")] = optional(now.get(k))
			case strings.HasPrefix(k, "extra."):
				extra = true
			default:
				if _, ok := request.FieldByName(k); ok {
					line[k] = optional(now.get(k))
				}
			}
		}
	}
	if extra {
		only := &record{cells: map[string]string{}}
		for k, s := range now.cells {
			if strings.HasPrefix(k, "extra.") {
				only.cells[k] = s
			}
		}
		line["extra"] = strings.TrimSuffix(strings.TrimPrefix(lineValue(only, false), "{ extra = "), " }")
		if v := lineValue(only, false); v == "{ }" {
			line["extra"] = ""
		} else {
			line["extra"] = v[len("{ extra = ") : len(v)-len(" }")]
		}
	}
	part("request", origin)
	part("line", line)
}

func optional(s string) string {
	if s == "" {
		return ""
	}
	return typedValue(s)
}

func fieldOrder() []string {
	var all []string
	for _, f := range request.Fields() {
		all = append(all, f.Name)
	}
	return all
}
