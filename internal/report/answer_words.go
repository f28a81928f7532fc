package report

// phrase is one way to say an answer, folded, words apart.
type phrase struct {
	said string
	kind AnswerKind
	mark Mark
}

// leadingPhrase is the longest answer that a list begins with, and of how many words it is.
func leadingPhrase(list []word) (best phrase, n int, ok bool) {
	for _, group := range answerPhrases() {
		for _, said := range group.said {
			if m := begins(list, said); m > n {
				best, n, ok = phrase{said, group.kind, group.mark}, m, true
			}
		}
	}
	return best, n, ok
}

type phraseGroup struct {
	kind AnswerKind
	mark Mark
	said []string
}

// answerPhrases are the words of answers. The longest counts, so that "no line" is not a no.
func answerPhrases() []phraseGroup {
	return []phraseGroup{
		{SetAside, "", []string{"ignore", "ignored", "ignorer", "ignoree", "ignorez", "a ignorer", "set aside", "leave aside", "mettre de cote", "mis de cote", "mise de cote", "laisser de cote",
			"disregard", "ne pas tenir compte", "ne pas en tenir compte"}},
		{NoPurchase, "", []string{"not a purchase", "no purchase", "is not a purchase", "isn t a purchase", "isnt a purchase", "not purchase", "non purchase", "pas un achat", "n est pas un achat",
			"nest pas un achat", "ce n est pas un achat", "aucun achat", "non achat", "pas d achat"}},
		{NoLine, "", []string{"none", "no line", "no approved line", "without line", "without a line", "none of these", "none of them", "none of those", "none of the lines", "no approval",
			"without approval", "aucun", "aucune", "aucune ligne", "aucune ligne approuvee", "aucune de ces lignes", "aucune des lignes", "aucune approbation", "sans ligne", "pas de ligne", "sans approbation",
			"belongs to no line", "belongs to none", "n appartient a aucune ligne", "aucune d elles", "none found", "none applicable", "none applies", "no line found", "no line applies", "aucune trouvee", "aucune ligne trouvee"}},
		{OnlyMark, ReceiptMissing, []string{"receipt missing", "receipts missing", "missing receipt", "missing receipts", "no receipt", "without receipt", "receipt lost", "lost receipt", "receipt is missing", "receipt not received",
			"waiting for receipt", "waiting for the receipt", "awaiting receipt", "recu manquant", "recus manquants", "recu manque", "recu perdu", "sans recu", "pas de recu", "aucun recu", "manque le recu", "manque recu",
			"il manque le recu", "recu non recu", "en attente du recu", "en attente de recu", "facture manquante", "piece justificative manquante", "justificatif manquant", "sans piece justificative", "sans justificatif"}},
		{OnlyMark, InDispute, []string{"dispute", "disputed", "in dispute", "under dispute", "contested", "conteste", "contestee", "en contestation", "contestation", "litige", "en litige", "chargeback", "a contester",
			"charge disputed", "achat conteste"}},
		{OnlyMark, Personal, []string{"personal", "personal purchase", "personal charge", "personal expense", "personal use", "personnel", "personnelle", "achat personnel", "depense personnelle", "usage personnel",
			"frais personnels", "a titre personnel"}},
		{OnlyMark, Cleared, []string{"cleared", "clear", "mark cleared", "resolved", "regle", "reglee", "resolu", "resolue", "settled", "lever", "levee", "leve"}},
		{OnlyMark, ReceiptFound, []string{"receipt found", "receipt received", "receipt attached", "receipt here", "receipt is here", "receipt in", "received", "recu", "recue", "recu trouve", "recu retrouve", "recu recu", "recu joint", "recu fourni",
			"recu obtenu", "justificatif recu", "piece justificative recue", "facture recue", "facture retrouvee", "got receipt", "got the receipt"}},
		{OnlyMark, DisputeSettled, []string{"dispute resolved", "dispute settled", "dispute closed", "dispute over", "litige regle", "litige resolu", "litige clos", "contestation reglee", "contestation resolue",
			"no longer disputed", "plus en litige", "n est plus en litige", "n est plus conteste"}},
		{OnlyMark, Repaid, []string{"repaid", "paid back", "rembourse par le titulaire", "repaid by cardholder", "repaid by the cardholder"}},
		{OnlyMark, MoneyBack, []string{"reimbursed", "rembourse", "remboursee", "refunded", "credited", "credite", "creditee"}},
		{Asks, "", []string{"same as above", "same as before", "as above", "see above", "ditto", "idem", "comme ci dessus", "voir ci dessus", "voir plus haut", "comme plus haut", "la meme", "le meme", "same", "same line", "same one"}},
	}
}

