package bench

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	netmail "net/mail"
	"slices"
	"strings"
	"time"

	"github.com/shopspring/decimal"

	"handrail/internal/ledger"
	"handrail/internal/request"
	"handrail/internal/workbook"
	"handrail/notify"
	"handrail/rules"
)

// storyPlay is one story on its way through the job.
type storyPlay struct {
	*office
	story   *rules.Story
	numbers map[string]string // of lines that were judged, by id
	answers map[string]string // the Message-ID of the mail that answered a line, by the line's id
	mails   []*written        // as they were sent, for one that comes again
	next    map[int]int       // the number that the next request of a year gets
	played  Played
}

// play plays one story on a ledger of its own.
func (s *stage) play(ctx context.Context, n int, story *rules.Story) (p Played, err error) {
	p = Played{Story: story}
	o, err := s.open(ctx, n, story.Needs, s.hour(story.Mails[0].Date))
	if err != nil {
		return p, err
	}
	defer func() { err = errors.Join(err, o.close()) }()
	sp := &storyPlay{office: o, story: story, numbers: map[string]string{}, answers: map[string]string{}, next: map[int]int{}, played: p}
	for i := range story.Mails {
		if err := sp.mail(ctx, i); err != nil {
			return p, fmt.Errorf("mail %d: %w", i+1, err)
		}
	}
	sp.played.judge(s.policy)
	return sp.played, nil
}

// hour is ten in the morning of a day.
func (s *stage) hour(d request.Date) time.Time { return d.Time(s.zone).Add(10 * time.Hour) }

// mail sends mail number i, has the job pass over it, and notes what became of its lines.
func (sp *storyPlay) mail(ctx context.Context, i int) error {
	m := &sp.story.Mails[i]
	at := sp.now().Add(time.Minute)
	if morning := sp.hour(m.Date); morning.After(at) {
		at = morning
	}
	sp.clock.Store(at.UnixMicro())
	w, err := sp.write(m, i, at)
	if err != nil {
		return err
	}
	sp.mails = append(sp.mails, w)
	raw, err := w.bytes(sp.inbox())
	if err != nil {
		return err
	}
	sp.post.taken()
	sp.post.put(raw, at)
	report, err := sp.job.Once(ctx)
	if err != nil {
		return err
	}
	if len(report.Troubles) > 0 {
		return errors.Join(report.Troubles...)
	}
	return sp.note(ctx, i)
}

// write is the mail that a person writes.
func (sp *storyPlay) write(m *rules.StoryMail, i int, at time.Time) (*written, error) {
	if m.Again > 0 {
		return sp.mails[m.Again-1], nil
	}
	w := &written{from: m.From, name: m.Name, id: fmt.Sprintf("%s.%d@%s", strings.ToLower(sp.story.ID), i+1, domainOf(m.From)), at: at}
	if len(m.Withdraw) > 0 {
		return w, sp.withdraw(w, m)
	}
	w.subject, w.text = "Request", "Please find our request attached.\n"
	if m.Lang == request.French {
		w.subject, w.text = "Demande", "Vous trouverez notre demande ci-jointe.\n"
	}
	var err error
	w.workbook, err = fill(m, sp.numbers)
	return w, err
}

// withdraw is a mail that takes lines back: an answer to ours, which has a number for each.
func (sp *storyPlay) withdraw(w *written, m *rules.StoryMail) error {
	verb := "WITHDRAW"
	if m.Lang == request.French {
		verb = "RETIRER"
	}
	var lines []string
	for _, id := range m.Withdraw {
		number, given := sp.numbers[id]
		reference, ok := request.ParseReference(number)
		if !given || !ok {
			return fmt.Errorf("%s has no number that could be withdrawn", id)
		}
		w.answers = sp.answers[id]
		w.subject = "Re: " + request.Reference{Year: reference.Year, Number: reference.Number}.String()
		lines = append(lines, fmt.Sprint(reference.Line))
	}
	w.text = verb + " " + strings.Join(lines, ", ") + "\n"
	return nil
}

