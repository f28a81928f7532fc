package workbook

import "handrail/internal/request"

// The words of the blank form. Labels and help of the fields are request's.
var (
	formSheet     = request.Text{EN: "Request", FR: "Demande"}
	formHelpSheet = request.Text{EN: "Help", FR: "Aide"}
	formTitle     = request.Text{EN: "Purchase request", FR: "Demande d’achat"}
	formVersion   = request.Text{EN: "Policy: ", FR: "Politique\u00a0: "}
	formIntro     = request.Text{
		EN: "Fill in what is shaded (lighter: only if its help says so), then mail this workbook to {to}.",
		FR: "Remplissez ce qui est ombré (plus pâle\u00a0: seulement si l’aide le dit), puis envoyez ce classeur à {to}.",
	}

	requesterHelp = request.Text{EN: "Your name.", FR: "Votre nom."}
	emailHelp     = request.Text{EN: "Your e-mail address at work. The answer goes to the address you mail this form from.",
		FR: "Votre adresse de courriel au travail. La réponse va à l’adresse d’où vous envoyez ce formulaire."}
	branchHelp   = request.Text{EN: "The branch or unit you buy for.", FR: "La direction générale ou l’unité pour laquelle vous achetez."}
	languageHelp = request.Text{EN: "The language of the answer.", FR: "La langue de la réponse."}

	currencyHelp = request.Text{EN: "Three letters, such as {currency}. Empty means {currency}.", FR: "Trois lettres, comme {currency}. Vide\u00a0: {currency}."}

	howToTitle = request.Text{EN: "How to", FR: "Comment faire"}
	howToSteps = []request.Text{
		{EN: "Select a box to see what goes in it. What stands above the table counts for every row.", FR: "Sélectionnez une case pour voir ce qu’elle doit contenir. Ce qui est au-dessus du tableau vaut pour toutes les rangées."},
		{EN: "Shaded boxes are needed, lighter ones in some cases. Hatched boxes are still missing. Boxes marked ▲ need a second look.",
			FR: "Les cases ombrées sont nécessaires, les plus pâles dans certains cas. Les cases hachurées restent à remplir. Les cases marquées ▲ sont à vérifier."},
		{EN: "Save, and mail this workbook to {to}.", FR: "Enregistrez le classeur et envoyez-le par courriel à {to}."},
		{EN: "It comes back with an answer for each line. Lines outside the guardrails go to a procurement officer; you do nothing more.",
			FR: "Il vous revient avec une réponse pour chaque ligne. Les lignes hors des balises vont à l’approvisionnement; vous n’avez rien d’autre à faire."},
	}
	howToInbox = request.Text{EN: "the shared inbox you got it from", FR: "la boîte partagée d’où il vient"}

	approvalTitle = request.Text{EN: "What an approval is", FR: "Ce qu’est une approbation"}
	privacyTitle  = request.Text{EN: "Privacy", FR: "Protection des renseignements personnels"}
	privacyText   = request.Text{
		EN: "Names and e-mail addresses on this form are used to answer the request, to check who authorized it, and for the audit trail. " +
			"Do not write personal or protected information, passwords or card numbers in it.",
		FR: "Les noms et les adresses de courriel de ce formulaire servent à répondre à la demande, à vérifier qui l’a autorisée et à la piste de vérification. " +
			"N’y inscrivez ni renseignement personnel ou protégé, ni mot de passe, ni numéro de carte.",
	}
	checksTitle = request.Text{EN: "What the form checks while you fill it in", FR: "Ce que le formulaire vérifie pendant que vous le remplissez"}
	checkText   = []request.Text{
		{EN: "A hatched box: something is missing that the line needs.", FR: "Case hachurée\u00a0: il manque un élément nécessaire à la ligne."},
		{EN: "▲ before an amount: it is above the limit, or the amounts of the line do not add up.", FR: "▲ devant un montant\u00a0: il dépasse la limite, ou les montants de la ligne ne concordent pas."},
	}
	checkDates = request.Text{EN: "▲ before a date: “{authorized}” is later than “{terms}”.",
		FR: "▲ devant une date\u00a0: «\u00a0{authorized}\u00a0» est postérieure à «\u00a0{terms}\u00a0»."}
	limitText = request.Text{EN: "Limit for one line, tax included: {limit}.", FR: "Limite pour une ligne, taxes comprises\u00a0: {limit}."}

	fieldsAboveTitle = request.Text{EN: "Above the table, once for the whole request", FR: "Au-dessus du tableau, une fois pour toute la demande"}
	fieldsTableTitle = request.Text{EN: "In the table, for each line", FR: "Dans le tableau, pour chaque ligne"}
	neededMark       = request.Text{EN: "Needed. ", FR: "Nécessaire. "}
	neededWhen       = request.Text{EN: "Needed {when}. ", FR: "Nécessaire {when}. "}
	askedFor         = request.Text{EN: "Sometimes asked for ({title}). ", FR: "Parfois demandé ({title}). "}
	attestHelp       = request.Text{EN: "Yes, if this is true of every row: ", FR: "Oui, si ce qui suit est vrai pour chaque rangée\u00a0: "}
	attestedHelp     = request.Text{EN: "Needed if the attestation is not yes, or if this row differs. ", FR: "Nécessaire si la réponse à l’attestation n’est pas oui, ou si cette rangée fait exception. "}
	isOneOf          = request.Text{EN: "when {field} is {value}", FR: "lorsque {field} est «\u00a0{value}\u00a0»"}
	isEmptyWords     = request.Text{EN: "when {field} is empty", FR: "lorsque {field} est vide"}
	isGivenWords     = request.Text{EN: "when {field} is filled in", FR: "lorsque {field} est rempli"}
	isAboveWords     = request.Text{EN: "when {field} is above {value}", FR: "lorsque {field} dépasse {value}"}
	orWord           = request.Text{EN: " or ", FR: " ou "}
	ownColumnHelp    = request.Text{EN: "The policy reads this column.", FR: "La politique lit cette colonne."}
	otherLanguage    = request.Text{EN: "Le français suit.", FR: "English follows."}

	chooseError = request.Text{EN: "Please choose one of the list: {list}.", FR: "Veuillez choisir dans la liste\u00a0: {list}."}
	numberError = request.Text{EN: "Please type a number only, such as 1234.50: no range, no letters, not negative.",
		FR: "Veuillez inscrire un nombre seulement, par exemple 1234,50\u00a0: ni fourchette, ni lettres, ni montant négatif."}
	dateError     = request.Text{EN: "Please type a date, such as 2026-12-01.", FR: "Veuillez inscrire une date, par exemple 2026-12-01."}
	emailError    = request.Text{EN: "This does not look like one e-mail address. Keep it anyway?", FR: "Ceci ne ressemble pas à une adresse de courriel. Conserver quand même?"}
	currencyError = request.Text{EN: "Please type the three letters of the currency, such as {currency}.", FR: "Veuillez inscrire les trois lettres de la devise, par exemple {currency}."}
)
