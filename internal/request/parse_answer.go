package request

import "strings"

// yesSigns are ticks and ticked boxes. A cross alone, or an empty box, can mean either.
const yesSigns = "✓✔☑☒🗹✅🗸"

// spokenAnswer is a word for yes or no that is not the answer's own.
type spokenAnswer struct {
	code  string
	noted bool // it was taken for granted
}

var spokenYesNo = map[string]spokenAnswer{
	"true": {"yes", false}, "vrai": {"yes", false}, "false": {"no", false}, "faux": {"no", false}, "n": {"no", false},
	"yep": {"yes", true}, "yeah": {"yes", true}, "yup": {"yes", true}, "ouais": {"yes", true}, "yesplease": {"yes", true}, "ouisvp": {"yes", true}, "ouimerci": {"yes", true},
	"nope": {"no", true}, "nothanks": {"no", true}, "nonmerci": {"no", true},
}

// remoteWords are what people write instead of yes or no where the question is whether work is remote.
var remoteWords = map[string]string{
	"remote": "yes", "100remote": "yes", "fullyremote": "yes", "virtual": "yes", "teletravail": "yes", "adistance": "yes", "entierementadistance": "yes", "virtuel": "yes",
	"onsite": "no", "inperson": "no", "surplace": "no", "presentiel": "no", "enpersonne": "no",
}

// ReadChoice reads an answer of f on a form in language l as ParseChoice does, and for yes and no also ticks, TRUE and VRAI, Y and N; O for oui on a French
// form only. note says what was taken for granted. The error is a *Misread.
func ReadChoice(f Field, s string, l Lang) (code string, lang Lang, note Text, err error) {
	s = Visible(s)
	if strings.ContainsAny(s, "?[]=&") {
		return "", UnknownLang, note, unknownChoice(f, s)
	}
	if code, lang, err = ParseChoice(f, s); err == nil {
		return code, lang, note, nil
	}
	choices := f.Info().Choices
	yesNo := len(choices) == 2 && choices[0].Code == "yes"
	if t := Clean(s); yesNo && t != "" && len(t) <= maxTyped {
		if rest := strings.Trim(t, yesSigns); rest == "" || rest == "\ufe0f" {
			return "yes", UnknownLang, note, nil
		}
		word := Fold(t)
		spoken, ok := spokenYesNo[word]
		switch {
		case ok:
		case word == "y" && l != French, word == "o" && l == French:
			spoken, ok = spokenAnswer{"yes", false}, true
		case f == Remote && remoteWords[word] != "":
			spoken, ok = spokenAnswer{remoteWords[word], true}, true
		}
		if ok {
			if spoken.noted {
				note = answerReadText(f, s, spoken.code)
			}
			return spoken.code, UnknownLang, note, nil
		}
	}
	if code = byInitial(choices, Fold(Clean(s)), l); code != "" && !yesNo {
		return code, l, answerReadText(f, s, code), nil
	}
	return "", UnknownLang, note, err
}

// byInitial is the one answer that begins with a letter in the form's language; "" where several do, or none.
func byInitial(choices []Choice, letter string, l Lang) (code string) {
	if len(letter) != 1 || l == UnknownLang {
		return ""
	}
	for _, c := range choices {
		if !strings.HasPrefix(Fold(c.Label.In(l)), letter) {
			continue
		}
		if code != "" {
			return ""
		}
		code = c.Code
	}
	return code
}

func answerReadText(f Field, s, code string) Text {
	for _, c := range f.Info().Choices {
		if c.Code == code {
			return Text{EN: QuoteEN(s) + " was read as " + c.Label.EN + ".", FR: QuoteFR(s) + " a été lu comme " + QuoteFR(c.Label.FR) + "."}
		}
	}
	return Text{}
}
