package statement

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/pelletier/go-toml/v2"

	"handrail/internal/request"
	"handrail/internal/workbook"
)

// outside are statement files as an outsider laid them out, with what is right; testdata/layouts/README.md says how to read them.
type outside struct {
	file, verdict string
	data          []byte
	truth         []outsideRow
	profile       *Profile // what a person has to say first, in the words of a configuration
}

type outsideRow struct{ posted, transacted, merchant, amount, currency, last4, kind, status string }

func tsv(t *testing.T, path string) (rows [][]string) {
	t.Helper()
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	for i, line := range strings.Split(strings.TrimRight(string(text), "\n"), "\n") {
		if i > 0 {
			rows = append(rows, strings.Split(strings.TrimRight(line, "\r"), "\t"))
		}
	}
	return rows
}

func outsideLayouts(t *testing.T) (all []outside) {
	t.Helper()
	const dir = "testdata/layouts/"
	text, err := os.ReadFile("testdata/layouts_profiles.toml")
	if err != nil {
		t.Fatal(err)
	}
	var profiles map[string]*Profile
	if err := toml.Unmarshal(text, &profiles); err != nil {
		t.Fatal(err)
	}
	for _, row := range tsv(t, dir+"truth.tsv") {
		o := outside{file: row[0], verdict: row[1], profile: profiles[row[0]]}
		if o.data, err = os.ReadFile(filepath.Join(dir, o.file)); err != nil {
			t.Fatal(err)
		}
		for _, r := range tsv(t, dir+o.file+".truth.tsv") {
			o.truth = append(o.truth, outsideRow{r[1], r[2], r[3], r[4], r[5], r[6], r[7], r[8]})
		}
		all = append(all, o)
	}
	return all
}

// heldAgainst says where a reading differs from what is right, "" nowhere. What the README leaves open is either.
func (o *outside) heldAgainst(s *Statement) string {
	if len(s.Charges) != len(o.truth) {
		return fmt.Sprintf("%d charges of %d", len(s.Charges), len(o.truth))
	}
	spaces := func(s string) string { return strings.Join(strings.Fields(s), " ") }
	for i, want := range o.truth {
		c := &s.Charges[i]
		kind, status := string(c.Kind), string(c.Status)
		if kind == "" {
			kind = "purchase"
		}
		if status == "" {
			status = "posted"
		}
		var off []string
		differ := func(what, got, want string) {
			if got != want {
				off = append(off, fmt.Sprintf("%s %q, want %q", what, got, want))
			}
		}
		if want.posted != "" && want.transacted != "" || c.Posted != c.Transacted {
			if want.posted != "" {
				differ("posted", c.Posted.String(), want.posted)
			}
		}
		if want.transacted != "" && o.file != "n26_en.csv" { // its value date may be taken or left
			differ("transaction", c.Transacted.String(), want.transacted)
		} else if c.Transacted.String() != want.posted && c.Posted.String() != want.posted {
			differ("day", c.Transacted.String(), want.posted)
		}
		if m := spaces(c.Merchant); !fairMerchant(o.file, m, spaces(want.merchant)) {
			differ("merchant", m, spaces(want.merchant))
		}
		differ("amount", c.Amount.Plain(), want.amount)
		differ("currency", c.Amount.Currency, want.currency)
		if c.Card != "" { // that it stands above the table, or in the text, need not be known
			differ("card", c.Card, want.last4)
		}
		differ("kind", kind, want.kind)
		differ("status", status, want.status)
		if len(off) > 0 {
			return fmt.Sprintf("charge %d: %s", i+1, strings.Join(off, "; "))
		}
	}
	return ""
}

// fairMerchant is for the files of which the README says that another text is right as well.
func fairMerchant(file string, got, want string) bool {
	switch file {
	case "amex_ca.csv", "divvy.csv", "barclays_uk.csv", "boursorama.csv":
		first, _, _ := strings.Cut(strings.ToUpper(want), " ")
		return strings.Contains(strings.ToUpper(got), first)
	}
	return got == want
}

