package main

import (
	"context"
	"fmt"
	"strings"

	"handrail/internal/bench"
	"handrail/internal/request"
	"handrail/rules"
)

const (
	yearDivided = 36
	yearSeed    = 2026
)

// year plays a made-up year against a policy.
func (c *policyBenchCommand) year(ctx context.Context, t *terminal, policy *rules.Policy) error {
	done := func() {}
	if !c.asJSON() {
		done = t.working(request.Text{EN: "The year is played", FR: "L’année se joue"}.In(c.Lang))
	}
	r, err := bench.PlayYear(ctx, policy, bench.YearOptions{Lines: c.Lines, Divided: yearDivided, Seed: yearSeed})
	done()
	if err != nil {
		return fail(exitInput, "", "%w", err)
	}
	if c.asJSON() {
		return t.document(r)
	}
	t.printYear(r, c.Lang)
	return nil
}

func (t *terminal) printYear(r *bench.YearResult, l request.Lang) {
	say := func(en, fr string) string { return request.Text{EN: en, FR: fr}.In(l) }
	perHundred := r.PerHundred().String()
	if l == request.French {
		perHundred = strings.Replace(perHundred, ".", ",", 1)
	}
	fmt.Fprintf(t.out, "%s %s — %s\n\n", r.Policy.Name, r.Policy.Version, say("a made-up year", "une année fictive"))
	row := func(what, figure string) { fmt.Fprintf(t.out, "  %s%s\n", pad(what, -48), pad(figure, 12)) }
	row(say("Honest lines", "Lignes honnêtes"), fmt.Sprint(r.Lines))
	row(say("  in mails", "  en courriels"), fmt.Sprint(r.Mails))
	row(say("  from suppliers", "  de fournisseurs"), fmt.Sprint(r.Suppliers))
	row(say("Seen by an officer", "Vues par un agent"), fmt.Sprint(r.Officer))
	row(say("  of a hundred", "  sur cent"), perHundred)
	row(say("Sent back with a question", "Retournées avec une question"), fmt.Sprint(r.Returned))
	row(say("Divided needs caught", "Besoins fractionnés repérés"), fmt.Sprintf("%d / %d", r.Caught, r.Divided))
	for _, part := range []struct {
		title string
		list  []bench.GuardrailShare
		of    int
	}{{say("Seen by an officer, by guardrail (a line can have several)", "Vues par un agent, par balise (une ligne peut en avoir plusieurs)"), r.Guardrails, r.Officer},
		{say("Sent back, by guardrail", "Retournées, par balise"), r.Returns, r.Returned}} {
		if len(part.list) == 0 {
			continue
		}
		fmt.Fprintf(t.out, "\n  %s\n", part.title)
		for _, g := range part.list {
			fmt.Fprintf(t.out, "    %s%s%s\n", pad(g.Guardrail, -40), pad(fmt.Sprint(g.Lines), 7), pad(percent(g.Lines, part.of, l), 8))
		}
	}
}
