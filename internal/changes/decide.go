package changes

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"handrail/ingest/reply"
	"handrail/internal/ledger"
	"handrail/internal/outbox"
	"handrail/internal/request"
	"handrail/rules"
)

func same(a, b string) bool { return strings.EqualFold(a, b) }

func answeredBy(answers []ledger.ChangeAnswer, owner string) bool {
	return slices.ContainsFunc(answers, func(a ledger.ChangeAnswer) bool { return same(a.Owner, owner) })
}

// Decide acts on what somebody wrote to the owners' room.
func (l *letter) Decide(ctx context.Context, tx *ledger.Tx, now time.Time) ([]ledger.OutboxEntry, error) {
	who := l.Sender.Address
	switch {
	case !l.room.owners.Is(who) || l.Row.Released:
		return l.room.stranger(l, now), nil
	case l.behalf != "":
		return l.note(notForAnother), nil
	case l.ask != nil && l.ask.Why == reply.AskThanks && l.policy == nil:
		return nil, nil
	}
	decides := slices.ContainsFunc(l.commands, func(c reply.Command) bool {
		return c.Verb == reply.Approve || c.Verb == reply.Decline || c.Verb == reply.Withdraw
	})
	if len(l.codes) == 0 || l.policy != nil && !decides {
		return l.propose(ctx, tx, now)
	}
	if len(l.codes) > 1 {
		return l.note(twoCodes), nil
	}
	c, found, err := tx.Changes.ByCode(ctx, string(l.codes[0]))
	switch {
	case err != nil:
		return nil, err
	case !found:
		return l.note(twoCodes), nil
	case l.other:
		return l.note(otherMail), nil
	case !c.State.Open():
		return l.over(ctx, tx, &c)
	}
	return l.answer(ctx, tx, now, &c)
}

// answer acts on an owner's answer to a change that is open.
func (l *letter) answer(ctx context.Context, tx *ledger.Tx, now time.Time, c *ledger.Change) ([]ledger.OutboxEntry, error) {
	who := l.Sender.Address
	if l.ask != nil {
		return l.askBack(c, l.ask.Why.Text()), nil
	}
	command := l.commands[0]
	for _, other := range l.commands[1:] {
		if other.Verb != command.Verb {
			return l.askBack(c, reply.AskConflict.Text()), nil
		}
	}
	if !command.Every() || command.Rest || command.Count > 1 || command.Loose && command.Verb == reply.Approve && command.Reason != "" && strings.ContainsAny(command.Reason, "0123456789") {
		return l.askBack(c, wholeOnly), nil
	}
	own := c.ProposedBy != "" && same(c.ProposedBy, who)
	switch command.Verb {
	case reply.Decline, reply.No:
		if err := tx.Changes.Answer(ctx, now, ledger.ChangeAnswer{Change: c.ID, Owner: who, Role: l.room.owners.Role(who), Reason: command.Reason, Message: l.Row.ID}); err != nil {
			return nil, err
		}
		if err := tx.Changes.Decline(ctx, now, c.ID, who); err != nil {
			return nil, err
		}
		return l.room.tellAll(c, "declined", who, declined(who, command.Reason)), nil
	case reply.Withdraw:
		if !own {
			return l.note(notYours(c)), nil
		}
		if err := tx.Changes.Withdraw(ctx, now, c.ID, who); err != nil {
			return nil, err
		}
		return l.room.tellAll(c, "withdrawn", who, withdrawn(who)), nil
	case reply.Approve:
		return l.approve(ctx, tx, now, c, command.Reason)
	}
	return l.askBack(c, onlyTheseWords), nil
}

