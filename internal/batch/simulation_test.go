package batch_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"strconv"
	"strings"
	"testing"
	"time"

	"handrail/ingest"
	"handrail/internal/batch"
	"handrail/internal/job"
	"handrail/internal/ledger"
	"handrail/internal/mailserver"
	"handrail/internal/mailtest"
	"handrail/internal/request"
	"handrail/notify/smtp"
)

// simulation takes a department through virtual days by its step functions alone: people write at random, servers misbehave
// at random, the clock jumps, and two workers take the steps in a random order, now and then with work that is stale.
type simulation struct {
	*agency
	r       *rand.Rand
	workers [2]*job.Job
	held    [2]*batch.Claim // what a worker knows of and has not done yet
	begun   int             // purchases so far
	log     []string
}

// simulate makes a department from a seed.
func simulate(t *testing.T, seed uint64) *simulation {
	t.Helper()
	impatient := func(o *job.Options) {
		withStatements(o)
		o.Inboxes[0].Config.Timeout = ingest.Duration(time.Second)
	}
	s := &simulation{r: rand.New(rand.NewPCG(seed, 8))}
	s.agency = open(t, impatient)
	s.workers[0] = s.job
	s.impatientSender()
	first := s.sender
	s.start(impatient)
	s.workers[1] = s.job
	s.impatientSender()
	s.workers[0].O().Sender = first
	for _, j := range s.workers {
		if err := j.Begin(t.Context(), true); err != nil {
			t.Fatal(err)
		}
	}
	return s
}

// impatientSender gives the present job a sender that waits for no server longer than a moment.
func (s *simulation) impatientSender() {
	host, port := hostPort(s.t, s.office.SMTPAddr())
	sender, err := smtp.NewSender(smtp.Config{Host: host, Port: port, TLS: mailserver.TLSNone, Username: testInbox,
		Password: mailserver.Secret{Value: "secret"}, From: testInbox, Timeout: mailserver.Duration(time.Second),
		DataTimeout: mailserver.Duration(time.Second)}, smtp.Options{Now: s.now})
	if err != nil {
		s.t.Fatal(err)
	}
	s.t.Cleanup(sender.Close)
	s.sender, s.job.O().Sender = sender, sender
}

func (s *simulation) did(format string, args ...any) {
	s.log = append(s.log, s.now().Format("01-02 15:04 ")+fmt.Sprintf(format, args...))
}

// day is one virtual day: what people do, then steps in a random order, with whatever goes wrong.
func (s *simulation) day() {
	s.office.Mend() // people's own mail programs try until it is sent
	for range s.r.IntN(3) {
		s.somebodyWrites()
	}
	if s.r.IntN(4) == 0 {
		s.somethingBreaks()
	}
	for range 4 + s.r.IntN(8) {
		s.oneStep(s.r.IntN(2))
	}
	switch s.r.IntN(12) {
	case 0: // nobody worked for a week
		s.pass(7 * 24 * time.Hour)
	case 1: // the clock of the machine was set back a little
		s.pass(-10 * time.Minute)
	default:
		s.pass(time.Duration(18+s.r.IntN(12)) * time.Hour)
	}
}

func (s *simulation) somebodyWrites() {
	who := []string{testStaff, testOther}[s.r.IntN(2)]
	s.begun++
	// Letters, so that two suppliers never look alike; few of them, so that purchases meet.
	supplier := "Maison " + strings.Repeat(string(rune('A'+s.r.IntN(12))), 3)
	switch s.r.IntN(10) {
	case 0:
		s.did("%s forgets the form", who)
		s.send(who, "A purchase", "I would like to buy something.")
	case 1:
		if mails := s.inbox(testStaff); len(mails) > 0 {
			m := mails[s.r.IntN(len(mails))]
			if len(m.Attachments) > 0 {
				s.did("%s sends back a workbook", testStaff)
				s.send(testStaff, "Again", "Once more.", m.Attachments[0].Data)
			}
		}
	case 2, 3, 4:
		s.anOfficerAnswers()
	case 5:
		s.did("finance sends a statement")
		day := s.now().Format(time.DateOnly)
		s.send(testFinance, "Card activity", "Attached.", cardStatement(row(day, strings.ToUpper(supplier), "452.00", ""),
			row(day, "Somebody else", strconv.Itoa(10+s.r.IntN(90))+".00", "")))
	default:
		amounts := [][3]string{{"400", "52", "452"}, {"4000", "520", "4520"}, {"5300", "689", "5989"}, {"9500", "1235", "10735"}}
		var lines []map[request.Field]string
		for n := range 1 + s.r.IntN(3) {
			a := amounts[s.r.IntN(len(amounts))]
			l := line(fmt.Sprintf("Purchase %d.%d", s.begun, n), []string{supplier, strings.ToUpper(supplier) + " INC."}[s.r.IntN(2)], a[0], a[1], a[2])
			if s.r.IntN(8) == 0 {
				l[request.Rationale] = ""
			}
			lines = append(lines, l)
		}
		s.did("%s asks for %d lines", who, len(lines))
		s.send(who, fmt.Sprintf("Purchase %d", s.begun), "Form attached.", s.form(who, request.English, lines...))
	}
}

func (s *simulation) anOfficerAnswers() {
	who := []string{testOfficer, testHead}[s.r.IntN(2)]
	mails := s.inbox(who)
	if len(mails) == 0 {
		return
	}
	m := mails[len(mails)-1-s.r.IntN(min(len(mails), 4))]
	say := []string{"APPROVE ALL: a new need, not foreseen", "DECLINE ALL: not this year", "APPROVE 1: a new need", "UNDO", "QUESTION 1: why this one?", "ok",
		"APPROVE 1, but only with a new quote"}[s.r.IntN(7)]
	s.did("%s says %s", who, say)
	var b strings.Builder
	s.mails++
	writeReplyHead(&b, s.agency, who, m)
	s.finish(&b, say, nil)
	s.submit(who, []byte(b.String()))
}

