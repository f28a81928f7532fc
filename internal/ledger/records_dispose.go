package ledger

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"handrail/internal/request"
)

// Disposal is what Dispose removed, or would remove.
type Disposal struct {
	Messages    int64 `json:"messages"` // intake rows whose sender, subject and raw mail went
	Submissions int64 `json:"requests"` // whose requester, origin, layout and workbook went
	Links       int64 `json:"links"`    // private parts of the chain
	Outgoing    int64 `json:"mails"`    // mails whose bytes and recipient went
	Bytes       int64 `json:"bytes"`    // of raw mails, attachments and workbooks
	Held        int64 `json:"held"`     // submissions that a legal hold kept
	Open        int64 `json:"open"`     // submissions that were kept because a line waits for an officer, or a mail for its server
}

// disposal is its link in the chain: which private parts are gone, as spans of link numbers.
type disposal struct {
	Before string     `json:"before"`
	Links  [][2]int64 `json:"links"`
}

// spans is a set of numbers as sorted spans.
type spans struct{ list [][2]int64 }

// note adds the number of a row.
func (s *spans) note(scan func(...any) error) error {
	var n int64
	err := scan(&n)
	s.list = append(s.list, [2]int64{n, n})
	return err
}

func (s *spans) sort() {
	slices.SortFunc(s.list, func(a, b [2]int64) int { return int(a[0] - b[0]) })
	merged := s.list[:0]
	for _, x := range s.list {
		if n := len(merged); n > 0 && x[0] <= merged[n-1][1]+1 {
			merged[n-1][1] = max(merged[n-1][1], x[1])
			continue
		}
		merged = append(merged, x)
	}
	s.list = merged
}

func (s *spans) has(n int64) bool {
	_, found := slices.BinarySearchFunc(s.list, n, func(x [2]int64, n int64) int {
		switch {
		case x[1] < n:
			return -1
		case x[0] > n:
			return 1
		}
		return 0
	})
	return found
}

// disposable is true for submissions of mails received before $1 that nothing keeps: no hold, no line that waits, no
// mail that is not settled.
const disposable = `s.received_at < $1 AND s.requester <> ''
	AND NOT EXISTS (SELECT 1 FROM legal_hold h WHERE h.lifted_at IS NULL AND h.reference IN ('*', ` + submissionReference + `))
	AND NOT (` + waits + `)`

// submissionReference prints HR-2026-000123 in both dialects.
const submissionReference = `'HR-' || CAST(s.year AS TEXT) || '-' || CASE WHEN s.number < 1000000
	THEN SUBSTR(CAST(1000000 + s.number AS TEXT), 2) ELSE CAST(s.number AS TEXT) END`

