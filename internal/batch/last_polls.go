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
