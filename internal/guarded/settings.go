package guarded

import (
	"maps"
	"slices"
	"strings"

	"handrail/internal/request"
)

// Settings are the values of the configuration that could widen a yes, by the path of their key; a value that is no list has one entry, or none.
type Settings map[string][]string

// Compare compares settings. narrowed are those before with what only narrows.
func (before Settings) Compare(after Settings) (rows []Row, narrowed Settings) {
	narrowed = Settings{}
	c := comparison{&rows}
	keys := slices.Sorted(maps.Keys(after))
	for k := range before {
		if _, there := after[k]; !there {
			keys = append(keys, k)
		}
	}
	slices.Sort(keys)
	for _, k := range keys {
		key := KeyOf(k)
		if value := c.list(key.rule, said(k, key), before[k], after[k], nothing); len(value) > 0 {
			narrowed[k] = value
		}
	}
	return rows, narrowed
}

// said names a setting in words, with its key.
func said(path string, key Key) request.Text {
	w, known := words[key.Path]
	if !known {
		return same(path)
	}
	return request.Text{EN: w.EN + " (" + path + ")", FR: w.FR + " (" + path + ")"}
}

// words are the settings that wait for owners, as owners read them.
var words = map[string]request.Text{
	"department.domains":                             {EN: "Mail domains of the department", FR: "Domaines de courriel du ministère"},
	"inbox.authserv_id":                              {EN: "Mail servers whose word about a sender is believed", FR: "Serveurs de courriel dont la parole sur un expéditeur est crue"},
	"inbox.verify_dkim":                              {EN: "Handrail itself verifies DKIM signatures", FR: "Handrail vérifie lui-même les signatures DKIM"},
	"inbox.provider":                                 {EN: "The provider whose marks about senders are believed", FR: "Le fournisseur dont les marques sur les expéditeurs sont crues"},
	"inbox.allowed_domains":                          {EN: "Domains whose mail is taken", FR: "Domaines dont le courriel est accepté"},
	"inbox.allowed_senders":                          {EN: "Addresses whose mail is taken", FR: "Adresses dont le courriel est accepté"},
	"inbox.own_domains":                              {EN: "Domains whose people may ask", FR: "Domaines dont le personnel peut demander"},
	"inbox.on_unauthenticated":                       {EN: "The operator may answer for a sender who is not proven", FR: "L’exploitant peut se porter garant d’un expéditeur non vérifié"},
	"inbox.statement_senders":                        {EN: "Who may send card statements", FR: "Qui peut envoyer des relevés de carte"},
	"finance.recipients":                             {EN: "Finance: who gets the weekly workbook", FR: "Finances\u00a0: qui reçoit le classeur hebdomadaire"},
	"form.aliases.*":                                 {EN: "Headers of the department’s form that are a field", FR: "En-têtes du formulaire du ministère qui valent un champ"},
	"form.answers.*":                                 {EN: "Words of the department’s form that are an answer", FR: "Mots du formulaire du ministère qui valent une réponse"},
	"form.defaults.*":                                {EN: "What an empty cell says", FR: "Ce que dit une cellule vide"},
	"form.ignore":                                    {EN: "Columns that are not looked at", FR: "Colonnes qui ne sont pas lues"},
	"decisions.hold":                                 {EN: "Seconds in which a decision can be undone", FR: "Secondes pendant lesquelles une décision peut être annulée"},
	"decisions.same_line_days":                       {EN: "Days for which a line that comes back keeps its approval", FR: "Jours pendant lesquels une ligne qui revient garde son approbation"},
	"finance.reconcile.tolerance_percent":            {EN: "Per cent by which a charge may differ", FR: "Écart permis d’une dépense, en pour cent"},
	"finance.reconcile.tolerance_most":               {EN: "Amount by which a charge may differ", FR: "Écart permis d’une dépense, en montant"},
	"finance.reconcile.tip_percent":                  {EN: "Per cent above the approval that pass as a tip", FR: "Pourboire permis au-delà de l’approbation, en pour cent"},
	"finance.reconcile.exchange_percent":             {EN: "Per cent by which a converted charge may differ", FR: "Écart de change permis d’une dépense convertie, en pour cent"},
	"finance.reconcile.window_days":                  {EN: "Days in which a charge may follow", FR: "Jours pendant lesquels une dépense peut suivre"},
	"finance.reconcile.reference_window_days":        {EN: "Days in which a charge with its number may follow", FR: "Jours pendant lesquels une dépense portant le numéro peut suivre"},
	"finance.reconcile.tax_rates":                    {EN: "Taxes of invoices", FR: "Taxes des factures"},
	"finance.reconcile.statement_purchases_negative": {EN: "Purchases stand with a minus on statements", FR: "Les achats portent un signe moins sur les relevés"},
	"finance.reconcile.statement_headers.*":          {EN: "Columns of statements", FR: "Colonnes des relevés"},
	"finance.reconcile.statement.*":                  {EN: "How the statements of one sender are read", FR: "Lecture des relevés d’un expéditeur"},
	"finance.reconcile.publish_above":                {EN: "Value above which contracts are published one by one", FR: "Valeur au-delà de laquelle les contrats sont publiés un à un"},
	"finance.reconcile.fiscal_year_start":            {EN: "Month in which the fiscal year begins", FR: "Mois où commence l’exercice"},
	"schedule.time_zone":                             {EN: "Time zone", FR: "Fuseau horaire"},
}

