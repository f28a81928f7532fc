package reply

import (
	"unicode"
	"unicode/utf8"
)

// trailer is how many tokens at k say nothing that changes a command: thanks, please, a yes beside an approval.
func trailer(tokens []token, k int, v Verb) int {
	at := k
	if at < len(tokens) && tokens[at].is(",", "-", "and", "et", "&", ".") {
		at++
	}
	lists := []*phrases[bool]{thanks, trailers, wishes}
	if v == Approve || v == Confirm {
		lists = append(lists, yes)
	}
	for _, list := range lists {
		n, _ := list.at(tokens, at)
		if n == 0 {
			continue
		}
		end := at + n
		if list == thanks {
			end = at + thanksAt(tokens, at)
		}
		if list == thanks || list == wishes {
			end += signedAt(tokens, end)
		}
		if end < len(tokens) && tokens[end].kind != mark && !boundary(tokens, end) && !(list == trailers && tokens[end].is("for", "pour")) {
			continue // "right away", "fine for line 2"
		}
		return end - k
	}
	if at == k+1 && at == len(tokens) && tokens[k].is(",", "-", ".") {
		return 1
	}
	if at > k && at < len(tokens) && allTalk(tokens, at) {
		return len(tokens) - k
	}
	return 0
}

// boundary reports whether a new phrase begins at a place.
func boundary(tokens []token, k int) bool {
	if tokens[k].is("and", "et", "&", "but", "mais") {
		return true
	}
	for _, list := range []*phrases[bool]{thanks, trailers, wishes, becauses} {
		if n, _ := list.at(tokens, k); n > 0 {
			return true
		}
	}
	n, _ := actions.at(tokens, k)
	return n > 0
}

// namesAt is how many tokens from k on are a name after a greeting or after thanks, or who else is greeted.
func namesAt(tokens []token, k int) int {
	if n, _ := company.at(tokens, k); n > 0 {
		return n + namesAt(tokens, k+n)
	}
	n := 0
	if k > 0 && k+1 < len(tokens) && tokens[k].is(".") && tokens[k-1].is("mr", "mrs", "ms", "m", "dr", "mme", "mlle") { // "Ms. Okafor"
		n = 1
	}
	for words := 0; k+n < len(tokens) && words < 3 && isNameWord(&tokens[k+n]); words++ {
		n++
	}
	return n
}

// isNameWord reports whether a token could be a name, and is no word that means something here.
func isNameWord(t *token) bool {
	if t.kind != word || hasDigit(t.text) || len(t.text) < 2 && t.text != "m" || ordinaryWord(t.text) {
		return false
	}
	return true
}

// ordinaryWord reports whether a word means something to the reader, so that it is no name.
func ordinaryWord(w string) bool {
	if decisions[w] != "" || conditionWords[w] || reasonWords[w] || placeWords[w] || lineNouns[w] || articles[w] || ordinals[w] > 0 || cardinals[w] > 0 || refusalConditions.words[w] || plainWords[w] {
		return true
	}
	for _, list := range []*phrases[bool]{yes, no, thanks, leads, everything, leftOvers, without, onlys} {
		if len(list.byFirst[w]) > 0 {
			return true
		}
	}
	return len(actions.byFirst[w]) > 0
}

// skip passes phrases that may stand before a command, and the marks between them. With a sense, it also passes greetings, thanks
// and a yes or a no, which are noted.
func skip(tokens []token, k int, list *phrases[bool], s *sense) int {
	for k < len(tokens) {
		n, _ := list.at(tokens, k)
		if n == 0 && s != nil {
			if n = courtesy(tokens, k); n == 0 {
				n = s.answerBefore(tokens, k)
			}
		}
		if n == 0 {
			return k
		}
		for k += n; k < len(tokens) && tokens[k].is(",", ":", "-", "."); k++ {
		}
	}
	return k
}

// courtesy is how many tokens at k greet, thank, or say who writes or what was looked at, before a command in the same sentence.
func courtesy(tokens []token, k int) int {
	if n, _ := greetings.at(tokens, k); n > 0 {
		if named := k + n + namesAt(tokens, k+n); named == len(tokens) || tokens[named].kind == mark {
			return named - k
		}
		if k+n == len(tokens) || tokens[k+n].kind == mark || beginsCommand(tokens, k+n) {
			return n
		}
	}
	if n := thanksAt(tokens, k); n > 0 {
		if at := k + n; at == len(tokens) || tokens[at].kind == mark || tokens[at].is("and", "et") {
			return n
		}
	}
	if n := undersigned(tokens, k); n > 0 {
		return n
	}
	if n := reviewed(tokens, k); n > 0 {
		return n
	}
	return talkBefore(tokens, k)
}

// talkBefore is how many tokens at k are small talk before a command in the same sentence: as far as a mark, an "and" or a "that".
func talkBefore(tokens []token, k int) int {
	content := 0
	for at := k; at < len(tokens) && at < k+30; at++ {
		t := &tokens[at]
		ends := t.kind == mark && t.is(",", "-", ":", "!") || t.is("and", "et", "that", "que", "so", "donc")
		if ends && at > k && content > 0 {
			if after := skip(tokens, at+1, leads, nil); clauseAt(tokens, after).next > after {
				return at + 1 - k
			}
		}
		if !isTalk(tokens, at, k) {
			return 0
		}
		if t.kind == word && !articles[t.text] {
			content++
		}
	}
	return 0
}

