package finance

import (
	"cmp"
	"context"
	"encoding/json"
	"slices"
	"strings"
	"time"

	"github.com/shopspring/decimal"

	"handrail/ingest"
	"handrail/internal/ledger"
	"handrail/internal/reconcile"
	"handrail/internal/report"
	"handrail/internal/request"
	"handrail/internal/workbook"
)

func readHand(ctx context.Context, a ingest.Attachment) (report.Returned, bool) {
	if a.Format != workbook.Xlsx {
		return report.Returned{}, false
	}
	book, err := workbook.Open(ctx, a.Data, workbook.DefaultBounds())
	if err != nil {
		return report.Returned{}, false
	}
	hand, ok, err := report.ReadReturned(ctx, book, a.Name)
	return hand, ok && err == nil
}

// hands reads what people said of charges against the ledger. It is made for one mail.
type hands struct {
	tx      *ledger.Tx
	now     time.Time
	by      string // the proven sender
	zone    *time.Location
	options reconcile.Options
	charges map[string]*ledger.Charge // by key, as they stood before
	lines   map[string]ledger.Line    // by reference
	all     []saying                  // what nothing speaks against yet
	moving  map[int64]bool            // charges that all of these settle
	shares  map[int64][]handShare     // what they charge to lines, by the line
	told    handsTold
}

// saying is one answer with the charges that it is about.
type saying struct {
	*report.ChargeAnswer
	charges []*ledger.Charge // in the order of the keys
}

// settleByHand does what somebody wrote into the returned weekly workbooks of one mail: it stays until somebody writes something
// else. What can be read two ways, goes beyond the tolerance without a reason, or differs from what somebody else said, is asked
// back and not done.
func (desk *Desk) settleByHand(ctx context.Context, tx *ledger.Tx, now time.Time, by string, list []report.Returned) (handsTold, error) {
	h := &hands{tx: tx, now: now, by: by, zone: desk.dept.Zone, options: desk.dept.Finance.Reconcile.Match(desk.dept.Zone),
		charges: map[string]*ledger.Charge{}, lines: map[string]ledger.Line{}}
	for i := range list {
		h.told.damaged(list[i].Damaged)
		h.told.problems(list[i].Problems)
	}
	all, err := h.sayings(ctx, list)
	if err != nil {
		return h.told, err
	}
	if err := h.readLines(ctx, all); err != nil {
		return h.told, err
	}
	h.all = h.agreed(h.decisions(all))
	h.addShares()
	var done []accepted
	for _, group := range sameLines(h.all) {
		more, err := h.accept(ctx, group)
		if err != nil {
			return h.told, err
		}
		done = append(done, more...)
	}
	for _, a := range done {
		if err := h.correct(ctx, a); err != nil {
			return h.told, err
		}
	}
	return h.told, nil
}

// handShare is what of a charge falls to a line by an answer, in the charge's currency.
type handShare struct {
	of     *report.ChargeAnswer
	amount decimal.Decimal
}

// addShares works out what all answers charge to lines.
func (h *hands) addShares() {
	h.moving, h.shares = map[int64]bool{}, map[int64][]handShare{}
	for _, s := range h.all {
		lines, why := h.approved(s.References)
		for _, c := range s.charges {
			h.moving[c.ID] = h.moving[c.ID] || s.Kind != report.OnlyMark
			if why != nil || s.Kind != report.BelongsTo {
				continue
			}
			for i, part := range reconcile.Parts(request.FromMinor(c.Amount, c.Currency), totalsOf(lines)) {
				h.shares[lines[i].ID] = append(h.shares[lines[i].ID], handShare{s.ChargeAnswer, part})
			}
		}
	}
}

func totalsOf(lines []ledger.Line) []decimal.Decimal {
	totals := make([]decimal.Decimal, len(lines))
	for i, l := range lines {
		totals[i] = request.FromMinor(l.Amount, l.Currency).Amount
	}
	return totals
}

// sayings joins answers with the charges that their keys name. A sheet whose keys stand beside other charges than they name was
// sorted or moved in part: nothing of it is used.
func (h *hands) sayings(ctx context.Context, list []report.Returned) (all []saying, err error) {
	moved := map[report.RowPlace]bool{} // sheets, without a row
	for i := range list {
		for n := range list[i].Answers {
			s := saying{ChargeAnswer: &list[i].Answers[n]}
			unknown := false
			for _, key := range s.Keys {
				c, err := h.charge(ctx, key)
				if err != nil {
					return nil, err
				}
				unknown = unknown || c == nil
				s.charges = append(s.charges, c)
			}
			fits, err := false, error(nil)
			if !unknown {
				if fits, err = h.shows(ctx, &s); err != nil {
					return nil, err
				}
			}
			switch {
			case unknown:
				h.told.keys(s.Place, keysUnknown)
			case !fits:
				h.told.keys(s.Place, keysMoved)
				moved[report.RowPlace{File: s.Place.File, Sheet: s.Place.Sheet}] = true
			default:
				all = append(all, s)
			}
		}
	}
	return slices.DeleteFunc(all, func(s saying) bool {
		return moved[report.RowPlace{File: s.Place.File, Sheet: s.Place.Sheet}]
	}), nil
}

