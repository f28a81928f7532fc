package notify

import (
	"time"

	"github.com/shopspring/decimal"

	"handrail/internal/request"
)

// The samples are the mails of one imaginary morning: enough of everything to look at, and to try every template on.

var sampleNow = time.Date(2026, time.November, 24, 14, 5, 0, 0, time.UTC)

func cad(s string) *request.Money {
	return &request.Money{Amount: decimal.RequireFromString(s), Currency: "CAD"}
}

func samplePolicy() request.PolicyMark {
	return request.PolicyMark{
		Name: "ESDC micro-acquisition", Version: "2021-06", Currency: "CAD",
		Hash: "sha256:8f1c6a0d9b7e43c2a5d1f0e6b3c48a97d2e5f10b6c7a8d9e0f1a2b3c4d5e6f70",
		Means: request.Text{
			EN: "This records that the request is inside the guardrails, or accepted as an exception. It is not a section 32 commitment, a contract or a section 34 certification.",
			FR: "La présente décision indique seulement que la demande respecte les balises ou qu’une exception a été acceptée. Elle ne constitue ni un engagement (article 32), ni un contrat, ni une attestation (article 34 de la LGFP).",
		},
		NextStep: request.Text{
			EN: "Give {reference} to your cardholder before buying.",
			FR: "Remettez le numéro {reference} à la personne titulaire de la carte avant l’achat.",
		},
	}
}

func splittingFinding() request.Finding {
	return request.Finding{
		Guardrail: "split-supplier", Action: request.Escalate, Cells: []string{"F13", "N13"},
		Title: request.Text{EN: "Several purchases at one supplier", FR: "Plusieurs achats chez un fournisseur"},
		Message: request.Text{
			EN: "With this line, purchases from Maple Code Inc. for cost centre 4410 reach $13,975.00 in 365 days, above the limit of $10,000.00. Buying in small pieces is not splitting. Splitting divides one known need to stay under a limit. If this is a new need, say what was not foreseen.",
			FR: "Avec cette ligne, les achats chez Maple Code Inc. pour le centre de coûts 4410 atteignent 13\u00a0975,00\u00a0$ en 365 jours, au-delà de la limite de 10\u00a0000,00\u00a0$. Acheter par petits lots n’est pas du fractionnement. Il y a fractionnement lorsqu’on divise un besoin déjà connu pour rester sous une limite. S’il s’agit d’un nouveau besoin, indiquez ce qui n’était pas prévu.",
		},
		Officer: request.Text{
			EN: "With this line, purchases from Maple Code Inc. for cost centre 4410 reach $13,975.00 in 365 days, above the limit of $10,000.00.",
			FR: "Avec cette ligne, les achats chez Maple Code Inc. pour le centre de coûts 4410 atteignent 13\u00a0975,00\u00a0$ en 365 jours, au-delà de la limite de 10\u00a0000,00\u00a0$.",
		},
		Source:   "Micro-acquisition client guide: contract splitting",
		SourceFR: "Guide du client de la micro-acquisition\u00a0: fractionnement des marchés",
	}
}

func limitFinding() request.Finding {
	return request.Finding{
		Guardrail: "pretax-trap", Action: request.Escalate, Cells: []string{"N15"},
		Title: request.Text{EN: "Tax is missing", FR: "Taxes absentes"},
		Message: request.Text{
			EN: "No tax is given, and $9,775.00 may rise above the limit of $10,000.00 once tax is added.",
			FR: "Aucune taxe n’est indiquée, et 9\u00a0775,00\u00a0$ pourrait dépasser la limite de 10\u00a0000,00\u00a0$ une fois les taxes ajoutées.",
		},
		Source:   "ESDC micro-acquisition business case, Annex A: $10K or less including tax",
		SourceFR: "Analyse de rentabilisation de la micro-acquisition d’EDSC, annexe A\u00a0: 10\u00a0000\u00a0$ ou moins, taxes comprises",
	}
}

func sampleSection32(e Evidence) Section32Evidence {
	return Section32Evidence{Manager: "claire.roy@department.example", On: request.Date{Year: 2026, Month: time.November, Day: 17},
		Amount: cad("10000.00"), Evidence: e}
}

func approvedLine() Line {
	return Line{Reference: "HR-2026-000123-01", Row: 12, Title: "Accessibility review of the benefits estimator",
		Supplier: "Clear Path Testing Ltd.", CostCentre: "4410", Total: cad("4520.00"), Outcome: request.Approved,
		Section32: sampleSection32(Declared)}
}

