package notify

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"

	"handrail/internal/request"
)

// sample composes one mail of the preview in a language.
type sample struct {
	name    string
	compose func(c *Composer, l request.Lang) (Mail, error)
}

var noticeKinds = [...]NoticeKind{Duplicate, AlreadyDecided, Changed, WithdrawnLines, NotYours, Unproven, Undone,
	TooLate, RevokedLines, HandedOver, Absent, ThankYou, NoEffect, NoticeSetAside, Remembered, Forgotten}

// samples lists every mail that the job can write.
func samples() []sample {
	all := []sample{
		{"answer", func(c *Composer, l request.Lang) (Mail, error) { return c.Answer(sampleAnswer(l)) }},
		{"answer-approved", func(c *Composer, l request.Lang) (Mail, error) {
			return c.Answer(answerOf("answer-approved", l, approvedLine()))
		}},
		{"answer-waiting", func(c *Composer, l request.Lang) (Mail, error) {
			return c.Answer(answerOf("answer-waiting", l, approvedLine(), splitLine(), awaitingLine()))
		}},
		{"answer-to-correct", func(c *Composer, l request.Lang) (Mail, error) {
			return c.Answer(answerOf("answer-to-correct", l, returnedLine()))
		}},
		{"answer-approved-before", func(c *Composer, l request.Lang) (Mail, error) {
			return c.Answer(answerOf("answer-approved-before", l, keptLine()))
		}},
		{"answer-empty", func(c *Composer, l request.Lang) (Mail, error) { return c.Answer(answerOf("answer-empty", l)) }},
		{"trial", func(c *Composer, l request.Lang) (Mail, error) {
			return c.Trial(sampleTrial("trial", l, returnedLine(), splitLine(), approvedLine()))
		}},
		{"trial-approved", func(c *Composer, l request.Lang) (Mail, error) {
			return c.Trial(sampleTrial("trial-approved", l, approvedLine()))
		}},
		{"trial-empty", func(c *Composer, l request.Lang) (Mail, error) { return c.Trial(sampleTrial("trial-empty", l)) }},
		{"unreadable", func(c *Composer, l request.Lang) (Mail, error) {
			return c.Unreadable(sampleUnreadable("old-format", l))
		}},
		{"unreadable-no-attachment", func(c *Composer, l request.Lang) (Mail, error) {
			return c.Unreadable(sampleUnreadable("no-attachment", l))
		}},
		{"unreadable-own-department", func(c *Composer, l request.Lang) (Mail, error) {
			return c.Unreadable(sampleUnreadable("own-department", l))
		}},
		{"escalation", func(c *Composer, l request.Lang) (Mail, error) {
			return c.Escalation(sampleEscalation("escalation", l))
		}},
		{"escalation-one", func(c *Composer, l request.Lang) (Mail, error) {
			return c.Escalation(sampleSingle("escalation-one", l))
		}},
		{"reminder", func(c *Composer, l request.Lang) (Mail, error) { return c.Reminder(sampleEscalation("reminder", l)) }},
		{"reminder-overdue", func(c *Composer, l request.Lang) (Mail, error) {
			return c.Reminder(sampleOverdue("reminder-overdue", l))
		}},
		{"digest", func(c *Composer, l request.Lang) (Mail, error) { return c.Digest(sampleDigest(l)) }},
		{"decision", func(c *Composer, l request.Lang) (Mail, error) { return c.Decision(sampleDecision(l)) }},
		{"decision-approved", func(c *Composer, l request.Lang) (Mail, error) {
			return c.Decision(decisionOf("decision-approved", l, request.Approved))
		}},
		{"decision-declined", func(c *Composer, l request.Lang) (Mail, error) {
			return c.Decision(decisionOf("decision-declined", l, request.Declined))
		}},
		{"decision-withdrawn", func(c *Composer, l request.Lang) (Mail, error) {
			return c.Decision(decisionOf("decision-withdrawn", l, request.Withdrawn))
		}},
		{"receipt", func(c *Composer, l request.Lang) (Mail, error) { return c.Receipt(sampleReceipt(l)) }},
		{"askback", func(c *Composer, l request.Lang) (Mail, error) { return c.AskBack(sampleAskBack(l)) }},
		{"question", func(c *Composer, l request.Lang) (Mail, error) { return c.Question(sampleQuestion(l)) }},
		{"reply", func(c *Composer, l request.Lang) (Mail, error) { return c.Reply(sampleAnswered(l)) }},
		{"relay", func(c *Composer, l request.Lang) (Mail, error) { return c.Relay(sampleRelay(l)) }},
		{"still-waiting", func(c *Composer, l request.Lang) (Mail, error) { return c.StillWaiting(sampleStillWaiting(l)) }},
		{"passed-on", func(c *Composer, l request.Lang) (Mail, error) { return c.PassedOn(samplePassedOn(l)) }},
		{"asked", func(c *Composer, l request.Lang) (Mail, error) { return c.Asked(sampleAsked("asked", l)) }},
		{"question-reminder", func(c *Composer, l request.Lang) (Mail, error) {
			return c.QuestionReminder(sampleQuestionReminder(l))
		}},
		{"question-unanswered", func(c *Composer, l request.Lang) (Mail, error) {
			return c.QuestionUnanswered(sampleAsked("question-unanswered", l))
		}},
		{"line-change", func(c *Composer, l request.Lang) (Mail, error) { return c.LineChange(sampleLineChange(l)) }},
		{"revocation", func(c *Composer, l request.Lang) (Mail, error) {
			return c.Revocation(sampleRevocation(ToRequester, l))
		}},
		{"revocation-receipt", func(c *Composer, l request.Lang) (Mail, error) {
			return c.Revocation(sampleRevocation(ToOfficer, l))
		}},
		{"not-authorized", func(c *Composer, l request.Lang) (Mail, error) {
			return c.NotAuthorized(sampleNotAuthorized(l))
		}},
		{"withdraw-question", func(c *Composer, l request.Lang) (Mail, error) {
			return c.WithdrawQuestion(sampleWithdrawQuestion(l))
		}},
		{"undo-question", func(c *Composer, l request.Lang) (Mail, error) { return c.UndoQuestion(sampleUndoQuestion(l)) }},
		{"section32", func(c *Composer, l request.Lang) (Mail, error) { return c.Section32(sampleSection32Request(l)) }},
		{"section32-told", func(c *Composer, l request.Lang) (Mail, error) { return c.Section32Told(sampleSection32Told(l)) }},
		{"weekly", func(c *Composer, l request.Lang) (Mail, error) { return c.Weekly(sampleWeekly(l)) }},
		{"operator-daily", func(c *Composer, l request.Lang) (Mail, error) { return c.OperatorDaily(sampleOperatorDaily(l)) }},
		{"operator-daily-news", func(c *Composer, l request.Lang) (Mail, error) {
			d := sampleOperatorDaily(l)
			d.Cause, d.Standing = "operator-daily-news", nil
			return c.OperatorDaily(d)
		}},
		{"proposal", func(c *Composer, l request.Lang) (Mail, error) { return c.Proposal(sampleProposal("proposal", l)) }},
		{"proposal-own", func(c *Composer, l request.Lang) (Mail, error) {
			p := sampleProposal("proposal-own", l)
			p.Own, p.Approved, p.Missing = true, nil, []string{"finance.manager@department.example", "finance.director@department.example"}
			return c.Proposal(p)
		}},
		{"proposal-reminder", func(c *Composer, l request.Lang) (Mail, error) {
			p := sampleProposal("proposal-reminder", l)
			p.Again, p.From = true, request.Date{}
			return c.Proposal(p)
		}},
		{"proposal-asked-back", func(c *Composer, l request.Lang) (Mail, error) {
			p := sampleProposal("proposal-asked-back", l)
			p.Written = "APPROVE, but only from May on"
			p.Why = request.Text{EN: "A condition decides nothing.", FR: "Une condition ne décide rien."}
			return c.Proposal(p)
		}},
		{"owners-note", func(c *Composer, l request.Lang) (Mail, error) { return c.OwnersNote(sampleOwnersNote(l)) }},
		{"corrections", func(c *Composer, l request.Lang) (Mail, error) {
			return c.Corrections(sampleCorrections("corrections", l))
		}},
		{"corrections-asked", func(c *Composer, l request.Lang) (Mail, error) {
			n := sampleCorrections("corrections-asked", l)
			n.Done, n.NotUsed = nil, nil
			return c.Corrections(n)
		}},
		{"alert", func(c *Composer, l request.Lang) (Mail, error) { return c.Alert(sampleAlert(l)) }},
		{"alert-over", func(c *Composer, l request.Lang) (Mail, error) { return c.Alert(sampleAlertOver(l)) }},
	}
	for _, s := range all {
		if slices.Contains(tooLargeSamples, s.name) {
			all = append(all, sample{s.name + "-without-files", func(c *Composer, l request.Lang) (Mail, error) { return sampleWithoutFiles(c, s, l) }})
		}
	}
	for _, kind := range noticeKinds {
		all = append(all, sample{"notice-" + string(kind),
			func(c *Composer, l request.Lang) (Mail, error) { return c.Notice(sampleNotice(kind, l)) }})
	}
	return all
}

