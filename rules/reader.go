package rules

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/pelletier/go-toml/v2/unstable"
	"github.com/shopspring/decimal"

	"handrail/internal/request"
)

// reader turns the tables of a document into values and gathers every mistake on the way.
type reader struct {
	doc      *document
	mistakes Mistakes
	fresh    bool              // placeholders are mistakes
	speaks   request.Languages // of the texts; none: English and French
	told     map[int]bool      // lines of which a slip is told: what follows from it is not
}

// newReader begins with the slips of the text.
func newReader(d *document) *reader {
	r := &reader{doc: d, mistakes: slices.Clone(d.found), told: map[int]bool{}}
	for _, m := range d.found {
		r.told[m.Line] = true
	}
	return r
}

// settled reports a text that only holds the place of one: TBD, n/a, "to be confirmed". People would read it as what the
// policy says.
func (r *reader) settled(v *value, where, key string) {
	if !r.fresh || v == nil {
		return
	}
	switch request.PlaceholderIn(request.StandingOffer, v.text) {
	case request.MeansNothing, request.MeansLater, request.MeansElsewhere:
		if len(strings.TrimSpace(v.text)) > 1 || request.Fold(v.text) == "" {
			r.fault(v.at, where, "%s is %q, which only holds the place of a text: write it before the policy takes force", "%s est %q, qui ne fait que tenir la place d’un texte : écrivez-le avant que la politique n’entre en vigueur", key, v.text)
		}
	}
}

// fault notes a mistake, in both languages.
func (r *reader) fault(offset int, where, en, fr string, args ...any) {
	r.wrong(offset, where, inBoth(en, fr, args...))
}

// wrong notes a mistake that has its words.
func (r *reader) wrong(offset int, where string, words request.Text) {
	if m := r.doc.mistake(offset, where, words); !r.told[m.Line] {
		r.mistakes = append(r.mistakes, m)
	}
}

// mistake is a mistake at a place of the text.
func (d *document) mistake(offset int, where string, words request.Text) Mistake {
	line, col := d.place(offset)
	return Mistake{File: d.file, Line: line, Column: col, Where: where, What: words.EN, WhereFR: frenchPlace(where), WhatFR: words.FR}
}

// keys refuses keys that are not among the known ones.
func (r *reader) keys(t *table, where string, known ...string) {
	for _, k := range t.keys {
		if !slices.Contains(known, k) {
			r.unknownKey(t, where, k, known)
		}
	}
}

// unknownKey says what an unknown name may have been, and reads it as that, so that nothing that only follows from it is told.
func (r *reader) unknownKey(t *table, where, k string, known []string) {
	v := t.entries[k]
	likely := nearest(k, known)
	var hint request.Text
	switch folded := request.Fold(k); {
	case likely != "" && frenchWords[folded] == likely && folded != request.Fold(likely):
		hint = inBoth(": names are in English; did you mean %q?", " : les noms sont en anglais; vouliez-vous écrire %q?", likely)
	case likely != "" && k != likely && strings.EqualFold(k, likely):
		hint = inBoth(": names are in small letters; did you mean %q?", " : les noms s’écrivent en minuscules; vouliez-vous écrire %q?", likely)
	case likely != "":
		hint = inBoth("; did you mean %q?", "; vouliez-vous écrire %q?", likely)
	case where != "" && slices.Contains(topKeys, k):
		hint = inBoth(": it stands at the top of the file; move the line up, above [authority]", " : il figure en haut du fichier; déplacez la ligne avant [authority]")
	case homeOf[k] != "":
		hint = inBoth(": it stands under %s; move the line there", " : il figure sous %s; déplacez-y la ligne", homeOf[k])
	case v.kind == unstable.String && r.sum(v.text) && !strings.HasPrefix(where, "case") && !strings.HasPrefix(where, "story"):
		hint = inBoth(": if it is a limit, move the line under [limits]", " : s’il s’agit d’une limite, déplacez la ligne sous [limits]")
	default:
		hint = inBoth(": known here are %s; delete the line, or put # before it", " : sont connus ici %s; supprimez la ligne ou placez # devant", strings.Join(known, ", "))
	}
	r.fault(v.keyAt, where, "unknown key %q%s", "%q est inconnu ici%s", k, hint)
	if likely != "" && t.entries[likely] == nil {
		t.entries[likely] = v
		line, _ := r.doc.place(v.keyAt)
		r.tell(line)
	}
}

