package ledger

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"handrail/internal/request"
)

// Event is what happened to a line at one link of the chain: it was judged, or it went to another outcome.
type Event struct {
	Seq       int64
	At        time.Time
	Reference string
	From      request.Outcome // "" when it was judged
	To        request.Outcome
	TakenOn   request.Date // of a move: the day on which an approval was taken back that counts on; else zero
	// Judged is the line as it was judged, with its facts and findings where they are still kept; nil for a move.
	Judged *Line
	Inbox  string // that its mail came to; "" for a move
	Policy string // the hash of the policy that judged; "" for a move
}

// Events tells what happened to every line, in the order of the chain, which is the order in which it was decided. The
// lines of one submission were judged at once and follow each other. visit may keep what it is given, and may not ask the
// ledger anything.
func (rs Records) Events(ctx context.Context, visit func(*Event) error) error {
	err := rs.tx.each(ctx, func(scan func(...any) error) (err error) {
		var e Event
		var l Line
		var kind, policy, inbox string
		var public json.RawMessage
		var body []byte
		if err := scanLine(scan, &l, &e.Seq, instant{&e.At}, &kind, &e.Reference, rawJSON{&public}, &body, &policy, &inbox); err != nil {
			return err
		}
		var said linePublic
		if err := json.Unmarshal(public, &said); err != nil {
			return fmt.Errorf("link %d: %w", e.Seq, err)
		}
		e.From, e.To = said.From, said.Outcome
		if said.TakenOn != "" {
			if e.TakenOn, err = request.ParseDate(said.TakenOn); err != nil {
				return fmt.Errorf("link %d: %w", e.Seq, err)
			}
		}
		if kind == judgedKind {
			if err := l.open(body); err != nil {
				return err
			}
			e.Judged, e.Inbox, e.Policy = &l, inbox, policy
		}
		return visit(&e)
	}, "SELECT "+lineColumns+`, c.seq, c.at, c.kind, c.subject, c.public, p.body, s.policy, m.inbox FROM chain c
		JOIN line l ON l.reference = c.subject JOIN submission s ON s.id = l.submission JOIN message m ON m.id = s.message
		LEFT JOIN chain_private p ON p.seq = c.seq AND c.kind = 'line.judged'
		WHERE c.kind IN ('line.judged', 'line.moved') ORDER BY c.seq`)
	if err != nil {
		return fmt.Errorf("read what happened to lines: %w", err)
	}
	return nil
}