func notedLine() Line {
	return Line{Reference: "HR-2026-000123-02", Row: 14, Title: "Open-source date picker: two bug fixes",
		Supplier: "Atelier Érable inc.", CostCentre: "4410", Total: cad("9361.05"), Outcome: request.Approved,
		Section32: sampleSection32(Confirmed),
		Findings: []request.Finding{{Guardrail: "near-limit", Action: request.Note, Cells: []string{"N14"},
			Title: request.Text{EN: "Close to the limit", FR: "Près de la limite"},
			Message: request.Text{EN: "$9,361.05 is close to the limit of $10,000.00. The final invoice must not go above it.",
				FR: "9\u00a0361,05\u00a0$ est près de la limite de 10\u00a0000,00\u00a0$. La facture finale ne doit pas la dépasser."},
			Source: "ESDC micro-acquisition business case, Annex A"}}}
}

func splitLine() Line {
	return Line{Reference: "HR-2026-000123-03", Row: 13, Title: "Address validation module, second phase",
		Supplier: "Maple Code Inc.", CostCentre: "4410", Total: cad("5975.00"), Outcome: request.Escalated,
		Description:   "Adds rural route addresses to the open-source address module. Delivered as a pull request with tests.",
		Justification: "A new postal rule came into force in October.", Rationale: "Wrote the first phase; two others asked, neither available before March.",
		NeededBy: request.Date{Year: 2026, Month: time.December, Day: 18},
		Findings: []request.Finding{splittingFinding()}, NeedsReason: true, Section32: sampleSection32(Declared),
		History: []HistoryLine{
			{Reference: "HR-2026-000087-02", On: request.Date{Year: 2026, Month: time.September, Day: 1}, Supplier: "MAPLE CODE INC", Title: "Address validation module", Total: cad("5000.00"), Outcome: request.Approved},
			{Reference: "HR-2026-000101-01", On: request.Date{Year: 2026, Month: time.October, Day: 14}, Supplier: "Maple Code Inc.", Title: "Hosting of test data", Total: cad("3000.00"), Outcome: request.Approved},
		}}
}

func taxLine() Line {
	return Line{Reference: "HR-2026-000123-04", Row: 15, Title: "Screen reader training for six testers",
		Supplier: "Formation Boréale S.E.N.C.", CostCentre: "4417", Total: cad("9775.00"), Outcome: request.Escalated,
		Description: "One day, by video, with exercises.", NeededBy: request.Date{Year: 2026, Month: time.December, Day: 9},
		Findings: []request.Finding{limitFinding()}, Section32: sampleSection32(Attached)}
}

func returnedLine() Line {
	return Line{Reference: "HR-2026-000123-05", Row: 16, Title: "Widgets for <the> \"open\" & shared form library",
		Supplier: "Bits & Pièces", Outcome: request.Returned,
		Problems: []request.Problem{{Sheet: "Requests", Cell: "N16", Code: "not-a-number", Severity: request.ReturnSeverity,
			Message: request.Text{EN: "“between 2,000 and 3,000” is not one amount. Write one fixed price, such as 2500.00.",
				FR: "«\u00a0between 2,000 and 3,000\u00a0» n’est pas un montant unique. Inscrivez un prix fixe, par exemple 2500,00."}}},
		Findings: []request.Finding{{Guardrail: "section-32", Action: request.Return, Cells: []string{"C5"},
			Title: request.Text{EN: "Section 32 authorization is missing", FR: "Autorisation (art. 32) absente"},
			Message: request.Text{EN: "Name the manager who authorized the money (section 32), with the date and the amount.",
				FR: "Nommez le gestionnaire qui a autorisé la dépense (article 32), avec la date et le montant."},
			Source: "Micro-acquisition process, step 2"}},
		Remarks: []request.Text{{EN: "This row had the number of an older request. It counts as a new line.",
			FR: "Cette rangée portait le numéro d’une demande plus ancienne. Elle compte comme une nouvelle ligne."}}}
}

// numbered gives the lines the numbers that commands call them by.
func numbered(lines ...Line) []Line {
	for i := range lines {
		lines[i].Number = i + 1
	}
	return lines
}

func sampleEnvelope(kind, to, name string, l request.Lang) Envelope {
	return Envelope{To: to, ToName: name, Lang: l, Cause: "preview/" + kind + "/" + string(l), Now: sampleNow}
}

