package registers

import (
	"encoding/json"
	"slices"

	"handrail/internal/request"
)

// CostCentre is one cost centre, in the time in which it has this branch and these managers.
type CostCentre struct {
	Code     string       `json:"code"`
	Unit     string       `json:"unit,omitempty"`   // the team or division that it is for
	Branch   string       `json:"branch,omitempty"` // as policies compare it
	BranchFR string       `json:"branch_fr,omitempty"`
	Managers []string     `json:"managers,omitempty"` // addresses, lower case
	From     request.Date `json:"from,omitzero"`
	Until    request.Date `json:"until,omitzero"` // its last day
}

// on reports whether it is in its dates.
func (c *CostCentre) on(d request.Date) bool {
	return (c.From.IsZero() || !d.Before(c.From)) && (c.Until.IsZero() || !d.After(c.Until))
}

// The columns of the register of cost centres, in the order of centreColumns.
const (
	centreCode = iota
	centreBranch
	centreBranchFR
	centreUnit
	centreManager
	centreFrom
	centreUntil
)

var centreColumns = columns{
	{label: "cost centre", names: "costcentre costcenter costcentrecode costcentercode costcentrenumber costcenternumber costcentreno costcenterno centre center centrecode cc code fundcentre fundcenter responsibilitycentre responsibilitycenter rc " +
		"centredecouts centredecout centrecouts centredecoutscode codeducentredecouts codecentredecouts codedecentredecouts numeroducentredecouts nodecentredecouts nocentredecouts centrederesponsabilite centrefinancier"},
	{label: "branch", names: "branch branchen branchenglish englishbranch branchname sector directorate directiongeneraleanglais directiongeneraleen branchanglais"},
	{label: "branch (French)", names: "branchfr branchfrench frenchbranch branche branchefr branchfrancais direction directiongenerale directiongeneralefr directiongeneralefrancais secteur directionfr dg"},
	{label: "unit", names: "unit team division section unite equipe unitname teamname nomdelunite"},
	{label: "manager", names: "manager managers manageremail manageraddress section32manager section32managers section32 s32manager delegatedmanager delegatedmanagers responsiblemanager budgetmanager " +
		"gestionnaire gestionnaires gestionnairedelegataire gestionnairearticle32 article32 responsable courrieldugestionnaire courrieldelagestionnaire courrielgestionnaire adressedugestionnaire"},
	{label: "from", names: fromNames, day: true},
	{label: "until", names: untilNames, day: true},
}

const (
	fromNames  = "from validfrom startdate start begins effective effectivefrom effectivedate du depuis debut datededebut datedebut validedu envigueurdu apartirdu entreeenvigueur"
	untilNames = "until to validto validuntil enddate end ends expires expiry expirydate thru through au jusquau fin datedefin datefin valideau echeance"
)

// CostCentres are the department's cost centres.
type CostCentres struct {
	all      []CostCentre
	byCode   map[string][]int  // by request.CentreForm
	branches map[string]string // by request.CompareForm of its names in both languages and of its units
	units    map[string]bool   // by request.CompareForm of the name
	names    []string          // of the branches, each once
	codes    *alike
}

// Len is the number of entries.
func (c *CostCentres) Len() int { return len(c.all) }

// find is the entry of a cost centre on a day; where it is out of its dates, the entry that is nearest.
func (c *CostCentres) find(code string, on request.Date) (found *CostCentre, inDates bool) {
	for _, i := range c.byCode[request.CentreForm(code)] {
		x := &c.all[i]
		if x.on(on) {
			return x, true
		}
		if found == nil || !x.From.IsZero() && !on.Before(x.From) { // entries stand in the order of their dates
			found = x
		}
	}
	return found, false
}

// branch is the name by which a branch is compared, of its name in either language or of the name of one of its units; "" where no
// cost centre has it.
func (c *CostCentres) branch(name string) string { return c.branches[request.CompareForm(name)] }

type centreEntries struct {
	list []CostCentre
	rows map[string][]centreRow
}

// centreRow is where an entry stands in the file.
type centreRow struct{ row, at int }

func (e *centreEntries) add(row int, cell func(int) string, m *mistakes) {
	c := CostCentre{Code: cell(centreCode), Unit: cell(centreUnit), Branch: cell(centreBranch), BranchFR: cell(centreBranchFR)}
	if c.Branch == "" { // a register in French alone
		c.Branch, c.BranchFR = c.BranchFR, ""
	}
	key := request.CentreForm(c.Code)
	if key == "" {
		m.add(row, "there is no cost centre in it")
		return
	}
	var ok, dated bool
	if c.Managers, ok = addressesOf(row, "manager", cell(centreManager), m); !ok {
		return
	}
	if c.From, c.Until, dated = dates(row, cell(centreFrom), cell(centreUntil), m); !dated {
		return
	}
	for _, other := range e.rows[key] {
		if overlap(&e.list[other.at], &c) {
			m.add(row, "the cost centre %q stands in row %d already, in the same time", c.Code, other.row)
			return
		}
	}
	if e.rows == nil {
		e.rows = map[string][]centreRow{}
	}
	e.rows[key] = append(e.rows[key], centreRow{row, len(e.list)})
	e.list = append(e.list, c)
}

// overlap reports whether two entries hold on one day.
func overlap(a, b *CostCentre) bool {
	before := func(x, y *CostCentre) bool { return !x.Until.IsZero() && !y.From.IsZero() && x.Until.Before(y.From) }
	return !before(a, b) && !before(b, a)
}

func (e *centreEntries) restore(body []byte) error { return json.Unmarshal(body, &e.list) }

func (e *centreEntries) register(k Kind, ignored []string) (*Register, error) {
	r, err := made(k, len(e.list), e.list, ignored)
	if err == nil {
		r.centres = newCostCentres(e.list)
	}
	return r, err
}

func newCostCentres(list []CostCentre) *CostCentres {
	c := &CostCentres{all: slices.Clone(list), byCode: make(map[string][]int, len(list)), branches: map[string]string{}, units: map[string]bool{}, codes: newAlike(nearForm)}
	slices.SortStableFunc(c.all, func(a, b CostCentre) int { return a.From.Compare(b.From) })
	units := map[string]string{} // a unit's name that two branches have is none
	for i := range c.all {
		x := &c.all[i]
		key := request.CentreForm(x.Code)
		if c.byCode[key] == nil {
			c.codes.add(x.Code)
		}
		c.byCode[key] = append(c.byCode[key], i)
		c.units[request.CompareForm(x.Unit)] = x.Unit != ""
		if x.Branch == "" {
			continue
		}
		if c.branches[request.CompareForm(x.Branch)] == "" {
			c.branches[request.CompareForm(x.Branch)] = x.Branch
			c.names = append(c.names, x.Branch)
		}
		if form := request.CompareForm(x.BranchFR); form != "" && c.branches[form] == "" {
			c.branches[form] = c.branches[request.CompareForm(x.Branch)]
			c.names = append(c.names, x.BranchFR)
		}
		if form := request.CompareForm(x.Unit); form != "" {
			if had, known := units[form]; known && request.CompareForm(had) != request.CompareForm(x.Branch) {
				units[form] = ""
			} else {
				units[form] = x.Branch
			}
		}
	}
	for form, branch := range units {
		if c.branches[form] == "" && branch != "" {
			c.branches[form] = c.branches[request.CompareForm(branch)]
		}
	}
	c.codes.index()
	return c
}
