package workbook

import (
	"bytes"
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"

	"handrail/internal/request"
)

func TestAFormCanBeFilledInAsAPersonWould(t *testing.T) {
	var b bytes.Buffer
	err := NewForm(&b, FormOptions{Lang: request.French, Fields: []request.Field{request.AuthorizedOn}, Entries: &FormEntries{
		Requester: "Sophie Tremblay", Email: "sophie@d.example", Branch: "Numérique",
		Above: map[request.Field]string{request.CostCentre: "0042", request.AuthorizedOn: "2026-11-02"},
		Lines: []map[request.Field]string{{request.Title: "=Titre", request.Total: "4520.10"}},
	}})
	if err != nil {
		t.Fatal(err)
	}
	book, err := excelize.OpenReader(&b)
	if err != nil {
		t.Fatal(err)
	}
	rows, err := book.GetRows(book.GetSheetName(0), excelize.Options{RawCellValue: true})
	if err != nil {
		t.Fatal(err)
	}
	var all []string
	for _, r := range rows {
		all = append(all, strings.Join(r, "|"))
	}
	text := strings.Join(all, "\n")
	for _, want := range []string{"Sophie Tremblay", "sophie@d.example", "0042", "46328", "=Titre", "4520.1"} {
		if !strings.Contains(text, want) {
			t.Errorf("%q is not in the form:\n%s", want, text)
		}
	}
	if err := NewForm(&b, FormOptions{Entries: &FormEntries{Lines: []map[request.Field]string{{request.Amends: "HR-2026-000001-01"}}}}); err == nil {
		t.Error("a value without a place was left out in silence")
	}
}
