package report

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/shopspring/decimal"
	"github.com/xuri/excelize/v2"

	"handrail/internal/reconcile"
	"handrail/internal/reconcile/reconciletest"
	"handrail/internal/request"
)

var ottawa = mustZone("America/Toronto")

func mustZone(name string) *time.Location {
	l, err := time.LoadLocation(name)
	if err != nil {
		panic(err)
	}
	return l
}

var (
	someSuppliers = []string{"Atelier Numérique inc.", "Boréal Data Ltd.", "Cedar Systems", "Données Ouvertes SENC", "Écoles & Cie", "=HYPERLINK(\"http://x\")"}
	someCentres   = []string{"1234", "0420", "77-A", ""}
	someOutcomes  = []request.Outcome{request.Approved, request.Approved, request.Approved, request.Returned, request.Declined, request.Withdrawn}
)

// randomReport is a week with n decided lines and some that wait, from a seed.
func randomReport(seed uint64, n int, l request.Lang) Contents {
	r := rand.New(rand.NewPCG(seed, 7))
	period := Week(2026, 47)
	from, to := period.Bounds(ottawa)
	report := Contents{Period: period, Lang: l, Edition: 1, Made: to.Add(6 * time.Hour), Currency: "CAD",
		Chain: Chain{Length: int64(n), Head: "9f2c0b7d4a5e6f708192a3b4c5d6e7f8091a2b3c4d5e6f708192a3b4c5d6e7f8"},
		Policies: []Policy{{Lines: n, Mark: request.PolicyMark{Name: "ESDC micro-acquisition", Version: "2021-06",
			Hash: "sha256:4f0ab1c2d3e4f5061728394a5b6c7d8e9f0a1b2c3d4e5f60718293a4b5c6d7e8", Currency: "CAD",
			Authority: request.Authority{Name: "A. Tremblay", Title: "Director, Procurement Innovation", Reference: "CFOB note 2021-14", Date: request.Date{Year: 2021, Month: 6, Day: 1}},
			Means: request.Text{
				EN: "This records that the request is inside the guardrails, or accepted as an exception. It is not a section 32 commitment, a contract or a section 34 certification.",
				FR: "La présente décision indique seulement que la demande respecte les balises ou qu’une exception a été acceptée. Elle ne constitue ni un engagement (article 32), ni un contrat, ni une attestation (article 34 de la LGFP)."}}}},
	}
	var all []reconcile.Line
	for i := range n {
		net := decimal.New(int64(r.IntN(850_000)+5_000), -2)
		tax := net.Mul(decimal.RequireFromString("0.13")).Round(2)
		currency := "CAD"
		if r.IntN(9) == 0 {
			currency = "USD"
		}
		s := r.IntN(len(someSuppliers))
		line := reconcile.Line{
			Reference: fmt.Sprintf("HR-2026-%06d-%02d", 100+i/3, i%3+1), Title: fmt.Sprintf("Module %d", i), TitleOther: fmt.Sprintf("Module %d", i),
			Requester: fmt.Sprintf("staff%d@department.example", r.IntN(20)), Unit: "Service Canada", Supplier: someSuppliers[s], SupplierID: fmt.Sprintf("10000000%d", s),
			CostCentre: someCentres[r.IntN(len(someCentres))], Commodity: []string{"goods", "services", "construction", ""}[r.IntN(4)],
			Net: request.Money{Amount: net, Currency: currency}, Tax: request.Money{Amount: tax, Currency: currency}, Total: request.Money{Amount: net.Add(tax), Currency: currency},
			Received: from.Add(time.Duration(r.Int64N(int64(to.Sub(from)) - int64(time.Hour))).Truncate(time.Second)),
			Outcome:  someOutcomes[r.IntN(len(someOutcomes))], Policy: report.Policies[0].Mark.Hash, Officer: "officer@department.example",
			Language: request.English,
		}
		line.Decided = line.Received.Add(time.Duration(r.IntN(300)) * time.Second)
		if line.Outcome == request.Declined || r.IntN(6) == 0 {
			line.DecidedBy, line.Decided = "officer@department.example", line.Received.Add(time.Duration(r.IntN(70*60))*time.Minute)
			line.Findings = []request.Finding{{Guardrail: "value-limit", Action: request.Escalate}}
			line.Reason = "Accepted: one vendor can do this."
		}
		if !line.Decided.Before(to) {
			line.Decided, line.Outcome, line.DecidedBy = time.Time{}, request.Escalated, ""
			line.Due = request.Date{Year: 2026, Month: 12, Day: 3}
		}
		if r.IntN(12) == 0 {
			line.Total, line.Net, line.Tax, line.Outcome = request.Money{}, request.Money{}, request.Money{}, request.Returned
			line.Decided = line.Received.Add(time.Minute)
		}
		all = append(all, line)
	}
	report.Flow = flowOf(all, from, to, "CAD")
	for _, line := range all {
		if line.Decided.IsZero() {
			report.Waiting = append(report.Waiting, line)
		} else {
			report.Lines = append(report.Lines, line)
		}
	}
	return report
}

