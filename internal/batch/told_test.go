package batch_test

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"strings"

	"handrail/ingest"
	"handrail/internal/ledger"
	"handrail/internal/outbox"
)

// alertMails are the operator's mails but for the daily ones.
func (d *agency) alertMails() (mails []*ingest.Mail) {
	d.t.Helper()
	for _, m := range d.inbox(testOps) {
		if !strings.HasPrefix(m.MessageID, "operator-daily") {
			mails = append(mails, m)
		}
	}
	return mails
}

// toldLast holds the last that the operator is told against what it must say.
func (d *agency) toldLast(want ...string) {
	d.t.Helper()
	texts := d.told()
	if len(texts) == 0 {
		d.t.Fatal("the operator is told nothing")
	}
	last := texts[len(texts)-1]
	for _, w := range want {
		if !strings.Contains(last, w) {
			d.t.Errorf("the operator is not told %q:\n%s", w, last)
		}
	}
}

// told is what the operator is told, oldest first, one text each: the mails of their own, and what the next daily mail says or the
// last ones said as news.
func (d *agency) told() (texts []string) {
	d.t.Helper()
	for _, m := range d.alertMails() {
		texts = append(texts, unwrapped(m.Subject+" "+m.Text))
	}
	var b bytes.Buffer
	if err := d.ledger.View(d.t.Context(), func(tx *ledger.Tx) error {
		_, err := tx.Records.Export(d.t.Context(), &b, "owed", ledger.CSV, false)
		return err
	}); err != nil {
		d.t.Fatal(err)
	}
	rows, err := csv.NewReader(&b).ReadAll()
	if err != nil {
		d.t.Fatal(err)
	}
	column := map[string]int{}
	for i, name := range rows[0] {
		column[name] = i
	}
	for _, row := range rows[1:] {
		if row[column["answers"]] != ledger.ForDaily {
			continue
		}
		var a outbox.Alert
		if err := json.Unmarshal([]byte(row[column["detail"]]), &a); err != nil {
			d.t.Fatal(err)
		}
		text := a.Title.EN + " " + a.What.EN + " " + a.Hint.EN + " " + a.Title.FR + " " + a.What.FR + " " + a.Hint.FR
		for _, s := range a.Details {
			text += " " + s
		}
		texts = append(texts, unwrapped(text))
	}
	return texts
}