// leadFillers stand before an answer and change nothing.
func leadFillers() []string {
	return []string{"please", "svp", "s v p", "s il vous plait", "line", "ligne", "the line", "la ligne", "to line", "a la ligne", "number", "numero", "n", "no de ligne", "ref", "reference",
		"belongs to", "appartient a", "it belongs to", "it is", "it s", "this is", "that is", "c est", "mark as", "marked as", "mark", "marquer", "marquer comme", "match with", "matches", "matched with",
		"rapprocher de", "rapprocher avec", "change to", "changer pour", "should be", "devrait etre", "status", "etat", "charge is", "answer", "reponse", "line number", "numero de ligne", "for line", "pour la ligne", "il s agit de", "il s agit de la ligne"}
}

// afterWord stands behind a word and changes nothing: "ignore this charge".
func afterWord() []string {
	return []string{"this", "it", "this one", "this charge", "the charge", "that", "that one", "this line", "this row", "the row", "purchase", "charge", "cet achat", "l achat", "cette ligne", "cette transaction", "celui ci",
		"celle ci", "this transaction", "transaction"}
}

// courtesies end an answer and change nothing.
func courtesies() []string {
	return []string{"please", "svp", "s v p", "s il vous plait", "s il te plait", "thanks", "thank you", "merci", "thx", "ok"}
}

// reasonWords begin a reason.
func reasonWords() []string {
	return []string{"because", "because of", "since", "as", "due to", "reason", "the reason", "why", "note", "car", "parce que", "parce qu", "puisque", "puisqu", "en raison de", "en raison du", "a cause de", "a cause du", "motif", "raison", "le motif", "remarque", "vu que"}
}

// conditions make an answer depend on something: they decide nothing.
func conditions() []string {
	return []string{"if", "unless", "until", "except", "when", "once", "only", "provided", "till", "but", "before", "for now", "yet", "so far", "temporarily", "wait", "waiting", "pending", "this week", "this month", "si", "sauf", "jusqu", "jusque", "a moins", "quand", "lorsque", "des que", "seulement", "mais", "pourvu", "pour l instant", "pour le moment", "encore", "attendre", "en attendant", "provisoirement", "cette semaine", "ce mois"}
}

// negations deny the number before them.
func negations() []string {
	return []string{"not", "no", "non", "pas", "wrong", "isn t", "isnt", "is not", "is wrong", "never", "incorrect", "false", "faux", "fausse", "errone", "erronee", "n est pas", "ce n est pas", "mauvais", "mauvaise", "mauvaise ligne",
		"cancel", "annuler", "annule", "annulee", "remove", "removed", "retirer", "doesn t", "does not", "ne", "cannot", "can t", "took back", "reject", "rejected", "refuse", "declined", "error", "erreur", "cancelled", "canceled", "annules", "withdrawn", "retiree", "superseded", "replaced", "remplacee", "closed", "fermee", "already", "deja",
		"used", "utilisee", "duplicate", "double", "en double", "doublon", "expired", "expiree", "other", "another", "autre", "une autre"}
}

// alternatives join two answers of which nobody knows which one counts.
func alternatives() []string { return []string{"or", "ou", "either", "soit", "else", "sinon"} }

// doubtful words make an answer a question.
func doubtful() []string {
	return []string{"maybe", "perhaps", "possibly", "probably", "probable", "likely", "might", "could be", "i think", "think", "i guess", "guess", "i believe", "seems", "not sure", "unsure", "uncertain", "to check", "to verify",
		"to be checked", "to be confirmed", "please check", "please confirm", "tbc", "tbd", "dunno", "don t know", "peut etre", "peutetre", "possiblement", "probablement", "sans doute", "je pense", "je crois", "il me semble", "semble",
		"pas sur", "pas sure", "pas certain", "pas certaine", "incertain", "a verifier", "a confirmer", "verifier", "confirmer", "on dirait", "ne sais pas", "sais pas", "which line", "quelle ligne", "suppose"}
}
