package policybook

import (
	"slices"
	"strings"

	"handrail/internal/request"
)

// sheet is a sheet of the workbook.
type sheet struct {
	id         string
	name, help request.Text
	helpOfOne  request.Text // where the policy is in one language; zero: the same
	cols       []column
}

// column is one of its columns.
type column struct {
	id         string
	head, help request.Text
	width      float64
	as         kindOfCell
	choices    func(l request.Lang) []string
	helpOfTwo  bool // its help is about there being two languages
}

type kindOfCell byte

const (
	words      kindOfCell = iota
	code                  // an id, a name, an expression
	day                   // a date
	money                 // an amount
	yes                   // yes or no
	digits                // a whole number
	ofHandrail            // filled in by Handrail, and not read
)

func fixed(texts ...request.Text) func(request.Lang) []string {
	return func(l request.Lang) []string {
		all := make([]string, len(texts))
		for i, t := range texts {
			all[i] = t.In(l)
		}
		return all
	}
}

// vocabulary of drop-downs: the code of the text and its words.
type coded struct {
	code string
	text request.Text
}

var (
	yesNo    = []coded{{"yes", both("yes", "oui")}, {"no", both("no", "non")}}
	actions  = []coded{{"note", both("note", "noter")}, {"escalate", both("escalate", "soumettre")}, {"return", both("return", "retourner")}}
	outcomes = []coded{{"approved", both("approved", "approuvée")}, {"escalated", both("escalated", "soumise")}, {"returned", both("returned", "retournée")}}
	periods  = []coded{{"quarter", both("quarter", "trimestre")}, {"year", both("year", "exercice")}}
	scopes   = []coded{{"everywhere", both("everywhere", "partout")}, {"workbook", both("workbook", "classeur")}, {"elsewhere", both("elsewhere", "ailleurs")}}
	listedAs = []coded{{"text", both("text", "texte")}, {"supplier", both("supplier", "fournisseur")}, {"host", both("host", "hôte")}}
	roles    = []coded{{"usual", both("every line", "chaque ligne")}, {"line", both("line", "ligne")}, {"also", both("also", "aussi")}, {"before", both("before", "avant")}}
)

func choicesOf(cs []coded) func(request.Lang) []string {
	texts := make([]request.Text, len(cs))
	for i, c := range cs {
		texts[i] = c.text
	}
	return fixed(texts...)
}

// codeOf is the code of a word in either language.
func codeOf(cs []coded, s string) (string, bool) {
	f := request.Fold(s)
	for _, c := range cs {
		if f == request.Fold(c.text.EN) || f == request.Fold(c.text.FR) || f == request.Fold(c.code) {
			return c.code, true
		}
	}
	return "", false
}

func wordOf(cs []coded, code string, l request.Lang) string {
	for _, c := range cs {
		if c.code == code {
			return c.text.In(l)
		}
	}
	return code
}

var (
	expertHelp = both("Only for experts: the condition in CEL, where no words say it.", "Pour spécialistes seulement\u00a0: la condition en CEL, si aucun mot ne la dit.")
	otherHelp  = both("Whatever else the text says, a key a line.", "Ce que le texte dit d’autre, une clé par ligne.")
	fromHelp   = both("First day it holds.", "Premier jour où cela vaut.")
	untilHelp  = both("First day it no longer holds.", "Premier jour où cela ne vaut plus.")
)

func kindNames(l request.Lang) []string {
	var names []string
	for _, k := range kinds {
		names = append(names, k.name.In(l))
	}
	return append(names, expertKind.In(l))
}

// twoLanguages are the columns of a text, in English and in French.
func twoLanguages(id string, head, help request.Text, width float64) []column {
	two := strings.HasPrefix(id, "source") || strings.HasPrefix(id, "granted")
	return []column{
		{id: id + "_en", head: both(head.EN+" (English)", head.FR+" (anglais)"), help: help, width: width, helpOfTwo: two},
		{id: id + "_fr", head: both(head.EN+" (French)", head.FR+" (français)"), help: help, width: width, helpOfTwo: two},
	}
}

func columns(groups ...[]column) []column { return slices.Concat(groups...) }

