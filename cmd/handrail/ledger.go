package main

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"handrail/internal/ledger"
)

type ledgerCommand struct {
	Create    createCommand    `cmd:"" help:"Make the ledger, once, and print its identity. Refuses where there is one."`
	Verify    verifyCommand    `cmd:"" help:"Recompute the chain of decisions and hold everything else against it."`
	Status    statusCommand    `cmd:"" help:"What waits, what failed, what was set aside."`
	Export    exportCommand    `cmd:"" help:"Write every table as CSV or JSON Lines, for whoever checks us with tools of their own."`
	Backup    backupCommand    `cmd:"" help:"Copy an SQLite ledger to a file while the job goes on."`
	Restore   restoreCommand   `cmd:"" help:"Put a backup in the ledger's place, and note it in the chain."`
	Copy      copyCommand      `cmd:"" help:"Move an SQLite ledger into PostgreSQL, and verify it there."`
	Upgrade   upgradeCommand   `cmd:"" help:"Bring a ledger of an earlier version up to date, without a mail server. The job does the same at its start."`
	Dispose   disposeCommand   `cmd:"" help:"Remove what is personal of everything received before a day. Without --yes it only says what would go."`
	Suppliers suppliersCommand `cmd:"" help:"Which names officers and finance judged to be one supplier or two, and the suppliers that requests name."`
	Hold      holdCommand      `cmd:"" help:"Place or lift a legal hold: what it covers is not disposed of. Without a number it lists those in force."`
}

type verifyCommand struct {
	Config string `placeholder:"F" help:"Configuration that names the ledger."`
	formatted
	Head []string `placeholder:"412:9f2c…" help:"A head of the chain from a weekly workbook on paper: the number of decisions, a colon, and the SHA-256 of the last one. May be repeated."`
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
		v, err = tx.Chain.Verify(ctx, printed...)
		return err
	}); err != nil {
		return ledgerTrouble(err)
	}
	if c.asJSON() {
		if err := t.document(struct {
			Links    int64          `json:"links"`
			Lines    int64          `json:"lines"`
			Reports  int64          `json:"reports"`
			Texts    int64          `json:"texts"`
			Files    int64          `json:"files"`
			Disposed int64          `json:"disposed"`
			Head     string         `json:"head"`
			Faults   []ledger.Fault `json:"faults"`
		}{v.Links, v.Lines, v.Reports, v.Texts, v.Files, v.Disposed, v.Head.String(), append([]ledger.Fault{}, v.Faults...)}); err != nil {
			return err
		}
	} else {
		fmt.Fprintf(t.out, "%d links, %d lines, %d reports, %d texts and %d files were verified.\nhead: %s\n", v.Links, v.Lines, v.Reports, v.Texts, v.Files, v.Head)
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
