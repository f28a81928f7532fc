package batch

import (
	"context"

	"handrail/internal/ledger"
	"handrail/notify"
)

// copier is the keep step: it saves copies of sent mails in the inbox's folder.
type copier struct{ job *Job }

// keepsCopies says whether a mail of an inbox is copied into its folder of sent mails: when the configuration names
// one, and the provider does not file a copy by itself.
func (j copier) keepsCopies(name string) bool {
	box := j.job.inboxes[name]
	return box != nil && box.Config.Folders.Sent != "" && !j.job.o.Sender.FilesCopies() && !box.Config.FilesCopies()
}

// keep puts copies of sent mails into the folder that is configured for them. A copy that is there already, because the
// run that made it died before it could note so, is not made twice.
func (j copier) keep(ctx context.Context, h *Claim) error {
	sum, _ := h.bytesOf()
	room, err := j.job.MailMemory().Reserve(ctx, sum)
	if err != nil {
		return err
	}
	defer room.Release()
	var mails []ledger.Outgoing
	if err := j.job.o.Ledger.View(ctx, func(tx *ledger.Tx) (err error) {
		mails, err = tx.Outbox.ToKeep(ctx, h.IDs())
		return err
	}); err != nil {
		return err
	}
	byInbox := map[string][]ledger.Outgoing{}
	for _, m := range mails {
		byInbox[m.Inbox] = append(byInbox[m.Inbox], m)
	}
	for name, list := range byInbox {
		if err := j.keepIn(ctx, h, name, list); err != nil {
			return err
		}
	}
	return nil
}

// keepIn copies mails of one inbox. A folder that refuses all that it is given is an outage of the folder; one that takes
// some shows that what it refuses is at fault itself.
func (j copier) keepIn(ctx context.Context, h *Claim, name string, list []ledger.Outgoing) error {
	var kept, never []int64
	var failed error          // of all that have no fate yet
	if !j.keepsCopies(name) { // the configuration changed since they were sent
		for _, m := range list {
			never = append(never, m.ID)
		}
	} else {
		kept, never, failed = j.copySent(ctx, h, j.job.inboxes[name], list)
	}
	noted := j.job.o.Ledger.Update(context.WithoutCancel(ctx), func(tx *ledger.Tx) error {
		for _, part := range []struct {
			ids  []int64
			none bool
		}{{kept, false}, {never, true}} {
			mine, err := h.finishAll(ctx, tx, part.ids)
			if err != nil {
				return err
			}
			if err := tx.Outbox.MarkKept(ctx, mine, part.none); err != nil {
				return err
			}
		}
		Crash("keep.before-commit")
		return nil
	})
	Crash("keep.after-commit")
	if noted != nil {
		return noted
	}
	for _, m := range list {
		h.Fail(m.ID, failed) // what is done stays done
	}
	return nil
}

// copySent copies mails one after the other.
func (j copier) copySent(ctx context.Context, h *Claim, box *inbox, list []ledger.Outgoing) (kept, never []int64, failed error) {
	folder := folderOutage(box.Config.Name, box.Config.Folders.Sent)
	if closed := j.job.outages.closed(folder, nil); closed != nil {
		return nil, nil, closed
	}
	refused := map[int64]error{}
	for _, m := range list {
		if m.Raw == nil { // disposed of meanwhile
			never = append(never, m.ID)
			continue
		}
		Crash("keep.before-copy")
		err := box.with(ctx, func(session Inbox) error {
			return session.SaveCopy(ctx, box.Config.Folders.Sent, m.MessageID, m.Raw, m.SettledAt)
		})
		Crash("keep.after-copy")
		if err == nil {
			kept = append(kept, m.ID)
			continue
		}
		if !isRefusal(err) {
			return kept, never, err
		}
		refused[m.ID] = err
		if len(kept) == 0 && len(refused) == 2 || len(list) == 1 {
			return kept, never, j.job.outages.failed(ctx, folder, nil, err)
		}
	}
	if len(kept) > 0 {
		j.job.outages.works(ctx, folder)
	}
	for id, err := range refused {
		h.Fail(id, err)
	}
	return kept, never, nil
}

// wantsCopy says whether Sent gets a copy of a mail that ended in fate.
func (j copier) wantsCopy(mail ledger.Outgoing, fate notify.Fate) bool {
	return fate.State == notify.Accepted && j.keepsCopies(mail.Inbox)
}
