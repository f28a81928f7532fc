package ingest

import (
	"archive/zip"
	"bytes"
	"encoding/base64"
	"fmt"
	"strings"
	"testing"

	"handrail/internal/scaling"
)

func rawMail(header, body string) []byte {
	return []byte("From: a@department.example\r\nMIME-Version: 1.0\r\n" + header + "\r\n" + body)
}

// lined is base64 as mailers write it.
func lined(data []byte) string {
	s, b := base64.StdEncoding.EncodeToString(data), strings.Builder{}
	for ; len(s) > 76; s = s[76:] {
		b.WriteString(s[:76] + "\r\n")
	}
	return b.String() + s + "\r\n"
}

// worstBodies are the shapes of messages that cost the most for each byte.
func worstBodies() map[string][]byte {
	const n = 1 << 17
	plain := strings.Repeat("hello world\r\n", n)
	file := bytes.Repeat([]byte("%PDF-1.7 some bytes "), n/8)
	nested := rawMail("Content-Type: application/pdf; name=a.pdf\r\nContent-Transfer-Encoding: base64\r\n", lined(file))
	for range 6 {
		nested = rawMail("Content-Type: message/rfc822\r\nContent-Transfer-Encoding: base64\r\n", lined(nested))
	}
	return map[string][]byte{
		"a file":           rawMail("Content-Type: application/pdf; name=a.pdf\r\nContent-Transfer-Encoding: base64\r\n", lined(file)),
		"text":             rawMail("Content-Type: text/plain\r\n", plain),
		"another charset":  rawMail("Content-Type: text/plain; charset=iso-8859-1\r\n", strings.ReplaceAll(plain, "o", "\xe9")),
		"no charset":       rawMail("Content-Type: text/plain\r\n", strings.ReplaceAll(plain, "o", "\xe9")),
		"UTF-16":           rawMail("Content-Type: text/plain; charset=utf-16le\r\n", strings.ReplaceAll(plain, "o", "\xe9")),
		"quoted-printable": rawMail("Content-Type: text/plain\r\nContent-Transfer-Encoding: quoted-printable\r\n", plain),
		"HTML":             rawMail("Content-Type: text/html\r\n", strings.Repeat("<b>x</b> ", n)),
		"open HTML":        rawMail("Content-Type: text/html\r\n", strings.Repeat("<p>x\r\n", n)),
		"HTML entities":    rawMail("Content-Type: text/html\r\n", strings.Repeat("&amp;", n)),
		"text in base64":   rawMail("Content-Type: text/plain; charset=iso-8859-1\r\nContent-Transfer-Encoding: base64\r\n", lined([]byte(strings.ReplaceAll(plain, "o", "\xe9")))),
		"headers":          rawMail(strings.Repeat("A: b\r\n", 40_000), "x"),
		"a folded header":  rawMail("X-Folded: a"+strings.Repeat("\r\n b", 50_000)+"\r\n", "x"),
		"parts":            rawMail("Content-Type: multipart/mixed; boundary=x\r\n", strings.Repeat("--x\r\nContent-Type: text/plain\r\n\r\nhi\r\n", 900)+"--x--\r\n"),
		"files":            rawMail("Content-Type: multipart/mixed; boundary=x\r\n", strings.Repeat("--x\r\nContent-Disposition: attachment; filename=a\r\n\r\nhi\r\n", 900)+"--x--\r\n"),
		"messages nested":  nested,
		"nothing":          rawMail("", ""),
	}
}

// Footprint covers all that Parse ever allocates for a message, whatever the collector takes back on the way.
func TestFootprintCoversWhatParseTakes(t *testing.T) {
	for name, raw := range worstBodies() {
		t.Run(name, func(t *testing.T) {
			footprint := Footprint(raw, DefaultLimits())
			limits := DefaultLimits().Unzipped(int64(len(raw)))
			allocated, kept := scaling.Took(func() any {
				m, err := Parse(t.Context(), raw, limits)
				if err != nil {
					t.Error(err)
				}
				return m
			})
			n := float64(len(raw))
			t.Logf("%d bytes: allocated %.2f and kept %.2f for each; the footprint is %.2f", len(raw), float64(allocated)/n, float64(kept)/n, float64(footprint)/n)
			if allocated+int64(len(raw)) > footprint {
				t.Errorf("%d bytes were allocated beside the message, more than the footprint of %d", allocated, footprint)
			}
		})
	}
}

// A mail of 25 MB that is nearly all a file takes little more than itself and its file.
func TestFootprintOfAFileIsNear(t *testing.T) {
	raw := rawMail("Content-Type: application/pdf; name=a.pdf\r\nContent-Transfer-Encoding: base64\r\n", lined(bytes.Repeat([]byte("x"), 18<<20)))
	if n := Footprint(raw, DefaultLimits()); n > 4*int64(len(raw)) {
		t.Errorf("%d bytes for a message of %d", n, len(raw))
	}
}

// Taking the structure apart to measure it goes no deeper and no further than the limits.
func TestFootprintOfHostileStructures(t *testing.T) {
	deep := "x"
	for i := range 3000 {
		deep = fmt.Sprintf("Content-Type: multipart/mixed; boundary=b%d\r\n\r\n--b%d\r\n%s\r\n--b%d--\r\n", i, i, deep, i)
	}
	many := rawMail("Content-Type: multipart/mixed; boundary=x\r\n", strings.Repeat("--x\r\n\r\n", 200_000)+"--x--\r\n")
	for name, raw := range map[string][]byte{"deep": rawMail(deep, ""), "many": many, "empty": nil} {
		if n := Footprint(raw, DefaultLimits()); n < int64(len(raw)) {
			t.Errorf("%s: %d bytes for a message of %d", name, n, len(raw))
		}
	}
}

// A zip that unpacks to much more than it is needs the limits of the configuration; no other message does.
func TestOnlyZipsNeedMoreThanUnzipped(t *testing.T) {
	var packed bytes.Buffer
	z := zip.NewWriter(&packed)
	w, err := z.Create("a.txt")
	if err == nil {
		_, err = w.Write(make([]byte, 10<<20))
	}
	if err != nil || z.Close() != nil {
		t.Fatal(err)
	}
	raw := rawMail("Content-Type: application/zip; name=a.zip\r\nContent-Transfer-Encoding: base64\r\n", lined(packed.Bytes()))
	_, err = Parse(t.Context(), raw, DefaultLimits().Unzipped(int64(len(raw))))
	if f, ok := err.(*Fault); !ok || f.Reason != ReasonUnpacked { //nolint:errorlint // Parse gives it as it is
		t.Errorf("within the limits of a message without zips: %v", err)
	}
	if _, err := Parse(t.Context(), raw, DefaultLimits()); err != nil {
		t.Errorf("within its own: %v", err)
	}
}
