package main

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/shopspring/decimal"

	"handrail/ingest"
	"handrail/internal/replay"
	"handrail/internal/request"
	"handrail/rules"
)

// explainPage prints one explanation in one language.
type explainPage struct {
	*terminal
	e *explained
	l request.Lang
}

// printExplained prints why a line was decided as it was, for a reader at a terminal.
func (t *terminal) printExplained(e *explained, l request.Lang) {
	p := explainPage{t, e, l}
	p.head()
	if e.Facts != nil {
		p.facts()
		p.totals()
		p.guardrails()
		p.today()
	}
	p.verdict()
}

func (p *explainPage) say(en, fr string) string { return request.Text{EN: en, FR: fr}.In(p.l) }

// colon is a colon with what stands before it.
func (p *explainPage) colon() string { return p.say(": ", "\u00a0: ") }

func (p *explainPage) section(en, fr string) { fmt.Fprintf(p.out, "\n%s\n", p.say(en, fr)) }

func (p *explainPage) instant(t time.Time) string { return t.In(p.e.zone).Format("2006-01-02 15:04") }

func (p *explainPage) head() {
	e := p.e
	fmt.Fprintf(p.out, "%s  %s %s\n", e.Reference, symbolOf(e.Outcome), e.Outcome.Word().In(p.l))
	if e.Facts != nil {
		if title := e.why.Policy.SayField(e.Facts, request.Title, p.l); title != "" {
			p.wrap(2, title)
		}
	}
	p.wrap(2, fmt.Sprintf(p.say("Judged on %s: %s", "Examinée le %s\u00a0: %s"), p.instant(e.JudgedAt), lower(e.Judged.Word().In(p.l))))
	if e.DecidedBy != "" {
		p.wrap(2, fmt.Sprintf(p.say("Decided by %s on %s: %s", "Décidée par %s le %s\u00a0: %s"), e.DecidedBy, p.instant(*e.DecidedAt), orDash(ingest.CleanLine(e.Reason))))
		if e.WrittenBy != "" {
			p.wrap(2, fmt.Sprintf(p.say("Written on their behalf by %s", "Écrite en son nom par %s"), e.WrittenBy))
		}
	}
	if e.Supersedes != "" {
		p.wrap(2, p.say("It replaced ", "Elle a remplacé ")+e.Supersedes)
	}
	if e.Superseded != "" {
		p.wrap(2, p.say("It was replaced by ", "Elle a été remplacée par ")+e.Superseded)
	}
	for _, c := range e.Closings {
		p.wrap(2, fmt.Sprintf(p.say("Closed by %s on %s, nothing more will be charged: %s", "Fermée par %s le %s, plus rien ne sera porté au compte\u00a0: %s"), c.By, p.instant(c.At), orDash(ingest.CleanLine(c.Reason))))
		if c.ReopenedAt != nil {
			p.wrap(2, fmt.Sprintf(p.say("Opened again by %s on %s", "Rouverte par %s le %s"), c.ReopenedBy, p.instant(*c.ReopenedAt)))
		}
	}
	p.policy(p.say("Policy: ", "Politique\u00a0: "), e.Policy)
}

func (p *explainPage) policy(label string, c checkPolicy) {
	p.wrap(2, label+c.Name+" "+c.Version)
	fmt.Fprintf(p.out, "    %s\n", c.Hash)
}

// lower begins a word in the middle of a sentence.
func lower(s string) string { return strings.ToLower(s[:1]) + s[1:] }

