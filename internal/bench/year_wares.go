package bench

// ware is a kind of thing that is bought: what it is called, of which things, at which prices, and from whom.
type ware struct {
	trade     string // which suppliers sell it
	commodity string
	least     int // dollars before tax
	most      int
	again     bool   // a team buys it again and again
	title     said   // %s is the thing
	text      said   // %[1]s is the thing, %[2]s what it is for
	things    []said // in the words of teams: what is bought once is seldom bought by another team in the same words
}

var wares = []ware{
	{"stationery", "goods", 60, 900, true, said{"Office supplies: %s", "Fournitures de bureau : %s"}, said{"Stock of %[1]s for the %[2]s.", "Réserve de %[1]s pour %[2]s."},
		[]said{{"copy paper", "papier à photocopie"}, {"toner", "encre"}, {"folders and binders", "chemises et cartables"}, {"notebooks", "carnets"}, {"labels", "étiquettes"}, {"whiteboard markers", "marqueurs pour tableau blanc"}}},
	{"stationery", "goods", 40, 400, true, said{"Mailing: %s", "Envois : %s"}, said{"%[1]s for the mailings of the %[2]s.", "%[1]s pour les envois de %[2]s."},
		[]said{{"window envelopes", "enveloppes à fenêtre"}, {"padded envelopes", "enveloppes matelassées"}, {"shipping boxes", "boîtes d'expédition"}, {"mailing tubes", "tubes postaux"}}},
	{"courier", "services", 30, 300, true, said{"Courier, %s", "Messagerie, %s"}, said{"%[1]s sent by the %[2]s this month.", "%[1]s : envois du mois par %[2]s."},
		[]said{{"parcels", "colis"}, {"samples on ice", "échantillons sur glace"}, {"documents overnight", "documents de nuit"}, {"pallets", "palettes"}}},
	{"catering", "services", 120, 1400, true, said{"Catering, %s", "Traiteur, %s"}, said{"Sandwiches and coffee, %[1]s of the %[2]s.", "Sandwichs et café, %[1]s de %[2]s."},
		[]said{{"workshop", "atelier"}, {"stakeholder meeting", "rencontre des partenaires"}, {"planning day", "journée de planification"}, {"volunteers' evening", "soirée des bénévoles"}, {"elders' circle", "cercle des aînés"}, {"job interviews", "entrevues d'embauche"}, {"open house", "portes ouvertes"}}},
	{"translation", "services", 200, 3200, true, said{"Translation of %s", "Traduction : %s"}, said{"Translate %[1]s of the %[2]s into the other official language.", "Traduire vers l'autre langue officielle : %[1]s de %[2]s."},
		[]said{{"a public notice", "avis public"}, {"web pages on ice safety", "pages Web sur la sécurité des glaces"}, {"a job poster", "affiche d'emploi"}, {"the minutes of a hearing", "procès-verbal d'audience"}, {"an exhibit text", "texte d'exposition"}, {"a fishing guide", "guide de pêche"}, {"a survey", "sondage"}, {"briefing slides", "diapositives d'information"}}},
	{"training", "services", 400, 4800, false, said{"Course: %s", "Cours : %s"}, said{"Seats in a course on %[1]s for staff of the %[2]s.", "Places dans un cours, %[1]s, pour le personnel de %[2]s."},
		[]said{{"first aid", "secourisme"}, {"boat handling", "conduite de bateau"}, {"statistics with R", "statistique avec R"}, {"plain language", "langage clair"}, {"negotiation", "négociation"}, {"chainsaw use", "maniement de la scie à chaîne"},
			{"access to information", "accès à l'information"}, {"mapping software", "cartographie numérique"}, {"bear awareness", "prévention des rencontres avec l'ours"}, {"contract law", "droit des contrats"}}},
	{"repair", "services", 150, 2600, false, said{"Repair: %s", "Réparation : %s"}, said{"Repair the %[1]s at the %[2]s.", "Réparation à faire, %[1]s, pour %[2]s."},
		[]said{{"hangar door", "porte du hangar"}, {"lock of the main entrance", "serrure de l'entrée"}, {"leaking roof", "toit qui coule"}, {"outboard motor", "moteur hors-bord"}, {"fence", "clôture"}, {"fume hood", "hotte de laboratoire"}, {"water fountain", "fontaine à eau"},
			{"truck winch", "treuil du camion"}, {"microscope stage", "platine du microscope"}, {"canoe trailer", "remorque à canots"}}},
	{"repair", "services", 200, 3500, false, said{"Service call, %s", "Appel de service, %s"}, said{"Find and mend the fault: %[1]s of the %[2]s.", "Trouver et corriger la panne : %[1]s de %[2]s."},
		[]said{{"furnace", "fournaise"}, {"walk-in freezer", "chambre froide"}, {"elevator", "ascenseur"}, {"sump pump", "pompe de puisard"}, {"fire alarm panel", "panneau d'alarme incendie"}, {"emergency generator", "génératrice de secours"}, {"air conditioning", "climatisation"}, {"drinking water treatment", "traitement de l'eau potable"}}},
	{"tools", "goods", 80, 1800, false, said{"Tools: %s", "Outils : %s"}, said{"%[1]s for the workshop of the %[2]s.", "%[1]s pour l'atelier de %[2]s."},
		[]said{{"wrenches", "clés à molette"}, {"hand saws and blades", "scies à main et lames"}, {"cordless drill", "perceuse sans fil"}, {"ladders", "échelles"}, {"soil augers", "tarières"}, {"wheelbarrows", "brouettes"}, {"post hole digger", "creuse-trou"}, {"socket set", "jeu de douilles"}}},
	{"safety", "goods", 90, 2200, false, said{"Protective equipment, %s", "Équipement de protection, %s"}, said{"%[1]s for field staff of the %[2]s.", "%[1]s pour le personnel de terrain de %[2]s."},
		[]said{{"steel-toed boots", "bottes à embout d'acier"}, {"nitrile gloves", "gants de nitrile"}, {"life jackets", "gilets de sauvetage"}, {"respirators", "masques respiratoires"}, {"immersion suits", "combinaisons d'immersion"}, {"hard hats", "casques"}, {"bear spray", "gaz poivré contre les ours"}, {"snowshoes", "raquettes"}}},
	{"lab", "goods", 150, 4200, true, said{"Laboratory stock, %s", "Réserve du laboratoire, %s"}, said{"%[1]s for the laboratory work of the %[2]s.", "%[1]s pour les travaux de laboratoire de %[2]s."},
		[]said{{"buffer solutions", "solutions tampons"}, {"glass vials", "fioles de verre"}, {"filter membranes", "membranes filtrantes"}, {"pipette tips", "embouts de pipette"}, {"culture media", "milieux de culture"}, {"liquid nitrogen", "azote liquide"}, {"mercury standards", "étalons de mercure"}}},
	{"lab", "goods", 500, 6500, false, said{"Instrument: %s", "Instrument : %s"}, said{"One %[1]s with its cable and case for the %[2]s.", "Un appareil, %[1]s, avec câble et étui, pour %[2]s."},
		[]said{{"conductivity probe", "sonde de conductivité"}, {"turbidity meter", "turbidimètre"}, {"analytical balance", "balance analytique"}, {"centrifuge rotor", "rotor de centrifugeuse"}, {"snow depth gauge", "capteur d'épaisseur de neige"}, {"hydrophone", "hydrophone"},
			{"leaf area scanner", "scanneur de surface foliaire"}, {"sediment corer", "carottier à sédiments"}, {"wildlife camera", "caméra de surveillance faunique"}, {"anemometer", "anémomètre"}}},
	{"print", "services", 150, 3800, false, said{"Printing: %s", "Impression : %s"}, said{"Print %[1]s for the %[2]s.", "Imprimer pour %[2]s : %[1]s."},
		[]said{{"posters of the open house", "affiches des portes ouvertes"}, {"trail maps", "cartes des sentiers"}, {"vinyl banners", "bannières de vinyle"}, {"business cards", "cartes professionnelles"}, {"permit booklets", "carnets de permis"}, {"waterproof field sheets", "feuilles de terrain imperméables"}, {"interpretive panels", "panneaux d'interprétation"}}},
	{"print", "services", 300, 4500, false, said{"Publication, %s", "Publication, %s"}, said{"Layout and printing of the %[1]s, %[2]s.", "Mise en page et impression, %[1]s, %[2]s."},
		[]said{{"annual leaflet", "dépliant annuel"}, {"tide calendar", "calendrier des marées"}, {"children's activity book", "cahier d'activités pour enfants"}, {"angling regulations", "règlement de la pêche sportive"}, {"recovery plan for sturgeon", "plan de rétablissement de l'esturgeon"}, {"guidebook on lichens", "guide des lichens"}}},
	{"web", "services", 600, 6800, false, said{"Web: %s", "Web : %s"}, said{"Repair or complete the %[1]s, public site of the %[2]s.", "Corriger ou compléter, site public de %[2]s : %[1]s."},
		[]said{{"search page", "page de recherche"}, {"photo gallery", "galerie de photos"}, {"booking calendar", "calendrier des réservations"}, {"newsletter sign-up", "inscription à l'infolettre"}, {"store locator", "localisateur de points de vente"}, {"feedback box", "boîte à commentaires"}, {"avalanche bulletin", "bulletin d'avalanche"}, {"river level widget", "gadget du niveau des rivières"}}},
	{"web", "services", 500, 5200, false, said{"Testing, %s", "Essais, %s"}, said{"Test the %[1]s of the %[2]s and report the faults.", "Essayer pour %[2]s et signaler les défauts : %[1]s."},
		[]said{{"forms with screen readers", "formulaires avec lecteurs d'écran"}, {"load of the camping reservations", "charge des réservations de camping"}, {"password reset", "réinitialisation du mot de passe"}, {"mobile layout", "affichage mobile"}, {"video captions", "sous-titres des vidéos"}, {"security of the file exchange", "sécurité de l'échange de fichiers"}}},
	{"web", "services", 700, 7200, false, said{"Programming: %s", "Programmation : %s"}, said{"Program the %[1]s for the %[2]s.", "Programmer pour %[2]s : %[1]s."},
		[]said{{"export of open data", "exportation de données ouvertes"}, {"licence renewal reminder", "rappel de renouvellement de licence"}, {"ice thickness model", "modèle d'épaisseur de glace"}, {"time sheet import", "importation des feuilles de temps"}, {"species checklist", "liste des espèces"}, {"bilingual glossary lookup", "consultation du glossaire bilingue"},
			{"drone image stitching", "assemblage d'images de drone"}, {"volunteer roster", "horaire des bénévoles"}, {"complaint intake queue", "file d'accueil des plaintes"}, {"dam inspection checklist", "grille d'inspection des barrages"}}},
	{"software", "goods", 120, 3600, false, said{"Licence: %s", "Licence : %s"}, said{"One licence of %[1]s for the %[2]s, a year.", "Une licence, %[1]s, pour %[2]s, un an."},
		[]said{{"a drawing program", "logiciel de dessin"}, {"a reference manager", "gestionnaire de références"}, {"video editing", "montage vidéo"}, {"a statistics package", "progiciel de statistique"}, {"a mind map tool", "outil de cartes heuristiques"}, {"a GIS extension", "extension de SIG"}, {"a transcription service", "service de transcription"}, {"a code editor", "éditeur de code"}}},
	{"books", "goods", 40, 700, false, said{"Books: %s", "Ouvrages : %s"}, said{"Three books on %[1]s for the library of the %[2]s.", "Trois ouvrages, %[1]s, pour la bibliothèque de %[2]s."},
		[]said{{"mosses", "mousses"}, {"labour law", "droit du travail"}, {"ice engineering", "génie des glaces"}, {"archival description", "description archivistique"}, {"fish diseases", "maladies des poissons"}, {"treaty history", "histoire des traités"}}},
	{"rental", "services", 150, 2800, false, said{"Rental: %s", "Location : %s"}, said{"Rent a %[1]s for two days, %[2]s.", "Louer pour deux jours, %[1]s, %[2]s."},
		[]said{{"boat", "bateau"}, {"mini-excavator", "mini-excavatrice"}, {"snowmobile", "motoneige"}, {"cube van", "fourgon"}, {"scissor lift", "plateforme élévatrice"}, {"portable toilets", "toilettes portatives"}, {"helicopter hour", "heure d'hélicoptère"}, {"tent", "chapiteau"}}},
	{"rental", "services", 200, 2400, false, said{"Venue, %s", "Lieu, %s"}, said{"A room: %[1]s of the %[2]s.", "Une salle : %[1]s de %[2]s."},
		[]said{{"public consultation", "consultation publique"}, {"staff retreat", "retraite du personnel"}, {"seed exchange", "échange de semences"}, {"award ceremony", "remise des prix"}, {"hearing on moorings", "audience sur les amarrages"}, {"examination day", "journée d'examen"}}},
	{"survey", "services", 800, 7600, false, said{"Field survey, %s", "Relevé, %s"}, said{"Count or map %[1]s along the shore for the %[2]s.", "Dénombrer ou cartographier le long de la rive pour %[2]s : %[1]s."},
		[]said{{"nesting terns", "sternes nicheuses"}, {"eelgrass beds", "herbiers de zostères"}, {"invasive crabs", "crabes envahissants"}, {"caribou tracks", "pistes de caribous"}, {"salmon redds", "frayères de saumon"}, {"bat roosts", "gîtes de chauves-souris"}, {"erosion scars", "cicatrices d'érosion"}, {"frog calls", "chants de grenouilles"}, {"old-growth cedar", "cèdres anciens"}}},
	{"survey", "services", 700, 6400, false, said{"Research: %s", "Recherche : %s"}, said{"Ten interviews, %[1]s, for the %[2]s.", "Dix entrevues, %[1]s, pour %[2]s."},
		[]said{{"visitor satisfaction", "satisfaction des visiteurs"}, {"harbour users", "usagers du port"}, {"retired lighthouse keepers", "anciens gardiens de phare"}, {"beekeepers", "apiculteurs"}, {"newcomers and permits", "nouveaux arrivants et permis"}, {"inspectors' workload", "charge de travail des inspecteurs"}, {"pesticide vendors", "vendeurs de pesticides"}}},
	{"photo", "services", 250, 3000, false, said{"Photography, %s", "Photographie, %s"}, said{"Photographs: %[1]s, for the %[2]s.", "Photographies : %[1]s, pour %[2]s."},
		[]said{{"opening day", "journée d'ouverture"}, {"aerial views of dikes", "vues aériennes des digues"}, {"staff portraits", "portraits du personnel"}, {"herbarium sheets", "planches d'herbier"}, {"artefacts", "artéfacts"}, {"winter road", "route d'hiver"}}},
	{"furniture", "goods", 150, 3900, false, said{"Furniture: %s", "Mobilier : %s"}, said{"%[1]s for the %[2]s.", "%[1]s pour %[2]s."},
		[]said{{"six office chairs", "six chaises de bureau"}, {"standing desk", "bureau debout"}, {"filing cabinets", "classeurs"}, {"meeting table", "table de réunion"}, {"stacking stools", "tabourets empilables"}, {"coat racks", "porte-manteaux"}, {"map cabinet", "meuble à cartes"}, {"acoustic screens", "cloisons acoustiques"}}},
	{"garden", "services", 150, 2900, false, said{"Grounds: %s", "Terrain : %s"}, said{"%[1]s at the entrance of the %[2]s.", "%[1]s à l'entrée de %[2]s."},
		[]said{{"pruning of maples", "élagage des érables"}, {"gravel for the path", "gravier pour le sentier"}, {"stump removal", "essouchement"}, {"native shrubs", "arbustes indigènes"}, {"lawn aeration", "aération de la pelouse"}, {"snow removal", "déneigement"}, {"hedge trimming", "taille de la haie"}}},
	{"cleaning", "services", 150, 1800, true, said{"Cleaning, %s", "Nettoyage, %s"}, said{"Cleaning of the %[2]s: %[1]s.", "Nettoyage pour %[2]s : %[1]s."},
		[]said{{"windows", "vitres"}, {"carpets", "tapis"}, {"ducts", "conduits"}, {"laboratory coats", "sarraus"}, {"boat hulls", "coques de bateaux"}, {"graffiti", "graffitis"}}},
	{"speaker", "services", 300, 3000, false, said{"Speaker: %s", "Conférence : %s"}, said{"A talk, %[1]s, at the seminar of the %[2]s.", "Une conférence, %[1]s, au séminaire de %[2]s."},
		[]said{{"soil and water", "sols et eau"}, {"reconciliation", "réconciliation"}, {"mental health", "santé mentale"}, {"permafrost", "pergélisol"}, {"artificial intelligence", "intelligence artificielle"}, {"women in science", "femmes en science"}, {"Arctic char", "omble chevalier"}}},
}

// notes are what some people add to a description.
var notes = []said{{"", ""}, {"", ""}, {"", ""}, {"Needed before the end of the month.", "Nécessaire avant la fin du mois."}, {"Delivery included.", "Livraison comprise."}, {"As agreed with the manager.", "Comme convenu avec la gestionnaire."},
	{"See the quote of last week.", "Voir la soumission de la semaine dernière."}, {"Replaces what was worn out.", "Remplace ce qui était usé."}}
