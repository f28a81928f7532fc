package ledger

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"handrail/internal/request"
	"handrail/internal/totals"
)

// Suppliers is what people said of suppliers' names: which of them are one supplier, and which are two.
type Suppliers struct{ tx *Tx }

// SupplierPair is what somebody said of two names.
type SupplierPair struct {
	ID                   int64
	One, Other           string // in the form of request.SupplierName, One first in order
	OneShown, OtherShown string // as they were written
	Same                 bool   // one supplier; false: two
	JudgedAt             time.Time
	JudgedBy, WrittenBy  string // addresses; WrittenBy is the assistant who wrote for them
	Message              int64  // that said it
	ChainSeq             int64
	WithdrawnAt          time.Time // zero while it holds
	WithdrawnBy          string
}

// PairOf is a pair of two names as they are written. ok is false where they are one name already, or one of them says nothing.
func PairOf(a, b string) (p SupplierPair, ok bool) {
	p = SupplierPair{One: request.SupplierName(a), Other: request.SupplierName(b), OneShown: a, OtherShown: b}
	if p.One > p.Other {
		p.One, p.Other, p.OneShown, p.OtherShown = p.Other, p.One, p.OtherShown, p.OneShown
	}
	return p, p.One != "" && p.One != p.Other
}

// The kinds of links about pairs of suppliers.
const (
	pairJudgedKind    = "suppliers.judged"
	pairWithdrawnKind = "suppliers.withdrawn"
	pairSubject       = "suppliers"
)

// pairPublic is what the chain says for ever about a pair: nothing that names anybody.
type pairPublic struct {
	Same bool  `json:"same"`
	Link int64 `json:"link,omitempty"` // that is taken back
}

// pairPrivate lies beside the chain.
type pairPrivate struct {
	One        string `json:"one"`
	Other      string `json:"other"`
	OneShown   string `json:"one_shown"`
	OtherShown string `json:"other_shown"`
	By         string `json:"by"`
	WrittenBy  string `json:"written_by,omitempty"`
	Message    int64  `json:"message,omitempty"`
}

// Judge records what somebody said of two names, in place of what was said before. It is false, and nothing is recorded, where the same was said
// already. It is noted in the chain and needs Decide.
func (s Suppliers) Judge(ctx context.Context, now time.Time, p SupplierPair) (recorded bool, err error) {
	if !s.tx.deciding {
		return false, errNotDeciding
	}
	if p.One == "" || p.One >= p.Other || p.JudgedBy == "" {
		return false, errors.New("two suppliers need two names in order, and who judges them")
	}
	standing, err := s.list(ctx, "one = $1 AND other = $2 AND withdrawn_at IS NULL", p.One, p.Other)
	if err != nil {
		return false, err
	}
	for _, was := range standing {
		if was.Same == p.Same {
			return false, nil
		}
		if err := s.withdraw(ctx, now, &was, p.JudgedBy); err != nil {
			return false, err
		}
	}
	p.ChainSeq, err = s.link(ctx, now, pairJudgedKind, pairPublic{Same: p.Same}, &p, p.JudgedBy, p.WrittenBy, p.Message)
	if err != nil {
		return false, err
	}
	_, err = s.tx.exec(ctx, `INSERT INTO supplier_pair (one, other, one_shown, other_shown, same, judged_at, judged_by, written_by, message, chain_seq)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)`, p.One, p.Other, p.OneShown, p.OtherShown, oneIf(p.Same), micros(now), p.JudgedBy, p.WrittenBy, optional(p.Message), p.ChainSeq)
	if err != nil {
		return false, fmt.Errorf("record two suppliers: %w", err)
	}
	return true, nil
}

// TakeBack ends what a message said of suppliers, as far as it still holds, and returns what that was. It is noted in the chain and
// needs Decide.
func (s Suppliers) TakeBack(ctx context.Context, now time.Time, message int64, by string) ([]SupplierPair, error) {
	if !s.tx.deciding {
		return nil, errNotDeciding
	}
	standing, err := s.list(ctx, "message = $1 AND withdrawn_at IS NULL", message)
	if err != nil {
		return nil, err
	}
	for i := range standing {
		if err := s.withdraw(ctx, now, &standing[i], by); err != nil {
			return nil, err
		}
	}
	return standing, nil
}

