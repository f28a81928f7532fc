package ingest

import (
	"bytes"
	"net/url"
	"regexp"
	"strings"
)

var (
	pgpMessage = regexp.MustCompile(`(?m)^-----BEGIN PGP MESSAGE-----\s*$`)
	uuBegin    = regexp.MustCompile(`(?m)^begin(?: [0-7]{3,4}|-base64 [0-7]{3,4}) \S.*\n(.+)$`)
)

// maxWrappedText is how far into a text a wrapping may begin.
const maxWrappedText = 1 << 20

// wrappedInText knows what stands in the text of a mail that brings no file: an encrypted text, or a file written out.
func wrappedInText(text string) Protection {
	text = text[:min(len(text), maxWrappedText)]
	if strings.Contains(text, "-----BEGIN PGP MESSAGE-----") && pgpMessage.MatchString(text) {
		return PGPInline
	}
	if !strings.Contains(text, "begin") {
		return Unprotected
	}
	if m := uuBegin.FindStringSubmatch(text); m != nil && (strings.HasPrefix(m[0], "begin-base64") || isUuLine(m[1])) {
		return Uuencoded
	}
	return Unprotected
}

// isUuLine reports whether a line is as long as its first character says.
func isUuLine(line string) bool {
	line = strings.TrimRight(line, "\r")
	if line == "" || line[0] < ' ' || line[0] > 'M' {
		return false
	}
	n := (int(line[0]-' ') + 2) / 3 * 4
	return n > 0 && len(line) >= n && len(line) <= n+2 // blanks at the end get lost, a checksum may follow
}

// signedData is how the content type of signed data begins in the encoding of S/MIME (1.2.840.113549.1.7.2).
var signedData = []byte("\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x07\x02")

func isSignedData(data []byte) bool { return bytes.Contains(data[:min(len(data), 64)], signedData) }

// sharedFile is how links to files in shared storage begin: OneDrive and SharePoint, Google Drive, Dropbox, Box, iCloud,
// WeTransfer, GCdocs; and links to workbooks anywhere. A link to a page of an intranet is none.
var sharedFile = regexp.MustCompile(`(?i)https?://(` +
	`[a-z0-9-]+\.sharepoint\.(com|us|example)/(:[a-z]:/|personal/|\S*\.(xls[xmb]?|numbers|ods)\b|\S*_layouts/15/(doc|guestaccess|onedrive))` +
	`|(1drv\.(ms|com)|onedrive\.live\.com)/|(docs|drive)\.google\.com/(spreadsheets|file|open|drive|document|uc)\b` +
	`|(www\.)?dropbox\.com/(s|scl|sh|t)/|([a-z0-9-]+\.)?box\.com/(s|v|file)/|www\.icloud\.com/(numbers|iclouddrive|attachment)|we\.tl/|(www\.)?wetransfer\.com/downloads/` +
	`|gcdocs\S*/(livelink|llisapi|otcs|cs)\S*` +
	`|[^\s"'<>]+\.(xls[xmb]?|numbers|ods)([?#][^\s"'<>]*)?(["'<>\s)]|$))`)

// safeLink is a link that the mail server of Microsoft 365 rewrote.
var safeLink = regexp.MustCompile(`(?i)https://[a-z0-9.-]*safelinks\.protection\.outlook\.com/[^\s"'<>]*[?&;]url=([^&\s"'<>]+)`)

// maxLinkText is how much of a body is searched for links.
const maxLinkText = 256 << 10

// LinksToFile reports whether the text of a mail has a link to a shared file.
func (m *Mail) LinksToFile() bool {
	for _, body := range []string{m.Text, m.HTML} {
		body = body[:min(len(body), maxLinkText)]
		if !strings.Contains(body, "://") {
			continue
		}
		if sharedFile.MatchString(body) {
			return true
		}
		for _, link := range safeLink.FindAllStringSubmatch(body, 50) {
			if real, err := url.QueryUnescape(link[1]); err == nil && sharedFile.MatchString(real) {
				return true
			}
		}
	}
	return false
}