var sheets = []sheet{
	{id: "about", name: both("About", "À propos"),
		help: both("What this policy is, who put it in force, and what an approval means. Every change renews the version.", "Ce qu’est cette politique, qui l’a mise en vigueur et ce que vaut une approbation. Toute modification renouvelle la version."),
		cols: []column{
			{id: "what", head: both("What", "Élément"), width: 34, as: ofHandrail},
			{id: "value", head: both("Value", "Valeur"), help: both("Where it is the same in both languages.", "Si elle est la même dans les deux langues."), width: 46, helpOfTwo: true},
			{id: "en", head: both("English", "Anglais"), width: 54},
			{id: "fr", head: both("French", "Français"), width: 54},
			{id: "key", head: both("Key", "Clé"), help: both("Handrail’s own name for it.", "Le nom que Handrail lui donne."), width: 26, as: code},
		}},
	{id: "limits", name: both("Limits", "Limites"),
		help: both("An amount a row. One that changes on a day is two rows: until that day, and from that day. A row with “For whom” counts before one without; of several, the first that fits.", "Un montant par ligne. Un montant qui change un jour donné prend deux lignes\u00a0: jusqu’à ce jour et à partir de ce jour. Une ligne avec «\u00a0Pour qui\u00a0» passe avant une ligne sans; s’il y en a plusieurs, la première qui convient l’emporte."),
		cols: []column{
			{id: "limit", head: both("Limit", "Limite"), help: both("Its name, as guardrails use it.", "Son nom, tel que les balises l’emploient."), width: 20, as: code},
			{id: "amount", head: both("Amount", "Montant"), help: both("15000, 15,000.00 or $15,000.", "15000, 15 000,00 ou 15 000 $."), width: 16, as: money},
			{id: "whom", head: both("For whom", "Pour qui"), help: both("Empty: everybody. A branch’s name, or a condition such as “commodity: goods” or “[Expense category] reads: training, formation”.", "Vide\u00a0: tout le monde. Le nom d’une direction, ou une condition comme «\u00a0commodity\u00a0: goods\u00a0» ou «\u00a0[Catégorie] se lit\u00a0: formation, training\u00a0»."), width: 38},
			{id: "from", head: both("From", "À partir du"), help: fromHelp, width: 14, as: day},
			{id: "until", head: both("Until", "Jusqu’au"), help: untilHelp, width: 14, as: day},
			{id: "mark", head: both("To look at", "À vérifier"), help: both("Filled in by Handrail.", "Rempli par Handrail."), width: 40, as: ofHandrail},
			{id: "cel", head: both("For whom (expert)", "Pour qui (expert)"), help: expertHelp, width: 34, as: code},
		}},
	{id: "guardrails", name: both("Guardrails", "Balises"),
		help: both("A rule a row. The kind says what is looked for; the sheet Help says which cells each kind takes. To switch one off, write no under On, or add an exemption with its dates.", "Une règle par ligne. Le genre dit ce qui est cherché; la feuille Aide dit quelles cellules chaque genre utilise. Pour désactiver une balise, écrivez non sous Active, ou ajoutez une exemption avec ses dates."),
		cols: columns([]column{
			{id: "on", head: both("On", "Active"), help: both("yes or no.", "oui ou non."), width: 8, as: yes, choices: choicesOf(yesNo)},
			{id: "id", head: both("Guardrail", "Balise"), help: both("Its short name: small letters, digits, hyphens.", "Son nom court\u00a0: minuscules, chiffres, traits d’union."), width: 22, as: code},
		}, twoLanguages("title", both("Title", "Titre"), both("A few words.", "Quelques mots."), 26), []column{
			{id: "action", head: both("Action", "Suite"), help: both("note: say it; escalate: an officer decides; return: back to be corrected.", "noter\u00a0: le dire; soumettre\u00a0: un agent décide; retourner\u00a0: à corriger."), width: 13, choices: choicesOf(actions)},
			{id: "kind", head: both("Kind", "Genre"), help: both("What is looked for.", "Ce qui est cherché."), width: 24, choices: kindNames},
			{id: "what", head: both("What", "Objet"), help: both("Fields, such as total.", "Des champs, par exemple total."), width: 22},
			{id: "how", head: both("How", "Comment"), help: both("Often empty.", "Souvent vide."), width: 14, choices: hows},
			{id: "value", head: both("Value", "Valeur"), help: both("A limit, answers, words, a list, a day.", "Une limite, des réponses, des mots, une liste, un jour."), width: 32},
			{id: "total", head: both("Total", "Total"), help: both("Of the sheet Totals.", "De la feuille Totaux."), width: 18, as: code},
			{id: "number", head: both("Number", "Nombre"), help: both("Lines, or percent.", "Lignes, ou pour cent."), width: 12},
			{id: "only", head: both("Only where", "Seulement si"), help: both("Conditions, a line each.", "Des conditions, une par ligne."), width: 34},
		}, twoLanguages("message", both("Message", "Message"), both("What requesters read. {line.total} puts a value in.", "Ce que lisent les demandeurs. {line.total} y met une valeur."), 48),
			twoLanguages("officer", both("For officers", "Aux agents"), both("Empty: the message.", "Vide\u00a0: le message."), 36), []column{
				{id: "from", head: both("From", "À partir du"), help: fromHelp, width: 13, as: day},
				{id: "until", head: both("Until", "Jusqu’au"), help: untilHelp, width: 13, as: day},
			}, twoLanguages("source", both("Source", "Source"), both("The instrument. One language is enough where its title is the same.", "Le texte officiel. Une langue suffit si son titre est le même."), 34), []column{
				{id: "fields", head: both("Cells to mark", "Cellules à marquer"), help: both("Fields.", "Des champs."), width: 20},
				{id: "reason", head: both("Reason asked", "Motif exigé"), help: both("yes: who approves says why. Empty: as usual.", "oui\u00a0: qui approuve dit pourquoi. Vide\u00a0: comme d’habitude."), width: 12, as: yes, choices: choicesOf(yesNo)},
				{id: "cel", head: both("Expert", "Expert"), help: expertHelp, width: 44, as: code},
				{id: "other", head: both("Other", "Autre"), help: otherHelp, width: 24, as: code},
			})},
	{id: "variants", name: both("Variants", "Variantes"),
		help: both("Where a guardrail does something else in some cases: the first row of it whose condition holds.", "Quand une balise a une autre suite dans certains cas\u00a0: sa première ligne dont la condition est remplie."),
		cols: columns([]column{
			{id: "guardrail", head: both("Guardrail", "Balise"), help: both("Of the sheet Guardrails.", "De la feuille Balises."), width: 22, as: code},
			{id: "only", head: both("Where", "Si"), help: both("Conditions, a line each.", "Des conditions, une par ligne."), width: 36},
			{id: "action", head: both("Action", "Suite"), help: both("note, escalate, return.", "noter, soumettre, retourner."), width: 13, choices: choicesOf(actions)},
		}, twoLanguages("message", both("Message", "Message"), both("Empty: the guardrail’s.", "Vide\u00a0: celui de la balise."), 48),
			twoLanguages("officer", both("For officers", "Aux agents"), both("Empty: the message.", "Vide\u00a0: le message."), 36), []column{
				{id: "cel", head: both("Expert", "Expert"), help: expertHelp, width: 44, as: code},
				{id: "other", head: both("Other", "Autre"), help: otherHelp, width: 20, as: code},
			})},
	{id: "totals", name: both("Totals", "Totaux"),
		help: both("What is added up over time, for guardrails that look at sums. A total without a guardrail that reads it does nothing.", "Ce qui est additionné dans le temps, pour les balises qui regardent des sommes. Un total qu’aucune balise ne lit n’a aucun effet."),
		cols: []column{
			{id: "name", head: both("Total", "Total"), help: both("Its name: small letters, digits, _.", "Son nom\u00a0: minuscules, chiffres, _."), width: 22, as: code},
			{id: "by", head: both("By", "Par"), help: both("What lines have in common: supplier, cost_centre, unit, need, requester …", "Ce que les lignes ont en commun\u00a0: supplier, cost_centre, unit, need, requester …"), width: 28},
			{id: "days", head: both("Days", "Jours"), help: both("How many days back, this one included.", "Combien de jours en arrière, celui-ci compris."), width: 9, as: digits},
			{id: "period", head: both("Or period", "Ou période"), help: both("quarter or year, instead of days.", "trimestre ou exercice, au lieu de jours."), width: 13, choices: choicesOf(periods)},
			{id: "scope", head: both("Where from", "D’où"), help: both("Empty: everywhere.", "Vide\u00a0: partout."), width: 14, choices: choicesOf(scopes)},
			{id: "near", head: both("Near names", "Noms proches"), help: both("yes: suppliers with nearly the same name, too.", "oui\u00a0: aussi les fournisseurs au nom presque identique."), width: 11, as: yes, choices: choicesOf(yesNo)},
			{id: "where", head: both("Only lines where", "Lignes où"), help: both("Conditions, a line each.", "Des conditions, une par ligne."), width: 36},
			{id: "of", head: both("Amount", "Montant"), help: both("Empty: the total.", "Vide\u00a0: le total."), width: 14, as: code},
			{id: "distinct", head: both("Different", "Différents"), help: both("What is counted once: supplier, requester …", "Ce qui est compté une fois\u00a0: supplier, requester …"), width: 14, as: code},
			{id: "taken_back", head: both("Taken back", "Reprises"), help: both("no: approvals that were taken back do not count.", "non\u00a0: les approbations reprises ne comptent pas."), width: 11, as: yes, choices: choicesOf(yesNo)},
			{id: "means", head: both("In words", "En mots"), help: both("Filled in by Handrail.", "Rempli par Handrail."), width: 46, as: ofHandrail},
			{id: "cel", head: both("Only lines where (expert)", "Lignes où (expert)"), help: expertHelp, width: 34, as: code},
			{id: "other", head: both("Other", "Autre"), help: otherHelp, width: 20, as: code},
		}},
	{id: "lists", name: both("Lists", "Listes"),
		help:      both("An entry a row: the list’s name and what stands on it. Write entries in both languages where people type either.", "Une entrée par ligne\u00a0: le nom de la liste et ce qui y figure. Écrivez les entrées dans les deux langues si les gens emploient l’une ou l’autre."),
		helpOfOne: both("An entry a row: the list’s name and what stands on it.", "Une entrée par ligne\u00a0: le nom de la liste et ce qui y figure."),
		cols: []column{
			{id: "list", head: both("List", "Liste"), help: both("Its name, as guardrails use it.", "Son nom, tel que les balises l’emploient."), width: 24, as: code},
			{id: "entry", head: both("Entry", "Entrée"), help: both("One supplier, word or address.", "Un fournisseur, un mot ou une adresse."), width: 46},
			{id: "as", head: both("Compared as", "Comparée comme"), help: both("Once for each list. Empty: text.", "Une fois par liste. Vide\u00a0: texte."), width: 15, choices: choicesOf(listedAs)},
			{id: "near", head: both("How near", "Proximité"), help: both("50 to 100, for “on or near”.", "50 à 100, pour «\u00a0sur ou près de\u00a0»."), width: 11, as: digits},
			{id: "file", head: both("File", "Fichier"), help: both("A CSV or workbook beside the policy, instead of entries.", "Un CSV ou un classeur à côté de la politique, au lieu d’entrées."), width: 24, as: code},
			{id: "sheet", head: both("Its sheet", "Sa feuille"), width: 14, as: code},
			{id: "column", head: both("Its column", "Sa colonne"), width: 14, as: code},
			{id: "other", head: both("Other", "Autre"), help: otherHelp, width: 16, as: code},
		}},
	{id: "exemptions", name: both("Exemptions", "Exemptions"),
		help: both("Who is let off a guardrail, by whom, and until when. It is printed on every line that it saves.", "Qui est exempté d’une balise, par qui et jusqu’à quand. L’exemption est imprimée sur chaque ligne qu’elle épargne."),
		cols: columns([]column{
			{id: "guardrail", head: both("Guardrail", "Balise"), help: both("Of the sheet Guardrails.", "De la feuille Balises."), width: 24, as: code},
			{id: "whom", head: both("For whom", "Pour qui"), help: both("Empty: every line. A branch’s name, or a condition such as “[Programme]: Harbour Heritage” or “commodity: construction”.", "Vide\u00a0: toutes les lignes. Le nom d’une direction, ou une condition comme «\u00a0[Programme]\u00a0: Patrimoine\u00a0» ou «\u00a0commodity\u00a0: construction\u00a0»."), width: 40},
			{id: "from", head: both("From", "À partir du"), help: fromHelp, width: 14, as: day},
			{id: "until", head: both("Until", "Jusqu’au"), help: untilHelp, width: 14, as: day},
		}, twoLanguages("granted", both("Granted by", "Accordée par"), both("One language is enough.", "Une langue suffit."), 28), []column{
			{id: "reference", head: both("Reference", "Référence"), help: both("The memo or decision.", "La note ou la décision."), width: 24},
			{id: "cel", head: both("For whom (expert)", "Pour qui (expert)"), help: expertHelp, width: 34, as: code},
			{id: "other", head: both("Other", "Autre"), help: otherHelp, width: 16, as: code},
		})},
	{id: "examples", name: both("Examples", "Exemples"),
		help: both("Tests as rows: what a line says, and what must come of it. Cells that are empty are as in the row “every line”; (empty) empties one. Rows “also” and “before” belong to the example above: further lines of the same workbook, and what was bought before.", "Des essais en lignes\u00a0: ce que dit une ligne, et ce qui doit en advenir. Les cellules vides sont comme dans la ligne «\u00a0chaque ligne\u00a0»; (vide) en vide une. Les lignes «\u00a0aussi\u00a0» et «\u00a0avant\u00a0» appartiennent à l’exemple du dessus\u00a0: d’autres lignes du même classeur, et ce qui a été acheté avant."),
		cols: []column{
			{id: "name", head: both("Example", "Exemple"), help: both("What it shows.", "Ce qu’il montre."), width: 44},
			{id: "role", head: both("Row", "Ligne"), help: both("line, also, before.", "ligne, aussi, avant."), width: 12, choices: choicesOf(roles)},
			{id: "date", head: both("Date", "Date"), help: both("Day received.", "Jour de réception."), width: 13, as: day},
			{id: "outcome", head: both("Outcome", "Issue"), help: both("What must come of it.", "Ce qui doit en advenir."), width: 13, choices: choicesOf(outcomes)},
			{id: "findings", head: both("Guardrails found", "Balises trouvées"), help: both("All of them, with commas.", "Toutes, séparées par des virgules."), width: 30},
		}},
	{id: "changes", name: both("Changes", "Modifications"),
		help: both("The versions that were in force, and who approved them. Filled in by Handrail.", "Les versions qui ont été en vigueur, et qui les a approuvées. Rempli par Handrail."),
		cols: []column{
			{id: "version", head: both("Version", "Version"), width: 16, as: ofHandrail},
			{id: "from", head: both("In force from", "En vigueur du"), width: 15, as: ofHandrail},
			{id: "until", head: both("Until", "Jusqu’au"), width: 15, as: ofHandrail},
			{id: "proposed", head: both("Proposed by", "Proposée par"), width: 32, as: ofHandrail},
			{id: "approved", head: both("Approved by", "Approuvée par"), width: 40, as: ofHandrail},
			{id: "words", head: both("What changed", "Ce qui a changé"), width: 70, as: ofHandrail},
		}},
	{id: "help", name: both("Help", "Aide"), help: both("The kinds of guardrails and the names of fields.", "Les genres de balises et les noms des champs.")},
}

