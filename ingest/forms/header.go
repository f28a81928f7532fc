package forms

import (
	"strings"

	"handrail/internal/request"
	"handrail/internal/workbook"
)

// foundHeader is the header of the table of lines, among the first rows of a sheet.
type foundHeader struct {
	ok      bool
	example bool // the table calls itself an example, and there is no other
	header  headerRows
	skipped [][2]int // from and to index, of example tables above
}

func (f *foundHeader) skips(i int) bool {
	for _, s := range f.skipped {
		if s[0] <= i && i < s[1] {
			return true
		}
	}
	return false
}

// findHeader finds the header of the table of lines: the first row with at least four known headers, or two rows that are one
// header. Three kinds of rows only look like one. A row of labels with their boxes ("Currency | CAD | Payment | invoice | …")
// belongs to a form of labels when more such rows follow, or nothing does. The head of a list of choices has nothing to buy.
// And a table of accounts, or one that calls itself an example, stands back behind one further down that has things to buy.
func findHeader(rows []workbook.Row, words *formWords, merged headMerges) foundHeader {
	counts := make([]labelCount, len(rows))
	for i := range rows {
		counts[i] = countLabels(&rows[i], words)
	}
	best, thin := foundHeader{}, false
	for i := 0; i < len(rows); i++ {
		h, ok := oneHeader(rows, i, words, merged)
		if !ok || h.first == h.last && counts[i].boxed && belongsToLabels(counts[i], counts[i+1:]) {
			continue
		}
		example := isExample(rows, i)
		buys := buysThings(&h, words)
		switch {
		case !best.ok, best.example && !example, thin && buys && !example:
			skipped := best.skipped
			if best.ok && best.example {
				skipped = append(skipped, [2]int{best.header.first, endOfBlock(rows, best.header.last, i)})
			}
			best, thin = foundHeader{ok: true, example: example, header: h, skipped: skipped}, !buys
		}
		if !thin && !best.example {
			return best
		}
		i = h.last
	}
	return best
}

// endOfBlock is the index of the first row under a table that nothing belongs to, at most to.
func endOfBlock(rows []workbook.Row, from, to int) int {
	for i := from + 1; i < to; i++ {
		if rowIsBlank(&rows[i]) || rows[i].Number != rows[i-1].Number+1 {
			return i
		}
	}
	return to
}

// buysThings reports whether a header asks for what is bought, and not only for the accounts that pay for it.
func buysThings(h *headerRows, words *formWords) bool {
	for i := range h.row.Cells {
		c := &h.row.Cells[i]
		m, ok := words.headerLookup(textOf(c), h.parts, c.Col)
		if !ok {
			continue
		}
		switch m.field {
		case request.Title, request.Supplier, request.Quantity, request.UnitPrice:
			return true
		}
	}
	return false
}

var exampleStarts = []string{"example", "exemple", "workedexample", "specimen", "modele", "sampleline", "samplerequest", "sampleentry"}

// isExample reports whether the nearest row above a header, at most three rows up, calls the table an example.
func isExample(rows []workbook.Row, header int) bool {
	for i := header - 1; i >= 0 && rows[header].Number-rows[i].Number <= 3; i-- {
		for j := range rows[i].Cells {
			c := &rows[i].Cells[j]
			if isBlank(c) {
				continue
			}
			if !isText(c) || len(c.Value) > longestHeader {
				return false
			}
			folded := request.Fold(c.Value)
			for _, w := range exampleStarts {
				if strings.HasPrefix(folded, w) {
					return true
				}
			}
			return false
		}
	}
	return false
}
