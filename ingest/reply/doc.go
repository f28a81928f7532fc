// Package reply reads what a person wrote back: what of it is new and not quoted, where the signature begins, and the commands
// in it, or why there are none. It refuses to know who may decide and what a decision does.
package reply
