package approvals

import (
	"context"
	"fmt"
	"path"
	"strings"

	"handrail/ingest"
	"handrail/internal/ledger"
	"handrail/notify"
)

// mostFiles and mostFileBytes bound what of somebody's mail is attached for whoever it goes on to, mostConversation the text of
// the mail.
const (
	mostFiles        = 10
	mostFileBytes    = 10 << 20
	mostConversation = 128 << 10
)

// opened are the kinds of files, beside those that could be a request, that people open and that hold no program.
var opened = map[string]bool{".pdf": true, ".png": true, ".jpg": true, ".jpeg": true, ".gif": true, ".tif": true, ".tiff": true, ".txt": true,
	".csv": true, ".docx": true, ".pptx": true, ".odt": true}

// filesOf are the files that a message brings, those that people open, and with conversation its own text, where that holds more
// than words: what was written before. Files that are not attached are named at the end of the words.
func (desk composer) filesOf(ctx context.Context, message int64, words string, conversation bool) (files []*notify.Attachment, said string, err error) {
	var m ledger.Message
	err = desk.desk.ledger.View(ctx, func(tx *ledger.Tx) (err error) {
		m, _, err = tx.Messages.Get(ctx, message)
		return err
	})
	box := desk.desk.dept.Inboxes[m.Box.Inbox]
	if err != nil || m.Raw == nil || box == nil {
		return nil, words, err
	}
	mail, err := ingest.Parse(ctx, m.Raw, box.Config.Limits)
	if ctx.Err() != nil {
		return nil, words, ctx.Err()
	}
	if err != nil {
		return nil, words, nil // it was read before; without its files the words still go
	}
	size := 0
	var left []string
	for i := range mail.Attachments {
		a := &mail.Attachments[i]
		if !a.CouldBeRequest() && (a.Inline || a.Name == "") {
			continue // what mail programs put into a text
		}
		if !a.CouldBeRequest() && !opened[strings.ToLower(path.Ext(a.Name))] || len(files) == mostFiles || size+len(a.Data) > mostFileBytes {
			left = append(left, ingest.CleanLine(a.Name))
			continue
		}
		size += len(a.Data)
		files = append(files, &notify.Attachment{Name: a.Name, Type: a.Type, Data: a.Data})
	}
	if conversation && len(strings.Fields(mail.Text)) > len(strings.Fields(words)) {
		text := mail.Text[:min(len(mail.Text), mostConversation)]
		files = append(files, &notify.Attachment{Name: "conversation.txt", Type: "text/plain", Data: []byte("\ufeff" + strings.ToValidUTF8(text, ""))})
	}
	if len(left) > 0 {
		words = fmt.Sprintf("%s\n[%s]", words, strings.Join(left, ", "))
	}
	return files, words, nil
}
