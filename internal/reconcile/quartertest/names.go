package quartertest

import "strings"

// supplier is somebody the department buys from.
type supplier struct {
	name string // as requesters write it
	stem string // what tells it from others of its trade
	city string // "OTTAWA        ON", as banks write it
}

// person holds a card.
type person struct {
	name, email, unit, centre, card string
	bank                            []string // as banks spell the name
}

func people() []person {
	list := [][]string{
		{"Julie Tremblay-Ouellet", "SCI", "1201", "4417", "TREMBLAY-OUELLET J", "J TREMBLAY OUELLET", "TREMBLAY OUELLET, JULIE"},
		{"Marc-André Béliveau", "FLD", "1202", "1093", "BELIVEAU MARC-ANDRE", "M-A BELIVEAU", "MARC ANDRE BELIVEAU"},
		{"Priya Raghunathan", "ADM", "1301", "5528", "RAGHUNATHAN P", "PRIYA RAGHUNATHAN", "RAGHUNATHAN/PRIYA MS"},
		{"Owen MacAskill", "FAC", "1302", "7730", "MACASKILL OWEN", "O MACASKILL", "MAC ASKILL, OWEN"},
		{"Siobhán O'Dwyer", "IMT", "1401", "2286", "O'DWYER SIOBHAN", "S ODWYER", "SIOBHAN O DWYER"},
		{"Étienne Castonguay", "LAB", "1402", "9051", "CASTONGUAY E", "ETIENNE CASTONGUAY", "CASTONGUAY, ETIENNE M"},
		{"Nadia Kowalchuk", "REG", "1501", "3367", "KOWALCHUK N", "NADIA KOWALCHUK", "KOWALCHUK/NADIA"},
		{"Geneviève Desrosiers", "COM", "1502", "6614", "DESROSIERS GENEVIEVE", "G DESROSIERS", "GENEVIEVE DESROSIERS"},
	}
	out := make([]person, len(list))
	for i, p := range list {
		email := strings.ReplaceAll(strings.ToLower(plain(p[0])), " ", ".")
		email = strings.ReplaceAll(email, "'", "") + "@department.example"
		out[i] = person{name: p[0], email: email, unit: p[1], centre: p[2], card: p[3], bank: p[4:]}
	}
	return out
}

// Stems are invented, or family names; no two begin alike, except that each stands in several suppliers' names.
const englishStems = `Ashgrove Birchmount Caldwell Dunrobin Eastwick Fernbrook Glenhaven Hartwell Inverlochy Jasperson Kestrel
	Larkspur Mapleton Netherby Osprey Pemberley Quillfeather Ravenscrag Stonebridge Thornbury Underhill Vantage Westerly
	Yarrow Zephyr Alderney Brantwood Cranleigh Driftwood Elmsworth Foxglove Greywater Huxtable Ironwood Juniper Kingfisher
	Lockerby Midnight Nightjar Oakridge Pinnacle Quorum Redfern Silverton Tamarack Umberfield Velvetleaf Windermere Xylo
	Yellowhead Abernathy Bluewater Coppermine Dovercourt`

const frenchStems = `Beauséjour Chamberland Desgroseilliers Émond Fontaine-Roy Généreux Hétu Isabelle-Comtois Jolicoeur Kérouac
	Laliberté Mandeville Normandeau Ouimet Provencher Quesnel Rondeau Sansregret Théberge Vaillancourt Archambault Boisclair
	Charlebois Dandurand Éthier Francoeur Grandmaison Huneault Joncas Labrecque Mousseau Nolet Ostiguy Paquin Quévillon
	Robitaille Sénécal Turgeon Valiquette Aubépine Brisebois Cloutier Duquette Fauteux Guilbault Lamontagne Marleau Pépin
	Rivest Soucy Trépanier Véronneau`

func trades() (english, french []string) {
	return strings.Split("Software,Signs,Scientific,Catering,Office Supply,Electric,Plumbing,Instruments,Printing,Safety,Outfitters,"+
			"Training,Rentals", ","),
		strings.Fields("Plomberie Imprimerie Traiteur Quincaillerie Électricité Papeterie Enseignes Formation Laboratoires Équipements " +
			"Serrurerie Location Traductions")
}

func forms() (english, french []string) {
	return []string{" Inc.", " Ltd.", "", " Limited", " Corp."}, []string{" inc.", " ltée", "", " & Fils inc.", " enr."}
}

// cities are as banks write them: thirteen characters, and the province.
func cities() []string {
	return []string{"OTTAWA        ON", "GATINEAU      QC", "HALIFAX       NS", "WINNIPEG      MB", "MONTREAL      QC",
		"SAINT JOHN    NB", "CALGARY       AB", "WHITEHORSE    YT", "QUEBEC        QC", "REGINA        SK"}
}

