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
func (j *Department) beginWithOfficers(ctx context.Context, now time.Time) error {
	if j.officersFile != "" {
		w := &j.officersWatch
		w.mu.Lock()
		defer w.mu.Unlock()
		r, rosters, err := j.loadOfficers(ctx)
		if err != nil {
			return &RefusedError{Kind: OfficersText, File: j.officersFile, Err: err}
		}
		w.handle(r)
		j.useRosters(rosters)
	}
	_, err := j.noteRosters(ctx, now)
	return err
}

// lookAtOfficers takes the file of officers anew when it was changed.
func (j *Department) lookAtOfficers(ctx context.Context) error {
	if j.officersFile == "" {
		return nil
	}
	w := &j.officersWatch
	w.mu.Lock()
	defer w.mu.Unlock()
	if !w.other() {
		return nil
	}
	now := j.engine.Now()
	r, rosters, err := j.loadOfficers(ctx)
	if ctx.Err() != nil {
		return ctx.Err()
	}
	if !w.rested(r, now) {
		return nil
	}
	w.handle(r)
	if err != nil {
		return j.refuseText(ctx, now, &RefusedError{Kind: OfficersText, File: j.officersFile, Kept: "the former list", Err: err}, r.digest())
	}
	j.useRosters(rosters)
	changed, err := j.noteRosters(ctx, now)
	if err != nil {
		w.handled = "" // it is noted by the next look
		return err
	}
	for _, name := range changed {
		j.log.Info("another list of officers is in force", "inbox", name, "officers", len(j.Inboxes[name].Roster().Officers()))
	}
	return nil
}

func (j *Department) loadOfficers(ctx context.Context) (*reading, map[string]*officers.Roster, error) {
	r := newReading()
	data, err := r.open(j.officersFile)
	if err != nil {
		return r, nil, err
	}
	rosters, err := j.rosters(ctx, data)
	return r, rosters, err
}

func (j *Department) useRosters(rosters map[string]*officers.Roster) {
	for name, box := range j.Inboxes {
		if roster := rosters[name]; roster != nil {
			box.roster.Store(roster)
		}
	}
}

// noteRosters links in the chain whose authority holds from now on, and says for which inboxes that is news.
func (j *Department) noteRosters(ctx context.Context, now time.Time) (changed []string, err error) {
	err = j.ledger.Decide(ctx, func(tx *ledger.Tx) error {
		changed = nil
		for _, name := range j.Order {
			body, err := json.Marshal(j.Inboxes[name].Roster().Officers())
			if err != nil {
				return err
			}
			sum := sha256.Sum256(body)
			other, err := tx.PutInForce(ctx, now, name, ledger.Text{Hash: "sha256:" + hex.EncodeToString(sum[:]), Kind: OfficersText, Body: body})
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
