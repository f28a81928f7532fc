package rules

import (
	"fmt"
	"reflect"
	"strconv"
	"strings"

	"cel.dev/cel-go/cel"
	"cel.dev/cel-go/common/types"
	"cel.dev/cel-go/common/types/ref"
	"cel.dev/cel-go/common/types/traits"
	"github.com/shopspring/decimal"

	"handrail/internal/request"
)

// The types that expressions know beside CEL's own. Money is always in the policy's currency: an amount in another one
// never reaches an expression. Number is exact as well; it is the type of quantities.
var (
	moneyType = types.NewObjectType("money", traits.ComparerType, traits.AdderType, traits.SubtractorType, traits.MultiplierType, traits.NegatorType)
	numType   = types.NewObjectType("number", traits.ComparerType, traits.AdderType, traits.SubtractorType, traits.MultiplierType, traits.NegatorType)
)

// amount is an exact decimal inside CEL, money or number.
type amount struct {
	decimal.Decimal
	money bool
}

func moneyOf(d decimal.Decimal) *amount { return &amount{d, true} }

// ConvertToNative gives the decimal itself.
func (a *amount) ConvertToNative(t reflect.Type) (any, error) {
	if t == reflect.TypeFor[decimal.Decimal]() {
		return a.Decimal, nil
	}
	return nil, fmt.Errorf("%s cannot become %v", a.Type().TypeName(), t)
}

// ConvertToType exists for CEL; amounts become nothing else.
func (a *amount) ConvertToType(t ref.Type) ref.Val {
	if t == types.TypeType {
		return a.celType()
	}
	return types.NewErr("an amount cannot become %s", t.TypeName())
}

// Equal compares by value: 5.0 is 5.00.
func (a *amount) Equal(other ref.Val) ref.Val {
	o, ok := other.(*amount)
	return types.Bool(ok && o.money == a.money && a.Decimal.Equal(o.Decimal))
}

// Compare orders amounts of one kind, and any amount against a whole number.
func (a *amount) Compare(other ref.Val) ref.Val {
	switch o := other.(type) {
	case *amount:
		if o.money == a.money {
			return order(a.Cmp(o.Decimal))
		}
	case types.Int:
		if o == 0 {
			return order(a.Sign())
		}
		return order(a.Cmp(decimal.NewFromInt(int64(o))))
	}
	return types.MaybeNoSuchOverloadErr(other)
}

// order is a comparison's result as a value that need not be made.
func order(c int) ref.Val {
	switch {
	case c < 0:
		return types.IntNegOne
	case c > 0:
		return types.IntOne
	}
	return types.IntZero
}

// Add adds amounts of one kind.
func (a *amount) Add(other ref.Val) ref.Val {
	if o, ok := other.(*amount); ok && o.money == a.money {
		return &amount{a.Decimal.Add(o.Decimal), a.money}
	}
	return types.MaybeNoSuchOverloadErr(other)
}

// Subtract subtracts amounts of one kind.
func (a *amount) Subtract(other ref.Val) ref.Val {
	if o, ok := other.(*amount); ok && o.money == a.money {
		return &amount{a.Decimal.Sub(o.Decimal), a.money}
	}
	return types.MaybeNoSuchOverloadErr(other)
}

// Multiply takes a number, a whole number, or money on one side alone.
func (a *amount) Multiply(other ref.Val) ref.Val {
	switch o := other.(type) {
	case *amount:
		if !a.money || !o.money {
			return &amount{a.Mul(o.Decimal), a.money || o.money}
		}
	case types.Int:
		return &amount{a.Mul(decimal.NewFromInt(int64(o))), a.money}
	case types.String:
		n, err := decimalText(string(o))
		if err != nil {
			return types.WrapErr(err)
		}
		return &amount{a.Mul(n), a.money}
	}
	return types.MaybeNoSuchOverloadErr(other)
}

// Negate turns the sign.
func (a *amount) Negate() ref.Val { return &amount{a.Neg(), a.money} }

// Type is the type at run time.
func (a *amount) Type() ref.Type { return a.celType() }

func (a *amount) celType() *cel.Type {
	if a.money {
		return moneyType
	}
	return numType
}

// Value is the decimal.
func (a *amount) Value() any { return a.Decimal }

func notExact(s string) error {
	hint := request.Text{}
	if share, ok := strings.CutSuffix(strings.TrimSpace(s), "%"); ok {
		if n, err := strconv.ParseFloat(strings.ReplaceAll(share, ",", "."), 64); err == nil {
			hint = inBoth("; write %q", "; écrivez %q", strconv.FormatFloat(n/100, 'f', -1, 64))
		}
	} else if number := strings.ReplaceAll(s, ",", "."); number != s && strings.Count(number, ".") == 1 && len(number)-strings.Index(number, ".") < 4 {
		hint = inBoth("; write %q", "; écrivez %q", number)
	} else if sum, ok := writtenSum(s); ok {
		hint = inBoth("; write %q", "; écrivez %q", sum)
	}
	return wordsError(inBoth("%q is not an exact number such as \"0.9\" or \"10000.00\", with a point and without sign of currency, spaces or commas%s",
		"%q n’est pas un nombre exact comme \"0.9\" ou \"10000.00\", avec un point et sans symbole de devise, espace ni virgule%s", s, hint))
}

// decimalText reads an exact number written in a policy: "0.9", "10000.00", "-5". Exponents are refused, for a typing
// mistake in one is worth a factor of ten.
func decimalText(s string) (decimal.Decimal, error) {
	digits, points := 0, 0
	for i, c := range s {
		switch {
		case c >= '0' && c <= '9':
			digits++
		case c == '.' && digits > 0:
			points++
		case c == '-' && i == 0:
		default:
			return decimal.Decimal{}, notExact(s)
		}
	}
	if digits == 0 || digits > 30 || points > 1 || s[len(s)-1] == '.' {
		return decimal.Decimal{}, notExact(s)
	}
	return decimal.NewFromString(s)
}
