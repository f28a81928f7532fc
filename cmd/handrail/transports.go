package main

import (
	"context"

	"handrail/ingest"
	"handrail/ingest/imap"
	"handrail/internal/batch"
	"handrail/internal/mailserver"
)

// imapMailbox opens an inbox by IMAP, the only way to one so far.
type imapMailbox struct {
	config ingest.InboxConfig
	saw    func(*mailserver.Certificate) // nil: nobody hears of certificates
}

// Dial connects and logs in.
func (m imapMailbox) Dial(ctx context.Context) (batch.Inbox, error) {
	session, err := imap.Dial(ctx, m.config, imap.Options{Certificate: m.saw})
	if err != nil {
		return nil, err // and no session that is nil
	}
	return session, nil
}

// LoginSecret is what the configuration logs in with.
func (m imapMailbox) LoginSecret(ctx context.Context) string { return m.config.LoginSecret(ctx) }
