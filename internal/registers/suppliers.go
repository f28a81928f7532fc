package registers

import (
	"encoding/json"
	"maps"
	"slices"
	"strconv"
	"strings"

	"handrail/internal/request"
)

// Supplier is one supplier that the department knows.
type Supplier struct {
	Name    string   `json:"name"` // as it is named in findings
	Aliases []string `json:"aliases,omitempty"`
	Numbers []string `json:"numbers,omitempty"` // business numbers as the file writes them
	Owner   string   `json:"owner,omitempty"`   // a person or a firm: suppliers with one owner are one owner's
}

// names are all names that it goes by.
func (s *Supplier) names() []string { return append([]string{s.Name}, s.Aliases...) }

// The columns of the register of suppliers, in the order of supplierColumns.
const (
	supplierName = iota
	supplierAliases
	supplierNumbers
	supplierOwner
)

var supplierColumns = columns{
	{label: "name", names: "name supplier suppliername vendor vendorname legalname company firm nom fournisseur nomdufournisseur raisonsociale nomlegal entreprise"},
	{label: "aliases", names: "aliases alias othernames othername tradenames tradename operatingname operatingnames aka dba alsoknownas autresnoms autrenom nomscommerciaux nomcommercial nomdexploitation"},
	{label: "business number", names: "businessnumber businessnumbers bn number numbers supplierid vendorid supplierbusinessnumber gstnumber hstnumber taxnumber numerodentreprise numerosdentreprise ne numero numeros numerotps neq"},
	{label: "owner", names: "owner owners ownedby parent parentcompany ultimateowner beneficialowner proprietaire proprietaires societemere detenupar beneficiaireeffectif"},
}

// Suppliers are the suppliers that the department knows. A nil one knows none.
type Suppliers struct {
	all      []Supplier
	byName   map[string][]int // by request.SupplierName
	byNumber map[string]int   // by request.BusinessNumber
	owners   [][]string       // of each supplier
	owned    map[string][]int
	nameList *alike
}

// Len is the number of entries.
func (s *Suppliers) Len() int {
	if s == nil {
		return 0
	}
	return len(s.all)
}

// Find is the registered supplier that a name and a business number mean; either may be empty. A number that is registered decides;
// a name whose registered supplier has other numbers is another supplier of that name.
func (s *Suppliers) Find(name, number string) (Supplier, bool) {
	if i := s.find(name, number); i >= 0 {
		return s.all[i], true
	}
	return Supplier{}, false
}

func (s *Suppliers) find(name, number string) int {
	if s == nil {
		return -1
	}
	id := request.BusinessNumber(number)
	if i, ok := s.byNumber[id]; ok && id != "" {
		return i
	}
	form := request.SupplierName(name)
	if form == "" {
		return -1
	}
	var fits []int
	for _, i := range s.byName[form] {
		if id == "" || len(s.all[i].Numbers) == 0 {
			fits = append(fits, i)
		}
	}
	if len(fits) == 1 {
		return fits[0]
	}
	return -1 // nobody, or one of several of that name
}

// OneOwner lists the registered suppliers that belong to whoever owns the one that a name and a number mean, that one among them, in
// the order of the register; nil where it is not registered.
func (s *Suppliers) OneOwner(name, number string) []Supplier {
	i := s.find(name, number)
	if i < 0 {
		return nil
	}
	var list []Supplier
	for _, j := range s.group(i) {
		list = append(list, s.all[j])
	}
	return list
}

// group are the suppliers that belong to whoever owns one, that one among them.
func (s *Suppliers) group(i int) (together []int) {
	for _, o := range s.owners[i] {
		together = append(together, s.owned[o]...)
	}
	slices.Sort(together)
	return slices.Compact(together)
}

// mostTogether bounds the names and numbers of one owner's suppliers that totals add up: they stand in the facts of every line.
const mostTogether = 60

// Together are the names and business numbers by which lines are those of the supplier that a name and a number mean, or of one with
// the same owner, beside that name and number themselves; nil where it is not registered. Names that others have too are left out.
func (s *Suppliers) Together(name, number string) (list []request.Alike) {
	own := s.find(name, number)
	if own < 0 {
		return nil
	}
	group := s.group(own)
	form, id := request.SupplierName(name), request.BusinessNumber(number)
	for _, i := range group {
		supplier := &s.all[i]
		why := request.OneOwner
		if i == own {
			why = request.OneSupplier
		}
		var names []request.Alike
		for _, n := range supplier.names() {
			f := request.SupplierName(n)
			theirs := !slices.ContainsFunc(s.byName[f], func(j int) bool { return !slices.Contains(group, j) })
			if f != "" && f != form && theirs && !slices.ContainsFunc(names, func(a request.Alike) bool { return a.Form == f }) {
				names = append(names, request.Alike{Form: f, Text: n})
			}
		}
		at := 0
		for _, n := range supplier.Numbers {
			n = request.BusinessNumber(n)
			if !request.ValidBusinessNumber(n) || n == id {
				continue
			}
			if at == len(names) {
				names = append(names, request.Alike{Text: supplier.Name})
			}
			names[at].Number = n
			at++
		}
		for _, a := range names {
			a.By, a.Score, a.Why, a.Whole = request.BySupplier, 100, why, len(supplier.Numbers) == 0
			list = append(list, a)
		}
	}
	return list[:min(len(list), mostTogether)]
}

