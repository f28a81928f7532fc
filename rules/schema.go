package rules

import (
	"context"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"time"
	"unicode"

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
	idLine   map[string]int // the line of each guardrail's id
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
		s.fault(tables[mostOf].at, where, "there are %d %s, and at most %d are read", "il y a %d entrées %s, et au plus %d sont lues", len(tables), key, mostOf)
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
	s.keys(root, "", "name", "version", "currency", "fiscal_year_starts", "holidays", "section_32", "languages", "authority", "approval", "limits", "limits_for",
		"total", "list", "aliases", "guardrail", "exemption", "attestation", "words")
	s.head(root)
	s.attestation(root)
	s.words(root)
	s.limits(root)
	s.totals(root)
	s.lists(root)
	s.aliases(root)
	c, err := newCompiler(s.p)
	if err != nil {
		s.wrong(0, "", errorWords(err))
		return
	}
	s.compiler = c
	s.overrides(ctx, root)
	s.wheres(ctx, root)
	s.guardrails(ctx, root)
	s.exemptions(ctx, root)
	if s.fresh && len(s.mistakes) == 0 && ctx.Err() == nil {
		s.lints(root)
	}
	s.p.slots = make([]source, len(c.slots))
	for from, i := range c.slots {
		s.p.slots[i] = from
	}
}

// usualTakenBackDays is for how long an approval that was taken back counts on in totals where the policy does not say.
const usualTakenBackDays = 60

