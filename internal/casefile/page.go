package casefile

import (
	"bytes"
	_ "embed"
	"encoding/json"
	"html/template"
	"slices"
	"strconv"
	"strings"
	"time"

	"handrail/ingest"
	"handrail/internal/ledger"
	"handrail/internal/request"
)

//go:embed page.html
var pageText string

// pageView is the page in one language.
type pageView struct {
	Lang       request.Lang
	Other      string // the file with the page in the other language
	Reference  string
	Zone       string
	Asked      []fact
	Counts     []count
	Means      string
	Problems   []string
	Lines      []lineView
	Events     []eventView
	Policy     policyView
	Files      []fileView
	Absent     []absentView
	Printed    []fact // week, head
	Last       string // the newest link that the file proves
	Disposed   string // the day, "" when all is there
	Severed    []severing
	DisposedBy int64
}

type fact struct{ Label, Value string }

type count struct {
	Tone, Word, Amount string
	Number             int
}

type lineView struct {
	Reference, Title, Supplier, Amount string
	Tone, Outcome, Judged, JudgedAt    string
	Facts                              []fact
	Findings                           []findingView
	NotEvaluated                       []fact
	Decisions                          []decisionView
	Evidence                           string
	EvidenceBy                         string
	Section32                          bool
	Charges                            []chargeView
	Relations                          []fact
	Explanation                        string
	Replay                             string // "same", "other", "unable", "disposed"
	Links                              string
	Disposed                           bool
}

type findingView struct {
	Guardrail, Action, Title, Message, Source, Cells, ExemptedBy string
}

// decisionView is one move of a line's outcome, as the chain has it.
type decisionView struct {
	At, Tone, Outcome, By, InsteadOf, WrittenBy, Reason string
	Mail                                                string // file name; "" when it is not here
	Digest                                              string // of the mail that caused it, "" when none did
	Link                                                int64
	Machine                                             bool
}

type chargeView struct{ Day, Merchant, Card, Amount, Share, Rule string }

type eventView struct{ At, What, Who, Note, File string }

type policyView struct {
	Name, Version, Hash, Authority, AuthorityReference, AuthorityDate, File, Bundle string
}

type fileView struct{ Name, What, Size, SHA256 string }

type absentView struct{ What, Why, SHA256 string }

// T is what the page says in its language.
func (v *pageView) T(en, fr string) string { return request.Text{EN: en, FR: fr}.In(v.Lang) }

func (v *pageView) text(t request.Text) string { return t.In(v.Lang) }

// page writes the page; evidence are the files that it lists.
func (f *file) page(lang request.Lang, other string, evidence []fileEntry) ([]byte, error) {
	t, err := template.New("page").Parse(pageText)
	if err != nil {
		return nil, err
	}
	r := f.record
	v := &pageView{Lang: lang, Other: other, Reference: r.reference(), Zone: f.zone().String(), Means: r.Policy.Mark.Means.In(lang), Last: r.Proof.last().String()}
	if r.DisposedBy != 0 {
		v.Disposed, v.DisposedBy = r.DisposedAt.In(f.zone()).Format(time.DateOnly), r.DisposedBy
	}
	if f.severed != nil {
		v.Severed = f.severed.list
	}
	f.viewAsked(v)
	for _, p := range r.Problems {
		v.Problems = append(v.Problems, strings.TrimSpace(p.Sheet+" "+p.Cell)+v.T(": ", "\u00a0: ")+v.text(p.Message))
	}
	for i := range r.Lines {
		v.Lines = append(v.Lines, f.viewLine(v, i))
	}
	f.viewEvents(v)
	f.viewPolicy(v)
	for _, e := range evidence {
		v.Files = append(v.Files, fileView{e.Name, v.text(e.What), sizeWords(e.Size, lang), e.SHA256})
	}
	for _, a := range f.absent {
		v.Absent = append(v.Absent, absentView{v.text(a.What), v.text(a.Why), a.SHA256})
	}
	for _, h := range r.Proof.printed() {
		week := v.T("Week ", "Semaine ") + h.Week
		if h.Edition > 1 {
			week += v.T(", edition ", ", édition ") + strconv.Itoa(h.Edition)
		}
		v.Printed = append(v.Printed, fact{week, h.Head.String()})
	}
	var b bytes.Buffer
	err = t.Execute(&b, v)
	return b.Bytes(), err
}

