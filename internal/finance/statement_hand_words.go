package finance

import (
	"strings"

	"handrail/internal/ledger"
	"handrail/internal/report"
	"handrail/internal/request"
)

var (
	keyAdvice = request.Text{EN: "Take the workbook as it came, write the answers into it, and leave the last column as it is; to sort, sort whole rows.",
		FR: "Reprenez le classeur tel qu’il est arrivé, inscrivez-y les réponses et laissez la dernière colonne telle quelle; pour trier, triez des rangées entières."}
	noPurchase = &asked{request.Text{EN: "The bank says that this is a payment to the card, a fee, interest or cash, and no purchase: no line approves it.",
		FR: "Selon la banque, c’est un paiement à la carte, des frais, des intérêts ou une avance, et non un achat\u00a0: aucune ligne ne l’approuve."},
		request.Text{EN: "Write “not a purchase”, or nothing.", FR: "Inscrivez «\u00a0pas un achat\u00a0», ou rien."}}
	notPosted = &asked{request.Text{EN: "The bank has not posted this charge yet: it may still change or go away.", FR: "La banque n’a pas encore inscrit cet achat\u00a0: il peut encore changer ou disparaître."},
		request.Text{EN: "Answer in the workbook of the week in which it is posted.", FR: "Répondez dans le classeur de la semaine où il est inscrit."}}
	noMark = &asked{request.Text{EN: "This charge has no mark that could be taken off.", FR: "Cet achat n’a aucune marque à lever."},
		request.Text{EN: "To set one, write “receipt missing”, “dispute” or “personal”.", FR: "Pour en mettre une, inscrivez «\u00a0reçu manquant\u00a0», «\u00a0en litige\u00a0» ou «\u00a0personnel\u00a0»."}}
	notComparable = &asked{request.Text{EN: "The charge and the approval are in different currencies, so nobody can say whether the amounts fit.",
		FR: "L’achat et l’approbation sont en devises différentes\u00a0: on ne peut pas dire si les montants concordent."}, reasonAdvice}
	reasonAdvice = request.Text{EN: "If it is right, write the number again, and why under “Reason”, such as “shipping was added”.",
		FR: "Si c’est exact, inscrivez de nouveau le numéro, et le motif sous «\u00a0Motif\u00a0», par exemple «\u00a0frais de port ajoutés\u00a0»."}
	numberAdvice = request.Text{EN: "Write it like HR-2026-000123-04 (several with commas).", FR: "Inscrivez-le comme HR-2026-000123-04 (plusieurs avec des virgules)."}
)

// keyWords says what is wrong with the keys of a sheet.
func keyWords(why report.KeyDamage) request.Text {
	switch why {
	case report.KeysMissing:
		return request.Text{EN: "The column “Charge key” is not there any more, so nobody can say which charges are meant.",
			FR: "La colonne «\u00a0Clé de l’achat\u00a0» n’y est plus\u00a0: on ne peut pas dire de quels achats il s’agit."}
	case report.KeyEmpty:
		return request.Text{EN: "The key of the charge is not there any more.", FR: "La clé de l’achat n’y est plus."}
	case report.KeyUnread:
		return request.Text{EN: "The key of the charge was cut off, or made a number.", FR: "La clé de l’achat a été coupée ou changée en nombre."}
	case keysUnknown:
		return request.Text{EN: "No charge of the ledger has this key.", FR: "Aucun achat du registre ne porte cette clé."}
	}
	return request.Text{EN: "The key is that of another charge than the row shows: a column was sorted or moved alone. Nothing of this sheet was done.",
		FR: "La clé est celle d’un autre achat que celui de la rangée\u00a0: une colonne a été triée ou déplacée seule. Rien de cette feuille n’a été fait."}
}

