package adopt

import (
	"slices"
	"strings"

	"handrail/internal/request"
)

// unsureAnswer is an answer of the form that may be any of a field's.
type unsureAnswer struct{ field, words string }

// answerWords are what answers are called, folded, by field and code. Declarations that decide (security, a public
// servant) have no words but those that mean nothing else.
var answerWords = []struct {
	field request.Field
	code  string
	words string
}{
	{request.Commodity, "goods", "good goods product products materials material supplies supply equipment bien biens produit produits fournitures marchandises materiel"},
	{request.Commodity, "services", "service services consulting labour prestation prestations"},
	{request.Commodity, "construction", "works construction work travaux"},
	{request.Payment, "acquisition card", "pcard purchasingcard procurementcard creditcard acquisitioncard card corporatecard purchasecard visa mastercard cartedachat cartedecredit carte cartedapprovisionnement"},
	{request.Payment, "invoice", "invoice onaccount purchaseorder po facture surfacture bondecommande invoicenet30 eft cheque account mandat virement"},
	{request.InternalCapacity, "none", "no non none aucune aucun"},
	{request.InternalCapacity, "available", "yes oui available disponible"},
	{request.Security, "unclassified", "unclassified nonclassifie unclassifiednonclassifie"},
	{request.Security, "protected A", "protecteda protegea prota"},
	{request.Security, "protected B", "protectedb protegeb protb"},
	{request.PublicServant, "no", "no non"},
}

// findAnswers finds out what the choices of the form are called.
func (p *Proposal) findAnswers() {
	p.Config.Answers = map[string][]string{}
	for _, s := range slices.Concat(p.Columns, p.Boxes) {
		f, ok := request.FieldByName(s.Field)
		if !ok || f.Info().Kind != request.ChoiceKind {
			continue
		}
		if f == request.Security && p.onlyUnclassified(s) {
			continue
		}
		for _, words := range slices.Concat(s.answers, p.boxAnswers(s), hintedAnswers(f, s.Words)) {
			p.answer(f, words)
		}
	}
}

// onlyUnclassified takes a box that asks whether the work is unclassified: its yes is that answer, its no is none that is
// known.
func (p *Proposal) onlyUnclassified(s Seen) bool {
	folded := request.Fold(s.Words)
	if !strings.Contains(folded, "unclassified") && !strings.Contains(folded, "nonclassifi") {
		return false
	}
	found := false
	for _, words := range slices.Concat(s.answers, p.boxAnswers(s), hintedChoices(s.Words)) {
		if yesOrNo(request.Fold(words)) == "yes" && !slices.Contains(p.Config.Answers["unclassified"], words) {
			p.Config.Answers["unclassified"] = append(p.Config.Answers["unclassified"], words)
			found = true
		}
	}
	return found
}

func (p *Proposal) answer(f request.Field, words string) {
	if isPrompt(words) || isCheckBox(words) || f.Info().Choices[0].Code == "yes" && isTruth(words) {
		return
	}
	if _, _, err := request.ParseChoice(f, words); err == nil {
		return
	}
	code := codeOf(f, words)
	if code == "" {
		if !slices.Contains(p.answers, unsureAnswer{f.String(), words}) {
			p.answers = append(p.answers, unsureAnswer{f.String(), words})
		}
		return
	}
	if !slices.Contains(p.Config.Answers[code], words) {
		p.Config.Answers[code] = append(p.Config.Answers[code], words)
	}
}

func codeOf(f request.Field, words string) string {
	code := ""
	for part := range strings.FieldsFuncSeq(words, func(r rune) bool { return r == '/' || r == '|' || r == '\n' }) {
		folded, is := request.Fold(part), ""
		if c, _, err := request.ParseChoice(f, part); err == nil {
			is = c
		}
		for _, w := range answerWords {
			if w.field == f && slices.Contains(strings.Fields(w.words), folded) {
				is = w.code
			}
		}
		if is == "" && f.Info().Choices[0].Code == "yes" {
			is = yesOrNo(folded)
		}
		if is == "" || code != "" && code != is {
			return ""
		}
		code = is
	}
	return code
}

// isTruth is true for what every yes or no is read from.
func isTruth(words string) bool {
	switch request.Fold(words) {
	case "true", "false", "vrai", "faux":
		return true
	}
	return false
}

func yesOrNo(folded string) string {
	switch folded {
	case "y", "yes", "true", "o", "oui", "vrai", "x":
		return "yes"
	case "n", "no", "false", "non", "faux":
		return "no"
	}
	return ""
}

// boxAnswers are the words beside the check boxes at the right of a label.
func (p *Proposal) boxAnswers(s Seen) []string {
	if s.Kind != "box" {
		return nil
	}
	var words []string
	ticked := false
	for _, c := range p.grid.rows[s.row] {
		switch {
		case c.col <= s.col || !c.isText:
		case isCheckBox(c.text):
			if ticked = strings.TrimSpace(strings.TrimLeft(c.text, "☐☑☒□[]xX ")) == ""; !ticked {
				words = append(words, strings.TrimSpace(strings.TrimLeft(c.text, "☐☑☒□[] ")))
			}
		case ticked:
			words, ticked = append(words, c.text), false
		}
	}
	return words
}

// hintedAnswers are those that the label of a yes or no offers in brackets: (Y/N), (TRUE/FALSE), (O/N).
func hintedAnswers(f request.Field, label string) []string {
	if f.Info().Choices[0].Code != "yes" {
		return nil
	}
	return hintedChoices(label)
}

func hintedChoices(label string) []string {
	_, rest, ok := strings.Cut(label, "(")
	hint, _, closed := strings.Cut(rest, ")")
	if !ok || !closed {
		return nil
	}
	var words []string
	for part := range strings.SplitSeq(hint, "/") {
		if part = strings.TrimSpace(part); yesOrNo(request.Fold(part)) != "" {
			words = append(words, part)
		}
	}
	return words
}
