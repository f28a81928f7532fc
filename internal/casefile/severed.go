package casefile

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"regexp"
	"slices"
	"strings"

	"handrail/internal/ledger"
	"handrail/internal/request"
)

// The sections of the Access to Information Act under which something is severed, and why (docs/records.md, A severed file).
const (
	personalSection = "19(1)"
	partySection    = "20(1)"
	securitySection = "16(2)"
)

var sectionWords = map[string]request.Text{
	personalSection: {EN: "personal information, or a text in which people may have written some", FR: "renseignements personnels, ou texte où l’on a pu en écrire"},
	partySection:    {EN: "information of a third party", FR: "renseignements de tiers"},
	securitySection: {EN: "what a mail server said, which tells how it is protected", FR: "ce qu’a dit un serveur de courriel, et qui révèle comment il est protégé"},
}

// severing is something that was taken out of a severed file. It says where, never what.
type severing struct {
	Where   request.Text `json:"where"`
	Section string       `json:"section"`
	Why     request.Text `json:"why"`
}

// severedName lists what was severed; it stands in the zip.
const severedName = "severed.json"

// mark stands where something was severed.
func mark(section string) string { return "█ " + section }

// severedFields are the fields of a line that do not stay, with their sections. What no table names stays: amounts, dates, codes
// and answers of a fixed choice.
var severedFields = map[request.Field]string{
	request.Item: personalSection, request.Title: personalSection, request.TitleOther: personalSection, request.Description: personalSection,
	request.Rationale: personalSection, request.Justification: personalSection, request.AuthorizedBy: personalSection, request.Cardholder: personalSection,
	request.PublicServant: personalSection, request.SupplierID: partySection, request.UnitPrice: partySection, request.Repository: personalSection,
	request.Licence: personalSection, request.StandingOffer: personalSection,
}

// severer takes out of a record what an access request must not show.
type severer struct {
	list    []severing
	secrets []string // each personal text of the case, in small letters: none may stay anywhere
}

func (s *severer) sever(section, en, fr string) string {
	x := severing{request.Text{EN: en, FR: fr}, section, sectionWords[section]}
	if !slices.Contains(s.list, x) {
		s.list = append(s.list, x)
	}
	return mark(section)
}

// text severs a text where there is one.
func (s *severer) text(to *string, section, en, fr string) {
	if strings.TrimSpace(*to) == "" || gone(*to) {
		return
	}
	s.secret(*to)
	*to = s.sever(section, en, fr)
}

// secret remembers a personal text, and of an address what stands before its @ where that is a name. A single short word is looked
// for where it stands only: in a page it may be anything.
func (s *severer) secret(text string) {
	text = strings.ToLower(strings.TrimSpace(text))
	name, _, isAddress := strings.Cut(text, "@")
	remember := func(x string) {
		if !gone(x) && !slices.Contains(s.secrets, x) {
			s.secrets = append(s.secrets, x)
		}
	}
	switch {
	case isAddress:
		remember(text)
		if strings.ContainsAny(name, ".-_") && len(name) > 5 {
			remember(name)
		}
	case strings.Contains(text, " ") && len(text) > 5:
		remember(text)
	}
}

// WriteSevered writes the record as one zip without what an access request must not show: no mail, no workbook, no explanation and
// no private part of the chain; what is left of each line, with a mark and the section of the Act where something stood. All that
// was severed stands in a list. The links of the chain still lead to the heads that were printed.
func WriteSevered(ctx context.Context, w io.Writer, r *Record, o Options) error {
	f := &file{record: r, options: o}
	s := &severer{}
	if err := f.replayOnly(); err != nil {
		return fmt.Errorf("make the severed file of %s: %w", r.reference(), err)
	}
	f.severMails(s)
	f.miss(request.Text{EN: "The workbook as it was received", FR: "Le classeur tel qu’il a été reçu"},
		request.Text{EN: "Severed. Its SHA-256 remains.", FR: "Prélevé. Son empreinte SHA-256 demeure."}, r.Submission.Attachment)
	s.sever(personalSection, "The request’s workbooks, received and sent back", "Les classeurs de la demande, reçu et renvoyé")
	s.sever(personalSection, "The explanations of each line", "Les explications de chaque ligne")
	f.severed = s
	s.record(r)
	for _, step := range []func() error{f.addSeveredPolicy, f.addProof, func() error {
		return f.addJSON(severedName, s.list, "Everything that was severed: where, and under which section of the Access to Information Act",
			"Tout ce qui a été prélevé\u00a0: où, et en vertu de quel article de la Loi sur l’accès à l’information")
	}, f.addPages} {
		if err := step(); err != nil {
			return fmt.Errorf("make the severed file of %s: %w", r.reference(), err)
		}
	}
	for i := range f.entries { // nothing leaves that names somebody, wherever it came from
		f.entries[i] = s.clean(f.entries[i])
	}
	return f.write(w)
}

