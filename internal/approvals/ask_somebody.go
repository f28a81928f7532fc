package approvals

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"handrail/internal/batch"
	"handrail/internal/ledger"
	"handrail/internal/officers"
	"handrail/internal/outbox"
	"handrail/internal/record"
	"handrail/internal/request"
)

// Why nobody can be asked by hand. Each is for the operator.
var (
	ErrUnknownRequest = errors.New("no request of that number is in the ledger")
	ErrNothingWaits   = errors.New("none of its lines waits for a decision")
	ErrNoInbox        = errors.New("the inbox that it came to is not in the configuration any more")
	ErrNotAnOfficer   = errors.New("is no officer of the roster")
	ErrMayNotDecide   = errors.New("may not decide")
	ErrNobodyMay      = errors.New("no officer may decide")
)

// AskedByHand is who is asked about which lines, and who had them before and can still decide.
type AskedByHand struct {
	Officers []officers.Officer
	Lines    []string
	Before   []ledger.Holder
}

// AskSomebody has an officer asked about what waits of a request, or about one line of it. to is an officer's address or name; "" whoever
// was not asked yet, else whoever comes first. Who has the lines already can still decide them.
func (desk *Desk) AskSomebody(ctx context.Context, reference request.Reference, to string) (done AskedByHand, err error) {
	now := desk.engine.Now()
	err = desk.ledger.Decide(ctx, func(tx *ledger.Tx) error {
		done = AskedByHand{}
		a, err := desk.waitingUnder(ctx, tx, reference)
		if err != nil {
			return err
		}
		f := a.files[0]
		if f.Inbox == nil {
			return ErrNoInbox
		}
		lines := record.EscalatedLines(a.files, func(c *record.Line) bool { return a.has(c) })
		for _, l := range lines {
			done.Lines = append(done.Lines, l.Reference)
		}
		waiting, err := tx.Escalations.Waiting(ctx, f.Submission.ID)
		if err != nil {
			return err
		}
		for _, w := range waiting {
			for _, h := range w.Holders {
				if slices.Contains(done.Lines, w.Reference) && !slices.ContainsFunc(done.Before, func(b ledger.Holder) bool { return b.Officer == h.Officer }) {
					done.Before = append(done.Before, h)
				}
			}
		}
		owed, err := desk.askByHand(ctx, tx, now, a, lines, to)
		if err != nil {
			return err
		}
		if done.Officers, err = officersIn(f.Inbox.Roster(), owed); err != nil {
			return err
		}
		if _, err := tx.Outbox.Add(ctx, outbox.Due(owed, now)...); err != nil {
			return err
		}
		return desk.engine.Wake(ctx, tx, batch.Answer)
	})
	return done, err
}

// waitingUnder reads the lines that wait under a request's number or a line's.
func (desk *Desk) waitingUnder(ctx context.Context, tx *ledger.Tx, reference request.Reference) (*openEscalation, error) {
	whole := reference
	whole.Line = 0
	submission, found, err := tx.Submissions.ByReference(ctx, whole)
	if err != nil {
		return nil, err
	}
	if !found {
		return nil, ErrUnknownRequest
	}
	lines, err := tx.Lines.OfSubmissionsBare(ctx, []int64{submission.ID})
	if err != nil {
		return nil, err
	}
	var e ledger.Escalation
	for i := range lines {
		if l := &lines[i]; l.Outcome == request.Escalated && (reference.Line == 0 || l.Reference == reference.String()) {
			e.Tokens = append(e.Tokens, ledger.Token{Line: l.ID, Ordinal: len(e.Tokens) + 1, Digest: l.Digest})
		}
	}
	if len(e.Tokens) == 0 {
		return nil, ErrNothingWaits
	}
	return desk.readEscalationIn(ctx, tx, &e)
}

// askByHand leaves the mails to who is asked.
func (desk *Desk) askByHand(ctx context.Context, tx *ledger.Tx, now time.Time, a *openEscalation, lines []officers.EscalatedLine, to string) ([]ledger.OutboxEntry, error) {
	box := a.files[0].Inbox
	r := officers.Routing{Cause: "asked by hand " + lines[0].Reference + " " + now.UTC().Format(time.RFC3339Nano), Why: whyByHand}
	if to != "" {
		o, err := oneOfficer(box.Roster(), to)
		if err != nil {
			return nil, err
		}
		for _, l := range lines {
			if !box.Roster().May(o.Email, l.Said(), l.Origin) {
				return nil, fmt.Errorf("%s %w %s: it is above their limit, or their own", o.Email, ErrMayNotDecide, l.Reference)
			}
		}
		return desk.askLater(ctx, tx, now, box, officers.Choice{Officer: o}, lines, r)
	}
	asked, err := desk.whoIsAsked(ctx, tx)
	if err != nil {
		return nil, err
	}
	others := r
	if others.Besides, err = asked.before(ctx, tx, lines); err != nil {
		return nil, err
	}
	owed, nobody, err := desk.Route(ctx, tx, now, box, lines, others)
	if err != nil || len(nobody) == 0 {
		return owed, err
	}
	rest := slices.DeleteFunc(slices.Clone(lines), func(l officers.EscalatedLine) bool { return !slices.Contains(nobody, l.Reference) })
	again, nobody, err := desk.Route(ctx, tx, now, box, rest, r)
	if err == nil && len(nobody) > 0 {
		err = fmt.Errorf("%w %s", ErrNobodyMay, strings.Join(nobody, ", "))
	}
	return append(owed, again...), err
}

// oneOfficer finds an officer by address, or by a name that only one has.
func oneOfficer(roster *officers.Roster, to string) (officers.Officer, error) {
	if o, known := roster.ByEmail(to); known {
		return o, nil
	}
	switch named := roster.ByName(to); len(named) {
	case 0:
		return officers.Officer{}, fmt.Errorf("%s %w", to, ErrNotAnOfficer)
	case 1:
		return named[0], nil
	default:
		return officers.Officer{}, fmt.Errorf("%s %w: several go by that name (%s, %s)", to, ErrNotAnOfficer, named[0].Email, named[1].Email)
	}
}

// officersIn are the officers to whom entries go.
func officersIn(roster *officers.Roster, owed []ledger.OutboxEntry) (list []officers.Officer, err error) {
	for i := range owed {
		var d struct {
			Officer string `json:"officer"`
		}
		if err := json.Unmarshal(owed[i].Detail, &d); err != nil {
			return nil, err
		}
		if o, known := roster.ByEmail(d.Officer); known {
			list = append(list, o)
		}
	}
	return list, nil
}
