package reply

import (
	"context"
	"fmt"
)

// undoWords are what people write beside UNDO without meaning more.
var undoWords = phrasesOf("please, sorry, my mistake, by mistake, mistake, my bad, oops, wrong one, wrong line, wrong button, wrong mail, i made a mistake, i made an error, that was a mistake, this was a mistake, it was a mistake, that, this, it, that one, this one, my decision, the decision, my approval, the approval, my last decision, the last decision, last decision, all, everything, all of it, too fast, not what i meant, apologies, immediately, right away, now, asap, if possible, i clicked the wrong button, i clicked too fast, wrong click, thanks, thank you, yes, i want to, i would like to, i'd like to, i need to, i have to, can you, could you, would you, can you please, could you please, " +
	"svp, s'il vous plait, desole, desolee, erreur, une erreur, par erreur, mon erreur, c'est une erreur, c'etait une erreur, mauvaise ligne, mauvais bouton, mauvais courriel, ma decision, la decision, mon approbation, l'approbation, ma derniere decision, tout, ceci, cela, ca, je me suis trompe, je me suis trompee, trop vite, immediatement, maintenant, merci, oui, je veux, je voudrais, je dois, il faut, pouvez-vous, veuillez, oups, pardon")

// undoes reports whether the words behind UNDO leave it as it is.
func undoes(tokens []token) bool {
	for k := 0; k < len(tokens); {
		if tokens[k].kind == mark {
			if tokens[k].is("?", "/", "#", "$") {
				return false
			}
			k++
			continue
		}
		n := 0
		for _, list := range []*phrases[bool]{undoWords, thanks, leads, trailers} {
			if m, _ := list.at(tokens, k); m > n {
				n = m
			}
		}
		if n == 0 {
			return false
		}
		k += n
	}
	return true
}

// Undoing is what an answer to a receipt says about taking the decision back.
type Undoing int

// What is said of undoing.
const (
	NoUndo      Undoing = iota // nothing
	UnclearUndo                // the word is there, and what else is said could change it
	CertainUndo                // take it back
)

// ReadUndo says whether the new text of an answer to a receipt takes the decision back. The word in it, whatever stands
// beside it, is reason enough to hold what has not left yet. Its error is the context's.
func (rd Reader) ReadUndo(ctx context.Context, text string) (Undoing, error) {
	l, ok := newLetter(ctx, text, rd.Names)
	if !ok {
		return NoUndo, nil
	}
	sentences, hidden := l.sentences(l.body())
	found, clear := NoUndo, hidden == ""
	for i := range sentences {
		said := false
		var others []token
		for _, t := range sentences[i].tokens {
			if t.kind == word && (decisions[t.text] == Undo || t.is("undone", "annulation", "undoing")) {
				said, found = true, UnclearUndo
				continue
			}
			others = append(others, t)
		}
		s := &sense{sentences: sentences[i : i+1]}
		if !undoes(others) && (said || !s.pleasantry(&sentences[i], sentences[i].tokens)) {
			clear = false
		}
	}
	if found == UnclearUndo && clear {
		found = CertainUndo
	}
	if err := ctx.Err(); err != nil {
		return NoUndo, fmt.Errorf("read the answer to a receipt: %w", err)
	}
	return found, nil
}
