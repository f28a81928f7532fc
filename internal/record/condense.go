package record

import (
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"

	"handrail/internal/request"
	"handrail/internal/workbook"
)

// What a cell and a comment may say before the rest goes to the sheet Handrail, in characters, and how many cells get a
// comment. Beyond that nobody reads them, and programs become slow.
const (
	longestWhy     = 600
	longestComment = 400
	mostComments   = 1_000
)

// rowWords makes the words of all rows, and keeps what did not fit.
type rowWords struct {
	lang     request.Lang
	policy   *request.PolicyMark
	sheet    string // the name of the sheet
	named    bool   // rows are named with it
	answer   *answer
	comments []workbook.Comment
	at       map[string]int // cell to its place in comments
	cut      map[string]bool
}

// inFull is a text that a cell or a comment had no room for.
type inFull struct{ where, text string }

var restOnSheet = request.Text{EN: "The rest is on the sheet Handrail.", FR: "La suite se trouve dans la feuille Handrail."}

// note is what could stand as a comment on a cell.
type note struct {
	cell, text string
	weight     int
}

// The weights of notes: of those on one cell the heaviest becomes its comment, the others stand in the column Why.
const (
	remarkWeight = iota
	noteWeight
	escalateWeight
	missingWeight
	ownWordsWeight
	problemWeight
)

// row is what stands in the row's Why, and gives its cells their comments. In a row whose height is fixed at points,
// 0 for none, it fits.
func (w *rowWords) row(r *JudgedRow, points float64) string {
	notes := w.notes(r)
	best := map[string]note{}
	for _, n := range notes {
		if b, ok := best[n.cell]; !ok || n.weight > b.weight {
			best[n.cell] = n
		}
	}
	room := mostComments - len(w.comments)
	g := request.Gather(r.Problems, r.Findings, func(f *request.Finding) bool {
		return len(best) <= room && !slices.ContainsFunc(f.Missing, func(m request.Missing) bool {
			return m.Cell == "" || best[m.Cell].text != f.Message.In(w.lang)
		})
	})
	for _, n := range notes {
		if best[n.cell] == n {
			w.answer.comment(w.sheet, n.cell, n.text)
		}
	}
	return w.fit(w.place(r.Row), w.sentences(r, &g), points)
}

// place names a row.
func (w *rowWords) place(row int) string {
	t := request.Text{EN: fmt.Sprintf("Row %d", row), FR: fmt.Sprintf("Rangée %d", row)}
	if w.named {
		t = request.Text{EN: fmt.Sprintf("Row %d of %s", row, request.QuoteEN(w.sheet)), FR: fmt.Sprintf("Rangée %d de %s", row, request.QuoteFR(w.sheet))}
	}
	return t.In(w.lang)
}

// notes are all that could be said at the row's cells.
func (w *rowWords) notes(r *JudgedRow) []note {
	var notes []note
	if r.Moved {
		return nil // what was said of cells is about others now
	}
	for _, p := range r.Problems {
		if p.Cell == "" {
			continue
		}
		if p.Sheet != w.sheet {
			p.Cell = workbook.OnSheet(p.Sheet, p.Cell)
		}
		weight := noteWeight
		if p.Severity == request.ReturnSeverity {
			weight = problemWeight
		}
		notes = append(notes, note{p.Cell, p.Message.In(w.lang), weight})
	}
	for i := range r.Findings {
		f := &r.Findings[i]
		if len(f.Missing) > 0 {
			for _, m := range f.Missing {
				n := note{m.Cell, request.FillIn([]request.Missing{m}).In(w.lang), missingWeight}
				if f.OwnWords() {
					n.text, n.weight = f.Message.In(w.lang), ownWordsWeight
				}
				if m.Cell != "" {
					notes = append(notes, n)
				}
			}
			continue
		}
		weight := [...]int{remarkWeight, noteWeight, escalateWeight, ownWordsWeight}[min(max(f.Action.Rank(), 0), 3)]
		if f.ExemptedBy != "" {
			weight = remarkWeight
		}
		for _, cell := range f.Cells {
			notes = append(notes, note{cell, f.Message.In(w.lang), weight})
		}
	}
	return notes
}

// comment puts a text on a cell. A box above the table has the words of every line that it concerns.
func (w *rowWords) comment(cell, text string) {
	i, known := w.at[cell]
	switch {
	case known && (w.cut[cell] || strings.Contains(w.comments[i].Text, text)):
		return
	case !known && len(w.comments) == mostComments:
		w.answer.rest = append(w.answer.rest, inFull{w.cell(cell), text})
		return
	case known:
		text = w.comments[i].Text + "\n\n" + text
	default:
		i = len(w.comments)
		w.at[cell] = i
		w.comments = append(w.comments, workbook.Comment{Cell: cell})
	}
	if utf8.RuneCountInString(text) > longestComment {
		w.cut[cell] = true
		w.answer.rest = append(w.answer.rest, inFull{w.cell(cell), text})
		text = w.shortened([]string{text}, longestComment)
	}
	w.comments[i].Text = text
}

// cell names a cell, with its sheet where there are several.
func (w *rowWords) cell(cell string) string {
	if w.named {
		return workbook.OnSheet(w.sheet, cell)
	}
	return cell
}

