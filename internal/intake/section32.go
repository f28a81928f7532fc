package intake

import (
	"context"
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
