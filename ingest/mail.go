package ingest

import (
	"time"

	"handrail/internal/request"
)

// Mail is one message, taken apart. All text in it is cleaned for showing; nothing in it was believed yet.
type Mail struct {
	Header     Header // every field, in the order of the message
	MessageID  string // without angle brackets; "" when missing
	InReplyTo  []string
	References []string
	Date       time.Time // what the message says; zero when it does not
	From       Address   // the one address of the one From field; zero when there is none or more than one
	Subject    string
	// Text is the body as plain text: the text part, or what the HTML says when there is no text part.
	Text string
	// HTML is the body's HTML part, as it came (UTF-8), "" when there is none.
	HTML string
	// Attachments are all leaves that are not the body, in the order of the message, whatever their disposition, those
	// inside winmail.dat, zip files and forwarded messages included.
	Attachments []Attachment
	Forwarded   []Forwarded // forwarded messages that were opened
	Protection  Protection
	Report      *DeliveryReport // of a bounce; nil otherwise
	Calendar    bool            // a calendar part is there
	Bytes       int             // size of the raw message
}

// Address is a mail address and the name beside it.
type Address struct {
	Name string // cleaned
	Addr string // lower case
}

// Domain is what stands after the @, lower case.
func (a Address) Domain() string { return domainOf(a.Addr) }

// Forwarded identifies a message that was forwarded as an attachment. The forwarder is the sender.
type Forwarded struct {
	From      Address
	Subject   string
	MessageID string
	Date      time.Time
}

// Protection says how a message is wrapped.
type Protection string

// The wrappings. Signed mail is opened; the others cannot be.
const (
	Unprotected   Protection = ""
	Signed        Protection = "signed"
	SMIMEEnvelope Protection = "smime-encrypted"
	SMIMEOpaque   Protection = "smime-opaque" // signed, in a form only S/MIME programs open
	PGPEncrypted  Protection = "pgp-encrypted"
	RMSProtected  Protection = "rms-protected" // Microsoft Purview / RMS
	PGPInline     Protection = "pgp-inline"    // encrypted text in the body of a mail that brings no file
	Uuencoded     Protection = "uuencode"      // a file written out as text in the body of a mail that brings none
)

// Closed reports whether what is inside cannot be read here.
func (p Protection) Closed() bool { return p != Unprotected && p != Signed }

// Reason is why what is inside cannot be read; "" where it can.
func (p Protection) Reason() Reason {
	switch p {
	case Unprotected, Signed:
		return ""
	case SMIMEOpaque:
		return ReasonOpaque
	case PGPInline:
		return ReasonInlinePGP
	case Uuencoded:
		return ReasonUuencode
	}
	return ReasonProtected
}

// Fault is why a message could not be read to the end. Nothing in such a message is acted upon.
type Fault struct {
	Reason Reason
	Detail string // for the operator: where and what; never a body
}

// Error says reason and detail.
func (f *Fault) Error() string {
	if f.Detail == "" {
		return string(f.Reason)
	}
	return string(f.Reason) + ": " + f.Detail
}

// Reason is why a message is in quarantine, or why an attachment is not used: a fixed word for the ledger.
type Reason string

// The reasons.
const (
	ReasonOversize        Reason = "too-large"
	ReasonHeader          Reason = "malformed-header"
	ReasonHeaderSize      Reason = "header-too-long"
	ReasonRepeatedHeader  Reason = "repeated-header"
	ReasonFrom            Reason = "not-one-sender"
	ReasonDepth           Reason = "nested-too-deep"
	ReasonParts           Reason = "too-many-parts"
	ReasonBoundary        Reason = "missing-boundary"
	ReasonTruncated       Reason = "truncated"
	ReasonEncoding        Reason = "unknown-encoding"
	ReasonDamaged         Reason = "damaged-encoding"
	ReasonCharset         Reason = "unknown-charset"
	ReasonUnpacked        Reason = "unpacks-too-large"
	ReasonTNEF            Reason = "damaged-winmail"
	ReasonZip             Reason = "damaged-zip"
	ReasonNestedZip       Reason = "zip-in-zip"
	ReasonPartial         Reason = "fragment"
	ReasonWorkbooks       Reason = "too-many-workbooks"
	ReasonProtected       Reason = "protected"
	ReasonOpaque          Reason = "smime-opaque"
	ReasonInlinePGP       Reason = "pgp-inline"
	ReasonUuencode        Reason = "uuencode"
	ReasonSharedLink      Reason = "shared-link"
	ReasonUnauthenticated Reason = "sender-not-verified"
	ReasonNotAllowed      Reason = "sender-not-allowed"
	// ReasonAhead is of a message whose Date lies ahead of the clock.
	ReasonAhead Reason = "dated-ahead"
)

// Text says the reason to a person, with what to do.
func (r Reason) Text() request.Text { return reasonText[r] }
