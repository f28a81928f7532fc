package notify

import (
	"time"

	"handrail/internal/mailserver"
)

// ServerError is the trouble a mail server gives.
type ServerError = mailserver.Error

// Outgoing is one mail on its way: finished bytes and one recipient.
type Outgoing struct {
	From string // envelope sender, a bare address; "" sends as nobody, for what must not bounce
	To   string // the one recipient, a bare address
	Raw  []byte // sent as it is; lines end in CRLF
	// Attempt is how often this mail was tried before; it stretches RetryAfter.
	Attempt int
}

// FateState is what became of a mail.
type FateState string

// The fates.
const (
	// Accepted: the server has taken responsibility.
	Accepted FateState = "accepted"
	// Refused: the server said no for good, or no server could take these bytes. Trying again makes no sense.
	Refused FateState = "refused"
	// Deferred: nothing was delivered. A later try may succeed.
	Deferred FateState = "deferred"
	// Unknown: the bytes were given, and the answer was lost. The mail may have been delivered (RFC 1047). Send the same
	// bytes with the same Message-ID again: never zero copies, at most one extra for each cut.
	Unknown FateState = "unknown"
)

// Fate is what became of a mail in one Send.
type Fate struct {
	State FateState
	// Words are the server's, with its code, or what happened on the way, in one line.
	Words string
	// Refusal is why it was refused; of Refused only.
	Refusal Refusal
	// RetryAfter is how long to wait at least before the next try; zero unless Deferred or Unknown.
	RetryAfter time.Duration
	// Attempted is false when nothing was tried for this mail: a limit of ours, a pause after the server's "slow down",
	// or a login that was refused before. Such a deferral should not count against the mail.
	Attempted bool
	// Err is a *Error when it was the server, and not the mail, that failed; its class says whether the operator
	// must act. Nil otherwise.
	Err error
}
