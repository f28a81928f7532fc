package rules

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"handrail/internal/request"
)

// partWords are how an officer calls the parts of a policy.
var partWords = map[string]request.Text{
	"policy":      {EN: "Policy", FR: "Politique"},
	"authority":   {EN: "Authority", FR: "Autorité"},
	"approval":    {EN: "Approval", FR: "Approbation"},
	"attestation": {EN: "Attestation on the form", FR: "Attestation du formulaire"},
	"words":       {EN: "Words for", FR: "Mots pour"},
	"limit":       {EN: "Limit", FR: "Limite"},
	"limits_for":  {EN: "Limit for a part of the house", FR: "Limite propre à une partie de l’organisation"},
	"total":       {EN: "Total", FR: "Cumul"},
	"list":        {EN: "List", FR: "Liste"},
	"alias":       {EN: "Other address", FR: "Autre adresse"},
	"guardrail":   {EN: "Guardrail", FR: "Balise"},
	"exemption":   {EN: "Exemption from", FR: "Exemption de"},
	"data":        {EN: "What comes with Handrail", FR: "Ce qui est fourni avec Handrail"},
}

// keyWords are how an officer calls the keys. They stand before a colon in both languages.
var keyWords = map[string]request.Text{
	"name": {EN: "name", FR: "nom"}, "version": {EN: "version", FR: "version"}, "currency": {EN: "currency", FR: "devise"},
	"fiscal_year_starts": {EN: "first month of the fiscal year", FR: "premier mois de l’exercice"},
	"holidays":           {EN: "holidays", FR: "jours fériés"}, "title": {EN: "title", FR: "titre"},
	"reference": {EN: "reference", FR: "référence"}, "date": {EN: "date", FR: "date"},
	"means.en": {EN: "meaning, in English", FR: "portée, en anglais"}, "means.fr": {EN: "meaning, in French", FR: "portée, en français"},
	"next_step.en": {EN: "next step, in English", FR: "étape suivante, en anglais"}, "next_step.fr": {EN: "next step, in French", FR: "étape suivante, en français"},
	"label.en": {EN: "label in English", FR: "étiquette en anglais"}, "label.fr": {EN: "label in French", FR: "étiquette en français"},
	"help.en": {EN: "help in English", FR: "aide en anglais"}, "help.fr": {EN: "help in French", FR: "aide en français"},
	"text.en": {EN: "statement, in English", FR: "énoncé, en anglais"}, "text.fr": {EN: "statement, in French", FR: "énoncé, en français"},
	"choices": {EN: "answers", FR: "réponses"},
	"values":  {EN: "what a yes answers", FR: "ce à quoi répond un oui"},
	"amount":  {EN: "amount", FR: "montant"}, "terms": {EN: "terms", FR: "modalités"}, "order": {EN: "order", FR: "ordre"}, "sum": {EN: "what it adds up", FR: "ce qui est additionné"},
	"as": {EN: "how entries compare", FR: "mode de comparaison"}, "near": {EN: "likeness of a near match", FR: "ressemblance exigée"},
	"entries removed": {EN: "entries removed", FR: "entrées retirées"}, "entries added": {EN: "entries added", FR: "entrées ajoutées"},
	"address": {EN: "main address", FR: "adresse principale"}, "action": {EN: "action", FR: "effet"}, "when": {EN: "condition", FR: "condition"},
	"dates": {EN: "dates", FR: "dates"}, "variants": {EN: "variants", FR: "variantes"},
	"title.en": {EN: "title in English", FR: "titre en anglais"}, "title.fr": {EN: "title in French", FR: "titre en français"},
	"officer.en": {EN: "message for officers, in English", FR: "message pour les agents, en anglais"},
	"officer.fr": {EN: "message for officers, in French", FR: "message pour les agents, en français"},
	"message.en": {EN: "message in English", FR: "message en anglais"}, "message.fr": {EN: "message in French", FR: "message en français"},
	"source": {EN: "source", FR: "source"}, "source.en": {EN: "source in English", FR: "source en anglais"},
	"source.fr": {EN: "source in French", FR: "source en français"}, "fields": {EN: "cells marked", FR: "cellules marquées"},
	"on":              {EN: "in use", FR: "en usage"},
	"reason":          {EN: "reason needed to approve", FR: "motif exigé pour approuver"},
	"taken_back_days": {EN: "what was taken back counts for", FR: "durée du compte de ce qui est retiré"},
	"languages":       {EN: "languages", FR: "langues"},
	"section_32":      {EN: "section 32 evidence", FR: "preuve d’autorisation (article 32)"},
	"helpers":         {EN: "helpers", FR: "fonctions"}, "licences": {EN: "open licences", FR: "licences ouvertes"},
}

