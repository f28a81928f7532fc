package ingest

import (
	"encoding/base32"
	"fmt"
	"io"
	"regexp"
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

// CodesIn lists the distinct codes that a mail bears where they count: in the Message-ID that it answers and in its
// subject. Codes in its body, and those of older mails of the thread, never count.
func CodesIn(m *Mail) []Code {
	var codes []Code
	add := func(s string) {
		c := plainCode(s)
		for _, known := range codes {
			if known == c {
				return
			}
		}
		codes = append(codes, c)
	}
	for _, id := range answered(m) {
		if found := codeInID.FindStringSubmatch(id); found != nil {
			add(found[1])
		}
	}
	for _, found := range codeInSubject.FindAllStringSubmatch(m.Subject, 10) {
		add(found[1])
	}
	return codes
}

// answered are the Message-IDs that a mail answers: In-Reply-To, or where a mail program leaves that out, the last of
// References.
func answered(m *Mail) []string {
	if len(m.InReplyTo) > 0 || len(m.References) == 0 {
		return m.InReplyTo
	}
	return m.References[len(m.References)-1:]
}

// AnswersOther reports whether a mail answers a message that we did not send; ours says of a Message-ID whether we
// sent it. Together with a code such a mail decides nothing: it was put together.
func AnswersOther(m *Mail, ours func(messageID string) bool) bool {
	for _, id := range answered(m) {
		if !ours(id) {
			return true
		}
	}
	return false
}
