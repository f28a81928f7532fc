package ledger

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"handrail/internal/request"
)

// KnownSupplier is a supplier as the lines of the ledger name it.
type KnownSupplier struct {
	Name     string   `json:"name"` // as it was written last
	Numbers  []string `json:"numbers,omitempty"`
	Requests int      `json:"requests"`
}

// Register is every supplier that lines name, by the form of its name, those of the most requests first. It reads all lines.
func (s Suppliers) Register(ctx context.Context) ([]KnownSupplier, error) {
	type grown struct {
		KnownSupplier
		last int64
	}
	byForm := map[string]*grown{}
	err := s.tx.each(ctx, func(scan func(...any) error) error {
		var name, keys string
		var submission int64
		if err := scan(&name, &submission, &keys); err != nil {
			return err
		}
		form := request.SupplierName(name)
		if form == "" {
			return nil
		}
		g := byForm[form]
		if g == nil {
			g = &grown{}
			byForm[form] = g
		}
		if g.Name = name; g.last != submission {
			g.last = submission
			g.Requests++
		}
		var under []string
		if err := json.Unmarshal([]byte(keys), &under); err != nil {
			return err
		}
		for _, key := range under {
			if _, number, ok := strings.Cut(key, "supplier=b:"); ok {
				number = number[:min(9, len(number))]
				if request.ValidBusinessNumber(number) && !slices.Contains(g.Numbers, number) {
					g.Numbers = append(g.Numbers, number)
				}
			}
		}
		return nil
	}, "SELECT supplier, submission, keys FROM line WHERE supplier <> '' ORDER BY submission, id")
	if err != nil {
		return nil, fmt.Errorf("read the suppliers of lines: %w", err)
	}
	all := make([]KnownSupplier, 0, len(byForm))
	for _, g := range byForm {
		slices.Sort(g.Numbers)
		all = append(all, g.KnownSupplier)
	}
	slices.SortFunc(all, func(a, b KnownSupplier) int {
		return cmp.Or(cmp.Compare(b.Requests, a.Requests), cmp.Compare(a.Name, b.Name))
	})
	return all, nil
}
