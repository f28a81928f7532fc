package incoming

import (
	"context"
	"fmt"
	"time"

	"handrail/internal/batch"
	"handrail/internal/ledger"
	"handrail/internal/outbox"
	"handrail/internal/request"
)

// LeftMail tells the operator how much mail is left in an inbox because of its date. What is older can wait for the daily mail;
// what is dated ahead cannot, for somebody waits for an answer, or a clock is wrong.
func (p *Processor) LeftMail(ctx context.Context, tx *ledger.Tx, now time.Time, left batch.LeftMail) error {
	var owed []ledger.OutboxEntry
	day := p.dept.Day(now)
	if left.OfOlder {
		owed = append(owed, outbox.New(outbox.OperatorAlert, fmt.Sprintf("older mail %s %s", left.Inbox, day), ledger.OutboxEntry{}, olderAlert(&left)))
	}
	if left.OfAhead {
		owed = append(owed, outbox.New(outbox.OperatorAlert, fmt.Sprintf("mail ahead %s %s", left.Inbox, day), ledger.OutboxEntry{}, aheadAlert(&left, now, p.dept.Zone)))
	}
	if _, err := tx.Outbox.Add(ctx, outbox.Due(owed, now)...); err != nil {
		return err
	}
	return p.engine.Wake(ctx, tx, batch.Answer)
}

func messages(n int) request.Text {
	if n == 1 {
		return request.Text{EN: "1 message", FR: "1 message"}
	}
	return request.Text{EN: fmt.Sprintf("%d messages", n), FR: fmt.Sprintf("%d messages", n)}
}

// olderAlert tells the operator of mail from before the day from which an inbox is judged.
func olderAlert(left *batch.LeftMail) outbox.Alert {
	n, since := messages(left.Older), left.Since.String()
	title := request.Text{EN: n.EN + " from before " + since + " stay unanswered in the inbox", FR: n.FR + " d’avant le " + since + " restent sans réponse dans la boîte"}
	if left.Older == 1 {
		title = request.Text{EN: "1 message from before " + since + " stays unanswered in the inbox", FR: "1 message d’avant le " + since + " reste sans réponse dans la boîte"}
	}
	return outbox.Alert{CanWait: true, Title: title,
		What: request.Text{
			EN: fmt.Sprintf("What the mail server received before %s, the first day whose mail is judged, lies where it lay: nothing of it was read or moved, and nobody was answered because of it.", since),
			FR: fmt.Sprintf("Ce que le serveur de courriel a reçu avant le %s, premier jour dont les messages sont examinés, est resté à sa place\u00a0: rien n’en a été lu ni déplacé, et personne n’a reçu de réponse à ce sujet.", since)},
		Hint: request.Text{
			EN: "If nobody waits for an answer, nothing is to be done; you may move the mail to a folder of your own. If somebody does, write to that person, or name an earlier day under this [[inbox]] of the configuration, such as since = \"" + since + "\", and start the service again: what came from then on is judged and answered like new mail. If mail of today is among it, the mail server’s clock is wrong.",
			FR: "Si personne n’attend de réponse, il n’y a rien à faire; vous pouvez ranger ce courrier dans un dossier à vous. Si quelqu’un en attend une, écrivez-lui, ou inscrivez un jour antérieur sous ce [[inbox]] de la configuration, par exemple since = \"" + since + "\", et redémarrez le service\u00a0: ce qui est arrivé à partir de ce jour sera examiné et recevra une réponse comme un nouveau message. S’il s’y trouve des messages d’aujourd’hui, l’horloge du serveur de courriel est fausse."},
		Details: []string{"inbox " + left.Inbox, "folder " + left.Folder}}
}

// aheadAlert tells the operator of mail that is dated ahead of this machine's clock.
func aheadAlert(left *batch.LeftMail, now time.Time, zone *time.Location) outbox.Alert {
	const layout = "2006-01-02 15:04"
	n, first, clock := messages(left.Ahead), left.First.In(zone).Format(layout), now.In(zone).Format(layout)
	title := request.Text{EN: n.EN + " from the future wait in the inbox", FR: n.FR + " datés du futur attendent dans la boîte"}
	if left.Ahead == 1 {
		title = request.Text{EN: "1 message from the future waits in the inbox", FR: "1 message daté du futur attend dans la boîte"}
	}
	return outbox.Alert{Title: title,
		What: request.Text{
			EN: fmt.Sprintf("The mail server says that it received mail on %s or later, and this machine’s clock shows %s. What is dated more than a day ahead lies in the inbox, unread and unanswered, until its time comes.", first, clock),
			FR: fmt.Sprintf("Le serveur de courriel dit avoir reçu des messages le %s ou plus tard, et l’horloge de cet ordinateur indique %s. Ce qui est daté de plus d’un jour d’avance reste dans la boîte, sans être lu ni recevoir de réponse, jusqu’à ce que son heure vienne.", first, clock)},
		Hint: request.Text{
			EN: "Compare both clocks. If this machine’s is slow, correct it: the messages are judged at the next look. If the mail server’s is fast, have it corrected, and ask the senders to mail their requests again.",
			FR: "Comparez les deux horloges. Si celle de cet ordinateur retarde, réglez-la\u00a0: les messages seront examinés à la prochaine consultation de la boîte. Si celle du serveur de courriel avance, faites-la régler et demandez aux expéditeurs d’envoyer leurs demandes de nouveau."},
		Details: []string{"inbox " + left.Inbox, "folder " + left.Folder}}
}