// unclear is why an answer decides nothing, with what is known of the lines that it may mean.
func (h *hands) unclear(s saying) *asked {
	switch s.Kind {
	case report.Asks:
		known := h.known(s.Mentions)
		return &asked{request.Text{EN: "That is a question or a doubt, and decides nothing." + known.EN, FR: "C’est une question ou un doute, et cela ne décide rien." + known.FR},
			request.Text{EN: "If it is right, write the answer alone, without the question; “none” where no approved line fits.",
				FR: "Si c’est exact, inscrivez la réponse seule, sans la question; «\u00a0aucune\u00a0» si aucune ligne approuvée ne convient."}}
	case report.OneOfTwo:
		return &asked{request.Text{EN: "That says two things.", FR: "Cela dit deux choses."},
			request.Text{EN: "Write one answer; several lines of one charge with commas.", FR: "Inscrivez une seule réponse; plusieurs lignes d’un achat avec des virgules."}}
	case report.WhichLine:
		return &asked{request.Text{EN: "That is the number of a request, and not of one of its lines.", FR: "C’est le numéro d’une demande, et non d’une de ses lignes."}, numberAdvice}
	case report.ReasonAlone:
		return &asked{request.Text{EN: "A reason stands beside no answer.", FR: "Un motif figure à côté d’aucune réponse."},
			request.Text{EN: "Write the answer in the framed column before it.", FR: "Inscrivez la réponse dans la colonne encadrée qui le précède."}}
	}
	return &asked{request.Text{EN: "That is neither the number of a line nor one of the words that are understood.", FR: "Ce n’est ni le numéro d’une ligne ni un des mots compris."},
		request.Text{EN: "Write a number like HR-2026-000123-04 (several with commas), “none” or “ignore”, and what else there is to say under “Reason”.",
			FR: "Inscrivez un numéro comme HR-2026-000123-04 (plusieurs avec des virgules), «\u00a0aucune\u00a0» ou «\u00a0ignorer\u00a0», et le reste sous «\u00a0Motif\u00a0»."}}
}

// known says what the ledger knows of lines that a question names: " HR-2026-000123-04 is Northwind Inc., $4,520.00, approved."
func (h *hands) known(references []string) (t request.Text) {
	for _, r := range references {
		l, there := h.lines[r]
		if !there {
			t.EN += " " + notThere(r).What.EN
			t.FR += " " + notThere(r).What.FR
			continue
		}
		total, word := request.FromMinor(l.Amount, l.Currency), l.Outcome.Word()
		t.EN += " " + r + " is " + l.Supplier + ", " + total.In(request.English) + ", " + strings.ToLower(word.EN) + "."
		t.FR += " " + r + ", c’est " + l.Supplier + ", " + total.In(request.French) + ", " + strings.ToLower(word.FR) + "."
	}
	return t
}

// otherAnswerInMail asks which of two answers of one mail counts.
func otherAnswerInMail(where request.Text, said string) *asked {
	what := request.Text{EN: "The same charge has another answer in this mail", FR: "Le même achat a une autre réponse dans ce courriel"}
	if said != "" {
		what.EN += ": " + request.QuoteEN(said) + " (" + where.EN + ")"
		what.FR += "\u00a0: " + request.QuoteFR(said) + " (" + where.FR + ")"
	}
	what.EN, what.FR = what.EN+".", what.FR+"."
	return &asked{what, request.Text{EN: "Send one workbook with the one that is right.", FR: "Renvoyez un seul classeur avec celle qui est exacte."}}
}

// settledSince asks about a charge that somebody else settled otherwise.
func settledSince(by, at string, standing request.Text) *asked {
	return &asked{request.Text{EN: by + " said otherwise on " + at + ", which this workbook does not show: " + standing.EN + ".",
		FR: by + " a dit autre chose le " + at + ", ce que ce classeur ne montre pas\u00a0: " + standing.FR + "."},
		request.Text{EN: "If yours is right, agree on it, and send it again with “agreed with " + by + "” under “Reason”.",
			FR: "Si la vôtre est exacte, entendez-vous et renvoyez-la avec «\u00a0convenu avec " + by + "\u00a0» sous «\u00a0Motif\u00a0»."}}
}

// standing says what a charge is settled as.
func (h *hands) standing(c *ledger.Charge) request.Text {
	switch {
	case c.State == ledger.MatchedRow:
		lines := strings.Join(h.references(c), ", ")
		return request.Text{EN: "matched with " + lines, FR: "rapproché de " + lines}
	case c.State == ledger.IgnoredRow && c.Rule == ledger.NotPurchase:
		return request.Text{EN: "not a purchase", FR: "pas un achat"}
	case c.State == ledger.IgnoredRow:
		return request.Text{EN: "set aside", FR: "mis de côté"}
	}
	return request.Text{EN: "no approved line", FR: "aucune ligne approuvée"}
}

