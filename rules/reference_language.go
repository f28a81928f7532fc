package rules

import (
	"handrail/internal/request"
)

// helperWords are what the reference says of each function that a condition may call: what it finds out, and a condition with it
// that is true on the reference's line. A helper without words fails a test (TestEveryHelperHasItsWords).
var helperWords = []struct {
	name    string
	words   request.Text
	example string
}{
	{"given", request.Text{EN: "Whether a cell is filled in: the name of a field, `\"request.unit\"` and its like, `\"budget\"`, or `\"extra.Header\"`. What is asked for need not be filled in.",
		FR: "Si une cellule est remplie\u00a0: le nom d’un champ, `\"request.unit\"` et autres, `\"budget\"` ou `\"extra.En-tête\"`. Ce qui est ainsi demandé peut être vide."}, `given("rationale")`},
	{"says", request.Text{EN: "Whether a cell of text says something: not “.”, “see above”, or the line’s title again.", FR: "Si une cellule de texte dit quelque chose\u00a0: ni «\u00a0.\u00a0», ni «\u00a0voir plus haut\u00a0», ni le titre de la ligne répété."}, `says("rationale")`},
	{"problem", request.Text{EN: "The [code of what is wrong](#what-is-wrong-with-a-cell) with a cell, `\"\"` where nothing is.", FR: "Le [code de ce qui ne va pas](#ce-qui-ne-va-pas-dans-une-cellule) dans une cellule, `\"\"` si tout va bien."}, `problem("total") == ""`},
	{"money", request.Text{EN: "An amount in the policy’s currency.", FR: "Un montant dans la devise de la politique."}, `line.net > money("500.00")`},
	{"date", request.Text{EN: "A day.", FR: "Un jour."}, `received < date("2027-01-01")`},
	{"abs", request.Text{EN: "An amount without its sign.", FR: "Un montant sans son signe."}, `abs(line.net) > money("100.00")`},
	{"multiple_of", request.Text{EN: "Whether an amount is a multiple of a number.", FR: "Si un montant est un multiple d’un nombre."}, `multiple_of(line.net, "1000")`},
	{"apart", request.Text{EN: "Whether two amounts differ by a cent or more.", FR: "Si deux montants diffèrent d’un cent ou plus."}, `!apart(line.net + line.tax, line.total)`},
	{"plain", request.Text{EN: "A text without case, accents, punctuation and spaces, to search in.", FR: "Un texte sans majuscules, accents, ponctuation ni espaces, pour y chercher."}, `plain(line.cost_centre).startsWith("471")`},
	{"contains", request.Text{EN: "Whether a text contains another, letter by letter.", FR: "Si un texte en contient un autre, lettre pour lettre."}, `line.title.contains("Intranet")`},
	{"startsWith", request.Text{EN: "Whether a text begins with another.", FR: "Si un texte commence par un autre."}, `line.title.startsWith("Intra")`},
	{"endsWith", request.Text{EN: "Whether a text ends with another.", FR: "Si un texte se termine par un autre."}, `line.title.endsWith("part 1")`},
	{"matches", request.Text{EN: "Whether a regular expression (RE2) is found in a text.", FR: "Si une expression régulière (RE2) se trouve dans un texte."}, `line.title.matches("(?i)part [0-9]+")`},
	{"size", request.Text{EN: "How many characters a text has, or how many entries a list.", FR: "Le nombre de caractères d’un texte, ou d’entrées d’une liste."}, `size(line.description) > 10`},
	{"supplier_name", request.Text{EN: "A supplier’s name without what does not tell suppliers apart.", FR: "Le nom d’un fournisseur sans ce qui ne distingue pas les fournisseurs."}, `supplier_name(line.supplier) == supplier_name("NORTHERN SOFTWARE")`},
	{"same_supplier", request.Text{EN: "Whether two names are the same supplier’s.", FR: "Si deux noms sont ceux d’un même fournisseur."}, `same_supplier(line.supplier, "Northern Software Ltd.")`},
	{"similarity", request.Text{EN: "How alike two texts are, from 0 to 100.", FR: "La ressemblance de deux textes, de 0 à 100."}, `similarity(line.supplier, "Northen Software Inc.") > 90`},
	{"several_suppliers", request.Text{EN: "Whether a name stands for no one supplier.", FR: "Si un nom ne désigne aucun fournisseur précis."}, `several_suppliers("Amazon or Best Buy")`},
	{"tax_number", request.Text{EN: "Whether a number is that of a tax account (…RT0001, …TQ0001).", FR: "Si un numéro est celui d’un compte de taxes (…RT0001, …TQ0001)."}, `tax_number(line.supplier_id)`},
	{"listed", request.Text{EN: "Whether a text stands on a `[[list]]`.", FR: "Si un texte figure sur une `[[list]]`."}, `listed("prohibited", "Gift Cards")`},
	{"nearly_listed", request.Text{EN: "Whether a text stands on a `[[list]]`, or nearly.", FR: "Si un texte figure sur une `[[list]]`, ou presque."}, `nearly_listed("prohibited", "gift card")`},
	{"same_address", request.Text{EN: "Whether two e-mail addresses are one mailbox, `[aliases]` included.", FR: "Si deux adresses de courriel sont une même boîte, `[aliases]` compris."}, `same_address("amara@old.example", request.sender)`},
	{"mail_domain", request.Text{EN: "The domain of an e-mail address.", FR: "Le domaine d’une adresse de courriel."}, `mail_domain(request.sender) == "dept.example"`},
	{"https", request.Text{EN: "Whether an address on the web begins with https.", FR: "Si une adresse Web commence par https."}, `https(line.repository)`},
	{"host", request.Text{EN: "The host of an address on the web.", FR: "L’hôte d’une adresse Web."}, `host(line.repository) == "github.com"`},
	{"public_host", request.Text{EN: "Whether that host is one on the public internet.", FR: "Si cet hôte est sur l’Internet public."}, `public_host(line.repository)`},
	{"under", request.Text{EN: "Whether a host is one of some domains, or below one.", FR: "Si un hôte est l’un de certains domaines, ou en dépend."}, `under(host(line.repository), ["github.com", "gitlab.com"])`},
	{"osi_approved", request.Text{EN: "Whether a licence is an open one, by its SPDX name or as people write it.", FR: "Si une licence est ouverte, par son nom SPDX ou telle que les gens l’écrivent."}, `osi_approved(line.licence)`},
	{"year", request.Text{EN: "The year of a day.", FR: "L’année d’un jour."}, `year(received) == 2026`},
	{"month", request.Text{EN: "The month of a day, from 1 to 12.", FR: "Le mois d’un jour, de 1 à 12."}, `month(received) == 11`},
	{"day_of_month", request.Text{EN: "The day of the month.", FR: "Le jour du mois."}, `day_of_month(received) == 18`},
	{"fiscal_year", request.Text{EN: "The fiscal year of a day, by the year in which it begins.", FR: "L’exercice d’un jour, par l’année où il commence."}, `fiscal_year(date("2027-02-01")) == 2026`},
	{"fiscal_quarter", request.Text{EN: "The quarter of the fiscal year, from 1 to 4.", FR: "Le trimestre de l’exercice, de 1 à 4."}, `fiscal_quarter(date("2027-02-01")) == 4`},
	{"weekend", request.Text{EN: "Whether a day is a Saturday or a Sunday.", FR: "Si un jour est un samedi ou un dimanche."}, `weekend(date("2026-12-05"))`},
	{"holiday", request.Text{EN: "Whether a day is a holiday, of the policy’s region or of one that is named.", FR: "Si un jour est férié, dans la région de la politique ou dans celle qui est nommée."}, `holiday(date("2026-07-01"))`},
	{"working_days", request.Text{EN: "How many working days lie between two days, by the policy’s region or one that is named.", FR: "Le nombre de jours ouvrables entre deux jours, selon la région de la politique ou celle qui est nommée."}, `working_days(received, line.needed_by) > 10`},
}

