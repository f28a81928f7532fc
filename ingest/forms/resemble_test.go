package forms

import (
	"os"
	"strings"
	"testing"

	"handrail/internal/request"
)

// namedHeaders are the headers of one field; "" for traps.
type namedHeaders struct {
	field   string
	headers []string
}

// headerTable reads testdata/headers.txt.
func headerTable(t *testing.T) []namedHeaders {
	t.Helper()
	text, err := os.ReadFile("testdata/headers.txt")
	if err != nil {
		t.Fatal(err)
	}
	var table []namedHeaders
	for line := range strings.Lines(string(text)) {
		line = strings.TrimSuffix(line, "\n")
		name, isName := strings.CutPrefix(line, "[")
		switch {
		case isName:
			table = append(table, namedHeaders{field: strings.TrimPrefix(strings.TrimSuffix(name, "]"), "no field")})
		case line != "" && !strings.HasPrefix(line, "## "):
			last := &table[len(table)-1]
			last.headers = append(last.headers, line)
		}
	}
	if len(table) < 20 {
		t.Fatalf("testdata/headers.txt names %d fields", len(table))
	}
	return table
}

// TestResemblingKnowsTheWordsOfTheTrade prints how many headers of the table are found, and how many traps are taken.
// A trap taken is an honest request that waits for a person; a header missed is a value that nobody asks about.
func TestResemblingKnowsTheWordsOfTheTrade(t *testing.T) {
	var fields, found, maybe, maybeFound, traps, taken int
	for _, row := range headerTable(t) {
		field, unsure := strings.CutSuffix(row.field, "?")
		for _, header := range row.headers {
			all := Resembling(header)
			var best Resemblance
			if len(all) > 0 {
				best = all[0]
			}
			switch {
			case field == "":
				traps++
				if best.Likely() {
					taken++
					t.Logf("trap taken: %q for %s (%.2f)", header, best.Name, best.Score)
				}
			case unsure:
				maybe++
				if best.Name == field && !best.Likely() {
					maybeFound++
				} else {
					t.Logf("maybe: %q: %v, want %s and not likely", header, all, field)
				}
			default:
				fields++
				if best.Name == field && best.Likely() {
					found++
				} else {
					t.Logf("missed: %q: %v, want %s", header, all, field)
				}
			}
		}
	}
	t.Logf("%d headers and labels: %d of %d fields found, %d of %d possible ones, %d of %d traps taken",
		fields+maybe+traps, found, fields, maybeFound, maybe, taken, traps)
	if found*100 < fields*97 || maybeFound*100 < maybe*90 || taken*100 > traps*2 {
		t.Error("fewer than 97 % of the fields or 90 % of the possible ones are found, or more than 2 % of the traps are taken")
	}
}

// Each of a shipped label's names resembles its own field, and nothing else more.
func TestALabelResemblesItsField(t *testing.T) {
	for _, info := range request.Fields() {
		for _, label := range []string{info.Label.EN, info.Label.FR, info.Label.EN + " / " + info.Label.FR} {
			if best := Resembling(label); len(best) == 0 || best[0].Name != info.Name || best[0].Score < 1 {
				t.Errorf("%s resembles %v, want %s", label, best, info.Name)
			}
		}
	}
	for _, header := range []string{"Grand total", "Currency code", "Former public servant", "Amends PO"} {
		if best := Resembling(header); len(best) == 0 || !best[0].Likely() {
			t.Errorf("%s resembles %v: a line with a value there must be asked about", header, best)
		}
	}
}

func BenchmarkResembling(b *testing.B) {
	for b.Loop() {
		Resembling("Suggested vendor (name, address, phone)")
	}
}
