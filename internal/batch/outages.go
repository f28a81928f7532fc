package batch

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"
	"time"

	"handrail/ingest"
	"handrail/internal/ledger"
)

// OutageError says that something around the job does not work, and that nothing was tried or done because of it. What
// waits for it counts no failure of its own.
type OutageError struct {
	Name  string // "imap requests", "smtp", "folder requests/Processed"
	Class ingest.ErrorClass
	Since time.Time
	Until time.Time // when it is tried again
	Words string
	Err   error // what the server said, where this process heard it; nil where the ledger told
}

// Error says what, since when and why.
func (e *OutageError) Error() string {
	return fmt.Sprintf("%s does not work since %s: %s", e.Name, e.Since.UTC().Format(time.RFC3339), e.Words)
}

// Unwrap is what the server said.
func (e *OutageError) Unwrap() error { return e.Err }

// Hint says what the operator can do.
func (e *OutageError) Hint() string { return OutageHint(e.Name, string(e.Class), e.Words).EN }

// ledgerOutage is the name of the ledger's own outage, which it cannot keep.
const ledgerOutage = "ledger"

// How long something that does not work is left alone: scaling. A refused login is not tried again for an hour, or locks
// the account, unless its secret is another one by then.
const (
	firstPatience      = 5 * time.Second
	lastPatience       = 10 * time.Minute
	loginPatience      = time.Hour
	ledgerPatience     = 5 * time.Second
	lastLedgerPatience = time.Minute // nothing at all is done without it, and asking it costs nobody anything
)

// outages is what does not work around the job. The ledger keeps it from one run to the next.
type outages struct {
	record *ledger.Ledger
	now    func() time.Time
	log    logger
	note   func(error) // of the pass's report
	again  func()      // something works that did not: what waited for it is due

	mu      sync.Mutex
	known   map[string]ledger.Outage
	causes  map[string]error // as this process heard them
	started time.Time        // of the pass
	unnoted map[string]bool  // they ended, and the ledger could not take that

	// The ledger's own outage, which it cannot keep: when the last one began that was told, and one that ended.
	ledgerSaid  time.Time
	ledgerNext  time.Time // when the webhook is tried again that did not take it
	ledgerEnded *OutageNews
}

type logger interface {
	Warn(msg string, args ...any)
	Info(msg string, args ...any)
}

// begin reads what did not work when the last run ended. again lets everything be tried once more, but a login that was
// refused less than an hour ago.
func (o *outages) begin(ctx context.Context, again bool) error {
	var list []ledger.Outage
	if err := o.record.View(ctx, func(tx *ledger.Tx) (err error) {
		list, err = tx.Attempts.Outages(ctx)
		return err
	}); err != nil {
		return err
	}
	o.mu.Lock()
	defer o.mu.Unlock()
	o.known, o.causes, o.started = map[string]ledger.Outage{}, map[string]error{}, o.now()
	for _, one := range list {
		if again && one.Class != string(ingest.CredentialsError) {
			one.RetryAt = o.started
		}
		o.known[one.Name] = one
	}
	return nil
}

// closed says that something is left alone for now; nil when it may be tried. secret is what it logs in with, if anything:
// another secret than the one that was refused ends the wait.
func (o *outages) closed(name string, secret func() string) *OutageError {
	o.mu.Lock()
	one, known := o.known[name]
	err := o.errorLocked(one)
	o.mu.Unlock()
	if !known || !one.RetryAt.After(o.now()) {
		return nil
	}
	if one.Secret != "" && secret != nil { // read outside the lock: a command may print it
		if s := secret(); s != "" && markOf(s, one.Secret) != one.Secret {
			return nil
		}
	}
	return err
}

func (o *outages) errorLocked(one ledger.Outage) *OutageError {
	return &OutageError{Name: one.Name, Class: ingest.ErrorClass(one.Class), Since: one.FailedAt, Until: one.RetryAt, Words: one.Words, Err: o.causes[one.Name]}
}

