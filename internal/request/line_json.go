package request

import (
	"bytes"
	"encoding/json"
	"slices"
	"strings"
	"unicode/utf8"
)

// Every line's values are written once and read once or twice on their way through the job. Reflection over a map costs
// ten times what the values themselves do, so their JSON is written and read here; what looks different from what is
// written here is left to encoding/json.

type namedField struct {
	name  string
	field Field
	kind  Kind
}

// fieldsByName is the table of fields in the order in which their JSON stands.
var fieldsByName = sortedFields()

func sortedFields() []namedField {
	var all []namedField
	for _, info := range fields[1:] {
		all = append(all, namedField{info.Name, info.Field, info.Kind})
	}
	slices.SortFunc(all, func(a, b namedField) int { return strings.Compare(a.name, b.name) })
	return all
}

func fieldNamed(name string) (Field, Kind, bool) {
	i, ok := slices.BinarySearchFunc(fieldsByName, name, func(f namedField, name string) int { return strings.Compare(f.name, name) })
	if !ok {
		return NoField, TextKind, false
	}
	return fieldsByName[i].field, fieldsByName[i].kind, true
}

func (v *Values) appendJSON(b []byte) []byte {
	b = append(b, '{')
	first := len(b)
	for _, f := range fieldsByName {
		x := &v[f.field]
		if !x.Given && !x.Faulty && x.Cell == "" {
			continue
		}
		if len(b) > first {
			b = append(b, ',')
		}
		b = append(b, '"')
		b = append(b, f.name...)
		b = append(b, `":{`...)
		start := len(b)
		b = appendMember(b, start, `"text":`, x.Text)
		if x.Given && (f.kind == NumberKind || f.kind == MoneyKind) {
			b = appendMember(b, start, `"number":`, x.Number.String())
		}
		b = appendMember(b, start, `"cell":`, x.Cell)
		if x.Faulty {
			if len(b) > start {
				b = append(b, ',')
			}
			b = append(b, `"faulty":true`...)
		}
		b = append(b, '}')
	}
	return append(b, '}')
}

func appendMember(b []byte, start int, name, s string) []byte {
	if s == "" {
		return b
	}
	if len(b) > start {
		b = append(b, ',')
	}
	return appendJSONString(append(b, name...), s)
}

// appendJSONString writes s as encoding/json does, which also escapes what HTML would take for markup.
func appendJSONString(b []byte, s string) []byte {
	plain := true
	for i := 0; i < len(s) && plain; i++ {
		c := s[i]
		plain = c >= ' ' && c < utf8.RuneSelf && c != '"' && c != '\\' && c != '<' && c != '>' && c != '&'
	}
	if plain {
		b = append(b, '"')
		b = append(b, s...)
		return append(b, '"')
	}
	quoted, _ := json.Marshal(s) // a string never fails
	return append(b, quoted...)
}

// readOwn reads exactly the form that appendJSON writes, without a mistake in it. It is false for any other, of which
// nothing is taken for granted: v is then to be cleared and b to be read in full.
func (v *Values) readOwn(b []byte) bool {
	r := ownForm{b: b, ok: true}
	r.values(v)
	return r.ok && len(r.b) == 0
}

func (r *ownForm) values(v *Values) {
	r.expect("{")
	for first := true; r.ok && !r.next('}'); first = false {
		if !first {
			r.expect(",")
		}
		name := r.text()
		r.expect(":{")
		var j valueJSON
		for first := true; r.ok && !r.next('}'); first = false {
			if !first {
				r.expect(",")
			}
			r.member(&j)
		}
		r.ok = r.ok && v.set(name, j) == nil
	}
}

// ownForm is what is left of JSON in the form that appendJSON writes; ok is false once it turned out to be another.
type ownForm struct {
	b  []byte
	ok bool
}

func (r *ownForm) expect(s string) {
	if r.ok = r.ok && len(r.b) >= len(s) && string(r.b[:len(s)]) == s; r.ok {
		r.b = r.b[len(s):]
	}
}

// next takes c if it comes next.
func (r *ownForm) next(c byte) bool {
	if len(r.b) == 0 || r.b[0] != c {
		return false
	}
	r.b = r.b[1:]
	return true
}

func (r *ownForm) member(j *valueJSON) {
	name := r.text()
	r.expect(":")
	switch name {
	case "text":
		j.Text = r.text()
	case "number":
		j.Number = r.text()
	case "cell":
		j.Cell = r.text()
	case "faulty":
		r.expect("true")
		j.Faulty = r.ok
	default:
		r.ok = false
	}
}

// text takes a string; one with escapes is left to encoding/json.
func (r *ownForm) text() string {
	r.expect(`"`)
	if !r.ok {
		return ""
	}
	end := bytes.IndexByte(r.b, '"')
	if end < 0 {
		r.ok = false
		return ""
	}
	plain := true
	for _, c := range r.b[:end] {
		plain = plain && c >= ' ' && c != '\\' && c < utf8.RuneSelf
	}
	if plain {
		s := string(r.b[:end])
		r.b = r.b[end+1:]
		return s
	}
	return r.escaped()
}

// escaped takes a string whose first quote was taken already.
func (r *ownForm) escaped() (s string) {
	end := 0
	for end < len(r.b) && r.b[end] != '"' {
		if r.b[end] == '\\' {
			end++
		}
		end++
	}
	if end >= len(r.b) {
		r.ok = false
		return ""
	}
	quoted := append(append(append(make([]byte, 0, end+2), '"'), r.b[:end]...), '"')
	r.ok = json.Unmarshal(quoted, &s) == nil
	r.b = r.b[end+1:]
	return s
}
