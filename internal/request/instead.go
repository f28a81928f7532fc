package request

// Instead is what to write in a cell of the field, as the end of a sentence: “write the supplier’s full name, as on its
// invoice”. It also says what an empty cell means where the field can be left empty.
func (f Field) Instead() Text {
	if t := insteadOf[f]; !t.IsZero() {
		return t
	}
	return Text{"write what is asked for here", "inscrivez ce qui est demandé ici"}
}

var insteadOf = [NumFields]Text{
	Item:             {"write a number or a short name for this line, or leave the cell empty", "inscrivez un numéro ou un nom court pour cette ligne, ou laissez la cellule vide"},
	Title:            {"write what you want to buy, in a few words", "inscrivez ce que vous voulez acheter, en quelques mots"},
	TitleOther:       {"write the same title in the other official language", "inscrivez le même titre dans l’autre langue officielle"},
	Description:      {"say in a sentence what you are buying", "dites en une phrase ce que vous achetez"},
	Commodity:        {"choose goods, services or construction", "choisissez biens, services ou construction"},
	Supplier:         {"write the supplier’s full name, as on its invoice", "inscrivez le nom complet du fournisseur, comme sur sa facture"},
	SupplierID:       {"write the supplier’s business number (nine digits), or leave the cell empty", "inscrivez le numéro d’entreprise du fournisseur (neuf chiffres), ou laissez la cellule vide"},
	Quantity:         {"write how many, in digits only, such as 10, or leave the cell empty", "inscrivez la quantité en chiffres seulement, comme 10, ou laissez la cellule vide"},
	UnitPrice:        {"write the price of one as a number, such as 25.00, or leave the cell empty", "inscrivez le prix d’une unité en chiffres, comme 25,00, ou laissez la cellule vide"},
	Net:              {"write the price before tax as a number, such as 1234.56", "inscrivez le prix avant les taxes en chiffres, comme 1234,56"},
	Tax:              {"write the tax as a number, or 0 if this supplier charges none", "inscrivez le montant des taxes, ou 0 si ce fournisseur n’en perçoit pas"},
	Total:            {"write the total with tax as a number, such as 1234.56", "inscrivez le total avec les taxes en chiffres, comme 1234,56"},
	Currency:         {"write its three letters, such as CAD or USD", "inscrivez ses trois lettres, comme CAD ou USD"},
	CostCentre:       {"write the number of the cost centre that pays", "inscrivez le numéro du centre de coûts qui paie"},
	GLAccount:        {"write the number of the general ledger account, or leave the cell empty", "inscrivez le numéro du compte du grand livre, ou laissez la cellule vide"},
	NeededBy:         {"write a day, such as 2026-12-11", "inscrivez une date, comme 2026-12-11"},
	Security:         {"choose the security level, such as unclassified", "choisissez le niveau de sécurité, comme non classifié"},
	Remote:           {"write yes or no", "inscrivez oui ou non"},
	Repository:       {"write the address at which the code will be published, such as https://github.com/team/project", "inscrivez l’adresse où le code sera publié, comme https://github.com/equipe/projet"},
	Licence:          {"write the open licence of the code by its short name, such as MIT or Apache-2.0", "inscrivez la licence ouverte du code par son nom court, comme MIT ou Apache-2.0"},
	Standalone:       {"write yes or no", "inscrivez oui ou non"},
	InternalCapacity: {"write “none” or “available”", "inscrivez «\u00a0aucune\u00a0» ou «\u00a0disponible\u00a0»"},
	TermsAccepted:    {"write the day on which the supplier accepted the terms, such as 2026-11-20", "inscrivez la date à laquelle le fournisseur a accepté les modalités, comme 2026-11-20"},
	Rationale:        {"say in a few words why this supplier was chosen", "dites en quelques mots pourquoi ce fournisseur a été choisi"},
	AuthorizedBy:     {"write the manager’s e-mail address", "inscrivez l’adresse de courriel du gestionnaire"},
	AuthorizedOn:     {"write the day on which the manager authorized it, such as 2026-11-20", "inscrivez la date de l’autorisation, comme 2026-11-20"},
	AuthorizedAmount: {"write the most that was authorized, as a number", "inscrivez le montant maximal autorisé, en chiffres"},
	Payment:          {"choose acquisition card, card through PayPal or invoice", "choisissez carte d’achat, carte par PayPal ou facture"},
	Cardholder:       {"write the cardholder’s e-mail address, or leave the cell empty if no card is used", "inscrivez l’adresse de courriel de la personne titulaire de la carte, ou laissez la cellule vide s’il n’y a pas de carte"},
	StandingOffer:    {"write the standing offer’s number, or leave the cell empty", "inscrivez le numéro de l’offre à commandes, ou laissez la cellule vide"},
	PublicServant:    {"write no, current, former with pension or former without pension", "inscrivez non, actuel, ancien avec pension ou ancien sans pension"},
	Amends: {"write the reference of the earlier line as it stands in our answer to it, such as HR-2026-000123-04, or leave the cell empty",
		"inscrivez la référence de la ligne antérieure telle qu’elle figure dans notre réponse, comme HR-2026-000123-04, ou laissez la cellule vide"},
	Justification: {"write the reason in a sentence", "inscrivez la raison en une phrase"},
}
