//go:build unix

package ledger

import (
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"syscall"
	"testing"
	"time"
)

// asNobody runs a command as an account that may read a folder and write nothing in it. Its program is copied to where that
// account can run it.
func asNobody(t *testing.T, cmd *exec.Cmd, dir string) *exec.Cmd {
	t.Helper()
	bin := filepath.Join(filepath.Dir(dir), "reader")
	copied(t, cmd.Path, bin)
	if err := os.Chmod(bin, 0o755); err != nil {
		t.Fatal(err)
	}
	const nobody = 65534
	own := exec.Command(bin)
	own.SysProcAttr = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: nobody, Gid: nobody}}
	own.Dir = "/"
	return own
}

func testContext() (context.Context, context.CancelFunc) {
	return context.WithTimeout(context.Background(), time.Minute)
}
