package registers

import (
	"slices"
	"strings"

	"handrail/internal/likeness"
	"handrail/internal/request"
)

// Set are the registers in force at one instant. It does not change. A nil Set has none.
type Set struct {
	hashes    map[string]string
	centres   *CostCentres
	people    *People
	suppliers *Suppliers
	branches  *alike // the names of the branches that cost centres have
}

// NewSet joins registers of different kinds; without any it is nil.
func NewSet(list ...*Register) *Set {
	var s *Set
	for _, r := range list {
		if r == nil {
			continue
		}
		if s == nil {
			s = &Set{hashes: map[string]string{}}
		}
		s.hashes[string(r.Kind)] = r.Hash
		switch r.Kind {
		case CostCentresKind:
			s.centres, s.branches = r.centres, newAlike(nearForm)
			for _, name := range r.centres.names {
				s.branches.add(name)
			}
			s.branches.index()
		case PeopleKind:
			s.people = r.people
		case SuppliersKind:
			s.suppliers = r.suppliers
		}
	}
	return s
}

// Suppliers are those that the department knows; nil where there is no register of them.
func (s *Set) Suppliers() *Suppliers {
	if s == nil {
		return nil
	}
	return s.suppliers
}

// Asker is what the registers say of who asks: the same for all lines of a request.
type Asker struct {
	set    *Set
	person *Person // nil where they are not registered
	branch string  // of the person, as cost centres write it; "" not known
	checks []request.RegisterCheck
	origin *request.Origin
}

// Asker looks up who sent a request. The branch of a person is the register's, whatever the form says: it is put into origin, with
// what the form said beside it. Nil where there is no register.
func (s *Set) Asker(origin *request.Origin) *Asker {
	if s == nil {
		return nil
	}
	a := &Asker{set: s, origin: origin}
	form := origin.Unit
	if s.people != nil {
		if a.person = s.people.find(origin.Sender, origin.Received); a.person == nil {
			a.check(request.RegisterCheck{Kind: request.SenderUnknown, Form: origin.Sender})
		} else {
			a.branch = s.branchOf(a.person, origin.Received)
		}
	}
	switch said := s.branchNamed(form); {
	case a.branch != "":
		a.put(a.branch)
		if form != "" && request.CompareForm(said) != request.CompareForm(a.branch) && request.CompareForm(form) != request.CompareForm(a.person.Unit) {
			a.check(request.RegisterCheck{Kind: request.BranchRead, Form: form, Register: a.branch})
		}
	case form == "" || s.centres == nil || len(s.centres.names) == 0:
	case s.centres.branch(form) == "":
		a.check(request.RegisterCheck{Kind: request.BranchUnknown, Form: form, Register: s.branches.nearest(form)})
	default:
		a.put(said)
	}
	return a
}

func (a *Asker) check(c request.RegisterCheck) { a.checks = append(a.checks, c) }

// put makes a branch the request's.
func (a *Asker) put(branch string) {
	if a.origin.Unit != branch {
		a.origin.FormUnit, a.origin.Unit = a.origin.Unit, branch
	}
}

// branchNamed is the branch that a name means, as the register of cost centres writes it; the name itself where that knows none.
func (s *Set) branchNamed(name string) string {
	if s.centres != nil {
		if b := s.centres.branch(name); b != "" {
			return b
		}
	}
	return name
}

// branchOf is the branch of a person: that of the register of people, else that of the cost centre where they work.
func (s *Set) branchOf(p *Person, on request.Date) string {
	if p.Branch != "" {
		return s.branchNamed(p.Branch)
	}
	if s.centres == nil {
		return ""
	}
	if c, _ := s.centres.find(p.CostCentre, on); c != nil && c.Branch != "" {
		return s.branchNamed(c.Branch)
	}
	return ""
}

// Line is what the registers say of a line and of who asks for it; nil without registers.
func (a *Asker) Line(line *request.Line) *request.Registers {
	if a == nil {
		return nil
	}
	out := &request.Registers{InForce: a.set.hashes, Checks: slices.Clone(a.checks)}
	var centre *CostCentre
	if v := &line.Values[request.CostCentre]; a.set.centres != nil && v.Given && !v.Faulty {
		var c *request.RegisterCheck
		if centre, c = a.costCentre(v.Text); c != nil {
			out.Checks = append(out.Checks, *c)
		}
	}
	if v := &line.Values[request.AuthorizedBy]; v.Given && !v.Faulty {
		if c := a.manager(v.Text, centre); c != nil {
			out.Checks = append(out.Checks, *c)
		}
	}
	if v := &line.Values[request.Supplier]; a.set.suppliers != nil && v.Given && !v.Faulty {
		number := numberOf(line)
		out.Together = a.Together(line)
		if known, ok := a.set.suppliers.Find(v.Text, number); ok {
			out.Supplier = known.Name
		} else if near := a.set.suppliers.near(v.Text, number); near != "" {
			out.Checks = append(out.Checks, request.RegisterCheck{Kind: request.SupplierNear, Form: v.Text, Register: near})
		}
	}
	return out
}

