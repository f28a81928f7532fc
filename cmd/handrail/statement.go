package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"handrail/internal/judgement"
	"handrail/internal/request"
	"handrail/internal/statement"
	"handrail/internal/workbook"
)

type statementCommand struct {
	File   string       `arg:"" help:"Card statement to look at, in any form that is read."`
	Config string       `placeholder:"F" help:"Configuration whose profiles and currency count."`
	Sender string       `placeholder:"A" help:"Address that sends it: by its profile, where it has one."`
	Lang   request.Lang `enum:"en,fr" default:"en" help:"Language of the text: en or fr."`
	formatted
}

type statementJSON struct {
	File      string              `json:"file"`
	HeaderRow int                 `json:"header_row"` // 0 without one
	By        string              `json:"by"`         // "profile", "file" or "proposal"
	Reading   *statement.Reading  `json:"reading,omitempty"`
	Rows      map[string]int      `json:"rows"` // by kind and status
	First     []statementRow      `json:"first"`
	Problems  []request.Problem   `json:"problems"`
	Open      []request.Text      `json:"open"`
	Profile   string              `json:"profile,omitempty"` // TOML
	Error     *fileError          `json:"error,omitempty"`
	counts    []statementRowCount // Rows, in a fixed order
}

type statementRowCount struct {
	kind  string
	words request.Text
	n     int
}

type statementRow struct {
	Row      int    `json:"row"`
	Date     string `json:"date"`
	Merchant string `json:"merchant"`
	Amount   string `json:"amount"`
	Currency string `json:"currency"`
	Card     string `json:"card,omitempty"`
	Kind     string `json:"kind"`
	Status   string `json:"status"`
}

const (
	mostRowsShown     = 10
	mostProblemsShown = 20
)

// kindNames are the kinds of rows in the order in which they are counted.
var kindNames = []struct {
	kind  statement.Kind
	key   string
	words request.Text
}{
	{statement.Purchase, "purchase", request.Text{EN: "purchase", FR: "achat"}}, {statement.Refund, "refund", request.Text{EN: "refund", FR: "remboursement"}},
	{statement.Reversal, "reversal", request.Text{EN: "reversal", FR: "contrepassation"}}, {statement.Payment, "payment", request.Text{EN: "payment to the card", FR: "paiement de la carte"}},
	{statement.Fee, "fee", request.Text{EN: "fee", FR: "frais"}}, {statement.Interest, "interest", request.Text{EN: "interest", FR: "intérêts"}},
	{statement.Cash, "cash", request.Text{EN: "cash", FR: "avance de fonds"}},
}

func (c *statementCommand) Run(ctx context.Context, t *terminal) error {
	data, err := os.ReadFile(c.File)
	if err != nil {
		return fail(exitInput, "", "read %s: %s", c.File, plainFileError(err))
	}
	o, err := c.options(ctx, t)
	if err != nil {
		return err
	}
	e, err := statement.Explain(ctx, data, workbook.DefaultBounds(), o)
	if err != nil {
		return err
	}
	result := c.describe(e, o)
	if c.asJSON() {
		if err := t.document(result); err != nil {
			return err
		}
	} else {
		t.printStatement(result, c.Lang)
	}
	if e.Refused == nil {
		return nil
	}
	hint := ""
	if e.Proposed != nil {
		hint = "the profile above, in the configuration, reads it: look at the rows first"
	}
	return fail(exitInput, hint, "read %s: %s", c.File, cmp.Or(partAndReason(e.Refused), result.Error.Message.EN))
}

// options are the configuration's for the sender; Canadian dollars without one, as in the shipped policy.
func (c *statementCommand) options(ctx context.Context, t *terminal) (statement.Options, error) {
	name := statement.CutCards(filepath.Base(c.File))
	if c.Config == "" {
		shipped, err := loadPolicy(ctx, "")
		if err != nil {
			return statement.Options{}, err
		}
		o := statement.Options{Name: name, Currency: shipped.Currency()}
		if c.Sender != "" {
			o.Profile = &statement.Profile{Senders: []string{c.Sender}}
		}
		return o, nil
	}
	config, err := loadFormConfig(c.Config)
	if err != nil {
		return statement.Options{}, err
	}
	if err := config.Finance.Reconcile.Validate(); err != nil {
		return statement.Options{}, fail(exitUsage, "", "%s: finance.reconcile: %w", c.Config, err)
	}
	policy, err := config.policyInForce(ctx, t, nil)
	if err != nil {
		return statement.Options{}, err
	}
	o := config.Finance.Reconcile.StatementFrom(c.Sender, name, policy.Currency())
	if o.Profile == nil && c.Sender != "" {
		o.Profile = &statement.Profile{Senders: []string{c.Sender}}
	}
	return o, nil
}

