package demo

import "handrail/internal/request"

// The demo's department: who asks, who decides, who pays. Everybody is invented.
const (
	Domain   = "department.example"
	Inbox    = "small.purchases@" + Domain
	Officer  = "dana.whitfield@" + Domain
	OfficerF = "michel.gagnon@" + Domain
	Finance  = "finance@" + Domain
	Cards    = "acquisition.cards@" + Domain
	Operator = "operations@" + Domain
	manager  = "helen.park@" + Domain // who authorize the money
	managerF = "luc.bouchard@" + Domain
)

// Mail is one mail that the demo's staff send.
type Mail struct {
	File     string // name of the .eml that the demo leaves
	From     string
	Name     string
	Subject  string
	Text     string
	Language request.Lang
	// above fills the labels above the table, lines the table, by field.
	Above map[request.Field]string
	Lines []map[request.Field]string
	Unit  string
	// attach replaces the form by other bytes: a workbook nobody can read.
	attach     []byte
	attachName string
	noForm     bool
	answers    string // Message-ID of the mail that this one answers; "" none
	Tells      string // what the summary says this mail is about
}

// oldExcel begins like every .xls of the nineties: the format that Excel still saves when one picks the wrong entry.
func oldExcel() []byte {
	b := make([]byte, 4096)
	copy(b, "\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1")
	b[24], b[26], b[28], b[29], b[30], b[32] = 0x3E, 0x03, 0xFE, 0xFF, 0x09, 0x06
	return b
}

// Above are the labels above the table of a form, filled in.
func Above(lang request.Lang, centre, manager, amount string) map[request.Field]string {
	say := func(en, fr string) string { return request.Text{EN: en, FR: fr}.In(lang) }
	return map[request.Field]string{
		request.CostCentre: centre, request.Security: say("unclassified", "non classifié"), request.Remote: say("yes", "oui"),
		request.Standalone: say("yes", "oui"), request.InternalCapacity: say("none", "aucune"), request.PublicServant: say("no", "non"),
		request.AuthorizedBy: manager, request.AuthorizedOn: "{authorized}", request.AuthorizedAmount: amount,
		request.Payment: say("acquisition card", "carte d’achat"), request.Cardholder: "card.holder@" + Domain,
		request.Commodity: "services", request.Licence: "MIT", request.Repository: "https://github.com/department-example/work",
		request.TermsAccepted: "{accepted}",
	}
}

// Line is one line of a form: what, from whom, for how much, and why this supplier.
func Line(title, other, supplier, net, tax, total, rationale string) map[request.Field]string {
	return map[request.Field]string{request.Title: title, request.TitleOther: other, request.Supplier: supplier,
		request.Net: net, request.Tax: tax, request.Total: total, request.Rationale: rationale}
}