var nothing = request.Text{EN: "nothing", FR: "rien"}

func heading(part, name string) request.Text {
	t := partWords[part]
	if name != "" {
		t.EN, t.FR = t.EN+" “"+name+"”", t.FR+" «\u00a0"+name+"\u00a0»"
	}
	return t
}

// changedWords says what changed: before and after stand on lines of their own, so that long texts can be compared.
func changedWords(part, name, what string, before, after request.Text) request.Text {
	h, key := heading(part, name), keyWords[what]
	if what == "entries added" || what == "entries removed" {
		both := before.EN + after.EN
		return request.Text{EN: fmt.Sprintf("%s, %s: %s.", h.EN, key.EN, both), FR: fmt.Sprintf("%s, %s\u00a0: %s.", h.FR, key.FR, before.FR+after.FR)}
	}
	for _, t := range []*request.Text{&before, &after} {
		if *t == (request.Text{}) {
			*t = nothing
		}
	}
	if long := len(before.EN) + len(after.EN); long > 60 || strings.Contains(before.EN+after.EN, "\n") {
		return request.Text{EN: fmt.Sprintf("%s, %s:\n  was %s\n  is  %s", h.EN, key.EN, indent(before.EN), indent(after.EN)),
			FR: fmt.Sprintf("%s, %s\u00a0:\n  avant\u00a0: %s\n  après\u00a0: %s", h.FR, key.FR, indent(before.FR), indent(after.FR))}
	}
	if prose := strings.TrimSuffix(strings.TrimSuffix(what, ".en"), ".fr"); slices.Contains([]string{"means", "next_step", "text", "title", "message", "officer"}, prose) && part != "authority" {
		for _, t := range []*request.Text{&before, &after} {
			if *t == nothing {
				continue // no word of anybody's
			}
			t.EN, t.FR = "“"+t.EN+"”", "«\u00a0"+t.FR+"\u00a0»"
		}
	}
	return request.Text{EN: stop(fmt.Sprintf("%s, %s: was %s, is %s", h.EN, key.EN, before.EN, after.EN)),
		FR: stop(fmt.Sprintf("%s, %s\u00a0: avant %s, maintenant %s", h.FR, key.FR, before.FR, after.FR))}
}

// stop ends a sentence, once.
func stop(s string) string {
	if strings.HasSuffix(s, ".”") || strings.HasSuffix(s, ".\u00a0»") {
		return s
	}
	return strings.TrimSuffix(s, ".") + "."
}

func indent(s string) string { return strings.ReplaceAll(s, "\n", "\n      ") }

func addedWords(part, name string, what request.Text) request.Text {
	h := heading(part, name)
	return request.Text{EN: fmt.Sprintf("%s is new: %s.", h.EN, indent(what.EN)), FR: fmt.Sprintf("%s, ajout\u00a0: %s.", h.FR, indent(what.FR))}
}

func removedWords(part, name string, what request.Text) request.Text {
	h := heading(part, name)
	return request.Text{EN: fmt.Sprintf("%s is gone. It was: %s.", h.EN, indent(what.EN)), FR: fmt.Sprintf("%s, retrait\u00a0: %s.", h.FR, indent(what.FR))}
}

