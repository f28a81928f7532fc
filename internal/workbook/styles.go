package workbook

import (
	"context"
	"strings"
)

// styles is what reading needs from styles.xml: which cell formats show a date.
type styles struct {
	dates []bool // by index into cellXfs
}

func (k *Book) readStyles(ctx context.Context) error {
	k.styles = &styles{}
	r, ok := relOfKind(k.mainRels, relStyles)
	if !ok || !k.a.has(r.target) {
		return nil
	}
	s, c, err := k.a.scanSmall(ctx, r.target)
	if err != nil {
		return err
	}
	defer c.Close()
	if err := s.next(); err != nil {
		return err
	}
	if !s.is("styleSheet") {
		return s.bad("the root element is <%s>", s.name)
	}
	dates := map[int]bool{} // by the number of a format
	var formats []int
	inXfs := 0
	for s.kind != eofToken {
		if err := s.next(); err != nil {
			return err
		}
		if s.elements > k.b.StyleElements {
			return overBound("StyleElements", s.part, "", int64(s.elements), int64(k.b.StyleElements))
		}
		switch {
		case s.kind == endToken && s.depth == 1:
			inXfs = 0
		case s.kind != startToken:
		case s.is("numFmt") && s.depth == 3:
			dates[atoi(s.attr("numFmtId"))] = showsDate(s.attrText("formatCode"))
		case s.is("cellXfs") && s.depth == 2:
			inXfs = 3
		case s.is("xf") && s.depth == inXfs:
			formats = append(formats, atoi(s.attr("numFmtId")))
		}
	}
	k.styles.dates = make([]bool, len(formats))
	for i, f := range formats {
		date, custom := dates[f]
		k.styles.dates[i] = date || !custom && builtInDate(f)
	}
	return nil
}

// builtInDate reports whether a number format without a code of its own shows a date or a time of day: the ones every
// Excel has, and those of the East Asian and Thai versions.
func builtInDate(id int) bool {
	switch {
	case id >= 14 && id <= 22, id >= 27 && id <= 36, id == 45, id == 47, id >= 50 && id <= 58, id >= 71 && id <= 81:
		return true
	}
	return false
}

// showsDate reports whether a format code shows a date or a time of day. Elapsed time ([h]:mm) is a quantity, not a
// date. Only the section for positive numbers counts.
func showsDate(code string) bool {
	if strings.EqualFold(code, "General") || strings.EqualFold(code, "Standard") {
		return false
	}
	found := false
	for i := 0; i < len(code); i++ {
		switch c := code[i]; c {
		case ';':
			return found
		case '"':
			end := strings.IndexByte(code[i+1:], '"')
			if end < 0 {
				return found
			}
			i += end + 1
		case '\\', '_', '*':
			i++
		case '[':
			end := strings.IndexByte(code[i:], ']')
			if end < 0 {
				return found
			}
			if elapsed(code[i+1 : i+end]) {
				return false
			}
			i += end
		case 'd', 'D', 'm', 'M', 'y', 'Y', 'h', 'H', 's', 'S', 'j', 'J', 'a', 'A', 'T', 't':
			// J, A and T are the days and years of French and German codes; A also begins AM/PM, T a tab of numbers
			// never. "General" as one word among others has an A.
			if rest := code[i:]; c == 'a' || c == 'A' {
				found = found || strings.HasPrefix(strings.ToLower(rest), "aa") || strings.HasPrefix(strings.ToLower(rest), "am/pm")
				continue
			}
			if (c == 't' || c == 'T') && !strings.HasPrefix(strings.ToLower(code[i:]), "tt") {
				continue
			}
			if (c == 'j' || c == 'J') && !strings.HasPrefix(strings.ToLower(code[i:]), "jj") {
				continue
			}
			found = true
		case 'g', 'G':
			if len(code)-i >= 7 && strings.EqualFold(code[i:i+7], "General") {
				i += 6
			}
		case 'e':
			// Years of an era; "0.00e+00" is a number.
			if i+1 == len(code) || code[i+1] != '+' && code[i+1] != '-' {
				found = true
			}
		}
	}
	return found
}

// elapsed reports whether the inside of brackets counts hours, minutes or seconds past their usual ends.
func elapsed(s string) bool {
	s = strings.ToLower(s)
	return s != "" && (strings.Trim(s, "h") == "" || strings.Trim(s, "m") == "" || strings.Trim(s, "s") == "")
}
