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

// runPatience is how long a run waits for the lock of one that is just ending, or of a program that one has just started: it
// holds a copy of the lock until it becomes another program.
const runPatience = time.Second

// lockForRun takes the lock of the one run that works on a file.
func lockForRun(ctx context.Context, path string) (*fileLock, error) {
	patient, cancel := context.WithTimeout(ctx, runPatience)
	defer cancel()
	lock, err := waitForLock(patient, path)
	if err != nil && ctx.Err() == nil && errors.Is(err, context.DeadlineExceeded) {
		return nil, errHeld
	}
	return lock, err
}

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