func sampleReply(kind string, l request.Lang) Envelope {
	e := sampleEnvelope(kind, "amelie.tremblay@department.example", "Amélie Tremblay", l)
	e.InReplyTo = "<CAF3v1x@mail.department.example>"
	e.Answers = "Micro-acquisition, November / novembre"
	return e
}

func sampleAnswer(l request.Lang) Answer {
	return Answer{Envelope: sampleReply("answer", l), Requester: sampleRequester(), Submission: "HR-2026-000123", FileName: "Requests November.xlsx",
		Received: request.Date{Year: 2026, Month: time.November, Day: 24}, Policy: samplePolicy(),
		Lines:    numbered(approvedLine(), notedLine(), splitLine(), taxLine(), returnedLine()),
		DecideBy: request.Date{Year: 2026, Month: time.December, Day: 3}}
}

func sampleEscalation(kind string, l request.Lang) Escalation {
	return Escalation{Envelope: sampleEnvelope(kind, "jordan.singh@department.example", "Jordan Singh", l),
		Code: "7f3k-9m2p-x4wq-8r6t", Submission: "HR-2026-000123", Policy: samplePolicy(), Lines: numbered(withAlike(splitLine()), taxLine()),
		Requester: sampleRequester(),
		DecideBy:  request.Date{Year: 2026, Month: time.December, Day: 3}}
}

// withAlike is a line with the names that were added up, and with earlier decisions.
func withAlike(l Line) Line {
	amount := func(s string) *request.Money {
		return &request.Money{Amount: decimal.RequireFromString(s), Currency: "CAD"}
	}
	day := func(m time.Month, d int) request.Date { return request.Date{Year: 2026, Month: m, Day: d} }
	l.Near = []string{"Northen Software", "Northern Software (Ottawa)"}
	l.Alike = []HistoryLine{
		{Reference: "HR-2026-000117-02", On: day(time.October, 6), Supplier: "Northern Software Inc.", Total: amount("9850"), Outcome: request.Approved, By: "Jordan Singh",
			Reason: "renewal of one licence that nobody else sells"},
		{Reference: "HR-2026-000098-01", On: day(time.September, 14), Supplier: "Northen Software", Total: amount("12400"), Outcome: request.Declined, By: "Dana Okafor",
			Reason: "one need, bought in two parts"},
		{Reference: "HR-2026-000061-03", On: day(time.June, 2), Supplier: "Northern Software Inc.", Total: amount("8200"), Outcome: request.Approved, By: "Dana Okafor"}}
	return l
}

func sampleRequester() request.Origin {
	return request.Origin{Name: "Amélie Tremblay", Sender: "amelie.tremblay@department.example", Unit: "Service Canada",
		Received: request.Date{Year: 2026, Month: time.November, Day: 24}}
}

// answerOf is an answer about other lines than the usual.
func answerOf(kind string, l request.Lang, lines ...Line) Answer {
	a := sampleAnswer(l)
	a.Envelope = sampleReply(kind, l)
	a.Requester, a.Lines = sampleRequester(), numbered(lines...)
	return a
}

// awaitingLine waits for its section 32 manager.
func awaitingLine() Line {
	l := taxLine()
	l.Findings, l.AwaitsManager = nil, true
	return l
}

// keptLine came back as it was approved.
func keptLine() Line {
	l := approvedLine()
	l.Kept, l.DecidedAt = true, sampleNow.AddDate(0, -1, 0)
	l.Remarks = []request.Text{{EN: "It came back unchanged: its decision stands.", FR: "Elle est revenue sans changement\u00a0: la décision demeure."}}
	return l
}

// sampleSingle asks about one line, by somebody who fills in a form for somebody else.
func sampleSingle(kind string, l request.Lang) Escalation {
	e := sampleEscalation(kind, l)
	e.Requester.Name, e.Lines = "Sam Lee", numbered(taxLine())
	e.Instead, e.Why = "Dana Okafor", request.Text{EN: "There was no answer from Dana Okafor in time.", FR: "Il n’y a pas eu de réponse de Dana Okafor à temps."}
	return e
}

// sampleOverdue asks again after the day by which the decision was due.
func sampleOverdue(kind string, l request.Lang) Escalation {
	e := sampleEscalation(kind, l)
	e.Lines, e.DecideBy = numbered(taxLine()), request.Date{Year: 2026, Month: time.November, Day: 20}
	return e
}

