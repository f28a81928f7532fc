package rules

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/pelletier/go-toml/v2/unstable"

	"handrail/internal/request"
)

// What is in order and perhaps not meant: remarks on a text that can be loaded. They are made for whoever checks it, and not where a kept text is
// read again.

// remark notes what is in order and perhaps not meant.
func (s *schema) remark(offset int, where, en, fr string, args ...any) {
	s.p.remarks = append(s.p.remarks, s.doc.mistake(offset, where, inBoth(en, fr, args...)))
}

// lints looks through a policy that is in order. It goes by the tables of the text, which are in the order of what was read.
func (s *schema) lints(root *table) {
	s.lintLimits(root)
	s.lintNames(root)
	s.lintForce(root)
	s.lintGuardrails(root)
	s.lintExemptions(root)
}

// lintLimits looks for days without a limit.
func (s *schema) lintLimits(root *table) {
	v := root.entries["limits"]
	if v == nil || v.table == nil {
		return
	}
	for i := range s.p.limits {
		l := &s.p.limits[i]
		entry := v.table.entries[l.name]
		if len(l.amounts) == 0 || entry.kind != unstable.Array {
			continue
		}
		where := fmt.Sprintf("limit %q", l.name)
		spans := slices.Clone(l.amounts)
		slices.SortFunc(spans, func(a, b datedAmount) int { return a.from.Compare(b.from) })
		end := spans[0].until
		if first := spans[0].from; !first.IsZero() && s.p.authority.Date.Before(first) {
			s.remark(entry.at, where, "there is no limit %q from %s, when the text is put in force, until %s, so every line that needs it goes to an officer: let the first amount begin earlier, or leave out its from",
				"il n’y a aucune limite %q du %s, où le texte entre en vigueur, au %s, et toute ligne qui en dépend va à un agent : faites commencer le premier montant plus tôt ou supprimez son from", l.name, s.p.authority.Date, first.AddDays(-1))
		}
		for _, next := range spans[1:] {
			if !end.IsZero() && end.Before(next.from) {
				s.remark(entry.at, where, "there is no limit %q from %s to %s, so every line that needs it goes to an officer: let the next amount begin on the day the one before ends, from = %s",
					"il n’y a aucune limite %q du %s au %s, et toute ligne qui en dépend va à un agent : faites commencer le montant suivant le jour où le précédent prend fin, from = %s", l.name, end, next.from.AddDays(-1), end)
			}
			if end.IsZero() || !next.until.IsZero() && next.until.Before(end) {
				continue
			}
			end = next.until
		}
		if last := spans[len(spans)-1]; !last.until.IsZero() {
			s.remark(entry.at, where, "from %s on there is no limit %q, and every line that needs it goes to an officer: add the amount that follows, { amount = \"…\", from = %s }, or leave out the last until",
				"à partir du %s, il n’y a plus de limite %q, et toute ligne qui en dépend va à un agent : ajoutez le montant qui suit, { amount = \"…\", from = %s }, ou supprimez le dernier until", last.until, l.name, last.until)
		}
	}
}

// lintNames looks for limits, totals and lists that no condition reads.
func (s *schema) lintNames(root *table) {
	all := s.p.allReads()
	isRead := func(of func(*reads) []int, i int) bool {
		return slices.ContainsFunc(all, func(r *reads) bool { return slices.Contains(of(r), i) })
	}
	if v := root.entries["limits"]; v != nil && v.table != nil {
		for i := range s.p.limits {
			name := s.p.limits[i].name
			if entry := v.table.entries[name]; entry != nil && !isRead(func(r *reads) []int { return r.limits }, i) {
				s.remark(entry.keyAt, fmt.Sprintf("limit %q", name), "no condition reads the limit %s, so it limits nothing: use limits.%s in a when, or delete the line", "aucune condition ne lit la limite %s, et elle ne limite rien : employez limits.%s dans un when, ou supprimez la ligne", name, name)
			}
		}
	}
	tables := func(key string) []*table {
		v := root.entries[key]
		if v == nil || v.kind != unstable.Array {
			return nil
		}
		var ts []*table
		for _, item := range v.array {
			ts = append(ts, item.table)
		}
		return ts
	}
	for i, t := range tables("total") {
		if i < len(s.p.totals) && !isRead(func(r *reads) []int { return r.totals }, i) {
			name := s.p.totals[i].Name
			s.remark(t.at, fmt.Sprintf("total %q", name), "no condition reads the total %s: use totals.%s or counts.%s in a when, or delete it", "aucune condition ne lit le total %s : employez totals.%s ou counts.%s dans un when, ou supprimez-le", name, name, name)
		}
	}
	for _, t := range tables("list") {
		name := t.entries["name"].text
		where := fmt.Sprintf("list %q", name)
		if l := s.p.lists[name]; l != nil && len(l.entries) == 0 {
			at := t.at
			if v := t.entries["values"]; v != nil {
				at = v.at
			}
			s.remark(at, where, "the list is empty, so its guardrail never catches anything: add entries, values = [\"…\"], or delete it", "la liste est vide, et sa balise ne retient jamais rien : ajoutez des entrées, values = [\"…\"], ou supprimez-la")
		} else if !s.namesList(name) {
			s.remark(t.at, where, "no condition looks into the list %s: use listed(%q, line.supplier) in a when, or delete it", "aucune condition ne consulte la liste %s : employez listed(%q, line.supplier) dans un when, ou supprimez-la", name, name)
		}
	}
}

