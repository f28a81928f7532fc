package content

import (
	"bufio"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/shopspring/decimal"
)

type written struct{ want, text string }

// table reads a table of what people write: what is wanted, a tab, the text.
func table(t *testing.T, name string) (rows []written) {
	t.Helper()
	f, err := os.Open("testdata/" + name)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = f.Close() }()
	for s := bufio.NewScanner(f); s.Scan(); {
		want, text, ok := strings.Cut(s.Text(), "\t")
		if !ok {
			t.Fatalf("%s: %q has no tab", name, s.Text())
		}
		rows = append(rows, written{want, strings.ReplaceAll(text, `\n`, "\n")})
	}
	if len(rows) < 10 {
		t.Fatalf("%s: %d rows", name, len(rows))
	}
	return rows
}

// What people write in each kind of cell, traps by half, means what its table says.
func TestWhatPeopleWrite(t *testing.T) {
	one := decimal.NewFromInt(1)
	tests := []struct {
		file string
		is   func(text string) string
	}{
		{"reasons.tsv", func(s string) string {
			if SaysNothing(s, "Fix the date picker", "Corriger le sélecteur de date", "Northern Software Inc.") {
				return "nothing"
			}
			return "something"
		}},
		{"prices.tsv", func(s string) string {
			if words := OpenPrice(s, one); words != "" {
				if !strings.Contains(s, words) {
					t.Errorf("%q: the words %q do not stand in it", s, words)
				}
				return "open"
			}
			return "fixed"
		}},
		{"suppliers.tsv", func(s string) string {
			if SeveralSuppliers(s) {
				return "several"
			}
			return "one"
		}},
		{"taxes.tsv", func(s string) string {
			switch {
			case Untaxed(s):
				return "untaxed"
			case TaxExtra(s) != "":
				return "extra"
			}
			return "neither"
		}},
	}
	for _, test := range tests {
		for _, row := range table(t, test.file) {
			if got := test.is(row.text); got != row.want {
				t.Errorf("%s: %q is %s, want %s (%q)", test.file, row.text, got, row.want, OpenPrice(row.text, one))
			}
		}
	}
}

func TestWhatARateComesTo(t *testing.T) {
	for text, want := range map[string]string{
		"3,500 a month for 12 months":                         "42000",
		"$3,500.00 per month, twelve months":                  "42000",
		"3 500 $ par mois pendant 12 mois":                    "42000",
		"1 450 $ par mois, durée de 18 mois":                  "26100",
		"12-month subscription at $50/month":                  "600",
		"$900 a month for one year":                           "10800",
		"40 hours at $100 an hour":                            "4000",
		"80 heures à 92 $ l’heure":                            "7360",
		"$2,000 per quarter for two years":                    "16000",
		"six sprints at $7,400 per sprint":                    "44400",
		"12 months at 3,500 a month":                          "42000",
		"3,500 a month":                                       "",
		"250 $ par mois, facturée une fois par an (3 000 $)":  "3000",
		"$250 per month ($3,000)":                             "3000",
		"$250 per month; the old one was $310":                "",
		"report of 200 requests per month for the 12 months":  "",
		"Twelve posters":                                      "",
		"open 24 hours a day":                                 "",
		"Rent a tent for 3 days":                              "",
		"99999999999999999999999999 a month for 12 months":    "",
		"The newsletter goes out 4 times a month for 2 years": "",
	} {
		whole, _, ok := Whole(text)
		if got := whole.String(); ok != (want != "") || ok && got != want {
			t.Errorf("%q comes to %s (%v), want %s", text, got, ok, want)
		}
	}
	// A bare number beside a word of what is bought is a price where it is the line's own.
	for text, want := range map[string]string{"Subscription to the data feed, 3,500 a month for 12 months": "42000", "the data feed takes 3,400 a month for 12 months": "0"} {
		if whole, _, _ := Whole(text, decimal.NewFromInt(3500)); whole.String() != want {
			t.Errorf("%q at 3500 comes to %s, want %s", text, whole, want)
		}
	}
	// A rate that the line's own quantity counts is not open.
	if words := OpenPrice("Mentoring at $450 per session", decimal.NewFromInt(6)); words != "" {
		t.Errorf("six sessions by the quantity: %q is open", words)
	}
}

func TestTaxNumbers(t *testing.T) {
	for text, want := range map[string]bool{"123456782RT0001": true, "12345 6782 RT 0001": true, "1234567890 TQ 0001": true, "123456782": false, "RT": false, "": false} {
		if TaxNumber(text) != want {
			t.Errorf("%q bears a tax number: %v", text, !want)
		}
	}
}

// A text of a whole cell, or of nothing but words that begin phrases, takes no longer than its length.
func TestLongTextsAreQuick(t *testing.T) {
	for _, piece := range []string{"up to ", "3,500 a month ", "a ", "asdf", "or ", "cost ", "12 months ", "Inc. and ", "\n", "é"} {
		text := strings.Repeat(piece, 32_767/len(piece))
		start := time.Now()
		OpenPrice(text, decimal.Zero)
		Whole(text)
		TaxExtra(text)
		Untaxed(text)
		SaysNothing(text, text, text)
		SeveralSuppliers(text)
		if took := time.Since(start); took > time.Second {
			t.Errorf("%q again and again takes %v", piece, took)
		}
	}
}
