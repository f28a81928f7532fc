package rules

import (
	"fmt"

	"cel.dev/cel-go/cel"
	"cel.dev/cel-go/common/env"
	"cel.dev/cel-go/common/operators"
	"cel.dev/cel-go/common/types"
	"cel.dev/cel-go/common/types/ref"
	"cel.dev/cel-go/common/types/traits"
	"github.com/shopspring/decimal"

	"handrail/internal/request"
)

// helpersVersion changes whenever a helper below gives another answer to the same question. The policy's hash covers it,
// or a replay would not be exact.
const helpersVersion = "handrail-helpers/4"

// The functions that stand for a variable; planning replaces them with a read of it.
const (
	givenFunction       = "given"
	problemFunction     = "problem"
	extraFunction       = "@extra"
	extraNumberFunction = "@extra_number"
	extraMoneyFunction  = "@extra_money"
	numberFunction      = "@number"
	andFunction         = "@and"
	orFunction          = "@or"
)

// standard lists what of CEL's own library policies may use. Doubles, unsigned numbers, bytes, timestamps and conversions
// to dyn are left out: none of them has a place in a rule, and each opens a way round the types.
func standard() *env.LibrarySubset {
	s := &env.LibrarySubset{IncludeMacros: []string{"exists", "all", "exists_one", "filter", "map"}}
	for _, name := range []string{
		operators.Conditional, operators.LogicalAnd, operators.LogicalOr, operators.LogicalNot, operators.NotStrictlyFalse,
		operators.Equals, operators.NotEquals, operators.Less, operators.LessEquals, operators.Greater, operators.GreaterEquals,
		operators.Add, operators.Subtract, operators.Multiply, operators.Divide, operators.Modulo, operators.Negate,
		operators.Index, operators.In, "size", "contains", "startsWith", "endsWith", "matches",
	} {
		s.IncludeFunctions = append(s.IncludeFunctions, &env.Function{Name: name})
	}
	return s
}

// environment is the language of this policy: its variables, CEL's operators, and the helpers.
func (p *Policy) environment() (*cel.Env, error) {
	opts := []cel.EnvOption{
		cel.StdLib(cel.StdLibSubset(standard())),
		cel.Variable("line.extra", cel.MapType(cel.StringType, cel.StringType)),
	}
	for _, v := range p.variables() {
		opts = append(opts, cel.Variable(v.name, v.typ))
	}
	opts = append(opts, arithmetic()...)
	opts = append(opts, standIns()...)
	opts = append(opts, textHelpers(p)...)
	opts = append(opts, dateHelpers(p)...)
	opts = append(opts, contentHelpers()...)
	opts = append(opts, identityComparisons(p)...)
	return cel.NewCustomEnv(opts...)
}

// arithmetic declares the operators on money, numbers and dates. Their work is done by the types themselves.
func arithmetic() []cel.EnvOption {
	var opts []cel.EnvOption
	declare := func(op, id string, result *cel.Type, args ...*cel.Type) {
		opts = append(opts, cel.Function(op, cel.Overload(id, args, result)))
	}
	comparisons := map[string]string{operators.Less: "less", operators.LessEquals: "less_equals", operators.Greater: "greater", operators.GreaterEquals: "greater_equals"}
	for op, name := range comparisons {
		for _, t := range []*cel.Type{moneyType, numType} {
			declare(op, name+"_"+t.TypeName(), cel.BoolType, t, t)
			declare(op, name+"_"+t.TypeName()+"_int", cel.BoolType, t, cel.IntType)
		}
		declare(op, name+"_date", cel.BoolType, dateType, dateType)
	}
	for op, name := range map[string]string{operators.Add: "add", operators.Subtract: "subtract"} {
		for _, t := range []*cel.Type{moneyType, numType} {
			declare(op, name+"_"+t.TypeName(), t, t, t)
		}
		declare(op, name+"_date_int", dateType, dateType, cel.IntType)
	}
	declare(operators.Subtract, "subtract_dates", cel.IntType, dateType, dateType)
	for _, t := range []*cel.Type{cel.IntType, cel.StringType, numType} {
		declare(operators.Multiply, "multiply_money_"+t.TypeName(), moneyType, moneyType, t)
		declare(operators.Multiply, "multiply_number_"+t.TypeName(), numType, numType, t)
	}
	declare(operators.Multiply, "multiply_number_money", moneyType, numType, moneyType)
	declare(operators.Negate, "negate_money", moneyType, moneyType)
	declare(operators.Negate, "negate_number", numType, numType)
	return opts
}

