package ingest

import (
	"fmt"
	"regexp"
	"strings"
)

// A machine that puts no mark on its mail is known by what it writes. People write such words too, so one sign is never
// enough: a title that mail programs give needs a sign that the mail is an answer, and the titles of ticket systems and
// monitors need another sign in sender, header or text.

var (
	// answerTitle is how mail programs title automatic answers, receipts and recalls, with the title of what they answer
	// behind a colon. People begin like that as well (“Read: the attached”, “Recall: child seats”).
	answerTitle = regexp.MustCompile(`(?i)^(auto(matic|mated|matische|matisch)?[- ]?(reply|response|antwort)|auto|out of (the )?office( auto-?reply| re)?|absence du bureau|absente?s? du bureau|hors du bureau|message automatique|réponse automatique|reponse automatique|message d.absence|notification d.absence|abwesen\pL*|automatische antwort|respuesta automática|risposta automatica|vacation (reply|response)|lu|read|not read|non lu|accusé de (lecture|réception)|recall|rappeler|rappel)\s?:`)
	// absenceTitle is the same without a colon: “Out of office chairs” is a person's.
	absenceTitle = regexp.MustCompile(`(?i)^(auto(matic|mated)?[- ]?(reply|response)\b|out of (the )?office\b|absence du bureau|absente?s? du bureau|hors du bureau|message automatique|réponse automatique|reponse automatique|message d.absence|notification d.absence|je suis (absente?|en congé|en vacances)|abwesen|automatische antwort|respuesta automática|risposta automatica|vacation (reply|response)|accusé de (lecture|réception)|message recall (success|failure|report))`)
	// answerText is what such mails say.
	answerText = regexp.MustCompile(`(?im)^\W*(absente?|out of office|away)\b|\b(i am|i.m|i will be|i.ll be|we are|is)\b[^.\n]{0,60}\b(out of (the )?office|away|on (annual |sick |parental |maternity )?(leave|vacation|holidays?)|absent)\b` +
		`|\b(limited|no) access to (my )?e-?mail|\bin my absence\b|\ben mon absence\b|\bje (suis|serai|ne serai pas|ne suis pas)\b[^.\n]{0,60}(absente?|en congé|en vacances|hors du bureau|à l.extérieur du bureau|au bureau|de retour)` +
		`|\b(your|votre) message\b(?s:.{0,300}?)\b(was|has been|a été) (read|displayed|opened|deleted|lu|affiché|ouvert|supprimé)\b|\bwould like to recall the message\b|\b(souhaite|souhaiterait|aimerait|voudrait) rappeler le message\b|\brecall (report|results?) for\b`)
)

// awayCommand is how an officer tells us that they are away, perhaps under such a title.
var awayCommand = regexp.MustCompile(`(?im)^\W*(i am |i.m |je suis |je serai )?(away|absente?)\s+(until|jusqu)`)

// automaticTitle says whether the title of an automatic answer stands there and something else bears it out.
func automaticTitle(m *Mail) string {
	const why = "the subject of an automatic answer"
	program, words := answerTitle.MatchString(m.Subject), absenceTitle.MatchString(m.Subject)
	if !program && !words {
		return ""
	}
	if mark := suppresses(m.Header); mark != "" {
		return why + ", with " + mark
	}
	if nullReturnPath(m.Header) {
		return why + ", with Return-Path: <>"
	}
	if mark := machineMark(m.Header); mark != "" {
		return why + ", with " + mark
	}
	if words && len(answered(m)) > 0 {
		return why + ", in answer to a message" // whoever answers as a person keeps the title of what they answer
	}
	text := m.Text[:min(len(m.Text), maxOwnWords)]
	if (program || !strings.Contains(text, "?") && !awayCommand.MatchString(text)) && answerText.MatchString(text) {
		return why + ", with its text"
	}
	return ""
}

