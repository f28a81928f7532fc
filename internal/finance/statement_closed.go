package finance

import (
	"context"
	"time"

	"handrail/internal/incoming"
	"handrail/internal/ledger"
	"handrail/internal/report"
	"handrail/internal/request"
)

// closeLines closes approved lines and opens them again, as finance wrote in the workbooks of a mail. What two workbooks of one mail
// say differently of a line is asked back, and nothing of it is done.
func closeLines(ctx context.Context, tx *ledger.Tx, now time.Time, h *incoming.Message, hands []report.Returned) ([]statementProblem, error) {
	var problems []statementProblem
	problem := func(l *report.ReturnedLine, en, fr string) {
		problems = append(problems, statementProblem{File: l.Sheet, Cell: l.Cell, Message: request.Text{EN: l.Reference + ": " + en, FR: l.Reference + "\u00a0: " + fr}})
	}
	said := map[string][2]bool{} // by reference: it is closed, it is opened again
	var references []string
	for i := range hands {
		for _, l := range hands[i].Lines {
			both := said[l.Reference]
			if both == [2]bool{} {
				references = append(references, l.Reference)
			}
			both[btoi(l.Reopen)] = true
			said[l.Reference] = both
		}
	}
	if len(references) == 0 {
		return nil, nil
	}
	lines, err := tx.Lines.ByReference(ctx, references)
	if err != nil {
		return nil, err
	}
	byReference := make(map[string]*ledger.Line, len(lines))
	for i := range lines {
		byReference[lines[i].Reference] = &lines[i]
	}
	for i := range hands {
		for n := range hands[i].Lines {
			l := &hands[i].Lines[n]
			line := byReference[l.Reference]
			switch {
			case said[l.Reference] == [2]bool{true, true}:
				problem(l, "one place closes this line and another opens it again. Nothing was done: send one workbook with one answer.",
					"un endroit ferme cette ligne et un autre la rouvre. Rien n’a été fait\u00a0: envoyez un seul classeur avec une seule réponse.")
				continue
			case line == nil || line.Outcome != request.Approved:
				problem(l, "this line is not in the ledger, or is not approved (any more): only an approved line can be closed or opened again.",
					"cette ligne n’est pas au registre, ou n’est pas (ou plus) approuvée\u00a0: seule une ligne approuvée peut être fermée ou rouverte.")
				continue
			}
			act := tx.Lines.Close
			if l.Reopen {
				act = tx.Lines.Reopen
			}
			if _, err := act(ctx, now, ledger.Closing{Line: line.ID, By: h.Sender.Address, Reason: l.Reason, Message: h.Row.ID}); err != nil {
				return nil, err // that it is so already is no mistake: the same workbook a second time
			}
		}
	}
	return problems, nil
}

func btoi(b bool) int {
	if b {
		return 1
	}
	return 0
}
