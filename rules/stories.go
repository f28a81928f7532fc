package rules

import (
	"context"
	"embed"
	"errors"
	"fmt"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"github.com/shopspring/decimal"

	"handrail/internal/request"
)

//go:embed stories/*.toml stories/*.csv
var shippedStories embed.FS

// Stories are requests as people mail them over weeks, with who of them should be stopped: what a policy is measured by.
type Stories struct {
	File    string
	Domains []string // the department's own mail domains
	// Registers are the files that stories may need, by name ("people", "suppliers", "cost_centres").
	Registers map[string]Register
	Stories   []Story
}

// Register is a file beside the stories.
type Register struct {
	File string
	Data []byte
}

// StoryKind says whether a story divides a need.
type StoryKind string

// The kinds of stories.
const (
	Dividing StoryKind = "dividing"
	Honest   StoryKind = "honest"
)

// Story is what people ask for, and what should come of it. It is played alone, on an empty ledger.
type Story struct {
	ID, Title, Story, Why string
	Tension               string // where its author holds something that could be seen otherwise; mostly ""
	Kind                  StoryKind
	Tags                  []string
	Needs                 []string // registers without which nobody could judge it
	// Stop are lines that must not be approved by the machine. Of an honest story they are lines that an officer rightly sees.
	Stop []string
	// OrReturned: a question back to the requester is as good as an officer.
	OrReturned bool
	Returned   []string        // lines of an honest story that may be sent back with a question
	NeedTotal  decimal.Decimal // of a dividing story: what the whole need costs, tax included
	Mails      []StoryMail     // dates ascend
}

// StoryMail is one mail: a workbook, or commands.
type StoryMail struct {
	Date               request.Date
	From, Name, Branch string
	Lang               request.Lang
	Lines              []StoryLine
	Withdraw           []string // lines that are taken back, by their ids
	// Again is the number of the mail, from 1, whose very bytes come a second time; 0 for none.
	Again int
}

// StoryLine is one row of a workbook: what is typed into it, answers to choices by their codes.
type StoryLine struct {
	ID     string
	Values map[request.Field]string // Amends may be the id of another line
	// Reference is the id of the line whose number this one comes back with; "" for a new one.
	Reference string
}

// ShippedStories are the names that LoadStories takes beside files.
func ShippedStories() []string {
	entries, _ := shippedStories.ReadDir("stories")
	var names []string
	for _, e := range entries {
		if name, ok := strings.CutSuffix(e.Name(), ".toml"); ok {
			names = append(names, name)
		}
	}
	return names
}

var storyHeading = regexp.MustCompile(`(?m)^[ \t]*\[\[[ \t]*story[ \t]*\]\]`)

// HoldsStories reports whether a file holds stories, and so is no policy.
func HoldsStories(file string) bool {
	text, err := ReadFile(file)
	return err == nil && len(text) <= maxPolicy && storyHeading.Match(text)
}

// LoadStories reads a file of stories, or one that comes with Handrail, by its name. The error is Mistakes with all that is wrong
// in the text, says why a file could not be read, or is the context's.
func LoadStories(ctx context.Context, named string) (*Stories, error) {
	read, dir := ReadFile, filepath.Dir(named)
	file := named
	if slices.Contains(ShippedStories(), named) {
		read, dir, file = shippedStories.ReadFile, "stories", "stories/"+named+".toml"
	}
	text, err := read(file)
	if err == nil && len(text) > maxPolicy {
		err = tooLarge(file, int64(len(text)), maxPolicy)
	}
	if err != nil {
		return nil, fmt.Errorf("read stories: %w", err)
	}
	doc, err := parseDocument(ctx, file, text)
	if err != nil {
		return nil, err
	}
	r := &storyReader{reader: newReader(doc), beside: func(name string) ([]byte, error) {
		if !filepath.IsLocal(name) {
			return nil, errors.New("a register stands beside the stories")
		}
		if dir == "stories" {
			return read(path.Join(dir, name))
		}
		return read(filepath.Join(dir, name))
	}}
	s := r.read(doc.root)
	s.File = named
	if len(r.mistakes) > 0 {
		return nil, r.mistakes.sorted()
	}
	return s, ctx.Err()
}
