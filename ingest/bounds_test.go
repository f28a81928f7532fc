package ingest

import (
	"bytes"
	"context"
	"errors"
	"strings"
	"testing"
)

// The headers of attached messages and of parts are bounded with the message's own, before their bytes are worked on.
func TestHeadersOfPartsAreBounded(t *testing.T) {
	folded := "X: a\r\n" + strings.Repeat(" a\r\n", 350_000)
	for name, raw := range map[string]string{
		"the message's own":  mailTop + folded + "\r\nx",
		"an attached one":    mixed("Content-Type: message/rfc822\r\n\r\nFrom: a@b.example\r\n" + folded + "\r\ntext"),
		"a part's":           mixed(folded + "\r\nx"),
		"an .eml file's":     mixed("Content-Type: application/octet-stream; name=a.eml\r\n\r\nFrom: a@b.example\r\n" + folded + "\r\ntext"),
		"one of a thousand":  mixed(strings.Repeat("X: a\r\n"+strings.Repeat(" a\r\n", 400)+"\r\nx\r\n--BB\r\n", 300) + "\r\nx"),
		"one without an end": mixed("X: " + strings.Repeat("a", 1<<20)),
	} {
		m, err := Parse(t.Context(), []byte(raw), DefaultLimits())
		var fault *Fault
		if !errors.As(err, &fault) || fault.Reason != ReasonHeaderSize || m.From.Addr != "ann@department.example" {
			t.Errorf("%s: %v, from %q", name, err, m.From.Addr)
		}
	}
}

// A header reads the same whether its lines are joined one by one or at once.
func TestFoldedHeader(t *testing.T) {
	h, body, odd, long := splitHeader([]byte("From a@b\nSubject: one\r\n  two \r\n\tthree\r\n \r\n four\nX:\r\n y\r\nbad line\r\n\r\nbody"), 1000)
	if h.Get("Subject") != "one two three four" || h.Get("X") != "y" || string(body) != "body" || odd != 1 || long || len(h) != 2 {
		t.Errorf("%q, %q, %d, %v", h, body, odd, long)
	}
	for most, want := range map[int]bool{0: true, 4: true, 5: false, 100: false} {
		if _, _, _, long := splitHeader([]byte("A: b\r\n"), most); long != want {
			t.Errorf("at most %d bytes: long %v", most, long)
		}
	}
}

