package department

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"time"

	"handrail/internal/batch"
	"handrail/internal/ledger"
	"handrail/internal/officers"
)

// OfficersText is the kind under which the ledger keeps rosters.
const OfficersText = "officers"

// beginWithOfficers reads the file of officers, where there is one, and notes every inbox's roster in the chain.
func (dept *Department) beginWithOfficers(ctx context.Context, now time.Time) error {
	if dept.officersFile != "" {
		w := &dept.officersWatch
		w.mu.Lock()
		defer w.mu.Unlock()
		r, rosters, err := dept.loadOfficers(ctx)
		if err != nil {
			return &RefusedError{Kind: OfficersText, File: dept.officersFile, Err: err}
		}
		w.handle(r)
		dept.useRosters(rosters)
		if err := dept.textTaken(ctx, OfficersText, ""); err != nil {
			return err
		}
	}
	_, err := dept.noteRosters(ctx, now)
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
	dept.useRosters(rosters)
	changed, err := dept.noteRosters(ctx, now)
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

// noteRosters links in the chain whose authority holds from now on, and says for which inboxes that is news.
func (dept *Department) noteRosters(ctx context.Context, now time.Time) (changed []string, err error) {
	err = dept.ledger.Decide(ctx, func(tx *ledger.Tx) error {
		changed = nil
		for _, name := range dept.Order {
			body, err := json.Marshal(dept.Inboxes[name].Roster().Officers())
			if err != nil {
				return err
			}
			sum := sha256.Sum256(body)
			other, err := tx.Documents.PutInForce(ctx, now, name, ledger.Text{Hash: "sha256:" + hex.EncodeToString(sum[:]), Kind: OfficersText, Body: body})
			if err != nil {
				return err
			}
			if other {
				changed = append(changed, name)
			}
		}
		batch.Crash("officers.before-commit")
		return nil
	})
	batch.Crash("officers.after-commit")
	return changed, err
}
