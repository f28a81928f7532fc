// Package rules owns policies: it reads a policy file, checks it whole, and judges lines against it. Judging is pure:
// the same policy and the same facts give the same verdict for ever. The package knows no clock, no database, no mail
// and no workbook; sums over the past come in with the facts, rows of lists that stand in workbooks are handed in.
package rules
