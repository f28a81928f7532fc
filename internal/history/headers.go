package history

import (
	"maps"
	"slices"
	"strings"

	edlib "github.com/hbollon/go-edlib"

	"handrail/internal/request"
	"handrail/internal/statement"
)

// target is what a column is for: the name of a field of the request form, or one of these.
type target string

// The targets that are no fields of the form.
const (
	noTarget  target = ""
	date      target = "date"
	unit      target = "unit"
	requester target = "requester"
	email     target = "email"
	debit     target = "debit"
	credit    target = "credit"
	direction target = "direction"
	reference target = "reference"
	record    target = "record_type" // whether a row is a contract, an amendment or a standing offer
	added     target = "amendment"   // what an amendment adds
	ignored   target = "ignore"
)

// The fields of the form that more is done with than to carry them.
const (
	total       target = "total"
	net         target = "net"
	tax         target = "tax"
	currency    target = "currency"
	supplier    target = "supplier"
	title       target = "title"
	titleOther  target = "title_other"
	description target = "description"
	commodity   target = "commodity"
)

// words are the labels of the targets that are no fields of the form.
var words = map[target]request.Text{
	date: {EN: "Date", FR: "Date"}, unit: {EN: "Branch", FR: "Direction générale"}, requester: {EN: "Requester", FR: "Demandeur"},
	email: {EN: "Email", FR: "Courriel"}, debit: {EN: "Debit", FR: "Débit"}, credit: {EN: "Credit", FR: "Crédit"},
	direction: {EN: "Debit or credit", FR: "Débit ou crédit"}, reference: {EN: "Reference", FR: "Référence"},
	record: {EN: "Kind of record", FR: "Genre d’inscription"}, added: {EN: "Amendment amount", FR: "Montant de la modification"},
	ignored: {EN: "(not used)", FR: "(non utilisée)"},
}

func (t target) label() request.Text {
	if w, ok := words[t]; ok {
		return w
	}
	if f, ok := request.FieldByName(string(t)); ok {
		return f.Info().Label
	}
	return request.Text{}
}

// Targets are the names that Options.Map takes, sorted.
func Targets() []string {
	var names []string
	for t := range maps.Keys(words) {
		names = append(names, string(t))
	}
	for _, f := range request.Fields() {
		if f.Field != request.Amends {
			names = append(names, f.Name)
		}
	}
	slices.Sort(names)
	return names
}

