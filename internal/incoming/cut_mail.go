package incoming

import (
	"slices"
	"strings"

	"handrail/ingest"
	"handrail/internal/statement"
	"handrail/internal/workbook"
)

// unreadFormats are what may hold card numbers that nobody can cut: where somebody sends it who sends statements, it is not kept.
var unreadFormats = []workbook.Format{workbook.Zip, workbook.Archive, workbook.Pdf, workbook.Xls, workbook.Xlsb, workbook.Ods, workbook.Numbers, workbook.Encrypted,
	workbook.Doc, workbook.Docx, workbook.Pptx, workbook.OutlookItem}

// withoutCards is a mail that is no statement with every card number cut, whoever sent it; nil where there is none. A mail that is
// put back is fetched again, and so judged by the bytes that came and not by these.
func (p *Processor) withoutCards(h *Message) []byte {
	if h.Row.Raw == nil {
		return nil
	}
	c := ingest.Cutter{Text: statement.CutCards, Mark: statement.CutMark, Plain: "xxxx"}
	if h.Inbox != nil && h.Mail != nil && len(h.Requests) == 0 && h.Statement == nil &&
		slices.ContainsFunc(h.Inbox.Config.StatementSenders, func(s string) bool { return h.Mail.From.Addr != "" && strings.EqualFold(s, h.Mail.From.Addr) }) {
		c.Unread = func(f workbook.Format) bool { return slices.Contains(unreadFormats, f) }
	}
	return ingest.Cut(h.Row.Raw, c)
}
