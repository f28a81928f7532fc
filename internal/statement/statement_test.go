package statement

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/shopspring/decimal"
	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/unicode"
	"pgregory.net/rapid"

	"handrail/internal/request"
	"handrail/internal/workbook"
)

func readCSV(t *testing.T, text string) *Statement {
	t.Helper()
	s, err := readText(context.Background(), []byte(text), Options{Name: "cards.csv", Currency: "CAD"})
	if err != nil {
		t.Fatal(err)
	}
	return s
}

const plainStatement = "Posting date,Transaction date,Merchant,MCC,Amount,Currency,Card,Cardholder,Cost centre,Reference,Fund\n" +
	"2026-11-18,2026-11-16,PAYPAL *ATELIER NUMERI,7372,\"1,130.00\",CAD,XXXX-XXXX-XXXX-4242,A. Roy,1234,HR-2026-000123-04,B120\n" +
	"2026-11-19,2026-11-19,BOREAL DATA OTTAWA ON,7372,-45.20,CAD,4242,A. Roy,0420,,B120\n"

func TestStatementIsRead(t *testing.T) {
	s := readCSV(t, plainStatement)
	if len(s.Charges) != 2 || len(s.Problems) != 0 {
		t.Fatalf("%d charges, problems %v", len(s.Charges), s.Problems)
	}
	c := s.Charges[0]
	if c.Amount.Plain() != "1130.00" || c.Amount.Currency != "CAD" || c.Card != "4242" || c.Transacted.String() != "2026-11-16" ||
		c.Posted.String() != "2026-11-18" || c.Reference != "HR-2026-000123-04" || c.CostCentre != "1234" || c.Extra["Fund"] != "B120" || c.Category != "7372" {
		t.Errorf("first charge %+v", c)
	}
	if s.Charges[1].Amount.Plain() != "-45.20" {
		t.Errorf("refund %s", s.Charges[1].Amount.Plain())
	}
}

// Fifteen spellings of one header, and the corpus' own among them.
func TestHeaderSpellings(t *testing.T) {
	for want, spellings := range map[field][]string{
		transactionDate: {"Transaction Date", "transaction_date", "TRANSACTION DATE", "Trans. Date", "Date de transaction", "Date de l’opération", "DATE D'ACHAT",
			"Date d’opération", "Txn date", "  Transaction  date ", "Transaction date / Date de transaction", "Purchase Date", "TransactionDate", "Date", "date de la transaction"},
		chargeAmount: {"Amount", "AMOUNT ($)", "Amount (CAD)", "Montant", "Montant $", "Billing Amount", "montant_facturé", "Montant de la transaction",
			"Charge amount", "Transaction Amount", "Amount/Montant", "amount ", "Posted amount", "MONTANT PORTÉ AU COMPTE", "Net amount"},
		postingDate:  {"Paid Date", "paid_date", "Date d’inscription", "Posted"},
		merchantName: {"Supplier Name", "supplier_name", "Nom du commerçant", "Merchant DBA name", "Fournisseur"},
		cardNumber:   {"Card ending in", "Last 4", "No de carte", "Quatre derniers chiffres"},
	} {
		for _, h := range spellings {
			if got := knownHeader(h, nil); got != want {
				t.Errorf("%q is field %d, want %d", h, got, want)
			}
		}
	}
}

// Every alias names one field only.
func TestAliasesAreUnambiguous(t *testing.T) {
	seen := map[string]field{}
	for f, names := range headerAliases {
		for _, n := range names {
			key := request.Fold(n)
			if other, ok := seen[key]; ok && other != field(f) {
				t.Errorf("%q names fields %d and %d", n, other, f)
			}
			seen[key] = field(f)
		}
	}
}

