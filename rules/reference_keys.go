package rules

import "handrail/internal/request"

// keyTable is one heading of a policy's text, or of its tests, with the words on each of its keys. The language reference is
// made from these, and a key without words fails a test (TestEveryKeyHasItsWords).
type keyTable struct {
	heading string // as it is written; "" is the top of the file
	words   request.Text
	keys    []keyWordsOf
	example string // stands in a text that loads: the examples of a file, one after the other, are that text
}

// keyWordsOf is what the reference says of one key.
type keyWordsOf struct {
	name    string
	kind    request.Text
	usual   request.Text // what holds where it is left out; zero: it must be there
	words   request.Text
	example string // found in its table's example
}

// What a key holds.
var (
	holdsText      = request.Text{EN: "text", FR: "texte"}
	holdsBoth      = request.Text{EN: "text in each language", FR: "texte dans chaque langue"}
	holdsEither    = request.Text{EN: "text, or one in each language", FR: "texte, ou un par langue"}
	holdsDay       = request.Text{EN: "day", FR: "jour"}
	holdsWhole     = request.Text{EN: "whole number", FR: "nombre entier"}
	holdsYesNo     = request.Text{EN: "true or false", FR: "true ou false"}
	holdsAmount    = request.Text{EN: "amount in quotes", FR: "montant entre guillemets"}
	holdsCondition = request.Text{EN: "condition", FR: "condition"}
	holdsTexts     = request.Text{EN: "list of texts", FR: "liste de textes"}
	holdsWord      = request.Text{EN: "one of the words named", FR: "un des mots nommés"}
	holdsTable     = request.Text{EN: "table", FR: "table"}

	usuallyNone   = request.Text{EN: "nothing", FR: "rien"}
	usuallyAlways = request.Text{EN: "no bound", FR: "sans borne"}
)

// fromDay and untilDay are the days of whatever has days.
func fromDay(example string) keyWordsOf {
	return keyWordsOf{"from", holdsDay, usuallyAlways, request.Text{EN: "The first day on which it is in force.", FR: "Le premier jour où l’élément est en vigueur."}, example}
}

func untilDay(example string) keyWordsOf {
	return keyWordsOf{"until", holdsDay, usuallyAlways, request.Text{EN: "The first day on which it is in force no longer: until the end of March is `2027-04-01`.",
		FR: "Le premier jour où l’élément n’est plus en vigueur\u00a0: jusqu’à la fin de mars s’écrit `2027-04-01`."}, example}
}

