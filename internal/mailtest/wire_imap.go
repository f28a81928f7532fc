package mailtest

import (
	"bytes"
	"io"
	"regexp"
	"strconv"
	"strings"
)

// imapLine takes one line of the client: a command, its continuation after a literal, or an answer within
// AUTHENTICATE or IDLE.
func (w *wire) imapLine(line []byte) error {
	w.mu.Lock()
	verb, through := w.verb, w.through
	w.mu.Unlock()
	switch {
	case w.session.midCommand:
		w.session.midCommand = false
		w.noteLiteral(line)
		w.pending = line
		return nil
	case through:
		verb = "DONE"
	case verb == "AUTHENTICATE" || verb == "AUTHENTICATE+":
		// Until the tagged answer came, see hideCaps, every line belongs to it.
		verb = "AUTHENTICATE+"
	default:
		w.tag, verb = imapCommand(line)
	}
	f := w.begin(verb, line)
	if f != nil {
		if done, err := w.strike(f); done {
			return err
		}
		switch f.Kind {
		case Bye:
			return w.swallowAndEnd(w.farewell(f))
		case Temporary, Permanent, RefuseRecipient:
			words := w.tag + " NO " + or(f.Words, noWords(f, verb)) + "\r\n"
			switch verb {
			case "AUTHENTICATE+":
				w.giveUp(words)
				return nil
			case "DONE":
			default:
				w.skipLiterals(line)
				return w.swallow(words)
			}
		case ForgetUIDValidity:
			if err := w.forget(line); err != nil {
				return err
			}
		case ExpungeInMiddle:
			w.session.expungeMiddle(f.Into)
		}
	}
	if w.office.o.StartTLS && w.plain {
		switch verb {
		case "STARTTLS":
			return w.startTLS(w.tag + " OK Begin TLS negotiation now\r\n")
		case "LOGIN", "AUTHENTICATE":
			w.skipLiterals(line)
			return w.swallow(w.tag + " NO [PRIVACYREQUIRED] Issue STARTTLS first\r\n")
		}
	}
	if verb == "IDLE" {
		if w.office.o.without("IDLE") {
			return w.swallow(w.tag + " BAD Unknown command\r\n")
		}
		w.mu.Lock()
		w.through = true
		w.mu.Unlock()
	}
	w.noteLiteral(line)
	w.pending = line
	return nil
}

// imapCommand reads the tag and the verb of a command: "UID FETCH" is one verb.
func imapCommand(line []byte) (tag, verb string) {
	tag, rest, _ := strings.Cut(strings.TrimRight(string(line), "\r\n"), " ")
	verb, rest = firstWord([]byte(rest))
	if verb == "UID" {
		sub, _ := firstWord([]byte(rest))
		verb += " " + sub
	}
	return tag, verb
}

func noWords(f *Fault, verb string) string {
	switch {
	case f.Kind == Temporary:
		return "[UNAVAILABLE] Try again later"
	case verb == "LOGIN" || verb == "AUTHENTICATE":
		return "[AUTHENTICATIONFAILED] Authentication failed"
	default:
		return "[NOPERM] Not allowed"
	}
}

// literalAt reads the announcement of a literal at the end of a line, "{310}" or "{310+}".
func literalAt(line []byte) (size int64, waits, ok bool) {
	line = bytes.TrimRight(line, "\r\n")
	if !bytes.HasSuffix(line, []byte("}")) {
		return 0, false, false
	}
	i := bytes.LastIndexByte(line, '{')
	if i < 0 {
		return 0, false, false
	}
	digits, plus := bytes.CutSuffix(line[i+1:len(line)-1], []byte("+"))
	size, err := strconv.ParseInt(string(digits), 10, 64)
	return size, !plus, err == nil && size >= 0
}

// noteLiteral remembers that a literal follows this line, and that the line after it is no new command.
func (w *wire) noteLiteral(line []byte) {
	size, waits, ok := literalAt(line)
	if !ok {
		return
	}
	w.literal, w.waits = size, waits
	w.session.midCommand = true
}

// skipLiterals reads away what belongs to a command that the server will not see.
func (w *wire) skipLiterals(line []byte) {
	for {
		size, waits, ok := literalAt(line)
		if !ok || waits {
			return // a client that waits hears the refusal and does not send its literal
		}
		if _, err := io.CopyN(io.Discard, w.br, size); err != nil {
			return
		}
		var err error
		if line, err = w.br.ReadBytes('\n'); err != nil {
			return
		}
	}
}

// forget strikes ForgetUIDValidity at the folder that the command names or that is selected.
func (w *wire) forget(line []byte) error {
	s := w.session
	if s.account == nil {
		return nil
	}
	var f *folder
	if _, verb := imapCommand(line); verb == "SELECT" || verb == "EXAMINE" {
		words := strings.SplitN(strings.TrimRight(string(line), "\r\n"), " ", 4)
		if len(words) > 2 {
			f = s.account.folder(strings.Trim(words[2], `"`), false)
		}
	} else if s.view != nil {
		f = s.view.folder
	}
	if f == nil {
		return nil
	}
	s.account.mu.Lock()
	s.account.validity++
	validity := s.account.validity
	s.account.mu.Unlock()
	own := false
	for _, v := range f.forget(validity) {
		if v == s.view {
			own = true
			continue
		}
		v.end("[UNAVAILABLE] The folder was rebuilt")
	}
	if own {
		return w.swallowAndEnd("* BYE [UNAVAILABLE] The folder was rebuilt\r\n")
	}
	return nil
}

// hideCaps makes a capability list say what this office offers: without what Options.Without names and go-imap offers by
// itself, and before STARTTLS with that and without logins. It notes the end of AUTHENTICATE.
func (w *wire) hideCaps() {
	if strings.HasPrefix(w.verb, "AUTHENTICATE") {
		if !bytes.HasPrefix(w.out, []byte("+")) {
			w.verb = ""
		}
	} else if w.literal == 0 && w.verb != "IDLE" {
		w.verb = ""
	}
	if len(w.out) > 4096 || !bytes.Contains(w.out, []byte("CAPABILITY IMAP4rev1")) {
		return
	}
	if w.office.o.without("IDLE") {
		w.out = bytes.ReplaceAll(w.out, []byte(" IDLE"), nil)
	}
	if w.office.o.StartTLS && w.plain {
		w.out = authCap.ReplaceAll(w.out, nil)
		w.out = bytes.Replace(w.out, []byte("CAPABILITY IMAP4rev1"), []byte("CAPABILITY IMAP4rev1 STARTTLS LOGINDISABLED"), 1)
	}
}

// authCap is a login in a capability list.
var authCap = regexp.MustCompile(` AUTH=[A-Z0-9-]+`)