// approve takes the approval of an owner.
func (l *letter) approve(ctx context.Context, tx *ledger.Tx, now time.Time, c *ledger.Change, reason string) ([]ledger.OutboxEntry, error) {
	who, os := l.Sender.Address, l.room.owners
	answers, err := tx.Changes.Answers(ctx, c.ID)
	if err != nil {
		return nil, err
	}
	approved := approvers(answers)
	if c.ProposedBy != "" && same(c.ProposedBy, who) {
		return l.note(anotherMust(os.Missing(c.ProposedBy, approved))), nil
	}
	if l.policy != nil {
		if other, err := l.brings(ctx, tx, c); err != nil || other {
			return l.askBack(c, otherText), err
		}
	}
	if c.State == ledger.ChangeApproved {
		return l.note(approvedAlready(c)), nil
	}
	if !slices.ContainsFunc(approved, func(a string) bool { return same(a, who) }) {
		if err := tx.Changes.Answer(ctx, now, ledger.ChangeAnswer{Change: c.ID, Owner: who, Role: os.Role(who), Approves: true, Reason: reason, Message: l.Row.ID}); err != nil {
			return nil, err
		}
		approved = append(approved, who)
	}
	if !os.Enough(c.ProposedBy, approved) {
		return l.note(recorded(os.Missing(c.ProposedBy, approved))), nil
	}
	if err := tx.Changes.Approve(ctx, now, c.ID); err != nil {
		return nil, err
	}
	if c.From.After(l.room.dept.Day(now)) {
		return l.room.tellAll(c, "approved", who, approvedFor(c, who)), nil
	}
	tx.Then(func() { l.room.due.Store(true) })
	return nil, nil // the note that it is in force says it
}

func approvers(answers []ledger.ChangeAnswer) (who []string) {
	for _, a := range answers {
		if a.Approves {
			who = append(who, a.Owner)
		}
	}
	return who
}

// brings reports whether a policy that came with an approval is another than the one that was asked about.
func (l *letter) brings(ctx context.Context, tx *ledger.Tx, c *ledger.Change) (other bool, err error) {
	if l.policy.candidate == nil {
		return true, nil
	}
	text, found, err := tx.Documents.Text(ctx, c.Hash)
	if err != nil || !found {
		return true, err
	}
	asked, err := rules.ReadBundle(text.Body)
	return err != nil || asked.Written() != l.policy.candidate.Policy.Written(), nil //nolint:nilerr // what cannot be read is another
}

// propose takes a policy that an owner mailed.
func (l *letter) propose(ctx context.Context, tx *ledger.Tx, now time.Time) ([]ledger.OutboxEntry, error) {
	m := l.policy
	if m == nil {
		return l.note(twoCodes), nil
	}
	if len(m.mistakes) > 0 {
		d := mistaken(m.file)
		d.Details = m.mistakes
		if m.book {
			d = bookMistaken(m.file)
			d.Details, d.Sends = m.mistakes, sendsMarked
		}
		return l.note(d), nil
	}
	scope := l.room.dept.ScopeOf(l.Inbox)
	p := m.candidate.Policy
	if in := l.Inbox.Policy(); in.Written() == p.Written() {
		return l.note(inForceAlready(p)), nil
	}
	if open, some, err := tx.Changes.Open(ctx, "policy", scope); err != nil {
		return nil, err
	} else if some && open.Hash == p.Hash() && open.ProposedBy != "" {
		return l.note(waitsAlready(&open, p, same(open.ProposedBy, l.Sender.Address), l.room.owners.Missing(open.ProposedBy, nil))), nil
	}
	_, err := l.room.dept.ProposePolicy(ctx, tx, now, scope, l.Sender.Address, l.Row.ID, m.candidate)
	return nil, err // its copy tells who proposed
}

// over answers an owner about a change that is not open any more.
func (l *letter) over(ctx context.Context, tx *ledger.Tx, c *ledger.Change) ([]ledger.OutboxEntry, error) {
	title, err := l.room.titleOf(ctx, tx, c)
	if err != nil {
		return nil, err
	}
	var d noteDetail
	switch c.State {
	case ledger.ChangeInForce:
		latest, _, err := tx.Changes.Latest(ctx, c.Kind, c.Scope)
		if err != nil {
			return nil, err
		}
		declines := slices.ContainsFunc(l.commands, func(x reply.Command) bool { return x.Verb != reply.Approve })
		d = isInForce(title, l.room.dept.Day(c.EndedAt), declines || l.ask != nil, latest.ID != c.ID)
	case ledger.ChangeReplaced:
		newer, err := l.room.newerThan(ctx, tx, c)
		if err != nil {
			return nil, err
		}
		d = wasReplaced(title, newer)
	case ledger.ChangeDeclined:
		d = wasDeclined(title, c.EndedBy)
	default:
		d = wasWithdrawn(title, c.EndedBy)
	}
	return l.note(d), nil
}

