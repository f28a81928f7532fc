package ingest

import (
	"slices"
	"testing"
)

// Doctor shows how the newest messages would be taken.
func TestMessagesAreForeseen(t *testing.T) {
	proof := "Authentication-Results: mx.department.example; dmarc=pass header.from=department.example\r\n"
	plain := func(subject string) string {
		return "From: Ann <ann@department.example>\r\nTo: procurement@department.example\r\nSubject: " + subject + "\r\nMessage-ID: <" + subject + "@department.example>\r\n\r\nHello.\r\n"
	}
	c := DefaultInbox()
	c.AuthservID, c.OwnDomains = []string{"mx.department.example"}, []string{"department.example"}
	for raw, want := range map[string]Preview{
		plain("spoofed"):          {Kind: OtherMail, Plan: PlanQuarantine, Code: string(ReasonUnauthenticated), Folder: "Quarantine"},
		proof + plain("question"): {Kind: OtherMail, Plan: PlanHelp, Code: "no-attachment", Evidence: MailServerDMARC, Answered: true, Folder: "Processed"},
		proof + "Auto-Submitted: auto-replied\r\n" + plain("away"): {Kind: AutoReplyMail, Plan: PlanFile, Code: "Auto-Submitted: auto-replied", Evidence: MailServerDMARC, Folder: "Processed"},
		proof + mixed(filePart("Content-Type: application/octet-stream; name=form.xlsx", aWorkbook(t))): {Kind: RequestMail, Plan: PlanRequest, Evidence: MailServerDMARC,
			Answered: true, Folder: "Processed", Workbooks: []string{"form.xlsx"}},
	} {
		g, err := PreviewOf(t.Context(), Fetched{Raw: []byte(raw)}, c, Surroundings{Addresses: []string{"procurement@department.example"}}, nil)
		if err != nil || g.Kind != want.Kind || g.Plan != want.Plan || g.Code != want.Code || g.Evidence != want.Evidence || g.Answered != want.Answered ||
			g.Folder != want.Folder || !slices.Equal(g.Workbooks, want.Workbooks) || g.From != "ann@department.example" || g.Why == "" {
			t.Errorf("%+v, want %+v (%v)", g, want, err)
		}
		if text := g.Plan.Text(); text.EN == "" || text.FR == "" {
			t.Errorf("no words for %s", g.Plan)
		}
	}
}
