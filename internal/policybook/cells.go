package policybook

import (
	"context"
	"slices"
	"strconv"
	"strings"

	"github.com/shopspring/decimal"

	"handrail/internal/request"
	"handrail/internal/workbook"
)

// readSheet is a sheet of a workbook that came in.
type readSheet struct {
	sheet   *sheet
	index   int
	tab     string
	header  int
	cols    map[int]string // by column number: the column's id
	lastCol int
	rows    []*record
}

// cellOf is the cell of a row's column, "" where the sheet has no such column.
func (rs *readSheet) cellOf(row int, col string) string {
	for n, id := range rs.cols {
		if id == col {
			return workbook.Ref(n, row)
		}
	}
	return ""
}

// bookReader reads the cells of a workbook.
type bookReader struct {
	book   *workbook.Book
	lang   request.Lang
	sheets map[string]*readSheet
	result *Result
	known  map[string]bool // columns that the text says something in, "limits.from"
}

// raw is a cell as it is read.
type rawCell struct {
	col                          int
	text                         string // what a person sees
	number                       bool   // a number, in text without its format
	date                         bool
	formula, stale, error, faint bool
	struck                       bool
	format                       *workbook.FormatSection
	value                        decimal.Decimal
}

type rawRow struct {
	number int
	hidden bool
	cells  []rawCell
}

func (b *bookReader) mistake(tab, cell string, row int, t request.Text) {
	if len(b.result.Mistakes) >= mostMistakes {
		return
	}
	for _, m := range b.result.Mistakes {
		if m.Sheet == tab && m.Cell == cell && (cell != "" || m.Words == t) {
			return // one mistake a cell: what follows from it is noise
		}
	}
	b.result.Mistakes = append(b.result.Mistakes, Mistake{Sheet: tab, Cell: cell, Row: row, Words: t})
}

func (b *bookReader) note(tab, cell string, row int, t request.Text) {
	b.result.Notes = append(b.result.Notes, Mistake{Sheet: tab, Cell: cell, Row: row, Words: t})
}

// mostRows bounds the rows of a sheet: a policy has a thousand of a kind at most, and lists and examples have more.
const mostRows, mostEntries = 5_000, 20_000

// mostMistakes bounds what is said of one workbook.
const mostMistakes = 1_000

func (b *bookReader) rawRows(ctx context.Context, index int) ([]rawRow, error) {
	var rows []rawRow
	most := mostRows
	if s := sheetNamed(b.book.Sheets()[index].Name); s != nil && s.id == "lists" {
		most = mostEntries
	}
	err := b.book.Rows(ctx, index, func(r *workbook.Row) error {
		if len(rows) >= most {
			return &workbook.Error{Code: workbook.TooLarge, Bound: "Rows", Found: int64(most) + 1, Limit: int64(most),
				Message: bothf("A sheet of this workbook has more than %d rows: is it a policy?", "Une feuille de ce classeur compte plus de %d lignes : est-ce une politique?", most)}
		}
		row := rawRow{number: r.Number, hidden: r.Hidden}
		for i := range r.Cells {
			c := &r.Cells[i]
			if c.Col > 200 {
				break
			}
			x := rawCell{col: c.Col, text: cleanText(c.Value), formula: c.HasFormula, stale: c.HasFormula && !c.HasValue, error: c.Type == workbook.ErrorCell}
			f := b.book.FormatOf(c.Style)
			if f != nil {
				x.faint, x.struck = f.Invisible, f.Struck
			}
			switch c.Type {
			case workbook.NumberCell:
				n, err := decimal.NewFromString(c.Value)
				if err != nil {
					x.error = true
					break
				}
				x.number, x.value = true, n
				if f != nil {
					x.format = f.For(n)
				}
			case workbook.DateCell:
				x.date = true
				x.text, _, _ = strings.Cut(x.text, "T")
			case workbook.BoolCell:
			}
			if x.text != "" || x.formula || x.error {
				row.cells = append(row.cells, x)
			}
		}
		if len(row.cells) > 0 {
			rows = append(rows, row)
		}
		return nil
	})
	return rows, err
}

