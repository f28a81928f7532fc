package batch_test

import (
	"context"
	"reflect"
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"

	"handrail/internal/officers"
	"handrail/internal/request"
)

// One roster, as a department may keep it: a CSV, a CSV that a French spreadsheet wrote, a workbook.
func TestOfficersComeFromAFile(t *testing.T) {
	t.Parallel()
	want := []officers.Officer{
		{Email: "odile@d.example", Name: "Odile Officer", Title: "Senior Officer", Language: request.English, Limit: "25000", Units: []string{"Benefits, North", "Stores"},
			CostCentres: []string{"4410", "4417"}, Commodities: []string{"goods", "services"}, Backup: "hana@d.example", Absences: []string{"2026-12-21..2027-01-04"}, Digest: true,
			Assistants: []string{"denis@d.example", "eva@d.example"}},
		{Email: "hana@d.example", Name: "Hana Head", Language: request.French},
	}
	book := excelize.NewFile()
	for i, row := range [][]any{{"Courriel", "Nom", "Titre", "Langue", "Limite", "Directions", "Centres de coûts", "Types de produit", "Remplaçante", "Absences", "Résumé", "Adjointes"},
		{"odile@d.example", "Odile Officer", "Senior Officer", "anglais", 25000, "Benefits, North; Stores", "4410; 4417", "biens; services", "hana@d.example", "2026-12-21..2027-01-04", "oui", "denis@d.example; eva@d.example"},
		nil, {"hana@d.example", "Hana Head", nil, "français"}} {
		if err := book.SetSheetRow("Sheet1", "A"+string(rune('1'+i)), &row); err != nil {
			t.Fatal(err)
		}
	}
	sheet, err := book.WriteToBuffer()
	if err != nil {
		t.Fatal(err)
	}
	for name, file := range map[string]string{
		"english.csv": "email,name,title,language,limit,units,cost centres,commodities,backup,absences,digest,assistants\n" +
			`odile@d.example,Odile Officer,Senior Officer,en,25000,"Benefits, North; Stores",4410;4417,goods;services,hana@d.example,2026-12-21..2027-01-04,yes,denis@d.example;eva@d.example` + "\n\n" +
			"hana@d.example,Hana Head,,fr\n",
		"french.csv": "\ufeffCourriel;Nom;Titre;Langue;Limite;Directions;Centres de coûts;Types de produit;Remplaçante;Absences;Résumé;Adjoints\r\n" +
			`odile@d.example;Odile Officer;Senior Officer;anglais;25000;"Benefits, North; Stores";"4410; 4417";"biens; services";hana@d.example;2026-12-21..2027-01-04;oui;"denis@d.example, eva@d.example"` + "\r\n" +
			"hana@d.example;Hana Head;;français;;;;;;;non\r\n",
		"officers.xlsx": sheet.String(),
	} {
		got, err := officers.ReadOfficers(context.Background(), []byte(file), name)
		if err != nil || !reflect.DeepEqual(got, want) {
			t.Errorf("%s: %v\n%+v\nwant\n%+v", name, err, got, want)
		}
	}
}

// A misspelt limit must not read as none: every mistake is named at once, with its row, and nobody gets authority.
func TestMistakesInAFileOfOfficers(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name, file string
		want       []string
	}{
		{"columns and cells", "email,name,limt,language,digest,email\na@d.example,A,9,de,perhaps,b@d.example,more\n", []string{
			`officers.csv: row 1: "limt" is no column of a file of officers; the columns are email, name, `, `row 1: "email" is there twice`,
			`row 2: "9" stands in a column without a header`, `row 2: "de" is not en or fr`, `row 2: "perhaps" is not yes or no`, `row 2: "more" stands in a column without a header`}},
		{"no officer", "email,name\n\n", []string{"officers.csv: it names no officer"}},
		{"nothing", "", []string{"officers.csv: it names no officer"}},
		{"a quote that is not closed", "email,name\na@d.example,\"A\n", []string{"officers.csv: "}},
		{"a damaged workbook", "PK\x03\x04 and no more", []string{"officers.csv: "}},
	} {
		_, err := officers.ReadOfficers(context.Background(), []byte(c.file), "officers.csv")
		if err == nil {
			t.Errorf("%s: accepted", c.name)
			continue
		}
		for _, want := range c.want {
			if !strings.Contains(err.Error(), want) {
				t.Errorf("%s: %q is missing in:\n%v", c.name, want, err)
			}
		}
	}
}
