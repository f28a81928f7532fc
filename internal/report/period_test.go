package report

import (
	"strings"
	"testing"
	"time"

	"github.com/shopspring/decimal"

	"handrail/internal/reconcile"
	"handrail/internal/reconcile/reconciletest"
	"handrail/internal/request"
)

func TestPeriods(t *testing.T) {
	for name, want := range map[string]string{
		"2026-W47": "2026-11-16 2026-11-22", "2026-W53": "2026-12-28 2027-01-03", "2025-W01": "2024-12-30 2025-01-05", "2026-11": "2026-11-01 2026-11-30",
		"2028-02": "2028-02-01 2028-02-29", "2026-27": "2026-04-01 2027-03-31", "1999-00": "1999-04-01 2000-03-31", "2026-11-03..2026-12-02": "2026-11-03 2026-12-02",
		"2025-W53": "", "2026-W00": "", "2026-13": "", "2026-00": "", "2026": "", "": "", "2026-12-02..2026-11-03": "", "2026-11-31..2026-12-02": "",
	} {
		p, err := ParsePeriod(name, time.April)
		got := ""
		if err == nil {
			got = p.From.String() + " " + p.To.String()
		}
		if got != want {
			t.Errorf("%q is %q (%v), want %q", name, got, err, want)
		}
	}
}

// Every day is in the week that is named after it, and weeks follow each other without a gap.
func TestWeeksAreContiguous(t *testing.T) {
	d := request.Date{Year: 2019, Month: 12, Day: 20}
	previous := WeekOf(d)
	for range 3000 {
		d = d.AddDays(1)
		w := WeekOf(d)
		if d.Before(w.From) || d.After(w.To) || w.From.Weekday() != time.Monday || w.From.AddDays(6) != w.To {
			t.Fatalf("%s is in %+v", d, w)
		}
		if w != previous && previous.To.AddDays(1) != w.From {
			t.Fatalf("%+v does not follow %+v", w, previous)
		}
		previous = w
	}
}

func TestWeekThatSpansTheFiscalYearIsSplit(t *testing.T) {
	parts := Week(2027, 13).SplitByFiscalYear(time.April)
	if len(parts) != 2 || parts[0].Name != "2027-W13a" || parts[0].To.String() != "2027-03-31" || parts[1].Name != "2027-W13b" || parts[1].From.String() != "2027-04-01" {
		t.Errorf("parts %+v", parts)
	}
	if whole := Week(2026, 47).SplitByFiscalYear(time.April); len(whole) != 1 || whole[0].Name != "2026-W47" {
		t.Errorf("an ordinary week is cut: %+v", whole)
	}
	if name := Week(2026, 47).FileName(); name != "handrail-2026-W47.xlsx" {
		t.Errorf("file name %q", name)
	}
}

func TestPartsOfTheWeekOfTheYearEnd(t *testing.T) {
	for name, want := range map[string]string{"2027-W13a": "2027-03-29 2027-03-31", "2027-W13b": "2027-04-01 2027-04-04"} {
		if p, err := ParsePeriod(name, time.April); err != nil || p.Name != name || p.From.String()+" "+p.To.String() != want {
			t.Errorf("%s: %+v, %v", name, p, err)
		}
	}
	for name, says := range map[string]string{"2027-W13": "2027-W13a", "2027-W14a": "without"} {
		if _, err := ParsePeriod(name, time.April); err == nil || !strings.Contains(err.Error(), says) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestContractsAndTheirAggregate(t *testing.T) {
	big := reconciletest.Approved("HR-2026-000001-01", "Boréal Data", "9000.00", "2026-11-01")
	big.Commodity, big.Title, big.TitleOther, big.Requester = "services", "=Titre", "Title", "someone@department.example"
	big.Language = request.French
	more := reconciletest.Approved("HR-2026-000002-01", "Boréal Data", "1500.00", "2026-11-05")
	more.Amends = big.Reference
	small := reconciletest.Approved("HR-2026-000003-01", "Cedar", "400.00", "2026-07-01")
	small.Commodity = "goods"
	declined := reconciletest.Approved("HR-2026-000004-01", "Cedar", "40000.00", "2026-07-01")
	declined.Outcome = request.Declined
	list := Contracts(EachLine([]reconcile.Line{more, big, small, declined}), time.UTC, time.April)
	var b strings.Builder
	if err := Publish(&b, list, decimal.NewFromInt(10_000)); err != nil {
		t.Fatal(err)
	}
	want := "HR-2026-000001-01,HR-2026-000001,Boréal Data,2026-11-01,,Title,'=Titre,CAD,10500.00,9000.00,1500.00,S,TN,A,2026-2027-Q3\n"
	if _, rows, _ := strings.Cut(b.String(), "\n"); rows != want {
		t.Errorf("published\n%s\nwant\n%s", rows, want)
	}
	if strings.Contains(b.String(), "someone@") {
		t.Error("the publication holds personal data")
	}
	sum := SmallContracts(list, decimal.NewFromInt(10_000))
	if len(sum) != 1 || sum[0].Contracts != 1 || sum[0].Commodity != "G" || sum[0].Original.String() != "400" {
		t.Errorf("aggregate %+v", sum)
	}
	if schema, err := PublicationSchema(); err != nil || !strings.Contains(string(schema), `"name": "contract_value"`) {
		t.Errorf("schema %s, %v", schema, err)
	}
}

// The year-end list comes with the fiscal year's end, and only then.
func TestYearEndSheetComesInSeason(t *testing.T) {
	for name, want := range map[string]string{"2027-W13a": "2027-03-31", "2027-W13b": "2027-03-31", "2027-W15": "2027-03-31", "2026-27": "2027-03-31", "2026-W47": "", "2027-W12": ""} {
		period, err := ParsePeriod(name, time.April)
		if err != nil {
			t.Fatal(err)
		}
		p := &sheetWriter{Contents: Contents{Period: period, FiscalYearStart: time.April}}
		end, _ := p.fiscalYearEnd()
		if end.String() != want {
			t.Errorf("%s: year-end %q, want %q", name, end, want)
		}
	}
}

// A week in which the clocks change is an hour longer or shorter, and the next begins where it ends.
func TestAWeekInWhichClocksChangeLeavesNoHourOut(t *testing.T) {
	toronto, err := time.LoadLocation("America/Toronto")
	if err != nil {
		t.Fatal(err)
	}
	for _, w := range []struct {
		week, next string
		hours      time.Duration
	}{{"2026-W44", "2026-W45", 169}, {"2027-W10", "2027-W11", 167}, {"2026-W43", "2026-W44", 168}} {
		week, err := ParsePeriod(w.week, 0)
		if err != nil {
			t.Fatal(err)
		}
		next, err := ParsePeriod(w.next, 0)
		if err != nil {
			t.Fatal(err)
		}
		from, to := week.Bounds(toronto)
		if got := to.Sub(from); got != w.hours*time.Hour {
			t.Errorf("%s has %s, want %d hours", w.week, got, w.hours)
		}
		if begins, _ := next.Bounds(toronto); !begins.Equal(to) || from.Hour() != 0 || to.Hour() != 0 {
			t.Errorf("%s is %s to %s, and %s begins %s", w.week, from, to, w.next, begins)
		}
	}
}
