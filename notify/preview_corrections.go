package notify

import "handrail/internal/request"

func sampleCorrections(kind string, l request.Lang) Corrections {
	at := func(sheet request.Text, row string) request.Text {
		return request.Text{EN: "handrail-2026-W47.xlsx, sheet “" + sheet.EN + "”, row " + row, FR: "handrail-2026-W47.xlsx, feuille «\u00a0" + sheet.FR + "\u00a0», rangée " + row}
	}
	matched := request.Text{EN: "Matched", FR: "Rapprochés"}
	left := request.Text{EN: "Charges without approval", FR: "Achats sans approbation"}
	return Corrections{
		Envelope: sampleReply(kind, l), Charges: true,
		Done: []Correction{{Where: at(left, "9"), About: request.Text{EN: "NW HOLDING, 2026-11-19, $4,500.00", FR: "NW HOLDING, 2026-11-19, 4\u00a0500,00\u00a0$"},
			What: request.Text{EN: "Matched with HR-2026-000123-04.", FR: "Rapproché de HR-2026-000123-04."}}},
		Asked: []Correction{
			{Where: at(matched, "12"), About: request.Text{EN: "CEDAR OFFICE, 2026-11-18, $1,310.00", FR: "CEDAR OFFICE, 2026-11-18, 1\u00a0310,00\u00a0$"}, Wrote: "HR-2026-000123-02",
				What:    request.Text{EN: "It was approved for $1,130.00: the difference of $180.00 is beyond the tolerance of $11.30.", FR: "L’approbation est de 1\u00a0130,00\u00a0$\u00a0: l’écart de 180,00\u00a0$ dépasse la tolérance de 11,30\u00a0$."},
				Instead: request.Text{EN: "Write the number again, and why under “Reason”, such as “shipping was added”.", FR: "Inscrivez de nouveau le numéro, et le motif sous «\u00a0Motif\u00a0», par exemple «\u00a0frais de port ajoutés\u00a0»."}},
			{Where: at(left, "14"), About: request.Text{EN: "PARKING 12, 2026-11-20, $12.00", FR: "PARKING 12, 2026-11-20, 12,00\u00a0$"}, Wrote: "HR-2026-000123-05?",
				What:    request.Text{EN: "That is a question, and decides nothing.", FR: "C’est une question, et elle ne décide rien."},
				Instead: request.Text{EN: "Write the number without the question mark if it is right.", FR: "Inscrivez le numéro sans point d’interrogation s’il est bon."}}},
		NotUsed: []Correction{{Where: at(left, "17"), What: request.Text{EN: "The key of the charge was cut off, or made a number.", FR: "La clé de l’achat a été coupée ou changée en nombre."},
			Instead: request.Text{EN: "Write the answers into the workbook as it came, and leave the last column as it is.", FR: "Inscrivez les réponses dans le classeur tel qu’il est arrivé, et laissez la dernière colonne telle quelle."}}},
	}
}