// replayOnly says of each line whether it comes out again, and keeps nothing else of its explanation.
func (f *file) replayOnly() error {
	f.explain = make([]Explanation, len(f.record.Lines))
	for i := range f.record.Lines {
		e, err := f.options.Explain(&f.record.Lines[i].Account)
		if err != nil {
			return fmt.Errorf("explain %s: %w", f.record.Lines[i].Line.Reference, err)
		}
		f.explain[i] = Explanation{Replayed: e.Replayed, Same: e.Same, NotAgain: e.NotAgain}
	}
	return nil
}

// severMails names every mail by what it is, its day and its digest.
func (f *file) severMails(s *severer) {
	f.mailFiles, f.mailCame = make([]string, len(f.record.Mails)), map[string]string{}
	for i := range f.record.Mails {
		m := &f.record.Mails[i]
		digest := m.Outgoing.SHA256
		if m.Message.ID != 0 {
			digest = m.Message.SHA256
			s.text(&m.Message.Subject, personalSection, "Subjects of mails", "Objets des courriels")
			s.text(&m.Message.Sender, personalSection, "Who sent a mail", "Qui a envoyé un courriel")
		} else {
			s.text(&m.Outgoing.Recipient, personalSection, "Who received a mail", "Qui a reçu un courriel")
			s.text(&m.Outgoing.EndedWhy, securitySection, "How a refused mail was settled", "Comment un courriel refusé a été réglé")
		}
		f.miss(mailWords(m), request.Text{EN: "Severed. Its SHA-256 remains.", FR: "Prélevé. Son empreinte SHA-256 demeure."}, digest)
		m.Raw = nil
	}
	if len(f.record.Mails) > 0 {
		s.sever(personalSection, "The mails themselves, with what is attached to them", "Les courriels eux-mêmes, avec leurs pièces jointes")
	}
	f.nameCauses()
}

// record takes out of the record what its page would show.
func (s *severer) record(r *Record) {
	s.secret(r.Origin.Name)
	s.secret(r.Origin.Email)
	s.secret(r.Origin.Sender)
	s.text(&r.Submission.Requester, personalSection, "Who asked: name and addresses", "Qui a demandé\u00a0: nom et adresses")
	r.Origin = request.Origin{}
	s.text(&r.Submission.FileName, personalSection, "The name of the workbook", "Le nom du classeur")
	for i := range r.Problems {
		r.Problems[i].Message = request.Text{EN: s.sever(personalSection, "What was wrong with the workbook, which quotes it", "Ce qui n’allait pas dans le classeur, et qui le cite"), FR: mark(personalSection)}
	}
	for i := range r.Lines {
		s.line(&r.Lines[i])
	}
	for i := range r.Proof.Own {
		if r.Proof.Own[i].Private != nil {
			s.sever(personalSection, "Private parts of the chain’s links (proof/private.jsonl); their digests remain", "Les parties privées des maillons de la chaîne (proof/private.jsonl); leurs empreintes demeurent")
		}
		r.Proof.Own[i].Private, r.Proof.Own[i].Salt = nil, nil
	}
}

// corporate are the words that end a company's name: such a supplier is no natural person.
var corporate = []string{"inc", "incorporated", "incorporée", "ltd", "limited", "ltée", "limitée", "corp", "corporation", "llc", "llp", "plc", "gmbh", "senc", "sencrl", "srl"}

// company reports whether a name says that it is a company's.
func company(name string) bool {
	words := strings.Fields(strings.ToLower(name))
	return len(words) > 1 && slices.Contains(corporate, strings.ReplaceAll(strings.Trim(words[len(words)-1], ".,()"), ".", ""))
}

// party severs a supplier's or a merchant's name, unless it says that it is a company's: a small supplier is often a person.
func (s *severer) party(name *string, en, fr string) {
	if !company(*name) {
		s.text(name, personalSection, en, fr)
	}
}

