package bench

import (
	"fmt"
	"testing"

	"handrail/internal/request"
	"handrail/rules"
)

// A year is the same for the same seed, has the shapes of real spend, and the divided needs that were asked for.
func TestAYearLooksLikeOne(t *testing.T) {
	o := YearOptions{Lines: 3000, Divided: 36, Seed: 1}
	mails, divided := newYear(o)
	again, _ := newYear(o)
	if fmt.Sprint(mails) != fmt.Sprint(again) {
		t.Error("the same seed makes another year")
	}
	needs, centres, french, honest := map[int]int{}, map[string]bool{}, 0, 0
	suppliers := map[string]int{}
	for i, m := range mails {
		if i > 0 && m.Date.Before(mails[i-1].Date) {
			t.Fatalf("mail %d is earlier than the one before", i)
		}
		for _, l := range m.Lines {
			if number, ok := divided[l.ID]; ok {
				needs[number]++
				continue
			}
			honest++
			centres[l.Values[request.CostCentre]] = true
			suppliers[l.Values[request.Supplier]]++
			if m.Lang == request.French {
				french++
			}
		}
	}
	most, once := 0, 0
	for _, n := range suppliers {
		most = max(most, n)
		if n == 1 {
			once++
		}
	}
	if honest < 3000 || len(needs) != 36 || len(centres) < 40 || french < honest/6 || french > honest/3 {
		t.Errorf("%d honest lines, %d needs, %d cost centres, %d lines in French", honest, len(needs), len(centres), french)
	}
	for number, lines := range needs {
		if lines < 3 {
			t.Errorf("need %d is not divided: %d lines", number, lines)
		}
	}
	// Of a council's spend half of the suppliers are seen once, and the largest has a twentieth of the lines.
	if len(suppliers) < 400 || once*10 < 4*len(suppliers) || once*10 > 7*len(suppliers) || most*100 < honest || most*10 > honest {
		t.Errorf("%d suppliers, %d of them once, the largest with %d of %d lines", len(suppliers), once, most, honest)
	}
}

// The first days of a year are those of the whole one, and a need that goes on later is not in them.
func TestTheFirstDaysOfAYear(t *testing.T) {
	whole, needs := newYear(YearOptions{Lines: 3000, Divided: 36, Seed: 1})
	mails, divided := newYear(YearOptions{Lines: 3000, Divided: 36, Seed: 1, Days: 100})
	end := whole[0].Date.AddDays(100)
	honest := func(mails []rules.StoryMail, needs map[string]int) (n int) {
		for _, m := range mails {
			if _, divides := needs[m.Lines[0].ID]; !divides && m.Date.Before(end) {
				n++
			}
		}
		return n
	}
	if honest(mails, divided) != honest(whole, needs) || len(divided) == 0 {
		t.Errorf("%d honest mails and %d divided lines of the first days, of %d", honest(mails, divided), len(divided), honest(whole, needs))
	}
	lines, all := map[int]int{}, map[int]int{}
	for _, number := range divided {
		lines[number]++
	}
	for _, number := range needs {
		all[number]++
	}
	for number, n := range lines {
		if n != all[number] {
			t.Errorf("need %d has %d of its %d lines", number, n, all[number])
		}
	}
}

// At most ten of a hundred honest lines of a year go to an officer, under the shipped policy, and of eighteen divided needs seventeen
// are caught. Half of the year is played, which is what there is time for; with -short two months, and the needs are only counted.
func TestAnOfficerSeesFewHonestLines(t *testing.T) {
	policy, err := rules.LoadShipped("esdc-micro-acquisition")
	if err != nil {
		t.Fatal(err)
	}
	o := YearOptions{Lines: 3000, Divided: 36, Seed: 2026, Days: 183}
	least := 1000
	if testing.Short() {
		o.Days, least = 61, 300
	}
	r, err := PlayYear(t.Context(), policy, o)
	if err != nil {
		t.Fatal(err)
	}
	t.Logf("%d lines, %s of a hundred at an officer: %v; %d sent back: %v; %d of %d divided needs caught", r.Lines, r.PerHundred(), r.Guardrails, r.Returned, r.Returns, r.Caught, r.Divided)
	if r.Lines < least || r.Divided < least/100 {
		t.Errorf("%d lines and %d needs were played", r.Lines, r.Divided)
	}
	if r.Officer*100 > 10*r.Lines {
		t.Errorf("%s of a hundred honest lines went to an officer, which is more than ten: %v", r.PerHundred(), r.Guardrails)
	}
	if !testing.Short() && r.Caught*18 < 17*r.Divided {
		t.Errorf("%d of %d divided needs were caught", r.Caught, r.Divided)
	}
}
