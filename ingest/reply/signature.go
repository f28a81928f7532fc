package reply

import (
	"regexp"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Everything in this file is held against folded text.
var (
	// closing is a line that ends a letter and says nothing else.
	closing = regexp.MustCompile(`^(many |a lot of |with )?(thanks?( you)?( (so|very) much| a lot| again| in advance)?|thx|ty|merci( beaucoup| bien| d'avance| encore| a vous| et bonne (journee|soiree|semaine|fin de semaine))?|mille mercis|` +
		`(best|kind|kindest|warm|warmest)( regards| wishes)?|regards|with (kind|best|warm) regards|(yours )?(sincerely|truly|faithfully)( yours)?|yours|cheers|respectfully|br|rgds|all the best|best|` +
		`have a (good|great|nice) (day|one|weekend|evening)|good (day|evening)|take care|` +
		`(je vous prie d'agreer|je vous prie de recevoir|je vous prie de croire|veuillez agreer|veuillez recevoir|recevez).{0,120}(salutations|sentiments|respects|consideration).{0,40}|(bien )?cordialement( votre)?|cdt|crdt|cordiales salutations|salutations( distinguees| cordiales)?|(meilleures|sinceres) salutations|bien a (vous|toi)|amicalement|respectueusement|` +
		`bonne (journee|soiree|semaine|fin de semaine|fin de journee)|au plaisir|a bientot|bonjour|hi|hello|good morning|` +
		`mit freundlichen grussen|viele grusse|saludos|cordiali saluti|met vriendelijke groet(en)?|venlig hilsen|med vanlig halsning)` +
		`( (team|all|everyone|a tous|a toutes))?( and regards|,? (best )?regards)?\s*[,.!]*$`)
	// signatureMark stands alone above a signature.
	signatureMark = regexp.MustCompile(`^(--|-|---|__+|\*\*+|- -|={3,}|-{3,}|_{2,}|\.{3,})$`)
	// footer is what mail programs and gateways add.
	footer = regexp.MustCompile(`^\W{0,3}(` +
		`(sent|get|envoye[es]?|obten(ez|ir)|telecharge[rz]?|gesendet|enviado|inviato|verzonden|sendt|skickat|lahetetty|wyslano|verstuurd|отправлено|geschrieben|ecrit|provenance|composed)\b.{0,60}\b(iphone|ipad|ios|android|outlook|blackberry|samsung|galaxy|huawei|windows|mail|gmail|yahoo|mobile|telephone|smartphone|phone|device|appareil|tablette?|handy|telefon|spark|protonmail|proton|thunderbird|zoho|aquamail|mailbird|airmail|nine|bell|rogers|telus|4g|5g|lte)\b[^.!?;:]{0,60}(<\S{0,120}>|https?://\S{1,120})?` +
		`|sent from [^.!?;:]{1,60}|envoye (de|depuis|a partir de|par|via) [^.!?;:]{1,60}|typed (with|on) my (thumbs?|phone|mobile)\b[^.!?;:]{0,60}|get outlook for .{1,40}|telecharger outlook pour .{1,40}|obtenir outlook pour .{1,40}` +
		`|(security |securite )?(classification( de securite)?\s*:\s*)?(unclassified|non[- ]classifie|protected [abc]|protege [abc])(\s*[|/-]+\s*(unclassified|non[- ]classifie|protected [abc]|protege [abc]))?` +
		`|\[?(courriel|message|e-?mail) externe\]?|(sent )?from my (phone|mobile|cell|cellphone|tablet)\b.{0,60}|de mon (telephone|cellulaire)\b.{0,60}|(please )?(excuse|pardon) (the |any |my )?(typos|brevity|errors|autocorrect)\b.{0,40}|(veuillez )?excuser? (les fautes|la brievete|les coquilles)\b.{0,40}` +
		`|(\[?(external|externe)\]?)( (e-?mail|message|courriel|sender|expediteur))?\s*(\W\s*(\[?(external|externe)\]?)( (e-?mail|message|courriel|sender))?)?` +
		`|you don't often get email from .{1,200}|ce message provient de l'exterieur.{0,200}|this (e-?mail|message) (originated|comes|was sent) from outside .{0,200}` +
		`)\W{0,3}$`)
	// warning is what gateways put above a mail from outside.
	warning = regexp.MustCompile(`^\W{0,3}(caution|warning|attention|avertissement|mise en garde|prudence|external|externe|be careful|alerte?)\b.{0,400}\b(outside|external|exterieur|externe|links?|liens?|attachments?|pieces jointes|sender|expediteur|organi[sz]ation)\b.{0,300}$`)
	// pronouns are those that people write below their names.
	pronouns = regexp.MustCompile(`^\W{0,3}(pronouns?|pronoms?)?\s*:?\W{0,3}((she|he|they|her|him|them|his|hers|theirs|elle|elles|il|ils|iel|ella|lui)\b[\s/|,()–—-]*){1,8}((pronouns?|pronoms?)\W{0,3})?((she|he|they|her|him|them|elle|il|iel|lui)\b[\s/|,()–—-]*){0,8}$`)
	// disclaimer begins what lawyers and lists add; nothing after it is the sender's.
	disclaimer = regexp.MustCompile(`^\W{0,3}((confidentiality|privacy) (notice|warning)|avis (de confidentialite|important)|disclaimer\b.{0,5}$|` +
		`(to )?unsubscribe\b.{0,40}(from|send|click|http|mailto|<)|(pour )?(se|vous) desabonner\b|you (are receiving|received) this (message|e-?mail) because|vous recevez ce (message|courriel)|` +
		`(this|the (information|contents?)( contained)? (in|of) this) (e-?mail|message|communication|electronic).{0,160}(confidential|intended|privileged|protected|may contain)|` +
		`(ce|le present) (courriel|message|courrier electronique).{0,160}(confidentiel|destine|destinataire|protege|peuvent contenir|peut contenir)|les renseignements contenus dans|` +
		`please (consider|think of|think about) (the )?environment|pensez a l'environnement|avant d'imprimer|before printing)`)
	phone       = regexp.MustCompile(`^(\W|(tel|telephone|mobile|cell|cellulaire|fax|telecopieur|phone|bureau|office|direct|poste|ext|m|t|c|o|f|p|w|d|b)\b|[0-9])[\W\d]{0,3}.{0,40}\d{3}.{0,30}$`)
	webOrMail   = regexp.MustCompile(`^.{0,40}(\b(www\.|https?://)\S+|[^\s@]+@[^\s@]+\.\w+).{0,40}$|^@\w+$`)
	maxSigLines = 14
)

func isFooter(folded string) bool {
	return len(folded) < 800 && (footer.MatchString(strings.Trim(folded, " .*")) || warning.MatchString(folded))
}

// endsHere reports whether from line i on nothing is said any more: a closing, a signature, a mail program's footer.
// It looks at every line that follows, because "Thanks" can be followed by "but only if …".
func (l *letter) endsHere(i int) bool {
	line := strings.TrimSpace(l.lines[i])
	folded := fold(line)
	if folded == "" {
		return false
	}
	alone := i == 0 || strings.TrimSpace(l.lines[i-1]) == ""
	closed := closes(line, folded)
	switch {
	// RFC 3676: what follows "-- " is a signature, whatever it says.
	case l.lines[i] == "-- " || line == "--":
		return true
	case disclaimer.MatchString(folded):
		return l.restIsSignature(i, 0)
	case isFooter(folded), closed, signatureMark.MatchString(folded):
		return l.restIsSignature(i+1, 0)
	case l.isName(folded), initials(line):
		return l.restIsSignature(i+1, 1)
	case looksLikeName(line):
		return (alone || l.closedAbove(i)) && l.restIsSignature(i+1, 1)
	case looksLikeFirstName(line, folded):
		return nextText(l.lines, 0) < i && (alone || l.closedAbove(i) || l.statedAbove(i)) && l.restIsSignature(i+1, 1)
	case pronouns.MatchString(folded), isMotto(line, folded):
		return alone && l.restIsSignature(i+1, 1)
	case alone && nextText(l.lines, 0) < i && signatureLine(line, folded) && (titled(folded) || phone.MatchString(folded)):
		return l.restIsSignature(i+1, 1)
	}
	return false
}

// statedAbove reports whether the line above is a sentence of its own, so that a name below it signs.
func (l *letter) statedAbove(i int) bool {
	above := strings.TrimSpace(l.lines[i-1])
	return above != "" && strings.ContainsAny(above[len(above)-1:], ".!,")
}

// closedAbove reports whether the line above is a closing.
func (l *letter) closedAbove(i int) bool {
	return i > 0 && closes(l.lines[i-1], fold(l.lines[i-1]))
}

// closes reports whether a line ends a letter and says nothing else: a closing, thanks, a wish.
func closes(line, folded string) bool {
	if closing.MatchString(folded) {
		return true
	}
	if len(line) > 120 {
		return false
	}
	tokens := tokensOf(line)
	if len(tokens) == 0 {
		return false
	}
	s := &sense{line: line}
	st := sentence{line: line, tokens: tokens}
	return s.pleasantry(&st, tokens) && !s.yes && (s.thanks || s.greeted)
}

// thanks reports whether a line of the letter thanks.
func (l *letter) thanks() bool {
	for _, line := range l.lines {
		if isQuoted(line) || len(line) > 120 {
			continue
		}
		tokens := tokensOf(line)
		s := &sense{line: line}
		if len(tokens) > 0 && s.pleasantry(&sentence{line: line, tokens: tokens}, tokens) && s.thanks {
			return true
		}
	}
	return false
}

// lineKind is what a line could be below a command.
type lineKind int

const (
	notLooked  lineKind = iota
	aside               // empty, quoted, a closing, a mail program's footer: it says nothing
	signs               // a line of a signature
	ends                // nothing after it is the sender's
	disclaims           // what lawyers add: nothing after it is the sender's, unless it reads as a command
	decorates           // could be the motto below a signature
	says                // it could change a command
	saysAlways          // it is a command, or could be one
)

// restIsSignature reports whether every line from i on could stand in a signature, of which some lines were found before.
// One that could change a command (a condition, a command, a sentence) makes the whole not a signature.
func (l *letter) restIsSignature(i, count int) bool {
	disclaimed := false
	for ; i < len(l.lines); i++ {
		switch l.look(i) {
		case ends:
			return true
		case disclaims:
			disclaimed = true
		case saysAlways:
			return false
		case says:
			if !disclaimed {
				return false
			}
		case decorates:
			if count < 1 && !disclaimed {
				return false
			}
		case signs:
			if count++; count > maxSigLines && !disclaimed {
				return false
			}
		}
	}
	return true
}

// look tells a line's kind. Each is looked at once, however often the lines below a command are asked about.
func (l *letter) look(i int) lineKind {
	if l.looked[i] != notLooked {
		return l.looked[i]
	}
	if l.ctx.Err() != nil {
		return says // whoever called gives up
	}
	line := strings.TrimSpace(l.lines[i])
	folded := fold(line)
	kind := says
	switch {
	case l.lines[i] == "-- " || line == "--":
		kind = ends
	case folded == "" || len(tokensOf(line)) == 0 || isQuoted(line) || isFooter(folded) || signatureMark.MatchString(folded) || closes(line, folded):
		kind = aside
	case l.isName(folded), pronouns.MatchString(folded), initials(line), looksLikeName(line), looksLikeFirstName(line, folded):
		kind = signs
	case readsAsCommand(line):
		kind = saysAlways
	case disclaimer.MatchString(folded):
		kind = disclaims
	case signatureLine(line, folded):
		kind = signs
	case isMotto(line, folded):
		kind = decorates
	}
	l.looked[i] = kind
	return kind
}

// readsAsCommand reports whether a line begins with a command, or names lines beside a word of a decision.
func readsAsCommand(line string) bool {
	tokens := tokensOf(line[:min(len(line), 400)])
	decides, points := false, false
	for i := range tokens {
		t := &tokens[i]
		decides = decides || t.kind == word && decisions[t.text] != ""
		points = points || t.kind == reference || pointsAtLine(tokens, i)
		if n, _ := everything.at(tokens, i); n > 0 && t.is("all", "everything", "tout", "toutes") {
			points = true
		}
	}
	k := skip(tokens, 0, leads, nil)
	if c := clauseAt(tokens, k); c.next > k {
		return true
	}
	return decides && points
}

// mottos are what people put below their signatures: an acknowledgement of the land, their hours, the values of the office.
var mottos = regexp.MustCompile(`\b(acknowledg\w*|reconnai\w*)\b.{0,160}\b(territor\w*|territoires?|land|lands|terres?|nations?|peoples?|peuples?)\b|\b(territor\w*|territoires?)\b.{0,80}\b(unceded|traditional|non cede\w*|traditionnel\w*)\b|\b(unceded|non cede\w*)\b|` +
	`\b(flexible hours|flexible work|working hours|work hours|hours of work|heures de travail|horaires?)\b|\b(feel|sentez)\b.{0,30}\b(obliged|obligated|oblige\w*|pressure)\b|^\W{0,3}(our|nos|my|mes|notre|our shared) (values?|valeurs?|mission|vision)\b`)

// isMotto reports whether a line is a motto, or a sentence in quotation marks, that names no line and decides nothing.
func isMotto(line, folded string) bool {
	if utf8.RuneCountInString(line) > 300 || tricky(withoutPictures(line)) {
		return false
	}
	tokens := tokensOf(line)
	for i := range tokens {
		if t := &tokens[i]; t.kind == word && decisions[t.text] != "" || t.kind == number || t.kind == reference || t.is("?", "$", "#") || pointsAtLine(tokens, i) {
			return false
		}
	}
	first, _ := utf8.DecodeRuneInString(line)
	last, _ := utf8.DecodeLastRuneInString(line)
	return mottos.MatchString(folded) || strings.ContainsRune("\"“«”~", first) && strings.ContainsRune("\"”»“~", last) && len(tokens) > 3 && !tokens[0].is("only", "not")
}

// signatureLine reports whether a line is a name, a title, an office, a telephone number, an address or a link.
func signatureLine(line, folded string) bool {
	if tricky(withoutPictures(line)) || postscript.MatchString(folded) {
		return false
	}
	tokens := tokensOf(line)
	if n, v := actions.at(tokens, 0); n > 0 && v != Ask {
		return false
	}
	if phone.MatchString(folded) || webOrMail.MatchString(folded) {
		return !hasCondition(strings.Join(strings.FieldsFunc(folded, func(r rune) bool { return !unicode.IsLetter(r) && r != '\'' }), " ")) || webOnly(folded)
	}
	if utf8.RuneCountInString(line) > 160 || strings.HasSuffix(line, "?") || strings.HasSuffix(line, "!") || saysSomething.MatchString(folded) || !capitalised(line) && !titled(folded) {
		return false
	}
	addressed := postal.MatchString(folded)
	meant := 0
	for i := range tokens {
		t := &tokens[i]
		switch {
		case t.kind == number, t.kind == reference, t.kind == word && hasDigit(t.text):
			if !addressed {
				return false
			}
		case t.kind != word:
			if t.is("$", "%") {
				return false
			}
		case decisions[t.text] != "" && !t.is("approval"), conditionWords[t.text], refusalConditions.words[t.text], placeWords[t.text] && !addressed && !t.is("tout", "un"), t.is("no", "non") && !addressed:
			return false
		case reasonWords[t.text] && !titles[t.text] && !joining[t.text]:
			meant++
		default:
			meant -= 100
		}
	}
	return meant <= 0
}

// titled reports whether a folded line holds a word of titles and offices.
func titled(folded string) bool {
	for w := range strings.FieldsFuncSeq(folded, func(r rune) bool { return !unicode.IsLetter(r) && r != '\'' && r != '-' }) {
		if titles[w] {
			return true
		}
	}
	return false
}

func hasCondition(folded string) bool {
	tokens := tokensOf(folded)
	for i := range tokens {
		if n, _ := conditionPhrases.at(tokens, i); n > 0 || tokens[i].kind == word && conditionWords[tokens[i].text] {
			return true
		}
	}
	return false
}

var (
	postscript = regexp.MustCompile(`^(p\.?\s?s\b|n\.?\s?b\b|note\b|edit\b|correction\b|ps\b|notice\b|attention\b|important\b|nota\b|remarque\b|avis\b)`)
	// saysSomething knows a line that says something: a pronoun or a verb that no title or address has.
	saysSomething = regexp.MustCompile(`\b(i|we|you|he|she|it|they|please|is|are|was|were|would|should|must|can|could|have|has|need|want|let|make|call|line|lines|quote|price|approve[ds]?|decline[ds]?|reject|resubmit(ted)?|` +
		`je|j'[a-z]+|nous|vous|il|elle|ils|elles|svp|veuillez|est|sont|sera|etait|doit|doivent|peut|peux|faut|avez|avons|ligne|lignes|soumission|prix|approuve[rs]?|refuse[rs]?)\b`)
	postal = regexp.MustCompile(`\b(street|avenue|ave|blvd|boul|boulevard|rue|road|rd|floor|etage|suite|room|piece|place|promenade|drive|way|lane|crescent|chemin|route|po box|case postale|c\.p\.|tower|tour|building|edifice|immeuble|phase|[a-z]\d[a-z] ?\d[a-z]\d|poste|ext|extension)\b`)
	// titles are words of titles, units and offices.
	titles = wordSet(`director directeur directrice manager gestionnaire officer agent agente analyst analyste advisor adviser conseiller conseillere chief chef cheffe head deputy adjoint adjointe assistant assistante administrator administrateur administratrice coordinator coordonnateur coordonnatrice supervisor superviseur superviseure lead senior principal principale junior acting interim interimaire executive president vice secretary minister specialist specialiste clerk commis team equipe
	branch direction directorate department ministere agency agence unit unite section division group groupe office bureau services service centre center program programme sector secteur region regional operations corporate procurement approvisionnement achats acquisitions contracting contracts contrats purchasing finance finances financial financier comptroller controleur policy politiques planning planification administration resources ressources human humaines information technology technologie technologies materiel gestion government gouvernement canada quebec ontario ottawa gatineau montreal toronto national nationale federal public publique shared partages client clients project projets training security safety work support`)
)

func webOnly(folded string) bool { return !strings.Contains(folded, " ") }

// capitalised reports whether a line looks like names and titles: every word of letters begins with a capital or is a
// small word between, or there are no small letters to tell by.
func capitalised(line string) bool {
	small := 0
	for word := range strings.FieldsSeq(line) {
		first, _ := utf8.DecodeRuneInString(strings.TrimLeft(word, "(|/,.;:-–—·•\"'«»[*_"))
		if unicode.IsLower(first) && !joining[fold(strings.Trim(word, ".,;:|()"))] {
			small++
		}
	}
	return small <= 2
}

// joining are the small words inside names and titles.
var joining = wordSet("of the and for de du des la le les et d l a aux au en von van der den at in to e y bei und")

// nameWords are the words of a line without what stands in brackets: pronouns, a nickname.
func nameWords(line string) []string {
	line = bracketed.ReplaceAllString(line, "")
	return strings.Fields(strings.Trim(line, "*_ ,.-–—~/"))
}

// looksLikeName reports whether a line is a person's name: two to five capitalised words and nothing else.
func looksLikeName(line string) bool {
	words := nameWords(line)
	if len(words) < 2 || len(words) > 5 {
		return false
	}
	for _, w := range words {
		first, _ := utf8.DecodeRuneInString(w)
		folded := fold(strings.Trim(w, ".,"))
		switch {
		case joining[folded], len(folded) == 1 && unicode.IsUpper(first):
			continue
		case !unicode.IsUpper(first), ordinaryWord(folded):
			return false
		}
		for _, c := range w {
			if !unicode.IsLetter(c) && !strings.ContainsRune(".'’-,", c) {
				return false
			}
		}
	}
	return !saysSomething.MatchString(fold(strings.Join(words, " ")))
}

// looksLikeFirstName reports whether a line is one capitalised word that could be a name.
func looksLikeFirstName(line, folded string) bool {
	words := nameWords(line)
	if len(words) != 1 || utf8.RuneCountInString(words[0]) < 3 || utf8.RuneCountInString(words[0]) > 20 {
		return false
	}
	first, _ := utf8.DecodeRuneInString(words[0])
	for _, c := range words[0] {
		if !unicode.IsLetter(c) && !strings.ContainsRune("'’-", c) {
			return false
		}
	}
	w := fold(words[0])
	return unicode.IsUpper(first) && nearVerb(&token{text: w}) == "" && !ordinaryWord(w) && !adverb.MatchString(w) && !saysSomething.MatchString(folded) && words[0] != strings.ToUpper(words[0])
}

// adverb knows by its end a word that is no first name.
var adverb = regexp.MustCompile(`(ally|ably|ibly|ately|edly|ingly|arily|ively|emment|amment|ablement|tion|sion|ness|able|ible|tive|ous)$`)

// initials reports whether a line is what people sign short mails with: "DW", "J.T.", "/DW".
func initials(line string) bool {
	s := strings.Trim(line, " -–—/.~*")
	if lower := strings.Trim(line, " "); len(lower) >= 3 && len(lower) <= 5 && (lower[0] == '/' || lower[0] == '-') && strings.Trim(lower[1:], "abcdefghijklmnopqrstuvwxyz") == "" {
		return !ordinaryWord(lower[1:]) // "/jm"
	}
	letters := strings.ReplaceAll(strings.ReplaceAll(s, ".", ""), " ", "")
	if n := len(letters); n < 2 || n > 4 || len(s) > 2*n {
		return false
	}
	for _, c := range letters {
		if c < 'A' || c > 'Z' {
			return false
		}
	}
	switch letters {
	case "TBD", "TBC", "FYI", "ASAP", "WIP", "NA", "PO", "HR", "EOD", "PS", "NB", "RE", "FW", "IF", "STOP", "WAIT", "HOLD", "SI", "UNE", "DEUX":
		return false
	}
	return !ordinaryWord(strings.ToLower(letters))
}

var bracketed = regexp.MustCompile(`\s*\([^()]{1,30}\)`)

func (l *letter) isName(folded string) bool {
	folded = strings.Trim(folded, " ,.-*_~/")
	return slices.Contains(l.names, folded)
}

// foldAll makes the names that a sender may sign with: the whole name, and its first word.
func foldAll(names []string) []string {
	var all []string
	for _, n := range names {
		n = strings.Trim(fold(n), " \"'")
		if n == "" {
			continue
		}
		all = append(all, n)
		if last, first, ok := strings.Cut(n, ", "); ok { // "Tremblay, Jean"
			all = append(all, first+" "+last)
			n = first
		}
		if first, _, ok := strings.Cut(n, " "); ok && len(first) > 1 {
			all = append(all, first)
		}
	}
	return all
}
