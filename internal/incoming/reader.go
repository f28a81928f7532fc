package incoming

import (
	"context"
	"slices"
	"sync"
	"time"

	"handrail/ingest"
	"handrail/ingest/forms"
	"handrail/internal/batch"
	"handrail/internal/ledger"
	"handrail/internal/workbook"
)

// reader takes the messages of one batch apart, as many at a time as there is memory for. Each has two shares: one for its
// bytes and what they decode to, from the size that the ledger knows, and one for its workbooks and their lines, from what
// they declare. The first message waits for its shares; of the others those that get none now are read in a later round,
// when the ones before them are decided and their shares given back.
type reader struct {
	p      *Processor
	in     *batch.Claim
	done   map[int64]bool // messages that were read, or failed
	unzips map[int64]bool // messages whose zip files unpack to much more than they are
	shares batch.Reservations
	mu     sync.Mutex
}

// reading is a message that is being read.
type reading struct {
	message ledger.Message
	limits  ingest.Limits
	mails   *batch.Reservation
	books   *batch.Reservation
	parsed  *Message
	failed  error
	gone    bool // somebody else judged it meanwhile
	bare    bool // it brings no file that costs anything
}

func newReader(j *Processor, in *batch.Claim) *reader {
	return &reader{p: j, in: in, done: map[int64]bool{}, unzips: map[int64]bool{}}
}

// forget lets everything be read once more.
func (r *reader) forget() { clear(r.done) }

// release gives back what the messages of this round hold. What is still at work keeps its share.
func (r *reader) release() {
	r.shares.Release()
	r.shares = nil
}

// read takes messages apart side by side. The result, beside messages, has nil for one that is not read: it failed, as the
// hand knows, or there is no memory for it yet; again says that there are some of those.
func (r *reader) read(ctx context.Context, messages []ledger.Message) (all []*Message, again bool, err error) {
	all = make([]*Message, len(messages))
	beside := make([]*reading, len(messages))
	need := make([]int64, len(messages))
	for i, m := range messages {
		need[i] = -1
		if !r.done[m.ID] {
			beside[i] = &reading{message: m, limits: r.limitsOf(m)}
			need[i] = r.needOf(beside[i])
		}
	}
	if err := batch.Admit(ctx, r.p.engine.MailMemory(), need, func(i int, s *batch.Reservation) { beside[i].mails = r.keep(s) }); err != nil {
		return nil, false, err
	}
	if err := r.readBytes(ctx, beside); err != nil {
		return nil, false, err
	}
	r.each(ctx, beside, r.classify)
	for i, one := range beside {
		need[i] = -1
		if one != nil && one.parsed != nil {
			if n := one.parsed.filesFootprint(); n > 0 {
				need[i] = n
			} else {
				one.bare = true
			}
		}
	}
	if err := batch.Admit(ctx, r.p.engine.BookMemory(), need, func(i int, s *batch.Reservation) { beside[i].books = r.keep(s) }); err != nil {
		return nil, false, err
	}
	r.each(ctx, beside, r.readFiles)
	for i, one := range beside {
		switch {
		case one == nil:
		case one.failed != nil:
			r.done[one.message.ID] = true
			r.in.Fail(one.message.ID, one.failed)
		case one.gone:
			r.done[one.message.ID] = true
		case one.parsed != nil && (one.bare || one.books != nil):
			r.done[one.message.ID] = true
			all[i] = one.parsed
		default:
			again = true
		}
	}
	return all, again, nil
}

func (r *reader) keep(s *batch.Reservation) *batch.Reservation {
	r.shares = append(r.shares, s)
	return s
}

// limitsOf are those under which a message is parsed first: zip files that unpack to much more than they are need a larger
// share, and are seldom.
func (r *reader) limitsOf(m ledger.Message) ingest.Limits {
	box := r.p.dept.Inboxes[m.Box.Inbox]
	switch {
	case box == nil:
		return ingest.DefaultLimits()
	case r.unzips[m.ID]:
		return box.Config.Limits
	}
	return box.Config.Limits.Unzipped(m.Size)
}

// needOf is what a message may take in bytes, by its size alone.
func (r *reader) needOf(one *reading) int64 {
	n := ingest.FootprintOfSize(one.message.Size, one.limits)
	if r.unzips[one.message.ID] {
		n += one.limits.WithDefaults().DecodedBytes
	}
	return n
}

