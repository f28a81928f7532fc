package intake

import (
	"context"
	"maps"
	"slices"
	"strings"
	"time"

	"handrail/ingest"
	"handrail/internal/incoming"
	"handrail/internal/ledger"
	"handrail/internal/officers"
	"handrail/internal/outbox"
	"handrail/internal/request"
)

// askManagers leaves one mail to each manager to be made.
func askManagers(s *ledger.Submission, lines []officers.EscalatedLine) (owed []ledger.OutboxEntry) {
	byManager := map[string]*outbox.EscalationDetail{}
	var order []string
	for _, l := range lines {
		manager := strings.ToLower(l.Said().Values[request.AuthorizedBy].Text)
		if byManager[manager] == nil {
			byManager[manager] = &outbox.EscalationDetail{Officer: manager}
			order = append(order, manager)
		}
		byManager[manager].Lines = append(byManager[manager].Lines, l.Line)
	}
	for _, manager := range order {
		owed = append(owed, outbox.New(outbox.Section32, s.Reference().String()+" "+manager, ledger.OutboxEntry{Submission: s.ID, Message: s.Message}, *byManager[manager]))
	}
	return owed
}

// toldLine is a line of which its section 32 manager is told.
type toldLine struct {
	manager string // lower case
	line    int    // of the workbook
}

// tellManagers puts lines into the daily mails of the managers whom they name. Nothing waits for an answer; a NO takes a line back.
func (desk *Desk) tellManagers(ctx context.Context, tx *ledger.Tx, now time.Time, h *incoming.Message, told []toldLine, lines []ledger.NewLine) (owed []ledger.OutboxEntry, err error) {
	byManager := map[string][]int64{}
	for _, t := range told {
		byManager[t.manager] = append(byManager[t.manager], lines[t.line].ID)
	}
	at := desk.dept.DigestAt(h.Inbox, now)
	for _, manager := range slices.Sorted(maps.Keys(byManager)) {
		if err := tx.Officers.AddToldLines(ctx, now, manager, byManager[manager]); err != nil {
			return nil, err
		}
		owed = append(owed, outbox.New(outbox.Section32Told, manager+" "+desk.dept.Day(at).String(), ledger.OutboxEntry{DueAt: at}, outbox.DigestDetail{Officer: manager}))
	}
	return owed, nil
}

// keepEvidence records that a manager's own mail came along, forwarded or attached. Anybody can write such a mail: it is
// kept and shown, and confirms nothing.
func keepEvidence(ctx context.Context, h *incoming.Message, tx *ledger.Tx, now time.Time, judged *request.Lines, lines []ledger.NewLine) error {
	if len(h.Mail.Forwarded) == 0 {
		return nil
	}
	var list []ledger.Evidence
	for i, line := range judged.All() {
		manager := line.Values[request.AuthorizedBy].Text
		if manager != "" && slices.ContainsFunc(h.Mail.Forwarded, func(f ingest.Forwarded) bool { return strings.EqualFold(f.From.Addr, manager) }) {
			list = append(list, ledger.Evidence{Line: lines[i].ID, Kind: ledger.AttachedEvidence, Manager: strings.ToLower(manager), Message: h.Row.ID})
		}
	}
	return tx.Records.AddEvidence(ctx, now, h.Row.SHA256, list...)
}
