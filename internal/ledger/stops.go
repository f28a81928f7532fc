package ledger

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"
)

// Stops are the times when nothing is approved by the guardrails, because an owner of the rules said STOP.
type Stops struct{ tx *Tx }

// Stop is one such time.
type Stop struct {
	ID        int64
	StoppedAt time.Time
	By        string // the owner's address, lower case
	Reason    string // as it was mailed; "" none
	Message   int64  // that said it; 0 none
	StartedAt time.Time
	StartedBy []string // two, or none while it lasts
}

// Lasts is whether nobody ended it yet.
func (s *Stop) Lasts() bool { return s != nil && s.StartedAt.IsZero() }

// Now is the stop that lasts; nil where there is none.
func (st Stops) Now(ctx context.Context) (*Stop, error) {
	s, err := st.last(ctx)
	if err != nil || !s.Lasts() {
		return nil, err
	}
	return s, nil
}

// last is the newest stop; nil where there never was one.
func (st Stops) last(ctx context.Context) (*Stop, error) {
	var s Stop
	var by string
	found, err := st.tx.one(ctx, []any{&s.ID, instant{&s.StoppedAt}, &s.By, &s.Reason, number{&s.Message}, instant{&s.StartedAt}, &by},
		"SELECT id, stopped_at, stopped_by, reason, message, started_at, started_by FROM stop ORDER BY id DESC LIMIT 1")
	if err != nil {
		return nil, fmt.Errorf("read whether an owner said STOP: %w", err)
	}
	if !found {
		return nil, nil
	}
	s.StartedBy = strings.Fields(by)
	return &s, nil
}

// Stop begins one, unless one lasts: then won is false. It is noted in the chain and needs Decide.
func (st Stops) Stop(ctx context.Context, now time.Time, s Stop) (won bool, err error) {
	if !st.tx.deciding {
		return false, errNotDeciding
	}
	if s.By == "" {
		return false, errors.New("a stop needs the owner who says it")
	}
	if lasts, err := st.Now(ctx); err != nil || lasts != nil {
		return false, err
	}
	seq, err := st.link(ctx, now, "guardrails.stopped", map[string]any{"by": strings.ToLower(s.By), "reason": s.Reason})
	if err != nil {
		return false, err
	}
	if _, err := st.tx.exec(ctx, "INSERT INTO stop (stopped_at, stopped_by, reason, message, chain_seq) VALUES ($1, $2, $3, $4, $5)",
		micros(now), strings.ToLower(s.By), s.Reason, optional(s.Message), seq); err != nil {
		return false, fmt.Errorf("note the STOP: %w", err)
	}
	return true, nil
}

// Start ends the stop that lasts; won is false where none does. It is noted in the chain, with both who said START, and needs Decide.
func (st Stops) Start(ctx context.Context, now time.Time, by ...string) (won bool, err error) {
	if !st.tx.deciding {
		return false, errNotDeciding
	}
	if len(by) < 2 {
		return false, errors.New("START needs two owners")
	}
	s, err := st.Now(ctx)
	if err != nil || s == nil {
		return false, err
	}
	names := strings.ToLower(strings.Join(by, " "))
	seq, err := st.link(ctx, now, "guardrails.started", map[string]any{"by": strings.Fields(names)})
	if err != nil {
		return false, err
	}
	return st.tx.won(ctx, "UPDATE stop SET started_at = $1, started_by = $2, started_seq = $3 WHERE id = $4", micros(now), names, seq, s.ID)
}

// link notes it in the chain: that it was is for ever, who and why can be disposed of.
func (st Stops) link(ctx context.Context, now time.Time, kind string, who map[string]any) (int64, error) {
	private, err := json.Marshal(who)
	if err != nil {
		return 0, err
	}
	seqs, err := st.tx.Chain.Append(ctx, now, Entry{Kind: kind, Subject: "guardrails", Public: []byte("{}"), Private: private})
	if err != nil {
		return 0, err
	}
	return seqs[0], nil
}

// disposableStops is true for stops that ended before $1 and that no hold of all keeps; stopLinks are the links whose private parts go with them.
const (
	disposableStops = `x.started_at < $1 AND NOT EXISTS (SELECT 1 FROM legal_hold h WHERE h.lifted_at IS NULL AND h.reference = '*')`
	stopLinks       = `SELECT x.chain_seq FROM stop x WHERE ` + disposableStops + ` UNION SELECT x.started_seq FROM stop x WHERE ` + disposableStops
)

// dispose takes out of stops that ended before an instant who said STOP and START, and why.
func (st Stops) dispose(ctx context.Context, before time.Time) error {
	_, err := st.tx.exec(ctx, `UPDATE stop SET stopped_by = 'disposed', reason = '', started_by = 'disposed' WHERE id IN (SELECT x.id FROM stop x WHERE `+disposableStops+`)`, micros(before))
	if err != nil {
		return fmt.Errorf("dispose of who stopped the guardrails: %w", err)
	}
	return nil
}

// NoOwnersLink stands among the links that somebody was told of for: the rules have no owners. The chain has no such link.
const NoOwnersLink = -1

// WasTold reports whether a recipient was told of a link.
func (cs Changes) WasTold(ctx context.Context, recipient string, link int64) (told bool, err error) {
	var n int
	if _, err := cs.tx.one(ctx, []any{&n}, "SELECT COUNT(*) FROM told_change WHERE recipient = $1 AND link = $2", recipient, link); err != nil {
		return false, fmt.Errorf("read who was told of a change: %w", err)
	}
	return n > 0, nil
}
