package batch

import (
	"fmt"
	"net/mail"
	"strings"

	"github.com/shopspring/decimal"

	"handrail/internal/request"
)

// Officer is one entry of the roster: a position that decides what the guardrails leave open.
type Officer struct {
	Email    string       `toml:"email" comment:"Where escalations go; the officer answers from this address."`
	Name     string       `toml:"name" comment:"As it stands in mails and in the record."`
	Title    string       `toml:"title" comment:"The position: authority goes to positions."`
	Language request.Lang `toml:"language" comment:"en or fr; empty: both."`
	// Limit is the most this officer decides for one line, tax included; empty: no limit.
	Limit       string   `toml:"limit" comment:"The most this officer decides for one line, tax included, as \"10000.00\". Empty: no limit. One officer at least has none."`
	Units       []string `toml:"units" comment:"Branches this officer decides for; empty: all."`
	CostCentres []string `toml:"cost_centres" comment:"Cost centres this officer decides for; empty: all."`
	Commodities []string `toml:"commodities" comment:"goods, services, construction; empty: all."`
}

// Roster is all officers, in the order of the configuration: the first whose authority covers a line gets it.
type Roster struct {
	officers []Officer
	limits   []*decimal.Decimal // nil: without a limit
}

// NewRoster checks the officers. It refuses a roster in which some line could find nobody: an officer without a
// limit, units, cost centres or commodities must be there.
func NewRoster(officers []Officer) (*Roster, error) {
	var problems Problems
	r := &Roster{officers: officers}
	seen := map[string]bool{}
	coversAll := false
	for i, o := range officers {
		key := fmt.Sprintf("officer[%d]", i)
		if a, err := mail.ParseAddress(o.Email); err != nil || a.Address != o.Email {
			problems.Add(key+".email", "%q is not an e-mail address", o.Email)
		}
		if address := strings.ToLower(o.Email); seen[address] {
			problems.Add(key+".email", "%s is listed twice", o.Email)
		} else {
			seen[address] = true
		}
		if o.Language != request.English && o.Language != request.French && o.Language != request.UnknownLang {
			problems.Add(key+".language", "%q is not en or fr", o.Language)
		}
		var limit *decimal.Decimal
		if o.Limit != "" {
			d, err := decimal.NewFromString(o.Limit)
			if err != nil || d.Sign() <= 0 {
				problems.Add(key+".limit", "%q is not an amount such as \"10000.00\"", o.Limit)
			}
			limit = &d
		}
		r.limits = append(r.limits, limit)
		coversAll = coversAll || limit == nil && len(o.Units) == 0 && len(o.CostCentres) == 0 && len(o.Commodities) == 0
	}
	if !coversAll {
		problems.Add("officer", "no officer without a limit, units, cost centres and commodities: a line that nobody else covers would find nobody; add an [[officer]] without limit")
	}
	return r, problems.Err()
}

// Officers lists the roster.
func (r *Roster) Officers() []Officer { return r.officers }

// ByEmail finds an officer by address, in any case.
func (r *Roster) ByEmail(address string) (Officer, bool) {
	for _, o := range r.officers {
		if strings.EqualFold(o.Email, address) {
			return o, true
		}
	}
	return Officer{}, false
}

// For is the officer who decides line: the first whose units, cost centres, commodities and limit cover it, else the
// first without a limit. Nobody decides their own request or one that they authorized under section 32; when that
// leaves nobody, ok is false and the operator must act.
func (r *Roster) For(line *request.Line, origin *request.Origin) (officer Officer, ok bool) {
	total := line.Values[request.Total]
	for pass := range 2 {
		for i, o := range r.officers {
			if r.barred(o, line, origin) {
				continue
			}
			if pass == 1 {
				if r.limits[i] == nil {
					return o, true
				}
				continue
			}
			// A line without a readable total is above every limit.
			within := r.limits[i] == nil || total.Given && total.Number.LessThanOrEqual(*r.limits[i])
			if within && covers(o.Units, origin.Unit) && covers(o.CostCentres, line.Values[request.CostCentre].Text) &&
				covers(o.Commodities, line.Values[request.Commodity].Text) {
				return o, true
			}
		}
	}
	return Officer{}, false
}

func (r *Roster) barred(o Officer, line *request.Line, origin *request.Origin) bool {
	for _, address := range []string{origin.Sender, origin.Email, line.Values[request.AuthorizedBy].Text} {
		if address != "" && strings.EqualFold(o.Email, address) {
			return true
		}
	}
	return false
}

func covers(list []string, value string) bool {
	if len(list) == 0 {
		return true
	}
	for _, x := range list {
		if strings.EqualFold(strings.TrimSpace(x), strings.TrimSpace(value)) {
			return true
		}
	}
	return false
}
