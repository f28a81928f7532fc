package statement

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"

	"golang.org/x/text/encoding/charmap"

	"handrail/internal/request"
	"handrail/internal/workbook"
)

func readAny(t *testing.T, data string) (*Statement, error) {
	t.Helper()
	return Read(context.Background(), []byte(data), workbook.DefaultBounds(), Options{Name: "card", Currency: "CAD"})
}

// shown is what the tests compare: posted, amount, merchant, kind, status, id, account, card, original, reference.
func shown(s *Statement) string {
	var out []string
	for _, c := range s.Charges {
		line := fmt.Sprintf("%d %s %s %s|%s|%s|%s|%s|%s|%s", c.Row, c.Posted, c.Amount.Plain(), c.Amount.Currency, c.Merchant, c.Kind, c.Status, c.BankID, c.Account, c.Card)
		if c.Transacted != c.Posted {
			line += " on " + c.Transacted.String()
		}
		if c.Original.Currency != "" {
			line += " was " + c.Original.Plain() + " " + c.Original.Currency
		}
		if c.Reference != "" {
			line += " for " + c.Reference
		}
		out = append(out, line)
	}
	for _, p := range s.Problems {
		out = append(out, "! "+p.Cell+" "+p.Code)
	}
	return strings.Join(out, "\n")
}

func checkShown(t *testing.T, data, want string) {
	t.Helper()
	s, err := readAny(t, data)
	if err != nil {
		t.Fatalf("%v\n%s", err, data)
	}
	if got := shown(s); got != want {
		t.Errorf("read:\n%s\nwant:\n%s", got, want)
	}
	if strings.Contains(string(s.Cut), "4111111111111111") {
		t.Errorf("a card number is kept: %s", s.Cut)
	}
	again, err := Read(context.Background(), s.Cut, workbook.DefaultBounds(), Options{Name: "card", Currency: "CAD"})
	if err != nil || shown(again) != want {
		t.Errorf("the cut form is read otherwise: %v\n%s", err, shown(again))
	}
}

const ofxHead = "OFXHEADER:100\r\nDATA:OFXSGML\r\nVERSION:102\r\nENCODING:USASCII\r\nCHARSET:1252\r\n\r\n<OFX><SIGNONMSGSRSV1><SONRS><STATUS><CODE>0<SEVERITY>INFO</STATUS><DTSERVER>20261130</SONRS></SIGNONMSGSRSV1>\r\n"

func ofxCard(rows ...string) string {
	return ofxHead + "<CREDITCARDMSGSRSV1><CCSTMTTRNRS><TRNUID>1<CCSTMTRS><CURDEF>CAD<CCACCTFROM><ACCTID>4111111111111111</CCACCTFROM><BANKTRANLIST><DTSTART>20261101<DTEND>20261130\r\n" +
		strings.Join(rows, "\r\n") + "\r\n</BANKTRANLIST><LEDGERBAL><BALAMT>-9.00<DTASOF>20261130</LEDGERBAL></CCSTMTRS></CCSTMTTRNRS></CREDITCARDMSGSRSV1></OFX>\r\n"
}

