// Package ingest owns what is in the shared inbox: MIME, who really sent a message, what kind of message it is and what is to
// be done with it, and the words that every transport needs for an inbox. The rooms below it own the rest: imap the session
// with the server, forms the workbook that is a request, reply the commands in a reply. It refuses to know guardrails, the
// ledger and the mail that goes out.
package ingest
