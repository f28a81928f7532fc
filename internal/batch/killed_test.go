package batch_test

import (
	"cmp"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"maps"
	"math/rand/v2"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"handrail/internal/ledger"
)

// crashPoints reads from the source every point at which a test may kill the program.
func crashPoints(t *testing.T) []string {
	t.Helper()
	files, err := os.ReadDir(".")
	if err != nil {
		t.Fatal(err)
	}
	var points []string
	for _, f := range files {
		if !strings.HasSuffix(f.Name(), ".go") || strings.HasSuffix(f.Name(), "_test.go") {
			continue
		}
		source, err := parser.ParseFile(token.NewFileSet(), f.Name(), nil, 0)
		if err != nil {
			t.Fatal(err)
		}
		ast.Inspect(source, func(n ast.Node) bool {
			call, ok := n.(*ast.CallExpr)
			if !ok {
				return true
			}
			if name, ok := call.Fun.(*ast.Ident); !ok || name.Name != "crash" && name.Name != "crashFor" {
				return true
			}
			literal, ok := call.Args[0].(*ast.BasicLit)
			if !ok && strings.HasPrefix(f.Name(), "crash_") {
				return true // crash itself
			}
			if !ok {
				t.Fatalf("%s: the name of a crash point is not written out", f.Name())
			}
			name, err := strconv.Unquote(literal.Value)
			if err != nil || slices.Contains(points, name) {
				t.Fatalf("%s: the crash point %s stands twice: %v", f.Name(), literal.Value, err)
			}
			points = append(points, name)
			return true
		})
	}
	return points
}

// spread plans stories in each of which the program is killed once a chapter at most, so that every point that was met is
// killed at once, in the chapter that has the fewest yet. The points that the fewest chapters meet choose first.
func spread(met [][]string) (stories [][]string) {
	chaptersOf := map[string][]int{}
	for n, points := range met {
		for _, point := range points {
			chaptersOf[point] = append(chaptersOf[point], n)
		}
	}
	points := slices.SortedFunc(maps.Keys(chaptersOf), func(a, b string) int {
		if d := len(chaptersOf[a]) - len(chaptersOf[b]); d != 0 {
			return d
		}
		return strings.Compare(a, b)
	})
	planned := make([][]string, len(met))
	for _, point := range points {
		emptiest := slices.MinFunc(chaptersOf[point], func(a, b int) int { return len(planned[a]) - len(planned[b]) })
		planned[emptiest] = append(planned[emptiest], point)
	}
	for n, points := range planned {
		for i, point := range points {
			if i == len(stories) {
				stories = append(stories, make([]string, len(met)))
			}
			stories[i][n] = point
		}
	}
	return stories
}

// upshot is what became of everything by the end, whoever was killed on the way: lines by their supplier, and how many
// different mails of each kind went to whom.
func (o *outside) upshot() map[string]int {
	all := map[string]int{}
	for _, l := range o.tables["line"] {
		all[l["supplier"]+" is "+l["outcome"]]++
	}
	for _, m := range o.tables["outgoing"] {
		all[m["kind"]+" to "+m["recipient"]+" "+m["state"]]++
	}
	for _, m := range o.tables["message"] {
		all["message "+m["kind"]+" "+m["state"]]++
	}
	return all
}

// extraCopies is how many mails lie in people's inboxes beside the first copy of each.
func (o *outside) extraCopies() (n int) {
	for _, list := range o.received {
		seen := map[string]bool{}
		for _, m := range list {
			if seen[m.messageID] {
				n++
			}
			seen[m.messageID] = true
		}
	}
	return n
}

// holdsAfter is holds for a program that was killed: it says where, and counts the extra copies of mails. Wherever a program
// dies, a mail may be with the server on each of its connections: none of these is doubled more than once (RFC 1047).
func (o *outside) holdsAfter(t *testing.T, where string, kills int) {
	t.Helper()
	for _, fault := range o.faults() {
		t.Errorf("%s: %s", where, fault)
	}
	if n := o.extraCopies(); n > kills*connections {
		t.Errorf("%s: %d extra copies after %d kills", where, n, kills)
	}
}

func (o *outside) comesTo(t *testing.T, want map[string]int) {
	t.Helper()
	got := o.upshot()
	for what := range want {
		if got[what] != want[what] {
			t.Errorf("%d times %s, want %d", got[what], what, want[what])
		}
	}
	for what := range got {
		if want[what] == 0 {
			t.Errorf("%d times %s, and never in a story without a kill", got[what], what)
		}
	}
}

// undisturbed tells the story without a kill: the points that each chapter meets, and what everything comes to.
func undisturbed(t *testing.T, story []chapter, on ledger.Config) (met [][]string, want map[string]int) {
	t.Helper()
	p := install(t, on)
	var o *outside
	for _, c := range story {
		p.begin(c)
		if p.onePass("") {
			t.Fatalf("%s: the program was killed", c.name)
		}
		points := p.met()
		slices.Sort(points)
		met = append(met, slices.Compact(points))
		o = p.look()
		o.holdsAfter(t, c.name, 0)
	}
	return met, o.upshot()
}

