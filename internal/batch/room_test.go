package batch_test

import (
	"archive/zip"
	"bytes"
	"fmt"
	"strings"
	"testing"

	"handrail/ingest"
	"handrail/internal/batch"
	"handrail/internal/job"
	"handrail/internal/request"
)

// narrow gives a job so little memory that each thing in hand has all of it to itself.
func (d *agency) narrow() {
	d.t.Helper()
	var pools [2]*batch.Memory
	for i := range pools {
		var err error
		if pools[i], err = batch.NewMemory(1); err != nil {
			d.t.Fatal(err)
		}
	}
	d.job.UseMemory(pools[0], pools[1])
}

// However little memory there is, whatever waits is done: one after the other, in this pass, and all memory is given back.
func TestAllIsAnsweredInTheLeastMemory(t *testing.T) {
	t.Parallel()
	d := open(t, func(o *job.Options) { o.Workers = 2 })
	d.narrow()
	const n = 7
	for i := range n {
		d.send(testStaff, fmt.Sprintf("Request %d", i), "Form attached.", d.form(testStaff, request.English,
			line(fmt.Sprintf("Screen reader fixes %d", i), fmt.Sprintf("Maison %d", i), "400", "52", "452")))
	}
	d.send(testOther, "Need something", "I want to buy a course.")
	d.once()
	if lines := d.lines(); len(lines) != n {
		t.Errorf("%d lines are decided, want %d", len(lines), n)
	}
	if staff, other := d.inbox(testStaff), d.inbox(testOther); len(staff) != n || len(other) != 1 {
		t.Errorf("staff got %d answers to %d requests, and who asked for a form %d", len(staff), n, len(other))
	}
	if mails, books := d.job.MailMemory().InHand(), d.job.BookMemory().InHand(); mails+books != 0 {
		t.Errorf("%d and %d bytes are in hand when all is done", mails, books)
	}
}

// A zip that unpacks to much more than it is gets a share of its own, and is read as one that does not.
func TestAZipThatUnpacksToMuchIsReadWithAShareOfItsOwn(t *testing.T) {
	t.Parallel()
	d := open(t, nil)
	form := d.form(testStaff, request.English, line("Screen reader fixes", "Northwind Inc.", "400", "52", "452"))
	var packed bytes.Buffer
	z := zip.NewWriter(&packed)
	for name, data := range map[string][]byte{"form.xlsx": form, "notes.txt": bytes.Repeat([]byte(" "), 8<<20)} {
		w, err := z.Create(name)
		if err == nil {
			_, err = w.Write(data)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	d.send(testStaff, "Zipped", "Form attached.", packed.Bytes())
	d.once()
	if lines := d.lines(); len(lines) != 1 {
		t.Errorf("%d lines are decided; the zip holds a form of one", len(lines))
	}
}

// What is reserved before a message is read is no less than what its structure says later.
func TestRoomBySizeIsEnough(t *testing.T) {
	raw := []byte("From: a@department.example\r\nContent-Type: text/html\r\n\r\n" + strings.Repeat("<p>", 1<<16))
	limits := ingest.DefaultLimits().Unzipped(int64(len(raw)))
	if size, parts := ingest.FootprintOfSize(int64(len(raw)), limits), ingest.Footprint(raw, limits); size < parts {
		t.Errorf("%d bytes by the size, %d by the parts", size, parts)
	}
}
