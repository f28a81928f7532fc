package main

import (
	"context"
	"errors"
	"fmt"
	"regexp"
	"strings"
	"time"

	"handrail/internal/mailserver"
)

type doctorCommand struct {
	Config string `placeholder:"F" help:"Configuration; by default handrail.toml here, then /etc/handrail/handrail.toml."`
	formatted
	Mail bool          `default:"true" negatable:"" help:"Mail a test message to the inbox itself and file it, as the job would. --no-mail only looks, and changes nothing."`
	Wait time.Duration `default:"60s" help:"How long to wait for the test message."`
}

// checkState is how a check went.
type checkState string

const (
	fine    checkState = "ok"
	note    checkState = "note"    // nothing to do, but good to know
	warning checkState = "warning" // works today, and should be mended
	wrong   checkState = "wrong"   // the job would not work
	skipped checkState = "skipped" // something before it went wrong
)

// finding is what one check found and what to do about it.
type finding struct {
	Part  string     `json:"part"`
	Check string     `json:"check"`
	State checkState `json:"state"`
	Text  string     `json:"text"`
	// Next are the steps to take, in order. A line that begins with blanks is to be typed as it stands.
	Next []string `json:"next,omitempty"`
}

// doctor is one examination.
type doctor struct {
	*doctorCommand
	t           *terminal
	config      *Config
	part        string // the part that is examined now
	shown       string // the part whose heading was printed last
	findings    []finding
	unreachable bool // a server or the ledger could not be reached
}

func (c *doctorCommand) Run(ctx context.Context, t *terminal) error {
	config, mistakes, err := readConfig(c.Config, (*Config).validate)
	if err != nil {
		return err
	}
	// An inbox that does not say yet whom to believe is what doctor helps with.
	var others []configMistake
	for _, m := range mistakes {
		if !authservKey.MatchString(m.Key) {
			others = append(others, m)
		}
	}
	if err := configTrouble(others); err != nil {
		return err
	}
	d := &doctor{doctorCommand: c, t: t, config: config}
	d.machine(ctx)
	d.people(ctx)
	var boxes []*boxExam
	for i := range config.Inbox {
		boxes = append(boxes, d.inbox(ctx, i))
	}
	d.mailOut(ctx, boxes)
	for _, b := range boxes {
		b.close()
	}
	return d.verdict()
}

var authservKey = regexp.MustCompile(`^inbox\[\d+\]\.authserv_id$`)

// begin opens the next part.
func (d *doctor) begin(part string) { d.part = part }

// add notes what a check found, and prints it at once unless one document is wanted.
func (d *doctor) add(state checkState, check, text string, next ...string) {
	f := finding{Part: d.part, Check: check, State: state, Text: text, Next: next}
	d.findings = append(d.findings, f)
	if d.asJSON() {
		return
	}
	if d.shown != d.part {
		if d.shown != "" {
			fmt.Fprintln(d.t.out)
		}
		fmt.Fprintln(d.t.out, d.part)
		d.shown = d.part
	}
	colour, sign := map[checkState]string{fine: green, warning: yellow, wrong: red}[state], string(state)
	if state == wrong {
		sign = "WRONG"
	}
	pad := strings.Repeat(" ", 11)
	mark := "  " + fmt.Sprintf("%-9s", sign)
	if painted := d.t.paint(colour, sign); painted != sign {
		// The width is counted without the colour.
		fmt.Fprint(d.t.out, "  "+painted+strings.Repeat(" ", 9-len(sign)))
		d.t.hangAfter(len(mark), pad, check+": "+text)
	} else {
		d.t.hang(mark, pad, check+": "+text)
	}
	for _, step := range next {
		if strings.HasPrefix(step, " ") {
			fmt.Fprintln(d.t.out, pad+"  "+step)
			continue
		}
		d.t.hang(pad+"- ", pad+"  ", step)
	}
}

// trouble notes what a server or the ledger answered, with what to do about it, and tells whether it was reached.
func (d *doctor) trouble(check string, err error, next []string) {
	var server *mailserver.Error
	if errors.As(err, &server) {
		d.unreachable = d.unreachable || server.Class == mailserver.NetworkError
		check, err = server.Doing, server.Err
	}
	d.add(wrong, check, err.Error(), next...)
}

// verdict ends the examination.
func (d *doctor) verdict() error {
	counts := map[checkState]int{}
	for _, f := range d.findings {
		counts[f.State]++
	}
	if d.asJSON() {
		if err := d.t.document(map[string]any{"config": d.config.path, "checks": d.findings, "counts": counts}); err != nil {
			return err
		}
	} else {
		fmt.Fprintln(d.t.out)
		switch {
		case counts[wrong] > 0:
			d.t.hang("", "", fmt.Sprintf("%s. Mend what is marked WRONG, from the top, and run handrail doctor again: later checks often fail for the first one's reason.",
				number(counts[wrong], "thing is wrong", "things are wrong")))
		case counts[warning] > 0:
			d.t.hang("", "", fmt.Sprintf("Everything works; %s. Next: handrail run --once", number(counts[warning], "thing should be looked at", "things should be looked at")))
		default:
			fmt.Fprintln(d.t.out, "Everything works. Next: handrail run --once")
		}
	}
	switch {
	case d.unreachable:
		return &failure{code: exitUnreachable, err: errors.New("")}
	case counts[wrong] > 0:
		return somebodyMustAct()
	}
	return nil
}

func number(n int, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return fmt.Sprintf("%d %s", n, many)
}
