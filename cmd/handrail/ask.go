package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"time"

	"handrail/internal/approvals"
	"handrail/internal/ledger"
	"handrail/internal/officers"
	"handrail/internal/request"
)

type askCommand struct {
	Reference string `arg:"" placeholder:"REF" help:"A request (HR-2026-000123) or one line of it (HR-2026-000123-04), as mails and handrail ledger status print it."`
	To        string `placeholder:"OFFICER" help:"Who is asked: an officer's address, or a name that only one officer has; by default somebody who may decide and was not asked yet."`
	Config    string `placeholder:"F" help:"Configuration that names the ledger and the officers."`
	formatted
}

// askedAnswer is what --format json answers.
type askedAnswer struct {
	Lines  []string     `json:"lines"`
	Asked  []string     `json:"asked"`  // officers
	Before []lineHolder `json:"before"` // who has the lines already, and can still decide
}

type lineHolder struct {
	Officer string    `json:"officer"`
	Since   time.Time `json:"since"`
}

func (c *askCommand) Run(ctx context.Context, t *terminal) error {
	reference, ok := request.ParseReference(strings.TrimSpace(c.Reference))
	if !ok {
		return fail(exitUsage, "it stands in the subject of mails, and handrail ledger status lists what waits", "%q is not a number such as HR-2026-000123 or HR-2026-000123-04", c.Reference)
	}
	config, err := loadConfig(c.Config)
	if err != nil {
		return err
	}
	zone, err := config.zone()
	if err != nil {
		return err
	}
	w, err := wire(ctx, config, t, slog.New(slog.DiscardHandler), ledger.Write)
	if err != nil {
		return err
	}
	defer func() { _ = w.close() }()
	done, err := w.job.Approvals.AskSomebody(ctx, reference, strings.TrimSpace(c.To))
	if err != nil {
		return askTrouble(c.Reference, w.job.Department.Main().Roster(), err)
	}
	answer := askedAnswer{Lines: done.Lines, Asked: []string{}, Before: []lineHolder{}}
	for _, o := range done.Officers {
		answer.Asked = append(answer.Asked, o.Email)
	}
	for _, h := range done.Before {
		answer.Before = append(answer.Before, lineHolder{h.Officer, h.Since})
	}
	if c.asJSON() {
		return t.document(answer)
	}
	t.wrap(0, fmt.Sprintf("asked: %s about %s", strings.Join(answer.Asked, ", "), strings.Join(done.Lines, ", ")))
	for _, h := range answer.Before {
		t.wrap(0, fmt.Sprintf("it lies with %s as well, since %s; who answers first decides", h.Officer, h.Since.In(zone).Format("2006-01-02 15:04")))
	}
	t.wrap(0, "next: a running job writes the mail within a minute; without one, handrail run --once. An officer who gets one mail a day is asked by the next of those.")
	return nil
}

// askTrouble gives an error its exit code, and says what can be done instead.
func askTrouble(reference string, roster *officers.Roster, err error) error {
	var all []string
	for _, o := range roster.Officers() {
		all = append(all, o.Email)
	}
	who := "the officers are " + strings.Join(all, ", ")
	switch {
	case errors.Is(err, approvals.ErrUnknownRequest):
		return fail(exitUsage, "handrail ledger status lists what waits", "%s: %w", reference, err)
	case errors.Is(err, approvals.ErrNothingWaits):
		return fail(exitUsage, "handrail explain says what became of a line", "%s: %w", reference, err)
	case errors.Is(err, approvals.ErrNoInbox):
		return fail(exitUsage, "put the [[inbox]] back", "%s: %w", reference, err)
	case errors.Is(err, approvals.ErrNotAnOfficer), errors.Is(err, approvals.ErrMayNotDecide):
		return fail(exitUsage, who, "%w", err)
	case errors.Is(err, approvals.ErrNobodyMay):
		return fail(exitAct, "add an officer without a limit to the configuration ([[officer]]) or to the file of officers: the lines go there by themselves", "%w", err)
	}
	return ledgerTrouble(err)
}
