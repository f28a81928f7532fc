package changes

import (
	"bytes"
	"context"
	"encoding/csv"
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"handrail/ingest"
	"handrail/internal/department"
	"handrail/internal/ledger"
	"handrail/internal/policybook"
	"handrail/internal/report"
	"handrail/internal/request"
	"handrail/internal/workbook"
	"handrail/notify"
	"handrail/rules"
)

// A policy that an owner mails as a workbook goes back annotated, and everybody who is asked gets the proposed text as a workbook.

// keptList marks a list in a workbook that is taken from the text in force.
const keptList = "\x00kept:"

// bookOptions reads a policy's workbook: the files that its lists name are taken from the mail, or else as they stand in the text in force.
func (f *fileSet) bookOptions(inForce *rules.Policy) policybook.Options {
	return policybook.Options{
		File: func(name string) ([]byte, error) {
			data, err := f.read(name)
			if err == nil || inForce == nil {
				return data, err
			}
			lists := inForce.Lists(filepath.Base(name))
			if len(lists) == 0 {
				return nil, err
			}
			if !strings.EqualFold(filepath.Ext(name), ".csv") {
				return []byte(keptList + filepath.Base(name)), nil
			}
			var b bytes.Buffer
			w := csv.NewWriter(&b)
			if err := w.WriteAll(lists[""]); err != nil {
				return nil, err
			}
			return b.Bytes(), nil
		},
		Rows: func(ctx context.Context, data []byte, sheet string) ([][]string, error) {
			name, kept := strings.CutPrefix(string(data[:min(len(data), 1000)]), keptList)
			if !kept {
				return department.ListRows(ctx, data, sheet)
			}
			if rows, there := inForce.Lists(name)[sheet]; there {
				return rows, nil
			}
			return nil, fmt.Errorf("the text in force took no list from the sheet %q of %s: attach it", sheet, name)
		},
	}
}

// readBook reads and tests a policy that an owner mailed as a workbook. Only an error of ours or of what is around is an error.
func (r *Room) readBook(ctx context.Context, box *department.Inbox, f *fileSet) (*mailed, *policybook.Result, error) {
	m := &mailed{file: filepath.Base(f.name), book: true}
	inForce := box.Policy()
	result, err := policybook.Read(ctx, f.book, f.bookOptions(inForce))
	if ctx.Err() != nil {
		return nil, nil, ctx.Err()
	}
	var refused *workbook.Error
	if errors.As(err, &refused) {
		m.mistakes, m.book = []request.Text{refused.Message}, false
		return m, nil, nil
	}
	if err != nil {
		return nil, nil, err
	}
	if len(result.Mistakes) == 0 && result.Policy.Written() != inForce.Written() {
		c, err := r.dept.Candidate(result.Policy, result.Tests, result.TestName)
		if err == nil && result.Tests == nil {
			err = &department.GateError{Why: noExamples}
		}
		if err == nil {
			err = r.dept.Check(ctx, c, inForce)
		}
		var trouble *ledger.Error
		switch {
		case ctx.Err() != nil:
			return nil, nil, ctx.Err()
		case errors.As(err, &trouble):
			return nil, nil, err
		case err != nil:
			for _, words := range mistakesOf(err) {
				result.Mistakes = append(result.Mistakes, policybook.Mistake{Words: words})
			}
		}
		m.candidate = c
	} else if len(result.Mistakes) == 0 {
		m.candidate = &department.PolicyCandidate{Policy: result.Policy, Tests: result.Tests, TestsName: result.TestName}
	}
	if len(result.Mistakes) > 0 {
		m.candidate = nil
		m.mistakes = bookMistakes(result.Mistakes)
	}
	return m, result, nil
}

// mostMistakes is how many mistakes of a workbook its mail says: the workbook marks all of them.
const mostMistakes = 15

func bookMistakes(all policybook.Mistakes) (lines []request.Text) {
	for i, m := range all {
		if rest := len(all) - i; i == mostMistakes && rest > 1 {
			return append(lines, request.Text{EN: fmt.Sprintf("… and %d more, all of them marked in the workbook", rest), FR: fmt.Sprintf("… et %d autres, toutes marquées dans le classeur", rest)})
		}
		lines = append(lines, request.Text{EN: m.In(request.English), FR: m.In(request.French)})
	}
	return lines
}

