package reply

import (
	"context"
	"regexp"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// letter is the new text of a reply, line by line, without what it is wrapped in.
type letter struct {
	ctx    context.Context
	lines  []string
	looked []lineKind // what each line could be below a command, as far as it was looked at
	names  []string
	// unattributed: the lines that are marked as quoted have no header of a quote, so that the sender may have marked them.
	unattributed bool
}

// sentence is a part of a letter that says one thing: a line, or a part of one that a full stop ends.
type sentence struct {
	line   string // as it was written; tokens have their places in it
	tokens []token
	opens  bool // it is the first of its line
	closes bool // it is the last of its line
	at     int  // the line of the letter where it begins
	until  int  // the line behind it
}

// newLetter reads a text line by line. ok is false for one that is too long.
func newLetter(ctx context.Context, text string, names []string) (l *letter, ok bool) {
	if len(text) > maxReplyBytes || slices.ContainsFunc(strings.Split(text, "\n"), func(line string) bool { return len(line) > maxLineBytes }) {
		return nil, false
	}
	lines := strings.Split(lineEnds.Replace(text), "\n")
	return &letter{ctx: ctx, lines: lines, looked: make([]lineKind, len(lines)), names: foldAll(names), unattributed: slices.ContainsFunc(lines, func(line string) bool { return !isQuoted(line) && strings.TrimSpace(line) != "" })}, len(lines) <= maxReplyLines
}

// body is the lines of a letter between what stands above and below what it says: from, and the one behind.
func (l *letter) body() (from, to int) {
	from = nextText(l.lines, 0)
	for from < len(l.lines) && isFooter(fold(l.lines[from])) { // a classification banner or a gateway's warning
		from = nextText(l.lines, from+1)
	}
	for to = from; to < len(l.lines) && l.ctx.Err() == nil; to++ {
		if line := strings.TrimSpace(l.lines[to]); line != "" && !isQuoted(line) && l.endsHere(to) {
			break
		}
	}
	return from, to
}

// sentences takes the lines of a letter from one place to another apart. hidden is the first line that holds characters which
// hide or turn text; then there are no sentences.
func (l *letter) sentences(from, to int) (all []sentence, hidden string) {
	for i := from; i < to && l.ctx.Err() == nil; i++ {
		if isQuoted(l.lines[i]) {
			if text := strings.TrimLeft(l.lines[i], " \t\u00a0>"); l.unattributed && text != "" {
				all = append(all, sentence{line: text, tokens: tokensOf(text), opens: true, closes: true, at: i, until: i + 1})
			}
			continue
		}
		if isFooter(fold(l.lines[i])) {
			continue
		}
		line, next := l.unwrapped(i, to)
		if tricky(withoutPictures(line)) {
			return nil, line
		}
		tokens := tokensOf(line)
		if len(tokens) == 0 {
			continue
		}
		parts := splitSentences(tokens)
		for k, p := range parts {
			all = append(all, sentence{line: line, tokens: p, opens: k == 0, closes: k == len(parts)-1, at: i, until: next})
		}
		i = next - 1
	}
	return all, ""
}

// wrapLength is from how many characters on a line counts as wrapped by the mail program, so that the next one goes on
// with it. Mail programs wrap between 65 and 80. maxWrapped is the longest text that is put together of several lines, in
// bytes; the line that passes it is the last.
const (
	wrapLength = 55
	maxWrapped = 4000
)

// unwrapped puts a line together that a mail program broke off. next is the line behind it.
func (l *letter) unwrapped(i, to int) (line string, next int) {
	last := strings.TrimSpace(l.lines[i])
	var b strings.Builder
	b.WriteString(plainLine(l.lines[i]))
	for next = i + 1; next < to && b.Len() < maxWrapped; next++ {
		more := strings.TrimSpace(l.lines[next])
		if more == "" || isQuoted(more) || utf8.RuneCountInString(last) < wrapLength || strings.ContainsAny(last[len(last)-1:], ".!?:") || startsAnew(more) {
			break
		}
		b.WriteByte(' ')
		b.WriteString(plainLine(more))
		last = more
	}
	return b.String(), next
}

// startsAnew reports whether a line cannot go on with the one above it: it is an item of a list, or begins with a command or
// with a line's number.
func startsAnew(line string) bool {
	if bullet.MatchString(line) || listLabel.MatchString(line) {
		return true
	}
	tokens := tokensOf(plainLine(line[:min(len(line), 200)]))
	c := clauseAt(tokens, 0)
	if c.next > 0 && c.ok {
		return true
	}
	n, _ := actions.at(tokens, 0)
	return n > 0
}

var (
	bullet     = regexp.MustCompile(`^\s*(?:[-*•·▪◦‣–—○●■□➢➤+]|o)[\s\x{00a0}]+`)
	listLabel  = regexp.MustCompile(`^\s*\(?#?\d{1,3}\s*[.):]\s`)
	politeness = regexp.MustCompile(`(?i)\bs\.\s?v\.\s?p\b\.?`)
	smiley     = regexp.MustCompile(`(^|\s)[:;=]-?[)D](?:\s|$)`)
	// markup is what mail programs and people put around bold text: *so* or _so_.
	markup = regexp.MustCompile(`(^|[\s("'«“,;:.-])[*_]+([^\s*_])|([^\s*_])[*_]+($|[\s)"'»”,;:.!?-])`)
)

// plainLine is a line without its bullet and without marks of bold text.
func plainLine(line string) string {
	line = strings.Trim(line, "\ufeff\u200b \t\u00a0")
	line = bullet.ReplaceAllString(line, "")
	line = politeness.ReplaceAllString(line, "svp")
	line = smiley.ReplaceAllString(line, "$1")
	for range 2 {
		if !strings.ContainsAny(line, "*_") {
			break
		}
		line = markup.ReplaceAllString(line, "$1$2$3$4")
	}
	return line
}

// splitSentences divides the tokens of a line where a sentence ends.
func splitSentences(tokens []token) (all [][]token) {
	start := 0
	for i := range tokens {
		if !endsSentence(tokens, start, i) {
			continue
		}
		if i > start {
			all = append(all, tokens[start:i])
		}
		start = i + 1
	}
	if start < len(tokens) {
		all = append(all, tokens[start:])
	}
	return all
}

// abbreviations keep their full stop.
var abbreviations = wordSet("no nos n mr mrs ms dr inc ltd ltee etc st ste vs p ex e g i approx m mme mlle art num qte max min fig tel ext")

func endsSentence(tokens []token, start, i int) bool {
	t := &tokens[i]
	if t.kind != mark {
		return false
	}
	switch t.text {
	case "!", ";":
		return true
	case ".":
		if i+1 < len(tokens) && tokens[i+1].is(".") || i > start && tokens[i-1].is(".") { // "..."
			return false // something is left open
		}
		if i+1 < len(tokens) && !tokens[i+1].spaced {
			return tokens[i+1].kind == mark
		}
		if i == start+1 && (tokens[start].kind == number || len(tokens[start].text) == 1 && unicode.IsLetter(rune(tokens[start].text[0]))) && i+1 < len(tokens) {
			return false // "1. Approved"
		}
		if i > start && tokens[i-1].kind == word && abbreviations[tokens[i-1].text] && i+1 < len(tokens) {
			return tokens[i-1].is("no", "nos", "n") && tokens[i+1].kind != number || tokens[i-1].is("etc") && i+1 == len(tokens)
		}
		return true
	}
	return false
}
