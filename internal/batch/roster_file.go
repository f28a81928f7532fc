package batch

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"time"

	"handrail/internal/ledger"
)

// officersText is the kind under which the ledger keeps rosters.
const officersText = "officers"

// beginWithOfficers reads the file of officers, where there is one, and notes every inbox's roster in the chain.
func (j *Job) beginWithOfficers(ctx context.Context, now time.Time) error {
	if j.o.OfficersFile != "" {
		w := &j.officersWatch
		w.mu.Lock()
		defer w.mu.Unlock()
		r, rosters, err := j.loadOfficers(ctx)
		if err != nil {
			return &RefusedError{Kind: officersText, File: j.o.OfficersFile, Err: err}
		}
		w.handle(r)
		j.useRosters(rosters)
	}
	_, err := j.noteRosters(ctx, now)
	return err
}

// lookAtOfficers takes the file of officers anew when it was changed.
func (j *Job) lookAtOfficers(ctx context.Context) error {
	if j.o.OfficersFile == "" {
		return nil
	}
	w := &j.officersWatch
	w.mu.Lock()
	defer w.mu.Unlock()
	if !w.other() {
		return nil
	}
	now := j.now()
	r, rosters, err := j.loadOfficers(ctx)
	if ctx.Err() != nil {
		return ctx.Err()
	}
	if !w.rested(r, now) {
		return nil
	}
	w.handle(r)
	if err != nil {
		return j.refuseText(ctx, now, &RefusedError{Kind: officersText, File: j.o.OfficersFile, Kept: "the former list", Err: err}, r.digest())
	}
	j.useRosters(rosters)
	changed, err := j.noteRosters(ctx, now)
	if err != nil {
		w.handled = "" // it is noted by the next look
		return err
	}
	for _, name := range changed {
		j.o.Log.Info("another list of officers is in force", "inbox", name, "officers", len(j.inboxes[name].Roster().Officers()))
	}
	return nil
}

func (j *Job) loadOfficers(ctx context.Context) (*reading, map[string]*Roster, error) {
	r := newReading()
	data, err := r.open(j.o.OfficersFile)
	if err != nil {
		return r, nil, err
	}
	rosters, err := j.o.Rosters(ctx, data)
	return r, rosters, err
}

func (j *Job) useRosters(rosters map[string]*Roster) {
	for name, box := range j.inboxes {
		if roster := rosters[name]; roster != nil {
			box.roster.Store(roster)
		}
	}
}

// noteRosters links in the chain whose authority holds from now on, and says for which inboxes that is news.
func (j *Job) noteRosters(ctx context.Context, now time.Time) (changed []string, err error) {
	err = j.o.Ledger.Decide(ctx, func(tx *ledger.Tx) error {
		changed = nil
		for _, name := range j.order {
			body, err := json.Marshal(j.inboxes[name].Roster().Officers())
			if err != nil {
				return err
			}
			sum := sha256.Sum256(body)
			other, err := tx.PutInForce(ctx, now, name, ledger.Text{Hash: "sha256:" + hex.EncodeToString(sum[:]), Kind: officersText, Body: body})
			if err != nil {
				return err
			}
			if other {
				changed = append(changed, name)
			}
		}
		crash("officers.before-commit")
		return nil
	})
	crash("officers.after-commit")
	return changed, err
}
