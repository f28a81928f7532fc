package batch

import (
	"context"
	"errors"

	"handrail/ingest"
	"handrail/internal/ledger"
	"handrail/notify"
)

// keepsCopies says whether a mail of an inbox is copied into its folder of sent mails: when the configuration names
// one, and the provider does not file a copy by itself.
func (j *Job) keepsCopies(name string) bool {
	box := j.inboxes[name]
	return box != nil && box.Config.Folders.Sent != "" && !j.o.Sender.FilesCopies() && !box.Config.FilesCopies()
}

// keep puts copies of sent mails into the folder that is configured for them. A copy that is there already, because the
// run that made it died before it could note so, is not made twice.
func (j *Job) keep(ctx context.Context, ids []int64) error {
	var mails []ledger.Outgoing
	if err := j.o.Ledger.View(ctx, func(tx *ledger.Tx) (err error) {
		mails, err = tx.MailsToKeep(ctx, ids)
		return err
	}); err != nil {
		return err
	}
	byInbox := map[string][]ledger.Outgoing{}
	for _, m := range mails {
		byInbox[m.Inbox] = append(byInbox[m.Inbox], m)
	}
	var all []error
	for name, list := range byInbox {
		all = append(all, j.keepIn(ctx, name, list))
	}
	return errors.Join(all...)
}

func (j *Job) keepIn(ctx context.Context, name string, list []ledger.Outgoing) error {
	var kept, never []int64
	var failed error
	if !j.keepsCopies(name) { // the configuration changed since they were sent
		for _, m := range list {
			never = append(never, m.ID)
		}
	} else {
		box := j.inboxes[name]
		failed = box.with(ctx, func(session *ingest.Session) error {
			for _, m := range list {
				if m.Raw == nil { // disposed of meanwhile
					never = append(never, m.ID)
					continue
				}
				crash("keep.before-copy")
				if err := session.Keep(ctx, box.Config.Folders.Sent, m.MessageID, m.Raw, m.SettledAt); err != nil {
					return err
				}
				crash("keep.after-copy")
				kept = append(kept, m.ID)
			}
			return nil
		})
	}
	noted := j.o.Ledger.Update(context.WithoutCancel(ctx), func(tx *ledger.Tx) error {
		if err := tx.KeptCopies(ctx, kept, false); err != nil {
			return err
		}
		if err := tx.KeptCopies(ctx, never, true); err != nil {
			return err
		}
		crash("keep.before-commit")
		return nil
	})
	crash("keep.after-commit")
	return errors.Join(failed, noted)
}

// wantsCopy says whether Sent gets a copy of a mail that ended in fate.
func (j *Job) wantsCopy(mail ledger.Outgoing, fate notify.Fate) bool {
	return fate.State == notify.Accepted && j.keepsCopies(mail.Inbox)
}
