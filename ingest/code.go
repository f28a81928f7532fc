package ingest

import (
	"context"
	"encoding/base32"
	"fmt"
	"io"
	"regexp"
	"slices"
	"strings"
)

// Code names one escalation, or one receipt: who was asked what. 80 random bits in sixteen letters and digits, lower
// case. Knowing it is not enough to decide; the sender must be the officer it was made for.
type Code string

// codeLetters has no letter that is read as another: no i, l, o and u (Crockford).
const codeLetters = "0123456789abcdefghjkmnpqrstvwxyz"

var codeEncoding = base32.NewEncoding(codeLetters).WithPadding(base32.NoPadding)

// NewCode makes a code of what random gives (crypto/rand.Reader).
func NewCode(random io.Reader) (Code, error) {
	b := make([]byte, 10)
	if _, err := io.ReadFull(random, b); err != nil {
		return "", fmt.Errorf("make a code: %w", err)
	}
	return Code(codeEncoding.EncodeToString(b)), nil
}

// Subject is the code as it stands at the end of a subject, "[#7f3k-9m2p-x4wq-8r6t]", where it survives replies.
func (c Code) Subject() string { return "[#" + c.String() + "]" }

// String is the code in groups of four.
func (c Code) String() string {
	if len(c) != 16 {
		return string(c)
	}
	return string(c[:4] + "-" + c[4:8] + "-" + c[8:12] + "-" + c[12:])
}

// MessageID is a Message-ID that carries the code, without angle brackets. unique tells the mails of one code apart
// (a reminder from the first asking).
func (c Code) MessageID(unique, domain string) string {
	return "hr." + string(c) + "." + unique + "@" + domain
}

var (
	codeWord      = `[0-9a-hjkmnp-tv-z]{4}-?[0-9a-hjkmnp-tv-z]{4}-?[0-9a-hjkmnp-tv-z]{4}-?[0-9a-hjkmnp-tv-z]{4}`
	codeInSubject = regexp.MustCompile(`(?i)\[#?(` + codeWord + `)\]`)
	codeInID      = regexp.MustCompile(`(?i)^(?:hr\.)?(` + codeWord + `)\.`)
	codeAlone     = regexp.MustCompile(`(?i)^\s*(?:\[?#)?(` + codeWord + `)\]?\s*$`)
)

// ParseCode reads a code as people and cells write it: any case, with or without hyphens and the frame of Subject.
func ParseCode(s string) (Code, bool) {
	m := codeAlone.FindStringSubmatch(s)
	if m == nil {
		return "", false
	}
	return plainCode(m[1]), true
}

func plainCode(s string) Code { return Code(strings.ToLower(strings.ReplaceAll(s, "-", ""))) }

// CodesIn lists the distinct codes that a mail has where they count: in the Message-ID that it answers and in its
// subject. Codes in its body, and those of older mails of the thread, never count.
func CodesIn(m *Mail) []Code {
	var found codeList
	found.addIDs(answered(m))
	found.addSubject(m.Subject)
	return found.codes
}

// maxHeaderCodes is how many codes of one header are listed.
const maxHeaderCodes = 50

// HeaderCodes lists the distinct codes in a message's own header, those of older mails of its thread too: in Subject,
// In-Reply-To and References. It does not read the body, and looks at no more of the header than limits allow. Two mails
// that have a code in common may be about one escalation.
func HeaderCodes(raw []byte, limits Limits) []Code {
	h, _, _, _ := splitHeader(raw, limits.WithDefaults().HeaderBytes)
	var found codeList
	for _, f := range h {
		switch {
		case strings.EqualFold(f.Name, "Subject"):
			found.addSubject(shown(f.Value))
		case strings.EqualFold(f.Name, "In-Reply-To"), strings.EqualFold(f.Name, "References"):
			found.addIDs(messageIDs(f.Value))
		}
		if len(found.codes) >= maxHeaderCodes {
			return found.codes[:maxHeaderCodes]
		}
	}
	return found.codes
}

// codeList is distinct codes in the order in which they were found.
type codeList struct {
	codes []Code
	known map[Code]bool
}

func (l *codeList) add(s string) {
	c := plainCode(s)
	if l.known == nil {
		l.known = map[Code]bool{}
	}
	if !l.known[c] {
		l.known[c] = true
		l.codes = append(l.codes, c)
	}
}

func (l *codeList) addIDs(ids []string) {
	for _, id := range ids {
		if found := codeInID.FindStringSubmatch(id); found != nil {
			l.add(found[1])
		}
	}
}

func (l *codeList) addSubject(subject string) {
	for _, found := range codeInSubject.FindAllStringSubmatch(subject, 10) {
		l.add(found[1])
	}
}

// answered are the Message-IDs that a mail answers: In-Reply-To, or where a mail program leaves that out, the last of
// References.
func answered(m *Mail) []string {
	if len(m.InReplyTo) > 0 || len(m.References) == 0 {
		return m.InReplyTo
	}
	return m.References[len(m.References)-1:]
}

// Ours says whether we sent a message, by its Message-ID without angle brackets. Its error means that nobody knows now,
// as while the ledger cannot be asked.
type Ours func(ctx context.Context, messageID string) (bool, error)

// maxAsked is how many messages that a mail says it answers are looked up. A person answers one.
const maxAsked = 20

// Answered is what is known of the messages that a mail says it answers.
type Answered struct {
	Ours Ours // the mails that we sent
	Held Ours // the messages that came to us
	// Own are the inbox's own addresses.
	Own []string
}

// AnswersOther reports whether a mail answers somebody else's message. Together with a code such a mail decides nothing: it
// was put together. Relays rewrite the Message-ID of what we send, so that a message that nobody knows may be ours: it does
// no harm when the mail goes to the inbox alone. With others in To or Cc it is a conversation of theirs, and so is a mail to
// others that answers nothing of ours and has the inbox in Cc only.
func AnswersOther(ctx context.Context, m *Mail, a Answered) (bool, error) {
	ids := answered(m)
	if len(ids) > maxAsked {
		return true, nil
	}
	ours := false
	for _, id := range ids {
		if known, err := a.Ours(ctx, id); err != nil {
			return false, err
		} else if known {
			ours = true
			continue
		}
		if held, err := a.Held(ctx, id); err != nil || held {
			return err == nil, err
		}
		if !a.alone(m) {
			return true, nil
		}
	}
	return !ours && !a.addressed(m), nil
}

// addressed reports whether the inbox stands in To, and not in Cc only.
func (a Answered) addressed(m *Mail) bool {
	to, ok := recipientsIn(m, "To")
	return ok && slices.ContainsFunc(to, a.own)
}

// alone reports whether a mail goes to the inbox and to nobody else.
func (a Answered) alone(m *Mail) bool {
	to, ok := Recipients(m)
	return ok && len(to) > 0 && !slices.ContainsFunc(to, func(address string) bool { return !a.own(address) })
}

func (a Answered) own(address string) bool {
	return slices.ContainsFunc(a.Own, func(own string) bool { return strings.EqualFold(own, address) })
}
