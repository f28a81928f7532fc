package ledger

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"
)

// Claim is a row that a run has claimed.
type Claim struct {
	Key      string // of the row in its step
	ID       int64  // of the row; 0 where Key is a name
	Faults   int
	Deaths   int
	Alone    bool // it was claimed when a process died: it is tried without others
	FailedAt time.Time
	Bytes    int64 // that it costs to hold; 0 where its table does not say, and of Work.ClaimKeys
}

// ClaimRequest asks for rows of a step.
type ClaimRequest struct {
	Step   Step
	Holder string    // the run
	Now    time.Time // by a clock that may be a little behind that of whoever made the rows due
	Until  time.Time // another run may take the rows after that, unless the holder says that it is still there
	Most   int       // rows
	Bytes  int64     // what they may weigh together, one row at least; 0 anything
	Alone  bool      // one row of those that must be tried alone, else none of them
}

// free is what an attempt must be for its row to be taken; $3 is the instant.
const free = `a.holder = '' AND a.aside_at IS NULL AND (a.retry_at IS NULL OR a.retry_at <= $3)`

// Claim gives rows that are due, and that nobody has claimed, to a holder. Commit before any of their bytes are read.
func (wk Work) Claim(ctx context.Context, t ClaimRequest) ([]Claim, error) {
	q, err := dueTo(t.Step)
	if err != nil {
		return nil, err
	}
	text, order := "SELECT t.id, "+q.weight+" FROM "+q.table+" t", q.order
	if t.Alone {
		order = "a.deaths, " + order // one that died alone before waits for those that did not
		text += " JOIN attempt a ON a.step = $2 AND a.key = CAST(t.id AS TEXT) AND a.alone = 1 AND " + free + " WHERE " + q.where()
		t.Most = 1
	} else {
		text += " WHERE " + q.where() + " AND NOT EXISTS (SELECT 1 FROM attempt a WHERE a.step = $2 AND a.key = CAST(t.id AS TEXT) AND NOT (a.alone = 0 AND " + free + "))"
	}
	if q.unless != "" {
		// What this run takes together it also decides together, in order.
		among := ""
		if !t.Alone {
			among = " AND EXISTS (SELECT 1 FROM attempt a WHERE a.step = $2 AND a.key = CAST(m.id AS TEXT) AND NOT (a.alone = 0 AND " + free + "))"
		}
		text += " AND NOT " + strings.Replace(q.unless, "%AMONG%", among, 1)
	}
	var keys []string
	var bytes int64
	weights := map[string]int64{}
	err = wk.tx.each(ctx, func(scan func(...any) error) error {
		var id, weight int64
		if err := scan(&id, &weight); err != nil {
			return err
		}
		if bytes += weight; len(keys) == 0 || t.Bytes == 0 || bytes <= t.Bytes {
			key := strconv.FormatInt(id, 10)
			keys = append(keys, key)
			weights[key] = weight
		} else {
			bytes = t.Bytes + 1 // what comes after a row that is too much waits as well: rows go in their order
		}
		return nil
	}, text+" ORDER BY "+order+" LIMIT $4", micros(t.Now.Add(apart)), string(t.Step), micros(t.Now), t.Most)
	if err != nil {
		return nil, fmt.Errorf("look for what is due to %s: %w", t.Step, err)
	}
	if q.unless != "" && !t.Alone {
		if keys, err = wk.inOrder(ctx, keys); err != nil {
			return nil, err
		}
	}
	taken, err := wk.ClaimKeys(ctx, t, keys)
	for i := range taken {
		taken[i].Bytes = weights[taken[i].Key]
	}
	return taken, err
}

