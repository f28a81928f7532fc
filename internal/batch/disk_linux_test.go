package batch_test

import (
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"handrail/internal/ledger"
)

// smallDisk is a disk of its own with little room; the test is skipped where none can be made.
func smallDisk(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	if err := syscall.Mount("tmpfs", dir, "tmpfs", 0, "size=8m"); err != nil {
		t.Skipf("no small disk can be made here (root can): %v", err)
	}
	t.Cleanup(func() { _ = syscall.Unmount(dir, syscall.MNT_DETACH) })
	return dir
}

// fillDisk leaves so many bytes of a disk free.
func fillDisk(t *testing.T, dir string, free uint64) {
	t.Helper()
	var s syscall.Statfs_t
	if err := syscall.Statfs(dir, &s); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, "fill"), make([]byte, s.Bavail*uint64(s.Bsize)-free), 0o600); err != nil {
		t.Fatal(err)
	}
}

// emptyDisk makes room again.
func emptyDisk(t *testing.T, dir string) {
	t.Helper()
	if err := os.Remove(filepath.Join(dir, "fill")); err != nil {
		t.Fatal(err)
	}
}

// A full disk ends a pass with exit code 4, and when there is room again the next one does everything.
func TestAFullDiskIsOutlived(t *testing.T) {
	if testing.Short() {
		t.Skip("runs a binary many times: not in -short")
	}
	disk := smallDisk(t)
	p := install(t, ledger.Config{URL: filepath.Join(disk, "ledger.db")})
	for i := range 12 {
		p.buys(i)
	}
	fillDisk(t, disk, 150<<10)
	for range 3 {
		if e := p.exits(); e.code != 4 || !strings.Contains(e.said, "disk is full") {
			t.Errorf("exit code %d:\n%s", e.code, e.said)
		}
		p.pass(time.Minute)
	}
	emptyDisk(t, disk)
	p.pass(15 * time.Minute)
	if e := p.exits(); e.code != 0 {
		t.Errorf("with room: exit code %d:\n%s", e.code, e.said)
	}
	p.allDone(t, "with room", 12)
}
