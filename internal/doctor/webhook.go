package doctor

import (
	"context"
	"encoding/json"

	"handrail/internal/outages"
	"handrail/notify/webhook"
)

// webhook tries whether the receiver takes what mail cannot say: one that was never tried is found broken when it is needed.
func (d *examination) webhook(ctx context.Context) {
	d.begin("Webhook of the operator")
	receiver, err := webhook.New(d.in.Operator)
	switch {
	case err != nil:
		d.add(Wrong, "configuration", err.Error())
		return
	case receiver == nil:
		d.add(Note, "receiver", "none: while sending fails, nobody is told before it works again",
			"name one in webhook under [operator], such as the incoming webhook of a chat or of a pager")
		return
	case !d.o.Mail:
		d.add(Skipped, "test post", "--no-mail")
		return
	}
	body, err := json.Marshal(outages.TestDocument(d.in.Department.Name, d.in.Department.Languages, d.o.Now()))
	if err != nil {
		d.add(Wrong, "test post", err.Error())
		return
	}
	done := d.o.Working("posting to " + receiver.Host())
	err = receiver.Post(ctx, body)
	done()
	if err != nil {
		d.add(Warning, "test post", err.Error(), "correct webhook under [operator]: it must take JSON by POST and answer 2xx; docs/operators.md shows what it gets")
		return
	}
	d.add(Fine, "test post", receiver.Host()+" took it")
}