// tooLargeSamples are shown without their files as well: one for each advice.
var tooLargeSamples = []string{"answer", "escalation", "weekly", "unreadable"}

// sampleWithoutFiles is a sample as it goes out when it was too large.
func sampleWithoutFiles(c *Composer, s sample, l request.Lang) (Mail, error) {
	m, err := s.compose(c, l)
	if err != nil {
		return m, err
	}
	whole, err := takeApart(m.Raw)
	if err != nil {
		return m, err
	}
	whole.files = []file{{"HR-2026-000123.xlsx", 31_400_000}}
	light, err := c.lighten(&whole, s.name)
	m.Raw, m.text, m.html = light.Raw, light.text, light.html
	return m, err
}

// checkWording writes every mail once from sample data, in both languages, and reports every one that cannot be.
func (c *Composer) checkWording() error {
	var mistakes []error
	for _, s := range samples() {
		for _, l := range []request.Lang{request.English, request.French} {
			if _, err := s.compose(c, l); err != nil {
				mistakes = append(mistakes, err)
			}
		}
	}
	return errors.Join(mistakes...)
}

// Preview writes every mail with sample data into dir: in English, in French and, for a reader whose language is
// unknown, in both; each as .eml, .html and .txt, and an index.html to click through. It returns the files' names.
func (c *Composer) Preview(dir string) ([]string, error) {
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return nil, fmt.Errorf("write the preview: %w", err)
	}
	var names []string
	write := func(name string, data []byte) error {
		names = append(names, name)
		return os.WriteFile(filepath.Join(dir, name), data, 0o644)
	}
	index := []previewEntry{}
	for _, s := range samples() {
		entry := previewEntry{Mail: s.name}
		for _, v := range []struct {
			suffix string
			lang   request.Lang
		}{{"en", request.English}, {"fr", request.French}, {"both", request.UnknownLang}} {
			m, err := s.compose(c, v.lang)
			if err != nil {
				return names, err
			}
			base := s.name + "." + v.suffix
			entry.Files = append(entry.Files, previewFile{v.suffix, base, m.Subject})
			err = errors.Join(write(base+".eml", m.Raw), write(base+".html", m.html), write(base+".txt", m.text))
			if err != nil {
				return names, fmt.Errorf("write the preview: %w", err)
			}
		}
		index = append(index, entry)
	}
	page, err := previewIndex(index)
	if err != nil {
		return names, err
	}
	if err := write("index.html", page); err != nil {
		return names, fmt.Errorf("write the preview: %w", err)
	}
	return names, nil
}
