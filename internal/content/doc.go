// Package content tells what was written in a cell from a cell that is merely filled in: a reason that says nothing, a price
// that its words leave open, two suppliers in one name. Everything in it is pure and takes time in proportion to the text.
package content
