package ledger

import (
	"context"
	"crypto/rand"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"strings"
	"sync"
	"time"
)

// placeWatch watches where an SQLite ledger lies: see place.
type placeWatch struct{ l *Ledger }

// place watches where an SQLite ledger lies. An open connection goes on writing into a file that was deleted, moved or
// emptied, as if nothing had happened: numbers would be given that no ledger knows. So before each transaction the files
// at their paths must still be those that were opened.
type place struct {
	mu        sync.Mutex
	path      string
	file, log os.FileInfo // as they were at the last look
	lock      os.FileInfo // Run
	main      mainFile    // what the file itself held when it could last be read without its log
	head      Head        // the newest link that this process committed
}

// mainFile is what a ledger's file says by itself, without what still lies in its log.
type mainFile struct {
	identity string
	head     Head
}

// smallest is less than any SQLite file with content has.
const smallest = 512

const watching = "use the ledger"

// watchPlace remembers what was opened.
func (l placeWatch) watchPlace(ctx context.Context) (err error) {
	p := &place{path: l.l.cfg.URL}
	if p.file, err = os.Stat(p.path); err != nil {
		return err
	}
	if p.log, err = os.Stat(p.path + "-wal"); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	if l.l.lock != nil {
		if p.lock, err = l.l.lock.f.Stat(); err != nil {
			return err
		}
	}
	if p.main, err = readMain(ctx, p.path, Head{}); err != nil {
		return err
	}
	if p.head, err = newest(ctx, l.l.write); err != nil {
		return err
	}
	l.l.place = p
	return nil
}

// inPlace says so when the ledger is no longer where it was opened. It costs a few calls of stat.
func (l placeWatch) inPlace(ctx context.Context) error { return l.inPlaceFor(ctx, true) }

