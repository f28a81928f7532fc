package ledger

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"handrail/internal/request"
)

// Changes are the changes of what is in force that were proposed, with what owners answered to them.
type Changes struct{ tx *Tx }

// ChangeState is how far a change is.
type ChangeState string

// The states of a change: waiting → approved → in-force; waiting → declined, replaced, withdrawn; approved → declined, replaced, withdrawn.
const (
	ChangeWaiting   ChangeState = "waiting"
	ChangeApproved  ChangeState = "approved" // its day has not come, or it is being put in force
	ChangeInForce   ChangeState = "in-force"
	ChangeDeclined  ChangeState = "declined"
	ChangeReplaced  ChangeState = "replaced" // by a newer one of its kind and scope
	ChangeWithdrawn ChangeState = "withdrawn"
)

// Open reports whether the change can still come into force.
func (s ChangeState) Open() bool { return s == ChangeWaiting || s == ChangeApproved }

// Change is a change of what is in force.
type Change struct {
	ID          int64
	Kind, Scope string // "policy" and the inbox; "officers", "owners", "settings", "register.people"…, "start" and ""
	// Hash and Base are of the kept text that is proposed, and of the one that was in force when it was; "" none.
	Hash, Base string
	Detail     json.RawMessage // the kind's own: {} nothing
	State      ChangeState
	ProposedBy string // an owner's address; "" a file on the server or the configuration
	ProposedAt time.Time
	From       request.Date // zero: at once
	Code       string       // by which answers name it
	Message    int64        // that proposed it; 0 none
	ApprovedAt time.Time    // zero until it was approved by all who must
	EndedAt    time.Time    // when it came into force, or was declined, replaced or withdrawn
	EndedBy    string       // who declined or withdrew it
	NextAt     time.Time    // of the next reminder; zero: none is due
	Reminders  int

	chainSeq int64
}

// ChangeAnswer is what an owner said of a change.
type ChangeAnswer struct {
	Change   int64
	Owner    string // an address
	Role     string // "procurement" or "finance"
	Approves bool
	Reason   string
	Message  int64
	At       time.Time

	chainSeq int64
}

// The kinds of links about changes, and what such a link is about.
const (
	changeProposedKind = "change.proposed"
	changeAnsweredKind = "change.answered"
	changeApprovedKind = "change.approved"
	changeEndedKind    = "change.ended"
)

// changePublic is what the chain says for ever about a change: nothing that names anybody.
type changePublic struct {
	Kind  string      `json:"kind"`
	Scope string      `json:"scope,omitempty"`
	Hash  string      `json:"hash"`
	Base  string      `json:"base"`
	From  string      `json:"from,omitempty"`
	Owner bool        `json:"owner"`           // an owner proposed it
	State ChangeState `json:"state,omitempty"` // that it came to
	// Link is that of the proposal, Approvals those of the answers by which it was approved.
	Link      int64   `json:"link,omitempty"`
	Approvals []int64 `json:"approvals,omitempty"`
}

// changePrivate lies beside the chain: who proposed it, or who ended it, and who approved it.
type changePrivate struct {
	By       string   `json:"by"`
	Approved []string `json:"approved_by,omitempty"`
	Message  int64    `json:"message,omitempty"`
	Code     string   `json:"code,omitempty"`
	Detail   string   `json:"detail,omitempty"`
}

// answerPublic and answerPrivate are the link of an answer.
type answerPublic struct {
	Link     int64  `json:"link"` // of the proposal
	Role     string `json:"role"`
	Approves bool   `json:"approves"`
}

type answerPrivate struct {
	By      string `json:"by"`
	Reason  string `json:"reason,omitempty"`
	Message int64  `json:"message,omitempty"`
}

func (c *Change) public() changePublic {
	return changePublic{Kind: c.Kind, Scope: c.Scope, Hash: c.Hash, Base: c.Base, From: c.From.String(), Owner: c.ProposedBy != ""}
}

// ErrChangeOver says that a change is not open any more: it was declined, replaced or withdrawn, or is in force.
var ErrChangeOver = errors.New("this change is not open any more")

