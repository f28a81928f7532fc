package reply

import (
	"slices"
	"strings"
)

// Everything in this file is folded text: lower case, without accents.

// verbWords are the words of each verb, in both languages. A word of several parts stands before its parts.
var verbWords = []struct {
	verb  Verb
	words string // separated by commas
}{
	{Approve, "i approve, i hereby approve, i do approve, i have approved, i've approved, i am approving, i'm approving, approving, i am happy to approve, i'm happy to approve, happy to approve, i am pleased to approve, pleased to approve, je suis heureux d'approuver, je suis heureuse d'approuver, approved, approve, i authorize, i authorise, authorized, authorised, authorize, authorise," +
		"j'approuve, j'ai approuve, je l'approuve, je les approuve, approuver, approuvees, approuves, approuvee, approuve, j'autorise, je l'autorise, je les autorise, autoriser, autorisees, autorises, autorisee, autorise"},
	{Decline, "i decline, i hereby decline, i hereby reject, i hereby refuse, i am declining, i'm declining, declining, i am rejecting, i'm rejecting, rejecting, i must reject, i am denying, i must decline, i have to decline, i have declined, declined, decline, i deny, denied, deny, i reject, i have rejected, rejected, reject, i refuse, i must refuse," +
		"je refuse, je dois refuser, j'ai refuse, je la refuse, je le refuse, je les refuse, refuser, refusees, refuses, refusee, refuse, refused, je rejette, je dois rejeter, rejeter, rejetees, rejetes, rejetee, rejete, je decline, declinees, declines, declinee"},
	{Ask, "question, questions"},
	{Undo, "undo, annuler, annulez, annule"},
	{Revoke, "i revoke, revoked, revoke, je revoque, revoquer, revoquees, revoques, revoquee, revoque"},
	{Assign, "assigned to, assign to, assign, reassign to, reassign, hand over to, confier a, confier, confie a, confiee a, reattribuer a, assigner a"},
	{Away, "i am away until, i'm away until, i will be away until, i'll be away until, i am out until, i will be out until, i am on leave until, away until, absent until, out of office until, on leave until, away till, away through," +
		"je suis absent jusqu'au, je suis absente jusqu'au, je serai absent jusqu'au, je serai absente jusqu'au, absent jusqu'au, absente jusqu'au, absent jusqu'a, absente jusqu'a, en conge jusqu'au, en vacances jusqu'au, je suis en conge jusqu'au, je suis en vacances jusqu'au"},
	{Withdraw, "i withdraw, withdrawn, withdraw, je retire, retirer, retirees, retires, retiree, retire, retirez"},
	{Confirm, "i confirm, i hereby confirm, confirmed, confirm, je confirme, confirmer, confirmees, confirmes, confirmee, confirme"},
	{No, "no, non"},
	{TwoSuppliers, "two suppliers, different suppliers, not the same supplier, deux fournisseurs, fournisseurs differents, pas le meme fournisseur"},
	{OneSupplier, "same supplier, one supplier, meme fournisseur, un seul fournisseur"},
}

// actions are the words that open a command, with what they ask for.
var actions = func() *phrases[Verb] {
	p := &phrases[Verb]{}
	for _, v := range verbWords {
		if v.verb != No && !(Command{Verb: v.verb}).OfSuppliers() { // only where nothing but a reason follows: see sense.refuse, sense.suppliers
			p.add(v.verb, v.words)
		}
	}
	return p
}()

// decisions are the words of the verbs that change a line, wherever they stand.
var decisions = func() map[string]Verb {
	m := map[string]Verb{}
	for _, v := range verbWords {
		if !(Command{Verb: v.verb}).Decides() || v.verb == No {
			continue
		}
		for phrase := range strings.SplitSeq(v.words, ",") {
			words := strings.Fields(phrase)
			if len(words) > 0 {
				m[words[len(words)-1]] = v.verb
			}
		}
	}
	for w, v := range map[string]Verb{"approves": Approve, "approving": Approve, "approval": Approve, "approbation": Approve, "approuvons": Approve, "approuvez": Approve, "approuvera": Approve, "approuverai": Approve, "autorisation": Approve, "authorization": Approve, "preapproved": Approve, "pre-approved": Approve,
		"declining": Decline, "rejects": Decline, "rejection": Decline, "rejecting": Decline, "refusal": Decline, "disapprove": Decline, "disapproved": Decline, "desapprouve": Decline, "refusons": Decline, "refusez": Decline, "rejetez": Decline, "rejet": Decline, "denies": Decline, "cancel": Withdraw, "cancelled": Withdraw, "canceled": Withdraw} {
		m[w] = v
	}
	return m
}()

