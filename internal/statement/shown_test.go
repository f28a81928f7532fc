package statement

import (
	"bytes"
	"context"
	"testing"

	"github.com/xuri/excelize/v2"

	"handrail/internal/workbook"
)

func TestHeadersOfAmountsNameTheCurrency(t *testing.T) {
	tests := []struct{ header, row, want string }{ // want: the amount, "" when the row is refused
		{"Date,Merchant,Amount (CAD)", "2026-11-17,NORTHERN,4520.00", "4520.00 CAD"},
		{"Date,Merchant,Amount USD", "2026-11-17,NORTHERN,4520.00", "4520.00 USD"},
		{"Date,Marchand,Montant (USD)", "2026-11-17,NORTHERN,4520.00", "4520.00 USD"},
		{"Date,Marchand,Montant en euros", "2026-11-17,NORTHERN,4520.00", "4520.00 EUR"},
		{"Date,Marchand,Montant $", "2026-11-17,NORTHERN,4520.00", "4520.00 CAD"},
		{"Date,Merchant,Amount USD,Currency", "2026-11-17,NORTHERN,4520.00,CAD", ""},
		{"Date,Merchant,Amount USD,Currency", "2026-11-17,NORTHERN,4520.00,USD", "4520.00 USD"},
		{"Date,Merchant,Amount CAD,Amount USD", "2026-11-17,NORTHERN,4520.00,3300.00", "4520.00 CAD"},
		{"Date,Merchant,Amount USD,Amount CAD", "2026-11-17,NORTHERN,3300.00,4520.00", "4520.00 CAD"},
		{"Date,Merchant,Amount USD/CAD", "2026-11-17,NORTHERN,4520.00", ""},
		{"Date,Merchant,Amount £", "2026-11-17,NORTHERN,4520.00", "4520.00 GBP"},
		{"Date,Merchant,Debit (USD),Credit (USD)", "2026-11-17,NORTHERN,4520.00,", "4520.00 USD"},
	}
	for _, tt := range tests {
		s, err := readText(context.Background(), []byte(tt.header+"\n"+tt.row+"\n"), Options{Name: "s.csv", Currency: "CAD"})
		if err != nil {
			t.Errorf("%s: %v", tt.header, err)
			continue
		}
		got := ""
		if len(s.Charges) == 1 {
			got = s.Charges[0].Amount.Plain() + " " + s.Charges[0].Amount.Currency
		}
		if got != tt.want || tt.want == "" && len(s.Problems) == 0 {
			t.Errorf("%s: %q, want %q; %v", tt.header, got, tt.want, s.Problems)
		}
	}
}

func TestFormatsOfAStatement(t *testing.T) {
	for code, want := range map[string]string{
		`#,##0.00`: "45.20 CAD", `"$"#,##0.00`: "45.20 CAD", `[$USD] 0.00`: "45.20 USD", `0.00\ [$€-40C]`: "45.20 EUR", `"US$"0.00`: "45.20 USD",
		`;;;`: "", `"pending"`: "", `0%`: "", `0.0,`: "", `0.00;[Red]-0.00`: "45.20 CAD", `"USD/CAD" 0.00`: "",
	} {
		x := excelize.NewFile()
		style, err := x.NewStyle(&excelize.Style{CustomNumFmt: &code})
		if err == nil {
			err = x.SetSheetRow("Sheet1", "A1", &[]any{"Date", "Merchant", "Amount"})
		}
		if err == nil {
			err = x.SetSheetRow("Sheet1", "A2", &[]any{"2026-11-17", "NORTHERN", 45.2})
		}
		if err == nil {
			err = x.SetCellStyle("Sheet1", "C2", "C2", style)
		}
		var b bytes.Buffer
		if err == nil {
			err = x.Write(&b)
		}
		if err != nil {
			t.Fatal(err)
		}
		s, err := Read(context.Background(), b.Bytes(), workbook.DefaultBounds(), Options{Name: "s.xlsx", Currency: "CAD"})
		if err != nil {
			t.Fatal(err)
		}
		got := ""
		if len(s.Charges) == 1 {
			got = s.Charges[0].Amount.Plain() + " " + s.Charges[0].Amount.Currency
		}
		if got != want || want == "" && len(s.Problems) == 0 {
			t.Errorf("%s: %q, want %q; %v", code, got, want, s.Problems)
		}
	}
}
