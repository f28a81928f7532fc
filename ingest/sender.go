package ingest

import (
	"bytes"
	"context"
	"fmt"
	"net"
	"slices"
	"strings"
	"time"

	"github.com/emersion/go-msgauth/dkim"
	"golang.org/x/net/publicsuffix"
)

// Evidence is why a sender is believed.
type Evidence string

// The evidence that counts, the strongest first. Nothing else makes a sender verified: not the From field, not SPF
// alone, not a reply to one of our mails.
const (
	NoEvidence       Evidence = ""
	ExchangeInternal Evidence = "exchange-internal" // AuthAs: Internal, within one Microsoft 365 tenant
	MailServerDMARC  Evidence = "dmarc"             // our own mail server's Authentication-Results
	OwnDKIM          Evidence = "dkim"              // a DKIM signature that was verified here
	OperatorRelease  Evidence = "operator"          // a held message that the operator moved back; good for a request, never for a decision
)

// Sender is who sent a message, as far as that can be known.
type Sender struct {
	Address  string // lower case; "" when the message does not say exactly one
	Name     string // cleaned, for showing; never to be believed
	Verified bool   // Evidence stands for the address
	Allowed  bool   // the inbox takes mail from this address
	Evidence Evidence
	// Reason is why the message may not be acted upon; "" when it may.
	Reason Reason
	Detail string // for the operator: what was looked at and what it said
	// Unanswered: the DNS gave no answer, so that the sender may be proven yet; nil otherwise.
	Unanswered *UnansweredError
}

// Trusted reports whether the message may be acted upon: sender verified, and allowed.
func (s Sender) Trusted() bool { return s.Verified && s.Allowed }

// LookupTXT asks the DNS for a name's TXT records.
type LookupTXT func(ctx context.Context, name string) ([]string, error)

// DNS asks the resolver of this machine.
func DNS(ctx context.Context, name string) ([]string, error) {
	return net.DefaultResolver.LookupTXT(ctx, name)
}

// dnsTime bounds all the DNS questions of one message, maxSignatures how many signatures are looked at.
const (
	dnsTime       = 10 * time.Second
	maxSignatures = 5
)

// Authenticate decides who sent a message. raw is the message as it was fetched, m what Parse made of it. lookup is
// only used with verify_dkim; a message is never believed because a lookup failed.
func Authenticate(ctx context.Context, m *Mail, raw []byte, c InboxConfig, lookup LookupTXT) Sender {
	s := Sender{Address: m.From.Addr, Name: m.From.Name}
	if s.Address == "" || len(m.Header.All("From")) != 1 {
		s.Reason, s.Detail = ReasonFrom, "not exactly one From field with exactly one address"
		return s
	}
	s.Evidence, s.Detail, s.Unanswered = evidence(ctx, m, raw, c, lookup)
	s.Verified = s.Evidence != NoEvidence
	if !s.Verified {
		s.Reason = ReasonUnauthenticated
		return s
	}
	if s.Allowed = allowed(s.Address, c); !s.Allowed {
		s.Reason = ReasonNotAllowed
	}
	return s
}

// evidence looks in the order of what can be trusted most. A verdict of our own mail server that is not a pass is
// final: a signature that still verifies would be a replay.
func evidence(ctx context.Context, m *Mail, raw []byte, c InboxConfig, lookup LookupTXT) (Evidence, string, *UnansweredError) {
	if c.Provider == ProviderExchange {
		if as := m.Header.All("X-MS-Exchange-Organization-AuthAs"); len(as) == 1 && strings.EqualFold(as[0], "Internal") {
			return ExchangeInternal, "exactly one AuthAs: Internal", nil
		}
	}
	detail := "no Authentication-Results of " + strings.Join(c.AuthservID, ", ")
	for _, value := range m.Header.All("Authentication-Results") {
		id, results, ok := parseAuthResults(value)
		if !ok {
			// Unreadable, and perhaps ours: what stands below could be the sender's own.
			if mentionsAny(value, c.AuthservID) {
				return NoEvidence, "an Authentication-Results field cannot be read", nil
			}
			continue
		}
		if !slices.ContainsFunc(c.AuthservID, func(own string) bool { return strings.EqualFold(own, id) }) {
			continue
		}
		found, said := alignedDMARC(id, results, m.From.Domain())
		return found, said, nil
	}
	if !c.VerifyDKIM {
		return NoEvidence, detail, nil
	}
	if lookup == nil {
		return NoEvidence, detail + "; DKIM was not verified: no DNS", nil
	}
	return verifiedDKIM(ctx, m, raw, lookup)
}

