package batch_test

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"path/filepath"
	"testing"
	"time"

	"github.com/shopspring/decimal"

	"handrail/ingest"
	"handrail/internal/finance"
	"handrail/internal/judgement"
	"handrail/internal/ledger"
	"handrail/internal/ledgertest"
	"handrail/internal/record"
	"handrail/internal/report"
	"handrail/internal/request"
	"handrail/internal/statement"
	"handrail/rules"
)

// fillQuarter puts n approved lines of a quarter and a statement with a charge for each into a ledger: nine in ten have
// their reference, the others are found by supplier and amount.
func fillQuarter(b testing.TB, recorded *ledger.Ledger, policy *rules.Policy, n int) {
	b.Helper()
	const perRequest, perCommit = 20, 50
	ctx := context.Background()
	start := time.Date(2026, 7, 1, 14, 0, 0, 0, time.UTC)
	if err := recorded.Update(ctx, func(tx *ledger.Tx) error {
		return tx.Documents.KeepText(ctx, start, ledger.Text{Hash: policy.Hash(), Kind: "policy", Name: policy.Name(), Version: policy.Version(), Body: policy.Bundle()})
	}); err != nil {
		b.Fatal(err)
	}
	var charges []statement.Charge
	made := 0
	for made < n {
		if err := recorded.Decide(ctx, func(tx *ledger.Tx) error {
			for range perCommit {
				if made >= n {
					return nil
				}
				at := start.Add(80 * 24 * time.Hour / time.Duration(n) * time.Duration(made))
				lines, err := addRequest(ctx, tx, policy, at, made, min(perRequest, n-made), func(*judgement.Assessed) {})
				if err != nil {
					return err
				}
				for i := range lines {
					c := statement.Charge{Statement: "quarter.csv", Row: len(charges) + 2, Posted: lines[i].Day.AddDays(3), Transacted: lines[i].Day.AddDays(2),
						Merchant: "SQ *" + lines[i].Supplier + " OTTAWA ON", Amount: request.FromMinor(lines[i].Amount, "CAD"), Card: "4242", CostCentre: lines[i].CostCentre}
					if len(charges)%10 != 0 {
						c.Reference = lines[i].Reference
					}
					c.Fingerprint, c.Occurrence = fmt.Sprintf("%032x", len(charges)), 1
					charges = append(charges, c)
				}
				made += len(lines)
			}
			return nil
		}); err != nil {
			b.Fatal(err)
		}
	}
	rows, err := finance.LedgerCharges(charges)
	if err != nil {
		b.Fatal(err)
	}
	if err := recorded.Update(ctx, func(tx *ledger.Tx) error {
		_, _, err := tx.Charges.AddStatement(ctx, start, ledger.Statement{SHA256: ledger.DigestOf([]byte("quarter")), FileName: "quarter.csv"}, rows)
		return err
	}); err != nil {
		b.Fatal(err)
	}
}

