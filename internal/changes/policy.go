package changes

import (
	"bytes"
	"context"
	"fmt"
	"strings"
	"time"

	"handrail/internal/department"
	"handrail/internal/ledger"
	"handrail/internal/replay"
	"handrail/internal/report"
	"handrail/internal/request"
	"handrail/internal/workbook"
	"handrail/notify"
	"handrail/rules"
)

// policies is the kind of changes of a policy's text.
type policies struct{ room *Room }

// texts are the policy that is proposed, and the one it would take the place of: nil where there was none.
func (k policies) texts(ctx context.Context, tx *ledger.Tx, c *ledger.Change) (before, after *rules.Policy, err error) {
	text, found, err := tx.Documents.Text(ctx, c.Hash)
	if err != nil {
		return nil, nil, err
	}
	if !found {
		return nil, nil, fmt.Errorf("the proposed policy %s is not in the ledger", c.Hash)
	}
	if after, err = rules.Renew(text.Body); err != nil {
		return nil, nil, err
	}
	if c.Base == "" {
		return nil, after, nil
	}
	was, found, err := tx.Documents.Text(ctx, c.Base)
	if err != nil || !found {
		return nil, after, err
	}
	if before, err = rules.Renew(was.Body); err != nil {
		before, err = rules.ReadBundle(was.Body)
	}
	return before, after, err
}

// Describe says what changes, with the text and its tests attached.
func (k policies) Describe(ctx context.Context, tx *ledger.Tx, c ledger.Change) (p Proposal, err error) {
	before, after, err := k.texts(ctx, tx, &c)
	if err != nil {
		return p, err
	}
	p.Title, p.After = request.Text{EN: after.Name(), FR: after.Name()}, after.Version()
	if before != nil {
		p.Before = before.Version()
		if before.Name() != after.Name() {
			p.Before = before.Name() + " " + before.Version()
		}
		p.Words = rules.DiffWords(before, after)
	}
	name := fileName(after)
	p.Files = append(p.Files, &notify.Attachment{Name: name + ".toml", Type: "text/plain", Data: []byte(after.Text())})
	tests, cases, err := department.TestsOf(ctx, tx, &c)
	if err != nil {
		return p, err
	}
	value := request.Text{EN: "it has none", FR: "il n’y en a pas"}
	if tests != nil {
		p.Files = append(p.Files, &notify.Attachment{Name: name + rules.TestSuffix, Type: "text/plain", Data: tests})
		value = request.Text{EN: fmt.Sprintf("all %d pass", cases), FR: fmt.Sprintf("les %d réussissent", cases)}
		if cases == 1 {
			value = request.Text{EN: "its one case passes", FR: "son seul cas réussit"}
		}
	}
	p.Facts = append(p.Facts, notify.Figure{Label: request.Text{EN: "Its own tests", FR: "Ses propres tests"}, Value: value})
	return p, nil
}

// fileName is how the file of a policy is called in mails.
func fileName(p *rules.Policy) string {
	return strings.Trim(strings.Map(func(r rune) rune {
		switch {
		case r >= 'a' && r <= 'z', r >= '0' && r <= '9', r == '-', r == '.':
			return r
		case r >= 'A' && r <= 'Z':
			return r + 'a' - 'A'
		}
		return '-'
	}, p.Name()+"-"+p.Version()), "-.")
}

