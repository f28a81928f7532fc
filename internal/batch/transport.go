package batch

import (
	"context"

	"handrail/notify"
)

// Sender gives finished mails to a mail server. It is safe for concurrent use.
type Sender interface {
	// Send tries to deliver one mail, once, and always says what became of it.
	Send(ctx context.Context, m notify.Outgoing) notify.Fate
	// BeginRun lets a login be tried again that was refused before.
	BeginRun()
	// FilesCopies reports whether the provider files a copy of what is sent by itself.
	FilesCopies() bool
	// LoginSecret is what the sender logs in with, "" where that is not known: to tell whether another secret than one that was
	// refused is there by now.
	LoginSecret(ctx context.Context) string
}
