package reply_test

import (
	"testing"

	"handrail/ingest/reply"
)

// What an owner mails to stop the rules is understood in many forms and in one sense only.
func TestStopIsReadGenerouslyAndStrictly(t *testing.T) {
	for _, c := range []struct {
		subject, text string
		want          reply.Stopping
		reason        string
	}{
		{"STOP", "", reply.CertainStop, ""},
		{"Stop!", "", reply.CertainStop, ""},
		{"ARRÊT", "", reply.CertainStop, ""},
		{"ARRÊTER : prix douteux chez un fournisseur", "", reply.CertainStop, "prix douteux chez un fournisseur"},
		{"", "STOP", reply.CertainStop, ""},
		{"", "Hello,\n\nSTOP: the card of a branch was stolen.\n\nRegards,\nMarie", reply.CertainStop, "the card of a branch was stolen"},
		{"", "Bonjour,\n\nVeuillez arrêter les approbations, merci.", reply.CertainStop, ""},
		{"", "Please stop everything immediately!\nWe found forged quotes.", reply.CertainStop, "We found forged quotes"},
		{"stop", "Because the limits are wrong in this text.", reply.CertainStop, "Because the limits are wrong in this text"},
		{"Stop all approvals - fraud at a supplier", "", reply.CertainStop, "fraud at a supplier"},
		{"Card purchases", "Stop. Prices are not what was agreed.", reply.CertainStop, "Prices are not what was agreed"},
		{"", "**STOP**", reply.CertainStop, ""},
		{"START", "", reply.CertainStart, ""},
		{"", "REPRENDRE", reply.CertainStart, ""},
		{"", "Start again: the text was mended.", reply.CertainStart, "the text was mended"},
		{"Reprise : tout est corrigé", "", reply.CertainStart, "tout est corrigé"},

		{"Re: STOP", "Thank you for this.", reply.NoStop, ""},
		{"RE: Stopped: every line goes to an officer", "I agree.", reply.NoStop, ""},
		{"", "> STOP\n\nNoted.", reply.NoStop, ""},
		{"", "Please don't stop", reply.NoStop, ""},
		{"", "Do not stop anything.", reply.NoStop, ""},
		{"", "N'arrêtez pas.", reply.NoStop, ""},
		{"Chairs", "We need four chairs.", reply.NoStop, ""},
		{"", "Please find the report attached.\nStop by if you have questions.", reply.NoStop, ""},

		{"", "STOP if the budget is not there by Friday.", reply.UnclearStop, ""},
		{"STOP", "Only for line 3.", reply.UnclearStop, ""},
		{"STOP?", "", reply.UnclearStop, ""},
		{"STOP", "No, start.", reply.UnclearStop, ""},
		{"STOP", "This is a test, please ignore.", reply.UnclearStop, ""},
		{"", "Stop from tomorrow.", reply.UnclearStop, ""},
		{"", "Could you stop everything", reply.UnclearStop, ""},
		{"", "ARRÊTER : seulement la ligne 2", reply.UnclearStop, ""},
		{"", "START once the text is mended", reply.UnclearStop, ""},
		{"", "Stop sending me these mails", reply.UnclearStop, ""},
		{"START", "but stop the cards", reply.UnclearStop, ""},
	} {
		got, reason, err := reply.Reader{}.ReadStop(t.Context(), c.subject, c.text)
		if err != nil || got != c.want || reason != c.reason {
			t.Errorf("subject %q, text %q: %v %q %v, want %v %q", c.subject, c.text, got, reason, err, c.want, c.reason)
		}
	}
}
