package standing

import "handrail/internal/request"

// What stands, and what to do about it.
var (
	stoppedTitle = request.Text{EN: "An owner of the rules said STOP: every line goes to an officer", FR: "Une personne responsable des règles a demandé l’arrêt : chaque ligne est soumise à un agent"}
	stoppedHint  = request.Text{
		EN: "Nothing for you to do: an owner mails START, and another one approves.",
		FR: "Rien à faire de votre côté : une personne responsable envoie REPRENDRE, et une autre approuve."}

	strandedTitle = request.Text{EN: "Lines that nobody can decide", FR: "Lignes dont personne ne peut décider"}
	strandedHint  = request.Text{
		EN: "Add an officer who may decide them to the list of officers: they go there by themselves. handrail ask and the number of a line has somebody asked at once.",
		FR: "Ajoutez à la liste des agents une personne qui peut en décider\u00a0: les lignes lui sont soumises automatiquement. handrail ask et le numéro d’une ligne font consulter quelqu’un sur-le-champ."}

	outagesTitle = request.Text{EN: "What does not work", FR: "Ce qui ne fonctionne pas"}
	outagesHint  = request.Text{
		EN: "handrail doctor tries each server, login and folder, and says what to do. What waits goes on by itself once it works.",
		FR: "handrail doctor essaie chaque serveur, connexion et dossier, et dit quoi faire. Ce qui attend reprend de soi-même dès que tout fonctionne."}

	asideTitle = request.Text{EN: "What is set aside after it failed several times", FR: "Ce qui est mis de côté après plusieurs échecs"}
	asideHint  = request.Text{
		EN: "Read the reason and take it away, then type the command that stands there. docs/operators.md says what each kind of row means.",
		FR: "Lisez le motif et corrigez-le, puis tapez la commande indiquée. docs/operators.md explique chaque type d’élément."}

	refusedTitle = request.Text{EN: "Mails that a server refused for good", FR: "Courriels qu’un serveur a refusés définitivement"}
	refusedHint  = request.Text{
		EN: "Reach these people another way, and correct the address where it comes from. handrail ledger status says what ends this for each mail.",
		FR: "Joignez ces personnes autrement et corrigez l’adresse là d’où elle vient. handrail ledger status indique, pour chaque courriel, comment y mettre fin."}

	textsTitle = request.Text{EN: "Texts with mistakes, which are not in force", FR: "Textes comportant des erreurs, qui ne sont pas en vigueur"}
	textsHint  = request.Text{
		EN: "Have the text corrected: handrail policy check names every mistake of a policy. The text before stays in force, and the corrected one is taken by itself.",
		FR: "Faites corriger le texte\u00a0: handrail policy check nomme chaque erreur d’une politique. Le texte précédent demeure en vigueur, et le texte corrigé sera pris en compte de lui-même."}

	changesTitle = request.Text{EN: "Changes that wait for owners of the rules", FR: "Modifications qui attendent les personnes responsables des règles"}
	changesHint  = request.Text{
		EN: "The owners have a mail with a button for each, and are reminded every two working days. What is in force stays until two of them agree (docs/policies.md, Owners).",
		FR: "Les personnes responsables ont pour chacune un courriel avec un bouton et reçoivent un rappel tous les deux jours ouvrables. Ce qui est en vigueur le demeure jusqu’à l’accord de deux d’entre elles (docs/policies.md, Owners)."}

	weeksTitle = request.Text{EN: "Weeks that finance has not got", FR: "Semaines que les finances n’ont pas reçues"}
	weeksHint  = request.Text{
		EN: "handrail ledger status says why, where making one failed; else look whether the job runs. handrail reconcile makes a workbook meanwhile.",
		FR: "handrail ledger status dit pourquoi, si la production a échoué; sinon, vérifiez que le travail s’exécute. D’ici là, handrail reconcile produit un classeur."}

	questionsTitle = request.Text{EN: "Questions that a requester has not answered in time", FR: "Questions restées sans réponse dans le délai"}
	questionsHint  = request.Text{
		EN: "Ask the requester to answer the officer’s mail, or the officer to decide without the answer.",
		FR: "Demandez à la personne qui a fait la demande de répondre au courriel de l’agent, ou à l’agent de décider sans la réponse."}

	quarantineTitle = request.Text{EN: "Messages in quarantine whose sender was told nothing", FR: "Messages en quarantaine dont l’expéditeur n’a pas été avisé"}
	quarantineHint  = request.Text{
		EN: "Move genuine messages from the folder of the quarantine back to the inbox: they are judged again. Leave the others there; each is named here once.",
		FR: "Remettez les messages authentiques du dossier de quarantaine dans la boîte de réception\u00a0: ils seront examinés de nouveau. Laissez-y les autres; chacun n’est nommé ici qu’une fois."}
)
