package history

import (
	"strconv"
	"strings"

	"github.com/shopspring/decimal"

	"handrail/internal/request"
	"handrail/internal/workbook"
)

// Options say what a file does not say itself.
type Options struct {
	Name     string // of the file, for messages
	Currency string // of amounts that name none; ISO 4217
	// Dates is the order of days such as 05/04/2026: "dmy", "mdy" or "ymd"; "" is to be told from the whole column.
	Dates string
	// Decimals is "point" or "comma"; "" is to be told from the whole column.
	Decimals string
	// Purchases is "plus" or "minus", the sign that purchases have; "" is to be told from the whole column.
	Purchases string
	// Map says what columns are, by header or, where the file has no header, by letter: a name of Targets.
	Map map[string]string
	// Extra are headers that the policy looks at itself.
	Extra  []string
	Bounds workbook.Bounds
}

// Error refuses a file as a whole. Hint is what to do on the command line, "" where there is nothing.
type Error struct {
	Code    string // "empty", "no-header", "ambiguous", "dates", "amounts", "sign", "map", "unread", or a statement's or a workbook's
	Name    string
	Message request.Text
	Hint    string
}

// Error is the English message with the file.
func (e *Error) Error() string { return e.Name + ": " + e.Message.EN }

// History is a file of purchases as it was read, in the order of their days.
type History struct {
	Name    string
	Table   request.Text // where the table stands
	Columns []Column
	LeftOut []LeftOut
	Notes   []request.Text
	Rows    int // under the header, with those left out
	// OneAmount: the file has one amount a row and says nothing of tax: it stands for the price with and without tax.
	OneAmount bool

	rows   []row
	used   []Column // those that rows have texts of
	sheets []string
	naming bool // lines are named by their sheet
}

// Column is a column of the file. Field is what it was taken for, "" where it was not used.
type Column struct {
	Header string
	Cell   string
	Field  string
	As     request.Text
	Why    request.Text
	at     int
	extra  bool
	target target
}

// LeftOut are rows that are no purchases, or that could not be read, by the reason.
type LeftOut struct {
	Why   request.Text
	Count int
	Rows  []string // the first of them
	fault bool     // they are purchases, perhaps
}

// row is a purchase in few bytes: a year of a large department has hundreds of thousands.
type row struct {
	sheet, number   int32
	day             request.Date
	total, net, tax decimal.Decimal
	hasNet, hasTax  bool
	code            string // of the currency, "" for none said
	texts           []string
	cells           [3]int16 // the columns of total, net and tax, counted from 1
	refund          bool
}

// Len is how many purchases there are.
func (h *History) Len() int { return len(h.rows) }

// Day is the day of a purchase.
func (h *History) Day(i int) request.Date { return h.rows[i].day }

// Where names the row of a purchase: "12", or "May!12" where several sheets were read.
func (h *History) Where(i int) string {
	r := &h.rows[i]
	return h.where(h.sheets[r.sheet], int(r.number))
}

func (h *History) where(sheet string, number int) string {
	if h.naming {
		return sheet + "!" + strconv.Itoa(number)
	}
	return strconv.Itoa(number)
}

// Has reports whether any purchase says something for a field of the form.
func (h *History) Has(field string) bool {
	for _, c := range h.used {
		if c.Field == field {
			return true
		}
	}
	return field == string(total)
}

// Line is a purchase as a line of a request, received on its day, with what is known of who asked. Known says that the requester is known
// by a name, which is no address.
func (h *History) Line(i int) (l request.Line, o request.Origin, requesterKnown bool) {
	r := &h.rows[i]
	l.Sheet, l.Row = h.sheets[r.sheet], int(r.number)
	o.Received, o.Language = r.day, request.English
	money := func(f request.Field, n decimal.Decimal, column int16) {
		v := request.Value{Text: n.String(), Number: n, Given: true}
		if column > 0 {
			v.Cell = workbook.Ref(int(column), int(r.number))
		}
		l.Values[f] = v
	}
	money(request.Total, r.total, r.cells[0])
	switch {
	case r.hasNet:
		money(request.Net, r.net, r.cells[1])
	case h.OneAmount:
		money(request.Net, r.total, r.cells[0])
	}
	if r.hasTax {
		money(request.Tax, r.tax, r.cells[2])
	}
	if r.code != "" {
		l.Values[request.Currency] = request.Value{Text: r.code, Given: true}
	}
	for n, text := range r.texts {
		if text == "" {
			continue
		}
		c := &h.used[n]
		cell := workbook.Ref(c.at+1, int(r.number))
		switch {
		case c.extra:
			if l.Extra == nil {
				l.Extra = map[string]string{}
			}
			l.Extra[c.Header] = text
		case c.target == unit:
			o.Unit = text
		case c.target == email:
			o.Email, requesterKnown = strings.ToLower(text), true
		case c.target == requester:
			o.Name = text
		default:
			h.set(&l, c.target, text, cell)
		}
	}
	if o.Name != "" && o.Email == "" {
		if at, err := request.ParseEmail(o.Name); err == nil {
			o.Email = at
		} else {
			// Totals by requester go by the address; a name tells people apart as well.
			o.Email = strings.Join(strings.Fields(strings.ToLower(o.Name)), " ")
		}
		requesterKnown = true
	}
	one, two := &l.Values[request.Title], &l.Values[request.Description]
	switch {
	case one.Given && !two.Given:
		*two = *one
	case two.Given && !one.Given:
		*one = *two
	}
	return l, o, requesterKnown
}

// set fills a field; what is not an answer to it is not known.
func (h *History) set(l *request.Line, t target, text, cell string) {
	f, ok := request.FieldByName(string(t))
	if !ok {
		return
	}
	v := request.Value{Text: text, Cell: cell, Given: true}
	switch f.Info().Kind {
	case request.ChoiceKind:
		code, ok := choice(f, text)
		if !ok {
			return
		}
		v.Text = code
	case request.NumberKind, request.MoneyKind:
		n, err := decimal.NewFromString(text)
		if err != nil {
			return
		}
		v.Number = n
	case request.DateKind:
		d, err := request.ParseDate(text)
		if err != nil {
			return
		}
		v.Date = d
	}
	l.Values[f] = v
}

// letters are the codes of open data for what was bought.
var letters = map[string]string{"g": "goods", "s": "services", "c": "construction", "biens": "goods", "goods": "goods", "service": "services", "good": "goods", "bien": "goods", "works": "construction", "travaux": "construction"}

func choice(f request.Field, text string) (string, bool) {
	if f == request.Commodity {
		if code, ok := letters[request.Fold(text)]; ok {
			return code, true
		}
	}
	if f == request.PublicServant {
		switch request.Fold(text) {
		case "n", "no", "non":
			return "no", true
		}
		return "", false // of a yes nobody knows which
	}
	code, _, err := request.ParseChoice(f, text)
	return code, err == nil
}

// IsAddress reports whether what Line calls the requester's address is one, and not a name.
func IsAddress(s string) bool { return strings.Contains(s, "@") }
