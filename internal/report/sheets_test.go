package report

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/shopspring/decimal"
	"github.com/xuri/excelize/v2"

	"handrail/internal/reconcile"
	"handrail/internal/reconcile/reconciletest"
	"handrail/internal/request"
	"handrail/internal/statement"
)

// handReport is a week made by hand: a line of each kind that the sheets name, and the charges that go with them.
func handReport(t *testing.T, l request.Lang) Contents {
	t.Helper()
	period := Week(2026, 47) // 16 to 22 November
	line := func(ref, supplier, centre, total, day string) reconcile.Line {
		x := reconciletest.Approved(ref, supplier, total, day)
		x.CostCentre, x.Received, x.Language = centre, x.Decided.Add(-90*time.Minute), request.English
		x.Title, x.TitleOther = "Title "+ref, "Titre "+ref
		return x
	}
	a := line("HR-2026-000001-01", "Boréal Data Ltd.", "1234", "100.00", "2026-11-17")
	b := line("HR-2026-000002-01", "Boréal Data Ltd.", "1234", "50.00", "2026-11-10")
	c := line("HR-2026-000003-01", "Cedar Systems", "0420", "113.00", "2026-11-18")
	c.Net, c.Tax, c.DecidedBy, c.Reason, c.Commodity = reconciletest.CAD("100.00"), reconciletest.CAD("13.00"), "officer@department.example", "One vendor can do this.", "services"
	c.Findings = []request.Finding{{Guardrail: "value-limit", Action: request.Escalate, Source: "Annex A", Message: request.Text{EN: "Above.", FR: "Au-delà."}},
		{Guardrail: "near-limit", Action: request.Note, Message: request.Text{EN: "Near.", FR: "Près."}}}
	old := []reconcile.Line{line("HR-2026-000004-01", "Cedar Systems", "0420", "200.00", "2026-11-01"), line("HR-2026-000005-01", "Cedar Systems", "0420", "300.00", "2026-10-01"),
		line("HR-2026-000006-01", "Cedar Systems", "0420", "400.00", "2026-09-10"), line("HR-2026-000007-01", "Cedar Systems", "0420", "500.00", "2026-08-20")}
	no := line("HR-2026-000008-01", "Dune Audit", "1234", "60.00", "2026-11-19")
	no.Outcome, no.DecidedBy, no.Reason = request.Declined, "officer@department.example", "Not needed."
	big := line("HR-2026-000009-01", "Atelier Numérique inc.", "1234", "12000.00", "2026-11-20")
	big.Net, big.Tax, big.Commodity, big.GLAccount, big.TitleOther = reconciletest.CAD("10434.78"), reconciletest.CAD("1565.22"), "goods", "0533", "Le grand contrat"
	big.Findings = []request.Finding{{Guardrail: "card-limit", Action: request.Return, ExemptedBy: "CFO, memo 7", Message: request.Text{EN: "No card.", FR: "Pas de carte."}}}
	amendment := line("HR-2026-000010-01", "Boréal Data Ltd.", "1234", "11.50", "2026-11-20")
	amendment.Amends, amendment.Commodity = a.Reference, "services"
	amendment.Net, amendment.Tax = reconciletest.CAD("10.00"), reconciletest.CAD("1.50")
	wait := line("HR-2026-000011-01", "Échelle Ltd.", "1234", "75.00", "2026-11-20")
	wait.Outcome, wait.Decided, wait.Officer = request.Escalated, time.Time{}, "officer@department.example"

	stray := reconciletest.Charged("NOBODY", "77.00", "2026-11-20", "")
	stray.CostCentre, stray.Statement, stray.Row, stray.Extra = "1234", "card.csv", 4, map[string]string{"Fund": "A123"}
	all := append([]reconcile.Line{a, b, c, no, big, amendment}, old...)
	cards := reconciletest.Join(t, all, []statement.Charge{reconciletest.Charged("BOREAL DATA", "100.00", "2026-11-18", a.Reference), reconciletest.Charged("BOREAL DATA", "50.40", "2026-11-19", b.Reference), stray}, reconcile.Options{Zone: time.UTC})
	r := Contents{Period: period, Lang: l, Edition: 1, Made: time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC), Currency: "CAD",
		Chain:    Chain{Length: 11, Head: "9f2c0b7d4a5e6f708192a3b4c5d6e7f8091a2b3c4d5e6f708192a3b4c5d6e7f8"},
		Policies: []Policy{{Lines: 6, Mark: request.PolicyMark{Name: "ESDC micro-acquisition", Version: "2021-06", Hash: "sha256:4f0ab1c2", Currency: "CAD"}}},
		Lines:    []reconcile.Line{a, c, no, big, amendment}, Waiting: []reconcile.Line{wait}, Cards: cards,
		Budgets: CommitFrom([]statement.Budget{{CostCentre: "1234", Currency: "CAD", Amount: decimal.NewFromInt(20000)}}, cards, time.Time{})}
	for i := range all {
		if all[i].Outcome == request.Approved {
			r.YearLines = append(r.YearLines, &all[i])
		}
	}
	from, to := period.Bounds(time.UTC)
	r.Flow = flowOf(slices.Concat(r.Lines, r.Waiting), from, to, "CAD")
	return r
}