func (p *explainPage) facts() {
	e := p.e
	p.section("What the line says", "Ce que dit la ligne")
	for _, info := range request.Fields() {
		v := e.Facts.Line.Values[info.Field]
		if !v.Given && !v.Faulty {
			continue
		}
		text := info.Label.In(p.l) + p.colon() + e.why.Policy.SayField(e.Facts, info.Field, p.l)
		if v.Faulty {
			text += " (" + p.say("could not be read", "illisible") + ")"
		}
		if v.Cell != "" {
			text += " [" + v.Cell + "]"
		}
		p.wrap(2, text)
	}
	for _, header := range slices.Sorted(maps.Keys(e.Facts.Line.Extra)) {
		p.wrap(2, ingest.CleanLine(header+p.colon()+e.Facts.Line.Extra[header]))
	}
	o := &e.Facts.Request
	for _, x := range []struct{ en, fr, value string }{{"Requester", "Demandé par", o.Sender}, {"Branch", "Direction générale", o.Unit}, {"Received", "Reçue le", o.Received.String()}} {
		if x.value != "" {
			p.wrap(2, p.say(x.en, x.fr)+p.colon()+ingest.CleanLine(x.value))
		}
	}
	if b := e.Facts.Budget; b != nil {
		p.wrap(2, budgetWords(b, e.why.Policy.Currency(), p.l))
	}
	for _, problem := range e.Facts.Line.Problems {
		p.wrap(2, "! "+problem.Cell+p.colon()+problem.Message.In(p.l))
	}
}

// mostCounted is how many lines of a total are printed; as JSON they come all.
const mostCounted = 20

// totals prints first those that a guardrail read that found something, with their lines, then the others in short.
func (p *explainPage) totals() {
	e := p.e
	if len(e.Facts.Totals) == 0 {
		return
	}
	currency := e.why.Policy.Currency()
	var others []string
	first := true
	for _, spec := range e.why.Policy.TotalSpecs() {
		recorded, asked := e.Facts.Totals[spec.Name]
		if !asked {
			continue
		}
		amount := request.Money{Amount: recorded.Amount, Currency: currency}
		i := slices.IndexFunc(e.why.Totals, func(t replay.CountedTotal) bool { return t.Spec.Name == spec.Name })
		otherwise := i >= 0 && !e.why.Totals[i].Sum.Amount.Equal(recorded.Amount)
		readers := readBy(e.why, spec.Name)
		if len(readers) == 0 && !otherwise {
			others = append(others, fmt.Sprintf("%s %s (%s)", spec.Name, amount.In(p.l), p.lines(recorded.Count)))
			continue
		}
		if first {
			first = false
			p.section("Totals behind what was found, with the lines that they add up", "Cumuls à l’origine des constats, avec les lignes additionnées")
		}
		p.wrap(2, fmt.Sprintf("%s%s%s, %s (%s)", spec.Name, p.colon(), amount.In(p.l), p.lines(recorded.Count), rules.TotalWords(spec).In(p.l)))
		if len(readers) > 0 {
			p.wrap(4, p.say("read by ", "lu par ")+strings.Join(readers, ", "))
		}
		if i < 0 { // without the ledger: those that were noted when the line was judged
			for _, line := range recorded.Lines {
				fmt.Fprintf(p.out, "    %s\n", line)
			}
			continue
		}
		t := &e.why.Totals[i]
		for _, line := range t.Lines[:min(len(t.Lines), mostCounted)] {
			p.counted(line)
		}
		if more := len(t.Lines) - mostCounted; more > 0 {
			p.wrap(4, fmt.Sprintf(p.say("… and %d more; --format json names all.", "… et %d de plus; --format json les nomme toutes."), more))
		}
		if otherwise {
			p.wrap(4, fmt.Sprintf(p.say("The ledger's lines come to %s now, not to what was recorded.", "Les lignes du registre donnent maintenant %s, et non ce qui a été consigné."),
				request.Money{Amount: t.Sum.Amount, Currency: currency}.In(p.l)))
		}
	}
	if len(others) > 0 {
		p.section("Other totals, which no finding comes from", "Autres cumuls, dont aucun constat ne provient")
		p.hang("  ", "  ", strings.Join(others, "; "))
	}
}

func (p *explainPage) lines(n int) string {
	if n == 1 {
		return p.say("1 line", "1 ligne")
	}
	return fmt.Sprintf(p.say("%d lines", "%d lignes"), n)
}

