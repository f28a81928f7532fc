package batch_test

import (
	"strings"
	"testing"

	"github.com/shopspring/decimal"

	"handrail/internal/batch"
	"handrail/internal/officers"
	"handrail/internal/request"
)

func lineOf(total, centre, commodity, manager string) *request.Line {
	var l request.Line
	if total != "" {
		l.Values[request.Total] = request.Value{Text: total, Number: decimal.RequireFromString(total), Given: true}
	}
	l.Values[request.CostCentre] = request.Value{Text: centre, Given: centre != ""}
	l.Values[request.Commodity] = request.Value{Text: commodity, Given: commodity != ""}
	l.Values[request.AuthorizedBy] = request.Value{Text: manager, Given: manager != ""}
	return &l
}

func TestALineGoesToTheOfficerWhoseAuthorityCoversIt(t *testing.T) {
	t.Parallel()
	r, err := officers.NewRoster([]officers.Officer{
		{Email: "small@d.example", Limit: "15000.00", Units: []string{"Benefits"}},
		{Email: "goods@d.example", Limit: "40000", Commodities: []string{"goods"}},
		{Email: "head@d.example"},
		{Email: "deputy@d.example"},
	})
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		name   string
		line   *request.Line
		origin request.Origin
		want   string
	}{
		{"inside the unit and the limit", lineOf("12000", "1", "services", ""), request.Origin{Unit: "benefits"}, "small@d.example"},
		{"at the limit to the cent", lineOf("15000.00", "1", "services", ""), request.Origin{Unit: "Benefits"}, "small@d.example"},
		{"a cent above it", lineOf("15000.01", "1", "services", ""), request.Origin{Unit: "Benefits"}, "head@d.example"},
		{"by commodity", lineOf("12000", "1", "goods", ""), request.Origin{Unit: "Other"}, "goods@d.example"},
		{"above everybody's limit", lineOf("99000", "1", "goods", ""), request.Origin{Unit: "Benefits"}, "head@d.example"},
		{"without a readable total", lineOf("", "1", "goods", ""), request.Origin{Unit: "Benefits"}, "head@d.example"},
		{"never to the requester", lineOf("99000", "1", "goods", ""), request.Origin{Sender: "Head@d.example"}, "deputy@d.example"},
		{"never to the section 32 manager", lineOf("99000", "1", "goods", "head@D.example"), request.Origin{}, "deputy@d.example"},
	} {
		got, ok := r.For(c.line, &c.origin)
		if !ok || got.Email != c.want {
			t.Errorf("%s: %s (%v), want %s", c.name, got.Email, ok, c.want)
		}
	}
}

func TestNobodyDecidesTheirOwnEvenWhenNobodyElseIsThere(t *testing.T) {
	t.Parallel()
	r, err := officers.NewRoster([]officers.Officer{{Email: "only@d.example"}})
	if err != nil {
		t.Fatal(err)
	}
	if o, ok := r.For(lineOf("99000", "1", "goods", ""), &request.Origin{Sender: "only@d.example"}); ok {
		t.Errorf("%s was handed their own request", o.Email)
	}
}

func TestARosterThatCouldLeaveALineWithNobodyIsRefused(t *testing.T) {
	t.Parallel()
	_, err := officers.NewRoster([]officers.Officer{
		{Email: "small@d.example", Limit: "15000.00"},
		{Email: "unit@d.example", Units: []string{"Benefits"}},
		{Email: "not an address", Limit: "lots", Language: "de"},
		{Email: "small@d.example", Limit: "-1"},
	})
	if err == nil {
		t.Fatal("accepted")
	}
	for _, want := range []string{"officer: no officer without a limit", "officer[2].email", "officer[2].limit", "officer[2].language",
		"officer[3].email: small@d.example is listed twice", "officer[3].limit"} {
		if !strings.Contains(err.Error(), want) {
			t.Errorf("%q is missing in:\n%v", want, err)
		}
	}
}

func TestSchedules(t *testing.T) {
	t.Parallel()
	good := batch.ScheduleConfig{TimeZone: "America/Toronto", Poll: "*/5 * * * *", Weekly: "0 7 * * 1"}
	if err := good.Validate(); err != nil {
		t.Error(err)
	}
	for _, bad := range []batch.ScheduleConfig{
		{TimeZone: "Toronto", Poll: good.Poll, Weekly: good.Weekly},
		{TimeZone: "", Poll: good.Poll, Weekly: good.Weekly},
		{TimeZone: good.TimeZone, Poll: "TZ=0", Weekly: good.Weekly}, // the parser panics on it
		{TimeZone: good.TimeZone, Poll: "CRON_TZ=Europe/Paris * * * * *", Weekly: good.Weekly},
		{TimeZone: good.TimeZone, Poll: good.Poll, Weekly: "every monday"},
		{TimeZone: good.TimeZone, Poll: good.Poll, Weekly: ""},
	} {
		if err := bad.Validate(); err == nil {
			t.Errorf("%+v was accepted", bad)
		}
	}
}
