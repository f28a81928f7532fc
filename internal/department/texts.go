package department

import (
	"fmt"
	"path/filepath"
	"strings"

	"handrail/internal/ledger"
	"handrail/internal/outbox"
	"handrail/internal/registers"
	"handrail/internal/request"
)

// mostMistakes is how many mistakes of a text are named in a mail; policy check names all.
const mostMistakes = 20

// alert is what the operator is told, once for each text.
func (e *RefusedError) alert(digest string) ledger.OutboxEntry {
	file := filepath.Base(e.File)
	d := outbox.Alert{
		CanWait: true,
		Title:   request.Text{EN: "A new text of the policy was refused: " + file, FR: "Un nouveau texte de la politique a été refusé\u00a0: " + file},
		What: request.Text{
			EN: fmt.Sprintf("What stands in %s now cannot be used. The inbox %s goes on with %s, which stays in force; nothing is lost and nobody waits.", file, e.Inbox, e.Kept),
			FR: fmt.Sprintf("Le contenu actuel de %s ne peut pas être utilisé. La boîte %s continue d’appliquer %s, qui demeure en vigueur; rien n’est perdu et personne n’attend.", file, e.Inbox, e.Kept)},
		Hint: request.Text{
			EN: "Have the text corrected and check it with handrail policy check. It comes into force by itself, without a restart. This is said once for each text.",
			FR: "Faites corriger le texte et vérifiez-le avec handrail policy check. Il entrera en vigueur de lui-même, sans redémarrage. Cet avis n’est donné qu’une fois par texte."},
	}
	if e.Kind == OfficersText {
		d.Title = request.Text{EN: "A new list of officers was refused: " + file, FR: "Une nouvelle liste d’agents a été refusée\u00a0: " + file}
		d.What = request.Text{
			EN: fmt.Sprintf("What stands in %s now cannot be used. The former list stays in force; nothing is lost and nobody waits.", file),
			FR: fmt.Sprintf("Le contenu actuel de %s ne peut pas être utilisé. L’ancienne liste demeure en vigueur; rien n’est perdu et personne n’attend.", file)}
		d.Hint = request.Text{
			EN: "Have the list corrected. It comes into force by itself, without a restart. This is said once for each text.",
			FR: "Faites corriger la liste. Elle entrera en vigueur d’elle-même, sans redémarrage. Cet avis n’est donné qu’une fois par texte."}
	}
	if what, ok := RegisterOf(e.Kind); ok {
		d.Title = request.Text{EN: "A new register was refused: " + file, FR: "Un nouveau registre a été refusé\u00a0: " + file}
		d.What = request.Text{
			EN: fmt.Sprintf("What stands in %s now cannot be used as %s. The former register stays in force; nothing is lost and nobody waits.", file, what.EN),
			FR: fmt.Sprintf("Le contenu actuel de %s ne peut pas servir de %s. L’ancien registre demeure en vigueur; rien n’est perdu et personne n’attend.", file, what.FR)}
		d.Hint = request.Text{
			EN: "Have the file corrected, or exported again: it comes into force by itself, without a restart, and handrail doctor tries it. This is said once for each text.",
			FR: "Faites corriger ou exporter de nouveau le fichier\u00a0: il entrera en vigueur de lui-même, sans redémarrage, et handrail doctor l’essaie. Cet avis n’est donné qu’une fois par texte."}
	}
	plain := strings.ReplaceAll(e.Err.Error(), filepath.Dir(e.File)+string(filepath.Separator), "") // where files lie is nobody else's business
	d.Details = strings.Split(strings.TrimSpace(plain), "\n")
	if n := len(d.Details); n > mostMistakes {
		d.Details = d.Details[:mostMistakes]
		d.What.EN += fmt.Sprintf(" The first %d of %d mistakes stand below.", mostMistakes, n)
		d.What.FR += fmt.Sprintf(" Les %d premières erreurs sur %d figurent ci-dessous.", mostMistakes, n)
	}
	return outbox.New(outbox.OperatorAlert, e.Kind+" refused "+e.Inbox+" "+digest, ledger.OutboxEntry{}, d)
}

// RegisterOf is the register that a text on disk is, by the kind under which it is refused; without its article in French.
func RegisterOf(kind string) (name request.Text, ok bool) {
	register, ok := strings.CutPrefix(kind, registerText)
	if !ok {
		return name, false
	}
	switch registers.Kind(register) {
	case registers.CostCentresKind:
		return request.Text{EN: "the register of cost centres", FR: "registre des centres de coûts"}, true
	case registers.PeopleKind:
		return request.Text{EN: "the register of people", FR: "registre du personnel"}, true
	}
	return request.Text{EN: "the register of suppliers", FR: "registre des fournisseurs"}, true
}
