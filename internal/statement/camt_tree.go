package statement

import (
	"encoding/xml"
	"errors"
	"io"
	"regexp"
	"strings"
)

// The bounds of one entry: its elements, the elements above one another, and the text of one.
const (
	mostXMLElements = 200_000
	deepestXML      = 40
	longestXMLText  = 4 << 10
)

var errBounds = errors.New("more elements, or more above one another, than an entry has")

// xmlNode is one element of an entry.
type xmlNode struct {
	name, text, currency string // currency is the attribute Ccy
	inside               []*xmlNode
}

// at is the first element at a path below: "RltdPties/Cdtr/Nm"; nil where there is none.
func (n *xmlNode) at(path string) *xmlNode {
	for path != "" && n != nil {
		var name string
		name, path, _ = strings.Cut(path, "/")
		var found *xmlNode
		for _, in := range n.inside {
			if in.name == name {
				found = in
				break
			}
		}
		n = found
	}
	return n
}

// first is the text of the first of paths that has any.
func (n *xmlNode) first(paths ...string) string {
	for _, p := range paths {
		if f := n.at(p); f != nil && f.text != "" {
			return f.text
		}
	}
	return ""
}

// all are the elements of a name right below, of a path's last step.
func (n *xmlNode) all(name string) []*xmlNode {
	var list []*xmlNode
	for _, in := range n.inside {
		if in.name == name {
			list = append(list, in)
		}
	}
	return list
}

// xmlWalk reads elements one after another. Entities of the document's own are an error of the decoder.
type xmlWalk struct {
	d     *xml.Decoder
	depth int
}

func newXMLWalk(text string) *xmlWalk {
	d := xml.NewDecoder(strings.NewReader(text))
	d.CharsetReader = func(_ string, in io.Reader) (io.Reader, error) { return in, nil } // it is UTF-8 by now
	return &xmlWalk{d: d}
}

// start is the next element that begins; io.EOF is the end. Elements that ended before it are told to ended.
func (w *xmlWalk) start(ended func(name string)) (xml.StartElement, error) {
	for {
		token, err := w.d.Token()
		if err != nil {
			return xml.StartElement{}, err
		}
		switch t := token.(type) {
		case xml.StartElement:
			if w.depth++; w.depth > deepestXML {
				return t, errBounds
			}
			return t, nil
		case xml.EndElement:
			w.depth--
			ended(t.Name.Local)
		}
	}
}

// tree is the whole of an element that has begun.
func (w *xmlWalk) tree(start xml.StartElement) (*xmlNode, error) {
	root := nodeOf(start)
	open := []*xmlNode{root}
	for n := 1; len(open) > 0; {
		token, err := w.d.Token()
		if err != nil {
			return nil, err
		}
		top := open[len(open)-1]
		switch t := token.(type) {
		case xml.StartElement:
			if n++; n > mostXMLElements || w.depth+len(open) > deepestXML {
				return nil, errBounds
			}
			in := nodeOf(t)
			top.inside = append(top.inside, in)
			open = append(open, in)
		case xml.EndElement:
			top.text = strings.TrimSpace(top.text)
			open = open[:len(open)-1]
		case xml.CharData:
			if room := longestXMLText - len(top.text); room > 0 && len(top.inside) == 0 {
				top.text += strings.ToValidUTF8(string(t[:min(len(t), room)]), "")
			}
		}
	}
	w.depth--
	return root, nil
}

func nodeOf(t xml.StartElement) *xmlNode {
	n := &xmlNode{name: t.Name.Local}
	for _, a := range t.Attr {
		if a.Name.Local == "Ccy" {
			n.currency = strings.ToUpper(strings.TrimSpace(a.Value))
		}
	}
	return n
}

var (
	camtRoot   = regexp.MustCompile(`<(?:[A-Za-z0-9_]+:)?BkToCstmr(?:Stmt|AcctRpt|DbtCdtNtfctn)\b|urn:[A-Za-z0-9:._]*camt\.05[234]\.`)
	xmlCharset = regexp.MustCompile(`(?i)<\?xml[^>]{0,200}\bencoding=["']([A-Za-z0-9_-]+)`)
)

// looksCamt knows camt.052, .053 and .054 in all versions.
func looksCamt(head string) bool { return camtRoot.MatchString(head) }