// mailedBook finds the policy's workbook that a message brought, and reads it again; nil where it is not kept any more.
func (r *Room) mailedBook(ctx context.Context, message int64) (box *department.Inbox, f *fileSet, m *mailed, result *policybook.Result, err error) {
	var row ledger.Message
	if message != 0 {
		if err := r.ledger.View(ctx, func(tx *ledger.Tx) (err error) {
			row, _, err = tx.Messages.Get(ctx, message)
			return err
		}); err != nil {
			return nil, nil, nil, nil, err
		}
	}
	if box = r.dept.Inboxes[row.Box.Inbox]; row.Raw == nil || box == nil {
		return nil, nil, nil, nil, nil
	}
	mail, err := ingest.Parse(ctx, row.Raw, box.Config.Limits)
	if ctx.Err() != nil {
		return nil, nil, nil, nil, ctx.Err()
	}
	if err != nil {
		return nil, nil, nil, nil, nil //nolint:nilerr // it was read before; without its workbook the words still go
	}
	if f = policyFiles(ctx, mail); f.book == nil || f.texts > 1 {
		return nil, nil, nil, nil, ctx.Err()
	}
	m, result, err = r.readBook(ctx, box, f)
	if err != nil || result == nil {
		return nil, nil, nil, nil, err
	}
	return box, f, m, result, nil
}

// markedBook is the workbook that an owner mailed, as it goes back with its mistakes; nil where it is not kept any more.
func (r *Room) markedBook(ctx context.Context, message int64) (*notify.Attachment, error) {
	box, f, _, result, err := r.mailedBook(ctx, message)
	if err != nil || result == nil {
		return nil, err
	}
	x := policybook.Extra{State: notProposed}
	if result.Policy != nil {
		x.Words = rules.DiffWords(box.Policy(), result.Policy)
	}
	var b bytes.Buffer
	if err := policybook.Annotate(ctx, &b, f.book, result, x); err != nil {
		return nil, err
	}
	return &notify.Attachment{Name: f.xlsx(), Data: b.Bytes()}, nil
}

// ownBook is the workbook that an owner mailed and that waits for the others; nil where the text did not come as one.
func (r *Room) ownBook(ctx context.Context, c *ledger.Change, p *Proposal, t *Trial) (*notify.Attachment, error) {
	_, f, m, result, err := r.mailedBook(ctx, c.Message)
	if err != nil || result == nil || m.candidate == nil || result.Policy.Hash() != c.Hash {
		return nil, err
	}
	x := policybook.Extra{Words: p.Words, State: waitsForOthers, Versions: t.Versions, Backtest: t.Rows[result.Lang]}
	var b bytes.Buffer
	if err := policybook.Annotate(ctx, &b, f.book, result, x); err != nil {
		return nil, err
	}
	return &notify.Attachment{Name: f.xlsx(), Data: b.Bytes()}, nil
}

// xlsx is how the workbook is called that goes back.
func (f *fileSet) xlsx() string {
	base := filepath.Base(f.name)
	return strings.TrimSuffix(base, filepath.Ext(base)) + ".xlsx"
}

// mostBacktestRows is how many rows of a backtest stand in an annotated workbook: a workbook of their own has all.
const mostBacktestRows = 400

// reportRows are rows of a backtest on the sheet Handrail.
func reportRows(rows []report.SheetRow, l request.Lang) (out []workbook.ReportRow) {
	for i, row := range rows {
		if i == 0 {
			continue // its title is the section's
		}
		if len(out) == mostBacktestRows {
			return append(out, workbook.ReportRow{{Text: request.Text{EN: "The rest stands in the workbook of the last twelve months, attached to the same mail.", FR: "La suite figure dans le classeur des douze derniers mois, joint au même courriel."}.In(l), Look: workbook.QuietLook, Span: 5}})
		}
		var cells workbook.ReportRow
		for j, v := range row.Cells {
			c := workbook.ReportCell{}
			switch x := v.(type) {
			case string:
				c.Text = x
			case int:
				c.Text, c.Count = fmt.Sprint(x), true
			case request.Money:
				c.Text = x.In(l)
			}
			switch {
			case row.Head:
				c.Look = workbook.HeadLook
			case j == 0 && len(row.Cells) > 1:
				c.Look = workbook.LabelLook
			}
			if len(row.Cells) == 1 {
				c.Span = 5
			}
			cells = append(cells, c)
		}
		out = append(out, cells)
	}
	return out
}

