package templates

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	htmltemplate "html/template"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
	texttemplate "text/template"
	"text/template/parse"
)

var embeddedNames = listEmbedded()

func listEmbedded() []string {
	var names []string
	err := fs.WalkDir(embedded, ".", func(name string, d fs.DirEntry, err error) error {
		if err == nil && !d.IsDir() {
			names = append(names, name)
		}
		return err
	})
	if err != nil {
		panic("templates: the embedded files cannot be listed: " + err.Error())
	}
	slices.Sort(names)
	return names
}

// Load reads the embedded set, with the files of dir in the place of those of the same name; dir "" is the embedded
// set alone. A wording file that overrides may define some of its phrases only: the others stay as they are. Every
// mistake is reported at once, each with file and line.
func Load(dir string) (*Set, error) {
	own, err := readOverrides(dir)
	if err != nil {
		return nil, err
	}
	s := &Set{languages: map[string]map[string]phrase{}}
	digest := sha256.New()
	var mistakes []error
	for _, name := range embeddedNames {
		base, err := embedded.ReadFile(name)
		if err != nil {
			return nil, fmt.Errorf("read embedded template %s: %w", name, err)
		}
		file, overridden := own[name]
		if overridden {
			s.overrides = append(s.overrides, name)
		} else {
			file = overrideFile{shown: name, text: base}
		}
		fmt.Fprintf(digest, "%s %d\n", name, len(base))
		digest.Write(base)
		if overridden {
			fmt.Fprintf(digest, "override %d\n", len(file.text))
			digest.Write(file.text)
		}
		if err := s.add(name, base, file); err != nil {
			mistakes = append(mistakes, err)
		}
	}
	if len(mistakes) > 0 {
		return nil, errors.Join(mistakes...)
	}
	s.hash = "sha256:" + hex.EncodeToString(digest.Sum(nil))
	return s, nil
}

type overrideFile struct {
	shown string // the name as errors say it
	text  []byte
}

func readOverrides(dir string) (map[string]overrideFile, error) {
	if dir == "" {
		return nil, nil
	}
	own := map[string]overrideFile{}
	err := filepath.WalkDir(dir, func(full string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() {
			return nil
		}
		rel, err := filepath.Rel(dir, full)
		if err != nil {
			return err
		}
		name := filepath.ToSlash(rel)
		if ignored(name) {
			return nil
		}
		if !slices.Contains(embeddedNames, name) {
			return fmt.Errorf("%s: no mail uses a file of this name; the names are %s", full, strings.Join(embeddedNames, ", "))
		}
		text, err := os.ReadFile(full)
		if err != nil {
			return err
		}
		own[name] = overrideFile{shown: full, text: text}
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("read the templates of %s: %w", dir, err)
	}
	return own, nil
}

// ignored says which files of a directory are nobody's template: notes, and what editors and version control leave.
func ignored(name string) bool {
	base := path.Base(name)
	return strings.HasPrefix(base, ".") || strings.HasSuffix(base, "~") || strings.HasSuffix(base, ".bak") ||
		strings.HasSuffix(base, ".md") || strings.HasPrefix(name, ".")
}

func (s *Set) add(name string, base []byte, file overrideFile) error {
	if len(bytes.TrimSpace(file.text)) == 0 {
		return fmt.Errorf("%s:1: the file is empty; remove it to use the shipped one", file.shown)
	}
	var err error
	switch name {
	case htmlLayout:
		s.html, err = htmltemplate.New(file.shown).Funcs(layoutFuncs).Option("missingkey=error").Parse(string(file.text))
	case textLayout:
		s.text, err = texttemplate.New(file.shown).Funcs(layoutFuncs).Option("missingkey=error").Parse(string(file.text))
	default:
		return s.addWording(name, base, file)
	}
	return err
}

// addWording takes the phrases of one wording file, "en/answer.txt": those of the embedded file, and over them those
// of the override.
func (s *Set) addWording(name string, base []byte, file overrideFile) error {
	lang, rest, _ := strings.Cut(name, "/")
	mail := strings.TrimSuffix(rest, ".txt")
	phrases, err := parseWording(name, base)
	if err != nil {
		return err
	}
	if file.shown != name {
		changed, err := parseWording(file.shown, file.text)
		if err != nil {
			return err
		}
		for key, p := range changed {
			if _, known := phrases[key]; !known {
				return fmt.Errorf("%s: %q is not a phrase of this mail; the phrases are %s",
					p.where, key, strings.Join(keysOf(phrases), ", "))
			}
			phrases[key] = p
		}
	}
	if s.languages[lang] == nil {
		s.languages[lang] = map[string]phrase{}
	}
	for key, p := range phrases {
		s.languages[lang][mail+"."+key] = p
	}
	return nil
}

func parseWording(shown string, text []byte) (map[string]phrase, error) {
	root, err := texttemplate.New(shown).Funcs(wordingFuncs).Option("missingkey=error").Parse(string(text))
	if err != nil {
		return nil, err
	}
	if stray := root.Tree; stray != nil && !parse.IsEmptyTree(stray.Root) {
		where, _ := stray.ErrorContext(firstText(stray.Root))
		return nil, fmt.Errorf("%s: text stands outside {{define \"…\"}} … {{end}}", where)
	}
	phrases := map[string]phrase{}
	for _, t := range root.Templates() {
		if t.Name() == shown || t.Tree == nil {
			continue
		}
		where, _ := t.Tree.ErrorContext(t.Tree.Root)
		p := phrase{tmpl: t, where: where}
		if fixed, ok := fixedText(t.Tree.Root); ok {
			p.fixed, p.tmpl = tidy(fixed), nil
		}
		phrases[t.Name()] = p
	}
	return phrases, nil
}

// firstText is the first node that says something, for the place of an error.
func firstText(list *parse.ListNode) parse.Node {
	for _, n := range list.Nodes {
		if t, isText := n.(*parse.TextNode); isText && len(bytes.TrimSpace(t.Text)) == 0 {
			continue
		}
		return n
	}
	return list
}

func keysOf(m map[string]phrase) []string {
	keys := make([]string, 0, len(m))
	for k := range m {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	return keys
}
