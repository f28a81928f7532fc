package bench

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"handrail/ingest"
	"handrail/internal/batch"
	"handrail/internal/department"
	"handrail/internal/job"
	"handrail/internal/ledger"
	"handrail/internal/officers"
	"handrail/internal/registers"
	"handrail/internal/request"
	"handrail/internal/workbook"
	"handrail/notify"
	"handrail/rules"
	"handrail/templates"
)

// Options say what is played.
type Options struct {
	Policy  *rules.Policy
	Stories *rules.Stories
	// Only are the ids of the stories to play; empty for all.
	Only []string
	// Registers: every story has all registers of the file, and not only those that it needs.
	Registers bool
	// Goal is what the figures are held against.
	Goal Goal
	// Progress is told how many stories are played; nil: nobody is.
	Progress func(done, of int)
}

// zoneName is where the stories take place: their days are days there.
const zoneName = "America/Toronto"

// ErrNoStory: none of the stories has an id that was asked for.
var ErrNoStory = errors.New("no story has such an id")

// stage is what all stories have in common.
type stage struct {
	policy   *rules.Policy
	stories  *rules.Stories
	composer *notify.Composer
	roster   *officers.Roster
	zone     *time.Location
	dir      string
	all      bool              // registers, for every story
	files    map[string]string // of registers, by name
	workers  int               // of each job; 0: one for each processor
	ledger   []byte            // an empty one's file
}

// Play plays every story alone on an empty ledger, several side by side. Ledgers are files of a folder that is gone afterwards.
func Play(ctx context.Context, o Options) (*Result, error) {
	s, err := newStage(ctx, o)
	if s != nil {
		defer func() { _ = os.RemoveAll(s.dir) }()
	}
	if err != nil {
		return nil, fmt.Errorf("prepare the stories: %w", err)
	}
	var chosen []*rules.Story
	for i := range o.Stories.Stories {
		if story := &o.Stories.Stories[i]; len(o.Only) == 0 || slices.Contains(o.Only, story.ID) {
			chosen = append(chosen, story)
		}
	}
	if len(chosen) == 0 {
		return nil, ErrNoStory
	}
	played := make([]Played, len(chosen))
	if err := s.playAll(ctx, chosen, played, o.Progress); err != nil {
		return nil, err
	}
	return newResult(o, played), nil
}

func (s *stage) playAll(ctx context.Context, chosen []*rules.Story, played []Played, progress func(done, of int)) error {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	var next, done atomic.Int64
	var group sync.WaitGroup
	var telling sync.Mutex
	for range min(len(chosen), runtime.GOMAXPROCS(0)) {
		group.Add(1)
		go func() {
			defer group.Done()
			for ctx.Err() == nil {
				i := int(next.Add(1)) - 1
				if i >= len(chosen) {
					return
				}
				var err error
				if played[i], err = s.play(ctx, i, chosen[i]); err != nil {
					cancel(fmt.Errorf("story %s: %w", chosen[i].ID, err))
					return
				}
				n := int(done.Add(1))
				if progress != nil {
					telling.Lock()
					progress(n, len(chosen))
					telling.Unlock()
				}
			}
		}()
	}
	group.Wait()
	return context.Cause(ctx)
}

func newStage(ctx context.Context, o Options) (*stage, error) {
	dir, err := os.MkdirTemp("", "handrail-stories")
	if err != nil {
		return nil, err
	}
	s := &stage{policy: o.Policy, stories: o.Stories, dir: dir, all: o.Registers, files: map[string]string{}, workers: 1}
	if s.zone, err = time.LoadLocation(zoneName); err != nil {
		return s, err
	}
	set, err := templates.Load("")
	if err != nil {
		return s, err
	}
	name := request.Text{EN: "Department of the Stories", FR: "Ministère des scénarios"}
	if s.composer, err = notify.NewComposer(set, notify.Identity{From: s.inbox(), Name: name, Location: s.zone}); err != nil {
		return s, err
	}
	s.roster, err = officers.NewRoster([]officers.Officer{{Email: officerUser + "@" + s.domain(), Name: "Officer", Language: request.English}})
	if err != nil {
		return s, err
	}
	for name, r := range o.Stories.Registers {
		s.files[name] = filepath.Join(dir, name+strings.ToLower(filepath.Ext(r.File)))
		if err := os.WriteFile(s.files[name], r.Data, 0o600); err != nil {
			return s, err
		}
	}
	empty := filepath.Join(dir, "empty.db")
	l, err := ledger.Create(ctx, ledger.Config{URL: empty})
	if err != nil {
		return s, err
	}
	if err := l.Close(); err != nil {
		return s, err
	}
	s.ledger, err = os.ReadFile(empty)
	return s, err
}

