package judgement

import (
	"bytes"
	"context"
	"flag"
	"fmt"
	"os"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"

	"handrail/ingest/forms"
	"handrail/internal/request"
	"handrail/internal/workbook"
	"handrail/rules"
)

var update = flag.Bool("update", false, "write the golden table of the fillings")

// filling is one of the fifty bad fillings of ingest/forms/testdata/cells/fillings.md.
type filling struct {
	n     int
	lang  request.Lang
	who   string
	cells string // "C2=TBD|L2=see quote"; what is not named is filled well
	ask   string // the cells that must draw a question
	quiet string // the cells that must draw none
	email string // of the requester, beside the workbook

	fine    bool   // nothing is to be asked: the lines are approved
	pending string // why it is not met yet; the test fails once it is
	// notAsked are cells that the material wants asked and that are not, by design, with the reason.
	notAsked map[string]string
}

const unneeded = "the policy needs no such field, so a placeholder there is nothing"

var fillings = []filling{
	{n: 1, who: "Odette Farrow, in a hurry before a meeting", cells: "C2=TBD|L2=see quote|P2=ASAP|U2=my manager", ask: "C2 L2 P2 U2"},
	{n: 2, who: "Casimir Boyle, second line by ditto", cells: `C2=Larkwater Office Ltd.|C3=same as above|N3="|Q3=same`, ask: "C3 N3"},
	{n: 3, who: "Petra Olund, a supplier with an unlucky name", cells: "C2=TBD Consulting Inc.|D2=700000003 RT 0001", quiet: "C2 D2", fine: true},
	{n: 4, who: "Gwen Tasker, no tax", cells: "J2=640.00|K2=N/A|L2=640.00", ask: "K2"},
	{n: 5, who: "Mungo Reyes, tax as a rate", cells: "J2=1,000.00|K2=13%|L2=1,130.00", ask: "K2"},
	{n: 6, who: "Ilse Brandt, total without tax", cells: "J2=8,900.00|K2=|L2=8,900 + HST", ask: "K2 L2"},
	{n: 7, who: "Tobias Crane, copied the example row", cells: "A2=Folding chairs (example)|C2=Sample Supplier Inc.|D2=123456789RT0001|E2=e.g. 10 folding chairs|L2=565.00",
		ask: "C2", notAsked: map[string]string{"D2": unneeded, "E2": unneeded}},
	{n: 8, who: "Hester Quill, dates by slashes", cells: "P2=12/11/2026|V2=11/09/2026|AC2=10/11/2026", ask: "P2 V2 AC2"},
	{n: 9, who: "Lorcan Whitby, everything N/A", cells: "B2=N/A|D2=N/A|F2=N/A|G2=N/A|K2=N/A|R2=N/A|S2=N/A|T2=N/A|AA2=N/A|AB2=N/A|AD2=N/A|L2=480.00|J2=480.00",
		ask: "K2 G2 R2 S2 T2", quiet: "D2 AD2"},
	{n: 10, who: "Bettina Osei, form filled with dashes", cells: "K2=-|D2=-|AD2=-|L2=940.00|J2=940.00", ask: "K2", quiet: "D2 AD2"},
	{n: 11, who: "Fergus Adeyemi, two suppliers in one cell", cells: "C2=Larkwater Office Ltd. / Pinecove Supply|L2=3,000.00", ask: "C2"},
	{n: 12, who: "Nell Arkwright, a price range", cells: "L2=$4,000 to $4,500|W2=4500", ask: "L2"},
	{n: 13, who: "Rufus Danjou, hourly", cells: "H2=40 hrs|I2=$75/hr|L2=$75/hr", ask: "L2"},
	{n: 14, who: "Marit Solberg, US supplier", cells: "L2=$2,310.00|M2=|E2=subscription, charged in US funds", ask: "M2"},
	{n: 15, who: "Jonty Pell, tick marks for everything", cells: "S2=✓|T2=✓|AC2=✓|X2=✓", ask: "T2 AC2 X2", quiet: "S2"},
	{n: 16, who: "Agnes Thorley, crosses as ticks", cells: "S2=x|T2=x", ask: "S2 T2"},
	{n: 17, who: "Desmond Vale, his own name as manager", cells: "U2=desmond.vale@btn-ltb.gc.ca", email: "desmond.vale@btn-ltb.gc.ca", ask: "U2"},
	{n: 18, who: "Wilma Knox, authorization after the fact", cells: "V2=2026-11-27|AC2=2026-11-20", ask: "V2"},
	{n: 19, who: "Percival Ash, wrong order of columns pasted", cells: "C2=110-4420|N2=Larkwater Office Ltd.|O2=500.00|L2=Corporate", ask: "L2",
		notAsked: map[string]string{"C2": "no sign tells a cost centre from a numbered company", "N2": "the register of cost centres tells", "O2": "a column of the form's own"}},
	{n: 20, who: "Sunniva Lake, sheet of formulas", cells: "L2=#REF!|K2=#VALUE!|N2=#N/A", ask: "L2 K2 N2"},
	{n: 21, who: "Horace Bink, placeholders by Word", cells: "Q2=Click or tap here to enter text.|P2=Click or tap to enter a date.|R2=Choose an item.", ask: "P2 R2",
		notAsked: map[string]string{"Q2": unneeded}},
	{n: 22, who: "Yolanda Marsh, software that is free", cells: "I2=free|L2=0|AA2=Unlicense", ask: "L2", quiet: "AA2"},
	{n: 23, who: "Ephraim Stott, licence as a count", cells: "AA2=1 licence|AB2=https://github.com/your-org/your-repo", ask: "AA2 AB2"},
	{n: 24, who: "Bronwen Teague, a justification by pointing", cells: "F2=see attached|G2=see F", ask: "G2", notAsked: map[string]string{"F2": unneeded}},
	{n: 25, who: "Silas Mortimer, good words that start badly", cells: `F2=None left in stock|G2=N/A on the standing offer; cheapest of three|E2=Stamp "N/A", red`, quiet: "F2 G2 E2", fine: true},
	{n: 26, who: "Isolde Penn, several amounts in one cell", cells: "K2=GST 25.00 QST 49.88|J2=500.00|L2=574.88", ask: "K2"},
	{n: 27, who: "Barnaby Frost, rows kept for later", cells: "AE3=2|H3=0|AE4=3|H4=0|AE5=4|H5=0|AE6=5|H6=0|C7=Pinecove Supply", ask: "C7", quiet: "AE3 H3 AE4 H4 AE5 H5 AE6 H6"},
	{n: 28, who: "Zelda Morrow, thirteen empties and a note", cells: "A3=Note: waiting for Q2 numbers", ask: "A3"},
	{n: 29, who: "Archie Lund, amount authorized in words", cells: "W2=up to delegated limit|L2=2,260.00", ask: "W2"},
	{n: 30, who: "Clementine Hurst, amends by memory", cells: "AD2=last month's|L2=800.00|F2=two more days", ask: "AD2"},

	{n: 31, lang: request.French, who: "Odile Marquette, pressée", cells: "C2=à venir|L2=voir devis|P2=dès que possible", ask: "C2 L2 P2"},
	{n: 32, lang: request.French, who: "Firmin Laberge, livre au titre trompeur", cells: "A2=À déterminer : essai sur le hasard (livre)|C2=Éditions À déterminer inc.|Z2=biens", quiet: "A2 C2", fine: true},
	{n: 33, lang: request.French, who: "Ghislaine Aubut, « idem » partout", cells: "C2=Larkwater Office Ltd.|C3=idem|G3=idem|U3=idem|L3=idem", ask: "C3 G3 U3 L3"},
	{n: 34, lang: request.French, who: "Anselme Roberge, sans taxe", cells: "J2=450,00 $|K2=détaxé|L2=450,00 $", ask: "K2"},
	{n: 35, lang: request.French, who: "Mirabelle Caza, taxes incluses", cells: "J2=|K2=incluses|L2=1 149,75 $", ask: "K2"},
	{n: 36, lang: request.French, who: "Hubert Saint-Onge, virgule et point", cells: "L2=1.234 $|I2=1,234", ask: "L2 I2"},
	{n: 37, lang: request.French, who: "Solange Berthiaume, « O » et « N »", cells: "S2=O|T2=N|Z2=S", quiet: "S2 T2 Z2", fine: true},
	{n: 38, lang: request.French, who: "Aurèle Picotte, zéro ou lettre O", cells: "S2=0|H2=1O", ask: "S2 H2"},
	{n: 39, lang: request.French, who: "Thaïs Gagnière, niveau de sécurité abrégé", cells: "R2=n/c", ask: "R2"},
	{n: 40, lang: request.French, who: "Ludovic Amyot, tout « s.o. » pour des biens", cells: "AA2=s.o.|AB2=s.o.|S2=s.o.|T2=s.o.|D2=s.o.|AD2=s.o.|L2=86,20 $", ask: "S2 T2", quiet: "D2 AD2"},
	{n: 41, lang: request.French, who: "Rosalie Doucet-Vigne, tampon « S.O. »", cells: "E2=Tampon « S.O. »|A2=Tampons|F2=Aucun autre modèle compatible", quiet: "A2 E2 F2", fine: true},
	{n: 42, lang: request.French, who: "Évariste Nolin, gestionnaire sans adresse", cells: "U2=ma gestionnaire|V2=en attente|W2=idem total", ask: "U2 V2 W2"},
	{n: 43, lang: request.French, who: "Philomène Arcand, anciens fonctionnaires", cells: "T2=retraitée", ask: "T2"},
	{n: 44, lang: request.French, who: "Donatien Houle, télétravail nuancé", cells: "S2=oui sauf la réunion de départ", ask: "S2"},
	{n: 45, lang: request.French, who: "Séraphine Blouin, dates en toutes lettres", cells: "P2=1er déc. 2026|V2=le 9 novembre 2026|AC2=vendredi 12 novembre 2026", ask: "AC2", quiet: "P2 V2"},
	{n: 46, lang: request.French, who: "Prosper Guindon, entre deux montants", cells: "L2=entre 400 et 500 $|W2=max. 500 $", ask: "L2", quiet: "W2"},
	{n: 47, lang: request.French, who: "Delphine Lacasse-Roy, formulaire anglais rempli en français", cells: "B2=English title to follow|R2=non classifié|X2=carte", ask: "B2 X2", quiet: "R2"},
	{n: 48, lang: request.French, who: "Onésime Tardif, un essai", cells: "A2=test|C2=aaa|E2=bla bla|L2=1|U2=test@test.com", ask: "A2 C2 U2",
		notAsked: map[string]string{"E2": unneeded, "L2": "a dollar is a price"}},
	{n: 49, lang: request.French, who: "Léontine Vachon, choisir sans choisir", cells: "R2=Choisir…|S2=Oui / Non|Z2=Biens, services ou construction|M2=$", ask: "R2 S2 Z2 M2"},
	{n: 50, lang: request.French, who: "Zéphirin Labonté, le fournisseur, c’est lui", cells: "C2=moi-même|Y2=moi|X2=remboursement|L2=73,40 $", ask: "C2 X2 Y2"},
}

