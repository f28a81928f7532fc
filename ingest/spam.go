package ingest

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// SpamSigns are fields by which the border server marks spam: "X-Spam-Flag: YES" is found where one of the words of that
// field is YES, "X-MS-Exchange-Organization-SCL: >= 5" where it is a number of at least 5. Nobody is answered because of
// mail that has one, unless it answers a mail of ours.
type SpamSigns []string

// usualSpamSigns are those of the common filters. Microsoft's are believed only in Microsoft 365, which removes foreign ones.
func usualSpamSigns(provider string) SpamSigns {
	signs := SpamSigns{"X-Spam-Flag: YES", "X-Spam-Status: Yes", "X-Spam: Yes"}
	if provider == ProviderExchange {
		signs = append(signs, "X-MS-Exchange-Organization-SCL: >= 5", "X-Forefront-Antispam-Report: SFV:SPM", "X-Forefront-Antispam-Report: CAT:SPM",
			"X-Forefront-Antispam-Report: CAT:HSPM", "X-Forefront-Antispam-Report: CAT:PHSH", "X-Forefront-Antispam-Report: CAT:HPHSH", "X-Forefront-Antispam-Report: CAT:MALW")
	}
	return signs
}

// on is the first sign that a header has; "" when there is none.
func (s SpamSigns) on(h Header) string {
	for _, sign := range s {
		name, want, _ := strings.Cut(sign, ":")
		name, want = strings.TrimSpace(name), strings.TrimSpace(want)
		for _, value := range h.All(name) {
			if spamSignIn(value, want) {
				return sign
			}
		}
	}
	return ""
}

func spamSignIn(value, want string) bool {
	words := strings.FieldsFunc(value[:min(len(value), maxSubject)], func(r rune) bool { return strings.ContainsRune(" \t;,()", r) })
	if least, counts := strings.CutPrefix(want, ">="); counts {
		bound, err := strconv.ParseFloat(strings.TrimSpace(least), 64)
		if err != nil || len(words) == 0 {
			return false
		}
		n, err := strconv.ParseFloat(words[0], 64)
		return err == nil && n >= bound
	}
	return slices.ContainsFunc(words, func(w string) bool { return strings.EqualFold(w, want) })
}

// check names signs that could never be found.
func (s SpamSigns) check(m *Mistakes) {
	for i, sign := range s {
		name, want, ok := strings.Cut(sign, ":")
		least, counts := strings.CutPrefix(strings.TrimSpace(want), ">=")
		_, err := strconv.ParseFloat(strings.TrimSpace(least), 64)
		if !ok || !isFieldName([]byte(strings.TrimSpace(name))) || strings.TrimSpace(want) == "" || strings.ContainsAny(strings.TrimSpace(want), " \t;,()") && !counts || counts && err != nil {
			m.Add(fmt.Sprintf("spam_headers[%d]", i), "%q is not a field and one word of it, such as \"X-Spam-Flag: YES\", or a least number, such as \"X-Spam-Score: >= 5\"", sign)
		}
	}
}
