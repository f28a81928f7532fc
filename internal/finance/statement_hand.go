package finance

import (
	"context"
	"slices"
	"time"

	"handrail/ingest"
	"handrail/internal/ledger"
	"handrail/internal/reconcile"
	"handrail/internal/report"
	"handrail/internal/request"
	"handrail/internal/workbook"
)

func readHand(ctx context.Context, a ingest.Attachment) (report.Returned, bool) {
	if a.Format != workbook.Xlsx {
		return report.Returned{}, false
	}
	book, err := workbook.Open(ctx, a.Data, workbook.DefaultBounds())
	if err != nil {
		return report.Returned{}, false
	}
	hand, ok, err := report.ReadReturned(ctx, book, a.Name)
	return hand, ok && err == nil
}

// settleByHand does what finance wrote into a returned weekly workbook: it stays until somebody writes something else.
func settleByHand(ctx context.Context, tx *ledger.Tx, now time.Time, by string, hand *report.Returned, match reconcile.Options) ([]statementProblem, error) {
	var problems []statementProblem
	var list []ledger.Settlement
	unknown := func(what, en, fr string) {
		problems = append(problems, statementProblem{Cell: what, Message: request.Text{EN: en, FR: fr}})
	}
	settle := func(fingerprint string, s ledger.Settlement, lines []ledger.Line) error {
		c, found, err := tx.Charges.ByIdentity(ctx, chargeIdentity(fingerprint))
		switch {
		case err != nil:
			return err
		case !found:
			unknown(fingerprint, "No charge of the ledger has this key. Leave the column of keys as it came.",
				"Aucun achat du registre ne porte cette clé. Laissez la colonne des clés telle quelle.")
			return nil
		}
		if s.Parts, err = partsByHand(ctx, tx, &c, lines, match); err != nil {
			return err
		}
		if s.To != ledger.LeftRow {
			s.Reason = c.Reason
		}
		if c.State == s.To && c.Rule == s.Rule && c.Reason == s.Reason && slices.EqualFunc(c.Lines, s.Parts, func(line int64, p ledger.Part) bool { return line == p.Line }) {
			return nil // the same workbook a second time
		}
		s.Charge, s.From, s.By = c.ID, c.State, by
		list = append(list, s)
		return nil
	}
	for _, m := range hand.Matches {
		lines, err := tx.Lines.ByReference(ctx, m.References)
		if err != nil {
			return nil, err
		}
		if missing := notApproved(m.References, lines); missing != "" {
			unknown(missing, "This line is not in the ledger, or is not approved: a charge can only be matched with an approved line.",
				"Cette ligne n’est pas au registre, ou n’est pas approuvée\u00a0: un achat ne se rapproche que d’une ligne approuvée.")
			continue
		}
		if err := settle(m.Fingerprint, ledger.Settlement{To: ledger.MatchedRow, Rule: string(reconcile.ByHand), Score: 100}, lines); err != nil {
			return nil, err
		}
	}
	for _, fingerprint := range hand.Ignored {
		if err := settle(fingerprint, ledger.Settlement{To: ledger.IgnoredRow}, nil); err != nil {
			return nil, err
		}
	}
	for _, fingerprint := range hand.Apart {
		if err := settle(fingerprint, ledger.Settlement{To: ledger.LeftRow, Reason: string(reconcile.NoLine)}, nil); err != nil {
			return nil, err
		}
	}
	_, err := tx.Charges.Settle(ctx, now, list)
	return problems, err
}

// notApproved is the first of references that no approved line has, "" when there is none.
func notApproved(references []string, lines []ledger.Line) string {
	approved := map[string]bool{}
	for i := range lines {
		approved[lines[i].Reference] = lines[i].Outcome == request.Approved
	}
	for _, reference := range references {
		if !approved[reference] {
			return reference
		}
	}
	return ""
}
