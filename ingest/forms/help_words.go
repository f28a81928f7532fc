package forms

import (
	"fmt"

	"handrail/internal/request"
)

// One sentence each: why what stands in a cell is no answer, and what to write instead.

// noAnswerText is about any text that is none; instead is what to write.
func noAnswerText(s string, instead request.Text) request.Text {
	return about(s, "is not an answer here; "+instead.EN+".", "n’est pas une réponse ici; "+instead.FR+".")
}

// sameAsAboveText proposes what the row above says, or asks for it where it is too long to repeat.
func sameAsAboveText(f request.Field, s, above string) request.Text {
	const most = 60
	if len(above) > most {
		return about(s, "is not an answer here; "+f.Instead().EN+", as in the row above if it is the same.", "n’est pas une réponse ici; "+f.Instead().FR+", comme à la rangée précédente si c’est la même chose.")
	}
	ae, af := request.QuoteEN(above), request.QuoteFR(above)
	return about(s, "is not an answer here; write "+ae+" again if it is the same.", "n’est pas une réponse ici; inscrivez de nouveau "+af+" si c’est la même chose.")
}

func aloneAboveText(s string, instead request.Text) request.Text {
	return about(s, "refers to a row above, and nothing stands there; "+instead.EN+".", "renvoie à une rangée précédente, où rien n’est inscrit; "+instead.FR+".")
}

func doubtfulSupplierText(s string, instead request.Text) request.Text {
	return about(s, "may not be a supplier’s name; "+instead.EN+", between quotation marks if this is its name.",
		"n’est peut-être pas le nom d’un fournisseur; "+instead.FR+", entre guillemets si c’est bien son nom.")
}

func twoSuppliersText(s string) request.Text {
	return about(s, "looks like two suppliers; put one on each line with its own amount, or write the name between quotation marks if it is one supplier.",
		"ressemble à deux fournisseurs; inscrivez-en un par ligne avec son propre montant, ou mettez le nom entre guillemets s’il s’agit d’un seul fournisseur.")
}

func sampleAddressText(s string, instead request.Text) request.Text {
	return about(s, "looks like an example; "+instead.EN+", with the person’s name before it if it is right, as in Nora Ames <na@example.ca>.",
		"ressemble à un exemple; "+instead.FR+", précédée du nom de la personne si elle est exacte, comme Nora Ames <na@example.ca>.")
}

func oneTotalText(s string) request.Text {
	return about(s, "is not one number; write the total with tax as one number.", "n’est pas un seul nombre; inscrivez le total avec les taxes en un seul nombre.")
}

func severalAmountsText(s string) request.Text {
	return about(s, "is more than one amount; write one number.", "contient plus d’un montant; inscrivez un seul nombre.")
}

func freeOfChargeText(s string, f request.Field) request.Text {
	if f == request.UnitPrice || f == request.Tax {
		return about(s, "is no number; write 0 if nothing is charged.", "n’est pas un nombre; inscrivez 0 si rien n’est facturé.")
	}
	return about(s, "is not an amount; if nothing is paid, delete the row; if something is paid, write its price.", "n’est pas un montant; si rien n’est payé, supprimez la rangée; sinon, inscrivez le prix.")
}

func dashTaxText(s string) request.Text {
	return about(s, "can mean 0 or not known yet; write 0 if there is no tax.", "peut vouloir dire 0 ou pas encore connu; inscrivez 0 s’il n’y a pas de taxe.")
}

func taxIncludedText(s string) request.Text {
	return about(s, "does not say how much; write the amount of the tax that the total includes.", "ne dit pas combien; inscrivez le montant des taxes comprises dans le total.")
}

func taxRateText(s, amount string) request.Text {
	return request.Text{EN: fmt.Sprintf("%s is a rate; write the tax as an amount, %s if that is what the quote says.", request.QuoteEN(s), amount),
		FR: fmt.Sprintf("%s est un taux; inscrivez le montant des taxes, %s si c’est ce qu’indique la soumission.", request.QuoteFR(s), frenchNumber(amount))}
}

func taxSumText(s, sum string) request.Text {
	return request.Text{EN: fmt.Sprintf("%s is more than one amount; write the sum of the taxes as one number, %s if all of them apply.", request.QuoteEN(s), sum),
		FR: fmt.Sprintf("%s contient plus d’un montant; inscrivez la somme des taxes en un seul nombre, %s si toutes s’appliquent.", request.QuoteFR(s), frenchNumber(sum))}
}

