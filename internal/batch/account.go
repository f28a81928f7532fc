package batch

import (
	"context"
	"fmt"
)

// shareAccounts divides what a server allows one account among the inboxes that are folders of it: as many wait for
// announcements as leave one connection to work with, in the order of the configuration; when there are fewer left than
// inboxes, these take turns, and none keeps one.
func (j *Job) shareAccounts() {
	boxes := map[string][]*inbox{}
	for _, name := range j.order {
		c := &j.inboxes[name].Config
		account := fmt.Sprintf("%s %d %s", c.Host, c.Port, c.Username)
		boxes[account] = append(boxes[account], j.inboxes[name])
	}
	for _, of := range boxes {
		allowed := of[0].Config.MaxConnections
		for _, box := range of {
			allowed = min(allowed, box.Config.MaxConnections)
		}
		for _, box := range of {
			if !box.Config.NoIdle && allowed > 1 {
				box.listens = true
				allowed--
			}
		}
		if allowed >= len(of) {
			continue
		}
		turns := make(chan struct{}, allowed)
		for _, box := range of {
			box.turns = turns
		}
	}
}

// turn waits until the inbox may have a connection to work with; done gives it back.
func (b *inbox) turn(ctx context.Context) (done func(), err error) {
	if b.turns == nil {
		return func() {}, nil
	}
	select {
	case b.turns <- struct{}{}:
		return func() {
			if b.session != nil {
				_ = b.session.Close()
				b.session = nil
			}
			<-b.turns
		}, nil
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}
