package request

import (
	"bytes"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

func TestFold(t *testing.T) {
	for in, want := range map[string]string{
		"Supplier": "supplier", " Numéro d’entreprise : ": "numerodentreprise", "Cost-centre*": "costcentre",
		"Titre dans l'autre langue": "titredanslautrelangue", "Total ($)": "total", "Supplier\n/ Fournisseur": "supplierfournisseur",
		"COEUR cœur Œ": "coeurcoeuroe", "e\u0301te\u0301": "ete", "": "", "…": "", "Ligne № 2": "ligneno2", "Ｔｏｔａｌ": "total",
	} {
		if got := Fold(in); got != want {
			t.Errorf("Fold(%q) = %q, want %q", in, got, want)
		}
	}
}

func TestParseChoice(t *testing.T) {
	tests := []struct {
		field Field
		in    string
		want  string
		lang  Lang
		code  string
	}{
		{Commodity, "Goods", "goods", English, ""},
		{Commodity, "BIENS", "goods", French, ""},
		{Commodity, "services", "services", UnknownLang, ""},
		{Remote, "Yes", "yes", English, ""},
		{Remote, "oui", "yes", French, ""},
		{Remote, "No", "no", English, ""},
		{Remote, "Non.", "no", French, ""},
		{Remote, "Yes / Oui", "yes", UnknownLang, ""},
		{Remote, "y", "", UnknownLang, CodeUnknownChoice},
		{Remote, "maybe", "", UnknownLang, CodeUnknownChoice},
		{Security, "protege a", "protected A", French, ""},
		{Security, "PROTÉGÉE B", "protected B", French, ""},
		{Security, "Protected-B", "protected B", English, ""},
		{Security, "non classifiée", "unclassified", French, ""},
		{Security, "protected", "", UnknownLang, CodeUnknownChoice},
		{InternalCapacity, "aucune", "none", French, ""},
		{InternalCapacity, "Aucun", "none", French, ""},
		{InternalCapacity, "no", "", UnknownLang, CodeUnknownChoice},
		{Payment, "Carte d'achat", "acquisition card", French, ""},
		{Payment, "card through paypal", "card through PayPal", English, ""},
		{PublicServant, "ancienne sans pension", "former without pension", French, ""},
		{PublicServant, "Former, with pension", "former with pension", English, ""},
		{Remote, "yes\x01", "", UnknownLang, CodeControlCharacters},
		{Remote, "\x01?", "", UnknownLang, CodeControlCharacters},
		{Remote, strings.Repeat("yes ", 40), "", UnknownLang, CodeUnknownChoice},
	}
	for _, tt := range tests {
		got, lang, err := ParseChoice(tt.field, tt.in)
		if code := codeOf(t, err); got != tt.want || lang != tt.lang || code != tt.code {
			t.Errorf("ParseChoice(%s, %q) = %q, %q, code %q; want %q, %q, %q", tt.field, tt.in, got, lang, code, tt.want, tt.lang, tt.code)
		}
	}
}

// Every answer reads in both languages and together, and no word means two answers of one field.
func TestEveryChoiceReads(t *testing.T) {
	for _, info := range Fields() {
		seen := map[string]string{}
		for _, c := range info.Choices {
			for _, in := range []string{c.Code, c.Label.EN, c.Label.FR, c.Label.EN + " / " + c.Label.FR, strings.ToUpper(c.Label.FR)} {
				got, _, err := ParseChoice(info.Field, in)
				if err != nil || got != c.Code {
					t.Errorf("%s: %q reads as %q, %v; want %q", info.Name, in, got, err, c.Code)
				}
				if other, ok := seen[Fold(in)]; ok && other != c.Code {
					t.Errorf("%s: %q means both %q and %q", info.Name, in, other, c.Code)
				}
				seen[Fold(in)] = c.Code
			}
		}
	}
}

func TestParseDay(t *testing.T) {
	tests := []struct{ in, want, code string }{
		{"2026-12-01", "2026-12-01", ""},
		{" 2026-12-01\u00a0", "2026-12-01", ""},
		{"2028-02-29", "2028-02-29", ""},
		{"2026-02-29", "", CodeNotADate},
		{"2026-13-01", "", CodeNotADate},
		{"2026-1-1", "2026-01-01", ""},
		{"2026/12/01", "2026-12-01", ""},
		{"01/02/2026", "", CodeAmbiguousDate},
		{"1-2-26", "", CodeAmbiguousDate},
		{"1er décembre 2026", "2026-12-01", ""},
		{"December 1, 2026", "2026-12-01", ""},
		{"2026-12-01T00:00:00", "2026-12-01", ""},
		{"2026-12-01T23:59:12", "", CodeAmbiguousDate},
		{"46374", "", CodeNotADate},
		{"ASAP", "", CodeNotADate},
		{"1900-01-01", "", CodeUnlikelyDate},
		{"2926-12-01", "", CodeUnlikelyDate},
		{"2026-12-01\x00", "", CodeControlCharacters},
	}
	for _, tt := range tests {
		got, err := ParseDay(tt.in)
		if code := codeOf(t, err); code != tt.code || (code == "" && got.String() != tt.want) {
			t.Errorf("ParseDay(%q) = %s, %v; want %s, code %q", tt.in, got, err, tt.want, tt.code)
		}
	}
}

func TestParseEmail(t *testing.T) {
	tests := []struct{ in, want, code string }{
		{"Anna.Roy@Example.CA", "anna.roy@example.ca", ""},
		{"mailto:anna@example.ca", "anna@example.ca", ""},
		{"MAILTO:anna@example.ca?subject=x", "anna@example.ca", ""},
		{"Anna Roy <anna@example.ca>", "anna@example.ca", ""},
		{`"Roy, Anna" <anna@example.ca>`, "anna@example.ca", ""},
		{"<anna@example.ca>", "anna@example.ca", ""},
		{"anna@example.ca;", "anna@example.ca", ""},
		{"o'neil@example.ca", "o'neil@example.ca", ""},
		{"anna@example.ca, bob@example.ca", "", CodeSeveralAddresses},
		{"anna@example.ca; bob@example.ca", "", CodeSeveralAddresses},
		{`"boss@example.ca" <anna@example.ca>`, "", CodeSeveralAddresses},
		{"anna", "", CodeNotAnAddress},
		{"anna@localhost", "", CodeNotAnAddress},
		{"rené@example.ca", "", CodeNotAnAddress},
		{"anna@exam ple.ca", "", CodeNotAnAddress},
		{"аnna@example.ca", "", CodeNotAnAddress}, // Cyrillic а
		{"anna@example..ca", "", CodeNotAnAddress},
		{"Anna Roy", "", CodeNotAnAddress},
		{"", "", CodeNotAnAddress},
		{"anna@example.ca\x00", "", CodeControlCharacters},
	}
	for _, tt := range tests {
		got, err := ParseEmail(tt.in)
		if code := codeOf(t, err); got != tt.want || code != tt.code {
			t.Errorf("ParseEmail(%q) = %q, %v; want %q, code %q", tt.in, got, err, tt.want, tt.code)
		}
	}
}

func TestParseCurrency(t *testing.T) {
	for in, want := range map[string]string{"CAD": "CAD", " usd ": "USD", "Eur": "EUR"} {
		if got, err := ParseCurrency(in); err != nil || got != want {
			t.Errorf("ParseCurrency(%q) = %q, %v; want %q", in, got, err, want)
		}
	}
	for _, in := range []string{"XXX", "ABC", "$", "dollars", "C\u0410D", ""} {
		if got, err := ParseCurrency(in); codeOf(t, err) != CodeUnknownCurrency {
			t.Errorf("ParseCurrency(%q) = %q, %v; want code %s", in, got, err, CodeUnknownCurrency)
		}
	}
}

func TestParseLanguage(t *testing.T) {
	for in, want := range map[string]Lang{"English": English, "en": English, "anglais": English, "English / Anglais": English,
		"Français": French, "FR": French, "French / Français": French} {
		if got, ok := ParseLanguage(in); !ok || got != want {
			t.Errorf("ParseLanguage(%q) = %q, %v; want %q", in, got, ok, want)
		}
	}
	for _, in := range []string{"both", "bilingue", "EN / FR", ""} {
		if got, ok := ParseLanguage(in); ok || got != UnknownLang {
			t.Errorf("ParseLanguage(%q) = %q, %v; want unknown", in, got, ok)
		}
	}
}

func TestParseLineReference(t *testing.T) {
	if got, err := ParseLineReference(" hr-2026-000123-04 "); err != nil || got.String() != "HR-2026-000123-04" {
		t.Errorf("got %v, %v", got, err)
	}
	for _, in := range []string{"HR-2026-000123", "2026-000123-04", "HR", "HR-2026-000123-04 and more"} {
		if got, err := ParseLineReference(in); codeOf(t, err) != CodeNotAReference {
			t.Errorf("ParseLineReference(%q) = %v, %v; want code %s", in, got, err, CodeNotAReference)
		}
	}
}

func TestMessagesQuoteSafely(t *testing.T) {
	_, err := ParseDay("soon\n" + strings.Repeat("x", 200))
	if err == nil || strings.Contains(err.Error(), "\n") || len(err.Error()) > 250 || !strings.Contains(err.Error(), "…") {
		t.Errorf("a long text is quoted as it stands: %v", err)
	}
}

func FuzzParseTyped(f *testing.F) {
	for _, s := range []string{"2026-12-01", "Anna <a@b.ca>", "oui", "CAD", "HR-2026-000123-04", "mailto:a@b.ca", "\u202e"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		if d, err := ParseDay(s); err == nil {
			if again, err := ParseDay(d.String()); err != nil || again != d {
				t.Fatalf("day %q: %v reads back as %v, %v", s, d, again, err)
			}
		}
		if a, err := ParseEmail(s); err == nil {
			if again, err := ParseEmail(a); err != nil || again != a || a != strings.ToLower(a) {
				t.Fatalf("address %q: %q reads back as %q, %v", s, a, again, err)
			}
		}
		if once := Fold(s); Fold(once) != once {
			t.Fatalf("Fold(%q) = %q is not stable", s, once)
		}
		for _, info := range Fields() {
			if info.Kind == ChoiceKind {
				_, _, err := ParseChoice(info.Field, s)
				codeOf(t, err)
			}
		}
	})
}

// The quick way for French letters and marks folds each rune as decomposing it does.
func TestFoldingFrenchIsFoldingAll(t *testing.T) {
	known := 0
	for r := rune(0x80); r < 0x10000; r++ {
		letter, quick := foldFrench(r)
		if !quick {
			continue
		}
		known++
		var got []byte
		if letter != 0 {
			got = []byte{letter}
		}
		if want := appendFoldUnicode(nil, string(r)); !bytes.Equal(got, want) {
			t.Errorf("%q folds to %q, want %q", r, got, want)
		}
	}
	if known < 40 {
		t.Errorf("only %d letters and marks have a quick way", known)
	}
	rapid.Check(t, func(t *rapid.T) {
		s := rapid.StringOf(rapid.SampledFrom([]rune("aZ9 -éÈçœÆ’\u00a0e\u0301\u0327ßª²Ǆ각"))).Draw(t, "text")
		if got, want := AppendFold(nil, s), appendFoldUnicode(nil, s); !bytes.Equal(got, want) {
			t.Fatalf("%q folds to %q, want %q", s, got, want)
		}
	})
}