// Propose keeps a change that waits for owners, in the place of an open one of its kind and scope. The same Hash proposed again while one waits or
// is approved is no second one: that one is returned. It is noted in the chain and needs Decide.
func (cs Changes) Propose(ctx context.Context, now time.Time, c Change) (Change, error) {
	if !cs.tx.deciding {
		return Change{}, errNotDeciding
	}
	if c.Kind == "" || c.Hash == "" || c.Code == "" {
		return Change{}, errors.New("a change needs a kind, a kept text and a code")
	}
	open, err := cs.list(ctx, "kind = $1 AND scope = $2 AND state IN ('waiting', 'approved')", c.Kind, c.Scope)
	if err != nil {
		return Change{}, err
	}
	for i := range open {
		if open[i].Hash == c.Hash && (open[i].ProposedBy == c.ProposedBy || c.ProposedBy == "") {
			return open[i], nil
		}
	}
	for i := range open {
		if err := cs.end(ctx, now, &open[i], ChangeReplaced, ""); err != nil {
			return Change{}, err
		}
	}
	c.State, c.ProposedAt, c.Detail = ChangeWaiting, now, json.RawMessage(jsonText(c.Detail))
	seq, err := cs.link(ctx, now, changeProposedKind, c.Hash, c.public(), changePrivate{By: c.ProposedBy, Message: c.Message, Code: c.Code, Detail: string(c.Detail)})
	if err != nil {
		return Change{}, err
	}
	c.chainSeq = seq
	if _, err := cs.tx.one(ctx, []any{&c.ID}, `INSERT INTO change (kind, scope, hash, base, detail, state, proposed_by, proposed_at, from_day, code, message, chain_seq, next_at)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13) RETURNING id`, c.Kind, c.Scope, c.Hash, c.Base, string(c.Detail), string(c.State), c.ProposedBy, micros(now),
		c.From.String(), c.Code, optional(c.Message), seq, micros(c.NextAt)); err != nil {
		return Change{}, fmt.Errorf("keep a proposed change: %w", err)
	}
	return c, nil
}

// Answer keeps what an owner said of an open change. It decides nothing by itself: whoever knows the owners calls Approve or Decline then.
// It is noted in the chain and needs Decide.
func (cs Changes) Answer(ctx context.Context, now time.Time, a ChangeAnswer) error {
	if !cs.tx.deciding {
		return errNotDeciding
	}
	c, err := cs.open(ctx, a.Change)
	if err != nil {
		return err
	}
	seq, err := cs.link(ctx, now, changeAnsweredKind, c.Hash, answerPublic{c.chainSeq, a.Role, a.Approves}, answerPrivate{a.Owner, a.Reason, a.Message})
	if err != nil {
		return err
	}
	_, err = cs.tx.exec(ctx, "INSERT INTO change_answer (change, owner, role, approves, reason, message, answered_at, chain_seq) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
		a.Change, a.Owner, a.Role, oneIf(a.Approves), a.Reason, optional(a.Message), micros(now), seq)
	if err != nil {
		return fmt.Errorf("keep an owner's answer: %w", err)
	}
	return nil
}

// Approve says that all who must have approved a change that waits: Enforce may put it in force on its day. It is noted in the chain and
// needs Decide.
func (cs Changes) Approve(ctx context.Context, now time.Time, id int64) error {
	c, approvals, owners, err := cs.settled(ctx, id)
	if err != nil {
		return err
	}
	if c.State != ChangeWaiting {
		return nil
	}
	public := c.public()
	public.State, public.Link, public.Approvals = ChangeApproved, c.chainSeq, approvals
	seq, err := cs.link(ctx, now, changeApprovedKind, c.Hash, public, changePrivate{By: c.ProposedBy, Approved: owners})
	if err != nil {
		return err
	}
	if _, err := cs.tx.exec(ctx, "UPDATE change SET state = 'approved', approved_at = $1, approved_seq = $2, next_at = NULL WHERE id = $3", micros(now), seq, id); err != nil {
		return fmt.Errorf("note that a change is approved: %w", err)
	}
	return nil
}

// Enforce says that an approved change is in force. What that means has to be done in the same transaction. It is noted in the chain, with who proposed
// and who approved, and needs Decide.
func (cs Changes) Enforce(ctx context.Context, now time.Time, id int64) error {
	c, err := cs.open(ctx, id)
	if err != nil {
		return err
	}
	if c.State != ChangeApproved {
		return errors.New("a change comes into force once it is approved")
	}
	return cs.end(ctx, now, &c, ChangeInForce, "")
}

// Decline ends an open change because an owner does not want it. It is noted in the chain and needs Decide.
func (cs Changes) Decline(ctx context.Context, now time.Time, id int64, by string) error {
	return cs.endOpen(ctx, now, id, ChangeDeclined, by)
}

