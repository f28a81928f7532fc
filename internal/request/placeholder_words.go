package request

// Where a phrase is a placeholder: a bit for each field, the lowest for the columns of a form's own, and one above the
// fields for what stands above the table.
const (
	everywhere = ownColumn | inForm
	inForm     = nameFields | proseFields | codeFields | personFields | 1<<Item | 1<<Amends | 1<<above
	ownColumn  = uint64(1) << NoField

	nameFields   = uint64(1)<<Supplier | 1<<above
	titleFields  = uint64(1)<<Title | 1<<TitleOther
	reasonFields = uint64(1)<<Justification | 1<<Rationale
	proseFields  = titleFields | reasonFields | 1<<Description
	codeFields   = uint64(1)<<SupplierID | 1<<CostCentre | 1<<GLAccount | 1<<StandingOffer | 1<<Licence | 1<<Repository
	personFields = uint64(1)<<AuthorizedBy | 1<<Cardholder
)

// pointingVerbs and pointedThings together are what people write who have said it in another place.
var (
	pointingVerbs = []string{"see", "see the", "per", "as per", "as per the", "refer to", "in", "on", "voir", "voir la", "voir le", "voir l’", "cf.", "selon",
		"selon la", "selon le", "selon l’", "dans", "dans le", "dans la", "dans l’", "indiqué dans"}
	pointedThings = []string{"quote", "quotation", "quotes", "estimate", "attached", "attached quote", "attachment", "attachments", "invoice", "email", "e-mail",
		"mail", "my email", "note", "notes", "below", "contract", "file", "pdf", "appendix", "annex", "title", "description", "justification", "comments",
		"proposal", "sow", "devis", "soumission", "soumissions", "pièce jointe", "pièces jointes", "p.j.", "annexe", "courriel", "facture", "contrat",
		"dossier", "fichier", "titre", "ci-joint", "ci-dessous", "plus bas", "proposition", "commentaires", "document joint"}
)

