package templates

import (
	"bytes"
	"fmt"
	htmltemplate "html/template"
)

// Above puts sections on top of a mail that was laid out before: what became of it since. It returns its HTML and its text. A layout
// of the operator's own may have no blocks that can stand by themselves; then the sections are plain paragraphs.
func (s *Set) Above(html, text []byte, sections []Section) (newHTML, newText []byte, err error) {
	var h, t bytes.Buffer
	for _, section := range sections {
		fmt.Fprintf(&h, `<div lang="%s"><table role="presentation" class="page" align="center" width="100%%" cellpadding="0" cellspacing="0" border="0" style="max-width:680px;width:100%%;margin:0 auto">`,
			htmltemplate.HTMLEscapeString(section.Lang))
		for i := range section.Blocks {
			if err := s.block(&h, &t, &section.Blocks[i]); err != nil {
				return nil, nil, err
			}
		}
		h.WriteString("</table></div>\n")
	}
	at := 0
	if i := bytes.Index(bytes.ToLower(html), []byte("<body")); i >= 0 {
		if j := bytes.IndexByte(html[i:], '>'); j >= 0 {
			at = i + j + 1
		}
	}
	newHTML = append(append(append(make([]byte, 0, len(html)+h.Len()), html[:at]...), h.Bytes()...), html[at:]...)
	return newHTML, append(t.Bytes(), text...), nil
}

// block writes one block by itself, as HTML and as text.
func (s *Set) block(html, text *bytes.Buffer, b *Block) error {
	if s.html.Lookup("block") == nil || s.text.Lookup("block") == nil {
		said := b.Text
		if b.Note != nil {
			said = b.Note.Label + " " + b.Note.Text
		}
		fmt.Fprintf(html, "<tr><td><p>%s</p></td></tr>", htmltemplate.HTMLEscapeString(said))
		fmt.Fprintf(text, "%s\n\n", wrap("", "", said))
		return nil
	}
	if err := s.html.ExecuteTemplate(html, "block", b); err != nil {
		return err
	}
	return s.text.ExecuteTemplate(text, "block", b)
}
