package notify

import (
	"bytes"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"mime"
	"regexp"
	"strconv"
	"strings"

	"github.com/emersion/go-message"

	"handrail/internal/request"
	"handrail/templates"
)

// errNotOurs is what a mail causes that this package did not write.
var errNotOurs = errors.New("the mail is not laid out as ours are")

// finished is a finished mail of ours, taken apart again.
type finished struct {
	header     message.Header
	print      string
	langs      []request.Lang
	text, html []byte
	files      []file
}

// file is one of its attachments.
type file struct {
	name string
	size int64
}

// takeApart reads a mail that seal wrote.
func takeApart(raw []byte) (m finished, err error) {
	top, err := message.Read(bytes.NewReader(raw))
	if err != nil {
		return m, err
	}
	m.header = top.Header
	_, params, err := top.Header.ContentType()
	print, ours := FingerprintIn(params["boundary"])
	parts := top.MultipartReader()
	if err != nil || !ours || parts == nil {
		return m, errNotOurs
	}
	m.print = print
	for lang := range strings.SplitSeq(top.Header.Get("Content-Language"), ",") {
		m.langs = append(m.langs, request.Lang(strings.TrimSuffix(strings.TrimSpace(lang), "-CA")))
	}
	bodies, err := parts.NextPart()
	if err != nil {
		return m, err
	}
	if m.text, m.html, err = readBodies(bodies); err != nil {
		return m, err
	}
	for {
		part, err := parts.NextPart()
		if errors.Is(err, io.EOF) {
			return m, nil
		}
		if err != nil {
			return m, err
		}
		size, err := io.Copy(io.Discard, part.Body)
		if err != nil {
			return m, err
		}
		_, params, _ := mime.ParseMediaType(part.Header.Get("Content-Disposition"))
		m.files = append(m.files, file{params["filename"], size})
	}
}

func readBodies(e *message.Entity) (text, html []byte, err error) {
	parts := e.MultipartReader()
	if parts == nil {
		return nil, nil, errNotOurs
	}
	for _, body := range []*[]byte{&text, &html} {
		part, err := parts.NextPart()
		if err != nil {
			return nil, nil, err
		}
		if *body, err = io.ReadAll(part.Body); err != nil {
			return nil, nil, err
		}
		*body = bytes.ReplaceAll(*body, []byte("\r\n"), []byte("\n")) // as the layouts wrote it
	}
	return text, html, nil
}

// list names the files with their sizes, as a reader sees them: "requests.xlsx (1.2 MB)".
func (m *finished) list(l request.Lang) string {
	var names []string
	for _, f := range m.files {
		names = append(names, clip(cleanLine(f.name), maxTitle)+" ("+sizeText(f.size, l)+")")
	}
	return strings.Join(names, ", ")
}

func sizeText(n int64, l request.Lang) string {
	number, unit := float64(n)/1e3, request.Text{EN: "kB", FR: "ko"}
	if n >= 1e6 {
		number, unit = float64(n)/1e6, request.Text{EN: "MB", FR: "Mo"}
	}
	digits := strconv.FormatFloat(number, 'f', 1, 64)
	if l == request.French {
		digits = strings.Replace(digits, ".", ",", 1)
	}
	return digits + "\u00a0" + unit.In(l)
}

// Light is a mail of ours without its files.
type Light struct {
	Raw []byte
	// Left are the files that it had, "requests.xlsx (1.2 MB)", in both languages.
	Left request.Text

	text, html []byte // the two bodies, for the preview
}

// WithoutFiles makes of a finished mail, which was too large, the one that goes out instead: it has the same Message-ID and says at
// its top, in its reader's languages, what is not attached and how to get it. kind is the mail's, "answer"; it chooses the
// advice, and an unknown one gets the general advice. ok is false where there is no file to leave out.
func (c *Composer) WithoutFiles(raw []byte, kind string) (light Light, ok bool, err error) {
	m, err := takeApart(raw)
	if err != nil || len(m.files) == 0 {
		return Light{}, false, err
	}
	light, err = c.lighten(&m, kind)
	return light, err == nil, err
}

func (c *Composer) lighten(m *finished, kind string) (Light, error) {
	if kind == "reminder" {
		kind = "escalation" // it asks for the same
	}
	var sections []templates.Section
	for _, lang := range m.langs {
		v := &voice{c: c, lang: lang}
		advice := "too-large-" + kind
		if !c.set.Has(string(lang), "words."+advice) {
			advice = "too-large-other"
		}
		said := v.speak("words.too-large", struct {
			N     int
			Files string
		}{len(m.files), m.list(lang)})
		said += " " + v.speak("words."+advice, struct{ Inbox string }{c.id.Inbox})
		note := templates.Note{Tone: templates.Mend, Label: v.word("without-files"), Text: said}
		if v.err != nil {
			return Light{}, v.err
		}
		sections = append(sections, templates.Section{Lang: string(lang), Blocks: []templates.Block{{Note: &note}}})
	}
	html, text, err := c.set.Above(m.html, m.text, sections)
	if err != nil {
		return Light{}, err
	}
	var out bytes.Buffer
	w, err := message.CreateWriter(&out, m.header)
	if err != nil {
		return Light{}, err
	}
	if err := writeBodies(w, "", m.print, text, html); err != nil {
		return Light{}, err
	}
	if err := w.Close(); err != nil {
		return Light{}, err
	}
	return Light{Raw: out.Bytes(), Left: request.Text{EN: m.list(request.English), FR: m.list(request.French)}, text: text, html: html}, nil
}

var (
	boundaryField = regexp.MustCompile(`boundary="?(` + boundaryPrefix + `[0-9a-z]{32})`)
	toField       = regexp.MustCompile(`(?im)^To:.*\r\n(?:[ \t].*\r\n)*`)
	idField       = regexp.MustCompile(`(?im)^Message-ID:\s*(<\S+>)`)
)

// Readdressed is a finished mail to another address, with the same words, files and code under a Message-ID of its own.
func Readdressed(raw []byte, to string) (Mail, error) {
	if _, err := recipient(to); err != nil {
		return Mail{}, err
	}
	end := bytes.Index(raw, []byte("\r\n\r\n"))
	if end < 0 {
		return Mail{}, errNotOurs
	}
	found := boundaryField.FindSubmatch(raw[:end])
	if found == nil {
		return Mail{}, errNotOurs
	}
	was, ours := FingerprintIn(string(found[1]))
	if !ours {
		return Mail{}, errNotOurs
	}
	sum := sha256.Sum256(fmt.Appendf(nil, "handrail mail again %s %s", was, to))
	raw = bytes.ReplaceAll(raw, []byte(was), []byte(crockford.EncodeToString(sum[:20])))
	header := raw[:end+2]
	at, id := toField.FindIndex(header), idField.FindSubmatch(header)
	if at == nil || id == nil {
		return Mail{}, errNotOurs
	}
	var f fields
	f.addAddress("To", "", to)
	out := append(append(bytes.Clone(raw[:at[0]]), f.raw[0]...), raw[at[1]:]...)
	return Mail{To: to, MessageID: string(id[1]), Raw: out}, nil
}