// placeholderLists are all the phrases that hold the place of an answer, in both languages. Case, accents, punctuation and
// spaces do not count, and a phrase is one only as the whole text: TBD Consulting Inc. is a supplier.
var placeholderLists = []struct {
	where   uint64
	means   Placeholder
	phrases string
}{
	{inForm, MeansNothing, "n/a|n.a.|not applicable|does not apply|none|nil|null|nan|nothing|no|blank|empty|leave blank|s.o.|sans objet|ne s’applique pas|" +
		"non applicable|n/d|non disponible|non déterminé|néant|aucun|aucune|rien|vide|laisser vide|not available|unknown|inconnu|inconnue|unspecified|non précisé"},
	// In a column of the form's own, "none" and "n/a" may be the answer.
	{ownColumn, MeansNothing, "null|nan|empty|vide|blank|unknown|inconnu|inconnue"},
	{everywhere, MeansLater, "tbd|tba|tbc|to be determined|to be announced|to be confirmed|to be decided|to be advised|to come|to follow|coming|pending|awaiting|" +
		"awaiting quote|waiting|on hold|not yet known|not known yet|not yet|details to follow|later|soon|to be created|to be provided|tbd later|" +
		"à déterminer|à dét.|à confirmer|à venir|à suivre|à compléter|à préciser|à définir|à fournir|à créer|en attente|pas encore|plus tard|bientôt|" +
		"détails à venir|détails à suivre|en cours|not decided|pas encore décidé|to be completed|to be filled"},
	{titleFields, MeansLater, "à traduire|translation to follow|to be translated|en traduction|traduction à venir|traduction à suivre|english title to follow|" +
		"french title to follow|titre anglais à venir|titre français à venir|titre anglais à suivre|titre français à suivre|french version of title|english version of title|version française du titre|version anglaise du titre"},
	{everywhere, MeansElsewhere, "attached|enclosed|ci-joint|as discussed|as agreed|as usual|as requested|as before|as last time|same as last time|same as before|" +
		"same as last year|on file|au dossier|tel que discuté|comme discuté|comme convenu|comme d’habitude|comme la dernière fois|comme l’an dernier|" +
		"ask finance|ask me|call me|voir avec les finances|voir avec moi|demander aux finances|appelez-moi|see other tab|voir autre onglet|see attached file"},
	{everywhere, MeansAbove, "same as above|as above|see above|above|ditto|same|same here|idem|id.|même|même chose|le même|la même|les mêmes|même que ci-dessus|" +
		"comme ci-dessus|voir ci-dessus|ci-dessus|pareil|same address|même adresse|the same|do.|same supplier|same vendor|même fournisseur|same as line 1|idem ligne 1|" +
		"same as row above|same as previous|as previous|voir plus haut|plus haut|same as requester"},
	{ownColumn, MeansSample, "123 main st|123 main street|1234 rue principale|123 rue principale|a1a 1a1|street city province postal code|rue ville province code postal|" +
		"home|my desk|à la maison|mon bureau|chez moi|address|adresse"},
	{1<<Supplier | codeFields, MeansAny, "various|several|many|multiple|any|anyone|whoever is cheapest|cheapest|lowest bidder|online|internet|web|the usual|usual|" +
		"usual supplier|local store|store|shop|anonymous|ours|other|others|divers|diverses|plusieurs|différents|n’importe|n’importe lequel|le moins cher|" +
		"en ligne|l’habituel|fournisseur habituel|magasin local|magasin|anonyme|le nôtre|autre|autres|to be selected|à choisir"},
	{1 << above, MeansAny, "various|several|multiple|all|any|other|others|divers|plusieurs|toutes|tous|autre|autres|the usual"},
	{personFields, MeansAny, "vacant|acting|intérim|par intérim|various|divers|plusieurs|any|other|autre|several"},
	{titleFields, MeansAny, "purchase|stuff|things|misc|miscellaneous|item|items|request|new request|order|buy|untitled|achat|achats|divers|chose|choses|article|" +
		"articles|demande|nouvelle demande|commande|sans titre|line|ligne|goods|services|biens|produit|produits|product|products"},
	{1 << Description, MeansSample, "describe what you are buying in one sentence|describe what you are buying|décrivez en une phrase ce que vous achetez|décrivez ce que vous achetez"},
	{1 << above, MeansSample, "branch|direction générale|branch / direction générale|select a branch|requester|demandeur|requester / demandeur|unit|unité|choisir une direction"},
	{1 << Description, MeansAny, "ok|okay|yes|oui|misc|stuff|divers|various|good|fine|as needed|au besoin|see"},
	{reasonFields, MeansAny, "required|needed|necessary|it is needed|it is required|needed for work|because|asap|urgent|ok|okay|yes|oui|good|best|fine|obvious|" +
		"operational requirement|operational need|business need|low value|manager said so|supplier of choice|preferred supplier|chosen supplier|sole source|" +
		"nécessaire|requis|requise|obligatoire|besoin|besoin opérationnel|exigence opérationnelle|parce que|dès que possible|faible valeur|bon|bien|le meilleur|" +
		"fournisseur choisi|fournisseur de choix|fournisseur unique|le gestionnaire l’a dit|do i need this|is this required|why|est-ce obligatoire|pourquoi|" +
		"why is this purchase needed|why this supplier|pourquoi cet achat est-il nécessaire|pourquoi ce fournisseur"},
	{everywhere, MeansSample, "select|select one|please select|select an option|select from list|select from the list|choose|choose one|choose an item|choose an option|" +
		"please choose|click or tap here to enter text|click here to enter text|click to enter text|click or tap to enter a date|enter text|enter text here|" +
		"type here|insert|insert here|insert text|fill in|to fill in|(blank)|choisir|choisir dans la liste|choisissez|choisissez un élément|choisissez une option|" +
		"sélectionner|sélectionnez|veuillez choisir|veuillez sélectionner|cliquez ou appuyez ici pour entrer du texte|cliquez ici pour entrer du texte|" +
		"cliquez ou appuyez pour entrer une date|entrez du texte|entrez le texte ici|insérer|insérer ici|inscrire ici|à remplir|" +
		"lorem ipsum|lorem ipsum dolor sit amet|lorem ipsum dolor sit amet consectetur|lorem ipsum dolor sit amet consectetur adipiscing elit|" +
		"asdf|asdfg|asdfgh|qwerty|azerty|bla|blabla|bla bla bla|blah|blah blah|test test|test123|testtest|foo|bar|foobar|placeholder|example|exemple|xyz|abc|abcd"},
	{nameFields | proseFields | personFields, MeansSample, "test|testing|tests|essai|sample|dummy|échantillon|échantillons|spécimen|name|nom|your name|votre nom"},
	{1 << Supplier, MeansSample, "supplier name|vendor|vendor name|company|company name|name of supplier|name of vendor|nom du fournisseur|nom de l’entreprise|" +
		"nom de la compagnie|entreprise|compagnie|sample supplier|sample supplier inc.|sample vendor|sample company|example supplier|example inc.|" +
		"fournisseur exemple|exemple inc.|jean untel|untel|monsieur x|madame x|mister x|mr x|company x|supplier x|vendor x|supplier 1|supplier a|fournisseur 1|" +
		"fournisseur a|entreprise x|compagnie x|fournisseur x"},
	{1 << Supplier, MeansDoubt, "john doe|jane doe|abc company|abc inc.|abc ltd.|abc corp.|compagnie abc|entreprise abc|me|myself|moi|moi-même|internal|interne|" +
		"in-house|our team|notre équipe|self"},
	{1 << SupplierID, MeansDoubt, "not registered|small supplier|petit fournisseur|foreign|étranger|non inscrit|pas inscrit|exempt|none yet"},
	{1 << SupplierID, MeansSample, "bn|ne|bn/ne|number|numéro|rt0001|gst|hst|tps|tvq|gst number|gst/hst|business no.|no d’entreprise"},
	{1 << Licence, MeansDoubt, "unlicensed|open|open source|open-source|libre|ouverte|licence ouverte|logiciel libre|free|1 licence|1 license|1 seat|one licence|one license|" +
		"une licence|1 year|annual|perpetual|proprietary|commercial|propriétaire|commerciale"},
	{1 << Licence, MeansNothing, "noassertion|licenseref-tbd|spdx|spdx identifier|identifiant spdx|license|no licence|no license"},
	{1 << Repository, MeansSample, "url|link|address|adresse|lien|github|gitlab|bitbucket|git|web address|adresse web|https|http|httpswww|httpwww"},
	{personFields, MeansSample, "e-mail|email|courriel|e-mail address|email address|adresse de courriel|adresse courriel|manager|gestionnaire"},
	{1 << Amends, MeansNothing, "new|nouveau|nouvelle|new request|new line|nouvelle demande|nothing yet|first|première|original"},
}
