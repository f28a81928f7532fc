package totals

import (
	"slices"
	"testing"

	"handrail/internal/request"
)

func TestWhatPeopleSaidOfSuppliersSettlesWhatIsAlike(t *testing.T) {
	near := []request.Alike{{By: request.BySupplier, Form: "northen", Text: "Northen", Score: 92}, {By: request.BySupplier, Form: "northern", Text: "Northern", Score: 88}}
	j := Judged{"norther": {"northen": {Same: false, Text: "Northen"}, "ns canada": {Same: true, Text: "NS Canada"}}}
	var got []string
	for _, a := range j.Settle("norther", near) {
		got = append(got, a.Text+" "+a.Why)
	}
	if !slices.Equal(got, []string{"NS Canada said", "Northen two", "Northern "}) {
		t.Errorf("%q", got)
	}
	if got := j.Settle("another", near); len(got) != 2 || len(near) != 2 || near[0].Form != "northen" {
		t.Errorf("what nobody spoke of became %+v", got)
	}
}
