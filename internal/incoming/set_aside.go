package incoming

import (
	"context"
	"encoding/json"
	"fmt"
	"strconv"
	"time"

	"handrail/ingest"
	"handrail/internal/batch"
	"handrail/internal/compose"
	"handrail/internal/ledger"
	"handrail/internal/outbox"
	"handrail/notify"
)

// Why a message is in quarantine that is not the message's own words: what became of the attempts to judge it.
const (
	ReasonDied   = "died"
	ReasonSlow   = "slow"
	ReasonDefect = "defect"
)

type setAsideDetail struct {
	Code string `json:"code"`
}

// SetAside does what follows when rows are not tried any more: a message goes into quarantine, of any other row the operator
// hears.
func (p *Processor) SetAside(ctx context.Context, tx *ledger.Tx, now time.Time, aside []ledger.Attempt) error {
	var owed []ledger.OutboxEntry
	for _, a := range aside {
		p.log.Error("a row is set aside: it is not tried again before somebody releases it", "step", a.Step, "row", a.Key, "failures", a.Faults, "deaths", a.Deaths, "error", a.Words)
		if a.Step == ledger.JudgeStep {
			more, err := p.quarantineFailed(ctx, tx, now, a)
			if err != nil {
				return err
			}
			owed = append(owed, more...)
			continue
		}
		alert, err := p.alertAside(ctx, tx, a)
		if err != nil {
			return err
		}
		owed = append(owed, alert...)
	}
	if len(owed) == 0 {
		return nil
	}
	if _, err := tx.Outbox.Add(ctx, outbox.Due(owed, now)...); err != nil {
		return err
	}
	return p.engine.Wake(ctx, tx, batch.Answer, batch.File)
}

// reasonFor is the code under which a message is quarantined whose attempts ended so.
func reasonFor(a ledger.Attempt) string {
	switch {
	case a.Deaths == 0:
		return ReasonDefect
	case a.Words == ledger.DiedWords:
		return ReasonDied
	}
	return ReasonSlow
}

// quarantineFailed sets a message aside that could not be judged. Nothing of it is read here: reading is what failed.
func (p *Processor) quarantineFailed(ctx context.Context, tx *ledger.Tx, now time.Time, a ledger.Attempt) ([]ledger.OutboxEntry, error) {
	id, err := strconv.ParseInt(a.Key, 10, 64)
	if err != nil {
		return nil, fmt.Errorf("message %q: %w", a.Key, err)
	}
	m, found, err := tx.Messages.Row(ctx, id)
	if err != nil || !found {
		return nil, err
	}
	h := &Message{Row: m, Collected: p.dept.Day(m.CollectedAt), Inbox: p.dept.Inboxes[m.Box.Inbox], Verdict: ledger.MessageVerdict{ID: id, Kind: string(ingest.OtherMail)}}
	code := reasonFor(a)
	h.quarantine(code)
	won, err := tx.Messages.Judge(ctx, now, h.Verdict)
	if err != nil || !won {
		return nil, err
	}
	if _, err := tx.Attempts.Retry(ctx, a.Step, a.Key); err != nil {
		return nil, err
	}
	if h.Inbox == nil {
		return nil, nil
	}
	h.alertOperator(code, setAsideText[code], fmt.Sprintf("message %d", id))
	return append(h.Owed, outbox.New(outbox.SetAside, fmt.Sprintf("message %d", id), ledger.OutboxEntry{Message: id}, setAsideDetail{Code: code})), nil
}

// alertAside tells the operator of a row that is not tried any more, in words that name the next step. An alert that cannot
// be written is told by the log, the exit code and ledger status alone.
func (p *Processor) alertAside(ctx context.Context, tx *ledger.Tx, a ledger.Attempt) ([]ledger.OutboxEntry, error) {
	kind := ""
	if a.Step == ledger.AnswerStep {
		id, err := strconv.ParseInt(a.Key, 10, 64)
		if err != nil {
			return nil, fmt.Errorf("answer %q: %w", a.Key, err)
		}
		if kind, err = tx.Outbox.Kind(ctx, id); err != nil || kind == outbox.OperatorAlert {
			return nil, err
		}
	}
	row := string(a.Step) + ":" + a.Key
	return []ledger.OutboxEntry{outbox.New(outbox.OperatorAlert, "aside "+row+" "+a.AsideAt.UTC().Format(time.RFC3339), ledger.OutboxEntry{}, asideAlert(&a, row, kind))}, nil
}

// composeSetAside writes to the proven sender of a message that could not be judged. Only its header is read, and who cannot be
// proven by it is not written to: the operator knows.
func (p *Processor) composeSetAside(ctx context.Context, now time.Time, m *compose.Draft) error {
	var d setAsideDetail
	if err := json.Unmarshal(m.Entry.Detail, &d); err != nil {
		return err
	}
	var message ledger.Message
	if err := p.ledger.View(ctx, func(tx *ledger.Tx) (err error) {
		message, _, err = tx.Messages.Get(ctx, m.Entry.Message)
		return err
	}); err != nil {
		return err
	}
	box := p.dept.Inboxes[message.Box.Inbox]
	if box == nil || message.Raw == nil {
		return nil
	}
	head := message.Raw[:min(len(message.Raw), box.Config.Limits.HeaderBytes)]
	u, err := p.classifyMail(ctx, ingest.Arrived{Raw: head, Oversize: true}, box, box.Config.Limits, message.CollectedAt)
	if err != nil {
		return err
	}
	if !box.Config.Serves(u.Sender) || !u.Verdict.Answer {
		return nil
	}
	mail, err := p.dept.Composer(box).Notice(notify.Notice{
		Envelope: p.dept.Envelope(u.Sender.Address, u.Sender.Name, box.Config.Language, "set-aside "+m.Entry.Cause, now, outbox.ThreadOf(u.Mail)),
		Kind:     notify.NoticeSetAside})
	if err != nil {
		return err
	}
	m.Mails = append(m.Mails, ledger.Outgoing{Kind: outbox.SetAside, Cause: m.Entry.Cause, Recipient: mail.To, Edition: 1, MessageID: mail.MessageID,
		Raw: mail.Raw, Inbox: message.Box.Inbox, NextAt: now})
	return nil
}