// tell notes a line of which nothing further is told.
func (r *reader) tell(line int) {
	if r.told == nil {
		r.told = map[int]bool{}
	}
	r.told[line] = true
}

func (r *reader) sum(text string) bool {
	_, err := decimalText(text)
	return err == nil
}

// topKeys are the names at the top of a policy.
var topKeys = []string{"name", "version", "currency", "fiscal_year_starts", "holidays", "section_32", "languages"}

// homeOf are the headings of names that stand under one only.
var homeOf = map[string]string{"means": "[approval]", "next_step": "[approval]", "taken_back_days": "[approval]", "granted_by": "[[exemption]]", "action": "[[guardrail]]",
	"message": "[[guardrail]]", "fields": "[[guardrail]]", "officer": "[[guardrail]]", "days": "[[total]]", "by": "[[total]]", "distinct": "[[total]]", "file": "[[list]]",
	"values": "[[list]]", "sheet": "[[list]]", "column": "[[list]]", "outcome": "[[case]]", "findings": "[[case]]", "label": "[words.FIELD]", "help": "[words.FIELD]"}

// kindName is what a policy's author calls a kind of TOML value.
func kindName(k unstable.Kind) request.Text {
	switch k {
	case unstable.String:
		return request.Text{EN: "text in quotes", FR: "du texte entre guillemets"}
	case unstable.LocalDate:
		return request.Text{EN: "a date", FR: "une date"}
	case unstable.DateTime, unstable.LocalDateTime, unstable.LocalTime:
		return request.Text{EN: "a time", FR: "une heure"}
	case unstable.Integer:
		return request.Text{EN: "a whole number", FR: "un nombre entier"}
	case unstable.Float:
		return request.Text{EN: "a number with a point", FR: "un nombre avec un point"}
	case unstable.Bool:
		return request.Text{EN: "true or false", FR: "true ou false"}
	case unstable.Array:
		return request.Text{EN: "a list", FR: "une liste"}
	case unstable.InlineTable:
		return request.Text{EN: "a table", FR: "une table"}
	}
	return inBoth("%s", "%s", k)
}

// get finds a key, which may have to be there, and checks its kind.
func (r *reader) get(t *table, where, key string, kind unstable.Kind, required bool) *value {
	v := t.entries[key]
	if v == nil {
		if required {
			r.fault(t.at, where, "%s is missing%s", "il manque %s%s", key, toAdd(key, kind))
		}
		return nil
	}
	if v.kind != kind {
		r.fault(v.at, where, "%s must be %s, not %s%s", "%s doit être %s, et non %s%s", key, kindName(kind), kindName(v.kind), written(key, kind, v))
		return nil
	}
	return v
}

// toAdd is the line that is missing.
func toAdd(key string, kind unstable.Kind) request.Text {
	add := func(line string) request.Text { return inBoth(": add %s", " : ajoutez %s", line) }
	switch {
	case key == "action":
		return inBoth(": add action = \"note\" (say it), \"escalate\" (an officer decides) or \"return\" (it goes back)", " : ajoutez action = \"note\" (le dire), \"escalate\" (un agent décide) ou \"return\" (renvoyer)")
	case key == "source":
		return inBoth(": add source = \"…\", the rule it comes from", " : ajoutez source = \"…\", la règle dont elle vient")
	case key == "granted_by":
		return inBoth(": add granted_by = \"…\", the position of whoever granted it", " : ajoutez granted_by = \"…\", le poste de la personne qui l’a accordée")
	case key == "when" || key == "where":
		return add(key + " = 'line.total > limits.request'")
	case key == "authority" || key == "approval":
		return inBoth(": add the heading [%s] with its lines", " : ajoutez le titre [%s] et ses lignes", key)
	case kind == unstable.Array:
		return add(key + " = [\"…\"]")
	case kind == unstable.InlineTable:
		return add(key + " = { en = \"…\", fr = \"…\" }")
	case kind == unstable.String:
		return add(key + " = \"…\"")
	}
	return request.Text{}
}

