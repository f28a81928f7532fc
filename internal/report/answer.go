package report

import (
	"slices"
	"strings"
	"unicode"

	"handrail/internal/request"
)

// AnswerKind is what somebody says of a charge.
type AnswerKind string

// The answers. Unread and Asks decide nothing and are asked back; OnlyMark says nothing of where the charge belongs.
const (
	Unread      AnswerKind = ""
	OnlyMark    AnswerKind = "mark"
	Asks        AnswerKind = "question"      // "HR-2026-000123-04?", "maybe", "same as above"
	BelongsTo   AnswerKind = "line"          // to the lines of References
	SetAside    AnswerKind = "ignore"        // off the list of what waits; it stays in the actuals, as spent without approval
	NoPurchase  AnswerKind = "not-purchase"  // off the list and of no budget
	NoLine      AnswerKind = "none"          // to no approved line: no rule matches it any more
	OneOfTwo    AnswerKind = "two-answers"   // two answers in one cell
	WhichLine   AnswerKind = "request-alone" // the number of a request without its line
	ReasonAlone AnswerKind = "reason-alone"  // a reason beside nothing
)

// Mark is a state that a person sets beside a charge, whatever it is matched with.
type Mark string

// The marks, and the words that take them off.
const (
	ReceiptMissing Mark = "receipt-missing"
	InDispute      Mark = "dispute"
	Personal       Mark = "personal"
	Cleared        Mark = "cleared"          // takes off any
	ReceiptFound   Mark = "receipt-found"    // takes off ReceiptMissing
	DisputeSettled Mark = "dispute-settled"  // takes off InDispute
	Repaid         Mark = "personal-repaid"  // takes off Personal
	MoneyBack      Mark = "dispute-or-repay" // takes off InDispute or Personal
)

// TakesOff reports whether m is a word that takes the mark off.
func (m Mark) TakesOff(mark Mark) bool {
	switch m {
	case Cleared:
		return true
	case ReceiptFound:
		return mark == ReceiptMissing
	case DisputeSettled:
		return mark == InDispute
	case Repaid:
		return mark == Personal
	case MoneyBack:
		return mark == InDispute || mark == Personal
	}
	return false
}

// Clears reports whether m takes marks off, rather than being one.
func (m Mark) Clears() bool {
	return m.TakesOff(ReceiptMissing) || m.TakesOff(InDispute) || m.TakesOff(Personal)
}

// Answer is what somebody wrote beside a charge, read.
type Answer struct {
	Kind       AnswerKind
	References []string // of BelongsTo, each once, in the order in which they were written
	Mark       Mark     // "" none
	Reason     string   // as it was written; "" none, or one that says nothing
	Mentions   []string // lines that a question names, a few at most
}

// Decides reports whether an answer of this kind says something, rather than being asked back.
func (k AnswerKind) Decides() bool {
	switch k {
	case BelongsTo, SetAside, NoPurchase, NoLine, OnlyMark:
		return true
	}
	return false
}

// Same reports whether two answers say the same of a charge, whatever their reasons.
func (a Answer) Same(b Answer) bool {
	return a.Kind == b.Kind && a.Mark == b.Mark && slices.Equal(slices.Sorted(slices.Values(a.References)), slices.Sorted(slices.Values(b.References)))
}

// Contradicts reports whether two answers to one charge cannot both be done.
func (a Answer) Contradicts(b Answer) bool {
	where := a.Kind != OnlyMark && b.Kind != OnlyMark && !Answer{Kind: a.Kind, References: a.References}.Same(Answer{Kind: b.Kind, References: b.References})
	return where || a.Mark != "" && b.Mark != "" && a.Mark != b.Mark
}

// ReadAnswer reads the cell that finance fills in and the reason beside it. What could mean two things means none: a question
// mark, a doubt, a condition, two answers, a no before a number.
func ReadAnswer(said, reason string) Answer {
	if strings.ContainsAny(said, "?？") {
		return Answer{Kind: Asks, Mentions: mentions(said)}
	}
	if strings.ContainsAny(said, crossed) {
		return Answer{Mentions: mentions(said)}
	}
	a := readCell(words(said), said).because(reason)
	if !a.Kind.Decides() {
		a.Mentions = mentions(said + "\n" + reason)
	}
	return a
}

