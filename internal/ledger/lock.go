package ledger

import (
	"context"
	"errors"
	"os"
	"time"
)

// errHeld is returned when another process holds a lock file.
var errHeld = errors.New("the lock is held by another process")

// fileLock is a lock that the system gives back when its process ends, however it ends. The file stays: deleting it
// would let two processes lock two files of one name.
type fileLock struct{ f *os.File }

func (l *fileLock) release() error { return l.f.Close() }

// waitForLock tries until the lock is there or the context ends.
func waitForLock(ctx context.Context, path string) (*fileLock, error) {
	for {
		lock, err := acquireLock(path)
		if !errors.Is(err, errHeld) {
			return lock, err
		}
		select {
		case <-ctx.Done():
			return nil, ctx.Err()
		case <-time.After(50 * time.Millisecond):
		}
	}
}