// cells names the cells of a finding.
func (v *pageView) cells(list []string) string {
	switch len(list) {
	case 0:
		return ""
	case 1:
		return v.T("cell ", "cellule ") + list[0]
	}
	return v.T("cells ", "cellules ") + strings.Join(list, ", ")
}

func (f *file) at(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.In(f.zone()).Format("2006-01-02 15:04")
}

func (v *pageView) who(address string) string {
	if gone(address) {
		return v.T("name disposed of", "nom éliminé")
	}
	return address
}

func (f *file) viewAsked(v *pageView) {
	r := f.record
	add := func(label, value string) {
		if value != "" {
			v.Asked = append(v.Asked, fact{label, value})
		}
	}
	asked := v.who(r.Submission.Requester)
	if name := ingest.CleanLine(r.Origin.Name); name != "" {
		asked = name + " <" + asked + ">"
	}
	add(v.T("Asked by", "Demande faite par"), asked)
	add(v.T("Branch", "Direction générale"), ingest.CleanLine(r.Submission.Unit))
	add(v.T("Received", "Reçue le"), f.at(r.Submission.ReceivedAt))
	add(v.T("Judged", "Évaluée le"), f.at(r.Submission.JudgedAt))
	add(v.T("Workbook", "Classeur"), ingest.CleanLine(r.Submission.FileName))
	add(v.T("Policy", "Politique"), strings.TrimSpace(r.Policy.Mark.Name+" "+r.Policy.Mark.Version))
	for _, o := range []request.Outcome{request.Approved, request.Escalated, request.Returned, request.Declined, request.Withdrawn, request.Revoked, request.Superseded} {
		c := count{Tone: tone(o), Word: v.text(o.Word())}
		sums := map[string]int64{}
		for i := range r.Lines {
			if l := &r.Lines[i].Line; l.Outcome == o {
				c.Number++
				if l.HasAmount {
					sums[l.Currency] += l.Amount
				}
			}
		}
		for _, currency := range sortedKeys(sums) {
			c.Amount = strings.TrimPrefix(c.Amount+", "+request.FromMinor(sums[currency], currency).In(v.Lang), ", ")
		}
		if c.Number > 0 {
			v.Counts = append(v.Counts, c)
		}
	}
}