// readBytes reads the bytes of the messages that were admitted, and lowers their shares to what their parts declare.
func (r *reader) readBytes(ctx context.Context, beside []*reading) error {
	byID := map[int64]*reading{}
	var ids []int64
	for _, one := range beside {
		if one != nil && one.mails != nil {
			byID[one.message.ID] = one
			ids = append(ids, one.message.ID)
		}
	}
	var full []ledger.Message
	if err := r.p.ledger.View(ctx, func(tx *ledger.Tx) (err error) {
		full, err = tx.Messages.ToJudge(ctx, ids)
		return err
	}); err != nil {
		return err
	}
	for _, one := range byID {
		one.gone = true
	}
	for i := range full {
		one := byID[full[i].ID]
		one.message, one.gone = full[i], false
		if !r.unzips[full[i].ID] {
			one.mails.Lower(ingest.Footprint(full[i].Raw, one.limits))
		}
	}
	return nil
}

// each does one part of reading for all that may, side by side.
func (r *reader) each(ctx context.Context, beside []*reading, do func(context.Context, *reading) error) {
	work := make(chan *reading)
	var wait sync.WaitGroup
	for range min(r.p.engine.Workers(), len(beside)) {
		wait.Go(func() {
			for one := range work {
				one.failed = do(ctx, one)
			}
		})
	}
	for _, one := range beside {
		if one != nil && one.mails != nil && one.failed == nil && !one.gone {
			work <- one
		}
	}
	close(work)
	wait.Wait()
}

func (r *reader) classify(ctx context.Context, one *reading) error {
	message, limits, share := one.message, one.limits, one.mails
	h, err := batch.Within(ctx, "reading the message", r.p.deadline, func(ctx context.Context) (*Message, error) {
		defer share.Lend()()
		batch.CrashFor("hear.message", batch.Key(message.ID))
		return r.p.classify(ctx, message, limits)
	})
	if err != nil {
		return err
	}
	if h.unpacksTooLarge() && limits.DecodedBytes < r.configured(message).DecodedBytes {
		r.mu.Lock()
		defer r.mu.Unlock()
		r.unzips[message.ID] = true
		return nil // it is read in a later round, with a share of its own
	}
	one.parsed = h
	one.mails.Lower(h.bytesHeld())
	return nil
}

func (r *reader) configured(m ledger.Message) ingest.Limits {
	box := r.p.dept.Inboxes[m.Box.Inbox]
	if box == nil {
		return ingest.DefaultLimits()
	}
	return box.Config.Limits.WithDefaults()
}

func (r *reader) readFiles(ctx context.Context, one *reading) error {
	if one.parsed == nil || !one.bare && one.books == nil {
		return nil
	}
	h, mails, books := one.parsed, one.mails, one.books
	_, err := batch.Within(ctx, "reading the message", r.p.deadline, func(ctx context.Context) (struct{}, error) {
		defer mails.Lend()()
		if books != nil {
			defer books.Lend()()
		}
		return struct{}{}, r.p.readFiles(ctx, h)
	})
	if err != nil {
		return err
	}
	h.Row.Raw = nil // what is decided needs it no more
	mails.Lower(h.bytesHeld())
	if books != nil {
		books.Lower(h.booksHeld())
	}
	return nil
}

// usualDeadline is how long either part of reading one message may take. It is never the deadline of a transaction.
const usualDeadline = 30 * time.Second

// unpacksTooLarge is true for a message that was not parsed because of what it unpacks to.
func (m *Message) unpacksTooLarge() bool {
	if u := m.classified; u != nil && u.Fault != nil && u.Fault.Reason == ingest.ReasonUnpacked {
		return true
	}
	return m.Mail != nil && slices.ContainsFunc(m.Mail.Attachments, func(a ingest.Attachment) bool {
		return a.Fault != nil && a.Fault.Reason == ingest.ReasonUnpacked
	})
}

// bytesHeld is about what a message that was parsed takes.
func (m *Message) bytesHeld() int64 {
	n := int64(len(m.Row.Raw)) + 64<<10
	if m.Mail != nil {
		n += 2 * int64(len(m.Mail.Text))
		for i := range m.Mail.Attachments {
			n += int64(len(m.Mail.Attachments[i].Data))
		}
	}
	return n
}

// filesFootprint is what the message's workbooks take once they are open and read.
func (m *Message) filesFootprint() int64 {
	if m.Mail == nil || m.Inbox == nil {
		return 0
	}
	n := forms.Footprint(m.Mail, workbook.DefaultBounds(), m.Inbox.Form.MaxLines)
	for i := range m.Mail.Attachments {
		if a := &m.Mail.Attachments[i]; a.Format == workbook.Csv {
			n += int64(len(a.Data)) * perStatementByte
		}
	}
	return n
}

// booksHeld is about what the message's requests take until they are decided.
func (m *Message) booksHeld() int64 {
	var n int64
	for _, r := range m.Requests {
		n += r.Held()
	}
	for _, w := range []Work{m.Answer, m.Statement} {
		if w != nil {
			n += w.Held()
		}
	}
	return n
}

// perStatementByte is what a statement's rows take for each of its bytes.
const perStatementByte = 10
