package ingest

import (
	"regexp"
	"strings"
	"unicode"
)

// TalkOf says what a person's own words are that bring no workbook and no command: ThanksMail (thanks, and nothing else),
// QuestionMail or NewsMail. text is the new text of a mail, without what it quotes.
//
// It is strict: OtherMail is what holds a decision word, a yes or a no, an amount or the number of a line, however politely,
// and what says nothing. Such words are asked back; they are neither filed as thanks nor passed on as news, since somebody
// may believe that they decided.
func TalkOf(text string) Kind {
	if len(text) > maxTalk {
		return OtherMail
	}
	text = strings.NewReplacer("’", "'", "\u00a0", " ", "\u202f", " ").Replace(text)
	text = strings.Map(func(r rune) rune { // what cannot be seen hides no word
		if unicode.Is(unicode.Cf, r) || unicode.Is(unicode.Mn, r) && r != '\ufe0f' {
			return -1
		}
		return r
	}, text)
	plain := withoutAccents.Replace(strings.ToLower(text))
	plain = courtesies.ReplaceAllString(plain, " ")
	if decides.MatchString(plain) || strings.ContainsAny(plain, "👍👌✅✔☑👎❌✓") || moneyWord.MatchString(plain) || lineWord.MatchString(plain) ||
		strings.ContainsFunc(harmlessNumber.ReplaceAllString(plain, " "), unicode.IsDigit) {
		return OtherMail
	}
	polite, thanked := courtesy(text)
	switch {
	case polite && thanked:
		return ThanksMail
	case polite && !strings.Contains(plain, "?"), !strings.ContainsFunc(plain, unicode.IsLetter):
		return OtherMail // a greeting alone, or nothing
	case asks.MatchString(plain):
		return QuestionMail
	}
	return NewsMail
}

// maxTalk is how long words are that can be told apart with certainty.
const maxTalk = 32 << 10

