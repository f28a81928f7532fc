package adopt

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"handrail/internal/request"

	"github.com/shopspring/decimal"
)

// truth is filled-N.truth.json, as far as it is asked here.
type truth struct {
	Lines []struct {
		Sheet  string         `json:"sheet"`
		Row    int            `json:"row"`
		Stated map[string]any `json:"stated"` // by the row's own cells
		Judged map[string]any `json:"judged"` // with what boxes and the footer add
	} `json:"lines"`
	Ask []struct {
		Cell string `json:"cell"`
	} `json:"ask"`
}

// TestFilledCopiesAreReadWithTheProposal prints how many of the true lines of the filled copies come out with what adopt
// proposes, with all their values, and how many are invented: none, and of the true ones none is lost.
func TestFilledCopiesAreReadWithTheProposal(t *testing.T) {
	dirs, err := filepath.Glob(departments + "/[0-9]*")
	if err != nil || len(dirs) < 10 {
		t.Fatalf("%d forms: %v", len(dirs), err)
	}
	allRead, allWhole, allLines, allInvented := 0, 0, 0, 0
	for _, dir := range dirs {
		p, _ := propose(t, filepath.Join(dir, "blank.xlsx"))
		var line strings.Builder
		for _, copyOf := range []string{"filled-1", "filled-2", "filled-3"} {
			var want truth
			text, err := os.ReadFile(filepath.Join(dir, copyOf+".truth.json"))
			if err == nil {
				err = json.Unmarshal(text, &want)
			}
			if err != nil {
				t.Fatal(err)
			}
			data, err := os.ReadFile(filepath.Join(dir, copyOf+".xlsx"))
			if err != nil {
				t.Fatal(err)
			}
			trial, err := p.Read(t.Context(), data, "CAD")
			if err != nil {
				t.Errorf("%s %s: %v", filepath.Base(dir), copyOf, err)
				continue
			}
			if copyOf != "filled-3" {
				columnsAreRight(t, p, trial, &want)
			}
			read, whole, invented := held(trial, &want, copyOf != "filled-3", func(format string, args ...any) {
				if testing.Verbose() {
					t.Logf("    %s %s "+format, append([]any{filepath.Base(dir), copyOf}, args...)...)
				}
			})
			allRead, allWhole, allLines, allInvented = allRead+read, allWhole+whole, allLines+len(want.Lines), allInvented+invented
			line.WriteString(strings.Join([]string{"  ", copyOf, ": ", itoa(read), " of ", itoa(len(want.Lines)), " lines, ", itoa(whole), " whole, ", itoa(invented), " invented"}, ""))
		}
		t.Logf("%-36s%s", filepath.Base(dir), line.String())
	}
	t.Logf("%d of %d lines, %d whole, %d invented", allRead, allLines, allWhole, allInvented)
	if allInvented > 0 || allRead < allLines-mostJoined || allWhole*100 < 90*allLines {
		t.Errorf("%d of %d lines are read, %d whole, %d invented", allRead, allLines, allWhole, allInvented)
	}
}

// mostJoined is how many true lines may be the rest of a description that was added to the row above.
const mostJoined = 3

// columnsAreRight holds each value of a row's own cells against the field that adopt took its column for.
func columnsAreRight(t *testing.T, p *Proposal, trial *Trial, want *truth) {
	t.Helper()
	if trial.Form == nil {
		return
	}
	of := map[string]bool{}
	for _, c := range p.Columns {
		of[c.Field] = true
	}
	got := map[string]request.Line{}
	for _, line := range trial.Form.Lines.All() {
		got[line.Sheet+"!"+itoa(line.Row)] = *line
	}
	for _, w := range want.Lines {
		line, ok := got[w.Sheet+"!"+itoa(w.Row)]
		for name, value := range w.Stated {
			f, isField := request.FieldByName(name)
			text, isText := value.(string)
			kind := f.Info().Kind
			if !ok || !isField || !isText || !of[name] || kind == request.ChoiceKind || kind == request.DateKind || name == "item" {
				continue // answers and days are the reader's
			}
			// An amount that the footer adds to is what it was or more.
			if said := Said(&line.Values[f], f); !sameText(f, said, text) && !strings.EqualFold(said, judgedText(w.Judged, name)) && !sameText(f, said, judgedText(w.Judged, name)) {
				t.Errorf("%s!%d %s is %q, read as %q", w.Sheet, w.Row, name, text, said)
			}
		}
	}
}

func judgedText(judged map[string]any, name string) string {
	s, _ := judged[name].(string)
	return s
}

func itoa(n int) string { return decimal.NewFromInt(int64(n)).String() }

// held counts the true lines that were read, those with every value, and lines that are none.
func held(trial *Trial, want *truth, all bool, say func(string, ...any)) (read, whole, invented int) {
	if trial.Form == nil {
		return 0, 0, 0
	}
	got := map[string]request.Line{}
	oneLine := len(want.Lines) > 0 && want.Lines[0].Row == 0 // a form of labels: its line is the sheet
	for _, line := range trial.Form.Lines.All() {
		if oneLine {
			line.Row = 0
		}
		got[line.Sheet+"!"+itoa(line.Row)] = *line
	}
	for _, w := range want.Lines {
		place := w.Sheet + "!" + itoa(w.Row)
		line, ok := got[place]
		if !ok {
			continue
		}
		delete(got, place)
		read++
		same := true
		for name, value := range w.Judged {
			f, ok := request.FieldByName(name)
			if !ok || name == "item" {
				continue
			}
			text, ok := value.(string)
			if !ok {
				continue
			}
			said := Said(&line.Values[f], f)
			if f == request.Title && said == "" || f == request.Description && said == "" { // one of them is as right as the other
				said = Said(&line.Values[request.Title], request.Title) + Said(&line.Values[request.Description], request.Description)
			}
			if !sameText(f, said, text) {
				same = false
				if all {
					say("%s %s is %q, read as %q", place, name, text, said)
				}
			}
		}
		if same {
			whole++
		}
	}
	return read, whole, len(got)
}

func sameText(f request.Field, said, want string) bool {
	if k := f.Info().Kind; k == request.MoneyKind || k == request.NumberKind {
		a, err1 := decimal.NewFromString(said)
		b, err2 := decimal.NewFromString(want)
		return err1 == nil && err2 == nil && a.Equal(b)
	}
	return strings.EqualFold(strings.Join(strings.Fields(said), " "), strings.Join(strings.Fields(want), " "))
}