func TestOFXAsBanksSendIt(t *testing.T) {
	row := func(kind, amount, id, rest string) string {
		return "<STMTTRN><TRNTYPE>" + kind + "<DTPOSTED>20261124120000[-5:EST]<TRNAMT>" + amount + "<FITID>" + id + rest + "</STMTTRN>"
	}
	tests := map[string]struct{ file, want string }{
		"kinds": {ofxCard(
			row("DEBIT", "-45.00", "1", "<NAME>NORTHWIND &amp; CO<MEMO>HR-2026-000123"),
			row("CREDIT", "12,50", "2", "<NAME>NORTHWIND"),
			row("PAYMENT", "500.00", "3", "<NAME>ONLINE"),
			row("FEE", "-9.00", "4", "<NAME>CARD"), row("INT", "-1.25", "5", "<NAME>CARD"),
			row("ATM", "-40.00", "6", "<NAME>MAIN ST"), row("XFER", "-20.00", "7", "<NAME>SHOP"),
		), "1 2026-11-24 45.00 CAD|NORTHWIND & CO|||1|1111|1111 for HR-2026-000123\n2 2026-11-24 -12.50 CAD|NORTHWIND|refund||2|1111|1111\n" +
			"3 2026-11-24 -500.00 CAD|ONLINE|payment||3|1111|1111\n4 2026-11-24 9.00 CAD|CARD|fee||4|1111|1111\n5 2026-11-24 1.25 CAD|CARD|interest||5|1111|1111\n" +
			"6 2026-11-24 40.00 CAD|MAIN ST|cash||6|1111|1111\n7 2026-11-24 20.00 CAD|SHOP|||7|1111|1111"},
		"original, user's day, payee": {ofxCard(row("DEBIT", "-136.00", "1", "<DTUSER>20261120<PAYEE><NAME>Boreal<CITY>X</PAYEE><ORIGCURRENCY><CURRATE>1.36<CURSYM>USD</ORIGCURRENCY>")),
			"1 2026-11-24 136.00 CAD|Boreal|||1|1111|1111 on 2026-11-20 was 100.00 USD"},
		"a row in its own currency": {ofxCard(row("DEBIT", "-10.00", "1", "<NAME>A"), row("DEBIT", "-20.00", "2", "<NAME>B<CURRENCY><CURRATE>1.36<CURSYM>USD</CURRENCY>")),
			"1 2026-11-24 10.00 CAD|A|||1|1111|1111\n2 2026-11-24 20.00 USD|B|||2|1111|1111"},
		"the same id, the same row": {ofxCard(row("DEBIT", "-10.00", "1", "<NAME>A"), row("DEBIT", "-10.00", "1", "<NAME>A")), "1 2026-11-24 10.00 CAD|A|||1|1111|1111\n! A2 repeated"},
		"the same id, another row":  {ofxCard(row("DEBIT", "-10.00", "1", "<NAME>A"), row("DEBIT", "-11.00", "1", "<NAME>A")), "1 2026-11-24 10.00 CAD|A|||1|1111|1111\n! A2 same-id"},
		"type against sign":         {ofxCard(row("DEBIT", "10.00", "1", "<NAME>A")), "! A1 ambiguous-sign"},
		"two readings, no sum":      {ofxCard(row("DEBIT", "-1,234.50", "1", "<NAME>A"), row("DEBIT", "-1.234", "2", "<NAME>A"), row("DEBIT", "", "3", "<NAME>A")), "! A1 not-a-number\n! A2 fraction-of-cent\n! A3 missing-amount"},
		"XML, two accounts": {`<?xml version="1.0" encoding="UTF-8"?><?OFX OFXHEADER="200" VERSION="211"?><OFX>` +
			`<CCSTMTRS><CURDEF>USD</CURDEF><CCACCTFROM><ACCTID>XXXXXXXXXXXX4242</ACCTID></CCACCTFROM><BANKTRANLIST><STMTTRN><TRNTYPE>DEBIT</TRNTYPE><DTPOSTED>20261103</DTPOSTED><TRNAMT>-5.00</TRNAMT><FITID>1</FITID><NAME>Café</NAME></STMTTRN></BANKTRANLIST></CCSTMTRS>` +
			`<STMTRS><CURDEF>CAD</CURDEF><BANKACCTFROM><BANKID>1</BANKID><ACCTID>00998877</ACCTID></BANKACCTFROM><BANKTRANLIST><STMTTRN><TRNTYPE>POS</TRNTYPE><DTPOSTED>20261104</DTPOSTED><TRNAMT>-6.00</TRNAMT><FITID>1</FITID><NAME>Shop</NAME></STMTTRN></BANKTRANLIST>` +
			`<BANKTRANLISTP><STMTTRNP><TRNTYPE>POS</TRNTYPE><DTTRAN>20261105</DTTRAN><TRNAMT>-7.00</TRNAMT><NAME>Later</NAME></STMTTRNP></BANKTRANLISTP></STMTRS></OFX>`,
			"1 2026-11-03 5.00 USD|Café|||1|4242|4242\n2 2026-11-04 6.00 CAD|Shop|||1|8877|\n3 2026-11-05 7.00 CAD|Later||pending||8877|"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) { checkShown(t, test.file, test.want) })
	}
}

func TestOFXInAnotherEncodingAndCutOff(t *testing.T) {
	file := ofxCard("<STMTTRN><TRNTYPE>DEBIT<DTPOSTED>20261124<TRNAMT>-45.00<FITID>1<NAME>PÂTISSERIE</STMTTRN>", "<STMTTRN><TRNTYPE>DEBIT<DTPOSTED>20261125<TRNAMT>-5.00<FITID>2<NAME>B</STMTTRN>")
	old, err := charmap.Windows1252.NewEncoder().String(file)
	if err != nil {
		t.Fatal(err)
	}
	for name, data := range map[string]string{"UTF-8": file, "Windows-1252": old} {
		if s, err := readAny(t, data); err != nil || s.Charges[0].Merchant != "PÂTISSERIE" {
			t.Errorf("%s: %+v, %v", name, s, err)
		}
	}
	if _, err := readAny(t, strings.Replace(old, "CHARSET:1252", "CHARSET:1250", 1)); err == nil {
		t.Error("an encoding that is not read was guessed at")
	}
	whole, _ := readAny(t, file)
	for at := strings.Index(file, "<STMTTRN>") + 9; at < strings.Index(file, "</OFX>"); at++ {
		s, err := readAny(t, file[:at])
		if err != nil {
			t.Fatalf("cut at %d: %v", at, err)
		}
		told := len(s.Problems) > 0 && s.Problems[len(s.Problems)-1].Code == "cut-off"
		for i := range s.Charges {
			if s.Charges[i].Fingerprint != whole.Charges[i].Fingerprint {
				t.Fatalf("cut at %d, a charge is misread: %+v", at, s.Charges[i])
			}
		}
		if !told {
			t.Fatalf("cut at %d, nothing is said: %s", at, shown(s))
		}
	}
}

