package policybook

import (
	"bytes"
	"cmp"
	"slices"
	"strings"

	"handrail/internal/request"
)

// merger splices what rows say into a text.
type merger struct {
	*conv
	doc     *text
	changes []change
	placed  map[string][]placed // by heading, for the places of mistakes
	fail    func(sheet string, r *record, f *fault)
	seq     int
	nested  map[*record][]*record // the variants of new guardrails
}

// placed is a section of the new text: where it stands, and the row that says it.
type placed struct {
	at, seq int
	row     *record
}

func (m *merger) change(c change) { m.changes = append(m.changes, c) }

func (m *merger) place(key string, at int, r *record) {
	m.seq++
	m.placed[key] = append(m.placed[key], placed{at, m.seq, r})
}

// pairUp finds for each row the record of the text that it was, -1 for a new one: the same in every cell first, then by its name, then what is
// most like it.
func pairUp(t *tableSheet, was, now []*record) []int {
	mine := make([]int, len(now))
	taken := make([]bool, len(was))
	take := func(i, j int) { mine[i], taken[j] = j, true }
	for i := range mine {
		mine[i] = -1
	}
	same := map[string][]int{}
	mark := func(r *record) string {
		var b strings.Builder
		for _, f := range t.fields {
			for _, col := range f.cols {
				b.WriteString(r.get(col))
				b.WriteByte(0)
			}
		}
		b.WriteString(r.get("other"))
		return b.String()
	}
	for j, r := range was {
		same[mark(r)] = append(same[mark(r)], j)
	}
	for i, r := range now {
		if js := same[mark(r)]; len(js) > 0 {
			take(i, js[0])
			same[mark(r)] = js[1:]
		}
	}
	if t.name != "" {
		byName := map[string]int{}
		for j := len(was) - 1; j >= 0; j-- {
			if !taken[j] {
				byName[was[j].get(t.name)] = j
			}
		}
		for i, r := range now {
			if j, ok := byName[r.get(t.name)]; ok && mine[i] < 0 && !taken[j] {
				take(i, j)
			}
		}
	}
	var cols []string
	for _, f := range t.fields {
		cols = append(cols, f.cols...)
	}
	if len(was)*len(now) > 1_000_000 {
		return mine // no policy is so large
	}
	for i, r := range now {
		if mine[i] >= 0 {
			continue
		}
		best, most := -1, 0
		for j, w := range was {
			if taken[j] {
				continue
			}
			score, filled := 0, 0
			for _, col := range cols {
				if w.get(col) != "" && col != "on" {
					filled++
					if w.get(col) == r.get(col) {
						score++
					}
				}
			}
			if score*2 > filled && score > most {
				best, most = j, score
			}
		}
		if best >= 0 {
			take(i, best)
		}
	}
	return mine
}

// table splices the rows of a sheet into the sections of an array. within is the guardrail whose variants they are, at which end new ones are
// put; nil for the sections of the text itself.
func (m *merger) table(t *tableSheet, was, now []*record, within *section) {
	mine := pairUp(t, was, now)
	if t.ordered && outOfOrder(mine) {
		m.reorder(t, was, now, mine, within)
		return
	}
	kept := make([]bool, len(was))
	at := m.behind(t.key, within)
	if len(was) > 0 && within == nil {
		at = was[len(was)-1].sec.lastByte()
	}
	// A new row stands behind the one above it, the first ones in front of what follows them.
	for i, r := range now {
		if mine[i] >= 0 {
			w := was[mine[i]]
			kept[mine[i]] = true
			m.edit(t, w, r)
			m.place(t.key, w.sec.heading, r)
			continue
		}
		pos := at
		for k := i - 1; k >= 0; k-- {
			if mine[k] >= 0 {
				pos = was[mine[k]].sec.lastByte()
				if within != nil {
					pos = was[mine[k]].sec.end
				}
				break
			}
		}
		m.insert(t, r, pos)
	}
	for j, w := range was {
		if !kept[j] {
			m.remove(w.sec)
		}
	}
}