var (
	// ticketTitle is how ticket systems and monitors title their mail.
	ticketTitle = regexp.MustCompile(`(?i)^\[(jira|confluence|bitbucket|git(hub|lab|ea)|jenkins|service ?now|zendesk|freshdesk|nagios|zabbix|icinga|prtg|splunk|datadog|grafana|pagerduty|opsgenie|sonarqube|azure devops|otrs|redmine|trac|bugzilla|firing(:\d+)?|resolved|alerts?|alertes?|monitoring|cron|ticket|billet|request|demande|case|dossier|incident)\b[^\]]*\]` +
		`|^(\W{0,3})(problem|recovery|acknowledgement|flapping(start|stop)|firing|alert|alerte|critical|warning)\b.{0,80}\b(down|up|critical|warning|ok|unreachable|recovered|firing|en panne|rétabli)\b` +
		`|^(inc|req|ritm|task|chg|prb|sctask|sr|cs)\d{5,}\b` +
		`|\b(your|votre|la|le)?\s?(request|ticket|case|incident|service request|demande|billet|requête|dossier|cas)\b.{0,30}\d{3,}.{0,30}\b(received|created|opened|updated|resolved|closed|assigned|logged|reçue?|créée?|ouverte?|mise? à jour|résolue?|fermée?|attribuée?|enregistrée?)\b` +
		`|\b(has been|was) (received|created|registered|logged)\b.{0,30}#\s?\d+|\bthank you for contacting\b|\bnous avons (bien )?reçu votre (demande|message|courriel)\b|\bwe have received your (request|message|e-?mail|enquiry)\b` +
		`|^((booking|order|reservation|payment|registration) confirmation|confirmation of (your )?(booking|order|reservation|payment)|confirmation de (votre |la )?(commande|réservation|paiement|inscription))\b` +
		`|^(cron <|anacron job|logwatch for|backup (job|report|of)|(nightly|daily|weekly) (backup|build|digest|report for)|build (failed|succeeded|#\d+)|scan(ned)? (from|image from)|security alert|new sign-?in|verify your|your password (will expire|expires|has been)|votre mot de passe (expire|a été))`)
	// jiraTitle no person types.
	jiraTitle = regexp.MustCompile(`(?i)^\[jira\] .*\([A-Z][A-Z0-9]+-\d+\)|^\[firing:\d+\]|^cron <\S+>`)

	automaticPhrase = regexp.MustCompile(`(?i)\bthis (is|was|e-?mail|message|notification)\b[^.\n]{0,40}\b(automated|automatic|automatically|auto-?generated|system[- ]generated)\b|\b(automatically|system)[- ]generated\b|\bgenerated automatically\b` +
		`|\b(please )?do not (reply|respond) (directly )?to this (e-?mail|message|notification|address)\b|\b(this (mailbox|address|inbox) is|replies( to this \S+)? are) not (monitored|read)\b|\byou( are|.re)? (receiving|received|getting) this (e-?mail|message|notification) because\b` +
		`|\bce(ci est un)? (courriel|message|avis)\b[^.\n]{0,40}\b(automatique|automatisé|automatiquement|par un système)\b|\bne pas répondre à ce (courriel|message|avis)\b|\bcette (boîte|adresse)\b[^.\n]{0,40}\bn.est pas (surveillée|consultée|lue)\b|\bvous recevez ce (courriel|message|avis) parce que\b|\bemail abuse report\b`)
	acknowledgement = regexp.MustCompile(`(?i)\b(thank you for contacting|we have received your|your (request|ticket|case|e-?mail|message) (has been|was) (received|created|logged|registered|assigned)|ticket (number|id|no)|case (number|id)|a member of our team will|one of our (agents|technicians)|will (respond|reply|get back to you) within|do not (change|modify|remove) the subject|nous avons (bien )?reçu votre|votre (demande|billet|courriel|message) a (bien )?été (reçue?|créée?|enregistrée?)|numéro (de|du) (billet|dossier|ticket|cas)|un membre de notre équipe|nous vous répondrons)\b`)
	weakPhrase      = regexp.MustCompile(`(?i)\b(unsubscribe|se désabonner|se désinscrire|manage (your )?(notification|e-?mail)s? (preferences|settings)|view (this )?(issue|ticket|in browser|online)|afficher dans (un|le) navigateur|powered by|privacy policy|all rights reserved|tous droits réservés)\b`)

	machineName = regexp.MustCompile(`^(.*[-_.])?(alerts?|alertes?|alarms?|notifications?|notify|notifier|notif|avis|nagios|zabbix|icinga|grafana|jira|confluence|jenkins|git(hub|lab|ea)|service[-_.]?now|service[-_.]?desk|help[-_.]?desk|helpline|support|soutien|centre[-_.]?de[-_.]?services|tickets?|billets|otrs|redmine|system|systeme|sys|root|cron|www-data|apache|nginx|monitor(ing)?|surveillance|automation|automate|robot|bot|daemon|mailer|backups?|scanner|printer|imprimante|mfp|copier|sharepoint|workflow|newsletter|infolettre|marketing|updates?|digest|reports?|bookings?|reservations?|orders?|commandes?|billing|invoices?|facturation|receipts?|dmarc.*)([-_.\d].*)?$`)
	machineTool = regexp.MustCompile(`(?i)phpmailer|nodemailer|microsoft cdo|javamail|servicenow|jira|atlassian|python|sendemail|blat|swaks|sap |crystal reports|ssrs|sharepoint|dynamics|salesforce|mailchimp|sendgrid|perl|mime::lite|s-nail|mailx|ruby`)
	machineID   = regexp.MustCompile(`(?i)^(jira|confluence|rt-|otrs|redmine|gitlab|github|jenkins|cron)[.-]?|@(.*\.)?(jira|servicenow|zendesk|freshdesk|amazonses|sendgrid|mailgun|mandrillapp|salesforce)\b`)
	toolField   = regexp.MustCompile(`(?i)^x-(jira|atlassian|confluence|github|gitlab|gitea|bitbucket|jenkins|service-?now|zendesk|freshdesk|otrs|redmine|trac|bugzilla|rt|nagios|zabbix|grafana|pagerduty|cron|sentry)-|^rt-(ticket|originator)$`)
	bulkField   = regexp.MustCompile(`(?i)^x-(ses|sg|mailgun|mandrill|mc|pm|sfdc|sfmc|campaign|mailchimp|marketo|hubspot|report-abuse|complaints)(-|$)`)

	returnsToProgram = regexp.MustCompile(`(?i)^<?(bounces?|return|verp|msprvs\d*|prvs|btv\d*)[-_+=.]`)
	emptyGroup       = regexp.MustCompile(`^\s*"?([\pL][^:;<>@]*)"?\s*:\s*;\s*$`)
	undisclosed      = regexp.MustCompile(`(?i)undisclosed|unlisted|recipients|destinataires|non divulgu`)

	answersSubject = regexp.MustCompile(`(?i)^(re|fw|fwd|tr|rép|ref|réf|rv|aw|wg)\s?:`)
	quoteBegins    = regexp.MustCompile(`(?im)^(>|-{2,}\s?(original|forwarded|message d.origine|message transféré)|_{15,}\s*$|(from|de|sent|envoyé)\s?:\s|(on|le) .{5,200}(wrote|a écrit)\s?:?\s*$)`)
	keyLine        = regexp.MustCompile(`^\s*[\pL][\pL\d _/()'’-]{1,30}\s?[:=]\s?\S`)
	addressLine    = regexp.MustCompile(`https?://\S+`)
)

