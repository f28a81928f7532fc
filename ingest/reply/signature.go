package reply

import (
	"regexp"
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
		`(bien )?cordialement( votre)?|cdt|crdt|cordiales salutations|salutations( distinguees| cordiales)?|(meilleures|sinceres) salutations|bien a (vous|toi)|amicalement|respectueusement|` +
		`bonne (journee|soiree|semaine|fin de semaine|fin de journee)|au plaisir|a bientot|bonjour|hi|hello|good morning|` +
		`mit freundlichen grussen|viele grusse|saludos|cordiali saluti|met vriendelijke groet(en)?|venlig hilsen|med vanlig halsning)` +
		`( (team|all|everyone|a tous|a toutes))?( and regards|,? (best )?regards)?\s*[,.!]*$`)
	// signatureMark stands alone above a signature.
	signatureMark = regexp.MustCompile(`^(--|-|---|__+|\*\*+|- -|={3,}|-{3,}|_{2,}|\.{3,})$`)
	// footer is what mail programs and gateways add.
	footer = regexp.MustCompile(`^\W{0,3}(` +
		`(sent|get|envoye[es]?|obten(ez|ir)|telecharge[rz]?|gesendet|enviado|inviato|verzonden|sendt|skickat|lahetetty|wyslano|verstuurd|отправлено|geschrieben|ecrit|provenance|composed)\b.{0,60}\b(iphone|ipad|ios|android|outlook|blackberry|samsung|galaxy|huawei|windows|mail|gmail|yahoo|mobile|telephone|smartphone|phone|device|appareil|tablette?|handy|telefon|spark|protonmail|proton|thunderbird|zoho|aquamail|mailbird|airmail|nine|bell|rogers|telus|4g|5g|lte)\b.{0,60}` +
		`|sent from .{1,60}|envoye (de|depuis|a partir de|par|via) .{1,60}|get outlook for .{1,40}|telecharger outlook pour .{1,40}|obtenir outlook pour .{1,40}` +
		`|(security |securite )?(classification( de securite)?\s*:\s*)?(unclassified|non[- ]classifie|protected [abc]|protege [abc])(\s*[|/-]+\s*(unclassified|non[- ]classifie|protected [abc]|protege [abc]))?` +
		`|(\[?(external|externe)\]?)( (e-?mail|message|courriel|sender))?\s*(\W\s*(\[?(external|externe)\]?)( (e-?mail|message|courriel|sender))?)?` +
		`|you don't often get email from .{1,200}|ce message provient de l'exterieur.{0,200}|this (e-?mail|message) (originated|comes|was sent) from outside .{0,200}` +
		`)\W{0,3}$`)
	// disclaimer begins what lawyers add; nothing after it is the sender's.
	disclaimer = regexp.MustCompile(`^\W{0,3}((confidentiality|privacy) (notice|warning)|avis (de confidentialite|important)|mise en garde|disclaimer|notice\s*:|` +
		`(this|the (information|contents?)( contained)? (in|of) this) (e-?mail|message|communication|electronic).{0,120}(confidential|intended|privileged)|` +
		`ce (courriel|message|courrier electronique).{0,120}(confidentiel|destine|destinataire)|les renseignements contenus dans|` +
		`please consider the environment|pensez a l'environnement|avant d'imprimer|before printing)`)
	phone       = regexp.MustCompile(`^(\W|tel|telephone|mobile|cell|cellulaire|fax|telecopieur|phone|bureau|office|direct|poste|ext|m|t|c|o|f|p|[0-9])[\W\d]{0,3}.{0,40}\d{3}.{0,30}$`)
	webOrMail   = regexp.MustCompile(`^.{0,40}(\b(www\.|https?://)\S+|[^\s@]+@[^\s@]+\.\w+).{0,40}$|^@\w+$`)
	maxSigLines = 14
)

func isFooter(folded string) bool { return footer.MatchString(strings.Trim(folded, " .*")) }

// endsHere reports whether from line i on nothing is said any more: a closing, a signature, a mail program's footer.
// It looks at every line that follows, because "Thanks" can be followed by "but only if …".
func (r *reader) endsHere(i int) bool {
	line := strings.TrimSpace(r.lines[i])
	folded := fold(line)
	if folded == "" {
		return false
	}
	switch {
	// RFC 3676: what follows "-- " is a signature, whatever it says.
	case r.lines[i] == "-- " || line == "--":
		return true
	case disclaimer.MatchString(folded):
		return true
	case isFooter(folded), closing.MatchString(folded), signatureMark.MatchString(folded):
		return r.restIsSignature(i + 1)
	case r.isName(folded) || looksLikeName(line):
		return (i == 0 || strings.TrimSpace(r.lines[i-1]) == "" || r.isName(folded)) && r.restIsSignature(i+1)
	}
	return false
}

// lineKind is what a line could be below a command.
type lineKind int

const (
	notLooked lineKind = iota
	aside              // empty, quoted, a closing, a mail program's footer: it says nothing
	signs              // a line of a signature
	ends               // nothing after it is the sender's
	says               // it could change a command
)

