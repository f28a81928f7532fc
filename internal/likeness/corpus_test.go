package likeness

import (
	"bytes"
	"crypto/sha256"
	"encoding/csv"
	"encoding/hex"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"golang.org/x/text/encoding/charmap"
)

// The corpus of real files that nobody here wrote, beside the project.
const spend = "../../../shared/corpus/spend"

// corpusNames are the different suppliers' names of the published spend, as printed but with single spaces.
func corpusNames(t testing.TB) []string {
	files, err := filepath.Glob(filepath.Join(spend, "*.csv"))
	if err != nil || len(files) == 0 {
		t.Skip("the corpus of published spend is not here")
	}
	found := map[string]bool{}
	for _, file := range files {
		data, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		if !utf8.Valid(data) {
			if data, err = charmap.Windows1252.NewDecoder().Bytes(data); err != nil {
				t.Fatal(err)
			}
		}
		r := csv.NewReader(bytes.NewReader(data))
		r.FieldsPerRecord, r.LazyQuotes = -1, true
		rows, err := r.ReadAll()
		if err != nil {
			t.Fatal(file, err)
		}
		for _, row := range rows[1:] {
			if name := strings.Join(strings.Fields(row[len(row)-1]), " "); name != "" {
				found[name] = true
			}
		}
	}
	var names []string
	for name := range found {
		names = append(names, name)
	}
	slices.Sort(names)
	return names
}

// labels are what a reader said of pairs of names, by their hashes; the names are not ours to keep.
func labels(t testing.TB) [][3]string {
	data, err := os.ReadFile("testdata/pairs.tsv")
	if err != nil {
		t.Fatal(err)
	}
	var list [][3]string
	for line := range strings.Lines(string(data)) {
		if f := strings.Fields(line); len(f) == 3 && f[0] != "#" {
			list = append(list, [3]string{f[0], f[1], f[2]})
		}
	}
	return list
}

func TestNamesOfPublishedSpend(t *testing.T) {
	byHash := map[string]string{}
	for _, name := range corpusNames(t) {
		sum := sha256.Sum256([]byte(name))
		byHash[hex.EncodeToString(sum[:8])] = name
	}
	var pairs []judged
	matches, met, unsure, unsureAlike := 0, 0, 0, 0
	for _, l := range labels(t) {
		a, b := byHash[l[0]], byHash[l[1]]
		if a == "" || b == "" {
			t.Fatalf("no name has the hash %s or %s", l[0], l[1])
		}
		x, y := ReadName(a), ReadName(b)
		score := Names(x, y)
		if l[2] == "unsure" {
			unsure++
			if score >= NamesAlike {
				unsureAlike++
			}
			continue
		}
		pairs = append(pairs, judged{score, l[2] == "same", l[2], a, b})
		if l[2] == "same" && score >= NamesAlike {
			matches++
			if meet(x, y) || x.Form() == y.Form() {
				met++
			}
		}
	}
	precision, recall := measure(t, "published spend", pairs, NamesAlike)
	t.Logf("of %d that the reader could not tell, %d are alike; of %d matches %d meet in a block", unsure, unsureAlike, matches, met)
	if precision < 0.90 || recall < 0.80 {
		t.Errorf("precision %.3f and recall %.3f on real names", precision, recall)
	}
	if met < matches {
		t.Errorf("%d of %d matches meet in no block", matches-met, matches)
	}
}

// Over all names of the corpus, few must be compared with each.
func TestBlocksOfPublishedSpend(t *testing.T) {
	names := corpusNames(t)
	read := make([]Name, len(names))
	index := map[string][]int{}
	most := 0
	for i, name := range names {
		read[i] = ReadName(name)
		keys := read[i].Blocks()
		most = max(most, len(keys))
		for _, k := range keys {
			index[k] = append(index[k], i)
		}
	}
	candidates, alike, lost := 0, 0, 0
	for i := range read {
		near := map[int]bool{}
		for _, k := range read[i].Blocks() {
			for _, j := range index[k] {
				near[j] = true
			}
		}
		candidates += len(near) - 1
		for j := range i {
			if !near[j] && (i*31+j)%32 != 0 { // one in thirty-two of those that meet nowhere is looked at
				continue
			}
			s := Names(read[i], read[j])
			if s < NamesAlike || read[i].Form() == read[j].Form() {
				continue
			}
			alike++
			if !near[j] {
				lost += 32
				t.Logf("alike by %d, and meet in no block: %q, %q", s, names[i], names[j])
			} else if testing.Verbose() {
				t.Logf("alike by %d: %q, %q", s, names[i], names[j])
			}
		}
	}
	mean := float64(candidates) / float64(len(read))
	t.Logf("%d names: %.1f candidates each on the mean, at most %d keys; %d pairs alike but not equal, about %d of them meet in no block", len(read), mean, most, alike, lost)
	if mean > 15 || float64(lost) > 0.02*float64(alike) || most > maxBlocks {
		t.Errorf("%.1f candidates, %d of %d lost, %d keys", mean, lost, alike, most)
	}
	keys := make([]string, 0, len(index))
	for k := range index {
		keys = append(keys, k)
	}
	slices.SortFunc(keys, func(a, b string) int { return len(index[b]) - len(index[a]) })
	for _, k := range keys[:12] {
		t.Logf("the key %q has %d names", k, len(index[k]))
	}
}
