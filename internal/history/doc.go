// Package history owns how a file of purchases that somebody else keeps is read as if its rows had been requests: a card statement, a
// list of contracts, an export of open data. It finds the table and its columns, and says of every row and column what became of it.
//
// It refuses to know policies, the ledger, and what is made of the purchases.
package history