// The same charges in every separator, encoding, decimal style and order of dates come out the same.
func TestStatementFormatsAllReadTheSame(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.IntRange(1, 30).Draw(t, "rows")
		separator := rapid.SampledFrom([]string{",", ";", "\t", "|"}).Draw(t, "separator")
		comma := rapid.Bool().Draw(t, "decimal comma")
		space := rapid.SampledFrom([]string{"", " ", "\u00a0"}).Draw(t, "group")
		french := rapid.Bool().Draw(t, "french")
		encoding := rapid.SampledFrom([]string{"utf-8", "bom", "1252", "utf-16"}).Draw(t, "encoding")
		newline := rapid.SampledFrom([]string{"\n", "\r\n", "\r"}).Draw(t, "newline")
		dates := rapid.SampledFrom([]string{"iso", "day", "month"}).Draw(t, "dates")
		head := []string{"Transaction date", "Merchant", "Amount", "Card number"}
		if french {
			head = []string{"Date de transaction", "Nom du commerçant", "Montant", "Numéro de carte"}
		}
		var want []string
		lines := []string{strings.Join(head, separator)}
		for i := range n {
			cents := rapid.Int64Range(-9_999_999, 99_999_999).Draw(t, "cents")
			if cents%1000 == 0 {
				cents++
			}
			if i%2 == 0 && cents < 0 {
				cents = -cents // a statement that is nearly all refunds is not read as one
			}
			day := rapid.IntRange(1, 28).Draw(t, "day")
			if i == 0 {
				day = 28 // one day above 12 tells the order
			}
			amount := decimal.New(cents, -2)
			text := amount.Abs().StringFixed(2)
			if comma {
				text = strings.Replace(text, ".", ",", 1)
			}
			if point := len(text) - 3; space != "" && point > 3 {
				text = text[:point-3] + space + text[point-3:]
				if point > 6 {
					text = text[:point-6] + space + text[point-6:]
				}
			}
			if cents < 0 {
				text = "-" + text
			}
			date := fmt.Sprintf("2026-10-%02d", day)
			shown := map[string]string{"iso": date, "day": fmt.Sprintf("%02d/10/2026", day), "month": fmt.Sprintf("10/%02d/2026", day)}[dates]
			cells := []string{shown, fmt.Sprintf("Café \"%d\" %s été", i, separator), text, "**** **** **** 1234"}
			for j, c := range cells {
				cells[j] = `"` + strings.ReplaceAll(c, `"`, `""`) + `"`
			}
			lines = append(lines, strings.Join(cells, separator))
			want = append(want, date+" "+amount.StringFixed(2))
		}
		data := []byte(strings.Join(lines, newline) + newline)
		var err error
		switch encoding {
		case "bom":
			data = append([]byte("\ufeff"), data...)
		case "1252":
			data, err = charmap.Windows1252.NewEncoder().Bytes(data)
		case "utf-16":
			data, err = unicode.UTF16(unicode.LittleEndian, unicode.UseBOM).NewEncoder().Bytes(data)
		}
		if err != nil {
			t.Fatal(err)
		}
		s, err := readText(context.Background(), data, Options{Name: "s.csv", Currency: "CAD"})
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		for _, c := range s.Charges {
			got = append(got, c.Transacted.String()+" "+c.Amount.Plain())
			if !strings.HasPrefix(c.Merchant, "Café \"") || !strings.HasSuffix(c.Merchant, "été") {
				t.Fatalf("merchant %q", c.Merchant)
			}
		}
		if strings.Join(got, "\n") != strings.Join(want, "\n") || len(s.Problems) > 0 {
			t.Fatalf("got %q\nwant %q\nproblems %v", got, want, s.Problems)
		}
	})
}