func movedWords(name string, rises bool, before, after request.Text) request.Text {
	h := heading("limit", name)
	if rises {
		return request.Text{EN: fmt.Sprintf("%s rises from %s to %s.", h.EN, before.EN, after.EN), FR: fmt.Sprintf("%s, hausse\u00a0: de %s à %s.", h.FR, before.FR, after.FR)}
	}
	return request.Text{EN: fmt.Sprintf("%s falls from %s to %s.", h.EN, before.EN, after.EN), FR: fmt.Sprintf("%s, baisse\u00a0: de %s à %s.", h.FR, before.FR, after.FR)}
}

func numberWords(n int) request.Text { return same(strconv.Itoa(n)) }

func monthWords(m time.Month) request.Text {
	return request.Text{EN: m.String(), FR: frenchMonths[m-1]}
}

func dayWords(d request.Date) request.Text {
	return request.Text{EN: inWords(d, request.English), FR: inWords(d, request.French)}
}

// spanWords says from when until when, the last day being the first that is no longer covered.
func spanWords(s span) request.Text {
	from, until := dayWords(s.from), dayWords(s.until)
	switch {
	case s.from.IsZero() && s.until.IsZero():
		return request.Text{EN: "always", FR: "en tout temps"}
	case s.until.IsZero():
		return request.Text{EN: "from " + from.EN, FR: "à compter du " + from.FR}
	case s.from.IsZero():
		return request.Text{EN: "before " + until.EN, FR: "avant le " + until.FR}
	}
	return request.Text{EN: "from " + from.EN + ", before " + until.EN, FR: "à compter du " + from.FR + ", avant le " + until.FR}
}

// withSpan adds the days where there are any.
func withSpan(t request.Text, s span) request.Text {
	if s == (span{}) {
		return t
	}
	days := spanWords(s)
	return request.Text{EN: t.EN + ", " + days.EN, FR: t.FR + ", " + days.FR}
}

func joinedTexts(ts []request.Text) request.Text {
	var en, fr []string
	for _, t := range ts {
		en, fr = append(en, t.EN), append(fr, t.FR)
	}
	return request.Text{EN: strings.Join(en, "; "), FR: strings.Join(fr, "; ")}
}

func joinedWords(ds []described) request.Text {
	var ts []request.Text
	for _, d := range ds {
		ts = append(ts, d.text)
	}
	return joinedTexts(ts)
}

// amountsWords are a limit's amounts with their days.
func (p *Policy) amountsWords(l *limit) request.Text {
	var ts []request.Text
	for _, a := range l.amounts {
		m := request.Money{Amount: a.amount, Currency: p.currency}
		ts = append(ts, withSpan(request.Text{EN: m.In(request.English), FR: m.In(request.French)}, a.span))
	}
	return joinedTexts(ts)
}

func (p *Policy) overrideWords(o *override) request.Text {
	var ts []request.Text
	for i := range p.limits {
		if d, ok := o.amounts[i]; ok {
			m := request.Money{Amount: d, Currency: p.currency}
			ts = append(ts, request.Text{EN: p.limits[i].name + " " + m.In(request.English), FR: p.limits[i].name + " " + m.In(request.French)})
		}
	}
	t := joinedTexts(ts)
	if o.when != nil {
		t.EN, t.FR = t.EN+", when "+strings.TrimSpace(o.when.text), t.FR+", si "+strings.TrimSpace(o.when.text)
	}
	return withSpan(t, o.span)
}

