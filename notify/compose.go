package notify

import (
	"bytes"
	"fmt"
	"net/mail"
	"strings"
	"time"

	"handrail/internal/request"
	"handrail/templates"
)

// Identity is who the mails come from. It is the same for every mail of an inbox.
type Identity struct {
	// From is the address that mails come from, and Name the department as readers see it, in both languages.
	From string
	Name request.Text
	// ReplyTo is where answers go; Inbox is the address that requests are mailed to. Each defaults to From.
	ReplyTo string
	Inbox   string
	// Domain is the right side of Message-IDs; the domain of From when empty.
	Domain string
	// Location is the zone in which days are said. It is required.
	Location *time.Location
	// Privacy is the notice at the foot of every mail; the shipped wording stands in when it is empty.
	Privacy request.Text
	// Help says whom to ask, such as a telephone number or an address; left out when empty.
	Help request.Text
}

// Envelope is what every mail has.
type Envelope struct {
	// To is the one recipient: a bare address. ToName is shown beside it when it is there.
	To, ToName string
	// Languages are the department's; none: English and French.
	Languages request.Languages
	// Lang is the reader's language; UnknownLang writes both, First before the other (English when First is empty).
	Lang, First request.Lang
	// Cause names what this mail is, for ever: the digest of the mail that is answered, or the ledger's id of what is
	// told. Message-ID and boundaries are derived from it, so that composing again gives the same bytes. Required.
	Cause string
	// Now is the instant of the step; it becomes the Date. Required.
	Now time.Time
	// InReplyTo and References continue a thread: Message-IDs with or without angle brackets. Answers is the subject
	// of the mail that is answered. All may be empty, and none is trusted.
	InReplyTo  string
	References []string
	Answers    string
}

// Attachment is a file that goes along. Name is cleaned and brought to ASCII, with the true name beside it.
type Attachment struct {
	Name string // "requests-HR-2026-000123.xlsx"
	Type string // media type; Workbook's when empty
	Data []byte
}

// WorkbookType is the media type of .xlsx.
const WorkbookType = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"

// Mail is one finished mail: bytes that are stored first and sent as they are.
type Mail struct {
	To        string // the one recipient's address
	Subject   string // as a reader sees it, decoded
	MessageID string // with angle brackets
	Raw       []byte // headers and body, CRLF line ends

	text, html []byte // the two bodies, for the preview
}

// Composer writes mails. It holds no state but its wording and may be used by many goroutines.
type Composer struct {
	set *templates.Set
	id  Identity
}

// NewComposer checks the identity and the wording: every mail is written once from sample data, in both languages, so
// that a template that cannot be filled is reported here, with file and line, and not on the day it is needed.
func NewComposer(set *templates.Set, id Identity) (*Composer, error) {
	if set == nil {
		return nil, fmt.Errorf("mails need templates: none were given")
	}
	if id.Location == nil {
		return nil, fmt.Errorf("mails need a time zone: none was given")
	}
	from, err := bareAddress("sender", id.From)
	if err != nil {
		return nil, err
	}
	id.From = from
	for _, optional := range []struct {
		what    string
		address *string
	}{{"reply", &id.ReplyTo}, {"inbox", &id.Inbox}} {
		if *optional.address == "" {
			*optional.address = from
		}
		if *optional.address, err = bareAddress(optional.what, *optional.address); err != nil {
			return nil, err
		}
	}
	if id.Domain == "" {
		id.Domain = from[strings.LastIndexByte(from, '@')+1:]
	}
	if !isDomain(id.Domain) {
		return nil, fmt.Errorf("the domain of Message-IDs %q is not a domain name", id.Domain)
	}
	id.Name = cleanText(id.Name)
	if id.Name.EN == "" {
		id.Name.EN = id.Name.FR
	}
	if id.Name.FR == "" {
		id.Name.FR = id.Name.EN
	}
	if id.Name.EN == "" {
		return nil, fmt.Errorf("mails need the name of the department: it is empty")
	}
	c := &Composer{set: set, id: id}
	if len(set.Overrides()) == 0 {
		return c, nil // the shipped wording is tried by our own tests
	}
	if err := c.checkWording(); err != nil {
		return nil, err
	}
	return c, nil
}

