package reply

import (
	"slices"
	"strings"

	"handrail/ingest"
)

// maxReason is the longest reason that is kept, in characters.
const maxReason = 2000

// meaning is what the words of a reason could be beside a reason.
type meaning int

const (
	plainReason meaning = iota // nothing but a reason
	looseReason                // it could name one of several lines
	notReason                  // lines, an amount, a condition, another decision, a question
	conditional                // a condition
)

// meaningOf says what the words after a verb could mean. explicit says that the lines were named before.
func meaningOf(v Verb, tokens []token, explicit bool) meaning {
	if (v == Approve || v == Decline) && supplierVerb(tokens, true) != "" {
		return plainReason
	}
	rest := withoutNegated(tokens, v)
	if v == Approve || v == Confirm {
		return meaningOfYes(rest, explicit)
	}
	if v == No {
		return meaningOfDenial(tokens)
	}
	return meaningOfNo(rest, explicit)
}

// withoutNegated leaves out the negated reasons, which hold words that are conditions elsewhere.
func withoutNegated(tokens []token, v Verb) []token {
	if v != Approve && v != Confirm {
		return tokens
	}
	var rest []token
	for i := 0; i < len(tokens); {
		if n, _ := negatedReasons.at(tokens, i); n > 0 {
			i += n
			continue
		}
		rest = append(rest, tokens[i])
		i++
	}
	return rest
}

// meaningOfYes weighs the reason of an approval.
func meaningOfYes(tokens []token, explicit bool) meaning {
	result := plainReason
	for i := range tokens {
		t := &tokens[i]
		n, _ := conditionPhrases.at(tokens, i)
		said, _ := yes.at(tokens, i)
		denied, _ := no.at(tokens, i)
		switch {
		case n > 0 || conditionWords[t.text] && t.kind == word:
			return conditional
		case i == 0 && said == len(tokens): // "APPROVE 1: ok"
			return plainReason
		case t.kind == reference || t.kind == mark && slices.Contains([]string{"?", "$", "€", "£", "%", "#", "/", "<", ">", "=", "\"", "“", "”"}, t.text):
			return notReason
		case t.kind == number && (!explicit || !countedAfter(tokens, i)) && !fiscalYear(tokens, i):
			return notReason
		case t.kind == word && (decisions[t.text] != "" || hasDigit(t.text) && !fiscalYear(tokens, i) || denied > 0 && t.is("no", "non") && !noOf(tokens, i)):
			return notReason
		case t.kind == word && (refusalWords[t.text] || changeWords[t.text] || placeWords[t.text] && !explicit) || pointsAtLine(tokens, i):
			return notReason
		case t.kind == word && !reasonWords[t.text]:
			result = looseReason
		}
	}
	if explicit {
		return plainReason
	}
	if namesThings(tokens) {
		return looseReason
	}
	return result
}

// namesThings reports whether words could be the name of a line: "the duplicates", "training".
func namesThings(tokens []token) bool {
	if len(tokens) > 0 && tokens[0].is("the", "le", "la", "les", "those", "these", "ces", "ce", "cette") {
		if !slices.ContainsFunc(tokens, func(t token) bool { return statesWords[t.text] }) {
			return true
		}
	}
	objects, others := 0, 0
	for i := range tokens {
		switch t := &tokens[i]; {
		case t.kind != word || len(t.text) <= 2 || articles[t.text] || t.is("for", "and", "with", "pour", "avec", "sur", "par"):
		case objectWords[t.text]:
			objects++
		default:
			others++
		}
	}
	return objects > 0 && others == 0
}

// onlyReasonWords reports whether all words are such that reasons are made of.
func onlyReasonWords(tokens []token) bool {
	return !slices.ContainsFunc(tokens, func(t token) bool { return t.kind == word && !reasonWords[t.text] || t.kind == number })
}

