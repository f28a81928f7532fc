package doctor

import (
	"cmp"
	"context"
	"crypto/rand"
	"encoding/hex"
	"fmt"
	"net"
	"strconv"
	"strings"
	"time"

	"handrail/ingest"
	"handrail/internal/mailserver"
	"handrail/notify"
	"handrail/notify/smtp"
)

// mailOut tries the server that takes mail, then a message to every inbox that could be opened.
func (d *examination) mailOut(ctx context.Context, boxes []*boxExam) {
	c := d.in.SMTP.WithDefaults()
	d.begin("Sending by " + net.JoinHostPort(c.Host, strconv.Itoa(c.Port)))
	c.Timeout = min(c.Timeout, mailserver.Duration(patience))
	options := smtp.Options{Now: d.o.Now}
	var err error
	if c.Auth == smtp.AuthOAuth2 {
		if options.Tokens, err = d.in.SMTPTokens(); err != nil {
			d.add(Wrong, "login", err.Error(), "name the inbox whose token is used in token_of")
			return
		}
	}
	sender, err := smtp.NewSender(c, options)
	if err != nil {
		d.add(Wrong, "configuration", err.Error())
		return
	}
	defer sender.Close()
	done := d.o.Working("connecting to " + c.Host)
	checked, err := sender.Report(ctx, d.in.recipients()...)
	done()
	if err != nil {
		d.trouble("connect", err, adviseSMTP(err, c))
		d.add(Skipped, "test message", "nothing can be sent")
		return
	}
	d.secured(checked.Certificate)
	d.add(Fine, "login", cmp.Or(c.Username, "–")+", "+string(c.Auth))
	if checked.Refusal != "" {
		d.add(Wrong, "from", "the server takes no mail from "+c.From+": "+checked.Refusal, "correct from under [smtp], or ask the mail team to let the account send as it")
		d.add(Skipped, "test message", "nothing can be sent")
		return
	}
	for to, words := range checked.Refused {
		d.add(Wrong, "recipient", to+" would be refused: "+words, "correct the address in the configuration, or have the mailbox made")
	}
	if len(checked.Refused) == 0 {
		d.add(Fine, "recipients", "mail from "+c.From+" would be taken for officers, finance, operator and inboxes")
	}
	if !d.o.Mail {
		d.add(Skipped, "test message", "--no-mail")
		return
	}
	for _, b := range boxes {
		if b.session != nil {
			d.begin("Test message to " + b.config.Address)
			d.rehearse(ctx, sender, b)
		}
	}
}

// rehearse mails a message to the inbox, waits for it, and files it: all that the job does with a message. The
// message has a forged verdict of the border server, which must not survive.
func (d *examination) rehearse(ctx context.Context, sender *smtp.Sender, b *boxExam) {
	var random [8]byte
	_, _ = rand.Read(random[:]) // never fails
	nonce := hex.EncodeToString(random[:])
	from := d.in.SMTP.WithDefaults().From
	id, raw := testMessage(from, b.config, nonce, d.o.Now())
	sent := d.o.Now()
	if fate := sender.Send(ctx, notify.Outgoing{From: from, To: b.config.Address, Raw: raw}); fate.State != notify.Accepted {
		d.add(Wrong, "sending", string(fate.State)+": "+fate.Words, adviseSMTP(fate.Err, d.in.SMTP.WithDefaults())...)
		return
	}
	done := d.o.Working("waiting for the test message")
	found, folder, err := d.await(ctx, b, nonce)
	done()
	switch {
	case err != nil:
		d.trouble("arrival", err, adviseInbox(err, b.config))
		return
	case folder == "":
		d.add(Wrong, "arrival", fmt.Sprintf("it was accepted, and did not arrive within %s", d.o.Wait),
			"look whether it lies in another folder (junk) or in the mail server's queue; a slow server: --wait 5m",
			"check that address is the address of this very inbox")
		return
	}
	d.add(Fine, "arrival", "in "+folder)
	d.clock(sent, found.Received)
	d.keptID(ctx, b.config, found, id)
	d.forgery(ctx, b.config, found, nonce)
	if folder != b.config.Folder {
		d.add(Fine, "filing", "a running job has filed it already")
		return
	}
	filed, err := b.session.Move(ctx, []ingest.Move{{ID: found.ID, Folder: b.config.Folders.Processed}})
	if err != nil || len(filed.Left) > 0 {
		if err == nil {
			err = fmt.Errorf("it is still in %s", folder)
		}
		d.trouble("filing", err, []string{"give the account the right to insert into " + b.config.Folders.Processed + " and to delete from " + b.config.Folder})
		return
	}
	d.add(Fine, "filing", "moved to "+b.config.Folders.Processed)
}

// await looks for a message again and again, for as long as the person wants to wait.
func (d *examination) await(ctx context.Context, b *boxExam, nonce string) (m ingest.Fetched, folder string, err error) {
	ctx, cancel := context.WithTimeout(ctx, d.o.Wait)
	defer cancel()
	for pause := 200 * time.Millisecond; ; pause = min(2*pause, 5*time.Second) {
		m, folder, err = b.session.Find(ctx, nonce)
		if err != nil || folder != "" {
			if ctx.Err() != nil {
				err = nil
			}
			return m, folder, err
		}
		select {
		case <-ctx.Done():
			return m, "", nil
		case <-time.After(pause):
		}
	}
}

