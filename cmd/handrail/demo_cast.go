package main

import "handrail/internal/request"

// The demo's department: who asks, who decides, who pays. Everybody is invented.
const (
	demoDomain  = "department.example"
	demoInbox   = "small.purchases@" + demoDomain
	demoOfficer = "dana.whitfield@" + demoDomain
	demoOfficeF = "michel.gagnon@" + demoDomain
	demoFinance = "finance@" + demoDomain
	demoCards   = "acquisition.cards@" + demoDomain
	demoOps     = "operations@" + demoDomain
)

// demoMail is one mail that the demo's staff send.
type demoMail struct {
	file     string // name of the .eml that the demo leaves
	from     string
	name     string
	subject  string
	text     string
	language request.Lang
	// above fills the labels above the table, lines the table, by field.
	above map[request.Field]string
	lines []map[request.Field]string
	unit  string
	// attach replaces the form by other bytes: a workbook nobody can read.
	attach     []byte
	attachName string
	noForm     bool
	answers    string // Message-ID of the mail that this one answers; "" none
	tells      string // what the summary says this mail is about
}

// oldExcel begins like every .xls of the nineties: the format that Excel still saves when one picks the wrong entry.
func oldExcel() []byte {
	b := make([]byte, 4096)
	copy(b, "\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1")
	b[24], b[26], b[28], b[29], b[30], b[32] = 0x3E, 0x03, 0xFE, 0xFF, 0x09, 0x06
	return b
}

func demoAbove(lang request.Lang, centre, manager, amount string) map[request.Field]string {
	say := func(en, fr string) string { return request.Text{EN: en, FR: fr}.In(lang) }
	return map[request.Field]string{
		request.CostCentre: centre, request.Security: say("unclassified", "non classifié"), request.Remote: say("yes", "oui"),
		request.Standalone: say("yes", "oui"), request.InternalCapacity: say("none", "aucune"), request.PublicServant: say("no", "non"),
		request.AuthorizedBy: manager, request.AuthorizedOn: "{authorized}", request.AuthorizedAmount: amount,
		request.Payment: say("acquisition card", "carte d’achat"), request.Cardholder: "card.holder@" + demoDomain,
		request.Commodity: "services", request.Licence: "MIT", request.Repository: "https://github.com/department-example/work",
		request.TermsAccepted: "{accepted}",
	}
}

// demoLine is one line of a form: what, from whom, for how much, and why this supplier.
func demoLine(title, other, supplier, net, tax, total, rationale string) map[request.Field]string {
	return map[request.Field]string{request.Title: title, request.TitleOther: other, request.Supplier: supplier,
		request.Net: net, request.Tax: tax, request.Total: total, request.Rationale: rationale}
}

// demoMails is the demo's week, in the order of arrival.
func demoMails() []demoMail {
	const manager = "helen.park@" + demoDomain
	const managerF = "luc.bouchard@" + demoDomain
	return []demoMail{
		{
			file: "01-all-inside", from: "amara.osei@" + demoDomain, name: "Amara Osei", language: request.English,
			unit: "Service Delivery", subject: "Two small purchases", tells: "English, both lines inside the guardrails",
			text:  "Hello,\n\nTwo small purchases for the accessibility sprint, form attached.\n\nThank you,\nAmara\n",
			above: demoAbove(request.English, "4410-20", manager, "9000"),
			lines: []map[request.Field]string{
				demoLine("Screen reader fixes", "Correctifs pour lecteurs d’écran", "Northwind Accessibility Inc.", "4000", "520", "4520",
					"Best of three quotes; two could not start."),
				demoLine("Colour contrast audit", "Vérification des contrastes", "Lumen Design Co-op", "2500", "325", "2825",
					"The only auditor who uses a screen reader."),
			},
		},
		{
			file: "02-demande-mixte", from: "sophie.tremblay@" + demoDomain, name: "Sophie Tremblay", language: request.French,
			unit: "Direction générale du numérique", subject: "Demande de petits achats", tells: "French, one line inside, one above the limit, one to mend",
			text:  "Bonjour,\n\nVoici trois petits achats pour notre équipe. Le formulaire est joint.\n\nMerci,\nSophie\n",
			above: demoAbove(request.French, "5120-07", managerF, "12000"),
			lines: []map[request.Field]string{
				demoLine("Composant de formulaire", "Form component", "Atelier Boréal ltée", "3000", "449.25", "3449.25",
					"Meilleure de trois propositions reçues."),
				demoLine("Refonte du calculateur", "Calculator redesign", "Coopérative Mille Pages", "9500", "1422.63", "10922.63",
					"Connaît le calculateur; l’autre offre était incomplète."),
				demoLine("Tests d’utilisabilité", "Usability tests", "Groupe Essai inc.", "1800", "269.55", "2096.55", ""),
			},
		},
		{
			file: "03-first-of-two", from: "james.lee@" + demoDomain, name: "James Lee", language: request.English,
			unit: "Benefits Branch", subject: "Data clean-up", tells: "English, the first of two purchases at one supplier",
			text:  "Form attached.\n\nJames Lee\n",
			above: demoAbove(request.English, "3300-01", manager, "9000"),
			lines: []map[request.Field]string{
				demoLine("Data clean-up, part 1", "Nettoyage de données, partie 1", "Prairie Data Ltd.", "5300", "689", "5989",
					"Best of two quotes; the other was partial."),
			},
		},
		{
			file: "04-second-of-two", from: "priya.nair@" + demoDomain, name: "Priya Nair", language: request.English,
			unit: "Benefits Branch", subject: "Data clean-up, continued", tells: "English, the second one: together above the limit, by somebody else and under another spelling",
			text:  "Hi,\n\nSecond half of the clean-up.\n\nPriya\n",
			above: demoAbove(request.English, "3300-01", manager, "9000"),
			lines: []map[request.Field]string{
				demoLine("Data clean-up, part 2", "Nettoyage de données, partie 2", "PRAIRIE DATA LIMITED", "5200", "676", "5876",
					"They know the data from the first part."),
			},
		},
		{
			file: "05-ancien-format", from: "marc.dubois@" + demoDomain, name: "Marc Dubois", language: request.French,
			subject: "Achat de licences", tells: "French, a workbook in the format of the nineties, which nobody can judge",
			text: "Bonjour,\n\nDemande ci-jointe.\n\nMarc\n", attach: oldExcel(), attachName: "Demande.xls",
		},
		{
			file: "06-no-attachment", from: "lena.fischer@" + demoDomain, name: "Lena Fischer", language: request.English,
			subject: "Need a small purchase", tells: "English, the form was forgotten",
			text: "Hello, I would like to buy a course on accessible PDFs for about $900. What do I do?\n\nLena\n", noForm: true,
		},
		{
			file: "07-petite-demande", from: "nadia.benali@" + demoDomain, name: "Nadia Benali", language: request.French,
			unit: "Direction générale des politiques", subject: "Deux petits achats", tells: "French, one line inside the guardrails and one above the limit",
			text:  "Bonjour,\n\nDeux achats cette fois.\n\nBonne journée,\nNadia\n",
			above: demoAbove(request.French, "2205-11", managerF, "12000"),
			lines: []map[request.Field]string{
				demoLine("Visualisation de données ouvertes", "Open data visualization", "Données du Fleuve inc.", "2600", "389.35", "2989.35",
					"Meilleure de deux; l’autre dépassait l’échéance."),
				demoLine("Traduction d’interface en langage simple", "Plain-language interface wording", "Plume claire coop", "9200", "1377.70", "10577.70",
					"La seule équipe qui éprouve ses textes auprès du public."),
			},
		},
	}
}
