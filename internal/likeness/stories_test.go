package likeness

import (
	"cmp"
	"errors"
	"io/fs"
	"os"
	"testing"

	"github.com/pelletier/go-toml/v2"
)

// The stories of the policies' benchmark, written by somebody who had not seen this package. They are reported, and the
// package was not fitted to them word by word.
const storiesFile = "../../rules/stories/stories.toml"

type storyLine struct {
	Supplier    string `toml:"supplier"`
	Title       string `toml:"title"`
	TitleOther  string `toml:"title_other"`
	Description string `toml:"description"`
}

type story struct {
	ID          string    `toml:"id"`
	Kind        string    `toml:"kind"`
	OneSupplier *bool     `toml:"one_supplier"`
	OneNeed     *bool     `toml:"one_need"`
	Line        storyLine `toml:"line"` // what each of its lines begins as
	Mail        []struct {
		Line []storyLine `toml:"line"`
	} `toml:"mail"`
}

func stories(t *testing.T) []story {
	data, err := os.ReadFile(storiesFile)
	if errors.Is(err, fs.ErrNotExist) {
		t.Skip("the stories are not here")
	}
	if err != nil {
		t.Fatal(err)
	}
	var file struct {
		Story []story `toml:"story"`
	}
	if err := toml.Unmarshal(data, &file); err != nil {
		t.Fatal(err)
	}
	if len(file.Story) < 60 {
		t.Fatalf("%d stories", len(file.Story))
	}
	return file.Story
}

func (s story) lines() []storyLine {
	var list []storyLine
	for _, m := range s.Mail {
		for _, l := range m.Line {
			l.Supplier = cmp.Or(l.Supplier, s.Line.Supplier)
			l.Title = cmp.Or(l.Title, s.Line.Title)
			l.TitleOther = cmp.Or(l.TitleOther, s.Line.TitleOther)
			l.Description = cmp.Or(l.Description, s.Line.Description)
			list = append(list, l)
		}
	}
	return list
}

func TestSuppliersOfStories(t *testing.T) {
	var pairs []judged
	all := stories(t)
	var honest []string
	matches, met := 0, 0
	for _, s := range all {
		lines := s.lines()
		if s.Kind == "honest" && len(lines) > 0 && lines[0].Supplier != "" {
			honest = append(honest, lines[0].Supplier)
		}
		for i := range lines {
			for j := range i {
				a, b := lines[i].Supplier, lines[j].Supplier
				if s.OneSupplier == nil || !*s.OneSupplier || a == "" || b == "" || a == b {
					continue
				}
				x, y := ReadName(a), ReadName(b)
				pairs = append(pairs, judged{Names(x, y), true, s.ID, a, b})
				matches++
				if meet(x, y) || x.Form() == y.Form() {
					met++
				}
			}
		}
	}
	for i := range honest {
		for j := range i {
			if honest[i] != honest[j] {
				pairs = append(pairs, judged{Names(ReadName(honest[i]), ReadName(honest[j])), false, "≠", honest[i], honest[j]})
			}
		}
	}
	precision, recall := measure(t, "suppliers of stories", pairs, NamesAlike)
	t.Logf("%d of %d matches meet in a block", met, matches)
	if precision < 0.98 || recall < 0.75 {
		t.Errorf("precision %.3f, recall %.3f", precision, recall)
	}
}

// storyNeeds are the pairs of needs of the stories: those of one story that are one need, those of one that are not, and
// those of two honest stories. The second value is how many lines there are, the third counts those that have a term.
func storyNeeds(t *testing.T) (pairs []needPair, lines int, counts map[string]int) {
	type read struct {
		story, text string
		need        Need
	}
	var honest []read
	counts = map[string]int{}
	for _, s := range stories(t) {
		var own []read
		for _, l := range s.lines() {
			n := ReadNeed(l.Title, l.TitleOther, l.Description)
			lines++
			for _, term := range n.Terms() {
				counts[term]++
			}
			if n.Form() != "" {
				own = append(own, read{s.ID, l.Title + " | " + l.Description, n})
			}
		}
		if s.Kind == "honest" {
			honest = append(honest, own...)
		}
		for i := range own {
			for j := range i {
				if s.OneNeed == nil || own[i].text == own[j].text || i > 4 {
					continue // a story of twelve lines alike counts no more than one of five
				}
				kind := s.ID
				if !*s.OneNeed {
					kind = "≠ " + s.ID
				}
				pairs = append(pairs, needPair{own[i].need, own[j].need, *s.OneNeed, kind, own[i].text, own[j].text})
			}
		}
	}
	for i := range honest {
		for j := range i {
			if honest[i].story != honest[j].story {
				pairs = append(pairs, needPair{honest[i].need, honest[j].need, false, "≠ other stories", honest[i].text, honest[j].text})
			}
		}
	}
	return pairs, lines, counts
}

func TestNeedsOfStories(t *testing.T) {
	pairs, lines, counts := storyNeeds(t)
	for _, w := range []struct {
		name    string
		weights Weights
	}{{"usual", Usual()}, {"learned", Learned(Usual(), lines, func(term string) int { return counts[term] })}} {
		precision, recall := measure(t, "needs of stories, "+w.name+" weights", judgeNeeds(pairs, w.weights), NeedsAlike)
		if precision < 0.85 || recall < 0.75 {
			t.Errorf("%s weights: precision %.3f, recall %.3f", w.name, precision, recall)
		}
	}
}
