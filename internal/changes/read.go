package changes

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"
	"strings"

	"handrail/ingest"
	"handrail/ingest/reply"
	"handrail/internal/department"
	"handrail/internal/incoming"
	"handrail/internal/ledger"
	"handrail/internal/policybook"
	"handrail/internal/request"
	"handrail/internal/workbook"
	"handrail/rules"
)

// letter is what somebody wrote to the owners' room: an answer to a change, a policy, or both.
type letter struct {
	*incoming.Message
	room     *Room
	codes    []ingest.Code
	commands []reply.Command
	ask      *reply.AskBack
	text     string
	other    bool   // it has a code of ours, but answers somebody else's mail
	behalf   string // why it counts for nobody: somebody else wrote it; "" nobody did
	policy   *mailed
}

// mailed is a policy that came by mail.
type mailed struct {
	file      string // its name
	candidate *department.PolicyCandidate
	mistakes  []request.Text
	book      bool // it is a workbook
}

// Held is next to nothing once it is read: policies are bounded.
func (l *letter) Held() int64 { return 0 }

// Takes reads a mail that answers a change, or brings a policy; taken is false for every other mail. Who may do that is decided later: here only
// whether the mail is for this room.
func (r *Room) Takes(ctx context.Context, h *incoming.Message, u *ingest.Classified) (taken bool, err error) {
	if taken, err := r.takesStop(ctx, h, u); err != nil || taken {
		return taken, err
	}
	if !readable(u) || !h.Sender.Trusted() {
		return false, nil
	}
	if !r.owners.Any() {
		if files := policyFiles(ctx, h.Mail); files.book != nil {
			h.Verdict.Kind, h.Verdict.Reason = string(ingest.OtherMail), "policy"
			h.Answer = &unowned{&letter{Message: h, room: r}}
			return true, nil
		}
		return false, ctx.Err()
	}
	l := &letter{Message: h, room: r, codes: ingest.CodesIn(h.Mail)}
	about, err := r.namesChange(ctx, l.codes)
	if err != nil {
		return false, err
	}
	files := policyFiles(ctx, h.Mail)
	asks := wantsBook(h.Mail) && r.owners.Is(h.Sender.Address) && !h.Row.Released
	if ctx.Err() != nil || !about && files.empty() && !asks {
		return false, ctx.Err()
	}
	if l.text, err = reply.NewText(ctx, h.Mail); err != nil {
		return false, err
	}
	reader := reply.Reader{Names: []string{h.Sender.Name}, Today: r.dept.Day(h.Row.ReceivedAt)}
	if l.commands, l.ask, err = reader.Parse(ctx, l.text); err != nil {
		return false, err
	}
	if l.other, err = ingest.AnswersOther(ctx, h.Mail, ingest.Answered{Ours: r.dept.SentByUs, Held: r.dept.Holds, Own: r.dept.OwnAddresses(h.Inbox)}); err != nil {
		return false, fmt.Errorf("look up what the answer answers: %w", err)
	}
	if by, ok := ingest.WrittenBy(h.Mail); by != "" || !ok {
		l.behalf = by + " " // somebody, whoever it is
	}
	if asks && !about {
		h.Verdict.Kind, h.Verdict.Reason = string(ingest.AnswerMail), "owners"
		h.Answer = &bookLetter{l}
		return true, nil
	}
	if !files.empty() && r.owners.Is(h.Sender.Address) && !h.Row.Released {
		if l.policy, err = r.readPolicy(ctx, h.Inbox, files); err != nil {
			return false, err
		}
	} else if !files.empty() {
		l.policy = &mailed{file: files.name}
	}
	h.Verdict.Kind, h.Verdict.Reason = string(ingest.AnswerMail), "owners"
	h.Answer = l
	return true, nil
}

// readable reports whether what is in a mail may be read as somebody's of the department.
func readable(u *ingest.Classified) bool {
	switch u.Plan {
	case ingest.PlanRequest, ingest.PlanAnswer, ingest.PlanHelp:
		return true
	case ingest.PlanFile:
		return u.Verdict.Kind == ingest.OtherMail && u.Verdict.Answer && u.Code == ingest.NoAttachmentCode
	}
	return false
}

