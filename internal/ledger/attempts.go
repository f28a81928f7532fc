package ledger

import (
	"context"
	"fmt"
	"strings"
	"time"
)

// Attempts is what went wrong: the rows that failed, those that are set aside, and the outages around the job.
type Attempts struct{ tx *Tx }

// Attempt is what is known of a row that failed, or that somebody has claimed.
type Attempt struct {
	Step     Step
	Key      string
	Holder   string
	Faults   int
	Deaths   int
	Alone    bool
	FailedAt time.Time // the first failure; zero when it only is claimed
	LastAt   time.Time
	RetryAt  time.Time
	WaitsFor string // the surroundings that failed; "" the row itself
	Words    string
	AsideAt  time.Time // zero unless it is set aside
}

const attemptColumns = "step, key, holder, faults, deaths, alone, failed_at, last_at, retry_at, waits_for, words, aside_at"

func attemptVisitor(out *[]Attempt) func(func(...any) error) error {
	return func(scan func(...any) error) error {
		var a Attempt
		var alone int
		if err := scan(&a.Step, &a.Key, &a.Holder, &a.Faults, &a.Deaths, &alone, instant{&a.FailedAt}, instant{&a.LastAt}, instant{&a.RetryAt},
			&a.WaitsFor, &a.Words, instant{&a.AsideAt}); err != nil {
			return err
		}
		a.Alone = alone == 1
		*out = append(*out, a)
		return nil
	}
}

func onlyAside(all []Attempt) []Attempt {
	var aside []Attempt
	for _, a := range all {
		if !a.AsideAt.IsZero() {
			aside = append(aside, a)
		}
	}
	return aside
}

// Failed lists what failed and is not done: rows that are tried again, and rows that are set aside. Those that failed
// by themselves come before those that wait for something around the job; then oldest failure first, at most limit.
func (at Attempts) Failed(ctx context.Context, aside bool, limit int) ([]Attempt, error) {
	which := "aside_at IS NULL"
	if aside {
		which = "aside_at IS NOT NULL"
	}
	var out []Attempt
	if err := at.tx.each(ctx, attemptVisitor(&out), "SELECT "+attemptColumns+" FROM attempt WHERE failed_at IS NOT NULL AND "+which+" ORDER BY CASE WHEN waits_for = '' THEN 0 ELSE 1 END, failed_at, step, key LIMIT $1", limit); err != nil {
		return nil, fmt.Errorf("list what failed: %w", err)
	}
	return out, nil
}

// AsideUntold counts the rows that are set aside and of which nobody was told since an instant, and notes that they are told
// now.
func (at Attempts) AsideUntold(ctx context.Context, since, now time.Time) (int64, error) {
	n, err := at.tx.exec(ctx, "UPDATE attempt SET told_at = $1 WHERE aside_at IS NOT NULL AND (told_at IS NULL OR told_at < $2)", micros(now), micros(since))
	if err != nil {
		return 0, fmt.Errorf("look for what is set aside: %w", err)
	}
	return n, nil
}

// Retry lets a row be tried again that was set aside, as if it had never failed; found is false when no such row is.
func (at Attempts) Retry(ctx context.Context, step Step, key string) (found bool, err error) {
	found, err = at.tx.won(ctx, "DELETE FROM attempt WHERE step = $1 AND key = $2 AND holder = ''", string(step), key)
	if err != nil {
		return false, fmt.Errorf("release %s %s: %w", step, key, err)
	}
	return found, nil
}

// IdleKeys lists the keys of a step that begin with a prefix, that failed and that nobody has claimed.
func (at Attempts) IdleKeys(ctx context.Context, step Step, prefix string) ([]string, error) {
	var keys []string
	err := at.tx.each(ctx, func(scan func(...any) error) error {
		var key string
		if err := scan(&key); err != nil {
			return err
		}
		if strings.HasPrefix(key, prefix) {
			keys = append(keys, key)
		}
		return nil
	}, "SELECT key FROM attempt WHERE step = $1 AND holder = ''", string(step))
	if err != nil {
		return nil, fmt.Errorf("list attempts of %s: %w", step, err)
	}
	return keys, nil
}