func TestStatementAmounts(t *testing.T) {
	for text, want := range map[string]string{
		"12.50": "12.50", "$12.50": "12.50", "12,50 $": "12.50", "(12.50)": "-12.50", "12.50-": "-12.50", "12.50 CR": "-12.50", "12,50 CT": "-12.50",
		"−12.50": "-12.50", "1,234.56": "1234.56", "1.234,56": "1234.56", "1 234,56": "1234.56", "1'234.56": "1234.56", "12": "12", "0.125": "fraction",
		"1,234": "two-ways", "1.234": "two-ways", "1,234,567": "1234567", "abc": "not-read", "12.5.0": "not-read", "(-5.00)": "not-read", "": "not-read",
		"1,23,456.00": "not-read", "NaN": "not-read", "1e5": "not-read", "12.50 USD": "12.50 USD", "-": "not-read", ".50": "0.50", "5.": "not-read",
	} {
		n, currency, why := parseSum(cellValue{text: text}, anyMark)
		got := string(why)
		if why == "" {
			switch got = n.StringFixed(2); {
			case !n.Equal(n.Round(2)):
				got = "fraction"
			case n.IsInteger() && !strings.Contains(text, "."):
				got = n.String()
			}
			if currency != "" {
				got += " " + currency
			}
		}
		if got != want {
			t.Errorf("%q reads %q, want %q", text, got, want)
		}
	}
}

func TestStatementDates(t *testing.T) {
	for text, want := range map[string]string{
		"2026-11-03": "2026-11-03", "2026/11/03": "2026-11-03", "20261103": "2026-11-03", "2026-11-03 00:00:00": "2026-11-03", "2026-11-03T08:15:00Z": "2026-11-03",
		"3 Nov 2026": "2026-11-03", "Nov 3, 2026": "2026-11-03", "3 novembre 2026": "2026-11-03", "1er déc. 2026": "2026-12-01", "03-NOV-26": "2026-11-03",
		"3 août 2026": "2026-08-03", "12 juil. 2026": "2026-07-12", "12 juin 2026": "2026-06-12", "25/12/2026": "2026-12-25", "12/25/2026": "2026-12-25",
		"05/05/2026": "2026-05-05", "03/04/2026": "two-ways", "00:00:00": "not-read", "31/02/2026": "not-read", "2026-13-01": "not-read", "": "not-read", "yesterday": "not-read",
	} {
		d, why := parseDay(text, unknownOrder)
		got := d.String()
		if why != "" {
			got = string(why)
		}
		if got != want {
			t.Errorf("%q reads %q, want %q", text, got, want)
		}
	}
}

// Damaged, half and doubtful statements are refused, or their rows are, with a place and a reason.
func TestStatementProblems(t *testing.T) {
	for name, c := range map[string]struct{ text, code, cell string }{
		"ambiguous dates":    {"Date,Merchant,Amount\n03/04/2026,A,1.00\n", "ambiguous-date", "A2"},
		"no amount":          {"Date,Merchant,Amount\n2026-04-01,A,\n", "missing-amount", "C2"},
		"cut in a row":       {"Date,Merchant,Amount\n2026-04-01,A,1.00\n2026-04-0", "cut-off", "A3"},
		"words for money":    {"Date,Merchant,Amount\n2026-04-01,A,about ten\n", "not-a-number", "C2"},
		"thousands or cents": {"Date,Merchant,Amount\n2026-04-01,A,\"1,234\"\n", "ambiguous-amount", "C2"},
		"fraction of a cent": {"Date,Merchant,Amount\n2026-04-01,A,1.2345\n", "fraction-of-cent", "C2"},
		"no such currency":   {"Date,Merchant,Amount,Currency\n2026-04-01,A,1.00,XQZ\n", "not-a-currency", "D2"},
		"footer":             {"Merchant,Date,Amount\nA,2026-04-01,1.00\nTotal,,1.00\n", "footer", "C3"},
		"zero":               {"Date,Merchant,Amount\n2026-04-01,A,0.00\n", "zero", "C2"},
	} {
		s, err := readText(context.Background(), []byte(c.text), Options{Name: "s.csv", Currency: "CAD"})
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if len(s.Problems) == 0 {
			t.Errorf("%s: no problem, charges %+v", name, s.Charges)
			continue
		}
		if p := s.Problems[0]; p.Code != c.code || p.Cell != c.cell || p.Message.EN == "" || p.Message.FR == "" {
			t.Errorf("%s: problem %+v, want %s at %s", name, p, c.code, c.cell)
		}
	}
	for name, c := range map[string]struct{ text, code string }{
		"empty":            {" \n\n", "empty"},
		"no header":        {"a,b,c\n1,2,3\n", "no-header"},
		"no amount column": {"Date,Merchant,Card\n2026-04-01,A,1234\n", "no-header"},
		"cut in a quote":   {"Date,Merchant,Amount\n2026-04-01,A,1.00\n2026-04-02,\"B", "damaged"},
		"zero bytes":       {"Date,Merchant,Amount\n\x00", "encoding"},
		"two amounts":      {"Date,Merchant,Amount,Total\n2026-04-01,A,1.00,2.00\n", "ambiguous"},
	} {
		_, err := readText(context.Background(), []byte(c.text), Options{Name: "s.csv", Currency: "CAD"})
		var refused *Error
		if !errors.As(err, &refused) || refused.Code != c.code || refused.Message.FR == "" {
			t.Errorf("%s: %v, want %s", name, err, c.code)
		}
	}
}

