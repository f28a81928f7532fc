// Package mailserver owns what is said of a mail server whichever protocol it speaks: where the secret for it is, how the
// connection to it is protected and what is trusted there, and what kind of trouble it gave. It refuses to know IMAP,
// SMTP and what a mail is.
package mailserver
