package content

import (
	"slices"
	"strings"
	"sync"
	"unicode/utf8"

	"handrail/internal/request"
)

// SaysNothing reports whether a text that should give a reason only fills its cell: a mark, n/a, see above, because it is needed,
// letters of the keyboard, or nothing but the words of beside, such as the line's own title and its supplier's name.
func SaysNothing(text string, beside ...string) bool {
	if request.PlaceholderIn(request.Justification, strings.TrimSpace(text)) != request.NoPlaceholder {
		return true
	}
	known := map[string]bool{}
	for _, b := range beside {
		for _, w := range request.NeedWords(b) {
			known[w] = true
		}
	}
	tokens := read(text)
	points := slices.ContainsFunc(tokens, func(t token) bool { return t.is(pointing...) })
	numbers, says := false, false
	for i := range tokens {
		t := &tokens[i]
		switch {
		case t.numeric:
			numbers = numbers || t.end-t.start <= 3
		case idleWords()[t.word] || utf8.RuneCountInString(t.word) < 2 && t.word[0] < utf8.RuneSelf || keyboard(t.word):
		case known[stem(t.word)]:
		default:
			says = true
		}
	}
	if says {
		return false
	}
	// "3 quotes" counts something, "see quote 312" does not.
	words := slices.ContainsFunc(tokens, func(t token) bool { return len(t.word) > 2 })
	return !numbers || points || !words || onlyKnown(tokens, known)
}

// onlyKnown reports whether every word of a text is one of known: numbers beside them say nothing new.
func onlyKnown(tokens []token, known map[string]bool) bool {
	any := false
	for i := range tokens {
		if w := tokens[i].word; len(w) > 2 {
			any = any || known[stem(w)]
			if !known[stem(w)] && !idleWords()[w] {
				return false
			}
		}
	}
	return any
}

// stem is a word as request.NeedWords has it.
func stem(word string) string {
	if len(word) > 3 {
		return strings.TrimSuffix(word, "s")
	}
	return word
}

// pointing are words that send the reader elsewhere.
var pointing = []string{"see", "per", "ref", "refer", "voir", "selon", "cf", "attached", "joint", "jointe", "annexe"}

// keyboard reports whether a word is no word: runs of neighbouring keys, one letter or syllable again and again, or letters
// without a vowel.
func keyboard(word string) bool {
	if len(word) < 3 || strings.IndexFunc(word, func(r rune) bool { return r < 'a' || r > 'z' }) >= 0 {
		return false
	}
	for n := 1; n <= 3; n++ {
		if len(word) >= 3*n && strings.Repeat(word[:n], len(word)/n+1)[:len(word)] == word {
			return true
		}
	}
	if len(word) >= 5 && !strings.ContainsAny(word, "aeiouy") {
		return true
	}
	return len(word) >= 4 && runsOnly(word)
}

// keyRows are the rows of the keyboards in use, and the alphabet.
var keyRows = func() []string {
	rows := []string{"qwertyuiop", "asdfghjkl", "zxcvbnm", "azertyuiop", "qsdfghjklm", "wxcvbn", "abcdefghijklmnopqrstuvwxyz"}
	for _, row := range rows[:len(rows)-1] {
		back := []byte(row)
		slices.Reverse(back)
		rows = append(rows, string(back))
	}
	return rows
}()

// runsOnly reports whether a word can be cut into runs of at least three neighbouring keys.
func runsOnly(word string) bool {
	for at := 0; at < len(word); {
		n := 0
		for _, row := range keyRows {
			for end := at + 3; end <= len(word) && strings.Contains(row, word[at:end]); end++ {
				n = max(n, end-at)
			}
		}
		if n == 0 {
			return at > 0 && len(word)-at <= 2
		}
		at += n
	}
	return true
}

// idleWords are words that give no reason by themselves: those that bind a sentence, and those that only repeat that something
// is bought, needed, or explained.
var idleWords = sync.OnceValue(func() map[string]bool {
	words := map[string]bool{}
	for w := range strings.FieldsSeq(idleTable) {
		words[w] = true
	}
	return words
})

const idleTable = `
a an the of and or for to in on with at by from our its is are be was were been this that these those it we i you they us my your their he she his her
as so if then than just very really please thanks thank have has had do does did done will would shall should must can could may might get got
le la les un une des du de d l et ou pour dans sur avec par en au aux notre nos votre vos leur leurs ce cette ces cet c s n j m t qu est sont etait
etre avoir ont avons nous vous je tu il elle ils elles on que qui quoi se sa son ses mon ma mes y si donc car mais plus tres bien merci fait faire doit
because since need needs needed needing require requires required requirement requirements necessary necessity essential important urgent urgently asap
immediately reason reasons justification justifications justified rationale explanation purpose purposes operation operations operational business work working
want wants wanted use used useful ok okay yes oui good fine approved approve agreed agree discussed discuss usual standard normal regular
purchase purchases purchased purchasing buy buying bought order ordered orders request requested requests requesting acquire acquisition procurement
supplier suppliers vendor vendors contractor contractors company firm seller chosen choose choice selected selection select picked
manager managers boss director management client clients team unit branch department office project projects
see above below attached attachment quote quotes quotation file email mail note notes invoice document documents per refer ref same idem ditto before
again previous other another everything something thing things stuff item items goods services service product products line lines
obvious obviously evident self explanatory test testing blah foo bar lorem ipsum dolor sit amet etc nil none null na tbd tba tbc
unforeseen unexpected new good great nice very
parce puisque besoin besoins requis requise requises necessaire necessaires necessite essentiel essentielle essentiels exigence exigences exige exigee importante important urgence urgente
motif motifs raison raisons explication justifie justifiee operationnel operationnels operationnelle operations exploitation affaires travail travaux
veut veulent voulu utile utilise oui accord approuve approuvee convenu convenue discute discutee habituel habituelle normale normal reguliere
achat achats acheter achete achetee commande commandes commander demande demandes demander demandee acquisition approvisionnement
fournisseur fournisseurs vendeur entreprise compagnie societe firme choisi choisie choix selectionne selectionnee retenu retenue
gestionnaire directeur directrice patron gestion equipe unite direction ministere bureau projet projets
voir ci dessus dessous joint jointe soumission soumissions devis courriel piece annexe selon meme memes precedent precedente autre autres
chose choses article articles biens service produit produits ligne lignes evidence evidente evident essai bla rien aucun aucune
imprevu imprevue imprevus nouveau nouvelle bon bonne tous tout toute toutes
`

// NamesNothing reports whether a title or a description says nothing of what is bought: services, professional services, see quote.
func NamesNothing(text string) bool {
	return !slices.ContainsFunc(request.NeedWords(text), func(w string) bool {
		return !idleWords()[w] && !idleWords()[w+"s"] && !bareNeeds[w] && !keyboard(w)
	}) || request.PlaceholderIn(request.Description, strings.TrimSpace(text)) != request.NoPlaceholder
}

// bareNeeds are words that describe no need by themselves.
var bareNeeds = map[string]bool{"professional": true, "consulting": true, "consultant": true, "general": true, "various": true, "misc": true, "miscellaneou": true, "support": true,
	"professionnel": true, "consultation": true, "conseil": true, "generaux": true, "divers": true, "diver": true, "soutien": true, "attache": true, "part": true, "phase": true, "suite": true, "contract": true, "contrat": true, "job": true}