// decisionOf is a decision about one line.
func decisionOf(kind string, l request.Lang, o request.Outcome) Decision {
	d := sampleDecision(l)
	d.Envelope, d.Requester, d.Lines = sampleReply(kind, l), sampleRequester(), decidedLines(l)[1:]
	d.Lines[0].Outcome = o
	if o != request.Declined {
		d.Lines[0].Reason, d.Lines[0].WouldPass = "", request.Text{}
	}
	return d
}

func sampleUnreadable(code string, l request.Lang) Unreadable {
	u := Unreadable{Envelope: sampleReply("unreadable "+code, l), Code: code}
	if code == "old-format" {
		u.FileName = "demande.xls"
		u.Reason = request.Text{EN: "It is in the old Excel format (.xls), which cannot be read here.",
			FR: "Il est dans l’ancien format d’Excel (.xls), qui ne peut pas être lu ici."}
	}
	return u
}

func sampleWeekly(l request.Lang) Weekly {
	return Weekly{Envelope: sampleEnvelope("weekly", "finance@department.example", "", l), Period: "2026-W47", Edition: 1,
		From: request.Date{Year: 2026, Month: time.November, Day: 16}, To: request.Date{Year: 2026, Month: time.November, Day: 22},
		Decided:  map[request.Outcome]int{request.Approved: 31, request.Declined: 2, request.Returned: 5},
		Approved: []request.Money{*cad("118420.15")}, Waiting: 2, OldestDays: 3, Turnaround: 74 * time.Minute,
		Statements: 40, Matched: 37, Left: 3}
}

func sampleAlert(l request.Lang) Alert {
	return Alert{Envelope: sampleEnvelope("alert", "operator@department.example", "", l),
		Title: request.Text{EN: "The inbox could not be opened", FR: "La boîte de réception n’a pas pu être ouverte"},
		What:  request.Text{EN: "The mail server refused the login. It was tried once, and nothing was read.", FR: "Le serveur de courriel a refusé la connexion. Un seul essai a été fait, et rien n’a été lu."},
		Hint:  request.Text{EN: "Now: renew the password of the mailbox, then start the job again.", FR: "Maintenant\u00a0: renouvelez le mot de passe de la boîte, puis relancez le travail."},
		Run:   "2026-11-24T14:05Z-7", Details: []string{"imap.department.example:993: NO [AUTHENTICATIONFAILED] Authentication failed."}}
}

func sampleAlertOver(l request.Lang) Alert {
	a := sampleAlert(l)
	a.Over, a.Run = true, ""
	a.Title = request.Text{EN: "Works again: the mail server of the inbox requests", FR: "Fonctionne de nouveau\u00a0: le serveur de courriel de la boîte requests"}
	a.What = request.Text{EN: "From 2026-11-24 08:00 to 2026-11-24 09:05 (America/Toronto), it could not be used. What waited for it goes on by itself now.",
		FR: "Du 2026-11-24 08:00 au 2026-11-24 09:05 (America/Toronto), impossible de l’utiliser. Ce qui attendait reprend maintenant de lui-même."}
	a.Hint = request.Text{EN: "Nothing to do.", FR: "Rien à faire."}
	return a
}

func sampleOfficer(kind string, l request.Lang) Envelope {
	e := sampleEnvelope(kind, "jordan.singh@department.example", "Jordan Singh", l)
	e.InReplyTo = "<reply-1@mail.department.example>"
	e.References = []string{"<7f3k-9m2p-x4wq-8r6t.first@department.example>"}
	return e
}

// decidedLines are the two escalated lines after the officer's answer.
func decidedLines(l request.Lang) []Line {
	at := sampleNow.Add(-10 * time.Minute)
	lines := numbered(splitLine(), taxLine())
	lines[0].Outcome, lines[1].Outcome = request.Approved, request.Declined
	for i := range lines {
		lines[i].DecidedBy, lines[i].DecidedAt = "Jordan Singh, Senior Procurement Officer", at
	}
	lines[0].Reason, lines[1].Reason = "New postal rule, not foreseen in the spring.", "The quote has no tax. Ask the supplier for the full price."
	if l == request.French {
		lines[0].Reason, lines[1].Reason = "Nouvelle règle postale, imprévisible au printemps.", "La soumission n’a pas les taxes. Demandez le prix complet au fournisseur."
	}
	lines[1].WouldPass = request.Text{EN: "A total of $10,000.00 or less, tax included.", FR: "Un total de 10\u00a0000,00\u00a0$ ou moins, taxes comprises."}
	return lines
}

