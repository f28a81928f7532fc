package doctor

import (
	"strings"
	"testing"
	"time"
)

// A database that is far away is worth a word.
func TestDoctorSeesADatabaseThatIsFar(t *testing.T) {
	d := &examination{o: Options{Found: func(Finding) {}}}
	d.roundTrip(19 * time.Millisecond)
	d.roundTrip(21 * time.Millisecond)
	if near, far := d.Findings[0], d.Findings[1]; near.State != Fine || far.State != Warning || len(far.Next) != 1 || !strings.Contains(far.Text, "21ms") {
		t.Errorf("it finds %+v and %+v", near, far)
	}
}
