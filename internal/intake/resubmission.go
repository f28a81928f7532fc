package intake

import (
	"context"
	"maps"
	"slices"
	"strings"
	"time"

	"handrail/internal/incoming"
	"handrail/internal/ledger"
	"handrail/internal/record"
	"handrail/internal/request"
)

// resubmission is what a workbook's rows are to the ledger: rows that keep their decision, and lines to judge, some of
// which replace earlier ones.
type resubmission struct {
	lines      request.Lines // each with the reference that it gets
	supersedes []int64       // beside lines: the line that each replaces, 0 none
	amends     []int64       // beside lines: the line that each adds to, 0 none
	lower      []bool        // beside lines: nothing but a lower amount than an approved line
	elsewhere  []bool        // beside lines: what each replaces was approved at another supplier
	moved      []int64       // the lines of which that is true
	corrects   []bool        // beside lines: lowers the approved line that it amends, and not below zero; nil before relate
	replaced   []int64
	kept       []record.Unchanged
	notes      []record.Remark
	number     request.Reference // of the submission
	places     map[string]int    // of the sheets of the request, the first 0
	on         []int             // how many of the lines are on each of them
}

// place is where a row stands among the sheets of the request.
func (b *resubmission) place(line *request.Line) int { return b.places[line.Sheet] }

// firstOn is the number of the first line on a sheet.
func (b *resubmission) firstOn(part int) int {
	first := 1
	for _, n := range b.on[:part] {
		first += n
	}
	return first
}

// claim counts the rows that have one reference, and those of them on one sheet.
type claim struct{ reference, sheet string }

// resubmission sorts the rows of a workbook. A row that has a reference is the same line only if the reference is the
// sender's own, stands in one row only, and its submission is open or young (docs/design.md#a-workbook-that-comes-back).
func (desk *Desk) resubmission(ctx context.Context, tx *ledger.Tx, now time.Time, h *incoming.Message, r *workbookRequest, number request.Reference) (*resubmission, error) {
	n := r.form.Lines.Len()
	back := &resubmission{number: number, supersedes: make([]int64, 0, n), amends: make([]int64, 0, n), lower: make([]bool, 0, n), elsewhere: make([]bool, 0, n)}
	back.places, back.on = record.SheetPlaces(r.form), make([]int, 1+len(r.form.Others))
	claims, onSheet := map[string]int{}, map[claim]int{}
	for _, line := range r.form.Lines.All() {
		if ref, ok := request.ParseReference(line.Reference); ok && ref.Line > 0 {
			claims[ref.String()]++
			if len(back.on) > 1 {
				onSheet[claim{ref.String(), line.Sheet}]++
			}
		}
	}
	prior, err := desk.earlierLines(ctx, tx, now, h.Sender.Address, claimedOnce(claims, onSheet))
	if err != nil {
		return nil, err
	}
	for _, line := range r.form.Lines.All() {
		claimed, isReference := request.ParseReference(line.Reference)
		old, same := prior[claimed.String()]
		switch {
		case strings.TrimSpace(line.Reference) == "":
			back.add(line, 0, false)
		case claims[claimed.String()] > 1 && (!same || onSheet[claim{claimed.String(), old.sheet}] != 1):
			back.note(line, sharesItsNumber(line.Reference))
			back.add(line, 0, false)
		case claims[claimed.String()] > 1 && line.Sheet != old.sheet: // the sheet was copied when it had its number
			back.note(line, copiedNumber(line.Reference, old.sheet))
			back.add(line, 0, false)
		case !isReference || !same:
			back.note(line, countsAsNew(line.Reference))
			back.add(line, 0, false)
		case record.ContentDigest(line, true) == old.line.Digest && old.line.Outcome != request.Withdrawn && old.line.Outcome != request.Revoked:
			back.kept = append(back.kept, record.Unchanged{Part: back.place(line), Row: line.Row, Line: old.line.ID})
		default:
			lower := old.line.Outcome == request.Approved && record.ContentDigest(line, false) == old.content && lowerAmount(line, &old.line)
			back.add(line, old.line.ID, lower)
			if old.sameSupplier(line) || old.line.Outcome != request.Approved {
				back.note(line, replaces(old.line.Reference))
				break
			}
			back.note(line, replacesElsewhere(old.line.Reference))
			back.elsewhere[len(back.elsewhere)-1] = true
			back.moved = append(back.moved, old.line.ID)
		}
	}
	back.lines.Seal()
	return back, nil
}

// claimedOnce are the references that one row has, or at most one row of each sheet: which sheet the line was on tells then.
func claimedOnce(claims map[string]int, onSheet map[claim]int) []string {
	several := map[string]bool{}
	for c, rows := range onSheet {
		several[c.reference] = several[c.reference] || rows > 1
	}
	var once []string
	for reference, rows := range claims {
		if _, sheets := several[reference]; rows == 1 || sheets && !several[reference] {
			once = append(once, reference)
		}
	}
	slices.Sort(once)
	return once
}

// note is a remark on a row.
func (b *resubmission) note(line *request.Line, t request.Text) {
	b.notes = append(b.notes, record.Remark{Part: b.place(line), Row: line.Row, Text: t})
}

