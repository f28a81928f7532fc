package ingest

import (
	"regexp"
	"strings"

	"handrail/internal/request"
)

// TrialMail is a request that is to be checked and not asked for: its subject is CHECK or VÉRIFIER.
const TrialMail Kind = "trial"

// answeredOrMarked is what mail programs and border servers put before a subject: "RE:", "Tr :", "[EXTERNAL]".
var answeredOrMarked = regexp.MustCompile(`^\s*(?:(?i:re|fw|fwd|tr|réf|rép|aw|wg)\s*(?:\[\d+\])?\s*:|\[[^\]]{1,40}\])`)

// AsksForTrial reports whether a subject says that a workbook is to be checked only: it is CHECK or VÉRIFIER, or both, and nothing
// else. "Check my request" may be what somebody calls a request, and is one.
func AsksForTrial(subject string) bool {
	if len(subject) > 200 {
		return false
	}
	for {
		rest := answeredOrMarked.ReplaceAllString(subject, "")
		if rest == subject {
			break
		}
		subject = rest
	}
	words := strings.FieldsFunc(strings.TrimSpace(subject), func(r rune) bool { return r == '/' || r == '|' })
	for _, word := range words {
		if folded := request.Fold(word); folded != "check" && folded != "verifier" {
			return false
		}
	}
	return len(words) > 0
}
