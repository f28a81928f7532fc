package statement

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"

	"handrail/internal/workbook"
)

const ofx1 = `OFXHEADER:100
DATA:OFXSGML
VERSION:102
ENCODING:USASCII
CHARSET:1252

<OFX><CREDITCARDMSGSRSV1><CCSTMTTRNRS><CCSTMTRS><CURDEF>CAD<CCACCTFROM><ACCTID>4111111111111111</CCACCTFROM><BANKTRANLIST>
<STMTTRN><TRNTYPE>DEBIT<DTPOSTED>20261124120000[-5:EST]<DTUSER>20261123<TRNAMT>-45.00<FITID>A1<NAME>NORTHWIND &amp; CO<MEMO>HR-2026-000001-01</STMTTRN>
<STMTTRN>
<TRNTYPE>CREDIT
<DTPOSTED>20261125
<TRNAMT>+523.43
<FITID>A2
<NAME>PAYMENT THANK YOU
</STMTTRN>
<STMTTRN><TRNTYPE>CREDIT<DTPOSTED>20261126<TRNAMT>5.00<FITID>A3<NAME>NORTHWIND & CO</STMTTRN>
<STMTTRN><TRNTYPE>FEE<DTPOSTED>20261127<TRNAMT>-12.00<FITID>A4<NAME>CARD 4111 1111 1111 1111</STMTTRN>
<STMTTRN><TRNTYPE>DEBIT<DTPOSTED>20261127<TRNAMT>-10.00<FITID>A5<NAME>CONTOSO<CURRENCY><CURRATE>1.36<CURSYM>USD</CURRENCY></STMTTRN>
</BANKTRANLIST></CCSTMTRS></CCSTMTTRNRS></CREDITCARDMSGSRSV1></OFX>
`

const camt = `<?xml version="1.0" encoding="UTF-8"?>
<Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.053.001.08"><BkToCstmrStmt><Stmt><Acct><Id><Othr><Id>4111111111111111</Id></Othr></Id></Acct>
<Ntry><Amt Ccy="CAD">45.00</Amt><CdtDbtInd>DBIT</CdtDbtInd><Sts><Cd>BOOK</Cd></Sts><BookgDt><Dt>2026-11-24</Dt></BookgDt><AcctSvcrRef>B1</AcctSvcrRef>
 <NtryDtls><TxDtls><RltdPties><Cdtr><Pty><Nm>Northwind Inc</Nm></Pty></Cdtr></RltdPties><RltdDts><TxDtTm>2026-11-23T10:00:00</TxDtTm></RltdDts><RmtInf><Ustrd>HR-2026-000001-01</Ustrd></RmtInf></TxDtls></NtryDtls></Ntry>
<Ntry><Amt Ccy="CAD">30.00</Amt><CdtDbtInd>DBIT</CdtDbtInd><Sts>BOOK</Sts><BookgDt><Dt>2026-11-24</Dt></BookgDt><AcctSvcrRef>B2</AcctSvcrRef>
 <NtryDtls><TxDtls><Amt Ccy="CAD">10.00</Amt><RltdPties><Cdtr><Nm>Contoso</Nm></Cdtr></RltdPties></TxDtls><TxDtls><Amt Ccy="CAD">20.00</Amt><RltdPties><Cdtr><Nm>Boreal Data</Nm></Cdtr></RltdPties></TxDtls></NtryDtls></Ntry>
<Ntry><Amt Ccy="CAD">7.00</Amt><CdtDbtInd>CRDT</CdtDbtInd><Sts><Cd>PDNG</Cd></Sts><BookgDt><Dt>2026-11-25</Dt></BookgDt><AcctSvcrRef>B3</AcctSvcrRef><AddtlNtryInf>NORTHWIND INC</AddtlNtryInf></Ntry>
</Stmt></BkToCstmrStmt></Document>`

func readAll(t *testing.T, name, text string) (*Statement, error) {
	t.Helper()
	return Read(context.Background(), []byte(text), workbook.DefaultBounds(), Options{Name: name, Currency: "CAD"})
}

func rowsOf(s *Statement) (rows []string) {
	for i := range s.Charges {
		c := &s.Charges[i]
		rows = append(rows, fmt.Sprintf("%d %s %s %s %s %s %s|%s|%s|%s", c.Row, c.Posted, c.Transacted, c.Merchant, c.Amount.Plain(), c.Amount.Currency, c.Card, c.Kind, c.Status, c.Reference))
	}
	return rows
}

