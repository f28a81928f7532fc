package main

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/alecthomas/kong"
)

// pages are the Markdown files of the repository, by their path from its root.
func pages(t *testing.T) map[string]string {
	t.Helper()
	root := filepath.Join("..", "..")
	list := map[string]string{}
	err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() && path != root && strings.HasPrefix(d.Name(), ".") {
			return filepath.SkipDir
		}
		if filepath.Ext(path) == ".md" {
			text, err := os.ReadFile(path)
			if err != nil {
				return err
			}
			name, _ := filepath.Rel(root, path)
			list[name] = string(text)
		}
		return nil
	})
	if err != nil || len(list) < 10 {
		t.Fatalf("%d pages, %v", len(list), err)
	}
	return list
}

var (
	inlineCommand = regexp.MustCompile("`(?:\\./)?handrail ([^`]+)`")
	blockCommand  = regexp.MustCompile(`(?m)^ *(?:\$ )?(?:\./|go run \./cmd/)?handrail ([^\n]+)$`)
	fence         = regexp.MustCompile("(?ms)^ *```[a-z]*\n(.*?)^ *```$|^\n((?:    [^\n]+\n)+)")
	comment       = regexp.MustCompile(` +#.*$`)
	inQuotes      = regexp.MustCompile(`"[^"]*"`)
	unfinished    = regexp.MustCompile(`^expected |^missing flags|got "EOL"`)
	link          = regexp.MustCompile(`\]\(([^)\s]+)\)`)
)

// Whoever copies a command from a page gets no usage error: commands and options are those of the program. A command that
// stands in a line of prose may leave out what it needs, one in a block may not.
func TestCommandsOnThePagesExist(t *testing.T) {
	n := 0
	parse := func(args string) error {
		n++
		parser, err := kong.New(new(commands), kong.Name("handrail"), kong.Writers(io.Discard, io.Discard), kong.Exit(func(int) {}))
		if err != nil {
			t.Fatal(err)
		}
		_, err = parser.Parse(strings.Fields(inQuotes.ReplaceAllString(args, "text")))
		return err
	}
	for name, text := range pages(t) {
		for _, m := range inlineCommand.FindAllStringSubmatch(text, -1) {
			err := parse(m[1])
			if err != nil && !unfinished.MatchString(err.Error()) {
				t.Errorf("%s: `handrail %s`: %v", name, m[1], err)
			}
		}
		for _, block := range fence.FindAllStringSubmatch(text, -1) {
			for _, m := range blockCommand.FindAllStringSubmatch(block[1]+block[2], -1) {
				if err := parse(comment.ReplaceAllString(m[1], "")); err != nil {
					t.Errorf("%s: handrail %s: %v", name, m[1], err)
				}
			}
		}
	}
	if n < 60 {
		t.Errorf("only %d commands were found: the pages are written otherwise than this test reads them", n)
	}
}

// Links between pages, and to files, lead somewhere.
func TestLinksOnThePagesLeadSomewhere(t *testing.T) {
	for name, text := range pages(t) {
		for _, m := range link.FindAllStringSubmatch(text, -1) {
			u, err := url.Parse(m[1])
			if err != nil || u.IsAbs() || u.Path == "" {
				if err != nil {
					t.Errorf("%s: %v", name, err)
				}
				continue
			}
			if _, err := os.Stat(filepath.Join("..", "..", filepath.Dir(name), u.Path)); err != nil {
				t.Errorf("%s links to %s, which is not there", name, m[1])
			}
		}
	}
}

