package reconcile

import (
	"regexp"
	"slices"
	"strings"

	"handrail/internal/request"
)

// processorWords are all the words of texts that name who moved the money and nobody who was paid.
var processorWords = codes("paypal pp pypl sq sqc square tst toast stripe str shopify paddle paddlenet fs fastspring 2co 2checkout com net inc ca us payment payments marketplace mktp amzn msft goog")

// processorAlone reports whether a merchant's text names a processor only: "PAYPAL *", "SQ *", "PADDLE.NET* 4029357733".
func processorAlone(merchant string) bool {
	words := request.SupplierWords(merchant)
	words = slices.DeleteFunc(words, func(w string) bool { return strings.Trim(w, "0123456789") == "" && !processorWords[w] })
	if len(words) == 0 {
		return false
	}
	return !slices.ContainsFunc(words, func(w string) bool { return !processorWords[w] })
}

// ownBrand are texts by which sellers that others also sell through write themselves.
var ownBrand = []struct {
	text  *regexp.Regexp
	brand string
}{
	{regexp.MustCompile(`(?i)^\s*(?:amzn|amazon)(?:\.\w+)*\b`), "amazon"},
	{regexp.MustCompile(`(?i)^\s*(?:msft|microsoft)\s*\*`), "microsoft"},
	{regexp.MustCompile(`(?i)^\s*(?:apl\s*\*\s*itunes|apple\.com/bill)`), "apple"},
	{regexp.MustCompile(`(?i)^\s*google\s*\*\s*(?:cloud|workspace|gsuite|ads|svcs|services|storage|one|domains)`), "google"},
}

// brandWords may stand beside a brand in a supplier's name that is still the brand itself.
var brandWords = codes("com ca comca canada business services marketplace web cloud ireland operations of")

// ofBrand lists the suppliers that a seller's own short text stands for: "AMZN Mktp CA*2K4" is Amazon.
func (x *nameIndex) ofBrand(merchant string) []alike {
	for _, b := range ownBrand {
		if !b.text.MatchString(merchant) {
			continue
		}
		word := request.LookOf(b.brand)
		at, _ := slices.BinarySearch(x.sorted, word)
		var list []alike
		for ; at < len(x.sorted) && strings.HasPrefix(x.sorted[at], word); at++ {
			if isBrand(x.texts[x.sorted[at]], b.brand) {
				list = append(list, alike{x.sorted[at], longerName})
			}
		}
		return x.supplierOf(list)
	}
	return nil
}

// soldByOthers reports whether a text is of a seller through whom others sell too: the rest of it is a code that names nobody.
func soldByOthers(merchant string) bool {
	for _, b := range ownBrand {
		if b.text.MatchString(merchant) {
			return true
		}
	}
	return false
}

func isBrand(supplier, brand string) bool {
	words := request.SupplierWords(supplier)
	rest, ok := strings.CutPrefix(words[0], brand)
	if !ok || rest != "" && !brandWords[rest] {
		return false
	}
	for _, w := range words[1:] {
		if !brandWords[w] && !request.LegalForm(w) {
			return false
		}
	}
	return true
}

// commonWords stand in the names of many suppliers and tell none: places, trades, first names.
var commonWords = looked("canada canadian canadien canadienne ontario quebec alberta manitoba saskatchewan british columbia nova scotia brunswick newfoundland labrador yukon nunavut " +
	"ottawa gatineau kanata toronto montreal vancouver calgary edmonton winnipeg halifax regina victoria laval hamilton london kingston national north south east west " +
	"conseiller conseillers adviser advisers group groupe services service international global the le la les de du des and et of company compagnie " +
	"store shop boutique magasin centre center restaurant hotel cafe online internet payment paiement purchase achat " +
	"alice andre anne bob david jean john julie marie mark michael michel nathalie paul peter pierre robert sarah sophie")

func looked(list string) map[string]bool {
	set := map[string]bool{}
	for w := range strings.FieldsSeq(list) {
		set[request.LookOf(w)] = true
	}
	return set
}

// telling reports whether a word of namingWords can tell a supplier from others.
func telling(word string) bool {
	return !commonWords[word] && !regions[word] && strings.Trim(word, "0123456789") != ""
}

// shareTelling reports whether two names have a word in common that tells a supplier from others, but for a slip or a cut.
func shareTelling(m, s []string) bool {
	if slices.Equal(m, s) || strings.Join(m, "") == strings.Join(s, "") {
		return true
	}
	for _, a := range m {
		if telling(a) && slices.ContainsFunc(s, func(b string) bool { return telling(b) && related(a, b) }) {
			return true
		}
	}
	// Names written together or apart: "BOREALDATA".
	x, y := strings.Join(m, ""), strings.Join(s, "")
	return len(m) != len(s) && (strings.HasPrefix(x, y) || strings.HasPrefix(y, x)) && (len(m) == 1 || len(s) == 1) && slices.ContainsFunc(s, telling)
}

func related(a, b string) bool {
	return a == b || oneSlip(a, b) || len(a) >= 3 && strings.HasPrefix(b, a) || len(b) >= 3 && strings.HasPrefix(a, b)
}
