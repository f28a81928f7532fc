package approvals

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"slices"

	"handrail/internal/ledger"
	"handrail/internal/likeness"
	"handrail/internal/record"
	"handrail/internal/request"
	"handrail/notify"
)

// The earlier decisions that are most alike to a line stand in its officer's mail. They are looked up by words in an index, never
// by reading all that was decided.

const (
	mostAlike      = 3   // named in a mail
	alikeOfAWord   = 40  // newest lines looked at under each word
	alikeRead      = 100 // of all of those, read in full and compared
	putInAtOnce    = 200 // of decisions that were made before there was an index
	alikeTerms     = 8   // words of the need looked up, those that say most
	alikeSupplier  = 40  // weights of what may be alike, together 100
	alikeNeed      = 35
	alikeGuardrail = 15
	alikeAmount    = 10
	alikeEnough    = 25 // from how much on a decision says something about another
)

// decidedLine is a line as decisions are compared.
type decidedLine struct {
	inbox      string
	supplier   likeness.Name
	need       likeness.Need
	guardrails []string
	amount     int64 // minor units; 0 unknown
	currency   string
}

// decidedOf makes a recorded line ready to be compared; said is what it said, nil where that was disposed of.
func decidedOf(inbox string, l *ledger.Line, said *request.Line) decidedLine {
	d := decidedLine{inbox: inbox, supplier: likeness.ReadName(l.Supplier), guardrails: l.Guardrails, amount: l.Amount, currency: l.Currency}
	if said != nil {
		v := &said.Values
		d.need = likeness.ReadNeed(v[request.Title].Text, v[request.TitleOther].Text, v[request.Description].Text)
	}
	return d
}

// recordedAs is decidedOf of a line that was decided before.
func recordedAs(l *ledger.DecidedLine) (decidedLine, error) {
	facts, err := l.ReadFacts()
	if facts == nil {
		return decidedOf(l.Inbox, &l.Line, nil), err
	}
	return decidedOf(l.Inbox, &l.Line, &facts.Line), nil
}

// words are those under which a decided line is found again, the ones that say most first. The inbox is in each: nobody sees another
// inbox's lines.
func (d *decidedLine) words() []string { return d.wordsWith(d.need.Terms()) }

// lookedUp are words to look under.
func (d *decidedLine) lookedUp() []string {
	weights := likeness.Usual()
	terms := slices.Clone(d.need.Terms())
	slices.SortStableFunc(terms, func(a, b string) int { return cmp.Compare(weights.Weight(b), weights.Weight(a)) })
	return d.wordsWith(terms[:min(len(terms), alikeTerms)])
}

func (d *decidedLine) wordsWith(terms []string) (all []string) {
	add := func(kind, word string) {
		if word != "" {
			all = append(all, d.inbox+"\x1f"+kind+"\x1f"+word)
		}
	}
	add("supplier", d.supplier.Form())
	add("need", d.need.Form())
	for _, b := range d.supplier.Blocks() {
		add("name", b)
	}
	for _, t := range terms {
		add("term", t)
	}
	for _, g := range d.guardrails {
		add("guardrail", g)
	}
	return all
}

// alike says how much an earlier decision says about a line, from 0 to 100.
func (d *decidedLine) alike(o *decidedLine) (score int) {
	if d.supplier.Form() != "" {
		if n := likeness.Names(d.supplier, o.supplier); n >= likeness.NamesAlike {
			score += alikeSupplier * n / 100
		}
	}
	if n := likeness.Needs(d.need, o.need, likeness.Usual()); n >= likeness.NeedsAlike {
		score += alikeNeed * n / 100
	}
	if slices.ContainsFunc(d.guardrails, func(g string) bool { return slices.Contains(o.guardrails, g) }) {
		score += alikeGuardrail
	}
	if d.amount > 0 && o.amount > 0 && d.currency == o.currency {
		score += int(alikeAmount * min(d.amount, o.amount) / max(d.amount, o.amount))
	}
	return score
}