// aliases are the headers by which a column is known, the likeliest first: of several columns for one thing the first group with
// anything in it counts. Case, accents, punctuation, underscores and spaces do not count.
var aliases = map[target][][]string{
	date: {
		{"contract date", "date of contract", "date du contrat", "award date", "date of award", "date awarded", "date d'attribution", "transaction date", "trans date",
			"tran date", "txn date", "trx date", "purchase date", "date of purchase", "date of transaction", "order date", "po date", "date de transaction",
			"date de la transaction", "date d'opération", "date de l'opération", "date d'achat", "date de l'achat", "date opération", "date transaction",
			"date de commande", "date de la commande", "charge date", "sale date", "date signed", "signing date", "date de signature", "action date",
			"date of expenditure", "expenditure date", "incurred date", "date incurred"},
		{"date", "transaction dt", "transacted on", "activity date", "dated"},
		{"invoice date", "date de facture", "date de la facture", "date facture"},
		{"paid date", "payment date", "date paid", "date of payment", "pay date", "date de paiement", "date de règlement", "posting date", "post date", "posted date",
			"posted on", "date posted", "posted", "settlement date", "value date", "process date", "processing date", "effective date", "booking date", "gl date",
			"accounting date", "date d'inscription", "date de report", "date de comptabilisation", "date comptable", "date de valeur", "date de traitement",
			"inscrite le", "inscrit le", "cleared date", "cheque date", "voucher date"},
		{"start date", "contract start date", "contract period start", "date de début", "début de la période du contrat"},
	},
	total: {
		{"contract value", "valeur du contrat", "total contract value", "contract amount", "montant du contrat", "gross amount", "amount gross", "gross", "total amount",
			"montant total", "amount including vat", "montant ttc", "total ttc", "total incl tax", "amount paid", "montant payé", "invoice total", "total",
			"montant total payé", "total cost", "coût total", "award amount", "awarded amount", "total price"},
		{"amount", "montant", "transaction amount", "charge amount", "billing amount", "billed amount", "amount billed", "posted amount", "amount in cad", "amount charged",
			"sum", "value", "valeur", "cost", "coût", "price", "prix", "spend", "spend amount", "expenditure", "dépense", "dépenses", "montant de la transaction", "montant de l'opération", "montant facturé",
			"montant porté au compte", "somme", "amount in sterling", "invoice amount", "line amount", "payment amount", "amt", "transaction value", "action obligation", "total value"},
		{"original value", "valeur initiale", "valeur originale", "original contract value"},
	},
	net: {
		{"net amount", "amount net", "net", "montant net", "montant ht", "total ht", "hors taxes", "subtotal", "sous-total", "amount before tax", "montant avant taxes", "pre tax amount", "net value", "amount net of vat"},
	},
	tax: {
		{"tax", "taxes", "tax amount", "vat", "vat amount", "gst/hst", "gst", "hst", "tps/tvh", "tvh", "tps", "montant des taxes", "irrecoverable vat", "sales tax", "tva"},
	},
	debit:  {{"debit", "debit amount", "debits", "withdrawal", "withdrawals", "charges", "débit", "montant débit", "débits", "retrait", "retraits", "achats", "paid out", "money out"}},
	credit: {{"credit", "credit amount", "credits", "deposit", "deposits", "refund", "payments and credits", "crédit", "montant crédit", "crédits", "dépôt", "dépôts", "remboursement", "paid in", "money in"}},
	direction: {{"dr/cr", "cr/dr", "d/c", "c/d", "debit/credit", "credit/debit", "debit or credit", "debit credit indicator", "dc indicator", "débit/crédit", "crédit/débit", "débit ou crédit",
		"indicateur débit crédit", "sign", "sens"}},
	currency: {{"currency", "currency code", "billing currency", "account currency", "ccy", "devise", "code de devise", "monnaie", "invoice currency unit", "currency unit"}},
	supplier: {
		{"supplier name", "vendor name", "merchant name", "nom du fournisseur", "nom du marchand", "nom du commerçant", "payee name", "beneficiary name", "supplier", "vendor", "merchant",
			"fournisseur", "marchand", "commerçant", "payee", "beneficiary", "supplier beneficiary", "bénéficiaire", "nom du bénéficiaire", "creditor", "creditor name", "contractor", "contractor name",
			"recipient", "recipient name", "entrepreneur", "merchant dba name", "company", "company name", "entreprise", "awarded to", "paid to", "trading name", "name of supplier", "name of vendor",
			"redacted supplier name", "titulaire du contrat", "name of contractor", "nom de l'entrepreneur"},
		{"merchant description", "transaction description", "description de la transaction", "description de l'opération", "libellé", "details", "détails", "payee details"},
	},
	"supplier_id": {{"business number", "supplier business number", "merchant business number", "numéro d'entreprise", "gst number", "gst/hst number", "vat registration number", "vat number",
		"company registration number", "company number", "companies house number", "charity number", "merchant tax id", "tax id"}},
	title: {
		{"title", "titre", "contract title", "titre du contrat", "objet", "subject", "purpose", "purpose of expenditure", "purpose of spend", "reason for expenditure", "reason for expense",
			"item", "article", "item description", "goods or services", "description en", "description english", "description anglais", "description of work", "description of purchase",
			"description of goods or services", "what was bought"},
		{"description", "narrative", "extended description", "full description", "long description", "summary of purpose", "summary of the purpose of the expenditure", "comments en"},
		{"merchant category description", "mcc description", "merchant category", "merchant category name", "catégorie de marchand", "procurement category", "category", "catégorie",
			"expense type", "expenses type", "expenditure type", "expenditure category", "expense category", "detailed expenses type", "type of expenditure", "type of spend",
			"type de dépense", "catégorie de dépense", "nature de la dépense", "economic object name", "economic object description", "product or service", "spend category", "procurement classification"},
	},
	titleOther:    {{"description fr", "description french", "description français", "title fr", "titre fr", "titre français", "french title", "french description"}},
	commodity:     {{"commodity type", "type de produit", "commodity", "type of commodity", "goods services construction", "genre de produit"}},
	"cost_centre": {{"cost centre", "cost center", "cost centre code", "cost center code", "cost centre name", "cc", "responsibility centre", "fund centre", "fund center", "centre de coûts", "centre de coût", "centre de responsabilité", "code du centre de coûts", "centre financier"}},
	"gl_account":  {{"gl account", "gl code", "gl", "account code", "general ledger", "economic object code", "code d'article économique", "expenditure code", "expense code", "cipfa expenditure code", "subjective code", "compte du grand livre", "compte", "nominal code", "object code"}},
	unit: {
		{"branch", "direction générale", "organisational unit", "organizational unit", "business unit", "service area", "responsible unit", "directorate", "division", "section", "department or service",
			"department name", "service", "secteur", "direction", "unité", "unit", "expense area", "team", "office", "bureau", "department/service"},
		{"department", "ministère", "owner org title", "entity", "service area categorisation", "org unit", "group"},
		{"owner org", "body name", "body", "client", "organisation", "organization", "organisation name", "organization name", "agency", "organisme", "awarding agency", "department family"},
	},
	requester:    {{"requester", "requestor", "requested by", "demandeur", "demandé par", "employee", "employee name", "employé", "nom de l'employé", "buyer name", "buyer", "acheteur", "nom de l'acheteur", "ordered by", "purchaser"}},
	email:        {{"email", "e-mail", "courriel", "requester email", "email address", "adresse de courriel"}},
	"cardholder": {{"cardholder", "card holder", "cardholder name", "card holder name", "cardmember", "card member", "name on card", "holder", "titulaire", "titulaire de la carte", "nom du titulaire", "détenteur", "détenteur de la carte", "nom du détenteur"}},
	reference: {{"reference number", "contract number", "contract id", "procurement id", "procurement identification number", "reference", "ref", "ref no", "transaction number", "trans no", "transaction no", "transaction id",
		"invoice number", "invoice no", "voucher number", "payment reference", "po number", "purchase order", "purchase order number", "po", "document number", "document no", "order number", "numéro de référence", "no de référence",
		"référence", "numéro de contrat", "no de contrat", "numéro de transaction", "numéro de facture", "numéro d'autorisation", "bon de commande", "numéro de commande", "authorization number"}},
	record:           {{"instrument type", "type d'instrument", "instrument type code"}},
	added:            {{"amendment value", "valeur de la modification", "montant de la modification", "amendment amount"}},
	"standing_offer": {{"standing offer number", "standing offer", "numéro de l'offre à commandes", "offre à commandes"}},
	"quantity":       {{"quantity", "qty", "quantité", "qté"}},
	"unit_price":     {{"unit price", "prix unitaire", "unit cost"}},
	"needed_by":      {{"delivery date", "needed by", "date requise", "required by", "date de livraison"}},
	"public_servant": {{"former public servant", "ancien fonctionnaire"}},
	"payment":        {{"payment method", "payment", "mode de paiement", "method of payment"}},
}

