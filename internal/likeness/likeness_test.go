package likeness

import "testing"

// Each pair is one supplier, however it is written.
func TestOneSupplier(t *testing.T) {
	for _, p := range [][2]string{
		{"Northern Software Inc.", "Northen Software"}, {"Northern Software", "Northern Softwares Ltd."}, {"Northern Software", "Nothern Sofware Inc"},
		{"Northern Software", "Northern Software (Ottawa)"}, {"Northern Software", "Northern Software Canada"}, {"Northern Software", "Northern Software - Phase 2"},
		{"Northern Software", "Northern Software c/o J. Doe"}, {"Northern Software Inc.", "N. S. I."}, {"Northern Software (Ottawa)", "Northern Software – Montréal"},
		{"Logiciels Aurore", "Aurore Software"}, {"Logiciels Aurore-Boréale", "Logiciel Aurore-Boréal"}, {"Logiciels Aurore-Boréale", "Logiciels Aurorre Boréale"},
		{"Heronbank Outfitters Store 0412", "Heronbank Outfitters - Truro outlet"}, {"Heronbank Outfitters Store 0412", "Heronbank Outfitters Atlantic Region"},
		{"2214907 Ontario Inc. o/a Fernhill Analytics", "Fernhill Analytics"}, {"2214907 Ontario Inc. o/a Fernhill Analytics", "2214907 Ontario Inc."},
		{"Mary Jane Haldane-Pike", "M.J. Haldane-Pike Consulting"}, {"Mary Jane Haldane-Pike", "Haldane-Pike, M. J."}, {"Haldane-Pike, M. J.", "M.J. Haldane-Pike Consulting"},
		{"Tamarack Code / uploads sprint", "Tamarack Code [Reminders 2026]"}, {"Two Shores Language Services", "Services linguistiques Deux Rives"},
		{"Briarsoft", "PAYPAL *BRIARSOFT"}, {"Briarsoft", "SQ *Briarsoft Calgary"}, {"Marsh & Peeler Research", "Peeler and Marsh Research Ltd."},
		{"Bluepine Geomatics", "Redpine Geomatics (formerly Bluepine Geomatics)"}, {"Wolverine Creek Software", "Wolverine Crk Software"},
		{"Acme Management Services", "Acme Mgmt Svcs"}, {"Blue Lantern Holdings", "BlueLantern Holdings"}, {"Lanark Records LLP", "The Lanark Records Group"},
		{"Frazil Watch - New Brunswick", "Frazil Watch Inc."}, {"Lanternfish Coaching, att. P. Moreau-Lisgar", "Lanternfish Coaching (Gatineau)"},
		{"Coopérative de délibération numérique du Fjord", "C.D.N.F."}, {"Kestrel Analytics", "www.kestrelanalytics.ca"}, {"Kestrel Analytics", "Paul Roy, Kestrel Analytics"},
		{"Kestrel Analytics", "Paul Roy - Kestrel Analytics"}, {"Kestrel Analytics", "Kestrel Analytics, Dept 45"}, {"Kestrel Analytics", "Kestrel Analytics II"},
		{"Kestrel Analytics", "Kestrel Analytics Team B"}, {"Kestrel Analytics", "Équipe Kestrel Analytics"}, {"Kestrel Analytics", "Kestrel Analytics East"},
		{"Kestrel Analytics", "Kestrel Analytics via Upwork"}, {"Kestrel Analytics", "Kestrel Analytics pour Mme Roy"}, {"Kestrel Analytics", "Kestrel Analytics – Accounting"},
		{"Northern Software", "NorthernSoft"}, {"Northern Software", "Northern Sftwr"}, {"Northern Software", "Logiciels du Nord"}, {"Northern Software", "North Software"},
		{"Services d'entretien Belle-Rive", "Belle Rive Maintenance Services"}, {"Imprimerie Caron et fils", "Caron & Sons Printing"}, {"Ferme Bellevue", "Bellevue Farms"},
		{"École de langues Pont-Neuf", "Pont Neuf Language School"}, {"Gestion Boisclair", "Boisclair Management"}, {"Société de conseil Vertigo", "Vertigo Consulting"},
		{"Jean-Marc Petit", "J.-M. Petit"}, {"Dr. Susan Blake", "Susan Blake Consulting"}, {"S. Blake", "Susan Blake"}, {"IBM", "International Business Machines"},
		{"Studio Quillefeu", "Odile Quillefeu, graphiste"}, {"O. Quillefeu (Studio Quillefeu)", "Odile Quillefeu, graphiste"},
		{"Université Laval", "Laval University"}, {"City of Ottawa", "Ville d'Ottawa"}, {"Bank of Montreal", "Banque de Montréal"}, {"Green Tech", "Green Technologies"},
		{"9123-4567 Québec inc. (Café Rond)", "Café Rond"}, {"Нордик Софт", "Нордик Софтт"}, {"北京软件有限公司", "北京软件有限公司 Ottawa"},
	} {
		if s := Names(ReadName(p[0]), ReadName(p[1])); s < NamesAlike {
			t.Errorf("%q and %q are alike by %d only", p[0], p[1], s)
		}
		if s, r := Names(ReadName(p[0]), ReadName(p[1])), Names(ReadName(p[1]), ReadName(p[0])); s != r {
			t.Errorf("%q and %q: %d and %d", p[0], p[1], s, r)
		}
	}
}