// What may stand around a command without changing it.
var (
	// leads stand before one.
	leads = phrasesOf("please, kindly, svp, s'il vous plait, s v p, hereby, and, et, then, puis, ensuite, so, donc, alors, also, aussi, as well, " +
		"unfortunately, malheureusement, i'm afraid, sorry, desole, desolee, my decision is, my decision, decision, my answer, my response, ma decision, ma reponse, here is my decision, voici ma decision, for my part, pour ma part, de mon cote, as follows, comme suit, finally, enfin, but, mais, i confirm that, i can confirm that, this is to confirm that, just to confirm that, please note that, je vous confirme que, je confirme que, veuillez noter que, ceci est pour confirmer que, i'm sorry to say, i am sorry to say, i'm sorry to say that, i'm sorry to inform you that, i regret to say, i regret to say that, i regret to inform you that, je suis au regret de vous dire que, je dois vous dire que, hence, therefore, i am sorry but, i am sorry, i'm sorry but, i'm sorry, sorry but, je suis desole mais, je suis desolee mais, answer, response, reply, reponse, reviewed and, read and, seen and, examined and, checked and, lu et, vu et, examine et, verifie et, apres examen, apres analyse, apres verification, after review, upon review, having reviewed this")
	// yes and no are never commands, and do no harm beside one that agrees with them.
	yes = phrasesOf("yes, yep, yup, yeah, ok, okay, okey, k, sure, go, go ahead, go for it, please go ahead, proceed, please proceed, you may proceed, you can proceed, you may go ahead, you can go ahead, lgtm, looks good, looks good to me, look good, looks great, looks fine, fine, fine with me, fine by me, it's fine, all good, good, good to go, great, perfect, excellent, correct, right, agreed, i agree, agree, sounds good, works for me, no problem, no problems, no objection, no objections, no concerns, no issues, no issue, accepted, accept, i accept, happy with this, happy to, absolutely, definitely, of course, certainly, done, makes sense, ship it, " +
		"oui, ouais, d'accord, daccord, d'ac, dac, entendu, parfait, excellent, correct, c'est correct, c'est beau, c'est bon, c'est bon pour moi, bon pour moi, ca me va, cela me va, ca me convient, cela me convient, ca va, tout est beau, tout est bon, tout est correct, tout est en ordre, allez-y, vas-y, allez de l'avant, vous pouvez aller de l'avant, vous pouvez proceder, veuillez proceder, procedez, pas de probleme, aucun probleme, aucune objection, pas d'objection, bien sur, certainement, absolument, je suis d'accord, ok pour moi, tres bien, super, je l'accepte, j'accepte, acceptee, acceptees, acceptes, feu vert, vu, i have no concerns, i have no objections, i have no objection, i have no issues, i have no questions, i have no problem with this, all looks good, all looks in order, everything looks good, everything looks in order, everything is in order, all is in order, all in order, all good here, everything checks out, tout est conforme, tout semble conforme, tout semble correct, tout me semble correct, tout est en regle, je n'ai pas d'objection, je n'ai aucune objection, je n'ai aucun commentaire, please place the order, please place the orders, place the order, place the orders, please order, you can order, you may order, please buy, please purchase, proceed with the order, proceed with the purchase, please proceed with the order, please proceed with the orders, please proceed with the purchase, please proceed with the purchases, please go ahead with the order, please go ahead with the purchase, go ahead with the order, go ahead with the purchase, you can proceed with the purchase, you may proceed with the purchase, " +
		"proceder a la commande, proceder a l'achat, proceder aux achats, svp proceder a la commande, svp proceder a l'achat, svp proceder, veuillez proceder a la commande, veuillez proceder a l'achat, veuillez proceder aux achats, vous pouvez commander, vous pouvez passer la commande, vous pouvez proceder a l'achat, passez la commande, veuillez passer la commande, veuillez commander")
	no = phrasesOf("no, nope, nah, non, absolutely not, pas question, certainly not")
	// trailers stand behind one.
	trailers = phrasesOf("as is, of your request, in your request, de votre demande, dans votre demande, sans reserve, without reservation, without reservations, please, pls, plz, kindly, svp, and nothing else, nothing else, and that is all, and that's all, that's all, that is all, et rien d'autre, rien d'autre, et c'est tout, c'est tout, in this request, in the request, of this request, of the request, on this request, dans cette demande, dans la demande, de cette demande, de la demande, tel que presente, telle que presentee, tels que presentes, tel que propose, telle que proposee, as described, as written, as listed, tel quel, s'il vous plait, as requested, as asked, as submitted, as is, as presented, as proposed, tel quel, telle quelle, tels quels, telles quelles, tel que demande, telle que demandee, tels que demandes, telles que demandees, tel que soumis, telle que soumise, comme demande, comme demandee, " +
		"for me, by me, from me, on my end, from my end, from my side, on my side, at my end, de ma part, par moi, pour moi, de mon cote, with thanks, with pleasure, avec plaisir, avec remerciements, without comment, without comments, sans commentaire, sans commentaires, no comments, no comment, no questions, aucun commentaire, as well, too, aussi, also, egalement, then, hereby, par la presente")
	// thanks are said beside a command, or alone.
	thanks = phrasesOf("thanks, thank you, thanks so much, thanks very much, thank you very much, thank you so much, thanks a lot, many thanks, thanks again, thank you again, thanks in advance, thanks for your help, thank you for your help, thanks for asking, thanks for checking, thanks for this, thank you for this, thanks for sending this, thanks for the details, thanks for your work, thanks for your work on this, thanks for your patience, thank you for your patience, thx, tks, ty, cheers, much appreciated, appreciated, appreciate it, " +
		"merci, merci beaucoup, merci bien, mille mercis, merci encore, un grand merci, merci d'avance, merci a vous, merci a tous, merci pour votre aide, merci pour votre travail, merci de votre patience, merci pour tout, je vous remercie, je te remercie, un gros merci, tx, thnx, merci et bonne journee, merci et bonne fin de journee, thanks and regards, gracias")
	// greetings open a letter, and pleasantries mean nothing.
	greetings = phrasesOf("to whom it may concern, a qui de droit, coucou, hi, hello, hey, dear, good morning, good afternoon, good evening, good day, greetings, morning, afternoon, hi there, hello there, bonjour, bonsoir, salut, allo, cher, chere, chers, bon matin, madame, monsieur, madame monsieur, mesdames, messieurs, bon apres-midi")
	wishes    = phrasesOf("warmly, warm wishes, kindest regards, warmest regards, with kind regards, with best regards, with regards, all the best, amities, bises, gros bisous, cordiales salutations, mes salutations, sincerement, respectueusement votre, noted, duly noted, well received, got it, note, c'est note, bien note, bien recu, hope you are well, hope you're well, hope you are doing well, i hope you are well, i hope you are doing well, i hope this finds you well, i hope this email finds you well, hope all is well, hope this helps, happy holidays, happy holidays to all, happy holidays to the whole team, good work, nice work, great work, well done, very helpful, this is very helpful, sorry to be late, sorry i am late, sorry this is late, good job, bon travail, beau travail, joyeuses fetes, bonnes fetes, have a good day, have a great day, have a nice day, have a good one, have a great weekend, have a good weekend, have a nice weekend, have a great evening, have a good evening, happy friday, happy monday, see you soon, talk soon, take care, let me know if you have questions, let me know if you need anything, ping me with any issue, ping me with any issues, ping me if you have questions, call me if you have questions, call me with any questions, reach out with any questions, rgds, yours sincerely, yours truly, sincerely yours, best to all, please find my decision below, please find my decisions below, please find my answer below, please find my response below, veuillez trouver ma decision ci-dessous, happy tuesday, happy wednesday, happy thursday, a +, a plus, a plus tard, a demain, bon lundi, bon vendredi, excuse typos, excuse the brevity, please excuse the brevity, please excuse typos, let me know if you have any questions, " +
		"j'espere que vous allez bien, j'espere que tout va bien, bonne journee, bonne soiree, bonne semaine, bonne fin de semaine, bonne fin de journee, bon weekend, bon week-end, bon apres-midi, bonne continuation, a bientot, au plaisir, n'hesitez pas si vous avez des questions, " +
		"regards, best regards, kind regards, warm regards, best, best wishes, sincerely, respectfully, cordialement, bien cordialement, cordialement votre, salutations, salutations distinguees, sinceres salutations, meilleures salutations, amicalement, bien a vous, respectueusement, " +
		"see below, see my answer below, see my answers below, see my response below, see my decision below, my answers below, my decisions below, please see below, please see my answer below, please see my decision below, please see my response below, here is my decision, here are my decisions, here are my answers, my decisions, my decisions are below, as follows, my decision is as follows, voir ci-dessous, voici ma decision, voici mes decisions, voici ma reponse, voici mes reponses, ma decision, mes decisions, " +
		"i have reviewed this, i have reviewed the request, i have reviewed this request, i reviewed this, i reviewed the request, reviewed, j'ai examine la demande, j'ai pris connaissance de la demande, j'ai revu la demande, sorry for the delay, apologies for the delay, desole du retard, desolee du retard, desole pour le delai, desolee pour le delai, mes excuses pour le retard")
	// company follows a greeting where no name does.
	company = phrasesOf("all, team, everyone, everybody, folks, colleagues, there, handrail, a tous, a toutes, tous, toutes, a toutes et a tous, a tous et a toutes, l'equipe, equipe, collegues, chers collegues, madame, monsieur, sir, madam, mr, mrs, ms, m, mme, dr")
)

