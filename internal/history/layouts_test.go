package history

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"
	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/unicode"

	"handrail/internal/request"
	"handrail/internal/workbook"
)

// layout is an invented file with what must be read of it: "day total supplier" for each purchase in the order of days, or the code of
// the refusal; trap says that somebody who reads carelessly reads it wrongly.
type layout struct {
	name    string
	text    string
	data    []byte
	o       Options
	want    []string
	refused string
	says    string // somewhere in what is said: notes, left out rows, or the refusal
	trap    bool
}

func book(t *testing.T, sheets ...[][]any) []byte {
	t.Helper()
	f := excelize.NewFile()
	for n, rows := range sheets {
		name := fmt.Sprintf("Sheet%d", n+1)
		if n > 0 {
			if _, err := f.NewSheet(name); err != nil {
				t.Fatal(err)
			}
		}
		for i, row := range rows {
			if err := f.SetSheetRow(name, fmt.Sprintf("A%d", i+1), &row); err != nil {
				t.Fatal(err)
			}
		}
	}
	var out bytes.Buffer
	if err := f.Write(&out); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

func windows(t *testing.T, s string) []byte {
	t.Helper()
	b, err := charmap.Windows1252.NewEncoder().String(s)
	if err != nil {
		t.Fatal(err)
	}
	return []byte(b)
}

func wide(t *testing.T, s string) []byte {
	t.Helper()
	b, err := unicode.UTF16(unicode.LittleEndian, unicode.UseBOM).NewEncoder().String(s)
	if err != nil {
		t.Fatal(err)
	}
	return []byte(b)
}

func layouts(t *testing.T) []layout {
	formatted := func(format string, rows [][]any) []byte {
		f, err := excelize.OpenReader(bytes.NewReader(book(t, rows)))
		if err != nil {
			t.Fatal(err)
		}
		id, err := f.NewStyle(&excelize.Style{CustomNumFmt: &format})
		if err == nil {
			err = f.SetCellStyle("Sheet1", "C2", "C9", id)
		}
		var out bytes.Buffer
		if err == nil {
			err = f.Write(&out)
		}
		if err != nil {
			t.Fatal(err)
		}
		return out.Bytes()
	}
	days := func(rows [][]any) []byte {
		f, err := excelize.OpenReader(bytes.NewReader(book(t, rows)))
		if err != nil {
			t.Fatal(err)
		}
		id, err := f.NewStyle(&excelize.Style{NumFmt: 14})
		for i, row := range rows {
			if _, number := row[0].(int); number && err == nil {
				err = f.SetCellStyle("Sheet1", fmt.Sprintf("A%d", i+1), fmt.Sprintf("A%d", i+1), id)
			}
		}
		var out bytes.Buffer
		if err == nil {
			err = f.Write(&out)
		}
		if err != nil {
			t.Fatal(err)
		}
		return out.Bytes()
	}
	return []layout{
		{name: "a plain list", text: "Date,Supplier,Amount\n2026-04-03,Boreal Ltd,120.50\n2026-04-02,Cedar Inc,75\n", want: []string{"2026-04-02 75 Cedar Inc", "2026-04-03 120.5 Boreal Ltd"}},
		{name: "contracts over 10K, with amendments and a standing offer", trap: true, says: "2 rows are amendments",
			text: "reference_number,procurement_id,vendor_name,buyer_name,contract_date,economic_object_code,description_en,description_fr,contract_value,original_value,amendment_value,commodity_type,instrument_type,owner_org\n" +
				"C-1,P-1,Boreal Ltd,,2025-05-01,0472,Software,Logiciels,20000.00,20000.00,,G,C,dept\nC-2,P-1,Boreal Ltd,,2025-08-01,0472,Software,Logiciels,26000.00,20000.00,6000.00,G,A,dept\n" +
				"C-3,P-1,Boreal Ltd,,2025-09-01,0472,Software,Logiciels,25000.00,20000.00,-1000.00,G,A,dept\nC-4,P-2,Cedar Inc,,2025-09-02,0499,Paper,Papier,1000000,1000000,,G,SOSA,dept\n",
			want: []string{"2025-05-01 20000 Boreal Ltd", "2025-08-01 6000 Boreal Ltd", "2025-09-01 -1000 Boreal Ltd"}},
		{name: "council spend, days first", text: "Body Name,Organisational Unit,Expenditure Category,Paid Date,Trans No,Amount,Supplier ID,Supplier Name\nX,Parks,Trees,05/04/2026,1,2240,901,Ash Ltd\nX,Parks,Trees,26/04/2026,2,500,902,Elm Ltd\n",
			want: []string{"2026-04-05 2240 Ash Ltd", "2026-04-26 500 Elm Ltd"}},
		{name: "department spend over 25,000", text: "Department Family,Entity,Date,Expense Type,Expense Area,Supplier,Transaction Number,Amount\nDept,Agency,13/02/2026,IT,Digital,Ash Ltd,77,\"31,250.10\"\n", want: []string{"2026-02-13 31250.1 Ash Ltd"}},
		{name: "months first", text: "Trans Date,Post Date,Merchant Name,Amount\n04/05/2026,04/06/2026,Ash,10.00\n04/25/2026,04/26/2026,Elm,11.00\n", want: []string{"2026-04-05 10 Ash", "2026-04-25 11 Elm"}, trap: true},
		{name: "days or months, nobody can tell", text: "Date,Supplier,Amount\n04/05/2026,Ash,10.00\n06/07/2026,Elm,11.00\n", refused: "dates", says: "2026-05-04 or 2026-04-05", trap: true},
		{name: "… and told", text: "Date,Supplier,Amount\n04/05/2026,Ash,10.00\n06/07/2026,Elm,11.00\n", o: Options{Dates: "mdy"}, want: []string{"2026-04-05 10 Ash", "2026-06-07 11 Elm"}},
		{name: "both orders in one column", text: "Date,Supplier,Amount\n14/05/2026,Ash,10.00\n06/17/2026,Elm,11.00\n", refused: "dates", trap: true},
		{name: "two-digit years in front or behind", text: "Date,Supplier,Amount\n26/11/25,Ash,10.00\n26/10/24,Elm,11.00\n", refused: "dates", says: "with the year", trap: true},
		{name: "a spreadsheet swapped days and months", data: days([][]any{{"Date", "Supplier", "Amount"}, {46117, "Ash", 1.5}, {46147, "Elm", 2.5}, {"13/04/2026", "Oak", 3.5}, {"27/04/2026", "Fir", 4.5}}), refused: "dates", says: "swapped", trap: true},
		{name: "days of a workbook", data: days([][]any{{"Date", "Supplier", "Amount"}, {46117, "Ash", 1.5}, {46135, "Elm", 2.5}}), want: []string{"2026-04-05 1.5 Ash", "2026-04-23 2.5 Elm"}},
		{name: "times of day, and no days", text: "Paid Date,Supplier Name,Amount\n00:00:00,Ash,10\n00:00:00,Elm,11\n", refused: "dates", says: "00:00:00", trap: true},
		{name: "semicolons and decimal commas, French", data: windows(t, "Date de la transaction;Nom du marchand;Montant;Centre de coûts\n2026-04-03;Érablière Côté;1 234,50 $;CC1\n2026-04-04;Pépin;12,00 $;CC2\n"),
			want: []string{"2026-04-03 1234.5 Érablière Côté", "2026-04-04 12 Pépin"}, trap: true},
		{name: "UTF-16 with tabs", data: wide(t, "Date\tSupplier\tAmount\n2026-04-03\tÉrable\t5.25\n"), want: []string{"2026-04-03 5.25 Érable"}},
		{name: "a title block, a repeated header and a total", text: "Purchases of the branch,,\nDate: 2026-05-01,Prepared by: X,\n,,\nDate,Supplier,Amount\n2026-04-03,Ash,10.00\nDate,Supplier,Amount\n2026-04-04,Elm,11.00\nTotal,,21.00\n",
			want: []string{"2026-04-03 10 Ash", "2026-04-04 11 Elm"}, says: "add up", trap: true},
		{name: "a total that says more than the rows", text: "Date,Supplier,Amount\n2026-04-03,Ash,10.00\n2026-04-04,Elm,11.00\nGrand total,,99.00\n", want: []string{"2026-04-03 10 Ash", "2026-04-04 11 Elm"}, says: "rows may be missing", trap: true},
		{name: "a sum without a word", text: "Date,Supplier,Amount\n2026-04-03,Ash,10.00\n2026-04-04,Elm,11.00\n,,21.00\n", want: []string{"2026-04-03 10 Ash", "2026-04-04 11 Elm"}, says: "add up", trap: true},
		{name: "brackets, minus behind, pounds", text: "Date,Supplier,Amount (£)\n2026-04-03,Ash,\"£1,250.00\"\n2026-04-04,Elm,(£50.00)\n2026-04-05,Oak,20.00-\n2026-04-06,Fir,9.99\n2026-04-06,Fir,9.99\n2026-04-06,Fir,9.99\n2026-04-06,Fir,9.99\n",
			o: Options{Currency: "GBP"}, want: []string{"2026-04-03 1250 Ash", "2026-04-04 -50 Elm", "2026-04-05 -20 Oak", "2026-04-06 9.99 Fir", "2026-04-06 9.99 Fir", "2026-04-06 9.99 Fir", "2026-04-06 9.99 Fir"}},
		{name: "purchases have a minus", text: "Date,Description,Amount\n2026-04-03,ASH,-10.00\n2026-04-04,ELM,-11.00\n2026-04-05,OAK,-12.00\n2026-04-06,FIR,-13.00\n2026-04-07,YEW,-14.00\n2026-04-08,ASH,4.00\n",
			o: Options{Map: map[string]string{"Description": "supplier"}}, want: []string{"2026-04-03 10 ASH", "2026-04-04 11 ELM", "2026-04-05 12 OAK", "2026-04-06 13 FIR", "2026-04-07 14 YEW", "2026-04-08 -4 ASH"}, says: "taken for the purchases", trap: true},
		{name: "as many above as below zero", text: "Date,Supplier,Amount\n2026-04-03,Ash,-10.00\n2026-04-04,Elm,11.00\n2026-04-05,Oak,-12.00\n2026-04-06,Fir,13.00\n", refused: "sign", trap: true},
		{name: "debits and credits", text: "Transaction date,Merchant,Debit,Credit\n2026-04-03,Ash,10.00,\n2026-04-04,PAYMENT - THANK YOU,,10.00\n2026-04-05,Ash,,3.00\n", want: []string{"2026-04-03 10 Ash", "2026-04-05 -3 Ash"}, says: "payment of the card", trap: true},
		{name: "a column says debit or credit", text: "Date,Merchant,Amount,Dr/Cr\n2026-04-03,Ash,10.00,DR\n2026-04-05,Ash,3.00,CR\n", want: []string{"2026-04-03 10 Ash", "2026-04-05 -3 Ash"}, trap: true},
		{name: "net, tax and gross", text: "Date,Supplier,Net Amount,VAT,Gross Amount\n2026-04-03,Ash,100.00,20.00,120.00\n", want: []string{"2026-04-03 120 Ash"}, trap: true},
		{name: "with and without tax, by the header", text: "Date,Supplier_Name,SumOfAmount_Exc_VAT,SumOfAmount_Inc_VAT\n2026-04-03,Ash,100.00,120.00\n", want: []string{"2026-04-03 120 Ash"}, trap: true},
		{name: "only without tax", text: "Date,Supplier,Amount excluding VAT\n2026-04-03,Ash,100.00\n", want: []string{"2026-04-03 100 Ash"}, says: "without tax", trap: true},
		{name: "net and tax that nobody gets back", text: "Date,Supplier,Net amount,Irrecoverable VAT\n2026-04-03,Ash,100.00,5.00\n", want: []string{"2026-04-03 105 Ash"}, trap: true},
		{name: "two tables beside each other", text: "Date,Supplier,Amount,,Date,Supplier,Amount\n2026-04-03,Ash,10.00,,2026-05-03,Elm,11.00\n2026-04-04,Ash,10.00,,2026-05-04,Elm,12.00\n", refused: "ambiguous", trap: true},
		{name: "two tables below each other", text: "Date,Supplier,Amount\n2026-04-03,Ash,10.00\n2026-04-04,Elm,11.00\n\nInvoice date,Vendor name,Amount paid,Cost centre\n2026-06-03,Oak,12.00,1\n", want: []string{"2026-04-03 10 Ash", "2026-04-04 11 Elm"}, says: "another table", trap: true},
		{name: "a sheet a month", data: book(t, [][]any{{"Date", "Supplier", "Amount"}, {"2026-04-03", "Ash", 10}}, [][]any{{"Date", "Supplier", "Amount"}, {"2026-05-03", "Elm", 11.25}}), want: []string{"2026-04-03 10 Ash", "2026-05-03 11.25 Elm"}, trap: true},
		{name: "a column of another currency", text: "Date,Merchant,Amount (USD),Amount (CAD)\n2026-04-03,Ash,10.00,13.70\n", want: []string{"2026-04-03 13.7 Ash"}, trap: true},
		{name: "a currency a row", text: "Date,Supplier,Amount,Currency\n2026-04-03,Ash,10.00,USD\n2026-04-04,Elm,10.00,CAD\n", want: []string{"2026-04-03 10 Ash USD", "2026-04-04 10 Elm"}},
		{name: "thousands or three decimals", text: "Date,Supplier,Amount\n2026-04-03,Ash,1.234\n2026-04-04,Elm,5.678\n", refused: "amounts", trap: true},
		{name: "… and told", text: "Date,Supplier,Amount\n2026-04-03,Ash,1.234\n2026-04-04,Elm,5.678\n", o: Options{Decimals: "comma"}, want: []string{"2026-04-03 1234 Ash", "2026-04-04 5678 Elm"}},
		{name: "names withheld", text: "Date,Supplier,Amount\n2026-04-03,Redacted Personal Data,600.00\n2026-04-04,REDACTED,700.00\n", want: []string{"2026-04-03 600 ", "2026-04-04 700 "}, says: "withheld", trap: true},
		{name: "a separator in an amount without quotes", text: "Date,Supplier,Amount\n2026-04-03,Ash,10.00\n2026-04-03,Oak,12.00\n2026-04-04,Elm,1,250.00\n", want: []string{"2026-04-03 10 Ash", "2026-04-03 12 Oak"}, says: "more cells than the header", trap: true},
		{name: "cut off in the middle", text: "Date,Supplier,Amount,Cost centre\n2026-04-03,Ash,10.00,1\n2026-04-04,Elm,12", want: []string{"2026-04-03 10 Ash"}, says: "ends in the middle", trap: true},
		{name: "an open quotation mark", text: "Date,Supplier,Amount\n2026-04-03,\"Ash,10.00\n2026-04-04,Elm,12\n", refused: "damaged"},
		{name: "headers that nobody knows, told", text: "When,Whom,How much\n2026-04-03,Ash,10.00\n", o: Options{Map: map[string]string{"Whom": "supplier", "When": "date", "how much": "total"}}, want: []string{"2026-04-03 10 Ash"}},
		{name: "headers half known, by what stands in them", text: "Happened,Supplier,Category,Sterling\n2026-04-03,Ash,Trees,10.50\n2026-04-09,Elm,Trees,11.25\n", want: []string{"2026-04-03 10.5 Ash", "2026-04-09 11.25 Elm"}},
		{name: "no header", text: "2026-04-03,Ash,10.00\n2026-04-04,Elm,11.00\n", refused: "no-header", says: "headers"},
		{name: "no header, told by letters", text: "2026-04-03,Ash,10.00\n2026-04-04,Elm,11.00\n", o: Options{Map: map[string]string{"A": "date", "B": "supplier", "C": "total"}}, want: []string{"2026-04-03 10 Ash", "2026-04-04 11 Elm"}},
		{name: "a header that is not there", text: "Date,Supplier,Amount\n2026-04-03,Ash,10.00\n", o: Options{Map: map[string]string{"Wo": "supplier"}}, refused: "map"},
		{name: "empty", text: "\n\n", refused: "empty"},
		{name: "only a header", text: "Date,Supplier,Amount\n", refused: "empty"},
		{name: "a workbook cut off", data: book(t, [][]any{{"Date", "Supplier", "Amount"}, {"2026-04-03", "Ash", 10}})[:2000], refused: "damaged"},
		{name: "thousands that a format shows", data: formatted(`#,##0,"k"`, [][]any{{"Date", "Supplier", "Amount"}, {"2026-04-03", "Ash", 12000.0}}), refused: "unread", trap: true},
		{name: "the month alone", text: "Date,Supplier,Amount\n2026-04,Ash,10.00\n2026-05,Elm,11.00\n", refused: "dates"},
		{name: "two amounts that say different things", text: "Date,Supplier,Amount,Value\n2026-04-03,Ash,10.00,99.00\n", refused: "ambiguous", trap: true},
		{name: "a header that stands twice", text: "Date,Supplier,Amount,Amount\n2026-04-03,Ash,10.00,99.00\n", refused: "ambiguous", says: "--map \"C=total\"", trap: true},
		{name: "… and told by its letter", text: "Date,Supplier,Amount,Amount\n2026-04-03,Ash,10.00,99.00\n", o: Options{Map: map[string]string{"D": "total"}}, want: []string{"2026-04-03 99 Ash"}},
		{name: "a row without a day, one without an amount", text: "Date,Supplier,Amount\n2026-04-03,Ash,10.00\n,Elm,11.00\n2026-04-05,Oak,\n2026-04-06,Fir,12.00\n", want: []string{"2026-04-03 10 Ash", "2026-04-06 12 Fir"}, says: "no day"},
		{name: "a card number", text: "Transaction date,Merchant,Amount,Card number\n2026-04-03,Ash 4111 1111 1111 1111,10.00,4111111111111111\n", want: []string{"2026-04-03 10 Ash ••••1111"}, trap: true},
	}
}

// Every invented layout is read rightly or refused in words, and none is read wrongly in silence.
func TestLayoutsOfHistories(t *testing.T) {
	read, refusedInWords, traps := 0, 0, 0
	all := layouts(t)
	for _, l := range all {
		data := l.data
		if data == nil {
			data = []byte(l.text)
		}
		o := l.o
		o.Name, o.Bounds = "f.csv", workbook.DefaultBounds()
		if o.Currency == "" {
			o.Currency = "CAD"
		}
		h, err := Read(context.Background(), data, o)
		if l.trap {
			traps++
		}
		var e *Error
		switch {
		case l.refused != "":
			if !errors.As(err, &e) || e.Code != l.refused || e.Message.EN == "" || e.Message.FR == "" || !strings.Contains(e.Message.EN+e.Hint, l.says) {
				t.Errorf("%s: %v (%+v), want it refused as %q with %q", l.name, err, e, l.refused, l.says)
				continue
			}
			refusedInWords++
			continue
		case err != nil:
			t.Errorf("%s: %v", l.name, err)
			continue
		}
		var got []string
		for i := range h.Len() {
			line, origin, _ := h.Line(i)
			s := fmt.Sprintf("%s %s %s", origin.Received, line.Values[request.Total].Number, line.Values[request.Supplier].Text)
			if c := line.Values[request.Currency]; c.Given && c.Text != o.Currency {
				s += " " + c.Text
			}
			got = append(got, s)
		}
		var said []string
		for _, n := range h.Notes {
			said = append(said, n.EN)
		}
		out := 0
		for _, x := range h.LeftOut {
			said = append(said, x.Why.EN)
			out += x.Count
		}
		if strings.Join(got, "\n") != strings.Join(l.want, "\n") || !strings.Contains(strings.Join(said, "\n"), l.says) || h.Rows != h.Len()+out {
			t.Errorf("%s: read\n%s\nwant\n%s\nsaid %q, want %q; %d rows, %d left out", l.name, strings.Join(got, "\n"), strings.Join(l.want, "\n"), said, l.says, h.Rows, out)
			continue
		}
		read++
	}
	t.Logf("%d layouts: %d read rightly, %d refused in words, %d wrong; %d are traps", len(all), read, refusedInWords, len(all)-read-refusedInWords, traps)
	if len(all) < 25 || traps*2 < len(all) {
		t.Errorf("%d layouts, %d traps: at least 25, half of them traps", len(all), traps)
	}
}
