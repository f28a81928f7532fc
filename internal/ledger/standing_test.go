package ledger

import (
	"context"
	"encoding/json"
	"errors"
	"testing"
	"time"

	"handrail/internal/request"
)

// Of four escalated lines one lies with an officer, one with a question to the requester, one is on its way, and one with nobody.
func TestWhatStandsIsFound(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, l *Ledger) {
		s, lines := submitted(t, l, 1, request.Escalated, request.Escalated, request.Escalated)
		other, way := submitted(t, l, 2, request.Escalated)
		token := func(n int) []Token { return []Token{{Line: lines[n].ID, Ordinal: 1, Digest: lines[n].Digest}} }
		update(t, l, func(ctx context.Context, tx *Tx) error {
			ids, err := tx.Escalations.Add(ctx, noon, []Escalation{
				{Code: "a", Officer: "first@x", Submission: s.ID, NextAt: noon.Add(time.Hour), ExpiresAt: noon.Add(time.Hour), Tokens: token(0)},
				{Code: "b", Officer: "second@x", InsteadOf: "first@x", Submission: s.ID, ExpiresAt: noon.Add(time.Hour), Tokens: token(1)},
				{Code: "c", Officer: "gone@x", Submission: s.ID, ExpiresAt: noon.Add(time.Hour), Tokens: token(2)}})
			if err != nil {
				return err
			}
			_, asked := tx.Escalations.Move(ctx, noon, ids[1], EscalationOpen, EscalationAsked)
			_, over := tx.Escalations.Move(ctx, noon.Add(2*time.Hour), ids[2], EscalationOpen, EscalationExpired)
			_, owed := tx.Outbox.Add(ctx,
				OutboxEntry{Kind: "escalation", Cause: "on its way", Submission: other.ID, DueAt: noon, Detail: json.RawMessage(`{}`)},
				OutboxEntry{Kind: "question-unanswered", Cause: "message 1", Submission: s.ID, DueAt: noon.Add(time.Hour), Detail: json.RawMessage(`{}`)},
				OutboxEntry{Kind: "alert", Cause: "waits", DueAt: noon, Detail: json.RawMessage(`{}`), Answers: ForDaily})
			_, sent := tx.Outbox.AddMails(ctx, noon, []Outgoing{{Kind: "question", Cause: "message 1", Recipient: "asked@x", Edition: 1, MessageID: "<q@x>", Raw: []byte("q"), Submission: s.ID, Escalation: ids[1]},
				{Kind: "answer", Cause: "2", Recipient: "nobody@x", Edition: 1, MessageID: "<r@x>", Raw: []byte("r")}})
			return errors.Join(asked, over, owed, sent, tx.Standing.NoteRefusedText(ctx, "policy", "requests", noon),
				tx.Standing.NoteRefusedText(ctx, "policy", "requests", noon.Add(time.Hour)), tx.Standing.NoteTime(ctx, NoteBackup, noon))
		})
		view(t, l, func(ctx context.Context, tx *Tx) error {
			with, all, err := tx.Standing.WithOfficers(ctx, 1)
			if all != 2 || len(with) != 1 || with[0].Reference != lines[0].Reference || with[0].Officer != "first@x" || with[0].Asked || !with[0].Since.Equal(noon) {
				t.Errorf("with officers: %d, %+v", all, with)
			}
			stranded, n, err2 := tx.Standing.Stranded(ctx, 9)
			if n != 1 || len(stranded) != 1 || stranded[0].Reference != lines[2].Reference || !stranded[0].Since.Equal(noon.Add(2*time.Hour)) {
				t.Errorf("with nobody: %+v; %s is on its way", stranded, way[0].Reference)
			}
			questions, n, err3 := tx.Standing.Questions(ctx, false, 9)
			if n != 1 || questions[0].Requester != "asked@x" || questions[0].Officer != "second@x" || questions[0].Overdue || questions[0].Submission != s.Reference() {
				t.Errorf("questions: %+v", questions)
			}
			_, late, err4 := tx.Standing.Questions(ctx, true, 9)
			texts, err5 := tx.Standing.RefusedTexts(ctx)
			if late != 0 || len(texts) != 1 || texts[0].Inbox != "requests" || !texts[0].Since.Equal(noon.Truncate(time.Second)) {
				t.Errorf("%d questions are late; texts: %+v", late, texts)
			}
			news, err6 := tx.Standing.News(ctx, 9)
			status, err7 := tx.Status(ctx, noon, 9)
			some, err8 := tx.Work.AnyFree(ctx, AnswerStep, noon)
			if len(news) != 1 || status.ToCompose != 2 || status.Pending.Due[AnswerStep] != 1 || !some || !status.BackedUpAt.Equal(noon) || !status.OwedSince.Equal(noon) {
				t.Errorf("news %+v, status %+v", news, status)
			}
			return errors.Join(err, err2, err3, err4, err5, err6, err7, err8)
		})
		update(t, l, func(ctx context.Context, tx *Tx) error {
			if _, err := tx.SQL().ExecContext(ctx, "UPDATE outgoing SET state = 'refused', settled_at = made_at WHERE kind = 'answer'"); err != nil {
				return err
			}
			refused, n, err := tx.Standing.RefusedMails(ctx, 9)
			if n != 1 || len(refused) != 1 || refused[0].Recipient != "nobody@x" {
				t.Errorf("refused: %+v", refused)
			}
			return errors.Join(err, tx.Standing.NoteRefusedText(ctx, "policy", "requests", time.Time{}))
		})
	})
}
