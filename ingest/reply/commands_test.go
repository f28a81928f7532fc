package reply

import (
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"

	"handrail/internal/request"
)

// Every row of the table in docs/design.md#commands-in-mail, in both languages, and how people really type it.
func TestEveryCommandOfTheTable(t *testing.T) {
	day := request.Date{Year: 2026, Month: 12, Day: 1}
	ref, _ := request.ParseReference("HR-2026-000123-04")
	for text, want := range map[string]Command{
		"APPROVE":             {Verb: Approve},
		"approve":             {Verb: Approve},
		"Approved.":           {Verb: Approve},
		"I APPROVE":           {Verb: Approve},
		"I approve 1 3-5":     {Verb: Approve, Lines: []int{1, 3, 4, 5}},
		"APPROVE 1 3-5":       {Verb: Approve, Lines: []int{1, 3, 4, 5}},
		"APPROVE 1, 3 to 5":   {Verb: Approve, Lines: []int{1, 3, 4, 5}},
		"APPROVE 1 and 3":     {Verb: Approve, Lines: []int{1, 3}},
		"APPROVE 1, 2, and 3": {Verb: Approve, Lines: []int{1, 2, 3}},
		"APPROVE 3–5":         {Verb: Approve, Lines: []int{3, 4, 5}},
		"APPROVE line 2":      {Verb: Approve, Lines: []int{2}},
		"APPROVE ALL":         {Verb: Approve},
		"Approve all.":        {Verb: Approve},
		"*APPROVE 2*":         {Verb: Approve, Lines: []int{2}},
		"APPROVE 2: urgent":   {Verb: Approve, Lines: []int{2}, Reason: "urgent"},
		"APPROVE : urgent":    {Verb: Approve, Reason: "urgent"},
		"APPROVE 1: the only library that reads these files":    {Verb: Approve, Lines: []int{1}, Reason: "the only library that reads these files"},
		"APPROUVER 1 : la seule bibliothèque qui lit ce format": {Verb: Approve, Lines: []int{1}, Reason: "la seule bibliothèque qui lit ce format"},
		"APPROVE\u00a02":                             {Verb: Approve, Lines: []int{2}},
		"\ufeffAPPROVE 2":                            {Verb: Approve, Lines: []int{2}},
		"APPROVE HR-2026-000123-04":                  {Verb: Approve, References: []request.Reference{ref}},
		"APPROUVER":                                  {Verb: Approve},
		"APPROUVÉ":                                   {Verb: Approve},
		"approuvée":                                  {Verb: Approve},
		"Approuvés":                                  {Verb: Approve},
		"APPROUVÉES 1 et 3 à 5":                      {Verb: Approve, Lines: []int{1, 3, 4, 5}},
		"APPROUVER 1 et 3 a 5":                       {Verb: Approve, Lines: []int{1, 3, 4, 5}},
		"J'APPROUVE":                                 {Verb: Approve},
		"J’approuve TOUT":                            {Verb: Approve},
		"APPROUVER TOUT : c’est urgent":              {Verb: Approve, Reason: "c’est urgent"},
		"DECLINE 2: too dear":                        {Verb: Decline, Lines: []int{2}, Reason: "too dear"},
		"DECLINED":                                   {Verb: Decline},
		"REJECT 2: only one quote":                   {Verb: Decline, Lines: []int{2}, Reason: "only one quote"},
		"Rejected: no":                               {Verb: Decline, Reason: "no"},
		"REFUSER 2\u00a0: trop cher":                 {Verb: Decline, Lines: []int{2}, Reason: "trop cher"},
		"Refusée 2 : mais il en faut 3":              {Verb: Decline, Lines: []int{2}, Reason: "mais il en faut 3"},
		"REFUSÉS : motif":                            {Verb: Decline, Reason: "motif"},
		"JE REFUSE : motif":                          {Verb: Decline, Reason: "motif"},
		"DECLINE: 2 quotes are missing":              {Verb: Decline, Reason: "2 quotes are missing"},
		"REFUSER : 3 soumissions manquent":           {Verb: Decline, Reason: "3 soumissions manquent"},
		"QUESTION: is this new?":                     {Verb: Ask, Reason: "is this new?"},
		"QUESTION : est-ce nouveau?":                 {Verb: Ask, Reason: "est-ce nouveau?"},
		"UNDO":                                       {Verb: Undo},
		"Annuler.":                                   {Verb: Undo},
		"REVOKE 2: reason":                           {Verb: Revoke, Lines: []int{2}, Reason: "reason"},
		"RÉVOQUER 2 : motif":                         {Verb: Revoke, Lines: []int{2}, Reason: "motif"},
		"ASSIGN backup@dept.example":                 {Verb: Assign, Address: "backup@dept.example"},
		"ASSIGN Backup@Dept.example.":                {Verb: Assign, Address: "backup@dept.example"},
		"assign b@d.example <mailto:b@d.example>":    {Verb: Assign, Address: "b@d.example"},
		"CONFIER À remplaçant@dept.example":          {Verb: Assign, Address: "remplacant@dept.example"},
		"AWAY UNTIL 2026-12-01":                      {Verb: Away, Until: day},
		"ABSENT JUSQU'AU 2026-12-01":                 {Verb: Away, Until: day},
		"ABSENTE JUSQU’AU 2026-12-01.":               {Verb: Away, Until: day},
		"ABSENT(E) JUSQU’AU 2026-12-01":              {Verb: Away, Until: day},
		"WITHDRAW 2":                                 {Verb: Withdraw, Lines: []int{2}},
		"RETIRER 2":                                  {Verb: Withdraw, Lines: []int{2}},
		"CONFIRM":                                    {Verb: Confirm},
		"APPROVE: 1 and 3":                           {Verb: Approve, Lines: []int{1, 3}},
		"APPROVE: all":                               {Verb: Approve},
		"APPROUVER : les lignes 1 et 2":              {Verb: Approve, Lines: []int{1, 2}},
		"DECLINE: 2":                                 {Verb: Decline, Lines: []int{2}},
		"REVOKE: 2":                                  {Verb: Revoke, Lines: []int{2}},
		"APPROVE all except 2":                       {Verb: Approve, Lines: []int{2}, Rest: true},
		"Approve all three lines":                    {Verb: Approve, Count: 3},
		"Hello\nAPPROVE 1":                           {Verb: Approve, Lines: []int{1}},
		"Thanks\nAPPROVE 1":                          {Verb: Approve, Lines: []int{1}},
		"Please APPROVE 1":                           {Verb: Approve, Lines: []int{1}},
		"ASSIGN Bob Tremblay":                        {Verb: Assign, Name: "Bob Tremblay"},
		"Please assign to Bob, thanks":               {Verb: Assign, Name: "Bob"},
		"CONFIER À Marie-Ève Côté":                   {Verb: Assign, Name: "Marie-Ève Côté"},
		"AWAY UNTIL December 1, 2026":                {Verb: Away, Until: day},
		"I am away until Tue, Dec 1, 2026.":          {Verb: Away, Until: day},
		"Je suis absente jusqu’au 1er décembre 2026": {Verb: Away, Until: day},
		"NO: I never agreed to this":                 {Verb: No, Reason: "I never agreed to this"},
		"Non : je n’ai rien autorisé en 2026":        {Verb: No, Reason: "je n’ai rien autorisé en 2026"},
		"Je confirme.":                               {Verb: Confirm},
		"WITHDRAW 2, no longer needed":               {Verb: Withdraw, Lines: []int{2}, Reason: "no longer needed"},
		"Please undo, wrong one":                     {Verb: Undo},
		"Confirmer":                                  {Verb: Confirm},
	} {
		got, ask := commandsOf(text)
		if ask != nil || len(got) != 1 || !reflect.DeepEqual(got[0], want) {
			t.Errorf("%q: %+v %+v, want %+v", text, got, ask, want)
		}
	}
}

