package reply

import (
	"cmp"
	"context"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"handrail/ingest"
	"handrail/internal/request"
)

// Verb is what a command asks for.
type Verb string

// The verbs: docs/design.md#commands-in-mail. Their words are in verbOf.
const (
	Approve  Verb = "approve"
	Decline  Verb = "decline"
	Ask      Verb = "question"
	Undo     Verb = "undo"
	Revoke   Verb = "revoke"
	Assign   Verb = "assign"
	Away     Verb = "away"
	Withdraw Verb = "withdraw"
	Confirm  Verb = "confirm"
)

// Verbs are all of them.
func Verbs() []Verb {
	return []Verb{Approve, Decline, Ask, Undo, Revoke, Assign, Away, Withdraw, Confirm}
}

// Command is one instruction of a reply.
type Command struct {
	Verb Verb
	// Lines are line numbers, References whole references; both empty means every line of the mail that is answered.
	Lines      []int
	References []request.Reference
	Reason     string       // cleaned; of Ask, the question
	Address    string       // of Assign, lower case
	Until      request.Date // of Away: the first day back is the day after
}

// Every reports whether the command is about all lines of the mail that is answered.
func (c Command) Every() bool { return len(c.Lines) == 0 && len(c.References) == 0 }

// Decides reports whether the command changes a line.
func (c Command) Decides() bool {
	switch c.Verb {
	case Approve, Decline, Revoke, Withdraw, Confirm, Undo:
		return true
	}
	return false
}

// AskBack is why a reply decides nothing and is answered with a question.
type AskBack struct {
	Why  AskReason
	Line string // what was not understood, cleaned and clipped, for the answer
}

// AskReason is a fixed word for what was not understood.
type AskReason string

// The reasons to ask back.
const (
	AskEmpty       AskReason = "empty"             // no new text at all
	AskNoCommand   AskReason = "no-command"        // the first line is no command
	AskText        AskReason = "text-after"        // text follows a command and may change it
	AskCondition   AskReason = "condition"         // but, only if, unless …
	AskLines       AskReason = "lines"             // which lines are meant cannot be read
	AskConflict    AskReason = "conflict"          // two commands about one line
	AskReasonMeans AskReason = "reason-means"      // the reason could be lines or another decision
	AskHidden      AskReason = "hidden-characters" // characters that hide or turn text
	AskDetail      AskReason = "detail"            // an address, a date or a question is missing
	AskTooLong     AskReason = "too-long"
	maxCommands              = 100
)

// Text says to the sender why nothing was decided.
func (a AskReason) Text() request.Text { return askText[a] }

// Parse reads the new text of a reply (NewText). It gives commands, or the reason to ask back, never both:
// whatever could be read in two ways decides nothing. Names are those that the sender is known by; a line that says
// one of them begins the signature. The error is the context's, and then nothing was read.
func Parse(ctx context.Context, text string, names ...string) ([]Command, *AskBack, error) {
	r, ok := newReader(ctx, text, names)
	if !ok {
		return nil, &AskBack{Why: AskTooLong}, nil
	}
	commands, ask := r.read()
	if err := ctx.Err(); err != nil {
		return nil, nil, fmt.Errorf("read the commands: %w", err)
	}
	return commands, ask, nil
}

type reader struct {
	ctx      context.Context
	lines    []string
	looked   []lineKind // what each line could be below a command, as far as it was looked at
	names    []string
	commands []Command
}

// newReader reads a text line by line. ok is false for one that is too long.
func newReader(ctx context.Context, text string, names []string) (r *reader, ok bool) {
	if len(text) > maxReplyBytes {
		return nil, false
	}
	lines := strings.Split(lineEnds.Replace(text), "\n")
	return &reader{ctx: ctx, lines: lines, looked: make([]lineKind, len(lines)), names: foldAll(names)}, len(lines) <= maxReplyLines
}

// read gives up early, with whatever it has, when the context ends.
func (r *reader) read() ([]Command, *AskBack) {
	i := nextText(r.lines, 0)
	for i < len(r.lines) && isFooter(fold(r.lines[i])) { // a classification banner or a gateway's warning
		i = nextText(r.lines, i+1)
	}
	for ; i < len(r.lines) && r.ctx.Err() == nil; i++ {
		line := strings.Trim(r.lines[i], "\ufeff\u200b \t\u00a0")
		folded := fold(line)
		if folded == "" || isQuoted(line) {
			continue
		}
		if len(r.commands) > 0 && r.endsHere(i) {
			break
		}
		command, ask := parseLine(line)
		if ask != nil {
			if len(r.commands) > 0 && ask.Why == AskNoCommand {
				ask.Why = AskText
				if hasCondition(folded) {
					ask.Why = AskCondition
				}
			}
			return nil, ask
		}
		i = r.wrapped(i, &command)
		if ask := r.add(command, line); ask != nil {
			return nil, ask
		}
	}
	if len(r.commands) == 0 {
		return nil, &AskBack{Why: AskEmpty}
	}
	return r.commands, nil
}

