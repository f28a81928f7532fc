package reconcile

import (
	"bytes"
	"maps"
	"regexp"
	"slices"
	"strings"

	"handrail/internal/request"
)

// Processors write themselves before the merchant's name: "PAYPAL *ATELIER", "SQ *CAFE", "TST* DINER".
var processorPrefix = regexp.MustCompile(`(?i)^\s*(?:paypal|pp|pypl|sq|sqc|sp|tst|ls|lspd|cke|dnh|eventbrite|stripe|str|shopify|google|goog|gglpay|apl|apple|fs|iz|in|eb|ev|dri|ppl|py|zlr|bt|2co(?:\.com)?|2checkout|paddle(?:\.net)?|msft|amzn mktp(?: ca| us)?|amz)\s?\*+\s*|^\s*(?:paypal|stripe|shopify|tst)\s*[-:]\s+|^\s*paypal\s+inst\s+xfer\s+`)

// What banks write behind it: a store's number, a telephone number, a web address, a province or state and a country.
var (
	storeNumber   = regexp.MustCompile(`(?i)\s+(?:#|no\.?\s?|store\s+|magasin\s+)?\d{3,}\s*$|\s+#\s?\d+\s*$`)
	phoneNumber   = regexp.MustCompile(`\s+\+?1?[-. ]?\(?\d{3}\)?[-. ]?\d{3}[-. ]?\d{4}\b`)
	webAddress    = regexp.MustCompile(`(?i)\.(?:com|ca|net|org|io|us)(?:[/\s]\S*)?$`)
	receiptSuffix = regexp.MustCompile(`\*[A-Z0-9]{5,}\s*$`)
)

// Merchant is a merchant's name without what payment processors and banks put around it: "PAYPAL *ATELIER NUMERI
// 4029357733 ON" is "ATELIER NUMERI". A town that stands behind the name stays, for nobody can tell it from a name.
func merchantName(s string) string {
	if rest := strings.TrimSpace(s); len(rest) > 3 && (strings.EqualFold(rest[:3], "sp ") || strings.EqualFold(rest[:3], "ls ")) {
		s = rest[3:] // Shopify's and Lightspeed's own, without a star
	}
	for strings.ContainsAny(s, "*-:") || len(s) > 7 && strings.EqualFold(s[:7], "paypal ") {
		rest := processorPrefix.ReplaceAllString(s, "")
		if rest == s || strings.TrimSpace(rest) == "" {
			break
		}
		s = rest
	}
	if strings.IndexByte(s, '*') >= 0 {
		s = receiptSuffix.ReplaceAllString(s, "")
	}
	s = withoutDigits(s, phoneNumber)
	s = withoutRegion(s)
	s = strings.TrimSpace(withoutDigits(s, storeNumber))
	for _, web := range []string{"www.", "WWW.", "http://", "https://", "HTTP://", "HTTPS://"} {
		s = strings.TrimPrefix(s, web)
	}
	return strings.TrimSpace(s)
}

func withoutDigits(s string, p *regexp.Regexp) string {
	if !strings.ContainsAny(s, "0123456789") {
		return s
	}
	if cut := p.ReplaceAllString(s, ""); strings.TrimSpace(cut) != "" {
		return cut
	}
	return s
}

// countries and regions are the codes that banks write behind a merchant's town.
var (
	countries = codes("can canada usa us ca gbr fra irl deu nld")
	regions   = codes("ab bc mb nb nl ns nt nu on pe qc pq sk yt al ak az ar co ct dc de fl ga ia il in ks ky la ma md me mi mn mo ms mt nc nd ne nh nj nm nv ny oh ok or pa ri sc sd tn tx ut va vt wa wi wv wy")
)

func codes(list string) map[string]bool {
	set := map[string]bool{}
	for _, c := range strings.Fields(list) {
		set[c] = true
	}
	return set
}

// withoutRegion cuts a country and a province or state off the end, never the only word.
func withoutRegion(s string) string {
	for _, set := range []map[string]bool{countries, regions} {
		s = strings.TrimRight(s, " ")
		if i := strings.LastIndexByte(s, ' '); i > 0 && len(s)-i <= len(" canada") && set[strings.ToLower(s[i+1:])] {
			s = s[:i]
		}
	}
	return s
}

// How alike two names are, 0 to 100.
const (
	sameName      = 100
	longerName    = 95 // the merchant's name goes on behind the supplier's, with a town for one
	cutName       = 92 // the merchant's name is the supplier's, cut off as banks cut it
	likeName      = 84 // alike but for a typing slip
	fewestLetters = 2  // a shorter name says too little to be the beginning of another
	fewestCut     = 7
	fewestLike    = 6
	mostPostings  = 400
)