func outOfOrder(mine []int) bool {
	last := -1
	for _, j := range mine {
		if j >= 0 && j < last {
			return true
		}
		last = max(last, j)
	}
	return false
}

// reorder puts the sections into the order of the rows: each into the place of another.
func (m *merger) reorder(t *tableSheet, was, now []*record, mine []int, within *section) {
	var texts []string
	for i, r := range now {
		if mine[i] < 0 {
			texts = append(texts, m.blockOf(t, r))
			continue
		}
		sec := was[mine[i]].sec
		part := &merger{conv: m.conv, doc: m.doc, placed: map[string][]placed{}, fail: m.fail}
		part.edit(t, was[mine[i]], r)
		for c := range part.changes {
			part.changes[c].from -= sec.start
			part.changes[c].to -= sec.start
		}
		texts = append(texts, string(splice(m.doc.raw[sec.start:sec.end], part.changes)))
	}
	for j, w := range was {
		if j >= len(texts) {
			m.remove(w.sec)
			continue
		}
		text := texts[j]
		if j == len(was)-1 {
			text = strings.Join(texts[j:], "\n")
		}
		m.change(change{w.sec.start, w.sec.end, text})
	}
	for i, r := range now {
		m.place(t.key, was[min(i, len(was)-1)].sec.heading, r)
	}
	_ = within
}

// behind is where the first section of a kind is put.
func (m *merger) behind(key string, within *section) int {
	if within != nil {
		return within.lastByte()
	}
	order := []string{"", "authority", "approval", "attestation", "words", "limits", "limits_for", "total", "list", "aliases", "guardrail", "exemption"}
	at := 0
	for _, s := range m.doc.sections {
		name := ""
		if len(s.path) > 0 {
			name = s.path[0]
		}
		if i := slices.Index(order, name); i >= 0 && i <= slices.Index(order, key) || slices.Index(order, key) < 0 {
			at = max(at, s.end)
		}
	}
	return at
}

func (m *merger) blockOf(t *tableSheet, r *record) string {
	pairs, faults := t.pairs(m.conv, r)
	for _, f := range faults {
		m.fail(t.id, r, f)
	}
	b := block("[["+t.key+"]]", pairs)
	if other := r.get("other"); other != "" {
		b += other + "\n"
	}
	return b
}

func (m *merger) insert(t *tableSheet, r *record, at int) {
	b := m.blockOf(t, r)
	lead := m.lead(at)
	if at < len(m.doc.raw) && at == 0 {
		b += "\n"
	}
	m.place(t.key, at, r)
	for _, v := range m.nested[r] {
		b += "\n" + m.blockOf(&variantTable, v)
		m.place(variantTable.key, at, v)
	}
	m.change(change{at, at, lead + b})
}

// lead is what stands between a new section and what is in front of it.
func (m *merger) lead(at int) string {
	switch {
	case at == 0 && len(m.changes) == 0:
		return ""
	case at > 0 && m.doc.raw[at-1] != '\n':
		return "\n\n"
	}
	return "\n"
}

// remove takes a section away, with the comment above it and the empty line below.
func (m *merger) remove(s *section) {
	end := s.lastByte()
	raw := m.doc.raw
	if next := bytes.IndexByte(raw[end:], '\n'); next >= 0 && len(bytes.TrimSpace(raw[end:end+next])) == 0 {
		end += next + 1
	}
	m.change(change{s.start, end, ""})
}

// edit changes the keys of a section that a row says otherwise.
func (m *merger) edit(t *tableSheet, was, now *record) {
	for _, f := range t.fields {
		changed := slices.ContainsFunc(f.cols, func(col string) bool { return was.get(col) != now.get(col) })
		if !changed {
			continue
		}
		value, wrong := f.set(m.conv, now)
		if wrong != nil {
			m.fail(t.id, now, wrong)
			continue
		}
		old := was.sec.get(f.key)
		if f.key == "values" && old != nil && value != "" {
			m.changes = append(m.changes, m.listItems(old, strings.Split(now.get("entries"), "\n"))...)
			continue
		}
		if old != nil && value != "" && m.sameValue(old, value) {
			continue
		}
		if c, ok := m.doc.setKey(was.sec, f.key, value, t.order()); ok {
			m.change(c)
		}
	}
	if was.get("other") != now.get("other") {
		known := t.order()
		end := 0
		for _, e := range was.sec.keys {
			if len(e.path) != 1 || !slices.Contains(known, e.path[0]) {
				m.change(change{e.start, e.end, ""})
			}
			end = max(end, e.end)
		}
		if now.get("other") != "" {
			m.change(change{end, end, now.get("other") + "\n"})
		}
	}
}

