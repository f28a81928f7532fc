package main

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"handrail/internal/department"
	"handrail/internal/ledger"
	"handrail/internal/owners"
	"handrail/internal/request"
)

// guardedState is what the status says of owners: who they are, whether one said STOP, and what waits for them.
type guardedState struct {
	owners  owners.Owners
	stop    *ledger.Stop
	waiting []waitingChange
}

// stopped is a STOP that lasts.
type stopped struct {
	By     string    `json:"by"`
	Since  time.Time `json:"since"`
	Reason string    `json:"reason,omitempty"`
}

// waitingChange is a change that is not in force, with what is in force in its place.
type waitingChange struct {
	Kind   string    `json:"kind"`
	Scope  string    `json:"scope,omitempty"`
	State  string    `json:"state"`
	Since  time.Time `json:"since"`
	By     string    `json:"proposed_by,omitempty"` // an owner; "" a file or the configuration
	For    []string  `json:"waits_for"`
	Rows   []string  `json:"rows"`     // the difference, in words
	Force  string    `json:"in_force"` // the hash of the text that is in force
	Wanted string    `json:"proposed"`
}

func readGuarded(ctx context.Context, tx *ledger.Tx) (g guardedState, err error) {
	if g.owners, err = department.OwnersInForce(ctx, tx); err != nil {
		return g, err
	}
	if g.stop, err = tx.Stops.Now(ctx); err != nil {
		return g, err
	}
	waiting, err := tx.Changes.Waiting(ctx)
	if err != nil {
		return g, err
	}
	approved, err := tx.Changes.Approved(ctx)
	if err != nil {
		return g, err
	}
	for _, c := range append(waiting, approved...) {
		answers, err := tx.Changes.Answers(ctx, c.ID)
		if err != nil {
			return g, err
		}
		var yes []string
		for _, a := range answers {
			if a.Approves {
				yes = append(yes, a.Owner)
			}
		}
		w := waitingChange{Kind: c.Kind, Scope: c.Scope, State: string(c.State), Since: c.ProposedAt, By: c.ProposedBy, For: append([]string{}, g.owners.Missing(c.ProposedBy, yes)...),
			Rows: []string{}, Force: c.Base, Wanted: c.Hash}
		var d struct {
			Words []request.Text `json:"words"`
		}
		_ = json.Unmarshal(c.Detail, &d) // a policy keeps its tests there, and no words
		for _, row := range d.Words {
			w.Rows = append(w.Rows, row.EN)
		}
		g.waiting = append(g.waiting, w)
	}
	return g, nil
}

// guardedText says who owns the rules, and which value is in force where a file or the configuration differs.
func (t *terminal) guardedText(g *guardedState, zone *time.Location) {
	if !g.owners.Any() {
		fmt.Fprintf(t.out, "%-12s none: files count at once, and nobody can say STOP\n", "owners")
	} else {
		fmt.Fprintf(t.out, "%-12s %s\n", "owners", strings.Join(g.owners.All(), ", "))
	}
	if s := g.stop; s != nil {
		t.wrap(0, strings.TrimSuffix(fmt.Sprintf("STOPPED by %s, since %s: every line goes to an officer until two owners say START: %s", s.By, minuteIn(s.StoppedAt, zone), s.Reason), ": "))
	}
	for i := range g.waiting {
		w := &g.waiting[i]
		name := strings.TrimSpace(w.Kind + " " + w.Scope)
		from := "the server"
		if w.By != "" {
			from = w.By
		}
		waits := "approved, in force on its day"
		if w.State == string(ledger.ChangeWaiting) {
			waits = "waits for " + strings.Join(w.For, " or ")
		}
		t.wrap(0, fmt.Sprintf("%s: in force is %s; what %s proposes since %s %s", name, force(w.Force), from, minuteIn(w.Since, zone), waits))
		for _, row := range w.Rows {
			t.wrap(2, row)
		}
	}
}

// force is a hash as people read it.
func force(hash string) string {
	const shown = 19
	if hash == "" {
		return "what was"
	}
	return hash[:min(len(hash), shown)] + "…"
}