// Dispose removes what is personal of everything received before an instant: raw mails, workbooks, mails sent, names
// and addresses, the facts that guardrails saw. Lines keep outcome, amount, currency, cost centre, unit, day and
// supplier, which the accounts need; the chain keeps its links and stays whole. What is under a legal hold, waits for
// an officer or has a mail under way stays. It is noted in the chain and needs Decide. dry only counts.
func (rs Records) Dispose(ctx context.Context, now, before time.Time, dry bool) (Disposal, error) {
	if !rs.tx.deciding {
		return Disposal{}, errNotDeciding
	}
	rs.tx.removes = !dry
	var d Disposal
	if err := rs.countKept(ctx, before, &d); err != nil {
		return Disposal{}, err
	}
	submissions, err := rs.ids(ctx, "SELECT s.id FROM submission s WHERE "+disposable+" ORDER BY s.id", micros(before))
	if err != nil {
		return Disposal{}, fmt.Errorf("look for what may be disposed of: %w", err)
	}
	messages, err := rs.ids(ctx, `SELECT m.id FROM message m WHERE m.received_at < $1 AND m.state IN ('filed', 'released', 'quarantined')
		AND (m.sender <> '' OR m.subject <> '' OR m.message_id <> '' OR EXISTS (SELECT 1 FROM kept_bytes k WHERE k.sha256 = m.sha256 AND k.bytes IS NOT NULL))
		AND NOT EXISTS (SELECT 1 FROM legal_hold h WHERE h.lifted_at IS NULL AND h.reference = '*')
		AND NOT EXISTS (SELECT 1 FROM submission s WHERE s.message = m.id AND s.requester <> '' AND NOT (`+disposable+`)) ORDER BY m.id`, micros(before))
	if err != nil {
		return Disposal{}, fmt.Errorf("look for mails that may be disposed of: %w", err)
	}
	d.Submissions, d.Messages = int64(len(submissions)), int64(len(messages))
	if dry {
		return d, nil
	}
	if err := rs.disposeLinks(ctx, now, before, submissions, &d); err != nil {
		return Disposal{}, err
	}
	if err := rs.tx.Suppliers.dispose(ctx, before); err != nil {
		return Disposal{}, err
	}
	if err := rs.tx.Stops.dispose(ctx, before); err != nil {
		return Disposal{}, err
	}
	if err := rs.tx.Changes.dispose(ctx, before); err != nil {
		return Disposal{}, err
	}
	if err := rs.disposeLoose(ctx, before, &d); err != nil {
		return Disposal{}, err
	}
	if err := rs.tx.Totals.disposeNeeds(ctx, request.DateOf(before)); err != nil {
		return Disposal{}, fmt.Errorf("dispose of what needs say: %w", err)
	}
	if err := rs.disposeRows(ctx, messages, submissions, &d); err != nil {
		return Disposal{}, err
	}
	return d, nil
}

// disposeLoose takes addresses and bytes from the mails that belong to no submission: refusals, alerts, receipts. The
// mails that took a report to finance stay as they are.
func (rs Records) disposeLoose(ctx context.Context, before time.Time, d *Disposal) error {
	const loose = ` WHERE submission IS NULL AND NOT EXISTS (SELECT 1 FROM legal_hold h WHERE h.lifted_at IS NULL AND h.reference = '*')`
	var digests [][]byte
	var mails int64
	err := rs.tx.each(ctx, func(scan func(...any) error) error {
		var whole, light []byte
		err := scan(&whole, &light)
		if digests = append(digests, whole); light != nil {
			digests = append(digests, light)
		}
		mails++
		return err
	}, "UPDATE outgoing SET cause = 'disposed:' || CAST(id AS TEXT), recipient = 'disposed:' || CAST(id AS TEXT), words = '', ended_by = '', ended_why = ''"+loose+` AND kind <> 'weekly'
		AND state IN ('accepted', 'refused', 'settled', 'redirected') AND sent_copy <> 'due' AND made_at < $1 AND recipient NOT LIKE 'disposed:%' RETURNING raw, light`, micros(before))
	if err != nil {
		return fmt.Errorf("dispose of mails of no submission: %w", err)
	}
	d.Outgoing += mails
	if _, err := rs.tx.exec(ctx, "UPDATE owed SET detail = '{}', answers = '', cause = 'disposed:' || CAST(id AS TEXT)"+loose+
		" AND state <> 'owed' AND due_at < $1 AND cause NOT LIKE 'disposed:%'", micros(before)); err != nil {
		return fmt.Errorf("dispose of what was owed: %w", err)
	}
	return rs.disposeBytes(ctx, digests, d)
}

func (rs Records) ids(ctx context.Context, text string, args ...any) ([]int64, error) {
	var out []int64
	err := rs.tx.each(ctx, func(scan func(...any) error) error {
		var id int64
		err := scan(&id)
		out = append(out, id)
		return err
	}, text, args...)
	return out, err
}

func (rs Records) countKept(ctx context.Context, before time.Time, d *Disposal) error {
	_, err := rs.tx.one(ctx, []any{&d.Held, &d.Open}, `SELECT COUNT(CASE WHEN held THEN 1 END), COUNT(CASE WHEN NOT held THEN 1 END) FROM (
		SELECT EXISTS (SELECT 1 FROM legal_hold h WHERE h.lifted_at IS NULL AND h.reference IN ('*', `+submissionReference+`)) AS held
		FROM submission s WHERE s.received_at < $1 AND s.requester <> '' AND NOT (`+disposable+`)) kept`, micros(before))
	if err != nil {
		return fmt.Errorf("count what is kept: %w", err)
	}
	return nil
}

