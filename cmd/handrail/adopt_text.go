package main

import (
	"fmt"
	"strings"

	"handrail/internal/adopt"
	"handrail/internal/judgement"
	"handrail/internal/request"
)

// describe takes what the proposal says.
func (r *adoptJSON) describe(p *adopt.Proposal) {
	r.Sheet, r.HeaderRow, r.Form = p.Sheet, p.HeaderRows, p.Block()
	r.Seen = append(append(append(r.Seen, seenOf(p.Columns)...), seenOf(p.Boxes)...), seenOf(p.Footers)...)
	for _, l := range p.Lacks {
		r.Lacks = append(r.Lacks, adoptLack{l.Field, l.Required, l.Advice})
	}
}

func seenOf(all []adopt.Seen) []adoptSeen {
	var seen []adoptSeen
	for i := range all {
		s := &all[i]
		one := adoptSeen{Cell: s.Cell, Words: s.Words, Kind: s.Kind, Field: s.Field, Sure: s.Sure(), Score: s.Score, Why: s.Why, Value: s.Value, Second: []string{}}
		for _, r := range s.Second {
			if r.Name != s.Field {
				one.Second = append(one.Second, r.Name)
			}
		}
		seen = append(seen, one)
	}
	return seen
}

// tried takes what came out of the filled copy.
func (r *adoptJSON) tried(file string, trial *adopt.Trial) {
	t := &adoptTrial{File: file, Typed: []adoptTyped{}, Lines: []adoptLine{}, Left: []adoptLeft{}, Lost: []adoptTyped{}}
	r.Trial = t
	for _, e := range trial.Entered {
		t.Typed = append(t.Typed, adoptTyped{Cell: e.Cell, Field: e.Field, Text: e.Text})
	}
	for _, l := range trial.Lost {
		t.Lost = append(t.Lost, adoptTyped{l.Cell, l.Field, l.Text, l.Came})
	}
	if trial.Form == nil {
		code, message := judgement.RefusalOf(trial.Error)
		t.Refused = &fileError{Code: code, Message: message}
		return
	}
	o := trial.Form.Origin
	t.Origin = checkRequester{Name: o.Name, Email: o.Email, Unit: o.Unit, Language: o.Language}
	for _, line := range trial.Form.Lines.All() {
		one := adoptLine{Row: line.Row, Values: map[string]string{}}
		for _, info := range request.Fields() {
			if said := adopt.Said(&line.Values[info.Field], info.Field); said != "" {
				one.Values[info.Name] = said
			}
		}
		t.Lines = append(t.Lines, one)
	}
	r.Problems = append(r.Problems, trial.Form.AllProblems()...)
	for _, left := range trial.Form.LeftAlone {
		t.Left = append(t.Left, adoptLeft{left.Sheet, left.Cells, left.Text, left.Why})
	}
}

// mustAct reports whether the form cannot be used yet with what is proposed.
func (r *adoptJSON) mustAct() bool {
	for _, l := range r.Lacks {
		if l.Required {
			return true
		}
	}
	return r.Trial != nil && (r.Trial.Refused != nil || len(r.Trial.Lost) > 0)
}

// printAdopted says to a person what was seen, what is proposed, what lacks and what came of the trial.
func (t *terminal) printAdopted(r *adoptJSON) {
	fmt.Fprintln(t.out, r.File)
	if len(r.HeaderRow) > 0 {
		fmt.Fprintf(t.out, "  sheet %q: a table with its headers in row %s\n", r.Sheet, strings.Trim(strings.ReplaceAll(fmt.Sprint(r.HeaderRow), " ", " and "), "[]"))
	} else {
		fmt.Fprintf(t.out, "  sheet %q: boxes, and no table\n", r.Sheet)
	}
	t.printSeen(r.Seen)
	fmt.Fprint(t.out, "\n  the proposal:\n\n")
	for line := range strings.Lines(r.Form) {
		fmt.Fprint(t.out, "    "+line)
	}
	t.printLacks(r)
	t.printTrial(r)
	t.printWritten(r)
}

func (t *terminal) printSeen(seen []adoptSeen) {
	for _, s := range seen {
		if s.Field == "" && s.Kind != "column" && len(s.Second) == 0 {
			continue
		}
		field := orDash(s.Field)
		note := s.Sure
		if s.Value != "" && s.Field != "" {
			note += ", value in " + s.Value
		}
		if s.Field == "" && len(s.Second) > 0 {
			note = "perhaps " + strings.Join(s.Second, " or ")
		}
		fmt.Fprintf(t.out, "    %-5s %-30s -> %-17s (%s)\n", s.Cell, clipText(s.Words, 30), field, note)
	}
}

