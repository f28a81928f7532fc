package ingest

import (
	"strings"
	"testing"
)

// A report names no more recipients than the bound, in whatever groups they stand.
func TestARecipientReportIsBounded(t *testing.T) {
	const one = "Final-Recipient: rfc822; a@b\nAction: failed\n"
	for name, between := range map[string]string{"in one group": "", "each in its own": "\n"} {
		t.Run(name, func(t *testing.T) {
			r := readDeliveryStatus([]byte("Reporting-MTA: dns; x\n" + between + strings.Repeat(one+between, 2*maxRecipients)))
			if len(r.Recipients) != maxRecipients || r.Recipients[maxRecipients-1].Action != "failed" {
				t.Errorf("%d recipients, the most is %d", len(r.Recipients), maxRecipients)
			}
		})
	}
}
