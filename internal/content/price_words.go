package content

// openPriceTable are the words that leave a price open, one phrase a line.
const openPriceTable = `
// at most
up to MONEY
up to a? maximum of MONEY
not to exceed MONEY
COST not to exceed
COST ... capped at
to a maximum of MONEY
maximum of MONEY
max MONEY
at most MONEY
ceiling price|amount|of MONEY?
nte MONEY
up to NUM HOURS a|per|each|every|of|billed|invoiced|work|labour
jusqu a concurrence de
jusqu a MONEY
jusqu a NUM HOURS de|par|facture*
au maximum MONEY
maximum de MONEY
au plus MONEY
prix plafond
montant maximal
plafonne a MONEY
// estimates
estimated|approximate|approx|rough|indicative|provisional|budgetary|ballpark COST !about
COST ... estimated|approximate|approx|tbd|tbc|tba !about
COST is|are an? estimate !about
COST estimate only
this is an? estimate
only an estimate
estimate only
rough|ballpark estimate|figure|quote
estimate of MONEY
estimated at MONEY
estimated NUM? HOURS
NUM HOURS estimated
estimated time and
approximately|approx|roughly|around|about|circa|ca|estimated|estimate MONEY
MONEY approx|approximately|estimated|estimate|or so|environ|estime
for budget|budgetary|planning purposes
order of magnitude
MONEY or so|more
MONEY and up
from MONEY up
starting at|from MONEY
~ MONEY
+ / - NUM %
+ - NUM %
NUM % contingency
plus or minus
COST ... to be confirmed|determined|decided|negotiated|finalized|finalised|agreed
COST may|might|could|can change|vary|increase|rise|differ
subject to change
COST subject to
COST depends|depending|dependent
COST will depend|vary
depending on hours|actual|usage|use
actual hours|time|costs|cost|expenses|quantities|usage ... BILLED
BILLED ... actual hours|time|costs|cost|expenses|quantities|usage
BILLED as used|incurred|needed|required|we go
BILLED on an? actual|time|usage|hourly
as and when needed|required|requested
on an as needed|required basis
on an as - needed|required
COST|couts|montant estim*|estimatif*|approximatif*|approximative|indicatif|previsionnel*|budgetaire !about
estimation du|des|de COST|MONEY
estime* a MONEY
a titre indicatif
a titre estimatif
ordre de grandeur
environ|approximativement|approx|autour de? MONEY
environ NUM HOURS de travail
heures estimees
COST a confirmer|determiner|preciser|negocier
COST pourra*|peut|peuvent|pourrait varier|changer|augmenter
COST ... selon les? l? heures|usage|utilisation
selon les heures reelles|travaillees
selon le temps reel|passe
selon l? utilisation|usage
heures reelles ... factur*
factur* ... heures|frais|couts|temps|quantites reel*
factur* selon|au reel|al usage
factur* au? reel
factur* a l usage|heure
factur* au fur et a mesure
sous reserve de modification*|changement*
plus ou moins NUM %
// time and material
time and materials|material|means
time & material|materials
t & m
t and m
temps et materiel|materiaux
cost plus
cost - plus
at cost plus
prix coutant
cout majore
en regie
// by the hour and by the month
hourly|daily|day|monthly|weekly rate|rates of MONEY
at an? hourly|daily|day rate
at the? hourly|daily rate
BILLED hourly|separately|extra|additionally
BILLED monthly|weekly|quarterly|daily|yearly|annually !times
BILLED each|every|per|by the? PERIOD !times
BILLED at cost
BILLED on top
BILLED at the end
BILLED in addition
BILLED later|afterwards|after
COST per|par|by|each PERIOD !about !times
EVERY fee|fees|subscription|charge|charges|payment|payments|instalment|instalments|installments|invoice|invoices|rental|retainer|billing !about !times
EVERY price|cost|costs !about !times
abonnement|frais|paiement|paiements|versement|versements|mensualite*|loyer|tarif|prix|cout|facturation|factures EVERY !about !times
taux horaire|journalier de|a MONEY?
au taux de MONEY
factur* chaque|par|a|aux PERIOD|heures !times
factur* EVERY !times
the total is the first
each invoiced
NUM|further|more|other sprints|months|phases foreseen|planned|expected
first month|year|phase|sprint only
only the? first month|year|phase|sprint
premier mois|trimestre seulement
premiere annee|phase seulement
// billed beside
extra charge|charges|cost|costs|fee|fees
additional charge|charges|cost|costs|fee|fees !about
EXTRAS ... BILLED ... extra|separately|additionally|later|at
EXTRAS extra
EXTRAS not|non included|incl|inclus|incluse|compris|comprise|comprises
EXTRAS are|is|at additional|extra|cost
EXTRAS en sus|plus
frais de? EXTRAS en sus|plus
excluding|excl|excludes|without|exclusive of? EXTRAS
plus|+ the? actual|any? EXTRAS
plus|+ frais|expenses
plus frais de|d
hors|sans frais de EXTRAS
factur* ... en sus
factur* ... separement
factur* en plus
factur* a part
frais supplementaires|additionnels
cout|couts supplementaire|supplementaires|additionnel|additionnels
// a part of the price
NUM % deposit|upfront|down|advance|acompte|a
NUM % d avance
deposit of|on|for MONEY|NUM|a|an|the
down payment
balance due|payable|owing
balance on|upon|at|after delivery|completion
balance ... to be paid|invoiced|billed|settled
balance ... next year|order
remainder ... to be paid|invoiced|billed|settled
remainder of MONEY|NUM
remainder due|payable|next
rest due|payable
rest ... next fiscal? year
acompte de|sur|initial
premier acompte|versement|paiement
solde a|du|payable|facture*|paye*
le solde sera
reste a payer|facturer
reste sera factur*|paye*
initial|partial|progress|first payment|instalment|installment|invoice
paiement partiel|initial
to be settled with|next|later
to be paid later
// shares of a price, and what follows it
balance END !begin !scale
balance of|for|on|under the|our|this? contract|order|price|amount|fee|fees|payment|invoice|purchase|account|agreement|deposit
balance according|as|per to|per|under|agreed|contract
balance of MONEY|NUM
outstanding|remaining balance|payment|instalment|installment|fee|fees|price|amount|sum|cost !about
final balance|payment|instalment|installment|invoice !about
remaining|outstanding NUM %|percent END
remaining|outstanding NUM per cent END
remaining|other|outstanding|first|second|last NUM %|percent of the? COST|contract|order|payment|invoice
remaining|other|outstanding|first|second|last NUM per cent of the? COST|contract|order|payment|invoice
NUM %|percent remaining|outstanding|now|later|due|payable
NUM per cent remaining|outstanding|now|later|due|payable
remaining|other half|third|quarter END
first|second|last|one half|third|quarter of the|our? COST|contract|order|payment|invoice|bill
first|second half END !begin
half of? the COST END|now|up|upfront
half now|upfront
half up front
half on|upon|at|before|after delivery|signature|signing|completion
deposit END !begin
deposit required|due|payable|paid|only|now|first|to !about
booking|venue|hall|room|security|damage|refundable|initial|advance|reservation deposit !about
part|instalment|installment|payment|invoice|tranche|share NUM of|/|out NUM !about
second|third|fourth|last instalment|installment|tranche !about
second|third|fourth payment|bill|invoice END|will|follows|later|afterwards|due|in|at|for !about
another|further|additional bill|invoice END|will|follows|later|afterwards|due|in|at !about
send|sends|issue|issues|sent a|an? second|another|further|additional|later bill|invoice
COST|rate for|of the? first|initial month|week|quarter|year|term|period|phase !about
EVERY rate|rates END|for !about !quantity
renews|renewing|renewed|renewable|continues|extended|extendable until|till|monthly|weekly|yearly|thereafter|afterwards
option|options|extras|accessories|modules|phases will|to be? ordered|bought|purchased|added|exercised|requested|invoiced|billed
option|options|extras ordered|bought|purchased|exercised later|afterwards|separately|subsequently
will|to be? ordered|bought|purchased|requested|invoiced|billed later|afterwards|separately|subsequently
the? rest|remainder follows|later
the? rest|remainder will|to be? BILLED|invoiced|billed|ordered|follow
solde END !begin
solde du|de|d un|une|la|le|l? contrat|marche|prix|commande|montant|facture|cout|entente|acompte
solde selon|suivant|conformement|prevu
solde restant|final|impaye
solde de MONEY|NUM
NUM % restant*|maintenant|plus
NUM pour cent restant*|maintenant
NUM % du|de la|le? COST|contrat|marche|commande END
premiere|seconde|deuxieme|derniere|autre|une moitie du|de la|le|l? COST|contrat|marche|commande|paiement|facture
premiere|seconde|deuxieme|autre moitie END !begin
moitie du prix|montant|cout|contrat END|maintenant|a
moitie restante|maintenant
moitie a la signature|livraison|commande|fin
acompte|arrhes|acomptes !about
depot END !begin
depot de garantie|reservation|securite !about
depot pour|sur la|le|les|l|une|un
partie|tranche|versement|paiement|facture NUM de|sur|/ NUM !about
NUM er|ere|re|e|eme|ieme versement|paiement|tranche !about
deuxieme|second|seconde|troisieme|dernier|derniere versement|tranche|paiement !about
deuxieme|seconde|autre facture END|suivra|sera|viendra|plus|en|au|a !about
enverra|emettra|fera parvenir? une? deuxieme|seconde|autre facture
COST|taux du|de|pour la|le|l? premier|premiere mois|semaine|trimestre|annee|periode|phase !about
tarif|taux EVERY END|pour !about !quantity
se renouvelle|reconduit jusqu|chaque|ensuite
renouvele*|renouvelable|reconduit|reconduite|reconductible|prolonge|prolongee|prolongeable jusqu|ensuite|mensuellement
option|options|accessoires|modules seront|sera|a command*|achet*|ajout*|exerc*|factur*
seront|sera command*|achet*|factur*|demand* ensuite|apres|ulterieurement|separement|plus
le? reste suivra|sera|plus
// years and parts that can be added
option|options for|of NUM|a|further|additional more|further|additional|extra|second|third|year|years|month|months
option|options for NUM|a further|additional|second|third?
option year|years|period|periods
optional year|years|extension
option to|of renew|renewal|extend|extension|extending
with option|options to|for
annee|annees|periode|periodes d option
option|options de|d prolongation|renouvellement|prolonger|renouveler|annees
automatic renewal
auto renew|renews|renewal|renewing
auto - renew|renews|renewal
renews automatically|each|every
automatically renewed|renews
renouvellement|reconduction automatique|tacite
tacite reconduction
renouvelable chaque|automatiquement
`