func TestWhatDecidesNothing(t *testing.T) {
	for text, why := range map[string]AskReason{
		"":                                     AskEmpty,
		"> APPROVE 1":                          AskEmpty,
		"OK":                                   AskYes,
		"yes":                                  AskYes,
		"oui":                                  AskYes,
		"d'accord":                             AskYes,
		"do not approve":                       AskNoCommand,
		"Ne pas approuver":                     AskNoCommand,
		"Je n’approuve pas":                    AskNoCommand,
		"APPROVE 1, but only with a new quote": AskCondition,
		"APPROVE if cheaper":                   AskCondition,
		"APPROVE unless it is late":            AskCondition,
		"APPROVE 1 subject to a quote":         AskCondition,
		"APPROVE: only this once":              AskCondition,
		"APPROVE 1: only the library":          AskCondition,
		"APPROVE 1: the only condition is a new quote": AskCondition,
		"APPROVE not":                 AskCondition,
		"APPROUVER sauf 2":            AskCondition,
		"APPROUVER les lignes sauf 2": AskCondition,
		"APPROUVER 1 mais pas 2":      AskCondition,
		"APPROUVER sous réserve":      AskCondition,
		"APPROUVER 1 : à condition d’avoir une soumission":    AskCondition,
		"APPROUVER si moins cher":                             AskCondition,
		"APPROVE 1\nBut only with a new quote":                AskCondition,
		"APPROVE 1\nMais seulement cette fois":                AskCondition,
		"APPROVE 1\nPlease call me tomorrow":                  AskText,
		"APPROVE 1\nThanks\nBut only if cheaper":              AskCondition,
		"APPROVE 1\n\nAnn Smith\n\nonly if cheaper":           AskCondition,
		"APPROVE 1\nThanks,\nAnn\nP.S. Get a new quote first": AskText,
		"APPROVE 1 maybe":                                     AskLines,
		"APPROVE 0":                                           AskLines,
		"APPROVE 5-3":                                         AskLines,
		"APPROVE 1 and":                                       AskLines,
		"APPROVE 1.5":                                         AskLines,
		"APPROVE\nDECLINE":                                    AskConflict,
		"APPROVE 1\nDECLINE 1: no":                            AskConflict,
		"APPROVE 1-3\nDECLINE 2: no":                          AskConflict,
		"APPROVE ALL\nDECLINE 2: no":                          AskConflict,
		"APPROVE\nQUESTION: is this the new quote?":           AskConflict,
		"APPROVE 1: 3":                                        AskReasonMeans,
		"APPROVE: lines 2 and 4 are urgent":                   AskReasonMeans,
		"APPROUVER : la ligne 2 est urgente":                  AskReasonMeans,
		"APPROVE: decline":                                    AskReasonMeans,
		"APPROVE: decline 2":                                  AskReasonMeans,
		"APPROVE: decline the second one":                     AskReasonMeans,
		"APPROUVER 1 : je refuse la 2":                        AskReasonMeans,
		"DECLINE: line 2 is too dear":                         AskReasonMeans,
		"APPROVE: declined by the other supplier":             AskReasonMeans,
		"APPROVE 1: line 2 is the same order":                 AskReasonMeans,
		"DECLINE: approved already last week":                 AskReasonMeans,
		"APPROVE: too expensive":                              AskReasonMeans,
		"DECLINE: see line 3, approve 1":                      AskReasonMeans,
		"APPROVE 1: the price is well above the one that we paid in March, and so\ndecline 2 for this quarter": AskReasonMeans,
		"APPROVE 1\u202e2":         AskHidden,
		"APP\u200bROVE 1":          AskHidden,
		"\u202dAPPROVE 1":          AskHidden,
		"АPPROVE 1":                AskHidden, // the first letter is Cyrillic
		"QUESTION":                 AskNoCommand,
		"QUESTION:":                AskDetail,
		"ASSIGN":                   AskDetail,
		"AWAY UNTIL Monday":        AskDetail,
		"AWAY UNTIL 2026-02-30":    AskDetail,
		"UNDO the second one":      AskText,
		strings.Repeat("\n", 3000): AskTooLong,
	} {
		got, ask := commandsOf(text)
		if ask == nil || got != nil {
			t.Errorf("%q decides: %+v", text, got)
			continue
		}
		beside := []AskReason{AskText, AskCondition, AskLines, AskReasonMeans} // what is wrong beside a verb can be said in several ways
		sure := ask.Why == why || slices.Contains(beside, why) && slices.Contains(beside, ask.Why)
		if !sure || ask.Why.Text().IsZero() {
			t.Errorf("%q is asked back because of %s, want %s", text, ask.Why, why)
		}
	}
}

