package statement

import (
	"encoding/csv"
	"fmt"
	"strings"
	"testing"
	"unicode/utf8"

	"golang.org/x/text/encoding/unicode"

	"handrail/internal/workbook"
)

// Of an outsider's layouts that are read as they are: where headers change places or go, where the file is cut anywhere or comes in another encoding, every amount is the
// same with the same sign, or somebody is told. What no reader can see is not held against it: which of two names is the merchant's, which of two dates, cards or
// currencies is which, and which of two amounts was charged where both are a charge's.
func TestOutsidersLayoutsMutated(t *testing.T) {
	tried, texts, silent := 0, 0, map[string]int{}
	for _, o := range outsideLayouts(t) {
		options := Options{Name: o.file, Currency: "CAD"}
		if p := o.profile; p != nil {
			options.Currency = p.Currency
		}
		s, err := Read(t.Context(), o.data, workbook.DefaultBounds(), options)
		if o.verdict == "refuse" || err != nil || o.heldAgainst(s) != "" || !utf8.Valid(o.data) {
			continue
		}
		text := strings.TrimPrefix(string(o.data), "\ufeff")
		rows, err := bestRows(t.Context(), text, options)
		if err != nil {
			t.Fatal(err)
		}
		at := -1
		for i := range rows {
			if rows[i].line == s.Header {
				at = i
			}
		}
		if at < 0 {
			continue
		}
		check := func(name string, data []byte) {
			t.Helper()
			tried++
			s, err := Read(t.Context(), data, workbook.DefaultBounds(), options)
			if err != nil || len(s.Problems) > 0 {
				return
			}
			if off := o.heldAgainst(s); off != "" {
				what := strings.Fields(name)[0]
				if !strings.Contains(off, ": amount ") && !strings.Contains(off, "; amount ") && !strings.Contains(off, " charges of ") || twoAmounts(name) {
					texts++
					return
				}
				silent[what]++
				t.Errorf("%s, %s: %s", o.file, name, off)
			}
		}
		mutated := func(name string, change func(rows [][]string)) {
			cells := make([][]string, len(rows)-at)
			for i, r := range rows[at:] {
				for _, c := range r.cells {
					cells[i] = append(cells[i], c.text)
				}
			}
			change(cells)
			var b strings.Builder
			w := csv.NewWriter(&b)
			if err := w.WriteAll(cells); err != nil {
				t.Fatal(err)
			}
			check(name, []byte(b.String()))
		}
		mutated("unchanged", func([][]string) {})
		width := len(rows[at].cells)
		for a := range width {
			for b := a + 1; b < width; b++ {
				if knownHeader(rows[at].cells[a].text, nil) == noField && knownHeader(rows[at].cells[b].text, nil) == noField {
					continue // neither is read
				}
				mutated(fmt.Sprintf("headers %q and %q", rows[at].cells[a].text, rows[at].cells[b].text), func(rows [][]string) { rows[0][a], rows[0][b] = rows[0][b], rows[0][a] })
			}
			mutated(fmt.Sprintf("headerless %q", rows[at].cells[a].text), func(rows [][]string) { rows[0][a] = "" })
		}
		wide, err := unicode.UTF16(unicode.LittleEndian, unicode.UseBOM).NewEncoder().Bytes([]byte(text))
		if err != nil {
			t.Fatal(err)
		}
		check("UTF-16", wide)
		for cut := len(text) / 3; cut < len(text); cut += max(1, len(text)/29) {
			part, err := Read(t.Context(), []byte(text[:cut]), workbook.DefaultBounds(), options)
			tried++
			if err != nil || len(part.Problems) > 0 {
				continue
			}
			whole := o
			whole.truth = o.truth[:min(len(part.Charges), len(o.truth))]
			if off := whole.heldAgainst(part); strings.Contains(off, "amount ") {
				silent["cut"]++
				t.Errorf("%s, cut at %d: %s", o.file, cut, off)
			}
		}
	}
	t.Logf("%d mutations, amounts misread in silence: %v; another text, day or card: %d", tried, silent, texts)
	if tried < 1000 {
		t.Errorf("only %d mutations were tried", tried)
	}
}

// twoAmounts is true where the headers of two amounts, or of two currencies, change places.
func twoAmounts(mutation string) bool {
	_, both, swapped := strings.Cut(mutation, "headers ")
	one, other, _ := strings.Cut(both, " and ")
	amounts := func(header string) bool {
		f := knownHeader(strings.Trim(header, `"`), nil)
		return f == chargeAmount || f == originalAmount || f == debitAmount || f == creditAmount || f == chargeCurrency || f == originalCurrency
	}
	return swapped && amounts(one) && amounts(other)
}