// suppliers are all there are, several of each stem: names with common beginnings are the rule and not the exception.
func suppliers() []supplier {
	var out []supplier
	english, french := strings.Fields(englishStems), strings.Fields(frenchStems)
	englishTrades, frenchTrades := trades()
	englishForms, frenchForms := forms()
	towns := cities()
	for j := range englishTrades {
		for i, stem := range english {
			out = append(out, supplier{
				name: stem + " " + englishTrades[(5*j+i)%len(englishTrades)] + englishForms[(i+j)%len(englishForms)],
				stem: stem, city: towns[(3*i+j)%len(towns)],
			})
		}
		for i, stem := range french {
			out = append(out, supplier{
				name: frenchTrades[(5*j+i)%len(frenchTrades)] + " " + stem + frenchForms[(i+j)%len(frenchForms)],
				stem: stem, city: towns[(3*i+j+1)%len(towns)],
			})
		}
	}
	return out
}

// commonBeginnings are pairs: the supplier of a line, and a merchant that only begins like it.
func commonBeginnings() [][2]string {
	return [][2]string{
		{"Apple", "APPLETREE CATERING"}, {"Canada Post", "CANADA POSTERS & PRINTS"}, {"Northern Software", "NORTHERN SIGNS"},
		{"Bellwether Inc.", "BELL WEATHERPROOFING"}, {"Metro Taxi", "METROPOLE SERRURIER"}, {"Home Hardware Plus", "HOMESTEAD REALTY"},
		{"Bureau en Hausse", "BUREAU EN GRANIT"}, {"Via Rail Tours", "VIA RAILINGS & STAIRS"}, {"Best Boots", "BEST BOOTHS EXHIBITS"},
		{"Grand Toit inc.", "GRAND TOIT-VERT PAYSAGE"}, {"Capital Paper", "CAPITAL PAPERHANGERS"}, {"Polar Lab", "POLAR LABELS"},
		{"Atlas Print", "ATLAS PRINTEMPS FLEURS"}, {"Prairie Light Ltd.", "PRAIRIE LIGHTHOUSE TOURS"}, {"Star Tech", "STAR TECHTONIC GEOLOGY"},
		{"Soleil Voyages", "SOLEIL VOYAGEUR CAMPING"}, {"Cartes du Nord", "CARTES DU NORDET"}, {"Union Gas Fitters", "UNION GASTRONOMY"},
		{"Royal Trophy", "ROYAL TROPICAL PLANTS"}, {"Fort Data", "FORT DATASKI RENTALS"}, {"Cedar Net", "CEDAR NETTING & FENCE"},
		{"Optique Claire", "OPTIQUE CLAIREMONT"}, {"Delta Form", "DELTA FORMALWEAR"}, {"Pro Nature", "PRO NATUROPATHE"},
	}
}

// similarNames are two suppliers each, and the beginning that both names have in common.
func similarNames() [][3]string {
	return [][3]string{
		{"Gagnon Électrique inc.", "Gagnon Électronique inc.", "GAGNON ELECTR"},
		{"Hudson Instruments Ltd.", "Hudson Instruction Ltd.", "HUDSON INSTRU"},
		{"Pelletier Imprimerie", "Pelletier Impression Textile", "PELLETIER IMPR"},
		{"Morrison Office Supply", "Morrison Office Support", "MORRISON OFFICE SUPP"},
		{"Côté Transport", "Côté Translations", "COTE TRANS"},
		{"Sinclair Catering", "Sinclair Caterham Motors", "SINCLAIR CATER"},
		{"Bouchard Photographie", "Bouchard Photocopie", "BOUCHARD PHOTO"},
		{"Wallace Marina", "Wallace Marine Engines", "WALLACE MARIN"},
	}
}

// familyNames are two suppliers each of one family's name and different trades.
func familyNames() [][2]string {
	return [][2]string{
		{"Lefebvre Plomberie", "Lefebvre Traiteur"}, {"MacDonell Surveying", "MacDonell Flowers"}, {"Bergeron & Fils Toitures", "Bergeron Arpentage"},
		{"Singhal Translations", "Singhal Auto Glass"}, {"Thériault Électrique", "Thériault Reliure"}, {"Campbellford Printing", "Campbellford Kennels"},
		{"Nguyen-Hart Optics", "Nguyen-Hart Bakery"}, {"Arsenault Métaux", "Arsenault Sonorisation"},
	}
}

// longerNames are a name, and one with another word behind it, of somebody else.
func longerNames() [][2]string {
	return [][2]string{
		{"Imprimerie Lavoie", "Imprimerie Lavoie-Marchand"}, {"Fraser Safety", "Fraser Safety Training"},
		{"Studio Mercier", "Studio Mercier Danse"}, {"Kirkland Tools", "Kirkland Tools Repair"},
	}
}