func TestSeveralCommandsInOneMail(t *testing.T) {
	got, ask := commandsOf("APPROVE 1 3-5: within the plan\n\nDECLINE 2: too dear\n\nThank you,\nAnn Smith\nDirector, Procurement\n613-555-0100")
	if ask != nil || len(got) != 2 || got[0].Reason != "within the plan" || got[1].Verb != Decline || got[1].Lines[0] != 2 {
		t.Errorf("%+v %+v", got, ask)
	}
	got, ask = commandsOf("APPROVE 1\nQUESTION: for line 2, why now?\nAnd who asked?")
	if ask != nil || len(got) != 2 || got[1].Reason != "for line 2, why now? And who asked?" {
		t.Errorf("%+v %+v", got, ask)
	}
}

// A mail program breaks long lines; the rest of a reason is still the reason.
func TestAReasonThatTheMailProgramWrapped(t *testing.T) {
	got, ask := commandsOf("DECLINE 2: the price is well above the one that we paid in March, and\nthe supplier did not say why; ask for a second quote.\n\nThanks")
	if ask != nil || len(got) != 1 || !strings.HasSuffix(got[0].Reason, "why; ask for a second quote.") {
		t.Errorf("%+v %+v", got, ask)
	}
	if got, ask := commandsOf("APPROVE 2: the price is well below the one that we paid in March, so go\nahead but only after a second quote"); ask == nil {
		t.Errorf("a wrapped condition approves: %+v", got)
	}
}

