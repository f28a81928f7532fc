package rules

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/pelletier/go-toml/v2/unstable"

	"handrail/internal/request"
)

// totals reads [[total]], all but the conditions: these are read once the names of all totals are known.
func (s *schema) totals(root *table) {
	for i, t := range s.several(root, "", "total") {
		name, nameAt := s.text(t, fmt.Sprintf("total %d", i+1), "name", true)
		where := totalPlace(name, i)
		if nameAt != nil {
			t.at = nameAt.keyAt
		}
		s.keys(t, where, "name", "by", "days", "period", "scope", "near", "where", "of", "distinct", "taken_back")
		spec := request.TotalSpec{Name: name, Scope: request.Everywhere}
		if nameAt != nil && !namePattern.MatchString(name) {
			s.fault(nameAt.at, where, "a total's name is made of small letters, digits and _", "le nom d’un total se compose de minuscules sans accent, de chiffres et de _")
		}
		if slices.ContainsFunc(s.p.totals, func(o request.TotalSpec) bool { return o.Name == name }) && name != "" {
			s.fault(nameAt.at, where, "there is already a total of this name", "un autre total porte déjà ce nom")
		}
		spec.By = s.totalBy(t, where)
		if v := s.get(t, where, "near", unstable.Bool, false); v != nil && v.text == "true" {
			if spec.Near = slices.Contains(spec.By, request.BySupplier); !spec.Near {
				s.fault(v.at, where, "near = true is for names of suppliers: by must hold \"supplier\"", "near = true vaut pour les noms de fournisseurs : by doit contenir \"supplier\"")
			}
		}
		spec.Of = s.totalOf(t, where)
		spec.Distinct, _ = s.choice(t, where, "distinct", false, request.TotalDistinct()...)
		if scope, v := s.choice(t, where, "scope", false, string(request.Everywhere), string(request.Workbook), string(request.Elsewhere)); v != nil {
			spec.Scope = request.Scope(scope)
		}
		// A line and its amendments are one thing, whatever replaced it.
		if v := s.get(t, where, "taken_back", unstable.Bool, false); v == nil && !slices.Contains(spec.By, request.ByAmends) || v != nil && v.text == "true" {
			spec.TakenBackDays = s.p.takenBackDays
		}
		spec.Days, _ = s.whole(t, where, "days", 1, 3660)
		spec.Period, _ = s.choice(t, where, "period", false, "quarter", "year")
		switch windows := present(t, "days", "period"); {
		case spec.Scope == request.Workbook && windows > 0:
			s.fault(t.at, where, "a total over one workbook has neither days nor a period", "un total sur un seul classeur n’a ni days ni period")
		case spec.Scope != request.Workbook && windows != 1:
			s.fault(t.at, where, "say either days or period", "indiquez soit days, soit period")
		}
		s.p.totals = append(s.p.totals, spec)
	}
}

func totalPlace(name string, i int) string {
	if name != "" {
		return fmt.Sprintf("total %q", name)
	}
	return fmt.Sprintf("total %d", i+1)
}

// totalBy reads what lines must have in common.
func (s *schema) totalBy(t *table, where string) (all []string) {
	for _, by := range s.texts(t, where, "by", true) {
		word := by.text
		if word == request.ByDescription {
			word = request.ByNeed
		}
		header, extra := cutExtra(word)
		switch {
		case extra && request.CompareForm(header) != "":
		case !slices.Contains(request.TotalBy(), word):
			s.fault(by.at, where, "lines cannot be added up by %q: by takes %s, and extra.Header%s", "on ne peut additionner les lignes par %q : by accepte %s, et extra.En-tête%s", by.text,
				strings.Join(request.TotalBy(), ", "), meant(by.text, request.TotalBy()))
			continue
		case slices.Contains(all, word):
			s.fault(by.at, where, "%q is there twice", "%q figure deux fois", by.text)
			continue
		}
		all = append(all, word)
	}
	return all
}

