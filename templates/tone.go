package templates

import htmltemplate "html/template"

// Tone is how a piece is coloured, always together with a symbol, never by colour alone. The inline styles serve light
// mode; Class is what the layout's style sheet restyles for dark mode.
type Tone struct {
	Class  string
	Symbol string
	Ink    htmltemplate.CSS // colour of text in this tone on its Fill and on the card
	Fill   htmltemplate.CSS // background of a badge
	Edge   htmltemplate.CSS // border and button background; white text on it is legible
}

// The tones. Each pair of Ink on Fill, Ink on white and white on Edge has a contrast of 4.5 or more.
var (
	Good    = Tone{"good", "✓", "#14532d", "#dcf5e3", "#166534"}
	Waiting = Tone{"waiting", "→", "#1e3a8a", "#e0eafc", "#1d4ed8"}
	Mend    = Tone{"mend", "↩", "#7c2d12", "#fdecd8", "#b45309"}
	Bad     = Tone{"bad", "✗", "#7f1d1d", "#fde8e8", "#b91c1c"}
	Plain   = Tone{"plain", "–", "#374151", "#eceff3", "#4b5563"}
)

// Tones lists every tone.
func Tones() []Tone { return []Tone{Good, Waiting, Mend, Bad, Plain} }
