package ledger

import (
	"context"
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"handrail/internal/request"
)

// Submissions is the purchase requests as they came in, one for each workbook, and the numbers they are known by.
type Submissions struct{ tx *Tx }

// Submission is one workbook that was judged.
type Submission struct {
	ID         int64
	Message    int64  // intake row
	Attachment Digest // of the workbook's bytes
	Sender     string // with MailID and Attachment, what makes two copies of a mail one submission
	MailID     string // Message-ID; "" when the mail has none: then only the same mail is a copy
	Year       int
	Number     int
	Requester  string // authenticated address
	Unit       string
	Language   request.Lang
	Received   request.Date
	ReceivedAt time.Time
	JudgedAt   time.Time
	Sheet      string
	FileName   string // cleaned
	Origin     json.RawMessage
	Problems   json.RawMessage // of the workbook, not of its lines
	Layout     json.RawMessage // what annotating again needs
	Policy     string          // hash
	AnsweredAt time.Time
}

// Reference is the submission's printed number.
func (s *Submission) Reference() request.Reference {
	return request.Reference{Year: s.Year, Number: s.Number}
}

func (s *Submission) dedup() Digest {
	if s.MailID == "" {
		return DigestOf(fmt.Appendf(nil, "message %d %s", s.Message, s.Attachment))
	}
	h := sha256.New()
	writePart(h, strings.ToLower(s.Sender))
	writePart(h, s.MailID)
	h.Write(s.Attachment[:])
	return Digest(h.Sum(nil))
}

// NextNumbers takes n numbers of a year and returns the first.
func (ss Submissions) NextNumbers(ctx context.Context, year, n int) (first int, err error) {
	var last int
	_, err = ss.tx.one(ctx, []any{&last}, `INSERT INTO counter (name, last) VALUES ($1, $2)
		ON CONFLICT (name) DO UPDATE SET last = counter.last + excluded.last RETURNING last`, fmt.Sprintf("HR-%04d", year), n)
	if err != nil {
		return 0, fmt.Errorf("take the next number of %d: %w", year, err)
	}
	return last - n + 1, nil
}

// NextNumber takes the next number of a year. Numbers have no gaps: what is rolled back is given back.
func (ss Submissions) NextNumber(ctx context.Context, year int) (int, error) {
	return ss.NextNumbers(ctx, year, 1)
}

// FindCopy looks for the submission that s is a copy of: the same sender, Message-ID and attachment. Ask before
// taking a number.
func (ss Submissions) FindCopy(ctx context.Context, s Submission) (found Submission, ok bool, err error) {
	d := s.dedup()
	ok, err = ss.tx.one(ctx, found.into(), "SELECT "+submissionColumns+" FROM submission s WHERE s.dedup = $1 OR (s.message = $2 AND s.attachment = $3)",
		d.bytes(), s.Message, s.Attachment.bytes())
	if err != nil {
		return Submission{}, false, fmt.Errorf("look for a copy of the submission: %w", err)
	}
	return found, ok, nil
}

// Add adds a submission and returns its id; id is 0 when the ledger holds a copy of it already. It needs
// Decide. JudgedAt is now.
func (ss Submissions) Add(ctx context.Context, now time.Time, s Submission) (id int64, err error) {
	if !ss.tx.deciding {
		return 0, errNotDeciding
	}
	dedup := s.dedup()
	_, err = ss.tx.one(ctx, []any{&id}, `INSERT INTO submission (message, attachment, dedup, year, number, requester, unit, language,
		received, received_at, judged_at, sheet, file_name, origin, problems, layout, policy)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17)
		ON CONFLICT DO NOTHING RETURNING id`,
		s.Message, s.Attachment.bytes(), dedup.bytes(), s.Year, s.Number, s.Requester, s.Unit, string(s.Language), s.Received.String(),
		micros(s.ReceivedAt), micros(now), s.Sheet, s.FileName, jsonText(s.Origin), jsonText(s.Problems), jsonText(s.Layout), s.Policy)
	if err != nil {
		return 0, fmt.Errorf("add submission %s: %w", s.Reference(), err)
	}
	return id, nil
}

const submissionColumns = `s.id, s.message, s.attachment, s.year, s.number, s.requester, s.unit, s.language, s.received, s.received_at,
	s.judged_at, s.sheet, s.file_name, s.origin, s.problems, s.layout, s.policy, s.answered_at`

func (s *Submission) into() []any {
	return []any{&s.ID, &s.Message, &s.Attachment, &s.Year, &s.Number, &s.Requester, &s.Unit, &s.Language, day{&s.Received},
		instant{&s.ReceivedAt}, instant{&s.JudgedAt}, &s.Sheet, &s.FileName, rawJSON{&s.Origin}, rawJSON{&s.Problems},
		rawJSON{&s.Layout}, &s.Policy, instant{&s.AnsweredAt}}
}

// ByID reads submissions by id, oldest first.
func (ss Submissions) ByID(ctx context.Context, ids []int64) ([]Submission, error) {
	var out []Submission
	err := eachIn(ctx, ss.tx, "SELECT "+submissionColumns+" FROM submission s WHERE s.id IN (%IN%) ORDER BY s.id", nil, ids,
		func(scan func(...any) error) error {
			var s Submission
			if err := scan(s.into()...); err != nil {
				return err
			}
			out = append(out, s)
			return nil
		})
	if err != nil {
		return nil, fmt.Errorf("read submissions: %w", err)
	}
	return out, nil
}

// Attachments are the workbooks of one mail that were requests.
func (ss Submissions) Attachments(ctx context.Context, message int64) (out []Digest, err error) {
	err = ss.tx.each(ctx, func(scan func(...any) error) error {
		var d Digest
		err := scan(&d)
		out = append(out, d)
		return err
	}, "SELECT s.attachment FROM submission s WHERE s.message = $1", message)
	if err != nil {
		return nil, fmt.Errorf("read the workbooks of mail %d: %w", message, err)
	}
	return out, nil
}

// WithLines are the submissions that lines belong to, oldest first.
func (ss Submissions) WithLines(ctx context.Context, lines []int64) ([]int64, error) {
	set := map[int64]bool{}
	err := eachIn(ctx, ss.tx, "SELECT DISTINCT l.submission FROM line l WHERE l.id IN (%IN%)", nil, lines, func(scan func(...any) error) error {
		var id int64
		err := scan(&id)
		set[id] = true
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("look for the submissions of lines: %w", err)
	}
	return slices.Sorted(maps.Keys(set)), nil
}

// Waiting are those of submissions of which a line waits for an officer.
func (ss Submissions) Waiting(ctx context.Context, ids []int64) (waiting []int64, err error) {
	err = eachIn(ctx, ss.tx, "SELECT DISTINCT l.submission FROM line l WHERE l.outcome = 'escalated' AND l.submission IN (%IN%)", nil, ids,
		func(scan func(...any) error) error {
			var id int64
			err := scan(&id)
			waiting = append(waiting, id)
			return err
		})
	if err != nil {
		return nil, fmt.Errorf("look for submissions that wait: %w", err)
	}
	return waiting, nil
}

// ByReference finds a submission by its number; the line in r does not count.
func (ss Submissions) ByReference(ctx context.Context, r request.Reference) (s Submission, found bool, err error) {
	found, err = ss.tx.one(ctx, s.into(), "SELECT "+submissionColumns+" FROM submission s WHERE s.year = $1 AND s.number = $2", r.Year, r.Number)
	if err != nil {
		return Submission{}, false, fmt.Errorf("read submission %s: %w", r, err)
	}
	return s, found, nil
}
