package batch_test

import (
	"archive/zip"
	"bytes"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"handrail/ingest"
	"handrail/internal/job"
	"handrail/internal/officers"
	"handrail/internal/owners"
	"handrail/internal/request"
	"handrail/internal/workbook"
	"handrail/notify"
	"handrail/rules"
	"handrail/templates"
)

// frenchOnly is a small policy of a department that writes French alone.
const frenchOnly = `
name      = "Achats de la commune"
version   = "1"
currency  = "EUR"
languages = ["fr"]

[authority]
name      = "La commune des essais"
title     = "Responsable des achats"
reference = "Règlement des achats"
date      = 2026-01-01

[approval]
means     = "La demande respecte les balises. Ce n’est ni un contrat ni un bon de commande."
next_step = "Indiquez {reference} sur la commande."

[limits]
most = "1000.00"

[[guardrail]]
id      = "price"
action  = "return"
when    = '!given("total")'
fields  = ["total"]
title   = "Prix manquant"
message = "Indiquez le total à payer."
source  = "Règlement des achats, article 1"

[[guardrail]]
id      = "above"
action  = "escalate"
when    = 'given("total") && line.total > limits.most'
fields  = ["total"]
title   = "Au-dessus du plafond"
message = "Le total de {line.total} dépasse {limits.most}."
source  = "Règlement des achats, article 2"
`

const frenchTests = `[request]
name   = "Alex Martin"
email  = "alex@department.example"
sender = "alex@department.example"

[line]
title    = "Chaises"
supplier = "Cèdre"
total    = "500.00"

[[case]]
name    = "une demande ordinaire"
date    = 2026-11-18
outcome = "approved"

[[case]]
name     = "sans prix"
date     = 2026-11-18
line     = { total = "" }
outcome  = "returned"
findings = ["price return"]

[[case]]
name     = "au-dessus"
date     = 2026-11-18
line     = { total = "1000.01" }
outcome  = "escalated"
findings = ["above escalate"]
`

// tongue is what tells a language in a text: words that no text of the other has, and its letters.
type tongue struct {
	words   map[string]bool
	letters *regexp.Regexp
}

func setOf(s string) map[string]bool {
	set := map[string]bool{}
	for _, w := range strings.Fields(s) {
		set[w] = true
	}
	return set
}

var (
	tongues = map[request.Lang]*tongue{
		request.French: {setOf("le la les des une dans pour avec sans sur est sont vous votre vos nous notre cette ces ce du au aux et ou que qui pas oui bonjour demande demandes ligne lignes " +
			"courriel classeur montant fournisseur motif référence résultat total-ttc approuver refuser approuvée refusée renvoyée agent balise politique semaine jour lundi novembre décembre"),
			regexp.MustCompile(`[àâçéèêëîïôùûüœÀÂÇÉÈÊËÎÏÔÙÛÜŒ«»]|\x{a0}[:;?!]`)},
		request.English: {setOf("the of and is are was were be has have you your with without for from this that these those request requests line lines officer please what which who when where " +
			"not by to it its if why reference result amount supplier workbook mail approve decline approved declined returned hello yes week monday november december reason sheet column row"),
			regexp.MustCompile(`[“”]`)},
	}
	wordOf   = regexp.MustCompile(`\pL+`)
	halfOf   = regexp.MustCompile(`(?m)(^|[^\pL\pN.)\]”"’»}<>-]) / |/ *$|(^| )/ `)
	emptyOf  = regexp.MustCompile(`“\s*”|«\s*»|\(\s*\)`)
	addressy = regexp.MustCompile(`&P / &N|[\w.+-]+@[\w.-]*|boîte requests|\b[a-z]+(_[a-z]+)+\b|https?://\S+|HR-\d+-\S+|\b[\w-]+\.(xlsx|toml|csv|html)\b|\b[0-9a-f]{12,}\b`)
)

// in tells why a text is in the language, or has an empty half of two; "" where it is not.
func (g *tongue) in(text string) string {
	text = addressy.ReplaceAllString(text, "")
	if m := g.letters.FindString(text); m != "" {
		return fmt.Sprintf("%q", m)
	}
	for _, w := range wordOf.FindAllString(strings.ToLower(text), -1) {
		if g.words[w] {
			return fmt.Sprintf("%q", w)
		}
	}
	return ""
}

// said is a piece of text that somebody gets, and where it stands.
type said struct{ where, text string }

