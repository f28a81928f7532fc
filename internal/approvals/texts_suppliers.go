package approvals

import (
	"fmt"
	"strings"

	"handrail/ingest"
	"handrail/ingest/reply"
	"handrail/internal/ledger"
	"handrail/internal/request"
)

// What is said to who said something of suppliers.
var (
	whyNotOfSuppliers = request.Text{
		EN: "Only an officer of this inbox, or finance, says whether two names are one supplier. Nothing was remembered.",
		FR: "Seuls les agents de cette boîte et les finances disent si deux noms désignent un même fournisseur. Rien n’a été retenu."}
	whyTwoNames = request.Text{
		EN: "Write both names, as they stand in the requests: TWO SUPPLIERS: first name / second name, or SAME SUPPLIER: first name / second name. Nothing was remembered.",
		FR: "Écrivez les deux noms, tels qu’ils figurent dans les demandes\u00a0: DEUX FOURNISSEURS\u00a0: premier nom / second nom, ou MÊME FOURNISSEUR\u00a0: premier nom / second nom. Rien n’a été retenu."}
	whyUnclearSuppliers = request.Text{
		EN: "Your reply speaks of whether names are one supplier or two, and not so that it could be remembered for certain. Write TWO SUPPLIERS or SAME SUPPLIER with the number of the line; to ask the requester, write QUESTION, a colon and your question. Nothing was decided.",
		FR: "Votre réponse parle de noms qui désignent un ou deux fournisseurs, mais pas assez clairement pour être retenue. Écrivez DEUX FOURNISSEURS ou MÊME FOURNISSEUR avec le numéro de la ligne; pour interroger la personne qui demande, écrivez QUESTION, un deux-points et votre question. Rien n’a été décidé."}
)

// supplierWords is how a verb is written.
func supplierWords(v reply.Verb) request.Text {
	c := []reply.Command{{Verb: v}}
	return request.Text{EN: reply.Text(c, request.English), FR: reply.Text(c, request.French)}
}

// pairText says what is remembered of a pair, and how to take it back at any time. again: it was known.
func pairText(p *ledger.SupplierPair, again bool) request.Text {
	a, b := shortName(p.OneShown), shortName(p.OtherShown)
	opposite := supplierWords(reply.OneSupplier)
	en, fr := "two suppliers, so their amounts are no longer added up together.", "deux fournisseurs\u00a0: leurs montants ne sont plus additionnés."
	if p.Same {
		opposite = supplierWords(reply.TwoSuppliers)
		en, fr = "one supplier, so their amounts are always added up together.", "un même fournisseur\u00a0: leurs montants sont toujours additionnés."
	}
	t := request.Text{EN: request.QuoteEN(a) + " and " + request.QuoteEN(b) + " count as " + en, FR: request.QuoteFR(a) + " et " + request.QuoteFR(b) + " comptent comme " + fr}
	if again {
		t.EN, t.FR = t.EN+" That was known already.", t.FR+" C’était déjà connu."
	}
	names := a + " / " + b
	return request.Text{EN: t.EN + " To say the opposite, write " + opposite.EN + ": " + names + ".", FR: t.FR + " Pour dire le contraire, écrivez " + opposite.FR + "\u00a0: " + names + "."}
}

// forgottenText says of which pairs nothing is remembered any more.
func forgottenText(pairs []ledger.SupplierPair) request.Text {
	if len(pairs) == 0 {
		return request.Text{EN: "What you had said of the suppliers was taken back, or replaced, before.", FR: "Ce que vous aviez dit des fournisseurs avait déjà été annulé ou remplacé."}
	}
	var en, fr []string
	for i := range pairs {
		a, b := shortName(pairs[i].OneShown), shortName(pairs[i].OtherShown)
		en = append(en, request.QuoteEN(a)+" and "+request.QuoteEN(b))
		fr = append(fr, request.QuoteFR(a)+" et "+request.QuoteFR(b))
	}
	return request.Text{EN: "Nothing is remembered any more of " + strings.Join(en, "; ") + ": likeness alone decides whether they are added up.",
		FR: "Plus rien n’est retenu au sujet de " + strings.Join(fr, "; ") + "\u00a0: seule leur ressemblance décide s’ils sont additionnés."}
}

// noNearName says that a line was added up with no other name.
func noNearName(line int, v reply.Verb) request.Text {
	w := supplierWords(v)
	return request.Text{
		EN: fmt.Sprintf("Line %d was not added up with another supplier’s name, so it is not clear which two names you mean. Write them: %s: first name / second name. Nothing was decided or remembered.", line, w.EN),
		FR: fmt.Sprintf("La ligne %d n’a pas été additionnée avec le nom d’un autre fournisseur\u00a0: on ne sait pas quels noms vous visez. Écrivez-les\u00a0: %s\u00a0: premier nom / second nom. Rien n’a été décidé ni retenu.", line, w.FR)}
}

// notKnown says that names are not those of known suppliers.
func notKnown(written string) request.Text {
	s := shortName(written)
	return request.Text{
		EN: "In " + request.QuoteEN(s) + " no two names of suppliers that requests have named could be made out. Write them as they stand in the requests, with a slash between them. Nothing was decided or remembered.",
		FR: "Dans " + request.QuoteFR(s) + ", on n’a pu distinguer deux noms de fournisseurs qui figurent dans des demandes. Écrivez-les tels qu’ils y figurent, séparés par une barre oblique. Rien n’a été décidé ni retenu."}
}

// whichNames asks which names are meant, and numbers them.
func whichNames(v reply.Verb, about []nearLine) request.Text {
	const most = 12
	w := supplierWords(v)
	t := request.Text{EN: "It is not clear which names you mean.", FR: "On ne sait pas quels noms vous visez."}
	example, listed := 1, 0
	for _, n := range about {
		if len(n.near) == 0 {
			continue
		}
		if listed++; listed > 3 {
			break
		}
		example = n.ordinal
		var names []string
		for i, name := range n.near[:min(len(n.near), most)] {
			names = append(names, fmt.Sprintf("%d. %s", i+1, shortName(name)))
		}
		list := strings.Join(names, "; ")
		t.EN += fmt.Sprintf(" Line %d (%s) was added up with: %s.", n.ordinal, shortName(n.supplier), list)
		t.FR += fmt.Sprintf(" La ligne %d (%s) a été additionnée avec\u00a0: %s.", n.ordinal, shortName(n.supplier), list)
	}
	if listed == 0 {
		t.EN += " No line of that mail was added up with another supplier’s name. Write both: " + w.EN + ": first name / second name."
		t.FR += " Aucune ligne de ce courriel n’a été additionnée avec le nom d’un autre fournisseur. Écrivez les deux\u00a0: " + w.FR + "\u00a0: premier nom / second nom."
	} else {
		t.EN += fmt.Sprintf(" Write %s %d: 1 for the first of that line’s names, or %s %d: ALL.", w.EN, example, w.EN, example)
		t.FR += fmt.Sprintf(" Écrivez %s %d\u00a0: 1 pour le premier des noms de cette ligne, ou %s %d\u00a0: TOUS.", w.FR, example, w.FR, example)
	}
	return request.Text{EN: t.EN + " Nothing was decided or remembered.", FR: t.FR + " Rien n’a été décidé ni retenu."}
}

func shortName(s string) string { return ingest.Clip(ingest.CleanLine(s), 60) }
