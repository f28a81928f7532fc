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
		if end < len(tokens) && tokens[end].kind != mark && !boundary(tokens, end) {
			continue // "right away", "fine for line 2"
		}
		return end - k
	}
	if at == k+1 && at == len(tokens) && tokens[k].is(",", "-", ".") {
		return 1
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
	for k+n < len(tokens) && n < 3 && isNameWord(&tokens[k+n]) {
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

// skip passes phrases that may stand before a command, and the marks between them. A yes or a no is noted.
func skip(tokens []token, k int, list *phrases[bool], s *sense) int {
	for k < len(tokens) {
		at := k
		if n, _ := list.at(tokens, k); n > 0 {
			at = k + n
		} else if s != nil {
			if n, _ := greetings.at(tokens, k); n > 0 {
				at = k + n + namesAt(tokens, k+n)
				if at < len(tokens) && tokens[at].kind != mark {
					at = k + n
				}
				if at < len(tokens) && tokens[at].kind != mark {
					if m, _ := actions.at(tokens, at); m == 0 {
						return k
					}
				}
			} else if n := thanksAt(tokens, k); n > 0 {
				if at = k + n; at < len(tokens) && tokens[at].kind != mark && !tokens[at].is("and", "et") {
					return k
				}
			} else if n := undersigned(tokens, k); n > 0 {
				at = k + n
			} else if n := reviewed(tokens, k); n > 0 {
				at = k + n
			}
			if n, _ := yes.at(tokens, k); at == k && n > 0 && followsMark(tokens, k+n) && clauseSoon(tokens, k+n) {
				at = k + n
				s.yes = true
			} else if n, _ := no.at(tokens, k); n > 0 && !numbered(tokens, k) && k+n < len(tokens) && tokens[k+n].kind == mark && clauseSoon(tokens, k+n) {
				at = k + n
				s.no = true
			}
		}
		if at == k {
			return k
		}
		for at < len(tokens) && tokens[at].is(",", ":", "-", ".") {
			at++
		}
		k = at
	}
	return k
}

func followsMark(tokens []token, k int) bool {
	return k >= len(tokens) || tokens[k].kind == mark || func() bool { n, _ := actions.at(tokens, k); return n > 0 }()
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
		if tokens[k].kind == mark {
			if tokens[k].is("?", "$", "€", "£", "%", "#", "=", "<", ">", "~", "…") || tokens[k].is("/") && (k == 0 || k+1 == len(tokens)) {
				return false
			}
			k++
			continue
		}
		n := 0
		for _, list := range []struct {
			*phrases[bool]
			heard *bool
		}{{thanks, &said.thanks}, {greetings, &said.greeted}, {wishes, &said.greeted}, {yes, &said.yes}, {trailers, nil}, {company, nil}} {
			if m, _ := list.at(tokens, k); m > n {
				n = m
				if list.heard != nil {
					*list.heard = true
				}
				switch list.phrases {
				case greetings:
					n += namesAt(tokens, k+m)
				case thanks:
					n = thanksAt(tokens, k)
				}
				if list.phrases == thanks || list.phrases == wishes {
					n += signedAt(tokens, k+n)
				}
			}
		}
		if n == 0 && (k == 0 || tokens[k-1].kind == mark) {
			if m, _ := leads.at(tokens, k); m > 0 && !tokens[k].is("but", "mais") {
				n = m
			}
		}
		if n == 0 && k == 0 {
			n = reviewedAll(tokens)
		}
		if n == 0 && k > 0 && k+1 < len(tokens) && tokens[k].is("and", "et", "&", "with", "avec") {
			n = 1
		}
		if n == 0 && k == 0 && len(tokens) == 1 && len(s.commands) > 0 && len(tokens[0].text) == 1 && tokens[0].kind == word && st.line[tokens[0].start] >= 'A' && st.line[tokens[0].start] <= 'Z' {
			n = 1 // signed with one letter
		}
		if n == 0 && len(s.commands) == 0 && k == 0 && salutation(st) {
			n = len(tokens)
		}
		if n == 0 {
			return false
		}
		k += n
	}
	*s = said
	return true
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