type supplierEntries struct {
	list    []Supplier
	names   map[string][]supplierRow
	numbers map[string]int // row
}

type supplierRow struct{ row, at int }

func (e *supplierEntries) add(row int, cell func(int) string, m *mistakes) {
	s := Supplier{Name: cell(supplierName), Aliases: listOf(cell(supplierAliases)), Owner: cell(supplierOwner)}
	if request.SupplierName(s.Name) == "" {
		m.add(row, "%q names no supplier", s.Name)
		return
	}
	for _, n := range strings.FieldsFunc(cell(supplierNumbers), func(r rune) bool { return strings.ContainsRune(";,|\n", r) }) {
		if n = strings.TrimSpace(n); request.BusinessNumber(n) == "" {
			continue // "n/a"
		}
		s.Numbers = append(s.Numbers, n)
	}
	if e.names == nil {
		e.names, e.numbers = map[string][]supplierRow{}, map[string]int{}
	}
	for _, n := range s.Numbers {
		if other, twice := e.numbers[request.BusinessNumber(n)]; twice {
			m.add(row, "the business number %s stands in row %d already", n, other)
			return
		}
	}
	for _, n := range s.names() {
		for _, other := range e.names[request.SupplierName(n)] {
			if len(s.Numbers) == 0 || len(e.list[other.at].Numbers) == 0 { // two numbers are two suppliers of one name
				m.add(row, "the name %q stands in row %d already, and no business numbers tell the two apart", n, other.row)
				return
			}
		}
	}
	for _, n := range s.Numbers {
		e.numbers[request.BusinessNumber(n)] = row
	}
	seen := map[string]bool{}
	for _, n := range s.names() {
		if form := request.SupplierName(n); form != "" && !seen[form] {
			seen[form] = true
			e.names[form] = append(e.names[form], supplierRow{row, len(e.list)})
		}
	}
	e.list = append(e.list, s)
}

func (e *supplierEntries) restore(body []byte) error { return json.Unmarshal(body, &e.list) }

func (e *supplierEntries) register(k Kind, ignored []string) (*Register, error) {
	r, err := made(k, len(e.list), e.list, ignored)
	if err == nil {
		r.suppliers = newSuppliers(e.list)
	}
	return r, err
}

func newSuppliers(list []Supplier) *Suppliers {
	s := &Suppliers{all: list, byName: make(map[string][]int, len(list)), byNumber: map[string]int{}, owned: map[string][]int{}, owners: make([][]string, len(list)), nameList: newAlike(firmForm)}
	for i := range s.all {
		seen := map[string]bool{}
		for _, n := range s.all[i].names() {
			if form := request.SupplierName(n); form != "" && !seen[form] {
				seen[form] = true
				s.byName[form] = append(s.byName[form], i)
				s.nameList.add(n)
			}
		}
		for _, n := range s.all[i].Numbers {
			s.byNumber[request.BusinessNumber(n)] = i
		}
	}
	s.nameList.index()
	s.belong()
	return s
}

// belong notes to whom each supplier belongs: to itself, to its owners, and to those that own them. So two firms of one owner meet,
// and an owner that is a supplier itself meets what it owns; two that have no owner in common do not meet through a third.
func (s *Suppliers) belong() {
	for i := range s.all {
		seen := map[string]bool{}
		var up func(j int)
		up = func(j int) {
			own := ownKey(j)
			if seen[own] {
				return // it is among its own owners
			}
			seen[own] = true
			for _, owner := range listOf(s.all[j].Owner) {
				form := request.SupplierName(owner)
				if firms := s.byName[form]; len(firms) == 1 {
					up(firms[0])
				} else if form != "" {
					seen[form] = true
				}
			}
		}
		up(i)
		s.owners[i] = slices.Sorted(maps.Keys(seen))
		for _, o := range s.owners[i] {
			s.owned[o] = append(s.owned[o], i)
		}
	}
}

// ownKey is a supplier among the owners; no name is like it.
func ownKey(i int) string { return "\x1f" + strconv.Itoa(i) }
