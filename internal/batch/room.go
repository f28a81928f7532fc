package batch

import (
	"context"

	"handrail/ingest"
	"handrail/ingest/forms"
	"handrail/internal/ledger"
	"handrail/internal/request"
	"handrail/internal/workbook"
)

// room is all the memory that the job's work may have in hand, in two parts that are taken in this order: the bytes of
// mails, then what is read from them. Who holds a share of the second never waits for one of the first, and no batch waits
// for a share while it holds one of the same part, so that nobody can wait for each other.
type room struct {
	mails *memory // messages as they came and what they are decoded to, batches that are fetched, mails on their way out
	books *memory // open workbooks, their lines, case files with their answers, weeks
}

// What the parts are, at least, and beyond that by the configuration: a mail of the largest size with what it is decoded to
// beside a batch that is fetched, and a form of the most lines with its answer.
const (
	leastOfMails   = 32 << 20
	leastOfBooks   = 48 << 20
	mailsPerByte   = 2.5
	booksPerLine   = 2 << 10
	besideTheRest  = 96 << 20 // the program itself, policies, SQLite's pages, connections, workbooks kept for their answers
	garbageForEach = 1.35     // what the collector has not taken back yet, with the soft limit that run sets
)

func roomBytes(limits ingest.Limits, maxLines int) (mails, books int64) {
	limits = limits.WithDefaults()
	if maxLines <= 0 {
		maxLines = forms.DefaultMaxLines
	}
	return max(leastOfMails, int64(float64(limits.MessageBytes)*mailsPerByte)), max(leastOfBooks, int64(maxLines)*booksPerLine)
}

// MemoryNeed is the most memory that a job takes under limits, in bytes: what its unit must allow. Soft is where the collector
// begins to work harder.
func MemoryNeed(limits ingest.Limits, maxLines int) (soft, most int64) {
	mails, books := roomBytes(limits, maxLines)
	// A case file that is larger than its part is admitted alone.
	alone := max(books, int64(maxLines)*perCaseLine)
	return softLimit(mails, books), softLimit(mails, alone) + besideTheRest
}

// SoftLimit is where the collector begins to work harder for this job.
func (j *Job) SoftLimit() int64 { return softLimit(j.room.mails.total, j.room.books.total) }

func softLimit(mails, books int64) int64 {
	return int64(float64(mails+books)*garbageForEach) + besideTheRest/2
}

// roomFor is the room of a job with these inboxes: what the largest of them needs.
func roomFor(inboxes []InboxOptions) (room, error) {
	var mails, books int64
	for _, i := range inboxes {
		m, b := roomBytes(i.Config.Limits, i.Form.MaxLines)
		mails, books = max(mails, m), max(books, b)
	}
	var r room
	var err error
	if r.mails, err = newMemory(mails); err != nil {
		return r, err
	}
	r.books, err = newMemory(books)
	return r, err
}

// What one thing in hand takes, as multiples of the bytes that it declares.
const (
	perSentByte    = 2       // a mail on its way out; a copy for Sent is held once
	perFetchedByte = 2       // a batch as the server gave it, and as the ledger takes it
	perAnswerByte  = 4       // a workbook, what is written into it, and the mail around that
	perCaseLine    = 5 << 10 // a line of a case file with what the mails and the workbook say about it
	perReportLine  = 4 << 10

	perStatementByte = 10 // a statement's rows
	perLedgerCharge  = 1 << 10
)

// bytesOf is what the rows of a batch weigh together.
func (h *hand) bytesOf() (sum, largest int64) {
	for _, r := range h.rows {
		sum += r.Bytes
		largest = max(largest, r.Bytes)
	}
	return sum, largest
}

// roomToAnswer waits for the shares that some answers need: of the bytes of their workbooks, and of what these declare with
// their lines. Answers about one submission each count, because each writes about its lines.
func (j *Job) roomToAnswer(ctx context.Context, all []made, weights map[int64]ledger.CaseWeight) (held shares, err error) {
	var bytes, lines int64
	books := map[ledger.Digest]int64{}
	for i := range all {
		if w, ok := weights[all[i].owed.Submission]; ok {
			bytes += w.Bytes * perAnswerByte
			lines += w.Lines * perCaseLine
			books[w.Attachment] = w.Bytes
		}
	}
	if bytes+lines == 0 {
		return nil, nil
	}
	if held, err = held.reserve(ctx, j.room.mails, bytes); err != nil {
		return held, err
	}
	open, err := j.declaredBy(ctx, books)
	if err != nil {
		return held, err
	}
	return held.reserve(ctx, j.room.books, lines+open)
}

// declaredBy is the most that workbooks take while they are open. A small one is not read for that.
func (j *Job) declaredBy(ctx context.Context, books map[ledger.Digest]int64) (sum int64, err error) {
	const small, perSmallByte = 64 << 10, 12 // of text that packs well
	for digest, size := range books {
		if size <= small {
			sum += size * perSmallByte
			continue
		}
		if err := j.o.Ledger.View(ctx, func(tx *ledger.Tx) error {
			data, err := tx.Bytes(ctx, digest)
			if d, unreadable := workbook.Declared(data, workbook.DefaultBounds()); unreadable == nil {
				sum += forms.OpenFootprint(d)
			}
			return err
		}); err != nil {
			return 0, err
		}
	}
	return sum, nil
}

// shares are several that are released together.
type shares []*share

func (s shares) reserve(ctx context.Context, m *memory, n int64) (shares, error) {
	one, err := m.reserve(ctx, n)
	if err != nil {
		return s, err
	}
	return append(s, one), nil
}

func (s shares) release() {
	for _, one := range s {
		one.release()
	}
}

func (s shares) lend() (back func()) {
	var all []func()
	for _, one := range s {
		all = append(all, one.lend())
	}
	return func() {
		for _, back := range all {
			back()
		}
	}
}

// admit takes shares for those that need one, in their order: the first waits for it, the others have theirs only if it is
// there now. Nobody may hold a share of this part.
func admit(ctx context.Context, m *memory, need []int64, got func(i int, s *share)) error {
	first := true
	for i, n := range need {
		if n < 0 {
			continue // it needs none
		}
		if !first {
			if s := m.try(n); s != nil {
				got(i, s)
			}
			continue
		}
		s, err := m.reserve(ctx, n)
		if err != nil {
			return err
		}
		first = false
		got(i, s)
	}
	return nil
}

// roomForWeek waits for the share that a report needs: its lines, and those since the fiscal year began, which its budgets and
// charges look at.
func (j *Job) roomForWeek(ctx context.Context, d dueReport) (*share, error) {
	lines := 0
	if err := j.o.Ledger.View(ctx, func(tx *ledger.Tx) (err error) {
		lines, err = tx.CountDecided(ctx, d.to, request.DateOf(d.from.In(j.zone)).AddDays(-366))
		return err
	}); err != nil {
		return nil, err
	}
	return j.room.books.reserve(ctx, int64(lines)*perReportLine)
}
