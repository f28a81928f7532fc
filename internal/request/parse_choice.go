package request

import (
	"strings"
	"sync"
)

type spokenChoice struct {
	code string
	lang Lang
}

// choiceWords finds an answer by its folded word: its code, its label in either language, both together, and the
// genders that people write.
var choiceWords = sync.OnceValue(func() [NumFields]map[string]spokenChoice {
	var all [NumFields]map[string]spokenChoice
	for _, info := range Fields() {
		if info.Kind != ChoiceKind {
			continue
		}
		words := map[string]spokenChoice{}
		for _, c := range info.Choices {
			en, fr := Fold(c.Label.EN), Fold(c.Label.FR)
			both := spokenChoice{code: c.Code}
			words[en+fr], words[fr+en], words[Fold(c.Code)] = both, both, both
			if en == fr {
				words[en] = both
				continue
			}
			words[en], words[fr] = spokenChoice{c.Code, English}, spokenChoice{c.Code, French}
			for _, other := range otherGenders(c.Label.FR) {
				words[Fold(other)] = spokenChoice{c.Code, French}
			}
		}
		all[info.Field] = words
	}
	return all
})

// otherGenders gives the other gender of the French adjectives among the answers: one writes une information protégée
// and un renseignement protégé.
func otherGenders(label string) []string {
	pairs := [][2]string{{"classifié", "classifiée"}, {"protégé", "protégée"}, {"aucune", "aucun"}, {"actuel", "actuelle"},
		{"ancien", "ancienne"}, {"confidentiel", "confidentielle"}, {"secret", "secrète"}}
	var out []string
	for _, p := range pairs {
		if strings.Contains(label, p[0]) {
			out = append(out, strings.Replace(label, p[0], p[1], 1))
		}
	}
	return out
}

// ParseChoice reads an answer of f in either language, or in both together; case, accents, punctuation and spaces do
// not count. lang is the language that the word belongs to, UnknownLang when it is the same in both. The error is a
// *Misread that lists the answers.
func ParseChoice(f Field, s string) (code string, lang Lang, err error) {
	if HasControl(s) {
		return "", UnknownLang, controlMisread()
	}
	var buf [64]byte
	if len(s) <= maxTyped {
		if c, ok := choiceWords()[f][string(AppendFold(buf[:0], s))]; ok {
			return c.code, c.lang, nil
		}
	}
	return "", UnknownLang, unknownChoice(f, s)
}

func unknownChoice(f Field, s string) *Misread {
	var en, fr []string
	for _, c := range f.Info().Choices {
		en, fr = append(en, c.Label.EN), append(fr, c.Label.FR)
	}
	return misread(CodeUnknownChoice,
		QuoteEN(s)+" is not one of the answers. Choose "+listed(en, "or")+".",
		QuoteFR(s)+" n’est pas une des réponses possibles. Choisissez "+listed(fr, "ou")+".")
}

func listed(words []string, or string) string {
	if len(words) < 2 {
		return strings.Join(words, "")
	}
	last := len(words) - 1
	return strings.Join(words[:last], ", ") + " " + or + " " + words[last]
}

// ParseLanguage reads the answer of the Language label: English or French, in either language or as a code. ok is
// false when it names neither, or both.
func ParseLanguage(s string) (lang Lang, ok bool) {
	switch f := Fold(s); f {
	case "en", "eng", "english", "anglais", "englishanglais", "anglaisenglish", "enca":
		return English, true
	case "fr", "fra", "fre", "french", "francais", "frenchfrancais", "francaisfrench", "frca":
		return French, true
	}
	return UnknownLang, false
}