// ForgetKeys removes what is known of attempts whose rows are gone.
func (at Attempts) ForgetKeys(ctx context.Context, step Step, keys []string) error {
	if _, err := execIn(ctx, at.tx, "DELETE FROM attempt WHERE step = $1 AND holder = '' AND key IN (%IN%)", []any{string(step)}, keys); err != nil {
		return fmt.Errorf("forget attempts of %s: %w", step, err)
	}
	return nil
}

// Failure is how an attempt at one row ended.
type Failure struct {
	Key   string
	Words string
	// WaitsFor names the surroundings whose failure it was; "" when the row itself is at fault.
	WaitsFor string
	// Died: the row passed its deadline and was given up, which counts as a death.
	Died    bool
	RetryAt time.Time
}

// When a row is set aside: after so many failures of its own over so long a time, or so many deaths while it was alone.
const (
	asideFaults = 5
	asideAfter  = time.Hour
	asideDeaths = 2
)

// MarkFailed notes how attempts ended, and says which rows are set aside by it: these are not tried again before somebody
// releases them.
func (at Attempts) MarkFailed(ctx context.Context, step Step, holder string, now time.Time, failures ...Failure) (aside []Attempt, err error) {
	for _, f := range failures {
		fault, died := 0, 0
		if f.Died {
			died = 1
		} else if f.WaitsFor == "" {
			fault = 1
		}
		// The outermost conditions see the values as they were before.
		err := at.tx.each(ctx, attemptVisitor(&aside), `UPDATE attempt SET holder = '', held_until = NULL, failed_at = COALESCE(failed_at, $1), last_at = $1, retry_at = $2,
			waits_for = $3, words = $4, faults = faults + $5, deaths = deaths + $6 * alone, alone = CASE WHEN $6 = 1 THEN 1 ELSE alone END,
			aside_at = CASE WHEN ($5 = 1 AND faults + 1 >= $7 AND COALESCE(failed_at, $1) <= $8) OR ($6 = 1 AND alone = 1 AND deaths + 1 >= $9) THEN $1 END
			WHERE step = $10 AND key = $11 AND holder = $12 RETURNING `+attemptColumns,
			micros(now), micros(f.RetryAt), f.WaitsFor, f.Words, fault, died, asideFaults, micros(now.Add(-asideAfter)), asideDeaths, string(step), f.Key, holder)
		if err != nil {
			return nil, fmt.Errorf("note a failure of %s %s: %w", step, f.Key, err)
		}
	}
	return onlyAside(aside), nil
}

// RetryAllNow makes everything due that failed before and is not set aside, whatever time it would wait.
func (at Attempts) RetryAllNow(ctx context.Context, now time.Time) error {
	if _, err := at.tx.exec(ctx, "UPDATE attempt SET retry_at = $1 WHERE retry_at > $1 AND aside_at IS NULL", micros(now)); err != nil {
		return fmt.Errorf("make what failed due again: %w", err)
	}
	if _, err := at.tx.exec(ctx, "UPDATE outgoing SET next_at = $1 WHERE state IN ('deferred', 'unknown') AND next_at > $1", micros(now)); err != nil {
		return fmt.Errorf("make deferred mails due again: %w", err)
	}
	return nil
}

// ForgetDone removes what is known of attempts at rows that are not there to be done any more: an answer that was called off.
func (at Attempts) ForgetDone(ctx context.Context) error {
	for _, step := range Steps() {
		q := dueOf[step]
		if _, err := at.tx.exec(ctx, "DELETE FROM attempt WHERE step = $1 AND holder = '' AND NOT EXISTS (SELECT 1 FROM "+q.table+" t WHERE CAST(t.id AS TEXT) = attempt.key AND "+
			q.due+")", string(step)); err != nil {
			return fmt.Errorf("forget attempts of %s: %w", step, err)
		}
	}
	return nil
}
