package mailtest

import (
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/emersion/go-imap/v2"
	"github.com/emersion/go-imap/v2/imapclient"
)

// visit is what a reader does: log in, open, fetch, move, leave. It stops at the first error, and never hangs.
func visit(office *Office) error {
	c, err := imapclient.DialInsecure(office.IMAPAddr(), nil)
	if err != nil {
		return err
	}
	// The client has no deadlines of its own (FIELD-NOTES §2).
	timer := time.AfterFunc(150*time.Millisecond, func() { c.Close() })
	defer timer.Stop()
	defer c.Close()
	if err := c.Login(intake, "p1").Wait(); err != nil {
		return err
	}
	if _, err := c.Select(Inbox, nil).Wait(); err != nil {
		return err
	}
	set, err := fetchAll(c)
	if err != nil {
		return err
	}
	if len(set) > 0 {
		if _, err := c.Move(set, "Processed").Wait(); err != nil {
			return err
		}
	}
	return c.Logout().Wait()
}

// fetchAll reads every message. It does not use Collect: when a literal is cut, go-imap's Collect goes on reading the
// connection beside the goroutine that owns it, which is a race in v2.0.0-beta.8.
func fetchAll(c *imapclient.Client) (set imap.UIDSet, err error) {
	cmd := c.Fetch(imap.UIDSet{{Start: 1, Stop: 0}}, &imap.FetchOptions{UID: true, BodySection: []*imap.FetchItemBodySection{{Peek: true}}})
	for m := cmd.Next(); m != nil; m = cmd.Next() {
		for item := m.Next(); item != nil; item = m.Next() {
			switch item := item.(type) {
			case imapclient.FetchItemDataUID:
				set.AddNum(item.UID)
			case imapclient.FetchItemDataBodySection:
				// A cut literal ends with io.EOF, as a whole one does: only the count tells.
				if n, err := io.Copy(io.Discard, item.Literal); err != nil || n < item.Literal.Size() {
					c.Close()
					<-c.Closed()
					return nil, errors.Join(io.ErrUnexpectedEOF, err)
				}
			}
		}
	}
	return set, cmd.Close()
}

func faulty(t *testing.T, faults ...Fault) *Office {
	office := start(t, func(o *Options) { o.Trace, o.Faults = true, faults })
	for i := range 5 {
		if _, err := office.Deliver(intake, Inbox, mailOf(staff, fmt.Sprint("m", i), "b"), noon); err != nil {
			t.Fatal(err)
		}
	}
	return office
}

// Whatever strikes, the office itself neither loses nor doubles a message, and serves the next visitor.
func TestEveryIMAPFaultLeavesTheOfficeSound(t *testing.T) {
	learn := faulty(t)
	if err := visit(learn); err != nil {
		t.Fatal(err)
	}
	faults := Variations(learn.Steps())
	for _, k := range []Kind{Cut, CutHalfway, Stall, Trickle, Garbage, Bye, Temporary, Permanent, ForgetUIDValidity, ExpungeInMiddle} {
		if !slices.ContainsFunc(faults, func(f Fault) bool { return f.Kind == k }) {
			t.Errorf("no variation with %s", k)
		}
	}
	for _, f := range faults {
		f.Into = "Elsewhere" // of ExpungeInMiddle only
		t.Run(f.String(), func(t *testing.T) {
			t.Parallel()
			office := faulty(t, f)
			first := visit(office)
			if office.Struck() != 1 {
				t.Errorf("struck %d times", office.Struck())
			}
			if f.Kind == Temporary || f.Kind == Permanent {
				if first == nil {
					t.Error("nobody noticed the refusal")
				}
			}
			if err := visit(office); err != nil {
				t.Fatalf("the next visit: %v", err)
			}
			seen := map[string]int{}
			for _, folder := range []string{Inbox, "Processed", "Elsewhere"} {
				for _, m := range messages(t, office, intake, folder) {
					seen[string(m.Raw)]++
				}
			}
			if len(seen) != 5 || office.Count(intake, Inbox) != 0 {
				t.Errorf("%d different messages, %d in INBOX", len(seen), office.Count(intake, Inbox))
			}
			for raw, n := range seen {
				if n != 1 {
					t.Errorf("%d times %q", n, raw)
				}
			}
		})
	}
}

