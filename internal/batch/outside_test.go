package batch_test

import (
	"bytes"
	"encoding/csv"
	"fmt"
	"net/mail"
	"strings"
	"testing"
	"time"

	"handrail/internal/ledger"
	"handrail/internal/mailtest"
)

// outside is what anybody can see of a department without the program: what lies in the folders and inboxes at the post
// office, and the ledger as handrail ledger export writes it.
type outside struct {
	folders  map[string][][]byte       // of the shared inbox, by name: whole messages
	received map[string][]receivedMail // by address: what a person got
	tables   map[string][]recorded
	// put is how many messages were put into the shared inbox.
	put int
	now time.Time
	// renumbered allows for a server that forgot its UIDVALIDITY: everything that lay in INBOX then is a copy of itself.
	renumbered bool
}

// record is one row of an exported table, by column.
type recorded map[string]string

type receivedMail struct{ messageID, subject string }

// atTheOffice looks into the folders of the shared inbox and into everybody's.
func atTheOffice(t testing.TB, office *mailtest.Office, people ...string) *outside {
	t.Helper()
	o := &outside{folders: map[string][][]byte{}, received: map[string][]receivedMail{}, tables: map[string][]recorded{}}
	for _, folder := range []string{"INBOX", "Processed", "Quarantine"} {
		messages, err := office.Messages(testInbox, folder)
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range messages {
			o.folders[folder] = append(o.folders[folder], m.Raw)
		}
	}
	for _, who := range people {
		messages, err := office.Messages(who, "INBOX")
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range messages {
			parsed, err := mail.ReadMessage(bytes.NewReader(m.Raw))
			if err != nil {
				t.Fatalf("a mail to %s cannot be read: %v", who, err)
			}
			o.received[who] = append(o.received[who], receivedMail{strings.Trim(parsed.Header.Get("Message-ID"), "<> "), parsed.Header.Get("Subject")})
		}
	}
	return o
}

// readTable takes one exported table.
func (o *outside) readTable(name string, text []byte) error {
	rows, err := csv.NewReader(bytes.NewReader(text)).ReadAll()
	if err != nil || len(rows) == 0 {
		return fmt.Errorf("table %s: %d rows: %w", name, len(rows), err)
	}
	o.tables[name] = nil
	for _, row := range rows[1:] {
		r := recorded{}
		for i, column := range rows[0] {
			r[column] = row[i]
		}
		o.tables[name] = append(o.tables[name], r)
	}
	return nil
}

// outside looks at a department whose job runs in this process; the export is the one of the command.
func (d *agency) outside() *outside {
	d.t.Helper()
	o := atTheOffice(d.t, d.office, testOfficer, testHead, testDeputy, testFinance, testOps, testStaff, testOther, testManager)
	o.now, o.put = d.now(), d.inboxMails()
	err := d.ledger.View(d.t.Context(), func(tx *ledger.Tx) error {
		for _, table := range ledger.Tables() {
			var b bytes.Buffer
			if _, err := tx.Records.Export(d.t.Context(), &b, table, ledger.CSV, false); err != nil {
				return err
			}
			if err := o.readTable(table, b.Bytes()); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		d.t.Fatal(err)
	}
	return o
}

// inboxMails is how many messages the post office took for the shared inbox.
func (d *agency) inboxMails() int { return d.mails }

// holds fails the test for every invariant that does not hold.
func (o *outside) holds(t testing.TB) {
	t.Helper()
	for _, fault := range o.faults() {
		t.Error(fault)
	}
}

func (r recorded) time(column string) time.Time {
	t, err := time.Parse(time.RFC3339Nano, r[column])
	if err != nil {
		return time.Time{}
	}
	return t
}
