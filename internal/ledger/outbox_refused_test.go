package ledger

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"time"

	"handrail/internal/request"
)

// A refused mail goes once without its files, is known by its reason until somebody ends it once, and its bytes are kept and
// removed like those of any other.
func TestARefusedMailUntilItsEnd(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, l *Ledger) {
		s, lines := submitted(t, l, 1, request.Escalated)
		later := noon.Add(time.Hour)
		var mail, escalation int64
		update(t, l, func(ctx context.Context, tx *Tx) error {
			opened, err := tx.Escalations.Add(ctx, noon, []Escalation{
				{Code: "a", Officer: "Officer@x", Submission: s.ID, NextAt: later, ExpiresAt: later, Tokens: []Token{{Line: lines[0].ID, Ordinal: 1, Digest: lines[0].Digest}}},
				{Code: "b", Officer: "officer@x", Submission: s.ID, NextAt: later, ExpiresAt: later},
				{Code: "c", Officer: "officer@x", Kind: ReceiptCode, Submission: s.ID, NextAt: later, ExpiresAt: later}})
			if err != nil {
				return err
			}
			escalation = opened[0]
			ids, err := tx.Outbox.AddMails(ctx, noon, []Outgoing{{Kind: "escalation", Cause: "1", Recipient: "officer@x", Edition: 1, MessageID: "<a>", Raw: []byte("with files"), Escalation: escalation}})
			mail = ids[0]
			return err
		})
		bounced := func(why Refusal) (won bool) {
			update(t, l, func(ctx context.Context, tx *Tx) (err error) {
				if _, err = tx.SQL().ExecContext(ctx, "UPDATE outgoing SET state = 'accepted'"); err == nil {
					won, err = tx.Outbox.MarkBounced(ctx, noon, "<a>", "no", why)
				}
				return err
			})
			return won
		}
		if !bounced(TooLarge) {
			t.Error("it did not bounce")
		}
		update(t, l, func(ctx context.Context, tx *Tx) error {
			won, err := tx.Outbox.Lighten(ctx, noon, mail, []byte("without"))
			again, err2 := tx.Outbox.Lighten(ctx, noon, mail, []byte("other"))
			m, _, err3 := tx.Outbox.Mail(ctx, mail)
			if !won || again || string(m.Raw) != "without" || m.State != Ready || !m.FilesLeftOut || m.SHA256 != DigestOf([]byte("with files")) || m.Refusal != OtherRefusal {
				t.Errorf("without its files: %v %v %+v", won, again, m)
			}
			return errors.Join(err, err2, err3)
		})
		if !bounced(NoMailbox) {
			t.Error("it did not bounce again")
		}
		update(t, l, func(ctx context.Context, tx *Tx) error {
			m, _, err := tx.Outbox.Mail(ctx, mail)
			one, err2 := tx.Escalations.Undelivered(ctx, noon, &m, false)
			all, err3 := tx.Escalations.Undelivered(ctx, noon, &m, true)
			elsewhere := m
			elsewhere.Recipient = "other@x"
			none, err4 := tx.Escalations.Undelivered(ctx, noon, &elsewhere, true)
			to, err5 := tx.Outbox.RefusedRecipients(ctx)
			if m.Refusal != NoMailbox || one != 1 || all != 2 || none != 0 || fmt.Sprint(to) != "[officer@x]" {
				t.Errorf("%+v: %d of it, %d of all, %d of another address; refused to %v", m, one, all, none, to)
			}
			due, err6 := tx.Escalations.Due(ctx, noon, []int64{escalation})
			if len(due) != 1 || due[0].Undelivered != mail {
				t.Errorf("due: %+v", due)
			}
			return errors.Join(err, err2, err3, err4, err5, err6)
		})
		update(t, l, func(ctx context.Context, tx *Tx) error {
			status, err := tx.Status(ctx, noon, 5)
			if len(status.Refused) != 1 || len(status.Unsent) != 0 {
				t.Errorf("status: %+v", status)
			}
			_, wrong := tx.Outbox.EndRefused(ctx, noon, mail, RefusedEnd{State: Accepted})
			won, err2 := tx.Outbox.EndRefused(ctx, noon, mail, RefusedEnd{State: Settled, By: "op", Why: "told"})
			again, err3 := tx.Outbox.EndRefused(ctx, noon, mail, RefusedEnd{State: Redirected, Instead: 7})
			m, _, err4 := tx.Outbox.Mail(ctx, mail)
			if wrong == nil || !won || again || m.State != Settled || m.EndedBy != "op" || m.EndedWhy != "told" || !m.EndedAt.Equal(noon) {
				t.Errorf("%v %v %v: %+v", wrong, won, again, m)
			}
			err5 := tx.Escalations.Reached(ctx, &m, later)
			e, err6 := tx.Escalations.ByID(ctx, []int64{escalation})
			if len(e) == 1 && (e[0].Undelivered != 0 || !e[0].NextAt.Equal(later)) {
				t.Errorf("reached: %+v", e[0])
			}
			return errors.Join(err, err2, err3, err4, err5, err6)
		})
	})
}
