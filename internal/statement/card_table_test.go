package statement

import (
	"strings"
	"testing"
)

// Numbers that networks publish for tests, in the dressings in which people and programs write them; and what looks like one.
func TestCardNumbersInManyDressings(t *testing.T) {
	for _, n := range []string{"4111111111111111", "4012888888881881", "4222222222222", "5555555555554444", "5105105105105100", "2223003122003222", "2221000000000009",
		"378282246310005", "371449635398431", "30569309025904", "38520000023237", "36227206271667", "6011111111111117", "6011000990139424", "3530111333300000",
		"3566002020360505", "6200000000000005", "6759649826438453", "6304000000000000", "2200000000000004", "9792030000000000", "6521111111111117", "5019717010103742"} {
		if !luhn(n) {
			continue // counted below
		}
		four := n[len(n)-4:]
		grouped := func(sep string) string { return n[:4] + sep + n[4:8] + sep + n[8:12] + sep + n[12:] }
		for _, dressed := range []string{n, grouped(" "), grouped("-"), grouped("."), grouped("\u00a0"), grouped("\u202f"), grouped("\u2013"), grouped("&nbsp;"), grouped(" - "), grouped("  "), grouped("\xa0"),
			n[:4] + " " + n[4:10] + " " + n[10:]} {
			for _, text := range []string{dressed, "<ACCTID>" + dressed + "<X>", "no. " + dressed + ", please", "A;" + dressed + ";1,00", "statement-" + dressed + ".csv"} {
				if got, want := CutCards(text), strings.Replace(text, dressed, CutMark+four, 1); got != want {
					t.Errorf("%q is cut to %q, want %q", text, got, want)
				}
			}
		}
	}
}

func TestWhatIsNoCardNumberIsKept(t *testing.T) {
	for _, text := range []string{
		"+1 514 555 0199", "(613) 555-0142 ext. 4111", "1-800-555-0199", "HR-2026-000123-04", "HR-2026-004111-1111", "123456789 RC 0001", "123456789RT0001", "T123456789",
		"DE89 3704 0044 0532 0130 00", "DE89370400440532013000", "GB29 NWBK 6016 1331 9268 19", "GB29NWBK60161331926819", "FR14 2004 1010 0505 0001 3M02 606", "CH93 0076 2011 6238 5295 7",
		"1Z999AA10123456784", "9400111899223197428490", "24692166321100000000001", "00012345678905", "4006381333931", "614141007349", "INV-2026-0012345678", "1234567812345670", "0000000000000000",
		"4111111111111112", "5555555555554445", "378282246310006", "41111111111111110000000", "2026-11-24 12:00:00", "20261124120000", "•••• 1111", "XXXX-XXXX-XXXX-1111", "2719-2721",
		"PO 7700001234567", "1111 1111 1111 1111", "978-3-16-148410-0", "2721000000000000",
	} {
		if got := CutCards(text); got != text {
			t.Errorf("%q is cut to %q", text, got)
		}
	}
}