// everything is all that a mail says: the parts, the attachments' names, and all texts of workbooks.
func everything(t testing.TB, m *ingest.Mail) (all []said) {
	t.Helper()
	add := func(where, text string) {
		if strings.TrimSpace(text) != "" {
			all = append(all, said{m.Subject + ": " + where, text})
		}
	}
	add("subject", m.Subject)
	for l := range strings.Lines(m.Text) {
		add("text", strings.TrimRight(l, "\n"))
	}
	d := xml.NewDecoder(strings.NewReader(m.HTML))
	d.Strict, d.AutoClose, d.Entity = false, xml.HTMLAutoClose, xml.HTMLEntity
	tokens(t, d, func(where, text string) {
		if where != "style" {
			add("html", text)
		}
	}, "alt", "title", "lang")
	for _, a := range m.Attachments {
		add("attachment", strings.TrimSuffix(a.Name, filepath.Ext(a.Name)))
		if a.Format != workbook.Xlsx {
			continue
		}
		z, err := zip.NewReader(bytes.NewReader(a.Data), int64(len(a.Data)))
		if err != nil {
			t.Fatal(err)
		}
		for _, f := range z.File {
			if !strings.HasSuffix(f.Name, ".xml") || strings.Contains(f.Name, "theme") || strings.HasSuffix(f.Name, "styles.xml") || strings.Contains(f.Name, "Content_Types") || strings.Contains(f.Name, "/handrail") /* codes, hidden, for the program */ {
				continue
			}
			part, err := f.Open()
			if err != nil {
				t.Fatal(err)
			}
			data, err := io.ReadAll(part)
			if err != nil {
				t.Fatal(err)
			}
			tokens(t, xml.NewDecoder(bytes.NewReader(data)), func(where, text string) {
				switch where {
				case "f", "formula", "Application", "creator", "lastModifiedBy", "sqref", "formula1", "formula2", "author":
					return
				}
				add(a.Name+" "+f.Name+" "+where, text)
			}, "prompt", "promptTitle", "error", "errorTitle", "descr", "tooltip")
			if strings.HasSuffix(f.Name, "workbook.xml") {
				for _, s := range regexp.MustCompile(`<sheet [^>]*name="([^"]*)"`).FindAllStringSubmatch(string(data), -1) {
					add(a.Name+" sheet", s[1])
				}
			}
		}
	}
	return all
}

// tokens hands over every text of a document, and what stands in some attributes.
func tokens(t testing.TB, d *xml.Decoder, add func(where, text string), attrs ...string) {
	t.Helper()
	var path []string
	for {
		token, err := d.Token()
		if errors.Is(err, io.EOF) {
			return
		}
		if err != nil {
			t.Fatal(err)
		}
		switch token := token.(type) {
		case xml.StartElement:
			path = append(path, token.Name.Local)
			for _, a := range token.Attr {
				if slices.Contains(attrs, a.Name.Local) {
					add(token.Name.Local+" "+a.Name.Local, a.Value)
				}
			}
		case xml.EndElement:
			path = path[:max(len(path)-1, 0)]
		case xml.CharData:
			if len(path) > 0 {
				add(path[len(path)-1], string(token))
			}
		}
	}
}