// written shows how a value of the wrong kind is written rightly, "" where its kind says it.
func written(key string, kind unstable.Kind, v *value) request.Text {
	write := func(format string, args ...any) request.Text {
		return inBoth("; write %s", "; écrivez %s", fmt.Sprintf(format, args...))
	}
	number := wholeNumber.FindString(v.text)
	switch {
	case kind == unstable.Array && v.table != nil:
		return inBoth("; there can be several, so the heading is [[%s]] in two pairs of brackets", "; il peut y en avoir plusieurs, d’où un titre entre deux paires de crochets : [[%s]]", key)
	case kind == unstable.InlineTable && v.kind == unstable.Array:
		return inBoth("; there is one, so the heading is [%s] in one pair of brackets", "; il n’y en a qu’une, d’où un titre entre crochets simples : [%s]", key)
	case kind == unstable.Array && v.kind == unstable.String:
		return write("%s = [%q]", key, v.text)
	case kind == unstable.Integer && v.kind == unstable.String && number != "":
		return write("%s = %s", key, number)
	case kind == unstable.Integer && v.kind == unstable.String:
		return inBoth("; write %s without quotes", "; écrivez %s sans guillemets", key)
	case kind == unstable.Bool && v.kind == unstable.String:
		return write("%s = true", key)
	case kind == unstable.String && (v.kind == unstable.Integer || v.kind == unstable.Float || v.kind == unstable.LocalDate || v.kind == unstable.Bool):
		return write("%s = %q", key, v.text)
	}
	return request.Text{}
}

var wholeNumber = regexp.MustCompile(`\d+`)

// text reads a string; an empty one counts as missing where one is required.
func (r *reader) text(t *table, where, key string, required bool) (string, *value) {
	v := r.get(t, where, key, unstable.String, required)
	if v == nil {
		return "", nil
	}
	if required && strings.TrimSpace(v.text) == "" {
		r.fault(v.at, where, "%s is empty", "%s est vide", key)
		return "", nil
	}
	if required && (key == "granted_by" || key == "reference" || key == "title" || where == "authority" || key == "source") {
		r.settled(v, where, key)
	}
	return v.text, v
}

// textOrBoth reads a text that is the same in both languages, or one for each.
func (r *reader) textOrBoth(t *table, where, key string, required bool) request.Text {
	if v := t.entries[key]; v != nil && v.kind == unstable.InlineTable {
		text, _ := r.both(t, where, key, required)
		return text
	}
	s, _ := r.text(t, where, key, required)
	return request.Same(s)
}

// choice reads a string that must be one of a few words.
func (r *reader) choice(t *table, where, key string, required bool, words ...string) (string, *value) {
	s, v := r.text(t, where, key, required)
	if v != nil && !slices.Contains(words, s) {
		r.fault(v.at, where, "%s must be one of %s, not %q%s", "%s doit être l’une des valeurs %s, et non %q%s", key, strings.Join(words, ", "), s, meant(s, words))
		return "", nil
	}
	return s, v
}

// date reads a day.
func (r *reader) date(t *table, where, key string, required bool) request.Date {
	v := t.entries[key]
	if v == nil {
		if required {
			r.fault(t.at, where, "%s is missing: add %s = 2026-04-01, with the day", "il manque %s : ajoutez %s = 2026-04-01, avec le jour", key, key)
		}
		return request.Date{}
	}
	if v.kind != unstable.LocalDate {
		if iso, _, ok := writtenDay(v.text); ok && v.kind == unstable.String {
			r.fault(v.at, where, "%s must be a date without quotes, the year first: write %s = %s", "%s doit être une date sans guillemets, l’année d’abord : écrivez %s = %s", key, key, iso)
			return request.Date{}
		}
		r.fault(v.at, where, "%s must be a date without quotes, such as 2026-04-01, not %s", "%s doit être une date sans guillemets, comme 2026-04-01, et non %s", key, kindName(v.kind))
		return request.Date{}
	}
	d, err := request.ParseDate(v.text)
	if err != nil {
		r.fault(v.at, where, "%s: %s", "%s : %s", key, err)
	}
	return d
}

