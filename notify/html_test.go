package notify

import (
	"fmt"
	"math"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"unicode"

	"golang.org/x/net/html"

	"handrail/internal/request"
)

// eachMail composes every sample in both languages.
func eachMail(t *testing.T, check func(t *testing.T, name string, l request.Lang, m Mail, p parsed)) {
	t.Helper()
	c := testComposer(t)
	for _, s := range samples() {
		for _, l := range bothLangs {
			m, err := s.compose(c, l)
			if err != nil {
				t.Fatal(err)
			}
			check(t, s.name+"."+string(l), l, m, parseMail(t, m.Raw))
		}
	}
}

func parseHTML(t *testing.T, s string) *html.Node {
	t.Helper()
	doc, err := html.Parse(strings.NewReader(s))
	if err != nil {
		t.Fatal(err)
	}
	return doc
}

func attr(n *html.Node, name string) string {
	for _, a := range n.Attr {
		if a.Key == name {
			return a.Val
		}
	}
	return ""
}

// squeeze makes one space of every run of plain white space; no-break spaces stay.
func squeeze(s string) string {
	return strings.Join(strings.FieldsFunc(s, func(r rune) bool { return r == ' ' || r == '\n' || r == '\t' || r == '\r' }), " ")
}

// visibleText is what a reader of the HTML sees.
func visibleText(t *testing.T, s string) string {
	var b strings.Builder
	var walk func(*html.Node)
	walk = func(n *html.Node) {
		if n.Type == html.ElementNode && (n.Data == "style" || n.Data == "head" || strings.Contains(attr(n, "style"), "display:none")) {
			return
		}
		if n.Type == html.TextNode {
			b.WriteString(n.Data)
		}
		block := n.Type == html.ElementNode && slices.Contains([]string{"p", "td", "tr", "h1", "h2", "h3", "li", "br", "div", "span"}, n.Data)
		for c := n.FirstChild; c != nil; c = c.NextSibling {
			walk(c)
		}
		if block {
			b.WriteByte(' ')
		}
	}
	walk(parseHTML(t, s))
	return b.String()
}

var remote = regexp.MustCompile(`(?i)(src|href|background|action|poster)\s*=\s*"?(https?:)?//|url\(|@import|<(img|link|script|iframe|object|embed|form|video|audio)\b|https?://[^"]*\.(png|gif|css|js)`)

func TestNothingRemoteIsLoaded(t *testing.T) {
	eachMail(t, func(t *testing.T, name string, _ request.Lang, _ Mail, p parsed) {
		if found := remote.FindString(p.html); found != "" {
			t.Errorf("%s: the HTML has %q", name, found)
		}
	})
}

// wordCount is what text and HTML must have in common: letters and digits, without the drawing of either.
func wordCount(s string) map[string]int {
	count := map[string]int{}
	for _, w := range strings.FieldsFunc(s, func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) }) {
		count[w]++
	}
	return count
}

// listNumber is what the text writes before a step, and a browser draws.
var listNumber = regexp.MustCompile(`(?m)^\d\. `)

func TestTextAndHTMLSayTheSame(t *testing.T) {
	eachMail(t, func(t *testing.T, name string, l request.Lang, _ Mail, p parsed) {
		text := listNumber.ReplaceAllString(p.text, "")
		seen := visibleText(t, p.html)
		department := testIdentity(t).Name.In(l)
		if !strings.Contains(seen, department) {
			t.Errorf("%s: the HTML does not name the department", name)
		}
		in, out := wordCount(department+" "+text), wordCount(seen)
		for w, n := range in {
			if out[w] != n {
				t.Errorf("%s: %q stands %d times in the text and %d times in the HTML", name, w, n, out[w])
			}
		}
		for w, n := range out {
			if in[w] == 0 {
				t.Errorf("%s: %q stands %d times in the HTML and not in the text", name, w, n)
			}
		}
	})
}