// counted prints one line of a total in columns: number, day, amount, supplier.
func (p *explainPage) counted(line replay.CountedLine) {
	supplier := orDash(ingest.CleanLine(line.Supplier))
	switch {
	case line.Reference == p.e.Reference:
		supplier += p.say(" (this line)", " (cette ligne)")
	case line.Since != "":
		supplier += fmt.Sprintf(p.say(" (now %s)", " (maintenant %s)"), lower(line.Since.Word().In(p.l)))
	}
	first := fmt.Sprintf("    %s  %s  %s  ", pad(line.Reference, -18), line.Day, pad(line.Money.In(p.l), 14))
	p.hang(first, strings.Repeat(" ", 6), supplier)
}

func (p *explainPage) guardrails() {
	e := p.e
	p.section("Guardrails in force that day, as they came out", "Balises en vigueur ce jour-là et leur résultat")
	var idle []string
	shown := map[string]bool{}
	for _, g := range e.why.Guardrails {
		shown[g.Guardrail] = true
	}
	for i := range e.Findings { // what the job itself adds, such as that the manager has not confirmed
		if f := &e.Findings[i]; !shown[f.Guardrail] {
			p.guardrail(&rules.Evaluation{Guardrail: f.Guardrail, Title: f.Title, State: rules.Tripped, Source: request.Text{EN: f.Source, FR: f.SourceIn(request.French)}, Finding: f})
		}
	}
	found := slices.Clone(e.why.Guardrails) // what decided comes first
	slices.SortStableFunc(found, func(a, b rules.Evaluation) int { return passed(a) - passed(b) })
	for _, g := range found {
		if g.State == rules.NotInForce {
			idle = append(idle, g.Guardrail)
			continue
		}
		p.guardrail(&g)
	}
	if len(idle) > 0 {
		p.wrap(2, p.say("Not in force that day: ", "Pas en vigueur ce jour-là\u00a0: ")+strings.Join(idle, ", "))
	}
}

func passed(g rules.Evaluation) int {
	if g.State == rules.Passed {
		return 1
	}
	return 0
}

// guardrail prints how one came out: its title, what it looked at, and where it comes from; of one that found something its
// condition and its words as well.
func (p *explainPage) guardrail(g *rules.Evaluation) {
	mark, word := p.state(g)
	title := g.Title.In(p.l)
	if title == "" {
		title = g.Guardrail
	}
	p.hang("  "+mark+" ", "    ", title+" ["+g.Guardrail+"] – "+word)
	if values := p.values(g.Values); len(values) > 0 {
		p.hang("      ", "        ", strings.Join(values, "; "))
	}
	if g.State != rules.Passed && g.Expression != "" {
		p.hang("      ", "        ", p.say("when ", "si ")+strings.Join(strings.Fields(g.Expression), " "))
	}
	if f := g.Finding; f != nil {
		p.hang("      ", "        ", p.say("“"+f.Message.EN+"”", "«\u00a0"+f.Message.FR+"\u00a0»"))
		if f.ExemptedBy != "" {
			p.hang("      ", "        ", p.say("exempted by ", "exemption accordée par ")+f.ExemptedBy)
		}
	}
	if g.Why != "" {
		p.hang("      ", "        ", p.say("why: ", "raison\u00a0: ")+g.Why)
	}
	if source := g.Source.In(p.l); source != "" {
		p.hang("      ", "        ", p.say("source: ", "source\u00a0: ")+source)
	}
}

// values are what a guardrail looked at, as a reader calls it. That a field is filled in needs no saying beside its value, nor
// that it says something.
func (p *explainPage) values(all []rules.ValueRead) (said []string) {
	for _, v := range all {
		name, asked := strings.CutPrefix(v.Name, `given("`)
		name = strings.TrimSuffix(name, `")`)
		if asked && slices.ContainsFunc(all, func(o rules.ValueRead) bool { return o.Name == name || o.Name == "line."+name }) || v.Value.EN == "" {
			continue
		}
		said = append(said, v.Words.In(p.l)+p.colon()+v.Value.In(p.l))
	}
	return said
}