// maxOwnWords is how much of a text is looked at: what a machine says of itself stands at the top or in a short mail.
const maxOwnWords = 16 << 10

// ownWords is the text above what it quotes, as far as can be told without knowing mail programs.
func ownWords(text string) string {
	text = text[:min(len(text), maxOwnWords)]
	if at := quoteBegins.FindStringIndex(text); at != nil {
		return text[:at[0]]
	}
	return text
}

// acknowledges says whether a mail that answers one of ours is the receipt of a ticket system. Its title and its text must
// both say so, since the mail could be a decision.
func acknowledges(m *Mail) string {
	text := ownWords(m.Text)
	if ticketTitle.MatchString(m.Subject) && (automaticPhrase.MatchString(text) || acknowledgement.MatchString(text)) {
		return "the title and the text of an automatic acknowledgement"
	}
	return ""
}

// enoughSigns is how much must speak for a machine that put no mark on its mail.
const enoughSigns = 3

// readsAutomatic weighs the signs of a machine in a mail without marks, and names them when they are enough. own are our
// addresses.
func readsAutomatic(m *Mail, own []string) string {
	signs := 0
	var why []string
	sign := func(weight int, what string, found bool) {
		if found {
			signs += weight
			why = append(why, what)
		}
	}
	local, _, _ := strings.Cut(m.From.Addr, "@")
	text := ownWords(m.Text)
	switch {
	case jiraTitle.MatchString(m.Subject):
		sign(enoughSigns, "title", true)
	default:
		sign(2, "title", ticketTitle.MatchString(m.Subject))
	}
	sign(1, "sender's name", machineName.MatchString(local))
	sign(2, "phrase of a machine", automaticPhrase.MatchString(text))
	sign(1, "acknowledgement", acknowledgement.MatchString(text))
	sign(1, "phrase of mass mail", weakPhrase.MatchString(text))
	sign(1, "program", machineTool.MatchString(m.Header.Get("X-Mailer")+m.Header.Get("User-Agent")))
	sign(1, "Message-ID", machineID.MatchString(m.MessageID))
	sign(2, "Return-Path of a program", returnsToProgram.MatchString(m.Header.Get("Return-Path")))
	if to := m.Header.Get("To"); emptyGroup.MatchString(to) && !undisclosed.MatchString(to) {
		sign(2, "a list in To", true)
		sign(1, "not to us", !mentionsAny(m.Header.Get("To")+m.Header.Get("Cc"), own))
	}
	for _, f := range m.Header {
		if toolField.MatchString(f.Name) {
			sign(enoughSigns, f.Name, true)
			break
		}
		if bulkField.MatchString(f.Name) {
			sign(1, f.Name, true)
			break
		}
	}
	sign(1, "shape of the text", listsValues(text))
	if answersSubject.MatchString(m.Subject) {
		signs-- // a person answers or passes on what a machine sent
	}
	if signs < enoughSigns {
		return ""
	}
	return fmt.Sprintf("reads like a machine's: %s", strings.Join(why, ", "))
}

// listsValues is true for a text that is mostly “Name: value”, or mostly links.
func listsValues(text string) bool {
	lines, keys := 0, 0
	for line := range strings.Lines(text) {
		if strings.TrimSpace(line) == "" {
			continue
		}
		if lines++; keyLine.MatchString(line) {
			keys++
		}
	}
	links := len(addressLine.FindAllStringIndex(text, 50))
	return keys >= 4 && 2*keys >= lines || links >= 4 && 2*links >= lines
}
