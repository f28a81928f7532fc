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
	MachineMail   Kind = "machine"    // a machine wrote by itself, or nobody who reads an answer: notifications, reports, spam
	ListMail      Kind = "list"       // a mailing list or newsletter, without a workbook
	CalendarMail  Kind = "calendar"   // an invitation or its answer
	OwnMail       Kind = "own"        // sent by ourselves
	OtherMail     Kind = "other"      // a person wrote, without a workbook and without a command
)

// Verdict is what a message is and what may be done with it. The two permissions are separate: a request that a rule
// forwarded has the mark of a machine, so nobody is answered, but it is a request all the same.
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
	Spam             SpamSigns // what the border server writes on spam
}

// KindOf says what a message is. It works on a message that Parse could not read to the end as well, by its header,
// so that no machine is ever answered. It believes nobody: whether the sender is who From says is Authenticate's. Its
// error is that of Ours, and then there is no verdict.
func KindOf(ctx context.Context, m *Mail, s Surroundings) (Verdict, error) {
	if v, certain := kindOfMachine(m, s); certain {
		return v, nil
	}
	answer, whyNot := mayAnswer(m, s)
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
		mark := machineMark(m.Header)
		if mark == "" {
			mark = acknowledges(m)
		}
		if mark != "" {
			// A machine never decides, whatever it was made to send.
			return Verdict{AutoReplyMail, false, false, mark}, nil
		}
		v.Answer, v.Why = answer || whyNot == s.Spam.on(m.Header), "" // what somebody wrote to a mail of ours is no spam
	case m.Protection.Closed() || slices.ContainsFunc(m.Attachments, func(a Attachment) bool { return a.CouldBeRequest() }):
		v.Kind = RequestMail
	case whyNot != "" && whyNot == s.Spam.on(m.Header):
		return Verdict{MachineMail, false, false, whyNot}, nil
	default:
		v.Kind, v.Process = OtherMail, false
	}
	return v, nil
}

// kindOfMachine knows what nobody who waits for an answer sent: our own mail, bounces, automatic answers, reports,
// invitations, lists and notifications. certain is false for the rest.
func kindOfMachine(m *Mail, s Surroundings) (v Verdict, certain bool) {
	if from := m.From.Addr; from != "" && slices.ContainsFunc(s.Addresses, func(a string) bool { return strings.EqualFold(a, from) }) {
		return Verdict{OwnMail, false, false, "From is our own address"}, true
	}
	if isBounce(m) {
		return Verdict{BounceMail, false, false, "a mail server reports on a delivery"}, true
	}
	if why := mailReport(m); why != "" {
		return Verdict{MachineMail, false, false, why}, true
	}
	if why := machineAnswer(m.Header); why != "" {
		return Verdict{AutoReplyMail, false, false, why}, true
	}
	// Rules, lists and banks put the marks of machines on what is wanted all the same.
	if isStatement(m, s.StatementSenders) || slices.ContainsFunc(m.Attachments, func(a Attachment) bool { return a.couldBeWorkbook() }) {
		return Verdict{}, false
	}
	if why := automaticTitle(m); why != "" {
		return Verdict{AutoReplyMail, false, false, why}, true
	}
	coded := len(CodesIn(m)) > 0
	if why := machineMark(m.Header); why != "" {
		if coded {
			return Verdict{AutoReplyMail, false, false, why}, true
		}
		return Verdict{MachineMail, false, false, why}, true
	}
	if m.Calendar {
		return Verdict{CalendarMail, false, false, "a calendar part"}, true
	}
	if isNoReply(m.From.Addr) || isDaemon(m.Header.Get("From")) {
		return Verdict{MachineMail, false, false, "nobody reads " + m.From.Addr}, true
	}
	if coded {
		return Verdict{}, false
	}
	if why := listMark(m.Header); why != "" {
		return Verdict{ListMail, false, false, why}, true
	}
	if why := readsAutomatic(m, s.Addresses); why != "" {
		return Verdict{MachineMail, false, false, why}, true
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

// isStatement knows a card statement by its sender and by what is attached: a CSV, or a workbook named as one.
func isStatement(m *Mail, senders []string) bool {
	if !slices.ContainsFunc(senders, func(s string) bool { return strings.EqualFold(s, m.From.Addr) }) || m.From.Addr == "" {
		return false
	}
	if len(m.attachmentsOf(workbook.Csv)) > 0 || slices.ContainsFunc(m.Attachments, func(a Attachment) bool { return a.bankFile() }) {
		return true
	}
	for _, a := range m.attachmentsOf(workbook.Xlsx, workbook.Zip, workbook.Archive, workbook.Pdf) {
		if statementName.MatchString(a.Name) || statementName.MatchString(m.Subject) {
			return true
		}
	}
	return false
}

var statementName = regexp.MustCompile(`(?i)\b(statement|relev[ée]|card activity|activit[ée] de (la )?carte)`)
