package rules

import (
	"context"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/pelletier/go-toml/v2/unstable"
	"github.com/shopspring/decimal"

	"handrail/internal/request"
)

// schema reads a policy's document into a Policy. It goes on after every mistake, so that all of them come at once.
type schema struct {
	*reader
	p        *Policy
	rows     func(name, sheet string) ([][]string, error)
	compiler *compiler
}

// mostOf bounds each kind of thing that a policy has several of, and the amounts of one limit: each is held against all of
// another kind, or of its own. The largest policy that we know has some forty guardrails.
const mostOf = 1000

// longestWhen bounds an expression, in bytes.
const longestWhen = 10_000

// several reads [[key]], no more of them than mostOf.
func (s *schema) several(t *table, where, key string) []*table {
	tables := s.tables(t, where, key)
	if len(tables) > mostOf {
		s.fault(tables[mostOf].at, where, "there are %d %s, and at most %d are read", len(tables), key, mostOf)
		return tables[:mostOf]
	}
	return tables
}

var (
	idPattern   = regexp.MustCompile(`^[a-z][a-z0-9]*(-[a-z0-9]+)*$`)
	namePattern = regexp.MustCompile(`^[a-z][a-z0-9_]*$`)
)

// read goes through the document in the order in which things depend on each other: names first, expressions after.
func (s *schema) read(ctx context.Context) {
	root := s.doc.root
	s.keys(root, "", "name", "version", "currency", "fiscal_year_starts", "holidays", "section_32", "authority", "approval", "limits", "limits_for",
		"total", "list", "aliases", "guardrail", "exemption")
	s.head(root)
	s.limits(root)
	s.totals(root)
	s.lists(root)
	s.aliases(root)
	c, err := newCompiler(s.p)
	if err != nil {
		s.fault(0, "", "%s", err)
		return
	}
	s.compiler = c
	s.overrides(ctx, root)
	s.guardrails(ctx, root)
	s.exemptions(ctx, root)
	s.p.slots = make([]source, len(c.slots))
	for from, i := range c.slots {
		s.p.slots[i] = from
	}
}

func (s *schema) head(root *table) {
	p := s.p
	p.name, _ = s.text(root, "", "name", true)
	p.version, _ = s.text(root, "", "version", true)
	var v *value
	if p.currency, v = s.text(root, "", "currency", true); v != nil {
		if _, ok := request.MinorDigits(p.currency); !ok || p.currency != strings.ToUpper(p.currency) {
			s.fault(v.at, "", "currency must be a code of ISO 4217 such as \"CAD\", not %q", p.currency)
			p.currency = ""
		}
	}
	p.fiscalStart = time.April
	if n, ok := s.whole(root, "", "fiscal_year_starts", 1, 12); ok {
		p.fiscalStart = time.Month(n)
	}
	if p.region, v = s.text(root, "", "holidays", false); v != nil {
		if _, ok := p.calendar.regions[p.region]; !ok {
			s.fault(v.at, "", "no holidays are known for the region %q%s", p.region, meant(p.region, p.calendar.names()))
		}
	}
	switch asked, v := s.text(root, "", "section_32", false); {
	case v == nil || asked == "declared":
	case asked == "confirmed":
		p.confirms = true
	default:
		s.fault(v.at, "", "section_32 is \"declared\" (the form says who authorized the money) or \"confirmed\" (the manager named confirms by mail), not %q", asked)
	}
	if v := s.get(root, "", "authority", unstable.InlineTable, true); v != nil {
		t, where := v.table, "authority"
		s.keys(t, where, "name", "title", "reference", "date")
		p.authority.Name, _ = s.text(t, where, "name", true)
		p.authority.Title, _ = s.text(t, where, "title", true)
		p.authority.Reference, _ = s.text(t, where, "reference", true)
		p.authority.Date = s.date(t, where, "date", true)
	}
	if v := s.get(root, "", "approval", unstable.InlineTable, true); v != nil {
		s.keys(v.table, "approval", "means", "next_step")
		p.means, _ = s.both(v.table, "approval", "means", true)
		var places *table
		p.nextStep, places = s.both(v.table, "approval", "next_step", true)
		for lang, text := range map[string]string{"en": p.nextStep.EN, "fr": p.nextStep.FR} {
			if text != "" && !strings.Contains(text, "{reference}") {
				s.fault(places.entries[lang].at, "approval", "next_step.%s must say {reference}, the number of the line", lang)
			}
		}
	}
}

