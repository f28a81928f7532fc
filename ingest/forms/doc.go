// Package forms reads a workbook as a request form: the table of lines or the page of labels, what each header means, and each
// value with what is wrong with it. It refuses to know the mail that brought the workbook, and what a policy says of a line.
package forms