func TestWhatHappenedAndWhatToDoNowComeFirst(t *testing.T) {
	now := map[request.Lang]*regexp.Regexp{
		request.English: regexp.MustCompile(`^(Now: |Nothing to do|A mistake, or not you\? Reply UNDO|If this is wrong)`),
		request.French:  regexp.MustCompile("^(Maintenant\u00a0: |Rien à faire|Une erreur, ou ce n’était pas vous\\? Répondez ANNULER|S’il y a erreur)"),
	}
	eachMail(t, func(t *testing.T, name string, l request.Lang, _ Mail, p parsed) {
		doc := parseHTML(t, p.html)
		h1 := find(doc, "h1")
		if h1 == nil {
			t.Fatalf("%s: the HTML has no h1", name)
		}
		var next *html.Node
		for n := h1.NextSibling; n != nil; n = n.NextSibling {
			if n.Data == "p" {
				next = n
				break
			}
		}
		if next == nil || next.FirstChild == nil || !now[l].MatchString(next.FirstChild.Data) {
			t.Errorf("%s: what to do now does not follow the headline: %+v", name, next)
		}
	})
}

func find(n *html.Node, tag string) *html.Node {
	if n.Type == html.ElementNode && n.Data == tag {
		return n
	}
	for c := n.FirstChild; c != nil; c = c.NextSibling {
		if found := find(c, tag); found != nil {
			return found
		}
	}
	return nil
}

type colour struct{ r, g, b float64 }

func parseColour(s string) (colour, bool) {
	s = strings.TrimPrefix(s, "#")
	n, err := strconv.ParseUint(s, 16, 32)
	if err != nil || len(s) != 6 {
		return colour{}, false
	}
	return colour{float64(n>>16) / 255, float64(n>>8&255) / 255, float64(n&255) / 255}, true
}

// luminance and contrast are those of WCAG 2.1.
func (c colour) luminance() float64 {
	f := func(v float64) float64 {
		if v <= 0.04045 {
			return v / 12.92
		}
		return math.Pow((v+0.055)/1.055, 2.4)
	}
	return 0.2126*f(c.r) + 0.7152*f(c.g) + 0.0722*f(c.b)
}

func contrast(a, b colour) float64 {
	x, y := a.luminance(), b.luminance()
	return (max(x, y) + 0.05) / (min(x, y) + 0.05)
}

var (
	darkBlock = regexp.MustCompile(`(?s)@media \(prefers-color-scheme:dark\)\{(.*?)\n\}`)
	darkRule  = regexp.MustCompile(`([^{}\n]+)\{([^}]*)\}`)
	declared  = regexp.MustCompile(`(^|;)\s*(color|background-color):\s*(#[0-9a-fA-F]{6})`)
)

// darkRules is what the style sheet says for dark mode: class -> property -> colour.
func darkRules(t *testing.T, s string) map[string]map[string]string {
	t.Helper()
	block := darkBlock.FindStringSubmatch(s)
	if block == nil {
		t.Fatal("the HTML has no rules for dark mode")
	}
	rules := map[string]map[string]string{}
	for _, rule := range darkRule.FindAllStringSubmatch(block[1], -1) {
		for selector := range strings.SplitSeq(rule[1], ",") {
			class, plain := strings.CutPrefix(strings.TrimSpace(selector), ".")
			if !plain || strings.Contains(class, " ") {
				continue
			}
			rules[class] = map[string]string{}
			for _, d := range declared.FindAllStringSubmatch(rule[2], -1) {
				rules[class][d[2]] = d[3]
			}
		}
	}
	return rules
}