func camtFile(version string, entries ...string) string {
	return `<?xml version="1.0" encoding="UTF-8"?><Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.053.001.` + version + `"><BkToCstmrStmt><GrpHdr><MsgId>M</MsgId></GrpHdr><Stmt><Id>1</Id>` +
		`<Acct><Id><Othr><Id>4111111111111111</Id></Othr></Id><Ccy>CAD</Ccy></Acct><Bal><Amt Ccy="CAD">9.00</Amt><CdtDbtInd>CRDT</CdtDbtInd></Bal>` + strings.Join(entries, "\n") + `</Stmt></BkToCstmrStmt></Document>`
}

func camtEntry(amount, indicator, status, rest string) string {
	return `<Ntry><Amt Ccy="CAD">` + amount + `</Amt><CdtDbtInd>` + indicator + `</CdtDbtInd>` + status + `<BookgDt><Dt>2026-11-24</Dt></BookgDt>` + rest + `</Ntry>`
}

func TestCamtAsBanksSendIt(t *testing.T) {
	const booked, coded = "<Sts>BOOK</Sts>", "<Sts><Cd>BOOK</Cd></Sts>"
	cdtr := func(name string) string { return "<RltdPties><Cdtr><Nm>" + name + "</Nm></Cdtr></RltdPties>" }
	one := func(inside string) string { return "<NtryDtls><TxDtls>" + inside + "</TxDtls></NtryDtls>" }
	tests := map[string]struct{ file, want string }{
		"two versions of status, party and id": {camtFile("02",
			camtEntry("45.00", "DBIT", booked, "<AcctSvcrRef>R-1</AcctSvcrRef>"+one(cdtr("Northwind")+"<RmtInf><Ustrd>HR-2026-000123</Ustrd></RmtInf>")),
			camtEntry("12.50", "CRDT", coded, "<NtryRef>1</NtryRef>"+one("<RltdPties><Dbtr><Pty><Nm>Shop</Nm></Pty></Dbtr></RltdPties>")),
			camtEntry("3.00", "DBIT", "<Sts><Cd>PDNG</Cd></Sts>", "<AddtlNtryInf>LATER</AddtlNtryInf>"),
			camtEntry("4.00", "DBIT", "<Sts>INFO</Sts>", "")),
			"1 2026-11-24 45.00 CAD|Northwind|||R-1|1111| for HR-2026-000123\n2 2026-11-24 -12.50 CAD|Shop|refund|||1111|\n3 2026-11-24 3.00 CAD|LATER||pending||1111|\n! A4 not-booked"},
		"reversal, fee, interest, cash, card, original": {camtFile("13",
			camtEntry("5.00", "CRDT", coded, "<RvslInd>true</RvslInd>"+one(cdtr("Northwind"))),
			camtEntry("9.00", "DBIT", coded, "<BkTxCd><Domn><Cd>PMNT</Cd><Fmly><Cd>CCRD</Cd><SubFmlyCd>CHRG</SubFmlyCd></Fmly></Domn></BkTxCd><AddtlNtryInf>X</AddtlNtryInf>"),
			camtEntry("136.00", "DBIT", coded, one(`<AmtDtls><InstdAmt><Amt Ccy="USD">100.00</Amt></InstdAmt></AmtDtls><CardTx><Card><PlainCardData><PAN>4111111111111111</PAN></PlainCardData></Card></CardTx>`+cdtr("Boreal")))),
			"1 2026-11-24 -5.00 CAD|Northwind|reversal|||1111|\n2 2026-11-24 9.00 CAD|X|fee|||1111|\n3 2026-11-24 136.00 CAD|Boreal||||1111|1111 was 100.00 USD"},
		"several in one entry": {camtFile("08", camtEntry("30.00", "DBIT", coded, `<AcctSvcrRef>R</AcctSvcrRef><NtryDtls><TxDtls><Amt Ccy="CAD">10.00</Amt>`+cdtr("A")+`</TxDtls><TxDtls><Amt Ccy="CAD">20.00</Amt>`+cdtr("B")+`</TxDtls></NtryDtls>`),
			camtEntry("30.00", "DBIT", coded, `<NtryDtls><TxDtls><Amt Ccy="CAD">10.00</Amt></TxDtls><TxDtls><Amt Ccy="CAD">21.00</Amt></TxDtls></NtryDtls>`),
			camtEntry("1.00", "DBIT", coded, "<AddtlNtryInf>Z</AddtlNtryInf>")),
			"1 2026-11-24 10.00 CAD|A|||R/1|1111|\n2 2026-11-24 20.00 CAD|B|||R/2|1111|\n5 2026-11-24 1.00 CAD|Z||||1111|\n! A3 parts-differ"},
		"doubled ids": {camtFile("08", camtEntry("1.00", "DBIT", coded, "<AcctSvcrRef>R</AcctSvcrRef>"), camtEntry("1.00", "DBIT", coded, "<AcctSvcrRef>R</AcctSvcrRef>"), camtEntry("2.00", "DBIT", coded, "<AcctSvcrRef>R</AcctSvcrRef>")),
			"1 2026-11-24 1.00 CAD||||R|1111|\n! A2 repeated\n! A3 same-id"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) { checkShown(t, test.file, test.want) })
	}
}

