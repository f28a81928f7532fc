package imap

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"

	"handrail/ingest"
	"handrail/internal/mailserver"
)

// scriptedServer answers IMAP as a test says: greeting first, then answer for each line that comes. Where answer returns
// false the ordinary one is given.
type scriptedServer struct {
	greeting func(w io.Writer)
	answer   func(w io.Writer, tag, command string) bool
}

// start listens for one connection after another, until the test ends.
func (s scriptedServer) start(t testing.TB) *testServer {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	var wait sync.WaitGroup
	t.Cleanup(func() {
		_ = listener.Close()
		wait.Wait()
	})
	wait.Go(func() {
		for {
			conn, err := listener.Accept()
			if err != nil {
				return
			}
			wait.Go(func() {
				defer conn.Close()
				s.serve(conn)
			})
		}
	})
	return &testServer{t: t, port: listener.Addr().(*net.TCPAddr).Port, username: "a@b.example", password: "x"}
}

func (s scriptedServer) serve(conn net.Conn) {
	if s.greeting != nil {
		s.greeting(conn)
	} else {
		fmt.Fprint(conn, "* OK [CAPABILITY IMAP4rev1] hello\r\n")
	}
	lines := bufio.NewScanner(conn)
	for lines.Scan() {
		tag, command, _ := strings.Cut(lines.Text(), " ")
		if s.answer != nil && s.answer(conn, tag, command) {
			continue
		}
		verb, _, _ := strings.Cut(command, " ")
		switch verb {
		case "CAPABILITY":
			fmt.Fprint(conn, "* CAPABILITY IMAP4rev1\r\n")
		case "SELECT", "EXAMINE":
			fmt.Fprint(conn, "* 1 EXISTS\r\n* OK [UIDVALIDITY 1] fine\r\n")
		case "UID":
			switch {
			case strings.HasPrefix(command, "UID SEARCH"):
				fmt.Fprint(conn, "* SEARCH 7\r\n")
			case strings.Contains(command, "BODY"):
				fmt.Fprint(conn, "* 1 FETCH (UID 7 BODY[] {5}\r\nX: y\n)\r\n")
			default:
				fmt.Fprint(conn, "* 1 FETCH (UID 7 FLAGS () INTERNALDATE \"01-Nov-2026 10:00:00 +0000\" RFC822.SIZE 5)\r\n")
			}
		}
		fmt.Fprint(conn, tag+" OK done\r\n")
	}
}

// endless writes text until nobody reads it any more, or far more than anybody should.
func endless(w io.Writer, text string) {
	block := []byte(strings.Repeat(text, 1+(64<<10)/len(text)))
	for range 4096 {
		if _, err := w.Write(block); err != nil {
			return
		}
	}
}

// on answers commands that begin with verb as then says, and the others as usual.
func on(verb string, then func(w io.Writer, tag string)) func(io.Writer, string, string) bool {
	return func(w io.Writer, tag, command string) bool {
		if !strings.HasPrefix(command, verb) {
			return false
		}
		then(w, tag)
		return true
	}
}

