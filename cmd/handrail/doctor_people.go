package main

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"handrail/internal/batch"
	"handrail/internal/report"
	"handrail/internal/request"
)

// people looks at who is written to: a decision from an address that is not believed would never be heard.
func (d *doctor) people(ctx context.Context) {
	d.begin("People")
	c := d.config
	d.add(fine, "department", fmt.Sprintf("%s, mail domains %s", c.Department.Name.EN, strings.Join(c.Department.Domains, ", ")))
	ours := []string{c.SMTP.From}
	for _, box := range c.Inbox {
		ours = append(ours, box.WithDefaults().Address)
	}
	own := func(address string) bool {
		return slices.ContainsFunc(ours, func(o string) bool { return strings.EqualFold(o, address) })
	}
	if own(c.Department.Operator) {
		d.add(wrong, "operator", c.Department.Operator+" is an address of Handrail's own: alerts would come back to the job and reach nobody", "name a person or a team under [department] operator")
	} else {
		d.add(fine, "operator", c.Department.Operator+" is told when a person is needed")
	}
	d.officers(own)
	d.finance(ctx, own)
}

func (d *doctor) officers(own func(string) bool) {
	unlimited := 0
	for _, o := range d.config.Officer {
		limit := "without limit"
		if o.Limit != "" {
			limit = "up to " + o.Limit
		} else if len(o.Units)+len(o.CostCentres)+len(o.Commodities) == 0 {
			unlimited++
		}
		text := fmt.Sprintf("%s, %s, %s", o.Email, orDash(o.Title), limit)
		switch barred := d.barredFrom(o.Email); {
		case own(o.Email):
			d.add(wrong, "officer", o.Email+" is an address of Handrail's own: it would ask itself", "name the officer's own mailbox")
		case len(barred) > 0:
			d.add(wrong, "officer", text+"; answers from there are not taken by "+strings.Join(barred, ", "),
				"add the domain to allowed_domains, or the address to allowed_senders, of that inbox")
		case o.Title == "" || o.Name == "":
			d.add(warning, "officer", text, "authority goes to positions: write name and title, they are kept with every decision")
		default:
			d.add(fine, "officer", text)
		}
	}
	if unlimited == 1 {
		d.add(note, "officers", "one officer alone decides without limit; nobody decides a request of their own, so such a request would wait",
			"name a second [[officer]] without limit as a backup")
	}
}

// barredFrom lists the inboxes that would not take mail from an address, by name.
func (d *doctor) barredFrom(address string) []string {
	_, domain, _ := strings.Cut(strings.ToLower(address), "@")
	var barred []string
	for _, box := range d.config.Inbox {
		serves := len(box.Officers) == 0 || slices.ContainsFunc(box.Officers, func(e string) bool { return strings.EqualFold(e, address) })
		allowed := len(box.AllowedDomains)+len(box.AllowedSenders) == 0 || slices.Contains(box.AllowedDomains, domain) ||
			slices.ContainsFunc(box.AllowedSenders, func(e string) bool { return strings.EqualFold(e, address) })
		if serves && !allowed {
			barred = append(barred, fmt.Sprintf("inbox %q", box.Name))
		}
	}
	return barred
}

func (d *doctor) finance(ctx context.Context, own func(string) bool) {
	f := d.config.Finance
	if len(f.Recipients) == 0 {
		d.add(warning, "finance", "nobody gets the weekly workbook", "name addresses under [finance] recipients")
	}
	for _, r := range f.Recipients {
		if own(r) {
			d.add(wrong, "finance", r+" is an address of Handrail's own: the weekly workbook would come back to the job", "name finance's own mailbox under [finance] recipients")
		} else {
			d.add(fine, "finance", r+" gets the weekly workbook")
		}
	}
	var senders []string
	for _, box := range d.config.Inbox {
		senders = append(senders, box.StatementSenders...)
	}
	if len(senders) == 0 {
		d.add(note, "finance", "nobody may mail card statements in: the weekly workbook is made without them", "name addresses under statement_senders of an [[inbox]]")
	} else {
		d.add(fine, "finance", "card statements are taken from "+strings.Join(senders, ", "))
	}
	if f.Budgets == "" {
		return
	}
	path := d.config.resolve(f.Budgets)
	policy, err := d.config.loadPolicy(ctx)
	if err != nil {
		return // the policy is named as wrong already
	}
	today := request.DateOf(d.t.now())
	_, problems, err := batch.ReadBudgets(ctx, path, report.Period{From: today, To: today}, f.Reconcile, policy.FiscalStart(), policy.Currency())
	switch {
	case err != nil:
		d.add(wrong, "budgets", err.Error(), "correct [finance] budgets, or leave it empty")
	case len(problems) > 0:
		d.add(warning, "budgets", fmt.Sprintf("%s: %s", path, number(len(problems), "row cannot be read", "rows cannot be read")), "handrail reconcile --out F.xlsx names them")
	default:
		d.add(fine, "budgets", path)
	}
}

// recipients is everybody the job writes to whatever comes in, each once.
func (c *Config) recipients() []string {
	all := []string{c.Department.Operator}
	for _, o := range c.Officer {
		all = append(all, o.Email)
	}
	all = append(all, c.Finance.Recipients...)
	for _, box := range c.Inbox {
		all = append(all, box.WithDefaults().Address)
	}
	seen := map[string]bool{}
	return slices.DeleteFunc(all, func(a string) bool {
		key := strings.ToLower(a)
		twice := seen[key] || a == ""
		seen[key] = true
		return twice
	})
}
