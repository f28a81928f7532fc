package templates

import htmltemplate "html/template"

// Page is one mail as both layouts see it: the same blocks, so that text and HTML cannot say different things.
type Page struct {
	Lang       string // "en" or "fr": of the first section
	Subject    string
	Preheader  string // what a mail program shows beside the subject
	Department string // in the language of the first section
	Sections   []Section
}

// cards is how many lines of requests the page shows, in all its languages: most of its length.
func (p *Page) cards() int {
	n := 0
	for _, section := range p.Sections {
		for _, block := range section.Blocks {
			n += len(block.Lines) + len(block.Rows)/4
		}
	}
	return n
}

// Section is a page in one language; a mail in both languages has two.
type Section struct {
	Lang   string
	Notice string // "Le français suit." above the first of two sections
	From   string // whose mail or request it is about
	Blocks []Block
	Footer []string
}

// Block is one piece of a page, top to bottom. Exactly one of its fields is set.
type Block struct {
	Lead    *Lead
	Heading string
	Text    string
	Note    *Note
	Counts  []Count
	Rows    []Row
	Lines   []Line
	Facts   []Fact
	Quote   *Quote
	Buttons []Button
	Steps   []string // numbered
}

// Lead is the top of a mail: what happened, and what to do now.
type Lead struct {
	Tone     Tone
	Headline string
	Next     string
}

// Note is a boxed sentence that must be seen, such as what an approval is.
type Note struct {
	Tone  Tone
	Label string
	Text  string
}

// Count is one number with its word.
type Count struct {
	Tone   Tone
	Number string
	Word   string
}

// Fact is a label and its value.
type Fact struct {
	Label, Value string
}

// Quote is somebody's own words.
type Quote struct {
	Label string
	Lines []string
}

// Button is an answer that works by mail: its label, the mailto address, and what to type where links do not work.
type Button struct {
	Tone  Tone
	Label string
	Href  htmltemplate.URL // a mailto: link made by us, escaped already
	Type  string           // "APPROVE 1"
	// TypeLabel introduces Type in plain text: "or reply".
	TypeLabel string
}

// Row is one line of a request in two lines of text.
type Row struct {
	Number, Title, Amount string
	Note                  string // from whom, and why it came
}

// Line is one line of a request as a card, top to bottom.
type Line struct {
	Tone      Tone
	Result    string // "Approved"
	Number    string // "Line 2", what commands call it, or ""
	Amount    string
	Title     string
	Facts     []Fact
	Brief     []Reason // what a decision needs, above its buttons
	Buttons   []Button
	Reasons   []Reason
	Details   []Fact // below the reasons
	History   []Fact
	HistoryOf string // the label of History
	Near      []Fact // suppliers that were added up although they are written otherwise
	Alike     []Fact // earlier decisions
	AlikeOf   string // the label of Alike
	Next      string
	NextLabel string
}

// Reason is one finding or problem: what is wrong, where in the workbook, after which rule.
type Reason struct {
	Label  string // "Why", "Note", "To correct"
	Text   string
	Cells  string // "Cells N12, P12" or ""
	Source string // "Source: …" or ""
}
