package ledger

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"handrail/internal/request"
)

// Aliases are what people said of merchants: that a text on card statements stands for a supplier.
type Aliases struct{ tx *Tx }

// Alias says that a merchant's text stands for a supplier. Once it is in force it stays until somebody ends it.
type Alias struct {
	ID           int64
	Merchant     string // without what processors and banks put around it
	MerchantForm string // by which merchants are compared
	Supplier     string // as it was written
	SupplierForm string
	At           time.Time
	By           string // an address
	Message      int64  // that said it; 0 none

	Link     int64     // of the chain; read only, like what follows
	EndedAt  time.Time // zero while it is in force
	EndedBy  string
	EndedWhy AliasEnd
	Lessons  []Lesson // that taught it, the first one first; none where somebody wrote it down
}

// Lesson is a match by hand that taught an alias.
type Lesson struct {
	Charge    int64
	Line      int64
	Bought    request.Date // read only, like what follows
	Amount    int64        // minor units
	Currency  string
	Reference string // the line's
}

// AliasEnd is why an alias is in force no longer.
type AliasEnd string

// The ends of an alias.
const (
	AliasRemoved  AliasEnd = "removed"  // somebody wrote that it is wrong
	AliasReplaced AliasEnd = "replaced" // by another supplier
	AliasUndone   AliasEnd = "undone"   // no match by hand teaches it any more
)

// The kinds of links about aliases. The names may be a person's, and lie beside the chain.
const (
	aliasLearnedKind = "alias.learned"
	aliasAddedKind   = "alias.added"
	aliasEndedKind   = "alias.ended"
	aliasSubject     = "merchants"
)

type aliasPublic struct {
	Line string   `json:"line,omitempty"` // the reference of the line that taught it
	Link int64    `json:"link,omitempty"` // that put in force what is ended
	Why  AliasEnd `json:"why,omitempty"`
}

type aliasPrivate struct {
	Merchant string `json:"merchant,omitempty"`
	Supplier string `json:"supplier,omitempty"`
	By       string `json:"by"`
	Message  int64  `json:"message,omitempty"`
}

// Learn puts an alias in force that a match by hand teaches, or notes that it taught one that is in force. It is false where
// nothing new is in force: it is known, or somebody ended what the same charge taught. It is noted in the chain and needs Decide.
func (as Aliases) Learn(ctx context.Context, now time.Time, a Alias, from Lesson) (learned bool, err error) {
	known, err := as.inForce(ctx, &a)
	if err != nil {
		return false, err
	}
	if known == 0 {
		var refused int
		if _, err := as.tx.one(ctx, []any{&refused}, `SELECT COUNT(*) FROM merchant_alias a JOIN alias_lesson t ON t.alias = a.id
			WHERE a.merchant_form = $1 AND a.supplier_form = $2 AND a.ended_why IN ('removed', 'replaced') AND t.charge = $3`,
			a.MerchantForm, a.SupplierForm, from.Charge); err != nil || refused > 0 {
			return false, err
		}
		var reference string
		if _, err := as.tx.one(ctx, []any{&reference}, "SELECT reference FROM line WHERE id = $1", from.Line); err != nil {
			return false, err
		}
		if known, err = as.add(ctx, now, a, aliasLearnedKind, aliasPublic{Line: reference}); err != nil {
			return false, err
		}
		learned = true
	}
	if _, err := as.tx.exec(ctx, "INSERT INTO alias_lesson (alias, charge, line) VALUES ($1, $2, $3) ON CONFLICT (alias, charge) DO UPDATE SET line = excluded.line",
		known, from.Charge, from.Line); err != nil {
		return false, fmt.Errorf("note what taught an alias: %w", err)
	}
	return learned, nil
}

// Add puts an alias in force that somebody wrote down; false where it is already. It is noted in the chain and needs Decide.
func (as Aliases) Add(ctx context.Context, now time.Time, a Alias) (added bool, err error) {
	known, err := as.inForce(ctx, &a)
	if err != nil || known != 0 {
		return false, err
	}
	_, err = as.add(ctx, now, a, aliasAddedKind, aliasPublic{})
	return err == nil, err
}

func (as Aliases) inForce(ctx context.Context, a *Alias) (id int64, err error) {
	switch {
	case !as.tx.deciding:
		return 0, errNotDeciding
	case a.By == "" || a.MerchantForm == "" || a.SupplierForm == "":
		return 0, errors.New("an alias needs a merchant, a supplier and the person who says it")
	}
	_, err = as.tx.one(ctx, []any{&id}, "SELECT id FROM merchant_alias WHERE merchant_form = $1 AND supplier_form = $2 AND ended_at IS NULL", a.MerchantForm, a.SupplierForm)
	if err != nil {
		return 0, fmt.Errorf("look for an alias: %w", err)
	}
	return id, nil
}

func (as Aliases) add(ctx context.Context, now time.Time, a Alias, kind string, public aliasPublic) (id int64, err error) {
	seq, err := as.link(ctx, now, kind, public, aliasPrivate{a.Merchant, a.Supplier, a.By, a.Message})
	if err != nil {
		return 0, err
	}
	_, err = as.tx.one(ctx, []any{&id}, `INSERT INTO merchant_alias (merchant, merchant_form, supplier, supplier_form, learned_at, learned_by, message, chain_seq)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8) RETURNING id`, a.Merchant, a.MerchantForm, a.Supplier, a.SupplierForm, micros(now), a.By, optional(a.Message), seq)
	if err != nil {
		return 0, fmt.Errorf("keep an alias: %w", err)
	}
	return id, nil
}