// isTalk reports whether a token can stand in small talk that began at from.
func isTalk(tokens []token, at, from int) bool {
	t := &tokens[at]
	switch {
	case t.kind == mark:
		return t.is(",", "-", ".", "'", "!", "&") && at > from
	case t.kind != word, hasDigit(t.text):
		return false
	case smallTalk[t.text]:
		return true
	}
	n, _ := greetings.at(tokens, at)
	m, _ := thanks.at(tokens, at)
	return n > 0 || m > 0 || len(t.text) > 1 && !ordinaryWord(t.text) && at > from && tokens[at-1].is("mr", "mrs", "ms", "madame", "monsieur", "dear", "chere", "cher", "hi", "hello", "bonjour", "salut", "merci", "thanks", "coucou", ",", ".")
}

// allTalk reports whether a sentence is small talk from a place on.
func allTalk(tokens []token, from int) bool {
	content := 0
	for at := from; at < len(tokens); at++ {
		if !isTalk(tokens, at, from) {
			return false
		}
		if t := &tokens[at]; t.kind == word && !articles[t.text] {
			content++
		}
	}
	return content > 1
}

// answerBefore is how many tokens at k are a yes or a no before a command, which is noted.
func (s *sense) answerBefore(tokens []token, k int) int {
	if n, _ := yes.at(tokens, k); n > 0 && (k+n >= len(tokens) || tokens[k+n].kind == mark || clauseAt(tokens, k+n).next > k+n) && clauseSoon(tokens, k+n) {
		s.yes = true
		return n
	}
	if n, _ := no.at(tokens, k); n > 0 && !numbered(tokens, k) && k+n < len(tokens) && tokens[k+n].kind == mark && clauseSoon(tokens, k+n) {
		s.no = true
		return n
	}
	return 0
}

// beginsCommand reports whether a verb stands at k.
func beginsCommand(tokens []token, k int) bool {
	n, _ := actions.at(tokens, k)
	return n > 0
}

// clauseSoon reports whether a clause follows the marks at k.
func clauseSoon(tokens []token, k int) bool {
	for k < len(tokens) && (tokens[k].kind == mark && !tokens[k].is("(", "#") || tokens[k].is("and", "et")) {
		k++
	}
	k = skip(tokens, k, leads, nil)
	for k < len(tokens) {
		n, _ := yes.at(tokens, k)
		if n == 0 {
			break
		}
		for k += n; k < len(tokens) && tokens[k].kind == mark; k++ {
		}
	}
	if k >= len(tokens) {
		return false
	}
	if thanksAt(tokens, k) > 0 {
		return true
	}
	return clauseAt(tokens, k).next > k
}

// pleasantry reports whether a sentence says nothing but thanks, a greeting, a wish, a yes or a no.
func (s *sense) pleasantry(st *sentence, tokens []token) bool {
	said := *s
	for k := 0; k < len(tokens); {
		n := 1
		if tokens[k].kind == mark {
			if tokens[k].is("?", "$", "€", "£", "%", "#", "=", "<", ">", "~", "…") || tokens[k].is("/") && (k == 0 || k+1 == len(tokens)) {
				return false
			}
		} else if n = said.politeAt(st, tokens, k); n == 0 {
			return false
		}
		k += n
	}
	*s = said
	return true
}

// politeAt is how many tokens at k are polite and nothing else, 0 for none. What they say is noted.
func (s *sense) politeAt(st *sentence, tokens []token, k int) (n int) {
	if (k == 0 || tokens[k-1].kind == mark) && allTalk(tokens, k) {
		s.hears(tokens[k:])
		return len(tokens) - k
	}
	for _, list := range []struct {
		*phrases[bool]
		heard *bool
	}{{thanks, &s.thanks}, {greetings, &s.greeted}, {wishes, &s.greeted}, {yes, &s.yes}, {trailers, nil}, {company, nil}} {
		m, _ := list.at(tokens, k)
		if m <= n {
			continue
		}
		n = m
		if list.heard != nil {
			*list.heard = true
		}
		switch list.phrases {
		case greetings:
			n += namesAt(tokens, k+m)
		case thanks:
			n = thanksAt(tokens, k)
			n += signedAt(tokens, k+n)
		case wishes:
			n += signedAt(tokens, k+n)
		}
	}
	if n == 0 && (k == 0 || tokens[k-1].kind == mark) && !tokens[k].is("but", "mais") {
		n, _ = leads.at(tokens, k)
	}
	switch {
	case n > 0:
	case k > 0 && k+1 < len(tokens) && tokens[k].is("and", "et", "&", "with", "avec"):
		n = 1
	case k > 0:
	case len(tokens) == 1 && len(s.commands) > 0 && len(tokens[0].text) == 1 && tokens[0].kind == word && unicode.IsUpper(rune(st.line[tokens[0].start])):
		n = 1 // signed with one letter
	case len(s.commands) == 0 && salutation(st):
		n = len(tokens)
	case len(tokens) == 1 && len(s.commands) > 0 && initials(st.line[tokens[0].start:tokens[0].end]):
		n = 1
	default:
		n = reviewedAll(tokens)
	}
	return n
}

