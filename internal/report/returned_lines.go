package report

import (
	"strings"
	"unicode"

	"handrail/internal/request"
	"handrail/internal/workbook"
)

// Headings of what finance says of lines: that nothing more will be charged, or that something will after all.
var (
	colClose     = request.Text{EN: "Close (fill in)", FR: "Fermer (à remplir)"}
	colReopen    = request.Text{EN: "Reopen (fill in)", FR: "Rouvrir (à remplir)"}
	colWhyClosed = request.Text{EN: "Reason (fill in)", FR: "Motif (à remplir)"}
)

// ReturnedLine is a line that finance closes, or opens again.
type ReturnedLine struct {
	Reference string
	Reopen    bool
	Reason    string // "" none
	Sheet     string // the name of the file
	Cell      string
}

// readClosing reads a row of the sheet of approvals without a charge: at are the columns of the reference, of the answer and of
// the reason.
func (h *Returned) readClosing(r *workbook.Row, at []int, file string) {
	h.readLine(r, at, file, false)
}

// readReopening reads a row of the sheet of closed lines.
func (h *Returned) readReopening(r *workbook.Row, at []int, file string) {
	h.readLine(r, at, file, true)
}

func (h *Returned) readLine(r *workbook.Row, at []int, file string, reopen bool) {
	answer := r.Cell(at[1])
	if answer == nil {
		return
	}
	said, reason := closingWords(answer.Value, reopen)
	if beside := r.Cell(at[2]); beside != nil && strings.TrimSpace(beside.Value) != "" {
		reason = request.Clean(beside.Value)
	}
	cell := workbook.Ref(at[1], r.Number)
	problem := func(code string, what request.Text) {
		h.Problems = append(h.Problems, request.Problem{Sheet: file, Cell: cell, Code: code, Severity: request.ReturnSeverity, Message: what})
	}
	switch said {
	case closingNo:
		return
	case closingUnclear:
		what := request.Text{
			EN: request.QuoteEN(request.Clean(answer.Value)) + " does not say whether nothing more will be charged for this line. Write “close” to close it, or leave the cell empty.",
			FR: request.QuoteFR(request.Clean(answer.Value)) + " n’indique pas si plus rien ne sera porté au compte pour cette ligne. Inscrivez «\u00a0fermer\u00a0» pour la fermer, ou laissez la cellule vide.",
		}
		if reopen {
			what = request.Text{
				EN: request.QuoteEN(request.Clean(answer.Value)) + " does not say whether this line is to be open again. Write “reopen”, or leave the cell empty.",
				FR: request.QuoteFR(request.Clean(answer.Value)) + " n’indique pas si cette ligne doit être rouverte. Inscrivez «\u00a0rouvrir\u00a0», ou laissez la cellule vide.",
			}
		}
		problem("not-a-closing", what)
		return
	}
	var reference string
	if c := r.Cell(at[0]); c != nil {
		if ref, ok := request.ParseReference(strings.TrimSpace(c.Value)); ok {
			reference = ref.String()
		}
	}
	if reference == "" {
		problem("no-reference", request.Text{
			EN: "The number of the line is missing or damaged in this row: nothing was done. Copy it again from the workbook that you were sent.",
			FR: "Le numéro de la ligne manque ou est endommagé dans cette rangée\u00a0: rien n’a été fait. Copiez-le de nouveau à partir du classeur reçu.",
		})
		return
	}
	h.Lines = append(h.Lines, ReturnedLine{Reference: reference, Reopen: reopen, Reason: reason, Sheet: file, Cell: cell})
}

// closingAnswer is what somebody wrote beside a line.
type closingAnswer int

const (
	closingNo      closingAnswer = iota // nothing, or that it stays as it is
	closingYes                          // what the column asks for
	closingUnclear                      // a question, a condition, or something else
)

// closingWords reads an answer and the reason after it: "close", "Fermer : achetée ailleurs".
func closingWords(text string, reopen bool) (said closingAnswer, reason string) {
	text = strings.TrimFunc(request.Clean(text), func(r rune) bool { return strings.ContainsRune(".!…", r) || unicode.IsSpace(r) })
	if text == "" || request.Fold(text) == "" && !strings.ContainsAny(text, "?✓✔☑xX") {
		return closingNo, ""
	}
	yes, no := closeWords, keepWords
	if reopen {
		yes, no = reopenWords, keepClosedWords
	}
	head, tail := text, ""
	if at := strings.IndexFunc(text, func(r rune) bool { return strings.ContainsRune(":;,–—(", r) }); at > 0 {
		head, tail = text[:at], strings.Trim(text[at:], ":;,–—() \u00a0")
	} else if before, after, found := strings.Cut(text, " - "); found {
		head, tail = before, request.Clean(after)
	}
	switch said := plainWords(head); {
	case strings.Contains(text, "?") || saysMaybe(text):
		return closingUnclear, ""
	case no(said):
		return closingNo, ""
	case !yes(said), no(plainWords(tail)):
		return closingUnclear, ""
	}
	return closingYes, tail
}