func TestClosingsSignaturesAndFooters(t *testing.T) {
	for _, end := range []string{
		"Thanks", "Thank you!", "Merci", "Merci beaucoup,", "Regards,\nAnn", "Best regards,\n\nAnn Smith\nDirector | Directrice\nESDC / EDSC",
		"Cordialement,\nJean Tremblay", "Bien à vous,\nJ. T.", "Bonne journée!", "-- \nAnn\nif you read this, call me\nAPPROVE 2",
		"--\nJean-François Côté\nGestionnaire, Approvisionnement\nCell. : 819-555-0199\njean@department.example\nwww.department.example",
		"Sent from my iPhone", "Envoyé de mon iPhone", "Get Outlook for iOS", "Get Outlook for iOS<https://aka.ms/o0ukef>",
		"Télécharger Outlook pour iOS", "Obtenir Outlook pour iOS", "Envoyé à partir de Outlook pour Android",
		"Sent from my Samsung Galaxy smartphone.", "Envoyé depuis mon appareil mobile", "UNCLASSIFIED / NON CLASSIFIÉ",
		"________________________________\nFrom: Handrail <achats@department.example>\nSent: Monday, November 23, 2026 10:00 AM\nTo: Ann\nSubject: 2 lines\n\nDECLINE 1: no",
		"On Mon, Nov 23, 2026 at 10:00 AM Handrail <achats@department.example> wrote:\n> APPROVE 2",
		"Le lun. 23 nov. 2026 à 10 h 00, Handrail <achats@department.example> a écrit :\n> REFUSER 1",
		"De : Handrail\nEnvoyé : 23 novembre 2026 10:00\nÀ : Ann\nObjet : 2 lignes\n\nREFUSER 1 : non",
		"-----Original Message-----\nFrom: x\nDECLINE 1: no", "Jean Tremblay",
		"CONFIDENTIALITY NOTICE: if you are not the intended recipient, do not read this.",
		"Ann Smith (she/her | elle)\nProcurement Officer | Agente d'approvisionnement\nService Canada\nTel: 613-555-0100 | Fax: 613-555-0101",
	} {
		text := "APPROVE 1\n\n" + end
		got, ask := commandsOf(newTextOf(text), "Ann Smith")
		if ask != nil || len(got) != 1 || !reflect.DeepEqual(got[0], Command{Verb: Approve, Lines: []int{1}}) {
			t.Errorf("before %q: %+v %+v", end, got, ask)
		}
	}
}

