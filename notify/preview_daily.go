package notify

import (
	"time"

	"handrail/internal/request"
)

func sampleOperatorDaily(l request.Lang) OperatorDaily {
	text := func(en, fr string) request.Text { return request.Text{EN: en, FR: fr} }
	ago := func(d time.Duration) time.Time { return sampleNow.Add(-d) }
	return OperatorDaily{Envelope: sampleEnvelope("operator-daily", "operator@department.example", "", l),
		Standing: []Standing{
			{Title: text("Lines that nobody can decide", "Lignes dont personne ne peut décider"), All: 1,
				Hint:  text("Add an officer who may decide them to the list of officers.", "Ajoutez à la liste des agents une personne qui peut en décider."),
				Items: []StandingItem{{What: text("HR-2026-000123-04 of camille.roy@department.example", "HR-2026-000123-04 de camille.roy@department.example"), Since: ago(18 * time.Hour)}}},
			{Title: text("What does not work", "Ce qui ne fonctionne pas"), All: 1,
				Hint: text("handrail doctor tries each server, login and folder, and says what to do.", "handrail doctor essaie chaque serveur, connexion et dossier, et dit quoi faire."),
				Items: []StandingItem{{What: text("the folder Processed of the inbox requests", "le dossier Processed de la boîte requests"), Since: ago(3 * time.Hour),
					Words: "NO [OVERQUOTA] mailbox is full"}}},
			{Title: text("What is set aside after it failed several times", "Ce qui est mis de côté après plusieurs échecs"), All: 14,
				Hint:  text("Read the reason and take it away, then type the command that stands there.", "Lisez le motif et corrigez-le, puis tapez la commande indiquée."),
				Items: []StandingItem{{What: text("handrail retry answer:123", "handrail retry answer:123"), Since: ago(26 * time.Hour), Words: "escalation.txt has no field Totl"}}},
		},
		News: []News{{Title: text("An officer has not answered", "Un agent n’a pas répondu"), At: ago(20 * time.Hour),
			What:    text("Lines still wait for a decision although the officer was reminded.", "Des lignes attendent toujours une décision malgré les rappels envoyés à l’agent."),
			Hint:    text("Ask the officer, or name somebody else in the configuration.", "Communiquez avec l’agent, ou désignez quelqu’un d’autre dans la configuration."),
			Details: []string{"HR-2026-000119-01"}}},
	}
}