func sortedKeys(m map[string]int64) []string {
	keys := make([]string, 0, len(m))
	for k := range m {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	return keys
}

func (f *file) viewLine(v *pageView, i int) lineView {
	l := &f.record.Lines[i]
	view := lineView{Reference: l.Line.Reference, Supplier: ingest.CleanLine(l.Line.Supplier), Tone: tone(l.Line.Outcome), Outcome: v.text(l.Line.Outcome.Word()),
		Judged: v.text(l.Line.Judged.Word()), JudgedAt: f.at(l.Line.JudgedAt), Explanation: "explanations/" + l.Line.Reference + ".txt",
		Disposed: l.Facts == nil, Amount: v.T("no readable amount", "aucun montant lisible")}
	if l.Line.HasAmount {
		view.Amount = request.FromMinor(l.Line.Amount, l.Line.Currency).In(v.Lang)
	}
	if f.severed != nil {
		view.Explanation = ""
	}
	switch e := f.explain[i]; {
	case e.NotAgain != "":
		view.Replay = "unable"
	case e.Replayed == "":
		view.Replay = "disposed"
	case e.Same:
		view.Replay = "same"
	default:
		view.Replay = "other"
	}
	if l.Facts != nil {
		f.viewFacts(v, l, &view)
	}
	for k := range l.Findings {
		x := &l.Findings[k]
		view.Findings = append(view.Findings, findingView{x.Guardrail, v.text(actionWords(x)), v.text(x.Title), v.text(x.Message), x.SourceIn(v.Lang),
			v.cells(x.Cells), x.ExemptedBy})
	}
	for _, n := range l.NotEvaluated {
		view.NotEvaluated = append(view.NotEvaluated, fact{n.Guardrail, n.Why})
	}
	f.viewDecisions(v, l, &view)
	f.viewCharges(v, l, &view)
	f.viewRelations(v, l, &view)
	return view
}

func (f *file) viewFacts(v *pageView, l *Line, view *lineView) {
	values := &l.Facts.Line.Values
	view.Title = ingest.CleanLine(values[request.Title].Text)
	if view.Title == "" {
		view.Title = ingest.CleanLine(values[request.TitleOther].Text)
	}
	currency := l.Facts.Line.Currency(f.record.currency())
	for _, info := range request.Fields() {
		x := &values[info.Field]
		if !x.Given || info.Field == request.Title {
			continue
		}
		text := ingest.CleanLine(x.Text)
		switch info.Kind {
		case request.MoneyKind:
			text = request.Money{Amount: x.Number, Currency: currency}.In(v.Lang)
		case request.ChoiceKind:
			for _, c := range info.Choices {
				if c.Code == x.Text {
					text = v.text(c.Label)
				}
			}
		}
		if x.Cell != "" {
			text += " (" + x.Cell + ")"
		}
		view.Facts = append(view.Facts, fact{v.text(info.Label), text})
	}
	if by := values[request.AuthorizedBy]; by.Given {
		view.Section32, view.Evidence, view.EvidenceBy = true, v.text(evidenceWords(l.Evidence)), by.Text
	}
}

// viewDecisions tells the line's way from the chain: every link about it is one decision, by the machine or by a person.
func (f *file) viewDecisions(v *pageView, l *Line, view *lineView) {
	var links []string
	for i := range l.Links {
		k := &l.Links[i]
		links = append(links, strconv.FormatInt(k.Seq, 10))
		var public struct {
			Outcome request.Outcome `json:"outcome"`
			Mail    string          `json:"mail"`
		}
		var private struct {
			By        string `json:"by"`
			InsteadOf string `json:"instead_of"`
			WrittenBy string `json:"written_by"`
			Reason    string `json:"reason"`
		}
		if json.Unmarshal(k.Public, &public) != nil {
			continue // a link that was changed: verifying names it
		}
		_ = json.Unmarshal(k.Private, &private) // nothing where it was disposed of
		d := decisionView{At: f.at(k.At), Tone: tone(public.Outcome), Outcome: v.text(public.Outcome.Word()), By: private.By, InsteadOf: private.InsteadOf, WrittenBy: private.WrittenBy,
			Reason: ingest.CleanLine(private.Reason), Digest: public.Mail, Link: k.Seq, Machine: k.Kind == "line.judged"}
		switch {
		case d.Machine:
			d.By = v.T("the guardrails", "les balises")
		case k.Private == nil:
			d.By = v.who("")
		case d.By == "":
			d.By = "Handrail"
		}
		d.Mail = f.mailCame[public.Mail]
		view.Decisions = append(view.Decisions, d)
	}
	for i := range l.EvidenceLinks {
		links = append(links, strconv.FormatInt(l.EvidenceLinks[i].Seq, 10))
	}
	view.Links = strings.Join(links, ", ")
}

func (f *file) viewCharges(v *pageView, l *Line, view *lineView) {
	for i := range l.Charges {
		c := &l.Charges[i]
		if c.State != ledger.MatchedRow {
			continue
		}
		view.Charges = append(view.Charges, chargeView{c.Transacted.String(), ingest.CleanLine(c.Merchant), c.Card, request.FromMinor(c.Amount, c.Currency).In(v.Lang),
			request.FromMinor(l.Shares[c.ID], c.Currency).In(v.Lang), v.text(ruleWords(c))})
	}
}

func (f *file) viewRelations(v *pageView, l *Line, view *lineView) {
	add := func(label, value string) {
		if value != "" {
			view.Relations = append(view.Relations, fact{label, value})
		}
	}
	add(v.T("Replaces", "Remplace"), l.Supersedes)
	add(v.T("Replaced by", "Remplacée par"), l.Superseded)
	add(v.T("Amends", "Modifie"), l.Amends)
	add(v.T("Amended by", "Modifiée par"), strings.Join(l.AmendedBy, ", "))
	said := func(by, reason string, link int64) string {
		by = v.who(by)
		if reason != "" {
			by += v.T(": ", "\u00a0: ") + ingest.CleanLine(reason)
		}
		return by + v.T(", link ", ", maillon ") + strconv.FormatInt(link, 10)
	}
	for i := range l.Closings {
		c := &l.Closings[i]
		add(v.T("Closed by finance", "Fermée par les finances"), f.at(c.At)+", "+said(c.By, c.Reason, c.Link))
		if !c.ReopenedAt.IsZero() {
			add(v.T("Opened again by finance", "Rouverte par les finances"), f.at(c.ReopenedAt)+", "+said(c.ReopenedBy, c.ReopenReason, c.ReopenLink))
		}
	}
	if len(l.EvidenceLinks) > 0 && len(l.Evidence) > 0 && !gone(l.Evidence[0].Manager) {
		add(v.T("Section 32 manager who wrote", "Gestionnaire délégataire (art. 32) qui a écrit"), l.Evidence[len(l.Evidence)-1].Manager)
	}
}

// viewEvents lists every mail, in the order they came and went.
func (f *file) viewEvents(v *pageView) {
	for i := range f.record.Mails {
		m := &f.record.Mails[i]
		e := eventView{What: v.text(mailWords(m)), File: f.mailFiles[i]}
		if m.Message.ID != 0 {
			e.At, e.Who = f.at(m.Message.ReceivedAt), v.T("from ", "de ")+v.who(m.Message.Sender)
			e.Note = ingest.CleanLine(m.Message.Subject)
		} else {
			e.At, e.Who, e.Note = f.at(m.Outgoing.MadeAt), v.T("to ", "à ")+v.who(m.Outgoing.Recipient), v.text(fate(&m.Outgoing))
			if at := f.at(m.Outgoing.SettledAt); at != "" {
				e.Note += v.T(" on ", " le ") + at
			}
		}
		v.Events = append(v.Events, e)
	}
}

func (f *file) viewPolicy(v *pageView) {
	p := &f.record.Policy
	v.Policy = policyView{Name: p.Mark.Name, Version: p.Mark.Version, Hash: p.Hash, AuthorityReference: p.Mark.Authority.Reference, AuthorityDate: p.Mark.Authority.Date.String()}
	if a := p.Mark.Authority; a.Name != "" {
		v.Policy.Authority = strings.TrimSuffix(a.Name+", "+a.Title, ", ")
	}
	if p.Text != "" {
		v.Policy.File = "policy/policy.toml"
	}
	if len(p.Bundle) > 0 {
		v.Policy.Bundle = bundleName
	}
}

// sizeWords writes a size for a reader; French octets.
func sizeWords(n int, lang request.Lang) string {
	const kilo = 1000
	unit, bytesUnit := request.Text{EN: "kB", FR: "ko"}.In(lang), request.Text{EN: "B", FR: "o"}.In(lang)
	if n < kilo {
		return strconv.Itoa(n) + "\u00a0" + bytesUnit
	}
	return strconv.Itoa((n+kilo/2)/kilo) + "\u00a0" + unit
}
