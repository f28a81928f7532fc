package imap

import (
	"errors"
	"fmt"
	"math"
	"strings"
	"testing"

	"handrail/internal/mailserver"
)

// numberList is n message numbers with gaps between them, counting down or up.
func numberList(n int, down bool, between string) string {
	var b strings.Builder
	for i := range n {
		if down {
			i = n - 1 - i
		}
		fmt.Fprintf(&b, "%s%d", between, 2*i+1)
	}
	return b.String()
}

// The library sorts message numbers, at the cost of their square where they come in no order.
func TestAListOfMessagesInNoOrderIsBounded(t *testing.T) {
	const many = 100_000
	for name, c := range map[string]struct {
		said    string
		refused bool
	}{
		"a large inbox":            {"* SEARCH" + numberList(1<<20, false, " ") + "\r\n", false},
		"a small inbox, unsorted":  {"* SEARCH" + numberList(20_000, true, " ") + "\r\n", false},
		"counting down":            {"* SEARCH" + numberList(many, true, " ") + "\r\n", true},
		"one on each line":         {numberList(many, true, "\r\n* search ")[2:] + "\r\n", true},
		"behind a number":          {"* 5 SEARCH" + numberList(many, true, " ") + "\r\n", true},
		"a set":                    {"* ESEARCH (TAG \"T1\") UID ALL " + numberList(many, true, ",")[1:] + "\r\n", true},
		"what was copied":          {"T1 OK [COPYUID 1 " + numberList(many, true, ",")[1:] + " 1] done\r\n", true},
		"many, then small numbers": {"* SEARCH" + strings.ReplaceAll(numberList(many, false, " 1"), " 1", " 10000") + numberList(many, false, " ") + "\r\n", true},
		"sizes in no order":        {strings.Repeat("* 1 FETCH (UID 7 RFC822.SIZE 3)\r\n", many), false},
		"a number without end":     {"* SEARCH " + strings.Repeat("9", many) + " 1\r\n", false},
	} {
		t.Run(name, func(t *testing.T) {
			g := newAnswerGuard()
			g.expect(answerBounds{math.MaxInt, math.MaxInt64, math.MaxInt64})
			err := g.watch([]byte(c.said))
			var excess *mailserver.Excess
			if errors.As(err, &excess) != c.refused {
				t.Errorf("%v, refused should be %v", err, c.refused)
			}
		})
	}
}
