package reply

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"handrail/ingest"
	"handrail/internal/request"
)

// Reader reads replies. The zero value reads them without knowing who wrote them and when.
type Reader struct {
	// Names are those that the sender is known by; a line that says one of them begins the signature.
	Names []string
	// Today is the day the reply was received: "until Monday" and "until December 1" are read from it. Zero: days must be
	// written with their year.
	Today request.Date
}

// Parse reads the new text of a reply (NewText). It gives commands, or the reason to ask back, never both:
// whatever could be read in two ways decides nothing. Names are as in Reader. The error is the context's, and then nothing was read.
func Parse(ctx context.Context, text string, names ...string) ([]Command, *AskBack, error) {
	return Reader{Names: names}.Parse(ctx, text)
}

// Parse is like the function Parse.
func (rd Reader) Parse(ctx context.Context, text string) ([]Command, *AskBack, error) {
	l, ok := newLetter(ctx, text, rd.Names)
	if !ok {
		return nil, &AskBack{Why: AskTooLong}, nil
	}
	from, to := l.body()
	sentences, hidden := l.sentences(from, to)
	var commands []Command
	var ask *AskBack
	if hidden != "" {
		ask = &AskBack{Why: AskHidden, Line: shownLine(hidden)}
	} else {
		commands, ask = readSentences(ctx, sentences, rd.Today)
		if ask != nil && ask.Why == AskEmpty && l.thanks() {
			ask.Why = AskThanks
		}
		if ask != nil {
			ask.Proposal = proposals(ctx, sentences, ask, rd.Today)
			ask.Relay = relayable(sentences)
		}
	}
	if err := ctx.Err(); err != nil {
		return nil, nil, fmt.Errorf("read the commands: %w", err)
	}
	return commands, ask, nil
}

func shownLine(line string) string { return ingest.Clip(ingest.CleanLine(line), 200) }

// sense is what the sentences of a letter were understood as so far.
type sense struct {
	today     request.Date
	commands  []Command
	named     int   // lines that they name
	others    []int // places in commands that mean "the rest"
	explicit  []bool
	takes     bool // the last command's reason may go on in the next sentence
	yes, no   bool // one was said that is no command
	thanks    bool
	greeted   bool
	line      string
	at        int // the line of the letter that is read
	reasonAt  int // where the last command's reason begins in its line
	reasonOf  int // that line
	sentences []sentence
}

// readSentences understands all sentences of a letter, or asks.
func readSentences(ctx context.Context, sentences []sentence, today request.Date) ([]Command, *AskBack) {
	s := &sense{today: today, sentences: sentences, reasonOf: -1}
	for i := 0; i < len(sentences) && ctx.Err() == nil; {
		next, ask := s.read(i)
		if ask != nil {
			return nil, ask
		}
		i = next
	}
	return s.finish()
}

// read understands the sentence at i, and says which one is next.
func (s *sense) read(i int) (next int, ask *AskBack) {
	st := &s.sentences[i]
	s.line, s.at = st.line, st.at
	tokens := st.tokens
	if tokens[len(tokens)-1].is(".") {
		tokens = tokens[:len(tokens)-1]
	}
	k := skip(tokens, 0, leads, s)
	switch n, v := actions.at(tokens, k); {
	case n == 0:
	case v == Ask:
		if next, ask, is := s.question(i, k+n); is {
			return next, ask
		}
	case v == Assign || v == Away:
		return s.detail(i, v, k+n)
	case v == Undo:
		if undoes(tokens[k+n:]) {
			return i + 1, s.add(Command{Verb: Undo}, true)
		}
		return 0, s.ask(AskText, tokens[k+n:])
	}
	if c := clauseAt(tokens, k); c.next > k {
		return i + 1, s.clauses(tokens, k)
	}
	return i + 1, s.beside(st, tokens)
}

// ask asks back about the tokens that were not understood.
func (s *sense) ask(why AskReason, tokens []token) *AskBack {
	a := &AskBack{Why: why, Line: shownLine(s.line)}
	if len(tokens) > 0 {
		a.Words = shownLine(textOf(s.line, tokens))
	}
	return a
}

// add takes a command unless it leaves two meanings.
func (s *sense) add(c Command, explicit bool) *AskBack {
	s.named += len(c.Lines) + len(c.References)
	if len(s.commands) >= maxCommands || s.named > maxNamed {
		return s.ask(AskTooLong, nil)
	}
	s.commands = append(s.commands, c)
	s.explicit = append(s.explicit, explicit)
	s.takes = c.Verb != Undo && c.Verb != Ask
	return nil
}

// clause is one command as far as its scope: "approve 1 and 3", "line 2 is declined".
type clause struct {
	verb  Verb
	scope scope
	next  int  // the place behind it; not past the beginning: there is none
	ok    bool // its scope can be read
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
	if at < len(tokens) && tokens[at].is("for", "pour") {
		at++
	}
	s, next, ok := scopeAt(tokens, at)
	if next == at && ok {
		next = k
		// "Approved: lines 1 and 3": nothing but lines behind the colon.
		if k+1 < len(tokens) && tokens[k].is(":", "-") {
			if behind, end, good := scopeAt(tokens, k+1); good && end > k+1 && (end == len(tokens) || introducesReason(tokens, end) > 0 && !tokens[end].is(",")) {
				s, next = behind, end
			}
		}
	}
	return clause{v, s, next, ok}
}

