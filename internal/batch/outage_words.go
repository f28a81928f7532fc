package batch

import (
	"strings"

	"handrail/ingest"
	"handrail/internal/mailserver"
	"handrail/internal/request"
)

// OutageWords says to a person what it is that does not work, by the name under which the ledger keeps it.
func OutageWords(name string) string { return OutageText(name).EN }

// OutageText is OutageWords in both languages.
func OutageText(name string) request.Text {
	kind, of, _ := strings.Cut(name, " ")
	switch {
	case name == ledgerOutage:
		return request.Text{EN: "the ledger", FR: "le registre"}
	case name == smtpOutage:
		return request.Text{EN: "the mail server that sends ([smtp])", FR: "le serveur de courriel d’envoi ([smtp])"}
	case name == dnsOutage:
		return request.Text{EN: "the DNS", FR: "le DNS"}
	case isFolder(name):
		inbox, folder, _ := strings.Cut(of, "/")
		return request.Text{EN: "the folder " + folder + " of the inbox " + inbox, FR: "le dossier " + folder + " de la boîte " + inbox}
	case kind != name && name == imapOutage(of):
		return request.Text{EN: "the mail server of the inbox " + of, FR: "le serveur de courriel de la boîte " + of}
	}
	return request.Text{EN: name, FR: name}
}

// OutageHint says what to do about an outage of a class, by what was said of it.
func OutageHint(name, class, words string) request.Text {
	general := mailserver.HintFor(ingest.ErrorClass(class), words)
	switch {
	case name == ledgerOutage:
		return request.Text{}
	case name == dnsOutage:
		return request.Text{
			EN: "Check that this machine’s resolver answers (verify_dkim needs it). Mail that needs it waits unjudged and is judged by itself when the DNS answers; nothing is set aside because of it.",
			FR: "Vérifiez que le résolveur de cette machine répond (verify_dkim en a besoin). Les courriels qui en dépendent attendent et seront examinés d’eux-mêmes dès que le DNS répondra; rien n’est mis de côté pour cette raison."}
	case isFolder(name) && general == mailserver.HintFor(mailserver.ProtocolError, ""):
		return request.Text{
			EN: "Look in a mail program whether the folder is there, may be written and is not full. What waits for it goes on by itself.",
			FR: "Vérifiez dans un logiciel de messagerie que le dossier existe, qu’on peut y écrire et qu’il n’est pas plein. Ce qui attend reprend de lui-même."}
	}
	return general
}
