package main

import (
	"context"
	"errors"
	"fmt"

	"handrail/internal/ledger"
)

type createCommand struct {
	Config string `placeholder:"F" help:"Configuration that names the ledger."`
	formatted
}

func (c *createCommand) Run(ctx context.Context, t *terminal) error {
	config, err := loadConfig(c.Config)
	if err != nil {
		return err
	}
	where := config.ledgerConfig()
	l, err := ledger.Create(ctx, where)
	if err != nil {
		return ledgerTrouble(err)
	}
	identity := l.Identity()
	err = l.Update(ctx, func(tx *ledger.Tx) error { return tx.Inboxes.NoteMade(ctx, t.now()) })
	if err = errors.Join(err, l.Close()); err != nil {
		return ledgerTrouble(err)
	}
	if c.asJSON() {
		return t.document(map[string]any{"ledger": where.String(), "identity": identity})
	}
	fmt.Fprintf(t.out, "%s: a new ledger, empty\nidentity: %s\n", where, identity)
	t.wrap(0, fmt.Sprintf("next: write identity = %q under [ledger] in %s, so that no other ledger is ever taken for this one; then handrail doctor --config %s",
		identity, config.path, config.path))
	return nil
}

type upgradeCommand struct {
	Config string `placeholder:"F" help:"Configuration that names the ledger."`
	formatted
}

func (c *upgradeCommand) Run(ctx context.Context, t *terminal) error {
	config, err := loadConfig(c.Config)
	if err != nil {
		return err
	}
	where := config.ledgerConfig()
	l, err := ledger.Open(ctx, where, ledger.Run) // no run may work on it meanwhile
	if err != nil {
		return ledgerTrouble(err)
	}
	identity := l.Identity()
	from, to := l.Upgraded()
	if err := l.Close(); err != nil {
		return ledgerTrouble(err)
	}
	if c.asJSON() {
		return t.document(map[string]any{"ledger": where.String(), "identity": identity, "from": from, "to": to})
	}
	if from == to {
		fmt.Fprintf(t.out, "%s is at version %d: nothing to do\n", where, to)
		return nil
	}
	fmt.Fprintf(t.out, "%s was brought from version %d to version %d\nidentity: %s\n", where, from, to, identity)
	return nil
}
