package policybook

import (
	"github.com/hbollon/go-edlib"

	"handrail/internal/request"
)

// nearest is the candidate that somebody who wrote s most likely meant, "" when none is near.
func nearest(s string, candidates []string) string {
	if len(s) > 60 || len(candidates) > 300 {
		return ""
	}
	best, distance := "", 1+len(s)/3
	for _, c := range candidates {
		if d := edlib.LevenshteinDistance(s, c); d < distance || d == distance && best == "" {
			best, distance = c, d
		}
	}
	return best
}

func fieldWords() []string {
	var all []string
	for _, f := range request.Fields() {
		all = append(all, f.Name)
	}
	return append(all, "request.unit", "request.sender", "request.email", "received", "today")
}
