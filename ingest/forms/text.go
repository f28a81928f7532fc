package forms

import (
	"fmt"
	"strings"

	"handrail/internal/request"
)

// What the form reader says to the person who filled in the form: what is wrong, and what to do. Where it is, is said
// in front.

func text(en, fr string) request.Text { return request.Text{EN: en, FR: fr} }

func textf(en, fr string, args ...any) request.Text {
	return request.Text{EN: fmt.Sprintf(en, args...), FR: fmt.Sprintf(fr, args...)}
}

func quoted(s string) (en, fr string) { return request.QuoteEN(s), request.QuoteFR(s) }

// about is a sentence about a text that somebody typed.
func about(s, en, fr string) request.Text {
	qe, qf := quoted(s)
	return request.Text{EN: qe + " " + en, FR: qf + " " + fr}
}

// frenchNumber writes a plain number with a comma.
func frenchNumber(s string) string { return strings.Replace(s, ".", ",", 1) }

var (
	referenceLabel = text("Reference", "Référence")

	hiddenRowText = text("This row is hidden in the workbook. It counts all the same: everything in the table is read.",
		"Cette rangée est masquée dans le classeur. Elle compte quand même\u00a0: tout ce qui se trouve dans le tableau est lu.")
	controlText = text("The text holds invisible characters that would change what one sees. Type it again.",
		"Le texte contient des caractères invisibles qui changeraient ce qui s’affiche. Saisissez-le de nouveau.")
	formulaWithoutValueText = text("The formula has no stored result. Open the workbook in Excel or LibreOffice, save it, and send it again; or type the value.",
		"La formule n’a pas de résultat enregistré. Ouvrez le classeur dans Excel ou LibreOffice, enregistrez-le et renvoyez-le, ou saisissez la valeur.")
)

func hiddenSheetText(sheet string) request.Text {
	return textf("The sheet “%s” is hidden. It holds the request, so it was read.", "La feuille «\u00a0%s\u00a0» est masquée. Elle contient la demande; elle a donc été lue.", sheet)
}

func hiddenColumnText(header string) request.Text {
	return textf("The column “%s” is hidden. It was read all the same.", "La colonne «\u00a0%s\u00a0» est masquée. Elle a été lue quand même.", header)
}

func secondTableText(row int) request.Text {
	return textf("A second table begins in row %d, and its lines were not read. Put all lines under the first header, or send the second table as a workbook of its own.",
		"Un deuxième tableau commence à la rangée %d, et ses lignes n’ont pas été lues. Placez toutes les lignes sous le premier en-tête, ou envoyez le deuxième tableau dans un classeur distinct.", row)
}

func repeatedHeaderText(row int) request.Text {
	return textf("Row %d repeats the column headers. It was left out.", "La rangée %d répète les en-têtes de colonnes. Elle n’est pas prise en compte.", row)
}

func footerText(row int) request.Text {
	return textf("Row %d holds only totals. It was read as the table’s footer, not as a line.",
		"La rangée %d ne contient que des totaux. Elle a été lue comme le pied du tableau, et non comme une ligne.", row)
}

func clearedRowText(row int, reference string) request.Text {
	return textf("Row %d has the number %s but nothing else. It was left out; to withdraw the line, answer our mail with WITHDRAW and the line’s number in that mail.",
		"La rangée %d porte le numéro %s, mais rien d’autre. Elle n’est pas prise en compte; pour retirer cette ligne, répondez à notre courriel par RETIRER suivi du numéro de la ligne dans ce courriel.", row, reference)
}

func formulaOnlyText(first, last, n int) request.Text {
	return textf("%[3]d prepared rows (%[1]d to %[2]d) hold only formulas. They were read as empty.",
		"%[3]d rangées préparées (%[1]d à %[2]d) ne contiennent que des formules. Elles ont été lues comme vides.", first, last, n)
}

func noLinesText(header int) request.Text {
	return textf("The table under row %d is empty. Fill in one row for each thing to buy, and send the form again.",
		"Le tableau sous la rangée %d est vide. Remplissez une rangée par achat, puis renvoyez le formulaire.", header)
}

func duplicateColumnText(header, first string) request.Text {
	return textf("the column “%s” means the same as the one in %s. Keep one of the two.",
		"la colonne «\u00a0%s\u00a0» a le même sens que celle en %s. N’en gardez qu’une.", header, first)
}

func duplicateLabelText(label request.Text, first string) request.Text {
	return request.Text{EN: fmt.Sprintf("%s stands above the table twice, with two values (the other is in %s). Keep one.", label.EN, first),
		FR: fmt.Sprintf("%s figure deux fois au-dessus du tableau, avec deux valeurs (l’autre est en %s). N’en gardez qu’une.", label.FR, first)}
}

func twoValuesText(first, second string) request.Text {
	return textf("%s and %s say two different things for the same field. Keep one.", "%s et %s indiquent deux choses différentes pour le même champ. N’en gardez qu’une.", first, second)
}

func unknownLanguageText(s string) request.Text {
	return about(s, "is neither English nor French. You are answered in both.", "n’est ni l’anglais ni le français. Vous recevez la réponse dans les deux langues.")
}

