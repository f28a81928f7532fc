// Package statement reads what finance mails and keeps in files: card statements, as banks export them, and lists of cost
// centre budgets, in CSV or in a workbook, in English or French; and statements in OFX, QFX and ISO 20022 (camt). Which formats there
// are is declared once, in the table of readers (read.go). It says what each row means, names every cell that it
// could not read, and cuts card numbers to their last four digits. It refuses to know what was approved and what becomes
// of a charge (reconcile).
package statement
