package mailtest

import (
	"errors"
	"fmt"
	"strings"
	"sync"
)

// Protocol is one of the two that an office speaks.
type Protocol string

// The protocols.
const (
	IMAP Protocol = "IMAP"
	SMTP Protocol = "SMTP"
)

// Moment is one of the two sides of a step at which a fault can strike.
type Moment string

const (
	// Asked: the server has read the command and done nothing.
	Asked Moment = "asked"
	// Answered: the server has done what was asked, and the answer has not left.
	Answered Moment = "answered"
)

// Step is one side of one protocol step, in the order in which the office met them.
type Step struct {
	N        int // counted from 1 for each protocol, over all connections
	Protocol Protocol
	Conn     int // which connection, counted from 1
	// Verb is the command: "CONNECT" for the greeting, "BODY" for what follows DATA, "AUTH+" and "AUTHENTICATE+" for
	// the lines that follow those, "UID FETCH", "DONE" and so on.
	Verb   string
	Moment Moment
}

// String is the step in words: "SMTP step 7, RCPT asked".
func (s Step) String() string {
	return fmt.Sprintf("%s step %d, %s %s", s.Protocol, s.N, s.Verb, s.Moment)
}

// Kind is a way to misbehave.
type Kind string

// The kinds of faults. Where nothing else is said, both moments and both protocols know them.
const (
	Cut        Kind = "cut"         // the connection ends without a word
	CutHalfway Kind = "cut halfway" // half of the answer leaves, or half of a message's body arrives, then the connection ends
	Stall      Kind = "stall"       // no answer, and the connection stays open until the client or the office leaves
	Trickle    Kind = "trickle"     // the answer leaves byte by byte, Options.Pace apart
	Garbage    Kind = "garbage"     // something that is no answer, in its place
	Bye        Kind = "bye"         // IMAP: * BYE, SMTP: 421; then the connection ends
	Temporary  Kind = "temporary"   // IMAP: NO [UNAVAILABLE], SMTP: 451 or Code; nothing is done
	Permanent  Kind = "permanent"   // IMAP: NO, SMTP: 554 or Code; nothing is done
	// RefuseRecipient answers RCPT with 550, to everybody or to Recipient only.
	RefuseRecipient Kind = "refuse recipient"
	// CutAfterData delivers the message and ends the connection before the 250.
	CutAfterData Kind = "cut after data"
	// ForgetUIDValidity gives the folder a new UIDVALIDITY and all its messages new UIDs. Sessions that have it selected
	// end with BYE. Strikes SELECT when neither Step nor Command is given.
	ForgetUIDValidity Kind = "forget uidvalidity"
	// ExpungeInMiddle takes the middle message of the selected folder away, as another client would: into the folder
	// Into, or for good. Strikes UID FETCH when neither Step nor Command is given.
	ExpungeInMiddle Kind = "expunge in the middle"
)

// Fault is one misbehaviour and when it strikes: at a step by its number, or at a command.
type Fault struct {
	Protocol Protocol
	Step     int    // strikes the step with this number; 0: by Command
	Command  string // strikes steps with this verb: "MAIL", "UID FETCH", "BODY"
	Moment   Moment // with Command; empty means Asked
	Nth      int    // with Command: the first that is struck, counted from 1; 0 means 1
	Times    int    // how often it strikes; 0 means once, -1 always
	Kind     Kind

	Words     string // what the server says, for Bye, Temporary, Permanent and RefuseRecipient, with an enhanced code first if it likes; empty: its usual words
	Code      int    // SMTP reply code for Temporary, Permanent and RefuseRecipient; 0: the usual one
	Recipient string // RefuseRecipient: only this address
	Into      string // ExpungeInMiddle: where the message goes
}

// String is the fault in words, fit for the name of a sub-test.
func (f Fault) String() string {
	where := fmt.Sprintf("step %d", f.Step)
	if f.Step == 0 {
		where = f.Command
		if f.Nth > 1 {
			where += fmt.Sprintf(" #%d", f.Nth)
		}
		if f.Moment != "" {
			where += " " + string(f.Moment)
		}
	}
	return fmt.Sprintf("%s %s: %s", f.Protocol, where, f.Kind)
}

// complete fills in what a kind implies.
func (f *Fault) complete() {
	byKind := f.Step == 0 && f.Command == ""
	switch f.Kind {
	case RefuseRecipient:
		f.Protocol = SMTP
		if byKind {
			f.Command = "RCPT"
		}
	case CutAfterData:
		f.Protocol = SMTP
		if byKind {
			f.Command, f.Moment = "BODY", Answered
		}
	case ForgetUIDValidity:
		f.Protocol = IMAP
		if byKind {
			f.Command = "SELECT"
		}
	case ExpungeInMiddle:
		f.Protocol = IMAP
		if byKind {
			f.Command = "UID FETCH"
		}
	}
	if f.Moment == "" {
		f.Moment = Asked
		if f.Command == "CONNECT" {
			f.Moment = Answered
		}
	}
	f.Command = strings.ToUpper(f.Command)
}

func (f Fault) check() error {
	f.complete()
	switch {
	case f.Protocol != IMAP && f.Protocol != SMTP:
		return errors.New("no protocol")
	case f.Step == 0 && f.Command == "":
		return errors.New("neither a step nor a command")
	case f.Step != 0 && f.Command != "":
		return errors.New("both a step and a command")
	}
	switch f.Kind {
	case Cut, CutHalfway, Stall, Trickle, Garbage, Bye, Temporary, Permanent, RefuseRecipient, CutAfterData, ForgetUIDValidity, ExpungeInMiddle:
		return nil
	}
	return fmt.Errorf("unknown kind %q", f.Kind)
}

