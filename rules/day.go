package rules

import (
	"fmt"
	"reflect"

	"cel.dev/cel-go/common/types"
	"cel.dev/cel-go/common/types/ref"
	"cel.dev/cel-go/common/types/traits"

	"handrail/internal/request"
)

// dateType is the type of calendar days in expressions.
var dateType = types.NewObjectType("date", traits.ComparerType, traits.AdderType, traits.SubtractorType)

// maxDays bounds how far expressions may count from a day, so that no date leaves the calendar.
const maxDays = 400_000

// day is a calendar day inside CEL.
type day struct{ request.Date }

// ConvertToNative gives the date itself.
func (d *day) ConvertToNative(t reflect.Type) (any, error) {
	if t == reflect.TypeFor[request.Date]() {
		return d.Date, nil
	}
	return nil, fmt.Errorf("a date cannot become %v", t)
}

// ConvertToType exists for CEL; dates become nothing else.
func (d *day) ConvertToType(t ref.Type) ref.Val {
	if t == types.TypeType {
		return dateType
	}
	return types.NewErr("a date cannot become %s", t.TypeName())
}

// Equal reports whether both are the same day.
func (d *day) Equal(other ref.Val) ref.Val {
	o, ok := other.(*day)
	return types.Bool(ok && o.Date == d.Date)
}

// Compare orders days.
func (d *day) Compare(other ref.Val) ref.Val {
	o, ok := other.(*day)
	if !ok {
		return types.MaybeNoSuchOverloadErr(other)
	}
	return order(d.Date.Compare(o.Date))
}

// Add counts calendar days on.
func (d *day) Add(other ref.Val) ref.Val { return d.shift(other, 1) }

// Subtract counts calendar days back, or the days between two dates.
func (d *day) Subtract(other ref.Val) ref.Val {
	if o, ok := other.(*day); ok {
		return types.Int(o.DaysUntil(d.Date))
	}
	return d.shift(other, -1)
}

func (d *day) shift(other ref.Val, sign int) ref.Val {
	n, ok := other.(types.Int)
	if !ok {
		return types.MaybeNoSuchOverloadErr(other)
	}
	if n > maxDays || n < -maxDays {
		return types.NewErr("%d days are more than a policy may count", int64(n))
	}
	return &day{d.AddDays(sign * int(n))}
}

// Type is the type at run time.
func (d *day) Type() ref.Type { return dateType }

// Value is the date.
func (d *day) Value() any { return d.Date }