// written is a policy as a workbook.
func written(p *rules.Policy, tests []byte, l request.Lang, versions []policybook.Version) (*notify.Attachment, error) {
	name := fileName(p)
	var b bytes.Buffer
	if err := policybook.Write(&b, p, []byte(p.Text()), tests, policybook.Options{Lang: l, Name: name + ".toml", Changes: versions}); err != nil {
		return nil, err
	}
	return &notify.Attachment{Name: name + ".xlsx", Data: b.Bytes()}, nil
}

// mostVersions and mostWords are how many versions, and how many changes of each, a workbook tells of.
const mostVersions, mostWords = 100, 30

// Versions are the texts that were in force for a scope, the newest first, with who proposed and who approved them: those that owners put in force, and the one
// before the first of them, or current where there is none. day says on which day an instant was.
func Versions(ctx context.Context, tx *ledger.Tx, scope string, current *rules.Policy, day func(time.Time) request.Date) (list []policybook.Version, err error) {
	all, err := tx.Changes.All(ctx, department.PolicyText)
	if err != nil {
		return nil, err
	}
	all = slices.DeleteFunc(all, func(c ledger.Change) bool { return c.Scope != scope || c.State != ledger.ChangeInForce })
	slices.SortStableFunc(all, func(a, b ledger.Change) int { return a.EndedAt.Compare(b.EndedAt) })
	all = all[max(0, len(all)-mostVersions):]
	text := func(hash string) (*rules.Policy, error) {
		t, found, err := tx.Documents.Text(ctx, hash)
		if err != nil || !found {
			return nil, err
		}
		p, _ := rules.ReadBundle(t.Body) // one of an older program that says nothing any more is left out
		return p, nil
	}
	var before *rules.Policy
	for i := range all {
		c := &all[i]
		if i == 0 && c.Base != "" {
			if before, err = text(c.Base); err != nil {
				return nil, err
			}
			if before != nil {
				list = append(list, policybook.Version{Version: before.Version(), Until: day(c.EndedAt)})
			}
		}
		after, err := text(c.Hash)
		if err != nil {
			return nil, err
		}
		if after == nil {
			continue
		}
		answers, err := tx.Changes.Answers(ctx, c.ID)
		if err != nil {
			return nil, err
		}
		v := policybook.Version{Version: after.Version(), From: day(c.EndedAt), ProposedBy: c.ProposedBy, ApprovedBy: approvers(answers)}
		for j, w := range rules.DiffWords(before, after) {
			if j == mostWords {
				v.Words.EN, v.Words.FR = v.Words.EN+"\n…", v.Words.FR+"\n…"
				break
			}
			v.Words.EN, v.Words.FR = strings.TrimPrefix(v.Words.EN+"\n"+w.EN, "\n"), strings.TrimPrefix(v.Words.FR+"\n"+w.FR, "\n")
		}
		if len(list) > 0 {
			list[len(list)-1].Until = v.From
		}
		list = append(list, v)
		before = after
	}
	if len(list) == 0 && current != nil {
		list = append(list, policybook.Version{Version: current.Version()})
	}
	slices.Reverse(list)
	return list, nil
}

// TestsInForce are the tests of the text in force for a scope that the ledger keeps; nil where owners did not put it in force.
func TestsInForce(ctx context.Context, tx *ledger.Tx, scope string, p *rules.Policy) ([]byte, error) {
	by, found, err := tx.Changes.BehindText(ctx, department.PolicyText, scope, p.Hash())
	if err != nil || !found {
		return nil, err
	}
	tests, _, err := department.TestsOf(ctx, tx, &by.Change)
	return tests, err
}

// bookInForce is the text in force as a workbook, for an owner who wants to change it.
func (r *Room) bookInForce(ctx context.Context, inbox string, l request.Lang) (*notify.Attachment, error) {
	box := r.dept.Inboxes[inbox]
	if box == nil {
		box = r.dept.Main()
	}
	p, scope := box.Policy(), r.dept.ScopeOf(box)
	var tests []byte
	var versions []policybook.Version
	if err := r.ledger.View(ctx, func(tx *ledger.Tx) (err error) {
		if versions, err = Versions(ctx, tx, scope, p, r.dept.Day); err != nil {
			return err
		}
		tests, err = TestsInForce(ctx, tx, scope, p)
		return err
	}); err != nil {
		return nil, err
	}
	if file := r.dept.Inboxes[scope].PolicyFile; tests == nil && file != "" {
		if raw, err := rules.ReadFile(file); err == nil && string(raw) == p.Text() {
			tests, _ = rules.ReadFile(rules.TestFileOf(file)) // without tests it is a workbook without examples
		}
	}
	return written(p, tests, l, versions)
}

