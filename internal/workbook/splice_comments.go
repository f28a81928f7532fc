package workbook

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"strconv"
	"strings"
)

const (
	commentAuthor = "Handrail"
	ourBlock      = "\n— Handrail —\n" // before our text in somebody else's comment
	commentFont   = `<%[1]ssz val="9"/><%[1]scolor indexed="81"/><%[1]srFont val="Tahoma"/>`
)

// mostComments is more than anybody reads. Of a sheet that has more, the comments stay as they came.
const mostComments = 100_000

// joined puts the comments of one cell together, in the order of their first one.
func joined(list []Comment) []Comment {
	at := map[string]int{}
	var out []Comment
	for _, c := range list {
		c.Cell = strings.ReplaceAll(c.Cell, "$", "")
		if i, ok := at[c.Cell]; ok {
			if len(out[i].Text) < mostCellChars && !strings.Contains(out[i].Text, c.Text) {
				out[i].Text += "\n\n" + c.Text
			}
			continue
		}
		at[c.Cell] = len(out)
		out = append(out, c)
	}
	return out
}

// oldComment is a comment of the part as it came.
type oldComment struct {
	element
	ref, author string
	text        element
	head        string   // its first text
	block       [2]int64 // the run that is ours, or our part of a text, zero when there is none
}

// ours reports whether a comment is one of ours: by its author, or where a program has lost that, by its first line.
func (c *oldComment) ours() bool {
	return c.author == commentAuthor || strings.HasPrefix(c.head, commentAuthor+"\n")
}

func (k *Book) writeComments(w io.Writer, list []Comment) error {
	b := fmt.Appendf(nil, xmlDeclaration+`<comments xmlns="%s"><authors><author>%s</author></authors><commentList>`, k.mainNS(), commentAuthor)
	for _, c := range list {
		b = appendComment(b, "", c, 0)
		if _, err := w.Write(b); err != nil {
			return err
		}
		b = b[:0]
	}
	_, err := w.Write(append(b, "</commentList></comments>"...))
	return err
}

func appendComment(dst []byte, p string, c Comment, author int) []byte {
	dst = fmt.Appendf(dst, `<%[1]scomment ref="%[2]s" authorId="%[3]d"><%[1]stext><%[1]sr><%[1]srPr><%[1]sb/>`+commentFont+`</%[1]srPr><%[1]st xml:space="preserve">`+commentAuthor+
		"\n"+`</%[1]st></%[1]sr><%[1]sr><%[1]srPr>`+commentFont+`</%[1]srPr><%[1]st xml:space="preserve">`, p, c.Cell, author)
	dst = appendEscaped(dst, c.Text)
	return fmt.Appendf(dst, `</%[1]st></%[1]sr></%[1]stext></%[1]scomment>`, p)
}

// editComments takes our comments of an earlier time out of the part and puts the new ones in. It returns the cells
// whose drawing must go and those that need one.
func (k *Book) editComments(ctx context.Context, part string, list []Comment) (out newPart, gone, fresh []string, err error) {
	e, s, err := k.document(ctx, part)
	if err != nil {
		return out, nil, nil, err
	}
	if !s.is("comments") {
		return out, nil, nil, s.bad("the root element is <%s>", s.name)
	}
	p := tagPrefix(string(s.open))
	authors, names, commentList, old, err := readComments(s, e.part)
	if err != nil {
		return out, nil, nil, err
	}
	if authors.name == "" || commentList.name == "" {
		return out, nil, nil, s.bad("the comments have no authors or no list")
	}
	ours := -1
	for i, n := range names {
		if n == commentAuthor {
			ours = i
		}
	}
	if ours < 0 && len(list) > 0 {
		ours = len(names)
		e.insertInto(authors, fmt.Sprintf("<%[1]sauthor>%[2]s</%[1]sauthor>", p, commentAuthor))
	}
	theirs := map[string]*oldComment{}
	for i := range old {
		c := &old[i]
		if c.ours() {
			e.replace(c.from, c.end, "")
			gone = append(gone, c.ref)
			continue
		}
		theirs[c.ref] = c
		if c.block[1] > 0 {
			e.replace(c.block[0], c.block[1], "")
		}
	}
	var add []byte
	for _, c := range list {
		t, taken := theirs[c.Cell]
		switch {
		case !taken:
			add = appendComment(add, p, c, ours)
			fresh = append(fresh, c.Cell)
		case strings.HasPrefix(t.author, "tc=") || t.text.name == "":
			// A thread of comments: its text here is only a copy for old programs. Our column says the same.
		default:
			e.insertInto(t.text, fmt.Sprintf(`<%[1]sr><%[1]srPr>`+commentFont+`</%[1]srPr><%[1]st xml:space="preserve">%[2]s</%[1]st></%[1]sr>`, p, escaped(ourBlock+c.Text)))
		}
	}
	e.insertInto(commentList, string(add))
	return e.result(), gone, fresh, nil
}