func TestDebitAndCreditColumns(t *testing.T) {
	s := readCSV(t, "Date;Libellé;Débit;Crédit\n2026-04-13;A;12,50;\n2026-04-14;B;;3,00\n2026-04-15;C;;-4,00\n")
	var got []string
	for _, c := range s.Charges {
		got = append(got, c.Amount.Plain())
	}
	if strings.Join(got, " ") != "12.50 -3.00 -4.00" {
		t.Errorf("amounts %q, problems %v", got, s.Problems)
	}
}

// What banks export that nobody here had seen: each is read rightly, or refused with its row, its column and the reason.
func TestForeignExports(t *testing.T) {
	for name, c := range map[string]struct{ text, want string }{
		"German style in Windows-1252": {"Buchung;Datum\nDate;Merchant;Amount;Currency\n25.11.2026;Caf\xe9;1.234,56;EUR\n26.11.2026;B;-12,50;EUR\n", "2026-11-25 Café 1234.56 EUR; 2026-11-26 B -12.50 EUR"},
		"tabs, quoted newlines":        {"Date\tMerchant\tAmount\n2026-11-25\t\"SHOP\nOTTAWA\"\t1.50\n2026-11-26\tB\t2.50\n", "2026-11-25 SHOP OTTAWA 1.50 CAD; 2026-11-26 B 2.50 CAD"},
		"apostrophes, trailing minus":  {"Date,Merchant,Amount\n2026-11-25,A,1'234.50\n2026-11-26,B,12.50-\n", "2026-11-25 A 1234.50 CAD; 2026-11-26 B -12.50 CAD"},
		"brackets with dollars":        {"Date,Merchant,Amount\n2026-11-25,A,\"$1,234.50\"\n2026-11-26,B,($12.50)\n", "2026-11-25 A 1234.50 CAD; 2026-11-26 B -12.50 CAD"},
		"days first":                   {"Date,Merchant,Amount\n25/11/2026,A,1.00\n03/11/2026,B,1.00\n", "2026-11-25 A 1.00 CAD; 2026-11-03 B 1.00 CAD"},
		"months first":                 {"Date,Merchant,Amount\n11/25/2026,A,1.00\n11/03/2026,B,1.00\n", "2026-11-25 A 1.00 CAD; 2026-11-03 B 1.00 CAD"},
		"neither":                      {"Date,Merchant,Amount\n03/11/2026,A,1.00\n", "ambiguous-date A2"},
		"years of two digits":          {"Date,Merchant,Amount\n26/11/25,A,1.00\n26/11/24,A,1.00\n", "ambiguous-date A2; ambiguous-date A3"},
		"years of two digits, told":    {"Date,Merchant,Amount\n26/11/26,A,1.00\n03/11/26,A,1.00\n", "2026-11-26 A 1.00 CAD; 2026-11-03 A 1.00 CAD"},
		"a column DR/CR":               {"Date,Merchant,Amount,DR/CR\n2026-11-25,A,5.00,DR\n2026-11-26,B,2.00,CR\n", "2026-11-25 A 5.00 CAD; 2026-11-26 B -2.00 CAD"},
		"a column Type":                {"Date,Merchant,Amount,Type\n2026-11-25,A,5.00,Purchase\n2026-11-26,B,2.00,Refund\n", "2026-11-25 A 5.00 CAD; 2026-11-26 B -2.00 CAD"},
		"a column Type of other words": {"Date,Merchant,Amount,Type\n2026-11-25,A,5.00,online\n2026-11-26,B,2.00,Refund\n", "2026-11-25 A 5.00 CAD {Type online}; 2026-11-26 B 2.00 CAD {Type Refund}"},
		"debits below zero":            {"Date,Merchant,Amount,D/C\n2026-11-25,A,-5.00,D\n2026-11-26,B,2.00,C\n", "2026-11-25 A 5.00 CAD; 2026-11-26 B -2.00 CAD"},
		"debits of both signs":         {"Date,Merchant,Amount,D/C\n2026-11-25,A,-5.00,D\n2026-11-26,B,2.00,D\n2026-11-26,C,2.00,X\n", "2026-11-26 B 2.00 CAD; ambiguous-sign D2; no-direction D4"},
		"one signed column for both":   {"Date,Merchant,Debit/Credit\n2026-11-25,A,5.00\n2026-11-26,B,-2.00\n", "2026-11-25 A 5.00 CAD; 2026-11-26 B -2.00 CAD"},
		"debit and credit":             {"Date,Merchant,Debit,Credit\n2026-11-25,A,5.00,\n2026-11-26,B,,2.00\nTotal,,5.00,2.00\n", "2026-11-25 A 5.00 CAD; 2026-11-26 B -2.00 CAD; footer A4"},
		"the unquoted thousand":        {"Date,Amount,Merchant\n2026-11-25,1,234.56,SHOP\n2026-11-26,2.00,B\n", "2026-11-26 B 2.00 CAD; too-many-cells D2"},
		"separators at the end":        {"Date,Amount,Merchant\n2026-11-25,1.00,A,,\n", "2026-11-25 A 1.00 CAD"},
		"cut within the amount":        {"Date,Merchant,Amount\n2026-11-25,A,12.50\n2026-11-26,B,12.5", "2026-11-25 A 12.50 CAD; cut-off C3"},
		"no end of the last line":      {"Date,Merchant,Amount\n2026-11-25,A,12.50\n2026-11-26,B,12.55", "2026-11-25 A 12.50 CAD; 2026-11-26 B 12.55 CAD"},
		"balances":                     {"Date,Merchant,Amount\n2026-11-01,Previous balance,500.00\n2026-11-25,NEW BALANCE,90.00\n2026-11-30,Solde de clôture,590.00\n", "2026-11-25 NEW BALANCE 90.00 CAD; balance B2; balance B4"},
		"the original with its code":   {"Date,Merchant,Amount,Original amount\n2026-11-25,A,136.42,100.00 USD\n", "2026-11-25 A 136.42 CAD (100.00 USD)"},
		"two currencies":               {"Date,Merchant,Amount,Currency\n2026-11-25,A,1.00,CAD\n2026-11-26,B,2.00,USD\n", "2026-11-25 A 1.00 CAD; 2026-11-26 B 2.00 USD"},
		"preamble with figures":        {"Account: 1234,,\nStatement date,2026-11-30,\nAmount due,500.00,\n\nDate,Merchant,Amount\n2026-11-25,A,1.00\n", "2026-11-25 A 1.00 CAD"},
	} {
		s, err := readText(context.Background(), []byte(c.text), Options{Name: "s.csv", Currency: "CAD"})
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if got := outcomeOf(s); got != c.want {
			t.Errorf("%s: %s\nwant %s", name, got, c.want)
		}
	}
}

