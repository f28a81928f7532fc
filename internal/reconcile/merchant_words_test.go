package reconcile

import "testing"

func TestNamesAreComparedByWords(t *testing.T) {
	for _, p := range []struct {
		merchant, supplier string
		same               bool
	}{
		{"APPLETREE CATERING OTTAWA ON", "Apple", false},
		{"APPLE TREE LODGE", "Apple", false},
		{"CANADA POSTERS & PRINTS", "Canada Post", false},
		{"CANADA POST", "Canada Posters & Prints", false},
		{"POSTES CANADA", "Canada Posters & Prints", false},
		{"STAPLEHURST NURSERY", "Staples", false},
		{"STAPLES #234 GATINEAU QC", "Staples", true},
		{"GLOBAL OFFSET PRINTING", "Global Office", false},
		{"NORTHERN LIGHTS SIGNS", "Northern Software", false},
		{"NORTHERN SOFTWAR", "Northern Software", true},
		{"NORTHERN SOFTWARE KANATA ON", "Northern Software inc.", true},
		{"MARTIN FURNITURE", "Martin Plumbing", false},
		{"DELLWOOD CABINETS", "Dell", false},
		{"DELL CANADA INC", "Dell", true},
		{"BELLEVUE HOTEL", "Bell", false},
		{"SQ *ATELIER NUMERI", "Atelier numérique inc.", true},
		{"PAYPAL *BOREAL DATA 4029357733 ON", "Boreal Data", true},
		{"BOREL DATA", "Boreal Data", true},
		{"BOREAL DATE NIGHT CAFE", "Boreal Data", false},
		{"IMPRIMERIE LACHANCE GATINE", "Imprimerie Lachance", true},
		{"IMPRIMERIE LACROIX", "Imprimerie Lachance", false},
		{"TIM HORTONS 3344", "Tim Hortons", true},
		{"CONSULTANTS RIVERAINS", "Consultants Riverside", false},
	} {
		x := newNameIndex(map[string]string{supplierForm(p.supplier): p.supplier})
		if got := len(x.suppliers(p.merchant)) > 0; got != p.same {
			t.Errorf("%q for %q: %t, want %t", p.merchant, p.supplier, got, p.same)
		}
	}
}

func supplierForm(name string) string {
	_, form := supplierMarks(name, "")
	return form[1:]
}