// note finds what the job made of mail i.
func (sp *storyPlay) note(ctx context.Context, i int) error {
	m := &sp.story.Mails[i]
	pm := PlayedMail{Date: m.Date, From: m.From, Withdraws: m.Withdraw, Again: m.Again}
	lines, err := sp.judged(ctx)
	if err != nil {
		return err
	}
	answer := answerTo(sp.post.taken(), m.From)
	for n := range m.Lines {
		pl := newPlayedLine(sp.story, &m.Lines[n])
		at := slices.IndexFunc(lines, func(l ledger.Line) bool { return l.Row == workbook.PlainFirstRow+n })
		switch {
		case at >= 0:
			if err := pl.take(&lines[at], sp.policy); err != nil {
				return err
			}
			sp.numbers[pl.ID], sp.answers[pl.ID] = pl.Reference, answer
		case m.Again > 0:
			continue // one number instead of two
		case pl.instead != "":
			sp.played.keep(&pl)
			sp.numbers[pl.ID], sp.answers[pl.ID] = pl.Reference, answer
		default:
			pl.Outcome, pl.Findings = request.Returned, []Found{{Guardrail: "not-read", Action: request.Return, Message: notRead}}
		}
		pm.Lines = append(pm.Lines, pl)
	}
	if len(m.Withdraw) > 0 {
		pm.Withdrawn, err = sp.withdrawn(ctx, m.Withdraw)
	}
	sp.played.Mails = append(sp.played.Mails, pm)
	return err
}

// withdrawn are those of the lines that are taken back by now.
func (sp *storyPlay) withdrawn(ctx context.Context, ids []string) (gone []string, err error) {
	err = sp.ledger.View(ctx, func(tx *ledger.Tx) error {
		for _, id := range ids {
			found, err := tx.Lines.ByReference(ctx, []string{sp.numbers[id]})
			if err != nil {
				return err
			}
			if len(found) == 1 && found[0].Outcome == request.Withdrawn {
				gone = append(gone, id)
			}
		}
		return nil
	})
	return gone, err
}

// notRead is why a line is returned of which the job made none.
var notRead = request.Text{EN: "The mail was answered, and no line of it was judged.", FR: "Le courriel a reçu une réponse, et aucune de ses lignes n’a été jugée."}

// judged are the lines of the request that was judged last and not seen yet.
func (sp *storyPlay) judged(ctx context.Context) (lines []ledger.Line, err error) {
	year := sp.now().In(sp.zone).Year()
	err = sp.ledger.View(ctx, func(tx *ledger.Tx) error {
		s, found, err := tx.Submissions.ByReference(ctx, request.Reference{Year: year, Number: sp.next[year] + 1})
		if err != nil || !found {
			return err
		}
		sp.next[year]++
		lines, err = tx.Lines.OfSubmissions(ctx, []int64{s.ID})
		return err
	})
	return lines, err
}

// take notes what a line was judged as.
func (pl *PlayedLine) take(l *ledger.Line, policy *rules.Policy) error {
	pl.Reference, pl.Outcome = l.Reference, l.Judged
	if l.HasAmount && l.Currency == policy.Currency() {
		digits, _ := request.MinorDigits(l.Currency)
		pl.amount = decimal.New(l.Amount, -digits)
	}
	var findings []request.Finding
	if len(l.Findings) > 0 {
		if err := json.Unmarshal(l.Findings, &findings); err != nil {
			return fmt.Errorf("read the findings of %s: %w", l.Reference, err)
		}
	}
	for i := range findings {
		f := &findings[i]
		if f.Action != request.Note && f.ExemptedBy == "" {
			pl.Findings = append(pl.Findings, Found{Guardrail: f.Guardrail, Title: f.Title, Action: f.Action, Message: f.ForOfficer()})
		}
	}
	var facts struct {
		Line request.Line `json:"line"`
	}
	if len(l.Facts) > 0 {
		if err := json.Unmarshal(l.Facts, &facts); err != nil {
			return fmt.Errorf("read the facts of %s: %w", l.Reference, err)
		}
	}
	for _, p := range facts.Line.Problems {
		if p.Severity == request.ReturnSeverity {
			pl.Findings = append(pl.Findings, Found{Guardrail: p.Code, Action: request.Return, Message: p.Message})
		}
	}
	return nil
}

// answerTo is the Message-ID of the last mail to somebody.
func answerTo(sent []notify.Outgoing, who string) string {
	for _, s := range slices.Backward(sent) {
		if !strings.EqualFold(s.To, who) {
			continue
		}
		if m, err := netmail.ReadMessage(bytes.NewReader(s.Raw)); err == nil {
			return strings.Trim(m.Header.Get("Message-ID"), "<> ")
		}
	}
	return ""
}