// heads finds the columns of a row of headers.
func heads(s *sheet, r *rawRow) map[int]string {
	cols := map[int]string{}
	seen := map[string]bool{}
	for _, c := range r.cells {
		id := ""
		if col := s.columnHeaded(c.text); col != nil {
			id = col.id
		} else if s.id == "examples" {
			id = exampleHead(c.text)
		}
		if id != "" && !seen[id] {
			seen[id] = true
			cols[c.col] = id
		}
	}
	return cols
}

// exampleHead is the column of a header of the sheet Examples that is a field or its like.
func exampleHead(s string) string {
	first, _, _ := strings.Cut(strings.TrimSpace(s), "\n")
	first = strings.TrimSpace(first)
	if strings.HasPrefix(first, "[") && strings.HasSuffix(first, "]") && len(first) > 2 {
		return "extra." + first[1:len(first)-1]
	}
	for _, k := range exampleKeys {
		t := exampleHeads[k]
		if f := request.Fold(first); first == k || f == request.Fold(t.EN) || f == request.Fold(t.FR) {
			return k
		}
	}
	if _, ok := request.FieldByName(first); ok {
		return first
	}
	for _, info := range request.Fields() {
		if f := request.Fold(first); f != "" && (f == request.Fold(info.Label.EN) || f == request.Fold(info.Label.FR)) {
			return info.Name
		}
	}
	return ""
}

// ownHeads are the headers that Annotate writes.
var ownHeads = []request.Text{both("Result", "Résultat"), both("What came out", "Ce qui en est advenu"), both("Handrail", "Handrail")}

// read reads the sheets of the workbook.
func (b *bookReader) read(ctx context.Context) error {
	taken := map[int]bool{}
	infos := b.book.Sheets()
	raws := map[int][]rawRow{}
	load := func(i int) error {
		if _, ok := raws[i]; ok {
			return nil
		}
		rows, err := b.rawRows(ctx, i)
		raws[i] = rows
		return err
	}
	add := func(i int, s *sheet) error {
		if err := load(i); err != nil {
			return err
		}
		taken[i] = true
		rs := &readSheet{sheet: s, index: i, tab: infos[i].Name}
		b.sheets[s.id] = rs
		if infos[i].State != workbook.Visible {
			b.mistake(rs.tab, "", 0, both("this sheet is hidden, and what nobody sees is not read; show it, and send the workbook again", "cette feuille est masquée, et ce que personne ne voit n’est pas lu; affichez-la et renvoyez le classeur"))
		}
		return nil
	}
	for i, info := range infos {
		s := sheetNamed(info.Name)
		if s == nil || b.sheets[s.id] != nil || info.Kind != "worksheet" {
			continue
		}
		if err := add(i, s); err != nil {
			return err
		}
	}
	// A sheet with another name is known by its headers.
	for i, info := range infos {
		if taken[i] || info.Kind != "worksheet" || info.State != workbook.Visible || info.Name == originalSheet || len(b.sheets) >= len(sheets) || strings.HasPrefix(info.Name, "Handrail") {
			continue
		}
		if err := load(i); err != nil {
			return err
		}
		for k := range sheets {
			s := &sheets[k]
			if b.sheets[s.id] != nil || len(s.cols) == 0 {
				continue
			}
			if at := headerOf(s, raws[i]); at >= 0 && len(heads(s, &raws[i][at]))*3 >= len(s.cols)*2 {
				if err := add(i, s); err != nil {
					return err
				}
				break
			}
		}
		if !taken[i] {
			b.note(info.Name, "", 0, both("this sheet is none of a policy’s and was not read", "cette feuille n’est pas de celles d’une politique et n’a pas été lue"))
		}
	}
	for _, id := range []string{"about", "limits", "guardrails", "variants", "totals", "lists", "exemptions", "examples"} {
		if rs := b.sheets[id]; rs != nil {
			if err := b.rows(ctx, rs, raws[rs.index]); err != nil {
				return err
			}
		}
	}
	return nil
}

func headerOf(s *sheet, rows []rawRow) int {
	best, most := -1, 1
	for i := range rows[:min(len(rows), 30)] {
		if n := len(heads(s, &rows[i])); n > most {
			best, most = i, n
		}
	}
	return best
}

