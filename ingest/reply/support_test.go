package reply

import (
	"context"
	"os"
	"path/filepath"
	"testing"

	"handrail/ingest"
)

// What tests ask for without a context that could end: only that makes these err.

func commandsOf(text string, names ...string) ([]Command, *AskBack) {
	commands, ask, err := Parse(context.Background(), text, names...)
	if err != nil {
		panic(err)
	}
	return commands, ask
}

func newTextOf(text string) string {
	found, err := cutQuotes(context.Background(), text)
	if err != nil {
		panic(err)
	}
	return found
}

func newTextOfMail(m *ingest.Mail) string {
	text, err := NewText(context.Background(), m)
	if err != nil {
		panic(err)
	}
	return text
}

func onlyCovers(text string, names ...string) bool {
	covers, err := IsCoveringNote(context.Background(), text, names...)
	if err != nil {
		panic(err)
	}
	return covers
}

// pageText is what a mail says whose body is a page of HTML.
func pageText(page string) string {
	m, err := ingest.Parse(context.Background(), []byte("From: Ann <ann@department.example>\r\nMIME-Version: 1.0\r\nContent-Type: text/html; charset=utf-8\r\n\r\n"+page), ingest.DefaultLimits())
	if err != nil {
		panic(err)
	}
	return m.Text
}

const corpus = "../../../shared/corpus"

// corpusFiles lists what the corpus of real mails has below a folder; the test is skipped where there is no corpus.
func corpusFiles(t testing.TB, folder string) []string {
	t.Helper()
	var files []string
	err := filepath.WalkDir(filepath.Join(corpus, folder), func(path string, d os.DirEntry, err error) error {
		if err == nil && !d.IsDir() {
			files = append(files, path)
		}
		return err
	})
	if err != nil || len(files) == 0 {
		t.Skip("the corpus of real messages is not here: ", err)
	}
	return files
}

// No mail of the corpus was meant for us: none says a command.
func TestMailsOfTheCorpusSayNoCommand(t *testing.T) {
	for _, file := range corpusFiles(t, "mail") {
		raw, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		m, err := ingest.Parse(t.Context(), raw, ingest.DefaultLimits())
		if err != nil {
			continue // what is spoiled is not read
		}
		if commands, _ := commandsOf(newTextOfMail(m), m.From.Name); len(commands) > 0 {
			t.Errorf("%s: its text passes for %v", file, commands)
		}
	}
}
