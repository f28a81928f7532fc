package history

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"handrail/internal/request"
	"handrail/internal/statement"
	"handrail/internal/workbook"
)

const (
	headerWithin  = 60 // rows in which the first header must stand
	rowsNamed     = 5  // of a reason's rows
	rowsBetween   = 256
	fewestHeaders = 3
)

// table is one header with the rows under it, up to the next header.
type table struct {
	sheet  int
	line   int // of the header; 0 where there is none
	header []string
	rows   []*statement.CellRow
	mark   string // what its header says, folded: tables with the same one are one
}

// Read reads a file of purchases. Either every row is among its purchases or named in LeftOut with a reason, or the error is an *Error
// that says why the file as a whole was refused; or the context's.
func Read(ctx context.Context, data []byte, o Options) (*History, error) {
	asked, err := o.targets()
	if err != nil {
		return nil, err
	}
	cells, err := statement.ReadCells(ctx, data, o.Name, o.Bounds, func(folded string) bool {
		if _, ok := asked[folded]; ok {
			return true
		}
		_, ok := index[folded]
		if !ok {
			_, ok = taxed(folded)
		}
		return ok
	})
	if err != nil {
		return nil, refused(o, err)
	}
	r := &reader{o: o, asked: asked, cells: cells, h: &History{Name: o.Name}, reasons: map[string]int{}}
	for _, s := range cells.Sheets {
		r.h.sheets = append(r.h.sheets, s.Name)
	}
	if err := r.tables(); err != nil {
		return nil, err
	}
	if err := r.columns(); err != nil {
		return nil, err
	}
	if err := r.styles(); err != nil {
		return nil, err
	}
	if err := r.read(ctx); err != nil {
		return nil, err
	}
	return r.h, r.finish()
}

// targets checks Map: a header or a letter, folded, and what it is.
func (o *Options) targets() (map[string]target, error) {
	asked := map[string]target{}
	for header, name := range o.Map {
		t, ok := targetNamed(name)
		if !ok {
			return nil, o.refuse("map", "Nothing is called "+request.QuoteEN(name)+" here. A column may be: "+strings.Join(Targets(), ", ")+".",
				"Rien ne s’appelle "+request.QuoteFR(name)+" ici. Une colonne peut être\u00a0: "+strings.Join(Targets(), ", ")+".", "")
		}
		if request.Fold(header) == "" {
			return nil, o.refuse("map", request.QuoteEN(header)+" is no header.", request.QuoteFR(header)+" n’est pas un en-tête.", "")
		}
		asked[request.Fold(header)] = t
	}
	for _, oneOf := range []struct {
		value string
		may   []string
		flag  string
	}{{o.Dates, []string{"", "dmy", "mdy", "ymd"}, "dates"}, {o.Decimals, []string{"", "point", "comma"}, "decimals"}, {o.Purchases, []string{"", "plus", "minus"}, "purchases"}} {
		if !slices.Contains(oneOf.may, oneOf.value) {
			return nil, o.refuse("map", "--"+oneOf.flag+" takes "+strings.Join(oneOf.may[1:], ", ")+".", "--"+oneOf.flag+" accepte "+strings.Join(oneOf.may[1:], ", ")+".", "")
		}
	}
	return asked, nil
}

func (o *Options) refuse(code, en, fr, hint string) error {
	return &Error{Code: code, Name: o.Name, Message: request.Text{EN: en, FR: fr}, Hint: hint}
}

// refused takes the words of whoever could not read the file.
func refused(o Options, err error) error {
	var s *statement.Error
	if errors.As(err, &s) {
		en, fr := s.Message.EN, s.Message.FR
		if s.Row > 0 {
			en, fr = fmt.Sprintf("row %d: %s", s.Row, en), fmt.Sprintf("ligne %d\u00a0: %s", s.Row, fr)
		}
		return o.refuse(s.Code, en, fr, "")
	}
	if e, ok := workbook.ErrorOf(err); ok {
		return o.refuse(string(e.Code), e.Message.EN, e.Message.FR, "")
	}
	return err
}

// reader reads one file.
type reader struct {
	o       Options
	asked   map[string]target
	cells   *statement.Cells
	h       *History
	parts   []table // of the one table that is read
	dates   []dated // the columns of dates, the likeliest first
	at      map[target]int
	marks   map[int]statement.Mark
	codes   map[int]string // currencies that headers of amounts name
	minus   bool           // purchases have a minus
	reasons map[string]int
	footers []footer
	sums    sumsSoFar
	counts  counts
}