// helpTexts are what a row of help says, folded.
func helpTexts(s *sheet) map[string]bool {
	all := map[string]bool{}
	for _, c := range s.cols {
		if c.help.EN != "" {
			all[request.Fold(c.help.EN)], all[request.Fold(c.help.FR)] = true, true
		}
	}
	return all
}

func (b *bookReader) rows(ctx context.Context, rs *readSheet, rows []rawRow) error {
	s := rs.sheet
	at := headerOf(s, rows)
	if at < 0 {
		b.mistake(rs.tab, "", 0, both("the row of headers is missing; take it from a new workbook of the policy", "la ligne des en-têtes manque; reprenez-la d’un nouveau classeur de la politique"))
		return nil
	}
	rs.header, rs.cols = rows[at].number, heads(s, &rows[at])
	layout, err := b.book.Layout(ctx, rs.index)
	if err != nil {
		return err
	}
	unknown := map[int]string{}
	for _, c := range rows[at].cells {
		rs.lastCol = max(rs.lastCol, c.col)
		own := slices.ContainsFunc(ownHeads, func(t request.Text) bool {
			f, _, _ := strings.Cut(c.text, "\n")
			f = strings.TrimSpace(strings.Split(f, "/")[0])
			return strings.EqualFold(f, t.EN) || strings.EqualFold(f, t.FR)
		})
		if rs.cols[c.col] == "" && !own {
			unknown[c.col] = c.text
		}
	}
	for n, id := range rs.cols {
		if layout.ColHidden(n) && b.known[s.id+"."+id] {
			b.note(rs.tab, workbook.Ref(n, rs.header), rs.header, both("this column is hidden; it was read all the same", "cette colonne est masquée; elle a été lue quand même"))
		}
	}
	for i := range s.cols {
		c := &s.cols[i]
		if c.as != ofHandrail && rs.cellOf(1, c.id) == "" && b.known[s.id+"."+c.id] {
			b.mistake(rs.tab, "", 0, bothf("the column “%s” is missing, and the policy says something in it; put it back, or empty its cells", "la colonne «\u00a0%[2]s\u00a0» manque, alors que la politique y dit quelque chose; remettez-la ou videz ses cellules", c.head.EN, c.head.FR))
		}
	}
	help := helpTexts(s)
	hidden := 0
	for i := range rows {
		row := &rows[i]
		if row.number <= rs.header {
			continue
		}
		helps, filled := 0, 0
		for _, c := range row.cells {
			if help[request.Fold(c.text)] || c.text == rs.cols[c.col] && s.id == "examples" || strings.HasPrefix(rs.cols[c.col], "extra.") && (c.text == "A column of your own." || c.text == "Une colonne à vous.") {
				helps++
			}
			if rs.cols[c.col] != "" {
				filled++
			}
		}
		if helps >= 2 && helps*2 >= filled {
			continue
		}
		r := &record{row: row.number, cells: map[string]string{}}
		for j := range row.cells {
			c := &row.cells[j]
			id, ok := rs.cols[c.col]
			if !ok {
				if head, ok := unknown[c.col]; ok && c.text != "" {
					b.mistake(rs.tab, workbook.Ref(c.col, rs.header), rs.header, b.unknownColumn(s, head))
					delete(unknown, c.col)
				}
				continue
			}
			b.cell(rs, r, id, c)
		}
		if r.empty() || onlyOn(r) {
			continue
		}
		if row.hidden {
			hidden++
		}
		rs.rows = append(rs.rows, r)
	}
	if hidden > 0 {
		b.note(rs.tab, "", 0, bothf("%d rows are hidden; they were read all the same", "%d lignes sont masquées; elles ont été lues quand même", hidden))
	}
	return nil
}

func onlyOn(r *record) bool {
	for k, s := range r.cells {
		if s != "" && k != "on" {
			return false
		}
	}
	return true
}

func (b *bookReader) unknownColumn(s *sheet, head string) request.Text {
	if s.id == "examples" {
		f := unknownField("", head)
		return f.words
	}
	var known []string
	for _, c := range s.cols {
		known = append(known, c.head.EN, c.head.FR)
	}
	if c := s.columnHeaded(nearest(head, known)); c != nil {
		return bothf("there is no column “%s”; did you mean “%s”?", "il n’existe pas de colonne «\u00a0%[1]s\u00a0»; vouliez-vous dire «\u00a0%[3]s\u00a0»?", head, c.head.EN, c.head.FR)
	}
	return bothf("there is no column “%s”, and what stands in it is not read; delete it", "il n’existe pas de colonne «\u00a0%s\u00a0», et son contenu n’est pas lu; supprimez-la", head)
}

