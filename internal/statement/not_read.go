package statement

import (
	"context"
	"regexp"
	"strings"
)

// The formats that are known and not read: a guess at them would be a misreading.

func looksQIF(head string) bool {
	return strings.HasPrefix(head, "!Type:") || strings.HasPrefix(head, "!Account") || strings.HasPrefix(head, "!Option:")
}

var mt940Lines = regexp.MustCompile(`(?m)^:(?:60[FM]|61|28C?):`)

func looksMT940(head string) bool {
	return strings.HasPrefix(head, "{1:F01") || (strings.HasPrefix(head, ":20:") || strings.HasPrefix(head, "\x01")) && mt940Lines.MatchString(head)
}

// baiLines are a file header that ends in a slash, and a group header under it.
var baiLines = regexp.MustCompile(`^01,[^\r\n]*/\s*[\r\n]+02,`)

func looksBAI2(head string) bool { return baiLines.MatchString(head) }

// vcfHeader is the header of a transaction set: its code and, by tabs, company, sequence and days without any word.
var vcfHeader = regexp.MustCompile(`^8\t[0-9]{4,}\t[0-9]+\t[0-9]{8}\t[0-9]+\t`)

func looksVCF4(head string) bool { return vcfHeader.MatchString(head) }

func looksCDF3(head string) bool { return strings.Contains(head, "<CDFTransmissionFile") }

var amexHeader = regexp.MustCompile(`^[^\r\n]{0,80}\b(?:GL|KR)-?1025\b`)

func looksGL1025(head string) bool { return amexHeader.MatchString(head) }

// refuseFormat refuses a format in words.
func refuseFormat(name, whyEN, whyFR string) func(context.Context, []byte, Options) (*Statement, error) {
	return func(_ context.Context, _ []byte, o Options) (*Statement, error) {
		return nil, refuse(o, "format", 0,
			"It is a "+name+" file, which is not read: it has "+whyEN+". Ask the bank for OFX, CAMT.053, CSV or Excel (.xlsx) instead.",
			"C’est un fichier "+name+", qui n’est pas lu\u00a0: il a "+whyFR+". Demandez plutôt à la banque un export OFX, CAMT.053, CSV ou Excel (.xlsx).")
	}
}
