package statement

import (
	"fmt"
	"slices"
	"strings"
	"unicode"

	"handrail/internal/request"
	"handrail/internal/workbook"
)

// looked is how many rows of a column are looked at to learn what it holds.
const looked = 2000

// content is what stands in a column: how many of its filled cells can be read as what.
type content struct {
	filled, dates, amounts, currencies, cards, names, directions, statuses, categories int
}

// contentOf looks at a column, counted from 0.
func (s *sheetReader) contentOf(column int) content {
	var c content
	for n := range s.rows[:min(len(s.rows), looked)] {
		v := s.rows[n].at(column)
		if v.text == "" || len(s.rows[n].cells) > len(s.header.cells) || s.footer(&s.rows[n]) || s.repeatsHeader(&s.rows[n]) {
			continue
		}
		c.filled++
		c.count(s, v)
	}
	return c
}

func (c *content) count(s *sheetReader, v cellValue) {
	text := v.text
	_, why := parseDay(text, s.dates)
	if isDay := !v.date.IsZero() || why == "" || why == twoWays; isDay {
		c.dates++
	}
	digits, letters := digitsIn(text), strings.IndexFunc(text, unicode.IsLetter) >= 0
	if _, _, why := parseSum(v, anyMark); why != notRead {
		c.amounts++
	}
	if _, ok := request.MinorDigits(strings.ToUpper(text)); ok && len(text) == 3 {
		c.currencies++
	}
	if digits >= 4 && strings.ContainsAny(text, "*Xx•") && strings.Trim(text, "*Xx•0123456789 -.") == "" || digits >= 13 && allDigits(strings.NewReplacer(" ", "", "-", "").Replace(text)) {
		c.cards++
	}
	if digits == 4 && len(text) == 4 {
		c.categories++
	}
	if directionOf(text) != noDirection {
		c.directions++
	}
	if s.statusOf(text) != unknownStatus {
		c.statuses++
	}
	if letters && isName(text) {
		c.names++
	}
}

// isName reports a text that may be a merchant's: it has letters beside what else stands in it, and is no number of a line.
func isName(text string) bool {
	if strings.HasPrefix(text, "HR-") && digitsIn(text) >= 8 || strings.Trim(text, "*Xx•0123456789 -.") == "" {
		return false
	}
	_, why := parseDay(text, unknownOrder)
	return why == notRead
}

// sensibleColumns refuses a file in which a column does not hold what its header says, or in which one that counts has no header: it
// would be read wrongly in every row.
func (s *sheetReader) sensibleColumns(own map[string]field) error {
	if err := s.sensibleTexts(); err != nil {
		return err
	}
	if err := s.taxBeside(own); err != nil {
		return err
	}
	for i, c := range s.header.cells {
		if c.text != "" || s.out.fields[i] != noField || !s.used(i) || len(s.options.profile().Columns) > 0 {
			continue
		}
		what := s.contentOf(i)
		if 2*max(what.dates, what.amounts, what.currencies, what.directions, what.statuses) > what.filled {
			return refuse(s.options, "unnamed-column", s.header.line,
				fmt.Sprintf("Column %s has no header, and what stands in it may change what the rows mean. Name it, or set a profile for this sender: handrail statement FILE proposes one.", workbook.Column(i+1)),
				fmt.Sprintf("La colonne %s n’a pas d’en-tête, et ce qu’elle contient peut changer le sens des lignes. Nommez-la ou inscrivez un profil pour cet expéditeur\u00a0: handrail statement FICHIER en propose un.", workbook.Column(i+1)))
		}
		s.note(&s.header, i+1, request.NoteSeverity, "unnamed-column", "This column has no header and was not looked at.", "Cette colonne n’a pas d’en-tête et n’a pas été lue.")
	}
	return nil
}

