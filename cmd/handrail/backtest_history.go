package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"handrail/internal/history"
	"handrail/internal/replay"
	"handrail/internal/report"
	"handrail/internal/request"
	"handrail/internal/workbook"
	"handrail/rules"
)

// largestHistory is what is read of a file, in bytes; a workbook may have 50 MB of them.
const largestHistory = 256 << 20

// history judges the purchases of a file.
func (c *policyBacktestCommand) history(ctx context.Context, t *terminal, policy *rules.Policy) (*report.Backtest, error) {
	if c.Since != "" || c.Inbox != "" {
		return nil, fail(exitUsage, "", "--since and --inbox are about a ledger: with --history the whole file is judged")
	}
	o := history.Options{Name: filepath.Base(c.History), Currency: policy.Currency(), Dates: c.Dates, Decimals: c.Decimals, Purchases: c.Purchases,
		Map: map[string]string{}, Extra: policy.ExtraHeaders(), Bounds: workbook.DefaultBounds()}
	for _, m := range c.Map {
		i := strings.LastIndexByte(m, '=')
		if i < 1 {
			return nil, fail(exitUsage, `such as --map "Paid to=supplier"`, "--map %q: a header, an equals sign and a field are needed", m)
		}
		header, field := strings.TrimSpace(m[:i]), strings.TrimSpace(m[i+1:])
		if other, twice := o.Map[header]; twice && other != field {
			return nil, fail(exitUsage, "", "--map says of %q that it is %s and that it is %s", header, other, field)
		}
		o.Map[header] = field
	}
	data, err := readHistory(c.History)
	if err != nil {
		return nil, err
	}
	done := t.working("reading " + o.Name)
	h, err := history.Read(ctx, data, o)
	done()
	if e := (*history.Error)(nil); errors.As(err, &e) {
		code := exitInput
		if e.Code == "map" {
			code = exitUsage
		}
		return nil, fail(code, e.Hint, "%s: %s", e.Name, e.Message.In(c.Lang))
	}
	if err != nil {
		return nil, err
	}
	return replay.JudgeHistory(ctx, h, replay.HistoryOptions{Policy: policy, Minutes: (report.Config{}).Estimates().OfficerMinutes, MostLines: c.lines(), Progress: t.progress("lines")})
}

func readHistory(name string) ([]byte, error) {
	info, err := os.Stat(name)
	switch {
	case err != nil:
		return nil, fail(exitInput, "", "%s: %w", name, plainError(err))
	case info.IsDir():
		return nil, fail(exitInput, "", "%s is a folder, and a file is needed", name)
	case info.Size() > largestHistory:
		return nil, fail(exitInput, "split it by year", "%s has %d bytes, and at most %d are read", name, info.Size(), largestHistory)
	}
	data, err := os.ReadFile(name)
	if err != nil {
		return nil, fail(exitInput, "", "%s: %w", name, plainError(err))
	}
	return data, nil
}

// plainError is an error of a file without the name of a system call.
func plainError(err error) error {
	if p := (*os.PathError)(nil); errors.As(err, &p) {
		return p.Err
	}
	return err
}

// mostShown is how many groups are printed; the workbook and JSON have all.
const mostShown = 12

