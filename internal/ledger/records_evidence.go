package ledger

import (
	"context"
	"encoding/json"
	"fmt"
	"time"
)

// EvidenceKind is how a section 32 manager's authorization is known.
type EvidenceKind string

// The kinds of evidence.
const (
	AttachedEvidence  EvidenceKind = "attached"  // the manager's own mail came along
	ConfirmedEvidence EvidenceKind = "confirmed" // the manager answered CONFIRM
)

// Evidence is what is known about who authorized a line's money.
type Evidence struct {
	Line    int64
	Kind    EvidenceKind
	Manager string
	Message int64 // the mail that brought it
}

const (
	evidenceKind = "line.evidence"
	// evidenceOf comes before the reference in the chain: the newest link about a line itself is where the line stands.
	evidenceOf = "evidence "
)

// AddEvidence records evidence for lines, once for each kind, with its link in the chain. mail is the digest of the mail
// that brought it. It needs Decide.
func (rs Records) AddEvidence(ctx context.Context, now time.Time, mail Digest, list ...Evidence) error {
	if !rs.tx.deciding {
		return errNotDeciding
	}
	ids := make([]int64, len(list))
	for i := range list {
		ids[i] = list[i].Line
	}
	lines, err := rs.tx.Lines.mapByID(ctx, ids)
	if err != nil {
		return err
	}
	var entries []Entry
	for _, e := range list {
		won, err := rs.tx.won(ctx, "INSERT INTO evidence (line, kind, manager, message, at) VALUES ($1, $2, $3, $4, $5) ON CONFLICT DO NOTHING",
			e.Line, string(e.Kind), e.Manager, optional(e.Message), micros(now))
		if err != nil {
			return fmt.Errorf("keep evidence: %w", err)
		}
		if !won {
			continue
		}
		if lines[e.Line] == nil {
			return fmt.Errorf("keep evidence: line %d is not there", e.Line)
		}
		entry, err := e.entry(lines[e.Line], mail)
		if err != nil {
			return err
		}
		entries = append(entries, entry)
	}
	if len(entries) == 0 {
		return nil
	}
	_, err = rs.tx.Chain.Append(ctx, now, entries...)
	return err
}

// entry is the link that notes evidence for a line.
func (e *Evidence) entry(l *Line, mail Digest) (Entry, error) {
	public, err := json.Marshal(struct {
		Evidence EvidenceKind `json:"evidence"`
		Mail     string       `json:"mail"`
		Digest   Digest       `json:"digest"`
	}{e.Kind, mail.String(), l.Digest})
	if err != nil {
		return Entry{}, err
	}
	private, err := json.Marshal(lineSaid{By: e.Manager})
	return Entry{Kind: evidenceKind, Subject: evidenceOf + l.Reference, Public: public, Private: private}, err
}

// Evidence reads the evidence of lines; confirmed comes after attached.
func (rs Records) Evidence(ctx context.Context, lines []int64) ([]Evidence, error) {
	var out []Evidence
	err := eachIn(ctx, rs.tx, "SELECT line, kind, manager, message FROM evidence WHERE line IN (%IN%) ORDER BY line, kind", nil, lines,
		func(scan func(...any) error) error {
			var e Evidence
			err := scan(&e.Line, &e.Kind, &e.Manager, number{&e.Message})
			out = append(out, e)
			return err
		})
	if err != nil {
		return nil, fmt.Errorf("read evidence: %w", err)
	}
	return out, nil
}
