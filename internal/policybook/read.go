package policybook

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"regexp"
	"slices"
	"strings"

	"handrail/internal/request"
	"handrail/internal/workbook"
	"handrail/rules"
)

// Read reads a policy's workbook. What is wrong in it is in the result, at its cells; the error is a *workbook.Error for a file that cannot be
// read at all or is no policy, or the context's.
func Read(ctx context.Context, data []byte, o Options) (*Result, error) {
	book, err := workbook.Open(ctx, data, workbook.DefaultBounds())
	if err != nil {
		return nil, err
	}
	return ReadOpen(ctx, book, o)
}

// ReadOpen is Read of a workbook that is open already.
func ReadOpen(ctx context.Context, book *workbook.Book, o Options) (*Result, error) {
	if !Is(book) {
		return nil, &workbook.Error{Code: workbook.NoRequestTable, Err: errors.New("no sheets of a policy"),
			Message: both("This workbook is no policy: it lacks the sheets About, Limits and Guardrails. Make one with handrail policy workbook.", "Ce classeur n’est pas une politique\u00a0: il n’a pas les feuilles À propos, Limites et Balises. Faites-en un avec handrail policy workbook.")}
	}
	r := &reading{bookReader: bookReader{book: book, sheets: map[string]*readSheet{}, known: map[string]bool{}, result: &Result{}}, o: o}
	if err := r.original(ctx); err != nil {
		return nil, err
	}
	if err := r.bookReader.read(ctx); err != nil {
		return nil, err
	}
	r.merge()
	if err := r.load(ctx); err != nil {
		return nil, err
	}
	for _, rs := range r.sheets {
		r.result.sheets = append(r.result.sheets, *rs)
	}
	slices.SortFunc(r.result.sheets, func(a, b readSheet) int { return a.index - b.index })
	r.sort()
	return r.result, nil
}

// reading is a workbook on its way back into a text.
type reading struct {
	bookReader
	o          Options
	wasText    []byte // what the workbook was made from; nil where that is unknown
	wasTests   []byte
	doc, tests *text
	was        map[string][]*record // what the text says as rows
	merged     *merger
	mergedT    *merger
}

// original reads the text that the workbook was made from.
func (r *reading) original(ctx context.Context) error {
	parts := map[string]string{}
	for i, info := range r.book.Sheets() {
		if info.Name != originalSheet || info.Kind != "worksheet" {
			continue
		}
		rows, err := r.rawRows(ctx, i)
		if err != nil {
			return err
		}
		for _, row := range rows {
			if len(row.cells) == 2 && len(parts[row.cells[0].text]) < 4<<20 {
				parts[row.cells[0].text] += row.cells[1].text
			}
		}
	}
	r.lang = request.Lang(parts["lang"])
	if r.lang != request.French {
		r.lang = request.English
	}
	r.result.Lang = r.lang
	r.result.Name = cmp.Or(r.o.Name, parts["name"], "policy.toml")
	r.result.TestName = rules.TestFileOf(r.result.Name)
	if s := parts["policy"]; s != "" {
		r.wasText = unpack(s)
	}
	if s := parts["tests"]; s != "" {
		r.wasTests = unpack(s)
	}
	parse := func(raw []byte) *text {
		if doc, err := parseText(raw); err == nil && plainShape(doc) {
			return doc
		}
		return nil
	}
	if r.wasText != nil {
		r.doc = parse(r.wasText)
	}
	if r.doc == nil {
		r.wasText, r.wasTests = nil, nil
		r.doc = &text{sections: []*section{{}}}
		r.note("", "", 0, both("the text this workbook was made from is not in it any more: comments and layout of that text are lost", "le texte dont ce classeur est issu n’y figure plus\u00a0: les commentaires et la présentation de ce texte sont perdus"))
	}
	if r.wasTests != nil {
		r.tests = parse(r.wasTests)
	}
	if r.tests == nil {
		r.wasTests = nil
		r.tests = &text{sections: []*section{{}}}
	}
	if v := r.doc.sections[0].get("currency"); v != nil {
		r.result.currency = v.text()
	}
	r.was = rowsOf(r.doc, r.tests, r.lang)
	for id, rows := range r.was {
		for _, row := range rows {
			for col, s := range row.cells {
				if s != "" {
					r.known[id+"."+col] = true
					r.known[id] = true
				}
			}
		}
	}
	return nil
}

