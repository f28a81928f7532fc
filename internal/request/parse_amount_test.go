package request

import (
	"errors"
	"regexp"
	"strings"
	"testing"

	"github.com/shopspring/decimal"
	"pgregory.net/rapid"
)

var (
	quoted     = regexp.MustCompile(`«[^»]*»`)
	badSpacing = regexp.MustCompile(`[^\x{00a0}][:»]|«[^\x{00a0}]`)
)

func codeOf(t *testing.T, err error) string {
	t.Helper()
	if err == nil {
		return ""
	}
	m, ok := errors.AsType[*Misread](err)
	if !ok {
		t.Fatalf("error is a %T, not a *Misread: %v", err, err)
	}
	if m.Message.EN == "" || m.Message.FR == "" {
		t.Errorf("code %s lacks a message in one language: %+v", m.Code, m.Message)
	}
	own := quoted.ReplaceAllString(m.Message.FR, "«\u00a0\u00a0»")
	if badSpacing.MatchString(own) {
		t.Errorf("French message lacks a no-break space: %s", m.Message.FR)
	}
	return m.Code
}

func TestParseAmount(t *testing.T) {
	tests := []struct {
		in, want, currency, code string
	}{
		// The three styles of docs/design.md#the-request-form.
		{in: "1234.56", want: "1234.56"},
		{in: "1,234.56", want: "1234.56"},
		{in: "1 234,56", want: "1234.56"},
		{in: "1\u00a0234,56", want: "1234.56"},
		{in: "1\u202f234,56", want: "1234.56"},
		{in: "1\u2009234,56", want: "1234.56"},
		{in: "1 234.56", want: "1234.56"},
		{in: "1234,56", want: "1234.56"},
		{in: "12,345,678.90", want: "12345678.9"},
		{in: "1,234,567", want: "1234567"},
		{in: "12 345 678", want: "12345678"},
		{in: "9775", want: "9775"},
		{in: "0", want: "0"},
		{in: "0.5", want: "0.5"},
		{in: ".50", want: "0.5"},
		{in: ",50", want: "0.5"},
		{in: "12,5", want: "12.5"},
		{in: "12.5000", want: "12.5"},
		{in: "  42.00\u00a0", want: "42"},
		{in: "-5.00", want: "-5"},
		{in: "−5,00", want: "-5"},
		{in: "-0", want: "0"},
		// Currencies beside it.
		{in: "$1,234.56", want: "1234.56"},
		{in: "$ 1234.56", want: "1234.56"},
		{in: "1 234,56 $", want: "1234.56"},
		{in: "1\u00a0234,56\u00a0$", want: "1234.56"},
		{in: "-$5.00", want: "-5"},
		{in: "$-5.00", want: "-5"},
		{in: "1,234.56 CAD", want: "1234.56", currency: "CAD"},
		{in: "CAD 1,234.56", want: "1234.56", currency: "CAD"},
		{in: "cad$1234.56", want: "1234.56", currency: "CAD"},
		{in: "$1234.56 CAD", want: "1234.56", currency: "CAD"},
		{in: "1234,56 $ CA", want: "1234.56", currency: "CAD"},
		{in: "C$12.00", want: "12", currency: "CAD"},
		{in: "US$12.00", want: "12", currency: "USD"},
		{in: "12,00 €", want: "12", currency: "EUR"},
		{in: "12.00 GBP", want: "12", currency: "GBP"},
		{in: "CAD 12.00 USD", code: CodeNotANumber},
		{in: "$12.00$", code: CodeNotANumber},
		{in: "12.00 XYZ", code: CodeNotANumber},
		// Two readings.
		{in: "1,234", code: CodeAmbiguousNumber},
		{in: "1.234", code: CodeAmbiguousNumber},
		{in: "$1,234", code: CodeAmbiguousNumber},
		{in: "1.000", code: CodeAmbiguousNumber},
		{in: "12 34", code: CodeAmbiguousNumber},
		{in: "1 234,567", code: CodeAmbiguousNumber},
		{in: "1 234.567", code: CodeAmbiguousNumber},
		{in: "12\u00a034", code: CodeAmbiguousNumber},
		// Fractions of a cent.
		{in: "1234.567", code: CodeFractionOfCent},
		{in: "1234,567", code: CodeFractionOfCent},
		{in: "1,234.567", code: CodeFractionOfCent},
		{in: "0.125", code: CodeFractionOfCent},
		{in: "10.0051", code: CodeFractionOfCent},
		// Malformed groups are nobody's number.
		{in: "1,23,456", code: CodeNotANumber},
		{in: "1,234,56", code: CodeNotANumber},
		{in: "12,34.56", code: CodeNotANumber},
		{in: "1.234.567", code: CodeNotANumber},
		{in: "1, 234.56", code: CodeNotANumber},
		{in: "1  234", code: CodeNotANumber},
		{in: "1'234.56", code: CodeNotANumber},
		{in: "1234.", code: CodeNotANumber},
		{in: "1234.5.", code: CodeNotANumber},
		{in: "..5", code: CodeNotANumber},
		{in: "1..5", code: CodeRange},
		{in: "(1234.56)", code: CodeNotANumber},
		{in: "- 5", code: CodeNotANumber},
		{in: "5-", code: CodeNotANumber},
		{in: "--5", code: CodeNotANumber},
		{in: "5k", code: CodeNotANumber},
		{in: "10K$", code: CodeNotANumber},
		{in: "1e5", code: CodeNotANumber},
		{in: "0x10", code: CodeNotANumber},
		{in: "1/2", code: CodeNotANumber},
		{in: "free", code: CodeNotANumber},
		{in: "gratuit", code: CodeNotANumber},
		{in: "-", code: CodeNotANumber},
		{in: "", code: CodeNotANumber},
		{in: "١٢٣", code: CodeNotANumber},
		{in: "１２３", code: CodeNotANumber},
		{in: strings.Repeat("9", 100), code: CodeNotANumber},
		// What people write instead of a price.
		{in: "5000-6000", code: CodeRange},
		{in: "5000 – 6000", code: CodeRange},
		{in: "$5,000 to $6,000", code: CodeRange},
		{in: "5 000 à 6 000 $", code: CodeRange},
		{in: "entre 5000 et 6000", code: CodeRange},
		{in: "up to 9000", code: CodeRange},
		{in: "jusqu’à 9000 $", code: CodeRange},
		{in: "max 9000", code: CodeRange},
		{in: "< 10000", code: CodeRange},
		{in: "5000+", code: CodeRange},
		{in: "approx. 5000", code: CodeEstimate},
		{in: "environ 5 000 $", code: CodeEstimate},
		{in: "~5000", code: CodeEstimate},
		{in: "5000 (est.)", code: CodeEstimate},
		{in: "5000 estimé", code: CodeEstimate},
		{in: "TBD", code: CodeEstimate},
		{in: "à déterminer", code: CodeEstimate},
		{in: "5000?", code: CodeEstimate},
		{in: "85/h", code: CodeHourlyRate},
		{in: "$85 per hour", code: CodeHourlyRate},
		{in: "85 $/heure", code: CodeHourlyRate},
		{in: "85 $ de l’heure", code: CodeHourlyRate},
		{in: "650 par jour", code: CodeHourlyRate},
		{in: "650/day", code: CodeHourlyRate},
		{in: "hourly: 85", code: CodeHourlyRate},
		{in: "13%", code: CodePercentage},
		{in: "14,975 %", code: CodePercentage},
		{in: "12\x0034", code: CodeControlCharacters},
		{in: "\u202e12.34", code: CodeControlCharacters},
		{in: "1000000000000", code: CodeNumberTooLarge},
		{in: "999999999999.99", want: "999999999999.99"},
	}
	for _, tt := range tests {
		t.Run(tt.in, func(t *testing.T) {
			got, err := ParseAmount(tt.in, 2)
			if code := codeOf(t, err); code != tt.code {
				t.Fatalf("ParseAmount(%q): code %q (%v), want %q", tt.in, code, err, tt.code)
			}
			if tt.code != "" {
				return
			}
			if got.Number.String() != tt.want || got.Currency != tt.currency {
				t.Errorf("ParseAmount(%q) = %s %q, want %s %q", tt.in, got.Number, got.Currency, tt.want, tt.currency)
			}
		})
	}
}