// testNames are the tests of the repository.
func testNames(t *testing.T) map[string]bool {
	t.Helper()
	there := map[string]bool{}
	err := filepath.WalkDir("../..", func(path string, e fs.DirEntry, err error) error {
		if err != nil || e.IsDir() || !strings.HasSuffix(path, "_test.go") {
			return err
		}
		file, err := parser.ParseFile(token.NewFileSet(), path, nil, parser.SkipObjectResolution)
		if err != nil {
			return err
		}
		for _, d := range file.Decls {
			if f, ok := d.(*ast.FuncDecl); ok && f.Recv == nil {
				there[f.Name.Name] = true
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return there
}

// Every promise of docs/reliability.md is shown by tests, and those tests are there.
func TestEveryPromiseHasItsTests(t *testing.T) {
	there := testNames(t)
	page, err := os.ReadFile("../../docs/reliability.md")
	if err != nil {
		t.Fatal(err)
	}
	named, promises := regexp.MustCompile("`((?:Test|Fuzz|Benchmark)[A-Z]\\w*)`"), 0
	for line := range strings.Lines(string(page)) {
		if !strings.HasPrefix(line, "| ") || strings.HasPrefix(line, "| promise ") {
			continue
		}
		promises++
		cells := strings.Split(strings.Trim(strings.TrimSpace(line), "|"), "|")
		if len(cells) != 3 {
			t.Errorf("a row has %d cells, not a promise, an assumption and tests: %s", len(cells), line)
			continue
		}
		tests := named.FindAllStringSubmatch(cells[2], -1)
		if len(tests) == 0 {
			t.Errorf("no test shows it: %s", line)
		}
		for _, name := range tests {
			if !there[name[1]] {
				t.Errorf("%s shows it, says the page, and is not there: %s", name[1], line)
			}
		}
	}
	if promises < 10 {
		t.Errorf("the page holds %d promises", promises)
	}
}

// References from the code to a heading of docs/design.md lead to one.
func TestTheCodeRefersToHeadingsThatAreThere(t *testing.T) {
	there := map[string]bool{}
	for line := range strings.Lines(pages(t)["docs/design.md"]) {
		if text, ok := strings.CutPrefix(strings.TrimLeft(line, "#"), " "); ok && strings.HasPrefix(line, "#") {
			there[anchor(text)] = true
		}
	}
	reference, n := regexp.MustCompile(`docs/design\.md#([\w-]+)`), 0
	err := filepath.WalkDir("../..", func(path string, e fs.DirEntry, err error) error {
		if err != nil || e.IsDir() || filepath.Ext(path) != ".go" {
			return err
		}
		text, err := os.ReadFile(path)
		for _, m := range reference.FindAllStringSubmatch(string(text), -1) {
			if n++; !there[m[1]] {
				t.Errorf("%s refers to docs/design.md#%s, which is no heading there", path, m[1])
			}
		}
		return err
	})
	if err != nil || n < 20 {
		t.Errorf("%d references, %v", n, err)
	}
}

// Each "How to add …" of docs/design.md names the tests that hold it, and those are there.
func TestEachWayToAddIsHeldByATest(t *testing.T) {
	there := testNames(t)
	_, ways, _ := strings.Cut(pages(t)["docs/design.md"], "\n## How to add")
	sections := strings.Split(ways, "\n### ")[1:]
	for _, section := range sections {
		heading, _, _ := strings.Cut(section, "\n")
		_, held, _ := strings.Cut(section, "\nHeld by ")
		names := regexp.MustCompile("`(Test\\w+)`").FindAllStringSubmatch(held, -1)
		if len(names) == 0 || !strings.Contains(section, "**Declare**") {
			t.Errorf("%q does not say where it is declared, and which test holds it", heading)
		}
		for _, name := range names {
			if !there[name[1]] {
				t.Errorf("%q is held by %s, says docs/design.md, which is not there", heading, name[1])
			}
		}
	}
	if len(sections) < 6 {
		t.Errorf("%d ways to add something", len(sections))
	}
}

// anchor is how a heading is linked to.
func anchor(heading string) string {
	kept := regexp.MustCompile(`[^\w\s-]`).ReplaceAllString(strings.ToLower(strings.TrimSpace(heading)), "")
	return strings.ReplaceAll(kept, " ", "-")
}

// The code's words are in alphabetical order, each once, and live in packages that are there; every package of the table of
// layers that owns something is on docs/design.md.
func TestTheCodeGlossaryNamesPackagesThatAreThere(t *testing.T) {
	all := pages(t)
	row, last, rows := regexp.MustCompile("(?m)^\\| ([^|]+) \\| [^|]+ \\| `([^`]+)` \\|$"), "", 0
	for _, m := range row.FindAllStringSubmatch(all["docs/code-glossary.md"], -1) {
		rows++
		if _, ok := layers["handrail/"+m[2]]; !ok {
			t.Errorf("%q lives in %s, says docs/code-glossary.md, which is no package", m[1], m[2])
		}
		if word := strings.ToLower(m[1]); word <= last {
			t.Errorf("%q stands after %q in docs/code-glossary.md", m[1], last)
		} else {
			last = word
		}
	}
	if rows < 60 {
		t.Errorf("%d words", rows)
	}
	for pkg := range layers {
		if name := filepath.Base(pkg); !strings.Contains(all["docs/design.md"], name) && !slices.Contains(onlyForTests, pkg) {
			t.Errorf("docs/design.md does not say what %s is for", name)
		}
	}
}