func TestACommandInTheQuoteOrTheSignatureDecidesNothing(t *testing.T) {
	for _, text := range []string{
		"I will look at it tomorrow.\n\nOn Mon, Nov 23, 2026, Handrail <a@b.example> wrote:\n> APPROVE 1",
		"On Mon, Nov 23, 2026 at 10:00 AM Handrail <a@b.example> wrote:\nAPPROVE 1",
		"> APPROVE 1\n> DECLINE 2",
		"-----Original Message-----\nAPPROVE 1",
		"From: Handrail <a@b.example>\nSent: Monday\nTo: Ann\nSubject: x\n\nAPPROVE 1",
		"De : Handrail\nEnvoyé : lundi\nÀ : Ann\n\nAPPROUVER 1",
		"-- \nAPPROVE 1",
		"Ann Smith\nAPPROVE 1",
		"Sent from my iPhone\n\n\nOn 23 Nov 2026, at 10:00, Handrail <a@b.example> wrote:\n\n> APPROVE",
	} {
		if got, ask := commandsOf(newTextOf(text), "Ann Smith"); ask == nil {
			t.Errorf("%q decides %+v", text, got)
		}
	}
}

func TestTextBetweenQuotesIsRead(t *testing.T) {
	got, ask := commandsOf(newTextOf("On Mon, Nov 23, 2026 at 10:00 AM H <a@b.example> wrote:\n> Line 1: laptop\n\nAPPROVE 1\n\n> Line 2: desk\n"))
	if ask != nil || len(got) != 1 || got[0].Lines[0] != 1 {
		t.Errorf("%+v %+v", got, ask)
	}
	if got, ask := commandsOf(newTextOf("APPROVE 1\n> Line 1: laptop\nbut only a used one\n")); ask == nil {
		t.Errorf("the condition below the quote was overlooked: %+v", got)
	}
}

// HTML-only replies, as Outlook, Gmail and Apple write them.
func TestHTMLOnlyReplies(t *testing.T) {
	for name, page := range map[string]string{
		"gmail": `<div dir="ltr">APPROVE 1</div><br><div class="gmail_quote"><div dir="ltr" class="gmail_attr">On Mon, Nov 23, 2026 at 10:00 AM Handrail &lt;<a href="mailto:a@b.example">a@b.example</a>&gt; wrote:<br></div><blockquote>DECLINE 1: no</blockquote></div>`,
		"outlook": `<html><head><style>p{margin:0}</style></head><body><div class="WordSection1"><p class="MsoNormal">APPROVE&nbsp;1<o:p></o:p></p><p class="MsoNormal">&nbsp;</p><p>Ann Smith</p>` +
			`<div style="border-top:solid #E1E1E1 1.0pt"><p><b>From:</b> Handrail &lt;a@b.example&gt;<br><b>Sent:</b> Monday, November 23, 2026 10:00 AM<br><b>To:</b> Ann<br><b>Subject:</b> 2 lines</p></div><p>DECLINE 1: no</p></div></body></html>`,
		"outlook web": `<div style="font-family:Calibri">APPROVE 1</div><div id="appendonsend"></div><hr><div id="divRplyFwdMsg"><b>From:</b> x<br><b>Sent:</b> y</div><div>&nbsp;</div>`,
		"apple":       `<html><body>APPROVE 1<br><br><div>Sent from my iPhone</div><div><br><blockquote type="cite">On Nov 23, 2026, at 10:00, Handrail wrote:<br>DECLINE 1</blockquote></div></body></html>`,
		"hidden":      `<p>APPROVE 1</p><span style="display: none">DECLINE 1</span><p hidden>x</p>`,
	} {
		got, ask := commandsOf(newTextOf(pageText(page)), "Ann Smith")
		if ask != nil || len(got) != 1 || !reflect.DeepEqual(got[0], Command{Verb: Approve, Lines: []int{1}}) {
			t.Errorf("%s: %+v %+v from %q", name, got, ask, pageText(page))
		}
	}
	if got, ask := commandsOf(newTextOf(pageText(`<p>Let me think.</p><div class="gmail_quote"><p>APPROVE 1</p></div>`))); ask == nil {
		t.Errorf("a quote in HTML decides %+v", got)
	}
}

