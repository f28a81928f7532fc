// Package request owns the vocabulary of Handrail: what a submission and its lines are, the fields of the form,
// sums of money, dates, outcomes, findings and the facts that a guardrail sees. It knows no file format, no
// protocol, no database and no rule, and imports nothing of ours, so that every other package can speak its words.
package request