// namesList reports whether a condition names a list.
func (s *schema) namesList(name string) bool {
	named := false
	s.conditions(func(x *expression) {
		named = named || strings.Contains(x.text, `"`+name+`"`) || strings.Contains(x.text, "'"+name+"'")
	})
	return named
}

// conditions are all conditions of a policy.
func (s *schema) conditions(each func(*expression)) {
	add := func(x *expression) {
		if x != nil {
			each(x)
		}
	}
	for i := range s.p.overrides {
		add(s.p.overrides[i].when)
	}
	for _, x := range s.p.wheres {
		add(x)
	}
	for _, g := range s.p.guardrails {
		add(g.when)
		for i := range g.variants {
			add(g.variants[i].when)
		}
		for i := range g.exemptions {
			add(g.exemptions[i].when)
		}
	}
}

// lintForce looks for days on which no guardrail is in force.
func (s *schema) lintForce(root *table) {
	begins := s.p.authority.Date
	var first, last *guardrail
	var firstAt, lastAt int
	always := func(d request.Date) bool {
		return slices.ContainsFunc(s.p.guardrails, func(g *guardrail) bool { return g.covers(d) })
	}
	for i, g := range s.p.guardrails {
		t := root.entries["guardrail"].array[i].table
		if v := t.entries["from"]; v != nil && (first == nil || g.from.Before(first.from)) {
			first, firstAt = g, v.keyAt
		}
		if v := t.entries["until"]; v != nil && (last == nil || last.until.Before(g.until)) {
			last, lastAt = g, v.keyAt
		}
		if v := t.entries["until"]; v != nil && !g.until.After(begins) {
			s.remark(v.keyAt, fmt.Sprintf("guardrail %q", g.id), "this guardrail ends (%s) before the text is put in force (%s), so it is never in force: write a later until, or delete the guardrail", "cette balise prend fin (%s) avant que le texte n’entre en vigueur (%s), et n’est jamais en vigueur : indiquez un until ultérieur, ou supprimez la balise", g.until, begins)
		}
	}
	if first != nil && !always(begins) && begins.Before(first.from) {
		s.remark(firstAt, fmt.Sprintf("guardrail %q", first.id), "the text is in force from %s, but no guardrail is before %s, so until then every line goes to an officer: delete from on your main limit, or write from = %s",
			"le texte est en vigueur à partir du %s, mais aucune balise ne l’est avant le %s, et d’ici là toutes les lignes vont à un agent : supprimez from de votre limite principale, ou écrivez from = %s", begins, first.from, begins)
	}
	if last != nil && !always(last.until) && !slices.ContainsFunc(s.p.guardrails, func(g *guardrail) bool { return g.until.IsZero() }) {
		s.remark(lastAt, fmt.Sprintf("guardrail %q", last.id), "from %s on no guardrail is in force, so every line goes to an officer: delete until on your main limit", "à partir du %s, aucune balise n’est en vigueur, et toutes les lignes vont à un agent : supprimez until de votre limite principale", last.until)
	}
}

// lintGuardrails looks at messages, and for guardrails that repeat another.
func (s *schema) lintGuardrails(root *table) {
	for i, g := range s.p.guardrails {
		t := root.entries["guardrail"].array[i].table
		where := fmt.Sprintf("guardrail %q", g.id)
		at := t.entries["message"].keyAt
		s.lintMessage(at, where, g, &g.message)
		if v := t.entries["officer"]; v != nil && g.officer != nil {
			s.lintMessage(v.keyAt, where, g, g.officer)
		}
		if g.action == request.Return && !saysWhatToDo(g.message.text) {
			s.remark(at, where, "the message says what is wrong and not what to do, and the line goes back to whoever sent it: add what to write, such as “Correct the total.”", "le message dit ce qui ne va pas, et non quoi faire, alors que la ligne revient à son expéditeur : ajoutez ce qu’il faut écrire, comme « Corrigez le total. »")
		}
		for _, earlier := range s.p.guardrails[:i] {
			if sameCondition(earlier.when.text) == sameCondition(g.when.text) && overlap(earlier.span, g.span) {
				s.remark(t.entries["when"].keyAt, where, "this asks the same as the guardrail %q: delete one of them, or correct the condition that was copied", "cette balise demande la même chose que la balise %q : supprimez l’une des deux, ou corrigez la condition copiée", earlier.id)
				break
			}
		}
	}
}

