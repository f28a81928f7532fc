package smtp

import (
	"bytes"
	"context"
	"fmt"
	"net/textproto"
	"strconv"
	"strings"
	"time"
	"unicode"

	"handrail/internal/mailserver"
	"handrail/notify"

	"github.com/wneessen/go-mail/smtp"
)

// unfit says why no server can take a mail, or "". Bare CR and LF would be rewritten on the way, and are how one mail
// is smuggled inside another.
func unfit(m notify.Outgoing) (words string, why notify.Refusal) {
	if m.To == "" {
		return "there is no recipient", notify.BadAddress
	}
	for _, a := range []string{m.From, m.To} {
		if a == "" && a == m.From {
			continue
		}
		if words := unwritable(a); words != "" {
			return fmt.Sprintf("%q cannot be written to: %s", a, words), notify.BadAddress
		}
	}
	if len(m.Raw) == 0 {
		return "the mail is empty", notify.OtherRefusal
	}
	if i := bareBreak(m.Raw); i >= 0 {
		return fmt.Sprintf("byte %d of the mail is a line break that is not CR LF", i), notify.OtherRefusal
	}
	return "", notify.OtherRefusal
}

// The most that a server takes of an address (RFC 5321), in bytes.
const (
	longestLocal = 64
	longestPath  = 254
)

// unwritable says why an address cannot stand in a command to a server, or "". An angle bracket inside quotes is allowed, and ends
// the address for servers that do not look for quotes: what follows would be a command of the sender's.
func unwritable(address string) string {
	wire, err := notify.WireAddress(address)
	switch {
	case err != nil:
		return err.Error()
	case strings.ContainsAny(wire, "<>"):
		return "it has an angle bracket"
	case len(wire) > longestPath || strings.LastIndexByte(wire, '@') > longestLocal:
		return "it is longer than an address may be"
	}
	return ""
}

// bareBreak finds a CR or LF that stands alone, or answers -1.
func bareBreak(raw []byte) int {
	for i := 0; ; {
		j := bytes.IndexByte(raw[i:], '\n')
		line := raw[i:]
		if j >= 0 {
			line = raw[i : i+j]
			if j == 0 || line[j-1] != '\r' {
				return i + j
			}
			line = line[:j-1]
		}
		if k := bytes.IndexByte(line, '\r'); k >= 0 {
			return i + k
		}
		if j < 0 {
			return -1
		}
		i += j + 1
	}
}

// outcome is what became of one mail, and what the sender learns from it for the others.
type outcome struct {
	notify.Fate
	slowDown bool // the server asked for a pause of the whole sender
}

// send gives one mail to the server. What it answers follows from how far it got: before the bytes are complete
// nothing can have been delivered; after that, only the server's words tell.
func (c *session) send(ctx context.Context, m notify.Outgoing) (outcome, connState) {
	stop := c.net.watch(ctx)
	defer stop()
	reused := c.used
	c.used = true
	from, to, utf8 := addresses(m)
	if words, why := c.lacks(m, utf8); words != "" {
		return outcome{Fate: notify.Fate{State: notify.Refused, Words: words, Attempted: true, Refusal: why}}, connFit
	}
	c.client.SkipSMTPUTF8(!utf8)
	c.allow()
	if err := c.client.Mail("<" + from + ">"); err != nil {
		r := reply(err)
		if reused && ctx.Err() == nil && (r == nil || r.Code == 421) {
			_ = c.net.Close()
			return outcome{}, connStale
		}
		return c.declined("MAIL FROM", err)
	}
	c.allow()
	if err := c.client.Rcpt("<" + to + ">"); err != nil {
		return c.declined("RCPT TO", err)
	}
	c.allow()
	w, err := c.client.Data()
	if err != nil {
		return c.declined("DATA", err)
	}
	for raw := m.Raw; len(raw) > 0; {
		n := min(len(raw), 64<<10)
		c.allow()
		if _, err := w.Write(raw[:n]); err != nil {
			// Never close the writer here: it would end half a mail as if it were whole.
			_ = c.net.Close()
			return c.declined("send the mail", err)
		}
		raw = raw[n:]
	}
	c.net.allow(time.Duration(c.sender.c.DataTimeout))
	return c.confirmed(w.(*smtp.DataCloser), ctx)
}

func (c *session) allow() { c.net.allow(time.Duration(c.sender.c.Timeout)) }