func writeReport(t testing.TB, r Contents) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := Write(&b, r); err != nil {
		t.Fatal(err)
	}
	if dir := os.Getenv("HANDRAIL_REPORT_OUT"); dir != "" {
		name := filepath.Join(dir, r.Period.Name+"-"+string(r.Lang)+".xlsx")
		if err := os.WriteFile(name, b.Bytes(), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return b.Bytes()
}

func open(t testing.TB, data []byte) *excelize.File {
	t.Helper()
	f, err := excelize.OpenReader(bytes.NewReader(data))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = f.Close() })
	return f
}

// quarterReport is a synthetic quarter with its card statements.
func quarterReport(t testing.TB, l request.Lang, seed uint64, n int) Contents {
	t.Helper()
	q := reconciletest.NewQuarter(seed, n)
	period := Period{Name: "2026-Q2", From: request.Date{Year: 2026, Month: 7, Day: 1}, To: request.Date{Year: 2026, Month: 9, Day: 30}}
	for i := range q.Lines {
		line := &q.Lines[i]
		line.Tax = request.Money{Amount: line.Total.Amount.Mul(decimal.RequireFromString("0.115")).Round(2), Currency: line.Total.Currency}
		line.Net = request.Money{Amount: line.Total.Amount.Sub(line.Tax.Amount), Currency: line.Total.Currency}
		if i%7 == 0 {
			line.DecidedBy, line.Reason = "officer@department.example", "Accepted once."
			line.Findings = []request.Finding{{Guardrail: "value-limit", Action: request.Escalate, Source: "Annex A", Message: request.Text{EN: "Above the limit.", FR: "Au-delà de la limite."}}}
		}
	}
	cards, err := reconcile.Join(q.Lines, q.Charges, reconcile.Options{Zone: ottawa})
	if err != nil {
		t.Fatal(err)
	}
	r := randomReport(seed, 30, l)
	from, to := period.Bounds(ottawa)
	r.Period, r.Made, r.Lines, r.Waiting, r.Cards = period, to.Add(30*time.Hour), q.Lines, nil, cards
	r.Flow = flowOf(q.Lines, from, to, "CAD")
	r.Changes = []string{"HR-2026-000012-01: 45.20 instead of 54.20"}
	r.Edition = 2
	return r
}

func TestWeeklyWorkbookHasItsSheets(t *testing.T) {
	for l, want := range map[request.Lang][]string{
		request.English: {"Summary", "Cost centres", "Decisions", "Waiting", "Exceptions", "Suppliers", "Publication", "Small contracts", "Taxes", "Sign-off", "Measures"},
		request.French: {"Sommaire", "Centres de coûts", "Décisions", "En attente", "Exceptions", "Fournisseurs", "Publication", "Petits contrats",
			"Taxes", "Signatures", "Mesures"},
	} {
		f := open(t, writeReport(t, randomReport(1, 60, l)))
		if got := f.GetSheetList(); fmt.Sprint(got) != fmt.Sprint(want) {
			t.Errorf("%s: sheets %q, want %q", l, got, want)
		}
	}
}

func TestWorkbookWithCardsHasItsSheets(t *testing.T) {
	for l, want := range map[request.Lang][]string{
		request.English: {"Summary", "Commitments", "Cost centres", "Decisions", "Waiting", "Matched", "Charges without approval", "Approvals without charge", "Variances",
			"Aliases", "Exceptions", "Suppliers", "Publication", "Small contracts", "Taxes", "Sign-off", "Measures"},
		request.French: {"Sommaire", "Engagements", "Centres de coûts", "Décisions", "En attente", "Rapprochés", "Achats sans approbation", "Approbations sans achat", "Écarts",
			"Autres noms de marchands", "Exceptions", "Fournisseurs", "Publication", "Petits contrats", "Taxes", "Signatures", "Mesures"},
	} {
		f := open(t, writeReport(t, quarterReport(t, l, 3, 150)))
		if got := f.GetSheetList(); fmt.Sprint(got) != fmt.Sprint(want) {
			t.Errorf("%s: sheets %q, want %q", l, got, want)
		}
	}
}
