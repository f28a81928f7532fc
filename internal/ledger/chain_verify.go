package ledger

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"handrail/internal/request"
	"handrail/internal/totals"
)

// Fault is one thing that is wrong with the record, and where.
type Fault struct {
	Kind    FaultKind `json:"kind"`
	Seq     int64     `json:"link,omitempty"` // link of the chain, 0 when it is about something else
	Subject string    `json:"subject"`        // reference, hash, week
	Detail  string    `json:"detail"`         // in English, for the auditor
}

// FaultKind says what sort of wrong.
type FaultKind string

// The kinds of faults.
const (
	ChangedLink   FaultKind = "changed"    // says something else than its hash
	MissingLink   FaultKind = "missing"    // a number of the chain is not there
	ReorderedLink FaultKind = "re-ordered" // stands where another belongs
	ChangedRow    FaultKind = "row-changed"
	MissingRow    FaultKind = "row-missing"
	WrongTotal    FaultKind = "total"
	WrongReport   FaultKind = "report" // the head that was printed is not in this chain
)

// String is the fault as one line.
func (f Fault) String() string {
	if f.Seq > 0 {
		return fmt.Sprintf("%s: link %d (%s): %s", f.Kind, f.Seq, f.Subject, f.Detail)
	}
	return fmt.Sprintf("%s: %s: %s", f.Kind, f.Subject, f.Detail)
}

// Verification is what Verify looked at.
type Verification struct {
	Links, Lines, Reports int64
	Texts, Files          int64 // policies and rosters; workbooks that came and mails that went out
	Disposed              int64 // private parts that were disposed of by the rules
	Head                  Head
	Faults                []Fault // the first ones, at most a thousand
}

const mostFaults = 1000

func (v *Verification) fault(k FaultKind, seq int64, subject, format string, args ...any) {
	if len(v.Faults) < mostFaults {
		v.Faults = append(v.Faults, Fault{k, seq, subject, fmt.Sprintf(format, args...)})
	}
}

// Verify reads the whole chain and recomputes it, then holds the lines, the totals and the heads printed in reports
// against it, and what is kept under a digest against that. printed are heads known from elsewhere: from a workbook on paper. It changes nothing.
func (ch Chain) Verify(ctx context.Context, printed ...Head) (*Verification, error) {
	v := &Verification{}
	disposed, err := ch.disposals(ctx)
	if err != nil {
		return nil, err
	}
	reports, err := ch.tx.Reports.Editions(ctx, "", "")
	if err != nil {
		return nil, err
	}
	v.Reports = int64(len(reports))
	heads := map[int64][]printedHead{}
	for _, r := range reports {
		heads[r.Head.Seq] = append(heads[r.Head.Seq], printedHead{"report " + r.Week + " to " + r.Recipient, r.Head.Hash})
	}
	for _, h := range printed {
		heads[h.Seq] = append(heads[h.Seq], printedHead{"head " + h.String(), h.Hash})
	}
	if err := ch.verifyLinks(ctx, v, disposed, heads); err != nil {
		return nil, fmt.Errorf("verify the chain: %w", err)
	}
	for seq, list := range heads {
		for _, h := range list {
			if seq > v.Head.Seq {
				v.fault(WrongReport, 0, h.where, "names link %d, and the chain ends at %d", seq, v.Head.Seq)
			}
		}
	}
	if err := ch.verifyLines(ctx, v); err != nil {
		return nil, fmt.Errorf("verify lines: %w", err)
	}
	if err := ch.verifyTotals(ctx, v); err != nil {
		return nil, fmt.Errorf("verify totals: %w", err)
	}
	if err := ch.verifyKept(ctx, v); err != nil {
		return nil, err
	}
	if err := ch.verifyPairs(ctx, v); err != nil {
		return nil, fmt.Errorf("verify what was said of suppliers: %w", err)
	}
	if err := ch.verifyChanges(ctx, v); err != nil {
		return nil, fmt.Errorf("verify changes of what is in force: %w", err)
	}
	return v, nil
}

type printedHead struct {
	where string
	hash  Digest
}

