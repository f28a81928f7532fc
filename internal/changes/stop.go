package changes

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"handrail/ingest"
	"handrail/ingest/reply"
	"handrail/internal/batch"
	"handrail/internal/incoming"
	"handrail/internal/ledger"
	"handrail/internal/outbox"
	"handrail/internal/request"
)

// startKind is the kind of the change by which two owners start what one stopped.
const startKind = "start"

// stopLetter is a mail that stops the guardrails, or starts them again.
type stopLetter struct {
	*letter
	said   reply.Stopping
	reason string
}

// takesStop reads STOP and START. Who may say them is decided later. Of somebody who is neither owner nor officer nor finance it is a mail like others.
func (r *Room) takesStop(ctx context.Context, h *incoming.Message, u *ingest.Classified) (taken bool, err error) {
	if !readable(u) || !h.Sender.Trusted() || !r.concerned(h.Sender.Address) {
		return false, nil
	}
	books := len(h.Mail.Workbooks()) > 0
	if books && !r.owners.Is(h.Sender.Address) {
		return false, nil
	}
	l := &letter{Message: h, room: r}
	if l.text, err = reply.NewText(ctx, h.Mail); err != nil {
		return false, err
	}
	s := &stopLetter{letter: l}
	if s.said, s.reason, err = (reply.Reader{Names: []string{h.Sender.Name}}).ReadStop(ctx, h.Mail.Subject, l.text); err != nil {
		return false, err
	}
	if books && s.said != reply.CertainStop { // a request, or a policy; but an owner's plain STOP counts with whatever shows why
		return false, nil
	}
	switch s.said {
	case reply.NoStop:
		return false, nil
	case reply.UnclearStop: // in an answer, or of somebody who may not say it, the word means something else
		if !r.owners.Is(h.Sender.Address) || u.Verdict.Kind != ingest.OtherMail || len(ingest.CodesIn(h.Mail)) > 0 {
			return false, nil
		}
	case reply.CertainStart:
		if !r.owners.Is(h.Sender.Address) {
			return false, nil
		}
	}
	if by, ok := ingest.WrittenBy(h.Mail); by != "" || !ok {
		l.behalf = by + " "
	}
	h.Verdict.Kind, h.Verdict.Reason = string(ingest.AnswerMail), "owners"
	h.Answer = s
	return true, nil
}

// concerned reports whether somebody is one of those who could take STOP for theirs to say.
func (r *Room) concerned(address string) bool {
	for _, a := range r.everybody() {
		if same(a, address) {
			return true
		}
	}
	return false
}

// everybody hears of STOP and START: owners, operator, finance and officers, each once.
func (r *Room) everybody() (all []string) {
	seen := map[string]bool{}
	add := func(list ...string) {
		for _, a := range list {
			if key := strings.ToLower(a); a != "" && !seen[key] {
				seen[key] = true
				all = append(all, a)
			}
		}
	}
	add(r.owners.All()...)
	add(r.dept.Config.Operator)
	add(r.dept.Finance.Recipients...)
	for _, name := range r.dept.Order {
		for _, o := range r.dept.Inboxes[name].Roster().Officers() {
			add(o.Email)
		}
	}
	return all
}

// Decide acts on STOP or START.
func (s *stopLetter) Decide(ctx context.Context, tx *ledger.Tx, now time.Time) ([]ledger.OutboxEntry, error) {
	who := s.Sender.Address
	switch {
	case !s.room.owners.Any():
		return s.note(nobodyStops), nil
	case !s.room.owners.Is(who) || s.Row.Released:
		return s.room.stranger(s.letter, now), nil
	case s.behalf != "":
		return s.note(notForAnother), nil
	case s.said == reply.UnclearStop:
		return s.note(unclearStop(s.text, s.Mail.Subject)), nil
	}
	lasts, err := tx.Stops.Now(ctx)
	if err != nil {
		return nil, err
	}
	if s.said == reply.CertainStart {
		return s.start(ctx, tx, now, lasts)
	}
	if open, some, err := tx.Changes.Open(ctx, startKind, ""); err != nil {
		return nil, err
	} else if some {
		if err := tx.Changes.Decline(ctx, now, open.ID, who); err != nil {
			return nil, err
		}
	}
	if lasts != nil {
		return s.note(s.room.stoppedAlready(lasts)), nil
	}
	if _, err := tx.Stops.Stop(ctx, now, ledger.Stop{By: who, Reason: s.reason, Message: s.Row.ID}); err != nil {
		return nil, err
	}
	batch.Crash("stop.one")
	d := s.room.stopped(who, s.reason, now)
	var owed []ledger.OutboxEntry
	for _, a := range s.room.everybody() {
		d.To, d.Thread = a, outbox.Thread{}
		told := d
		if same(a, who) {
			told.Thread = outbox.ThreadOf(s.Mail)
			if len(s.Mail.Workbooks()) > 0 {
				told.What = request.Text{EN: d.What.EN + " The workbook that came with your STOP was not read: if it is a request, mail it again by itself.", FR: d.What.FR + " Le classeur joint à votre ARRÊTER n’a pas été lu : s’il s’agit d’une demande, renvoyez-le seul."}
			}
		}
		owed = append(owed, outbox.New(outbox.OwnersNote, fmt.Sprintf("stop %d %s", s.Row.ID, a), ledger.OutboxEntry{Message: s.Row.ID}, told))
	}
	tx.Then(func() {
		s.room.log.Warn("an owner stopped the guardrails: every line goes to an officer", "message", s.Row.ID)
	})
	return owed, nil
}

