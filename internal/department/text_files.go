package department

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"hash"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"time"

	"handrail/internal/batch"
	"handrail/internal/ledger"
	"handrail/internal/outbox"
	"handrail/internal/request"
	"handrail/rules"
)

// TextRest is how long files must have lain untouched before they are taken: an editor or a copy may be at work, and half
// a policy may be a valid one that lacks its last guardrails.
const TextRest = 5 * time.Second

// RefusedError says that a text on disk is not taken, and why: everything that is wrong with it.
type RefusedError struct {
	Kind  string // "policy" or "officers"
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
	case e.Kind == OfficersText:
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

// LookAtTexts takes what was changed on disk since the last look, policies and officers, and tells the operator what it
// must refuse.
func (j *Department) LookAtTexts(ctx context.Context) error {
	all := []error{j.lookAtOfficers(ctx)}
	for _, name := range j.Order {
		all = append(all, j.lookAtPolicy(ctx, j.Inboxes[name]))
	}
	return errors.Join(all...)
}

// refuseText says that a text is not taken: in the log, at the end of this pass, and once for ever by mail.
func (j *Department) refuseText(ctx context.Context, now time.Time, e *RefusedError, digest string) error {
	j.log.Error("a changed text is refused", "text", e.Kind, "inbox", e.Inbox, "kept", e.Kept, "error", e.Err)
	j.engine.NoteTrouble(e)
	err := j.ledger.Update(ctx, func(tx *ledger.Tx) error {
		if _, err := tx.Owe(ctx, outbox.Due([]ledger.Owed{e.alert(digest)}, now)...); err != nil {
			return err
		}
		if err := j.engine.Wake(ctx, tx, batch.Answer); err != nil {
			return err
		}
		batch.Crash("refused-text.before-commit")
		return nil
	})
	batch.Crash("refused-text.after-commit")
	return err
}

// mostMistakes is how many mistakes of a text are named in a mail; policy check names all.
const mostMistakes = 20

// alert is what the operator is told, once for each text.
func (e *RefusedError) alert(digest string) ledger.Owed {
	file := filepath.Base(e.File)
	d := outbox.Alert{
		Title: request.Text{EN: "A new text of the policy was refused: " + file, FR: "Un nouveau texte de la politique a été refusé\u00a0: " + file},
		What: request.Text{
			EN: fmt.Sprintf("What stands in %s now cannot be used. The inbox %s goes on with %s, which stays in force; nothing is lost and nobody waits.", file, e.Inbox, e.Kept),
			FR: fmt.Sprintf("Le contenu actuel de %s ne peut pas être utilisé. La boîte %s continue d’appliquer %s, qui demeure en vigueur; rien n’est perdu et personne n’attend.", file, e.Inbox, e.Kept)},
		Hint: request.Text{
			EN: "Have the text mended and check it with handrail policy check. It comes into force by itself, without a restart. This is said once for each text.",
			FR: "Faites corriger le texte et vérifiez-le avec handrail policy check. Il entrera en vigueur de lui-même, sans redémarrage. Cet avis n’est donné qu’une fois par texte."},
	}
	if e.Kind == OfficersText {
		d.Title = request.Text{EN: "A new list of officers was refused: " + file, FR: "Une nouvelle liste d’agents a été refusée\u00a0: " + file}
		d.What = request.Text{
			EN: fmt.Sprintf("What stands in %s now cannot be used. The former list stays in force; nothing is lost and nobody waits.", file),
			FR: fmt.Sprintf("Le contenu actuel de %s ne peut pas être utilisé. L’ancienne liste demeure en vigueur; rien n’est perdu et personne n’attend.", file)}
		d.Hint = request.Text{
			EN: "Have the list mended. It comes into force by itself, without a restart. This is said once for each text.",
			FR: "Faites corriger la liste. Elle entrera en vigueur d’elle-même, sans redémarrage. Cet avis n’est donné qu’une fois par texte."}
	}
	plain := strings.ReplaceAll(e.Err.Error(), filepath.Dir(e.File)+string(filepath.Separator), "") // where files lie is nobody else's business
	d.Details = strings.Split(strings.TrimSpace(plain), "\n")
	if n := len(d.Details); n > mostMistakes {
		d.Details = d.Details[:mostMistakes]
		d.What.EN += fmt.Sprintf(" The first %d of %d mistakes stand below.", mostMistakes, n)
		d.What.FR += fmt.Sprintf(" Les %d premières erreurs sur %d figurent ci-dessous.", mostMistakes, n)
	}
	return outbox.New(outbox.OperatorAlert, e.Kind+" refused "+e.Inbox+" "+digest, ledger.Owed{}, d)
}
