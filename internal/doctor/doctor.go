// Package doctor examines an installation before it works: this machine, the people, every inbox and the server that takes
// mail. It says what it found and what to do about it, tries with one message of its own what the job would do, and
// changes nothing else. It refuses to know where a configuration comes from and how findings are shown.
package doctor

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"time"

	"handrail/ingest"
	"handrail/ingest/imap"
	"handrail/internal/batch"
	"handrail/internal/department"
	"handrail/internal/ledger"
	"handrail/internal/mailserver"
	"handrail/internal/officers"
	"handrail/internal/registers"
	"handrail/notify/smtp"
	"handrail/notify/webhook"
	"handrail/rules"
)

// Installation is what is examined: a configuration that was read without mistakes, its paths resolved.
type Installation struct {
	ConfigPath string
	Templates  string // the folder of wording of its own; "" for the shipped wording
	Department department.Config
	Schedule   batch.ScheduleConfig
	Ledger     ledger.Config
	Inboxes    []ingest.InboxConfig
	SMTP       smtp.Config
	Operator   webhook.Config
	Officers   []officers.Officer
	Finance    department.FinanceConfig
	Registers  registers.Config
	// SMTPTokens gives the tokens of a login with oauth2.
	SMTPTokens func() (smtp.TokenSource, error)
	// Policy loads the department's policy, Policies that of every inbox; an error that has a Hint() string says what to do.
	Policy   func(ctx context.Context) (*rules.Policy, error)
	Policies func(ctx context.Context) iter.Seq2[*rules.Policy, error]
}

// Options say how to examine it.
type Options struct {
	Mail bool          // mail a test message to each inbox and file it; without, nothing is changed
	Wait time.Duration // for the test message
	Now  func() time.Time
	// Found hears each finding when it is made.
	Found func(Finding)
	// Working hears what takes long; it is called back when that is done.
	Working func(what string) (done func())
	// Prompt shows a person where to confirm a login; nil where there is nobody.
	Prompt func(imap.DevicePrompt)
}

// State is how a check went.
type State string

// The states.
const (
	Fine    State = "ok"
	Note    State = "note"    // nothing to do, but good to know
	Warning State = "warning" // works today, and should be fixed
	Wrong   State = "wrong"   // the job would not work
	Skipped State = "skipped" // something before it went wrong
)

// Finding is what one check found and what to do about it.
type Finding struct {
	Part  string `json:"part"`
	Check string `json:"check"`
	State State  `json:"state"`
	Text  string `json:"text"`
	// Next are the steps to take, in order. A line that begins with blanks is to be typed as it stands.
	Next []string `json:"next,omitempty"`
}

// Result is what an examination found.
type Result struct {
	Findings []Finding
	// Unreachable: a server or the ledger could not be reached.
	Unreachable bool
}

// Counts are the findings by their state.
func (r *Result) Counts() map[State]int {
	counts := map[State]int{}
	for _, f := range r.Findings {
		counts[f.State]++
	}
	return counts
}

// Verdict is what to do next, in a sentence or two.
func (r *Result) Verdict() string {
	switch counts := r.Counts(); {
	case counts[Wrong] > 0:
		return fmt.Sprintf("%s. Mend what is marked WRONG, from the top, and run handrail doctor again: later checks often fail for the first one's reason.",
			number(counts[Wrong], "thing is wrong", "things are wrong"))
	case counts[Warning] > 0:
		return fmt.Sprintf("Everything works; %s. Next: handrail run --once", number(counts[Warning], "thing should be looked at", "things should be looked at"))
	}
	return "Everything works. Next: handrail run --once"
}

// Examine tries everything that the job needs, as far as one finding allows the next.
func Examine(ctx context.Context, in Installation, o Options) Result {
	d := &examination{in: in, o: o}
	d.machine(ctx)
	d.people(ctx)
	var boxes []*boxExam
	for i := range in.Inboxes {
		boxes = append(boxes, d.inbox(ctx, i))
	}
	d.mailOut(ctx, boxes)
	d.webhook(ctx)
	for _, b := range boxes {
		b.close()
	}
	return d.Result
}

type examination struct {
	Result
	in   Installation
	o    Options
	part string // the part that is examined now
}

// begin opens the next part.
func (d *examination) begin(part string) { d.part = part }

// add notes what a check found.
func (d *examination) add(state State, check, text string, next ...string) {
	f := Finding{Part: d.part, Check: check, State: state, Text: text, Next: next}
	d.Findings = append(d.Findings, f)
	d.o.Found(f)
}

// trouble notes what a server or the ledger answered, with what to do about it, and tells whether it was reached.
func (d *examination) trouble(check string, err error, next []string) {
	var server *mailserver.Error
	if errors.As(err, &server) {
		d.Unreachable = d.Unreachable || server.Class == mailserver.NetworkError
		check, err = server.Doing, server.Err
	}
	d.add(Wrong, check, err.Error(), next...)
}

func number(n int, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return fmt.Sprintf("%d %s", n, many)
}