// A server that answers without an end, or nests what no stack holds, is refused by what it does, whichever answer it
// chooses; and what came is not kept in memory.
func TestHostileServersAreRefusedByName(t *testing.T) {
	deep := strings.Repeat("(", 5_000_000)
	long, nested := "sends a line of more than", "nests lists more than 20 deep"
	for _, c := range []struct {
		name   string
		server scriptedServer
		says   string
	}{
		{"an endless greeting", scriptedServer{greeting: func(w io.Writer) { endless(w, "* OK hello ") }}, long},
		{"an endless word", scriptedServer{greeting: func(w io.Writer) { endless(w, "a") }}, "begins an answer with a word"},
		{"a deep greeting", scriptedServer{greeting: func(w io.Writer) { fmt.Fprint(w, "* THREAD "+deep) }}, nested},
		{"endless capabilities", scriptedServer{answer: on("CAPABILITY", func(w io.Writer, _ string) { fmt.Fprint(w, "* CAPABILITY"); endless(w, " IMAP4rev1 X") })}, long},
		{"endless lists of capabilities", scriptedServer{answer: on("CAPABILITY", func(w io.Writer, _ string) { endless(w, "* CAPABILITY IMAP4rev1\r\n") })}, "sends more than"},
		{"a code without an end", scriptedServer{answer: on("LOGIN", func(w io.Writer, tag string) { fmt.Fprint(w, tag+" OK [ALERT x\r\n"); endless(w, "y\r\n") })}, "does not end a response code"},
		{"deep folders", scriptedServer{answer: on("LIST", func(w io.Writer, _ string) { fmt.Fprint(w, "* LIST "+deep) })}, nested},
		{"a string over lines", scriptedServer{answer: on("LIST", func(w io.Writer, _ string) { endless(w, "* LIST () \"/\" \"a\r\nb") })}, "breaks a line inside a quoted string"},
		{"a folder's name of 4 GiB", scriptedServer{answer: on("LIST", func(w io.Writer, _ string) { fmt.Fprint(w, "* LIST () \"/\" {4294967296}\r\n"); endless(w, "x") })}, "announces a literal"},
		{"endless news", scriptedServer{answer: on("EXAMINE", func(w io.Writer, _ string) { endless(w, "* 1 EXISTS\r\n") })}, "sends more than"},
		{"endless numbers", scriptedServer{answer: on("UID SEARCH", func(w io.Writer, _ string) { fmt.Fprint(w, "* SEARCH"); endless(w, " 1 3 5 7 9") })}, long},
		{"endless messages", scriptedServer{answer: on("UID FETCH", func(w io.Writer, _ string) { endless(w, "* 1 FETCH (UID 7 FLAGS () RFC822.SIZE 5)\r\n") })}, "sends more than"},
		{"deep message", scriptedServer{answer: on("UID FETCH", func(w io.Writer, _ string) { fmt.Fprint(w, "* 1 FETCH (UID 7 BODYSTRUCTURE "+deep) })}, nested},
		{"a deep message behind a literal", scriptedServer{answer: on("UID FETCH", func(w io.Writer, _ string) {
			fmt.Fprint(w, "* 1 FETCH (UID 7 BODY[] {3}\r\n(((BODYSTRUCTURE "+deep)
		})}, nested},
		{"a message of 4 GiB", scriptedServer{answer: on("UID FETCH 7 (UID BODY", func(w io.Writer, _ string) {
			fmt.Fprint(w, "* 1 FETCH (UID 7 BODY[] {4294967296}\r\n")
			endless(w, "x")
		})}, "announces a literal"},
		{"a number without an end", scriptedServer{answer: on("UID FETCH", func(w io.Writer, _ string) { fmt.Fprint(w, "* 1 FETCH (UID 7 BODY[] {"); endless(w, "1") })}, "announces a literal"},
		{"messages of nothing without an end", scriptedServer{answer: on("UID FETCH", func(w io.Writer, _ string) { endless(w, "* 1 FETCH (UID 7 BODY[] {0}\r\n)\r\n") })}, "sends more than"},
	} {
		t.Run(c.name, func(t *testing.T) {
			ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
			defer cancel()
			before := heapInUse()
			refusedByName(t, visit(ctx, c.server.start(t).config()), c.says)
			if grown := heapInUse() - before; grown > 32<<20 {
				t.Errorf("%d MB are held after it", grown>>20)
			}
		})
	}
}

// What comes before TLS is watched as well.
func TestHostileServersAreRefusedBeforeTLS(t *testing.T) {
	starttls := func(then func(w io.Writer, tag string)) scriptedServer {
		return scriptedServer{answer: on("STARTTLS", then)}
	}
	for _, c := range []struct {
		name   string
		server scriptedServer
		says   string
	}{
		{"an endless greeting", scriptedServer{greeting: func(w io.Writer) { endless(w, "* OK hello ") }}, "sends a line of more than 8192 bytes"},
		{"an endless answer", starttls(func(w io.Writer, tag string) { fmt.Fprint(w, tag); endless(w, " OK") }), "sends a line of more than 8192 bytes"},
		{"endless lines", starttls(func(w io.Writer, _ string) { endless(w, "* OK "+strings.Repeat("(", 1000)+"\r\n") }), "sends more than 100 lines"},
	} {
		t.Run(c.name, func(t *testing.T) {
			ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
			defer cancel()
			config := c.server.start(t).config()
			config.TLS = mailserver.TLSStart
			refusedByName(t, visit(ctx, config), c.says)
		})
	}
}

// visit does with an inbox what the job does.
func visit(ctx context.Context, config ingest.InboxConfig) error {
	s, err := Dial(ctx, config, Options{})
	if err != nil {
		return err
	}
	defer s.Close()
	_, err = collectWith(ctx, s, everything, func([]ingest.Fetched) error { return nil })
	return err
}

func refusedByName(t *testing.T, err error, says string) {
	t.Helper()
	var trouble *mailserver.Error
	var excess *mailserver.Excess
	if !errors.As(err, &trouble) || trouble.Class == mailserver.CredentialsError || !errors.As(err, &excess) || !strings.Contains(err.Error(), says) {
		t.Fatalf("%v, want trouble that says %q", err, says)
	}
	if hint := trouble.Hint(); !strings.Contains(hint.EN, "No mail server answers like this") || !strings.Contains(hint.FR, "Aucun serveur de courriel") {
		t.Errorf("hint %+v", hint)
	}
}