// All of these look at lower-case text without accents.
var (
	// courtesies hold words that would be a yes elsewhere.
	courtesies = regexp.MustCompile(`\b(good (morning|afternoon|evening|day)|have a (nice|good|great|lovely|wonderful) (one|day|week|weekend|evening|holiday)|bonne (journee|soiree|semaine|fin de semaine)|bon (week-?end|conge|apres-midi))\b`)

	// decides holds what people decide with, agree with and refuse with, in any form of the word.
	decides = regexp.MustCompile(`\b(approv\w*|approuv\w*|approbation\w*|declin\w*|reject\w*|rejet\w*|den(y|ies|ied|ying|ial)|refus\w*|accept\w*|authori[sz]\w*|autoris\w*|withdr[ae]w\w*|retir\w*|retrait|confirm\w*|cancel\w*|annul\w*|undo\w*|revok\w*|revoq\w*|assign\w*|reassign\w*|confie[rz]?|delegu\w*|validat\w*|valide[rsz]?|disagree\w*|agree\w*|grant(s|ed)?|veto\w*|object(s|ed|ion\w*)?|sign(ed)? off|endors\w*|go ahead|proceed\w*|procede[rz]?|allez[- ]y|vas[- ]y|permi[st]\w*|buy (it|them)|achetez[- ]l\w+|stop(s|ped)?|arrete\w*|hold off|drop (it|them)|scrap (it|them))\b` +
		`|\b(yes|yep|yeah|yup|ya|oui|ouais|ok|okay|okey|oki|okie|k|lgtm|d'accord|daccord|entendu|affirmative|affirmatif|correct|exact(ly|ement)?|right|indeed|sure|certainly|certainement|absolutely|absolument|of course|bien sur|tout a fait|fine|good|great|perfect|perfectly|excellent|awesome|super|parfait|genial|c'est (bon|beau|correct)|ca me va|ca va|aye|roger|ack|affirm|dac|do it|order (it|them)|make it so|faites[- ]le|commandez[- ]l\w+|thumbs? (up|down)|pouces?|works for me|sounds good|all set|go|no|nope|nah|non|not|pas question|jamais|never|negative)\b|\+1`)
	moneyWord = regexp.MustCompile(`[$€£¥]|\b(dollars?|cents?|bucks|piasses?|cad|usd|eur|euros?|per ?cent|pour ?cent|pourcent)\b|%`)
	lineWord  = regexp.MustCompile(`\b(lines?|items?|rows?|lignes?|articles?|postes?|rangees?|number|numero|no\.)\s*(#|no\.?|number|numero)?\s*(one|two|three|four|five|six|seven|eight|nine|ten|un|une|deux|trois|quatre|cinq|sept|huit|neuf|dix|a|b|c)\b|\b(first|second|third|last|premiere?|deuxieme|troisieme|derniere?) (one|two|line|item|row|ligne|article)\b|\bles (deux|trois|autres)\b|\b(both|all) (of )?(them|lines|items)\b|\bthe (others?|rest)\b|\ble reste\b|\btoutes les lignes\b`)

	// harmlessNumber are numbers that name a request, a day, an hour or a telephone, and no line and no amount.
	harmlessNumber = regexp.MustCompile(`\bhr-\d{4}-\d{6}(-\d{2,4})?\b|\b\d{4}-\d{2}-\d{2}\b|\b(jan|feb|fev|mar|apr|avr|may|mai|jun|jui|jul|aug|aou|sep|oct|nov|dec)[a-z]*\.? \d{1,2}(st|nd|rd|th)?(,? \d{4})?\b|\b(1er|\d{1,2}(st|nd|rd|th)?) (of )?(jan|feb|fev|mar|apr|avr|may|mai|jun|jui|jul|aug|aou|sep|oct|nov|dec)[a-z]*\.?( \d{4})?\b` +
		`|\b\d{1,2}(:\d{2} ?([ap]\.?m\.?)?|h ?(\d{2})?\b| ?[ap]\.?m\b)|(\+?1[-. ])?(\(\d{3}\) ?|\b\d{3}[-. ])\d{3}[-. ]\d{4}\b|\bsection (32|34)\b|\barticle (32|34)\b|\b(18|19|20)\d\d\b`)

	asks = regexp.MustCompile(`\?|(^|[.!;:\n]\s*)(how|what|when|where|who|whom|whose|why|which|can|could|may|is|are|do|does|did|will|would|should|has|have|any (news|update|word)|comment|quand|ou|qui|pourquoi|quel\w*|est-ce|puis-je|peut-on|pouvez-vous|peux-tu|pourriez-vous|pourrais-tu|combien|avez-vous|faut-il|dois-je|doit-on|y a-t-il|savez-vous|serait-il)\b` +
		`|\b(i|we)('d| would)? (like|want|need|love) to (know|understand|ask)\b|\bwonder(ing)?\b|\bplease (let (me|us) know|tell|advise|explain|call|send)\b|\b(could|can|would) you\b|\b(je|nous) (voudrais|voudrions|veux|aimerais|souhaite)\b[^.]{0,20}\b(savoir|comprendre|demander)\b|\bj'aimerais (savoir|comprendre|demander)\b|\bme demande\b|\b(merci|pri[eè]re|veuillez|svp)( de| d')? ?(bien vouloir )?(me |nous )?(dire|indiquer|expliquer|preciser|appeler|rappeler|informer)\b|\bany (news|update|word)\b|\bune question\b|\ba question\b`)

	fragmentEnd = regexp.MustCompile(`[.!?;,:\n\r…–—]+|\s-\s`)
	greets      = regexp.MustCompile(`^(hi|hello|hey|dear|bonjour|bonsoir|salut|allo|cher|chere)( (there|all|team|everyone|both|a tous|a toutes|l'equipe|[a-z'-]+))*$`)
	thanks      = regexp.MustCompile(`^(and |et )?((many|much|a million|big|huge|warm) )?(thanks|thank you|thank u|thx|tks|tnx|ty|thankyou|merci|mille mercis|un (grand|gros) merci|grand merci|🙏+)( (so much|very much|a lot|a bunch|again|indeed|all|everyone|everybody|both|team|to (you|all|everyone)( all)?|beaucoup|bien|infiniment|mille fois|encore|encore une fois|tout le monde|a (tous|toutes|vous|toi|l'equipe)))*` +
		`( (for|pour|de) (all )?((your|the|this|that|everything|help|helping|answering|l'|la|le|les|votre|vos|ta|ton|tes|cette|ce|toute|tout)('| )?)*((quick|prompt|kind|fast|rapide|prompte|precieuse|bonne|great)? ?(help|assistance|reply|answer|update|information|info|infos|work|support|time|message|mail|email|e-mail|response|reminder|patience|explanation|kindness|courtesy|aide|reponse|rappel|temps|travail|soutien|courriel|informations?|explications?|gentillesse|suivi|mise a jour))?( (and|et) ((your|the|votre|la|le|l')( |'))?(help|patience|support|aide|soutien|rapidite))?)?( 🙏+)?$`)
	kindWord = regexp.MustCompile(`^((it is |it's |this is |that is |that's |c'est |tres |so |very |much |most |really )*(appreciated|kind of you|kind|helpful|nice of you|apprecie|gentil|gentil de votre part|aimable|utile)|(i|we) (really |very much )?appreciate (it|this|that|your help|the help)|j'apprecie( beaucoup)?|got it|well received|bien recu|received|recu|noted|note|c'est note|you('re| are) (the best|very kind|too kind)|vous etes (tres )?(gentille?|aimable)s?)$`)
	closes   = regexp.MustCompile(`^((best|kind|kindest|warm|warmest)( regards| wishes)?|regards|cordially|sincerely|yours( truly| sincerely)?|cheers|take care|see you( soon)?|cordialement|salutations( distinguees| cordiales)?|bien (a vous|cordialement)|a bientot|au plaisir|sincerement|amicalement|respectueusement)$`)
	nameLine = regexp.MustCompile(`^\p{Lu}[\pL'.-]*( \p{Lu}[\pL'.-]*){0,3}$`)
)

// courtesy says whether every piece of a text thanks, greets, takes leave or is a name, and whether one of them thanks.
func courtesy(text string) (polite, thanked bool) {
	left := false
	for _, piece := range fragmentEnd.Split(text, -1) {
		piece = strings.Trim(piece, " \t*_\"'()")
		piece = strings.TrimFunc(piece, func(r rune) bool { return unicode.Is(unicode.So, r) && r != '🙏' || r == '\ufe0f' })
		piece = strings.Join(strings.Fields(piece), " ")
		plain := strings.TrimSpace(courtesies.ReplaceAllString(withoutAccents.Replace(strings.ToLower(piece)), " "))
		switch {
		case plain == "":
		case thanks.MatchString(plain):
			thanked = true
		case closes.MatchString(plain):
			left = true
		case greets.MatchString(plain), kindWord.MatchString(plain):
		case (thanked || left) && nameLine.MatchString(piece):
		default:
			return false, thanked
		}
	}
	return true, thanked
}
