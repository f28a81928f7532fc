// Package casefile owns the one file that answers an auditor about one request: what is in it, the page that a person
// reads first, and the proof that can be checked without the ledger it came from.
//
// It reads the ledger and changes nothing. It refuses to know how anything was decided: decisions, facts and findings
// are shown as they were recorded, and whoever makes the file supplies the explanations.
package casefile