// limits reads [limits]: name = "10000.00", or a list of amounts with their days.
func (s *schema) limits(root *table) {
	v := s.get(root, "", "limits", unstable.InlineTable, false)
	if v == nil {
		return
	}
	if n := len(v.table.keys); n > mostOf {
		s.fault(v.at, "limits", "there are %d limits, and at most %d are read", n, mostOf)
		return
	}
	for _, name := range v.table.keys {
		entry := v.table.entries[name]
		where := fmt.Sprintf("limit %q", name)
		if !namePattern.MatchString(name) {
			s.fault(entry.keyAt, where, "a limit's name is made of small letters, digits and _")
			continue
		}
		l := limit{name: name}
		switch entry.kind {
		case unstable.Array:
			l.amounts = s.datedAmounts(entry, where, name)
		default:
			if d, ok := s.money(entry, where, name, s.p.currency); ok {
				l.amounts = []datedAmount{{amount: d}}
			}
		}
		s.p.limits = append(s.p.limits, l)
	}
}

func (s *schema) datedAmounts(v *value, where, name string) []datedAmount {
	var amounts []datedAmount
	if n := len(v.array); n > mostOf {
		s.fault(v.at, where, "there are %d amounts, and at most %d are read", n, mostOf)
		return nil
	}
	for _, item := range v.array {
		if item.table == nil {
			s.fault(item.at, where, "%s must hold amounts with dates, such as { amount = \"10000.00\", from = 2026-04-01 }", name)
			continue
		}
		s.keys(item.table, where, "amount", "from", "until")
		a := datedAmount{span: s.span(item.table, where)}
		amount := item.table.entries["amount"]
		if amount == nil {
			s.fault(item.at, where, "amount is missing")
			continue
		}
		var ok bool
		if a.amount, ok = s.money(amount, where, "amount", s.p.currency); !ok {
			continue
		}
		for _, other := range amounts {
			if overlap(other.span, a.span) {
				s.fault(item.at, where, "two amounts are in force on the same day")
				break
			}
		}
		amounts = append(amounts, a)
	}
	if len(v.array) == 0 {
		s.fault(v.at, where, "%s holds no amount", name)
	}
	return amounts
}

// overlap reports whether two spans share a day.
func overlap(a, b span) bool {
	before := func(until, from request.Date) bool { return !until.IsZero() && !from.IsZero() && !from.Before(until) }
	return !before(a.until, b.from) && !before(b.until, a.from)
}

