package approvals

import (
	"fmt"
	"slices"

	"handrail/ingest/reply"
	"handrail/internal/ledger"
	"handrail/internal/request"
)

// selection finds the tokens that commands name. A decision workbook is as many commands as it has lines.
type selection struct {
	tokens      []ledger.Token
	byOrdinal   map[int]int // places in tokens
	byReference map[string]int
}

func selectionAmong(tokens []ledger.Token) *selection {
	c := &selection{tokens: tokens, byOrdinal: make(map[int]int, len(tokens)), byReference: make(map[string]int, len(tokens))}
	for i := range tokens {
		c.byOrdinal[tokens[i].Ordinal] = i
		c.byReference[tokens[i].Reference] = i
	}
	return c
}

// of are the tokens that a command is about: those it names, or all that are still open, or all of those but the ones it names.
func (ch *selection) of(c reply.Command) (list []ledger.Token, unknown string) {
	if c.Rest {
		named := c
		named.Rest = false
		except, unknown := ch.of(named)
		if unknown != "" {
			return nil, unknown
		}
		out := map[int64]bool{}
		for i := range except {
			out[except[i].Line] = true
		}
		for i := range ch.tokens {
			if t := &ch.tokens[i]; !out[t.Line] && t.Open() {
				list = append(list, *t)
			}
		}
		if len(list) == 0 {
			list = slices.DeleteFunc(slices.Clone(ch.tokens), func(t ledger.Token) bool { return out[t.Line] }) // decided already
		}
		return list, ""
	}
	if c.Every() {
		for i := range ch.tokens {
			if t := &ch.tokens[i]; t.Open() {
				list = append(list, *t)
			}
		}
		if len(list) == 0 {
			list = ch.tokens // all decided already: each is told so
		}
		return list, ""
	}
	for _, n := range c.Lines {
		i, ok := ch.byOrdinal[n]
		if !ok {
			return nil, fmt.Sprint(n)
		}
		list = append(list, ch.tokens[i])
	}
	for _, r := range c.References {
		i, ok := ch.byReference[r.String()]
		if !ok {
			return nil, r.String()
		}
		list = append(list, ch.tokens[i])
	}
	return list, ""
}

// doubt says why a command does not fit the mail that it answers, although it can be read: it speaks of another number of lines,
// or its reason could name one of several. Empty when it fits.
func (ch *selection) doubt(c reply.Command) request.Text {
	open := 0
	for i := range ch.tokens {
		if t := &ch.tokens[i]; t.Open() {
			open++
		}
	}
	switch {
	case c.Count > 0 && c.Count != len(ch.tokens) && c.Count != open:
		return otherCount(c.Count, len(ch.tokens))
	case c.Loose && len(ch.tokens) > 1:
		return reply.AskReasonMeans.Text()
	}
	return request.Text{}
}
