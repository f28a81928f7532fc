package statement

import (
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/shopspring/decimal"

	"handrail/internal/request"
)

// resentStory is files in the order in which they came, and what is counted in the end.
type resentStory struct {
	name  string
	files [][]Charge
	want  string
}

func readStories(t *testing.T) (stories []resentStory) {
	t.Helper()
	text, err := os.ReadFile("testdata/resent.txt")
	if err != nil {
		t.Fatal(err)
	}
	var s *resentStory
	for line := range strings.Lines(string(text)) {
		line = strings.TrimSpace(line)
		switch {
		case strings.HasPrefix(line, "## "):
			stories = append(stories, resentStory{name: line[3:]})
			s = &stories[len(stories)-1]
		case strings.HasPrefix(line, "> "):
			row, same := strings.CutPrefix(line[2:], "same ")
			if !same {
				s.files = append(s.files, nil)
			}
			last := &s.files[len(s.files)-1]
			*last = append(*last, storyRow(t, row, fmt.Sprintf("file%d.csv", len(s.files)), len(*last)+1))
		case strings.HasPrefix(line, "want "):
			s.want = line[5:]
		}
	}
	for i := range stories {
		for _, f := range stories[i].files {
			identify(f)
		}
	}
	return stories
}

func storyRow(t *testing.T, row, file string, n int) Charge {
	t.Helper()
	day := func(s string) request.Date {
		var d int
		if _, err := fmt.Sscanf(s, "%d", &d); err != nil {
			t.Fatal(row, err)
		}
		return request.Date{Year: 2026, Month: 11, Day: d}
	}
	fields := strings.Fields(row)
	c := Charge{Statement: file, Row: n, Transacted: day(fields[0]), Posted: day(fields[0]), Merchant: strings.ReplaceAll(fields[1], "_", " "), Card: "1111",
		Amount: request.Money{Amount: decimal.RequireFromString(fields[2]), Currency: "CAD"}}
	for _, f := range fields[3:] {
		key, value, _ := strings.Cut(f, "=")
		switch key {
		case "card":
			c.Card = strings.Trim(value, "-")
		case "posted":
			c.Posted = day(value)
		case "ref":
			c.Reference = value
		case "id":
			c.BankID = value
		case "cur":
			c.Amount.Currency = value
		case "holder":
			c.Cardholder = strings.ReplaceAll(value, "_", " ")
		case "centre":
			c.CostCentre = value
		case "pending":
			c.Status = Pending
		default:
			t.Fatalf("%q in %q", f, row)
		}
	}
	return c
}

// What files say again is counted once, mended where the newer one says more, and what a newer one lacks stays.
func TestFilesThatAreSentAgain(t *testing.T) {
	stories := readStories(t)
	right := 0
	for _, s := range stories {
		got := toldOf(s.files)
		if got != s.want {
			t.Errorf("%s: %s, want %s", s.name, got, s.want)
			continue
		}
		right++
	}
	if len(stories) < 55 {
		t.Errorf("only %d stories", len(stories))
	}
	t.Logf("%d of %d stories are right", right, len(stories))
}

func toldOf(files [][]Charge) string {
	var all []Charge
	var last Comparison
	for _, f := range files {
		last = Compare(all, f)
		all = Union(all, f)
	}
	sum, mended := decimal.Zero, 0
	for _, c := range all {
		if c.Status == Posted {
			sum = sum.Add(c.Amount.Amount)
		}
	}
	for _, p := range last.Pairs {
		if p.Mends {
			mended++
		}
	}
	return fmt.Sprintf("%d %s mended %d new %d lacking %d", len(all), sum.StringFixed(2), mended, len(last.New), len(last.Lacking))
}
