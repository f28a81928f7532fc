package batch_test

import (
	"bytes"
	"testing"

	"github.com/xuri/excelize/v2"

	"handrail/internal/request"
)

// An officer who mails FORM ALL gets the form with every field, to hand out; anybody else gets the usual one.
func TestAnOfficerGetsTheFormWithEveryField(t *testing.T) {
	t.Parallel()
	d := open(t, nil)
	d.send(testOfficer, "FORM ALL", "")
	d.send(testStaff, "Formulaire", "FORMULAIRE COMPLET")
	d.once()
	for who, want := range map[string]bool{testOfficer: true, testStaff: false} {
		mail := d.last(who)
		if len(mail.Attachments) != 1 {
			t.Fatalf("%s got %q with %d files", who, mail.Subject, len(mail.Attachments))
		}
		book, err := excelize.OpenReader(bytes.NewReader(mail.Attachments[0].Data))
		if err != nil {
			t.Fatal(err)
		}
		rows, err := book.GetRows(book.GetSheetName(0))
		if err != nil {
			t.Fatal(err)
		}
		found := false
		for _, row := range rows {
			for _, label := range row {
				found = found || label == request.StandingOffer.Info().Label.EN || label == request.StandingOffer.Info().Label.FR
			}
		}
		if found != want {
			t.Errorf("%s: a box for the standing offer: %v", who, found)
		}
	}
}
