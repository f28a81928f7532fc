package rules

import (
	_ "embed"
	"fmt"
	htmlpage "html/template"
	"io"
	"slices"
	"strings"

	"handrail/internal/request"
)

//go:embed page.html
var pageText string

// WritePage writes what the policy says as one page for staff and the public, in one language (its own, where it does not speak that one), as of a day: amounts, guardrails
// in words by what happens, exemptions and lists, with their sources. It holds no condition, no entry of a list and no address.
func (p *Policy) WritePage(w io.Writer, l request.Lang, on request.Date) error {
	t, err := htmlpage.New("page").Parse(pageText)
	if err != nil {
		return err
	}
	if !p.languages.Speaks(l) {
		l = p.languages[0]
	}
	return t.Execute(w, p.page(l, on))
}

// rulesPage is the page in one language.
type rulesPage struct {
	Lang                              request.Lang
	Name, Version, Hash, Means, On    string
	Authority, Title, Reference, Date string
	Limits                            []pageLimit
	Groups                            []pageGroup
	Exemptions                        []pageExemption
	Totals                            []string
	Lists                             []pageList
	NextStep, Section32, Attested     string
}

type pageLimit struct{ Name, Amount, Days, For string }

type pageGroup struct {
	ID, Title, What string
	Rules           []pageRule
}

type pageRule struct {
	ID, Title, Message, Days, Source string
	Cases                            []string
	Idle                             bool // not in force on the day
}

type pageExemption struct{ Title, By, Reference, Days string }

type pageList struct {
	Name, How string
	Size      int
}

// T is what the page says in its language.
func (v *rulesPage) T(en, fr string) string { return request.Text{EN: en, FR: fr}.In(v.Lang) }

func (p *Policy) page(l request.Lang, on request.Date) *rulesPage {
	v := &rulesPage{Lang: l, Name: p.name.In(l), Version: p.version, Hash: p.hash, Means: p.means.In(l), On: inWords(on, l),
		Authority: p.authority.Name, Title: p.authority.Title, Reference: p.authority.Reference, Date: inWords(p.authority.Date, l)}
	v.NextStep = strings.ReplaceAll(p.nextStep.In(l), "{reference}", "HR-…")
	switch {
	case p.confirms:
		v.Section32 = v.T("The manager named on a line confirms by mail that the money was authorized; the line waits for it.", "Le gestionnaire nommé sur une ligne confirme par courriel que la dépense est autorisée; la ligne attend sa réponse.")
	case p.tells:
		v.Section32 = v.T("The manager named on a line is told by mail that the money is to be spent, and may say no.", "Le gestionnaire nommé sur une ligne est informé par courriel de la dépense, et peut s’y opposer.")
	}
	v.Attested = p.attestation.Text.In(l)
	p.pageLimits(v, on)
	groups := map[request.Action]*pageGroup{
		request.Escalate: {ID: "officer", Title: v.T("What a procurement officer decides", "Ce que décide l’approvisionnement"), What: v.T("Nobody has to do anything: the line waits, and the officer’s answer comes by mail.", "Il n’y a rien à faire\u00a0: la ligne attend, et la réponse arrive par courriel.")},
		request.Return:   {ID: "back", Title: v.T("What comes back to be corrected", "Ce qui revient pour correction"), What: v.T("Correct the form, and mail it again.", "Corrigez le formulaire, et renvoyez-le.")},
		request.Note:     {ID: "note", Title: v.T("What is only noted", "Ce qui est seulement signalé"), What: v.T("The line goes on; the note says what to keep in mind.", "La ligne suit son cours; la note dit de quoi tenir compte.")},
	}
	for _, g := range p.guardrails {
		rule := pageRule{ID: g.id, Title: g.title.In(l), Message: p.inGeneral(g.message.text.In(l), l, on), Source: g.source.In(l), Idle: !g.covers(on)}
		if g.span != (span{}) {
			rule.Days = spanWords(g.span).In(l)
		}
		for _, x := range g.variants {
			what := v.T("In some cases", "Dans certains cas")
			if x.action != g.action {
				what += ", " + actionText(x.action).In(l)
			}
			if x.message != nil {
				what += v.T(": ", "\u00a0: ") + p.inGeneral(x.message.text.In(l), l, on)
			}
			rule.Cases = append(rule.Cases, what)
		}
		groups[g.action].Rules = append(groups[g.action].Rules, rule)
		for _, x := range g.exemptions {
			v.Exemptions = append(v.Exemptions, pageExemption{g.title.In(l), x.grantedBy.In(l), x.reference, spanWords(x.span).In(l)})
		}
	}
	for _, b := range builtIns {
		if b.onlyFound == (request.Text{}) {
			groups[request.Escalate].Rules = append(groups[request.Escalate].Rules, pageRule{ID: b.id, Title: b.title.In(l), Message: builtInWords[b.id].In(l), Source: v.T(builtInSource, builtInSourceFR)})
		}
	}
	for _, a := range []request.Action{request.Escalate, request.Return, request.Note} {
		if len(groups[a].Rules) > 0 {
			v.Groups = append(v.Groups, *groups[a])
		}
	}
	for _, t := range p.totals {
		words := t
		words.Where = "" // a condition is no text for everybody
		said := TotalWords(words).In(l)
		if t.Where != "" {
			said += v.T(", some lines only", ", certaines lignes seulement")
		}
		v.Totals = append(v.Totals, strings.ToUpper(said[:1])+said[1:])
	}
	for _, name := range sortedNames(p.lists) {
		v.Lists = append(v.Lists, pageList{name, listHow(p.lists[name]).In(l), len(p.lists[name].entries)})
	}
	return v
}