// Each pair is two suppliers, however alike they look.
func TestTwoSuppliers(t *testing.T) {
	for _, p := range [][2]string{
		{"Northern Software", "Northern Hardware"}, {"Smith Consulting", "Smyth Catering"}, {"Ottawa Printing", "Toronto Printing"},
		{"9123-4567 Québec inc.", "9123-4568 Québec inc."}, {"ABC Consulting", "ABD Consulting"}, {"Jane Smith", "John Smith"},
		{"University of Ottawa", "University of Toronto"}, {"Alder Creek Design Ltd.", "Alder Creek Drilling Ltd."}, {"1187342 Ontario Inc.", "1187324 Ontario Inc."},
		{"Nashwaak River Maps", "Nashwaak River Boats"}, {"Nashwaak River Maps", "Nashwaak Safety"}, {"Cardinal Roofing", "Cardinal Coaching"},
		{"CBL Labs", "CBL Logistics"}, {"Consulting Services", "Consulting Solutions"}, {"Oxford City Council", "Cherwell District Council"},
		{"J. Tremblay-Roy, indexation", "J. Tremblay-Roy, photographe"}, {"Susan Blake", "Steven Blake"}, {"Bank of Montreal", "Bank of Nova Scotia"},
		{"Bell Canada", "Bell Mobility"}, {"Hydro-Québec", "Hydro One"}, {"McGill University", "Concordia University"}, {"Smith & Jones", "Smith & Johnson"},
		{"A1 Plumbing", "A2 Plumbing"}, {"Studio 10", "Studio 1"}, {"Gestion 2000", "Gestion 2001"}, {"Blue Sky Design", "Blue Sky Printing"}, {"Red River Catering", "Red Rock Catering"},
		{"Maple Leaf Foods", "Maple Leaf Sports"}, {"Eagle Security", "Eagle Eye Security"}, {"Tremblay Électrique", "Tremblay Plomberie"}, {"Northern Software", "N. Software"},
		{"Northern Software", "Southern Software"}, {"The Oxford Trust", "Oxfordshire Community Foundation"}, {"Green & Partners", "Greenbank Ltd"}, {"IBM UK Ltd", "Ideasbynet.com"},
		{"SCC (Specialist Computer Centres PLC)", "St Clares College"}, {"Air Canada", "Canada"}, {"Studio Meridian", "Blue Meridian"}, {"Martin Consulting", "Jane Martin"},
		{"Services Vaillancourt-Ez", "Location Vaillancourt-Ez"}, {"北京软件", "上海软件"},
	} {
		if s := Names(ReadName(p[0]), ReadName(p[1])); s >= NamesAlike {
			t.Errorf("%q and %q are alike by %d", p[0], p[1], s)
		}
	}
}