func (ch Chain) verifyLinks(ctx context.Context, v *Verification, disposed *spans, heads map[int64][]printedHead) error {
	var before Head
	return ch.tx.each(ctx, func(scan func(...any) error) error {
		var k Link
		var digest, salt []byte
		var at int64
		if err := scan(&k.Seq, &k.Prev, &k.Hash, &at, &k.Kind, &k.Subject, rawJSON{&k.Public}, &digest, &salt, &k.Private); err != nil {
			return err
		}
		k.At = time.UnixMicro(at)
		copy(k.PrivateDigest[:], digest)
		v.Links++
		if k.Seq != before.Seq+1 {
			v.fault(MissingLink, k.Seq, k.Subject, "links %d to %d are missing before it", before.Seq+1, k.Seq-1)
		}
		v.verifyLink(&k, before)
		switch {
		case salt == nil && digest != nil && !disposed.has(k.Seq):
			v.fault(MissingRow, k.Seq, k.Subject, "its private part is missing and was not disposed of")
		case salt == nil && digest != nil:
			v.Disposed++
		case salt != nil && privateDigestOf(salt, k.Private) != k.PrivateDigest:
			v.fault(ChangedRow, k.Seq, k.Subject, "its private part was changed")
		}
		for _, h := range heads[k.Seq] {
			if h.hash != k.Hash {
				v.fault(WrongReport, k.Seq, h.where, "names %s, the chain has %s", h.hash, k.Hash)
			}
		}
		before = Head{k.Seq, k.Hash}
		v.Head = before
		return nil
	}, `SELECT c.seq, c.prev, c.hash, c.at, c.kind, c.subject, c.public, c.private_digest, p.salt, p.body
		FROM chain c LEFT JOIN chain_private p ON p.seq = c.seq ORDER BY c.seq`)
}

// verifyLink tells a link that says something else from one that was moved: that one still agrees with its hash
// under the number it had.
func (v *Verification) verifyLink(k *Link, before Head) {
	if k.compute() == k.Hash {
		if k.Prev != before.Hash && k.Seq == before.Seq+1 {
			v.fault(ReorderedLink, k.Seq, k.Subject, "it does not follow link %d", before.Seq)
		}
		return
	}
	const reach = 10_000
	moved := *k
	for d := int64(1); d <= reach; d++ {
		for _, seq := range []int64{k.Seq - d, k.Seq + d} {
			if moved.Seq = seq; seq > 0 && moved.compute() == k.Hash {
				v.fault(ReorderedLink, k.Seq, k.Subject, "this link stood at %d", seq)
				return
			}
		}
	}
	v.fault(ChangedLink, k.Seq, k.Subject, "it says something else than when it was written")
}

// VerifyLine holds one line against its own links of the chain: it finds a row, a fact or a finding that was changed, and
// not whether links of others are missing, which takes Verify.
func (ch Chain) VerifyLine(ctx context.Context, reference string) ([]Fault, error) {
	v := &Verification{}
	err := ch.tx.each(ctx, func(scan func(...any) error) error {
		var k Link
		var digest, salt []byte
		if err := scan(&k.Seq, &k.Prev, &k.Hash, instant{&k.At}, &k.Kind, &k.Subject, rawJSON{&k.Public}, &digest, &salt, &k.Private); err != nil {
			return err
		}
		copy(k.PrivateDigest[:], digest)
		if k.compute() != k.Hash {
			v.fault(ChangedLink, k.Seq, k.Subject, "it says something else than when it was written")
		}
		if salt != nil && privateDigestOf(salt, k.Private) != k.PrivateDigest {
			v.fault(ChangedRow, k.Seq, k.Subject, "its private part was changed")
		}
		return nil
	}, `SELECT c.seq, c.prev, c.hash, c.at, c.kind, c.subject, c.public, c.private_digest, p.salt, p.body
		FROM chain c LEFT JOIN chain_private p ON p.seq = c.seq WHERE c.subject = $1 ORDER BY c.seq`, reference)
	if err == nil {
		err = ch.verifyRows(ctx, v, "WHERE l.reference = $1", reference)
	}
	if err != nil {
		return nil, fmt.Errorf("verify %s: %w", reference, err)
	}
	return v.Faults, nil
}

// lineLinks is what the chain says of a line: the link that the row names, the one that judged it, and which is newest.
type lineLinks struct {
	kind, subject  string
	public, judged json.RawMessage // of the link named, and of line.judged
	private, then  []byte          // likewise; nil where it was disposed of
	at, judgedAt   int64
	newest         int64
	year, number   int64 // of the request that the row belongs to
}

// verifyRows holds lines against their links.
func (ch Chain) verifyRows(ctx context.Context, v *Verification, where string, args ...any) error {
	return ch.tx.each(ctx, func(scan func(...any) error) error {
		var l Line
		var c lineLinks
		if err := scanLine(scan, &l, nullText{&c.kind}, nullText{&c.subject}, rawJSON{&c.public}, number{&c.at}, &c.private, rawJSON{&c.judged}, number{&c.judgedAt}, &c.then,
			number{&c.newest}, &c.year, &c.number); err != nil {
			return err
		}
		v.Lines++
		v.verifyLine(&l, &c)
		return nil
	}, "SELECT "+lineColumns+`, c.kind, c.subject, c.public, c.at, q.body, f.public, f.at, p.body,
		(SELECT MAX(n.seq) FROM chain n WHERE n.subject = l.reference), s.year, s.number
		FROM line l JOIN submission s ON s.id = l.submission
		LEFT JOIN chain c ON c.seq = l.chain_seq LEFT JOIN chain_private q ON q.seq = l.chain_seq
		LEFT JOIN chain f ON f.subject = l.reference AND f.kind = 'line.judged' LEFT JOIN chain_private p ON p.seq = f.seq `+where+" ORDER BY l.id", args...)
}

