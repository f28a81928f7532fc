package statement

import (
	"testing"

	"handrail/internal/workbook"
)

// The currency of a sender's profile is that of its files, whatever their format, where they say none themselves.
func TestTheProfilesCurrencyIsThatOfEveryFormat(t *testing.T) {
	for name, data := range map[string]string{
		"CSV": "Date,Merchant,Amount\n2026-11-24,NORTHWIND,45.00\n",
		"OFX": "OFXHEADER:100\r\nDATA:OFXSGML\r\n\r\n<OFX><CREDITCARDMSGSRSV1><CCSTMTTRNRS><CCSTMTRS><CCACCTFROM><ACCTID>4111111111111111</CCACCTFROM><BANKTRANLIST>" +
			"<STMTTRN><TRNTYPE>DEBIT<DTPOSTED>20261124<TRNAMT>-45.00<FITID>1<NAME>NORTHWIND</STMTTRN></BANKTRANLIST></CCSTMTRS></CCSTMTTRNRS></CREDITCARDMSGSRSV1></OFX>\r\n",
	} {
		s, err := Read(t.Context(), []byte(data), workbook.DefaultBounds(), Options{Name: name, Currency: "CAD", Profile: &Profile{Currency: "USD"}})
		if err != nil || len(s.Charges) != 1 || s.Charges[0].Amount.Currency != "USD" {
			t.Errorf("%s: %v, %+v", name, err, s)
		}
	}
}