func (s *sheetReader) sensibleTexts() error {
	if i := s.at[merchantName]; i > 0 {
		if c := s.contentOf(i - 1); c.filled > 0 && (2*c.names <= c.filled || max(c.directions, c.statuses) == c.filled && c.filled > 1) && s.why[i-1] != byProfile {
			return s.otherThanHeader(i, "merchant")
		}
		if other := s.betterMerchant(i - 1); other >= 0 && s.why[i-1] != byProfile {
			return s.twoColumns(merchantName, other, i-1)
		}
	} else if i := slices.IndexFunc(s.header.cells, func(c cellValue) bool { return c.text == "" }); i >= 0 && s.used(i) && s.contentOf(i).names > 0 {
		return refuse(s.options, "no-header", s.header.line, "Its header has no column for the merchant, and column "+workbook.Column(i+1)+" has no header.",
			"Son en-tête n’a pas de colonne pour le marchand, et la colonne "+workbook.Column(i+1)+" n’a pas d’en-tête.")
	}
	if i := s.at[cardNumber]; i > 0 {
		if c := s.contentOf(i - 1); c.filled > 0 && 2*c.names > c.filled && !s.digitsThroughout(i-1) {
			return s.otherThanHeader(i, "card")
		}
	}
	if i := s.at[merchantCategory]; i > 0 {
		if c := s.contentOf(i - 1); c.filled > 0 && c.categories == 0 && (c.dates == c.filled || 2*c.amounts > c.filled) || c.cards > 0 {
			return s.otherThanHeader(i, "category")
		}
	}
	return nil
}

// digitsThroughout reports a column of names of accounts that all end in digits.
func (s *sheetReader) digitsThroughout(i int) bool {
	for n := range s.rows[:min(len(s.rows), looked)] {
		if text := s.rows[n].text(i); text != "" && digitsIn(text) < 2 {
			return false
		}
	}
	return true
}

// betterMerchant is a column of no field that names somebody in every row where the merchant's says only what kind of row it is; -1 for none.
func (s *sheetReader) betterMerchant(merchant int) int {
	if !s.generic(merchant) {
		return -1
	}
	for _, i := range s.extra {
		if c := s.contentOf(i); s.header.cells[i].text != "" && c.filled > 1 && c.names == c.filled && !s.generic(i) && s.distinct(i) > s.distinct(merchant) {
			return i
		}
	}
	return -1
}

func (s *sheetReader) otherThanHeader(column int, name string) error {
	header := s.header.cells[column-1].text
	return refuse(s.options, "content", s.header.line,
		fmt.Sprintf("Column %s (%s) is %s by its header and holds something else. Export the file again, or name the right column in the sender's profile: columns = { %s = … }.", workbook.Column(column), request.QuoteEN(header), name, name),
		fmt.Sprintf("La colonne %s (%s) est %s d’après son en-tête, mais contient autre chose. Exportez de nouveau le fichier ou désignez la bonne colonne dans le profil de l’expéditeur\u00a0: columns = { %s = … }.", workbook.Column(column), request.QuoteFR(header), name, name))
}

var taxHeaders = []string{"vat", "tva", "tax", "taxes", "gst", "hst", "tps", "tvq", "pst"}

// taxBeside refuses amounts without tax beside a column of taxes: whether the card was charged one or both, nobody can say.
func (s *sheetReader) taxBeside(own map[string]field) error {
	i := s.at[chargeAmount]
	if i == 0 || taxed(s.header.cells[i-1].text) >= 0 || named(s.header.cells[i-1].text, own) || s.why[i-1] == byProfile {
		return nil
	}
	for _, x := range s.extra {
		header := request.SupplierWords(s.header.cells[x].text)
		if !slices.ContainsFunc(header, func(w string) bool { return slices.Contains(taxHeaders, w) }) || len(header) > 3 {
			continue
		}
		for n := range s.rows {
			tax, _, why := parseSum(s.rows[n].at(x), anyMark)
			if why == "" && !tax.IsZero() && !s.footer(&s.rows[n]) {
				return refuse(s.options, "ambiguous", s.header.line,
					fmt.Sprintf("Column %s is without tax and column %s is the tax: the card was charged the first alone, or both together. Export the amount that was charged, or name it in the sender's profile: columns = { amount = %q }.", workbook.Column(i), workbook.Column(x+1), s.header.cells[i-1].text),
					fmt.Sprintf("La colonne %s est hors taxes et la colonne %s donne la taxe\u00a0: la carte a été débitée de la première seule ou des deux ensemble. Exportez le montant débité ou désignez-le dans le profil de l’expéditeur\u00a0: columns = { amount = %q }.", workbook.Column(i), workbook.Column(x+1), s.header.cells[i-1].text))
			}
		}
	}
	return nil
}