// dated is a column of dates with the order of its numbers.
type dated struct {
	column int
	order  statement.DayOrder
	serial bool // a text of plain numbers that spreadsheets count days by
}

// asks is what the command line says of a header, or of a column where the table has none.
func (r *reader) asks(header string, column int, lettered bool) (target, bool) {
	for _, v := range statement.HeaderVariants(header) {
		if t, ok := r.asked[request.Fold(v)]; ok && request.Fold(v) != "" {
			return t, true
		}
	}
	if lettered {
		t, ok := r.asked[request.Fold(workbook.Column(column+1))]
		return t, ok
	}
	return noTarget, false
}

// score counts the different things that a row's cells name as headers, and whether a day and an amount are among them.
func (r *reader) score(row *statement.CellRow) (n int, whole bool) {
	seen := map[target]bool{}
	for i := range row.Cells[:min(len(row.Cells), 500)] {
		c := &row.Cells[i]
		if c.IsDay() || c.IsNumber() {
			continue
		}
		t, ok := r.asks(c.Text(), i, false)
		if !ok {
			k, found := knownHeader(c.Text())
			t, ok = k.target, found
		}
		if ok {
			seen[t] = true
		}
	}
	return len(seen), seen[date] && (seen[total] || seen[net] || seen[debit] || seen[credit])
}

// tables finds the tables and takes the one with the most rows; the same header on several pages or sheets is one table.
func (r *reader) tables() error {
	var all []table
	for n, sheet := range r.cells.Sheets {
		all = append(all, r.tablesOf(n, sheet.Rows)...)
	}
	if len(all) == 0 {
		all = r.lettered()
	}
	if len(all) == 0 {
		return r.noHeader()
	}
	sizes := map[string]int{}
	for _, t := range all {
		sizes[t.mark] += len(t.rows)
	}
	best := all[0].mark
	for _, t := range all {
		if sizes[t.mark] > sizes[best] {
			best = t.mark
		}
	}
	sheets := map[int]bool{}
	for _, t := range all {
		if t.mark == best {
			r.parts = append(r.parts, t)
			sheets[t.sheet] = true
			continue
		}
		if filled := len(slices.DeleteFunc(slices.Clone(t.rows), blank)); filled > 0 {
			where := r.place(t)
			r.h.Notes = append(r.h.Notes, request.Text{
				EN: fmt.Sprintf("Not read: another table, whose header stands in %s, with %d rows.", where.EN, filled),
				FR: fmt.Sprintf("Non lu\u00a0: un autre tableau, dont l’en-tête se trouve à la %s, de %d lignes.", where.FR, filled)})
		}
	}
	r.h.naming = len(sheets) > 1
	if len(r.cells.Hidden) > 0 {
		list := strings.Join(r.cells.Hidden, ", ")
		r.h.Notes = append(r.h.Notes, request.Text{EN: "Hidden sheets were not read: " + list + ".", FR: "Les feuilles masquées n’ont pas été lues\u00a0: " + list + "."})
	}
	if sizes[best] == 0 {
		return r.o.refuse("empty", "There is no row under its header.", "Il n’y a aucune ligne sous l’en-tête.", "")
	}
	r.h.Table = r.place(r.parts[0])
	return nil
}

func (r *reader) place(t table) request.Text {
	name := r.h.sheets[t.sheet]
	where := request.Text{EN: fmt.Sprintf("row %d", t.line), FR: fmt.Sprintf("ligne %d", t.line)}
	if t.line == 0 {
		where = request.Text{EN: "row 1, without a header", FR: "ligne 1, sans en-tête"}
	}
	if name != "" {
		where.EN, where.FR = where.EN+" of “"+name+"”", where.FR+" de «\u00a0"+name+"\u00a0»"
	}
	return where
}

func blank(row *statement.CellRow) bool {
	return !slices.ContainsFunc(row.Cells, func(c statement.Cell) bool { return !c.Blank() })
}

// tablesOf finds the headers of a sheet.
func (r *reader) tablesOf(sheet int, rows []statement.CellRow) []table {
	first, most := -1, 1
	for i := range rows[:min(len(rows), headerWithin)] {
		n, whole := r.score(&rows[i])
		if whole {
			n += 10 // a row with a day and an amount is one whatever a title block says
		}
		if n > most && (n >= fewestHeaders || filledCells(&rows[i]) <= 3*n) {
			first, most = i, n
		}
	}
	if first < 0 {
		return nil
	}
	// A table above it, with fewer known columns, is one of its own.
	var all []table
	for i := range rows {
		begins := i == first
		if !begins {
			n, whole := r.score(&rows[i])
			begins = whole && n >= fewestHeaders || n >= 4
			begins = begins && n >= filledCells(&rows[i])/2
		}
		if begins {
			all = append(all, newTable(sheet, &rows[i]))
			continue
		}
		if len(all) > 0 {
			t := &all[len(all)-1]
			t.rows = append(t.rows, &rows[i])
		}
	}
	return all
}