// conditionWords change a command wherever they stand beside it: conditions, limits, negations, delays, doubts.
var conditionWords = wordSet(`aucun aucune rien nothing but only just if unless provided providing except excepting excluding however not don't dont do doesn't isn't aren't wasn't won't wouldn't can't cannot cant couldn't didn't hasn't haven't shouldn't never nor neither none until till
	once when whenever pending assuming contingent conditional conditionally condition conditions subject without wait waiting hold on-hold instead after before first later tomorrow soon eventually perhaps maybe possibly probably might may
	could would should shall must will can unsure uncertain doubt almost nearly partly partially partial half mostly otherwise while whereas although though despite depending depends moyennant case rather tentatively tentative provisionally provisional temporarily
	principle theory draft postpone postponed defer deferred delay delayed suspend suspended stop cancel cancelled revisit reconsider recheck confirm check verify get obtain ask send sign wants want? discuss meet review? yet still? unlikely
	mais seulement uniquement juste si s'il s'ils s'elle s'elles sauf reserve pourvu excepte hormis toutefois cependant pourtant pas ne ni jamais aucun? aucune? lorsque lorsqu'il quand des-que attendant attendre attendez attends moins conditionnel conditionnelle conditionnellement
	condition conditions sans plutot apres avant d'abord demain plus-tard bientot peut-etre probablement eventuellement doit doivent devra devront devrait devraient faudra faudrait faut obtenir obtenez demander demandez envoyer envoyez signer signez verifier verifiez
	confirmer confirmez provisoirement temporairement partiellement partie moitie presque principe reporter reporte reportee suspendre suspendu suspendue suspens differer differe differee jusqu'a jusqu'au jusque tant entretemps sinon encore pourrait pourraient pouvez? voudrais aimerais pense crois
	i'd you'd we'd he'd she'd they'd i'll we'll you'll he'll she'll they'll pends stays waits`)

