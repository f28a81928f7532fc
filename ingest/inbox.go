package ingest

import (
	"errors"
	"time"
)

// Fetched is one message as the server gave it.
type Fetched struct {
	UIDValidity uint32
	UID         uint32
	Received    time.Time // INTERNALDATE
	Flags       []string
	Size        int64 // RFC822.SIZE, or the length of Raw where the server was wrong
	// Raw is the whole message; of an oversize one, only its headers.
	Raw      []byte
	Oversize bool
	Digest   string // SHA-256 of Raw, "sha256:" and 64 hexadecimal digits
}

// Collected says what one look into the inbox found.
type Collected struct {
	UIDValidity uint32
	Waiting     int      // messages in the inbox
	Fetched     int      // delivered
	Missing     []uint32 // asked for, but the server gave nothing: moved away meanwhile, or damaged there
}

// Wish says what is to be collected.
type Wish struct {
	// Known picks those of the inbox's UIDs that are to be fetched.
	Known func(uidvalidity uint32, uids []uint32) (toFetch []uint32, err error)
	// Ask hears of every batch before a byte of it is asked for, and may leave some out; nil leaves out none.
	Ask func(uidvalidity uint32, uids []uint32) ([]uint32, error)
	// Deliver gets the batches, bounded by bytes and count, oldest first, and commits each: when it errs, Collect stops. A
	// batch that did not come whole is not delivered at all. It is called for a batch of which nothing came as well.
	Deliver func([]Fetched) error
}

// Move is one message and the folder where it belongs.
type Move struct {
	UID    uint32
	Folder string
}

// Filed says what became of the moves.
type Filed struct {
	// Gone are the UIDs that are no longer in the inbox: moved now, or already moved by somebody.
	Gone []uint32
	// Left are the UIDs that are still there; the error says why.
	Left []uint32
}

// ErrUIDValidity is returned by File when the folder was renumbered since the messages were collected: their UIDs mean
// other messages now, or none. Collect again; the hash of each message tells which are known.
var ErrUIDValidity = errors.New("the folder was renumbered (UIDVALIDITY changed)")

// ErrNoIdle is returned by Idle when the server does not offer it, or the configuration does not want it: poll.
var ErrNoIdle = errors.New("the server does not announce new mail (no IDLE)")
