package reply

import (
	"context"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"handrail/internal/request"
)

// proposals are what would be clear, and was perhaps meant by sentences that were asked back.
func proposals(ctx context.Context, sentences []sentence, ask *AskBack, today request.Date) []Command {
	switch ask.Why {
	case AskYes:
		return yesOrNo(sentences)
	case AskCondition, AskTooLong, AskHidden, AskThanks, AskEmpty:
		return nil
	}
	for _, change := range []func([]token) ([]token, bool){spelled, slashed, scopeBeforeColon} {
		changed, any := changedSentences(sentences, change)
		if !any {
			continue
		}
		if commands, again := readSentences(ctx, changed, today); again == nil && len(commands) > 0 {
			if ask.Why == AskNoCommand || ask.Why == AskText {
				ask.Why = AskSpelling
				if change2 := ask.Words; strings.Contains(change2, "/") {
					ask.Why = AskLines
				}
			}
			return commands
		}
	}
	if ask.Why == AskConflict {
		return allButNamed(sentences, today)
	}
	return nil
}

// yesOrNo proposes what a yes or a no could mean.
func yesOrNo(sentences []sentence) []Command {
	for i := range sentences {
		for k := range sentences[i].tokens {
			if n, _ := no.at(sentences[i].tokens, k); n > 0 {
				return nil // a refusal needs its reason
			}
		}
	}
	return []Command{{Verb: Approve}}
}

func changedSentences(sentences []sentence, change func([]token) ([]token, bool)) (all []sentence, any bool) {
	all = slices.Clone(sentences)
	for i := range all {
		if tokens, changed := change(all[i].tokens); changed {
			all[i].tokens, any = tokens, true
		}
	}
	return all, any
}

// spelled fixes the verbs that have a letter too many, too few or wrong.
func spelled(tokens []token) ([]token, bool) {
	out, changed := slices.Clone(tokens), false
	for i := range out {
		if v := nearVerb(&out[i]); v != "" {
			out[i].text, changed = v, true
		}
	}
	return out, changed
}

// nearVerb is the verb that a token is one letter away from; "" where it is none, or is a word of its own.
func nearVerb(t *token) string {
	if t.kind != word || len(t.text) < 5 || len(t.text) > 14 || ordinaryWord(t.text) {
		return ""
	}
	for _, v := range verbWords {
		if v.verb == Ask || v.verb == Away || v.verb == No || (Command{Verb: v.verb}).OfSuppliers() {
			continue
		}
		for phrase := range strings.SplitSeq(v.words, ",") {
			w := strings.TrimSpace(phrase)
			if len(w) >= 5 && !strings.Contains(w, " ") && oneLetterApart(w, t.text) {
				return w
			}
		}
	}
	return ""
}

// oneLetterApart reports whether one letter more, less, wrong or exchanged with its neighbour makes one word the other.
func oneLetterApart(a, b string) bool {
	if len(a) > len(b) {
		a, b = b, a
	}
	i := 0
	for i < len(a) && a[i] == b[i] {
		i++
	}
	switch len(b) - len(a) {
	case 0:
		if i == len(a) {
			return false
		}
		return a[i+1:] == b[i+1:] || i+1 < len(a) && a[i] == b[i+1] && a[i+1] == b[i] && a[i+2:] == b[i+2:]
	case 1:
		return a[i:] == b[i+1:]
	}
	return false
}

// slashed reads "1/3" as "1, 3".
func slashed(tokens []token) ([]token, bool) {
	out, changed := slices.Clone(tokens), false
	for i := 1; i+1 < len(out); i++ {
		if out[i].is("/") && out[i-1].kind == number && out[i+1].kind == number {
			out[i].text, changed = ",", true
		}
	}
	return out, changed
}

// scopeBeforeColon reads "DECLINE: 2 too expensive" as "DECLINE 2: too expensive".
func scopeBeforeColon(tokens []token) ([]token, bool) {
	for i := range tokens {
		n, v := actions.at(tokens, i)
		k := i + n
		if n == 0 || v == Ask || k+1 >= len(tokens) || !tokens[k].is(":") {
			continue
		}
		s, end, ok := scopeAt(tokens, k+1)
		if !ok || end == k+1 || len(s.lines)+len(s.references) == 0 || end == len(tokens) {
			continue
		}
		out := slices.Clone(tokens[:k])
		out = append(out, tokens[k+1:end]...)
		out = append(out, tokens[k])
		return append(out, tokens[end:]...), true
	}
	return nil, false
}

// allButNamed proposes, for "APPROVE ALL, DECLINE 2: …", all but those that are declined.
func allButNamed(sentences []sentence, today request.Date) []Command {
	s := &sense{today: today, sentences: sentences}
	for i := 0; i < len(sentences); {
		next, ask := s.read(i)
		if ask != nil {
			return nil
		}
		i = next
	}
	all := slices.IndexFunc(s.commands, func(c Command) bool { return c.Every() && c.Verb == Approve })
	if all < 0 || len(s.commands) != 2 || s.no {
		return nil
	}
	other := s.commands[1-all]
	if other.Every() || other.Rest || other.Verb != Decline {
		return nil
	}
	c := s.commands[all]
	c.Lines, c.References, c.Rest = slices.Clone(other.Lines), slices.Clone(other.References), true
	return []Command{c, other}
}

// decides reports whether a word is one that people decide with, in any form.
func decides(w string) bool {
	return decisions[w] != "" || decisionStem.MatchString(w)
}

