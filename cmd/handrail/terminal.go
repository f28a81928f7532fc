package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"time"

	"github.com/mattn/go-isatty"
)

// terminal is where a command reads and writes, and its clock.
type terminal struct {
	in       io.Reader
	out, err io.Writer
	now      func() time.Time
}

const terminalWidth = 80

// formatted is embedded in every command that a script may read the answer of.
type formatted struct {
	Format string `enum:"text,json" default:"text" help:"text or json."`
}

func (f formatted) asJSON() bool { return f.Format == "json" }

// document prints what --format json answers: one JSON document. docs/operators.md has the keys.
func (t *terminal) document(v any) error {
	out := json.NewEncoder(t.out)
	out.SetEscapeHTML(false)
	return out.Encode(v)
}

// report prints an error as `handrail: what where: why`, with its hint, and answers the exit code.
func (t *terminal) report(err error) int {
	if err == nil {
		return exitDone
	}
	var f *failure
	if !errors.As(err, &f) {
		f = &failure{code: exitInput, err: err}
	}
	all := f.all
	if len(all) == 0 {
		all = []*failure{f}
	}
	for i, one := range all {
		if text := one.err.Error(); text != "" {
			for line := range strings.Lines(text) {
				fmt.Fprintf(t.err, "handrail: %s\n", strings.TrimRight(line, "\n"))
			}
		}
		if one.hint != "" && (i == len(all)-1 || all[i+1].hint != one.hint) { // said once, after all that it is for
			fmt.Fprintf(t.err, "hint: %s\n", one.hint)
		}
	}
	return f.code
}

// wrap prints text indented, broken between words at the terminal's width.
func (t *terminal) wrap(indent int, text string) {
	pad := strings.Repeat(" ", indent)
	t.hang(pad, pad+"  ", text)
}

// hang prints text after first, broken between words at the terminal's width, further lines after rest.
func (t *terminal) hang(first, rest, text string) {
	fmt.Fprint(t.out, first)
	t.hangAfter(len([]rune(first)), rest, text)
}

// hangAfter is hang where the first line has so many characters already.
func (t *terminal) hangAfter(width int, rest, text string) {
	line, words := "", 0
	for _, word := range strings.FieldsFunc(text, func(r rune) bool { return r == ' ' || r == '\n' }) {
		n := len([]rune(word))
		switch {
		case words == 0:
			line += word
			width += n
		case width+1+n > terminalWidth:
			fmt.Fprintln(t.out, line)
			line, width = rest+word, len([]rune(rest))+n
		default:
			line += " " + word
			width += 1 + n
		}
		words++
	}
	fmt.Fprintln(t.out, strings.TrimRight(line, " "))
}

// isScreen reports whether w is a terminal that a person looks at.
func isScreen(w io.Writer) bool {
	f, ok := w.(*os.File)
	return ok && isatty.IsTerminal(f.Fd())
}

// The colours of the states of things. They are never the only sign.
const (
	green  = "32"
	yellow = "33"
	red    = "1;31"
)

// paint colours text on a terminal, unless NO_COLOR is set to anything (no-color.org) or the terminal is dumb.
func (t *terminal) paint(colour, text string) string {
	if colour == "" || os.Getenv("NO_COLOR") != "" || os.Getenv("TERM") == "dumb" || !isScreen(t.out) {
		return text
	}
	return "\x1b[" + colour + "m" + text + "\x1b[0m"
}

// progress says on a terminal how far something long has come, each hundredth of the way, and wipes that away at its end.
func (t *terminal) progress(what string) func(done, of int) {
	const worthTelling = 10000
	told := 0
	return func(done, of int) {
		switch part := done * 100 / max(1, of); {
		case of < worthTelling || part <= told || !isScreen(t.err):
		case done >= of:
			fmt.Fprint(t.err, "\r\x1b[K")
			told = part
		default:
			fmt.Fprintf(t.err, "\r%d of %d %s (%d%%)", done, of, what, part)
			told = part
		}
	}
}

// working says on a terminal what is going on, on a line that is wiped away when done is called.
func (t *terminal) working(what string) (done func()) {
	if !isScreen(t.err) {
		return func() {}
	}
	if r := []rune(what); len(r) > terminalWidth-2 {
		what = string(r[:terminalWidth-2])
	}
	fmt.Fprintf(t.err, "%s …", what)
	return func() { fmt.Fprint(t.err, "\r\x1b[K") }
}
