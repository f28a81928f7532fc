package smtp

import (
	"context"
	"slices"
	"strconv"
	"strings"
	"time"

	"handrail/internal/mailserver"
)

// ServerReport is what doctor shows of the server that takes mail.
type ServerReport struct {
	Server      string
	Certificate *mailserver.Certificate // nil without TLS
	Logins      []string                // what the server offers: PLAIN, LOGIN, XOAUTH2
	MaxBytes    int64                   // the largest mail it takes; 0 when it does not say
	UTF8        bool                    // it takes addresses beyond ASCII
	// Refusal is what the server says to the address that mails come from; "" when it takes mail from it.
	Refusal string
	// Refused are the recipients that the server would not take mail for, with its words.
	Refused map[string]string
}

// Report connects, logs in, and asks whether mail from the configured address would be taken, and for whom of the
// recipients; no mail is sent. Its error is a *Error.
func (s *Sender) Report(ctx context.Context, recipients ...string) (ServerReport, error) {
	conn, trouble := s.dial(ctx)
	if trouble != nil {
		return ServerReport{}, trouble
	}
	defer conn.quit()
	stop := conn.net.watch(ctx)
	defer stop()
	r := ServerReport{Server: conn.net.RemoteAddr().String(), Certificate: conn.certificate}
	if _, offered := conn.client.Extension("AUTH"); offered != "" {
		r.Logins = strings.Fields(strings.ToUpper(offered))
		slices.Sort(r.Logins)
	}
	if _, size := conn.client.Extension("SIZE"); size != "" {
		if n, err := strconv.ParseInt(size, 10, 64); err == nil {
			r.MaxBytes = n
		}
	}
	r.UTF8, _ = conn.client.Extension("SMTPUTF8")
	beyond := slices.ContainsFunc(recipients, func(to string) bool { return !isASCII(onWire(to)) })
	conn.client.SkipSMTPUTF8(!beyond)
	conn.net.allow(time.Duration(s.c.Timeout))
	if err := conn.client.Mail("<" + s.c.From + ">"); err != nil {
		if reply(err) == nil {
			return r, &mailserver.Error{Class: classOf(err), Server: r.Server, Doing: "MAIL FROM", Err: err}
		}
		r.Refusal = wordsOf(err)
		return r, nil
	}
	r.Refused = map[string]string{}
	for _, to := range recipients {
		conn.net.allow(time.Duration(s.c.Timeout))
		if words := unwritable(to); words != "" {
			r.Refused[to] = words
			continue
		}
		if !r.UTF8 && !isASCII(onWire(to)) {
			r.Refused[to] = "it has letters beyond ASCII, and the server does not offer SMTPUTF8"
			continue
		}
		err := conn.client.Rcpt("<" + onWire(to) + ">")
		if err != nil && reply(err) == nil {
			return r, &mailserver.Error{Class: classOf(err), Server: r.Server, Doing: "RCPT TO", Err: err}
		}
		if err != nil {
			r.Refused[to] = wordsOf(err)
		}
	}
	return r, nil
}
