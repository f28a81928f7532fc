package ingest

import (
	"bytes"
	"context"
	"crypto/ed25519"
	"encoding/base64"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"testing"

	"github.com/emersion/go-msgauth/dkim"
)

func senderOf(t *testing.T, raw string, c InboxConfig, lookup LookupTXT) Sender {
	t.Helper()
	m, _ := Parse(context.Background(), []byte(raw), DefaultLimits())
	return Authenticate(context.Background(), m, []byte(raw), c, lookup)
}

func TestWhoIsBelieved(t *testing.T) {
	c := InboxConfig{AuthservID: []string{"mx.department.example"}}
	from := "From: Ann <ann@department.example>\r\nSubject: x\r\n\r\nx"
	ar := func(s string) string { return "Authentication-Results: " + s + "\r\n" }
	for head, want := range map[string]bool{
		ar("mx.department.example; dmarc=pass header.from=department.example"):                                        true,
		ar("MX.department.example 1; spf=fail; dmarc=pass (p=reject) header.from=Department.example"):                 true,
		ar("mx.department.example; dmarc=fail header.from=department.example"):                                        false,
		ar("mx.department.example; dmarc=pass header.from=evil.example"):                                              false,
		ar("mx.department.example; dmarc=pass"):                                                                       false,
		ar("mx.department.example; spf=pass smtp.mailfrom=department.example; dkim=pass header.d=department.example"): false,
		ar("mx.evil.example; dmarc=pass header.from=department.example"):                                              false,
		ar("mx.department.example; none"):                                                                             false,
		// The topmost of ours counts; what stands below it may be the sender's.
		ar("mx.department.example; dmarc=fail header.from=department.example") + ar("mx.department.example; dmarc=pass header.from=department.example"): false,
		ar("mx.evil.example; x=y") + ar("mx.department.example; dmarc=pass header.from=department.example"):                                             true,
		// What the sender wrote into the envelope is not a verdict.
		ar(`mx.department.example; spf=pass smtp.mailfrom="x; dmarc=pass header.from=department.example"@evil.example; dmarc=fail header.from=department.example`): false,
		ar(`mx.department.example; spf=pass smtp.mailfrom="; dmarc=pass header.from=department.example "`):                                                         false,
		ar("mx.department.example; spf=pass (a; dmarc=pass header.from=department.example) smtp.mailfrom=x"):                                                       false,
		ar("mx.department.example; dmarc=fail header.from=department.example; dmarc=pass header.from=department.example"):                                          false,
		ar(`mx.department.example; dmarc=pass header.from="unclosed`):                                                                                              false,
		"X-MS-Exchange-Organization-AuthAs: Internal\r\n":                                                                                                          false, // not on this provider
		"": false,
	} {
		if s := senderOf(t, head+from, c, nil); s.Trusted() != want || s.Detail == "" {
			t.Errorf("%q: %+v", head, s)
		}
	}
}

// What a border server and a mail program may read in two ways is not believed, although the border server vouches for it.
func TestLeniencyIsNotBelieved(t *testing.T) {
	c := InboxConfig{AuthservID: []string{"mx"}}
	const proof = "Authentication-Results: mx; dmarc=pass header.from=department.example\r\n"
	for head, want := range map[string]bool{
		"From: Ann <ann@department.example>\r\n":                       true,
		"From: \"Ann: sales; west\" <ann@department.example>\r\n":      true,
		"From: Ann (a: b;) <ann@department.example>\r\n":               true,
		"From : Ann <ann@department.example>\r\n":                      false,
		"From\t: Ann <ann@department.example>\r\n":                     false,
		"From: team: Ann <ann@department.example>;\r\n":                false,
		"From: ann@department.example, team:;\r\n":                     false,
		"From: team:;, ann@department.example\r\n":                     false,
		"From: undisclosed-recipients:;\r\n":                           false,
		"From : eve@evil.example\r\nFrom: ann@department.example\r\n":  false,
		"From: ann@department.example\r\nSubject : APPROVE\r\n":        false,
		"From: ann@department.example\r\nContent-Type : text/html\r\n": false,
	} {
		raw := proof + head + "\r\nx"
		m, err := Parse(context.Background(), []byte(raw), DefaultLimits())
		s := Authenticate(context.Background(), m, []byte(raw), c, nil)
		if believed := err == nil && s.Trusted(); believed != want {
			t.Errorf("%q: believed %v: %v, %+v", head, believed, err, s)
		}
	}
}

