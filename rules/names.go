package rules

import (
	"strings"

	"cel.dev/cel-go/cel"

	"handrail/internal/request"
)

// A source says where a variable of an expression or a placeholder of a message takes its value from.
type source struct {
	kind   sourceKind
	field  request.Field
	origin originPart
	index  int    // of a total or a limit
	header string // of a column of the form's own
}

// How a column of the form's own is read, beside as text: the index of its source.
const (
	asNumber = iota + 1
	asMoney
)

type sourceKind uint8

const (
	fieldSource sourceKind = iota
	extraSource
	rowSource
	originSource
	languageSource
	receivedSource
	todaySource
	domainsSource
	totalSource
	countSource
	distinctSource // how many different values the lines of a total have
	limitSource
	givenSource   // given("total"), given("request.unit"), given("extra.Header")
	problemSource // problem("total")
	budgetSource
	budgetGivenSource // given("budget")
	addedSource       // {added.NAME} in messages: what a total added up that is not written as the line is
	saysSource        // says("rationale"), says("extra.Header")
	priceSource
)

// originPart is a part of what stands above the table, or of the mail.
type originPart uint8

const (
	noOrigin originPart = 0
	unitPart originPart = 1 << (iota - 1)
	namePart
	emailPart
	senderPart
)

var originNames = map[string]originPart{"request.unit": unitPart, "request.name": namePart, "request.email": emailPart, "request.sender": senderPart}

// label is what the form calls a part of the origin.
func (o originPart) label() request.Text {
	switch o {
	case unitPart:
		return request.Text{EN: "Branch", FR: "Direction générale"}
	case namePart:
		return request.Text{EN: "Requester", FR: "Demandeur"}
	case emailPart:
		return request.Text{EN: "Email", FR: "Courriel"}
	}
	return request.Text{EN: "Sender", FR: "Expéditeur"}
}

func (o originPart) of(r *request.Origin) string {
	switch o {
	case unitPart:
		return r.Unit
	case namePart:
		return r.Name
	case emailPart:
		return r.Email
	case senderPart:
		return r.Sender
	}
	return ""
}

// variable is a name that expressions may use.
type variable struct {
	name string
	typ  *cel.Type
	from source
}

// fieldType is the type of a form's field in expressions.
func fieldType(k request.Kind) *cel.Type {
	switch k {
	case request.MoneyKind:
		return moneyType
	case request.NumberKind:
		return numType
	case request.DateKind:
		return dateType
	}
	return cel.StringType
}

// variables are all the names a policy's expressions may use.
func (p *Policy) variables() []variable {
	vs := []variable{
		{"line.row", cel.IntType, source{kind: rowSource}},
		{"request.language", cel.StringType, source{kind: languageSource}},
		{"request.received", dateType, source{kind: receivedSource}},
		{"received", dateType, source{kind: receivedSource}},
		{"today", dateType, source{kind: todaySource}},
		{"department.domains", cel.ListType(cel.StringType), source{kind: domainsSource}},
	}
	for _, name := range []string{"request.name", "request.email", "request.unit", "request.sender"} {
		vs = append(vs, variable{name, cel.StringType, source{kind: originSource, origin: originNames[name]}})
	}
	for _, info := range request.Fields() {
		vs = append(vs, variable{"line." + info.Name, fieldType(info.Kind), source{kind: fieldSource, field: info.Field}})
	}
	for i, t := range p.totals {
		vs = append(vs, variable{"totals." + t.Name, moneyType, source{kind: totalSource, index: i}},
			variable{"counts." + t.Name, cel.IntType, source{kind: countSource, index: i}})
		if t.Distinct != "" {
			vs = append(vs, variable{"distinct." + t.Name, cel.IntType, source{kind: distinctSource, index: i}})
		}
	}
	for i, l := range p.limits {
		vs = append(vs, variable{"limits." + l.name, moneyType, source{kind: limitSource, index: i}})
	}
	for i, part := range priceParts {
		vs = append(vs, variable{part.name, part.typ, source{kind: priceSource, index: i}})
	}
	for i, part := range budgetParts {
		vs = append(vs, variable{part.name, moneyType, source{kind: budgetSource, index: i}})
	}
	return vs
}

// askable resolves the text of given("…"): a field's name, "request.unit" and its like, "budget", or "extra.Header".
func askable(name string) (source, bool) {
	if name == budgetName {
		return source{kind: budgetGivenSource}, true
	}
	if f, ok := request.FieldByName(name); ok {
		return source{kind: givenSource, field: f}, true
	}
	if o, ok := originNames[name]; ok {
		return source{kind: givenSource, origin: o}, true
	}
	if header, ok := strings.CutPrefix(name, request.ByExtra); ok && request.CompareForm(header) != "" {
		return source{kind: givenSource, header: header}, true
	}
	return source{}, false
}

// askableNames are the candidates for "did you mean".
func askableNames() []string {
	names := []string{"request.unit", "request.name", "request.email", "request.sender", budgetName}
	for _, info := range request.Fields() {
		names = append(names, info.Name)
	}
	return names
}
