package rules

// frenchWords are French names, as request.Fold writes them, and the keys, headings, fields and words that they stand for. Names of the
// language are English ones; whoever writes a French one is told which.
var frenchWords = map[string]string{
	"titre": "title", "nom": "name", "fournisseur": "supplier", "montant": "total", "devise": "currency", "monnaie": "currency", "quantite": "quantity",
	"justification": "justification", "raison": "reason", "motif": "reason", "message": "message", "source": "source", "balise": "guardrail",
	"balises": "guardrail", "limite": "limits", "limites": "limits", "liste": "list", "listes": "list", "cas": "case", "quand": "when", "si": "when",
	"champs": "fields", "champ": "fields", "date": "date", "depuis": "from", "de": "from", "des": "from", "jusque": "until", "jusqua": "until",
	"agent": "officer", "autorite": "authority", "approbation": "approval", "exemptions": "exemption", "jours": "days", "periode": "period",
	"valeurs": "values", "fichier": "file", "feuille": "sheet", "colonne": "column", "par": "by", "reference": "reference", "conges": "holidays",
	"joursferies": "holidays", "mots": "words", "libelle": "label", "aide": "help", "choix": "choices", "texte": "text", "accordepar": "granted_by",
	"ligne": "line", "resultat": "outcome", "constats": "findings", "historique": "history", "demande": "request", "langues": "languages",
	"centredecouts": "cost_centre", "bien": "commodity", "biens": "commodity", "produit": "commodity", "categorie": "commodity", "courriel": "email",
	"direction": "unit", "taxe": "tax", "taxes": "tax", "paiement": "payment", "transmettre": "escalate", "escalader": "escalate", "retourner": "return",
	"renvoyer": "return", "noter": "note", "remarque": "note", "approuve": "approved", "transmis": "escalated", "renvoye": "returned", "retourne": "returned",
	"anglais": "en", "francais": "fr", "prochaineetape": "next_step", "signification": "means", "variante": "variant", "condition": "when",
	"amount": "total", "price": "total", "sum": "total", "vendor": "supplier", "category": "commodity",
	"rule": "guardrail", "rules": "guardrail", "guardrails": "guardrail", "if": "when", "description": "description",
}
