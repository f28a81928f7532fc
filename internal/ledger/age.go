package ledger

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"handrail/internal/request"
)

// spent is true for bytes kept since before $1 that nothing needs any more: no mail to judge or to move, no mail to send
// or to copy, no report, nothing whose submission waits, and nothing under a legal hold.
const spent = `kept_bytes.kept_at < $1 AND kept_bytes.bytes IS NOT NULL
	AND NOT EXISTS (SELECT 1 FROM legal_hold h WHERE h.lifted_at IS NULL AND h.reference = '*')
	AND NOT EXISTS (SELECT 1 FROM report r WHERE r.workbook = kept_bytes.sha256)
	AND NOT EXISTS (SELECT 1 FROM message m WHERE m.sha256 = kept_bytes.sha256 AND (m.state = 'received' OR m.filed_at IS NULL))
	AND NOT EXISTS (SELECT 1 FROM outgoing o WHERE kept_bytes.sha256 IN (o.raw, o.light) AND (o.state NOT IN ('accepted', 'refused', 'settled', 'redirected') OR o.sent_copy = 'due'))
	AND NOT EXISTS (SELECT 1 FROM submission s WHERE (s.attachment = kept_bytes.sha256
			OR s.message IN (SELECT m.id FROM message m WHERE m.sha256 = kept_bytes.sha256)
			OR s.id IN (SELECT o.submission FROM outgoing o WHERE kept_bytes.sha256 IN (o.raw, o.light)))
		AND (` + waits + `))`

// waits is true for a submission s that somebody still works on, or that is under a hold of its own.
const waits = `EXISTS (SELECT 1 FROM line l WHERE l.submission = s.id AND l.outcome = 'escalated')
	OR EXISTS (SELECT 1 FROM owed o WHERE o.submission = s.id AND o.state = 'owed' AND o.kind <> 'still-waiting')
	OR EXISTS (SELECT 1 FROM outgoing o WHERE o.submission = s.id AND o.state NOT IN ('accepted', 'refused', 'settled', 'redirected'))
	OR EXISTS (SELECT 1 FROM legal_hold h WHERE h.lifted_at IS NULL AND h.reference = ` + submissionReference + `)`

// Aged is what Age removed.
type Aged struct{ Blobs, Bytes int64 }

// Age removes the bytes of mails and workbooks that are older than the configuration keeps them. Digests, lines, the
// chain and the weekly workbooks stay. It works in pages, so that the job goes on meanwhile, and notes in the chain how
// much went. It does nothing where the configuration names no age.
func (l *Ledger) Age(ctx context.Context, now time.Time) (all Aged, err error) {
	if l.cfg.KeepMailDays == 0 {
		return Aged{}, nil
	}
	const page = 200
	before := now.AddDate(0, 0, -l.cfg.KeepMailDays)
	for {
		var some Aged
		err := l.Decide(ctx, func(tx *Tx) (err error) {
			tx.removes = true
			some = Aged{}
			err = tx.each(ctx, func(scan func(...any) error) error {
				var size int64
				err := scan(&size)
				some.Blobs, some.Bytes = some.Blobs+1, some.Bytes+size
				return err
			}, `UPDATE kept_bytes SET bytes = NULL WHERE sha256 IN (SELECT sha256 FROM kept_bytes WHERE `+spent+`
				ORDER BY kept_at LIMIT $2) RETURNING size`, micros(before), page)
			if err != nil || some.Blobs == 0 {
				return err
			}
			public, err := json.Marshal(map[string]any{"before": before.UTC().Format(time.RFC3339), "mails_and_workbooks": some.Blobs, "bytes": some.Bytes})
			if err != nil {
				return err
			}
			_, err = tx.Chain.Append(ctx, now, Entry{Kind: "ledger.aged", Subject: request.DateOf(before).String(), Public: public})
			return err
		})
		if err != nil {
			return all, fmt.Errorf("remove mails older than %d days: %w", l.cfg.KeepMailDays, err)
		}
		all.Blobs, all.Bytes = all.Blobs+some.Blobs, all.Bytes+some.Bytes
		if some.Blobs < page {
			return all, nil
		}
	}
}