func TestParseAmountDecimalsOfTheCurrency(t *testing.T) {
	tests := []struct {
		in       string
		decimals int32
		want     string
		code     string
	}{
		{"1500", 0, "1500", ""},
		{"1500.5", 0, "", CodeFractionOfCent},
		{"1500.00", 0, "1500", ""},
		{"1234.567", 3, "1234.567", ""},
		{"0.123456", UnitDecimals, "0.123456", ""},
		{"1234.567", UnitDecimals, "1234.567", ""},
		{"0.1234567", UnitDecimals, "", CodeTooManyDecimals},
		{"1.234", UnitDecimals, "", CodeAmbiguousNumber},
	}
	for _, tt := range tests {
		got, err := ParseAmount(tt.in, tt.decimals)
		if code := codeOf(t, err); code != tt.code || (code == "" && got.Number.String() != tt.want) {
			t.Errorf("ParseAmount(%q, %d) = %s, %q; want %s, %q", tt.in, tt.decimals, got.Number, code, tt.want, tt.code)
		}
	}
}

func TestParseNumber(t *testing.T) {
	for in, want := range map[string]string{"3": "3", "2.5": "2.5", "2,5": "2.5", "1 000": "1000", "-1": "-1"} {
		got, err := ParseNumber(in)
		if err != nil || got.String() != want {
			t.Errorf("ParseNumber(%q) = %s, %v; want %s", in, got, err, want)
		}
	}
	for in, want := range map[string]string{"$3": CodeNotANumber, "3 boxes": CodeNotANumber, "1,000": CodeAmbiguousNumber,
		"2-3": CodeRange, "0.0000001": CodeTooManyDecimals} {
		if _, err := ParseNumber(in); codeOf(t, err) != want {
			t.Errorf("ParseNumber(%q): %v, want code %s", in, err, want)
		}
	}
}