// outcomeOf is what became of a statement: its charges, then its problems.
func outcomeOf(s *Statement) string {
	var list []string
	for _, c := range s.Charges {
		text := c.Transacted.String() + " " + c.Merchant + " " + c.Amount.Plain() + " " + c.Amount.Currency
		if c.Original.Currency != "" {
			text += " (" + c.Original.Plain() + " " + c.Original.Currency + ")"
		}
		for k, v := range c.Extra {
			text += " {" + k + " " + v + "}"
		}
		list = append(list, text)
	}
	for _, p := range s.Problems {
		list = append(list, p.Code+" "+p.Cell)
	}
	return strings.Join(list, "; ")
}

// A file whose own total is not the sum of its rows says that rows are missing.
func TestTheFilesOwnTotalIsCompared(t *testing.T) {
	const head = "Date,Merchant,Amount,Currency\n2026-11-25,A,5.00,CAD\n2026-11-26,B,2.00,CAD\n"
	for name, c := range map[string]struct{ rest, want string }{
		"the same":         {"Total,,7.00,\n", "footer C4"},
		"more":             {"Total,,17.00,\n", "footer C4; total-differs C4"},
		"the other sign":   {"Total,,(7.00),\n", "footer C4"},
		"two totals":       {"Subtotal,,3.00,\nTotal,,17.00,\n", "footer C4; footer C5"},
		"two currencies":   {"2026-11-26,C,1.00,USD\nTotal,,17.00,\n", "footer C5"},
		"rows not read":    {"2026-11-26,C,one,CAD\nTotal,,8.00,\n", "not-a-number C4; footer C5"},
		"a total of words": {"Total,,see above,\n", "footer C4"},
	} {
		s := readCSV(t, head+c.rest)
		var got []string
		for _, p := range s.Problems {
			got = append(got, p.Code+" "+p.Cell)
		}
		if strings.Join(got, "; ") != c.want {
			t.Errorf("%s: %s, want %s", name, strings.Join(got, "; "), c.want)
		}
	}
}

