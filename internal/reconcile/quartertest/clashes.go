package quartertest

import "slices"

// clashes says that a story would fit another one's lines by accident: suppliers that could be taken for each other, and sums
// within three times the tolerance. Truth would be doubtful then.
func (b *builder) clashes(d *draft) bool {
	if d.clashesItself() {
		return true
	}
	lines, charges := d.sums()
	for _, other := range b.stories {
		share, often := shareStem(d, other)
		if !share {
			continue
		}
		theirLines, theirCharges := other.sums()
		if near(lines, theirCharges) || near(theirLines, charges) || near(charges, theirCharges) || near(lines, theirLines) {
			return true
		}
		if often && (near(sums(lines, theirLines), append(slices.Clone(charges), theirCharges...)) ||
			near(sums(charges, theirCharges), append(slices.Clone(lines), theirLines...))) {
			return true
		}
	}
	return false
}

// shareStem says that two stories have suppliers of one stem; often, that these may be one supplier, so that sums of its lines
// matter too. Those of the pool are in one story each.
func shareStem(a, b *draft) (share, often bool) {
	for stem, again := range a.stems {
		if _, ok := b.stems[stem]; ok {
			share, often = true, often || again
		}
	}
	return share, often
}

// clashesItself says that two lines which the story means to be different are not: those of one supplier, or one of them and
// the sum of others. Stories that want the same sum twice have exactly the same one.
func (d *draft) clashesItself() bool {
	lines, _ := d.sums()
	for i, a := range lines {
		for j, b := range lines {
			if i < j && a != b && alike(a, b) {
				return true
			}
		}
	}
	if len(lines) < 3 {
		return false
	}
	for _, s := range subsets(lines) {
		for _, l := range lines {
			if alike(s, l) {
				return true
			}
		}
	}
	return false
}

// sums are a story's totals and charges in cents, whatever their currency, original ones too.
func (d *draft) sums() (lines, charges []int64) {
	for _, l := range d.lines {
		if l.Total.Currency != "" {
			lines = append(lines, total(l))
		}
	}
	for _, c := range d.charges {
		if !c.Amount.Amount.IsZero() {
			charges = append(charges, c.Amount.Amount.Shift(2).Abs().IntPart())
		}
		if c.Original.Currency != "" {
			charges = append(charges, c.Original.Amount.Shift(2).Abs().IntPart())
		}
	}
	return lines, charges
}

func alike(a, b int64) bool { return max(a-b, b-a) <= 3*tolerance(max(a, b))+20 }

func near(a, b []int64) bool {
	for _, x := range a {
		for _, y := range b {
			if alike(x, y) {
				return true
			}
		}
	}
	return false
}

// sums are those of up to four of both lists, with at least one of each.
func sums(a, b []int64) []int64 {
	var out []int64
	mine, theirs := withSizes(a), withSizes(b)
	for _, x := range mine {
		for _, y := range theirs {
			if x.size+y.size <= 4 {
				out = append(out, x.sum+y.sum)
			}
		}
	}
	return out
}

// subsets are the sums of two to four of a list.
func subsets(list []int64) []int64 {
	var out []int64
	for _, s := range withSizes(list) {
		if s.size > 1 {
			out = append(out, s.sum)
		}
	}
	return out
}

type sized struct {
	sum  int64
	size int
}

func withSizes(list []int64) []sized {
	out := []sized{}
	for _, n := range list {
		for _, s := range out {
			if s.size < 4 {
				out = append(out, sized{s.sum + n, s.size + 1})
			}
		}
		out = append(out, sized{n, 1})
	}
	return out
}
