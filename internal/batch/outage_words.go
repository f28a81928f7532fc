package batch

import (
	"strings"

	"handrail/ingest"
)

// OutageWords says to a person what it is that does not work, by the name under which the ledger keeps it.
func OutageWords(name string) string {
	kind, of, _ := strings.Cut(name, " ")
	switch {
	case name == ledgerOutage:
		return "the ledger"
	case name == smtpOutage:
		return "the mail server that sends ([smtp])"
	case isFolder(name):
		inbox, folder, _ := strings.Cut(of, "/")
		return "the folder " + folder + " of the inbox " + inbox
	case kind != name && name == imapOutage(of):
		return "the mail server of the inbox " + of
	}
	return name
}

// OutageHint says what to do about an outage of a class.
func OutageHint(name, class string) string {
	switch {
	case name == ledgerOutage:
		return ""
	case isFolder(name) && ingest.ErrorClass(class) == ingest.ProtocolError:
		return "Look in a mail program whether the folder is there, may be written and is not full. What waits for it goes on by itself."
	}
	return (&ingest.ServerError{Class: ingest.ErrorClass(class)}).Hint().EN
}
