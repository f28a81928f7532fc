package record

import (
	"bytes"
	"context"
	"fmt"
	"slices"
	"strings"

	"handrail/ingest/forms"
	"handrail/internal/request"
	"handrail/internal/workbook"
)

// Judgement is a judged workbook as it is written back: what the annotation needs, from the ledger or from check.
type Judgement struct {
	Reference string // of the submission; "" where nothing is recorded (check)
	FileName  string
	Origin    request.Origin
	Policy    request.PolicyMark
	Sheet     int // index of the sheet with the request
	HeaderRow int // 0: a form of one line
	LabelRow  int // of a form of one line
	Column    int // the first column that is free at the right of the table, or our own
	Replace   bool
	LastCol   int // of the table, our own columns left out; 0: the one before Column
	Rows      []JudgedRow
	More      []SheetLayout     // the further sheets of the request
	Problems  []request.Problem // of the workbook as a whole
	Signed    bool              // a digital signature, which any change voids
	// Trial: it is said what would become of the rows, and none of it is recorded.
	Trial bool
	Mail  int64 // its number among the messages of the ledger, of a trial, which has none of its own
}

// JudgedRow is one row with what was decided.
type JudgedRow struct {
	Part      int // the place of its sheet among those of the request, 0 for the first
	Row       int
	Reference string
	Outcome   request.Outcome
	Findings  []request.Finding
	Problems  []request.Problem
	Remarks   []request.Text
	DecidedBy string
	Reason    string
	Kept      bool // it came back unchanged, and was decided before
	// Moved is a row that came back unchanged in another place than the one where it was judged: what was said of cells is
	// not about the cells that are there now.
	Moved bool
}

// Annotate writes the judgement into the requester's own workbook: three columns at the right, a comment on each cell
// at fault, and the Handrail sheet. Everything else stays as it came.
func Annotate(ctx context.Context, data []byte, jm Judgement) ([]byte, error) {
	book, err := workbook.Open(ctx, data, workbook.DefaultBounds())
	if err != nil {
		return nil, err
	}
	return AnnotateOpen(ctx, book, len(data), jm)
}

// AnnotateOpen is Annotate into a workbook of size bytes that is open already.
func AnnotateOpen(ctx context.Context, book *workbook.Book, size int, jm Judgement) ([]byte, error) {
	lang := jm.Origin.Language
	if lang != request.French {
		lang = request.English
	}
	answer, err := newAnswer(ctx, book, &jm, lang)
	if err != nil {
		return nil, err
	}
	rows := slices.Clone(jm.Rows)
	slices.SortStableFunc(rows, func(x, y JudgedRow) int { return x.Row - y.Row })
	for _, r := range rows {
		answer.row(&r, jm.Trial)
	}
	for _, p := range jm.Problems {
		if p.Code == "nearly-a-request" {
			answer.onSheet(p.Sheet)
		}
		answer.comment(p.Sheet, p.Cell, p.Message.In(lang))
	}
	a, apart, err := answer.annotation(ctx)
	if err != nil {
		return nil, err
	}
	a.Report = reportSheet(&jm, lang, apart, answer.inFull())
	var out bytes.Buffer
	const report = 12 << 10 // our own sheet and the styles
	out.Grow(size + size/4 + report)
	if err := book.Annotate(ctx, &out, a); err != nil {
		return nil, err
	}
	return out.Bytes(), nil
}

