package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"os"
	"slices"
	"strings"

	"handrail/internal/bench"
	"handrail/internal/request"
	"handrail/rules"
)

type policyBenchCommand struct {
	File      []string     `arg:"" optional:"" help:"A policy, a file of stories, or one of each, in any order: files or shipped names. Without stories the shipped ones are played (stories, evasions), without a policy the shipped default."`
	Year      bool         `help:"Instead of stories play a made-up year of some 3,000 lines with three dozen divided needs among them, and say how many lines an officer sees. It takes a few minutes."`
	Lines     int          `default:"3000" hidden:""`
	Only      []string     `placeholder:"ID" help:"Play these stories only."`
	Registers bool         `help:"Give every story all registers that its file names, and not only those that it needs."`
	Caught    int          `default:"94" help:"The goal: at least so many of a hundred divided needs are caught."`
	Stopped   int          `default:"13" help:"The goal: at most so many of a hundred honest stories are stopped."`
	Lang      request.Lang `enum:"en,fr" default:"en" help:"Language of the text: en or fr."`
	formatted
}

// usualStories are played where none are named.
const usualStories = "stories"

// named sorts what is named into a policy and stories.
func (c *policyBenchCommand) named() (policy, stories string, err error) {
	for _, name := range c.File {
		shipped := slices.Contains(rules.ShippedStories(), name) || slices.Contains(rules.Shipped(), name)
		if _, err := os.Stat(name); !shipped && err != nil {
			return "", "", fail(exitUsage, "shipped policies: "+strings.Join(rules.Shipped(), ", ")+"; shipped stories: "+strings.Join(rules.ShippedStories(), ", "), "policy bench: %w", err)
		}
		to, what := &policy, "policies"
		if slices.Contains(rules.ShippedStories(), name) || !slices.Contains(rules.Shipped(), name) && rules.HoldsStories(name) {
			to, what = &stories, "files of stories"
		}
		if *to != "" {
			return "", "", fail(exitUsage, "", "%s and %s are both %s: name one", *to, name, what)
		}
		*to = name
	}
	return policy, cmp.Or(stories, usualStories), nil
}

func (c *policyBenchCommand) Run(ctx context.Context, t *terminal) error {
	if c.Caught < 0 || c.Caught > 100 || c.Stopped < 0 || c.Stopped > 100 {
		return fail(exitUsage, "", "--caught and --stopped are from 0 to 100")
	}
	policyName, storiesName, err := c.named()
	if err != nil {
		return err
	}
	policy, err := loadPolicy(ctx, policyName)
	if err != nil {
		return t.wrongPolicy(err, c.formatted, c.Lang)
	}
	if c.Year {
		return c.year(ctx, t, policy)
	}
	stories, err := rules.LoadStories(ctx, storiesName)
	if errors.As(err, new(rules.Mistakes)) {
		return t.wrongPolicy(err, c.formatted, c.Lang)
	}
	if err != nil {
		return fail(exitInput, "", "%w", err)
	}
	done := func() {}
	if !c.asJSON() {
		done = t.working(request.Text{EN: "The stories are played", FR: "Les scénarios se jouent"}.In(c.Lang))
	}
	r, err := bench.Play(ctx, bench.Options{Policy: policy, Stories: stories, Only: c.Only, Registers: c.Registers, Goal: bench.Goal{Caught: c.Caught, Stopped: c.Stopped}})
	done()
	switch {
	case errors.Is(err, bench.ErrNoStory):
		return fail(exitUsage, "", "--only: %w", err)
	case err != nil:
		return fail(exitInput, "", "%w", err)
	}
	if c.asJSON() {
		err = t.document(r)
	} else {
		t.printBench(r, c.Lang)
		t.printRegisters(len(stories.Registers), c.Registers, c.Lang)
	}
	if err == nil && r.Judged && !r.Reached {
		return somebodyMustAct()
	}
	return err
}

