package smtp

import (
	"bytes"
	"fmt"
	"testing"
	"time"

	"handrail/internal/mailserver"
	"handrail/internal/mailtest"
	"handrail/notify"
)

// faultAt builds a bench whose one fault is f, with times short enough to wait for.
func faultAt(t *testing.T, f ...mailtest.Fault) bench {
	return open(t, func(o *mailtest.Options) {
		o.Trace, o.Faults = true, f
	}, func(c *Config, _ *Options) {
		c.Timeout, c.DataTimeout = mailserver.Duration(150*time.Millisecond), mailserver.Duration(150*time.Millisecond)
	})
}

// scenario sends three mails as the job does: each is tried again as long as its fate says so.
func scenario(t *testing.T, b bench) (fates [][]notify.FateState) {
	t.Helper()
	for i := range 3 {
		m := mailTo(reader, fmt.Sprint("m", i), fmt.Sprintf(".mail %d\r\n", i))
		var states []notify.FateState
		for m.Attempt = 0; m.Attempt < 5; m.Attempt++ {
			f := b.sender.Send(t.Context(), m)
			states = append(states, f.State)
			if f.State == notify.Accepted || f.State == notify.Refused {
				break
			}
			if f.RetryAfter <= 0 || f.Words == "" {
				t.Errorf("mail %d: %+v", i, f)
			}
			b.clock.pass(f.RetryAfter)
			b.sender.BeginRun()
		}
		fates = append(fates, states)
	}
	b.sender.Close()
	return fates
}

// Issue 8, item 3, for SMTP: every step, every fault that fits it. No mail is lost, none is doubled except where the
// sender itself says that it does not know, and none arrives changed.
func TestEveryFaultAtEveryStep(t *testing.T) {
	learn := faultAt(t)
	for i, states := range scenario(t, learn) {
		if fmt.Sprint(states) != "[accepted]" {
			t.Fatalf("without faults, mail %d: %v", i, states)
		}
	}
	faults := mailtest.Variations(learn.Steps())
	if n := learn.StepCount(mailtest.SMTP); n < 30 || len(faults) < 3*n {
		t.Fatalf("%d steps, %d faults: the learner is blind", n, len(faults))
	}
	for _, f := range faults {
		t.Run(f.String(), func(t *testing.T) {
			t.Parallel()
			b := faultAt(t, f)
			fates := scenario(t, b)
			copies := make([]int, len(fates))
			for _, raw := range b.arrived(t) {
				known := false
				for i := range fates {
					if bytes.Equal(raw, mailTo(reader, fmt.Sprint("m", i), fmt.Sprintf(".mail %d\r\n", i)).Raw) {
						copies[i]++
						known = true
					}
				}
				if !known {
					t.Errorf("a mail arrived changed: %q", raw)
				}
			}
			for i, states := range fates {
				unknown := 0
				for _, s := range states {
					if s == notify.Unknown {
						unknown++
					}
				}
				switch last := states[len(states)-1]; {
				case last == notify.Refused && (f.Kind == mailtest.Permanent || f.Kind == mailtest.RefuseRecipient) && copies[i] == 0:
				case last == notify.Accepted && copies[i] >= 1 && copies[i] <= 1+unknown:
				default:
					t.Errorf("mail %d: %v, %d copies", i, states, copies[i])
				}
			}
			if b.Struck() != 1 {
				t.Errorf("struck %d times", b.Struck())
			}
		})
	}
}

// BenchmarkSend reports kept connections against one dialled for each mail, measured in the same run.
func BenchmarkSend(b *testing.B) {
	body := string(bytes.Repeat([]byte("0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef\r\n"), 300)) // 20 KB
	rate := func(fresh bool) float64 {
		x := open(b, func(o *mailtest.Options) { o.Spool = b.TempDir() }, nil)
		m := mailTo(reader, "x", body)
		begin := time.Now()
		const n = 1000
		for range n {
			if f := x.sender.Send(b.Context(), m); f.State != notify.Accepted {
				b.Fatalf("%+v", f)
			}
			if fresh {
				conn := <-x.sender.slots
				conn.quit()
				x.sender.slots <- nil
			}
		}
		return n / time.Since(begin).Seconds()
	}
	for b.Loop() {
		kept, dialled := rate(false), rate(true)
		b.ReportMetric(kept, "kept-msg/s")
		b.ReportMetric(dialled, "dialled-msg/s")
		b.ReportMetric(kept/dialled, "x-dialled")
	}
}