// span reads from and until.
func (r *reader) span(t *table, where string) span {
	s := span{r.date(t, where, "from", false), r.date(t, where, "until", false)}
	switch {
	case s.from.IsZero() || s.until.IsZero() || s.from.Before(s.until):
	case s.from == s.until:
		r.fault(t.entries["until"].at, where, "it ends on the day on which it begins (%s), so it is never in force: until is the first day that is no longer covered; for this one day write the day after, until = %s",
			"la fin est le jour même du début (%s), et rien n’est jamais en vigueur\u00a0: until est le premier jour qui n’est plus couvert; pour ce seul jour, écrivez le lendemain, until = %s", s.from, s.from.AddDays(1))
	default:
		r.fault(t.entries["until"].at, where, "it ends (%s) before it begins (%s), so it is never in force: until must be after from, for it is the first day that is no longer covered; write a later day, or delete until",
			"la fin (%s) précède le début (%s), et rien n’est jamais en vigueur : until doit suivre from, car c’est le premier jour qui n’est plus couvert; écrivez un jour ultérieur ou supprimez until", s.until, s.from)
	}
	return s
}

// whole reads a whole number within bounds.
func (r *reader) whole(t *table, where, key string, lowest, highest int) (int, bool) {
	v := r.get(t, where, key, unstable.Integer, false)
	if v == nil {
		return 0, false
	}
	n, err := strconv.Atoi(strings.ReplaceAll(v.text, "_", ""))
	if err != nil || n < lowest || n > highest {
		positive := strings.TrimLeft(v.text, "-0")
		if m, err := strconv.Atoi(positive); err == nil && m >= lowest && m <= highest {
			r.fault(v.at, where, "%s must be from %d to %d: write %s = %s", "%s doit être un nombre de %d à %d : écrivez %s = %s", key, lowest, highest, key, positive)
			return 0, false
		}
		r.fault(v.at, where, "%s must be from %d to %d", "%s doit être un nombre de %d à %d", key, lowest, highest)
		return 0, false
	}
	return n, true
}

// texts reads a list of strings.
func (r *reader) texts(t *table, where, key string, required bool) []*value {
	v := r.get(t, where, key, unstable.Array, required)
	if v == nil {
		return nil
	}
	var items []*value
	for _, item := range v.array {
		if item.kind != unstable.String {
			r.fault(item.at, where, "%s must hold text in quotes, not %s", "%s doit contenir du texte entre guillemets, et non %s", key, kindName(item.kind))
			continue
		}
		items = append(items, item)
	}
	return items
}

// both reads a text in both languages: { en = "…", fr = "…" }. The values are returned for their places.
func (r *reader) both(t *table, where, key string, required bool) (request.Text, *table) {
	if v := t.entries[key]; v != nil && v.kind == unstable.String && r.speaks.Single() {
		return r.one(v, where, key, required)
	} else if v != nil && v.kind == unstable.String {
		r.fault(v.at, where, "%s is said in both languages: %s = { en = \"…\", fr = \"…\" }; for a policy in one language, write languages = [\"en\"] at the top", "%s se dit dans les deux langues : %s = { en = \"…\", fr = \"…\" }; pour une politique en une seule langue, écrivez languages = [\"fr\"] en haut du fichier", key, key)
		return request.Text{}, nil
	}
	v := r.get(t, where, key, unstable.InlineTable, required)
	if v == nil {
		return request.Text{}, nil
	}
	r.keys(v.table, where, "en", "fr")
	var text request.Text
	for _, l := range request.AllLanguages {
		s, spoken := v.table.entries[string(l)], r.speaks.Speaks(l)
		switch {
		case !spoken && s != nil:
			r.fault(s.keyAt, where, "%s is none of the policy's languages: add it to languages at the top, or delete this text", "%s n’est pas une langue de la politique : ajoutez-la à languages en haut du fichier, ou supprimez ce texte", l)
		case !spoken:
		case s == nil:
			r.fault(v.at, where, "%s.%s is missing: add %s = \"…\" inside the braces", "il manque %s.%s : ajoutez %s = \"…\" entre les accolades", key, l, l)
		case s.kind != unstable.String:
			r.fault(s.at, where, "%s.%s must be text in quotes, not %s", "%s.%s doit être du texte entre guillemets, et non %s", key, l, kindName(s.kind))
		case strings.TrimSpace(s.text) == "":
			r.fault(s.at, where, "%s.%s is empty: write the text between the quotation marks", "%s.%s est vide : écrivez le texte entre les guillemets", key, l)
		default:
			text.Set(l, s.text)
			r.settled(s, where, key+"."+string(l))
		}
	}
	return r.everywhere(text), v.table
}

