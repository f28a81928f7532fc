package incoming

import (
	"context"
	"time"

	"handrail/internal/ledger"
	"handrail/internal/outbox"
	"handrail/internal/request"
)

// limitReplies keeps the replies to one sender within the inbox's answers_per_day, so that two machines cannot write to each
// other for ever. Above it there is silence for the rest of the day, and one alert. A reply that brings a decision is
// not lost: it goes out on the first day that has room. One that only helps (what could not be read, what had no
// effect) is dropped. The caller holds the decider's lock, so the count is exact.
func (p *Processor) limitReplies(ctx context.Context, tx *ledger.Tx, now time.Time, h *Message, owed []ledger.OutboxEntry) ([]ledger.OutboxEntry, error) {
	most := h.Inbox.Config.AnswersPerDay
	taken := map[request.Date]int{}
	room := func(d request.Date) (bool, error) {
		if _, counted := taken[d]; !counted {
			n, err := tx.Outbox.CountReplies(ctx, h.Sender.Address, d.Time(p.dept.Zone), d.AddDays(1).Time(p.dept.Zone))
			if err != nil {
				return false, err
			}
			taken[d] = n
		}
		return taken[d] < most, nil
	}
	today := p.dept.Day(now)
	kept := owed[:0:0]
	over := false
	for _, o := range owed {
		if !limited(o.Kind) || h.Sender.Address == "" {
			kept = append(kept, o)
			continue
		}
		on, free, err := today, false, error(nil)
		for {
			if free, err = room(on); err != nil {
				return nil, err
			}
			if free || o.Kind != outbox.Answer {
				break
			}
			on = on.AddDays(1)
		}
		over = over || on != today || !free
		if !free {
			continue
		}
		taken[on]++
		o.Answers = h.Sender.Address
		if on != today {
			o.DueAt = on.Time(p.dept.Zone)
		}
		kept = append(kept, o)
	}
	if over {
		kept = append(kept, p.tooManyReplies(h, today, most))
	}
	return kept, nil
}

func limited(kind string) bool {
	k, _ := outbox.KindOf(kind)
	return k.Limited
}