// add takes a command unless it leaves two meanings.
func (r *reader) add(c Command, line string) *AskBack {
	ask := func(why AskReason) *AskBack { return &AskBack{why, ingest.Clip(ingest.CleanLine(line), 200)} }
	switch {
	case len(r.commands) >= maxCommands:
		return ask(AskTooLong)
	case c.Verb == Ask && c.Reason == "":
		return ask(AskDetail)
	case (c.Verb == Approve || c.Verb == Confirm) && hasCondition(fold(c.Reason)):
		return ask(AskCondition)
	case c.Decides() && meansMore(c, fold(c.Reason)):
		return ask(AskReasonMeans)
	}
	for _, other := range r.commands {
		if conflict(other, c) {
			return ask(AskConflict)
		}
	}
	r.commands = append(r.commands, c)
	return nil
}

// meansMore reports whether a folded reason could be more than one: the lines that were meant ("APPROVE: 1 and 3" would
// be all of them), or a decision that is not the command's own.
func meansMore(c Command, reason string) bool {
	reason = strings.TrimSpace(strings.TrimRight(strings.TrimSpace(reason), ".!"))
	if reason == "" {
		return false
	}
	if _, _, lines := lineNumbers(reason); lines || c.Every() && namesLine.MatchString(reason) {
		return true
	}
	if m := orders.FindStringSubmatch(reason); m != nil && verbOf[m[1]] != c.Verb {
		return true
	}
	for _, m := range decidesOn.FindAllStringSubmatch(reason, -1) {
		if verbOf[m[1]] != c.Verb {
			return true
		}
	}
	return false
}

// Held against a folded reason: a line that it begins with, an order that it begins with, and a decision on something.
var (
	namesLine = regexp.MustCompile(`^(the |la |les )?(lines?|lignes?)\s+\d`)
	orders    = regexp.MustCompile(`^(i approve|approve|j'approuve|approuver|decline|reject|je refuse|refuser|revoke|revoquer|withdraw|retirer|undo|annuler)(?:$|[\s,;:])`)
	decidesOn = regexp.MustCompile(`\b(` + verbs(Approve, Decline, Revoke, Withdraw) + `)\b[\s:]+` +
		`(?:(?:the|la|le|les|l')\s*)?(?:(?:lines?|lignes?|items?|articles?|no\.?|#)\s*)?(?:\d|all\b|both\b|rest\b|others?\b|tout\b|toutes?\b|tous\b|reste\b|autres?\b)`)
)

// conflict reports whether two commands of one mail could mean different things for one line.
func conflict(a, b Command) bool {
	if a.Verb == Ask || b.Verb == Ask {
		// A question beside a decision about everything, or about the line it asks about, leaves open whether the answer
		// matters.
		return a.Verb != b.Verb && (a.Decides() && a.Every() || b.Decides() && b.Every() || meet(a, b))
	}
	if !a.Decides() || !b.Decides() {
		return a.Verb == b.Verb && (a.Address != b.Address || a.Until != b.Until)
	}
	same := a.Verb == b.Verb && a.Reason == b.Reason
	if a.Every() || b.Every() {
		return !same || a.Every() != b.Every()
	}
	return !same && meet(a, b)
}

// meet reports whether two commands name, or could name, one line.
func meet(a, b Command) bool {
	for i, k := 0, 0; i < len(a.Lines) && k < len(b.Lines); { // both ascend
		switch cmp.Compare(a.Lines[i], b.Lines[k]) {
		case 0:
			return true
		case -1:
			i++
		default:
			k++
		}
	}
	if len(a.References) > 0 && len(b.References) > 0 {
		named := make(map[request.Reference]bool, len(a.References))
		for _, x := range a.References {
			named[x] = true
		}
		if slices.ContainsFunc(b.References, func(x request.Reference) bool { return named[x] }) {
			return true
		}
	}
	// A number and a reference may name one line.
	return len(a.Lines) > 0 && len(b.References) > 0 || len(a.References) > 0 && len(b.Lines) > 0
}