// sameValue reports whether a value that would be written means what stands there.
func (m *merger) sameValue(old *val, value string) bool {
	s := scanner{raw: []byte(value)}
	v := s.value()
	if old.kind == 's' && v.kind == 's' && old.str == v.str {
		return true
	}
	if old.kind == 's' && v.kind == 's' {
		a, b := parseCEL(old.str), parseCEL(v.str)
		return strings.ContainsAny(old.str, ".(") && alike(a, b)
	}
	return string(m.doc.raw[old.start:old.end]) == value
}

// listItems changes a list item by item, so that what stands beside the others stays.
func (m *merger) listItems(old *val, items []string) []change {
	if len(items) == 1 && items[0] == nothingWord.EN {
		return []change{{old.start, old.end, "[]"}}
	}
	raw := m.doc.raw
	oneLine := bytes.IndexByte(raw[old.start:old.end], '\n') < 0
	if oneLine || len(old.items) == 0 {
		return []change{{old.start, old.end, quoteList(items)}}
	}
	// Which of the old ones stay, in their order.
	var changes []change
	next := 0
	lastKept := -1
	insert := map[int][]string{} // behind which old item
	for _, item := range items {
		found := -1
		for k := next; k < len(old.items); k++ {
			if old.items[k].str == item {
				found = k
				break
			}
		}
		if found < 0 {
			insert[lastKept] = append(insert[lastKept], item)
			continue
		}
		for k := next; k < found; k++ {
			if !slices.Contains(items, old.items[k].str) {
				continue
			}
			// It stands further below now: the whole list is written again.
			return []change{{old.start, old.end, quoteList(items)}}
		}
		for k := next; k < found; k++ {
			changes = append(changes, m.dropItem(old, k))
		}
		lastKept, next = found, found+1
	}
	for k := next; k < len(old.items); k++ {
		changes = append(changes, m.dropItem(old, k))
	}
	for behind, added := range insert {
		if behind < 0 {
			at := old.items[0].start
			changes = append(changes, change{at, at, quoteItems(added, ", ") + ", "})
			continue
		}
		at := old.items[behind].end
		sep := ", "
		if line := bytes.LastIndexByte(raw[:old.items[behind].start], '\n'); line >= 0 && len(bytes.TrimSpace(raw[line:old.items[behind].start])) == 0 {
			sep = "," + string(raw[line:old.items[behind].start])
		}
		changes = append(changes, change{at, at, sep + quoteItems(added, sep)})
	}
	return changes
}

func quoteItems(items []string, sep string) string {
	q := make([]string, len(items))
	for i, s := range items {
		q[i] = quote(s)
	}
	return strings.Join(q, sep)
}

// dropItem takes an item away with the comma behind it, or before it where it is the last.
func (m *merger) dropItem(old *val, k int) change {
	if k+1 < len(old.items) {
		return change{old.items[k].start, old.items[k+1].start, ""}
	}
	if k > 0 {
		return change{old.items[k-1].end, old.items[k].end, ""}
	}
	return change{old.items[k].start, old.items[k].end, ""}
}

// rowsInOrder are the rows of a heading's sections in the order of the new text.
func (m *merger) rowsInOrder(key string) []*record {
	list := slices.Clone(m.placed[key])
	slices.SortStableFunc(list, func(a, b placed) int { return cmp.Or(a.at-b.at, a.seq-b.seq) })
	rows := make([]*record, len(list))
	for i, p := range list {
		rows[i] = p.row
	}
	return rows
}

