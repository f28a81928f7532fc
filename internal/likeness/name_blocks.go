package likeness

import (
	"slices"
	"unicode/utf8"
)

// maxBlocks is how many keys a name has at most.
const maxBlocks = 24

// Blocks are the keys of an index under which names that may be alike meet, rarest kind first: two names that reach
// NamesAlike have one in common, nearly always (docs/likeness.md says how nearly). A name has at most 24, none when it
// identifies nobody.
func (n Name) Blocks() []string {
	var kinds [4][]string
	for i := range n.aliases {
		n.aliases[i].blocks(&kinds)
	}
	var all []string
	for _, keys := range kinds {
		for _, k := range keys {
			if len(all) < maxBlocks && !slices.Contains(all, k) {
				all = append(all, k)
			}
		}
	}
	if len(all) == 0 && n.form != "" {
		all = append(all, "f"+cut(n.form, maxWord))
	}
	return all
}

// blocks adds the keys of one name: its numbers and words of its own by both their ends, since a mistake leaves one end
// whole; its first letters; and for a name of usual words, those in pairs.
func (a *alias) blocks(kinds *[4][]string) {
	add := func(i int, k string) { kinds[i] = append(kinds[i], k) }
	ends := func(i int, look string) {
		r := []rune(look)
		if len(r) < 3 {
			add(i, "w"+look)
			return
		}
		add(i, "p"+string(r[:min(4, len(r)-1)]))
		last := min(3, len(r)-2)
		add(i+1, "x"+string(r[:1])+string(r[len(r)-last:]))
		if len(r) > 4 {
			add(i, "s"+string(r[len(r)-4:]))
		}
	}
	var usual []string
	isNamed := false
	for _, w := range a.words {
		switch {
		case w.tail || w.kind == initial:
		case w.kind == number:
			if len(w.text) >= 4 {
				add(0, "n"+w.text)
				isNamed = true
			}
		case w.kind == own:
			isNamed = true
			if w.id != "" {
				add(0, "w"+w.id)
			}
			ends(1, w.look)
		default:
			usual = append(usual, w.key())
			if w.kind == common {
				add(3, "w"+w.key())
			}
		}
	}
	a.acronymBlocks(add)
	if isNamed {
		return
	}
	slices.Sort(usual)
	usual = slices.Compact(usual)
	for i := range usual {
		for j := i + 1; j < len(usual) && j < i+4; j++ {
			add(1, "u"+usual[i]+usual[j])
		}
	}
	if len(usual) == 1 {
		add(1, "u"+usual[0])
	}
	// The other name may have a mistake in one of these words, which makes it a word of its own there.
	for _, w := range a.words {
		if w.names && !w.tail {
			ends(2, w.look)
		}
	}
}

func (w *nameWord) key() string {
	if w.id != "" {
		return w.id
	}
	return "=" + w.look
}

func (a *alias) acronymBlocks(add func(int, string)) {
	for _, l := range a.letters {
		if n := utf8.RuneCountInString(l); n >= 3 && n <= 7 {
			add(1, "a"+l)
		}
	}
	head := a.words
	for len(head) > 1 && head[len(head)-1].tail {
		head = head[:len(head)-1]
	}
	if len(head) == 1 && head[0].kind == own {
		if n := utf8.RuneCountInString(head[0].text); n >= 3 && n <= 7 {
			add(1, "a"+head[0].text)
		}
	}
}
