// Package department owns what all rooms need to know of the department: its inboxes, each with the policy and the officers
// in force, its calendar and its people, and how a changed text on disk comes into force.
//
// It refuses to know what is done with a mail, a line or a charge.
package department

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"sync/atomic"
	"time"

	"handrail/ingest"
	"handrail/ingest/forms"
	"handrail/internal/batch"
	"handrail/internal/ledger"
	"handrail/internal/officers"
	"handrail/internal/outbox"
	"handrail/internal/owners"
	"handrail/internal/registers"
	"handrail/internal/request"
	"handrail/notify"
	"handrail/rules"
)

// Options is what a Department is made of. All of it is required unless it says otherwise; New checks.
type Options struct {
	Engine    *batch.Job
	Ledger    *ledger.Ledger
	Log       *slog.Logger
	Composer  *notify.Composer
	Config    Config
	Finance   FinanceConfig
	Decisions officers.DecisionsConfig
	TimeZone  string
	// From is the envelope sender of mails that belong to no inbox.
	From    string
	Inboxes []InboxOptions
	// OfficersFile is read when the job begins and again whenever it changes; Rosters makes of it the roster of every
	// inbox, by name. Both may be empty: then the rosters of the inboxes stand.
	OfficersFile string
	Rosters      func(ctx context.Context, file []byte) (map[string]*officers.Roster, error)
	// Owners own the rules; nobody: the files count.
	Owners owners.Owners
	// Registers are the files of the registers, their paths resolved: each is read when the job begins and again whenever it changes.
	Registers registers.Config
}

// InboxOptions is one inbox with the policy and the officers that go with it.
type InboxOptions struct {
	Config ingest.InboxConfig
	// Policy judges, where PolicyFile is empty. A file is read when the job begins and again whenever it changes.
	Policy     *rules.Policy
	PolicyFile string
	Roster     *officers.Roster
	Form       forms.Config
}

// Inbox is one inbox with what is in force for it.
type Inbox struct {
	InboxOptions
	policy      atomic.Pointer[rules.Policy]
	policyWatch watched
	roster      atomic.Pointer[officers.Roster]
	composer    *notify.Composer // says the inbox's own address
}

// Department is one department. It is safe for concurrent use.
type Department struct {
	Config    Config
	Finance   FinanceConfig
	Decisions officers.DecisionsConfig
	Owners    owners.Owners
	From      string
	Zone      *time.Location
	Inboxes   map[string]*Inbox
	Order     []string // of the inboxes, as configured

	engine        *batch.Job
	ledger        *ledger.Ledger
	log           *slog.Logger
	composer      *notify.Composer
	officersFile  string
	rosters       func(ctx context.Context, file []byte) (map[string]*officers.Roster, error)
	force         atomic.Pointer[InForce]
	officersWatch watched
	holidays      map[request.Date]bool

	registerFiles   registers.Config
	registerWatches []*registerWatch // of those that are configured
	registersMu     sync.Mutex       // held while registers is made of what is in force
	registers       atomic.Pointer[registers.Set]

	configured configured
	proposals  Proposer // asks owners; nil: there is nobody to ask them
}

// New checks the options and makes the department.
func New(o Options) (*Department, error) {
	var missing []error
	need := func(there bool, what string) {
		if !there {
			missing = append(missing, fmt.Errorf("a department needs %s", what))
		}
	}
	need(o.Engine != nil, "a job")
	need(o.Ledger != nil, "a ledger")
	need(o.Log != nil, "a log")
	need(o.Composer != nil, "somebody to write mails")
	need(o.OfficersFile == "" || o.Rosters != nil, "somebody to read the file of officers")
	if err := errors.Join(missing...); err != nil {
		return nil, err
	}
	for _, err := range []error{o.Config.Validate(), o.Finance.Validate(), o.Decisions.Validate(), o.Registers.Validate()} {
		if err != nil {
			return nil, err
		}
	}
	zone, err := time.LoadLocation(o.TimeZone)
	if err != nil {
		return nil, fmt.Errorf("time zone: %w", err)
	}
	d := &Department{Config: o.Config, Finance: o.Finance, Decisions: o.Decisions, Owners: o.Owners, From: o.From, Zone: zone, Inboxes: map[string]*Inbox{},
		engine: o.Engine, ledger: o.Ledger, log: o.Log, composer: o.Composer, officersFile: o.OfficersFile, rosters: o.Rosters,
		holidays: map[request.Date]bool{}, registerFiles: o.Registers}
	for _, k := range registers.Kinds() {
		if file := o.Registers.File(k); file != "" {
			d.registerWatches = append(d.registerWatches, &registerWatch{kind: k, file: file})
		}
	}
	for _, day := range o.Decisions.Holidays {
		date, err := request.ParseDate(day)
		if err != nil {
			return nil, fmt.Errorf("holidays: %w", err)
		}
		d.holidays[date] = true
	}
	policies := map[string]*rules.Policy{}
	for _, i := range o.Inboxes {
		box, err := d.addInbox(i)
		if err != nil {
			return nil, err
		}
		if i.Policy != nil {
			policies[box.Config.Name] = i.Policy
		}
	}
	d.adopt(d.newInForce(policies))
	d.configured = configured{owners: o.Owners, settings: d.settings()}
	d.ledger.OnMove(d.logMove)
	return d, nil
}