// wrapLength is from how many characters on a line counts as wrapped by the mail program, so that the next one goes on
// with it. Mail programs wrap between 65 and 80.
const wrapLength = 55

// maxWrapped is the longest reason or question that is put together of several lines, in bytes; the line that passes it is
// the last.
const maxWrapped = 4000

// wrapped adds the lines that a mail program broke off a long reason, and all that follows a question. It returns the
// last line taken.
func (r *reader) wrapped(i int, c *Command) int {
	if c.Verb == Ask {
		for i+1 < len(r.lines) && len(c.Reason) < maxWrapped && r.ctx.Err() == nil {
			next := strings.TrimSpace(r.lines[i+1])
			if r.endsHere(i+1) || isQuoted(next) {
				return i
			}
			if _, ask := parseLine(next); ask == nil {
				return i
			}
			c.Reason = strings.TrimSpace(c.Reason + " " + ingest.CleanLine(next))
			i++
		}
		return i
	}
	for c.Reason != "" && len(c.Reason) < maxWrapped && i+1 < len(r.lines) && utf8.RuneCountInString(r.lines[i]) >= wrapLength {
		next := strings.TrimSpace(r.lines[i+1])
		if next == "" || r.endsHere(i+1) || isQuoted(next) || tricky(next) {
			return i
		}
		if _, ask := parseLine(next); ask == nil {
			return i
		}
		c.Reason += " " + ingest.CleanLine(next)
		i++
	}
	return i
}

var (
	// verbPattern finds the verb that a line of folded text begins with.
	verbPattern = regexp.MustCompile(`^(` + verbs(Verbs()...) + `)(?:\.?$|[\s:])`)
	verbOf      = map[string]Verb{
		"i approve": Approve, "approved": Approve, "approve": Approve, "j'approuve": Approve, "approuver": Approve,
		"approuvees": Approve, "approuves": Approve, "approuvee": Approve, "approuve": Approve,
		"declined": Decline, "decline": Decline, "rejected": Decline, "reject": Decline, "je refuse": Decline, "refuser": Decline,
		"refusees": Decline, "refuses": Decline, "refusee": Decline, "refuse": Decline,
		"question": Ask, "undo": Undo, "annuler": Undo, "revoke": Revoke, "revoquer": Revoke, "assign": Assign, "confier a": Assign,
		"confier": Assign, "away until": Away, "absent jusqu'au": Away, "absente jusqu'au": Away, "absent(e) jusqu'au": Away,
		"withdraw": Withdraw, "retirer": Withdraw, "confirm": Confirm, "confirmer": Confirm,
	}
)

// verbs are the words for some verbs, as alternatives; the longest first, so that "approved" is not "approve" and a rest.
func verbs(which ...Verb) string {
	var words []string
	for word, verb := range verbOf {
		if slices.Contains(which, verb) {
			words = append(words, regexp.QuoteMeta(word))
		}
	}
	slices.SortFunc(words, func(a, b string) int { return cmp.Or(len(b)-len(a), cmp.Compare(a, b)) })
	return strings.Join(words, "|")
}

// parseLine reads one line as one command.
func parseLine(line string) (Command, *AskBack) {
	ask := func(why AskReason) (Command, *AskBack) {
		return Command{}, &AskBack{why, ingest.Clip(ingest.CleanLine(line), 200)}
	}
	line = strings.Trim(line, "\ufeff\u200b \t\u00a0")
	if tricky(line) {
		return ask(AskHidden)
	}
	// Mail programs keep bold text as *asterisks*.
	line = strings.TrimSpace(strings.Trim(line, "*"))
	folded := fold(line)
	m := verbPattern.FindStringSubmatch(folded)
	if m == nil {
		return ask(AskNoCommand)
	}
	c := Command{Verb: verbOf[m[1]]}
	rest := strings.TrimSpace(strings.TrimPrefix(folded, m[1]))
	target, _, hasReason := strings.Cut(rest, ":")
	if hasReason {
		_, reason, _ := strings.Cut(line, ":")
		if i := strings.IndexAny(line, ":："); i >= 0 && !strings.Contains(line, ":") {
			_, reason, _ = strings.Cut(line, "：")
		}
		c.Reason = ingest.Clip(ingest.CleanLine(reason), 2000)
	}
	target = strings.TrimSpace(strings.TrimSuffix(strings.TrimSpace(target), "."))
	switch c.Verb {
	case Ask:
		lines, refs, ok := lineNumbers(target)
		if !ok || !hasReason {
			return ask(AskNoCommand)
		}
		c.Lines, c.References = lines, refs
		return c, nil
	case Assign, Away:
		return detail(c, strings.TrimSpace(strings.TrimPrefix(rest, ":")), ask)
	case Undo:
		if target != "" || c.Reason != "" {
			return ask(AskText)
		}
		return c, nil
	}
	var ok bool
	if c.Lines, c.References, ok = lineNumbers(target); !ok {
		if hasCondition(target) {
			return ask(AskCondition)
		}
		return ask(AskLines)
	}
	return c, nil
}