func TestForgetUIDValidityRenumbers(t *testing.T) {
	office := faulty(t, Fault{Kind: ForgetUIDValidity, Command: "SELECT", Nth: 2})
	other := login(t, office, intake, "p1")
	before, err := other.Select(Inbox, nil).Wait()
	if err != nil {
		t.Fatal(err)
	}
	c := login(t, office, intake, "p1")
	after, err := c.Select(Inbox, nil).Wait()
	if err != nil || after.UIDValidity == before.UIDValidity || after.NumMessages != 5 {
		t.Errorf("%+v, %v", after, err)
	}
	if err := other.Noop().Wait(); err == nil {
		t.Error("the session with the old numbers goes on")
	}
}

func TestWordsAndTimesOfAFault(t *testing.T) {
	office := start(t, func(o *Options) {
		o.Faults = []Fault{{Protocol: SMTP, Command: "RCPT", Nth: 2, Times: 2, Kind: Temporary, Code: 450, Words: "4.2.1 Come back"},
			{Kind: RefuseRecipient, Recipient: "c@far.example"}}
	})
	var got []string
	for _, to := range []string{"a@far.example", "b@far.example", "b@far.example", "b@far.example", "c@far.example", "c@far.example"} {
		err := submit(office, staff, "p2", staff, []string{to}, mailOf(staff, "x", "b"))
		got = append(got, strings.Trim(strings.SplitN(fmt.Sprint(err), " ", 2)[0], " "))
	}
	if fmt.Sprint(got) != "[<nil> 450 450 <nil> 550 <nil>]" {
		t.Errorf("%v", got)
	}
}

func TestTrickleArrivesWhole(t *testing.T) {
	office := faulty(t, Fault{Protocol: IMAP, Command: "UID FETCH", Moment: Answered, Kind: Trickle})
	if err := visit(office); err != nil {
		t.Fatal(err)
	}
	if n := office.Count(intake, "Processed"); n != 5 {
		t.Errorf("%d moved", n)
	}
}

func TestRoundTripIsFelt(t *testing.T) {
	office := start(t, func(o *Options) { o.RoundTrip = 10 * time.Millisecond })
	begin := time.Now()
	if err := visit(office); err != nil {
		t.Fatal(err)
	}
	// LOGIN, CAPABILITY or not, SELECT, FETCH, LOGOUT: at least four turns. A lower bound holds on any machine.
	if d := time.Since(begin); d < 40*time.Millisecond {
		t.Errorf("four turns took %s", d)
	}
}

// BenchmarkFetch reads a folder of 10,000 messages in batches of 200, from memory and from a spool.
func BenchmarkFetch(b *testing.B) {
	for _, spool := range []bool{false, true} {
		b.Run(fmt.Sprintf("spool=%v", spool), func(b *testing.B) {
			office := start(b, func(o *Options) {
				if spool {
					o.Spool = b.TempDir()
				}
			})
			raw := mailOf(staff, "x", strings.Repeat(strings.Repeat("x", 76)+"\r\n", 130))
			const all, batch = 10_000, 200
			for range all {
				if _, err := office.Deliver(intake, Inbox, raw, noon); err != nil {
					b.Fatal(err)
				}
			}
			c := login(b, office, intake, "p1")
			if _, err := c.Select(Inbox, nil).Wait(); err != nil {
				b.Fatal(err)
			}
			for b.Loop() {
				for at := 1; at <= all; at += batch {
					got, err := c.Fetch(imap.UIDSet{{Start: imap.UID(at), Stop: imap.UID(at + batch - 1)}},
						&imap.FetchOptions{UID: true, InternalDate: true, BodySection: []*imap.FetchItemBodySection{{Peek: true}}}).Collect()
					if err != nil || len(got) != batch {
						b.Fatalf("%d, %v", len(got), err)
					}
				}
			}
			b.ReportMetric(float64(all*b.N)/b.Elapsed().Seconds(), "msg/s")
		})
	}
}
