package statement

import (
	"testing"

	"github.com/shopspring/decimal"

	"handrail/internal/request"
)

func TestWhatARowIs(t *testing.T) {
	for _, row := range []struct {
		text, category, amount string
		want                   Kind
	}{
		{"PAYMENT - THANK YOU", "", "-4520.00", Payment},
		{"PAYMENT THANK YOU/PAIEMENT MERCI", "", "-523.43", Payment},
		{"PAIEMENT REÇU - MERCI", "", "-100.00", Payment},
		{"AUTOPAY PAYMENT 4421", "", "-100.00", Payment},
		{"Paiement par Internet", "", "-100.00", Payment},
		{"PREAUTHORIZED PAYMENT", "", "-100.00", Payment},
		{"ONLINE PAYMENT FROM ACCOUNT 1234", "", "-100.00", Payment},
		{"RETURNED PAYMENT", "", "100.00", Payment},
		{"PAYMENT SYSTEMS INC", "", "100.00", Purchase},
		{"PAYMENT SYSTEMS INC", "", "-100.00", Refund},
		{"PAYMENT", "", "100.00", Purchase},
		{"THANK YOU CARDS LTD", "", "-10.00", Refund},
		{"CARD PRINTING DIRECT", "", "-10.00", Refund},
		{"ANNUAL FEE", "", "120.00", Fee},
		{"ANNUAL FEE REBATE", "", "-120.00", Fee},
		{"FRAIS ANNUELS", "", "120.00", Fee},
		{"FOREIGN TRANSACTION FEE", "", "3.10", Fee},
		{"FRAIS DE CONVERSION DE DEVISES", "", "3.10", Fee},
		{"LATE PAYMENT FEE", "", "29.00", Fee},
		{"CASH ADVANCE FEE", "", "5.00", Fee},
		{"FEE CONSULTING GROUP", "", "500.00", Purchase},
		{"FRAIS MARCHE DU COIN", "", "50.00", Purchase},
		{"COFFEE SERVICE", "", "50.00", Purchase},
		{"PURCHASE INTEREST", "", "12.00", Interest},
		{"INTEREST CHARGES", "", "12.00", Interest},
		{"Intérêts sur achats", "", "12.00", Interest},
		{"FRAIS D'INTÉRÊT", "", "12.00", Interest},
		{"FINANCE CHARGE", "", "12.00", Interest},
		{"SPECIAL INTEREST BOOKS", "", "12.00", Purchase},
		{"CASH ADVANCE OTTAWA ON", "", "200.00", Cash},
		{"AVANCE DE FONDS GATINEAU", "", "200.00", Cash},
		{"RBC BRANCH 0123", "6010", "200.00", Cash},
		{"CASH CONVERTERS", "", "20.00", Purchase},
		{"REVERSAL NORTHWIND INC", "", "-452.00", Reversal},
		{"ANNULATION BOREAL DATA", "", "-452.00", Reversal},
		{"NORTHWIND INC", "", "-52.00", Refund},
		{"NORTHWIND INC", "", "52.00", Purchase},
	} {
		c := Charge{Merchant: row.text, Category: row.category, Amount: request.Money{Amount: decimal.RequireFromString(row.amount), Currency: "CAD"}}
		if got := kindOf(&c); got != row.want {
			t.Errorf("%s %s: %q, want %q", row.text, row.amount, got, row.want)
		}
	}
}
