package forms

import (
	"strings"
	"unicode/utf8"

	"handrail/internal/request"
	"handrail/internal/workbook"
)

// Signs of check boxes. A mark alone (✓, X) ticks what it stands beside.
const (
	openSigns   = "☐□◻◯○▢⬜❏❑"
	tickedSigns = "☑☒✓✔✗✘⊠■◼●⦿◉🗹🗷✅"
)

type tick uint8

const (
	noTick tick = iota
	open
	ticked
)

// hasBoxSign reports whether a text holds the sign of a check box, typed ones ("[x]") too.
func hasBoxSign(s string) bool {
	for i := 0; i < len(s); i++ {
		if c := s[i]; c < utf8.RuneSelf && c != '[' && c != '(' || c >= 0x80 && c < 0xc0 { // the inside of a letter
			continue
		}
		if n, _ := signAt(s[i:]); n > 0 {
			return true
		}
	}
	return false
}

// signAt is the sign of a check box that a text begins with: its length in bytes and whether it is ticked.
func signAt(s string) (n int, state tick) {
	if r, size := utf8.DecodeRuneInString(s); r >= utf8.RuneSelf {
		switch {
		case strings.ContainsRune(openSigns, r):
			return withSelector(s, size), open
		case strings.ContainsRune(tickedSigns, r):
			return withSelector(s, size), ticked
		}
		return 0, noTick
	}
	if len(s) < 2 || (s[0] != '[' && s[0] != '(') {
		return 0, noTick
	}
	closing := map[byte]byte{'[': ']', '(': ')'}[s[0]]
	end := strings.IndexByte(s, closing)
	if end < 0 || end > 6 {
		return 0, noTick
	}
	switch inside := strings.TrimSpace(strings.ReplaceAll(s[1:end], "\u00a0", " ")); {
	case strings.Trim(inside, "_ ") == "" && (s[0] == '[' || end > 1):
		return end + 1, open
	case len(inside) <= 4 && isMark(inside):
		return end + 1, ticked
	}
	return 0, noTick
}

// withSelector adds the invisible mark by which emoji choose their look.
func withSelector(s string, n int) int {
	if strings.HasPrefix(s[n:], "\ufe0f") || strings.HasPrefix(s[n:], "\ufe0e") {
		return n + 3
	}
	return n
}

// isMark reports whether a text is what people put beside a word to choose it.
func isMark(s string) bool {
	switch s {
	case "x", "X", "×", "✓", "✔", "✗", "✘", "√", "✔️", "✖":
		return true
	}
	return false
}

// tickedWords are the check boxes of one question, in their order.
type tickedWords struct {
	words []string
	on    []bool
}

func (t *tickedWords) add(word string, on bool) {
	t.words, t.on = append(t.words, word), append(t.on, on)
}

// only is the one word that is ticked, "" when none is. Two are an error that names both.
func (t *tickedWords) only() (string, error) {
	var all []string
	for i, on := range t.on {
		if on {
			all = append(all, t.words[i])
		}
	}
	switch len(all) {
	case 0:
		return "", nil
	case 1:
		return all[0], nil
	}
	return "", &request.Misread{Code: "several-ticked", Message: severalTickedText(all)}
}

// splitTicks reads check boxes and their words in one text: "☐ Goods ☒ Services", "Yes [x] No [ ]". ok is false for a text
// without boxes, and for a box without a word.
func splitTicks(s string) (t tickedWords, ok bool) {
	if !hasBoxSign(s) {
		return t, false
	}
	var words []string
	var signs []tick
	from, begun := 0, false // a text begins with a sign or with a word
	for i := 0; i < len(s); {
		n, state := signAt(s[i:])
		if n == 0 {
			i++
			continue
		}
		word := trimWord(s[from:i])
		if len(signs) == 0 {
			begun = word == ""
		}
		words, signs = append(words, word), append(signs, state)
		i += n
		from = i
	}
	words = append(words, trimWord(s[from:]))
	if begun { // ☐ Goods ☒ Services
		words = words[1:]
	} else if words[len(words)-1] != "" { // "Type: ☐ Goods" has a word too many
		return t, false
	}
	for i, state := range signs {
		if words[i] == "" {
			return t, false
		}
		t.add(words[i], state == ticked)
	}
	return t, true
}

// trimWord takes off what stands between check boxes.
func trimWord(s string) string {
	return request.Clean(strings.Trim(request.Clean(s), "/|,;·•-–—:"))
}

// loneSign reports whether a text is one check box and nothing else.
func loneSign(s string) tick {
	if n, state := signAt(s); n == len(s) {
		return state
	}
	if isMark(s) {
		return ticked
	}
	return noTick
}

// ticksOf reads the check boxes that spread over several cells beside or under a label: a sign and its word, a word and
// its sign, TRUE and FALSE beside words, an X beside one. nil when there are none.
func (s *labelScan) ticksOf(l *foundLabel, headerRow int) *foundValue {
	var beside []workbook.Cell
	for col := l.endCol; ; {
		c := s.after(l.row, col)
		if c == nil || s.knows(c, l.row) || isText(c) && strings.HasSuffix(textOf(c), ":") {
			break
		}
		beside = append(beside, *c)
		col = c.Col
	}
	if v := s.ticksIn(l, beside, l.row, l.endCol); v != nil {
		return v
	}
	under := l.endRow + 1
	if under == headerRow {
		return nil
	}
	var row []workbook.Cell
	for _, c := range s.rows[under].cells {
		if c.Col < l.col {
			continue
		}
		if next := s.nextLabel(l); next > 0 && c.Col >= next || s.knows(&c, under) {
			break
		}
		row = append(row, c)
	}
	if v := s.ticksIn(l, row, under, l.col-1); v != nil && len(v.ticks.words) > 1 {
		return v
	}
	return s.ticksDown(l, headerRow)
}

