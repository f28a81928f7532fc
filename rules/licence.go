package rules

import (
	"strings"

	"handrail/internal/request"
)

// licences knows the SPDX identifiers that the Open Source Initiative approved, lower case.
type licences map[string]bool

// readLicences reads data/osi-approved.txt.
func readLicences(text string) licences {
	l := licences{}
	for line := range strings.Lines(text) {
		if line = strings.TrimSpace(line); line != "" && line[0] != '#' {
			l[strings.ToLower(line)] = true
		}
	}
	return l
}

// maxLicence is longer than any licence expression that somebody means.
const maxLicence = 1000

// approved reports whether s is an SPDX licence expression made only of OSI-approved identifiers: "MIT",
// "(Apache-2.0 OR MIT) AND BSD-3-Clause", "GPL-2.0-or-later WITH Classpath-exception-2.0". Every identifier must be
// approved, also where OR offers a choice, because nobody knows yet which one is taken. An exception only adds
// permissions, so its name is not looked up, but it must be a name.
func (l licences) approved(s string) bool {
	if len(s) > maxLicence {
		return false
	}
	if l[strings.ToLower(s)] { // one identifier, as nearly always
		return true
	}
	tokens := licenceTokens(s)
	p := licenceParser{tokens: tokens, known: l}
	return len(tokens) > 0 && p.expression(0) && p.at == len(p.tokens) || l.inWords(s)
}

// inWords reports whether s names approved licences as people speak of them: "MIT License", "Apache 2.0 or GPL v3",
// « licence MIT ou BSD ». Here too every one of them must be approved.
func (l licences) inWords(s string) bool {
	if l.named(s) {
		return true
	}
	var parts []string
	var part []string
	for _, word := range strings.Fields(strings.NewReplacer(",", " , ", ";", " , ", "/", " , ", "&", " , ", "+", " , ").Replace(s)) {
		switch strings.ToLower(word) {
		case "and", "or", "et", "ou", ",", "and/or":
			parts, part = append(parts, strings.Join(part, " ")), nil
		default:
			part = append(part, word)
		}
	}
	parts = append(parts, strings.Join(part, " "))
	for _, p := range parts {
		if p != "later" && !l.named(p) { // GPL 3 or later
			return false
		}
	}
	return len(parts) > 1 && parts[0] != "later"
}

// named reports whether s is one approved licence, by its identifier or in words.
func (l licences) named(s string) bool {
	if l[strings.ToLower(s)] {
		return true
	}
	id, code, ok := request.LicenceInWords(s)
	return ok && code && l[strings.ToLower(id)]
}

func licenceTokens(s string) []string {
	s = strings.ReplaceAll(strings.ReplaceAll(s, "(", " ( "), ")", " ) ")
	return strings.Fields(s)
}

type licenceParser struct {
	tokens []string
	at     int
	known  licences
}

// maxLicenceDepth bounds nesting.
const maxLicenceDepth = 20

// expression reads terms joined by AND and OR; since every identifier must be approved, which binds closer is no matter.
func (p *licenceParser) expression(depth int) bool {
	if depth > maxLicenceDepth || !p.term(depth) {
		return false
	}
	for p.at < len(p.tokens) {
		switch strings.ToUpper(p.tokens[p.at]) {
		case "AND", "OR":
			p.at++
			if !p.term(depth) {
				return false
			}
		default:
			return true
		}
	}
	return true
}

func (p *licenceParser) term(depth int) bool {
	if p.at >= len(p.tokens) {
		return false
	}
	token := p.tokens[p.at]
	p.at++
	if token == "(" {
		if !p.expression(depth+1) || p.at >= len(p.tokens) || p.tokens[p.at] != ")" {
			return false
		}
		p.at++
		return true
	}
	id := strings.ToLower(token)
	if !p.known[id] && !p.known[strings.TrimSuffix(id, "+")] {
		return false
	}
	if p.at < len(p.tokens) && strings.EqualFold(p.tokens[p.at], "with") {
		p.at++
		if p.at >= len(p.tokens) || !exceptionName(p.tokens[p.at]) {
			return false
		}
		p.at++
	}
	return true
}

func exceptionName(s string) bool {
	switch strings.ToUpper(s) {
	case "AND", "OR", "WITH", "(", ")":
		return false
	}
	for _, c := range s {
		if !(c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || c == '-' || c == '.') {
			return false
		}
	}
	return true
}
