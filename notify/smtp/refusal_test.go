package smtp

import (
	"strings"
	"testing"

	"handrail/internal/mailtest"
	"handrail/notify"
)

// A refusal says why, as far as that changes what can be done.
func TestRefusalsSayWhy(t *testing.T) {
	fault := func(command, words string, code int) func(*mailtest.Options) {
		return func(o *mailtest.Options) {
			o.Faults = []mailtest.Fault{{Protocol: mailtest.SMTP, Command: command, Kind: mailtest.Permanent, Words: words, Code: code}}
		}
	}
	for name, c := range map[string]struct {
		at   func(*mailtest.Options)
		to   string
		want notify.Refusal
	}{
		"announced size":             {func(o *mailtest.Options) { o.MaxMessageBytes = 50 }, reader, notify.TooLarge},
		"size at MAIL":               {fault("MAIL", "5.3.4 Message too big", 552), reader, notify.TooLarge},
		"size at the mail":           {fault("BODY", "5.3.4 Message too big", 552), reader, notify.TooLarge},
		"nobody there":               {nil, "nobody@dept.example", notify.NoMailbox},
		"no words at the recipient":  {fault("RCPT", "go away", 554), reader, notify.NoMailbox},
		"a policy at the recipient":  {fault("RCPT", "5.7.1 not from here", 550), reader, notify.OtherRefusal},
		"the mailbox is full":        {fault("RCPT", "5.2.2 over quota", 552), reader, notify.NoMailbox},
		"spam":                       {fault("BODY", "5.7.1 looks like spam", 554), reader, notify.OtherRefusal},
		"an accent and no SMTPUTF8":  {func(o *mailtest.Options) { o.NoSMTPUTF8 = true }, "zoë@far.example", notify.BadAddress},
		"longer than an address":     {nil, strings.Repeat("x", 65) + "@dept.example", notify.BadAddress},
		"an angle bracket in quotes": {nil, "a>b@dept.example", notify.BadAddress},
	} {
		t.Run(name, func(t *testing.T) {
			b := open(t, c.at, nil)
			m := mailTo(reader, "1", "body\r\n")
			m.To = c.to
			if f := b.sender.Send(t.Context(), m); f.State != notify.Refused || f.Refusal != c.want || f.Words == "" {
				t.Errorf("%+v, want %q", f, c.want)
			}
		})
	}
}

// What mail programs show as an address arrives, quoted where servers want it.
func TestQuotedAddressesArrive(t *testing.T) {
	for _, to := range []string{"anna roy@far.example", "a@b@far.example", `a"b@far.example`, ".dots..@far.example"} {
		b := open(t, nil, nil)
		m := mailTo(reader, "1", "b\r\n")
		m.To = to
		f := b.sender.Send(t.Context(), m)
		list, err := b.Submitted()
		if f.State != notify.Accepted || err != nil || len(list) != 1 || list[0].To[0] != to {
			t.Errorf("%q: %+v, %v, %v", to, f, list, err)
		}
	}
}

// doctor says of every recipient whether this server would take it, however it is written.
func TestReportKnowsUnusualAddresses(t *testing.T) {
	for _, without := range []bool{false, true} {
		b := open(t, func(o *mailtest.Options) { o.NoSMTPUTF8 = without }, nil)
		got, err := b.sender.Report(t.Context(), reader, "zoë@far.example", "anna roy@far.example", "a>b@far.example")
		if err != nil {
			t.Fatal(err)
		}
		if _, refused := got.Refused["zoë@far.example"]; refused != without || got.Refused["a>b@far.example"] == "" || got.Refused["anna roy@far.example"] != "" || got.Refused[reader] != "" {
			t.Errorf("without SMTPUTF8 %t: %v", without, got.Refused)
		}
	}
}
