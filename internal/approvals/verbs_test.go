package approvals

import (
	"go/ast"
	"go/parser"
	"go/token"
	"path/filepath"
	"strings"
	"testing"

	"handrail/ingest"
)

// Every verb that mails may hold is acted upon somewhere in this room: one that nobody looks at would be read and then told to
// have no effect (docs/design.md#a-command-in-mail). The constants are looked for in the code, by name, so that the test can
// say which one was forgotten.
func TestEveryVerbIsActedUpon(t *testing.T) {
	files, err := filepath.Glob("*.go")
	if err != nil {
		t.Fatal(err)
	}
	used := map[string]bool{}
	for _, name := range files {
		if strings.HasSuffix(name, "_test.go") {
			continue
		}
		file, err := parser.ParseFile(token.NewFileSet(), name, nil, parser.SkipObjectResolution)
		if err != nil {
			t.Fatal(err)
		}
		ast.Inspect(file, func(n ast.Node) bool {
			if s, ok := n.(*ast.SelectorExpr); ok {
				if from, ok := s.X.(*ast.Ident); ok && (from.Name == "ingest" || from.Name == "answer") {
					used[s.Sel.Name] = true
				}
			}
			return true
		})
	}
	constant := map[ingest.Verb]string{ingest.Approve: "Approve", ingest.Decline: "Decline", ingest.Ask: "Ask", ingest.Undo: "Undo", ingest.Revoke: "Revoke",
		ingest.Assign: "Assign", ingest.Away: "Away", ingest.Withdraw: "Withdraw", ingest.Confirm: "Confirm"}
	for _, v := range ingest.Verbs() {
		if name := constant[v]; name == "" || !used[name] {
			t.Errorf("nothing in this room acts upon the verb %s", v)
		}
	}
}