// readComments reads where everything stands in a comments part, whose bytes are part.
func readComments(s *scanner, part []byte) (authors element, names []string, list element, old []oldComment, err error) {
	var run element
	var text []byte
	for s.kind != eofToken {
		if err = s.next(); err != nil {
			return
		}
		if max(len(old), len(names)) > mostComments {
			err = s.bad("over %d comments or authors", mostComments)
			return
		}
		last := len(old) - 1
		switch {
		case s.kind == startToken && s.depth == 2 && s.is("authors"):
			authors = begin(s)
		case s.kind == endToken && s.depth == 1 && s.is("authors"):
			authors.end = s.at
		case s.kind == startToken && s.depth == 3 && s.is("author"):
			if text, err = appendElementText(s, text[:0], 0, s.b); err != nil {
				return
			}
			names = append(names, string(text))
		case s.kind == startToken && s.depth == 2 && s.is("commentList"):
			list = begin(s)
		case s.kind == endToken && s.depth == 1 && s.is("commentList"):
			list.end = s.at
		case s.kind == startToken && s.depth == 3 && s.is("comment"):
			c := oldComment{element: begin(s), ref: s.attrText("ref")}
			if i := atoi(s.attr("authorId")); i < len(names) {
				c.author = names[i]
			}
			old = append(old, c)
		case s.kind == endToken && s.depth == 2 && s.is("comment") && last >= 0:
			old[last].end = s.after
		case s.kind == startToken && s.depth == 4 && s.is("text") && last >= 0:
			old[last].text = begin(s)
		case s.kind == endToken && s.depth == 3 && s.is("text") && last >= 0:
			old[last].text.end = s.at
		case s.kind == startToken && s.depth == 5 && s.is("r"):
			run = begin(s)
			text = text[:0]
		case s.kind == startToken && (s.depth == 6 || s.depth == 5) && s.is("t") && last >= 0:
			t := begin(s)
			if text, err = appendElementText(s, text[:0], 0, s.b); err != nil {
				return
			}
			if old[last].head == "" {
				old[last].head = string(text)
			}
			if !strings.HasPrefix(string(text), ourBlock) {
				old[last].flattened(part, extent{t.inner, s.at}, !t.empty)
			}
		case s.kind == endToken && s.depth == 4 && s.is("r") && last >= 0 && strings.HasPrefix(string(text), ourBlock):
			old[last].block = [2]int64{run.from, s.after}
		}
	}
	return
}

// flattened notes our words where a program has put them into one text with somebody's own.
func (c *oldComment) flattened(part []byte, text extent, filled bool) {
	if !filled {
		return
	}
	raw := part[text.from:text.to]
	at := bytes.LastIndex(raw, []byte(strings.TrimSpace(ourBlock)))
	if at <= 0 {
		return
	}
	for _, end := range []string{"\n", "\r", "&#10;", "&#xA;", "&#xa;", "_x000D_", "_x000a_", "_x000A_"} {
		at -= len(raw[:at]) - len(bytes.TrimSuffix(raw[:at], []byte(end)))
	}
	c.block = [2]int64{text.from + int64(at), text.to}
}

const vmlHead = `<xml xmlns:v="urn:schemas-microsoft-com:vml" xmlns:o="urn:schemas-microsoft-com:office:office" xmlns:x="urn:schemas-microsoft-com:office:excel">` +
	`<o:shapelayout v:ext="edit"><o:idmap v:ext="edit" data="1"/></o:shapelayout>`

const noteType = `<v:shapetype id="_x0000_t202" coordsize="21600,21600" o:spt="202" path="m,l,21600r21600,l21600,xe">` +
	`<v:stroke joinstyle="miter"/><v:path gradientshapeok="t" o:connecttype="rect"/></v:shapetype>`