func sampleDecision(l request.Lang) Decision {
	return Decision{Envelope: sampleReply("decision", l), Requester: sampleRequester(), Submission: "HR-2026-000123", Policy: samplePolicy(), Lines: decidedLines(l)}
}

func sampleReceipt(l request.Lang) Receipt {
	return Receipt{Envelope: sampleOfficer("receipt", l), Code: "2v5c-8n4d-r6w2-yj3p", Submission: "HR-2026-000123", Policy: samplePolicy(),
		Lines: decidedLines(l), HeldUntil: sampleNow.Add(10 * time.Minute)}
}

func sampleAskBack(l request.Lang) AskBack {
	a := AskBack{Envelope: sampleOfficer("askback", l), Code: "7f3k-9m2p-x4wq-8r6t", Submission: "HR-2026-000123", Policy: samplePolicy(),
		Written: "APPROVE 1, but only with a new quote\n\nJordan", Unclear: "but only with a new quote", Lines: numbered(splitLine(), taxLine()),
		Why: request.Text{EN: "Words follow the command APPROVE 1, and they may change it.", FR: "Des mots suivent la commande APPROUVER 1 et peuvent en changer le sens."}}
	if l == request.French {
		a.Written, a.Unclear = "APPROUVER 1, mais seulement avec une nouvelle soumission\n\nJordan", "mais seulement avec une nouvelle soumission"
	}
	return a
}

func sampleQuestion(l request.Lang) Question {
	q := Question{Envelope: sampleReply("question", l), Submission: "HR-2026-000123", Policy: samplePolicy(), From: sampleOfficerShown,
		Words: "Was the postal rule known when the first phase was bought?", Lines: numbered(splitLine())}
	if l == request.French {
		q.Words = "La règle postale était-elle connue lors de l’achat de la première phase?"
	}
	return q
}

func sampleAnswered(l request.Lang) Question {
	q := Question{Envelope: sampleOfficer("reply", l), Code: "7f3k-9m2p-x4wq-8r6t", Submission: "HR-2026-000123", Policy: samplePolicy(),
		From: sampleRequester().Sender, For: "Amélie Tremblay", Words: "No. It was published on October 2.", Lines: numbered(splitLine())}
	if l == request.French {
		q.Words = "Non. Elle a été publiée le 2 octobre."
	}
	return q
}

func sampleSection32Request(l request.Lang) Section32 {
	e := sampleEscalation("section32", l)
	line := approvedLine()
	line.Outcome = request.Escalated // until the manager confirms
	return Section32{Envelope: sampleEnvelope("section32", "claire.roy@department.example", "Claire Roy", l), Code: "9eam-c3t7-v5k1-h8qz",
		Submission: e.Submission, Requester: e.Requester, Policy: e.Policy, Lines: []Line{line}, ReplyBy: e.DecideBy}
}

func sampleSection32Told(l request.Lang) Section32 {
	e := sampleEscalation("section32-told", l)
	approved, asked := approvedLine(), splitLine()
	approved.Section32.Blanket, approved.Section32.Until = true, request.Date{Year: 2027, Month: time.March, Day: 31}
	approved.Section32.Evidence = Declared
	lines := numbered(approved, asked)
	for i := range lines {
		lines[i].Requester = e.Requester
	}
	return Section32{Envelope: sampleEnvelope("section32-told", "claire.roy@department.example", "Claire Roy", l), Code: "2bqe-w7n4-k9xr-5tdm",
		Requester: e.Requester, Policy: e.Policy, Lines: lines}
}

func sampleNotice(kind NoticeKind, l request.Lang) Notice {
	if kind == NoticeSetAside { // of what could not be read there is no number
		return Notice{Envelope: sampleOfficer("notice-"+string(kind), l), Kind: kind, Policy: samplePolicy()}
	}
	n := Notice{Envelope: sampleOfficer("notice-"+string(kind), l), Kind: kind, Submission: "HR-2026-000123", By: "Dana Okafor",
		At: sampleNow.Add(-time.Hour), Until: request.Date{Year: 2026, Month: time.December, Day: 1}, Policy: samplePolicy()}
	switch kind {
	case Remembered:
		n.Why = request.Text{EN: "“Northern Software Inc.” and “Northen Software” count as two suppliers, so their amounts are no longer added up together. To say the opposite, write SAME SUPPLIER: Northern Software Inc. / Northen Software.",
			FR: "«\u00a0Northern Software Inc.\u00a0» et «\u00a0Northen Software\u00a0» comptent comme deux fournisseurs\u00a0: leurs montants ne sont plus additionnés. Pour dire le contraire, écrivez MÊME FOURNISSEUR\u00a0: Northern Software Inc. / Northen Software."}
	case Forgotten:
		n.Why = request.Text{EN: "Nothing is remembered any more of “Northern Software Inc.” and “Northen Software”: likeness alone decides whether they are added up.",
			FR: "Plus rien n’est retenu au sujet de «\u00a0Northern Software Inc.\u00a0» et «\u00a0Northen Software\u00a0»\u00a0: seule leur ressemblance décide s’ils sont additionnés."}
	}
	if kind == RevokedLines {
		revoked := decidedLines(l)[0]
		revoked.Outcome, n.Lines = request.Revoked, []Line{revoked}
	}
	return n
}