// standIns declares the functions that planning replaces. Reached at run time, they are errors.
func standIns() []cel.EnvOption {
	unplanned := func(ref.Val) ref.Val { return types.NewErr("the name must be written in quotes") }
	return []cel.EnvOption{
		cel.Function(givenFunction, cel.Overload("given_string", []*cel.Type{cel.StringType}, cel.BoolType, cel.UnaryBinding(unplanned))),
		cel.Function(saysFunction, cel.Overload("says_string", []*cel.Type{cel.StringType}, cel.BoolType, cel.UnaryBinding(unplanned))),
		cel.Function(problemFunction, cel.Overload("problem_string", []*cel.Type{cel.StringType}, cel.StringType, cel.UnaryBinding(unplanned))),
		cel.Function(extraNumberFunction, cel.Overload("extra_number_string", []*cel.Type{cel.StringType}, numType, cel.UnaryBinding(unplanned))),
		cel.Function(extraMoneyFunction, cel.Overload("extra_money_string", []*cel.Type{cel.StringType}, moneyType, cel.UnaryBinding(unplanned))),
		cel.Function(extraFunction, cel.Overload("extra_string", []*cel.Type{cel.StringType}, cel.StringType, cel.UnaryBinding(unplanned))),
		binary(andFunction, cel.BoolType, cel.BoolType, cel.BoolType, func(a, b ref.Val) ref.Val { return a.(types.Bool) && b.(types.Bool) }),
		binary(orFunction, cel.BoolType, cel.BoolType, cel.BoolType, func(a, b ref.Val) ref.Val { return a.(types.Bool) || b.(types.Bool) }),
		unary(numberFunction, cel.StringType, numType, func(v ref.Val) ref.Val { return parseAmount(v, false) }),
		unary("money", cel.StringType, moneyType, func(v ref.Val) ref.Val { return parseAmount(v, true) }),
		unary("date", cel.StringType, dateType, func(v ref.Val) ref.Val {
			d, err := request.ParseDate(string(v.(types.String)))
			if err != nil {
				return types.WrapErr(err)
			}
			return &day{d}
		}),
		unary("abs", moneyType, moneyType, func(v ref.Val) ref.Val { return moneyOf(v.(*amount).Abs()) }),
		binary("multiple_of", moneyType, cel.StringType, cel.BoolType, func(a, b ref.Val) ref.Val {
			n, err := decimalText(string(b.(types.String)))
			if err != nil || n.Sign() <= 0 {
				return types.NewErr("multiple_of needs a number above zero")
			}
			return types.Bool(a.(*amount).Mod(n).IsZero())
		}),
	}
}

func parseAmount(v ref.Val, money bool) ref.Val {
	d, err := decimalText(string(v.(types.String)))
	if err != nil {
		return types.WrapErr(err)
	}
	return &amount{d, money}
}

func unary(name string, arg, result *cel.Type, f func(ref.Val) ref.Val) cel.EnvOption {
	return cel.Function(name, cel.Overload(fmt.Sprintf("%s_%s", name, arg.TypeName()), []*cel.Type{arg}, result, cel.UnaryBinding(f)))
}

func binary(name string, a, b, result *cel.Type, f func(a, b ref.Val) ref.Val) cel.EnvOption {
	return cel.Function(name, cel.Overload(fmt.Sprintf("%s_%s_%s", name, a.TypeName(), b.TypeName()), []*cel.Type{a, b}, result, cel.BinaryBinding(f)))
}

// minorUnit is the smallest sum of the policy's currency.
func (p *Policy) minorUnit() decimal.Decimal {
	digits, _ := request.MinorDigits(p.currency)
	return decimal.New(1, -digits)
}