// wantsBook reports whether a mail asks for the text in force as a workbook: its subject is that word and nothing else.
func wantsBook(mail *ingest.Mail) bool {
	s := request.Fold(mail.Subject)
	return (s == "policy" || s == "politique") && len(mail.Attachments) == 0
}

// bookLetter is an owner's mail that asks for the text in force.
type bookLetter struct{ *letter }

// Decide sends it.
func (l *bookLetter) Decide(_ context.Context, _ *ledger.Tx, _ time.Time) ([]ledger.OutboxEntry, error) {
	if l.behalf != "" {
		return l.note(notForAnother), nil
	}
	d := bookSent(l.Inbox.Policy())
	d.Sends, d.Inbox = sendsInForce, l.Inbox.Config.Name
	return l.note(d), nil
}

// unowned answers a policy's workbook where the rules have no owners: it is no request.
type unowned struct{ *letter }

// Decide answers it.
func (l *unowned) Decide(_ context.Context, _ *ledger.Tx, _ time.Time) ([]ledger.OutboxEntry, error) {
	return l.note(nobodyOwns), nil
}

// What a note brings along.
const (
	sendsMarked  = "marked"   // the workbook of its message, with its mistakes
	sendsInForce = "in-force" // the text in force as a workbook
)

// filesOf are the files that a note brings along.
func (r *Room) filesOf(ctx context.Context, d *noteDetail, message int64, lang request.Lang) ([]*notify.Attachment, error) {
	var a *notify.Attachment
	var err error
	switch d.Sends {
	case sendsMarked:
		a, err = r.markedBook(ctx, message)
	case sendsInForce:
		a, err = r.bookInForce(ctx, d.Inbox, bookLang(lang))
	}
	if a == nil {
		return nil, err
	}
	return []*notify.Attachment{a}, err
}

var (
	noExamples = request.Text{EN: "The sheet Examples is empty: where the rules have owners, a text comes with examples of what it decides. Write at least one.",
		FR: "La feuille Exemples est vide\u00a0: lorsque les règles ont des responsables, un texte est accompagné d’exemples de ce qu’il décide. Écrivez-en au moins un."}
	notProposed    = request.Text{EN: "Nobody was asked, and what was in force stays.", FR: "Personne n’a été consulté, et ce qui était en vigueur le demeure."}
	waitsForOthers = request.Text{EN: "The other owners were asked. It comes into force when enough of them approve.", FR: "Les autres personnes responsables ont été consultées. Elle entrera en vigueur dès que suffisamment d’entre elles l’approuveront."}
	nobodyOwns     = noteDetail{Title: request.Text{EN: "Not read: a policy by mail needs owners of the rules", FR: "Non lu\u00a0: une politique par courriel exige des responsables des règles"},
		What: request.Text{EN: "Your mail brings a policy’s workbook, which is no request. The configuration names no owners of the rules, so a policy counts only as a file on the server.", FR: "Votre courriel apporte le classeur d’une politique, qui n’est pas une demande. La configuration ne nomme aucune personne responsable des règles\u00a0: une politique ne compte qu’en fichier sur le serveur."},
		Next: request.Text{EN: "Now: ask the operator to name owners ([owners] in the configuration), or give them the workbook.", FR: "Maintenant\u00a0: demandez à l’exploitant de nommer des responsables ([owners] dans la configuration), ou remettez-lui le classeur."}}
)

func bookSent(p *rules.Policy) noteDetail {
	named := p.Name() + " " + p.Version()
	return noteDetail{Good: true, Title: request.Text{EN: "The policy in force as a workbook: " + named, FR: "La politique en vigueur, en classeur\u00a0: " + named},
		What: request.Text{EN: "It is attached. The sheet Help says what the cells take; the sheet Changes says who approved what.", FR: "Le classeur est joint. La feuille Aide dit ce que prennent les cellules; la feuille Modifications dit qui a approuvé quoi."},
		Next: request.Text{EN: "Now: to change a rule, edit the cells, write a new version on the sheet About, and mail the workbook to this address. Another owner approves it.", FR: "Maintenant\u00a0: pour changer une règle, modifiez les cellules, écrivez une nouvelle version sur la feuille À propos et envoyez le classeur à cette adresse. Une autre personne responsable l’approuve."}}
}
