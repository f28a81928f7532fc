package ingest

import (
	"context"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"handrail/internal/workbook"
)

// Kind is what a message is. Every message is exactly one.
type Kind string

// The kinds of messages.
const (
	RequestMail   Kind = "request"    // brings a workbook, or a file that somebody took for one
	AnswerMail    Kind = "answer"     // answers a mail of ours: an officer's decision, a withdrawal, a confirmation
	StatementMail Kind = "statement"  // a card statement for finance
	BounceMail    Kind = "bounce"     // a mail server about a message of ours
	AutoReplyMail Kind = "auto-reply" // a machine answered: out of office, read receipt, complaint report
	ListMail      Kind = "list"       // a mailing list or newsletter, without a workbook
	CalendarMail  Kind = "calendar"   // an invitation or its answer
	OwnMail       Kind = "own"        // sent by ourselves
	OtherMail     Kind = "other"      // a person wrote, without a workbook
)

// Verdict is what a message is and what may be done with it. The two permissions are separate: a request that a rule
// forwarded bears the mark of a machine, so nobody is answered, but it is a request all the same.
type Verdict struct {
	Kind Kind
	// Process: what is in it may be read as a request, an answer or a statement.
	Process bool
	// Answer: somebody may be written to because of it.
	Answer bool
	// Why names the field or part that decided, for doctor and the log.
	Why string
}

// Surroundings is what KindOf must know beside the message.
type Surroundings struct {
	Addresses        []string // our own addresses: the inbox's, and the one that mails are sent from
	Ours             Ours     // nil: judged by the form of our ids alone
	StatementSenders []string
}

// KindOf says what a message is. It works on a message that Parse could not read to the end as well, by its header,
// so that no machine is ever answered. It believes nobody: whether the sender is who From says is Authenticate's. Its
// error is that of Ours, and then there is no verdict.
func KindOf(ctx context.Context, m *Mail, s Surroundings) (Verdict, error) {
	if v, certain := kindOfMachine(m, s); certain {
		return v, nil
	}
	answer, whyNot := mayAnswer(m)
	v := Verdict{Process: true, Answer: answer, Why: whyNot}
	answers := len(CodesIn(m)) > 0
	if !answers && !isStatement(m, s.StatementSenders) && len(m.Workbooks()) == 0 {
		var err error
		if answers, err = answersOurs(ctx, m, s.Ours); err != nil {
			return Verdict{}, fmt.Errorf("look up what the message answers: %w", err)
		}
	}
	switch {
	case isStatement(m, s.StatementSenders):
		v.Kind = StatementMail
	case answers:
		v.Kind = AnswerMail
		if mark := machineMark(m.Header); mark != "" {
			// A machine never decides, whatever it was made to send.
			return Verdict{AutoReplyMail, false, false, mark}, nil
		}
	case m.Protection.Closed() || slices.ContainsFunc(m.Attachments, func(a Attachment) bool { return a.CouldBeRequest() }):
		v.Kind = RequestMail
	default:
		v.Kind, v.Process = OtherMail, false
	}
	return v, nil
}

// kindOfMachine knows what nobody who waits for an answer sent: our own mail, bounces, automatic answers, invitations and
// lists. certain is false for the rest.
func kindOfMachine(m *Mail, s Surroundings) (v Verdict, certain bool) {
	if from := m.From.Addr; from != "" && slices.ContainsFunc(s.Addresses, func(a string) bool { return strings.EqualFold(a, from) }) {
		return Verdict{OwnMail, false, false, "From is our own address"}, true
	}
	if isBounce(m) {
		return Verdict{BounceMail, false, false, "a mail server reports on a delivery"}, true
	}
	// Rules, lists and banks put the marks of machines on what is wanted all the same.
	brings := isStatement(m, s.StatementSenders) || slices.ContainsFunc(m.Attachments, func(a Attachment) bool { return a.couldBeWorkbook() })
	if why, sure := machineAnswer(m); why != "" && (sure || !brings) {
		return Verdict{AutoReplyMail, false, false, why}, true
	}
	if m.Calendar && !brings {
		return Verdict{CalendarMail, false, false, "a calendar part"}, true
	}
	if why := listMark(m.Header); why != "" && !brings && len(CodesIn(m)) == 0 {
		return Verdict{ListMail, false, false, why}, true
	}
	return Verdict{}, false
}

func answersOurs(ctx context.Context, m *Mail, ours Ours) (bool, error) {
	if ours == nil {
		return false, nil
	}
	ids := answered(m)
	for _, id := range ids[:min(len(ids), maxAsked)] {
		if known, err := ours(ctx, id); err != nil || known {
			return known, err
		}
	}
	return false, nil
}

func isBounce(m *Mail) bool {
	if m.Report != nil && (len(m.Report.Recipients) > 0 || m.Report.MessageID != "" && isBounceHeader(m.Header)) {
		return true
	}
	return isBounceHeader(m.Header)
}

// Bounce is the report of a bounce, with the original message's id from wherever it stands; nil for other mail.
func Bounce(m *Mail) *DeliveryReport {
	if !isBounce(m) {
		return nil
	}
	report := m.Report
	if report == nil {
		report = &DeliveryReport{}
	}
	if report.MessageID == "" {
		report.MessageID = mentionedMessage(m.Text)
	}
	return report
}

