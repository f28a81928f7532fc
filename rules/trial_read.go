package rules

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/pelletier/go-toml/v2/unstable"
	"github.com/shopspring/decimal"

	"handrail/internal/request"
)

// trialReader reads a test file. Like a policy's, its mistakes come all at once.
type trialReader struct {
	*reader
	policy *Policy
	line   *table // [line], which every line begins as; nil without one
	origin request.Origin
	own    []string
}

// firstRow is the row of a case's first line; it only names lines.
const firstRow = 12

var (
	countedOutcomes = []request.Outcome{request.Approved, request.Escalated}
	takenOutcomes   = []request.Outcome{request.Withdrawn, request.Revoked, request.Superseded}
	goneOutcomes    = []request.Outcome{request.Returned, request.Declined, request.Withdrawn, request.Revoked, request.Superseded}
)

func readTrials(ctx context.Context, p *Policy, shown string, text []byte) (*Trials, error) {
	doc, err := parseDocument(ctx, shown, text)
	if err != nil {
		return nil, err
	}
	r := &trialReader{reader: newReader(doc), policy: p}
	t := &Trials{policy: p, doc: doc, cases: r.read(ctx, doc.root)}
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	if len(r.mistakes) > 0 {
		return nil, r.mistakes.sorted()
	}
	return t, nil
}

func (r *trialReader) read(ctx context.Context, root *table) []trial {
	r.keys(root, "", "domains", "request", "line", "case")
	for _, v := range r.texts(root, "", "domains", false) {
		r.own = append(r.own, strings.ToLower(v.text))
	}
	if v := r.get(root, "", "request", unstable.InlineTable, false); v != nil {
		r.readOrigin(v.table, "request", &r.origin)
	}
	if v := r.get(root, "", "line", unstable.InlineTable, false); v != nil {
		r.line = v.table
		for _, k := range []string{"outcome", "findings"} {
			if x := r.line.entries[k]; x != nil {
				r.fault(x.keyAt, "line", "%s belongs to a case", "%s appartient à un cas", k)
			}
		}
		r.readLine(r.line, "line", &request.Line{}, nil) // its mistakes are reported once, here
	}
	tables := r.tables(root, "", "case")
	if len(tables) == 0 {
		r.fault(0, "", "a test file needs at least one [[case]]", "un fichier d’essais demande au moins un [[case]]")
	}
	var cases []trial
	for i, t := range tables {
		if ctx.Err() != nil {
			break
		}
		cases = append(cases, r.readCase(t, i))
	}
	return cases
}

func (r *trialReader) readCase(t *table, i int) trial {
	where := fmt.Sprintf("case %d", i+1)
	c := trial{origin: r.origin, domains: r.own}
	if name, at := r.text(t, where, "name", true); name != "" {
		c.name, where = name, fmt.Sprintf("case %q", name)
		t.at = at.keyAt
	}
	c.at = t.at
	r.keys(t, where, "name", "date", "today", "request", "line", "budget", "history", "outcome", "findings")
	c.origin.Received = r.date(t, where, "date", true)
	if c.today = c.origin.Received; t.entries["today"] != nil {
		c.today = r.date(t, where, "today", true)
	}
	if v := r.get(t, where, "request", unstable.InlineTable, false); v != nil {
		r.readOrigin(v.table, where, &c.origin)
	}
	if v := r.get(t, where, "budget", unstable.InlineTable, false); v != nil {
		c.budget = r.readBudget(v.table, where)
	}
	common := r.expectation(t, where, nil)
	for _, lt := range r.lineTables(t, where) {
		l := r.begin(&c.origin, firstRow+len(c.lines))
		want := common
		if lt != nil {
			r.readLine(lt, where, &l, nil)
			want = r.expectation(lt, where, &common)
		}
		if want.outcome == "" && t.entries["outcome"] == nil && (lt == nil || lt.entries["outcome"] == nil) {
			r.fault(t.at, where, "outcome is missing", "il manque outcome")
		}
		c.lines, c.wants = append(c.lines, l), append(c.wants, want)
	}
	for _, ht := range r.tables(t, where, "history") {
		if h, counts := r.pastLine(ht, where, &c); counts {
			c.history = append(c.history, h)
		}
	}
	return c
}

// readBudget reads the budget that the lines of a case meet, each amount as it would be typed; those left out are zero.
func (r *trialReader) readBudget(t *table, where string) *request.Budget {
	b := &request.Budget{}
	r.keys(t, where, "amount", "committed", "spent", "waiting")
	for key, to := range map[string]*decimal.Decimal{"amount": &b.Amount, "committed": &b.Committed, "spent": &b.Spent, "waiting": &b.Waiting} {
		s, v := r.text(t, where, key, key == "amount")
		if v == nil || s == "" {
			continue
		}
		n, err := decimalText(s)
		if err != nil {
			r.fault(v.at, where, "%s: %s", "%s : %s", key, err)
		}
		*to = n
	}
	return b
}