func TestContrastInLightAndDark(t *testing.T) {
	lowest := math.Inf(1)
	eachMail(t, func(t *testing.T, name string, _ request.Lang, _ Mail, p parsed) {
		dark := darkRules(t, p.html)
		for mode, rules := range map[string]map[string]map[string]string{"light": nil, "dark": dark} {
			var walk func(n *html.Node, ink, fill string)
			walk = func(n *html.Node, ink, fill string) {
				if n.Type == html.ElementNode {
					style := attr(n, "style")
					if n.Data == "head" || strings.Contains(style, "display:none") {
						return
					}
					for _, d := range declared.FindAllStringSubmatch(style, -1) {
						if d[2] == "color" {
							ink = d[3]
						} else {
							fill = d[3]
						}
					}
					for class := range strings.FieldsSeq(attr(n, "class")) {
						if c := rules[class]["color"]; c != "" {
							ink = c
						}
						if c := rules[class]["background-color"]; c != "" {
							fill = c
						}
					}
				}
				if n.Type == html.TextNode && strings.TrimSpace(strings.ReplaceAll(n.Data, "\u00a0", "")) != "" {
					a, ok := parseColour(ink)
					b, good := parseColour(fill)
					if !ok || !good {
						t.Fatalf("%s %s: %.40q has no colours: %q on %q", name, mode, n.Data, ink, fill)
					}
					ratio := contrast(a, b)
					lowest = min(lowest, ratio)
					if ratio < 4.5 {
						t.Errorf("%s %s: %.40q is %s on %s, a contrast of %.2f", name, mode, n.Data, ink, fill, ratio)
					}
				}
				for c := n.FirstChild; c != nil; c = c.NextSibling {
					walk(c, ink, fill)
				}
			}
			walk(parseHTML(t, p.html), "", "")
		}
	})
	t.Logf("the lowest contrast of any text in any mail, light or dark, is %.2f", lowest)
}

var (
	paddingPattern = regexp.MustCompile(`padding:(\d+)px \d+px`)
	lineHeight     = regexp.MustCompile(`font:bold \d+px/(\d+)px`)
)

func TestButtonsAreLargeEnoughForAFinger(t *testing.T) {
	m, err := testComposer(t).Escalation(sampleEscalation("escalation", request.English))
	if err != nil {
		t.Fatal(err)
	}
	n := 0
	for _, style := range regexp.MustCompile(`<a href="mailto:[^"]*" style="([^"]*)"`).FindAllStringSubmatch(parseMail(t, m.Raw).html, -1) {
		n++
		pad, line := paddingPattern.FindStringSubmatch(style[1]), lineHeight.FindStringSubmatch(style[1])
		if pad == nil || line == nil {
			t.Fatalf("a button without size: %s", style[1])
		}
		p, _ := strconv.Atoi(pad[1])
		h, _ := strconv.Atoi(line[1])
		if 2*p+h < 44 {
			t.Errorf("a button is %d px high", 2*p+h)
		}
	}
	if n != 6 {
		t.Errorf("%d buttons, want 6", n)
	}
}

func TestHTMLForOutlookAndScreenReaders(t *testing.T) {
	eachMail(t, func(t *testing.T, name string, l request.Lang, m Mail, p parsed) {
		for _, want := range []string{"<!--[if mso]>", "<![endif]-->", `<meta name="color-scheme" content="light dark">`,
			fmt.Sprintf(`<html lang="%s"`, l), fmt.Sprintf(`<div lang="%s">`, l), "<title>" + html.EscapeString(m.Subject)[:8]} {
			if !strings.Contains(p.html, want) {
				t.Errorf("%s: the HTML lacks %s", name, want)
			}
		}
		doc := parseHTML(t, p.html)
		var walk func(*html.Node)
		walk = func(n *html.Node) {
			if n.Type == html.ElementNode && n.Data == "table" && attr(n, "role") != "presentation" {
				t.Errorf("%s: a layout table without role", name)
			}
			for c := n.FirstChild; c != nil; c = c.NextSibling {
				walk(c)
			}
		}
		walk(doc)
	})
}