// policyKeys are the headings of a policy, in the order in which an author writes them.
var policyKeys = []keyTable{
	{"", request.Text{EN: "The first lines, before any heading.", FR: "Les premières lignes, avant tout titre."}, []keyWordsOf{
		{"name", holdsText, request.Text{}, request.Text{EN: "What the policy is called in mails and workbooks.", FR: "Le nom de la politique dans les courriels et les classeurs."}, `"Small purchases"`},
		{"version", holdsText, request.Text{}, request.Text{EN: "Its version, which rises with every text that takes force.", FR: "Sa version, qui augmente à chaque texte qui prend effet."}, `"2026-04"`},
		{"currency", holdsText, request.Text{}, request.Text{EN: "The currency of all its amounts, by its code of ISO 4217.", FR: "La devise de tous ses montants, par son code ISO 4217."}, `"CAD"`},
		{"fiscal_year_starts", holdsWhole, request.Text{EN: "`4`, April", FR: "`4`, avril"}, request.Text{EN: "The month in which the fiscal year begins, from 1 to 12.", FR: "Le mois où commence l’exercice, de 1 à 12."}, `4`},
		{"holidays", holdsText, usuallyNone, request.Text{EN: "Whose holidays `holiday` and `working_days` go by where they name no region.", FR: "La région dont les jours fériés servent à `holiday` et à `working_days` s’ils n’en nomment pas."}, `"CA"`},
		{"section_32", holdsWord, request.Text{EN: "`\"declared\"`", FR: "`\"declared\"`"}, request.Text{
			EN: "What becomes of the manager whom a line names: `\"declared\"`, nobody is asked; `\"told\"`, one mail a day at most, and a NO stops the line; `\"confirmed\"`, the line waits for a yes.",
			FR: "Ce qu’il advient du gestionnaire nommé sur une ligne\u00a0: `\"declared\"`, personne n’est consulté; `\"told\"`, un courriel par jour au plus, et un NON arrête la ligne; `\"confirmed\"`, la ligne attend un oui."}, `"told"`},
		{"languages", holdsTexts, request.Text{EN: "`[\"en\", \"fr\"]`", FR: "`[\"en\", \"fr\"]`"}, request.Text{EN: "The languages of its texts. With one, a text may be written without { en = … }.", FR: "Les langues de ses textes. S’il n’y en a qu’une, un texte peut s’écrire sans { fr = … }."}, `["en", "fr"]`},
		{"authority", holdsTable, request.Text{}, request.Text{EN: "Who put the text in force.", FR: "Qui a mis le texte en vigueur."}, ``},
		{"approval", holdsTable, request.Text{}, request.Text{EN: "What an approval means, and what comes after it.", FR: "La portée d’une approbation, et ce qui la suit."}, ``},
		{"limits", holdsTable, usuallyNone, request.Text{EN: "The amounts that conditions compare with.", FR: "Les montants auxquels les conditions comparent."}, ``},
		{"limits_for", holdsTable, usuallyNone, request.Text{EN: "Other amounts for a part of the house, or for some days.", FR: "D’autres montants pour une partie de l’organisation, ou pour certains jours."}, ``},
		{"total", holdsTable, usuallyNone, request.Text{EN: "What is added up over time.", FR: "Ce qui s’additionne dans le temps."}, ``},
		{"list", holdsTable, usuallyNone, request.Text{EN: "Names that `listed` and `nearly_listed` look for.", FR: "Des noms que cherchent `listed` et `nearly_listed`."}, ``},
		{"aliases", holdsTable, usuallyNone, request.Text{EN: "Other addresses of the same person.", FR: "Les autres adresses d’une même personne."}, ``},
		{"guardrail", holdsTable, request.Text{}, request.Text{EN: "The rules themselves; at least one.", FR: "Les règles elles-mêmes; au moins une."}, ``},
		{"exemption", holdsTable, usuallyNone, request.Text{EN: "Whom a guardrail does not stop, on whose word.", FR: "Qui n’est pas arrêté par une balise, et sur la parole de qui."}, ``},
		{"attestation", holdsTable, usuallyNone, request.Text{EN: "One statement above the form’s table.", FR: "Un énoncé au-dessus du tableau du formulaire."}, ``},
		{"words", holdsTable, usuallyNone, request.Text{EN: "What your administration calls the fields of the form.", FR: "Le nom que votre administration donne aux champs du formulaire."}, ``},
	}, `name               = "Small purchases"
version            = "2026-04"
currency           = "CAD"
fiscal_year_starts = 4
holidays           = "CA"
section_32         = "told"
languages          = ["en", "fr"]
`},
	{"[authority]", request.Text{EN: "Who put this text in force. Printed in every workbook.", FR: "Qui a mis ce texte en vigueur. Imprimé dans chaque classeur."}, []keyWordsOf{
		{"name", holdsEither, request.Text{}, request.Text{EN: "The office.", FR: "Le service."}, `"Chief Financial Officer Branch"`},
		{"title", holdsEither, request.Text{}, request.Text{EN: "Whose position it is.", FR: "Le poste dont il s’agit."}, `"Director, Procurement"`},
		{"reference", holdsText, request.Text{}, request.Text{EN: "The instrument: a directive, a memo.", FR: "L’instrument\u00a0: une directive, une note."}, `"Directive 12"`},
		{"date", holdsDay, request.Text{}, request.Text{EN: "The day of that instrument.", FR: "La date de cet instrument."}, `2026-04-01`},
	}, `[authority]
name      = "Chief Financial Officer Branch"
title     = "Director, Procurement"
reference = "Directive 12"
date      = 2026-04-01
`},
	{"[approval]", request.Text{EN: "What an approval is, and the next step.", FR: "Ce qu’est une approbation, et l’étape suivante."}, []keyWordsOf{
		{"means", holdsBoth, request.Text{}, request.Text{EN: "What an approval says and what it does not; in every mail and workbook.", FR: "Ce que dit une approbation et ce qu’elle ne dit pas; dans chaque courriel et classeur."}, `{ en = "The request is inside the guardrails.", fr = "La demande respecte les balises." }`},
		{"next_step", holdsBoth, request.Text{}, request.Text{EN: "What the requester does next. It must say `{reference}`, the number of the line.", FR: "Ce que fait ensuite la personne qui demande. Le texte doit contenir `{reference}`, le numéro de la ligne."}, `{ en = "Give {reference} to your cardholder.", fr = "Remettez le numéro {reference} à la personne titulaire de la carte." }`},
		{"taken_back_days", holdsWhole, request.Text{EN: "`60`", FR: "`60`"}, request.Text{EN: "For how many days an approval that was taken back counts on in totals, from 0 to 3660.", FR: "Pendant combien de jours une approbation retirée compte encore dans les cumuls, de 0 à 3660."}, `60`},
	}, `[approval]
means           = { en = "The request is inside the guardrails.", fr = "La demande respecte les balises." }
next_step       = { en = "Give {reference} to your cardholder.", fr = "Remettez le numéro {reference} à la personne titulaire de la carte." }
taken_back_days = 60
`},
	{"[limits]", request.Text{EN: "A name of your own and an amount; or several amounts, each with its days, of which no two may hold on one day.",
		FR: "Un nom de votre choix et un montant; ou plusieurs montants, chacun avec ses jours, dont deux ne peuvent valoir le même jour."}, []keyWordsOf{
		{"amount", holdsAmount, request.Text{}, request.Text{EN: "The amount, where there are several.", FR: "Le montant, s’il y en a plusieurs."}, `"2000.00"`},
		fromDay(`2027-01-01`), untilDay(`2027-01-01`),
	}, `[limits]
request = "10000.00"
travel  = [
  { amount = "2000.00", until = 2027-01-01 },
  { amount = "2500.00", from = 2027-01-01 },
]
`},
	{"[[limits_for]]", request.Text{EN: "Other amounts under the same names. The first one that is true for a line counts; what it does not name stays.",
		FR: "D’autres montants sous les mêmes noms. Le premier qui est vrai pour une ligne compte; ce qu’il ne nomme pas demeure."}, []keyWordsOf{
		{"when", holdsCondition, request.Text{EN: "every line", FR: "toutes les lignes"}, request.Text{EN: "For which lines; it cannot read limits. Without it there must be days.", FR: "Pour quelles lignes; elle ne peut lire les limites. Sans elle, il faut des jours."}, `'request.unit == "Harbour Patrol"'`},
		fromDay(`2026-04-01`), untilDay(`2027-04-01`),
	}, `[[limits_for]]
when    = 'request.unit == "Harbour Patrol"'
request = "5000.00"
from    = 2026-04-01
until   = 2027-04-01
`},
	{"[[total]]", request.Text{EN: "A sum over time. Conditions read it as `totals.NAME`, `counts.NAME` and `distinct.NAME`.",
		FR: "Une somme dans le temps. Les conditions la lisent par `totals.NOM`, `counts.NOM` et `distinct.NOM`."}, []keyWordsOf{
		{"name", holdsText, request.Text{}, request.Text{EN: "Small letters, digits and _.", FR: "Minuscules, chiffres et _."}, `"supplier_month"`},
		{"by", holdsTexts, request.Text{}, request.Text{EN: "What lines must have in common ([kinds of total](#kinds-of-total)); `[]` adds up all that comes in.", FR: "Ce que les lignes ont en commun ([sortes de cumuls](#sortes-de-cumuls)); `[]` additionne tout ce qui arrive."}, `["supplier", "cost_centre"]`},
		{"days", holdsWhole, request.Text{EN: "`period` instead", FR: "`period` à la place"}, request.Text{EN: "The line’s own day and the days before it, from 1 to 3660.", FR: "Le jour de la ligne et ceux qui précèdent, de 1 à 3660."}, `30`},
		{"period", holdsWord, request.Text{EN: "`days` instead", FR: "`days` à la place"}, request.Text{EN: "`\"quarter\"` or `\"year\"`: the fiscal period of the line’s day.", FR: "`\"quarter\"` ou `\"year\"`\u00a0: la période de l’exercice où tombe le jour de la ligne."}, `"year"`},
		{"scope", holdsWord, request.Text{EN: "`\"everywhere\"`", FR: "`\"everywhere\"`"}, request.Text{EN: "`\"workbook\"`: only lines of the workbook at hand, without days; `\"elsewhere\"`: only lines of others.", FR: "`\"workbook\"`\u00a0: seulement les lignes du classeur examiné, sans jours; `\"elsewhere\"`\u00a0: seulement celles des autres."}, `"elsewhere"`},
		{"near", holdsYesNo, request.Text{EN: "`false`", FR: "`false`"}, request.Text{EN: "Beside `supplier`: also adds up what is probably the same supplier.", FR: "Avec `supplier`\u00a0: additionne aussi ce qui est probablement le même fournisseur."}, `true`},
		{"where", holdsCondition, request.Text{EN: "every line", FR: "toutes les lignes"}, request.Text{EN: "Counts only lines for which it is true, each by itself. It reads `line.…`, `request.…`, `received` and `limits.…`.", FR: "Ne compte que les lignes pour lesquelles elle est vraie, chacune pour elle-même. Elle lit `line.…`, `request.…`, `received` et `limits.…`."}, `'line.total > limits.request * "0.1"'`},
		{"of", holdsWord, request.Text{EN: "the total", FR: "le total"}, request.Text{EN: "Which amount is added up: `\"net\"`, `\"tax\"` or `\"authorized_amount\"`.", FR: "Le montant additionné\u00a0: `\"net\"`, `\"tax\"` ou `\"authorized_amount\"`."}, `"net"`},
		{"distinct", holdsWord, usuallyNone, request.Text{EN: "Counts the different values of this ([which](#kinds-of-total)).", FR: "Compte les valeurs différentes de cet élément ([lesquels](#sortes-de-cumuls))."}, `"requester"`},
		{"taken_back", holdsYesNo, request.Text{EN: "`true`; by `amends` `false`", FR: "`true`; par `amends` `false`"}, request.Text{EN: "Whether approvals that were taken back count on for a while.", FR: "Si les approbations retirées comptent encore un temps."}, `false`},
	}, `[[total]]
name       = "supplier_month"
by         = ["supplier", "cost_centre"]
days       = 30
near       = true
where      = 'line.total > limits.request * "0.1"'
distinct   = "requester"
taken_back = false

[[total]]
name   = "branch_year"
by     = ["unit"]
period = "year"
scope  = "elsewhere"
of     = "net"
`},
	{"[[list]]", request.Text{EN: "Entries in the text itself, or in a file beside it.", FR: "Des entrées dans le texte même, ou dans un fichier placé à côté."}, []keyWordsOf{
		{"name", holdsText, request.Text{}, request.Text{EN: "By which `listed` finds it: small letters, digits and _.", FR: "Le nom par lequel `listed` la trouve\u00a0: minuscules, chiffres et _."}, `"prohibited"`},
		{"values", holdsTexts, request.Text{EN: "`file` instead", FR: "`file` à la place"}, request.Text{EN: "The entries.", FR: "Les entrées."}, `["gift cards", "cartes-cadeaux"]`},
		{"file", holdsText, request.Text{EN: "`values` instead", FR: "`values` à la place"}, request.Text{EN: "A CSV or a workbook beside the policy, or in a folder under it.", FR: "Un CSV ou un classeur à côté de la politique, ou dans un dossier sous elle."}, `"suppliers.xlsx"`},
		{"sheet", holdsText, request.Text{EN: "the first", FR: "la première"}, request.Text{EN: "Of a workbook: which sheet.", FR: "Dans un classeur\u00a0: quelle feuille."}, `"2026"`},
		{"column", holdsText, request.Text{EN: "the first", FR: "la première"}, request.Text{EN: "The header of the column that holds the entries.", FR: "L’en-tête de la colonne qui contient les entrées."}, `"Name"`},
		{"as", holdsWord, request.Text{EN: "`\"text\"`", FR: "`\"text\"`"}, request.Text{EN: "How entries compare: `\"text\"`, `\"supplier\"` (Inc. and Ltd. do not count) or `\"host\"` (a domain and all below it).", FR: "Mode de comparaison\u00a0: `\"text\"`, `\"supplier\"` (Inc. et Ltée ne comptent pas) ou `\"host\"` (un domaine et tout ce qui en dépend)."}, `"supplier"`},
		{"near", holdsWhole, request.Text{EN: "`85`", FR: "`85`"}, request.Text{EN: "How alike `nearly_listed` wants two texts, from 50 to 100.", FR: "La ressemblance que `nearly_listed` exige, de 50 à 100."}, `80`},
	}, `[[list]]
name   = "prohibited"
values = ["gift cards", "cartes-cadeaux"]
near   = 80

[[list]]
name   = "ineligible"
file   = "suppliers.xlsx"
sheet  = "2026"
column = "Name"
as     = "supplier"
`},
	{"[aliases]", request.Text{EN: "Other addresses of one person: the other one, then the main one. `same_address` knows them.",
		FR: "Les autres adresses d’une personne\u00a0: l’autre, puis la principale. `same_address` les connaît."}, nil, `[aliases]
"amara@old.example" = "amara@dept.example"
`},
	{"[[guardrail]]", request.Text{EN: "One rule. Its condition is true where something is out of bounds.", FR: "Une règle. Sa condition est vraie quand quelque chose sort des bornes."}, []keyWordsOf{
		{"id", holdsText, request.Text{}, request.Text{EN: "Small letters, digits and hyphens; no two alike, and none that is [built in](#findings-that-are-built-in).", FR: "Minuscules, chiffres et traits d’union; tous différents, et aucun de ceux qui sont [intégrés](#constats-intégrés)."}, `"value-limit"`},
		{"action", holdsWord, request.Text{}, request.Text{EN: "`\"note\"`: say it; `\"escalate\"`: an officer decides; `\"return\"`: send the line back to be corrected.", FR: "`\"note\"`\u00a0: le signaler; `\"escalate\"`\u00a0: une agente ou un agent décide; `\"return\"`\u00a0: renvoyer la ligne pour correction."}, `"escalate"`},
		{"when", holdsCondition, request.Text{}, request.Text{EN: "When it trips ([conditions](#conditions)).", FR: "Quand elle se déclenche ([conditions](#conditions))."}, `'line.total > limits.request'`},
		{"fields", holdsTexts, usuallyNone, request.Text{EN: "Which cells of the workbook are marked.", FR: "Quelles cellules du classeur sont marquées."}, `["total"]`},
		{"title", holdsBoth, request.Text{}, request.Text{EN: "A few words.", FR: "Quelques mots."}, `{ en = "Above the limit", fr = "Au-delà de la limite" }`},
		{"message", holdsBoth, request.Text{}, request.Text{EN: "What the requester reads. `{line.total}` and its like are filled in.", FR: "Ce que lit la personne qui demande. `{line.total}` et autres y sont remplis."}, `{ en = "{line.total} is above {limits.request}.", fr = "{line.total} dépasse {limits.request}." }`},
		{"officer", holdsBoth, request.Text{EN: "the message", FR: "le message"}, request.Text{EN: "What officers read instead.", FR: "Ce que lisent les agents à la place."}, `{ en = "Above the limit of {limits.request}.", fr = "Au-delà de la limite de {limits.request}." }`},
		{"source", holdsEither, request.Text{}, request.Text{EN: "The instrument that the rule comes from, and what nobody verified.", FR: "L’instrument d’où vient la règle, et ce que personne n’a vérifié."}, `"Directive 12, section 3"`},
		{"reason", holdsYesNo, request.Text{EN: "`true` for ids in `split…` and for public servants", FR: "`true` pour les id en `split…` et pour les fonctionnaires"}, request.Text{EN: "Whether an officer who approves must say why.", FR: "Si l’agent qui approuve doit dire pourquoi."}, `true`},
		{"on", holdsYesNo, request.Text{EN: "`true`", FR: "`true`"}, request.Text{EN: "`false` keeps it in the text, and it judges nothing.", FR: "`false` la garde dans le texte, sans qu’elle juge quoi que ce soit."}, `true`},
		fromDay(`2026-04-01`), untilDay(`2029-04-01`),
		{"variant", holdsTable, usuallyNone, request.Text{EN: "Another action in some cases.", FR: "Un autre effet dans certains cas."}, ``},
	}, `[[guardrail]]
id      = "value-limit"
action  = "escalate"
when    = 'line.total > limits.request'
fields  = ["total"]
title   = { en = "Above the limit", fr = "Au-delà de la limite" }
message = { en = "{line.total} is above {limits.request}.", fr = "{line.total} dépasse {limits.request}." }
officer = { en = "Above the limit of {limits.request}.", fr = "Au-delà de la limite de {limits.request}." }
source  = "Directive 12, section 3"
reason  = true
on      = true
from    = 2026-04-01
until   = 2029-04-01
`},
	{"[[guardrail.variant]]", request.Text{EN: "Below its guardrail. The first variant whose condition is true says what happens instead.",
		FR: "Sous sa balise. La première variante dont la condition est vraie dit ce qui se passe à la place."}, []keyWordsOf{
		{"when", holdsCondition, request.Text{}, request.Text{EN: "In which cases.", FR: "Dans quels cas."}, `'line.total < limits.request * "1.1"'`},
		{"action", holdsWord, request.Text{}, request.Text{EN: "As of a guardrail.", FR: "Comme pour une balise."}, `"note"`},
		{"message", holdsBoth, request.Text{EN: "the guardrail’s", FR: "celui de la balise"}, request.Text{EN: "What the requester reads then.", FR: "Ce que lit alors la personne qui demande."}, `{ en = "A little above {limits.request}.", fr = "Un peu plus que {limits.request}." }`},
		{"officer", holdsBoth, request.Text{EN: "the message", FR: "le message"}, request.Text{EN: "What officers read then.", FR: "Ce que lisent alors les agents."}, `{ en = "A little above the limit.", fr = "Un peu plus que la limite." }`},
	}, `[[guardrail.variant]]
when    = 'line.total < limits.request * "1.1"'
action  = "note"
message = { en = "A little above {limits.request}.", fr = "Un peu plus que {limits.request}." }
officer = { en = "A little above the limit.", fr = "Un peu plus que la limite." }
`},
	{"[[exemption]]", request.Text{EN: "Takes lines off one guardrail. It is still found, and printed with the exemption on every line that it saves.",
		FR: "Soustrait des lignes à une balise. Le constat demeure, et l’exemption est imprimée sur chaque ligne qu’elle sauve."}, []keyWordsOf{
		{"guardrail", holdsText, request.Text{}, request.Text{EN: "The id of the guardrail.", FR: "L’id de la balise."}, `"value-limit"`},
		{"when", holdsCondition, request.Text{EN: "every line", FR: "toutes les lignes"}, request.Text{EN: "Which lines. An exemption whose condition cannot be evaluated does not exempt.", FR: "Quelles lignes. Une exemption dont la condition ne peut être évaluée n’exempte pas."}, `'line.commodity == "construction"'`},
		{"granted_by", holdsEither, request.Text{}, request.Text{EN: "Who grants it.", FR: "Qui l’accorde."}, `"Director, Procurement"`},
		{"reference", holdsText, request.Text{}, request.Text{EN: "Where that is written.", FR: "Où cela est écrit."}, `"Memo 7"`},
		fromDay(`2026-06-01`), untilDay(`2027-04-01`),
	}, `[[exemption]]
guardrail  = "value-limit"
when       = 'line.commodity == "construction"'
granted_by = "Director, Procurement"
reference  = "Memo 7"
from       = 2026-06-01
until      = 2027-04-01
`},
	{"[attestation]", request.Text{EN: "One box above the form’s table. A yes fills in the fields that a line leaves empty.", FR: "Une case au-dessus du tableau du formulaire. Un oui remplit les champs qu’une ligne laisse vides."}, []keyWordsOf{
		{"text", holdsBoth, request.Text{}, request.Text{EN: "What is attested.", FR: "Ce qui est attesté."}, `{ en = "All of it is remote.", fr = "Tout se fait à distance." }`},
		{"values", holdsTable, request.Text{}, request.Text{EN: "Fields with fixed answers, and the answer that a yes gives.", FR: "Des champs à réponses fixes, et la réponse que donne un oui."}, `{ remote = "yes" }`},
	}, `[attestation]
text   = { en = "All of it is remote.", fr = "Tout se fait à distance." }
values = { remote = "yes" }
`},
	{"[words.FIELD]", request.Text{EN: "A field of the form, or `branch`, `requester`, `email`, `language`. What is left out keeps the form’s own words.",
		FR: "Un champ du formulaire, ou `branch`, `requester`, `email`, `language`. Ce qui est omis garde les mots du formulaire."}, []keyWordsOf{
		{"label", holdsBoth, request.Text{EN: "the form’s", FR: "celle du formulaire"}, request.Text{EN: "The header of its column. No other field may have it.", FR: "L’en-tête de sa colonne. Aucun autre champ ne peut l’avoir."}, `{ en = "Budget holder", fr = "Responsable du budget" }`},
		{"help", holdsBoth, request.Text{EN: "the form’s", FR: "celle du formulaire"}, request.Text{EN: "What the form says of it.", FR: "Ce que le formulaire en dit."}, `{ en = "Their address.", fr = "Son adresse." }`},
		{"choices", holdsTable, request.Text{EN: "the form’s", FR: "celles du formulaire"}, request.Text{EN: "Of a field with fixed answers: what the answers are called.", FR: "Pour un champ à réponses fixes\u00a0: le nom des réponses."}, `{ "acquisition card" = { en = "purchasing card", fr = "carte d’achat" } }`},
	}, `[words.authorized_by]
label = { en = "Budget holder", fr = "Responsable du budget" }
help  = { en = "Their address.", fr = "Son adresse." }

[words.payment]
choices = { "acquisition card" = { en = "purchasing card", fr = "carte d’achat" } }
`},
}

