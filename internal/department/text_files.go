package department

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"hash"
	"os"
	"slices"
	"sync"
	"time"

	"handrail/internal/batch"
	"handrail/internal/ledger"
	"handrail/internal/outbox"
	"handrail/rules"
)

// TextRest is how long files must have lain untouched before they are taken: an editor or a copy may be at work, and half
// a policy may be a valid one that lacks its last guardrails.
const TextRest = 5 * time.Second

// RefusedError says that a text on disk is not taken, and why: everything that is wrong with it.
type RefusedError struct {
	Kind  string // "policy", "officers", or "register." and its kind
	Inbox string // whose policy
	File  string
	// Kept is what stays in force meanwhile, a policy by name and version; "" where nothing was in force yet.
	Kept string
	Err  error
}

// Error names the file, and every mistake on a line of its own.
func (e *RefusedError) Error() string {
	switch {
	case e.Kept == "":
		return e.Err.Error()
	case e.Kind != PolicyText:
		return fmt.Sprintf("%s is refused, %s stays in force:\n%v", e.File, e.Kept, e.Err)
	}
	return fmt.Sprintf("inbox %s: %s is refused, %s stays in force:\n%v", e.Inbox, e.File, e.Kept, e.Err)
}

// Unwrap is what is wrong with the text.
func (e *RefusedError) Unwrap() error { return e.Err }

// reading is one look at the files that a text is made of.
type reading struct {
	files   []string
	sum     hash.Hash
	written time.Time // when the newest of them was
}

func newReading() *reading { return &reading{sum: sha256.New()} }

// open reads one file. That a file cannot be read is part of what was seen.
func (r *reading) open(name string) ([]byte, error) {
	data, err := rules.ReadFile(name)
	if !slices.Contains(r.files, name) {
		r.files = append(r.files, name)
		_, _ = fmt.Fprintf(r.sum, "%q %d %v\n", name, len(data), err)
		_, _ = r.sum.Write(data)
	}
	if info, err := os.Stat(name); err == nil && info.ModTime().After(r.written) {
		r.written = info.ModTime()
	}
	return data, err
}

func (r *reading) digest() string { return hex.EncodeToString(r.sum.Sum(nil)) }

// watched remembers what was seen of a text on disk.
type watched struct {
	mu      sync.Mutex
	files   []string // of the last reading
	handled string   // the digest of what was taken or refused
	seen    string   // the digest of what is not handled yet
	since   time.Time
}

// other reports whether the files say something else than what was handled.
func (w *watched) other() bool {
	r := newReading()
	for _, f := range w.files {
		_, _ = r.open(f)
	}
	return len(w.files) == 0 || r.digest() != w.handled
}

// rested reports whether nobody is writing the files any more: they were written a while ago, or looked the same then.
func (w *watched) rested(r *reading, now time.Time) bool {
	if d := r.digest(); d != w.seen {
		w.seen, w.since = d, now
	}
	return now.Sub(r.written) >= TextRest || now.Sub(w.since) >= TextRest
}

func (w *watched) handle(r *reading) { w.files, w.handled = r.files, r.digest() }

// LookAtTexts takes what was changed on disk since the last look, policies, officers and registers, and tells the operator what it
// must refuse.
func (dept *Department) LookAtTexts(ctx context.Context) error {
	all := []error{dept.refreshGuarded(ctx), dept.lookAtOfficers(ctx)}
	for _, w := range dept.registerWatches {
		all = append(all, dept.lookAtRegisters(ctx, w))
	}
	for _, name := range dept.Order {
		all = append(all, dept.lookAtPolicy(ctx, dept.Inboxes[name]))
	}
	return errors.Join(all...)
}

// refuseText says that a text is not taken: in the log, at the end of this pass, and once for ever by mail.
func (dept *Department) refuseText(ctx context.Context, now time.Time, e *RefusedError, digest string) error {
	dept.log.Error("a changed text is refused", "text", e.Kind, "inbox", e.Inbox, "kept", e.Kept, "error", e.Err)
	dept.engine.NoteTrouble(e)
	err := dept.ledger.Update(ctx, func(tx *ledger.Tx) error {
		if _, err := tx.Outbox.Add(ctx, outbox.Due([]ledger.OutboxEntry{e.alert(digest)}, now)...); err != nil {
			return err
		}
		if err := tx.Standing.NoteRefusedText(ctx, e.Kind, e.Inbox, now); err != nil {
			return err
		}
		if err := dept.engine.Wake(ctx, tx, batch.Answer); err != nil {
			return err
		}
		batch.Crash("refused-text.before-commit")
		return nil
	})
	batch.Crash("refused-text.after-commit")
	return err
}

// textTaken notes that what stands on disk is no longer refused. It writes only where it was.
func (dept *Department) textTaken(ctx context.Context, kind, inbox string) error {
	var refused []ledger.RefusedText
	if err := dept.ledger.View(ctx, func(tx *ledger.Tx) (err error) {
		refused, err = tx.Standing.RefusedTexts(ctx)
		return err
	}); err != nil || !slices.ContainsFunc(refused, func(r ledger.RefusedText) bool { return r.Kind == kind && r.Inbox == inbox }) {
		return err
	}
	return dept.ledger.Update(ctx, func(tx *ledger.Tx) error { return tx.Standing.NoteRefusedText(ctx, kind, inbox, time.Time{}) })
}
