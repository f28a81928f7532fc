package doctor

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"time"

	"handrail/internal/ledger"
	"handrail/internal/request"
	"handrail/templates"
)

// machine looks at what lies on this machine: configuration, time, disk, ledger, policy and wording.
func (d *examination) machine(ctx context.Context) {
	d.begin("This machine")
	d.add(Fine, "configuration", d.in.ConfigPath)
	d.times()
	d.secrets()
	if set, err := templates.Load(d.in.Templates); err != nil {
		d.add(Wrong, "wording", err.Error(), "correct the file, or leave templates.dir empty for the shipped wording", "handrail templates preview --out DIR shows every mail")
	} else if set != nil && d.in.Templates != "" {
		d.add(Fine, "wording", "your own files of "+d.in.Templates+" replace the shipped ones")
	}
	d.ledger(ctx)
	d.policies(ctx)
}

// times shows what the schedules mean, for a zone that exists may still be the wrong one.
func (d *examination) times() {
	s := d.in.Schedule
	zone, err := time.LoadLocation(s.TimeZone)
	if err != nil {
		d.add(Wrong, "time zone", err.Error())
		return
	}
	now := d.o.Now().In(zone)
	text := fmt.Sprintf("%s, where it is %s now", s.TimeZone, now.Format("Mon 2 Jan 2006 15:04"))
	if zone == time.UTC || strings.HasPrefix(s.TimeZone, "Etc/") {
		d.add(Warning, "time zone", text, "days, weeks and deadlines are counted in it: name the department's own zone under [schedule] time_zone, such as America/Toronto")
	} else {
		d.add(Fine, "time zone", text)
	}
	poll, weekly, err := s.Next(d.o.Now())
	if err != nil {
		d.add(Wrong, "schedule", err.Error())
		return
	}
	text = fmt.Sprintf("next look into the inboxes %s, next weekly workbook %s", poll.Format("Mon 2 Jan 15:04"), weekly.Format("Mon 2 Jan 15:04"))
	switch {
	case poll.Sub(d.o.Now()) > time.Hour || s.Gap(poll) > time.Hour:
		d.add(Warning, "schedule", text+"; people wait for more than an hour for an answer", "look more often: poll = \"*/5 * * * *\"")
	default:
		d.add(Fine, "schedule", text)
	}
}

// secrets looks at the files that hold them: there, filled and closed to others.
func (d *examination) secrets() {
	files := []string{d.in.SMTP.Password.File}
	for _, box := range d.in.Inboxes {
		files = append(files, box.Password.File, box.OAuth2.ClientSecret.File)
	}
	slices.Sort(files)
	for _, file := range slices.Compact(files) {
		if file == "" {
			continue
		}
		info, err := os.Stat(file)
		switch {
		case errors.Is(err, fs.ErrNotExist):
			d.add(Wrong, "secret", file+" is not there", "write the password into it, readable by the account that runs Handrail only:",
				"  install -m 600 /dev/null "+file, "  nano "+file)
		case err != nil:
			d.add(Wrong, "secret", err.Error(), "let the account that runs Handrail read it")
		case info.Size() == 0:
			d.add(Wrong, "secret", file+" is empty", "write the password into it, on one line")
		case runtime.GOOS != "windows" && info.Mode().Perm()&0o077 != 0:
			d.add(Warning, "secret", fmt.Sprintf("%s can be read by others (mode %04o)", file, info.Mode().Perm()), "  chmod 600 "+file)
		default:
			d.add(Fine, "secret", file+" is there, and closed to others")
		}
	}
}

const (
	littleSpace = 1 << 30   // bytes: worth a warning
	noSpace     = 100 << 20 // bytes: the ledger would soon stop
)

