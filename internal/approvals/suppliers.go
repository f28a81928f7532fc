package approvals

import (
	"context"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"handrail/ingest"
	"handrail/ingest/reply"
	"handrail/internal/ledger"
	"handrail/internal/outbox"
	"handrail/internal/request"
	"handrail/notify"
)

// What officers and finance say of suppliers' names: that they are two suppliers, or one. It is remembered for the whole ledger.

// supplierWord is one thing that an answer says of suppliers. beside: it is the reason of a decision, and where it means no pair for
// certain it is no more than that.
type supplierWord struct {
	reply.Command
	beside bool
}

// ofSuppliers takes what an answer says of suppliers apart from its decisions.
func (h *answer) ofSuppliers() (words []supplierWord, decisions []reply.Command) {
	for _, c := range h.commands {
		if c.OfSuppliers() {
			words = append(words, supplierWord{Command: c})
			continue
		}
		decisions = append(decisions, c)
		if c.Suppliers != "" {
			words = append(words, supplierWord{reply.Command{Verb: c.Suppliers, Lines: c.Lines, References: c.References, Rest: c.Rest}, true})
		}
	}
	return words, decisions
}

// onlyOfSuppliers reports whether an answer says something of suppliers and nothing else.
func (h *answer) onlyOfSuppliers() bool {
	return h.ask == nil && len(h.commands) > 0 && h.sheet == nil && !slices.ContainsFunc(h.commands, func(c reply.Command) bool { return !c.OfSuppliers() })
}

// nearLine is a line of a mail with the names that were added up with its supplier's.
type nearLine struct {
	ordinal  int
	supplier string
	near     []string
}

// nearLines reads the lines of a mail that were added up with other names.
func nearLines(ctx context.Context, tx *ledger.Tx, tokens []ledger.Token) (map[int64]nearLine, error) {
	lines, err := tx.Lines.InFull(ctx, linesOf(tokens))
	if err != nil {
		return nil, err
	}
	ordinals := map[int64]int{}
	for _, t := range tokens {
		ordinals[t.Line] = t.Ordinal
	}
	out := map[int64]nearLine{}
	for i := range lines {
		l := &lines[i]
		n := nearLine{ordinal: ordinals[l.ID], supplier: l.Supplier}
		f, err := l.ReadFacts()
		if err != nil {
			return nil, err
		}
		if f != nil {
			n.near = f.NearSuppliers()
		}
		out[l.ID] = n
	}
	return out, nil
}

// pairsMeant are the pairs that an answer to a mail about lines means. A refusal asks back; then none is meant.
func (desk *Desk) pairsMeant(ctx context.Context, tx *ledger.Tx, h *answer, tokens []ledger.Token, words []supplierWord) (pairs []ledger.SupplierPair, refusal request.Text, err error) {
	if len(words) == 0 {
		return nil, request.Text{}, nil
	}
	lines, err := nearLines(ctx, tx, tokens)
	if err != nil {
		return nil, request.Text{}, err
	}
	known := knownNames{}
	for _, n := range lines {
		known.add(n.supplier)
		known.add(n.near...)
	}
	choice := selectionAmong(tokens)
	for _, w := range words {
		some, why, err := desk.pairsOf(ctx, tx, &w, choice, lines, known)
		switch {
		case err != nil:
			return nil, request.Text{}, err
		case !why.IsZero() && w.beside:
			continue
		case !why.IsZero():
			return nil, why, nil
		}
		for i := range some {
			some[i].Same = w.Verb == reply.OneSupplier
			some[i].JudgedBy, some[i].WrittenBy, some[i].Message = h.Sender.Address, h.writtenBy, h.Row.ID
		}
		pairs = append(pairs, some...)
	}
	return pairs, request.Text{}, nil
}

// pairsOf are the pairs that one word means.
func (desk *Desk) pairsOf(ctx context.Context, tx *ledger.Tx, w *supplierWord, choice *selection, lines map[int64]nearLine, known knownNames) ([]ledger.SupplierPair, request.Text, error) {
	var about []nearLine
	switch {
	case w.Rest:
		return nil, whichNames(w.Verb, nil), nil
	case w.Every():
		for _, t := range choice.tokens {
			if n := lines[t.Line]; len(n.near) > 0 {
				about = append(about, n)
			}
		}
	default:
		tokens, unknown := choice.of(w.Command)
		if unknown != "" {
			return nil, noSuchLine(unknown), nil
		}
		for _, t := range tokens {
			about = append(about, lines[t.Line])
		}
	}
	if w.Reason != "" && !numbersOnly.MatchString(w.Reason) {
		p, why, err := namedPair(ctx, tx, w.Reason, known)
		return p, why, err
	}
	if w.Every() && len(about) > 1 || len(about) == 0 {
		return nil, whichNames(w.Verb, about), nil
	}
	var pairs []ledger.SupplierPair
	for _, n := range about {
		chosen := n.near
		switch {
		case len(n.near) == 0:
			return nil, noNearName(n.ordinal, w.Verb), nil
		case w.Reason != "":
			if chosen = chosenNames(w.Reason, n.near); chosen == nil || len(about) > 1 {
				return nil, whichNames(w.Verb, about), nil
			}
		case len(n.near) > 1:
			return nil, whichNames(w.Verb, about), nil
		}
		for _, name := range chosen {
			if p, ok := ledger.PairOf(n.supplier, name); ok {
				pairs = append(pairs, p)
			}
		}
	}
	return pairs, request.Text{}, nil
}