// contains reports whether a sheet has a row whose cells contain these, in this order and side by side.
func hasRow(rows [][]string, cells string) bool {
	return slices.ContainsFunc(rows, func(r []string) bool { return strings.Contains("|"+strings.Join(r, "|")+"|", "|"+cells+"|") })
}

// Each sheet says what the lines and charges come to, in English and in French.
func TestSheetsSayWhatTheyAreFor(t *testing.T) {
	type want map[string][]string // sheet -> cells of a row
	english := want{
		"Summary": {"gives: waiting at the end|CAD|1|75|75|✔ ties", "Without approval at the start|CAD|0|0", "plus: new on statements|CAD|3|227.4", "minus: matched or set aside|CAD|2|150.4",
			"gives: without approval at the end|CAD|1|77|77|✔ ties", "card.csv|CAD|1|77|2026-11-20|2026-11-20", "Approved|CAD|4|12224.5|0.8", "ESDC micro-acquisition|2021-06|6", "Hash|sha256:4f0ab1c2",
			"SHA-256 of the last one|9f2c0b7d4a5e6f708192a3b4c5d6e7f8091a2b3c4d5e6f708192a3b4c5d6e7f8", "By supplier|CAD||12224.5||✔ ties"},
		"Commitments":              {"1234|CAD|20000|12011.5||150.4|77|12238.9|7761.1|0.611945", "0420|CAD||1513||0|0|1513"},
		"Decisions":                {"HR-2026-000008-01|Title HR-2026-000008-01|Dune Audit", "Declined|officer@department.example||Not needed.", "Total CAD|5"},
		"Waiting":                  {"HR-2026-000011-01|Title HR-2026-000011-01|Échelle Ltd.||1234|CAD|75|officer@department.example"},
		"Matched":                  {"HR-2026-000001-01|Boréal Data Ltd.|1234|BOREAL DATA|2026-11-18|CAD|100|100|0||4242|reference and amount|100|1"},
		"Charges without approval": {"supplier unknown|NOBODY|2026-11-20|2026-11-20|4242||1234|CAD|77", "Fund: A123|card.csv, 4"},
		"Approvals without charge": {"HR-2026-000003-01|Title HR-2026-000003-01|Cedar Systems|0420||CAD|113||113|2026-11-18|4|113", "200|2026-11-01|21||200", "300|2026-10-01|52|||300",
			"400|2026-09-10|73||||400", "500|2026-08-20|94|||||500", "Total CAD|7||||"},
		"Variances":       {"HR-2026-000002-01|Boréal Data Ltd.|2026-11-19|CAD|50|50.4|0.4|0.008"},
		"Exceptions":      {"HR-2026-000003-01|Cedar Systems|0420|113|value-limit|Above.|officer@department.example|One vendor can do this.", "card-limit|No card.|exemption: CFO, memo 7"},
		"Suppliers":       {"Cedar Systems|CAD|1|113|0.0092437318499734|0|0|0|0|1|5|5|1513", "Boréal Data Ltd.|CAD|2|111.5"},
		"Publication":     {"HR-2026-000009-01|HR-2026-000009|Atelier Numérique inc.|2026-11-20|0533|Title HR-2026-000009-01|Le grand contrat|CAD|12000|12000|0|G|TN|C|2026-2027-Q3"},
		"Small contracts": {"services|CAD|1|113|0|113", "(none given)|CAD|1|100|11.5|111.5"},
		"Taxes":           {"0420|13%|CAD|1|100|13|0|0|0|113", "1234|15%|CAD|1|10434.78|1565.22|0|0|0|12000", "1234|not divided|CAD|1|10|0|0|1.5|0|11.5", "1234|tax not stated|CAD|1|0|0|0|0|100|100"},
		"Sign-off": {"Reconciled by", "Reviewed by", "Charges matched or set aside, CAD|150.4", "Charges without approval at the end, CAD|77", "Lines waiting at the end, CAD|75", "Approved in the period, CAD|12224.5", "Edition|1",
			"Signing says that the totals of this workbook were compared with the ledger and the statements, and that every difference has a reason. Not a section 34 certification."},
		"Measures": {"For information. This sheet is not part of what is signed.", "Lines decided|5", "… by the guardrails alone|3", "Share decided inside the guardrails|0.6", "Officer hours saved in the period|15",
			"Weeks one purchase takes on the ordinary route|15"},
	}
	french := want{
		"Sommaire": {"donne\u00a0: sans approbation à la fin|CAD|1|77|77|✔ concorde", "Approuvée|CAD|4|12224.5|0.8", "Empreinte|sha256:4f0ab1c2"}, "Engagements": {"1234|CAD|20000|12011.5||150.4|77|12238.9|7761.1|0.611945"},
		"Décisions": {"Refusée|officer@department.example||Not needed."}, "En attente": {"HR-2026-000011-01"}, "Rapprochés": {"100|100|0||4242|référence et montant|100|1"},
		"Achats sans approbation": {"fournisseur inconnu|NOBODY"}, "Approbations sans achat": {"500|2026-08-20|94|||||500"}, "Écarts": {"CAD|50|50.4|0.4|0.008"},
		"Exceptions": {"card-limit|Pas de carte.|exemption\u00a0: CFO, memo 7"}, "Fournisseurs": {"Cedar Systems|CAD|1|113"}, "Publication": {"Title HR-2026-000009-01|Le grand contrat|CAD|12000"},
		"Petits contrats": {"services|CAD|1|113|0|113"}, "Taxes": {"0420|13\u00a0%|CAD|1|100|13", "1234|non répartie|CAD|1|10|0|0|1.5|0|11.5"}, "Signatures": {"Rapproché par", "Révisé par"},
		"Mesures": {"À titre d’information. Cette feuille ne fait pas partie de ce qui est signé.", "Heures épargnées pendant la période|15"},
	}
	for l, sheets := range map[request.Lang]want{request.English: english, request.French: french} {
		data := writeReport(t, handReport(t, l))
		for sheet, list := range sheets {
			rows := exported(t, data, sheet)
			for _, cells := range list {
				if !hasRow(rows, cells) {
					t.Errorf("%s, %s has no row with %s:\n%s", l, sheet, cells, dump(rows))
				}
			}
		}
		f := open(t, data)
		if got := f.GetSheetList(); got[len(got)-1] != map[request.Lang]string{request.English: "Measures", request.French: "Mesures"}[l] {
			t.Errorf("what is not signed does not come last: %q", got)
		}
	}
}