// inOrder leaves out messages that wait for an earlier one of their code which is not among those before them.
func (wk Work) inOrder(ctx context.Context, keys []string) ([]string, error) {
	earlier := map[string][]string{}
	ids := make([]int64, len(keys))
	for i, key := range keys {
		ids[i], _ = strconv.ParseInt(key, 10, 64) // it was a number a moment ago
	}
	err := eachIn(ctx, wk.tx, `SELECT c.message, e.message FROM message_code c JOIN message_code e ON e.code = c.code AND e.message < c.message
		JOIN message m ON m.id = e.message AND m.state = 'received' WHERE c.message IN (%IN%)`, nil, ids, func(scan func(...any) error) error {
		var later, first int64
		err := scan(&later, &first)
		key := strconv.FormatInt(later, 10)
		earlier[key] = append(earlier[key], strconv.FormatInt(first, 10))
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("look for earlier mails about the same: %w", err)
	}
	taken := make(map[string]bool, len(keys))
	return slices.DeleteFunc(keys, func(key string) bool {
		for _, first := range earlier[key] {
			if !taken[first] {
				return true
			}
		}
		taken[key] = true
		return false
	}), nil
}

// ClaimKeys is Claim for keys that the caller knows to be due: those that are free are given, in the order of keys. Of
// those that must be tried alone at most one is given, and only where none of the others is.
func (wk Work) ClaimKeys(ctx context.Context, t ClaimRequest, keys []string) ([]Claim, error) {
	if len(keys) == 0 {
		return nil, nil
	}
	const width = 4
	flat := make([]any, 0, width*len(keys))
	for _, key := range keys {
		flat = append(flat, string(t.Step), key, t.Holder, micros(t.Until))
	}
	won := make(map[string]Claim, len(keys))
	_, err := wk.tx.insert(ctx, insertion{"INSERT INTO attempt (step, key, holder, held_until)", width,
		`ON CONFLICT (step, key) DO UPDATE SET holder = excluded.holder, held_until = excluded.held_until
			WHERE attempt.holder = '' AND attempt.aside_at IS NULL RETURNING key, faults, deaths, alone, failed_at`}, flat,
		func(scan func(...any) error) error {
			var h Claim
			var alone int
			if err := scan(&h.Key, &h.Faults, &h.Deaths, &alone, instant{&h.FailedAt}); err != nil {
				return err
			}
			h.Alone = alone == 1
			h.ID, _ = strconv.ParseInt(h.Key, 10, 64) // a name is no number: its rows have no table
			won[h.Key] = h
			return nil
		})
	if err != nil {
		return nil, fmt.Errorf("take rows of %s in hand: %w", t.Step, err)
	}
	held := make([]Claim, 0, len(won))
	for _, key := range keys {
		if h, ok := won[key]; ok {
			held = append(held, h)
		}
	}
	return held, nil
}

// FreeKeys says which of keys may be taken now: those that are not claimed, not set aside, and whose time to be tried again
// has come. alone are those of them that must be tried without others.
func (wk Work) FreeKeys(ctx context.Context, step Step, now time.Time, keys []string) (together, alone []string, err error) {
	blocked, suspect := map[string]bool{}, map[string]bool{}
	err = eachIn(ctx, wk.tx, `SELECT a.key, a.alone, CASE WHEN `+free+` THEN 1 ELSE 0 END FROM attempt a WHERE CAST($1 AS BIGINT) IS NOT NULL
		AND a.step = $2 AND a.key IN (%IN%)`, []any{micros(now), string(step), micros(now)}, keys, func(scan func(...any) error) error {
		var key string
		var apart, open int
		err := scan(&key, &apart, &open)
		blocked[key], suspect[key] = open == 0, apart == 1
		return err
	})
	if err != nil {
		return nil, nil, fmt.Errorf("look at the attempts of %s: %w", step, err)
	}
	for _, key := range keys {
		switch {
		case blocked[key]:
		case suspect[key]:
			alone = append(alone, key)
		default:
			together = append(together, key)
		}
	}
	return together, alone, nil
}

// Finished ends the holder's attempt at a row, inside the transaction that does the row's work. It is part of the
// compare-and-set: when it did not win, another run has the row by now, and nothing may be written for it.
func (wk Work) Finished(ctx context.Context, step Step, holder, key string) (won bool, err error) {
	won, err = wk.tx.won(ctx, "DELETE FROM attempt WHERE step = $1 AND key = $2 AND holder = $3", string(step), key, holder)
	if err != nil {
		return false, fmt.Errorf("end the attempt %s %s: %w", step, key, err)
	}
	return won, nil
}

// FinishedAll is Finished for many rows; it returns the keys that the holder still had.
func (wk Work) FinishedAll(ctx context.Context, step Step, holder string, keys []string) (won []string, err error) {
	err = eachIn(ctx, wk.tx, "DELETE FROM attempt WHERE step = $1 AND holder = $2 AND key IN (%IN%) RETURNING key", []any{string(step), holder}, keys,
		func(scan func(...any) error) error {
			var key string
			err := scan(&key)
			won = append(won, key)
			return err
		})
	if err != nil {
		return nil, fmt.Errorf("end attempts of %s: %w", step, err)
	}
	return won, nil
}

// Release gives rows back that were not tried, as if they had not been taken.
func (wk Work) Release(ctx context.Context, step Step, holder string, keys []string) error {
	if _, err := execIn(ctx, wk.tx, `DELETE FROM attempt WHERE step = $1 AND holder = $2 AND last_at IS NULL AND alone = 0 AND key IN (%IN%)`,
		[]any{string(step), holder}, keys); err != nil {
		return fmt.Errorf("give back rows of %s: %w", step, err)
	}
	if _, err := execIn(ctx, wk.tx, "UPDATE attempt SET holder = '', held_until = NULL WHERE step = $1 AND holder = $2 AND key IN (%IN%)",
		[]any{string(step), holder}, keys); err != nil {
		return fmt.Errorf("give back rows of %s: %w", step, err)
	}
	return nil
}

// Extend says that the holder lives: what it has claimed stays its own until an instant.
func (wk Work) Extend(ctx context.Context, holder string, until time.Time) error {
	if _, err := wk.tx.exec(ctx, "UPDATE attempt SET held_until = $1 WHERE holder = $2", micros(until), holder); err != nil {
		return fmt.Errorf("keep what is in hand: %w", err)
	}
	return nil
}

// ReleaseDead gives rows free that a run had claimed which is gone: at an instant everything whose time has passed, or,
// where all is true, everything that any other run than holder has. They are tried alone from now on; what died while claimed
// alone before often enough is set aside and returned. Mails that were being sent may have been delivered, and are due.
func (wk Work) ReleaseDead(ctx context.Context, holder string, now time.Time, all bool) (died int, aside []Attempt, err error) {
	gone := "a.holder <> '' AND a.holder <> $1"
	if !all {
		gone += " AND a.held_until < $2"
	} else {
		gone += " AND CAST($2 AS BIGINT) IS NOT NULL"
	}
	if _, err := wk.tx.exec(ctx, `UPDATE outgoing SET state = 'unknown', cuts = cuts + 1, next_at = $2, sending_at = NULL, words = 'interrupted while sending'
		WHERE state = 'sending' AND NOT EXISTS (SELECT 1 FROM attempt a WHERE a.step = 'send' AND a.key = CAST(outgoing.id AS TEXT)
			AND a.holder <> '' AND NOT (`+gone+`))`, holder, micros(now)); err != nil {
		return 0, nil, fmt.Errorf("look for interrupted mails: %w", err)
	}
	err = wk.tx.each(ctx, attemptVisitor(&aside), `UPDATE attempt SET holder = '', held_until = NULL, failed_at = COALESCE(failed_at, $2), last_at = $2, retry_at = $2,
		waits_for = '', words = $3, deaths = deaths + alone, alone = 1, aside_at = CASE WHEN alone = 1 AND deaths + 1 >= $4 THEN $2 END
		WHERE EXISTS (SELECT 1 FROM attempt a WHERE a.step = attempt.step AND a.key = attempt.key AND `+gone+") RETURNING "+attemptColumns,
		holder, micros(now), DiedWords, asideDeaths)
	if err != nil {
		return 0, nil, fmt.Errorf("free what was in hand: %w", err)
	}
	return len(aside), onlyAside(aside), nil
}

// DiedWords are what an attempt says whose process died.
const DiedWords = "the program died while it was in hand"
