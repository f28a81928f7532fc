package imap

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"handrail/ingest"
	"handrail/internal/mailserver"

	"github.com/emersion/go-imap/v2"
)

// suite runs one test against every server: the post office with MOVE, without it, with nothing but IMAP4rev1, and Dovecot.
func suite(t *testing.T, test func(t *testing.T, s *testServer)) {
	t.Run("post office", func(t *testing.T) {
		test(t, startOffice(t, imap.CapMove, imap.CapUIDPlus, imap.CapIdle, imap.CapNamespace))
	})
	t.Run("post office without MOVE", func(t *testing.T) { test(t, startOffice(t, imap.CapUIDPlus)) })
	t.Run("post office without MOVE and UIDPLUS", func(t *testing.T) { test(t, startOffice(t)) })
	t.Run("dovecot", func(t *testing.T) { test(t, startDovecot(t)) })
}

func everything(ids []string) ([]string, error) { return ids, nil }

// collectAll fetches the whole inbox.
func collectAll(t testing.TB, s *Session) (all []ingest.Fetched, found ingest.Collected) {
	t.Helper()
	found, err := collectWith(context.Background(), s, everything, func(b []ingest.Fetched) error {
		all = append(all, b...)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return all, found
}

func TestCollectTakesWhateverIsInTheInbox(t *testing.T) {
	suite(t, func(t *testing.T, server *testServer) {
		var sent []string
		for i := range 12 {
			sent = append(sent, plainMail(fmt.Sprintf("m%02d", i)))
		}
		server.put("INBOX", sent...)
		s := server.session(func(c *ingest.InboxConfig) { c.Limits.BatchCount = 5 })
		var sizes []int
		var got []ingest.Fetched
		found, err := collectWith(context.Background(), s, everything, func(b []ingest.Fetched) error {
			sizes, got = append(sizes, len(b)), append(got, b...)
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
		if !slices.Equal(sizes, []int{5, 5, 2}) || found.Waiting != 12 || found.Fetched != 12 || len(found.Missing) != 0 {
			t.Errorf("batches %v, %+v", sizes, found)
		}
		for i, f := range got {
			if string(f.Raw) != sent[i] || f.Size != int64(len(sent[i])) || f.Oversize || f.ID == "" {
				t.Errorf("message %d came as %+v", i, f)
			}
			if slices.Contains(f.Flags, `\Seen`) || f.Received.IsZero() {
				t.Errorf("message %d: flags %v, received %v", i, f.Flags, f.Received)
			}
		}
		again, _ := collectAll(t, s)
		if len(again) != 12 || slices.Contains(again[0].Flags, `\Seen`) {
			t.Errorf("the second look found %d messages, flags %v: fetching must not mark as read", len(again), again[0].Flags)
		}
	})
}

func TestKnownMessagesAreNotFetchedAgain(t *testing.T) {
	server := startOffice(t)
	server.put("INBOX", plainMail("one"), plainMail("two"), plainMail("three"))
	s := server.session(nil)
	var got, third []string
	_, err := collectWith(context.Background(), s, func(ids []string) ([]string, error) {
		third = slices.Clone(ids[2:])
		// An identity that no message has asks for nothing, and neither does one of another numbering.
		return append(ids[2:], strings.TrimSuffix(ids[0], "1")+"4711", "1 1"), nil
	}, func(b []ingest.Fetched) error {
		for _, m := range b {
			got = append(got, m.ID)
		}
		return nil
	})
	if err != nil || len(got) != 1 || !slices.Equal(got, third) {
		t.Errorf("fetched %v, %v", got, err)
	}
}

func TestDeliverThatFailsStopsTheCollecting(t *testing.T) {
	server := startOffice(t)
	server.put("INBOX", plainMail("one"), plainMail("two"))
	s := server.session(func(c *ingest.InboxConfig) { c.Limits.BatchCount = 1 })
	full := errors.New("the ledger's disk is full")
	calls := 0
	_, err := collectWith(context.Background(), s, everything, func([]ingest.Fetched) error { calls++; return full })
	if !errors.Is(err, full) || calls != 1 {
		t.Errorf("%d deliveries, %v", calls, err)
	}
}

func TestAnOversizeMessageComesAsItsHeaderOnly(t *testing.T) {
	suite(t, func(t *testing.T, server *testServer) {
		big := strings.Replace(plainMail("big"), "Hello.", strings.Repeat("x", 70)+"\r\n"+strings.Repeat(strings.Repeat("y", 70)+"\r\n", 100), 1)
		server.put("INBOX", plainMail("small"), big)
		s := server.session(func(c *ingest.InboxConfig) { c.Limits.MessageBytes = 4 << 10 })
		got, _ := collectAll(t, s)
		if len(got) != 2 {
			t.Fatalf("%d messages", len(got))
		}
		f := got[slices.IndexFunc(got, func(f ingest.Fetched) bool { return f.Oversize })]
		if f.Size < int64(len(big)) || bytes.Contains(f.Raw, []byte("yyy")) || !bytes.Contains(f.Raw, []byte("Subject: big")) {
			t.Errorf("size %d, raw %q", f.Size, f.Raw)
		}
		m, err := ingest.ParseHead(context.Background(), f.Raw, s.config.Limits)
		var fault *ingest.Fault
		if !errors.As(err, &fault) || fault.Reason != ingest.ReasonOversize || m.Subject != "big" || m.From.Addr != "ann@department.example" {
			t.Errorf("%+v, %v", m, err)
		}
	})
}

func TestBatchesAreBoundedByBytes(t *testing.T) {
	s := &Session{config: ingest.DefaultInbox()}
	s.config.Limits.BatchBytes, s.config.Limits.BatchCount, s.config.Limits.MessageBytes = 100, 4, 1000
	for _, c := range []struct {
		sizes []int64
		want  int
	}{{[]int64{40, 40, 40}, 2}, {[]int64{500, 1}, 1}, {[]int64{1, 1, 1, 1, 1, 1}, 4}, {[]int64{1}, 1}} {
		var heads []fetched
		for _, n := range c.sizes {
			heads = append(heads, fetched{Fetched: ingest.Fetched{Size: n}})
		}
		if got := s.batchLength(heads); got != c.want {
			t.Errorf("of %v the batch is %d, want %d", c.sizes, got, c.want)
		}
	}
}

// Too many UIDs in one command give BAD: they go as ranges, in chunks.
func TestUIDsGoAsRangesInChunks(t *testing.T) {
	sets := uidSets([]uint32{3, 5, 9, 20, 30}, []uint32{3, 5, 7, 9, 20, 30, 31})
	if len(sets) != 1 || sets[0].String() != "3:5,9:30" {
		t.Errorf("%v: a range runs over gaps, never over a message that was not asked for", sets)
	}
	var wanted, existing []uint32
	for i := uint32(1); i <= 20_000; i++ {
		existing = append(existing, i)
		if i%2 == 0 {
			wanted = append(wanted, i)
		}
	}
	if sets := uidSets([]uint32{1, 2, 3, 5}, nil); len(sets) != 1 || sets[0].String() != "1:3,5" {
		t.Errorf("%v: what is moved must be named exactly", sets)
	}
	total := 0
	sets = uidSets(wanted, existing)
	for _, set := range sets {
		if n := len(set.String()); n > maxSetBytes {
			t.Errorf("a set of %d bytes", n)
		}
		uids, _ := set.Nums()
		total += len(uids)
	}
	if total != len(wanted) || len(sets) < 2 {
		t.Errorf("%d UIDs in %d sets, want %d in several", total, len(sets), len(wanted))
	}
}

func TestManyScatteredMessagesAreCollected(t *testing.T) {
	server := startDovecot(t)
	var sent []string
	for i := range 600 {
		sent = append(sent, plainMail(fmt.Sprintf("m%03d", i)))
	}
	server.put("INBOX", sent...)
	s := server.session(nil)
	got := 0
	found, err := collectWith(context.Background(), s, func(ids []string) ([]string, error) {
		var odd []string
		for i, id := range ids {
			if i%2 == 0 {
				odd = append(odd, id)
			}
		}
		return odd, nil
	}, func(b []ingest.Fetched) error { got += len(b); return nil })
	if err != nil || got != 300 || len(found.Missing) != 0 {
		t.Errorf("%d messages, %+v, %v", got, found, err)
	}
}

func TestMessagesAreMovedToFoldersThatAreMade(t *testing.T) {
	suite(t, func(t *testing.T, server *testServer) {
		server.put("INBOX", plainMail("a"), plainMail("b"), plainMail("c"), plainMail("d"))
		s := server.session(nil)
		got, _ := collectAll(t, s)
		filed, err := s.Move(context.Background(), []ingest.Move{
			{ID: got[0].ID, Folder: "Processed"}, {ID: got[1].ID, Folder: "Quarantine"}, {ID: got[2].ID, Folder: "Processed"}})
		if err != nil || len(filed.Gone) != 3 || len(filed.Left) != 0 {
			t.Fatalf("%+v, %v", filed, err)
		}
		for folder, want := range map[string][]string{"INBOX": {"d"}, "Processed": {"a", "c"}, "Quarantine": {"b"}} {
			list := server.subjects(folder)
			slices.Sort(list)
			if !slices.Equal(list, want) {
				t.Errorf("%s holds %v, want %v", folder, list, want)
			}
		}
		subscribed, err := server.client().List("", "Processed", &imap.ListOptions{SelectSubscribed: false}).Collect()
		if err != nil || len(subscribed) != 1 {
			t.Errorf("the folder is listed %d times, %v", len(subscribed), err)
		}
	})
}

// Move() loses mail where the server lacks MOVE: a copy that is refused must leave the message where it is.
func TestARefusedCopyLosesNothing(t *testing.T) {
	server := startOffice(t, imap.CapUIDPlus)
	server.put("INBOX", plainMail("precious"))
	s := server.session(nil)
	got, _ := collectAll(t, s)
	s.ready["Gone"] = true // the folder was there a moment ago
	filed, err := s.Move(context.Background(), []ingest.Move{{ID: got[0].ID, Folder: "Gone"}})
	var trouble *mailserver.Error
	if !errors.As(err, &trouble) || trouble.Class != mailserver.ProtocolError || len(filed.Left) != 1 {
		t.Errorf("%+v, %v", filed, err)
	}
	if list := server.subjects("INBOX"); !slices.Equal(list, []string{"precious"}) {
		t.Errorf("the inbox holds %v", list)
	}
}

// Without UIDPLUS, EXPUNGE removes everything that anybody marked.
func TestSomebodyElsesDeletedMessageIsNotExpunged(t *testing.T) {
	server := startOffice(t)
	server.put("INBOX", plainMail("ours"), plainMail("theirs"))
	s := server.session(nil)
	got, _ := collectAll(t, s)
	other := server.client()
	if _, err := other.Select("INBOX", nil).Wait(); err != nil {
		t.Fatal(err)
	}
	if err := other.Store(imap.SeqSetNum(2), &imap.StoreFlags{Op: imap.StoreFlagsAdd, Flags: []imap.Flag{imap.FlagDeleted}}, nil).Close(); err != nil {
		t.Fatal(err)
	}
	if _, err := s.Move(context.Background(), []ingest.Move{{ID: got[0].ID, Folder: "Processed"}}); err == nil {
		t.Error("the message is still in the inbox, marked; that must be said")
	}
	if list := server.subjects("INBOX"); len(list) != 2 {
		t.Errorf("the inbox holds %v: somebody's message was expunged", list)
	}
	if left, _ := collectAll(t, s); len(left) != 0 {
		t.Errorf("%d messages are collected again, though they are marked as deleted", len(left))
	}
}

// UID MOVE of a vanished UID answers OK: File looks afterwards, and a vanished message is gone.
func TestAVanishedMessageIsGone(t *testing.T) {
	suite(t, func(t *testing.T, server *testServer) {
		server.put("INBOX", plainMail("a"), plainMail("b"))
		s := server.session(nil)
		got, _ := collectAll(t, s)
		other := server.client()
		if _, err := other.Select("INBOX", nil).Wait(); err != nil {
			t.Fatal(err)
		}
		if err := other.Store(imap.SeqSetNum(1), &imap.StoreFlags{Op: imap.StoreFlagsAdd, Flags: []imap.Flag{imap.FlagDeleted}}, nil).Close(); err != nil {
			t.Fatal(err)
		}
		if err := other.Expunge().Close(); err != nil {
			t.Fatal(err)
		}
		filed, err := s.Move(context.Background(), []ingest.Move{{ID: got[0].ID, Folder: "Processed"}, {ID: got[1].ID, Folder: "Processed"}})
		if err != nil || len(filed.Gone) != 2 {
			t.Errorf("%+v, %v", filed, err)
		}
		if list := server.subjects("Processed"); !slices.Equal(list, []string{"b"}) {
			t.Errorf("Processed holds %v", list)
		}
	})
}

func TestARenumberedFolderIsNotTouched(t *testing.T) {
	server := startOffice(t, imap.CapMove)
	server.put("INBOX", plainMail("a"))
	s := server.session(nil)
	got, _ := collectAll(t, s)
	for name, ids := range map[string][]string{"another numbering": {"7 1"}, "two numberings": {got[0].ID, "7 1"}} {
		var moves []ingest.Move
		for _, id := range ids {
			moves = append(moves, ingest.Move{ID: id, Folder: "Processed"})
		}
		filed, err := s.Move(context.Background(), moves)
		if !errors.Is(err, ingest.ErrRenumbered) || len(filed.Left) != len(ids) || len(server.subjects("INBOX")) != 1 {
			t.Errorf("%s: %+v, %v", name, filed, err)
		}
	}
	if filed, err := s.Move(context.Background(), []ingest.Move{{ID: "no number", Folder: "Processed"}}); err == nil || len(filed.Left) != 1 {
		t.Errorf("no identity: %+v, %v", filed, err)
	}
}

// Upstream #666: MOVE can report "unexpected EOF" although it happened. The session reconnects and looks by UID.
func TestAMoveWhoseAnswerNeverCameIsFoundDone(t *testing.T) {
	for _, name := range []string{"post office", "dovecot"} {
		t.Run(name, func(t *testing.T) {
			var server *testServer
			if name == "post office" {
				server = startOffice(t, imap.CapMove, imap.CapUIDPlus)
			} else {
				server = startDovecot(t)
			}
			server.put("INBOX", plainMail("a"), plainMail("b"))
			var dials atomic.Int32
			server.dial = func(ctx context.Context, network, address string) (net.Conn, error) {
				conn, err := (&net.Dialer{}).DialContext(ctx, network, address)
				if dials.Add(1) > 1 || err != nil {
					return conn, err
				}
				return &faultyConn{Conn: conn, cut: func(read []byte) (int, bool) { return 0, bytes.Contains(read, []byte("COPYUID")) }}, nil
			}
			s := server.session(nil)
			got, _ := collectAll(t, s)
			filed, err := s.Move(context.Background(), []ingest.Move{{ID: got[0].ID, Folder: "Processed"}, {ID: got[1].ID, Folder: "Processed"}})
			if err != nil || len(filed.Gone) != 2 || dials.Load() != 2 {
				t.Errorf("%+v, %v after %d connections", filed, err, dials.Load())
			}
			if list := server.subjects("Processed"); len(list) != 2 {
				t.Errorf("Processed holds %v: each message once", list)
			}
		})
	}
}

func TestACutBatchIsNotDelivered(t *testing.T) {
	server := startOffice(t)
	server.put("INBOX", plainMail("first"), plainMail("second"), plainMail("third"))
	server.dial = func(ctx context.Context, network, address string) (net.Conn, error) {
		conn, err := (&net.Dialer{}).DialContext(ctx, network, address)
		return &faultyConn{Conn: conn, cut: func(read []byte) (int, bool) {
			i := bytes.Index(read, []byte("Subject: second"))
			return max(i, 0), i >= 0
		}}, err
	}
	s := server.session(nil)
	delivered := 0
	_, err := collectWith(context.Background(), s, everything, func(b []ingest.Fetched) error { delivered += len(b); return nil })
	var trouble *mailserver.Error
	if !errors.As(err, &trouble) || trouble.Class != mailserver.NetworkError || delivered != 0 {
		t.Errorf("delivered %d, %v", delivered, err)
	}
}

// A silent server blocks the library for ever.
func TestASilentServerIsCutOff(t *testing.T) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer listener.Close()
	go func() {
		for {
			conn, err := listener.Accept()
			if err != nil {
				return
			}
			defer conn.Close()
		}
	}()
	server := &testServer{t: t, port: listener.Addr().(*net.TCPAddr).Port, username: "a@b.example", password: "x"}
	c := server.config()
	c.Timeout = mailserver.Duration(time.Second)
	begun := time.Now()
	_, err = Dial(context.Background(), c, Options{})
	var trouble *mailserver.Error
	if !errors.As(err, &trouble) || trouble.Class != mailserver.NetworkError || !strings.Contains(err.Error(), "silent") {
		t.Errorf("%v", err)
	}
	if took := time.Since(begun); took > 5*time.Second {
		t.Errorf("it took %s", took)
	}
}

func TestACancelledContextEndsACommand(t *testing.T) {
	server := startOffice(t, imap.CapIdle)
	s := server.session(nil)
	ctx, cancel := context.WithTimeout(context.Background(), 50*time.Millisecond)
	defer cancel()
	if _, err := s.Await(ctx, time.Minute); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("%v", err)
	}
	stopped, stop := context.WithCancel(context.Background())
	stop()
	if _, err := collectWith(stopped, s, everything, nil); !errors.Is(err, context.Canceled) {
		t.Errorf("%v", err)
	}
}

func TestIdleHearsOfNewMail(t *testing.T) {
	for _, name := range []string{"post office", "dovecot"} {
		t.Run(name, func(t *testing.T) {
			var server *testServer
			if name == "post office" {
				server = startOffice(t, imap.CapIdle)
			} else {
				server = startDovecot(t)
			}
			s := server.session(nil)
			collectAll(t, s)
			if news, err := s.Await(context.Background(), 30*time.Millisecond); err != nil || news {
				t.Errorf("nothing came, and Idle says %v, %v", news, err)
			}
			put := make(chan struct{})
			go func() {
				defer close(put)
				if name == "post office" {
					server.put("INBOX", plainMail("new"))
				} else if err := theDovecot.server.Deliver("ann@department.example", server.username, []byte(plainMail("new"))); err != nil {
					t.Error(err)
				}
			}()
			if news, err := s.Await(context.Background(), 10*time.Second); err != nil || !news {
				t.Errorf("mail came, and Idle says %v, %v", news, err)
			}
			<-put
			if got, _ := collectAll(t, s); len(got) != 1 {
				t.Errorf("%d messages after IDLE", len(got))
			}
		})
	}
	s := startOffice(t).session(func(c *ingest.InboxConfig) { c.NoIdle = true })
	if _, err := s.Await(context.Background(), time.Second); !errors.Is(err, ingest.ErrNoAnnouncements) {
		t.Errorf("an inbox that wants no IDLE: %v", err)
	}
}

// A wrong password is tried once: the error says so by its class, and one connection was made.
func TestAWrongPasswordIsTriedOnce(t *testing.T) {
	suite(t, func(t *testing.T, server *testServer) {
		c := server.config()
		c.Password = mailserver.Secret{Value: "wrong canary-8841"}
		dials := 0
		_, err := Dial(context.Background(), c, Options{Dial: func(ctx context.Context, network, address string) (net.Conn, error) {
			dials++
			return (&net.Dialer{}).DialContext(ctx, network, address)
		}})
		var trouble *mailserver.Error
		if !errors.As(err, &trouble) || trouble.Class != mailserver.CredentialsError || dials != 1 {
			t.Errorf("%v after %d connections", err, dials)
		}
		if strings.Contains(fmt.Sprintf("%v %+v %#v", err, err, c), "canary-8841") {
			t.Error("the password shows")
		}
	})
}

func TestAServerThatIsNotThereIsANetworkError(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	if err := l.Close(); err != nil {
		t.Fatal(err)
	}
	server := &testServer{t: t, port: l.Addr().(*net.TCPAddr).Port, username: "a@b.example", password: "x"}
	_, err = Dial(context.Background(), server.config(), Options{})
	var trouble *mailserver.Error
	if !errors.As(err, &trouble) || trouble.Class != mailserver.NetworkError || trouble.Hint().FR == "" {
		t.Errorf("%v", err)
	}
}

// tokenConfig is an inbox that is opened with a token, as Microsoft 365's shared mailboxes are.
func (s *testServer) tokenConfig() ingest.InboxConfig {
	c := s.config()
	c.Auth, c.Password = ingest.AuthOAuth2Client, mailserver.Secret{}
	c.OAuth2 = ingest.OAuth2{ClientID: "handrail", ClientSecret: mailserver.Secret{Value: "s"}, TokenURL: "https://issuer.example/token", Scopes: []string{"imap"}}
	return c
}

// A SASL failure must not be answered with "=": Dovecot says BAD to it.
func TestLoginWithAToken(t *testing.T) {
	for _, c := range []struct {
		name   string
		server func(*testing.T) *testServer
		token  func(*testServer) string
		offers string // what the server offers, as the session is told; "" everything
	}{
		{"post office, XOAUTH2", func(t *testing.T) *testServer { return startOffice(t) }, func(*testServer) string { return "fresh" }, ""},
		{"dovecot, XOAUTH2", func(t *testing.T) *testServer { return startDovecot(t) },
			func(s *testServer) string { return signJWT(s.username, time.Now().Add(time.Hour)) }, ""},
		{"dovecot, OAUTHBEARER", func(t *testing.T) *testServer { return startDovecot(t) },
			func(s *testServer) string { return signJWT(s.username, time.Now().Add(time.Hour)) }, " AUTH=XOAUTH2"},
	} {
		t.Run(c.name, func(t *testing.T) {
			server := c.server(t)
			o := Options{Tokens: fixedToken(c.token(server)), Dial: func(ctx context.Context, network, address string) (net.Conn, error) {
				conn, err := (&net.Dialer{}).DialContext(ctx, network, address)
				return &hidingConn{Conn: conn, hide: c.offers}, err
			}}
			s, err := Dial(t.Context(), server.tokenConfig(), o)
			if err != nil {
				t.Fatal(err)
			}
			collectAll(t, s)
			if err := s.Close(); err != nil {
				t.Error(err)
			}
			for _, bad := range []string{"not-a-token", signJWT(server.username, time.Now().Add(-time.Hour)), signJWT("somebody.else@department.example", time.Now().Add(time.Hour))} {
				o.Tokens = fixedToken(bad)
				_, err = Dial(t.Context(), server.tokenConfig(), o)
				var trouble *mailserver.Error
				if !errors.As(err, &trouble) || trouble.Class != mailserver.CredentialsError || strings.Contains(err.Error(), bad) {
					t.Errorf("%v", err)
				}
			}
		})
	}
}

// hidingConn takes words out of what the server says, each replaced by as many blanks.
type hidingConn struct {
	net.Conn
	hide string
}

func (c *hidingConn) Read(b []byte) (int, error) {
	n, err := c.Conn.Read(b)
	if c.hide != "" {
		copy(b, bytes.ReplaceAll(b[:n], []byte(c.hide), []byte(" X"+strings.Repeat("-", len(c.hide)-2))))
	}
	return n, err
}

func TestReportForDoctor(t *testing.T) {
	suite(t, func(t *testing.T, server *testServer) {
		server.put("INBOX", plainMail("one"), plainMail("two"))
		s := server.session(func(c *ingest.InboxConfig) { c.Keyword = "Handrail" })
		r, err := s.Report(context.Background())
		if err != nil || r.Messages != 2 || r.UIDValidity == 0 || !slices.Equal(r.Missing, []string{"Processed", "Quarantine"}) {
			t.Errorf("%+v, %v", r, err)
		}
	})
}

// Doctor looks at the newest messages, and touches none of them.
func TestTheNewestMessagesAreSeenUntouched(t *testing.T) {
	suite(t, func(t *testing.T, server *testServer) {
		server.put("INBOX", plainMail("too old to be shown"), plainMail("first"), plainMail("second"))
		var got []string
		err := server.session(nil).Newest(context.Background(), 2, func(f ingest.Fetched) error {
			got = append(got, string(f.Raw))
			return nil
		})
		if err != nil || len(got) != 2 || !strings.Contains(got[0], "first") || !strings.Contains(got[1], "second") {
			t.Fatalf("%q, %v", got, err)
		}
		after, _ := collectAll(t, server.session(nil))
		if len(after) != 3 {
			t.Errorf("%d messages are left", len(after))
		}
		for _, f := range after {
			if slices.Contains(f.Flags, `\Seen`) {
				t.Errorf("message %s was marked as read", f.ID)
			}
		}
	})
}

func TestKeepPutsACopyIntoSent(t *testing.T) {
	suite(t, func(t *testing.T, server *testServer) {
		s := server.session(nil)
		for range 2 { // a run that dies before it can note the copy makes it again
			if err := s.SaveCopy(context.Background(), "Sent", "answer@department.example", []byte(plainMail("answer")), time.Now()); err != nil {
				t.Fatal(err)
			}
		}
		if list := server.subjects("Sent"); !slices.Equal(list, []string{"answer"}) {
			t.Errorf("Sent holds %v", list)
		}
	})
}

func TestFoldersOfAServerWithAPrefix(t *testing.T) {
	s := &Session{prefix: "INBOX.", delim: "."}
	for in, want := range map[string]string{"INBOX": "INBOX", "inbox": "INBOX", "Processed": "INBOX.Processed",
		"Handrail/Quarantine": "INBOX.Handrail.Quarantine", "INBOX.Processed": "INBOX.Processed"} {
		if got := s.folderName(in); got != want {
			t.Errorf("%s is written %s, want %s", in, got, want)
		}
	}
}

// One malformed BODYSTRUCTURE or ENVELOPE ends the library's connection: neither is ever asked for, and nothing that is
// asked for marks a message as read.
func TestOnlyBytesAndSizesAreAskedFor(t *testing.T) {
	suite(t, func(t *testing.T, server *testServer) {
		server.put("INBOX", plainMail("one"), "From: Ann <ann@department.example>\r\nSubject: x\r\nMIME-Version: 1.0\r\n"+
			"Content-Type: multipart/mixed; boundary=BB\r\n\r\n--BB\r\nContent-Type: message/rfc822\r\n\r\nFrom: <broken\r\n\r\nx\r\n--BB--\r\n")
		var said recordingConn
		server.dial = func(ctx context.Context, network, address string) (net.Conn, error) {
			conn, err := (&net.Dialer{}).DialContext(ctx, network, address)
			said.Conn = conn
			return &said, err
		}
		s := server.session(nil)
		got, _ := collectAll(t, s)
		if _, err := s.Move(t.Context(), []ingest.Move{{ID: got[0].ID, Folder: "Processed"}}); err != nil {
			t.Fatal(err)
		}
		all := strings.ToUpper(said.written())
		if !strings.Contains(all, "BODY.PEEK[]") || !strings.Contains(all, "RFC822.SIZE") {
			t.Errorf("the session said %q", all)
		}
		for _, never := range []string{"BODYSTRUCTURE", "ENVELOPE", "BODY[", "RFC822 ", "\\SEEN"} {
			if strings.Contains(all, never) {
				t.Errorf("the session said %s: %q", never, all)
			}
		}
	})
}

// recordingConn keeps what is written.
type recordingConn struct {
	net.Conn
	mu  sync.Mutex
	out []byte
}

func (c *recordingConn) Write(b []byte) (int, error) {
	c.mu.Lock()
	c.out = append(c.out, b...)
	c.mu.Unlock()
	return c.Conn.Write(b)
}

func (c *recordingConn) written() string {
	c.mu.Lock()
	defer c.mu.Unlock()
	return string(c.out)
}
