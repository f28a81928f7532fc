package forms

import (
	"fmt"
	"slices"
	"strings"

	"handrail/internal/request"
	"handrail/internal/workbook"
)

// learn takes the department's answers and what it ignores.
func (w *formWords) learn(o Options) error {
	for _, header := range o.Ignored {
		folded := request.Fold(header)
		if folded == "" {
			return fmt.Errorf("ignored header %q has no letter or digit", header)
		}
		if w.ignored == nil {
			w.ignored = map[string]bool{}
		}
		w.ignored[folded] = true
	}
	// Words for a code wherever it occurs come first, so that those for one field replace them.
	for _, own := range []bool{false, true} {
		for _, key := range sortedNames(o.Answers) {
			fields, code := answerTarget(key)
			if len(fields) == 0 {
				return fmt.Errorf("answers for %q, which is no answer of any field", key)
			}
			if strings.Contains(key, ".") != own {
				continue
			}
			for _, f := range fields {
				w.addAnswers(f, code, o.Answers[key])
			}
		}
	}
	return nil
}

func (w *formWords) addAnswers(f request.Field, code string, words []string) {
	if w.answers == nil {
		w.answers = map[request.Field]map[string]string{}
	}
	if w.answers[f] == nil {
		w.answers[f] = map[string]string{}
	}
	for _, word := range words {
		w.answers[f][answerForm(word)] = code
	}
}

// answerTarget is the code and the choice fields that have it, of a key such as "yes" or "standalone.yes".
func answerTarget(key string) (fields []request.Field, code string) {
	name, code, one := strings.Cut(key, ".")
	if !one {
		name, code = "", key
	}
	for _, info := range request.Fields() {
		if (!one || info.Name == name) && slices.ContainsFunc(info.Choices, func(c request.Choice) bool { return c.Code == code }) {
			fields = append(fields, info.Field)
		}
	}
	return fields, code
}

// answerForm is what counts of an answer: its letters and digits, or, where it has none, its sign.
func answerForm(word string) string {
	if folded := request.Fold(word); folded != "" {
		return folded
	}
	return strings.NewReplacer("\ufe0f", "", "\ufe0e", "").Replace(request.Clean(word))
}

// answer is the code that a department's own word stands for.
func (w *formWords) answer(f request.Field, s string) (code string, ok bool) {
	words := w.answers[f]
	if len(words) == 0 || len(s) > longestHeader {
		return "", false
	}
	code, ok = words[answerForm(s)]
	return code, ok
}

// choice reads an answer: in the department's own words, by check boxes, or as the form prints it. "" without an error is
// a question whose boxes nobody ticked.
func (r *formReader) choice(info request.FieldInfo, c *workbook.Cell, s string) (string, request.Lang, request.Text, error) {
	if code, ok := r.words.answer(info.Field, s); ok {
		return code, request.UnknownLang, request.Text{}, nil
	}
	if t, ok := splitTicks(s); ok && isText(c) {
		word, err := t.only()
		if word == "" || err != nil {
			return "", request.UnknownLang, request.Text{}, err
		}
		return r.choice(info, textCell(c.Col, word), word)
	}
	switch yes := len(info.Choices) == 2 && info.Choices[0].Code == "yes"; {
	case isText(c) && loneSign(s) == open:
		return "", request.UnknownLang, request.Text{}, nil
	case isText(c) && loneSign(s) == ticked && !(yes && strikes(s)):
		if code, ok := r.words.answer(info.Field, "TRUE"); ok {
			return code, request.UnknownLang, request.Text{}, nil
		} else if yes {
			return "yes", request.UnknownLang, request.Text{}, nil
		}
	case isBool(c) && !yes && s == "FALSE":
		if _, ok := r.words.answer(info.Field, "TRUE"); ok { // a box that says one answer, not ticked
			return "", request.UnknownLang, request.Text{}, nil
		}
	}
	return choiceOf(info, c, s, r.language())
}

// languageOf reads the answer of the Language label, be it a word or check boxes.
func (r *formReader) languageOf(v *foundValue, s string) (request.Lang, bool) {
	t, ok := splitTicks(s)
	if v.ticks != nil {
		t, ok = *v.ticks, true
	}
	if ok {
		word, err := t.only()
		if word == "" || err != nil {
			return request.UnknownLang, err == nil
		}
		s = word
	}
	return request.ParseLanguage(s)
}

// useDefault gives lines the configuration's value for a field that no box above the table fills.
func (r *formReader) useDefault(f request.Field, m *money) {
	typed, ok := r.options.Defaults[f]
	s := &r.shared[f]
	if !ok || s.Given || s.Faulty || hasReturn(r.faults[f]) {
		return
	}
	v := request.Value{Cell: s.Cell}
	if problems := r.read(f, valueCell{label: f.Info().Label, cell: textCell(1, typed)}, m, &v); hasReturn(problems) || !v.Given {
		return // Validate refused it
	}
	*s = v
	r.defaulted[f] = true
}

// fillDefault fills a field from the configuration, and reports whether it did.
func (r *formReader) fillDefault(l *request.Line, f request.Field) bool {
	if !r.defaulted[f] {
		return false
	}
	cell := l.Values[f].Cell
	l.Values[f] = r.shared[f]
	if cell != "" {
		l.Values[f].Cell = cell
	}
	r.defaults[f] = true
	return true
}

// noteDefaults says once for the form what came from the configuration.
func (r *formReader) noteDefaults() {
	for _, info := range request.Fields() {
		if r.defaults[info.Field] {
			p := r.note("", "default-value", defaultValueText(info.Label, r.options.Defaults[info.Field]))
			r.form.Problems = append(r.form.Problems, p)
		}
	}
}

// strikes reports whether a lone mark may stand for no as well as for yes: a cross or a filled square. An answer of the
// department's own settles it.
func strikes(s string) bool {
	switch s {
	case "x", "X", "×", "✗", "✘", "■", "◼", "⬛":
		return true
	}
	return false
}