// Key is one key of the configuration, with what a change of it could do.
type Key struct {
	Path string // "decisions.hold"; "*" stands for a name: "form.aliases.*"
	rule rule
	Why  string
}

// Widens reports whether a change of the key waits for owners.
func (k Key) Widens() bool { return k.rule != neutral }

// KeyOf is the key of a path; of one that nobody listed, any change widens.
func KeyOf(path string) Key {
	for _, k := range keys {
		if covers(k.Path, path) {
			return k
		}
	}
	return Key{Path: path, rule: anyChange}
}

// Listed reports whether a path is in the table.
func Listed(path string) bool {
	return slices.ContainsFunc(keys, func(k Key) bool { return covers(k.Path, path) })
}

// covers compares a path of the table with one of a configuration, in which an inbox has its name: inbox.requests.authserv_id.
func covers(listed, path string) bool {
	if listed == path {
		return true
	}
	l := strings.Split(listed, ".")
	p := strings.Split(path, ".")
	if p[0] == "inbox" && l[0] == "inbox" && len(p) > 2 {
		for i := 2; i < len(p); i++ { // a name may have a full stop
			if slices.Equal(l[1:], p[i:]) {
				return true
			}
		}
	}
	if last := len(l) - 1; l[last] == "*" && len(p) > last { // an answer may be of one field: form.answers.standalone.no
		return slices.Equal(l[:last], p[:last])
	}
	return false
}

// Keys are all keys of the configuration: a test fails where one is missing.
func Keys() []Key { return slices.Clone(keys) }

const (
	whyServer  = "how a server is reached; what comes from it is believed by authserv_id alone"
	whyWords   = "words and times of mails"
	whyContent = "which file it is; what stands in it is compared when it is read"
	whyWork    = "how fast and how much; nothing is judged otherwise"
	whyFigures = "an estimate in finance's workbook"
)

