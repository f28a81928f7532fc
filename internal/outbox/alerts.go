package outbox

import (
	"slices"
	"strings"

	"handrail/internal/ledger"
	"handrail/internal/request"
)

// NobodyDecides tells the operator of lines that no officer may decide: once of the same lines, whoever finds out.
func NobodyDecides(submission int64, references []string) ledger.OutboxEntry {
	cause := strings.Join(slices.Sorted(slices.Values(references)), " ")
	return New(OperatorAlert, "nobody decides "+cause, ledger.OutboxEntry{Submission: submission}, Alert{
		Title: request.Text{EN: "No officer may decide a line", FR: "Aucun agent ne peut décider d’une ligne"},
		What: request.Text{
			EN: "Every officer who could decide is the requester or the section 32 manager of the line, or was asked already. Nobody decides their own request.",
			FR: "Chaque agent qui pourrait décider est la personne qui a fait la demande ou le gestionnaire délégataire (article 32) de la ligne, ou a déjà été consulté. Personne ne décide de sa propre demande."},
		Hint: request.Text{
			EN: "Add another officer without a limit to the configuration ([[officer]]) or to the file of officers: the lines wait until then, and go there by themselves.",
			FR: "Ajoutez un autre agent sans limite à la configuration ([[officer]]) ou au fichier des agents\u00a0: les lignes attendent d’ici là et lui parviennent automatiquement."},
		Details: references})
}