func filledCells(row *statement.CellRow) (n int) {
	for i := range row.Cells {
		if !row.Cells[i].Blank() {
			n++
		}
	}
	return n
}

func newTable(sheet int, row *statement.CellRow) table {
	t := table{sheet: sheet, line: row.Line}
	last := 0
	for i := range row.Cells {
		t.header = append(t.header, row.Cells[i].Text())
		if row.Cells[i].Text() != "" {
			last = i + 1
		}
	}
	t.header = t.header[:last]
	folded := make([]string, last)
	for i, s := range t.header {
		folded[i] = request.Fold(s)
	}
	t.mark = strings.Join(folded, "\x1f")
	return t
}

// lettered takes the first sheet as a table without a header, where the command line names its columns by their letters.
func (r *reader) lettered() []table {
	for n, sheet := range r.cells.Sheets {
		width := 0
		for i := range sheet.Rows {
			width = max(width, len(sheet.Rows[i].Cells))
		}
		found := 0
		for c := range width {
			if _, ok := r.asked[request.Fold(workbook.Column(c+1))]; ok {
				found++
			}
		}
		if found < 2 || found < len(r.asked) {
			continue
		}
		t := table{sheet: n, header: make([]string, width)}
		for i := range sheet.Rows {
			t.rows = append(t.rows, &sheet.Rows[i])
		}
		return []table{t}
	}
	return nil
}

func (r *reader) noHeader() error {
	shows := ""
	for _, s := range r.cells.Sheets {
		for i := range s.Rows {
			if shows == "" && !blank(&s.Rows[i]) {
				var cells []string
				for c := range s.Rows[i].Cells[:min(8, len(s.Rows[i].Cells))] {
					cells = append(cells, s.Rows[i].Cells[c].Text())
				}
				shows = strings.Join(cells, " | ")
			}
		}
	}
	if shows == "" {
		return r.o.refuse("empty", "Nothing stands in it.", "Il ne contient rien.", "")
	}
	return r.o.refuse("no-header",
		"No row of headers was found in its first rows: a day and an amount are needed, such as Date, Supplier, Amount. Its first row is "+request.QuoteEN(shows)+".",
		"Aucune ligne d’en-têtes n’a été trouvée dans ses premières lignes\u00a0: il faut un jour et un montant, par exemple Date, Fournisseur, Montant. Sa première ligne est "+request.QuoteFR(shows)+".",
		`say what its columns are: --map "HEADER=date" --map "HEADER=total" --map "HEADER=supplier"; without a header, by their letters: --map A=date`)
}

// width is how many columns the table has, those without a header included.
func (r *reader) width() int {
	n := len(r.parts[0].header)
	for _, t := range r.parts {
		for _, row := range t.rows {
			n = max(n, len(row.Cells))
		}
	}
	return min(n, 500)
}

// each goes over all rows of the table that have anything in them.
func (r *reader) each(do func(row *statement.CellRow)) {
	for _, t := range r.parts {
		for _, row := range t.rows {
			do(row)
		}
	}
}

// candidate is a column that may be for a target.
type candidate struct {
	column int
	rank   float64
}