func noHeaderText(column string) request.Text {
	return textf("Column %s holds values but has no header. They were kept, but no rule reads them.",
		"La colonne %s contient des valeurs, mais n’a pas d’en-tête. Elles sont conservées, mais aucune règle ne les lit.", column)
}

func mergedText(area string) request.Text {
	return textf("The cells %s are merged, so it is not certain which row or column the value belongs to. Unmerge them and fill in each cell.",
		"Les cellules %s sont fusionnées\u00a0: on ne sait pas à quelle ligne ou colonne appartient la valeur. Annulez la fusion et remplissez chaque cellule.", area)
}

func widenedText(row int) request.Text {
	return textf("Row %d has a cell that is merged with empty columns beside it. Its value was read.",
		"La rangée %d contient une cellule fusionnée avec des colonnes vides voisines. Sa valeur a été lue.", row)
}

func mergedHeaderText(area string) request.Text {
	return textf("The header cells %s are merged. Only the first column under them is read by that name.",
		"Les cellules d’en-tête %s sont fusionnées. Seule la première colonne en dessous est lue sous ce nom.", area)
}

func errorValueText(value string) request.Text {
	return textf("the cell shows the error %s. Correct the formula, or type the value.", "la cellule affiche l’erreur %s. Corrigez la formule, ou saisissez la valeur.", value)
}

func notFiniteText(raw string) request.Text {
	return about(raw, "is not a number that can be counted with. Type the amount again.", "n’est pas un nombre utilisable. Saisissez le montant de nouveau.")
}

func tooManyDigitsText(raw string) request.Text {
	return about(raw, "has more digits than a spreadsheet number keeps. Format the cell as text and type it again.",
		"compte plus de chiffres qu’une cellule numérique n’en conserve. Mettez la cellule au format texte et saisissez-le de nouveau.")
}

func dateAsNumberText(value string) request.Text {
	return about(value, "is a date, and an amount is needed. Type the amount again, and format the cell as a number.",
		"est une date, alors qu’un montant est demandé. Saisissez le montant de nouveau et mettez la cellule au format nombre.")
}

func noNumberText(value string) request.Text {
	return about(value, "is not a number. Type one, such as 1234.56.", "n’est pas un nombre. Saisissez-en un, comme 1\u00a0234,56.")
}

func numberAsDateText(value string) request.Text {
	return about(value, "is a number without a date format, so the day is not certain. Type it as 2026-12-01.",
		"est un nombre sans format de date\u00a0: le jour n’est pas certain. Saisissez-le sous la forme 2026-12-01.")
}

func noDayText(value string) request.Text {
	return about(value, "is not a day. Type it as 2026-12-01.", "n’est pas un jour. Saisissez-le sous la forme 2026-12-01.")
}

func dateInTextText(value string) request.Text {
	return about(value, "was read from a cell that Excel turned into a date. If you typed something else, format the cell as text and type it again.",
		"provient d’une cellule qu’Excel a transformée en date. Si vous aviez saisi autre chose, mettez la cellule au format texte et recommencez.")
}

func roundedText(exact, rounded string) request.Text {
	return request.Text{EN: fmt.Sprintf("the cell holds %s, which was rounded to %s.", exact, rounded),
		FR: fmt.Sprintf("la cellule contient %s, arrondi à %s.", frenchNumber(exact), frenchNumber(rounded))}
}

func rateText(tax string) request.Text {
	return request.Text{EN: fmt.Sprintf("%s is less than one per cent of the subtotal, so it looks like a tax rate. Type the amount of the tax.", tax),
		FR: fmt.Sprintf("%s représente moins d’un pour cent du sous-total\u00a0: cela ressemble à un taux de taxe. Saisissez le montant des taxes.", frenchNumber(tax))}
}

func derivedTotalText(total string) request.Text {
	return request.Text{EN: fmt.Sprintf("it was empty; subtotal plus tax, %s, was taken.", total),
		FR: fmt.Sprintf("la case était vide; le sous-total plus les taxes, soit %s, a été retenu.", frenchNumber(total))}
}

func currencyConflictText(typed, found, want string) request.Text {
	return about(typed, fmt.Sprintf("is in %s, but the currency of this line is %s. Fill in the currency, or leave it out of the amount.", found, want),
		fmt.Sprintf("est en %s, alors que la devise de cette ligne est %s. Indiquez la devise, ou retirez-la du montant.", found, want))
}

// staleFormulaText says that a formula's stored value is not what the line's own figures come to.
func staleFormulaText(stored, want string, a, b request.Text, times bool) request.Text {
	sign := "+"
	if times {
		sign = "×"
	}
	return request.Text{
		EN: fmt.Sprintf("the formula’s stored result is %s, but %s %s %s is %s. Open the workbook, let it recalculate, and save it.", stored, a.EN, sign, b.EN, want),
		FR: fmt.Sprintf("le résultat enregistré de la formule est %s, alors que %s %s %s donne %s. Ouvrez le classeur, laissez-le recalculer, puis enregistrez-le.",
			frenchNumber(stored), a.FR, sign, b.FR, frenchNumber(want))}
}
