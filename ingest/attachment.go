package ingest

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"path"
	"slices"
	"strings"

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

// attachment takes a file as it stands in the message or came out of a wrapping.
func (p *patience) attachment(name, mediaType string, data []byte, at place) (Attachment, error) {
	sum := sha256.New()
	for piece := range slices.Chunk(data, pieceBytes) {
		sum.Write(piece) // never errs
		if err := p.spend(len(piece)); err != nil {
			return Attachment{}, err
		}
	}
	return Attachment{Name: CleanName(name), Type: mediaType, Format: workbook.Sniff(data), Data: data,
		Digest: "sha256:" + hex.EncodeToString(sum.Sum(nil)), Inside: at.inside}, nil
}

// requestFiles are what people send as a request, readable or not: an unreadable one is answered with what to do. Those of
// workbookFiles are hardly ever anything else.
var (
	workbookFiles = []workbook.Format{workbook.Xlsx, workbook.Xls, workbook.Xlsb, workbook.Ods, workbook.Numbers, workbook.SheetML, workbook.Encrypted}
	requestFiles  = slices.Concat(workbookFiles, []workbook.Format{workbook.Csv, workbook.Pdf, workbook.Docx, workbook.Doc,
		workbook.OutlookItem, workbook.Zip, workbook.Archive})
)

// CouldBeRequest is true for what people send as a request form, readable or not: by its bytes, or, where these are nothing
// known, by a name that promises a workbook.
func (a *Attachment) CouldBeRequest() bool {
	return !workbook.LockFile(path.Base(a.Name)) && slices.Contains(requestFiles, a.Format) || a.couldBeWorkbook()
}

// couldBeWorkbook is narrower: a PDF in a newsletter is no request, a workbook in one is.
func (a *Attachment) couldBeWorkbook() bool {
	if workbook.LockFile(path.Base(a.Name)) {
		return false
	}
	switch strings.ToLower(path.Ext(a.Name)) {
	case ".xlsx", ".xlsm", ".xltx", ".xls", ".xlsb", ".ods", ".numbers":
		return true
	}
	return slices.Contains(workbookFiles, a.Format)
}

// bankFiles are the names that banks give to downloads, read or not: what is not read is answered with what to ask the bank for.
var bankFiles = []string{".ofx", ".qfx", ".qbo", ".qif", ".xml", ".camt", ".sta", ".mt940", ".940", ".bai", ".bai2", ".vcf4", ".cdf", ".cdf3"}

// bankFile is true for a file that banks write for accounting programs: by its name, or by how OFX begins.
func (a *Attachment) bankFile() bool {
	head := a.Data[:min(len(a.Data), 1024)]
	return !a.Inline && slices.Contains(bankFiles, strings.ToLower(path.Ext(a.Name))) || bytes.Contains(head, []byte("OFXHEADER")) || bytes.Contains(head, []byte(":camt.05"))
}