// machineAnswer says whether a machine answered by itself. sure is false for signs that a person's mail can bear too.
func machineAnswer(m *Mail) (why string, sure bool) {
	h := m.Header
	kind, params := parameters(h.Get("Content-Type"))
	if kind == "multipart/report" {
		return "Content-Type: multipart/report; report-type=" + CleanLine(params["report-type"]), true
	}
	if v := strings.ToLower(stripComment(h.Get("Auto-Submitted"))); strings.HasPrefix(v, "auto-replied") || strings.HasPrefix(v, "auto-notified") {
		return "Auto-Submitted: " + Clip(CleanLine(v), 40), true
	}
	for _, name := range []string{"X-Autoreply", "X-Autorespond", "X-Auto-Reply", "X-Autoreply-From", "X-Mail-Autoreply", "X-Autoresponder", "X-Vacation", "X-AutoReply-From"} {
		if h.Has(name) && !strings.EqualFold(h.Get(name), "no") {
			return name, true
		}
	}
	if v := strings.ToLower(h.Get("Precedence")); strings.HasPrefix(v, "auto_reply") || strings.HasPrefix(v, "auto-reply") {
		return "Precedence: " + v, true
	}
	if v := h.Get("X-POST-MessageClass"); strings.HasPrefix(v, "9") {
		return "X-POST-MessageClass: autoresponder", true
	}
	if strings.EqualFold(h.Get("Delivered-To"), "Autoresponder") {
		return "Delivered-To: Autoresponder", true
	}
	if autoSubject.MatchString(m.Subject) {
		return "the subject of an automatic answer", false
	}
	return machineMark(h), false
}

// autoSubject is how mail programs title automatic answers.
var autoSubject = regexp.MustCompile(`(?i)^(auto(matic|mated|matische|matisch)?[- ]?(reply|response|antwort)\b|auto:|out of (the )?office|absence du bureau|absente?s? du bureau|hors du bureau|message automatique|réponse automatique|reponse automatique|message d.absence|notification d.absence|je suis (absente?|en congé|en vacances)|abwesen|automatische antwort|respuesta automática|risposta automatica|vacation (reply|response)|lu ?:|read:|not read:|non lu ?:|accusé de (lecture|réception)|recall ?:|rappeler ?:|message recall (success|failure|report))`)

// machineMark is a mark that a machine sent the mail, though perhaps for a person.
func machineMark(h Header) string {
	if v := strings.ToLower(stripComment(h.Get("Auto-Submitted"))); v != "" && v != "no" {
		return "Auto-Submitted: " + Clip(CleanLine(v), 40)
	}
	for _, name := range []string{"X-Autogenerated", "X-FC-MachineGenerated", "X-Amazon-Auto-Reply", "Feedback-ID"} {
		if h.Has(name) {
			return name
		}
	}
	return ""
}

// listMark says which field shows a mailing list.
func listMark(h Header) string {
	for _, name := range []string{"List-Id", "List-Unsubscribe", "List-Post", "List-Help", "Mailing-List", "X-Mailing-List", "X-BeenThere", "X-Mailman-Version", "X-Loop", "X-ML-Name"} {
		if h.Has(name) {
			return name
		}
	}
	switch v := strings.ToLower(strings.TrimSpace(h.Get("Precedence"))); v {
	case "list", "bulk", "junk":
		return "Precedence: " + v
	}
	return ""
}

// mayAnswer says whether a person is likely to read an answer, and wants one.
func mayAnswer(m *Mail) (bool, string) {
	h := m.Header
	if m.From.Addr == "" {
		return false, "no single sender"
	}
	if nullReturnPath(h) {
		return false, "Return-Path: <>"
	}
	if mark := machineMark(h); mark != "" {
		return false, mark
	}
	switch v := strings.ToLower(strings.TrimSpace(h.Get("Precedence"))); v {
	case "bulk", "junk", "auto_reply":
		return false, "Precedence: " + v
	}
	if h.Has("List-Unsubscribe") {
		return false, "List-Unsubscribe"
	}
	for v := range strings.SplitSeq(strings.ToLower(h.Get("X-Auto-Response-Suppress")), ",") {
		if v = strings.TrimSpace(v); v == "all" || v == "autoreply" {
			return false, "X-Auto-Response-Suppress: " + v
		}
	}
	local, _, _ := strings.Cut(m.From.Addr, "@")
	if noReply.MatchString(local) || isDaemon(m.From.Addr) {
		return false, "nobody reads " + local
	}
	return true, ""
}

var noReply = regexp.MustCompile(`^(no[-_.]?reply|do[-_.]?not[-_.]?reply|ne[-_.]?pas[-_.]?repondre|nepasrepondre|bounces?|mailer-daemon|postmaster|listserv|majordomo|owner-.*|.*-(owner|request|bounces))([+].*)?$`)

// isStatement knows a card statement by its sender and by what is attached: a CSV, or a workbook named as one.
func isStatement(m *Mail, senders []string) bool {
	if !slices.ContainsFunc(senders, func(s string) bool { return strings.EqualFold(s, m.From.Addr) }) || m.From.Addr == "" {
		return false
	}
	if len(m.attachmentsOf(workbook.Csv)) > 0 {
		return true
	}
	for _, a := range m.attachmentsOf(workbook.Xlsx, workbook.Zip) {
		if statementName.MatchString(a.Name) || statementName.MatchString(m.Subject) {
			return true
		}
	}
	return false
}

var statementName = regexp.MustCompile(`(?i)\b(statement|relev[ée]|card activity|activit[ée] de (la )?carte)`)
