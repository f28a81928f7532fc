package ingest

import (
	"errors"
	"time"
)

// A message's identity is text that only the transport can read. It is another one for every message of a folder, and means
// the same message for as long as the folder is not renumbered.

// Fetched is one message as the server gave it.
type Fetched struct {
	ID       string
	Received time.Time // by the server's clock
	Flags    []string
	Size     int64 // as the server says, or the length of Raw where the server was wrong
	// Raw is the whole message; of an oversize one, only its headers.
	Raw      []byte
	Oversize bool
	Digest   string // SHA-256 of Raw, "sha256:" and 64 hexadecimal digits
}

// Collected says what one look into the inbox found.
type Collected struct {
	Waiting int      // messages in the inbox
	Fetched int      // delivered
	Missing []string // asked for, but the server gave nothing: moved away meanwhile, or damaged there
}

// Wish says what is to be collected.
type Wish struct {
	// Known picks those of the inbox's messages, oldest first, that are to be fetched.
	Known func(ids []string) (toFetch []string, err error)
	// Dated is told of messages before anything but their size, their flags and their date is asked for, and picks those that are
	// fetched; nil picks all.
	Dated func([]Fetched) (toFetch []string, err error)
	// Ask is told of every batch before a byte of it is asked for, and may leave some out; nil leaves out none.
	Ask func(ids []string) ([]string, error)
	// Deliver gets the batches, bounded by bytes and count, oldest first, and commits each: when it errs, Collect stops. A
	// batch that did not come whole is not delivered at all. It is called for a batch of which nothing came as well.
	Deliver func([]Fetched) error
}

// Move is one message and the folder where it belongs.
type Move struct {
	ID     string
	Folder string
}

// Moved says what became of the moves.
type Moved struct {
	// Gone are the messages that are no longer in the inbox: moved now, or already moved by somebody.
	Gone []string
	// Left are the messages that are still there; the error says why.
	Left []string
}

// ErrRenumbered says that the folder was renumbered since the messages were collected: their identities mean no message any
// more. Collect again; the hash of each message tells which are known.
var ErrRenumbered = errors.New("the folder was renumbered (UIDVALIDITY changed)")

// ErrNoAnnouncements says that the server announces no new mail, or that the configuration does not want it: poll.
var ErrNoAnnouncements = errors.New("the server does not announce new mail (no IDLE)")