func mentionsAny(value string, ids []string) bool {
	return slices.ContainsFunc(ids, func(id string) bool { return strings.Contains(strings.ToLower(value), strings.ToLower(id)) })
}

// alignedDMARC wants exactly one dmarc verdict, a pass, about the very domain in From.
func alignedDMARC(id string, results []authResult, domain string) (Evidence, string) {
	var dmarc []authResult
	for _, r := range results {
		if r.method == "dmarc" {
			dmarc = append(dmarc, r)
		}
	}
	switch {
	case len(dmarc) == 0:
		return NoEvidence, id + " says nothing about DMARC"
	case len(dmarc) > 1:
		return NoEvidence, fmt.Sprintf("%s says %d times something about DMARC", id, len(dmarc))
	case dmarc[0].value != "pass":
		return NoEvidence, fmt.Sprintf("%s says dmarc=%s", id, Clip(CleanLine(dmarc[0].value), 20))
	case strings.TrimSuffix(dmarc[0].props["header.from"], ".") != domain:
		return NoEvidence, fmt.Sprintf("%s vouches for %s, but From says %s", id, Clip(CleanLine(dmarc[0].props["header.from"]), 80), domain)
	}
	return MailServerDMARC, id + " says dmarc=pass for " + domain
}

// verifiedDKIM checks signatures here. One counts when it verifies with a key that is not in test mode, covers From, Subject
// and Content-Type, covers the whole body, and its domain is the From domain's own organization.
//
// Content-Type must be covered also where there is none: a signature that leaves it open lets anybody put another one there,
// or take it away, and the same signed bytes then have other parts, another character set or another text.
//
// Where the DNS gave no answer and nothing else proves the sender, the error says so: the same message may be proven later.
func verifiedDKIM(ctx context.Context, m *Mail, raw []byte, lookup LookupTXT) (Evidence, string, *UnansweredError) {
	if !m.Header.Has("DKIM-Signature") {
		return NoEvidence, "no DKIM signature", nil
	}
	if costlySignatures(m.Header, raw) {
		return NoEvidence, "DKIM was not verified: the header is longer than any that is signed", nil
	}
	ctx, cancel := context.WithTimeout(ctx, dnsTime)
	defer cancel()
	asked := keys{from: m.From.Domain(), lookup: lookup}
	found, err := dkim.VerifyWithOptions((&patience{ctx: ctx}).reader(bytes.NewReader(withCRLF(raw))), &dkim.VerifyOptions{MaxVerifications: maxSignatures,
		LookupTXT: func(name string) ([]string, error) { return asked.inForce(ctx, name) }})
	detail := "no DKIM signature of " + m.From.Domain()
	if err != nil && len(found) == 0 {
		return NoEvidence, "DKIM: " + CleanLine(err.Error()), asked.unanswered
	}
	for _, v := range found {
		switch {
		case !sameOrganization(v.Domain, m.From.Domain()):
		case v.Err != nil:
			detail = "DKIM of " + v.Domain + ": " + Clip(CleanLine(v.Err.Error()), 120)
		case !covers(v.HeaderKeys, "From") || m.Header.Has("Subject") && !covers(v.HeaderKeys, "Subject"):
			detail = "DKIM of " + v.Domain + " does not cover From and Subject"
		case !covers(v.HeaderKeys, "Content-Type"):
			detail = "DKIM of " + v.Domain + " does not cover Content-Type, so the same body could be read as something else"
		case partOfBody(m.Header, v.Domain):
			detail = "DKIM of " + v.Domain + " covers only a part of the body"
		default:
			return OwnDKIM, "DKIM of " + v.Domain + " verified", nil
		}
	}
	return NoEvidence, detail, asked.unanswered
}