// End ends an alias that is in force; false where it is not. It is noted in the chain and needs Decide.
func (as Aliases) End(ctx context.Context, now time.Time, id int64, by string, message int64, why AliasEnd) (ended bool, err error) {
	switch {
	case !as.tx.deciding:
		return false, errNotDeciding
	case by == "":
		return false, errors.New("ending an alias needs the person who says it")
	}
	var link int64
	if found, err := as.tx.one(ctx, []any{&link}, "SELECT chain_seq FROM merchant_alias WHERE id = $1 AND ended_at IS NULL", id); err != nil || !found {
		return false, err
	}
	seq, err := as.link(ctx, now, aliasEndedKind, aliasPublic{Link: link, Why: why}, aliasPrivate{By: by, Message: message})
	if err != nil {
		return false, err
	}
	return as.tx.won(ctx, "UPDATE merchant_alias SET ended_at = $1, ended_by = $2, ended_why = $3, ended_seq = $4 WHERE id = $5 AND ended_at IS NULL",
		micros(now), by, string(why), seq, id)
}

// EndUntaught ends the aliases that matches by hand taught and none of them teaches any more: they were taken back or changed.
func (as Aliases) EndUntaught(ctx context.Context, now time.Time, by string, message int64) (ended int, err error) {
	var ids []int64
	err = as.tx.each(ctx, func(scan func(...any) error) error {
		var id int64
		err := scan(&id)
		ids = append(ids, id)
		return err
	}, `SELECT a.id FROM merchant_alias a WHERE a.ended_at IS NULL AND EXISTS (SELECT 1 FROM alias_lesson t WHERE t.alias = a.id)
		AND NOT EXISTS (SELECT 1 FROM alias_lesson t JOIN statement_row c ON c.id = t.charge JOIN statement_match m ON m.statement_row = c.id AND m.line = t.line
			WHERE t.alias = a.id AND c.state = 'matched' AND c.rule = 'hand') ORDER BY a.id`)
	if err != nil {
		return 0, fmt.Errorf("look for aliases that nothing teaches: %w", err)
	}
	for _, id := range ids {
		if _, err := as.End(ctx, now, id, by, message, AliasUndone); err != nil {
			return ended, err
		}
		ended++
	}
	return ended, nil
}

func (as Aliases) link(ctx context.Context, now time.Time, kind string, said aliasPublic, beside aliasPrivate) (int64, error) {
	public, err := json.Marshal(said)
	if err != nil {
		return 0, err
	}
	private, err := json.Marshal(beside)
	if err != nil {
		return 0, err
	}
	seqs, err := as.tx.Chain.Append(ctx, now, Entry{Kind: kind, Subject: aliasSubject, Public: public, Private: private})
	if err != nil {
		return 0, err
	}
	return seqs[0], nil
}

// All are all aliases, the ended ones among them, the oldest first.
func (as Aliases) All(ctx context.Context) (all []Alias, err error) {
	at := map[int64]int{}
	err = as.tx.each(ctx, func(scan func(...any) error) error {
		var a Alias
		err := scan(&a.ID, &a.Merchant, &a.MerchantForm, &a.Supplier, &a.SupplierForm, instant{&a.At}, &a.By, number{&a.Message}, &a.Link, instant{&a.EndedAt}, &a.EndedBy, &a.EndedWhy)
		at[a.ID], all = len(all), append(all, a)
		return err
	}, `SELECT id, merchant, merchant_form, supplier, supplier_form, learned_at, learned_by, message, chain_seq, ended_at, ended_by, ended_why FROM merchant_alias ORDER BY id`)
	if err == nil && len(all) > 0 {
		err = as.tx.each(ctx, func(scan func(...any) error) error {
			var id int64
			var l Lesson
			err := scan(&id, &l.Charge, &l.Line, day{&l.Bought}, &l.Amount, &l.Currency, &l.Reference)
			all[at[id]].Lessons = append(all[at[id]].Lessons, l)
			return err
		}, `SELECT t.alias, t.charge, t.line, c.transacted, c.amount, c.currency, l.reference FROM alias_lesson t
			JOIN statement_row c ON c.id = t.charge JOIN line l ON l.id = t.line ORDER BY t.alias, t.charge`)
	}
	if err != nil {
		return nil, fmt.Errorf("read aliases: %w", err)
	}
	return all, nil
}

// ByHandAt are the charges that a person matched at an instant.
func (cs Charges) ByHandAt(ctx context.Context, at time.Time, by string) (list []Charge, err error) {
	err = cs.visit(ctx, func(c *Charge) error {
		list = append(list, *c)
		return nil
	}, "c.rule = 'hand' AND c.settled_at = $1 AND c.settled_by = $2 AND c.state = 'matched'", micros(at), by)
	return list, err
}

// dispose takes out who said and ended what before an instant; what was said of merchants goes on holding.
func (as Aliases) dispose(ctx context.Context, before time.Time) error {
	for _, s := range []string{
		"UPDATE merchant_alias SET learned_by = 'disposed' WHERE learned_at < $1 AND " + nothingHeld,
		"UPDATE merchant_alias SET ended_by = 'disposed' WHERE ended_at < $1 AND " + nothingHeld,
	} {
		if _, err := as.tx.exec(ctx, s, micros(before)); err != nil {
			return fmt.Errorf("dispose of who said what of merchants: %w", err)
		}
	}
	return nil
}

// nothingHeld is true where no legal hold is on the whole ledger; aliasLinks are the links whose private parts dispose's rows have.
const (
	nothingHeld = "NOT EXISTS (SELECT 1 FROM legal_hold h WHERE h.lifted_at IS NULL AND h.reference = '*')"
	aliasLinks  = "SELECT a.chain_seq FROM merchant_alias a WHERE a.learned_at < $1 AND " + nothingHeld +
		" UNION SELECT a.ended_seq FROM merchant_alias a WHERE a.ended_at < $1 AND " + nothingHeld
)
