package replay

import (
	"context"

	"github.com/shopspring/decimal"

	"handrail/internal/ledger"
	"handrail/internal/report"
	"handrail/internal/request"
	"handrail/rules"
)

// mostLinesMailed is how many lines the workbook of TwelveMonths names one by one: more make a mail too large.
const mostLinesMailed = 20_000

// TwelveMonths judges what an inbox's lines of the last twelve months would have come to under a text that is proposed: what its owners
// are shown beside the difference in words. inbox "" is every inbox; minutes are what an officer spends on an escalated line. Write it
// with [report.WriteBacktest], or say it with its methods Short and Sheet.
func TwelveMonths(ctx context.Context, tx *ledger.Tx, p *rules.Policy, inbox string, today request.Date, minutes decimal.Decimal) (*report.Backtest, error) {
	since := request.Date{Year: today.Year - 1, Month: today.Month, Day: min(today.Day, 28)}
	return Backtest(ctx, tx, BacktestOptions{Policy: p, Since: since, Inbox: inbox, Minutes: minutes, MostLines: mostLinesMailed})
}