func (dept *Department) addInbox(i InboxOptions) (*Inbox, error) {
	box := &Inbox{InboxOptions: i, composer: dept.composer}
	box.Config = box.Config.WithDefaults()
	name := box.Config.Name
	switch {
	case dept.Inboxes[name] != nil:
		return nil, fmt.Errorf("two inboxes are called %q", name)
	case (i.Policy == nil) == (i.PolicyFile == ""):
		return nil, fmt.Errorf("inbox %q needs a policy or the file of one", name)
	case i.Roster == nil:
		return nil, fmt.Errorf("inbox %q has no officers", name)
	}
	if i.Policy != nil {
		if err := dept.fits(i.Policy); err != nil {
			return nil, fmt.Errorf("inbox %q: %w", name, err)
		}
	}
	box.roster.Store(i.Roster)
	if len(box.Config.OwnDomains) == 0 {
		box.Config.OwnDomains = dept.Config.Domains
	}
	if box.Config.Contact == "" {
		box.Config.Contact = dept.Config.Operator
	}
	if address := box.Config.Address; address != "" {
		var err error
		if box.composer, err = dept.composer.ForInbox(address); err != nil {
			return nil, fmt.Errorf("inbox %q: %w", name, err)
		}
	}
	dept.Inboxes[name] = box
	dept.Order = append(dept.Order, name)
	return box, nil
}

// Main is the first inbox: what belongs to none goes by its policy.
func (dept *Department) Main() *Inbox { return dept.Inboxes[dept.Order[0]] }

// Day is the calendar day of t in the department's zone.
func (dept *Department) Day(t time.Time) request.Date { return request.DateOf(t.In(dept.Zone)) }

// Begin finds out who decides and by which policies to judge: what a run does first.
func (dept *Department) Begin(ctx context.Context, now time.Time) error {
	for _, begin := range []func(context.Context, time.Time) error{dept.beginWithOwners, dept.beginWithSettings, dept.beginWithOfficers} {
		if err := begin(ctx, now); err != nil {
			return err
		}
	}
	if err := dept.beginWithRegisters(ctx, now); err != nil {
		return err
	}
	return dept.beginWithPolicies(ctx, now)
}

// Policy is what judges now.
func (b *Inbox) Policy() *rules.Policy { return b.policy.Load() }

// Roster is who decides now.
func (b *Inbox) Roster() *officers.Roster { return b.roster.Load() }

// Composer writes the inbox's mails: answers to them come back to it. A mail that belongs to no inbox says the first one's
// address.
func (dept *Department) Composer(b *Inbox) *notify.Composer {
	if b == nil {
		return dept.composer
	}
	return b.composer
}

// Envelope is where a mail goes and which conversation it continues.
func (dept *Department) Envelope(to, name string, lang request.Lang, cause string, now time.Time, t outbox.Thread) notify.Envelope {
	languages := dept.Languages()
	return notify.Envelope{To: to, ToName: name, Lang: languages.Reader(lang), Languages: languages, Cause: cause, Now: now, InReplyTo: t.MessageID, References: t.References, Answers: t.Subject}
}

// Languages are those of the department: where every policy in force is in one and the same language, that one; else what the configuration says.
func (dept *Department) Languages() request.Languages {
	var one request.Languages
	for _, name := range dept.Order {
		p := dept.Inboxes[name].Policy()
		if p == nil || !p.Languages().Single() || one != nil && one[0] != p.Languages()[0] {
			return dept.Config.Languages
		}
		one = p.Languages()
	}
	if one == nil {
		return dept.Config.Languages
	}
	return one
}

// SentByUs says whether we sent a message, by the ledger.
func (dept *Department) SentByUs(ctx context.Context, messageID string) (found bool, err error) {
	err = dept.ledger.View(ctx, func(tx *ledger.Tx) error {
		list, err := tx.Outbox.ByMessageID(ctx, []string{messageID, "<" + messageID + ">"})
		found = len(list) > 0
		return err
	})
	return found && err == nil, err
}

// Holds says whether a message came to us, by the ledger.
func (dept *Department) Holds(ctx context.Context, messageID string) (found bool, err error) {
	err = dept.ledger.View(ctx, func(tx *ledger.Tx) error {
		found, err = tx.Messages.HasID(ctx, messageID)
		return err
	})
	return found && err == nil, err
}

// OwnAddresses are those that people write to, and that our mails come from.
func (dept *Department) OwnAddresses(box *Inbox) []string {
	return []string{box.Config.Address, dept.From}
}

// NoteBudgets tells the operator what of the file of budgets could not be read.
func (dept *Department) NoteBudgets(problems []request.Problem, err error) {
	if err != nil {
		dept.log.Error("the file of budgets could not be read; lines that are compared with a budget go to an officer", "error", err)
		dept.engine.NoteTrouble(fmt.Errorf("budgets: %w", err))
	}
	for _, p := range problems {
		dept.engine.NoteTrouble(fmt.Errorf("budgets: %s %s: %s", p.Sheet, p.Cell, p.Message.EN))
	}
}
