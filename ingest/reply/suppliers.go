package reply

import (
	"regexp"
	"slices"
	"strings"

	"handrail/ingest"
)

// What a mail says about two suppliers' names: that they are two suppliers, or one. Whole sentences only: a question, a doubt or a
// word more is no such sentence.

const (
	maxSupplierWords = 16
	maxSupplierNames = 400 // characters of the names that a sentence says
)

// The sentences, folded: token by token, with one space between.
var (
	oneLead   = `(?:fyi ,? ?|for (?:the record|your information) ,? ?|(?:please )?(?:note|be advised|know) that |i (?:can )?confirm(?: that)? |this is to confirm that |yes ,? ?|in fact ,? ?|actually ,? ?|pour (?:votre )?information ,? ?|(?:veuillez noter|a noter|notez|sachez) que |je (?:vous )?confirme que |en fait ,? ?|oui ,? ?)?`
	nounEN    = `(?:supplier|vendor|company|firm|business|contractor|entity|organization|organisation)`
	nounsEN   = `(?:suppliers|vendors|companies|firms|businesses|contractors|entities|organizations|organisations)`
	nounFR    = `(?:fournisseur|entreprise|compagnie|societe|firme|entrepreneur|organisation)`
	nounsFR   = `(?:fournisseurs|entreprises|compagnies|societes|firmes|entrepreneurs|organisations)`
	partEN    = `(?:different|separate|distinct|unrelated)`
	partFR    = `(?:differente?s|distinct(?:e)?s|separee?s)`
	namesEN   = `(?:(?:these|those|the|both|the two|these two)(?: (?:names|suppliers|vendors|companies|firms))?)`
	areEN     = `(?:(?:they|` + namesEN + `|there|we) (?:are|have)|they're|(?:this|that|it) is|it's|that's)`
	areFR     = `(?:ce sont|il s'agit de|il s'agit bien de|c'est|(?:les|ces) (?:deux )?(?:noms|fournisseurs|entreprises) (?:sont|designent))`
	notEN     = `(?:(?:` + areEN + ` )?not|(?:they|` + namesEN + `) aren't|(?:this|that|it) isn't|they're not)`
	notFR     = `(?:(?:ce n'est|ce ne sont|il ne s'agit) )?pas`
	theSameEN = `(?:(?:one and )?the same|same)`
	theSameFR = `(?:du meme|le meme|la meme|les memes|un meme|meme|memes)`

	// twoSuppliers and oneSupplier are whole sentences; bareTwo is what says it where it was asked, and not as a reason.
	twoSuppliers = regexp.MustCompile(`^` + oneLead + `(?:` + strings.Join([]string{
		`(?:` + areEN + ` )?(?:two|2)(?: ` + partEN + `)? ` + nounsEN, `(?:` + areEN + ` )?` + partEN + ` ` + nounsEN,
		`(?:the|these|both|the two|these two) (?:two )?` + nounsEN + ` are (?:` + partEN + `|not the same)`,
		notEN + ` ` + theSameEN + ` (?:` + nounEN + `|` + nounsEN + `)`, notEN + ` one ` + nounEN,
		`(?:` + areFR + ` )?(?:bien )?(?:deux|2) ` + nounsFR + `(?: (?:bien )?` + partFR + `)?`, `(?:` + areFR + ` (?:des )?)?` + nounsFR + ` ` + partFR,
		`(?:les|ces) (?:deux )?` + nounsFR + ` sont ` + partFR, notFR + ` ` + theSameFR + ` (?:` + nounFR + `|` + nounsFR + `)`,
	}, `|`) + `)$`)
	bareTwo     = regexp.MustCompile(`^` + oneLead + `(?:` + notEN + ` the same|` + notFR + ` (?:le|la|les) memes?)$`)
	oneSupplier = regexp.MustCompile(`^` + oneLead + `(?:` + strings.Join([]string{
		`(?:` + areEN + ` )?` + theSameEN + ` ` + nounEN, `(?:` + areEN + ` )?one(?: and the same)? ` + nounEN, `(?:` + areEN + ` )?one single ` + nounEN,
		`(?:` + areFR + ` )?` + theSameFR + ` (?:` + nounFR + `|` + nounsFR + `)`, `il s'agit du meme ` + nounFR, `(?:` + areFR + ` )?une? seule?(?: et meme)? ` + nounFR,
	}, `|`) + `)$`)
	// namesBefore are what follows the names that a sentence begins with, namesAround what stands between them.
	namesBefore = []struct {
		verb Verb
		says *regexp.Regexp
	}{
		{TwoSuppliers, regexp.MustCompile(`^(?:are (?:(?:two|2)(?: ` + partEN + `)?|` + partEN + `|not (?:the )?same|not one) (?:` + nounsEN + `|` + nounEN + `)|sont (?:(?:deux|2|des) )?` + nounsFR + ` ` + partFR + `|sont (?:deux|2) ` + nounsFR + `|ne sont pas (?:le meme|la meme|les memes) (?:` + nounFR + `|` + nounsFR + `))$`)},
		{OneSupplier, regexp.MustCompile(`^(?:are (?:(?:one and )?the same|one) ` + nounEN + `|sont (?:le meme|la meme|un seul(?: et meme)?|une seule(?: et meme)?) ` + nounFR + `)$`)},
	}
	namesAround = []struct {
		verb Verb
		says *regexp.Regexp
	}{
		{TwoSuppliers, regexp.MustCompile(`^(?:is not|isn't) the same ` + nounEN + ` as$|^n'est pas (?:le|la) meme ` + nounFR + ` que$`)},
		{OneSupplier, regexp.MustCompile(`^is the same ` + nounEN + ` as$|^est (?:le|la) meme ` + nounFR + ` que$`)},
	}
	// saysOfSuppliers is any of it within other words, to be asked back about.
	saysOfSuppliers = regexp.MustCompile(`(?:^| )(?:(?:two|2) ` + partEN + ` ` + nounsEN + `|(?:two|2) ` + nounsEN + `|` + partEN + ` ` + nounsEN + `|same ` + nounEN + `|not the same|(?:deux|2) ` + nounsFR + `|` + nounsFR + ` ` + partFR + `|memes? ` + nounFR + `s?)(?: |$)`)
)

