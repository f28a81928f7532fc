package rules

import (
	"fmt"

	"handrail/internal/request"
)

// The built-in findings about what the department's registers do not have, or have otherwise. They send a line to an officer, never
// back: whoever asks can seldom mend a register.
const (
	CentreGuardrail       = "register-cost-centre"
	CentreDatesGuardrail  = "register-cost-centre-dates"
	CentrePersonGuardrail = "register-cost-centre-person"
	BranchGuardrail       = "register-branch"
	PersonGuardrail       = "register-person"
	ManagerGuardrail      = "register-manager"
	SupplierGuardrail     = "register-supplier"
)

const (
	registerSource   = "Handrail: built in. What the department's registers know counts before what somebody types."
	registerSourceFR = "Handrail\u00a0: balise intégrée. Ce que disent les registres du ministère l’emporte sur ce qui est saisi."
)

var (
	centreTitle       = request.Text{EN: "Cost centre not in the register", FR: "Centre de coûts absent du registre"}
	centreDatesTitle  = request.Text{EN: "Cost centre out of its dates", FR: "Centre de coûts hors de sa période"}
	centrePersonTitle = request.Text{EN: "Cost centre of somebody else", FR: "Centre de coûts d’une autre personne"}
	branchTitle       = request.Text{EN: "Branch by the register", FR: "Direction générale selon le registre"}
	personTitle       = request.Text{EN: "Person not in the register", FR: "Personne absente du registre"}
	managerTitle      = request.Text{EN: "Section 32 manager by the register", FR: "Gestionnaire délégataire selon le registre"}
	supplierTitle     = request.Text{EN: "Supplier perhaps known by another name", FR: "Fournisseur peut-être connu sous un autre nom"}
)

// registered adds a finding for each value that a register does not have, or has otherwise.
func (e *evaluation) registered(findings []request.Finding) []request.Finding {
	if e.facts.Registers == nil {
		return findings
	}
	for i := range e.facts.Registers.Checks {
		c := &e.facts.Registers.Checks[i]
		f, known := registerFinding(c)
		if !known {
			continue // of a later version: what it looked at is not this one's to judge
		}
		if f.Cells = []string{}; f.Source == "" {
			f.Source, f.SourceFR = registerSource, registerSourceFR
		}
		if field := registerField(c.Kind); field != request.NoField {
			if cell := e.facts.Line.Values[field].Cell; cell != "" {
				f.Cells = append(f.Cells, cell)
			}
		}
		findings = append(findings, f)
	}
	return findings
}

// registerField is the field that a check looked up; NoField where it is of the request.
func registerField(k request.RegisterKind) request.Field {
	switch k {
	case request.CentreUnknown, request.CentreEarly, request.CentreEnded, request.CentreNotTheirs:
		return request.CostCentre
	case request.ManagerUnknown, request.ManagerOther:
		return request.AuthorizedBy
	case request.SupplierNear, request.SupplierNew:
		return request.Supplier
	}
	return request.NoField
}

const (
	toOfficerEN = " So an officer looks at the line."
	toOfficerFR = " La ligne est donc soumise à l’approvisionnement."
)