// conditionPhrases are conditions of several words.
var conditionPhrases = phrasesOf("same goes, same for, same with, next one, next line, next ones, also for, as well as, along with, meme chose pour, aussi pour, idem pour, ainsi que, de meme pour, in case, need to, needs to, need a, need an, need the, need another, need more, needs a, needs an, needs the, needs another, needs more, we need, i need, you need, they need, as long as, so long as, as soon as, on condition, up to, at most, no more than, not more than, or less, not to exceed, up until, for now, for the time being, in principle, in theory, with a new, with another, with changes, with the following changes, with conditions, with a, with an, next week, next month, next year, this time, this once, my assistant, my manager, my director, on behalf, in his place, in her place, " +
	"sous reserve, a condition, en cas, des que, une fois, pour autant, du moment, tant que, a moins, au maximum, au plus, pas plus, jusqu'a, pour l'instant, pour le moment, en principe, en theorie, avec une nouvelle, avec un nouveau, avec une, avec un, plus tard, semaine prochaine, mois prochain, annee prochaine, cette fois, a la place, au nom")

// negatedReasons are reasons that hold words which would be conditions anywhere else.
var negatedReasons = phrasesOf("not foreseen, not foreseeable, not planned, not anticipated, not expected, could not be foreseen, could not have been foreseen, was not foreseen, were not foreseen, not splitting, no splitting, not a split, not a split purchase, this is not splitting, it is not splitting, not contract splitting, not divided, not a division, not related to the first order, not related, unrelated to the first order, unrelated to, unrelated, unforeseen, unplanned, unexpected, " +
	"a new need, new need, new requirement, urgent need, an urgent need, needs it, needs them, need it, need them, needs this, the lab needs it, the team needs it, operational need, an operational need, urgent operational need, an urgent operational need, real need, clear need, confirmed need, the only, our only, their only, its only, only supplier, only supplier who holds the licence, only supplier that holds the licence, only supplier with the licence, only supplier available, only one supplier, sole supplier, sole source, only source, only vendor, only vendor available, only bidder, before year end, before year-end, before the year end, before fiscal year end, before the end of the year, before the end of the fiscal year, before march 31, needed before year end, no other supplier, no other source, no alternative, no alternative available, no conflict of interest, no conflict, not a public servant, not a former public servant, no longer a public servant, not a duplicate, no duplicate, needed, is needed, urgently needed, " +
	"pas prevu, pas prevue, pas prevus, pas prevues, n'etait pas prevu, n'etait pas prevue, n'etaient pas prevus, n'etaient pas prevues, non prevu, non prevue, non prevus, non prevues, imprevu, imprevue, imprevus, imprevues, non planifie, non planifiee, ne pouvait etre prevu, ne pouvait pas etre prevu, pas de fractionnement, pas un fractionnement, aucun fractionnement, n'est pas du fractionnement, ce n'est pas du fractionnement, ce n'est pas un fractionnement, il n'y a pas de fractionnement, nouveau besoin, un nouveau besoin, besoin nouveau, le seul, la seule, les seuls, les seules, notre seul, notre seule, leur seul, leur seule, l'unique, seul fournisseur, seul fournisseur qui detient la licence, seul fournisseur detenant la licence, seul fournisseur disponible, unique fournisseur, fournisseur unique, source unique, avant la fin de l'exercice, avant la fin de l'annee, avant la fin d'exercice, avant le 31 mars, sans lien avec, sans lien avec la premiere commande, sans rapport avec, pas un doublon, aucun doublon, pas de conflit d'interets, aucun conflit d'interets, aucun autre fournisseur, pas d'autre fournisseur, pas un fonctionnaire, n'est pas fonctionnaire")

