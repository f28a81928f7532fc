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
	Rows      []JudgedRow
	Problems  []request.Problem // of the workbook as a whole
	Signed    bool              // a digital signature, which any change voids
}

// JudgedRow is one row with what was decided.
type JudgedRow struct {
	Row       int
	Reference string
	Outcome   request.Outcome
	Findings  []request.Finding
	Problems  []request.Problem
	Remarks   []request.Text
	DecidedBy string
	Reason    string
}

// columnHeaders are the headers of our three columns. Reading a workbook that comes back knows them again.
func columnHeaders(l request.Lang) [3]string {
	h := [3]request.Text{{EN: "Result", FR: "Résultat"}, {EN: "Why", FR: "Pourquoi"}, {EN: "Reference", FR: "Référence"}}
	return [3]string{bilingual(h[0], l), bilingual(h[1], l), bilingual(h[2], l)}
}

func bilingual(t request.Text, l request.Lang) string {
	if l == request.French {
		return t.FR + " / " + t.EN
	}
	return t.EN + " / " + t.FR
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
	a := workbook.Annotation{Sheet: jm.Sheet, HeaderRow: jm.HeaderRow, LabelRow: jm.LabelRow, Column: jm.Column, Replace: jm.Replace,
		Headers: columnHeaders(lang), Lang: lang, Report: reportSheet(&jm, lang)}
	rows := slices.Clone(jm.Rows)
	slices.SortStableFunc(rows, func(x, y JudgedRow) int { return x.Row - y.Row })
	for _, r := range rows {
		a.Marks = append(a.Marks, workbook.Mark{Row: r.Row, Kind: workbook.MarkOf(r.Outcome), Result: r.Outcome.Word().In(lang),
			Why: why(&r, &jm.Policy, lang), Reference: r.Reference})
		a.Comments = append(a.Comments, comments(&r, book.Sheets()[jm.Sheet].Name, lang)...)
	}
	for _, p := range jm.Problems {
		if p.Cell != "" && p.Sheet == book.Sheets()[jm.Sheet].Name {
			a.Comments = append(a.Comments, workbook.Comment{Cell: p.Cell, Text: p.Message.In(lang)})
		}
	}
	var out bytes.Buffer
	const report = 12 << 10 // our own sheet and the styles
	out.Grow(size + size/4 + report)
	if err := book.Annotate(ctx, &out, a); err != nil {
		return nil, err
	}
	return out.Bytes(), nil
}

// why says in one cell what a row's outcome rests on, the gravest first, and the next step of an approved one.
func why(r *JudgedRow, policy *request.PolicyMark, lang request.Lang) string {
	var parts []string
	add := func(s string) {
		if s != "" && !slices.Contains(parts, s) {
			parts = append(parts, s)
		}
	}
	for _, p := range r.Problems {
		if p.Severity == request.ReturnSeverity {
			add(p.Message.In(lang))
		}
	}
	findings := slices.Clone(r.Findings)
	slices.SortStableFunc(findings, func(x, y request.Finding) int { return rank(&y) - rank(&x) })
	for _, f := range findings {
		text := f.Message.In(lang)
		if f.ExemptedBy != "" {
			text += " " + request.Text{EN: "Exempted: " + f.ExemptedBy, FR: "Exemption\u00a0: " + f.ExemptedBy}.In(lang)
		}
		add(text)
	}
	if r.DecidedBy != "" {
		decided := request.Text{EN: "Decided by " + r.DecidedBy, FR: "Décision de " + r.DecidedBy}.In(lang)
		if r.Reason != "" {
			decided += request.Text{EN: ": ", FR: "\u00a0: "}.In(lang) + r.Reason
		}
		add(decided)
	}
	if r.Outcome == request.Approved && r.Reference != "" {
		add(strings.ReplaceAll(policy.NextStep.In(lang), "{reference}", r.Reference))
	}
	for _, p := range r.Problems {
		if p.Severity != request.ReturnSeverity {
			add(p.Message.In(lang))
		}
	}
	for _, t := range r.Remarks {
		add(t.In(lang))
	}
	return strings.Join(parts, "\n")
}