// start proposes to start again, or counts as the second owner who says so.
func (s *stopLetter) start(ctx context.Context, tx *ledger.Tx, now time.Time, lasts *ledger.Stop) ([]ledger.OutboxEntry, error) {
	if lasts == nil {
		return s.note(notStopped), nil
	}
	open, some, err := tx.Changes.Open(ctx, startKind, "")
	if err != nil {
		return nil, err
	}
	if some {
		return s.approve(ctx, tx, now, &open, s.reason)
	}
	body, err := json.Marshal(map[string]any{"stop": lasts.ID, "message": s.Row.ID})
	if err != nil {
		return nil, err
	}
	sum := sha256.Sum256(body)
	text := ledger.Text{Hash: "sha256:" + hex.EncodeToString(sum[:]), Kind: startKind, Body: body}
	if err := tx.Documents.KeepText(ctx, now, text); err != nil {
		return nil, err
	}
	detail, err := json.Marshal(guardedDetail{Words: s.room.startWords(lasts, s.reason)})
	if err != nil {
		return nil, err
	}
	_, err = s.room.Propose(ctx, tx, now, ledger.Change{Kind: startKind, Hash: text.Hash, Detail: detail, ProposedBy: s.Sender.Address, Message: s.Row.ID})
	return nil, err
}

// starts is the kind of START.
type starts struct{ room *Room }

// Describe says what is started, and who stopped it.
func (k starts) Describe(_ context.Context, _ *ledger.Tx, c ledger.Change) (Proposal, error) {
	return Proposal{Title: request.Text{EN: "START: the guardrails approve again", FR: "REPRISE\u00a0: les balises approuvent de nouveau"}, Words: wordsOf(&c)}, nil
}

// Enforce starts the guardrails; everybody hears.
func (k starts) Enforce(ctx context.Context, now time.Time, c ledger.Change) error {
	return k.room.ledger.Decide(ctx, func(tx *ledger.Tx) error {
		answers, err := tx.Changes.Answers(ctx, c.ID)
		if err != nil {
			return err
		}
		if err := tx.Changes.Enforce(ctx, now, c.ID); err != nil {
			return err
		}
		by := append([]string{c.ProposedBy}, approvers(answers)...)
		if _, err := tx.Stops.Start(ctx, now, by...); err != nil {
			return err
		}
		d := started(by)
		var owed []ledger.OutboxEntry
		for _, a := range k.room.everybody() {
			if k.room.owners.Is(a) {
				continue // owners read that the change is in force
			}
			d.To = a
			owed = append(owed, outbox.New(outbox.OwnersNote, fmt.Sprintf("start %d %s", c.ID, a), ledger.OutboxEntry{}, d))
		}
		return k.room.owe(ctx, tx, now, owed)
	})
}

// since says when something began, in the department's zone.
func (r *Room) since(t time.Time) request.Text {
	at := t.In(r.dept.Zone)
	d := dayText(request.DateOf(at))
	return request.Text{EN: d.EN + " at " + at.Format("15:04"), FR: d.FR + " à " + at.Format("15\u00a0h\u00a004")}
}