// inPlaceFor is inPlace for who is about to write, and nobody else of this process can be, or to read: a reader does not look
// into a file that changed, because a writer of this process may be in the middle of a checkpoint.
func (l placeWatch) inPlaceFor(ctx context.Context, writing bool) error {
	p := l.l.place
	if p == nil {
		return nil
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	now, err := os.Stat(p.path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return l.l.trouble(Moved, watching, err)
	case err != nil:
		return err
	case !os.SameFile(p.file, now):
		return l.replaced(ctx)
	case now.Size() < smallest:
		return l.l.trouble(Emptied, watching, nil)
	case !writing && now.Size() >= p.file.Size(): // a checkpoint makes it no shorter
	case now.Size() != p.file.Size() || !now.ModTime().Equal(p.file.ModTime()):
		if err := l.lookAgain(ctx); err != nil {
			return err
		}
		p.file = now
	}
	if err := l.logInPlace(ctx); err != nil {
		return err
	}
	return l.lockInPlace()
}

// byOurselves does what may bring the file forward, such as a commit: the change is nobody else's. What the file holds by
// itself afterwards says nothing where it cannot be read, because a checkpoint stops at what somebody still reads and then
// leaves a file that is partly older and partly newer, for as long as its log makes it whole.
func (l placeWatch) byOurselves(ctx context.Context, head *Head, do func() error) error {
	p := l.l.place
	if p == nil {
		return do()
	}
	if err := l.inPlace(ctx); err != nil {
		return err
	}
	if err := do(); err != nil {
		return err
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if head != nil {
		p.head = *head
	}
	now, err := os.Stat(p.path)
	if err != nil || now.Size() < smallest || !os.SameFile(p.file, now) {
		return nil // it is done; the next look says so
	}
	if now.Size() != p.file.Size() || !now.ModTime().Equal(p.file.ModTime()) {
		if found, err := readMain(ctx, p.path, p.main.head); err == nil && found.identity == l.l.Identity() {
			p.main = found
		}
		p.file = now
	}
	return nil
}

// lookAgain is for a file that somebody else changed: by a checkpoint, which brings it forward, or by writing over it.
func (l placeWatch) lookAgain(ctx context.Context) error {
	p := l.l.place
	return settle(ctx, func() (fs.FileInfo, error) { return os.Stat(p.path) }, func() error {
		err := l.lookAtMain(ctx)
		if err == nil || l.wholeWithLog(ctx) {
			return nil
		}
		return err
	})
}

// wholeWithLog tells the file of a checkpoint that was held back from one that was written over: with its log it is sound, and
// holds the newest link that this process committed. It reads all of the ledger.
func (l placeWatch) wholeWithLog(ctx context.Context) bool {
	p := l.l.place
	if log, err := os.Stat(p.path + "-wal"); err != nil || log.Size() == 0 {
		return false
	}
	db, err := openPool(sqliteDSN(p.path, false), 1)
	if err != nil {
		return false
	}
	defer func() { _ = db.Close() }()
	if err := holds(ctx, db, p.head); err != nil {
		return false
	}
	var sound string
	err = db.QueryRowContext(ctx, "PRAGMA quick_check(1)").Scan(&sound)
	return err == nil && sound == "ok"
}

func (l placeWatch) lookAtMain(ctx context.Context) error {
	p := l.l.place
	found, err := readMain(ctx, p.path, p.main.head)
	switch {
	case err != nil:
		return l.overwritten(found, err)
	case found.identity != l.l.Identity() && (found != mainFile{} || p.main != mainFile{}):
		return l.another(found.identity)
	}
	p.main = found
	return nil
}

// settle looks at a file until it finds nothing wrong, or finds the same wrong again and again while nobody writes: in the
// middle of a checkpoint, of this process or of another, a file is half of what it was and half of what it will be.
func settle(ctx context.Context, stat func() (fs.FileInfo, error), look func() error) error {
	const looks, first, most = 9, 20 * time.Millisecond, 200 // a file that is written without end is given up
	before, err := stat()
	if err != nil {
		return err
	}
	for all, still, pause := 1, 0, first; ; all, pause = all+1, 2*pause {
		wrong := look()
		if wrong == nil {
			return nil
		}
		now, err := stat()
		switch {
		case ctx.Err() != nil:
			return ctx.Err()
		case err != nil:
			return err
		}
		still++
		if now.Size() != before.Size() || !now.ModTime().Equal(before.ModTime()) {
			before, still, pause = now, 0, first
		}
		if still == looks || all == most {
			return wrong
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(pause):
		}
	}
}

// replaced is for another file at the path, whatever it holds: our connections still write into the one that is gone.
func (l placeWatch) replaced(ctx context.Context) error {
	found, err := readMain(ctx, l.l.place.path, l.l.place.main.head)
	switch {
	case ctx.Err() != nil:
		return ctx.Err()
	case err != nil:
		return l.overwritten(found, err)
	case found.identity != l.l.Identity():
		return l.another(found.identity)
	}
	e := l.l.trouble(Replaced, watching, nil)
	e.Why.EN += ", which is a copy of the same ledger"
	e.Why.FR += ", qui est une copie du même registre"
	return e
}

func (l placeWatch) another(identity string) error {
	e := l.l.trouble(Replaced, watching, nil)
	e.Why.EN += fmt.Sprintf(", whose identity is %s; Handrail opened %s", orNone(identity, "none"), l.l.Identity())
	e.Why.FR += fmt.Sprintf(", dont l’identité est %s; Handrail avait ouvert %s", orNone(identity, "inconnue"), l.l.Identity())
	return e
}

func (l placeWatch) overwritten(found mainFile, err error) error {
	var behind *behindError
	older := errors.As(err, &behind)
	if older && found.identity != l.l.Identity() {
		return l.another(found.identity)
	}
	e := l.l.trouble(Replaced, watching, err)
	if older {
		e.Why.EN += fmt.Sprintf(", an older or a different copy: it does not hold link %s, which was there already", behind.known)
		e.Why.FR += fmt.Sprintf(", une copie plus ancienne ou différente\u00a0: elle ne contient pas le maillon %s, qui existait déjà", behind.known)
	} else {
		e.Why.EN += ", which cannot be read as a ledger"
		e.Why.FR += ", qui ne se lit pas comme un registre"
	}
	return e
}

// logInPlace holds the log to be the one that our connections write. It may have been made again by ourselves, when all
// connections were closed for a moment: then a new connection reads what the old ones do.
func (l placeWatch) logInPlace(ctx context.Context) error {
	p := l.l.place
	now, err := os.Stat(p.path + "-wal")
	if err == nil && p.log != nil && os.SameFile(p.log, now) {
		return nil
	}
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	ours, err := newest(ctx, l.l.read)
	if err == nil {
		fresh, err := openPool(sqliteDSN(p.path, false), 1)
		if err != nil {
			return err
		}
		defer func() { _ = fresh.Close() }()
		theirs, err := newest(ctx, fresh)
		if ctx.Err() != nil {
			return ctx.Err()
		}
		if now, again := os.Stat(p.path + "-wal"); err == nil && again == nil && ours == theirs {
			p.log = now
			return nil
		}
	}
	e := l.l.trouble(Moved, watching, err)
	e.Where = p.path + "-wal"
	return e
}

func (l placeWatch) lockInPlace() error {
	p := l.l.place
	if p.lock == nil {
		return nil
	}
	now, err := os.Stat(p.path + ".lock")
	if err == nil && os.SameFile(p.lock, now) {
		return nil
	}
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	e := l.l.trouble(LockGone, watching, err)
	e.Where = p.path + ".lock"
	return e
}

// behindError is a file that does not hold a link which its ledger held.
type behindError struct{ known Head }

func (e *behindError) Error() string { return fmt.Sprintf("link %s is not there", e.known) }

// readMain reads the file at path alone, through a connection of its own that neither reads the log nor locks anything;
// known must be among its links. SQLite opens and closes it, for closing a handle of our own would drop the locks that
// this process's other connections hold. A file whose tables still lie in its log is empty to it.
func readMain(ctx context.Context, path string, known Head) (f mainFile, err error) {
	db, err := openPool(immutableDSN(path), 1)
	if err != nil {
		return f, err
	}
	defer func() { _ = db.Close() }()
	err = db.QueryRowContext(ctx, "SELECT value FROM meta WHERE name = $1", identityName).Scan(&f.identity)
	if noTable(err) && known == (Head{}) {
		return mainFile{}, nil
	}
	if err != nil && !errors.Is(err, sql.ErrNoRows) {
		return f, err
	}
	if f.head, err = newest(ctx, db); err != nil || known == (Head{}) || f.head == known {
		return f, err
	}
	return f, holds(ctx, db, known)
}

// holds says whether known is a link of db's chain; the error is a *behindError when it is not. Every chain holds no link.
func holds(ctx context.Context, db *sql.DB, known Head) error {
	if known == (Head{}) {
		return nil
	}
	var hash Digest
	err := db.QueryRowContext(ctx, "SELECT hash FROM chain WHERE seq = $1", known.Seq).Scan(&hash)
	if errors.Is(err, sql.ErrNoRows) || err == nil && hash != known.Hash {
		err = &behindError{known}
	}
	return err
}

func newest(ctx context.Context, db *sql.DB) (h Head, err error) {
	err = db.QueryRowContext(ctx, "SELECT seq, hash FROM chain ORDER BY seq DESC LIMIT 1").Scan(&h.Seq, &h.Hash)
	if errors.Is(err, sql.ErrNoRows) {
		err = nil
	}
	return h, err
}

func noTable(err error) bool { return err != nil && strings.Contains(err.Error(), "no such table") }

// tokenName is the row of meta that says which run works on the ledger.
const tokenName = "run"

// takeOver says in the ledger that this run works on it: where no lock file keeps a second one away, the first one stops.
func (l *Ledger) takeOver(ctx context.Context) error {
	token := rand.Text()
	_, err := l.write.ExecContext(ctx, "INSERT INTO meta (name, value) VALUES ($1, $2) ON CONFLICT (name) DO UPDATE SET value = excluded.value", tokenName, token)
	if err != nil {
		return fmt.Errorf("take the ledger over: %w", err)
	}
	l.token = token
	return nil
}

// stillOurs refuses to write when another run took the ledger over.
func (tx *Tx) stillOurs(ctx context.Context) error {
	if tx.l.token == "" {
		return nil
	}
	var token string
	if _, err := tx.one(ctx, []any{&token}, "SELECT value FROM meta WHERE name = $1", tokenName); err != nil {
		return fmt.Errorf("look which run works on the ledger: %w", err)
	}
	if token != tx.l.token {
		return tx.l.trouble(TakenOver, "write the ledger", nil)
	}
	return nil
}