// fillingColumns are the columns that the material names, and what a cell holds that is filled well.
var fillingColumns = []struct {
	col     string
	field   request.Field
	own     request.Text // header of a column of the form's own
	en, fr  string
	formula bool
}{
	{col: "A", field: request.Title, en: "Station library", fr: "Bibliothèque de stations"},
	{col: "B", field: request.TitleOther, en: "Bibliothèque de stations", fr: "Station library"},
	{col: "C", field: request.Supplier, en: "Pinecove Supply", fr: "Papeterie Boréa inc."},
	{col: "D", field: request.SupplierID, en: "700000003 RT 0001", fr: "700000003 RT 0001"},
	{col: "E", field: request.Description, en: "Code that reads the tables of the weather stations", fr: "Code qui lit les tables des stations météo"},
	{col: "F", field: request.Justification, en: "The old code no longer runs", fr: "L’ancien code ne fonctionne plus"},
	{col: "G", field: request.Rationale, en: "Lowest price of three", fr: "Le prix le plus bas sur trois"},
	{col: "H", field: request.Quantity, en: "", fr: ""},
	{col: "I", field: request.UnitPrice, en: "", fr: ""},
	{col: "J", field: request.Net},
	{col: "K", field: request.Tax},
	{col: "L", field: request.Total, en: "565.00", fr: "565.00"},
	{col: "M", field: request.Currency, en: "CAD", fr: "CAD"},
	{col: "N", field: request.CostCentre, en: "110-4420", fr: "110-4420"},
	{col: "O", own: request.Text{EN: "Branch", FR: "Direction générale"}, en: "Corporate", fr: "Services ministériels"},
	{col: "P", field: request.NeededBy, en: "2026-12-18", fr: "2026-12-18"},
	{col: "Q", own: request.Text{EN: "Delivery address", FR: "Adresse de livraison"}, en: "40 Tannery Lane, Port Hallam", fr: "12, rue du Quai, Havre-aux-Brumes"},
	{col: "R", field: request.Security, en: "unclassified", fr: "non classifié"},
	{col: "S", field: request.Remote, en: "yes", fr: "oui"},
	{col: "T", field: request.PublicServant, en: "no", fr: "non"},
	{col: "U", field: request.AuthorizedBy, en: "gwen.morrow@btn-ltb.gc.ca", fr: "anne.pelletier@btn-ltb.gc.ca"},
	{col: "V", field: request.AuthorizedOn, en: "2026-11-09", fr: "2026-11-09"},
	{col: "W", field: request.AuthorizedAmount, en: "9000.00", fr: "9000.00"},
	{col: "X", field: request.Payment, en: "acquisition card", fr: "carte d’achat"},
	{col: "Y", field: request.Cardholder, en: "rosa.lind@btn-ltb.gc.ca", fr: "rosa.lind@btn-ltb.gc.ca"},
	{col: "Z", field: request.Commodity, en: "services", fr: "services"},
	{col: "AA", field: request.Licence, en: "MIT", fr: "MIT"},
	{col: "AB", field: request.Repository, en: "https://github.com/tern-nav/stations", fr: "https://github.com/tern-nav/stations"},
	{col: "AC", field: request.TermsAccepted, en: "2026-11-20", fr: "2026-11-20"},
	{col: "AD", field: request.Amends},
	{col: "AE", field: request.Item, en: "1", fr: "1"},
	{col: "AF", field: request.Standalone, en: "yes", fr: "oui"},
	{col: "AG", field: request.InternalCapacity, en: "none", fr: "aucune"},
}