// operatorDocs are the signs of conditions.
var operatorDocs = []struct {
	sign    string
	names   []string // CEL's functions behind it
	words   request.Text
	example string
}{
	{"&&", []string{"_&&_"}, request.Text{EN: "and", FR: "et"}, `line.total > money("100.00") && line.commodity == "services"`},
	{"||", []string{"_||_"}, request.Text{EN: "or", FR: "ou"}, `line.commodity == "goods" || line.commodity == "services"`},
	{"!", []string{"!_"}, request.Text{EN: "not", FR: "non"}, `!given("licence") || !given("amends")`},
	{"? :", []string{"_?_:_"}, request.Text{EN: "if, otherwise", FR: "si, sinon"}, `line.commodity == "goods" ? line.total > limits.request : line.total > money("9000.00")`},
	{"== !=", []string{"_==_", "_!=_"}, request.Text{EN: "the same, not the same; capitals, accents, dashes and suffixes do not count. Amounts take no !=", FR: "identique, différent; ni majuscules, ni accents, ni traits d’union, ni suffixes ne comptent. Les montants n’admettent pas !="}, `line.cost_centre == "4711"`},
	{"< <= > >=", []string{"_<_", "_<=_", "_>_", "_>=_"}, request.Text{EN: "less, at most, more, at least: amounts, numbers, days", FR: "moins, au plus, plus, au moins\u00a0: montants, nombres, jours"}, `line.total <= limits.request`},
	{"in", []string{"@in"}, request.Text{EN: "one of a list", FR: "un élément d’une liste"}, `line.commodity in ["goods", "services"]`},
	{"+ -", []string{"_+_", "_-_", "-_"}, request.Text{EN: "amounts and numbers; a day and a number of days; two days; two texts", FR: "montants et nombres; un jour et un nombre de jours; deux jours; deux textes"}, `line.needed_by - received == 27`},
	{"*", []string{"_*_"}, request.Text{EN: "an amount and a number; one with a point stands in quotes", FR: "un montant et un nombre; avec décimales, celui-ci est entre guillemets"}, `line.total > limits.request * "0.9"`},
	{"/ %", []string{"_/_", "_%_"}, request.Text{EN: "whole numbers only", FR: "nombres entiers seulement"}, `month(received) % 2 == 1`},
	{"[ ]", []string{"_[_]"}, request.Text{EN: "a column of your own; an entry of a list, from 0", FR: "une de vos colonnes; une entrée d’une liste, à partir de 0"}, `line.extra["Seats"] > 400`},
	{"exists all exists_one filter map", []string{"@not_strictly_false"}, request.Text{EN: "whether some, all, or one of a list; those of a list; a list of something else", FR: "si une, toutes ou une seule des entrées; celles d’une liste; une liste d’autre chose"}, `["Intranet", "Internet"].exists(word, line.title.contains(word))`},
}

