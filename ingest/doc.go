// Package ingest owns the shared inbox and what is in it: the IMAP session, MIME, who really sent a message, what kind
// of message it is, the forms inside and the commands in replies. It refuses to know guardrails, the ledger and the
// mail that goes out: it reads, names what it read with its reason, and moves messages to folders.
package ingest