// printBench says on one screen how the stories came out, and then what happened in those that came out otherwise.
func (t *terminal) printBench(r *bench.Result, l request.Lang) {
	say := func(en, fr string) string { return request.Text{EN: en, FR: fr}.In(l) }
	d, h := &r.Dividing, &r.Honest
	fmt.Fprintf(t.out, "%s %s — %s\n\n", r.Policy.Name, r.Policy.Version, say("stories: ", "scénarios\u00a0: ")+r.Stories)
	row := func(what string, n, of int, goal string) {
		fmt.Fprintf(t.out, "  %s%s%s%s\n", pad(what, -38), pad(fmt.Sprintf("%d / %d", n, of), 9), pad(percent(n, of, l), 9), goal)
	}
	row(say("Divided needs caught", "Besoins fractionnés repérés"), d.Caught, d.Played, fmt.Sprintf(say("   goal: at least %d %%", "   objectif\u00a0: au moins %d\u00a0%%"), r.Goal.Caught))
	row(say("  with every line stopped", "  avec toutes les lignes arrêtées"), d.EveryLine, d.Played, "")
	row(say("Honest people stopped", "Personnes honnêtes arrêtées"), h.Stopped, h.Played, fmt.Sprintf(say("   goal: at most %d %%", "   objectif\u00a0: au plus %d\u00a0%%"), r.Goal.Stopped))
	row(say("  by an officer", "  par un agent"), h.Officer, h.Played, "")
	fmt.Fprintf(t.out, "  %s%s\n", pad(say("Approved by the machine, divided needs", "Approuvé sans agent, besoins fractionnés"), -41), d.Approved.In(l)+say(" of ", " sur ")+d.NeedTotal.In(l))
	t.wrap(4, say("The first lines of a divided need are rightly in it: they alone pass no limit.", "Les premières lignes d’un besoin fractionné y figurent à bon droit\u00a0: à elles seules, elles ne dépassent aucune limite."))
	fmt.Fprintln(t.out)
	switch {
	case !r.Judged:
		t.wrap(2, say("Too few to judge: the goal needs stories of both kinds.", "Trop peu de scénarios pour juger de l’objectif\u00a0: il en faut des deux sortes."))
	case r.Reached:
		fmt.Fprintln(t.out, "  "+say("The goal is reached.", "L’objectif est atteint."))
	default:
		fmt.Fprintln(t.out, "  "+say("The goal is missed.", "L’objectif n’est pas atteint."))
	}
	t.printTags(r, l)
	t.printHeldDown(r, l)
	for _, kind := range []rules.StoryKind{rules.Dividing, rules.Honest} {
		for i := range r.Played {
			if p := &r.Played[i]; p.Wrong() && p.Story.Kind == kind {
				t.printStory(p, r.Dividing.Approved.Currency, l)
			}
		}
	}
}

func percent(n, of int, l request.Lang) string {
	if of == 0 {
		return "–"
	}
	space := " "
	if l == request.French {
		space = "\u00a0"
	}
	return fmt.Sprintf("%d%s%%", (n*100+of/2)/of, space)
}

// printTags names what was missed, and whom it stopped, by what the stories try.
func (t *terminal) printTags(r *bench.Result, l request.Lang) {
	say := func(en, fr string) string { return request.Text{EN: en, FR: fr}.In(l) }
	for _, kind := range []struct {
		kind  rules.StoryKind
		title string
	}{{rules.Dividing, say("Missed, by what they try: ", "Non repérés, selon la façon de faire\u00a0: ")},
		{rules.Honest, say("Falsely stopped, by what they are: ", "Arrêtés à tort, selon la situation\u00a0: ")}} {
		var names []string
		for _, tag := range r.ByTag {
			if tag.Kind == kind.kind {
				names = append(names, fmt.Sprintf(say("%s %d of %d", "%s %d sur %d"), tag.Name, tag.Wrong, tag.Stories))
			}
		}
		if len(names) > 0 {
			fmt.Fprintln(t.out)
			t.wrap(2, kind.title+strings.Join(names, ", ")+".")
		}
	}
}

// printStory tells a story that came out otherwise than it should.
func (t *terminal) printStory(p *bench.Played, currency string, l request.Lang) {
	say := func(en, fr string) string { return request.Text{EN: en, FR: fr}.In(l) }
	verdict := say("missed", "non repéré")
	if p.Verdict == bench.Stopped {
		verdict = say("falsely stopped", "arrêté à tort")
	}
	fmt.Fprintln(t.out)
	t.wrap(2, fmt.Sprintf("%s  %s%s%s", p.ID, verdict, say(": ", "\u00a0: "), p.Title))
	t.wrap(4, p.Story.Story)
	if p.Story.Why != "" && p.Story.Why != p.Story.Story {
		t.wrap(4, say("Why: ", "Pourquoi\u00a0: ")+p.Story.Why)
	}
	if p.Verdict == bench.Missed {
		t.wrap(4, say("approved by the machine: ", "approuvé sans agent\u00a0: ")+p.Approved.In(l))
	}
	for i := range p.Mails {
		t.printStoryMail(&p.Mails[i], currency, l)
	}
}

