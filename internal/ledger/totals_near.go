package ledger

import (
	"cmp"
	"context"
	"fmt"
	"math"
	"slices"
	"strings"
	"sync"

	"handrail/internal/likeness"
	"handrail/internal/request"
	"handrail/internal/totals"
)

const (
	perNearKey  = 60 // of the names or needs that meet under one key, the latest so many are looked at
	termsAsked  = 12 // of a need's words, the rarest so many are looked up
	mostNearer  = 60 // of what was found, those with the most keys in common are read and compared
	mostWords   = 200_000
	vocabularyN = "" // the row of need_word that counts the texts
)

// near is what a ledger remembers to find what is alike quickly. All of it can be read again.
type near struct {
	reader totals.Reader

	mu    sync.Mutex
	texts int            // how many needs there were when words was read
	words map[string]int // in how many needs a word stands, where it is more than one
}

// Reader remembers names and needs of late.
func (ts Totals) Reader() *totals.Reader { return &ts.tx.l.near.reader }

// nearOf is a statement that looks under so many keys.
type nearOf struct {
	table string
	keys  int
}

// NearNames are the suppliers' names on lines that count which are probably that of a name, the most alike first, at most
// totals.MostAlike. They are found by an index: the work does not grow with the ledger.
func (ts Totals) NearNames(ctx context.Context, text string) ([]request.Alike, error) {
	own := ts.Reader().Name(text)
	blocks := own.Blocks()
	if own.Form() == "" || len(blocks) == 0 {
		return nil, nil
	}
	args := make([]any, len(blocks))
	for i, b := range blocks {
		args[i] = b
	}
	shared, err := ts.meet(ctx, nearOf{"supplier_block", len(blocks)}, func(i int) string {
		return fmt.Sprintf("SELECT name AS id, %d AS key FROM supplier_block WHERE block = $%d ORDER BY name DESC LIMIT %d", i, i+1, perNearKey)
	}, args, func(int) float64 { return 1 })
	if err != nil {
		return nil, fmt.Errorf("look for names that are alike: %w", err)
	}
	var found []request.Alike
	err = eachIn(ctx, ts.tx, "SELECT n.form, n.name FROM supplier_name n WHERE n.id IN (%IN%)", nil, shared, func(scan func(...any) error) error {
		a := request.Alike{By: request.BySupplier}
		if err := scan(&a.Form, &a.Text); err != nil {
			return err
		}
		if a.Form == own.Form() {
			return nil
		}
		if a.Score = likeness.Names(own, ts.Reader().Name(a.Text)); a.Score >= likeness.NamesAlike {
			found = append(found, a)
		}
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("read names that are alike: %w", err)
	}
	return totals.Nearest(found), nil
}

// NearNeeds are the needs on lines that count, of since or later, which are probably that of a text, the most alike first. v is the
// Vocabulary of this transaction.
func (ts Totals) NearNeeds(ctx context.Context, v *Vocabulary, text totals.NeedText, since request.Date) ([]request.Alike, error) {
	own := ts.Reader().Need(text)
	if own.Form() == "" {
		return nil, nil
	}
	terms := own.Terms()
	slices.SortStableFunc(terms, func(a, b string) int {
		return cmp.Or(cmp.Compare(v.count(a), v.count(b)), cmp.Compare(v.Weight(b), v.Weight(a)))
	})
	terms = terms[:min(len(terms), termsAsked)]
	args := make([]any, 0, len(terms)+1)
	for _, t := range terms {
		args = append(args, t)
	}
	args = append(args, since.String())
	shared, err := ts.meet(ctx, nearOf{"need_term", len(terms)}, func(i int) string {
		return fmt.Sprintf("SELECT need AS id, %d AS key FROM need_term WHERE term = $%d AND last_day >= $%d ORDER BY last_day DESC, need DESC LIMIT %d",
			i, i+1, len(terms)+1, perNearKey)
	}, args, func(i int) float64 { return v.Weight(terms[i]) })
	if err != nil {
		return nil, fmt.Errorf("look for needs that are alike: %w", err)
	}
	var found []request.Alike
	err = eachIn(ctx, ts.tx, "SELECT n.form, n.title, n.title_other, n.description FROM need_text n WHERE n.id IN (%IN%)", nil, shared, func(scan func(...any) error) error {
		a := request.Alike{By: request.ByNeed}
		var t totals.NeedText
		if err := scan(&a.Form, &t.Title, &t.TitleOther, &t.Description); err != nil {
			return err
		}
		if a.Form == own.Form() {
			return nil
		}
		if a.Score = likeness.Needs(own, ts.Reader().Need(t), v); a.Score >= likeness.NeedsAlike {
			a.Text = t.Said()
			found = append(found, a)
		}
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("read needs that are alike: %w", err)
	}
	return totals.Nearest(found), nil
}

// meet runs one look-up for each key at once and gives the rows that share the most, by weight.
func (ts Totals) meet(ctx context.Context, of nearOf, look func(i int) string, args []any, weight func(key int) float64) ([]int64, error) {
	text := ts.tx.l.wording(of, func() string {
		parts := make([]string, of.keys)
		for i := range parts {
			parts[i] = fmt.Sprintf("SELECT * FROM (%s) k%d", look(i), i)
		}
		return strings.Join(parts, " UNION ALL ")
	})
	shared := map[int64]float64{}
	err := ts.tx.each(ctx, func(scan func(...any) error) error {
		var id int64
		var key int
		err := scan(&id, &key)
		shared[id] += weight(key)
		return err
	}, text, args...)
	if err != nil {
		return nil, err
	}
	ids := make([]int64, 0, len(shared))
	for id := range shared {
		ids = append(ids, id)
	}
	slices.SortFunc(ids, func(a, b int64) int { return cmp.Or(cmp.Compare(shared[b], shared[a]), cmp.Compare(b, a)) })
	return ids[:min(len(ids), mostNearer)], nil
}

// Vocabulary is how much the words of needs say, by how many of the ledger's needs each stands in.
type Vocabulary struct {
	likeness.Weights
	words map[string]int // never changed
}

func (v *Vocabulary) count(term string) int { return max(1, v.words[term]) }

// Vocabulary is that of the ledger's needs. It is read again when the ledger has grown by a fiftieth: a weight is no exact figure, and
// the facts keep what came of it.
func (ts Totals) Vocabulary(ctx context.Context) (*Vocabulary, error) {
	var texts int
	if _, err := ts.tx.one(ctx, []any{&texts}, "SELECT texts FROM need_word WHERE term = $1", vocabularyN); err != nil {
		return nil, fmt.Errorf("count needs: %w", err)
	}
	n := &ts.tx.l.near
	n.mu.Lock()
	defer n.mu.Unlock()
	if moved := math.Abs(float64(texts - n.texts)); n.words == nil || moved > 20 && moved > float64(n.texts)/50 {
		words := map[string]int{}
		err := ts.tx.each(ctx, func(scan func(...any) error) error {
			var term string
			var count int
			err := scan(&term, &count)
			words[term] = count
			return err
		}, "SELECT term, texts FROM need_word WHERE texts > 1 AND term <> $1 ORDER BY texts DESC, term LIMIT $2", vocabularyN, mostWords)
		if err != nil {
			return nil, fmt.Errorf("read the words of needs: %w", err)
		}
		n.words, n.texts = words, texts
	}
	v := &Vocabulary{words: n.words} // it is replaced, never changed
	v.Weights = likeness.Learned(likeness.Usual(), n.texts, v.count)
	return v, nil
}

// AddNames lets names of suppliers be found by those that are alike. It needs Decide.
func (ts Totals) AddNames(ctx context.Context, names []string) error {
	if !ts.tx.deciding {
		return errNotDeciding
	}
	fresh := map[string]string{}
	var forms []string
	for _, text := range names {
		if form := request.SupplierName(text); form != "" && fresh[form] == "" {
			fresh[form] = text
			forms = append(forms, form)
		}
	}
	err := eachIn(ctx, ts.tx, "SELECT form FROM supplier_name WHERE form IN (%IN%)", nil, forms, func(scan func(...any) error) error {
		var form string
		err := scan(&form)
		delete(fresh, form)
		return err
	})
	if err != nil {
		return fmt.Errorf("look for known names: %w", err)
	}
	var flat []any
	for _, form := range forms {
		if text, ok := fresh[form]; ok {
			flat = append(flat, form, text)
		}
	}
	var blocks []any
	_, err = ts.tx.insert(ctx, insertion{"INSERT INTO supplier_name (form, name)", 2, "RETURNING id, name"}, flat, func(scan func(...any) error) error {
		var id int64
		var text string
		err := scan(&id, &text)
		for _, b := range ts.Reader().Name(text).Blocks() {
			blocks = append(blocks, b, id)
		}
		return err
	})
	if err == nil {
		_, err = ts.tx.insert(ctx, insertion{"INSERT INTO supplier_block (block, name)", 2, "ON CONFLICT DO NOTHING"}, blocks, nil)
	}
	if err != nil {
		return fmt.Errorf("keep names: %w", err)
	}
	return nil
}

// NewNeed is what a line that counts wants, and its day.
type NewNeed struct {
	Text totals.NeedText
	Day  request.Date
}

// AddNeeds lets needs be found by those that are alike. It needs Decide.
func (ts Totals) AddNeeds(ctx context.Context, needs []NewNeed) error {
	if !ts.tx.deciding {
		return errNotDeciding
	}
	latest := map[string]NewNeed{}
	var forms []string
	for _, n := range needs {
		form := ts.Reader().Need(n.Text).Form()
		was, again := latest[form]
		if form == "" || again && !was.Day.Before(n.Day) {
			continue
		}
		if !again {
			forms = append(forms, form)
		}
		latest[form] = n
	}
	type known struct {
		id  int64
		day request.Date
	}
	had := map[string]known{}
	err := eachIn(ctx, ts.tx, "SELECT form, id, last_day FROM need_text WHERE form IN (%IN%)", nil, forms, func(scan func(...any) error) error {
		var form string
		var k known
		err := scan(&form, &k.id, day{&k.day})
		had[form] = k
		return err
	})
	if err != nil {
		return fmt.Errorf("look for known needs: %w", err)
	}
	var flat []any
	for _, form := range forms {
		n := latest[form]
		switch k, ok := had[form]; {
		case !ok:
			flat = append(flat, form, n.Text.Title, n.Text.TitleOther, n.Text.Description, n.Day.String())
		case k.day.Before(n.Day):
			if err := ts.needAgain(ctx, k.id, ts.Reader().Need(n.Text).Terms(), k.day, n.Day); err != nil {
				return err
			}
		}
	}
	return ts.insertNeeds(ctx, flat, latest)
}

func (ts Totals) insertNeeds(ctx context.Context, flat []any, latest map[string]NewNeed) error {
	var postings []any
	words := map[string]int{}
	_, err := ts.tx.insert(ctx, insertion{"INSERT INTO need_text (form, title, title_other, description, last_day)", 5, "RETURNING id, form"}, flat, func(scan func(...any) error) error {
		var id int64
		var form string
		err := scan(&id, &form)
		n := latest[form]
		words[vocabularyN]++
		for _, t := range ts.Reader().Need(n.Text).Terms() {
			postings = append(postings, t, n.Day.String(), id)
			words[t]++
		}
		return err
	})
	if err == nil {
		_, err = ts.tx.insert(ctx, insertion{"INSERT INTO need_term (term, last_day, need)", 3, "ON CONFLICT DO NOTHING"}, postings, nil)
	}
	if err != nil {
		return fmt.Errorf("keep needs: %w", err)
	}
	return ts.countWords(ctx, words, "need_word.texts + excluded.texts")
}

func (ts Totals) countWords(ctx context.Context, words map[string]int, texts string) error {
	var flat []any
	for term, n := range words {
		flat = append(flat, term, n)
	}
	_, err := ts.tx.insert(ctx, insertion{"INSERT INTO need_word (term, texts)", 2, "ON CONFLICT (term) DO UPDATE SET texts = " + texts}, flat, nil)
	if err != nil {
		return fmt.Errorf("count words of needs: %w", err)
	}
	return nil
}

// needAgain notes that a need was asked for on a later day.
func (ts Totals) needAgain(ctx context.Context, id int64, terms []string, was, is request.Date) error {
	_, err := ts.tx.exec(ctx, "UPDATE need_text SET last_day = $1 WHERE id = $2", is.String(), id)
	if err == nil {
		_, err = execIn(ctx, ts.tx, "UPDATE need_term SET last_day = $1 WHERE need = $2 AND last_day = $3 AND term IN (%IN%)", []any{is.String(), id, was.String()}, terms)
	}
	if err != nil {
		return fmt.Errorf("note a need again: %w", err)
	}
	return nil
}

// ForgetNear empties what alike names and needs are found by, so that it can be made again. It needs Decide.
func (ts Totals) ForgetNear(ctx context.Context) error {
	if !ts.tx.deciding {
		return errNotDeciding
	}
	for _, table := range []string{"supplier_block", "supplier_name", "need_term", "need_text", "need_word"} {
		if _, err := ts.tx.exec(ctx, "DELETE FROM "+table); err != nil {
			return fmt.Errorf("empty %s: %w", table, err)
		}
	}
	return nil
}

// disposeNeeds removes the texts of needs that were last asked for before a day. Names of suppliers stay, as on the lines.
func (ts Totals) disposeNeeds(ctx context.Context, before request.Date) error {
	words := map[string]int{}
	var ids []int64
	err := ts.tx.each(ctx, func(scan func(...any) error) error {
		var id int64
		var t totals.NeedText
		err := scan(&id, &t.Title, &t.TitleOther, &t.Description)
		ids = append(ids, id)
		words[vocabularyN]++
		for _, term := range ts.Reader().Need(t).Terms() {
			words[term]++
		}
		return err
	}, "DELETE FROM need_text WHERE last_day < $1 RETURNING id, title, title_other, description", before.String())
	if err != nil || len(ids) == 0 {
		return err
	}
	terms := make([]string, 0, len(words))
	for t := range words {
		terms = append(terms, t)
	}
	if _, err := execIn(ctx, ts.tx, "DELETE FROM need_term WHERE last_day < $1 AND term IN (%IN%)", []any{before.String()}, terms); err != nil {
		return err
	}
	if err := ts.countWords(ctx, words, "need_word.texts - excluded.texts"); err != nil {
		return err
	}
	_, err = ts.tx.exec(ctx, "DELETE FROM need_word WHERE texts <= 0")
	return err
}
