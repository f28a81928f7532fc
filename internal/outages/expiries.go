package outages

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"
	"time"

	"handrail/internal/batch"
	"handrail/internal/ledger"
	"handrail/internal/mailserver"
	"handrail/internal/outbox"
	"handrail/internal/request"
)

// Expiries is until when certificates are good, as connections showed them. It is safe for concurrent use.
type Expiries struct {
	mu   sync.Mutex
	seen map[string]time.Time // by host
}

// NewExpiries knows of nothing yet.
func NewExpiries() *Expiries { return &Expiries{seen: map[string]time.Time{}} }

// Saw notes the certificate that a host showed.
func (e *Expiries) Saw(host string, c *mailserver.Certificate) {
	if c == nil {
		return
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	e.seen[host] = c.NotAfter
}

// expiring is something that is good until an instant.
type expiring struct {
	cause string
	what  request.Text
	until time.Time
	hint  request.Text
}

// ahead is how many days before it expires something is said: once for each.
var ahead = []int{1, 7, 14, 30}

// foresee says ahead what expires.
func (d *Desk) foresee(ctx context.Context) error {
	now := d.engine.Now()
	var owed []ledger.OutboxEntry
	d.mu.Lock()
	for _, x := range d.expiring() {
		days := daysLeft(x.until, now)
		i := slices.IndexFunc(ahead, func(most int) bool { return days <= most })
		if i < 0 || days < 0 {
			continue // far away; or over, which the login or the connection says
		}
		cause := fmt.Sprintf("expires %s %s %d", x.cause, x.until.UTC().Format(time.DateOnly), ahead[i])
		if !d.said[cause] {
			owed = append(owed, outbox.New(outbox.OperatorAlert, cause, ledger.OutboxEntry{}, x.alert(days)))
		}
	}
	d.mu.Unlock()
	if len(owed) == 0 {
		return nil
	}
	return d.ledger.Update(ctx, func(tx *ledger.Tx) error {
		tx.Then(func() {
			d.mu.Lock()
			defer d.mu.Unlock()
			for _, o := range owed {
				d.said[o.Cause] = true
			}
		})
		if _, err := tx.Outbox.Add(ctx, outbox.Due(owed, now)...); err != nil {
			return err
		}
		return d.engine.Wake(ctx, tx, batch.Answer)
	})
}

// daysLeft counts whole days, by the clock; negative when it is over.
func daysLeft(until, now time.Time) int {
	left := until.Sub(now)
	if left < 0 {
		return -1
	}
	return int(left / (24 * time.Hour))
}

// expiring lists what is known to expire: the certificates that were seen, and the client secrets whose day the configuration
// says.
func (d *Desk) expiring() (all []expiring) {
	d.expiries.mu.Lock()
	seen := maps.Clone(d.expiries.seen)
	d.expiries.mu.Unlock()
	for _, host := range slices.Sorted(maps.Keys(seen)) {
		all = append(all, expiring{cause: "certificate " + host, until: seen[host],
			what: request.Text{EN: "the certificate of " + host, FR: "le certificat de " + host},
			hint: request.Text{
				EN: "Ask whoever runs the mail server to renew it before then. On that day Handrail stops using the server.",
				FR: "Demandez aux responsables du serveur de le renouveler d’ici là. Ce jour-là, Handrail cessera d’utiliser le serveur."}})
	}
	byDay := map[string][]string{} // inboxes: one application often opens several
	for _, name := range d.dept.Order {
		if o := d.dept.Inboxes[name].Config.OAuth2; o.ClientSecretExpires != "" {
			key := o.ClientID + " " + o.ClientSecretExpires
			byDay[key] = append(byDay[key], name)
		}
	}
	for _, key := range slices.Sorted(maps.Keys(byDay)) {
		names := byDay[key]
		day, known := d.dept.Inboxes[names[0]].Config.OAuth2.SecretExpires()
		if !known {
			continue // the configuration was checked
		}
		list := strings.Join(names, ", ")
		all = append(all, expiring{cause: "client secret " + list, until: day.Time(time.UTC),
			what: request.Text{EN: "the client secret of the inbox " + list, FR: "le secret client de la boîte " + list},
			hint: request.Text{
				EN: "Have a new client secret made for the application, write its value where client_secret says, and correct client_secret_expires. It counts at once, without a restart.",
				FR: "Faites créer un nouveau secret client pour l’application, inscrivez sa valeur à l’endroit indiqué par client_secret, et corrigez client_secret_expires. Il compte aussitôt, sans redémarrage."}})
	}
	return all
}

// alert says when something expires. It can wait for the operator's daily mail.
func (x *expiring) alert(days int) outbox.Alert {
	day := x.until.UTC().Format(time.DateOnly)
	a := outbox.Alert{CanWait: true, Hint: x.hint,
		Title: request.Text{EN: fmt.Sprintf("Expires in %d days: %s", days, x.what.EN), FR: fmt.Sprintf("Expire dans %d jours\u00a0: %s", days, x.what.FR)},
		What: request.Text{EN: fmt.Sprintf("Good until %s: %s. Nothing is wrong yet.", day, x.what.EN),
			FR: fmt.Sprintf("Valide jusqu’au %s\u00a0: %s. Tout fonctionne encore.", day, x.what.FR)}}
	if days <= 1 {
		a.Title = request.Text{EN: "Expires by tomorrow: " + x.what.EN, FR: "Expire d’ici demain\u00a0: " + x.what.FR}
	}
	return a
}
