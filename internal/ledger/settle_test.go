package ledger

import (
	"context"
	"errors"
	"io/fs"
	"testing"
	"testing/fstest"
	"testing/synctest"
	"time"
)

// writtenUntil is a file that is written to every so often for so long, and wrong as long as that.
func writtenUntil(every, end time.Duration) (stat func() (fs.FileInfo, error), look func() error) {
	began := time.Now()
	stat = func() (fs.FileInfo, error) {
		at := min(time.Since(began), end).Truncate(every)
		return fs.Stat(fstest.MapFS{"f": {ModTime: began.Add(at)}}, "f")
	}
	return stat, func() error {
		if time.Since(began) < end {
			return errTorn
		}
		return nil
	}
}

var errTorn = errors.New("half of it")

// A checkpoint that takes long, as of a large ledger on a busy machine, is not taken for somebody who wrote over the file.
func TestALookInTheMiddleOfACheckpointSaysNothing(t *testing.T) {
	for _, c := range []struct {
		name       string
		every, end time.Duration
		want       error
	}{
		{"quick", time.Millisecond, 10 * time.Millisecond, nil},
		{"page by page", 5 * time.Millisecond, 3 * time.Second, nil},
		{"held up again and again", time.Second, 5 * time.Second, nil},
		{"held up once", 800 * time.Millisecond, 800 * time.Millisecond, nil},
		{"written over", time.Hour, time.Hour, errTorn},
		{"written without end", time.Millisecond, time.Hour, errTorn},
	} {
		t.Run(c.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				stat, look := writtenUntil(c.every, c.end)
				if err := settle(t.Context(), stat, look); !errors.Is(err, c.want) {
					t.Errorf("%v, want %v", err, c.want)
				}
			})
		})
	}
}

func TestNobodyWaitsForAFileWhenAskedToStop(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, stop := context.WithTimeout(t.Context(), 50*time.Millisecond)
		defer stop()
		stat, look := writtenUntil(time.Millisecond, time.Hour)
		if err := settle(ctx, stat, look); !errors.Is(err, context.DeadlineExceeded) {
			t.Error(err)
		}
	})
}