func (t *terminal) printStoryMail(m *bench.PlayedMail, currency string, l request.Lang) {
	say := func(en, fr string) string { return request.Text{EN: en, FR: fr}.In(l) }
	fmt.Fprintf(t.out, "    %s  %s\n", m.Date, m.From)
	if len(m.Withdraws) > 0 {
		t.wrap(6, say("withdraws ", "retire ")+strings.Join(m.Withdraws, ", "))
	}
	if m.Again > 0 {
		t.wrap(6, fmt.Sprintf(say("mail %d a second time", "le courriel %d une deuxième fois"), m.Again))
	}
	for i := range m.Lines {
		pl := &m.Lines[i]
		if pl.Outcome == "" {
			continue
		}
		wanted := ""
		if pl.Wanted != nil {
			var words []string
			for _, o := range pl.Wanted {
				words = append(words, o.Word().In(l))
			}
			wanted = say("   ← should be: ", "   ← attendu\u00a0: ") + strings.Join(words, say(" or ", " ou "))
		}
		if pl.RightlyStopped() {
			wanted = say("   ← rightly stopped", "   ← arrêtée à bon droit")
		}
		total := pl.Total
		if sum := pl.Sum(); !sum.IsZero() {
			total = request.Money{Amount: sum, Currency: currency}.In(l)
		}
		title := request.Text{EN: request.QuoteEN(pl.Title), FR: request.QuoteFR(pl.Title)}.In(l)
		said := strings.Join([]string{pl.ID, total, pl.Supplier, pl.CostCentre, title}, "  ")
		t.wrap(6, fmt.Sprintf("%s %s  %s%s", symbolOf(pl.Outcome), pl.Outcome.Word().In(l), said, wanted))
		t.printFound(pl.Findings, l)
	}
}

// printFound names the guardrails that stopped a line, those that say the same together.
func (t *terminal) printFound(findings []bench.Found, l request.Lang) {
	colon := request.Text{EN: ": ", FR: "\u00a0: "}.In(l)
	for i, f := range findings {
		message := f.Message.In(l)
		same := func(o bench.Found) bool { return o.Message.In(l) == message }
		if slices.ContainsFunc(findings[:i], same) {
			continue
		}
		var names []string
		for _, o := range findings[i:] {
			if same(o) {
				names = append(names, o.Title.In(l)+" ["+o.Guardrail+"]")
			}
		}
		t.wrap(10, strings.Join(names, ", ")+colon+message)
	}
}

// printHeldDown lists the stories that count as caught only because what was approved stayed under the limit.
func (t *terminal) printHeldDown(r *bench.Result, l request.Lang) {
	say := func(en, fr string) string { return request.Text{EN: en, FR: fr}.In(l) }
	first := true
	for i := range r.Played {
		p := &r.Played[i]
		if p.Verdict != bench.HeldDown {
			continue
		}
		if first {
			fmt.Fprintln(t.out)
			t.wrap(2, say("Caught only because what was approved stayed under the limit (held down):", "Repérés seulement parce que le montant approuvé est resté sous la limite (contenus)\u00a0:"))
			first = false
		}
		t.wrap(4, fmt.Sprintf("%s  %s  %s", p.ID, p.Approved.In(l), p.Title))
	}
}

// printRegisters says with which registers the stories were played.
func (t *terminal) printRegisters(files int, all bool, l request.Lang) {
	say := func(en, fr string) string { return request.Text{EN: en, FR: fr}.In(l) }
	fmt.Fprintln(t.out)
	switch {
	case files == 0:
		t.wrap(2, say("No registers were used: the file of stories names none.", "Aucun registre n’a été utilisé\u00a0: le fichier de scénarios n’en nomme aucun."))
	case !all:
		t.wrap(2, say("Registers were used only in stories that need them; --registers gives every story all of them.", "Les registres n’ont servi qu’aux scénarios qui en ont besoin; --registers les donne tous à chaque scénario."))
	default:
		t.wrap(2, say("Every story had all registers.", "Chaque scénario avait tous les registres."))
	}
}