// reportSheet is the Handrail sheet: counts, the policy and who put it in force, what an approval is and is not, and
// every guardrail with its source and how many lines it touched.
func reportSheet(jm *Judgement, lang request.Lang, apart []sheetApart, rest []workbook.ReportRow) workbook.Report {
	say := func(en, fr string) string { return request.Text{EN: en, FR: fr}.In(lang) }
	text := func(s string, look workbook.Look, span int) workbook.ReportCell {
		return workbook.ReportCell{Text: s, Look: look, Span: span}
	}
	r := workbook.Report{Widths: []float64{30, 12, 16, 34, 58}}
	row := func(cells ...workbook.ReportCell) { r.Rows = append(r.Rows, cells) }
	fact := func(label, value string) {
		if value != "" {
			row(text(label, workbook.LabelLook, 1), text(value, workbook.TextLook, 4))
		}
	}
	title := "Handrail"
	if jm.Trial {
		title = workbook.TrialTitle
	} else if jm.Reference != "" {
		title += " – " + jm.Reference
	}
	row(text(title, workbook.TitleLook, 5))
	if jm.Trial {
		row(text(say("This was a trial. Nothing was requested, no number was given, and nobody else was told.",
			"C’était un essai. Rien n’a été demandé, aucun numéro n’a été attribué et personne d’autre n’a été avisé."), workbook.NoticeLook, 5))
	}
	row(text(say("What was decided, by which rules, and where they come from.", "Ce qui a été décidé, selon quelles règles, et d’où elles viennent."), workbook.QuietLook, 5))
	row()
	row(text(say("Lines", "Lignes"), workbook.SectionLook, 5))
	for _, o := range []request.Outcome{request.Approved, request.Escalated, request.Returned, request.Declined, request.Withdrawn} {
		n := 0
		for i := range jm.Rows {
			if jm.Rows[i].Outcome == o {
				n++
			}
		}
		if n > 0 || o == request.Approved || o == request.Escalated || o == request.Returned {
			row(workbook.ReportCell{Text: o.Word().In(lang), Look: workbook.MarkLook, Mark: workbook.MarkOf(o)},
				workbook.ReportCell{Text: fmt.Sprint(n), Count: true})
		}
	}
	row()
	row(text(jm.Policy.Means.In(lang), workbook.NoticeLook, 5))
	if len(jm.Problems) > 0 || jm.Signed || len(apart) > 0 {
		row()
		row(text(say("About this workbook", "Au sujet de ce classeur"), workbook.SectionLook, 5))
		for _, p := range jm.Problems {
			row(text(strings.TrimSpace(p.Sheet+" "+p.Cell), workbook.LabelLook, 1), text(p.Message.In(lang), workbook.TextLook, 4))
		}
		for _, a := range apart {
			row(text(a.sheet, workbook.LabelLook, 1), text(apartText(a.why).In(lang), workbook.TextLook, 4))
		}
		if jm.Signed {
			row(text("", workbook.LabelLook, 1), text(say("The workbook was digitally signed. These notes change it, so the signature no longer holds; your own copy keeps it.",
				"Le classeur portait une signature numérique. Ces notes le modifient\u00a0: la signature ne vaut plus; votre propre copie la conserve."), workbook.TextLook, 4))
		}
	}
	if len(rest) > 0 {
		row()
		row(text(say("In full", "Texte intégral"), workbook.SectionLook, 5))
		r.Rows = append(r.Rows, rest...)
	}
	row()
	row(text(say("Policy", "Politique"), workbook.SectionLook, 5))
	fact(say("Name", "Nom"), jm.Policy.NameIn(lang))
	fact("Version", jm.Policy.Version)
	fact(say("Fingerprint", "Empreinte"), jm.Policy.Hash)
	au := jm.Policy.Authority
	byName, byTitle := au.In(lang)
	fact(say("Put in force by", "Mise en vigueur par"), strings.Join(slices.DeleteFunc([]string{byName, byTitle, au.Reference, au.Date.String()},
		func(s string) bool { return s == "" }), ", "))
	fact(say("Form", "Formulaire"), jm.FileName)
	fact(say("Requested by", "Demandé par"), strings.TrimSpace(jm.Origin.Name+" "+angle(jm.Origin.Sender)))
	fact(say("Received", "Reçu le"), jm.Origin.Received.String())
	if jm.Mail > 0 {
		fact(say("Mail", "Courriel"), fmt.Sprint(jm.Mail))
	}
	row()
	row(text(say("Guardrails", "Balises"), workbook.SectionLook, 5))
	row(text(say("Guardrail", "Balise"), workbook.HeadLook, 1), text(say("Lines", "Lignes"), workbook.HeadLook, 1),
		text(say("If tripped", "Si elle joue"), workbook.HeadLook, 1), text(say("What it is", "De quoi il s’agit"), workbook.HeadLook, 1), text("Source", workbook.HeadLook, 1))
	touched := map[string]int{}
	for i := range jm.Rows {
		seen := map[string]bool{}
		for _, f := range jm.Rows[i].Findings {
			if !seen[f.Guardrail] {
				seen[f.Guardrail] = true
				touched[f.Guardrail]++
			}
		}
	}
	listed := map[string]bool{}
	for _, g := range jm.Policy.Guardrails {
		if listed[g.ID] || g.OnlyFound && touched[g.ID] == 0 {
			continue
		}
		listed[g.ID] = true
		row(text(g.ID, workbook.LabelLook, 1), workbook.ReportCell{Text: fmt.Sprint(touched[g.ID]), Count: true},
			text(actionWord(g.Action, lang), workbook.TextLook, 1), text(g.Title.In(lang), workbook.TextLook, 1), text(g.Source.In(lang), workbook.QuietLook, 1))
	}
	return r
}

