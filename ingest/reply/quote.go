package reply

import (
	"context"
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"

	"handrail/ingest"
)

// NewText is what the sender of a reply wrote: without what the mail program quotes, and without the header that it
// puts before a quote. Signatures and footers stay; Parse knows them. Cutting errs on the side of leaving text
// in, because text that is not understood is asked about, and never decides. Of a text longer than any thread of letters
// only so much comes back that Parse finds it too long. Its error is the context's.
func NewText(ctx context.Context, m *ingest.Mail) (string, error) {
	if len(m.Text) > maxThread {
		return strings.ToValidUTF8(m.Text[:maxReplyBytes+utf8.UTFMax], "\uFFFD"), nil
	}
	return cutQuotes(ctx, m.Text)
}

const (
	// maxThread is how much text with all that it quotes is looked through for what is new.
	maxThread      = 1 << 20
	maxThreadLines = 40_000
	// maxReplyBytes and maxReplyLines bound what one person writes in one answer.
	maxReplyBytes = 48 << 10
	maxReplyLines = 1000
	// maxLineBytes is the longest line, or paragraph that a mail program did not wrap, that is read.
	maxLineBytes = 8 << 10
	// maxHeaderLine is the longest line that can be the header of a quote, in bytes.
	maxHeaderLine = 1000
)

// lineEnds reads every kind of line end alike, the Unicode ones too, so that no text can hide behind one.
var lineEnds = strings.NewReplacer("\r\n", "\n", "\r", "\n", "\u2028", "\n", "\u2029", "\n", "\v", "\n", "\f", "\n", "\u0085", "\n")

// cutQuotes drops quoted lines wherever they stand. From a quote's header on, everything goes when what follows is not
// marked as quoted; when it is, only the marked lines go, since people write below and between.
func cutQuotes(ctx context.Context, text string) (string, error) {
	text = lineEnds.Replace(text)
	if strings.Count(text, "\n") > maxThreadLines {
		return strings.ToValidUTF8(text[:min(len(text), maxReplyBytes+utf8.UTFMax)], "\uFFFD"), nil
	}
	lines := strings.Split(text, "\n")
	short, oneLine := shortQuotes(lines)
	var kept []string
	doubtful, headers, size := 0, 0, 0
	for i := 0; i < len(lines); i++ {
		if err := ctx.Err(); err != nil {
			return "", err
		}
		if isQuoted(lines[i]) {
			if own := slices.ContainsFunc(kept, func(line string) bool { return !isQuoted(line) && strings.TrimSpace(line) != "" }); short && headers == 0 && (own || oneLine) {
				kept = append(kept, lines[i])
			}
			continue
		}
		n, looked := quoteHeader(lines[i:], doubtful < maxDoubtful)
		if looked {
			doubtful++
		}
		if headers += n; headers > maxDoubtful || size > maxReplyBytes { // nobody's answer
			return strings.ToValidUTF8(text[:min(len(text), 2*maxReplyBytes)], "\uFFFD"), nil
		}
		if n > 0 {
			next := nextText(lines, i+n)
			if next < len(lines) && isQuoted(lines[next]) {
				i = next - 1
				continue
			}
			break
		}
		kept = append(kept, lines[i])
		size += len(lines[i])
	}
	if !slices.ContainsFunc(kept, func(line string) bool { return !isQuoted(line) && strings.TrimSpace(line) != "" }) {
		return "", nil // nothing but quotes
	}
	return strings.Trim(strings.Join(kept, "\n"), "\n"), nil
}

// shortQuotes reports whether so few lines of a text are marked as quoted, without the header of a quote among them, that its
// sender may have marked them, or have left them for what they say: a decision below "> Line 2: chairs" is about line 2 (oneLine).
func shortQuotes(lines []string) (short, oneLine bool) {
	var quoted []string
	for _, line := range lines {
		if isQuoted(line) {
			if quoted = append(quoted, strings.TrimLeft(line, " \t\u00a0>")); len(quoted) > 3 {
				return false, false
			}
		}
	}
	pointing := 0
	for i := range quoted {
		if n, _ := quoteHeader(quoted[i:], true); n > 0 || headerFirst.MatchString(foldShort(quoted[i])) || headerSecond.MatchString(foldShort(quoted[i])) {
			return false, false
		}
		tokens := tokensOf(quoted[i][:min(len(quoted[i]), 200)])
		if slices.ContainsFunc(tokens, func(t token) bool { return t.kind == reference }) || len(tokens) > 1 && pointsAtLine(tokens, 0) {
			pointing++
		}
	}
	return len(quoted) > 0, pointing == 1
}

func isQuoted(line string) bool { return strings.HasPrefix(strings.TrimLeft(line, " \t\u00a0"), ">") }

// nextText is the place of the next line that is not empty.
func nextText(lines []string, from int) int {
	for from < len(lines) && strings.TrimSpace(lines[from]) == "" {
		from++
	}
	return from
}

// maxAttribution is how many lines "On … wrote:" may be wrapped over.
const maxAttribution = 6

// maxDoubtful is how many lines of a text are looked at because they begin as "On … wrote:" does.
const maxDoubtful = 150