func (c *statementCommand) describe(e *statement.Explained, o statement.Options) *statementJSON {
	r := &statementJSON{File: c.File, By: "file", Rows: map[string]int{}, First: []statementRow{}, Problems: []request.Problem{}, Open: append([]request.Text{}, e.Open...)}
	if o.Profile != nil && len(o.Profile.Columns) > 0 {
		r.By = "profile"
	}
	if e.Proposed != nil {
		r.Profile = e.Proposed.TOML()
	}
	if e.Refused != nil {
		code, message := judgement.RefusalOf(e.Refused)
		var refused *statement.Error
		if errors.As(e.Refused, &refused) {
			code, message = refused.Code, refused.Message
		}
		r.Error = &fileError{Code: code, Message: message}
		r.By = "proposal"
	}
	s := e.Statement
	if s == nil {
		s = e.Trial
	}
	if s != nil {
		r.take(s)
	}
	return r
}

func (r *statementJSON) take(s *statement.Statement) {
	r.HeaderRow, r.Reading = s.Header, &s.Reading
	r.Problems = append(r.Problems, s.Problems...)
	count := func(key string, words request.Text, has func(*statement.Charge) bool) {
		n := 0
		for i := range s.Charges {
			if has(&s.Charges[i]) {
				n++
			}
		}
		if n > 0 {
			r.Rows[key] = n
			r.counts = append(r.counts, statementRowCount{key, words, n})
		}
	}
	for _, k := range kindNames {
		count(k.key, k.words, func(c *statement.Charge) bool { return c.Kind == k.kind })
	}
	count("pending", request.Text{EN: "of them pending", FR: "dont en attente"}, func(c *statement.Charge) bool { return c.Status == statement.Pending })
	for i := range s.Charges[:min(len(s.Charges), mostRowsShown)] {
		c := &s.Charges[i]
		row := statementRow{Row: c.Row, Date: c.Transacted.String(), Merchant: c.Merchant, Amount: c.Amount.Plain(), Currency: c.Amount.Currency, Card: c.Card, Status: cmp.Or(string(c.Status), "posted")}
		for _, k := range kindNames {
			if k.kind == c.Kind {
				row.Kind = k.key
			}
		}
		r.First = append(r.First, row)
	}
}

// printStatement shows how a statement is read.
func (t *terminal) printStatement(r *statementJSON, l request.Lang) {
	say := func(indent int, en, fr string) { t.wrap(indent, request.Text{EN: en, FR: fr}.In(l)) }
	fmt.Fprintln(t.out, r.File)
	if r.Error != nil {
		say(2, "It is not read as it is ("+r.Error.Code+"):", "Il n’est pas lu tel quel ("+r.Error.Code+")\u00a0:")
		t.wrap(4, r.Error.Message.In(l))
	}
	if r.Reading != nil {
		t.printReading(r, l)
	}
	for _, o := range r.Open {
		t.wrap(2, o.In(l))
	}
	for i, p := range r.Problems {
		if i == mostProblemsShown {
			say(2, fmt.Sprintf("… and %d more", len(r.Problems)-i), fmt.Sprintf("… et %d de plus", len(r.Problems)-i))
			break
		}
		t.wrap(2, p.Cell+" "+string(p.Severity)+": "+p.Message.In(l))
	}
	if r.Profile != "" {
		fmt.Fprintln(t.out)
		say(2, "the profile of its sender, for the configuration:", "le profil de son expéditeur, pour la configuration\u00a0:")
		fmt.Fprintln(t.out)
		for line := range strings.Lines(r.Profile) {
			fmt.Fprint(t.out, "    "+line)
		}
	}
}

func (t *terminal) printReading(r *statementJSON, l request.Lang) {
	say := func(indent int, en, fr string) { t.wrap(indent, request.Text{EN: en, FR: fr}.In(l)) }
	switch {
	case len(r.Reading.Columns) == 0:
	case r.HeaderRow == 0:
		say(2, "without a header", "sans en-tête")
	default:
		say(2, fmt.Sprintf("its header is in row %d", r.HeaderRow), fmt.Sprintf("son en-tête est à la ligne %d", r.HeaderRow))
	}
	for _, c := range r.Reading.Columns {
		fmt.Fprintf(t.out, "    %-3s %-30s -> %-17s (%s)\n", c.Column, clipText(orDash(c.Header), 30), orDash(c.Field), c.Why.In(l))
	}
	if len(r.Reading.Columns) > 0 {
		say(2, "sign: "+r.Reading.Sign.EN, "signe\u00a0: "+r.Reading.Sign.FR)
		say(2, "dates: "+cmp.Or(r.Reading.Dates, "each says itself")+"; decimal mark: "+cmp.Or(r.Reading.Decimal, "each says itself")+"; currency where a row names none: "+orDash(r.Reading.Currency),
			"dates\u00a0: "+cmp.Or(r.Reading.Dates, "chacune le dit")+"; séparateur décimal\u00a0: "+cmp.Or(r.Reading.Decimal, "chacun le dit")+"; devise par défaut\u00a0: "+orDash(r.Reading.Currency))
	}
	for _, n := range r.counts {
		fmt.Fprintf(t.out, "    %6d  %s\n", n.n, n.words.In(l))
	}
	for _, row := range r.First {
		fmt.Fprintf(t.out, "    %4d %s %-34s %12s %s %s %s\n", row.Row, row.Date, clipText(row.Merchant, 34), row.Amount, row.Currency, row.Kind, row.Status)
	}
}
