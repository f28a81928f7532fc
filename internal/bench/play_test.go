package bench_test

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"

	"handrail/internal/bench"
	"handrail/internal/request"
	"handrail/rules"
)

func load(t *testing.T, policy, stories string) bench.Options {
	t.Helper()
	p, err := rules.Load(t.Context(), policy)
	if err != nil {
		t.Fatal(err)
	}
	s, err := rules.LoadStories(t.Context(), stories)
	if err != nil {
		t.Fatal(err)
	}
	return bench.Options{Policy: p, Stories: s, Goal: bench.Goal{Caught: 94, Stopped: 13}}
}

// Every kind of story comes out as it should, and is counted once.
func TestStoriesArePlayedAsMailed(t *testing.T) {
	r, err := bench.Play(t.Context(), load(t, "testdata/policy.toml", "testdata/stories.toml"))
	if err != nil {
		t.Fatal(err)
	}
	want := map[string]string{
		"C1": "caught 8000.00: C1-1 approved; C1-2 escalated split",
		"C2": "held down 9000.00: C2-1 approved; C2-2 approved!; C2-3 escalated split",
		"C3": "missed 16000.00: C3-1 approved; C3-2 approved!",
		"C4": "caught 0.00: C4-1 returned rationale",
		"C5": "caught 0.00: C5-1 escalated register-person",
		"H1": "passed 5000.00: H1-1 approved; ; H1-3 kept approved; H1-4 approved; H1-5 approved; [H1-5]",
		"H2": "stopped 0.00: H2-1 escalated! limit",
		"H3": "stopped 0.00: H3-1 returned! rationale",
		"H4": "passed 0.00: H4-1 returned split rationale, H4-2 escalated limit split",
	}
	for i := range r.Played {
		p := &r.Played[i]
		if got := short(p); got != want[p.ID] {
			t.Errorf("%s: %s\nwant: %s", p.ID, got, want[p.ID])
		}
		delete(want, p.ID)
	}
	if len(want) > 0 {
		t.Errorf("not played: %v", want)
	}
	if d := r.Dividing; d.Played != 5 || d.Caught != 4 || d.EveryLine != 3 || d.Approved.Plain() != "33000.00" || d.NeedTotal.Plain() != "53500.00" {
		t.Errorf("dividing: %+v", d)
	}
	if h := r.Honest; h != (bench.Stops{Played: 4, Stopped: 2, Officer: 1}) {
		t.Errorf("honest: %+v", h)
	}
	if r.Reached {
		t.Error("the goal is said to be reached with 80 of a hundred caught and 50 stopped")
	}
	if tags := fmt.Sprint(r.ByTag); tags != "[{spelling dividing 2 1} {year honest 1 1}]" {
		t.Errorf("tags: %s", tags)
	}
}

// short says what became of a story in one line.
func short(p *bench.Played) string {
	var mails []string
	for _, m := range p.Mails {
		var lines []string
		for _, l := range m.Lines {
			words := []string{l.ID}
			if l.Kept {
				words = append(words, "kept")
			}
			outcome := string(l.Outcome)
			if l.Wanted != nil {
				outcome += "!"
			}
			words = append(words, outcome)
			for _, f := range l.Findings {
				words = append(words, f.Guardrail)
			}
			lines = append(lines, strings.Join(words, " "))
		}
		if len(m.Withdraws) > 0 {
			lines = append(lines, fmt.Sprint(m.Withdrawn))
		}
		mails = append(mails, strings.Join(lines, ", "))
	}
	return fmt.Sprintf("%s %s: %s", p.Verdict, p.Approved.Plain(), strings.Join(mails, "; "))
}

// The goal is reached at its very figures, amounts are text in JSON, and an id that is not there is said.
func TestGoalAndChoiceOfStories(t *testing.T) {
	o := load(t, "testdata/policy.toml", "testdata/stories.toml")
	o.Only, o.Goal = []string{"C1", "C3", "H2", "H4"}, bench.Goal{Caught: 50, Stopped: 50}
	r, err := bench.Play(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	if !r.Reached {
		t.Errorf("half of each is what was asked: %+v %+v", r.Dividing, r.Honest)
	}
	text, err := json.Marshal(r)
	if err != nil {
		t.Fatal(err)
	}
	for _, part := range []string{`"approved":"24000.00"`, `"verdict":"missed"`, `"outcome":"escalated"`, `"wanted":["escalated"]`} {
		if !strings.Contains(string(text), part) {
			t.Errorf("the document has no %s: %s", part, text)
		}
	}
	i := slices.IndexFunc(r.Played, func(p bench.Played) bool { return p.ID == "H2" })
	if got := r.Played[i].Mails[0].Lines[0].Findings[0].Message.In(request.French); got != "12\u00a0000,00\u00a0$ dépasse la limite." {
		t.Errorf("the officer reads %q", got)
	}
	o.Only = []string{"Z9"}
	if _, err := bench.Play(t.Context(), o); err == nil || !strings.Contains(err.Error(), "no story has such an id") {
		t.Errorf("a story that is not there: %v", err)
	}
}
