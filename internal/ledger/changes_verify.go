package ledger

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
)

// verifyChanges holds what was proposed, and what owners answered, against their links, and looks for links whose row is gone.
func (ch Chain) verifyChanges(ctx context.Context, v *Verification) error {
	err := ch.tx.each(ctx, func(scan func(...any) error) error {
		var c Change
		var at [3]pairLink // proposed, approved, ended
		into := c.into()
		for i := range at {
			into = append(into, at[i].into()...)
		}
		if err := scan(into...); err != nil {
			return err
		}
		v.verifyChange(&c, at)
		return nil
	}, "SELECT "+changeColumns+`, p.seq, p.kind, p.at, p.public, pp.body, a.seq, a.kind, a.at, a.public, ap.body, e.seq, e.kind, e.at, e.public, ep.body
		FROM change x LEFT JOIN chain p ON p.seq = x.chain_seq LEFT JOIN chain_private pp ON pp.seq = p.seq
		LEFT JOIN chain a ON a.seq = x.approved_seq LEFT JOIN chain_private ap ON ap.seq = a.seq
		LEFT JOIN chain e ON e.seq = x.ended_seq LEFT JOIN chain_private ep ON ep.seq = e.seq ORDER BY x.id`)
	if err == nil {
		err = ch.verifyAnswers(ctx, v)
	}
	if err != nil {
		return err
	}
	return ch.tx.each(ctx, func(scan func(...any) error) error {
		var seq int64
		var subject string
		if err := scan(&seq, &subject); err != nil {
			return err
		}
		v.fault(MissingRow, seq, "change "+subject, "the chain says that a change was proposed, answered or ended, and no row says so")
		return nil
	}, `SELECT c.seq, c.subject FROM chain c WHERE c.kind IN ('change.proposed', 'change.approved', 'change.ended', 'change.answered')
		AND NOT EXISTS (SELECT 1 FROM change x WHERE c.seq IN (x.chain_seq, x.approved_seq, x.ended_seq))
		AND NOT EXISTS (SELECT 1 FROM change_answer a WHERE a.chain_seq = c.seq) ORDER BY c.seq`)
}

func (v *Verification) verifyChange(c *Change, at [3]pairLink) {
	what := fmt.Sprintf("change %d", c.ID)
	proposed, approved, ended := &at[0], &at[1], &at[2]
	var said [3]changePublic
	for i, kind := range []string{changeProposedKind, changeApprovedKind, changeEndedKind} {
		switch {
		case i > 0 && at[i].seq == 0:
			continue
		case at[i].kind != kind:
			v.fault(ChangedRow, c.chainSeq, what, "a link of the chain that it names is not about it")
			return
		case json.Unmarshal(at[i].public, &said[i]) != nil:
			v.fault(ChangedLink, at[i].seq, what, "what it says cannot be read")
			return
		case i > 0 && said[i].Link != c.chainSeq:
			v.fault(ChangedRow, at[i].seq, what, "this link is about another change")
			return
		}
	}
	p := said[0]
	is := c.public()
	if p.Kind != is.Kind || p.Scope != is.Scope || p.Hash != is.Hash || p.Base != is.Base || p.From != is.From || p.Owner != is.Owner || !proposed.at.Equal(c.ProposedAt) {
		v.fault(ChangedRow, proposed.seq, what, "what was proposed, for when, or when that was, is not what was noted")
	}
	state := ChangeWaiting
	if approved.seq != 0 {
		state = said[1].State
	}
	if ended.seq != 0 {
		state = said[2].State
	}
	if state != c.State || !approved.at.Equal(c.ApprovedAt) || !ended.at.Equal(c.EndedAt) {
		v.fault(ChangedRow, max(proposed.seq, approved.seq, ended.seq), what, "how far it is, or since when, is not what was noted")
	}
	v.verifyChangePrivate(c, what, proposed, ended)
}

func (v *Verification) verifyChangePrivate(c *Change, what string, proposed, ended *pairLink) {
	var by, end changePrivate
	if proposed.private != nil && json.Unmarshal(proposed.private, &by) == nil &&
		(by.By != c.ProposedBy || by.Message != c.Message || by.Code != c.Code || by.Detail != string(c.Detail)) {
		v.fault(ChangedRow, proposed.seq, what, "who proposed it, how, or its code is not what was noted")
	}
	if ended.private != nil && json.Unmarshal(ended.private, &end) != nil {
		return // its digest says that it was changed
	}
	if c.State == ChangeInForce {
		end.By = "" // names who proposed it
	}
	if gone := ended.seq != 0 && ended.private == nil && c.EndedBy == disposedBy; !gone && end.By != c.EndedBy {
		v.fault(ChangedRow, ended.seq, what, "who ended it is not what was noted")
	}
}

// verifyAnswers holds each answer of an owner against its link.
func (ch Chain) verifyAnswers(ctx context.Context, v *Verification) error {
	return ch.tx.each(ctx, func(scan func(...any) error) error {
		var id, proposal int64
		var a ChangeAnswer
		var k pairLink
		if err := scan(append([]any{&id, &a.Owner, &a.Role, flag{&a.Approves}, &a.Reason, number{&a.Message}, instant{&a.At}, &a.chainSeq, number{&proposal}}, k.into()...)...); err != nil {
			return err
		}
		what := fmt.Sprintf("answer %d to a change", id)
		var public answerPublic
		var private answerPrivate
		switch {
		case k.kind != changeAnsweredKind:
			v.fault(ChangedRow, a.chainSeq, what, "a link of the chain that it names is not about it")
		case json.Unmarshal(k.public, &public) != nil:
			v.fault(ChangedLink, k.seq, what, "what it says cannot be read")
		case public != (answerPublic{proposal, a.Role, a.Approves}), !k.at.Equal(a.At):
			v.fault(ChangedRow, k.seq, what, "to what it was given, whether it approves, or when, is not what was noted")
		case k.private != nil && json.Unmarshal(k.private, &private) == nil && private != (answerPrivate{a.Owner, a.Reason, a.Message}):
			v.fault(ChangedRow, k.seq, what, "who answered, or why, is not what was noted")
		}
		return nil
	}, `SELECT a.id, a.owner, a.role, a.approves, a.reason, a.message, a.answered_at, a.chain_seq, x.chain_seq, c.seq, c.kind, c.at, c.public, cp.body
		FROM change_answer a LEFT JOIN change x ON x.id = a.change LEFT JOIN chain c ON c.seq = a.chain_seq LEFT JOIN chain_private cp ON cp.seq = c.seq ORDER BY a.id`)
}

// ApprovedBy is who proposed and who approved what a change put in force.
type ApprovedBy struct {
	Change     Change
	ProposedBy string
	Approved   []string
}

// BehindText finds the change by which a text came into force last; ok is false where none did.
func (cs Changes) BehindText(ctx context.Context, kind, scope, hash string) (by ApprovedBy, ok bool, err error) {
	all, err := cs.list(ctx, "x.kind = $1 AND x.scope = $2 AND x.hash = $3 AND x.state = 'in-force'", kind, scope, hash)
	if err != nil || len(all) == 0 {
		return by, false, err
	}
	by.Change = all[len(all)-1]
	by.ProposedBy = by.Change.ProposedBy
	answers, err := cs.Answers(ctx, by.Change.ID)
	for _, a := range answers {
		if a.Approves {
			by.Approved = append(by.Approved, a.Owner)
		}
	}
	slices.Sort(by.Approved)
	return by, true, err
}
