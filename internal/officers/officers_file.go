package officers

import (
	"context"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"strings"

	"golang.org/x/text/unicode/norm"

	"handrail/internal/request"
	"handrail/internal/workbook"
)

// officerColumns are the headers of a file of officers, folded, in English and French.
var officerColumns = map[string]func(o *Officer, value string) error{
	"email courriel adresse":           func(o *Officer, v string) error { o.Email = v; return nil },
	"name nom":                         func(o *Officer, v string) error { o.Name = v; return nil },
	"title titre position poste":       func(o *Officer, v string) error { o.Title = v; return nil },
	"language langue":                  func(o *Officer, v string) error { return o.setLanguage(v) },
	"limit limite":                     func(o *Officer, v string) error { o.Limit = v; return nil },
	"units unites branches directions": func(o *Officer, v string) error { o.Units = listOf(v); return nil },
	"costcentres costcenters centresdecouts centresdecout":                            func(o *Officer, v string) error { o.CostCentres = listOf(v); return nil },
	"commodities produits typesdeproduit":                                             func(o *Officer, v string) error { return o.setCommodities(v) },
	"backup remplacant remplacante suppleant":                                         func(o *Officer, v string) error { o.Backup = v; return nil },
	"absences absence":                                                                func(o *Officer, v string) error { o.Absences = listOf(v); return nil },
	"assistants assistant adjoints adjointes adjoint adjointe assistante assistantes": func(o *Officer, v string) error { o.Assistants = addressesOf(v); return nil },
	"digest resume recapitulatif":                                                     func(o *Officer, v string) error { return o.setDigest(v) },
}

func (o *Officer) setLanguage(v string) error {
	switch foldHeader(v) {
	case "":
	case "en", "english", "anglais":
		o.Language = request.English
	case "fr", "french", "francais":
		o.Language = request.French
	default:
		return fmt.Errorf("%q is not en or fr", v)
	}
	return nil
}

func (o *Officer) setDigest(v string) error {
	switch foldHeader(v) {
	case "", "no", "non", "false", "faux":
	case "yes", "oui", "true", "vrai", "daily", "quotidien":
		o.Digest = true
	default:
		return fmt.Errorf("%q is not yes or no", v)
	}
	return nil
}

func (o *Officer) setCommodities(v string) error {
	for _, c := range listOf(v) {
		if foldHeader(c) == "biens" {
			c = "goods"
		}
		o.Commodities = append(o.Commodities, c)
	}
	return nil
}

// listOf cuts a cell at semicolons and line breaks: names of branches have commas in them.
func listOf(v string) []string {
	var list []string
	for _, part := range strings.FieldsFunc(v, func(r rune) bool { return r == ';' || r == '\n' }) {
		if part = strings.TrimSpace(part); part != "" {
			list = append(list, part)
		}
	}
	return list
}

// addressesOf cuts a cell at semicolons, commas and blanks: an address has none of them.
func addressesOf(v string) []string {
	return strings.FieldsFunc(v, func(r rune) bool { return r == ';' || r == ',' || r == '\n' || r == ' ' })
}

// foldHeader leaves letters and digits, lower case and without accents.
func foldHeader(s string) string {
	var b strings.Builder
	for _, r := range norm.NFKD.String(strings.ToLower(s)) {
		if r >= 'a' && r <= 'z' || r >= '0' && r <= '9' {
			b.WriteRune(r)
		}
	}
	return b.String()
}

// ReadOfficers reads a file of officers: a CSV, or the first visible sheet of a workbook. The header row is the first that
// is not empty; a header that is not known is a mistake, since a misspelt limit must not read as none. Several values in a
// cell stand apart by semicolons. Every mistake is named at once, with its row.
func ReadOfficers(ctx context.Context, data []byte, name string) ([]Officer, error) {
	rows, err := tableRows(ctx, data)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	var problems []error
	mistake := func(row int, format string, args ...any) {
		problems = append(problems, fmt.Errorf("%s: row %d: %w", name, row, fmt.Errorf(format, args...)))
	}
	var officers []Officer
	var columns []func(*Officer, string) error
	for i, row := range rows {
		if strings.TrimSpace(strings.Join(row, "")) == "" {
			continue
		}
		if columns == nil {
			columns = make([]func(*Officer, string) error, len(row))
			seen := map[string]bool{}
			for c, header := range row {
				if strings.TrimSpace(header) == "" {
					continue
				}
				var names string
				if names, columns[c] = officerColumn(header); columns[c] == nil {
					mistake(i+1, "%q is no column of a file of officers; the columns are email, name, title, language, limit, units, cost centres, commodities, backup, absences, assistants, digest", header)
				} else if seen[names] {
					mistake(i+1, "%q is there twice", header)
				}
				seen[names] = true
			}
			continue
		}
		var o Officer
		for c, value := range row {
			value = strings.TrimSpace(value)
			switch {
			case value == "":
			case c >= len(columns) || columns[c] == nil:
				mistake(i+1, "%q stands in a column without a header", value)
			default:
				if err := columns[c](&o, value); err != nil {
					mistake(i+1, "%w", err)
				}
			}
		}
		officers = append(officers, o)
	}
	if len(officers) == 0 && len(problems) == 0 {
		problems = append(problems, fmt.Errorf("%s: it names no officer", name))
	}
	return officers, errors.Join(problems...)
}

// officerColumn is what a column under a header sets, with the names that it goes by.
func officerColumn(header string) (names string, set func(*Officer, string) error) {
	folded := foldHeader(header)
	for names, set := range officerColumns {
		for known := range strings.FieldsSeq(names) {
			if known == folded {
				return names, set
			}
		}
	}
	return "", nil
}

// tableRows are the cells of a CSV with commas or semicolons, or of a workbook's first visible sheet.
func tableRows(ctx context.Context, data []byte) ([][]string, error) {
	if workbook.Sniff(data) != workbook.Xlsx {
		text := strings.TrimPrefix(string(data), "\ufeff")
		r := csv.NewReader(strings.NewReader(text))
		r.FieldsPerRecord = -1
		if first, _, _ := strings.Cut(text, "\n"); strings.Count(first, ";") > strings.Count(first, ",") {
			r.Comma = ';'
		}
		var rows [][]string
		for {
			row, err := r.Read()
			if errors.Is(err, io.EOF) {
				return rows, nil
			}
			if err != nil {
				return nil, err
			}
			line, _ := r.FieldPos(0)
			for len(rows) < line-1 {
				rows = append(rows, nil) // empty lines count
			}
			rows = append(rows, row)
		}
	}
	book, err := workbook.Open(ctx, data, workbook.DefaultBounds())
	if err != nil {
		return nil, err
	}
	for i, s := range book.Sheets() {
		if s.State != workbook.Visible {
			continue
		}
		var rows [][]string
		err := book.Rows(ctx, i, func(r *workbook.Row) error {
			for len(rows) < r.Number {
				rows = append(rows, nil)
			}
			row := make([]string, r.Cells[len(r.Cells)-1].Col)
			for _, c := range r.Cells {
				row[c.Col-1] = c.Value
			}
			rows[r.Number-1] = row
			return nil
		})
		return rows, err
	}
	return nil, errors.New("it has no visible sheet")
}
