// Package dovecot owns a Dovecot of the distribution, IMAP and LMTP, that runs on loopback without any privilege while a
// test needs it (the whole tree as one user). Only tests import it: it knows nothing of Handrail, and Handrail nothing of it.
package dovecot

import (
	"bytes"
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"time"

	"github.com/emersion/go-smtp"
)

// Password opens every account; an account is there once somebody logs in or a message is delivered to it.
const Password = "correct-horse"

// TokenKey signs (HS256, base64) the bearer tokens that the server takes; their claim "email" is the account.
const TokenKey = "c2VjcmV0LW9mLXRoZS10ZXN0cw=="

// ErrMissing is wrapped by Start's error when the program, or what it takes to run it, is not installed.
var ErrMissing = errors.New("not installed")

// Server is a Dovecot that runs.
type Server struct {
	IMAPPort, LMTPPort int

	dir  string
	more string // of the configuration
	cmd  *exec.Cmd
}

// Start runs a server in a directory of its own below /tmp, for the sockets' paths must be short. What is given is added to its
// configuration; {dir} in it is that directory.
func Start(more ...string) (*Server, error) {
	program, err := exec.LookPath("dovecot")
	if err != nil {
		if program, err = exec.LookPath("/usr/sbin/dovecot"); err != nil {
			return nil, fmt.Errorf("dovecot: %w", ErrMissing)
		}
	}
	name, group, command, err := runAs(program)
	if err != nil {
		return nil, err
	}
	s := &Server{more: strings.Join(more, "\n")}
	if s.dir, err = os.MkdirTemp("/tmp", "dovecot-"); err != nil {
		return nil, err
	}
	if err := s.begin(name, group, command); err != nil {
		return nil, errors.Join(err, s.Close())
	}
	return s, nil
}

func (s *Server) begin(name, group string, command []string) (err error) {
	for _, port := range []*int{&s.IMAPPort, &s.LMTPPort} {
		if *port, err = freePort(); err != nil {
			return err
		}
	}
	if err := s.layOut(name, group); err != nil {
		return err
	}
	s.cmd = exec.Command(command[0], append(command[1:], "-F", "-c", filepath.Join(s.dir, "conf"))...)
	s.cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	var output bytes.Buffer
	s.cmd.Stdout, s.cmd.Stderr = &output, &output
	if err := s.cmd.Start(); err != nil {
		s.cmd = nil
		return err
	}
	for _, port := range []int{s.IMAPPort, s.LMTPPort} {
		if err := s.listens(port); err != nil {
			return err
		}
	}
	return nil
}

func (s *Server) listens(port int) error {
	for begun := time.Now(); ; time.Sleep(20 * time.Millisecond) {
		conn, err := net.Dial("tcp", address(port))
		if err == nil {
			return conn.Close()
		}
		if time.Since(begun) > 10*time.Second {
			log, readErr := os.ReadFile(filepath.Join(s.dir, "log"))
			return fmt.Errorf("dovecot does not listen: %w\n%s", errors.Join(err, readErr), log)
		}
	}
}

// Close ends the server and takes its files away.
func (s *Server) Close() error {
	var stopped error
	if s.cmd != nil {
		stopped = s.cmd.Process.Signal(syscall.SIGTERM)
		_ = s.cmd.Wait() // however it ends
	}
	return errors.Join(stopped, os.RemoveAll(s.dir))
}

// Deliver hands a message to LMTP, as a mail server in front of it would: Dovecot files it into the account's INBOX and
// tells whoever waits there. from is the envelope's sender, which the Return-Path will say.
func (s *Server) Deliver(from, account string, raw []byte) (err error) {
	conn, err := net.Dial("tcp", address(s.LMTPPort))
	if err != nil {
		return err
	}
	client := smtp.NewClientLMTP(conn)
	defer func() { err = errors.Join(err, client.Close()) }()
	if err := client.Mail(from, nil); err != nil {
		return err
	}
	if err := client.Rcpt(account, nil); err != nil {
		return err
	}
	data, err := client.Data()
	if err != nil {
		return err
	}
	_, err = data.Write(raw)
	return errors.Join(err, data.Close())
}

// IMAPAddr is where IMAP is served, "127.0.0.1:port".
func (s *Server) IMAPAddr() string { return address(s.IMAPPort) }

// WriteFile puts a file into the server's directory, readable by the server.
func (s *Server) WriteFile(name, text string) error {
	return os.WriteFile(filepath.Join(s.dir, name), []byte(text), 0o644)
}

func (s *Server) layOut(name, group string) error {
	for _, sub := range []string{"run", "state", "mail", "keys/default/HS256"} {
		if err := os.MkdirAll(filepath.Join(s.dir, sub), 0o755); err != nil {
			return err
		}
	}
	for file, text := range map[string]string{
		"oauth2":                     "introspection_mode = local\nlocal_validation_key_dict = fs:posix:prefix=" + s.dir + "/keys/\nissuers = https://issuer.example\nusername_attribute = email\n",
		"conf":                       fmt.Sprintf(config, s.dir, name, group, s.IMAPPort, s.LMTPPort) + strings.ReplaceAll(s.more, "{dir}", s.dir),
		"keys/default/HS256/default": TokenKey,
	} {
		if err := os.WriteFile(filepath.Join(s.dir, file), []byte(text), 0o644); err != nil {
			return err
		}
	}
	if os.Getuid() != 0 {
		return nil
	}
	return exec.Command("chown", "-R", name+":"+group, s.dir).Run()
}

// runAs says as whom the server runs: as nobody when the tests run as root, else as whoever runs them.
func runAs(program string) (name, group string, command []string, err error) {
	if os.Getuid() == 0 {
		if _, err := exec.LookPath("setpriv"); err != nil {
			return "", "", nil, fmt.Errorf("setpriv, to run dovecot as nobody: %w", ErrMissing)
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

func address(port int) string { return net.JoinHostPort("127.0.0.1", strconv.Itoa(port)) }

// config runs the whole server as one user without any privilege.
const config = `
base_dir = %[1]s/run
state_dir = %[1]s/state
log_path = %[1]s/log
protocols = imap lmtp
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
postmaster_address = postmaster@department.example
auth_mechanisms = plain login xoauth2 oauthbearer
auth_failure_delay = 0
namespace inbox {
  inbox = yes
  separator = /
}
passdb {
  driver = static
  args = password={PLAIN}` + Password + `
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
service lmtp {
  user = %[2]s
  inet_listener lmtp {
    address = 127.0.0.1
    port = %[5]d
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
