package main

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"

	"handrail/internal/batch"
	"handrail/internal/ledger"
)

type ledgerCommand struct {
	Verify  verifyCommand  `cmd:"" help:"Recompute the chain of decisions and hold everything else against it."`
	Status  statusCommand  `cmd:"" help:"What waits, what failed, what was set aside."`
	Export  exportCommand  `cmd:"" help:"Write every table as CSV or JSON Lines, for whoever checks us with tools of their own."`
	Backup  backupCommand  `cmd:"" help:"Copy an SQLite ledger to a file while the job goes on."`
	Restore restoreCommand `cmd:"" help:"Put a backup in the ledger's place, and note it in the chain."`
	Copy    copyCommand    `cmd:"" help:"Move an SQLite ledger into PostgreSQL, and verify it there."`
	Dispose disposeCommand `cmd:"" help:"Remove what is personal of everything received before a day. Without --yes it only says what would go."`
	Hold    holdCommand    `cmd:"" help:"Place or lift a legal hold: what it covers is not disposed of. Without a number it lists those in force."`
}

type verifyCommand struct {
	Config string   `placeholder:"F" help:"Configuration that names the ledger."`
	Format string   `enum:"text,json" default:"text" help:"text or json."`
	Head   []string `placeholder:"412:9f2c…" help:"A head of the chain from a weekly workbook on paper: the number of decisions, a colon, and the SHA-256 of the last one. May be repeated."`
}

func (c *verifyCommand) Run(ctx context.Context, t *terminal) error {
	var printed []ledger.Head
	for _, text := range c.Head {
		h, err := ledger.ParseHead(text)
		if err != nil {
			return fail(exitUsage, "the weekly workbook's first sheet prints both parts", "--head: %w", err)
		}
		printed = append(printed, h)
	}
	_, l, err := openLedger(ctx, c.Config, ledger.Read)
	if err != nil {
		return err
	}
	defer func() { _ = l.Close() }()
	var v *ledger.Verification
	if err := l.View(ctx, func(tx *ledger.Tx) (err error) {
		v, err = tx.Verify(ctx, printed...)
		return err
	}); err != nil {
		return ledgerTrouble(err)
	}
	if c.Format == "json" {
		if err := json.NewEncoder(t.out).Encode(v); err != nil {
			return err
		}
	} else {
		fmt.Fprintf(t.out, "%d links, %d lines and %d reports were verified.\nhead: %s\n", v.Links, v.Lines, v.Reports, v.Head)
		if v.Disposed > 0 {
			fmt.Fprintf(t.out, "%d private parts were disposed of under the records rules; the chain still proves their decisions.\n", v.Disposed)
		}
		for _, h := range printed {
			if !slices.ContainsFunc(v.Faults, func(f ledger.Fault) bool {
				return f.Kind == ledger.WrongReport && strings.Contains(f.Subject, h.String())
			}) {
				fmt.Fprintf(t.out, "The chain still holds what the paper says: %s\n", h)
			}
		}
		for _, f := range v.Faults {
			fmt.Fprintf(t.out, "WRONG: %s\n", f)
		}
	}
	if len(v.Faults) > 0 {
		return fail(exitAct, "keep the file as it is, restore the last backup beside it, and compare", "verify the ledger: %d things are wrong", len(v.Faults))
	}
	return nil
}

type statusCommand struct {
	Config string `placeholder:"F" help:"Configuration that names the ledger."`
	Format string `enum:"text,json" default:"text" help:"text or json."`
	Most   int    `default:"20" help:"How many messages and mails to list."`
}

func (c *statusCommand) Run(ctx context.Context, t *terminal) error {
	_, l, err := openLedger(ctx, c.Config, ledger.Read)
	if err != nil {
		return err
	}
	defer func() { _ = l.Close() }()
	var s ledger.Status
	if err := l.View(ctx, func(tx *ledger.Tx) (err error) {
		s, err = tx.Status(ctx, t.now(), c.Most)
		return err
	}); err != nil {
		return ledgerTrouble(err)
	}
	if c.Format == "json" {
		return json.NewEncoder(t.out).Encode(s)
	}
	fmt.Fprintf(t.out, "%-12s%s\n", "messages", sortedCounts(s.Messages))
	fmt.Fprintf(t.out, "%-12s%s\n", "lines", sortedCounts(s.Lines))
	fmt.Fprintf(t.out, "%-12s%s\n", "mails", sortedCounts(s.Outgoing))
	fmt.Fprintf(t.out, "%-12s%s\n", "escalations", sortedCounts(s.Escalations))
	if s.Oldest.Reference != "" {
		fmt.Fprintf(t.out, "oldest line with an officer: %s, since %s\n", s.Oldest.Reference, s.Oldest.JudgedAt.Local().Format("2006-01-02 15:04"))
	}
	for _, m := range s.Quarantined {
		t.wrap(0, fmt.Sprintf("set aside: message %d of %s, %s, from %s, in %s: %s", m.ID, m.Box.Inbox, m.ReceivedAt.Local().Format("2006-01-02 15:04"),
			orDash(m.Sender), orDash(m.Destination), strings.TrimSpace(batch.SetAsideText(m.Reason).EN+" ("+m.Reason+")")))
	}
	if more := s.Messages[ledger.Quarantined] - len(s.Quarantined); more > 0 {
		fmt.Fprintf(t.out, "set aside: %d more, older ones; --most lists more\n", more)
	}
	if len(s.Quarantined) > 0 {
		t.wrap(0, "To release a message, move it from that folder back into the inbox: it is judged again (docs/inbox.md).")
	}
	for _, m := range s.Unsent {
		t.wrap(0, fmt.Sprintf("not delivered: mail %d (%s), %s after %d attempts: %s", m.ID, m.Kind, m.State, m.Attempts, orDash(m.Words)))
	}
	for _, h := range s.Holds {
		fmt.Fprintf(t.out, "legal hold: %s\n", holdLine(h))
	}
	fmt.Fprintf(t.out, "head of the chain: %s\n", s.Head)
	return nil
}

func sortedCounts[K ~string](m map[K]int) string {
	text := ""
	for _, k := range slices.Sorted(maps.Keys(m)) {
		text += fmt.Sprintf(" %d %s,", m[k], k)
	}
	if text == "" {
		return " none"
	}
	return text[:len(text)-1]
}