func TestFormatsOfBanksAreRead(t *testing.T) {
	for name, f := range map[string]struct {
		text string
		want []string
	}{
		"card.ofx": {ofx1, []string{
			"1 2026-11-24 2026-11-23 NORTHWIND & CO 45.00 CAD 1111|||HR-2026-000001-01",
			"2 2026-11-25 2026-11-25 PAYMENT THANK YOU -523.43 CAD 1111|payment||",
			"3 2026-11-26 2026-11-26 NORTHWIND & CO -5.00 CAD 1111|refund||",
			"4 2026-11-27 2026-11-27 CARD ••••1111 12.00 CAD 1111|fee||",
			"5 2026-11-27 2026-11-27 CONTOSO 10.00 USD 1111|||",
		}},
		"statement.xml": {camt, []string{
			"1 2026-11-24 2026-11-23 Northwind Inc 45.00 CAD 1111|||HR-2026-000001-01",
			"2 2026-11-24 2026-11-24 Contoso 10.00 CAD 1111|||",
			"3 2026-11-24 2026-11-24 Boreal Data 20.00 CAD 1111|||",
			"4 2026-11-25 2026-11-25 NORTHWIND INC -7.00 CAD 1111|refund|pending|NORTHWIND INC",
		}},
	} {
		s, err := readAll(t, name, f.text)
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if got := rowsOf(s); strings.Join(got, "\n") != strings.Join(f.want, "\n") {
			t.Errorf("%s:\n%s\nwant\n%s", name, strings.Join(got, "\n"), strings.Join(f.want, "\n"))
		}
		if len(s.Problems) > 0 {
			t.Errorf("%s: %+v", name, s.Problems)
		}
		if strings.Contains(string(s.Cut), "4111111111111111") || strings.Contains(string(s.Cut), "4111 1111") || !strings.Contains(string(s.Cut), "••••1111") {
			t.Errorf("%s: what is kept holds the number of a card:\n%s", name, s.Cut)
		}
		again, err := readAll(t, name, string(s.Cut))
		if err != nil || strings.Join(rowsOf(again), "\n") != strings.Join(f.want, "\n") {
			t.Errorf("%s: what is kept is read otherwise: %v", name, err)
		}
	}
}

// Of a file that breaks off anywhere nothing is counted.
func TestAFormatCutOffIsRefused(t *testing.T) {
	for name, text := range map[string]string{"card.ofx": strings.TrimSpace(ofx1), "statement.xml": camt} {
		for at := 400; at < len(text)-6; at += 17 {
			var refused *Error
			if s, err := readAll(t, name, text[:at]); !errors.As(err, &refused) {
				t.Fatalf("%s cut at %d: %v, %+v", name, at, err, s)
			}
		}
	}
}

func TestFormatsThatAreNotReadAreNamed(t *testing.T) {
	for name, text := range map[string]string{
		"QIF":   "!Type:CCard\nD11/24'26\nT-45.00\nPNORTHWIND\n^\n",
		"MT940": ":20:STARTUMS\n:25:12345/67890\n:28C:1/1\n:60F:C261124CAD100,00\n:61:2611241124D45,00NTRF\n:86:NORTHWIND\n",
		"BAI2":  "01,BANK,DEPT,261124,0800,1,80,,2/\n02,DEPT,BANK,1,261124,0800,CAD,2/\n",
	} {
		var refused *Error
		if _, err := readAll(t, name, text); !errors.As(err, &refused) || refused.Code != "format" || !strings.Contains(refused.Message.EN, name) || !strings.Contains(refused.Message.FR, name) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestAnIdThatComesTwiceIsCountedOnce(t *testing.T) {
	one := "<STMTTRN><TRNTYPE>DEBIT<DTPOSTED>20261124<TRNAMT>-45.00<FITID>A1<NAME>NORTHWIND</STMTTRN>"
	file := func(rows ...string) string {
		return "<OFX><CURDEF>CAD<CCACCTFROM><ACCTID>4111111111111111</CCACCTFROM>" + strings.Join(rows, "") + "</OFX>"
	}
	s, err := readAll(t, "a.ofx", file(one, one))
	if err != nil || len(s.Charges) != 1 || len(s.Problems) != 1 || s.Problems[0].Code != "repeated" {
		t.Fatalf("%v, %+v", err, s)
	}
	s, err = readAll(t, "a.ofx", file(one, strings.Replace(one, "-45.00", "-54.00", 1)))
	if err != nil || len(s.Charges) != 1 || len(s.Problems) != 1 || s.Problems[0].Code != "two-of-one-id" {
		t.Fatalf("%v, %+v", err, s)
	}
	s, err = readAll(t, "a.ofx", file(strings.Replace(one, "-45.00", "45.00", 1)))
	if err != nil || len(s.Charges) != 0 || len(s.Problems) != 1 || s.Problems[0].Code != "ambiguous-sign" {
		t.Fatalf("a debit above zero: %v, %+v", err, s)
	}
}