// stating are the columns of words whose every letter is part of a condition.
var stating = []string{"kind", "what", "how", "value", "total", "number", "only", "whom", "where", "by", "findings", "fields", "guardrail"}

// cell reads a cell into a row, in its canonical form.
func (b *bookReader) cell(rs *readSheet, r *record, id string, c *rawCell) {
	col := rs.sheet.column(id)
	as := words
	if col != nil {
		as = col.as
	}
	if as == ofHandrail {
		return
	}
	cell := workbook.Ref(c.col, r.row)
	wrong := func(t request.Text) { b.mistake(rs.tab, cell, r.row, t) }
	exact := as == money || as == day || as == digits || as == code
	switch {
	case c.error && c.text != "":
		wrong(bothf("the cell shows an error (%s); type what it should say", "la cellule affiche une erreur (%s); saisissez ce qu’elle doit dire", c.text))
		return
	case c.stale || c.error:
		wrong(both("the cell holds a formula without a result; type what it should say", "la cellule contient une formule sans résultat; saisissez ce qu’elle doit dire"))
		return
	case c.formula && (exact || c.number || slices.Contains(stating, id)):
		wrong(both("the cell holds a formula, whose result may be another one tomorrow; type the value itself", "la cellule contient une formule, dont le résultat peut changer demain; saisissez la valeur elle-même"))
		return
	case c.faint && c.text != "":
		wrong(both("the text has the colour of its ground, so nobody sees it; give it a colour, or empty the cell", "le texte a la couleur de son fond et personne ne le voit; donnez-lui une couleur ou videz la cellule"))
		return
	case c.struck:
		wrong(both("the text is crossed out; delete it (of a guardrail: its row), or take the line away", "le texte est biffé; supprimez-le (pour une balise\u00a0: sa ligne) ou enlevez la rature"))
		return
	}
	if c.number && c.format != nil && (c.format.Hides() || c.format.Scale > 0 || c.format.Replaces()) {
		wrong(bothf("the cell holds %s and shows something else; type what it should say", "la cellule contient %s et affiche autre chose; saisissez ce qu’elle doit dire", c.value.String()))
		return
	}
	text := c.text
	if c.number && c.format != nil && c.format.Percent {
		text = c.value.Shift(2).String() + "%"
	}
	if codes := codesOf(rs.sheet.id, id); codes != nil {
		if rs.sheet.id == "examples" && id == "became" {
			r.cells[id] = text
			return
		}
		b.coded(rs, r, id, codes, text, wrong)
		return
	}
	switch as {
	case money:
		b.money(r, id, c, text, wrong)
	case day:
		d, err := request.ParseDay(text)
		if err != nil || c.number {
			if m, ok := err.(*request.Misread); ok && !c.number {
				wrong(m.Message)
			} else {
				wrong(notADay(text))
			}
			return
		}
		r.cells[id] = d.String()
	case digits:
		n := strings.TrimSpace(text)
		if f := strings.Fields(n); len(f) == 2 && slices.Contains([]string{"days", "day", "jours", "jour"}, strings.ToLower(f[1])) {
			n = f[0]
		}
		if i, err := strconv.Atoi(n); err == nil && i >= 0 {
			r.cells[id] = strconv.Itoa(i)
			return
		}
		wrong(bothf("“%s” is no whole number; write digits only, such as 90", "«\u00a0%s\u00a0» n’est pas un nombre entier; écrivez des chiffres seulement, par exemple 90", text))
	default:
		if id == "domains" || id == "findings" {
			text = strings.Join(commaList(text), ", ")
		}
		if isNothing(text) {
			text = nothingWord.EN
		}
		if as == code { // a name: nobody sees a space around it
			text = strings.TrimSpace(text)
		}
		if id == "today" || id == "taken_back" {
			if d, err := request.ParseDay(text); err == nil {
				text = d.String()
			}
		}
		r.cells[id] = text
	}
}