// TotalWords says what a total adds up: "by supplier and cost centre over 365 days".
func TotalWords(t request.TotalSpec) request.Text {
	over := request.Text{EN: fmt.Sprintf("over %d days", t.Days), FR: fmt.Sprintf("sur %d jours", t.Days)}
	switch {
	case t.Scope == request.Workbook:
		over = request.Text{EN: "in one workbook", FR: "dans un même classeur"}
	case t.Period == "quarter":
		over = request.Text{EN: "in the fiscal quarter", FR: "dans le trimestre de l’exercice"}
	case t.Period == "year":
		over = request.Text{EN: "in the fiscal year", FR: "dans l’exercice"}
	}
	if t.Scope == request.Elsewhere {
		over.EN, over.FR = over.EN+", this workbook left out", over.FR+", sans ce classeur"
	}
	if t.TakenBackDays == 0 && t.Scope != request.Workbook {
		over.EN, over.FR = over.EN+", without what was taken back", over.FR+", sans ce qui a été retiré"
	}
	what := request.Text{EN: "of everything that comes in", FR: "de tout ce qui est reçu"}
	var en, fr []string
	for _, by := range t.By {
		w := oneByWords(by)
		if by == request.BySupplier && t.Near {
			w = request.Text{EN: "supplier (near names too)", FR: "fournisseur (noms semblables compris)"}
		}
		en, fr = append(en, w.EN), append(fr, w.FR)
	}
	if len(en) > 0 {
		what = request.Text{EN: "by " + strings.Join(en, " and "), FR: "par " + strings.Join(fr, " et ")}
	}
	if t.Of != request.NoField {
		label := t.Of.Info().Label
		what.EN, what.FR = what.EN+", of "+request.QuoteEN(label.EN), what.FR+", de "+request.QuoteFR(label.FR)
	}
	what.EN, what.FR = what.EN+" "+over.EN, what.FR+" "+over.FR
	if t.Where != "" {
		what.EN, what.FR = what.EN+", only lines with "+t.Where, what.FR+", seulement les lignes où "+t.Where
	}
	if t.Distinct != "" {
		w := oneByWords(t.Distinct)
		what.EN, what.FR = what.EN+", counting different values of "+w.EN, what.FR+", en comptant les valeurs différentes\u00a0: "+w.FR
	}
	return what
}

// oneByWords is how an officer calls one thing that lines have in common.
func oneByWords(by string) request.Text {
	if w, known := byWords[by]; known {
		return w
	}
	header := strings.TrimPrefix(by, request.ByExtra)
	return request.Text{EN: "the column “" + header + "”", FR: "la colonne «\u00a0" + header + "\u00a0»"}
}

// byWords are how an officer calls what lines have in common.
var byWords = map[string]request.Text{
	request.BySupplier:   {EN: "supplier", FR: "fournisseur"},
	request.ByCostCentre: {EN: "cost centre", FR: "centre de coûts"},
	request.ByUnit:       {EN: "branch", FR: "direction générale"},
	request.ByRequester:  {EN: "requester", FR: "demandeur"},
	request.ByCommodity:  {EN: "commodity type", FR: "type de produit"},
	request.ByAmends:     {EN: "amended line", FR: "ligne modifiée"},
	request.ByNeed:       {EN: "like title and description", FR: "titre et description semblables"},
	request.ByCardholder: {EN: "cardholder", FR: "titulaire de la carte"},
	request.ByTitle:      {EN: "title", FR: "titre"},
	request.ByManager:    {EN: "section 32 manager", FR: "gestionnaire délégataire"},

	request.DistinctDay:        {EN: "day", FR: "jour"},
	request.DistinctFiscalYear: {EN: "fiscal year", FR: "exercice"},

	request.ByAuthorization: {EN: "section 32 authorization", FR: "autorisation (article 32)"},
}

func daysWords(n int) request.Text {
	return request.Text{EN: fmt.Sprintf("%d days", n), FR: fmt.Sprintf("%d jours", n)}
}

// maxEntriesNamed is how many entries of a list are named.
const maxEntriesNamed = 10

func entriesWords(entries []string) request.Text {
	first := strings.Join(entries[:min(len(entries), maxEntriesNamed)], ", ")
	if more := len(entries) - maxEntriesNamed; more > 0 {
		return request.Text{EN: fmt.Sprintf("%s and %d more", first, more), FR: fmt.Sprintf("%s et %d de plus", first, more)}
	}
	return same(first)
}

// comparedWords say how the entries of a list compare.
func comparedWords(as string) request.Text {
	switch as {
	case "supplier":
		return request.Text{EN: "as suppliers", FR: "comme fournisseurs"}
	case "host":
		return request.Text{EN: "as hosts", FR: "comme hôtes"}
	}
	return request.Text{EN: "as text", FR: "comme texte"}
}