// charge is the charge that a key names, nil when there is none.
func (h *hands) charge(ctx context.Context, key string) (*ledger.Charge, error) {
	if c, known := h.charges[key]; known {
		return c, nil
	}
	c, found, err := h.tx.Charges.ByIdentity(ctx, chargeIdentity(key))
	if err != nil {
		return nil, err
	}
	h.charges[key] = nil
	if found {
		h.charges[key] = &c
	}
	return h.charges[key], nil
}

// shows reports whether a row shows the charges that its keys name, as they are or as they were before a later statement corrected
// them; what it does not show differs in nothing.
func (h *hands) shows(ctx context.Context, s *saying) (fits bool, err error) {
	first, sum := s.charges[0], int64(0)
	for _, c := range s.charges {
		sum += c.Amount
	}
	fits = shown(&s.Shown, first.Transacted, request.FromMinor(sum, first.Currency).Amount, first.Merchant)
	if fits || len(s.charges) > 1 {
		return fits, nil
	}
	err = h.tx.Charges.SaidBefore(ctx, first.ID, func(before json.RawMessage) error {
		was, err := financeCharge(&ledger.Charge{ID: first.ID, Detail: before})
		fits = fits || err == nil && shown(&s.Shown, was.Transacted, was.Amount.Amount, was.Merchant)
		return err
	})
	return fits, err
}

func shown(s *report.ShownCharge, on request.Date, charged decimal.Decimal, merchant string) bool {
	merchant = request.Fold(merchant)
	return (s.Bought.IsZero() || s.Bought == on) && (!s.Charged.Valid || s.Charged.Decimal.Equal(charged)) &&
		(s.Merchant == "" || merchant == "" || strings.Contains(request.Fold(s.Merchant), merchant))
}

// readLines reads all lines that are named.
func (h *hands) readLines(ctx context.Context, all []saying) error {
	var references []string
	var ids []int64
	for _, s := range all {
		references = append(append(references, s.References...), s.Mentions...)
		for _, c := range s.charges {
			ids = append(ids, c.Lines...)
		}
	}
	named, err := h.tx.Lines.ByReference(ctx, references)
	if err != nil {
		return err
	}
	before, err := h.tx.Lines.ByID(ctx, ids)
	if err != nil {
		return err
	}
	for _, l := range slices.Concat(named, before) {
		h.lines[l.Reference] = l
	}
	return nil
}

// decisions are the answers that decide something; the others are asked back. A key that has one of both has no decision.
func (h *hands) decisions(all []saying) []saying {
	open := map[string]bool{}
	list := slices.DeleteFunc(all, func(s saying) bool {
		if s.Kind.Decides() {
			return false
		}
		h.ask(s, h.unclear(s))
		for _, k := range s.Keys {
			open[k] = true
		}
		return true
	})
	return slices.DeleteFunc(list, func(s saying) bool {
		if slices.ContainsFunc(s.Keys, func(k string) bool { return open[k] }) {
			h.ask(s, otherAnswerInMail(request.Text{}, ""))
			return true
		}
		return false
	})
}

// agreed are the answers that nothing speaks against: charges of which a mail says two things, or of which somebody else said
// something that the workbook does not know yet, are asked back.
func (h *hands) agreed(all []saying) (list []saying) {
	said := map[string][]saying{}
	for _, s := range all {
		for _, k := range s.Keys {
			said[k] = append(said[k], s)
		}
	}
	for _, s := range all {
		var conflict *asked
		repeated := true // the same answer a second time is none
		for i, k := range s.Keys {
			again := false
			for n, o := range said[k] {
				if s.Contradicts(o.Answer) {
					conflict = cmp.Or(conflict, otherAnswerInMail(placeOf(o.Place), o.Said))
				}
				again = again || o.Same(s.Answer) && n < slices.IndexFunc(said[k], func(x saying) bool { return x.ChargeAnswer == s.ChargeAnswer })
			}
			repeated = repeated && again
			conflict = cmp.Or(conflict, h.saidByOther(s, s.charges[i]))
		}
		switch {
		case conflict != nil:
			h.ask(s, conflict)
		case !repeated:
			list = append(list, s)
		}
	}
	return list
}

// saidByOther is what to ask when somebody else settled a charge otherwise and the row does not know it.
func (h *hands) saidByOther(s saying, c *ledger.Charge) *asked {
	by, at := c.SettledBy, c.SettledAt
	switch {
	case s.Kind == report.OnlyMark, by == "", strings.EqualFold(by, h.by), h.stands(s, c):
		return nil
	case strings.Contains(s.Shown.By, by) && strings.Contains(s.Shown.By, at.In(h.zone).Format(report.HandInstant)):
		return nil // the row shows it
	case strings.Contains(strings.ToLower(s.Why+s.Said), strings.ToLower(by)):
		return nil // the two agreed
	}
	return settledSince(by, at.In(h.zone).Format(report.HandInstant), h.standing(c))
}

// sameLines groups answers that match charges with the same lines: they are looked at together, for parts add up.
func sameLines(all []saying) (groups [][]saying) {
	at := map[string]int{}
	for _, s := range all {
		key := strings.Join(slices.Sorted(slices.Values(s.References)), " ")
		if i, there := at[key]; there && key != "" {
			groups[i] = append(groups[i], s)
			continue
		}
		at[key] = len(groups)
		groups = append(groups, []saying{s})
	}
	return groups
}
