package request

import (
	"fmt"
	"regexp"
	"strconv"
)

// Reference names one line for ever: HR-2026-000123-04 is line 4 of submission 123 of 2026. Line 0 names the submission.
type Reference struct {
	Year, Number, Line int
}

var referencePattern = regexp.MustCompile(`^(?i:HR)-(\d{4})-(\d{6,9})(?:-(\d{2,6}))?$`)

// ParseReference reads a line's or a submission's reference as it is printed, in any case.
func ParseReference(s string) (Reference, bool) {
	m := referencePattern.FindStringSubmatch(s)
	if m == nil {
		return Reference{}, false
	}
	var r Reference
	r.Year, _ = strconv.Atoi(m[1])
	r.Number, _ = strconv.Atoi(m[2])
	if m[3] != "" {
		r.Line, _ = strconv.Atoi(m[3])
	}
	return r, true
}

// String is the printed form.
func (r Reference) String() string {
	if r.Line == 0 {
		return fmt.Sprintf("HR-%04d-%06d", r.Year, r.Number)
	}
	return fmt.Sprintf("HR-%04d-%06d-%02d", r.Year, r.Number, r.Line)
}
