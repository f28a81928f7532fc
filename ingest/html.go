package ingest

import (
	"strings"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// blocks begin and end a line of text.
var blocks = map[atom.Atom]bool{
	atom.P: true, atom.Div: true, atom.Tr: true, atom.Table: true, atom.Ul: true, atom.Ol: true, atom.Li: true, atom.H1: true,
	atom.H2: true, atom.H3: true, atom.H4: true, atom.H5: true, atom.H6: true, atom.Blockquote: true, atom.Pre: true,
	atom.Section: true, atom.Article: true, atom.Header: true, atom.Footer: true, atom.Dl: true, atom.Dd: true, atom.Dt: true,
	atom.Form: true, atom.Center: true, atom.Address: true, atom.Hr: true,
}

// unread are elements whose content nobody sees.
var unread = map[atom.Atom]bool{atom.Script: true, atom.Style: true, atom.Head: true, atom.Title: true, atom.Template: true,
	atom.Noscript: true, atom.Object: true, atom.Svg: true, atom.Select: true, atom.Textarea: true}

// void elements have no end.
var void = map[atom.Atom]bool{atom.Br: true, atom.Hr: true, atom.Img: true, atom.Meta: true, atom.Link: true, atom.Input: true,
	atom.Area: true, atom.Base: true, atom.Col: true, atom.Embed: true, atom.Source: true, atom.Track: true, atom.Wbr: true}

// openElement is one element that is open: what it does to the text inside.
type openElement struct {
	name   atom.Atom
	hidden bool
	quote  bool
}

// htmlText is what a page says, line by line. What a mail program quotes (blockquote, or the blocks that Gmail, Yahoo,
// Outlook and Thunderbird mark) has "> " before each line, as in plain text; what is not shown is left out.
func htmlText(page string) string {
	t := &textWriter{}
	z := html.NewTokenizer(strings.NewReader(page))
	z.SetMaxBuf(1 << 20)
	var open []openElement
	hidden, quotes := 0, 0
	pop := func() {
		last := open[len(open)-1]
		open = open[:len(open)-1]
		if last.hidden {
			hidden--
		}
		if last.quote {
			t.line()
			quotes--
			t.quotes = quotes
		}
	}
	for {
		switch z.Next() {
		case html.ErrorToken:
			t.line()
			return t.String()
		case html.TextToken:
			if hidden == 0 {
				t.text(string(z.Text()), isInside(open, atom.Pre))
			}
		case html.StartTagToken, html.SelfClosingTagToken:
			token := z.Token()
			if token.DataAtom == atom.Br || blocks[token.DataAtom] {
				t.line()
			}
			if void[token.DataAtom] || len(open) > 10_000 {
				continue
			}
			e := openElement{name: token.DataAtom, hidden: unread[token.DataAtom] || isHidden(token), quote: isQuote(token)}
			if e.hidden {
				hidden++
			}
			if e.quote {
				quotes++
				t.quotes = quotes
			}
			open = append(open, e)
			if token.DataAtom == atom.P {
				t.blank()
			}
		case html.EndTagToken:
			token := z.Token()
			if blocks[token.DataAtom] {
				t.line()
			}
			if at := lastOpen(open, token.DataAtom); at >= 0 {
				for len(open) > at {
					pop()
				}
			}
			if token.DataAtom == atom.P {
				t.blank()
			}
		}
	}
}

func isInside(open []openElement, name atom.Atom) bool { return lastOpen(open, name) >= 0 }

// lastOpen looks a bounded way back: deeper nesting is not how anybody writes mail.
func lastOpen(open []openElement, name atom.Atom) int {
	for i := len(open) - 1; i >= 0 && i >= len(open)-300; i-- {
		if open[i].name == name {
			return i
		}
	}
	return -1
}

func isHidden(t html.Token) bool {
	for _, a := range t.Attr {
		switch a.Key {
		case "hidden":
			return true
		case "style":
			style := strings.ToLower(strings.Join(strings.Fields(a.Val), ""))
			for _, sign := range []string{"display:none", "visibility:hidden", "font-size:0;", "font-size:0px", "font-size:0pt", "mso-hide:all", "opacity:0;"} {
				if strings.Contains(style+";", sign) {
					return true
				}
			}
		}
	}
	return false
}

func isQuote(t html.Token) bool {
	if t.DataAtom == atom.Blockquote {
		return true
	}
	for _, a := range t.Attr {
		value := strings.ToLower(a.Val)
		switch a.Key {
		case "class":
			for _, name := range []string{"gmail_quote", "yahoo_quoted", "protonmail_quote", "moz-cite-prefix", "zmail_extra"} {
				if strings.Contains(value, name) {
					return true
				}
			}
		case "id":
			if value == "divrplyfwdmsg" || value == "appendonsend" || value == "mail-editor-reference-message-container" || value == "x_divrplyfwdmsg" {
				return true
			}
		}
	}
	return false
}

// textWriter collects lines, with one blank line at most between two.
type textWriter struct {
	out    strings.Builder
	now    strings.Builder // the line being written
	quotes int
	space  bool
	gap    bool
}

func (t *textWriter) String() string { return t.out.String() }

func (t *textWriter) text(s string, asIs bool) {
	for _, r := range s {
		switch {
		case r == '\n' && asIs:
			t.line()
		case r == ' ' || r == '\n' || r == '\t' || r == '\r' || r == '\f':
			t.space = true
		default:
			if t.space && t.now.Len() > 0 {
				t.now.WriteByte(' ')
			}
			t.space = false
			t.now.WriteRune(r)
		}
	}
}

// line ends the line being written, if something stands on it.
func (t *textWriter) line() {
	t.space = false
	if strings.TrimSpace(t.now.String()) == "" {
		t.now.Reset()
		return
	}
	if t.gap && t.out.Len() > 0 {
		t.out.WriteByte('\n')
	}
	t.gap = false
	if t.quotes > 0 {
		t.out.WriteString(strings.Repeat(">", min(t.quotes, 9)) + " ")
	}
	t.out.WriteString(t.now.String())
	t.out.WriteByte('\n')
	t.now.Reset()
}

// blank asks for an empty line before the next one.
func (t *textWriter) blank() { t.gap = true }