func (s *schema) totals(root *table) {
	for i, t := range s.several(root, "", "total") {
		where := fmt.Sprintf("total %d", i+1)
		name, nameAt := s.text(t, where, "name", true)
		if name != "" {
			where = fmt.Sprintf("total %q", name)
		}
		s.keys(t, where, "name", "by", "days", "period", "scope")
		spec := request.TotalSpec{Name: name, Scope: request.Everywhere}
		if nameAt != nil && !namePattern.MatchString(name) {
			s.fault(nameAt.at, where, "a total's name is made of small letters, digits and _")
		}
		if slices.ContainsFunc(s.p.totals, func(o request.TotalSpec) bool { return o.Name == name }) && name != "" {
			s.fault(nameAt.at, where, "there is already a total of this name")
		}
		for _, by := range s.texts(t, where, "by", true) {
			header, extra := cutExtra(by.text)
			switch {
			case extra && request.CompareForm(header) != "":
			case !slices.Contains(request.TotalBy(), by.text):
				s.fault(by.at, where, "lines cannot be added up by %q: by takes %s, and extra.Header%s", by.text,
					strings.Join(request.TotalBy(), ", "), meant(by.text, request.TotalBy()))
				continue
			case slices.Contains(spec.By, by.text):
				s.fault(by.at, where, "%q is there twice", by.text)
				continue
			}
			spec.By = append(spec.By, by.text)
		}
		if v := t.entries["by"]; v != nil && v.kind == unstable.Array && len(v.array) == 0 {
			s.fault(v.at, where, "by is empty: say what lines must have in common")
		}
		if scope, v := s.choice(t, where, "scope", false, string(request.Everywhere), string(request.Workbook), string(request.Elsewhere)); v != nil {
			spec.Scope = request.Scope(scope)
		}
		spec.Days, _ = s.whole(t, where, "days", 1, 3660)
		spec.Period, _ = s.choice(t, where, "period", false, "quarter", "year")
		switch windows := present(t, "days", "period"); {
		case spec.Scope == request.Workbook && windows > 0:
			s.fault(t.at, where, "a total over one workbook has neither days nor a period")
		case spec.Scope != request.Workbook && windows != 1:
			s.fault(t.at, where, "say either days or period")
		}
		s.p.totals = append(s.p.totals, spec)
	}
}

func present(t *table, keys ...string) int {
	n := 0
	for _, k := range keys {
		if t.entries[k] != nil {
			n++
		}
	}
	return n
}

func (s *schema) lists(root *table) {
	for i, t := range s.several(root, "", "list") {
		where := fmt.Sprintf("list %d", i+1)
		name, nameAt := s.text(t, where, "name", true)
		if name != "" {
			where = fmt.Sprintf("list %q", name)
		}
		s.keys(t, where, "name", "file", "sheet", "column", "values", "as", "near")
		if nameAt != nil && !namePattern.MatchString(name) {
			s.fault(nameAt.at, where, "a list's name is made of small letters, digits and _")
		}
		if s.p.lists[name] != nil {
			s.fault(nameAt.at, where, "there is already a list of this name")
		}
		as, _ := s.choice(t, where, "as", false, "text", "supplier", "host")
		near, ok := s.whole(t, where, "near", 50, 100)
		if !ok {
			near = 85
		}
		var entries []string
		switch present(t, "file", "values") {
		case 1:
			entries = s.entries(t, where)
		default:
			s.fault(t.at, where, "say either file or values")
		}
		if name != "" {
			s.p.lists[name] = newList(name, as, near, entries)
		}
	}
}

// entries are what a list holds: its values, or a column of its file.
func (s *schema) entries(t *table, where string) []string {
	var entries []string
	for _, v := range s.texts(t, where, "values", false) {
		entries = append(entries, v.text)
	}
	file, v := s.text(t, where, "file", false)
	if v == nil {
		if t.entries["file"] != nil && len(entries) == 0 {
			s.fault(t.entries["file"].at, where, "file is empty")
		}
		return entries
	}
	sheet, _ := s.text(t, where, "sheet", false)
	header, _ := s.text(t, where, "column", false)
	rows, err := s.rows(file, sheet)
	if err == nil {
		entries, err = column(rows, header)
	}
	if err != nil {
		s.fault(v.at, where, "%s: %s", file, err)
	}
	return entries
}

