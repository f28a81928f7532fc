package ledger

import (
	"context"
	"fmt"
	"strings"
	"time"
)

// Attempt is what is known of a row that failed, or that somebody has in hand.
type Attempt struct {
	Step     Step
	Key      string
	Holder   string
	Faults   int
	Deaths   int
	Alone    bool
	FailedAt time.Time // the first failure; zero when it only is in hand
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

// FailedAttempts lists what failed and is not done: rows that are tried again, and rows that are set aside. Those that failed
// by themselves come before those that wait for something around the job; then oldest failure first, at most limit.
func (tx *Tx) FailedAttempts(ctx context.Context, aside bool, limit int) ([]Attempt, error) {
	which := "aside_at IS NULL"
	if aside {
		which = "aside_at IS NOT NULL"
	}
	var out []Attempt
	if err := tx.each(ctx, attemptVisitor(&out), "SELECT "+attemptColumns+" FROM attempt WHERE failed_at IS NOT NULL AND "+which+" ORDER BY CASE WHEN waits_for = '' THEN 0 ELSE 1 END, failed_at, step, key LIMIT $1", limit); err != nil {
		return nil, fmt.Errorf("list what failed: %w", err)
	}
	return out, nil
}

// AsideUntold counts the rows that are set aside and of which nobody was told since an instant, and notes that they are told
// now.
func (tx *Tx) AsideUntold(ctx context.Context, since, now time.Time) (int64, error) {
	n, err := tx.exec(ctx, "UPDATE attempt SET told_at = $1 WHERE aside_at IS NOT NULL AND (told_at IS NULL OR told_at < $2)", micros(now), micros(since))
	if err != nil {
		return 0, fmt.Errorf("look for what is set aside: %w", err)
	}
	return n, nil
}

// Release lets a row be tried again that was set aside, as if it had never failed; found is false when no such row is.
func (tx *Tx) Release(ctx context.Context, step Step, key string) (found bool, err error) {
	found, err = tx.won(ctx, "DELETE FROM attempt WHERE step = $1 AND key = $2 AND holder = ''", string(step), key)
	if err != nil {
		return false, fmt.Errorf("release %s %s: %w", step, key, err)
	}
	return found, nil
}

// LateMails counts the mails that a server has put off for longer than patience; those that are set aside are left out.
func (tx *Tx) LateMails(ctx context.Context, now time.Time, patience time.Duration) (n int, err error) {
	_, err = tx.one(ctx, []any{&n}, `SELECT COUNT(*) FROM outgoing o WHERE o.state IN ('deferred', 'unknown') AND o.made_at < $1
		AND NOT EXISTS (SELECT 1 FROM attempt a WHERE a.step = 'send' AND a.key = CAST(o.id AS TEXT) AND a.aside_at IS NOT NULL)`, micros(now.Add(-patience)))
	if err != nil {
		return 0, fmt.Errorf("count late mails: %w", err)
	}
	return n, nil
}

// AnyFree reports whether a row of a step is due that nobody has in hand. It costs no write.
func (tx *Tx) AnyFree(ctx context.Context, step Step, now time.Time) (bool, error) {
	return tx.some(ctx, step, now, " AND NOT EXISTS (SELECT 1 FROM attempt a WHERE a.step = $2 AND a.key = CAST(t.id AS TEXT) AND NOT (a.alone = 0 AND "+free+"))")
}

// AnyAlone reports whether a row of a step is due that must be tried alone.
func (tx *Tx) AnyAlone(ctx context.Context, step Step, now time.Time) (bool, error) {
	return tx.some(ctx, step, now, " AND EXISTS (SELECT 1 FROM attempt a WHERE a.step = $2 AND a.key = CAST(t.id AS TEXT) AND a.alone = 1 AND "+free+")")
}

func (tx *Tx) some(ctx context.Context, step Step, now time.Time, more string) (bool, error) {
	q, err := dueTo(step)
	if err != nil {
		return false, err
	}
	var id int64
	found, err := tx.one(ctx, []any{&id}, "SELECT t.id FROM "+q.table+" t WHERE "+q.where()+more+" LIMIT 1", micros(now.Add(apart)), string(step), micros(now))
	if err != nil {
		return false, fmt.Errorf("look for what is due to %s: %w", step, err)
	}
	return found, nil
}

// OwedKind is the kind of an owed answer, "" when there is none.
func (tx *Tx) OwedKind(ctx context.Context, id int64) (kind string, err error) {
	if _, err = tx.one(ctx, []any{&kind}, "SELECT kind FROM owed WHERE id = $1", id); err != nil {
		return "", fmt.Errorf("read owed answer %d: %w", id, err)
	}
	return kind, nil
}

// CodesOf lists the codes that messages answer, as far as their headers say.
func (tx *Tx) CodesOf(ctx context.Context, messages []int64) (map[int64][]string, error) {
	codes := map[int64][]string{}
	err := eachIn(ctx, tx, "SELECT message, code FROM message_code WHERE message IN (%IN%)", nil, messages, func(scan func(...any) error) error {
		var id int64
		var code string
		err := scan(&id, &code)
		codes[id] = append(codes[id], code)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("read which codes mails answer: %w", err)
	}
	return codes, nil
}

// IdleKeys lists the keys of a step that begin with a prefix, that failed and that nobody has in hand.
func (tx *Tx) IdleKeys(ctx context.Context, step Step, prefix string) ([]string, error) {
	var keys []string
	err := tx.each(ctx, func(scan func(...any) error) error {
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
func (tx *Tx) ForgetKeys(ctx context.Context, step Step, keys []string) error {
	if _, err := execIn(ctx, tx, "DELETE FROM attempt WHERE step = $1 AND holder = '' AND key IN (%IN%)", []any{string(step)}, keys); err != nil {
		return fmt.Errorf("forget attempts of %s: %w", step, err)
	}
	return nil
}

// AnyDead reports whether another run has rows in hand whose time has passed, or a mail is being sent that nobody has in hand.
func (tx *Tx) AnyDead(ctx context.Context, holder string, now time.Time) (bool, error) {
	var n int
	_, err := tx.one(ctx, []any{&n}, `SELECT (SELECT COUNT(*) FROM attempt WHERE holder <> '' AND holder <> $1 AND held_until < $2)
		+ (SELECT COUNT(*) FROM outgoing o WHERE o.state = 'sending' AND NOT EXISTS (SELECT 1 FROM attempt a WHERE a.step = 'send' AND a.key = CAST(o.id AS TEXT) AND a.holder <> ''))`,
		holder, micros(now))
	if err != nil {
		return false, fmt.Errorf("look for runs that are gone: %w", err)
	}
	return n > 0, nil
}
