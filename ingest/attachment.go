package ingest

import (
	"crypto/sha256"
	"encoding/hex"

	"handrail/internal/workbook"
)

// Attachment is one file in a message.
type Attachment struct {
	Name   string          // cleaned, for showing; never a path; "" when the message gives none
	Type   string          // the media type that the message declares, lower case
	Format workbook.Format // what the bytes are
	Inline bool            // the message asks to show it within the text
	Data   []byte
	Digest string // SHA-256 of Data, "sha256:" and 64 hexadecimal digits
	// Inside lists what was opened to get here, outermost first: "message/rfc822", "winmail.dat", "forms.zip".
	Inside []string
	// Fault is why a wrapping (a zip) could not be opened; nil for everything else.
	Fault *Fault
}

func newAttachment(name, mediaType string, data []byte, inside []string) Attachment {
	sum := sha256.Sum256(data)
	return Attachment{Name: CleanName(name), Type: mediaType, Format: workbook.Sniff(data), Data: data,
		Digest: "sha256:" + hex.EncodeToString(sum[:]), Inside: inside}
}
