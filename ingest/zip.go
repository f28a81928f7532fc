package ingest

import (
	"archive/zip"
	"bytes"
	"errors"
	"fmt"
	"io"
	"strings"

	"handrail/internal/workbook"
)

// maxZipEntries is how many files a zip of request forms may hold.
const maxZipEntries = 200

// directoryMark begins an entry of a zip's directory. The library builds all entries before it can be asked how many there
// are, wherever the zip hides its directory, so the marks in the whole file are counted first; files that are zips
// themselves and are not packed have marks of their own.
const (
	directoryMark     = "PK\x01\x02"
	maxDirectoryMarks = 100 * maxZipEntries
)

// file keeps an attachment that came out of a wrapping, and opens it when it is a zip.
func (w *walk) file(a Attachment, at place) error {
	if a.Format == workbook.Zip {
		return w.zip(a, at)
	}
	w.mail.Attachments = append(w.mail.Attachments, a)
	return nil
}

// zip takes the files out of a zip. A zip inside it stays closed; one that cannot be opened is kept with its reason,
// so that the sender hears of it. The sizes that a zip announces are never believed: reading stops at the limit.
func (w *walk) zip(a Attachment, at place) error {
	keep := func(reason Reason, detail string) error {
		a.Fault = &Fault{reason, detail}
		w.mail.Attachments = append(w.mail.Attachments, a)
		return nil
	}
	if len(at.inside) > 0 && strings.HasSuffix(strings.ToLower(at.inside[len(at.inside)-1]), ".zip") {
		return keep(ReasonNestedZip, "a zip inside a zip is not opened")
	}
	if bytes.Count(a.Data, []byte(directoryMark)) > maxDirectoryMarks {
		return keep(ReasonZip, fmt.Sprintf("more than %d files", maxZipEntries))
	}
	r, err := zip.NewReader(bytes.NewReader(a.Data), int64(len(a.Data)))
	if err != nil && !errors.Is(err, zip.ErrInsecurePath) {
		return keep(ReasonZip, err.Error())
	}
	if len(r.File) > maxZipEntries {
		return keep(ReasonZip, fmt.Sprintf("%d files, at most %d", len(r.File), maxZipEntries))
	}
	label := a.Name
	if !strings.HasSuffix(strings.ToLower(label), ".zip") {
		label += ".zip"
	}
	at = at.opened(label)
	for _, f := range r.File {
		if f.FileInfo().IsDir() {
			continue
		}
		if f.Flags&1 != 0 {
			return keep(ReasonProtected, "the zip asks for a password")
		}
		if w.parts++; w.parts > w.limits.Parts {
			return &Fault{ReasonParts, fmt.Sprintf("more than %d parts", w.limits.Parts)}
		}
		data, err := w.unzip(f)
		var fault *Fault
		if errors.As(err, &fault) {
			return fault
		}
		if late := w.ctx.Err(); late != nil {
			return late
		}
		if err != nil {
			return keep(ReasonZip, err.Error())
		}
		w.decoded += int64(len(data))
		inner, err := w.attachment(f.Name, "application/octet-stream", data, at)
		if err != nil {
			return err
		}
		if inner.Format == workbook.Zip {
			inner.Fault = &Fault{ReasonNestedZip, "a zip inside a zip is not opened"}
		}
		w.mail.Attachments = append(w.mail.Attachments, inner)
	}
	return nil
}

func (w *walk) unzip(f *zip.File) ([]byte, error) {
	room := w.limits.DecodedBytes - w.decoded
	r, err := f.Open()
	if err != nil {
		return nil, err
	}
	defer r.Close()
	data, err := io.ReadAll(io.LimitReader(w.reader(r), room+1))
	if int64(len(data)) > room {
		return nil, &Fault{ReasonUnpacked, "the files in a zip together are too large"}
	}
	return data, err
}
