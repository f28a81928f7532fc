package rules

import (
	"fmt"
	"maps"
	"net/mail"
	"slices"
	"strings"

	"github.com/pelletier/go-toml/v2/unstable"

	"handrail/internal/request"
)

// storyReader reads a file of stories. Its mistakes come all at once.
type storyReader struct {
	*reader
	beside func(name string) ([]byte, error)
}

var registerNames = []string{"people", "suppliers", "cost_centres"}

func (r *storyReader) read(root *table) *Stories {
	s := &Stories{Registers: map[string]Register{}}
	r.keys(root, "", "domains", "registers", "line", "story")
	for _, v := range r.texts(root, "", "domains", true) {
		s.Domains = append(s.Domains, strings.ToLower(v.text))
	}
	if v := r.get(root, "", "registers", unstable.InlineTable, false); v != nil {
		r.readRegisters(v.table, s.Registers)
	}
	all := map[request.Field]string{}
	if v := r.get(root, "", "line", unstable.InlineTable, false); v != nil {
		r.readValues(v.table, "line", all)
	}
	tables := r.tables(root, "", "story")
	if len(tables) == 0 {
		r.fault(0, "", "a file of stories needs at least one [[story]]", "un fichier d’histoires demande au moins une [[story]]")
	}
	ids := map[string]bool{}
	for i, t := range tables {
		story := r.readStory(t, i, all, s.Registers)
		if ids[story.ID] && story.ID != "" {
			r.fault(t.entries["id"].at, fmt.Sprintf("story %q", story.ID), "there is an earlier story of this id", "une histoire précédente porte déjà cet id")
		}
		ids[story.ID] = true
		s.Stories = append(s.Stories, story)
	}
	return s
}

func (r *storyReader) readRegisters(t *table, to map[string]Register) {
	r.keys(t, "registers", registerNames...)
	for _, name := range registerNames {
		file, v := r.text(t, "registers", name, false)
		if v == nil {
			continue
		}
		data, err := r.beside(file)
		if err != nil {
			r.fault(v.at, "registers", "%s: %v", "%s : %v", name, err)
			continue
		}
		to[name] = Register{file, data}
	}
}

// readStory reads one story, whose lines begin as all says.
func (r *storyReader) readStory(t *table, i int, all map[request.Field]string, registers map[string]Register) Story {
	where := fmt.Sprintf("story %d", i+1)
	var s Story
	if s.ID, _ = r.text(t, where, "id", true); s.ID != "" {
		where = fmt.Sprintf("story %q", s.ID)
	}
	r.keys(t, where, "id", "kind", "title", "story", "why", "tension", "tags", "one_supplier", "one_need", "needs", "stop", "stop_outcome",
		"returned", "need_total", "line", "mail")
	kind, _ := r.choice(t, where, "kind", true, string(Dividing), string(Honest))
	s.Kind = StoryKind(kind)
	s.Title, _ = r.text(t, where, "title", true)
	s.Story, _ = r.text(t, where, "story", false)
	s.Why, _ = r.text(t, where, "why", false)
	s.Tension, _ = r.text(t, where, "tension", false)
	for _, v := range r.texts(t, where, "tags", false) {
		s.Tags = append(s.Tags, v.text)
	}
	for _, truth := range []string{"one_supplier", "one_need"} {
		r.get(t, where, truth, unstable.Bool, false)
	}
	for _, v := range r.texts(t, where, "needs", false) {
		if _, ok := registers[v.text]; !ok {
			r.fault(v.at, where, "there is no register %q: name its file under [registers]%s", "il n’y a pas de registre %q : nommez son fichier sous [registers]%s", v.text, meant(v.text, registerNames))
		}
		s.Needs = append(s.Needs, v.text)
	}
	begins := maps.Clone(all)
	if v := r.get(t, where, "line", unstable.InlineTable, false); v != nil {
		r.readValues(v.table, where, begins)
	}
	ids := r.readMails(t, where, &s, begins)
	r.readTruth(t, where, &s, ids)
	return s
}

// readTruth reads what should come of a story.
func (r *storyReader) readTruth(t *table, where string, s *Story, ids []string) {
	s.Stop, s.Returned = r.lineIDs(t, where, "stop", ids), r.lineIDs(t, where, "returned", ids)
	outcome, _ := r.choice(t, where, "stop_outcome", false, "officer", "officer or returned")
	s.OrReturned = outcome == "officer or returned"
	if _, v := r.text(t, where, "need_total", false); v != nil {
		s.NeedTotal, _ = r.money(v, where, "need_total", "CAD")
	}
	if s.Kind == Dividing && len(s.Stop) == 0 {
		r.fault(t.at, where, "stop is missing: name the lines that should not be approved by the machine", "il manque stop : nommez les lignes que la machine ne doit pas approuver")
	}
	if s.Kind == Dividing && len(s.Returned) > 0 {
		r.fault(t.entries["returned"].keyAt, where, "returned belongs to an honest story; write stop_outcome = \"officer or returned\"", "returned appartient à une histoire honnête; écrivez stop_outcome = \"officer or returned\"")
	}
}

// lineIDs reads a list of ids of lines of the story.
func (r *storyReader) lineIDs(t *table, where, key string, ids []string) (out []string) {
	for _, v := range r.texts(t, where, key, false) {
		if !slices.Contains(ids, v.text) {
			r.fault(v.at, where, "%s: no line of the story has the id %q%s", "%s : aucune ligne de l’histoire ne porte l’id %q%s", key, v.text, meant(v.text, ids))
		}
		out = append(out, v.text)
	}
	return out
}