func (b *bookReader) coded(rs *readSheet, r *record, id string, codes []coded, text string, wrong func(request.Text)) {
	if strings.TrimSpace(text) == "" {
		return
	}
	if id == "on" || id == "reason" || id == "near" || id == "taken_back" {
		switch request.Fold(text) {
		case "yes", "oui", "x", "y", "o", "true", "vrai", "1", "on", "active":
			r.cells[id] = "yes"
		case "no", "non", "n", "false", "faux", "0", "off", "inactive":
			r.cells[id] = "no"
		default:
			switch strings.TrimSpace(text) {
			case "✓", "✔", "☑":
				r.cells[id] = "yes"
			case "✗", "✘", "☐":
				r.cells[id] = "no"
			default:
				wrong(bothf("“%s” is neither yes nor no; write yes or no", "«\u00a0%s\u00a0» n’est ni oui ni non; écrivez oui ou non", text))
			}
		}
		return
	}
	if c, ok := codeOf(codes, text); ok {
		r.cells[id] = c
		return
	}
	var en, fr, all []string
	for _, c := range codes {
		en, fr, all = append(en, c.text.EN), append(fr, c.text.FR), append(all, c.text.EN, c.text.FR)
	}
	t := bothf("“%s” is not known here; write %s", "«\u00a0%[1]s\u00a0» n’est pas connu ici; écrivez %[3]s", text, strings.Join(en, ", "), strings.Join(fr, ", "))
	if n := nearest(text, all); n != "" {
		t = bothf("“%s” is not known here; did you mean “%s”?", "«\u00a0%s\u00a0» n’est pas connu ici; vouliez-vous dire «\u00a0%s\u00a0»?", text, n)
	}
	wrong(t)
	_ = rs
}

func (b *bookReader) money(r *record, id string, c *rawCell, text string, wrong func(request.Text)) {
	if c.date {
		wrong(bothf("the cell holds a day, %s; write an amount, such as 15000.00", "la cellule contient un jour, %s; écrivez un montant, par exemple 15 000,00", text))
		return
	}
	if c.number {
		if c.format != nil && c.format.Percent {
			wrong(bothf("the cell shows %s; write an amount, such as 15000.00", "la cellule affiche %s; écrivez un montant, par exemple 15 000,00", text))
			return
		}
		n := c.value
		if n.Exponent() < -8 { // what a double makes of a sum
			n = n.Round(8)
		}
		if c.format != nil {
			if off := c.format.Rounds(n); off.IsPositive() && c.format.Digits {
				wrong(bothf("the cell holds %s and shows %s; type the amount that is meant", "la cellule contient %s et affiche %s; saisissez le montant voulu", n.String(), c.format.Show(n)))
				return
			}
		}
		r.cells[id] = plainAmount(n)
		return
	}
	a, err := request.ParseAmount(text, 2)
	if err != nil {
		if m, ok := err.(*request.Misread); ok {
			wrong(request.Text{EN: m.Message.EN + " Write for example 15000.00.", FR: m.Message.FR + " Écrivez par exemple 15 000,00."})
		} else {
			wrong(bothf("“%s” cannot be read as an amount; write for example 15000.00", "«\u00a0%s\u00a0» ne se lit pas comme un montant; écrivez par exemple 15 000,00", text))
		}
		return
	}
	if a.Number.IsNegative() {
		wrong(both("a limit cannot be negative; write it without the sign", "une limite ne peut être négative; écrivez-la sans le signe"))
		return
	}
	if a.Currency != "" && b.result.currency != "" && a.Currency != b.result.currency {
		wrong(bothf("the amount is in %s, and the policy’s currency is %s; write it in %[2]s", "le montant est en %s, alors que la devise de la politique est %s; écrivez-le en %[2]s", a.Currency, b.result.currency))
		return
	}
	r.cells[id] = plainAmount(a.Number)
}

// plainAmount writes an amount with two decimals, or more where it has them.
func plainAmount(n decimal.Decimal) string {
	if n.Equal(n.Round(2)) {
		return n.StringFixed(2)
	}
	return n.String()
}

// amountCell is an amount of the text in the same form.
func amountCell(s string) string {
	if n, err := decimal.NewFromString(strings.TrimSpace(s)); err == nil && len(s) < 40 {
		return plainAmount(n)
	}
	return s
}