type known struct {
	target target
	rank   int
}

// index finds what a folded header is for. The labels of the form count behind all that stands above.
var index = func() map[string]known {
	m := map[string]known{}
	for t, groups := range aliases {
		for rank, names := range groups {
			for _, n := range names {
				key := request.Fold(n)
				if other, taken := m[key]; taken && other != (known{t, rank}) {
					panic("history: the header " + n + " is for " + string(t) + " and for " + string(other.target))
				}
				m[key] = known{t, rank}
			}
		}
	}
	for _, f := range request.Fields() {
		labels := append([]request.Text{f.Label}, f.Earlier...)
		if f.Field != request.SupplierID { // "Supplier ID" is a number of the publisher's own
			labels = append(labels, request.Text{EN: f.Name, FR: f.Name})
		}
		for _, label := range labels {
			for _, s := range []string{label.EN, label.FR} {
				if key := request.Fold(s); f.Field != request.Amends {
					if _, taken := m[key]; !taken {
						m[key] = known{target(f.Name), len(aliases[target(f.Name)])}
					}
				}
			}
		}
	}
	return m
}()

// longestHeader is in bytes; what is longer is a sentence and names no column.
const longestHeader = 80

// knownHeader finds what a header is for.
func knownHeader(s string) (known, bool) {
	if s == "" || len(s) > longestHeader {
		return known{}, false
	}
	if k, ok := taxed(s); ok {
		return k, true
	}
	for _, v := range statement.HeaderVariants(s) {
		if k, ok := index[request.Fold(v)]; ok {
			return k, true
		}
	}
	return known{}, false
}

