package undelivered

import (
	"regexp"
	"strings"
	"testing"

	"handrail/internal/ledger"
	"handrail/internal/outbox"
	"handrail/internal/request"
)

// Whatever is refused, and why: the operator reads in both languages who did not get what, and a next step that works.
func TestEveryRefusalSaysWhatToDo(t *testing.T) {
	badColon := regexp.MustCompile(`[^\x{a0}:/\d]:\s`)
	for _, k := range outbox.Kinds() {
		if words := mailWords(k.Name); words.EN == "" || words.FR == "" || strings.Contains(words.EN, "(") && aboutRequester(k.Name) && k.To == "requester" && k.Name != outbox.WithdrawQuestion {
			t.Errorf("%s is called %+v", k.Name, words)
		}
		for _, why := range []ledger.Refusal{ledger.OtherRefusal, ledger.TooLarge, ledger.BadAddress, ledger.NoMailbox} {
			for _, waits := range []int64{0, 2} {
				mail := ledger.Outgoing{ID: 12, Kind: k.Name, Cause: "2026-W47", Recipient: "a@dept.example", Refusal: why, Words: "550 no.", Inbox: "requests", MessageID: "<x@y>", Submission: 1}
				for name, a := range map[string]outbox.Alert{"refused": refusedAlert(&mail, []string{"HR-2026-000001"}, waits), "contact": contactAlert(&mail, nil),
					"light": lightAlert(&mail, []string{"HR-2026-000001"}, request.Text{EN: "a.xlsx", FR: "a.xlsx"})} {
					for _, text := range []request.Text{a.Title, a.What, a.Hint} {
						if text.EN == "" || text.FR == "" || strings.Contains(text.EN, "..") || badColon.MatchString(text.FR) {
							t.Errorf("%s %s %q: %+v", name, k.Name, why, text)
						}
					}
					if name == "refused" && (!a.CanWait || !strings.Contains(a.Hint.EN, "handrail retry send:12 --to") || !strings.Contains(a.Hint.FR, "handrail retry send:12 --settled")) {
						t.Errorf("%s %q: %+v", k.Name, why, a)
					}
				}
			}
		}
	}
}
