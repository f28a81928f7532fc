package batch

import (
	"context"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"
	"time"

	"handrail/ingest"
	"handrail/internal/ledger"
)

// OutageNews is what the operator is to be told of an outage: that it began, or that it ended.
type OutageNews struct {
	ID    int64 // of the telling; with Class and whether it ended, it is told once
	Name  string
	Class ingest.ErrorClass
	Began time.Time
	Ended time.Time // zero: it lasts
	Next  time.Time // when it is tried again, where it lasts
	Words string    // the server's
	// Waits counts the rows of each step that wait for it. Mails that no server has taken count for sending, whatever they
	// wait for.
	Waits map[ledger.Step]int
	// Unneeded: it ended because nothing needs it any more; whether it works nobody tried.
	Unneeded bool
	// Unsaid: that it began could not be told while it lasted.
	Unsaid bool
}

// OperatorNews is what is told at once. Mail goes by mail; Post by the webhook, because mail is what fails or failed.
type OperatorNews struct {
	Began, Ended struct{ Mail, Post []OutageNews }
}

// graceOf is how long an outage lasts before the operator is told: a blip makes no mail, a refused login is told at once.
// What is told often in one day must last longer each time, so that a server that comes and goes is not told all day.
func graceOf(class ingest.ErrorClass, told int) time.Duration {
	const short = 2 * time.Minute
	again := []time.Duration{time.Hour, 4 * time.Hour, 12 * time.Hour}
	switch {
	case told > 0:
		return again[min(told, len(again))-1]
	case class == ingest.CredentialsError:
		return 0
	}
	return short
}

// teller decides which outages the operator is told of now. The ledger keeps what was told.
type teller struct{ job *Job }

// tell tells the operator of outages that last and of those that ended. It reads first: where nothing is new, nothing is
// written.
func (j teller) tell(ctx context.Context) error {
	now := j.job.Now()
	var open []ledger.Outage
	var told []ledger.ToldOutage
	err := j.job.o.Ledger.View(ctx, func(tx *ledger.Tx) (err error) {
		if open, err = tx.Attempts.Outages(ctx); err == nil {
			told, err = tx.Attempts.Told(ctx)
		}
		return err
	})
	without := j.job.outages.endedWithoutLedger()
	if err != nil || len(open)+len(told) == 0 && without == nil {
		return err
	}
	return j.job.o.Ledger.Update(ctx, func(tx *ledger.Tx) error {
		t := telling{job: j.job, tx: tx, now: now}
		if err := t.gather(ctx, open, told); err != nil {
			return err
		}
		if without != nil {
			t.news.Ended.Mail, t.news.Ended.Post = append(t.news.Ended.Mail, *without), append(t.news.Ended.Post, *without)
			tx.Then(j.job.outages.forgetEnded)
		}
		if t.news.none() {
			return nil
		}
		return j.job.rooms.TellOperator(ctx, tx, now, t.news)
	})
}

func (n *OperatorNews) none() bool {
	return len(n.Began.Mail)+len(n.Began.Post)+len(n.Ended.Mail)+len(n.Ended.Post) == 0
}

// telling is one transaction in which the operator is told.
type telling struct {
	job  *Job
	tx   *ledger.Tx
	now  time.Time
	news OperatorNews

	noMail     bool // mail cannot be sent
	noMailLong bool // and that is no blip
}

// gather finds what is new. While mail cannot be sent, the webhook says what cannot wait; a mail says it once it can be sent.
func (t *telling) gather(ctx context.Context, open []ledger.Outage, told []ledger.ToldOutage) error {
	lasting := map[string]*ledger.ToldOutage{}
	for i := range told {
		if told[i].EndedAt.IsZero() {
			lasting[told[i].Name] = &told[i]
		}
	}
	if i := slices.IndexFunc(open, func(o ledger.Outage) bool { return o.Name == smtpOutage }); i > 0 {
		open[0], open[i] = open[i], open[0] // it says by which way the others are told
	}
	for _, o := range open {
		due := lasting[o.Name] != nil
		if !due {
			before, err := t.tx.Attempts.TimesTold(ctx, o.Name, t.now.Add(-24*time.Hour))
			if err != nil {
				return err
			}
			due = t.now.Sub(o.FailedAt) >= graceOf(ingest.ErrorClass(o.Class), before)
		}
		if o.Name == smtpOutage {
			t.noMail, t.noMailLong = true, due
		}
		if !due || t.noMail && !t.noMailLong {
			continue // it may be a blip, or the mail about it may go in a moment
		}
		if err := t.began(ctx, &o, lasting[o.Name]); err != nil {
			return err
		}
	}
	for i := range told {
		if !told[i].EndedAt.IsZero() {
			if err := t.ended(ctx, &told[i]); err != nil {
				return err
			}
		}
	}
	return t.noteMails(ctx)
}