// nameIndex finds suppliers by a merchant's name. What looks alike by its letters is a candidate; it counts where the words say the
// same, for "Apple" begins "APPLETREE" and is another.
type nameIndex struct {
	exact   map[string]bool
	texts   map[string]string // of the names, as somebody wrote them
	sorted  []string
	trigram map[[3]byte][]int32 // of places in sorted
	found   map[string][]alike  // by merchant
	looked  map[string][]alike  // by its name: of the stores of a chain there is one
	forms   map[string]string   // of merchants, see form
	namings map[string]*naming  // of suppliers' names that were compared
	stands  map[string]string   // by another name that a supplier's name says, the supplier's
}

// alike is a supplier's normal name and how alike it is.
type alike struct {
	name  string
	score int
}

// newNameIndex makes the index of suppliers, by their normal names the texts that they were made of.
func newNameIndex(names map[string]string) *nameIndex {
	x := &nameIndex{exact: map[string]bool{}, texts: names, trigram: map[[3]byte][]int32{}, found: map[string][]alike{}, looked: map[string][]alike{}, forms: map[string]string{}, stands: map[string]string{}, namings: map[string]*naming{}}
	x.texts = maps.Clone(names)
	for _, n := range slices.Sorted(maps.Keys(names)) {
		if n != "" {
			x.exact[n] = true
			x.addOthers(n, names)
		}
	}
	for n := range x.exact {
		x.sorted = append(x.sorted, n)
	}
	slices.Sort(x.sorted)
	for i, n := range x.sorted {
		for _, t := range trigrams(n) {
			x.trigram[t] = append(x.trigram[t], int32(i))
		}
	}
	return x
}

// addOthers notes the other names that a supplier's name says: "Canada Post / Postes Canada", "Société des essais (SDE)". One that
// two suppliers say, or that is a supplier's own, stands for none.
func (x *nameIndex) addOthers(name string, names map[string]string) {
	text := names[name]
	if !strings.ContainsAny(text, "/(") {
		return
	}
	for _, part := range strings.FieldsFunc(text, func(r rune) bool { return r == '/' || r == '(' || r == ')' }) {
		form := request.SupplierName(part)
		if _, own := names[form]; own || form == "" || !slices.ContainsFunc(namingWords(part), telling) {
			continue
		}
		if of, known := x.stands[form]; known && of != name {
			delete(x.exact, form)
			continue
		}
		x.stands[form], x.texts[form], x.exact[form] = name, part, true
	}
}

// supplierOf are the names of suppliers for what may be other names of theirs, each once.
func (x *nameIndex) supplierOf(list []alike) []alike {
	if len(x.stands) == 0 {
		return list
	}
	out, seen := list[:0:0], map[string]bool{}
	for _, a := range list {
		if of, other := x.stands[a.name]; other {
			a.name = of
		}
		if !seen[a.name] {
			seen[a.name] = true
			out = append(out, a)
		}
	}
	return out
}

// trigrams lists the three letters at every place, each once.
func trigrams(s string) [][3]byte {
	list := make([][3]byte, 0, len(s))
	for i := 0; i+3 <= len(s); i++ {
		list = append(list, [3]byte{s[i], s[i+1], s[i+2]})
	}
	slices.SortFunc(list, func(a, b [3]byte) int { return bytes.Compare(a[:], b[:]) })
	return slices.Compact(list)
}

// suppliers lists the suppliers that a merchant may be, the most alike first; only those as alike as the best one, and
// no other, are worth a comparison of amounts, so only they are listed.
func (x *nameIndex) suppliers(merchant string) []alike {
	if list, ok := x.found[merchant]; ok {
		return list
	}
	if p := request.PlaceholderIn(request.Supplier, merchant); p == request.MeansNothing || p == request.MeansLater {
		x.found[merchant] = nil // n/a, a dash: the bank names nobody
		return nil
	}
	if list := x.ofBrand(merchant); len(list) > 0 {
		x.found[merchant] = list
		return list
	}
	if processorAlone(merchant) {
		x.found[merchant] = nil
		return nil
	}
	list := x.search(merchantName(merchant), x.form(merchant))
	for _, part := range partsOf(merchant) {
		if len(list) > 0 {
			break
		}
		list = x.search(part, request.SupplierName(part))
	}
	x.found[merchant] = list
	return list
}

// partsOf are other readings of a merchant's text: all of it, without the end of a web address, what stands before a receipt's code,
// and both names where it is written in two languages.
func partsOf(merchant string) []string {
	parts := []string{merchant}
	if field, rest := fieldOf(merchant); rest != "" {
		parts = append(parts, merchantName(field))
	}
	name := merchantName(merchant)
	for _, form := range []string{"INC", "LTD", "LTEE", "LIMITED", "CORP", "LLC"} {
		if bare, ok := strings.CutSuffix(strings.ToUpper(name), form); ok && len(bare) >= fewestCut {
			parts = append(parts, bare) // written together: "QUORUMPRINTINGINC"
			break
		}
	}
	if site := webAddress.ReplaceAllString(name, ""); site != name {
		parts = append(parts, site)
	}
	if before, _, ok := strings.Cut(name, "*"); ok {
		parts = append(parts, before)
	}
	if a, b, ok := strings.Cut(merchant, "/"); ok {
		parts = append(parts, a, withoutDigits(b, storeNumber))
	}
	return parts
}

