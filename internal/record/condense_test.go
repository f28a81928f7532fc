package record

import (
	"fmt"
	"strings"
	"testing"
	"unicode/utf8"

	"handrail/internal/request"
	"handrail/internal/workbook"
)

// A cell and a comment say little; what does not fit stands in full on the sheet Handrail.
func TestCommentsAndReasonsAreCappedAndTheRestIsOnTheSheet(t *testing.T) {
	for _, lang := range []request.Lang{request.English, request.French} {
		jm := &Judgement{}
		w := wordsOn(jm, lang)
		long := strings.Repeat("Words about this. ", 60)
		r := JudgedRow{Row: 3, Outcome: request.Returned, Findings: []request.Finding{
			{Guardrail: "a", Action: request.Return, Cells: []string{"B3"}, Message: request.Text{EN: "First.", FR: "Première."}},
			{Guardrail: "b", Action: request.Escalate, Cells: []string{"B3", "C3"}, Message: request.Text{EN: long, FR: long}}}}
		why := w.row(&r, 0)
		end := restOnSheet.In(lang)
		if want := r.Findings[0].Message.In(lang) + "\n" + end; why != want {
			t.Errorf("why is %q", why)
		}
		if len(w.comments) != 2 || w.comments[0].Text != r.Findings[0].Message.In(lang) {
			t.Errorf("%+v", w.comments)
		}
		if text := w.comments[1].Text; !strings.HasSuffix(text, "… "+end) || utf8.RuneCountInString(text) > longestComment+2 {
			t.Errorf("C3 says %q", text)
		}
		if len(w.answer.rest) != 2 || w.answer.rest[0].text != long || !strings.Contains(w.answer.rest[1].text, long) {
			t.Errorf("the sheet has %+v", w.answer.rest)
		}
		// A row that somebody fixed at two lines shows what it says and where the rest is.
		if short := w.row(&JudgedRow{Row: 4, Outcome: request.Returned, Findings: r.Findings[1:]}, 30); utf8.RuneCountInString(short) > 110 || !strings.HasSuffix(short, end) {
			t.Errorf("a fixed row says %q", short)
		}
	}
}

func TestTheNumberOfCommentsIsCapped(t *testing.T) {
	w := wordsOn(&Judgement{}, request.English)
	for i := range mostComments + 5 {
		w.comment(fmt.Sprintf("B%d", i+2), "Here.")
	}
	if len(w.comments) != mostComments || len(w.answer.rest) != 5 || w.answer.rest[0].where != fmt.Sprintf("B%d", mostComments+2) {
		t.Errorf("%d comments, %d on the sheet", len(w.comments), len(w.answer.rest))
	}
}

// wordsOn are the words of a request that stands on one sheet.
func wordsOn(jm *Judgement, lang request.Lang) *rowWords {
	a := &answer{lang: lang, sheets: []workbook.SheetInfo{{Name: "Requests"}}}
	a.parts = []*sheetAnswer{{words: a.newWords(&jm.Policy, 0, false)}}
	return a.parts[0].words
}