// namesChange reports whether one of the codes of a mail is that of a change.
func (r *Room) namesChange(ctx context.Context, codes []ingest.Code) (about bool, err error) {
	if len(codes) == 0 || len(codes) > 10 {
		return false, nil
	}
	err = r.ledger.View(ctx, func(tx *ledger.Tx) error {
		for _, code := range codes {
			_, found, err := tx.Changes.ByCode(ctx, string(code))
			if err != nil {
				return err
			}
			about = about || found
		}
		return nil
	})
	return about, err
}

// fileSet is the files of a policy in a mail.
type fileSet struct {
	name  string            // of the policy
	texts int               // how many policies there are
	data  map[string][]byte // by base name in lower case
	book  []byte            // a policy as a workbook
}

func (f *fileSet) empty() bool { return f.texts == 0 }

// policyFiles are the files of a policy in a mail: NAME.toml, its tests NAME.test.toml, and its lists; or a workbook that is a policy.
func policyFiles(ctx context.Context, mail *ingest.Mail) *fileSet {
	f := &fileSet{data: map[string][]byte{}}
	tests := 0
	var lastTests []byte
	for i := range mail.Attachments {
		a := &mail.Attachments[i]
		base := strings.ToLower(filepath.Base(a.Name))
		switch {
		case a.Fault != nil || a.Name == "":
			continue
		case strings.HasSuffix(base, rules.TestSuffix):
			tests, lastTests = tests+1, a.Data
		case strings.HasSuffix(base, ".toml"):
			f.texts, f.name = f.texts+1, a.Name
		case a.Format == workbook.Xlsx && policybook.IsFile(ctx, a.Data):
			f.texts, f.name, f.book = f.texts+1, a.Name, a.Data
		}
		f.data[base] = a.Data
	}
	if tests == 1 && f.book == nil { // whatever it is called
		f.data[strings.ToLower(filepath.Base(rules.TestFileOf(f.name)))] = lastTests
	}
	return f
}

// read reads one of the files, for the rules: where the policy says it lies does not count.
func (f *fileSet) read(name string) ([]byte, error) {
	data, there := f.data[strings.ToLower(filepath.Base(name))]
	if !there {
		return nil, fmt.Errorf("%s is not attached: %w", filepath.Base(name), fs.ErrNotExist)
	}
	return data, nil
}

// readPolicy reads and tests a policy that an owner mailed. Only an error of ours or of what is around is an error.
func (r *Room) readPolicy(ctx context.Context, box *department.Inbox, f *fileSet) (*mailed, error) {
	m := &mailed{file: f.name}
	if f.texts > 1 {
		m.mistakes = []request.Text{{EN: "This mail brings several policies: mail each text by itself.", FR: "Ce courriel apporte plusieurs politiques\u00a0: envoyez chaque texte séparément."}}
		return m, nil
	}
	if f.book != nil {
		m, _, err := r.readBook(ctx, box, f)
		return m, err
	}
	c, err := r.dept.LoadPolicy(ctx, filepath.Base(f.name), f.read)
	if err == nil {
		err = r.dept.Check(ctx, c, box.Policy())
	}
	switch {
	case ctx.Err() != nil:
		return nil, ctx.Err()
	case err == nil:
		m.candidate = c
		return m, nil
	}
	var trouble *ledger.Error
	if errors.As(err, &trouble) {
		return nil, err
	}
	m.mistakes = mistakesOf(err)
	return m, nil
}

// mistakesOf are the mistakes of a text, a line each with its place.
func mistakesOf(err error) (lines []request.Text) {
	var gate *department.GateError
	if errors.As(err, &gate) {
		return []request.Text{gate.Why}
	}
	var found rules.Mistakes
	if errors.As(err, &found) {
		for _, m := range found {
			lines = append(lines, inLanguages(m))
		}
		return lines
	}
	for line := range strings.Lines(err.Error()) {
		if s := strings.TrimSpace(line); s != "" {
			lines = append(lines, request.Text{EN: s, FR: s})
		}
	}
	return lines
}

// inLanguages is a mistake with its place, in a line.
func inLanguages(m rules.Mistake) request.Text {
	line := func(l request.Lang) string { return strings.NewReplacer("\n\t", " ", "\n", " ").Replace(m.In(l)) } // a failed case has several
	return request.Text{EN: line(request.English), FR: line(request.French)}
}