// joinedText is tokens as the sentences above have them.
func joinedText(tokens []token) string {
	texts := make([]string, len(tokens))
	for i := range tokens {
		texts[i] = tokens[i].text
	}
	return strings.Join(texts, " ")
}

// supplierVerb is what whole tokens say of two suppliers, "" nothing. asReason: where it could be about something else, it says
// nothing.
func supplierVerb(tokens []token, asReason bool) Verb {
	for len(tokens) > 0 && tokens[len(tokens)-1].is(".", "!") {
		tokens = tokens[:len(tokens)-1]
	}
	if len(tokens) == 0 || len(tokens) > maxSupplierWords {
		return ""
	}
	switch s := joinedText(tokens); {
	case twoSuppliers.MatchString(s), !asReason && bareTwo.MatchString(s):
		return TwoSuppliers
	case oneSupplier.MatchString(s):
		return OneSupplier
	}
	return ""
}

// supplierSentence is what a sentence says of two suppliers: the command, and the place behind it; next is 0 where it says nothing.
// Behind the words stand lines, and the names after a colon.
func supplierSentence(line string, tokens []token) (c Command, said, next int) {
	if slices.ContainsFunc(tokens, func(t token) bool { return t.is("?") }) {
		return c, 0, 0
	}
	k := 0
	for n := min(len(tokens), maxSupplierWords); n > 0; n-- {
		if v := supplierVerb(tokens[:n], false); v != "" && !tokens[n-1].is(".", "!") {
			c.Verb, k = v, n
			break
		}
	}
	if c.Verb == "" {
		return namedSuppliers(line, tokens)
	}
	at := k
	if at < len(tokens) && tokens[at].is("for", "on", "in", "pour", "a", "sur") {
		at++
	}
	if sc, end, ok := scopeAt(tokens, at); ok && end > at && !sc.others && !sc.rest && !sc.whole {
		sc.put(&c)
		c.Count = 0
		said, k = 1, end
	} else if at > k {
		return Command{}, 0, 0
	}
	if k < len(tokens) && tokens[k].is(":") || k+1 < len(tokens) && tokens[k].is("-") && tokens[k].spaced && tokens[k+1].spaced {
		if c.Reason = ingest.Clip(strings.Trim(textOf(line, tokens[k+1:]), " \u00a0."), maxSupplierNames); c.Reason == "" {
			return Command{}, 0, 0
		}
		return c, said, len(tokens)
	}
	return c, said, k
}

// namedSuppliers reads sentences that begin with the names.
func namedSuppliers(line string, tokens []token) (c Command, said, next int) {
	for k := 1; k < len(tokens) && k <= 2*maxSupplierWords; k++ {
		if !tokens[k].is("are", "sont", "ne", "is", "isn't", "est", "n'est") {
			continue
		}
		for _, b := range namesBefore {
			if !b.says.MatchString(joinedText(tokens[k:])) {
				continue
			}
			for m := k - 1; m > 0; m-- { // at the last "and": a name may hold one
				if tokens[m].is("and", "et", "&", "/") && m+1 < k {
					return Command{Verb: b.verb, Reason: textOf(line, tokens[:m]) + " / " + textOf(line, tokens[m+1:k])}, 0, len(tokens)
				}
			}
		}
		for _, b := range namesAround {
			for n := k + 2; n < len(tokens) && n <= k+7; n++ {
				if b.says.MatchString(joinedText(tokens[k:n])) {
					return Command{Verb: b.verb, Reason: textOf(line, tokens[:k]) + " / " + textOf(line, tokens[n:])}, 0, len(tokens)
				}
			}
		}
	}
	return c, 0, 0
}

