package ingest

import (
	"strings"
	"testing"
)

func TestTalkOf(t *testing.T) {
	for want, list := range map[Kind][]string{
		ThanksMail: {
			"Thanks", "thanks!", "Thank you.", "Thank you very much!", "Many thanks", "Thx", "THANKS AGAIN", "Thanks a lot 🙂", "🙏", "Thank you 🙏",
			"Hi Odile,\n\nThank you for your help.\n\nAmara", "Hello,\nthanks for the quick reply.\nBest regards,\nAmara Diallo", "Got it, thanks.", "Noted. Thank you!",
			"Thank you so much, this is very helpful.", "Thanks everyone, have a good weekend!", "Much appreciated, thank you.", "Good morning,\nThank you for everything.",
			"Merci", "merci!", "Merci beaucoup!", "Mille mercis", "Un grand merci à tous", "Merci bien, c’est très gentil.", "Bonjour Odile,\n\nMerci pour votre aide.\n\nLuc",
			"Merci pour la réponse.\nBonne journée!\nLuc Côté", "Bien reçu, merci.", "Merci de votre patience", "Merci encore!\n\nCordialement,\nLuc", "Thank you / Merci"[0:9],
		},
		QuestionMail: {
			"Where is my request? Whom can I call?", "How does this work?", "How do I attach the form", "Hello?", "Hi, any news about HR-2026-000123", "When will somebody look at it?",
			"Thanks! When does it arrive?", "Could you tell me who decides for my branch", "I would like to know which form to use.", "Please let me know when it is ready.",
			"What is a section 32 manager?", "Is it done by December 3?", "Who answers at 613-555-0100?", "I have a question about chairs.",
			"Où est ma demande?", "Comment ça marche?", "Bonjour, quand aurai-je une réponse?", "J’aimerais savoir qui s’en occupe.", "Merci de me dire qui appeler.", "Pourriez-vous m’appeler",
			"Qui est mon gestionnaire (article 32)?", "Avez-vous reçu mon formulaire du 3 décembre?",
		},
		NewsMail: {
			"The supplier moved to Laval.", "The chairs arrived this morning.", "I am back on Monday.", "Luc left the department; Ann follows him.", "FYI, the quote expires on 2026-12-15.",
			"Le fournisseur a déménagé.", "Les chaises sont arrivées ce matin.", "Je suis de retour lundi.", "Ann remplace Luc depuis le 1er décembre.",
			"Thanks, the supplier will send another quote.", "Merci, le fournisseur enverra une autre soumission.",
		},
		OtherMail: {
			"", "   \n", "Hello", "Bonjour,", "?!", "👍", "Thanks 👍", "ap\u200bproved", "refus\u00e9", "refuse\u0301, merci", "Merci ✅", "+1",
			"Yes, thanks", "yes thank you!", "OK thanks", "ok, merci", "Oui, merci!", "Thanks, go ahead", "Thank you, approved.", "Thanks for approving", "Merci d’approuver", "Merci, j’approuve.",
			"Thanks, but no.", "No thank you", "Non merci", "Thanks, fine.", "Great, thanks!", "Perfect, thank you", "Parfait, merci", "Thanks, that works for me", "D’accord, merci", "Ça me va, merci", "C’est bon, merci",
			"Thanks for line 2", "Thanks, line two please", "Merci, ligne deux", "Thanks for 1 and 3", "Merci pour la 2", "Thanks, both of them", "Merci, les deux",
			"Thanks, up to $500", "Merci, maximum 500 $", "Thank you, five hundred dollars", "Thanks, 450.00", "merci, 20 %",
			"Did you approve it?", "Why was it declined?", "Can you cancel it?", "Who refused?", "Pourquoi est-ce refusé?", "Pouvez-vous annuler?", "Is that ok?", "Is line 3 missing?", "What about 2?",
			"Can it cost more than $100?", "The price is 400 now.", "Le prix est de 400 $ maintenant.", "I withdraw it.", "Je retire ma demande.", "It is rejected by the supplier.", "We do not need it any more, no.",
			"The first one arrived.", "Please stop.", "Thanks, I authorize it", "Merci, c’est autorisé", "Thank you, deny the rest",
		},
	} {
		for _, text := range list {
			if got := TalkOf(text); got != want {
				t.Errorf("%q is %s, want %s", text, got, want)
			}
		}
	}
}

// Words that could decide, put anywhere into thanks, a question or news, leave neither.
func TestTalkWithAWordThatDecidesIsNeither(t *testing.T) {
	words := strings.Fields("approve APPROVED declined reject denied refuse accepted authorized withdraw confirm cancel undo revoke yes ok okay oui lgtm sure fine no non approuver approuvé approuvée refuser refusé j'accepte autorisé retirer confirmer annuler révoquer d'accord parfait 2 #3 1,3 $400 400$ 20% 👍")
	for _, text := range []string{"Thank you very much.", "Where is my request?", "The supplier moved.", "Merci beaucoup.", "Où est ma demande?", "Le fournisseur a déménagé."} {
		for _, word := range words {
			parts := strings.Fields(text)
			for at := range len(parts) + 1 {
				mixed := strings.Join(append(append(append([]string{}, parts[:at]...), word), parts[at:]...), " ")
				if got := TalkOf(mixed); got != OtherMail {
					t.Errorf("%q is %s", mixed, got)
				}
			}
			for _, mixed := range []string{text + "\n" + word, word + "\n\n" + text, text + " (" + word + ")"} {
				if got := TalkOf(mixed); got != OtherMail {
					t.Errorf("%q is %s", mixed, got)
				}
			}
		}
	}
}
