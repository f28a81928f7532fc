package notify

import (
	"os"
	"testing"
	"time"

	"handrail/internal/request"
	"handrail/templates"
)

func testIdentity(t testing.TB) Identity {
	t.Helper()
	zone, err := time.LoadLocation("America/Toronto")
	if err != nil {
		t.Fatal(err)
	}
	return Identity{From: "requests@department.example", Location: zone,
		Name: request.Text{EN: "Department of Examples, Procurement", FR: "Ministère des Exemples, Approvisionnement"}}
}

func testComposer(t testing.TB) *Composer {
	t.Helper()
	set, err := templates.Load("")
	if err != nil {
		t.Fatal(err)
	}
	c, err := NewComposer(set, testIdentity(t))
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func TestPreviewWritesEveryMail(t *testing.T) {
	dir := t.TempDir()
	if keep := os.Getenv("HANDRAIL_PREVIEW"); keep != "" {
		dir = keep
	}
	names, err := testComposer(t).Preview(dir)
	if err != nil {
		t.Fatal(err)
	}
	if want := len(samples())*9 + 1; len(names) != want {
		t.Errorf("the preview wrote %d files, want %d", len(names), want)
	}
	for _, name := range names {
		if info, err := os.Stat(dir + "/" + name); err != nil || info.Size() < 200 {
			t.Errorf("%s: %v, %v", name, info, err)
		}
	}
}
