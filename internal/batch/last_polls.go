package batch

import (
	"maps"
	"sync"
	"time"
)

// lastPolls remembers when each inbox was last looked into with success, by this process.
type lastPolls struct {
	mu sync.Mutex
	at map[string]time.Time
}

func (l *lastPolls) note(inbox string, at time.Time) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.at == nil {
		l.at = map[string]time.Time{}
	}
	l.at[inbox] = at
}

// LastPolls says when each inbox was last looked into with success. An inbox that this process has not looked into yet
// is there with the zero instant.
func (j *Job) LastPolls() map[string]time.Time {
	all := map[string]time.Time{}
	for _, name := range j.order {
		all[name] = time.Time{}
	}
	j.lastPolls.mu.Lock()
	defer j.lastPolls.mu.Unlock()
	maps.Copy(all, j.lastPolls.at)
	return all
}

// SendingOutage is the name of the outage in which nothing can be sent.
const SendingOutage = smtpOutage

// sendings remembers when a mail server last took a mail, and when it last did not, by this process.
type sendings struct {
	mu               sync.Mutex
	accepted, failed time.Time
}

func (s *sendings) note(at time.Time, accepted bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if accepted {
		s.accepted = at
	} else {
		s.failed = at
	}
}

// LastSendings says when a mail server last took a mail, and when it last did not; zero for never, by this process.
func (j *Job) LastSendings() (accepted, failed time.Time) {
	j.sendings.mu.Lock()
	defer j.sendings.mu.Unlock()
	return j.sendings.accepted, j.sendings.failed
}