// Mails is the demo's week, in the order of arrival.
func Mails() []Mail {
	return []Mail{
		{
			File: "01-all-inside", From: "amara.osei@" + Domain, Name: "Amara Osei", Language: request.English,
			Unit: "Service Delivery", Subject: "Two small purchases", Tells: "English, both lines inside the guardrails",
			Text:  "Hello,\n\nTwo small purchases for the accessibility sprint, form attached.\n\nThank you,\nAmara\n",
			Above: Above(request.English, "4410-20", manager, "9000"),
			Lines: []map[request.Field]string{
				Line("Screen reader fixes", "Correctifs pour lecteurs d’écran", "Northwind Accessibility Inc.", "4000", "520", "4520",
					"Best of three quotes; two could not start."),
				Line("Colour contrast audit", "Vérification des contrastes", "Lumen Design Co-op", "2500", "325", "2825",
					"The only auditor who uses a screen reader."),
			},
		},
		{
			File: "02-demande-mixte", From: "sophie.tremblay@" + Domain, Name: "Sophie Tremblay", Language: request.French,
			Unit: "Direction générale du numérique", Subject: "Demande de petits achats", Tells: "French, one line inside, one above the limit, one to correct",
			Text:  "Bonjour,\n\nVoici trois petits achats pour notre équipe. Le formulaire est joint.\n\nMerci,\nSophie\n",
			Above: Above(request.French, "5120-07", managerF, "17000"),
			Lines: []map[request.Field]string{
				Line("Composant de formulaire", "Form component", "Atelier Boréal ltée", "3000", "449.25", "3449.25",
					"Meilleure de trois propositions reçues."),
				Line("Refonte du calculateur", "Calculator redesign", "Coopérative Mille Pages", "9500", "1422.63", "10922.63",
					"Connaît le calculateur; l’autre offre était incomplète."),
				Line("Tests d’utilisabilité", "Usability tests", "Groupe Essai inc.", "1800", "269.55", "2096.55", ""),
			},
		},
		{
			File: "03-first-of-two", From: "james.lee@" + Domain, Name: "James Lee", Language: request.English,
			Unit: "Benefits Branch", Subject: "Data clean-up", Tells: "English, the first of two purchases at one supplier",
			Text:  "Form attached.\n\nJames Lee\n",
			Above: Above(request.English, "3300-01", manager, "6500"),
			Lines: []map[request.Field]string{
				Line("Data clean-up, part 1", "Nettoyage de données, partie 1", "Prairie Data Ltd.", "5300", "689", "5989",
					"Best of two quotes; the other was partial."),
			},
		},
		{
			File: "04-second-of-two", From: "priya.nair@" + Domain, Name: "Priya Nair", Language: request.English,
			Unit: "Benefits Branch", Subject: "Data clean-up, continued", Tells: "English, the second one: together above the limit, by somebody else and under another spelling",
			Text:  "Hi,\n\nSecond half of the clean-up.\n\nPriya\n",
			Above: Above(request.English, "3300-01", manager, "6000"),
			Lines: []map[request.Field]string{
				Line("Data clean-up, part 2", "Nettoyage de données, partie 2", "PRAIRIE DATA LIMITED", "5200", "676", "5876",
					"They know the data from the first part."),
			},
		},
		{
			File: "05-ancien-format", From: "marc.dubois@" + Domain, Name: "Marc Dubois", Language: request.French,
			Subject: "Achat de licences", Tells: "French, a workbook in the format of the nineties, which nobody can judge",
			Text: "Bonjour,\n\nDemande ci-jointe.\n\nMarc\n", attach: oldExcel(), attachName: "Demande.xls",
		},
		{
			File: "06-no-attachment", From: "lena.fischer@" + Domain, Name: "Lena Fischer", Language: request.English,
			Subject: "Need a small purchase", Tells: "English, the form was forgotten",
			Text: "Hello, I would like to buy a course on accessible PDFs for about $900. What do I do?\n\nLena\n", noForm: true,
		},
		{
			File: "07-petite-demande", From: "nadia.benali@" + Domain, Name: "Nadia Benali", Language: request.French,
			Unit: "Direction générale des politiques", Subject: "Deux petits achats", Tells: "French, one line inside the guardrails and one above the limit",
			Text:  "Bonjour,\n\nDeux achats cette fois.\n\nBonne journée,\nNadia\n",
			Above: Above(request.French, "2205-11", managerF, "14000"),
			Lines: []map[request.Field]string{
				Line("Visualisation de données ouvertes", "Open data visualization", "Données du Fleuve inc.", "2600", "389.35", "2989.35",
					"Meilleure de deux; l’autre dépassait l’échéance."),
				Line("Traduction d’interface en langage simple", "Plain-language interface wording", "Plume claire coop", "9200", "1377.70", "10577.70",
					"La seule équipe qui éprouve ses textes auprès du public."),
			},
		},
	}
}

// Department is the invented department of the demo and the previews.
func Department() request.Text {
	return request.Text{EN: "Department of Examples", FR: "Ministère des Exemples"}
}
