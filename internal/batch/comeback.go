package batch

import (
	"context"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	"handrail/internal/ledger"
	"handrail/internal/request"
	"handrail/rules"
)

// comeBack is what a workbook's rows are to the ledger: rows that keep their decision, and lines to judge, some of
// which replace earlier ones.
type comeBack struct {
	lines      []request.Line
	supersedes []int64 // beside lines: the line that each replaces, 0 none
	amends     []int64 // beside lines: the line that each adds to, 0 none
	lower      []bool  // beside lines: nothing but a lower amount than an approved line
	replaced   []int64
	kept       []kept
	notes      []note
}

// comeBack sorts the rows of a workbook. A row that bears a reference is the same line only if the reference is the
// sender's own, stands in one row only, and its submission is open or young (DESIGN §6).
func (j *Job) comeBack(ctx context.Context, tx *ledger.Tx, now time.Time, h *heard, r *requestHeard) (*comeBack, error) {
	n := len(r.form.Lines) // a line is some kilobytes: the list does not grow
	back := &comeBack{lines: make([]request.Line, 0, n), supersedes: make([]int64, 0, n), amends: make([]int64, 0, n), lower: make([]bool, 0, n)}
	claims := map[string]int{}
	for i := range r.form.Lines {
		if ref, ok := request.ParseReference(r.form.Lines[i].Reference); ok && ref.Line > 0 {
			claims[ref.String()]++
		}
	}
	prior, err := j.priorLines(ctx, tx, now, h.sender.Address, claims)
	if err != nil {
		return nil, err
	}
	for i := range r.form.Lines {
		line := &r.form.Lines[i]
		claimed, isReference := request.ParseReference(line.Reference)
		old, same := prior[claimed.String()]
		switch {
		case strings.TrimSpace(line.Reference) == "":
			back.add(line, 0, false)
		case claims[claimed.String()] > 1:
			back.notes = append(back.notes, note{line.Row, sharesItsNumber(line.Reference)})
			back.add(line, 0, false)
		case !isReference || !same:
			back.notes = append(back.notes, note{line.Row, countsAsNew(line.Reference)})
			back.add(line, 0, false)
		case contentDigest(line, true) == old.line.Digest && old.line.Outcome != request.Withdrawn && old.line.Outcome != request.Revoked:
			back.kept = append(back.kept, kept{line.Row, old.line.ID})
		default:
			lower := old.line.Outcome == request.Approved && contentDigest(line, false) == old.content && lowerAmount(line, &old.line)
			back.add(line, old.line.ID, lower)
			back.notes = append(back.notes, note{line.Row, replaces(old.line.Reference)})
		}
	}
	return back, nil
}

func (b *comeBack) add(line *request.Line, supersedes int64, lower bool) {
	b.lines = append(b.lines, *line)
	b.supersedes = append(b.supersedes, supersedes)
	b.amends = append(b.amends, 0)
	b.lower = append(b.lower, lower)
	if supersedes != 0 {
		b.replaced = append(b.replaced, supersedes)
	}
}

// priorLine is a line that a row may be.
type priorLine struct {
	line    ledger.Line
	content ledger.Digest // of everything but amounts
}

// priorLines finds the lines that references in a workbook may mean: by reference, in their latest version.
func (j *Job) priorLines(ctx context.Context, tx *ledger.Tx, now time.Time, sender string, claims map[string]int) (map[string]priorLine, error) {
	if len(claims) == 0 {
		return nil, nil
	}
	found, err := tx.LinesByReference(ctx, slices.Sorted(maps.Keys(claims)))
	if err != nil {
		return nil, err
	}
	prior := map[string]priorLine{}
	versions := map[int64]int{} // of a line that the file names: it may bear the numbers of several
	for _, l := range found {
		claimed := l.Reference
		if claims[claimed] != 1 {
			continue
		}
		latest, err := tx.Latest(ctx, l)
		if err != nil {
			return nil, err
		}
		submissions, err := tx.Submissions(ctx, []int64{latest.Submission})
		if err != nil {
			return nil, err
		}
		if len(submissions) == 0 || !strings.EqualFold(submissions[0].Requester, sender) {
			continue
		}
		whole, err := tx.LinesOf(ctx, []int64{latest.Submission})
		if err != nil {
			return nil, err
		}
		open := slices.ContainsFunc(whole, func(l ledger.Line) bool { return l.Outcome == request.Escalated })
		if young := now.Sub(submissions[0].JudgedAt) < j.o.Decisions.sameLine(); !open && !young {
			continue // last month's file that is used again
		}
		p := priorLine{line: latest}
		for _, w := range whole {
			var facts request.Facts
			if w.ID == latest.ID && w.Facts != nil && facts.Read(w.Facts) == nil {
				p.content = contentDigest(&facts.Line, false)
			}
		}
		prior[claimed] = p
		versions[latest.ID]++
	}
	maps.DeleteFunc(prior, func(_ string, p priorLine) bool { return versions[p.line.ID] > 1 })
	return prior, nil
}

