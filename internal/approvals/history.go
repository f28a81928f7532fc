package approvals

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"

	"handrail/internal/ledger"
	"handrail/internal/record"
	"handrail/internal/request"
	"handrail/notify"
)

// addHistory names the lines that a splitting finding added up, so that the officer sees what it saw, says what a line changed
// against the one that it replaces, and how lines alike were decided before.
func (desk composer) addHistory(ctx context.Context, a *openEscalation, lines []notify.Line) error {
	byReference := make(map[string]*notify.Line, len(lines))
	for i := range lines {
		byReference[lines[i].Reference] = &lines[i]
	}
	var all []told
	for _, f := range a.files {
		for i := range f.Lines {
			if l := byReference[f.Lines[i].Recorded.Reference]; l != nil {
				l.Near = f.Lines[i].Facts.Near
				all = append(all, told{f, &f.Lines[i], l})
			}
		}
	}
	return desk.desk.ledger.View(ctx, func(tx *ledger.Tx) error {
		if err := addCounted(ctx, tx, all); err != nil {
			return err
		}
		if err := addChanges(ctx, tx, all); err != nil {
			return err
		}
		return desk.addAlike(ctx, tx, a, all)
	})
}

// told is a line with what a mail says of it.
type told struct {
	file *record.Case
	line *record.Line
	says *notify.Line
}

// historyLine is what a mail says of an earlier line.
func historyLine(e *ledger.Line) notify.HistoryLine {
	h := notify.HistoryLine{Reference: e.Reference, On: e.Day, Supplier: e.Supplier, Outcome: e.Outcome}
	if e.HasAmount {
		total := request.FromMinor(e.Amount, e.Currency)
		h.Total = &total
	}
	return h
}

// addCounted names the other lines that the totals of each line add up.
func addCounted(ctx context.Context, tx *ledger.Tx, all []told) error {
	counted := make([][]string, len(all))
	var every []string
	for i, t := range all {
		counted[i] = t.line.Facts.Counted
		every = append(every, counted[i]...)
	}
	earlier, err := tx.Lines.ByReference(ctx, every)
	if err != nil {
		return err
	}
	known := make(map[string]*ledger.Line, len(earlier))
	for i := range earlier {
		known[earlier[i].Reference] = &earlier[i]
	}
	for i, t := range all {
		var lines []*ledger.Line
		for _, reference := range counted[i] {
			if e := known[reference]; e != nil {
				lines = append(lines, e)
			}
		}
		slices.SortFunc(lines, func(x, y *ledger.Line) int { return cmp.Compare(x.ID, y.ID) })
		for _, e := range lines {
			h := historyLine(e)
			for _, b := range t.line.Facts.TakenBack {
				if b.Reference == e.Reference {
					h.TakenOn, h.Until = b.On, b.Until
				}
			}
			t.says.History = append(t.says.History, h)
		}
	}
	return nil
}

// addChanges says, field by field, what is otherwise than in the line that each one replaces.
func addChanges(ctx context.Context, tx *ledger.Tx, all []told) error {
	successors := map[int64]told{}
	for _, t := range all {
		if t.line.Recorded.Supersedes != 0 {
			successors[t.line.Recorded.Supersedes] = t
		}
	}
	for ids := range slices.Chunk(slices.Sorted(maps.Keys(successors)), record.FactsAtOnce) {
		replaced, err := tx.Lines.InFull(ctx, ids)
		if err != nil {
			return err
		}
		for i := range replaced {
			was, t := &replaced[i], successors[replaced[i].ID]
			if len(was.Facts) == 0 {
				continue
			}
			var before request.Facts
			if err := before.Read(was.Facts); err != nil {
				return fmt.Errorf("line %s: %w", was.Reference, err)
			}
			changes := []request.Text{{EN: "It replaces " + was.Reference + ".", FR: "Elle remplace " + was.Reference + "."}}
			changes = append(changes, changesSince(&before.Line, t.line.Facts.Line(), was.Currency)...)
			t.says.Changes = append(changes, t.says.Changes...)
		}
	}
	return nil
}

// changesSince are the fields of a line that say something else than before.
func changesSince(before, now *request.Line, currency string) (changes []request.Text) {
	for _, info := range request.Fields() {
		was, is := shownValue(before, info, currency), shownValue(now, info, currency)
		if was == is {
			continue
		}
		quote := func(t request.Text) request.Text {
			if t.IsZero() {
				return request.Text{EN: "empty", FR: "vide"}
			}
			return t
		}
		w, n := quote(was), quote(is)
		changes = append(changes, request.Text{
			EN: info.Label.EN + ": " + n.EN + " (was " + w.EN + ").",
			FR: info.Label.FR + "\u00a0: " + n.FR + " (auparavant " + w.FR + ")."})
	}
	return changes
}

func shownValue(l *request.Line, info request.FieldInfo, currency string) request.Text {
	v := l.Values[info.Field]
	switch {
	case !v.Given && !v.Faulty:
		return request.Text{}
	case v.Given && info.Kind == request.MoneyKind:
		m := request.Money{Amount: v.Number, Currency: currency}
		return request.Text{EN: m.In(request.English), FR: m.In(request.French)}
	}
	s := strings.TrimSpace(v.Text)
	if r := []rune(s); len(r) > 120 {
		s = string(r[:120]) + "…"
	}
	return request.Text{EN: s, FR: s}
}
