package approvals

import (
	"bytes"
	"context"
	"path"
	"slices"
	"strings"

	"handrail/ingest"
	"handrail/internal/ledger"
	"handrail/internal/record"
	"handrail/internal/request"
	"handrail/internal/workbook"
	"handrail/notify"
)

// What of the requester's files goes along with a mail to an officer.
const (
	mostRequestFiles     = 20
	mostRequestFileBytes = 5 << 20 // of one mail, before encoding
	mostNamedFiles       = 20      // of those that do not go along
	// mostUnreservedMail is the largest mail that is read again where no memory was reserved for it: with several requests.
	mostUnreservedMail = 4 << 20
	// signaturePicture is how large a picture within the text may be that is taken for the logo of a signature.
	signaturePicture = 20 << 10
)

// requestFiles collects what goes along with one mail to an officer.
type requestFiles struct {
	files []*notify.Attachment
	left  []notify.LeftOut
	size  int
	more  int // that are not even named
}

// requestFiles are the files that the requesters attached beside their forms. A copy of the mail that is no longer kept, or
// cannot be read, brings none: the request is in the ledger.
func (desk composer) requestFiles(ctx context.Context, a *openEscalation) (*requestFiles, error) {
	var r requestFiles
	read := map[int64]bool{}
	for _, f := range a.files {
		if read[f.Submission.Message] {
			continue
		}
		read[f.Submission.Message] = true
		if err := desk.filesOfRequest(ctx, f, len(a.files) > 1, &r); err != nil {
			return nil, err
		}
	}
	if r.more > 0 {
		r.left = append(r.left, notify.LeftOut{Name: "…", Why: moreFiles(r.more)})
	}
	return &r, nil
}

func (desk composer) filesOfRequest(ctx context.Context, f *record.Case, several bool, r *requestFiles) error {
	var m ledger.Message
	var forms []ledger.Digest
	err := desk.desk.ledger.View(ctx, func(tx *ledger.Tx) (err error) {
		row, found, err := tx.Messages.Row(ctx, f.Submission.Message)
		if err != nil || !found {
			return err
		}
		if several && row.Size > mostUnreservedMail {
			r.leave(f.Submission.Reference().String(), whyLargeMail)
			return nil
		}
		if m, _, err = tx.Messages.Get(ctx, row.ID); err != nil {
			return err
		}
		forms, err = tx.Submissions.Attachments(ctx, row.ID)
		return err
	})
	if err != nil || m.Raw == nil || f.Inbox == nil {
		return err
	}
	mail, err := ingest.Parse(ctx, m.Raw, f.Inbox.Config.Limits.Unzipped(m.Size))
	if ctx.Err() != nil {
		return ctx.Err()
	}
	if err != nil {
		return nil // it was read before; without its files the lines still go
	}
	for i := range mail.Attachments {
		if x := &mail.Attachments[i]; !slices.Contains(forms, ledger.DigestOf(x.Data)) {
			r.take(x)
		}
	}
	return nil
}

// ofPrograms are parts that mail programs put into a mail beside what people attach.
var ofPrograms = []string{"application/pkcs7-signature", "application/x-pkcs7-signature", "application/pgp-signature", "application/pgp-keys", "text/calendar", "text/vcard", "text/x-vcard"}

// take adds a file that can be opened without harm, and names any other.
func (r *requestFiles) take(x *ingest.Attachment) {
	picture := x.Format == workbook.Image
	if slices.Contains(ofPrograms, x.Type) || x.Format == workbook.Empty || picture && x.Inline && len(x.Data) < signaturePicture {
		return
	}
	kind, ok := passedOn[x.Format]
	if picture {
		kind, ok = pictureKind(x.Data), true
	}
	name := x.Name
	if name == "" {
		name = "file"
	}
	switch {
	case x.Format == workbook.Encrypted:
		r.leave(name, whyPassword)
	case x.Format == workbook.Xls || x.Format == workbook.Doc || x.Format == workbook.OtherOLE:
		r.leave(name, whyOldOffice)
	case !ok:
		r.leave(name, whyOtherKind)
	case kind.office && !workbook.MacroFree(x.Data):
		r.leave(name, whyMacros)
	case len(r.files) == mostRequestFiles || r.size+len(x.Data) > mostRequestFileBytes:
		r.leave(name, whyTooMuch)
	default:
		if !slices.Contains(kind.endings, strings.ToLower(path.Ext(name))) {
			name += kind.endings[0] // as it is, and not as it says
		}
		r.size += len(x.Data)
		r.files = append(r.files, &notify.Attachment{Name: name, Type: kind.media, Data: bytes.Clone(x.Data)})
	}
}

func (r *requestFiles) leave(name string, why request.Text) {
	if len(r.left) == mostNamedFiles {
		r.more++
		return
	}
	r.left = append(r.left, notify.LeftOut{Name: name, Why: why})
}

// fileKind is how a file of a format is called.
type fileKind struct {
	media   string
	endings []string // the usual one first
	office  bool
}

// passedOn are the formats that go along, by what their bytes are; pictures beside them.
var passedOn = map[workbook.Format]fileKind{
	workbook.Pdf:  {"application/pdf", []string{".pdf"}, false},
	workbook.Xlsx: {notify.WorkbookType, []string{".xlsx", ".xltx"}, true},
	workbook.Docx: {"application/vnd.openxmlformats-officedocument.wordprocessingml.document", []string{".docx", ".dotx"}, true},
	workbook.Pptx: {"application/vnd.openxmlformats-officedocument.presentationml.presentation", []string{".pptx", ".ppsx"}, true},
}

func pictureKind(data []byte) fileKind {
	switch {
	case bytes.HasPrefix(data, []byte("\x89PNG")):
		return fileKind{"image/png", []string{".png"}, false}
	case bytes.HasPrefix(data, []byte("GIF8")):
		return fileKind{"image/gif", []string{".gif"}, false}
	case bytes.HasPrefix(data, []byte("BM")):
		return fileKind{"image/bmp", []string{".bmp"}, false}
	}
	return fileKind{"image/jpeg", []string{".jpg", ".jpeg"}, false}
}
