package ingest

import (
	"context"
	"errors"
	"fmt"
	"net"
	"strings"
	"sync"
)

// UnansweredError says that the DNS did not answer, so that nobody knows yet whether a sender is proven: look again later.
type UnansweredError struct {
	Domain string // whose key was asked for
	Err    error
}

// Error says what was asked and what came back.
func (e *UnansweredError) Error() string {
	return fmt.Sprintf("the DNS gives no answer about the DKIM key of %s: %v", e.Domain, e.Err)
}

// Unwrap is what the resolver said.
func (e *UnansweredError) Unwrap() error { return e.Err }

// NoSuchKey reports whether an error of the resolver is an answer: there is no such name.
func NoSuchKey(err error) bool {
	var dns *net.DNSError
	return errors.As(err, &dns) && dns.IsNotFound
}

// keys looks up the keys of one message's signatures, side by side.
type keys struct {
	from   string // the domain that From names
	lookup LookupTXT

	mu         sync.Mutex
	unanswered *UnansweredError
}

// inForce looks up a key. A domain that only tests DKIM (t=y) asks that its mail be treated as unsigned (RFC 6376, 3.6.1), so its
// key is as good as none. Domains that prove nothing about the sender are not asked: theirs could be slow on purpose.
func (k *keys) inForce(ctx context.Context, name string) ([]string, error) {
	domain := KeyDomain(name)
	if !sameOrganization(domain, k.from) {
		return nil, errors.New("it is not the sender’s domain")
	}
	records, err := k.lookup(ctx, name)
	if err != nil {
		if !NoSuchKey(err) {
			k.mu.Lock()
			defer k.mu.Unlock()
			k.unanswered = &UnansweredError{Domain: domain, Err: err}
		}
		return nil, err
	}
	for _, record := range records {
		for tag := range strings.SplitSeq(record, ";") {
			key, flags, _ := strings.Cut(tag, "=")
			if strings.TrimSpace(key) != "t" {
				continue
			}
			for flag := range strings.SplitSeq(flags, ":") {
				if strings.EqualFold(strings.TrimSpace(flag), "y") {
					return nil, errors.New("the key is in test mode (t=y)")
				}
			}
		}
	}
	return records, nil
}

// KeyDomain is the domain whose DKIM key a name of the DNS holds.
func KeyDomain(name string) string {
	const between = "._domainkey."
	i := strings.LastIndex(strings.ToLower(name), between)
	if i < 0 {
		return ""
	}
	return strings.ToLower(strings.TrimSuffix(name[i+len(between):], "."))
}

// Expects reports whether an inbox waits for mail from a domain: the department's own, or one that it names.
func (c InboxConfig) Expects(domain string) bool {
	return c.isOwn("x@"+domain) || c.ListsAllowed() && allowed("x@"+strings.ToLower(domain), c)
}