func TestExchangeInternal(t *testing.T) {
	c := InboxConfig{Provider: ProviderExchange}
	from := "From: Ann <ann@department.example>\r\n\r\nx"
	internal := "X-MS-Exchange-Organization-AuthAs: Internal\r\n"
	for head, want := range map[string]bool{internal: true, internal + internal: false, "X-MS-Exchange-Organization-AuthAs: Anonymous\r\n": false,
		internal + "X-MS-Exchange-Organization-AuthAs: Anonymous\r\n": false} {
		if s := senderOf(t, head+from, c, nil); s.Verified != want || want && s.Evidence != ExchangeInternal {
			t.Errorf("%q: %+v", head, s)
		}
	}
}

func TestAllowedSenders(t *testing.T) {
	c := InboxConfig{AuthservID: []string{"mx"}, AllowedDomains: []string{"department.example"}, AllowedSenders: []string{"Guest@partner.example"}}
	for from, want := range map[string]bool{"ann@department.example": true, "guest@partner.example": true, "other@partner.example": false, "a@sub.department.example": false} {
		s := senderOf(t, "Authentication-Results: mx; dmarc=pass header.from="+domainOf(from)+"\r\nFrom: "+from+"\r\n\r\nx", c, nil)
		if s.Trusted() != want || !s.Verified || !want && s.Reason != ReasonNotAllowed {
			t.Errorf("%s: %+v", from, s)
		}
	}
}

func TestDKIMIsVerifiedHere(t *testing.T) {
	public, private, err := ed25519.GenerateKey(bytes.NewReader(bytes.Repeat([]byte("handrail"), 8)))
	if err != nil {
		t.Fatal(err)
	}
	lookup := func(_ context.Context, name string) ([]string, error) {
		if name == "s._domainkey.mail.department.example" || name == "s._domainkey.evil.example" {
			return []string{"v=DKIM1; k=ed25519; p=" + base64.StdEncoding.EncodeToString(public)}, nil
		}
		return nil, errors.New("no such name")
	}
	const plain = "From: Ann <ann@department.example>\r\nSubject: x\r\n\r\nAPPROVE 1\r\n"
	const typed = "From: Ann <ann@department.example>\r\nSubject: x\r\nContent-Type: text/plain; charset=utf-8\r\n\r\nAPPROVE 1\r\n"
	signed := func(raw, domain string, keys ...string) string {
		var out bytes.Buffer
		if err := dkim.Sign(&out, strings.NewReader(raw), &dkim.SignOptions{Domain: domain, Selector: "s", Signer: private, HeaderKeys: keys}); err != nil {
			t.Fatal(err)
		}
		return out.String()
	}
	sign := func(domain string, keys ...string) string { return signed(plain, domain, keys...) }
	flagged := func(flags string) LookupTXT {
		return func(ctx context.Context, name string) ([]string, error) {
			records, err := lookup(ctx, name)
			for i := range records {
				records[i] += "; t=" + flags
			}
			return records, err
		}
	}
	c := InboxConfig{VerifyDKIM: true, AuthservID: []string{"mx"}}
	good := sign("mail.department.example", "From", "Subject", "Content-Type")
	whole := signed(typed, "mail.department.example", "From", "Subject", "Content-Type")
	open := signed(typed, "mail.department.example", "From", "Subject")
	for name, test := range map[string]struct {
		raw    string
		lookup LookupTXT
		want   bool
	}{
		"verified":                           {good, lookup, true},
		"bare line feeds":                    {strings.ReplaceAll(good, "\r\n", "\n"), lookup, true},
		"no DNS":                             {good, nil, false},
		"changed body":                       {strings.Replace(good, "APPROVE 1", "APPROVE 2", 1), lookup, false},
		"another organization":               {sign("evil.example", "From", "Subject", "Content-Type"), lookup, false},
		"subject not covered":                {sign("mail.department.example", "From", "Content-Type"), lookup, false},
		"a type that is covered":             {whole, lookup, true},
		"another type than was signed":       {strings.Replace(whole, "text/plain; charset=utf-8", "text/plain; charset=utf-7", 1), lookup, false},
		"a covered type is taken away":       {strings.Replace(whole, "Content-Type: text/plain; charset=utf-8\r\n", "", 1), lookup, false},
		"a type is put where there was none": {strings.Replace(good, "Subject: x\r\n", "Subject: x\r\nContent-Type: text/html\r\n", 1), lookup, false},
		"a type that is not covered":         {open, lookup, false},
		"an uncovered type is replaced":      {strings.Replace(open, "text/plain; charset=utf-8", "multipart/mixed; boundary=x", 1), lookup, false},
		"an uncovered type is taken away":    {strings.Replace(open, "Content-Type: text/plain; charset=utf-8\r\n", "", 1), lookup, false},
		"a key in test mode":                 {whole, flagged("y"), false},
		"a key in test mode, among flags":    {whole, flagged("s : Y"), false},
		"a key for this domain only":         {whole, flagged("s"), true},
		"our server says fail":               {"Authentication-Results: mx; dmarc=fail header.from=department.example\r\n" + good, lookup, false},
		"key not to be found":                {good, func(context.Context, string) ([]string, error) { return nil, errors.New("timeout") }, false},
		"not signed":                         {"From: ann@department.example\r\n\r\nx", lookup, false},
	} {
		if s := senderOf(t, test.raw, c, test.lookup); s.Trusted() != test.want {
			t.Errorf("%s: %+v", name, s)
		}
	}
	if sameOrganization("hrsdc.gc.ca", "tbs.gc.ca") || !sameOrganization("mail.tbs.gc.ca", "tbs.gc.ca") || sameOrganization("gc.ca", "tbs.gc.ca") {
		t.Error("departments below gc.ca are different organizations")
	}
}