// crossed are signs that deny what stands beside them.
const crossed = "≠¬~≈✗✘❌✕×✖<>"

// because adds the reason that stands in a column of its own.
func (a Answer) because(reason string) Answer {
	reason = strings.TrimSpace(tidy(reason))
	if reason == "" || a.Kind == Unread || a.Kind == Asks {
		return a
	}
	b := a.withReason(reason)
	if b.Kind != a.Kind {
		return b
	}
	if strings.ContainsAny(reason, "?？") && a.Kind != OnlyMark {
		return Answer{Kind: Asks}
	}
	if a.Reason != "" && b.Reason != "" {
		b.Reason = a.Reason + "; " + b.Reason
	} else if b.Reason == "" {
		b.Reason = a.Reason
	}
	return b
}

// readCell reads what stands in the cell alone.
func readCell(list []word, said string) Answer {
	said = tidy(said)
	if p, n, ok := leadingPhrase(list); ok {
		return Answer{Kind: p.kind, Mark: p.mark}.withRest(said[list[n-1].to:])
	}
	list = skipFillers(list, leadFillers)
	if len(list) == 0 {
		return Answer{}
	}
	if references, rest, kind := readReferences(said[list[0].from:]); kind != Unread {
		if kind != BelongsTo {
			return Answer{Kind: kind}
		}
		return Answer{Kind: BelongsTo, References: references}.withRest(rest)
	}
	if p, n, ok := leadingPhrase(list); ok {
		return Answer{Kind: p.kind, Mark: p.mark}.withRest(said[list[n-1].to:])
	}
	if doubts(list) {
		return Answer{Kind: Asks}
	}
	return Answer{}
}

// withRest reads what follows a decision: nothing, a word of courtesy, or a reason behind a sign or a word that begins one.
func (a Answer) withRest(rest string) Answer {
	list := words(rest)
	if a.Kind != BelongsTo {
		list = skipFillers(list, afterWord)
	}
	list = skipFillers(list, courtesies)
	if len(list) == 0 {
		return a
	}
	before := rest[:list[0].from]
	if i := strings.LastIndexFunc(before, unicode.IsLetter); i >= 0 {
		before = before[i:]
	}
	if !strings.ContainsAny(before, "-–—:;,.!()[]/\n=>→|") {
		n := startsWith(list, reasonWords)
		if n == 0 {
			if doubts(words(rest)) {
				return Answer{Kind: Asks}
			}
			return Answer{}
		}
		list = list[n:]
	} else if n := startsWith(list, reasonWords); n > 0 && n < len(list) {
		list = list[n:]
	}
	if len(list) == 0 {
		return a
	}
	return a.withReason(strings.TrimRight(strings.TrimSpace(rest[list[0].from:]), ")]"))
}

// withReason takes a reason, or another meaning than a reason's.
func (a Answer) withReason(reason string) Answer {
	list := skipFillers(words(reason), courtesies)
	if len(list) == 0 {
		return a
	}
	if p, n, ok := leadingPhrase(list); ok {
		rest := skipFillers(skipFillers(list[n:], afterWord), courtesies)
		switch {
		case len(rest) == 0:
			return a.withSecond(p)
		case p.kind != OnlyMark, p.mark.Clears() && a.Mark != "":
			return Answer{Kind: OneOfTwo} // "HR-2026-000123-04 - none of these fits", "personal - repaid on Monday"
		case !p.mark.Clears() && a.Mark == "" && (rest[0].from > list[n-1].to+1 || startsWith(rest, reasonWords) > 0):
			a.Mark = p.mark // "HR-2026-000123-04 - receipt missing, asked twice"
		}
	}
	named, _, _ := readReferences(reason[list[0].from:])
	switch {
	case len(named) > 0 || namesLine(reason):
		return Answer{Kind: OneOfTwo}
	case startsWith(list, conditions) > 0:
		return Answer{}
	case a.Kind != OnlyMark && doubts(list):
		return Answer{Kind: Asks}
	case a.Kind == BelongsTo && startsWith(list, negations) > 0:
		return Answer{}
	case startsWith(list, alternatives) > 0:
		return Answer{Kind: OneOfTwo}
	}
	if saysSomething(list) {
		a.Reason = reason
	} else if a.Kind == BelongsTo && !strings.ContainsFunc(reason, unicode.IsLetter) {
		return Answer{} // "HR-2026-000123-04-06": a figure is no reason
	}
	return a
}