// evidenceWords say what a policy asks for as section 32 evidence.
func evidenceWords(p *Policy) request.Text {
	if p.confirms {
		return request.Text{EN: "confirmed by the manager", FR: "confirmée par le gestionnaire"}
	}
	if p.tells {
		return request.Text{EN: "the manager is told, and may say no", FR: "le gestionnaire est avisé et peut dire non"}
	}
	return request.Text{EN: "declared in the form", FR: "déclarée dans le formulaire"}
}

func actionWords(a request.Action) request.Text {
	switch a {
	case request.Note:
		return request.Text{EN: "note", FR: "signaler"}
	case request.Escalate:
		return request.Text{EN: "escalate", FR: "soumettre à l’approvisionnement"}
	}
	return request.Text{EN: "return", FR: "renvoyer"}
}

// guardrailWords sum up a whole guardrail.
func guardrailWords(g *guardrail) request.Text {
	act, when := actionWords(g.action), strings.TrimSpace(g.when.text)
	t := request.Text{EN: fmt.Sprintf("“%s”, %s when %s", g.title.EN, act.EN, when), FR: fmt.Sprintf("«\u00a0%s\u00a0», %s si %s", g.title.FR, act.FR, when)}
	return withSpan(t, g.span)
}

func variantsWords(g *guardrail) request.Text {
	var ts []request.Text
	for i := range g.variants {
		v := &g.variants[i]
		act, when := actionWords(v.action), strings.TrimSpace(v.when.text)
		t := request.Text{EN: act.EN + " when " + when, FR: act.FR + " si " + when}
		for _, m := range []*template{v.message, v.officer} {
			if m != nil {
				t.EN, t.FR = t.EN+", “"+m.text.EN+"” / «\u00a0"+m.text.FR+"\u00a0»", t.FR+", «\u00a0"+m.text.FR+"\u00a0» / “"+m.text.EN+"”"
			}
		}
		ts = append(ts, t)
	}
	return joinedTexts(ts)
}

func yesNoWords(yes bool) request.Text {
	if yes {
		return request.Text{EN: "yes", FR: "oui"}
	}
	return request.Text{EN: "no", FR: "non"}
}

func fieldsWords(fields []request.Field) request.Text {
	var ts []request.Text
	for _, f := range slices.Sorted(slices.Values(fields)) {
		ts = append(ts, f.Info().Label)
	}
	return joinedTexts(ts)
}

// words are the expression's text, "" where there is none.
func (x *expression) words() string {
	if x == nil {
		return ""
	}
	return strings.TrimSpace(x.text)
}

func exemptionsOf(g *guardrail) []described {
	var all []described
	for i := range g.exemptions {
		x := &g.exemptions[i]
		t := request.Text{EN: "granted by " + x.String(), FR: "accordée par " + x.in(request.French)}
		if x.when != nil {
			t.EN, t.FR = t.EN+", when "+strings.TrimSpace(x.when.text), t.FR+", si "+strings.TrimSpace(x.when.text)
		}
		all = append(all, described{g.id, x.String(), withSpan(t, x.span)})
	}
	return all
}

// languageWords names the languages of a policy.
func languageWords(ls request.Languages) request.Text {
	names := map[request.Lang]request.Text{request.English: {EN: "English", FR: "anglais"}, request.French: {EN: "French", FR: "français"}}
	var en, fr []string
	for _, l := range ls.Of() {
		en, fr = append(en, names[l].EN), append(fr, names[l].FR)
	}
	return request.Text{EN: strings.Join(en, ", "), FR: strings.Join(fr, ", ")}
}

func authorityName(p *Policy) request.Text {
	en, _ := p.authority.In(request.English)
	fr, _ := p.authority.In(request.French)
	return request.Text{EN: en, FR: fr}
}

func authorityTitle(p *Policy) request.Text {
	_, en := p.authority.In(request.English)
	_, fr := p.authority.In(request.French)
	return request.Text{EN: en, FR: fr}
}
