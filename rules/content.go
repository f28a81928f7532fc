package rules

import (
	"cel.dev/cel-go/cel"
	"cel.dev/cel-go/common/types"
	"cel.dev/cel-go/common/types/ref"
	"github.com/shopspring/decimal"

	"handrail/internal/content"
	"handrail/internal/request"
)

// saysFunction asks whether a cell says something, beyond being filled in.
const saysFunction = "says"

// priceName is the family of what a line's texts say of its price.
const priceName = "price"

// pricePart is something that a line's texts say of its price. A text that says nothing of it is "", a sum zero, so that these
// need no cell to be filled in.
type pricePart struct {
	name string
	typ  *cel.Type
	of   func(e *evaluation) ref.Val
}

// The places of price.whole and of others in priceParts, which a source's index is.
const (
	priceOpen = iota
	priceWhole
	priceTaxExtra
	priceUntaxed
	priceCurrency
)

var priceParts = [...]pricePart{
	priceOpen:     {"price.open", cel.StringType, func(e *evaluation) ref.Val { return types.String(e.openPrice()) }},
	priceWhole:    {"price.whole", moneyType, func(e *evaluation) ref.Val { return moneyOf(e.wholePrice()) }},
	priceTaxExtra: {"price.tax_extra", cel.StringType, func(e *evaluation) ref.Val { return types.String(e.firstSaid(content.TaxExtra)) }},
	priceUntaxed: {"price.untaxed", cel.BoolType, func(e *evaluation) ref.Val {
		return types.Bool(e.firstSaid(func(s string) string {
			if content.Untaxed(s) {
				return s
			}
			return ""
		}) != "")
	}},
	priceCurrency: {"price.currency", cel.StringType, func(e *evaluation) ref.Val { return types.String(e.foreignSum()) }},
}

// priceTexts are the fields in which people say what a price is.
var priceTexts = [...]request.Field{request.Title, request.TitleOther, request.Description, request.Rationale, request.Justification}

// firstSaid is the first answer that a question gets from the line's texts.
func (e *evaluation) firstSaid(ask func(string) string) string {
	for _, f := range priceTexts {
		if !e.given.has(f) {
			continue
		}
		if said := ask(e.facts.Line.Values[f].Text); said != "" {
			return said
		}
	}
	return ""
}

func (e *evaluation) openPrice() string {
	times := decimal.NewFromInt(1)
	if e.given.has(request.Quantity) {
		times = e.facts.Line.Values[request.Quantity].Number
	}
	return oneLine(e.firstSaid(func(s string) string { return content.OpenPrice(s, times) }))
}

func (e *evaluation) wholePrice() decimal.Decimal {
	var whole decimal.Decimal
	own := e.ownSums()
	for _, f := range priceTexts {
		if !e.given.has(f) {
			continue
		}
		if sum, _, ok := content.Whole(e.facts.Line.Values[f].Text, own...); ok && sum.GreaterThan(whole) {
			whole = sum
		}
	}
	return whole
}

// ownSums are the sums that the line states of its price.
func (e *evaluation) ownSums() (sums []decimal.Decimal) {
	for _, f := range [...]request.Field{request.UnitPrice, request.Net, request.Total} {
		if e.given.has(f) {
			sums = append(sums, e.facts.Line.Values[f].Number)
		}
	}
	return sums
}

func (e *evaluation) foreignSum() string {
	sums := e.ownSums()
	own := e.facts.Line.Currency(e.policy.currency)
	return e.firstSaid(func(s string) string { return content.ForeignSum(s, own, sums) })
}

// says reports whether a cell says something. A reason must say more than the line's title and its supplier's name.
func (e *evaluation) says(s source) bool {
	l := &e.facts.Line
	text := func(f request.Field) string {
		if !e.given.has(f) {
			return ""
		}
		return l.Values[f].Text
	}
	switch {
	case s.header != "":
		t := l.ExtraText(s.header)
		return t != "" && !content.SaysNothing(t, text(request.Title), text(request.TitleOther), text(request.Supplier))
	case !e.given.has(s.field):
		return false
	case s.field == request.Rationale, s.field == request.Justification:
		return !content.SaysNothing(text(s.field), text(request.Title), text(request.TitleOther), text(request.Supplier))
	case s.field == request.Supplier:
		return !content.SeveralSuppliers(text(s.field))
	}
	return !content.NamesNothing(text(s.field))
}

// sayable reports whether says may be asked of what given may be asked of.
func sayable(s source) bool {
	return s.kind == givenSource && (s.header != "" || s.field != request.NoField && s.field.Info().Kind == request.TextKind)
}

// contentHelpers are the helpers on what texts say.
func contentHelpers() []cel.EnvOption {
	text := func(v ref.Val) string { return string(v.(types.String)) }
	return []cel.EnvOption{
		unary("several_suppliers", cel.StringType, cel.BoolType, func(v ref.Val) ref.Val { return types.Bool(content.SeveralSuppliers(text(v))) }),
		unary("tax_number", cel.StringType, cel.BoolType, func(v ref.Val) ref.Val { return types.Bool(content.TaxNumber(text(v))) }),
	}
}

// sayPrice writes what the texts say of the price for a reader.
func (e *evaluation) sayPrice(part int, l request.Lang) string {
	switch v := priceParts[part].of(e).(type) {
	case *amount:
		return request.Money{Amount: v.Decimal, Currency: e.policy.currency}.In(l)
	case types.Bool:
		said := request.Text{EN: "no", FR: "non"}
		if v {
			said = request.Text{EN: "yes", FR: "oui"}
		}
		return said.In(l)
	case types.String:
		return string(v)
	}
	return ""
}