// restIsSignature reports whether every line from i on could stand in a signature. One that could change a command
// (a condition, a command, a sentence) makes the whole not a signature.
func (r *reader) restIsSignature(i int) bool {
	count := 0
	for ; i < len(r.lines); i++ {
		switch r.look(i) {
		case ends:
			return true
		case says:
			return false
		case signs:
			if count++; count > maxSigLines {
				return false
			}
		}
	}
	return true
}

// look tells a line's kind. Each is looked at once, however often the lines below a command are asked about.
func (r *reader) look(i int) lineKind {
	if r.looked[i] != notLooked {
		return r.looked[i]
	}
	if r.ctx.Err() != nil {
		return says // whoever called gives up
	}
	line := strings.TrimSpace(r.lines[i])
	folded := fold(line)
	kind := says
	switch {
	case folded == "" || isQuoted(line) || isFooter(folded) || closing.MatchString(folded) || signatureMark.MatchString(folded) || r.isName(folded):
		kind = aside
	case r.lines[i] == "-- " || line == "--" || disclaimer.MatchString(folded):
		kind = ends
	case signatureLine(line, folded):
		kind = signs
	}
	r.looked[i] = kind
	return kind
}

// signatureLine reports whether a line is a name, a title, an office, a telephone number, an address or a link.
func signatureLine(line, folded string) bool {
	if tricky(line) || verbPattern.MatchString(folded) || postscript.MatchString(folded) {
		return false
	}
	if phone.MatchString(folded) || webOrMail.MatchString(folded) {
		return !hasCondition(strings.Join(strings.FieldsFunc(folded, func(r rune) bool { return !unicode.IsLetter(r) && r != '\'' }), " ")) || webOnly(folded)
	}
	if hasCondition(folded) || utf8.RuneCountInString(line) > 90 || strings.HasSuffix(line, "?") || strings.HasSuffix(line, "!") {
		return false
	}
	if sentence.MatchString(folded) {
		return false
	}
	return capitalised(line)
}

var (
	postscript = regexp.MustCompile(`^(p\.?\s?s\b|n\.?\s?b\b|note\b|edit\b|correction\b|ps\b)`)
	// sentence knows a line that says something: a pronoun or a verb that no title or address has.
	sentence = regexp.MustCompile(`\b(i|we|you|he|she|it|they|please|is|are|was|were|will|would|should|must|can|could|have|has|need|want|let|make|call|line|lines|quote|price|approve[ds]?|decline[ds]?|reject|` +
		`je|j'[a-z]+|nous|vous|il|elle|ils|elles|svp|veuillez|est|sont|sera|etait|doit|doivent|peut|peux|faut|avez|avons|ligne|lignes|soumission|prix|approuve[rs]?|refuse[rs]?)\b`)
)

func webOnly(folded string) bool { return !strings.Contains(folded, " ") }

// capitalised reports whether a line looks like names and titles: every word of letters begins with a capital or is a
// small word between, or there are no small letters to tell by.
func capitalised(line string) bool {
	small := 0
	for _, word := range strings.Fields(line) {
		first, _ := utf8.DecodeRuneInString(strings.TrimLeft(word, "(|/,.;:-–—·•\"'«»[*_"))
		if unicode.IsLower(first) && !joining[fold(strings.Trim(word, ".,;:|()"))] {
			small++
		}
	}
	return small <= 2
}

// joining are the small words inside names and titles.
var joining = map[string]bool{"of": true, "the": true, "and": true, "for": true, "de": true, "du": true, "des": true, "la": true,
	"le": true, "les": true, "et": true, "d": true, "l": true, "a": true, "aux": true, "au": true, "en": true, "von": true, "van": true,
	"der": true, "den": true, "at": true, "in": true, "to": true, "e": true, "y": true, "bei": true, "und": true}

// looksLikeName reports whether a line is a person's name: two to five capitalised words and nothing else.
func looksLikeName(line string) bool {
	line = bracketed.ReplaceAllString(line, "") // pronouns, a nickname
	words := strings.Fields(strings.Trim(line, "*_ ,"))
	if len(words) < 2 || len(words) > 5 {
		return false
	}
	for _, w := range words {
		first, _ := utf8.DecodeRuneInString(w)
		if !unicode.IsUpper(first) && !joining[fold(w)] {
			return false
		}
		for _, c := range w {
			if !unicode.IsLetter(c) && !strings.ContainsRune(".'’-,", c) {
				return false
			}
		}
	}
	folded := fold(line)
	return !hasCondition(folded) && !sentence.MatchString(folded) && !verbPattern.MatchString(folded)
}

var bracketed = regexp.MustCompile(`\s*\([^()]{1,30}\)`)

func (r *reader) isName(folded string) bool {
	folded = strings.Trim(folded, " ,.-*_")
	for _, name := range r.names {
		if folded == name {
			return true
		}
	}
	return false
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