// names are all that is left of the line behind a colon: names have full stops. next is the sentence behind.
func (s *sense) supplierNames(i int, tokens []token, c *Command) (next int) {
	st := &s.sentences[i]
	next = i + 1
	if c.Reason == "" || st.closes {
		return next
	}
	for ; next < len(s.sentences) && s.sentences[next].at == st.at; next++ {
	}
	for k := range tokens {
		if tokens[k].is(":", "-") && k+1 < len(tokens) {
			c.Reason = ingest.Clip(strings.Trim(ingest.CleanLine(st.line[tokens[k+1].start:]), " \u00a0."), maxSupplierNames)
			break
		}
	}
	return next
}

// suppliers reads the sentence at i where it says something of two suppliers, alone, before a decision or behind one. is says that it
// did.
func (s *sense) suppliers(i int, tokens []token) (next int, ask *AskBack, is bool) {
	next = i + 1
	st := &s.sentences[i]
	k := skip(tokens, 0, leads, nil)
	if sc, end, ok := scopeAt(tokens, k); ok && end > k && !sc.others && !sc.rest && !sc.whole && end < len(tokens) && tokens[end].is(":", "-", ",") {
		if c, said, n := supplierSentence(st.line, tokens[end+1:]); n > 0 && said == 0 && c.Reason == "" && s.harmless(tokens[end+1+n:]) {
			sc.put(&c)
			c.Count = 0
			return next, s.add(c, true), true
		}
	}
	if c, said, n := supplierSentence(st.line, tokens[k:]); n > 0 {
		at := skip(tokens, k+n, leads, nil)
		if at < len(tokens) && tokens[at].is(",", "-") {
			at = skip(tokens, at+1, leads, nil)
		}
		behind := clauseAt(tokens, at)
		switch {
		case s.harmless(tokens[k+n:]):
			next = s.supplierNames(i, tokens, &c)
			s.likeBefore(&c, said > 0, st, tokens)
			return next, s.add(c, said > 0), true
		case behind.next > at && behind.ok && c.Reason == "" && at > k+n:
			if ask := s.add(c, said > 0); ask != nil {
				return next, ask, true
			}
			return next, s.clauses(tokens, at), true
		}
		return 0, nil, false
	}
	for m := 1; m+1 < len(tokens); m++ { // "approve 1 and two suppliers 1"
		if !tokens[m].is(",", "and", "et", "&") {
			continue
		}
		c, said, n := supplierSentence(st.line, tokens[m+1:])
		if n == 0 || !s.harmless(tokens[m+1+n:]) || said == 0 && tokens[m].is(",") {
			continue
		}
		if head := clauseAt(tokens, k); head.next <= k || !head.ok {
			return 0, nil, false
		}
		if ask := s.clauses(tokens[:m], k); ask != nil {
			return next, ask, true
		}
		s.likeBefore(&c, said > 0, st, nil)
		return next, s.add(c, said > 0), true
	}
	return 0, nil, false
}

// likeBefore gives what is said of suppliers right behind a decision its lines, and the decision its reason, where they have none.
func (s *sense) likeBefore(c *Command, said bool, st *sentence, tokens []token) {
	last := len(s.commands) - 1
	if last < 0 || said || c.Reason != "" || s.commands[last].Verb != Approve && s.commands[last].Verb != Decline {
		return
	}
	before := &s.commands[last]
	c.Lines, c.References, c.Rest = slices.Clone(before.Lines), slices.Clone(before.References), before.Rest
	if before.Reason == "" && len(tokens) > 0 && s.takes {
		before.Reason = textOf(st.line, tokens)
	}
}

// harmless reports whether nothing but politeness is left of a sentence.
func (s *sense) harmless(tokens []token) bool {
	for k := 0; k < len(tokens); {
		n := 0
		for _, list := range []*phrases[bool]{thanks, trailers} {
			if m, _ := list.at(tokens, k); m > n {
				n = m
			}
		}
		if n == 0 && tokens[k].is(",", ".", "!", ")", "(") {
			n = 1
		}
		if n == 0 {
			return false
		}
		k += n
	}
	return true
}

// SaysOfSuppliers reports whether a text says, or asks, in any words whether names are one supplier or two.
func SaysOfSuppliers(text string) bool {
	if len(text) > maxReplyBytes {
		return false
	}
	for line := range strings.SplitSeq(text, "\n") {
		if len(line) <= maxLineBytes && !isQuoted(line) && saysOfSuppliers.MatchString(joinedText(tokensOf(line))) {
			return true
		}
	}
	return false
}