// columns says which column is which.
func (r *reader) columns() error {
	header := r.parts[0].header
	width := r.width()
	filled := make([]int, width)
	r.each(func(row *statement.CellRow) {
		for i := range row.Cells[:min(len(row.Cells), width)] {
			if !row.Cells[i].Blank() {
				filled[i]++
			}
		}
	})
	found := map[target][]candidate{}
	r.h.Columns = make([]Column, width)
	r.codes = map[int]string{}
	headless := r.parts[0].line == 0
	times := map[string]int{} // a header that stands twice says nothing of which: its columns have their letters
	for _, h := range header {
		times[request.Fold(h)]++
	}
	matched := map[string]bool{}
	for i := range width {
		c := &r.h.Columns[i]
		c.at, c.Cell = i, workbook.Column(i+1)
		if i < len(header) {
			c.Header = header[i]
		}
		if filled[i] == 0 {
			if c.Header != "" {
				c.Why = request.Text{EN: "it is empty", FR: "elle est vide"}
				for _, v := range statement.HeaderVariants(c.Header) {
					matched[request.Fold(v)] = true
				}
			}
			continue
		}
		lettered := headless || times[request.Fold(c.Header)] > 1
		if t, ok := r.asks(c.Header, i, lettered); ok {
			for _, v := range statement.HeaderVariants(c.Header) {
				matched[request.Fold(v)] = true
			}
			matched[request.Fold(c.Cell)] = matched[request.Fold(c.Cell)] || lettered
			if t == ignored {
				c.Why = request.Text{EN: "as asked", FR: "comme demandé"}
				c.target = ignored
				continue
			}
			found[t] = append(found[t], candidate{i, -1})
			continue
		}
		k, ok := knownHeader(c.Header)
		if !ok {
			var meant string
			if k, meant, ok = resembling(c.Header); !ok {
				continue
			}
			k.rank += 10 // behind all that say it rightly
			c.Why = request.Text{EN: "read as “" + meant + "”", FR: "lu comme «\u00a0" + meant + "\u00a0»"}
		}
		if k.target == title && filled[i] > 20 && r.values(i, 3) <= 2 {
			continue // Revenue and Capital: that is no answer to what was bought
		}
		rank := float64(k.rank)
		if code := request.FindCurrency(c.Header).Code; code != "" && (k.target == total || k.target == net || k.target == debit || k.target == credit) {
			r.codes[i] = code
			if code == r.o.Currency {
				rank -= 0.5
			} else {
				rank += 0.25
			}
		}
		found[k.target] = append(found[k.target], candidate{i, rank})
	}
	for asked, t := range r.asked {
		if !matched[asked] {
			return r.o.refuse("map", fmt.Sprintf("There is no column %q, which --map takes for %s. Its columns are: %s.", asked, t, strings.Join(nonEmpty(header), ", ")),
				fmt.Sprintf("Il n’y a pas de colonne «\u00a0%s\u00a0», que --map prend pour %s. Ses colonnes sont\u00a0: %s.", asked, t, strings.Join(nonEmpty(header), ", ")), "")
		}
	}
	r.at = map[target]int{}
	for t := range found {
		slices.SortStableFunc(found[t], func(a, b candidate) int { return cmp.Or(cmp.Compare(a.rank, b.rank), cmp.Compare(a.column, b.column)) })
	}
	r.byContent(found, filled)
	// What was bought: the first is the title, and the next the description.
	if len(found[description]) == 0 && len(found[title]) > 1 {
		found[description] = found[title][1:2]
		found[title] = slices.Delete(slices.Clone(found[title]), 1, 2)
	}
	for _, t := range sortedTargets(found) {
		list := found[t]
		if t == date {
			continue
		}
		if err := r.settle(t, list); err != nil {
			return err
		}
	}
	if err := r.dateColumns(found[date]); err != nil {
		return err
	}
	return r.complete()
}

func nonEmpty(list []string) []string {
	return slices.DeleteFunc(slices.Clone(list), func(s string) bool { return s == "" })
}

func sortedTargets(found map[target][]candidate) []target {
	var list []target
	for t := range found {
		list = append(list, t)
	}
	slices.Sort(list)
	return list
}

// settle takes the likeliest of several columns. Two that are as likely are a guess, which is refused where it matters: the
// amount, the day and the supplier.
func (r *reader) settle(t target, list []candidate) error {
	first := list[0]
	for _, other := range list[1:] {
		c := &r.h.Columns[other.column]
		if other.rank == first.rank && slices.Contains([]target{total, net, tax, debit, credit, supplier, date, currency, record, added}, t) && !r.same(first.column, other.column) {
			return r.twice(t, first.column, other.column)
		}
		c.Why = request.Text{EN: "column " + r.name(first.column) + " was taken for " + t.label().EN, FR: "la colonne " + r.name(first.column) + " a été prise pour " + t.label().FR}
	}
	r.take(t, first.column)
	return nil
}

func (r *reader) take(t target, column int) {
	r.at[t] = column + 1
	c := &r.h.Columns[column]
	c.target, c.Field, c.As = t, string(t), t.label()
}

func (r *reader) name(column int) string {
	if h := r.h.Columns[column].Header; h != "" {
		return workbook.Column(column+1) + " (" + h + ")"
	}
	return workbook.Column(column + 1)
}

