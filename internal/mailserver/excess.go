package mailserver

import "handrail/internal/request"

// Excess is an answer that no mail server gives in earnest: longer, larger or deeper than what was asked for could be. It
// is refused before it costs memory.
type Excess struct {
	Does string // what the server does: "sends a line of more than 65536 bytes"
}

// Error says what the server does.
func (e *Excess) Error() string { return "the server " + e.Does }

// hint says what to do next.
func (e *Excess) hint() request.Text {
	return request.Text{
		EN: "No mail server answers like this in earnest, so the connection was closed and nothing of the answer was used. Check that host and port lead to your own mail server and that nothing stands in between; then show this line to those who run it. The next run tries again; no mail is lost.",
		FR: "Aucun serveur de courriel ne répond ainsi en temps normal; la connexion a été fermée et rien de la réponse n’a été utilisé. Vérifiez que host et port mènent bien à votre serveur de courriel et que rien ne s’interpose; montrez ensuite cette ligne aux personnes qui l’exploitent. La prochaine exécution réessaiera; aucun courriel n’est perdu."}
}