// aliases reads [aliases]: other addresses of the same person.
func (s *schema) aliases(root *table) {
	v := s.get(root, "", "aliases", unstable.InlineTable, false)
	if v == nil {
		return
	}
	for _, k := range v.table.keys {
		entry := v.table.entries[k]
		if entry.kind != unstable.String || !strings.Contains(entry.text, "@") || !strings.Contains(k, "@") {
			s.fault(entry.at, "aliases", "write \"other.address@example.ca\" = \"main.address@example.ca\"")
			continue
		}
		s.p.aliases[strings.ToLower(k)] = strings.ToLower(entry.text)
	}
	told := map[string]bool{}
	for _, k := range v.table.keys {
		folded := strings.ToLower(k)
		a, ok := s.p.aliases[folded]
		if _, chained := s.p.aliases[a]; ok && chained && !told[folded] {
			told[folded] = true
			s.fault(v.table.entries[k].at, "aliases", "%s is itself an alias: name the main address", a)
		}
	}
}

// expression compiles the expression under a key and places its faults.
func (s *schema) expression(t *table, where, key string, required bool) *expression {
	text, v := s.text(t, where, key, required)
	if v == nil {
		return nil
	}
	if strings.TrimSpace(text) == "" {
		s.fault(v.at, where, "%s is empty", key)
		return nil
	}
	if len(text) > longestWhen {
		s.fault(v.at, where, "%s is longer than %d characters: split it into several guardrails", key, longestWhen)
		return nil
	}
	x, faults := s.compiler.compile(text)
	for _, f := range faults {
		s.fault(v.inside(f.at), where, "%s", f.what)
	}
	return x
}

func (s *schema) overrides(ctx context.Context, root *table) {
	for i, t := range s.several(root, "", "limits_for") {
		if ctx.Err() != nil {
			return
		}
		where := fmt.Sprintf("limits_for %d", i+1)
		o := override{span: s.span(t, where), amounts: map[int]decimal.Decimal{}, place: where}
		if t.entries["when"] != nil {
			o.when = s.expression(t, where, "when", true)
			if o.when != nil && len(o.when.reads.limits) > 0 {
				s.fault(t.entries["when"].at, where, "when decides over limits and cannot read them")
			}
		} else if present(t, "from", "until") == 0 {
			s.fault(t.at, where, "when is missing")
		}
		for _, k := range t.keys {
			if k == "when" || k == "from" || k == "until" {
				continue
			}
			at := slices.IndexFunc(s.p.limits, func(l limit) bool { return l.name == k })
			if at < 0 {
				var names []string
				for _, l := range s.p.limits {
					names = append(names, l.name)
				}
				s.fault(t.entries[k].keyAt, where, "there is no limit %q%s", k, meant(k, names))
				continue
			}
			if d, ok := s.money(t.entries[k], where, k, s.p.currency); ok {
				o.amounts[at] = d
			}
		}
		if present(t, t.keys...)-present(t, "when", "from", "until") == 0 {
			s.fault(t.at, where, "it changes no limit")
		}
		s.p.overrides = append(s.p.overrides, o)
	}
}

func (s *schema) guardrails(ctx context.Context, root *table) {
	tables := s.several(root, "", "guardrail")
	if v := root.entries["guardrail"]; v == nil || v.kind == unstable.Array && len(v.array) == 0 {
		s.fault(0, "", "a policy needs at least one [[guardrail]]: without one it would approve everything")
	}
	for i, t := range tables {
		if ctx.Err() != nil {
			return
		}
		where := fmt.Sprintf("guardrail %d", i+1)
		id, at := s.text(t, where, "id", true)
		if id != "" {
			where = fmt.Sprintf("guardrail %q", id)
		}
		s.keys(t, where, "id", "action", "when", "fields", "title", "message", "officer", "source", "from", "until", "variant", "reason")
		if at != nil {
			s.checkID(id, at, where)
		}
		g := &guardrail{id: id, span: s.span(t, where)}
		g.action = s.action(t, where)
		g.when = s.expression(t, where, "when", true)
		g.fields = s.fields(t, where)
		g.title, _ = s.both(t, where, "title", true)
		if m := s.message(t, where, "message", true); m != nil {
			g.message = *m
		}
		g.officer = s.message(t, where, "officer", false)
		g.source = s.textOrBoth(t, where, "source", true)
		for _, vt := range s.several(t, where, "variant") {
			s.keys(vt, where, "when", "action", "message", "officer")
			v := variant{when: s.expression(vt, where, "when", true), action: s.action(vt, where), message: s.message(vt, where, "message", false),
				officer: s.message(vt, where, "officer", false)}
			g.variants = append(g.variants, v)
		}
		g.reasoned = s.reasoned(t, where, g)
		s.p.guardrails = append(s.p.guardrails, g)
	}
}