// A bank that writes purchases with a minus would turn every purchase into money back: it is asked for once.
func TestPurchasesBelowZero(t *testing.T) {
	text := "Date,Description,Amount\n" + strings.Repeat("2026-11-25,A,-5.00\n", 9) + "2026-11-26,PAYMENT,45.00\n"
	_, err := readText(context.Background(), []byte(text), Options{Name: "s.csv", Currency: "CAD"})
	var refused *Error
	if !errors.As(err, &refused) || refused.Code != "sign" || !strings.Contains(refused.Message.EN, "statement_purchases_negative") || !strings.Contains(refused.Message.FR, "statement_purchases_negative") {
		t.Fatalf("%v", err)
	}
	s, err := readText(context.Background(), []byte(text), Options{Name: "s.csv", Currency: "CAD", PurchasesNegative: true})
	if err != nil || s.Charges[0].Amount.Plain() != "5.00" || s.Charges[9].Amount.Plain() != "-45.00" {
		t.Errorf("%+v, %v", s, err)
	}
	few := "Date,Description,Amount\n" + strings.Repeat("2026-11-25,A,-5.00\n", 4)
	if _, err := readText(context.Background(), []byte(few), Options{Name: "s.csv", Currency: "CAD"}); !errors.As(err, &refused) || refused.Code != "sign" {
		t.Errorf("four amounts below zero: %v", err)
	}
	for purchases, want := range map[string]string{"negative": "5.00", "positive": "-5.00"} {
		s, err := readText(context.Background(), []byte("Date,Description,Amount\n"+strings.Repeat("2026-11-25,A,-5.00\n", 2)), Options{Name: "s.csv", Currency: "CAD", Profile: &Profile{Purchases: purchases}})
		if err != nil || s.Charges[0].Amount.Plain() != want {
			t.Errorf("%s: %+v, %v", purchases, s, err)
		}
	}
}