func (r *reader) twice(t target, a, b int) error {
	which := r.h.Columns[a].Header
	if request.Fold(which) == request.Fold(r.h.Columns[b].Header) {
		which = workbook.Column(a + 1)
	}
	return r.o.refuse("ambiguous",
		fmt.Sprintf("Columns %s and %s both look like the %s, and say different things. Two tables beside each other must be two files.", r.name(a), r.name(b), strings.ToLower(t.label().EN)),
		fmt.Sprintf("Les colonnes %s et %s semblent toutes deux être «\u00a0%s\u00a0» et ne disent pas la même chose. Deux tableaux côte à côte doivent être deux fichiers.", r.name(a), r.name(b), t.label().FR),
		fmt.Sprintf("say which one it is: --map %q", which+"="+string(t)))
}

// values is how many different texts stand in a column, up to most of them.
func (r *reader) values(column, most int) int {
	seen := map[string]bool{}
	r.each(func(row *statement.CellRow) {
		if c := row.At(column); len(seen) < most && !c.Blank() {
			seen[request.Fold(c.Text())] = true
		}
	})
	return len(seen)
}

// same reports whether two columns say the same on every row where both say something.
func (r *reader) same(a, b int) bool {
	same := true
	r.each(func(row *statement.CellRow) {
		x, y := row.At(a), row.At(b)
		same = same && (x.Blank() || y.Blank() || request.Fold(x.Text()) == request.Fold(y.Text()))
	})
	return same
}

// complete refuses a table without an amount.
func (r *reader) complete() error {
	if r.at[total] > 0 || r.at[net] > 0 || r.at[debit] > 0 || r.at[credit] > 0 {
		if r.at[supplier] == 0 {
			r.h.Notes = append(r.h.Notes, request.Text{EN: "No column was recognised as the supplier.", FR: "Aucune colonne n’a été reconnue comme le fournisseur."})
		}
		return nil
	}
	return r.lacks(request.Text{EN: "the amount", FR: "le montant"}, total)
}

func (r *reader) lacks(what request.Text, t target) error {
	header := strings.Join(nonEmpty(r.parts[0].header), ", ")
	return r.o.refuse("no-header", "No column was recognised as "+what.EN+". Its columns are: "+header+".", "Aucune colonne n’a été reconnue comme "+what.FR+". Ses colonnes sont\u00a0: "+header+".",
		fmt.Sprintf("say which one it is: --map \"HEADER=%s\"", t))
}

// byContent finds the day, the amount and the direction by what stands in columns whose headers nobody knows, where only one can be it.
func (r *reader) byContent(found map[target][]candidate, filled []int) {
	free := func(i int) bool {
		c := &r.h.Columns[i]
		if filled[i] == 0 || c.target == ignored {
			return false
		}
		for _, list := range found {
			if slices.ContainsFunc(list, func(x candidate) bool { return x.column == i }) {
				return false
			}
		}
		return true
	}
	rows := 0
	r.each(func(row *statement.CellRow) {
		if !blank(row) {
			rows++
		}
	})
	find := func(t target, is func(c statement.Cell) bool, need func(i int) bool) {
		if len(found[t]) > 0 {
			return
		}
		var may []int
		for i := range filled {
			if !free(i) || filled[i]*10 < rows*6 || need != nil && !need(i) {
				continue
			}
			yes := 0
			r.each(func(row *statement.CellRow) {
				if c := row.At(i); !c.Blank() && is(c) {
					yes++
				}
			})
			if yes*10 >= filled[i]*9 {
				may = append(may, i)
			}
		}
		if len(may) == 1 {
			found[t] = []candidate{{may[0], 0}}
			r.h.Columns[may[0]].Why = request.Text{EN: "by what stands in it", FR: "d’après son contenu"}
		}
	}
	find(date, func(c statement.Cell) bool {
		if c.IsNumber() {
			return false
		}
		_, two, ok := c.Day(statement.AnyOrder)
		return two || ok
	}, nil)
	if len(found[total]) == 0 && len(found[net]) == 0 && len(found[debit]) == 0 && len(found[credit]) == 0 {
		find(total, func(c statement.Cell) bool {
			_, _, _, two, ok := c.Sum(statement.AnyMark)
			return ok || two
		}, func(i int) bool {
			cents := false // a column of whole numbers is a count or a code as well
			r.each(func(row *statement.CellRow) {
				c := row.At(i)
				cents = cents || strings.ContainsAny(c.Text(), "$€£") || strings.ContainsAny(c.Text(), ".,")
			})
			return cents
		})
	}
	if len(found[direction]) == 0 {
		find(direction, func(c statement.Cell) bool { return statement.CreditRow(c.Text()) != 0 }, func(i int) bool {
			return contains(request.Fold(r.h.Columns[i].Header), "type", "sign", "indicat", "sens")
		})
	}
}