// Withdraw ends an open change because who proposed it does not want it any more, or the file on the server that proposed it is as what is in
// force again: by is "" then. It is noted in the chain and needs Decide.
func (cs Changes) Withdraw(ctx context.Context, now time.Time, id int64, by string) error {
	return cs.endOpen(ctx, now, id, ChangeWithdrawn, by)
}

// Replace ends an open change because something else of its kind and scope came into force or is proposed. It is noted in the chain and needs
// Decide.
func (cs Changes) Replace(ctx context.Context, now time.Time, id int64) error {
	return cs.endOpen(ctx, now, id, ChangeReplaced, "")
}

func (cs Changes) endOpen(ctx context.Context, now time.Time, id int64, state ChangeState, by string) error {
	c, err := cs.open(ctx, id)
	if err != nil {
		return err
	}
	return cs.end(ctx, now, &c, state, by)
}

func (cs Changes) end(ctx context.Context, now time.Time, c *Change, state ChangeState, by string) error {
	_, approvals, owners, err := cs.settled(ctx, c.ID)
	if err != nil {
		return err
	}
	public, private := c.public(), changePrivate{By: by}
	public.State, public.Link = state, c.chainSeq
	if state == ChangeInForce {
		public.Approvals, private = approvals, changePrivate{By: c.ProposedBy, Approved: owners}
	}
	seq, err := cs.link(ctx, now, changeEndedKind, c.Hash, public, private)
	if err != nil {
		return err
	}
	if _, err := cs.tx.exec(ctx, "UPDATE change SET state = $1, ended_at = $2, ended_by = $3, ended_seq = $4, next_at = NULL WHERE id = $5",
		string(state), micros(now), by, seq, c.ID); err != nil {
		return fmt.Errorf("note that a change is %s: %w", state, err)
	}
	return nil
}

// settled is an open change with the answers that approve it now: their links, and whose they are.
func (cs Changes) settled(ctx context.Context, id int64) (c Change, links []int64, owners []string, err error) {
	if !cs.tx.deciding {
		return c, nil, nil, errNotDeciding
	}
	if c, err = cs.open(ctx, id); err != nil {
		return c, nil, nil, err
	}
	answers, err := cs.Answers(ctx, id)
	for _, a := range answers {
		if a.Approves {
			links, owners = append(links, a.chainSeq), append(owners, a.Owner)
		}
	}
	return c, links, owners, err
}

// open is a change that is not over.
func (cs Changes) open(ctx context.Context, id int64) (Change, error) {
	c, found, err := cs.ByID(ctx, id)
	switch {
	case err != nil:
		return c, err
	case !found || !c.State.Open():
		return c, ErrChangeOver
	}
	return c, nil
}

func (cs Changes) link(ctx context.Context, now time.Time, kind, subject string, public, private any) (int64, error) {
	open, err := json.Marshal(public)
	if err != nil {
		return 0, err
	}
	beside, err := json.Marshal(private)
	if err != nil {
		return 0, err
	}
	seqs, err := cs.tx.Chain.Append(ctx, now, Entry{Kind: kind, Subject: subject, Public: open, Private: beside})
	if err != nil {
		return 0, err
	}
	return seqs[0], nil
}

// ByID reads one change.
func (cs Changes) ByID(ctx context.Context, id int64) (Change, bool, error) {
	return cs.one(ctx, "id = $1", id)
}

// ByCode reads the change that a code names.
func (cs Changes) ByCode(ctx context.Context, code string) (Change, bool, error) {
	return cs.one(ctx, "code = $1", code)
}

// Open reads the change of a kind and scope that waits or is approved.
func (cs Changes) Open(ctx context.Context, kind, scope string) (Change, bool, error) {
	return cs.one(ctx, "kind = $1 AND scope = $2 AND state IN ('waiting', 'approved')", kind, scope)
}

// Waiting lists the changes that wait for owners, oldest first.
func (cs Changes) Waiting(ctx context.Context) ([]Change, error) {
	return cs.list(ctx, "state = 'waiting'")
}

// Approved lists the changes that are approved and not in force, oldest first.
func (cs Changes) Approved(ctx context.Context) ([]Change, error) {
	return cs.list(ctx, "state = 'approved'")
}

// Latest reads the newest change of a kind and scope, whatever became of it.
func (cs Changes) Latest(ctx context.Context, kind, scope string) (Change, bool, error) {
	all, err := cs.list(ctx, "kind = $1 AND scope = $2", kind, scope)
	if err != nil || len(all) == 0 {
		return Change{}, false, err
	}
	return all[len(all)-1], true, nil
}

