package request

import (
	"slices"
	"strings"
)

// Mailbox is an address by which people are compared: lower case, without what follows a plus sign before the @. Mail
// servers deliver amara+forms@example.ca to amara@example.ca, and let her write from it.
func Mailbox(address string) string {
	address = strings.ToLower(strings.TrimSpace(address))
	name, domain, found := strings.Cut(address, "@")
	if main, _, tagged := strings.Cut(name, "+"); found && tagged && main != "" {
		return main + "@" + domain
	}
	return address
}

// SameMailbox reports whether two addresses are one person's.
func SameMailbox(a, b string) bool { return a != "" && Mailbox(a) == Mailbox(b) }

// OfDomains reports whether an address is of one of some domains.
func OfDomains(address string, domains []string) bool {
	_, domain, _ := strings.Cut(address, "@")
	return slices.ContainsFunc(domains, func(d string) bool { return strings.EqualFold(domain, d) })
}

// UnderDomains reports whether an address is of one of some domains or of a part of one.
func UnderDomains(address string, domains []string) bool {
	_, domain, _ := strings.Cut(strings.ToLower(address), "@")
	return slices.ContainsFunc(domains, func(d string) bool {
		d = strings.ToLower(d)
		return domain == d || strings.HasSuffix(domain, "."+d)
	})
}
