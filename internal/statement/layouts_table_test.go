package statement

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"handrail/internal/workbook"
)

// layout is a file as some bank lays it out, rows invented, and what is right: date, merchant, amount, currency, kind and status of each charge.
type layout struct{ name, text, want string }

const (
	twoAndPaid = "2026-11-03 NORTHWIND 452.00 CAD |2026-11-13 GITHUB, INC. 71.43 CAD |2026-11-20 PAYMENT THANK YOU -523.43 CAD payment"
	aRefund    = "2026-11-13 NORTHWIND 452.00 CAD |2026-11-14 BOREAL 80.00 CAD |2026-11-15 NORTHWIND -52.00 CAD refund"
)

var tableLayouts = []layout{
	{"no header, two columns", "2026-11-03,NORTHWIND,452.00,,4500********1234\n2026-11-13,\"GITHUB, INC.\",71.43,,4500********1234\n2026-11-20,PAYMENT THANK YOU,,523.43,4500********1234\n", twoAndPaid},
	{"no header, one column", "11/03/2026;NORTHWIND;452,00\n11/13/2026;GITHUB, INC.;71,43\n11/20/2026;PAYMENT THANK YOU;-523,43\n", twoAndPaid},
	{"no header, purchases below zero", "11/03/2026\tNORTHWIND\t-452.00\n11/13/2026\tGITHUB, INC.\t-71.43\n11/20/2026\tPAYMENT THANK YOU\t523.43\n", twoAndPaid},
	{"a header of another language", "Fecha;Comercio;Importe;Tarjeta\n03/11/2026;NORTHWIND;452,00;****1234\n13/11/2026;GITHUB, INC.;71,43;****1234\n20/11/2026;PAYMENT THANK YOU;-523,43;****1234\n", twoAndPaid},
	{"payments say the sign", "Date,Description,Amount\n2026-11-03,NORTHWIND,-452.00\n2026-11-13,\"GITHUB, INC.\",-71.43\n2026-11-20,PAYMENT THANK YOU,523.43\n", twoAndPaid},
	{"a type for each row", "Transaction Date,Post Date,Description,Category,Type,Amount\n11/13/2026,11/13/2026,NORTHWIND,Office,Sale,-452.00\n11/14/2026,11/14/2026,BOREAL,Office,Sale,-80.00\n11/15/2026,11/15/2026,NORTHWIND,Office,Return,52.00\n", aRefund},
	{"a type with fees", "Date,Description,Type,Amount\n2026-11-03,NORTHWIND,Sale,-452.00\n2026-11-13,\"GITHUB, INC.\",Sale,-71.43\n2026-11-20,PAYMENT THANK YOU,Payment,523.43\n2026-11-21,YEARLY,Fee,-12.00\n", twoAndPaid + "|2026-11-21 YEARLY 12.00 CAD fee"},
	{"a category says debit", "Account: 1\n\nTransaction Date,Description,Category,Amount\n11/13/2026,NORTHWIND,DEBIT,-452.00\n11/14/2026,BOREAL,DEBIT,-80.00\n11/15/2026,NORTHWIND,CREDIT,52.00\n", aRefund},
	{"description before vendor", "Description,Amount,Vendor,Transaction Date\nGENERAL PURCHASE,452.00,NORTHWIND,11/13/2026\nGENERAL PURCHASE,80.00,BOREAL,11/14/2026\nREFUND,-52.00,NORTHWIND,11/15/2026\n", aRefund},
	{"vendor before description", "Vendor,Description,Amount,Date\nNORTHWIND,GENERAL PURCHASE,452.00,2026-11-13\nBOREAL,GENERAL PURCHASE,80.00,2026-11-14\nNORTHWIND,REFUND,-52.00,2026-11-15\n", aRefund},
	{"two descriptions and two currencies", "\"Account Type\",\"Account Number\",\"Transaction Date\",\"Cheque Number\",\"Description 1\",\"Description 2\",\"CAD$\",\"USD$\"\nVisa,4500********1234,11/13/2026,,NORTHWIND,OTTAWA,452.00,\nVisa,4500********1234,11/14/2026,,BOREAL,,80.00,\nVisa,4500********1234,11/15/2026,,NORTHWIND,OTTAWA,-52.00,\n", aRefund},
	{"French with statuses", "Date;Marchand;Montant;Statut\n2026-11-13;NORTHWIND;452,00;Comptabilisé\n2026-11-14;BOREAL;80,00;En attente\n2026-11-15;NORTHWIND;9,00;Refusée\n", "2026-11-13 NORTHWIND 452.00 CAD |2026-11-14 BOREAL 80.00 CAD  pending"},
	{"English with statuses", "Date,Merchant,Amount,Status\n2026-11-13,NORTHWIND,452.00,Posted\n2026-11-14,BOREAL,80.00,Pending\n2026-11-15,NORTHWIND,9.00,Declined\n", "2026-11-13 NORTHWIND 452.00 CAD |2026-11-14 BOREAL 80.00 CAD  pending"},
	{"an office's status", "Date,Merchant,Amount,Status\n2026-11-13,NORTHWIND,452.00,Reviewed\n2026-11-14,BOREAL,80.00,Open\n2026-11-15,NORTHWIND,-52.00,Open\n", aRefund},
	{"gross and net", "Date,Supplier,Net,VAT,Gross\n2026-11-13,NORTHWIND,400.00,52.00,452.00\n2026-11-14,BOREAL,80.00,0.00,80.00\n2026-11-15,NORTHWIND,-50.00,-2.00,-52.00\n", aRefund},
	{"TTC et HT", "Date;Fournisseur;Montant HT;TVA;Montant TTC\n2026-11-13;NORTHWIND;400,00;52,00;452,00\n2026-11-14;BOREAL;80,00;0,00;80,00\n2026-11-15;NORTHWIND;-50,00;-2,00;-52,00\n", aRefund},
	{"the currency in the header", "Date,Merchant,Amount (CAD)\n2026-11-13,NORTHWIND,452.00\n2026-11-14,BOREAL,80.00\n2026-11-15,NORTHWIND,-52.00\n", aRefund},
	{"debits below zero", "Date,Merchant,Debit,Credit\n2026-11-13,NORTHWIND,-452.00,\n2026-11-14,BOREAL,-80.00,\n2026-11-15,NORTHWIND,,52.00\n", aRefund},
	{"debit and credit", "Date;Libellé;Débit;Crédit\n2026-11-13;NORTHWIND;452,00;\n2026-11-14;BOREAL;80,00;\n2026-11-15;NORTHWIND;;52,00\n", aRefund},
	{"a mark for debit or credit", "Date,Merchant,Amount,Dr/Cr\n2026-11-13,NORTHWIND,452.00,DR\n2026-11-14,BOREAL,80.00,DR\n2026-11-15,NORTHWIND,52.00,CR\n", aRefund},
	{"CR behind", "Date,Merchant,Amount\n2026-11-13,NORTHWIND,452.00\n2026-11-14,BOREAL,80.00\n2026-11-15,NORTHWIND,52.00 CR\n", aRefund},
	{"all of it", "Posting date,Transaction date,Merchant,MCC,Amount,Currency,Card,Reference\n2026-11-14,2026-11-13,NORTHWIND,5045,452.00,CAD,****1234,HR-2026-000001-01\n2026-11-15,2026-11-14,BOREAL,7372,80.00,CAD,****1234,\n2026-11-16,2026-11-15,NORTHWIND,5045,-52.00,CAD,****1234,\n", aRefund},
	{"all below zero", "Date,Merchant,Amount\n" + strings.Repeat("2026-11-13,NORTHWIND,-452.00\n", 2) + "2026-11-14,BOREAL,-80.00\n", "2026-11-13 NORTHWIND 452.00 CAD |2026-11-13 NORTHWIND 452.00 CAD |2026-11-14 BOREAL 80.00 CAD "},
}

