package main

import (
	"context"
	"errors"
	"fmt"

	"handrail/internal/ledger"
	"handrail/internal/request"
)

type disposeCommand struct {
	Config string `placeholder:"F" help:"Configuration that names the ledger."`
	Before string `required:"" placeholder:"2020-04-01" help:"The first day that stays, in the department's time zone."`
	Yes    bool   `help:"Do it. It cannot be undone, except from a backup."`
	formatted
}

func (c *disposeCommand) Run(ctx context.Context, t *terminal) error {
	day, err := request.ParseDate(c.Before)
	if err != nil {
		return fail(exitUsage, "write days as 2020-04-01", "--before: %w", err)
	}
	config, l, err := openLedger(ctx, c.Config, ledger.Write)
	if err != nil {
		return err
	}
	defer func() { _ = l.Close() }()
	zone, err := config.zone()
	if err != nil {
		return err
	}
	before := day.Time(zone)
	if before.After(t.now()) {
		return fail(exitUsage, "", "--before %s lies in the future", day)
	}
	var d ledger.Disposal
	if err := l.Decide(ctx, func(tx *ledger.Tx) (err error) {
		d, err = tx.Records.Dispose(ctx, t.now(), before, !c.Yes)
		return err
	}); err != nil {
		return ledgerTrouble(err)
	}
	if c.Yes {
		if err := l.Scrub(ctx); err != nil {
			return ledgerTrouble(err)
		}
	}
	if c.asJSON() {
		return t.document(struct {
			Before   string `json:"before"`
			Disposed bool   `json:"disposed"` // false: it only says what would go
			ledger.Disposal
		}{day.String(), c.Yes, d})
	}
	verb := "would go"
	if c.Yes {
		verb = "went"
	}
	t.wrap(0, fmt.Sprintf("received before %s: what is personal of %d requests and %d messages %s", day, d.Submissions, d.Messages, verb))
	if c.Yes {
		t.wrap(0, fmt.Sprintf("with it: %d mails sent, %d private parts of the chain, %d bytes of mails and workbooks", d.Outgoing, d.Links, d.Bytes))
	}
	fmt.Fprintf(t.out, "kept: %d under a legal hold, %d that wait for an officer or a mail server\n", d.Held, d.Open)
	if !c.Yes {
		fmt.Fprintln(t.out, "nothing was changed; --yes does it")
	}
	return nil
}

type holdCommand struct {
	Reference string `arg:"" optional:"" name:"ref" help:"A request's number, HR-2026-000123; or * for everything."`
	Config    string `placeholder:"F" help:"Configuration that names the ledger."`
	Reason    string `placeholder:"TEXT" help:"Why: the file number of a dispute or an audit, for example."`
	By        string `placeholder:"WHO" help:"Who placed it."`
	Lift      bool   `help:"Lift the hold."`
	formatted
}

func (c *holdCommand) Run(ctx context.Context, t *terminal) error {
	if c.Reference == "" {
		return c.list(ctx, t)
	}
	if !c.Lift && (c.Reason == "" || c.By == "") {
		return fail(exitUsage, "--reason says why, --by says who", "a legal hold needs both its reason and who placed it")
	}
	if _, ok := request.ParseReference(c.Reference); !ok && c.Reference != ledger.EverythingHeld {
		return fail(exitUsage, "", "%q is neither a request's number such as HR-2026-000123 nor %s for everything", c.Reference, ledger.EverythingHeld)
	}
	_, l, err := openLedger(ctx, c.Config, ledger.Write)
	if err != nil {
		return err
	}
	defer func() { _ = l.Close() }()
	won := false
	if err := l.Decide(ctx, func(tx *ledger.Tx) (err error) {
		if c.Lift {
			won, err = tx.Records.LiftHold(ctx, t.now(), c.Reference)
			return err
		}
		if r, ok := request.ParseReference(c.Reference); ok {
			if _, found, err := tx.Submissions.ByReference(ctx, r); err != nil || !found {
				return errors.Join(err, fail(exitInput, "", "%s is not in the ledger", c.Reference))
			}
		}
		won, err = tx.Records.PlaceHold(ctx, t.now(), ledger.Hold{Reference: c.Reference, Reason: c.Reason, PlacedBy: c.By})
		return err
	}); err != nil {
		var known *failure
		if errors.As(err, &known) {
			return known
		}
		return ledgerTrouble(err)
	}
	switch {
	case !won && c.Lift:
		return fail(exitInput, "handrail ledger hold lists those in force", "no hold on %s is in force", c.Reference)
	case !won:
		return fail(exitInput, "", "%s is under a hold already", c.Reference)
	case c.asJSON():
		return t.document(map[string]any{"reference": c.Reference, "held": !c.Lift})
	case c.Lift:
		fmt.Fprintf(t.out, "%s: the hold was lifted; it may be disposed of again\n", c.Reference)
	default:
		fmt.Fprintf(t.out, "%s: held; nothing of it is disposed of until the hold is lifted\n", c.Reference)
	}
	return nil
}

func (c *holdCommand) list(ctx context.Context, t *terminal) error {
	_, l, err := openLedger(ctx, c.Config, ledger.Read)
	if err != nil {
		return err
	}
	defer func() { _ = l.Close() }()
	var holds []ledger.Hold
	if err := l.View(ctx, func(tx *ledger.Tx) (err error) {
		holds, err = tx.Records.Holds(ctx)
		return err
	}); err != nil {
		return ledgerTrouble(err)
	}
	if c.asJSON() {
		return t.document(map[string]any{"holds": append([]ledger.Hold{}, holds...)})
	}
	if len(holds) == 0 {
		fmt.Fprintln(t.out, "no legal hold is in force")
	}
	for _, h := range holds {
		t.wrap(0, holdLine(h))
	}
	return nil
}

func holdLine(h ledger.Hold) string {
	what := h.Reference
	if what == ledger.EverythingHeld {
		what = "everything"
	}
	return fmt.Sprintf("%s, since %s, by %s: %s", what, h.PlacedAt.Local().Format("2006-01-02"), h.PlacedBy, h.Reason)
}
