package rules

import (
	"bytes"
	"encoding/json"
	"slices"
	"strings"

	"handrail/internal/request"
)

// Change is one thing that is otherwise in the second of two policies.
type Change struct {
	// Part is what it is about: "policy", "authority", "approval", "limit", "limits_for", "total", "list", "alias",
	// "guardrail", "exemption" or "data" (holidays, licences, helpers).
	Part string `json:"part"`
	// Name is the name or the id within the part, "" where there is none.
	Name string `json:"name,omitempty"`
	// Kind is "added", "removed" or "changed".
	Kind string `json:"kind"`
	// What is the key that changed: "amount", "action", "when", "message.en", …; "" for what was added or removed whole.
	What   string        `json:"what,omitempty"`
	Before *request.Text `json:"before,omitempty"`
	After  *request.Text `json:"after,omitempty"`
	// Words say it to an officer, a sentence or two.
	Words request.Text `json:"words"`
}

// The kinds of changes.
const (
	Added   = "added"
	Removed = "removed"
	Changed = "changed"
)

// DiffWords are the words of Diff; none where one of the two is nil.
func DiffWords(a, b *Policy) (words []request.Text) {
	if a == nil || b == nil {
		return nil
	}
	for _, change := range Diff(a, b) {
		words = append(words, change.Words)
	}
	return words
}

// Diff says in words what is otherwise in b than in a: limits, totals, lists, guardrails with their actions, conditions,
// texts, sources, dates and exemptions, and the data that come with the program. The order of guardrails, comments and
// layout are no change, for they change no outcome.
func Diff(a, b *Policy) []Change {
	d := &differ{a: a, b: b, changes: []Change{}}
	d.head()
	d.limits()
	d.overrides()
	d.totals()
	d.lists()
	d.aliases()
	d.guardrails()
	d.data()
	return d.changes
}

type differ struct {
	a, b    *Policy
	changes []Change
}

func same(s string) request.Text { return request.Text{EN: s, FR: s} }

// replaced notes a key with another value.
func (d *differ) replaced(part, name, what string, before, after request.Text) {
	if before == after {
		return
	}
	c := Change{Part: part, Name: name, Kind: Changed, What: what, Before: &before, After: &after}
	c.Words = changedWords(part, name, what, before, after)
	d.changes = append(d.changes, c)
}

func (d *differ) added(part, name string, what request.Text) {
	d.changes = append(d.changes, Change{Part: part, Name: name, Kind: Added, After: &what, Words: addedWords(part, name, what)})
}

func (d *differ) removed(part, name string, what request.Text) {
	d.changes = append(d.changes, Change{Part: part, Name: name, Kind: Removed, Before: &what, Words: removedWords(part, name, what)})
}

// described is a thing by its name, in words; alike is what it has in common with a later version of itself.
type described struct {
	name, alike string
	text        request.Text
}

// sets compares two lists of things without a name of their own: those that are only in one of them, and those that are
// alike and say something else now.
func (d *differ) sets(part string, before, after []described) {
	rest := slices.Clone(after)
	var gone []described
	for _, x := range before {
		if i := slices.Index(rest, x); i >= 0 {
			rest = slices.Delete(rest, i, i+1)
		} else {
			gone = append(gone, x)
		}
	}
	for _, x := range gone {
		if i := slices.IndexFunc(rest, func(y described) bool { return y.alike == x.alike }); i >= 0 {
			d.replaced(part, x.name, "terms", x.text, rest[i].text)
			rest = slices.Delete(rest, i, i+1)
			continue
		}
		d.removed(part, x.name, x.text)
	}
	for _, x := range rest {
		d.added(part, x.name, x.text)
	}
}

