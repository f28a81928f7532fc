// Package reconcile owns finance's week: it reads card statements, matches what was charged with what was approved, and
// writes the reconciliation workbook, and the workbook that says what another policy would have decided. Sums are exact decimals, one per currency, and every total in a workbook is both a
// formula and the stored value that the ledger's own sums say. It refuses to know where lines come from (the ledger), who
// gets the workbook and when (batch), and how a line was judged (rules).
package reconcile