// fail notes a mistake at the cell of a row.
func (r *reading) fail(id string, row *record, f *fault) {
	rs := r.sheets[id]
	if rs == nil {
		r.mistake(sheetOf(id).name.In(r.lang), "", 0, f.words)
		return
	}
	if row == nil {
		r.mistake(rs.tab, "", 0, f.words)
		return
	}
	cell := rs.cellOf(row.row, f.col)
	if cell == "" && slices.ContainsFunc(r.result.Mistakes, func(m Mistake) bool { return m.Sheet == rs.tab && (m.Row == 0 || m.Row == rs.header) }) {
		return // the column is missing, and that is told
	}
	r.mistake(rs.tab, cell, row.row, f.words)
}

func (r *reading) rowsOn(id string) []*record {
	rs := r.sheets[id]
	if rs == nil {
		if r.known[id] {
			s := sheetOf(id)
			r.mistake(s.name.In(r.lang), "", 0, both("this sheet is missing, and the policy says something on it; put it back, or delete its rows one by one", "cette feuille manque, alors que la politique y dit quelque chose; remettez-la ou supprimez ses lignes une à une"))
		}
		return nil
	}
	return rs.rows
}

// merge splices the rows into the texts.
func (r *reading) merge() {
	limits, totals, guardrails := r.rowsOn("limits"), r.rowsOn("totals"), r.rowsOn("guardrails")
	variants, exemptions := r.rowsOn("variants"), r.rowsOn("exemptions")
	lists := r.lists(r.rowsOn("lists"))
	v := &vocabulary{}
	for _, l := range request.AllLanguages {
		if r.oneLanguage(string(l)) {
			v.only = onlyOf(slices.DeleteFunc(slices.Clone(request.AllLanguages), func(o request.Lang) bool { return o == l }))
		}
	}
	for _, x := range limits {
		if n := x.get("limit"); n != "" && !slices.Contains(v.limits, n) {
			v.limits = append(v.limits, n)
		}
	}
	for _, x := range totals {
		v.totals = append(v.totals, x.get("name"))
	}
	for _, x := range lists {
		v.lists = append(v.lists, x.get("list"))
	}
	m := &merger{conv: &conv{r.lang, v}, doc: r.doc, placed: map[string][]placed{}, fail: r.fail}
	r.merged = m
	about := r.about(r.rowsOn("about"))
	m.about(about, r.sheets["about"] != nil)
	m.limits(r.limits(limits))
	r.unique("totals", "name", totals)
	m.table(&totalTable, r.was["totals"], totals, nil)
	m.table(&listTable, listTable.records(m.conv, r.doc, r.doc.all("list")), lists, nil)
	r.guardrails(guardrails, variants)
	r.exemptions(exemptions, guardrails)
	m.table(&exemptionTable, r.was["exemptions"], exemptions, nil)
	r.result.Text = splice(r.doc.raw, m.changes)
	r.examples(r.rowsOn("examples"))
}

// about gives rows without a key that of their words.
func (r *reading) about(rows []*record) []*record {
	var all []*record
	for _, x := range rows {
		if x.get("key") == "" {
			r.fail("about", x, &fault{"key", both("the key is missing, so nobody can tell what this row says; take it from a new workbook of the policy", "la clé manque et rien ne dit ce que cette ligne exprime; reprenez-la d’un nouveau classeur de la politique")})
			continue
		}
		all = append(all, x)
	}
	return all
}

// missing asks for cells that a row cannot be without.
func (r *reading) missing(id string, row *record, cols ...string) bool {
	ok := true
	for _, col := range cols {
		if row.get(col) == "" && !r.faulty(id, row, col) {
			c := sheetOf(id).column(col)
			r.fail(id, row, &fault{col, bothf("%s is missing: %s", "il manque %[3]s\u00a0: %[4]s", c.head.EN, lower(c.help.EN), lower(c.head.FR), lower(c.help.FR))})
			ok = false
		}
	}
	return ok
}

func lower(s string) string {
	if s == "" {
		return s
	}
	rs := []rune(s)
	return strings.ToLower(string(rs[0])) + string(rs[1:])
}

// faulty reports whether a cell has a mistake already.
func (r *reading) faulty(id string, row *record, col string) bool {
	rs := r.sheets[id]
	return rs != nil && slices.ContainsFunc(r.result.Mistakes, func(m Mistake) bool {
		return m.Sheet == rs.tab && m.Cell != "" && m.Cell == rs.cellOf(row.row, col)
	})
}