func TestNeedsAlikeAndNot(t *testing.T) {
	w := Usual()
	read := func(n [2]string) Need { return ReadNeed(n[0], "", n[1]) }
	for _, p := range [][2][2]string{
		{{"Questionnaire", "Write the questionnaire of the client survey."}, {"Client survey questionnaire", "Writing of a questionnaire for the survey of clients"}},
		{{"Translation of the annual report, chapters 1 to 6", "Translate the annual report into French, 24,000 words."},
			{"Traduction du rapport annuel, chapitres 7 à 12", "Traduire le rapport annuel vers le français, 22 000 mots."}},
		{{"Window blinds, 36 pieces", "Blinds for the east wing windows."}, {"Hanging of window blinds", "Hang the blinds on the east wing windows against glare."}},
		{{"Benchmarking study", "Compare our service standards with five provinces."}, {"Comparative study of service standards", "Study comparing service standards with those of provinces."}},
		{{"Cybersecurity training", "Online phishing awareness course for staff."}, {"Sensibilisation à l'hameçonnage", "Cours en ligne sur l'hameçonnage pour le personnel."}},
		{{"Drone survey of dikes", "Fly a drone along the dikes and deliver images."}, {"Aerial images of the dikes", "Aerial photography of dikes by UAV."}},
		{{"Standing desks, 20", "Twenty height-adjustable desks for the third floor."}, {"Sit-stand desks", "Adjustable desks for floor 3, 18 units."}},
		{{"Chairs for the call centre", "40 ergonomic chairs for the call centre."}, {"Fauteuils pour le centre d'appels", "35 fauteuils ergonomiques pour le centre d'appels."}},
		{{"", "Develop an API for the permit registry"}, {"", "Programming of the permit registry API, remaining endpoints"}},
		{{"Metadata catalogue (1/3)", "Metadata catalogue, first third."}, {"Metadata catalogue (2/3)", "Metadata catalogue, second third."}},
	} {
		if s := Needs(read(p[0]), read(p[1]), w); s < NeedsAlike {
			t.Errorf("%q and %q are alike by %d only", p[0], p[1], s)
		}
	}
	for _, p := range [][2][2]string{
		{{"", "Fix the login page of the portal"}, {"", "Fix the search page of the catalogue"}},
		{{"", "Supply and delivery of chairs"}, {"", "Supply and delivery of keyboards"}},
		{{"Panel of respondents", "Recruit sixty respondents to the panel."}, {"Solar panel for the van", "Solar panel and battery for the survey van."}},
		{{"Services", "see quote"}, {"Services", "as per quote"}},
		{{"Course on privacy", "One-day course on privacy law for six analysts."}, {"Course on welding", "Two-day welding course for four mechanics."}},
		{{"Water test kits", "Reagent kits for wells."}, {"Test of the water pump", "Test the pump of the reservoir."}},
		{{"Batteries for cameras", "Batteries for the trail cameras."}, {"Batteries for the boat", "Two marine batteries."}},
		{{"Room rental", "Rent a room for the March meeting."}, {"Tent rental", "Rent a tent for the open day."}},
		{{"Formation en photographie", "Cours de photographie pour deux agents."}, {"Formation en soudure", "Cours de soudure pour trois mécaniciens."}},
		{{"Entretien du véhicule", "Entretien annuel du véhicule de patrouille."}, {"Entretien de la chaudière", "Entretien annuel de la chaudière."}},
	} {
		if s := Needs(read(p[0]), read(p[1]), w); s >= NeedsAlike {
			t.Errorf("%q and %q are alike by %d", p[0], p[1], s)
		}
	}
}