// somethingBreaks lets a server misbehave at one of the next steps.
func (s *simulation) somethingBreaks() {
	p := []mailtest.Protocol{mailtest.IMAP, mailtest.SMTP}[s.r.IntN(2)]
	kind := []mailtest.Kind{mailtest.Cut, mailtest.Cut, mailtest.Garbage, mailtest.Temporary, mailtest.Bye, mailtest.Stall}[s.r.IntN(6)]
	if kind == mailtest.Bye {
		p = mailtest.IMAP
	}
	fault := mailtest.Fault{Protocol: p, Step: s.office.StepCount(p) + 1 + s.r.IntN(40), Kind: kind}
	if kind == mailtest.Temporary {
		// Before the server acts: to take a mail and say 451 is a lie that no client can see through.
		commands := []string{"SELECT", "UID FETCH", "UID MOVE"}
		if p == mailtest.SMTP {
			commands = []string{"MAIL", "RCPT", "BODY"}
		}
		fault = mailtest.Fault{Protocol: p, Command: commands[s.r.IntN(3)], Moment: mailtest.Asked, Nth: 1 + s.r.IntN(6), Kind: kind}
	}
	if err := s.office.Inject(fault); err != nil {
		s.t.Fatal(err)
	}
	s.did("%s", fault)
}

// oneStep lets a worker do something: what it took up earlier, which may be stale by now, or what is due.
func (s *simulation) oneStep(w int) {
	ctx, cancel := context.WithTimeout(s.t.Context(), time.Minute)
	defer cancel()
	j := s.workers[w]
	if h := s.held[w]; h != nil {
		s.held[w] = nil
		s.did("worker %d does %s %v", w, h.Step(), h.IDs())
		j.WorkOff(ctx, stageOf(j, h.Step()), h) // whatever went wrong is tried again: the record says whether it came right
		return
	}
	if s.r.IntN(4) == 0 {
		_ = j.Collect(ctx, "requests")
		return
	}
	if s.r.IntN(5) == 0 {
		_ = j.Weekly(ctx)
		return
	}
	steps := ledger.Steps()
	stage := stageOf(j, batch.Step(steps[s.r.IntN(len(steps))]))
	stage = stage.AtMost(1 + s.r.IntN(20))
	h, err := j.Take(ctx, stage, s.r.IntN(3) == 0)
	if err != nil {
		s.t.Fatal(err)
	}
	if h == nil {
		return
	}
	if s.r.IntN(4) == 0 {
		s.held[w] = h
		return
	}
	j.WorkOff(ctx, stage, h)
}

func stageOf(j *job.Job, step batch.Step) batch.Stage { return j.StageOf(step) }

// rest lets everything come to rest at servers that work.
func (s *simulation) rest() {
	s.office.Mend()
	// The first worker goes on, and ends what it has in hand; the second does not come back, and its rows are freed.
	if h := s.held[0]; h != nil {
		s.held[0] = nil
		s.workers[0].WorkOff(s.t.Context(), stageOf(s.workers[0], h.Step()), h)
	}
	for range 12 {
		for _, j := range s.workers {
			j.O().Sender.BeginRun()
		}
		s.job, s.sender = s.workers[0], s.workers[0].O().Sender.(*smtp.Sender)
		if _, err := s.job.Sweep(s.t.Context()); err != nil {
			s.t.Fatal(err)
		}
		_ = s.round(s.t.Context())
		if err := s.job.Weekly(s.t.Context()); err != nil {
			s.t.Errorf("weekly: %v", err)
		}
		s.pass(5 * time.Minute)
	}
	s.pass(12 * time.Hour)
	for range 4 {
		for _, err := range s.round(s.t.Context()) {
			s.t.Errorf("at rest: %v", err)
		}
	}
}

// run simulates days, and looks from outside every now and then.
func (s *simulation) run(days int) {
	for n := range days {
		s.day()
		if n%25 != 24 && n != days-1 {
			continue
		}
		s.rest()
		faults := s.outside().faults()
		s.sound()
		if len(faults) > 0 || s.t.Failed() {
			s.t.Fatalf("after %d days:\n%s\nwhat went before:\n%s", n+1, strings.Join(faults, "\n"), strings.Join(s.log[max(0, len(s.log)-60):], "\n"))
		}
	}
}

// seeds are those that found something once.
var seeds = []uint64{1, 2}

// Whatever people, servers and clocks do, the invariants hold. HANDRAIL_TEST_SIMULATE says how many days more, from a seed
// that is printed; HANDRAIL_TEST_SEED runs one again.
func TestSimulatedDays(t *testing.T) {
	t.Parallel()
	if testing.Short() {
		t.Skip("virtual days take seconds each hundred: skipped with -short")
	}
	for _, seed := range seeds {
		t.Run(fmt.Sprint(seed), func(t *testing.T) {
			t.Parallel()
			simulate(t, seed).run(50)
		})
	}
	days, err := strconv.Atoi(os.Getenv("HANDRAIL_TEST_SIMULATE"))
	if err != nil {
		return
	}
	seed := uint64(time.Now().UnixNano()) % 1e9
	if again, err := strconv.ParseUint(os.Getenv("HANDRAIL_TEST_SEED"), 10, 64); err == nil {
		seed = again
	}
	for ; days > 0; days, seed = days-100, seed+1 {
		t.Run(fmt.Sprint("seed ", seed), func(t *testing.T) { simulate(t, seed).run(min(days, 100)) })
	}
}