// registerFinding says what a check found. Its reader is who asked; the officer reads the same without what is done with it.
func registerFinding(c *request.RegisterCheck) (request.Finding, bool) {
	f := request.Finding{Action: request.Escalate}
	var en, fr string
	form, formFR := request.QuoteEN(c.Form), request.QuoteFR(c.Form)
	near, nearFR := nearestIn(c)
	switch c.Kind {
	case request.CentreUnknown:
		f.Guardrail, f.Title = CentreGuardrail, centreTitle
		en, fr = "The cost centre "+form+" is not in the department's register."+near, "Le centre de coûts "+formFR+" ne figure pas au registre du ministère."+nearFR
	case request.CentreEarly:
		f.Guardrail, f.Title = CentreDatesGuardrail, centreDatesTitle
		en, fr = "The cost centre "+form+" begins on "+c.Day.String()+" only.", "Le centre de coûts "+formFR+" n’existe qu’à compter du "+c.Day.String()+"."
	case request.CentreEnded:
		f.Guardrail, f.Title = CentreDatesGuardrail, centreDatesTitle
		en, fr = "The cost centre "+form+" ended on "+c.Day.String()+".", "Le centre de coûts "+formFR+" a pris fin le "+c.Day.String()+"."
	case request.CentreNotTheirs:
		f.Guardrail, f.Title = CentrePersonGuardrail, centrePersonTitle
		en = "By the department's register, the sender does not ask for the cost centre " + form + ", but for " + request.QuoteEN(c.Register) + "."
		fr = "Selon le registre du ministère, l’expéditeur ne fait pas de demandes pour le centre de coûts " + formFR + ", mais pour " + request.QuoteFR(c.Register) + "."
	case request.SenderUnknown:
		f.Guardrail, f.Title = PersonGuardrail, personTitle
		en, fr = "The sender, "+oneLine(c.Form)+", is not in the department's register of people.", "L’expéditeur, "+oneLine(c.Form)+", ne figure pas au registre du personnel du ministère."
	case request.BranchRead:
		f.Guardrail, f.Title, f.Action = BranchGuardrail, branchTitle, request.Note
		en = "The form says the branch " + form + ". By the department's register it is " + request.QuoteEN(c.Register) + ", which counts."
		fr = "Le formulaire indique la direction générale " + formFR + ". Selon le registre du ministère, il s’agit de " + request.QuoteFR(c.Register) + ", qui est retenue."
	case request.BranchUnknown:
		f.Guardrail, f.Title = BranchGuardrail, branchTitle
		en, fr = "The branch "+form+" is not in the department's register."+near, "La direction générale "+formFR+" ne figure pas au registre du ministère."+nearFR
	case request.ManagerUnknown:
		f.Guardrail, f.Title = ManagerGuardrail, managerTitle
		en, fr = "The section 32 manager "+oneLine(c.Form)+" is not in the department's register of people."+near, "Le gestionnaire délégataire (article 32) "+oneLine(c.Form)+" ne figure pas au registre du personnel du ministère."+nearFR
	case request.ManagerOther:
		f.Guardrail, f.Title = ManagerGuardrail, managerTitle
		en = "By the department's register, " + oneLine(c.Form) + " is not the manager of this cost centre; the register has " + oneLine(c.Register) + "."
		fr = "Selon le registre du ministère, " + oneLine(c.Form) + " n’est pas gestionnaire de ce centre de coûts; le registre indique " + oneLine(c.Register) + "."
	case request.SupplierNear:
		f.Guardrail, f.Title, f.Action = SupplierGuardrail, supplierTitle, request.Note
		f.Message = request.Text{
			EN: "The supplier " + form + " is not in the department's register. Did you mean " + request.QuoteEN(c.Register) + "?",
			FR: "Le fournisseur " + formFR + " ne figure pas au registre du ministère. Vouliez-vous dire " + request.QuoteFR(c.Register) + "?",
		}
		return f, true
	case request.SupplierNew:
		f.Guardrail, f.Title, f.Action = SupplierGuardrail, supplierTitle, request.Note
		f.Source = "Handrail: built in. A new name of a supplier is compared with those of earlier requests."
		f.SourceFR = "Handrail\u00a0: balise intégrée. Un nouveau nom de fournisseur est comparé à ceux des demandes antérieures."
		f.Message = request.Text{
			EN: fmt.Sprintf("No earlier request names the supplier %s. Did you mean %s (%d requests)?", form, request.QuoteEN(c.Register), c.Requests),
			FR: fmt.Sprintf("Aucune demande antérieure ne nomme le fournisseur %s. Vouliez-vous dire %s (%d\u00a0demandes)?", formFR, request.QuoteFR(c.Register), c.Requests),
		}
		return f, true
	default:
		return f, false
	}
	f.Message = request.Text{EN: en, FR: fr}
	if f.Action == request.Escalate {
		f.Officer = f.Message
		f.Message = request.Text{EN: en + toOfficerEN, FR: fr + toOfficerFR}
	}
	return f, true
}

// nearestIn names what the register has instead, where there is something.
func nearestIn(c *request.RegisterCheck) (en, fr string) {
	if c.Register == "" {
		return "", ""
	}
	if c.Kind == request.ManagerUnknown {
		return " The register has " + oneLine(c.Register) + ".", " Le registre indique " + oneLine(c.Register) + "."
	}
	return " The nearest there is " + request.QuoteEN(c.Register) + ".", " La valeur la plus proche y est " + request.QuoteFR(c.Register) + "."
}