func rank(f *request.Finding) int {
	if f.ExemptedBy != "" {
		return 0
	}
	return f.Action.Rank()
}

func comments(r *JudgedRow, sheet string, lang request.Lang) []workbook.Comment {
	var out []workbook.Comment
	for _, p := range r.Problems {
		if p.Cell != "" && p.Sheet == sheet {
			out = append(out, workbook.Comment{Cell: p.Cell, Text: p.Message.In(lang)})
		}
	}
	for _, f := range r.Findings {
		for _, cell := range f.Cells {
			out = append(out, workbook.Comment{Cell: cell, Text: f.Message.In(lang)})
		}
	}
	return out
}

// reportSheet is the Handrail sheet: counts, the policy and who put it in force, what an approval is and is not, and
// every guardrail with its source and how many lines it touched.
func reportSheet(jm *Judgement, lang request.Lang) workbook.Report {
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
	if jm.Reference != "" {
		title += " – " + jm.Reference
	}
	row(text(title, workbook.TitleLook, 5))
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
	if len(jm.Problems) > 0 || jm.Signed {
		row()
		row(text(say("About this workbook", "Au sujet de ce classeur"), workbook.SectionLook, 5))
		for _, p := range jm.Problems {
			row(text(strings.TrimSpace(p.Sheet+" "+p.Cell), workbook.LabelLook, 1), text(p.Message.In(lang), workbook.TextLook, 4))
		}
		if jm.Signed {
			row(text("", workbook.LabelLook, 1), text(say("The workbook was digitally signed. These notes change it, so the signature no longer holds; your own copy keeps it.",
				"Le classeur portait une signature numérique. Ces notes le modifient\u00a0: la signature ne vaut plus; votre propre copie la conserve."), workbook.TextLook, 4))
		}
	}
	row()
	row(text(say("Policy", "Politique"), workbook.SectionLook, 5))
	fact(say("Name", "Nom"), jm.Policy.Name)
	fact("Version", jm.Policy.Version)
	fact(say("Fingerprint", "Empreinte"), jm.Policy.Hash)
	au := jm.Policy.Authority
	fact(say("Put in force by", "Mise en vigueur par"), strings.Join(slices.DeleteFunc([]string{au.Name, au.Title, au.Reference, au.Date.String()},
		func(s string) bool { return s == "" }), ", "))
	fact(say("Form", "Formulaire"), jm.FileName)
	fact(say("Requested by", "Demandé par"), strings.TrimSpace(jm.Origin.Name+" "+angle(jm.Origin.Sender)))
	fact(say("Received", "Reçu le"), jm.Origin.Received.String())
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
		if listed[g.ID] {
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
		Sheet: f.layout.Sheet, HeaderRow: f.layout.HeaderRow, LabelRow: f.layout.LabelRow, Column: f.layout.Column, Replace: f.layout.Replace,
		Problems: f.Problems, Signed: f.layout.Signed}
	for i := range f.Lines {
		c := &f.Lines[i]
		r := JudgedRow{Row: c.row, Reference: c.Recorded.Reference, Outcome: c.Recorded.Outcome, Findings: c.verdict.Findings,
			Problems: c.Facts.Line().Problems, Remarks: c.remarks, DecidedBy: c.Recorded.DecidedBy, Reason: c.Recorded.Reason}
		jm.Rows = append(jm.Rows, r)
	}
	if opened == nil {
		return Annotate(ctx, f.attachment, jm)
	}
	return AnnotateOpen(ctx, opened, len(f.attachment), jm)
}

// PlaceColumns says where our three columns go in a form: over our own from an earlier answer, else at the right.
func PlaceColumns(form *forms.Form) (labelRow, column int, replace bool) {
	column = form.LastCol + 1
	for _, c := range form.Columns {
		if c.By == "ours" {
			if !replace || c.Col < column {
				column = c.Col
			}
			replace = true
		}
	}
	labelRow = 1
	for i, l := range form.Labels {
		if _, row, ok := workbook.ParseRef(l.Cell); ok && (i == 0 || row < labelRow) {
			labelRow = row
		}
	}
	return labelRow, column, replace
}