func (s *schema) head(root *table) {
	p := s.p
	p.languages = s.languages(root)
	p.name = s.textOrBoth(root, "", "name", true)
	var v *value
	if p.version, v = s.text(root, "", "version", true); v != nil && p.version != strings.TrimSpace(p.version) {
		s.fault(v.at, "", "there is a space at an end of the version, which nobody sees, so that it looks like another one: write version = %q", "il y a au bout de la version une espace que personne ne voit, si bien qu’elle ressemble à une autre\u00a0: écrivez version = %q", strings.TrimSpace(p.version))
	}
	if p.currency, v = s.text(root, "", "currency", true); v != nil {
		if _, ok := request.MinorDigits(p.currency); !ok || p.currency != strings.ToUpper(p.currency) {
			s.fault(v.at, "", "currency must be a code of ISO 4217, three capital letters such as \"CAD\", not %q%s", "currency doit être un code ISO 4217 de trois lettres, comme \"CAD\", et non %q%s", p.currency, currencyHint(p.currency))
			p.currency = ""
		}
	}
	p.fiscalStart = time.April
	if n, ok := s.whole(root, "", "fiscal_year_starts", 1, 12); ok {
		p.fiscalStart = time.Month(n)
	}
	if p.region, v = s.text(root, "", "holidays", false); v != nil {
		if _, ok := p.calendar.regions[p.region]; !ok {
			s.fault(v.at, "", "no holidays are known for the region %q%s", "aucun jour férié n’est connu pour la région %q%s", p.region, meant(p.region, p.calendar.names()))
		}
	}
	switch asked, v := s.text(root, "", "section_32", false); {
	case v == nil || asked == "declared":
	case asked == "confirmed":
		p.confirms = true
	case asked == "told":
		p.tells = true
	default:
		s.fault(v.at, "", "section_32 is \"told\" (the manager named is told by mail and may say no), \"declared\" (the form says who authorized the money) or \"confirmed\" (the manager named confirms by mail), not %q", "section_32 vaut \"told\" (la personne nommée est avisée par courriel et peut refuser), \"declared\" (le formulaire dit qui a autorisé la dépense) ou \"confirmed\" (la personne nommée confirme par courriel), et non %q", asked)
	}
	if v := s.get(root, "", "authority", unstable.InlineTable, true); v != nil {
		t, where := v.table, "authority"
		s.keys(t, where, "name", "title", "reference", "date")
		name, title := s.textOrBoth(t, where, "name", true), s.textOrBoth(t, where, "title", true)
		p.authority.Name, p.authority.NameFR = name.EN, unlessSame(name)
		p.authority.Title, p.authority.TitleFR = title.EN, unlessSame(title)
		p.authority.Reference, _ = s.text(t, where, "reference", true)
		p.authority.Date = s.date(t, where, "date", true)
	}
	p.takenBackDays = usualTakenBackDays
	if v := s.get(root, "", "approval", unstable.InlineTable, true); v != nil {
		s.keys(v.table, "approval", "means", "next_step", "taken_back_days")
		if n, ok := s.whole(v.table, "approval", "taken_back_days", 0, 3660); ok {
			p.takenBackDays = n
		}
		p.means, _ = s.both(v.table, "approval", "means", true)
		var places *table
		p.nextStep, places = s.both(v.table, "approval", "next_step", true)
		for _, l := range p.languages.Of() {
			lang, text := string(l), p.nextStep.In(l)
			if text != "" && !strings.Contains(text, "{reference}") {
				s.fault(places.entries[lang].at, "approval", "next_step.%s must say {reference}, the number of the line", "next_step.%s doit dire {reference}, le numéro de la ligne", lang)
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
		s.fault(v.at, "limits", "there are %d limits, and at most %d are read", "il y a %d limites, et au plus %d sont lues", n, mostOf)
		return
	}
	for _, name := range v.table.keys {
		entry := v.table.entries[name]
		where := fmt.Sprintf("limit %q", name)
		if !namePattern.MatchString(name) {
			s.fault(entry.keyAt, where, "a limit's name is made of small letters, digits and _", "le nom d’une limite se compose de minuscules sans accent, de chiffres et de _")
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
		s.fault(v.at, where, "there are %d amounts, and at most %d are read", "il y a %d montants, et au plus %d sont lus", n, mostOf)
		return nil
	}
	for _, item := range v.array {
		if item.table == nil {
			s.fault(item.at, where, "%s must hold amounts with dates, such as { amount = \"10000.00\", from = 2026-04-01 }", "%s doit contenir des montants datés, comme { amount = \"10000.00\", from = 2026-04-01 }", name)
			continue
		}
		s.keys(item.table, where, "amount", "from", "until")
		a := datedAmount{span: s.span(item.table, where)}
		amount := item.table.entries["amount"]
		if amount == nil {
			s.fault(item.at, where, "amount is missing", "il manque amount")
			continue
		}
		var ok bool
		if a.amount, ok = s.money(amount, where, "amount", s.p.currency); !ok {
			continue
		}
		for _, other := range amounts {
			if overlap(other.span, a.span) {
				begins := a.from
				if begins.Before(other.from) {
					begins = other.from
				}
				if begins.IsZero() {
					s.fault(item.at, where, "two amounts are in force on the same day: let the later one begin, from = …, and the earlier one end on that day, until = …", "deux montants sont en vigueur le même jour\u00a0: faites commencer le second, from = …, et finir le premier ce jour-là, until = …")
				} else {
					s.fault(item.at, where, "two amounts are in force on the same day, %s: let the one end where the other begins, until = %s", "deux montants sont en vigueur le même jour, le %s\u00a0: faites finir l’un où l’autre commence, until = %s", begins, begins)
				}
				break
			}
		}
		amounts = append(amounts, a)
	}
	if len(v.array) == 0 {
		s.fault(v.at, where, "%s holds no amount", "%s ne contient aucun montant", name)
	}
	return amounts
}

// overlap reports whether two spans share a day.
func overlap(a, b span) bool {
	before := func(until, from request.Date) bool { return !until.IsZero() && !from.IsZero() && !from.Before(until) }
	return !before(a.until, b.from) && !before(b.until, a.from)
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

// expression compiles the expression under a key and places its faults.
func (s *schema) expression(t *table, where, key string, required bool) *expression {
	text, v := s.text(t, where, key, required)
	if v == nil {
		return nil
	}
	if strings.TrimSpace(text) == "" {
		s.fault(v.at, where, "%s is empty", "%s est vide", key)
		return nil
	}
	if len(text) > longestWhen {
		s.fault(v.at, where, "%s is longer than %d characters: split it into several guardrails", "%s dépasse %d caractères : répartissez la condition entre plusieurs balises", key, longestWhen)
		return nil
	}
	text = plainSpaces(text)
	x, faults := s.compiler.compile(text)
	for _, f := range faults {
		s.wrong(v.inside(f.at), where, f.what)
	}
	if x != nil {
		if s.fresh {
			x.remarks = append(x.remarks, s.compiler.lint(text)...)
		}
		for _, f := range x.remarks {
			s.p.remarks = append(s.p.remarks, s.doc.mistake(v.inside(f.at), where, f.what))
		}
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
				s.fault(t.entries["when"].at, where, "when decides over limits and cannot read them", "when décide des limites et ne peut pas les lire")
			}
		} else if present(t, "from", "until") == 0 {
			s.fault(t.at, where, "when is missing", "il manque when")
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
				s.fault(t.entries[k].keyAt, where, "there is no limit %q%s", "il n’y a pas de limite %q%s", k, meant(k, names))
				continue
			}
			if d, ok := s.money(t.entries[k], where, k, s.p.currency); ok {
				o.amounts[at] = d
			}
		}
		if present(t, t.keys...)-present(t, "when", "from", "until") == 0 {
			s.fault(t.at, where, "it changes no limit", "elle ne change aucune limite")
		}
		s.p.overrides = append(s.p.overrides, o)
	}
}

func (s *schema) guardrails(ctx context.Context, root *table) {
	tables := s.several(root, "", "guardrail")
	if v := root.entries["guardrail"]; v == nil || v.kind == unstable.Array && len(v.array) == 0 {
		s.fault(0, "", "a policy needs at least one [[guardrail]]: without one it would approve everything", "une politique demande au moins une balise, [[guardrail]] : sans balise, elle approuverait tout")
	}
	for i, t := range tables {
		if ctx.Err() != nil {
			return
		}
		where := fmt.Sprintf("guardrail %d", i+1)
		id, at := s.text(t, where, "id", true)
		if id != "" {
			where = fmt.Sprintf("guardrail %q", id)
			t.at = at.keyAt
		}
		s.keys(t, where, "id", "on", "action", "when", "fields", "title", "message", "officer", "source", "from", "until", "variant", "reason")
		if at != nil {
			s.checkID(id, at, where)
		}
		if at != nil && s.idLine[id] == 0 {
			if s.idLine == nil {
				s.idLine = map[string]int{}
			}
			s.idLine[id], _ = s.doc.place(at.at)
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
		if v := s.get(t, where, "on", unstable.Bool, false); v != nil {
			g.off = v.text == "false"
		}
		if g.when != nil {
			g.asks = g.when.onlyAsks()
		}
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
		s.fault(at.at, where, "an id is made of small letters, digits and hyphens: write id = %q", "un id se compose de minuscules sans accent, de chiffres et de traits d’union : écrivez id = %q", plainID(id))
	case slices.ContainsFunc(s.p.guardrails, func(g *guardrail) bool { return g.id == id }):
		s.fault(at.at, where, "there is already a guardrail with this id, on line %d: give this one another", "une autre balise porte déjà cet id, à la ligne %d : donnez-en un autre à celle-ci", s.idLine[id])
	}
	for _, b := range builtIns {
		if b.id == id {
			s.fault(at.at, where, "this id belongs to a finding that is built in", "cet id est celui d’un constat que Handrail fait lui-même")
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
			s.fault(v.at, where, "there is no field of the form %q%s", "le formulaire n’a pas de champ %q%s", v.text, meant(v.text, names))
			continue
		}
		fields = append(fields, f)
	}
	return fields
}

// message reads a message with places, and places the faults of either language.
func (s *schema) message(t *table, where, key string, required bool) *template {
	text, places := s.both(t, where, key, required)
	if places == nil || text.IsZero() {
		return nil
	}
	m, en, fr := s.compiler.template(text)
	for lang, faults := range map[string][]fault{"en": en, "fr": fr} {
		if !s.p.speaks(request.Lang(lang)) {
			continue
		}
		for _, f := range faults {
			s.fault(places.entries[lang].inside(f.at), where, "%s.%s: %s", "%s.%s : %s", key, lang, f.what)
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
		x.grantedBy = s.textOrBoth(t, where, "granted_by", true)
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
			s.fault(v.at, where, "there is no guardrail %q%s", "il n’y a pas de balise %q%s", id, meant(id, ids))
			continue
		}
		s.p.guardrails[at].exemptions = append(s.p.guardrails[at].exemptions, x)
	}
}

// plainID is an id as it may be written, of one that was written otherwise.
func plainID(id string) string {
	var words []string
	for _, word := range strings.FieldsFunc(id, func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) }) {
		if folded := request.Fold(word); folded != "" {
			words = append(words, folded)
		}
	}
	if plain := strings.Join(words, "-"); idPattern.MatchString(plain) {
		return plain
	}
	return "value-limit"
}

