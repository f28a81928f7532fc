package ledger

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"

	"handrail/internal/request"
)

// unvouched names every table, and every column of the other tables, that anybody could change in the database without
// [Chain.Verify] saying so, and why nobody vouches for it yet. What is not named here is vouched for by the chain.
var unvouched = map[string]string{
	"meta":            "notes of the job about itself; the identity is held against the file by whoever opens it",
	"counter":         "the last number of a year: a lower one is refused by the uniqueness of numbers",
	"message":         "the chain has the digest of a request's mail, and nothing of what an intake row says about it",
	"message_code":    "which codes a mail answers: can be read again from the mail",
	"owed":            "entries of the outbox: no link says that somebody is to be told",
	"escalation":      "who was asked, and until when: no link says that somebody was asked",
	"token":           "which answer decided a line: the link of the decision names who decided, not the mail",
	"outgoing":        "what became of a mail: no link says that one was made or sent; its bytes are held against its digest",
	"statement":       "no link says that a statement came",
	"statement_row":   "no link says what a charge is, nor what became of it",
	"statement_match": "no link says which lines a charge was matched with",
	"mended_charge":   "no link says that a statement mended a charge",
	"lacking_charge":  "which charges a statement lacks: can be found again from the files",
	"legal_hold":      "the chain notes holds, and nothing compares the rows with it",
	"absence":         "who said to be away: no link says so",
	"digest_line":     "waits for a daily mail, and is gone with it",
	"evidence":        "the chain notes evidence, and nothing compares the rows with it",
	"attempt":         "what failed: gone once it works",
	"surroundings":    "what does not work around the job: gone once it works",
	"inbox":           "since when an inbox's mail is judged: no link says so",
	"left_message":    "mail that is not judged: can be seen in the inbox",
	"reopening":       "the chain notes reopenings, and nothing compares the rows with it",
	"supplier_name":   "helps to find names that are alike: the lines say them, and facts keep what was found",
	"supplier_block":  "as supplier_name",
	"need_text":       "helps to find needs that are alike: the facts of lines say them, and keep what was found",
	"need_term":       "as need_text",
	"need_word":       "as need_text",
	"outage_told":     "of which outages the operator was told: nothing is decided by it",
	"post":            "what a webhook was given: nothing is decided by it",
	"taken_back":      "the link of the move notes that an approval counts on, and since when; nothing compares the rows with it",
	"told_line":       "waits for a manager's daily mail, and is gone with it",
	"stop":            "the chain notes STOP and START, and nothing compares the rows with it",
	"closed_line":     "the chain notes that lines were closed and opened again, and nothing compares the rows with it",
	"decided_word":    "can be made again from the lines; nothing is decided by it",

	"supplier_pair.id": "only the row's number",

	"told_change":      "who was told of a change: nothing is decided by it",
	"change.next_at":   "when owners are reminded: nothing is decided by it",
	"change.reminders": "how often owners were reminded: nothing is decided by it",
	"change_answer.id": "only the row's number",

	"register.kind":     "the chain notes which register counts, and nothing compares the row with it; its entries are held against its hash",
	"register.file":     "says where it came from; the hash is of the entries alone",
	"register.entries":  "the hash is of the entries alone",
	"register.taken_at": "the chain notes the change, and nothing compares the row with it",

	"kept_bytes.size":    "counts for how much was removed, and nothing else",
	"kept_bytes.kept_at": "decides how soon the bytes are removed",
	"kept_text.kind":     "the hash is of the body alone; links name the hash",
	"kept_text.name":     "the hash is of the body alone",
	"kept_text.version":  "the hash is of the body alone",
	"kept_text.kept_at":  "orders the versions of a text for people",

	"submission.message":     "the links of its lines name the mail's digest, and nothing compares it",
	"submission.attachment":  "the workbook's digest is in no link",
	"submission.dedup":       "tells copies apart; made of sender, Message-ID and attachment",
	"submission.requester":   "is in no link",
	"submission.unit":        "is in no link; the unit of each line is",
	"submission.language":    "says in which language is answered",
	"submission.received":    "the day of each line is in a link, and nothing compares it with this one",
	"submission.received_at": "the instant of each line is in a link, and nothing compares it with this one",
	"submission.judged_at":   "the instant of each line is in a link, and nothing compares it with this one",
	"submission.sheet":       "helps to annotate again",
	"submission.file_name":   "helps to annotate again",
	"submission.origin":      "what the workbook says about itself is in no link",
	"submission.problems":    "what was wrong with the workbook is in no link",
	"submission.layout":      "helps to annotate again",
	"submission.policy":      "the links of its lines name the policy, and nothing compares it",
	"submission.answered_at": "no link says that somebody was answered",

	"report.id":        "only the row's number",
	"report.week":      "no link says that a report was made",
	"report.recipient": "no link says that a report was made",
	"report.edition":   "no link says that a report was made",
	"report.from_at":   "no link says that a report was made",
	"report.to_at":     "no link says that a report was made",
	"report.made_at":   "no link says that a report was made",
	"report.workbook":  "the workbook is held against its digest, and the digest is in no link",
	"report.figures":   "no link says that a report was made",
}

// otherValues are what columns may hold that the database refuses anything else in.
var otherValues = map[string]string{"line.outcome": "declined", "line.judged": "approved", "line.keys": `["name:other|CC1"]`, "line.day": "2026-11-25",
	"submission.language": "fr", "submission.received": "2026-11-25", "chain.public": `{"outcome":"declined"}`, "report.figures": `{"lines":1}`}

