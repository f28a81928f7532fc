package ledger

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"handrail/internal/request"
)

// history is a small ledger with something in most tables.
func history(t testing.TB, l *Ledger) (Submission, []NewLine) {
	t.Helper()
	s, lines := submitted(t, l, 1, request.Approved, request.Escalated, request.Returned)
	decide(t, l, func(ctx context.Context, tx *Tx) error {
		won, err := moveLine(ctx, tx, noon.Add(clockSlack/2), Move{Line: lines[1].ID, From: request.Escalated, To: request.Declined, By: "o@example.ca", Reason: "no quote"})
		if err == nil && !won {
			err = errors.New("did not win")
		}
		return err
	})
	update(t, l, func(ctx context.Context, tx *Tx) error {
		head, err := tx.Chain.Head(ctx)
		if err != nil {
			return err
		}
		_, err = tx.Reports.Add(ctx, noon, Report{Week: "2026-W48", Recipient: "f@example.ca", Edition: 1, From: noon, To: noon.Add(time.Hour), Workbook: []byte("xlsx"), Head: head})
		return err
	})
	return s, lines
}

func faults(t testing.TB, l *Ledger) string {
	t.Helper()
	var out []string
	view(t, l, func(ctx context.Context, tx *Tx) error {
		v, err := tx.Chain.Verify(ctx)
		if err != nil {
			return err
		}
		for _, f := range v.Faults {
			out = append(out, f.String())
		}
		return nil
	})
	return strings.Join(out, "\n")
}

func TestVerifyNamesWhatWasChanged(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, l *Ledger) {
		history(t, l)
		text := []byte("name = \"Ours\"")
		update(t, l, func(ctx context.Context, tx *Tx) error {
			return errors.Join(tx.Documents.KeepBytes(ctx, noon, []byte("a workbook")),
				tx.Documents.KeepText(ctx, noon, Text{Hash: "sha256:" + DigestOf(text).String(), Kind: "policy", Name: "Ours", Version: "1", Body: text}))
		})
		if got := faults(t, l); got != "" {
			t.Fatalf("an untouched ledger has faults:\n%s", got)
		}
		for _, c := range []struct{ name, break1, want string }{
			{"link", "UPDATE chain SET public = '{}' WHERE seq = 2", "changed: link 2 (HR-2026-000001-02)"},
			{"missing", "DELETE FROM chain WHERE seq = 2", "missing: link 3 (HR-2026-000001-03): links 2 to 2 are missing"},
			{"amount", "UPDATE line SET amount = 1 WHERE ordinal = 1", "row-changed: link 1 (HR-2026-000001-01): the amount"},
			{"outcome", "UPDATE line SET outcome = 'approved' WHERE ordinal = 2", "row-changed: link 4 (HR-2026-000001-02): the outcome"},
			{"reason", "UPDATE line SET reason = 'x' WHERE ordinal = 2", "who decided, or why"},
			{"cost centre", "UPDATE line SET cost_centre = 'CC2' WHERE ordinal = 1", "cost centre"},
			{"facts", "UPDATE chain_private SET body = (SELECT p.body FROM chain_private p WHERE p.seq = 3) WHERE seq = 1", "row-changed: link 1 (HR-2026-000001-01): its private part"},
			{"judged", "UPDATE line SET judged = 'approved' WHERE ordinal = 3", "what the guardrails said"},
			{"guardrails", "UPDATE line SET guardrails = 'none' WHERE ordinal = 1", "the list of guardrails"},
			{"row of the sheet", "UPDATE line SET sheet_row = sheet_row + 1 WHERE ordinal = 1", "row, receipt"},
			{"receipt", "UPDATE line SET received_at = received_at + 1 WHERE ordinal = 1", "row, receipt"},
			{"replaces", "UPDATE line SET supersedes = 1 WHERE ordinal = 3", "row, receipt"},
			{"adds to", "UPDATE line SET amends = 1 WHERE ordinal = 3", "row, receipt"},
			{"judging", "UPDATE line SET judged_at = judged_at + 1 WHERE ordinal = 1", "the instant of judging"},
			{"decision", "UPDATE line SET decided_at = decided_at + 1 WHERE ordinal = 2", "the instant of decision"},
			{"decision taken away", "UPDATE line SET decided_at = NULL WHERE ordinal = 1", "the instant of decision"},
			{"somebody decided", "UPDATE line SET decided_by = 'x@example.ca' WHERE ordinal = 1", "who decided"},
			{"instead of somebody", "UPDATE line SET instead_of = 'x@example.ca' WHERE ordinal = 2", "who decided"},
			{"written by somebody", "UPDATE line SET written_by = 'x@example.ca' WHERE ordinal = 2", "who decided"},
			{"ordinal", "UPDATE line SET ordinal = 9 WHERE ordinal = 3", "it is line 9 of request"},
			{"currency", "UPDATE line SET currency = 'USD' WHERE ordinal = 3", "the amount"},
			{"digest", "UPDATE line SET digest = (SELECT digest FROM line WHERE ordinal = 2) WHERE ordinal = 1", "the digest"},
			{"link of the row", "UPDATE line SET chain_seq = 2 WHERE ordinal = 2", "the chain has a later one"},
			{"supplier", "UPDATE line SET supplier = 'x' WHERE ordinal = 1", "cost centre"},
			{"unit", "UPDATE line SET unit = 'x' WHERE ordinal = 1", "cost centre"},
			{"day", "UPDATE line SET day = '2026-01-01' WHERE ordinal = 3", "cost centre"},
			{"keys", "UPDATE line SET keys = replace(keys, 'name', 'game') WHERE ordinal = 1", "it counts in the totals"},
			{"request", "UPDATE submission SET number = 7", "of request 7 of 2026"},
			{"reference", "UPDATE line SET reference = 'HR-2026-000009-01' WHERE ordinal = 1", "is not about it"},
			{"private", "DELETE FROM chain_private WHERE seq = 1", "row-missing: link 1"},
			{"total", "UPDATE tally SET minor = minor + 1 WHERE key LIKE 'name:%'", "total: name:atelier nord|CC1"},
			{"report", "UPDATE report SET head_seq = 9", "report: report 2026-W48"},
			{"policy", "UPDATE kept_text SET body = (SELECT p.body FROM chain_private p WHERE p.seq = 1)", "row-changed: policy sha256:"},
			{"workbook", "UPDATE kept_bytes SET bytes = (SELECT p.body FROM chain_private p WHERE p.seq = 1) WHERE NOT EXISTS (SELECT 1 FROM message m WHERE m.sha256 = kept_bytes.sha256)", "row-changed: kept bytes"},
			{"row", "DELETE FROM tally_line WHERE line = 1", "total:"},
		} {
			t.Run(c.name, func(t *testing.T) {
				rollback := errors.New("roll back")
				err := l.Decide(t.Context(), func(tx *Tx) error {
					if _, err := tx.exec(t.Context(), c.break1); err != nil {
						return err
					}
					v, err := tx.Chain.Verify(t.Context())
					if err != nil {
						return err
					}
					var all strings.Builder
					for _, f := range v.Faults {
						all.WriteString(f.String() + "\n")
					}
					if !strings.Contains(all.String(), c.want) || (c.want == "") != (len(v.Faults) == 0) {
						t.Errorf("faults are %q, want %q among them", all.String(), c.want)
					}
					return rollback
				})
				if !errors.Is(err, rollback) {
					t.Fatal(err)
				}
			})
		}
	})
}