// reasoned reads whether an approval must say why. Left out, it must for splitting and where the supplier is a public
// servant, which auditors ask about first.
func (s *schema) reasoned(t *table, where string, g *guardrail) bool {
	if v := s.get(t, where, "reason", unstable.Bool, false); v != nil {
		return v.text == "true"
	}
	asksWho := g.when != nil && slices.ContainsFunc(g.when.reads.sources, func(f source) bool { return f.kind == fieldSource && f.field == request.PublicServant })
	return asksWho || strings.HasPrefix(g.id, "split")
}

func (s *schema) checkID(id string, at *value, where string) {
	switch {
	case !idPattern.MatchString(id):
		s.fault(at.at, where, "an id is made of small letters, digits and hyphens")
	case slices.ContainsFunc(s.p.guardrails, func(g *guardrail) bool { return g.id == id }):
		s.fault(at.at, where, "there is already a guardrail with this id")
	}
	for _, b := range builtIns {
		if b.id == id {
			s.fault(at.at, where, "this id belongs to a finding that is built in")
		}
	}
}

func (s *schema) action(t *table, where string) request.Action {
	a, _ := s.choice(t, where, "action", true, string(request.Note), string(request.Escalate), string(request.Return))
	return request.Action(a)
}

// fields reads where the workbook is marked.
func (s *schema) fields(t *table, where string) []request.Field {
	var fields []request.Field
	for _, v := range s.texts(t, where, "fields", false) {
		f, ok := request.FieldByName(v.text)
		if !ok {
			var names []string
			for _, info := range request.Fields() {
				names = append(names, info.Name)
			}
			s.fault(v.at, where, "there is no field of the form %q%s", v.text, meant(v.text, names))
			continue
		}
		fields = append(fields, f)
	}
	return fields
}

// message reads a message with places, and places the faults of either language.
func (s *schema) message(t *table, where, key string, required bool) *template {
	text, places := s.both(t, where, key, required)
	if places == nil {
		return nil
	}
	m, en, fr := s.compiler.template(text)
	for lang, faults := range map[string][]fault{"en": en, "fr": fr} {
		for _, f := range faults {
			s.fault(places.entries[lang].inside(f.at), where, "%s.%s: %s", key, lang, f.what)
		}
	}
	return &m
}

func (s *schema) exemptions(ctx context.Context, root *table) {
	for i, t := range s.several(root, "", "exemption") {
		if ctx.Err() != nil {
			return
		}
		where := fmt.Sprintf("exemption %d", i+1)
		s.keys(t, where, "guardrail", "when", "granted_by", "reference", "from", "until")
		x := exemption{span: s.span(t, where)}
		id, v := s.text(t, where, "guardrail", true)
		x.grantedBy, _ = s.text(t, where, "granted_by", true)
		x.reference, _ = s.text(t, where, "reference", true)
		if t.entries["when"] != nil {
			x.when = s.expression(t, where, "when", true)
		}
		if v == nil {
			continue
		}
		at := slices.IndexFunc(s.p.guardrails, func(g *guardrail) bool { return g.id == id })
		if at < 0 {
			var ids []string
			for _, g := range s.p.guardrails {
				ids = append(ids, g.id)
			}
			s.fault(v.at, where, "there is no guardrail %q%s", id, meant(id, ids))
			continue
		}
		s.p.guardrails[at].exemptions = append(s.p.guardrails[at].exemptions, x)
	}
}