// clock compares this machine's clock with the mail server's date of arrival.
func (d *examination) clock(sent, arrived time.Time) {
	ahead := sent.Sub(arrived).Round(time.Second)
	switch {
	case ahead.Abs() > 5*time.Minute && ahead > 0:
		d.add(Wrong, "clock", fmt.Sprintf("this machine's clock is %s ahead of the mail server's", ahead), "let it be set by NTP: timedatectl set-ntp true")
	case -ahead > 5*time.Minute+d.o.Wait:
		d.add(Wrong, "clock", fmt.Sprintf("this machine's clock is %s behind the mail server's", -ahead), "let it be set by NTP: timedatectl set-ntp true")
	default:
		d.add(Fine, "clock", "agrees with the mail server's")
	}
}

// keptID compares the Message-ID of the test message with the one that arrived, and says what follows where a relay rewrote it.
func (d *examination) keptID(ctx context.Context, c ingest.InboxConfig, found ingest.Fetched, id string) {
	mail, _ := ingest.Parse(ctx, found.Raw, c.Limits)
	switch {
	case mail == nil:
	case mail.MessageID == id:
		d.add(Fine, "message id", "it arrived under the id that we gave it")
	default:
		d.add(Note, "message id", "a relay gave it another id ("+ingest.Clip(ingest.CleanLine(mail.MessageID), 80)+"), so answers name ids that we do not know",
			"officers' answers count all the same: by the code in the subject, as long as they go to "+c.Address+" and to nobody else, without Cc; tell them to leave the subject as it is",
			"requesters withdraw and ask by answering as well: the subject names their request",
			"a mail that comes back is known by the header that the report returns; reports without it are not recognised, so watch the mailbox "+d.in.SMTP.WithDefaults().From)
	}
}

// forgery looks what became of the forged verdict.
func (d *examination) forgery(ctx context.Context, c ingest.InboxConfig, found ingest.Fetched, nonce string) {
	if len(c.AuthservID) == 0 {
		return // nobody's verdict is believed
	}
	mail, _ := ingest.Parse(ctx, found.Raw, c.Limits)
	if mail == nil {
		return // the header is ours: it can be read
	}
	own, forged, first := 0, false, false
	for i, id := range ingest.Vouchers(mail.Header) {
		if !strings.EqualFold(id, c.AuthservID[0]) {
			continue
		}
		if strings.Contains(mail.Header.All("Authentication-Results")[i], nonce) {
			forged, first = true, own == 0
			continue
		}
		own++
	}
	ask := "ask the mail team to remove Authentication-Results of the name " + c.AuthservID[0] + " from whatever comes in or is submitted (RFC 8601, section 5)"
	switch {
	case forged && first:
		d.add(Wrong, "forged verdict", "a verdict that we had forged ourselves would have been believed: whoever can submit mail by this server could be anybody", ask,
			"until then use another way to believe senders: provider, or verify_dkim without authserv_id")
	case forged:
		d.add(Warning, "forged verdict", "it was left in the message, below the server's own; only the topmost is believed", ask)
	case own == 0:
		d.add(Warning, "forged verdict", "it was removed, and the server wrote none of its own: mail sent inside the house would be set aside",
			"ask the mail team to write Authentication-Results on mail from inside as well; with Microsoft 365, set provider = \"exchange-online\"")
	default:
		d.add(Fine, "forged verdict", "it was removed, and "+c.AuthservID[0]+" wrote its own")
	}
}

// testMessage is a mail of ours to ourselves: the job files it without an answer.
func testMessage(from string, c ingest.InboxConfig, nonce string, now time.Time) (id string, raw []byte) {
	_, domain, _ := strings.Cut(from, "@")
	id = "doctor." + nonce + "@" + domain
	var b strings.Builder
	if len(c.AuthservID) > 0 {
		fmt.Fprintf(&b, "Authentication-Results: %s; dmarc=pass header.from=%s reason=%s\r\n", c.AuthservID[0], domain, nonce)
	}
	fmt.Fprintf(&b, "From: <%s>\r\nTo: <%s>\r\nSubject: Handrail doctor: test message / message d'essai %s\r\nDate: %s\r\nMessage-ID: <%s>\r\n",
		from, c.Address, nonce, now.Format(time.RFC1123Z), id)
	b.WriteString("Auto-Submitted: auto-generated\r\nX-Auto-Response-Suppress: All\r\nMIME-Version: 1.0\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: 8bit\r\n\r\n" +
		"handrail doctor sent this message to see whether mail arrives. Nothing needs to be done.\r\n\r\n" +
		"handrail doctor a envoyé ce message pour vérifier que le courriel arrive. Il n’y a rien à faire.\r\n")
	return id, []byte(b.String())
}