// readableWords are what the reference says of what a condition can read beside the form's fields. NAME stands for a name of the
// policy's own.
var readableWords = []struct {
	name    string
	words   request.Text
	example string // "" where its family's does
}{
	{`line.extra["Header"]`, request.Text{EN: "A column of your own, as text; as a number or an amount where it is compared with one.", FR: "Une de vos colonnes, en texte; en nombre ou en montant si elle est comparée à l’un ou à l’autre."}, `line.extra["Seats"] == 500`},
	{"line.row", request.Text{EN: "The line’s row in its sheet.", FR: "La rangée de la ligne dans sa feuille."}, `line.row >= 1`},
	{"request.name", request.Text{EN: "The requester’s name on the form.", FR: "Le nom de la personne qui demande, au formulaire."}, `request.name == "Amara Osei"`},
	{"request.email", request.Text{EN: "The address on the form.", FR: "L’adresse au formulaire."}, `request.email == "amara@dept.example"`},
	{"request.unit", request.Text{EN: "The branch: by the register of people, or on the form.", FR: "La direction générale\u00a0: selon le registre des personnes, ou au formulaire."}, `request.unit == "Harbour Office"`},
	{"request.sender", request.Text{EN: "The address that the mail came from.", FR: "L’adresse d’où vient le courriel."}, `request.sender == "amara@dept.example"`},
	{"request.language", request.Text{EN: "`\"en\"` or `\"fr\"`: the language of the form.", FR: "`\"en\"` ou `\"fr\"`\u00a0: la langue du formulaire."}, `request.language == "en"`},
	{"request.received", request.Text{EN: "The day on which the mail was received.", FR: "Le jour de réception du courriel."}, `request.received == received`},
	{"received", request.Text{EN: "The same.", FR: "De même."}, `received == date("2026-11-18")`},
	{"today", request.Text{EN: "The day on which the line is judged.", FR: "Le jour où la ligne est examinée."}, `today >= received`},
	{"department.domains", request.Text{EN: "The department’s own domains of mail.", FR: "Les domaines de courriel du ministère."}, `mail_domain(request.sender) in department.domains`},
	{"limits.NAME", request.Text{EN: "A limit, as it is for this line on this day.", FR: "Une limite, telle qu’elle vaut pour cette ligne ce jour-là."}, `limits.request == money("10000.00")`},
	{"totals.NAME", request.Text{EN: "A sum over time, this line’s workbook included.", FR: "Une somme dans le temps, y compris le classeur de la ligne."}, `totals.supplier_month >= line.total`},
	{"counts.NAME", request.Text{EN: "How many lines that sum has.", FR: "Le nombre de lignes de cette somme."}, `counts.supplier_month >= 1`},
	{"distinct.NAME", request.Text{EN: "How many different values they have, where the total says `distinct`.", FR: "Le nombre de valeurs différentes, si le cumul dit `distinct`."}, `distinct.supplier_month == 1`},
	{"budget.amount", request.Text{EN: "The budget of the line’s cost centre in its fiscal year.", FR: "Le budget du centre de coûts de la ligne pour son exercice."}, `budget.amount == money("50000.00")`},
	{"budget.committed", request.Text{EN: "What of it is committed.", FR: "Ce qui en est engagé."}, `budget.committed == money("0.00")`},
	{"budget.spent", request.Text{EN: "What of it is spent.", FR: "Ce qui en est dépensé."}, `budget.spent < budget.amount`},
	{"budget.free", request.Text{EN: "What is left, less what waits and what stands beside the line in its workbook.", FR: "Ce qui reste, moins ce qui attend et ce qui figure ailleurs dans le classeur."}, `budget.free > line.total`},
	{"price.open", request.Text{EN: "Words that leave the price open, as they stand there; `\"\"` where there are none.", FR: "Les mots qui laissent le prix ouvert, tels quels; `\"\"` s’il n’y en a pas."}, `price.open == ""`},
	{"price.whole", request.Text{EN: "What a price per month, hour or sprint comes to; 0 where none is named.", FR: "Ce que donne en tout un prix par mois, par heure ou par itération; 0 si aucun n’est nommé."}, `price.whole <= line.total`},
	{"price.tax_extra", request.Text{EN: "Words that say that tax comes on top; `\"\"` where there are none.", FR: "Les mots qui disent que les taxes s’ajoutent; `\"\"` s’il n’y en a pas."}, `price.tax_extra == ""`},
	{"price.untaxed", request.Text{EN: "Whether words say that no tax is charged.", FR: "Si des mots disent qu’aucune taxe n’est perçue."}, `!price.untaxed`},
	{"price.currency", request.Text{EN: "The currency of a sum that the words name beside the line’s own; `\"\"` where there is none.", FR: "La devise d’une somme que les mots nomment à côté de celle de la ligne; `\"\"` s’il n’y en a pas."}, `price.currency == ""`},
}

