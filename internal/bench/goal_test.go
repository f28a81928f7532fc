package bench_test

import (
	"testing"

	"handrail/internal/bench"
	"handrail/rules"
)

// Of the shipped stories at least 94 of a hundred that divide a need are caught, and at most 13 of a hundred honest ones stopped, under
// the shipped policy. With -short every fourth is played, and nothing is held.
func TestShippedStoriesReachTheGoal(t *testing.T) {
	policy, err := rules.LoadShipped("esdc-micro-acquisition")
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"stories", "evasions"} {
		stories, err := rules.LoadStories(t.Context(), name)
		if err != nil {
			t.Fatal(err)
		}
		o := bench.Options{Policy: policy, Stories: stories, Goal: bench.Goal{Caught: 94, Stopped: 13}}
		if testing.Short() {
			for i := 0; i < len(stories.Stories); i += 4 {
				o.Only = append(o.Only, stories.Stories[i].ID)
			}
		}
		r, err := bench.Play(t.Context(), o)
		if err != nil {
			t.Fatal(err)
		}
		wrong := ""
		for i := range r.Played {
			switch p := &r.Played[i]; p.Verdict {
			case bench.Missed, bench.Stopped:
				wrong += " " + p.ID
			}
		}
		t.Logf("%s: %d of %d caught, %d of %d honest ones stopped; otherwise than they should:%s", name, r.Dividing.Caught, r.Dividing.Played, r.Honest.Stopped, r.Honest.Played, wrong)
		if !r.Reached && !testing.Short() {
			t.Errorf("%s: the goal of %d caught and %d stopped in a hundred is not reached:%s", name, o.Goal.Caught, o.Goal.Stopped, wrong)
		}
	}
}