var (
	nobodyStops = noteDetail{Title: request.Text{EN: "Nothing was stopped: the rules have no owners", FR: "Rien n’a été arrêté\u00a0: les règles n’ont pas de responsables"},
		What: request.Text{EN: "STOP is for the owners of the rules, and the configuration names none.", FR: "ARRÊTER revient aux personnes responsables des règles, et la configuration n’en nomme aucune."},
		Next: request.Text{EN: "Now: ask the operator to stop Handrail, or to name owners ([owners] in the configuration).", FR: "Maintenant\u00a0: demandez à l’exploitant d’arrêter Handrail, ou de nommer des responsables ([owners] dans la configuration)."}}
	notStopped = noteDetail{Title: request.Text{EN: "Nothing was started: the guardrails are not stopped", FR: "Rien n’a été remis en marche\u00a0: les balises ne sont pas arrêtées"}, Next: nothingNow}
)

func unclearStop(text, subject string) noteDetail {
	wrote := strings.TrimSpace(subject + "\n" + text)
	if r := []rune(wrote); len(r) > 300 {
		wrote = string(r[:300]) + "…"
	}
	return noteDetail{Title: request.Text{EN: "Nothing was stopped or started yet", FR: "Rien n’a encore été arrêté ni remis en marche"},
		What:  request.Text{EN: "Your mail has the word in it, and what else it says could change it.", FR: "Votre courriel contient le mot, et ce qu’il dit d’autre pourrait en changer le sens."},
		Next:  request.Text{EN: "Now: to have every line go to an officer at once, mail STOP alone, or STOP: and why. To start again, START.", FR: "Maintenant\u00a0: pour que chaque ligne soit soumise à un agent dès maintenant, envoyez ARRÊTER seul, ou ARRÊTER\u00a0: et le motif. Pour remettre en marche, REPRENDRE."},
		Label: request.Text{EN: "You wrote", FR: "Vous avez écrit"}, Details: []request.Text{{EN: wrote, FR: wrote}}}
}

func (r *Room) stoppedAlready(s *ledger.Stop) noteDetail {
	at := r.since(s.StoppedAt)
	return noteDetail{Good: true, Title: request.Text{EN: "Stopped already, since " + at.EN, FR: "Déjà arrêté, depuis le " + at.FR},
		What: request.Text{EN: s.By + " said STOP. Every line goes to an officer.", FR: s.By + " a demandé l’arrêt. Chaque ligne est soumise à un agent."}, Next: nothingNow}
}

// stopped tells everybody.
func (r *Room) stopped(by, reason string, now time.Time) noteDetail {
	at := r.since(now)
	d := noteDetail{Title: request.Text{EN: "STOP: every line goes to an officer now", FR: "ARRÊT\u00a0: chaque ligne est maintenant soumise à un agent"},
		What: request.Text{
			EN: by + " stopped the guardrails on " + at.EN + ". They approve nothing; officers go on deciding.",
			FR: by + " a arrêté les balises le " + at.FR + ". Elles n’approuvent rien; les agents continuent de décider."},
		Next: request.Text{EN: "Now: to start again, an owner of the rules mails START, and another one approves.", FR: "Maintenant\u00a0: pour remettre en marche, une personne responsable des règles envoie REPRENDRE, et une autre approuve."}}
	if reason != "" {
		d.Label, d.Details = request.Text{EN: "Why", FR: "Motif"}, []request.Text{{EN: reason, FR: reason}}
	}
	return d
}

func started(by []string) noteDetail {
	return noteDetail{Good: true, Title: request.Text{EN: "START: the guardrails approve again", FR: "REPRISE\u00a0: les balises approuvent de nouveau"},
		What: request.Text{EN: names(by, " and ") + " started them. Lines that wait for an officer stay with the officer.", FR: names(by, " et ") + " les ont remises en marche. Les lignes qui attendent un agent lui restent soumises."}, Next: nothingNow}
}

func (r *Room) startWords(s *ledger.Stop, reason string) []request.Text {
	at := r.since(s.StoppedAt)
	words := []request.Text{{EN: s.By + " said STOP on " + at.EN + ". Since then every line went to an officer.", FR: s.By + " a demandé l’arrêt le " + at.FR + ". Depuis, chaque ligne est soumise à un agent."}}
	if s.Reason != "" {
		words = append(words, request.Text{EN: "Why it was stopped: " + s.Reason, FR: "Motif de l’arrêt\u00a0: " + s.Reason})
	}
	if reason != "" {
		words = append(words, request.Text{EN: "Why it can start again: " + reason, FR: "Motif de la reprise\u00a0: " + reason})
	}
	return append(words, request.Text{EN: "Once another owner approves, the guardrails approve again. Lines that wait for an officer stay with the officer.", FR: "Dès qu’une autre personne responsable approuve, les balises approuvent de nouveau. Les lignes qui attendent un agent lui restent soumises."})
}
