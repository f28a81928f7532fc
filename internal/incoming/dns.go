package incoming

import (
	"context"
	"time"

	"handrail/ingest"
	"handrail/internal/batch"
	"handrail/internal/department"
)

// How long a message waits for the DNS of a domain that nobody of the department answers for: a day, which is longer than most
// domains are away. After it the sender counts as not proven.
const (
	foreignPatience = 24 * time.Hour
	foreignAgain    = 15 * time.Minute
)

// lookupFor asks the DNS for keys, unless it is known not to answer. That it answers about the department's own mail ends its
// outage.
func (p *Processor) lookupFor(box *department.Inbox) ingest.LookupTXT {
	return func(ctx context.Context, name string) ([]string, error) {
		if err := p.engine.Closed(batch.DNSOutage); err != nil {
			return nil, err
		}
		records, err := p.lookup(ctx, name)
		if (err == nil || ingest.NoSuchKey(err)) && box.Config.Expects(ingest.KeyDomain(name)) {
			p.engine.Works(ctx, batch.DNSOutage)
		}
		return records, err
	}
}

// waitForDNS is why a message waits about whose sender the DNS gave no answer; nil where it waited long enough. Only the
// domains that the inbox expects mail from can make it an outage, for which all such mail waits: anybody may have a domain whose
// DNS is broken.
func (p *Processor) waitForDNS(ctx context.Context, box *department.Inbox, e *ingest.UnansweredError, collected time.Time) error {
	if err := p.engine.Closed(batch.DNSOutage); err != nil {
		return err
	}
	if box.Config.Expects(e.Domain) {
		return p.engine.Failed(ctx, batch.DNSOutage, &ingest.ServerError{Class: ingest.NetworkError, Server: "the resolver", Doing: "look up a DKIM key", Err: e})
	}
	now := p.engine.Now()
	if now.Sub(collected) >= foreignPatience {
		return nil
	}
	return &batch.WaitError{Name: "the DNS of " + e.Domain, Until: now.Add(foreignAgain), Err: e}
}
