package report

import (
	"time"

	"handrail/internal/reconcile"
)

// flowOf makes the control totals from lines: all that were waiting at from, and all received in [from, to). Superseded
// and withdrawn lines close like decided ones, at Decided. Currencies come in the order of their codes, main first.
func flowOf(lines []reconcile.Line, from, to time.Time, main string) []reconcile.Flow {
	by := map[string]*reconcile.Flow{}
	for i := range lines {
		l := &lines[i]
		code := l.Total.Currency
		if code == "" {
			code = main
		}
		f := by[code]
		if f == nil {
			f = &reconcile.Flow{Currency: code}
			by[code] = f
		}
		openAt := func(t time.Time) bool {
			return l.Received.Before(t) && (l.Decided.IsZero() || !l.Decided.Before(t))
		}
		if openAt(from) {
			f.Opening = f.Opening.Add(l.Total.Amount)
		}
		if !l.Received.Before(from) && l.Received.Before(to) {
			f.Received = f.Received.Add(l.Total.Amount)
		}
		if !l.Decided.IsZero() && !l.Decided.Before(from) && l.Decided.Before(to) && l.Received.Before(to) {
			f.Closed = f.Closed.Add(l.Total.Amount)
		}
		if openAt(to) {
			f.Closing = f.Closing.Add(l.Total.Amount)
		}
	}
	var flows []reconcile.Flow
	for _, code := range reconcile.Currencies(by, main) {
		flows = append(flows, *by[code])
	}
	return flows
}