// disposeLinks notes in the chain whose private parts go, and removes them.
func (rs Records) disposeLinks(ctx context.Context, now, before time.Time, submissions []int64, d *Disposal) error {
	var gone spans
	err := eachIn(ctx, rs.tx, `SELECT p.seq FROM chain_private p JOIN chain c ON c.seq = p.seq JOIN line l ON l.reference = c.subject
		WHERE l.submission IN (%IN%)`, nil, submissions, gone.note)
	if err != nil {
		return fmt.Errorf("look for private parts: %w", err)
	}
	for _, links := range []string{"SELECT x.chain_seq FROM closed_line x", "SELECT x.reopened_seq FROM closed_line x"} {
		if err := eachIn(ctx, rs.tx, "SELECT p.seq FROM chain_private p WHERE p.seq IN ("+links+" JOIN line l ON l.id = x.line WHERE l.submission IN (%IN%))", nil, submissions,
			gone.note); err != nil {
			return fmt.Errorf("look for who closed lines: %w", err)
		}
	}
	pairs, err := rs.ids(ctx, `SELECT p.seq FROM chain_private p WHERE p.seq IN (SELECT s.chain_seq FROM supplier_pair s WHERE `+disposablePairs+`
		UNION SELECT s.withdrawn_seq FROM supplier_pair s WHERE `+disposablePairs+`)`, micros(before))
	if err != nil {
		return fmt.Errorf("look for what was said of suppliers: %w", err)
	}
	changes, err := rs.ids(ctx, "SELECT p.seq FROM chain_private p WHERE p.seq IN ("+changeLinks+" UNION "+stopLinks+")", micros(before))
	if err != nil {
		return fmt.Errorf("look for who changed what is in force: %w", err)
	}
	for _, seq := range append(pairs, changes...) {
		gone.list = append(gone.list, [2]int64{seq, seq})
	}
	gone.sort()
	public, err := json.Marshal(disposal{Before: before.UTC().Format(time.RFC3339), Links: gone.list})
	if err != nil {
		return err
	}
	if _, err := rs.tx.Chain.Append(ctx, now, Entry{Kind: "ledger.disposed", Subject: request.DateOf(before).String(), Public: public}); err != nil {
		return err
	}
	for _, s := range gone.list {
		n, err := rs.tx.exec(ctx, "DELETE FROM chain_private WHERE seq >= $1 AND seq <= $2", s[0], s[1])
		if err != nil {
			return fmt.Errorf("dispose of private parts: %w", err)
		}
		d.Links += n
	}
	return nil
}