// printHistory says what became of the purchases of a file.
func (t *terminal) printHistory(b *report.Backtest, l request.Lang, workbook string) {
	say := func(en, fr string) string { return request.Text{EN: en, FR: fr}.In(l) }
	n := func(i int) string { return request.CountIn(l, int64(i)) }
	h := b.History
	t.wrap(0, b.Policy.Name+" "+b.Policy.Version+": "+b.Days().In(l))
	t.wrap(0, h.Rowed().In(l))
	t.wrap(0, h.Looked(b.All.After.Lines).In(l))
	for _, f := range b.Failures {
		fmt.Fprintln(t.out)
		t.wrap(0, "! "+f.Words().In(l))
	}
	a := &b.All.After
	fmt.Fprintf(t.out, "\n  %s%s%s%s\n", pad("", -32), pad(say("lines", "lignes"), 10), pad(say("share", "part"), 10), pad(say("amount", "montant"), 22))
	for _, r := range []struct {
		word   request.Text
		n      int
		amount report.BacktestAmount
	}{{request.Approved.Word(), a.Approved, a.ApprovedAmount}, {request.Text{EN: "To an officer", FR: "À l’approvisionnement"}, a.Escalated, a.EscalatedAmount},
		{request.Returned.Word(), a.Returned, a.ReturnedAmount}, {request.Text{EN: "All", FR: "Toutes"}, a.Lines, a.Amount}} {
		fmt.Fprintf(t.out, "  %s%s%s%s\n", pad(r.word.In(l), -32), pad(n(r.n), 10), pad(percentOf(r.n, a.Lines, l), 10), pad(r.amount.In(l), 22))
	}
	fmt.Fprintln(t.out)
	t.wrap(2, say("Officer hours", "Heures de travail")+": "+hours(a, l)+" ("+say("estimate, ", "estimation, ")+b.MinutesPerLine.String()+say(" minutes a line", " minutes par ligne")+")")
	t.printMonths(b, l)
	t.printSums(say("By guardrail", "Par balise"), b.Guardrails, l, func(g *report.BacktestGroup) string { return g.Name })
	t.printSums(say("By branch", "Par direction générale"), b.Units, l, func(g *report.BacktestGroup) string {
		return cmp.Or(g.Name, say("(none given)", "(non indiquée)"))
	})
	t.printLargest(b, l)
	if len(h.NotLookedAt) > 0 {
		fmt.Fprintln(t.out, "\n  "+say("Not looked at", "Non examinées"))
		for _, u := range gatherUnseen(h.NotLookedAt, a.Lines, l) {
			t.hang("  - ", "    ", u)
		}
	}
	fmt.Fprintln(t.out, "\n  "+say("How the file was read", "Comment le fichier a été lu"))
	var used, unused []string
	for _, c := range h.Columns {
		if !c.As.IsZero() {
			used = append(used, cmp.Or(c.Header, c.Cell)+" → "+c.As.In(l))
		} else if c.Header != "" {
			unused = append(unused, c.Header)
		}
	}
	t.hang("  - ", "    ", strings.Join(used, "; ")+".")
	if len(unused) > 0 {
		t.hang("  - ", "    ", say("Not used: ", "Non utilisées\u00a0: ")+strings.Join(unused, ", ")+".")
	}
	for i := range h.LeftOut {
		t.hang("  - ", "    ", h.LeftOut[i].Words().In(l))
	}
	for _, r := range b.Remarks() {
		t.hang("  - ", "    ", r.In(l))
	}
	if workbook != "" {
		fmt.Fprintln(t.out, "\n"+say("Workbook: ", "Classeur\u00a0: ")+workbook)
	}
}

func percentOf(n, of int, l request.Lang) string {
	if of == 0 {
		return ""
	}
	s := fmt.Sprintf("%.1f", float64(n)*100/float64(of))
	if l == request.French {
		return strings.Replace(s, ".", ",", 1) + "\u00a0%"
	}
	return s + "%"
}

// printMonths is a small chart: a bar a month, as long as it has lines, and the money that would go to an officer.
func (t *terminal) printMonths(b *report.Backtest, l request.Lang) {
	const width, mostMonths = 26, 36
	say := func(en, fr string) string { return request.Text{EN: en, FR: fr}.In(l) }
	months := b.Months
	most := 0
	for i := range months {
		most = max(most, months[i].After.Lines)
	}
	fmt.Fprintf(t.out, "\n  %s%s%s%s\n", pad(say("By month", "Par mois"), -(10+width)), pad(say("lines", "lignes"), 8), pad(say("officer", "soumises"), 10), pad(say("money to an officer", "sommes soumises"), 22))
	if cut := len(months) - mostMonths; cut > 0 {
		t.wrap(2, say(fmt.Sprintf("(%d earlier months are in the workbook and in JSON)", cut), fmt.Sprintf("(%d mois antérieurs figurent dans le classeur et en JSON)", cut)))
		months = months[cut:]
	}
	for i := range months {
		s := &months[i].After
		// What goes to an officer shows as one sign at least.
		length := func(n int) int {
			if n == 0 {
				return 0
			}
			return max(1, (n*width+most/2)/most)
		}
		officer, returned := length(s.Escalated), length(s.Returned)
		approved := min(length(s.Approved), width-min(width, officer+returned))
		bar := t.paint(green, strings.Repeat("█", approved)) + t.paint(yellow, strings.Repeat("▒", officer)) + t.paint(red, strings.Repeat("·", returned))
		fmt.Fprintf(t.out, "  %s%s%s%s%s%s\n", pad(months[i].Name, -10), bar, strings.Repeat(" ", max(0, width-approved-officer-returned)),
			pad(request.CountIn(l, int64(s.Lines)), 8), pad(request.CountIn(l, int64(s.Escalated)), 10), pad(s.EscalatedAmount.In(l), 22))
	}
	fmt.Fprintf(t.out, "  %s█ %s   ▒ %s   · %s\n", pad("", -10), say("approved", "approuvées"), say("to an officer", "soumises à l’approvisionnement"), say("returned", "renvoyées"))
}