// However a name says another one, both are the supplier; and whoever takes its mail is nobody's name.
func TestNamesThatSayAnother(t *testing.T) {
	for _, marker := range []string{" o/a ", " O/A ", " o / a ", " o.a. ", " d/b/a ", " dba ", " DBA: ", " d.b.a. ", " t/a ", " T/AS ", " t/s ", " a/k/a ", " aka ", " f/k/a ", " s/n ", " s.n. ",
		" f.a.s. ", ", f.a.s.r.s. ", " operating as ", " operating under ", " doing business as ", " trading as ", " carrying on business as ", " also known as ", " formerly ", " formerly known as ",
		" now known as ", " previously ", ", exploité sous le nom de ", ", exploitée sous le nom ", " faisant affaire sous ", " faisant affaires sous le nom de ", " faisant affaire sous la raison sociale ",
		" opérant sous le nom de ", " connue sous le nom de ", " anciennement ", " auparavant ", ", a division of ", ", part of ", ", une division de ", ", filiale de ", " (formerly "} {
		both := ReadName("Kettle Harbour" + marker + "Fernhill Analytics")
		for _, one := range []string{"Kettle Harbour Inc.", "Fernhill Analytics"} {
			if s := Names(both, ReadName(one)); s < NamesAlike {
				t.Errorf("%q: %q is alike by %d only", marker, one, s)
			}
		}
	}
	for _, marker := range []string{" c/o ", " C/O: ", " a/s de ", " a/s ", " care of ", " aux soins de ", ", attn. ", " attn: ", ", att. ", " à l'attention de "} {
		both := ReadName("Kettle Harbour" + marker + "Odile Quillefeu")
		if s := Names(both, ReadName("Kettle Harbour")); s < NamesAlike {
			t.Errorf("%q: the firm is alike by %d only", marker, s)
		}
		if s := Names(both, ReadName("Odile Quillefeu")); s >= NamesAlike {
			t.Errorf("%q: who takes the mail is alike by %d", marker, s)
		}
	}
	for _, name := range []string{"FAS Consulting", "Maintenant Formation", "Now Software", "Care of Gardens", "Attention Design", "Exploitation Boréale"} {
		if s := Names(ReadName(name), ReadName(name+" (Ottawa)")); s < NamesAlike {
			t.Errorf("%q and itself in Ottawa are alike by %d only", name, s)
		}
	}
}

// A need that a ledger has a thousand times is one need still: texts that differ by a number are one form, and those that differ
// by a word are alike though nearly every text of the ledger has the others.
func TestANeedDoesNotHideInAFullLedger(t *testing.T) {
	read := func(title, description string) Need { return ReadNeed(title, "", description) }
	first, second := read("Intake module, part 1", "Program part 1 of the intake module of the permit register."), read("Intake module, part 1400", "Program part 1400 of the intake module of the permit register.")
	if first.Form() == "" || first.Form() != second.Form() {
		t.Errorf("two texts that differ by a number are the needs %q and %q", first.Form(), second.Form())
	}
	if read("Paint the 4th floor", "").Form() != read("Paint the 5th floor", "").Form() || read("Sensor X200", "").Form() == read("Sensor X300", "").Form() {
		t.Error("an ordinal is a number, a model is none")
	}
	one, other := read("Intake module, screens", "Program the screens of the intake module of the permit register."), read("Intake module, letters", "Program the letters of the intake module of the permit register.")
	flooded := Learned(Usual(), 1500, func(term string) int {
		for _, t := range other.Terms() {
			if t == term {
				return 1450
			}
		}
		return 1
	})
	if s := Needs(one, other, flooded); s < NeedsAlike {
		t.Errorf("in a ledger that is full of them they are alike by %d", s)
	}
}

// Two things for one team or room are two needs, in a ledger that names the team often.
func TestWhatTitlesBeginWithTellsNeedsApart(t *testing.T) {
	for _, p := range [][2][2]string{
		{{"Chairs, map room", "Six office chairs for the map room."}, {"Lunch for a workshop, map room", "Sandwiches and coffee for a workshop of the map room."}},
		{{"Hand tools, trail crew", "Wrenches and saws for the trail crew."}, {"Posters, trail crew", "Print forty posters for the trail crew."}},
		{{"Chaises, la cartothèque", "Six chaises pour la cartothèque."}, {"Dîner, la cartothèque", "Sandwichs pour un atelier de la cartothèque."}},
	} {
		if s := Needs(ReadNeed(p[0][0], "", p[0][1]), ReadNeed(p[1][0], "", p[1][1]), Usual()); s >= NeedsAlike {
			t.Errorf("%q and %q are alike by %d", p[0], p[1], s)
		}
	}
}