// All lists the changes of a kind, oldest first; "" all kinds.
func (cs Changes) All(ctx context.Context, kind string) ([]Change, error) {
	if kind == "" {
		return cs.list(ctx, "1 = 1")
	}
	return cs.list(ctx, "kind = $1", kind)
}

// Proposed reports whether a text was ever proposed for a kind and scope, and what became of the last of these.
func (cs Changes) Proposed(ctx context.Context, kind, scope, hash string) (Change, bool, error) {
	all, err := cs.list(ctx, "kind = $1 AND scope = $2 AND hash = $3", kind, scope, hash)
	if err != nil || len(all) == 0 {
		return Change{}, false, err
	}
	return all[len(all)-1], true, nil
}

// Due lists the waiting changes whose reminder is due.
func (cs Changes) Due(ctx context.Context, now time.Time) ([]Change, error) {
	return cs.list(ctx, "state = 'waiting' AND next_at <= $1", micros(now))
}

// Reminded notes that owners were reminded of a change, and when they are next. It is false, and nothing is noted, where another run did.
func (cs Changes) Reminded(ctx context.Context, c *Change, next time.Time) (bool, error) {
	n, err := cs.tx.exec(ctx, "UPDATE change SET reminders = reminders + 1, next_at = $1 WHERE id = $2 AND state = 'waiting' AND reminders = $3", micros(next), c.ID, c.Reminders)
	if err != nil {
		return false, fmt.Errorf("note a reminder to owners: %w", err)
	}
	return n > 0, nil
}

// Answers lists the last that each owner said of a change, in the order that they did.
func (cs Changes) Answers(ctx context.Context, id int64) (list []ChangeAnswer, err error) {
	err = cs.tx.each(ctx, func(scan func(...any) error) error {
		var a ChangeAnswer
		err := scan(&a.Change, &a.Owner, &a.Role, flag{&a.Approves}, &a.Reason, number{&a.Message}, instant{&a.At}, &a.chainSeq)
		list = append(list, a)
		return err
	}, `SELECT change, owner, role, approves, reason, message, answered_at, chain_seq FROM change_answer a WHERE change = $1
		AND NOT EXISTS (SELECT 1 FROM change_answer b WHERE b.change = a.change AND b.owner = a.owner AND b.owner <> 'disposed' AND b.id > a.id) ORDER BY id`, id)
	if err != nil {
		return nil, fmt.Errorf("read what owners answered: %w", err)
	}
	return list, nil
}

// InForceLink is a link of the chain by which something came into force.
type InForceLink struct {
	Seq          int64
	At           time.Time
	Kind         string // "policy", "officers", "register", …
	Scope        string // the inbox of a policy, the kind of a register; "" where the link does not say it
	Hash, Before string
}

// ToTell lists the links since an instant by which something else came into force than what was before, of the kinds named, and that a recipient was
// not told of, in the order of the kinds, oldest first.
func (cs Changes) ToTell(ctx context.Context, recipient string, since time.Time, kinds ...string) (list []InForceLink, err error) {
	for _, kind := range kinds {
		if !strings.Contains(toTell, "'"+kind+".changed'") {
			return nil, fmt.Errorf("nobody is told of changes of %q", kind)
		}
	}
	err = cs.tx.each(ctx, func(scan func(...any) error) error {
		var k InForceLink
		var public json.RawMessage
		if err := scan(&k.Seq, instant{&k.At}, &k.Kind, rawJSON{&public}); err != nil {
			return err
		}
		k.Kind = strings.TrimSuffix(k.Kind, ".changed")
		var said struct{ Kind, Hash, Before, Scope string }
		if !slices.Contains(kinds, k.Kind) || json.Unmarshal(public, &said) != nil || said.Before == "" {
			return nil // verifying finds it; the first of all is no change
		}
		if k.Scope, k.Hash, k.Before = said.Scope, said.Hash, said.Before; k.Kind == "register" {
			k.Scope = said.Kind
		}
		list = append(list, k)
		return nil
	}, toTell, micros(since), recipient)
	if err != nil {
		return nil, fmt.Errorf("read what came into force: %w", err)
	}
	slices.SortFunc(list, func(a, b InForceLink) int { // not by the query, which would read the chain in its order
		return cmp.Or(cmp.Compare(slices.Index(kinds, a.Kind), slices.Index(kinds, b.Kind)), cmp.Compare(a.Seq, b.Seq))
	})
	return list, nil
}