// SaidBy reports whether a message said anything of suppliers, whatever became of it.
func (s Suppliers) SaidBy(ctx context.Context, message int64) (bool, error) {
	all, err := s.list(ctx, "message = $1", message)
	return len(all) > 0, err
}

func (s Suppliers) withdraw(ctx context.Context, now time.Time, p *SupplierPair, by string) error {
	seq, err := s.link(ctx, now, pairWithdrawnKind, pairPublic{Same: p.Same, Link: p.ChainSeq}, p, by, "", 0)
	if err != nil {
		return err
	}
	if _, err := s.tx.exec(ctx, "UPDATE supplier_pair SET withdrawn_at = $1, withdrawn_by = $2, withdrawn_seq = $3 WHERE id = $4 AND withdrawn_at IS NULL", micros(now), by, seq, p.ID); err != nil {
		return fmt.Errorf("take back what was said of two suppliers: %w", err)
	}
	return nil
}

func (s Suppliers) link(ctx context.Context, now time.Time, kind string, public pairPublic, p *SupplierPair, by, writtenBy string, message int64) (int64, error) {
	open, err := json.Marshal(public)
	if err != nil {
		return 0, err
	}
	private, err := json.Marshal(pairPrivate{p.One, p.Other, p.OneShown, p.OtherShown, by, writtenBy, message})
	if err != nil {
		return 0, err
	}
	seqs, err := s.tx.Chain.Append(ctx, now, Entry{Kind: kind, Subject: pairSubject, Public: open, Private: private})
	if err != nil {
		return 0, err
	}
	return seqs[0], nil
}

// Pairs are the names that people said something of beside a name in the form of request.SupplierName, by their forms.
func (s Suppliers) Pairs(ctx context.Context, form string) (map[string]SupplierPair, error) {
	of, err := s.PairsOf(ctx, []string{form})
	return of[form], err
}

// PairsOf is Pairs for several names: by each of these forms, and then by the other's.
func (s Suppliers) PairsOf(ctx context.Context, forms []string) (map[string]map[string]SupplierPair, error) {
	out := map[string]map[string]SupplierPair{}
	note := func(form, other string, p SupplierPair) {
		if out[form] == nil {
			out[form] = map[string]SupplierPair{}
		}
		out[form][other] = p
	}
	for _, column := range []string{"one", "other"} {
		err := eachIn(ctx, s.tx, "SELECT "+pairColumns+" FROM supplier_pair WHERE withdrawn_at IS NULL AND "+column+" IN (%IN%)", nil, forms, func(scan func(...any) error) error {
			var p SupplierPair
			if err := scan(p.into()...); err != nil {
				return err
			}
			if column == "one" {
				note(p.One, p.Other, p)
			} else {
				note(p.Other, p.One, p)
			}
			return nil
		})
		if err != nil {
			return nil, fmt.Errorf("read what was said of suppliers: %w", err)
		}
	}
	return out, nil
}

// Judged is what people said of suppliers that lines name, as totals take it.
func (s Suppliers) Judged(ctx context.Context, lines *request.Lines) (totals.Judged, error) {
	var forms []string
	seen := map[string]bool{}
	for _, line := range lines.All() {
		if form := request.SupplierName(line.Values[request.Supplier].Text); form != "" && !seen[form] {
			seen[form] = true
			forms = append(forms, form)
		}
	}
	pairs, err := s.PairsOf(ctx, forms)
	if err != nil || len(pairs) == 0 {
		return nil, err
	}
	judged := totals.Judged{}
	for form, others := range pairs {
		for other, p := range others {
			judged.Put(form, other, p.said(other))
		}
	}
	return judged, nil
}

// AllJudged is all that people say of suppliers today, as totals take it.
func (s Suppliers) AllJudged(ctx context.Context) (totals.Judged, error) {
	all, err := s.All(ctx, true)
	if err != nil || len(all) == 0 {
		return nil, err
	}
	judged := totals.Judged{}
	for i := range all {
		p := &all[i]
		judged.Put(p.One, p.Other, p.said(p.Other))
		judged.Put(p.Other, p.One, p.said(p.One))
	}
	return judged, nil
}

