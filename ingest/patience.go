package ingest

import (
	"context"
	"io"
)

// pieceBytes is how much is worked on between two looks at the context: a millisecond's work or two.
const pieceBytes = 256 << 10

// patience ends work whose context has ended. A reader of foreign bytes tells it what it worked on.
type patience struct {
	ctx  context.Context
	work int // bytes since the last look
}

// spend notes work on n bytes. Its error is the context's.
func (p *patience) spend(n int) error {
	if p.work += n; p.work < pieceBytes {
		return nil
	}
	p.work = 0
	return p.ctx.Err()
}

// reader lets a library read from r only while the context lasts.
func (p *patience) reader(r io.Reader) io.Reader { return &patientReader{p, r} }

type patientReader struct {
	p *patience
	r io.Reader
}

func (r *patientReader) Read(b []byte) (int, error) {
	n, err := r.r.Read(b[:min(len(b), pieceBytes)])
	if late := r.p.spend(n); late != nil {
		return 0, late
	}
	return n, err
}