// statives are the verbs between lines and what becomes of them.
var (
	statives     = phrasesOf("comme, as, is, are, is hereby, are hereby, est, sont, est donc, sont donc, are all, sont toutes, sont tous, are both, sont toutes les deux")
	contractions = phrasesOf("it's, it is, that's, this is, these are, they are, they're, c'est, all is, tout est, everything is, elles sont, elle est, ils sont")
	// results are the words of verbs that say what becomes of lines.
	separators = wordSet(": - = , ) .")
)

// scopeFirst reads "line 2: declined", "1 and 3 are approved", "all approved", "c'est approuvé".
func scopeFirst(tokens []token, i int) clause {
	var s scope
	k, copula := i, false
	if n, _ := contractions.at(tokens, i); n > 0 {
		s.said, s.whole, k, copula = true, true, i+n, true
	} else {
		var ok bool
		if s, k, ok = scopeAt(tokens, i); !ok || k == i {
			return clause{next: i}
		}
	}
	for n := 0; n < 2 && k < len(tokens) && tokens[k].kind == mark && separators[tokens[k].text]; n++ {
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
		return clause{v, s, k + n, true}
	}
	return clause{next: i}
}

// clauses reads the clauses of a sentence from k on to its end.
func (s *sense) clauses(tokens []token, k int) *AskBack {
	for k < len(tokens) {
		k = skip(tokens, k, leads, nil)
		c := clauseAt(tokens, k)
		switch {
		case !c.ok && c.next > k:
			return s.ask(AskLines, tokens[k:])
		case c.next <= k:
			return s.leftOver(tokens[k:])
		}
		next, loose, reason, ask := s.tail(tokens, c.next, &c)
		if ask != nil {
			return ask
		}
		command := Command{Verb: c.verb, Reason: reason, Loose: loose}
		c.scope.put(&command)
		if c.scope.others {
			s.others = append(s.others, len(s.commands))
		}
		if ask := s.add(command, c.scope.explicit()); ask != nil {
			return ask
		}
		k = next
	}
	return nil
}

// leftOver asks about words beside a command.
func (s *sense) leftOver(tokens []token) *AskBack {
	why := AskText
	if len(tokens) > 0 && hasDigit(tokens[0].text) {
		why = AskLines
	}
	for i := range tokens {
		n, _ := conditionPhrases.at(tokens, i)
		if n > 0 || tokens[i].kind == word && conditionWords[tokens[i].text] {
			why = AskCondition
		}
	}
	return s.ask(why, tokens)
}

// becauses introduce a reason.
var (
	becauses    = phrasesOf("because of, because, due to, on account of, given that, given, on the grounds that, reason, car, parce que, parce qu'il, parce qu'elle, puisque, puisqu'il, puisqu'elle, en raison de, en raison du, en raison des, a cause de, a cause du, etant donne que, vu que, attendu que, faute de, pour cause de, motif, raison, justification")
	asReason    = phrasesOf("as, since, pour")
	reasonLabel = phrasesOf("reason, reasons, my reason, the reason, the reason is, justification, rationale, comment, note, motif, motifs, raison, commentaire")
)

