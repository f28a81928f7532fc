package finance

import (
	"context"
	"time"
	"unicode"
	"unicode/utf8"

	"handrail/internal/incoming"
	"handrail/internal/ledger"
	"handrail/internal/reconcile"
	"handrail/internal/report"
	"handrail/internal/request"
)

// teachAliases does what a mail says of merchants' names: what finance wrote on the sheet of aliases, and what its matches by hand
// teach or, taken back, teach no more. It comes after settling by hand.
func teachAliases(ctx context.Context, tx *ledger.Tx, now time.Time, h *incoming.Message, hands []report.Returned, told *handsTold) error {
	asked, err := correctAliases(ctx, tx, now, h, hands)
	if err != nil {
		return err
	}
	told.Asked = append(told.Asked, asked...)
	if _, err := tx.Aliases.EndUntaught(ctx, now, h.Sender.Address, h.Row.ID); err != nil {
		return err
	}
	return learnAliases(ctx, tx, now, h)
}

// learnAliases learns from the charges that a person matched just now.
func learnAliases(ctx context.Context, tx *ledger.Tx, now time.Time, h *incoming.Message) error {
	charges, err := tx.Charges.ByHandAt(ctx, now, h.Sender.Address)
	if err != nil {
		return err
	}
	for i := range charges {
		charge, err := financeCharge(&charges[i])
		if err != nil {
			return err
		}
		lines, err := tx.Lines.ByID(ctx, charges[i].Lines)
		if err != nil {
			return err
		}
		var of []*reconcile.Line
		for _, l := range lines {
			of = append(of, &reconcile.Line{Reference: l.Reference, Supplier: l.Supplier})
		}
		a, ok := reconcile.LearnedAlias(&charge, of...)
		if !ok {
			continue
		}
		if _, err := tx.Aliases.Learn(ctx, now, keptAlias(a, h), ledger.Lesson{Charge: charges[i].ID, Line: lines[0].ID}); err != nil {
			return err
		}
	}
	return nil
}

func keptAlias(a reconcile.Alias, h *incoming.Message) ledger.Alias {
	return ledger.Alias{Merchant: a.Merchant, MerchantForm: a.Form(), Supplier: a.Supplier, SupplierForm: request.SupplierName(a.Supplier), By: h.Sender.Address, Message: h.Row.ID}
}

// aliasCorrections does what finance wrote on the sheet of aliases.
type aliasCorrections struct {
	tx        *ledger.Tx
	now       time.Time
	from      *incoming.Message
	all       map[int64]ledger.Alias
	suppliers map[string]string // that lines name, as they were written last, by their forms
	said      map[int64]report.ReturnedAlias
	asked     []handNote
}

// correctAliases ends, replaces and adds aliases, as finance wrote in the workbooks of a mail. What two of them say differently of one
// alias is asked back.
func correctAliases(ctx context.Context, tx *ledger.Tx, now time.Time, h *incoming.Message, hands []report.Returned) ([]handNote, error) {
	c := aliasCorrections{tx: tx, now: now, from: h, all: map[int64]ledger.Alias{}, suppliers: map[string]string{}, said: map[int64]report.ReturnedAlias{}}
	var list []report.ReturnedAlias
	for i := range hands {
		list = append(list, hands[i].Aliases...)
	}
	if len(list) == 0 {
		return nil, nil
	}
	if err := c.read(ctx); err != nil {
		return nil, err
	}
	differ := map[int64]bool{}
	for _, a := range list {
		first, known := c.said[a.ID]
		if !known {
			c.said[a.ID] = a
		}
		differ[a.ID] = differ[a.ID] || a.ID != 0 && known && (first.Remove != a.Remove || request.SupplierName(first.Other) != request.SupplierName(a.Other))
	}
	for _, a := range list {
		if differ[a.ID] {
			c.problem(&a, "two places say two things of this name. Nothing was done: send one workbook with one answer.",
				"deux endroits disent deux choses de ce nom. Rien n’a été fait\u00a0: envoyez un seul classeur avec une seule réponse.")
			continue
		}
		if err := c.correct(ctx, &a); err != nil {
			return nil, err
		}
	}
	return c.asked, nil
}

func (c *aliasCorrections) read(ctx context.Context) error {
	all, err := c.tx.Aliases.All(ctx)
	if err != nil {
		return err
	}
	for _, a := range all {
		c.all[a.ID] = a
	}
	known, err := c.tx.Suppliers.Register(ctx)
	for _, s := range known {
		c.suppliers[request.SupplierName(s.Name)] = s.Name
	}
	return err
}

func (c *aliasCorrections) problem(a *report.ReturnedAlias, en, fr string) {
	c.asked = append(c.asked, handNote{Line: true, Place: a.Place, About: request.Text{EN: a.Merchant, FR: a.Merchant}, Wrote: a.Said, What: request.Text{EN: upperFirst(en), FR: upperFirst(fr)}})
}

