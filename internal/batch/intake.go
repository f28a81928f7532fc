package batch

import (
	"context"
	"slices"
	"sync"
	"time"

	"handrail/ingest"
	"handrail/ingest/forms"
	"handrail/internal/ledger"
	"handrail/internal/workbook"
)

// intake takes the messages of one batch apart, as many at a time as there is memory for. Each has two shares: one for its
// bytes and what they decode to, from the size that the ledger knows, and one for its workbooks and their lines, from what
// they declare. The first message waits for its shares; of the others those that get none now are read in a later round,
// when the ones before them are decided and their shares given back.
type intake struct {
	j      *Job
	in     *hand
	done   map[int64]bool // messages that were read, or failed
	unzips map[int64]bool // messages whose zip files unpack to much more than they are
	shares shares
	mu     sync.Mutex
}

// oneRead is a message that is being read.
type oneRead struct {
	message ledger.Message
	limits  ingest.Limits
	mails   *share
	books   *share
	heard   *heard
	failed  error
	gone    bool // somebody else judged it meanwhile
	bare    bool // it brings no file that costs anything
}

func newIntake(j *Job, in *hand) *intake {
	return &intake{j: j, in: in, done: map[int64]bool{}, unzips: map[int64]bool{}}
}

// forget lets everything be read once more.
func (r *intake) forget() { clear(r.done) }

// release gives back what the messages of this round hold. What is still at work keeps its share.
func (r *intake) release() {
	r.shares.release()
	r.shares = nil
}

// read takes messages apart side by side. The result, beside messages, has nil for one that is not read: it failed, as the
// hand knows, or there is no memory for it yet; again says that there are some of those.
func (r *intake) read(ctx context.Context, messages []ledger.Message) (all []*heard, again bool, err error) {
	all = make([]*heard, len(messages))
	beside := make([]*oneRead, len(messages))
	need := make([]int64, len(messages))
	for i, m := range messages {
		need[i] = -1
		if !r.done[m.ID] {
			beside[i] = &oneRead{message: m, limits: r.limitsOf(m)}
			need[i] = r.needOf(beside[i])
		}
	}
	if err := admit(ctx, r.j.room.mails, need, func(i int, s *share) { beside[i].mails = r.keep(s) }); err != nil {
		return nil, false, err
	}
	if err := r.readBytes(ctx, beside); err != nil {
		return nil, false, err
	}
	r.each(ctx, beside, r.takeApart)
	for i, one := range beside {
		need[i] = -1
		if one != nil && one.heard != nil {
			if n := one.heard.filesFootprint(); n > 0 {
				need[i] = n
			} else {
				one.bare = true
			}
		}
	}
	if err := admit(ctx, r.j.room.books, need, func(i int, s *share) { beside[i].books = r.keep(s) }); err != nil {
		return nil, false, err
	}
	r.each(ctx, beside, r.readFiles)
	for i, one := range beside {
		switch {
		case one == nil:
		case one.failed != nil:
			r.done[one.message.ID] = true
			r.in.fail(one.message.ID, one.failed)
		case one.gone:
			r.done[one.message.ID] = true
		case one.heard != nil && (one.bare || one.books != nil):
			r.done[one.message.ID] = true
			all[i] = one.heard
		default:
			again = true
		}
	}
	return all, again, nil
}

func (r *intake) keep(s *share) *share {
	r.shares = append(r.shares, s)
	return s
}

// limitsOf are those under which a message is parsed first: zip files that unpack to much more than they are need a larger
// share, and are seldom.
func (r *intake) limitsOf(m ledger.Message) ingest.Limits {
	box := r.j.inboxes[m.Box.Inbox]
	switch {
	case box == nil:
		return ingest.DefaultLimits()
	case r.unzips[m.ID]:
		return box.Config.Limits
	}
	return box.Config.Limits.Unzipped(m.Size)
}

// needOf is what a message may take in bytes, by its size alone.
func (r *intake) needOf(one *oneRead) int64 {
	n := ingest.FootprintOfSize(one.message.Size, one.limits)
	if r.unzips[one.message.ID] {
		n += one.limits.WithDefaults().DecodedBytes
	}
	return n
}