func dump(rows [][]string) string {
	var b strings.Builder
	for _, r := range rows {
		fmt.Fprintln(&b, strings.Join(r, "|"))
	}
	return b.String()
}

// Charts stand where one looks, and each of their references is a cell of the workbook that holds something.
func TestChartsPointAtFigures(t *testing.T) {
	data := writeReport(t, handReport(t, request.French))
	f := open(t, data)
	charts, refs := 0, 0
	for _, text := range partsOf(t, data, "xl/charts/chart") {
		charts++
		for _, m := range chartReference.FindAllStringSubmatch(text, -1) {
			refs++
			sheet, cells, _ := strings.Cut(strings.NewReplacer("&#39;", "", "'", "", "$", "").Replace(m[1]), "!")
			first, last, _ := strings.Cut(cells, ":")
			a, err := f.GetCellValue(sheet, first, excelize.Options{RawCellValue: true})
			if err != nil {
				t.Errorf("a chart points at %s: %v", m[1], err)
				continue
			}
			// The first cost centre may have no budget.
			if b, _ := f.GetCellValue(sheet, last, excelize.Options{RawCellValue: true}); a == "" && b == "" {
				t.Errorf("a chart points at %s, which holds nothing", m[1])
			}
		}
	}
	if charts != 4 || refs < 12 {
		t.Errorf("%d charts with %d references", charts, refs)
	}
}

