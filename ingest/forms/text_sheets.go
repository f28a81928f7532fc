package forms

import (
	"fmt"
	"strings"

	"handrail/internal/request"
)

// What is said about a request that stands on several sheets.

func nearTableText(sheet string, row int) request.Text {
	return textf("The sheet “%[1]s” was not read: row %[2]d has only three of the form’s column headers. Put the missing headers back, copy its lines to the sheet that was read, or delete the sheet.",
		"La feuille «\u00a0%[1]s\u00a0» n’a pas été lue\u00a0: la rangée %[2]d ne porte que trois des en-têtes du formulaire. Remettez les en-têtes manquants, copiez ses lignes dans la feuille qui a été lue, ou supprimez la feuille.", sheet, row)
}

func nearFormText(sheet string, least int) request.Text {
	return textf("The sheet “%s” was not read: fewer than %d of its boxes are filled in. Fill in the rest, or delete the sheet.",
		"La feuille «\u00a0%s\u00a0» n’a pas été lue\u00a0: moins de %d de ses cases sont remplies. Remplissez les autres, ou supprimez la feuille.", sheet, least)
}

func clearedSheetText(sheet, reference string) request.Text {
	return textf("The sheet “%s” has the number %s but nothing else. It was left out; to withdraw the line, answer our mail with WITHDRAW and the line’s number in that mail.",
		"La feuille «\u00a0%s\u00a0» porte le numéro %s, mais rien d’autre. Elle n’est pas prise en compte; pour retirer cette ligne, répondez à notre courriel par RETIRER suivi du numéro de la ligne dans ce courriel.", sheet, reference)
}

func otherSheetText(sheet string) request.Text {
	return textf("The sheet “%s” was not read as part of the request, because of its name. If you want to buy what it lists, copy its lines to the sheet of the request, or rename the sheet.",
		"La feuille «\u00a0%s\u00a0» n’a pas été lue comme une partie de la demande, en raison de son nom. Pour acheter ce qu’elle énumère, copiez ses lignes dans la feuille de la demande, ou renommez la feuille.", sheet)
}

func listSheetText(sheet string) request.Text {
	return textf("The sheet “%s” was not read: its table has no quantity and no amount, so it was taken for a list. If you want to buy what it lists, copy its lines to the sheet of the request.",
		"La feuille «\u00a0%s\u00a0» n’a pas été lue\u00a0: son tableau n’a ni quantité ni montant et a été pris pour une liste. Pour acheter ce qu’elle énumère, copiez ses lignes dans la feuille de la demande.", sheet)
}

func exampleSheetText(sheet, form string) request.Text {
	return textf("The rows of the sheet “%[1]s” were taken for an example and not read. Fill in your lines on the sheet “%[2]s”.",
		"Les lignes de la feuille «\u00a0%[1]s\u00a0» ont été prises pour un exemple et n’ont pas été lues. Inscrivez vos lignes dans la feuille «\u00a0%[2]s\u00a0».", sheet, form)
}

// otherBoxesText says from which sheet a table without boxes takes its values.
func otherBoxesText(sheet, from string, fields []request.Text) request.Text {
	var en, fr []string
	for _, f := range fields {
		en, fr = append(en, f.EN), append(fr, f.FR)
	}
	return request.Text{
		EN: fmt.Sprintf("The lines of “%s” take from the sheet “%s” what they leave empty: %s.", sheet, from, strings.Join(en, ", ")),
		FR: fmt.Sprintf("Les lignes de «\u00a0%s\u00a0» prennent dans la feuille «\u00a0%s\u00a0» ce qu’elles laissent vide\u00a0: %s.", sheet, from, strings.Join(fr, ", ")),
	}
}

func sameSheetText(sheet, same string) request.Text {
	return textf("The sheet “%[1]s” says the same as the sheet “%[2]s”, word for word. If it is a copy that you have not filled in, change it or delete it; if you need more of the same, state the quantity on “%[2]s” and delete “%[1]s”.",
		"La feuille «\u00a0%[1]s\u00a0» est identique, mot pour mot, à la feuille «\u00a0%[2]s\u00a0». S’il s’agit d’une copie que vous n’avez pas encore remplie, modifiez-la ou supprimez-la; s’il vous en faut davantage, indiquez la quantité dans «\u00a0%[2]s\u00a0» et supprimez «\u00a0%[1]s\u00a0».", sheet, same)
}

func twoRequestersText(sheet, first, here, there string) request.Text {
	he, hf := quoted(here)
	te, tf := quoted(there)
	return request.Text{
		EN: fmt.Sprintf("%s stands on the sheet “%s” and %s on “%s”. One request has one requester: write the same on both, or send this sheet in a workbook of its own.", he, sheet, te, first),
		FR: fmt.Sprintf("la feuille «\u00a0%s\u00a0» indique %s, alors que «\u00a0%s\u00a0» indique %s. Une demande n’a qu’un demandeur\u00a0: inscrivez la même chose dans les deux, ou envoyez cette feuille dans un classeur distinct.", sheet, hf, first, tf),
	}
}

func twoLanguagesText(first string) request.Text {
	return textf("it is not the one on the sheet “%s”. You are answered in that one.", "ce n’est pas celle de la feuille «\u00a0%s\u00a0». La réponse est dans cette dernière.", first)
}
