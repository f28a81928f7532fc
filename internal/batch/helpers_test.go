package batch_test

import (
	"bytes"
	"context"
	"regexp"
	"strings"
	"testing"
	"time"

	"handrail/internal/department"
	"handrail/internal/ledger"
	"handrail/internal/request"
	"handrail/rules"
)

// judgedByOtherHelpers makes what the ledger holds look as if an earlier version of Handrail, with other helpers, had
// judged it.
func (d *agency) judgedByOtherHelpers() {
	d.t.Helper()
	ctx := context.Background()
	p := d.policy
	body := regexp.MustCompile(`"helpers":"[^"]+"`).ReplaceAll(p.Bundle(), []byte(`"helpers":"others"`))
	if bytes.Equal(body, p.Bundle()) {
		d.t.Fatal("the bundle does not name its helpers")
	}
	hash := "sha256:" + ledger.DigestOf(body).String()
	err := d.ledger.Update(ctx, func(tx *ledger.Tx) error {
		if err := tx.Documents.KeepText(ctx, d.now(), ledger.Text{Hash: hash, Kind: department.PolicyText, Name: p.Name(), Version: p.Version(), Body: body}); err != nil {
			return err
		}
		_, err := tx.SQL().ExecContext(ctx, "UPDATE submission SET policy = $1", hash)
		return err
	})
	if err != nil {
		d.t.Fatal(err)
	}
}

// After an upgrade that changes the helpers, what was judged before is still decided, answered and reported.
func TestWhatOtherHelpersJudgedIsDecidedAndReported(t *testing.T) {
	t.Parallel()
	d, asked := escalated(t, nil)
	d.judgedByOtherHelpers()
	d.reply(testOfficer, asked, "APPROVE 1\nDECLINE 2: one need, bought in two parts")
	d.pass(time.Hour)
	d.once()
	d.wantOutcomes(map[string]request.Outcome{"000001-01": request.Approved, "000001-02": request.Declined, "000001-03": request.Escalated})
	told := d.last(testStaff)
	if !strings.Contains(told.Text, "HR-2026-000001-01") {
		t.Errorf("the requester reads:\n%s", told.Text)
	}
	d.pass(7 * 24 * time.Hour)
	d.once()
	reports := d.reports()
	if len(reports) != 1 {
		t.Fatalf("finance got %d reports", len(reports))
	}
	if summary := d.sheet(reports[0].Attachments[0].Data, "Summary"); !strings.Contains(summary, d.policy.Version()) {
		t.Errorf("the summary names no policy:\n%s", summary)
	}
}

// keysOf are the keys that a line counts under by a policy.
func keysOf(p *rules.Policy, line *request.Line, origin *request.Origin) []string {
	keying := department.KeyingOf(map[string]*rules.Policy{"": p}, false)
	return keying.Keys(line, origin)
}