// lineTables are the lines of a case: several [[case.line]], one line = { … }, or none: then [line] alone, as nil.
func (r *trialReader) lineTables(t *table, where string) []*table {
	v := t.entries["line"]
	switch {
	case v == nil:
		return []*table{nil}
	case v.kind == unstable.Array:
		return r.tables(t, where, "line")
	case v.table != nil:
		return []*table{v.table}
	}
	r.fault(v.at, where, "line must be a table, or a list of tables", "line doit être une table, ou une suite de tables")
	return nil
}

// expectation reads outcome and findings; what a line leaves out, its case says for all.
func (r *trialReader) expectation(t *table, where string, common *expectation) expectation {
	want := expectation{where: where, outcomeAt: t.at, findingsAt: t.at}
	if common != nil {
		want = *common
	}
	outcomes := []string{string(request.Approved), string(request.Escalated), string(request.Returned)}
	if s, v := r.choice(t, where, "outcome", false, outcomes...); v != nil {
		want.outcome, want.outcomeAt = request.Outcome(s), v.at
	}
	v := t.entries["findings"]
	if v == nil {
		return want
	}
	want.findings, want.findingsAt = nil, v.at
	var ids []string
	for _, g := range r.policy.Mark().Guardrails {
		ids = append(ids, g.ID)
	}
	for _, f := range r.texts(t, where, "findings", false) {
		id, action, fixed := strings.Cut(f.text, " ")
		if !slices.Contains(ids, id) {
			r.fault(f.at, where, "the policy has no guardrail %q%s", "la politique n’a pas de balise %q%s", id, meant(id, ids))
		}
		if fixed && !slices.Contains([]request.Action{request.Note, request.Escalate, request.Return}, request.Action(action)) {
			r.fault(f.at, where, "%q is not an action: note, escalate or return", "%q n’est pas une action : note, escalate ou return", action)
		}
		want.findings = append(want.findings, f.text)
	}
	return want
}

// begin makes a line that is as [line] says.
func (r *trialReader) begin(o *request.Origin, row int) request.Line {
	l := request.Line{Sheet: "Requests", Row: row}
	if r.line != nil {
		quiet := &trialReader{reader: &reader{doc: r.doc}, policy: r.policy}
		quiet.readLine(r.line, "line", &l, nil)
	}
	return l
}

// pastLine reads a line of the history: of the case's request and like its [line] where it says nothing else. counts is
// false for a line that was declined or its like, which no total sees. One that was withdrawn, revoked or superseded counts on from the
// day that taken_back names, when its number had been given out; without that day it had no approval.
func (r *trialReader) pastLine(t *table, where string, c *trial) (h pastLine, counts bool) {
	h = pastLine{Line: r.begin(&c.origin, 0), origin: c.origin}
	h.origin.Received = r.date(t, where, "date", true)
	if h.origin.Received.After(c.origin.Received) {
		r.fault(t.entries["date"].at, where, "a line of the history cannot be later than the case", "une ligne de l’historique ne peut être postérieure au cas")
	}
	var words []string
	for _, o := range append(slices.Clone(countedOutcomes), goneOutcomes...) {
		words = append(words, string(o))
	}
	became, v := r.choice(t, where, "outcome", false, words...)
	if h.Reference, _ = r.text(t, where, "reference", false); h.Reference != "" {
		if _, ok := request.ParseReference(h.Reference); !ok {
			r.fault(t.entries["reference"].at, where, "%q is not the number of a line, such as HR-2026-000123-04", "%q n’est pas le numéro d’une ligne, comme HR-2026-000123-04", h.Reference)
		}
	}
	r.readLine(t, where, &h.Line, &h.origin)
	if h.takenBack = r.date(t, where, "taken_back", false); !h.takenBack.IsZero() {
		switch {
		case !slices.Contains(takenOutcomes, request.Outcome(became)):
			r.fault(t.entries["taken_back"].at, where, "taken_back is the day on which an approval was withdrawn, revoked or superseded: say outcome = \"withdrawn\" as well", "taken_back est le jour où une approbation a été retirée, révoquée ou remplacée : indiquez aussi outcome = \"withdrawn\"")
		case h.takenBack.Before(h.origin.Received) || h.takenBack.After(c.origin.Received):
			r.fault(t.entries["taken_back"].at, where, "taken_back lies between the line's date and the case's", "taken_back se situe entre la date de la ligne et celle du cas")
		}
	}
	return h, v == nil || !h.takenBack.IsZero() || slices.Contains(countedOutcomes, request.Outcome(became))
}

// readOrigin reads who asked.
func (r *trialReader) readOrigin(t *table, where string, o *request.Origin) {
	r.keys(t, where, "name", "email", "unit", "language", "sender")
	for _, k := range t.keys {
		r.originPart(t, where, k, o)
	}
}

func (r *trialReader) originPart(t *table, where, key string, o *request.Origin) bool {
	to, ok := map[string]*string{"name": &o.Name, "email": &o.Email, "unit": &o.Unit, "sender": &o.Sender}[key]
	switch {
	case ok:
		*to, _ = r.text(t, where, key, false)
		if key == "email" || key == "sender" {
			*to = strings.ToLower(*to)
		}
	case key == "language":
		s, _ := r.choice(t, where, key, false, string(request.English), string(request.French))
		o.Language = request.Lang(s)
	}
	return ok || key == "language"
}