// Limits.

// limitRecords are the amounts of a text: those of everybody, and those of a part of the house.
func limitRecords(c *conv, doc *text) []*record {
	var all []*record
	for _, s := range doc.sections {
		if len(s.path) == 1 && s.path[0] == "limits" && !s.array {
			for _, e := range s.keys {
				all = append(all, limitRows(e)...)
			}
		}
	}
	when := conditionField("when", "whom", true)
	for _, s := range doc.all("limits_for") {
		for _, e := range s.keys {
			k := e.path[0]
			if k == "when" || k == "from" || k == "until" {
				continue
			}
			r := &record{sec: s, cells: map[string]string{"limit": k, "amount": amountCell(e.value.text()), "from": s.get("from").text(), "until": s.get("until").text()}}
			when.get(c, s.get("when"), r.cells)
			all = append(all, r)
		}
	}
	return all
}

func limitRows(e *entry) []*record {
	if e.value.kind != 'a' {
		return []*record{{cells: map[string]string{"limit": e.path[0], "amount": amountCell(e.value.text())}}}
	}
	var all []*record
	for _, v := range e.value.items {
		all = append(all, &record{cells: map[string]string{"limit": e.path[0], "amount": amountCell(v.get("amount").text()), "from": v.get("from").text(), "until": v.get("until").text()}})
	}
	return all
}

// dated writes the amounts of a limit.
func dated(rows []*record, oneLine bool) string {
	if len(rows) == 1 && rows[0].get("from") == "" && rows[0].get("until") == "" {
		return quote(rows[0].get("amount"))
	}
	items := make([]string, len(rows))
	for i, r := range rows {
		items[i] = "{ amount = " + quote(r.get("amount"))
		if d := r.get("from"); d != "" {
			items[i] += ", from = " + d
		}
		if d := r.get("until"); d != "" {
			items[i] += ", until = " + d
		}
		items[i] += " }"
	}
	if oneLine && len(items) == 1 {
		return "[" + items[0] + "]"
	}
	return "[\n  " + strings.Join(items, ",\n  ") + ",\n]"
}

func sameCells(a, b []*record, cols ...string) bool {
	if len(a) != len(b) {
		return false
	}
	for i := range a {
		for _, c := range cols {
			if a[i].get(c) != b[i].get(c) {
				return false
			}
		}
	}
	return true
}

// byDay orders dated amounts.
func byDay(rows []*record) []*record {
	rows = slices.Clone(rows)
	slices.SortStableFunc(rows, func(a, b *record) int { return cmp.Compare(a.get("from"), b.get("from")) })
	return rows
}

func (m *merger) limits(rows []*record) {
	var sec *section
	for _, s := range m.doc.sections {
		if len(s.path) == 1 && s.path[0] == "limits" && !s.array {
			sec = s
		}
	}
	byName := map[string][]*record{}
	var names []string
	var special []*record
	for _, r := range rows {
		if r.get("whom") != "" || r.get("cel") != "" {
			special = append(special, r)
			continue
		}
		if byName[r.get("limit")] == nil {
			names = append(names, r.get("limit"))
		}
		byName[r.get("limit")] = append(byName[r.get("limit")], r)
	}
	switch {
	case sec == nil && len(names) > 0:
		var pairs []pair
		for _, n := range names {
			pairs = append(pairs, pair{n, dated(byDay(byName[n]), false)})
		}
		at := m.behind("limits", nil)
		m.change(change{at, at, m.lead(at) + block("[limits]", pairs)})
	case sec != nil:
		for _, e := range sec.keys {
			n := e.path[0]
			now := byName[n]
			was := limitRows(e)
			if now == nil {
				m.change(change{e.start, e.end, ""})
				continue
			}
			if sameCells(byDay(was), byDay(now), "amount", "from", "until") {
				continue
			}
			now = byDay(now)
			// One amount of several: only it changes.
			if e.value.kind == 'a' && len(was) == len(now) && sameCells(byDay(was), was, "from") {
				m.amounts(e, was, now)
				continue
			}
			m.change(change{e.value.start, e.value.end, dated(now, len(now) == 1)})
		}
		for _, n := range names {
			if sec.entry(n) == nil {
				if c, ok := m.doc.setKey(sec, n, dated(byDay(byName[n]), false), nil); ok {
					c.from = max(c.from, sec.end)
					c.to = c.from
					m.change(c)
				}
			}
		}
	}
	m.limitsFor(special, names)
}