// Try judges the last twelve months again with the proposed text, and writes it as a workbook.
func (k policies) Try(ctx context.Context, tx *ledger.Tx, c ledger.Change) (t Trial, err error) {
	before, after, err := k.texts(ctx, tx, &c)
	if err != nil {
		return t, err
	}
	tests, _, err := department.TestsOf(ctx, tx, &c)
	if err != nil {
		return t, err
	}
	if t.Versions, err = Versions(ctx, tx, c.Scope, before, k.room.dept.Day); err != nil {
		return t, err
	}
	t.Books = map[request.Lang]*notify.Attachment{}
	for _, l := range []request.Lang{request.English, request.French} {
		book, err := written(after, tests, l, t.Versions)
		if err != nil { // the text goes along in any case
			k.room.log.Error("a proposed policy could not be written as a workbook", "error", err)
			break
		}
		t.Books[l] = book
	}
	now := k.room.engine.Now()
	inbox := ""
	if len(k.room.dept.Order) > 1 {
		inbox = c.Scope
	}
	label := request.Text{EN: "The last twelve months, judged again", FR: "Les douze derniers mois, jugés de nouveau"}
	b, err := replay.TwelveMonths(ctx, tx, after, inbox, k.room.dept.Day(now), k.room.dept.Finance.Reconcile.Estimates().OfficerMinutes)
	if err != nil {
		return t, err
	}
	if b.All.Before.Lines == 0 {
		t.Facts = append(t.Facts, notify.Figure{Label: label, Value: request.Text{EN: "there are no lines to judge yet", FR: "il n’y a encore aucune ligne à juger"}})
		return t, nil
	}
	t.Rows = map[request.Lang][]workbook.ReportRow{}
	for _, l := range []request.Lang{request.English, request.French} {
		t.Rows[l] = reportRows(b.Sheet(l), l)
	}
	was, is := &b.All.Before, &b.All.After
	t.Facts = append(t.Facts,
		notify.Figure{Label: label, Value: otherwise(len(b.Flips), b.All.Before.Lines)},
		notify.Figure{Label: request.Text{EN: "Approved by itself", FR: "Approuvées d’elles-mêmes"}, Value: moved(was.Approved, is.Approved, was.ApprovedAmount, is.ApprovedAmount)},
		notify.Figure{Label: request.Text{EN: "To an officer", FR: "Soumises à un agent"}, Value: moved(was.Escalated, is.Escalated, was.EscalatedAmount, is.EscalatedAmount)},
		notify.Figure{Label: request.Text{EN: "Returned", FR: "Renvoyées"}, Value: moved(was.Returned, is.Returned, was.ReturnedAmount, is.ReturnedAmount)})
	t.Files = map[request.Lang][]*notify.Attachment{}
	for lang, name := range map[request.Lang]string{request.English: "last-twelve-months.xlsx", request.French: "douze-derniers-mois.xlsx"} {
		var book bytes.Buffer
		if err := report.WriteBacktest(&book, b, lang, now); err != nil {
			return t, err
		}
		t.Files[lang] = []*notify.Attachment{{Name: name, Data: book.Bytes()}}
	}
	return t, nil
}

// otherwise says how many of the lines would have another outcome.
func otherwise(n, of int) request.Text {
	switch n {
	case 0:
		return request.Text{EN: fmt.Sprintf("none of %d lines would come out otherwise", of), FR: fmt.Sprintf("sur %d lignes, aucune n’aurait un autre résultat", of)}
	case 1:
		return request.Text{EN: fmt.Sprintf("1 line of %d would come out otherwise", of), FR: fmt.Sprintf("1 ligne sur %d aurait un autre résultat", of)}
	}
	return request.Text{EN: fmt.Sprintf("%d lines of %d would come out otherwise", n, of), FR: fmt.Sprintf("%d lignes sur %d auraient un autre résultat", n, of)}
}

// moved says a figure before and after.
func moved(was, is int, wasAmount, isAmount report.BacktestAmount) request.Text {
	said := func(l request.Lang) string {
		const to = " → "
		return fmt.Sprintf("%d (%s)%s%d (%s)", was, wasAmount.In(l), to, is, isAmount.In(l))
	}
	return request.Text{EN: said(request.English), FR: said(request.French)}
}

// Enforce makes the policy judge from now on.
func (k policies) Enforce(ctx context.Context, now time.Time, c ledger.Change) error {
	return k.room.dept.EnforcePolicy(ctx, now, c)
}