// numbersOnly is a list of places, as an answer to the question which of several names is meant.
var numbersOnly = regexp.MustCompile(`(?i)^\s*(?:all|both|tous|toutes|tout|les deux|\d{1,2}(?:\s*(?:,|and|et|&|\s)\s*\d{1,2})*)\s*$`)

var places = regexp.MustCompile(`\d{1,2}`)

// chosenNames are the names at the places that a text lists, nil where there is no such place.
func chosenNames(text string, names []string) (chosen []string) {
	numbers := places.FindAllString(text, -1)
	if len(numbers) == 0 {
		return names // all of them
	}
	for _, s := range numbers {
		n, _ := strconv.Atoi(s)
		if n < 1 || n > len(names) {
			return nil
		}
		chosen = append(chosen, names[n-1])
	}
	return chosen
}

// knownNames are names as they were written, by their forms.
type knownNames map[string]string

func (k knownNames) add(names ...string) {
	for _, n := range names {
		if form := request.SupplierName(n); form != "" && k[form] == "" {
			k[form] = n
		}
	}
}

// betweenNames is what may stand between two names, and in one.
var betweenNames = regexp.MustCompile(`(?i)\s*(?:/|;|,|\||\bversus\b|\bvs\b\.?|\band\b|\bet\b|&)\s*`)

// namedPair is the pair that a text names: both names are known, as names of the mail or of the ledger.
func namedPair(ctx context.Context, tx *ledger.Tx, text string, known knownNames) ([]ledger.SupplierPair, request.Text, error) {
	const most = 12
	type split struct{ a, b string }
	var splits []split
	var forms []string
	for _, at := range betweenNames.FindAllStringIndex(text, most) {
		s := split{unquoted(text[:at[0]]), unquoted(text[at[1]:])}
		if p, ok := ledger.PairOf(s.a, s.b); ok {
			splits = append(splits, s)
			forms = append(forms, p.One, p.Other)
		}
	}
	if len(splits) == 0 {
		return nil, whyTwoNames, nil
	}
	elsewhere, err := tx.Suppliers.Known(ctx, forms)
	if err != nil {
		return nil, request.Text{}, err
	}
	var found []ledger.SupplierPair
	for _, s := range splits {
		name := func(written string) string {
			form := request.SupplierName(written)
			if n := known[form]; n != "" {
				return n
			}
			return elsewhere[form]
		}
		a, b := name(s.a), name(s.b)
		if p, ok := ledger.PairOf(a, b); ok && a != "" && b != "" && !slices.Contains(found, p) {
			found = append(found, p)
		}
	}
	if len(found) != 1 {
		return nil, notKnown(text), nil
	}
	return found, request.Text{}, nil
}

func unquoted(s string) string {
	return strings.Trim(s, " \t\u00a0\u202f\"'“”«»‘’")
}

// judgeSuppliers remembers pairs, and says what is remembered from now on.
func (desk *Desk) judgeSuppliers(ctx context.Context, tx *ledger.Tx, now time.Time, pairs []ledger.SupplierPair) (said request.Text, err error) {
	for i := range pairs {
		p := &pairs[i]
		recorded, err := tx.Suppliers.Judge(ctx, now, *p)
		if err != nil {
			return said, err
		}
		s := pairText(p, !recorded)
		said.EN, said.FR = strings.TrimSpace(said.EN+" "+s.EN), strings.TrimSpace(said.FR+" "+s.FR)
	}
	return said, nil
}

// remembered tells whoever said it what is remembered, by a mail of its own.
func (h *answer) remembered(submission int64, kind notify.NoticeKind, said request.Text) []ledger.OutboxEntry {
	owed := h.Notice(outbox.NoticeDetail{Kind: kind, Submission: submission, Why: said})
	for i := range owed {
		owed[i].Cause += supplierCause
	}
	return owed
}

// supplierCause ends the cause of a notice about suppliers: beside it there may be another to the same message.
const supplierCause = " suppliers"

