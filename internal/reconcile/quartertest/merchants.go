package quartertest

import (
	"fmt"
	"strings"
)

const cutAt = 22

// plain drops accents, as most banks' systems do.
func plain(s string) string {
	return strings.NewReplacer("à", "a", "â", "a", "ç", "c", "é", "e", "è", "e", "ê", "e", "ë", "e", "î", "i", "ï", "i", "ó", "o",
		"ô", "o", "ù", "u", "û", "u", "ü", "u", "É", "E", "Î", "I", "Ô", "O").Replace(s)
}

// capitals is a name as a terminal prints it.
func capitals(name string) string {
	return strings.ToUpper(plain(strings.NewReplacer(".", "", ",", "").Replace(name)))
}

// cut is a name in capitals in a field of 22 characters with city and province after it.
func cut(s supplier) string {
	c := capitals(s.name)
	if len(c) > cutAt {
		c = c[:cutAt]
	}
	return fmt.Sprintf("%-22s %s", c, s.city)
}

// cutIsClear says that a cut leaves what tells the supplier from others: all of its stem, or the better part.
func cutIsClear(s supplier) bool {
	c, stem := capitals(s.name), capitals(s.stem)
	at := strings.Index(c, stem)
	left := min(len(c), cutAt) - at
	return left >= len(stem) || left >= 7
}

// printed is a supplier's name in one of the ways that every matcher must know.
func (d *draft) printed(s supplier) string {
	switch n := d.int(6); {
	case n == 0:
		return s.name
	case n == 1:
		return capitals(s.name)
	case n == 2:
		return capitals(s.name) + " " + s.city
	case n == 3 && !strings.HasSuffix(s.name, "inc."):
		return fmt.Sprintf("%s #%03d", capitals(s.name), 1+d.int(400))
	default:
		if cutIsClear(s) {
			return cut(s)
		}
		return capitals(s.name)
	}
}

// form is a supplier's name with another legal form than it has, or none.
func (d *draft) form(s supplier) string {
	bare := s.name
	for _, f := range []string{" Inc.", " Ltd.", " Limited", " Corp.", " inc.", " ltée", " enr."} {
		bare = strings.TrimSuffix(bare, f)
	}
	switch {
	case strings.HasSuffix(s.name, " ltée"):
		return capitals(bare) + pick(d, " LTD", " LTEE", " LIMITEE", "")
	case strings.HasSuffix(s.name, "Ltd."), strings.HasSuffix(s.name, "Limited"):
		return capitals(bare) + pick(d, " LTEE", " LIMITED", " LTD", " LTD/LTEE", "")
	case strings.HasSuffix(s.name, "Corp."):
		return capitals(bare) + pick(d, " CORPORATION", " CORP", "")
	default:
		return capitals(bare) + pick(d, " INC", " INC.", " INCORPORATED", "")
	}
}

func pick[T any](d *draft, of ...T) T { return of[d.int(len(of))] }

// code is a processor's own mark of a sale.
func (d *draft) code(n int) string {
	const letters = "23456789ABCDEFGHJKLMNPRSTUVWXYZ"
	out := make([]byte, n)
	for i := range out {
		out[i] = letters[d.int(len(letters))]
	}
	return string(out)
}