func (t *terminal) printLacks(r *adoptJSON) {
	required, read := false, []string{}
	for _, l := range r.Lacks {
		if !l.Required {
			read = append(read, l.Field)
			continue
		}
		if !required {
			fmt.Fprintf(t.out, "\n  the form does not ask for what %s needs; without it a line is returned:\n", r.policy)
			required = true
		}
		t.hang("    "+l.Field+": ", "      ", l.Advice.EN+".")
	}
	if len(read) > 0 {
		fmt.Fprintln(t.out)
		t.wrap(2, r.policy+" also reads what the form does not ask for: "+strings.Join(read, ", ")+". Where it is empty, the guardrails say what follows.")
	}
}

func (t *terminal) printTrial(r *adoptJSON) {
	trial := r.Trial
	if trial == nil {
		return
	}
	fmt.Fprintln(t.out)
	if trial.File == "" {
		t.wrap(2, fmt.Sprintf("tried on a copy of the form, with %d cells filled in:", len(trial.Typed)))
	} else {
		t.wrap(2, "tried on "+trial.File+":")
	}
	if trial.Refused != nil {
		t.wrap(4, trial.Refused.Message.EN)
	}
	if o := trial.Origin; o.Name+o.Email+o.Unit != "" {
		t.wrap(4, "from "+strings.Join([]string{orDash(o.Name), orDash(o.Email), orDash(o.Unit)}, ", "))
	}
	for i, line := range trial.Lines {
		if i == mostTold {
			fmt.Fprintf(t.out, "    and %d more lines\n", len(trial.Lines)-i)
			break
		}
		var values []string
		for _, info := range request.Fields() {
			if said := line.Values[info.Name]; said != "" {
				values = append(values, info.Name+" "+clipText(said, 40))
			}
		}
		t.hang(fmt.Sprintf("    row %d: ", line.Row), "      ", strings.Join(values, "; "))
	}
	for _, lost := range trial.Lost {
		came := "nothing came back"
		if lost.Came != "" {
			came = "“" + lost.Came + "” came back"
		}
		t.wrap(4, fmt.Sprintf("lost: %s, “%s” was typed into %s and %s", lost.Field, lost.Text, lost.Cell, came))
	}
	for _, left := range trial.Left {
		t.wrap(4, leftAlone(left.Cells, left.Text, left.Why))
	}
	for i, p := range r.Problems {
		if i == mostTold {
			t.wrap(4, fmt.Sprintf("and %d more: handrail inspect --config F lists them all", len(r.Problems)-i))
			break
		}
		t.wrap(4, strings.TrimSpace(p.Cell+" "+string(p.Severity))+": "+p.Message.EN)
	}
}

// mostTold is how many lines, and how many problems, of a trial are told on a terminal.
const mostTold = 12

func (t *terminal) printWritten(r *adoptJSON) {
	if r.Change != nil {
		fmt.Fprintf(t.out, "\n  %s, from line %d:\n", r.Written, r.Change.Line)
		for _, line := range r.Change.Removed {
			fmt.Fprintln(t.out, strings.TrimRight("  - "+line, " "))
		}
		for _, line := range r.Change.Added {
			fmt.Fprintln(t.out, strings.TrimRight("  + "+line, " "))
		}
		t.wrap(2, "next: handrail check --config "+r.Written+" on a filled form, then hand out the form")
		return
	}
	if r.Written != "" {
		fmt.Fprintf(t.out, "\n  %s: the proposal\n", r.Written)
	}
}

// whyLeftAlone are the reasons of forms.LeftAlone in words.
var whyLeftAlone = map[string]string{
	"below-table": "below the table", "section": "a heading", "prepared": "prepared by the template", "ignored": "ignored by [form] ignore",
	"not-a-label": "no label that is known",
}

// leftAlone is a part of a sheet that was read as nothing, in a line.
func leftAlone(cells, text, why string) string {
	if words := whyLeftAlone[why]; words != "" {
		why = words
	}
	return fmt.Sprintf("left alone: %s “%s” (%s)", cells, clipText(strings.Join(strings.Fields(text), " "), 60), why)
}
