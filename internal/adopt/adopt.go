// Package adopt looks at a department's own request form and proposes what the configuration must say about it, in the
// form's own words. It refuses to know how a form is read and what a policy says: it is told which fields are needed.
package adopt

import (
	"context"
	"slices"
	"strings"

	"handrail/ingest/forms"
	"handrail/internal/request"
	"handrail/internal/workbook"
)

// possible is what a header must reach to be taken for a column of a table that is one for other reasons.
const possible = 0.4

// Needs are what a policy asks of a form.
type Needs struct {
	Required []request.Field // without one a guardrail returns the line
	Read     []request.Field // a guardrail, a total or finance reads it
	Currency string          // the policy's
	// Languages are the policy's: what is to be added to the form is named in them.
	Languages request.Languages
}

func (n Needs) requires(name string) bool {
	return slices.ContainsFunc(n.Required, func(f request.Field) bool { return f.String() == name })
}

// Seen is a header or label of the form.
type Seen struct {
	Cell   string
	Words  string // the sheet's own, on one line
	Kind   string // "column", "box" or "footer"
	Value  string // of a box: the cell where its value goes
	Field  string // what is proposed; "" where nothing is
	Alias  string // the words by which the configuration names it; "" where Handrail knows it without
	Score  float64
	Why    string              // in one phrase
	Second []forms.Resemblance // what else it may mean

	col, row int
	answers  []string // what its cell offers
}

// Sure is the score in a word.
func (s *Seen) Sure() string {
	switch {
	case s.Field == "":
		return "no field"
	case s.Alias == "":
		return "known"
	case s.Score >= 0.85:
		return "sure"
	case s.Score >= 0.6:
		return "likely"
	}
	return "perhaps"
}

// Lack is a field that the policy needs and the form does not ask for.
type Lack struct {
	Field    string
	Required bool // a line without it is returned
	Advice   request.Text
}

// Proposal is what was seen of a form and what follows.
type Proposal struct {
	Sheet      string
	HeaderRows []int  // none: a form of boxes
	Columns    []Seen // by column
	Boxes      []Seen // by row
	Footers    []Seen
	Config     forms.Config
	Lacks      []Lack

	grid    *grid
	table   *table
	end     int // the last row of the table
	answers []unsureAnswer
}

// Found reports whether anything that looks like a request form was seen.
func (p *Proposal) Found() bool {
	return p.HeaderRows != nil || len(p.Config.Aliases) > 0 || len(p.Boxes) > 0
}

type adopter struct {
	needs    Needs
	meanings meanings
}

// Propose looks at every sheet of a workbook and proposes how its likeliest form is read. data are the bytes that book was
// opened from.
func Propose(ctx context.Context, book *workbook.Book, data []byte, needs Needs) (*Proposal, error) {
	a := &adopter{needs: needs, meanings: meanings{}}
	var best *grid
	var header *table
	most := 0.0
	for i, sheet := range book.Sheets() {
		if sheet.Kind != "worksheet" && sheet.Kind != "" {
			continue
		}
		g, err := readGrid(ctx, book, i)
		if err != nil {
			return nil, err
		}
		t := a.findTable(g)
		score := a.formScore(g, t)
		if best == nil || score > most {
			best, header, most = g, t, score
		}
	}
	if best == nil {
		return &Proposal{}, nil
	}
	var err error
	if best.lists, err = workbook.DropDowns(data, best.name); err != nil {
		return nil, err
	}
	return a.propose(best, header), nil
}

// explaining are words of sheets that explain a form or feed its lists.
var explaining = []string{"instruction", "readme", "example", "exemple", "help", "aide", "guide", "list", "data", "donnee", "lookup", "howto", "directive", "note", "sample", "legend", "log"}

// formScore is how much a sheet looks like the form of its workbook.
func (a *adopter) formScore(g *grid, t *table) float64 {
	score := 0.0
	if t != nil {
		score = 3 + t.score
	} else {
		seen := map[string]bool{}
		for row := 1; row <= g.last; row++ {
			for _, c := range g.labels(row) {
				if found := a.meanings.of(c.text); len(found) > 0 && found[0].Likely() {
					seen[found[0].Name] = true
				}
			}
		}
		score = 0.8 * float64(len(seen))
	}
	name := request.Fold(g.name)
	if slices.ContainsFunc(explaining, func(w string) bool { return strings.Contains(name, w) }) || name == "handrail" {
		score -= 6
	}
	if g.hidden {
		score -= 4
	}
	return score
}

func (a *adopter) propose(g *grid, t *table) *Proposal {
	p := &Proposal{Sheet: g.name, grid: g, table: t}
	boxes, footers := a.boxes(g, t)
	if t != nil {
		p.HeaderRows, p.end = t.rows, a.tableEnd(g, t)
		p.Columns = a.columns(g, t, footers)
	}
	p.Footers = footers
	p.Boxes = a.takeBoxes(boxes, p.Columns)
	p.Config.Aliases = map[string][]string{}
	for _, seen := range slices.Concat(p.Columns, p.Boxes) {
		if seen.Field != "" && seen.Alias != "" && !slices.Contains(p.Config.Aliases[seen.Field], seen.Alias) {
			p.Config.Aliases[seen.Field] = append(p.Config.Aliases[seen.Field], seen.Alias)
		}
	}
	p.findAnswers()
	p.findLacks(a.needs)
	return p
}

// has reports whether the form asks for a field.
func (p *Proposal) has(name string) bool {
	is := func(s Seen) bool { return s.Field == name }
	if slices.ContainsFunc(p.Columns, is) || slices.ContainsFunc(p.Boxes, is) {
		return true
	}
	return slices.ContainsFunc(p.Footers, func(s Seen) bool { return s.Field == name && (name == "tax" || name == "net" || name == "total") })
}

// isOrigin is true for what stands above a table only.
func isOrigin(name string) bool {
	return name == "requester" || name == "email" || name == "branch" || name == "language"
}