// What Money.In and Plain write, ParseAmount reads back exactly, in both languages and with every kind of space.
func TestParseAmountReadsWhatWeWrite(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		code := rapid.SampledFrom([]string{"CAD", "USD", "JPY", "KWD", ""}).Draw(t, "currency")
		digits, _ := MinorDigits(code)
		m := Money{decimal.New(rapid.Int64Range(-99_999_999_999, 99_999_999_999).Draw(t, "minor"), -digits), code}
		space := rapid.SampledFrom([]string{" ", "\u00a0", "\u202f", "\u2009"}).Draw(t, "space")
		for _, s := range []string{m.Plain(), m.In(English), strings.ReplaceAll(m.In(French), "\u00a0", space)} {
			got, err := ParseAmount(s, digits)
			mayAsk := digits != 2 // 1,234 yen and 1.234 dinars have two readings when no thousands tell them apart
			if err != nil {
				if mis, ok := errors.AsType[*Misread](err); mayAsk && ok && mis.Code == CodeAmbiguousNumber {
					continue
				}
				t.Fatalf("%q: %v", s, err)
			}
			if !got.Number.Equal(m.Amount) {
				t.Fatalf("%q read as %s, want %s", s, got.Number, m.Amount)
			}
			if got.Currency != "" && got.Currency != code {
				t.Fatalf("%q read in %s, want %s", s, got.Currency, code)
			}
		}
	})
}

// Whatever is read has the digits of the text, in their order: no digit is dropped, added or moved.
func FuzzParseAmount(f *testing.F) {
	for _, s := range []string{"1,234.56", "1 234,56 $", "$-5.00", "1.234", "5000-6000", "85/h", ".50", "CAD 1", "\u202e1", "1\u00a0000", "−3", "1e9", "0,5€"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		got, err := ParseAmount(s, 2)
		if err != nil {
			codeOf(t, err)
			return
		}
		typedDigits := strings.Map(func(r rune) rune {
			if isDigit(r) {
				return r
			}
			return -1
		}, s)
		n, err := decimal.NewFromString(typedDigits)
		if err != nil {
			t.Fatalf("%q was read as %s without digits", s, got.Number)
		}
		for shift := int32(0); ; shift++ {
			if got.Number.Abs().Shift(shift).Equal(n) {
				break
			}
			if int(shift) > len(typedDigits) {
				t.Fatalf("%q was read as %s", s, got.Number)
			}
		}
		again, err := ParseAmount(got.Number.StringFixed(2), 2)
		if err != nil || !again.Number.Equal(got.Number) {
			t.Fatalf("%q was read as %s, which reads back as %s, %v", s, got.Number, again.Number, err)
		}
	})
}

func BenchmarkParseAmount(b *testing.B) {
	for b.Loop() {
		if _, err := ParseAmount("1 234,56 $", 2); err != nil {
			b.Fatal(err)
		}
	}
}