// Kinds lists every kind that Variations can make, in a fixed order.
func Kinds() []Kind {
	return []Kind{Cut, CutHalfway, Stall, Trickle, Garbage, Bye, Temporary, Permanent, RefuseRecipient, ForgetUIDValidity, ExpungeInMiddle}
}

// Variations is how a test walks every cut: run the scenario once on an office with Options.Trace, take its Steps as
// learned, and run it again once for each Fault that comes back, on a fresh office with that one fault. A kind is left
// out at steps where it means nothing (a refusal once the server has acted, a half cut of a line that is read at
// once), or where it would be a lie that no client can see through (421 to a message that was delivered).
func Variations(learned []Step, kinds ...Kind) []Fault {
	if len(kinds) == 0 {
		kinds = Kinds()
	}
	var out []Fault
	for _, s := range learned {
		for _, k := range kinds {
			if k.fits(s) {
				out = append(out, Fault{Protocol: s.Protocol, Step: s.N, Kind: k})
			}
		}
	}
	return out
}

func (k Kind) fits(s Step) bool {
	greeting := s.Verb == "CONNECT"
	continued := strings.HasSuffix(s.Verb, "+") || s.Verb == "DONE"
	switch k {
	case Cut, Stall:
		return true
	case CutHalfway:
		return s.Moment == Answered || s.Verb == "BODY"
	case Trickle, Garbage:
		return s.Moment == Answered
	case Bye:
		return greeting || s.Moment == Asked && !continued
	case Temporary, Permanent:
		return greeting || s.Moment == Asked && !continued && s.Verb != "QUIT" && s.Verb != "LOGOUT"
	case RefuseRecipient:
		return s.Verb == "RCPT" && s.Moment == Asked
	case CutAfterData:
		return s.Verb == "BODY" && s.Moment == Answered
	case ForgetUIDValidity:
		return s.Protocol == IMAP && s.Moment == Asked && inFolder(s.Verb)
	case ExpungeInMiddle:
		return s.Protocol == IMAP && s.Moment == Asked && inFolder(s.Verb) && s.Verb != "SELECT" && s.Verb != "EXAMINE"
	}
	return false
}

// inFolder reports whether a command reads or changes the selected folder.
func inFolder(verb string) bool {
	switch strings.TrimPrefix(verb, "UID ") {
	case "SELECT", "EXAMINE", "FETCH", "STORE", "COPY", "MOVE", "SEARCH", "EXPUNGE":
		return true
	}
	return false
}

// Inject adds faults to an office that runs. Step numbers go on counting from where they are; see StepCount.
func (office *Office) Inject(faults ...Fault) error {
	for _, f := range faults {
		if err := f.check(); err != nil {
			return fmt.Errorf("post office: fault %s: %w", f, err)
		}
	}
	office.faults.add(faults)
	return nil
}

// Mend takes all faults away that have not struck.
func (office *Office) Mend() {
	office.faults.mu.Lock()
	defer office.faults.mu.Unlock()
	office.faults.list = nil
}

// Struck counts how often faults have struck.
func (office *Office) Struck() int {
	office.faults.mu.Lock()
	defer office.faults.mu.Unlock()
	return office.faults.struck
}

// StepCount is how many steps a protocol has taken.
func (office *Office) StepCount(p Protocol) int {
	office.faults.mu.Lock()
	defer office.faults.mu.Unlock()
	return office.faults.count[p]
}

// Steps lists the steps taken, IMAP and SMTP as they came; empty without Options.Trace.
func (office *Office) Steps() []Step {
	office.faults.mu.Lock()
	defer office.faults.mu.Unlock()
	return append([]Step(nil), office.faults.steps...)
}

// schedule is what still has to go wrong.
type schedule struct {
	mu     sync.Mutex
	trace  bool
	count  map[Protocol]int
	steps  []Step
	list   []*scheduled
	struck int
}

type scheduled struct {
	Fault
	met  int // steps that its Command matched so far
	left int // how often it may still strike; negative: always
}

func (s *schedule) add(faults []Fault) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, f := range faults {
		f.complete()
		left := f.Times
		if left == 0 {
			left = 1
		}
		s.list = append(s.list, &scheduled{Fault: f, left: left})
	}
}

// take counts a step and answers the fault that strikes it, or nil. arg is the command's line, for RefuseRecipient.
func (s *schedule) take(p Protocol, conn int, verb string, m Moment, arg string) *Fault {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.count == nil {
		s.count = map[Protocol]int{}
	}
	s.count[p]++
	n := s.count[p]
	if s.trace {
		s.steps = append(s.steps, Step{N: n, Protocol: p, Conn: conn, Verb: verb, Moment: m})
	}
	for _, f := range s.list {
		if f.Protocol != p || f.left == 0 {
			continue
		}
		if f.Step != 0 {
			if f.Step != n {
				continue
			}
		} else {
			if f.Command != verb || f.Moment != m || !f.concerns(arg) {
				continue
			}
			f.met++
			if f.met < f.Nth {
				continue
			}
		}
		if f.left > 0 {
			f.left--
		}
		s.struck++
		hit := f.Fault
		return &hit
	}
	return nil
}

func (f *Fault) concerns(line string) bool {
	return f.Recipient == "" || strings.Contains(strings.ToLower(line), "<"+strings.ToLower(f.Recipient)+">")
}
