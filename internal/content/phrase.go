package content

import (
	"slices"
	"strings"
)

// phrase is a sequence of tokens to look for. It is written as text:
//
//	up to MONEY          words, and classes in capitals
//	billed|invoiced      one of some words
//	factur*              a word that begins so
//	the?                 a word that may be left out
//	...                  up to three tokens of the same sentence
//	END                  a comma, a dash, a bracket or the end behind the words
//	!about, !times, …    what takes the finding back, see the fields
type phrase struct {
	parts    []part
	about    bool // no finding where the words speak of what the work is about: a report, a page, a screen
	times    bool // no finding where it is said how often: 12 months
	quantity bool // no finding where the line's own quantity says how often
	begin    bool // only where the words begin a text, a sentence or a part of one
	scale    bool // no finding where the words speak of what weighs
}

type part struct {
	class    string // MONEY, NUM, and so on
	words    []string
	prefixes []string
	optional bool
	gap      bool
	end      bool
}

// classes are words that stand for each other in phrases.
var classes = map[string][]string{
	"PERIOD": {"hour", "hr", "h", "day", "week", "month", "mo", "quarter", "year", "yr", "annum", "sprint", "session", "visit", "heure", "jour", "semaine", "mois",
		"trimestre", "annee", "an", "seance", "visite", "diem"},
	"HOURS": {"hour", "hours", "hr", "hrs", "h", "heure", "heures", "day", "days", "jour", "jours"},
	"EVERY": {"monthly", "quarterly", "weekly", "hourly", "daily", "mensuel", "mensuels", "mensuelle", "mensuelles", "trimestriel", "trimestriels", "trimestrielle",
		"trimestrielles", "hebdomadaire", "hebdomadaires", "horaire", "journalier", "mensuellement"},
	"COST":   {"cost", "costs", "price", "prices", "fee", "fees", "total", "amount", "value", "cout", "couts", "prix", "frais", "montant", "montants", "tarif", "valeur", "honoraires"},
	"BILLED": {"billed", "invoiced", "charged", "payable", "facture", "factures", "facturee", "facturees", "paid", "paye", "payes", "payee", "payees"},
	"EXTRAS": {"travel", "travelling", "expenses", "shipping", "freight", "delivery", "handling", "disbursements", "mileage", "accommodation", "incidentals", "courier", "fuel", "deplacement",
		"deplacements", "livraison", "transport", "debours", "depenses", "hebergement", "kilometrage", "carburant"},
}

// aboutWords are what the words of a price are about where they are no price: a page that shows monthly costs.
var aboutWords = []string{"report", "reports", "page", "pages", "screen", "dashboard", "tool", "module", "table", "chart", "graph", "calculator", "form", "forms", "field",
	"column", "data", "statistics", "app", "application", "api", "program", "rapport", "rapports", "tableau", "tableaux", "ecran", "outil", "graphique", "calcul", "calculateur", "calculatrice",
	"formulaire", "formulaires", "champ", "colonne", "donnees", "statistiques", "appli", "logiciel", "newsletter", "infolettre"}

// scaleWords stand beside a balance that weighs.
var scaleWords = []string{"analytical", "precision", "laboratory", "lab", "digital", "top", "micro", "scale", "scales", "weighing", "kg", "g", "mg", "gram", "grams", "analytique",
	"laboratoire", "numerique", "pesage", "pesee", "gramme", "grammes", "bathroom", "kitchen", "bench"}

func readPhrases(text string) map[string][]phrase {
	index := map[string][]phrase{}
	for line := range strings.Lines(text) {
		line = strings.TrimSpace(line)
		if line == "" || strings.HasPrefix(line, "//") {
			continue
		}
		var p phrase
		for word := range strings.FieldsSeq(line) {
			switch word {
			case "!about":
				p.about = true
				continue
			case "!times":
				p.times = true
				continue
			case "!quantity":
				p.quantity = true
				continue
			case "!begin":
				p.begin = true
				continue
			case "!scale":
				p.scale = true
				continue
			}
			p.parts = append(p.parts, readPart(word))
		}
		for _, key := range p.parts[0].keys() {
			index[key] = append(index[key], p)
		}
	}
	return index
}

func readPart(word string) part {
	var p part
	if word == "..." {
		return part{gap: true, optional: true}
	}
	word, p.optional = strings.CutSuffix(word, "?")
	for w := range strings.SplitSeq(word, "|") {
		start, prefix := strings.CutSuffix(w, "*")
		switch {
		case w == "END":
			p.end = true
		case w == "MONEY" || w == "NUM":
			p.class = w
		case classes[w] != nil:
			p.words = append(p.words, classes[w]...)
		case prefix:
			p.prefixes = append(p.prefixes, start)
		default:
			p.words = append(p.words, w)
		}
	}
	return p
}

