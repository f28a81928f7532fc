package doctor

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"net"
	"slices"
	"strings"
	"syscall"

	"handrail/ingest"
	"handrail/ingest/imap"
	"handrail/internal/mailserver"
	"handrail/notify/smtp"
)

// What to do about a server's answer. The libraries under IMAP and SMTP keep only the text of some causes, so causes
// are known by their words as well as by their types.

// endpoint is what advice must know of a server.
type endpoint struct {
	section, host  string
	port           int
	implicit       bool // TLS from the first byte
	starttls       bool
	tlsPort        int // the usual ones
	plainPort      int
	username, file string
}

func adviseInbox(err error, c ingest.InboxConfig) []string {
	var server *ingest.ServerError
	e := endpoint{"[[inbox]]", c.Host, c.Port, c.TLS == ingest.TLSImplicit, c.TLS == ingest.TLSStart, 993, 143, c.Username, c.Password.File}
	if steps := e.connection(err); steps != nil {
		return steps
	}
	if !errors.As(err, &server) {
		return nil
	}
	if server.Class == ingest.CredentialsError {
		if c.Auth == ingest.AuthPassword {
			return e.password(c.Provider == ingest.ProviderGmail || strings.HasSuffix(c.Host, "gmail.com"))
		}
		return adviseOAuth(err, c)
	}
	return []string{server.Hint().EN}
}

func adviseSMTP(err error, c smtp.Config) []string {
	var server *mailserver.Error
	e := endpoint{"[smtp]", c.Host, c.Port, c.TLS == mailserver.TLSImplicit, c.TLS == mailserver.TLSStart, 465, 587, c.Username, c.Password.File}
	if err == nil {
		return nil
	}
	text := err.Error()
	switch {
	case strings.Contains(text, "5.7.139") || strings.Contains(text, "SmtpClientAuthentication is disabled"):
		return []string{"SMTP AUTH is off for this mailbox; ask the team that runs the tenant to run, in Exchange Online PowerShell:",
			"  Set-CASMailbox -Identity " + c.Username + " -SmtpClientAuthenticationDisabled $false"}
	case strings.Contains(text, "5.7.60") || strings.Contains(text, "SendAsDenied"):
		return []string{"the account may not send as " + c.From + "; make from the account's own address, or ask for:",
			"  Add-RecipientPermission " + c.From + " -Trustee <object id of the enterprise application> -AccessRights SendAs"}
	}
	if steps := e.connection(err); steps != nil {
		return steps
	}
	if errors.As(err, &server) {
		if server.Class == mailserver.CredentialsError && c.Auth == smtp.AuthPassword {
			return e.password(strings.HasSuffix(c.Host, "gmail.com"))
		}
		return []string{server.Hint().EN}
	}
	return nil
}

// connection advises on what goes wrong before the login.
func (e endpoint) connection(err error) []string {
	text := err.Error()
	has := func(any ...string) bool {
		return slices.ContainsFunc(any, func(s string) bool { return strings.Contains(text, s) })
	}
	var dns *net.DNSError
	switch {
	case errors.As(err, &dns):
		return []string{fmt.Sprintf("no server called %q is known here: correct host under %s, or ask the mail team for its name", e.host, e.section)}
	case errors.Is(err, syscall.ECONNREFUSED):
		return []string{fmt.Sprintf("nothing answers on port %d of %s: check port under %s (%d with tls = \"tls\", %d with tls = \"starttls\")", e.port, e.host, e.section, e.tlsPort, e.plainPort)}
	case has("first record does not look like a TLS handshake"):
		return []string{fmt.Sprintf("port %d does not begin with TLS: set tls = \"starttls\" under %s, or port = %d", e.port, e.section, e.tlsPort)}
	case has("has expired or is not yet valid"):
		return []string{"ask whoever runs the mail server to renew its certificate; if its dates are right, this machine's clock is wrong"}
	case has("x509: certificate is valid for", "x509: certificate is not valid for any names", "cannot validate certificate"):
		return []string{fmt.Sprintf("the certificate is not for %q: write one of the names it is for as host under %s", e.host, e.section)}
	case has("signed by unknown authority"):
		return []string{fmt.Sprintf("this machine does not know the authority behind the certificate: ask the mail team for it as a PEM file, and name the file in ca_file under %s", e.section)}
	case has("STARTTLS") && !has("silent"):
		return []string{fmt.Sprintf("the server offers no STARTTLS on port %d: set tls = \"tls\" and port = %d under %s", e.port, e.tlsPort, e.section)}
	case e.starttls && e.port == e.tlsPort:
		return []string{fmt.Sprintf("port %d wants TLS from the first byte: set tls = \"tls\" under %s", e.port, e.section)}
	case errors.Is(err, syscall.ENETUNREACH), errors.Is(err, syscall.EHOSTUNREACH), has("i/o timeout", "silent", "deadline exceeded"):
		return []string{fmt.Sprintf("%s does not answer on port %d: ask the network team to let this machine reach it, and check port and tls under %s", e.host, e.port, e.section)}
	}
	return nil
}

func (e endpoint) password(gmail bool) []string {
	steps := []string{fmt.Sprintf("try the same account and password in a mail program; correct username (%s) or the secret under %s", e.username, e.section)}
	if e.file != "" {
		steps = append(steps, "the password is read from "+e.file+", one line, without quotes")
	}
	if gmail {
		steps = append(steps, "Gmail takes an app password only (Google Account, Security, App passwords), or auth = \"oauth2-device\"")
	}
	return steps
}