// reasonWords are what reasons are made of when no line could be meant by any of them.
var reasonWords = wordSet(`a an the of for in to from by with and or as at on is are was were it its be been has have had this? our we i you they their there
	too very much quite so far well really clearly simply way still already currently again
	expensive dear costly cheap cheaper pricey high higher low lower price prices priced pricing cost costs costing budget budgets budgeted budgetary funds funding funded money amount overpriced affordable reasonable unreasonable fair good better best value
	within over above beyond outside out inside under? plan plans planned forecast allocation limit limits scope mandate policy policies rule rules guideline guidelines directive requirement requirements need needs needed necessary unnecessary essential critical urgent urgently emergency priority operational operations operation business case mission important
	justified justification unjustified rationale reason reasons explained unexplained documented clear unclear sound acceptable unacceptable appropriate inappropriate eligible ineligible allowed permitted prohibited compliant complies comply
	equipment material materials supplies equipement materiel l'equipement d'equipement suspended new old existing ongoing recurring separate annual yearly monthly broken obsolete worn outdated damaged end-of-life renewal replacement replace replaces maintenance support training safety health security accessibility accommodation compliance legal
	supplier suppliers vendor vendors source sources contractor competition competitive quote quotes quotation quotations bid bids estimate estimates offer offers standing agreement contract contracts arrangement catalogue catalog inventory stock available unavailable elsewhere place expired expires sufficient suffices
	duplicate duplicates duplicated duplication same similar identical repeat repeated split splitting
	centre center urgency lab laboratory field school site unit units? reasons ergonomic
	licence licences license licenses holder holds proprietary exclusive compatible incompatible
	year years fiscal end quarter month months day days week weeks deadline timeline time late early delivery
	team teams staff client clients branch department project projects program programme work workload
	no not only enough insufficient sufficient missing lacking lacks lack incomplete complete inadequate wrong incorrect error errors mistake details detail information info evidence documentation supporting
	belongs goes handled covered procured purchased bought buy purchase purchases procurement through via under using use used
	discussed agreed? per
	trop tres assez recurrent recurrente brise brisee brises brisees desuet desuete endommage endommagee mauvais mauvaise suspendu suspendue long longue suffit commandes expire expiree perime perimee separe distinct distincte
	trop tres assez bien vraiment deja encore toujours
	centre centres urgence l'urgence laboratoire terrain ecole bon bonne meilleur meilleure
	cher chere chers cheres couteux couteuse couteuses dispendieux dispendieuse eleve elevee eleves elevees prix cout couts budget budgets budgetaire fonds financement montant raisonnable deraisonnable juste abordable
	hors depasse depassement conforme conformes non-conforme conformite plan plans planifie prevu prevue previsions limite limites portee mandat politique politiques regle regles directive exigence exigences besoin besoins necessaire necessaires inutile essentiel essentielle critique urgent urgente urgents urgence priorite prioritaire operationnel operationnelle operationnels operations important importante
	justifie justifiee justifies justifiees injustifie injustifiee justification raison raisons motif explication explications documente documentee clair claire acceptable inacceptable approprie appropriee admissible inadmissible permis permise interdit interdite
	nouveau nouvelle nouveaux existant existante annuel annuelle renouvellement remplacement entretien soutien formation securite sante accessibilite accommodement
	fournisseur fournisseurs concurrence soumission soumissions devis estimation offre offres permanente permanentes entente contrat contrats arrangement inventaire stock disponible disponibles indisponible ailleurs
	doublon doublons meme similaire identique repete fractionnement
	licence licences detient exclusif exclusive compatible incompatible
	annee annees exercice fin trimestre mois jour jours semaine echeance delai delais livraison
	equipe equipes personnel client clients direction ministere projet projets programme travail
	pas non ne n'est n'y n'a aucun aucune une un seule seul seulement manque manquent manquant manquante insuffisant insuffisante incomplet incomplete errone erronee erreur erreurs details detail information renseignements preuve documentation suffisant suffisante suffisants suffisamment
	de du des la le les l' d' et ou en au aux a dans par pour sur avec sans est sont etait il elle ils elles on nous je vous y ce c'est cela ca qui que d'un d'une l'exercice l'equipe l'offre l'entente d'offre d'urgence l'annee
	achat achats achete acheter approvisionnement fait faits selon via`)

