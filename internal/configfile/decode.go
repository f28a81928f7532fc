// Package configfile reads the TOML of a configuration strictly, and names every mistake with file, line and column in the
// words of the file. It refuses to know what a configuration holds.
package configfile

import (
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/pelletier/go-toml/v2"
)

// Decode decodes text strictly into what it is for, and answers every mistake, not only the first: a value of the wrong type is
// noted, blanked out and decoded again. gone says of keys that earlier versions had, by their full name, what became of them.
func Decode[T any](path string, text []byte, into *T, gone map[string]string) (mistakes []string) {
	text = slices.Clone(text)
	for range 100 {
		fresh := *into
		err := toml.NewDecoder(bytes.NewReader(text)).DisallowUnknownFields().Decode(&fresh)
		var unknown *toml.StrictMissingError
		var wrong *toml.DecodeError
		switch {
		case err == nil:
			*into = fresh
			return mistakes
		case errors.As(err, &unknown):
			for _, e := range unknown.Errors {
				row, col := e.Position()
				key := strings.Join(e.Key(), ".")
				mistakes = append(mistakes, fmt.Sprintf("%s:%d:%d: %s: %s", path, row, col, key, cmp.Or(gone[key], "unknown key")))
			}
			return mistakes
		case errors.As(err, &wrong):
			row, col := wrong.Position()
			key := strings.Join(wrong.Key(), ".")
			if key != "" {
				key += ": "
			}
			mistakes = append(mistakes, fmt.Sprintf("%s:%d:%d: %s%s", path, row, col, key, plainTypeError(wrong.Error())))
			if key == "" || !blankLine(text, row) {
				return mistakes // the text itself is not TOML: what follows cannot be trusted
			}
		default:
			return append(mistakes, fmt.Sprintf("%s: %v", path, err))
		}
	}
	return mistakes
}

var typeError = regexp.MustCompile(`cannot decode TOML (\w+) into struct field \S+ of type (\S+)`)

// plainTypeError says which kind of value is needed, in words of the file instead of the program's.
func plainTypeError(s string) string {
	s = strings.TrimPrefix(s, "toml: ")
	m := typeError.FindStringSubmatch(s)
	if m == nil {
		return s
	}
	needed := "a table"
	switch t := m[2]; {
	case t == "[]string":
		needed = "a list of texts"
	case strings.HasPrefix(t, "[]"):
		needed = "a list"
	case t == "string":
		needed = "a text in quotes"
	case strings.HasPrefix(t, "int"):
		needed = "a whole number"
	case t == "bool":
		needed = "true or false"
	case strings.HasSuffix(t, "Secret"):
		needed = "a place such as { file = \"…\" }"
	}
	return "is a " + m[1] + ", but " + needed + " is needed"
}

// blankLine overwrites the row-th line with spaces; false when there is nothing left to blank.
func blankLine(text []byte, row int) bool {
	line := 1
	changed := false
	for i, b := range text {
		if b == '\n' {
			line++
			continue
		}
		if line == row && b != ' ' {
			text[i] = ' '
			changed = true
		}
	}
	return changed
}
