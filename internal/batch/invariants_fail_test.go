package batch_test

import (
	"strconv"
	"strings"
	"testing"
	"time"

	"handrail/internal/request"
)

// aWholeStory takes a department through requests, an officer's answer, a reminder and two weeks.
func aWholeStory(t *testing.T) *agency {
	d := open(t, withStatements)
	d.send(testStaff, "Purchases", "Form attached.", d.form(testStaff, request.English,
		line("Captioning", "Northwind Inc.", "4000", "520", "4520"), line("Platform", "Mille Pages", "9500", "1235", "10735"),
		line("Lectern", "Essai inc.", "1800", "234", "2034", "rationale", "")))
	d.send(testOther, "Nettoyage", "Formulaire joint.", d.form(testOther, request.French, line("Nettoyage, partie 1", "Prairie Data Ltd.", "5300", "689", "5989")))
	d.once()
	d.pass(time.Hour)
	d.reply(testOfficer, d.inbox(testOfficer)[0], "APPROVE 1")
	d.send(testFinance, "Card activity", "Attached.", cardStatement(row("2026-11-24", "NORTHWIND INC", "4520.00", "HR-2026-000001-01")))
	d.once()
	for range 2 {
		d.pass(7 * 24 * time.Hour)
		d.once()
	}
	return d
}

func (o *outside) find(table, column, value string) recorded {
	for _, r := range o.tables[table] {
		if r[column] == value {
			return r
		}
	}
	panic(table + " has no row whose " + column + " is " + value)
}

func (o *outside) drop(table string, gone recorded) {
	var left []recorded
	for _, r := range o.tables[table] {
		if r["id"] != gone["id"] {
			left = append(left, r)
		}
	}
	o.tables[table] = left
}

// Every invariant can fail: each is held against a record in which it was broken by hand.
func TestEveryInvariantCanFail(t *testing.T) {
	t.Parallel()
	d := aWholeStory(t)
	if faults := d.outside().faults(); len(faults) > 0 {
		t.Fatalf("a sound department: %s", strings.Join(faults, "\n"))
	}
	for name, c := range map[string]struct {
		breaks func(*outside)
		says   string
	}{
		"a message is lost":                  {func(o *outside) { o.folders["Processed"] = o.folders["Processed"][1:] }, "is nowhere on the server"},
		"a message was never taken in":       {func(o *outside) { o.drop("message", o.tables["message"][0]) }, "has 0 intake rows"},
		"a message was taken in twice":       {func(o *outside) { o.tables["message"] = append(o.tables["message"], o.tables["message"][0]) }, "has 2 intake rows"},
		"a message was left behind":          {func(o *outside) { o.folders["INBOX"] = o.folders["Processed"][:1] }, "still lie in INBOX"},
		"an intake row is not done":          {func(o *outside) { o.tables["message"][0]["state"] = "judged" }, "came to rest in judged"},
		"a line is missing":                  {func(o *outside) { o.drop("line", o.tables["line"][0]) }, "there is no such line"},
		"an outcome without a decision":      {func(o *outside) { o.tables["line"][0]["outcome"] = "declined" }, "and the chain says"},
		"a line is decided twice":            {func(o *outside) { o.decideTwice() }, "is moved from"},
		"a request is not decided":           {func(o *outside) { o.tables["submission"], o.tables["owed"] = nil, nil }, "neither decided nor refused"},
		"an answer is missing":               {func(o *outside) { o.drop("outgoing", o.find("outgoing", "kind", "answer")) }, "was answered 0 times"},
		"nobody was asked":                   {func(o *outside) { o.tables["token"] = nil }, "nobody was asked"},
		"a decision was not told":            {func(o *outside) { o.drop("outgoing", o.find("outgoing", "kind", "decision")) }, "the requester was not told"},
		"somebody decided for nobody":        {func(o *outside) { o.find("line", "decided_by", testOfficer)["decided_by"] = "" }, "by nobody"},
		"an answer is owed":                  {func(o *outside) { o.tables["owed"][0]["state"] = "owed" }, "is owed and due"},
		"a mail did not arrive":              {func(o *outside) { o.received[testStaff] = o.received[testStaff][1:] }, "received it 0 times"},
		"a mail came twice":                  {func(o *outside) { o.doubleMail(1) }, "received it 2 times"},
		"a mail came three times for a cut":  {func(o *outside) { o.cutOnce(); o.doubleMail(2) }, "received it 3 times"},
		"a mail that nobody sent":            {func(o *outside) { o.received[testStaff][0].messageID = "forged@" + testDomain }, "which nobody sent"},
		"a mail is being sent for ever":      {func(o *outside) { o.tables["outgoing"][0]["state"] = "sending" }, "still being sent"},
		"a total does not tie":               {func(o *outside) { o.tables["tally"][0]["minor"] = "1" }, "and its lines make"},
		"a total is missing":                 {func(o *outside) { o.tables["tally"] = nil }, "nothing is added up"},
		"a report does not tie":              {func(o *outside) { o.breakReport() }, "do not tie"},
		"a gap between two reports":          {func(o *outside) { o.tables["report"][1]["from_at"] = "2026-01-01T00:00:00Z" }, "the one before ended"},
		"a report has no mail":               {func(o *outside) { o.drop("outgoing", o.find("outgoing", "kind", "weekly")) }, "has 0 mails"},
		"a link says something else":         {func(o *outside) { o.tables["chain"][2]["public"] = "{}" }, "says something else than its hash"},
		"a link is missing":                  {func(o *outside) { o.tables["chain"] = append(o.tables["chain"][:2], o.tables["chain"][3:]...) }, "does not follow the one before it"},
		"two approvals break a limit":        {func(o *outside) { o.find("line", "supplier", "Prairie Data Ltd.")["supplier"] = "NORTHWIND" }, "approved by the guardrails together"},
		"an approval alone breaks the limit": {func(o *outside) { o.find("line", "supplier", "Northwind Inc.")["amount"] = "1000001" }, "approved by the guardrails together"},
	} {
		t.Run(name, func(t *testing.T) {
			o := d.outside()
			c.breaks(o)
			if faults := strings.Join(o.faults(), "\n"); !strings.Contains(faults, c.says) {
				t.Errorf("not seen; what was seen:\n%s", faults)
			}
		})
	}
}

// decideTwice repeats the last move of a line.
func (o *outside) decideTwice() {
	again := o.find("chain", "kind", "line.moved")
	o.tables["chain"] = append(o.tables["chain"], again)
}

func (o *outside) cutOnce() { o.answerToStaff()["cuts"] = "1" }

func (o *outside) doubleMail(more int) {
	for range more {
		o.received[testStaff] = append(o.received[testStaff], receivedMail{messageID: strings.Trim(o.answerToStaff()["message_id"], "<>")})
	}
}

func (o *outside) answerToStaff() recorded { return o.find("outgoing", "recipient", testStaff) }

func (o *outside) breakReport() {
	r := o.tables["report"][0]
	for n := range 9 {
		if was := `"Lines":` + strconv.Itoa(n+1); strings.Contains(r["figures"], was) {
			r["figures"] = strings.Replace(r["figures"], was, `"Lines":77`, 1)
			return
		}
	}
	panic("the report counts nothing: " + r["figures"])
}
