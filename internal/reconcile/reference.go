package reconcile

import (
	"regexp"
	"strings"
	"unicode"

	"handrail/internal/request"
)

// writtenReference finds a reference as people copy it: with spaces or nothing for the dashes, in any case.
var writtenReference = regexp.MustCompile(`(?i)\bHR[-– _./]?(\d{4})[-– _./]?(\d{6})(?:[-– _./]?(\d{2,4}))?\b`)

func referenceIn(texts ...string) (request.Reference, bool) {
	for _, s := range texts {
		if len(s) < len("HR2026000123") || !strings.ContainsAny(s, "hH") {
			continue
		}
		if p := writtenReference.FindStringSubmatch(s); p != nil {
			text := "HR-" + p[1] + "-" + p[2]
			if p[3] != "" {
				text += "-" + p[3]
			}
			if r, ok := request.ParseReference(text); ok {
				return r, true
			}
		}
	}
	return request.Reference{}, false
}

// ReferencesIn reads the numbers of lines in a cell, each once. Several must stand in a list: "either … or" names none.
func ReferencesIn(said string) (list []string, ok bool) {
	seen := map[string]bool{}
	for _, written := range writtenReference.FindAllString(said, -1) {
		ref, found := referenceIn(written)
		if !found || ref.Line == 0 {
			return nil, false
		}
		if name := ref.String(); !seen[name] {
			seen[name] = true
			list = append(list, name)
		}
	}
	if len(list) > 1 {
		between := strings.Join(writtenReference.Split(said, -1), " ")
		for _, word := range strings.FieldsFunc(between, func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) }) {
			if w := request.Fold(word); w != "and" && w != "et" {
				return nil, false
			}
		}
	}
	return list, len(list) > 0
}