func (p *Policy) pageLimits(v *rulesPage, on request.Date) {
	everybody := v.T("everybody", "tous")
	money := func(a datedAmount) string { return request.Money{Amount: a.amount, Currency: p.currency}.In(v.Lang) }
	for i := range p.limits {
		name := p.limits[i].name
		for _, a := range p.limits[i].amounts {
			if a.until.IsZero() || on.Before(a.until) { // what has ended is history
				v.Limits = append(v.Limits, pageLimit{p.limitLabel(name), money(a), spanWords(a.span).In(v.Lang), everybody})
			}
		}
		for _, o := range p.overrides {
			d, ok := o.amounts[i]
			if !ok || !o.until.IsZero() && !on.Before(o.until) {
				continue
			}
			part := v.T("some lines", "certaines lignes")
			if o.when == nil {
				part = everybody
			} else if said := quoted(o.when.text); len(said) > 0 {
				part = strings.Join(said, ", ")
			} else if lists := listsIn(o.when.text); len(lists) > 0 {
				part = v.T("what stands on the list ", "ce qui figure sur la liste ") + strings.Join(lists, ", ")
			}
			v.Limits = append(v.Limits, pageLimit{p.limitLabel(name), money(datedAmount{amount: d}), spanWords(o.span).In(v.Lang), part})
		}
	}
}

// limitLabel is a limit’s name for a reader.
func (p *Policy) limitLabel(name string) string { return strings.ReplaceAll(name, "_", " ") }

// quoted are the values that a condition compares with: what a part of the house is called.
func quoted(when string) (said []string) {
	parts := strings.Split(when, `"`)
	for i := 1; i < len(parts)-1; i += 2 {
		before, after := strings.TrimRight(parts[i-1], " "), strings.TrimLeft(parts[i+1], " ")
		named := strings.HasSuffix(before, "==") || strings.HasSuffix(before, "[") && !strings.HasSuffix(before, "extra[") || strings.HasSuffix(before, ",") && !strings.Contains(before, "(") || strings.HasPrefix(after, "]") && !strings.HasSuffix(before, "extra[")
		if named && parts[i] != "" && !slices.Contains(said, parts[i]) {
			said = append(said, parts[i])
		}
	}
	return said
}

// listsIn are the lists that a condition looks into.
func listsIn(when string) (names []string) {
	for _, part := range strings.Split(when, `listed("`)[1:] {
		name, _, _ := strings.Cut(part, `"`)
		names = append(names, strings.ReplaceAll(name, "_", " "))
	}
	return names
}

// actionText is what an action does.
func actionText(a request.Action) request.Text {
	switch a {
	case request.Note:
		return request.Text{EN: "only noted", FR: "seulement signalé"}
	case request.Return:
		return request.Text{EN: "the line comes back", FR: "la ligne revient"}
	}
	return request.Text{EN: "an officer decides", FR: "l’approvisionnement décide"}
}

func listHow(l *list) request.Text {
	switch l.as {
	case "supplier":
		return request.Text{EN: "suppliers", FR: "fournisseurs"}
	case "host":
		return request.Text{EN: "sites on the web", FR: "sites Web"}
	}
	return request.Text{EN: "texts", FR: "textes"}
}

// inGeneral is a message that is about no line: limits have their amounts, and everything else is named as the form does.
func (p *Policy) inGeneral(text string, l request.Lang, on request.Date) string {
	var b strings.Builder
	for {
		before, rest, found := strings.Cut(text, "{")
		b.WriteString(before)
		if !found {
			return b.String()
		}
		name, after, _ := strings.Cut(rest, "}")
		b.WriteString(p.placeInGeneral(strings.TrimSpace(name), l, on))
		text = after
	}
}

func (p *Policy) placeInGeneral(name string, l request.Lang, on request.Date) string {
	say := func(en, fr string) string { return "[" + (request.Text{EN: en, FR: fr}).In(l) + "]" }
	family, own, _ := strings.Cut(name, ".")
	switch family {
	case "limits":
		if d := p.Limit(own, on); !d.IsZero() {
			return request.Money{Amount: d, Currency: p.currency}.In(l)
		}
		return "[" + p.limitLabel(own) + "]"
	case "line":
		if f, ok := request.FieldByName(own); ok {
			return "[" + p.words.Info(f).Label.In(l) + "]"
		}
		return "[" + strings.TrimPrefix(own, request.ByExtra) + "]"
	case "totals", "budget":
		return say("sum", "somme")
	case "counts", "distinct":
		return say("number", "nombre")
	case "added":
		return say("lines that were added up", "lignes additionnées")
	case "request":
		if part, ok := originNames[name]; ok {
			return "[" + p.labelOf(part).In(l) + "]"
		}
	case "price":
		return say("words of the line", "mots de la ligne")
	}
	if name == "today" || name == "received" || name == "request.received" {
		return say("day", "jour")
	}
	return fmt.Sprintf("[%s]", name)
}