// trialKeys are the headings of a file of tests.
var trialKeys = []keyTable{
	{"", request.Text{EN: "The first lines, before any heading.", FR: "Les premières lignes, avant tout titre."}, []keyWordsOf{
		{"domains", holdsTexts, usuallyNone, request.Text{EN: "The department’s own domains of mail.", FR: "Les domaines de courriel du ministère."}, `["dept.example"]`},
		{"request", holdsTable, usuallyNone, request.Text{EN: "Who asks in every case.", FR: "Qui demande, dans tous les cas."}, ``},
		{"line", holdsTable, usuallyNone, request.Text{EN: "What every line begins as.", FR: "Ce que toute ligne contient au départ."}, ``},
		{"case", holdsTable, request.Text{}, request.Text{EN: "The cases; at least one.", FR: "Les cas; au moins un."}, ``},
	}, `domains = ["dept.example"]
`},
	{"[request]", request.Text{EN: "Who asks; a case may say it otherwise.", FR: "Qui demande; un cas peut dire autre chose."}, []keyWordsOf{
		{"name", holdsText, usuallyNone, request.Text{EN: "The requester’s name.", FR: "Le nom de la personne qui demande."}, `"Amara Osei"`},
		{"email", holdsText, usuallyNone, request.Text{EN: "The address on the form.", FR: "L’adresse au formulaire."}, `"amara@dept.example"`},
		{"unit", holdsText, usuallyNone, request.Text{EN: "The branch on the form.", FR: "La direction générale au formulaire."}, `"Harbour Office"`},
		{"language", holdsWord, usuallyNone, request.Text{EN: "`\"en\"` or `\"fr\"`.", FR: "`\"en\"` ou `\"fr\"`."}, `"en"`},
		{"sender", holdsText, usuallyNone, request.Text{EN: "The address that the mail came from.", FR: "L’adresse d’où vient le courriel."}, `"amara@dept.example"`},
	}, `[request]
name     = "Amara Osei"
email    = "amara@dept.example"
unit     = "Harbour Office"
language = "en"
sender   = "amara@dept.example"
`},
	{"[line]", request.Text{EN: "Fields by their names, each as somebody would type it, and `extra` for columns of your own.",
		FR: "Les champs par leurs noms, chacun tel qu’on le saisirait, et `extra` pour vos propres colonnes."}, nil, referenceLine},
	{"[[case]]", request.Text{EN: "One situation, and what must come of it.", FR: "Une situation, et ce qui doit en résulter."}, []keyWordsOf{
		{"name", holdsText, request.Text{}, request.Text{EN: "What it shows.", FR: "Ce que le cas montre."}, `"a cent above"`},
		{"date", holdsDay, request.Text{}, request.Text{EN: "The day on which the mail was received.", FR: "Le jour où le courriel a été reçu."}, `2026-11-18`},
		{"today", holdsDay, request.Text{EN: "`date`", FR: "`date`"}, request.Text{EN: "The day on which it is judged.", FR: "Le jour où il est examiné."}, `2026-11-19`},
		{"request", holdsTable, request.Text{EN: "as above", FR: "comme ci-dessus"}, request.Text{EN: "What of `[request]` is otherwise.", FR: "Ce qui diffère de `[request]`."}, `{ unit = "Harbour Museum" }`},
		{"line", holdsTable, request.Text{EN: "as above", FR: "comme ci-dessus"}, request.Text{EN: "What of `[line]` is otherwise. Several are written `[[case.line]]`.", FR: "Ce qui diffère de `[line]`. Plusieurs s’écrivent `[[case.line]]`."}, `{ total = "10000.01", commodity = "goods" }`},
		{"budget", holdsTable, usuallyNone, request.Text{EN: "The cost centre’s budget: `amount`, `committed`, `spent`, `waiting`.", FR: "Le budget du centre de coûts\u00a0: `amount`, `committed`, `spent`, `waiting`."}, `{ amount = "50000.00", committed = "0", spent = "100.00", waiting = "0" }`},
		{"history", holdsTable, usuallyNone, request.Text{EN: "Lines of before: `date`, fields, and perhaps `outcome`, `reference`, `taken_back`.", FR: "Les lignes d’avant\u00a0: `date`, des champs, et au besoin `outcome`, `reference`, `taken_back`."}, `[{ date = 2026-11-02, total = "500.00" }]`},
		{"outcome", holdsWord, request.Text{}, request.Text{EN: "`\"approved\"`, `\"escalated\"` or `\"returned\"`.", FR: "`\"approved\"`, `\"escalated\"` ou `\"returned\"`."}, `"approved"`},
		{"findings", holdsTexts, usuallyNone, request.Text{EN: "All that is found, by id; with an action behind it where that matters.", FR: "Tout ce qui est constaté, par id; suivi d’un effet au besoin."}, `["value-limit note"]`},
	}, `[[case]]
name     = "a cent above"
date     = 2026-11-18
today    = 2026-11-19
request  = { unit = "Harbour Museum" }
line     = { total = "10000.01", commodity = "goods" }
budget   = { amount = "50000.00", committed = "0", spent = "100.00", waiting = "0" }
history  = [{ date = 2026-11-02, total = "500.00" }]
outcome  = "approved"
findings = ["value-limit note"]
`},
	{"budget = { … }", request.Text{EN: "The budget that a case meets.", FR: "Le budget que rencontre un cas."}, []keyWordsOf{
		{"amount", holdsAmount, request.Text{}, request.Text{EN: "The year’s budget.", FR: "Le budget de l’exercice."}, `"50000.00"`},
		{"committed", holdsAmount, request.Text{EN: "`0`", FR: "`0`"}, request.Text{EN: "What is committed.", FR: "Ce qui est engagé."}, `"0"`},
		{"spent", holdsAmount, request.Text{EN: "`0`", FR: "`0`"}, request.Text{EN: "What is spent.", FR: "Ce qui est dépensé."}, `"100.00"`},
		{"waiting", holdsAmount, request.Text{EN: "`0`", FR: "`0`"}, request.Text{EN: "What waits for a decision.", FR: "Ce qui attend une décision."}, `"0"`},
	}, ``},
}

// referenceLine is the line on which the reference's conditions are tried.
const referenceLine = `[line]
title         = "Intranet, part 1"
description   = "Pages for three teams, with training."
supplier      = "Northern Software Inc."
supplier_id   = "123456782RT0001"
commodity     = "services"
quantity      = "2"
net           = "8000.00"
tax           = "1040.00"
total         = "9040.00"
cost_centre   = "47-11"
needed_by     = "2026-12-15"
rationale     = "Best of three quotes; the others were later."
authorized_by = "marie@dept.example"
repository    = "https://github.com/harbour/intranet"
licence       = "MIT License"
extra         = { Seats = "500" }
`
