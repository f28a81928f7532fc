package reply

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"handrail/ingest"
)

// ParseVerdict reads the decision cell of a returned workbook: APPROVE or DECLINE in any of the words that a typed
// command may use, and nothing else. A cell with hidden or look-alike characters is none.
func ParseVerdict(cell string) (v Verb, ok bool) {
	if tricky(cell) {
		return "", false
	}
	tokens := tokensOf(cell)
	if len(tokens) > 0 && tokens[len(tokens)-1].is(".") {
		tokens = tokens[:len(tokens)-1]
	}
	n, v := actions.at(tokens, 0)
	return v, n > 0 && n == len(tokens) && (v == Approve || v == Decline)
}

// ParseReason reads the reason cell of a returned workbook as what follows the colon of a typed command is read: cleaned,
// and with a condition no reason to approve.
func ParseReason(v Verb, cell string) (reason string, ask *AskBack) {
	reason = ingest.Clip(ingest.CleanLine(cell), 2000)
	if tricky(reason) {
		return "", &AskBack{Why: AskHidden, Line: ingest.Clip(reason, 200)}
	}
	switch meaningOf(v, tokensOf(reason), true) {
	case conditional:
		return "", &AskBack{Why: AskCondition, Line: ingest.Clip(reason, 200)}
	case notReason:
		return "", &AskBack{Why: AskReasonMeans, Line: ingest.Clip(reason, 200)}
	}
	return reason, nil
}

// coveringWords are what a covering note is made of. A line of other words could change what a workbook says.
var coveringWords = wordSet(`please kindly see find here is are the my our your this in with of for you attached enclosed
	attachment workbook file form sheet decision decisions answer answers reply completed filled out
	svp veuillez voir trouver voici ci-joint ci-jointe ci-joints ci-jointes joint jointe le la les mon ma mes notre nos votre vos
	classeur fichier formulaire feuille reponse reponses piece en avec de pour vous rempli remplie complete`)

// IsCoveringNote reports whether the new text of a reply says nothing of its own beside a file that it brings: it is empty,
// or holds a greeting, a covering note such as "Please see attached", a closing, a signature. Names are as for
// Parse. Its error is the context's.
func IsCoveringNote(ctx context.Context, text string, names ...string) (bool, error) {
	r, ok := newLetter(ctx, text, names)
	if !ok {
		return false, nil
	}
	r.lines = slices.DeleteFunc(r.lines, func(line string) bool { return isCovering(fold(line)) })
	covers := r.onlyEnds()
	if err := ctx.Err(); err != nil {
		return false, fmt.Errorf("read the covering note: %w", err)
	}
	return covers, nil
}

// onlyEnds reports whether the first line that says something ends the letter.
func (r *letter) onlyEnds() bool {
	for i, line := range r.lines {
		if folded := fold(line); folded != "" && !isQuoted(line) && !isFooter(folded) {
			return r.endsHere(i)
		}
	}
	return true
}

func isCovering(folded string) bool {
	words := strings.FieldsFunc(folded, func(c rune) bool { return strings.ContainsRune(" ,.!:", c) })
	if len(words) == 0 || len(words) > 14 {
		return false
	}
	for i, w := range words {
		if !coveringWords[w] && !(i == 0 && closing.MatchString(w)) {
			return false
		}
	}
	return true
}