func (r *reading) unique(id, col string, rows []*record) {
	seen := map[string]int{}
	for _, x := range rows {
		n := x.get(col)
		if n == "" {
			continue
		}
		if first, ok := seen[n]; ok {
			r.fail(id, x, &fault{col, bothf("“%s” stands in row %d already; give one of the two another name", "«\u00a0%s\u00a0» figure déjà à la ligne %d; donnez un autre nom à l’une des deux", n, first)})
		} else {
			seen[n] = x.row
		}
	}
}

func (r *reading) span(id string, row *record) {
	from, until := row.get("from"), row.get("until")
	if from != "" && until != "" && from >= until {
		r.fail(id, row, &fault{"until", bothf("Until must be after From, %s: it is the first day that is no longer covered", "Jusqu’au doit suivre À partir du, le %s\u00a0: c’est le premier jour qui n’est plus visé", from)})
	}
}

func (r *reading) limits(rows []*record) []*record {
	var all []*record
	by := map[string][]*record{}
	for _, x := range rows {
		if !r.missing("limits", x, "limit", "amount") || x.get("amount") == "" {
			if r.faulty("limits", x, "amount") && x.get("limit") != "" { // it keeps its place, so that nothing follows from it
				x.cells["amount"] = "0.00"
				all = append(all, x)
			}
			continue
		}
		r.span("limits", x)
		k := x.get("limit") + "\x00" + x.get("whom") + "\x00" + x.get("cel")
		by[k] = append(by[k], x)
		all = append(all, x)
	}
	for _, rows := range by {
		overlaps, gaps := daysOf(rows)
		for _, m := range overlaps {
			r.fail("limits", m.row, &fault{"from", overlapText(m)})
		}
		for _, m := range gaps {
			if rows[0].get("whom") == "" && rows[0].get("cel") == "" {
				r.fail("limits", m.row, &fault{"from", gapText(m)})
			}
		}
	}
	for _, x := range all {
		if (x.get("whom") != "" || x.get("cel") != "") && !slices.ContainsFunc(all, func(o *record) bool {
			return o.get("limit") == x.get("limit") && o.get("whom") == "" && o.get("cel") == ""
		}) {
			var known []string
			for _, o := range all {
				if o.get("whom") == "" && o.get("cel") == "" {
					known = append(known, o.get("limit"))
				}
			}
			w := bothf("the limit “%s” has no amount for everybody; add a row for it without “For whom”", "la limite «\u00a0%s\u00a0» n’a pas de montant pour tout le monde; ajoutez-lui une ligne sans «\u00a0Pour qui\u00a0»", x.get("limit"))
			if n := nearest(x.get("limit"), known); n != "" {
				w = bothf("there is no limit “%s”; did you mean “%s”?", "il n’existe pas de limite «\u00a0%s\u00a0»; vouliez-vous dire «\u00a0%s\u00a0»?", x.get("limit"), n)
			}
			r.fail("limits", x, &fault{"limit", w})
		}
		if b := x.get("whom"); b != "" && r.merged.isBranch(b) && !slices.ContainsFunc(limitRecords(r.merged.conv, r.doc), func(o *record) bool { return o.get("whom") == b }) {
			r.noteAt("limits", x, "whom", bothf("“%s” is read as the name of a branch; other spellings keep the usual amount", "«\u00a0%s\u00a0» est lu comme le nom d’une direction; les autres graphies gardent le montant habituel", b))
		}
	}
	return all
}

func (r *reading) noteAt(id string, row *record, col string, t request.Text) {
	rs := r.sheets[id]
	r.note(rs.tab, rs.cellOf(row.row, col), row.row, t)
}

// lists gathers the entries of each list.
func (r *reading) lists(rows []*record) []*record {
	var all []*record
	for _, x := range rows {
		n := x.get("list")
		if n == "" {
			r.missing("lists", x, "list")
			continue
		}
		i := slices.IndexFunc(all, func(l *record) bool { return l.get("list") == n })
		if i < 0 {
			all = append(all, &record{row: x.row, cells: map[string]string{"list": n, "entries": ""}})
			i = len(all) - 1
		}
		l := all[i]
		l.rows = append(l.rows, x)
		for _, col := range []string{"as", "near", "file", "sheet", "column", "other"} {
			switch s := x.get(col); {
			case s == "" || s == l.get(col):
			case l.get(col) == "":
				l.cells[col] = s
			default:
				r.fail("lists", x, &fault{col, bothf("another row of the list says “%s” here; say it once for each list", "une autre ligne de la liste dit «\u00a0%s\u00a0» ici; dites-le une fois par liste", l.get(col))})
			}
		}
		if e := strings.Join(strings.Fields(strings.ReplaceAll(x.get("entry"), "\n", " ")), " "); e != "" {
			if e2 := strings.ReplaceAll(x.get("entry"), "\n", " "); e2 != "" {
				e = e2
			}
			if l.cells["entries"] != "" {
				l.cells["entries"] += "\n"
			}
			l.cells["entries"] += e
		}
	}
	return all
}

