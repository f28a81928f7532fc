package notify

import (
	"fmt"
	htmltemplate "html/template"
	"strings"

	"handrail/internal/request"
	"handrail/templates"
)

// button is a mailto: link whose subject has the code and whose body is the command; a command that ends in a colon
// waits for a reason.
func (v *voice) button(t templates.Tone, label, command, code string) templates.Button {
	bare := strings.TrimRight(command, ": "+nbsp)
	subject, typed := bare+" ["+code+"]", bare
	if bare != command {
		typed = bare + v.end() + " " + v.word("your-reason")
	}
	return templates.Button{Tone: t, Label: label, Type: typed, TypeLabel: v.label("or-type"),
		Href: htmltemplate.URL(mailto(v.c.id.ReplyTo, subject, command))}
}

func (v *voice) allButtons(e *Escalation) []templates.Button {
	approve, label := v.word("command-approve")+" "+v.word("command-all"), "button-approve-all"
	for i := range e.Lines {
		if e.Lines[i].NeedsReason {
			approve, label = approve+v.commandColon(), "button-approve-all-why"
			break
		}
	}
	return []templates.Button{
		v.button(templates.Good, v.count(label, len(e.Lines)), approve, e.Code),
		v.button(templates.Bad, v.count("button-decline-all", len(e.Lines)), v.word("command-decline")+" "+v.word("command-all")+v.commandColon(), e.Code),
	}
}

func (v *voice) lineButtons(l *Line, e *Escalation) []templates.Button {
	approve, label := fmt.Sprintf("%s %d", v.word("command-approve"), l.Number), "button-approve"
	if l.NeedsReason {
		approve, label = approve+v.commandColon(), "button-approve-why"
	}
	return []templates.Button{
		v.button(templates.Good, v.count(label, l.Number), approve, e.Code),
		v.button(templates.Bad, v.count("button-decline", l.Number), fmt.Sprintf("%s %d", v.word("command-decline"), l.Number)+v.commandColon(), e.Code),
	}
}

// commandColon ends a command that wants a reason; the reader types on.
func (v *voice) commandColon() string {
	if v.lang == request.French {
		return " : "
	}
	return ": "
}