// placeWords point at lines of a mail without a number.
var placeWords = wordSet(`line lines item items rest remaining other others another both all everything first second third fourth fifth last latter former each every either neither half some few several
	ligne lignes article articles reste restant restante restants restantes autre autres tout tous toute toutes premier premiere deuxieme second seconde troisieme quatrieme dernier derniere chaque chacun chacune certains certaines quelques plusieurs moitie
	one two three four five six seven eight nine ten un deux trois quatre cinq sept huit neuf dix ones this that these those celui celle ceux celles`)

// countedWords follow a number that counts something, and names no line.
var countedWords = wordSet(`quote quotes bid bids quotation quotations estimates suppliers vendors years year months month weeks week days day percent copies licences licenses users people employees staff
	soumission soumissions devis fournisseurs ans an annees mois semaines semaine jours jour copies licences utilisateurs personnes employes`)

// wordSet is the words of a text. A word that ends in a question mark was thought about and left out.
func wordSet(words string) map[string]bool {
	set := map[string]bool{}
	for w := range strings.FieldsSeq(words) {
		if !strings.HasSuffix(w, "?") {
			set[w] = true
		}
	}
	return set
}

// phrases finds the longest of some phrases that tokens begin with.
type phrases[T any] struct {
	byFirst map[string][]phrase[T] // the longest first
}

type phrase[T any] struct {
	words []string
	means T
}

func phrasesOf(list string) *phrases[bool] {
	p := &phrases[bool]{}
	p.add(true, list)
	return p
}

func (p *phrases[T]) add(means T, list string) {
	if p.byFirst == nil {
		p.byFirst = map[string][]phrase[T]{}
	}
	for s := range strings.SplitSeq(list, ",") {
		words := strings.Fields(s)
		if len(words) == 0 {
			continue
		}
		all := append(p.byFirst[words[0]], phrase[T]{words, means})
		slices.SortStableFunc(all, func(a, b phrase[T]) int { return len(b.words) - len(a.words) })
		p.byFirst[words[0]] = all
	}
}