// saidOfSuppliers acts on an answer that is about suppliers only, and answers a mail about lines.
func (desk *Desk) saidOfSuppliers(ctx context.Context, tx *ledger.Tx, now time.Time, h *answer, e *ledger.Escalation) ([]ledger.OutboxEntry, error) {
	if _, known := h.Inbox.Roster().ByEmail(h.Sender.Address); !known {
		return h.Notice(outbox.NoticeDetail{Kind: notify.NoEffect, Submission: e.Submission, Why: whyNotOfSuppliers}), nil
	}
	asked := e
	if e.Kind == ledger.ReceiptCode {
		note := noteOf(e)
		found, err := tx.Escalations.ByID(ctx, []int64{note.Escalation})
		if err != nil || len(found) == 0 {
			return nil, err
		}
		asked = &found[0]
	}
	words, _ := h.ofSuppliers()
	pairs, refusal, err := desk.pairsMeant(ctx, tx, h, asked.Tokens, words)
	if err != nil {
		return nil, err
	}
	if !refusal.IsZero() {
		return h.askBack(asked, refusal), nil
	}
	said, err := desk.judgeSuppliers(ctx, tx, now, pairs)
	return h.remembered(e.Submission, notify.Remembered, said), err
}

// unclearSuppliers says why an answer in which somebody only wonders about suppliers is asked back, where a line of its mail was added up
// with other names; empty elsewhere.
func (h *answer) unclearSuppliers(ctx context.Context, tx *ledger.Tx, e *ledger.Escalation) (why request.Text, err error) {
	if e.Kind != ledger.DecisionCode || !reply.SaysOfSuppliers(h.text) {
		return why, nil
	}
	lines, err := nearLines(ctx, tx, e.Tokens)
	for _, n := range lines {
		if len(n.near) > 0 {
			return whyUnclearSuppliers, err
		}
	}
	return why, err
}

// mayJudgeSuppliers reports whether somebody's word about suppliers counts without being asked: an officer of the inbox, or finance.
func (h *answer) mayJudgeSuppliers() bool {
	_, officer := h.Inbox.Roster().ByEmail(h.Sender.Address)
	return officer || slices.ContainsFunc(h.j.dept.Finance.Recipients, func(who string) bool { return strings.EqualFold(who, h.Sender.Address) })
}

// suppliersByName acts on a mail without a code that says of two names whether they are one supplier.
func (desk *Desk) suppliersByName(ctx context.Context, tx *ledger.Tx, now time.Time, h *answer) ([]ledger.OutboxEntry, error) {
	if !h.mayJudgeSuppliers() {
		return h.Notice(outbox.NoticeDetail{Kind: notify.NoEffect, Why: whyNotOfSuppliers}), nil
	}
	var pairs []ledger.SupplierPair
	words, _ := h.ofSuppliers()
	for _, w := range words {
		refusal := whyTwoNames
		var some []ledger.SupplierPair
		var err error
		if w.Reason != "" && w.Every() {
			if some, refusal, err = namedPair(ctx, tx, w.Reason, knownNames{}); err != nil {
				return nil, err
			}
		}
		if !refusal.IsZero() {
			return h.Notice(outbox.NoticeDetail{Kind: notify.NoEffect, Why: refusal}), nil
		}
		for _, p := range some {
			p.Same, p.JudgedBy, p.WrittenBy, p.Message = w.Verb == reply.OneSupplier, h.Sender.Address, h.writtenBy, h.Row.ID
			pairs = append(pairs, p)
		}
	}
	said, err := desk.judgeSuppliers(ctx, tx, now, pairs)
	return h.remembered(0, notify.Remembered, said), err
}

// forgetSuppliers takes back what a message said of suppliers, where our mail that is answered told of that. is is false where it did
// not.
func (desk *Desk) forgetSuppliers(ctx context.Context, tx *ledger.Tx, now time.Time, h *answer, ours *ledger.Outgoing) (owed []ledger.OutboxEntry, is bool, err error) {
	number, suppliers := strings.CutSuffix(ours.Cause, supplierCause)
	message, convErr := strconv.ParseInt(strings.TrimPrefix(number, "message "), 10, 64)
	if ours.Kind != outbox.Notice || !suppliers || convErr != nil || h.undoing != reply.CertainUndo {
		return nil, false, nil
	}
	if said, err := tx.Suppliers.SaidBy(ctx, message); err != nil || !said || !h.mayJudgeSuppliers() {
		return nil, false, err
	}
	back, err := tx.Suppliers.TakeBack(ctx, now, message, h.Sender.Address)
	if err != nil {
		return nil, true, err
	}
	return h.remembered(0, notify.Forgotten, forgottenText(back)), true, nil
}

// readSubject takes what a letter's subject says of two suppliers for its command, where the text below it says nothing of its own.
func (h *answer) readSubject(ctx context.Context, reader reply.Reader) error {
	if h.ask == nil || h.ask.Why != reply.AskEmpty && h.ask.Why != reply.AskThanks && h.ask.Why != reply.AskNoCommand || reply.SaysOfSuppliers(h.text) {
		return nil
	}
	commands, ask, err := reader.Parse(ctx, ingest.CleanLine(h.Mail.Subject))
	if err == nil && ask == nil && len(commands) == 1 && commands[0].OfSuppliers() && commands[0].Reason != "" {
		h.commands, h.ask = commands, nil
	}
	return err
}