// Together are the names and numbers that the register of suppliers puts together with a line's supplier; nil where there is none.
func (a *Asker) Together(line *request.Line) []request.Alike {
	v := &line.Values[request.Supplier]
	if a == nil || a.set.suppliers == nil || !v.Given || v.Faulty {
		return nil
	}
	return a.set.suppliers.Together(v.Text, numberOf(line))
}

// numberOf is the business number that a line gives its supplier, as it is written.
func numberOf(line *request.Line) string {
	if id := &line.Values[request.SupplierID]; id.Given && !id.Faulty {
		return id.Text
	}
	return ""
}

// costCentre looks up a cost centre on the day of the request; the check is nil where nothing is wrong with it.
func (a *Asker) costCentre(code string) (*CostCentre, *request.RegisterCheck) {
	c, inDates := a.set.centres.find(code, a.origin.Received)
	switch {
	case c == nil:
		return nil, &request.RegisterCheck{Kind: request.CentreUnknown, Form: code, Register: a.set.centres.codes.nearest(code)}
	case !inDates && !c.From.IsZero() && a.origin.Received.Before(c.From):
		return c, &request.RegisterCheck{Kind: request.CentreEarly, Form: code, Day: c.From}
	case !inDates:
		return c, &request.RegisterCheck{Kind: request.CentreEnded, Form: code, Day: c.Until}
	case a.person != nil && !a.mayAskFor(c):
		return c, &request.RegisterCheck{Kind: request.CentreNotTheirs, Form: code, Register: strings.Join(a.person.MayAskFor, "; ")}
	}
	return c, nil
}

// mayAskFor reports whether the register lets who asks use a cost centre: by its code, its branch or its unit.
func (a *Asker) mayAskFor(c *CostCentre) bool {
	if len(a.person.MayAskFor) == 0 {
		return true
	}
	return slices.ContainsFunc(a.person.MayAskFor, func(may string) bool {
		form := request.CompareForm(may)
		return request.CentreForm(may) == request.CentreForm(c.Code) ||
			slices.ContainsFunc([]string{c.Branch, c.BranchFR, c.Unit}, func(name string) bool { return name != "" && request.CompareForm(name) == form })
	})
}

// manager looks up who authorized a line under section 32; nil where nothing is wrong.
func (a *Asker) manager(address string, centre *CostCentre) *request.RegisterCheck {
	var managers []string
	if centre != nil {
		managers = centre.Managers
	}
	switch {
	case a.set.people != nil && a.set.people.find(address, a.origin.Received) == nil:
		near := strings.Join(managers, ", ")
		if near == "" {
			near = a.set.people.addresses.nearest(address)
		}
		return &request.RegisterCheck{Kind: request.ManagerUnknown, Form: address, Register: near}
	case len(managers) > 0 && !slices.ContainsFunc(managers, func(m string) bool { return a.same(m, address) }):
		return &request.RegisterCheck{Kind: request.ManagerOther, Form: address, Register: strings.Join(managers, ", ")}
	}
	return nil
}

// same reports whether two addresses are one person's, by the register of people too.
func (a *Asker) same(x, y string) bool {
	if request.SameMailbox(x, y) || a.set.people == nil {
		return request.SameMailbox(x, y)
	}
	i, known := a.set.people.byAddress[request.Mailbox(x)]
	j, too := a.set.people.byAddress[request.Mailbox(y)]
	return known && too && i == j
}

// near is the name of a registered supplier that one which is not registered is probably meant to be; "" none.
func (s *Suppliers) near(name, number string) string {
	said, id := likeness.ReadName(name), request.BusinessNumber(number)
	best, most := "", likeness.NamesAlike-1
	for _, at := range s.nameList.sharing(s.nameList.form(name)) {
		other := s.nameList.values[at]
		score := likeness.Names(said, likeness.ReadName(other))
		if score <= most {
			continue
		}
		for _, i := range s.byName[request.SupplierName(other)] {
			if id == "" || len(s.all[i].Numbers) == 0 { // two numbers are two suppliers
				best, most = s.all[i].Name, score
				break
			}
		}
	}
	return best
}
