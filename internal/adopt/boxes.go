package adopt

import (
	"slices"
	"strings"

	"handrail/ingest/forms"
	"handrail/internal/request"
	"handrail/internal/workbook"
)

// boxes are the labels outside the table, and the labels of its footer.
func (a *adopter) boxes(g *grid, t *table) (boxes, footers []Seen) {
	first, last := 0, 0 // the rows of the table
	if t != nil {
		first, last = t.rows[0], a.tableEnd(g, t)
	}
	for row := 1; row <= g.last; row++ {
		if t != nil && row >= first && row <= last {
			continue
		}
		if titleOnly := len(g.rows[row]) == 1 && row == g.first; titleOnly {
			continue
		}
		for _, c := range g.labels(row) {
			seen := Seen{Cell: c.ref(), Words: c.words(), Kind: "box", col: c.col, row: row, Second: a.meanings.of(c.text)}
			if t != nil && row > last {
				if kind := footerOf(seen.Second, c.text); kind != "" && a.sumsBeside(g, t, c) {
					seen.Kind, seen.Field, seen.Score = "footer", kind, 1
					footers = append(footers, seen)
					continue
				}
			}
			place, ok := a.valuePlace(g, c)
			if left, filled := g.at(c.col-1, row); !ok || filled && isCheckBox(left.text) {
				continue
			}
			if t != nil && row > last {
				seen.Second = slices.DeleteFunc(slices.Clone(seen.Second), func(r forms.Resemblance) bool { return !signed(r.Name, c.text) })
			}
			seen.Value = place
			if col, line, ok := workbook.ParseRef(place); ok {
				seen.answers = g.answers(col, line)
			}
			boxes = append(boxes, seen)
		}
	}
	return boxes, footers
}

// signed is true for what may stand below a table: who answers for it, and why. A second table there says how the money is
// charged, who got quotes, whom to send it to. A manager is known by an address: a label over a signature asks for none.
func signed(name, words string) bool {
	switch name {
	case "authorized_by", "cardholder":
		folded := request.Fold(words)
		return strings.Contains(folded, "mail") || strings.Contains(folded, "courriel")
	case "justification", "rationale", "authorized_on", "authorized_amount", "payment", "standing_offer", "terms_accepted", "security", "public_servant":
		return true
	}
	return false
}

// footerOf is the sum that a label under a table names; "" for none.
func footerOf(found []forms.Resemblance, text string) string {
	if len(found) > 0 && found[0].Score >= possible {
		switch found[0].Name {
		case "tax", "net", "total":
			return found[0].Name
		}
	}
	for _, word := range []string{"shipping", "freight", "transport", "delivery", "livraison", "port", "handling"} {
		if strings.HasPrefix(request.Fold(text), word) || strings.HasSuffix(request.Fold(text), word) {
			return "shipping"
		}
	}
	return ""
}

// sumsBeside is true where a sum stands, or can stand, right of a label and under an amount of the table.
func (a *adopter) sumsBeside(g *grid, t *table, label cell) bool {
	for _, h := range t.columns {
		found := a.ofColumn(h)
		if h.at.endCol <= label.endCol || len(found) == 0 {
			continue
		}
		switch found[0].Name {
		case "net", "total", "tax":
			value, ok := g.at(h.col, label.row)
			if !ok || value.formula || value.number {
				return true
			}
		}
	}
	return false
}

// tableEnd is the last row of a table: the one above the first row that has labels and no look of the rows before, or of
// sums. Rows that a template prepared and rows that somebody filled are the table's.
func (a *adopter) tableEnd(g *grid, t *table) int {
	under := t.rows[len(t.rows)-1]
	for row := under + 1; row <= g.last; row++ {
		labels := g.labels(row)
		if len(labels) == 0 {
			continue
		}
		sums, numbers := 0, 0
		for _, c := range g.rows[row] {
			if c.number || c.formula {
				numbers++
			}
		}
		outside := 0
		for _, c := range labels {
			found := a.meanings.of(c.text)
			if footerOf(found, c.text) != "" && len(labels) <= 2 {
				sums++
			}
			if len(found) > 0 && found[0].Likely() || forms.IsNoField(c.text) || strings.HasSuffix(c.text, ":") {
				outside++
			}
		}
		first := g.rows[row][0]
		if sums > 0 && numbers >= 0 && !isSection(g, t, row) && len(labels) == sums && !first.number && !a.linesFollow(g, t, row) ||
			outside*2 > len(labels) && numbers == 0 && !a.linesFollow(g, t, row) {
			return row - 1
		}
	}
	return g.last
}

// isSection is true for a heading over the whole width of the table.
func isSection(g *grid, t *table, row int) bool {
	c := g.rows[row][0]
	return len(g.rows[row]) == 1 && c.endCol > c.col && c.col <= t.columns[0].col && c.endCol >= t.columns[len(t.columns)-1].col
}

