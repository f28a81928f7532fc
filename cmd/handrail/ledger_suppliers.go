package main

import (
	"context"
	"fmt"
	"strings"
	"time"

	"handrail/ingest"
	"handrail/internal/ledger"
)

type suppliersCommand struct {
	Config string `placeholder:"F" help:"Configuration that names the ledger."`
	formatted
	Most int  `default:"50" help:"How many suppliers are listed, those of the most requests first; 0: all."`
	Past bool `help:"Also what was taken back or replaced."`
}

// judgedSuppliers is one pair of names in the command's JSON.
type judgedSuppliers struct {
	Names       [2]string `json:"names"`
	Same        bool      `json:"same"`
	By          string    `json:"by"`
	At          time.Time `json:"at"`
	WithdrawnBy string    `json:"withdrawn_by,omitempty"`
	WithdrawnAt time.Time `json:"withdrawn_at,omitzero"`
}

func (c *suppliersCommand) Run(ctx context.Context, t *terminal) error {
	_, l, err := openLedger(ctx, c.Config, ledger.Read)
	if err != nil {
		return err
	}
	defer func() { _ = l.Close() }()
	var pairs []ledger.SupplierPair
	var register []ledger.KnownSupplier
	if err := l.View(ctx, func(tx *ledger.Tx) (err error) {
		if pairs, err = tx.Suppliers.All(ctx, !c.Past); err != nil {
			return err
		}
		register, err = tx.Suppliers.Register(ctx)
		return err
	}); err != nil {
		return ledgerTrouble(err)
	}
	all := len(register)
	if c.Most > 0 && all > c.Most {
		register = register[:c.Most]
	}
	if c.asJSON() {
		judged := make([]judgedSuppliers, 0, len(pairs))
		for _, p := range pairs {
			judged = append(judged, judgedSuppliers{[2]string{p.OneShown, p.OtherShown}, p.Same, p.JudgedBy, p.JudgedAt, p.WithdrawnBy, p.WithdrawnAt})
		}
		return t.document(struct {
			Judged    []judgedSuppliers      `json:"judged"`
			Suppliers []ledger.KnownSupplier `json:"suppliers"`
			Total     int                    `json:"total"`
		}{judged, register, all})
	}
	fmt.Fprintf(t.out, "judged by people: %d\n", len(pairs))
	for _, p := range pairs {
		word := "two suppliers"
		if p.Same {
			word = "one supplier"
		}
		fmt.Fprintf(t.out, "  %s: %s / %s\n    %s, %s\n", word, ingest.CleanLine(p.OneShown), ingest.CleanLine(p.OtherShown), p.JudgedBy, p.JudgedAt.Format(time.DateOnly))
		if !p.WithdrawnAt.IsZero() {
			fmt.Fprintf(t.out, "    taken back by %s, %s\n", p.WithdrawnBy, p.WithdrawnAt.Format(time.DateOnly))
		}
	}
	fmt.Fprintf(t.out, "suppliers that requests name: %d\n", all)
	for _, s := range register {
		fmt.Fprintf(t.out, "  %d  %s", s.Requests, ingest.CleanLine(s.Name))
		if len(s.Numbers) > 0 {
			fmt.Fprintf(t.out, " (%s)", strings.Join(s.Numbers, ", "))
		}
		fmt.Fprintln(t.out)
	}
	return nil
}
