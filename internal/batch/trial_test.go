package batch_test

import (
	"bytes"
	"context"
	"mime"
	"strings"
	"testing"
	"time"

	"handrail/ingest"
	"handrail/internal/ledger"
	"handrail/internal/request"
	"handrail/internal/workbook"
)

// A mail whose subject is CHECK gets the annotated workbook back, and nothing else is there afterwards that was not there before.
func TestATrialHasNoEffect(t *testing.T) {
	t.Parallel()
	d := open(t, nil)
	d.send(testStaff, "Chairs", "", d.form(testStaff, request.English, line("Chairs", "Oak Desk Ltd.", "400", "52", "452")))
	d.once()
	before, answers := d.recorded(), len(d.inbox(testStaff))
	form := d.form(testStaff, request.English,
		line("Desks", "Pine Desk Ltd.", "500", "65", "565"),
		line("A survey", "Boreal Surveys Inc.", "20000", "2600", "22600"),
		line("Lamps", "Bright Lamps Ltd.", "between 2 and 3", "", ""))
	d.send(testStaff, "RE: Check.", "What would you say?", form)
	d.once()
	if after := d.recorded(); after != before {
		t.Errorf("a trial left something:\n%s\nbefore:\n%s", after, before)
	}
	if mails := d.inbox(testOfficer); len(mails) != 0 {
		t.Errorf("the officer got %d mails about a trial", len(mails))
	}
	mails := d.inbox(testStaff)[answers:]
	if len(mails) != 1 {
		t.Fatalf("the sender of a trial got %d mails", len(mails))
	}
	mail := mails[0]
	if first, _, _ := strings.Cut(strings.TrimSpace(mail.Text), "\n"); !strings.Contains(mail.Subject, "TRIAL") || !strings.Contains(first, "TRIAL.") {
		t.Errorf("subject %q and first line %q do not say that it is a trial", mail.Subject, first)
	}
	if strings.Contains(mail.Text, "HR-20") {
		t.Errorf("a trial gives out a number:\n%s", mail.Text)
	}
	results, first := d.trialResults(mail)
	if want := []string{"Would be approved", "Would go to an officer", "Would come back to you"}; !equalTexts(results, want) || !strings.Contains(first, "TRIAL") {
		t.Errorf("the workbook says %q under %q, want %q", results, first, want)
	}
	// The number that the trial had is the next request's.
	d.send(testStaff, "Desks", "", d.form(testStaff, request.English, line("Desks", "Oak Desk Ltd.", "500", "65", "565")))
	d.once()
	if _, ok := d.lines()["HR-2026-000002-01"]; !ok {
		t.Errorf("the request after a trial has no line HR-2026-000002-01: %v", d.lines())
	}
	// An answer to it is another trial, of the workbook that came back annotated.
	seen := len(d.inbox(testStaff))
	before = d.recorded()
	d.mails++
	var reply strings.Builder
	writeReplyHead(&reply, d, testStaff, mail)
	d.finish(&reply, "Once more.", [][]byte{d.workbookOf(mail)})
	d.submit(testStaff, []byte(reply.String()))
	d.once()
	if again := d.inbox(testStaff)[seen:]; len(again) != 1 || !strings.Contains(again[0].Subject, "TRIAL") {
		t.Errorf("an answer to a trial got %d mails, or no trial", len(again))
	} else if results, _ := d.trialResults(again[0]); len(results) != 3 {
		t.Errorf("the second trial has the results %q", results)
	}
	if after := d.recorded(); after != before {
		t.Error("the second trial left something")
	}
	// The same workbook with another subject is a request.
	d.send(testStaff, "Desks and more", "", d.workbookOf(mail))
	d.once()
	if n := len(d.lines()); n != 5 {
		t.Errorf("after the workbook of a trial was mailed to be requested there are %d lines, want 5", n)
	}
	if err := d.ledger.View(t.Context(), func(tx *ledger.Tx) error {
		counts, err := tx.Messages.Trials(t.Context(), d.now().AddDate(0, 0, -30))
		if len(counts) != 1 || counts[0].Sender != testStaff || counts[0].Mails != 2 {
			t.Errorf("the trials are counted as %+v", counts)
		}
		return err
	}); err != nil {
		t.Fatal(err)
	}
	d.sound()
}

