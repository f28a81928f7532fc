package mailtest

import (
	"errors"
	"fmt"
	"os"
	"sync"
	"time"
)

// blobs keeps message bytes: in memory, or in one file that has no name any more, so that an office with thousands of
// messages does not weigh on the process whose memory is being measured.
type blobs struct {
	file *os.File
	mu   sync.Mutex
	end  int64
}

// blob is what blobs.put gave back: bytes in memory, or a place in the file.
type blob struct {
	mem  []byte
	at   int64
	size int
}

func newBlobs(dir string) (*blobs, error) {
	if dir == "" {
		return &blobs{}, nil
	}
	f, err := os.CreateTemp(dir, "mailtest-*")
	if err != nil {
		return nil, err
	}
	if err := os.Remove(f.Name()); err != nil {
		return nil, errors.Join(err, f.Close())
	}
	return &blobs{file: f}, nil
}

// put keeps b, which the caller must not change afterwards.
func (s *blobs) put(b []byte) (blob, error) {
	if s.file == nil {
		return blob{mem: b, size: len(b)}, nil
	}
	s.mu.Lock()
	at := s.end
	s.end += int64(len(b))
	s.mu.Unlock()
	if _, err := s.file.WriteAt(b, at); err != nil {
		return blob{}, fmt.Errorf("spool: %w", err)
	}
	return blob{at: at, size: len(b)}, nil
}

// read appends b's bytes from offset from to dst.
func (s *blobs) read(dst []byte, b blob, from int) ([]byte, error) {
	if s.file == nil {
		return append(dst, b.mem[from:]...), nil
	}
	n := len(dst)
	need := b.size - from
	if cap(dst)-n < need {
		dst = append(make([]byte, 0, n+need), dst...)
	}
	dst = dst[:n+need]
	if _, err := s.file.ReadAt(dst[n:], b.at+int64(from)); err != nil {
		return nil, fmt.Errorf("spool: %w", err)
	}
	return dst, nil
}

func (s *blobs) close() error {
	if s.file == nil {
		return nil
	}
	return s.file.Close()
}

// letter is a message as it is kept: a head written at delivery, and the rest of what was submitted, shared with the
// submission and with copies in other folders.
type letter struct {
	head []byte
	body blob
	skip int // bytes of body that head stands for
	date time.Time
}

func (l *letter) size() int { return len(l.head) + l.body.size - l.skip }

func (l *letter) raw(s *blobs) ([]byte, error) {
	return s.read(append(make([]byte, 0, l.size()), l.head...), l.body, l.skip)
}