func chargesInWords(s *Statement) string {
	var rows []string
	for i := range s.Charges {
		c := &s.Charges[i]
		row := fmt.Sprintf("%s %s %s %s %s", c.Transacted, c.Merchant, c.Amount.Plain(), c.Amount.Currency, c.Kind)
		if c.Status != Posted {
			row += " " + string(c.Status)
		}
		rows = append(rows, row)
	}
	return strings.Join(rows, "|")
}

// howRead is "read", "proposed", "refused" (by a word, a row or with a note) or "wrongly".
func howRead(t *testing.T, text, want string, noted bool) string {
	t.Helper()
	e, err := Explain(context.Background(), []byte(text), workbook.DefaultBounds(), Options{Name: "s.csv", Currency: "CAD"})
	if err != nil {
		t.Fatal(err)
	}
	s, how := e.Statement, "read"
	if s == nil {
		if s, how = e.Trial, "proposed"; s == nil {
			return "refused"
		}
	}
	switch {
	case chargesInWords(s) == want:
		return how
	case noted && (len(s.Problems) > 0 || how == "proposed"):
		return "refused" // somebody is told, or asked to look before anything counts
	}
	return "wrongly"
}

func TestLayoutsAreReadRightlyOrRefused(t *testing.T) {
	count := map[string]int{}
	for _, l := range tableLayouts {
		how := howRead(t, l.text, l.want, false)
		count[how]++
		if how == "wrongly" || how == "refused" {
			e, _ := Explain(context.Background(), []byte(l.text), workbook.DefaultBounds(), Options{Name: "s.csv", Currency: "CAD"})
			s := e.Statement
			if s == nil {
				s = e.Trial
			}
			if s == nil {
				s = &Statement{}
			}
			t.Errorf("%s: %s\n got %s\nwant %s\n%v %v", l.name, how, chargesInWords(s), l.want, e.Refused, s.Problems)
		}
	}
	t.Logf("of %d layouts %d are read as they are, %d by the proposed profile, %d refused, %d wrongly", len(tableLayouts), count["read"], count["proposed"], count["refused"], count["wrongly"])
	if 100*(count["read"]+count["proposed"]) < 95*len(tableLayouts) {
		t.Errorf("fewer than 95 in a hundred are read: %v", count)
	}
}