// kindExamples are conditions on a field of each kind; FIELD stands for it.
var kindExamples = map[request.Kind]string{
	request.TextKind: `line.FIELD == "…"`, request.MoneyKind: `line.FIELD > money("500.00")`, request.NumberKind: `line.FIELD > 10`,
	request.DateKind: `line.FIELD < today`, request.ChoiceKind: `line.FIELD == "CHOICE"`, request.EmailKind: `same_address(line.FIELD, request.sender)`,
	request.CurrencyKind: `line.FIELD == "CAD"`, request.URLKind: `https(line.FIELD)`, request.ReferenceKind: `given("FIELD")`,
}

// totalWords are what the reference says of what lines of a total may have in common, or differ in.
var totalWords = map[string]request.Text{
	request.BySupplier:         {EN: "The same business number, or the same name whatever its suffix; with `near = true` also what is probably the same.", FR: "Le même numéro d’entreprise, ou le même nom peu importe son suffixe; avec `near = true`, aussi ce qui est probablement le même."},
	request.ByCostCentre:       {EN: "The same cost centre, dashes and zeros before it aside.", FR: "Le même centre de coûts, sans égard aux traits d’union ni aux zéros en tête."},
	request.ByUnit:             {EN: "The same branch: by the register of people, or as typed.", FR: "La même direction générale\u00a0: selon le registre des personnes, ou telle qu’elle est saisie."},
	request.ByRequester:        {EN: "The same mailbox of who asks.", FR: "La même boîte aux lettres de la personne qui demande."},
	request.ByCommodity:        {EN: "The same commodity type.", FR: "Le même type de produit."},
	request.ByAmends:           {EN: "A line, all that amends it, and what amends that.", FR: "Une ligne, tout ce qui la modifie, et ce qui modifie cela."},
	request.ByNeed:             {EN: "Titles and descriptions that are probably about one need, whoever the supplier is.", FR: "Des titres et descriptions qui concernent probablement un même besoin, quel que soit le fournisseur."},
	request.ByCardholder:       {EN: "The same cardholder’s mailbox.", FR: "La même boîte aux lettres de la personne titulaire de la carte."},
	request.ByTitle:            {EN: "The same title, as `plain` sees it.", FR: "Le même titre, tel que le voit `plain`."},
	request.ByManager:          {EN: "The same manager who authorized the money.", FR: "Le même gestionnaire qui a autorisé la dépense."},
	request.ByAuthorization:    {EN: "The same section 32 authorization: manager, date, amount; of a blanket one, each month by itself.", FR: "La même autorisation (article 32)\u00a0: gestionnaire, date, montant; pour une autorisation générale, chaque mois à part."},
	request.DistinctDay:        {EN: "Only in `distinct`: the days of the lines.", FR: "Seulement dans `distinct`\u00a0: les jours des lignes."},
	request.DistinctFiscalYear: {EN: "Only in `distinct`: the fiscal years of the lines.", FR: "Seulement dans `distinct`\u00a0: les exercices des lignes."},
	request.ByExtra + "Header": {EN: "The same text in a column of your own, by its header.", FR: "Le même texte dans une de vos colonnes, par son en-tête."},
}

