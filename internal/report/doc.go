// Package report writes finance's workbooks: the reconciliation of a week or another period, and what another policy would
// have decided. It also reads what finance filled in and sent back, names periods and fiscal years, and lists contracts for
// publication. Every total in a workbook is both a formula and the stored value that the ledger's own sums say. It refuses
// to know where lines come from (the ledger), who gets the workbook and when, and how charges are matched (reconcile).
package report