var keys = []Key{
	// Who is believed.
	{"department.domains", more, "whose requests are judged"},
	{"inbox.authserv_id", more, "whose word about a sender is believed"},
	{"inbox.verify_dkim", switchedOn, "senders are believed who were not"},
	{"inbox.provider", anyChange, "exchange-online is believed about mail inside one tenant"},
	{"inbox.allowed_domains", moreOrNone, "whose mail is taken; none: everybody's"},
	{"inbox.allowed_senders", more, "whose mail is taken beside the domains"},
	{"inbox.own_domains", more, "who may ask, and who can be a section 32 manager"},
	{"inbox.on_unauthenticated", more, "hold: the operator's word stands for a proof"},
	{"inbox.statement_senders", more, "whose card statements count"},
	{"finance.recipients", anyChange, "finance: who controls what was approved, and may say that two suppliers are two"},
	// What a form says where it says something else, or nothing.
	{"form.aliases.*", anyChange, "which column is which field"},
	{"form.answers.*", anyChange, "what counts as a yes"},
	{"form.defaults.*", anyChange, "what an empty cell says"},
	{"form.ignore", more, "a column that is not looked at"},
	{"form.max_lines", neutral, whyWork},
	// Decisions.
	{"decisions.hold", lower, "how long a decision can be undone before the requester hears"},
	{"decisions.same_line_days", higher, "for how long a line that comes back keeps its approval"},
	{"decisions.officers", neutral, whyContent},
	{"decisions.working_hours", neutral, whyWords},
	{"decisions.holidays", neutral, whyWords},
	{"decisions.remind_after", neutral, whyWords},
	{"decisions.reroute_after", neutral, whyWords},
	{"decisions.expire_days", neutral, whyWords},
	{"decisions.digest_at", neutral, whyWords},
	// Finance: which charge passes for an approved line.
	{"finance.reconcile.tolerance_percent", higher, "a charge that differs more passes"},
	{"finance.reconcile.tolerance_most", higher, "a charge that differs more passes"},
	{"finance.reconcile.tip_percent", higher, "a charge that is larger passes as a tip"},
	{"finance.reconcile.exchange_percent", higher, "a charge that differs more passes as exchange"},
	{"finance.reconcile.window_days", higher, "a later charge passes"},
	{"finance.reconcile.reference_window_days", higher, "a later charge passes"},
	{"finance.reconcile.tax_rates", more, "a charge passes as an amount with another tax"},
	{"finance.reconcile.statement_purchases_negative", anyChange, "what is a purchase and what is money back"},
	{"finance.reconcile.statement_headers.*", anyChange, "which column of a statement is which"},
	{"finance.reconcile.statement.*", anyChange, "which column of a sender's statement is which, what is a purchase and what is pending"},
	{"finance.reconcile.publish_above", higher, "fewer contracts are published one by one"},
	{"finance.reconcile.fiscal_year_start", anyChange, "over which year budgets and totals are counted"},
	{"finance.reconcile.officer_hours_saved", neutral, whyFigures},
	{"finance.reconcile.officer_minutes", neutral, whyFigures},
	{"finance.reconcile.route_weeks", neutral, whyFigures},
	{"finance.language", neutral, whyWords},
	{"finance.budgets", neutral, "finance's own figures, which finance keeps; a policy that needs them refuses to begin without"},
	{"schedule.time_zone", anyChange, "which day a request is of, and so which limits"},
	{"schedule.poll", neutral, whyWork},
	{"schedule.weekly", neutral, whyWords},
	// Kept and compared by themselves.
	{"policy", neutral, "the text in force is the ledger's, and waits for owners"},
	{"inbox.policy", neutral, "the text in force is the ledger's, and waits for owners"},
	{"officer.*", neutral, "the roster is compared, officer by officer"},
	{"inbox.officers", neutral, "the roster of each inbox is compared, officer by officer"},
	{"owners.*", neutral, "the owners in force are the ledger's, and they are asked about others"},
	{"registers.cost_centres", neutral, whyContent},
	{"registers.people", neutral, whyContent},
	{"registers.suppliers", neutral, whyContent},
	// Where things are, and how they are said.
	{"department.name.*", neutral, whyWords},
	{"department.languages", neutral, whyWords},
	{"department.operator", neutral, "who is told; owners hear of what widens themselves"},
	{"department.operator_at", neutral, whyWords},
	{"ledger.url", neutral, "another ledger is another beginning: its identity and the head of its chain, printed elsewhere, say so"},
	{"ledger.identity", neutral, "as url"},
	{"ledger.keep_mail_days", neutral, "how long mail is kept after it was decided"},
	{"templates.dir", neutral, whyWords},
	{"inbox.name", neutral, "another name is another inbox, of which nothing is believed before owners agree"},
	{"inbox.host", neutral, whyServer},
	{"inbox.port", neutral, whyServer},
	{"inbox.tls", neutral, whyServer},
	{"inbox.ca_file", neutral, whyServer},
	{"inbox.username", neutral, whyServer},
	{"inbox.auth", neutral, whyServer},
	{"inbox.password.*", neutral, whyServer},
	{"inbox.oauth2.*", neutral, whyServer},
	{"inbox.folder", neutral, whyServer},
	{"inbox.folders.*", neutral, whyServer},
	{"inbox.since", neutral, "older mail is judged by the rules of today"},
	{"inbox.keyword", neutral, whyServer},
	{"inbox.address", neutral, whyWords},
	{"inbox.language", neutral, whyWords},
	{"inbox.contact", neutral, whyWords},
	{"inbox.spam_headers", neutral, "who is answered; spam has to be proven like other mail"},
	{"inbox.limits.*", neutral, whyWork},
	{"inbox.poll", neutral, whyWork},
	{"inbox.no_idle", neutral, whyWork},
	{"inbox.timeout", neutral, whyWork},
	{"inbox.lines_per_day", neutral, whyWork},
	{"inbox.max_connections", neutral, whyWork},
	{"inbox.without_workbook", neutral, whyWords},
	{"smtp.*", neutral, "how mail leaves"},
	{"monitor.listen", neutral, whyWork},
	{"operator.webhook", neutral, whyWords},
}

// SettingTitle says what kind of change settings are.
var SettingTitle = request.Text{EN: "Settings of the configuration", FR: "Paramètres de la configuration"}

// OwnersTitle says what kind of change owners are.
var OwnersTitle = request.Text{EN: "Owners of the rules", FR: "Responsables des règles"}
