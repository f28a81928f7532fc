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
//
// What a transaction can do lies with its subjects, each in the file of its name:
//
//	tx.Messages     the intake: mails as they were collected, judged and filed
//	tx.Submissions  the requests that came in workbooks, and their numbers
//	tx.Lines        the lines of requests, and how they move from one outcome to another
//	tx.Totals       the sums by key and day that guardrails and budgets look back on
//	tx.Escalations  what officers are asked: codes, tokens, reminders
//	tx.Officers     who is away, and the lines that wait for an officer's daily mail
//	tx.Outbox       entries that wait to be composed, and composed mails until they are sent
//	tx.Charges      card statements, and the lines that their charges are matched with
//	tx.Work         what is due to each step, and which run has claimed it
//	tx.Attempts     rows that failed or are set aside, and outages
//	tx.Chain        the chain of hashes, and verifying all that it vouches for
//	tx.Records      accounts, case files, evidence, legal holds, disposal, events, exports
//	tx.Documents    bytes and texts that are kept under their hash, and which texts are in force
//	tx.Reports      the reports to finance, and what goes into them
//	tx.Standing     what waits for a person, for the operator to read
//	tx.Stops        the times when nothing is approved by the guardrails, since an owner said STOP
//
// A query that somebody needs goes to the subject whose table it reads first. [Tx] itself has only what belongs to the
// transaction or to the ledger as a whole.
package ledger
