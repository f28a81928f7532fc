package mailserver

import (
	"strings"

	"handrail/internal/request"
)

// HintFor says what to do about a server's trouble, by its class and by what the server said.
func HintFor(class Class, words string) request.Text {
	for _, h := range known {
		if h.class == class && containsAny(words, h.words) {
			return h.text
		}
	}
	if text, ok := hints[class]; ok {
		return text
	}
	return hints[ProtocolError]
}

func containsAny(text string, words []string) bool {
	for _, w := range words {
		if strings.Contains(text, w) {
			return true
		}
	}
	return false
}

// known is what servers say whose meaning is certain; the first that fits counts.
var known = []struct {
	class Class
	words []string
	text  request.Text
}{
	{CredentialsError, []string{"AADSTS7000222"}, request.Text{
		EN: "The client secret has expired. Have a new one made for the application (Certificates & secrets), write its value where the words above say that it is read from, and correct client_secret_expires. It is tried as soon as the secret changes. No mail is lost.",
		FR: "Le secret client est expiré. Faites-en créer un nouveau pour l’application (Certificats et secrets), inscrivez sa valeur là où il est lu selon le message ci-dessus, et corrigez client_secret_expires. Un nouvel essai a lieu dès que le secret change. Aucun courriel n’est perdu."}},
	{CredentialsError, []string{"AADSTS7000215", "invalid_client", "unauthorized_client"}, request.Text{
		EN: "The issuer of tokens does not take client_id with its client secret. Compare client_id with the application, and write the secret’s value (not its ID) where the words above say that it is read from. It is tried as soon as the secret changes. No mail is lost.",
		FR: "L’émetteur de jetons n’accepte pas client_id avec son secret client. Comparez client_id avec l’application, et inscrivez la valeur du secret (non son identifiant) là où il est lu selon le message ci-dessus. Un nouvel essai a lieu dès que le secret change. Aucun courriel n’est perdu."}},
	{CredentialsError, []string{"invalid_grant", "run handrail doctor at a terminal"}, request.Text{
		EN: "The token that a person granted is missing, was revoked or has expired. Run handrail doctor at a terminal, as the account that runs Handrail, and confirm the code. No mail is lost.",
		FR: "Le jeton accordé par une personne est absent, révoqué ou expiré. Lancez handrail doctor dans un terminal, avec le compte qui exécute Handrail, et confirmez le code. Aucun courriel n’est perdu."}},
	{ProtocolError, []string{"OVERQUOTA", "over quota", "Quota exceeded"}, request.Text{
		EN: "The mailbox is full. Have its limit raised, or move old mail out of it in a mail program. Nothing is lost: what waits goes on by itself when there is room.",
		FR: "La boîte est pleine. Faites augmenter sa limite, ou retirez-en d’anciens courriels dans un logiciel de messagerie. Rien n’est perdu\u00a0: ce qui attend reprend de lui-même dès qu’il y a de la place."}},
	{ProtocolError, []string{"NOPERM", "READ-ONLY", "read-only", "Permission denied", "permission denied"}, request.Text{
		EN: "The account may not write there. Have it given the right to add and remove messages in the inbox and its folders. Nothing is lost: what waits goes on by itself then.",
		FR: "Le compte ne peut pas y écrire. Faites-lui accorder le droit d’ajouter et de retirer des messages dans la boîte et ses dossiers. Rien n’est perdu\u00a0: ce qui attend reprend alors de lui-même."}},
	{TLSError, []string{"expired or is not yet valid"}, request.Text{
		EN: "The server’s certificate has expired, or this machine’s clock is wrong. Ask whoever runs the mail server to renew it. Nothing was sent, and what waits goes on by itself then.",
		FR: "Le certificat du serveur est expiré, ou l’horloge de cette machine est déréglée. Demandez aux responsables du serveur de le renouveler. Rien n’a été transmis, et ce qui attend reprend alors de lui-même."}},
}

var hints = map[Class]request.Text{
	CredentialsError: {EN: "Check username, auth and the secret that the configuration gives for this server. It is tried once an hour, and as soon as the secret changes, so that the account is not locked. No mail is lost.",
		FR: "Vérifiez username, auth et le secret que la configuration donne pour ce serveur. La connexion n’est retentée qu’une fois l’heure, ou dès que le secret change, afin que le compte ne soit pas verrouillé. Aucun courriel n’est perdu."},
	TLSError: {EN: "The server’s certificate is not trusted, or it offers no TLS. Check host, port and tls of this server; for a private authority, set ca_file. Nothing was sent.",
		FR: "Le certificat du serveur n’est pas fiable, ou le serveur n’offre pas TLS. Vérifiez host, port et tls de ce serveur; pour une autorité privée, indiquez ca_file. Rien n’a été transmis."},
	NetworkError: {EN: "Check that the server can be reached from here. The next run tries again; no mail is lost.",
		FR: "Vérifiez que le serveur est joignable d’ici. La prochaine exécution réessaiera; aucun courriel n’est perdu."},
	ProtocolError: {EN: "Run handrail doctor, which tries each step and shows what the server says.",
		FR: "Lancez handrail doctor, qui essaie chaque étape et montre ce que dit le serveur."},
}