// missingTaxText asks for a tax that the total only mentions.
func missingTaxText() request.Text {
	instead := request.Tax.Instead()
	return text("the total mentions a tax; "+instead.EN+".", "le total mentionne une taxe; "+instead.FR+".")
}

func foreignProseText(words string) request.Text {
	qe, qf := quoted(words)
	return request.Text{EN: "the line mentions " + qe + " but gives no currency; write USD or CAD.", FR: "la ligne mentionne " + qf + " sans indiquer de devise; inscrivez USD ou CAD."}
}

func dollarText(s string) request.Text {
	return about(s, "is the sign of several currencies; write CAD if the amount is in Canadian dollars, or the three letters of the other currency.",
		"est le signe de plusieurs devises; inscrivez CAD si le montant est en dollars canadiens, ou les trois lettres de l’autre devise.")
}

func crossText(s string, instead request.Text) request.Text {
	return about(s, "can tick an answer or strike it out; "+instead.EN+".", "peut cocher une réponse ou la rayer; "+instead.FR+".")
}

func unclassifiedText(s string) request.Text {
	return about(s, "is no security level; write unclassified if that is what you mean, or choose another level.",
		"n’est pas un niveau de sécurité; inscrivez non classifié si c’est le cas, ou choisissez un autre niveau.")
}

func formerText(s string) request.Text {
	return about(s, "does not say whether there is a pension; write former with pension or former without pension.",
		"ne dit pas s’il y a une pension; inscrivez ancien avec pension ou ancien sans pension.")
}

func reimbursementText(s string) request.Text {
	return about(s, "does not go through this form; ask procurement how to be paid back, or choose acquisition card, card through PayPal or invoice.",
		"ne passe pas par ce formulaire; demandez à l’approvisionnement comment être remboursé, ou choisissez carte d’achat, carte par PayPal ou facture.")
}

func qualifiedText(s string) request.Text {
	return about(s, "is not a plain yes; write yes if all of it is done at a distance, and no if somebody must come in even once.",
		"n’est pas un simple oui; inscrivez oui si tout se fait à distance, et non s’il faut venir ne serait-ce qu’une fois.")
}

// licenceText offers the identifier of a licence; code is false for a licence of data or texts.
func licenceText(s, id string, code bool) request.Text {
	if !code {
		return about(s, "is a licence of data and texts ("+id+"); "+request.Licence.Instead().EN+".",
			"est une licence de données et de textes ("+id+"); "+request.Licence.Instead().FR+".")
	}
	return about(s, "is known by its short name; write "+id+" if that is the licence.", "se désigne par son nom court; inscrivez "+id+" si c’est bien cette licence.")
}

func sumRowText(word string) request.Text {
	return about(word, "looks like a sum and not like something to buy; delete this row if it is a sum, or write in the title what is bought.",
		"ressemble à une somme plutôt qu’à un achat; supprimez cette ligne si c’est une somme, ou inscrivez dans le titre ce qui est acheté.")
}

func lonelyAmountText(s string) request.Text {
	return textf("This row has the amount %s and nothing else; delete the row if it is a sum, or fill in the line if it is a request.",
		"Cette rangée contient le montant %s et rien d’autre; supprimez-la si c’est une somme, ou remplissez-la si c’est une demande.", s)
}

func lonelyTextText(s string) request.Text {
	qe, qf := quoted(s)
	return request.Text{EN: "This row has " + qe + " and nothing else; delete the row, or move a note below the table, if it is no request, and fill in the line if it is one.",
		FR: "Cette rangée contient " + qf + " et rien d’autre; si ce n’est pas une demande, supprimez-la ou placez la note sous le tableau, et si c’en est une, remplissez la rangée."}
}

// zeroText is about an amount of zero.
func zeroText(f request.Field) request.Text {
	switch f {
	case request.Total, request.Net:
		return text("nothing is paid, so there is nothing to approve; if something is paid, write its price.", "rien n’est payé\u00a0: il n’y a donc rien à approuver; s’il y a un prix, inscrivez-le.")
	case request.UnitPrice:
		return text("0 means free of charge; "+f.Instead().EN+" if it is not.", "0 veut dire gratuit; si ce ne l’est pas, "+f.Instead().FR+".")
	}
	return text("0 means that nothing was authorized; "+f.Instead().EN+".", "0 veut dire que rien n’a été autorisé; "+f.Instead().FR+".")
}

// mostText says which amount was read where somebody wrote the most that was authorized.
func mostText(s, amount string) request.Text {
	return request.Text{EN: request.QuoteEN(s) + " was read as " + amount + ".", FR: request.QuoteFR(s) + " a été lu comme " + frenchNumber(amount) + "."}
}