func angle(address string) string {
	if address == "" {
		return ""
	}
	return "<" + address + ">"
}

func actionWord(a request.Action, l request.Lang) string {
	switch a {
	case request.Note:
		return request.Text{EN: "is noted", FR: "est signalée"}.In(l)
	case request.Escalate:
		return request.Text{EN: "goes to an officer", FR: "est soumise à un agent"}.In(l)
	default:
		return request.Text{EN: "comes back to you", FR: "vous est renvoyée"}.In(l)
	}
}

// writeBack writes what was decided into the requester's workbook; opened is nil when it must be opened first.
func (f *Case) writeBack(ctx context.Context, opened *workbook.Book) ([]byte, error) {
	if f.attachment == nil {
		return nil, fmt.Errorf("the workbook of %s is no longer kept", f.Submission.Reference())
	}
	jm := Judgement{Reference: f.Submission.Reference().String(), FileName: f.Submission.FileName, Origin: f.Origin, Policy: f.Policy.Mark(),
		Sheet: f.layout.Sheet, HeaderRow: f.layout.HeaderRow, LabelRow: f.layout.LabelRow, Column: f.layout.Column, Replace: f.layout.Replace, LastCol: f.layout.LastCol,
		More: f.layout.More, Problems: f.Problems, Signed: f.layout.Signed}
	if f.trial {
		jm.Reference, jm.Trial, jm.Mail = "", true, f.Submission.Message
	}
	for i := range f.Lines {
		c := &f.Lines[i]
		said := c.Facts.Line()
		r := JudgedRow{Part: c.part, Row: c.row, Moved: c.Kept && (said.Row != c.row || said.Sheet != f.sheetName(c.part)), Reference: c.Recorded.Reference, Outcome: c.Recorded.Outcome, Findings: c.verdict.Findings,
			Problems: request.Said(said.Problems, c.verdict.Findings), Remarks: c.remarks, DecidedBy: c.Recorded.DecidedBy, Reason: c.Recorded.Reason, Kept: c.Kept}
		if f.trial && !c.Kept {
			r.Reference = ""
		}
		jm.Rows = append(jm.Rows, r)
	}
	if opened == nil {
		return Annotate(ctx, f.attachment, jm)
	}
	return AnnotateOpen(ctx, opened, len(f.attachment), jm)
}

// PlaceColumns says where our three columns go in a form: over our own from an earlier answer, else at the right.
func PlaceColumns(form *forms.Form) (labelRow, column int, replace bool) {
	return placeColumns(form.LastCol, form.Columns, form.Labels)
}

func placeColumns(lastCol int, columns []forms.Column, labels []forms.Label) (labelRow, column int, replace bool) {
	column = lastCol + 1
	for _, c := range columns {
		if c.By == "ours" {
			if !replace || c.Col < column {
				column = c.Col
			}
			replace = true
		}
	}
	labelRow = 1
	for i, l := range labels {
		if _, row, ok := workbook.ParseRef(l.Cell); ok && (i == 0 || row < labelRow) {
			labelRow = row
		}
	}
	return labelRow, column, replace
}