// sentences say what a row's outcome rests on, the gravest first, and of an approved one the next step.
func (w *rowWords) sentences(r *JudgedRow, g *request.Gathered) []string {
	var parts []string
	add := func(s string) {
		if s != "" && !slices.Contains(parts, s) {
			parts = append(parts, s)
		}
	}
	if r.Outcome == request.Approved && r.Reference != "" {
		add(strings.ReplaceAll(w.policy.NextStep.In(w.lang), "{reference}", r.Reference))
	}
	for _, p := range r.Problems {
		if p.Severity == request.ReturnSeverity {
			add(p.Message.In(w.lang))
		}
	}
	if len(g.Missing) > 0 {
		add(request.FillIn(g.Missing).In(w.lang))
	}
	for _, f := range g.Findings {
		text := f.Message.In(w.lang)
		if f.ExemptedBy != "" {
			text += " " + request.Text{EN: "Exempted: " + f.ExemptedBy, FR: "Exemption\u00a0: " + f.Exempted(request.French)}.In(w.lang)
		}
		add(text)
	}
	if r.DecidedBy != "" {
		decided := request.Text{EN: "Decided by " + r.DecidedBy, FR: "Décision de " + r.DecidedBy}.In(w.lang)
		if r.Reason != "" {
			decided += request.Text{EN: ": ", FR: "\u00a0: "}.In(w.lang) + r.Reason
		}
		add(decided)
	}
	for _, p := range r.Problems {
		if p.Severity != request.ReturnSeverity {
			add(p.Message.In(w.lang))
		}
	}
	for _, t := range r.Remarks {
		add(t.In(w.lang))
	}
	return parts
}

// fit is the sentences, or as many of them as a cell holds; all of them then stand on the sheet Handrail.
func (w *rowWords) fit(where string, sentences []string, points float64) string {
	whole := strings.Join(sentences, "\n")
	most := longestWhy
	if points > 0 && !workbook.WhyFits(whole, points) {
		most = workbook.WhyRoom(points)
		sentences = []string{strings.Join(sentences, " ")} // line breaks take room
	}
	if utf8.RuneCountInString(whole) <= most {
		return whole
	}
	w.answer.rest = append(w.answer.rest, inFull{where, whole})
	return w.shortened(sentences, most)
}

// shortened is as many whole texts as go into most characters with the words that say where the rest is; of a first one
// that is longer, as many of its words.
func (w *rowWords) shortened(texts []string, most int) string {
	end := restOnSheet.In(w.lang)
	room := most - utf8.RuneCountInString(end) - 1
	out := ""
	for i, t := range texts {
		n := utf8.RuneCountInString(t)
		if room -= n + 1; room >= -1 {
			out += t + "\n"
			continue
		}
		if room += n; i == 0 && room > 0 {
			r := []rune(t)[:room]
			if at := strings.LastIndexAny(string(r), " \n"); at > 0 {
				return string(r)[:at] + "… " + end
			}
			return string(r) + "… " + end
		}
		break
	}
	return out + end
}

// apartText says why the answer is not where it would be sorted, filtered or printed with the lines.
func apartText(a workbook.Apart) request.Text {
	switch a {
	case workbook.NoRoom:
		return request.Text{
			EN: "The sheet has no three free columns for the answer: it stands in the comments and on this sheet only.",
			FR: "La feuille n’a pas trois colonnes libres pour la réponse\u00a0: celle-ci ne figure que dans les commentaires et sur la présente feuille."}
	case workbook.Occupied:
		return request.Text{
			EN: "Something else stands at the right of the lines, so the answer stands further right. Sorting or filtering the lines does not move it with them.",
			FR: "Autre chose se trouve à droite des lignes; la réponse est donc plus à droite. Un tri ou un filtre des lignes ne la déplace pas avec elles."}
	case workbook.Connected:
		return request.Text{
			EN: "The table is filled from another source, so the answer stands beside it and not in it. Sorting or filtering the table does not move it with the lines.",
			FR: "Le tableau est alimenté par une autre source; la réponse est donc à côté et non dedans. Un tri ou un filtre du tableau ne la déplace pas avec les lignes."}
	case workbook.Irregular:
		return request.Text{
			EN: "The table’s own list of columns is damaged, so the answer stands beside the table and not in it. Sorting or filtering the table does not move it with the lines.",
			FR: "La liste des colonnes du tableau est endommagée; la réponse est donc à côté du tableau et non dedans. Un tri ou un filtre du tableau ne la déplace pas avec les lignes."}
	case workbook.InTotals:
		return request.Text{
			EN: "A line stands in the table’s row of totals, so the answer stands beside the table and not in it. Sorting or filtering the table does not move it with the lines.",
			FR: "Une ligne se trouve dans la rangée des totaux du tableau; la réponse est donc à côté du tableau et non dedans. Un tri ou un filtre du tableau ne la déplace pas avec les lignes."}
	case workbook.Headerless:
		return request.Text{
			EN: "The table’s headers are no part of it, so the answer stands beside the table and not in it. Sorting or filtering the table does not move it with the lines.",
			FR: "Les en-têtes du tableau n’en font pas partie; la réponse est donc à côté et non dedans. Un tri ou un filtre du tableau ne la déplace pas avec les lignes."}
	case workbook.PrintUnknown:
		return request.Text{
			EN: "The print area is worked out by a formula or leaves out the lines, so it was not extended. Printed, the sheet may lack the answer.",
			FR: "La zone d’impression est calculée par une formule ou exclut les lignes; elle n’a donc pas été étendue. Imprimée, la feuille peut ne pas montrer la réponse."}
	default:
		return request.Text{}
	}
}