// What a proposed profile says is what a configuration may say, and reads the file to the same charges.
func TestTheProposedProfileIsOne(t *testing.T) {
	for _, l := range tableLayouts {
		e, err := Explain(context.Background(), []byte(l.text), workbook.DefaultBounds(), Options{Name: "s.csv", Currency: "CAD"})
		if err != nil || e.Proposed == nil {
			t.Errorf("%s: no profile: %v", l.name, err)
			continue
		}
		p := *e.Proposed
		p.Senders = []string{"cards@bank.example"}
		if err := CheckProfiles([]Profile{p}); err != nil {
			t.Errorf("%s: %v", l.name, err)
		}
		s, err := Read(context.Background(), []byte(l.text), workbook.DefaultBounds(), Options{Name: "s.csv", Currency: "CAD", Profile: &p})
		if err != nil || chargesInWords(s) != l.want {
			t.Errorf("%s by its profile: %v\n%s", l.name, err, p.TOML())
		}
	}
}

// cellsOf splits a layout without quotes; nil where it has some.
func cellsOf(text string) (rows [][]string, sep string) {
	if strings.Contains(text, `"`) {
		return nil, ""
	}
	sep = ","
	for _, other := range []string{";", "\t"} {
		if strings.Contains(text, other) {
			sep = other
		}
	}
	for _, line := range strings.Split(strings.TrimSuffix(text, "\n"), "\n") {
		rows = append(rows, strings.Split(line, sep))
	}
	return rows, sep
}

func joined(rows [][]string, sep string) string {
	var b strings.Builder
	for _, r := range rows {
		b.WriteString(strings.Join(r, sep) + "\n")
	}
	return b.String()
}

// Whole columns that change places are the same charges; headers that do, a header that goes and signs that turn are never read to
// other charges in silence.
func TestMutationsAreNeverMisreadInSilence(t *testing.T) {
	tried := map[string]int{}
	for _, l := range tableLayouts {
		rows, sep := cellsOf(l.text)
		header := slices.IndexFunc(rows, func(r []string) bool { return len(r) >= 3 })
		if rows == nil || header < 0 {
			continue
		}
		width := len(rows[header])
		mutate := func(name string, change func(r [][]string)) {
			changed := make([][]string, len(rows))
			for i := range rows {
				changed[i] = slices.Clone(rows[i])
			}
			change(changed[header:])
			how := howRead(t, joined(changed, sep), l.want, true)
			tried[how]++
			if how == "wrongly" {
				s, err := readText(context.Background(), []byte(joined(changed, sep)), Options{Name: "s.csv", Currency: "CAD"})
				t.Errorf("%s, %s: misread in silence: %v\n%s\n got %s\nwant %s", l.name, name, err, joined(changed, sep), chargesInWords(s), l.want)
			}
		}
		swap := func(r []string, a, b int) { r[a], r[b] = r[b], r[a] }
		named := !strings.Contains(l.name, "no header")
		for a := range width {
			for b := a + 1; b < width; b++ {
				mutate(fmt.Sprintf("columns %d and %d", a, b), func(r [][]string) {
					for i := range r {
						swap(r[i], a, b)
					}
				})
				if named {
					mutate(fmt.Sprintf("headers %d and %d", a, b), func(r [][]string) { swap(r[0], a, b) })
				}
			}
			if named {
				mutate(fmt.Sprintf("without header %d", a), func(r [][]string) { r[0][a] = "" })
			}
		}
	}
	t.Logf("mutations: %v", tried)
	if tried["read"] == 0 || tried["refused"] == 0 {
		t.Errorf("nothing was tried: %v", tried)
	}
}

// Every sign of a file turned is refused, or read to the same charges: by a profile too.
func TestTurnedSignsAreNeverMisread(t *testing.T) {
	const below, above = "Date,Merchant,Amount\n2026-11-13,A,-4.00\n2026-11-14,B,-5.00\n2026-11-15,C,-6.00\n", "Date,Merchant,Amount\n2026-11-13,A,4.00\n2026-11-14,B,5.00\n2026-11-15,C,6.00\n"
	for _, c := range []struct{ text, purchases string }{{below, ""}, {below, "positive"}, {above, "negative"}} {
		_, err := readText(context.Background(), []byte(c.text), Options{Name: "s.csv", Currency: "CAD", Profile: &Profile{Purchases: c.purchases}})
		var refused *Error
		if !errors.As(err, &refused) || refused.Code != "sign" {
			t.Errorf("%q with purchases %q: %v", c.text, c.purchases, err)
		}
	}
}