// plainWords is a text without what is only polite, or only points at the row.
func plainWords(s string) string {
	s = strings.NewReplacer("✓", "x", "✔", "x", "☑", "x", "’", " ", "'", " ", "-", " ", "/", " ").Replace(s)
	var kept []string
	for _, w := range strings.Fields(s) {
		switch f := request.Fold(w); f {
		case "", "please", "pls", "it", "this", "the", "line", "that", "one", "now", "off", "svp", "merci", "thanks", "thank", "you", "sil", "s", "il", "vous", "plait", "la", "le", "l", "cette", "ce", "ligne", "celle", "ci", "a", "to", "be", "is", "est", "veuillez", "maintenant":
		default:
			kept = append(kept, f)
		}
	}
	return strings.Join(kept, " ")
}

func closeWords(s string) bool {
	switch s {
	case "close", "closed", "close out", "closed out", "cancel", "canceled", "cancelled", "cancelled by supplier", "not needed", "no longer needed", "no longer required", "not required", "not bought", "never bought", "not purchased",
		"won t bought", "will not bought", "abandoned", "release", "released", "free up", "complete", "completed", "finished", "final", "nothing more", "no more charges", "no more", "nothing more charged", "purchase cancelled", "order cancelled",
		"x", "yes", "y", "oui", "o", "vrai", "true", "1",
		"fermer", "ferme", "fermee", "fermez", "clore", "clos", "close clore", "cloturer", "cloture", "cloturee", "annuler", "annule", "annulee", "commande annulee", "achat annule", "pas achete", "pas achetee", "non achete", "non achetee",
		"jamais achete", "jamais achetee", "plus necessaire", "n plus necessaire", "plus requis", "plus requise", "n plus requis", "n plus requise", "pas necessaire", "abandonne", "abandonnee", "liberer", "libere", "liberee", "termine", "terminee", "complet", "complete fr", "plus rien", "rien plus",
		"aucun autre achat", "plus d achat", "plus aucun achat":
		return true
	}
	return false
}

func keepWords(s string) bool {
	switch s {
	case "no", "n", "non", "keep", "keep open", "leave", "leave open", "stay open", "stays open", "open", "not close", "do not close", "don t close", "dont close", "not closed", "not yet", "wait", "waiting", "later", "false", "faux", "0", "n a", "none",
		"garder", "gardez", "garder ouverte", "laisser", "laisser ouverte", "laisser ouvert", "ouvert", "ouverte", "ne pas fermer", "pas fermer", "pas encore", "attendre", "attendez", "en attente", "plus tard", "reste ouverte", "s o", "so":
		return true
	}
	return false
}

func reopenWords(s string) bool {
	switch s {
	case "reopen", "re open", "reopened", "open", "open again", "reopen again", "undo", "undo closing", "not closed", "still needed", "still open", "mistake", "error", "closed by mistake", "x", "yes", "y", "oui", "o", "vrai", "true", "1",
		"rouvrir", "reouvrir", "re ouvrir", "rouvert", "rouverte", "rouvrez", "ouvrir", "ouverte", "ouvert", "annuler fermeture", "encore necessaire", "toujours necessaire", "erreur", "fermee par erreur", "ferme par erreur", "par erreur":
		return true
	}
	return false
}

func keepClosedWords(s string) bool {
	switch s {
	case "no", "n", "non", "keep closed", "keep", "closed", "close", "leave closed", "leave", "stay closed", "stays closed", "do not reopen", "don t reopen", "dont reopen", "not reopen", "not yet", "later", "false", "faux", "0", "n a", "none",
		"garder", "garder fermee", "fermee", "ferme", "fermer", "laisser", "laisser fermee", "ne pas rouvrir", "pas rouvrir", "reste fermee", "pas encore", "plus tard", "s o", "so":
		return true
	}
	return false
}

// saysMaybe is true for a text with a condition or a doubt in it.
func saysMaybe(s string) bool {
	s = strings.ReplaceAll(strings.ToLower(s), "after all", "")
	for _, w := range strings.Fields(strings.NewReplacer("’", "' ", "'", "' ", ",", " ", ";", " ", ":", " ", "-", " ", "(", " ", ")", " ").Replace(s)) {
		switch request.Fold(w) {
		case "if", "unless", "when", "after", "until", "till", "once", "but", "maybe", "perhaps", "might", "could", "should", "probably", "check", "ask", "partially", "partly", "half", "except", "before",
			"si", "sauf", "quand", "apres", "jusqu", "jusqua", "mais", "lorsque", "lorsqu", "des", "peut", "peutetre", "verifier", "demander", "partiellement", "moitie", "probablement", "avant":
			return true
		}
	}
	return false
}
