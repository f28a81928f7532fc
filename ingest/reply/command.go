package reply

import (
	"cmp"
	"slices"

	"handrail/internal/request"
)

// Verb is what a command asks for.
type Verb string

// The verbs: docs/design.md#commands-in-mail. Their words are in verbWords.
const (
	Approve  Verb = "approve"
	Decline  Verb = "decline"
	Ask      Verb = "question"
	Undo     Verb = "undo"
	Revoke   Verb = "revoke"
	Assign   Verb = "assign"
	Away     Verb = "away"
	Withdraw Verb = "withdraw"
	Confirm  Verb = "confirm"
	No       Verb = "no"
	// Of suppliers' names: that they are two suppliers, or one. The Reason holds the names, where the words say them.
	TwoSuppliers Verb = "two-suppliers"
	OneSupplier  Verb = "one-supplier"
)

// Verbs are all of them.
func Verbs() []Verb {
	return []Verb{Approve, Decline, Ask, Undo, Revoke, Assign, Away, Withdraw, Confirm, No, TwoSuppliers, OneSupplier}
}

// Command is one instruction of a reply.
type Command struct {
	Verb Verb
	// Lines are line numbers, References whole references. Rest says that they are left out: all lines of the mail but
	// these. Nothing of it means every line of the mail that is answered.
	Lines      []int
	References []request.Reference
	Rest       bool
	// Count is how many lines the words say there are ("all three lines"); 0: they do not say. A mail with another number
	// of lines was not what the sender had in mind.
	Count int
	// Loose says that Reason could name one of several lines ("APPROVE: the monitors are urgent"): the command counts only
	// where the mail has one line.
	Loose  bool
	Reason string // cleaned; of Ask, the question; of TwoSuppliers and OneSupplier the names
	// Suppliers is TwoSuppliers or OneSupplier where the reason of a decision says nothing else, "" elsewhere.
	Suppliers Verb
	Address   string       // of Assign, lower case
	Name      string       // of Assign, where no address was written: whose name it says, as it was written
	Until     request.Date // of Away: the first day back is the day after
}

// Every reports whether the command is about all lines of the mail that is answered.
func (c Command) Every() bool { return len(c.Lines) == 0 && len(c.References) == 0 }

// OfSuppliers reports whether the command is about suppliers' names, and not about lines.
func (c Command) OfSuppliers() bool { return c.Verb == TwoSuppliers || c.Verb == OneSupplier }

// Decides reports whether the command changes a line.
func (c Command) Decides() bool {
	switch c.Verb {
	case Approve, Decline, Revoke, Withdraw, Confirm, Undo, No:
		return true
	}
	return false
}

// AskBack is why a reply decides nothing and is answered with a question.
type AskBack struct {
	Why   AskReason
	Line  string // the line that was not understood, cleaned and clipped, for the answer
	Words string // the words in it that were not understood, as they were written; "" where it is the whole line
	// Proposal is what would be clear, and was perhaps meant; empty where nothing can be proposed. It decides nothing.
	Proposal []Command
	// Relay says that the text holds no word of a decision, no yes and no amount: a person may be given it to read.
	Relay bool
}

// AskReason is a fixed word for what was not understood.
type AskReason string

// The reasons to ask back.
const (
	AskEmpty       AskReason = "empty"             // no new text at all
	AskThanks      AskReason = "thanks"            // thanks and nothing else
	AskNoCommand   AskReason = "no-command"        // no command in it
	AskYes         AskReason = "yes"               // a yes or a no that is no command
	AskSpelling    AskReason = "spelling"          // a verb with a letter too many, too few or wrong
	AskText        AskReason = "text-after"        // text beside a command may change it
	AskCondition   AskReason = "condition"         // but, only if, unless …
	AskLines       AskReason = "lines"             // which lines are meant cannot be read
	AskConflict    AskReason = "conflict"          // two commands about one line
	AskReasonMeans AskReason = "reason-means"      // the reason could be lines or another decision
	AskHidden      AskReason = "hidden-characters" // characters that hide or turn text
	AskDetail      AskReason = "detail"            // an address, a date or a question is missing
	AskTooLong     AskReason = "too-long"
	maxCommands              = 100
)

// Text says to the sender why nothing was decided.
func (a AskReason) Text() request.Text { return askText[a] }

// conflict reports whether two commands of one mail could mean different things for one line.
func conflict(a, b *Command) bool {
	if a.Verb == Ask || b.Verb == Ask {
		// A question beside a decision about everything, or about the line it asks about, leaves open whether the answer
		// matters.
		return a.Verb != b.Verb && (a.Decides() && a.Every() || b.Decides() && b.Every() || !a.Every() && !b.Every() && meet(a, b))
	}
	if a.OfSuppliers() && b.OfSuppliers() {
		return a.Verb != b.Verb && a.Reason == b.Reason && meet(a, b)
	}
	if !a.Decides() || !b.Decides() {
		return a.Verb == b.Verb && (a.Address != b.Address || a.Name != b.Name || a.Until != b.Until)
	}
	same := a.Verb == b.Verb && a.Reason == b.Reason
	if a.Every() || b.Every() {
		return !same || a.Every() != b.Every()
	}
	return !same && meet(a, b)
}

// meet reports whether two commands name, or could name, one line.
func meet(a, b *Command) bool {
	switch {
	case a.Every() || b.Every() || a.Rest && b.Rest:
		return true
	case a.Rest:
		return leftOver(b, a)
	case b.Rest:
		return leftOver(a, b)
	}
	for i, k := 0, 0; i < len(a.Lines) && k < len(b.Lines); { // both ascend
		switch cmp.Compare(a.Lines[i], b.Lines[k]) {
		case 0:
			return true
		case -1:
			i++
		default:
			k++
		}
	}
	if len(a.References) > 0 && len(b.References) > 0 {
		named := make(map[request.Reference]bool, len(a.References))
		for _, x := range a.References {
			named[x] = true
		}
		if slices.ContainsFunc(b.References, func(x request.Reference) bool { return named[x] }) {
			return true
		}
	}
	// A number and a reference may name one line.
	return len(a.Lines) > 0 && len(b.References) > 0 || len(a.References) > 0 && len(b.Lines) > 0
}

// leftOver reports whether one of the lines that named names is, or could be, among those that rest means.
func leftOver(named, rest *Command) bool {
	for _, n := range named.Lines {
		if _, out := slices.BinarySearch(rest.Lines, n); !out {
			return true
		}
	}
	if len(named.References) == 0 {
		return false
	}
	out := make(map[request.Reference]bool, len(rest.References))
	for _, x := range rest.References {
		out[x] = true
	}
	return slices.ContainsFunc(named.References, func(x request.Reference) bool { return !out[x] })
}