func (r *reading) guardrails(rows, variants []*record) {
	m := r.merged
	var good []*record
	for _, x := range rows {
		if x.get("on") == "" {
			x.cells["on"] = "yes"
		}
		r.missing("guardrails", x, "id", "action")
		r.texts("guardrails", x, "title", true)
		r.texts("guardrails", x, "message", true)
		r.texts("guardrails", x, "officer", false)
		r.span("guardrails", x)
		if x.get("source_en") == "" && x.get("source_fr") == "" {
			r.missing("guardrails", x, "source_en")
		}
		good = append(good, x)
	}
	r.unique("guardrails", "id", good)
	by := map[string][]*record{}
	for _, x := range variants {
		id := x.get("guardrail")
		if !r.missing("variants", x, "guardrail", "action") {
			continue
		}
		if !slices.ContainsFunc(good, func(g *record) bool { return g.get("id") == id }) {
			r.fail("variants", x, &fault{"guardrail", noGuardrail(id, good)})
			continue
		}
		if x.get("only") == "" && x.get("cel") == "" {
			r.fail("variants", x, &fault{"only", both("the condition of the variant is missing; write when it is the case, such as “amends filled in”", "il manque la condition de la variante; écrivez dans quel cas elle joue, par exemple «\u00a0amends rempli\u00a0»")})
			continue
		}
		r.texts("variants", x, "message", false)
		r.texts("variants", x, "officer", false)
		by[id] = append(by[id], x)
	}
	was := r.was["guardrails"]
	mine := pairUp(&guardrailTable, was, good)
	m.nested = map[*record][]*record{}
	for i, g := range good {
		if mine[i] < 0 {
			m.nested[g] = by[g.get("id")]
		}
	}
	m.table(&guardrailTable, was, good, nil)
	for i, g := range good {
		if mine[i] < 0 {
			continue
		}
		sec := was[mine[i]].sec
		m.table(&variantTable, variantTable.records(m.conv, r.doc, subsOf(sec, "variant")), by[g.get("id")], sec)
	}
}

func noGuardrail(id string, rows []*record) request.Text {
	var ids []string
	for _, g := range rows {
		ids = append(ids, g.get("id"))
	}
	if n := nearest(id, ids); n != "" {
		return bothf("there is no guardrail “%s”; did you mean “%s”?", "il n’existe pas de balise «\u00a0%s\u00a0»; vouliez-vous dire «\u00a0%s\u00a0»?", id, n)
	}
	return bothf("there is no guardrail “%s” on the sheet Guardrails; correct the name, or delete this row", "il n’y a pas de balise «\u00a0%s\u00a0» sur la feuille Balises; corrigez le nom ou supprimez cette ligne", id)
}

// texts asks for a text in both languages.
func (r *reading) texts(id string, row *record, col string, required bool) {
	en, fr := row.get(col+"_en"), row.get(col+"_fr")
	switch {
	case en == "" && fr == "" && required, en == "" && fr != "":
		if r.oneLanguage("en") {
			return
		}
		r.fail(id, row, &fault{col + "_en", both("the English text is missing; write it, for people read either language", "il manque le texte anglais; écrivez-le, car les gens lisent l’une ou l’autre langue")})
		if fr == "" && !r.oneLanguage("fr") {
			r.fail(id, row, &fault{col + "_fr", both("the French text is missing; write it, for people read either language", "il manque le texte français; écrivez-le, car les gens lisent l’une ou l’autre langue")})
		}
	case fr == "" && en != "" && !r.oneLanguage("fr"):
		r.fail(id, row, &fault{col + "_fr", both("the French text is missing; write it, for people read either language", "il manque le texte français; écrivez-le, car les gens lisent l’une ou l’autre langue")})
	}
}

// oneLanguage reports whether the policy names its languages and this is none of them.
func (r *reading) oneLanguage(without string) bool {
	rs := r.sheets["about"]
	if rs == nil {
		return false
	}
	for _, x := range rs.rows {
		if x.get("key") == "languages" && x.get("value") != "" {
			return !slices.Contains(commaList(x.get("value")), without)
		}
	}
	return false
}