// meaningOfDenial weighs what a section 32 manager says beside a NO: it may deny once more in any words, and may not name lines or
// leave some out.
func meaningOfDenial(tokens []token) meaning {
	denied := slices.ContainsFunc(tokens, func(t token) bool {
		return t.is("not", "never", "no", "nobody", "nothing", "pas", "jamais", "rien", "personne", "aucun", "aucune", "ne") || strings.HasSuffix(t.text, "n't") || strings.HasPrefix(t.text, "n'")
	})
	for i := range tokens {
		t := &tokens[i]
		switch {
		case refusalConditions.has(tokens, i), t.is("only", "but", "seulement", "uniquement", "mais", "sauf"):
			return conditional
		case t.is("?"), t.kind == reference, pointsAtLine(tokens, i), t.kind == number && t.n < 100 && !countedAfter(tokens, i), ordinals[t.text] > 0 && t.kind == word, t.is("others", "rest", "autres", "reste"):
			return notReason
		case t.kind == word && (decisions[t.text] == Approve || decisions[t.text] == Confirm) && !denied:
			return notReason
		}
	}
	return plainReason
}

// noOf reports whether a "no" belongs to what it denies ("no budget"), rather than being an answer.
func noOf(tokens []token, i int) bool {
	return i+1 < len(tokens) && tokens[i+1].kind == word
}

// meaningOfNo weighs the reason of a refusal, a withdrawal or a revocation.
func meaningOfNo(tokens []token, explicit bool) meaning {
	result := plainReason
	for i := range tokens {
		t := &tokens[i]
		switch {
		case refusalConditions.has(tokens, i):
			return conditional
		case t.kind == mark && t.is("?"), t.kind == reference && !explicit, pointsAtLine(tokens, i), contradicts(tokens, i):
			return notReason
		case (t.kind == number || t.kind == word && hasDigit(t.text)) && !explicit && !countedAfter(tokens, i) && !fiscalYear(tokens, i):
			return notReason
		case t.kind == mark && t.is("$", "€", "£", "%", "#", "/") && !explicit:
			return notReason
		case t.kind == word && placeWords[t.text] && !explicit && !t.is("this", "these", "one", "un", "une"):
			result = looseReason
		case t.kind == word && !reasonWords[t.text] && !t.is("this", "these", "one", "un", "une"):
			result = looseReason
		}
	}
	switch {
	case explicit:
		return plainReason
	case beginsWithThing(tokens), namesThings(tokens):
		return looseReason
	case result == looseReason && (explains(tokens) || slices.ContainsFunc(tokens, func(t token) bool { return sentenceWords[t.text] })):
		return plainReason
	}
	return result
}

// explains reports whether words begin as a reason does, with a word of reasons behind: "no budget left", "wrong cost centre".
func explains(tokens []token) bool {
	if len(tokens) < 2 || !reasonStarts[tokens[0].text] {
		return false
	}
	return tokens[0].is("too", "trop") || reasonWords[tokens[1].text] && !articles[tokens[1].text] || len(tokens) > 2 && articles[tokens[1].text] && reasonWords[tokens[2].text]
}

// reasonStarts begin the reason of a refusal.
var reasonStarts = wordSet("too no not wrong out over missing insufficient duplicate already incorrect lack trop pas hors mauvais mauvaise aucun aucune manque deja doublon double erreur")

// beginsWithThing reports whether the subject of a sentence is a thing, which could be one of several lines: "the laptops are dear".
func beginsWithThing(tokens []token) bool {
	i := 0
	for i < len(tokens) && (articles[tokens[i].text] || tokens[i].is("those", "ces")) {
		i++
	}
	if i >= len(tokens) || tokens[i].kind != word || i == 0 && sentenceWords[tokens[i].text] {
		return false
	}
	t := tokens[i].text
	return !reasonStarts[t] && !sentenceWords[t] && (!reasonWords[t] || objectWords[t] && !reasonSubjects[t]) && !leadsReason[t]
}

var (
	// reasonSubjects are things that reasons are about, rather than lines.
	reasonSubjects = wordSet("quote supplier vendor contract budget team project programme program inventory stock soumission fournisseur contrat equipe projet inventaire")
	// leadsReason are words before a reason that are none themselves.
	leadsReason = wordSet("please unfortunately sorry because since however also and this these svp veuillez malheureusement desole desolee car puisque")
)

