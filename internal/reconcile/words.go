package reconcile

import "handrail/internal/request"

var ruleWords = map[Rule]request.Text{
	ByHand:          {EN: "by hand", FR: "à la main"},
	ByReference:     {EN: "reference and amount", FR: "référence et montant"},
	ByPart:          {EN: "reference, a part of what was approved", FR: "référence, une partie du montant approuvé"},
	ByTip:           {EN: "reference and amount, with a tip", FR: "référence et montant, avec pourboire"},
	ByExchange:      {EN: "reference and amount, converted by the bank", FR: "référence et montant, converti par la banque"},
	BeyondTolerance: {EN: "reference, above what was approved", FR: "référence, au-delà du montant approuvé"},
	BySupplierID:    {EN: "business number and amount", FR: "numéro d’entreprise et montant"},
	BySupplier:      {EN: "supplier and amount", FR: "fournisseur et montant"},
	ManyToOne:       {EN: "several lines, one charge", FR: "plusieurs lignes, un achat"},
	OneToMany:       {EN: "one line, several charges", FR: "une ligne, plusieurs achats"},
	ByAmendment:     {EN: "line and amendment", FR: "ligne et modification"},
	ByRefund:        {EN: "refund", FR: "remboursement"},
}

// Word is how a rule is said to finance.
func (r Rule) Word() request.Text { return ruleWords[r] }

var reasonWords = map[Reason]request.Text{
	NoApproval:     {EN: "no approval", FR: "aucune approbation"},
	LineCharged:    {EN: "the line that it names is charged already", FR: "la ligne qu’il nomme est déjà portée au compte"},
	WrongAmount:    {EN: "wrong amount", FR: "montant différent"},
	WrongCurrency:  {EN: "wrong currency", FR: "devise différente"},
	WrongReference: {EN: "wrong reference", FR: "référence erronée"},
	Late:           {EN: "late", FR: "tardif"},
	Duplicate:      {EN: "duplicate charge", FR: "achat en double"},
	BeforeApproval: {EN: "charged before approval", FR: "porté au compte avant l’approbation"},
	AfterDeclining: {EN: "charged after declining", FR: "porté au compte après un refus"},
	NoSupplier:     {EN: "supplier unknown", FR: "fournisseur inconnu"},
	ZeroAmount:     {EN: "amount of zero", FR: "montant nul"},
	SetAside:       {EN: "set aside", FR: "mis de côté"},
	NoLine:         {EN: "no approved line (said by hand)", FR: "aucune ligne approuvée (indiqué à la main)"},
	OfTheBank:      {EN: "no purchase: payment, fee, interest or cash", FR: "pas un achat\u00a0: paiement, frais, intérêts ou avance"},
	NotPosted:      {EN: "pending", FR: "en attente"},
	Tied:           {EN: "fits two equally well", FR: "deux possibilités équivalentes"},
}

// Word is how a reason is said to finance.
func (r Reason) Word() request.Text { return reasonWords[r] }
