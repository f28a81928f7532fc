package approvals

import (
	"context"
	"encoding/json"
	"slices"
	"strings"
	"time"

	"handrail/internal/ledger"
	"handrail/internal/officers"
	"handrail/internal/outbox"
)

// asked are those who are asked about each line that waits, those included whose mail is still to be written: as if since now. A line
// about which a section 32 manager is asked has that manager.
type asked map[int64][]ledger.Holder

// before are the officers who were ever asked about each of some lines, or will be by a mail that is still to be written.
func (a asked) before(ctx context.Context, tx *ledger.Tx, lines []officers.EscalatedLine) (map[int64][]string, error) {
	ids := make([]int64, len(lines))
	for i := range lines {
		ids[i] = lines[i].Line
	}
	all, err := tx.Escalations.EverAsked(ctx, ids)
	if err != nil {
		return nil, err
	}
	for _, line := range ids {
		for _, h := range a[line] {
			all[line] = append(all[line], h.Officer)
		}
	}
	return all, nil
}

// since reports whether somebody was asked about a line after an instant.
func (a asked) since(line int64, at time.Time) bool {
	return slices.ContainsFunc(a[line], func(h ledger.Holder) bool { return h.Since.After(at) })
}

// byAnother reports whether somebody else than some officers is asked to decide a line.
func (a asked) byAnother(line int64, than []string) bool {
	return slices.ContainsFunc(a[line], func(h ledger.Holder) bool {
		return h.Kind == ledger.DecisionCode && !slices.ContainsFunc(than, func(o string) bool { return strings.EqualFold(o, h.Officer) })
	})
}

// whoIsAsked reads who is asked about all that waits.
func (desk *Desk) whoIsAsked(ctx context.Context, tx *ledger.Tx) (asked, error) {
	waiting, err := tx.Escalations.Waiting(ctx, 0)
	if err != nil {
		return nil, err
	}
	return desk.askedAbout(ctx, tx, waiting)
}

// askedAbout are those who are asked about lines that wait.
func (desk *Desk) askedAbout(ctx context.Context, tx *ledger.Tx, waiting []ledger.WaitingLine) (asked, error) {
	a := asked{}
	for i := range waiting {
		a[waiting[i].Line] = waiting[i].Holders
	}
	return a, desk.addOwed(ctx, tx, a)
}

// addOwed adds who is asked by mails that are still to be written.
func (desk *Desk) addOwed(ctx context.Context, tx *ledger.Tx, a asked) error {
	owed, err := tx.Outbox.Owed(ctx, outbox.Escalation, outbox.Section32, outbox.Reminder)
	if err != nil {
		return err
	}
	now := desk.engine.Now()
	for i := range owed {
		var d struct {
			Officer string  `json:"officer"`
			Lines   []int64 `json:"lines"`
		}
		if err := json.Unmarshal(owed[i].Detail, &d); err != nil {
			return err
		}
		for _, line := range d.Lines {
			if holders, waits := a[line]; waits && d.Officer != "" {
				h := ledger.Holder{Officer: d.Officer, Kind: ledger.DecisionCode, State: ledger.EscalationOpen, Since: now}
				if owed[i].Kind == outbox.Section32 {
					h.Kind = ledger.ConfirmationCode
				}
				a[line] = append(holders, h)
			}
		}
	}
	return nil
}
