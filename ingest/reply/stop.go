package reply

import (
	"context"
	"fmt"
	"regexp"
	"strings"

	"handrail/ingest"
)

// Stopping is what a mail of an owner of the rules says about stopping or starting them.
type Stopping int

// What is said of stopping. Unclear: a word of it is there, and what else is said could change it.
const (
	NoStop Stopping = iota
	UnclearStop
	CertainStop
	CertainStart
)

var (
	stopWords = phrasesOf("i say stop, please stop everything, stop everything now, stop all of it, stop everything, stop all approvals, stop all, stop it all, stop it now, stop it, stop this, stop approving, stop the guardrails, stop the approvals, stop handrail, stop now, stop immediately, i stop, stop, halt everything, halt, " +
		"j'arrete tout, j'arrete, arretez tout, arreter tout, tout arreter, arretez les balises, arreter les balises, arretez les approbations, arreter les approbations, arret immediat, arret complet, arretez, arreter, arret")
	startWords = phrasesOf("i say start, start everything again, start everything, start it again, start again, start all, start the guardrails again, start the guardrails, start it, i start, restart, resume, start, " +
		"je demande la reprise, tout reprendre, reprendre tout, reprendre les balises, reprendre les approbations, reprenez, reprendre, reprise, remettre en marche, remettez en marche, redemarrer, redemarrez, demarrer")
	// stopLeads stand before the word, stopTrailers behind it, and change nothing.
	stopLeads    = phrasesOf("please, kindly, svp, s'il vous plait, veuillez, urgent, important, attention, team, all, to all, everybody, everyone, a tous, i need you to, you must, we must, we have to, il faut, on doit, nous devons, ok, and, et")
	stopTrailers = phrasesOf("please, now, right now, right away, immediately, at once, thanks, thank you, everybody, everyone, asap, maintenant, tout de suite, immediatement, svp, s'il vous plait, merci, urgent, again")
	becauseWords = phrasesOf("because of, because, since, as, due to, reason, parce que, parce qu'il, car, puisque, en raison de, motif, raison, a cause de")
	// doubts make of a word no STOP and no START: conditions, days, parts, contradictions.
	doubts = phrasesOf("if, unless, only, except, but not, until, till, after, when, whenever, once, tomorrow, later, tonight, next week, monday, tuesday, wednesday, thursday, friday, not yet, not now, never mind, nevermind, ignore, test, testing, just kidding, line, lines, one line, should we, should i, shall we, can we, could we, could you, would you, maybe, perhaps, i wonder, whether, considering, thinking of, no need, for now, stop, start, restart, resume, halt, " +
		"si, s'il, sauf, seulement, uniquement, jusqu'a, jusqu'au, apres, quand, lorsque, des que, demain, plus tard, la semaine prochaine, lundi, mardi, mercredi, jeudi, vendredi, pas encore, pas maintenant, ignorez, ignorer, essai, ligne, lignes, faut-il, devrait-on, doit-on, peut-on, pouvez-vous, pourriez-vous, peut-etre, je me demande, arret, arreter, arretez, arrete, reprendre, reprise, reprenez, redemarrer")
	// negated stand before the word where nobody means it.
	negatedStop = wordSet("not never no don't dont doesn't didn't won't can't cannot shouldn't wouldn't without ne n' pas sans jamais non n'arretez n'arreter n'arretons")
	answered    = regexp.MustCompile(`(?i)^\s*(\[[^\]]{0,40}\]\s*)?(re|aw|sv|rép|rep|tr|fw|fwd|wg|vs)\s*:`)
)