func (r *reading) exemptions(rows, guardrails []*record) {
	for _, x := range rows {
		if r.missing("exemptions", x, "guardrail") && !slices.ContainsFunc(guardrails, func(g *record) bool { return g.get("id") == x.get("guardrail") }) {
			r.fail("exemptions", x, &fault{"guardrail", noGuardrail(x.get("guardrail"), guardrails)})
		}
		r.span("exemptions", x)
		if b := x.get("whom"); b != "" && r.merged.isBranch(b) && !slices.ContainsFunc(r.was["exemptions"], func(o *record) bool { return o.get("whom") == b }) {
			r.noteAt("exemptions", x, "whom", bothf("“%s” is read as the name of a branch; other spellings are not let off", "«\u00a0%s\u00a0» est lu comme le nom d’une direction; les autres graphies ne sont pas exemptées", b))
		}
		if x.get("granted_en") == "" && x.get("granted_fr") == "" {
			r.fail("exemptions", x, &fault{"granted_en", both("who granted the exemption is missing; write a name or a title", "il manque qui a accordé l’exemption; écrivez un nom ou un titre")})
		}
		r.missing("exemptions", x, "reference")
	}
}

// examples splices the examples into the text of the tests.
func (r *reading) examples(rows []*record) {
	m := &merger{conv: r.merged.conv, doc: r.tests, placed: map[string][]placed{}, fail: r.fail}
	r.mergedT = m
	usual := &record{cells: map[string]string{"role": "usual"}}
	var cases []*record
	for _, x := range rows {
		role := x.get("role")
		if role == "" {
			role = "line"
			x.cells["role"] = role
		}
		switch role {
		case "usual":
			usual = x
			delete(x.cells, "name")
		case "line":
			r.missing("examples", x, "name", "date")
			cases = append(cases, &record{row: x.row, cells: map[string]string{}, rows: []*record{x}})
		default:
			var of *record
			for _, g := range cases {
				if x.get("name") == "" || g.rows[0].get("name") == x.get("name") {
					of = g
				}
			}
			if of == nil { // a sheet that was sorted
				for _, later := range rows {
					if later.get("role") == "line" && later.get("name") == x.get("name") && x.get("name") != "" {
						of = &record{}
						break
					}
				}
				if of == nil {
					r.fail("examples", x, &fault{"name", both("no example of this name has a row “line”; write the example’s name, or put the row below it", "aucun exemple de ce nom n’a de ligne «\u00a0ligne\u00a0»; écrivez le nom de l’exemple ou placez la ligne sous lui")})
				}
				continue
			}
			if role == "before" {
				r.missing("examples", x, "date")
			}
			of.rows = append(of.rows, x)
		}
	}
	// Of a sheet that was sorted: what stood above its example.
	for _, x := range rows {
		if role := x.get("role"); (role == "also" || role == "before") && x.get("name") != "" && !slices.ContainsFunc(cases, func(g *record) bool { return slices.Contains(g.rows, x) }) {
			if i := slices.IndexFunc(cases, func(g *record) bool { return g.rows[0].get("name") == x.get("name") }); i >= 0 {
				cases[i].rows = append(cases[i].rows, x)
			}
		}
	}
	for _, g := range cases {
		settle(g)
	}
	m.tests(usual, cases)
	r.result.Tests = splice(r.tests.raw, m.changes)
	if len(cases) == 0 {
		r.result.Tests = nil
	}
}

// load reads the text that came out, runs its tests, and puts what is wrong at the cells that say it.
func (r *reading) load(ctx context.Context) error {
	p, err := r.policy(ctx, r.result.Text)
	if ctx.Err() != nil {
		return ctx.Err()
	}
	var wrong rules.Mistakes
	switch {
	case errors.As(err, &wrong):
		r.rulesMistakes(wrong)
	case err != nil:
		r.mistake("", "", 0, both(err.Error(), err.Error()))
	}
	if r.wasText != nil {
		if bytes.Equal(r.wasText, r.result.Text) {
			r.result.Before = p
		} else if before, err := r.policy(ctx, r.wasText); err == nil {
			r.result.Before = before
		}
	}
	if p != nil {
		r.version(p)
		// While something else is to be corrected, how the examples come out says nothing.
		if r.result.Tests != nil && len(r.result.Mistakes) == 0 {
			if err := r.run(ctx, p); err != nil {
				return err
			}
		}
		if len(r.result.Mistakes) == 0 {
			r.verify()
		}
		if len(r.result.Mistakes) == 0 {
			r.result.Policy = p
		}
	}
	return ctx.Err()
}

