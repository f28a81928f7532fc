package ledger

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"time"

	"handrail/internal/request"
)

// Escalations is what officers are asked: the open questions with their codes, tokens and reminders.
type Escalations struct{ tx *Tx }

// EscalationState is where an escalation stands.
type EscalationState string

// The states of an escalation (docs/design.md#states).
const (
	EscalationOpen    EscalationState = "open"
	EscalationAsked   EscalationState = "asked" // a question lies with the requester
	EscalationDecided EscalationState = "decided"
	// EscalationExpired: another code was mailed over its lines. It still decides, for its officer and where a line is what it was.
	EscalationExpired  EscalationState = "expired"
	EscalationRerouted EscalationState = "rerouted" // taken from its officer, for somebody else under a code of their own
	EscalationVoid     EscalationState = "void"
)

// Waits reports whether the officer is asked by it.
func (s EscalationState) Waits() bool { return s == EscalationOpen || s == EscalationAsked }

// Decides reports whether an answer to it counts: it was not taken from its officer, and lines of it may still wait.
func (s EscalationState) Decides() bool { return s.Waits() || s == EscalationExpired }

// Escalation is what one officer was asked in one mail, under one code.
type Escalation struct {
	ID         int64
	Code       string // unguessable
	Officer    string // the address that may answer
	InsteadOf  string // the officer that a backup stands in for; "" none
	Kind       EscalationKind
	Submission int64 // 0 for a digest over several
	State      EscalationState
	OpenedAt   time.Time
	AskedAt    time.Time // since when its officer is asked about its lines, with the codes before it; zero when it is added: now
	NextAt     time.Time // of the next reminder; zero when nothing more is due
	ExpiresAt  time.Time // when another code is mailed
	Reminders  int
	ClosedAt   time.Time
	Detail     json.RawMessage
	Tokens     []Token
	// Undelivered is the mail to the officer that was refused, while what waits is to go to somebody else; 0: they can be reached.
	Undelivered int64
}

// EscalationKind is what a code is for.
type EscalationKind string

// The kinds.
const (
	DecisionCode     EscalationKind = "decision"     // an officer decides with it
	ReceiptCode      EscalationKind = "receipt"      // an officer takes a decision back with it
	ConfirmationCode EscalationKind = "confirmation" // a section 32 manager confirms with it
	// ToldCode: a section 32 manager who was told says NO with it. Nothing waits for it: it is added as expired, so that nobody is
	// reminded, and its lines lie with whoever else is asked.
	ToldCode EscalationKind = "told"
)

// Token allows one officer to decide one line as it was when the mail was written.
type Token struct {
	Line       int64
	Ordinal    int    // the number of the line in that mail
	Digest     Digest // of the line's amount and content
	ConsumedAt time.Time
	ConsumedBy int64 // intake row of the answer

	Reference string // below: read only, of the line
	Outcome   request.Outcome
	Current   Digest // the line's digest now
}

// Open reports whether nobody has decided the token's line.
func (t *Token) Open() bool { return t.ConsumedAt.IsZero() && t.Outcome == request.Escalated }

