package batch_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"handrail/internal/job"
	"handrail/internal/ledger"
	"handrail/internal/reconcile"
)

// benchStatement is a file of the bench; the test is skipped where it is absent.
func benchStatement(t *testing.T, name string) []byte {
	t.Helper()
	data, err := os.ReadFile(filepath.Join("../../../shared/bench/statements", name))
	if err != nil {
		t.Skipf("the bench is absent: %v", err)
	}
	return data
}

func sumOf(charges []ledger.Charge) (minor int64) {
	for i := range charges {
		minor += charges[i].Amount
	}
	return minor
}

// The same charges, mended: counted once, matched by the reference that came with the second file, and the week says what was replaced.
func TestAStatementIsSentAgainCorrected(t *testing.T) {
	t.Parallel()
	d := open(t, withStatements)
	d.approve("Screen reader fixes", "Boréal Data")
	d.send(testFinance, "Card activity", "First.", benchStatement(t, "resent-1.csv"))
	d.once()
	book := d.week()
	if s := d.sheet(book, "Charges without approval"); !strings.Contains(s, "NORTHWIND INC") {
		t.Fatalf("the charge of nobody's supplier is matched:\n%s", s)
	}
	d.send(testFinance, "Card activity", "Corrected.", benchStatement(t, "resent-2.csv"))
	d.once()
	book = d.week()
	charges := d.charges()
	if len(charges) != 1 || charges[0].State != ledger.MatchedRow || charges[0].Rule != string(reconcile.ByReference) {
		t.Errorf("%+v", charges)
	}
	if s := d.sheet(book, "Corrected rows"); !strings.Contains(s, "reference: – → HR-2026-000001-01") {
		t.Errorf("what was replaced is not said:\n%s", s)
	}
	d.send(testFinance, "Card activity", "Once more.", benchStatement(t, "resent-1.csv"))
	d.once()
	if again := d.charges(); len(again) != 1 || again[0].State != ledger.MatchedRow {
		t.Errorf("the first file again: %+v", again)
	}
	if n := len(d.inbox(testOps)); n != 0 {
		t.Errorf("the operator got %d mails", n)
	}
}

// A card's month as CSV, then as OFX with ids and posting days only: nothing is counted twice.
func TestTheSameMonthInAnotherFormat(t *testing.T) {
	t.Parallel()
	d := open(t, withStatements)
	d.send(testFinance, "Card activity", "CSV.", cardStatement(
		"2026-11-20,2026-11-18,NORTHWIND INC,45.00,CAD,"+testPAN+",4410,", "2026-11-21,2026-11-20,CEDAR,30.00,CAD,"+testPAN+",4410,"))
	d.once()
	ofx := "OFXHEADER:100\r\nDATA:OFXSGML\r\n\r\n<OFX><CREDITCARDMSGSRSV1><CCSTMTTRNRS><CCSTMTRS><CURDEF>CAD<CCACCTFROM><ACCTID>4111111111111111</CCACCTFROM><BANKTRANLIST>" +
		"<STMTTRN><TRNTYPE>DEBIT<DTPOSTED>20261120<TRNAMT>-45.00<FITID>F1<NAME>NORTHWIND INC OTTAWA</STMTTRN>" +
		"<STMTTRN><TRNTYPE>DEBIT<DTPOSTED>20261121<TRNAMT>-30.00<FITID>F2<NAME>CEDAR</STMTTRN>" +
		"<STMTTRN><TRNTYPE>DEBIT<DTPOSTED>20261122<TRNAMT>-7.00<FITID>F3<NAME>LAMP SHOP</STMTTRN></BANKTRANLIST></CCSTMTRS></CCSTMTTRNRS></CREDITCARDMSGSRSV1></OFX>\r\n"
	d.send(testFinance, "Card activity", "OFX.", []byte(ofx))
	d.once()
	if charges := d.charges(); len(charges) != 3 || sumOf(charges) != 8200 {
		t.Errorf("%d charges, %d", len(charges), sumOf(charges))
	}
}

// What was pending is nobody's money until it is posted, and then it is what was posted.
func TestPendingBecomesPosted(t *testing.T) {
	t.Parallel()
	d := open(t, withStatements)
	d.approve("Screen reader fixes", "Northwind Inc.")
	const head = "Date,Merchant,Amount,Card,Status,Reference\n"
	d.send(testFinance, "Card activity", "Pending.", []byte(head+"2026-11-24,NORTHWIND INC,4500.00,1111,Pending,HR-2026-000001-01\n2026-11-23,CEDAR,10.00,1111,Posted,\n"))
	d.once()
	book := d.week()
	if s := d.sheet(book, "Commitments"); !strings.Contains(s, "|4520|") {
		t.Errorf("a pending charge uses the approval up:\n%s", s)
	}
	d.send(testFinance, "Card activity", "Posted.", []byte(head+"2026-11-24,NORTHWIND INC,4520.00,1111,Posted,HR-2026-000001-01\n2026-11-23,CEDAR,10.00,1111,Posted,\n"))
	d.once()
	book = d.week()
	if s := d.sheet(book, "Corrected rows"); !strings.Contains(s, "pending → posted") || !strings.Contains(s, "$4,500.00 → $4,520.00") {
		t.Errorf("that it was posted is not said:\n%s", s)
	}
	if charges := d.charges(); len(charges) != 2 || sumOf(charges) != 453000 {
		t.Errorf("%+v", charges)
	}
	for _, c := range d.charges() {
		if c.Merchant == "NORTHWIND INC" && (c.State != ledger.MatchedRow || c.Rule != string(reconcile.ByReference)) {
			t.Errorf("it is not matched: %s %s %s", c.State, c.Rule, c.Reason)
		}
	}
}