// state says how a guardrail came out: a mark and a word.
func (p *explainPage) state(g *rules.Evaluation) (mark, word string) {
	switch g.State {
	case rules.Passed:
		return "✓", p.say("passed", "respectée")
	case rules.Exempted:
		return "○", p.say("exempted", "exemptée")
	case rules.NotEvaluated:
		return "–", p.say("not evaluated", "non évaluée")
	case rules.Failed:
		return "▲", p.say("failed: an officer looks", "en échec\u00a0: soumise à l’approvisionnement")
	}
	action := request.Escalate
	if g.Finding != nil {
		action = g.Finding.Action
	}
	switch action {
	case request.Note:
		return "•", p.say("found: note", "constat\u00a0: à signaler")
	case request.Escalate:
		return "▲", p.say("found: escalate", "constat\u00a0: à soumettre à l’approvisionnement")
	}
	return "✗", p.say("found: return", "constat\u00a0: à renvoyer")
}

// today says what is otherwise in the policy in force now, and what that would make of the line.
func (p *explainPage) today() {
	today := p.e.Today
	if today == nil {
		return
	}
	p.section("The policy today", "La politique aujourd’hui")
	if today.Same {
		p.wrap(2, p.say("The same text is in force.", "Le même texte est en vigueur."))
		return
	}
	p.policy(p.say("In force: ", "En vigueur\u00a0: "), today.Policy)
	for _, c := range today.Changes {
		for i, line := range strings.Split(c.Words.In(p.l), "\n") {
			if i == 0 {
				p.hang("  - ", "    ", line)
			} else {
				p.hang("    "+line[:len(line)-len(strings.TrimLeft(line, " "))], "        ", strings.TrimLeft(line, " "))
			}
		}
	}
	if len(today.Changes) == 0 {
		p.wrap(2, p.say("Nothing that is judged or said differs.", "Rien de ce qui est jugé ou dit ne diffère."))
	}
	p.wrap(2, fmt.Sprintf(p.say("It would say of the same facts: %s %s", "Des mêmes faits, elle dirait\u00a0: %s %s"), symbolOf(today.Outcome), lower(today.Outcome.Word().In(p.l))))
	for i := range today.Findings {
		f := &today.Findings[i]
		text := f.Guardrail + p.colon() + f.Message.In(p.l)
		if f.ExemptedBy != "" {
			text += " [" + p.say("exempted by ", "exemption accordée par ") + f.ExemptedBy + "]"
		}
		p.hang("    ", "      ", text)
	}
}

// verdict says whether what comes out now is what was recorded.
func (p *explainPage) verdict() {
	e := p.e
	fmt.Fprintln(p.out)
	if len(e.Differences) > 0 {
		p.wrap(0, p.say("✗ THIS IS NOT WHAT WAS RECORDED.", "✗ CE N’EST PAS CE QUI A ÉTÉ CONSIGNÉ."))
		for _, d := range e.Differences {
			p.hang("  - ", "    ", d.In(p.l))
		}
		return
	}
	if e.Disposed {
		p.wrap(0, p.say("The facts were disposed of under the records rules; the chain still proves the decision.",
			"Les faits ont été éliminés selon les règles de conservation; la chaîne prouve encore la décision."))
		return
	}
	p.wrap(0, fmt.Sprintf(p.say("✓ Judged again with these facts and this policy: %s, with the same findings. That is what was recorded.",
		"✓ Nouvel examen avec ces faits et cette politique\u00a0: %s, avec les mêmes constats. C’est ce qui a été consigné."), lower(e.Replayed.Word().In(p.l))))
}

// budgetWords is the budget that a line was compared with, as a sum that can be checked.
func budgetWords(b *request.Budget, currency string, l request.Lang) string {
	money := func(d decimal.Decimal) string { return request.Money{Amount: d, Currency: currency}.In(l) }
	text := request.Text{EN: "Budget %s, %s: %s less %s committed, %s spent, %s waiting, %s beside it in the workbook: %s free",
		FR: "Budget %s, %s\u00a0: %s moins %s engagés, %s dépensés, %s en attente, %s ailleurs dans le classeur\u00a0: %s libres"}.In(l)
	return fmt.Sprintf(text, b.CostCentre, b.FiscalYear, money(b.Amount), money(b.Committed), money(b.Spent), money(b.Waiting), money(b.Beside), money(b.Free()))
}