func (s *stage) domain() string { return s.stories.Domains[0] }
func (s *stage) inbox() string  { return inboxUser + "@" + s.domain() }

// office is the department of one story.
type office struct {
	*stage
	post   *post
	ledger *ledger.Ledger
	job    *job.Job
	clock  atomic.Int64 // microseconds
}

func (o *office) now() time.Time { return time.UnixMicro(o.clock.Load()).UTC() }

// registersOf are the files of the registers that a story has.
func (s *stage) registersOf(needs []string) registers.Config {
	file := func(k registers.Kind) string {
		if s.all || slices.Contains(needs, string(k)) {
			return s.files[string(k)]
		}
		return ""
	}
	return registers.Config{CostCentres: file(registers.CostCentresKind), People: file(registers.PeopleKind), Suppliers: file(registers.SuppliersKind)}
}

// open makes department number n with the registers that its story needs, and whose first mail comes at an instant.
func (s *stage) open(ctx context.Context, n int, needs []string, at time.Time) (*office, error) {
	path := filepath.Join(s.dir, fmt.Sprintf("%04d.db", n))
	if err := os.WriteFile(path, s.ledger, 0o600); err != nil {
		return nil, err
	}
	o := &office{stage: s, post: &post{}}
	o.clock.Store(at.UnixMicro())
	var err error
	if o.ledger, err = ledger.Open(ctx, ledger.Config{URL: path}, ledger.Run); err != nil {
		return nil, err
	}
	none, never := ingest.Duration(0), ingest.Duration(10_000*time.Hour) // nobody decides, and nobody is reminded
	box := ingest.DefaultInbox()
	box.Name, box.Host, box.Username, box.Address, box.AuthservID = inboxName, "localhost", s.inbox(), s.inbox(), []string{mailServer}
	box.Password, box.Since = ingest.Secret{Value: "none"}, "2000-01-01"
	o.job, err = job.New(job.Options{
		Ledger: o.ledger, Composer: s.composer, Sender: o.post, From: s.inbox(), Now: o.now, Log: slog.New(slog.DiscardHandler), Workers: s.workers,
		Inboxes:    []job.InboxOptions{{Policy: s.policy, Roster: s.roster, Config: box, Mailbox: o.post}},
		Department: department.Config{Name: request.Text{EN: "Department of the Stories", FR: "Ministère des scénarios"}, Domains: s.stories.Domains, Operator: "operator@" + s.domain()},
		Schedule:   batch.ScheduleConfig{TimeZone: zoneName, Poll: "*/5 * * * *", Weekly: "0 7 * * 1"},
		Decisions:  officers.DecisionsConfig{Hold: &none, RemindAfter: &never, RerouteAfter: &never, ExpireDays: 366},
		Finance:    department.FinanceConfig{Language: request.English},
		BlankForm:  blankForm, Registers: s.registersOf(needs),
	})
	if err != nil {
		return nil, errors.Join(err, o.ledger.Close())
	}
	return o, nil
}

// blankForm is the form that goes along with a refusal.
func blankForm(p *rules.Policy, l request.Lang, all bool) ([]byte, error) {
	var b bytes.Buffer
	err := workbook.NewForm(&b, workbook.FormOptions{Lang: l, Languages: p.Languages(), Fields: p.Needs(), All: all})
	return b.Bytes(), err
}

func (o *office) close() error { return errors.Join(o.job.Close(), o.ledger.Close()) }