// numberKey and prefixKey are where phrases stand that begin with a number, and with the first three letters of a word.
const (
	numberKey = "#"
	prefixLen = 3
)

func prefixKey(word string) string { return word[:min(prefixLen, len(word))] + "*" }

func (p *part) keys() []string {
	keys := slices.Clone(p.words)
	for _, prefix := range p.prefixes {
		if key := prefixKey(prefix); !slices.Contains(keys, key) {
			keys = append(keys, key)
		}
	}
	if p.class != "" {
		keys = append(keys, numberKey)
	}
	return keys
}

// match gives the token behind the phrase when it stands at i.
func (p *phrase) match(tokens []token, i int) (end int, ok bool) {
	return matchParts(p.parts, tokens, i)
}

func matchParts(parts []part, tokens []token, i int) (int, bool) {
	if len(parts) == 0 {
		return i, true
	}
	p := &parts[0]
	if p.gap {
		for n := 0; n <= 3 && i+n <= len(tokens); n++ {
			if n > 0 && tokens[i+n-1].is(".") {
				return 0, false
			}
			if end, ok := matchParts(parts[1:], tokens, i+n); ok {
				return end, true
			}
		}
		return 0, false
	}
	if next := p.at(tokens, i); next > i {
		if end, ok := matchParts(parts[1:], tokens, next); ok {
			return end, true
		}
	}
	if p.optional || p.end && (i >= len(tokens) || tokens[i].is(".", "-", "+", "/", "&") || tokens[i-1].parted) {
		return matchParts(parts[1:], tokens, i)
	}
	return 0, false
}

// at gives the token behind the part when it stands at i, i where it does not.
func (p *part) at(tokens []token, i int) int {
	if i >= len(tokens) {
		return i
	}
	switch p.class {
	case "MONEY":
		if _, _, end := moneyAt(tokens, i); end > i {
			return end
		}
	case "NUM":
		if _, ok := tokens[i].count(); ok {
			return i + 1
		}
	}
	t := &tokens[i]
	if t.numeric {
		return i
	}
	if slices.Contains(p.words, t.word) {
		return i + 1
	}
	for _, prefix := range p.prefixes {
		if strings.HasPrefix(t.word, prefix) {
			return i + 1
		}
	}
	return i
}

// often is who tells how often a price is paid.
type often struct {
	text     bool // the text: 12 months
	quantity bool // the line's own quantity
}

// takenBack reports whether a phrase that stands at tokens from to end says nothing there.
func (p *phrase) takenBack(tokens []token, from, end int, often often) bool {
	return p.times && (often.text || often.quantity) || p.quantity && often.quantity ||
		p.begin && from > 0 && !tokens[from-1].is(".", "-", "/", "+", "&") && !tokens[from-1].parted ||
		p.about && speaksAbout(tokens, from, end, aboutWords) || p.scale && speaksAbout(tokens, from, end, scaleWords)
}

// find gives the first of the phrases that stands in a text, as its tokens from and to; ok is false where none does. often says
// who tells how often a price is paid.
func find(index map[string][]phrase, tokens []token, often often) (from, to int, ok bool) {
	for i := range tokens {
		t := &tokens[i]
		if i > 0 && tokens[i-1].is("no", "without", "sans", "aucun", "aucune", "aucuns", "pas") {
			continue
		}
		keys := [3]string{numberKey}
		if !t.numeric {
			keys = [3]string{t.word, prefixKey(t.word)}
			if _, counts := counting[t.word]; counts || t.word == "$" || t.word == "cad" || t.word == "usd" {
				keys[2] = numberKey
			}
		}
		for _, key := range keys {
			for j := range index[key] {
				p := &index[key][j]
				end, ok := p.match(tokens, i)
				if ok && !p.takenBack(tokens, i, end, often) {
					return i, end, true
				}
			}
		}
	}
	return 0, 0, false
}

// speaksAbout reports whether words beside a phrase say that it is what the work is about.
func speaksAbout(tokens []token, from, to int, words []string) bool {
	for i := max(0, from-4); i < min(len(tokens), to+3); i++ {
		if i >= from && i < to {
			continue
		}
		if tokens[i].is(".") {
			if i >= to {
				return false
			}
			continue
		}
		if tokens[i].is(words...) {
			return true
		}
	}
	return false
}
