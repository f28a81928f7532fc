package batch

import (
	"context"

	"handrail/ingest"
	"handrail/ingest/forms"
)

// memoryPools is all the memory that the job's work may have in hand, in two parts that are taken in this order: the bytes of
// mails, then what is read from them. Who holds a share of the second never waits for one of the first, and no batch waits
// for a share while it holds one of the same part, so that nobody can wait for each other.
type memoryPools struct {
	mails *Memory // messages as they came and what they are decoded to, batches that are fetched, mails on their way out
	books *Memory // open workbooks, their lines, case files with their answers, weeks
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

func poolBytes(limits ingest.Limits, maxLines int) (mails, books int64) {
	limits = limits.WithDefaults()
	if maxLines <= 0 {
		maxLines = forms.DefaultMaxLines
	}
	return max(leastOfMails, int64(float64(limits.MessageBytes)*mailsPerByte)), max(leastOfBooks, int64(maxLines)*booksPerLine)
}

// MemoryNeed is the most memory that a job takes under limits, in bytes: what its unit must allow. Soft is where the collector
// begins to work harder.
func MemoryNeed(limits ingest.Limits, maxLines int) (soft, most int64) {
	mails, books := poolBytes(limits, maxLines)
	// A case file that is larger than its part is admitted alone.
	alone := max(books, int64(maxLines)*PerCaseLine)
	return softLimit(mails, books), softLimit(mails, alone) + besideTheRest
}

// SoftLimit is where the collector begins to work harder for this job.
func (j *Job) SoftLimit() int64 { return softLimit(j.memory.mails.total, j.memory.books.total) }

func softLimit(mails, books int64) int64 {
	return int64(float64(mails+books)*garbageForEach) + besideTheRest/2
}

// memoryFor is the memory of a job with these inboxes: what the largest of them needs.
func memoryFor(inboxes []InboxOptions) (memoryPools, error) {
	var mails, books int64
	for _, i := range inboxes {
		m, b := poolBytes(i.Config.Limits, i.MaxLines)
		mails, books = max(mails, m), max(books, b)
	}
	var r memoryPools
	var err error
	if r.mails, err = newMemory(mails); err != nil {
		return r, err
	}
	r.books, err = newMemory(books)
	return r, err
}

const perSentByte = 2 // a mail on its way out; a copy for Sent is held once

const perFetchedByte = 2 // a batch as the server gave it, and as the ledger takes it

// PerCaseLine is what a line of a case takes, with what the mails and the workbook say about it.
const PerCaseLine = 5 << 10

// bytesOf is what the rows of a batch weigh together.
func (c *Claim) bytesOf() (sum, largest int64) {
	for _, r := range c.rows {
		sum += r.Bytes
		largest = max(largest, r.Bytes)
	}
	return sum, largest
}

// Reservations are several that are released together.
type Reservations []*Reservation

// Reserve waits for one more.
func (s Reservations) Reserve(ctx context.Context, m *Memory, n int64) (Reservations, error) {
	one, err := m.Reserve(ctx, n)
	if err != nil {
		return s, err
	}
	return append(s, one), nil
}

// Release gives all of them back.
func (s Reservations) Release() {
	for _, one := range s {
		one.Release()
	}
}

// Lend keeps all of them for who goes on after they were released: see Reservation.Lend.
func (s Reservations) Lend() (back func()) {
	var all []func()
	for _, one := range s {
		all = append(all, one.Lend())
	}
	return func() {
		for _, back := range all {
			back()
		}
	}
}

// Admit takes shares for those that need one, in their order: the first waits for it, the others have theirs only if it is
// there now. Nobody may hold a share of this part.
func Admit(ctx context.Context, m *Memory, need []int64, got func(i int, s *Reservation)) error {
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
		s, err := m.Reserve(ctx, n)
		if err != nil {
			return err
		}
		first = false
		got(i, s)
	}
	return nil
}
