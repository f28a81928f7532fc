package rules

import (
	"net/netip"
	"net/url"
	"regexp"
	"strings"
)

// httpsHost is the host of an https address, lower case, without its port; ok is false when s is no such address.
// Addresses with a user name are refused: they look like another host than they lead to.
func httpsHost(s string) (host string, ok bool) {
	u, err := url.Parse(strings.TrimSpace(s))
	if err != nil || !strings.EqualFold(u.Scheme, "https") || u.User != nil {
		return "", false
	}
	host = strings.ToLower(strings.TrimSuffix(u.Hostname(), "."))
	if host == "" || strings.ContainsAny(host, " \t\\") {
		return "", false
	}
	return host, true
}

// webHost is the host of an address on the web as people type it: with https or http before it or neither, and www. ok is false
// where s is no such address.
func webHost(s string) (host string, ok bool) {
	s = strings.TrimSpace(s)
	scheme, rest, typed := strings.Cut(s, "://")
	switch {
	case !typed && bareAddress.MatchString(s):
		rest = s
	case !strings.EqualFold(scheme, "https") && !strings.EqualFold(scheme, "http"):
		return "", false
	}
	return httpsHost("https://" + rest)
}

// bareAddress is an address on the web without its scheme: github.com/team/project.
var bareAddress = regexp.MustCompile(`^(?i:[a-z0-9-]+\.)+[a-zA-Z]{2,}(?:/\S*)?$`)

// internalSuffixes end the names that the public internet never resolves (RFC 6762, RFC 8375, and usual names inside offices).
var internalSuffixes = []string{"local", "localhost", "internal", "intranet", "intra", "lan", "corp", "home", "home.arpa", "private", "onion"}

// publicHost reports whether a host can be one of the public internet: a name with a dot, under no internal suffix, or a
// public IP address.
func publicHost(host string) bool {
	if ip, err := netip.ParseAddr(host); err == nil {
		return ip.IsGlobalUnicast() && !ip.IsPrivate()
	}
	if !strings.Contains(host, ".") {
		return false
	}
	for _, s := range internalSuffixes {
		if underDomain(host, s) {
			return false
		}
	}
	return true
}

// underDomain reports whether host is domain or a name under it.
func underDomain(host, domain string) bool {
	domain = strings.TrimPrefix(strings.TrimPrefix(domain, "*"), ".")
	return domain != "" && (host == domain || strings.HasSuffix(host, "."+domain))
}

// mailDomain is what follows the last @ of a mail address, lower case, "" when there is none.
func mailDomain(address string) string {
	at := strings.LastIndexByte(address, '@')
	if at < 0 {
		return ""
	}
	return strings.ToLower(strings.TrimSuffix(address[at+1:], "."))
}
