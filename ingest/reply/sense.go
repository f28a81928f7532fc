package reply

import (
	"context"
	"fmt"
	"slices"
	"strings"

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
	talked    bool // something was told that is no command
	line      string
	at        int    // the line of the letter that is read
	reasonAt  int    // where the last command's reason begins in its line
	reasonOf  int    // that line
	about     *scope // the lines that the next verb is about, where they were named before it
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
	if next, ask, is := s.suppliers(i, tokens); is {
		return next, ask
	}
	yesBefore := s.yes
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
		saidYes := s.yes && k > 0
		before := len(s.commands)
		if ask := s.clauses(tokens, k); ask != nil {
			return 0, ask
		}
		if saidYes && !yesBefore && slices.ContainsFunc(s.commands[before:], func(c Command) bool { return c.Verb == Decline || c.Verb == No }) {
			return 0, s.ask(AskConflict, tokens) // "Yes, declined"
		}
		return i + 1, nil
	}
	if at := reasonFirst(tokens, k); at > 0 {
		return i + 1, s.reasonThenClause(tokens, k, at)
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

// clauses reads the clauses of a sentence from k on to its end.
func (s *sense) clauses(tokens []token, k int) *AskBack {
	for k < len(tokens) {
		k = skip(tokens, k, leads, nil)
		c := clauseAt(tokens, k)
		if s.about != nil {
			if c.ok && !c.scope.said {
				c.scope = *s.about
			}
			s.about = nil
		}
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

// beside understands a sentence without a command: thanks, a greeting, a yes, the reason of the command before it.
func (s *sense) beside(st *sentence, tokens []token) *AskBack {
	if s.pleasantry(st, tokens) || tableHead(tokens) {
		return nil
	}
	if s.scopeAlone(tokens) || s.reasonFor(tokens) {
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
	if c.OfSuppliers() {
		if m := meaningOf(Approve, words, true); len(words) > 0 && m != plainReason && m != looseReason {
			return s.leftOver(tokens)
		}
		return nil // why they are two suppliers, or one
	}
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
		text = ingest.CleanLine(s.line[s.reasonAt:words[len(words)-1].end]) + s.stopAt(words)
	default:
		text = strings.TrimRight(c.Reason, ". ") + ". " + text + s.stopAt(words)
	}
	c.Reason = ingest.Clip(text, maxReason)
	return nil
}

// stopAt is the full stop behind a sentence: a reason of several keeps it.
func (s *sense) stopAt(words []token) string {
	if strings.HasPrefix(s.line[words[len(words)-1].end:], ".") {
		return "."
	}
	return ""
}

// refuse reads "NO: reason".
func (s *sense) refuse(tokens []token) *AskBack {
	rest := trimConnectors(tokens[1:])
	if m := meaningOf(No, rest, true); m == notReason || m == conditional {
		return s.ask(AskReasonMeans, rest)
	}
	return s.add(Command{Verb: No, Reason: textOf(s.line, rest)}, true)
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
		case s.talked:
			return nil, s.ask(AskNoCommand, nil)
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
		if c.Decides() && c.Reason != "" {
			c.Suppliers = supplierVerb(tokensOf(c.Reason), true)
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

// reasonFirst is where a clause begins behind a reason that opens the sentence: "Because of the urgency I approve line 1", "too
// expensive, so I decline line 3".
func reasonFirst(tokens []token, k int) int {
	n, _ := becauses.at(tokens, k)
	if n == 0 {
		n, _ = openings.at(tokens, k)
	}
	for at := k + n + 1; at < len(tokens); at++ {
		so := tokens[at-1].is("so", "donc", "therefore", "thus", "alors")
		if n == 0 && !so {
			continue
		}
		mine := tokens[at].is("i", "je") || strings.HasPrefix(tokens[at].text, "j'")
		if !tokens[at-1].is(",") && !so && !mine {
			continue
		}
		if c := clauseAt(tokens, at); c.next > at && c.ok && (c.verb == Approve || c.verb == Decline) {
			return at
		}
	}
	return 0
}

// tableHead reports whether a line is the head of a table of decisions.
func tableHead(tokens []token) bool {
	for i := range tokens {
		if t := &tokens[i]; t.kind == word && !t.is("line", "lines", "decision", "item", "status", "result", "ligne", "lignes", "article", "statut", "resultat") || t.kind != word && !t.is("|", "-", ":", "/") {
			return false
		}
	}
	return len(tokens) > 1
}

// scopeAlone takes a sentence that only names lines for those of the command before it, which names none: "Approved. All lines."
func (s *sense) scopeAlone(tokens []token) bool {
	last := len(s.commands) - 1
	if last < 0 || s.explicit[last] || !s.takes || s.commands[last].Reason != "" {
		return false
	}
	sc, next, ok := scopeAt(tokens, 0)
	if !ok || next != len(tokens) || next == 0 || sc.others {
		return false
	}
	sc.put(&s.commands[last])
	s.explicit[last] = true
	return true
}

// reasonFor reads "Reason for line 3: …" of the one command that names that line.
func (s *sense) reasonFor(tokens []token) bool {
	n, _ := reasonLabel.at(tokens, 0)
	if n == 0 || n >= len(tokens) || !tokens[n].is("for", "pour", "de") {
		return false
	}
	sc, next, ok := scopeAt(tokens, n+1)
	if !ok || next == n+1 || next+1 >= len(tokens) || !tokens[next].is(":", "-") || sc.rest || len(sc.lines) == 0 {
		return false
	}
	for i := range s.commands {
		c := &s.commands[i]
		if c.Rest || c.Reason != "" || !slices.Equal(c.Lines, sc.lines) {
			continue
		}
		words := tokens[next+1:]
		if meaningOf(c.Verb, words, true) != plainReason {
			return false
		}
		c.Reason = textOf(s.line, words)
		return true
	}
	return false
}

// openings are words that open a sentence with its reason.
var openings = phrasesOf("as, since, given, compte tenu de, compte tenu du, compte tenu que, vu, comme, etant donne")

// reasonThenClause reads a sentence whose reason stands first.
func (s *sense) reasonThenClause(tokens []token, k, at int) *AskBack {
	before := len(s.commands)
	if ask := s.clauses(tokens, at); ask != nil {
		return ask
	}
	words := trimConnectors(tokens[k:at])
	if len(s.commands) != before+1 || s.commands[before].Reason != "" {
		return s.leftOver(words)
	}
	c := &s.commands[before]
	n, _ := becauses.at(words, 0)
	if n == 0 {
		n, _ = openings.at(words, 0)
	}
	switch meaningOf(c.Verb, words[n:], s.explicit[before]) {
	case conditional:
		return s.ask(AskCondition, words)
	case notReason:
		return s.ask(AskReasonMeans, words)
	case looseReason:
		c.Loose = true
	}
	c.Reason = textOf(s.line, words)
	return nil
}