// Every total on every sheet is a formula whose stored value an independent reader finds by adding up the exported rows.
func TestTotalsOfEverySheetAreThoseOfItsRows(t *testing.T) {
	for seed := range uint64(6) {
		r := quarterReport(t, request.English, seed, 80)
		r.Budgets = CommitFrom([]statement.Budget{{CostCentre: "1234", Currency: "CAD", Amount: decimal.NewFromInt(90000)}}, r.Cards, time.Time{})
		r.FiscalYearStart = time.October // so that there is a year-end
		data := writeReport(t, r)
		f := open(t, data)
		compared := 0
		for _, sheet := range f.GetSheetList() {
			tables, err := f.GetTables(sheet)
			if err != nil {
				t.Fatal(err)
			}
			for _, table := range tables {
				rows := exported(t, data, sheet)
				compared += compareTotals(t, f, sheet, table.Range, rows)
			}
		}
		if compared < 40 {
			t.Errorf("seed %d: only %d totals were compared", seed, compared)
		}
	}
}

// compareTotals adds up each column of a table under its totals, by currency, and says how many totals there are.
func compareTotals(t *testing.T, f *excelize.File, sheet, area string, rows [][]string) (compared int) {
	t.Helper()
	corner, _, _ := strings.Cut(area, ":")
	_, headerRow, err := excelize.CellNameToCoordinates(corner)
	if err != nil {
		t.Fatal(err)
	}
	header := slices.IndexFunc(rows, func(r []string) bool {
		v, _ := f.GetCellValue(sheet, corner)
		return r[0] == v && len(r) > 1
	})
	currency := slices.Index(rows[header], "Currency")
	if header < 0 || currency < 0 {
		return 0
	}
	cell := func(r []string, i int) string {
		if i < len(r) {
			return r[i]
		}
		return ""
	}
	for at, r := range rows[:header] {
		code, is := strings.CutPrefix(r[0], "Total ")
		if !is {
			continue
		}
		for col := 2; col < len(rows[header]); col++ {
			said := cell(r, col)
			name := cellName(col+1, headerRow-(header-at)-1)
			if formula, _ := f.GetCellFormula(sheet, name); said == "" || formula == "" {
				continue
			}
			sum := decimal.Zero
			for _, line := range rows[header+1:] {
				if v := cell(line, col); v != "" && cell(line, currency) == code {
					sum = sum.Add(decimal.RequireFromString(v))
				}
			}
			compared++
			if !sum.Equal(decimal.RequireFromString(said)) {
				t.Errorf("%s, %s %s: the total says %s, the rows %s", sheet, code, rows[header][col], said, sum)
			}
		}
	}
	return compared
}