// contentDigest is what a line says, wherever it stands in a sheet; amounts may be left out.
func contentDigest(l *request.Line, amounts bool) ledger.Digest {
	b := make([]byte, 0, 1<<10)
	for _, info := range request.Fields() {
		switch info.Field {
		case request.Quantity, request.UnitPrice, request.Net, request.Tax, request.Total:
			if !amounts {
				continue
			}
		}
		v := &l.Values[info.Field]
		if v.Given || v.Faulty {
			text := v.Text
			if v.Given && (info.Kind == request.MoneyKind || info.Kind == request.NumberKind) {
				text = v.Number.String()
			}
			b = strconv.AppendQuote(append(append(b, info.Name...), '='), text)
			b = append(b, '\n')
		}
	}
	for _, header := range slices.Sorted(maps.Keys(l.Extra)) {
		b = strconv.AppendQuote(append(b, "extra "...), header)
		b = strconv.AppendQuote(append(b, '='), l.Extra[header])
		b = append(b, '\n')
	}
	return ledger.DigestOf(b)
}

func lowerAmount(l *request.Line, old *ledger.Line) bool {
	total := l.Values[request.Total]
	if !total.Given || total.Faulty || !old.HasAmount || total.Number.Sign() <= 0 {
		return false
	}
	return total.Number.LessThan(request.FromMinor(old.Amount, old.Currency).Amount)
}

// acceptLower keeps the approval of a line of which nothing but a lower amount changed, and notes it. What a lower
// amount breaks by itself (sums that do not add up) still counts.
func acceptLower(a *Assessed) {
	if a.Verdict.Outcome == request.Returned {
		return
	}
	a.Verdict.Outcome = request.Approved
	for i := range a.Verdict.Findings {
		a.Verdict.Findings[i].Action = request.Note
	}
	a.Verdict.Findings = append(a.Verdict.Findings, request.Finding{
		Guardrail: lowerAmountFinding, Action: request.Note, Cells: []string{a.Facts.Line.Values[request.Total].Cell},
		Title: request.Text{EN: "Lower amount", FR: "Montant réduit"},
		Message: request.Text{
			EN: "Only the amount changed, and it is lower than what was approved: the approval stands.",
			FR: "Seul le montant a changé, et il est inférieur à celui qui avait été approuvé\u00a0: l’approbation demeure."},
		Source:   "Handrail: a line that comes back with nothing but a lower amount keeps its approval",
		SourceFR: "Handrail\u00a0: une ligne qui revient avec un montant réduit et rien d’autre garde son approbation",
	})
}

// lowerAmountFinding is the id of the note on a line that kept its approval.
const lowerAmountFinding = "lower-amount"

// keptApproval reports whether findings say that a line kept its predecessor's approval.
func keptApproval(findings []request.Finding) bool {
	return slices.ContainsFunc(findings, func(f request.Finding) bool { return f.Guardrail == lowerAmountFinding })
}

// JudgeAgain judges a line on record once more: with the policy and the facts that were kept, and with what its recorded
// findings say about where it came from. Nothing may come out otherwise than it is recorded.
func JudgeAgain(p *rules.Policy, facts request.Facts, recorded []request.Finding) request.Verdict {
	a := Assessed{Facts: facts, Verdict: p.Judge(facts)}
	for _, f := range recorded {
		switch f.Guardrail {
		case lowerAmountFinding:
			acceptLower(&a)
		case unconfirmed:
			a.awaitManager(f)
		}
	}
	return a.Verdict
}

func countsAsNew(reference string) request.Text {
	reference = strings.TrimSpace(reference)
	if r := []rune(reference); len(r) > 30 {
		reference = string(r[:30]) + "…"
	}
	return request.Text{
		EN: "This row bears the number " + reference + ", which is not that of an open or recent line of yours: it counts as a new line.",
		FR: "Cette ligne porte le numéro " + reference + ", qui n’est pas celui d’une de vos lignes ouvertes ou récentes\u00a0: elle compte comme une nouvelle ligne."}
}

// sharesItsNumber says why several rows with one number are new lines: none of them is the line more than the others.
func sharesItsNumber(reference string) request.Text {
	return request.Text{
		EN: "Another row bears the number " + reference + " as well: all of them count as new lines.",
		FR: "Une autre ligne porte aussi le numéro " + reference + " : elles comptent toutes comme de nouvelles lignes."}
}

func replaces(reference string) request.Text {
	return request.Text{
		EN: "It replaces " + reference + ", which no longer counts.",
		FR: "Elle remplace " + reference + ", qui ne compte plus."}
}
