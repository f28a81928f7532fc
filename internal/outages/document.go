package outages

import (
	"time"

	"handrail/internal/batch"
	"handrail/internal/ledger"
	"handrail/internal/request"
)

// Document is what the webhook is given, as JSON. It names no person and no account.
type Document struct {
	// Text is all of it in one paragraph, in the department's languages: what a chat shows.
	Text       string              `json:"text"`
	Event      string              `json:"event"` // "outage-began", "outage-ended", "alert-not-written", "test"
	ID         string              `json:"id"`    // the same for every try
	Department request.Text        `json:"department"`
	Name       string              `json:"name,omitempty"` // of the outage, as ledger status has it
	What       request.Text        `json:"what"`           // in words
	Class      string              `json:"class,omitempty"`
	Since      time.Time           `json:"since,omitzero"`
	Ended      time.Time           `json:"ended,omitzero"`
	Next       time.Time           `json:"next_try,omitzero"`
	Words      string              `json:"words,omitempty"` // the server's
	Waits      map[ledger.Step]int `json:"waits,omitempty"` // rows by step
	Hint       request.Text        `json:"hint"`
}

// The events.
const (
	eventBegan     = "outage-began"
	eventEnded     = "outage-ended"
	eventUnwritten = "alert-not-written"
	eventTest      = "test"
)

// outageDocument says that an outage began or ended.
func (d *Desk) outageDocument(n *batch.OutageNews) Document {
	doc := Document{Event: eventBegan, ID: batch.NewsCause([]batch.OutageNews{*n}), Department: d.dept.Config.Name, Name: n.Name, What: batch.OutageText(n.Name),
		Class: string(n.Class), Since: n.Began.UTC(), Words: batch.WithoutAddresses(n.Words), Waits: n.Waits, Hint: hintOf(n)}
	title := beganTitle(n)
	said := began(n, d.dept.Zone)
	if n.Ended.IsZero() {
		doc.Next = n.Next.UTC()
	} else {
		doc.Event, doc.Ended, doc.Hint = eventEnded, n.Ended.UTC(), nothingToDo
		title, said = endedTitle(n), ended(n, d.dept.Zone)
	}
	doc.Text = paragraph(d.dept.Languages(), "Handrail", title, said, doc.Hint)
	if doc.Words != "" && doc.Event == eventBegan {
		doc.Text += " | " + doc.Words
	}
	return doc
}

// unwrittenDocument says that a mail to the operator could not be written.
func (d *Desk) unwrittenDocument(row string, at time.Time) Document {
	doc := Document{Event: eventUnwritten, ID: "aside " + row + " " + at.UTC().Format(time.RFC3339), Department: d.dept.Config.Name, Name: row, Since: at.UTC(),
		What: request.Text{EN: "A mail to the operator could not be written", FR: "Un courriel à l’exploitant n’a pas pu être rédigé"},
		Hint: request.Text{EN: "handrail ledger status says why, and the command that releases it.", FR: "handrail ledger status indique pourquoi, et la commande qui le libère."}}
	doc.Text = paragraph(d.dept.Languages(), "Handrail", doc.What, request.Text{}, doc.Hint)
	return doc
}

// TestDocument is what doctor posts.
func TestDocument(department request.Text, languages request.Languages, now time.Time) Document {
	doc := Document{Event: eventTest, ID: "test " + now.UTC().Format(time.RFC3339), Department: department, Since: now.UTC(),
		What: request.Text{EN: "handrail doctor tries the webhook", FR: "handrail doctor essaie le webhook"}, Hint: nothingToDo}
	doc.Text = paragraph(languages, "Handrail", doc.What, request.Text{}, doc.Hint)
	return doc
}

// paragraph is one paragraph in each of the department's languages.
func paragraph(languages request.Languages, who string, parts ...request.Text) string {
	said := request.Text{EN: who + ":", FR: who + "\u00a0:"}
	for i, p := range parts {
		if p.IsZero() {
			continue
		}
		mark := " "
		if i == 1 {
			mark = ". "
		}
		said.EN, said.FR = said.EN+mark+p.EN, said.FR+mark+p.FR
	}
	return languages.Join(said, languages.Of()[0], " — ")
}
