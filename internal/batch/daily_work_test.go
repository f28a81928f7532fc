package batch_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"handrail/internal/job"
	"handrail/internal/request"
)

// One sender's work is bounded: what is more than a day's lines waits for the next day, the operator hears once, and
// everybody else's requests go on.
func TestOneSendersWorkIsBounded(t *testing.T) {
	t.Parallel()
	d := open(t, func(o *job.Options) { o.Inboxes[0].Config.LinesPerDay = 2 })
	buy := func(who, what string) {
		d.send(who, what, "Form attached.", d.form(who, request.English, line(what, what+" Inc.", "100", "13", "113")))
		d.once()
	}
	for _, what := range []string{"Chair", "Table", "Lamp", "Shelf"} {
		buy(testStaff, what)
	}
	buy(testOther, "Desk")
	if n := len(d.lines()); n != 3 {
		t.Fatalf("%d lines are judged, want two of the sender and one of another", n)
	}
	told := d.told()
	if len(told) != 1 || !strings.Contains(told[0], "One sender’s requests wait until tomorrow") {
		t.Fatalf("the operator got %d mails", len(told))
	}
	d.pass(24 * time.Hour)
	d.once()
	if n := len(d.lines()); n != 5 {
		t.Errorf("%d lines are judged on the next day, want 5", n)
	}
	// What the operator is advised to do where a person asks for so much: a service that starts with more judges what waits.
	for _, what := range []string{"Rug", "Vase", "Clock"} {
		buy(testStaff, what)
	}
	waits := len(d.lines())
	d.restart(func(o *job.Options) { o.Inboxes[0].Config.LinesPerDay = 20 })
	ctx, stop := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() { ended <- d.job.Run(ctx) }()
	d.until("all lines are judged", func() bool { return len(d.lines()) == 8 })
	stop()
	if err := <-ended; err != nil || waits == 8 {
		t.Errorf("%d lines before, %v", waits, err)
	}
	d.once()
	if n := len(d.inbox(testStaff)); n != 7 {
		t.Errorf("the sender got %d answers, want 7", n)
	}
	d.sound()
}