// printSums prints groups, those first that give an officer the most to do.
func (t *terminal) printSums(title string, groups []report.BacktestGroup, l request.Lang, name func(*report.BacktestGroup) string) {
	say := func(en, fr string) string { return request.Text{EN: en, FR: fr}.In(l) }
	sorted := slices.Clone(groups)
	slices.SortStableFunc(sorted, func(a, b report.BacktestGroup) int {
		return cmp.Or(cmp.Compare(b.After.Escalated, a.After.Escalated), cmp.Compare(b.After.Lines, a.After.Lines))
	})
	if len(sorted) == 0 {
		return
	}
	const width = 36
	fmt.Fprintf(t.out, "\n  %s%s%s%s\n", pad(title, -width), pad(say("lines", "lignes"), 8), pad(say("officer", "soumises"), 10), pad(say("money to an officer", "sommes soumises"), 22))
	for i := range sorted[:min(len(sorted), mostShown)] {
		g := &sorted[i]
		first := name(g)
		if len([]rune(first)) >= width {
			t.wrap(2, first)
			first = ""
		}
		fmt.Fprintf(t.out, "  %s%s%s%s\n", pad(first, -width), pad(request.CountIn(l, int64(g.After.Lines)), 8), pad(request.CountIn(l, int64(g.After.Escalated)), 10), pad(g.After.EscalatedAmount.In(l), 22))
	}
	if more := len(sorted) - mostShown; more > 0 {
		fmt.Fprintln(t.out, "  "+say(fmt.Sprintf("… and %d more, in the workbook and in JSON", more), fmt.Sprintf("… et %d autres, dans le classeur et en JSON", more)))
	}
}

func (t *terminal) printLargest(b *report.Backtest, l request.Lang) {
	if len(b.Largest) == 0 {
		return
	}
	fmt.Fprintln(t.out, "\n  "+request.Text{EN: "The largest that would go to an officer", FR: "Les plus importantes qui seraient soumises à l’approvisionnement"}.In(l))
	for i := range b.Largest {
		x := &b.Largest[i]
		fmt.Fprintln(t.out)
		t.wrap(2, strings.Join(slices.DeleteFunc([]string{x.Total.In(l), x.Received.String(), cmp.Or(x.Supplier, x.Title), x.Unit, request.Text{EN: "row ", FR: "ligne "}.In(l) + x.Reference}, func(s string) bool { return s == "" }), " · "))
		for why := range strings.Lines(x.Why().In(l)) {
			t.wrap(6, why)
		}
	}
}

// gatherUnseen puts the guardrails that lack the same into one sentence.
func gatherUnseen(list []report.BacktestUnseen, lines int, l request.Lang) []string {
	var order []string
	names := map[string][]string{}
	for i := range list {
		why := list[i].Words(lines).In(l)
		if names[why] == nil {
			order = append(order, why)
		}
		names[why] = append(names[why], list[i].Guardrail)
	}
	out := make([]string, len(order))
	for i, why := range order {
		colon := ": "
		if l == request.French {
			colon = "\u00a0: "
		}
		out[i] = strings.Join(names[why], ", ") + colon + why
	}
	return out
}