// Of two columns that look like one field, the one that the configuration names is it.
func TestTheConfiguredHeaderWins(t *testing.T) {
	const text = "Date,Merchant,Amount,Total\n2026-04-01,A,1.00,2.00\n"
	for header, want := range map[string]string{"Amount": "1.00", "Total": "2.00"} {
		s, err := readText(context.Background(), []byte(text), Options{Name: "s.csv", Currency: "CAD", Headers: map[string][]string{"amount": {header}}})
		if err != nil || s.Charges[0].Amount.Plain() != want || len(s.Charges[0].Extra) != 1 {
			t.Errorf("%s: %+v, %v", header, s, err)
		}
	}
}

// The preamble of a bank's export and the header repeated on each page are no charges.
func TestPreambleAndRepeatedHeader(t *testing.T) {
	s := readCSV(t, "sep=;\nBank of Somewhere;;\nAccount;1234;\n\nDate;Merchant;Amount\n2026-04-13;A;1,50\nDate;Merchant;Amount\n2026-04-14;B;2,50\n")
	if len(s.Charges) != 2 || s.Header != 5 || s.Charges[1].Row != 8 {
		t.Errorf("%d charges, header %d, %+v", len(s.Charges), s.Header, s.Charges)
	}
}

func TestCardNumbersAreCut(t *testing.T) {
	for text, want := range map[string]string{
		"4111111111111111":                    "••••1111",
		"4111 1111 1111 1111":                 "••••1111",
		"card 4111-1111-1111-1111 of A. Roy":  "card ••••1111 of A. Roy",
		"3782 822463 10005":                   "••••0005",
		"4111 1111 1111 1111 7":               "••••1111 7",
		"12 4111 1111 1111 1111":              "12 ••••1111",
		"4111111111111112":                    "4111111111111112", // no Luhn
		"HR-2026-000123-04":                   "HR-2026-000123-04",
		"24692166321100000000001":             "24692166321100000000001", // an acquirer's reference, 23 digits
		"•••• 4242":                           "•••• 4242",
		"5555\u00a05555\u00a05555\u00a04444":  "••••4444",
		"a4111111111111111b 6011000990139424": "a••••1111b ••••9424",
	} {
		if got := CutCards(text); got != want {
			t.Errorf("%q is cut to %q, want %q", text, got, want)
		}
	}
}

func TestNoFullCardNumberSurvivesReading(t *testing.T) {
	const pan = "4111111111111111"
	s := readCSV(t, "Date,Merchant,Amount,Card number,Reference,Remark\n2026-04-13,SHOP "+pan+",1.00,"+pan+",paid with "+pan+",4111 1111 1111 1111\n")
	kept := fmt.Sprintf("%+v %s", s.Charges, s.Cut)
	if strings.Contains(kept, pan) || strings.Contains(kept, "4111 1111 1111 1111") {
		t.Errorf("a card number survives: %s", kept)
	}
	if s.Charges[0].Card != "1111" || len(s.Digest) != 64 || !strings.Contains(string(s.Cut), "••••1111") {
		t.Errorf("card %q, digest %q, cut form %s", s.Charges[0].Card, s.Digest, s.Cut)
	}
}

// Read twice, counted once; of overlapping files the larger count of equal rows holds.
func TestUnionCountsOverlapsOnce(t *testing.T) {
	const head = "Date,Merchant,Amount,Card\n"
	const coffee, paper = "2026-04-13,COFFEE,3.50,1234\n", "2026-04-14,PAPER,9.00,1234\n"
	one, two := readCSV(t, head+coffee+coffee+paper).Charges, readCSV(t, head+paper+coffee).Charges
	for name, got := range map[string]int{
		"twice the same": len(Union(one, one)), "overlap": len(Union(one, two)), "overlap the other way": len(Union(two, one)), "three": len(Union(nil, two, one, two)),
	} {
		if got != 3 {
			t.Errorf("%s: %d charges, want 3", name, got)
		}
	}
}