// builtInWords are when each built-in finding comes.
var builtInWords = map[string]request.Text{
	StoppedGuardrail:      {EN: "An owner of the rules said STOP, and two have not said START since.", FR: "Une personne responsable des règles a demandé l’arrêt, et deux n’ont pas demandé la reprise depuis."},
	CurrencyGuardrail:     {EN: "The amount is in another currency than the limits.", FR: "Le montant est dans une autre devise que les limites."},
	NegativeGuardrail:     {EN: "An amount is below zero.", FR: "Un montant est inférieur à zéro."},
	InForceGuardrail:      {EN: "No guardrail of the policy is in force on the day.", FR: "Aucune balise de la politique n’est en vigueur ce jour-là."},
	UnreadGuardrail:       {EN: "A column that nobody understood may be a field of the form, and the policy does not read it itself.", FR: "Une colonne que rien n’a reconnue est peut-être un champ du formulaire, et la politique ne la lit pas elle-même."},
	CentreGuardrail:       {EN: "The register of cost centres does not have this one.", FR: "Le registre des centres de coûts n’a pas celui-ci."},
	CentreDatesGuardrail:  {EN: "By the register, the cost centre is not open on the day.", FR: "Selon le registre, le centre de coûts n’est pas ouvert ce jour-là."},
	CentrePersonGuardrail: {EN: "By the register, the cost centre is somebody else’s.", FR: "Selon le registre, le centre de coûts relève de quelqu’un d’autre."},
	BranchGuardrail:       {EN: "The form names another branch than the register of people.", FR: "Le formulaire nomme une autre direction générale que le registre des personnes."},
	PersonGuardrail:       {EN: "The register of people does not have who asks.", FR: "Le registre des personnes n’a pas la personne qui demande."},
	ManagerGuardrail:      {EN: "By the register, the manager named cannot have authorized the money.", FR: "Selon le registre, le gestionnaire nommé ne peut avoir autorisé la dépense."},
	SupplierGuardrail:     {EN: "The register of suppliers may know the supplier by another name.", FR: "Le registre des fournisseurs connaît peut-être le fournisseur sous un autre nom."},
}

// wrongCells are texts that people type, each with the field: what is wrong with it is asked of the program.
var wrongCells = []struct {
	field request.Field
	typed string
}{
	{request.Total, "1,234"}, {request.Total, "ask Marie"}, {request.Total, "5000 to 6000"}, {request.Total, "approx. 5000"}, {request.Total, "85/h"}, {request.Total, "13%"},
	{request.Total, "10.0051"}, {request.UnitPrice, "1.12345678"}, {request.Total, "1000000000000"}, {request.NeededBy, "soon"}, {request.NeededBy, "01/02/2026"}, {request.NeededBy, "1950-01-01"},
	{request.Commodity, "gadgets"}, {request.AuthorizedBy, "Marie"}, {request.AuthorizedBy, "a@dept.example; b@dept.example"}, {request.Currency, "dollars"}, {request.Amends, "the last one"},
}