func (r *reading) policy(ctx context.Context, raw []byte) (*rules.Policy, error) {
	first := true
	return rules.LoadWith(ctx, r.result.Name, rules.Options{Rows: r.o.Rows, Read: func(name string) ([]byte, error) {
		if first {
			first = false
			return raw, nil
		}
		if r.o.File == nil {
			return nil, fs.ErrNotExist
		}
		return r.o.File(name)
	}})
}

// verify holds what came out against the rows: nothing is in the text that no row says, and nothing is missing.
func (r *reading) verify() {
	doc, err := parseText(r.result.Text)
	if err != nil || !plainShape(doc) {
		r.mistake("", "", 0, notCarried)
		return
	}
	c := &conv{r.lang, r.merged.v}
	hold := func(t *tableSheet, secs []*section) {
		rows := r.merged.rowsInOrder(t.key)
		if len(rows) != len(secs) {
			r.mistake(r.tab(t.id), "", 0, notCarried)
			return
		}
		for i, rec := range t.records(c, doc, secs) {
			for _, f := range t.fields {
				want, _ := f.set(c, rows[i])
				got, _ := f.set(c, rec)
				if got != want && !(f.key == "when" && sameCondition(got, want)) {
					r.fail(t.id, rows[i], &fault{f.cols[0], notCarried})
				}
			}
			if rec.get("other") != strings.TrimSpace(rows[i].get("other")) {
				r.fail(t.id, rows[i], &fault{"other", notCarried})
			}
		}
	}
	hold(&guardrailTable, doc.all("guardrail"))
	var variants []*section
	for _, g := range doc.all("guardrail") {
		variants = append(variants, subsOf(g, "variant")...)
	}
	if rows := r.rowsOn("variants"); len(rows) != len(variants) {
		r.mistake(r.tab("variants"), "", 0, notCarried)
	}
	hold(&totalTable, doc.all("total"))
	hold(&listTable, doc.all("list"))
	hold(&exemptionTable, doc.all("exemption"))
	said := func(rows []*record) []string {
		var all []string
		for _, x := range rows {
			when, _ := conditionField("when", "whom", true).set(c, x)
			if n := parseCEL(strings.Trim(when, "'\n")); n != nil {
				when = n.canonical()
			}
			all = append(all, strings.Join([]string{x.get("limit"), x.get("amount"), x.get("from"), x.get("until"), when}, "\x00"))
		}
		slices.Sort(all)
		return all
	}
	if !slices.Equal(said(r.rowsOn("limits")), said(limitRecords(c, doc))) {
		r.mistake(r.tab("limits"), "", 0, notCarried)
	}
}

var notCarried = both("what this says could not be brought into the text; take it from a new workbook of the policy, and tell whoever runs Handrail", "ce qui est dit ici n’a pu être porté dans le texte; reprenez-le d’un nouveau classeur de la politique et avisez la personne qui exploite Handrail")

// sameCondition compares two conditions as they are quoted in a text.
func sameCondition(a, b string) bool {
	read := func(s string) *node { sc := scanner{raw: []byte(s)}; return parseCEL(sc.value().str) }
	return alike(read(a), read(b))
}

// version asks for another version where something changed.
func (r *reading) version(p *rules.Policy) {
	before := r.result.Before
	if before == nil || before.Version() != p.Version() || len(rules.Diff(before, p)) == 0 {
		return
	}
	for _, x := range r.rowsOn("about") {
		if x.get("key") == "version" {
			r.fail("about", x, &fault{"value", bothf("the policy changed and its version is still %s; write another one, which was never in force", "la politique a changé et sa version est toujours %s; écrivez-en une autre, qui n’a jamais été en vigueur", p.Version())})
		}
	}
}

// rulesMistakes puts the mistakes of the text at the cells that say them.
func (r *reading) rulesMistakes(wrong rules.Mistakes) {
	own := len(r.result.Mistakes) > 0
	doc, err := parseText(r.result.Text)
	for _, m := range wrong {
		if err != nil {
			if !own {
				r.mistake("", "", 0, bothf("the text that comes out is no TOML: %s (line %d)", "le texte obtenu n’est pas du TOML\u00a0: %s (ligne %d)", m.What, m.Line))
			}
			continue
		}
		id, row, col := r.locate(doc, r.merged, r.result.Text, m.Line, m.Column)
		words := m.Words()
		if row == nil {
			if own && id == "" {
				continue // what follows from a mistake that is told at its cell
			}
			r.mistake(r.tab(id), "", 0, words)
			continue
		}
		if r.anyFaulty(id, row) {
			continue
		}
		r.fail(id, row, &fault{col, words})
	}
}