func (m *merger) amounts(e *entry, was, now []*record) {
	for i, v := range e.value.items {
		if !sameCells(was[i:i+1], now[i:i+1], "amount", "from", "until") {
			text := dated(now[i:i+1], true)
			if v.kind == 't' {
				if strings.HasPrefix(text, "[") {
					text = strings.TrimSuffix(strings.TrimPrefix(text, "["), "]")
				} else {
					text = "{ amount = " + text + " }"
				}
			}
			m.change(change{v.start, v.end, text})
		}
	}
}

// limitsFor gathers the rows for a part of the house into sections: amounts for the same people and days are one.
func (m *merger) limitsFor(rows []*record, names []string) {
	t := limitsForTable(append(slices.Clone(m.v.limits), names...))
	groups := gatherLimits(rows)
	var was []*record
	for _, s := range m.doc.all("limits_for") {
		r := t.record(m.conv, m.doc, s)
		was = append(was, r)
	}
	m.table(t, was, groups, nil)
}

// gatherLimits makes one record of the rows for the same people and days.
func gatherLimits(rows []*record) []*record {
	var groups []*record
	for _, r := range rows {
		var g *record
		for _, x := range groups {
			if sameCells([]*record{x}, []*record{r}, "whom", "cel", "from", "until") && x.get("limit:"+r.get("limit")) == "" {
				g = x
			}
		}
		if g == nil {
			g = &record{row: r.row, cells: map[string]string{"whom": r.get("whom"), "cel": r.get("cel"), "from": r.get("from"), "until": r.get("until")}}
			groups = append(groups, g)
		}
		g.cells["limit:"+r.get("limit")] = r.get("amount")
		g.rows = append(g.rows, r)
	}
	return groups
}

func limitsForTable(limits []string) *tableSheet {
	t := &tableSheet{id: "limits", key: "limits_for", ordered: true, fields: []field{conditionField("when", "whom", true)}}
	seen := map[string]bool{}
	for _, l := range limits {
		if !seen[l] {
			seen[l] = true
			t.fields = append(t.fields, amountField(l, "limit:"+l))
		}
	}
	t.fields = append(t.fields, rawField("from", "from"), rawField("until", "until"))
	return t
}

// amountField is an amount, in quotes.
func amountField(key, col string) field {
	f := textField(key, col)
	f.get = func(_ *conv, v *val, into map[string]string) { into[col] = amountCell(v.text()) }
	return f
}

// daysOf says of dated amounts of one limit where they overlap and where days are without one. Rows are in the order of their days.
func daysOf(rows []*record) (overlaps, gaps []dayMark) {
	rows = byDay(rows)
	for i := 1; i < len(rows); i++ {
		a, b := rows[i-1], rows[i]
		until, from := a.get("until"), b.get("from")
		switch {
		case until == "" || from == "" || from < until:
			overlaps = append(overlaps, dayMark{b, from, until})
		case until < from:
			gaps = append(gaps, dayMark{b, until, from})
		}
	}
	return overlaps, gaps
}

type dayMark struct {
	row         *record
	from, until string
}

func overlapText(m dayMark) request.Text {
	return both("two amounts of this limit are in force on the same day; end one with Until on the day on which the other begins", "deux montants de cette limite valent le même jour; terminez l’un par Jusqu’au, le jour où l’autre commence")
}

func gapText(m dayMark) request.Text {
	return bothf("from %[1]s until %[2]s this limit has no amount; let this row begin on %[1]s, or add one for these days", "du %[1]s au %[2]s, cette limite n’a aucun montant; faites commencer cette ligne le %[1]s ou ajoutez-en une pour ces jours", m.from, m.until)
}