// withSecond joins a decision with another phrase behind it: a mark beside a decision, or the same in the other language.
func (a Answer) withSecond(p phrase) Answer {
	switch {
	case p.kind == Asks:
		return Answer{Kind: Asks}
	case p.kind == a.Kind && p.mark == a.Mark:
		return a
	case p.kind == OnlyMark && a.Mark == "":
		a.Mark = p.mark
		return a
	case a.Kind == OnlyMark && p.mark == "":
		a.Kind = p.kind
		return a
	}
	return Answer{Kind: OneOfTwo}
}

// saysSomething reports whether a reason is one: more than a placeholder.
func saysSomething(list []word) bool {
	letters := 0
	for _, w := range list {
		for _, r := range w.fold {
			if unicode.IsLetter(r) {
				letters++
			}
		}
	}
	whole := make([]string, len(list))
	for i, w := range list {
		whole[i] = w.fold
	}
	return letters >= 3 && !slices.Contains(placeholders(), strings.Join(whole, " "))
}

func placeholders() []string {
	return []string{"n a", "na", "none", "s o", "so", "aucun", "aucune", "nil", "tbd", "xxx", "yes", "oui", "okay", "idem", "ditto", "reason", "motif", "see above", "voir ci dessus"}
}

// word is one word of a text: folded, and where it stands.
type word struct {
	fold     string
	from, to int
}

// words splits a text at everything that is no letter, figure or apostrophe. An apostrophe divides as well: "n'est", "l'achat".
func words(s string) (list []word) {
	s = tidy(s)
	start := -1
	add := func(to int) {
		if start >= 0 {
			if f := request.Fold(s[start:to]); f != "" {
				list = append(list, word{f, start, to})
			}
			start = -1
		}
	}
	for i, r := range s {
		if unicode.IsLetter(r) || unicode.IsDigit(r) || unicode.IsMark(r) {
			if start < 0 {
				start = i
			}
			continue
		}
		add(i)
	}
	add(len(s))
	return list
}

// tidy makes every kind of space one that is looked for; lengths stay what they are only of its result.
func tidy(s string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r == '\n' || r == '\r' || r == '\v' || r == '\u2028':
			return '\n'
		case unicode.IsSpace(r):
			return ' '
		case unicode.Is(unicode.Cf, r) || unicode.IsControl(r):
			return -1
		}
		return r
	}, s)
}

// startsWith is how many words the longest of phrases has that a list begins with; 0 none.
func startsWith(list []word, phrases func() []string) (most int) {
	for _, p := range phrases() {
		if n := begins(list, p); n > most {
			most = n
		}
	}
	return most
}

// begins is the number of words of p when the list begins with them, else 0.
func begins(list []word, p string) int {
	n := 0
	for part := range strings.FieldsSeq(p) {
		if n >= len(list) || list[n].fold != part {
			return 0
		}
		n++
	}
	return n
}

func skipFillers(list []word, fillers func() []string) []word {
	for {
		n := startsWith(list, fillers)
		if n == 0 {
			return list
		}
		list = list[n:]
	}
}

// doubts reports whether any words of a text are of doubt.
func doubts(list []word) bool {
	for i := range list {
		if startsWith(list[i:], doubtful) > 0 {
			return true
		}
	}
	return false
}
