package reply

import "handrail/internal/request"

// askText says why a reply decided nothing, to whoever wrote it. What to write instead is the mail's own business.
var askText = map[AskReason]request.Text{
	AskEmpty: {EN: "Your reply holds no text of its own, so nothing was decided.",
		FR: "Votre réponse ne contient aucun texte nouveau; rien n’a été décidé."},
	AskNoCommand: {EN: "Your reply holds no command, so nothing was decided.",
		FR: "Votre réponse ne contient aucune commande; rien n’a été décidé."},
	AskThanks: {EN: "Your reply holds thanks and nothing else, so nothing was decided.",
		FR: "Votre réponse ne contient que des remerciements; rien n’a été décidé."},
	AskYes: {EN: "A yes or a no alone is no decision, because it does not say which lines it is about. Nothing was decided.",
		FR: "Un oui ou un non à lui seul n’est pas une décision\u00a0: il ne dit pas de quelles lignes il s’agit. Rien n’a été décidé."},
	AskSpelling: {EN: "A word of your reply looks like a command with a typing error, so nothing was decided.",
		FR: "Un mot de votre réponse ressemble à une commande mal tapée; rien n’a été décidé."},
	AskText: {EN: "Your reply says more than a command, and that could change what it means, so nothing was decided.",
		FR: "Votre réponse dit plus qu’une commande, et cela pourrait en changer le sens; rien n’a été décidé."},
	AskCondition: {EN: "Your reply seems to set a condition, so nothing was decided. A decision is yes or no; put a condition as a question.",
		FR: "Votre réponse semble poser une condition; rien n’a été décidé. Une décision est oui ou non; posez une condition sous forme de question."},
	AskLines: {EN: "It is not clear which lines you mean, so nothing was decided. Write them as 1 3-5, or ALL.",
		FR: "On ne sait pas quelles lignes sont visées; rien n’a été décidé. Écrivez-les ainsi : 1 et 3 à 5, ou TOUT."},
	AskConflict: {EN: "Two of your commands are about the same line, so nothing was decided.",
		FR: "Deux de vos commandes visent la même ligne; rien n’a été décidé."},
	AskReasonMeans: {EN: "What stands after the colon could mean other lines or another decision, so nothing was decided. Put line numbers before the colon, and each decision on a line of its own.",
		FR: "Ce qui suit le deux-points pourrait désigner d’autres lignes ou une autre décision; rien n’a été décidé. Inscrivez les numéros de ligne avant le deux-points, et chaque décision sur sa propre ligne."},
	AskHidden: {EN: "Your reply holds hidden or look-alike characters, so nothing was decided. Type the command again.",
		FR: "Votre réponse contient des caractères cachés ou trompeurs; rien n’a été décidé. Retapez la commande."},
	AskDetail: {EN: "Something is missing after your command, or cannot be read: a person’s name or e-mail address, a date such as 2026-12-01, or the question itself. Nothing was done.",
		FR: "Il manque quelque chose après votre commande, ou on ne peut le lire : le nom ou l’adresse de courriel d’une personne, une date comme 2026-12-01 ou la question elle-même. Rien n’a été fait."},
	AskTooLong: {EN: "Your reply is too long to be read for certain, so nothing was decided.",
		FR: "Votre réponse est trop longue pour être lue avec certitude; rien n’a été décidé."},
}