func (ch Chain) verifyLines(ctx context.Context, v *Verification) error {
	if err := ch.verifyRows(ctx, v, ""); err != nil {
		return err
	}
	return ch.tx.each(ctx, func(scan func(...any) error) error {
		var seq int64
		var subject string
		if err := scan(&seq, &subject); err != nil {
			return err
		}
		v.fault(MissingRow, seq, subject, "the chain says that it was judged, and there is no such line")
		return nil
	}, "SELECT c.seq, c.subject FROM chain c WHERE c.kind = 'line.judged' AND NOT EXISTS (SELECT 1 FROM line l WHERE l.reference = c.subject) ORDER BY c.seq")
}

func (v *Verification) verifyLine(l *Line, c *lineLinks) {
	if c.kind == "" || c.subject != l.Reference {
		v.fault(ChangedRow, 0, l.Reference, "link %d of the chain is not about it", l.ChainSeq)
		return
	}
	if c.newest != l.ChainSeq {
		v.fault(ChangedRow, c.newest, l.Reference, "the line stands at link %d, the chain has a later one", l.ChainSeq)
	}
	var said, judged linePublic
	for _, p := range []struct {
		text json.RawMessage
		into *linePublic
	}{{c.public, &said}, {c.judged, &judged}} {
		if err := json.Unmarshal(p.text, p.into); err != nil {
			v.fault(ChangedLink, l.ChainSeq, l.Reference, "what it says cannot be read: %v", err)
			return
		}
	}
	complain := func(what string, row, chain any) {
		v.fault(ChangedRow, l.ChainSeq, l.Reference, "%s is %v in the line and %v in the chain", what, row, chain)
	}
	if said.Outcome != l.Outcome {
		complain("the outcome", l.Outcome, said.Outcome)
	}
	if said.Currency != l.Currency || (said.Amount != nil) != l.HasAmount || (said.Amount != nil && *said.Amount != l.Amount) {
		complain("the amount", fmt.Sprint(l.Amount, " ", l.Currency), fmt.Sprint(amountOf(said.Amount), " ", said.Currency))
	}
	if said.Digest != l.Digest {
		complain("the digest", l.Digest, said.Digest)
	}
	if judged.Outcome != l.Judged {
		complain("what the guardrails said", l.Judged, judged.Outcome)
	}
	if !slices.Equal(judged.Guardrails, l.Guardrails) {
		complain("the list of guardrails", l.Guardrails, judged.Guardrails)
	}
	if ref, ok := request.ParseReference(l.Reference); !ok || int64(ref.Year) != c.year || int64(ref.Number) != c.number || ref.Line != l.Ordinal {
		v.fault(ChangedRow, l.ChainSeq, l.Reference, "it is line %d of request %d of %d", l.Ordinal, c.number, c.year)
	}
	v.verifyInstants(l, c)
	v.verifyPrivate(l, c)
}

// verifyInstants holds when a line was judged and decided against its links. One that waits for an officer is not decided.
func (v *Verification) verifyInstants(l *Line, c *lineLinks) {
	instants := []struct {
		what       string
		row, chain time.Time
	}{{"the instant of judging", l.JudgedAt, time.UnixMicro(c.judgedAt).UTC()}, {"the instant of decision", l.DecidedAt, time.UnixMicro(c.at).UTC()}}
	if l.Outcome == request.Escalated {
		instants[1].chain = time.Time{}
	}
	for _, i := range instants {
		if !i.row.Equal(i.chain) {
			v.fault(ChangedRow, l.ChainSeq, l.Reference, "%s is %v in the line and %v in the chain", i.what, i.row, i.chain)
		}
	}
}

// disposedBy stands for who decided once that was disposed of.
const disposedBy = "disposed"

// verifyPrivate holds what a line says about people and accounts against the private parts of its links, which the
// chain's digests vouch for. Where those were disposed of there is nothing to compare, and nothing may stand there.
func (v *Verification) verifyPrivate(l *Line, c *lineLinks) {
	var then, now linePrivate
	if c.then != nil && json.Unmarshal(c.then, &then) == nil {
		if then.CostCentre != l.CostCentre || then.Supplier != l.Supplier || then.Unit != l.Unit || then.Day != l.Day {
			v.fault(ChangedRow, l.ChainSeq, l.Reference, "cost centre, supplier, unit or day are not what was judged")
		}
		// Links say these only since there is a Row in them.
		if then.Row != 0 && (then.Row != l.Row || then.Received != l.ReceivedAt.UnixMicro() || then.Supersedes != l.Supersedes || then.Amends != l.Amends) {
			v.fault(ChangedRow, l.ChainSeq, l.Reference, "row, receipt, or the line that it replaces or adds to are not what was judged")
		}
	}
	gone := c.kind == movedKind && c.private == nil && l.DecidedBy == disposedBy
	if c.kind == movedKind && c.private != nil && json.Unmarshal(c.private, &now) != nil {
		return // its digest says that it was changed
	}
	if !gone && (now.By != l.DecidedBy || now.InsteadOf != l.InsteadOf || now.WrittenBy != l.WrittenBy || now.Reason != l.Reason) {
		v.fault(ChangedRow, l.ChainSeq, l.Reference, "who decided, or why, is not what was noted")
	}
}

