// Package smtp sends finished mails to the mail server: it connects, logs in, gives a mail away and says what became of it.
// It keeps the server's limits and pauses. It refuses to know what a mail says and which mails there are.
package smtp