// said is what a pair says of one of its names beside the other.
func (p *SupplierPair) said(of string) totals.Said {
	if of == p.Other {
		return totals.Said{Same: p.Same, Text: p.OtherShown}
	}
	return totals.Said{Same: p.Same, Text: p.OneShown}
}

// Known are the names, as they were written, of those of the forms that lines or earlier judgements have.
func (s Suppliers) Known(ctx context.Context, forms []string) (map[string]string, error) {
	pairs, err := s.PairsOf(ctx, forms)
	if err != nil {
		return nil, err
	}
	out := map[string]string{}
	for form, others := range pairs {
		for _, p := range others {
			if out[form] = p.OneShown; form == p.Other {
				out[form] = p.OtherShown
			}
		}
	}
	err = eachIn(ctx, s.tx, "SELECT form, name FROM supplier_name WHERE form IN (%IN%)", nil, forms, func(scan func(...any) error) error {
		var form, name string
		err := scan(&form, &name)
		out[form] = name
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("look for suppliers: %w", err)
	}
	return out, nil
}

// mostRequests bounds how many requests of one name are counted.
const mostRequests = 100

// Requests is in how many requests lines that count name a supplier, by the form of its name; at most mostRequests, and 0 where no total
// goes by the supplier first.
func (s Suppliers) Requests(ctx context.Context, form string) (n int, err error) {
	from, to := totals.NameKeys(form)
	_, err = s.tx.one(ctx, []any{&n}, `SELECT COUNT(*) FROM (SELECT DISTINCT l.submission
		FROM (SELECT key, currency, day FROM tally WHERE key >= $1 AND key < $2 AND lines > 0 LIMIT $3) b
		JOIN tally_line t ON t.day = b.day AND t.key = b.key AND t.currency = b.currency JOIN line l ON l.id = t.line LIMIT $3) r`, from, to, mostRequests)
	if err != nil {
		return 0, fmt.Errorf("count the requests of a supplier: %w", err)
	}
	return n, nil
}

// All lists what was ever said of suppliers, the newest first; holds: only what still holds.
func (s Suppliers) All(ctx context.Context, holds bool) ([]SupplierPair, error) {
	where := "1 = 1"
	if holds {
		where = "withdrawn_at IS NULL"
	}
	return s.list(ctx, where)
}

const pairColumns = "id, one, other, one_shown, other_shown, same, judged_at, judged_by, written_by, message, chain_seq, withdrawn_at, withdrawn_by"

func (p *SupplierPair) into() []any {
	return []any{&p.ID, &p.One, &p.Other, &p.OneShown, &p.OtherShown, flag{&p.Same}, instant{&p.JudgedAt}, &p.JudgedBy, &p.WrittenBy,
		number{&p.Message}, &p.ChainSeq, instant{&p.WithdrawnAt}, &p.WithdrawnBy}
}

func (s Suppliers) list(ctx context.Context, where string, args ...any) (out []SupplierPair, err error) {
	err = s.tx.each(ctx, func(scan func(...any) error) error {
		var p SupplierPair
		err := scan(p.into()...)
		out = append(out, p)
		return err
	}, "SELECT "+pairColumns+" FROM supplier_pair WHERE "+where+" ORDER BY id DESC", args...)
	if err != nil {
		return nil, fmt.Errorf("read what was said of suppliers: %w", err)
	}
	return out, nil
}

// verifyPairs holds what was said of suppliers against its links, and looks for links whose row is gone.
func (ch Chain) verifyPairs(ctx context.Context, v *Verification) error {
	err := ch.tx.each(ctx, func(scan func(...any) error) error {
		var p SupplierPair
		var judged, taken pairLink
		if err := scan(append(p.into(), append(judged.into(), taken.into()...)...)...); err != nil {
			return err
		}
		v.verifyPair(&p, &judged, &taken)
		return nil
	}, `SELECT p.id, p.one, p.other, p.one_shown, p.other_shown, p.same, p.judged_at, p.judged_by, p.written_by, p.message, p.chain_seq, p.withdrawn_at, p.withdrawn_by,
		c.seq, c.kind, c.at, c.public, cp.body, w.seq, w.kind, w.at, w.public, wp.body
		FROM supplier_pair p LEFT JOIN chain c ON c.seq = p.chain_seq LEFT JOIN chain_private cp ON cp.seq = c.seq
		LEFT JOIN chain w ON w.seq = p.withdrawn_seq
		LEFT JOIN chain_private wp ON wp.seq = w.seq ORDER BY p.id`)
	if err != nil {
		return err
	}
	return ch.tx.each(ctx, func(scan func(...any) error) error {
		var seq int64
		if err := scan(&seq); err != nil {
			return err
		}
		v.fault(MissingRow, seq, pairSubject, "the chain says that two suppliers were judged, or that this was taken back, and no pair says so")
		return nil
	}, "SELECT c.seq FROM chain c WHERE c.kind IN ('suppliers.judged', 'suppliers.withdrawn') AND NOT EXISTS (SELECT 1 FROM supplier_pair p WHERE c.seq IN (p.chain_seq, p.withdrawn_seq)) ORDER BY c.seq")
}

// pairLink is a link about a pair, its Seq 0 where there is none.
type pairLink struct {
	seq     int64
	kind    string
	at      time.Time
	public  json.RawMessage
	private []byte
}

func (k *pairLink) into() []any {
	return []any{number{&k.seq}, nullText{&k.kind}, instant{&k.at}, rawJSON{&k.public}, &k.private}
}

func (v *Verification) verifyPair(p *SupplierPair, judged, taken *pairLink) {
	what := fmt.Sprintf("pair of suppliers %d", p.ID)
	var public pairPublic
	switch {
	case judged.kind != pairJudgedKind:
		v.fault(ChangedRow, 0, what, "link %d of the chain is not about it", p.ChainSeq)
		return
	case json.Unmarshal(judged.public, &public) != nil:
		v.fault(ChangedLink, judged.seq, what, "what it says cannot be read")
		return
	case public.Same != p.Same, !judged.at.Equal(p.JudgedAt):
		v.fault(ChangedRow, judged.seq, what, "whether it is one supplier, or when that was said, is not what was noted")
	case taken.seq != 0 && taken.kind != pairWithdrawnKind, taken.seq == 0 && (p.WithdrawnBy != "" || !p.WithdrawnAt.IsZero()), taken.seq != 0 && !taken.at.Equal(p.WithdrawnAt):
		v.fault(ChangedRow, judged.seq, what, "whether it was taken back, or when, is not what was noted")
	}
	var said, ended pairPrivate
	if judged.private != nil && json.Unmarshal(judged.private, &said) == nil &&
		said != (pairPrivate{p.One, p.Other, p.OneShown, p.OtherShown, p.JudgedBy, p.WrittenBy, p.Message}) {
		v.fault(ChangedRow, judged.seq, what, "the names, or who judged them, are not what was noted")
	}
	gone := taken.seq != 0 && taken.private == nil && p.WithdrawnBy == disposedBy
	if taken.private != nil && json.Unmarshal(taken.private, &ended) != nil {
		return // its digest says that it was changed
	}
	if !gone && ended.By != p.WithdrawnBy {
		v.fault(ChangedRow, taken.seq, what, "who took it back is not what was noted")
	}
}

// disposablePairs is true for what was said before $1 and that no hold of all keeps.
const disposablePairs = `judged_at < $1 AND judged_by <> 'disposed' AND NOT EXISTS (SELECT 1 FROM legal_hold h WHERE h.lifted_at IS NULL AND h.reference = '*')`

// dispose takes out of what was said before an instant who said it. What was said goes on holding.
func (s Suppliers) dispose(ctx context.Context, before time.Time) error {
	_, err := s.tx.exec(ctx, `UPDATE supplier_pair SET judged_by = 'disposed', written_by = '', withdrawn_by = CASE withdrawn_by WHEN '' THEN '' ELSE 'disposed' END
		WHERE `+disposablePairs, micros(before))
	if err != nil {
		return fmt.Errorf("dispose of who judged suppliers: %w", err)
	}
	return nil
}
