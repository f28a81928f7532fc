// Package reconcile matches what was charged to cards with what was approved, says why a charge or an approval was left
// over, and adds both up into control totals. Sums are exact decimals, one per currency. It refuses to know where lines
// come from (the ledger), how a statement is read (statement), what finance's workbook looks like (report) and how a line
// was judged (rules); it has no clock.
package reconcile
