package statement

import (
	"handrail/internal/request"
)

// field is one thing a card statement says of a charge.
type field uint8

// The fields of a statement.
const (
	noField field = iota
	postingDate
	transactionDate
	merchantName
	merchantCategory
	chargeAmount
	debitAmount
	creditAmount
	chargeCurrency
	originalAmount
	originalCurrency
	cardNumber
	cardholderName
	chargeCostCentre
	chargeReference
	merchantNumber
	directionField // whether the row is a debit or a credit, where the amount has no sign
	statusField    // whether it is posted, pending or declined
	numFields
)

// headerAliases are the headers under which banks and finance systems write each field, in English and French. Case,
// accents, punctuation and spaces do not count.
var headerAliases = [numFields][]string{
	postingDate: {"posting date", "post date", "posted date", "posted on", "date posted", "posted", "settlement date", "value date", "paid date",
		"payment date", "date of payment", "process date", "date processed", "posted at", "date completed", "fin posting date", "booked", "date op", "buchungsdatum", "wertstellung", "processing date", "effective date", "booking date", "statement date",
		"date d'inscription", "date de report", "date de comptabilisation", "date comptable", "date de paiement", "date de règlement", "date de valeur",
		"inscrite le", "inscrit le", "date du relevé", "date de traitement"},
	transactionDate: {"transaction date", "trans date", "tran date", "txn date", "trx date", "purchase date", "date of purchase", "date of transaction",
		"transaction dt", "date", "date purchased", "purchased", "timestamp", "created", "date started", "fin transaction date", "belegdatum", "datum", "charge date", "sale date", "transacted on", "activity date",
		"date de transaction", "date de la transaction", "date d'opération", "date de l'opération", "date d'achat", "date de l'achat", "date opération", "date transaction"},
	merchantName: {"merchant", "merchant name", "merchant dba name", "vendor", "vendor name", "supplier", "supplier name", "payee", "payee name",
		"name", "counter party", "counterparty", "partner name", "clean merchant name", "mch merchant name", "merchant data name", "supplier found", "booking text",
		"description", "description 1", "transaction description", "merchant description", "details", "beneficiary", "beneficiary name", "creditor",
		"marchand", "nom du marchand", "commerçant", "nom du commerçant", "fournisseur", "nom du fournisseur", "bénéficiaire", "nom du bénéficiaire",
		"description de l'opération", "libellé", "texte de notification", "détails", "label", "beschreibung", "transaktionsbeschreibung", "omschrijving", "description de la transaction"},
	merchantCategory: {"mcc", "mcc code", "merchant category code", "merchant category", "category code", "merchant type", "sic",
		"code de catégorie", "code de catégorie de marchand", "catégorie de marchand", "ccm", "code ccm", "code de catégorie du commerçant"},
	chargeAmount: {"amount", "purchase amount", "fin transaction amount", "betrag", "buchungsbetrag", "bedrag", "transaction amount", "charge amount", "billing amount", "billed amount", "amount billed", "posted amount", "net amount", "net",
		"gross", "gross amount", "amount including vat", "amount inc vat", "amount incl vat", "total including tax", "amount including tax", "montant brut", "brut", "montant ttc", "ttc",
		"montant taxes incluses", "montant net", "montant ht", "ht", "montant hors taxes", "amount excluding vat", "amount ex vat", "amount excl vat", "amount excluding tax",
		"amount cad", "cad amount", "amount in cad", "amount paid", "total amount", "total", "amount charged", "sum", "value",
		"montant", "montant de la transaction", "montant de l'opération", "montant facturé", "montant porté au compte", "montant cad", "montant en cad",
		"montant total", "montant payé", "somme"},
	debitAmount:    {"debit", "money out", "paid out", "debit amount", "debits", "withdrawal", "charges", "débit", "montant débit", "débits", "retrait", "achats"},
	creditAmount:   {"credit", "money in", "paid in", "credit amount", "credits", "deposit", "refund", "payments and credits", "crédit", "montant crédit", "crédits", "dépôt", "remboursement"},
	chargeCurrency: {"currency", "posted currency", "fin posted currency code", "purchase currency", "fin transaction currency code", "payment currency", "buchungswährung", "munt", "billing currency", "currency code", "account currency", "ccy", "cur", "devise", "devise de facturation", "code de devise", "monnaie"},
	originalAmount: {"original amount", "orig amount", "merchant amount", "fin original amount", "originalbetrag", "ursprünglicher betrag", "oorspr bedrag", "foreign amount", "source amount", "amount in original currency", "foreign currency amount", "local amount",
		"original transaction amount", "montant original", "montant d'origine", "montant en devise", "montant en devise d'origine", "montant étranger", "montant initial"},
	originalCurrency: {"original currency", "orig currency", "merchant currency", "fin original currency code", "originalwährung", "oorspr munt", "transaction currency code", "foreign currency", "source currency", "original currency code", "local currency", "transaction currency",
		"devise d'origine", "devise originale", "devise étrangère", "devise initiale", "devise de la transaction"},
	cardNumber: {"card", "card number", "card no", "account number", "account no", "last four", "last 4", "last four digits", "card last four", "card last 4",
		"card last4", "account last 4", "account last four", "acc account number", "card last four digits", "umsatz getätigt von", "creditcard nummer", "card ending", "card ending in", "pan", "masked card number", "card num",
		"carte", "numéro de carte", "no de carte", "numéro de la carte", "quatre derniers chiffres", "4 derniers chiffres", "derniers chiffres",
		"carte se terminant par", "numéro de compte"},
	cardholderName: {"cardholder", "card holder full name", "account cardholder", "payer", "card holder", "cardholder name", "cardmember", "card member", "employee", "employee name", "name on card", "holder",
		"titulaire", "titulaire de la carte", "nom du titulaire", "détenteur", "détenteur de la carte", "employé", "nom du détenteur"},
	chargeCostCentre: {"cost centre", "cost center", "cost centre code", "cc", "responsibility centre", "fund centre", "fund center", "org unit", "department code",
		"centre de coûts", "centre de coût", "centre de responsabilité", "code du centre de coûts", "centre financier"},
	merchantNumber: {"business number", "supplier business number", "merchant business number", "gst number", "gst/hst number", "merchant tax id",
		"numéro d'entreprise", "numéro de tps", "numéro de tps/tvh"},
	// Type and its like are a direction only when their words are; see directionColumn.
	directionField: {"type", "transaction type", "type of transaction", "entry", "transaction", "debit credit", "subcategory", "sign", "indicator", "type d'opération", "type de transaction", "sens", "signe", "indicateur", "category", "transaction category", "catégorie"},
	// A status is one only when its words are; see statusColumn.
	statusField: {"status", "activity status", "card status", "state", "transaction state", "transaction status", "posting status", "statut", "état", "statut de la transaction", "état de la transaction", "statut de l'opération",
		"état de l'opération"},
	chargeReference: {"reference", "reference number", "ref", "ref no", "request number", "handrail reference", "authorization number", "authorisation number",
		"purchase order", "po number", "po", "customer reference", "trans no", "transaction number", "transaction id", "memo", "comment", "note", "order number",
		"référence", "numéro de référence", "no de référence", "numéro de demande", "numéro d'autorisation", "numéro de transaction", "bon de commande",
		"commentaire", "remarque", "numéro de commande"},
}

// headerIndex finds a field by the folded header.
var headerIndex = func() map[string]field {
	index := map[string]field{}
	for f, names := range headerAliases {
		for _, n := range names {
			index[request.Fold(n)] = field(f)
		}
	}
	for _, n := range directionNames {
		index[request.Fold(n)] = directionField
	}
	return index
}()

// longestHeader is in bytes; what is longer is a sentence and names no column.
const longestHeader = 80

// knownHeader finds the field of a header: as it stands, each side of a "/" in bilingual headers, without a currency or
// a remark in brackets behind it.
func knownHeader(s string, own map[string]field) field {
	if len(s) > longestHeader {
		return noField
	}
	for _, candidate := range headerVariants(s) {
		key := request.Fold(candidate)
		if key == "" {
			continue
		}
		if f, ok := own[key]; ok {
			return f
		}
		if f, ok := headerIndex[key]; ok {
			return f
		}
	}
	return noField
}
