package approvals

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"

	"handrail/internal/batch"
	"handrail/internal/department"
	"handrail/internal/ledger"
	"handrail/internal/officers"
	"handrail/internal/outbox"
	"handrail/internal/record"
	"handrail/internal/request"
)

// reviewed is the note in the ledger of what was last gone through.
const reviewed = "lines reviewed"

// Review sees to it that every line that waits lies with somebody who can decide it: not with an officer who left the roster, is away,
// or whose limit was lowered, and not with nobody because there was nobody once. It looks again when the roster or the day is
// another, and when a line lies with nobody.
func (desk *Desk) Review(ctx context.Context) error {
	now := desk.engine.Now()
	var key string
	news := false
	if err := desk.ledger.View(ctx, func(tx *ledger.Tx) (err error) {
		if key, err = desk.reviewKey(ctx, tx, now); err != nil {
			return err
		}
		noted, err := tx.Meta(ctx, reviewed)
		news = noted != key
		return err
	}); err != nil || !news {
		return err
	}
	return desk.ledger.Decide(ctx, func(tx *ledger.Tx) error {
		owed, err := review{Desk: desk, now: now}.lines(ctx, tx)
		if err != nil {
			return err
		}
		if _, err := tx.Outbox.Add(ctx, outbox.Due(owed, now)...); err != nil {
			return err
		}
		if key, err = desk.reviewKey(ctx, tx, now); err != nil {
			return err
		}
		if err := tx.SetMeta(ctx, reviewed, key); err != nil {
			return err
		}
		return desk.engine.Wake(ctx, tx, batch.Answer)
	})
}

// reviewKey changes whenever something may have to be given to somebody else.
func (desk *Desk) reviewKey(ctx context.Context, tx *ledger.Tx, now time.Time) (string, error) {
	sum := sha256.New()
	fmt.Fprintln(sum, desk.dept.Day(now))
	for _, name := range desk.dept.Order {
		if err := json.NewEncoder(sum).Encode(desk.dept.Inboxes[name].Roster().Officers()); err != nil {
			return "", err
		}
	}
	some, err := tx.Escalations.AnyUnassigned(ctx)
	if err != nil || !some {
		return hex.EncodeToString(sum.Sum(nil)), err
	}
	asking, err := desk.whoIsAsked(ctx, tx)
	if err != nil {
		return "", err
	}
	var alone []int64
	for line, who := range asking {
		if len(who) == 0 {
			alone = append(alone, line)
		}
	}
	slices.Sort(alone)
	fmt.Fprintln(sum, alone)
	return hex.EncodeToString(sum.Sum(nil)), nil
}

// review goes through all lines that wait.
type review struct {
	*Desk
	now time.Time
}

// misplaced are lines that need somebody else, for one reason.
type misplaced struct {
	box     *department.Inbox
	leaving string // who has them and cannot decide them; "" nobody has
	instead string
	why     request.Text
	lines   []officers.EscalatedLine
}