var typedNumber = regexp.MustCompile(`^\d[\d,]*(?:\.\d\d)?$`)

// book is the filled form: a header in row 1, and lines that are good but for the cells named.
func (f *filling) book(t *testing.T) []byte {
	t.Helper()
	x := excelize.NewFile()
	defer x.Close()
	sheet := x.GetSheetName(0)
	set := func(cell, s string) {
		var err error
		if n, e := strconv.ParseFloat(strings.ReplaceAll(s, ",", ""), 64); e == nil && typedNumber.MatchString(s) && !strings.Contains(s, ",2") {
			err = x.SetCellValue(sheet, cell, n)
		} else if s != "" {
			err = x.SetCellValue(sheet, cell, s)
		} else {
			err = x.SetCellValue(sheet, cell, nil)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	cells, rows := map[string]string{}, map[int]int{2: 9}
	for pair := range strings.SplitSeq(f.cells, "|") {
		cell, s, _ := strings.Cut(pair, "=")
		cells[cell] = s
		_, row, _ := workbook.ParseRef(cell)
		rows[row]++
	}
	for _, c := range fillingColumns {
		header := c.own
		if c.field != request.NoField {
			header = c.field.Info().Label
		}
		if c.field == request.Rationale {
			header = request.Text{EN: "Why this supplier", FR: "Pourquoi ce fournisseur"}
		}
		set(c.col+"1", header.In(f.lang))
		for row, named := range rows {
			if row > 2 && named < 3 {
				continue // nothing but what is named
			}
			value := request.Text{EN: c.en, FR: c.fr}.In(f.lang)
			if _, named := cells[c.col+strconv.Itoa(row)]; !named && value != "" {
				set(c.col+strconv.Itoa(row), value)
			}
		}
	}
	for row, named := range rows {
		if row > 2 && named < 3 {
			continue
		}
		at := strconv.Itoa(row)
		total, net := cells["L"+at], cells["J"+at]
		amount := func(s string) float64 {
			a, err := request.ParseAmount(s, 2)
			if err != nil {
				return 565
			}
			n, _ := a.Number.Float64()
			return n
		}
		_, netNamed := cells["J"+at]
		_, taxNamed := cells["K"+at]
		if !netNamed {
			net = fmt.Sprintf("%.2f", amount(total)/1.13)
			set("J"+at, net)
		}
		if !taxNamed {
			set("K"+at, fmt.Sprintf("%.2f", amount(total)-amount(net)))
		}
	}
	for cell, s := range cells {
		set(cell, s)
	}
	var b bytes.Buffer
	if err := x.Write(&b); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// said is a sentence at a cell.
type said struct {
	cell, text string
	note       bool
}

// judge reads the filling and judges it as on the day of the material; said is what its writer is told, by cell.
func (f *filling) judge(t *testing.T, policy *rules.Policy) (all []said, outcomes []request.Outcome) {
	t.Helper()
	options := forms.Config{Aliases: map[string][]string{"rationale": {"Why this supplier", "Pourquoi ce fournisseur"}}}.Options(policy.Currency())
	reading, err := ReadRequest(context.Background(), f.book(t), options)
	if err != nil {
		t.Fatal(err)
	}
	origin := reading.Form.Origin
	origin.Email, origin.Received = f.email, request.Date{Year: 2026, Month: 11, Day: 29}
	for _, p := range reading.Form.Problems {
		all = append(all, said{p.Cell, p.Message.In(f.lang), p.Severity == request.NoteSeverity})
	}
	for _, a := range Assess(policy, origin, &reading.Form.Lines, nil, nil, origin.Received, []string{"btn-ltb.gc.ca"}) {
		outcomes = append(outcomes, a.Verdict.Outcome)
		for _, p := range request.Said(a.Facts.Line.Problems, a.Verdict.Findings) {
			explains := p.Code == request.CodePlaceholder || p.Code == request.CodeHint
			all = append(all, said{p.Cell, p.Message.In(f.lang), p.Severity == request.NoteSeverity && !explains})
		}
		for _, finding := range a.Verdict.Findings {
			all = append(all, said{strings.Join(finding.Cells, " "), finding.Message.In(f.lang), finding.Action == request.Note})
		}
	}
	return all, outcomes
}

// wrong is what the filling does not meet.
func (f *filling) wrong(all []said, outcomes []request.Outcome) []string {
	var wrong []string
	asked := map[string]bool{}
	for _, s := range all {
		for cell := range strings.FieldsSeq(s.cell) {
			if !s.note {
				asked[cell] = true
			}
		}
	}
	for cell := range strings.FieldsSeq(f.ask) {
		if !asked[cell] {
			wrong = append(wrong, cell+" draws no question")
		}
	}
	for cell := range strings.FieldsSeq(f.quiet) {
		if asked[cell] {
			wrong = append(wrong, cell+" draws a question")
		}
	}
	approved := !slices.ContainsFunc(outcomes, func(o request.Outcome) bool { return o != request.Approved })
	if approved != f.fine {
		wrong = append(wrong, fmt.Sprintf("the lines are %v", outcomes))
	}
	return wrong
}

// Fifty bad fillings, in two languages, by people who thought something: each named cell draws its question, each cell that
// only looks odd draws none, and nothing is approved that must not be. The table of messages is kept in
// testdata/fillings.txt, to be read at one sitting; -update writes it.
func TestFillings(t *testing.T) {
	policy, err := rules.LoadShipped("esdc-micro-acquisition")
	if err != nil {
		t.Fatal(err)
	}
	var table strings.Builder
	for _, f := range fillings {
		if f.lang == "" {
			f.lang = request.English
		}
		all, outcomes := f.judge(t, policy)
		fmt.Fprintf(&table, "%d. %s: %v\n   %s\n", f.n, f.who, outcomes, f.cells)
		for _, s := range all {
			mark := "?"
			if s.note {
				mark = " "
			}
			fmt.Fprintf(&table, " %s %-7s | %s\n", mark, s.cell, s.text)
		}
		table.WriteByte('\n')
		wrong := f.wrong(all, outcomes)
		switch {
		case f.pending != "" && len(wrong) == 0:
			t.Errorf("filling %d is met now: it is no longer pending (%s)", f.n, f.pending)
		case f.pending == "" && len(wrong) > 0:
			t.Errorf("filling %d (%s): %s", f.n, f.who, strings.Join(wrong, "; "))
		}
	}
	t.Log("\n" + table.String())
	const golden = "testdata/fillings.txt"
	if *update {
		if err := os.WriteFile(golden, []byte(table.String()), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(golden)
	if err != nil {
		t.Fatal(err)
	}
	if table.String() != string(want) {
		t.Errorf("the messages are not those of %s; read them, and write them with -update", golden)
	}
}
