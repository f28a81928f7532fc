package request

// Lang is a language that Handrail writes: "en", "fr", or "" when it is not known.
type Lang string

// The languages of the job.
const (
	English Lang = "en"
	French  Lang = "fr"
	// UnknownLang asks for both languages, one after the other.
	UnknownLang Lang = ""
)

// Text is one sentence in both languages.
type Text struct {
	EN string `json:"en" toml:"en"`
	FR string `json:"fr" toml:"fr"`
}

// In returns the text in l; English stands in for an unknown language.
func (t Text) In(l Lang) string {
	if l == French {
		return t.FR
	}
	return t.EN
}

// IsZero reports whether neither language says anything.
func (t Text) IsZero() bool { return t.EN == "" && t.FR == "" }