// quoteHeader is how many lines at the top are the header of a quote, 0 when they are none. doubtful says that a line which
// only begins as one is looked at as well, and whether one was.
func quoteHeader(lines []string, doubtful bool) (n int, looked bool) {
	first := foldShort(lines[0])
	switch {
	case first == "":
		return 0, false
	case len(first) < 100 && quoteSeparator.MatchString(first), strings.Contains(first, "--") && notesQuote.MatchString(first):
		return 1, false
	case isHeaderBlock(lines):
		return 1, false
	case underline.MatchString(first):
		if next := nextText(lines, 1); next < len(lines) && next <= 2 && isHeaderBlock(lines[next:]) {
			return 1, false
		}
		return 0, false
	}
	if !doubtful || !attributionStart.MatchString(first) && !strings.Contains(first, "@") && !attributionTime.MatchString(first) {
		return 0, false
	}
	joined := ""
	for n := 1; n <= maxAttribution && n <= len(lines); n++ {
		line := foldShort(lines[n-1])
		if line == "" || isQuoted(lines[n-1]) {
			return 0, true
		}
		joined = strings.TrimSpace(joined + " " + line)
		if attribution.MatchString(joined) || attributionBare.MatchString(joined) {
			return n, true
		}
	}
	return 0, true
}

// foldShort folds a line that is short enough for the header of a quote; "" is one that is not.
func foldShort(line string) string {
	if len(line) > maxHeaderLine {
		return ""
	}
	return fold(line)
}

// All of these are held against folded text: lower case, without accents, ordinary spaces.
var (
	// "-----Original Message-----" and its sisters.
	quoteSeparator = regexp.MustCompile(`^[-_*=~\s]*(original message|message d'origine|message original|message initial|ursprungliche nachricht|original-nachricht|mensaje original|messaggio originale|mensagem original|oorspronkelijk bericht|oprindelig meddelelse|opprinnelig melding|ursprungligt meddelande|alkuperainen viesti|forwarded message|message transfere|weitergeleitete nachricht|reply message|begin forwarded message|debut du message (transfere|reexpedie)|исходное сообщение|пересылаемое сообщение|wiadomosc oryginalna)[-_*=~\s]*:?[-_*=~\s]*$`)
	// "Ann Smith---11/09/2026 10:14:05 AM---Please decide …", as Notes writes it.
	notesQuote = regexp.MustCompile(`^\W{0,3}.{2,80}?\s?-{2,3}\s?\d{1,4}[/.-]\d{1,2}[/.-]\d{1,4}\b.{0,40}-{2,3}`)
	underline  = regexp.MustCompile(`^[_-]{8,}$`)
	// "On …, … wrote:" may be wrapped; it begins with one of these words.
	attributionStart = regexp.MustCompile(`^\*?(on|le|am|el|il|em|op|den|d\.|pa|vom|w dniu|dnia|ke|ti|to|ma|pe|la|su|ons|do|fr|tir|ons|lor|man|tis|kl\.|lun|mar|mer|jeu|ven|sam|dim|a|20\d\d|\d{1,2}[./-]|вт|ср|чт|пт|сб|вс|пн)\b|^[^:]{0,80}\b(wrote|a ecrit|schrieb|escribio)\b`)
	attributionTime  = regexp.MustCompile(`^.{0,40}\b\d{1,2}[:.h]\d{2}\b`)
	attribution      = regexp.MustCompile(`\d.*(wrote|writes|said|a ecrit|schrieb|schreef|escribio|ha scritto|scrisse|escreveu|skrev|kirjoitti|napisal(\(a\))?|pisze|napisala|написал(\(а\)|а)?|пишет|yazdi|irta)\b?[^:]{0,120}:?\s*$`)
	// 30.09.2017, 18.30, "John Doe" <a@b>: — and — 2015-11-02 9:12 GMT+01:00 John <a@b>:
	attributionBare = regexp.MustCompile(`^[^a-z]{0,6}(\w{2,12}[.,]? )?[^:@]{0,40}\d{1,4}[^@]{3,90}<?[^\s<>]+@[^\s<>]+>?\s*[>\])]*\s*:$`)
)

// headerWords are the labels that Outlook and others put over a quote, in the languages that they are used in. The
// first group begins the block, one of the second must follow within five lines.
var (
	headerFirst  = regexp.MustCompile(`^\W{0,3}(from|de|von|da|van|fra|fran|od|от|lahettaja|expediteur|envoye par|author|kimden)\W{0,3}\s*:\W{0,3}\s*\S`)
	headerSecond = regexp.MustCompile(`^\W{0,3}(sent|date|to|subject|envoye|envoye le|date d'envoi|a|objet|gesendet|datum|an|betreff|enviado|enviado el|fecha|para|asunto|inviato|data|oggetto|verzonden|aan|onderwerp|sendt|til|emne|skickat|skickat den|till|amne|lahetetty|vastaanottaja|aihe|wyslano|do|temat|дата|кому|тема|отправлено|cc|reply-to|repondre a|enviada|enviada em|assunto|gonderildi|kime|konu)\W{0,3}\s*:`)
)

func isHeaderBlock(lines []string) bool {
	if !strings.ContainsAny(lines[0], ":：") {
		return false
	}
	first := foldShort(lines[0])
	begins := headerFirst.MatchString(first)
	if !begins && !headerSecond.MatchString(first) {
		return false
	}
	labels := 0
	for i := 1; i < len(lines) && i <= 6; i++ {
		line := foldShort(lines[i])
		if headerSecond.MatchString(line) || headerFirst.MatchString(line) {
			labels++
		}
	}
	// A block that does not begin with its sender needs more of its labels to be one.
	return begins && labels >= 1 || labels >= 3
}
