package ledger

import (
	"bufio"
	"context"
	"database/sql"
	"encoding/base64"
	"encoding/csv"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"
)

// tables are all of ours, so that what is named by others comes before what names it.
var tables = []string{"meta", "kept_bytes", "kept_text", "counter", "message", "submission", "chain", "chain_private", "line",
	"tally", "tally_line", "supplier_name", "supplier_block", "need_text", "need_term", "need_word", "owed", "escalation", "token", "outgoing", "report", "statement", "statement_row", "statement_match", "legal_hold",
	"absence", "digest_line", "evidence", "message_code", "attempt", "surroundings",
	"inbox", "left_message", "reopening", "outage_told", "post", "register", "supplier_pair", "decided_word", "taken_back", "told_line",
	"change", "change_answer", "told_change", "stop", "closed_line", "mended_charge", "lacking_charge"}

// identified are those of tables whose database numbers the rows.
var identified = []string{"message", "submission", "line", "owed", "escalation", "outgoing", "report", "statement", "statement_row", "legal_hold",
	"absence", "reopening", "supplier_name", "need_text", "supplier_pair", "change", "change_answer", "stop", "closed_line", "mended_charge"}

// primaryKeys orders the rows of the other tables.
var primaryKeys = map[string]string{"meta": "name", "kept_bytes": "sha256", "kept_text": "hash", "counter": "name", "chain": "seq",
	"chain_private": "seq", "tally": "key, currency, day", "tally_line": "day, key, currency, line", "token": "escalation, line",
	"supplier_block": "block, name", "need_term": "term, last_day, need", "need_word": "term",
	"statement_match": "statement_row, line", "lacking_charge": "charge", "digest_line": "officer, line", "evidence": "line, kind",
	"message_code": "code, message", "attempt": "step, key", "surroundings": "name",
	"inbox": "name", "register": "kind", "left_message": "inbox, folder, uidvalidity, uid", "decided_word": "word, line", "taken_back": "key, currency, line", "told_line": "manager, line", "told_change": "recipient, link"}

// Tables lists what Export knows.
func Tables() []string { return append([]string(nil), tables...) }

// Format is how a table is written.
type Format string

// The formats of an export.
const (
	CSV   Format = "csv"
	JSONL Format = "jsonl"
)

// Export writes one table: instants as RFC 3339 in UTC, digests in hexadecimal, amounts in minor units as they are
// kept. In CSV, text that a spreadsheet would take for a formula has an apostrophe. The bytes of mails and
// workbooks are written in base64, and only when withBytes is set. It returns the number of rows.
func (rs Records) Export(ctx context.Context, w io.Writer, table string, f Format, withBytes bool) (rows int64, err error) {
	out := bufio.NewWriter(w)
	var write func(columns []string, row []any) error
	switch f {
	case CSV:
		c := csv.NewWriter(out)
		defer c.Flush()
		write = func(columns []string, row []any) error { return writeCSV(c, columns, row, rows == 0) }
		defer func() {
			if c.Flush(); err == nil {
				err = c.Error()
			}
			if e := out.Flush(); err == nil {
				err = e
			}
		}()
	case JSONL:
		write = func(columns []string, row []any) error { return writeJSON(out, columns, row) }
		defer func() {
			if e := out.Flush(); err == nil {
				err = e
			}
		}()
	default:
		return 0, fmt.Errorf("no export is called %q: csv and jsonl are", f)
	}
	err = rs.tx.rows(ctx, table, func(columns []string, row []any) error {
		if row == nil { // an empty table has a header all the same
			if f == CSV {
				return write(columns, nil)
			}
			return nil
		}
		for i, c := range columns {
			row[i] = readable(table, c, row[i], withBytes)
		}
		if err := write(columns, row); err != nil {
			return err
		}
		rows++
		return nil
	})
	if err != nil {
		return rows, fmt.Errorf("export %s: %w", table, err)
	}
	return rows, nil
}

// rows visits every row of a table in the order of its key, as int64, string, []byte or nil. An empty table is visited
// once, with a nil row.
func (tx *Tx) rows(ctx context.Context, table string, visit func(columns []string, row []any) error) (err error) {
	order, known := primaryKeys[table], false
	for _, t := range tables {
		known = known || t == table
	}
	if !known {
		return fmt.Errorf("the ledger has no table %q", table)
	}
	if order == "" {
		order = "id"
	}
	r, err := tx.tx.QueryContext(ctx, "SELECT * FROM "+table+" ORDER BY "+order)
	if err != nil {
		return err
	}
	defer func() {
		if e := r.Close(); e != nil && err == nil {
			err = e
		}
	}()
	columns, err := r.Columns()
	if err != nil {
		return err
	}
	return eachRow(r, columns, visit)
}

func eachRow(r *sql.Rows, columns []string, visit func([]string, []any) error) error {
	row := make([]any, len(columns))
	into := make([]any, len(columns))
	for i := range row {
		into[i] = &row[i]
	}
	some := false
	for r.Next() {
		some = true
		if err := r.Scan(into...); err != nil {
			return err
		}
		if err := visit(columns, row); err != nil {
			return err
		}
	}
	if err := r.Err(); err != nil || some {
		return err
	}
	return visit(columns, nil)
}

func readable(table, column string, v any, withBytes bool) any {
	switch v := v.(type) {
	case int64:
		if column == "at" || strings.HasSuffix(column, "_at") {
			return time.UnixMicro(v).UTC().Format("2006-01-02T15:04:05.000000Z")
		}
	case []byte:
		switch {
		case table == "kept_bytes" && column == "bytes" && !withBytes:
			return nil
		case table == "kept_bytes" && column == "bytes":
			return base64.StdEncoding.EncodeToString(v)
		case column == "body" && utf8.Valid(v):
			return string(v)
		case column == "body":
			return base64.StdEncoding.EncodeToString(v)
		}
		return hex.EncodeToString(v)
	}
	return v
}

func writeCSV(w *csv.Writer, columns []string, row []any, first bool) error {
	if first {
		if err := w.Write(columns); err != nil {
			return err
		}
	}
	if row == nil {
		return nil
	}
	fields := make([]string, len(row))
	for i, v := range row {
		switch v := v.(type) {
		case nil:
		case int64:
			fields[i] = strconv.FormatInt(v, 10)
		case string:
			fields[i] = noFormula(v)
		default:
			fields[i] = fmt.Sprint(v)
		}
	}
	return w.Write(fields)
}

// noFormula keeps a spreadsheet from running what somebody typed into a form.
func noFormula(s string) string {
	if s != "" && strings.ContainsRune("=+-@\t\r", rune(s[0])) {
		return "'" + s
	}
	return s
}

func writeJSON(w *bufio.Writer, columns []string, row []any) error {
	_ = w.WriteByte('{')
	for i, c := range columns {
		if i > 0 {
			_ = w.WriteByte(',')
		}
		name, _ := json.Marshal(c)
		value, err := json.Marshal(row[i])
		if err != nil {
			return err
		}
		_, _ = w.Write(name)
		_ = w.WriteByte(':')
		_, _ = w.Write(value)
	}
	_, err := w.WriteString("}\n")
	return err
}
