package ingest

import (
	"bytes"
	"regexp"
	"strings"
)

// DeliveryReport is what a mail server says of a message that we sent (RFC 3464), or as much of it as could be found
// in bounces that keep to no standard.
type DeliveryReport struct {
	MessageID  string // of the message that we sent, without angle brackets; "" when the report does not say
	EnvelopeID string // ENVID that we gave when sending
	// Boundary is that of the message's outermost parts, where the report returns its header: relays that rewrite Message-IDs leave
	// it alone.
	Boundary   string
	Recipients []RecipientReport
}

// RecipientReport is the fate of one recipient.
type RecipientReport struct {
	Address    string // lower case
	Action     string // "failed", "delayed", "delivered", "relayed", "expanded"; "" when it is not said
	Status     string // "5.1.1"
	Diagnostic string // the server's words, cleaned
}

// Failed reports whether some recipient will never get the message. A report without any recipient counts as failed
// only when it is not about a delay.
func (d *DeliveryReport) Failed() bool {
	for _, r := range d.Recipients {
		if r.Action == "failed" || r.Action == "" && !strings.HasPrefix(r.Status, "4") && !strings.HasPrefix(r.Status, "2") {
			return true
		}
	}
	return len(d.Recipients) == 0
}

// maxRecipients bounds a report; one of ours has one.
const maxRecipients = 500

// readDeliveryStatus reads groups of fields: the first is about the message, each other about one recipient. Real
// reports put no blank line between them, or several.
func readDeliveryStatus(data []byte) *DeliveryReport {
	report := &DeliveryReport{}
	rest := bytes.TrimLeft(data, "\r\n \t")
	for len(rest) > 0 {
		h, after, _, _ := splitHeader(rest, len(rest))
		var current *RecipientReport
		for _, f := range h {
			switch name := strings.ToLower(f.Name); name {
			case "original-envelope-id":
				report.EnvelopeID = CleanLine(f.Value)
			case "final-recipient", "original-recipient":
				address := recipientAddress(f.Value)
				if current == nil || name == "final-recipient" && current.Address != "" && current.Action != "" {
					if len(report.Recipients) == maxRecipients {
						return report
					}
					report.Recipients = append(report.Recipients, RecipientReport{})
					current = &report.Recipients[len(report.Recipients)-1]
				}
				if name == "final-recipient" || current.Address == "" {
					current.Address = address
				}
			default:
				if current != nil {
					current.take(name, f.Value)
				}
			}
		}
		rest = bytes.TrimLeft(after, "\r\n \t")
	}
	return report
}

func (r *RecipientReport) take(name, value string) {
	switch name {
	case "action":
		word, _, _ := strings.Cut(value, "(")
		r.Action = strings.ToLower(CleanLine(word))
	case "status":
		r.Status, _, _ = strings.Cut(CleanLine(value), " ")
	case "diagnostic-code":
		_, words, ok := strings.Cut(value, ";")
		if !ok {
			words = value
		}
		r.Diagnostic = Clip(CleanLine(words), 300)
	}
}

func recipientAddress(value string) string {
	_, address, ok := strings.Cut(value, ";")
	if !ok {
		address = value
	}
	return strings.ToLower(strings.Trim(CleanLine(address), "<>"))
}

// isBounceHeader knows a bounce by its header alone, so that one whose parts cannot be read is known as well.
func isBounceHeader(h Header) bool {
	kind, params := parameters(h.Get("Content-Type"))
	if kind == "multipart/report" && strings.Contains(strings.ToLower(params["report-type"]), "delivery-status") {
		return true
	}
	if h.Has("X-Failed-Recipients") {
		return true
	}
	return isDaemon(h.Get("From")) && (nullReturnPath(h) || bounceSubject.MatchString(shown(h.Get("Subject"))))
}

var bounceSubject = regexp.MustCompile(`(?i)^(undeliver(ed|able)|(mail )?delivery (status|failure|failed|has failed|problem|report)|returned mail|mail delivery|failure notice|delayed|warning: (message|could not)|message (delayed|delivery)|non remis|non[- ]?distribu|échec de (la )?(remise|distribution)|avis de non-remise|mail system error|nondeliverable|considered unsolicited)`)

var daemonName = regexp.MustCompile(`(?i)(^|[<"\s])(mailer[-_ ]?daemon|mail[-_ ]?daemon|postmaster|mail delivery (sub)?system|microsoftexchange[0-9a-f]+|internet mail delivery)([@">\s]|$)`)

func isDaemon(from string) bool { return daemonName.MatchString(shown(from)) }

// nullReturnPath reports whether the envelope's sender was empty, as of every bounce: nothing may be answered to it.
func nullReturnPath(h Header) bool {
	for _, v := range h.All("Return-Path") {
		if strings.TrimSpace(v) == "<>" {
			return true
		}
	}
	return false
}

var mentionedID = regexp.MustCompile(`(?im)^[>\s]*Message-ID:\s*<([^<>\s]+)>`)

// maxMention is how far into its text an old-fashioned bounce is searched: they are short, and quote the top of what
// they return.
const maxMention = 128 << 10

// mentionedMessage finds the message that an old-fashioned bounce quotes in its text.
func mentionedMessage(text string) string {
	text = text[:min(len(text), maxMention)]
	if m := mentionedID.FindStringSubmatch(text); m != nil {
		return m[1]
	}
	return ""
}