func TestCamtCutOffAndHostile(t *testing.T) {
	file := camtFile("08", camtEntry("1.00", "DBIT", "<Sts>BOOK</Sts>", "<AddtlNtryInf>A</AddtlNtryInf>"), camtEntry("2.00", "DBIT", "<Sts>BOOK</Sts>", "<AddtlNtryInf>B</AddtlNtryInf>"))
	whole, err := readAny(t, file)
	if err != nil {
		t.Fatal(err)
	}
	for at := strings.Index(file, "<Ntry>"); at < len(file); at++ {
		s, err := readAny(t, file[:at])
		if err != nil {
			continue // refused as a whole
		}
		if len(s.Problems) == 0 || s.Problems[len(s.Problems)-1].Code != "cut-off" {
			t.Fatalf("cut at %d, nothing is said: %s", at, shown(s))
		}
		for i := range s.Charges {
			if s.Charges[i].Fingerprint != whole.Charges[i].Fingerprint {
				t.Fatalf("cut at %d, a charge is misread: %+v", at, s.Charges[i])
			}
		}
	}
	head := `<?xml version="1.0"?><!DOCTYPE d [<!ENTITY a "1"><!ENTITY b "&a;&a;&a;&a;">]><BkToCstmrStmt><Stmt>`
	for name, data := range map[string]string{
		"entities":  head + `<Ntry><Amt Ccy="CAD">&b;</Amt></Ntry></Stmt></BkToCstmrStmt>`,
		"deep":      `<BkToCstmrStmt>` + strings.Repeat("<a>", 100_000),
		"deep Ntry": `<BkToCstmrStmt><Stmt><Ntry>` + strings.Repeat("<a>", 100_000),
		"many":      `<BkToCstmrStmt><Stmt><Ntry>` + strings.Repeat("<a/>", mostXMLElements+1) + `</Ntry></Stmt></BkToCstmrStmt>`,
	} {
		var refused *Error
		if _, err := readAny(t, data); !errors.As(err, &refused) || refused.Code != "damaged" {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestFormatsThatAreNamedAndRefused(t *testing.T) {
	for name, data := range map[string]string{
		"QIF": "!Type:CCard\nD11/24/2026\nT-45.00\nPNORTHWIND\n^\n", "MT940": ":20:START\r\n:25:1/2\r\n:28C:1/1\r\n:60F:C261101CAD1,00\r\n:61:2611241124D45,00NMSC\r\n",
		"BAI2": "01,1,2,261124,0000,1,,,2/\n02,1,2,1,261124,,CAD,2/\n", "Visa VCF4": "8\t1234567890\t1\t20261124\t1\t20261101\n", "Mastercard CDF3": `<?xml version="1.0"?><CDFTransmissionFile></CDFTransmissionFile>`,
		"American Express GL1025": "0 GL1025 20261124\n",
	} {
		_, err := readAny(t, data)
		var refused *Error
		if !errors.As(err, &refused) || refused.Code != "format" || !strings.Contains(refused.Message.EN, name) || !strings.Contains(refused.Message.In(request.French), "CAMT.053") {
			t.Errorf("%s: %v", name, err)
		}
		if Format([]byte(data)) != name {
			t.Errorf("%s is taken for %q", name, Format([]byte(data)))
		}
	}
}

// A download whose aggregates are not closed, with nothing but the least.
func TestAnOFXWithHardlyAnything(t *testing.T) {
	checkShown(t, "OFXHEADER:100\nDATA:OFXSGML\n\n<OFX><CCSTMTRS><CCACCTFROM><ACCTID>4111111111111111<STMTTRN><TRNTYPE>DEBIT<DTPOSTED>20261124<TRNAMT>-45.00<FITID>1<NAME>NORTHWIND</STMTTRN></OFX>",
		"1 2026-11-24 45.00 CAD|NORTHWIND|||1|1111|1111")
}
