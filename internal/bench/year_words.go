package bench

// What an invented department buys, and from whom. Shapes and frequencies of suppliers' names are those of a council's published
// spend: few large ones, firms by trade and place, people, and a long tail that is seen once. Every name is invented.

// said is a text in both languages.
type said struct{ en, fr string }

func (s said) in(french bool) string {
	if french {
		return s.fr
	}
	return s.en
}

// trades are how the firms of a trade are called, beside people and places.
var trades = map[string][]string{
	"stationery": {"Office Supply", "Papeterie", "Stationers", "Office Products", "Fournitures de bureau"}, "courier": {"Courier", "Messagerie", "Express", "Parcel"},
	"catering": {"Catering", "Traiteur", "Bakery", "Café", "Kitchen"}, "translation": {"Translations", "Traduction", "Language Services", "Lexique"},
	"training": {"Training", "Formation", "Learning", "Institute", "College"}, "repair": {"Mechanical", "Locksmiths", "Plomberie", "Heating", "Electrical", "Serrurerie"},
	"tools": {"Hardware", "Quincaillerie", "Tool Co.", "Industrial Supply"}, "safety": {"Safety", "Workwear", "Sécurité", "Outfitters"},
	"lab": {"Scientific", "Instruments", "Laboratoires", "Analytical"}, "print": {"Printing", "Imprimerie", "Press", "Graphics"},
	"web": {"Webworks", "Software", "Logiciels", "Digital", "Code", "Interactive"}, "software": {"Software", "Systems", "Logiciels", "Data"},
	"books": {"Books", "Librairie", "Press"}, "rental": {"Marina", "Rentals", "Location", "Hall", "Centre communautaire"}, "survey": {"Research", "Ecology", "Consultants", "Études"},
	"photo": {"Photography", "Photographie", "Studio"}, "furniture": {"Furniture", "Ameublement", "Interiors"}, "garden": {"Tree Care", "Paysages", "Gardens"},
	"cleaning": {"Cleaning", "Entretien", "Maintenance"}, "speaker": {"Lectures", "Conférences", "Speakers"},
}

var (
	firstWords = []string{"Larkspur", "Tamarack", "Beaurivage", "Highwater", "Cap-Rouge", "Juniper", "Osprey", "Granite", "Belle-Anse", "Copper", "Fairweather", "Hollis", "Marchbank",
		"Saint-Aubin", "Quill", "Redpoll", "Stonecrop", "Trillium", "Vireo", "Whitlock", "Yarrow", "Zinck", "Ashgrove", "Boisvert", "Corriveau", "Drumheller", "Ellerslie", "Fontenelle",
		"Gagetown", "Harcourt", "Inverary", "Joliquart", "Kingsclear", "Lanthier", "Mirabeau", "Nashwaak", "Orford", "Petitcodiac", "Quispamsis", "Restigouche", "Sauriol", "Tracadie", "Upland",
		"Verchères", "Wabasso", "Xavier", "Yamaska", "Zephyr", "Amberley", "Bluestem", "Cranesbill", "Dovetail", "Evergreen", "Foxglove", "Goldenrod", "Harbourside", "Ironwood", "Jackpine",
		"Kestrelmoor", "Linden", "Milkweed", "Northgate", "Oxbow", "Pinecrest", "Quarry", "Riverbend", "Sandpiper", "Thornbury", "Umber", "Valleyfield", "Willowdale"}
	secondWords = []string{"", "", "", "", "& Sons", "Brothers", "Valley", "Point", "& Fils", "Group", "Associates", "Bay", "Frères", "Ridge", "Est"}
	suffixes    = []string{"", "", "", "Ltd.", "Inc.", "Ltée", "Co-op", "LLP", "Corp.", "inc."}
	givenNames  = []string{"Aline", "Boris", "Cécile", "Dmitri", "Esther", "Farid", "Gwen", "Hugo", "Ingrid", "Joanne", "Karim", "Lucie", "Maeve", "Nadia", "Olivier", "Priya", "Quentin", "Rosa", "Sven", "Thérèse", "Uma", "Victor", "Wanda", "Yves", "Zoé"}
	familyNames = []string{"Abernathy", "Bélanger", "Chaudhry", "Desrosiers", "Eriksen", "Fitzroy", "Gauvin", "Hakimi", "Iverson", "Jutras", "Kowalchuk", "Lamontagne", "MacIsaac", "Nguyen",
		"O'Rourke", "Pelletier", "Quesnel", "Rahman", "Sigurdson", "Thibodeau", "Underhill", "Vaillancourt", "Wójcik", "Xiong", "Yamada", "Zimmer"}
	places = []said{{"north laboratory", "le laboratoire nord"}, {"visitor centre", "le centre des visiteurs"}, {"east dock", "le quai est"}, {"hydrology team", "l'équipe d'hydrologie"},
		{"permits counter", "le comptoir des permis"}, {"archives", "les archives"}, {"field station", "la station de terrain"}, {"youth program", "le programme jeunesse"},
		{"fish hatchery", "l'écloserie"}, {"map room", "la cartothèque"}, {"communications office", "le bureau des communications"}, {"trail crew", "l'équipe des sentiers"},
		{"regional office", "le bureau régional"}, {"weather desk", "le service météo"}, {"inspection service", "le service d'inspection"}, {"greenhouse", "la serre"}}
	honestReasons = []said{{"The stock was used up sooner than planned by the autumn mailing.", "Les stocks ont été épuisés plus tôt que prévu par l'envoi d'automne."},
		{"A new employee joined the team and was not foreseen in the first order.", "Une nouvelle employée s'est jointe à l'équipe, ce que la première commande ne prévoyait pas."},
		{"Asked for by the regional office after the meeting of last week.", "Demandé par le bureau régional après la rencontre de la semaine dernière."},
		{"Another event than the last one; it was announced this month.", "Un autre événement que le précédent, annoncé ce mois-ci."},
		{"A different fault was found when the first one had been mended.", "Une autre panne a été constatée une fois la première réparée."},
		{"Monthly need; the amount depends on the season.", "Besoin mensuel; le montant dépend de la saison."}}
	rationales = []said{{"Two quotes compared; this one cost less and can deliver in time.", "Deux soumissions comparées; celle-ci coûte moins et la livraison convient."},
		{"The nearest supplier with the item in stock; two others had none.", "Le fournisseur le plus proche qui a l'article en stock; deux autres n'en avaient pas."},
		{"Three firms asked, one answered within the week.", "Trois entreprises consultées, une a répondu dans la semaine."},
		{"Its earlier work for the branch was on time and well done.", "Ses travaux antérieurs pour la direction ont été livrés à temps et bien faits."}}
	seasons = [12]int{7, 8, 8, 9, 8, 7, 5, 5, 9, 10, 9, 5} // lines of a month, from January, beside March's rush
)
