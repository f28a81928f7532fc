package department

import (
	"context"
	"maps"
	"slices"
	"time"

	"handrail/internal/batch"
	"handrail/internal/guarded"
	"handrail/internal/ledger"
	"handrail/internal/officers"
)

// OfficersText is the kind under which the ledger keeps rosters.
const OfficersText = "officers"

// beginWithOfficers reads the file of officers, where there is one, and notes every inbox's roster in the chain. With owners, what widens a roster
// that was in force waits for them.
func (dept *Department) beginWithOfficers(ctx context.Context, now time.Time) error {
	rosters := map[string]*officers.Roster{}
	for name, box := range dept.Inboxes {
		rosters[name] = box.InboxOptions.Roster
	}
	if dept.officersFile != "" {
		w := &dept.officersWatch
		w.mu.Lock()
		defer w.mu.Unlock()
		r, fromFile, err := dept.loadOfficers(ctx)
		if err != nil {
			return &RefusedError{Kind: OfficersText, File: dept.officersFile, Err: err}
		}
		w.handle(r)
		maps.Copy(rosters, fromFile)
		if err := dept.textTaken(ctx, OfficersText, ""); err != nil {
			return err
		}
	}
	_, err := dept.takeRosters(ctx, now, rosters)
	return err
}

// lookAtOfficers takes the file of officers again when it was changed.
func (dept *Department) lookAtOfficers(ctx context.Context) error {
	if dept.officersFile == "" {
		return nil
	}
	w := &dept.officersWatch
	w.mu.Lock()
	defer w.mu.Unlock()
	if !w.other() {
		return nil
	}
	now := dept.engine.Now()
	r, rosters, err := dept.loadOfficers(ctx)
	if ctx.Err() != nil {
		return ctx.Err()
	}
	if !w.rested(r, now) {
		return nil
	}
	w.handle(r)
	if err != nil {
		return dept.refuseText(ctx, now, &RefusedError{Kind: OfficersText, File: dept.officersFile, Kept: "the former list", Err: err}, r.digest())
	}
	changed, err := dept.takeRosters(ctx, now, rosters)
	if err == nil {
		err = dept.textTaken(ctx, OfficersText, "")
	}
	if err != nil {
		w.handled = "" // it is noted by the next look
		return err
	}
	for _, name := range changed {
		dept.log.Info("another list of officers is in force", "inbox", name, "officers", len(dept.Inboxes[name].Roster().Officers()))
	}
	return nil
}

func (dept *Department) loadOfficers(ctx context.Context) (*reading, map[string]*officers.Roster, error) {
	r := newReading()
	data, err := r.open(dept.officersFile)
	if err != nil {
		return r, nil, err
	}
	rosters, err := dept.rosters(ctx, data)
	return r, rosters, err
}

func (dept *Department) useRosters(rosters map[string]*officers.Roster) {
	for name, box := range dept.Inboxes {
		if roster := rosters[name]; roster != nil {
			box.roster.Store(roster)
		}
	}
}

// takeRosters puts rosters in force, links in the chain whose authority holds from now on, and says for which inboxes that is news. With owners, what
// only narrows counts, and the whole is proposed to them.
func (dept *Department) takeRosters(ctx context.Context, now time.Time, rosters map[string]*officers.Roster) (changed []string, err error) {
	var counts map[string]*officers.Roster
	err = dept.ledger.Decide(ctx, func(tx *ledger.Tx) error {
		changed, counts = nil, maps.Clone(rosters)
		want, base := map[string][]officers.Officer{}, ""
		var rows []guarded.Row
		for _, name := range dept.Order {
			if counts[name] == nil {
				counts[name] = dept.Inboxes[name].Roster()
			}
			want[name] = counts[name].Officers()
			if dept.Owners.Any() {
				narrowed, more, err := dept.narrowedRoster(ctx, tx, name, counts[name])
				if err != nil {
					return err
				}
				for _, r := range more {
					if !slices.Contains(rows, r) { // of another inbox as well
						rows = append(rows, r)
					}
				}
				if dept.guards(OfficersText) {
					counts[name] = narrowed
				}
			}
			text, err := textOf(OfficersText, "", counts[name].Officers())
			if err != nil {
				return err
			}
			other, err := tx.Documents.PutInForce(ctx, now, name, text)
			if err != nil {
				return err
			}
			if base = text.Hash; other {
				changed = append(changed, name)
			}
		}
		text, err := textOf(OfficersText, "", want)
		if err != nil {
			return err
		}
		if err := dept.ask(ctx, tx, now, text, base, rows); err != nil {
			return err
		}
		batch.Crash("officers.before-commit")
		return nil
	})
	batch.Crash("officers.after-commit")
	if err == nil {
		dept.useRosters(counts)
	}
	return changed, err
}

// narrowedRoster is what of a roster counts beside the one in force before owners agreed, and the difference.
func (dept *Department) narrowedRoster(ctx context.Context, tx *ledger.Tx, inbox string, r *officers.Roster) (narrowed *officers.Roster, rows []guarded.Row, err error) {
	var kept []officers.Officer
	if _, found, err := keptValue(ctx, tx, OfficersText, inbox, &kept); err != nil || !found {
		return r, nil, err
	}
	rows, counts := guarded.Officers(kept, r.Officers())
	if len(guarded.Widening(rows)) == 0 {
		return r, rows, nil
	}
	narrowed, err = officers.NewRoster(counts)
	return narrowed, rows, err
}
