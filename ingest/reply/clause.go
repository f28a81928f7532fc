package reply

import (
	"slices"
	"strings"
)

// clause is one command as far as its scope: "approve 1 and 3", "line 2 is declined".
type clause struct {
	verb  Verb
	scope scope
	next  int     // the place behind it; not past the beginning: there is none
	ok    bool    // its scope can be read
	aside []token // what stands in brackets between the lines and what becomes of them
}

// clauseAt reads a clause that begins at token i.
func clauseAt(tokens []token, i int) clause {
	if n, v := actions.at(tokens, i); n > 0 {
		switch v {
		case Approve, Decline, Revoke, Withdraw, Confirm:
			return verbFirst(tokens, i+n, v)
		}
		return clause{next: i}
	}
	return scopeFirst(tokens, i)
}

// verbFirst reads the scope behind a verb.
func verbFirst(tokens []token, k int, v Verb) clause {
	at := k
	if n, _ := adverbs.at(tokens, at); n > 0 {
		at += n
	}
	if at < len(tokens) && tokens[at].is("for", "pour") {
		at++
	}
	s, next, ok := scopeAt(tokens, at)
	if next == at && ok {
		next = k
		// "Approved: lines 1 and 3": nothing but lines behind the colon.
		if k+1 < len(tokens) && tokens[k].is(":", "-") && (tokens[k].is(":") || tokens[k+1].spaced) {
			if behind, end, good := scopeAt(tokens, k+1); good && end > k+1 && (end == len(tokens) || introducesReason(tokens, end) > 0 && !tokens[end].is(",")) {
				s, next = behind, end
			}
		}
	}
	return clause{verb: v, scope: s, next: next, ok: ok}
}

// What stands between lines and what becomes of them.
var (
	statives     = phrasesOf("comme, as, is, are, is hereby, are hereby, est, sont, est donc, sont donc, are all, sont toutes, sont tous, are both, sont toutes les deux")
	contractions = phrasesOf("it's, it is, that's, this is, these are, they are, they're, c'est, all is, tout est, everything is, elles sont, elle est, ils sont")
	// adverbs stand between a verb and its lines.
	adverbs = phrasesOf("par la presente, hereby, donc, also, aussi, egalement, as is, as submitted, as requested, tel quel, telle quelle, telles quelles, tels quels")
	// considers stand before lines: "please consider this request approved".
	considers = phrasesOf("please consider, consider, veuillez considerer, considerez")
	// separators stand between a line and what becomes of it.
	separators = wordSet(": - = , ) . | >")
)

// scopeFirst reads "line 2: declined", "1 and 3 are approved", "all approved", "c'est approuvé".
func scopeFirst(tokens []token, i int) clause {
	var s scope
	k, copula := i, false
	if n, _ := considers.at(tokens, k); n > 0 {
		k += n
	}
	if n, _ := contractions.at(tokens, k); n > 0 {
		s.said, s.whole, k, copula = true, true, k+n, true
	} else {
		if k < len(tokens) && tokens[k].is("for", "pour", "re", "concernant") {
			k++
		}
		at := k
		var ok bool
		if s, k, ok = scopeAt(tokens, k); !ok || k == at {
			return clause{next: i}
		}
	}
	aside := tokens[k:k]
	if inner, after, ok := bracketsAt(tokens, k); ok && after < len(tokens) {
		aside, k = tokens[inner:after-1], after
	}
	for n := 0; n < 4 && k < len(tokens) && tokens[k].kind == mark && separators[tokens[k].text] && (n < 2 || tokens[k].is(".")); n++ {
		k++
	}
	if n, _ := statives.at(tokens, k); n > 0 && !copula {
		k += n
	}
	n, v := actions.at(tokens, k)
	if n == 0 || tokens[k].is("i", "je") || strings.HasPrefix(tokens[k].text, "j'") {
		return clause{next: i}
	}
	switch v {
	case Approve, Decline, Revoke, Withdraw, Confirm:
		return clause{verb: v, scope: s, next: k + n, ok: true, aside: aside}
	}
	return clause{next: i}
}

// What introduces a reason.
var (
	becauses    = phrasesOf("for it is, for it's, for we have, for they are, for there is, because of, because, due to, on account of, given that, given, on the grounds that, reason, car, parce que, parce qu'on, parce qu'ils, parce qu'elles, parce qu'il, parce qu'elle, puisque, puisqu'il, puisqu'elle, en raison de, en raison du, en raison des, a cause de, a cause du, etant donne que, vu que, attendu que, faute de, pour cause de, motif, raison, justification")
	asReason    = phrasesOf("as, since, pour")
	reasonLabel = phrasesOf("reason, reasons, my reason, the reason, the reason is, justification, rationale, comment, note, motif, motifs, raison, commentaire")
)

