package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"handrail/internal/demo"
)

// logKeys are the keys that docs/operators.md promises, with what each says.
func logKeys(t *testing.T) map[string]string {
	t.Helper()
	page, err := os.ReadFile("../../docs/operators.md")
	if err != nil {
		t.Fatal(err)
	}
	_, section, found := strings.Cut(string(page), "\n## The log\n")
	section, _, _ = strings.Cut(section, "\n## ")
	keys := map[string]string{}
	for _, m := range regexp.MustCompile("(?m)^\\| `([a-z_0-9]+)` \\| (.+) \\|$").FindAllStringSubmatch(section, -1) {
		if keys[m[1]] != "" {
			t.Errorf("docs/operators.md explains the key %s twice", m[1])
		}
		keys[m[1]] = m[2]
	}
	if !found || len(keys) < 20 {
		t.Fatalf("docs/operators.md explains %d keys of the log", len(keys))
	}
	return keys
}

// Every key that the program writes into its log stands in docs/operators.md, and none stands there that nobody writes.
func TestEveryKeyOfTheLogIsExplained(t *testing.T) {
	keys, used := logKeys(t), map[string]bool{}
	for _, root := range []string{"../../cmd", "../../internal", "../../ingest", "../../notify", "../../rules", "../../templates"} {
		if err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
			if err != nil || d.IsDir() || !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") {
				return err
			}
			files := token.NewFileSet()
			file, err := parser.ParseFile(files, path, nil, parser.SkipObjectResolution)
			if err != nil {
				return err
			}
			ast.Inspect(file, func(n ast.Node) bool {
				for _, key := range keysIn(n) {
					used[key] = true
					if keys[key] == "" {
						t.Errorf("%s: the key %q stands in no table", files.Position(n.Pos()), key)
					}
				}
				return true
			})
			return nil
		}); err != nil {
			t.Fatal(err)
		}
	}
	for key := range keys {
		if !used[key] {
			t.Errorf("docs/operators.md explains the key %s, which nobody writes", key)
		}
	}
}

// keysIn are the keys in a call of a log, or in what is kept in words for one.
func keysIn(n ast.Node) (keys []string) {
	var args []ast.Expr
	switch n := n.(type) {
	case *ast.CallExpr:
		switch f := n.Fun.(type) {
		case *ast.SelectorExpr:
			if slices.Contains([]string{"Info", "Warn", "Error", "Debug"}, f.Sel.Name) && len(n.Args) > 1 && strings.EqualFold(lastName(f.X), "log") {
				args = n.Args[1:]
			}
		case *ast.Ident:
			if f.Name == "append" && lastName(n.Args[0]) == "words" {
				args = n.Args[1:]
			}
		}
	case *ast.AssignStmt:
		if list, ok := n.Rhs[0].(*ast.CompositeLit); ok && lastName(n.Lhs[0]) == "words" {
			if of, ok := list.Type.(*ast.ArrayType); ok && lastName(of.Elt) == "any" {
				args = list.Elts
			}
		}
	}
	for i := 0; i+1 < len(args); i += 2 {
		if key, ok := args[i].(*ast.BasicLit); ok && key.Kind == token.STRING {
			name, _ := strconv.Unquote(key.Value)
			keys = append(keys, name)
		}
	}
	return keys
}

func lastName(e ast.Expr) string {
	switch e := e.(type) {
	case *ast.Ident:
		return e.Name
	case *ast.SelectorExpr:
		return e.Sel.Name
	}
	return ""
}

// The log of a run tells by numbers and references what came, what was judged and who was told, and names nobody.
func TestTheLogOfARunNamesNobody(t *testing.T) {
	c := openClinic(t, nil)
	c.write("handrail.toml", c.text, 0o600)
	raw := fmt.Sprintf("From: Somebody Particular <somebody@%s>\r\nSubject: a very particular subject\r\nMessage-ID: <a@x>\r\n\r\nHello.\r\n", demo.Domain)
	if _, err := c.office.Deliver(demo.Inbox, "INBOX", []byte(raw), time.Now()); err != nil {
		t.Fatal(err)
	}
	var out, log bytes.Buffer
	if code := run(context.Background(), []string{"run", "--once", "--verbose", "--log", "json", "--config", filepath.Join(c.dir, "handrail.toml")},
		&terminal{in: strings.NewReader(""), out: &out, err: &log, now: time.Now}); code != exitDone {
		t.Fatalf("exit %d\n%s", code, log.String())
	}
	keys, said := logKeys(t), []string{}
	for line := range strings.Lines(log.String()) {
		record := map[string]any{}
		if err := json.Unmarshal([]byte(line), &record); err != nil {
			t.Fatalf("%q is no line of the log: %v", line, err)
		}
		said = append(said, fmt.Sprint(record["msg"]))
		for key, value := range record {
			if key != "time" && key != "level" && key != "msg" && keys[key] == "" {
				t.Errorf("the key %q stands in no table: %s", key, line)
			}
			if key == "took" || key == "after" || key == "again_in" {
				if _, err := time.ParseDuration(fmt.Sprint(value)); err != nil {
					t.Errorf("%s is no text such as 1.5s: %v", key, value)
				}
			}
		}
	}
	if len(said) < 5 || said[0] != "the job starts" || said[len(said)-1] != "the job stops" || !slices.Contains(said, "a message is in quarantine") || !slices.Contains(said, "a batch was worked on") {
		t.Errorf("the log says %q", said)
	}
	for _, private := range []string{"@", "Particular", "particular"} {
		if strings.Contains(log.String(), private) {
			t.Errorf("the log says %q:\n%s", private, log.String())
		}
	}
}

// What a server says of a mail often has the address in it, which does not go into the log.
func TestTheLogLeavesOutAddresses(t *testing.T) {
	var b bytes.Buffer
	log := newLog(&b, "json", false)
	log.Warn("refused", "error", "550 5.1.1 <René.o'b+x@mail.department.example>: no such user; id=<7f3k@x>", "took", 90*time.Second,
		"what", fmt.Errorf("rcpt to a@b.example: %w", os.ErrPermission), slog.Any("step", time.Monday))
	for _, want := range []string{`550 5.1.1 <(address)>: no such user; id=<(address)>`, `"took":"1m30s"`, `rcpt to (address): permission denied`, `"step":"Monday"`} {
		if !strings.Contains(b.String(), want) {
			t.Errorf("no %s in %s", want, b.String())
		}
	}
}
