// Package policybook writes a policy as a workbook that an officer edits in a spreadsheet program, and reads it back as the text that an
// author would have written.
//
// The workbook says everything that the policy says, in cells that a person sees: a sheet for each part of the text, a row for each thing,
// and a row for each example of its tests. The text it was made from lies in a hidden sheet for its comments and its layout alone: what comes
// back is that text with the changes of the cells spliced in, so that one edited cell changes one line. Nothing that only the hidden text
// says survives, for every key of it is a cell.
//
// A mistake is answered at its cell, in both languages, with what to write. The package knows no mail, no ledger and no owners.
package policybook