// Every column of every table of ours is changed, one after the other: either the chain finds it, or the list above says why not.
func TestEveryColumnIsVouchedForOrListed(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, l *Ledger) {
		history(t, l)
		submitted(t, l, 2, request.Approved)
		decide(t, l, func(ctx context.Context, tx *Tx) error {
			text := []byte("[policy]\n")
			_, err := tx.Documents.PutInForce(ctx, noon.Add(clockSlack/2), "requests",
				Text{Hash: "sha256:" + DigestOf(text).String(), Kind: "policy", Name: "p", Version: "1", KeptAt: noon, Body: text})
			if err == nil {
				body := []byte("[]")
				_, err = tx.Registers.PutInForce(ctx, noon.Add(clockSlack/2), Register{Kind: "people", Hash: "sha256:" + DigestOf(body).String(), File: "people.csv", Body: body})
			}
			return err
		})
		for _, same := range []bool{true, false} { // the second takes the first back
			decide(t, l, func(ctx context.Context, tx *Tx) error {
				said := pair(t, "Northern Software Inc.", "Northen Software", same)
				said.WrittenBy, said.Message = "a@example.ca", 1
				_, err := tx.Suppliers.Judge(ctx, noon.Add(clockSlack/2), said)
				return err
			})
		}
		answered(t, l, "b", true)
		answered(t, l, "c", false)
		decide(t, l, func(ctx context.Context, tx *Tx) error {
			return tx.Changes.Told(ctx, noon.Add(clockSlack/2), "o@example.ca", 1)
		})
		if got := faults(t, l); got != "" {
			t.Fatal(got)
		}
		stale := map[string]bool{}
		for name := range unvouched {
			stale[name] = true
		}
		for table, columns := range columnsOf(t, l) {
			delete(stale, table)
			if unvouched[table] != "" {
				continue
			}
			for _, column := range columns {
				name := table + "." + column
				delete(stale, name)
				switch found := changeIsFound(t, l, table, column); {
				case found && unvouched[name] != "":
					t.Errorf("%s is vouched for now: take it off the list", name)
				case !found && unvouched[name] == "":
					t.Errorf("nobody vouches for %s: let the chain do it, or say in the list why not", name)
				}
			}
		}
		for name := range stale {
			t.Errorf("%s is in the list and not in the schema", name)
		}
	})
}

// columnsOf is the columns of every table of ours as the database has them.
func columnsOf(t *testing.T, l *Ledger) map[string][]string {
	t.Helper()
	query := "SELECT m.name, c.name FROM sqlite_schema m JOIN pragma_table_info(m.name) c WHERE m.type = 'table'"
	if l.dialect == PostgreSQL {
		query = "SELECT table_name, column_name FROM information_schema.columns WHERE table_schema = current_schema()"
	}
	all := map[string][]string{}
	view(t, l, func(ctx context.Context, tx *Tx) error {
		return tx.each(ctx, func(scan func(...any) error) error {
			var table, column string
			err := scan(&table, &column)
			if !strings.HasPrefix(table, "goose_") && !strings.HasPrefix(table, "river_") && !strings.HasPrefix(table, "sqlite_") {
				all[table] = append(all[table], column)
			}
			return err
		}, query)
	})
	for _, table := range tables {
		if all[table] == nil {
			t.Errorf("table %s is exported and not in the schema", table)
		}
	}
	return all
}

// changeIsFound changes a column's largest value in a transaction that is given up, and reports whether verifying says so, or
// the database refuses every other value.
func changeIsFound(t *testing.T, l *Ledger, table, column string) (found bool) {
	t.Helper()
	given := errors.New("given up")
	err := l.Decide(t.Context(), func(tx *Tx) error {
		ctx := t.Context()
		where := " WHERE " + column + " IS NOT NULL"
		if table == "kept_bytes" { // of mails that came, the digest is in the links of their lines
			where += " AND NOT EXISTS (SELECT 1 FROM message m WHERE m.sha256 = kept_bytes.sha256)"
		}
		var before any
		some, err := tx.one(ctx, []any{&before}, "SELECT "+column+" FROM "+table+where+" ORDER BY "+column+" DESC LIMIT 1")
		if err != nil {
			return err
		}
		var others []any
		condition := column + " = $2"
		switch v := before.(type) {
		case int64:
			others = []any{v - 1, v + 1}
		case []byte:
			other := slices.Clone(v)
			other[len(other)-1] ^= 1
			others = []any{other}
		case string:
			others = []any{otherValues[table+"."+column], v + "x"}
		}
		args := []any{before}
		if !some { // all are NULL, and all are numbers
			others, args, condition = []any{1}, nil, column+" IS NULL"
		}
		changed := false
		for _, other := range others {
			if text, ok := other.(string); ok && (text == "" || text == before) {
				continue
			}
			changed = tx.Alone(ctx, func() error {
				n, err := tx.exec(ctx, "UPDATE "+table+" SET "+column+" = $1 WHERE "+condition, append([]any{other}, args...)...)
				if err == nil && n == 0 {
					t.Errorf("%s has no row in this test", table)
				}
				return err
			}) == nil
			if changed {
				break
			}
		}
		if found = !changed; found {
			return given
		}
		v, err := tx.Chain.Verify(ctx)
		found = err != nil || len(v.Faults) > 0
		return given
	})
	if !errors.Is(err, given) {
		t.Fatalf("change %s.%s: %v", table, column, err)
	}
	return found
}