// The most work that the library does for a genuine header, by far: it joins folded fields line by line, and looks through
// all fields for every name that a signature covers.
const (
	maxFolding = 16 << 20  // bytes copied to join folded lines
	maxPicking = 200_000   // fields times covered names
	maxHeaders = 256 << 10 // bytes of the header
)

// costlySignatures reports whether verifying the signatures of a header would cost more than its length.
func costlySignatures(h Header, raw []byte) bool {
	names := 0
	for _, value := range h.All("DKIM-Signature") {
		names += strings.Count(value, ":") + 1
	}
	if names*len(h) > maxPicking {
		return true
	}
	folding, field, length := 0, 0, 0
	for rest := raw; len(rest) > 0; {
		line, after := cutLine(rest[:min(len(rest), maxHeaders)])
		if len(line) == 0 {
			return false
		}
		if line[0] != ' ' && line[0] != '\t' {
			field = 0
		}
		field += len(line) + len("\r\n")
		folding += field
		if length += len(line); after == nil || folding > maxFolding || length > maxHeaders {
			return true
		}
		rest = rest[len(rest[:min(len(rest), maxHeaders)])-len(after):]
	}
	return false
}

// withCRLF gives lines the ends that signatures are made over; some servers hand mail out with bare line feeds.
func withCRLF(raw []byte) []byte {
	if bytes.Count(raw, []byte("\n")) == bytes.Count(raw, []byte("\r\n")) {
		return raw
	}
	return bytes.ReplaceAll(bytes.ReplaceAll(raw, []byte("\r\n"), []byte("\n")), []byte("\n"), []byte("\r\n"))
}

// partOfBody reports whether a signature of domain has a body length (l=): what follows that length is anybody's.
func partOfBody(h Header, domain string) bool {
	for _, value := range h.All("DKIM-Signature") {
		tags := map[string]string{}
		for tag := range strings.SplitSeq(value, ";") {
			name, v, _ := strings.Cut(tag, "=")
			tags[strings.TrimSpace(name)] = strings.Join(strings.Fields(v), "")
		}
		if _, short := tags["l"]; short && strings.EqualFold(tags["d"], domain) {
			return true
		}
	}
	return false
}

func covers(keys []string, name string) bool {
	return slices.ContainsFunc(keys, func(k string) bool { return strings.EqualFold(strings.TrimSpace(k), name) })
}

// sameOrganization is DMARC's relaxed alignment: the same registered domain. Departments below gc.ca are different
// organizations, since gc.ca is a public suffix.
func sameOrganization(a, b string) bool {
	a, b = strings.ToLower(strings.TrimSuffix(a, ".")), strings.ToLower(strings.TrimSuffix(b, "."))
	if a == b {
		return a != ""
	}
	x, err := publicsuffix.EffectiveTLDPlusOne(a)
	if err != nil {
		return false
	}
	y, err := publicsuffix.EffectiveTLDPlusOne(b)
	return err == nil && x == y
}

// Serves reports whether a proven sender is answered whatever they bring: somebody of the department, or whom the inbox names.
// Of the rest of the world only who brings a form is.
func (c InboxConfig) Serves(s Sender) bool {
	return s.Trusted() && (c.ListsAllowed() || c.isOwn(s.Address))
}

// isOwn reports whether an address is of the department.
func (c InboxConfig) isOwn(address string) bool {
	return slices.ContainsFunc(c.OwnDomains, func(d string) bool { return strings.EqualFold(d, domainOf(address)) })
}

// ListsAllowed reports whether the inbox says by name from whom it takes mail.
func (c InboxConfig) ListsAllowed() bool { return len(c.AllowedDomains)+len(c.AllowedSenders) > 0 }

// allowed reports whether the inbox takes mail from an address. Without lists, everybody verified is.
func allowed(address string, c InboxConfig) bool {
	if !c.ListsAllowed() {
		return true
	}
	return slices.Contains(c.AllowedDomains, domainOf(address)) ||
		slices.ContainsFunc(c.AllowedSenders, func(s string) bool { return strings.EqualFold(s, address) })
}
