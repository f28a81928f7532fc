package ingest

import (
	"strings"
	"testing"
)

// A covering text in a character set that nobody knows holds up no workbook beside it.
func TestAnUnknownCharacterSetHoldsUpNoWorkbook(t *testing.T) {
	book := filePart("Content-Type: application/octet-stream", aWorkbook(t))
	for _, text := range []string{"Content-Type: text/plain; charset=klingon\r\n\r\nx", "Content-Type: text/html; charset=\"x y\"\r\n\r\n<p>x", "Content-Type: text/plain; charset=\r\n\r\nx\xff"} {
		m := parsed(t, mixed(text, book))
		if len(m.Workbooks()) != 1 || verdictOf(m, Surroundings{}).Kind != RequestMail {
			t.Errorf("%q: %d workbooks", text, len(m.Workbooks()))
		}
	}
}

// What the text of a mail without a file wraps, and what only looks like it.
func TestWhatStandsInTheText(t *testing.T) {
	uu := "begin 644 form.xlsx\nM" + strings.Repeat("P", 60) + "\n`\nend\n"
	for text, want := range map[string]Protection{
		"-----BEGIN PGP MESSAGE-----\n\nhQEMA\n-----END PGP MESSAGE-----\n":                          PGPInline,
		"-----BEGIN PGP SIGNED MESSAGE-----\nHash: SHA256\n\nHello\n-----BEGIN PGP SIGNATURE-----\n": Unprotected,
		"> -----BEGIN PGP MESSAGE-----\n":                                                            Unprotected,
		"Here:\n" + uu:                                                                               Uuencoded,
		"> " + strings.ReplaceAll(uu, "\n", "\n> "):                                                  Unprotected,
		"begin 644 words of a person\nMy list of things\n":                                           Unprotected,
		"begin-base64 644 form.xlsx\nUEsDBBQ=\n====\n":                                               Uuencoded,
		"We begin 100 requests\nnext week\n":                                                         Unprotected,
	} {
		if got := wrappedInText(text); got != want {
			t.Errorf("%q: %q, want %q", text, got, want)
		}
		m := parsed(t, mixed("Content-Type: text/plain\r\n\r\n"+strings.ReplaceAll(text, "\n", "\r\n"), filePart("Content-Type: application/octet-stream", aWorkbook(t))))
		if m.Protection != Unprotected {
			t.Errorf("%q: %s although the form is there", text, m.Protection)
		}
	}
}

func TestLinksToSharedFiles(t *testing.T) {
	for text, want := range map[string]bool{
		"https://dept.sharepoint.com/:x:/s/buy/Eabc?e=1":                       true,
		"https://dept-my.sharepoint.com/personal/ann_dept/Documents/form.xlsx": true,
		"https://1drv.ms/x/s!Abc":                                              true,
		"https://docs.google.com/spreadsheets/d/1abc/edit#gid=0":               true,
		"https://drive.google.com/file/d/1abc/view":                            true,
		"https://www.dropbox.com/scl/fi/abc/form.xlsx?dl=0":                    true,
		"https://gcdocs.gc.ca/dept/llisapi.dll/open/123":                       true,
		"(https://files.dept.example/forms/request.xlsx)":                      true,
		"https://can01.safelinks.protection.outlook.com/?url=https%3A%2F%2Fdept.sharepoint.com%2F%3Ax%3A%2Fs%2Fbuy%2FEabc&data=05": true,
		"https://dept.sharepoint.com/sites/intranet/SitePages/Home.aspx":                                                           false,
		"https://www.canada.ca/en/buy.html": false,
		"https://maps.google.com/?q=Ottawa": false,
		"https://can01.safelinks.protection.outlook.com/?url=https%3A%2F%2Fwww.canada.ca&data=05": false,
		"form.xlsx is on my desk": false,
	} {
		if got := parsed(t, mixed("Content-Type: text/plain\r\n\r\nSee "+text+" please")).LinksToFile(); got != want {
			t.Errorf("%s: %v", text, got)
		}
	}
}