// hears notes whether small talk thanks or greets, or tells something: with a command it says nothing, without one it is news.
func (s *sense) hears(tokens []token) {
	polite := false
	for k := range tokens {
		n, _ := thanks.at(tokens, k)
		m, _ := greetings.at(tokens, k)
		w, _ := wishes.at(tokens, k)
		s.thanks, polite = s.thanks || n > 0, polite || n+m+w > 0
	}
	if polite {
		s.greeted = true
	} else {
		s.talked = true
	}
}

// salutation reports whether a line is nothing but a name with a comma: "Marie,".
func salutation(st *sentence) bool {
	tokens := st.tokens
	if !st.opens || !st.closes || len(tokens) < 2 || len(tokens) > 4 || !tokens[len(tokens)-1].is(",", "-", "!") {
		return false
	}
	for i := range tokens[:len(tokens)-1] {
		first, _ := utf8.DecodeRuneInString(st.line[tokens[i].start:])
		if !isNameWord(&tokens[i]) || !unicode.IsUpper(first) {
			return false
		}
	}
	return true
}

// thanksAt is how many tokens from k on are thanks, with what for and to whom.
func thanksAt(tokens []token, k int) int {
	n, _ := thanks.at(tokens, k)
	if n == 0 {
		return 0
	}
	n += namesAt(tokens, k+n)
	if k+n >= len(tokens) || !tokens[k+n].is("for", "pour", "de") {
		return n
	}
	end := k + n + 1
	for ; end < len(tokens) && end < k+n+8 && tokens[end].kind == word; end++ {
		t := &tokens[end]
		if decisions[t.text] != "" || hasDigit(t.text) || conditionWords[t.text] && !t.is("waiting", "wait", "sending", "checking", "review") || t.is("yes", "no", "oui", "non") {
			break
		}
		if t.is("and", "et") && end > k+n+1 {
			break
		}
	}
	if end == k+n+1 || end < len(tokens) && tokens[end].kind != mark && !tokens[end].is("and", "et") {
		return n
	}
	return end - k
}

// signedAt is how many tokens from k on are the name of somebody who signs in the same line: "Take care, Stan".
func signedAt(tokens []token, k int) int {
	at := k
	for at < len(tokens) && tokens[at].is(",", "-", "!", ".") {
		at++
	}
	if n := namesAt(tokens, at); n > 0 && at+n == len(tokens) {
		return at + n - k
	}
	return 0
}

// undersigned is how many tokens from k on are "I, Rowena Starling," before the verb.
func undersigned(tokens []token, k int) int {
	if k+2 >= len(tokens) || !tokens[k].is("i", "je") || !tokens[k+1].is(",") {
		return 0
	}
	for end := k + 2; end < len(tokens) && end < k+10; end++ {
		switch t := &tokens[end]; {
		case t.is(","):
			if n, _ := actions.at(tokens, end+1); n > 0 {
				return end + 1 - k
			}
		case !isNameWord(t) && !t.is("the", "soussigne", "soussignee", "undersigned"):
			return 0
		}
	}
	return 0
}

// reviews begin a sentence that says what was looked at before the decision.
var reviews = phrasesOf("i have looked at, i looked at, i have gone through, i went through, i have gone over, i went over, i have checked, i checked, i have seen, j'ai regarde, j'ai verifie, j'ai parcouru, i have reviewed, i've reviewed, i have read, i've read, i reviewed, i read, having reviewed, after review of, after reviewing, j'ai lu, j'ai examine, j'ai revu, j'ai pris connaissance de, apres examen de, apres avoir examine, apres avoir lu")

// reviewed is how many tokens from k on say what was looked at, as far as the "and" or the comma before a clause.
func reviewed(tokens []token, k int) int {
	n, _ := reviews.at(tokens, k)
	if n == 0 {
		return 0
	}
	for end := k + n; end < len(tokens) && end < k+n+10; end++ {
		t := &tokens[end]
		if t.is("and", "et", ",") {
			if c := clauseAt(tokens, end+1); c.next > end+1 && c.ok {
				return end + 1 - k
			}
			continue
		}
		if t.kind == mark || decisions[t.text] != "" || conditionWords[t.text] {
			return 0
		}
	}
	return 0
}

// reviewedAll is how many tokens from the first on say what was looked at, in a sentence of its own.
func reviewedAll(tokens []token) int {
	n, _ := reviews.at(tokens, 0)
	if n == 0 {
		return 0
	}
	for ; n < len(tokens) && n < 14 && !tokens[n].is(",", ":", "-"); n++ {
		t := &tokens[n]
		if t.kind != word || decisions[t.text] != "" || conditionWords[t.text] {
			return 0
		}
	}
	return n
}