// decisionStem begins the words of decisions, agreement and refusal.
var decisionStem = regexp.MustCompile(`^(dis|pre|un|des|pre-)?(approv|approuv|declin|reject|rejet|den(y|ie)|refus|accept|authori[sz]|autoris|withdr|retir|confirm|cancel|annul|undo|undon|revok|revoq|assign|reassign|confi[eé]|validat|valid[eé]|proceed|proced|agree|disagree|permi[st]|veto|endors|grant(ed)?$)`)

// countsNothing are words before a number that is no amount.
var countsNothing = wordSet("code number numero box po room ext poste no ref invoice facture quote soumission order commande piece bureau")

// cents reports whether the tokens at k are an amount with cents: "500,00".
func cents(tokens []token, k int) bool {
	if k+2 >= len(tokens) || tokens[k].kind != number || !tokens[k+1].is(",", ".") || tokens[k+2].spaced {
		return false
	}
	text := tokens[k+2].text
	return len(text) >= 2 && strings.Trim(text, "0123456789") == ""
}

// Mentions reports whether a word of a verb stands anywhere in a text.
func Mentions(text string, v Verb) bool {
	if len(text) > maxReplyBytes {
		return false
	}
	return slices.ContainsFunc(tokensOf(text), func(t token) bool { return t.kind == word && decisions[t.text] == v })
}

// relayable reports whether nothing in a letter is a word of a decision, a yes or no, or an amount.
func relayable(sentences []sentence) bool {
	for i := range sentences {
		tokens := sentences[i].tokens
		for k := range tokens {
			t := &tokens[k]
			switch {
			case t.kind == word && (decides(t.text) || nearVerb(t) != ""):
				return false
			case t.kind == mark && t.is("$", "€", "£"), t.kind == word && t.is("cad", "usd", "eur", "dollar", "dollars"), t.kind == word && strings.Contains(t.text, ".") && hasDigit(t.text):
				return false
			case t.kind == number && t.n >= 1000 && (t.n < 1900 || t.n > 2100) && (k == 0 || !countsNothing[tokens[k-1].text]), cents(tokens, k):
				return false
			}
			if k > 0 && tokens[k-1].kind != mark {
				continue
			}
			for _, list := range []*phrases[bool]{yes, no} {
				n, _ := list.at(tokens, k)
				if n > 0 && (k+n == len(tokens) || tokens[k+n].kind == mark || tokens[k+n].is("for", "to", "with", "by", "pour", "de")) {
					return false
				}
			}
		}
	}
	return len(sentences) > 0
}

// Text writes commands as they are read, one on each line.
func Text(commands []Command, language request.Lang) string {
	var b strings.Builder
	for i := range commands {
		if i > 0 {
			b.WriteByte('\n')
		}
		b.WriteString(commands[i].text(language))
	}
	return b.String()
}

// verbNames are the verbs as the mails teach them.
var verbNames = map[Verb]request.Text{
	Approve: {EN: "APPROVE", FR: "APPROUVER"}, Decline: {EN: "DECLINE", FR: "REFUSER"}, Ask: {EN: "QUESTION", FR: "QUESTION"}, Undo: {EN: "UNDO", FR: "ANNULER"},
	Revoke: {EN: "REVOKE", FR: "RÉVOQUER"}, Assign: {EN: "ASSIGN", FR: "CONFIER À"}, Away: {EN: "AWAY UNTIL", FR: "ABSENT JUSQU’AU"},
	Withdraw: {EN: "WITHDRAW", FR: "RETIRER"}, Confirm: {EN: "CONFIRM", FR: "CONFIRMER"}, No: {EN: "NO", FR: "NON"},
	TwoSuppliers: {EN: "TWO SUPPLIERS", FR: "DEUX FOURNISSEURS"}, OneSupplier: {EN: "SAME SUPPLIER", FR: "MÊME FOURNISSEUR"},
}

func (c *Command) text(language request.Lang) string {
	say := func(en, fr string) string { return request.Text{EN: en, FR: fr}.In(language) }
	var b strings.Builder
	b.WriteString(verbNames[c.Verb].In(language))
	var named []string
	for _, r := range c.References {
		named = append(named, r.String())
	}
	named = append(named, spansOf(c.Lines)...)
	switch {
	case c.Rest:
		b.WriteString(say(" ALL EXCEPT ", " TOUT SAUF ") + strings.Join(named, ", "))
	case len(named) > 0:
		b.WriteString(" " + strings.Join(named, ", "))
	}
	for _, detail := range []string{c.Address, c.Name, c.Until.String()} {
		if detail != "" {
			b.WriteString(" " + detail)
		}
	}
	if c.Reason != "" {
		b.WriteString(say(": ", "\u00a0: ") + c.Reason)
	}
	return b.String()
}

// spansOf writes ascending numbers with their spans.
func spansOf(lines []int) (all []string) {
	for i := 0; i < len(lines); {
		k := i
		for k+1 < len(lines) && lines[k+1] == lines[k]+1 {
			k++
		}
		switch k - i {
		case 0:
			all = append(all, fmt.Sprint(lines[i]))
		case 1:
			all = append(all, fmt.Sprint(lines[i]), fmt.Sprint(lines[k]))
		default:
			all = append(all, fmt.Sprintf("%d-%d", lines[i], lines[k]))
		}
		i = k + 1
	}
	return all
}