const vmlSpaces = ` xmlns:v="urn:schemas-microsoft-com:vml" xmlns:o="urn:schemas-microsoft-com:office:office" xmlns:x="urn:schemas-microsoft-com:office:excel"`

// appendNote draws one comment, hidden until somebody points at its cell.
func appendNote(dst []byte, id int, c Comment, spaces string) []byte {
	col, row, _ := ParseRef(c.Cell)
	high := min(4+wrappedLines(c.Text, 44), 24)
	return fmt.Appendf(dst, `<v:shape%s id="_x0000_s%d" type="#_x0000_t202" style="position:absolute;margin-left:60pt;margin-top:5pt;width:240pt;height:%dpt;z-index:%d;visibility:hidden" `+
		`fillcolor="#ffffe1" o:insetmode="auto"><v:fill color2="#ffffe1"/><v:shadow on="t" color="black" obscured="t"/><v:path o:connecttype="none"/>`+
		`<v:textbox style="mso-direction-alt:auto"><div style="text-align:left"></div></v:textbox><x:ClientData ObjectType="Note"><x:MoveWithCells/><x:SizeWithCells/>`+
		`<x:Anchor>%d, 15, %d, 2, %d, 15, %d, 4</x:Anchor><x:AutoFill>False</x:AutoFill><x:Row>%d</x:Row><x:Column>%d</x:Column></x:ClientData></v:shape>`,
		spaces, id, high*12, id%1024+1, col, max(row-2, 0), col+4, max(row-2, 0)+high, row-1, col-1)
}

func writeVML(w io.Writer, list []Comment) error {
	b := []byte(vmlHead + noteType)
	for i, c := range list {
		b = appendNote(b, 1025+i, c, "")
		if _, err := w.Write(b); err != nil {
			return err
		}
		b = b[:0]
	}
	_, err := w.Write(append(b, "</xml>"...))
	return err
}

// editVML takes the shapes of gone comments out of a drawing and adds those of fresh ones.
func (k *Book) editVML(ctx context.Context, part string, gone []string, fresh []Comment) (out newPart, err error) {
	e, s, err := k.document(ctx, part)
	if err != nil {
		return out, err
	}
	remove := map[[2]int]bool{}
	for _, ref := range gone {
		if c, r, ok := ParseRef(ref); ok {
			remove[[2]int{c - 1, r - 1}] = true
		}
	}
	top := begin(s)
	var shape element
	note, hasType, next := false, false, 1025
	at := [2]int{-1, -1}
	var text []byte
	for s.kind != eofToken {
		if err := s.next(); err != nil {
			return out, err
		}
		switch {
		case s.kind == startToken && s.depth == 2 && s.space == vmlSpace:
			shape, note, at = begin(s), false, [2]int{-1, -1}
			id := s.attrText("id")
			hasType = hasType || id == "_x0000_t202"
			if n, err := strconv.Atoi(strings.TrimPrefix(id, "_x0000_s")); err == nil && n >= next && n < 1<<30 {
				next = n + 1
			}
		case s.kind == startToken && s.depth == 3 && s.space == excelVMLSpace && string(s.name) == "ClientData":
			note = string(s.attr("ObjectType")) == "Note"
		case s.kind == startToken && s.depth == 4 && s.space == excelVMLSpace && (string(s.name) == "Row" || string(s.name) == "Column"):
			i := 0
			if string(s.name) == "Row" {
				i = 1
			}
			if text, err = appendElementText(s, text[:0], 0, s.b); err != nil {
				return out, err
			}
			if n, ok := index(text); ok {
				at[i] = n
			}
		case s.kind == endToken && s.depth == 1 && note && remove[at]:
			e.replace(shape.from, s.after, "")
			note = false
		case s.kind == endToken && s.depth == 0:
			top.end = s.at
		}
	}
	var add []byte
	if !hasType && len(fresh) > 0 {
		add = append(add, strings.Replace(noteType, "<v:shapetype", "<v:shapetype"+vmlSpaces, 1)...)
	}
	for i, c := range fresh {
		add = appendNote(add, next+i, c, vmlSpaces)
	}
	e.insertInto(top, string(add))
	return e.result(), nil
}
