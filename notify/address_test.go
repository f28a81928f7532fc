package notify

import (
	"bytes"
	"net/mail"
	"strings"
	"testing"
	"time"

	"handrail/internal/request"
)

// Whoever can write to us can be answered: what mail programs show as an address is written as servers read it.
func TestAddressesAreWrittenAsServersReadThem(t *testing.T) {
	for address, want := range map[string]string{
		"anna.roy@dept.example":    "anna.roy@dept.example",
		"rené@dept.example":        "rené@dept.example",
		"anna@québec.example":      "anna@xn--qubec-csa.example",
		"rené@québec.example":      "rené@xn--qubec-csa.example",
		"a b@dept.example":         `"a b"@dept.example`,
		"a@b@dept.example":         `"a@b"@dept.example`,
		`a"b\c@dept.example`:       `"a\"b\\c"@dept.example`,
		".dot@dept.example":        `".dot"@dept.example`,
		"a,b@dept.example":         `"a,b"@dept.example`,
		"a@b.example,c@d.example":  "",
		"日本@dept.example":          "日本@dept.example",
		"@dept.example":            "",
		"a@b.example, c@d.example": "",
		"nobody":                   "",
		"a@":                       "",
		"a\r\nBcc: x@dept.example": "",
		"a\u202eb@dept.example":    "",
		"a@dept.example>":          "",
		"a@two words":              "",
	} {
		got, err := WireAddress(address)
		if got != want || (err == nil) != (want != "") {
			t.Errorf("%q is written %q, %v; want %q", address, got, err, want)
		}
	}
}

// The header of a mail to such an address is read as that address by everybody, and only a name beyond ASCII needs UTF-8 in it.
func TestHeadersToUnusualAddresses(t *testing.T) {
	c := testComposer(t)
	for _, to := range []string{"rené@dept.example", "a b@dept.example", "anna@québec.example", "o'neil@dept.example"} {
		m, err := c.Notice(Notice{Envelope: Envelope{To: to, ToName: "Renée Ô", Lang: request.French, Cause: "x", Now: time.Date(2026, 11, 23, 15, 0, 0, 0, time.UTC)}, Kind: ThankYou})
		if err != nil {
			t.Errorf("%s: %v", to, err)
			continue
		}
		read, err := mail.ReadMessage(bytes.NewReader(m.Raw))
		if err != nil {
			t.Fatal(err)
		}
		list, err := read.Header.AddressList("To")
		wire, _ := WireAddress(to)
		local, _, _ := strings.Cut(to, "@")
		if err != nil || len(list) != 1 || !strings.HasPrefix(list[0].Address, local+"@") || !strings.Contains(string(m.Raw), "<"+wire+">") || m.To != to {
			t.Errorf("%s: %v %v", to, list, err)
		}
		header, _, _ := bytes.Cut(m.Raw, []byte("\r\n\r\n"))
		if isASCII(string(header)) != isASCII(local) {
			t.Errorf("%s: the header is\n%s", to, header)
		}
	}
}

func TestReasonsOfRefusals(t *testing.T) {
	for words, want := range map[string]Refusal{
		"552 5.3.4 Message size exceeds fixed limit":                TooLarge,
		"552 Message size exceeds maximum permitted":                TooLarge,
		"smtp; 552 5.2.3 Message too large":                         TooLarge,
		"5.2.3 smtp; 554 message exceeds size limit":                TooLarge,
		"5.0.0 message too big":                                     TooLarge,
		"552 5.2.2 Mailbox full":                                    NoMailbox,
		"552 quota exceeded":                                        NoMailbox,
		"550 5.1.1 <x@y.example>: no such user":                     NoMailbox,
		"5.1.1 550 no such user":                                    NoMailbox,
		"550 no such user":                                          NoMailbox,
		"5.1.10 550 5.1.10 RESOLVER.ADR.RecipientNotFound":          NoMailbox,
		"550 5.6.7 SMTPUTF8 needed":                                 BadAddress,
		"553 address syntax":                                        BadAddress,
		"550 5.4.1 Recipient address rejected: Access denied":       NoMailbox,
		"550 5.4.1 Relay Access Denied":                             OtherRefusal,
		"550 relaying denied":                                       OtherRefusal,
		"550 5.7.1 spam":                                            OtherRefusal,
		"552 5.7.0 This message was blocked because of its content": OtherRefusal,
		"554 5.1.8 sender address rejected":                         OtherRefusal,
		"returned by a mail server":                                 OtherRefusal,
	} {
		if got := RefusalOf(words); got != want {
			t.Errorf("%q is %q, want %q", words, got, want)
		}
	}
}
