package request

import (
	"encoding/json"
	"fmt"
	"testing"
	"time"

	"github.com/shopspring/decimal"
)

func TestMoneyIsWrittenForItsReader(t *testing.T) {
	for _, c := range []struct {
		amount, currency, plain, en, fr string
	}{
		{"9775", "CAD", "9775.00", "$9,775.00", "9\u00a0775,00\u00a0$"},
		{"0.5", "CAD", "0.50", "$0.50", "0,50\u00a0$"},
		{"-1234567.8", "CAD", "-1234567.80", "-$1,234,567.80", "-1\u00a0234\u00a0567,80\u00a0$"},
		{"1234", "JPY", "1234", "1,234\u00a0JPY", "1\u00a0234\u00a0JPY"},
		{"1.2345", "KWD", "1.235", "1.235\u00a0KWD", "1,235\u00a0KWD"},
		{"100", "USD", "100.00", "100.00\u00a0USD", "100,00\u00a0USD"},
	} {
		m := Money{decimal.RequireFromString(c.amount), c.currency}
		if m.Plain() != c.plain || m.In(English) != c.en || m.In(French) != c.fr {
			t.Errorf("%s %s: %q %q %q", c.amount, c.currency, m.Plain(), m.In(English), m.In(French))
		}
	}
}

func TestMinorUnitsNeverChangeAnAmountInSilence(t *testing.T) {
	for _, c := range []struct {
		amount, currency string
		minor            int64
		ok               bool
	}{
		{"9775.00", "CAD", 977500, true},
		{"9775.005", "CAD", 0, false},
		{"12", "JPY", 12, true},
		{"12.5", "JPY", 0, false},
		{"1.234", "KWD", 1234, true},
		{"-0.01", "CAD", -1, true},
		{"99999999999999999999", "CAD", 0, false},
	} {
		m := Money{decimal.RequireFromString(c.amount), c.currency}
		minor, err := m.Minor()
		if (err == nil) != c.ok || minor != c.minor {
			t.Errorf("%s %s: %d, %v", c.amount, c.currency, minor, err)
		}
		if c.ok && !FromMinor(minor, c.currency).Amount.Equal(m.Amount) {
			t.Errorf("%s %s does not come back: %s", c.amount, c.currency, FromMinor(minor, c.currency).Amount)
		}
	}
}

func TestDates(t *testing.T) {
	d, err := ParseDate("2027-03-31")
	if err != nil {
		t.Fatal(err)
	}
	if d.AddDays(1).String() != "2027-04-01" || d.AddDays(-31).String() != "2027-02-28" {
		t.Errorf("AddDays: %s, %s", d.AddDays(1), d.AddDays(-31))
	}
	if !d.Before(d.AddDays(1)) || d.Before(d) || !d.AddDays(400).After(d) {
		t.Error("order of days")
	}
	if n := d.DaysUntil(d.AddDays(365)); n != 365 {
		t.Errorf("DaysUntil: %d", n)
	}
	if d.Weekday() != time.Wednesday {
		t.Errorf("weekday: %s", d.Weekday())
	}
	for _, bad := range []string{"", "2026-13-01", "2026-02-30", "01/02/2026", "2026-1-2", " 2026-01-02"} {
		if _, err := ParseDate(bad); err == nil {
			t.Errorf("%q was read as a date", bad)
		}
	}
}

func TestReferences(t *testing.T) {
	for text, want := range map[string]Reference{
		"HR-2026-000123-04":    {2026, 123, 4},
		"hr-2026-000123-04":    {2026, 123, 4},
		"HR-2026-000123":       {2026, 123, 0},
		"HR-2026-1234567-0123": {2026, 1234567, 123},
	} {
		if got, ok := ParseReference(text); !ok || got != want {
			t.Errorf("%s: %v %v", text, got, ok)
		}
	}
	if s := (Reference{2026, 123, 4}).String(); s != "HR-2026-000123-04" {
		t.Error(s)
	}
	for _, bad := range []string{"", "HR-26-000123-04", "HR-2026-123-04", "XHR-2026-000123-04", "HR-2026-000123-04x"} {
		if _, ok := ParseReference(bad); ok {
			t.Errorf("%q was read as a reference", bad)
		}
	}
}

