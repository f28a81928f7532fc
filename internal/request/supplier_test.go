package request

import (
	"testing"
	"unicode/utf8"
)

func TestTheSameSupplierHoweverItIsWritten(t *testing.T) {
	same := [][]string{
		{"Northern Software Inc.", "NORTHERN SOFTWARE, INC", "northern  software", "Northern-Software Ltd.", "Nοrthern Sоftware", "Northern\u200b Soft\u00adware", "Ｎｏｒｔｈｅｒｎ Software", "Northern Software S.A.R.L.", "The Northern Software Company"},
		{"Été & Fils Ltée", "Ete et fils ltee", "ETE AND FILS, LIMITÉE", "E\u0301te\u0301 & Fils"},
		{"L’Atelier Dubé enr.", "L'Atelier Dube"},
		{"3M", "3M Company", "3m co."},
		{"Straße GmbH", "STRASSE"},
	}
	for i, group := range same {
		want := SupplierName(group[0])
		if want == "" {
			t.Errorf("%q identifies nobody", group[0])
		}
		for _, name := range group {
			if got := SupplierName(name); got != want {
				t.Errorf("%q is %q, want %q as %q", name, got, want, group[0])
			}
		}
		for j, other := range same {
			if i != j && SupplierName(other[0]) == want {
				t.Errorf("%q and %q are one supplier", group[0], other[0])
			}
		}
	}
	for _, pair := range [][2]string{{"3M", "EM"}, {"Limited", "Inc."}, {"Smith Consulting", "Smith Construction"}, {"北京软件", "上海软件"}} {
		if SupplierName(pair[0]) == SupplierName(pair[1]) {
			t.Errorf("%q and %q are one supplier: %q", pair[0], pair[1], SupplierName(pair[0]))
		}
	}
}

func TestBusinessNumbers(t *testing.T) {
	for in, want := range map[string]string{
		"12345 6789 RT0001": "123456789", "123456789": "123456789", "123-456-789": "123456789", "１２３４５６７８９": "123456789",
		"": "", "n/a": "", "—": "", "000000000": "", "US-99 1": "US991", "aucun": "",
	} {
		if got := BusinessNumber(in); got != want {
			t.Errorf("%q is %q, want %q", in, got, want)
		}
	}
}

func FuzzSupplierName(f *testing.F) {
	for _, s := range []string{"Northern Software Inc.", "Été & Fils Ltée", "Nοrthern", "\u202eabc", "S A R L", ""} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		name := SupplierName(s)
		if !utf8.ValidString(name) && utf8.ValidString(s) {
			t.Errorf("%q gives bytes that are no text", s)
		}
		BusinessNumber(s)
	})
}
