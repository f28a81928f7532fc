package request

// Field is one field of the request form. The zero Field is no field.
type Field uint8

// The fields of the form, in the form's order. What each is stands in fields_table.go (docs/design.md#a-form-field).
const (
	NoField Field = iota
	Item
	Title
	TitleOther
	Description
	Commodity
	Supplier
	SupplierID
	Quantity
	UnitPrice
	Net
	Tax
	Total
	Currency
	CostCentre
	GLAccount
	NeededBy
	Security
	Remote
	Repository
	Licence
	Standalone
	InternalCapacity
	TermsAccepted
	Rationale
	AuthorizedBy
	AuthorizedOn
	AuthorizedAmount
	AuthorizedKind
	AuthorizedUntil
	Payment
	Cardholder
	StandingOffer
	PublicServant
	Amends
	Justification
	NumFields // how many there are, NoField included
)

// Kind says how a field's cells are read.
type Kind uint8

// BlanketAuthorization is the answer of AuthorizedKind that says: an amount a month, until a date.
const BlanketAuthorization = "blanket"

// The kinds of fields.
const (
	TextKind Kind = iota
	NumberKind
	MoneyKind
	DateKind
	ChoiceKind
	EmailKind
	URLKind
	CurrencyKind
	ReferenceKind
)

// Choice is one of the answers a ChoiceKind field takes.
type Choice struct {
	Code  string // what guardrails see: "protected A", "yes", "acquisition card"
	Label Text   // what drop-downs show
}

// FieldInfo describes a field: its name in policies, its labels, how it is read, its help.
type FieldInfo struct {
	Field      Field
	Name       string // "authorized_by": in policies, aliases and JSON
	Label      Text
	Earlier    []Text // labels of earlier forms, which stay known
	Kind       Kind
	Choices    []Choice
	Help       Text
	PerRequest bool // asked once above the table of the shipped form
}

// Info describes f. It panics on a Field that is not one of the constants, which is a programming error.
func (f Field) Info() FieldInfo { return fields[f] }

// String is the field's name in policies, or "".
func (f Field) String() string {
	if f >= NumFields {
		return ""
	}
	return fields[f].Name
}

// FieldByName finds a field by its name in policies; ok is false when there is none.
func FieldByName(name string) (f Field, ok bool) {
	if name == "" {
		return NoField, false
	}
	for _, info := range fields {
		if info.Name == name {
			return info.Field, true
		}
	}
	return NoField, false
}

// Fields lists every field in the form's order.
func Fields() []FieldInfo { return fields[1:] }