// The new Outlook and Outlook on the web write HTML alone, mark only the head of what they quote, and number lists.
func TestRepliesOfNewOutlook(t *testing.T) {
	head := `<html><body dir="ltr"><div class="elementToProof" style="font-family:Aptos">`
	tail := `</div><div id="appendonsend"></div><hr style="width:98%" tabindex="-1"><div id="divRplyFwdMsg" dir="ltr"><font face="Calibri"><b>From:</b> H &lt;a@b.example&gt;<br><b>Sent:</b> Monday<br><b>To:</b> Dana<br><b>Subject:</b> 3 lines</font><div>&nbsp;</div></div>` +
		`<!DOCTYPE html><html><head><style>.x{color:red}</style></head><body><table><tr><td>Department of Examples</td></tr><tr><td>or reply: DECLINE ALL: reason</td></tr></table></body></html></body></html>`
	for text, want := range map[string]string{
		`Approve 1 and 3</div><div class="elementToProof">Decline 2: too expensive, please ask for three quotes and come back with them`: "APPROVE 1, 3\nDECLINE 2: too expensive, please ask for three quotes and come back with them",
		`<ol><li>Approved</li><li>Declined: too expensive</li><li>Approved</li></ol>`:                                                    "APPROVE 1\nDECLINE 2: too expensive\nAPPROVE 3",
		`<ol start="2"><li><p>Approved</p></li></ol>`:                                                                                    "APPROVE 2",
		`Approve <s>1</s> 2`: "APPROVE 2",
		`<ul><li>Approve 1</li><li>Decline 2: no budget</li></ul>`: "APPROVE 1\nDECLINE 2: no budget",
	} {
		got, ask := commandsOf(newTextOf(pageText(head+text+tail)), "Dana Whitfield")
		if ask != nil || Text(got, "en") != want {
			t.Errorf("%s: %q %+v, want %q", text, Text(got, "en"), ask, want)
		}
	}
}

// What is written out is read as it was.
func TestCommandsAreWrittenAsTheyAreRead(t *testing.T) {
	for _, from := range rightCommands {
		commands, _ := commandsOf(from)
		for _, language := range []request.Lang{request.English, request.French} {
			text := Text(commands, language)
			again, ask := commandsOf(text)
			if ask != nil || !reflect.DeepEqual(again, commands) {
				t.Errorf("%q is written %q, and read as %+v %+v, not %+v", from, text, again, ask, commands)
			}
		}
	}
}