// at is how many tokens from i on are one of the phrases, 0 for none, and what it means.
func (p *phrases[T]) at(tokens []token, i int) (n int, means T) {
	if i >= len(tokens) || tokens[i].kind == reference {
		return 0, means
	}
	for _, ph := range p.byFirst[tokens[i].text] {
		if len(tokens)-i < len(ph.words) {
			continue
		}
		same := true
		for k, w := range ph.words {
			if tokens[i+k].text != w {
				same = false
				break
			}
		}
		if same {
			return len(ph.words), ph.means
		}
	}
	return 0, means
}

// plainWords are words that mean nothing here, and are no names either.
var plainWords = wordSet(`me him her he she us who what where why how which whose whom every many little big small great nice happy glad pleased curious sad big long short full empty open closed quick slow next last past present
	look see read write call talk speak think know believe feel hear find give take make go come get put let keep leave move change fix add remove replace return use try work run start finish begin end show tell say said ask asked reply answer respond forward copy attach attached enclosed include included
	resubmit resubmitted submit submitted revise revised update updated correct corrected cancel pause paused ignore disregard note noted notice received understood awaiting await seen checked checking
	laptop laptops monitor monitors printer printers chair chairs desk desks phone phones software hardware server servers room venue catering course training book books paper toner cable cables camera cameras vehicle rental hotel flight consultant translation subscription
	mail email message letter document file form sheet page link code number date name title office meeting lunch leave vacation holiday morning afternoon evening night today yesterday tonight monday tuesday wednesday thursday friday saturday sunday january february march april june july august september october november december
	lui leur son sa ses quoi quand comment pourquoi quel quelle quels quelles beaucoup peu grand petit bon bonne long court plein vide ouvert ferme prochain prochaine dernier derniere content contente heureux heureuse desole
	voir lire ecrire appeler parler penser savoir croire trouver donner prendre faire aller venir mettre laisser garder changer corriger ajouter enlever remplacer retourner utiliser essayer commencer finir montrer dire demander repondre transmettre joindre ci-joint inclus recu compris note vu
	ordinateur ordinateurs portable portables ecran ecrans imprimante imprimantes chaise chaises bureau telephone logiciel serveur salle traiteur cours formation livre livres papier location vehicule hotel vol consultant traduction abonnement
	courriel message lettre fichier formulaire feuille lien numero date nom titre reunion conge vacances matin midi soir nuit aujourd'hui hier lundi mardi mercredi jeudi vendredi samedi dimanche janvier fevrier mars avril mai juin juillet aout septembre octobre novembre decembre
	soon later never always often sometimes here again too also very only maybe please yes never nothing something anything nobody somebody someone jamais toujours souvent parfois ici aussi rien quelque quelqu'un personne`)

// refusalWords are reasons to refuse; beside an approval they leave open what was meant, and so do words that narrow it.
var refusalWords = wordSet(`expensive dear costly pricey overpriced unreasonable unaffordable high higher lower cheaper less at unnecessary unjustified unexplained undocumented unclear unacceptable inappropriate ineligible prohibited incompatible insufficient missing lacking lacks lack incomplete inadequate wrong incorrect error errors mistake outside duplicate duplicates duplicated duplication elsewhere unavailable outdated? expired expires late suspended
	trop cher chere chers cheres couteux couteuse couteuses dispendieux dispendieuse eleve elevee eleves elevees deraisonnable hors depasse depassement non-conforme inutile injustifie injustifiee inacceptable inadmissible interdit interdite incompatible manque manquent manquant manquante insuffisant insuffisante incomplet incomplete errone erronee erreur erreurs ailleurs doublon doublons mauvais mauvaise expire expiree perime perimee suspendu suspendue`)

// changeWords are reasons that change what is approved.
var changeWords = wordSet(`another other others different instead see refer comment comments remark remarks quantity qty units partial part smaller fewer reduced reduce revised revision amended amendment changes change changed modify modified corrected correction renegotiate renegotiated negotiated discount discounted alternative option options model colour color size version brand verbally orally except remove drop swap substitute half
	autre autres different differente differents plutot voir commentaire commentaires remarque remarques quantite quantites unites partiel partielle partie moindre reduit reduite reduire revise revisee revision modifie modifiee modification modifications changement changements changer corrige corrigee correction renegocier negocie negociee rabais option options modele couleur taille version marque verbalement oralement enlever retrancher remplacer moitie`)