// introducesReason is how many tokens at k say that a reason follows, 0 for none.
func introducesReason(tokens []token, k int) int {
	if k >= len(tokens) {
		return 0
	}
	t := &tokens[k]
	if t.is("/") && k+1 < len(tokens) && tokens[k+1].is("/") {
		return 2
	}
	if t.is(":", "-", "(", "–") {
		return 1
	}
	at := k
	if t.is(",") {
		at++
	}
	n, _ := becauses.at(tokens, at)
	if n == 0 && at < len(tokens) && tokens[at].is("since") {
		n = 1
	}
	if n == 0 {
		n = forReasons(tokens, at)
	}
	if n > 0 {
		n += at - k
		for k+n < len(tokens) && tokens[k+n].is(":", "-") {
			n++
		}
		return n
	}
	return 0
}

// tail reads what follows a clause to the next one, or to the end of its sentence: thanks, a reason.
func (s *sense) tail(tokens []token, k int, c *clause) (next int, loose bool, reason string, ask *AskBack) {
	if len(c.aside) > 0 {
		if loose, reason, ask = s.reason(c.aside, c, false); ask != nil {
			return 0, false, "", ask
		}
	}
	for k < len(tokens) {
		if n := c.scopeBehind(tokens, k); n > 0 {
			k += n
			continue
		}
		if n := trailer(tokens, k, c.verb); n > 0 {
			k += n
			continue
		}
		if signedBehind(tokens, k) {
			return len(tokens), loose, reason, nil
		}
		if at := s.relative(tokens, k, c); at > 0 {
			return at, loose, reason, nil
		}
		if n := introducesReason(tokens, k); n > 0 && reason == "" {
			if inner, after, ok := bracketsAt(tokens, k); ok {
				if loose, reason, ask = s.reason(tokens[inner:after-1], c, false); ask != nil {
					return 0, false, "", ask
				}
				k = after
				continue
			}
			if tokens[k].is("(") {
				return 0, false, "", s.leftOver(tokens[k:])
			}
			end := s.nextClause(tokens, k+n)
			said := trimConnectors(tokens[k+n : end])
			if len(said) == 0 && end == len(tokens) {
				return end, false, "", nil // "Declined:" with its reason in the next line
			}
			loose, reason, ask = s.reason(said, c, false)
			return end, loose, reason, ask
		}
		at := k
		for n := 0; n < 2 && at < len(tokens) && (tokens[at].is(",", "and", "et", "&", "but", "mais", "then", "puis") || tokens[at].is("/") && saysAgain(tokens, at+1, c)); n++ {
			at++
		}
		at = skip(tokens, at, leads, nil)
		if n, v := actions.at(tokens, at); at > k && n > 0 && v != Ask || n > 0 && (v == Approve || v == Decline) && c.scope.said {
			return at, loose, reason, nil
		}
		if sf := scopeFirst(tokens, at); at > k && sf.next > at {
			return at, loose, reason, nil
		}
		if reason != "" {
			return 0, false, "", s.leftOver(tokens[k:])
		}
		end := s.nextClause(tokens, k+1)
		rest := trimConnectors(tokens[k:end])
		introduced := tokens[k].is(",")
		if n, _ := asReason.at(tokens, k); n > 0 && c.verb != Approve && c.verb != Confirm {
			rest, introduced = tokens[k+n:end], true
		}
		affirms := c.verb == Approve || c.verb == Confirm
		starts := refusalStarts[tokens[k].text] && !c.scope.whole || len(c.scope.lines) > 0 && !c.scope.rest && slices.ContainsFunc(rest, func(t token) bool { return sentenceWords[t.text] })
		if introduced || !affirms && starts {
			listed := len(c.scope.lines) > 0 && !c.scope.rest
			loose, reason, ask = s.reason(rest, c, !introduced && !listed || affirms)
		}
		if ask != nil || reason == "" {
			return 0, false, "", s.leftOver(tokens[k:])
		}
		return end, loose, reason, nil
	}
	return k, loose, reason, nil
}

func trimConnectors(tokens []token) []token {
	for len(tokens) > 0 && tokens[0].is(",", ":", "-", ";") {
		tokens = tokens[1:]
	}
	for len(tokens) > 0 && tokens[len(tokens)-1].is(",", "and", "et", ";", "-", "&") {
		tokens = tokens[:len(tokens)-1]
	}
	return tokens
}

// nextClause is where, behind a comma or an "and", the next clause with lines of its own begins; the end where there is none.
func (s *sense) nextClause(tokens []token, from int) int {
	for m := from + 1; m < len(tokens); m++ {
		if !tokens[m-1].is(",", "and", "et", ";", "but", "mais", "-") {
			continue
		}
		at := skip(tokens, m, leads, nil)
		if c := clauseAt(tokens, at); c.next > at && c.ok && c.scope.said {
			return m
		}
	}
	return len(tokens)
}