var (
	badColon  = regexp.MustCompile(`[\p{L}\d)»][ ]?:(\s|$)`)
	badBefore = regexp.MustCompile("[ \u00a0\u202f][;!?]")
	badQuotes = regexp.MustCompile("«[^\u00a0]|[^\u00a0]»")
	badMarks  = regexp.MustCompile(`\p{L}'\p{L}|"`)
	ownText   = regexp.MustCompile(`(?s)ESDC.*?tax\b|Micro-acquisition (client|process|business)[^\n]*(\n\s+[a-z ]+)?|Open-source date[^\n]*|Widgets for[^\n]*|\| [^\n]*`)
)

func TestFrenchTypography(t *testing.T) {
	c := testComposer(t)
	for _, s := range samples() {
		m, err := s.compose(c, request.French)
		if err != nil {
			t.Fatal(err)
		}
		text := ownText.ReplaceAllString(parseMail(t, m.Raw).text, "")
		for line := range strings.Lines(m.Subject + "\n" + text) {
			for what, bad := range map[string]*regexp.Regexp{"a colon without a no-break space": badColon, "a space before ; ! ?": badBefore,
				"guillemets without no-break spaces": badQuotes, "a typewriter mark": badMarks} {
				if found := bad.FindString(line); found != "" {
					t.Errorf("%s: %s, %q in %q", s.name, what, found, line)
				}
			}
		}
	}
}

// readability is the longest and the mean length, in words, of the sentences that the wording itself makes.
func TestSentencesAreShort(t *testing.T) {
	c := testComposer(t)
	means, longest, worst := map[request.Lang]float64{}, 0, ""
	for _, l := range bothLangs {
		words, sentences := 0, 0
		for _, s := range samples() {
			m, err := s.compose(c, l)
			if err != nil {
				t.Fatal(err)
			}
			doc := parseHTML(t, string(m.html))
			var walk func(*html.Node)
			walk = func(n *html.Node) {
				if n.Type == html.ElementNode && (n.Data == "h1" || n.Data == "li" || n.Data == "p" && n.PrevSibling != nil) {
					for _, sentence := range splitSentences(nodeText(n)) {
						w := len(strings.Fields(strings.ReplaceAll(sentence, "\u00a0", " ")))
						words, sentences = words+w, sentences+1
						if w > longest {
							longest, worst = w, sentence
						}
					}
				}
				for c := n.FirstChild; c != nil; c = c.NextSibling {
					walk(c)
				}
			}
			walk(doc)
		}
		means[l] = float64(words) / float64(sentences)
		if means[l] > 14 {
			t.Errorf("%s: the mean sentence has %.1f words", l, means[l])
		}
	}
	if longest > 32 {
		t.Errorf("a sentence has %d words: %s", longest, worst)
	}
	t.Logf("mean words a sentence: English %.1f, French %.1f; the longest has %d", means[request.English], means[request.French], longest)
}

func nodeText(n *html.Node) string {
	if n.Type == html.TextNode {
		return n.Data
	}
	var b strings.Builder
	for c := n.FirstChild; c != nil; c = c.NextSibling {
		b.WriteString(nodeText(c))
	}
	return b.String()
}

var sentenceEnd = regexp.MustCompile(`[.?!] +`)

func splitSentences(s string) []string {
	var out []string
	for _, part := range sentenceEnd.Split(s, -1) {
		if strings.TrimSpace(part) != "" {
			out = append(out, part)
		}
	}
	return out
}

func TestForeignTextIsEscaped(t *testing.T) {
	a := sampleAnswer(request.English)
	a.Lines = numbered(returnedLine())
	a.Lines[0].Supplier = `"><img src=x onerror=alert(1)>`
	m, err := testComposer(t).Answer(a)
	if err != nil {
		t.Fatal(err)
	}
	p := parseMail(t, m.Raw)
	if strings.Contains(p.html, "<img") || !strings.Contains(visibleText(t, p.html), a.Lines[0].Supplier) {
		t.Error("a supplier's name is not escaped, or not shown")
	}
}
