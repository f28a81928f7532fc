package batch_test

import (
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
	if n := len(d.inbox(testStaff)); n != 4 {
		t.Errorf("the sender got %d answers, want 4", n)
	}
	d.sound()
}
