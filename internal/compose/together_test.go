package compose

import (
	"fmt"
	"strings"
	"testing"

	"handrail/internal/ledger"
)

func TestAnswersAreMadeTogetherUpToABound(t *testing.T) {
	weights := map[int64]ledger.CaseWeight{1: {Lines: linesAtOnce}, 2: {Lines: 1}, 3: {Bytes: bytesAtOnce + 1}, 4: {}}
	for want, of := range map[string][]int64{"1 of 1 2": {1, 2}, "2 of 2 4 3": {2, 4, 3}, "1 of 3 4": {3, 4}, "3 of 4 4 2": {4, 4, 2}} {
		var next []Draft
		for _, s := range of {
			next = append(next, Draft{Entry: ledger.OutboxEntry{Submission: s}})
		}
		if got := fmt.Sprintf("%d of %s", atOnce(next, weights), strings.Trim(fmt.Sprint(of), "[]")); got != want {
			t.Errorf("%s are made together, want %s", got, want)
		}
	}
}