// introducesReason is how many tokens at k say that a reason follows, 0 for none.
func introducesReason(tokens []token, k int) int {
	if k >= len(tokens) {
		return 0
	}
	t := &tokens[k]
	if t.is(":", "-", "(", "–") {
		return 1
	}
	at := k
	if t.is(",") {
		at++
	}
	if n, _ := becauses.at(tokens, at); n > 0 {
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
	for k < len(tokens) {
		if n := c.scopeBehind(tokens, k); n > 0 {
			k += n
			continue
		}
		if n := trailer(tokens, k, c.verb); n > 0 {
			k += n
			continue
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
		if introduced || !affirms && refusalStarts[tokens[k].text] {
			loose, reason, ask = s.reason(rest, c, !introduced || affirms)
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
			} else if n, _ := no.at(tokens, k); n > 0 && k+n < len(tokens) && tokens[k+n].kind == mark && clauseSoon(tokens, k+n) {
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

// beside understands a sentence without a command: thanks, a greeting, a yes, the reason of the command before it.
func (s *sense) beside(st *sentence, tokens []token) *AskBack {
	if s.pleasantry(st, tokens) {
		return nil
	}
	if n, _ := no.at(tokens, 0); n == 1 && len(s.commands) == 0 && (len(tokens) == 1 || tokens[1].kind == mark) {
		return s.refuse(tokens)
	}
	if len(s.commands) == 0 {
		return s.ask(AskNoCommand, nil)
	}
	if !s.takes {
		return s.leftOver(tokens)
	}
	last := len(s.commands) - 1
	c := &s.commands[last]
	words := tokens
	labelled := false
	for _, list := range []*phrases[bool]{reasonLabel, becauses} {
		if n, _ := list.at(words, 0); n > 0 && (list == becauses || n < len(words) && words[n].kind == mark) {
			words, labelled = words[n:], true
			break
		}
	}
	words = trimConnectors(words)
	m := meaningOf(c.Verb, words, s.explicit[last] && (labelled || c.Verb != Approve && c.Verb != Confirm))
	switch {
	case len(words) == 0:
		return nil
	case m == conditional:
		return s.ask(AskCondition, tokens)
	case m == notReason, m == looseReason && (c.Verb == Approve || c.Verb == Confirm) && !labelled:
		return s.leftOver(tokens)
	}
	c.Loose = c.Loose || m == looseReason
	text := textOf(s.line, words)
	switch {
	case c.Reason == "":
	case !st.opens && s.reasonOf == st.at && s.reasonAt < words[0].start:
		text = ingest.CleanLine(s.line[s.reasonAt:words[len(words)-1].end])
	default:
		text = strings.TrimRight(c.Reason, ". ") + ". " + text
	}
	c.Reason = ingest.Clip(text, maxReason)
	return nil
}

// refuse reads "NO: reason".
func (s *sense) refuse(tokens []token) *AskBack {
	rest := trimConnectors(tokens[1:])
	if m := meaningOf(No, rest, true); m == notReason || m == conditional {
		return s.ask(AskReasonMeans, rest)
	}
	return s.add(Command{Verb: No, Reason: textOf(s.line, rest)}, true)
}

// pleasantry reports whether a sentence says nothing but thanks, a greeting, a wish, a yes or a no.
func (s *sense) pleasantry(st *sentence, tokens []token) bool {
	said := *s
	for k := 0; k < len(tokens); {
		if tokens[k].kind == mark {
			if tokens[k].is("?", "$", "€", "£", "%", "#", "/", "=", "<", ">", "~") {
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

// finish gives the commands of a letter, or asks what they mean together.
func (s *sense) finish() ([]Command, *AskBack) {
	s.line = ""
	if len(s.sentences) > 0 {
		s.line = s.sentences[0].line
	}
	if len(s.commands) == 0 {
		switch {
		case s.yes || s.no:
			return nil, s.ask(AskYes, nil)
		case s.thanks:
			return nil, &AskBack{Why: AskThanks}
		}
		return nil, &AskBack{Why: AskEmpty}
	}
	for _, place := range s.others {
		if !s.namesOthers(place) {
			return nil, s.ask(AskLines, nil)
		}
	}
	for i := range s.commands {
		c := &s.commands[i]
		if s.no && (c.Verb == Approve || c.Verb == Confirm) || c.Verb == No && len(s.commands) > 1 {
			return nil, s.ask(AskConflict, nil)
		}
		for k := range i {
			if conflict(&s.commands[k], c) {
				return nil, s.ask(AskConflict, nil)
			}
		}
	}
	return s.commands, nil
}

// namesOthers fills in what "the rest" leaves out: the lines that the other commands name.
func (s *sense) namesOthers(place int) bool {
	c := &s.commands[place]
	for i := range s.commands {
		o := &s.commands[i]
		switch {
		case i == place:
			continue
		case o.Every() || o.Rest:
			return false
		}
		c.Lines = append(c.Lines, o.Lines...)
		c.References = append(c.References, o.References...)
	}
	if c.Count > 0 {
		c.Count += len(c.Lines) + len(c.References)
	}
	slices.Sort(c.Lines)
	c.Lines = slices.Compact(c.Lines)
	return !c.Every()
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
var reviews = phrasesOf("i have reviewed, i've reviewed, i have read, i've read, i reviewed, i read, having reviewed, after review of, after reviewing, j'ai lu, j'ai examine, j'ai revu, j'ai pris connaissance de, apres examen de, apres avoir examine, apres avoir lu")

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

// scopeBehind takes lines that stand behind a verb without any, or behind what was approved: "approved, all three lines",
// "c'est approuvé pour les trois", "tout est approuvé sauf la 2". It is how many tokens they are.
func (c *clause) scopeBehind(tokens []token, k int) int {
	whole := len(c.scope.lines)+len(c.scope.references) == 0 && !c.scope.rest
	if !whole {
		return 0
	}
	at := k
	comma := tokens[k].is(",", "-")
	if comma {
		at++
	}
	if at < len(tokens) && tokens[at].is("for", "pour") && !comma {
		at++
	}
	if n, _ := without.at(tokens, at); n > 0 {
		if !c.scope.whole {
			return 0
		}
		if s, end, ok := exceptAt(tokens, c.scope, at); ok && end > at && s.rest && (end == len(tokens) || tokens[end].kind == mark) {
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
	if !ok || end == at || s.others || c.scope.said && comma || end < len(tokens) && tokens[end].kind != mark {
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