func TestVerifyNamesReorderedLinks(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, l *Ledger) {
		history(t, l)
		update(t, l, func(ctx context.Context, tx *Tx) error {
			for _, s := range []string{"UPDATE chain SET seq = 99 WHERE seq = 1", "UPDATE chain SET seq = 1 WHERE seq = 3", "UPDATE chain SET seq = 3 WHERE seq = 99"} {
				if _, err := tx.exec(ctx, s); err != nil {
					return err
				}
			}
			return nil
		})
		if got := faults(t, l); !strings.Contains(got, "re-ordered: link 1 (HR-2026-000001-03): this link stood at 3") {
			t.Errorf("faults are\n%s", got)
		}
	})
}

func TestDisposingKeepsTheChainWhole(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, l *Ledger) {
		s, lines := history(t, l)
		later := noon.AddDate(3, 0, 0)
		update(t, l, func(ctx context.Context, tx *Tx) error {
			_, err := tx.Messages.MarkFiled(ctx, noon, []int64{s.Message}, true)
			return err
		})
		decide(t, l, func(ctx context.Context, tx *Tx) error {
			if _, err := tx.Records.PlaceHold(ctx, later, Hold{Reference: lines[0].Reference, Reason: "audit", PlacedBy: "a"}); err != nil {
				return err
			}
			d, err := tx.Records.Dispose(ctx, later, later, false)
			if err == nil && (d.Held != 1 || d.Submissions != 0 || d.Messages != 0) {
				t.Errorf("under a hold %+v was disposed of", d)
			}
			return err
		})
		decide(t, l, func(ctx context.Context, tx *Tx) error {
			if _, err := tx.Records.LiftHold(ctx, later, lines[0].Reference); err != nil {
				return err
			}
			d, err := tx.Records.Dispose(ctx, later, later, false)
			if err == nil && (d.Submissions != 1 || d.Messages != 1 || d.Links != 4 || d.Bytes == 0) {
				t.Errorf("disposed of %+v", d)
			}
			return err
		})
		if got := faults(t, l); got != "" {
			t.Errorf("after disposing the ledger does not verify:\n%s", got)
		}
		var dump strings.Builder
		view(t, l, func(ctx context.Context, tx *Tx) error {
			for _, table := range Tables() {
				if _, err := tx.Records.Export(ctx, &dump, table, CSV, true); err != nil {
					return err
				}
			}
			return nil
		})
		for _, personal := range []string{"a@example.ca", "o@example.ca", "no quote", "dmarc"} {
			if strings.Contains(dump.String(), personal) {
				t.Errorf("%q is still in the ledger", personal)
			}
		}
	})
}