func (r *reading) tab(id string) string {
	if rs := r.sheets[id]; rs != nil {
		return rs.tab
	}
	if id == "" {
		return ""
	}
	return sheetOf(id).name.In(r.lang)
}

// anyFaulty reports whether a row has a mistake: what the rules then say of it follows from that.
func (r *reading) anyFaulty(id string, row *record) bool {
	rs := r.sheets[id]
	return rs != nil && slices.ContainsFunc(r.result.Mistakes, func(m Mistake) bool { return m.Sheet == rs.tab && m.Row == row.row })
}

// locate finds the row and the column that say a place of the new text.
func (r *reading) locate(doc *text, m *merger, raw []byte, line, column int) (id string, row *record, col string) {
	at := offsetOf(raw, line, column)
	count := map[string]int{}
	var in *section
	var key string
	nth := 0
	for _, s := range doc.sections {
		k := strings.Join(s.path, ".")
		if s.array {
			count[k]++
		}
		if s.heading > at || len(s.path) > 0 && s.start > at {
			break
		}
		in, key, nth = s, k, count[k]
	}
	if in == nil {
		return "", nil, ""
	}
	entryKey := ""
	var e *entry
	for _, x := range in.keys {
		if x.start <= at && at < x.end {
			entryKey, e = x.path[0], x
		}
	}
	tables := map[string]*tableSheet{"guardrail": &guardrailTable, "guardrail.variant": &variantTable, "total": &totalTable, "list": &listTable, "exemption": &exemptionTable, "case": &caseTable, "limits_for": limitsForTable(m.v.limits)}
	if t := tables[key]; t != nil {
		rows := m.rowsInOrder(key)
		if nth < 1 || nth > len(rows) {
			return t.id, nil, ""
		}
		row = rows[nth-1]
		return t.id, row, r.columnOf(t, row, entryKey, raw, e, at)
	}
	switch {
	case key == "limits":
		for _, x := range r.rowsOn("limits") {
			if x.get("limit") == entryKey && x.get("whom") == "" {
				return "limits", x, "amount"
			}
		}
		return "limits", nil, ""
	case key == "case.line" || key == "case.history":
		rows := m.rowsInOrder("case")
		if n := count["case"]; n >= 1 && n <= len(rows) {
			return "examples", rows[n-1], "name"
		}
		return "examples", nil, ""
	case key == "line" || key == "request":
		for _, x := range r.rowsOn("examples") {
			if x.get("role") == "usual" {
				return "examples", x, entryKey
			}
		}
		return "examples", nil, ""
	}
	if rs := r.sheets["about"]; rs != nil {
		best, most := (*record)(nil), -1
		for _, x := range rs.rows {
			path := keyPath(append(slices.Clone(in.path), entryKey))
			if k := x.get("key"); (k == path || strings.HasPrefix(k, path+".") || entryKey == "" && strings.HasPrefix(k, keyPath(in.path)+".")) && len(path) > most {
				best, most = x, len(path)
			}
		}
		if best != nil {
			col = "value"
			if best.get("en") != "" || best.get("fr") != "" || best.get("key") == "approval.means" || best.get("key") == "approval.next_step" {
				col = "en"
				if e != nil && e.value.get("fr") != nil && at >= e.value.get("fr").start {
					col = "fr"
				}
			}
			return "about", best, col
		}
	}
	return "about", nil, ""
}

// columnOf is the column that says a key, of a text the language's.
func (r *reading) columnOf(t *tableSheet, row *record, key string, raw []byte, e *entry, at int) string {
	if t.key == "limits_for" && key != "" && key != "when" && key != "from" && key != "until" {
		for _, x := range row.rows {
			if x.get("limit") == key {
				*row = *x
			}
		}
		return "amount"
	}
	for _, f := range t.fields {
		if f.key != key {
			continue
		}
		switch {
		case key == "when" || key == "where":
			if row.get("cel") != "" {
				return "cel"
			}
			if t.id == "guardrails" {
				return r.sayingColumn(row)
			}
		case len(f.cols) == 2 && e != nil && e.value.get("fr") != nil && at >= e.value.get("fr").start:
			return f.cols[1]
		case key == "values":
			return "entry"
		case t.id == "examples" && !slices.Contains([]string{"name", "date", "outcome", "findings", "today"}, key):
			return "name"
		}
		return f.cols[0]
	}
	if key != "" {
		return "other"
	}
	if t.name != "" {
		return t.name
	}
	return t.fields[0].cols[0]
}

