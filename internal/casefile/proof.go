package casefile

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"time"
	"unicode/utf8"

	"handrail/internal/ledger"
)

// Proof links a request to heads of the chain that are known from elsewhere: those that weekly workbooks print. The chain
// says nothing personal, so the links between may be other requests'.
type Proof struct {
	Own      []ledger.Link // about this request, with private parts where those are still kept
	Segments []Segment     // oldest first; they do not overlap
}

// Segment is a stretch of the chain without a gap, from a link about the request to the next head that was printed, or to
// the request's own last link when none was printed since.
type Segment struct {
	Links   []ledger.Link
	Printed []Printed // the heads within it that weekly workbooks print
}

// Printed is a head as a weekly workbook prints it.
type Printed struct {
	Head    ledger.Head
	Week    string
	Edition int
	MadeAt  time.Time
}

func prove(ctx context.Context, tx *ledger.Tx, r *Record) (Proof, error) {
	var p Proof
	for i := range r.Lines {
		p.Own = append(append(p.Own, r.Lines[i].Links...), r.Lines[i].EvidenceLinks...)
	}
	slices.SortFunc(p.Own, func(a, b ledger.Link) int { return int(a.Seq - b.Seq) })
	printed, err := printedHeads(ctx, tx)
	if err != nil {
		return Proof{}, err
	}
	for _, s := range spansTo(p.Own, printed) {
		links, err := tx.Chain.Between(ctx, s[0], s[1])
		if err != nil {
			return Proof{}, err
		}
		segment := Segment{Links: links}
		for _, h := range printed {
			if h.Head.Seq >= s[0] && h.Head.Seq <= s[1] {
				segment.Printed = append(segment.Printed, h)
			}
		}
		p.Segments = append(p.Segments, segment)
	}
	return p, nil
}

// printedHeads lists the heads that weekly workbooks print, lowest first, each once for its week and edition.
func printedHeads(ctx context.Context, tx *ledger.Tx) ([]Printed, error) {
	reports, err := tx.Reports.Editions(ctx, "", "")
	if err != nil {
		return nil, err
	}
	var out []Printed
	seen := map[Printed]bool{}
	for _, rep := range reports {
		h := Printed{rep.Head, rep.Week, rep.Edition, rep.MadeAt}
		once := h
		once.MadeAt = time.Time{}
		if h.Head.Seq > 0 && !seen[once] {
			seen[once] = true
			out = append(out, h)
		}
	}
	slices.SortStableFunc(out, func(a, b Printed) int { return int(a.Head.Seq - b.Head.Seq) })
	return out, nil
}

// spansTo are the stretches of the chain that lead from each own link to the next printed head; those that meet are one.
func spansTo(own []ledger.Link, printed []Printed) [][2]int64 {
	var spans [][2]int64
	for _, k := range own {
		to := own[len(own)-1].Seq
		if i, _ := slices.BinarySearchFunc(printed, k.Seq, func(h Printed, seq int64) int { return cmp.Compare(h.Head.Seq, seq) }); i < len(printed) {
			to = printed[i].Head.Seq
		}
		if n := len(spans); n > 0 && k.Seq <= spans[n-1][1]+1 {
			spans[n-1][1] = max(spans[n-1][1], to)
			continue
		}
		spans = append(spans, [2]int64{k.Seq, to})
	}
	return spans
}

// chainRow is a link in proof/chain.jsonl. public is the very text that was hashed.
type chainRow struct {
	Seq           int64         `json:"seq"`
	Prev          ledger.Digest `json:"prev"`
	Hash          ledger.Digest `json:"hash"`
	At            int64         `json:"at"` // microseconds since 1970, UTC
	Kind          string        `json:"kind"`
	Subject       string        `json:"subject"`
	Public        string        `json:"public"`
	PrivateDigest ledger.Digest `json:"private_digest"` // zeros when there never was a private part
}

func (c *chainRow) link() ledger.Link {
	return ledger.Link{Seq: c.Seq, Prev: c.Prev, Hash: c.Hash, At: time.UnixMicro(c.At), Kind: c.Kind, Subject: c.Subject,
		Public: json.RawMessage(c.Public), PrivateDigest: c.PrivateDigest}
}

// privateRow is what lies beside a link about the request, in proof/private.jsonl.
type privateRow struct {
	Seq  int64  `json:"seq"`
	Salt []byte `json:"salt"` // base64
	Body string `json:"body"`
}

// headsFile is proof/heads.json: what the chain is claimed to show.
type headsFile struct {
	Reference string       `json:"reference"`
	Own       []int64      `json:"links_about_the_request"`
	Disposed  []int64      `json:"private_parts_disposed_of"`
	Severed   []int64      `json:"private_parts_severed,omitempty"` // for an access request
	Segments  []headsRange `json:"segments"`
}

type headsRange struct {
	From    int64       `json:"from"`
	To      int64       `json:"to"`
	Printed []headsLine `json:"printed_heads"`
}

type headsLine struct {
	Head    string    `json:"head"`
	Week    string    `json:"week"`
	Edition int       `json:"edition"`
	MadeAt  time.Time `json:"made_at"`
}

func (p *Proof) heads(reference string) headsFile {
	f := headsFile{Reference: reference, Own: []int64{}, Disposed: []int64{}, Segments: []headsRange{}}
	for i := range p.Own {
		f.Own = append(f.Own, p.Own[i].Seq)
		if !p.Own[i].PrivateDigest.IsZero() && p.Own[i].Private == nil {
			f.Disposed = append(f.Disposed, p.Own[i].Seq)
		}
	}
	for _, s := range p.Segments {
		if len(s.Links) == 0 {
			continue
		}
		h := headsRange{From: s.Links[0].Seq, To: s.Links[len(s.Links)-1].Seq, Printed: []headsLine{}}
		for _, x := range s.Printed {
			h.Printed = append(h.Printed, headsLine{x.Head.String(), x.Week, x.Edition, x.MadeAt})
		}
		f.Segments = append(f.Segments, h)
	}
	return f
}

// chainRows and privateRows are the proof as rows.
func (p *Proof) chainRows() (out []any) {
	for _, s := range p.Segments {
		for i := range s.Links {
			k := &s.Links[i]
			out = append(out, chainRow{k.Seq, k.Prev, k.Hash, k.At.UnixMicro(), k.Kind, k.Subject, string(k.Public), k.PrivateDigest})
		}
	}
	return out
}

func (p *Proof) privateRows() (out []any, err error) {
	for i := range p.Own {
		k := &p.Own[i]
		if k.Private == nil {
			continue
		}
		if !utf8.Valid(k.Private) {
			return nil, fmt.Errorf("the private part of link %d is not text", k.Seq)
		}
		out = append(out, privateRow{k.Seq, k.Salt, string(k.Private)})
	}
	return out, nil
}

// last is the newest link that the file proves.
func (p *Proof) last() ledger.Head {
	if n := len(p.Segments); n > 0 && len(p.Segments[n-1].Links) > 0 {
		k := p.Segments[n-1].Links[len(p.Segments[n-1].Links)-1]
		return ledger.Head{Seq: k.Seq, Hash: k.Hash}
	}
	return ledger.Head{}
}

// printedHeads are all heads on paper that the file leads to.
func (p *Proof) printed() (out []Printed) {
	for _, s := range p.Segments {
		out = append(out, s.Printed...)
	}
	return out
}