// sentenceWords are words that make a sentence of a refusal's reason, so that it does not name a line.
var sentenceWords = wordSet(`is are was were am be been has have had do does did we i you they he she it there please bought buy buys need needs needed want use uses used using ask asked come came talk speak call contact resubmit submit send get got go goes went know think see find found give gave make made take took put keep kept wait said says said told should could would will can must may belongs exceeds expired answers answered holds owns
	est sont etait etaient a ont avons avez ai sera seront nous je vous ils elles il elle on avons achete acheter achetons devons doit doivent faut veuillez svp pouvez peut peuvent demandez parlez appelez contactez soumettez renvoyez utilisez utiliser suffit manque existe trouve donne fait font prend depasse detient possede`)

// objectWords are things that one line could be about: a reason of nothing else could name it.
var objectWords = wordSet(`training maintenance support replacement renewal licence licences license licenses delivery equipment catalogue catalog inventory stock material materials project programme program team staff client safety health security accessibility quote quotes supplier supplies vendor contract budget?
	formation entretien soutien remplacement renouvellement licence licences livraison equipement materiel inventaire stock projet programme equipe personnel client securite sante accessibilite soumission fournisseur contrat l'equipement d'equipement`)

// statesWords make a sentence of words that begin with an article, so that they name no line.
var statesWords = wordSet(`is are was were has have had be been exceeds exceed does est sont etait etaient a ont suffit manque manquent depasse detient`)

// refusalStarts begin a reason that nothing introduces: "Decline 2 too expensive".
var refusalStarts = wordSet(`too not out over duplicate insufficient unnecessary no trop hors pas aucun aucune`)

// smallTalk are words of greetings, apologies and courtesies, and of what people say about themselves before they decide. A sentence of
// nothing else says nothing about the lines.
var smallTalk = wordSet(`hope hoping had have having has was were am is are be been being i'm i we you your yours my me our us it this that these to of for in on at by from with about as and or so the a an
	good great lovely wonderful nice fine best better well warm warmly happy glad pleased sorry apologies apologize regret afraid sad busy late later? delay delayed slow tardy quick quickly prompt promptly kind kindly dear very really truly much many big huge million lot lots again always ever
	day days week weekend month morning afternoon evening night today yesterday monday tuesday wednesday thursday friday saturday sunday spring summer winter holidays holiday vacation leave break conference meeting meetings training course away back office desk sick home travel travelling
	message messages note notes mail mails email emails letter reply answer response question information info detail details reminder update explanation clarification paperwork form forms file files dossier record submission submissions documents document
	work working job effort efforts help helping patience time care take yourself enjoy rest? sun coffee family team
	read reading reviewed review reviewing looked look looking gone through went over examined studied checked careful carefully thorough thoroughly consideration considered attention received receiving sending sent send writing wrote putting together
	please be advised inform informed advise tell let know say record capacity role title procurement officer purchasing authority delegate delegated further regards regarding regard respect respectfully concern? whom may? matter subject above-noted above-mentioned below hereby herewith following accordance
	hear hearing speak talk soon see stay safe strong keep up hang there thanks thank appreciated appreciate grateful gratitude cheers bless hugs love xo xox bye goodbye ciao later
	espere esperons j'espere que tu as vous avez passe passez passer une un belle beau bonne bon bonnes beaux excellent excellente agreable fin semaine weekend week-end journee soiree nuit matin matinee apres-midi midi jour jours semaines mois
	je suis j'etais j'ai etais etait desole desolee navre navree regrette retard delai formation conge conges vacances reunion reunions conference deplacement malade absent absente
	merci mille grand gros pour votre ton ta tes vos mon ma mes notre nos le la les l' d' de du des en au aux a et ou avec sans? chere cher chers cheres collegue collegues coucou bises bisous amities amitie amicalement salutations
	message messages courriel courriels note mot lettre reponse question rappel suivi precision precisions renseignements explication explications dossier dossiers demande? document documents formulaire travail effort efforts aide patience temps soin prends prenez toi vous soi-meme
	lu lue examine examen analyse verification revu regarde verifie etudie pris connaissance recu recue bien tres vraiment encore toujours
	informe avise vous te savoir titre qualite agent agente d'agent d'agente d'approvisionnement approvisionnement gestionnaire autorite presente suite conformement objet mentionnee mentionne ci-dessus c'est ce cet cette ceci on nous il elle ils elles lui y
	bientot plaisir profitez profite repose reposez`)