// textHelpers are the helpers on texts, suppliers, addresses and lists.
func textHelpers(p *Policy) []cel.EnvOption {
	text := func(v ref.Val) string { return string(v.(types.String)) }
	minor := p.minorUnit()
	test := func(name string, f func(string) bool) cel.EnvOption {
		return unary(name, cel.StringType, cel.BoolType, func(v ref.Val) ref.Val { return types.Bool(f(text(v))) })
	}
	turn := func(name string, f func(string) string) cel.EnvOption {
		return unary(name, cel.StringType, cel.StringType, func(v ref.Val) ref.Val { return types.String(f(text(v))) })
	}
	return []cel.EnvOption{
		// Two sums differ by a cent (the currency's smallest unit) or more.
		binary("apart", moneyType, moneyType, cel.BoolType, func(a, b ref.Val) ref.Val {
			return types.Bool(a.(*amount).Sub(b.(*amount).Decimal).Abs().Cmp(minor) >= 0)
		}),
		test("osi_approved", p.licences.approved),
		test("https", func(s string) bool { _, ok := httpsHost(s); return ok }),
		test("public_host", func(s string) bool { h, ok := webHost(s); return ok && publicHost(h) }),
		turn("host", func(s string) string { h, _ := webHost(s); return h }),
		turn("mail_domain", mailDomain),
		turn("plain", request.CompareForm),
		turn("supplier_name", request.SupplierName),
		binary("similarity", cel.StringType, cel.StringType, cel.IntType, func(a, b ref.Val) ref.Val {
			return types.Int(similarity(text(a), text(b)))
		}),
		binary("same_supplier", cel.StringType, cel.StringType, cel.BoolType, func(a, b ref.Val) ref.Val {
			x := request.SupplierName(text(a))
			return types.Bool(x != "" && x == request.SupplierName(text(b)))
		}),
		binary("same_address", cel.StringType, cel.StringType, cel.BoolType, func(a, b ref.Val) ref.Val {
			x := p.canonicalAddress(text(a))
			return types.Bool(x != "" && x == p.canonicalAddress(text(b)))
		}),
		binary("under", cel.StringType, cel.ListType(cel.StringType), cel.BoolType, func(host, domains ref.Val) ref.Val {
			return underAny(text(host), domains)
		}),
		binary("listed", cel.StringType, cel.StringType, cel.BoolType, func(list, s ref.Val) ref.Val {
			l, ok := p.lists[text(list)]
			if !ok {
				return types.NewErr("there is no list %q", text(list))
			}
			return types.Bool(l.has(text(s)))
		}),
		binary("nearly_listed", cel.StringType, cel.StringType, cel.BoolType, func(list, s ref.Val) ref.Val {
			l, ok := p.lists[text(list)]
			if !ok {
				return types.NewErr("there is no list %q", text(list))
			}
			return types.Bool(l.nearly(text(s)))
		}),
	}
}

// underAny reports whether a host is one of the domains or under one.
func underAny(host string, domains ref.Val) ref.Val {
	list, ok := domains.(traits.Lister) // department.domains, or one that is written in the condition
	if !ok {
		return types.NewErr("a list of domains was expected")
	}
	for it := list.Iterator(); it.HasNext() == types.True; {
		if d, ok := it.Next().(types.String); ok && underDomain(host, string(d)) {
			return types.True
		}
	}
	return types.False
}

// dateHelpers are the helpers on days: fiscal periods, weekends, holidays and working days. The region may be left out
// where the policy names one.
func dateHelpers(p *Policy) []cel.EnvOption {
	on := func(v ref.Val) request.Date { return v.(*day).Date }
	number := func(name string, f func(request.Date) int) cel.EnvOption {
		return unary(name, dateType, cel.IntType, func(v ref.Val) ref.Val { return types.Int(f(on(v))) })
	}
	holiday := func(d request.Date, region string) ref.Val {
		is, err := p.calendar.holiday(d, region)
		if err != nil {
			return types.WrapErr(err)
		}
		return types.Bool(is)
	}
	working := func(a, b request.Date, region string) ref.Val {
		n, err := p.calendar.workingDays(a, b, region)
		if err != nil {
			return types.WrapErr(err)
		}
		return types.Int(n)
	}
	return []cel.EnvOption{
		number("year", func(d request.Date) int { return d.Year }),
		number("month", func(d request.Date) int { return int(d.Month) }),
		number("day_of_month", func(d request.Date) int { return d.Day }),
		// The fiscal year has the number of the calendar year in which it begins.
		number("fiscal_year", func(d request.Date) int { return request.FiscalYearStart(d, p.fiscalStart).Year }),
		number("fiscal_quarter", func(d request.Date) int {
			return (int(d.Month)-int(p.fiscalStart)+12)%12/3 + 1
		}),
		unary("weekend", dateType, cel.BoolType, func(v ref.Val) ref.Val { return types.Bool(weekend(on(v))) }),
		unary("holiday", dateType, cel.BoolType, func(v ref.Val) ref.Val { return holiday(on(v), p.region) }),
		binary("holiday", dateType, cel.StringType, cel.BoolType, func(v, r ref.Val) ref.Val {
			return holiday(on(v), string(r.(types.String)))
		}),
		binary("working_days", dateType, dateType, cel.IntType, func(a, b ref.Val) ref.Val {
			return working(on(a), on(b), p.region)
		}),
		cel.Function("working_days", cel.Overload("working_days_region", []*cel.Type{dateType, dateType, cel.StringType}, cel.IntType,
			cel.FunctionBinding(func(args ...ref.Val) ref.Val {
				return working(on(args[0]), on(args[1]), string(args[2].(types.String)))
			}))),
	}
}
