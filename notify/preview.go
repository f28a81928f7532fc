package notify

import (
	"errors"

	"handrail/internal/request"
)

// sample composes one mail of the preview in a language.
type sample struct {
	name    string
	compose func(c *Composer, l request.Lang) (Mail, error)
}

var samples = []sample{
	{"answer", func(c *Composer, l request.Lang) (Mail, error) { return c.Answer(sampleAnswer(l)) }},
	{"escalation", func(c *Composer, l request.Lang) (Mail, error) { return c.Escalation(sampleEscalation("escalation", l)) }},
	{"reminder", func(c *Composer, l request.Lang) (Mail, error) { return c.Reminder(sampleEscalation("reminder", l)) }},
	{"unreadable", func(c *Composer, l request.Lang) (Mail, error) { return c.Unreadable(sampleUnreadable(l)) }},
	{"weekly", func(c *Composer, l request.Lang) (Mail, error) { return c.Weekly(sampleWeekly(l)) }},
	{"alert", func(c *Composer, l request.Lang) (Mail, error) { return c.Alert(sampleAlert(l)) }},
}

// checkWording writes every mail once from sample data, in both languages, and reports every one that cannot be.
func (c *Composer) checkWording() error {
	var mistakes []error
	for _, s := range samples {
		for _, l := range []request.Lang{request.English, request.French} {
			if _, err := s.compose(c, l); err != nil {
				mistakes = append(mistakes, err)
			}
		}
	}
	return errors.Join(mistakes...)
}
