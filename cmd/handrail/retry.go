package main

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"handrail/internal/incoming"
	"handrail/internal/ledger"
)

type retryCommand struct {
	Row     []string `arg:"" placeholder:"ROW" help:"The row, as handrail ledger status and the operator's mail print it: answer:123, send:45, or 'weekly:2026-W47 finance@department.example'."`
	Config  string   `placeholder:"F" help:"Configuration that names the ledger."`
	To      string   `placeholder:"ADDRESS" help:"Of a refused mail (send:45): send the same mail to this address. It gives nobody authority to decide."`
	Settled string   `aliases:"settle" placeholder:"REASON" help:"Of a refused mail: nothing more is to be sent, for this reason."`
	formatted
}

// retried is what --format json answers.
type retried struct {
	Row      string `json:"row"`
	What     string `json:"what"`
	SetAside bool   `json:"was_set_aside"` // false: it failed, and waited for its next try
	Words    string `json:"words"`         // of its last failure
}

func (c *retryCommand) Run(ctx context.Context, t *terminal) error {
	if err := c.checkEnds(); err != nil {
		return err
	}
	text := strings.Join(c.Row, " ")
	// "message 12" is how ledger status lists the quarantine.
	text = strings.Replace(strings.Replace(text, "message ", "message:", 1), "message:", string(ledger.JudgeStep)+":", 1)
	step, key, ok := ledger.ParseRow(text)
	config, l, err := openLedger(ctx, c.Config, ledger.Write)
	if err != nil {
		return err
	}
	defer func() { _ = l.Close() }()
	var done retried
	var ended endedMail
	var refused error
	ends := c.To != "" || c.Settled != ""
	err = l.Update(ctx, func(tx *ledger.Tx) (err error) {
		done, refused = retried{}, nil
		if !ok {
			refused, err = unknownRow(ctx, tx, text)
			return err
		}
		if ends {
			ended, refused, err = c.endRefused(ctx, tx, t.now(), text, step, key)
			return err
		}
		done, refused, err = release(ctx, tx, config, step, key)
		return err
	})
	switch {
	case err != nil:
		return ledgerTrouble(err)
	case refused != nil:
		return refused
	case c.asJSON() && ends:
		return t.document(ended)
	case c.asJSON():
		return t.document(done)
	case ends:
		t.endedText(&ended)
		return nil
	}
	was := "released"
	if !done.SetAside {
		was = "was not set aside; it is due at once instead of at its next try"
	}
	t.wrap(0, fmt.Sprintf("%s: %s", done.Row, was))
	t.wrap(0, "it failed last because: "+done.Words)
	t.wrap(0, "next: a running job tries it within a minute; without one, handrail run --once. If it fails five times more over an hour, it is set aside again and the operator is told.")
	return nil
}

// release lets a row be tried again. refused says why that is not possible, and what is.
func release(ctx context.Context, tx *ledger.Tx, config *Config, step ledger.Step, key string) (done retried, refused, err error) {
	a, failed, err := tx.Attempts.Of(ctx, step, key)
	if err != nil {
		return retried{}, nil, err
	}
	if !failed {
		refused, err = nothingToRelease(ctx, tx, config, step, key)
		return retried{}, refused, err
	}
	row, err := describeRow(ctx, tx, &a)
	if err != nil {
		return retried{}, nil, err
	}
	if a.Holder != "" {
		return retried{}, fail(exitAct, "look again with handrail ledger status; what a run had in hand when it ended without a word is tried by the next one",
			"%s is being worked on", row.named()), nil
	}
	if a.AsideAt.IsZero() && a.WaitsFor != "" {
		outages, err := tx.Attempts.Outages(ctx)
		if err != nil {
			return retried{}, nil, err
		}
		for i := range outages {
			if o := outageOf(&outages[i]); o.Name == a.WaitsFor {
				return retried{}, fail(exitAct, o.Hint, "%s is not set aside: it waits for %s, which has not worked since %s, and goes on by itself: %s", row.named(), o.What, minute(o.Since), o.Words), nil
			}
		}
	}
	if _, err := tx.Attempts.Retry(ctx, step, key); err != nil {
		return retried{}, nil, err
	}
	return retried{Row: row.Row, What: row.What, SetAside: !a.AsideAt.IsZero(), Words: a.Words}, nil, nil
}

