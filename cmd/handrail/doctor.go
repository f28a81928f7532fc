package main

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"regexp"
	"strings"
	"time"

	"handrail/ingest/imap"
	"handrail/internal/doctor"
	"handrail/rules"
)

type doctorCommand struct {
	Config string `placeholder:"F" help:"Configuration; by default handrail.toml here, then /etc/handrail/handrail.toml."`
	formatted
	Mail bool          `default:"true" negatable:"" help:"Mail a test message to the inbox itself and file it, as the job would. --no-mail only looks, and changes nothing."`
	Wait time.Duration `default:"60s" help:"How long to wait for the test message."`
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
	shown := "" // the part whose heading was printed last
	o := doctor.Options{Mail: c.Mail, Wait: c.Wait, Now: t.now, Working: t.working, Found: func(f doctor.Finding) {
		if !c.asJSON() {
			t.printFinding(&f, &shown)
		}
	}}
	if isScreen(t.err) {
		o.Prompt = func(p imap.DevicePrompt) {
			fmt.Fprintf(t.err, "\nOpen %s and enter the code %s (until %s); waiting …\n", p.URL, p.Code, p.Expires.Local().Format("15:04"))
		}
	}
	found := doctor.Examine(ctx, config.installation(), o)
	if c.asJSON() {
		if err := t.document(map[string]any{"config": config.path, "checks": found.Findings, "counts": found.Counts()}); err != nil {
			return err
		}
	} else {
		fmt.Fprintln(t.out)
		t.hang("", "", found.Verdict())
	}
	switch {
	case found.Unreachable:
		return &failure{code: exitUnreachable, err: errors.New("")}
	case found.Counts()[doctor.Wrong] > 0:
		return somebodyMustAct()
	}
	return nil
}

var authservKey = regexp.MustCompile(`^inbox\[\d+\]\.authserv_id$`)

// installation is what doctor examines of a configuration.
func (c *Config) installation() doctor.Installation {
	finance := c.Finance
	finance.Budgets = c.resolve(finance.Budgets)
	return doctor.Installation{ConfigPath: c.path, Templates: c.resolve(c.Templates.Dir), Department: c.Department, Schedule: c.Schedule,
		Ledger: c.ledgerConfig(), Inboxes: c.Inbox, SMTP: c.SMTP, Operator: c.Operator, Officers: c.Officer, Finance: finance, Registers: c.Registers.Resolved(c.resolve), SMTPTokens: c.smtpTokens,
		Policy: c.loadPolicy, Policies: c.policies}
}

// policies are those of all inboxes, as the job would load them, or why one cannot be.
func (c *Config) policies(ctx context.Context) iter.Seq2[*rules.Policy, error] {
	return func(yield func(*rules.Policy, error) bool) {
		boxes, err := c.inboxes(ctx)
		if err != nil {
			yield(nil, err)
			return
		}
		for _, b := range boxes {
			p, err := b.Policy, error(nil)
			if p == nil {
				p, err = loadPolicy(ctx, b.PolicyFile)
			}
			if !yield(p, err) {
				return
			}
		}
	}
}

// printFinding prints what a check found, under the heading of its part.
func (t *terminal) printFinding(f *doctor.Finding, shown *string) {
	if *shown != f.Part {
		if *shown != "" {
			fmt.Fprintln(t.out)
		}
		fmt.Fprintln(t.out, f.Part)
		*shown = f.Part
	}
	colour, sign := map[doctor.State]string{doctor.Fine: green, doctor.Warning: yellow, doctor.Wrong: red}[f.State], string(f.State)
	if f.State == doctor.Wrong {
		sign = "WRONG"
	}
	pad := strings.Repeat(" ", 11)
	mark := "  " + fmt.Sprintf("%-9s", sign)
	if painted := t.paint(colour, sign); painted != sign {
		// The width is counted without the colour.
		fmt.Fprint(t.out, "  "+painted+strings.Repeat(" ", 9-len(sign)))
		t.hangAfter(len(mark), pad, f.Check+": "+f.Text)
	} else {
		t.hang(mark, pad, f.Check+": "+f.Text)
	}
	for _, step := range f.Next {
		if strings.HasPrefix(step, " ") {
			fmt.Fprintln(t.out, pad+"  "+step)
			continue
		}
		t.hang(pad+"- ", pad+"  ", step)
	}
}
