package approvals

import (
	"go/ast"
	"go/parser"
	"go/token"
	"path/filepath"
	"strings"
	"testing"

	"handrail/ingest/reply"
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
				if from, ok := s.X.(*ast.Ident); ok && (from.Name == "reply") {
					used[s.Sel.Name] = true
				}
			}
			return true
		})
	}
	constant := map[reply.Verb]string{reply.Approve: "Approve", reply.Decline: "Decline", reply.Ask: "Ask", reply.Undo: "Undo", reply.Revoke: "Revoke",
		reply.Assign: "Assign", reply.Away: "Away", reply.Withdraw: "Withdraw", reply.Confirm: "Confirm", reply.No: "No",
		reply.TwoSuppliers: "TwoSuppliers", reply.OneSupplier: "OneSupplier"}
	for _, v := range reply.Verbs() {
		if name := constant[v]; name == "" || !used[name] {
			t.Errorf("nothing in this room acts upon the verb %s", v)
		}
	}
}