// nothingToRelease says what became of a row that has no failure of its own.
func nothingToRelease(ctx context.Context, tx *ledger.Tx, config *Config, step ledger.Step, key string) (refused, err error) {
	row := string(step) + ":" + key
	facts, found, err := tx.Attempts.RowFacts(ctx, step, key)
	if err != nil || !found {
		if err == nil {
			refused, err = unknownRow(ctx, tx, row)
		}
		return refused, err
	}
	switch {
	case (step == ledger.JudgeStep || step == ledger.FileStep) && facts.State == string(ledger.Quarantined):
		id, _ := strconv.ParseInt(key, 10, 64) // it was found by its number
		m, _, err := tx.Messages.Row(ctx, id)
		if err != nil {
			return nil, err
		}
		return fail(exitUsage, fmt.Sprintf("in a mail program, move it from the folder %s of the inbox %s back to %s: it is judged again", m.Destination, m.Box.Inbox, inboxFolder(config, m.Box)),
			"message %d is in quarantine, and is released by moving it: %s", m.ID, incoming.SetAsideText(m.Reason).EN), nil
	case step == ledger.SendStep && facts.State == string(ledger.Refused):
		return fail(exitUsage, fmt.Sprintf("to another address, or the same if it works again: handrail retry %s --to ADDRESS; when it is settled another way: handrail retry %s --settled REASON", row, row),
			"the mail %s to %s (%s) was refused for good, and is not sent again by itself: %s", row, facts.Person, facts.Kind, facts.Words), nil
	}
	return fail(exitUsage, "handrail ledger status lists what is", "%s is not set aside, and did not fail: its state is %s", row, facts.State), nil
}

// inboxFolder is where new mail of an inbox lies.
func inboxFolder(config *Config, box ledger.Box) string {
	for _, i := range config.Inbox {
		if i = i.WithDefaults(); i.Name == box.Inbox {
			return i.Folder
		}
	}
	return box.Folder
}

// unknownRow names the rows nearest to one that is not there.
func unknownRow(ctx context.Context, tx *ledger.Tx, text string) (refused, err error) {
	const most, shown = 1000, 5
	aside, err := tx.Attempts.Failed(ctx, true, most)
	if err != nil {
		return nil, err
	}
	failed, err := tx.Attempts.Failed(ctx, false, most)
	if err != nil {
		return nil, err
	}
	if len(aside)+len(failed) == 0 {
		return fail(exitUsage, "nothing failed, and nothing is set aside; a message in quarantine is released by moving it back to the inbox (handrail ledger status)", "no row is called %q", text), nil
	}
	var rows []string
	for _, a := range append(aside, failed...) {
		rows = append(rows, a.Row())
	}
	slices.SortStableFunc(rows, func(a, b string) int { return apart(text, a) - apart(text, b) })
	return fail(exitUsage, "nearest of what failed: "+strings.Join(rows[:min(shown, len(rows))], "; "), "no row is called %q", text), nil
}

// apart is how different two rows' names are: how many characters are not in both beginnings or both endings.
func apart(a, b string) int {
	x, y := []rune(a), []rune(b)
	for len(x) > 0 && len(y) > 0 && x[0] == y[0] {
		x, y = x[1:], y[1:]
	}
	for len(x) > 0 && len(y) > 0 && x[len(x)-1] == y[len(y)-1] {
		x, y = x[:len(x)-1], y[:len(y)-1]
	}
	return len(x) + len(y)
}
