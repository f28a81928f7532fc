package reply

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// written is a row of a table of replies: what an officer wrote to a mail about three lines, and what is right.
type written struct {
	text, right string
}

// repliesIn reads a table of replies. Its texts are quoted as Python quotes them.
func repliesIn(t testing.TB, name string) (all []written) {
	t.Helper()
	raw, err := os.ReadFile(filepath.Join("testdata", name))
	if err != nil {
		t.Fatal(err)
	}
	for i, row := range strings.Split(strings.TrimSpace(string(raw)), "\n") {
		cells := strings.Split(row, "\t")
		if i == 0 {
			continue
		}
		if len(cells) != 3 {
			t.Fatalf("%s, row %d has %d cells", name, i+1, len(cells))
		}
		all = append(all, written{unquoted(t, cells[0]), cells[2]})
	}
	return all
}

// unquoted reads a text as Python writes it.
func unquoted(t testing.TB, s string) string {
	t.Helper()
	inner := strings.ReplaceAll(s[1:len(s)-1], `\x`, `\u00`)
	inner = strings.ReplaceAll(inner, `\'`, `'`)
	if s[0] == '\'' {
		inner = strings.ReplaceAll(inner, `"`, `\"`)
	}
	text, err := strconv.Unquote(`"` + inner + `"`)
	if err != nil {
		t.Fatalf("%s: %v", s, err)
	}
	return text
}

// outcomes says what commands make of a mail with three lines: "1 approved, 2 declined"; "" where they do not fit it.
func outcomes(commands []Command) string {
	const lines = 3
	became := map[int]string{}
	for _, c := range commands {
		if c.Verb == No { // asked back to an officer
			return ""
		}
		if c.Verb != Approve && c.Verb != Decline {
			return string(c.Verb)
		}
		if c.Loose || c.Count > 0 && c.Count != lines || len(c.References) > 0 {
			return ""
		}
		for _, n := range c.Lines {
			if n > lines {
				return ""
			}
		}
		for n := 1; n <= lines; n++ {
			if c.Every() || slices.Contains(c.Lines, n) != c.Rest {
				became[n] = map[Verb]string{Approve: "approved", Decline: "declined"}[c.Verb]
			}
		}
	}
	var all []string
	for n := 1; n <= lines; n++ {
		if became[n] != "" {
			all = append(all, fmt.Sprintf("%d: '%s'", n, became[n]))
		}
	}
	return "{" + strings.Join(all, ", ") + "}"
}

// tried is how the rows of a table were read.
type tried struct {
	clear, understood, traps, decided int
	wrong                             []string
}

func (r *tried) try(w written, names ...string) {
	commands, ask := commandsOf(newTextOf(w.text), names...)
	got := ""
	if ask == nil {
		got = outcomes(commands)
	}
	if strings.HasPrefix(w.right, "{") {
		r.clear++
		switch got {
		case w.right:
			r.understood++
		case "":
			why := AskLines
			if ask != nil {
				why = ask.Why
			}
			r.wrong = append(r.wrong, fmt.Sprintf("asked back (%s): %q, not %s", why, w.text, w.right))
		default:
			r.decided++
			r.wrong = append(r.wrong, fmt.Sprintf("DECIDED %s: %q, not %s", got, w.text, w.right))
		}
		return
	}
	r.traps++
	allowed := map[string][]string{
		"lines 1 and 3, or ask back": {"{1: 'approved', 3: 'approved'}"}, "1 and 3, or ask": {"{1: 'approved', 3: 'approved'}"}, "1 et 3, ou question": {"{1: 'approved', 3: 'approved'}"},
		"decline 2, or ask": {"{2: 'declined'}"}, "refuser 2, ou question": {"{2: 'declined'}"},
		"a reason, as the mail itself asks for": {"{1: 'approved'}"}, "a reason": {"{1: 'approved'}"},
		"undo, or say: UNDO alone": {"undo"}, "undo": {"undo"}, "confirmed, as APPROVED is": {"confirm"}, "withdrawn, or: write WITHDRAW 2": {"withdraw"}, "question": {"question"},
	}
	if got != "" && !slices.Contains(allowed[w.right], got) {
		r.decided++
		r.wrong = append(r.wrong, fmt.Sprintf("DECIDED %s: %q, not %s", got, w.text, w.right))
	}
}

// Answers as officers write them: those that are clear are understood at once, and no trap decides anything.
func TestRepliesOfOfficers(t *testing.T) {
	for name, least := range map[string]float64{"replies_bench.tsv": 1, "replies_by_others.tsv": 0.9, "replies_by_others_2.tsv": 0.9, "replies_by_others_3.tsv": 0.9, "replies_by_others_4.tsv": 0.9} {
		t.Run(name, func(t *testing.T) {
			var r tried
			for _, w := range repliesIn(t, name) {
				r.try(w, "Dana Whitfield", "Michel Gagnon")
			}
			figure := float64(r.understood) / float64(r.clear)
			t.Logf("%d of %d clear answers understood at once (%.0f %%); of %d traps and these, %d decided otherwise", r.understood, r.clear, 100*figure, r.traps, r.decided)
			for _, w := range r.wrong {
				t.Log(w)
			}
			if figure < least || r.decided > 0 {
				t.Errorf("%.2f understood, at least %.2f wanted; %d decided otherwise than meant", figure, least, r.decided)
			}
		})
	}
}