// A match by hand stays when the row comes again with another text, and its parts follow the amount; the key of an older workbook still
// finds it.
func TestAMatchByHandOutlivesACorrectedFile(t *testing.T) {
	t.Parallel()
	d := open(t, withStatements)
	d.approve("Screen reader fixes", "Northwind Inc.")
	row := func(merchant, amount string) []byte {
		return []byte("Date,Merchant,Amount,Card,Transaction ID\n2026-11-24," + merchant + "," + amount + ",1111,T-77\n2026-11-23,CEDAR,10.00,1111,T-76\n")
	}
	d.send(testFinance, "Card activity", "First.", row("NW HOLDING", "4500.00"))
	d.once()
	first := d.week()
	d.send(testFinance, "Re: the week", "Filled in.", byHand(t, first, map[string]string{"NW HOLDING": "HR-2026-000001-01"}))
	d.once()
	d.send(testFinance, "Card activity", "Corrected.", row("NW HOLDINGS LIMITED", "4510.00"))
	d.once()
	var found bool
	for _, c := range d.charges() {
		if c.Merchant == "NW HOLDINGS LIMITED" {
			found = c.State == ledger.MatchedRow && c.SettledBy == testFinance && c.Amount == 451000 && len(c.Parts) == 1 && c.Parts[0].Minor == 451000
		}
	}
	if !found {
		for _, c := range d.charges() {
			t.Errorf("%s: %d %s by %q, %+v", c.Merchant, c.Amount, c.State, c.SettledBy, c.Parts)
		}
	}
	d.send(testFinance, "Re: the week", "Second thought.", byHand(t, first, map[string]string{"NW HOLDING": "none"}))
	d.once()
	for _, c := range d.charges() {
		if c.Merchant == "NW HOLDINGS LIMITED" && c.Reason != string(reconcile.NoLine) {
			t.Errorf("the key of the older workbook does not find the charge: %s %s", c.State, c.Reason)
		}
	}
}

// What a corrected amount uses of the line that a person matched it with follows the tolerance of the configuration, as the match did.
func TestACorrectedAmountKeepsToTheTolerance(t *testing.T) {
	t.Parallel()
	d := open(t, func(o *job.Options) {
		withStatements(o)
		o.Finance.Reconcile.TolerancePercent, o.Finance.Reconcile.ToleranceMost = "0", "0"
	})
	d.approve("Screen reader fixes", "Northwind Inc.")
	row := func(amount string) []byte {
		return []byte("Date,Merchant,Amount,Card,Transaction ID\n2026-11-24,NW HOLDING," + amount + ",1111,T-77\n2026-11-23,CEDAR,10.00,1111,T-76\n")
	}
	d.send(testFinance, "Card activity", "First.", row("4500.00"))
	d.once()
	d.send(testFinance, "Re: the week", "Filled in.", byHand(t, d.week(), map[string]string{"NW HOLDING": "HR-2026-000001-01, first delivery"}))
	d.once()
	used := func() (used int64) {
		for _, c := range d.charges() {
			for _, p := range c.Parts {
				used += p.Used
			}
		}
		return used
	}
	if got := used(); got != 450000 {
		t.Fatalf("the match uses %d", got)
	}
	d.send(testFinance, "Card activity", "Corrected.", row("4510.00"))
	d.once()
	if got := used(); got != 451000 {
		t.Errorf("the corrected charge uses %d", got)
	}
}

// A newer file that lacks a row leaves it, and says so until a file has it again.
func TestARowThatANewerFileLacksStays(t *testing.T) {
	t.Parallel()
	d := open(t, withStatements)
	d.send(testFinance, "Card activity", "First.", cardStatement(row("2026-11-23", "PAPER", "10.00", ""), row("2026-11-24", "INK", "20.00", "")))
	d.once()
	d.send(testFinance, "Card activity", "Second.", cardStatement(row("2026-11-23", "PAPER", "10.00", ""), row("2026-11-25", "LAMP", "7.00", "")))
	d.once()
	book := d.week()
	if s := d.sheet(book, "Rows not repeated"); !strings.Contains(s, "INK") || strings.Contains(s, "PAPER") {
		t.Errorf("what the file lacks is not listed:\n%s", s)
	}
	if charges := d.charges(); len(charges) != 3 || sumOf(charges) != 3700 {
		t.Errorf("%d charges, %d", len(charges), sumOf(charges))
	}
	d.send(testFinance, "Card activity", "Third.", cardStatement(row("2026-11-23", "PAPER", "10.00", ""), row("2026-11-24", "INK", "20.00", "")))
	d.once()
	err := d.ledger.View(t.Context(), func(tx *ledger.Tx) error {
		list, err := tx.Charges.LackingBetween(t.Context(), time.Time{}, d.now().AddDate(1, 0, 0))
		if len(list) != 0 {
			t.Errorf("it is still lacking: %+v", list)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}
