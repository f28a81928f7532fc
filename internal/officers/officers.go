// Package officers owns who may decide what: the roster with its limits, absences and backups, the file that it can come from,
// and the calendar by which officers work.
//
// It refuses to know what is decided, and how officers are written to.
package officers

import (
	"fmt"
	"net/mail"
	"slices"
	"strings"
	"unicode"

	"github.com/shopspring/decimal"
	"golang.org/x/text/unicode/norm"

	"handrail/ingest"
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
	// Backup decides while the officer is away, under the backup's own authority.
	Backup   string   `toml:"backup" comment:"Who decides while this officer is away, or does not answer: the e-mail of another officer."`
	Absences []string `toml:"absences" comment:"When this officer is away, as \"2026-12-21..2027-01-04\", both days included. Officers may also mail AWAY UNTIL 2027-01-04."`
	// Assistants may write on the officer's behalf.
	Assistants []string `toml:"assistants" json:",omitempty" comment:"Who may write this officer's decisions on their behalf, from the officer's own mailbox (a Sender beside the From): e-mail addresses. The record names both."`
	Digest     bool     `toml:"digest" comment:"true: one mail a working day with everything that waits, instead of one for each request."`
}

// Roster is all officers, in the order of the configuration: the first whose authority covers a line gets it.
type Roster struct {
	officers []Officer
	limits   []*decimal.Decimal // nil: without a limit
	absences [][]absent
}

// absent is a time away, both days included.
type absent struct{ from, until request.Date }

func (a absent) on(d request.Date) bool { return !d.Before(a.from) && !d.After(a.until) }

func parseAbsence(s string) (a absent, err error) {
	first, last, _ := strings.Cut(s, "..")
	if a.from, err = request.ParseDate(strings.TrimSpace(first)); err == nil {
		a.until, err = request.ParseDate(strings.TrimSpace(last))
	}
	if err != nil || a.until.Before(a.from) {
		return a, fmt.Errorf("%q is not a time away such as \"2026-12-21..2027-01-04\"", s)
	}
	return a, nil
}

// NewRoster checks the officers. It refuses a roster in which some line could find nobody: an officer without a
// limit, units, cost centres or commodities must be there.
func NewRoster(officers []Officer) (*Roster, error) {
	var problems ingest.Mistakes
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
		var away []absent
		for _, s := range o.Absences {
			a, err := parseAbsence(s)
			if err != nil {
				problems.Add(key+".absences", "%v", err)
				continue
			}
			away = append(away, a)
		}
		r.absences = append(r.absences, away)
		for _, a := range o.Assistants {
			if !ingest.IsAddress(a) {
				problems.Add(key+".assistants", "%q is not an e-mail address", a)
			}
		}
		for _, c := range o.Commodities {
			if !slices.Contains([]string{"goods", "services", "construction"}, strings.ToLower(strings.TrimSpace(c))) {
				problems.Add(key+".commodities", "%q is not goods, services or construction", c)
			}
		}
		coversAll = coversAll || limit == nil && len(o.Units) == 0 && len(o.CostCentres) == 0 && len(o.Commodities) == 0
	}
	for i, o := range officers {
		switch {
		case o.Backup == "":
		case strings.EqualFold(o.Backup, o.Email):
			problems.Add(fmt.Sprintf("officer[%d].backup", i), "%s cannot be their own backup", o.Email)
		case !seen[strings.ToLower(o.Backup)]:
			problems.Add(fmt.Sprintf("officer[%d].backup", i), "%s is not an officer of the roster", o.Backup)
		}
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
	if i := r.index(address); i >= 0 {
		return r.officers[i], true
	}
	return Officer{}, false
}

// For is the officer who decides line when everybody is there: the first whose units, cost centres, commodities and limit
// cover it, else the first without a limit. Nobody decides their own request or one that they authorized under section 32;
// when that leaves nobody, ok is false and the operator must act.
func (r *Roster) For(line *request.Line, origin *request.Origin) (officer Officer, ok bool) {
	c, ok := r.Choose(line, origin, Asking{})
	return c.Officer, ok
}

// Choice is who decides a line.
type Choice struct {
	Officer
	InsteadOf string // the officer who is away, and whose backup this is; "" nobody
}

// Asking says who can be asked about a line. The zero value: everybody.
type Asking struct {
	Away    func(email string) bool // nil: nobody is
	Leaving string                  // the officer from whom the line is taken, whose backup comes before anybody else; "" nobody
	Asked   []string                // who was asked already, and is passed over
}