func TestExportIsReadable(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, l *Ledger) {
		history(t, l)
		update(t, l, func(ctx context.Context, tx *Tx) error { return tx.SetMeta(ctx, "=1+1", "x") })
		var csv, jsonl, empty strings.Builder
		view(t, l, func(ctx context.Context, tx *Tx) error {
			if n, err := tx.Records.Export(ctx, &csv, "line", CSV, false); err != nil || n != 3 {
				t.Errorf("%d lines, %v", n, err)
			}
			if _, err := tx.Records.Export(ctx, &jsonl, "meta", JSONL, false); err != nil {
				return err
			}
			if _, err := tx.Records.Export(ctx, &csv, "meta", CSV, false); err != nil {
				return err
			}
			_, err := tx.Records.Export(ctx, &empty, "statement", CSV, false)
			return err
		})
		for _, want := range []string{"HR-2026-000001-02", "2026-11-24T17:00:00.123456Z", "'=1+1,x"} {
			if !strings.Contains(csv.String(), want) {
				t.Errorf("%q is not in\n%s", want, csv.String())
			}
		}
		if !strings.HasPrefix(jsonl.String(), `{"name":"=1+1","value":"x"}`+"\n"+`{"name":"identity","value":"`+l.Identity()+`"}`+"\n") {
			t.Errorf("JSONL is %s", jsonl.String())
		}
		if !strings.HasPrefix(empty.String(), "id,message,") {
			t.Errorf("an empty table is %q", empty.String())
		}
	})
}

func TestBackupIsALedger(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	l := openTest(t, Config{URL: filepath.Join(dir, "ledger.db")})
	history(t, l)
	path := filepath.Join(dir, "copy.db")
	if err := l.Backup(t.Context(), path); err != nil {
		t.Fatal(err)
	}
	if info, err := os.Stat(path); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("the copy has mode %v, %v", info.Mode(), err)
	}
	if err := l.Backup(t.Context(), path); !errors.Is(err, os.ErrExist) {
		t.Errorf("a second back-up says %v", err)
	}
	restored, err := Open(t.Context(), Config{URL: path}, Read)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = restored.Close() }()
	if got := faults(t, restored); got != "" {
		t.Errorf("the copy does not verify:\n%s", got)
	}
	if err := restored.Update(t.Context(), func(*Tx) error { return nil }); err == nil {
		t.Error("a ledger opened for reading was written")
	}
}

func TestCopyToPostgreSQL(t *testing.T) {
	t.Parallel()
	from := openTest(t, Config{URL: filepath.Join(t.TempDir(), "ledger.db")})
	history(t, from)
	to := openTest(t, postgresConfig(t))
	copied, err := Copy(t.Context(), from, to, nil)
	if err != nil {
		t.Fatal(err)
	}
	if len(copied) != len(Tables()) {
		t.Errorf("%d tables were copied, of %d", len(copied), len(Tables()))
	}
	if got := faults(t, to); got != "" {
		t.Errorf("the copy does not verify:\n%s", got)
	}
	s, _ := submitted(t, to, 2, request.Approved)
	if s.Number != 2 {
		t.Errorf("numbers go on at %d", s.Number)
	}
	if _, err := Copy(t.Context(), from, to, nil); err == nil || !strings.Contains(err.Error(), "not empty") {
		t.Errorf("a second copy says %v", err)
	}
}

func TestAccountOfALine(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, l *Ledger) {
		_, lines := history(t, l)
		view(t, l, func(ctx context.Context, tx *Tx) error {
			r, _ := request.ParseReference(lines[1].Reference)
			a, found, err := tx.Records.Account(ctx, r)
			if err != nil || !found {
				t.Fatalf("found %v, %v", found, err)
			}
			if len(a.Links) != 2 || a.Line.Outcome != request.Declined || string(a.Line.Facts) != `{"line":{"row":10}}` || a.Message.Sender != "a@example.ca" {
				t.Errorf("the account is %+v", a)
			}
			st, err := tx.Status(ctx, noon, 10)
			if err == nil && (st.Lines[request.Declined] != 1 || st.Head.Seq != 4) {
				t.Errorf("status is %+v", st)
			}
			flows, ferr := tx.Reports.Flows(ctx, noon, noon.Add(2*time.Hour))
			if ferr != nil || len(flows) != 1 || flows[0].Received.Lines != 3 || flows[0].Closed.Minor != 300_000 || flows[0].Closing.Lines != 0 {
				t.Errorf("flows are %+v, %v", flows, ferr)
			}
			n := 0
			if err := tx.Reports.DecisionsBetween(ctx, noon, noon.Add(2*time.Hour), func(w *WeekLine) error { n++; return nil }); err != nil || n != 3 {
				t.Errorf("%d decisions, %v", n, err)
			}
			return err
		})
	})
}
