package forms

import (
	"strings"

	"handrail/internal/request"
)

// What is said about rows, sums and what stands under the table.

func preparedText(first, last, n int) request.Text {
	return textf("%[3]d prepared rows (%[1]d to %[2]d) hold the same answers as others and nothing else. They were read as empty.",
		"%[3]d rangées préparées (%[1]d à %[2]d) contiennent les mêmes réponses que d’autres et rien de plus. Elles ont été lues comme vides.", first, last, n)
}

func perhapsNoteText(row int) request.Text {
	return textf("it has text but no amount. Delete row %d if it is a note or a heading; if it is something to buy, fill in its other cells.",
		"elle contient du texte, mais aucun montant. Supprimez la rangée %d s’il s’agit d’une note ou d’un titre; s’il s’agit d’un achat, remplissez ses autres cellules.", row)
}

func continuedText(row int) request.Text {
	return textf("row %d goes on with this text. It was added here, and is no line of its own.",
		"la rangée %d en est la suite. Elle a été ajoutée ici et ne compte pas comme une ligne.", row)
}

func lineInOtherListText(row int) request.Text {
	return textf("Row %d looks like a line of the request, but stands under the headers of another list. If it is something to buy, move it into the request’s table.",
		"La rangée %d ressemble à une ligne de la demande, mais se trouve sous les en-têtes d’une autre liste. S’il s’agit d’un achat, déplacez-la dans le tableau de la demande.", row)
}

func tooManySumsText(row int) request.Text {
	return textf("From row %d on, there are more rows of totals than can be checked. Send the parts of the table as forms of their own.",
		"À partir de la rangée %d, il y a plus de rangées de totaux qu’on ne peut en vérifier. Envoyez les parties du tableau dans des formulaires distincts.", row)
}

// nameOfSum is how a row of sums is called in a sentence.
func nameOfSum(label string) (en, fr string) {
	if label == "" {
		return "The sum", "La somme"
	}
	return quoted(label)
}

func footerMismatchText(ref, stated, lines string) request.Text {
	return request.Text{
		EN: "The sum in " + ref + " is " + stated + ", but the lines come to " + lines + ". Correct the lines or the sum; until then none of them can be decided.",
		FR: "La somme en " + ref + " est de " + frenchNumber(stated) + ", alors que les lignes donnent " + frenchNumber(lines) +
			". Corrigez les lignes ou la somme; d’ici là, aucune ne peut faire l’objet d’une décision.",
	}
}

func footerElsewhereText(ref string) request.Text {
	return textf("The sum in %s adds up another sheet as well, and was not compared with the lines of this one.",
		"La somme en %s additionne aussi une autre feuille; elle n’a pas été comparée aux lignes de celle-ci.", ref)
}

func footerUnreadableText(label, shown string) request.Text {
	en, fr := nameOfSum(label)
	if shown == "=" {
		return request.Text{
			EN: en + " under the lines is a formula without a stored result. Open the workbook in Excel or LibreOffice, save it, and send it again; or type the amount.",
			FR: fr + ", sous les lignes, est une formule sans résultat enregistré. Ouvrez le classeur dans Excel ou LibreOffice, enregistrez-le et renvoyez-le, ou saisissez le montant.",
		}
	}
	qe, qf := quoted(shown)
	return request.Text{
		EN: en + " under the lines says " + qe + ", which is no amount. Type the amount, or 0 if there is none.",
		FR: fr + ", sous les lignes, indique " + qf + ", ce qui n’est pas un montant. Saisissez le montant, ou 0 s’il n’y en a pas.",
	}
}

func footerUncheckedText(row int) request.Text {
	return textf("The sum in row %d cannot be checked, because an amount of a line above it cannot be read. Correct that line and send the form again.",
		"La somme de la rangée %d ne peut pas être vérifiée, parce que le montant d’une rangée au-dessus est illisible. Corrigez cette rangée et renvoyez le formulaire.", row)
}

func footerReductionText(label, amount string) request.Text {
	en, fr := nameOfSum(label)
	return request.Text{
		EN: en + " (" + amount + ") under the lines changes what is paid, and it is not certain for which line. Put it into the lines’ own prices, and clear it here.",
		FR: fr + " (" + frenchNumber(amount) + "), sous les lignes, change le montant à payer, sans qu’on sache pour quelle ligne. Intégrez ce montant aux prix des lignes, et videz la cellule.",
	}
}

func footerUnnamedText(ref string) request.Text {
	return textf("The figures under the lines, down to %s, have no labels, and it is not certain which is tax, shipping or total. Write beside each what it is.",
		"Les chiffres sous les lignes, jusqu’à %s, n’ont pas de libellé\u00a0: on ne sait pas lequel est la taxe, les frais de transport ou le total. Écrivez à côté de chacun ce qu’il est.", ref)
}

func footerNotSharedText(row int) request.Text {
	return textf("Tax, shipping or total of the whole cannot be shared out among the lines, because row %d has no subtotal. Fill it in and send the form again.",
		"Les taxes, les frais de transport ou le total de l’ensemble ne peuvent pas être répartis entre les lignes, parce que la rangée %d n’a pas de sous-total. Indiquez-le et renvoyez le formulaire.", row)
}

var footerMixedText = text("Tax, shipping or total of the whole cannot be shared out, because the lines are in different currencies. Send one form for each currency.",
	"Les taxes, les frais de transport ou le total de l’ensemble ne peuvent pas être répartis, parce que les lignes sont dans des devises différentes. Envoyez un formulaire par devise.")

func sectionText(row int) request.Text {
	return textf("Row %d was read as a heading of the lines under it, and is no line.", "La rangée %d a été lue comme le titre des lignes qui la suivent; elle ne compte pas comme une ligne.", row)
}

// sharedPart is what a line got of an amount of the whole.
type sharedPart struct {
	name            request.Text
	part, whole, at string
}

func sharedText(parts []sharedPart, shipping bool) request.Text {
	var en, fr []string
	for _, p := range parts {
		if p.part == "" {
			en = append(en, p.name.EN+" of "+p.whole+" ("+p.at+")")
			fr = append(fr, p.name.FR+" de "+frenchNumber(p.whole)+" ("+p.at+")")
			continue
		}
		en = append(en, p.name.EN+" "+p.part+" of "+p.whole+" ("+p.at+")")
		fr = append(fr, p.name.FR+" "+frenchNumber(p.part)+" sur "+frenchNumber(p.whole)+" ("+p.at+")")
	}
	t := request.Text{
		EN: "This line’s share of what is given under the lines, by its subtotal: " + strings.Join(en, ", ") + ".",
		FR: "Part de cette ligne dans ce qui est indiqué sous les lignes, selon son sous-total\u00a0: " + strings.Join(fr, ", ") + ".",
	}
	if shipping {
		t.EN += " The shipping was added to the subtotal."
		t.FR += " Les frais de transport ont été ajoutés au sous-total."
	}
	return t
}
