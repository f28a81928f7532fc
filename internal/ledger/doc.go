// Package ledger owns the durable record of the job, and all of its SQL: mails as they came, submissions, lines and
// their outcomes, the totals that guardrails look back on, the chain of decisions, escalations, outgoing mails,
// reports and statements, on an SQLite file or on PostgreSQL.
//
// It refuses to know what a guardrail is, how a mail is read or written, what a workbook looks like and what time it
// is: facts, findings and layouts pass through as JSON, mails and workbooks as bytes, instants as parameters.
//
// Work happens in transactions: [Ledger.View] reads, [Ledger.Update] writes, and [Ledger.Decide] does what decides or
// adds to the chain, one at a time across all machines. Every change of a state is a compare-and-set that says
// whether it won; losing means that somebody else did the work, and is no error.
package ledger