// lines gives lines that lie with nobody who can decide them to somebody who can.
func (r review) lines(ctx context.Context, tx *ledger.Tx) (owed []ledger.OutboxEntry, err error) {
	waiting, err := tx.Escalations.Waiting(ctx, 0)
	if err != nil || len(waiting) == 0 {
		return nil, err
	}
	asking, err := r.askedAbout(ctx, tx, waiting)
	if err != nil {
		return nil, err
	}
	var submissions []int64
	of := map[int64][]ledger.WaitingLine{}
	for _, w := range waiting {
		if of[w.Submission] == nil {
			submissions = append(submissions, w.Submission)
		}
		of[w.Submission] = append(of[w.Submission], w)
	}
	groups := map[string]*misplaced{}
	var order []string
	nobody := map[int64][]string{}
	const atOnce = 50
	for some := range slices.Chunk(submissions, atOnce) {
		files, err := r.records.Read(ctx, tx, some)
		if err != nil {
			return nil, err
		}
		for _, id := range some {
			f, err := files[id].Unpack()
			if err != nil { // one that cannot be read keeps nobody else waiting
				r.engine.NoteTrouble(fmt.Errorf("go through what waits of submission %d: %w", id, err))
				continue
			}
			if f.Inbox == nil {
				continue // remind says so
			}
			owed = append(owed, outbox.TellWaiting(id, r.dept.Calendar(f.Inbox).After(f.Submission.JudgedAt, r.dept.Decisions.RerouteTime()), 1))
			away, err := r.away(ctx, tx, f.Inbox, r.now)
			if err != nil {
				return nil, err
			}
			for _, w := range of[id] {
				l, m, found := r.place(f, w.Line, asking[w.Line], away)
				if !found {
					if l.Line != 0 {
						nobody[id] = append(nobody[id], w.Reference)
					}
					continue
				}
				key := fmt.Sprint(f.Inbox.Config.Name, " ", m.leaving, " ", m.why.EN)
				if groups[key] == nil {
					groups[key] = m
					order = append(order, key)
				}
				groups[key].lines = append(groups[key].lines, l)
			}
		}
	}
	for n, key := range order {
		more, err := r.handOver(ctx, tx, groups[key], n)
		if err != nil {
			return nil, err
		}
		owed = append(owed, more...)
	}
	for _, id := range submissions {
		if len(nobody[id]) > 0 {
			owed = append(owed, outbox.NobodyDecides(id, nobody[id]))
		}
	}
	return owed, nil
}

// place says whether a line must go to somebody else, and why. Where it must and nobody is there, found is false and the line is
// named.
func (r review) place(f *record.Case, line int64, holders []ledger.Holder, away func(string) bool) (l officers.EscalatedLine, m *misplaced, found bool) {
	for i := range f.Lines {
		if c := &f.Lines[i]; c.Recorded.ID == line && !c.Kept {
			l = f.Escalated(c)
		}
	}
	if l.Line == 0 {
		return l, nil, false
	}
	roster := f.Inbox.Roster()
	m = &misplaced{box: f.Inbox, why: whyUnassigned}
	var before []string
	for _, h := range holders {
		if h.Kind == ledger.ConfirmationCode || canDecide(roster, away, h.Officer, &l) {
			return officers.EscalatedLine{}, nil, false
		}
		before, m.leaving = append(before, h.Officer), h.Officer
	}
	choice, ok := roster.Choose(l.Said(), l.Origin, officers.Asking{Away: away, Leaving: m.leaving})
	if !ok {
		return l, nil, false
	}
	if slices.ContainsFunc(before, func(e string) bool { return strings.EqualFold(e, choice.Email) }) {
		return officers.EscalatedLine{}, nil, false // all who could are away, and it waits for them already
	}
	if m.leaving != "" {
		name := f.DisplayName(m.leaving)
		switch _, known := roster.ByEmail(m.leaving); {
		case !known:
			m.why = leftTheRoster(name)
		case away(m.leaving):
			m.why, m.instead = isAwayNow(name), m.leaving
		default:
			m.why = aboveTheLimitNow(name)
		}
	}
	return l, m, true
}

// handOver asks others about lines, and takes their codes from those who had them.
func (r review) handOver(ctx context.Context, tx *ledger.Tx, m *misplaced, n int) ([]ledger.OutboxEntry, error) {
	owed, nobody, err := r.Route(ctx, tx, r.now, m.box, m.lines, officers.Routing{Cause: fmt.Sprintf("review %s %d", r.now.UTC().Format(time.RFC3339Nano), n),
		Why: m.why, Instead: m.instead, Leaving: m.leaving})
	if err != nil {
		return nil, err
	}
	if len(nobody) > 0 {
		owed = append(owed, outbox.NobodyDecides(0, nobody))
	}
	if m.leaving == "" {
		return owed, nil
	}
	var lines []int64
	for _, l := range m.lines {
		if !slices.Contains(nobody, l.Reference) {
			lines = append(lines, l.Line)
		}
	}
	if err := tx.Officers.TakeDigestLines(ctx, m.leaving, lines); err != nil {
		return nil, err
	}
	return owed, tx.Escalations.TakeFrom(ctx, r.now, m.leaving, lines)
}