func amountOf(n *int64) any {
	if n == nil {
		return "none"
	}
	return *n
}

// nullText reads a text that an outer join may have left out.
type nullText struct{ s *string }

func (n nullText) Scan(v any) error {
	switch v := v.(type) {
	case nil:
		*n.s = ""
	case string:
		*n.s = v
	case []byte:
		*n.s = string(v)
	default:
		return fmt.Errorf("%T where text is kept", v)
	}
	return nil
}

// verifyTotals adds up every day bucket again from the lines that it lists, and the lines that it should list.
func (ch Chain) verifyTotals(ctx context.Context, v *Verification) error {
	wrong := func(scan func(...any) error) error {
		var key, currency, day string
		var minor, lines, sum, count int64
		if err := scan(&key, &currency, &day, &minor, &lines, &sum, &count); err != nil {
			return err
		}
		v.fault(WrongTotal, 0, key+" "+day, "the ledger has %d over %d lines, adding up gives %d over %d", minor, lines, sum, count)
		return nil
	}
	err := ch.tx.each(ctx, wrong, `SELECT t.key, t.currency, t.day, t.minor, t.lines, CAST(COALESCE(SUM(COALESCE(i.minor, l.amount)), 0) AS BIGINT), COUNT(l.id)
		FROM tally t LEFT JOIN tally_line i ON i.key = t.key AND i.currency = t.currency AND i.day = t.day
		LEFT JOIN line l ON l.id = i.line AND l.outcome IN ('approved', 'escalated')
		GROUP BY t.key, t.currency, t.day, t.minor, t.lines
		HAVING COALESCE(SUM(COALESCE(i.minor, l.amount)), 0) <> t.minor OR COUNT(l.id) <> t.lines OR COUNT(i.line) <> t.lines ORDER BY t.key, t.day`)
	if err != nil {
		return err
	}
	return ch.verifyKeys(ctx, v)
}

// verifyKeys holds the totals that each line counts in against those that it says. Days are compared so that no index by day
// is used: it would lead through all that counts on a line's day, for each of the day's lines.
func (ch Chain) verifyKeys(ctx context.Context, v *Verification) error {
	var reference, keys string
	var has []string
	check := func() {
		var want []string
		if reference == "" {
			return
		}
		err := json.Unmarshal([]byte(keys), &want)
		if slices.Sort(want); err != nil || !slices.Equal(want, has) {
			v.fault(WrongTotal, 0, reference, "it counts in the totals %q and should in %q", has, want)
		}
	}
	err := ch.tx.each(ctx, func(scan func(...any) error) error {
		var next, says, key string
		var own *int64
		if err := scan(&next, &says, nullText{&key}, &own); err != nil {
			return err
		}
		if next != reference {
			check()
			reference, keys, has = next, says, has[:0]
		}
		if own != nil {
			key = totals.WithAmount(key, *own)
		}
		if key != "" {
			has = append(has, key)
			slices.Sort(has)
		}
		return nil
	}, `SELECT l.reference, l.keys, i.key, i.minor FROM line l LEFT JOIN tally_line i ON i.line = l.id AND i.day || '' = l.day AND i.currency || '' = l.currency
		WHERE l.outcome IN ('approved', 'escalated') AND l.amount > 0 ORDER BY l.id`)
	if err == nil {
		check()
	}
	return err
}

// disposals reads which links' private parts were disposed of, from the chain itself.
func (ch Chain) disposals(ctx context.Context) (*spans, error) {
	var s spans
	err := ch.tx.each(ctx, func(scan func(...any) error) error {
		var public []byte
		if err := scan(&public); err != nil {
			return err
		}
		var d disposal
		if err := json.NewDecoder(bytes.NewReader(public)).Decode(&d); err != nil {
			return nil //nolint:nilerr // a link that was changed is found by its hash
		}
		s.list = append(s.list, d.Links...)
		return nil
	}, "SELECT public FROM chain WHERE kind = 'ledger.disposed'")
	if err != nil {
		return nil, fmt.Errorf("read disposals: %w", err)
	}
	s.sort()
	return &s, nil
}