// linesFollow is true where rows of lines go on under a row: a prepared number, or a formula, in the first or the amount
// columns of two of the next three rows.
func (a *adopter) linesFollow(g *grid, t *table, row int) bool {
	like := 0
	shape := len(g.rows[t.rows[len(t.rows)-1]+1])
	for next := row + 1; next <= row+3; next++ {
		cells := g.rows[next]
		if shape > 1 && len(cells) >= shape && len(g.labels(next)) == 0 {
			like++
		}
	}
	return like >= 2
}

// valuePlace is the cell where a label's value goes: right of it, below it, or, of "Name: ____", itself.
func (a *adopter) valuePlace(g *grid, c cell) (string, bool) {
	if strings.Contains(c.text, "___") || strings.Contains(c.text, "....") {
		return c.ref(), true
	}
	right, filledRight := g.at(c.endCol+1, c.row)
	lastRow := c.row
	if m, ok := g.merged[[2]int{c.col, c.row}]; ok {
		lastRow = m.LastRow
	}
	below, filledBelow := g.at(c.col, lastRow+1)
	_, mergedRight := g.merged[[2]int{c.endCol + 1, c.row}]
	_, mergedBelow := g.merged[[2]int{c.col, lastRow + 1}]
	rightRef, belowRef := workbook.Ref(c.endCol+1, c.row), workbook.Ref(c.col, lastRow+1)
	rightIsLabel := filledRight && a.isLabel(right)
	belowIsLabel := filledBelow && a.isLabel(below)
	switch {
	case filledRight && !rightIsLabel:
		return rightRef, true
	case filledBelow && !belowIsLabel && (filledRight || !mergedRight && !strings.HasSuffix(c.text, ":")):
		return belowRef, true
	case !filledRight && (mergedRight || !mergedBelow):
		return rightRef, true
	case !filledBelow:
		return belowRef, true
	case !filledRight:
		return rightRef, true
	}
	return "", false
}

func (a *adopter) isLabel(c cell) bool {
	if !c.isText || isPrompt(c.text) || isCheckBox(c.text) {
		return false
	}
	if len(c.text) > longestWords || strings.HasSuffix(c.text, ":") {
		return true
	}
	found := a.meanings.of(c.text)
	return len(found) > 0 && found[0].Likely() || forms.IsNoField(c.text)
}

// takeBoxes gives boxes their fields: those of the columns are asked for already, but a box may still say them once for
// all lines where its words are sure.
func (a *adopter) takeBoxes(boxes, columns []Seen) []Seen {
	asked := map[string]bool{}
	for _, c := range columns {
		asked[c.Field] = true
	}
	authorized := slices.ContainsFunc(boxes, func(s Seen) bool {
		return len(s.Second) > 0 && s.Second[0].Name == "authorized_by" && s.Second[0].Likely()
	})
	for i := range boxes {
		boxes[i].Second = slices.DeleteFunc(slices.Clone(boxes[i].Second), func(r forms.Resemblance) bool {
			return asked[r.Name] || columns != nil && perLine(r.Name)
		})
	}
	give(boxes, func(s *Seen) float64 {
		switch first := s.Second[0].Name; {
		case first == "requester" || first == "branch" || first == "email":
			return 0.5
		case first == "authorized_on" && authorized:
			return 0.5
		}
		return 0.6
	})
	joinTaxes(boxes)
	for i := range boxes {
		s := &boxes[i]
		if s.Field == "" {
			continue
		}
		s.Why = "its words"
		if name, known := forms.KnownLabel(s.Words); known && name == s.Field {
			s.Why = "one of Handrail’s own labels"
			continue
		}
		s.Alias = s.Words
	}
	return boxes
}

// perLine is true for what a box over a table of lines cannot say of each of them.
func perLine(name string) bool {
	switch name {
	case "item", "title", "title_other", "description", "quantity", "unit_price", "net", "tax", "total":
		return true
	}
	return false
}

// joinTaxes takes the second of two taxes: a line's tax is their sum.
func joinTaxes(all []Seen) {
	another := func(words string) bool {
		return slices.ContainsFunc(all, func(s Seen) bool { return s.Field == "tax" }) &&
			!slices.ContainsFunc(all, func(s Seen) bool { return s.Field == "tax" && !forms.OtherTax(s.Words, words) })
	}
	for i := range all {
		if s := &all[i]; s.Field == "" && len(s.Second) > 0 && s.Second[0].Name == "tax" && s.Second[0].Score >= 0.85 && another(s.Words) {
			s.Field, s.Score, s.Why = "tax", s.Second[0].Score, "one of two taxes: the tax is their sum"
		}
	}
}
