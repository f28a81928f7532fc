package batch

import (
	"context"
	"fmt"
	"strconv"
	"strings"
	"time"

	"handrail/ingest"
	"handrail/internal/ledger"
	"handrail/notify"
)

// Mailbox is an inbox at its mail server, before anything connects. It is safe for concurrent use.
type Mailbox interface {
	// Dial connects and logs in, once. An error of the server is an *ingest.ServerError.
	Dial(ctx context.Context) (Inbox, error)
	// LoginSecret is what the inbox logs in with, "" where that is not known: to tell whether another secret than one that was
	// refused is there by now.
	LoginSecret(ctx context.Context) string
}

// Inbox is one connection to an inbox. It is for one goroutine at a time. An error of the server is an *ingest.ServerError.
type Inbox interface {
	// Collect looks at whatever is in the inbox. Nothing is marked as read.
	Collect(ctx context.Context, w ingest.Wish) (ingest.Collected, error)
	// Move moves messages to folders, which it makes where they are missing. Its error is ingest.ErrRenumbered, and nothing is
	// touched, when their identities mean no message any more.
	Move(ctx context.Context, moves []ingest.Move) (ingest.Moved, error)
	// SaveCopy puts a copy of a mail that was sent into a folder, unless one with its Message-ID is there.
	SaveCopy(ctx context.Context, folder, messageID string, raw []byte, sent time.Time) error
	// Watch lets what comes from now on be announced; its error is ingest.ErrNoAnnouncements where none ever will be.
	Watch(ctx context.Context) error
	// Await waits for an announcement, for at most so long.
	Await(ctx context.Context, most time.Duration) (news bool, err error)
	Close() error
}

// Sender gives finished mails to a mail server. It is safe for concurrent use.
type Sender interface {
	// Send tries to deliver one mail, once, and always says what became of it.
	Send(ctx context.Context, m notify.Outgoing) notify.Fate
	// BeginRun lets a login be tried again that was refused before.
	BeginRun()
	// FilesCopies reports whether the provider files a copy of what is sent by itself.
	FilesCopies() bool
	// LoginSecret is what the sender logs in with, "" where that is not known.
	LoginSecret(ctx context.Context) string
}

// The ledger keeps a message's identity in two columns of numbers, as IMAP has it. The rest of this file is the only place that
// knows; a transport whose identities are other text needs a column of text there.

// placeOf is where the ledger keeps a message of an inbox.
func placeOf(box *inbox, id string) (place ledger.Box, uid uint32, err error) {
	validity, number, _ := strings.Cut(id, " ")
	v, err := strconv.ParseUint(validity, 10, 32)
	if err == nil {
		var u uint64
		if u, err = strconv.ParseUint(number, 10, 32); err == nil {
			return ledger.Box{Inbox: box.Config.Name, Folder: box.Config.Folder, UIDValidity: uint32(v)}, uint32(u), nil
		}
	}
	return place, 0, fmt.Errorf("the ledger cannot keep %q as the identity of a message: %w", id, err)
}

// knownIn says of each of an inbox's messages whether the ledger has it.
func knownIn(ctx context.Context, tx *ledger.Tx, box *inbox, ids []string) ([]bool, error) {
	var place ledger.Box
	uids := make([]uint32, len(ids))
	for i, id := range ids {
		at, uid, err := placeOf(box, id)
		if err == nil && i > 0 && at != place {
			err = fmt.Errorf("%q and %q cannot be in one folder", ids[0], id)
		}
		if err != nil {
			return nil, err
		}
		place, uids[i] = at, uid
	}
	have, err := tx.Messages.KnownUIDs(ctx, place, uids)
	known := make([]bool, len(ids))
	for i, uid := range uids {
		_, known[i] = have[uid]
	}
	return known, err
}

// identityOf is the identity of a message that the ledger has.
func identityOf(m ledger.Message) string { return fmt.Sprintf("%d %d", m.Box.UIDValidity, m.UID) }