// sayingColumn is the column of a kind that most likely is at fault.
func (r *reading) sayingColumn(row *record) string {
	for _, col := range []string{"value", "what", "only"} {
		if row.get(col) != "" {
			return col
		}
	}
	return "kind"
}

func offsetOf(raw []byte, line, column int) int {
	at := 0
	for n := 1; n < line; n++ {
		i := strings.IndexByte(string(raw[at:]), '\n')
		if i < 0 {
			return len(raw)
		}
		at += i + 1
	}
	for i := range string(raw[at:]) {
		if column--; column <= 0 {
			return at + i
		}
	}
	return at
}

var outcomePattern = regexp.MustCompile(`^expected outcome (\w+), got (\w+)`)
var findingsPattern = regexp.MustCompile(`^expected findings \[(.*?)\], got \[(.*?)\]`)

// run judges the examples.
func (r *reading) run(ctx context.Context, p *rules.Policy) error {
	trials, err := rules.TrialsOf(ctx, p, r.result.TestName, r.result.Tests)
	doc, parseErr := parseText(r.result.Tests)
	var wrong rules.Mistakes
	switch {
	case ctx.Err() != nil:
		return ctx.Err()
	case parseErr != nil:
		r.mistake(r.tab("examples"), "", 0, bothf("the examples cannot be written: %s", "les exemples ne peuvent être écrits\u00a0: %s", parseErr))
		return nil
	case errors.As(err, &wrong):
		for _, m := range wrong {
			id, row, col := r.locate(doc, r.mergedT, r.result.Tests, m.Line, m.Column)
			if row == nil {
				r.mistake(r.tab("examples"), "", 0, m.Words())
				continue
			}
			if !r.anyFaulty(id, row) {
				r.fail(id, row, &fault{col, m.Words()})
			}
		}
		return nil
	case err != nil:
		r.mistake(r.tab("examples"), "", 0, both(err.Error(), err.Error()))
		return nil
	}
	failed := map[int]request.Text{}
	for _, f := range trials.Run().Failures {
		_, row, _ := r.locate(doc, r.mergedT, r.result.Tests, f.Line, f.Column)
		words, col := failureWords(f), "outcome"
		if findingsPattern.MatchString(f.What) {
			col = "findings"
		}
		if row == nil {
			r.mistake(r.tab("examples"), "", 0, words)
			continue
		}
		if _, told := failed[row.row]; told {
			continue
		}
		failed[row.row] = words
		r.fail("examples", row, &fault{col, words})
	}
	for _, g := range r.mergedT.rowsInOrder("case") {
		w, bad := failed[g.row]
		r.result.Examples = append(r.result.Examples, Example{Row: g.row, Passed: !bad, Words: w})
	}
	slices.SortFunc(r.result.Examples, func(a, b Example) int { return a.Row - b.Row })
	return nil
}

// failureWords say what came out instead.
func failureWords(m rules.Mistake) request.Text {
	w := m.Words()
	if g := outcomePattern.FindStringSubmatch(m.What); g != nil && w.EN == w.FR {
		return request.Text{EN: "this example should be " + g[1] + ", and came out " + g[2] + " (" + tail(m.What) + ")",
			FR: "cet exemple devrait être «\u00a0" + wordOf(outcomes, g[1], request.French) + "\u00a0» et est «\u00a0" + wordOf(outcomes, g[2], request.French) + "\u00a0» (" + tail(m.What) + ")"}
	}
	if g := findingsPattern.FindStringSubmatch(m.What); g != nil && w.EN == w.FR {
		return request.Text{EN: "this example should find [" + g[1] + "], and found [" + g[2] + "]", FR: "cet exemple devrait trouver [" + g[1] + "] et a trouvé [" + g[2] + "]"}
	}
	return w
}

// tail is what the findings say of a failure.
func tail(s string) string {
	_, after, ok := strings.Cut(s, "\n")
	if !ok {
		return "—"
	}
	return strings.Join(strings.Fields(after), " ")
}

func (r *reading) sort() {
	index := map[string]int{}
	for i, info := range r.book.Sheets() {
		index[info.Name] = i
	}
	order := func(a, b Mistake) int {
		return cmp.Or(index[a.Sheet]-index[b.Sheet], a.Row-b.Row, cmp.Compare(len(a.Cell), len(b.Cell)), cmp.Compare(a.Cell, b.Cell))
	}
	slices.SortStableFunc(r.result.Mistakes, order)
	slices.SortStableFunc(r.result.Notes, order)
}

var _ = fmt.Sprint