func heapInUse() int64 {
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return int64(m.HeapAlloc)
}

// What real servers write passes the guard, however it is cut on the way.
func TestGuardPassesWhatServersWrite(t *testing.T) {
	said := strings.Join([]string{
		`* OK [CAPABILITY IMAP4rev1 AUTH=PLAIN] Dovecot "ready (really :-( {5}`,
		`* CAPABILITY IMAP4rev1 NAMESPACE`,
		`+ idling {3}`,
		`T1 OK [COPYUID 1 1:3 4:6] moved ((((((((((((((((((((((((((((`,
		`* NAMESPACE (("INBOX." ".")("x" "." "X-PARAM" ("FLAG1" "FLAG2"))) NIL NIL`,
		`* LIST (\HasNoChildren) "\\" "a \"quoted\" (((((((((((((((((((((((((((((((( {7}"`,
		"* LIST () \"/\" {5}\r\n((\"{9",
		"* 1 FETCH (UID 7 BODY[] {12}\r\n((((\r\n\"{99} FLAGS (\\Seen) BODY[2] {0}\r\n)",
		`* 2 FETCH (UID 8 BODY[] {2+}`, `{})`,
		`* SEARCH 1 2 3`,
		`* BAD quote " and brace {40}`,
		`* 7 EXPUNGE`,
		``}, "\r\n")
	for _, piece := range []int{1, 2, 3, 7, 64, len(said)} {
		g := newAnswerGuard()
		for at := 0; at < len(said); at += piece {
			if err := g.watch([]byte(said[at:min(len(said), at+piece)])); err != nil {
				t.Fatalf("in pieces of %d: %v after %q", piece, err, said[:at])
			}
		}
		if g.kind != newLine || g.depth != 0 || g.literal != 0 || g.line != 0 || len(g.words) != 0 {
			t.Errorf("in pieces of %d the guard is lost: %+v", piece, g)
		}
	}
}

// What the guard says does not depend on how the network cuts the bytes.
func FuzzAnswers(f *testing.F) {
	f.Add([]byte("* 1 FETCH (UID 7 BODY[] {3}\r\nabc FLAGS (\\Seen))\r\nT1 OK [X y] z\r\n"), uint8(3))
	f.Add([]byte("* LIST () \"/\" \"a\\\"\"\r\n+ go\r\n* 5 OK [(\r\n"), uint8(1))
	f.Fuzz(func(t *testing.T, said []byte, piece uint8) {
		whole, cut := newAnswerGuard(), newAnswerGuard()
		want := whole.watch(said)
		var got error
		step := int(piece)%16 + 1
		for at := 0; at < len(said) && got == nil; at += step {
			got = cut.watch(said[at:min(len(said), at+step)])
		}
		if fmt.Sprint(got) != fmt.Sprint(want) {
			t.Fatalf("whole: %v; in pieces of %d: %v", want, step, got)
		}
		if want == nil && (whole.depth > answerDepth || whole.line > answerLine) {
			t.Fatalf("%+v passed", whole)
		}
	})
}

// BenchmarkGuard is what watching costs a MB of each kind of answer; x-copy is over copying the same bytes.
func BenchmarkGuard(b *testing.B) {
	line := "* 1 FETCH (UID 7 FLAGS (\\Seen \\Answered) INTERNALDATE \"01-Nov-2026 10:00:00 +0000\" RFC822.SIZE 12345)\r\n"
	for name, said := range map[string]string{
		"flags":  strings.Repeat(line, 1<<20/len(line)),
		"bodies": strings.Repeat("* 1 FETCH (UID 7 BODY[] {16384}\r\n"+strings.Repeat("(", 16384)+")\r\n", 64),
		"words":  strings.Repeat("* OK "+strings.Repeat("hello ", 12)+"\r\n", 1<<20/79),
	} {
		b.Run(name, func(b *testing.B) {
			g := newAnswerGuard()
			from, to := []byte(said), make([]byte, len(said))
			start := time.Now()
			const rounds = 50
			for range rounds {
				copy(to, from)
			}
			limit := float64(time.Since(start)) / rounds
			b.SetBytes(int64(len(said)))
			for b.Loop() {
				g.expect(ordinaryAnswer())
				if err := g.watch(from); err != nil {
					b.Fatal(err)
				}
			}
			b.ReportMetric(float64(b.Elapsed())/float64(b.N)/limit, "x-copy")
		})
	}
}