// ReadStop says whether a mail stops the rules or starts them again, with its reason: the word opens the subject or the new text. A subject of
// an answer or of what was passed on says nothing. Whoever takes it for a command has to know that an owner wrote it. Its error is the context's.
func (rd Reader) ReadStop(ctx context.Context, subject, text string) (said Stopping, reason string, err error) {
	if answered.MatchString(subject) {
		subject = ""
	}
	all := rd.stopSentences(ctx, subject)
	heads := len(all)
	l, ok := newLetter(ctx, text, rd.Names)
	if !ok {
		return NoStop, "", nil
	}
	body, hidden := l.sentences(l.body())
	if err := ctx.Err(); err != nil {
		return NoStop, "", fmt.Errorf("read what an owner says: %w", err)
	}
	for i := range body {
		if s := (&sense{sentences: body[i : i+1]}); !isQuoted(l.lines[body[i].at]) && !s.pleasantry(&body[i], body[i].tokens) {
			all = append(all, body[i])
		}
	}
	at, mentioned := -1, false
	for i := range all {
		verb, _ := stopAt(all[i].tokens)
		if verb != NoStop && at < 0 && (i < heads || i == heads) {
			at, said = i, verb
		}
		mentioned = mentioned || i <= heads && mentionsStop(all[i].tokens)
	}
	switch {
	case at < 0 && mentioned:
		return UnclearStop, "", nil
	case at < 0:
		return NoStop, "", nil
	case hidden != "":
		return UnclearStop, "", nil
	}
	var reasons []string
	for i := range all {
		tokens, line := all[i].tokens, all[i].line
		verb, next := stopAt(tokens)
		switch {
		case i < at: // a subject of its own: "Card purchases", and the mail begins with STOP
			continue
		case verb != NoStop && verb == said && i <= heads:
			tokens = tokens[next:]
		case verb != NoStop:
			return UnclearStop, "", nil
		}
		if doubted(tokens) {
			return UnclearStop, "", nil
		}
		if len(tokens) > 0 {
			reasons = append(reasons, strings.Trim(line[tokens[0].start:tokens[len(tokens)-1].end], " -–—:,;("))
		}
	}
	return said, ingest.CleanLine(strings.Join(reasons, ". ")), nil
}

// stopSentences takes one line apart.
func (rd Reader) stopSentences(ctx context.Context, line string) []sentence {
	l, ok := newLetter(ctx, line, rd.Names)
	if !ok || strings.TrimSpace(line) == "" {
		return nil
	}
	all, _ := l.sentences(0, len(l.lines))
	return all
}

// stopAt is which word opens a sentence, and where its reason begins.
func stopAt(tokens []token) (Stopping, int) {
	k := 0
	for k < len(tokens) {
		n, _ := stopLeads.at(tokens, k)
		if m, _ := stopWords.at(tokens, k); m > 0 {
			break
		}
		if n == 0 && tokens[k].is(",", ":", "-", "*", "!") {
			n = 1
		}
		if n == 0 {
			break
		}
		k += n
	}
	said := CertainStop
	n, _ := stopWords.at(tokens, k)
	if n == 0 {
		said = CertainStart
		if n, _ = startWords.at(tokens, k); n == 0 {
			return NoStop, 0
		}
	}
	k += n
	for k < len(tokens) {
		if n, _ := stopTrailers.at(tokens, k); n > 0 {
			k += n
			continue
		}
		if n, _ := becauseWords.at(tokens, k); n > 0 {
			return said, k + n
		}
		break
	}
	switch {
	case k == len(tokens):
		return said, k
	case tokens[k].is(":", ",", "-", ".", "!", ";", "("):
		for k < len(tokens) && tokens[k].kind == mark && !tokens[k].is("?", "$") {
			k++
		}
		if n, _ := becauseWords.at(tokens, k); n > 0 {
			k += n
		}
		for rest := k; ; {
			n, _ := stopTrailers.at(tokens, rest)
			if rest < len(tokens) && tokens[rest].kind == mark {
				n = 1
			}
			if rest += n; rest == len(tokens) {
				return said, rest
			}
			if n == 0 {
				return said, k
			}
		}
	}
	return NoStop, 0 // "stop sending me mails"
}

// mentionsStop reports whether a sentence has the word, and nobody denies it.
func mentionsStop(tokens []token) bool {
	for k := range tokens {
		n, _ := stopWords.at(tokens, k)
		if n == 0 {
			n, _ = startWords.at(tokens, k)
		}
		if n == 0 {
			continue
		}
		for i := max(0, k-3); i < k; i++ {
			if negatedStop[tokens[i].text] {
				return false
			}
		}
		return true
	}
	return false
}

// doubted reports whether words beside STOP could change it.
func doubted(tokens []token) bool {
	for k := range tokens {
		if n, _ := doubts.at(tokens, k); n > 0 || tokens[k].is("?") {
			return true
		}
	}
	return false
}