// places are the values that a message names, in a language.
func places(pieces []piece) (all []source) {
	for _, p := range pieces {
		if p.place && !slices.Contains(all, p.from) {
			all = append(all, p.from)
		}
	}
	return all
}

// lintMessage compares what the two languages name, and what the condition reads.
func (s *schema) lintMessage(at int, where string, g *guardrail, m *template) {
	en, fr := places(m.en), places(m.fr)
	if s.p.speaks(request.English) && s.p.speaks(request.French) {
		for _, from := range en {
			if !slices.Contains(fr, from) {
				s.remark(at, where, "the English message names {%s}, and the French one does not: write it in both, so that they always agree", "le message anglais cite {%s}, et le français non : écrivez-le dans les deux, pour qu’ils concordent toujours", s.p.sourceName(from))
				break
			}
		}
		for _, from := range fr {
			if !slices.Contains(en, from) {
				s.remark(at, where, "the French message names {%s}, and the English one does not: write it in both, so that they always agree", "le message français cite {%s}, et l’anglais non : écrivez-le dans les deux, pour qu’ils concordent toujours", s.p.sourceName(from))
				break
			}
		}
	}
	var read []source
	for _, x := range append([]*expression{g.when}, variantConditions(g)...) {
		if x != nil {
			read = append(read, x.reads.sources...)
		}
	}
	for _, from := range append(en, fr...) {
		if from.kind != totalSource && from.kind != countSource && from.kind != distinctSource {
			continue
		}
		same := func(r source) bool {
			return (r.kind == totalSource || r.kind == countSource || r.kind == distinctSource) && r.index == from.index
		}
		if !slices.ContainsFunc(read, same) {
			s.remark(at, where, "the message names {%s}, which the condition does not read: name what it compares, or correct one of the two", "le message cite {%s}, que la condition ne lit pas : citez ce qu’elle compare, ou corrigez l’un des deux", s.p.sourceName(from))
			return
		}
	}
}

func variantConditions(g *guardrail) (all []*expression) {
	for i := range g.variants {
		all = append(all, g.variants[i].when)
	}
	return all
}

// doing are beginnings of words with which a message says what to do.
var doing = regexp.MustCompile(`(?i)\?|\b(please|must|should|need|can|may|if |write|fill|say|attach|choose|send|correct|ask|give|enter|name|use|split|add|put|explain|remove|replace|check|tell|state|provide|indicate|select|complete|sign|confirm|change|make|contact|get|obtain|go|take|leave|see|buy|cite|describe|show|include|submit|resubmit|raise|order|follow|move|keep|wait|quote|set|type|mark|link|list|point|pay|request|begin|start|do|bring|divide|combine|approve|consult|revise|update|specify|veuillez|doit|devez|faut|si |écri|rempli|indiq|joign|choisi|envoy|corrig|demand|donn|nomm|employ|ajout|précis|expliqu|retir|remplac|vérifi|sign|confirm|modifi|obten|adress|voi|cit|décri|inclu|soume|suiv|mett|utilis|saisi|fourni|inscri)`)

// saysWhatToDo reports whether a message says what to do. Only one that plainly does not is remarked on.
func saysWhatToDo(m request.Text) bool {
	return m.EN == "" || doing.MatchString(m.EN) || doing.MatchString(m.FR)
}

// lintExemptions looks for exemptions that save no line.
func (s *schema) lintExemptions(root *table) {
	v := root.entries["exemption"]
	if v == nil {
		return
	}
	for i, item := range v.array {
		where := fmt.Sprintf("exemption %d", i+1)
		until := item.table.entries["until"]
		if until == nil {
			continue
		}
		if end, err := request.ParseDate(until.text); err == nil && !end.After(s.p.authority.Date) {
			s.remark(until.keyAt, where, "this exemption ends (%s) by the day on which the text is put in force (%s), so it saves no line: write a later until, or delete the exemption", "cette exemption prend fin (%s) au plus tard le jour où le texte entre en vigueur (%s), et ne sert à aucune ligne : indiquez un until ultérieur, ou supprimez l’exemption", end, s.p.authority.Date)
		}
	}
}

// speaks reports whether the policy has texts in a language.
func (p *Policy) speaks(l request.Lang) bool {
	return len(p.languages) == 0 || slices.Contains(p.languages, l)
}