// addRequest adds one submission of lines, judged at an instant: approved ones, unless vary makes them something else.
func addRequest(ctx context.Context, tx *ledger.Tx, policy *rules.Policy, at time.Time, number, n int, vary func(*judgement.Assessed)) ([]ledger.NewLine, error) {
	day := request.DateOf(at)
	mail := []byte(fmt.Sprint(number))
	added, err := tx.Messages.Add(ctx, at, []ledger.Incoming{{Box: ledger.Box{Inbox: "requests", Folder: "INBOX", UIDValidity: 999_999}, UID: uint32(number + 1), Received: at, Raw: mail}})
	if err != nil {
		return nil, err
	}
	if _, err := tx.Messages.Judge(ctx, at, ledger.MessageVerdict{ID: added[0].ID, Kind: string(ingest.RequestMail), Sender: testStaff, Destination: "Processed"}); err != nil {
		return nil, err
	}
	if _, err := tx.Messages.MarkFiled(ctx, at, []int64{added[0].ID}, true); err != nil {
		return nil, err
	}
	s := ledger.Submission{Message: added[0].ID, Attachment: ledger.DigestOf(mail), Sender: testStaff, MailID: fmt.Sprint(number), Year: at.Year(), Number: number/20 + 1, Requester: testStaff,
		Unit: "Benefits", Language: request.English, Received: day, ReceivedAt: at, Sheet: "Requests", FileName: "form.xlsx", Policy: policy.Hash(),
		Origin: json.RawMessage(`{}`), Problems: json.RawMessage(`[]`), Layout: json.RawMessage(`{}`)}
	if s.ID, err = tx.Submissions.Add(ctx, at, s); err != nil {
		return nil, err
	}
	lines := make([]ledger.NewLine, n)
	for i := range lines {
		k := number + i
		reference := s.Reference()
		reference.Line = i + 1
		total := request.FromMinor(int64(5_000+k*7919%900_000), "CAD")
		facts := request.Facts{Request: request.Origin{Name: "Staff Member", Email: testStaff, Unit: "Benefits", Language: request.English, Sender: testStaff, Received: day}, Today: day}
		facts.Line = request.Line{Sheet: "Requests", Row: i + 12, Reference: reference.String()}
		for f, text := range map[request.Field]string{request.Title: fmt.Sprintf("Accessibility review of module %d", k), request.TitleOther: fmt.Sprintf("Examen d’accessibilité du module %d", k),
			request.Supplier: fmt.Sprintf("Atelier %d Numérique inc.", k%17_001), request.SupplierID: fmt.Sprintf("%09d", 100_000_000+k%17_001), request.CostCentre: fmt.Sprintf("%04d", k%200),
			request.Commodity: "services", request.Cardholder: "card@" + testDomain, request.Rationale: "Best of three quotes; the others were later."} {
			facts.Line.Values[f] = request.Value{Text: text, Cell: "F12", Given: true}
		}
		net := total.Amount.Div(decimal.RequireFromString("1.13")).Round(2)
		for f, x := range map[request.Field]decimal.Decimal{request.Net: net, request.Tax: total.Amount.Sub(net), request.Total: total.Amount} {
			facts.Line.Values[f] = request.Value{Text: x.StringFixed(2), Number: x, Cell: "N12", Given: true}
		}
		a := judgement.Assessed{Facts: facts, Verdict: request.Verdict{Outcome: request.Approved, Findings: []request.Finding{}}}
		vary(&a)
		if lines[i], err = record.NewLine(&s, policy, keysOf(policy, &a.Facts.Line, &facts.Request), facts.Request, i+1, &a, 0, 0); err != nil {
			return nil, err
		}
	}
	return lines, tx.Lines.Add(ctx, at, lines, nil)
}

// BenchmarkWeekFromLedger makes finance's workbook from lines and charges in the ledger, facts and all. s/report must stay
// under 20 at 100,000 of each; ns/line shows how it grows.
func BenchmarkWeekFromLedger(b *testing.B) {
	policy, err := rules.LoadShipped("esdc-micro-acquisition")
	if err != nil {
		b.Fatal(err)
	}
	period, err := report.ParsePeriod("2026-07-01..2026-09-30", 0)
	if err != nil {
		b.Fatal(err)
	}
	sizes := []int{1_000, 10_000, 100_000}
	if testing.Short() {
		sizes = sizes[:1]
	}
	for _, n := range sizes {
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			recorded, err := ledgertest.Open(b, ledger.Config{URL: filepath.Join(b.TempDir(), "l.db")})
			if err != nil {
				b.Fatal(err)
			}
			defer func() { _ = recorded.Close() }()
			fillQuarter(b, recorded, policy, n)
			from, to := period.Bounds(time.UTC)
			o := finance.ReportOptions{Period: period, From: from, To: to, Lang: request.English, Edition: 1, Zone: time.UTC, Now: to.Add(time.Hour), Currency: "CAD",
				Policy: func(string) (*rules.Policy, error) { return policy, nil }}
			b.ResetTimer()
			for b.Loop() {
				err := recorded.View(b.Context(), func(tx *ledger.Tx) error {
					r, err := finance.BuildReport(b.Context(), tx, o)
					if err != nil {
						return err
					}
					if len(r.Lines) != n || len(r.Cards.Matches) < n*95/100 {
						b.Fatalf("%d lines and %d matches of %d", len(r.Lines), len(r.Cards.Matches), n)
					}
					return report.Write(io.Discard, r.Contents)
				})
				if err != nil {
					b.Fatal(err)
				}
			}
			b.ReportMetric(b.Elapsed().Seconds()/float64(b.N), "s/report")
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/float64(n), "ns/line")
		})
	}
}