// confirmed ends the mail and reads the answer, on which all depends.
func (c *session) confirmed(w *smtp.DataCloser, ctx context.Context) (outcome, connState) {
	err := w.Close()
	r := reply(err)
	switch {
	case err == nil:
		return outcome{Fate: notify.Fate{State: notify.Accepted, Words: cleanWords("250 " + w.ServerResponse()), Attempted: true}}, connFit
	case r != nil && r.Code >= 400 && r.Code < 600:
		return c.declined("the mail itself", err)
	case r != nil && r.Code >= 200 && r.Code < 300:
		return outcome{Fate: notify.Fate{State: notify.Accepted, Words: wordsOf(err), Attempted: true}}, connFit
	}
	_ = c.net.Close()
	words := "the answer to the mail was lost, it may have been delivered: " + err.Error()
	if cause := context.Cause(ctx); cause != nil {
		words += " (" + cause.Error() + ")"
	}
	return outcome{Fate: notify.Fate{State: notify.Unknown, Words: cleanWords(words), Attempted: true, Err: c.problem("the mail itself", err)}}, connBroken
}

// declined is the fate of a mail that was certainly not delivered. The connection is reset where the server still
// talks; whether that works changes nothing for this mail.
func (c *session) declined(doing string, err error) (outcome, connState) {
	r := reply(err)
	if r == nil {
		_ = c.net.Close()
		return outcome{Fate: notify.Fate{State: notify.Deferred, Words: cleanWords(doing + ": " + err.Error()), Attempted: true, Err: c.problem(doing, err)}}, connBroken
	}
	f := outcome{Fate: notify.Fate{State: notify.Deferred, Words: wordsOf(err), Attempted: true}}
	if accountProblem(r) {
		// Every mail would get this answer: it must not be the end of this one.
		f.Err = &mailserver.Error{Class: mailserver.CredentialsError, Server: c.net.RemoteAddr().String(), Doing: doing, Err: err}
	} else if r.Code >= 500 {
		f.State, f.Refusal = notify.Refused, notify.RefusalOf(f.Words)
		if f.Refusal == notify.OtherRefusal && doing == "RCPT TO" && enhanced(r) == "" && notify.RefusalOf("550 "+r.Msg) == notify.NoMailbox {
			f.Refusal = notify.NoMailbox // what is refused at the recipient, without a status, is about the recipient
		}
	} else if code := enhanced(r); r.Code == 421 || r.Code == 432 || doing == "MAIL FROM" || strings.HasPrefix(code, "4.7.5") && len(code) == len("4.7.500") {
		// 421, 432 and Exchange Online's 451 4.7.5xx are about the sender; a 451 to one recipient may be greylisting.
		f.slowDown = true
		f.Err = c.problem(doing, err)
	}
	if r.Code == 421 {
		_ = c.net.Close()
		return f, connBroken
	}
	c.allow()
	if err := c.client.Reset(); err != nil {
		_ = c.net.Close()
		return f, connBroken
	}
	return f, connFit
}

// accountProblem reports whether a refusal is about who sends, and not about the mail: not logged in, or not allowed to
// send as this address (Exchange Online says that with 550 or 554 after the mail itself).
func accountProblem(r *textproto.Error) bool {
	switch r.Code {
	case 530, 534, 535, 538:
		return true
	}
	switch enhanced(r) {
	case "5.7.57", "5.7.60":
		return r.Code >= 500
	}
	return false
}

func (c *session) problem(doing string, err error) *mailserver.Error {
	return &mailserver.Error{Class: classOf(err), Server: c.net.RemoteAddr().String(), Doing: doing, Err: err}
}

// addresses are the envelope's as they go over the wire: domains in ASCII, so that only a local part outside it, or
// such a header, needs SMTPUTF8.
func addresses(m notify.Outgoing) (from, to string, utf8 bool) {
	from, to = onWire(m.From), onWire(m.To)
	header := m.Raw
	if i := bytes.Index(header, []byte("\r\n\r\n")); i >= 0 {
		header = header[:i]
	}
	return from, to, !isASCII(from) || !isASCII(to) || !isASCII(string(header))
}

// onWire is an address that unfit let pass.
func onWire(a string) string {
	if wire, err := notify.WireAddress(a); err == nil {
		return wire
	}
	return a
}

// lacks says what this server would need to take the mail, or "".
func (c *session) lacks(m notify.Outgoing, utf8 bool) (words string, why notify.Refusal) {
	if ok, _ := c.client.Extension("SMTPUTF8"); utf8 && !ok {
		return "the address has letters beyond ASCII, such as é, and this mail server takes none (it does not offer SMTPUTF8)", notify.BadAddress
	}
	if ok, size := c.client.Extension("SIZE"); ok {
		if limit, err := strconv.Atoi(strings.TrimSpace(size)); err == nil && limit > 0 && len(m.Raw) > limit {
			return fmt.Sprintf("the mail has %d bytes, and the server takes %d at most", len(m.Raw), limit), notify.TooLarge
		}
	}
	return "", notify.OtherRefusal
}

func isASCII(s string) bool {
	return strings.IndexFunc(s, func(r rune) bool { return r > unicode.MaxASCII }) < 0
}