// A context that has ended ends every reader, with its own error: nothing half-read is taken for whole.
func TestReadersHearTheContext(t *testing.T) {
	ended, cancel := context.WithCancel(t.Context())
	cancel()
	for _, s := range hostileShapes() {
		family, _, _ := strings.Cut(s.name, "/")
		switch family {
		case "addresses", "codes": // bounded, and done within the pace of a look
			continue
		}
		if err := s.read(1 << 10)(ended); !errors.Is(err, context.Canceled) {
			t.Errorf("%s: %v", s.name, err)
		}
	}
	for name, read := range map[string]func(context.Context) error{
		"ParseHead": func(ctx context.Context) error {
			_, err := ParseHead(ctx, []byte(mailTop), DefaultLimits())
			return err
		},
		"Understand": func(ctx context.Context) error {
			u, err := Classify(ctx, Arrived{Raw: []byte(mixed("\r\nx"))}, DefaultInbox(), Surroundings{}, nil)
			if u.Fault != nil || u.Verdict.Kind != "" || u.Sender.Reason != "" {
				t.Errorf("decided all the same: %+v", u)
			}
			return err
		},
	} {
		if err := read(ended); !errors.Is(err, context.Canceled) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// Between two looks at the context no more is done than a piece.
func TestPatienceLooksOften(t *testing.T) {
	w := startWork(t)
	ctx, cancel := context.WithCancel(t.Context())
	w.ctx = ctx
	cancel()
	for name, read := range map[string]func(b []byte) error{
		"boundaries": func(b []byte) error { _, _, err := w.splitParts(b, "x", 10); return err },
		"base64":     func(b []byte) error { _, err := w.decodeBase64(b); return err },
		"digest":     func(b []byte) error { _, err := w.attachment("a", "b", b, place{}); return err },
		"winmail": func(b []byte) error {
			_, err := readTNEF(&w.patience, append([]byte("\x78\x9f\x3e\x22\x01\x00"), bytes.Repeat(tnefAttribute(attachTitle, nil), len(b)/11)...), 10)
			return err
		},
	} {
		if err := read(make([]byte, 2*pieceBytes)); !errors.Is(err, context.Canceled) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// A ledger that cannot be asked refuses no answer: nothing is decided, and the caller hears why.
func TestWhatCannotBeLookedUpIsNotDecided(t *testing.T) {
	away := errors.New("the ledger cannot be asked")
	ours := func(context.Context, string) (bool, error) { return false, away }
	raw := []byte("In-Reply-To: <q@handrail.example>\r\n" + mixed("\r\nWITHDRAW 1"))
	u, err := Classify(t.Context(), Arrived{Raw: raw}, DefaultInbox(), Surroundings{Ours: ours}, nil)
	if !errors.Is(err, away) || u.Plan != "" || u.Verdict.Kind != "" || u.Sender.Reason != "" || u.Mail == nil {
		t.Errorf("%+v, %v", u, err)
	}
	if _, err := AnswersOther(t.Context(), u.Mail, Answered{Ours: ours, Held: ours}); !errors.Is(err, away) {
		t.Errorf("%v", err)
	}
	if other, err := AnswersOther(t.Context(), u.Mail, Answered{Ours: func(context.Context, string) (bool, error) { return true, nil }}); other || err != nil {
		t.Errorf("%v, %v", other, err)
	}
}

// Nobody answers more mails at once than are looked up.
func TestAnswersOfManyMails(t *testing.T) {
	asked := 0
	ours := func(context.Context, string) (bool, error) { asked++; return false, nil }
	m := parsed(t, "In-Reply-To:"+strings.Repeat(" <a@b>", 150)+"\r\n"+mixed("\r\nx"))
	if other, err := AnswersOther(t.Context(), m, Answered{Ours: ours, Held: ours}); !other || err != nil || asked != 0 {
		t.Errorf("%v, %v after %d questions", other, err, asked)
	}
	if _, err := KindOf(t.Context(), m, Surroundings{Ours: ours}); err != nil || asked != maxAsked {
		t.Errorf("%v after %d questions", err, asked)
	}
}

func TestHeaderCodes(t *testing.T) {
	const a, b, c, d = "7f3k9m2px4wq8r6t", "0000111122223333", "4444555566667777", "8888999900001111"
	dashed := func(s string) string { return strings.ToUpper(Code(s).String()) }
	raw := "Subject: =?utf-8?q?Re=3A_lignes_=5B#" + dashed(a)[:10] + "?=\r\n =?utf-8?q?" + dashed(a)[10:] + "=5D?= and\r\n\t[#" + dashed(b) + "]\r\n" +
		"In-Reply-To: <hr." + c + ".1@handrail.example>\r\nReferences: <x@y>\r\n <HR." + strings.ToUpper(d) + ".2@handrail.example>\r\n <hr." + a + ".1@x>\r\n" +
		"X-Other: [#" + dashed("aaaabbbbccccdddd") + "]\r\n\r\n[#" + dashed("eeeeffffgggghhhh") + "]"
	got := HeaderCodes([]byte(raw), DefaultLimits())
	if want := []Code{a, b, c, d}; len(got) != len(want) || got[0] != a || got[1] != b || got[2] != c || got[3] != d {
		t.Errorf("%v, want %v", got, want)
	}
	var many strings.Builder
	many.WriteString("References:")
	for i := range 120 {
		many.WriteString(" <hr.7f3k9m2px4wq8" + string(codeLetters[i/32]) + string(codeLetters[i%32]) + "t.1@x>\r\n")
	}
	if got := HeaderCodes([]byte(many.String()+"\r\n"), DefaultLimits()); len(got) != maxHeaderCodes {
		t.Errorf("%d codes", len(got))
	}
	if got := HeaderCodes(nil, DefaultLimits()); len(got) != 0 {
		t.Errorf("%v", got)
	}
}

// What is pasted into a page, such as a picture within an attribute, does not end its text.
func TestPageBehindALargeTag(t *testing.T) {
	page := `<p>APPROVE 1</p><img src="data:image/png;base64,` + strings.Repeat("A", 3<<20) + `"><p>but only one</p>`
	if got := pageText(page); !strings.Contains(got, "but only one") {
		t.Errorf("%d bytes, and the end is missing", len(got))
	}
}