// Rows that come back in a trial are those of the earlier request: nothing is counted twice, and what was decided stands.
func TestATrialOfAWorkbookThatComesBack(t *testing.T) {
	t.Parallel()
	d := open(t, nil)
	d.send(testStaff, "Chairs", "", d.form(testStaff, request.French, line("Chaises", "Oak Desk Ltd.", "8000", "1040", "9040"), line("Lampes", "Boréal inc.", "oui", "", "")))
	d.once()
	before := d.recorded()
	d.send(testStaff, mime.QEncoding.Encode("utf-8", "VÉRIFIER"), "", d.workbookOf(d.inbox(testStaff)[0]))
	d.once()
	mails := d.inbox(testStaff)
	results, first := d.trialResults(mails[len(mails)-1])
	if want := []string{"Approuvée", "Renvoyée"}; !equalTexts(results, want) || !strings.Contains(first, "ESSAI") {
		t.Errorf("the workbook says %q under %q, want %q", results, first, want)
	}
	if !strings.Contains(mails[len(mails)-1].Subject, "ESSAI") {
		t.Errorf("the subject is %q", mails[len(mails)-1].Subject)
	}
	if d.recorded() != before {
		t.Error("the trial left something")
	}
	d.sound()
}

// One person's trials of a day come to an end, with a word about it.
func TestTrialsOfADayComeToAnEnd(t *testing.T) {
	t.Parallel()
	d := open(t, nil)
	form := d.form(testStaff, request.English, line("Desks", "Oak Desk Ltd.", "500", "65", "565"))
	for range 40 {
		d.send(testStaff, "CHECK", "", form)
	}
	d.once()
	d.send(testStaff, "CHECK", "", form)
	d.once()
	mails := d.inbox(testStaff)
	trials := 0
	for _, m := range mails {
		if strings.Contains(m.Subject, "TRIAL") {
			trials++
		}
	}
	if trials != 40 || len(mails) != 41 {
		t.Errorf("41 trials in a day got %d mails, %d of them trials", len(mails), trials)
	}
	d.pass(24 * time.Hour)
	d.send(testStaff, "CHECK", "", form)
	d.once()
	if again := d.inbox(testStaff); len(again) != 42 || !strings.Contains(again[41].Subject, "TRIAL") {
		t.Errorf("the next day there are %d mails", len(again))
	}
}

// recorded is everything of the ledger that a request would change.
func (d *agency) recorded() string {
	d.t.Helper()
	var all bytes.Buffer
	if err := d.ledger.View(d.t.Context(), func(tx *ledger.Tx) error {
		for _, table := range []string{"submission", "line", "chain", "counter", "escalation", "token", "tally", "tally_line", "evidence"} {
			if _, err := tx.Records.Export(d.t.Context(), &all, table, ledger.JSONL, false); err != nil {
				return err
			}
		}
		return nil
	}); err != nil {
		d.t.Fatal(err)
	}
	return all.String()
}

func (d *agency) workbookOf(m *ingest.Mail) []byte {
	d.t.Helper()
	books := m.Workbooks()
	if len(books) != 1 {
		d.t.Fatalf("%q has %d workbooks", m.Subject, len(books))
	}
	return books[0].Data
}

// trialResults are the words in our first column, and the first cell of the sheet Handrail.
func (d *agency) trialResults(m *ingest.Mail) (results []string, first string) {
	d.t.Helper()
	book, err := workbook.Open(d.t.Context(), d.workbookOf(m), workbook.DefaultBounds())
	if err != nil {
		d.t.Fatal(err)
	}
	for i, s := range book.Sheets() {
		column := 0
		if err := book.Rows(context.Background(), i, func(r *workbook.Row) error {
			if s.Name == "Handrail" && r.Number == 1 {
				first = r.Cell(1).Value
			}
			for _, c := range r.Cells {
				if strings.HasPrefix(c.Value, "Result / ") || strings.HasPrefix(c.Value, "Résultat / ") {
					column = c.Col
				} else if c.Col == column && c.Value != "" {
					_, word, _ := strings.Cut(c.Value, " ") // after the symbol
					results = append(results, word)
				}
			}
			return nil
		}); err != nil {
			d.t.Fatal(err)
		}
	}
	return results, first
}

func equalTexts(got, want []string) bool { return strings.Join(got, "|") == strings.Join(want, "|") }