// correct does what one row says.
func (c *aliasCorrections) correct(ctx context.Context, a *report.ReturnedAlias) error {
	if a.ID == 0 {
		return c.add(ctx, a, reconcile.Alias{Merchant: a.Merchant, Supplier: a.Supplier})
	}
	kept, known := c.all[a.ID]
	switch {
	case !known || (reconcile.Alias{Merchant: kept.Merchant}).Form() != (reconcile.Alias{Merchant: a.Merchant}).Form():
		c.problem(a, "the key of this row is not this merchant’s: nothing was done. Leave merchants and keys as they came.",
			"la clé de cette rangée n’est pas celle de ce marchand\u00a0: rien n’a été fait. Laissez les marchands et les clés tels quels.")
		return nil
	case a.Other != "" && c.suppliers[request.SupplierName(a.Other)] != "":
		other := reconcile.Alias{Merchant: kept.Merchant, Supplier: a.Other}
		if request.SupplierName(a.Other) == kept.SupplierForm {
			return nil // that it is this one
		}
		if _, err := c.tx.Aliases.End(ctx, c.now, a.ID, c.from.Sender.Address, c.from.Row.ID, ledger.AliasReplaced); err != nil {
			return err
		}
		return c.add(ctx, a, other)
	case !a.Remove:
		c.unknown(a, a.Other)
		return nil
	}
	_, err := c.tx.Aliases.End(ctx, c.now, a.ID, c.from.Sender.Address, c.from.Row.ID, ledger.AliasRemoved)
	return err // that it is ended already is no mistake: the same workbook a second time
}

func (c *aliasCorrections) unknown(a *report.ReturnedAlias, supplier string) {
	c.problem(a, "no line names a supplier "+request.QuoteEN(supplier)+". Write the supplier as it stands on lines, or “remove”.",
		"aucune ligne ne nomme un fournisseur "+request.QuoteFR(supplier)+". Inscrivez le fournisseur tel qu’il figure aux lignes, ou «\u00a0retirer\u00a0».")
}

func (c *aliasCorrections) add(ctx context.Context, a *report.ReturnedAlias, alias reconcile.Alias) error {
	supplier := c.suppliers[request.SupplierName(alias.Supplier)]
	switch {
	case supplier == "":
		c.unknown(a, alias.Supplier)
		return nil
	case !alias.Stands():
		c.problem(a, "this text stands in charges of many merchants: it cannot be the name of one.",
			"ce texte figure dans les achats de nombreux marchands\u00a0: il ne peut être le nom d’un seul.")
		return nil
	}
	alias.Supplier = supplier
	_, err := c.tx.Aliases.Add(ctx, c.now, keptAlias(alias, c.from))
	return err
}

// aliasesUntil are the aliases that were said before an instant and that nobody ended since.
func aliasesUntil(ctx context.Context, tx *ledger.Tx, until time.Time) (list []reconcile.Alias, err error) {
	all, err := tx.Aliases.All(ctx)
	for _, a := range all {
		if a.At.Before(until) && a.EndedAt.IsZero() {
			list = append(list, reconcile.Alias{Merchant: a.Merchant, Supplier: a.Supplier})
		}
	}
	return list, err
}

// aliasRows are the aliases that a report lists: those in force, and those that were ended since its period began.
func aliasRows(ctx context.Context, tx *ledger.Tx, o *ReportOptions, joined *reconcile.Reconciliation) (rows []report.AliasRow, err error) {
	all, err := tx.Aliases.All(ctx)
	if err != nil || len(all) == 0 {
		return nil, err
	}
	matched := matchedByAlias(joined)
	for i := range all {
		a := &all[i]
		if !a.At.Before(o.To) || !a.EndedAt.IsZero() && a.EndedAt.Before(o.From) {
			continue
		}
		row := report.AliasRow{ID: a.ID, Merchant: a.Merchant, Supplier: a.Supplier, At: a.At, By: a.By, New: !a.At.Before(o.From), EndedAt: a.EndedAt, EndedBy: a.EndedBy,
			Matched: matched[[2]string{(reconcile.Alias{Merchant: a.Merchant}).Form(), a.SupplierForm}]}
		for _, l := range a.Lessons {
			row.Lessons = append(row.Lessons, report.AliasLesson{Bought: l.Bought, Charged: request.FromMinor(l.Amount, l.Currency), Line: l.Reference})
		}
		rows = append(rows, row)
	}
	return rows, nil
}

// matchedByAlias counts the charges that were matched through aliases, by the forms of merchant and supplier.
func matchedByAlias(joined *reconcile.Reconciliation) map[[2]string]int {
	n := map[[2]string]int{}
	if joined == nil {
		return n
	}
	for i := range joined.Matches {
		m := &joined.Matches[i]
		if m.Rule != reconcile.ByAlias {
			continue
		}
		for _, charge := range m.Charges {
			n[[2]string{(reconcile.Alias{Merchant: joined.Charges[charge].Merchant}).Form(), request.SupplierName(joined.Lines[m.Lines[0]].Supplier)}]++
		}
	}
	return n
}

func learnedText(merchant, supplier string) request.Text {
	return request.Text{
		EN: merchant + " is " + supplier + "; write “remove” on the sheet “Aliases” if that is wrong",
		FR: merchant + " est " + supplier + "\u00a0; inscrivez «\u00a0retirer\u00a0» dans la feuille «\u00a0Autres noms de marchands\u00a0» si c’est erroné",
	}
}

// upperFirst begins a sentence.
func upperFirst(s string) string {
	first, size := utf8.DecodeRuneInString(s)
	return string(unicode.ToUpper(first)) + s[size:]
}