// putInDecided puts lines that officers decided into the index, and some of those that were decided before there was one.
func putInDecided(ctx context.Context, tx *ledger.Tx, lines []int64) error {
	if err := tx.Decided.Await(ctx, lines); err != nil {
		return err
	}
	some, err := tx.Decided.Awaited(ctx, putInAtOnce)
	if err != nil {
		return err
	}
	for i := range some {
		l := &some[i]
		d, err := recordedAs(l)
		if err != nil {
			return err
		}
		if err := tx.Decided.PutIn(ctx, l.ID, d.words()); err != nil {
			return err
		}
	}
	return nil
}

// mostAlikeTo are the earlier decisions that say most about a line, by their ids, the most alike first.
func mostAlikeTo(ctx context.Context, tx *ledger.Tx, d *decidedLine, own *ledger.Line) ([]int64, error) {
	found, err := tx.Decided.Under(ctx, d.lookedUp(), alikeOfAWord)
	if err != nil {
		return nil, err
	}
	delete(found, own.ID)
	candidates := slices.SortedFunc(maps.Keys(found), func(a, b int64) int { return cmp.Or(cmp.Compare(found[b], found[a]), cmp.Compare(b, a)) })
	lines, err := tx.Decided.InFull(ctx, candidates[:min(len(candidates), alikeRead)])
	if err != nil {
		return nil, err
	}
	type scored struct {
		line  int64
		score int
	}
	var all []scored
	for i := range lines {
		l := &lines[i]
		if !l.ByOfficer() || l.Inbox != d.inbox || l.Submission == own.Submission {
			continue
		}
		o, err := recordedAs(l)
		if err != nil {
			return nil, err
		}
		if s := d.alike(&o); s >= alikeEnough {
			all = append(all, scored{l.ID, s})
		}
	}
	slices.SortFunc(all, func(a, b scored) int { return cmp.Or(cmp.Compare(b.score, a.score), cmp.Compare(b.line, a.line)) })
	ids := make([]int64, 0, mostAlike)
	for _, s := range all[:min(len(all), mostAlike)] {
		ids = append(ids, s.line)
	}
	return ids, nil
}

// askedDetail is what stands in the ledger beside an officer's code: which earlier decisions the mail showed with each line, so that
// a reminder shows the same.
type askedDetail struct {
	Alike map[int64][]int64 `json:"alike,omitempty"`
}

// addAlike names the earlier decisions that are most alike to each line, as they were chosen when the officer was first asked by this code.
func (desk composer) addAlike(ctx context.Context, tx *ledger.Tx, a *openEscalation, all []told) error {
	var chosen askedDetail
	if len(a.escalation.Detail) > 0 {
		if err := json.Unmarshal(a.escalation.Detail, &chosen); err != nil {
			return fmt.Errorf("escalation %d: %w", a.escalation.ID, err)
		}
	}
	if a.escalation.ID == 0 {
		chosen.Alike = map[int64][]int64{}
		for _, t := range all {
			d := decidedOf(t.file.Inbox.Config.Name, &t.line.Recorded, t.line.Facts.Line())
			ids, err := mostAlikeTo(ctx, tx, &d, &t.line.Recorded)
			if err != nil {
				return err
			}
			if len(ids) > 0 {
				chosen.Alike[t.line.Recorded.ID] = ids
			}
		}
		var err error
		if a.escalation.Detail, err = json.Marshal(chosen); err != nil {
			return err
		}
	}
	var every []int64
	for _, ids := range chosen.Alike {
		every = append(every, ids...)
	}
	lines, err := tx.Lines.ByID(ctx, every)
	if err != nil {
		return err
	}
	known := make(map[int64]*ledger.Line, len(lines))
	for i := range lines {
		known[lines[i].ID] = &lines[i]
	}
	for _, t := range all {
		for _, id := range chosen.Alike[t.line.Recorded.ID] {
			if e := known[id]; e != nil {
				t.says.Alike = append(t.says.Alike, alikeLine(t.file, e))
			}
		}
	}
	return nil
}

// alikeLine is what a mail says of an earlier decision.
func alikeLine(f *record.Case, e *ledger.Line) notify.HistoryLine {
	h := historyLine(e)
	h.Reason = e.Reason
	if e.DecidedBy != "" && e.DecidedBy != "disposed" {
		h.By = f.DisplayName(e.DecidedBy)
	}
	return h
}
