// Package notify owns the mails that go out: what each says in both languages, how it is laid out, and its exact bytes. How
// they are sent is a package of its own below it (smtp); what became of one that was sent is said in the types here. It
// refuses to know mail servers, the ledger and when a mail is due.
package notify
