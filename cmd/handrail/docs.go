package main

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"handrail/docs"
	"handrail/rules"
)

type docsCommand struct {
	Page string `arg:"" optional:"" help:"A page: policies, or policies.md. Without it, all of them are listed."`
	Out  string `placeholder:"DIR" help:"Write every page into a folder of its own, with the shipped policies, their tests and the example configuration."`
}

func (c *docsCommand) Run(t *terminal) error {
	names := docPages()
	switch {
	case c.Out != "":
		return c.write(t, names)
	case c.Page == "":
		for _, name := range names {
			fmt.Fprintf(t.out, "%s  %s\n", pad(strings.TrimSuffix(name, ".md"), -24), docTitle(name))
		}
		return nil
	}
	name := strings.TrimSuffix(c.Page, ".md") + ".md"
	if !slices.Contains(names, name) {
		return fail(exitUsage, "handrail docs lists them", "there is no page %q", c.Page)
	}
	text, err := docs.Pages.ReadFile(name)
	if err != nil {
		return err
	}
	_, err = t.out.Write(text)
	return err
}

// docPages are the names of the pages in order.
func docPages() []string {
	entries, _ := docs.Pages.ReadDir(".")
	names := make([]string, len(entries))
	for i, e := range entries {
		names[i] = e.Name()
	}
	return names
}

// docTitle is a page's first heading.
func docTitle(name string) string {
	text, _ := docs.Pages.ReadFile(name)
	lines := bufio.NewScanner(bytes.NewReader(text))
	for lines.Scan() {
		if title, ok := strings.CutPrefix(lines.Text(), "# "); ok {
			return title
		}
	}
	return ""
}

// write writes everything that comes with the program into a folder.
func (c *docsCommand) write(t *terminal, names []string) error {
	if _, err := os.Stat(c.Out); !errors.Is(err, fs.ErrNotExist) {
		return fail(exitUsage, "choose another folder with --out", "%s exists already and is left as it is", c.Out)
	}
	example, err := exampleConfig()
	if err != nil {
		return err
	}
	files := map[string][]byte{"config.example.toml": example}
	for _, name := range names {
		if files[filepath.Join("docs", name)], err = docs.Pages.ReadFile(name); err != nil {
			return err
		}
	}
	for _, name := range rules.Shipped() {
		if files[filepath.Join("policies", name+".toml")], err = rules.ShippedText(name); err != nil {
			return err
		}
		if files[filepath.Join("policies", name+rules.TestSuffix)], err = rules.ShippedTests(name); err != nil {
			return err
		}
	}
	for name, text := range files {
		path := filepath.Join(c.Out, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			return fail(exitInput, "choose a place you may write to with --out", "%w", err)
		}
		if err := os.WriteFile(path, text, 0o644); err != nil {
			return fail(exitInput, "", "%w", err)
		}
	}
	fmt.Fprintf(t.out, "%s: %d pages, %d policies with their tests, and the example configuration\n", c.Out, len(names), len(rules.Shipped()))
	return nil
}
