// Package likeness says how alike two suppliers' names are, and how alike two needs, and gives the keys of an index under
// which those that are alike meet. It is pure: no clock, no ledger, no policy; the same texts always have the same score.
// What it can and cannot tell is measured, see docs/likeness.md.
package likeness

// Version changes whenever a score, a form, a block or a term may come out otherwise than before: what was kept of the
// texts of the past is then made again.
const Version = 2

// NamesAlike is the score of Names from which two names are probably one supplier, and NeedsAlike the score of Needs from
// which two texts are probably about one need. Both were chosen from the figures of docs/likeness.md.
const (
	NamesAlike = 80
	NeedsAlike = 48
)