const fieldWidth = 22

// fieldOf parts a text that has columns: the name in 22 characters, a town and a province.
func fieldOf(merchant string) (name, town string) {
	if len(merchant) <= fieldWidth+2 || !strings.Contains(merchant, "  ") || withoutRegion(merchant) == merchant {
		return merchant, ""
	}
	return strings.TrimSpace(merchant[:fieldWidth]), strings.TrimSpace(merchant[fieldWidth:])
}

// form is a merchant's name in the form by which suppliers are compared.
func (x *nameIndex) form(merchant string) string {
	f, ok := x.forms[merchant]
	if !ok {
		f = request.SupplierName(merchantName(merchant))
		x.forms[merchant] = f
	}
	return f
}

// search looks for a merchant by its text and the form of that.
func (x *nameIndex) search(text, form string) []alike {
	list, ok := x.looked[text]
	if !ok {
		list = x.supplierOf(x.lookFor(text, form))
		x.looked[text] = list
	}
	return list
}

func (x *nameIndex) lookFor(text, m string) []alike {
	if m == "" {
		return nil
	}
	if x.exact[m] {
		return []alike{{m, sameName}}
	}
	var merchant *naming
	sameWords := func(name string) bool {
		if merchant == nil {
			n := read(text)
			merchant = &n
		}
		supplier, known := x.namings[name]
		if !known {
			n := read(x.texts[name])
			supplier = &n
			x.namings[name] = supplier
		}
		return shareTelling(merchant.looks, supplier.looks) && wordsAgree(text, merchant, supplier)
	}
	// The longest supplier's name that the merchant's begins with.
	for n := len(m) - 1; n >= fewestLetters; n-- {
		if x.exact[m[:n]] && sameWords(m[:n]) {
			return []alike{{m[:n], longerName}}
		}
	}
	var list []alike
	if len(m) >= fewestCut {
		at, _ := slices.BinarySearch(x.sorted, m)
		for ; at < len(x.sorted) && strings.HasPrefix(x.sorted[at], m); at++ {
			if sameWords(x.sorted[at]) {
				list = append(list, alike{x.sorted[at], cutName})
			}
		}
		if len(list) > 0 {
			return list
		}
	}
	return slices.DeleteFunc(x.fuzzy(m), func(a alike) bool { return !sameWords(a.name) })
}

// fuzzy finds names that differ by a slip: one letter in six, two in twelve.
func (x *nameIndex) fuzzy(m string) []alike {
	if len(m) < fewestLike {
		return nil
	}
	shared := map[int32]int{}
	for _, t := range trigrams(m) {
		if list := x.trigram[t]; len(list) <= mostPostings {
			for _, i := range list {
				shared[i]++
			}
		}
	}
	best, slips := []alike(nil), len(m)
	for i, n := range shared {
		name := x.sorted[i]
		if n < 2 || len(name) < fewestLike {
			continue
		}
		allowed := min(len(name), len(m)) / fewestLike
		if d := prefixDistance(name, m); d <= allowed && d <= slips {
			if d < slips {
				best, slips = best[:0], d
			}
			best = append(best, alike{name, likeName - 2*d})
		}
	}
	slices.SortFunc(best, func(a, b alike) int { return strings.Compare(a.name, b.name) })
	return best
}

// prefixDistance is the fewest slips (a letter wrong, missing, too many, or two swapped) between a supplier's name and
// a merchant's, when either may go on where the other ends.
func prefixDistance(a, b string) int {
	const most = 48
	a, b = a[:min(len(a), most)], b[:min(len(b), most)]
	var before, previous, current [most + 1]int
	for j := range len(b) + 1 {
		previous[j] = j
	}
	best := most
	for i := 1; i <= len(a); i++ {
		current[0] = i
		for j := 1; j <= len(b); j++ {
			cost := 1
			if a[i-1] == b[j-1] {
				cost = 0
			}
			current[j] = min(previous[j]+1, current[j-1]+1, previous[j-1]+cost)
			if i > 1 && j > 1 && a[i-1] == b[j-2] && a[i-2] == b[j-1] {
				current[j] = min(current[j], before[j-2]+1)
			}
		}
		before, previous = previous, current
		best = min(best, previous[len(b)]) // a goes on behind b
	}
	for j := range len(b) + 1 {
		best = min(best, previous[j]) // b goes on behind a
	}
	return best
}
