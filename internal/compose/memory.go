package compose

import (
	"context"
	"encoding/json"

	"handrail/ingest"
	"handrail/ingest/forms"
	"handrail/internal/batch"
	"handrail/internal/ledger"
	"handrail/internal/outbox"
	"handrail/internal/workbook"
)

const perAnswerByte = 4 // a workbook, what is written into it, and the mail around that

// roomToAnswer waits for the shares that some answers need: of the bytes of their workbooks, and of what these declare with
// their lines. Answers about one submission each count, because each writes about its lines.
func (writer *Writer) roomToAnswer(ctx context.Context, all []Draft, weights map[int64]ledger.CaseWeight) (held batch.Reservations, err error) {
	var bytes, lines int64
	books := map[ledger.Digest]int64{}
	for i := range all {
		if all[i].Entry.Kind == outbox.Trial {
			var d outbox.TrialDetail
			if err := json.Unmarshal(all[i].Entry.Detail, &d); err == nil { // else composing it says so
				bytes += d.Size * perAnswerByte
			}
		}
		if w, ok := weights[all[i].Entry.Submission]; ok {
			bytes += w.Bytes * perAnswerByte
			if kind := all[i].Entry.Kind; kind == outbox.Escalation || kind == outbox.Reminder {
				bytes += ingest.FootprintOfSize(w.Mail, ingest.Limits{}) // its other files go along
			}
			lines += w.Lines * batch.PerCaseLine
			books[w.Attachment] = w.Bytes
		}
	}
	if bytes+lines == 0 {
		return nil, nil
	}
	if held, err = held.Reserve(ctx, writer.engine.MailMemory(), bytes); err != nil {
		return held, err
	}
	open, err := writer.declaredBy(ctx, books)
	if err != nil {
		return held, err
	}
	return held.Reserve(ctx, writer.engine.BookMemory(), lines+open)
}

// declaredBy is the most that workbooks take while they are open. A small one is not read for that.
func (writer *Writer) declaredBy(ctx context.Context, books map[ledger.Digest]int64) (sum int64, err error) {
	const small, perSmallByte = 64 << 10, 12 // of text that packs well
	for digest, size := range books {
		if size <= small {
			sum += size * perSmallByte
			continue
		}
		if err := writer.ledger.View(ctx, func(tx *ledger.Tx) error {
			data, err := tx.Documents.Bytes(ctx, digest)
			if d, unreadable := workbook.Declared(data, workbook.DefaultBounds()); unreadable == nil {
				sum += forms.OpenFootprint(d)
			}
			return err
		}); err != nil {
			return 0, err
		}
	}
	return sum, nil
}