// ledger looks at the record and the folder it lies in. It opens it for reading only.
func (d *examination) ledger(ctx context.Context) {
	c := d.in.Ledger
	if c.Dialect() == ledger.SQLite && !d.folder(filepath.Dir(c.URL)) {
		return
	}
	l, err := ledger.Open(ctx, c, ledger.Read)
	var trouble *ledger.Error
	if err != nil {
		switch {
		case !errors.As(err, &trouble):
			d.trouble("ledger", err, nil)
		case trouble.Trouble == ledger.Absent:
			d.add(Wrong, "ledger", c.String()+": "+trouble.Why.EN, "check url under [ledger]: a ledger that was there before is restored. A new one is made once:", "  handrail ledger create --config "+d.in.ConfigPath)
		case trouble.Trouble == ledger.OldSchema:
			d.add(Warning, "ledger", trouble.Where+": "+trouble.Why.EN, "back it up first", trouble.Hint.EN)
		default:
			d.Unreachable = d.Unreachable || trouble.Trouble == ledger.Unreachable
			d.add(Wrong, "ledger", trouble.Where+": "+trouble.Why.EN, trouble.Hint.EN)
		}
		return
	}
	defer func() { _ = l.Close() }()
	d.database(ctx, l)
	var s ledger.Status
	if err := l.View(ctx, func(tx *ledger.Tx) (err error) {
		s, err = tx.Status(ctx, d.o.Now(), 1)
		return err
	}); err != nil {
		d.trouble("ledger", err, nil)
		return
	}
	text := fmt.Sprintf("%s: %s, %s", c.String(), number(ledger.Total(s.Messages), "message", "messages"), number(ledger.Total(s.Lines), "line", "lines"))
	asides := s.Messages[ledger.Quarantined]
	if failed := s.Outgoing[ledger.Refused]; asides > 0 || failed > 0 {
		d.add(Note, "ledger", fmt.Sprintf("%s; %d set aside, %d mails refused", text, asides, failed), "handrail ledger status lists them")
		return
	}
	d.add(Fine, "ledger", text)
}

// farDatabase is a round trip above which the database is what the job waits for: a request takes some dozens of them.
const farDatabase = 20 * time.Millisecond

// database looks at what PostgreSQL is to the job: how far away, and whether its indexes can be trusted.
func (d *examination) database(ctx context.Context, l *ledger.Ledger) {
	if l.Dialect() != ledger.PostgreSQL {
		return
	}
	took, err := l.RoundTrip(ctx)
	if err != nil {
		d.trouble("database", err, nil)
		return
	}
	d.roundTrip(took)
	made, now, err := l.Collation(ctx)
	switch {
	case err != nil:
		d.trouble("database", err, nil)
	case made != now:
		d.add(Warning, "collation", fmt.Sprintf("the database was made with version %s of its collation, and its operating system has version %s now: indexes of other tables may be wrong; the ledger's own compare byte by byte", made, now),
			"let the database's administrator build the indexes again and then note the new version:", "  REINDEX DATABASE name;", "  ALTER DATABASE name REFRESH COLLATION VERSION;")
	}
}

func (d *examination) roundTrip(took time.Duration) {
	text := fmt.Sprintf("a round trip takes %s", took.Round(10*time.Microsecond))
	if took > farDatabase {
		d.add(Warning, "database", text, "every step of a request waits for some of them: run the job near the database, in the same data centre, or give it a connection without detours")
		return
	}
	d.add(Fine, "database", text)
}

// folder looks at the ledger's folder: there, writable, with room. false: nothing more can be said of the ledger.
func (d *examination) folder(dir string) bool {
	probe, err := os.CreateTemp(dir, ".handrail-doctor-*")
	switch {
	case errors.Is(err, fs.ErrNotExist):
		d.add(Wrong, "ledger folder", dir+" is not there", "make it, and let nobody else in:", "  install -d -m 700 "+dir)
		return false
	case err != nil:
		d.add(Wrong, "ledger folder", err.Error(), "let the account that runs Handrail write to "+dir+"; under systemd, name it in StateDirectory= or ReadWritePaths=")
		return false
	}
	_ = probe.Close()
	_ = os.Remove(probe.Name())
	free, known := freeSpace(dir)
	text := fmt.Sprintf("%.1f GB free in %s", float64(free)/1e9, dir)
	switch {
	case !known:
		d.add(Fine, "disk", dir+" can be written")
	case free < noSpace:
		d.add(Wrong, "disk", text, "make room: a full disk stops the job (nothing is lost, nothing is answered)")
	case free < littleSpace:
		d.add(Warning, "disk", text, "make room soon: the ledger keeps every mail and workbook, about 100 kB for each request")
	default:
		d.add(Fine, "disk", text)
	}
	return true
}

// policies loads every inbox's policy as the job would.
func (d *examination) policies(ctx context.Context) {
	seen := map[string]bool{}
	for p, err := range d.in.Policies(ctx) {
		if err != nil {
			var hinted interface{ Hint() string }
			hint := "handrail policy check FILE names every mistake"
			if errors.As(err, &hinted) && hinted.Hint() != "" {
				hint = hinted.Hint()
			}
			d.add(Wrong, "policy", err.Error(), hint)
			continue
		}
		if seen[p.Hash()] {
			continue
		}
		seen[p.Hash()] = true
		limit := ""
		if l := p.Limit("request", request.DateOf(d.o.Now())); !l.IsZero() {
			limit = fmt.Sprintf(", limit for a request %s %s", l.StringFixed(2), p.Currency())
		}
		d.add(Fine, "policy", fmt.Sprintf("%s %s%s", p.Name(), p.Version(), limit))
	}
}
