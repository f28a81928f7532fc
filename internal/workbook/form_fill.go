package workbook

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"time"

	"handrail/internal/request"
)

// FormEntries are values to write into a form: what a person would type. Money and numbers are plain ("4520.00"), dates
// ISO, everything else as it stands. A field that the form does not ask for is an error, so that nothing is left out in
// silence.
type FormEntries struct {
	Requester, Email, Branch string
	// Attested is the answer of the attestation's box; "" leaves it empty.
	Attested string
	Above    map[request.Field]string
	Lines    []map[request.Field]string
}

// fill writes FormOptions.Entries, as a person's typing would leave them: numbers as numbers, dates as dates.
func (f *form) fill() error {
	if f.Entries == nil {
		return nil
	}
	identity := map[string]string{"requester": f.Entries.Requester, "email": f.Entries.Email, "branch": f.Entries.Branch}
	for _, e := range f.above {
		text := identity[e.origin]
		if e.attest {
			text = f.Entries.Attested
		}
		if err := f.enter(e, e.row, text); err != nil {
			return err
		}
	}
	if last := f.above[len(f.above)-1]; f.Entries.Attested != "" && !last.attest {
		return errors.New("this form has no attestation")
	}
	above, lines := maps.Clone(f.Entries.Above), slices.Clone(f.Entries.Lines)
	for field, text := range f.Entries.Above { // what is a column of this form is said in every line
		if f.column(field) == 0 {
			continue
		}
		delete(above, field)
		for i := range lines {
			if _, own := lines[i][field]; !own {
				lines[i] = maps.Clone(lines[i])
				lines[i][field] = text
			}
		}
	}
	if err := f.enterAll(f.above, above, func(e entry) int { return e.row }); err != nil {
		return err
	}
	if len(f.Entries.Lines) > f.Rows {
		return fmt.Errorf("%d lines do not fit into a form of %d", len(f.Entries.Lines), f.Rows)
	}
	for i, line := range lines {
		if err := f.enterAll(f.columns, line, func(entry) int { return f.firstRow() + i }); err != nil {
			return err
		}
	}
	return nil
}

func (f *form) enterAll(places []entry, values map[request.Field]string, row func(entry) int) error {
	entered := 0
	for _, e := range places {
		if text, ok := values[e.info.Field]; ok && e.info.Field != request.NoField {
			if err := f.enter(e, row(e), text); err != nil {
				return err
			}
			entered++
		}
	}
	if entered < len(values) {
		return fmt.Errorf("%d of %d values have no place in this form", len(values)-entered, len(values))
	}
	return nil
}

func (f *form) enter(e entry, row int, text string) error {
	if text == "" {
		return nil
	}
	cell := cellName(e.col, row)
	switch e.as {
	case request.MoneyKind, request.NumberKind:
		if n, err := strconv.ParseFloat(text, 64); err == nil {
			return f.book.SetCellFloat(f.sheet, cell, n, -1, 64)
		}
	case request.DateKind:
		if d, err := request.ParseDate(text); err == nil {
			return f.book.SetCellValue(f.sheet, cell, d.Time(time.UTC))
		}
	}
	return f.book.SetCellStr(f.sheet, cell, text)
}