// originalSheet is the hidden sheet with the text that the workbook was made from.
const originalSheet = "Original"

// sheetNamed is the sheet of a tab's name in either language, nil where there is none.
func sheetNamed(name string) *sheet {
	f := request.Fold(name)
	for i := range sheets {
		if f == request.Fold(sheets[i].name.EN) || f == request.Fold(sheets[i].name.FR) {
			return &sheets[i]
		}
	}
	return nil
}

func sheetOf(id string) *sheet {
	return &sheets[slices.IndexFunc(sheets, func(s sheet) bool { return s.id == id })]
}

func (s *sheet) column(id string) *column {
	if i := slices.IndexFunc(s.cols, func(c column) bool { return c.id == id }); i >= 0 {
		return &s.cols[i]
	}
	return nil
}

// columnHeaded is the column of a header: either language, both one below the other, or the id.
func (s *sheet) columnHeaded(header string) *column {
	first, _, _ := strings.Cut(strings.TrimSpace(header), "\n")
	f := request.Fold(first)
	if f == "" {
		return nil
	}
	for i := range s.cols {
		c := &s.cols[i]
		if f == request.Fold(c.head.EN) || f == request.Fold(c.head.FR) || f == request.Fold(c.head.EN+" "+c.head.FR) || f == request.Fold(c.head.FR+" "+c.head.EN) {
			return c
		}
	}
	return nil
}

// ordered are the columns with the reader's language first.
func (s *sheet) ordered(l request.Lang) []column {
	cols := slices.Clone(s.cols)
	if l != request.French {
		return cols
	}
	for i := 0; i+1 < len(cols); i++ {
		if strings.HasSuffix(cols[i].id, "en") && strings.HasSuffix(cols[i+1].id, "fr") && strings.TrimSuffix(cols[i].id, "en") == strings.TrimSuffix(cols[i+1].id, "fr") {
			cols[i], cols[i+1] = cols[i+1], cols[i]
			i++
		}
	}
	return cols
}
