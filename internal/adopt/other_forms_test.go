package adopt

import (
	"bytes"
	"fmt"
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"

	"handrail/internal/workbook"
)

// otherForm is a form as a few rows of text: cells of a row between "|", a row a line, and what its labels are.
// ">" merges a cell with the one on its left.
type otherForm struct {
	name   string
	rows   string
	header []int
	fields map[string]string // by label: the field; what is not here is none
	also   map[string]string
	drops  map[string]string // cells: the answers that they offer
	answer map[string]string // words of the form: the code
}

var otherForms = []otherForm{
	{name: "NGO purchase request", header: []int{9}, rows: `
Purchase Request Form (PRF)
Country office:|>||PR number:
Project / grant code:|>||Date of PR:
Requested by:|>||Position:
E-mail:|>||Delivery date needed:
Delivery location:|>||Currency:

Section A: items
No.|Description / technical specifications|Unit of measure|Quantity|Estimated unit cost|Estimated total cost|Budget line|Remarks
1
2
3
4
|||||Total estimated cost

Justification for the purchase:|>
Requester signature|||Budget holder signature|||Logistics officer
Name:|||Name:|||Name:
Date:|||Date:|||Date:`,
		fields: map[string]string{"Country office:": "branch", "Requested by:": "requester", "E-mail:": "email", "Delivery date needed:": "needed_by", "Currency:": "currency", "No.": "item",
			"Description / technical specifications": "description", "Quantity": "quantity", "Estimated unit cost": "unit_price", "Estimated total cost": "total", "Budget line": "gl_account",
			"Justification for the purchase:": "justification"},
		also: map[string]string{"Description / technical specifications": "title", "Estimated total cost": "net", "Budget line": "cost_centre"}},
	{name: "UK school order form", header: []int{10}, rows: `
Hillside Primary School
INTERNAL ORDER FORM

Teacher's name||||Supplier
Subject / year group||||Supplier's address
Date of order||||Tel no.
Date required by||||Account no. with supplier
Cost centre||||Ledger code

Quantity|Catalogue number|Page|Description|Unit price (ex VAT)|Total (ex VAT)



||||Carriage
||||Total ex VAT
||||VAT @ 20%
||||Grand total

Reason for order
Authorised by (budget holder)||||Date`,
		fields: map[string]string{"Teacher's name": "requester", "Supplier": "supplier", "Date required by": "needed_by", "Cost centre": "cost_centre", "Ledger code": "gl_account", "Quantity": "quantity",
			"Description": "description", "Unit price (ex VAT)": "unit_price", "Total (ex VAT)": "net", "Reason for order": "justification"},
		also: map[string]string{"Description": "title"}},
	{name: "mairie: bon de commande", header: []int{11}, rows: `
MAIRIE DE SAINT-EXEMPLE
Bon de commande interne

Service demandeur :|>||Fournisseur :|>
Nom de l'agent :|>||Adresse :|>
Courriel :|>||SIRET :|>
Imputation budgétaire :|>||Téléphone :|>
Date de la demande :|>||Date de livraison souhaitée :|>
Motif de la commande :|>

Réf.|Désignation|Qté|Unité|P.U. HT|Montant HT|Taux TVA|Montant TVA|Montant TTC



||||Total HT
||||TVA
||||Total TTC
Visa du chef de service||||Visa du directeur général des services`,
		fields: map[string]string{"Service demandeur :": "branch", "Nom de l'agent :": "requester", "Courriel :": "email", "Imputation budgétaire :": "cost_centre", "Motif de la commande :": "justification",
			"Fournisseur :": "supplier", "SIRET :": "supplier_id", "Date de livraison souhaitée :": "needed_by", "Désignation": "description", "Qté": "quantity", "P.U. HT": "unit_price", "Montant HT": "net",
			"Montant TVA": "tax", "Montant TTC": "total"},
		also: map[string]string{"Désignation": "title", "Imputation budgétaire :": "gl_account"}},
	{name: "Québec: demande d'achat", header: []int{10}, rows: `
Demande d'achat de biens et services

Nom du requérant||||Date de la demande
Direction||||Date requise
Adresse courriel||||Mode de paiement
Centre de responsabilité||||Poste budgétaire
Fournisseur suggéré||||NEQ du fournisseur
Titulaire de la carte d'achat (courriel)||||Niveau de sécurité

No|Description du besoin|Catégorie (bien ou service)|Quantité|Coût unitaire estimé ($)|Sous-total|TPS|TVQ|Total taxes incluses|No de produit


||||Total de la demande

Justification du besoin
Gestionnaire autorisé (courriel)||||Date d'autorisation`,
		fields: map[string]string{"Nom du requérant": "requester", "Direction": "branch", "Date requise": "needed_by", "Adresse courriel": "email", "Mode de paiement": "payment",
			"Centre de responsabilité": "cost_centre", "Poste budgétaire": "gl_account", "Fournisseur suggéré": "supplier", "NEQ du fournisseur": "supplier_id",
			"Titulaire de la carte d'achat (courriel)": "cardholder", "Niveau de sécurité": "security", "No": "item", "Description du besoin": "description", "Catégorie (bien ou service)": "commodity",
			"Quantité": "quantity", "Coût unitaire estimé ($)": "unit_price", "Sous-total": "net", "TPS": "tax", "TVQ": "tax", "Total taxes incluses": "total", "Justification du besoin": "justification",
			"Gestionnaire autorisé (courriel)": "authorized_by", "Date d'autorisation": "authorized_on"},
		also:   map[string]string{"Description du besoin": "title"},
		drops:  map[string]string{"C11:C12": "Bien,Service", "F5": "Carte d'achat,Facture,Autre"},
		answer: map[string]string{"Bien": "goods", "Service": "services"}},
	{name: "US purchase requisition", header: []int{12}, rows: `
STATE UNIVERSITY
PURCHASE REQUISITION|||||REQ #:
Vendor Name|>|>||Ship To Attn
Vendor Address|>|>||Bldg / Room
City, State, ZIP|>|>||Department
Vendor Phone|>|>||Requisitioner
Vendor FEIN|>|>||Requisitioner Email
Contract # (if applicable)|>|>||Date Needed

Funding: |Fund|Org|Acct|Prog

Line #|Qty|U/M|Item # / Catalog #|Item Description|Unit Cost|Ext. Cost
1
2
3
|||||Subtotal
|||||Shipping/Handling
|||||Total

Business justification (required over $5,000):
Dept. Head Approval|||Date|||Dean Approval`,
		fields: map[string]string{"Vendor Name": "supplier", "Department": "branch", "Requisitioner": "requester", "Requisitioner Email": "email", "Date Needed": "needed_by", "Line #": "item", "Qty": "quantity",
			"Item Description": "description", "Unit Cost": "unit_price", "Ext. Cost": "net", "Fund": "", "Acct": "", "Vendor FEIN": "supplier_id", "Business justification (required over $5,000):": "justification"},
		also: map[string]string{"Item Description": "title", "Ext. Cost": "total", "Fund": "cost_centre", "Acct": "gl_account"}},
	{name: "travel agency style single boxes", header: nil, rows: `
Small purchase form
1. Who are you?
Name of requester
Work e-mail
Team
2. What do you need?
Item or service requested
Why is it needed?
Quantity
Price per unit
Price before tax
GST/HST
Total price
Needed by (date)
3. From whom?
Company
Why this company?
4. How is it paid?
Payment method
Cost centre
Approving manager e-mail`,
		fields: map[string]string{"Name of requester": "requester", "Work e-mail": "email", "Team": "branch", "Item or service requested": "title", "Why is it needed?": "justification", "Quantity": "quantity",
			"Price per unit": "unit_price", "Price before tax": "net", "GST/HST": "tax", "Total price": "total", "Needed by (date)": "needed_by", "Company": "supplier", "Why this company?": "rationale",
			"Payment method": "payment", "Cost centre": "cost_centre", "Approving manager e-mail": "authorized_by"},
		also: map[string]string{"Item or service requested": "description"}},
}

