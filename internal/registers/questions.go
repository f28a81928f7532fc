package registers

import (
	"fmt"
	"slices"
	"strings"

	"handrail/internal/request"
)

// mostQuestions is how many entries of one kind are named.
const mostQuestions = 5

// Questions are what one register says and another does not know, in sentences: no mistake of either, and perhaps one of both.
func (s *Set) Questions() []string {
	if s == nil || s.centres == nil || s.people == nil {
		return nil
	}
	var managers, may, branches []string
	note := func(list *[]string, what string) {
		if what != "" && !slices.Contains(*list, what) && len(*list) <= mostQuestions {
			*list = append(*list, what)
		}
	}
	for i := range s.centres.all {
		for _, m := range s.centres.all[i].Managers {
			if _, known := s.people.byAddress[request.Mailbox(m)]; !known {
				note(&managers, m)
			}
		}
	}
	known := func(name string) bool {
		return s.centres.byCode[request.CentreForm(name)] != nil || s.centres.branch(name) != "" || s.centres.isUnit(name)
	}
	for i := range s.people.all {
		p := &s.people.all[i]
		for _, m := range p.MayAskFor {
			if !known(m) {
				note(&may, m)
			}
		}
		if p.Branch != "" && len(s.centres.names) > 0 && s.centres.branch(p.Branch) == "" {
			note(&branches, p.Branch)
		}
	}
	var out []string
	for _, q := range []struct {
		list []string
		text string
	}{
		{managers, "managers of cost centres who are not in the register of people"},
		{may, "cost centres or branches that people may ask for, and that the register of cost centres does not have"},
		{branches, "branches of people that no cost centre has"},
	} {
		if n := len(q.list); n > mostQuestions {
			q.list[n-1] = "…"
		}
		if len(q.list) > 0 {
			out = append(out, fmt.Sprintf("%s: %s", q.text, strings.Join(q.list, ", ")))
		}
	}
	return out
}

// isUnit reports whether a cost centre is for a unit of this name.
func (c *CostCentres) isUnit(name string) bool { return c.units[request.CompareForm(name)] }