// Add opens escalations with their tokens and returns their ids in order.
func (es Escalations) Add(ctx context.Context, now time.Time, list []Escalation) ([]int64, error) {
	const width = 11
	flat := make([]any, 0, width*len(list))
	where := map[string]int{}
	for i, e := range list {
		where[e.Code] = i
		if e.AskedAt.IsZero() {
			e.AskedAt = now
		}
		flat = append(flat, e.Code, e.Officer, e.InsteadOf, optional(e.Submission), string(stateOfNew(&e)), micros(now), micros(e.NextAt),
			micros(e.ExpiresAt), jsonText(e.Detail), string(cmp.Or(e.Kind, DecisionCode)), micros(e.AskedAt))
	}
	ids := make([]int64, len(list))
	_, err := es.tx.insert(ctx, insertion{"INSERT INTO escalation (code, officer, instead_of, submission, state, opened_at, next_at, expires_at, detail, kind, asked_at)",
		width, "RETURNING id, code"}, flat, func(scan func(...any) error) error {
		var id int64
		var code string
		err := scan(&id, &code)
		ids[where[code]] = id
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("open escalations: %w", err)
	}
	flat = flat[:0]
	for i, e := range list {
		for _, t := range e.Tokens {
			flat = append(flat, ids[i], t.Line, t.Ordinal, t.Digest.bytes())
		}
	}
	if _, err := es.tx.insert(ctx, insertion{"INSERT INTO token (escalation, line, ordinal, digest)", 4, ""}, flat, nil); err != nil {
		return nil, fmt.Errorf("make tokens: %w", err)
	}
	return ids, nil
}

// stateOfNew is how an escalation begins.
func stateOfNew(e *Escalation) EscalationState {
	if e.Kind == ToldCode {
		return EscalationExpired
	}
	return EscalationOpen
}

const escalationColumns = `e.id, e.code, e.officer, e.instead_of, e.submission, e.state, e.opened_at, e.next_at, e.expires_at, e.reminders,
	e.closed_at, e.detail, e.kind, e.asked_at, e.undelivered`

func (e *Escalation) into() []any {
	return []any{&e.ID, &e.Code, &e.Officer, &e.InsteadOf, number{&e.Submission}, &e.State, instant{&e.OpenedAt}, instant{&e.NextAt},
		instant{&e.ExpiresAt}, &e.Reminders, instant{&e.ClosedAt}, rawJSON{&e.Detail}, &e.Kind, instant{&e.AskedAt}, number{&e.Undelivered}}
}

// ByCode finds an escalation with its tokens; found is false when the code is not ours.
func (es Escalations) ByCode(ctx context.Context, code string) (e Escalation, found bool, err error) {
	list, err := es.list(ctx, "e.code = $1", code)
	if err != nil || len(list) == 0 {
		return Escalation{}, false, err
	}
	return list[0], true, nil
}

// ByID reads escalations with their tokens by id, oldest first.
func (es Escalations) ByID(ctx context.Context, ids []int64) ([]Escalation, error) {
	var out []Escalation
	err := eachIn(ctx, es.tx, "SELECT "+escalationColumns+" FROM escalation e WHERE e.id IN (%IN%) ORDER BY e.id", nil, ids, escalationVisitor(&out))
	if err != nil {
		return nil, fmt.Errorf("read escalations: %w", err)
	}
	return out, es.readTokens(ctx, out)
}

// OfSubmission lists the escalations of a submission, oldest first, with their tokens.
func (es Escalations) OfSubmission(ctx context.Context, submission int64) ([]Escalation, error) {
	return es.list(ctx, escalationsOf, submission)
}

const escalationsOf = "e.submission = $1 OR e.id IN (SELECT t.escalation FROM token t JOIN line l ON l.id = t.line WHERE l.submission = $1)"

// Open lists what lies with an officer, oldest first, with tokens.
func (es Escalations) Open(ctx context.Context, officer string) ([]Escalation, error) {
	return es.list(ctx, "e.officer = $1 AND e.state IN ('open', 'asked')", officer)
}

func (es Escalations) list(ctx context.Context, where string, args ...any) ([]Escalation, error) {
	var out []Escalation
	if err := es.tx.each(ctx, escalationVisitor(&out), "SELECT "+escalationColumns+" FROM escalation e WHERE "+where+" ORDER BY e.id", args...); err != nil {
		return nil, fmt.Errorf("read escalations: %w", err)
	}
	return out, es.readTokens(ctx, out)
}

func escalationVisitor(out *[]Escalation) func(func(...any) error) error {
	return func(scan func(...any) error) error {
		var e Escalation
		if err := scan(e.into()...); err != nil {
			return err
		}
		*out = append(*out, e)
		return nil
	}
}

// readTokens gives escalations their tokens.
func (es Escalations) readTokens(ctx context.Context, list []Escalation) error {
	ids := make([]int64, len(list))
	index := make(map[int64]int, len(list))
	for i := range list {
		ids[i] = list[i].ID
		index[list[i].ID] = i
	}
	err := eachIn(ctx, es.tx, `SELECT t.escalation, t.line, t.ordinal, t.digest, t.consumed_at, t.consumed_by, l.reference, l.outcome, l.digest
		FROM token t JOIN line l ON l.id = t.line WHERE t.escalation IN (%IN%) ORDER BY t.escalation, t.ordinal`, nil, ids,
		func(scan func(...any) error) error {
			var id int64
			var t Token
			if err := scan(&id, &t.Line, &t.Ordinal, &t.Digest, instant{&t.ConsumedAt}, number{&t.ConsumedBy}, &t.Reference, &t.Outcome, &t.Current); err != nil {
				return err
			}
			e := &list[index[id]]
			e.Tokens = append(e.Tokens, t)
			return nil
		})
	if err != nil {
		return fmt.Errorf("read tokens: %w", err)
	}
	return nil
}

// ConsumeToken takes the token of one line. It wins once, while the escalation was not taken from its officer, and the line
// still waits and is what it was when the token was made. It needs Decide.
func (es Escalations) ConsumeToken(ctx context.Context, now time.Time, escalation, line, answer int64) (won bool, err error) {
	if !es.tx.deciding {
		return false, errNotDeciding
	}
	won, err = es.tx.won(ctx, `UPDATE token SET consumed_at = $1, consumed_by = $2 WHERE escalation = $3 AND line = $4 AND consumed_at IS NULL
		AND EXISTS (SELECT 1 FROM escalation e WHERE e.id = token.escalation AND e.state IN ('open', 'asked', 'expired'))
		AND EXISTS (SELECT 1 FROM line l WHERE l.id = token.line AND l.outcome = 'escalated' AND l.digest = token.digest)`,
		micros(now), optional(answer), escalation, line)
	if err != nil {
		return false, fmt.Errorf("take a token: %w", err)
	}
	return won, nil
}

// RenewTokens gives taken tokens back, for an answer that was undone while it was held.
func (es Escalations) RenewTokens(ctx context.Context, escalation int64, lines []int64) error {
	if !es.tx.deciding {
		return errNotDeciding
	}
	n, err := execIn(ctx, es.tx, `UPDATE token SET consumed_at = NULL, consumed_by = NULL WHERE escalation = $1
		AND consumed_at IS NOT NULL AND line IN (%IN%)`, []any{escalation}, lines)
	if err == nil && n > 0 {
		_, err = es.tx.exec(ctx, "UPDATE escalation SET state = 'open', closed_at = NULL WHERE id = $1 AND state = 'decided'", escalation)
	}
	if err != nil {
		return fmt.Errorf("give tokens back: %w", err)
	}
	return nil
}

// escalationMoves is the table in docs/design.md#states; void is also where an escalation goes whose lines were withdrawn or replaced.
var escalationMoves = map[EscalationState][]EscalationState{
	EscalationOpen:  {EscalationAsked, EscalationDecided, EscalationExpired, EscalationRerouted, EscalationVoid},
	EscalationAsked: {EscalationOpen, EscalationDecided, EscalationExpired, EscalationRerouted, EscalationVoid},
}

// Move changes an escalation's state if it still stands in from.
func (es Escalations) Move(ctx context.Context, now time.Time, id int64, from, to EscalationState) (won bool, err error) {
	ok := false
	for _, s := range escalationMoves[from] {
		ok = ok || s == to
	}
	if !ok {
		return false, fmt.Errorf("escalation %d: nothing goes from %s to %s", id, from, to)
	}
	var closed any
	if !to.Waits() {
		closed = micros(now)
	}
	won, err = es.tx.won(ctx, "UPDATE escalation SET state = $1, closed_at = $2 WHERE id = $3 AND state = $4",
		string(to), closed, id, string(from))
	if err != nil {
		return false, fmt.Errorf("move escalation %d: %w", id, err)
	}
	return won, nil
}

// Close moves those open and asked escalations over the lines none of whose lines waits any more to decided,
// when one of their tokens was taken, and to void otherwise. Call it after moving the lines.
func (es Escalations) Close(ctx context.Context, now time.Time, lines []int64) (int64, error) {
	var over []int64 // each is looked at once, however many of the lines it is over
	err := eachIn(ctx, es.tx, `SELECT DISTINCT t.escalation FROM token t JOIN escalation e ON e.id = t.escalation
		WHERE e.state IN ('open', 'asked') AND t.line IN (%IN%)`, nil, lines, func(scan func(...any) error) error {
		var id int64
		err := scan(&id)
		over = append(over, id)
		return err
	})
	if err != nil {
		return 0, fmt.Errorf("look for escalations to close: %w", err)
	}
	n, err := execIn(ctx, es.tx, `UPDATE escalation SET closed_at = $1,
		state = CASE WHEN EXISTS (SELECT 1 FROM token t WHERE t.escalation = escalation.id AND t.consumed_at IS NOT NULL) THEN 'decided' ELSE 'void' END
		WHERE state IN ('open', 'asked') AND NOT EXISTS (SELECT 1 FROM token t JOIN line l ON l.id = t.line
			WHERE t.escalation = escalation.id AND t.consumed_at IS NULL AND l.outcome = 'escalated' AND l.digest = t.digest)
		AND id IN (%IN%)`, []any{micros(now)}, over)
	if err != nil {
		return 0, fmt.Errorf("close escalations: %w", err)
	}
	return n, nil
}
