package ledger

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"time"
)

// Records is the ledger as records: accounts and case files, evidence, legal holds, disposal, events and exports.
type Records struct{ tx *Tx }

// RecordMail is a mail that belongs to one submission's record: one that came, or one that was sent.
type RecordMail struct {
	Message  Message  // of one that came; its ID is 0 for one that was sent
	Outgoing Outgoing // of one that was sent
	Raw      []byte   // nil once disposed of, and where Shared
	// Shared is true for a mail that is about other submissions too: its bytes belong to their records as well.
	Shared bool
}

// Mails reads every mail that is part of a submission's record, with its bytes, in the order they came or were made: the
// request, what was sent because of it, answers of officers, managers and the requester.
func (rs Records) Mails(ctx context.Context, submission int64) ([]RecordMail, error) {
	came, err := rs.mailsCame(ctx, submission)
	if err != nil {
		return nil, err
	}
	sent, err := rs.mailsSent(ctx, submission)
	if err != nil {
		return nil, err
	}
	var out []RecordMail
	for len(came) > 0 || len(sent) > 0 {
		if len(sent) == 0 || len(came) > 0 && !came[0].Message.ReceivedAt.After(sent[0].Outgoing.MadeAt) {
			out, came = append(out, came[0]), came[1:]
			continue
		}
		out, sent = append(out, sent[0]), sent[1:]
	}
	return out, nil
}

// theirMessages are the intake rows of a submission's record: what brought it, what answered for it, what the outbox had because
// of it. $1 is the submission.
const theirMessages = `SELECT s.message FROM submission s WHERE s.id = $1
	UNION SELECT t.consumed_by FROM token t JOIN line l ON l.id = t.line WHERE l.submission = $1 AND t.consumed_by IS NOT NULL
	UNION SELECT e.message FROM evidence e JOIN line l ON l.id = e.line WHERE l.submission = $1 AND e.message IS NOT NULL
	UNION SELECT o.message FROM owed o WHERE o.submission = $1 AND o.message IS NOT NULL`

func (rs Records) mailsCame(ctx context.Context, submission int64) ([]RecordMail, error) {
	var out []RecordMail
	err := rs.tx.each(ctx, func(scan func(...any) error) error {
		var m RecordMail
		if err := scan(append(m.Message.into(), &m.Message.Raw, &m.Shared)...); err != nil {
			return err
		}
		if m.Raw, m.Message.Raw = m.Message.Raw, nil; m.Shared {
			m.Raw = nil
		}
		out = append(out, m)
		return nil
	}, "SELECT "+messageColumns+`, b.bytes,
			EXISTS (SELECT 1 FROM submission s WHERE s.message = m.id AND s.id <> $1)
			OR EXISTS (SELECT 1 FROM owed o WHERE o.message = m.id AND o.submission <> $1)
			OR EXISTS (SELECT 1 FROM token t JOIN token o ON o.escalation = t.escalation JOIN line l ON l.id = o.line
				WHERE t.consumed_by = m.id AND l.submission <> $1)
		FROM message m LEFT JOIN kept_bytes b ON b.sha256 = m.sha256 WHERE m.id IN (`+theirMessages+") ORDER BY m.received_at, m.id", submission)
	if err != nil {
		return nil, fmt.Errorf("read the mails that came for a submission: %w", err)
	}
	questions, err := rs.sharedQuestions(ctx, submission)
	if err != nil {
		return nil, err
	}
	for i := range out {
		if questions[out[i].Message.ID] {
			out[i].Shared, out[i].Raw = true, nil
		}
	}
	return out, nil
}

// sharedQuestions are the officers' questions that were asked in answer to a mail about several submissions.
func (rs Records) sharedQuestions(ctx context.Context, submission int64) (map[int64]bool, error) {
	escalations := map[int64][]int64{} // the messages of each
	var ids []int64
	err := rs.tx.each(ctx, func(scan func(...any) error) error {
		var message int64
		var detail json.RawMessage
		if err := scan(&message, rawJSON{&detail}); err != nil {
			return err
		}
		var asked struct {
			Escalation int64 `json:"escalation"`
		}
		if json.Unmarshal(detail, &asked) == nil && asked.Escalation != 0 {
			escalations[asked.Escalation] = append(escalations[asked.Escalation], message)
			ids = append(ids, asked.Escalation)
		}
		return nil
	}, "SELECT message, detail FROM owed WHERE submission = $1 AND message IS NOT NULL", submission)
	if err != nil {
		return nil, fmt.Errorf("read what was owed for a submission: %w", err)
	}
	shared := map[int64]bool{}
	err = eachIn(ctx, rs.tx, "SELECT DISTINCT t.escalation FROM token t JOIN line l ON l.id = t.line WHERE l.submission <> $1 AND t.escalation IN (%IN%)",
		[]any{submission}, ids, func(scan func(...any) error) error {
			var id int64
			err := scan(&id)
			for _, m := range escalations[id] {
				shared[m] = true
			}
			return err
		})
	if err != nil {
		return nil, fmt.Errorf("read what officers were asked: %w", err)
	}
	return shared, nil
}

func (rs Records) mailsSent(ctx context.Context, submission int64) ([]RecordMail, error) {
	var out []RecordMail
	err := rs.tx.each(ctx, func(scan func(...any) error) error {
		var m RecordMail
		if err := scan(append(m.Outgoing.into(), &m.Raw)...); err != nil {
			return err
		}
		if m.Shared = m.Outgoing.Submission == 0; m.Shared {
			m.Raw = nil
		}
		out = append(out, m)
		return nil
	}, "SELECT "+outgoingColumns+`, b.bytes FROM outgoing o LEFT JOIN kept_bytes b ON b.sha256 = o.raw
		WHERE o.submission = $1 OR o.submission IS NULL AND o.escalation IN
			(SELECT t.escalation FROM token t JOIN line l ON l.id = t.line WHERE l.submission = $1) ORDER BY o.made_at, o.id`, submission)
	if err != nil {
		return nil, fmt.Errorf("read the mails sent for a submission: %w", err)
	}
	return out, nil
}

// EvidenceLinks reads what the chain says about the evidence for lines, by their references.
func (rs Records) EvidenceLinks(ctx context.Context, references []string) (map[string][]Link, error) {
	subjects := make([]string, len(references))
	for i, r := range references {
		subjects[i] = evidenceOf + r
	}
	links, err := rs.tx.Chain.About(ctx, subjects)
	out := make(map[string][]Link, len(links))
	for subject, list := range links {
		out[strings.TrimPrefix(subject, evidenceOf)] = list
	}
	return out, err
}

// DisposalOf finds the link that says that the private part of another one was disposed of.
func (rs Records) DisposalOf(ctx context.Context, seq int64) (at time.Time, link int64, found bool, err error) {
	err = rs.tx.each(ctx, func(scan func(...any) error) error {
		var n int64
		var when time.Time
		var public json.RawMessage
		if err := scan(&n, instant{&when}, rawJSON{&public}); err != nil {
			return err
		}
		var d disposal
		if err := json.Unmarshal(public, &d); err != nil {
			return nil //nolint:nilerr // a link that was changed is found by its hash
		}
		gone := spans{d.Links}
		if gone.sort(); !found && gone.has(seq) {
			at, link, found = when, n, true
		}
		return nil
	}, "SELECT seq, at, public FROM chain WHERE kind = 'ledger.disposed' AND seq > $1 ORDER BY seq", seq)
	if err != nil {
		return time.Time{}, 0, false, fmt.Errorf("look for the disposal of link %d: %w", seq, err)
	}
	return at, link, found, nil
}