// taxed reads headers of amounts that say whether tax is in them: SumOfAmount_Inc_VAT, "Montant (hors taxes)".
func taxed(s string) (known, bool) {
	key := request.Fold(s)
	if !contains(key, "amount", "montant", "value", "valeur", "total", "sum", "spend", "cost", "cout", "price", "prix") || strings.HasPrefix(key, "vat") || strings.HasPrefix(key, "tax") {
		return known{}, false
	}
	switch {
	case contains(key, "exvat", "excvat", "exclvat", "excludingvat", "netofvat", "exclusiveofvat", "beforetax", "avanttax", "horstax", "extax", "excltax", "excludingtax", "pretax", "withoutvat", "lessvat"):
		return known{net, 0}, true
	case contains(key, "incvat", "inclvat", "includingvat", "inclusiveofvat", "incltax", "includingtax", "taxescomprises", "taxesincluses", "withtax", "aftertax", "toutestaxes", "withvat"):
		return known{total, 0}, true
	}
	return known{}, false
}

func contains(s string, parts ...string) bool {
	return slices.ContainsFunc(parts, func(p string) bool { return strings.Contains(s, p) })
}

// targetNamed is the target of Options.Map by its name, or by what a form calls it.
func targetNamed(name string) (target, bool) {
	if slices.Contains(Targets(), name) {
		return target(name), true
	}
	k, ok := index[request.Fold(name)]
	return k.target, ok
}

// resembling is what a header is for that is written with a slip: "Expenditure Catergory".
func resembling(s string) (k known, meant string, ok bool) {
	key := request.Fold(s)
	if len(key) < 9 || len(key) > 40 {
		return known{}, "", false
	}
	for t, groups := range aliases {
		for rank, names := range groups {
			for _, n := range names {
				if f := request.Fold(n); len(f) >= 9 && f[0] == key[0] && slipped(key, f) <= 1+len(f)/16 {
					if ok && k.target != t {
						return known{}, "", false // of two nobody knows which
					}
					k, meant, ok = known{t, rank}, n, true
				}
			}
		}
	}
	return k, meant, ok
}

// slipped is how many letters must be put in, taken out or changed, or two neighbours exchanged, to make one of the other; many where their
// lengths alone say so.
func slipped(a, b string) int {
	if d := len(a) - len(b); d > 2 || d < -2 {
		return len(a) + len(b)
	}
	return edlib.OSADamerauLevenshteinDistance(a, b)
}