func (rs Records) disposeRows(ctx context.Context, messages, submissions []int64, d *Disposal) error {
	var digests [][]byte
	note := func(scan func(...any) error) error {
		var b []byte
		err := scan(&b)
		digests = append(digests, b)
		return err
	}
	for _, q := range []struct {
		text string
		ids  []int64
	}{
		{"SELECT sha256 FROM message WHERE id IN (%IN%)", messages},
		{"SELECT attachment FROM submission WHERE id IN (%IN%)", submissions},
		{"SELECT raw FROM outgoing WHERE submission IN (%IN%)", submissions},
		{"SELECT light FROM outgoing WHERE light IS NOT NULL AND submission IN (%IN%)", submissions},
	} {
		if err := eachIn(ctx, rs.tx, q.text, nil, q.ids, note); err != nil {
			return fmt.Errorf("look for bytes to dispose of: %w", err)
		}
	}
	var gone int64
	for _, q := range []struct {
		text string
		ids  []int64
		n    *int64
	}{
		{"UPDATE message SET sender = '', message_id = '', subject = '', vouched = '{}' WHERE id IN (%IN%)", messages, nil},
		{`UPDATE submission SET requester = '', origin = '{}', layout = '{}', problems = '{}', file_name = '' WHERE id IN (%IN%)`, submissions, nil},
		{"UPDATE line SET decided_by = CASE decided_by WHEN '' THEN '' ELSE 'disposed' END, instead_of = '', written_by = '', reason = '' WHERE submission IN (%IN%)", submissions, nil},
		{"UPDATE escalation SET officer = 'disposed', instead_of = '', detail = '{}' WHERE submission IN (%IN%)", submissions, nil},
		{`UPDATE escalation SET officer = 'disposed', instead_of = '', detail = '{}' WHERE submission IS NULL
			AND id IN (SELECT t.escalation FROM token t JOIN line l ON l.id = t.line WHERE l.submission IN (%IN%))`, submissions, nil},
		{"UPDATE closed_line SET closed_by = 'disposed', reason = '', reopened_by = CASE reopened_by WHEN '' THEN '' ELSE 'disposed' END, reopen_reason = '' WHERE line IN (SELECT l.id FROM line l WHERE l.submission IN (%IN%))", submissions, nil},
		{"DELETE FROM decided_word WHERE line IN (SELECT l.id FROM line l WHERE l.submission IN (%IN%))", submissions, nil},
		{"UPDATE evidence SET manager = '' WHERE line IN (SELECT l.id FROM line l WHERE l.submission IN (%IN%))", submissions, nil},
		{"DELETE FROM told_line WHERE line IN (SELECT l.id FROM line l WHERE l.submission IN (%IN%))", submissions, nil},
		{"UPDATE owed SET cause = 'disposed:' || CAST(id AS TEXT), detail = '{}', answers = '' WHERE submission IN (%IN%)", submissions, nil},
		{"UPDATE outgoing SET cause = 'disposed:' || CAST(id AS TEXT), recipient = 'disposed:' || CAST(id AS TEXT), words = '', ended_by = '', ended_why = '' WHERE submission IN (%IN%)", submissions, &gone},
	} {
		n, err := execIn(ctx, rs.tx, q.text, nil, q.ids)
		if err != nil {
			return fmt.Errorf("dispose of rows: %w", err)
		}
		if q.n != nil {
			*q.n = n
		}
	}
	d.Outgoing += gone
	return rs.disposeBytes(ctx, digests, d)
}

// disposeBytes removes those of digests' bytes that no row needs any more.
func (rs Records) disposeBytes(ctx context.Context, digests [][]byte, d *Disposal) error {
	size, err := rs.tx.Documents.forget(ctx, digests)
	d.Bytes += size
	return err
}

// Forget removes bytes that were kept for a short time, once their mails are made.
func (ds Documents) Forget(ctx context.Context, digests ...Digest) error {
	all := make([][]byte, len(digests))
	for i := range digests {
		all[i] = digests[i].bytes()
	}
	_, err := ds.forget(ctx, all)
	return err
}

// forget removes those of digests' bytes that no row needs any more, and says how many they were.
func (ds Documents) forget(ctx context.Context, digests [][]byte) (removed int64, err error) {
	const stillNeeded = `NOT EXISTS (SELECT 1 FROM message m WHERE m.sha256 = kept_bytes.sha256 AND (m.sender <> '' OR m.message_id <> '' OR m.state IN ('received', 'judged')))
		AND NOT EXISTS (SELECT 1 FROM submission s WHERE s.attachment = kept_bytes.sha256 AND s.requester <> '')
		AND NOT EXISTS (SELECT 1 FROM outgoing o WHERE kept_bytes.sha256 IN (o.raw, o.light) AND (o.recipient NOT LIKE 'disposed:%' OR o.state NOT IN ('accepted', 'refused', 'settled', 'redirected')))`
	err = eachIn(ctx, ds.tx, "UPDATE kept_bytes SET bytes = NULL WHERE bytes IS NOT NULL AND "+stillNeeded+" AND sha256 IN (%IN%) RETURNING size", nil, digests,
		func(scan func(...any) error) error {
			var size int64
			err := scan(&size)
			removed += size
			return err
		})
	if err != nil {
		return 0, fmt.Errorf("dispose of bytes: %w", err)
	}
	return removed, nil
}