// one reads a plain text of a policy in one language.
func (r *reader) one(v *value, where, key string, required bool) (request.Text, *table) {
	if required && strings.TrimSpace(v.text) == "" {
		r.fault(v.at, where, "%s is empty: write the text between the quotation marks", "%s est vide : écrivez le texte entre les guillemets", key)
		return request.Text{}, nil
	}
	r.settled(v, where, key)
	places := newTable(v.at)
	places.entries[string(r.speaks[0])] = v
	return request.Same(v.text), places
}

// everywhere is a text that readers of every language get: in the only one that there is.
func (r *reader) everywhere(t request.Text) request.Text {
	if r.speaks.Single() {
		return request.Same(t.In(r.speaks[0]))
	}
	return t
}

// tables reads [[key]].
func (r *reader) tables(t *table, where, key string) []*table {
	v := r.get(t, where, key, unstable.Array, false)
	if v == nil {
		return nil
	}
	var ts []*table
	for _, item := range v.array {
		if item.table == nil {
			r.fault(item.at, where, "%s must be written as [[%s]]", "%s s’écrit [[%s]]", key, key)
			continue
		}
		ts = append(ts, item.table)
	}
	return ts
}

// money reads an amount, written in quotes so that it is exact.
func (r *reader) money(v *value, where, key, currency string) (decimal.Decimal, bool) {
	if v.kind != unstable.String {
		if sum, ok := writtenSum(v.text); ok {
			r.fault(v.at, where, "%s must be an amount in quotes, so that it is exact: write %s = %q", "%s doit être un montant entre guillemets, pour être exact : écrivez %s = %q", key, key, sum)
			return decimal.Decimal{}, false
		}
		r.fault(v.at, where, "%s must be an amount in quotes, such as \"10000.00\", not %s", "%s doit être un montant entre guillemets, comme \"10000.00\", et non %s", key, kindName(v.kind))
		return decimal.Decimal{}, false
	}
	d, err := decimalText(v.text)
	if err != nil {
		words := errorWords(err)
		if sum, ok := writtenSum(v.text); ok {
			words = inBoth("%q is written with digits and a point only: write %s = %q", "%q s’écrit avec des chiffres et un point seulement : écrivez %s = %q", v.text, key, sum)
			if code := foreign(v.text, currency); code != "" {
				words = inBoth("%q is in %s, and the policy's currency is %s: write %s = \"…\" in %s", "%q est en %s, et la devise de la politique est %s : écrivez %s = \"…\" en %s", v.text, code, currency, key, currency)
			}
		}
		r.fault(v.at, where, "%s: %s", "%s : %s", key, words)
		return decimal.Decimal{}, false
	}
	digits, _ := request.MinorDigits(currency)
	if !d.Equal(d.Round(digits)) {
		r.fault(v.at, where, "%s: %s has more decimals than %s", "%s : %s a plus de décimales que la devise %s", key, v.text, currency)
		return decimal.Decimal{}, false
	}
	if d.Sign() < 0 {
		r.fault(v.at, where, "%s: a limit cannot be negative: write %q", "%s : une limite ne peut être négative; écrivez %q", key, strings.TrimPrefix(v.text, "-"))
		return decimal.Decimal{}, false
	}
	// The same number of decimals everywhere lets comparisons work without making new numbers.
	return d.Add(decimal.New(0, -digits)), true
}

var currencyCode = regexp.MustCompile(`\b[A-Z]{3}\b`)

// foreign is the currency that an amount names, where it is not the policy's.
func foreign(text, currency string) string {
	if code := currencyCode.FindString(text); code != "" && code != currency {
		return code
	}
	for sign, code := range map[string]string{"€": "EUR", "£": "GBP"} {
		if strings.Contains(text, sign) && code != currency {
			return code
		}
	}
	return ""
}