func (d *differ) head() {
	a, b := d.a, d.b
	d.replaced("policy", "", "name", a.name, b.name)
	d.replaced("policy", "", "languages", languageWords(a.languages), languageWords(b.languages))
	d.replaced("policy", "", "version", same(a.version), same(b.version))
	d.replaced("policy", "", "currency", same(a.currency), same(b.currency))
	d.replaced("policy", "", "fiscal_year_starts", monthWords(a.fiscalStart), monthWords(b.fiscalStart))
	d.replaced("policy", "", "holidays", same(a.region), same(b.region))
	d.replaced("policy", "", "section_32", evidenceWords(a), evidenceWords(b))
	d.replaced("authority", "", "name", authorityName(a), authorityName(b))
	d.replaced("authority", "", "title", authorityTitle(a), authorityTitle(b))
	d.replaced("authority", "", "reference", same(a.authority.Reference), same(b.authority.Reference))
	d.replaced("authority", "", "date", dayWords(a.authority.Date), dayWords(b.authority.Date))
	d.both("approval", "", "means", a.means, b.means)
	d.both("approval", "", "next_step", a.nextStep, b.nextStep)
	d.replaced("approval", "", "taken_back_days", daysWords(a.takenBackDays), daysWords(b.takenBackDays))
	d.both("attestation", "", "text", a.attestation.Text, b.attestation.Text)
	d.replaced("attestation", "", "values", attestedWords(a), attestedWords(b))
	d.words()
}

// both compares a text in each language by itself.
func (d *differ) both(part, name, what string, before, after request.Text) {
	for _, l := range request.AllLanguages { // what one of the two does not say in a language is no difference of the text
		switch {
		case !d.a.languages.Speaks(l) || !d.b.languages.Speaks(l):
		case d.a.languages.Single() && d.b.languages.Single():
			d.replaced(part, name, what, same(before.In(l)), same(after.In(l)))
		default:
			d.replaced(part, name, what+"."+string(l), same(before.In(l)), same(after.In(l)))
		}
	}
}

func (d *differ) limits() {
	find := func(in []limit, name string) *limit {
		if i := slices.IndexFunc(in, func(l limit) bool { return l.name == name }); i >= 0 {
			return &in[i]
		}
		return nil
	}
	for i := range d.a.limits {
		was := &d.a.limits[i]
		is := find(d.b.limits, was.name)
		if is == nil {
			d.removed("limit", was.name, d.a.amountsWords(was))
			continue
		}
		before, after := d.a.amountsWords(was), d.b.amountsWords(is)
		if before == after {
			continue
		}
		d.replaced("limit", was.name, "amount", before, after)
		if len(was.amounts) == 1 && len(is.amounts) == 1 && was.amounts[0].span == is.amounts[0].span && d.a.currency == d.b.currency {
			rises := is.amounts[0].amount.Cmp(was.amounts[0].amount) > 0
			d.changes[len(d.changes)-1].Words = movedWords(was.name, rises, before, after)
		}
	}
	for i := range d.b.limits {
		if is := &d.b.limits[i]; find(d.a.limits, is.name) == nil {
			d.added("limit", is.name, d.b.amountsWords(is))
		}
	}
}

func (d *differ) overrides() {
	describe := func(p *Policy) []described {
		var all []described
		for i := range p.overrides {
			o := &p.overrides[i]
			all = append(all, described{alike: o.when.words(), text: p.overrideWords(o)})
		}
		return all
	}
	before, after := describe(d.a), describe(d.b)
	count := len(d.changes)
	d.sets("limits_for", before, after)
	if count == len(d.changes) && !slices.Equal(before, after) { // the first that matches counts
		d.replaced("limits_for", "", "order", joinedWords(before), joinedWords(after))
	}
}

func (d *differ) totals() {
	find := func(p *Policy, name string) (request.Text, bool) {
		for _, t := range p.totals {
			if t.Name == name {
				return TotalWords(t), true
			}
		}
		return request.Text{}, false
	}
	for _, t := range d.a.totals {
		if now, ok := find(d.b, t.Name); ok {
			d.replaced("total", t.Name, "sum", TotalWords(t), now)
		} else {
			d.removed("total", t.Name, TotalWords(t))
		}
	}
	for _, t := range d.b.totals {
		if _, ok := find(d.a, t.Name); !ok {
			d.added("total", t.Name, TotalWords(t))
		}
	}
}

