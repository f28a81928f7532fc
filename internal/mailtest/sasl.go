package mailtest

import (
	"errors"
	"fmt"
	"strings"

	"github.com/emersion/go-sasl"
)

// mechanisms lists what the users can authenticate with.
func (office *Office) mechanisms() []string {
	var password, token bool
	for _, a := range office.accounts {
		password = password || a.user.Password != ""
		token = token || a.user.Token != ""
	}
	var list []string
	if password {
		list = append(list, "PLAIN", "LOGIN")
	}
	if token {
		list = append(list, "XOAUTH2")
	}
	return list
}

// saslServer is nil when there is no such mechanism.
func saslServer(mech string, password, token func(user, secret string) error) sasl.Server {
	switch strings.ToUpper(mech) {
	case "PLAIN":
		return sasl.NewPlainServer(func(identity, user, secret string) error {
			if identity != "" && !strings.EqualFold(identity, user) {
				return errors.New("an identity of its own is not supported")
			}
			return password(user, secret)
		})
	case "LOGIN":
		return &loginServer{check: password}
	case "XOAUTH2":
		return &xoauth2Server{check: token}
	}
	return nil
}

// loginServer is the LOGIN mechanism: two questions.
type loginServer struct {
	check func(user, secret string) error
	step  int
	user  string
}

func (s *loginServer) Next(response []byte) ([]byte, bool, error) {
	if s.step == 0 {
		s.step = 1
		if response == nil {
			return []byte("Username:"), false, nil
		}
	}
	if s.step == 1 {
		s.user, s.step = string(response), 2
		return []byte("Password:"), false, nil
	}
	return nil, true, s.check(s.user, string(response))
}

// xoauth2Server is XOAUTH2 as Microsoft and Google do it: a refusal is first a challenge that says why, to which the
// client must send something, and then the refusal.
type xoauth2Server struct {
	check   func(user, token string) error
	asked   bool
	refused error
}

func (s *xoauth2Server) Next(response []byte) ([]byte, bool, error) {
	if s.refused != nil {
		return nil, false, s.refused
	}
	if response == nil && !s.asked {
		s.asked = true
		return []byte{}, false, nil
	}
	var user, token string
	for _, part := range strings.Split(string(response), "\x01") {
		if v, ok := strings.CutPrefix(part, "user="); ok {
			user = v
		}
		if v, ok := strings.CutPrefix(part, "auth=Bearer "); ok {
			token = v
		}
	}
	if err := s.check(user, token); err != nil {
		s.refused = err
		return []byte(fmt.Sprintf(`{"status":"401","schemes":"Bearer","scope":"mail of %s"}`, user)), false, nil
	}
	return nil, true, nil
}
