package approvals

import (
	"regexp"
	"strings"

	"golang.org/x/text/unicode/norm"

	"handrail/ingest/reply"
)

// What a mail says that is no command: whether a person can be handed it. Reading commands is ingest/reply's own; what is asked
// here only ever leads to less: a mail in doubt is asked back, and never handed on.

// Why the reader found no command, as far as it matters here: text that may be handed on to a person.
const askQuestion = reply.AskReason("question")

// saysNothingElse reports whether all that keeps a mail from being read is that it holds no command.
func saysNothingElse(ask *reply.AskBack) bool {
	return ask != nil && (ask.Why == askQuestion || ask.Why == reply.AskNoCommand)
}

// plain is text in small letters without accents, its white space and apostrophes alike.
func plain(s string) string {
	var b strings.Builder
	for _, r := range norm.NFKD.String(strings.ToLower(s)) {
		switch {
		case r >= 0x300 && r < 0x370: // an accent
		case r == '’' || r == 'ʼ':
			b.WriteByte('\'')
		default:
			b.WriteRune(r)
		}
	}
	return strings.Join(strings.Fields(b.String()), " ")
}

var (
	// thanksWords are what thanks alone are made of, with greetings and closings.
	thanksWords = wordSet(`thanks thank thankyou you very much so many again all a lot ta cheers appreciated much received noted
		hi hello dear good morning afternoon day evening have nice great regards best kind sincerely
		merci beaucoup bien a vous et tous encore mille fois c'est note recu bonjour bonsoir salut cher chere bonne journee soiree
		cordialement salutations for the your help de votre aide pour la reponse reply answer`)
	saysThanks = regexp.MustCompile(`\b(thanks?|thankyou|merci|cheers|appreciated)\b`)

	// undoWord asks to take something back, in any words that contain it.
	undoWord = regexp.MustCompile(`\b(undo|undone|undoing|annuler|annulez|annule|annulee?s?|annulation)\b`)
	// withdrawWord is the requester's own.
	withdrawWord = regexp.MustCompile(`\b(withdraw\w*|retirer|retirez|retire|cancel\w*)\b`)
	// decisionWord is any that could decide, in either language and any form.
	decisionWord = regexp.MustCompile(`\b(approv\w*|approuv\w*|declin\w*|reject\w*|rejet\w*|refus\w*|deny|denied|denies|revok\w*|revoqu\w*|confirm\w*|accept\w*|assign\w*|confie[rz]?` +
		`|authori[sz]\w*|autoris\w*|withdr\w*|retir\w*|undo\w*|annul\w*|cancel\w*|disapprov\w*|desapprouv\w*|veto)\b`)
	// yes is a yes, or a no, that decides nothing and is no news either.
	yes = regexp.MustCompile(`\b(yes|yep|yeah|yup|ok|okay|okey|sure|lgtm|oui|ouais|d'accord|dac|go ahead|go for it|proceed|looks good|sounds good|all good|fine|agreed?|parfait|allez-y|c'est (beau|bon|correct)|ca me va|correct|entendu|exact)\b|👍|✅|✔|👌`)
	no  = regexp.MustCompile(`^(no|non|nope|nah)\b|👎|❌`)
	// amount is money: with a sign or a currency, or with cents.
	amount = regexp.MustCompile(`[$€£]|\b(cad|usd|eur|dollars?)\b|\b\d[\d ,.']*[.,]\d\d\b|\b\d{1,3}[ ,.]\d{3}\b|\b\d+ ?k\b`)
	asks   = regexp.MustCompile(`\?`)
)

func wordSet(words string) map[string]bool {
	set := map[string]bool{}
	for w := range strings.FieldsSeq(words) {
		set[w] = true
	}
	return set
}

// onlyThanks reports whether a text is thanks and nothing else; names are the sender's own, who may sign.
func onlyThanks(text string, names []string) bool {
	said := plain(text)
	if !saysThanks.MatchString(said) || len(said) > 300 {
		return false
	}
	signed := map[string]bool{}
	for _, name := range names {
		for w := range strings.FieldsSeq(plain(name)) {
			signed[w] = true
		}
	}
	for _, w := range strings.FieldsFunc(said, func(r rune) bool { return strings.ContainsRune(" ,.!;:-()—–", r) }) {
		if !thanksWords[w] && !signed[w] {
			return false
		}
	}
	return true
}

// mayHandOn reports whether a text without a command may go to another person as it is. Of somebody whose word decides,
// nothing goes that holds a decision, a yes or an amount: it is asked back. Of others, a question goes whatever it is about.
func mayHandOn(text string, decides bool) bool {
	said := plain(text)
	switch {
	case said == "":
		return false
	case !decides && asks.MatchString(said):
		return !undoWord.MatchString(said) && !withdrawWord.MatchString(said)
	}
	return !decisionWord.MatchString(said) && !yes.MatchString(said) && !no.MatchString(said) && !amount.MatchString(said)
}

// asksToUndo reports whether a text holds UNDO or ANNULER, whatever else it says.
func asksToUndo(text string) bool { return undoWord.MatchString(plain(text)) }

// asksSomething reports whether a text holds a question.
func asksSomething(text string) bool { return asks.MatchString(text) }