// reason weighs the words of a reason. strict takes only words that no line could be meant by.
func (s *sense) reason(tokens []token, c *clause, strict bool) (loose bool, reason string, ask *AskBack) {
	if len(tokens) == 0 {
		return false, "", nil
	}
	if !slices.ContainsFunc(tokens, func(t token) bool { return t.kind == word }) {
		return false, "", s.leftOver(tokens)
	}
	m := meaningOf(c.verb, tokens, c.scope.explicit() && !strict)
	if strict && m == looseReason && c.scope.explicit() && onlyReasonWords(tokens) {
		m = plainReason // with the lines named before, a thing names none of them
	}
	switch {
	case m == conditional:
		return false, "", s.ask(AskCondition, tokens)
	case m == notReason, m == looseReason && strict:
		return false, "", s.ask(AskReasonMeans, tokens)
	}
	s.reasonAt, s.reasonOf = tokens[0].start, s.at
	return m == looseReason, textOf(s.line, tokens), nil
}

// scopeBehind takes lines that stand behind a verb without any, or behind what was approved: "approved, all three lines",
// "c'est approuvé pour les trois", "tout est approuvé sauf la 2". It is how many tokens they are.
func (c *clause) scopeBehind(tokens []token, k int) int {
	whole := len(c.scope.lines)+len(c.scope.references) == 0 && !c.scope.rest
	if !whole {
		return 0
	}
	at := k
	comma := tokens[k].is(",") || tokens[k].is("-") && k+1 < len(tokens) && tokens[k+1].spaced
	if comma {
		at++
	}
	if at < len(tokens) && tokens[at].is("for", "pour") && !comma {
		at++
	}
	if n, _ := without.at(tokens, at); n > 0 {
		if !c.scope.whole && (c.scope.said || !comma) { // "approve except 1" could have lost a word
			return 0
		}
		if s, end, ok := exceptAt(tokens, c.scope, at); ok && end > at && s.rest && (end == len(tokens) || tokens[end].kind == mark || tokens[end].is("which", "that", "qui", "que")) {
			c.scope = s
			c.scope.said = true
			return end - k
		}
		return 0
	}
	if c.scope.said && at == k || at >= len(tokens) {
		return 0
	}
	s, end, ok := scopeAt(tokens, at)
	if !ok || end == at || s.others || c.scope.said && comma || end < len(tokens) && tokens[end].kind != mark && trailer(tokens, end, c.verb) == 0 {
		return 0
	}
	if end < len(tokens) && tokens[end].is(":", "-", "=", "/", "?", "%", "$") && !tokens[end].is(":", "-") {
		return 0
	}
	c.scope = s
	return end - k
}

// saysAgain reports whether the verb behind a slash is the same in the other language: "Approuvé / Approved".
func saysAgain(tokens []token, k int, c *clause) bool {
	n, v := actions.at(tokens, k)
	return n > 0 && v == c.verb
}

// forReasons is 1 where the words at k are "for ergonomic reasons", 0 elsewhere.
func forReasons(tokens []token, k int) int {
	if k >= len(tokens) || !tokens[k].is("for", "pour") {
		return 0
	}
	for m := k + 2; m < len(tokens) && m <= k+4; m++ {
		if tokens[m].is("reasons", "purposes", "raisons", "fins") {
			return 1
		}
	}
	if k+1 < len(tokens) && tokens[k+1].is("des", "raisons") {
		return 1
	}
	return 0
}

// signedBehind reports whether two dashes and a name end the sentence: "Approved -- Theo".
func signedBehind(tokens []token, k int) bool {
	if k+2 >= len(tokens) || !tokens[k].is("-") || !tokens[k+1].is("-") {
		return false
	}
	n := namesAt(tokens, k+2)
	return n > 0 && k+2+n == len(tokens)
}

// relative is where the verb stands that "all except line 2, which is declined" says of the lines that are left out; 0 where none
// does. The next clause is about them.
func (s *sense) relative(tokens []token, k int, c *clause) int {
	if !c.scope.rest || c.scope.others {
		return 0
	}
	if tokens[k].is(",") {
		k++
	}
	if k+1 >= len(tokens) || !tokens[k].is("which", "that", "qui", "que") {
		return 0
	}
	n, _ := statives.at(tokens, k+1)
	at := k + 1 + n
	byMe := tokens[at].is("i", "je") || strings.HasPrefix(tokens[at].text, "j'")
	if m, v := actions.at(tokens, at); n == 0 && !byMe || m == 0 || v != Approve && v != Decline {
		return 0
	}
	s.about = &scope{lines: c.scope.lines, references: c.scope.references, said: true}
	return at
}
