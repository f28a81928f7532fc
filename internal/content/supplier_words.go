package content

var (
	// nobodyWords say that nobody is named, or not yet.
	nobodyWords = []string{"various", "several", "multiple", "many", "different", "any", "some", "other", "others", "tbd", "tba", "tbc", "unknown", "undetermined", "determined", "confirmed",
		"selected", "chosen", "cheapest", "lowest", "best", "usual", "preferred", "winning", "winner", "whoever", "whichever", "none", "decided", "announced", "known", "anyone", "anybody",
		"divers", "diverses", "plusieurs", "differents", "differentes", "autre", "autres", "determiner", "confirmer", "choisir", "inconnu", "inconnue", "multiples", "quelconque", "moins",
		"mieux", "habituel", "habituelle", "habituels", "choisi", "choisie", "retenu", "retenue", "selectionne", "selectionnee", "preciser", "designer", "gagnant", "gagnante", "meilleur",
		"meilleure", "aucun", "aucune", "venir", "quiconque"}
	// roleWords say what a supplier does and not who it is.
	roleWords = []string{"supplier", "suppliers", "vendor", "vendors", "contractor", "contractors", "subcontractor", "subcontractors", "freelancer", "freelancers", "freelance", "consultant",
		"consultants", "seller", "sellers", "bidder", "bidders", "reseller", "resellers", "dealer", "dealers", "tradesperson", "caterer", "caterers", "electrician", "plumber", "translator",
		"photographer", "interpreter", "facilitator", "trainer", "developer", "developers", "programmer", "designer", "carpenter", "mover", "movers", "cleaner", "cleaners", "retailer", "retailers",
		"fournisseur", "fournisseurs", "vendeur", "vendeurs", "entrepreneur", "entrepreneurs", "pigiste", "pigistes", "soumissionnaire", "soumissionnaires", "prestataire", "prestataires",
		"detaillant", "detaillants", "revendeur", "revendeurs", "traiteur", "traiteurs", "electricien", "plombier", "traducteur", "traductrice", "photographe", "interprete", "animateur",
		"animatrice", "formateur", "formatrice", "developpeur", "programmeur", "graphiste", "menuisier", "demenageur", "demenageurs", "concessionnaire", "sous-traitant"}
	// supplierWords go with those.
	supplierWords = []string{"store", "stores", "shop", "shops", "company", "companies", "firm", "firms", "business", "local", "online", "nearby", "external", "independent", "regular", "to", "be", "the",
		"our", "by", "of", "a", "an", "at", "in", "from", "for", "is", "will", "yet", "not", "still", "later", "no", "one", "two", "three", "four", "five", "quote", "quotes", "bid", "bids", "offer",
		"offers", "price", "prices", "pool", "roster", "list", "name", "names", "follow", "follows", "following", "after", "competition", "tender", "tendering", "available", "first", "last",
		"same", "as", "before", "time", "list", "qualified", "approved", "successful", "process", "on", "when", "invited", "come",
		"magasin", "magasins", "boutique", "boutiques", "entreprise", "entreprises", "firme", "firmes", "compagnie", "maison", "le", "la", "les", "l", "de", "des", "du", "d", "un", "une",
		"deux", "trois", "quatre", "cinq", "locaux", "locale", "offrant", "offre", "offres", "cher", "chere", "disant", "en", "ligne", "plus", "bas", "basse", "dernier", "soumission",
		"soumissions", "prix", "nom", "suivre", "suivra", "apres", "concours", "appel", "bassin", "banque", "liste", "repertoire", "disponible", "premier", "meme", "que", "qui", "sera", "etre",
		"encore", "pas", "region", "notre", "avant", "externe", "independant", "independante", "est", "a"}
)
