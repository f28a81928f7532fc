package policybook

import (
	"slices"

	"handrail/internal/request"
)

// vocabularyOf are the names that a text gives.
// languagesOf are the languages of a policy's text, as it names them.
func languagesOf(t *text) (ls request.Languages) {
	if v := t.sections[0].get("languages"); v != nil && v.kind == 'a' {
		for _, i := range v.items {
			ls = append(ls, request.Lang(i.str))
		}
	}
	return ls
}

// onlyOf is the language of what is in one alone.
func onlyOf(ls request.Languages) request.Lang {
	if ls.Single() && slices.Contains(request.AllLanguages, ls[0]) {
		return ls[0]
	}
	return ""
}

func vocabularyOf(t *text) *vocabulary {
	v := &vocabulary{only: onlyOf(languagesOf(t))}
	for _, s := range t.sections {
		switch {
		case len(s.path) == 1 && s.path[0] == "limits" && !s.array:
			for _, e := range s.keys {
				v.limits = append(v.limits, e.path[0])
			}
		case len(s.path) == 1 && s.path[0] == "total":
			v.totals = append(v.totals, s.get("name").text())
		case len(s.path) == 1 && s.path[0] == "list":
			v.lists = append(v.lists, s.get("name").text())
		}
	}
	return v
}
