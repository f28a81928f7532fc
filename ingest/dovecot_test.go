package ingest

import (
	"bytes"
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"
)

// dovecotConfig runs the whole server as one user without any privilege (FIELD-NOTES §2), on loopback only.
const dovecotConfig = `
base_dir = %[1]s/run
state_dir = %[1]s/state
log_path = %[1]s/log
protocols = imap
listen = 127.0.0.1
ssl = no
disable_plaintext_auth = no
mail_location = maildir:%[1]s/mail/%%u
mail_uid = %[2]s
mail_gid = %[3]s
first_valid_uid = 1
first_valid_gid = 1
default_internal_user = %[2]s
default_internal_group = %[3]s
default_login_user = %[2]s
mail_fsync = never
auth_mechanisms = plain login xoauth2 oauthbearer
auth_failure_delay = 0
namespace inbox {
  inbox = yes
  separator = /
}
passdb {
  driver = static
  args = password={PLAIN}correct-horse
}
passdb {
  driver = oauth2
  mechanisms = xoauth2 oauthbearer
  args = %[1]s/oauth2
}
userdb {
  driver = static
  args = uid=%[2]s gid=%[3]s home=%[1]s/mail/%%u allow_all_users=yes
}
service imap-login {
  chroot =
  inet_listener imap {
    address = 127.0.0.1
    port = %[4]d
  }
  inet_listener imaps {
    port = 0
  }
}
service anvil {
  chroot =
  unix_listener anvil-auth-penalty {
    mode = 0
  }
}
service stats {
  chroot =
}
`

// dovecot is one server for all tests of this package; each test has an account of its own there.
var dovecot struct {
	once     sync.Once
	port     int
	stop     func()
	why      string // it is not there, or did not start
	accounts atomic.Int32
}

func TestMain(m *testing.M) {
	code := m.Run()
	if dovecot.stop != nil {
		dovecot.stop()
	}
	os.Exit(code)
}

// startDovecot gives a fresh account on a Dovecot of the distribution, or skips the test where there is none.
func startDovecot(t testing.TB) *testServer {
	t.Helper()
	dovecot.once.Do(func() {
		if err := runDovecot(); err != nil {
			dovecot.why = err.Error()
		}
	})
	if dovecot.why != "" {
		t.Skip(dovecot.why)
	}
	return &testServer{t: t, port: dovecot.port, username: fmt.Sprintf("inbox%d@department.example", dovecot.accounts.Add(1)), password: "correct-horse"}
}

func runDovecot() error {
	program, err := exec.LookPath("dovecot")
	if err != nil {
		if program, err = exec.LookPath("/usr/sbin/dovecot"); err != nil {
			return errors.New("dovecot is not installed: the same suite runs against the in-process server")
		}
	}
	name, group, command, err := dovecotUser(program)
	if err != nil {
		return err
	}
	dir, err := os.MkdirTemp("/tmp", "dovecot-") // the sockets' paths must be short
	if err != nil {
		return err
	}
	dovecot.stop = func() { _ = os.RemoveAll(dir) }
	if dovecot.port, err = freePort(); err != nil {
		return err
	}
	if err := layOut(dir, name, group); err != nil {
		return err
	}
	cmd := exec.Command(command[0], append(command[1:], "-F", "-c", filepath.Join(dir, "conf"))...)
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	var output bytes.Buffer
	cmd.Stdout, cmd.Stderr = &output, &output
	if err := cmd.Start(); err != nil {
		return err
	}
	dovecot.stop = func() {
		_ = cmd.Process.Signal(syscall.SIGTERM)
		_ = cmd.Wait()
		_ = os.RemoveAll(dir)
	}
	for begun := time.Now(); ; time.Sleep(20 * time.Millisecond) {
		conn, err := net.Dial("tcp", fmt.Sprintf("127.0.0.1:%d", dovecot.port))
		if err == nil {
			return conn.Close()
		}
		if time.Since(begun) > 10*time.Second {
			log, _ := os.ReadFile(filepath.Join(dir, "log"))
			return fmt.Errorf("dovecot does not listen: %w\n%s", err, log)
		}
	}
}

func layOut(dir, name, group string) error {
	for _, sub := range []string{"run", "state", "mail", "keys/default/HS256"} {
		if err := os.MkdirAll(filepath.Join(dir, sub), 0o755); err != nil {
			return err
		}
	}
	for file, text := range map[string]string{
		"oauth2":                     "introspection_mode = local\nlocal_validation_key_dict = fs:posix:prefix=" + dir + "/keys/\nissuers = https://issuer.example\nusername_attribute = email\n",
		"conf":                       fmt.Sprintf(dovecotConfig, dir, name, group, dovecot.port),
		"keys/default/HS256/default": jwtKey,
	} {
		if err := os.WriteFile(filepath.Join(dir, file), []byte(text), 0o644); err != nil {
			return err
		}
	}
	if os.Getuid() != 0 {
		return nil
	}
	return exec.Command("chown", "-R", name+":"+group, dir).Run()
}

// dovecotUser says as whom the server runs: as nobody when the tests run as root, else as whoever runs them.
func dovecotUser(program string) (name, group string, command []string, err error) {
	if os.Getuid() == 0 {
		if _, err := exec.LookPath("setpriv"); err != nil {
			return "", "", nil, errors.New("the tests run as root and setpriv is not installed to run dovecot as nobody")
		}
		return "nobody", "nogroup", []string{"setpriv", "--reuid=nobody", "--regid=nogroup", "--clear-groups", program}, nil
	}
	me, err := user.Current()
	if err != nil {
		return "", "", nil, err
	}
	g, err := user.LookupGroupId(me.Gid)
	if err != nil {
		return "", "", nil, err
	}
	return me.Username, g.Name, []string{program}, nil
}

func freePort() (int, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return 0, err
	}
	return l.Addr().(*net.TCPAddr).Port, l.Close()
}