func notThere(reference string) *asked {
	return &asked{request.Text{EN: "The line " + reference + " is not in the ledger.", FR: "La ligne " + reference + " n’est pas au registre."},
		request.Text{EN: "Look for its number on “Approvals without charge” or “Decisions”.", FR: "Cherchez son numéro sous «\u00a0Approbations sans achat\u00a0» ou «\u00a0Décisions\u00a0»."}}
}

func notApproved(reference string, outcome request.Outcome) *asked {
	word := outcome.Word()
	return &asked{request.Text{EN: "The line " + reference + " is not approved (" + strings.ToLower(word.EN) + "): a charge can only be matched with an approved line.",
		FR: "La ligne " + reference + " n’est pas approuvée (" + strings.ToLower(word.FR) + ")\u00a0: un achat ne se rapproche que d’une ligne approuvée."},
		request.Text{EN: "Write the number of the line that replaced it, or “none”.", FR: "Inscrivez le numéro de la ligne qui la remplace, ou «\u00a0aucune\u00a0»."}}
}

// needsReason asks why a sum beyond the tolerance belongs to lines; others is what other charges of theirs come to.
func needsReason(sum, others, approved, off, most request.Money) *asked {
	advice := reasonAdvice
	if off.Amount.IsNegative() {
		advice = request.Text{EN: "If it is a part of the purchase, write the number again, and why under “Reason”, such as “first delivery”.",
			FR: "Si c’est une partie de l’achat, inscrivez de nouveau le numéro, et le motif sous «\u00a0Motif\u00a0», par exemple «\u00a0première livraison\u00a0»."}
	}
	off.Amount = off.Amount.Abs()
	said := func(l request.Lang, charged, before, was, differs, beyond string) string {
		s := charged + sum.In(l)
		if !others.Amount.IsZero() {
			s += before + others.In(l) + ")"
		}
		return s + was + approved.In(l) + differs + off.In(l) + beyond + most.In(l) + "."
	}
	return &asked{request.Text{
		EN: said(request.English, "Charged: ", " (beside other charges of ", "; approved: ", ". The difference of ", " is beyond the tolerance of "),
		FR: said(request.French, "Porté au compte\u00a0: ", " (outre d’autres achats de ", "; approuvé\u00a0: ", ". L’écart de ", " dépasse la tolérance de "),
	}, advice}
}

func otherMark(has report.Mark) *asked {
	word := has.Word()
	return &asked{request.Text{EN: "The mark of this charge is another one: " + word.EN + ".", FR: "La marque de cet achat est une autre\u00a0: " + word.FR + "."},
		request.Text{EN: "To take it off, write “cleared”.", FR: "Pour la lever, inscrivez «\u00a0réglé\u00a0»."}}
}

func markedByOther(has report.Mark, by string) *asked {
	word := has.Word()
	return &asked{request.Text{EN: by + " set another mark: " + word.EN + ".", FR: by + " a mis une autre marque\u00a0: " + word.FR + "."},
		request.Text{EN: "Take that one off first: write “cleared”, and why.", FR: "Levez d’abord celle-ci\u00a0: inscrivez «\u00a0réglé\u00a0», et le motif."}}
}

// doneText says what was done of an answer.
func doneText(s saying) request.Text {
	lines := strings.Join(s.References, ", ")
	var t request.Text
	switch s.Kind {
	case report.BelongsTo:
		t = request.Text{EN: "Matched with " + lines, FR: "Rapproché de " + lines}
	case report.SetAside:
		t = request.Text{EN: "Set aside; it stays spent without approval", FR: "Mis de côté; il reste dépensé sans approbation"}
	case report.NoPurchase:
		t = request.Text{EN: "Set aside as no purchase: of no budget", FR: "Mis de côté, n’étant pas un achat\u00a0: d’aucun budget"}
	case report.NoLine:
		t = request.Text{EN: "Belongs to no approved line", FR: "N’appartient à aucune ligne approuvée"}
	}
	if s.Mark != "" {
		word := s.Mark.Word()
		mark := request.Text{EN: "Marked: " + word.EN, FR: "Signalé\u00a0: " + word.FR}
		if s.Mark.Clears() {
			mark = request.Text{EN: "The mark is taken off", FR: "La marque est levée"}
		}
		if t.EN != "" {
			t.EN, t.FR = t.EN+". ", t.FR+". "
		}
		t.EN, t.FR = t.EN+mark.EN, t.FR+mark.FR
	}
	return request.Text{EN: t.EN + ".", FR: t.FR + "."}
}