// readMails reads the mails of a story, and gives the ids of their lines.
func (r *storyReader) readMails(t *table, where string, s *Story, begins map[request.Field]string) (ids []string) {
	tables := r.tables(t, where, "mail")
	if len(tables) == 0 {
		r.fault(t.at, where, "a story needs at least one [[story.mail]]", "une histoire demande au moins un [[story.mail]]")
	}
	for i, mt := range tables {
		m := r.readMail(mt, fmt.Sprintf("%s, mail %d", where, i+1), begins, ids, i)
		if i > 0 && m.Date.Before(s.Mails[i-1].Date) && mt.entries["date"] != nil {
			r.fault(mt.entries["date"].at, where, "mail %d is earlier than the one before it: mails stand in their order", "le courriel %d est antérieur au précédent : les courriels se suivent dans l’ordre", i+1)
		}
		r.oneRequest(mt, where, s, &m)
		for _, l := range m.Lines {
			if slices.Contains(ids, l.ID) {
				r.fault(mt.at, where, "the id %q stands at two lines", "l’id %q figure à deux lignes", l.ID)
			}
			ids = append(ids, l.ID)
		}
		s.Mails = append(s.Mails, m)
	}
	return ids
}

// oneRequest reports lines of several mails that one mail takes back: it answers one of ours, which is about one request.
func (r *storyReader) oneRequest(t *table, where string, s *Story, m *StoryMail) {
	of := -1
	for _, id := range m.Withdraw {
		for i := range s.Mails {
			if slices.ContainsFunc(s.Mails[i].Lines, func(l StoryLine) bool { return l.ID == id }) {
				if of >= 0 && of != i {
					r.fault(t.entries["withdraw"].at, where, "withdraw: %q is of another mail than the one before it: one mail takes back lines of one request", "withdraw : %q vient d’un autre courriel que la précédente : un courriel retire les lignes d’une seule demande", id)
				}
				of = i
			}
		}
	}
}

func (r *storyReader) readMail(t *table, where string, begins map[request.Field]string, earlier []string, number int) StoryMail {
	var m StoryMail
	r.keys(t, where, "date", "from", "name", "lang", "branch", "note", "line", "withdraw", "same_message_as")
	m.Date = r.date(t, where, "date", true)
	from, v := r.text(t, where, "from", true)
	if a, err := mail.ParseAddress(from); v != nil && (err != nil || a.Address != from) {
		r.fault(v.at, where, "from: %q is not an e-mail address", "from : %q n’est pas une adresse de courriel", from)
	}
	m.From = strings.ToLower(from)
	m.Name, _ = r.text(t, where, "name", false)
	m.Branch, _ = r.text(t, where, "branch", false)
	r.get(t, where, "note", unstable.String, false)
	lang, _ := r.choice(t, where, "lang", false, string(request.English), string(request.French))
	if m.Lang = request.Lang(lang); lang == "" {
		m.Lang = request.English
	}
	m.Withdraw = r.lineIDs(t, where, "withdraw", earlier)
	if n, ok := r.whole(t, where, "same_message_as", 1, 1000); ok {
		if m.Again = n; n > number {
			r.fault(t.entries["same_message_as"].at, where, "same_message_as: mail %d does not come before this one", "same_message_as : le courriel %d ne précède pas celui-ci", n)
		}
	}
	for _, lt := range r.tables(t, where, "line") {
		m.Lines = append(m.Lines, r.readStoryLine(lt, where, begins, earlier))
	}
	if given := len(m.Lines) > 0; given == (len(m.Withdraw) > 0) && m.Again == 0 {
		r.fault(t.at, where, "a mail holds either lines ([[story.mail.line]]) or withdraw", "un courriel contient soit des lignes ([[story.mail.line]]), soit withdraw")
	}
	return m
}

func (r *storyReader) readStoryLine(t *table, where string, begins map[request.Field]string, earlier []string) StoryLine {
	l := StoryLine{Values: maps.Clone(begins)}
	l.ID, _ = r.text(t, where, "id", true)
	var v *value
	if l.Reference, v = r.text(t, where, "reference", false); v != nil && !slices.Contains(earlier, l.Reference) {
		r.fault(v.at, where, "reference: no earlier line of the story has the id %q%s", "reference : aucune ligne précédente de l’histoire ne porte l’id %q%s", l.Reference, meant(l.Reference, earlier))
	}
	r.readValues(t, where, l.Values, "id", "reference")
	return l
}

// readValues reads fields by their names over what is there. Empty text empties a field.
func (r *storyReader) readValues(t *table, where string, to map[request.Field]string, beside ...string) {
	for _, k := range t.keys {
		v := t.entries[k]
		f, ok := request.FieldByName(k)
		switch {
		case slices.Contains(beside, k):
		case !ok:
			known := slices.Clone(beside)
			for _, info := range request.Fields() {
				known = append(known, info.Name)
			}
			r.fault(v.keyAt, where, "there is no field of the form %q%s", "le formulaire n’a pas de champ %q%s", k, meant(k, known))
		case v.kind != unstable.String && v.kind != unstable.Integer && v.kind != unstable.LocalDate:
			r.fault(v.at, where, "%s must be text in quotes, as somebody would type it, not %s", "%s doit être du texte entre guillemets, tel qu’on le taperait, et non %s", k, kindName(v.kind))
		default:
			to[f] = v.text
		}
	}
}
