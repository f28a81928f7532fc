package approvals

import (
	"strings"

	"handrail/ingest/reply"
)

// What a mail says that is no command: whether a person can be handed it. ingest/reply tells what the words could decide; what is
// asked here only ever leads to less: a mail in doubt is asked back, and never handed on.

// holdsNoCommand reports whether all that keeps a mail from being read is that it holds no command.
func (h *answer) holdsNoCommand() bool { return h.ask != nil && h.ask.Why == reply.AskNoCommand }

// mayHandOn reports whether a text without a command may go to another person as it is. Of somebody whose word decides,
// nothing goes that holds a decision, a yes or an amount: it is asked back. Of others, a question goes whatever it is about.
func (h *answer) mayHandOn(decides bool) bool {
	if !h.holdsNoCommand() {
		return false
	}
	if !decides && h.asksSomething() {
		return !h.wantsBack()
	}
	return h.ask.Relay
}

// wantsBack reports whether a text that is no command asks to take something back, whatever else it says.
func (h *answer) wantsBack() bool {
	return h.undoing != reply.NoUndo || reply.Mentions(h.text, reply.Withdraw)
}

// asksSomething reports whether a text holds a question.
func (h *answer) asksSomething() bool { return strings.Contains(h.text, "?") }
