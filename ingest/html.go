package ingest

import (
	"context"
	"slices"
	"strconv"
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

// unread are elements whose content nobody sees, or that was struck out.
var unread = map[atom.Atom]bool{atom.Script: true, atom.Style: true, atom.Head: true, atom.Title: true, atom.Template: true,
	atom.S: true, atom.Strike: true, atom.Del: true, atom.Noscript: true, atom.Object: true, atom.Svg: true, atom.Select: true, atom.Textarea: true}

// void elements have no end.
var void = map[atom.Atom]bool{atom.Br: true, atom.Hr: true, atom.Img: true, atom.Meta: true, atom.Link: true, atom.Input: true,
	atom.Area: true, atom.Base: true, atom.Col: true, atom.Embed: true, atom.Source: true, atom.Track: true, atom.Wbr: true}

// openElement is one element that is open: what it does to the text inside.
type openElement struct {
	name   atom.Atom
	hidden bool
	quote  bool
	items  int // of a numbered list: how many items it has so far
}

// maxOpen is how many elements may be open at once. No mail program nests deeper, and browsers ignore more.
const maxOpen = 10_000

// farBack is how far back the beginning of an element is looked for at its end.
const farBack = 300

// htmlText is what a page says, line by line. What a mail program quotes (blockquote, or the blocks that Gmail, Yahoo,
// Outlook and Thunderbird mark) has "> " before each line, as in plain text; what is not shown is left out. Its error is
// the context's.
func htmlText(ctx context.Context, page string) (string, error) {
	t := &textWriter{}
	p := patience{ctx: ctx}
	open := newOpenElements(t)
	z := html.NewTokenizer(strings.NewReader(page))
	for read := 0; ; {
		kind := z.Next()
		read += len(z.Raw())
		if err := p.spend(len(z.Raw()) + tagWork); err != nil {
			return "", err
		}
		switch kind {
		case html.ErrorToken:
			t.line()
			return t.String(), nil
		case html.TextToken:
			if open.hidden == 0 {
				t.text(string(z.Text()), open.inside(atom.Pre))
			}
		case html.StartTagToken, html.SelfClosingTagToken:
			token := z.Token()
			open.begin(token)
			if len(token.Attr) > manyAttributes {
				// The tokenizer wipes its table of names at every tag, and the table keeps its largest size: a fresh one.
				z = html.NewTokenizerFragment(strings.NewReader(page[read:]), token.Data)
			}
		case html.EndTagToken:
			open.end(z.Token().DataAtom)
		}
	}
}

const (
	tagWork        = 32 // what one token costs beside its bytes, in bytes of other work
	manyAttributes = 64
)

// openElements are the elements that are open, outermost first.
type openElements struct {
	text   *textWriter
	list   []openElement
	places map[atom.Atom][]int // where in list those of a name are
	hidden int                 // how many of them hide their text
	quotes int
}

func newOpenElements(t *textWriter) *openElements {
	return &openElements{text: t, places: map[atom.Atom][]int{}}
}

func (o *openElements) begin(token html.Token) {
	if token.DataAtom == atom.Br || blocks[token.DataAtom] {
		o.text.line()
	}
	if void[token.DataAtom] || len(o.list) > maxOpen {
		return
	}
	e := openElement{items: startOf(token) - 1, name: token.DataAtom, hidden: unread[token.DataAtom] || isHidden(token), quote: isQuote(token)}
	if e.hidden {
		o.hidden++
	}
	if e.quote || opensQuote(token) {
		o.quotes++
		o.text.quotes = o.quotes
	}
	o.places[e.name] = append(o.places[e.name], len(o.list))
	o.list = append(o.list, e)
	if e.name == atom.Li && o.hidden == 0 {
		o.numberItem()
	}
	if token.DataAtom == atom.P {
		o.text.blank()
	}
}

// startOf is the number of a list's first item.
func startOf(t html.Token) int {
	for _, a := range t.Attr {
		if n, err := strconv.Atoi(a.Val); a.Key == "start" && err == nil && n > 0 && n < 100_000 {
			return n
		}
	}
	return 1
}

// numberItem writes the number that a browser shows before an item of a numbered list: "2. Declined" names its line so.
func (o *openElements) numberItem() {
	for i := len(o.list) - 1; i >= 0 && i > len(o.list)-10; i-- {
		switch e := &o.list[i]; e.name {
		case atom.Ul:
			return
		case atom.Ol:
			e.items++
			o.text.line()
			o.text.label = strconv.Itoa(e.items) + ". "
			return
		}
	}
}

func (o *openElements) end(name atom.Atom) {
	if blocks[name] {
		o.text.line()
	}
	if at := o.last(name); at >= 0 {
		for len(o.list) > at {
			o.pop()
		}
	}
	if name == atom.P {
		o.text.blank()
	}
}

func (o *openElements) pop() {
	last := o.list[len(o.list)-1]
	o.list = o.list[:len(o.list)-1]
	o.places[last.name] = o.places[last.name][:len(o.places[last.name])-1]
	if last.hidden {
		o.hidden--
	}
	if last.quote {
		o.text.line()
		o.quotes--
		o.text.quotes = o.quotes
	}
}

func (o *openElements) inside(name atom.Atom) bool { return o.last(name) >= 0 }

// last is where the innermost element of a name is; -1 when there is none, or too far back: deeper nesting is not how
// anybody writes mail.
func (o *openElements) last(name atom.Atom) int {
	places := o.places[name]
	if len(places) == 0 || places[len(places)-1] < len(o.list)-farBack {
		return -1
	}
	return places[len(places)-1]
}

func isHidden(t html.Token) bool {
	for _, a := range t.Attr {
		switch a.Key {
		case "hidden":
			return true
		case "style":
			style := strings.ToLower(strings.Join(strings.Fields(a.Val), ""))
			for _, sign := range []string{"display:none", "visibility:hidden", "font-size:0;", "font-size:0px", "font-size:0pt", "mso-hide:all", "opacity:0;", "text-decoration:line-through", "text-decoration-line:line-through"} {
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
			if value == "mail-editor-reference-message-container" {
				return true
			}
		}
	}
	return false
}

// opensQuote reports whether an element stands above what Outlook quotes: the message itself follows it, outside of it.
func opensQuote(t html.Token) bool {
	return slices.ContainsFunc(t.Attr, func(a html.Attribute) bool {
		id := strings.ToLower(a.Val)
		return a.Key == "id" && (id == "divrplyfwdmsg" || id == "appendonsend" || id == "x_divrplyfwdmsg" || id == "x_appendonsend")
	})
}

// textWriter collects lines, with one blank line at most between two.
type textWriter struct {
	out    strings.Builder
	now    strings.Builder // the line being written
	quotes int
	label  string // stands before the next line
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
	t.out.WriteString(t.label)
	t.label = ""
	t.out.WriteString(t.now.String())
	t.out.WriteByte('\n')
	t.now.Reset()
}

// blank asks for an empty line before the next one.
func (t *textWriter) blank() { t.gap = true }