// The order of rows in a file does not change what they are.
func TestReorderedStatementIsTheSame(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 3))
	rows := strings.Split(strings.TrimSpace(strings.Repeat("2026-04-13,COFFEE,3.50\n", 5)+strings.Repeat("2026-04-14,PAPER,9.00\n", 3)+"2026-04-15,INK,1.00"), "\n")
	first := readCSV(t, "Date,Merchant,Amount\n"+strings.Join(rows, "\n")).Charges
	r.Shuffle(len(rows), func(i, j int) { rows[i], rows[j] = rows[j], rows[i] })
	second := readCSV(t, "Date,Merchant,Amount\n"+strings.Join(rows, "\n")).Charges
	if got := len(Union(first, second)); got != len(rows) {
		t.Errorf("%d charges of %d rows in two orders", got, len(rows))
	}
}

// The published spend of the corpus: every row is a charge or a problem with its place.
func TestCorpusSpendIsRead(t *testing.T) {
	files, _ := filepath.Glob("../../../shared/corpus/spend/*.csv")
	if len(files) == 0 {
		t.Skip("the corpus (../shared/corpus/spend) is not there")
	}
	for _, name := range files {
		data, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		s, err := readText(context.Background(), data, Options{Name: filepath.Base(name), Currency: "GBP"})
		if err != nil {
			t.Error(err)
			continue
		}
		rows := strings.Count(strings.TrimRight(string(data), "\r\n"), "\n")
		refused := map[string]bool{}
		for _, p := range s.Problems {
			if p.Severity == request.ReturnSeverity {
				refused[strings.TrimLeft(p.Cell, "ABCDEFGHIJ")] = true
			}
		}
		t.Logf("%s: %d rows, %d charges, %d refused", filepath.Base(name), rows, len(s.Charges), len(refused))
		if len(s.Charges)+len(refused) != rows {
			t.Errorf("%s: %d charges and %d refused rows of %d", name, len(s.Charges), len(refused), rows)
		}
	}
}

func FuzzReadCSV(f *testing.F) {
	f.Add([]byte(plainStatement))
	f.Add([]byte("Date;Libellé;Débit;Crédit\n2026-04-13;A;12,50;\n"))
	f.Add([]byte("\xff\xfeD\x00a\x00t\x00e\x00"))
	f.Fuzz(func(t *testing.T, data []byte) {
		s, err := readText(context.Background(), data, Options{Name: "f.csv", Currency: "CAD"})
		if err != nil {
			var refused *Error
			if !errors.As(err, &refused) {
				t.Fatalf("an error that is no refusal: %v", err)
			}
			return
		}
		for _, c := range s.Charges {
			if c.Posted.IsZero() || c.Amount.Currency == "" || c.Fingerprint == "" || len(c.Card) > 4 {
				t.Fatalf("half a charge: %+v", c)
			}
			if _, err := c.Amount.Minor(); err != nil {
				t.Fatalf("an amount that the ledger cannot keep: %v", err)
			}
		}
		for _, p := range s.Problems {
			if p.Cell == "" || p.Message.EN == "" || p.Message.FR == "" {
				t.Fatalf("a problem without place or reason: %+v", p)
			}
		}
	})
}

func TestStatementOfAnyKind(t *testing.T) {
	for name, data := range map[string][]byte{
		"csv":  []byte("Date,Merchant,Amount\n2026-11-03,A,1.50\n"),
		"xlsx": sheetOf(t, [][]any{{"Date", "Merchant", "Amount"}, {"2026-11-03", "A", 1.5}}),
	} {
		s, err := Read(context.Background(), data, workbook.DefaultBounds(), Options{Name: name, Currency: "CAD"})
		if err != nil || len(s.Charges) != 1 || s.Charges[0].Amount.Plain() != "1.50" {
			t.Errorf("%s: %+v, %v", name, s, err)
		}
	}
	_, err := Read(context.Background(), []byte("%PDF-1.7 statement"), workbook.DefaultBounds(), Options{Name: "s.pdf"})
	if _, ok := workbook.ErrorOf(err); !ok || !strings.Contains(err.Error(), "s.pdf") {
		t.Errorf("a PDF: %v", err)
	}
}