func TestSecretsNeverPrint(t *testing.T) {
	c := DefaultInbox()
	c.Password = Secret{Value: "canary-4711"}
	c.OAuth2.ClientSecret = Secret{File: "/run/canary-4711"}
	var logged bytes.Buffer
	slog.New(slog.NewTextHandler(&logged, nil)).Info("x", "config", c, "secret", c.Password)
	text, _ := c.Password.MarshalText()
	all := fmt.Sprintf("%v %+v %#v %s %q %d %x %s %s", c, c, c, c.Password, c.Password, c.Password, c.Password, text, logged.String())
	if strings.Contains(all, "canary") || strings.Contains(all, fmt.Sprintf("%x", "canary")) || !strings.Contains(all, "<secret>") {
		t.Errorf("%s", all)
	}
}

func TestEveryMistakeIsNamed(t *testing.T) {
	good := InboxConfig{Name: "procurement", Host: "imap.department.example", Username: "achats@department.example",
		Password: Secret{Env: "P"}, AuthservID: []string{"mx.department.example"}}
	if err := good.WithDefaults().Validate(); err != nil {
		t.Fatalf("%v", err)
	}
	for key, spoil := range map[string]func(*InboxConfig){
		"name":                 func(c *InboxConfig) { c.Name = "" },
		"host":                 func(c *InboxConfig) { c.Host = "imap://x" },
		"port":                 func(c *InboxConfig) { c.Port = 70_000 },
		"tls":                  func(c *InboxConfig) { c.TLS = TLSNone },
		"auth":                 func(c *InboxConfig) { c.Auth = "kerberos" },
		"password":             func(c *InboxConfig) { c.Password = Secret{} },
		"oauth2.client_secret": func(c *InboxConfig) { c.Auth, c.Password = AuthOAuth2Client, Secret{} },
		"oauth2.token_file":    func(c *InboxConfig) { c.Auth, c.Password = AuthOAuth2Device, Secret{} },
		"folders.processed":    func(c *InboxConfig) { c.Folders.Processed = "INBOX" },
		"folders.quarantined":  func(c *InboxConfig) { c.Folders.Quarantined = "Processed" },
		"authserv_id":          func(c *InboxConfig) { c.AuthservID = nil },
		"allowed_domains[0]":   func(c *InboxConfig) { c.AllowedDomains = []string{"@x"} },
		"allowed_senders[0]":   func(c *InboxConfig) { c.AllowedSenders = []string{"x"} },
		"on_unauthenticated":   func(c *InboxConfig) { c.OnUnauthenticated = "approve" },
		"limits.depth":         func(c *InboxConfig) { c.Limits.Depth = 3000 },
		"language":             func(c *InboxConfig) { c.Language = "de" },
		"provider":             func(c *InboxConfig) { c.Provider = "aol" },
	} {
		c := good
		spoil(&c)
		err := c.WithDefaults().Validate()
		var mistakes Mistakes
		found := false
		if errors.As(err, &mistakes) {
			for _, m := range mistakes {
				found = found || m.Key == key
			}
		}
		if !found {
			t.Errorf("%s is not named: %v", key, err)
		}
	}
	none := InboxConfig{}.WithDefaults().Validate()
	var mistakes Mistakes
	if !errors.As(none, &mistakes) || len(mistakes) < 5 {
		t.Errorf("an empty inbox: %v: all mistakes at once", none)
	}
}