// Whoever adds a field is told what its row in fields_table.go lacks (docs/design.md#a-form-field).
func TestFieldTableIsWhole(t *testing.T) {
	names, labels := map[string]bool{}, map[string]string{}
	for i, f := range Fields() {
		if int(f.Field) != i+1 || f.Name == "" {
			t.Errorf("constant %d of field.go, after %s, has no row in fields_table.go, or one without a name", i+1, Field(i))
			continue
		}
		for what, text := range map[string]string{"label in English": f.Label.EN, "label in French": f.Label.FR, "help in English": f.Help.EN, "help in French": f.Help.FR} {
			if text == "" {
				t.Errorf("%s has no %s in fields_table.go", f.Name, what)
			}
		}
		for _, c := range f.Choices {
			if c.Code == "" || c.Label.EN == "" || c.Label.FR == "" {
				t.Errorf("%s has the choice %+v, which lacks a code or a label", f.Name, c)
			}
		}
		if names[f.Name] {
			t.Errorf("two fields are called %s", f.Name)
		}
		names[f.Name] = true
		for _, l := range []string{f.Label.EN, f.Label.FR} {
			if other, taken := labels[l]; taken && other != f.Name {
				t.Errorf("%s and %s are both labelled %q", other, f.Name, l)
			}
			labels[l] = f.Name
		}
		if (f.Kind == ChoiceKind) != (len(f.Choices) > 0) {
			t.Errorf("%s: choices and kind disagree", f.Name)
		}
		if back, ok := FieldByName(f.Name); !ok || back != f.Field {
			t.Errorf("FieldByName(%s) = %v", f.Name, back)
		}
	}
}

func TestFactsComeBackExactly(t *testing.T) {
	var v Values
	v[Total] = Value{Text: "9775.10", Number: decimal.RequireFromString("9775.10"), Cell: "N12", Given: true}
	v[NeededBy] = Value{Text: "2026-12-01", Date: Date{2026, 12, 1}, Cell: "P12", Given: true}
	v[Supplier] = Value{Text: "Café Éclair Ltée", Cell: "F12", Given: true}
	v[Tax] = Value{Text: "abc", Cell: "M12", Faulty: true}
	v[Title] = Value{Cell: "B12"}
	f := Facts{Line: Line{Sheet: "Requests", Row: 12, Values: v, Extra: map[string]string{"Colour": "red"}}, Today: Date{2026, 11, 23},
		Totals: map[string]Sum{"supplier_year": {Amount: decimal.RequireFromString("12.34"), Count: 2, Lines: []string{"row 12"}}}}
	first, err := json.Marshal(f)
	if err != nil {
		t.Fatal(err)
	}
	var back Facts
	if err := json.Unmarshal(first, &back); err != nil {
		t.Fatal(err)
	}
	second, _ := json.Marshal(back)
	if string(first) != string(second) {
		t.Errorf("facts changed:\n%s\n%s", first, second)
	}
	got := back.Line.Values
	if !got[Total].Given || !got[Total].Number.Equal(v[Total].Number) || got[NeededBy].Date != v[NeededBy].Date {
		t.Errorf("values changed: %+v", got[Total])
	}
	if got[Tax].Given || !got[Tax].Faulty || got[Title].Given || got[Title].Cell != "B12" {
		t.Errorf("faulty or empty values changed: %+v %+v", got[Tax], got[Title])
	}
}

func TestDatesAreWrittenInFull(t *testing.T) {
	for _, d := range []Date{{2026, 11, 27}, {1, 1, 1}, {999, 9, 9}, {9999, 12, 31}, {10000, 1, 1}, {-5, 1, 1}, {2026, 0, 5}} {
		if want := fmt.Sprintf("%04d-%02d-%02d", d.Year, int(d.Month), d.Day); d.String() != want {
			t.Errorf("%s, want %s", d, want)
		}
	}
}