// taxExtraTable are the words that say that tax comes on top of a price.
const taxExtraTable = `
plus|+ the? applicable? tax|taxes|hst|gst|pst|qst|tvh|tps|tvq
tax|taxes|hst|gst|pst|qst extra
tax|taxes|hst|gst|pst|qst not included|incl
tax|taxes|hst|gst|pst|qst as per
tax|taxes|hst|gst|pst|qst to be added|invoiced|billed
tax|taxes|hst|gst|pst|qst will|is|are be? added|invoiced|billed|charged|applied
tax|taxes|hst|gst|pst|qst on invoice
tax|taxes|hst|gst|pst|qst on the invoice
before tax|taxes
excluding|excl|exclusive|without of? tax|taxes|hst|gst
tax|taxes excluded|exclus|exclues
taxes|taxe|tvh|tps|tvq en sus
taxes|taxe|tvh|tps|tvq en plus
taxes|taxe|tvh|tps|tvq non comprise|comprises|incluse|incluses
taxes|taxe|tvh|tps|tvq a ajouter
taxes|taxe|tvh|tps|tvq selon|sur la facture
taxes|taxe|tvh|tps|tvq selon|sur facture
taxes|tvh|tps|tvq seront factur*|ajoute*
avant taxes|taxe
avant les taxes
hors taxes|taxe
hors tvh|tps|tvq
`