// What is asked back says what would be clear, and that decides what it says.
func TestWhatWasPerhapsMeant(t *testing.T) {
	for text, want := range map[string]struct {
		why      AskReason
		proposal string
		relay    bool
	}{
		"Apporved":                   {AskSpelling, "APPROVE", false},
		"Aprove 1 and 3":             {AskSpelling, "APPROVE 1, 3", false},
		"Aprouvé":                    {AskSpelling, "APPROVE", false},
		"yes":                        {AskYes, "APPROVE", false},
		"C’est bon pour moi":         {AskYes, "APPROVE", false},
		"👍":                          {AskYes, "APPROVE", false},
		"Approve 1/3":                {AskLines, "APPROVE 1, 3", false},
		"DECLINE: 2 too expensive":   {AskReasonMeans, "DECLINE 2: too expensive", false},
		"Approve all.\nDecline 2: x": {AskConflict, "APPROVE ALL EXCEPT 2\nDECLINE 2: x", false},
		"Approve if cheaper":         {AskCondition, "", false},
		"Thanks!":                    {AskThanks, "", false},
		"Merci beaucoup, Marie":      {AskThanks, "", false},
		"Do you have a second quote from another supplier?":   {AskNoCommand, "", true},
		"Est-ce que le fournisseur offre aussi la formation?": {AskNoCommand, "", true},
		"I will be in Halifax on Monday.":                     {AskNoCommand, "", true},
		"Is $5,000 the total?":                                {AskNoCommand, "", false},
		"Did Marie approve this?":                             {AskNoCommand, "", false},
	} {
		commands, ask := commandsOf(text)
		if ask == nil {
			t.Errorf("%q decides %+v", text, commands)
			continue
		}
		if ask.Why != want.why || Text(ask.Proposal, "en") != want.proposal || ask.Relay != want.relay {
			t.Errorf("%q: %s, %q, relay %v; want %+v", text, ask.Why, Text(ask.Proposal, "en"), ask.Relay, want)
		}
	}
}

// The word UNDO in an answer to a receipt is understood whatever is polite about it, and noticed whatever else is said.
func TestUndoInAnyWords(t *testing.T) {
	for text, want := range map[string]Undoing{
		"UNDO": CertainUndo, "undo please": CertainUndo, "Please undo that, sorry": CertainUndo, "UNDO, sorry wrong one": CertainUndo, "Oops! Undo.\n\nDana": CertainUndo, "Hi,\n\nCan you please undo my decision? Wrong line.\nThanks": UnclearUndo,
		"Annuler svp": CertainUndo, "Désolée, erreur : annuler": CertainUndo, "Veuillez annuler ma décision.\nMerci": CertainUndo,
		"Undo line 2 only": UnclearUndo, "Do not undo this": UnclearUndo, "UNDO if it is not too late": UnclearUndo, "ne pas annuler": UnclearUndo, "I want to undo 1 and approve 2": UnclearUndo,
		"Thanks": NoUndo, "Approve 1": NoUndo, "": NoUndo, "> UNDO": NoUndo,
	} {
		got, err := Reader{Names: []string{"Dana Whitfield"}}.ReadUndo(t.Context(), newTextOf(text))
		if err != nil || got != want {
			t.Errorf("%q: %d %v, want %d", text, got, err, want)
		}
	}
}

// Days are read as people write them, from the day the mail came.
func TestDaysOfAbsence(t *testing.T) {
	today := request.Date{Year: 2026, Month: 11, Day: 23} // a Monday
	for text, want := range map[string]string{
		"AWAY UNTIL December 1": "2026-12-01", "Away until Dec. 1st": "2026-12-01", "I am away until Friday": "2026-11-27", "away until January 4": "2027-01-04", "Out of office until 4 January 2027, thanks": "2027-01-04",
		"ABSENT JUSQU’AU 1er décembre": "2026-12-01", "Je serai absente jusqu’au vendredi 27 novembre": "2026-11-27", "en vacances jusqu’au 4 janvier": "2027-01-04", "AWAY UNTIL Monday": "2026-11-30",
	} {
		commands, ask, err := Reader{Today: today}.Parse(t.Context(), text)
		if err != nil || ask != nil || len(commands) != 1 || commands[0].Until.String() != want {
			t.Errorf("%q: %+v %+v, want %s", text, commands, ask, want)
		}
	}
	for _, text := range []string{"AWAY UNTIL 01/12/2026", "AWAY UNTIL Tuesday, November 27", "AWAY UNTIL soon", "AWAY UNTIL February 30", "AWAY UNTIL next week"} {
		if commands, ask, _ := (Reader{Today: today}).Parse(t.Context(), text); ask == nil || ask.Why != AskDetail {
			t.Errorf("%q: %+v %+v", text, commands, ask)
		}
	}
}