// newerThan is the title of what took the place of a change: the newest of its kind and scope.
func (r *Room) newerThan(ctx context.Context, tx *ledger.Tx, c *ledger.Change) (request.Text, error) {
	latest, found, err := tx.Changes.Latest(ctx, c.Kind, c.Scope)
	if err != nil || !found || latest.ID == c.ID {
		return request.Text{}, err
	}
	return r.titleOf(ctx, tx, &latest)
}

// titleOf names a change: what it changes, with its version.
func (r *Room) titleOf(ctx context.Context, tx *ledger.Tx, c *ledger.Change) (request.Text, error) {
	kind := r.kinds[c.Kind]
	if kind == nil {
		return request.Text{EN: c.Kind, FR: c.Kind}, nil
	}
	p, err := kind.Describe(ctx, tx, *c)
	if err != nil {
		return request.Text{}, err
	}
	return p.named(), nil
}

// named is the title with the version.
func (p *Proposal) named() request.Text {
	if p.After == "" {
		return p.Title
	}
	return request.Text{EN: p.Title.EN + " " + p.After, FR: p.Title.FR + " " + p.After}
}

// stranger answers who is no owner and writes like one, and tells owners once a day.
func (r *Room) stranger(l *letter, now time.Time) []ledger.OutboxEntry {
	owed := l.note(noOwner(l.policy != nil))
	for _, owner := range r.owners.All() {
		owed = append(owed, outbox.New(outbox.OwnersNote, fmt.Sprintf("stranger %s %s", r.dept.Day(now), owner), ledger.OutboxEntry{Message: l.Row.ID},
			strangerWrote(owner, l.Sender.Address, l.policy != nil)))
	}
	return owed
}

// note answers the sender.
func (l *letter) note(d noteDetail) []ledger.OutboxEntry {
	if l.Silent {
		return nil
	}
	d.To, d.Thread = l.Sender.Address, outbox.ThreadOf(l.Mail)
	return []ledger.OutboxEntry{outbox.New(outbox.OwnersNote, fmt.Sprintf("message %d", l.Row.ID), ledger.OutboxEntry{Message: l.Row.ID}, d)}
}

// askBack asks the sender what was meant: the same question again, with why nothing was decided.
func (l *letter) askBack(c *ledger.Change, why request.Text) []ledger.OutboxEntry {
	if l.Silent {
		return nil
	}
	written := []rune(l.text)
	if len(written) > 600 {
		written = append(written[:600], '…')
	}
	return []ledger.OutboxEntry{outbox.New(outbox.Proposal, fmt.Sprintf("message %d", l.Row.ID), ledger.OutboxEntry{Message: l.Row.ID},
		proposalDetail{Change: c.ID, Owner: l.Sender.Address, Why: why, Written: string(written), Thread: outbox.ThreadOf(l.Mail)})}
}

// tellAll tells every owner what became of a change; the one who did it as well, for their own record.
func (r *Room) tellAll(c *ledger.Change, what, _ string, d noteDetail) (owed []ledger.OutboxEntry) {
	d.About = c.ID
	for _, owner := range r.owners.All() {
		d.To = owner
		owed = append(owed, outbox.New(outbox.OwnersNote, fmt.Sprintf("change %d %s %s", c.ID, what, owner), ledger.OutboxEntry{}, d))
	}
	return owed
}

// errNoKind says that this program does not know what a change is about.
var errNoKind = errors.New("this version does not know this kind of change")