// nextLabel is the column of the next cell in a label's row, 0 when there is none.
func (s *labelScan) nextLabel(l *foundLabel) int {
	if c := s.after(l.row, l.endCol); c != nil {
		return c.Col
	}
	return 0
}

// ticksDown reads check boxes that stand one below the other: beside the label from its own row on, or under it.
func (s *labelScan) ticksDown(l *foundLabel, headerRow int) *foundValue {
	for _, from := range [][2]int{{l.row, l.endCol + 1}, {l.endRow + 1, l.col}} {
		t := &tickedWords{}
		v := &foundValue{ticks: t}
		for row := from[0]; row < from[0]+nearLabel && row != headerRow; row++ {
			c := s.at(row, from[1])
			if c == nil || s.knows(c, row) {
				break
			}
			one, ok := splitTicks(textOf(c))
			if ok && !isText(c) {
				break
			}
			if !ok {
				word := s.at(row, from[1]+1)
				on, sign := signOf(c)
				if !sign || word == nil || !s.isAnswer(l, word) {
					break
				}
				one.add(textOf(word), on)
			}
			for i := range one.words {
				t.add(one.words[i], one.on[i])
				if len(t.words) == 1 || one.on[i] {
					v.row, v.cell, v.hidden = row, *c, s.rows[row].hidden
				}
			}
		}
		if len(t.words) > 1 {
			return v
		}
	}
	return nil
}

// ticksIn reads check boxes and words in the cells of a row that stand behind a column.
func (s *labelScan) ticksIn(l *foundLabel, cells []workbook.Cell, row, behind int) *foundValue {
	t := &tickedWords{}
	v := &foundValue{row: row, hidden: s.rows[row].hidden, ticks: t}
	signs, words, firstWord := 0, 0, -1
	for i := range cells {
		c := &cells[i]
		if isText(c) {
			if one, ok := splitTicks(textOf(c)); ok { // a sign and its word in one cell, several such cells
				signs++
				for j := range one.words {
					t.add(one.words[j], one.on[j])
				}
				if i == 0 || one.anyOn() {
					v.cell = *c
				}
				continue
			}
		}
		if _, sign := signOf(c); sign {
			signs++
		} else if s.isAnswer(l, c) {
			if words++; firstWord < 0 {
				firstWord = i
			}
		} else if len(t.words)+words > 0 {
			cells = cells[:i] // what comes is another question
			break
		} else {
			return nil
		}
	}
	if len(t.words) > 0 {
		if len(t.words) == 1 && len(cells) == 1 {
			return nil // one text, which is read as such
		}
		return v
	}
	if words == 0 || signs+words < 2 || signs == 0 && words < 2 {
		return nil
	}
	first := &cells[firstWord]
	before := firstWord > 0 || first.Col > behind+1 // a sign stands before its word, or has its place there
	return s.pair(v, cells, before)
}

func (t *tickedWords) anyOn() bool {
	for _, on := range t.on {
		if on {
			return true
		}
	}
	return false
}

// pair gives each word the sign that stands before it, or behind it.
func (s *labelScan) pair(v *foundValue, cells []workbook.Cell, before bool) *foundValue {
	t := v.ticks
	v.cell = cells[0]
	for i := range cells {
		if _, sign := signOf(&cells[i]); sign {
			continue
		}
		j := i + 1
		if before {
			j = i - 1
		}
		on := false
		if j >= 0 && j < len(cells) {
			on, _ = signOf(&cells[j])
		}
		t.add(textOf(&cells[i]), on)
		if on {
			v.cell = cells[j]
		}
	}
	return v
}

// signOf reports whether a cell is a check box or a mark, and whether it is ticked.
func signOf(c *workbook.Cell) (on, sign bool) {
	switch {
	case isBool(c):
		return c.Value == "TRUE", true
	case !isText(c):
		return false, false
	}
	switch s := textOf(c); {
	case strings.EqualFold(s, "TRUE"), strings.EqualFold(s, "VRAI"):
		return true, true
	case strings.EqualFold(s, "FALSE"), strings.EqualFold(s, "FAUX"):
		return false, true
	default:
		state := loneSign(s)
		return state == ticked, state != noTick
	}
}

// isAnswer reports whether a cell is one of the words that answer a label: its own, or yes and no.
func (s *labelScan) isAnswer(l *foundLabel, c *workbook.Cell) bool {
	if !isText(c) || len(c.Value) > maxAnswer {
		return false
	}
	text := textOf(c)
	if l.m.above == aboveLanguage {
		_, ok := request.ParseLanguage(text)
		return ok
	}
	if _, ok := s.words.answer(l.m.field, text); ok {
		return true
	}
	if _, _, err := request.ParseChoice(l.m.field, text); err == nil {
		return true
	}
	_, _, err := request.ParseChoice(request.Remote, text) // Yes and No, whatever is asked
	return err == nil
}
