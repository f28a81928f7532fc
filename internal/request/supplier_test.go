package request

import (
	"slices"
	"testing"
	"unicode/utf8"
)

func TestTheSameSupplierHoweverItIsWritten(t *testing.T) {
	same := [][]string{
		{"Northern Software Inc.", "NORTHERN SOFTWARE, INC", "northern  software", "Northern-Software Ltd.", "Nοrthern Sоftware", "Northern\u200b Soft\u00adware", "Ｎｏｒｔｈｅｒｎ Software", "Northern Software S.A.R.L.", "The Northern Software Company"},
		{"Northern Software S.E.N.C.", "Northern Software, s.e.n.c.r.l./LLP", "Northern Software S.E.C.", "Northern Software (enr.)", "Northern Software Limited Partnership",
			"Northern Software, société par actions", "Northern Software Ltée / Inc.", "Northern Software U.L.C.", "Northern Software Registered"},
		{"Northern Software", "Northern Software™", "Northern Software® Inc.", "N0rthern S0ftware", "Northern Software lnc.", "Northern Softvvare", "Les Northern Software",
			"𝐍orthern Software", "N\u0336orthern Software", "\u202eNorthern Software", "Northern Software inc.\u3164", "Nоrthеrn Sоftwаrе", "NoRThern ЅоfТwаrе"},
		{"Alpine Skills Inc.", "AIpine SkilIs", "A1pine Ski11s", "alpine skllls"},
		{"9876-5432 Québec inc.", "98765432 Quebec", "9876 5432 QUÉBEC INC."},
		{"Été & Fils Ltée", "Ete et fils ltee", "ETE AND FILS, LIMITÉE", "E\u0301te\u0301 & Fils"},
		{"L’Atelier Dubé enr.", "L'Atelier Dube", "Atelier Dubé", "l atelier dubé"},
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
			if i > 2 && i != j && SupplierName(other[0]) == want {
				t.Errorf("%q and %q are one supplier", group[0], other[0])
			}
		}
	}
	for _, pair := range [][2]string{{"3M", "EM"}, {"Limited", "Inc."}, {"Smith Consulting", "Smith Construction"}, {"北京软件", "上海软件"}, {"Studio 10", "Studio 1"}, {"L", "L Inc 2"}, {"La", "Le"}} {
		if SupplierName(pair[0]) == SupplierName(pair[1]) {
			t.Errorf("%q and %q are one supplier: %q", pair[0], pair[1], SupplierName(pair[0]))
		}
	}
}

func TestBusinessNumbers(t *testing.T) {
	for in, want := range map[string]string{
		"12345 6789 RT0001": "123456789", "123-456-789": "123456789", "１２３４５６７８９": "123456789",
		"123456782 RT 1": "123456782", "123456782RT": "123456782", "BN: 123456782 RT0001": "123456782", "NE 123456782": "123456782", "№123456782": "123456782",
		"GST 123456782 RT0001": "123456782", "TPS 123456782 RT 0001": "123456782", "12345678O rc 0002": "123456780", "l23456782": "123456782",
		"123456782RT0001/RT0002": "123456782", "123.456.782\u200b": "123456782", "1234567890 TQ 0001": "1234567890TQ0001", "123456789": "123456789",
		"NE": "NE", "OOO OOO OOO": "OOOOOOOOO", "BN 000000000": "BN000000000",
		"": "", "n/a": "", "—": "", "000000000": "", "US-99 1": "US991", "aucun": "",
	} {
		if got := BusinessNumber(in); got != want {
			t.Errorf("%q is %q, want %q", in, got, want)
		}
	}
}

// A cost centre is the same however it is typed.
func TestTheSameCostCentreHoweverItIsWritten(t *testing.T) {
	key := CentreForm
	for _, group := range [][]string{
		{"4410", "44-10", "44 10", "44.10", "４４１０", "٤٤١٠", "4410\u200b", "04410", "0004410"},
		{"CC-4410", "cc 4410", "СС4410", "Cc 44\u00ad10"},
	} {
		for _, text := range group {
			if key(text) != key(group[0]) {
				t.Errorf("%q counts under %q, %q under %q", text, key(text), group[0], key(group[0]))
			}
		}
	}
	if key("4410") == key("44100") || key("CC044") == key("CC44") {
		t.Error("two cost centres are one")
	}
}

// Descriptions are alike whatever alphabet and invisible characters their words are written with.
func TestTheSameNeedHoweverItIsWritten(t *testing.T) {
	want := NeedWords("Repair of the accessible forms")
	for _, text := range []string{"REPAIR: accessible form!", "Rep\u200bair accessible f\u00adorms", "Rераir accessible fоrms", "forms, accessible; repair"} {
		if got := NeedWords(text); !slices.Equal(got, want) {
			t.Errorf("%q is about %q, not %q", text, got, want)
		}
	}
}

func TestAMailboxHasManyAddresses(t *testing.T) {
	for _, a := range []string{"amara@example.ca", "Amara@Example.CA", " amara+2@example.ca", "amara+a+b@example.ca"} {
		if !SameMailbox(a, "amara@example.ca") {
			t.Errorf("%s is somebody else", a)
		}
	}
	for _, a := range []string{"", "james@example.ca", "+amara@example.ca", "amara@example.org", "amara"} {
		if SameMailbox(a, "amara@example.ca") {
			t.Errorf("%s is amara@example.ca", a)
		}
	}
	if SameMailbox("", "") {
		t.Error("nobody is somebody")
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