// currencyHint is the code that was probably meant.
func currencyHint(text string) request.Text {
	for _, word := range strings.FieldsFunc(strings.ToUpper(text), func(r rune) bool { return r < 'A' || r > 'Z' }) {
		if code := map[string]string{"CAN": "CAD", "EURO": "EUR", "EUROS": "EUR", "DOLLARS": "CAD", "POUND": "GBP", "POUNDS": "GBP", "US": "USD"}[word]; code != "" {
			return inBoth("; did you mean %q?", "; vouliez-vous écrire %q?", code)
		}
		if _, ok := request.MinorDigits(word); ok && len(word) == 3 {
			return inBoth("; did you mean %q?", "; vouliez-vous écrire %q?", word)
		}
	}
	return request.Text{}
}

// languages reads which languages the policy's texts are in.
func (s *schema) languages(root *table) request.Languages {
	var all request.Languages
	for _, v := range s.texts(root, "", "languages", false) {
		l := request.Lang(v.text)
		switch {
		case !slices.Contains(request.AllLanguages, l):
			s.fault(v.at, "", "languages takes \"en\" and \"fr\", not %q%s", "languages accepte \"en\" et \"fr\", et non %q%s", v.text, meant(v.text, []string{"en", "fr"}))
		case slices.Contains(all, l):
			s.fault(v.at, "", "%q is there twice", "%q figure deux fois", v.text)
		default:
			all = append(all, l)
		}
	}
	if v := root.entries["languages"]; v != nil && v.kind == unstable.Array && len(v.array) == 0 {
		s.fault(v.at, "", "languages is empty: write languages = [\"en\"], [\"fr\"] or [\"en\", \"fr\"]", "languages est vide : écrivez languages = [\"en\"], [\"fr\"] ou [\"en\", \"fr\"]")
	}
	if len(all) == len(request.AllLanguages) {
		s.speaks = nil
		if all[0] == request.English {
			return nil
		}
		return all
	}
	s.speaks = all
	return all
}

// plainSpaces is a condition with plain spaces for those that word processors type, outside its texts. Nobody sees the difference.
func plainSpaces(text string) string {
	quote := rune(0)
	return strings.Map(func(r rune) rune {
		switch {
		case quote != 0:
			if r == quote {
				quote = 0
			}
		case r == '"' || r == '\'':
			quote = r
		case r == '\u00a0' || r == '\u202f' || r == '\u2007' || r == '\u2009':
			return ' '
		}
		return r
	}, text)
}