// toldRows are files of which nothing is silent that is not right: the rows that cannot be read are named, and the others are.
var toldRows = map[string]bool{"refuse_unquoted_comma.csv": true}

// TestOutsidersLayouts reads a hundred layouts as they are, else by the profile that is proposed (with the currency, where no file can say it), else by
// the one that a person writes down. None may be read wrongly.
func TestOutsidersLayouts(t *testing.T) {
	var asTheyAre, proposed, written, refused, unread, readable int
	for _, o := range outsideLayouts(t) {
		read := func(p *Profile) (*Statement, error) {
			return Read(t.Context(), o.data, workbook.DefaultBounds(), Options{Name: o.file, Currency: "CAD", Profile: p})
		}
		s, err := read(nil)
		if o.verdict == "refuse" {
			switch {
			case err != nil, len(s.Charges) == 0, toldRows[o.file]:
				refused++
			default:
				t.Errorf("%s is read: %d charges", o.file, len(s.Charges))
			}
			continue
		}
		readable++
		said := "it is refused"
		if err == nil {
			said = o.heldAgainst(s)
			if off := o.beyondCurrency(s); off != "" && len(s.Charges) > 0 && !hasReturned(s) {
				t.Errorf("%s is read wrongly: %s", o.file, off)
			}
		}
		if said == "" {
			asTheyAre++
			continue
		}
		if p := o.proposal(t); p != nil {
			if s, err := read(p); err == nil {
				off := o.heldAgainst(s)
				if off == "" {
					proposed++
					continue
				}
				if !hasReturned(s) && o.profile == nil { // else a person has more to say than what is proposed
					t.Errorf("%s is read wrongly by the proposed profile: %s", o.file, off)
				}
			}
		}
		if o.profile != nil {
			s, err := read(o.profile)
			if err != nil {
				said = err.Error()
			} else if said = o.heldAgainst(s); said == "" {
				written++
				t.Logf("%s is read by a written profile", o.file)
				continue
			} else if !hasReturned(s) {
				t.Errorf("%s is read wrongly by what a person wrote down: %s", o.file, said)
			}
		}
		unread++
		t.Logf("%s is not read: %s", o.file, said)
	}
	t.Logf("of %d layouts that can be read: %d as they are, %d by the proposed profile, %d by a written one, %d not; of the others %d are refused", readable, asTheyAre, proposed, written, unread, refused)
	if 100*(asTheyAre+proposed) < 95*readable {
		t.Errorf("%d of %d layouts are read as they are or by the proposed profile", asTheyAre+proposed, readable)
	}
}

// beyondCurrency is heldAgainst without what no file says itself: the currency, where a person has to say it.
func (o *outside) beyondCurrency(s *Statement) string {
	if o.verdict != "profile" || o.profile == nil || o.profile.Currency == "" {
		return o.heldAgainst(s)
	}
	c := *s
	c.Charges = append([]Charge(nil), s.Charges...)
	for i := range c.Charges {
		c.Charges[i].Amount.Currency = o.profile.Currency
	}
	return o.heldAgainst(&c)
}

func hasReturned(s *Statement) bool {
	for _, p := range s.Problems {
		if p.Severity == request.ReturnSeverity {
			return true
		}
	}
	return false
}

// proposal is the profile that is proposed for a file, with the currency that a person adds; nil for none.
func (o *outside) proposal(t *testing.T) *Profile {
	t.Helper()
	e, err := Explain(t.Context(), o.data, workbook.DefaultBounds(), Options{Name: o.file, Currency: "CAD"})
	if err != nil {
		t.Fatal(err)
	}
	if e.Proposed == nil {
		return nil
	}
	p := *e.Proposed
	if o.profile != nil && o.profile.Currency != "" {
		p.Currency = o.profile.Currency
	}
	return &p
}
