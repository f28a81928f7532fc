package approvals

import (
	"crypto/rand"

	"handrail/ingest"
)

// randomCode is a code that nobody can guess.
func randomCode() string {
	code, err := ingest.NewCode(rand.Reader)
	if err != nil {
		panic(err) // the system has no randomness: nothing can be asked safely
	}
	return string(code)
}
