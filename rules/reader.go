package rules

import (
	"fmt"
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
}

func (r *reader) fault(offset int, where, format string, args ...any) {
	line, col := r.doc.place(offset)
	r.mistakes = append(r.mistakes, Mistake{File: r.doc.file, Line: line, Column: col, Where: where, What: fmt.Sprintf(format, args...)})
}

// keys refuses keys that are not among the known ones.
func (r *reader) keys(t *table, where string, known ...string) {
	for _, k := range t.keys {
		if !slices.Contains(known, k) {
			r.fault(t.entries[k].keyAt, where, "unknown key %q%s", k, meant(k, known))
		}
	}
}

// kindName is what a policy's author calls a kind of TOML value.
func kindName(k unstable.Kind) string {
	switch k {
	case unstable.String:
		return "text in quotes"
	case unstable.LocalDate:
		return "a date"
	case unstable.DateTime, unstable.LocalDateTime, unstable.LocalTime:
		return "a time"
	case unstable.Integer:
		return "a whole number"
	case unstable.Float:
		return "a number with a point"
	case unstable.Bool:
		return "true or false"
	case unstable.Array:
		return "a list"
	case unstable.InlineTable:
		return "a table"
	}
	return k.String()
}

// get finds a key, which may have to be there, and checks its kind.
func (r *reader) get(t *table, where, key string, kind unstable.Kind, required bool) *value {
	v := t.entries[key]
	if v == nil {
		if required {
			r.fault(t.at, where, "%s is missing", key)
		}
		return nil
	}
	if v.kind != kind {
		r.fault(v.at, where, "%s must be %s, not %s%s", key, kindName(kind), kindName(v.kind), written(key, kind, v))
		return nil
	}
	return v
}

// written shows how a value of the wrong kind is written rightly, "" where its kind says it.
func written(key string, kind unstable.Kind, v *value) string {
	switch {
	case kind == unstable.Array && v.table != nil:
		return fmt.Sprintf("; there can be several, so the heading is [[%s]] in two pairs of brackets", key)
	case kind == unstable.InlineTable && v.kind == unstable.Array:
		return fmt.Sprintf("; there is one, so the heading is [%s] in one pair of brackets", key)
	case kind == unstable.Array && v.kind == unstable.String:
		return fmt.Sprintf("; write %s = [%q]", key, v.text)
	case kind == unstable.Integer && v.kind == unstable.String:
		return fmt.Sprintf("; write %s without quotes", key)
	}
	return ""
}

// text reads a string; an empty one counts as missing where one is required.
func (r *reader) text(t *table, where, key string, required bool) (string, *value) {
	v := r.get(t, where, key, unstable.String, required)
	if v == nil {
		return "", nil
	}
	if required && strings.TrimSpace(v.text) == "" {
		r.fault(v.at, where, "%s is empty", key)
		return "", nil
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
	return request.Text{EN: s, FR: s}
}

// choice reads a string that must be one of a few words.
func (r *reader) choice(t *table, where, key string, required bool, words ...string) (string, *value) {
	s, v := r.text(t, where, key, required)
	if v != nil && !slices.Contains(words, s) {
		r.fault(v.at, where, "%s must be one of %s, not %q%s", key, strings.Join(words, ", "), s, meant(s, words))
		return "", nil
	}
	return s, v
}

// date reads a day.
func (r *reader) date(t *table, where, key string, required bool) request.Date {
	v := t.entries[key]
	if v == nil {
		if required {
			r.fault(t.at, where, "%s is missing", key)
		}
		return request.Date{}
	}
	if v.kind != unstable.LocalDate {
		r.fault(v.at, where, "%s must be a date without quotes, such as 2026-04-01, not %s", key, kindName(v.kind))
		return request.Date{}
	}
	d, err := request.ParseDate(v.text)
	if err != nil {
		r.fault(v.at, where, "%s: %s", key, err)
	}
	return d
}

// span reads from and until.
func (r *reader) span(t *table, where string) span {
	s := span{r.date(t, where, "from", false), r.date(t, where, "until", false)}
	if !s.from.IsZero() && !s.until.IsZero() && !s.from.Before(s.until) {
		r.fault(t.entries["until"].at, where, "until must be after from: it is the first day that is no longer covered")
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
		r.fault(v.at, where, "%s must be from %d to %d", key, lowest, highest)
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
			r.fault(item.at, where, "%s must hold text in quotes, not %s", key, kindName(item.kind))
			continue
		}
		items = append(items, item)
	}
	return items
}

// both reads a text in both languages: { en = "…", fr = "…" }. The values are returned for their places.
func (r *reader) both(t *table, where, key string, required bool) (request.Text, *table) {
	if v := t.entries[key]; v != nil && v.kind == unstable.String {
		r.fault(v.at, where, "%s is said in both languages: %s = { en = \"…\", fr = \"…\" }", key, key)
		return request.Text{}, nil
	}
	v := r.get(t, where, key, unstable.InlineTable, required)
	if v == nil {
		return request.Text{}, nil
	}
	r.keys(v.table, where, "en", "fr")
	var text request.Text
	for _, l := range []struct {
		key string
		to  *string
	}{{"en", &text.EN}, {"fr", &text.FR}} {
		s := v.table.entries[l.key]
		switch {
		case s == nil:
			r.fault(v.at, where, "%s.%s is missing", key, l.key)
		case s.kind != unstable.String:
			r.fault(s.at, where, "%s.%s must be text in quotes, not %s", key, l.key, kindName(s.kind))
		case strings.TrimSpace(s.text) == "":
			r.fault(s.at, where, "%s.%s is empty", key, l.key)
		default:
			*l.to = s.text
		}
	}
	return text, v.table
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
			r.fault(item.at, where, "%s must be written as [[%s]]", key, key)
			continue
		}
		ts = append(ts, item.table)
	}
	return ts
}

// money reads an amount, written in quotes so that it is exact.
func (r *reader) money(v *value, where, key, currency string) (decimal.Decimal, bool) {
	if v.kind != unstable.String {
		r.fault(v.at, where, "%s must be an amount in quotes, such as \"10000.00\", not %s", key, kindName(v.kind))
		return decimal.Decimal{}, false
	}
	d, err := decimalText(v.text)
	if err != nil {
		r.fault(v.at, where, "%s: %s", key, err)
		return decimal.Decimal{}, false
	}
	digits, _ := request.MinorDigits(currency)
	if !d.Equal(d.Round(digits)) {
		r.fault(v.at, where, "%s: %s has more decimals than %s", key, v.text, currency)
		return decimal.Decimal{}, false
	}
	if d.Sign() < 0 {
		r.fault(v.at, where, "%s: a limit cannot be negative", key)
		return decimal.Decimal{}, false
	}
	// The same number of decimals everywhere lets comparisons work without making new numbers.
	return d.Add(decimal.New(0, -digits)), true
}