// totalOf reads which amount is added up.
func (s *schema) totalOf(t *table, where string) request.Field {
	var names []string
	for _, f := range request.TotalOf() {
		names = append(names, f.Info().Name)
	}
	word, v := s.text(t, where, "of", false)
	if v == nil || word == request.Total.Info().Name {
		return request.NoField
	}
	if !slices.Contains(names, word) {
		s.fault(v.at, where, "of takes an amount of the line: total (when it is left out), %s, not %q%s", "of accepte un montant de la ligne : total (par défaut), %s, et non %q%s", strings.Join(names, ", "), word, meant(word, names))
		return request.NoField
	}
	f, _ := request.FieldByName(word)
	return f
}

// wheres reads the conditions under which lines count.
func (s *schema) wheres(ctx context.Context, root *table) {
	for i, t := range s.tables(root, "", "total") {
		if ctx.Err() != nil || i >= len(s.p.totals) {
			return
		}
		spec := &s.p.totals[i]
		where := totalPlace(spec.Name, i)
		at := t.entries["where"]
		if at == nil {
			continue
		}
		x := s.expression(t, where, "where", true)
		if x == nil {
			continue
		}
		for _, from := range x.reads.sources {
			switch from.kind {
			case totalSource, countSource, distinctSource, budgetSource, budgetGivenSource, todaySource, domainsSource:
				s.fault(at.at, where, "where is asked of each line by itself and cannot read %s: it reads line.…, request.…, received and limits.…", "where se demande à chaque ligne seule et ne peut pas lire %s : elle lit line.…, request.…, received et limits.…", s.p.sourceName(from))
			case fieldSource, extraSource, rowSource, originSource, languageSource, receivedSource, limitSource, givenSource, problemSource:
			}
		}
		spec.Where, spec.WhereMark = x.words(), s.p.whereMark(x)
		s.p.wheres = append(s.p.wheres, x)
		spec.Counts = func(l *request.Line, o *request.Origin) bool { return s.p.meets(x, l, o) }
	}
}

// meets reports whether a line meets the condition of a total, by its own facts and on its own day. Where something that
// the condition reads is empty it does not; where it cannot be told the line counts.
func (p *Policy) meets(x *expression, l *request.Line, o *request.Origin) bool {
	e := p.begin(&request.Facts{Line: *l, Request: *o})
	defer e.end()
	switch e.ready(&x.reads) {
	case isReady:
	case isEmpty:
		return false
	default:
		return true
	}
	holds, err := e.holds(x)
	return holds || err != nil
}

// whereMark is a short mark of all that the answer of a total's condition depends on, beside the line: lines of the past are
// counted again when it changes.
func (p *Policy) whereMark(x *expression) string {
	h := sha256.New()
	fmt.Fprintf(h, "%s\n%s\n%s\n%s\n%d\n", helpersVersion, x.words(), p.currency, p.region, p.fiscalStart)
	if len(x.reads.limits) > 0 {
		for _, l := range p.limits {
			fmt.Fprintf(h, "limit %s", l.name)
			for _, a := range l.amounts {
				fmt.Fprintf(h, " %s %s %s", a.amount, a.from, a.until)
			}
		}
		for i := range p.overrides {
			fmt.Fprintf(h, "\n%s", p.overrideWords(&p.overrides[i]).EN)
		}
	}
	if strings.Contains(x.text, "listed(") {
		for _, name := range slices.Sorted(maps.Keys(p.lists)) {
			fmt.Fprintf(h, "\nlist %s %q", name, p.lists[name].entries)
		}
	}
	if strings.Contains(x.text, "same_address(") {
		for _, a := range slices.Sorted(maps.Keys(p.aliases)) {
			fmt.Fprintf(h, "\nalias %s %s", a, p.aliases[a])
		}
	}
	return hex.EncodeToString(h.Sum(nil)[:6])
}
