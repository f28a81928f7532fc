package ingest

import "strings"

// authResult is one verdict of an Authentication-Results field: "dmarc=pass header.from=example.org".
type authResult struct {
	method, value string
	props         map[string]string // "header.from" to its value, lower case
}

// maxResults is how many verdicts one field may have; real ones have a dozen.
const maxResults = 200

// parseAuthResults reads one Authentication-Results field (RFC 8601). It keeps quoted strings and comments apart from
// results, because both may hold what the sender wrote: smtp.mailfrom="x; dmarc=pass"@… is not a verdict. What does
// not follow the grammar gives ok = false, and no verdict at all.
func parseAuthResults(value string) (id string, results []authResult, ok bool) {
	groups, ok := splitTokens(value)
	if !ok || len(groups) == 0 || len(groups[0]) == 0 || len(groups) > maxResults {
		return "", nil, false
	}
	id = strings.ToLower(groups[0][0]) // a version may follow it
	for _, tokens := range groups[1:] {
		if len(tokens) == 0 || len(tokens) == 1 && strings.EqualFold(tokens[0], "none") {
			continue
		}
		r := authResult{props: map[string]string{}}
		for i, token := range tokens {
			name, v, found := strings.Cut(token, "=")
			name = strings.ToLower(name)
			switch {
			case i == 0 && !found:
				return "", nil, false
			case i == 0:
				r.method, _, _ = strings.Cut(name, "/")
				r.value = strings.ToLower(v)
			case found:
				if _, twice := r.props[name]; twice {
					return "", nil, false
				}
				r.props[name] = strings.ToLower(v)
			}
		}
		results = append(results, r)
	}
	return id, results, true
}

// splitTokens cuts at semicolons and blanks outside quotes and comments; comments and the blanks around "=" go.
func splitTokens(s string) (groups [][]string, ok bool) {
	var token strings.Builder
	var tokens []string
	has := false // a token was begun, perhaps an empty quoted one
	flush := func() {
		if has {
			tokens = append(tokens, token.String())
		}
		token.Reset()
		has = false
	}
	depth := 0
	for i := 0; i < len(s); i++ {
		c := s[i]
		switch {
		case depth > 0:
			switch c {
			case '\\':
				i++
			case '(':
				depth++
			case ')':
				depth--
			}
		case c == '(':
			depth++
		case c == '"':
			end, text := quotedString(s[i+1:])
			if end < 0 {
				return nil, false
			}
			// A quote becomes part of its token, with what could be mistaken for syntax masked.
			token.WriteString(masked.Replace(text))
			has = true
			i += end + 1
		case c == ';':
			flush()
			groups, tokens = append(groups, tokens), nil
		case isSpacing(c):
			next := i + 1
			for next < len(s) && isSpacing(s[next]) {
				next++
			}
			if (next == len(s) || s[next] != '=') && !strings.HasSuffix(token.String(), "=") {
				flush()
			}
			i = next - 1
		default:
			token.WriteByte(c)
			has = true
		}
	}
	if depth > 0 {
		return nil, false
	}
	flush()
	return append(groups, tokens), true
}

func isSpacing(c byte) bool { return c == ' ' || c == '\t' || c == '\r' || c == '\n' }

// masked takes what could be mistaken for syntax out of a quoted string.
var masked = strings.NewReplacer("=", "_", ";", "_", " ", "_")

// quotedString reads up to the closing quote; end is its place, or -1.
func quotedString(s string) (end int, text string) {
	var b strings.Builder
	for i := 0; i < len(s); i++ {
		switch s[i] {
		case '\\':
			if i++; i < len(s) {
				b.WriteByte(s[i])
			}
		case '"':
			return i, b.String()
		default:
			b.WriteByte(s[i])
		}
	}
	return -1, ""
}

// Vouchers lists who wrote the Authentication-Results fields of a message, topmost first; "" for one that cannot be
// read.
func Vouchers(h Header) []string {
	var ids []string
	for _, value := range h.All("Authentication-Results") {
		id, _, ok := parseAuthResults(value)
		if !ok {
			id = ""
		}
		ids = append(ids, id)
	}
	return ids
}