// contradicts reports whether a word of a refusal's reason decides something itself.
func contradicts(tokens []token, i int) bool {
	t := &tokens[i]
	if t.kind != word {
		return false
	}
	if v := decisions[t.text]; v == Approve || v == Undo || v == Confirm {
		return !t.is("approval", "approbation", "autorisation", "authorization")
	} else if v != "" {
		_, next, ok := scopeAt(tokens, i+1)
		return !ok || next > i+1
	}
	n, _ := yes.at(tokens, i)
	return n > 0 && (i == 0 || tokens[i-1].kind == mark || n == len(tokens)-i) && t.is("yes", "oui", "ok", "okay", "go", "d'accord", "lgtm", "proceed", "accepted")
}

// pointsAtLine reports whether the words from i on name a line: "line 2", "#2", "the second line", "the rest", "all but".
func pointsAtLine(tokens []token, i int) bool {
	t := &tokens[i]
	switch {
	case t.kind == word && (lineNouns[t.text] || numberSign[t.text]) && !t.is("request", "requests", "no", "poste", "postes", "point", "points", "n") || t.is("#"):
		return i+1 < len(tokens) && (tokens[i+1].kind == number || cardinals[tokens[i+1].text] > 0)
	case t.is("no", "n", "nos"):
		return numbered(tokens, i)
	}
	if n, _ := leftOvers.at(tokens, i); n > 0 && !t.is("rest", "others", "autres", "reste") {
		return true
	}
	if ordinals[t.text] > 0 && i+1 < len(tokens) && (lineNouns[tokens[i+1].text] || tokens[i+1].is("one")) {
		return true
	}
	return false
}

// countedAfter reports whether a number counts something that is no line: "3 quotes".
func countedAfter(tokens []token, i int) bool {
	for k := i + 1; k < len(tokens) && k <= i+2; k++ {
		if countedWords[tokens[k].text] {
			return true
		}
	}
	return false
}

// fiscalYear reports whether a number belongs to a year: "FY 2026-27", "exercice 2026-2027", "March 31".
func fiscalYear(tokens []token, i int) bool {
	for k := i; k >= 0 && k >= i-3; k-- {
		if tokens[k].is("fy", "fiscal", "year", "exercice", "l'exercice", "annee", "l'annee") {
			return i > k
		}
		if k < i && tokens[k].kind == word {
			return false
		}
	}
	return false
}

func hasDigit(s string) bool {
	return slices.ContainsFunc([]byte(s), func(c byte) bool { return '0' <= c && c <= '9' })
}

// set is words and phrases that count alike.
type set struct {
	words   map[string]bool
	phrases *phrases[bool]
}

func (s *set) has(tokens []token, i int) bool {
	if tokens[i].kind == word && s.words[tokens[i].text] {
		return true
	}
	n, _ := s.phrases.at(tokens, i)
	return n > 0
}

// refusalConditions make a refusal something else; what only explains it ("but", "only one", "not") does not.
var refusalConditions = &set{wordSet("likewise ditto though although actually anyway nevertheless nonetheless finalement if unless except excepting excluding until till pending on-hold wait postpone postponed defer deferred tomorrow maybe perhaps tentatively sauf excepte hormis si s'il s'ils s'elle demain jusqu'a jusqu'au suspens peut-etre attendre attendez"),
	phrasesOf("hold off, on hold, hold for, hold it, hold this, hold that, hold on, hold them, hold line, same goes, same for, same with, next one, next line, next ones, also for, as well as, along with, meme chose pour, aussi pour, idem pour, ainsi que, de meme, never mind, nevermind, on second thought, after all, not the, apres tout, quand meme, tout de meme, malgre tout, en fait, as long as, for now, for the time being, not yet, in case, just kidding, on second thought, not this, not all, not that, not both, not these, other than, apart from, unlike, sous reserve, a moins, en attendant, pour l'instant, pour le moment, pas encore, a l'exception, pas celle, pas celui, pas tout, pas toutes, pas tous, a condition")}

// textOf is what a run of tokens says, as it was written.
func textOf(line string, tokens []token) string {
	if len(tokens) == 0 {
		return ""
	}
	return ingest.Clip(ingest.CleanLine(line[tokens[0].start:tokens[len(tokens)-1].end]), maxReason)
}