// TestKilledAtEveryPointNothingIsLostAndNothingIsDoubled kills the real program at every point that the source names, at both
// sides of every commit and every effect, through the weeks of a department; starts it again each time; and holds what can
// be seen from outside against the invariants. A point that nothing meets fails it.
func TestKilledAtEveryPointNothingIsLostAndNothingIsDoubled(t *testing.T) {
	t.Run("on SQLite", func(t *testing.T) {
		killedAtEveryPoint(t, func(testing.TB) ledger.Config { return ledger.Config{} })
	})
	t.Run("on PostgreSQL", func(t *testing.T) { killedAtEveryPoint(t, postgres) })
}

func killedAtEveryPoint(t *testing.T, ledgerFor func(testing.TB) ledger.Config) {
	story := chapters(t)
	if testing.Short() {
		t.Log("-short: a sample, of the first two chapters; most points are left out")
		story = story[:2]
	}
	met, want := undisturbed(t, story, ledgerFor(t))
	stories := spread(met)
	if testing.Short() {
		stories = stories[:1]
	} else {
		all := slices.Concat(met...)
		for _, point := range crashPoints(t) {
			if !slices.Contains(all, point) {
				t.Errorf("no chapter meets the crash point %s", point)
			}
		}
		if !whole() {
			t.Logf("1 of %d stories: HANDRAIL_TEST_WHOLE=1 tells all, in which the program is killed at every point", len(stories))
			stories = stories[:1] // it has a kill in every chapter that has any
		}
	}
	for i, kills := range stories {
		t.Run(fmt.Sprint("story ", i+1), func(t *testing.T) {
			t.Parallel()
			killedIn(t, install(t, ledgerFor(t)), story, kills, want)
		})
	}
}

// killedIn tells one story in which the program is killed at the point that each chapter names.
func killedIn(t *testing.T, p *program, story []chapter, kills []string, want map[string]int) {
	killed := 0
	for n, c := range story {
		p.begin(c)
		if died := p.onePass(kills[n]); died != (kills[n] != "") {
			t.Fatalf("%s: the program did not die at %q", c.name, kills[n])
		}
		if kills[n] == "" {
			continue
		}
		killed++
		p.rest()
		p.look().holdsAfter(t, c.name+", killed at "+kills[n], killed)
	}
	p.look().comesTo(t, want)
}

// TestKilledAtRandomNothingIsLostAndNothingIsDoubled kills the real program again and again, at the nth point whatever it is
// or after some time wherever it is, and in what is left of a pass that was killed before. HANDRAIL_TEST_KILL=10m keeps at it
// that long; HANDRAIL_TEST_SEED repeats one story.
func TestKilledAtRandomNothingIsLostAndNothingIsDoubled(t *testing.T) {
	if testing.Short() {
		t.Skip("a story with kills at random takes ten seconds: skipped with -short")
	}
	story := chapters(t)
	seed, again := seedOfTest(t)
	length, err := time.ParseDuration(cmp.Or(os.Getenv("HANDRAIL_TEST_KILL"), "0s"))
	switch {
	case err != nil:
		t.Fatalf("HANDRAIL_TEST_KILL: %v", err)
	case length > 0 && !again:
		seed = rand.Uint64() >> 32
	case whole() && !again:
		story = story[:5]
	case !again:
		story = story[:3]
	}
	_, want := undisturbed(t, story, ledger.Config{})
	for until := time.Now().Add(length); ; seed++ {
		t.Run(fmt.Sprint("seed ", seed), func(t *testing.T) { killedAtRandom(t, story, seed, want) })
		if !time.Now().Before(until) {
			return
		}
	}
}

// seedOfTest is the seed that somebody wants to see again; 1 when nobody does.
func seedOfTest(t *testing.T) (seed uint64, again bool) {
	t.Helper()
	text := os.Getenv("HANDRAIL_TEST_SEED")
	if text == "" {
		return 1, false
	}
	seed, err := strconv.ParseUint(text, 10, 64)
	if err != nil {
		t.Fatalf("HANDRAIL_TEST_SEED: %v", err)
	}
	return seed, true
}

// killedAtRandom tells one story in which a seed says when the program dies.
func killedAtRandom(t *testing.T, story []chapter, seed uint64, want map[string]int) {
	r := rand.New(rand.NewPCG(seed, 8))
	p := install(t, ledger.Config{})
	kills := 0
	for _, c := range story {
		p.begin(c)
		var how []string
		for range r.IntN(4) {
			p.agency.pass(time.Minute)
			if r.IntN(2) == 0 {
				point := fmt.Sprintf("*:%d", 1+r.IntN(60))
				if p.onePass(point) {
					how = append(how, point)
				}
				continue
			}
			after := time.Duration(1+r.IntN(600)) * time.Millisecond
			if p.killedAfter(after) {
				how = append(how, after.String())
			}
		}
		kills += len(how)
		p.rest()
		p.look().holdsAfter(t, fmt.Sprintf("seed %d, %s, killed at %v", seed, c.name, how), kills)
		if t.Failed() {
			return
		}
	}
	p.look().comesTo(t, want)
	t.Logf("seed %d: killed %d times", seed, kills)
}
