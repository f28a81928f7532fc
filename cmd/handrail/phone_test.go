package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"handrail/internal/browsertest"
	"handrail/internal/demo"
)

// phone is how wide a phone's screen is, and firstScreen how much of a mail it shows below its own bars, in pixels.
const phone, firstScreen = 400, 600

// The demo's real mails to its officers have their first button on a phone's first screen; what is bought, from whom and for
// how much stands above it.
func TestTheDemosOfficersDecideOnThePhonesFirstScreen(t *testing.T) {
	browsertest.Browser(t)
	desk := newPictureDesk(t)
	var mails []browsertest.Mail
	for _, r := range desk.demo.week.Received {
		if r.To != demo.Officer && r.To != demo.OfficerF || strings.HasPrefix(r.Subject, "Enregistré") || strings.HasPrefix(r.Subject, "Recorded") {
			continue
		}
		html, err := os.ReadFile(filepath.Join(desk.demo.out, strings.TrimSuffix(r.Mail, ".eml")+".html"))
		if err != nil {
			t.Fatal(err)
		}
		mails = append(mails, browsertest.Mail{Name: r.Subject, HTML: string(html)})
	}
	if len(mails) < 3 {
		t.Fatalf("%d mails to officers", len(mails))
	}
	for _, b := range browsertest.FirstButtons(t, phone, mails) {
		if b.Bottom == 0 || b.Bottom > firstScreen {
			t.Errorf("%s: the first button ends at %.0f px", b.Mail, b.Bottom)
		}
		before, _, _ := strings.Cut(b.Mail, ",")
		words := strings.Fields(before) // of a reminder, what it is stands first
		who := words[len(words)-1]
		for _, want := range []string{who + "@" + demo.Domain, "$", "Fournisseur", "Pourquoi"} {
			if !strings.Contains(b.Above, want) {
				t.Errorf("%s: above the first button there is no %q in %q", b.Mail, want, b.Above)
			}
		}
	}
}