// With none put on top, no reply of the corpus is a decision. With a command put on top of what the mail program wrote
// (signature, footer, quote), it is understood. With one put on top of what a person wrote below it, it is either that
// decision or asked back, never another one.
func TestReplyBodiesOfTheCorpus(t *testing.T) {
	decided, asked, tails := 0, 0, 0
	for _, file := range corpusFiles(t, "reply") {
		raw, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		body, name := string(raw), filepath.Base(file)
		if got, ask := commandsOf(newTextOf(body)); ask == nil {
			t.Errorf("%s: without a command it decides %+v", name, got)
		}
		for command, want := range map[string]Command{"APPROVE 1 3-5": {Verb: Approve, Lines: []int{1, 3, 4, 5}},
			"REFUSER 2 : trop cher": {Verb: Decline, Lines: []int{2}, Reason: "trop cher"}} {
			got, ask := commandsOf(newTextOf(command + "\n\n" + body))
			switch {
			case ask != nil && (ask.Why == AskText || ask.Why == AskCondition || ask.Why == AskHidden || ask.Why == AskReasonMeans || ask.Why == AskLines):
				asked++
			case ask != nil:
				t.Errorf("%s: with %q on top it is not understood: %+v", name, command, ask)
			case len(got) != 1 || got[0].Verb != want.Verb || !reflect.DeepEqual(got[0].Lines, want.Lines) || !strings.HasPrefix(got[0].Reason, want.Reason):
				t.Errorf("%s: with %q on top it decides %+v", name, command, got)
			default:
				decided++
			}
		}
		// What the mail program wrote is what cutQuotes leaves out.
		// (Where people wrote between the quotes, there is no one place above them.)
		if rest, top := strings.CutPrefix(strings.TrimLeft(lineEnds.Replace(body), "\n"), newTextOf(body)); top && strings.TrimSpace(rest) != "" {
			tails++
			got, ask := commandsOf(newTextOf("APPROVE 1\n" + rest))
			if ask != nil || len(got) != 1 || !reflect.DeepEqual(got[0], Command{Verb: Approve, Lines: []int{1}}) {
				t.Errorf("%s: above its quote APPROVE 1 gives %+v %+v", name, got, ask)
			}
		}
	}
	t.Logf("with a command on top: %d decided, %d asked back; %d quotes", decided, asked, tails)
	if tails < 40 {
		t.Errorf("only %d replies of the corpus have a quote that is known", tails)
	}
}

func FuzzParseCommands(f *testing.F) {
	for _, s := range []string{"APPROVE 1 3-5: x", "REFUSER 2 : trop cher\n\nMerci", "QUESTION: a\nb", "ASSIGN a@b.example", "AWAY UNTIL 2026-12-01",
		"APPROVE 1\n-- \nx", "On x wrote:\n> y", "De : x\nObjet : y\nÀ : z", "<p>APPROVE</p>"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		for _, text := range []string{s, newTextOf(s), pageText(s)} {
			commands, ask := commandsOf(text)
			if (len(commands) > 0) == (ask != nil) {
				t.Fatalf("%q: %v and %v", text, commands, ask)
			}
			for _, c := range commands {
				if c.Verb == Approve && meaningOf(Approve, tokensOf(c.Reason), true) != plainReason {
					t.Fatalf("%q approves under a condition: %+v", text, c)
				}
				if strings.ContainsAny(c.Reason, "\r\n\x00\u202e") {
					t.Fatalf("%q: the reason is not clean: %q", text, c.Reason)
				}
			}
		}
	})
}