// ForInbox is a composer whose mails are answered to another inbox, and name it.
func (c *Composer) ForInbox(address string) (*Composer, error) {
	address, err := bareAddress("inbox", address)
	if err != nil {
		return nil, err
	}
	other := *c
	other.id.ReplyTo, other.id.Inbox = address, address
	return &other, nil
}

// Templates is the hash of the wording that this composer writes with.
func (c *Composer) Templates() string { return c.set.Hash() }

// bareAddress accepts "name@domain" alone, in lower or upper case, without display name or comments.
func bareAddress(what, address string) (string, error) {
	a, err := mail.ParseAddress(address)
	if err != nil || a.Address != address || strings.ContainsAny(address, " \t\r\n<>\",;:\\") || !isASCII(address) {
		return "", fmt.Errorf("the %s address %q is not a plain mail address, such as requests@department.example", what, address)
	}
	return address, nil
}

// draft is a mail on its way from its input to its bytes.
type draft struct {
	kind      string // "answer": names the wording file
	env       Envelope
	code      string // an escalation code that the subject and Message-ID have
	generated bool   // nobody's mail is answered
	officer   bool   // it goes to somebody who decides: no cells, no hashes, and findings in an officer's words
	// from is whose mail or request this is about, in its first line; zero where the headline says it.
	from   request.Origin
	attach []*Attachment
	// blocks writes the mail in one language; data is what its subject and preheader are filled with.
	blocks func(v *voice) ([]templates.Block, error)
	data   func(l request.Lang) any
}

// compose renders a draft in the reader's language, or in both, and seals it.
func (c *Composer) compose(d draft) (Mail, error) {
	m, err := c.write(d)
	if err != nil {
		return Mail{}, fmt.Errorf("compose the %s mail to %s: %w", d.kind, quoteForError(d.env.To), err)
	}
	return m, nil
}

func (c *Composer) write(d draft) (Mail, error) {
	to, err := recipient(d.env.To)
	if err != nil {
		return Mail{}, err
	}
	d.env.To = to
	switch {
	case d.env.Cause == "":
		return Mail{}, fmt.Errorf("it has no cause to derive its Message-ID from")
	case d.env.Now.IsZero():
		return Mail{}, fmt.Errorf("it has no instant to be dated with")
	}
	page, err := c.page(d)
	if err != nil {
		return Mail{}, err
	}
	var text, html bytes.Buffer
	if err := c.set.Text(&text, page); err != nil {
		return Mail{}, err
	}
	if err := c.set.HTML(&html, page); err != nil {
		return Mail{}, err
	}
	return c.seal(d, page, text.Bytes(), html.Bytes())
}

func (c *Composer) page(d draft) (*templates.Page, error) {
	langs := []request.Lang{d.env.Lang}
	if d.env.Lang == request.UnknownLang {
		langs = d.env.Languages.Ordered(d.env.First)
	}
	page := &templates.Page{Lang: string(langs[0]), Department: c.id.Name.Or(langs[0])}
	for i, lang := range langs {
		v := &voice{c: c, lang: lang, mail: d.kind, data: d.data(lang), now: d.env.Now, officer: d.officer}
		if i == 0 {
			page.Subject = v.subject()
			page.Preheader = v.say("preheader")
		}
		blocks, err := d.blocks(v)
		if err != nil {
			return nil, err
		}
		section := templates.Section{Lang: string(lang), From: v.from(&d.from), Blocks: blocks, Footer: v.footer()}
		if i == 0 && len(langs) > 1 {
			section.Notice = v.word("other-language")
		}
		if v.err != nil {
			return nil, v.err
		}
		page.Sections = append(page.Sections, section)
	}
	if d.code != "" {
		page.Subject += " [" + d.code + "]"
	}
	return page, nil
}
