package doctor

import (
	"fmt"
	"strings"
	"testing"

	"handrail/ingest"
)

// A relay that rewrites Message-IDs is named, with what follows for answers and for mails that come back.
func TestDoctorSeesARewrittenMessageID(t *testing.T) {
	d := &examination{o: Options{Found: func(Finding) {}}}
	c := ingest.InboxConfig{Address: "purchases@department.example"}.WithDefaults()
	for _, id := range []string{"doctor.1@department.example", "0100018f@relay.example"} {
		raw := fmt.Sprintf("From: <purchases@department.example>\r\nMessage-ID: <%s>\r\nSubject: x\r\n\r\ntext\r\n", id)
		d.keptID(t.Context(), c, ingest.Fetched{Raw: []byte(raw)}, "doctor.1@department.example")
	}
	if kept, other := d.Findings[0], d.Findings[1]; kept.State != Fine || other.State != Note || !strings.Contains(other.Text, "0100018f@relay.example") ||
		!strings.Contains(strings.Join(other.Next, " "), "without Cc") || !strings.Contains(strings.Join(other.Next, " "), "comes back") {
		t.Errorf("it finds %+v and %+v", kept, other)
	}
}

// Whoever gets the questions must be able to answer them.
func TestDoctorLooksAtTheContact(t *testing.T) {
	box := func(contact string, domains ...string) ingest.InboxConfig {
		return ingest.InboxConfig{Name: "requests", Address: "purchases@department.example", Contact: contact, AllowedDomains: domains}
	}
	for _, c := range []struct {
		box  ingest.InboxConfig
		want State
	}{{box(""), Note}, {box("help@department.example"), Fine}, {box("help@elsewhere.example", "department.example"), Wrong}, {box("purchases@department.example"), Wrong}} {
		d := &examination{o: Options{Found: func(Finding) {}}, in: Installation{Inboxes: []ingest.InboxConfig{c.box}}}
		d.in.Department.Operator, d.in.Department.Domains = "operations@department.example", []string{"department.example"}
		d.contacts(func(a string) bool { return a == c.box.Address })
		if len(d.Findings) != 1 || d.Findings[0].State != c.want {
			t.Errorf("contact %q: %+v", c.box.Contact, d.Findings)
		}
	}
}