func (d *differ) lists() {
	for _, name := range sortedNames(d.a.lists) {
		was, is := d.a.lists[name], d.b.lists[name]
		if is == nil {
			d.removed("list", name, entriesWords(was.entries))
			continue
		}
		d.replaced("list", name, "as", comparedWords(was.as), comparedWords(is.as))
		d.replaced("list", name, "near", numberWords(was.near), numberWords(is.near))
		missing := func(from, in *list) []string {
			return slices.DeleteFunc(slices.Clone(from.entries), func(e string) bool { return in.known[in.form(e)] })
		}
		if gone := missing(was, is); len(gone) > 0 {
			d.replaced("list", name, "entries removed", entriesWords(gone), request.Text{})
		}
		if more := missing(is, was); len(more) > 0 {
			d.replaced("list", name, "entries added", request.Text{}, entriesWords(more))
		}
	}
	for _, name := range sortedNames(d.b.lists) {
		if d.a.lists[name] == nil {
			d.added("list", name, entriesWords(d.b.lists[name].entries))
		}
	}
}

func sortedNames[V any](m map[string]V) []string {
	names := make([]string, 0, len(m))
	for n := range m {
		names = append(names, n)
	}
	slices.Sort(names)
	return names
}

func (d *differ) aliases() {
	for _, n := range sortedNames(d.a.aliases) {
		if now, ok := d.b.aliases[n]; ok {
			d.replaced("alias", n, "address", same(d.a.aliases[n]), same(now))
		} else {
			d.removed("alias", n, same(d.a.aliases[n]))
		}
	}
	for _, n := range sortedNames(d.b.aliases) {
		if _, ok := d.a.aliases[n]; !ok {
			d.added("alias", n, same(d.b.aliases[n]))
		}
	}
}

func (d *differ) guardrails() {
	find := func(p *Policy, id string) *guardrail {
		if i := slices.IndexFunc(p.guardrails, func(g *guardrail) bool { return g.id == id }); i >= 0 {
			return p.guardrails[i]
		}
		return nil
	}
	for _, was := range d.a.guardrails {
		is := find(d.b, was.id)
		if is == nil {
			d.removed("guardrail", was.id, guardrailWords(was))
			d.sets("exemption", exemptionsOf(was), nil)
			continue
		}
		d.guardrail(was, is)
	}
	for _, is := range d.b.guardrails {
		if find(d.a, is.id) == nil {
			d.added("guardrail", is.id, guardrailWords(is))
			d.sets("exemption", nil, exemptionsOf(is))
		}
	}
}

func (d *differ) guardrail(was, is *guardrail) {
	part, id := "guardrail", was.id
	d.replaced(part, id, "action", actionWords(was.action), actionWords(is.action))
	d.replaced(part, id, "when", same(strings.TrimSpace(was.when.text)), same(strings.TrimSpace(is.when.text)))
	d.replaced(part, id, "on", yesNoWords(!was.off), yesNoWords(!is.off))
	d.replaced(part, id, "dates", spanWords(was.span), spanWords(is.span))
	d.replaced(part, id, "variants", variantsWords(was), variantsWords(is))
	d.both(part, id, "title", was.title, is.title)
	d.both(part, id, "message", was.message.text, is.message.text)
	d.both(part, id, "officer", was.officerText(), is.officerText())
	d.source(part, id, was.source, is.source)
	d.replaced(part, id, "reason", yesNoWords(was.reasoned), yesNoWords(is.reasoned))
	d.replaced(part, id, "fields", fieldsWords(was.fields), fieldsWords(is.fields))
	d.sets("exemption", exemptionsOf(was), exemptionsOf(is))
}

// source compares one text where both versions name one source for both languages, else each language apart.
func (d *differ) source(part, id string, was, is request.Text) {
	if was.EN == was.FR && is.EN == is.FR {
		d.replaced(part, id, "source", was, is)
		return
	}
	d.both(part, id, "source", was, is)
}

// data compares what comes with the program, which a stored policy may have of another day.
func (d *differ) data() {
	var was, is bundle
	if bytes.Equal(d.a.bundle, d.b.bundle) || json.Unmarshal(d.a.bundle, &was) != nil || json.Unmarshal(d.b.bundle, &is) != nil {
		return
	}
	d.replaced("data", "", "helpers", same(was.Helpers), same(is.Helpers))
	old, now := request.Text{EN: "the former ones", FR: "les anciens"}, request.Text{EN: "others", FR: "d’autres"}
	if was.Holidays != is.Holidays {
		d.replaced("data", "", "holidays", old, now)
	}
	if was.Licences != is.Licences {
		d.replaced("data", "", "licences", request.Text{EN: old.EN, FR: "les anciennes"}, now)
	}
}