func (o *otherForm) workbook(t *testing.T) []byte {
	t.Helper()
	book := excelize.NewFile()
	set := func(err error) {
		if err != nil {
			t.Fatal(err)
		}
	}
	row := 0
	for line := range strings.SplitSeq(strings.TrimPrefix(o.rows, "\n"), "\n") {
		row++
		start := 0
		for i, text := range strings.Split(line, "|") {
			cell := workbook.Ref(i+1, row)
			switch {
			case text == ">":
				set(book.MergeCell("Sheet1", workbook.Ref(max(start, 2), row), cell))
				continue
			case text != "":
				set(book.SetCellStr("Sheet1", cell, text))
			}
			start = i + 2
		}
	}
	for cells, answers := range o.drops {
		rule := excelize.NewDataValidation(true)
		rule.SetSqref(cells)
		set(rule.SetDropList(strings.Split(answers, ",")))
		set(book.AddDataValidation("Sheet1", rule))
	}
	var b bytes.Buffer
	set(book.Write(&b))
	return b.Bytes()
}

// TestOtherFormsAreAdopted prints the same figures for forms in other styles than those of the test material.
func TestOtherFormsAreAdopted(t *testing.T) {
	adopted := 0
	for _, o := range otherForms {
		p := proposeOf(t, o.workbook(t))
		var edits []string
		seen := map[string]bool{}
		for _, s := range append(append([]Seen{}, p.Columns...), p.Boxes...) {
			want := o.fields[s.Words]
			if s.Field != want && (s.Field == "" || s.Field != o.also[s.Words]) {
				edits = append(edits, fmt.Sprintf("%s %q is %q, not %q", s.Cell, s.Words, want, s.Field))
			}
			seen[s.Words] = true
		}
		for label, field := range o.fields {
			if !seen[label] {
				edits = append(edits, fmt.Sprintf("%q is %s and was not seen", label, field))
			}
		}
		if fmt.Sprint(p.HeaderRows) != fmt.Sprint(o.header) {
			edits = append(edits, fmt.Sprintf("the header is row %v, not %v", o.header, p.HeaderRows), "", "")
		}
		for words, code := range o.answer {
			if !strings.Contains(p.Block(), quote(words)) {
				edits = append(edits, fmt.Sprintf("%q is the answer %s", words, code))
			}
		}
		t.Logf("%-34s %2d fields, %d edits %s", o.name, len(o.fields), len(edits), strings.Join(edits, "; "))
		if len(edits) <= 2 {
			adopted++
		}
	}
	if adopted < len(otherForms) {
		t.Errorf("%d of %d other forms are adopted with at most two edits", adopted, len(otherForms))
	}
}
