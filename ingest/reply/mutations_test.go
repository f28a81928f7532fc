package reply

import (
	"math/rand/v2"
	"strings"
	"testing"
)

// rightCommands are clear answers to a mail about five lines.
var rightCommands = []string{
	"APPROVE 1", "Approve 1 and 3", "approve lines 1, 2 and 4", "I approve 2-4", "Approved 1 through 3", "Approve #1 and #3", "Line 2 is approved", "Lines 1 and 3 are approved", "2: approved",
	"Approve 1: within budget", "Approve 1 and 3: urgent operational need", "APPROVE 2: not foreseen", "Approve 1, thanks", "Hi Marie, approve 4. Thanks",
	"Decline 2: too expensive", "Decline 1 and 3 - out of scope", "Line 2 is declined, too expensive", "Reject 4 because it is a duplicate", "I decline 2 (no budget)",
	"Approve 1 and 3. Decline 2: too expensive.", "Approve 1, decline 2: too expensive", "1. Approved\n2. Declined: too expensive", "Approve all but 2", "Approve all except line 3", "Decline 2: too expensive\nApprove 1 and 4",
	"APPROUVER 1", "J’approuve la 1 et la 3", "Approuver les lignes 1, 2 et 4", "La ligne 2 est approuvée", "Ligne 2 : refusée, trop cher", "Refuser la 2 : trop cher", "Approuver 1 à 3 : besoin urgent",
	"Tout est approuvé sauf la 2", "Je refuse la 4 parce que le prix est trop élevé", "Approuver 1 et refuser 2 : hors budget",
}

// inserted are words that people put into answers, and what they do to one.
var (
	negations     = []string{"not", "never", "don't", "do not", "cannot", "pas", "jamais", "n'est pas", "if", "unless", "once", "si", "sauf si", "only if cheaper", "subject to a new quote", "maybe", "peut-être", "up to $500", "à condition", "sous réserve", "when approved by Marie", "tomorrow", "demain", "provided", "pending", "almost", "half of"}
	insertedWords = []string{"the", "laptops", "only", "but", "mais", "except", "sauf", "all", "tout", "both", "rest", "the rest", "others", "les autres", "or", "ou", "and", "et", "no", "non", "yes", "ok", "please", "also", "line", "to", "à", "for", "withdraw", "everything",
		"quotes", "same", "hold", "later", "(", ")", "/", "-", ":", ",", ".", ";", "\n", "?", "%", "$"}
	insertedVerbs   = []string{"decline", "approve", "approuver", "refuser", "declined", "approved"}
	insertedNumbers = []string{"first", "second", "one", "deux", "5", "2", "3", "12", "500", "1.5", "$40", "2026"}
)

const mutatedLines = 5

// decidedLines says what becomes of each of the lines; nil: nothing is decided.
func decidedLines(text string) map[int]Verb {
	commands, ask := commandsOf(newTextOf(text), "Dana Whitfield")
	if ask != nil {
		return nil
	}
	became := map[int]Verb{}
	for _, c := range commands {
		if c.Verb != Approve && c.Verb != Decline || c.Loose || c.Count > 0 && c.Count != mutatedLines {
			return nil
		}
		for _, n := range c.Lines {
			if n > mutatedLines {
				return nil
			}
		}
		for n := 1; n <= mutatedLines; n++ {
			named := false
			for _, l := range c.Lines {
				named = named || l == n
			}
			if c.Every() || named != c.Rest {
				became[n] = c.Verb
			}
		}
	}
	return became
}

// insertAt puts a word between two others.
func insertAt(text string, place int, what string) string {
	words := strings.Fields(strings.ReplaceAll(text, "\n", " \n "))
	if strings.Contains(text, "\n") {
		words = strings.Split(strings.ReplaceAll(text, "\n", " \n "), " ")
	}
	place = min(place, len(words))
	all := append(append(append([]string{}, words[:place]...), what), words[place:]...)
	return strings.ReplaceAll(strings.Join(all, " "), " \n ", "\n")
}

// spansMore allows a word that makes a span of two numbers to decide what lies between them.
func spansMore(w string) func(int, map[int]Verb) bool {
	if w != "to" && w != "à" && w != "-" {
		return nil
	}
	return func(line int, before map[int]Verb) bool { return between(line, before, 0) }
}

// between reports whether a line lies between two that were decided, or one of them and one more.
func between(line int, before map[int]Verb, more int) bool {
	below, above := more > 0 && more < line, more > line
	for n := range before {
		below, above = below || n < line, above || n > line
	}
	return below && above
}

// A word, a number, a negation or a condition put into a right answer never decides more than the answer did.
func TestWhatIsPutIntoAnAnswerNeverDecidesMore(t *testing.T) {
	tried, decided := 0, 0
	check := func(from, text string, allowed func(line int, before map[int]Verb) bool) {
		before, after := decidedLines(from), decidedLines(text)
		tried++
		if len(after) > 0 {
			decided++
		}
		for line, verb := range after {
			if before[line] == verb || allowed != nil && allowed(line, before) {
				continue
			}
			t.Errorf("%q decides %d: %s, and %q did not", text, line, verb, from)
		}
	}
	rounds, bases := 4_000, rightCommands
	if testing.Short() {
		rounds, bases = 300, rightCommands[:6]
	}
	for _, from := range bases {
		if len(decidedLines(from)) == 0 {
			t.Errorf("%q decides nothing", from)
			continue
		}
		places := len(strings.Fields(from)) + 1
		for place := range places {
			for _, w := range insertedWords {
				check(from, insertAt(from, place, w), spansMore(w))
			}
			for _, w := range insertedVerbs { // another decision about the same lines
				check(from, insertAt(from, place, w), func(line int, before map[int]Verb) bool { return before[line] != "" })
			}
			for _, w := range insertedNumbers { // that line as well
				value := map[string]int{"first": 1, "second": 2, "one": 1, "deux": 2, "5": 5, "2": 2, "3": 3}[w]
				check(from, insertAt(from, place, w), func(line int, before map[int]Verb) bool { return line == value || between(line, before, value) })
			}
			for _, w := range negations {
				text := insertAt(from, place, w)
				check(from, text, nil)
				if !strings.ContainsAny(from, ":,-(.") && !strings.Contains(from, "but") && !strings.Contains(from, "because") && !strings.Contains(from, "parce que") && len(decidedLines(text)) > 0 {
					t.Errorf("%q decides %v although %q was put in", text, decidedLines(text), w)
				}
			}
		}
	}
	random := rand.New(rand.NewPCG(1, 2))
	all := append(append([]string{}, insertedWords...), negations...)
	for range rounds {
		from := rightCommands[random.IntN(len(rightCommands))]
		text := from
		for range 2 {
			text = insertAt(text, random.IntN(len(strings.Fields(text))+1), all[random.IntN(len(all))])
		}
		if all := strings.Contains(text, "everything") || strings.Contains(text, "tout ") || strings.Contains(text, "all "); all && (strings.Contains(text, "but ") || strings.Contains(text, "except ") || strings.Contains(text, "sauf ")) {
			continue // all lines but those of the answer
		}
		if !strings.Contains(text, " to ") && !strings.Contains(text, " à ") && !strings.Contains(text, " - ") {
			check(from, text, nil)
		}
	}
	t.Logf("%d answers tried, %d of them decided something", tried, decided)
	if decided == 0 || decided == tried {
		t.Error("nothing was compared")
	}
}