// failed notes that something does not work, and is the error for whatever needed it.
func (o *outages) failed(ctx context.Context, name string, secret func() string, cause error) *OutageError {
	now := o.now()
	class := ingest.ProtocolError
	var server *ingest.ServerError
	if errors.As(cause, &server) {
		class = server.Class
	}
	refused, asked := "", class == ingest.CredentialsError && secret != nil
	if asked {
		refused = secret()
	}
	o.mu.Lock()
	one, known := o.known[name]
	if known && one.RetryAt.After(now) && refused == "" {
		o.mu.Unlock()
		return o.closed(name, nil) // several found out at once
	}
	if !known {
		one = ledger.Outage{Name: name, FailedAt: now}
	}
	one.Failures++
	one.LastAt, one.Class, one.Words = now, string(class), wordsOf(cause)
	wait := lastPatience
	if name == ledgerOutage {
		wait = lastLedgerPatience
	}
	if n := one.Failures - 1; n < 10 && firstPatience<<n < wait {
		wait = firstPatience << n
	}
	one.Secret = ""
	if class == ingest.CredentialsError {
		wait = loginPatience
		if asked { // also of one that cannot be read: when it is there, it is tried
			one.Secret = markOf(refused, newSalt())
		}
	}
	one.RetryAt = now.Add(wait)
	if o.known == nil {
		o.known, o.causes = map[string]ledger.Outage{}, map[string]error{}
	}
	o.known[name], o.causes[name] = one, cause
	err := o.errorLocked(one)
	o.mu.Unlock()
	o.note(err)
	o.log.Warn("something around the job does not work; it is tried again", "what", name, "failures", one.Failures, "again_in", wait.String(), "error", one.Words)
	if name != ledgerOutage {
		// What cannot be kept now is learned again by the next run.
		ctx = context.WithoutCancel(ctx)
		_ = o.record.Update(ctx, func(tx *ledger.Tx) error { return tx.Attempts.NoteOutage(ctx, one) })
	}
	return err
}

// works notes that something works. Where it did not before, what waited for it is due.
func (o *outages) works(ctx context.Context, name string) {
	if !o.ended(name) {
		return
	}
	if err := o.noteEnd(context.WithoutCancel(ctx), name); err != nil {
		o.mu.Lock()
		if o.unnoted == nil {
			o.unnoted = map[string]bool{}
		}
		o.unnoted[name] = true
		o.mu.Unlock()
	}
	o.again()
}

func (o *outages) noteEnd(ctx context.Context, name string) error {
	return o.record.Update(ctx, func(tx *ledger.Tx) error { return tx.Attempts.EndOutage(ctx, o.now(), name) })
}

// noteEnds notes the ends that the ledger could not take when they came, but of what fails again by now.
func (o *outages) noteEnds(ctx context.Context) error {
	o.mu.Lock()
	names := slices.Collect(maps.Keys(o.unnoted))
	o.mu.Unlock()
	for _, name := range names {
		if !o.isKnown(name) {
			if err := o.noteEnd(ctx, name); err != nil {
				return err
			}
		}
		o.mu.Lock()
		delete(o.unnoted, name)
		o.mu.Unlock()
	}
	return nil
}

// retryChanged ends the wait of whatever has another secret than the one that was refused, and says whether anything has.
func (o *outages) retryChanged(ctx context.Context, secretOf func(name string) func() string) (changed bool, err error) {
	now := o.now()
	for _, one := range o.waiting() {
		read := secretOf(one.Name)
		if one.Secret == "" || read == nil {
			continue
		}
		if s := read(); s == "" || markOf(s, one.Secret) == one.Secret {
			continue
		}
		if err := o.record.Update(ctx, func(tx *ledger.Tx) error { return tx.Attempts.TryNow(ctx, now, one.Name) }); err != nil {
			return changed, err
		}
		o.log.Info("a secret is another one: the login is tried again", "what", one.Name)
		o.mu.Lock()
		if still, known := o.known[one.Name]; known && still.Secret == one.Secret {
			still.RetryAt = now
			o.known[one.Name] = still
		}
		o.mu.Unlock()
		changed = true
	}
	return changed, nil
}

// waiting are the outages whose time to be tried again has not come.
func (o *outages) waiting() (list []ledger.Outage) {
	o.mu.Lock()
	defer o.mu.Unlock()
	for _, one := range o.known {
		if one.RetryAt.After(o.now()) {
			list = append(list, one)
		}
	}
	return list
}

// ended takes an outage off the list, and says whether it was on it.
func (o *outages) ended(name string) bool {
	o.mu.Lock()
	one, known := o.known[name]
	delete(o.known, name)
	delete(o.causes, name)
	if known && name == ledgerOutage && !o.ledgerSaid.IsZero() {
		o.ledgerEnded = &OutageNews{Name: name, Class: ingest.ErrorClass(one.Class), Began: one.FailedAt, Ended: o.now(), Words: one.Words}
		o.ledgerSaid = time.Time{}
	}
	o.mu.Unlock()
	if known {
		o.log.Info("it works again", "what", name, "after", o.now().Sub(one.FailedAt).Round(time.Second).String())
	}
	return known
}