// detail reads the address or the date that a command needs.
func detail(c Command, rest string, ask func(AskReason) (Command, *AskBack)) (Command, *AskBack) {
	rest = strings.TrimSuffix(rest, ".")
	if c.Verb == Away {
		until, err := request.ParseDate(rest)
		if err != nil {
			return ask(AskDetail)
		}
		c.Until = until
		return c, nil
	}
	rest = strings.TrimPrefix(strings.TrimPrefix(rest, "to "), "a ")
	// Mail programs write a link behind an address: backup@x <mailto:backup@x>.
	if address, link, found := strings.Cut(rest, " "); found && strings.Trim(link, "<>") == "mailto:"+address {
		rest = address
	}
	rest = strings.Trim(rest, "<>")
	if !ingest.IsAddress(rest) {
		return ask(AskDetail)
	}
	c.Address, c.Reason = rest, ""
	return c, nil
}

const maxLine = 99_999

var (
	everyLine  = regexp.MustCompile(`^(all|all lines|tout|toutes|tous|toutes les lignes)$`)
	lineWord   = regexp.MustCompile(`^(lines?|lignes?|les lignes|la ligne)\s+`)
	linePart   = regexp.MustCompile(`^(\d{1,5})(?:\s*(?:-|\bto\b|\ba\b)\s*(\d{1,5}))?(?:\s*(?:,\s*(?:and|et)\b|,|&|\band\b|\bet\b)\s*|\s+|$)`)
	lineNamed  = regexp.MustCompile(`^(hr-\d{4}-\d{6,9}-\d{2,6})(?:\s*(?:,\s*(?:and|et)\b|,|&|\band\b|\bet\b)\s*|\s+|$)`)
	endsInJoin = regexp.MustCompile(`(,|&|\band|\bet)\s*$`)
)

// lineNumbers reads "1 3-5", "1, 3 to 5", "1 et 3 à 5", "all", references, or nothing at all.
func lineNumbers(s string) (lines []int, refs []request.Reference, ok bool) {
	if s == "" || everyLine.MatchString(s) {
		return nil, nil, true
	}
	s = lineWord.ReplaceAllString(s, "")
	if endsInJoin.MatchString(s) {
		return nil, nil, false
	}
	for s != "" {
		if m := lineNamed.FindStringSubmatch(s); m != nil {
			ref, good := request.ParseReference(m[1])
			if !good || ref.Line == 0 {
				return nil, nil, false
			}
			refs, s = append(refs, ref), s[len(m[0]):]
			continue
		}
		m := linePart.FindStringSubmatch(s)
		if m == nil {
			return nil, nil, false
		}
		first, _ := strconv.Atoi(m[1])
		last := first
		if m[2] != "" {
			last, _ = strconv.Atoi(m[2])
		}
		if first < 1 || last < first || last > maxLine || last-first > 5000 || len(lines) > 20_000 {
			return nil, nil, false
		}
		for n := first; n <= last; n++ {
			lines = append(lines, n)
		}
		s = s[len(m[0]):]
	}
	slices.Sort(lines)
	return slices.Compact(lines), refs, true
}

// conditions are the words that make an approval something else. Held against folded text.
var conditions = regexp.MustCompile(`\b(but|only|if|unless|subject to|provided|providing|except|however|not|don't|dont|do not|never|until|once|when|pending|assuming|as long as|conditional(ly)?|contingent|without|wait|instead|after|before|first|` +
	`mais|seulement|uniquement|si|s'il|s'ils|s'elle|s'elles|sauf|sous reserve|a condition|pourvu|excepte|toutefois|cependant|pas|ne|n'[a-z]+|jamais|lorsque|quand|des que|en attendant|a moins|conditionnel(lement)?|sans|attendre|plutot|apres|avant|d'abord)\b`)

func hasCondition(folded string) bool { return conditions.MatchString(folded) }