// readBytes reads the bytes of the messages that were admitted, and lowers their shares to what their parts declare.
func (r *intake) readBytes(ctx context.Context, beside []*oneRead) error {
	byID := map[int64]*oneRead{}
	var ids []int64
	for _, one := range beside {
		if one != nil && one.mails != nil {
			byID[one.message.ID] = one
			ids = append(ids, one.message.ID)
		}
	}
	var full []ledger.Message
	if err := r.j.o.Ledger.View(ctx, func(tx *ledger.Tx) (err error) {
		full, err = tx.MessagesToJudge(ctx, ids)
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
			one.mails.lower(ingest.Footprint(full[i].Raw, one.limits))
		}
	}
	return nil
}

// each does one part of reading for all that may, side by side.
func (r *intake) each(ctx context.Context, beside []*oneRead, do func(context.Context, *oneRead) error) {
	work := make(chan *oneRead)
	var wait sync.WaitGroup
	for range min(r.j.workers(), len(beside)) {
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

func (r *intake) takeApart(ctx context.Context, one *oneRead) error {
	message, limits, share := one.message, one.limits, one.mails
	h, err := within(ctx, "reading the message", r.j.o.MessageDeadline, func(ctx context.Context) (*heard, error) {
		defer share.lend()()
		crashFor("hear.message", keyOf(message.ID))
		return r.j.takeApart(ctx, message, limits)
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
	one.heard = h
	one.mails.lower(h.bytesHeld())
	return nil
}

func (r *intake) configured(m ledger.Message) ingest.Limits {
	box := r.j.inboxes[m.Box.Inbox]
	if box == nil {
		return ingest.DefaultLimits()
	}
	return box.Config.Limits.WithDefaults()
}

func (r *intake) readFiles(ctx context.Context, one *oneRead) error {
	if one.heard == nil || !one.bare && one.books == nil {
		return nil
	}
	h, mails, books := one.heard, one.mails, one.books
	_, err := within(ctx, "reading the message", r.j.o.MessageDeadline, func(ctx context.Context) (struct{}, error) {
		defer mails.lend()()
		if books != nil {
			defer books.lend()()
		}
		return struct{}{}, r.j.readFiles(ctx, h)
	})
	if err != nil {
		return err
	}
	h.message.Raw = nil // what is decided needs it no more
	mails.lower(h.bytesHeld())
	if books != nil {
		books.lower(h.booksHeld())
	}
	return nil
}

// messageDeadline is how long either part of reading one message may take. It is never the deadline of a transaction.
const messageDeadline = 30 * time.Second

// unpacksTooLarge holds for a message that was not parsed because of what it unpacks to.
func (h *heard) unpacksTooLarge() bool {
	if u := h.understood; u != nil && u.Fault != nil && u.Fault.Reason == ingest.ReasonUnpacked {
		return true
	}
	return h.mail != nil && slices.ContainsFunc(h.mail.Attachments, func(a ingest.Attachment) bool {
		return a.Fault != nil && a.Fault.Reason == ingest.ReasonUnpacked
	})
}

// bytesHeld is about what a message that was parsed takes.
func (h *heard) bytesHeld() int64 {
	n := int64(len(h.message.Raw)) + 64<<10
	if h.mail != nil {
		n += 2 * int64(len(h.mail.Text))
		for i := range h.mail.Attachments {
			n += int64(len(h.mail.Attachments[i].Data))
		}
	}
	return n
}

// filesFootprint is what the message's workbooks take once they are open and read.
func (h *heard) filesFootprint() int64 {
	if h.mail == nil || h.box == nil {
		return 0
	}
	n := forms.Footprint(h.mail, workbook.DefaultBounds(), h.box.Form.MaxLines)
	for i := range h.mail.Attachments {
		if a := &h.mail.Attachments[i]; a.Format == workbook.Csv {
			n += int64(len(a.Data)) * perStatementByte
		}
	}
	return n
}

// booksHeld is about what the message's requests take until they are decided.
func (h *heard) booksHeld() int64 {
	var n int64
	for i := range h.requests {
		r := &h.requests[i]
		const besideLine = 1 << 10 // what is recorded of a line, without its facts
		n += 2*r.form.Lines.Size() + int64(r.form.Lines.Len())*besideLine + r.book.Size()
	}
	if h.statement != nil {
		for i := range h.statement.files {
			n += int64(len(h.statement.files[i].rows)) * perLedgerCharge
		}
	}
	return n
}