// add takes a line that is judged; it is done with the line.
func (b *resubmission) add(line *request.Line, supersedes int64, lower bool) {
	b.on[b.place(line)]++
	b.number.Line = b.lines.Len() + 1
	line.Reference = b.number.String()
	b.lines.Add(line)
	b.supersedes = append(b.supersedes, supersedes)
	b.amends = append(b.amends, 0)
	b.lower = append(b.lower, lower)
	b.elsewhere = append(b.elsewhere, false)
	if supersedes != 0 {
		b.replaced = append(b.replaced, supersedes)
	}
}

// changed are the lines that are replaced by more than a lower amount.
func (b *resubmission) changed() (ids []int64) {
	for i, id := range b.supersedes {
		if id != 0 && !b.lower[i] {
			ids = append(ids, id)
		}
	}
	return ids
}

// earlierLine is a line that a row may be.
type earlierLine struct {
	line    ledger.Line
	content ledger.Digest // of everything but amounts
	sheet   string        // that it was on when it was judged
	// supplier and number are what its form said.
	supplier, number request.Value
}

// sameSupplier reports whether a line that replaces it is at the same supplier.
func (e *earlierLine) sameSupplier(l *request.Line) bool {
	var was request.Line
	was.Values[request.Supplier], was.Values[request.SupplierID] = e.supplier, e.number
	return request.SameSupplier(&was, l)
}

// earlierLines finds the lines that references in a workbook may mean: by reference, in their latest version.
func (desk *Desk) earlierLines(ctx context.Context, tx *ledger.Tx, now time.Time, sender string, once []string) (map[string]earlierLine, error) {
	found, err := tx.Lines.ByReference(ctx, once)
	if err != nil || len(found) == 0 {
		return nil, err
	}
	latest, err := tx.Lines.Latest(ctx, idsOf(found))
	if err != nil {
		return nil, err
	}
	same, err := desk.sameRequests(ctx, tx, now, sender, latest)
	if err != nil {
		return nil, err
	}
	claimed := map[int64]string{}
	versions := map[int64]int{} // of a line that the file names: it may have the numbers of several
	for i := range found {
		if l, ok := latest[found[i].ID]; ok && same[l.Submission] {
			claimed[l.ID] = found[i].Reference
			versions[l.ID]++
		}
	}
	maps.DeleteFunc(claimed, func(id int64, _ string) bool { return versions[id] > 1 })
	return contentsOf(ctx, tx, claimed)
}

// sameRequests are the submissions of lines that are the sender's own and open or young: a file of a request that is
// neither is last month's, used again.
func (desk *Desk) sameRequests(ctx context.Context, tx *ledger.Tx, now time.Time, sender string, lines map[int64]ledger.Line) (map[int64]bool, error) {
	var ids, old []int64
	for _, l := range lines {
		ids = append(ids, l.Submission)
	}
	submissions, err := tx.Submissions.ByID(ctx, ids)
	if err != nil {
		return nil, err
	}
	same := map[int64]bool{}
	for i := range submissions {
		switch s := &submissions[i]; {
		case !strings.EqualFold(s.Requester, sender):
		case now.Sub(s.JudgedAt) < desk.dept.Decisions.SameLineTime():
			same[s.ID] = true
		default:
			old = append(old, s.ID)
		}
	}
	waiting, err := tx.Submissions.Waiting(ctx, old)
	for _, id := range waiting {
		same[id] = true
	}
	return same, err
}

// contentsOf reads lines, by the references under which a workbook claims them, a few hundred at a time: with its facts a
// line is some kilobytes, and what is needed of them is a digest.
func contentsOf(ctx context.Context, tx *ledger.Tx, claimed map[int64]string) (map[string]earlierLine, error) {
	prior := make(map[string]earlierLine, len(claimed))
	for ids := range slices.Chunk(slices.Sorted(maps.Keys(claimed)), record.FactsAtOnce) {
		lines, err := tx.Lines.InFull(ctx, ids)
		if err != nil {
			return nil, err
		}
		for i := range lines {
			p := earlierLine{line: lines[i], supplier: request.Value{Text: lines[i].Supplier, Given: lines[i].Supplier != ""}}
			var facts request.Facts
			if p.line.Facts != nil && facts.Read(p.line.Facts) == nil {
				p.content, p.sheet = record.ContentDigest(&facts.Line, false), facts.Line.Sheet
				p.supplier, p.number = facts.Line.Values[request.Supplier], facts.Line.Values[request.SupplierID]
			}
			p.line.Facts, p.line.Findings, p.line.NotEvaluated = nil, nil, nil
			prior[claimed[p.line.ID]] = p
		}
	}
	return prior, nil
}

func idsOf(lines []ledger.Line) []int64 {
	ids := make([]int64, len(lines))
	for i := range lines {
		ids[i] = lines[i].ID
	}
	return ids
}

func lowerAmount(l *request.Line, old *ledger.Line) bool {
	total := l.Values[request.Total]
	if !total.Given || total.Faulty || !old.HasAmount || total.Number.Sign() <= 0 {
		return false
	}
	return total.Number.LessThan(request.FromMinor(old.Amount, old.Currency).Amount)
}