// toTell reads by the index chain_in_force, whose condition it repeats word for word: every officer's mail asks, and the chain is long.
const toTell = `SELECT c.seq, c.at, c.kind, c.public FROM chain c
	WHERE c.kind IN ('policy.changed', 'officers.changed', 'owners.changed', 'settings.changed', 'register.changed') AND c.at >= $1
	AND NOT EXISTS (SELECT 1 FROM told_change t WHERE t.recipient = $2 AND t.link = c.seq)`

// Told notes that a recipient was told of links.
func (cs Changes) Told(ctx context.Context, now time.Time, recipient string, links ...int64) error {
	for _, seq := range links {
		if _, err := cs.tx.exec(ctx, "INSERT INTO told_change (recipient, link, told_at) VALUES ($1, $2, $3) ON CONFLICT (recipient, link) DO NOTHING", recipient, seq, micros(now)); err != nil {
			return fmt.Errorf("note who was told of a change: %w", err)
		}
	}
	return nil
}

const changeColumns = `x.id, x.kind, x.scope, x.hash, x.base, x.detail, x.state, x.proposed_by, x.proposed_at, x.from_day, x.code, x.message, x.approved_at,
	x.ended_at, x.ended_by, x.next_at, x.reminders, x.chain_seq`

func (c *Change) into() []any {
	return []any{&c.ID, &c.Kind, &c.Scope, &c.Hash, &c.Base, rawJSON{&c.Detail}, &c.State, &c.ProposedBy, instant{&c.ProposedAt}, day{&c.From}, &c.Code, number{&c.Message},
		instant{&c.ApprovedAt}, instant{&c.EndedAt}, &c.EndedBy, instant{&c.NextAt}, &c.Reminders, &c.chainSeq}
}

func (cs Changes) one(ctx context.Context, where string, args ...any) (Change, bool, error) {
	all, err := cs.list(ctx, where, args...)
	if err != nil || len(all) == 0 {
		return Change{}, false, err
	}
	return all[0], true, nil
}

func (cs Changes) list(ctx context.Context, where string, args ...any) (out []Change, err error) {
	err = cs.tx.each(ctx, func(scan func(...any) error) error {
		var c Change
		err := scan(c.into()...)
		out = append(out, c)
		return err
	}, "SELECT "+changeColumns+" FROM change x WHERE "+where+" ORDER BY x.id", args...)
	if err != nil {
		return nil, fmt.Errorf("read changes: %w", err)
	}
	return out, nil
}

// disposableChanges is true for changes that ended before $1 and that no hold of all keeps.
const disposableChanges = `x.ended_at < $1 AND NOT EXISTS (SELECT 1 FROM legal_hold h WHERE h.lifted_at IS NULL AND h.reference = '*')`

// changeLinks are the links whose private parts go with those of disposableChanges.
const changeLinks = `SELECT x.chain_seq FROM change x WHERE ` + disposableChanges + ` UNION SELECT x.approved_seq FROM change x WHERE ` + disposableChanges + `
	UNION SELECT x.ended_seq FROM change x WHERE ` + disposableChanges + ` UNION SELECT a.chain_seq FROM change_answer a JOIN change x ON x.id = a.change WHERE ` + disposableChanges

// dispose takes out of changes that ended before an instant who proposed, answered and ended them. What is in force stays so.
func (cs Changes) dispose(ctx context.Context, before time.Time) error {
	for _, text := range []string{
		`UPDATE change_answer SET owner = 'disposed', reason = '' WHERE change IN (SELECT x.id FROM change x WHERE ` + disposableChanges + `)`,
		`UPDATE change SET detail = '{}', proposed_by = CASE proposed_by WHEN '' THEN '' ELSE 'disposed' END, ended_by = CASE ended_by WHEN '' THEN '' ELSE 'disposed' END
			WHERE id IN (SELECT x.id FROM change x WHERE ` + disposableChanges + `)`,
	} {
		if _, err := cs.tx.exec(ctx, text, micros(before)); err != nil {
			return fmt.Errorf("dispose of who changed what is in force: %w", err)
		}
	}
	if _, err := cs.tx.exec(ctx, "DELETE FROM told_change WHERE told_at < $1", micros(before)); err != nil {
		return fmt.Errorf("dispose of who was told what is in force: %w", err)
	}
	return nil
}
