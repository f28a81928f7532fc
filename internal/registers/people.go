package registers

import (
	"encoding/json"
	"slices"
	"strings"

	"handrail/internal/request"
)

// Person is somebody who may ask, or who authorizes.
type Person struct {
	Addresses  []string     `json:"addresses"` // lower case; the first is the one that is named
	Name       string       `json:"name,omitempty"`
	Branch     string       `json:"branch,omitempty"`
	Unit       string       `json:"unit,omitempty"`
	CostCentre string       `json:"cost_centre,omitempty"` // where the person works: it restricts nothing
	MayAskFor  []string     `json:"may_ask_for,omitempty"` // cost centres, units and branches; none: all
	From       request.Date `json:"from,omitzero"`
	Until      request.Date `json:"until,omitzero"` // the last day
}

func (p *Person) on(d request.Date) bool {
	return (p.From.IsZero() || !d.Before(p.From)) && (p.Until.IsZero() || !d.After(p.Until))
}

// The columns of the register of people, in the order of personColumns.
const (
	personEmail = iota
	personName
	personBranch
	personBranchFR
	personUnit
	personCentre
	personMay
	personFrom
	personUntil
)

var personColumns = columns{
	{label: "email", names: "email emailaddress emailaddresses emails address mail workemail courriel courriels adresse adressecourriel adresseelectronique adressedecourriel courrielprofessionnel"},
	{label: "name", names: "name fullname displayname employee person nom nomcomplet employe employee nometprenom"},
	{label: "branch", names: "branch branchen branchenglish englishbranch branchname sector directorate"},
	{label: "branch (French)", names: "branchfr branchfrench frenchbranch branche branchefr direction directiongenerale directiongeneralefr secteur dg"},
	{label: "unit", names: "unit team division section unite equipe"},
	{label: "cost centre", names: "costcentre costcenter homecostcentre homecostcenter centredecouts centredecout centrecouts"},
	{label: "may ask for", names: "mayaskfor mayask mayrequest mayrequestfor mayaskforcostcentres mayaskforcostcenters mayaskforbranches mayaskforcostcentresbranches costcentres costcenters allowedcostcentres allowedcostcenters authorizedcostcentres authorizedcostcenters " +
		"peutdemanderpour peutdemander demandepour centresdecouts centresdecoutsautorises centresdecoutspermis autorisepour"},
	{label: "from", names: fromNames, day: true},
	{label: "until", names: untilNames, day: true},
}

// People are the people of the department.
type People struct {
	all       []Person
	byAddress map[string]int // by request.Mailbox
	addresses *alike
}

// Len is the number of entries.
func (p *People) Len() int { return len(p.all) }

// find is who has an address on a day.
func (p *People) find(address string, on request.Date) *Person {
	if i, ok := p.byAddress[request.Mailbox(address)]; ok && p.all[i].on(on) {
		return &p.all[i]
	}
	return nil
}

// everybody are words for all cost centres, folded.
func everybody(s string) bool {
	return strings.TrimSpace(s) == "*" || slices.Contains([]string{"all", "any", "everything", "everyone", "tous", "toutes", "tout"}, request.Fold(s))
}

type personEntries struct {
	list []Person
	rows map[string]int
}

func (e *personEntries) add(row int, cell func(int) string, m *mistakes) {
	p := Person{Name: cell(personName), Branch: cell(personBranch), Unit: cell(personUnit), CostCentre: cell(personCentre), MayAskFor: listOf(cell(personMay))}
	if p.Branch == "" {
		p.Branch = cell(personBranchFR)
	}
	if slices.ContainsFunc(p.MayAskFor, everybody) {
		p.MayAskFor = nil
	}
	var ok bool
	if p.Addresses, ok = addressesOf(row, "address", cell(personEmail), m); !ok {
		return
	}
	if len(p.Addresses) == 0 {
		m.add(row, "there is no address in it")
		return
	}
	if p.From, p.Until, ok = dates(row, cell(personFrom), cell(personUntil), m); !ok {
		return
	}
	if e.rows == nil {
		e.rows = map[string]int{}
	}
	for _, a := range p.Addresses {
		if other, twice := e.rows[request.Mailbox(a)]; twice {
			m.add(row, "%s stands in row %d already", a, other)
			return
		}
	}
	for _, a := range p.Addresses {
		e.rows[request.Mailbox(a)] = row
	}
	e.list = append(e.list, p)
}

func (e *personEntries) restore(body []byte) error { return json.Unmarshal(body, &e.list) }

func (e *personEntries) register(k Kind, ignored []string) (*Register, error) {
	r, err := made(k, len(e.list), e.list, ignored)
	if err != nil {
		return nil, err
	}
	p := &People{all: e.list, byAddress: make(map[string]int, len(e.list)), addresses: newAlike(mailForm)}
	for i := range p.all {
		for _, a := range p.all[i].Addresses {
			p.byAddress[request.Mailbox(a)] = i
			p.addresses.add(a)
		}
	}
	p.addresses.index()
	r.people = p
	return r, nil
}