// began tells of one outage that lasts, by each way by which it is not told yet.
func (t *telling) began(ctx context.Context, o *ledger.Outage, was *ledger.ToldOutage) error {
	byMail, byPost := !t.noMail, t.noMail && t.job.rooms.Posts
	plain := *o
	plain.Words = WithoutAddresses(o.Words)
	switch {
	case was == nil:
		id, err := t.tx.Attempts.Tell(ctx, t.now, plain)
		if err != nil || id == 0 {
			return err
		}
		was = &ledger.ToldOutage{ID: id, Class: o.Class}
		t.tx.Then(func() {
			said := "the operator is told that something around the job does not work"
			if !byMail && !byPost {
				said = "nobody can be told that something around the job does not work: mail is what fails, and there is no webhook"
			}
			t.job.o.Log.Warn(said, "what", o.Name, "since", o.FailedAt.UTC().Format(time.RFC3339), "by_mail", byMail, "by_webhook", byPost)
		})
	case o.Class == string(ingest.CredentialsError) && was.Class != o.Class:
		// A server that was away and now refuses the login asks for something else of the operator.
		if won, err := t.tx.Attempts.TellAgain(ctx, was.ID, was.Class, plain); err != nil || !won {
			return err
		}
	default:
		byMail = byMail && was.Mail == ""
		byPost = byPost && !was.Posted
		if byPost && was.Mail != "" {
			taken, err := t.tx.Outbox.AlertTaken(ctx, alertKind, was.Mail)
			if err != nil {
				return err
			}
			byPost = !taken
		}
	}
	if !byMail && !byPost {
		return nil
	}
	n := OutageNews{ID: was.ID, Name: o.Name, Class: ingest.ErrorClass(o.Class), Began: o.FailedAt, Next: o.RetryAt, Words: o.Words}
	if err := t.waits(ctx, &n); err != nil {
		return err
	}
	if byMail {
		t.news.Began.Mail = append(t.news.Began.Mail, n)
	}
	if byPost {
		t.news.Began.Post = append(t.news.Began.Post, n)
		_, err := t.tx.Attempts.ToldByPost(ctx, was.ID)
		return err
	}
	return nil
}

// ended tells that one outage is over: by mail, and by the webhook where that said that it began.
func (t *telling) ended(ctx context.Context, was *ledger.ToldOutage) error {
	if won, err := t.tx.Attempts.ToldEnd(ctx, t.now, was.ID); err != nil || !won {
		return err
	}
	n := OutageNews{ID: was.ID, Name: was.Name, Class: ingest.ErrorClass(was.Class), Began: was.BeganAt, Ended: was.EndedAt, Words: was.Words,
		Unneeded: was.Unneeded, Unsaid: was.Mail == "" && !was.Posted}
	t.news.Ended.Mail = append(t.news.Ended.Mail, n)
	if was.Posted {
		t.news.Ended.Post = append(t.news.Ended.Post, n)
	}
	return nil
}

// noteMails notes by which mail each outage is told.
func (t *telling) noteMails(ctx context.Context) error {
	for _, n := range t.news.Began.Mail {
		if _, err := t.tx.Attempts.ToldByMail(ctx, n.ID, NewsCause(t.news.Began.Mail)); err != nil {
			return err
		}
	}
	return nil
}

// alertKind is the operator's mail in the table of mails, which the engine does not know.
const alertKind = "alert"

// NewsCause is what makes a mail about outages the only one of its sort.
func NewsCause(news []OutageNews) string {
	parts := make([]string, len(news))
	for i, n := range news {
		parts[i] = fmt.Sprintf("%d %s", n.ID, n.Class)
		if !n.Ended.IsZero() {
			parts[i] = fmt.Sprintf("%d ended", n.ID)
		}
		if n.ID == 0 { // the ledger's own, which it could not keep
			parts[i] = n.Name + " " + n.Began.UTC().Format(time.RFC3339)
		}
	}
	return "outage " + strings.Join(parts, ", ")
}

// waits counts what waits.
func (t *telling) waits(ctx context.Context, n *OutageNews) (err error) {
	if n.Waits, err = t.tx.Attempts.Waiting(ctx, n.Name); err != nil || n.Name != smtpOutage {
		return err
	}
	if n.Waits[ledger.SendStep], err = t.tx.Outbox.Unsent(ctx); err == nil {
		maps.DeleteFunc(n.Waits, func(_ ledger.Step, count int) bool { return count == 0 })
	}
	return err
}

var addresses = regexp.MustCompile(`[^\s"'<>()\[\],;:=]+@[^\s"'<>()\[\],;:]+`)

// WithoutAddresses is a server's words without the accounts and people that they name.
func WithoutAddresses(words string) string { return addresses.ReplaceAllString(words, "…") }

// tellWithoutLedger tells by the webhook that the ledger does not work, once it lasts: then no mail can be written either.
func (j teller) tellWithoutLedger(ctx context.Context) {
	n := j.job.outages.ledgerLasts(j.job.Now())
	if n == nil {
		return
	}
	if err := j.job.rooms.PostNow(ctx, *n); err != nil {
		j.job.o.Log.Error("the webhook could not be told that the ledger does not work; it is tried again", "error", wordsOf(err))
		return
	}
	j.job.outages.ledgerTold(n.Began)
}

// rest is all that follows for the operator beside what is told in a transaction.
func (j teller) rest(ctx context.Context) error {
	if err := j.tell(ctx); err != nil {
		return err
	}
	return j.job.rooms.Notify(ctx)
}
