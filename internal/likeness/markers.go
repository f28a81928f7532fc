package likeness

import (
	"regexp"
	"strings"
	"sync"
)

// markers find how a name says that another name of the same supplier follows (alias), or somebody in the firm (care).
type markers struct{ alias, care *regexp.Regexp }

var marked = sync.OnceValue(func() markers {
	whole := func(alternatives string) *regexp.Regexp {
		return regexp.MustCompile(`(?i)(?:^|[\s,;(\[/–—-])(?:` + alternatives + `)(?:$|[\s:,;)\]])[\s:,;–—-]*`)
	}
	return markers{
		alias: whole(`o\s?/\s?a|o\.a\.|d\s?/\s?b\s?/\s?a|dba|d\.b\.a\.?|t\s?/\s?[as]s?|t\.a\.|a\s?/\s?k\s?/\s?a|aka|f\s?/\s?k\s?/\s?a|fka|n/k/a|s\s?/\s?n|s\.n\.|` +
			`f\.\s?a\.\s?s\.?(?:\s?r\.?\s?s\.?)?|operating (?:as|under)|doing business as|trading as|carrying on (?:business )?as|` +
			`also known as|formerly(?: known as)?|now known as|previously(?: known as)?|known as|` +
			`exploit(?:é|ée|e|ee|ant)(?: sous le nom(?: de)?)?|faisant (?:aussi )?affaires? sous(?: le nom(?: de)?| la raison sociale)?|` +
			`op[ée]rant sous(?: le nom(?: de)?)?|(?:aussi )?connue? sous le nom(?: de)?|sous le nom(?: de)?|anciennement|auparavant|` +
			`(?:a )?division of|a member of|part of|(?:a )?subsidiary of|(?:une )?division de|membre de|(?:une )?filiale de`),
		care: whole(`c\s?/\s?o|p\s?/\s?a|a\s?/\s?s(?: de)?|a\s?/\s?b\s?/\s?s|care of|aux (?:bons )?soins de|attn?\.?|f\.?a\.?o\.?|(?:(?:for|to|at) the )?attention(?: of| de)?|[àa] l['’](?:attention|intention|attn?\.?)|via|pour m(?:me|\.)|for m(?:rs?|s)\.?`),
	}
})

// hints are letters of which every marker has one: most names have none, and are not searched.
var hints = []string{"/", "o.a", "d.b.a", "t.a", "s.n", "f.a", " as", "under", "dba", "aka", "fka", "formerly", "previously", "exploit", "sous", "anciennement", "auparavant", " of ", " de ", "att", "fao", "f.a.o", "intention", " via ", " pour m", " for m"}

// hinted reports whether a text may have a marker.
func hinted(text string) bool {
	text = strings.ToLower(text)
	for _, h := range hints {
		if strings.Contains(text, h) {
			return true
		}
	}
	return false
}
