// Package bench measures a policy: it plays stories of requests, each alone on an empty ledger, through the job as a department runs
// it, and says which divided needs were caught and which honest people were stopped. It also makes a year of invented purchases, which
// says how many lines of a hundred an officer would see.
//
// It refuses to know a configuration: nothing that it does touches a ledger, a mail server or a file of anybody's.
package bench
