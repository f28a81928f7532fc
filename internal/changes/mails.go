package changes

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"handrail/internal/compose"
	"handrail/internal/ledger"
	"handrail/internal/outbox"
	"handrail/internal/owners"
	"handrail/internal/request"
	"handrail/notify"
)

// proposalDetail is which owner is asked about which change.
type proposalDetail struct {
	Change  int64         `json:"change"`
	Owner   string        `json:"owner"`
	Again   bool          `json:"again,omitempty"`
	Why     request.Text  `json:"why,omitzero"` // the owner's answer decided nothing
	Written string        `json:"written,omitempty"`
	Thread  outbox.Thread `json:"thread,omitzero"`
}

// noteDetail is what an owner, or who wrote like one, is told.
type noteDetail struct {
	To      string         `json:"to"`
	Title   request.Text   `json:"title,omitzero"`
	What    request.Text   `json:"what,omitzero"`
	Next    request.Text   `json:"next,omitzero"`
	Good    bool           `json:"good,omitempty"`
	Label   request.Text   `json:"label,omitzero"`
	Details []request.Text `json:"details,omitempty"`
	About   int64          `json:"about,omitempty"`    // the change that Title is followed by
	InForce int64          `json:"in_force,omitempty"` // the change that is in force: the rest is said when the mail is made
	Sends   string         `json:"sends,omitempty"`    // the workbook that goes along
	Inbox   string         `json:"inbox,omitempty"`    // that it is about
	Thread  outbox.Thread  `json:"thread,omitzero"`
}

// ownerOf is whom an entry asks.
func ownerOf(o ledger.OutboxEntry) string {
	var d proposalDetail
	_ = json.Unmarshal(o.Detail, &d) // written by us
	return d.Owner
}

// Mails are the mails to owners.
func (r *Room) Mails() compose.Mails {
	return compose.Mails{outbox.Proposal: r.composeProposal, outbox.OwnersNote: r.composeNote}
}

// language is the one that somebody reads: as the roster says, of finance as the configuration says, else unknown: both.
func (r *Room) language(address string) (name string, lang request.Lang) {
	for _, box := range r.dept.Order {
		if o, ok := r.dept.Inboxes[box].Roster().ByEmail(address); ok {
			return o.Name, o.Language
		}
	}
	for _, f := range r.dept.Finance.Recipients {
		if strings.EqualFold(f, address) {
			return "", r.dept.Finance.Language
		}
	}
	if r.owners.Role(address) == owners.Finance {
		return "", r.dept.Finance.Language
	}
	return "", request.UnknownLang
}

// composeProposal asks an owner, or tells who proposed that it waits.
func (r *Room) composeProposal(ctx context.Context, now time.Time, m *compose.Draft) error {
	var d proposalDetail
	if err := json.Unmarshal(m.Entry.Detail, &d); err != nil {
		return err
	}
	var c ledger.Change
	var p Proposal
	var t Trial
	var approved []string
	err := r.ledger.View(ctx, func(tx *ledger.Tx) error {
		var found bool
		var err error
		if c, found, err = tx.Changes.ByID(ctx, d.Change); err != nil || !found || !c.State.Open() {
			return err
		}
		kind := r.kinds[c.Kind]
		if kind == nil {
			return fmt.Errorf("%w: %s", errNoKind, c.Kind)
		}
		answers, err := tx.Changes.Answers(ctx, c.ID)
		if err != nil {
			return err
		}
		approved = approvers(answers)
		if p, err = kind.Describe(ctx, tx, c); err != nil {
			return err
		}
		if tried, ok := kind.(Tried); ok {
			t, err = r.try(ctx, tx, tried, c)
		}
		return err
	})
	if err != nil || !c.State.Open() {
		return err // what is over is not asked any more
	}
	name, lang := r.language(d.Owner)
	env := r.dept.Envelope(d.Owner, name, lang, m.Entry.Kind+" "+m.Entry.Cause, now, d.Thread)
	env.First = compose.LikelyLanguage(d.Thread.Subject)
	own := c.ProposedBy != "" && same(c.ProposedBy, d.Owner)
	var files []*notify.Attachment
	if own {
		book, err := r.ownBook(ctx, &c, &p, &t)
		if err != nil {
			return err
		}
		if book != nil {
			files = append(files, book)
		}
	}
	if book := t.Books[bookLang(lang)]; book != nil && len(files) == 0 {
		files = append(files, book)
	}
	files = append(files, p.Files...)
	for _, l := range []request.Lang{request.English, request.French} {
		if env.Lang == l || env.Lang == request.UnknownLang {
			files = append(files, t.Files[l]...)
		}
	}
	box := r.dept.Inboxes[c.Scope]
	if box == nil {
		box = r.dept.Main()
	}
	mail, err := r.dept.Composer(box).Proposal(notify.Proposal{Envelope: env, Code: c.Code, Title: p.Title, Before: p.Before, After: p.After, By: c.ProposedBy, From: c.From,
		ReplyBy: r.dept.Calendar(box).Days(r.dept.Day(now), remindDays), Approved: approved, Missing: r.owners.Missing(c.ProposedBy, approved),
		Own: own, Again: d.Again, Changes: p.Words, Facts: append(p.Facts, t.Facts...), Files: files,
		Why: d.Why, Written: d.Written})
	if err != nil {
		return err
	}
	m.Mails = append(m.Mails, r.outgoing(outbox.Proposal, m, mail, box.Config.Name, now))
	return nil
}