// untaxedTable are the words that say that no sales tax is charged.
const untaxedTable = `
no sales? tax|taxes|hst|gst|pst|qst|vat
no gst|hst or|and|/ hst|gst|pst|qst
not charge|charges|collect|collects|registered|registrant
charges|charge|collects no sales? tax|taxes|hst|gst
doesn|don t charge|collect
without tax|taxes|hst|gst
tax|taxes|hst|gst exempt|free
tax - exempt|free
exempt|exempted from|of sales? tax|taxes|hst|gst
exempt supply|supplies
zero - rated
zero rated
small supplier
not taxable
non taxable
not subject to sales? tax|taxes|hst|gst
on reserve
on - reserve
unregistered
no tax number
outside canada
tax does not apply
aucune taxe
aucun|sans tvh|tps|tvq
pas de taxe|taxes|tvh|tps|tvq
sans taxe|taxes
ne facture|percoit|charge pas|aucune
ne facturant pas|aucune
non inscrit|inscrite|assujetti|assujettie
pas inscrit|inscrite
pas assujetti|assujettie
n est pas inscrit|inscrite|assujetti|assujettie
petit fournisseur
petite fournisseuse
exonere|exoneree|exoneres|exonerees
exempt|exempte|exempts de|des taxe|taxes|tvh|tps
detaxe|detaxee|detaxes
non taxable|taxables
hors du? canada
dans la reserve
`
