package doctor

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"

	"handrail/ingest"
	"handrail/internal/budgets"
	"handrail/internal/report"
	"handrail/internal/request"
)

// people looks at who is written to: a decision from an address that is not believed would never be heard.
func (d *examination) people(ctx context.Context) {
	d.begin("People")
	c := &d.in
	d.add(Fine, "department", fmt.Sprintf("%s, mail domains %s", c.Department.Name.EN, strings.Join(c.Department.Domains, ", ")))
	ours := []string{c.SMTP.From}
	for _, box := range c.Inboxes {
		ours = append(ours, box.WithDefaults().Address)
	}
	own := func(address string) bool {
		return slices.ContainsFunc(ours, func(o string) bool { return strings.EqualFold(o, address) })
	}
	if own(c.Department.Operator) {
		d.add(Wrong, "operator", c.Department.Operator+" is an address of Handrail's own: alerts would come back to the job and reach nobody", "name a person or a team under [department] operator")
	} else {
		d.add(Fine, "operator", c.Department.Operator+" is told when a person is needed")
	}
	d.contacts(own)
	d.officers(own)
	d.registers(ctx)
	d.finance(ctx, own)
}

// contacts looks at who answers what a program cannot: their answers go back to whoever asked.
func (d *examination) contacts(own func(string) bool) {
	for _, box := range d.in.Inboxes {
		contact := cmp.Or(box.Contact, d.in.Department.Operator)
		switch {
		case own(contact):
			d.add(Wrong, "contact", contact+" is an address of Handrail's own: questions of inbox "+box.Name+" would reach nobody", "name a person or a team under contact of the [[inbox]]")
		case !takesMailFrom(&box, contact) || !ownDomain(cmp.Or(strings.Join(box.OwnDomains, " "), strings.Join(d.in.Department.Domains, " ")), contact):
			d.add(Wrong, "contact", contact+" gets the questions of inbox "+box.Name+", which takes no answers from there",
				"name somebody of the department's own domains, or add the domain to own_domains and allowed_domains of that inbox")
		case box.Contact == "":
			d.add(Note, "contact", "questions that come to inbox "+box.Name+" and that no officer can answer go to the operator, "+contact, "name the person or team who answers them under contact of the [[inbox]]")
		default:
			d.add(Fine, "contact", contact+" gets the questions that come to inbox "+box.Name)
		}
	}
}

func (d *examination) officers(own func(string) bool) {
	unlimited := 0
	for _, o := range d.in.Officers {
		if len(o.Assistants) > 0 {
			d.add(Note, "assistants", strings.Join(o.Assistants, ", ")+" may write decisions on behalf of "+o.Email+", from that mailbox")
		}
		limit := "without limit"
		if o.Limit != "" {
			limit = "up to " + o.Limit
		} else if len(o.Units)+len(o.CostCentres)+len(o.Commodities) == 0 {
			unlimited++
		}
		text := fmt.Sprintf("%s, %s, %s", o.Email, cmp.Or(o.Title, "–"), limit)
		switch barred := d.barredFrom(o.Email); {
		case own(o.Email):
			d.add(Wrong, "officer", o.Email+" is an address of Handrail's own: it would ask itself", "name the officer's own mailbox")
		case len(barred) > 0:
			d.add(Wrong, "officer", text+"; answers from there are not taken by "+strings.Join(barred, ", "),
				"add the domain to allowed_domains, or the address to allowed_senders, of that inbox")
		case o.Title == "" || o.Name == "":
			d.add(Warning, "officer", text, "authority goes to positions: write name and title, they are kept with every decision")
		default:
			d.add(Fine, "officer", text)
		}
	}
	if unlimited == 1 {
		d.add(Note, "officers", "one officer alone decides without limit; nobody decides a request of their own, so such a request would wait",
			"name a second [[officer]] without limit as a backup")
	}
}

// barredFrom lists the inboxes that would not take mail from an address, by name.
func (d *examination) barredFrom(address string) []string {
	var barred []string
	for _, box := range d.in.Inboxes {
		serves := len(box.Officers) == 0 || slices.ContainsFunc(box.Officers, func(e string) bool { return strings.EqualFold(e, address) })
		if serves && !takesMailFrom(&box, address) {
			barred = append(barred, fmt.Sprintf("inbox %q", box.Name))
		}
	}
	return barred
}

// ownDomain reports whether an address is of one of some domains.
func ownDomain(domains, address string) bool {
	_, domain, _ := strings.Cut(strings.ToLower(address), "@")
	return slices.Contains(strings.Fields(domains), domain)
}

// takesMailFrom reports whether an inbox takes the mail of an address.
func takesMailFrom(box *ingest.InboxConfig, address string) bool {
	_, domain, _ := strings.Cut(strings.ToLower(address), "@")
	return len(box.AllowedDomains)+len(box.AllowedSenders) == 0 || slices.Contains(box.AllowedDomains, domain) ||
		slices.ContainsFunc(box.AllowedSenders, func(e string) bool { return strings.EqualFold(e, address) })
}

func (d *examination) finance(ctx context.Context, own func(string) bool) {
	f := d.in.Finance
	if len(f.Recipients) == 0 {
		d.add(Warning, "finance", "nobody gets the weekly workbook", "name addresses under [finance] recipients")
	}
	for _, r := range f.Recipients {
		if own(r) {
			d.add(Wrong, "finance", r+" is an address of Handrail's own: the weekly workbook would come back to the job", "name finance's own mailbox under [finance] recipients")
		} else {
			d.add(Fine, "finance", r+" gets the weekly workbook")
		}
	}
	var senders []string
	for _, box := range d.in.Inboxes {
		senders = append(senders, box.StatementSenders...)
	}
	if len(senders) == 0 {
		d.add(Note, "finance", "nobody may mail card statements in: the weekly workbook is made without them", "name addresses under statement_senders of an [[inbox]]")
	} else {
		d.add(Fine, "finance", "card statements are taken from "+strings.Join(senders, ", "))
	}
	if f.Budgets == "" {
		return
	}
	path := f.Budgets
	policy, err := d.in.Policy(ctx)
	if err != nil {
		return // the policy is named as wrong already
	}
	today := request.DateOf(d.o.Now())
	_, problems, err := budgets.ReadBudgets(ctx, path, report.Period{From: today, To: today}, f.Reconcile, policy.FiscalStart(), policy.Currency())
	switch {
	case err != nil:
		d.add(Wrong, "budgets", err.Error(), "correct [finance] budgets, or leave it empty")
	case len(problems) > 0:
		d.add(Warning, "budgets", fmt.Sprintf("%s: %s", path, number(len(problems), "row cannot be read", "rows cannot be read")), "handrail reconcile --out F.xlsx names them")
	default:
		d.add(Fine, "budgets", path)
	}
}

// recipients is everybody the job writes to whatever comes in, each once.
func (c *Installation) recipients() []string {
	all := []string{c.Department.Operator}
	for _, box := range c.Inboxes {
		all = append(all, box.Contact)
	}
	for _, o := range c.Officers {
		all = append(all, o.Email)
	}
	all = append(all, c.Finance.Recipients...)
	for _, box := range c.Inboxes {
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
