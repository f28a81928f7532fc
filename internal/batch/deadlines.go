package batch

import (
	"crypto/rand"
	"path"
	"strings"

	"handrail/ingest"
	"handrail/internal/request"
)

// decideDays is in how many working days a decision is wanted.
const decideDays = 3

// randomCode is a code that nobody can guess.
func randomCode() string {
	code, err := ingest.NewCode(rand.Reader)
	if err != nil {
		panic(err) // the system has no randomness: nothing can be asked safely
	}
	return string(code)
}

// answerName is the requester's own file name with the submission's number, so that both find it again.
func answerName(file, reference string) string {
	base := strings.TrimSuffix(file, path.Ext(file))
	if base == "" {
		base = "request"
	}
	ext := path.Ext(file)
	if ext == "" {
		ext = ".xlsx"
	}
	return base + "-" + reference + ext
}

// likelyLanguage guesses which of the two languages comes first for somebody who is answered in both.
func likelyLanguage(subject string) request.Lang {
	for _, word := range strings.Fields(strings.ToLower(subject)) {
		switch strings.Trim(word, ".,:;!?«»\"'") {
		case "achat", "achats", "demande", "demandes", "formulaire", "de", "du", "des", "la", "le", "les", "pour", "un", "une", "petit", "petits":
			return request.French
		}
		if strings.ContainsAny(word, "éèàêçôîûëïù") {
			return request.French
		}
	}
	return request.English
}