func (s *severer) line(l *Line) {
	ref := l.Line.Reference
	at := func(en, fr string) (string, string) { return ref + ": " + en, ref + "\u00a0: " + fr }
	en, fr := at("supplier, where the name is not a company’s", "fournisseur, si le nom n’est pas celui d’une société")
	s.party(&l.Line.Supplier, en, fr)
	if l.Facts != nil {
		facts := *l.Facts
		for _, info := range request.Fields() {
			v := &facts.Line.Values[info.Field]
			section, listed := severedFields[info.Field]
			switch {
			case !v.Given && v.Text == "":
			case info.Field == request.Supplier:
				s.party(&v.Text, en, fr)
			case listed:
				s.secret(v.Text)
				v.Text = s.sever(section, ref+": "+info.Label.EN, ref+"\u00a0: "+info.Label.FR)
				v.Given = v.Given && info.Kind != request.MoneyKind
			case v.Faulty: // what could not be read may be anything
				v.Text = s.sever(personalSection, ref+": "+info.Label.EN, ref+"\u00a0: "+info.Label.FR)
				v.Given = false
			}
		}
		for _, text := range facts.Line.Extra {
			s.secret(text)
			en, fr := at("columns of the department’s own", "colonnes propres au ministère")
			s.sever(personalSection, en, fr)
		}
		facts.Line.Extra, facts.Line.Unread, facts.Line.Problems = nil, nil, nil
		l.Facts = &facts
	}
	for i := range l.Findings {
		f := &l.Findings[i]
		en, fr := at("messages of findings, which quote the line", "messages des constats, qui citent la ligne")
		m := s.sever(personalSection, en, fr)
		f.Message, f.Officer = request.Text{EN: m, FR: m}, request.Text{}
	}
	for i := range l.NotEvaluated {
		en, fr := at("why a guardrail was not evaluated", "pourquoi une balise n’a pas été évaluée")
		l.NotEvaluated[i].Why = s.sever(personalSection, en, fr)
	}
	for i := range l.Links {
		s.decision(&l.Links[i], at)
	}
	for i := range l.Evidence {
		s.secret(l.Evidence[i].Manager)
		l.Evidence[i].Manager = ""
	}
	for i := range l.Closings {
		c := &l.Closings[i]
		en, fr := at("who closed the line, or opened it again", "qui a fermé la ligne, ou l’a rouverte")
		s.text(&c.By, personalSection, en, fr)
		s.text(&c.ReopenedBy, personalSection, en, fr)
		en, fr = at("the reason of a decision, in somebody’s own words", "le motif d’une décision, dans les mots de quelqu’un")
		s.text(&c.Reason, personalSection, en, fr)
		s.text(&c.ReopenReason, personalSection, en, fr)
	}
	for i := range l.Charges {
		c := &l.Charges[i]
		en, fr := at("merchant, where the name is not a company’s", "marchand, si le nom n’est pas celui d’une société")
		s.party(&c.Merchant, en, fr)
		if en, fr = at("digits of the card", "chiffres de la carte"); c.Card != "" {
			c.Card = s.sever(personalSection, en, fr)
		}
		en, fr = at("who matched a charge by hand", "qui a rapproché des frais à la main")
		s.text(&c.SettledBy, personalSection, en, fr)
	}
}

// decision leaves of who decided, and why, that somebody did and said why.
func (s *severer) decision(k *ledger.Link, at func(en, fr string) (string, string)) {
	if k.Private == nil || k.Kind == "line.judged" {
		return
	}
	var private struct {
		By        string `json:"by,omitempty"`
		InsteadOf string `json:"instead_of,omitempty"`
		WrittenBy string `json:"written_by,omitempty"`
		Reason    string `json:"reason,omitempty"`
	}
	_ = json.Unmarshal(k.Private, &private) // what cannot be read is not shown
	en, fr := at("who decided", "qui a décidé")
	for _, who := range []*string{&private.By, &private.InsteadOf, &private.WrittenBy} {
		s.text(who, personalSection, en, fr)
	}
	en, fr = at("the reason of a decision, in somebody’s own words", "le motif d’une décision, dans les mots de quelqu’un")
	s.text(&private.Reason, personalSection, en, fr)
	k.Private, _ = json.Marshal(private)
}

// addSeveredPolicy adds the policy, which is no secret, unless it names somebody: then its hash remains.
func (f *file) addSeveredPolicy() error {
	p := &f.record.Policy
	if len(p.Bundle) > 0 && (bytes.Contains(p.Bundle, []byte("[aliases]")) || f.severed.names(p.Bundle)) {
		f.severed.sever(personalSection, "The text of the policy, which names people; its hash remains", "Le texte de la politique, qui nomme des personnes; son empreinte demeure")
		f.absent = append(f.absent, absent{request.Text{EN: "The policy " + p.Hash, FR: "La politique " + p.Hash},
			request.Text{EN: "Severed. Its SHA-256 remains.", FR: "Prélevé. Son empreinte SHA-256 demeure."}, strings.TrimPrefix(p.Hash, "sha256:")})
		p.Bundle, p.Text = nil, ""
		return nil
	}
	return f.addPolicy()
}

// names reports whether a text holds something personal of the case.
func (s *severer) names(data []byte) bool {
	lower := bytes.ToLower(data)
	return slices.ContainsFunc(s.secrets, func(x string) bool { return bytes.Contains(lower, []byte(x)) })
}

// clean marks what is personal wherever it still stands in an entry, whatever letters it is written in.
func (s *severer) clean(e fileEntry) fileEntry {
	if !s.names(e.data) || strings.HasPrefix(e.Name, "policy/") || strings.HasPrefix(e.Name, "proof/") {
		return e
	}
	text := string(e.data)
	longest := slices.SortedFunc(slices.Values(s.secrets), func(a, b string) int { return len(b) - len(a) })
	for _, x := range longest {
		text = regexp.MustCompile(`(?i)`+regexp.QuoteMeta(x)).ReplaceAllLiteralString(text, mark(personalSection))
	}
	cleaned := &file{}
	cleaned.add(e.Name, []byte(text), e.What.EN, e.What.FR)
	return cleaned.entries[0]
}