// bookLang is the language of a workbook for somebody who reads one, or perhaps either.
func bookLang(l request.Lang) request.Lang {
	if l == request.French {
		return l
	}
	return request.English
}

// try gives how a change would have been on the past, made once for all owners. That it cannot be made is said, and stops nothing.
func (r *Room) try(ctx context.Context, tx *ledger.Tx, kind Tried, c ledger.Change) (Trial, error) {
	r.mu.Lock()
	t, done := r.trials[c.ID]
	r.mu.Unlock()
	if done {
		return t, nil
	}
	t, err := kind.Try(ctx, tx, c)
	if err != nil {
		if ctx.Err() != nil {
			return t, err
		}
		r.log.Error("the backtest of a proposed change could not be made", "kind", c.Kind, "error", err)
		t.Facts = []notify.Figure{noTrial}
		return t, nil
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	for old := range r.trials {
		if len(r.trials) >= 4 {
			delete(r.trials, old)
		}
	}
	r.trials[c.ID] = t
	return t, nil
}

// composeNote tells what became of a change, or why a mail had no effect.
func (r *Room) composeNote(ctx context.Context, now time.Time, m *compose.Draft) error {
	var d noteDetail
	if err := json.Unmarshal(m.Entry.Detail, &d); err != nil {
		return err
	}
	if err := r.ledger.View(ctx, func(tx *ledger.Tx) error { return r.complete(ctx, tx, &d) }); err != nil {
		return err
	}
	name, lang := r.language(d.To)
	env := r.dept.Envelope(d.To, name, lang, m.Entry.Kind+" "+m.Entry.Cause, now, d.Thread)
	env.First = compose.LikelyLanguage(d.Thread.Subject)
	files, err := r.filesOf(ctx, &d, m.Entry.Message, lang)
	if err != nil {
		return err
	}
	mail, err := r.dept.Composer(r.dept.Main()).OwnersNote(notify.OwnersNote{Envelope: env, Title: d.Title, What: d.What, Next: d.Next, Good: d.Good, Label: d.Label, Details: d.Details, Files: files})
	if err != nil {
		return err
	}
	m.Mails = append(m.Mails, r.outgoing(outbox.OwnersNote, m, mail, r.dept.Main().Config.Name, now))
	return nil
}

// complete fills in what a note says of its change.
func (r *Room) complete(ctx context.Context, tx *ledger.Tx, d *noteDetail) error {
	id := d.About
	if d.InForce != 0 {
		id = d.InForce
	}
	if id == 0 {
		return nil
	}
	c, found, err := tx.Changes.ByID(ctx, id)
	if err != nil || !found {
		return err
	}
	kind := r.kinds[c.Kind]
	if kind == nil {
		return fmt.Errorf("%w: %s", errNoKind, c.Kind)
	}
	p, err := kind.Describe(ctx, tx, c)
	if err != nil {
		return err
	}
	named := p.named()
	if d.InForce == 0 {
		d.Title = joined(d.Title, named)
		return nil
	}
	answers, err := tx.Changes.Answers(ctx, id)
	if err != nil {
		return err
	}
	to := d.To
	*d = inForce(&c, r.dept.Day(c.EndedAt), named, approvers(answers), p.Words)
	d.To = to
	return nil
}

// outgoing is a mail to an owner as the ledger takes it.
func (r *Room) outgoing(kind string, m *compose.Draft, mail notify.Mail, inbox string, now time.Time) ledger.Outgoing {
	return ledger.Outgoing{Kind: kind, Cause: m.Entry.Cause, Recipient: mail.To, Edition: 1, MessageID: mail.MessageID, Raw: mail.Raw, Inbox: inbox, NextAt: now}
}