// blame says which surroundings an error is the fault of, and when they are tried again; "" when it is the row's own.
func (o *outages) blame(err error) (name string, until time.Time) {
	var outage *OutageError
	var trouble *ledger.Error
	var postponed *PostponedError
	var waits *WaitError
	switch {
	case errors.As(err, &outage):
		return outage.Name, outage.Until
	case errors.As(err, &postponed):
		return dailyLines, postponed.Until
	case errors.As(err, &waits):
		return waits.Name, waits.Until
	case errors.As(err, &trouble):
		return ledgerOutage, time.Time{}
	}
	return "", time.Time{}
}

// forgetLedger lets the ledger be asked again at once.
func (o *outages) forgetLedger() {
	o.mu.Lock()
	defer o.mu.Unlock()
	if one, known := o.known[ledgerOutage]; known {
		one.RetryAt = o.now()
		o.known[ledgerOutage] = one
	}
}

// ledgerLasts is the ledger's outage where it is time to tell of it; nil where it is not, or was told.
func (o *outages) ledgerLasts(now time.Time) *OutageNews {
	o.mu.Lock()
	defer o.mu.Unlock()
	one, known := o.known[ledgerOutage]
	if !known || !o.ledgerSaid.IsZero() || o.ledgerNext.After(now) || now.Sub(one.FailedAt) < graceOf(ingest.ErrorClass(one.Class), 0) {
		return nil
	}
	o.ledgerNext = now.Add(lastPatience)
	return &OutageNews{Name: one.Name, Class: ingest.ErrorClass(one.Class), Began: one.FailedAt, Next: one.RetryAt, Words: one.Words}
}

// ledgerTold notes that the operator was told of the ledger's outage.
func (o *outages) ledgerTold(began time.Time) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if _, known := o.known[ledgerOutage]; known {
		o.ledgerSaid = began
	}
}

// endedWithoutLedger is an outage of the ledger that was told and is over; nil where there is none.
func (o *outages) endedWithoutLedger() *OutageNews {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.ledgerEnded
}

func (o *outages) forgetEnded() {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.ledgerEnded = nil
}

// isKnown reports whether something is known not to work, whether it may be tried or not.
func (o *outages) isKnown(name string) bool {
	o.mu.Lock()
	defer o.mu.Unlock()
	_, known := o.known[name]
	return known
}

// list is what does not work.
func (o *outages) list() []*OutageError {
	o.mu.Lock()
	defer o.mu.Unlock()
	var all []*OutageError
	for _, one := range o.known {
		all = append(all, o.errorLocked(one))
	}
	return all
}

// untried are the outages that nothing of this pass needed although they might have been tried: nothing waits for them, and
// whether they last nobody knows. They are forgotten.
func (o *outages) untried() (names []string) {
	o.mu.Lock()
	defer o.mu.Unlock()
	now := o.now()
	for name, one := range o.known {
		if one.LastAt.Before(o.started) && !one.RetryAt.After(now) {
			names = append(names, name)
			delete(o.known, name)
			delete(o.causes, name)
		}
	}
	return names
}

// NoInbox is the outage of an inbox that is no longer in the configuration.
func (j *Job) NoInbox(name string) error {
	return &OutageError{Name: imapOutage(name), Class: ingest.ProtocolError, Since: j.Now(), Until: j.Now().Add(lastPatience),
		Words: fmt.Sprintf("the inbox %s is not in the configuration any more; put it back, or nothing that waits there goes on", name)}
}

// saltBytes and markBytes make a mark that tells another secret apart and is no help in guessing the one that was refused.
const (
	saltBytes = 8
	markBytes = 2
)

func newSalt() string {
	b := make([]byte, saltBytes)
	_, _ = rand.Read(b) // it never fails
	return hex.EncodeToString(b)
}

// markOf is a secret's mark under the salt that a mark, or a salt alone, begins with.
func markOf(secret, salt string) string {
	salt = salt[:min(len(salt), 2*saltBytes)]
	sum := sha256.Sum256([]byte(salt + "\x00" + secret))
	return salt + hex.EncodeToString(sum[:markBytes])
}

// folderOutage names a folder that takes no mail.
func folderOutage(inbox, folder string) string { return "folder " + inbox + "/" + folder }

func imapOutage(inbox string) string { return "imap " + inbox }

const smtpOutage = "smtp"

// dnsOutage is a resolver that does not answer for the department's own mail.
const dnsOutage = "dns"

// isFolder says which inbox's folder an outage is of.
func isFolder(name string) bool { return strings.HasPrefix(name, "folder ") }
