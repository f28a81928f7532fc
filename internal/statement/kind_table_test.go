package statement

import (
	"os"
	"strings"
	"testing"

	"github.com/shopspring/decimal"

	"handrail/internal/request"
)

func TestKindsByTheirWords(t *testing.T) {
	text, err := os.ReadFile("testdata/kinds.tsv")
	if err != nil {
		t.Fatal(err)
	}
	rows := 0
	for line := range strings.Lines(string(text)) {
		cells := strings.Split(strings.TrimSuffix(line, "\n"), "\t")
		if strings.HasPrefix(line, "#") {
			continue
		}
		rows++
		want := Kind(cells[3])
		if want == "purchase" {
			want = Purchase
		}
		c := Charge{Merchant: cells[0], Category: cells[1], Amount: request.Money{Amount: decimal.RequireFromString(cells[2]), Currency: "CAD"}}
		if got := kindOf(&c); got != want {
			t.Errorf("%s %s %s: %q, want %q", cells[0], cells[1], cells[2], got, want)
		}
	}
	if rows < 60 {
		t.Errorf("only %d rows", rows)
	}
}

// A payment with a purchase's sign is nobody's purchase: the row is refused with the two ways.
func TestAPaymentWithAPurchasesSignIsAsked(t *testing.T) {
	s := readCSV(t, "Date,Merchant,Amount\n2026-11-13,NORTHWIND,452.00\n2026-11-14,PAYMENT - THANK YOU,452.00\n")
	if len(s.Charges) != 1 || len(s.Problems) != 1 || s.Problems[0].Code != "payment-sign" || s.Problems[0].Cell != "C3" {
		t.Errorf("%+v %v", s.Charges, s.Problems)
	}
}

// A status that nobody knows is refused by its row; a profile that names it settles it.
func TestAStatusOfTheBanksOwn(t *testing.T) {
	const text = "Date,Merchant,Amount,Status\n2026-11-13,A,1.00,Posted\n2026-11-14,B,2.00,Memo\n"
	if s := readCSV(t, text); len(s.Charges) != 1 || len(s.Problems) != 1 || s.Problems[0].Code != "status" {
		t.Errorf("%+v %v", s.Charges, s.Problems)
	}
	s, err := readText(t.Context(), []byte(text), Options{Name: "s.csv", Currency: "CAD", Profile: &Profile{Pending: []string{"memo"}, Card: "1234"}})
	if err != nil || len(s.Charges) != 2 || s.Charges[1].Status != Pending || s.Charges[1].Card != "1234" {
		t.Errorf("%+v, %v", s, err)
	}
}

// Net amounts beside a tax, and a gross that is the smaller one, can be read two ways.
func TestWhatTheCardWasChargedIsAsked(t *testing.T) {
	for _, text := range []string{"Date,Supplier,Net amount,VAT\n2026-11-13,A,100.00,20.00\n", "Date,Supplier,Net,Gross\n2026-11-13,A,120.00,100.00\n"} {
		if s, err := readText(t.Context(), []byte(text), Options{Name: "s.csv", Currency: "GBP"}); err == nil {
			t.Errorf("%q was read: %+v", text, s.Charges)
		}
	}
}

func TestMistakesOfProfiles(t *testing.T) {
	bad := []Profile{{Senders: []string{"a@b.example"}, Columns: map[string]string{"shop": "A", "merchant": "Vendor"}, NoHeader: true, Purchases: "minus", Dates: "dmy", Currency: "QQQ", Card: "12345", Pending: []string{"x"}, Posted: []string{"X"}},
		{Senders: []string{"A@b.example"}}, {}}
	err := CheckProfiles(bad)
	for _, want := range []string{"columns.shop", "columns.merchant", "transaction_date or posting_date", "amount or debit", "purchases", "dates", "currency", "card", "pending", "statement[1].senders", "statement[2].senders"} {
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q is not in %v", want, err)
		}
	}
	good := Profile{Senders: []string{"a@b.example"}, NoHeader: true, Columns: map[string]string{"transaction_date": "A", "amount": "3", "merchant": "B"}, Dates: "day-month-year"}
	if err := CheckProfiles([]Profile{good}); err != nil {
		t.Error(err)
	}
	name, said := good.Setting()
	if back, err := ProfileFrom(said); err != nil || name != "a@b.example" || back.TOML() != good.TOML() {
		t.Errorf("%s %s: %v", name, said, err)
	}
}

// A profile by place under a header that names something else is a layout that changed.
func TestAChangedLayoutIsRefused(t *testing.T) {
	p := &Profile{Columns: map[string]string{"transaction_date": "A", "merchant": "B", "amount": "C"}}
	for text, ok := range map[string]bool{"Date,Merchant,Amount\n2026-11-13,A,1.00\n": true, "Date,Amount,Merchant\n2026-11-13,1.00,A\n": false} {
		if s, err := readText(t.Context(), []byte(text), Options{Name: "s.csv", Currency: "CAD", Profile: p}); (err == nil) != ok {
			t.Errorf("%q: %+v, %v", text, s, err)
		}
	}
}