// oneLanguage is a department of one language, with owners, and all that happens in it.
func oneLanguage(t *testing.T, l request.Lang, text, tests string, officer ...request.Lang) *desk {
	t.Helper()
	d := &desk{&agency{t: t, clock: monday}, t.TempDir()}
	for name, body := range map[string]string{"policy.toml": text, "policy.test.toml": tests} {
		if err := os.WriteFile(filepath.Join(d.dir, name), []byte(body), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	policy, err := rules.Load(t.Context(), filepath.Join(d.dir, "policy.toml"))
	if err != nil {
		t.Fatal(err)
	}
	set, err := templates.Load("")
	if err != nil {
		t.Fatal(err)
	}
	zone, err := time.LoadLocation("Europe/Paris")
	if err != nil {
		t.Fatal(err)
	}
	var name request.Text
	name.Set(l, "Handrail")
	composer, err := notify.NewComposer(set, notify.Identity{From: testInbox, Name: name, Location: zone})
	if err != nil {
		t.Fatal(err)
	}
	reads := l
	if len(officer) > 0 {
		reads = officer[0]
	}
	roster, err := officers.NewRoster([]officers.Officer{
		{Email: testOfficer, Name: "Odile Martin", Language: reads, Backup: testHead}, {Email: testHead, Name: "Hana Dupont"}})
	if err != nil {
		t.Fatal(err)
	}
	form := func(p *rules.Policy, l request.Lang, all bool, fill *workbook.FormEntries) ([]byte, error) {
		var b bytes.Buffer
		mark := p.Mark()
		err := workbook.NewForm(&b, workbook.FormOptions{Lang: p.Languages().Write(l), Languages: p.Languages(), Fields: p.Needs(), Asks: p.Asks(request.DateOf(monday)),
			Attestation: p.Attestation(), Words: p.Words(), Currency: p.Currency(), Policy: mark.Name + ", " + mark.Version, Means: mark.Means, MailTo: testInbox, All: all, Entries: fill})
		return b.Bytes(), err
	}
	a := openAt(t, nil, func(o *job.Options) {
		o.Inboxes[0].Policy, o.Inboxes[0].PolicyFile = nil, filepath.Join(d.dir, "policy.toml")
		o.Inboxes[0].Roster = roster
		o.Inboxes[0].Config.Contact = testDeputy
		o.Inboxes[0].Config.StatementSenders = []string{testFinance}
		o.Composer = composer
		o.Department.Name, o.Department.Languages = name, request.Languages{l}
		o.Schedule.TimeZone = "Europe/Paris"
		o.Finance.Language = l
		o.Owners = owners.Config{Procurement: []string{testHead, testDeputy}, Finance: []string{testFinance}}
		o.BlankForm = func(p *rules.Policy, l request.Lang, all bool) ([]byte, error) { return form(p, l, all, nil) }
	})
	d.agency = a
	choose := func(en, fr string) string {
		if l == request.French {
			return fr
		}
		return en
	}
	amounts := func(title, net, tax, total string) map[request.Field]string {
		return map[request.Field]string{request.Title: title, request.Supplier: "Cedar " + title, request.Net: net, request.Tax: tax, request.Total: total}
	}
	above := map[request.Field]string{request.CostCentre: "4410"}
	for f, value := range map[request.Field]string{request.PublicServant: choose("no", "non"), request.AuthorizedBy: testManager, request.Payment: choose("invoice", "facture")} {
		if slices.Contains(policy.Needs(), f) {
			above[f] = value
		}
	}
	filled, err := form(policy, l, false, &workbook.FormEntries{Requester: "Alex", Email: testStaff, Branch: "Parks", Above: above,
		Lines: []map[request.Field]string{amounts("Chairs", "400", "80", "480"), amounts("Cranes", "40000", "8000", "48000"), amounts("Lamps", "30000", "6000", "36000"), amounts("Rugs", "400", "", "")}})
	if err != nil {
		t.Fatal(err)
	}
	d.send(testOther, choose("form", "formulaire"), choose("Please send me the form.", "Merci de m’envoyer le formulaire."))
	d.once()
	d.send(testOther, "x", "Kwyjibo?") // nobody knows in which language
	d.once()
	d.send(testStaff, choose("Purchases", "Achats"), "", filled)
	d.once()
	d.wantOutcomes(map[string]request.Outcome{"000001-01": request.Approved, "000001-02": request.Escalated, "000001-03": request.Escalated, "000001-04": request.Returned})
	asked := d.last(testOfficer)
	d.pass(time.Hour)
	d.reply(testOfficer, asked, choose("QUESTION 2: Which?", "QUESTION 2 : Lesquelles ?"))
	d.reply(testStaff, d.last(testStaff), choose("Large ones.", "Grandes."))
	d.reply(testOfficer, asked, choose("APPROVE 2", "APPROUVER 2"))
	d.wantOutcomes(map[string]request.Outcome{"000001-02": request.Escalated, "000001-03": request.Approved}) // the second one of those that were asked about
	d.reply(testOfficer, asked, "?!")
	d.send(testFinance, choose("Card activity", "Carte"), "", cardStatement(row("2026-11-24", "CEDAR", "480.00", "HR-2026-000001-01"), row("2026-11-26", "Nobody", "10.00", "")))
	d.once()
	d.put(d.letter("crowd@elsewhere.example", "Hi", "", plainText+"Hi.\r\n"))
	d.once()
	// Another version of the rules by mail: proposed, declined by nobody, approved.
	next := strings.NewReplacer(`version  = "2026-11"`, `version  = "2026-12"`, `version   = "1"`, `version   = "2"`, `card        = "1000.00"`, `card        = "2000.00"`,
		`most = "1000.00"`, `most = "1000.00" `+"\n"+`least = "1.00"`).Replace(text)
	d.mailPolicy(testHead, choose("Rules", "Balises"), "", "policy.toml", next, "policy.test.toml", tests)
	d.mailPolicy(testHead, choose("Rules", "Balises"), "", "policy.toml", strings.Replace(next, "[approval]", "[aproval]", 1), "policy.test.toml", tests)
	for _, m := range d.inbox(testFinance) {
		if len(ingest.CodesIn(m)) == 1 {
			d.answers(testFinance, m, choose("APPROVE", "APPROUVER"))
			break
		}
	}
	for range 12 { // reminded, handed on, the operator told, the week reported
		d.pass(24 * time.Hour)
		d.once()
	}
	if len(d.reports()) == 0 {
		t.Error("finance got no report")
	}
	d.sound()
	return d
}

// all are the mails that the job wrote.
func (d *agency) written() (list []*ingest.Mail) {
	for _, who := range []string{testOfficer, testHead, testDeputy, testFinance, testOps, testStaff, testOther, testManager} {
		list = append(list, d.inbox(who)...)
	}
	return list
}

func (d *agency) speaksNo(l request.Lang) {
	d.t.Helper()
	seen := map[string]bool{}
	pieces := 0
	for _, m := range d.written() {
		for _, s := range everything(d.t, m) {
			pieces++
			if strings.HasPrefix(strings.TrimSpace(s.text), ">") || seen[s.text] {
				continue
			}
			if l == request.English && strings.Contains(s.where, "achats-de-la-commune") {
				continue // the policy's own workbook: the names of fields in the language of policies are English words
			}
			why := tongues[l].in(s.text)
			if halfOf.MatchString(addressy.ReplaceAllString(s.text, "x")) {
				why = "an empty half"
			}
			if why != "" {
				seen[s.text] = true
				d.t.Errorf("%s\n\t%s: %q", s.where, why, s.text)
			}
		}
	}
	d.t.Logf("%d mails, %d texts", len(d.written()), pieces)
}

// A department whose rules are in English only writes no word of French: no mail, no form, no workbook, to nobody.
func TestADepartmentOfOneLanguageSpeaksEnglishOnly(t *testing.T) {
	t.Parallel()
	text, err := os.ReadFile("../../rules/policies/uk-council.toml")
	if err != nil {
		t.Fatal(err)
	}
	tests, err := os.ReadFile("../../rules/policies/uk-council.test.toml")
	if err != nil {
		t.Fatal(err)
	}
	oneLanguage(t, request.English, string(text), string(tests)).speaksNo(request.French)
}

func TestADepartmentOfOneLanguageSpeaksFrenchOnly(t *testing.T) {
	t.Parallel()
	oneLanguage(t, request.French, frenchOnly, frenchTests).speaksNo(request.English)
}

// Somebody who reads the other language gets our words in it and the policy's in the one that there is, and no half of anything.
func TestAReaderOfAnotherLanguageMissesNothing(t *testing.T) {
	t.Parallel()
	text, err := os.ReadFile("../../rules/policies/uk-council.toml")
	if err != nil {
		t.Fatal(err)
	}
	tests, err := os.ReadFile("../../rules/policies/uk-council.test.toml")
	if err != nil {
		t.Fatal(err)
	}
	d := oneLanguage(t, request.English, string(text), string(tests), request.French)
	french := 0
	for _, m := range d.inbox(testOfficer) {
		for _, s := range everything(t, m) {
			if halfOf.MatchString(addressy.ReplaceAllString(s.text, "x")) || emptyOf.MatchString(s.text) {
				t.Errorf("%s: %q", s.where, s.text)
			}
			if tongues[request.French].in(s.text) != "" {
				french++
			}
		}
	}
	if asked := d.inbox(testOfficer)[0]; french == 0 || !strings.Contains(flat(asked.Text), "above £25,000.00") && !strings.Contains(flat(asked.Text), "is above") {
		t.Errorf("the officer does not read our words in French and the council's in English:\n%s", asked.Text)
	}
}

// A department of two languages is told by the same search, or it would tell nothing.
func TestTheSearchForALanguageFindsIt(t *testing.T) {
	t.Parallel()
	d := open(t, nil)
	d.send(testStaff, "x", "Kwyjibo?")
	d.once()
	found := map[request.Lang]map[string]bool{request.English: {}, request.French: {}}
	for _, s := range everything(t, d.last(testStaff)) {
		for l, in := range found {
			if tongues[l].in(s.text) != "" {
				_, where, _ := strings.Cut(s.where, ": ")
				in[where] = true
			}
		}
	}
	for l, in := range found {
		for _, where := range []string{"text", "html", "request-form.xlsx xl/sharedStrings.xml t", "request-form.xlsx xl/worksheets/sheet1.xml dataValidation error"} {
			if !in[where] && (l == request.English || !strings.Contains(where, "Validation")) {
				t.Errorf("%s is not found in %s", l, where)
			}
		}
	}
}