func sampleDigest(l request.Lang) Escalation {
	e := sampleEscalation("digest", l)
	e.Requester, e.Submission = request.Origin{}, ""
	e.Lines[0].Requester = sampleRequester()
	e.Lines[1].Requester = request.Origin{Name: "Sam Lee", Sender: "kim.roy@department.example"}
	return e
}

func sampleTrial(kind string, l request.Lang, lines ...Line) Trial {
	t := Trial{Envelope: sampleReply(kind, l), FileName: "Requests November.xlsx", Policy: samplePolicy(), Tally: TrialTally{Lines: len(lines)}, Lines: lines}
	for i := range t.Lines {
		t.Lines[i].Reference, t.Lines[i].Remarks = "", nil // nothing of it has a number
		switch t.Lines[i].Outcome {
		case request.Approved:
			t.Tally.Approved++
		case request.Escalated:
			t.Tally.Escalated++
		default:
			t.Tally.Returned++
		}
	}
	return t
}

func sampleProposal(kind string, l request.Lang) Proposal {
	return Proposal{Envelope: sampleEnvelope(kind, "finance.manager@department.example", "", l), Code: "3k7q9x2m4v8t1w6z",
		Title: request.Text{EN: "ESDC micro-acquisition", FR: "ESDC micro-acquisition"}, Before: "2021-06", After: "2027-04",
		By: "procurement.director@department.example", From: request.Date{Year: 2027, Month: time.April, Day: 1}, ReplyBy: request.Date{Year: 2026, Month: time.November, Day: 26},
		Changes: []request.Text{
			{EN: "The limit request is now 15000.00; it was 10000.00.", FR: "La limite request est maintenant de 15000.00; elle était de 10000.00."},
			{EN: "The guardrail near-limit is gone.", FR: "La balise near-limit est supprimée."}},
		Files: []*Attachment{{Name: "esdc-micro-acquisition-2027-04.toml", Type: "text/plain", Data: []byte("name = \"ESDC micro-acquisition\"\n")}},
		Facts: []Figure{
			{Label: request.Text{EN: "Tests", FR: "Tests"}, Value: request.Text{EN: "all 42 pass", FR: "les 42 réussissent"}},
			{Label: request.Text{EN: "The last twelve months, judged again", FR: "Les douze derniers mois, jugés de nouveau"}, Value: request.Text{EN: "1,204 lines: 31 would have been approved that were escalated", FR: "1\u00a0204 lignes\u00a0: 31 auraient été approuvées au lieu d’être soumises"}}}}
}

func sampleOwnersNote(l request.Lang) OwnersNote {
	return OwnersNote{Envelope: sampleEnvelope("owners-note", "finance.manager@department.example", "", l), Good: true,
		Title: request.Text{EN: "In force since November 24, 2026: ESDC micro-acquisition 2027-04", FR: "En vigueur depuis le 24\u00a0novembre\u00a02026\u00a0: ESDC micro-acquisition 2027-04"},
		What:  request.Text{EN: "Proposed by procurement.director@department.example, approved by finance.manager@department.example.", FR: "Proposée par procurement.director@department.example, approuvée par finance.manager@department.example."},
		Next:  request.Text{EN: "Nothing to do now. Officers and finance read what changed in their next mail.", FR: "Rien à faire maintenant. Les agents et les finances liront ce qui a changé dans leur prochain courriel."},
		Label: request.Text{EN: "What changed", FR: "Ce qui a changé"}, Details: []request.Text{
			{EN: "The limit request is now 15000.00; it was 10000.00.", FR: "La limite request est maintenant de 15000.00; elle était de 10000.00."}}}
}
