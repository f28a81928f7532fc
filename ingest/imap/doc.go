// Package imap opens an inbox by IMAP: it connects, logs in, fetches what is there, moves messages, keeps copies of what was
// sent and waits for announcements, within limits that no server can exceed. It refuses to know what a message says and what
// the ledger has of it.
package imap