// Choose is For on a day: of an officer who is away, the backup decides, if the backup may decide this line. When everybody who
// may decide is away, the line waits for the first of them.
func (r *Roster) Choose(line *request.Line, origin *request.Origin, a Asking) (choice Choice, ok bool) {
	left := r.index(a.Leaving)
	away := func(i int) bool { return a.Away != nil && a.Away(r.officers[i].Email) }
	passed := func(i int) bool {
		return i == left || slices.ContainsFunc(a.Asked, func(e string) bool { return strings.EqualFold(e, r.officers[i].Email) })
	}
	backup := func(of int) (Choice, bool) {
		n := r.index(r.officers[of].Backup)
		if n < 0 || passed(n) || away(n) || r.barred(r.officers[n], line, origin) || !r.within(n, line) {
			return Choice{}, false
		}
		return Choice{r.officers[n], r.officers[of].Email}, true
	}
	if left >= 0 {
		if c, found := backup(left); found {
			return c, true
		}
	}
	for _, i := range r.covering(line, origin) {
		o := r.officers[i]
		if passed(i) || r.barred(o, line, origin) {
			continue
		}
		if !away(i) {
			return Choice{Officer: o}, true
		}
		if c, found := backup(i); found {
			return c, true
		}
		if !ok {
			choice, ok = Choice{Officer: o}, true
		}
	}
	return choice, ok
}

// ByName finds officers by name in any case and order, without accents: the whole name, else those one of whose names it is.
func (r *Roster) ByName(name string) []Officer {
	wanted := strings.Fields(foldName(name))
	if len(wanted) == 0 {
		return nil
	}
	var whole, part []Officer
	for _, o := range r.officers {
		own := strings.Fields(foldName(o.Name))
		if slices.ContainsFunc(wanted, func(w string) bool { return !slices.Contains(own, w) }) {
			continue
		}
		if part = append(part, o); len(own) == len(wanted) {
			whole = append(whole, o)
		}
	}
	if len(whole) > 0 {
		return whole
	}
	return part
}

// foldName leaves the letters of a name, small and without accents; what else stands in it parts words.
func foldName(s string) string {
	var b strings.Builder
	for _, r := range norm.NFKD.String(strings.ToLower(s)) {
		switch {
		case unicode.IsLetter(r) || unicode.IsDigit(r):
			b.WriteRune(r)
		case !unicode.Is(unicode.Mn, r):
			b.WriteByte(' ')
		}
	}
	return b.String()
}

// Assists reports whether the roster names assistant as somebody who writes for an officer.
func (r *Roster) Assists(assistant, officer string) bool {
	i := r.index(officer)
	return i >= 0 && slices.ContainsFunc(r.officers[i].Assistants, func(a string) bool { return strings.EqualFold(a, assistant) })
}

// May says whether somebody in the roster may decide a line: not their own, and within their limit. Units, cost centres
// and commodities say who is asked first, not who may.
func (r *Roster) May(email string, line *request.Line, origin *request.Origin) bool {
	i := r.index(email)
	return i >= 0 && !r.barred(r.officers[i], line, origin) && r.within(i, line)
}

// covering are the places of those who may be asked, in order: whose part of the house it is, then those without a limit.
func (r *Roster) covering(line *request.Line, origin *request.Origin) []int {
	var first, rest []int
	for i, o := range r.officers {
		switch {
		case r.within(i, line) && covers(o.Units, origin.Unit) && covers(o.CostCentres, line.Values[request.CostCentre].Text) &&
			covers(o.Commodities, line.Values[request.Commodity].Text):
			first = append(first, i)
		case r.limits[i] == nil:
			rest = append(rest, i)
		}
	}
	return append(first, rest...)
}

// within reports whether a line is inside an officer's limit; one without a readable total is above every limit.
func (r *Roster) within(i int, line *request.Line) bool {
	total := line.Values[request.Total]
	return r.limits[i] == nil || total.Given && total.Number.LessThanOrEqual(*r.limits[i])
}

// Away reports whether the configuration says that an officer is away on a day.
func (r *Roster) Away(email string, d request.Date) bool {
	i := r.index(email)
	return i >= 0 && slices.ContainsFunc(r.absences[i], func(a absent) bool { return a.on(d) })
}

func (r *Roster) index(email string) int {
	if email == "" {
		return -1
	}
	return slices.IndexFunc(r.officers, func(o Officer) bool { return strings.EqualFold(o.Email, email) })
}

func (r *Roster) barred(o Officer, line *request.Line, origin *request.Origin) bool {
	for _, address := range []string{origin.Sender, origin.Email, line.Values[request.AuthorizedBy].Text} {
		if request.SameMailbox(o.Email, address) {
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