// entra is what Microsoft's error codes mean, and the step that fixes each.
var entra = map[string]string{
	"AADSTS7000215": "the client secret is wrong: in the application's \"Certificates & secrets\" make a new one and keep its Value, not its Secret ID",
	"AADSTS7000222": "the client secret has expired: make a new one in the application's \"Certificates & secrets\"; note the new date in your calendar",
	"AADSTS700016":  "no application with this client_id is in the tenant: compare client_id with \"Application (client) ID\", and tenant with \"Directory (tenant) ID\"",
	"AADSTS90002":   "there is no such tenant: compare oauth2.tenant with \"Directory (tenant) ID\"",
	"AADSTS900023":  "there is no such tenant: compare oauth2.tenant with \"Directory (tenant) ID\"",
	"AADSTS1002012": "with client credentials the scope is https://outlook.office365.com/.default and nothing else: leave scopes empty",
	"AADSTS70011":   "with client credentials the scope is https://outlook.office365.com/.default and nothing else: leave scopes empty",
	"AADSTS65001":   "an administrator has not consented yet; the steps follow",
	"AADSTS500011":  "the tenant does not know Exchange Online's resource; the steps follow",
	"AADSTS7000112": "the application is disabled: enable it under \"Enterprise applications\", Properties",
	"AADSTS53003":   "a conditional access policy blocks the application: ask for an exclusion of this workload identity",
	"AADSTS7000229": "the application has no service principal in the tenant; the steps follow",
}

// adviseOAuth says which step of the tenant is missing.
func adviseOAuth(err error, c ingest.InboxConfig) []string {
	var steps []string
	text := err.Error()
	if errors.Is(err, fs.ErrNotExist) {
		return []string{"the file of the client secret is not there: write the secret's Value into it, and chmod 600 it"}
	}
	if errors.Is(err, imap.ErrDeviceNotConfirmed) {
		return []string{"run handrail doctor at a terminal, as the account that runs Handrail, and confirm the code it shows in a browser"}
	}
	for code, meaning := range entra {
		if strings.Contains(text, code+":") || strings.Contains(text, code+" ") {
			steps = append(steps, meaning)
			if !strings.HasSuffix(meaning, "the steps follow") {
				return steps
			}
		}
	}
	if len(steps) == 0 && strings.Contains(text, "invalid_client") {
		return []string{"client_id or client_secret is wrong: compare both with the application's registration"}
	}
	if strings.Contains(text, "invalid_grant") && c.Auth == ingest.AuthOAuth2Device {
		return []string{"the stored token was revoked or has expired: remove " + c.OAuth2.TokenFile + " and run handrail doctor at a terminal"}
	}
	if c.Auth == ingest.AuthOAuth2Client {
		steps = append(steps, consentSteps(c)...)
	}
	return steps
}

// consentSteps are what the team that runs a Microsoft 365 tenant does once.
func consentSteps(c ingest.InboxConfig) []string {
	mailbox := c.Username
	return []string{
		"in Entra ID, App registrations, the application, API permissions: add \"Office 365 Exchange Online\", Application permissions, IMAP.AccessAsApp and SMTP.SendAsApp; then \"Grant admin consent\"",
		"in Exchange Online PowerShell (the object id is that of the ENTERPRISE application, not of the registration):",
		"  Connect-ExchangeOnline",
		"  New-ServicePrincipal -AppId " + c.OAuth2.ClientID + " -ObjectId <object id>",
		"  Add-MailboxPermission -Identity " + mailbox + " `",
		"    -User <object id> -AccessRights FullAccess",
		"  Set-CASMailbox -Identity " + mailbox + " `",
		"    -ImapEnabled $true -SmtpClientAuthenticationDisabled $false",
		"changes of rights take up to an hour to count",
	}
}

// tokenRights reads which permissions an application's token has: without consent the issuer gives a token that is
// good for nothing, and Exchange says no more than that the login failed.
func (d *examination) tokenRights(ctx context.Context, c ingest.InboxConfig, in bool) {
	if c.Auth != ingest.AuthOAuth2Client {
		return
	}
	tokens, err := imap.NewTokens(c, nil)
	if err != nil {
		return
	}
	token, err := tokens.Token(ctx)
	if err != nil {
		return // the login said so
	}
	roles, known := rolesOf(token)
	if !known {
		return // not every issuer writes readable tokens
	}
	var missing []string
	for _, role := range []string{"IMAP.AccessAsApp", "SMTP.SendAsApp"} {
		if !slices.Contains(roles, role) {
			missing = append(missing, role)
		}
	}
	switch {
	case len(missing) > 0:
		d.add(Wrong, "consent", "the token lacks "+strings.Join(missing, " and "), consentSteps(c)...)
	case !in:
		d.add(Note, "consent", "the token has IMAP.AccessAsApp and SMTP.SendAsApp: what is missing is the mailbox's side", consentSteps(c)[1:]...)
	default:
		d.add(Fine, "consent", "IMAP.AccessAsApp and SMTP.SendAsApp")
	}
}

// rolesOf reads the application permissions in a JWT, without believing it: only what it says is shown.
func rolesOf(token string) (roles []string, known bool) {
	parts := strings.Split(token, ".")
	if len(parts) != 3 {
		return nil, false
	}
	body, err := base64.RawURLEncoding.DecodeString(parts[1])
	if err != nil {
		return nil, false
	}
	var claims struct {
		Roles []string `json:"roles"`
	}
	if json.Unmarshal(body, &claims) != nil {
		return nil, false
	}
	return claims.Roles, true
}
