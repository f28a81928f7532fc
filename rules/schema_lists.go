package rules

import (
	"fmt"
	"strings"

	"github.com/pelletier/go-toml/v2/unstable"

	"handrail/internal/request"
)

func (s *schema) lists(root *table) {
	for i, t := range s.several(root, "", "list") {
		where := fmt.Sprintf("list %d", i+1)
		name, nameAt := s.text(t, where, "name", true)
		if name != "" {
			where = fmt.Sprintf("list %q", name)
			t.at = nameAt.keyAt
		}
		s.keys(t, where, "name", "file", "sheet", "column", "values", "as", "near")
		if nameAt != nil && !namePattern.MatchString(name) {
			s.fault(nameAt.at, where, "a list's name is made of small letters, digits and _", "le nom d’une liste se compose de minuscules sans accent, de chiffres et de _")
		}
		if s.p.lists[name] != nil {
			s.fault(nameAt.at, where, "there is already a list of this name", "une autre liste porte déjà ce nom")
		}
		as, _ := s.choice(t, where, "as", false, "text", "supplier", "host")
		near, ok := s.whole(t, where, "near", 50, 100)
		if !ok {
			near = 85
		}
		var entries []string
		switch present(t, "file", "values") {
		case 1:
			entries = s.entries(t, where)
		default:
			s.fault(t.at, where, "say either file or values", "indiquez soit file, soit values")
		}
		s.noPlaceholders(t, where, as, entries)
		if name != "" {
			s.p.lists[name] = newList(name, as, near, entries)
		}
	}
}

// noPlaceholders refuses entries that no cell can ever be: a cell with such a text reads as empty.
func (s *schema) noPlaceholders(t *table, where, as string, entries []string) {
	if !s.fresh {
		return
	}
	for i, e := range entries {
		means := request.PlaceholderIn(request.Supplier, strings.TrimSpace(e))
		if means == request.MeansLater || as == "supplier" && (means == request.MeansNothing || means == request.MeansElsewhere) {
			s.fault(t.at, where, "entry %d is %q: a cell that says so reads as empty, so it is never found; take it out, and ask for an empty field with !given(\"…\")", "l’entrée %d est %q : une cellule qui dit cela est lue comme vide et n’est jamais trouvée; retirez l’entrée, et demandez si un champ est vide par !given(\"…\")", i+1, e)
			return
		}
	}
}

// entries are what a list holds: its values, or a column of its file.
func (s *schema) entries(t *table, where string) []string {
	var entries []string
	for _, v := range s.texts(t, where, "values", false) {
		entries = append(entries, v.text)
	}
	file, v := s.text(t, where, "file", false)
	if v == nil {
		if t.entries["file"] != nil && len(entries) == 0 {
			s.fault(t.entries["file"].at, where, "file is empty", "file est vide")
		}
		return entries
	}
	sheet, _ := s.text(t, where, "sheet", false)
	header, _ := s.text(t, where, "column", false)
	rows, err := s.rows(file, sheet)
	if err == nil {
		entries, err = column(rows, header)
	}
	if err != nil {
		s.fault(v.at, where, "%s: %s", "%s : %s", file, err)
	}
	return entries
}

// aliases reads [aliases]: other addresses of the same person.
func (s *schema) aliases(root *table) {
	v := s.get(root, "", "aliases", unstable.InlineTable, false)
	if v == nil {
		return
	}
	for _, k := range v.table.keys {
		entry := v.table.entries[k]
		if entry.kind != unstable.String || !strings.Contains(entry.text, "@") || !strings.Contains(k, "@") {
			s.fault(entry.at, "aliases", "write \"other.address@example.ca\" = \"main.address@example.ca\"", "écrivez \"autre.adresse@exemple.ca\" = \"adresse.principale@exemple.ca\"")
			continue
		}
		s.p.aliases[strings.ToLower(k)] = strings.ToLower(entry.text)
	}
	told := map[string]bool{}
	for _, k := range v.table.keys {
		folded := strings.ToLower(k)
		a, ok := s.p.aliases[folded]
		if _, chained := s.p.aliases[a]; ok && chained && !told[folded] {
			told[folded] = true
			s.fault(v.table.entries[k].at, "aliases", "%s is itself an alias: name the main address", "%s est elle-même une autre adresse : nommez l’adresse principale", a)
		}
	}
}
