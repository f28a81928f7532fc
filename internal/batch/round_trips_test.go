package batch_test

import (
	"net/url"
	"os"
	"strings"
	"testing"
	"time"

	"handrail/internal/batch"
	"handrail/internal/ledger"
	"handrail/internal/ledgertest"
	"handrail/internal/request"
)

// Sixty messages of three lines are answered in 300 s where every question to the database takes 100 ms. Round trips are
// counted on the wire, so that nobody has to wait for them; as several go on at once, fewer than all are waited for one after
// the other. HANDRAIL_TEST_FAR=100ms waits for them, and says how long it took.
func TestSixtyMessagesAreAnsweredFarFromTheDatabase(t *testing.T) {
	config := postgres(t)
	t.Parallel()
	// Round trips a message: with 84 of 100 ms each all were done in 223 s; names and needs that are alike, registers and managers who are
	// told took some thirty more.
	const messages, most = 60, 120
	u, err := url.Parse(config.URL)
	if err != nil {
		t.Fatal(err)
	}
	wire := newGate(t, u.Host)
	near := config.URL
	if recorded, err := ledgertest.Open(t, config); err != nil { // it is made from nearby
		t.Fatal(err)
	} else if err := recorded.Close(); err != nil {
		t.Fatal(err)
	}
	d := onPostgres(t, ledger.Config{URL: strings.Replace(near, u.Host, wire.at, 1)})
	for i := range messages {
		d.send(testStaff, "Purchase", "Form attached.", d.form(testStaff, request.English, line("Envelopes", "Maison "+batch.Key(int64(i))+"A", "100", "13", "113"),
			line("Whiteboards", "Mill "+batch.Key(int64(i))+"B", "9500", "1235", "10735"), line("Batteries", "Works "+batch.Key(int64(i))+"C", "200", "26", "226")))
	}
	before := wire.asked.Load()
	if text := os.Getenv("HANDRAIL_TEST_FAR"); text != "" {
		delay, err := time.ParseDuration(text)
		if err != nil {
			t.Fatal(err)
		}
		wire.delay.Store(int64(delay))
	}
	started := time.Now()
	d.once()
	t.Logf("done in %s", time.Since(started))
	asked := wire.asked.Load() - before
	t.Logf("%d round trips, %.1f a message", asked, float64(asked)/messages)
	if n := len(d.inbox(testStaff)); n < messages {
		t.Errorf("%d answers", n)
	}
	if asked > messages*most {
		t.Errorf("%d round trips for %d messages, more than %d each", asked, messages, most)
	}
}
